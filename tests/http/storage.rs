//! One contract of storage, against the embedded store and against any S3 server that the environment names:
//! `TABLICA_TEST_S3_ENDPOINT`, `…_REGION`, `…_BUCKET`, `…_ACCESS_KEY`, `…_SECRET_KEY`.

use std::time::Duration;

use base::Blobs;
use base::blob::{BlobError, BlobSettings, PART_BYTES};
use base::embedded::store::EmbeddedStore;
use base::id::Secret;
use futures::StreamExt as _;

use super::films::stage_in;
use crate::harness::{TestApp, film_with};

#[tokio::test]
async fn the_embedded_store_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::start(folder.path()).await.unwrap();
    contract(store.settings()).await;
}

/// What is sent in parts goes on, and what was given up is thrown away, when the program was started anew in between.
#[tokio::test]
async fn parts_outlive_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let open = |store: &EmbeddedStore| Blobs::open(store.settings()).unwrap();
    let store = EmbeddedStore::start(folder.path()).await.unwrap();
    let blobs = open(&store);
    blobs.prepare().await.unwrap();
    let first = bytes::Bytes::from(vec![7; PART_BYTES]);
    let id = blobs.begin_parts("film", "video/mp4").await.unwrap();
    let first = blobs.put_part("film", &id, 1, first).await.unwrap();
    let given_up = blobs.begin_parts("inny", "video/mp4").await.unwrap();
    blobs.put_part("inny", &given_up, 1, bytes::Bytes::from_static(b"x")).await.unwrap();
    drop(store);

    let store = EmbeddedStore::start(folder.path()).await.unwrap();
    let blobs = open(&store);
    let second = blobs.put_part("film", &id, 2, bytes::Bytes::from_static(b"ogon")).await.unwrap();
    blobs.join_parts("film", &id, vec![(1, first), (2, second)]).await.unwrap();
    assert_eq!(blobs.length("film").await.unwrap(), Some(PART_BYTES as u64 + 4));
    blobs.drop_parts("inny", &given_up).await.unwrap();
    let left = std::fs::read_dir(folder.path()).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let part = format!(".upload_id-{given_up}");
    assert!(left.iter().all(|name| !name.starts_with(&part)), "{left:?}");
    let keys = std::fs::metadata(folder.path().join(".keys")).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&keys.permissions()) & 0o777, 0o600);
}

/// The store that the environment names.
fn named_store() -> Option<BlobSettings> {
    let value = |name: &str| std::env::var(format!("TABLICA_TEST_S3_{name}"));
    let Ok(endpoint) = value("ENDPOINT") else {
        eprintln!("TABLICA_TEST_S3_ENDPOINT is not set: only the embedded store was tried");
        return None;
    };
    Some(BlobSettings {
        endpoint,
        region: value("REGION").unwrap_or_else(|_| "garage".to_owned()),
        bucket: value("BUCKET").unwrap_or_else(|_| "tablica".to_owned()),
        access_key: value("ACCESS_KEY").expect("TABLICA_TEST_S3_ACCESS_KEY"),
        secret_key: value("SECRET_KEY").expect("TABLICA_TEST_S3_SECRET_KEY"),
    })
}

#[tokio::test]
async fn the_named_store_keeps_the_contract() {
    if let Some(settings) = named_store() {
        contract(&settings).await;
    }
}

/// More than one part, so that the source is joined in the store.
#[tokio::test]
async fn a_film_goes_from_upload_to_playing_in_the_named_store() {
    let Some(settings) = named_store() else { return };
    let app = TestApp::start_with(|config| {
        config.s3_endpoint = settings.endpoint.clone();
        config.s3_region = settings.region.clone();
        config.s3_bucket = settings.bucket.clone();
        config.s3_access_key = settings.access_key.clone();
        config.s3_secret_key = settings.secret_key.clone();
    })
    .await;
    let stage = stage_in(app).await;
    let noise = ["-f", "lavfi", "-i", "nullsrc=s=640x360:r=25:d=3,geq=random(1)*255:128:128"];
    let coded = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "10", "-pix_fmt", "yuv420p"];
    let source = film_with(stage.app.folder.path(), "noise.mp4", &[&noise[..], &coded[..]].concat());
    assert!(std::fs::metadata(&source).unwrap().len() > PART_BYTES as u64);
    for rendition in stage.renditions(&source).await {
        assert!((rendition.seconds - 3.0).abs() < 0.1);
    }
    let kept = stage.app.ground.blobs.list("films/").await.unwrap();
    assert!(kept.iter().any(|key| key.ends_with(".m4s")), "{kept:?}");
    stage.app.end().await;
}

async fn contract(settings: &BlobSettings) {
    let blobs = Blobs::open(settings).unwrap();
    blobs.prepare().await.unwrap();
    let root = format!("test-{}", Secret::fresh().unwrap().reveal());
    let key = format!("{root}/zażółć gęślą.txt");
    blobs.put(&key, "text/plain", "jaźń").await.unwrap();
    assert_eq!(blobs.get(&key).await.unwrap(), "jaźń".as_bytes());
    assert_eq!(blobs.length(&key).await.unwrap(), Some(6));
    assert_eq!(blobs.get_range(&key, 2..4).await.unwrap(), &"jaźń".as_bytes()[2..4]);
    assert!(matches!(blobs.get(&format!("{root}/nic")).await, Err(BlobError::Missing(_))));
    assert_eq!(blobs.length(&format!("{root}/nic")).await.unwrap(), None);

    let big = format!("{root}/duży");
    let bytes: Vec<u8> = (0..PART_BYTES * 2 + 12345).map(|at| u8::try_from(at % 251).unwrap()).collect();
    let id = blobs.begin_parts(&big, "video/mp4").await.unwrap();
    let mut parts = Vec::new();
    for (number, part) in (1..).zip(bytes.chunks(PART_BYTES)) {
        // A part that is sent twice counts once.
        blobs.put_part(&big, &id, number, bytes::Bytes::copy_from_slice(part)).await.unwrap();
        parts.push((
            number,
            blobs.put_part(&big, &id, number, bytes::Bytes::copy_from_slice(part)).await.unwrap(),
        ));
    }
    blobs.join_parts(&big, &id, parts).await.unwrap();
    let mut stream = std::pin::pin!(blobs.stream(&big, None).await.unwrap());
    let mut back = Vec::new();
    while let Some(piece) = stream.next().await {
        back.extend_from_slice(&piece.unwrap());
    }
    assert_eq!(back.len(), bytes.len());
    assert!(back == bytes);
    let edge = PART_BYTES as u64;
    assert_eq!(
        blobs.get_range(&big, edge - 3..edge + 3).await.unwrap(),
        &bytes[PART_BYTES - 3..PART_BYTES + 3]
    );

    let gone = blobs.begin_parts(&format!("{root}/porzucony"), "video/mp4").await.unwrap();
    blobs.drop_parts(&format!("{root}/porzucony"), &gone).await.unwrap();
    assert_eq!(blobs.length(&format!("{root}/porzucony")).await.unwrap(), None);

    // Nothing without a key of ours: not unsigned, not with a tampered or old signature.
    let signed = blobs.presigned_get(&key, Duration::from_secs(60)).unwrap();
    let status = async |url: &str| reqwest::get(url).await.unwrap().status().as_u16();
    assert_eq!(status(&signed).await, 200);
    let tampered = signed.replace("X-Amz-Expires=60", "X-Amz-Expires=600");
    assert_ne!(tampered, signed);
    assert_eq!(status(&tampered).await, 403);
    let unsigned = signed.split('?').next().unwrap();
    assert!(matches!(status(unsigned).await, 400 | 401 | 403));

    let mut listed = blobs.list(&format!("{root}/")).await.unwrap();
    listed.sort();
    let mut expected = vec![big.clone(), key.clone()];
    expected.sort();
    assert_eq!(listed, expected);
    for key in [&key, &big] {
        blobs.delete(key).await.unwrap();
        blobs.delete(key).await.unwrap();
    }
    assert!(blobs.list(&format!("{root}/")).await.unwrap().is_empty());
}

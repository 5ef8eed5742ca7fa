//! A film that is made while its upload still runs: what is shown of it and to whom, and that nothing of it is left when the upload is.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use base::blob::PART_BYTES;
use base::job;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqwest::Method;
use tokio::sync::mpsc;
use video::take::{self, Place};
use video::{Editable, Watchable, early, playlist, work};

use super::film_work::{
    end_leases, film_from, hurry, is_whole, nothing_left_over, published, shared_stage, stage_with_silence,
    state_of, wait_until_ready,
};
use super::films::{Stage, stage, stage_in};
use crate::harness::work::WorkProcess;
use crate::harness::{TestApp, film, film_with, owner, refused_by};

/// The parts that have come when the work begins.
const HEAD: usize = early::HEAD_PARTS as usize * PART_BYTES;
/// Length of the film, in seconds.
const SECONDS: u32 = 100;

/// A film whose index stands first, of more bytes than an upload must have to be made early: its pictures are small, and filled up.
fn long_film(folder: &Path) -> Vec<u8> {
    let (picture, tone) = (
        format!("testsrc2=size=320x180:rate=25:duration={SECONDS}"),
        format!("sine=frequency=440:duration={SECONDS}"),
    );
    let mut arguments = vec!["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &tone];
    arguments.extend(["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50"]);
    arguments.extend(["-b:v", "6M", "-minrate", "6M", "-maxrate", "6M", "-bufsize", "6M", "-nal-hrd", "cbr"]);
    arguments.extend(["-c:a", "aac", "-shortest", "-movflags", "+faststart"]);
    let bytes = std::fs::read(film_with(folder, "long.mp4", &arguments)).unwrap();
    assert!(bytes.len() as u64 >= early::LEAST_BYTES, "{} bytes", bytes.len());
    bytes
}

/// The beginning of a file that looks like a film of so many bytes, with its index first or not at all.
fn head_of(bytes: u32, has_index: bool) -> Vec<u8> {
    let mut head = [&[0, 0, 0, 12][..], &b"ftypisom"[..]].concat();
    if has_index {
        head.extend([&[0, 0, 0, 16][..], &b"moov"[..], &[0, 0, 0, 8][..], &b"trak"[..]].concat());
    }
    let rest = bytes - u32::try_from(head.len()).unwrap();
    head.extend([&rest.to_be_bytes()[..], &b"mdat"[..]].concat());
    head.resize(HEAD, 0);
    head
}

/// An upload on its way.
struct Sending<'a> {
    stage: &'a Stage,
    place: String,
    sent: usize,
}

impl<'a> Sending<'a> {
    async fn begin(stage: &'a Stage, size: usize) -> Self {
        let client = &stage.ada.client;
        let request = client
            .request(Method::POST, "/api/tus")
            .header("tus-resumable", "1.0.0")
            .header("upload-length", size)
            .header("upload-metadata", format!("film {}", STANDARD.encode(stage.film.to_string())));
        let place = client.send(request).await.assert(201).location();
        // On a line so slow that it is worth it.
        let since = "update upload set created_at = created_at - interval '1 minute' where state = 'open'";
        sqlx::query(since).execute(&mut owner(&stage.app).await).await.unwrap();
        Self { stage, place, sent: 0 }
    }

    async fn send(&mut self, bytes: &[u8]) {
        let client = &self.stage.ada.client;
        let request = client
            .request(Method::PATCH, &self.place)
            .header("tus-resumable", "1.0.0")
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", self.sent)
            .body(bytes.to_vec());
        client.send(request).await.assert(204);
        self.sent += bytes.len();
    }

    async fn give_up(self) {
        let client = &self.stage.ada.client;
        let request = client.request(Method::DELETE, &self.place).header("tus-resumable", "1.0.0");
        client.send(request).await.assert(204);
    }
}

/// How many rows a statement counts.
async fn count(stage: &Stage, what: &'static str) -> i64 {
    sqlx::query_scalar(what).fetch_one(&mut owner(&stage.app).await).await.unwrap()
}

async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    for _ in 0..6000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not after five minutes: {what}");
}

/// Waits for the first pieces of a film; it is still sent then.
async fn beginning(stage: &Stage) -> BTreeMap<(String, i32), String> {
    until("the beginning is published", async || {
        published(stage, stage.film).await.keys().any(|(name, number)| name != "audio" && *number > 0)
    })
    .await;
    assert_eq!(state_of(stage, stage.film).await, "uploading");
    published(stage, stage.film).await
}

const JOBS: &str = "select count(*) from job where kind = 'transcode_early'";
const AT_WORK: &str =
    "select count(*) from job where kind = 'transcode_early' and state in ('waiting', 'running')";
const ASIDE: &str = "select count(*) from upload_part where aside_key is not null";

#[tokio::test]
async fn the_beginning_of_a_film_is_watched_while_the_rest_is_sent() {
    let stage = stage().await;
    let bytes = long_film(stage.app.folder.path());
    let mut sending = Sending::begin(&stage, bytes.len()).await;
    sending.send(&bytes[..HEAD]).await;
    let before = beginning(&stage).await;
    assert!(count(&stage, ASIDE).await > 0);

    // Whoever teaches the course sees it, and how much has come; whoever takes it does not.
    let state = stage.state().await;
    let come = i64::try_from(HEAD * 1000 / bytes.len()).unwrap();
    assert_eq!(
        (state["playable"].as_bool(), state["per_mille"].as_i64()),
        (Some(true), Some(come)),
        "{state}"
    );
    let master = stage.enter(&stage.ada.client).await;
    stage.ada.client.get(&master).await.assert(200).has("180p.m3u8");
    let place: (String, uuid::Uuid) = sqlx::query_as(
        "select c.slug, u.id from unit u join course c on c.id = u.course_id where u.film_id = $1",
    )
    .bind(stage.film.0)
    .fetch_one(&mut owner(&stage.app).await)
    .await
    .unwrap();
    let page = format!("/teaching/{}/units/{}/film", place.0, place.1);
    stage.ada.client.get(&page).await.assert(200).has("Jego początek można już oglądać.");
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let (learner, teacher) = (Watchable::granted(stage.film), Editable::granted(stage.film).watchable());
    assert!(playlist::master(&mut tx, &learner, false).await.is_err());
    assert!(playlist::rendition(&mut tx, &learner, "180p").await.is_err());
    assert!(!video::film::one(&mut tx, &learner).await.unwrap().playable);
    assert!(playlist::rendition(&mut tx, &teacher, "180p").await.unwrap().contains("EVENT"));
    drop(tx);

    // However it is tried: it is not ready before all of it is there.
    let ready = format!("update film set state = 'ready' where id = '{}'", stage.film);
    let said = refused_by(&mut owner(&stage.app).await, ready).await;
    assert!(said.contains("has not come"), "{said}");

    let middle = bytes.len() / 2;
    sending.send(&bytes[HEAD..middle]).await;
    until("more is published than the first parts hold", async || {
        published(&stage, stage.film).await.keys().any(|(name, number)| name == "180p" && *number >= 5)
    })
    .await;
    assert_eq!(state_of(&stage, stage.film).await, "uploading");
    sending.send(&bytes[middle..]).await;
    wait_until_ready(&stage, stage.film).await;
    is_whole(&stage, stage.film, f64::from(SECONDS)).await;
    let after = published(&stage, stage.film).await;
    for (piece, key) in &before {
        assert_eq!(after.get(piece), Some(key), "{piece:?} was made again");
    }
    until("the early work has ended", async || count(&stage, AT_WORK).await == 0).await;
    assert_eq!(count(&stage, ASIDE).await, 0);
    nothing_left_over(&stage).await;
    stage.app.end().await;
}

#[tokio::test]
async fn a_film_whose_index_comes_last_and_a_short_one_are_not_begun() {
    let stage = stage_in(TestApp::start_with(|config| config.workers = 0).await).await;
    let least = u32::try_from(early::LEAST_BYTES).unwrap();
    for (size, has_index, is_begun) in [(least, false, 0), (least - 1, true, 0), (least, true, 1)] {
        let mut sending = Sending::begin(&stage, size as usize).await;
        sending.send(&head_of(size, has_index)).await;
        assert_eq!(count(&stage, JOBS).await, is_begun, "{size} {has_index}");
        assert_eq!(count(&stage, ASIDE).await, is_begun * i64::from(early::HEAD_PARTS), "{size} {has_index}");
        sending.give_up().await;
        assert_eq!((count(&stage, AT_WORK).await, count(&stage, ASIDE).await), (0, 0));
    }
    stage.app.end().await;
}

#[tokio::test]
async fn a_film_that_has_come_goes_before_one_that_still_comes() {
    let stage = stage_in(TestApp::start_with(|config| config.workers = 0).await).await;
    let size = u32::try_from(early::LEAST_BYTES).unwrap();
    Sending::begin(&stage, size as usize).await.send(&head_of(size, true)).await;
    film_from(&stage, vec![7; 1000]).await;
    let kinds = [early::KIND.to_owned(), work::KIND.to_owned()];
    let db = &stage.app.ground.db;
    // The lane of short work never makes one early, and while the whole one is made nobody does.
    let first = job::claim(db, &kinds, None).await.unwrap().expect("the whole one");
    assert_eq!(first.kind, work::KIND);
    assert!(job::claim(db, &kinds, Some(120)).await.unwrap().is_none());
    assert!(job::claim(db, &kinds, None).await.unwrap().is_none());
    let mut tx = db.begin(&first.actor()).await.unwrap();
    first.finish(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert!(job::claim(db, &kinds, Some(120)).await.unwrap().is_none());
    let held = job::claim(db, &kinds, None).await.unwrap().expect("the one that still comes");
    assert!(!held.is_over(db).await.unwrap());
    film_from(&stage, vec![7; 1000]).await;
    assert!(held.is_over(db).await.unwrap(), "it does not give way");
    stage.app.end().await;
}

#[tokio::test]
async fn of_an_upload_that_is_given_up_nothing_is_left() {
    let stage = stage().await;
    let bytes = long_film(stage.app.folder.path());
    let mut sending = Sending::begin(&stage, bytes.len()).await;
    sending.send(&bytes[..HEAD]).await;
    beginning(&stage).await;
    sending.give_up().await;
    assert_eq!(state_of(&stage, stage.film).await, "empty");
    assert!(published(&stage, stage.film).await.is_empty());
    until("the early work has ended", async || count(&stage, AT_WORK).await == 0).await;
    until("the store is empty", async || stage.app.ground.blobs.list("films/").await.unwrap().is_empty())
        .await;
    nothing_left_over(&stage).await;

    // Another file takes the place of one that is still sent; the work on both never meets.
    let mut sending = Sending::begin(&stage, bytes.len()).await;
    sending.send(&bytes[..HEAD]).await;
    beginning(&stage).await;
    stage.upload(&film(stage.app.folder.path(), 8)).await;
    wait_until_ready(&stage, stage.film).await;
    is_whole(&stage, stage.film, 8.0).await;
    until("the early work has ended", async || count(&stage, AT_WORK).await == 0).await;
    nothing_left_over(&stage).await;
    stage.app.end().await;
}

#[tokio::test]
async fn of_a_file_that_gives_way_to_another_nothing_is_shown_when_that_waits_to_be_made() {
    let stage = stage_in(TestApp::start_with(|config| config.workers = 0).await).await;
    let size = usize::try_from(early::LEAST_BYTES).unwrap();
    let _sending = Sending::begin(&stage, size).await;
    let mut all = owner(&stage.app).await;
    for published in [
        "update film f set made_from = u.blob_key, fence = 1 from upload u where u.film_id = f.id and u.state = 'open'",
        "insert into rendition (organisation_id, film_id, fence, name, kind, width, height, frame_rate_milli, codecs, bandwidth,
                                average_bandwidth, init_key)
         select organisation_id, id, fence, '180p', 'picture', 320, 180, 25000, 'avc1.64000c', 1000, 1000, 'films/none/init.mp4'
         from film where made_from is not null",
        "insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key)
         select organisation_id, id, fence, '180p', 0, 0, 6000, 1000, 'films/none/0.m4s' from film where made_from is not null",
    ] {
        sqlx::query(published).execute(&mut all).await.unwrap();
    }
    assert_eq!(published(&stage, stage.film).await.len(), 1);
    // The other one comes by the form, which ends no upload.
    let place = Place {
        db: stage.app.ground.db.clone(),
        blobs: stage.app.ground.blobs.clone(),
        actor: stage.ada.actor.clone(),
    };
    let (send, receive) = mpsc::channel(1);
    send.send(Ok(Bytes::from_static(&[7; 1000]))).await.unwrap();
    drop(send);
    take::whole(place, Editable::granted(stage.film), 1 << 30, receive).await.unwrap();
    assert_eq!(state_of(&stage, stage.film).await, "queued");
    assert!(published(&stage, stage.film).await.is_empty());
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    assert!(playlist::master(&mut tx, &Watchable::granted(stage.film), false).await.is_err());
    drop(tx);
    stage.app.end().await;
}

#[tokio::test]
async fn an_upload_that_stands_holds_no_worker_and_goes_on_when_it_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let (stage, _store) = stage_with_silence(folder.path(), 15).await;
    let bytes = long_film(stage.app.folder.path());
    let machine = WorkProcess::start(&stage.app.config);
    let mut sending = Sending::begin(&stage, bytes.len()).await;
    sending.send(&bytes[..HEAD]).await;
    let before = beginning(&stage).await;
    until("the upload is not waited for", async || count(&stage, AT_WORK).await == 0).await;
    assert_eq!(
        count(&stage, "select count(*) from job where kind = 'transcode_early' and state = 'done'").await,
        1
    );
    until("no program waits", async || machine.transcoders().is_empty()).await;
    assert_eq!((state_of(&stage, stage.film).await.as_str(), count(&stage, ASIDE).await), ("uploading", 0));
    assert!(published(&stage, stage.film).await.len() >= before.len(), "what is published stays");
    // What comes later is not kept aside any more, and is as safe.
    sending.send(&bytes[HEAD..]).await;
    wait_until_ready(&stage, stage.film).await;
    is_whole(&stage, stage.film, f64::from(SECONDS)).await;
    let after = published(&stage, stage.film).await;
    assert!(before.iter().all(|(piece, key)| after.get(piece) == Some(key)), "the beginning was made again");
    nothing_left_over(&stage).await;
    drop(machine);
    stage.app.end().await;
}

#[tokio::test]
async fn a_machine_that_is_killed_meanwhile_costs_nothing_that_was_published() {
    let folder = tempfile::tempdir().unwrap();
    let (stage, _store) = shared_stage(folder.path()).await;
    let bytes = long_film(stage.app.folder.path());
    let first = WorkProcess::start(&stage.app.config);
    let mut sending = Sending::begin(&stage, bytes.len()).await;
    sending.send(&bytes[..HEAD]).await;
    let before = beginning(&stage).await;
    drop(first);
    // Another one goes on with what has come.
    end_leases(&stage).await;
    let second = WorkProcess::start(&stage.app.config);
    let middle = bytes.len() / 2;
    sending.send(&bytes[HEAD..middle]).await;
    until("it goes on", async || {
        published(&stage, stage.film).await.keys().any(|(name, number)| name == "180p" && *number >= 5)
    })
    .await;
    // That one is killed as well, and all of it has come before a third looks.
    drop(second);
    sending.send(&bytes[middle..]).await;
    end_leases(&stage).await;
    let third = WorkProcess::start(&stage.app.config);
    hurry(&stage).await;
    wait_until_ready(&stage, stage.film).await;
    is_whole(&stage, stage.film, f64::from(SECONDS)).await;
    let after = published(&stage, stage.film).await;
    assert!(before.iter().all(|(piece, key)| after.get(piece) == Some(key)), "the beginning was made again");
    until("the early work has ended", async || count(&stage, AT_WORK).await == 0).await;
    nothing_left_over(&stage).await;
    drop(third);
    stage.app.end().await;
}

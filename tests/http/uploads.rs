//! The tus protocol: by hand where it must be hurt, and with the real npm client.

use base::blob::PART_BYTES;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use sha1::Digest as _;
use tokio::io::AsyncWriteExt as _;
use video::FilmId;

use crate::harness::{Client, Page, Someone, TestApp};

/// An author with an empty film in a course.
async fn author_with_film(app: &TestApp) -> (Someone, FilmId) {
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs z filmem", &[("Wykład", "")]).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, &course).await.unwrap()[0].units[0].id;
    let film = courses::film::of_unit(&mut tx, &course, unit).await.unwrap().film();
    tx.commit().await.unwrap();
    (ada, film)
}

/// The program without workers, so that nothing is transcoded while uploads are tried.
async fn quiet() -> TestApp {
    TestApp::start_with(|config| config.workers = 0).await
}

async fn create(client: &Client, film: FilmId, size: u64) -> Page {
    let metadata =
        format!("film {},filename {}", STANDARD.encode(film.to_string()), STANDARD.encode("wykład.mp4"));
    let request = client.request(Method::POST, "/api/tus").header("tus-resumable", "1.0.0");
    client.send(request.header("upload-length", size).header("upload-metadata", metadata)).await
}

async fn patch(client: &Client, place: &str, offset: u64, body: Vec<u8>, checksum: Option<String>) -> Page {
    let mut request = client
        .request(Method::PATCH, place)
        .header("tus-resumable", "1.0.0")
        .header("content-type", "application/offset+octet-stream")
        .header("upload-offset", offset)
        .body(body);
    if let Some(checksum) = checksum {
        request = request.header("upload-checksum", checksum);
    }
    client.send(request).await
}

async fn offset(client: &Client, place: &str) -> u64 {
    let page =
        client.send(client.request(Method::HEAD, place).header("tus-resumable", "1.0.0")).await.assert(200);
    page.header("upload-offset").parse().unwrap()
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at * 7 % 253).unwrap()).collect()
}

async fn stored(app: &TestApp, client: &Client, place: &str) -> Vec<u8> {
    let _seen = client;
    let id = place.rsplit('/').next().unwrap();
    let keys = app.ground.blobs.list("films/").await.unwrap();
    let key = keys.iter().find(|key| key.ends_with(&format!("source-{id}"))).expect("the source is stored");
    app.ground.blobs.get(key).await.unwrap().to_vec()
}

#[tokio::test]
async fn a_broken_upload_goes_on_where_it_stood_and_arrives_whole() {
    let app = quiet().await;
    let (ada, film) = author_with_film(&app).await;
    let whole = bytes(3 * PART_BYTES + 54_321);
    let place = create(&ada.client, film, whole.len() as u64).await.assert(201).location();
    let cookie = session_cookie(&app, &ada).await;
    let (mut sent, mut furthest) = (0u64, 0u64);
    // Broken at bytes that are no boundary of anything, again and again, on a bare connection.
    for cut in [1, 4_000_001, 777, PART_BYTES + 13, 9_999_999, 65_536] {
        let from = usize::try_from(offset(&ada.client, &place).await).unwrap();
        let to = (from + cut).min(whole.len() - 1);
        break_off(&app, &cookie, &place, from, &whole[from..to], whole.len() - from).await;
        let stands = settled(&ada.client, &place, from as u64).await;
        sent += (to - from) as u64;
        furthest = furthest.max(to as u64);
        assert!(stands <= furthest, "{stands} of {furthest}");
        assert!(to as u64 - stands <= PART_BYTES as u64, "more than one part would be sent again");
    }
    let from = offset(&ada.client, &place).await;
    let rest = whole[usize::try_from(from).unwrap()..].to_vec();
    sent += rest.len() as u64;
    patch(&ada.client, &place, from, rest, None).await.assert(204);
    assert_eq!(sha2::Sha256::digest(stored(&app, &ada.client, &place).await), sha2::Sha256::digest(&whole));
    assert!(sent >= whole.len() as u64);
    app.end().await;
}

/// A session cookie for a bare connection.
async fn session_cookie(app: &TestApp, someone: &Someone) -> String {
    let kind = identity::session::ClientKind::Browser;
    let name = format!("{}@brzozow", someone.login);
    let begun = identity::sign_in::sign_in(&app.ground.db, &name, crate::harness::PASSWORD, kind, "test")
        .await
        .unwrap();
    begun.1.reveal().to_owned()
}

/// Announces `announced` bytes, sends fewer, and hangs up.
async fn break_off(app: &TestApp, cookie: &str, place: &str, from: usize, part: &[u8], announced: usize) {
    let host = app.address.trim_start_matches("http://");
    let mut socket = tokio::net::TcpStream::connect(host).await.unwrap();
    let head = format!(
        "PATCH {place} HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nCookie: session={cookie}\r\nTus-Resumable: 1.0.0\r\n\
         Content-Type: application/offset+octet-stream\r\nUpload-Offset: {from}\r\nContent-Length: {announced}\r\n\r\n",
        app.address
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(part).await.unwrap();
    socket.flush().await.unwrap();
    socket.shutdown().await.unwrap();
}

/// Where the upload stands once what arrived has been put away.
async fn settled(client: &Client, place: &str, before: u64) -> u64 {
    // Parts are put away one after another: it stands when nothing has come for two seconds.
    let (mut last, mut still) = (before, 0);
    for _ in 0..4800 {
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        let now = offset(client, place).await;
        still = if now == last { still + 1 } else { 0 };
        if still >= 80 && now != before || still >= 400 {
            return now;
        }
        last = now;
    }
    last
}

#[tokio::test]
async fn small_pieces_add_up_and_a_wrong_offset_changes_nothing() {
    let app = quiet().await;
    let (ada, film) = author_with_film(&app).await;
    let whole = bytes(100_000);
    let place = create(&ada.client, film, 100_000).await.assert(201).location();
    for at in (0..100_000).step_by(9_000) {
        let piece = whole[at..(at + 9_000).min(100_000)].to_vec();
        patch(&ada.client, &place, at as u64 + 1, piece.clone(), None).await.assert(409);
        patch(&ada.client, &place, at as u64, piece, None).await.assert(204);
    }
    assert!(stored(&app, &ada.client, &place).await == whole);
    patch(&ada.client, &place, 100_000, vec![1], None).await.assert(409);
    app.end().await;
}

#[tokio::test]
async fn a_client_that_lies_about_length_gets_nothing_more_in() {
    let app = quiet().await;
    let (ada, film) = author_with_film(&app).await;
    create(&ada.client, film, 0).await.assert(413);
    create(&ada.client, film, u64::MAX).await.assert(413);
    let place = create(&ada.client, film, 10).await.assert(201).location();
    patch(&ada.client, &place, 0, bytes(11), None).await.assert(413);
    assert_eq!(offset(&ada.client, &place).await, 0);
    patch(&ada.client, &place, 0, bytes(5), None).await.assert(204);
    patch(&ada.client, &place, 5, bytes(6), None).await.assert(413);
    assert_eq!(offset(&ada.client, &place).await, 5);
    app.end().await;
}

#[tokio::test]
async fn a_checksum_that_does_not_fit_keeps_nothing() {
    let app = quiet().await;
    let (ada, film) = author_with_film(&app).await;
    let whole = bytes(PART_BYTES + 1000);
    let place = create(&ada.client, film, whole.len() as u64).await.assert(201).location();
    let right = format!("sha1 {}", STANDARD.encode(sha1::Sha1::digest(&whole)));
    let wrong = format!("sha1 {}", STANDARD.encode(sha1::Sha1::digest(b"other")));
    patch(&ada.client, &place, 0, whole.clone(), Some(wrong)).await.assert(460);
    patch(&ada.client, &place, 0, whole.clone(), Some("md5 AAAA".to_owned())).await.assert(400);
    assert_eq!(offset(&ada.client, &place).await, 0);
    patch(&ada.client, &place, 0, whole.clone(), Some(right)).await.assert(204);
    assert!(stored(&app, &ada.client, &place).await == whole);
    app.end().await;
}

#[tokio::test]
async fn the_words_of_the_protocol_are_kept() {
    let app = quiet().await;
    let (ada, film) = author_with_film(&app).await;
    let options = ada.client.send(ada.client.request(Method::OPTIONS, "/api/tus")).await.assert(204);
    assert_eq!(options.header("tus-version"), "1.0.0");
    assert_eq!(options.header("tus-extension"), "creation,termination,checksum,expiration");
    let bare = ada
        .client
        .send(ada.client.request(Method::POST, "/api/tus").header("upload-length", 5))
        .await
        .assert(412);
    assert_eq!(bare.header("tus-version"), "1.0.0");
    let created = create(&ada.client, film, 5).await.assert(201);
    assert!(created.header("upload-expires").ends_with(" GMT"));
    let place = created.location();
    let request =
        ada.client.request(Method::PATCH, &place).header("tus-resumable", "1.0.0").header("upload-offset", 0);
    ada.client.send(request.body("x")).await.assert(415);
    ada.client
        .send(ada.client.request(Method::DELETE, &place).header("tus-resumable", "1.0.0"))
        .await
        .assert(204);
    ada.client
        .send(ada.client.request(Method::HEAD, &place).header("tus-resumable", "1.0.0"))
        .await
        .assert(410);
    app.end().await;
}

#[tokio::test]
async fn an_upload_that_waits_too_long_is_thrown_away() {
    let app = quiet().await;
    let (ada, film) = author_with_film(&app).await;
    let place = create(&ada.client, film, 100).await.assert(201).location();
    patch(&ada.client, &place, 0, bytes(50), None).await.assert(204);
    app.clock.advance(video::upload::LIFE + time::Duration::seconds(1));
    video::upload::expire(&app.ground.db, &app.ground.blobs).await.unwrap();
    assert!(app.ground.blobs.list("films/").await.unwrap().is_empty(), "its tail is still there");
    app.end().await;
}

#[tokio::test]
async fn nobody_else_writes_to_an_upload() {
    let app = quiet().await;
    let (ada, film) = author_with_film(&app).await;
    let place = create(&ada.client, film, 100).await.assert(201).location();
    let other = app.office("inny").await;
    for stranger in [other.instructor("ewa").await, other.admin("adam").await] {
        create(&stranger.client, film, 100).await.assert(404);
        patch(&stranger.client, &place, 0, bytes(10), None).await.assert(404);
    }
    create(&app.visitor(), film, 100).await.assert(401);
    patch(&app.visitor(), &place, 0, bytes(10), None).await.assert(401);
    assert_eq!(offset(&ada.client, &place).await, 0);
    app.end().await;
}

#[tokio::test]
async fn the_npm_client_uploads_breaks_off_and_resumes() {
    let app = quiet().await;
    let (ada, film) = author_with_film(&app).await;
    let whole = bytes(2 * PART_BYTES + 4321);
    let file = app.folder.path().join("film.mp4");
    std::fs::write(&file, &whole).unwrap();
    let done = tokio::process::Command::new("node")
        .arg(TestApp::root().join("tests/http/tus.mjs"))
        .arg(&app.address)
        .arg(session_cookie(&app, &ada).await)
        .arg(film.to_string())
        .arg(&file)
        .current_dir(TestApp::root())
        .output()
        .await
        .expect("node is installed");
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{said}\n{}", String::from_utf8_lossy(&done.stderr));
    let place = said.lines().find_map(|line| line.strip_prefix("place ")).unwrap().to_owned();
    assert!(stored(&app, &ada.client, &place).await == whole);
    app.end().await;
}

#[tokio::test]
async fn a_length_that_is_no_length_begins_nothing() {
    let app = quiet().await;
    let (ada, film) = author_with_film(&app).await;
    let metadata = format!("film {}", STANDARD.encode(film.to_string()));
    let create = async |length: Option<&str>| {
        let request = ada.client.request(Method::POST, "/api/tus").header("tus-resumable", "1.0.0");
        let request = request.header("upload-metadata", &metadata);
        let request = match length {
            Some(length) => request.header("upload-length", length.as_bytes()),
            None => request,
        };
        ada.client.send(request).await
    };
    let malformed = [
        "-1",
        "-0",
        "+5",
        "",
        " ",
        "5 5",
        "1e3",
        "0x10",
        "10.0",
        "NaN",
        "dużo",
        "٣",
        "99999999999999999999999999",
    ];
    for length in malformed {
        create(Some(length)).await.assert(400);
    }
    create(None).await.assert(400);
    for length in ["0", "000", "8589934593", "18446744073709551615"] {
        create(Some(length)).await.assert(413);
    }
    // The promise of a length for later is not in our list of extensions.
    let deferred = ada.client.request(Method::POST, "/api/tus").header("tus-resumable", "1.0.0");
    let deferred = deferred.header("upload-metadata", &metadata).header("upload-defer-length", "1");
    ada.client.send(deferred).await.assert(400);
    assert!(app.ground.blobs.list("films/").await.unwrap().is_empty());
    app.end().await;
}

#[tokio::test]
async fn a_length_or_offset_that_changes_on_the_way_changes_nothing() {
    let app = quiet().await;
    let (ada, film) = author_with_film(&app).await;
    let whole = bytes(1000);
    let place = create(&ada.client, film, 1000).await.assert(201).location();
    let with = async |offset: &str, length: &str, body: Vec<u8>| {
        let request = ada
            .client
            .request(Method::PATCH, &place)
            .header("tus-resumable", "1.0.0")
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", offset.as_bytes())
            .header("upload-length", length.as_bytes());
        ada.client.send(request.body(body)).await
    };
    // Another length with the bytes: what was announced stays.
    with("0", "400", whole[..400].to_vec()).await.assert(204);
    let stands = ada.client.request(Method::HEAD, &place).header("tus-resumable", "1.0.0");
    let stands = ada.client.send(stands).await.assert(200);
    assert_eq!(
        (stands.header("upload-length"), stands.header("upload-offset")),
        ("1000".into(), "400".into())
    );
    with("400", "2000", bytes(700)).await.assert(413);
    for offset in ["-400", "+400", "", "four", "1e2", "99999999999999999999999999"] {
        with(offset, "1000", whole[400..].to_vec()).await.assert(400);
    }
    for elsewhere in ["0", "399", "401", "1000", "18446744073709551615"] {
        with(elsewhere, "1000", whole[400..].to_vec()).await.assert(409);
    }
    assert_eq!(offset(&ada.client, &place).await, 400);
    // Who promises more bytes in one request than they send has sent what they sent, and the film is not begun with it.
    let cookie = session_cookie(&app, &ada).await;
    break_off(&app, &cookie, &place, 400, &whole[400..500], 600).await;
    assert_eq!(settled(&ada.client, &place, 400).await, 500);
    let state = ada.client.get(&format!("/films/{film}/state")).await.assert(200);
    assert!(state.text.contains("uploading"), "{}", state.text);
    with("500", "1000", whole[500..].to_vec()).await.assert(204);
    assert!(stored(&app, &ada.client, &place).await == whole);
    app.end().await;
}

#[tokio::test]
async fn an_upload_that_ends_after_another_file_came_takes_nothing_away() {
    let app = quiet().await;
    let (ada, film) = author_with_film(&app).await;
    let whole = bytes(1000);
    let place = create(&ada.client, film, 1000).await.assert(201).location();
    patch(&ada.client, &place, 0, whole[..400].to_vec(), None).await.assert(204);
    // Another window sends the plain form meanwhile, and the film is made of that.
    let (send, receive) = tokio::sync::mpsc::channel(1);
    send.send(Ok(axum::body::Bytes::from(vec![7; 100]))).await.unwrap();
    drop(send);
    let to = video::take::Place {
        db: app.ground.db.clone(),
        blobs: app.ground.blobs.clone(),
        actor: ada.actor.clone(),
    };
    video::take::whole(to, video::Editable::granted(film), 1 << 30, receive).await.unwrap();
    let mut owner = crate::harness::owner(&app).await;
    let look = "select state, source_bytes from film where id = $1";
    let made = sqlx::query("update film set state = 'ready' where id = $1").bind(film.0);
    made.execute(&mut owner).await.unwrap();
    patch(&ada.client, &place, 400, whole[400..].to_vec(), None).await.assert(409);
    let found: (String, i64) = sqlx::query_as(look).bind(film.0).fetch_one(&mut owner).await.unwrap();
    assert_eq!(found, ("ready".to_owned(), 100));
    let left = sqlx::query_scalar("select state from upload where film_id = $1").bind(film.0);
    let left: String = left.fetch_one(&mut owner).await.unwrap();
    assert_eq!(left, "ended");
    let swept: i64 =
        sqlx::query_scalar("select count(*) from job where kind = 'sweep' and key like '%source-%'")
            .fetch_one(&mut owner)
            .await
            .unwrap();
    assert_eq!(swept, 1);
    app.end().await;
}

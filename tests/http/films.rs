//! A film from upload to playing, with the real transcoding program; who gets it and who does not; and bad input.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use courses::Taught;
use courses::enrolment::Target;
use reqwest::Method;
use video::FilmId;

use crate::harness::{Client, Someone, TestApp, film, film_with};

pub struct Stage {
    pub app: TestApp,
    pub ada: Someone,
    pub course: Taught,
    pub film: FilmId,
}

pub async fn stage() -> Stage {
    stage_in(TestApp::start().await).await
}

/// The same in a program with settings of its own.
pub async fn stage_in(app: TestApp) -> Stage {
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    office.admin("zofia").await;
    let course = office.course(&ada, "Kurs z filmem", &[("Wykład", "Tekst.")]).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, &course).await.unwrap()[0].units[0].id;
    let film = courses::film::of_unit(&mut tx, &course, unit).await.unwrap().film();
    tx.commit().await.unwrap();
    Stage { app, ada, course, film }
}

impl Stage {
    pub async fn upload(&self, file: &Path) {
        self.upload_bytes(std::fs::read(file).unwrap()).await;
    }

    pub async fn upload_bytes(&self, bytes: Vec<u8>) {
        let client = &self.ada.client;
        let request = client
            .request(Method::POST, "/api/tus")
            .header("tus-resumable", "1.0.0")
            .header("upload-length", bytes.len())
            .header("upload-metadata", format!("film {}", STANDARD.encode(self.film.to_string())));
        let place = client.send(request).await.assert(201).location();
        let request = client
            .request(Method::PATCH, &place)
            .header("tus-resumable", "1.0.0")
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", 0)
            .body(bytes);
        client.send(request).await.assert(204);
    }

    pub async fn state(&self) -> serde_json::Value {
        let page = self.ada.client.get(&format!("/films/{}/state", self.film)).await.assert(200);
        serde_json::from_str(&page.text).unwrap()
    }

    pub async fn wait_for(&self, state: &str) {
        let mut last = serde_json::Value::Null;
        for _ in 0..3000 {
            last = self.state().await;
            if last["state"] == state {
                return;
            }
            assert!(
                !["failed", "ready", "cancelled"].contains(&last["state"].as_str().unwrap()),
                "{last}: {:?}",
                self.reason().await
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("not {state} after five minutes: {last}");
    }

    /// Until the film that was sent last has taken the place of the one that is shown.
    pub async fn wait_for_the_new_one(&self) {
        for _ in 0..3000 {
            let mut tx = self.app.ground.db.begin(&self.ada.actor).await.unwrap();
            let next = video::replace::next(&mut tx, &video::Editable::granted(self.film)).await.unwrap();
            drop(tx);
            let Some(next) = next else { return };
            assert_ne!(next.film.state, video::film::State::Failed, "{next:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("not replaced after five minutes");
    }

    pub async fn reason(&self) -> Option<String> {
        let mut tx = self.app.ground.db.begin(&self.ada.actor).await.unwrap();
        let proof = video::Watchable::granted(self.film);
        video::film::one(&mut tx, &proof).await.unwrap().reason
    }

    /// The address of the master playlist under a fresh ticket, for whoever asks.
    pub async fn enter(&self, client: &Client) -> String {
        client.get(&format!("/films/{}/master.m3u8", self.film)).await.assert(303).location()
    }
}

/// The addresses that a playlist names, made absolute.
pub fn named(base: &str, playlist: &str) -> Vec<String> {
    let folder = base.rsplit_once('/').unwrap().0;
    let uris = playlist.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let quoted = playlist
        .lines()
        .filter_map(|line| line.split_once("URI=\""))
        .map(|(_, rest)| rest.split('"').next().unwrap());
    uris.chain(quoted).map(|uri| format!("{folder}/{uri}")).collect()
}

#[tokio::test]
async fn a_film_becomes_playable_for_its_course_and_for_nobody_else() {
    let stage = stage().await;
    let app = &stage.app;
    stage.upload(&film(app.folder.path(), 9)).await;
    stage.wait_for("ready").await;

    let office = app.office("drugi-urzad").await;
    let here = office_of(&stage).await;
    let pupil = here.0;
    let outsider = here.1;
    let stranger = office.learner("obcy").await;
    publish(&stage, &pupil).await;

    // The learner: master, renditions, first bytes, every segment; together they are a film of nine seconds.
    let master_at = stage.enter(&pupil.client).await;
    let master =
        pupil.client.get(&master_at).await.assert(200).has("#EXT-X-STREAM-INF").has("mp4a.40.2").text;
    let mut everything = vec![master_at.clone()];
    for rendition in named(&master_at, &master) {
        let list = pupil.client.get(&rendition).await.assert(200).has("#EXT-X-ENDLIST").has("EXT-X-MAP").text;
        let seconds: f64 = list
            .lines()
            .filter_map(|line| line.strip_prefix("#EXTINF:"))
            .map(|line| line.trim_end_matches(',').parse::<f64>().unwrap())
            .sum();
        assert!((8.8..9.3).contains(&seconds), "{rendition} has {seconds} s");
        everything.push(rendition.clone());
        everything.extend(named(&rendition, &list));
    }
    for piece in &everything {
        assert!(!pupil.client.get(piece).await.assert(200).text.is_empty());
    }
    // The sound alone, and stills for seeking: key pictures of a version, each a range of its segment.
    let alone =
        master.lines().find(|line| line.starts_with("#EXT-X-STREAM-INF") && line.contains("CODECS=\"mp4a"));
    assert!(alone.is_some(), "no version of sound alone: {master}");
    let keys = master.lines().find(|line| line.starts_with("#EXT-X-I-FRAME-STREAM-INF:")).unwrap();
    let keys_at = named(&master_at, keys).pop().unwrap();
    let list = pupil.client.get(&keys_at).await.assert(200).has("#EXT-X-I-FRAMES-ONLY").text;
    let range =
        list.lines().find_map(|line| line.strip_prefix("#EXT-X-BYTERANGE:")?.strip_suffix("@0")).unwrap();
    let last = range.parse::<u64>().unwrap() - 1;
    let first = &named(&keys_at, &list)[0];
    let part = pupil.client.request(Method::GET, first).header("range", format!("bytes=0-{last}"));
    let part = pupil.client.send(part).await.assert(206);
    assert!(part.header("content-range").starts_with(&format!("bytes 0-{last}/")), "{:?}", part.headers);
    assert_eq!(part.header("content-length"), range);

    let by_cookie = ["master.m3u8", "plain.mp4", "poster.jpg", "state"]
        .map(|name| format!("/films/{}/{name}", stage.film));
    for place in &by_cookie {
        assert!(matches!(pupil.client.get(place).await.status.as_u16(), 200 | 303), "{place}");
    }
    let part = pupil.client.request(Method::GET, &by_cookie[1]).header("range", "bytes=4-7");
    pupil.client.send(part).await.assert(206).has("ftyp");

    // Another official of the office who is not enrolled, one of another office, and a visitor: nothing of it.
    for place in &by_cookie {
        outsider.client.get(place).await.assert(404);
        stranger.client.get(place).await.assert(404);
        let page = app.visitor().get(place).await;
        assert!(page.status == 401 || page.location().starts_with("/sign-in"), "{place}");
    }
    let ticket = master_at.split('/').nth(2).unwrap().to_owned();
    for piece in &everything {
        let forged = piece.replace(&ticket, &ticket[..ticket.len() - 2]);
        app.visitor().get(&forged).await.assert(403);
        app.visitor().get(&piece.replace(&ticket, "x")).await.assert(403);
    }
    // Not from the object store either, and not by another film's ticket.
    let key =
        app.ground.blobs.list("films/").await.unwrap().into_iter().find(|key| key.ends_with(".m4s")).unwrap();
    let signed = app.ground.blobs.presigned_get(&key, Duration::from_secs(60)).unwrap();
    assert!(reqwest::get(&signed).await.unwrap().status().is_success());
    assert!(!reqwest::get(signed.split('?').next().unwrap()).await.unwrap().status().is_success());

    // A person who was suspended is out at the next segment, ticket or not; so is one whose enrolment was taken back.
    suspend(&stage, &pupil).await;
    for piece in everything.iter().take(4) {
        pupil.client.get(piece).await.assert(403);
    }
    stage.app.end().await;
}

pub async fn office_of(stage: &Stage) -> (Someone, Someone) {
    let house = crate::harness::House {
        app: &stage.app,
        id: stage.ada.actor.organisation().unwrap(),
        slug: "brzozow".to_owned(),
    };
    (house.learner("jan").await, house.learner("ola").await)
}

pub async fn publish(stage: &Stage, learner: &Someone) {
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    courses::enrolment::add(&mut tx, &stage.course, Target::Person(learner.id)).await.unwrap();
    crate::harness::waive_all(&mut tx, &stage.course).await;
    courses::publish::publish(&mut tx, &stage.course).await.unwrap();
    tx.commit().await.unwrap();
}

async fn suspend(stage: &Stage, someone: &Someone) {
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    identity::person::suspend(&mut tx, &identity::PeopleAdmin::at_the_terminal(), someone.id).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_is_no_film_is_refused_with_its_reason() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let canary = listener.local_addr().unwrap();
    let touched = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let seen = touched.clone();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            seen.store(true, std::sync::atomic::Ordering::SeqCst);
        }
    });
    let stage = stage().await;
    let folder = stage.app.folder.path().to_owned();
    let secret = folder.join("secret.txt");
    std::fs::write(&secret, "canary-7d1f").unwrap();
    let sound = film_with(&folder, "sound.m4a", &["-f", "lavfi", "-i", "sine=duration=2", "-c:a", "aac"]);
    let playlist = format!(
        "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile://{}\n#EXTINF:4,\nhttp://{canary}/x.ts\n#EXT-X-ENDLIST\n",
        secret.display()
    );
    let concat =
        format!("ffconcat version 1.0\nfile 'file://{}'\nfile 'http://{canary}/y.ts'\n", secret.display());
    let bad: Vec<(Vec<u8>, &[&str])> = vec![
        (b"To nie jest film.".repeat(100), &["not_a_film"]),
        (playlist.into_bytes(), &["not_a_film"]),
        (concat.into_bytes(), &["not_a_film"]),
        (std::fs::read(&sound).unwrap(), &["no_picture"]),
        (std::fs::read(film(&folder, 3)).unwrap()[..20_000].to_vec(), &["broken", "not_a_film"]),
    ];
    for (bytes, reasons) in bad {
        stage.upload_bytes(bytes).await;
        stage.wait_for("failed").await;
        let reason = stage.reason().await.unwrap();
        assert!(reasons.contains(&reason.as_str()), "{reason} is none of {reasons:?}");
    }
    for key in stage.app.ground.blobs.list("films/").await.unwrap() {
        if !key.contains("source-") {
            let bytes = stage.app.ground.blobs.get(&key).await.unwrap();
            assert!(!bytes.windows(11).any(|window| window == b"canary-7d1f"), "{key} holds the canary");
        }
    }
    assert!(!touched.load(std::sync::atomic::Ordering::SeqCst), "the canary server was asked");
    stage.app.end().await;
}

#[tokio::test]
async fn a_killed_worker_s_film_is_finished_by_the_next() {
    let mut stage = stage().await;
    let file = film(stage.app.folder.path(), 60);
    stage.upload(&file).await;
    stage.wait_for("transcoding").await;
    while !stage.state().await["playable"].as_bool().unwrap() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // The worker ends in the middle; its child is killed and the job given back.
    let workers = stage.app.stop_workers().unwrap();
    workers.end().await;
    assert_ne!(stage.state().await["state"], "ready", "the film was finished before the worker was stopped");
    stage.app.start_workers();
    stage.wait_for("ready").await;
    let prefixes: std::collections::BTreeSet<String> = stage
        .app
        .ground
        .blobs
        .list("films/")
        .await
        .unwrap()
        .iter()
        .filter_map(|key| key.split('/').nth(3).map(str::to_owned))
        .filter(|attempt| !attempt.starts_with("source"))
        .collect();
    assert!(prefixes.contains("2"), "{prefixes:?}");
    stage.app.end().await;
}

#[tokio::test]
async fn a_film_in_the_making_can_be_stopped_and_tried_again() {
    let stage = stage().await;
    stage.upload(&film(stage.app.folder.path(), 60)).await;
    stage.wait_for("transcoding").await;
    act(&stage, "cancel").await;
    stage.wait_for("cancelled").await;
    act(&stage, "retry").await;
    stage.wait_for("transcoding").await;
    act(&stage, "cancel").await;
    stage.wait_for("cancelled").await;
    stage.app.end().await;
}

async fn act(stage: &Stage, what: &str) {
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let proof = video::Editable::granted(stage.film);
    match what {
        "cancel" => video::film::cancel(&mut tx, &proof).await.unwrap(),
        _ => video::film::retry(&mut tx, &proof).await.unwrap(),
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_was_seen_is_the_union_of_what_was_played() {
    let stage = stage().await;
    stage.upload(&film(stage.app.folder.path(), 9)).await;
    stage.wait_for("ready").await;
    let (jan, ola) = office_of(&stage).await;
    publish(&stage, &jan).await;
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    courses::enrolment::add(&mut tx, &stage.course, Target::Person(ola.id)).await.unwrap();
    tx.commit().await.unwrap();
    let place = format!("/films/{}/progress", stage.film);
    let told = async |by: &Someone, body: &str| {
        by.client.send(by.client.request(Method::POST, &place).body(body.to_owned())).await
    };
    let report = async |body: &str| told(&jan, body).await;
    report(r#"{"position_ms":4000,"seen":[[0,2000],[1000,4000]],"key":"a"}"#).await.assert(204);
    report(r#"{"position_ms":4000,"seen":[[0,2000],[1000,4000]],"key":"a"}"#).await.assert(204);
    report(r#"{"position_ms":8000,"seen":[[7000,8000],[9000,5],[99999999,100000000]],"key":"b"}"#)
        .await
        .assert(204);
    let mut tx = stage.app.ground.db.begin(&jan.actor).await.unwrap();
    let watched = video::watch::own(&mut tx, &video::Watchable::granted(stage.film)).await.unwrap();
    drop(tx);
    assert_eq!(watched.seen, [(0, 4000), (7000, 8000)]);
    assert_eq!(watched.position_ms, 8000);
    assert_eq!(watched.percent(Some(9000)), Some(55));
    // Who teaches reads the union, of one who came to 88% and of one who only went to the end.
    told(&ola, r#"{"position_ms":8900,"seen":[],"key":"z"}"#).await.assert(204);
    let page = stage.ada.client.get("/teaching/kurs-z-filmem/progress").await.assert(200);
    let rows: Vec<&str> = page.text.split("<tr").collect();
    let row = |name: &str| *rows.iter().find(|row| row.contains(name)).unwrap();
    let (seen, skipped) = (row("JAN Osoba"), row("OLA Osoba"));
    assert!(seen.contains("Obejrzano 55%: 0:00–0:04, 0:07–0:08"), "{seen}");
    assert!(skipped.contains("Nic jeszcze nie obejrzano"), "{skipped}");
    let sheet = stage.ada.client.get("/teaching/kurs-z-filmem/progress.csv").await.assert(200).text;
    let share = |name: &str| {
        let line = sheet.lines().find(|line| line.contains(name)).unwrap();
        line.rsplit(';').next().unwrap().trim_matches('"').to_owned()
    };
    assert_eq!((share("JAN Osoba").as_str(), share("OLA Osoba").as_str()), ("55", "0"), "{sheet}");
    for bad in ["", "[]", "{}", r#"{"position_ms":-1,"seen":[],"key":""}"#, "null"] {
        report(bad).await.assert(400);
    }
    report(&format!(r#"{{"position_ms":1,"seen":[{}[1,2]],"key":"c"}}"#, "[1,2],".repeat(20_000)))
        .await
        .assert(413);
    stage.app.end().await;
}

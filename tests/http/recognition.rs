//! Drafts of captions by a recogniser of the office: a program that the test writes, and a service that the test runs. None is bundled.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use axum::body::{Body, Bytes};
use axum::extract::RawQuery;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use courses::enrolment::Target;
use video::recognise::Recogniser;

use crate::harness::{House, Page, TestApp, film, film_with};
use crate::http::films::{Stage, stage_in};

const VTT: &str = "WEBVTT\n\n00:01.000 --> 00:03.000\nTo rozpoznał program\n";

/// A program of the office: a line of shell in a file of its own.
fn program(folder: &Path, name: &str, script: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn words(path: &Path, arguments: &[&str]) -> Option<Recogniser> {
    let first = path.to_str().unwrap().to_owned();
    let words = std::iter::once(first).chain(arguments.iter().map(|word| (*word).to_owned())).collect();
    Some(Recogniser::Command(words))
}

/// A film of nine seconds that is ready, and the address of its unit.
async fn ready(recogniser: Option<Recogniser>) -> (Stage, String) {
    ready_of(recogniser, 9).await
}

/// The same of so many seconds: few are enough where nothing comes of it.
async fn ready_of(recogniser: Option<Recogniser>, seconds: u32) -> (Stage, String) {
    let app = TestApp::start_with(|config| config.captions.recogniser = recogniser).await;
    let stage = stage_in(app).await;
    stage.upload(&film(stage.app.folder.path(), seconds)).await;
    stage.wait_for("ready").await;
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, &stage.course).await.unwrap()[0].units[0].id;
    drop(tx);
    let unit = format!("/teaching/kurs-z-filmem/units/{unit}");
    (stage, unit)
}

async fn ask(stage: &Stage, unit: &str, spoken: &str) -> Page {
    stage.ada.client.post(&format!("{unit}/captions/draft"), &[("spoken", spoken)]).await
}

/// The page of the film once the draft is over, well or not.
async fn over(stage: &Stage, unit: &str) -> Page {
    for _ in 0..1800 {
        let page = stage.ada.client.get(&format!("{unit}/film")).await.assert(200);
        if !page.text.contains("jest przygotowywany od") {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("no draft after three minutes");
}

#[tokio::test]
async fn a_program_drafts_captions_and_everybody_is_told_that_nobody_has_read_them() {
    let desk = tempfile::tempdir().unwrap();
    // It looks at what it gets: the file is an MP4 with sound, the language is a word of its own, nothing of ours is in its environment.
    let script = format!(
        "test \"$(head -c 8 \"$2\" | tail -c 4)\" = ftyp || exit 3\n\
         test \"$1\" = --language=pl || exit 4\n\
         test -z \"$DATABASE_URL$TABLICA_TEST_DATABASE$HOME\" || exit 5\n\
         ffprobe -v error -show_entries stream=codec_name -of csv=p=0 \"$2\" | grep -q aac || exit 6\n\
         printf '{}'",
        VTT.replace('\n', "\\n")
    );
    let path = program(desk.path(), "napisy; rm -rf *", &script);
    let (stage, unit) = ready(words(&path, &["--language={language}", "{audio}"])).await;
    stage.ada.client.get(&format!("{unit}/film")).await.assert(200).has("Przygotuj szkic napisów");
    ask(&stage, &unit, "x; id").await.assert(422).has("Wybierz język z listy");
    ask(&stage, &unit, "pl").await.assert(303);
    let page = over(&stage, &unit).await.has("Napisy automatyczne, niesprawdzone");
    page.lacks("nie powstał").lacks("Film nie ma napisów");
    assert_eq!(std::fs::read_dir(stage.app.config.data_dir.join("captions")).unwrap().count(), 0);

    // Publishing waits for a person; waived with a reason, a learner is told what they read.
    let publish = "/teaching/kurs-z-filmem/publish";
    stage.ada.client.post(publish, &[]).await.assert(422).has("Nikt nie sprawdził napisów");
    let house =
        House { app: &stage.app, id: stage.ada.actor.organisation().unwrap(), slug: "brzozow".to_owned() };
    let jan = house.learner("jan").await;
    house.publish(&stage.ada, &stage.course, &[Target::Person(jan.id)]).await;
    jan.client.get(&format!("/films/{}/captions/pl.vtt", stage.film)).await.assert(200).has("To rozpoznał");
    let lesson = jan.client.get("/courses/kurs-z-filmem/wyklad").await.assert(200);
    lesson.has("napisy automatyczne, niesprawdzone").has("To rozpoznał program");
    let transcript = format!("/films/{}/transcript", stage.film);
    jan.client.get(&transcript).await.assert(200).has("powstał automatycznie");

    // A draft is made anew in place of a draft; what a person gave stays.
    ask(&stage, &unit, "pl").await.assert(303);
    over(&stage, &unit).await.has("Napisy automatyczne, niesprawdzone");
    let place = format!("{unit}/captions/pl");
    let mark = stage.ada.client.get(&place).await.assert(200).value("mark");
    stage.ada.client.post(&format!("{place}/check"), &[("mark", &mark)]).await.assert(303);
    stage.ada.client.get(&format!("{unit}/film")).await.assert(200).has("Sprawdzone: Osoba ADA");
    jan.client.get("/courses/kurs-z-filmem/wyklad").await.assert(200).lacks("napisy automatyczne");
    ask(&stage, &unit, "pl").await.assert(422).has("dołączył już napisy");
    jan.client.post(&format!("{unit}/captions/draft"), &[("spoken", "pl")]).await.assert(403);
    stage.app.end().await;
}

#[tokio::test]
async fn a_program_that_fails_is_named_and_leaves_nothing() {
    let desk = tempfile::tempdir().unwrap();
    let cases = [
        ("exit 7", "zakończył się błędem"),
        ("echo 'To nie są napisy'", "nie jest plikiem napisów"),
        ("printf 'WEBVTT\\n\\n-00:05.000 --> 00:01.000\\nx\\n'", "nie jest plikiem napisów"),
        ("yes WEBVTT", "nie jest plikiem napisów"),
    ];
    for (number, (script, sentence)) in cases.into_iter().enumerate() {
        let path = program(desk.path(), &format!("program-{number}"), script);
        let (stage, unit) = ready_of(words(&path, &[]), 2).await;
        ask(&stage, &unit, "pl").await.assert(303);
        over(&stage, &unit).await.has(sentence).has("Film nie ma napisów");
        assert_eq!(std::fs::read_dir(stage.app.config.data_dir.join("captions")).unwrap().count(), 0);
        stage.app.end().await;
    }
    let (stage, unit) = ready_of(words(&desk.path().join("gone"), &[]), 2).await;
    ask(&stage, &unit, "pl").await.assert(303);
    over(&stage, &unit).await.has("nie da się uruchomić");
    stage.app.end().await;
}

#[tokio::test]
async fn without_a_recogniser_the_page_says_so_and_silence_is_not_listened_to() {
    let (stage, unit) = ready_of(None, 2).await;
    let page = stage.ada.client.get(&format!("{unit}/film")).await.assert(200);
    page.has("nie ma własnego rozpoznawania mowy").lacks("Przygotuj szkic napisów");
    ask(&stage, &unit, "pl").await.assert(422);
    stage.app.end().await;

    let desk = tempfile::tempdir().unwrap();
    let path = program(desk.path(), "never", "touch \"$0.ran\"");
    let app = TestApp::start_with(|config| config.captions.recogniser = words(&path, &[])).await;
    let stage = stage_in(app).await;
    let folder = stage.app.folder.path().to_owned();
    let picture = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=3", "-c:v", "libx264"];
    stage.upload(&film_with(&folder, "silent.mp4", &picture)).await;
    stage.wait_for("ready").await;
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, &stage.course).await.unwrap()[0].units[0].id;
    drop(tx);
    let unit = format!("/teaching/kurs-z-filmem/units/{unit}");
    ask(&stage, &unit, "pl").await.assert(303);
    over(&stage, &unit).await.has("nie ma dźwięku");
    assert!(!desk.path().join("never.ran").exists());
    stage.app.end().await;
}

#[tokio::test]
async fn a_service_gets_the_sound_and_its_answer_is_bounded() {
    let listen = |query: RawQuery, headers: HeaderMap, body: Bytes| async move {
        let fits = query.0.as_deref() == Some("language=uk")
            && headers["content-type"] == "audio/mp4"
            && headers["content-length"].to_str().unwrap() == body.len().to_string()
            && body[4..8] == *b"ftyp"
            && !headers.contains_key("cookie");
        if fits { (StatusCode::OK, VTT.to_owned()) } else { (StatusCode::BAD_REQUEST, String::new()) }
    };
    let flood = |_heard: Bytes| async {
        let pieces = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 65_536]));
        Body::from_stream(pieces)
    };
    let elsewhere = |_heard: Bytes| async { (StatusCode::FOUND, [("location", "/listen?language=uk")]) };
    let router = axum::Router::new()
        .route("/listen", post(listen))
        .route("/flood", post(flood))
        .route("/elsewhere", post(elsewhere))
        .fallback(|_heard: Bytes| async { StatusCode::NOT_FOUND });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let service = |path: &str| Some(Recogniser::Url(format!("{address}{path}")));

    let (stage, unit) = ready(service("/listen")).await;
    ask(&stage, &unit, "uk").await.assert(303);
    over(&stage, &unit).await.has("українська").has("Napisy automatyczne, niesprawdzone");
    stage.app.end().await;
    for (path, sentence) in [
        ("/flood", "nie jest plikiem napisów"),
        ("/elsewhere", "zakończył się błędem"),
        ("/not-there", "zakończył się błędem"),
    ] {
        let (stage, unit) = ready_of(service(path), 2).await;
        ask(&stage, &unit, "uk").await.assert(303);
        over(&stage, &unit).await.has(sentence);
        stage.app.end().await;
    }
    let (stage, unit) = ready_of(Some(Recogniser::Url("http://127.0.0.1:9/".to_owned())), 2).await;
    ask(&stage, &unit, "uk").await.assert(303);
    over(&stage, &unit).await.has("nie da się uruchomić");
    stage.app.end().await;
}

#[tokio::test]
async fn a_film_that_is_cut_while_it_is_listened_to_is_listened_to_again() {
    let desk = tempfile::tempdir().unwrap();
    let at = desk.path().display();
    let said = VTT.replace('\n', "\\n");
    let script = format!(
        "touch '{at}/started'\nwhile ! test -e '{at}/go'; do sleep 0.1; done\necho x >> '{at}/times'\nprintf '{said}'"
    );
    let (stage, unit) = ready(words(&program(desk.path(), "napisy", &script), &["{audio}"])).await;
    ask(&stage, &unit, "pl").await.assert(303);
    let there = async |file: &str| {
        for _ in 0..1200 {
            if desk.path().join(file).exists() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("no {file} after two minutes");
    };
    there("started").await;
    let trim = format!("/studio/{}/trim", stage.film);
    stage.ada.client.post(&trim, &[("start", "0:06"), ("end", "0:09")]).await.assert(303);
    std::fs::write(desk.path().join("go"), "").unwrap();
    there("times").await;
    let mut owner = crate::harness::owner(&stage.app).await;
    let waits = "update job set run_at = moment() where kind = 'recognise' and state = 'waiting'";
    for _ in 0..1200 {
        sqlx::query(waits).execute(&mut owner).await.unwrap();
        if std::fs::read_to_string(desk.path().join("times")).unwrap().lines().count() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    over(&stage, &unit).await.has("Napisy automatyczne, niesprawdzone");
    assert_eq!(std::fs::read_to_string(desk.path().join("times")).unwrap().lines().count(), 2);
    stage.app.end().await;
}

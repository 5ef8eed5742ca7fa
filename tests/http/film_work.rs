//! Making films: whose turn it is, several machines, going on after a kill, and stopping.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use base::job;
use base::{Actor, orphan};
use bytes::Bytes;
use serde_json::json;
use sqlx::PgConnection;
use tokio::sync::mpsc;
use video::take::{self, Place};
use video::{FilmId, film, work};

use super::films::{Stage, named, stage_in};
use crate::harness::store::MoodyStore;
use crate::harness::work::{WorkProcess, signal};
use crate::harness::{TestApp, film as made, film_of, owner};

/// A stage whose object store other processes reach as well, without workers of its own.
pub async fn shared_stage(folder: &Path) -> (Stage, MoodyStore) {
    stage_with_silence(folder, 180).await
}

/// The same, where a transcoding program that says nothing for so many seconds is ended: few are enough for a test in which one hangs,
/// and many where a film may be made once alone, however busy the machine is.
pub async fn stage_with_silence(folder: &Path, seconds: u64) -> (Stage, MoodyStore) {
    let store = MoodyStore::start(folder).await;
    let app = TestApp::start_with(|config| {
        store.set(config);
        config.workers = 0;
        config.film_silence_seconds = seconds;
    })
    .await;
    (stage_in(app).await, store)
}

/// Another film of the same person, with these bytes as its upload.
pub async fn film_from(stage: &Stage, bytes: Vec<u8>) -> FilmId {
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let proof = film::create(&mut tx, "Wykład").await.unwrap();
    tx.commit().await.unwrap();
    let place = Place {
        db: stage.app.ground.db.clone(),
        blobs: stage.app.ground.blobs.clone(),
        actor: stage.ada.actor.clone(),
    };
    let (send, receive) = mpsc::channel(1);
    send.send(Ok(Bytes::from(bytes))).await.unwrap();
    drop(send);
    take::whole(place, proof, 1 << 30, receive).await.unwrap();
    proof.film()
}

pub async fn state_of(stage: &Stage, film: FilmId) -> String {
    state_told(&mut owner(&stage.app).await, film).await
}

/// The same for whoever asks again and again: each connection costs the database more than the question.
async fn state_told(owner: &mut PgConnection, film: FilmId) -> String {
    let state = sqlx::query_scalar("select state from film where id = $1").bind(film.0);
    state.fetch_one(owner).await.unwrap()
}

/// Waits until a film is ready.
pub async fn wait_until_ready(stage: &Stage, film: FilmId) {
    let mut last = String::new();
    let mut owner = owner(&stage.app).await;
    for _ in 0..6000 {
        last = state_told(&mut owner, film).await;
        assert!(last != "failed" && last != "cancelled", "{last}: {:?}", why(stage).await);
        if last == "ready" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{last} after ten minutes: {:?}", why(stage).await);
}

async fn why(stage: &Stage) -> Vec<(String, i32, Option<String>)> {
    let jobs = sqlx::query_as("select state, attempt, last_error from job where kind = 'transcode'");
    jobs.fetch_all(&mut owner(&stage.app).await).await.unwrap()
}

/// Says that the holder of every running job has given no sign of life for long enough.
pub async fn end_leases(stage: &Stage) {
    let end =
        sqlx::query("update job set lease_until = moment() - interval '1 second' where state = 'running'");
    end.execute(&mut owner(&stage.app).await).await.unwrap();
    hurry(stage).await;
}

/// Has what is to be tried again not wait for its pause.
pub async fn hurry(stage: &Stage) {
    let again =
        sqlx::query("update job set run_at = moment() where state = 'waiting' and kind = 'transcode'");
    again.execute(&mut owner(&stage.app).await).await.unwrap();
}

/// The segments in view of a film: rendition, number, and where they lie.
pub async fn published(stage: &Stage, film: FilmId) -> BTreeMap<(String, i32), String> {
    let rows: Vec<(String, i32, String)> = sqlx::query_as(
        "select s.rendition, s.number, s.blob_key from segment s join film f on f.id = s.film_id and f.fence = s.fence
         where s.film_id = $1",
    )
    .bind(film.0)
    .fetch_all(&mut owner(&stage.app).await)
    .await
    .unwrap();
    rows.into_iter().map(|(rendition, number, key)| ((rendition, number), key)).collect()
}

/// Exactly one set of renditions, whole, and nothing in the store that no row names.
pub async fn is_whole(stage: &Stage, film: FilmId, seconds: f64) {
    let renditions: Vec<(String, i64, bool, i64, i64, f64)> = sqlx::query_as(
        "select r.name, r.fence, r.complete, count(s.number), max(s.number)::bigint + 1, sum(s.length_ms)::float8 / 1000
         from rendition r left join segment s on s.film_id = r.film_id and s.fence = r.fence and s.rendition = r.name
         where r.film_id = $1 group by r.name, r.fence, r.complete",
    )
    .bind(film.0)
    .fetch_all(&mut owner(&stage.app).await)
    .await
    .unwrap();
    let fence: i64 = sqlx::query_scalar("select fence from film where id = $1")
        .bind(film.0)
        .fetch_one(&mut owner(&stage.app).await)
        .await
        .unwrap();
    let names: BTreeSet<&String> = renditions.iter().map(|rendition| &rendition.0).collect();
    assert!(names.len() >= 2 && names.len() == renditions.len(), "{renditions:?}");
    for (name, of, complete, count, numbers, length) in &renditions {
        assert!(
            *of == fence && *complete && count == numbers,
            "{name}: {renditions:?}, the film is at {fence}"
        );
        assert!((length - seconds).abs() < 0.3, "{name} has {length} s");
    }
}

/// Nothing is in the store that no row names, and nothing is missing, once what waits to be deleted is gone.
pub async fn nothing_left_over(stage: &Stage) {
    let mut found = orphan::Found::default();
    for _ in 0..600 {
        found = orphan::look(&stage.app.ground.db, &stage.app.ground.blobs).await.unwrap();
        if found.forgotten.is_empty() && found.missing.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("{found:#?}");
}

#[tokio::test]
async fn short_work_goes_first_and_long_work_is_not_put_off_for_ever() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let db = &app.ground.db;
    let ask = async |key: &str, seconds: u64| {
        let mut tx = db.begin(&Actor::installation("test")).await.unwrap();
        job::enqueue(&mut tx, "try", key, 1, &json!({})).await.unwrap();
        job::expect(&mut tx, "try", key, seconds).await.unwrap();
        tx.commit().await.unwrap();
    };
    let kinds = ["try".to_owned()];
    // Each is done at once, so that no lease runs out.
    let next = async |most: Option<i32>| {
        let held = job::claim(db, &kinds, most).await.unwrap()?;
        let mut tx = db.begin(&held.actor()).await.unwrap();
        held.finish(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        Some(held.key)
    };
    ask("long", 900).await;
    app.clock.advance(time::Duration::seconds(5));
    ask("short", 10).await;
    // The lane for quick work leaves the long one alone, also when there is nothing else.
    assert_eq!(next(Some(120)).await.as_deref(), Some("short"));
    assert_eq!(next(Some(120)).await, None);
    ask("second", 10).await;
    assert_eq!(next(None).await.as_deref(), Some("second"));
    // Its time has come: who is asked for now comes after it, however short.
    app.clock.advance(time::Duration::seconds(900));
    ask("third", 10).await;
    assert_eq!(next(None).await.as_deref(), Some("long"));
    assert_eq!(next(None).await.as_deref(), Some("third"));
    // The longest of all gives way for an hour.
    ask("endless", 1_000_000).await;
    app.clock.advance(time::Duration::seconds(3601));
    ask("fourth", 1).await;
    assert_eq!(next(None).await.as_deref(), Some("endless"));
    app.end().await;
}

#[tokio::test]
async fn a_small_film_is_not_stuck_behind_a_long_one() {
    let mut stage = stage_in(TestApp::start_with(|config| config.workers = 0).await).await;
    stage.upload(&film_of(stage.app.folder.path(), "640x360", 120)).await;
    // As large as an hour of it would be.
    sqlx::query("update job set cost_seconds = 3600 where kind = 'transcode'")
        .execute(&mut owner(&stage.app).await)
        .await
        .unwrap();
    stage.app.start_workers();
    stage.wait_for("transcoding").await;
    let small = film_from(&stage, std::fs::read(made(stage.app.folder.path(), 2)).unwrap()).await;
    wait_until_ready(&stage, small).await;
    assert_eq!(stage.state().await["state"], "transcoding", "the long one was over before");
    stage.app.end().await;
}

#[tokio::test]
async fn several_machines_share_the_work() {
    let folder = tempfile::tempdir().unwrap();
    let (stage, _store) = shared_stage(folder.path()).await;
    let bytes = std::fs::read(made(stage.app.folder.path(), 15)).unwrap();
    let mut films = Vec::new();
    for _ in 0..8 {
        films.push(film_from(&stage, bytes.clone()).await);
    }
    let machines = [WorkProcess::start(&stage.app.config), WorkProcess::start(&stage.app.config)];
    let mut worked = [0_usize; 2];
    let mut asks = owner(&stage.app).await;
    for _ in 0..30_000 {
        for (machine, most) in machines.iter().zip(&mut worked) {
            *most = machine.transcoders().len().max(*most);
        }
        let left: i64 =
            sqlx::query_scalar("select count(*) from film where state in ('queued', 'transcoding')")
                .fetch_one(&mut asks)
                .await
                .unwrap();
        if left == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(worked.iter().all(|most| *most > 0), "one of two machines did nothing: {worked:?}");
    for film in films {
        wait_until_ready(&stage, film).await;
        is_whole(&stage, film, 15.0).await;
    }
    let twice: i64 = sqlx::query_scalar("select count(*) from job where kind = 'transcode' and attempt <> 1")
        .fetch_one(&mut owner(&stage.app).await)
        .await
        .unwrap();
    assert_eq!(twice, 0, "a film was made twice");
    nothing_left_over(&stage).await;
    drop(machines);
    stage.app.end().await;
}

#[tokio::test]
async fn what_a_killed_machine_published_stays_in_view_and_is_not_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let (stage, _store) = shared_stage(folder.path()).await;
    let film =
        film_from(&stage, std::fs::read(film_of(stage.app.folder.path(), "854x480", 60)).unwrap()).await;
    let first = WorkProcess::start(&stage.app.config);
    let mut before = BTreeMap::new();
    for _ in 0..15_000 {
        before = published(&stage, film).await;
        // Three segments of the largest picture: of the others there are as many or more.
        if before.contains_key(&("480p".to_owned(), 2)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(state_of(&stage, film).await, "transcoding", "it was over before it could be killed");
    drop(first);
    before.extend(published(&stage, film).await);
    end_leases(&stage).await;
    let second = WorkProcess::start(&stage.app.config);
    // From one moment to the next nothing that could be watched is gone.
    while state_of(&stage, film).await == "transcoding" {
        let now = published(&stage, film).await;
        let gone: Vec<_> = before.iter().filter(|(piece, key)| now.get(*piece) != Some(*key)).collect();
        assert!(gone.is_empty(), "{gone:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    wait_until_ready(&stage, film).await;
    is_whole(&stage, film, 60.0).await;
    let after = published(&stage, film).await;
    for (piece, key) in &before {
        assert_eq!(after.get(piece), Some(key), "{piece:?} was made again");
    }
    let made_first = before.keys().filter(|(rendition, _)| rendition == "480p").count();
    assert!(after.values().any(|key| key.split('/').nth(3) == Some("2")), "the second made nothing");
    assert!(made_first >= 3);
    nothing_left_over(&stage).await;
    drop(second);
    stage.app.end().await;
}

#[tokio::test]
async fn a_film_is_stopped_long_before_its_end() {
    let stage = super::films::stage().await;
    stage.upload(&film_of(stage.app.folder.path(), "854x480", 90)).await;
    stage.wait_for("transcoding").await;
    while !stage.state().await["playable"].as_bool().unwrap() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    film::cancel(&mut tx, &video::Editable::granted(stage.film)).await.unwrap();
    tx.commit().await.unwrap();
    stage.wait_for("cancelled").await;
    // Fifteen pieces of each size would be all of it.
    let pieces =
        "select coalesce(max(number), -1) + 1 from segment where film_id = $1 and rendition <> 'audio'";
    let pieces: i32 =
        sqlx::query_scalar(pieces).bind(stage.film.0).fetch_one(&mut owner(&stage.app).await).await.unwrap();
    assert!(pieces < 15, "{pieces} of 15 pieces were made");
    stage.app.end().await;
}

#[tokio::test]
async fn a_program_that_hangs_is_ended_and_its_film_made_by_another() {
    let folder = tempfile::tempdir().unwrap();
    let (stage, _store) = stage_with_silence(folder.path(), 10).await;
    let film =
        film_from(&stage, std::fs::read(film_of(stage.app.folder.path(), "640x360", 24)).unwrap()).await;
    let machine = WorkProcess::start(&stage.app.config);
    let hung = machine.transcoder().await.expect("a transcoding program");
    signal("STOP", hung);
    for _ in 0..1200 {
        if !machine.transcoders().contains(&hung) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!machine.transcoders().contains(&hung), "it still hangs");
    wait_until_ready(&stage, film).await;
    is_whole(&stage, film, 24.0).await;
    drop(machine);
    stage.app.end().await;
}

/// Players begin with the version that is named first: that is the smallest picture, and no larger one has more segments than it.
async fn smallest_first(stage: &Stage, master: &str) {
    let first = master.lines().find(|line| line.starts_with("#EXT-X-STREAM-INF")).unwrap();
    assert!(first.contains("RESOLUTION=426x240"), "{master}");
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    // The last of the ten ends with the film, in all versions at once.
    for (rendition, _) in published(stage, stage.film).await.into_keys().filter(|(_, number)| *number < 9) {
        *counts.entry(rendition).or_default() += 1;
    }
    let of = |name: &str| counts.get(name).copied().unwrap_or(0);
    assert!(of("240p") >= of("360p") && of("240p") > 0, "{counts:?}");
}

/// Whether a page shows that the beginning can be watched; among the words of its scripts that sentence stands always.
fn says_that_it_begins(page: &str) -> bool {
    let mut notes = page.split("class=\"player-note\"").skip(1);
    notes.any(|rest| rest.chars().take(60).collect::<String>().contains("Początek można już oglądać"))
}

/// The playlist of a film that is being made, as long as it is: it grows, and nothing is taken back.
#[tokio::test]
async fn a_playlist_only_grows_over_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let (stage, _store) = shared_stage(folder.path()).await;
    stage.upload(&film_of(stage.app.folder.path(), "640x360", 60)).await;
    let first = WorkProcess::start(&stage.app.config);
    stage.wait_for("transcoding").await;
    while !stage.state().await["playable"].as_bool().unwrap() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let client = &stage.ada.client;
    let master_at = stage.enter(client).await;
    let list_at = format!("{}/360p.m3u8", master_at.rsplit_once('/').unwrap().0);
    let listed = async || named(&list_at, &client.get(&list_at).await.assert(200).text);
    smallest_first(&stage, &client.get(&master_at).await.assert(200).text).await;
    while !client.get(&list_at).await.text.contains("#EXTINF") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut before = listed().await;
    drop(first);
    // Nobody works on it now: its page stays as it is.
    assert_eq!(state_of(&stage, stage.film).await, "transcoding", "it was over before");
    let unit: uuid::Uuid = sqlx::query_scalar("select id from unit where film_id = $1")
        .bind(stage.film.0)
        .fetch_one(&mut owner(&stage.app).await)
        .await
        .unwrap();
    let page = format!("/teaching/kurs-z-filmem/units/{unit}/film");
    assert!(says_that_it_begins(&client.get(&page).await.assert(200).text));
    end_leases(&stage).await;
    let second = WorkProcess::start(&stage.app.config);
    loop {
        let is_ready = stage.state().await["state"] == "ready";
        let now = listed().await;
        let (segments, init): (Vec<_>, Vec<_>) = before.iter().partition(|place| place.ends_with(".m4s"));
        assert!(init.iter().all(|place| now.contains(place)), "another beginning: {before:?}, {now:?}");
        assert!(segments.iter().zip(&now).all(|(was, is)| *was == is), "{before:?} became {now:?}");
        before = now;
        smallest_first(&stage, &client.get(&master_at).await.assert(200).text).await;
        if is_ready {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for place in &before {
        assert!(!client.get(place).await.assert(200).text.is_empty());
    }
    assert!(!says_that_it_begins(&client.get(&page).await.assert(200).text));
    assert_eq!(work::KIND, "transcode");
    drop(second);
    stage.app.end().await;
}

//! Faults while films are made: workers and programs that are killed or stopped at any moment, and an object store that is down, slow,
//! lying or full. In the end there is one published set, and nothing is left over.

use std::time::Duration;

use super::film_work::{
    end_leases, film_from, hurry, is_whole, nothing_left_over, shared_stage, stage_with_silence, state_of,
    wait_until_ready,
};
use crate::harness::store::Mood;
use crate::harness::work::{WorkProcess, signal};
use crate::harness::{TestApp, film_of, owner};

/// How many times the fault of the next test strikes; `TABLICA_FAULT_ROUNDS=50` for the whole measure, some ten minutes.
fn rounds() -> u32 {
    std::env::var("TABLICA_FAULT_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(5)
}

/// Numbers that look like chance and are the same every time (Marsaglia's xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

#[tokio::test]
async fn whatever_is_killed_or_stopped_at_any_moment_one_film_comes_out_and_nothing_is_left_over() {
    let folder = tempfile::tempdir().unwrap();
    let (stage, _store) = stage_with_silence(folder.path(), 10).await;
    let source = std::fs::read(film_of(stage.app.folder.path(), "320x180", 60)).unwrap();
    let mut chance = Chance(0x5eed_2026_1121);
    for round in 0..rounds() {
        let film = film_from(&stage, source.clone()).await;
        let first = WorkProcess::start(&stage.app.config);
        let program = first.transcoder().await.expect("a transcoding program");
        tokio::time::sleep(Duration::from_millis(chance.below(1500))).await;
        let (name, pid) = match chance.below(4) {
            0 => ("KILL", program),
            1 => ("STOP", program),
            2 => ("KILL", first.pid()),
            _ => ("STOP", first.pid()),
        };
        signal(name, pid);
        let of_worker = pid == first.pid();
        let was = state_of(&stage, film).await;
        let mut second = None;
        if of_worker {
            tokio::time::sleep(Duration::from_millis(300)).await;
            end_leases(&stage).await;
            second = Some(WorkProcess::start(&stage.app.config));
            tokio::time::sleep(Duration::from_secs(2)).await;
            // The late one goes on where it was stopped, beside the newest.
            signal("CONT", first.pid());
        }
        wait_until_ready(&stage, film).await;
        is_whole(&stage, film, 60.0).await;
        nothing_left_over(&stage).await;
        eprintln!(
            "round {round}: SIG{name} to the {} while {was}",
            if of_worker { "worker" } else { "program" }
        );
        drop((first, second));
    }
    let dead: i64 = sqlx::query_scalar("select count(*) from job where state = 'dead'")
        .fetch_one(&mut owner(&stage.app).await)
        .await
        .unwrap();
    assert_eq!(dead, 0, "a job was given up");
    stage.app.end().await;
}

/// A film is half made when the store falls into this mood, and stays in it for some seconds.
async fn survives(mood: Mood) {
    let folder = tempfile::tempdir().unwrap();
    let (stage, store) = shared_stage(folder.path()).await;
    let source = std::fs::read(film_of(stage.app.folder.path(), "640x360", 24)).unwrap();
    let film = film_from(&stage, source).await;
    let machine = WorkProcess::start(&stage.app.config);
    while state_of(&stage, film).await != "transcoding" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    store.is(mood);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_ne!(state_of(&stage, film).await, "ready", "{mood:?}: it was over before");
    store.is(Mood::Good);
    hurry(&stage).await;
    wait_until_ready(&stage, film).await;
    is_whole(&stage, film, 24.0).await;
    let warning: Option<String> = sqlx::query_scalar("select warning from film where id = $1")
        .bind(film.0)
        .fetch_one(&mut owner(&stage.app).await)
        .await
        .unwrap();
    assert_eq!(warning, None, "{mood:?}: half a film was taken for the whole");
    nothing_left_over(&stage).await;
    drop(machine);
    stage.app.end().await;
}

#[tokio::test]
async fn a_store_that_is_down_in_the_middle_delays_a_film_and_breaks_nothing() {
    survives(Mood::Down).await;
}

#[tokio::test]
async fn a_store_that_is_slow_delays_a_film_and_breaks_nothing() {
    survives(Mood::Slow).await;
}

#[tokio::test]
async fn a_store_that_gives_fewer_bytes_than_it_should_is_not_believed() {
    survives(Mood::Lying).await;
}

#[tokio::test]
async fn a_store_whose_disk_is_full_delays_a_film_and_breaks_nothing() {
    survives(Mood::Full).await;
}

/// A person who watches while the store fails is told to try again, and gets the whole piece as soon as it is back.
#[tokio::test]
async fn a_viewer_is_told_to_try_again_while_the_store_fails() {
    let folder = tempfile::tempdir().unwrap();
    let store = crate::harness::store::MoodyStore::start(folder.path()).await;
    // What lies in the server's memory would be given all the same.
    let app = TestApp::start_with(|config| {
        store.set(config);
        config.film_memory_bytes = 0;
    });
    let stage = super::films::stage_in(app.await).await;
    stage.upload(&film_of(stage.app.folder.path(), "320x180", 8)).await;
    stage.wait_for("ready").await;
    let client = &stage.ada.client;
    let master_at = stage.enter(client).await;
    let list_at = format!("{}/180p.m3u8", master_at.rsplit_once('/').unwrap().0);
    let list = client.get(&list_at).await.assert(200).text;
    let segment = super::films::named(&list_at, &list).remove(0);
    let whole = client.get(&segment).await.assert(200).text;
    for (mood, status) in [(Mood::Down, 503), (Mood::Lying, 503)] {
        store.is(mood);
        let page = client.get(&segment).await.assert(status);
        assert!(!page.header("cache-control").contains("immutable"), "a fault would be kept for ever");
        store.is(Mood::Good);
        assert!(client.get(&segment).await.assert(200).text == whole);
    }
    stage.app.end().await;
}

//! Further sets of pictures in AV1: made when nothing else is to be done, kept when they save enough, played by whom decodes them, and gone
//! with their film.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use base::{Actor, job};
use serde_json::json;
use sqlx::PgConnection;
use video::second::Setting;
use video::{Editable, FilmId, Watchable, film, second, share, trim, weight};

use super::film_work::{end_leases, film_from, is_whole, nothing_left_over, shared_stage, wait_until_ready};
use super::films::{Stage, named, stage_in};
use super::watching::{Cinema, cinema};
use crate::harness::work::WorkProcess;
use crate::harness::{TestApp, film as hard, film_with, owner};

/// What a camera sees, 320×180: soft and noisy.
fn camera(folder: &Path, seconds: u32) -> PathBuf {
    let picture = format!("testsrc2=s=320x180:r=25:d={seconds},boxblur=4,noise=alls=8:allf=t");
    let tone = format!("sine=frequency=440:duration={seconds}");
    let mut arguments = vec!["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &tone];
    arguments.extend([
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-shortest",
    ]);
    film_with(folder, "camera.mp4", &arguments)
}

async fn stage() -> Stage {
    stage_in(TestApp::start_with(|config| config.second_codec = Setting::Av1).await).await
}

/// How the further set of a film ended, and why.
async fn outcome(stage: &Stage, film: FilmId) -> Option<(String, Option<String>)> {
    outcome_told(&mut owner(&stage.app).await, film).await
}

async fn outcome_told(owner: &mut PgConnection, film: FilmId) -> Option<(String, Option<String>)> {
    let row =
        sqlx::query_as("select state, reason from film_second where film_id = $1 and state <> 'making'");
    row.bind(film.0).fetch_optional(owner).await.unwrap()
}

async fn wait_for_an_outcome(stage: &Stage, film: FilmId) -> (String, Option<String>) {
    let mut asks = owner(&stage.app).await;
    for _ in 0..1200 {
        if let Some(outcome) = outcome_told(&mut asks, film).await {
            return outcome;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let jobs: Vec<(String, i32, Option<String>)> =
        sqlx::query_as("select state, attempt, last_error from job where kind = 'second'")
            .fetch_all(&mut owner(&stage.app).await)
            .await
            .unwrap();
    panic!("no outcome after two minutes: {jobs:?}");
}

async fn kept(stage: &Stage, film: FilmId) {
    assert_eq!(wait_for_an_outcome(stage, film).await, ("kept".to_owned(), None));
}

/// Whether a film that is cut begins and ends where it was asked to.
async fn exact(stage: &Stage, film: FilmId) -> bool {
    sqlx::query_scalar("select ends_state is not distinct from 'made' from film where id = $1")
        .bind(film.0)
        .fetch_one(&mut owner(&stage.app).await)
        .await
        .unwrap()
}

/// Versions of a film by the number that they stand under.
async fn versions(stage: &Stage, film: FilmId) -> BTreeMap<String, Vec<i64>> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("select name, fence from rendition where film_id = $1 order by name, fence")
            .bind(film.0)
            .fetch_all(&mut owner(&stage.app).await)
            .await
            .unwrap();
    let mut found: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    rows.into_iter().for_each(|(name, fence)| found.entry(name).or_default().push(fence));
    found
}

/// When the pictures of a version are shown, in seconds, as ffprobe reads them from what is stored.
async fn picture_times(stage: &Stage, film: FilmId, name: &str) -> Vec<f64> {
    let keys: Vec<String> = sqlx::query_scalar(
        "select key from (
           select init_key as key, -1 as number from rendition r join film f on f.id = r.film_id and f.fence = r.fence
           where r.film_id = $1 and r.name = $2
           union all
           select blob_key, number from segment s join film f on f.id = s.film_id and f.fence = s.fence
           where s.film_id = $1 and s.rendition = $2) pieces order by number",
    )
    .bind(film.0)
    .bind(name)
    .fetch_all(&mut owner(&stage.app).await)
    .await
    .unwrap();
    let mut bytes = Vec::new();
    for key in keys {
        bytes.extend_from_slice(&stage.app.ground.blobs.get(&key).await.unwrap());
    }
    let path = stage.app.folder.path().join(format!("{name}.mp4"));
    std::fs::write(&path, bytes).unwrap();
    let probed = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "v", "-show_entries", "frame=pts_time", "-of", "csv=p=0"])
        .arg(&path)
        .output()
        .unwrap();
    assert!(
        probed.status.success() && probed.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&probed.stderr)
    );
    let text = String::from_utf8(probed.stdout).unwrap();
    text.lines().filter_map(|line| line.trim_end_matches(',').parse().ok()).collect()
}

#[tokio::test]
async fn a_small_film_gets_a_further_set_that_plays_where_it_is_asked_for() {
    let stage = stage().await;
    let client = &stage.ada.client;
    stage.upload(&camera(stage.app.folder.path(), 8)).await;
    stage.wait_for("ready").await;
    kept(&stage, stage.film).await;

    // Everybody else gets what they got before.
    let plain_at = stage.enter(client).await;
    let plain = client.get(&plain_at).await.assert(200).has("avc1.").lacks("av01").text;
    let entered = format!("/films/{}/master.m3u8?codec=av1", stage.film);
    let further_at = client.get(&entered).await.assert(303).location();
    let further =
        client.get(&further_at).await.assert(200).has("av01.0.").has("mp4a.40.2").lacks("avc1.").text;
    assert!(further.contains("RESOLUTION=320x180") && further.contains("180pav1.m3u8"), "{further}");
    let lines = |text: &str, part: &str| text.lines().filter(|line| line.contains(part)).count();
    assert_eq!(lines(&plain, "#EXT-X-STREAM-INF"), lines(&further, "#EXT-X-STREAM-INF"));
    let bandwidth = |text: &str| -> u64 {
        let line = text.lines().find(|line| line.contains("RESOLUTION")).unwrap();
        line.split("AVERAGE-BANDWIDTH=").nth(1).unwrap().split(',').next().unwrap().parse().unwrap()
    };
    assert!(bandwidth(&further) < bandwidth(&plain));
    for list_at in named(&further_at, &further) {
        let list = client.get(&list_at).await.assert(200).has("#EXT-X-ENDLIST").text;
        for piece in named(&list_at, &list) {
            client.get(&piece).await.assert(200);
        }
    }

    // The same pictures at the same moments.
    let (one, other) =
        (picture_times(&stage, stage.film, "180p").await, picture_times(&stage, stage.film, "180pav1").await);
    assert!(one.len() == 200 && one.len() == other.len(), "{} and {}", one.len(), other.len());
    assert!(one.iter().zip(&other).all(|(one, other)| (one - other).abs() < 0.04));

    // Those who teach see what it saves; what is taken along is H.264.
    client.get("/studio").await.assert(200).has("180p AV1: gotowa").has("% mniej danych");
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let ways = video::keep::offer(&mut tx, &Watchable::granted(stage.film)).await.unwrap().ways;
    assert!(ways.iter().all(|way| !way.name.ends_with("av1")), "{ways:?}");
    let ways = weight::ways(&mut tx, &Watchable::granted(stage.film)).await.unwrap();
    let (all, further) = (ways.all, ways.further.unwrap());
    assert_eq!((all.len(), further.all.len(), further.size), (2, 2, (320, 180)));
    assert!(all[0] == further.all[0] && further.all[1].bytes * 10 < all[1].bytes * 9);
    drop(tx);
    is_whole(&stage, stage.film, 8.0).await;
    nothing_left_over(&stage).await;
    stage.app.end().await;
}

#[tokio::test]
async fn what_saves_too_little_is_not_kept_and_not_tried_again() {
    let stage = stage().await;
    stage.upload(&hard(stage.app.folder.path(), 8)).await;
    stage.wait_for("ready").await;
    let refused = wait_for_an_outcome(&stage, stage.film).await;
    assert_eq!(refused, ("refused".to_owned(), Some("larger".to_owned())));
    assert_eq!(versions(&stage, stage.film).await.into_keys().collect::<Vec<_>>(), ["180p", "audio"]);
    nothing_left_over(&stage).await;
    let keys = stage.app.ground.blobs.list("films/").await.unwrap();
    assert!(!keys.iter().any(|key| key.contains("/second-")), "{keys:?}");
    second::ask_older(&stage.app.ground.db).await.unwrap();
    let asked: i64 = sqlx::query_scalar("select count(*) from job where kind = 'second'")
        .fetch_one(&mut owner(&stage.app).await)
        .await
        .unwrap();
    assert_eq!(asked, 1);
    stage.ada.client.get("/studio").await.assert(200).lacks("AV1");
    stage.app.end().await;
}

#[tokio::test]
async fn work_of_idle_time_waits_for_films_and_stops_for_them() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let db = &app.ground.db;
    let kinds = ["idle".to_owned(), "film".to_owned(), "other".to_owned()];
    let ask = async |kind: &str, key: &str| {
        let mut tx = db.begin(&Actor::installation("test")).await.unwrap();
        if kind == "idle" {
            job::enqueue_idle(&mut tx, &["film"], kind, key, 2, &json!({})).await.unwrap();
        } else {
            job::enqueue(&mut tx, kind, key, 2, &json!({})).await.unwrap();
        }
        tx.commit().await.unwrap();
    };
    let claim = async |most: Option<i32>| job::claim(db, &kinds, most).await.unwrap();
    let finish = async |held: job::Held| {
        let mut tx = db.begin(&held.actor()).await.unwrap();
        held.finish(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    };
    ask("idle", "one").await;
    ask("idle", "two").await;
    ask("other", "letter").await;
    ask("film", "a").await;
    // Whatever else there is comes first, also what was asked for later, and while a film is made nothing idle begins.
    let (letter, made) = (claim(None).await.unwrap(), claim(None).await.unwrap());
    assert_eq!((letter.key.as_str(), made.key.as_str()), ("letter", "a"));
    assert!(claim(None).await.is_none());
    finish(letter).await;
    assert!(claim(None).await.is_none());
    finish(made).await;
    // One at a time, and never in the lane for quick work.
    assert!(claim(Some(120)).await.is_none());
    let idle = claim(None).await.unwrap();
    assert_eq!((idle.key.as_str(), idle.attempt), ("one", 1));
    assert!(claim(None).await.is_none());
    assert!(!idle.is_over(db).await.unwrap());
    // A film comes: it is asked to stop, and gives the job back as if it had not been taken.
    ask("film", "b").await;
    assert!(idle.is_over(db).await.unwrap());
    let mut tx = db.begin(&idle.actor()).await.unwrap();
    idle.step_back(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let made = claim(None).await.unwrap();
    assert_eq!(made.key, "b");
    assert!(claim(None).await.is_none());
    finish(made).await;
    let idle = claim(None).await.unwrap();
    assert_eq!(idle.attempt, 1, "giving way counted as an attempt");
    finish(idle).await;
    app.end().await;
}

#[tokio::test]
async fn a_further_set_waits_while_another_film_is_to_be_made() {
    let mut stage = stage_in(
        TestApp::start_with(|config| (config.workers, config.second_codec) = (0, Setting::Av1)).await,
    )
    .await;
    let bytes = std::fs::read(camera(stage.app.folder.path(), 8)).unwrap();
    let first = film_from(&stage, bytes.clone()).await;
    let other = film_from(&stage, bytes).await;
    stage.app.start_workers();
    wait_until_ready(&stage, first).await;
    wait_until_ready(&stage, other).await;
    kept(&stage, first).await;
    kept(&stage, other).await;
    let late: i64 = sqlx::query_scalar(
        "select count(*) from film_second s where exists (select from film f where f.ready_at > s.ended_at)",
    )
    .fetch_one(&mut owner(&stage.app).await)
    .await
    .unwrap();
    assert_eq!(late, 0, "a further set was made before a film");
    stage.app.end().await;
}

#[tokio::test]
async fn a_further_set_is_cut_copied_and_deleted_with_its_film() {
    let stage = stage().await;
    let film = film_from(&stage, std::fs::read(camera(stage.app.folder.path(), 14)).unwrap()).await;
    let db = &stage.app.ground.db;
    // Cut before the set is there: it is made for the whole, and shown as far as the film is.
    wait_until_ready(&stage, film).await;
    let proof = Editable::granted(film);
    let mut tx = db.begin(&stage.ada.actor).await.unwrap();
    trim::set(&mut tx, &proof, 6_500, Some(11_000)).await.unwrap();
    tx.commit().await.unwrap();
    kept(&stage, film).await;
    // It gets ends of its own, and until then it is not shown rather than longer than the others.
    let is_cut = |sets: &BTreeMap<String, Vec<i64>>| {
        sets.values().all(|fences| *fences == [-1, 1]) && sets.contains_key("180pav1")
    };
    for step in 0.. {
        let sets = versions(&stage, film).await;
        if is_cut(&sets) && exact(&stage, film).await {
            break;
        }
        assert!(step < 1200, "{sets:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let lengths: Vec<i64> = sqlx::query_scalar(
        "select sum(length_ms)::bigint from segment s join rendition r using (film_id, fence)
         where film_id = $1 and fence = 1 and s.rendition = r.name and r.kind = 'picture' group by r.name",
    )
    .bind(film.0)
    .fetch_all(&mut owner(&stage.app).await)
    .await
    .unwrap();
    assert!(lengths.len() >= 2 && lengths.iter().all(|length| *length == lengths[0]), "{lengths:?}");
    let mut tx = db.begin(&stage.ada.actor).await.unwrap();
    let cut = weight::ways(&mut tx, &Watchable::granted(film)).await.unwrap().further.unwrap();
    let copy = share::share(&mut tx, &Watchable::granted(film)).await.unwrap();
    trim::undo(&mut tx, &proof).await.unwrap();
    let whole = weight::ways(&mut tx, &Watchable::granted(film)).await.unwrap().further.unwrap();
    assert!(cut.all[1].bytes < whole.all[1].bytes);
    let other = weight::ways(&mut tx, &Watchable::granted(copy.film())).await.unwrap().further.unwrap();
    assert_eq!(other.all, cut.all);
    tx.commit().await.unwrap();
    is_whole(&stage, film, 14.0).await;
    assert_eq!(outcome(&stage, copy.film()).await.unwrap().0, "kept");

    // The last of the two takes the bytes with it.
    for (proof, leaves) in [(proof, true), (copy, false)] {
        let mut tx = db.begin(&stage.ada.actor).await.unwrap();
        film::remove(&mut tx, &proof).await.unwrap();
        tx.commit().await.unwrap();
        nothing_left_over(&stage).await;
        let mut left = true;
        for _ in 0..50 {
            left = !stage.app.ground.blobs.list("films/").await.unwrap().is_empty();
            if left == leaves {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        assert_eq!(left, leaves);
    }
    stage.app.end().await;
}

#[tokio::test]
async fn no_set_is_made_of_a_version_whose_ends_have_a_beginning_of_their_own() {
    let stage = stage().await;
    let film = film_from(&stage, std::fs::read(camera(stage.app.folder.path(), 4)).unwrap()).await;
    wait_until_ready(&stage, film).await;
    kept(&stage, film).await;
    // As it comes from elsewhere: there is no upload, and its one version was copied and cut there.
    let db = &stage.app.ground.db;
    let mut tx = db.begin(&stage.ada.actor).await.unwrap();
    let copy = share::share(&mut tx, &Watchable::granted(film)).await.unwrap().film();
    tx.commit().await.unwrap();
    let mut all = owner(&stage.app).await;
    for sql in [
        "update film set source_key = null, source_bytes = null where id = $1",
        "delete from rendition where film_id = $1 and second",
        "update segment s set init_key = r.init_key from rendition r
         where s.film_id = $1 and r.film_id = s.film_id and r.fence = s.fence and r.name = s.rendition and r.kind = 'picture'",
        "delete from film_second where film_id = $1",
    ] {
        sqlx::query(sql).bind(copy.0).execute(&mut all).await.unwrap();
    }
    second::ask_older(db).await.unwrap();
    assert_eq!(wait_for_an_outcome(&stage, copy).await, ("refused".to_owned(), Some("failed".to_owned())));
    assert!(!versions(&stage, copy).await.contains_key("180pav1"));
    stage.app.end().await;
}

#[tokio::test]
async fn a_film_that_is_replaced_gets_another_further_set() {
    let stage = stage().await;
    stage.upload(&camera(stage.app.folder.path(), 8)).await;
    stage.wait_for("ready").await;
    kept(&stage, stage.film).await;
    stage.upload(&camera(stage.app.folder.path(), 3)).await;
    stage.wait_for_the_new_one().await;
    kept(&stage, stage.film).await;
    is_whole(&stage, stage.film, 3.0).await;
    assert!(versions(&stage, stage.film).await.contains_key("180pav1"));
    nothing_left_over(&stage).await;
    stage.app.end().await;
}

#[tokio::test]
async fn a_further_set_survives_the_death_of_its_worker_once() {
    let folder = tempfile::tempdir().unwrap();
    let (stage, _store) = shared_stage(folder.path()).await;
    let mut config = stage.app.config.clone();
    config.second_codec = Setting::Av1;
    let film = film_from(&stage, std::fs::read(camera(stage.app.folder.path(), 26)).unwrap()).await;
    let first = WorkProcess::start(&config);
    let mut aside = 0_i64;
    let mut asks = owner(&stage.app).await;
    for _ in 0..6000 {
        aside = sqlx::query_scalar("select count(*) from segment where film_id = $1 and fence < -1000")
            .bind(film.0)
            .fetch_one(&mut asks)
            .await
            .unwrap();
        if aside > 0 || outcome_told(&mut asks, film).await.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(aside > 0 && outcome(&stage, film).await.is_none(), "it was over before it could be killed");
    drop(first);
    let before: Vec<String> =
        sqlx::query_scalar("select blob_key from segment where film_id = $1 and fence < -1000")
            .bind(film.0)
            .fetch_all(&mut owner(&stage.app).await)
            .await
            .unwrap();
    end_leases(&stage).await;
    let second = WorkProcess::start(&config);
    kept(&stage, film).await;
    is_whole(&stage, film, 26.0).await;
    let after: Vec<String> = sqlx::query_scalar("select blob_key from segment where film_id = $1")
        .bind(film.0)
        .fetch_all(&mut owner(&stage.app).await)
        .await
        .unwrap();
    assert!(before.iter().all(|key| after.contains(key)), "what was there was made again");
    assert!(after.iter().any(|key| key.contains("/second-2/")), "the second made nothing");
    assert_eq!(picture_times(&stage, film, "180pav1").await, picture_times(&stage, film, "180p").await);
    nothing_left_over(&stage).await;
    drop(second);
    stage.app.end().await;
}

#[tokio::test]
async fn the_page_says_what_both_sets_cost_and_what_to_ask_the_browser() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let Cinema { course, film, .. } = cinema(&office, &ada, 3600).await;
    office.publish(&ada, &course, &[courses::enrolment::Target::Everybody]).await;
    let lecture = "/courses/kino/wyklad";
    let usual = "około 162 MB w jakości 480p";
    jan.client.get(lecture).await.assert(200).has(usual).lacks("data-further=\"").lacks("av01");
    let mut owner = owner(&app).await;
    for statement in [
        "insert into rendition (organisation_id, film_id, fence, name, kind, width, height, frame_rate_milli, codecs, bandwidth,
                                average_bandwidth, init_key, complete)
         select organisation_id, film_id, fence, name || 'av1', kind, width, height, 25000, 'av01.0.04M.08', bandwidth / 2, bandwidth / 2, 'x', true
         from rendition where film_id = $1 and name = '480p'",
        "insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key)
         select organisation_id, film_id, fence, rendition || 'av1', number, start_ms, length_ms, size_bytes / 2, 'z'
         from segment where film_id = $1 and rendition = '480p'",
    ] {
        sqlx::query(statement).bind(film.0).execute(&mut owner).await.unwrap();
    }
    let page = jan.client.get(lecture).await.assert(200).has(usual);
    page.has("data-further=\"").has("około 90 MB w jakości 480p").has("av01.0.04M.08");
    // In the playlist the version takes the place of the one of its size, and stands beside the others.
    let at = jan.client.get(&format!("/films/{film}/master.m3u8?codec=av1")).await.assert(303).location();
    let list = jan.client.get(&at).await.assert(200).has("480pav1.m3u8").has("720p.m3u8").has("240p.m3u8");
    assert!(!list.text.contains("\n480p.m3u8"), "{}", list.text);
    let at = jan.client.get(&format!("/films/{film}/master.m3u8")).await.assert(303).location();
    jan.client.get(&at).await.assert(200).has("480p.m3u8").lacks("480pav1");
    app.end().await;
}

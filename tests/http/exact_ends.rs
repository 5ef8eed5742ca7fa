//! A film that is cut begins and ends with the picture that was asked for: what is made for that, what stays as it is, and everything that can
//! come in between.

use std::path::Path;
use std::process::Command;

use base::job;
use serde_json::json;
use video::{Editable, FilmId, caption, trim};

use super::film_work::{end_leases, film_from, nothing_left_over, published, shared_stage, wait_until_ready};
use super::films::{Stage, named, stage};
use crate::harness::work::{WorkProcess, signal};
use crate::harness::{Page, film, film_of, owner};

/// What was asked for, what became of it, and what is shown, in milliseconds of the whole.
type Row = (Option<i32>, Option<i32>, Option<String>, Option<i32>, Option<i32>);

async fn row(stage: &Stage, film: FilmId) -> Row {
    sqlx::query_as(
        "select ends_from_ms, ends_to_ms, ends_state, trim_from_ms, trim_to_ms from film where id = $1",
    )
    .bind(film.0)
    .fetch_one(&mut owner(&stage.app).await)
    .await
    .unwrap()
}

/// Waits until the exact ends have come to this state.
async fn wait_for(stage: &Stage, film: FilmId, state: &str) {
    for step in 0.. {
        let row = row(stage, film).await;
        if row.2.as_deref() == Some(state) {
            return;
        }
        assert!(row.2.as_deref() == Some("making") && step < 3000, "{row:?}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

async fn cut(stage: &Stage, start: &str, end: &str) -> Page {
    let path = format!("/studio/{}/trim", stage.film);
    stage.ada.client.post(&path, &[("start", start), ("end", end)]).await
}

/// The segments of the whole, as they stand beside those that are shown.
async fn whole(stage: &Stage) -> Vec<(String, i32, String)> {
    sqlx::query_as(
        "select s.rendition, s.number, s.blob_key from segment s join film f on f.id = s.film_id and -f.fence = s.fence
         where s.film_id = $1 order by 1, 2",
    )
    .bind(stage.film.0)
    .fetch_all(&mut owner(&stage.app).await)
    .await
    .unwrap()
}

/// The playlists of all renditions, each with its sum of lengths in seconds and everything that it names, put together as it is played.
async fn played(stage: &Stage) -> Vec<(f64, Vec<u8>)> {
    let client = &stage.ada.client;
    let master_at = stage.enter(client).await;
    let master = client.get(&master_at).await.assert(200).text;
    let mut all = Vec::new();
    for list_at in named(&master_at, &master).into_iter().filter(|name| !name.contains("keys")) {
        let list = client.get(&list_at).await.assert(200).has("#EXT-X-ENDLIST").text;
        let lengths = list.lines().filter_map(|line| line.strip_prefix("#EXTINF:"));
        let seconds: f64 = lengths.map(|line| line.trim_end_matches(',').parse::<f64>().unwrap()).sum();
        assert_eq!(list.matches("#EXT-X-MAP").count(), 1, "the ends were made by the same encoder: {list}");
        let (inits, pieces): (Vec<String>, Vec<String>) =
            named(&list_at, &list).into_iter().partition(|name| name.contains("/init-"));
        let mut bytes = Vec::new();
        for piece in inits.iter().chain(&pieces) {
            let answer = client.request(reqwest::Method::GET, piece).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{piece}");
            bytes.extend_from_slice(&answer.bytes().await.unwrap());
        }
        all.push((seconds, bytes));
    }
    all
}

/// What there is in a file: its kind, how many frames are decoded, and when the first one is shown, in seconds.
fn probed(folder: &Path, bytes: &[u8]) -> (String, u32, f64) {
    let file = folder.join("played.mp4");
    std::fs::write(&file, bytes).unwrap();
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-of", "default=nw=1"])
        .args(["-show_entries", "stream=codec_type,nb_read_frames,start_time"])
        .arg(&file)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let text = String::from_utf8(output.stdout).unwrap();
    let of = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
    (of("codec_type="), of("nb_read_frames=").parse().unwrap(), of("start_time=").parse().unwrap())
}

#[tokio::test]
async fn a_film_begins_and_ends_where_it_was_asked_to_and_what_lies_between_is_not_touched() {
    let mut stage = stage().await;
    stage.upload(&film(stage.app.folder.path(), 30)).await;
    stage.wait_for("ready").await;
    let before = published(&stage, stage.film).await;
    stage.app.stop_workers().unwrap().end().await;

    // Until the ends are there the page says what is shown, and what will be.
    cut(&stage, "0:07,5", "0:20.2").await.assert(303);
    let path = format!("/studio/{}/trim", stage.film);
    let page = stage.ada.client.get(&path).await.assert(200).has("od 0:06 do 0:24 z całego filmu");
    let page = page.has("Dokładne cięcie, od 0:07,5 do 0:20,2, jest w przygotowaniu");
    page.has("value=\"0:07,5\"").has("value=\"0:20,2\"");
    assert!(played(&stage).await.iter().all(|(seconds, _)| (seconds - 18.0).abs() < 0.05));

    stage.app.start_workers();
    wait_for(&stage, stage.film, "made").await;
    let page = stage.ada.client.get(&path).await.assert(200).has("od 0:07,5 do 0:20,2 z całego filmu");
    page.lacks("w przygotowaniu");
    // Pictures 188 to 504, 25 a second; the sound to one of its frames.
    assert_eq!(row(&stage, stage.film).await.3.zip(row(&stage, stage.film).await.4), Some((7_520, 20_200)));
    let mut kinds = Vec::new();
    for (seconds, bytes) in played(&stage).await {
        let (kind, frames, begins) = probed(stage.app.folder.path(), &bytes);
        if kind == "video" {
            assert_eq!((frames, begins), (317, 7.52));
            assert!((seconds - 12.68).abs() < 0.002, "{seconds}");
        } else {
            assert!(
                (7.52..7.542).contains(&begins) && (12.63..12.71).contains(&seconds),
                "{begins} {seconds}"
            );
            assert!(frames.abs_diff(594) <= 1, "{frames}");
        }
        kinds.push(kind);
    }
    assert!(kinds.contains(&"video".to_owned()) && kinds.contains(&"audio".to_owned()), "{kinds:?}");
    // The whole stands beside it, and the segment between the ends is one of it.
    let shown = published(&stage, stage.film).await;
    let whole = whole(&stage).await;
    assert_eq!(whole.len(), before.len());
    for (rendition, number, key) in whole {
        assert_eq!(before[&(rendition.clone(), number)], key);
        if number == 2 {
            assert_eq!(shown[&(rendition, 1)], key);
        } else {
            assert!(shown.values().all(|other| *other != key), "{rendition} {number} is shown");
        }
    }

    // Cut otherwise, the ends before are gone; taken back, all of them.
    cut(&stage, "0:06", "0:13").await.assert(303);
    wait_for(&stage, stage.film, "made").await;
    assert_eq!(row(&stage, stage.film).await.3.zip(row(&stage, stage.film).await.4), Some((6_000, 13_000)));
    nothing_left_over(&stage).await;
    stage.ada.client.post(&format!("{path}/undo"), &[]).await.assert(303);
    assert_eq!(row(&stage, stage.film).await, (None, None, None, None, None));
    assert_eq!(published(&stage, stage.film).await, before);
    nothing_left_over(&stage).await;

    // Within its first and its last segment the whole is shown until the ends are there; of two who cut at once one is the last.
    let (one, other) = tokio::join!(cut(&stage, "0:01", "0:29"), cut(&stage, "0:02", "0:28"));
    assert_eq!((one.status, other.status), (reqwest::StatusCode::SEE_OTHER, reqwest::StatusCode::SEE_OTHER));
    wait_for(&stage, stage.film, "made").await;
    let found = row(&stage, stage.film).await;
    assert!(found.0.is_some() && (found.0, found.1) == (found.3, found.4), "{found:?}");
    nothing_left_over(&stage).await;
    stage.app.end().await;
}

#[tokio::test]
async fn ends_that_cannot_be_made_are_told_and_can_be_tried_again() {
    let stage = stage().await;
    stage.upload(&film(stage.app.folder.path(), 20)).await;
    stage.wait_for("ready").await;
    let picture = |key: &&String| key.contains("/180p/1.m4s");
    let key = published(&stage, stage.film).await.values().find(picture).unwrap().clone();
    let blobs = &stage.app.ground.blobs;
    let bytes = blobs.get(&key).await.unwrap();
    blobs.put(&key, "video/iso.segment", vec![0_u8; 2000]).await.unwrap();
    cut(&stage, "0:07", "0:20").await.assert(303);
    wait_for(&stage, stage.film, "failed").await;
    let path = format!("/studio/{}/trim", stage.film);
    let page = stage.ada.client.get(&path).await.assert(200).has("od 0:06 do 0:20 z całego filmu");
    page.has("Nie udało się przygotować dokładnego cięcia, od 0:07 do 0:20");
    blobs.put(&key, "video/iso.segment", bytes).await.unwrap();
    cut(&stage, "0:07", "0:20").await.assert(303);
    wait_for(&stage, stage.film, "made").await;
    stage.ada.client.get(&path).await.assert(200).has("od 0:07 do 0:20").lacks("Nie udało się");
    stage.app.end().await;
}

#[tokio::test]
async fn a_film_that_is_replaced_while_its_ends_are_made_is_the_new_one_and_whole() {
    let mut stage = stage().await;
    stage.upload(&film(stage.app.folder.path(), 14)).await;
    stage.wait_for("ready").await;
    stage.app.stop_workers().unwrap().end().await;
    cut(&stage, "0:01", "0:13").await.assert(303);
    stage.upload(&film(stage.app.folder.path(), 5)).await;
    stage.app.start_workers();
    stage.wait_for_the_new_one().await;
    for step in 0.. {
        let live = "select count(*) from job where kind = 'cut_ends' and state in ('waiting', 'running')";
        let live: i64 = sqlx::query_scalar(live).fetch_one(&mut owner(&stage.app).await).await.unwrap();
        if live == 0 {
            break;
        }
        assert!(step < 1200, "the ends of a film that is gone are still being made");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(row(&stage, stage.film).await, (None, None, None, None, None));
    assert!(played(&stage).await.iter().all(|(seconds, _)| (seconds - 5.0).abs() < 0.1));
    nothing_left_over(&stage).await;
    stage.app.end().await;
}

/// A folder is swept when its ends are published, and what rows name is spared. Rows that go while it is swept are swept after it.
#[tokio::test]
async fn a_sweep_that_began_before_what_is_taken_back_does_not_stand_for_the_one_after() {
    let mut stage = stage().await;
    stage.upload(&film(stage.app.folder.path(), 14)).await;
    stage.wait_for("ready").await;
    cut(&stage, "0:01", "0:13").await.assert(303);
    wait_for(&stage, stage.film, "made").await;
    done(&stage, "sweep").await;
    stage.app.stop_workers().unwrap().end().await;
    let folder = "select substring(blob_key from '^.*/') from segment where film_id = $1 and blob_key like '%/edge-%' limit 1";
    let folder: String =
        sqlx::query_scalar(folder).bind(stage.film.0).fetch_one(&mut owner(&stage.app).await).await.unwrap();
    let mut before = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    video::sweep::later(&mut before, &folder).await.unwrap();
    before.commit().await.unwrap();
    let mut taken_back = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    trim::undo(&mut taken_back, &Editable::granted(stage.film)).await.unwrap();
    stage.app.start_workers();
    done(&stage, "sweep").await;
    taken_back.commit().await.unwrap();
    nothing_left_over(&stage).await;
    assert!(played(&stage).await.iter().all(|(seconds, _)| (seconds - 14.0).abs() < 0.1));
    stage.app.end().await;
}

#[tokio::test]
async fn ends_come_although_their_worker_is_killed_and_nothing_of_it_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let (stage, _store) = shared_stage(folder.path()).await;
    let first = WorkProcess::start(&stage.app.config);
    let bytes = std::fs::read(film_of(stage.app.folder.path(), "1280x720", 14)).unwrap();
    let film = film_from(&stage, bytes).await;
    wait_until_ready(&stage, film).await;
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    trim::set(&mut tx, &Editable::granted(film), 1_000, Some(13_000)).await.unwrap();
    tx.commit().await.unwrap();
    first.transcoder().await.expect("a transcoding program");
    signal("KILL", first.pid());
    drop(first);
    assert_eq!(row(&stage, film).await.2.as_deref(), Some("making"), "the worker was too fast for this test");
    end_leases(&stage).await;
    let _second = WorkProcess::start(&stage.app.config);
    wait_for(&stage, film, "made").await;
    let found = row(&stage, film).await;
    assert_eq!((found.3, found.4), (Some(1_000), Some(13_000)));
    nothing_left_over(&stage).await;
    stage.app.end().await;
}

/// Waits until nothing of this kind is to be done any more.
async fn done(stage: &Stage, kind: &str) {
    for step in 0.. {
        let live = "select count(*) from job where kind = $1 and state in ('waiting', 'running')";
        let mut owner = owner(&stage.app).await;
        let live: i64 = sqlx::query_scalar(live).bind(kind).fetch_one(&mut owner).await.unwrap();
        if live == 0 {
            return;
        }
        assert!(step < 1200, "{kind} is still to be done");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// The addresses of all segments that are shown.
async fn pieces(stage: &Stage) -> Vec<String> {
    let client = &stage.ada.client;
    let master_at = stage.enter(client).await;
    let master = client.get(&master_at).await.assert(200).text;
    let mut all = Vec::new();
    for list_at in named(&master_at, &master).into_iter().filter(|name| !name.contains("keys")) {
        let list = client.get(&list_at).await.assert(200).text;
        all.extend(named(&list_at, &list).into_iter().filter(|name| name.ends_with(".m4s")));
    }
    all
}

/// The captions that are shown, and whether somebody has read them.
async fn captions(stage: &Stage) -> (String, bool) {
    sqlx::query_as("select vtt, checked_at is not null from caption where film_id = $1")
        .bind(stage.film.0)
        .fetch_one(&mut owner(&stage.app).await)
        .await
        .unwrap()
}

#[tokio::test]
async fn captions_that_were_read_and_pieces_that_are_shown_stay_when_something_comes_later() {
    let mut stage = stage().await;
    stage.upload(&film(stage.app.folder.path(), 20)).await;
    stage.wait_for("ready").await;
    stage.app.stop_workers().unwrap().end().await;
    cut(&stage, "0:07", "0:15").await.assert(303);
    // Before the ends are there somebody gives captions to what is shown, and says that they were read.
    let proof = Editable::granted(stage.film);
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let text = b"WEBVTT\n\n00:02.000 --> 00:03.000\nRaz\n";
    caption::attach(&mut tx, &proof, "pl", "Polski", text).await.unwrap();
    let mark = caption::review(&mut tx, &proof, "pl").await.unwrap().mark;
    caption::mark_checked(&mut tx, &proof, "pl", &mark).await.unwrap();
    tx.commit().await.unwrap();
    let across = pieces(&stage).await;
    stage.app.start_workers();
    wait_for(&stage, stage.film, "made").await;
    // Who has kept the names of the segments that lie across the cut gets nothing by them.
    assert!(across.len() >= 4, "{across:?}");
    for piece in &across {
        stage.ada.client.get(piece).await.assert(404);
    }
    let (text, is_read) = captions(&stage).await;
    assert!(text.contains("00:00:01.000 --> 00:00:02.000\nRaz") && is_read, "{text} {is_read}");

    // A further version of the whole comes: it gets ends, and nobody who watches the others hears of it.
    done(&stage, "cut_plain").await;
    let before = published(&stage, stage.film).await;
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    for rows in [
        "insert into rendition (organisation_id, film_id, fence, name, kind, width, height, frame_rate_milli, codecs, bandwidth,
                                average_bandwidth, init_key, complete)
         select organisation_id, film_id, fence, 'further', kind, width, height, frame_rate_milli, codecs, bandwidth, average_bandwidth,
                init_key, complete from rendition where film_id = $1 and fence < 0 and name = '180p'",
        "insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key, key_bytes)
         select organisation_id, film_id, fence, 'further', number, start_ms, length_ms, size_bytes, blob_key, key_bytes
         from segment where film_id = $1 and fence < 0 and rendition = '180p'",
    ] {
        sqlx::query(rows).bind(stage.film.0).execute(tx.connection()).await.unwrap();
    }
    let wish = json!({ "film": stage.film.0, "from_ms": 7_000, "to_ms": 15_000 });
    job::enqueue(&mut tx, trim::ends::KIND, "further", 4, &wish).await.unwrap();
    tx.commit().await.unwrap();
    done(&stage, trim::ends::KIND).await;
    let after = published(&stage, stage.film).await;
    let (further, others): (Vec<_>, Vec<_>) =
        after.into_iter().partition(|((rendition, _), _)| rendition == "further");
    assert_eq!(others.into_iter().collect::<std::collections::BTreeMap<_, _>>(), before);
    let numbers = |name: &str| before.keys().filter(|(rendition, _)| rendition == name).count();
    assert_eq!(further.len(), numbers("180p"));
    assert!(further.iter().all(|(_, key)| key.contains("/edge-")), "{further:?}");
    assert!(captions(&stage).await.1);
    nothing_left_over(&stage).await;
    stage.app.end().await;
}

#[tokio::test]
async fn the_page_does_not_promise_a_file_that_nobody_makes() {
    let mut stage = stage().await;
    stage.upload(&film(stage.app.folder.path(), 20)).await;
    stage.wait_for("ready").await;
    stage.app.stop_workers().unwrap().end().await;
    cut(&stage, "0:06", "0:12").await.assert(303);
    let path = format!("/studio/{}/trim", stage.film);
    stage.ada.client.get(&path).await.assert(200).has("powstaje po przycięciu").lacks("nie ma pliku MP4");
    // Of none of its pictures a file can be put together.
    sqlx::query(
        "update segment s set init_key = r.init_key from rendition r
         where s.film_id = $1 and s.fence > 0 and r.film_id = s.film_id and r.fence = s.fence and r.name = s.rendition and r.kind = 'picture'",
    )
    .bind(stage.film.0)
    .execute(&mut owner(&stage.app).await)
    .await
    .unwrap();
    stage.app.start_workers();
    done(&stage, trim::plain::KIND).await;
    stage.ada.client.get(&path).await.assert(200).has("nie ma pliku MP4").lacks("powstaje po przycięciu");
    stage.app.end().await;
}

#[tokio::test]
async fn the_poster_shows_nothing_of_what_was_cut_away() {
    let stage = stage().await;
    stage.upload(&film(stage.app.folder.path(), 20)).await;
    stage.wait_for("ready").await;
    let client = &stage.ada.client;
    let bytes = async |path: String| {
        let answer = client.request(reqwest::Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.bytes().await.unwrap()
    };
    let poster = format!("/films/{}/poster.jpg", stage.film);
    let before = bytes(poster.clone()).await;
    cut(&stage, "0:12", "0:18").await.assert(303);
    let still: i32 = sqlx::query_scalar(
        "select min(s.at_ms) from film_still s join film f on f.id = s.film_id and f.fence = s.fence where f.id = $1 and s.at_ms >= 12000",
    )
    .bind(stage.film.0)
    .fetch_one(&mut owner(&stage.app).await)
    .await
    .unwrap();
    let shown = bytes(poster.clone()).await;
    assert_eq!(shown, bytes(format!("/studio/{}/stills/{still}", stage.film)).await);
    assert_ne!(shown, before);
    client.post(&format!("/studio/{}/trim/undo", stage.film), &[]).await.assert(303);
    assert_eq!(bytes(poster).await, before);
    stage.app.end().await;
}

//! Films of adopted courses where several things meet: a publisher who puts the course away, a film of one's own in the place of one that
//! did not come, and two who ask for the last room.

use std::time::Duration;

use base::OrganisationId;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqwest::Method;
use tokio::sync::mpsc;
use uuid::Uuid;
use video::take::{self, Place};
use video::{Editable, FilmId, arrival};

use super::adopted_films::{
    COURSE, adopt, author, film_in, limit, next_version, number, offered, state_of, wait_for, with_words,
};
use super::film_work::{is_whole, nothing_left_over, wait_until_ready};
use super::films::{Stage, stage};
use crate::harness::{Page, Someone, TestApp, film, owner};

const FAILED: &str = "select count(*) from film where organisation_id = $1 and state = 'failed'";

/// Sends a film as a plain form does.
async fn send(app: &TestApp, who: &Someone, film: Uuid, bytes: Vec<u8>) {
    let place =
        Place { db: app.ground.db.clone(), blobs: app.ground.blobs.clone(), actor: who.actor.clone() };
    let (send, receive) = mpsc::channel(1);
    send.send(Ok(Bytes::from(bytes))).await.unwrap();
    drop(send);
    take::whole(place, Editable::granted(FilmId(film)), 1 << 30, receive).await.unwrap();
}

/// Begins a resumable upload.
async fn begin(who: &Someone, film: Uuid) -> Page {
    let request = who
        .client
        .request(Method::POST, "/api/tus")
        .header("tus-resumable", "1.0.0")
        .header("upload-length", 1000)
        .header("upload-metadata", format!("film {}", STANDARD.encode(film.to_string())));
    who.client.send(request).await
}

/// A film of three seconds with its course is offered and adopted, and no worker copies it yet: by whom, and the film that is to come.
async fn adopted(stage: &mut Stage) -> (OrganisationId, Someone, Uuid) {
    let (lipowo, bea) = author(&stage.app, "lipowo").await;
    stage.upload(&film(stage.app.folder.path(), 3)).await;
    stage.wait_for("ready").await;
    with_words(stage).await;
    let offer = offered(stage).await;
    stage.app.stop_workers().unwrap().end().await;
    adopt(&bea.client, &offer).await.assert(303);
    let own = film_in(&stage.app, lipowo).await;
    (lipowo, bea, own)
}

#[tokio::test]
async fn what_a_publisher_sends_after_the_course_was_put_away_does_not_come() {
    let mut stage = stage().await;
    let (lipowo, bea, own) = adopted(&mut stage).await;
    let mut all = owner(&stage.app).await;
    let later = "update job set run_at = moment() + interval '1 day' where kind = 'copy_film'";
    sqlx::query(later).execute(&mut all).await.unwrap();

    // Put away, not withdrawn; then another film takes the place of the one that was offered.
    stage.ada.client.post(&format!("{COURSE}/archive"), &[]).await.assert(303);
    stage.app.start_workers();
    stage.upload(&film(stage.app.folder.path(), 5)).await;
    stage.wait_for_the_new_one().await;
    sqlx::query("update job set run_at = moment() where kind = 'copy_film'").execute(&mut all).await.unwrap();
    wait_for(&stage.app, FAILED, lipowo, 1).await;
    assert_eq!(state_of(&stage.app, own).await.1.as_deref(), Some(arrival::NOT_OFFERED));

    // Taken out again, it is offered as it is now.
    stage.ada.client.post(&format!("{COURSE}/restore"), &[]).await.assert(303);
    bea.client.post(&format!("/studio/{own}/retry"), &[]).await.assert(303);
    wait_until_ready(&stage, FilmId(own)).await;
    is_whole(&stage, FilmId(own), 5.0).await;
    stage.app.end().await;
}

#[tokio::test]
async fn a_film_that_was_put_away_with_its_course_still_comes() {
    let mut stage = stage().await;
    let (_, _, own) = adopted(&mut stage).await;
    stage.ada.client.post(&format!("{COURSE}/archive"), &[]).await.assert(303);
    stage.app.start_workers();
    wait_until_ready(&stage, FilmId(own)).await;
    is_whole(&stage, FilmId(own), 3.0).await;
    stage.app.end().await;
}

#[tokio::test]
async fn a_film_whose_exact_ends_are_being_made_comes_with_them() {
    let mut stage = stage().await;
    let (_, _, own) = adopted(&mut stage).await;
    let mut all = owner(&stage.app).await;
    let path = format!("/studio/{}/trim", stage.film);
    stage.ada.client.post(&path, &[("start", "0:01"), ("end", "0:03")]).await.assert(303);
    let later = "update job set run_at = moment() + interval '1 day' where kind = 'cut_ends'";
    sqlx::query(later).execute(&mut all).await.unwrap();
    stage.app.start_workers();
    for step in 0.. {
        let why = "select last_error from job where kind = 'copy_film'";
        let why: Option<String> = sqlx::query_scalar(why).fetch_one(&mut all).await.unwrap();
        assert_eq!(state_of(&stage.app, own).await.0, "copying");
        if let Some(why) = why {
            assert!(why.contains(arrival::NOT_MADE), "{why}");
            break;
        }
        assert!(step < 600, "nobody looked at the film");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for kind in ["cut_ends", "copy_film"] {
        let now = "update job set run_at = moment() where kind = $1 and state = 'waiting'";
        sqlx::query(now).bind(kind).execute(&mut all).await.unwrap();
        for step in 0.. {
            let making = "select ends_state = 'making' from film where id = $1";
            let making: bool =
                sqlx::query_scalar(making).bind(stage.film.0).fetch_one(&mut all).await.unwrap();
            if !making {
                break;
            }
            assert!(step < 1200, "the ends are still being made");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    wait_until_ready(&stage, FilmId(own)).await;
    is_whole(&stage, FilmId(own), 2.0).await;
    stage.app.end().await;
}

#[tokio::test]
async fn a_film_of_one_s_own_that_came_to_nothing_leaves_the_publisher_s_to_be_had() {
    let mut stage = stage().await;
    let (lipowo, bea, own) = adopted(&mut stage).await;
    let state = async || state_of(&stage.app, own).await.0;
    bea.client.post(&format!("/studio/{own}/cancel"), &[]).await.assert(303);
    assert_eq!(state().await, "cancelled");

    // An upload that was begun in its place and given up: the publisher's can be asked for as before.
    let place = begin(&bea, own).await.assert(201).location();
    assert_eq!(state().await, "uploading");
    let give_up = bea.client.request(Method::DELETE, &place).header("tus-resumable", "1.0.0");
    bea.client.send(give_up).await.assert(204);
    assert_eq!(state().await, "cancelled");
    bea.client.post(&format!("/studio/{own}/retry"), &[]).await.assert(303);
    assert_eq!(state().await, "copying");
    bea.client.post(&format!("/studio/{own}/cancel"), &[]).await.assert(303);

    // One that was sent and cannot be made is the own one, and is tried again as such.
    send(&stage.app, &bea, own, b"to nie jest film".to_vec()).await;
    stage.app.start_workers();
    wait_for(&stage.app, FAILED, lipowo, 1).await;
    assert_eq!(state_of(&stage.app, own).await.1.as_deref(), Some("not_a_film"));

    // A newer version leaves it, unless the unit is named; then the publisher's comes, and nothing of the own one stays.
    let home = format!("{COURSE}/takeover");
    next_version(&stage, "Druga wersja.").await;
    let page = bea.client.get(&home).await.assert(200).has("Zmieniona u wydawcy i u Was: Wykład");
    bea.client.post(&home, &[("version", &page.value("version"))]).await.assert(303);
    assert_eq!(state_of(&stage.app, own).await.0, "failed");
    next_version(&stage, "Trzecia wersja.").await;
    let page = bea.client.get(&home).await.assert(200).has("Zmieniona u wydawcy i u Was: Wykład");
    let unit: Uuid = sqlx::query_scalar("select id from unit where film_id = $1")
        .bind(own)
        .fetch_one(&mut owner(&stage.app).await)
        .await
        .unwrap();
    let (version, unit) = (page.value("version"), unit.to_string());
    bea.client.post(&home, &[("version", &version), ("replace", &unit)]).await.assert(303);
    wait_until_ready(&stage, FilmId(own)).await;
    is_whole(&stage, FilmId(own), 3.0).await;
    let sources = "select count(*) from film where organisation_id = $1 and source_key is not null";
    assert_eq!(number(&stage.app, sources, lipowo).await, 0);
    nothing_left_over(&stage).await;
    stage.app.end().await;
}

/// Holds the limit of an organisation while somebody asks for room, and looks whether they hold the film meanwhile: then somebody who has
/// the limit and wants the film would wait for them, and they for him.
async fn asks_for_room_first(
    app: &TestApp,
    of: OrganisationId,
    film: Uuid,
    asked: impl Future<Output = Page>,
) -> Page {
    let (mut holder, mut other) = (owner(app).await, owner(app).await);
    let pid: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut holder).await.unwrap();
    sqlx::query("begin").execute(&mut holder).await.unwrap();
    let hold = "select 1 from film_quota where organisation_id = $1 for update";
    sqlx::query(hold).bind(of.0).execute(&mut holder).await.unwrap();
    let look = async {
        let waiting = "select count(*) from pg_stat_activity where $1 = any (pg_blocking_pids(pid))";
        let mut waits = 0_i64;
        for _ in 0..600 {
            waits = sqlx::query_scalar(waiting).bind(pid).fetch_one(&mut other).await.unwrap();
            if waits > 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let held = sqlx::query("select 1 from film where id = $1 for update nowait").bind(film);
        let held = held.execute(&mut other).await;
        sqlx::query("rollback").execute(&mut holder).await.unwrap();
        assert_eq!(waits, 1, "nobody waits for the limit");
        assert!(held.is_ok(), "the film is held before the limit: {held:?}");
    };
    tokio::join!(asked, look).0
}

#[tokio::test]
async fn whoever_asks_for_room_holds_the_limit_before_the_film() {
    let mut stage = stage().await;
    let (lipowo, bea) = author(&stage.app, "lipowo").await;
    stage.upload(&film(stage.app.folder.path(), 3)).await;
    stage.wait_for("ready").await;
    let offer = offered(&stage).await;
    stage.app.stop_workers().unwrap().end().await;
    limit(&stage.app, lipowo, 1 << 30).await;
    adopt(&bea.client, &offer).await.assert(303);
    let own = film_in(&stage.app, lipowo).await;
    bea.client.post(&format!("/studio/{own}/cancel"), &[]).await.assert(303);
    let retry = format!("/studio/{own}/retry");
    let retried = asks_for_room_first(&stage.app, lipowo, own, bea.client.post(&retry, &[])).await;
    retried.assert(303);
    assert_eq!(state_of(&stage.app, own).await.0, "copying");
    bea.client.post(&format!("/studio/{own}/cancel"), &[]).await.assert(303);
    asks_for_room_first(&stage.app, lipowo, own, begin(&bea, own)).await.assert(201);
    stage.app.end().await;
}

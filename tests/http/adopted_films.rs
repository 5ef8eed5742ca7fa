//! Films of adopted courses: they come along into the organisation that adopts, which has bytes of its own from then on, whatever the
//! publisher does; there is room for them or they are refused; a killed worker leaves them to the next; and newer versions bring what is
//! another one.

use std::time::Duration;

use base::OrganisationId;
use courses::outline::{self, UnitText};
use courses::{Taught, offer};
use identity::Role;
use serde_json::json;
use sqlx::Connection as _;
use uuid::Uuid;
use video::{Editable, FilmId, arrival, caption, companion};

use super::copies::{seconds, wait_for_sweeps};
use super::film_work::{end_leases, is_whole, nothing_left_over, shared_stage, wait_until_ready};
use super::films::{Stage, stage};
use crate::harness::store::Mood;
use crate::harness::work::WorkProcess;
use crate::harness::{Client, House, Page, Someone, TestApp, film, film_of, owner};

pub const VTT: &str = "WEBVTT\n\n00:00.000 --> 00:02.000\nDzień dobry\n";
pub const COURSE: &str = "/teaching/kurs-z-filmem";

const COURSES: &str = "select count(*) from course where organisation_id = $1";
const FILMS: &str = "select count(*) from film where organisation_id = $1";
pub const VERSIONS: &str = "select count(*) from course_version where organisation_id = $1";
const SEGMENTS: &str = "select count(*) from segment where organisation_id = $1";
/// Pieces that two organisations have in common.
const SHARED: &str = "select count(*) from segment a join segment b on b.blob_key = a.blob_key and b.organisation_id <> a.organisation_id
                      where a.organisation_id = $1";

pub async fn number(app: &TestApp, sql: &'static str, of: OrganisationId) -> i64 {
    sqlx::query_scalar(sql).bind(of.0).fetch_one(&mut owner(app).await).await.unwrap()
}

/// Waits until there are so many.
pub async fn wait_for(app: &TestApp, sql: &'static str, of: OrganisationId, wanted: i64) {
    let mut last = 0_i64;
    let mut owner = owner(app).await;
    for _ in 0..600 {
        last = sqlx::query_scalar(sql).bind(of.0).fetch_one(&mut owner).await.unwrap();
        if last == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{last} after a minute: {sql}; {:?}", jobs(app).await);
}

async fn jobs(app: &TestApp) -> Vec<(String, String, i32, Option<String>)> {
    let jobs = sqlx::query_as(
        "select kind, state, attempt, last_error from job where kind in ('copy_film', 'transcode')",
    );
    jobs.fetch_all(&mut owner(app).await).await.unwrap()
}

fn house(stage: &Stage) -> House<'_> {
    House { app: &stage.app, id: stage.ada.actor.organisation().unwrap(), slug: "brzozow".to_owned() }
}

/// Gives the publisher's film captions that somebody has read, and chapters.
pub async fn with_words(stage: &Stage) {
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let proof = Editable::granted(stage.film);
    caption::attach(&mut tx, &proof, "pl", "Polski", VTT.as_bytes()).await.unwrap();
    tx.commit().await.unwrap();
    read(stage).await;
    let about = format!("{COURSE}/units/{}/film/chapters", unit(stage).await);
    let chapters = [("chapters", "00:00 Wstęp\n00:02 Rzecz sama")];
    stage.ada.client.post(&about, &chapters).await.assert(303);
}

/// The publisher has read the captions.
async fn read(stage: &Stage) {
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let proof = Editable::granted(stage.film);
    let review = caption::review(&mut tx, &proof, "pl").await.unwrap();
    caption::mark_checked(&mut tx, &proof, "pl", &review.mark).await.unwrap();
    tx.commit().await.unwrap();
}

async fn unit(stage: &Stage) -> courses::UnitId {
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    outline::draft(&mut tx, &stage.course).await.unwrap()[0].units[0].id
}

/// Publishes the course and puts it into the catalogue. Answers the address of the offer.
pub async fn offered(stage: &Stage) -> String {
    house(stage).publish(&stage.ada, &stage.course, &[]).await;
    stage.ada.client.post(&format!("{COURSE}/offer"), &[]).await.assert(303);
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let id = offer::standing(&mut tx, &stage.course).await.unwrap().unwrap().id;
    format!("/catalogue/installation/{id}")
}

/// Adopts as a form does.
pub async fn adopt(client: &Client, offer: &str) -> Page {
    let version = client.get(offer).await.assert(200).value("version");
    client.post(offer, &[("version", &version)]).await
}

/// The publisher rewrites the text of a unit and publishes.
pub async fn next_version(stage: &Stage, text: &str) {
    let unit = unit(stage).await;
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let old = outline::unit(&mut tx, &stage.course, unit).await.unwrap();
    let new = UnitText { title: old.title, minutes: old.minutes, markdown: text.to_owned() };
    outline::save_unit(&mut tx, &stage.course, unit, old.revision, &new).await.unwrap();
    tx.commit().await.unwrap();
    house(stage).publish(&stage.ada, &stage.course, &[]).await;
}

/// The film that the unit of an adopted course shows.
pub async fn film_in(app: &TestApp, of: OrganisationId) -> Uuid {
    sqlx::query_scalar(
        "select film_id from unit where organisation_id = $1 and film_id is not null order by id limit 1",
    )
    .bind(of.0)
    .fetch_one(&mut owner(app).await)
    .await
    .unwrap()
}

pub async fn state_of(app: &TestApp, film: Uuid) -> (String, Option<String>) {
    let state = sqlx::query_as("select state, reason from film where id = $1").bind(film);
    state.fetch_one(&mut owner(app).await).await.unwrap()
}

pub async fn limit(app: &TestApp, of: OrganisationId, most: i64) {
    sqlx::query(
        "insert into film_quota (organisation_id, most_bytes) values ($1, $2)
         on conflict (organisation_id) do update set most_bytes = excluded.most_bytes",
    )
    .bind(of.0)
    .bind(most)
    .execute(&mut owner(app).await)
    .await
    .unwrap();
}

pub async fn author(app: &TestApp, slug: &str) -> (OrganisationId, Someone) {
    let office = app.office(slug).await;
    let bea = office.person("bea", &[Role::OrganisationAdmin, Role::Instructor]).await;
    (office.id, bea)
}

/// Whether the database tells somebody anything of the publisher's film.
async fn is_told(app: &TestApp, who: &Someone, (offer, course, unit): (Uuid, &Taught, Uuid)) -> bool {
    let version: Uuid = sqlx::query_scalar("select published_version_id from course where id = $1")
        .bind(course.id().0)
        .fetch_one(&mut owner(app).await)
        .await
        .unwrap();
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    let told: bool = sqlx::query_scalar("select offered_film($1, $2, $3) is not null")
        .bind(offer)
        .bind(version)
        .bind(unit)
        .fetch_one(tx.connection())
        .await
        .unwrap();
    let listed: i64 = sqlx::query_scalar("select count(*) from offered_films($1, $2) where unit_id = $3")
        .bind(offer)
        .bind(version)
        .bind(unit)
        .fetch_one(tx.connection())
        .await
        .unwrap();
    assert_eq!(told, listed == 1);
    let reach: String =
        sqlx::query_scalar("select current_setting('app.reach')").fetch_one(tx.connection()).await.unwrap();
    assert_eq!(reach, "", "the reach is as it was");
    told
}

#[tokio::test]
async fn a_film_comes_along_and_is_the_adopter_s_own_from_then_on() {
    let stage = stage().await;
    let app = &stage.app;
    let (lipowo, bea) = author(app, "lipowo").await;
    let jan = House { app, id: lipowo, slug: "lipowo".to_owned() }.learner("jan").await;
    let (_, obcy) = author(app, "obce").await;
    stage.upload(&film(app.folder.path(), 9)).await;
    stage.wait_for("ready").await;
    with_words(&stage).await;
    let unit_of_ada = unit(&stage).await;
    stage
        .ada
        .client
        .post(&format!("{COURSE}/units/{unit_of_ada}/film/seen"), &[("film_percent", "90")])
        .await
        .assert(303);
    let offer = offered(&stage).await;

    bea.client
        .get(&offer)
        .await
        .assert(200)
        .has("Razem ze szkoleniem zostanie skopiowany 1 film")
        .has("Wykład: 0:0")
        .has("opublikuje się samo");
    let made = adopt(&bea.client, &offer).await.assert(303);
    assert_eq!(made.location(), format!("{COURSE}/people"));
    bea.client.post(&format!("{COURSE}/people"), &[("target", "everybody")]).await.assert(303);
    // Pressed again it is the same course with the same film.
    bea.client.post(&offer, &[("version", &Uuid::new_v4().to_string())]).await.assert(303);
    wait_for(app, VERSIONS, lipowo, 1).await;
    assert_eq!(number(app, COURSES, lipowo).await, 1);
    assert_eq!(number(app, FILMS, lipowo).await, 1);

    // A learner there watches all of it, with captions that the publisher's people have read, and chapters.
    let own = film_in(app, lipowo).await;
    assert_ne!(own, stage.film.0);
    let whole = seconds(&jan, own).await;
    assert!(whole.iter().all(|length| *length == 9), "{whole:?}");
    jan.client.get(&format!("/films/{own}/captions/pl.vtt")).await.assert(200).has("Dzień dobry");
    let page = jan.client.get("/courses/kurs-z-filmem/wyklad").await.assert(200).has("Rzecz sama");
    page.has(&format!("/films/{own}/"));
    jan.client.get(&format!("/films/{own}/poster.jpg")).await.assert(200);
    let unit_of_bea: Uuid = sqlx::query_scalar("select id from unit where film_id = $1")
        .bind(own)
        .fetch_one(&mut owner(app).await)
        .await
        .unwrap();
    bea.client
        .get(&format!("{COURSE}/units/{unit_of_bea}/film"))
        .await
        .assert(200)
        .has("Przyjęty od: Urząd brzozow")
        .has("value=\"90\"");
    bea.client.get("/studio").await.assert(200).has("Urząd brzozow");
    let checked: Option<String> =
        sqlx::query_scalar("select checked_elsewhere from caption where film_id = $1")
            .bind(own)
            .fetch_one(&mut owner(app).await)
            .await
            .unwrap();
    assert_eq!(checked.as_deref(), Some("Urząd brzozow"));
    let api = bea.with_ticket().await;
    let told = api.get(&format!("/api/v1/films/{own}")).await.assert(200);
    let told: serde_json::Value = serde_json::from_str(&told.text).unwrap();
    assert_eq!((&told["state"], &told["comes_from"]), (&json!("ready"), &json!("Urząd brzozow")));

    // Nobody else sees either film: not the publisher the adopter's, not the adopter the publisher's, and a third one neither.
    for (who, which) in
        [(&stage.ada, own), (&bea, stage.film.0), (&jan, stage.film.0), (&obcy, own), (&obcy, stage.film.0)]
    {
        for piece in ["master.m3u8", "plain.mp4", "poster.jpg", "captions/pl.vtt", "state"] {
            who.client.get(&format!("/films/{which}/{piece}")).await.assert(404);
        }
    }
    assert_eq!(number(app, SHARED, lipowo).await, 0);
    assert_eq!(number(app, SEGMENTS, lipowo).await, number(app, SEGMENTS, house(&stage).id).await);
    nothing_left_over(&stage).await;

    // The database tells of the film who may adopt it, and after the end of the offer only who did.
    let id: Uuid = offer.rsplit('/').next().unwrap().parse().unwrap();
    let named = (id, &stage.course, unit_of_ada.0);
    assert!(is_told(app, &obcy, named).await && is_told(app, &bea, named).await);
    assert!(!is_told(app, &obcy, (Uuid::new_v4(), &stage.course, unit_of_ada.0)).await);
    assert!(!is_told(app, &obcy, (id, &stage.course, unit_of_bea)).await);
    stage.ada.client.post(&format!("{COURSE}/offer/withdraw"), &[]).await.assert(303);
    assert!(!is_told(app, &obcy, named).await && is_told(app, &bea, named).await);
    let mut bare = sqlx::PgConnection::connect(&app.config.database_url).await.unwrap();
    let nobody: bool = sqlx::query_scalar("select offered_film($1, $1, $1) is null")
        .bind(id)
        .fetch_one(&mut bare)
        .await
        .unwrap();
    assert!(nobody);

    // The publisher sends another film, and the bytes of the first go: here everything plays on.
    stage.upload(&film(app.folder.path(), 5)).await;
    stage.wait_for_the_new_one().await;
    wait_for_sweeps(app).await;
    assert_eq!(seconds(&jan, own).await, whole);
    nothing_left_over(&stage).await;
    stage.app.end().await;
}

#[tokio::test]
async fn a_film_that_is_still_being_made_is_waited_for() {
    let mut stage = stage().await;
    stage.app.stop_workers().unwrap().end().await;
    let (lipowo, bea) = author(&stage.app, "lipowo").await;
    stage.upload(&film(stage.app.folder.path(), 5)).await;
    let offer = offered(&stage).await;
    bea.client.get(&offer).await.assert(200).has("wydawca jeszcze przygotowuje ten film");
    adopt(&bea.client, &offer).await.assert(303);
    let own = film_in(&stage.app, lipowo).await;
    assert_eq!(state_of(&stage.app, own).await.0, "copying");
    let about = bea.client.get("/studio").await.assert(200);
    about.has("Kopiowanie filmu z organizacji: Urząd brzozow");
    bea.client.get(&format!("{COURSE}/publish")).await.assert(200).has("Szkolenie czeka na filmy");
    bea.client.post(&format!("{COURSE}/publish"), &[]).await.assert(422);
    stage.app.start_workers();
    wait_until_ready(&stage, FilmId(own)).await;
    is_whole(&stage, FilmId(own), 5.0).await;
    // Without captions it does not publish itself: nobody here has taken that upon themselves.
    assert_eq!(number(&stage.app, VERSIONS, lipowo).await, 0);
    nothing_left_over(&stage).await;
    stage.app.end().await;
}

#[tokio::test]
async fn films_for_which_there_is_no_room_are_refused_and_can_be_tried_again() {
    let mut stage = stage().await;
    let (lipowo, bea) = author(&stage.app, "lipowo").await;
    stage.upload(&film(stage.app.folder.path(), 5)).await;
    stage.wait_for("ready").await;
    with_words(&stage).await;
    let offer = offered(&stage).await;
    stage.app.stop_workers().unwrap().end().await;

    limit(&stage.app, lipowo, 1000).await;
    bea.client.get(&offer).await.assert(200).has("Filmy się nie zmieszczą");
    adopt(&bea.client, &offer).await.assert(422).has("Filmy się nie zmieszczą").has("Przyjmij szkolenie");
    assert_eq!(number(&stage.app, COURSES, lipowo).await, 0);
    assert_eq!(number(&stage.app, FILMS, lipowo).await, 0);

    // What is on its way takes its room; stopped it gives that back, and is tried again only where there is some.
    limit(&stage.app, lipowo, 1 << 30).await;
    adopt(&bea.client, &offer).await.assert(303);
    let used = "select coalesce(max(used_bytes), 0)::bigint from film_space where organisation_id = $1";
    assert!(number(&stage.app, used, lipowo).await > 10_000);
    let own = film_in(&stage.app, lipowo).await;
    bea.client.post(&format!("/studio/{own}/cancel"), &[]).await.assert(303);
    assert_eq!(state_of(&stage.app, own).await.0, "cancelled");
    assert_eq!(number(&stage.app, used, lipowo).await, 0);
    limit(&stage.app, lipowo, 1000).await;
    bea.client.post(&format!("/studio/{own}/retry"), &[]).await.assert(303);
    assert_eq!(state_of(&stage.app, own).await.0, "cancelled");
    limit(&stage.app, lipowo, 1 << 30).await;
    bea.client.post(&format!("/studio/{own}/retry"), &[]).await.assert(303);
    assert_eq!(state_of(&stage.app, own).await.0, "copying");

    // Less room than the film takes by the time that it is copied: it says so, and comes when there is some.
    sqlx::query("update film_arrival set bytes = 1 where film_id = $1")
        .bind(own)
        .execute(&mut owner(&stage.app).await)
        .await
        .unwrap();
    limit(&stage.app, lipowo, 1000).await;
    stage.app.start_workers();
    let failed = "select count(*) from film where organisation_id = $1 and state = 'failed'";
    wait_for(&stage.app, failed, lipowo, 1).await;
    assert_eq!(state_of(&stage.app, own).await.1.as_deref(), Some(arrival::NO_ROOM));
    bea.client.get("/studio").await.assert(200).has("nie zmieścił się w limicie");
    limit(&stage.app, lipowo, 1 << 30).await;
    bea.client.post(&format!("/studio/{own}/retry"), &[]).await.assert(303);
    wait_for(&stage.app, VERSIONS, lipowo, 1).await;
    nothing_left_over(&stage).await;
    stage.app.end().await;
}

#[tokio::test]
async fn a_killed_worker_s_copy_is_finished_once_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let (stage, store) = shared_stage(folder.path()).await;
    let app = &stage.app;
    let (lipowo, bea) = author(app, "lipowo").await;
    stage.upload(&film_of(app.folder.path(), "640x360", 60)).await;
    let maker = WorkProcess::start(&app.config);
    wait_until_ready(&stage, stage.film).await;
    drop(maker);
    with_words(&stage).await;
    let offer = offered(&stage).await;
    adopt(&bea.client, &offer).await.assert(303);
    let own = film_in(app, lipowo).await;

    // Killed while some objects are there and others are not.
    store.is(Mood::Slow);
    let first = WorkProcess::start(&app.config);
    let mut copied = 0;
    for _ in 0..200 {
        copied = app.ground.blobs.list(&format!("films/{lipowo}/{own}/")).await.unwrap().len();
        if copied > 0 {
            break;
        }
    }
    drop(first);
    store.is(Mood::Good);
    assert!(copied > 0, "nothing was copied: {:?}", jobs(app).await);
    assert_eq!(state_of(app, own).await.0, "copying", "it was over before it could be killed");
    assert_eq!(number(app, SEGMENTS, lipowo).await, 0, "a row came before all objects had");
    end_leases(&stage).await;
    let second = WorkProcess::start(&app.config);
    wait_for(app, VERSIONS, lipowo, 1).await;
    is_whole(&stage, FilmId(own), 60.0).await;
    assert_eq!(number(app, FILMS, lipowo).await, 1);
    assert_eq!(number(app, SEGMENTS, lipowo).await, number(app, SEGMENTS, house(&stage).id).await);
    nothing_left_over(&stage).await;
    let dead: i64 = sqlx::query_scalar("select count(*) from job where state = 'dead'")
        .fetch_one(&mut owner(app).await)
        .await
        .unwrap();
    assert_eq!(dead, 0, "a job was given up");
    drop(second);
    stage.app.end().await;
}

#[tokio::test]
async fn a_newer_version_brings_films_that_are_another_one_and_leaves_the_others() {
    let stage = stage().await;
    let app = &stage.app;
    let (lipowo, bea) = author(app, "lipowo").await;
    let jan = House { app, id: lipowo, slug: "lipowo".to_owned() }.learner("jan").await;
    stage.upload(&film(app.folder.path(), 9)).await;
    stage.wait_for("ready").await;
    with_words(&stage).await;
    let offer = offered(&stage).await;
    adopt(&bea.client, &offer).await.assert(303);
    bea.client.post(&format!("{COURSE}/people"), &[("target", "everybody")]).await.assert(303);
    wait_for(app, VERSIONS, lipowo, 1).await;
    let own = film_in(app, lipowo).await;
    let keys = "select string_agg(s.blob_key, ' ' order by s.blob_key) from segment s where s.film_id = $1";
    let keys = async || -> String {
        sqlx::query_scalar(keys).bind(own).fetch_one(&mut owner(app).await).await.unwrap()
    };
    let first = keys().await;
    let seen =
        "insert into watch (organisation_id, person_id, film_id, seen) values ($1, $2, $3, '{[0,4000)}')";
    sqlx::query(seen).bind(lipowo.0).bind(jan.id.0).bind(own).execute(&mut owner(app).await).await.unwrap();
    let watched = "select count(*) from watch where organisation_id = $1 and not isempty(seen)";

    // Another text and other captions: the film stays, with what was seen of it, and the course is published at once.
    let mut tx = app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let english = VTT.replace("Dzień dobry", "Good morning");
    caption::attach(&mut tx, &Editable::granted(stage.film), "en", "English", english.as_bytes())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    next_version(&stage, "Druga wersja.").await;
    let home = format!("{COURSE}/takeover");
    let page = bea.client.get(&home).await.assert(200).has("Zmieniły się napisy lub rozdziały");
    bea.client.post(&home, &[("version", &page.value("version"))]).await.assert(303);
    assert_eq!(number(app, VERSIONS, lipowo).await, 2);
    assert_eq!(keys().await, first);
    assert_eq!(number(app, watched, lipowo).await, 1);
    jan.client.get(&format!("/films/{own}/captions/en.vtt")).await.assert(200).has("Good morning");

    // Another film: until it has come the present one is shown, then it is in its place, and what was seen of the other says nothing.
    stage.upload(&film(app.folder.path(), 5)).await;
    stage.wait_for_the_new_one().await;
    read(&stage).await;
    next_version(&stage, "Trzecia wersja.").await;
    let page = bea.client.get(&home).await.assert(200).has("zostanie skopiowany od wydawcy");
    let told = bea.client.post(&home, &[("version", &page.value("version"))]).await.assert(303);
    assert_eq!(told.location(), format!("{COURSE}/publish"));
    wait_for(app, VERSIONS, lipowo, 3).await;
    assert_eq!(film_in(app, lipowo).await, own, "places and units name the same film");
    let after = seconds(&jan, own).await;
    assert!(after.iter().all(|length| *length == 5), "{after:?}");
    assert_ne!(keys().await, first);
    assert_eq!(number(app, watched, lipowo).await, 0);
    assert_eq!(number(app, FILMS, lipowo).await, 1);
    assert_eq!(number(app, SHARED, lipowo).await, 0);
    jan.client.get("/courses/kurs-z-filmem/wyklad").await.assert(200).has("Trzecia wersja.");
    wait_for_sweeps(app).await;
    nothing_left_over(&stage).await;

    // One that was sent here in its place stays, unless the unit is named.
    let bytes = std::fs::read(film(app.folder.path(), 3)).unwrap();
    let place = video::take::Place {
        db: app.ground.db.clone(),
        blobs: app.ground.blobs.clone(),
        actor: bea.actor.clone(),
    };
    let (send, receive) = tokio::sync::mpsc::channel(1);
    send.send(Ok(bytes::Bytes::from(bytes))).await.unwrap();
    drop(send);
    video::take::whole(place, Editable::granted(FilmId(own)), 1 << 30, receive).await.unwrap();
    let replaced = "select count(*) from film where organisation_id = $1 and source_key is not null and replaces is null";
    wait_for(app, replaced, lipowo, 1).await;

    // Captions of a film that is not shown here any more do not come, and a newer version is taken over all the same.
    let mut tx = app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let other = Editable::granted(stage.film);
    caption::attach(&mut tx, &other, "uk", "Українська", VTT.as_bytes()).await.unwrap();
    tx.commit().await.unwrap();
    next_version(&stage, "Z napisami.").await;
    let page = bea.client.get(&home).await.assert(200);
    bea.client.post(&home, &[("version", &page.value("version"))]).await.assert(303);
    bea.client.get(&home).await.assert(200).lacks("Z napisami.");
    bea.client.get(&format!("/films/{own}/captions/uk.vtt")).await.assert(404);

    stage.upload(&film(app.folder.path(), 7)).await;
    stage.wait_for_the_new_one().await;
    read(&stage).await;
    next_version(&stage, "Czwarta wersja.").await;
    let page = bea.client.get(&home).await.assert(200).has("Zmieniona u wydawcy i u Was: Wykład");
    bea.client.post(&home, &[("version", &page.value("version"))]).await.assert(303);
    let kept = seconds(&bea, own).await;
    assert!(kept.iter().all(|length| *length == 3), "{kept:?}");
    stage.app.end().await;
}

#[tokio::test]
async fn films_that_accompany_each_other_do_so_at_the_adopter_s() {
    let stage = stage().await;
    let app = &stage.app;
    let (lipowo, bea) = author(app, "lipowo").await;
    stage.upload(&film(app.folder.path(), 3)).await;
    stage.wait_for("ready").await;
    let mut tx = app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let section = outline::draft(&mut tx, &stage.course).await.unwrap()[0].id;
    let second = outline::add_unit(&mut tx, &stage.course, section, "Tłumacz").await.unwrap();
    let signed = courses::film::of_unit(&mut tx, &stage.course, second).await.unwrap();
    tx.commit().await.unwrap();
    let place = video::take::Place {
        db: app.ground.db.clone(),
        blobs: app.ground.blobs.clone(),
        actor: stage.ada.actor.clone(),
    };
    let bytes = std::fs::read(film(app.folder.path(), 3)).unwrap();
    let (send, receive) = tokio::sync::mpsc::channel(1);
    send.send(Ok(bytes::Bytes::from(bytes))).await.unwrap();
    drop(send);
    video::take::whole(place, signed, 1 << 30, receive).await.unwrap();
    wait_until_ready(&stage, signed.film()).await;
    let mut tx = app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let main = Editable::granted(stage.film);
    companion::set(&mut tx, &main, companion::Kind::SignLanguage, Some(&signed)).await.unwrap();
    tx.commit().await.unwrap();
    let offer = offered(&stage).await;
    bea.client.get(&offer).await.assert(200).has("Razem ze szkoleniem zostaną skopiowane 2 filmy");
    adopt(&bea.client, &offer).await.assert(303);
    let ready = "select count(*) from film where organisation_id = $1 and state = 'ready'";
    wait_for(app, ready, lipowo, 2).await;
    let pairs = "select count(*) from film_companion k join film f on f.id = k.film_id join film c on c.id = k.companion_id
                 where k.organisation_id = $1 and f.organisation_id = $1 and c.organisation_id = $1";
    assert_eq!(number(app, pairs, lipowo).await, 1);
    assert_eq!(number(app, SHARED, lipowo).await, 0);
    // A course whose films have gone with it leaves nothing.
    let films: Vec<Uuid> = sqlx::query_scalar("select id from film where organisation_id = $1")
        .bind(lipowo.0)
        .fetch_all(&mut owner(app).await)
        .await
        .unwrap();
    for film in films {
        bea.client.post(&format!("/studio/{film}/delete"), &[]).await.assert(303);
    }
    wait_for_sweeps(app).await;
    assert!(app.ground.blobs.list(&format!("films/{lipowo}/")).await.unwrap().is_empty());
    stage.app.end().await;
}

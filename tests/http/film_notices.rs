//! Whoever sent a film, or looks after an adopted course, is told how its making or its coming ended: once, in their language, with the way
//! to the page where something can be done.

use base::{Actor, OrganisationId, job};
use serde_json::json;
use time::Duration;
use uuid::Uuid;

use super::adopted_films::{COURSE, VERSIONS, adopt, author, film_in, number, offered, wait_for, with_words};
use super::film_work::wait_until_ready;
use super::films::stage;
use crate::harness::{Client, TestApp, film, owner, speaks};

const TOLD: &str = "select count(*) from notice where organisation_id = $1";
const ENDS: &str = "select count(*) from job where organisation_id = $1 and kind = 'film_ended'";
const OPEN_ENDS: &str =
    "select count(*) from job where organisation_id = $1 and kind = 'film_ended' and state <> 'done'";

/// What those of an organisation were told, the oldest first: login, kind, the word that says more, the page.
async fn told(app: &TestApp, of: OrganisationId) -> Vec<(String, String, Option<String>, String)> {
    sqlx::query_as(
        "select p.login, n.kind, n.detail, n.path from notice n join person p on p.id = n.person_id
         where n.organisation_id = $1 order by n.created_at, n.id, p.login",
    )
    .bind(of.0)
    .fetch_all(&mut owner(app).await)
    .await
    .unwrap()
}

async fn unit_of(app: &TestApp, film: Uuid) -> Uuid {
    let unit = sqlx::query_scalar("select id from unit where film_id = $1").bind(film);
    unit.fetch_one(&mut owner(app).await).await.unwrap()
}

/// Follows the newest notice of the list. Answers the page that it leads to.
async fn follow(client: &Client) -> String {
    let page = client.get("/notices").await.assert(200);
    let mut ids = page.text.split("href=\"/notices/").skip(1).map(|rest| rest.split('"').next().unwrap());
    let id = ids.find(|id| id.len() == 36).expect("a notice");
    client.get(&format!("/notices/{id}")).await.assert(303).location()
}

#[tokio::test]
async fn whoever_looks_after_an_adopted_course_is_told_once_that_its_films_have_come() {
    let stage = stage().await;
    let app = &stage.app;
    let (lipowo, bea) = author(app, "lipowo").await;
    stage.upload(&film(app.folder.path(), 3)).await;
    stage.wait_for("ready").await;
    with_words(&stage).await;
    let offer = offered(&stage).await;
    // Who wants no letters of this kind gets none.
    let preferences = "/api/v1/me/notices/preferences";
    let api = bea.with_ticket().await;
    let text = api.get(preferences).await.assert(200).text;
    let wishes: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&wishes["films_came"], &wishes["film_failed"]), (&json!("daily"), &json!("daily")));
    let form = bea.client.get("/notices/settings").await.assert(200);
    form.has("name=\"films_came\"").has("name=\"film_ready\"").has("name=\"film_failed\"");
    let wish = "insert into notice_wish (organisation_id, person_id, kind, wish) values ($1, $2, 'films_came', 'never')";
    sqlx::query(wish).bind(lipowo.0).bind(bea.id.0).execute(&mut owner(app).await).await.unwrap();

    adopt(&bea.client, &offer).await.assert(303);
    wait_for(app, VERSIONS, lipowo, 1).await;
    let one = |detail: &str, page: &str| {
        ("bea".to_owned(), "films_came".to_owned(), Some(detail.to_owned()), format!("{COURSE}{page}"))
    };
    assert_eq!(told(app, lipowo).await, [one("published", "")]);
    let letters = "select count(*) from notice where organisation_id = $1 and mail_at is not null";
    assert_eq!(number(app, letters, lipowo).await, 0);
    // The publisher hears nothing of it.
    let here = stage.ada.actor.organisation().unwrap();
    let came = "select count(*) from notice where organisation_id = $1 and kind = 'films_came'";
    assert_eq!(number(app, came, here).await, 0);
    let said =
        "Filmy przyjętego szkolenia zostały skopiowane, a szkolenie zostało opublikowane: Kurs z filmem";
    bea.client.get("/notices").await.assert(200).has(said);
    speaks(app, &bea, "uk").await;
    let said = "Фільми прийнятого курсу скопійовано, а курс опубліковано: Kurs z filmem";
    bea.client.get("/notices").await.assert(200).has(said);
    let page = follow(&bea.client).await;
    assert_eq!(page, COURSE);
    bea.client.get(&page).await.assert(200);
    stage.app.end().await;
}

#[tokio::test]
async fn a_film_that_could_not_come_is_told_of_with_its_reason_and_can_be_tried_again() {
    let mut stage = stage().await;
    stage.app.stop_workers().unwrap().end().await;
    let (lipowo, bea) = author(&stage.app, "lipowo").await;
    let jan = stage.app.office("debowo").await.learner("jan").await;
    stage.upload(&film(stage.app.folder.path(), 3)).await;
    let offer = offered(&stage).await;
    adopt(&bea.client, &offer).await.assert(303);
    let own = film_in(&stage.app, lipowo).await;
    // The publisher stops the making: nothing can be copied.
    stage.ada.client.post(&format!("/studio/{}/cancel", stage.film), &[]).await.assert(303);
    stage.app.start_workers();
    wait_for(&stage.app, TOLD, lipowo, 1).await;
    let about = format!("{COURSE}/units/{}/film", unit_of(&stage.app, own).await);
    let failed =
        ("bea".to_owned(), "film_failed".to_owned(), Some("copy_not_made".to_owned()), about.clone());
    assert_eq!(told(&stage.app, lipowo).await, std::slice::from_ref(&failed));
    let list = bea.client.get("/notices").await.assert(200);
    list.has("Problem z filmem: Wykład (Kurs z filmem). Film nie jest gotowy u wydawcy.");
    assert_eq!(follow(&bea.client).await, about);
    let retry = format!("{about}/retry");
    bea.client.get(&about).await.assert(200).has("Film nie jest gotowy u wydawcy.").has(&retry);
    assert_eq!(told(&stage.app, jan.actor.organisation().unwrap()).await, []);

    // The same end, whoever comes with it again, is told of once.
    let (number_then,): (i64,) = sqlx::query_as("select number from film_told where film_id = $1")
        .bind(own)
        .fetch_one(&mut owner(&stage.app).await)
        .await
        .unwrap();
    let end = json!({ "film": own, "number": number_then, "reason": "copy_not_made", "by": bea.id });
    let again = async |key: &str| {
        let mut tx = stage.app.ground.db.begin(&Actor::job("film_ended", lipowo)).await.unwrap();
        job::enqueue(&mut tx, "film_ended", key, 1, &end).await.unwrap();
        tx.commit().await.unwrap();
    };
    again("once more").await;
    again("and again").await;
    wait_for(&stage.app, ENDS, lipowo, 3).await;
    wait_for(&stage.app, OPEN_ENDS, lipowo, 0).await;
    assert_eq!(told(&stage.app, lipowo).await, std::slice::from_ref(&failed));

    // Tried again in vain it is another end.
    bea.client.post(&retry, &[]).await.assert(303);
    wait_for(&stage.app, TOLD, lipowo, 2).await;
    assert_eq!(told(&stage.app, lipowo).await, [failed.clone(), failed.clone()]);

    // It comes; without captions somebody has to publish the course, and is told so.
    stage.ada.client.post(&format!("/studio/{}/retry", stage.film), &[]).await.assert(303);
    wait_until_ready(&stage, stage.film).await;
    bea.client.post(&retry, &[]).await.assert(303);
    wait_for(&stage.app, TOLD, lipowo, 3).await;
    let came =
        ("bea".to_owned(), "films_came".to_owned(), Some("waits".to_owned()), format!("{COURSE}/publish"));
    assert_eq!(told(&stage.app, lipowo).await, [failed.clone(), failed, came]);
    bea.client.get("/notices").await.assert(200).has("a szkolenie czeka na opublikowanie: Kurs z filmem");
    let page = follow(&bea.client).await;
    bea.client.get(&page).await.assert(200);
    stage.app.end().await;
}

#[tokio::test]
async fn whoever_sent_a_film_is_told_why_it_failed_and_that_it_is_ready_when_that_took_long() {
    let mut stage = stage().await;
    let here = stage.ada.actor.organisation().unwrap();
    stage.upload_bytes(b"to nie jest film".to_vec()).await;
    stage.wait_for("failed").await;
    wait_for(&stage.app, TOLD, here, 1).await;
    let about = format!("{COURSE}/units/{}/film", unit_of(&stage.app, stage.film.0).await);
    let one = |kind: &str, detail: Option<&str>| {
        ("ada".to_owned(), kind.to_owned(), detail.map(str::to_owned), about.clone())
    };
    let failed = one("film_failed", Some("not_a_film"));
    assert_eq!(told(&stage.app, here).await, std::slice::from_ref(&failed));
    stage.ada.client.get("/notices").await.assert(200).has("To nie jest plik z filmem.");
    assert_eq!(follow(&stage.ada.client).await, about);
    stage.ada.client.get(&about).await.assert(200).has("To nie jest plik z filmem.");

    // Forty minutes later it is ready: the page has long been closed.
    stage.app.stop_workers().unwrap().end().await;
    stage.upload(&film(stage.app.folder.path(), 3)).await;
    stage.app.clock.advance(Duration::minutes(40));
    stage.app.start_workers();
    stage.wait_for("ready").await;
    wait_for(&stage.app, TOLD, here, 2).await;
    let ready = one("film_ready", None);
    assert_eq!(told(&stage.app, here).await, [failed.clone(), ready.clone()]);
    stage.ada.client.get("/notices").await.assert(200).has("Film jest gotowy: Wykład (Kurs z filmem)");

    // One that takes its place is told of like it, on the same page.
    stage.app.stop_workers().unwrap().end().await;
    stage.upload(&film(stage.app.folder.path(), 4)).await;
    stage.app.clock.advance(Duration::minutes(40));
    stage.app.start_workers();
    stage.wait_for_the_new_one().await;
    wait_for(&stage.app, TOLD, here, 3).await;
    assert_eq!(told(&stage.app, here).await, [failed.clone(), ready.clone(), ready.clone()]);

    // Of one that is ready while its page is still open nobody is told.
    stage.app.stop_workers().unwrap().end().await;
    stage.upload(&film(stage.app.folder.path(), 5)).await;
    let just_now = "update film set queued_at = queued_at + interval '1 day' where replaces = $1";
    let sent = sqlx::query(just_now).bind(stage.film.0).execute(&mut owner(&stage.app).await).await.unwrap();
    assert_eq!(sent.rows_affected(), 1);
    stage.app.start_workers();
    stage.wait_for_the_new_one().await;
    assert_eq!(number(&stage.app, ENDS, here).await, 3);
    assert_eq!(told(&stage.app, here).await, [failed, ready.clone(), ready]);
    stage.app.end().await;
}

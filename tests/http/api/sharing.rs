//! Courses between organisations, and review, through the API: by role, with what is wrong, once whatever is sent twice.

use courses::enrolment::Target;
use identity::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::Api;
use crate::harness::{House, Someone, TestApp};
use crate::http::quizzes::write;

const TEST: &str = "\
Próg zaliczenia: 50%
Kolejność pytań: stała

## Liczba

Ile dni?

Liczba: 31337

## Skrót

Jak w skrócie?

Odpowiedź: TAJNYBIP

Wyjaśnienie: TAJNEWYJASNIENIE
";

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A published course `kurs` of one unit with this test.
async fn course(office: &House<'_>, ada: &Someone) {
    let course = office.course(ada, "Kurs", &[("Wstęp", "Treść wstępu.")]).await;
    write(office, ada, &course, TEST).await;
    office.publish(ada, &course, &[Target::Everybody]).await;
}

#[tokio::test]
async fn a_course_is_offered_adopted_with_people_and_deadline_and_brought_up_to_date() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let (brzozow, lipowo) = (app.office("brzozow").await, app.office("lipowo").await);
    let ada = brzozow.instructor("ada").await;
    lipowo.person("bea", &[Role::OrganisationAdmin, Role::Instructor]).await;
    lipowo.learner("jan").await;
    course(&brzozow, &ada).await;
    let (publisher, api, learner) = (
        Api::sign_in(&app, "ada@brzozow").await,
        Api::sign_in(&app, "bea@lipowo").await,
        Api::sign_in(&app, "jan@lipowo").await,
    );
    // Offered by those who teach it; directed at positions that there are.
    assert_eq!(api.get("/catalogue/offers").await.assert(200)["total"], 0);
    publisher.get("/courses/kurs/offer").await.refused(404, "not-found");
    publisher
        .put("/courses/kurs/offer", json!({ "positions": [Uuid::new_v4()] }))
        .await
        .names("positions", "unknown");
    let own = publisher.put("/courses/kurs/offer", json!({})).await.assert(200);
    assert_eq!((&own["withdrawn"], &own["adopters"]), (&json!(false), &json!(0)));
    let offer = format!("/catalogue/offers/{}", text(&own["id"]));

    // Seen with its units by those who make courses elsewhere, without the key; not by learners, and not as one's own.
    let list = api.get("/catalogue/offers").await.assert(200);
    assert_eq!(
        (&list["items"][0]["title"], &list["items"][0]["publisher_name"], &list["items"][0]["course"]),
        (&json!("Kurs"), &json!("Urząd brzozow"), &Value::Null)
    );
    let said = api.get(&offer).await;
    assert!(!said.page.text.contains("TAJNY") && !said.page.text.contains("31337"), "{}", said.page.text);
    let said = said.assert(200);
    assert_eq!((&said["units"][0]["title"], &said["units"][0]["questions"]), (&json!("Wstęp"), &json!(2)));
    learner.get("/catalogue/offers").await.refused(403, "not-allowed");
    learner.get(&offer).await.refused(403, "not-allowed");
    publisher.get(&offer).await.refused(404, "not-found");

    // Adopted with people and a deadline; what is wrong with a rule is named with its place, and then nothing was made.
    let version = text(&said["offer"]["version"]);
    let adopt = format!("{offer}/adopt");
    let body = |days: i32| {
        let rule = json!({ "kind": "person", "person": "jan", "due": "after", "due_days": days });
        json!({ "version": version, "rules": [rule] })
    };
    learner.post(&adopt, body(10)).await.refused(403, "not-allowed");
    api.post(&adopt, json!({ "version": Uuid::new_v4() })).await.refused(409, "changed-meanwhile");
    api.post(&adopt, body(0)).await.names("rules[0].due_days", "malformed");
    assert_eq!(api.get("/teaching").await.assert(200)["total"], 0);
    let made = api.post_once(&adopt, "przyjecie-1", Some(body(10))).await;
    assert_eq!(made.page.location(), "/api/v1/courses/kurs");
    assert_eq!(made.assert(201), json!({ "course": "kurs", "waits": null }));
    let again = api.post_once(&adopt, "przyjecie-1", Some(body(10))).await.assert(201);
    assert_eq!(again["course"], "kurs");
    // Without the key it is the course of before, and its rules stay as they are.
    assert_eq!(api.post(&adopt, body(99)).await.assert(200)["course"], "kurs");
    let rules = api.get("/courses/kurs/rules").await.assert(200);
    assert_eq!((&rules["total"], &rules["items"][0]["due_days"]), (&json!(1), &json!(10)));
    let duties = learner.get("/me/obligations").await.assert(200);
    assert_eq!(
        (&duties["items"][0]["course"], &duties["items"][0]["enrolled"]),
        (&json!("kurs"), &json!(true))
    );
    assert_eq!(publisher.get("/courses/kurs/offer").await.assert(200)["adopters"], 1);
    api.put("/courses/kurs/offer", json!({})).await.refused(403, "not-allowed");

    // A newer version: what it changes, taken over, published here.
    let origin = api.get("/courses/kurs/takeover").await.assert(200);
    assert_eq!((&origin["taken"], &origin["newer"]), (&json!(1), &Value::Null));
    api.post("/courses/kurs/takeover", json!({ "version": version })).await.refused(404, "not-found");
    let outline = publisher.get("/courses/kurs/outline").await.assert(200);
    let unit = &outline["sections"][0]["units"][0];
    let path = format!("/courses/kurs/units/{}", text(&unit["id"]));
    let revision = publisher.get(&path).await.assert(200)["revision"].clone();
    let save =
        json!({ "revision": revision, "title": "Wstęp", "minutes": 5, "markdown": "Treść poprawiona." });
    publisher.put(&path, save).await.assert(200);
    publisher.act("/courses/kurs/publish").await.assert(201);
    let newer = api.get("/courses/kurs/takeover").await.assert(200)["newer"].clone();
    let change = &newer["units"][0];
    assert_eq!(
        (&newer["number"], &change["step"], &change["edited"], &change["theirs"]),
        (&json!(2), &json!("replace"), &json!(false), &json!("Treść poprawiona."))
    );
    api.post("/courses/kurs/takeover", json!({ "version": version })).await.refused(409, "changed-meanwhile");
    let take = json!({ "version": newer["version"], "major": true, "redo_by": "kiedyś" });
    api.post("/courses/kurs/takeover", take).await.names("redo_by", "malformed");
    let take = json!({ "version": newer["version"] });
    assert_eq!(api.post("/courses/kurs/takeover", take).await.assert(200), json!({ "waits": null }));
    assert_eq!(api.get("/courses/kurs/takeover").await.assert(200)["taken"], 2);
    let here = api.get("/courses/kurs/outline").await.assert(200);
    let here = text(&here["sections"][0]["units"][0]["id"]);
    let read = learner.get(&format!("/courses/kurs/units/{here}/text")).await;
    assert!(read.page.text.contains("Treść poprawiona."), "{}", read.page.text);

    // What is done with a publisher's offers is for those who administer the organisation.
    let all = api.get("/catalogue/publishers").await.assert(200);
    assert_eq!(
        (&all["items"][0]["name"], &all["items"][0]["due_days"]),
        (&json!("Urząd brzozow"), &Value::Null)
    );
    let one = format!("/catalogue/publishers/{}", text(&all["items"][0]["id"]));
    learner.put(&one, json!({ "due_days": 5 })).await.refused(403, "not-allowed");
    api.put(&one, json!({ "due_days": 0 })).await.names("due_days", "malformed");
    for days in [json!(14), Value::Null] {
        api.put(&one, json!({ "due_days": days })).await.assert(204);
        let told = api.get("/catalogue/publishers").await.assert(200);
        assert_eq!(told["items"][0]["due_days"], days);
    }
    // Withdrawn it is gone from the catalogue, and stays with who has it.
    publisher.delete("/courses/kurs/offer").await.assert(204);
    publisher.delete("/courses/kurs/offer").await.refused(404, "not-found");
    assert_eq!(api.get("/catalogue/offers").await.assert(200)["total"], 0);
    assert_eq!(api.get("/courses/kurs/takeover").await.assert(200)["offered"], false);
    app.end().await;
}

#[tokio::test]
async fn the_day_s_cards_are_answered_once_each_and_are_nobody_else_s() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let jan = office.learner("jan").await;
    office.learner("ola").await;
    course(&office, &ada).await;
    let (api, other, teacher) = (
        Api::sign_in(&app, "jan@brzozow").await,
        Api::sign_in(&app, "ola@brzozow").await,
        Api::sign_in(&app, "ada@brzozow").await,
    );
    // Before the test is passed there is nothing to switch on.
    api.put("/me/review/courses/kurs", Value::Null).await.refused(409, "wrong-state");
    jan.client.get("/courses/kurs/wstep").await.assert(200);
    let first = jan.client.post("/courses/kurs/wstep/test", &[]).await.assert(303).location();
    let attempt = first.strip_suffix("/questions/1").unwrap().to_owned();
    for (number, field) in [(1, ("number", "31337")), (2, ("text", "TAJNYBIP"))] {
        jan.client.post(&format!("{attempt}/questions/{number}"), &[field]).await.assert(303);
    }
    jan.client.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    assert_eq!(api.get("/me/review").await.assert(200)["courses"], json!([]));
    for _ in 0..2 {
        api.put("/me/review/courses/kurs", Value::Null).await.assert(204);
    }
    let today = api.get("/me/review").await.assert(200);
    assert_eq!((&today["courses"][0]["questions"], &today["done"]), (&json!(2), &json!(0)));
    let cards: Vec<String> = today["cards"].as_array().unwrap().iter().map(text).collect();
    assert_eq!(cards.len(), 2);

    // A question comes without its key; for others it is not there.
    let mut number = None;
    for card in &cards {
        let path = format!("/me/review/cards/{card}");
        let said = api.get(&path).await;
        assert!(!said.page.text.contains("TAJN") && !said.page.text.contains("31337"), "{}", said.page.text);
        let said = said.assert(200);
        assert_eq!((&said["course"], &said["seen"]), (&json!("kurs"), &json!(0)));
        for who in [&other, &teacher] {
            who.get(&path).await.refused(404, "not-found");
            let give_up = json!({ "seen": 0, "give_up": true });
            who.post(&format!("{path}/answer"), give_up).await.refused(404, "not-found");
        }
        if said["question"]["type"] == "number" {
            number = Some(path);
        }
    }
    let number = number.expect("the question that asks for a number");
    let answer = format!("{number}/answer");
    let fields = |value: &str| json!([{ "name": "number", "value": value }]);
    // What cannot be read, and nothing at all, is refused and does not count.
    api.post(&answer, json!({ "seen": 0 })).await.names("fields", "missing");
    api.post(&answer, json!({ "seen": 0, "fields": fields("sto") })).await.names("number", "malformed");
    api.post(&answer, json!({ "seen": 0, "fields": fields("1"), "rating": "great" }))
        .await
        .refused(422, "invalid");
    let body = json!({ "seen": 0, "fields": fields("31337"), "rating": "easy", "seconds": 12 });
    let right = api.post(&answer, body.clone()).await.assert(200);
    assert_eq!(
        (
            &right["counted"],
            &right["right"],
            &right["score_per_mille"],
            &right["explained"]["parts"]["value"]
        ),
        (&json!(true), &json!(true), &json!(1000), &json!(31337.0))
    );
    // Sent again it is marked again and counts no more; the question is not due now.
    assert_eq!(api.post(&answer, body).await.assert(200)["counted"], false);
    api.get(&number).await.refused(409, "wrong-state");
    let next = text(&right["next"]);
    let told = api
        .post(&format!("/me/review/cards/{next}/answer"), json!({ "seen": 0, "give_up": true }))
        .await
        .assert(200);
    assert_eq!((&told["right"], &told["explained"]["feedback"]), (&json!(false), &json!("TAJNEWYJASNIENIE")));
    assert_eq!(told["next"], Value::Null);
    let end = api.get("/me/review").await.assert(200);
    assert_eq!((&end["cards"], &end["done"]), (&json!([]), &json!(2)));
    assert!(end["next_on"].is_string(), "{end}");
    // Off is gone: with all that was kept.
    api.delete("/me/review/courses/kurs").await.assert(204);
    api.delete("/me/review/courses/kurs").await.refused(404, "not-found");
    api.get(&number).await.refused(404, "not-found");
    app.end().await;
}

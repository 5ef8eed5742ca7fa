//! Who gets what: every kind of act, asked by everybody. 404 for what one may not know of, 403 for what one may see but
//! not do (DESIGN, law 2).

use courses::enrolment::Target;
use identity::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::call::Api;
use crate::harness::TestApp;

#[tokio::test]
async fn every_role_gets_what_is_its_own_and_a_refusal_that_tells_no_more_than_it_may() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let jan = office.learner("jan").await;
    office.admin("zofia").await;
    office.instructor("ewa").await;
    office.learner("ola").await;
    office.person("root", &[Role::InstallationAdmin]).await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst."), ("Wykład", "Tekst.")]).await;
    let group = office.group("Redaktorzy", &[&jan]).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let outline = courses::outline::draft(&mut tx, &course).await.unwrap();
    let (section, unit) = (outline[0].id, outline[0].units[0].id);
    let film = courses::film::of_unit(&mut tx, &course, unit).await.unwrap().film();
    tx.commit().await.unwrap();
    // Nobody works on it here: it stays queued, and a film on its way may be published.
    super::films::send(&ada.client, &film.to_string(), b"film").await.assert(204);
    office.publish(&ada, &course, &[Target::Group(group)]).await;

    let mut everybody = Vec::new();
    for login in ["zofia", "ada", "ewa", "jan", "ola", "root"] {
        everybody.push(Api::sign_in(&app, &format!("{login}@brzozow")).await);
    }
    let (c, u) = (format!("/courses/{}", course.slug()), format!("/courses/{}/units/{unit}", course.slug()));
    let (person, grp, flm) =
        (format!("/people/{}", jan.id), format!("/groups/{group}"), format!("/films/{film}"));
    let (get, post, put, patch, delete) =
        (Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE);
    let none = Value::Null;
    let new_person = json!({ "login": "ola", "given_name": "O", "family_name": "K" });
    let (some, note) = (uuid::Uuid::new_v4(), json!({ "at_ms": 0, "text": "" }));
    let changed = json!({ "revision": 1, "at_ms": 0, "text": "Inna" });
    let quota = json!({ "most_bytes": null });
    let damage = json!({ "code": "1", "kind": "damage", "happened_on": "2026-01-01", "description": "rysa" });
    let model = json!({ "maker": "Dell", "kind": "laptop", "name": "Latitude", "holds_data": true });
    let save = json!({ "revision": 999, "title": "Lekcja", "minutes": 5, "markdown": "Tekst." });
    // zofia: administrator; ada: teaches the course; ewa: an instructor who does not; jan: takes it; ola: a colleague who
    // does not; root: sets up organisations and nothing else.
    let people = [403, 403, 403, 403, 403];
    let teaching = [404, 403, 404, 404];
    let table: Vec<(&Method, String, Value, u16, Vec<u16>)> = vec![
        (&get, "/me".into(), none.clone(), 200, [200; 5].into()),
        (&get, "/people".into(), none.clone(), 200, people.into()),
        (&get, person.clone(), none.clone(), 200, people.into()),
        (&post, "/people".into(), new_person, 422, people.into()),
        (&patch, person.clone(), json!({ "given_name": "Jan" }), 200, people.into()),
        (&post, format!("{person}/resume"), none.clone(), 204, people.into()),
        (&get, "/groups".into(), none.clone(), 200, [200, 200, 403, 403, 403].into()),
        (&get, grp.clone(), none.clone(), 200, people.into()),
        (&post, "/groups".into(), json!({ "name": "Redaktorzy" }), 422, people.into()),
        (&put, format!("{grp}/members/{}", jan.id), none.clone(), 204, people.into()),
        (&delete, format!("{grp}/members/{}", ada.id), none.clone(), 404, people.into()),
        (&get, "/org-units".into(), none.clone(), 200, [200, 200, 403, 403, 403].into()),
        (&post, "/org-units".into(), json!({ "name": "" }), 422, people.into()),
        (&get, "/teaching".into(), none.clone(), 200, [200; 5].into()),
        (&post, "/courses".into(), json!({ "title": "" }), 403, [422, 422, 403, 403, 403].into()),
        (&get, "/courses".into(), none.clone(), 200, [200; 5].into()),
        (&get, "/me/obligations".into(), none.clone(), 200, [200; 5].into()),
        (&get, "/me/certificates".into(), none.clone(), 200, [200; 5].into()),
        (&get, "/me/notices".into(), none.clone(), 200, [200; 5].into()),
        (&get, "/me/notices/preferences".into(), none.clone(), 200, [200; 5].into()),
        (&get, "/search?q=lekcja".into(), none.clone(), 200, [200; 5].into()),
        (&get, "/me/review".into(), none.clone(), 200, [200; 5].into()),
        (&put, format!("/me/review{c}"), none.clone(), 403, [403, 404, 409, 404, 404].into()),
        (&get, "/catalogue/offers".into(), none.clone(), 200, [200, 200, 403, 403, 403].into()),
        (&get, "/catalogue/publishers".into(), none.clone(), 200, people.into()),
        (&get, format!("{u}/attempts"), none.clone(), 404, [404; 5].into()),
        (&get, c.clone(), none.clone(), 200, [200, 404, 200, 404, 404].into()),
        (&post, format!("{c}/join"), none.clone(), 403, [403, 404, 403, 404, 404].into()),
        (&get, format!("{c}/progress"), none.clone(), 200, [200, 404, 200, 404, 404].into()),
        (&get, format!("{u}/text"), none.clone(), 200, [200, 404, 200, 404, 404].into()),
        (&get, flm.clone(), none.clone(), 200, [200, 404, 200, 404, 404].into()),
        (&get, format!("{flm}/playlist"), none.clone(), 409, [409, 404, 409, 404, 404].into()),
        (&get, format!("{flm}/captions/pl"), none.clone(), 404, [404; 5].into()),
        (&get, format!("{flm}/chapters"), none.clone(), 200, [200, 404, 200, 404, 404].into()),
        (&put, format!("{flm}/chapters"), json!({ "chapters": [] }), 200, [200, 404, 403, 404, 404].into()),
        (&get, format!("{flm}/watched"), none.clone(), 200, [200, 404, 200, 404, 404].into()),
        (&post, format!("{flm}/watched"), json!({ "position_ms": 1 }), 204, [204, 404, 204, 404, 404].into()),
        // The first who asks stops it; what is stopped already is 409.
        (&post, format!("{flm}/cancel"), none.clone(), 200, [409, 404, 403, 404, 404].into()),
        (&post, format!("{flm}/retry"), none.clone(), 200, [409, 404, 403, 404, 404].into()),
        (&get, format!("{flm}/notes"), none.clone(), 200, [200, 404, 200, 404, 404].into()),
        (&post, format!("{flm}/notes"), note, 422, [422, 404, 422, 404, 404].into()),
        (&put, format!("{flm}/notes/{some}"), changed, 404, [404; 5].into()),
        (&delete, format!("{flm}/notes/{some}"), none.clone(), 404, [404; 5].into()),
        (&get, format!("{flm}/companions"), none.clone(), 200, [200, 404, 200, 404, 404].into()),
        (&get, "/films/storage".into(), none.clone(), 200, people.into()),
        (&put, "/films/storage".into(), json!({ "source_days": 0 }), 422, people.into()),
        (&get, "/films/storage/unshown".into(), none.clone(), 200, people.into()),
        (&delete, format!("/films/storage/unshown/{film}"), none.clone(), 404, people.into()),
        (&get, "/organisations/films".into(), none.clone(), 403, [403, 403, 403, 403, 200].into()),
        (&put, format!("/organisations/{some}/films"), quota, 403, [403, 403, 403, 403, 404].into()),
        (&delete, format!("{flm}/captions/pl"), none.clone(), 404, [404, 404, 403, 404, 404].into()),
        // Administrators read the register, and nobody here keeps it.
        (&get, "/devices/models".into(), none.clone(), 200, people.into()),
        (&post, "/devices/models".into(), model, 403, people.into()),
        (&get, format!("/devices/models/{some}"), none.clone(), 404, people.into()),
        (&get, "/devices/places".into(), none.clone(), 200, people.into()),
        (&get, "/devices/lots".into(), none.clone(), 200, people.into()),
        (&get, "/devices/programmes".into(), none.clone(), 200, people.into()),
        (&post, "/devices/places".into(), json!({ "name": "Magazyn" }), 403, people.into()),
        (&post, "/devices/lots".into(), json!({ "name": "Dostawa" }), 403, people.into()),
        (&post, "/devices/programmes".into(), json!({ "name": "Laptopy" }), 403, people.into()),
        (&get, format!("/devices/places/{some}"), none.clone(), 404, people.into()),
        (&get, format!("/devices/lots/{some}"), none.clone(), 404, people.into()),
        (&get, format!("/devices/programmes/{some}"), none.clone(), 404, people.into()),
        (&post, format!("/devices/{some}/wipes"), json!({ "how": "nadpisanie" }), 403, people.into()),
        (&get, "/devices/loans".into(), none.clone(), 200, people.into()),
        (&get, format!("/devices/loans/{some}"), none.clone(), 404, people.into()),
        (&post, "/devices/hand-outs".into(), json!({ "code": "1", "person": some }), 403, people.into()),
        (&post, "/devices/returns".into(), json!({ "code": "1" }), 403, people.into()),
        (&get, "/devices/incidents".into(), none.clone(), 200, people.into()),
        (&get, format!("/devices/incidents/{some}"), none.clone(), 404, people.into()),
        (&post, "/devices/incidents".into(), damage, 403, people.into()),
        (&get, "/devices/events".into(), none.clone(), 200, people.into()),
        (&get, format!("/devices/events/{some}"), none.clone(), 404, people.into()),
        (&post, "/devices/events".into(), json!({ "kind": "other", "name": "Koniec" }), 403, people.into()),
        (&patch, format!("/devices/events/{some}"), json!({ "revision": 1 }), 403, people.into()),
        (&get, format!("/devices/events/{some}/moves"), none.clone(), 403, people.into()),
        // What is no table is not even read; who may send one is asked in `register`.
        (&post, "/devices/import".into(), none.clone(), 415, [415; 5].into()),
        (&post, "/devices/import/check".into(), none.clone(), 415, [415; 5].into()),
        (&get, "/devices/agreements".into(), none.clone(), 200, people.into()),
        (&get, format!("/devices/agreements/{some}"), none.clone(), 404, people.into()),
        (&get, format!("/devices/{some}/sims"), none.clone(), 404, people.into()),
        (&post, format!("/devices/{some}/sims"), json!({ "sim": some }), 403, people.into()),
        (&post, format!("/devices/{some}/sims/out"), none.clone(), 403, people.into()),
    ];
    // What only those who teach the course may do.
    let taught: Vec<(&Method, String, Value, u16)> = vec![
        (&patch, c.clone(), json!({ "title": "Kurs" }), 200),
        (&get, format!("{c}/learners"), none.clone(), 200),
        (&get, format!("{c}/outline"), none.clone(), 200),
        (&post, format!("{c}/sections"), json!({ "title": "" }), 422),
        (&patch, format!("{c}/sections/{section}"), json!({ "title": "Część" }), 204),
        (&delete, format!("{c}/sections/{section}"), none.clone(), 403),
        (&post, format!("{c}/sections/{section}/move"), json!({ "step": "up" }), 204),
        (&post, format!("{c}/units"), json!({ "section": section, "title": "" }), 422),
        (&get, u.clone(), none.clone(), 200),
        (&put, u.clone(), save, 409),
        (&post, format!("{u}/move"), json!({ "step": "up" }), 204),
        (&get, format!("{c}/enrolments"), none.clone(), 200),
        (&post, format!("{c}/enrolments"), json!({ "kind": "person" }), 422),
        (&delete, format!("{c}/enrolments/{}", uuid::Uuid::new_v4()), none.clone(), 404),
        (&post, format!("{u}/film"), none.clone(), 201),
        (&put, format!("{u}/companions"), json!({}), 200),
        (&post, format!("{c}/restore"), none.clone(), 200),
        (&get, format!("{c}/rules"), none.clone(), 200),
        (&post, format!("{c}/rules"), json!({ "kind": "person" }), 422),
        (&delete, format!("{c}/rules/{}", uuid::Uuid::new_v4()), none.clone(), 404),
        (&get, format!("{c}/obligations"), none.clone(), 200),
        (&get, format!("{c}/certificates"), none.clone(), 200),
        (&get, format!("{c}/offer"), none.clone(), 404),
        (&delete, format!("{c}/offer"), none.clone(), 404),
        (&get, format!("{c}/takeover"), none.clone(), 404),
        (&get, format!("{u}/test/questions"), none.clone(), 404),
        (&get, format!("{u}/test/results"), none.clone(), 200),
    ];
    let taught = taught.into_iter().map(|(method, path, body, own)| {
        let others: Vec<u16> = std::iter::once(own).chain(teaching).collect();
        (method, path, body, own, others)
    });
    let mut wrong = Vec::new();
    for (method, path, body, admin, others) in table.into_iter().chain(taught) {
        for (api, expected) in everybody.iter().zip(std::iter::once(admin).chain(others)) {
            let said = api
                .send(
                    method.clone(),
                    &path,
                    |request| if body.is_null() { request } else { request.json(&body) },
                )
                .await;
            if said.page.status != expected {
                let me = api.get("/me").await.assert(200);
                wrong.push(format!(
                    "{method} {path} as {}: {}, not {expected}",
                    me["login"], said.page.status
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    app.end().await;
}

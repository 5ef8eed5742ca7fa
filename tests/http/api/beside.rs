//! What stands beside a film, through the API: one's own notes, films that accompany it, and the room that films take.

use courses::enrolment::Target;
use identity::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::Api;
use crate::harness::TestApp;
use crate::http::companions::second;
use crate::http::watching::{Cinema, cinema};

#[tokio::test]
async fn notes_are_written_changed_and_deleted_by_their_person_alone() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    office.learner("ola").await;
    let Cinema { course, film, .. } = cinema(&office, &ada, 60).await;
    let notes = format!("/films/{film}/notes");
    let api = Api::sign_in(&app, "jan@brzozow").await;
    let note = |at_ms: u32, text: &str| json!({ "at_ms": at_ms, "text": text });
    api.get(&notes).await.refused(404, "not-found");
    api.post(&notes, note(0, "Za wcześnie")).await.refused(404, "not-found");
    office.publish(&ada, &course, &[Target::Everybody]).await;

    api.post(&notes, note(60_001, "Po filmie")).await.names("at_ms", "malformed");
    api.post(&notes, note(0, " \r\n")).await.names("text", "missing");
    api.post(&notes, note(0, &"ą".repeat(2001))).await.names("text", "too-long");
    let said = api.post_once(&notes, "notatka-1", Some(note(31_500, " Raz\r\ndwa "))).await;
    let place = said.page.location().trim_start_matches("/api/v1").to_owned();
    let made = said.assert(201);
    assert_eq!(made, json!({ "id": made["id"], "at_ms": 31_500, "text": "Raz\ndwa", "revision": 1 }));
    assert_eq!(
        api.post_once(&notes, "notatka-1", Some(note(31_500, " Raz\r\ndwa "))).await.assert(201),
        made
    );
    let list = api.get(&notes).await.assert(200);
    assert_eq!((&list["total"], &list["items"][0]), (&json!(1), &made));
    assert_eq!(api.get(&place).await.assert(200), made);
    jan.client.get("/courses/kino/wyklad").await.assert(200).has("Moje notatki (1)");

    let changed = |revision: i32, text: &str| json!({ "revision": revision, "at_ms": 20_000, "text": text });
    for other in ["ola@brzozow", "ada@brzozow"] {
        let other = Api::sign_in(&app, other).await;
        assert_eq!(other.get(&notes).await.assert(200)["total"], 0);
        other.get(&place).await.refused(404, "not-found");
        other.put(&place, changed(1, "Cudza")).await.refused(404, "not-found");
        other.delete(&place).await.refused(404, "not-found");
    }
    api.put(&place, changed(1, "")).await.names("text", "missing");
    assert_eq!(api.put(&place, changed(1, "Trzy")).await.assert(200)["revision"], 2);
    // The same once more changes nothing; another one to what is not there any more is refused.
    assert_eq!(api.put(&place, changed(1, "Trzy")).await.assert(200)["revision"], 2);
    api.put(&place, changed(1, "Cztery")).await.refused(409, "changed-meanwhile");
    let now = api.get(&place).await.assert(200);
    assert_eq!((&now["at_ms"], &now["text"]), (&json!(20_000), &json!("Trzy")));
    api.delete(&place).await.assert(204);
    api.delete(&place).await.refused(404, "not-found");
    api.put(&place, changed(2, "Pięć")).await.refused(404, "not-found");
    assert_eq!(api.get(&notes).await.assert(200)["total"], 0);
    app.end().await;
}

#[tokio::test]
async fn companions_are_chosen_by_those_who_teach_and_listed_for_those_who_may_watch_them() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    office.learner("jan").await;
    let cinema = cinema(&office, &ada, 60).await;
    office.publish(&ada, &cinema.course, &[Target::Everybody]).await;
    let (teacher, api) = (Api::sign_in(&app, "ada@brzozow").await, Api::sign_in(&app, "jan@brzozow").await);
    let outline = teacher.get("/courses/kino/outline").await.assert(200);
    let units = &outline["sections"][0]["units"];
    let place = |at: usize| format!("/courses/kino/units/{}/companions", units[at]["id"].as_str().unwrap());
    teacher.put(&place(1), json!({})).await.refused(404, "not-found");
    let signed = second(&office, &ada, &cinema).await;
    for (other, problem) in [(cinema.film.0, "unknown"), (Uuid::new_v4(), "unknown")] {
        teacher.put(&place(0), json!({ "sign_language": other })).await.names("sign_language", problem);
    }
    let both = json!({ "sign_language": signed, "audio_description": signed });
    teacher.put(&place(0), both).await.names("audio_description", "taken");
    let wanted = json!({ "sign_language": signed });
    api.put(&place(0), wanted.clone()).await.refused(403, "not-allowed");
    let said = teacher.put(&place(0), wanted).await.assert(200);
    let expected = json!({ "companions": [
        { "kind": "sign_language", "film": signed, "title": "Koniec", "state": "ready", "playable": true }
    ] });
    assert_eq!(said, expected);

    // To be named beside a film gives no right to it, until it is published.
    let listed = format!("/films/{}/companions", cinema.film);
    assert_eq!(teacher.get(&listed).await.assert(200), expected);
    assert_eq!(api.get(&listed).await.assert(200), json!({ "companions": [] }));
    office.publish(&ada, &cinema.course, &[]).await;
    assert_eq!(api.get(&listed).await.assert(200), expected);
    // What is heard and seen of it is kept with it, as of every film.
    let watched = format!("/films/{signed}/watched");
    let told = json!({ "position_ms": 1000, "seen": [{ "from_ms": 0, "to_ms": 1000 }] });
    api.post(&watched, told).await.assert(204);
    assert_eq!(api.get(&watched).await.assert(200)["position_ms"], 1000);

    let none = teacher.put(&place(0), json!({ "sign_language": null })).await.assert(200);
    assert_eq!(none, json!({ "companions": [] }));
    app.end().await;
}

#[tokio::test]
async fn room_for_films_is_told_and_limited_by_the_two_administrators() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let admin = office.admin("zofia").await;
    office.person("root", &[Role::InstallationAdmin]).await;
    let cinema = cinema(&office, &ada, 60).await;
    let (zofia, root) = (Api::sign_in(&app, "zofia@brzozow").await, Api::sign_in(&app, "root@brzozow").await);
    let own = "/films/storage";
    let space = zofia.get(own).await.assert(200);
    assert_eq!((&space["most_bytes"], &space["source_days"]), (&Value::Null, &Value::Null));
    zofia.put(own, json!({})).await.names("source_days", "missing");
    for wrong in [0, 3651] {
        zofia.put(own, json!({ "source_days": wrong })).await.names("source_days", "malformed");
    }
    assert_eq!(zofia.put(own, json!({ "source_days": 30 })).await.assert(200)["source_days"], 30);
    admin.client.get(own).await.assert(200).has("value=\"30\"");
    assert_eq!(zofia.put(own, json!({ "source_days": null })).await.assert(200)["source_days"], Value::Null);

    let quota = format!("/organisations/{}/films", office.id);
    let most = |bytes: Value| json!({ "most_bytes": bytes });
    zofia.put(&quota, most(json!(1))).await.refused(403, "not-allowed");
    root.put(&quota, most(json!((1_u64 << 50) + 1))).await.names("most_bytes", "malformed");
    root.put(&format!("/organisations/{}/films", Uuid::new_v4()), most(json!(1)))
        .await
        .refused(404, "not-found");
    let now = root.put(&quota, most(json!(1 << 30))).await.assert(200);
    assert_eq!((&now["organisation"], &now["most_bytes"]), (&json!(office.id), &json!(1 << 30)));
    assert_eq!(now["used_bytes"], space["used_bytes"]);
    let listed = root.get("/organisations/films").await.assert(200);
    assert!(listed["items"].as_array().unwrap().contains(&now), "{listed}");
    assert_eq!(zofia.get(own).await.assert(200)["most_bytes"], 1 << 30);
    admin.client.get(own).await.assert(200).has("<meter").has("z 1024 MB");
    assert_eq!(root.put(&quota, most(Value::Null)).await.assert(200)["most_bytes"], Value::Null);

    // A film that no unit shows, and one that a unit does.
    let unshown = format!("{own}/unshown");
    assert_eq!(zofia.get(&unshown).await.assert(200)["total"], 0);
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let film = video::film::create(&mut tx, "Nieużywany").await.unwrap().film();
    tx.commit().await.unwrap();
    let list = zofia.get(&unshown).await.assert(200);
    assert_eq!((&list["items"][0]["id"], &list["items"][0]["title"]), (&json!(film), &json!("Nieużywany")));
    zofia.delete(&format!("{unshown}/{}", cinema.film)).await.refused(404, "not-found");
    root.delete(&format!("{unshown}/{film}")).await.refused(403, "not-allowed");
    zofia.delete(&format!("{unshown}/{film}")).await.assert(204);
    zofia.delete(&format!("{unshown}/{film}")).await.refused(404, "not-found");
    assert_eq!(zofia.get(&unshown).await.assert(200)["total"], 0);
    app.end().await;
}

//! A film through the API: made, sent with tus under the same ticket, played, captioned, watched.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use courses::enrolment::Target;
use reqwest::Method;
use serde_json::{Value, json};

use super::call::Api;
use crate::harness::{Client, Page, TestApp, film};

/// Sends a whole film with tus; the last answer.
pub async fn send(client: &Client, film: &str, bytes: &[u8]) -> Page {
    let request = client
        .request(Method::POST, "/api/tus")
        .header("tus-resumable", "1.0.0")
        .header("upload-length", bytes.len())
        .header("upload-metadata", format!("film {}", STANDARD.encode(film)));
    let created = client.send(request).await;
    if created.status != 201 {
        return created;
    }
    let request = client
        .request(Method::PATCH, &created.location())
        .header("tus-resumable", "1.0.0")
        .header("content-type", "application/offset+octet-stream")
        .header("upload-offset", 0)
        .body(bytes.to_vec());
    client.send(request).await
}

#[tokio::test]
async fn a_film_is_made_sent_played_and_watched_with_a_ticket_alone() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let jan = office.learner("jan").await;
    let course = office.course(&ada, "Kurs", &[("Wykład", "Tekst.")]).await;
    let (ada, api) = (Api::sign_in(&app, "ada@brzozow").await, Api::sign_in(&app, "jan@brzozow").await);
    let outline = ada.get("/courses/kurs/outline").await.assert(200);
    let unit = outline["sections"][0]["units"][0]["id"].as_str().unwrap().to_owned();
    let place = format!("/courses/kurs/units/{unit}/film");
    let made = ada.act(&place).await.assert(201);
    assert_eq!((&made["state"], &made["upload"]), (&json!("empty"), &Value::Null));
    assert_eq!(ada.act(&place).await.assert(201)["id"], made["id"]);
    let id = made["id"].as_str().unwrap().to_owned();
    let f = format!("/films/{id}");
    ada.get(&format!("{f}/playlist")).await.refused(409, "wrong-state");
    ada.act(&format!("{f}/cancel")).await.refused(409, "wrong-state");
    ada.act(&format!("{f}/retry")).await.refused(409, "wrong-state");
    // A course whose film is not there yet is not published: the film's state is in the way.
    ada.act("/courses/kurs/publish").await.refused(409, "wrong-state");
    assert_eq!(send(&api.client, &id, b"film").await.status, 404);
    let bytes = std::fs::read(film(app.folder.path(), 3)).unwrap();
    assert_eq!(send(&ada.client, &id, &bytes).await.status, 204);
    let mut last = Value::Null;
    for _ in 0..3000 {
        last = ada.get(&f).await.assert(200);
        if last["state"] == "ready" {
            break;
        }
        assert_ne!(last["state"], "failed", "{last}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(
        (&last["playable"], &last["width"], &last["height"]),
        (&json!(true), &json!(320), &json!(180))
    );
    assert_eq!((&last["source_bytes"], &last["reason"]), (&json!(bytes.len()), &Value::Null));
    office.publish(&office_someone(&office, "ada", &app).await, &course, &[Target::Person(jan.id)]).await;

    let seen = api.get(&f).await.assert(200);
    assert_eq!((&seen["state"], &seen["upload"]), (&json!("ready"), &Value::Null));
    let playlist = api.get(&format!("{f}/playlist")).await.assert(200);
    let master = playlist["url"].as_str().unwrap();
    // The ticket is in the address; without its last letters it is none.
    let ticket = master.split('/').nth(2).unwrap();
    app.visitor().get(&master.replace(ticket, &ticket[..ticket.len() - 3])).await.assert(403);
    api.client.get(master).await.assert(200).has("#EXT-X-STREAM-INF");

    let vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\nDzień dobry\n";
    let put = async |api: &Api, language: &str, kind: &str, body: Vec<u8>| {
        api.send(Method::PUT, &format!("{f}/captions/{language}"), |request| {
            request.header("content-type", kind.to_owned()).body(body)
        })
        .await
    };
    let captioned = put(&ada, "pl", "text/vtt; charset=utf-8", vtt.into()).await.assert(200);
    assert_eq!(
        captioned["captions"],
        json!([{ "language": "pl", "label": "Polski", "checked": false, "automatic": false }])
    );
    api.get(&format!("{f}/captions/pl")).await.page.assert(200).has("Dzień dobry");
    put(&api, "pl", "text/vtt", vtt.into()).await.refused(403, "not-allowed");
    put(&ada, "pl", "text/plain", vtt.into()).await.refused(415, "media-type");
    let wrong = put(&ada, "pl", "text/vtt", b"WEBVTT\n\n00:02.000 --> 00:01.000\nx\n".to_vec()).await;
    assert!(wrong.refused(422, "captions")["detail"].as_str().unwrap().contains('3'));
    put(&ada, "polski", "text/vtt", vtt.into()).await.names("language", "malformed");
    put(&ada, "pl", "text/vtt", vec![b'a'; 3 << 20]).await.refused(413, "too-large");
    // Read by the one who read these very captions, until they change.
    let check = format!("{f}/captions/pl/check");
    ada.post(&check, json!({ "md5": "00" })).await.refused(409, "wrong-state");
    let mut tx = app.ground.db.begin(&office_someone(&office, "ada", &app).await.actor).await.unwrap();
    let made = video::FilmId(id.parse().unwrap());
    let mark = video::caption::review(&mut tx, &video::Editable::granted(made), "pl").await.unwrap().mark;
    drop(tx);
    assert_eq!(ada.post(&check, json!({ "md5": mark })).await.assert(200)["captions"][0]["checked"], true);
    api.post(&check, json!({ "md5": mark })).await.refused(403, "not-allowed");
    let other = put(&ada, "pl", "text/vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nDobranoc\n".to_vec()).await;
    assert_eq!(other.assert(200)["captions"][0]["checked"], false);

    let chapters =
        json!({ "chapters": [{ "start_ms": 2000, "title": "Dalej" }, { "start_ms": 0, "title": "Wstęp" }] });
    let kept = ada.put(&format!("{f}/chapters"), chapters.clone()).await.assert(200);
    assert_eq!(kept["chapters"][0], json!({ "start_ms": 0, "title": "Wstęp" }));
    assert_eq!(api.get(&format!("{f}/chapters")).await.assert(200), kept);
    api.put(&format!("{f}/chapters"), chapters.clone()).await.refused(403, "not-allowed");
    // Named by what was seen: the same again changes nothing, and of two the second hears of the first.
    let mut known = chapters;
    known["revision"] = json!(1);
    assert_eq!(ada.put(&format!("{f}/chapters"), known.clone()).await.assert(200), kept);
    known["chapters"][0]["title"] = json!("Inaczej");
    let late = ada.put(&format!("{f}/chapters"), known).await.refused(409, "changed-meanwhile");
    assert_eq!(late["revision"], kept["revision"]);
    let one = |start_ms: u32, title: &str| json!({ "chapters": [{ "start_ms": start_ms, "title": title }] });
    let parts = format!("{f}/chapters");
    ada.put(&parts, one(0, "")).await.names("chapters[0].title", "missing");
    ada.put(&parts, one(0, "a\nb")).await.names("chapters[0].title", "missing");
    ada.put(&parts, one(60_000, "Po filmie")).await.names("chapters[0].start_ms", "malformed");
    assert_eq!(api.get(&parts).await.assert(200), kept);
    ada.delete(&format!("{f}/captions/pl")).await.assert(204);
    ada.delete(&format!("{f}/captions/pl")).await.refused(404, "not-found");

    let report = json!({ "position_ms": 1500, "seen": [{ "from_ms": 0, "to_ms": 1000 }, { "from_ms": 500, "to_ms": 1500 }] });
    for _ in 0..2 {
        api.post(&format!("{f}/watched"), report.clone()).await.assert(204);
    }
    let watched = api.get(&format!("{f}/watched")).await.assert(200);
    let seen = json!([{ "from_ms": 0, "to_ms": 1500 }]);
    assert_eq!(watched, json!({ "position_ms": 1500, "seen": seen, "edition": "0-0-0" }));
    assert_eq!(api.get(&f).await.assert(200)["edition"], "0-0-0");
    // Of another state of the film than it is in: of another cut it counts where that shows it, of another film not at all.
    let told = |edition: &str| json!({ "position_ms": 1500, "seen": [{ "from_ms": 0, "to_ms": 400 }], "edition": edition });
    api.post(&format!("{f}/watched"), told("0-1000-0")).await.assert(204);
    assert_eq!(api.get(&format!("{f}/watched")).await.assert(200)["position_ms"], 2500);
    api.post(&format!("{f}/watched"), told("7-0-0")).await.refused(409, "wrong-state");
    api.post(&format!("{f}/watched"), told("inna")).await.names("edition", "malformed");
    assert_eq!(api.get(&format!("{f}/watched")).await.assert(200)["seen"], seen);
    let many = vec![json!({ "from_ms": 0, "to_ms": 1 }); 501];
    api.post(&format!("{f}/watched"), json!({ "position_ms": 0, "seen": many }))
        .await
        .names("seen", "too-long");
    api.post(&format!("{f}/watched"), json!({ "position_ms": -1 })).await.names("position_ms", "unreadable");
    let learners = ada.get("/courses/kurs/learners").await.assert(200);
    assert_eq!(learners["items"][0]["films"][0]["covered_ms"], 1500);
    api.delete(&place).await.refused(403, "not-allowed");
    ada.delete(&place).await.assert(204);
    app.end().await;
}

async fn office_someone(
    office: &crate::harness::House<'_>,
    login: &str,
    app: &TestApp,
) -> crate::harness::Someone {
    let name = format!("{login}@{}", office.slug);
    let me = Api::sign_in(app, &name).await.get("/me").await.assert(200);
    let id: base::PersonId = serde_json::from_value(me["id"].clone()).unwrap();
    let actor = identity::session::at_the_terminal(office.id, id);
    crate::harness::Someone { id, login: login.to_owned(), name, client: app.visitor(), actor }
}

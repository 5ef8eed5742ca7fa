//! Another organisation's things: whoever asks for them gets what they would get for an id that nobody ever made.

use courses::enrolment::Target;
use identity::Role;
use serde_json::{Value, json};

use super::call::Api;
use crate::harness::TestApp;

/// A body that the operation would take; `real` stands for an id.
fn body(path: &str, method: &str, real: &str) -> Option<Value> {
    let body = match (method, path.rsplit('/').next().unwrap()) {
        ("POST", "sections") | ("PATCH", "{section}") => json!({ "title": "Część" }),
        ("POST", "units") => json!({ "section": real, "title": "Lekcja" }),
        ("POST", "move") => json!({ "step": "up" }),
        ("POST", "rules") => json!({ "kind": "everybody" }),
        ("PUT", "{enrolment}") => json!({ "revision": 1, "due": "none" }),
        ("POST", "enrolments") => json!({ "kind": "everybody" }),
        ("POST", "watched") => json!({ "position_ms": 1, "seen": [{ "from_ms": 0, "to_ms": 1 }] }),
        ("PUT", "{unit}") => json!({ "revision": 1, "title": "Lekcja", "minutes": 1, "markdown": "" }),
        ("PATCH", "{course}") => json!({ "title": "Przejęty" }),
        ("PATCH", "{event}") => json!({ "revision": 1, "ends_on": "2026-01-01" }),
        ("PATCH", "{person}") => json!({ "given_name": "Przejęta" }),
        ("PUT", "{device}") => {
            json!({ "revision": 1, "device": { "model": real, "inventory_no": "PRZEJĘTY" } })
        }
        ("POST", "notes") => json!({ "at_ms": 0, "text": "Cudza" }),
        ("PUT", "{note}") => json!({ "revision": 1, "at_ms": 0, "text": "Cudza" }),
        ("PUT", "companions") => json!({ "sign_language": real }),
        ("PUT", "chapters") => json!({ "chapters": [] }),
        ("POST", "check") => json!({ "md5": "0" }),
        ("PUT", "points") => json!({ "points": [] }),
        ("PUT", "decision") => {
            json!({ "decision": "wait", "decided_on": "2026-01-01", "decided_by": "obcy" })
        }
        ("POST", "sims") => json!({ "sim": real }),
        ("POST", "wipes") => json!({ "how": "nadpisanie" }),
        ("POST", "scans") => json!({ "code": "UZ-1", "counter": 1 }),
        ("POST", "{loan}" | "declarations") => json!({ "works": true }),
        ("POST", "answer") => json!({ "seen": 0, "give_up": true }),
        ("POST", "adopt" | "takeover") => json!({ "version": real }),
        ("PUT", "offer") => json!({ "positions": [] }),
        ("PUT", "{publisher}") => json!({ "due_days": 5 }),
        _ => return None,
    };
    Some(body)
}

#[tokio::test]
async fn an_id_of_another_organisation_is_answered_like_one_that_never_was() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let jan = office.learner("jan").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    let group = office.group("Redaktorzy", &[&jan]).await;
    office.publish(&ada, &course, &[Target::Group(group)]).await;
    office.admin("zofia").await;
    let zofia = Api::sign_in(&app, "zofia@brzozow").await;
    let department = zofia.post("/org-units", json!({ "name": "Wydział" })).await.assert(201);
    let outline = zofia.get(&format!("/courses/{}/outline", course.slug())).await.assert(200);
    let enrolments = zofia.get(&format!("/courses/{}/enrolments", course.slug())).await.assert(200);
    let unit = outline["sections"][0]["units"][0]["id"].as_str().unwrap().to_owned();
    let film = zofia.act(&format!("/courses/{}/units/{unit}/film", course.slug())).await.assert(201);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let notes = format!("/films/{}/notes", text(&film["id"]));
    let note = zofia.post(&notes, json!({ "at_ms": 0, "text": "Moja" })).await.assert(201);
    // Whoever finishes gets a certificate.
    jan.client.post(&format!("/courses/{}/lekcja/finish", course.slug()), &[]).await.assert(303);
    let things = crate::http::register::one_of_everything(&office, &ada)
        .await
        .into_iter()
        .chain(crate::http::loans::one_of_everything(&office, &ada).await)
        .chain(crate::http::applications::one_of_everything(&office, &ada).await)
        .chain(crate::http::stocktake::one_of_everything(&office, &ada).await)
        .chain(crate::http::reports::one_of_everything(&office, &ada).await)
        .chain(
            crate::http::certificates::one_of_everything(&office, &jan)
                .await
                .into_iter()
                .filter(|(name, _)| *name == "certificate"),
        )
        .chain(
            crate::http::notices::one_of_everything(&office, &jan)
                .await
                .into_iter()
                .filter(|(name, _)| *name == "notice"),
        );
    let things: std::collections::BTreeMap<&str, String> = things.collect();
    let real: Vec<(&str, String)> = vec![
        ("{course}", course.slug().to_owned()),
        ("{person}", jan.id.to_string()),
        ("{group}", group.to_string()),
        ("{section}", text(&outline["sections"][0]["id"])),
        ("{enrolment}", text(&enrolments["items"][0]["id"])),
        ("{film}", text(&film["id"])),
        ("{language}", "pl".to_owned()),
        ("{device}", things["device"].clone()),
        ("{loan}", things["loan"].clone()),
        ("{model}", things["model"].clone()),
        ("{place}", things["place"].clone()),
        ("{lot}", things["lot"].clone()),
        ("{programme}", things["programme"].clone()),
        ("{incident}", things["incident"].clone()),
        ("{agreement}", things["agreement"].clone()),
        ("{event}", things["event"].clone()),
        ("{application}", things["application"].clone()),
        ("{stocktake}", things["stocktake"].clone()),
        ("{frozen}", things["frozen"].clone()),
        ("{certificate}", things["certificate"].clone()),
        ("{notice}", things["notice"].clone()),
        ("{note}", text(&note["id"])),
        // Whose attempt it is, and that there is none, is asked in `training`.
        ("{attempt}", uuid::Uuid::new_v4().to_string()),
        // Whose question it is, in `sharing`; what is offered is meant for strangers, and only what is.
        ("{card}", uuid::Uuid::new_v4().to_string()),
        ("{offer}", uuid::Uuid::new_v4().to_string()),
        ("{publisher}", uuid::Uuid::new_v4().to_string()),
    ];
    let vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\nNapis\n";
    let send = async |api: &Api, method: &reqwest::Method, template: &str, path: &str, section: &str| {
        api.send(method.clone(), path, |request| match body(template, method.as_str(), section) {
            Some(body) => request.json(&body),
            None if template.ends_with("{language}") && method == reqwest::Method::PUT => {
                request.header("content-type", "text/vtt").body(vtt)
            }
            None => request,
        })
        .await
    };
    // An organisation with every right of its own, and a course of the same shape.
    let other = app.office("inny").await;
    other.person("obcy", &[Role::OrganisationAdmin, Role::Instructor, Role::DeviceClerk]).await;
    let stranger = Api::sign_in(&app, "obcy@inny").await;
    let own = stranger.post("/courses", json!({ "title": "Własny" })).await.assert(201);
    let mut asked = 0;
    for (method, template, _) in stranger.document.operations() {
        // A report is no thing of anybody: it counts what is one's own. Of other organisations the administrator of the
        // installation knows, and nobody else asks for any (`roles`).
        let elsewhere = template.contains("{report}") || template.contains("{organisation}");
        if !template.contains('{') || elsewhere {
            continue;
        }
        let template = template.trim_start_matches("/api/v1").to_owned();
        // `/org-units/{unit}` is a department, elsewhere `{unit}` is one of a course.
        let place = if template.starts_with("/org-units") { text(&department["id"]) } else { unit.clone() };
        let fill = |values: &[(&str, String)], unit: &str| {
            let mut path = template.clone();
            for (name, value) in values {
                path = path.replace(name, value);
            }
            let path = path.replace("{unit}", unit);
            assert!(!path.contains('{'), "{path}: say what stands for its parameter");
            path
        };
        let section = &real[3].1;
        let theirs = send(&stranger, &method, &template, &fill(&real, &place), section).await;
        let never = uuid::Uuid::new_v4().to_string();
        let unknown: Vec<(&str, String)> = real
            .iter()
            .map(|(name, _)| (*name, if *name == "{language}" { "pl".into() } else { never.clone() }))
            .collect();
        let nothing = send(&stranger, &method, &template, &fill(&unknown, &never), &never).await;
        let what = format!("{method} {template}");
        assert_eq!(theirs.page.status, 404, "{what}: {}", theirs.page.text);
        assert_eq!(theirs.page.text, nothing.page.text, "{what}");
        assert_eq!(theirs.page.headers.len(), nothing.page.headers.len(), "{what}");
        // Their section, unit or enrolment is not to be had through a course of one's own either.
        if template.starts_with("/courses/{course}/") && template.matches('{').count() > 1 {
            let mut mixed = real.clone();
            mixed[0].1 = text(&own["slug"]);
            let through = send(&stranger, &method, &template, &fill(&mixed, &place), section).await;
            assert_eq!(through.page.status, 404, "{what} through an own course: {}", through.page.text);
        }
        asked += 1;
    }
    assert!(asked > 45, "{asked}");
    // Neither as what one adds: a foreign person in an own group, a foreign target of an own course.
    let group = stranger.post("/groups", json!({ "name": "Własna" })).await.assert(201);
    stranger
        .put(&format!("/groups/{}/members/{}", text(&group["id"]), jan.id), Value::Null)
        .await
        .refused(404, "not-found");
    let enrolments = format!("/courses/{}/enrolments", text(&own["slug"]));
    for (kind, id) in [("person", &real[1].1), ("group", &real[2].1)] {
        let theirs = stranger.post(&enrolments, json!({ "kind": kind, "target": id })).await;
        let never = uuid::Uuid::new_v4();
        let nothing = stranger.post(&enrolments, json!({ "kind": kind, "target": never })).await;
        assert!(theirs.page.status.is_client_error(), "{}", theirs.page.text);
        assert_eq!(theirs.page.text, nothing.page.text);
    }
    // And nothing of it happened.
    zofia.get(&format!("/people/{}", jan.id)).await.assert(200)["given_name"]
        .as_str()
        .filter(|name| *name == "Osoba")
        .unwrap();
    assert_eq!(zofia.get(&format!("/courses/{}", course.slug())).await.assert(200)["title"], "Kurs");
    app.end().await;
}

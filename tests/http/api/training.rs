//! Training that counts through the API: rules, obligations, tests, certificates, notices, search; by role, and with ids of others.

use courses::enrolment::Target;
use reqwest::Method;
use serde_json::{Value, json};

use super::call::Api;
use crate::harness::{House, Someone, TestApp};
use crate::http::quizzes::write;

const TEST: &str = "\
Próg zaliczenia: 60%
Liczba podejść: 2
Kolejność pytań: stała
Odpowiedzi: po zakończeniu

## Skrót

Jak w skrócie?

Odpowiedź: TAJNYBIP

Wyjaśnienie: TAJNEWYJASNIENIE

## Liczba

Ile?

Liczba: 31337
";

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A published course of everybody with one unit and a test; the id of the unit.
async fn course(office: &House<'_>, ada: &Someone) -> String {
    let course = office.course(ada, "Ochrona danych", &[("Wstęp", "Treść o monitoringu.")]).await;
    let unit = write(office, ada, &course, TEST).await;
    office.publish(ada, &course, &[Target::Everybody]).await;
    unit.to_string()
}

const C: &str = "/courses/ochrona-danych";

#[tokio::test]
async fn a_rule_is_made_changed_and_ended_and_people_see_what_it_asks_for() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, ola) = (office.learner("jan").await, office.learner("ola").await);
    course(&office, &ada).await;
    let (teacher, api, other) = (
        Api::sign_in(&app, "ada@brzozow").await,
        Api::sign_in(&app, "jan@brzozow").await,
        Api::sign_in(&app, "ola@brzozow").await,
    );
    let rules = format!("{C}/rules");
    assert_eq!(teacher.get(&rules).await.assert(200)["total"], 0, "everybody may, nobody must");
    for (wrong, field, problem) in [
        (json!({ "kind": "person", "person": "jan", "due": "after" }), "due_days", "missing"),
        (
            json!({ "kind": "person", "person": "jan", "due": "after", "due_days": 0 }),
            "due_days",
            "malformed",
        ),
        (
            json!({ "kind": "person", "person": "jan", "due": "fixed", "due_on": "jutro" }),
            "due_on",
            "malformed",
        ),
        (
            json!({ "kind": "person", "person": "jan", "due": "yearly", "due_month": 2, "due_day": 30 }),
            "due_day",
            "malformed",
        ),
        (json!({ "kind": "person", "person": "jan", "valid_months": 999 }), "valid_months", "malformed"),
    ] {
        teacher.post(&rules, wrong).await.names(field, problem);
    }
    let new =
        json!({ "kind": "person", "target": jan.id, "due": "after", "due_days": 10, "valid_months": 12 });
    let made = teacher.post(&rules, new.clone()).await.assert(201);
    assert_eq!((&made["due"], &made["due_days"], &made["people"]), (&json!("after"), &json!(10), &json!(1)));
    teacher.post(&rules, new).await.names("target", "taken");
    // The one it covers has it to do and was told; nobody else.
    let own = api.get("/me/obligations").await.assert(200);
    assert_eq!(
        (
            &own["items"][0]["course"],
            &own["items"][0]["cycles"][0]["state"],
            &own["items"][0]["reasons"][0]["kind"]
        ),
        (&json!("ochrona-danych"), &json!("open"), &json!("person"))
    );
    let due = text(&own["items"][0]["cycles"][0]["due_on"]);
    assert_eq!(other.get("/me/obligations").await.assert(200)["items"], json!([]));
    assert_eq!(
        api.get("/me/notices").await.assert(200)["items"][0]["text"],
        "Masz nowe szkolenie: Ochrona danych"
    );
    let people = teacher.get(&format!("{C}/obligations")).await.assert(200);
    assert_eq!(people["total"], 1);
    assert_eq!(
        (&people["items"][0]["name"], &people["items"][0]["result"], &people["items"][0]["due_on"]),
        (&json!("JAN Osoba"), &json!("not_taken"), &json!(due))
    );
    let behind = teacher.get(&format!("{C}/obligations?page=9")).await.assert(200);
    assert_eq!((&behind["items"], &behind["total"], &behind["pages"]), (&json!([]), &json!(1), &json!(1)));
    // Changed once; who comes with the old revision is told so.
    let one = format!("{rules}/{}", text(&made["id"]));
    let change = json!({ "revision": made["revision"], "due": "yearly", "due_month": 1, "due_day": 31 });
    let changed = teacher.put(&one, change.clone()).await.assert(200);
    assert_eq!((&changed["due_month"], &changed["due_days"]), (&json!(1), &Value::Null));
    teacher.put(&one, change).await.refused(409, "changed-meanwhile");
    let moved = api.get("/me/obligations").await.assert(200);
    assert!(text(&moved["items"][0]["cycles"][0]["due_on"]).ends_with("-01-31"), "{moved}");
    for learner in [&api, &other] {
        learner.get(&rules).await.refused(403, "not-allowed");
        learner.delete(&one).await.refused(403, "not-allowed");
        learner.get(&format!("{C}/obligations")).await.refused(403, "not-allowed");
    }
    // What is no rule is not ended as one.
    let all = teacher.get(&format!("{C}/enrolments")).await.assert(200);
    let free = all["items"].as_array().unwrap().iter().find(|one| one["kind"] == "everybody").unwrap();
    teacher.delete(&format!("{rules}/{}", text(&free["id"]))).await.refused(404, "not-found");
    teacher.delete(&one).await.assert(204);
    assert_eq!(teacher.get(&rules).await.assert(200)["total"], 0);
    let after = api.get("/me/obligations").await.assert(200);
    assert!(after["items"][0]["cycles"][0]["state"] == "released", "{after}");
    drop(ola);
    app.end().await;
}

#[tokio::test]
async fn a_test_tells_its_key_to_those_who_teach_and_to_a_learner_not_before_it_may() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, ola) = (office.learner("jan").await, office.learner("ola").await);
    let unit = course(&office, &ada).await;
    let (teacher, api, other) = (
        Api::sign_in(&app, "ada@brzozow").await,
        Api::sign_in(&app, "jan@brzozow").await,
        Api::sign_in(&app, "ola@brzozow").await,
    );
    let u = format!("{C}/units/{unit}");
    let test = teacher.get(&format!("{u}/test/questions")).await.assert(200);
    assert_eq!(test["questions"][0]["kind"]["accepted"], json!(["TAJNYBIP"]));
    assert_eq!((&test["settings"]["pass_percent"], &test["settings"]["attempts"]), (&json!(60), &json!(2)));
    let bank = teacher.get(&format!("{C}/questions?q=tajnybip")).await.assert(200);
    assert_eq!((&bank["total"], &bank["items"][0]["versions"]), (&json!(1), &json!(1)));
    assert_eq!(bank["items"][0]["units"], json!([unit]));
    assert_eq!((&bank["items"][0]["drawn_by"], &test["draws"]), (&json!([]), &json!([])));
    let rest = teacher.get(&format!("{C}/questions?page=9")).await.assert(200);
    assert_eq!((&rest["items"], &rest["page"]), (&json!([]), &json!(9)));
    // A zero, which the database does not take, finds what the rest of the letters find.
    let all = teacher.get(&format!("{C}/questions")).await.assert(200);
    for (query, count) in [("q=tajny%00bip", &json!(1)), ("tag=%00", &all["total"]), ("tag=x%00", &json!(0))]
    {
        let found = teacher.get(&format!("{C}/questions?{query}")).await.assert(200);
        assert_eq!(&found["total"], count, "{query}");
    }
    let unused = teacher.get(&format!("{C}/questions?unused=true")).await.assert(200);
    assert_eq!(unused["total"], json!(0));
    api.get(&format!("{C}/questions")).await.refused(403, "not-allowed");
    for path in ["test/questions", "test/results"] {
        api.get(&format!("{u}/{path}")).await.refused(403, "not-allowed");
    }
    let before = api.get(&format!("{u}/attempts")).await.assert(200);
    assert_eq!((&before["left"], &before["items"]), (&json!(2), &json!([])));
    // The first attempt fails; the key stays where it is, in every answer.
    let page = "/courses/ochrona-danych/wstep";
    jan.client.get(page).await.assert(200);
    let attempt = async |answers: &[(&str, &str)]| {
        let first = jan.client.post(&format!("{page}/test"), &[]).await.assert(303).location();
        let path = first.strip_suffix("/questions/1").unwrap().to_owned();
        for (number, answer) in answers.iter().enumerate() {
            let way = format!("{path}/questions/{}", number + 1);
            jan.client.post(&way, &[*answer]).await.assert(303);
        }
        let id = path.rsplit('/').next().unwrap().to_owned();
        let open = api.get(&format!("{u}/attempts/{id}")).await;
        assert!(!open.page.text.contains("TAJNE") && !open.page.text.contains("31337"), "{}", open.page.text);
        assert_eq!(open.assert(200)["attempt"]["submitted_at"], Value::Null);
        jan.client.post(&format!("{path}/submit"), &[]).await.assert(303);
        format!("{u}/attempts/{id}")
    };
    let first = attempt(&[("text", "nie wiem"), ("number", "1")]).await;
    let failed = api.get(&first).await;
    for secret in ["TAJNYBIP", "TAJNEWYJASNIENIE", "31337"] {
        assert!(!failed.page.text.contains(secret), "{}", failed.page.text);
    }
    let failed = failed.assert(200);
    assert_eq!((&failed["attempt"]["passed"], &failed["revealed"]), (&json!(false), &json!(false)));
    assert_eq!(failed["questions"], json!([]));
    let second = attempt(&[("text", "tajnybip"), ("number", "31337")]).await;
    let passed = api.get(&second).await.assert(200);
    assert_eq!(
        (&passed["attempt"]["passed"], &passed["attempt"]["score_per_mille"]),
        (&json!(true), &json!(1000))
    );
    assert_eq!(
        (&passed["revealed"], &passed["questions"][0]["score_per_mille"]),
        (&json!(true), &json!(1000))
    );
    assert_eq!(passed["questions"][0]["explained"]["feedback"], "TAJNEWYJASNIENIE");
    assert_eq!(api.get(&format!("{u}/attempts")).await.assert(200)["left"], 0);
    // Another's attempt is not there: not for a colleague, and not for the teacher, who has the results.
    for who in [&other, &teacher] {
        who.get(&second).await.refused(404, "not-found");
    }
    let results = teacher.get(&format!("{u}/test/results")).await.assert(200);
    assert_eq!((&results["total"], &results["items"][0]["name"]), (&json!(2), &json!("JAN Osoba")));
    assert_eq!(results["items"][0]["attempt"]["passed"], true);
    teacher.get(&format!("{C}/units/{}/test/results", uuid::Uuid::new_v4())).await.refused(404, "not-found");
    drop(ola);
    app.end().await;
}

#[tokio::test]
async fn certificates_are_listed_given_out_and_checked_by_anybody() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, _) = (office.learner("jan").await, office.learner("ola").await);
    let made = office.course(&ada, "RODO", &[("Lekcja", "Tekst.")]).await;
    office.publish(&ada, &made, &[Target::Everybody]).await;
    jan.client.post("/courses/rodo/lekcja/finish", &[]).await.assert(303);
    let (teacher, api, other) = (
        Api::sign_in(&app, "ada@brzozow").await,
        Api::sign_in(&app, "jan@brzozow").await,
        Api::sign_in(&app, "ola@brzozow").await,
    );
    let own = api.get("/me/certificates").await.assert(200);
    assert_eq!((&own["total"], &own["items"][0]["state"]), (&json!(1), &json!("valid")));
    let (id, number) = (text(&own["items"][0]["id"]), text(&own["items"][0]["number"]));
    assert_eq!(other.get("/me/certificates").await.assert(200)["total"], 0);
    assert_eq!(
        teacher.get("/courses/rodo/certificates").await.assert(200)["items"][0]["number"],
        json!(number)
    );
    api.get("/courses/rodo/certificates").await.refused(403, "not-allowed");
    let file = format!("/me/certificates/{id}");
    let paper = api.get(&format!("{file}/document")).await;
    assert_eq!(
        (paper.page.status.as_u16(), paper.page.header("content-type")),
        (200, "application/pdf".to_owned())
    );
    assert!(paper.page.text.starts_with("%PDF"));
    let signed = api.get(&format!("{file}/credential")).await;
    assert_eq!(signed.page.status, 200);
    assert_eq!(signed.page.text.split('.').count(), 3, "{}", signed.page.text);
    for what in ["document", "credential"] {
        other.get(&format!("{file}/{what}")).await.refused(404, "not-found");
        teacher.get(&format!("{file}/{what}")).await.refused(404, "not-found");
    }
    // Nobody need be signed in to check one; a slip is told apart from a number that there is not.
    let nobody = Api::nobody(&app).await;
    let check = async |number: &str| nobody.get(&format!("/certificates/check?number={number}")).await;
    let checked = check(&number).await.assert(200);
    assert_eq!(
        (&checked["name"], &checked["title"], &checked["state"]),
        (&json!("Osoba JAN"), &json!("RODO"), &json!("valid"))
    );
    assert_eq!(check(&number.replace('-', "").to_lowercase()).await.assert(200)["number"], json!(number));
    check("0000-0000").await.names("number", "malformed");
    nobody.get("/certificates/check").await.names("number", "missing");
    nobody.get("/me/certificates").await.refused(401, "sign-in-first");
    app.end().await;
}

#[tokio::test]
async fn notices_are_read_and_wished_for_and_search_finds_what_one_may_see() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let jan = office.learner("jan").await;
    course(&office, &ada).await;
    for title in ["Pierwszy", "Drugi"] {
        let made = office.course(&ada, title, &[("Lekcja", "Tekst o ratuszu.")]).await;
        office.publish(&ada, &made, &[Target::Person(jan.id)]).await;
    }
    let api = Api::sign_in(&app, "jan@brzozow").await;
    office.learner("ola").await;
    let other = Api::sign_in(&app, "ola@brzozow").await;
    let list = api.get("/me/notices").await.assert(200);
    assert_eq!((&list["total"], &list["items"][0]["subject"]), (&json!(2), &json!("Drugi")));
    let (newest, older) = (text(&list["items"][0]["id"]), text(&list["items"][1]["id"]));
    other.act(&format!("/me/notices/{newest}/read")).await.refused(404, "not-found");
    api.act(&format!("/me/notices/{older}/read")).await.assert(204);
    let read = |list: &Value| (list["items"][0]["read"].clone(), list["items"][1]["read"].clone());
    assert_eq!(read(&api.get("/me/notices").await.assert(200)), (json!(false), json!(true)));
    api.post("/me/notices/read", json!({ "until": newest })).await.assert(204);
    assert_eq!(read(&api.get("/me/notices").await.assert(200)), (json!(true), json!(true)));
    let mut wishes = api.get("/me/notices/preferences").await.assert(200);
    assert_eq!((&wishes["expiring"], &wishes["quiet_from"]), (&json!("daily"), &json!("20:00")));
    wishes["quiet_from"] = json!("25:00");
    api.put("/me/notices/preferences", wishes.clone()).await.names("quiet_from", "malformed");
    wishes["quiet_from"] = json!("21:30");
    wishes["assigned"] = json!("never");
    assert_eq!(api.put("/me/notices/preferences", wishes.clone()).await.assert(200), wishes);
    assert_eq!(api.get("/me/notices/preferences").await.assert(200), wishes);
    jan.client.get("/notices/settings").await.assert(200).has("value=\"21:30\"");
    assert_eq!(other.get("/me/notices/preferences").await.assert(200)["assigned"], "daily");
    // Search: the place to jump to, and nothing of what one may not see.
    let found = api.get("/search?q=ratuszu").await.assert(200);
    assert_eq!(found["courses"].as_array().unwrap().len(), 2, "{found}");
    assert_eq!(found["courses"][0]["hits"][0]["place"], "unit");
    assert!(text(&found["courses"][0]["hits"][0]["path"]).ends_with("/lekcja"), "{found}");
    assert_eq!(other.get("/search?q=ratuszu").await.assert(200)["courses"], json!([]));
    api.get("/search").await.names("q", "missing");
    let said = api.send(Method::GET, "/search?q=ratuszu&x=1", |request| request).await;
    said.names("x", "unknown-field");
    app.end().await;
}

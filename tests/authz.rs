//! Who may do what, walked from the outside: the printed table of roles, and every route as nobody and as a stranger.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use app::Who;
use courses::enrolment::Target;
use identity::Role;
use identity::permit::{Kind, Verb, may};

use crate::harness::{Client, Page, TestApp};

fn expected(name: &str) -> String {
    std::fs::read_to_string(TestApp::root().join("tests/expect").join(name)).unwrap_or_default()
}

#[test]
fn the_printed_table_of_roles_is_the_one_that_is_in_force() {
    let kinds = [
        Kind::Organisation,
        Kind::People,
        Kind::AnyCourse,
        Kind::TaughtCourse,
        Kind::EnrolledCourse,
        Kind::OwnAccount,
        Kind::Devices,
        Kind::OwnLoans,
    ];
    let verbs = [Verb::See, Verb::Create, Verb::Change, Verb::Follow];
    let mut table =
        "Who may do what. ✔ may, · may not. Within one's own organisation, apart from Organisation.\n"
            .to_owned();
    for role in Role::ALL {
        write!(table, "\n{}\n", role.word()).unwrap();
        for kind in kinds {
            let marks: Vec<String> = verbs
                .iter()
                .map(|verb| format!("{verb:?} {}", if may(role, *verb, kind) { "✔" } else { "·" }))
                .collect();
            writeln!(table, "  {:<16}{}", format!("{kind:?}"), marks.join("  ")).unwrap();
        }
    }
    assert!(table == expected("roles.txt"), "the table is now (tests/expect/roles.txt):\n{table}");
}

/// A path with real ids of the first organisation in place of its parameters.
pub fn filled(path: &str, real: &[(&str, String)]) -> String {
    // `{id}` is of the kind that stands before it: `/films/{id}`.
    let mut path = path.to_owned();
    for (name, value) in real {
        path = path.replace(&format!("/{name}s/{{id}}"), &format!("/{name}s/{value}"));
    }
    for (name, value) in real {
        path = path.replace(&format!("{{{name}}}"), value);
    }
    assert!(!path.contains('{'), "{path}: say in tests/authz.rs what stands for its parameter");
    path
}

async fn told(client: &Client, method: &reqwest::Method, path: &str) -> Page {
    let mut request = client.request(method.clone(), path).header("tus-resumable", "1.0.0");
    if *method == reqwest::Method::POST {
        request = request.header("content-type", "application/x-www-form-urlencoded").body("");
    }
    client.send(request).await
}

async fn ask(client: &Client, method: &reqwest::Method, path: &str) -> u16 {
    let page = told(client, method, path).await;
    if page.status == 303 && page.location().starts_with("/sign-in") { 401 } else { page.status.as_u16() }
}

#[tokio::test]
async fn every_route_refuses_nobody_and_hides_from_strangers() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let jan = office.learner("jan").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    let group = office.group("Redaktorzy", &[&jan]).await;
    let tested = crate::http::quizzes::write(&office, &ada, &course, crate::http::quizzes::TEST).await;
    office.publish(&ada, &course, &[Target::Group(group)]).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let outline = courses::outline::draft(&mut tx, &course).await.unwrap();
    let unit = &outline[0].units[0];
    assert_eq!(unit.id, tested);
    let film = courses::film::of_unit(&mut tx, &course, unit.id).await.unwrap().film();
    tx.commit().await.unwrap();
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let enrolment = courses::enrolment::all(&mut tx, &course).await.unwrap()[0].id;
    drop(tx);
    let register = crate::http::register::one_of_everything(&office, &ada).await;
    let loans = crate::http::loans::one_of_everything(&office, &ada).await;
    let applications = crate::http::applications::one_of_everything(&office, &ada).await;
    let stocktakes = crate::http::stocktake::one_of_everything(&office, &ada).await;
    let reports = crate::http::reports::one_of_everything(&office, &ada).await;
    let retention = crate::http::retention::one_of_everything(&office, &ada).await;
    let notices = crate::http::notices::one_of_everything(&office, &jan).await;
    let quizzes = crate::http::quizzes::one_of_everything(&ada, &jan, course.slug(), unit).await;
    let certificates = crate::http::certificates::one_of_everything(&office, &jan).await;
    let obligations = crate::http::obligations::one_of_everything(&office, &ada).await;
    let some = uuid::Uuid::new_v4().to_string();
    let real: Vec<(&str, String)> = [
        ("slug", course.slug().to_owned()),
        ("office", office.slug.clone()),
        ("course", course.slug().to_owned()),
        ("unit", unit.slug.clone()),
        ("unit_id", unit.id.to_string()),
        ("section", outline[0].id.to_string()),
        ("section_id", outline[0].id.to_string()),
        ("film", film.to_string()),
        ("person", jan.id.to_string()),
        ("group", group.to_string()),
        ("enrolment", enrolment.to_string()),
        ("enrolment_id", enrolment.to_string()),
        ("id", jan.id.to_string()),
        ("member", jan.id.to_string()),
        ("upload", some.clone()),
        ("media", some.clone()),
        ("offer", some.clone()),
        ("publisher", some.clone()),
        ("session", some.clone()),
        ("ticket", "x".to_owned()),
        ("secret", "x".to_owned()),
        ("code", "not-found".to_owned()),
        ("number", "1".to_owned()),
        ("name", "x.png".to_owned()),
        ("file", "pl.vtt".to_owned()),
        ("language", "pl".to_owned()),
        ("step", "up".to_owned()),
        ("at_ms", "0".to_owned()),
        ("playlist", "master.m3u8".to_owned()),
        ("rendition", "240p".to_owned()),
        ("note", uuid::Uuid::new_v4().to_string()),
    ]
    .into_iter()
    .chain(register)
    .chain(loans)
    .chain(applications)
    .chain(stocktakes)
    .chain(reports)
    .chain(retention)
    .chain(quizzes)
    .chain(crate::http::review::some())
    .chain(notices)
    .chain(certificates)
    .chain(obligations)
    .collect();
    let other = app.office("inny").await;
    // Signed in in both ways: by cookie, and with a ticket of the API. Nothing of the first office may answer.
    let stranger = other.learner("obcy").await.with_ticket().await;
    // One who may do everything in an office of their own: no page of the first one, and nothing of it in a refusal.
    let roles = [Role::OrganisationAdmin, Role::Instructor, Role::DeviceClerk];
    let mighty = other.person("wladny", &roles).await.with_ticket().await;
    let nobody = app.visitor();
    let mut wrong = Vec::new();
    let mut open = BTreeSet::new();
    let mut routes = 0;
    for route in app::routes::pages().list() {
        routes += 1;
        let path = filled(route.path, &real);
        let status = ask(&nobody, &route.method, &path).await;
        match route.who {
            Who::Anybody => {
                open.insert(format!("{} {}", route.method, route.path));
            }
            Who::SignedIn => assert_eq!(status, 401, "{} {path} as nobody", route.method),
            Who::Ticket => assert_eq!(status, 403, "{} {path} without a ticket", route.method),
        }
        if route.who == Who::SignedIn && route.path.contains('{') {
            let status = ask(&stranger, &route.method, &path).await;
            assert!((400..500).contains(&status), "{} {path} as a stranger: {status}", route.method);
            assert_ne!(status, 401, "{} {path}: the stranger is signed in", route.method);
            // A report is no thing of anybody: it counts what is one's own.
            if !route.path.contains("{report}") {
                let page = told(&mighty, &route.method, &path).await;
                let here = format!("{} {path}: {}", route.method, page.status);
                let refused = if route.method == reqwest::Method::GET {
                    page.status == 404
                } else {
                    page.status.is_client_error()
                };
                let theirs = ["Redaktorzy", "Osoba JAN", "UZ-1", "Zdalna Szkoła", "Dostawa 1"];
                if !refused || theirs.iter().any(|word| page.text.contains(word)) {
                    wrong.push(here);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(routes > 40, "only {routes} routes were walked");
    let list: String = open.iter().map(|line| format!("{line}\n")).collect();
    // The list may only shrink.
    let known: BTreeSet<String> = expected("open_routes.txt").lines().map(str::to_owned).collect();
    let new: Vec<&String> = open.iter().filter(|line| !known.contains(*line)).collect();
    assert!(new.is_empty(), "newly open: {new:#?}\nall of tests/expect/open_routes.txt would be:\n{list}");
    app.end().await;
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let send = async |headers: &[(&str, &str)]| {
        let mut request =
            ada.client.request(reqwest::Method::POST, "/language").form(&[("lang", "en"), ("back", "/")]);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        ada.client.send(request).await.status.as_u16()
    };
    assert_eq!(send(&[("sec-fetch-site", "cross-site")]).await, 403);
    assert_eq!(send(&[("sec-fetch-site", "same-site")]).await, 403);
    assert_eq!(send(&[("origin", "https://example.org")]).await, 403);
    assert_eq!(send(&[("origin", "null")]).await, 403);
    assert_eq!(send(&[("sec-fetch-site", "same-origin")]).await, 303);
    assert_eq!(send(&[]).await, 303);
    app.end().await;
}

#[tokio::test]
async fn every_answer_carries_the_policy() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    for path in ["/sign-in", "/nie-ma", "/assets/style.css", "/statement"] {
        let page = app.visitor().get(path).await;
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "same-origin");
    }
    app.end().await;
}

//! Who may do what, walked from the outside: the printed table of roles, and every route as nobody and as a stranger.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use app::Who;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use courses::enrolment::Target;
use courses::{MediaId, Taught};
use identity::Role;
use identity::permit::{Kind, Verb, may};
use video::FilmId;

use crate::harness::{Client, House, Page, Someone, TestApp, owner};

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
    if let Some((_, media)) = real.iter().find(|(name, _)| *name == "media") {
        path = path.replace("/media/{id}/", &format!("/media/{media}/"));
    }
    // A unit of the office, and not of a course.
    if let Some((_, unit)) = real.iter().find(|(name, _)| *name == "org-unit") {
        path = path.replace("/org-units/{unit}", &format!("/org-units/{unit}"));
        if let Some(rest) = path.strip_prefix("/units/{id}") {
            path = format!("/units/{unit}{rest}");
        }
    }
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
    if *method == reqwest::Method::PATCH && path.starts_with("/api/tus/") {
        request =
            request.header("content-type", "application/offset+octet-stream").header("upload-offset", 0);
    }
    client.send(request).await
}

async fn ask(client: &Client, method: &reqwest::Method, path: &str) -> u16 {
    let page = told(client, method, path).await;
    if page.status == 303 && page.location().starts_with("/sign-in") { 401 } else { page.status.as_u16() }
}

const VTT: &[u8] = b"WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nTAJNENAPISY\n";

/// A picture of a course, and a film of its first unit that is there with its bytes, captions and a still: an empty one would hide
/// itself from everybody.
async fn shown(office: &House<'_>, ada: &Someone, course: &Taught) -> (FilmId, MediaId) {
    let app = office.app;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, course).await.unwrap()[0].units[0].id;
    let film = courses::film::of_unit(&mut tx, course, unit).await.unwrap();
    video::caption::attach(&mut tx, &film, "pl", "polski", VTT).await.unwrap();
    let picture = bytes::Bytes::from_static(b"\x89PNG\r\n\x1a\n");
    let media = courses::media::add(&mut tx, &app.ground.blobs, course, "x.png", picture).await.unwrap().id;
    tx.commit().await.unwrap();
    let film = film.film();
    crate::http::open::make(app, film).await;
    let still = "insert into film_still (organisation_id, film_id, fence, at_ms, blob_key)
                 select organisation_id, id, fence, 0, poster_key from film where id = $1";
    sqlx::query(still).bind(film.0).execute(&mut owner(app).await).await.unwrap();
    (film, media)
}

/// An upload that has begun, of a film of another course.
async fn uploading(office: &House<'_>, ada: &Someone) -> String {
    let course = office.course(ada, "Wysyłka", &[("Film", "Tekst.")]).await;
    let mut tx = office.app.ground.db.begin(&ada.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, &course).await.unwrap()[0].units[0].id;
    let film = courses::film::of_unit(&mut tx, &course, unit).await.unwrap().film();
    tx.commit().await.unwrap();
    let request = ada.client.request(reqwest::Method::POST, "/api/tus").header("tus-resumable", "1.0.0");
    let named = format!("film {}", STANDARD.encode(film.to_string()));
    let request = request.header("upload-length", 100).header("upload-metadata", named);
    let place = ada.client.send(request).await.assert(201).location();
    place.rsplit('/').next().unwrap().to_owned()
}

/// An offer that one from elsewhere has seen with its picture, and that was withdrawn before they adopted it.
async fn withdrawn(
    ada: &Someone,
    office: &House<'_>,
    course: &Taught,
    media: MediaId,
    other: &Client,
) -> String {
    let home = format!("/teaching/{}/offer", course.slug());
    ada.client.post(&home, &[]).await.assert(303);
    let mut tx = office.app.ground.db.begin(&ada.actor).await.unwrap();
    let offer = courses::offer::standing(&mut tx, course).await.unwrap().unwrap().id.to_string();
    drop(tx);
    let place = format!("/catalogue/installation/{offer}");
    other.get(&place).await.assert(200);
    other.get(&format!("{place}/media/{media}/x.png")).await.assert(200);
    ada.client.post(&format!("{home}/withdraw"), &[]).await.assert(303);
    offer
}

#[tokio::test]
async fn every_route_refuses_nobody_and_hides_from_strangers() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let jan = office.learner("jan").await;
    let text = "Tekst.\n\n![Obraz](media/x.png)";
    let course = office.course(&ada, "Kurs", &[("Lekcja", text)]).await;
    let group = office.group("Redaktorzy", &[&jan]).await;
    let tested = crate::http::quizzes::write(&office, &ada, &course, crate::http::quizzes::TEST).await;
    let (film, media) = shown(&office, &ada, &course).await;
    office.publish(&ada, &course, &[Target::Group(group)]).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let outline = courses::outline::draft(&mut tx, &course).await.unwrap();
    let unit = &outline[0].units[0];
    assert_eq!(unit.id, tested);
    drop(tx);
    let notes = format!("/films/{film}/notes");
    jan.client.post(&notes, &[("at", "0:02"), ("note", "TAJNANOTATKA")]).await.assert(303);
    let mut tx = app.ground.db.begin(&jan.actor).await.unwrap();
    let note = video::note::own(&mut tx, &video::Watchable::granted(film)).await.unwrap()[0].id.to_string();
    drop(tx);
    let upload = uploading(&office, &ada).await;
    let department = crate::http::obligations::unit(&office, None, "Wydział Zagadek").await;
    let other = app.office("inny").await;
    // Signed in in both ways: by cookie, and with a ticket of the API. Nothing of the first office may answer.
    let stranger = other.learner("obcy").await.with_ticket().await;
    // One who may do everything in an office of their own: no page of the first one, and nothing of it in a refusal.
    let roles = [Role::OrganisationAdmin, Role::Instructor, Role::DeviceClerk];
    let mighty = other.person("wladny", &roles).await.with_ticket().await;
    let offer = withdrawn(&ada, &office, &course, media, &mighty).await;
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
        ("upload", upload.clone()),
        ("org-unit", department.to_string()),
        ("media", media.to_string()),
        ("picture", media.to_string()),
        ("offer", offer),
        ("publisher", office.id.to_string()),
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
        ("note", note.clone()),
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
                let theirs = [
                    "Redaktorzy",
                    "Osoba JAN",
                    "UZ-1",
                    "Zdalna Szkoła",
                    "Dostawa 1",
                    "TAJNENAPISY",
                    "TAJNANOTATKA",
                    "Wydział Zagadek",
                ];
                if !refused || theirs.iter().any(|word| page.text.contains(word)) {
                    wrong.push(here);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // A session is named in a form: nobody ends another's.
    let session: uuid::Uuid =
        sqlx::query_scalar("select id from session where person_id = $1 and kind = 'browser'")
            .bind(jan.id.0)
            .fetch_one(&mut owner(&app).await)
            .await
            .unwrap();
    for client in [&stranger, &mighty] {
        client.post("/account/sessions/end", &[("id", &session.to_string())]).await.assert(404);
    }
    // Whose these things are, for them the same addresses lead somewhere, also after everybody else has tried everything.
    for (who, path, status) in [
        (&jan, format!("/films/{film}/master.m3u8"), 303),
        (&jan, format!("/films/{film}/plain.mp4"), 200),
        (&jan, format!("/films/{film}/poster.jpg"), 200),
        (&jan, format!("/films/{film}/captions/pl.vtt"), 200),
        (&jan, format!("{notes}/{note}"), 200),
        (&jan, format!("/courses/{}/media/{media}/x.png", course.slug()), 200),
        (&ada, format!("/studio/{film}/poster"), 200),
        (&ada, format!("/studio/{film}/stills/0"), 200),
    ] {
        who.client.get(&path).await.assert(status);
    }
    let there: i64 = sqlx::query_scalar("select count(*) from org_unit where id = $1")
        .bind(department.0)
        .fetch_one(&mut owner(&app).await)
        .await
        .unwrap();
    assert_eq!(there, 1);
    let mine = told(&ada.client, &reqwest::Method::HEAD, &format!("/api/tus/{upload}")).await.assert(200);
    assert_eq!(mine.header("upload-offset"), "0");
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

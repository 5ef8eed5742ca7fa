//! Notices, their letters, the calendar and the first page, through the outer door.

use std::time::Duration;

use base::Actor;
use base::worker::Handlers;
use courses::Taught;
use courses::enrolment::Target;
use notices::letters;
use reqwest::Method;
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

use crate::harness::lending::{clerk, laptops, signed, until};
use crate::harness::{Client, House, Page, Someone, TestApp, owner, refused_by, set_clock};

const NOON: OffsetDateTime = datetime!(2026-11-21 11:00 UTC);

async fn course(office: &House<'_>, author: &Someone, title: &str, targets: &[Target]) -> Taught {
    let course = office.course(author, title, &[("Wstęp", "Tekst."), ("Dalej", "Tekst.")]).await;
    office.publish(author, &course, targets).await;
    course
}

/// Gives a person a deadline, as a rule does.
async fn deadline(app: &TestApp, course: &Taught, person: &Someone, day: Date) {
    let mut owner = owner(app).await;
    sqlx::query(
        "insert into taking (id, organisation_id, course_id, person_id, cycle, assigned_at, due_on)
         select gen_random_uuid(), organisation_id, $1, id, 1, now(), $3 from person where id = $2
         on conflict (person_id, course_id, cycle) do update set due_on = excluded.due_on",
    )
    .bind(course.id().0)
    .bind(person.id.0)
    .bind(day)
    .execute(&mut owner)
    .await
    .unwrap();
}

/// The letters that wait: receiver, subject, text, the address that refuses.
pub async fn letters_of(app: &TestApp) -> Vec<(String, String, String, String)> {
    let mut tx = app.ground.db.begin(&Actor::installation("test")).await.unwrap();
    let rows: Vec<(serde_json::Value,)> = sqlx::query_as(
        "select args from job where kind = 'mail' and args ? 'refuse' order by created_at, key",
    )
    .fetch_all(tx.connection())
    .await
    .unwrap();
    let text = |args: &serde_json::Value, name: &str| args[name].as_str().unwrap_or_default().to_owned();
    rows.iter()
        .map(|(args,)| (text(args, "to"), text(args, "subject"), text(args, "text"), text(args, "refuse")))
        .collect()
}

/// Does what the housekeeping asks for each minute, and the job that it asks for; the letters wait to be sent.
pub async fn write_letters(app: &TestApp) {
    letters::ask_due(&app.ground.db).await.unwrap();
    let url = app.config.public_url();
    let run = move |task| {
        let url = url.clone();
        async move { letters::run(&url, app::notices::letter::told, task).await }
    };
    work(app, Handlers::default().add(letters::KIND, run, letters::give_up), letters::KIND).await;
}

/// Works until no job of that kind is left.
pub async fn work(app: &TestApp, handlers: Handlers, kind: &str) {
    let (stop, ending) = tokio::sync::watch::channel(false);
    let working = tokio::spawn(base::worker::run(app.ground.db.clone(), handlers, 1, ending));
    let mut left = 1;
    for _ in 0..2400 {
        let mut tx = app.ground.db.begin(&Actor::installation("test")).await.unwrap();
        let sql = "select count(*) from job where kind = $1 and state in ('waiting', 'running')";
        left = sqlx::query_scalar::<_, i64>(sql).bind(kind).fetch_one(tx.connection()).await.unwrap();
        if left == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(left, 0, "{kind}");
    stop.send(true).unwrap();
    working.await.unwrap();
}

/// One row of everything that an address of notices can name, for the walk over all routes.
pub async fn one_of_everything(office: &House<'_>, who: &Someone) -> Vec<(&'static str, String)> {
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    let kind = notices::notice::Kind::Assigned;
    notices::notice::tell(&mut tx, &[who.id], kind, "Redaktorzy", "/catalogue").await.unwrap();
    let id = notices::notice::own(&mut tx).await.unwrap()[0].id.to_string();
    tx.commit().await.unwrap();
    vec![("notice", id), ("token", "x".to_owned())]
}

#[tokio::test]
async fn the_first_page_says_what_to_do_next_by_date() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, NOON).await;
    let office = app.office("brzozow").await;
    let (ada, jan, boss) =
        (office.instructor("ada").await, office.learner("jan").await, office.admin("szef").await);
    for (title, day) in [
        ("Późny", date!(2026 - 11 - 11)),
        ("Za trzy dni", date!(2026 - 11 - 24)),
        ("Dzisiejszy", date!(2026 - 11 - 21)),
        ("Daleki", date!(2027 - 03 - 01)),
    ] {
        let course = course(&office, &ada, title, &[Target::Everybody]).await;
        deadline(&app, &course, &jan, day).await;
    }
    let done = course(&office, &ada, "Zrobiony", &[Target::Everybody]).await;
    deadline(&app, &done, &jan, date!(2026 - 11 - 01)).await;
    for unit in ["wstep", "dalej"] {
        jan.client.post(&format!("/courses/zrobiony/{unit}/finish"), &[]).await.assert(303);
    }
    let anna = clerk(&office, "anna").await;
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let rules = until(date!(2026 - 11 - 22));
    let (agreement, loans) = signed(&office, &anna.actor, jan.id, &["IT/1"], &rules).await.unwrap();
    crate::harness::lending::hand(&office, &anna.actor, agreement, &loans).await.unwrap();
    let page = jan.client.get("/").await.assert(200);
    let at = |text: &str| page.text.find(text).unwrap_or_else(|| panic!("{text} is not in {}", page.text));
    let order = [
        "Najbliższe terminy",
        "Późny",
        "Po terminie od 12.11.2026",
        "Dzisiejszy",
        "Termin mija dziś",
        "Zwrot sprzętu: Dell Latitude 3520, nr IT/1",
        "Termin mija jutro",
        "Za trzy dni",
        "Za 3 dni (24.11.2026)",
        "Termin: 01.03.2027",
        "Do ukończenia",
        "Ukończone",
    ];
    for pair in order.windows(2) {
        assert!(at(pair[0]) < at(pair[1]), "{pair:?} in {}", page.text);
    }
    assert_eq!(
        page.text.matches("Po terminie").count(),
        2,
        "on top and with its card; the one that is done is not late"
    );
    // Nobody else has jan's deadlines; who follows everybody sees how many are late, and the author what waits to be published.
    ada.client
        .get("/")
        .await
        .assert(200)
        .lacks("Po terminie")
        .lacks("osoba ma szkolenie")
        .lacks("Szkolenia w organizacji");
    boss.client.get("/").await.assert(200).has("1 osoba ma szkolenie po terminie.").lacks("IT/1");
    office.course(&ada, "Szkic", &[("A", "b")]).await;
    ada.client
        .get("/")
        .await
        .assert(200)
        .has("Czeka na opublikowanie")
        .has("/teaching/szkic")
        .has("Jeszcze nie opublikowano");
    boss.client.get("/").await.assert(200).lacks("/teaching/szkic");
    let other = app.office("inny").await;
    other.admin("wladny").await.client.get("/").await.assert(200).has("Nikt nie ma szkolenia po terminie.");
    // Finished, the deadline is gone.
    for unit in ["wstep", "dalej"] {
        jan.client.post(&format!("/courses/pozny/{unit}/finish"), &[]).await.assert(303);
    }
    jan.client.get("/").await.assert(200).lacks("Po terminie");
    boss.client.get("/").await.assert(200).has("Nikt nie ma szkolenia po terminie.");
    app.end().await;
}

#[tokio::test]
async fn what_one_is_told_stands_in_a_list_until_it_was_read() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan, ola) =
        (office.instructor("ada").await, office.learner("jan").await, office.learner("ola").await);
    jan.client.get("/notices").await.assert(200).has("Nie masz jeszcze powiadomień").has(">Powiadomienia<");
    let first = course(
        &office,
        &ada,
        "Kurs <b>",
        &[Target::Person(jan.id), Target::Person(ada.id), Target::Everybody],
    )
    .await;
    jan.client.get("/").await.assert(200).has("Powiadomienia: 1 nowe");
    ada.client.get("/").await.assert(200).lacks("Powiadomienia: ");
    let page = jan
        .client
        .get("/notices")
        .await
        .assert(200)
        .has("Masz nowe szkolenie: Kurs &lt;b&gt;")
        .has("Nowe</span>");
    let ids = page.text.split("href=\"/notices/").skip(1).map(|rest| rest.split('"').next().unwrap());
    let path = format!("/notices/{}", ids.into_iter().find(|id| id.len() == 36).expect("a notice"));
    // Another's notice is not there, whoever asks.
    ola.client.get(&path).await.assert(404);
    assert_eq!(jan.client.get(&path).await.assert(303).location(), "/courses/kurs-b");
    jan.client.get("/notices").await.assert(200).lacks("Nowe</span>").has("Kurs &lt;b&gt;");
    // In the middle of a course that changes: told. Not begun, or done: not told.
    jan.client.get("/courses/kurs-b/wstep").await.assert(200);
    office.publish(&ada, &first, &[]).await;
    ola.client.get("/notices").await.assert(200).has("Nie masz jeszcze powiadomień");
    let page = jan.client.get("/notices").await.assert(200).has("Nowa wersja szkolenia: Kurs &lt;b&gt;");
    let until = page.value("until");
    course(&office, &ada, "Drugi", &[Target::Person(jan.id)]).await;
    // Everything that stood on the page is read; what came meanwhile is not.
    jan.client.post("/notices/read", &[("until", until.as_str())]).await.assert(303);
    jan.client.get("/notices").await.assert(200).has("Powiadomienia: 1 nowe");
    jan.client.post("/notices/read", &[("until", "x")]).await.assert(400);
    // One who teaches from now on.
    let ewa = office.instructor("ewa").await;
    ada.client.post("/teaching/drugi/teachers", &[("person", &ewa.id.to_string())]).await.assert(303);
    ewa.client.get("/notices").await.assert(200).has("Od teraz prowadzisz szkolenie: Drugi");
    // What was told stays as it was told.
    let mut owner = owner(&app).await;
    for sql in [
        "update notice set subject = 'x'",
        "update notice set path = '/x'",
        "delete from notice",
        "update notice set read_at = null where read_at is not null",
        "insert into notice (id, organisation_id, person_id, kind, subject, path) select gen_random_uuid(), organisation_id, person_id, kind, 'x', '//evil.example' from notice limit 1",
    ] {
        let said = refused_by(&mut owner, sql.to_owned()).await;
        assert!(
            said.contains("stays") || said.contains("only ever added") || said.contains("check"),
            "{sql}: {said}"
        );
    }
    app.end().await;
}

#[tokio::test]
async fn letters_go_as_their_person_wishes_and_never_in_quiet_hours() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, NOON).await;
    let office = app.office("brzozow").await;
    let (ada, jan, ola) =
        (office.instructor("ada").await, office.learner("jan").await, office.learner("ola").await);
    let wishes = |assigned: &'static str, from: &'static str, to: &'static str| {
        [
            ("assigned", assigned),
            ("new_version", "daily"),
            ("teaching", "daily"),
            ("adopted_newer", "daily"),
            ("films_came", "daily"),
            ("film_ready", "daily"),
            ("film_failed", "daily"),
            ("expiring", "daily"),
            ("expired", "daily"),
            ("deadline", "daily"),
            ("overdue", "daily"),
            ("quiet_from", from),
            ("quiet_to", to),
        ]
    };
    // What is typed wrong is told and kept.
    let page = jan.client.post("/notices/settings", &wishes("", "25:00", "7:00")).await.assert(422);
    page.has("Wybierz jedną z odpowiedzi.").has("Wpisz godzinę").has("value=\"25:00\"");
    jan.client.post("/notices/settings", &wishes("at_once", "20:00", "07:00")).await.assert(303);
    jan.client.get("/notices/settings").await.assert(200).has("value=\"20:00\"");
    course(&office, &ada, "Pierwszy", &[Target::Person(jan.id), Target::Person(ola.id)]).await;
    write_letters(&app).await;
    let sent = letters_of(&app).await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent[0].0, "jan@brzozow.example.org");
    assert_eq!(sent[0].1, "Masz nowe szkolenie: Pierwszy");
    assert!(sent[0].2.contains("/courses/pierwszy") && sent[0].2.contains(&sent[0].3), "{}", sent[0].2);
    // At night it waits for the morning, and what comes together goes together.
    set_clock(&app, datetime!(2026-11-21 21:30 UTC)).await;
    course(&office, &ada, "Drugi", &[Target::Person(jan.id)]).await;
    course(&office, &ada, "Trzeci", &[Target::Person(jan.id)]).await;
    write_letters(&app).await;
    assert_eq!(letters_of(&app).await.len(), 1);
    // 7:00 in Warsaw is 6:00 UTC in winter; the daily letter of the other goes then as well.
    set_clock(&app, datetime!(2026-11-22 05:45 UTC)).await;
    write_letters(&app).await;
    assert_eq!(letters_of(&app).await.len(), 1);
    set_clock(&app, datetime!(2026-11-22 06:01 UTC)).await;
    write_letters(&app).await;
    write_letters(&app).await;
    let sent = letters_of(&app).await;
    assert_eq!(sent.len(), 3, "{sent:?}");
    assert!(
        sent.iter().any(|(to, subject, ..)| to.starts_with("jan@") && subject == "2 nowe powiadomienia"),
        "{sent:?}"
    );
    assert!(
        sent.iter().any(|(to, subject, ..)| to.starts_with("ola@") && subject.ends_with("Pierwszy")),
        "{sent:?}"
    );
    // What was read in the site meanwhile needs no letter; a suspended person gets none.
    course(&office, &ada, "Czwarty", &[Target::Person(ola.id)]).await;
    let until = ola.client.get("/notices").await.assert(200).value("until");
    ola.client.post("/notices/read", &[("until", until.as_str())]).await.assert(303);
    set_clock(&app, datetime!(2026-11-23 07:00 UTC)).await;
    write_letters(&app).await;
    assert_eq!(letters_of(&app).await.len(), 3);
    app.end().await;
}

#[tokio::test]
async fn the_hours_of_letters_survive_both_changes_of_the_hour() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let mut owner = owner(&app).await;
    let mut time = async |wish: &str, from: &str, to: &str, at: OffsetDateTime| -> OffsetDateTime {
        sqlx::query_scalar("select letter_time($1, $2::text::time, $3::text::time, $4)")
            .bind(wish)
            .bind(from)
            .bind(to)
            .bind(at)
            .fetch_one(&mut owner)
            .await
            .unwrap()
    };
    // The night from 24 to 25 October 2026 has 25 hours, that from 27 to 28 March 2027 has 23.
    let autumn = datetime!(2026-10-24 20:30 UTC);
    assert_eq!(time("at_once", "20:00", "07:00", autumn).await, datetime!(2026-10-25 06:00 UTC));
    assert_eq!(
        time("at_once", "20:00", "07:00", datetime!(2026-10-25 00:30 UTC)).await,
        datetime!(2026-10-25 06:00 UTC)
    );
    assert_eq!(
        time("daily", "20:00", "07:00", datetime!(2026-03-28 12:00 UTC)).await,
        datetime!(2026-03-29 05:00 UTC)
    );
    assert_eq!(time("daily", "20:00", "08:00", autumn).await, datetime!(2026-10-25 07:00 UTC));
    assert_eq!(
        time("daily", "00:00", "00:00", datetime!(2026-11-21 05:00 UTC)).await,
        datetime!(2026-11-21 06:00 UTC)
    );
    let noon = datetime!(2026-11-21 11:00:01 UTC);
    assert_eq!(time("at_once", "20:00", "07:00", noon).await, noon);
    assert_eq!(time("at_once", "08:00", "16:00", noon).await, datetime!(2026-11-21 15:00 UTC));
    assert_eq!(time("at_once", "07:00", "07:00", noon).await, noon);
    app.end().await;
}

#[tokio::test]
async fn letters_are_refused_by_one_press_without_signing_in() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, NOON).await;
    let office = app.office("brzozow").await;
    let (ada, jan, ola) =
        (office.instructor("ada").await, office.learner("jan").await, office.learner("ola").await);
    let both = [Target::Person(jan.id), Target::Person(ola.id)];
    course(&office, &ada, "Pierwszy", &both).await;
    set_clock(&app, datetime!(2026-11-22 06:30 UTC)).await;
    write_letters(&app).await;
    let sent = letters_of(&app).await;
    assert_eq!(sent.len(), 2, "{sent:?}");
    let of = |name: &str| sent.iter().find(|(to, ..)| to.starts_with(name)).unwrap().3.clone();
    let address = of("jan@");
    let (_, path) = address.split_once("/letters/").unwrap();
    let path = format!("/letters/{path}");
    assert_ne!(address, of("ola@"));
    // To look is not to refuse: programs follow links.
    let page = app.visitor().get(&path).await.assert(200).has("j…@brzozow.example.org");
    page.lacks("jan@").lacks("Osoba JAN");
    jan.client.get("/notices/settings").await.assert(200).has("value=\"daily\" checked");
    // A mail program sends neither cookie nor origin (RFC 8058 §3.1).
    let bare = reqwest::Client::new();
    let send = async |path: &str| {
        let form = [("List-Unsubscribe", "One-Click")];
        bare.post(format!("{}{path}", app.address)).form(&form).send().await.unwrap().status().as_u16()
    };
    course(&office, &ada, "Drugi", &both).await;
    assert_eq!(send(&path).await, 200);
    assert_eq!(send(&path).await, 200, "once more changes nothing");
    set_clock(&app, datetime!(2026-11-23 06:30 UTC)).await;
    write_letters(&app).await;
    let sent = letters_of(&app).await;
    assert_eq!(
        sent.iter().filter(|(to, ..)| to.starts_with("jan@")).count(),
        1,
        "what waited does not go either"
    );
    assert_eq!(sent.iter().filter(|(to, ..)| to.starts_with("ola@")).count(), 2, "{sent:?}");
    jan.client.get("/notices").await.assert(200).has("Drugi");
    jan.client.get("/notices/settings").await.assert(200).has("value=\"never\" checked");
    for broken in ["/letters/x", "/letters/x.y", &format!("{path}A"), &path[..path.len() - 1]] {
        app.visitor().get(broken).await.assert(404);
        assert_eq!(send(broken).await, 404, "{broken}");
    }
    let foreign = format!("/letters/{}.{}", ola.id, path.split_once('.').unwrap().1);
    assert_eq!(send(&foreign).await, 404);
    // In the letter itself: both headers, plain text, and the link in words.
    work(&app, server::work::handlers(&app.ground, &app.config), "mail").await;
    let letters: Vec<String> = std::fs::read_dir(app.config.data_dir.join("mail"))
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    assert_eq!(letters.len(), 3);
    let of_jan = letters.iter().find(|letter| letter.contains("To: jan@")).unwrap();
    assert!(of_jan.contains(&format!("List-Unsubscribe: <{address}>\r\n")), "{of_jan}");
    assert!(of_jan.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{of_jan}");
    assert!(of_jan.contains("Content-Type: text/plain"), "{of_jan}");
    // A link for a password is asked for; nobody refuses it.
    let boss = office.admin("szef").await;
    boss.client.post(&format!("/people/{}/password-link", jan.id), &[]).await.assert(200);
    work(&app, server::work::handlers(&app.ground, &app.config), "mail").await;
    let letters: Vec<String> = std::fs::read_dir(app.config.data_dir.join("mail"))
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    assert_eq!(letters.len(), 4);
    assert_eq!(letters.iter().filter(|letter| !letter.contains("List-Unsubscribe")).count(), 1);
    app.end().await;
}

async fn feed(app: &TestApp, path: &str) -> Page {
    app.visitor().get(path).await
}

fn value(page: &Page, name: &str) -> String {
    let unfolded = page.text.replace("\r\n ", "");
    let (_, event) = unfolded.split_once("BEGIN:VEVENT").unwrap_or_else(|| panic!("no event in {unfolded}"));
    let line = event
        .lines()
        .find(|line| line.starts_with(name))
        .unwrap_or_else(|| panic!("no {name} in {unfolded}"));
    line.split_once(':').unwrap().1.to_owned()
}

async fn make_feed(client: &Client) -> String {
    let page = client.post("/notices/calendar", &[]).await.assert(200).has("webcal://");
    let (_, rest) = page.text.split_once("/calendar/").unwrap();
    format!("/calendar/{}", rest.split('<').next().unwrap())
}

#[tokio::test]
async fn a_calendar_program_fetches_the_deadlines_until_the_address_is_taken_back() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, NOON).await;
    let office = app.office("brzozow").await;
    let (ada, jan, boss) =
        (office.instructor("ada").await, office.learner("jan").await, office.admin("szef").await);
    let course = course(&office, &ada, "Termin, ważny; żółty", &[Target::Everybody]).await;
    deadline(&app, &course, &jan, date!(2026 - 12 - 01)).await;
    deadline(&app, &course, &ada, date!(2027 - 01 - 01)).await;
    jan.client.get("/notices/settings").await.assert(200).has("Utwórz adres kalendarza");
    let path = make_feed(&jan.client).await;
    assert!(path.len() > "/calendar/.ics".len() + 22, "{path}");
    let page = feed(&app, &path).await.assert(200);
    assert_eq!(page.header("content-type"), "text/calendar; charset=utf-8");
    assert_eq!(page.text.matches("BEGIN:VEVENT").count(), 1, "only one's own");
    assert_eq!(value(&page, "DTSTART"), "20261201");
    assert_eq!(value(&page, "SEQUENCE"), "0");
    assert_eq!(value(&page, "SUMMARY"), "Termin szkolenia: Termin\\, ważny\\; żółty");
    let uid = value(&page, "UID");
    // Nothing new: the same bytes and no bytes.
    let tag = page.header("etag");
    assert!(!page.header("last-modified").is_empty());
    app.clock.advance(time::Duration::hours(5));
    let again = feed(&app, &path).await.assert(200);
    assert_eq!(again.text, page.text);
    let known = app.visitor();
    let request = known.request(Method::GET, &path).header("if-none-match", &tag);
    let unchanged = known.send(request).await.assert(304);
    assert!(unchanged.text.is_empty());
    // Moved: the same thing, a higher number, another tag.
    deadline(&app, &course, &jan, date!(2026 - 12 - 15)).await;
    let moved = feed(&app, &path).await.assert(200);
    assert_eq!((value(&moved, "UID"), value(&moved, "SEQUENCE")), (uid.clone(), "1".to_owned()));
    assert_eq!(value(&moved, "DTSTART"), "20261215");
    assert_ne!(moved.header("etag"), tag);
    // A device, too; done, a course goes.
    let anna = clerk(&office, "anna").await;
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let rules = until(date!(2027 - 06 - 30));
    let (agreement, loans) = signed(&office, &anna.actor, jan.id, &["IT/1"], &rules).await.unwrap();
    crate::harness::lending::hand(&office, &anna.actor, agreement, &loans).await.unwrap();
    for unit in ["wstep", "dalej"] {
        jan.client.post(&format!("/courses/{}/{unit}/finish", course.slug()), &[]).await.assert(303);
    }
    let page = feed(&app, &path).await.assert(200);
    assert_eq!(page.text.matches("BEGIN:VEVENT").count(), 1);
    assert_eq!(value(&page, "DTSTART"), "20270630");
    // Only the hash is kept.
    let mut owner = owner(&app).await;
    let kept: String = sqlx::query_scalar("select calendar_feed::text from calendar_feed")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert!(!kept.contains(&path["/calendar/".len()..path.len() - 4]));
    // A new address ends the old one; taken back, it leads nowhere; a suspended person has none.
    let fresh = make_feed(&jan.client).await;
    feed(&app, &path).await.assert(404);
    feed(&app, &fresh).await.assert(200);
    boss.client.post(&format!("/people/{}/suspend", jan.id), &[]).await.assert(303);
    feed(&app, &fresh).await.assert(404);
    boss.client.post(&format!("/people/{}/resume", jan.id), &[]).await.assert(303);
    feed(&app, &fresh).await.assert(200);
    jan.client.sign_in(&jan.name, crate::harness::PASSWORD).await;
    jan.client.get("/notices/calendar/remove").await.assert(200).has("Usunąć adres kalendarza?");
    jan.client.post("/notices/calendar/remove", &[]).await.assert(303);
    feed(&app, &fresh).await.assert(404);
    jan.client.post("/notices/calendar/remove", &[]).await.assert(404);
    for wrong in ["/calendar/x.ics", "/calendar/.ics", &fresh[..fresh.len() - 4], "/calendar/%27.ics"] {
        feed(&app, wrong).await.assert(404);
    }
    app.end().await;
}

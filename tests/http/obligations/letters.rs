//! Letters about deadlines and about what is overdue: as their person wishes, never in quiet hours, with a link that refuses them; in the
//! list they stand whatever was wished for.

use base::worker::Handlers;
use courses::enrolment::{self, Target};
use courses::remind;
use courses::rule::Due;
use notices::notice::Kind;
use time::macros::datetime;

use super::{appoint, direct, finish, must, open_taking, place, published, unit};
use crate::harness::{TestApp, owner, set_clock};
use crate::http::notices::{letters_of, work, write_letters};

const SOON: &str = "Zbliża się termin szkolenia: RODO (11.12.2026)";

/// What the housekeeping asks for in the morning, and the job that it asks for.
async fn morning(app: &TestApp) {
    remind::ask_daily(&app.ground.db).await.unwrap();
    let run = |task| remind::run(app::courses::obligations::letter::digest, task);
    work(app, Handlers::default().add(remind::KIND, run, remind::give_up), remind::KIND).await;
    write_letters(app).await;
}

/// Subjects of all letters to a person, the oldest first.
async fn to(app: &TestApp, login: &str) -> Vec<String> {
    let letters = letters_of(app).await.into_iter();
    letters.filter(|(to, ..)| to.starts_with(&format!("{login}@"))).map(|(_, subject, ..)| subject).collect()
}

#[tokio::test]
async fn reminders_come_as_their_person_wishes_never_in_quiet_hours_and_stand_in_the_list_all_the_same() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, ola) = (office.learner("jan").await, office.learner("ola").await);
    let (ewa, ula) = (office.learner("ewa").await, office.learner("ula").await);
    let (iza, ida) = (office.learner("iza").await, office.learner("ida").await);
    let mut owner = owner(&app).await;
    let sql = "update person set email = null where id = $1";
    sqlx::query(sql).bind(ula.id.0).execute(&mut owner).await.unwrap();
    let wishes = |of_deadlines: &'static str, until: &'static str| {
        let wish = move |kind: Kind| if kind == Kind::Deadline { of_deadlines } else { "daily" };
        let mut form: Vec<(&str, &str)> =
            Kind::ALL.into_iter().map(|kind| (kind.word(), wish(kind))).collect();
        form.extend([("quiet_from", "20:00"), ("quiet_to", until)]);
        form
    };
    ola.client
        .get("/notices/settings")
        .await
        .assert(200)
        .has("Gdy zbliża się termin mojego szkolenia")
        .has("Przypomnienia o terminach szkoleń zawsze zobaczysz w serwisie.");
    ola.client.post("/notices/settings", &wishes("never", "07:00")).await.assert(303);
    for person in [&ewa, &iza, &ida] {
        person.client.post("/notices/settings", &wishes("at_once", "09:00")).await.assert(303);
    }
    let course = published(&office, &ada, "RODO").await;
    let all = [&jan, &ola, &ewa, &ula, &iza, &ida];
    for person in all {
        direct(&office, &ada, &course, Target::Person(person.id), &must(Due::After(20), None)).await;
    }
    // The letters about the assignment go before.
    set_clock(&app, datetime!(2026-11-22 10:00 UTC)).await;
    write_letters(&app).await;
    let before = letters_of(&app).await.len();
    // Six in the morning in Warsaw: told, and nothing is sent yet.
    set_clock(&app, datetime!(2026-11-27 05:01 UTC)).await;
    morning(&app).await;
    assert_eq!(letters_of(&app).await.len(), before);
    let mails = "select count(*) from job where kind = 'mail'";
    let sent: i64 = sqlx::query_scalar(mails).fetch_one(&mut owner).await.unwrap();
    assert_eq!(usize::try_from(sent).unwrap(), before, "nor in another way");
    for person in all {
        person.client.get("/notices").await.assert(200).has(SOON);
    }
    // Seven, the end of the quiet hours of most.
    set_clock(&app, datetime!(2026-11-27 06:01 UTC)).await;
    write_letters(&app).await;
    assert_eq!(letters_of(&app).await.len(), before + 1);
    let (_, subject, text, refuse) =
        letters_of(&app).await.into_iter().rfind(|(to, ..)| to.starts_with("jan@")).unwrap();
    assert_eq!(subject, SOON);
    let link = format!("/courses/{}", course.slug());
    assert!(text.contains(SOON) && text.contains(&link) && text.contains(&refuse), "{text}");
    // Whose day moves, and who is exempted, needs no letter about it any more.
    let moved = format!("/reports/training/takings/{}", open_taking(&mut owner, &ida).await);
    let exempted = format!("/reports/training/takings/{}", open_taking(&mut owner, &iza).await);
    let later = [("to", "2027-01-10"), ("reason", "Urlop")];
    ada.client.post(&format!("{moved}/extend"), &later).await.assert(303);
    ada.client.post(&format!("{exempted}/exempt"), &[("reason", "Prowadzi je")]).await.assert(303);
    set_clock(&app, datetime!(2026-11-27 08:01 UTC)).await;
    write_letters(&app).await;
    write_letters(&app).await;
    assert_eq!(letters_of(&app).await.len(), before + 2, "nine is the end of hers");
    assert_eq!(to(&app, "ewa").await.last().map(String::as_str), Some(SOON));
    // One press refuses the letters of the next steps; the list goes on.
    let (_, path) = refuse.split_once("/letters/").unwrap();
    let pressed = reqwest::Client::new()
        .post(format!("{}/letters/{path}", app.address))
        .form(&[("List-Unsubscribe", "One-Click")])
        .send()
        .await
        .unwrap();
    assert_eq!(pressed.status().as_u16(), 200);
    set_clock(&app, datetime!(2026-12-04 05:01 UTC)).await;
    morning(&app).await;
    let page = jan.client.get("/notices").await.assert(200);
    assert_eq!(page.text.matches(SOON).count(), 2, "{}", page.text);
    // Who finishes before the letter goes hears no more of it.
    finish(&ewa, &course).await;
    set_clock(&app, datetime!(2026-12-04 10:00 UTC)).await;
    write_letters(&app).await;
    assert_eq!(letters_of(&app).await.len(), before + 2);
    assert!(to(&app, "ula").await.is_empty());
    app.end().await;
}

#[tokio::test]
async fn a_letter_about_a_deadline_that_a_rule_gives_up_or_moves_does_not_go() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, ola, ewa) =
        (office.learner("jan").await, office.learner("ola").await, office.learner("ewa").await);
    let town = unit(&office, None, "Wydział Promocji").await;
    place(&office, &jan, Some(town)).await;
    let course = published(&office, &ada, "RODO").await;
    let soon = must(Due::After(20), None);
    direct(&office, &ada, &course, Target::Unit(town), &soon).await;
    let of_ola = direct(&office, &ada, &course, Target::Person(ola.id), &soon).await;
    direct(&office, &ada, &course, Target::Person(ewa.id), &soon).await;
    set_clock(&app, datetime!(2026-11-22 10:00 UTC)).await;
    write_letters(&app).await;
    let before = letters_of(&app).await.len();
    // Told at six; the letters wait until seven.
    set_clock(&app, datetime!(2026-11-27 05:01 UTC)).await;
    morning(&app).await;
    place(&office, &jan, None).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    enrolment::change(&mut tx, &course, of_ola, 1, &must(Due::After(40), None)).await.unwrap();
    tx.commit().await.unwrap();
    set_clock(&app, datetime!(2026-11-27 06:01 UTC)).await;
    write_letters(&app).await;
    assert_eq!(letters_of(&app).await.len(), before + 1);
    assert_eq!(to(&app, "ewa").await.last().map(String::as_str), Some(SOON));
    for person in [&jan, &ola] {
        assert!(!to(&app, &person.login).await.iter().any(|subject| subject == SOON), "{}", person.login);
        person.client.get("/notices").await.assert(200).has(SOON);
    }
    app.end().await;
}

#[tokio::test]
async fn heads_are_told_of_what_is_overdue_in_the_list_and_by_name_in_a_letter_after_the_quiet_hours() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, szefowa) = (office.learner("jan").await, office.learner("szefowa").await);
    let zastepca = office.learner("zastepca").await;
    let desk = unit(&office, None, "Referat Prasowy").await;
    place(&office, &jan, Some(desk)).await;
    for head in [&szefowa, &zastepca] {
        appoint(&office, desk, head).await;
    }
    let course = published(&office, &ada, "RODO").await;
    direct(&office, &ada, &course, Target::Person(jan.id), &must(Due::After(5), None)).await;
    set_clock(&app, datetime!(2026-11-27 05:01 UTC)).await;
    morning(&app).await;
    assert!(to(&app, "szefowa").await.is_empty());
    let said = "Szkolenia po terminie w Twoich jednostkach: 1";
    let page = szefowa.client.get("/notices").await.assert(200).has(said);
    let mut ids = page.text.split("href=\"/notices/").skip(1).map(|rest| rest.split('"').next().unwrap());
    let notice = ids.find(|id| id.len() == 36).expect("a notice");
    // Who has read it needs no letter, and the names are kept no longer than that.
    zastepca.client.get("/notices").await.assert(200).has(said);
    let until = zastepca.client.get("/notices").await.assert(200).value("until");
    zastepca.client.post("/notices/read", &[("until", until.as_str())]).await.assert(303);
    set_clock(&app, datetime!(2026-11-27 06:01 UTC)).await;
    write_letters(&app).await;
    assert!(to(&app, "zastepca").await.is_empty());
    assert_eq!(to(&app, "szefowa").await, [said]);
    let (_, _, text, refuse) =
        letters_of(&app).await.into_iter().find(|(to, ..)| to.starts_with("szefowa@")).unwrap();
    for part in
        ["Referat Prasowy", "- JAN Osoba: RODO, termin 26.11.2026 (nowe)", "/reports/training?state=late"]
    {
        assert!(text.contains(part), "{text}");
    }
    assert!(text.contains(&refuse), "{text}");
    let mut owner = owner(&app).await;
    let kept: i64 =
        sqlx::query_scalar("select count(*) from notice_enclosure").fetch_one(&mut owner).await.unwrap();
    assert_eq!(kept, 0);
    let page = szefowa.client.get(&format!("/notices/{notice}")).await.assert(303).location();
    assert_eq!(page, "/reports/training?state=late");
    szefowa.client.get(&page).await.assert(200).has("RODO");
    app.end().await;
}

#[tokio::test]
async fn a_letter_that_waits_names_nobody_who_was_erased_meanwhile() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let (ada, szef) = (office.instructor("ada").await, office.admin("szef").await);
    let (jan, szefowa) = (office.learner("jan").await, office.learner("szefowa").await);
    let desk = unit(&office, None, "Referat Prasowy").await;
    place(&office, &jan, Some(desk)).await;
    appoint(&office, desk, &szefowa).await;
    let course = published(&office, &ada, "RODO").await;
    direct(&office, &ada, &course, Target::Person(jan.id), &must(Due::After(5), None)).await;
    set_clock(&app, datetime!(2026-11-27 05:01 UTC)).await;
    morning(&app).await;
    let mut owner = owner(&app).await;
    let named = "select count(*) from notice_enclosure where text like '%JAN%'";
    let count: i64 = sqlx::query_scalar(named).fetch_one(&mut owner).await.unwrap();
    assert_eq!(count, 1, "the letter waits for the end of the quiet hours");
    szef.client.post(&format!("/people/{}/erase", jan.id), &[]).await.assert(303);
    let count: i64 = sqlx::query_scalar(named).fetch_one(&mut owner).await.unwrap();
    assert_eq!(count, 0);
    // What is told without a name goes out.
    set_clock(&app, datetime!(2026-11-27 06:01 UTC)).await;
    write_letters(&app).await;
    let (_, subject, text, _) =
        letters_of(&app).await.into_iter().find(|(to, ..)| to.starts_with("szefowa@")).unwrap();
    assert_eq!(subject, "Szkolenia po terminie w Twoich jednostkach: 1");
    assert!(!text.contains("JAN") && text.contains("/reports/training?state=late"), "{text}");
    app.end().await;
}

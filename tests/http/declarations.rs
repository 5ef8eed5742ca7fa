//! Reminders of declarations: one letter a step and day, in the receiver's language and without the programme's real name, across
//! both changes of the hour; and the list of letters on paper for those whom no e-mail reaches.

use base::Actor;
use devices::applications::{self, Rules};
use devices::loans::agreement;
use devices::loans::due;
use devices::loans::handover::Handed;
use devices::loans::kind::{AgreementKind, LoanKind, SignedBy};
use devices::loans::take_back::{self, Back};
use devices::register::purchase::{self, Programme};
use devices::stocktake::{self, remind};
use devices::{LoanId, ProgrammeId};
use futures::future::join_all;
use identity::DeviceClerk;
use identity::guardian::{self, Basis};
use time::Duration;
use time::macros::{date, datetime};

use super::papers::pdf;
use crate::harness::lending::{clerk, drawn_up, hand, laptops, letters, until};
use crate::harness::pdf::text;
use crate::harness::{House, PASSWORD, Someone, TestApp};
use crate::harness::{owner, refused_by, set_clock, speaks};

const REAL: &str = "Wsparcie pieczy zastępczej";
const NEUTRAL: &str = "Laptopy 2021";

fn proof() -> DeviceClerk {
    DeviceClerk::at_the_terminal()
}

/// A protected programme that asks every six months.
async fn programme(office: &House<'_>, who: &Actor) -> ProgrammeId {
    let mut tx = office.app.ground.db.begin(who).await.unwrap();
    let new = Programme {
        name: REAL.to_owned(),
        neutral_name: NEUTRAL.to_owned(),
        sensitive: true,
        ..Programme::default()
    };
    let id = purchase::save_programme(&mut tx, &proof(), None, &new).await.unwrap();
    let rules = Rules { declare_months: Some(6), collect_days: 14, ..Rules::default() };
    applications::set_rules(&mut tx, &proof(), id, &rules).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// A device of the programme in the hands of a person since now.
async fn lend(
    office: &House<'_>,
    who: &Actor,
    person: &Someone,
    code: &str,
    programme: ProgrammeId,
) -> LoanId {
    laptops(office, who, &[code]).await;
    let mut tx = office.app.ground.db.begin(who).await.unwrap();
    let device = (code, LoanKind::Extra);
    let (id, loan) = drawn_up(&mut tx, AgreementKind::Loan, person.id, Some(programme), device).await;
    due::set_of_agreement(&mut tx, &proof(), id, &until(date!(2030 - 01 - 01))).await.unwrap();
    agreement::sign(&mut tx, &proof(), id, SignedBy::Paper, None).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(hand(office, who, id, &[loan]).await.unwrap(), Handed::Done(_)));
    loan
}

/// Thirty-two workers at once; how many letters they sent in all.
async fn send(office: &House<'_>) -> usize {
    let one = async || {
        let mut tx = office.app.ground.db.begin(&Actor::job(remind::KIND, office.id)).await.unwrap();
        let sent = remind::send(&mut tx, &app::devices::stocktake::letter::declaration).await.unwrap();
        tx.commit().await.unwrap();
        sent
    };
    join_all((0..32).map(|_| one())).await.into_iter().sum()
}

async fn declare(app: &TestApp, who: &Someone, loan: LoanId) {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    stocktake::declare(&mut tx, loan, true, "").await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn each_step_sends_one_letter_to_the_guardian_and_none_after_the_declaration_or_the_return() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-04-25 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let (mama, jan) = (office.learner("mama").await, office.learner("jan").await);
    let mut owner = owner(&app).await;
    speaks(&app, &mama, "uk").await;
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    guardian::set_born_on(&mut tx, &proof(), jan.id, Some(date!(2014 - 01 - 01))).await.unwrap();
    let basis = Basis::FosterParent;
    guardian::add(&mut tx, &proof(), jan.id, mama.id, basis, date!(2014 - 01 - 01)).await.unwrap();
    tx.commit().await.unwrap();
    let programme = programme(&office, &anna.actor).await;
    let loan = lend(&office, &anna.actor, &jan, "IT/1", programme).await;
    assert_eq!(send(&office).await, 0, "not yet");
    // Due on 25 October, when the day has twenty-five hours; midnight in Warsaw is 22:00 the day before.
    for (at, expected) in [
        (datetime!(2026-10-10 21:59 UTC), 0),
        (datetime!(2026-10-10 22:01 UTC), 1),
        (datetime!(2026-10-24 21:59 UTC), 0),
        (datetime!(2026-10-24 22:01 UTC), 1),
        (datetime!(2026-10-25 22:59 UTC), 0),
        (datetime!(2026-11-07 22:59 UTC), 0),
        (datetime!(2026-11-07 23:01 UTC), 1),
        (datetime!(2026-11-20 10:00 UTC), 0),
    ] {
        set_clock(&app, at).await;
        assert_eq!(send(&office).await, expected, "{at}");
    }
    let sent = letters(&app).await;
    assert_eq!(sent.len(), 3, "{sent:?}");
    for ((to, text), told) in sent.iter().zip(["через 14 днів", "сьогодні", "14 днів тому"])
    {
        assert_eq!(to, "mama@brzozow.example.org");
        assert!(text.contains(told) && text.contains("25.10.2026") && text.contains("Osoba JAN"), "{text}");
        assert!(text.contains(NEUTRAL) && !text.contains(REAL) && !text.contains("pieczy"), "{text}");
    }
    // The declaration moves the day, and the steps begin anew; thirty-two at once count as one letter.
    declare(&app, &mama, loan).await;
    assert_eq!(send(&office).await, 0);
    set_clock(&app, datetime!(2027-05-05 10:00 UTC)).await;
    assert_eq!(send(&office).await, 0);
    set_clock(&app, datetime!(2027-05-06 10:00 UTC)).await;
    assert_eq!(send(&office).await, 1, "14 days before 20 May");
    // What was sent stays on record.
    for sql in ["delete from declaration_reminder", "update declaration_reminder set sent_to = null"] {
        assert!(refused_by(&mut owner, sql.to_owned()).await.contains("only ever added"));
    }
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    take_back::take_back(&mut tx, &proof(), "IT/1", &Back::complete()).await.unwrap();
    tx.commit().await.unwrap();
    set_clock(&app, datetime!(2027-06-10 10:00 UTC)).await;
    assert_eq!(send(&office).await, 0, "it is back");
    app.end().await;
}

#[tokio::test]
async fn a_day_of_twenty_three_hours_and_a_day_without_the_program_send_one_letter() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-09-28 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let (jan, ola) = (office.learner("jan").await, office.learner("ola").await);
    let programme = programme(&office, &anna.actor).await;
    lend(&office, &anna.actor, &jan, "IT/1", programme).await;
    let second = lend(&office, &anna.actor, &ola, "IT/2", programme).await;
    // Due on 28 March, when the hour is moved forward.
    for (at, expected) in [
        (datetime!(2027-03-13 22:59 UTC), 0),
        (datetime!(2027-03-13 23:01 UTC), 2),
        (datetime!(2027-03-27 22:59 UTC), 0),
    ] {
        set_clock(&app, at).await;
        assert_eq!(send(&office).await, expected, "{at}");
    }
    declare(&app, &ola, second).await;
    set_clock(&app, datetime!(2027-03-27 23:01 UTC)).await;
    assert_eq!(send(&office).await, 1, "of the one who did not declare");
    set_clock(&app, datetime!(2027-03-28 21:59 UTC)).await;
    assert_eq!(send(&office).await, 0);
    // The program stood still for a month: the last step goes out, once.
    set_clock(&app, datetime!(2027-05-01 10:00 UTC)).await;
    assert_eq!(send(&office).await, 1);
    assert_eq!(letters(&app).await.len(), 4);
    // However many programs ask, and not before six in the morning.
    let jobs = async || {
        let count = "select count(*) from job where kind = 'declaration_reminders'";
        let count: i64 = sqlx::query_scalar(count).fetch_one(&mut owner(&app).await).await.unwrap();
        count
    };
    set_clock(&app, datetime!(2027-05-02 03:59 UTC)).await;
    let before = jobs().await;
    remind::ask_daily(&app.ground.db).await.unwrap();
    assert_eq!(jobs().await, before, "five in the morning in Warsaw");
    app.clock.advance(Duration::minutes(2));
    for asked in join_all((0..8).map(|_| remind::ask_daily(&app.ground.db))).await {
        asked.unwrap();
    }
    assert_eq!(jobs().await, before + 1);
    app.end().await;
}

#[tokio::test]
async fn the_letter_goes_to_who_speaks_for_the_child_today_and_to_the_adult_from_the_birthday_on() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-04-25 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let (mama, tata) = (office.learner("mama").await, office.learner("tata").await);
    let jan = office.learner("jan").await;
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    guardian::set_born_on(&mut tx, &proof(), jan.id, Some(date!(2008 - 11 - 01))).await.unwrap();
    let (basis, since) = (Basis::Parent, date!(2008 - 11 - 01));
    let signed = guardian::add(&mut tx, &proof(), jan.id, mama.id, basis, since).await.unwrap();
    tx.commit().await.unwrap();
    let programme = programme(&office, &anna.actor).await;
    let loan = lend(&office, &anna.actor, &jan, "IT/1", programme).await;
    set_clock(&app, datetime!(2026-10-11 10:00 UTC)).await;
    assert_eq!(send(&office).await, 1);
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    guardian::end(&mut tx, &proof(), signed).await.unwrap();
    guardian::add(&mut tx, &proof(), jan.id, tata.id, basis, date!(2026 - 10 - 11)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    due::renew(&mut tx, &proof(), loan, &until(date!(2026 - 11 - 24)), "prośba").await.unwrap();
    tx.commit().await.unwrap();
    // The same holds for the reminders of the loan itself: thirty and seven days before its end.
    let of_the_loan = async || {
        let mut tx = office.app.ground.db.begin(&Actor::job("test", office.id)).await.unwrap();
        let write = &app::devices::loans::letter::reminder;
        let sent = devices::loans::remind::send(&mut tx, write).await.unwrap();
        tx.commit().await.unwrap();
        sent
    };
    for at in [datetime!(2026-10-25 10:00 UTC), datetime!(2026-11-08 10:00 UTC)] {
        set_clock(&app, at).await;
        assert_eq!(send(&office).await, 1, "{at}");
        assert_eq!(of_the_loan().await, usize::from(at < datetime!(2026-11-01 00:00 UTC)), "{at}");
    }
    set_clock(&app, datetime!(2026-11-17 10:00 UTC)).await;
    assert_eq!(of_the_loan().await, 1);
    let sent = letters(&app).await;
    let to: Vec<&str> = sent.iter().map(|(to, _)| to.split('@').next().unwrap()).collect();
    assert_eq!(to, ["mama", "tata", "tata", "jan", "jan"]);
    app.end().await;
}

#[tokio::test]
async fn who_has_no_address_stands_in_a_list_for_a_letter_until_the_clerk_writes_the_declaration_down() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-04-25 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let (jan, ola) = (office.learner("jan").await, office.learner("ola").await);
    let mut owner = owner(&app).await;
    sqlx::query("update person set email = null where id = $1")
        .bind(jan.id.0)
        .execute(&mut owner)
        .await
        .unwrap();
    let programme = programme(&office, &anna.actor).await;
    let loan = lend(&office, &anna.actor, &jan, "IT/1", programme).await;
    lend(&office, &anna.actor, &ola, "IT/2", programme).await;
    set_clock(&app, datetime!(2026-10-12 10:00 UTC)).await;
    assert_eq!(send(&office).await, 1, "ola has an address");
    anna.client.sign_in("anna@brzozow", PASSWORD).await;
    let path = format!("/devices/loans/{loan}/declaration-letter");
    let page = anna.client.get("/devices/declarations").await.assert(200).has("Bez adresu e-mail").has(&path);
    page.has("IT/1").has("Osoba JAN").lacks("IT/2").lacks(REAL);
    let told = text(&pdf(&anna.client, &path).await);
    assert!(told.contains("Osoba JAN") && told.contains("25.10.2026") && told.contains(NEUTRAL), "{told}");
    assert!(!told.contains(REAL), "{told}");
    jan.client.sign_in("jan@brzozow", PASSWORD).await;
    jan.client.get(&path).await.assert(403);
    jan.client.post("/devices/declarations", &[("loan", &loan.to_string())]).await.assert(403);
    let obca = clerk(&app.office("inny").await, "obca").await;
    obca.client.get(&path).await.assert(404);
    obca.client.post("/devices/declarations", &[("loan", &loan.to_string())]).await.assert(404);
    anna.client.post("/devices/declarations", &[("loan", "x")]).await.assert(404);
    // Overdue, both stand in the list; what the clerk writes down takes one away.
    set_clock(&app, datetime!(2026-10-26 10:00 UTC)).await;
    anna.client.get("/devices/declarations").await.assert(200).has("IT/2").has("Zapisz: jest i działa");
    anna.client.post("/devices/declarations", &[("loan", &loan.to_string())]).await.assert(303);
    anna.client.get("/devices/declarations").await.assert(200).has("IT/2").lacks("IT/1").lacks("Bez adresu");
    app.end().await;
}

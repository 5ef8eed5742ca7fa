//! Loans that end without a return, through the outer door: what is lost, bought out or given for good; a notice; the end of what
//! belongs to one person; clauses of a programme.

use base::Actor;
use devices::applications;
use devices::loans::due::Rules;
use devices::loans::incident::{self, Told};
use devices::loans::kind::{AgreementKind, EventKind, Gone, IncidentKind, LoanKind, SignedBy};
use devices::loans::list::Show;
use devices::loans::settlement::{self, Settlement};
use devices::loans::{agreement, due, event, remind};
use devices::stocktake::remind as declarations;
use devices::{AgreementId, Error};
use futures::future::join_all;
use time::macros::{date, datetime};
use time::{Date, Duration};

use super::applications::{decide, programme};
use super::custody::somebody_waits;
use super::papers::pdf;
use crate::harness::lending::{
    clerk, drawn_up, hand, laptops, lend, letters, lines, proof, reminded, signed, until,
};
use crate::harness::pdf::text;
use crate::harness::{Someone, TestApp, owner, refused_by, set_clock};

async fn app() -> TestApp {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    app
}

/// State of a device, and whether its data must be wiped.
async fn stands(app: &TestApp, code: &str) -> (String, bool) {
    sqlx::query_as("select state, to_wipe from asset where inventory_no = $1")
        .bind(code)
        .fetch_one(&mut owner(app).await)
        .await
        .unwrap()
}

/// A report of that kind about the device; where it stands, and its id.
async fn told(who: &Someone, code: &str, kind: &str) -> (String, String) {
    let form = [
        ("code", code),
        ("kind", kind),
        ("happened_on", "2026-11-20"),
        ("description", "zostawiony w autobusie"),
    ];
    let there = who.client.post("/devices/incidents", &form).await.assert(303).location();
    let id = there.rsplit('/').next().unwrap().to_owned();
    (there, id)
}

async fn last_letter(app: &TestApp) -> (String, String) {
    letters(app).await.pop().unwrap()
}

#[tokio::test]
async fn a_stolen_device_is_settled_its_borrower_is_free_and_it_can_still_be_found() {
    let app = app().await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    let rules = until(date!(2030 - 01 - 01));
    let (id, loan) = lend(&office, &anna.actor, jan.id, "IT/1", &rules).await;
    let gone = format!("/devices/loans/{loan}/gone");
    let check = format!("{gone}/check");
    anna.client.get(&format!("/devices/loans/{loan}")).await.assert(200).has(&gone);
    // Nothing is lost that nobody told of, nor is anything sold without a paper; what was typed stays.
    let bare = [("gone", "lost"), ("settlement", "odszkodowanie wypłacone")];
    anna.client.post(&check, &bare).await.assert(422).has("Wskaż zgłoszenie").has("odszkodowanie wypłacone");
    anna.client.post(&gone, &bare).await.assert(422);
    let sold = [("gone", "bought_out"), ("settlement", "zapłacono")];
    anna.client.post(&check, &sold).await.assert(422).has("Podaj dokument sprzedaży");
    anna.client.post(&check, &[("gone", "donated")]).await.assert(422);
    let (there, incident) = told(&anna, "IT/1", "theft").await;
    anna.client.get(&there).await.assert(200).has("Rozlicz sprzęt, który nie wróci");
    let form = [
        ("key", "klucz-rozliczenia-1"),
        ("gone", "lost"),
        ("incident", incident.as_str()),
        ("settlement", "odszkodowanie wypłacone"),
        ("price", "1 200,50"),
        ("accessories", "1"),
    ];
    anna.client
        .post(&check, &form)
        .await
        .assert(200)
        .has("Rozliczyć sprzęt IT/1 bez zwrotu?")
        .has("odszkodowanie wypłacone");
    assert_eq!(lines(&office, &anna.actor, Show::Open).await.len(), 1, "asking changes nothing");
    let protocol = anna.client.post(&gone, &form).await.assert(303).location();
    assert_eq!(anna.client.post(&gone, &form).await.assert(303).location(), protocol, "sent twice");
    let page = anna.client.get(&protocol).await.assert(200);
    page.has("Protokół rozliczenia PRU/1/2026").has("odszkodowanie wypłacone").has("skradziony");
    let paper = text(&pdf(&anna.client, &format!("{protocol}/document")).await);
    assert!(paper.contains("PRU/1/2026") && paper.contains("odszkodowanie wypłacone"), "{paper}");
    assert!(paper.contains("Kradzież"), "{paper}");
    anna.client.get(&there).await.assert(200).lacks("Rozlicz sprzęt, który nie wróci");
    anna.client.get(&gone).await.assert(404);
    assert_eq!(stands(&app, "IT/1").await, ("stolen".to_owned(), true));
    let stand: Option<String> = sqlx::query_scalar("select stands from retention_file where id = $1")
        .bind(id.0)
        .fetch_one(&mut owner(&app).await)
        .await
        .unwrap();
    assert_eq!(stand, None, "its clock runs");
    // The borrower may have another one at once.
    lend(&office, &anna.actor, jan.id, "IT/2", &rules).await;
    // And it is found again.
    anna.client.get("/devices/returns?code=IT/1").await.assert(200).has("Ten sprzęt był utracony.");
    let back = [("code", "IT/1")];
    anna.client.post("/devices/returns", &back).await.assert(200).has("został odnaleziony");
    assert_eq!(stands(&app, "IT/1").await, ("in_stock".to_owned(), true));
    anna.client.get(&protocol).await.assert(200);
    app.end().await;
}

#[tokio::test]
async fn what_is_written_off_or_bought_leaves_the_books_and_of_32_who_settle_it_one_does() {
    let app = TestApp::crowded().await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let (anna, jan, ola) =
        (clerk(&office, "anna").await, office.learner("jan").await, office.learner("ola").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    let rules = until(date!(2040 - 01 - 01));
    let (_, first) = lend(&office, &anna.actor, jan.id, "IT/1", &rules).await;
    let (_, second) = lend(&office, &anna.actor, ola.id, "IT/2", &rules).await;
    let (_, incident) = told(&anna, "IT/1", "loss").await;
    let (_, other) = told(&anna, "IT/2", "loss").await;
    let check = format!("/devices/loans/{first}/gone/check");
    let form = [("gone", "lost"), ("incident", other.as_str()), ("settlement", "ugoda")];
    anna.client.post(&check, &form).await.assert(422).has("To zgłoszenie nie dotyczy");
    let given = Settlement {
        gone: Gone::Lost,
        incident: Some(incident.parse().unwrap()),
        document: String::new(),
        price_grosze: None,
        text: "ugoda".to_owned(),
        write_off: true,
        accessories: false,
        signed: Some((SignedBy::Paper, "Osoba JAN".to_owned())),
    };
    let tries = join_all((0..32).map(|_| async {
        let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
        let protocol = settlement::settle_gone(&mut tx, &proof(), first, &given).await?;
        tx.commit().await?;
        Ok::<_, Error>(protocol)
    }))
    .await;
    assert_eq!(tries.iter().filter(|one| one.is_ok()).count(), 1, "{tries:?}");
    assert!(tries.iter().all(|one| matches!(one, Ok(_) | Err(Error::Stays))), "{tries:?}");
    assert_eq!(stands(&app, "IT/1").await.0, "written_off");
    // What went along is still owed; the device itself only counts as found.
    assert_eq!(lines(&office, &anna.actor, Show::Owed).await.len(), 1);
    anna.client.get("/devices/returns?code=IT/1").await.assert(200).has("rozliczono jako utracony");
    anna.client.post("/devices/returns", &[("code", "IT/1")]).await.assert(200).has("został odnaleziony");
    assert_eq!(stands(&app, "IT/1").await.0, "written_off");
    let bought = [
        ("gone", "bought_out"),
        ("document", "FV/12/2026"),
        ("price", "350"),
        ("settlement", "zapłacono przelewem"),
    ];
    let gone = format!("/devices/loans/{second}/gone");
    let protocol = anna.client.post(&gone, &bought).await.assert(303).location();
    anna.client.get(&protocol).await.has("FV/12/2026").has("350,00");
    assert_eq!(stands(&app, "IT/2").await.0, "written_off");
    assert!(lines(&office, &anna.actor, Show::Open).await.is_empty());
    // No such end without a protocol of it, and none with one of a return.
    laptops(&office, &anna.actor, &["IT/3"]).await;
    let (_, third) = lend(&office, &anna.actor, jan.id, "IT/3", &rules).await;
    let mut owner = owner(&app).await;
    for (with, law) in [
        ("null", "settled_with_a_protocol"),
        ("(select handover_id from loan where handover_id is not null limit 1)", "foreign key"),
    ] {
        let sql = format!(
            "update loan set returned_at = handed_over_at, result = 'lost', return_id = {with} where id = '{third}'"
        );
        let said = refused_by(&mut owner, sql.clone()).await;
        assert!(said.contains(law), "{sql}: {said}");
    }
    app.end().await;
}

#[tokio::test]
async fn what_is_told_while_a_loan_is_settled_does_not_hang_on_it() {
    let app = app().await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    let told_now = Told {
        kind: IncidentKind::Theft,
        happened_on: date!(2026 - 11 - 20),
        description: "zostawiony w autobusie".to_owned(),
    };
    for (code, own) in [("IT/1", false), ("IT/2", true)] {
        let (_, loan) = lend(&office, &anna.actor, jan.id, code, &until(date!(2040 - 01 - 01))).await;
        let (_, incident) = told(&anna, code, "loss").await;
        let given = Settlement {
            gone: Gone::Lost,
            incident: Some(incident.parse().unwrap()),
            document: String::new(),
            price_grosze: None,
            text: "ugoda".to_owned(),
            write_off: false,
            accessories: true,
            signed: None,
        };
        let mut settling = app.ground.db.begin(&anna.actor).await.unwrap();
        settlement::settle_gone(&mut settling, &proof(), loan, &given).await.unwrap();
        let telling = async {
            let who = if own { &jan.actor } else { &anna.actor };
            let mut tx = app.ground.db.begin(who).await.unwrap();
            let id = if own {
                incident::report_own(&mut tx, loan, &told_now).await?
            } else {
                incident::report(&mut tx, &proof(), code, &told_now).await?
            };
            tx.commit().await?;
            Ok::<_, Error>(id)
        };
        let settled = async {
            somebody_waits(&app).await;
            settling.commit().await.unwrap();
        };
        let (answer, ()) = tokio::join!(telling, settled);
        assert_eq!(answer.is_ok(), !own, "{answer:?}");
        assert!(matches!(answer, Ok(_) | Err(Error::NotFound)), "{answer:?}");
    }
    let open: Vec<bool> = sqlx::query_scalar("select loan_id is null from incident where closed_at is null")
        .fetch_all(&mut owner(&app).await)
        .await
        .unwrap();
    assert_eq!(open, [true], "what was told after the end is of no loan");
    app.end().await;
}

#[tokio::test]
async fn nobody_is_asked_to_return_what_was_given_for_good_and_declarations_are_asked_for_while_it_binds() {
    let app = app().await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let made = programme(&office, &anna.actor, "Granty PPGR", false).await;
    let donation = "update programme set transfer = 'donation', declare_months = 12 where id = $1";
    sqlx::query(donation).bind(made.0.0).execute(&mut owner(&app).await).await.unwrap();
    let granted = decide(&office, &anna.actor, &made, jan.id, [1, 1], applications::Decision::Grant).await;
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let write = app::devices::applications::letter::decision;
    let id = applications::offer(&mut tx, &proof(), granted, "IT/1", &write).await.unwrap();
    agreement::sign(&mut tx, &proof(), id, SignedBy::Paper, None).await.unwrap();
    let known = agreement::one(&mut tx, &proof().reader(), id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(known.kind, AgreementKind::Donation);
    assert!(known.terms.contains("UMOWA DAROWIZNY") && known.terms.contains("do dnia 21.11.2028 r."));
    let loan = known.items[0].loan;
    hand(&office, &anna.actor, id, &[loan]).await.unwrap();
    let page = anna.client.get(&format!("/devices/loans/{loan}")).await.assert(200);
    page.has("przekazany na własność").has("do dnia 21.11.2028").lacks("Zmień termin");
    jan.client.get("/my-devices").await.assert(200).has("przekazany na własność");
    let renew = format!("/devices/loans/{loan}/renew");
    anna.client.post(&renew, &[("due_on", "2027-01-01"), ("reason", "x")]).await.assert(404);
    // It binds for two years: before that nobody ends it.
    let gone = format!("/devices/loans/{loan}/gone");
    anna.client.post(&gone, &[("gone", "donated")]).await.assert(422).has("do dnia 21.11.2028");
    let asked = async || {
        let job = Actor::job(declarations::KIND, office.id);
        let mut tx = app.ground.db.begin(&job).await.unwrap();
        let write = app::devices::stocktake::letter::declaration;
        let sent = declarations::send(&mut tx, &write).await.unwrap();
        tx.commit().await.unwrap();
        sent
    };
    let day = |day: Date| day.midnight().assume_utc() + Duration::hours(9);
    set_clock(&app, day(date!(2027 - 11 - 21))).await;
    assert_eq!(asked().await, 1, "the programme asks every year");
    let (to, letter) = last_letter(&app).await;
    assert_eq!(to, "jan@brzozow.example.org");
    assert!(
        letter.contains("oświadczenie") && !letter.contains("zwr") && !letter.contains("Zwr"),
        "{letter}"
    );
    for step in remind::STEPS {
        set_clock(&app, day(date!(2028 - 11 - 21) + Duration::days(i64::from(step)))).await;
        assert_eq!(reminded(&office).await, 0, "no letter asks for it, step {step}");
        assert!(lines(&office, &anna.actor, Show::Soon).await.is_empty(), "step {step}");
        assert!(lines(&office, &anna.actor, Show::Overdue).await.is_empty(), "step {step}");
    }
    let open = lines(&office, &anna.actor, Show::Open).await;
    assert!(open.len() == 1 && open[0].given && open[0].overdue_days().is_none());
    let given = Settlement {
        gone: Gone::Donated,
        incident: None,
        document: String::new(),
        price_grosze: None,
        text: String::new(),
        write_off: false,
        accessories: false,
        signed: None,
    };
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    settlement::settle_gone(&mut tx, &proof(), loan, &given).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(stands(&app, "IT/1").await.0, "donated");
    set_clock(&app, day(date!(2029 - 11 - 21))).await;
    assert_eq!(asked().await, 0, "nothing is asked for any more");
    app.end().await;
}

#[tokio::test]
async fn notice_is_given_once_its_letter_goes_out_and_the_reminders_begin_anew() {
    let app = app().await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    let without_end = Rules { notice_days: Some(30), ..Rules::default() };
    let (_, loan) = lend(&office, &anna.actor, jan.id, "IT/1", &without_end).await;
    let (_, fixed) = lend(&office, &anna.actor, anna.id, "IT/2", &until(date!(2030 - 01 - 01))).await;
    let there = format!("/devices/loans/{loan}");
    let notice = format!("{there}/notice");
    anna.client.get(&there).await.assert(200).has(&notice).has("bez terminu");
    anna.client.get(&format!("/devices/loans/{fixed}")).await.assert(200).lacks("Wypowiedz umowę");
    anna.client.get(&format!("/devices/loans/{fixed}/notice")).await.assert(404);
    anna.client.post(&format!("/devices/loans/{fixed}/notice"), &[("reason", "x")]).await.assert(404);
    anna.client.get(&notice).await.assert(200).has("wynosi 30 dni").has("do dnia 21.12.2026");
    anna.client.post(&notice, &[("reason", "")]).await.assert(422).has("Powód zmiany");
    assert_eq!(lines(&office, &anna.actor, Show::Soon).await.len(), 0, "asking changes nothing");
    anna.client.post(&notice, &[("reason", "sprzęt jest potrzebny w szkole")]).await.assert(303);
    // Once more: it says that it was given and when, and what was typed is there to be copied.
    let given = "Umowę wypowiedziano już dnia 21.11.2026. Sprzęt trzeba zwrócić do dnia 21.12.2026.";
    anna.client.post(&notice, &[("reason", "raz jeszcze")]).await.assert(422).has(given).has("raz jeszcze");
    anna.client.post(&notice, &[("reason", "")]).await.assert(422).has(given);
    anna.client.get(&notice).await.assert(200).has(given);
    let soon = lines(&office, &anna.actor, Show::Soon).await;
    assert_eq!(soon[0].due_on, Some(date!(2026 - 12 - 21)));
    let (to, letter) = last_letter(&app).await;
    assert_eq!(to, "jan@brzozow.example.org");
    assert!(letter.contains("Wypowiedzenie umowy") && letter.contains("21.12.2026"), "{letter}");
    assert!(letter.contains("sprzęt jest potrzebny w szkole"), "{letter}");
    let paper = text(&pdf(&anna.client, &format!("{there}/letter")).await);
    assert!(paper.contains("wypowiadamy umowę") && paper.contains("21.12.2026"), "{paper}");
    anna.client.get(&there).await.assert(200).lacks("Wypowiedz umowę").has("do dnia 21.12.2026");
    let (audited, chained): (i64, i64) = sqlx::query_as(
        "select (select count(*) from audit_event where act = 'gave_notice' and subject_id = $1),
                (select count(*) from custody_event where kind = 'due_changed' and detail ->> 'loan' = $1::text)",
    )
    .bind(loan.0)
    .fetch_one(&mut owner(&app).await)
    .await
    .unwrap();
    assert_eq!((audited, chained), (1, 1));
    // The letter of the notice stands for the reminder of that day; the next one comes a week before the end.
    assert_eq!(reminded(&office).await, 0);
    set_clock(&app, datetime!(2026-12-14 10:00 UTC)).await;
    assert_eq!(reminded(&office).await, 1);
    assert_eq!(reminded(&office).await, 0);
    app.end().await;
}

#[tokio::test]
async fn a_reminder_that_waits_does_not_go_once_its_day_is_given_up_or_the_device_is_back() {
    let app = app().await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    laptops(&office, &anna.actor, &["IT/1", "IT/2", "IT/3", "IT/4"]).await;
    let last = date!(2026 - 11 - 28);
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let mandate =
        event::create(&mut tx, &proof(), EventKind::Mandate, "mandat", None, Some(last)).await.unwrap();
    tx.commit().await.unwrap();
    let mut loans = Vec::new();
    for (login, code) in [("jan", "IT/1"), ("ola", "IT/2"), ("ewa", "IT/3"), ("ula", "IT/4")] {
        let tied = Rules { events: vec![mandate], ..Rules::default() };
        let rules = if code == "IT/2" { tied } else { until(last) };
        loans.push(lend(&office, &anna.actor, office.learner(login).await.id, code, &rules).await.1);
    }
    assert_eq!(reminded(&office).await, 4);
    let waiting = async || -> Vec<String> {
        let sql = "select args ->> 'to' from job where kind = 'mail' and key like 'reminder %' and state = 'waiting' order by 1";
        sqlx::query_scalar(sql).fetch_all(&mut owner(&app).await).await.unwrap()
    };
    assert_eq!(waiting().await.len(), 4, "the letters have not left yet");
    let without_end = Rules { notice_days: Some(30), ..Rules::default() };
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    due::renew(&mut tx, &proof(), loans[0], &without_end, "zostaje w szkole").await.unwrap();
    assert_eq!(event::change(&mut tx, &proof(), mandate, 1, "mandat", None).await.unwrap(), 1);
    tx.commit().await.unwrap();
    anna.client.post("/devices/returns", &[("code", "IT/3")]).await.assert(200);
    assert_eq!(waiting().await, ["ula@brzozow.example.org"]);
    app.end().await;
}

/// An event of one person, made by the form; its address.
async fn event_of(who: &Someone, kind: &str, name: &str, person: &Someone) -> String {
    let id = person.id.to_string();
    let form = [("kind", kind), ("name", name), ("person", id.as_str()), ("ends_on", "2029-04-30")];
    who.client.post("/devices/due", &form).await.assert(303);
    let page = who.client.get("/devices/due").await.assert(200);
    let at = page.text.find("href=\"/devices/due/").expect("the event") + 6;
    let there = page.text[at..at + 13 + 36].to_owned();
    page.has(name).has(&format!("/devices/people/{id}"));
    there
}

/// Two devices tied to the end of what is one person's, and one that is not.
async fn ends_with_it(kind: &str, name: &str) {
    let app = app().await;
    let office = app.office("brzozow").await;
    let (anna, jan, ola) =
        (clerk(&office, "anna").await, office.learner("jan").await, office.learner("ola").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2", "IT/3"]).await;
    // Somebody of another office is nobody here, and what was typed stays.
    let foreign = app.office("inny").await.learner("obcy").await.id.to_string();
    let form = [("kind", kind), ("name", "inna nazwa"), ("person", foreign.as_str()), ("q", "OLA")];
    anna.client.post("/devices/due", &form).await.assert(422).has("inna nazwa").has("Osoba OLA");
    let found = anna.client.get("/devices/due?q=JAN").await.assert(200);
    found.has(&format!("value=\"{}\"", jan.id)).has("Osoba JAN");
    let there = event_of(&anna, kind, name, &jan).await;
    let id = there.rsplit('/').next().unwrap().parse().unwrap();
    let tied = Rules { events: vec![id], ..Rules::default() };
    let (agreement, loans) = signed(&office, &anna.actor, jan.id, &["IT/1", "IT/2"], &tied).await.unwrap();
    hand(&office, &anna.actor, agreement, &loans).await.unwrap();
    lend(&office, &anna.actor, ola.id, "IT/3", &until(date!(2029 - 04 - 30))).await;
    let due = async || {
        let mut all = lines(&office, &anna.actor, Show::Open).await;
        all.sort_by(|a, b| a.inventory_no.cmp(&b.inventory_no));
        all.iter().map(|line| line.due_on).collect::<Vec<_>>()
    };
    let last = Some(date!(2029 - 04 - 30));
    assert_eq!(due().await, [last, last, last]);
    anna.client.get(&there).await.assert(200).has("Osoba JAN");
    let edit = [("version", "1"), ("name", name), ("ends_on", "2026-11-30")];
    let check = format!("{there}/check");
    let page = anna.client.post(&check, &edit).await.assert(200);
    page.has("IT/1").has("IT/2").lacks("IT/3").has("Zmieni się termin 2 użyczeń");
    anna.client.post(&there, &edit).await.assert(303);
    let ended = Some(date!(2026 - 11 - 30));
    assert_eq!(due().await, [ended, ended, last]);
    set_clock(&app, datetime!(2026-11-23 10:00 UTC)).await;
    assert_eq!(reminded(&office).await, 2, "a week before the new day");
    app.end().await;
}

#[tokio::test]
async fn a_mandate_that_ends_moves_every_loan_tied_to_it() {
    ends_with_it("mandate", "mandat radnego Jana").await;
}

#[tokio::test]
async fn an_enrolment_that_ends_moves_every_loan_tied_to_it() {
    ends_with_it("enrolment", "nauka w szkole nr 1").await;
}

#[tokio::test]
async fn an_agreement_keeps_the_clauses_of_its_programme_with_which_it_was_signed() {
    let app = app().await;
    let office = app.office("brzozow").await;
    let (anna, jan, ola) =
        (clerk(&office, "anna").await, office.learner("jan").await, office.learner("ola").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    let (programme, _) = programme(&office, &anna.actor, "Laptopy gminne", false).await;
    let there = format!("/devices/programmes/{programme}/rules");
    let write = async |clauses: &str| {
        let form = [("collect_days", "14"), ("durable_months", "24"), ("clauses", clauses)];
        anna.client.post(&there, &form).await
    };
    let agree = async |person: &Someone, code: &str| {
        let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
        let device = (code, LoanKind::Primary);
        let (id, _) = drawn_up(&mut tx, AgreementKind::Loan, person.id, Some(programme), device).await;
        let rules = until(date!(2030 - 01 - 01));
        due::set_of_agreement(&mut tx, &proof(), id, &rules).await.unwrap();
        tx.commit().await.unwrap();
        id
    };
    let sign = async |id: AgreementId| {
        let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
        agreement::sign(&mut tx, &proof(), id, SignedBy::Paper, None).await.unwrap();
        tx.commit().await.unwrap();
    };
    let first = agree(&jan, "IT/1").await;
    let old = format!("/devices/agreements/{first}/print");
    anna.client
        .get(&old)
        .await
        .assert(200)
        .lacks("Postanowienia dodatkowe")
        .has("§ 8. Postanowienia końcowe");
    let long = format!("Za długie. {}", "x".repeat(5000));
    write(&long).await.assert(422).has("Za długie.").has("Dodatkowe postanowienia umów");
    write("1. Sprzęt przynosi się na lekcje.\nNaklejek się nie usuwa.").await.assert(303);
    anna.client.get(&there).await.assert(200).has("Naklejek się nie usuwa.").has("wersja postanowień: 2");
    anna.client
        .get(&old)
        .await
        .has("§ 8. Postanowienia dodatkowe")
        .has("1. Sprzęt przynosi się na lekcje.")
        .has("2. Naklejek się nie usuwa.")
        .has("§ 9. Postanowienia końcowe");
    sign(first).await;
    write("Sprzęt zostaje w szkole.").await.assert(303);
    anna.client.get(&old).await.has("Naklejek się nie usuwa.").lacks("Sprzęt zostaje w szkole.");
    let paper = text(&pdf(&anna.client, &format!("/devices/agreements/{first}/document")).await);
    assert!(paper.contains("Naklejek się nie usuwa.") && !paper.contains("zostaje w szkole"), "{paper}");
    let second = agree(&ola, "IT/2").await;
    let new = format!("/devices/agreements/{second}/print");
    anna.client.get(&new).await.has("1. Sprzęt zostaje w szkole.").lacks("Naklejek");
    sign(second).await;
    write("").await.assert(303);
    anna.client.get(&new).await.has("1. Sprzęt zostaje w szkole.");
    let mut owner = owner(&app).await;
    let versions = "select clauses_version from loan_agreement where signed_at is not null order by number";
    let versions: Vec<Option<i32>> = sqlx::query_scalar(versions).fetch_all(&mut owner).await.unwrap();
    assert_eq!(versions, [Some(2), Some(3)]);
    let said = refused_by(&mut owner, "update loan_agreement set clauses_version = 9".to_owned()).await;
    assert!(said.contains("not changed"), "{said}");
    app.end().await;
}

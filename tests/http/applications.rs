//! Applications through the outer door and in the database: forms of a guardian and a clerk, points, decisions, the waiting
//! list, offers that nobody collects, many at once, and input that is meant badly.

use base::{Actor, PersonId};
use devices::applications::{self, Decided, Decision, Entry, Refusal, Rules, State};
use devices::loans::agreement;
use devices::loans::handover::Handed;
use devices::loans::kind::SignedBy;
use devices::register::purchase::{self, Programme};
use devices::{AgreementId, ApplicationId, CriterionId, Error, LoanId, ProgrammeId};
use futures::future::join_all;
use identity::Role;
use identity::guardian::{self, Basis};
use serde_json::Value;
use time::Duration;
use time::macros::{date, datetime};

use super::custody::so_many_wait;
use crate::harness::lending::{clerk, hand, laptops, lend_of, letters, proof};
use crate::harness::{House, Someone, TestApp, owner, refused_by, set_clock};

fn write(notice: &applications::Notice) -> base::mail::Letter {
    app::devices::applications::letter::decision(notice)
}

async fn app() -> TestApp {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    app
}

/// A programme that takes applications, with two criteria.
pub async fn programme(
    office: &House<'_>,
    who: &Actor,
    name: &str,
    sensitive: bool,
) -> (ProgrammeId, Vec<CriterionId>) {
    let mut tx = office.app.ground.db.begin(who).await.unwrap();
    let new = Programme {
        name: name.to_owned(),
        neutral_name: if sensitive { "Laptopy 2021".to_owned() } else { String::new() },
        sensitive,
        ..Programme::default()
    };
    let id = purchase::save_programme(&mut tx, &proof(), None, &new).await.unwrap();
    let rules = Rules {
        eligibility: "Uczniowie gminy".to_owned(),
        apply_from: Some(date!(2026 - 11 - 01)),
        excludes_holders: true,
        one_primary: true,
        durable_months: Some(24),
        collect_days: 14,
        ..Rules::default()
    };
    applications::set_rules(&mut tx, &proof(), id, &rules).await.unwrap();
    let mut criteria = Vec::new();
    for (name, most) in [("Troje dzieci", 10), ("Brak komputera", 8)] {
        criteria.push(applications::add_criterion(&mut tx, &proof(), id, name, most).await.unwrap());
    }
    tx.commit().await.unwrap();
    (id, criteria)
}

/// A child of twelve for whom this person speaks.
async fn child(office: &House<'_>, who: &Actor, login: &str, speaks: &Someone, basis: Basis) -> Someone {
    let child = office.learner(login).await;
    let mut tx = office.app.ground.db.begin(who).await.unwrap();
    guardian::set_born_on(&mut tx, &proof(), child.id, Some(date!(2014 - 01 - 01))).await.unwrap();
    guardian::add(&mut tx, &proof(), child.id, speaks.id, basis, date!(2014 - 01 - 01)).await.unwrap();
    tx.commit().await.unwrap();
    child
}

pub async fn enter(
    office: &House<'_>,
    who: &Actor,
    programme: ProgrammeId,
    person: PersonId,
) -> Result<ApplicationId, Error> {
    let mut tx = office.app.ground.db.begin(who).await.unwrap();
    let entry = Entry {
        programme,
        beneficiary: person,
        signatory: None,
        need: "nauka".to_owned(),
        claimed: Vec::new(),
        paper: None,
    };
    let id = applications::enter(&mut tx, &proof(), &entry).await?;
    tx.commit().await?;
    Ok(id)
}

fn decided(decision: Decision) -> Decided {
    Decided { decision, on: date!(2026 - 11 - 20), by: "komisja".to_owned(), note: String::new() }
}

/// An application with these points and this decision.
pub async fn decide(
    office: &House<'_>,
    who: &Actor,
    programme: &(ProgrammeId, Vec<CriterionId>),
    person: PersonId,
    points: [i16; 2],
    decision: Decision,
) -> ApplicationId {
    let id = enter(office, who, programme.0, person).await.unwrap();
    let mut tx = office.app.ground.db.begin(who).await.unwrap();
    let points: Vec<_> = programme.1.iter().copied().zip(points).collect();
    applications::score(&mut tx, &proof(), id, &points).await.unwrap();
    applications::decide(&mut tx, &proof(), id, &decided(decision), &write).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn offer(app: &TestApp, who: &Actor, id: ApplicationId, code: &str) -> Result<(), Error> {
    let mut tx = app.ground.db.begin(who).await.unwrap();
    applications::offer(&mut tx, &proof(), id, code, &write).await?;
    Ok(tx.commit().await?)
}

async fn state(office: &House<'_>, who: &Actor, id: ApplicationId) -> State {
    let mut tx = office.app.ground.db.begin(who).await.unwrap();
    applications::one(&mut tx, &proof(), id).await.unwrap().0.state
}

/// One row of everything that an address of applications can name, for the walk over all routes.
pub async fn one_of_everything(office: &House<'_>, who: &Someone) -> Vec<(&'static str, String)> {
    let programme = programme(office, &who.actor, "Do przejścia", false).await;
    let id = enter(office, &who.actor, programme.0, who.id).await.unwrap();
    vec![("application", id.to_string())]
}

#[tokio::test]
async fn a_guardian_applies_checks_and_sends_and_a_clerk_scores_grants_and_offers() {
    let app = app().await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let mama = office.learner("mama").await;
    let jan = child(&office, &anna.actor, "jan", &mama, Basis::Parent).await;
    let (programme, criteria) = programme(&office, &anna.actor, "Zdalna Szkoła", false).await;
    laptops(&office, &anna.actor, &["IT/1"]).await;

    mama.client.get("/my-devices").await.assert(200).has("/my-devices/apply");
    mama.client.get("/my-devices/apply").await.assert(200).has("Zdalna Szkoła").has("Uczniowie gminy");
    let form = format!("/my-devices/apply/{programme}");
    mama.client.get(&form).await.assert(200).has("Osoba JAN").has("Troje dzieci");
    // A minor does not apply alone.
    jan.client.get(&form).await.assert(200).has("Poproś rodzica lub opiekuna");
    let who = jan.id.to_string();
    jan.client.post(&form, &[("who", &who), ("need", "x")]).await.assert(422);
    mama.client.post(&form, &[("who", &who), ("need", "")]).await.assert(422).has("Uzasadnienie");
    let claim = format!("c_{}", criteria[0]);
    let need = "<script>alert(1)</script> </textarea> potrzebny";
    let sent = mama.client.post(&form, &[("who", &who), ("need", need), (&claim, "1")]).await.assert(303);
    let check = sent.location();
    mama.client
        .get(&check)
        .await
        .assert(200)
        .has("Sprawdź wniosek przed wysłaniem")
        .has("&lt;script&gt;alert(1)")
        .lacks("<script>alert(1)");
    // A draft is nobody else's.
    jan.client.get(&check).await.assert(404);
    let id = check.rsplit('/').next().unwrap().to_owned();
    let clerks = format!("/devices/applications/{id}");
    anna.client.get("/devices/applications").await.assert(200).has("Brak wniosków");
    mama.client.post(&format!("{check}/send"), &[]).await.assert(303);
    mama.client.post(&format!("{check}/send"), &[]).await.assert(303);
    mama.client.get(&check).await.assert(200).has("WN/1/2026").has("Wniosek czeka na sprawdzenie");
    mama.client.post(&form, &[("who", &who), ("need", "drugi")]).await.assert(422).has("już jest");

    anna.client.get("/devices/applications").await.assert(200).has("WN/1/2026").has("Osoba JAN");
    let list = format!("/devices/programmes/{programme}/applications");
    anna.client.get(&list).await.assert(200).has("WN/1/2026").has("Troje dzieci: do 10 pkt");
    anna.client.get(&clerks).await.assert(200).has("&lt;script&gt;alert(1)").lacks("<script>alert(1)");
    // Nothing is granted before there are points.
    let grant = [("decision", "grant"), ("decided_on", "2026-11-20"), ("decided_by", "komisja")];
    anna.client.post(&format!("{clerks}/decide"), &grant).await.assert(422);
    anna.client.post(&format!("{clerks}/complete"), &[]).await.assert(303);
    let (first, second) = (format!("p_{}", criteria[0]), format!("p_{}", criteria[1]));
    let score = format!("{clerks}/score");
    anna.client
        .post(&score, &[(&first, "11"), (&second, "0")])
        .await
        .assert(422)
        .has("w granicach kryterium");
    anna.client.post(&score, &[(&first, "10")]).await.assert(422).has("za każde kryterium");
    anna.client.post(&score, &[(&first, "10"), (&second, "dużo")]).await.assert(422);
    anna.client.post(&score, &[(&first, "10"), (&second, "8")]).await.assert(303);
    let late = [("decision", "grant"), ("decided_on", "2027-01-01"), ("decided_by", "")];
    anna.client.post(&format!("{clerks}/decide"), &late).await.assert(422).has("Kto zdecydował");
    anna.client.post(&format!("{clerks}/decide"), &grant).await.assert(303);
    anna.client.post(&format!("{clerks}/offer"), &[("code", "nie ma")]).await.assert(422);
    anna.client.post(&format!("{clerks}/offer"), &[("code", "it-1")]).await.assert(303);
    anna.client.post(&format!("{clerks}/offer"), &[("code", "IT/1")]).await.assert(422);
    let page = anna.client.get(&clerks).await.assert(200).has("czeka na odbiór do 05.12.2026");
    let agreement = page.text.split("/devices/agreements/").last().unwrap().split('"').next().unwrap();
    let print = format!("/devices/agreements/{agreement}/print");
    anna.client
        .get(&print)
        .await
        .assert(200)
        .has("Osoba JAN, w którego imieniu działa Osoba MAMA")
        .has("21.11.2028");
    mama.client.get(&check).await.assert(200).has("Odbierz sprzęt do 05.12.2026").has("IT/1");
    anna.client.get(&format!("{clerks}/letter")).await.assert(200).has("05.12.2026").has("Zdalna Szkoła");
    let letters = letters(&app).await;
    assert_eq!(letters.len(), 2, "{letters:?}");
    assert!(letters.iter().all(|(to, _)| to == "mama@brzozow.example.org"), "{letters:?}");
    // Withdrawn, the device is free again.
    mama.client.post(&format!("{check}/withdraw"), &[]).await.assert(303);
    mama.client.post(&format!("{check}/withdraw"), &[]).await.assert(303);
    laptop_is_free(&office, &anna.actor, "IT/1").await;
    app.end().await;
}

#[tokio::test]
async fn a_refusal_tells_its_reason_in_the_letter_and_on_the_applicant_s_page() {
    let app = app().await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let mama = office.learner("mama").await;
    let jan = child(&office, &anna.actor, "jan", &mama, Basis::Parent).await;
    let ola = child(&office, &anna.actor, "ola", &mama, Basis::Parent).await;
    let (programme, _) = programme(&office, &anna.actor, "Zdalna Szkoła", false).await;
    let form = format!("/my-devices/apply/{programme}");
    let apply = async |who: PersonId| {
        let typed = [("who", who.to_string()), ("need", "nauka".to_owned())];
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let own = mama.client.post(&form, &typed).await.assert(303).location();
        mama.client.post(&format!("{own}/send"), &[]).await.assert(303);
        let id = own.rsplit('/').next().unwrap().to_owned();
        (own, format!("/devices/applications/{id}"))
    };
    let said = [("decision", "refuse"), ("decided_on", "2026-11-20"), ("decided_by", "komisja")];
    let refuse = async |clerks: &str, more: &[(&str, &str)]| {
        anna.client.post(&format!("{clerks}/decide"), &[said.as_slice(), more].concat()).await
    };

    // Without a reason, or with another one that nobody names, nothing is refused, and what was typed is still there.
    let (own, clerks) = apply(jan.id).await;
    let note = "Lista <b>wyczerpana</b> w piątek";
    refuse(&clerks, &[("note", note)])
        .await
        .assert(422)
        .has("href=\"#f-refusal\"")
        .has("Powód odmowy: Wypełnij to pole.")
        .has("Lista &lt;b&gt;wyczerpana");
    refuse(&clerks, &[("refusal", "kaprys"), ("note", note)]).await.assert(422).has("href=\"#f-refusal\"");
    refuse(&clerks, &[("refusal", "other"), ("note", " ")]).await.assert(422).has("href=\"#f-note\"");
    assert!(letters(&app).await.is_empty(), "nothing is told before it is decided");
    mama.client.get(&own).await.assert(200).has("Wniosek czeka na sprawdzenie").lacks("Powód odmowy");

    refuse(&clerks, &[("refusal", "no_devices"), ("note", note)]).await.assert(303);
    mama.client
        .get(&own)
        .await
        .assert(200)
        .has("Wniosek został rozpatrzony odmownie")
        .has("Powód odmowy")
        .has("brak sprzętu")
        .has("Lista &lt;b&gt;wyczerpana");
    anna.client.get(&clerks).await.assert(200).has("brak sprzętu");
    let told = "Komisja odmówiła przyznania sprzętu. Powód: brak sprzętu.";
    anna.client.get(&format!("{clerks}/letter")).await.assert(200).has(told).has("Lista &lt;b&gt;wyczerpana");
    let sent = letters(&app).await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent[0].0, "mama@brzozow.example.org");
    for part in ["WN/1/2026", told, note, "Osoba JAN"] {
        assert!(sent[0].1.contains(part), "{part} is not in {}", sent[0].1);
    }
    // Decided is decided, and the reason is not that of everybody.
    refuse(&clerks, &[("refusal", "untrue")]).await.assert(422);
    let (own, clerks) = apply(ola.id).await;
    refuse(&clerks, &[("refusal", "other"), ("note", "Wniosek złożono dwa razy")]).await.assert(303);
    mama.client
        .get(&own)
        .await
        .assert(200)
        .has("inny powód, podany w uwagach")
        .has("Wniosek złożono dwa razy");
    let sent = letters(&app).await;
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert!(
        sent[1].1.contains("Powód: inny powód") && sent[1].1.contains("złożono dwa razy"),
        "{}",
        sent[1].1
    );
    // The register of applications is for clerks.
    mama.client.get(&format!("{clerks}/letter")).await.assert(403);
    app.end().await;
}

async fn laptop_is_free(office: &House<'_>, who: &Actor, code: &str) {
    let other = office.learner("zastepca").await;
    let made = (programme(office, who, "Inny", false).await, code);
    let id = decide(office, who, &made.0, other.id, [1, 1], Decision::Grant).await;
    offer(office.app, who, id, made.1).await.unwrap();
}

#[tokio::test]
async fn a_protected_programme_is_named_to_clerks_alone() {
    let app = app().await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let (mama, ciocia) = (office.learner("mama").await, office.learner("ciocia").await);
    child(&office, &anna.actor, "jan", &mama, Basis::Parent).await;
    let ola = child(&office, &anna.actor, "ola", &ciocia, Basis::FosterParent).await;
    let name = "Wsparcie pieczy zastępczej";
    let made = programme(&office, &anna.actor, name, true).await;
    let form = format!("/my-devices/apply/{}", made.0);
    mama.client.get("/my-devices/apply").await.assert(200).has("Nie ma teraz otwartego naboru").lacks(name);
    mama.client.get(&form).await.assert(404);
    ciocia.client.get("/my-devices/apply").await.assert(200).has("Laptopy 2021").lacks(name);
    let who = ola.id.to_string();
    let sent = ciocia.client.post(&form, &[("who", &who), ("need", "nauka")]).await.assert(303);
    ciocia.client.post(&format!("{}/send", sent.location()), &[]).await.assert(303);
    ciocia.client.get(&sent.location()).await.assert(200).has("Laptopy 2021").lacks(name);
    let id: ApplicationId = sent.location().rsplit('/').next().unwrap().parse().unwrap();
    let points: Vec<_> = made.1.iter().map(|one| (*one, 1)).collect();
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    applications::score(&mut tx, &proof(), id, &points).await.unwrap();
    applications::decide(&mut tx, &proof(), id, &decided(Decision::Grant), &write).await.unwrap();
    tx.commit().await.unwrap();
    let clerks = format!("/devices/applications/{id}");
    anna.client.get(&clerks).await.assert(200).has(name);
    anna.client
        .get(&format!("{clerks}/letter"))
        .await
        .assert(200)
        .has("w programie „Laptopy 2021”")
        .lacks(name);
    for (to, text) in letters(&app).await {
        assert!(!text.contains(name) && !text.contains("pieczy") && text.contains("program"), "{to}: {text}");
    }
    let mut owner = owner(&app).await;
    let looks: i64 = sqlx::query_scalar(
        "select count(*) from audit_event where act = 'viewed_application' and subject_id = $1",
    )
    .bind(id.0)
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(looks, 1, "each look is written down");
    app.end().await;
}

#[tokio::test]
async fn one_of_thirty_two_applications_at_once_is_taken_and_a_device_is_offered_once() {
    let app = app().await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let made = programme(&office, &anna.actor, "Zdalna Szkoła", false).await;
    let jan = office.learner("jan").await;
    let tries = join_all((0..32).map(|_| enter(&office, &anna.actor, made.0, jan.id))).await;
    assert_eq!(tries.iter().filter(|one| one.is_ok()).count(), 1);
    assert_eq!(tries.iter().filter(|one| matches!(one, Err(Error::Applied))).count(), 31);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let mut granted = Vec::new();
    for at in 0..32 {
        let mut tx = app.ground.db.begin(&Actor::job("test", office.id)).await.unwrap();
        let new = identity::person::NewPerson {
            login: format!("p{at}"),
            email: format!("p{at}@brzozow.example.org"),
            given_name: "Osoba".to_owned(),
            family_name: format!("P{at}"),
            language: "pl".to_owned(),
            unit: None,
        };
        let terminal = identity::PeopleAdmin::at_the_terminal();
        let id = identity::person::create(&mut tx, &terminal, &new).await.unwrap();
        tx.commit().await.unwrap();
        granted.push(decide(&office, &anna.actor, &made, id, [1, 0], Decision::Grant).await);
    }
    let offers = join_all(granted.iter().map(|id| offer(&app, &anna.actor, *id, "IT/1"))).await;
    assert_eq!(offers.iter().filter(|one| one.is_ok()).count(), 1, "{offers:?}");
    assert_eq!(offers.iter().filter(|one| matches!(one, Err(Error::Reserved))).count(), 31, "{offers:?}");
    app.end().await;
}

#[tokio::test]
async fn what_is_not_collected_goes_to_the_next_exactly_once() {
    let app = app().await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let made = programme(&office, &anna.actor, "Zdalna Szkoła", false).await;
    laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    let mut people = Vec::new();
    for login in ["adam", "beata", "celina", "darek"] {
        people.push(office.learner(login).await);
    }
    let granted = decide(&office, &anna.actor, &made, people[0].id, [10, 8], Decision::Grant).await;
    let low = decide(&office, &anna.actor, &made, people[1].id, [1, 0], Decision::Wait).await;
    app.clock.advance(Duration::minutes(1));
    let high = decide(&office, &anna.actor, &made, people[2].id, [9, 0], Decision::Wait).await;
    let later = decide(&office, &anna.actor, &made, people[3].id, [1, 0], Decision::Wait).await;
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let waiting = applications::waiting(&mut tx, &proof(), made.0).await.unwrap();
    let order: Vec<_> = waiting.iter().map(|one| (one.id, one.position)).collect();
    assert_eq!(order, [(high, Some(1)), (low, Some(2)), (later, Some(3))], "points, then time");
    applications::offer(&mut tx, &proof(), granted, "IT/1", &write).await.unwrap();
    tx.commit().await.unwrap();
    let run = async || -> Result<usize, Error> {
        let mut tx = app.ground.db.begin(&Actor::job(applications::KIND, office.id)).await.unwrap();
        let ended = applications::expire(&mut tx, &proof(), &write).await?;
        tx.commit().await?;
        Ok(ended)
    };
    // The last day itself is in time.
    app.clock.advance(Duration::days(14));
    assert_eq!(run().await.unwrap(), 0);
    app.clock.advance(Duration::days(1));
    let before = letters(&app).await.len();
    let runs = join_all((0..32).map(|_| run())).await;
    let ended: usize = runs.into_iter().map(Result::unwrap).sum();
    assert_eq!(ended, 1);
    assert_eq!(state(&office, &anna.actor, granted).await, State::Expired);
    assert_eq!(state(&office, &anna.actor, high).await, State::Granted);
    assert_eq!(state(&office, &anna.actor, low).await, State::Waitlisted);
    let letters = letters(&app).await;
    assert_eq!(letters.len() - before, 2, "one to each: {letters:?}");
    assert!(
        letters[before..]
            .iter()
            .any(|(to, text)| to.starts_with("celina") && text.contains("czeka na odbiór"))
    );
    assert!(
        letters[before..]
            .iter()
            .any(|(to, text)| to.starts_with("adam") && text.contains("nie został odebrany"))
    );
    // The daily job is queued once a day, and only where there is something.
    for _ in 0..3 {
        applications::ask_daily(&app.ground.db).await.unwrap();
    }
    app.clock.advance(Duration::days(20));
    for _ in 0..3 {
        applications::ask_daily(&app.ground.db).await.unwrap();
    }
    let mut owner = owner(&app).await;
    let jobs: i64 = sqlx::query_scalar("select count(*) from job where kind = 'allocations_expire'")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert_eq!(jobs, 1);
    app.end().await;
}

#[tokio::test]
async fn hand_overs_and_the_end_of_their_offers_wait_for_each_other_and_never_in_a_ring() {
    let app = TestApp::crowded().await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let made = programme(&office, &anna.actor, "Zdalna Szkoła", false).await;
    let codes: Vec<String> = (0..31).map(|at| format!("IT/{at}")).collect();
    laptops(&office, &anna.actor, &codes.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let mut granted = Vec::new();
    for (at, code) in codes.iter().enumerate() {
        let person = office.learner(&format!("p{at}")).await;
        let id = decide(&office, &anna.actor, &made, person.id, [1, 0], Decision::Grant).await;
        offer(&app, &anna.actor, id, code).await.unwrap();
        granted.push(id);
    }
    let mut holding = owner(&app).await;
    let offered: Vec<(uuid::Uuid, uuid::Uuid)> =
        sqlx::query_as("select agreement_id, loan_id from allocation order by id")
            .fetch_all(&mut holding)
            .await
            .unwrap();
    let offered: Vec<_> =
        offered.into_iter().map(|(agreement, loan)| (AgreementId(agreement), LoanId(loan))).collect();
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    for (id, _) in &offered {
        agreement::sign(&mut tx, &proof(), *id, SignedBy::Paper, None).await.unwrap();
    }
    tx.commit().await.unwrap();
    app.clock.advance(Duration::days(15));
    // The job has the first agreement and waits for its loan; the others come to be handed over meanwhile, and then it is let go.
    sqlx::query("begin").execute(&mut holding).await.unwrap();
    sqlx::query("select id from loan order by id for no key update").execute(&mut holding).await.unwrap();
    let expiry = async {
        let mut tx = app.ground.db.begin(&Actor::job(applications::KIND, office.id)).await.unwrap();
        let ended = applications::expire(&mut tx, &proof(), &write).await?;
        tx.commit().await?;
        Ok::<usize, Error>(ended)
    };
    let (house, clerk) = (&office, &anna.actor);
    let hand_overs = async {
        so_many_wait(&app, 1).await;
        join_all(offered.iter().map(|(id, loan)| hand(house, clerk, *id, std::slice::from_ref(loan)))).await
    };
    let let_go = async {
        so_many_wait(&app, 32).await;
        sqlx::query("commit").execute(&mut holding).await.unwrap();
    };
    let (ended, handed, ()) = tokio::join!(expiry, hand_overs, let_go);
    assert_eq!(ended.unwrap(), 1, "the others were there before their offers ended");
    let (late, rest) = handed.split_first().unwrap();
    assert!(matches!(late, Err(Error::Invalid(wrong)) if wrong[0].field == "items"), "{late:?}");
    assert!(rest.iter().all(|one| matches!(one, Ok(Handed::Done(_)))), "{rest:?}");
    assert_eq!(state(&office, &anna.actor, granted[0]).await, State::Expired);
    assert_eq!(state(&office, &anna.actor, granted[1]).await, State::Granted);
    app.end().await;
}

/// Offers that are open: whose, and of which device.
async fn open_offers(app: &TestApp) -> Vec<(uuid::Uuid, String)> {
    let mut owner = owner(app).await;
    sqlx::query_as(
        "select o.application_id, s.inventory_no from allocation o join loan l on l.id = o.loan_id join asset s on s.id = l.asset_id
         where o.ended_at is null order by o.id",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_device_that_is_given_up_goes_to_the_next_at_once_and_exactly_once() {
    let app = app().await;
    let office = app.office("brzozow").await;
    let anna = office.person("anna", &[Role::DeviceClerk]).await;
    let made = programme(&office, &anna.actor, "Zdalna Szkoła", false).await;
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let mut people = Vec::new();
    for login in ["adam", "beata", "celina"] {
        people.push(office.learner(login).await);
    }
    let granted = decide(&office, &anna.actor, &made, people[0].id, [10, 8], Decision::Grant).await;
    let low = decide(&office, &anna.actor, &made, people[1].id, [1, 0], Decision::Wait).await;
    let high = decide(&office, &anna.actor, &made, people[2].id, [9, 0], Decision::Wait).await;
    offer(&app, &anna.actor, granted, "IT/1").await.unwrap();
    let before = letters(&app).await.len();
    // The applicant clicks thirty-two times; the job that passes the device on runs thirty-two times, and the daily one as often.
    let withdraw = async || -> Result<(), Error> {
        let mut tx = app.ground.db.begin(&people[0].actor).await.unwrap();
        applications::withdraw(&mut tx, granted).await?;
        Ok(tx.commit().await?)
    };
    for withdrawn in join_all((0..32).map(|_| withdraw())).await {
        withdrawn.unwrap();
    }
    let mut owner = owner(&app).await;
    let asked = "select count(*) from job where kind = $1 and state = 'waiting'";
    let asked: i64 = sqlx::query_scalar(asked).bind(applications::KIND).fetch_one(&mut owner).await.unwrap();
    assert_eq!(asked, 1, "the job is asked for in the same transaction");
    let pass_on = async || -> Result<usize, Error> {
        let mut tx = app.ground.db.begin(&Actor::job(applications::KIND, office.id)).await.unwrap();
        let offered = applications::pass_on(&mut tx, &proof(), &write).await?;
        tx.commit().await?;
        Ok(offered)
    };
    let runs = join_all((0..32).map(|_| pass_on())).await;
    let offered: usize = runs.into_iter().map(Result::unwrap).sum();
    assert_eq!(offered, 1);
    assert_eq!(open_offers(&app).await, [(high.0, "IT/1".to_owned())]);
    assert_eq!(state(&office, &anna.actor, granted).await, State::Withdrawn);
    let sent = letters(&app).await;
    assert_eq!(sent.len() - before, 1, "{sent:?}");
    assert!(sent[before].0.starts_with("celina") && sent[before].1.contains("czeka na odbiór"), "{sent:?}");

    // Refused at the hand-over: the clerk writes it down, in thirty-two tabs, and the next one has it with the same click.
    let path = format!("/devices/applications/{high}");
    anna.client.get(&path).await.assert(200).has("Zapisz rezygnację");
    let decline = format!("{path}/decline");
    let clicks = join_all((0..32).map(|_| anna.client.post(&decline, &[]))).await;
    assert_eq!(clicks.iter().filter(|page| page.status == 303).count(), 1);
    assert_eq!(clicks.iter().filter(|page| page.status == 422).count(), 31);
    assert_eq!(open_offers(&app).await, [(low.0, "IT/1".to_owned())]);
    assert_eq!(state(&office, &anna.actor, high).await, State::Withdrawn);
    anna.client.get(&path).await.assert(200).lacks("Zapisz rezygnację");
    people[0].client.post(&decline, &[]).await.assert(403);
    // Nobody waits any more: taken out of the agreement by hand it is free, and its applicant may have another.
    let agreement = anna.client.get(&format!("/devices/applications/{low}")).await.text;
    let agreement =
        agreement.split("/devices/agreements/").last().unwrap().split('"').next().unwrap().to_owned();
    let loan: uuid::Uuid = sqlx::query_scalar("select loan_id from allocation where ended_at is null")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    let remove = format!("/devices/agreements/{agreement}/remove");
    anna.client.post(&remove, &[("loan", &loan.to_string())]).await.assert(303);
    assert!(open_offers(&app).await.is_empty());
    assert_eq!(state(&office, &anna.actor, low).await, State::Granted);
    offer(&app, &anna.actor, low, "IT/1").await.unwrap();
    assert_eq!(open_offers(&app).await, [(low.0, "IT/1".to_owned())]);
    app.end().await;
}

#[tokio::test]
async fn a_device_that_was_given_up_and_is_gone_is_offered_to_nobody() {
    let app = app().await;
    let office = app.office("brzozow").await;
    let anna = office.person("anna", &[Role::DeviceClerk]).await;
    let made = programme(&office, &anna.actor, "Zdalna Szkoła", false).await;
    let (adam, beata, olga) =
        (office.learner("adam").await, office.learner("beata").await, office.learner("olga").await);
    for (at, prepared) in [("IT/1", false), ("IT/2", true)] {
        let ids = laptops(&office, &anna.actor, &[at]).await;
        let granted = decide(&office, &anna.actor, &made, adam.id, [10, 8], Decision::Grant).await;
        let waits = decide(&office, &anna.actor, &made, beata.id, [1, 0], Decision::Wait).await;
        offer(&app, &anna.actor, granted, at).await.unwrap();
        let mut tx = app.ground.db.begin(&adam.actor).await.unwrap();
        applications::withdraw(&mut tx, granted).await.unwrap();
        tx.commit().await.unwrap();
        // Before the job runs somebody sees that it is missing, or prepares it for another person.
        if prepared {
            super::loans::signed(
                &office,
                &anna.actor,
                olga.id,
                &[at],
                &super::loans::until(date!(2030 - 01 - 01)),
            )
            .await
            .unwrap();
        } else {
            use devices::register::state;
            let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
            state::set(&mut tx, &proof(), ids[0], devices::register::State::Missing, "nie ma").await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut tx = app.ground.db.begin(&Actor::job(applications::KIND, office.id)).await.unwrap();
        assert_eq!(applications::expire(&mut tx, &proof(), &write).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!(state(&office, &anna.actor, waits).await, State::Waitlisted, "{at}");
        let mut tx = app.ground.db.begin(&beata.actor).await.unwrap();
        applications::withdraw(&mut tx, waits).await.unwrap();
        tx.commit().await.unwrap();
    }
    app.end().await;
}

#[tokio::test]
async fn the_database_keeps_an_application_going_forward() {
    let app = app().await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let jan = office.learner("jan").await;
    let made = programme(&office, &anna.actor, "Zdalna Szkoła", false).await;
    let id = decide(&office, &anna.actor, &made, jan.id, [10, 8], Decision::Refuse(Refusal::NoDevices)).await;
    let mut owner = owner(&app).await;
    for (sql, why) in [
        ("update application set state = 'granted', refusal = null where id = $", "does not go"),
        ("update application set beneficiary_id = recorded_by where id = $", "stays whose it is"),
        ("update application set refusal = null where id = $", "application_refused"),
        ("update application_score set points = 11 where application_id = $", "points_within"),
    ] {
        let said = refused_by(&mut owner, sql.replace('$', &format!("'{id}'"))).await;
        assert!(said.contains(why), "{said}");
    }
    // A device of another programme stands in the way, and so does one of this programme.
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let ola = office.learner("ola").await;
    let other = programme(&office, &anna.actor, "Inny", false).await;
    lend_of(&office, &anna.actor, ola.id, "IT/1", other.0).await;
    let id = enter(&office, &anna.actor, made.0, ola.id).await.unwrap();
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let points: Vec<_> = made.1.iter().map(|one| (*one, 1)).collect();
    applications::score(&mut tx, &proof(), id, &points).await.unwrap();
    let refused = applications::decide(&mut tx, &proof(), id, &decided(Decision::Grant), &write).await;
    assert!(matches!(refused, Err(Error::Excluded)), "{refused:?}");
    let id = enter(&office, &anna.actor, other.0, ola.id).await.unwrap();
    let points: Vec<_> = other.1.iter().map(|one| (*one, 1)).collect();
    applications::score(&mut tx, &proof(), id, &points).await.unwrap();
    let refused = applications::decide(&mut tx, &proof(), id, &decided(Decision::Grant), &write).await;
    assert!(matches!(refused, Err(Error::HasPrimary)), "{refused:?}");
    app.end().await;
}

#[tokio::test]
async fn a_paper_is_a_pdf_and_another_organisation_learns_nothing() {
    let app = app().await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let jan = office.learner("jan").await;
    let (programme, _) = programme(&office, &anna.actor, "Zdalna Szkoła", false).await;
    anna.client.get("/devices/applications/new?q=JAN").await.assert(200).has("Osoba JAN");
    let form = format!("/devices/applications/new?person={}&programme={programme}", jan.id);
    anna.client.get(&form).await.assert(200).has("Skan wniosku");
    let send = async |bytes: Vec<u8>, key: &str| {
        let part = reqwest::multipart::Part::bytes(bytes).file_name("wniosek.pdf");
        let form = reqwest::multipart::Form::new()
            .text("person", jan.id.to_string())
            .text("programme", programme.to_string())
            .text("need", "nauka")
            .text("key", key.to_owned())
            .part("file", part);
        let request = anna.client.request(reqwest::Method::POST, "/devices/applications/new").multipart(form);
        anna.client.send(request).await
    };
    send(b"MZ\x90 not a PDF".to_vec(), "klucz-pierwszy").await.assert(422).has("To nie jest plik PDF");
    send(vec![b'%'; 11 << 20], "klucz-drugi").await.assert(413);
    let pdf = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n".to_vec();
    let made = send(pdf.clone(), "klucz-trzeci").await.assert(303).location();
    assert_eq!(
        send(pdf.clone(), "klucz-trzeci").await.assert(303).location(),
        made,
        "sent twice, entered once"
    );
    let paper = anna.client.get(&format!("{made}/paper")).await.assert(200);
    assert_eq!(paper.header("content-type"), "application/pdf");
    assert_eq!(paper.text.as_bytes(), pdf);
    // Another organisation's clerk, and a person who is no clerk.
    let inna = clerk(&app.office("inny").await, "obca").await;
    let list = format!("/devices/programmes/{programme}/applications");
    for path in [made.clone(), format!("{made}/paper"), format!("{made}/letter"), list.clone()] {
        inna.client.get(&path).await.assert(404);
    }
    inna.client.post(&format!("{made}/complete"), &[]).await.assert(404);
    jan.client.get(&list).await.assert(403);
    jan.client.get(&made).await.assert(403);
    let foreign = enter(&app.office("trzeci").await, &inna.actor, programme, jan.id).await;
    assert!(matches!(foreign, Err(Error::Invalid(wrong)) if wrong[0].field == "programme"));
    for person in ["", "zzz", "%00"] {
        let path = format!("/devices/applications/new?person={person}&programme={programme}");
        assert!([200, 400].contains(&anna.client.get(&path).await.status.as_u16()));
    }
    app.end().await;
}

#[tokio::test]
async fn the_api_enters_scores_and_decides() {
    let app = app().await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let jan = office.learner("jan").await;
    let (programme, criteria) = programme(&office, &anna.actor, "Zdalna Szkoła", true).await;
    let client = anna.with_ticket().await;
    let call = async |method: reqwest::Method, path: &str, body: String| {
        let request = client.request(method, path).header("content-type", "application/json").body(body);
        client.send(request).await
    };
    let new =
        format!(r#"{{"programme":"{programme}","beneficiary":"{}","claimed":["{}"]}}"#, jan.id, criteria[0]);
    let made = call(reqwest::Method::POST, "/api/v1/devices/applications", new.clone()).await.assert(201);
    call(reqwest::Method::POST, "/api/v1/devices/applications", new).await.assert(409);
    let one = made.location();
    let said: Value = serde_json::from_str(&made.text).unwrap();
    assert_eq!(
        (said["state"].as_str(), said["scores"][0]["claimed"].as_bool()),
        (Some("submitted"), Some(true))
    );
    assert!(!made.text.contains("Zdalna"), "{}", made.text);
    let put = reqwest::Method::PUT;
    let points = |first: i32| {
        format!(
            r#"{{"points":[{{"criterion":"{}","points":{first}}},{{"criterion":"{}","points":8}}]}}"#,
            criteria[0], criteria[1]
        )
    };
    call(put.clone(), &format!("{one}/points"), points(11)).await.assert(422);
    call(put.clone(), &format!("{one}/points"), points(10)).await.assert(200).has("\"points\":18");
    let wait = r#"{"decision":"wait","decided_on":"2026-11-20","decided_by":"komisja"}"#.to_owned();
    call(put.clone(), &format!("{one}/decision"), wait.clone()).await.assert(200).has("\"position\":1");
    call(put, &format!("{one}/decision"), wait).await.assert(409);
    let list = format!("/api/v1/devices/applications?programme={programme}&state=waitlisted");
    client.get(&list).await.assert(200).has("WN/1/2026");
    client.get("/api/v1/devices/applications?state=zly").await.assert(422);
    let pupil = jan.with_ticket().await;
    pupil.get(&one).await.assert(403);
    app.end().await;
}

//! What people have to take: rules that follow people, cycles over years, deadlines that are extended and exempted from, versions
//! that ask for it again, letters that go out once, and reports for heads of units.

mod letters;
mod proof;
mod reminders;

use courses::assign::{self, Settled, mine};
use courses::enrolment::{self, Target};
use courses::publish::{self, Asks};
use courses::report::frozen;
use courses::report::{self, Oversight};
use courses::rule::{Due, Rule};
use courses::{EnrolmentId, Error, TakingId, Taught};
use futures::future::join_all;
use identity::person::NewPerson;
use identity::{OrgUnitId, PeopleAdmin, PositionId, head, position};
use sqlx::PgConnection;
use time::macros::datetime;
use time::{Date, Duration};

use crate::harness::{House, PASSWORD, Page, Someone, TestApp, owner, refused_by, set_clock};
use base::Actor;

fn terminal() -> PeopleAdmin {
    PeopleAdmin::at_the_terminal()
}

/// A mandatory rule.
pub fn must(due: Due, valid_months: Option<i32>) -> Rule {
    Rule { mandatory: true, due, valid_months }
}

/// A unit below another.
pub async fn unit(office: &House<'_>, parent: Option<OrgUnitId>, name: &str) -> OrgUnitId {
    let mut tx = office.app.ground.db.begin(&Actor::job("test", office.id)).await.unwrap();
    let id = identity::unit::create(&mut tx, &terminal(), parent, name).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Somebody goes to work in a unit, and the takings follow as the job has them do.
pub async fn place(office: &House<'_>, who: &Someone, unit: Option<OrgUnitId>) {
    let mut tx = office.app.ground.db.begin(&Actor::job("test", office.id)).await.unwrap();
    let known = identity::person::one(&mut tx, &terminal(), who.id).await.unwrap();
    let new = NewPerson {
        login: known.login,
        email: known.email.unwrap_or_default(),
        given_name: known.given_name,
        family_name: known.family_name,
        language: known.language,
        unit,
    };
    identity::person::change(&mut tx, &terminal(), who.id, &new).await.unwrap();
    tx.commit().await.unwrap();
    settle(office).await;
}

/// A position with these holders.
pub async fn held(office: &House<'_>, name: &str, people: &[&Someone]) -> PositionId {
    let mut tx = office.app.ground.db.begin(&Actor::job("test", office.id)).await.unwrap();
    let id = position::create(&mut tx, &terminal(), name).await.unwrap();
    for person in people {
        position::add(&mut tx, &terminal(), id, person.id).await.unwrap();
    }
    tx.commit().await.unwrap();
    id
}

/// Makes somebody the head of a unit.
pub async fn appoint(office: &House<'_>, unit: OrgUnitId, who: &Someone) {
    let mut tx = office.app.ground.db.begin(&Actor::job("test", office.id)).await.unwrap();
    head::appoint(&mut tx, &terminal(), unit, who.id).await.unwrap();
    tx.commit().await.unwrap();
}

/// What the job does after people moved, and every night.
pub async fn settle(office: &House<'_>) -> Settled {
    let mut tx = office.app.ground.db.begin(&Actor::job(assign::NIGHTLY, office.id)).await.unwrap();
    let settled = assign::settle(&mut tx, None).await.unwrap();
    tx.commit().await.unwrap();
    settled
}

/// Directs a course at somebody.
pub async fn direct(
    office: &House<'_>,
    who: &Someone,
    course: &Taught,
    target: Target,
    rule: &Rule,
) -> EnrolmentId {
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    enrolment::direct(&mut tx, course, target, rule).await.unwrap();
    let all = enrolment::all(&mut tx, course).await.unwrap();
    tx.commit().await.unwrap();
    all.into_iter().find(|one| one.target == target).unwrap().id
}

/// A published course of one unit.
pub async fn published(office: &House<'_>, ada: &Someone, title: &str) -> Taught {
    let course = office.course(ada, title, &[("Lekcja", "Tekst.")]).await;
    office.publish(ada, &course, &[]).await;
    course
}

/// Signs in anew where sessions have ended, and finishes the only unit.
pub async fn finish(who: &Someone, course: &Taught) {
    who.client.sign_in(&who.name, PASSWORD).await;
    who.client.post(&format!("/courses/{}/lekcja/finish", course.slug()), &[]).await.assert(303);
}

/// The takings of a person: cycle, deadline, and how it stands.
pub async fn takings(owner: &mut PgConnection, who: &Someone) -> Vec<(i32, Option<Date>, String)> {
    sqlx::query_as(
        "select cycle, coalesce(extended_to, due_on),
                case when done_at is not null then 'done' when exempted_at is not null then 'exempt'
                     when released_at is not null then 'released' when assigned_at is null then 'own' else 'open' end
         from taking where person_id = $1 order by course_id, cycle",
    )
    .bind(who.id.0)
    .fetch_all(owner)
    .await
    .unwrap()
}

fn day(text: &str) -> Option<Date> {
    let form = time::macros::format_description!("[year]-[month]-[day]");
    Some(Date::parse(text, form).unwrap())
}

fn told(rows: &[(i32, Option<Date>, String)]) -> Vec<(i32, Option<Date>, &str)> {
    rows.iter().map(|(cycle, due, state)| (*cycle, *due, state.as_str())).collect()
}

/// The only taking of a person that is open.
pub async fn open_taking(owner: &mut PgConnection, who: &Someone) -> TakingId {
    let id: uuid::Uuid = sqlx::query_scalar(
        "select id from taking where person_id = $1 and done_at is null and exempted_at is null and released_at is null",
    )
    .bind(who.id.0)
    .fetch_one(owner)
    .await
    .unwrap();
    TakingId(id)
}

#[tokio::test]
async fn rules_follow_people_as_they_come_move_and_leave_and_the_person_reads_why() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, ola, ewa) =
        (office.learner("jan").await, office.learner("ola").await, office.learner("ewa").await);
    let town = unit(&office, None, "Wydział Promocji").await;
    let desk = unit(&office, Some(town), "Referat Prasowy").await;
    let other = unit(&office, None, "Wydział Oświaty").await;
    place(&office, &jan, Some(desk)).await;
    place(&office, &ewa, Some(other)).await;
    let editors = held(&office, "redaktor strony", &[&ola]).await;
    place(&office, &ola, Some(town)).await;
    let course = published(&office, &ada, "Dostępność").await;
    direct(&office, &ada, &course, Target::Unit(town), &must(Due::After(30), None)).await;
    direct(&office, &ada, &course, Target::Position(editors), &must(Due::After(10), None)).await;
    let mut owner = owner(&app).await;
    assert_eq!(told(&takings(&mut owner, &jan).await), [(1, day("2026-12-21"), "open")], "below the unit");
    assert_eq!(
        told(&takings(&mut owner, &ola).await),
        [(1, day("2026-12-01"), "open")],
        "the earliest of two"
    );
    assert!(takings(&mut owner, &ewa).await.is_empty());
    assert_eq!(settle(&office).await, Settled::default(), "once more changes nothing");
    ola.client
        .get("/training")
        .await
        .assert(200)
        .has("ponieważ pełnisz funkcję: redaktor strony, w: Wydział Promocji")
        .has("ponieważ pracujesz w jednostce: Wydział Promocji")
        .has("01.12.2026");
    let page = ola.client.get(&format!("/courses/{}", course.slug())).await.assert(200);
    page.has("Szkolenie obowiązkowe, termin: 01.12.2026").has("redaktor strony");

    // Jan begins, goes away, and comes back: what he did is there, and the time that he has begins anew.
    jan.client.get(&format!("/courses/{}/lekcja", course.slug())).await.assert(200);
    place(&office, &jan, Some(other)).await;
    assert_eq!(told(&takings(&mut owner, &jan).await), [(1, day("2026-12-21"), "released")]);
    jan.client.get(&format!("/courses/{}", course.slug())).await.assert(404);
    set_clock(&app, datetime!(2026-12-10 10:00 UTC)).await;
    place(&office, &jan, Some(town)).await;
    assert_eq!(told(&takings(&mut owner, &jan).await), [(1, day("2027-01-09"), "open")]);
    let begun: i64 = sqlx::query_scalar("select count(*) from progress where person_id = $1 and cycle = 1")
        .bind(jan.id.0)
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert_eq!(begun, 1);
    // A suspended person is asked for nothing; one who loses a position keeps what the unit asks for.
    let mut tx = app.ground.db.begin(&Actor::job("test", office.id)).await.unwrap();
    identity::person::suspend(&mut tx, &terminal(), jan.id).await.unwrap();
    position::remove(&mut tx, &terminal(), editors, ola.id).await.unwrap();
    tx.commit().await.unwrap();
    settle(&office).await;
    assert_eq!(told(&takings(&mut owner, &jan).await), [(1, day("2027-01-09"), "released")]);
    assert_eq!(told(&takings(&mut owner, &ola).await), [(1, day("2026-12-21"), "open")]);
    // Somebody new is assigned it on the day of coming.
    place(&office, &ewa, Some(desk)).await;
    assert_eq!(told(&takings(&mut owner, &ewa).await), [(1, day("2027-01-09"), "open")]);
    // The unit is gone from the rules: whoever did not begin is released.
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    for one in enrolment::all(&mut tx, &course).await.unwrap() {
        enrolment::remove(&mut tx, &course, one.id).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(told(&takings(&mut owner, &ewa).await), [(1, day("2027-01-09"), "released")]);
    app.end().await;
}

#[tokio::test]
async fn the_first_page_tells_a_head_of_those_below_alone_and_others_of_nobody() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let szef = office.learner("szef").await;
    let (jan, ola, ewa) =
        (office.learner("jan").await, office.learner("ola").await, office.learner("ewa").await);
    let town = unit(&office, None, "Wydział Promocji").await;
    let desk = unit(&office, Some(town), "Referat Prasowy").await;
    let other = unit(&office, None, "Wydział Oświaty").await;
    for (who, place_of) in [(&jan, desk), (&ola, town), (&ewa, other)] {
        place(&office, who, Some(place_of)).await;
    }
    let course = published(&office, &ada, "Dostępność").await;
    let due = Due::Fixed(datetime!(2026-11-25 10:00 UTC).date());
    direct(&office, &ada, &course, Target::Everybody, &must(due, None)).await;
    settle(&office).await;
    let heading = "Szkolenia w organizacji";
    szef.client.get("/").await.assert(200).lacks(heading);
    appoint(&office, town, &szef).await;
    // Whoever heads one unit twice over, by itself and from above, is told of nobody twice.
    appoint(&office, desk, &szef).await;
    szef.client.get("/").await.assert(200).has(heading).has("Nikt nie ma szkolenia po terminie.");
    set_clock(&app, datetime!(2026-11-28 10:00 UTC)).await;
    szef.client.get("/").await.assert(200).has("2 osoby mają szkolenia po terminie.");
    finish(&jan, &course).await;
    szef.client.get("/").await.assert(200).has("1 osoba ma szkolenie po terminie.");
    // What is written down anew as it was is no change of what is finished.
    let same = "update taking set done_at = done_at where person_id = $1";
    let done = sqlx::query(same).bind(jan.id.0).execute(&mut owner(&app).await).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
    for who in [&jan, &ewa] {
        who.client.get("/").await.assert(200).lacks(heading);
    }
    app.end().await;
}

#[tokio::test]
async fn a_deadline_is_a_day_so_many_days_or_a_day_of_every_year() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let mut owner = owner(&app).await;
    for (login, due, day_of_it) in [
        ("staly", Due::Fixed(time::macros::date!(2026 - 12 - 24)), Some("2026-12-24")),
        ("wzgledny", Due::After(14), Some("2026-12-05")),
        ("styczen", Due::Yearly { month: 1, day: 31 }, Some("2027-01-31")),
        ("bez", Due::Never, None),
    ] {
        let person = office.learner(login).await;
        let course = published(&office, &ada, &format!("Kurs {login}")).await;
        direct(&office, &ada, &course, Target::Person(person.id), &must(due, None)).await;
        assert_eq!(
            told(&takings(&mut owner, &person).await),
            [(1, day_of_it.and_then(day), "open")],
            "{login}"
        );
        let said = day_of_it.map(|text| text.split('-').rev().collect::<Vec<_>>().join("."));
        person.client.get("/training").await.assert(200).has(said.as_deref().unwrap_or("Kurs bez"));
    }
    app.end().await;
}

#[tokio::test]
async fn each_change_of_people_asks_for_its_part_in_its_own_transaction_and_a_worker_does_it() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let szef = office.admin("szef").await;
    let jan = office.learner("jan").await;
    let course = published(&office, &ada, "Dostępność").await;
    let group = office.group("Redaktorzy", &[]).await;
    direct(&office, &ada, &course, Target::Group(group), &must(Due::Never, None)).await;
    let mut owner = owner(&app).await;
    // What is rolled back asks for nothing.
    let asked = "select count(*) from job where kind = 'people_moved'";
    let before: i64 = sqlx::query_scalar(asked).fetch_one(&mut owner).await.unwrap();
    let mut tx = app.ground.db.begin(&szef.actor).await.unwrap();
    identity::group::add(&mut tx, &terminal(), group, jan.id).await.unwrap();
    drop(tx);
    assert_eq!(sqlx::query_scalar::<_, i64>(asked).fetch_one(&mut owner).await.unwrap(), before);
    szef.client.post(&format!("/groups/{group}/add"), &[("person", &jan.id.to_string())]).await.assert(303);
    for _ in 0..1200 {
        if !takings(&mut owner, &jan).await.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(told(&takings(&mut owner, &jan).await), [(1, None, "open")]);
    app.end().await;
}

#[tokio::test]
async fn cycles_follow_one_another_over_two_years_and_nothing_of_an_earlier_one_changes() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, ola) = (office.learner("jan").await, office.learner("ola").await);
    let yearly = published(&office, &ada, "RODO").await;
    let valid = published(&office, &ada, "BHP").await;
    direct(&office, &ada, &yearly, Target::Person(jan.id), &must(Due::Yearly { month: 1, day: 31 }, None))
        .await;
    direct(&office, &ada, &valid, Target::Person(ola.id), &must(Due::After(14), Some(12))).await;
    let mut owner = owner(&app).await;
    assert_eq!(told(&takings(&mut owner, &jan).await), [(1, day("2027-01-31"), "open")]);
    assert_eq!(told(&takings(&mut owner, &ola).await), [(1, day("2026-12-05"), "open")]);
    set_clock(&app, datetime!(2026-12-01 10:00 UTC)).await;
    finish(&jan, &yearly).await;
    finish(&ola, &valid).await;
    let frozen = async |owner: &mut PgConnection| -> Vec<String> {
        let all = "select t::text from taking t where done_at is not null order by done_at, id";
        sqlx::query_scalar(all).fetch_all(owner).await.unwrap()
    };
    let first = frozen(&mut owner).await;
    assert_eq!(first.len(), 2);
    // Just before the window nothing, in it the next cycle, due when the last one stops counting.
    for (at, jans, olas) in [
        (datetime!(2027-10-31 10:00 UTC), 1, 1),
        (datetime!(2027-11-01 10:00 UTC), 1, 2),
        (datetime!(2027-12-31 10:00 UTC), 1, 2),
        (datetime!(2028-01-01 10:00 UTC), 2, 2),
    ] {
        set_clock(&app, at).await;
        settle(&office).await;
        settle(&office).await;
        assert_eq!(takings(&mut owner, &jan).await.len(), jans, "yearly at {at}");
        assert_eq!(takings(&mut owner, &ola).await.len(), olas, "twelve months at {at}");
    }
    assert_eq!(told(&takings(&mut owner, &jan).await)[1], (2, day("2028-01-31"), "open"));
    assert_eq!(told(&takings(&mut owner, &ola).await)[1], (2, day("2027-12-01"), "open"));
    // Late in the second year; the third is asked for by the calendar all the same.
    set_clock(&app, datetime!(2028-03-05 10:00 UTC)).await;
    ola.client.sign_in(&ola.name, PASSWORD).await;
    ola.client.get("/training").await.assert(200).has("Po terminie").has("Poprzednie razy").has("01.12.2026");
    finish(&jan, &yearly).await;
    settle(&office).await;
    set_clock(&app, datetime!(2029-01-01 10:00 UTC)).await;
    settle(&office).await;
    assert_eq!(told(&takings(&mut owner, &jan).await)[2], (3, day("2029-01-31"), "open"));
    let now = frozen(&mut owner).await;
    assert_eq!(now[..2], first[..], "what was finished in the first year stands as it stood");
    for set in
        ["valid_until = null", "done_at = null, version_id = null, valid_until = null", "due_on = null"]
    {
        let sql = format!("update taking set {set} where person_id = '{}' and cycle = 1", jan.id);
        assert!(refused_by(&mut owner, sql).await.contains("is not changed"));
    }
    // Progress of the first cycle is still there beside that of the second.
    let cycles = "select array_agg(cycle order by cycle) from progress where person_id = $1";
    let cycles: Vec<i32> = sqlx::query_scalar(cycles).bind(jan.id.0).fetch_one(&mut owner).await.unwrap();
    assert_eq!(cycles, [1, 2]);
    app.end().await;
}

/// Thirty-two at once.
#[tokio::test]
async fn however_many_settle_at_once_each_person_has_one_open_taking() {
    let app = TestApp::crowded().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = published(&office, &ada, "RODO").await;
    let mut owner = owner(&app).await;
    // The rule is there, nobody settled it: as after a restore.
    sqlx::query(
        "insert into enrolment (id, organisation_id, course_id, target, created_by, mandatory, due_kind, due_days)
         values (gen_random_uuid(), $1, $2, 'organisation', $3, true, 'after', 30)",
    )
    .bind(office.id.0)
    .bind(course.id().0)
    .bind(ada.id.0)
    .execute(&mut owner)
    .await
    .unwrap();
    sqlx::query(
        "insert into person (id, organisation_id, login, given_name, family_name)
         select gen_random_uuid(), $1, 'p' || n, 'Osoba', 'P' || n from generate_series(1, 200) n",
    )
    .bind(office.id.0)
    .execute(&mut owner)
    .await
    .unwrap();
    let settled: Vec<Settled> = join_all((0..32).map(|_| settle(&office))).await;
    assert_eq!(settled.iter().map(|one| one.opened).sum::<u64>(), 201);
    let (all, people): (i64, i64) =
        sqlx::query_as("select count(*), count(distinct person_id) from taking where due_on is not null")
            .fetch_one(&mut owner)
            .await
            .unwrap();
    assert_eq!((all, people), (201, 201));
    app.end().await;
}

#[tokio::test]
async fn two_thousand_assignments_edited_twice_at_once_stay_of_one_rule() {
    let app = TestApp::crowded().await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = published(&office, &ada, "RODO").await;
    let mut owner = owner(&app).await;
    sqlx::query(
        "insert into person (id, organisation_id, login, given_name, family_name)
         select gen_random_uuid(), $1, 'p' || n, 'Osoba', 'P' || n from generate_series(1, 2000) n",
    )
    .bind(office.id.0)
    .execute(&mut owner)
    .await
    .unwrap();
    let rule = direct(&office, &ada, &course, Target::Everybody, &must(Due::After(30), None)).await;
    let path = format!("/teaching/{}/people/{rule}", course.slug());
    let page = ada.client.get(&path).await.assert(200).has("Wszyscy w organizacji");
    let revision = page.value("revision");
    let edit = async |days: &str| -> Page {
        let form = [
            ("revision", revision.as_str()),
            ("mandatory", "1"),
            ("due", "after"),
            ("due_days", days),
            ("confirm", "1"),
        ];
        ada.client.post(&path, &form).await
    };
    let (left, right) = tokio::join!(edit("10"), edit("60"));
    let mut statuses = [left.status.as_u16(), right.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422], "one counts, the other is told");
    let (won, lost) = if left.status == 303 { ("2026-12-01", right) } else { ("2027-01-20", left) };
    lost.has("Ktoś zmienił tę regułę w międzyczasie");
    let days: Vec<(Option<Date>, i64)> =
        sqlx::query_as("select due_on, count(*) from taking group by due_on")
            .fetch_all(&mut owner)
            .await
            .unwrap();
    assert_eq!(days, [(day(won), 2001)]);
    app.end().await;
}

#[tokio::test]
async fn a_rule_for_many_is_shown_with_its_numbers_before_it_counts_and_a_wrong_one_keeps_what_was_typed() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, ola) = (office.learner("jan").await, office.learner("ola").await);
    let group = office.group("Redaktorzy", &[&jan, &ola]).await;
    let course = office.course(&ada, "Dostępność", &[("Lekcja", "Tekst.")]).await;
    office.publish(&ada, &course, &[Target::Person(jan.id)]).await;
    finish(&jan, &course).await;
    let list = format!("/teaching/{}/people", course.slug());
    let target = format!("group {group}");
    let go = ada.client.post(&list, &[("target", &target), ("rule", "1")]).await.assert(303);
    let form = ada.client.get(&go.location()).await.assert(200).has("Grupa: Redaktorzy");
    assert_eq!(form.value("target"), target);
    let path = format!("{list}/rule");
    let wrong = [
        ("target", target.as_str()),
        ("mandatory", "1"),
        ("due", "fixed"),
        ("due_on", "2026-01-31"),
        ("valid_months", "12"),
    ];
    ada.client
        .post(&path, &wrong)
        .await
        .assert(422)
        .has("Podaj dzień, który jeszcze nie minął")
        .has("2026-01-31")
        .has("value=\"12\"");
    let odd = [
        ("target", target.as_str()),
        ("mandatory", "1"),
        ("due", "yearly"),
        ("due_month", "2"),
        ("due_day", "30"),
    ];
    ada.client.post(&path, &odd).await.assert(422).has("dzień i miesiąc, które są w kalendarzu");
    let mut right = vec![
        ("target", target.as_str()),
        ("mandatory", "1"),
        ("due", "yearly"),
        ("due_month", "1"),
        ("due_day", "31"),
        ("valid_months", "12"),
    ];
    let mut owner = owner(&app).await;
    ada.client
        .post(&path, &right)
        .await
        .assert(200)
        .has("Reguła obejmie 2 osoby")
        .has("1 osoba już ukończyła")
        .has("co roku do 31.01.")
        .has("ważne 12 miesięcy");
    assert!(takings(&mut owner, &ola).await.is_empty(), "asked, not done");
    right.push(("confirm", "1"));
    ada.client.post(&path, &right).await.assert(303);
    assert_eq!(told(&takings(&mut owner, &ola).await), [(1, day("2027-01-31"), "open")]);
    assert_eq!(takings(&mut owner, &jan).await.len(), 1, "done already");
    ada.client.get(&list).await.assert(200).has("co roku do 31.01.").has("Ustal termin i ważność");
    ada.client.post(&path, &right).await.assert(422).has("już zapisane");
    // A rule that would assign everybody of another organisation finds nobody.
    let other = app.office("inny").await;
    let theirs = other.group("Cudzy", &[]).await;
    let unit = unit(&other, None, "Cudzy wydział").await;
    let obcy = other.learner("obcy").await;
    for target in [format!("group {theirs}"), format!("unit {unit}"), format!("person {}", obcy.id)] {
        let form = [("target", target.as_str()), ("mandatory", "1"), ("due", "none"), ("confirm", "1")];
        ada.client.post(&path, &form).await.assert(404);
        ada.client.get(&format!("{path}?target={}", target.replace(' ', "+"))).await.assert(404);
    }
    // And the door behind the page refuses it as well.
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let refused = enrolment::direct(&mut tx, &course, Target::Group(theirs), &must(Due::Never, None)).await;
    assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    drop(tx);
    assert_eq!(settle(&other).await, Settled::default());
    jan.client.get(&path).await.assert(403);
    app.end().await;
}

#[tokio::test]
async fn a_major_version_asks_again_a_minor_one_does_not_and_the_author_says_what_those_in_the_middle_do() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, ola) = (office.learner("jan").await, office.learner("ola").await);
    let ewa = office.learner("ewa").await;
    let course = office.course(&ada, "RODO", &[("Lekcja", "Tekst."), ("Druga", "Tekst.")]).await;
    office.publish(&ada, &course, &[Target::Person(ewa.id)]).await;
    let group = office.group("Redaktorzy", &[&jan, &ola]).await;
    direct(&office, &ada, &course, Target::Group(group), &must(Due::After(30), None)).await;
    let read = async |who: &Someone, unit: &str| {
        who.client.post(&format!("/courses/{}/{unit}/finish", course.slug()), &[]).await.assert(303);
    };
    for who in [&jan, &ewa] {
        read(who, "lekcja").await;
        read(who, "druga").await;
    }
    read(&ola, "lekcja").await;
    let mut owner = owner(&app).await;
    let path = format!("/teaching/{}/publish", course.slug());
    ada.client.get(&path).await.assert(200).has("Trzeba przejść je ponownie");
    ada.client.post(&path, &[("change", "minor")]).await.assert(303);
    settle(&office).await;
    assert_eq!(told(&takings(&mut owner, &jan).await), [(1, day("2026-12-21"), "done")]);
    assert_eq!(told(&takings(&mut owner, &ola).await), [(1, day("2026-12-21"), "open")]);
    // Those who are done take it again, also without a rule; those in the middle go on.
    ada.client.post(&path, &[("change", "major"), ("redo_by", "wczoraj")]).await.assert(422).has("wczoraj");
    ada.client.post(&path, &[("change", "major"), ("redo_by", "2026-11-20")]).await.assert(422);
    ada.client.post(&path, &[("change", "major"), ("redo_by", "2026-12-05")]).await.assert(303);
    assert_eq!(
        told(&takings(&mut owner, &jan).await),
        [(1, day("2026-12-21"), "done"), (2, day("2026-12-05"), "open")]
    );
    assert_eq!(told(&takings(&mut owner, &ewa).await), [(1, None, "done"), (2, None, "own")]);
    assert_eq!(told(&takings(&mut owner, &ola).await), [(1, day("2026-12-21"), "open")]);
    // The first proof names the version that was finished.
    jan.client.get("/training").await.assert(200).has("Poprzednie razy").has("21.11.2026");
    let version: i32 = sqlx::query_scalar(
        "select v.number from taking t join course_version v on v.id = t.version_id where t.person_id = $1 and t.cycle = 1",
    )
    .bind(jan.id.0)
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(version, 1);
    // Begin anew: what Ola had done of it no longer counts, and is not lost.
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    publish::publish_as(&mut tx, &course, Asks::Again { middle: true, by: None }).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        told(&takings(&mut owner, &ola).await),
        [(1, day("2026-12-21"), "released"), (2, day("2026-12-21"), "open")]
    );
    read(&ola, "druga").await;
    assert_eq!(told(&takings(&mut owner, &ola).await)[1].2, "open", "the first unit is to be read again");
    read(&ola, "lekcja").await;
    assert_eq!(told(&takings(&mut owner, &ola).await)[1].2, "done");
    assert_eq!(settle(&office).await, Settled::default());
    app.end().await;
}

/// Ids that routes ask for: a position, a taking, a frozen report.
pub async fn one_of_everything(office: &House<'_>, ada: &Someone) -> Vec<(&'static str, String)> {
    let jan = office.learner("zobowiazany").await;
    let course = published(office, ada, "Obowiązek").await;
    let editors = held(office, "redaktor strony", &[&jan]).await;
    direct(office, ada, &course, Target::Person(jan.id), &must(Due::Never, None)).await;
    let taking = open_taking(&mut owner(office.app).await, &jan).await;
    let szef = office.admin("szef-raportow").await;
    let report = freeze(office, &szef).await;
    vec![("position", editors.to_string()), ("taking", taking.to_string()), ("training_report", report)]
}

/// A frozen report of two files of one byte.
async fn freeze(office: &House<'_>, szef: &Someone) -> String {
    let mut tx = office.app.ground.db.begin(&szef.actor).await.unwrap();
    let proof = oversight(office, szef).await;
    let number = frozen::next_number(&mut tx, &proof).await.unwrap();
    let files = (frozen::File::new(b"x".to_vec()), frozen::File::new(b"y".to_vec()));
    let id =
        frozen::freeze(&mut tx, &proof, &office.app.ground.blobs, number, "Wszystko", files).await.unwrap();
    tx.commit().await.unwrap();
    id.to_string()
}

/// What a person may see of how others do, as a request finds it out.
async fn oversight(office: &House<'_>, who: &Someone) -> Oversight {
    let id: uuid::Uuid = sqlx::query_scalar("select id from session where person_id = $1 limit 1")
        .bind(who.id.0)
        .fetch_one(&mut owner(office.app).await)
        .await
        .unwrap();
    let session = identity::SessionId(id);
    let (mut tx, me) = identity::session::open_by_id(&office.app.ground.db, session).await.unwrap().unwrap();
    report::oversight(&mut tx, &me).await.unwrap()
}

#[tokio::test]
async fn positions_are_given_by_pages_and_by_the_import_and_come_back_in_the_export() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let szef = office.admin("szef").await;
    let jan = office.learner("jan").await;
    szef.client.get("/positions").await.assert(200).has("Nie ma jeszcze stanowisk");
    szef.client.post("/positions", &[("name", "")]).await.assert(422);
    let made = szef.client.post("/positions", &[("name", "redaktor strony")]).await.assert(303).location();
    szef.client.post("/positions", &[("name", "Redaktor Strony")]).await.assert(422).has("Redaktor Strony");
    let person = jan.id.to_string();
    szef.client.get(&format!("{made}?q=jan")).await.assert(200).has("Osoba");
    szef.client.post(&format!("{made}/add"), &[("person", &person)]).await.assert(303);
    szef.client.post(&format!("{made}/add"), &[("person", &person)]).await.assert(303);
    szef.client.get(&made).await.assert(200).has("JAN");
    szef.client.get(&format!("/people/{person}")).await.assert(200).has("redaktor strony");
    szef.client.get("/people/export").await.assert(200).has("stanowisko").has("redaktor strony");
    szef.client.post(&format!("/people/{person}/positions"), &[]).await.assert(303);
    szef.client.get(&made).await.assert(200).has("Nikt nie zajmuje");
    let csv = "login;imie;nazwisko;stanowisko\nola;Ola;Nowak;redaktor strony|kierowca\n";
    let mut tx = app.ground.db.begin(&szef.actor).await.unwrap();
    let outcome = identity::import::people(&mut tx, &terminal(), csv.as_bytes()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(outcome.problems.is_empty() && outcome.created.len() == 1, "{outcome:?}");
    szef.client.get("/positions").await.assert(200).has("kierowca");
    szef.client.get(&made).await.assert(200).has("Nowak Ola");
    // Of another organisation there is nothing.
    let other = app.office("inny").await;
    let obcy = other.admin("obcy").await;
    obcy.client.get(&made).await.assert(404);
    obcy.client.post(&format!("{made}/add"), &[("person", &obcy.id.to_string())]).await.assert(404);
    szef.client.post(&format!("{made}/add"), &[("person", &obcy.id.to_string())]).await.assert(404);
    szef.client.post(&format!("{made}/delete"), &[]).await.assert(303);
    szef.client.get(&made).await.assert(404);
    jan.client.get("/positions").await.assert(403);
    app.end().await;
}

#[tokio::test]
async fn somebody_whose_last_rule_goes_while_they_are_in_the_middle_goes_on_of_their_own_will() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let jan = office.learner("jan").await;
    let course = published(&office, &ada, "RODO").await;
    let rule = direct(&office, &ada, &course, Target::Person(jan.id), &must(Due::After(5), None)).await;
    jan.client.get(&format!("/courses/{}/lekcja", course.slug())).await.assert(200);
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let stale = enrolment::change(&mut tx, &course, rule, 7, &Rule::default()).await;
    assert!(matches!(stale, Err(Error::ChangedMeanwhile(1))), "{stale:?}");
    enrolment::change(&mut tx, &course, rule, 1, &Rule::default()).await.unwrap();
    tx.commit().await.unwrap();
    let mut owner = owner(&app).await;
    assert_eq!(told(&takings(&mut owner, &jan).await), [(1, None, "own")]);
    finish(&jan, &course).await;
    assert_eq!(told(&takings(&mut owner, &jan).await), [(1, None, "done")]);
    app.clock.advance(Duration::days(1));
    let mut tx = app.ground.db.begin(&jan.actor).await.unwrap();
    let all = mine::all(&mut tx).await.unwrap();
    assert!(all.is_empty(), "nobody ever obliged to what stands now: {all:?}");
    app.end().await;
}

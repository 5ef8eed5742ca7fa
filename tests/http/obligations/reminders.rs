//! What people are told of deadlines: each step once for each of them, and the heads' lists only when something is new.

use base::Actor;
use courses::enrolment::Target;
use courses::remind::{self, digest};
use courses::rule::Due;
use futures::future::join_all;
use sqlx::PgConnection;
use time::macros::datetime;

use super::{appoint, direct, finish, must, open_taking, place, published, settle, unit};
use crate::harness::{House, Someone, TestApp, owner, refused_by, set_clock, speaks};

/// Thirty-two workers at once; how many people and how many heads they told in all.
async fn tell(office: &House<'_>) -> (usize, usize) {
    let one = async || {
        let mut tx = office.app.ground.db.begin(&Actor::job(remind::KIND, office.id)).await.unwrap();
        let people = remind::tell(&mut tx).await.unwrap();
        let heads = digest::tell(&mut tx, &app::courses::obligations::letter::digest).await.unwrap();
        tx.commit().await.unwrap();
        (people, heads)
    };
    let told = join_all((0..32).map(|_| one())).await;
    told.into_iter().fold((0, 0), |(all, heads), (people, more)| (all + people, heads + more))
}

/// What the letters to heads are to say: who is told how much, and the lines; the oldest first.
async fn enclosed(owner: &mut PgConnection) -> Vec<(uuid::Uuid, String, String)> {
    sqlx::query_as(
        "select n.person_id, n.subject, e.text from notice_enclosure e join notice n on n.id = e.notice_id
         where n.kind = 'overdue' order by n.created_at",
    )
    .fetch_all(owner)
    .await
    .unwrap()
}

#[tokio::test]
async fn each_step_goes_out_once_and_heads_are_told_of_what_is_new_once_a_day() {
    let app = TestApp::crowded().await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, ola) = (office.learner("jan").await, office.learner("ola").await);
    let szefowa = office.learner("szefowa").await;
    let town = unit(&office, None, "Wydział Promocji").await;
    let desk = unit(&office, Some(town), "Referat Prasowy").await;
    place(&office, &jan, Some(desk)).await;
    place(&office, &ola, Some(town)).await;
    appoint(&office, town, &szefowa).await;
    let mut owner = owner(&app).await;
    speaks(&app, &jan, "uk").await;
    let course = published(&office, &ada, "RODO").await;
    direct(&office, &ada, &course, Target::Person(jan.id), &must(Due::After(20), None)).await;
    // Due on 11 December. Midnight in Warsaw is 23:00 the day before.
    for (at, expected) in [
        (datetime!(2026-11-26 22:59 UTC), (0, 0)),
        (datetime!(2026-11-26 23:01 UTC), (1, 0)),
        (datetime!(2026-12-03 22:59 UTC), (0, 0)),
        (datetime!(2026-12-03 23:01 UTC), (1, 0)),
        (datetime!(2026-12-09 23:01 UTC), (1, 0)),
        (datetime!(2026-12-11 22:59 UTC), (0, 0)),
        (datetime!(2026-12-11 23:01 UTC), (0, 1)),
        (datetime!(2026-12-12 10:00 UTC), (0, 0)),
        (datetime!(2026-12-13 10:00 UTC), (0, 0)),
    ] {
        set_clock(&app, at).await;
        assert_eq!(tell(&office).await, expected, "{at}");
    }
    let deadline = |day: &str| ("deadline".to_owned(), format!("RODO ({day})"));
    let of_jan = |told: Vec<(String, String)>| -> Vec<(String, String)> {
        told.into_iter().filter(|(kind, _)| kind == "deadline").collect()
    };
    assert_eq!(of_jan(told(&mut owner, &jan).await), vec![deadline("11.12.2026"); 3]);
    jan.client.get("/notices").await.assert(200).has("Наближається термін курсу: RODO (11.12.2026)");
    let lists = enclosed(&mut owner).await;
    assert_eq!(lists.len(), 1, "{lists:?}");
    let (head, count, text) = &lists[0];
    assert_eq!((*head, count.as_str()), (szefowa.id.0, "1"));
    assert!(
        text.contains("Referat Prasowy") && text.contains("JAN Osoba: RODO, termin 11.12.2026 (nowe)"),
        "{text}"
    );
    // Something new: the whole list goes out, and says what is new.
    let second = published(&office, &ada, "BHP").await;
    direct(&office, &ada, &second, Target::Person(ola.id), &must(Due::After(1), None)).await;
    set_clock(&app, datetime!(2026-12-15 10:00 UTC)).await;
    assert_eq!(tell(&office).await, (0, 1));
    let (_, count, text) = enclosed(&mut owner).await.pop().unwrap();
    assert_eq!(count, "2");
    assert!(text.contains("OLA Osoba: BHP, termin 14.12.2026 (nowe)"), "{text}");
    assert!(text.lines().any(|line| line == "- JAN Osoba: RODO, termin 11.12.2026"), "{text}");
    // An extension begins the steps anew; who finished hears nothing more.
    let taking = open_taking(&mut owner, &jan).await;
    sqlx::query("update taking set extended_to = '2027-01-10', extension_reason = 'urlop', extended_by = $2 where id = $1")
        .bind(taking.0)
        .bind(szefowa.id.0)
        .execute(&mut owner)
        .await
        .unwrap();
    set_clock(&app, datetime!(2026-12-27 10:00 UTC)).await;
    assert_eq!(tell(&office).await, (1, 0), "14 days before the new day");
    let mut all = vec![deadline("11.12.2026"); 3];
    all.push(deadline("10.01.2027"));
    assert_eq!(of_jan(told(&mut owner, &jan).await), all);
    finish(&jan, &course).await;
    set_clock(&app, datetime!(2027-01-09 10:00 UTC)).await;
    assert_eq!(tell(&office).await, (0, 0));
    for table in ["taking_reminder", "overdue_told", "overdue_digest"] {
        assert!(refused_by(&mut owner, format!("delete from {table}")).await.contains("only ever added"));
    }
    // The program stood still: the latest step alone.
    direct(&office, &ada, &second, Target::Person(jan.id), &must(Due::After(20), None)).await;
    set_clock(&app, datetime!(2027-01-28 10:00 UTC)).await;
    assert_eq!(tell(&office).await.0, 1);
    assert_eq!(settle(&office).await, courses::assign::Settled::default());
    app.end().await;
}

#[tokio::test]
async fn the_daily_jobs_are_asked_for_once_and_not_before_their_hour() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = published(&office, &ada, "RODO").await;
    direct(&office, &ada, &course, Target::Everybody, &must(Due::After(20), None)).await;
    let mut owner = owner(&app).await;
    let jobs = async |owner: &mut PgConnection, kind: &'static str| -> i64 {
        let count = "select count(*) from job where kind = $1";
        sqlx::query_scalar(count).bind(kind).fetch_one(owner).await.unwrap()
    };
    set_clock(&app, datetime!(2026-11-22 04:59 UTC)).await;
    for _ in 0..3 {
        remind::ask_daily(&app.ground.db).await.unwrap();
        courses::assign::ask_daily(&app.ground.db).await.unwrap();
    }
    assert_eq!(jobs(&mut owner, remind::KIND).await, 0, "five in the morning in Warsaw");
    assert_eq!(jobs(&mut owner, courses::assign::NIGHTLY).await, 1);
    set_clock(&app, datetime!(2026-11-22 05:01 UTC)).await;
    for asked in join_all((0..8).map(|_| remind::ask_daily(&app.ground.db))).await {
        asked.unwrap();
    }
    assert_eq!(jobs(&mut owner, remind::KIND).await, 1);
    app.end().await;
}

async fn told(owner: &mut PgConnection, who: &Someone) -> Vec<(String, String)> {
    let sql = "select kind, subject from notice where person_id = $1 order by id";
    sqlx::query_as(sql).bind(who.id.0).fetch_all(owner).await.unwrap()
}

#[tokio::test]
async fn whom_a_rule_assigns_a_course_is_told_once_in_their_language_and_as_they_wish() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, ola) = (office.learner("jan").await, office.learner("ola").await);
    let town = unit(&office, None, "Wydział Promocji").await;
    let mut owner = owner(&app).await;
    speaks(&app, &jan, "uk").await;
    let wish = "insert into notice_wish (organisation_id, person_id, kind, wish) values ($1, $2, 'assigned', 'never')";
    sqlx::query(wish).bind(office.id.0).bind(ola.id.0).execute(&mut owner).await.unwrap();
    // Of a course that nobody can open yet nobody is told.
    let course = office.course(&ada, "RODO", &[("Lekcja", "Tekst.")]).await;
    direct(&office, &ada, &course, Target::Unit(town), &must(Due::After(20), None)).await;
    direct(&office, &ada, &course, Target::Person(ola.id), &must(Due::After(20), None)).await;
    direct(&office, &ada, &course, Target::Person(ada.id), &must(Due::After(20), None)).await;
    assert!(told(&mut owner, &ola).await.is_empty());
    office.publish(&ada, &course, &[]).await;
    let once = [("assigned".to_owned(), "RODO".to_owned())];
    assert_eq!(told(&mut owner, &ola).await, once, "by name and by the rule is one notice");
    assert!(told(&mut owner, &ada).await.is_empty(), "nobody is told of what they did themselves");
    assert!(told(&mut owner, &jan).await.is_empty());
    // Comes, leaves, comes back: told once.
    for place_of in [Some(town), None, Some(town)] {
        place(&office, &jan, place_of).await;
        assert_eq!(told(&mut owner, &jan).await, once);
    }
    assert_eq!(settle(&office).await, courses::assign::Settled::default());
    jan.client.get("/notices").await.assert(200).has("У вас новий курс: RODO");
    let letters = "select person_id from notice where mail_at is not null";
    let wanted: Vec<uuid::Uuid> = sqlx::query_scalar(letters).fetch_all(&mut owner).await.unwrap();
    assert_eq!(wanted, [jan.id.0], "ola wants no letter about that");
    let late: bool = sqlx::query_scalar("select mail_at > created_at from notice where person_id = $1")
        .bind(jan.id.0)
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert!(late, "once a day, at seven");
    assert!(
        refused_by(&mut owner, "delete from assignment_told".to_owned()).await.contains("only ever added")
    );
    app.end().await;
}

#[tokio::test]
async fn the_end_of_a_certificate_is_told_thirty_and_seven_days_before_and_on_the_day_after_each_once() {
    use courses::certificate;
    use courses::remind::expiry;
    let app = TestApp::crowded().await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, ola, ewa) =
        (office.learner("jan").await, office.learner("ola").await, office.learner("ewa").await);
    let course = published(&office, &ada, "RODO").await;
    let rule = must(Due::After(20), Some(2));
    for person in [jan.id, ola.id] {
        direct(&office, &ada, &course, Target::Person(person), &rule).await;
    }
    // What counts for a month is not called to mind on the day on which it was issued.
    direct(&office, &ada, &course, Target::Person(ewa.id), &must(Due::After(20), Some(1))).await;
    for who in [&jan, &ola, &ewa] {
        finish(who, &course).await;
    }
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let of_ola = certificate::of_course(&mut tx, &course).await.unwrap();
    let of_ola = of_ola.iter().find(|one| one.holder.as_ref().is_some_and(|holder| holder.person == ola.id));
    certificate::revoke(&mut tx, &course, of_ola.unwrap().id, "Pomyłka").await.unwrap();
    tx.commit().await.unwrap();
    let one = async || {
        let mut tx = app.ground.db.begin(&Actor::job(remind::KIND, office.id)).await.unwrap();
        let told = expiry::tell(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        told
    };
    // Until 21 January for jan, until 21 December for ewa. Midnight in Warsaw is 23:00 the day before.
    for (at, expected) in [
        (datetime!(2026-11-21 12:00 UTC), 0),
        (datetime!(2026-12-13 22:59 UTC), 0),
        (datetime!(2026-12-13 23:01 UTC), 1),
        (datetime!(2026-12-21 22:59 UTC), 0),
        // The day after ewa's last, and jan's thirtieth before his.
        (datetime!(2026-12-21 23:01 UTC), 2),
        (datetime!(2026-12-22 10:00 UTC), 0),
        (datetime!(2027-01-13 23:01 UTC), 1),
        (datetime!(2027-01-21 22:59 UTC), 0),
        (datetime!(2027-01-21 23:01 UTC), 1),
        (datetime!(2027-01-25 10:00 UTC), 0),
    ] {
        set_clock(&app, at).await;
        let told: usize = join_all((0..32).map(|_| one())).await.into_iter().sum();
        assert_eq!(told, expected, "{at}");
    }
    let mut owner = owner(&app).await;
    let kinds = |told: Vec<(String, String)>| -> Vec<String> {
        told.into_iter().map(|(kind, _)| kind).filter(|kind| kind.starts_with("expir")).collect()
    };
    assert_eq!(kinds(told(&mut owner, &jan).await), ["expiring", "expiring", "expired"]);
    assert_eq!(kinds(told(&mut owner, &ewa).await), ["expiring", "expired"]);
    assert!(kinds(told(&mut owner, &ola).await).is_empty(), "revoked");
    jan.client.sign_in(&jan.name, crate::harness::PASSWORD).await;
    jan.client
        .get("/notices")
        .await
        .assert(200)
        .has("Wkrótce straci ważność zaświadczenie: RODO (21.01.2027)")
        .has("Zaświadczenie straciło ważność: RODO (21.01.2027)");
    jan.client.get("/notices/settings").await.assert(200).has("name=\"expiring\"").has("name=\"expired\"");
    let said = refused_by(&mut owner, "delete from certificate_reminder".to_owned()).await;
    assert!(said.contains("only ever added"), "{said}");
    app.end().await;
}

//! How often the pages that people open every day ask the database.

use courses::enrolment::Target;
use courses::rule::Due;
use identity::Role;

use super::obligations::{appoint, direct, finish, held, must, place, published, settle, unit};
use super::quizzes::{TEST, write};
use super::watching::{Cinema, cinema, make};
use crate::harness::{TestApp, statements};

/// So many statements a page may send, finding out who asks and counting notices included.
const MOST: usize = 6;

#[tokio::test]
async fn home_courses_units_and_tests_ask_the_database_at_most_six_times() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let jan = office.learner("jan").await;
    let course =
        office.course(&ada, "Kurs testowy", &[("Wstęp", "Treść lekcji."), ("Dalej", "Tekst.")]).await;
    write(&office, &ada, &course, TEST).await;
    office.publish(&ada, &course, &[]).await;
    let done = published(&office, &ada, "Kurs skończony").await;
    for course in [&course, &done] {
        direct(&office, &ada, course, Target::Everybody, &must(Due::After(30), Some(12))).await;
    }
    settle(&office).await;
    finish(&jan, &done).await;
    // What is shown has something to ask for: a deadline, reasons, a certificate, a test.
    jan.client.get("/").await.assert(200).has("Kurs testowy").has("Kurs skończony");
    jan.client.get("/courses/kurs-skonczony").await.assert(200).has("/my-certificates");
    let pages = [
        "/",
        "/courses/kurs-testowy",
        "/courses/kurs-skonczony",
        "/courses/kurs-testowy/wstep",
        "/courses/kurs-testowy/dalej",
        "/courses/kurs-testowy/wstep/test",
    ];
    for path in pages {
        let sent = statements(&jan.client, path).await;
        assert!(sent.len() <= MOST, "{path} sends {}: {sent:#?}", sent.len());
    }
    let sent = statements(&ada.client, "/").await;
    assert!(sent.len() <= MOST, "home of an author sends {}: {sent:#?}", sent.len());
}

#[tokio::test]
async fn the_first_page_of_a_head_and_of_an_administrator_asks_at_most_six_times() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (head, boss) = (office.learner("kierownik").await, office.admin("szef").await);
    let both =
        office.person("dyrektor", &[Role::OrganisationAdmin, Role::Instructor, Role::DeviceClerk]).await;
    let (jan, ola) = (office.learner("jan").await, office.learner("ola").await);
    let town = unit(&office, None, "Wydział Promocji").await;
    let desk = unit(&office, Some(town), "Referat Prasowy").await;
    place(&office, &jan, Some(desk)).await;
    place(&office, &ola, Some(town)).await;
    for who in [&head, &both] {
        appoint(&office, town, who).await;
    }
    let course = published(&office, &ada, "Kurs po terminie").await;
    direct(&office, &ada, &course, Target::Everybody, &must(Due::After(1), None)).await;
    settle(&office).await;
    app.clock.advance(time::Duration::days(3));
    // Each is told of people who are overdue: that has been asked for.
    for who in [&head, &boss, &both] {
        let page = who.client.get("/").await.assert(200).has("szkolenia po terminie.");
        page.lacks("Nikt nie ma szkolenia po terminie.");
        let sent = statements(&who.client, "/").await;
        assert!(sent.len() <= MOST, "home of {} sends {}: {sent:#?}", who.login, sent.len());
    }
    jan.client.get("/").await.assert(200).lacks("Szkolenia w organizacji");
}

#[tokio::test]
async fn the_studio_asks_as_often_for_several_films_as_for_one() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let Cinema { course, .. } = cinema(&office, &ada, 10).await;
    ada.client.get("/studio").await.assert(200).has("Wykład").lacks("Koniec");
    let of_one = statements(&ada.client, "/studio").await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, &course).await.unwrap()[0].units[1].id;
    let second = courses::film::of_unit(&mut tx, &course, unit).await.unwrap().film();
    tx.commit().await.unwrap();
    make(&app, second, 10).await;
    ada.client.get("/studio").await.assert(200).has("Wykład").has("Koniec");
    let of_two = statements(&ada.client, "/studio").await;
    assert_eq!(of_one.len(), of_two.len(), "{of_one:#?}\n{of_two:#?}");
}

#[tokio::test]
async fn what_somebody_takes_is_the_same_found_from_the_person_and_from_the_rules() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, ola) = (office.learner("jan").await, office.learner("ola").await);
    let town = unit(&office, None, "Wydział Promocji").await;
    let desk = unit(&office, Some(town), "Referat Prasowy").await;
    place(&office, &jan, Some(desk)).await;
    place(&office, &ola, Some(town)).await;
    let group = office.group("Redaktorzy", &[&jan, &ola]).await;
    let position = held(&office, "redaktor strony", &[&ola]).await;
    let targets = [
        Target::Person(ola.id),
        Target::Group(group),
        Target::Position(position),
        Target::Unit(town),
        Target::Unit(desk),
        Target::Everybody,
    ];
    for (number, target) in targets.into_iter().enumerate() {
        let course = published(&office, &ada, &format!("Kurs {number}")).await;
        direct(&office, &ada, &course, target, &must(Due::Never, None)).await;
    }
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let (known, differing): (i64, i64) = sqlx::query_as(
        "with by_rule as (select enrolment_id, course_id, person_id from covered),
              by_person as (select v.enrolment_id, v.course_id, p.id from person p cross join lateral covering(p.id) v)
         select (select count(*) from by_rule),
                (select count(*) from ((select * from by_rule except all select * from by_person)
                                       union all (select * from by_person except all select * from by_rule)) d)",
    )
    .fetch_one(tx.connection())
    .await
    .unwrap();
    // One, two, one, two and one; and everybody, who are three at the least.
    assert!(known >= 10 && differing == 0, "{known} known, {differing} differ");
}

//! How often the pages that people open every day ask the database.

use courses::enrolment::Target;
use courses::rule::Due;

use super::obligations::{direct, finish, must, published, settle};
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

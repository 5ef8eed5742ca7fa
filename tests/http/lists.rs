//! Lists that grow with the data: searched without Polish signs, filtered, put in order and read a page at a time, and nobody of another
//! organisation on any of them.

use std::collections::BTreeSet;

use base::PersonId;
use courses::Taught;
use courses::enrolment::Target;
use courses::rule::Due;
use devices::loans::list::{self, Filter, Order, Show};
use identity::Role;
use reqwest::Method;
use time::Duration;
use time::macros::datetime;

use super::obligations::{direct, must, settle};
use super::watching::{Cinema, cinema};
use crate::harness::lending::{clerk, laptops, lend, proof, until};
use crate::harness::{Client, House, PASSWORD, Page, Someone, TestApp, owner, set_clock, statements};

/// So many statements a page may send, finding out who asks and counting notices included.
const MOST: usize = 6;

async fn program() -> TestApp {
    TestApp::start_with(|config| config.workers = 0).await
}

/// A person who cannot sign in.
async fn named(office: &House<'_>, login: &str, given: &str, family: &str) -> PersonId {
    let insert = "insert into person (id, organisation_id, login, given_name, family_name)
                  values (gen_random_uuid(), $1, $2, $3, $4) returning id";
    let id: uuid::Uuid = sqlx::query_scalar(insert)
        .bind(office.id.0)
        .bind(login)
        .bind(given)
        .bind(family)
        .fetch_one(&mut owner(office.app).await)
        .await
        .unwrap();
    PersonId(id)
}

/// A published course of two units for everybody, who have thirty days for it.
async fn long_course(office: &House<'_>, ada: &Someone) -> Taught {
    let course = office.course(ada, "Kurs długi", &[("Wstęp", "Tekst."), ("Koniec", "Tekst.")]).await;
    office.publish(ada, &course, &[]).await;
    direct(office, ada, &course, Target::Everybody, &must(Due::After(30), None)).await;
    settle(office).await;
    course
}

/// What stands in the first cell of each row of the table.
fn rows(page: &Page) -> Vec<String> {
    let cells = page.text.split("<th scope=\"row\">").skip(1);
    cells.map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

async fn asked(client: &Client, path: &str, wishes: &[(&str, &str)]) -> Page {
    client.send(client.request(Method::GET, path).query(wishes)).await
}

#[tokio::test]
async fn a_learner_is_found_by_a_part_of_the_name_by_state_and_by_order() {
    let app = program().await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let (office, other) = (app.office("brzozow").await, app.office("jawornik").await);
    let ada = office.instructor("ada").await;
    let (jan, ola) = (office.learner("jan").await, office.learner("ola").await);
    named(&office, "lukasz", "Łukasz", "Żółć-Jeżowa").await;
    named(&office, "oksana", "Оксана", "Ковальчук").await;
    named(&other, "obcy", "Łukasz", "Żółć-Obcy").await;
    let course = long_course(&office, &ada).await;
    let eva = other.instructor("ewa").await;
    let theirs = long_course(&other, &eva).await;
    assert_eq!(course.slug(), theirs.slug());
    for unit in ["wstep", "koniec"] {
        jan.client.post(&format!("/courses/kurs-dlugi/{unit}/finish"), &[]).await.assert(303);
    }
    app.clock.advance(Duration::hours(1));
    ola.client.get("/courses/kurs-dlugi/wstep").await.assert(200);
    let here = "/teaching/kurs-dlugi/progress";
    let list = async |wishes: &[(&str, &str)]| rows(&asked(&ada.client, here, wishes).await.assert(200));
    let lukasz = "Żółć-Jeżowa Łukasz";

    assert_eq!(list(&[]).await.len(), 5);
    for q in ["zolc", "ŻÓŁĆ", "luk jezowa", "jeżowa łukasz", " c-Je "] {
        assert_eq!(list(&[("q", q)]).await, [lukasz], "{q}");
    }
    assert_eq!(list(&[("q", "коваль")]).await, ["Ковальчук Оксана"]);
    asked(&ada.client, here, &[("q", "zolc")])
        .await
        .has("Znaleziono 1 osobę.")
        .has("value=\"zolc\"")
        .lacks("Obcy");
    assert!(list(&[("q", "obcy")]).await.is_empty(), "of another organisation");

    assert_eq!(list(&[("state", "done")]).await, ["JAN Osoba"]);
    assert_eq!(list(&[("state", "under_way")]).await, ["OLA Osoba"]);
    assert_eq!(list(&[("state", "not_begun")]).await.len(), 3);
    assert!(list(&[("state", "overdue")]).await.is_empty(), "there are thirty days");
    assert_eq!(list(&[("state", "dane"), ("order", "dane"), ("page", "dane")]).await.len(), 5);
    let nobody = asked(&ada.client, here, &[("q", "zolc"), ("state", "done")]).await.assert(200);
    nobody.has("Nikt nie pasuje do wyszukiwania").has("Znaleziono 0 osób.").has("value=\"zolc\"");
    assert_eq!(list(&[("q", "zolc"), ("state", "not_begun")]).await, [lukasz]);

    let down = list(&[("order", "progress_down")]).await;
    assert_eq!(down[0], "JAN Osoba");
    assert_eq!(list(&[("order", "progress")]).await[4], "JAN Osoba");
    assert_eq!(list(&[("order", "seen_down")]).await[..2], ["OLA Osoba", "JAN Osoba"]);
    assert_eq!(list(&[("order", "seen")]).await[3..], ["JAN Osoba", "OLA Osoba"]);

    app.clock.advance(Duration::days(40));
    ada.client.sign_in(&ada.name, PASSWORD).await;
    let late =
        asked(&ada.client, here, &[("state", "overdue")]).await.assert(200).has("Po terminie od 22.12.2026");
    assert_eq!(rows(&late).len(), 4);
    late.lacks("JAN Osoba");
    assert_eq!(
        list(&[("state", "overdue"), ("q", "osoba"), ("order", "seen_down")]).await,
        ["OLA Osoba", "ADA Osoba"]
    );
    app.end().await;
}

#[tokio::test]
async fn every_learner_stands_on_one_page_whatever_the_order_and_however_many_are_equal() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let many = "insert into person (id, organisation_id, login, given_name, family_name)
                select gen_random_uuid(), $1, 'osoba' || n, 'Osoba', 'Nr ' || to_char(n, 'FM000') from generate_series(1, 230) n";
    sqlx::query(many).bind(office.id.0).execute(&mut owner(&app).await).await.unwrap();
    let course = office.course(&ada, "Kurs długi", &[("Wstęp", "Tekst.")]).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    for order in ["name", "progress", "progress_down", "seen", "seen_down"] {
        let mut seen = Vec::new();
        for page in 1..=3 {
            let path =
                format!("/teaching/kurs-dlugi/progress?q=nr&state=not_begun&order={order}&page={page}");
            let page_of =
                ada.client.get(&path).await.assert(200).has("231 uczestników").has("Znaleziono 230 osób.");
            // The links to the other pages keep what was asked for.
            let there = format!("progress?q=nr&state=not_begun&order={order}&page={}\"", page % 3 + 1);
            assert!(page_of.text.replace("&amp;", "&").contains(&there), "{there}: {}", page_of.text);
            seen.append(&mut rows(&page_of));
        }
        let each: BTreeSet<_> = seen.iter().collect();
        assert_eq!((seen.len(), each.len()), (230, 230), "{order}");
        assert!(seen.is_sorted(), "{order}: equal ones follow by name");
    }
    // Behind the last page there is the first.
    let first = ada.client.get("/teaching/kurs-dlugi/progress?q=nr&page=9").await.assert(200);
    assert_eq!((rows(&first).len(), rows(&first)[0].as_str()), (100, "Nr 001 Osoba"));
    app.end().await;
}

#[tokio::test]
async fn a_loan_is_found_by_parts_of_name_and_number_and_by_its_last_day() {
    let app = program().await;
    let (office, other) = (app.office("brzozow").await, app.office("jawornik").await);
    let (anna, ewa) = (clerk(&office, "anna").await, clerk(&other, "ewa").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2", "IT/3"]).await;
    laptops(&other, &ewa.actor, &["OBCY/1"]).await;
    let today = app.clock.now().date();
    let until = |days: i64| until(today + Duration::days(days));
    let lukasz = named(&office, "lukasz", "Łukasz", "Żółć").await;
    let (jan, adam) =
        (named(&office, "jan", "Jan", "Nowak").await, named(&office, "adam", "Adam", "Nowak").await);
    for (who, code, days) in [(lukasz, "IT/1", -9), (jan, "IT/2", 400), (adam, "IT/3", -3)] {
        lend(&office, &anna.actor, who, code, &until(days)).await;
    }
    let stranger = named(&other, "lukasz", "Łukasz", "Żółć").await;
    lend(&other, &ewa.actor, stranger, "OBCY/1", &until(-9)).await;
    let numbers = async |wishes: &[(&str, &str)]| {
        let page = asked(&anna.client, "/devices/loans", wishes).await.assert(200).lacks("OBCY/1");
        let links = page.text.split("href=\"/devices/loans/").skip(1);
        let each =
            links.filter_map(|rest| rest.split_once('>')).map(|(_, rest)| rest.split('<').next().unwrap());
        each.map(str::to_owned).collect::<Vec<_>>()
    };

    for q in ["zolc", "łukasz ŻÓŁĆ", "it/1", "zolc it/1 latitude", "IT1"] {
        assert_eq!(numbers(&[("q", q)]).await, ["IT/1"], "{q}");
    }
    assert_eq!(numbers(&[("q", "nowak")]).await, ["IT/3", "IT/2"]);
    assert_eq!(numbers(&[("show", "overdue"), ("q", "nowak")]).await, ["IT/3"]);
    assert_eq!(numbers(&[("show", "overdue")]).await, ["IT/1", "IT/3"]);
    assert_eq!(numbers(&[("show", "overdue"), ("order", "due_down")]).await, ["IT/3", "IT/1"]);
    assert_eq!(numbers(&[("order", "due")]).await, ["IT/1", "IT/3", "IT/2"]);
    assert_eq!(numbers(&[("order", "due_down"), ("q", "it")]).await, ["IT/2", "IT/3", "IT/1"]);
    assert_eq!(numbers(&[("order", "name"), ("show", "overdue")]).await, ["IT/3", "IT/1"]);
    assert_eq!(numbers(&[("order", "dane"), ("page", "7")]).await, ["IT/3", "IT/2", "IT/1"]);
    let none = asked(&anna.client, "/devices/loans", &[("q", "obcy")]).await.assert(200);
    none.has("Nic tu nie ma").has("Pokaż całą listę");
    // The files hold all pages of what is asked for.
    let csv = anna.client.get("/devices/loans.csv?show=open&order=due&page=3").await.assert(200);
    let at = |number: &str| {
        csv.text.find(&format!(";{number};")).unwrap_or_else(|| panic!("{number}: {}", csv.text))
    };
    assert!(at("IT/1") < at("IT/3") && at("IT/3") < at("IT/2"), "{}", csv.text);
    app.end().await;
}

#[tokio::test]
async fn every_loan_stands_on_one_page_however_many_are_equal() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let codes = ["IT/1", "IT/2", "IT/3", "IT/4", "IT/5"];
    laptops(&office, &anna.actor, &codes).await;
    let day = until(app.clock.now().date() - Duration::days(3));
    for (number, code) in codes.iter().enumerate() {
        let who = named(&office, &format!("jan{number}"), "Jan", "Nowak").await;
        lend(&office, &anna.actor, who, code, &day).await;
    }
    for (show, text) in
        [(Show::Open, ""), (Show::Open, "nowak"), (Show::Overdue, ""), (Show::Overdue, "nowak")]
    {
        for order in Order::ALL {
            let mut seen = BTreeSet::new();
            for skip in 0..5 {
                let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
                let filter =
                    Filter { show, order, text: text.to_owned(), skip, take: 1, ..Filter::default() };
                let (page, total) = list::loans(&mut tx, &proof().reader(), &filter).await.unwrap();
                assert_eq!((page.len(), total), (1, 5), "{show:?} {order:?}");
                seen.insert(page[0].inventory_no.clone());
            }
            assert_eq!(seen.len(), 5, "{show:?} {order:?} {text}");
        }
    }
    app.end().await;
}

#[tokio::test]
async fn no_question_does_harm() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.person("ada", &[Role::Instructor, Role::DeviceClerk]).await;
    let course = office.course(&ada, "Kurs długi", &[("Wstęp", "Tekst.")]).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    laptops(&office, &ada.actor, &["IT/1"]).await;
    lend(&office, &ada.actor, ada.id, "IT/1", &until(app.clock.now().date() + Duration::days(9))).await;
    let long = "x".repeat(10_000);
    let hostile = [
        "%",
        "_",
        "ad_",
        "\\",
        "'",
        "\"",
        "$1",
        "{%}",
        "%' or '1' = '1",
        "'; drop table person; --",
        "\"><script>alert(1)</script>",
        long.as_str(),
    ];
    for q in hostile {
        for path in ["/teaching/kurs-dlugi/progress", "/devices/loans", "/devices/loans.csv"] {
            let page = asked(&ada.client, path, &[("q", q)]).await.assert(200).lacks("<script>alert(1)");
            page.lacks("ADA Osoba").lacks("IT/1");
        }
    }
    for path in ["/teaching/kurs-dlugi/progress", "/devices/loans"] {
        ada.client.get(&format!("{path}?q=%00")).await.assert(400);
        asked(&ada.client, path, &[("q", " \t ")]).await.assert(200).has("ADA");
    }
    ada.client.get("/teaching/kurs-dlugi/progress?q=ada").await.assert(200).has("ADA Osoba");
    ada.client.get("/devices/loans?q=ada").await.assert(200).has("IT/1");
    app.end().await;
}

#[tokio::test]
async fn long_lists_ask_the_database_at_most_six_times() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.person("ada", &[Role::Instructor, Role::DeviceClerk]).await;
    let Cinema { course, .. } = cinema(&office, &ada, 10).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    laptops(&office, &ada.actor, &["IT/1"]).await;
    lend(&office, &ada.actor, ada.id, "IT/1", &until(app.clock.now().date() - Duration::days(3))).await;
    ada.client.get("/teaching/kino/progress").await.assert(200).has("Film: Wykład").has("ADA Osoba");
    let pages = [
        "/teaching/kino/progress",
        "/teaching/kino/progress?q=ada&state=not_begun&order=progress",
        "/devices/loans",
        "/devices/loans?show=overdue",
        "/devices/loans?show=overdue&q=ada&order=name",
    ];
    for path in pages {
        let sent = statements(&ada.client, path).await;
        assert!(sent.len() <= MOST, "{path} sends {}: {sent:#?}", sent.len());
    }
    app.end().await;
}

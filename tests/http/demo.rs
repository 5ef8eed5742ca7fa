//! The demonstration: what `--demo` loads stands, and loading it again changes nothing.

use time::macros::datetime;

use super::identity::between;
use crate::harness::{Client, TestApp, film, owner, set_clock};

/// What the school has adopted.
const ADOPTED: &str = "Sprawy urzędowe przez internet";

#[tokio::test]
async fn the_devices_of_the_demonstration_load_and_loading_them_again_changes_nothing() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let folder = TestApp::root().join("demo");
    let mut rows = Vec::new();
    for _ in 0..2 {
        server::demo::load_devices(&app.ground, &folder).await.unwrap();
        let clerk = Client::new(&app.address);
        clerk.sign_in("wanda.kalinowa@sp2", server::demo::PASSWORD).await;
        for path in ["/devices", "/devices/loans", "/devices/applications", "/devices/stocktakes"] {
            let page = clerk.get(path).await.assert(200);
            rows.push(page.text.matches("<tr").count());
        }
    }
    let (first, again) = rows.split_at(4);
    assert!(first.iter().all(|rows| *rows > 1), "a page has nothing to show: {first:?}");
    assert_eq!(first, again);
    // At the desk of a class each line says who is a minor, and a minor's only guardian signs.
    let clerk = Client::new(&app.address);
    clerk.sign_in("wanda.kalinowa@sp2", server::demo::PASSWORD).await;
    let desk = clerk.get("/devices/desk").await.assert(200).text;
    let before = desk.split(">6b</option>").next().unwrap();
    let group = before.rsplit("value=\"").next().unwrap().split('"').next().unwrap().to_owned();
    let page = clerk.get(&format!("/devices/desk?group={group}")).await.assert(200).text;
    let count = |word: &str| page.matches(&format!("<td>{word}</td>")).count();
    assert_eq!((count("małoletni(a)"), count("pełnoletni(a)")), (12, 2), "{page}");
    assert!(page.contains("Teraz: Zofia Agreścik"), "{page}");
    let person = between(&page, "name=\"person\" value=\"", "\"").to_owned();
    let scan = [
        ("group", group.as_str()),
        ("mode", "out"),
        ("purpose", "nauka"),
        ("due_on", "2030-06-30"),
        ("person", &person),
        ("code", "SP2/ZS/6/2020"),
    ];
    clerk.post("/devices/desk", &scan).await.assert(200).has("odbiera Zofia Agreścik");
    let loan = clerk.get("/devices/loans?q=SP2/ZS/6/2020").await.assert(200).text;
    let loan = between(&loan, "href=\"/devices/loans/", "\"").to_owned();
    let loan = clerk.get(&format!("/devices/loans/{loan}")).await.assert(200).text;
    let agreement = between(&loan, "href=\"/devices/agreements/", "\"").to_owned();
    clerk.get(&format!("/devices/agreements/{agreement}")).await.assert(200).has("Michał Agreścik");
    app.end().await;
}

#[tokio::test]
async fn the_demonstration_has_a_hundred_and_forty_devices_and_loans_of_every_kind() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    // What is overdue is counted from a day.
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    server::demo::load_devices(&app.ground, &TestApp::root().join("demo")).await.unwrap();
    let mut owner = owner(&app).await;
    // Beside them three laptops that were scrapped years ago, for files that are not kept any longer.
    let (devices, cards, placed, old): (i64, i64, i64, i64) = sqlx::query_as(
        "select count(*) filter (where kind <> 'sim_card' and inventory_no not like 'UM/ZS/%'),
                count(*) filter (where kind = 'sim_card'), (select count(*) from sim_placement where removed_at is null),
                count(*) filter (where inventory_no like 'UM/ZS/%')
         from asset",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!((devices, cards, placed, old), (140, 27, 25, 3));
    let houses: Vec<(String, i64, i64, i64, i64)> = sqlx::query_as(
        "select o.slug, (select count(*) from programme p where p.organisation_id = o.id),
                count(*) filter (where l.handed_over_at is not null and l.returned_at is null),
                count(*) filter (where l.handed_over_at is not null and l.returned_at is null and l.due_on < '2026-11-21'),
                count(*) filter (where l.returned_at is not null)
         from organisation o join loan l on l.organisation_id = o.id group by o.id, o.slug order by o.slug",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert_eq!(houses, [("brzozow-wielki".to_owned(), 2, 19, 10, 3), ("sp2".to_owned(), 3, 26, 1, 1)]);
    let (incidents, stocktakes): (i64, i64) = sqlx::query_as(
        "select (select count(*) from incident where closed_at is null), (select count(*) from stocktake where closed_at is null)",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!((incidents, stocktakes), (2, 1));
    // The clerk of the school sees the same.
    let clerk = Client::new(&app.address);
    clerk.sign_in("wanda.kalinowa@sp2", server::demo::PASSWORD).await;
    clerk.get("/devices/loans?show=overdue").await.assert(200).has("SP2/ZS/2/2020").lacks("SP2/ZS/3/2020");
    clerk.get("/devices/loans?show=closed").await.assert(200).has("SP2/ZS/4/2020");
    clerk.get("/devices/incidents").await.assert(200).has("SP2/ZS/5/2020").has("SP2/ZS/2/2020");
    clerk.get("/devices/catalogue").await.assert(200).has("Zdalna Szkoła+").has("Laptopy 2021");
    clerk.get("/devices/stocktakes").await.assert(200).has("Spis roczny 2026, laptopy szkolne");
    app.end().await;
}

#[tokio::test]
async fn the_demonstration_has_a_certificate_that_counts_one_that_expired_and_one_that_was_revoked() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let folder = TestApp::root().join("demo");
    let films = app.folder.path().join("films");
    std::fs::create_dir(&films).unwrap();
    std::fs::rename(film(app.folder.path(), 1), films.join("wyklad.mp4")).unwrap();
    std::fs::write(films.join("wyklad.pl.vtt"), "WEBVTT\n\n00:00.000 --> 00:01.000\nDzień dobry\n").unwrap();
    let mut seen = Vec::new();
    for _ in 0..2 {
        server::demo::load(&app.ground, &folder, Some(films.clone())).await.unwrap();
        for (login, state, course) in [
            ("pawel.lisiecki", "Ważne", "Dostępność cyfrowa"),
            ("ewelina.dabek", "Unieważnione", "Dostępność cyfrowa"),
            ("roman.jalowiec", "Wygasło", "E-sesja"),
        ] {
            let holder = Client::new(&app.address);
            holder.sign_in(&format!("{login}@brzozow-wielki"), server::demo::PASSWORD).await;
            let list = holder.get("/my-certificates").await.assert(200).has(state).has(course).text;
            assert_eq!(list.matches("/credential\"").count(), 1, "{login} has one certificate:\n{list}");
            // What anybody sees who has the paper: all of it stands there, with the result of the test.
            let address = between(&list, "href=\"/certificates/", "\"").to_owned();
            let page = app.visitor().get(&format!("/certificates/{address}")).await.assert(200);
            seen.push(page.has("100%").text.len());
        }
        let author = Client::new(&app.address);
        author.sign_in("ada.nowicka@brzozow-wielki", server::demo::PASSWORD).await;
        author
            .get("/teaching/dostepnosc-cyfrowa/certificates")
            .await
            .assert(200)
            .has("Ważne")
            .has("Unieważnione");
        author.get("/teaching/e-sesja/certificates").await.assert(200).has("Wygasło");
        // Anybody reads the course for residents, and the councillors have theirs.
        let door = "/o/brzozow-wielki/sprawy-przez-internet";
        app.visitor().get(door).await.assert(200).has("Sprawy urzędowe przez internet");
        let councillor = Client::new(&app.address);
        councillor.sign_in("danuta.wierzba@brzozow-wielki", server::demo::PASSWORD).await;
        councillor.get("/").await.assert(200).has("E-sesja i praca z tabletem");
        councillor.get("/courses/e-sesja/12-test-koncowy").await.assert(404);
        councillor.get("/courses/e-sesja/test-koncowy").await.assert(200).has("Przejdź do testu");
        // A Ukrainian reader sees the title in Ukrainian, and the lesson that is written in it.
        let oksana = Client::new(&app.address);
        oksana.sign_in("oksana.melnyczuk@brzozow-wielki", server::demo::PASSWORD).await;
        oksana.get("/").await.assert(200).has("Цифрова доступність для редакторів");
        let lesson = oksana.get("/courses/dostepnosc-cyfrowa/po-co").await.assert(200);
        lesson.has("Для кого ми публікуємо").has("Шестеро людей і одне оголошення");
        // The shared catalogue: two courses of the town hall, one of which the school has adopted.
        let teacher = Client::new(&app.address);
        teacher.sign_in("tomasz.leszczyna@sp2", server::demo::PASSWORD).await;
        let list = teacher.get("/catalogue/installation").await.assert(200);
        let list = list.has("Dostępność cyfrowa dla redaktorów").has("Urząd Miejski w Brzozowie Wielkim");
        assert_eq!(list.has(ADOPTED).text.matches("Przyjęte</span>").count(), 1, "one of them is adopted");
        let taught = "/teaching/sprawy-urzedowe-przez-internet";
        teacher.get(taught).await.assert(200).has("Szkolenie przyjęte od: Urząd Miejski w Brzozowie Wielkim");
        // Who works at the school has it with a deadline; pupils do not.
        let clerk = Client::new(&app.address);
        clerk.sign_in("wanda.kalinowa@sp2", server::demo::PASSWORD).await;
        clerk.get("/").await.assert(200).has(ADOPTED);
        clerk.get("/training").await.assert(200).has(ADOPTED).has("Dyrekcja");
        clerk.get("/courses/sprawy-urzedowe-przez-internet").await.assert(200).has(ADOPTED);
        let pupil = Client::new(&app.address);
        pupil.sign_in("antonina.borowka@sp2", server::demo::PASSWORD).await;
        pupil.get("/").await.assert(200).has("Laptop ze szkoły w domu").lacks(ADOPTED);
    }
    assert_eq!(seen[..3], seen[3..], "loading it again changes nothing");
    let mut owner = owner(&app).await;
    let adopted: (i64, i64) = sqlx::query_as(
        "select (select count(*) from adoption), (select count(*) from taking t join adoption a on a.course_id = t.course_id)",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(adopted, (1, 5), "two of the head's office and three teachers");
    // The one that expired was earned on a version of before, not of after.
    let odd: i64 = sqlx::query_scalar(
        "select count(*) from certificate c join course_version v on v.id = c.version_id where c.issued_at < v.published_at",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(odd, 0);
    app.end().await;
}

//! Many at once: sixty people at eight o'clock, and two tabs of one person.

use std::time::Duration;

use crate::harness::{PASSWORD, TestApp, owner};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_people_sign_in_at_once_and_every_one_of_them_is_in() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let terminal = identity::PeopleAdmin::at_the_terminal();
    for number in 0..60 {
        let mut tx = app.ground.db.begin(&base::Actor::job("test", office.id)).await.unwrap();
        let new = identity::person::NewPerson {
            login: format!("p{number}"),
            email: String::new(),
            given_name: "Osoba".to_owned(),
            family_name: format!("Numer{number}"),
            language: "pl".to_owned(),
            unit: None,
        };
        let id = identity::person::create(&mut tx, &terminal, &new).await.unwrap();
        identity::link::set_password(&mut tx, &terminal, id, PASSWORD.to_owned()).await.unwrap();
        tx.commit().await.unwrap();
    }
    let enter = async |number: usize| {
        let browser = app.visitor();
        let name = format!("p{number}@brzozow");
        let page = browser.post("/sign-in", &[("name", &name), ("password", PASSWORD)]).await;
        assert_eq!(page.status, 303, "{name}: {}", page.text);
        browser.get("/account").await.assert(200).has(&format!("Numer{number}"));
    };
    let all = futures::future::join_all((0..60).map(enter));
    tokio::time::timeout(Duration::from_secs(600), all).await.expect("sixty sign-ins end");
    app.end().await;
}

#[tokio::test]
async fn two_tabs_of_one_person_do_not_wait_for_each_other() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs", &[("Pierwsza", "Tekst."), ("Druga", "Tekst.")]).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let units: Vec<_> = courses::outline::draft(&mut tx, &course).await.unwrap()[0]
        .units
        .iter()
        .map(|unit| unit.id)
        .collect();
    drop(tx);
    // Both units are held by somebody else, so that saving either of them takes as long as we like.
    let mut held = owner(&app).await;
    sqlx::raw_sql("begin; lock table unit in share mode").execute(&mut held).await.unwrap();
    let save = async |unit: courses::UnitId| {
        let form =
            [("title", "Lekcja"), ("minutes", "5"), ("text", "Nowy."), ("revision", "2"), ("act", "save")];
        ada.client.post(&format!("/teaching/kurs/units/{unit}"), &form).await
    };
    let watch = async {
        let mut look = owner(&app).await;
        let mut waiting = 0;
        // Nobody waits for a lock longer than ten seconds.
        for _ in 0..180 {
            waiting = sqlx::query_scalar::<_, i64>(
                "select count(*) from pg_locks l join pg_database d on d.oid = l.database
                 where not l.granted and d.datname = current_database()",
            )
            .fetch_one(&mut look)
            .await
            .unwrap();
            if waiting == 2 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(waiting, 2, "the two tabs are not both at work");
        // A third of the same session is answered meanwhile, and so is one that writes.
        ada.client.get("/").await.assert(200);
        ada.client.post("/language", &[("lang", "en"), ("back", "/")]).await.assert(303);
        sqlx::raw_sql("rollback").execute(&mut held).await.unwrap();
    };
    let (first, second, ()) = tokio::join!(save(units[0]), save(units[1]), watch);
    first.assert(303);
    second.assert(303);
    app.end().await;
}

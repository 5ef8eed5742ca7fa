//! Flows in a real browser: Chromium driven by playwright-core, by the scripts beside this file, against the real server.

mod player_more;

use std::process::Stdio;

use devices::loans::list::Show;
use time::macros::date;

use crate::harness::lending::{clerk, laptops, lines, signed, until};
use crate::harness::{TestApp, owner};

/// Runs `tests/browser/<name>.mjs` with the address of the program and these arguments.
async fn script(app: &TestApp, name: &str, arguments: &[&str]) {
    let root = TestApp::root();
    let run = tokio::process::Command::new("node")
        .arg(root.join("tests/browser").join(format!("{name}.mjs")))
        .arg(&app.address)
        .args(arguments)
        .env("ADMIN", "admin")
        .current_dir(&root)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let done = tokio::time::timeout(std::time::Duration::from_secs(1800), run)
        .await
        .expect("the browser script ends")
        .unwrap();
    assert!(
        done.status.success(),
        "{name}:\n{}\n{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
}

/// An office with instructors, learners and a group, a film of a minute and its captions.
async fn stage(app: &TestApp) -> (String, String) {
    let office = app.office("brzozow").await;
    office.instructor("ada").await;
    office.instructor("ewa").await;
    office.admin("admin").await;
    let jan = office.learner("jan").await;
    office.learner("ola").await;
    let iga = office.learner("iga").await;
    office.group("Redaktorzy", &[&jan, &iga]).await;
    let film = crate::harness::film_of(app.folder.path(), "640x360", 60);
    let captions = app.folder.path().join("film.pl.vtt");
    let cues: String = (0..12)
        .map(|number| {
            let (from, to) = (number * 5, number * 5 + 4);
            format!("00:{from:02}.000 --> 00:{to:02}.000\nZdanie {number} o dostępności.\n\n")
        })
        .collect();
    std::fs::write(&captions, format!("WEBVTT\n\n{cues}")).unwrap();
    (film.display().to_string(), captions.display().to_string())
}

/// Once the film is made: a copy of it in the unit before accompanies it. Answers that unit.
async fn accompanied(app: &TestApp) -> uuid::Uuid {
    let mut owner = owner(app).await;
    // The lecture: the first of the films that were sent, though another one may be made before it.
    let made = "select organisation_id, id, created_by from film
                where state = 'ready' and id = (select id from film order by id limit 1)";
    let (organisation, film, person): (uuid::Uuid, uuid::Uuid, uuid::Uuid) = loop {
        match sqlx::query_as(made).fetch_optional(&mut owner).await.unwrap() {
            Some(row) => break row,
            None => tokio::time::sleep(std::time::Duration::from_millis(500)).await,
        }
    };
    let actor = identity::session::at_the_terminal(organisation.into(), person.into());
    let mut tx = app.ground.db.begin(&actor).await.unwrap();
    let film = video::Editable::granted(film.into());
    let copy = video::share::share(&mut tx, &film.watchable()).await.unwrap();
    video::companion::set(&mut tx, &film, video::companion::Kind::SignLanguage, Some(&copy)).await.unwrap();
    tx.commit().await.unwrap();
    let unit = "select id from unit where film_id is null and removed_at is null order by id limit 1";
    let unit: uuid::Uuid = sqlx::query_scalar(unit).fetch_one(&mut owner).await.unwrap();
    show_in(app, unit, Some(copy.film().0)).await;
    unit
}

/// Puts a film into a unit and its published version, past the door, which would want another publishing.
async fn show_in(app: &TestApp, unit: uuid::Uuid, film: Option<uuid::Uuid>) {
    let mut owner = owner(app).await;
    sqlx::query("set session_replication_role = replica").execute(&mut owner).await.unwrap();
    for sql in [
        "update unit set film_id = $2 where id = $1",
        "update version_unit set film_id = $2 where unit_id = $1",
    ] {
        sqlx::query(sql).bind(unit).bind(film).execute(&mut owner).await.unwrap();
    }
}

#[tokio::test]
async fn a_teacher_publishes_a_course_with_a_film_and_a_learner_takes_it() {
    let app = TestApp::start().await;
    let (film, captions) = stage(&app).await;
    script(&app, "main", &[&film, &captions]).await;
    let unit = accompanied(&app).await;
    script(&app, "player", &[]).await;
    show_in(&app, unit, None).await;
    // Every page of it once more: axe, 320 px, script off.
    script(&app, "pages", &[]).await;
    app.end().await;
}

#[tokio::test]
async fn a_test_loses_no_answer_to_a_broken_network_a_closed_lid_or_another_machine() {
    use crate::http::quizzes::{TEST, write};
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let course = office.course(&ada, "Kurs testowy", &[("Wstęp", "Treść lekcji.")]).await;
    write(&office, &ada, &course, TEST).await;
    office.publish(&ada, &course, &[courses::enrolment::Target::Everybody]).await;
    jan.client.get("/courses/kurs-testowy/wstep").await.assert(200);
    script(&app, "quiz", &[]).await;
    // Each answer was kept once, in the order in which it was given.
    let kept: Vec<(i32, String)> = sqlx::query_as(
        "select position, detail -> 'answer' ->> 'value' from attempt_step where kind = 'answered' order by number",
    )
    .fetch_all(&mut crate::harness::owner(&app).await)
    .await
    .unwrap();
    let kept: Vec<(i32, &str)> = kept.iter().map(|(position, text)| (*position, text.as_str())).collect();
    assert_eq!(kept, [(2, "pierwsza"), (2, "druga"), (2, "trzecia"), (2, "czwarta"), (3, "31337.0")]);
    app.end().await;
}

#[tokio::test]
async fn a_class_gets_its_devices_and_gives_them_back_by_scans_over_a_network_that_drops() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let numbers: Vec<String> = (1..=32).map(|number| format!("IT/{number}")).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    laptops(&office, &anna.actor, &numbers).await;
    let mut class = Vec::new();
    for number in 1..=30 {
        class.push(office.learner(&format!("uczen{number:02}")).await);
    }
    let group = office.group("6a", &class.iter().collect::<Vec<_>>()).await.to_string();
    let other = office.learner("inny").await;
    let rules = until(date!(2030 - 01 - 01));
    signed(&office, &anna.actor, other.id, &["IT/32"], &rules).await.unwrap();
    script(&app, "desk", &[&group]).await;
    // Each was lent once and came back; what was refused left nothing.
    assert_eq!(lines(&office, &anna.actor, Show::Open).await.len(), 0);
    let over = lines(&office, &anna.actor, Show::Closed).await;
    assert_eq!(over.len(), 30);
    let people: std::collections::HashSet<_> = over.iter().map(|line| line.who.clone()).collect();
    assert_eq!(people.len(), 30, "one device a person");
    app.end().await;
}

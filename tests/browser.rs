//! Flows in a real browser: Chromium driven by playwright-core, by the scripts beside this file, against the real server.

mod player_more;
mod training;

use std::process::Stdio;

use devices::loans::agreement::{self, NewAgreement};
use devices::loans::event;
use devices::loans::kind::{AgreementKind, EventKind, LoanKind};
use devices::loans::list::Show;
use devices::loans::party::Whom;
use devices::register::catalogue;
use time::macros::{date, datetime};

use crate::harness::lending::{clerk, laptops, lend, lines, proof, signed, until};
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
    script(&app, "refused", &[]).await;
    app.end().await;
}

#[tokio::test]
async fn a_learner_watches_the_beginning_while_the_rest_is_still_being_made() {
    use crate::harness::work::{WorkProcess, signal};
    use crate::http::{film_work, films};
    let folder = tempfile::tempdir().unwrap();
    // A program that is held still says nothing, and is not ended for it.
    let (stage, _store) = film_work::stage_with_silence(folder.path(), 3600).await;
    let (jan, _) = films::office_of(&stage).await;
    stage.upload(&crate::harness::film_of(stage.app.folder.path(), "640x360", 120)).await;
    films::publish(&stage, &jan).await;
    let machine = WorkProcess::start(&stage.app.config);
    let program = machine.transcoder().await.expect("a transcoding program");
    // By small steps until a quarter is made; then it stands still, however fast the machine is.
    for step in 0.. {
        signal("STOP", program);
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let state = stage.state().await;
        if state["playable"] == true && state["per_mille"].as_i64().unwrap() >= 250 {
            break;
        }
        assert!(step < 6000, "not a quarter of it is made: {state}");
        signal("CONT", program);
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    }
    assert_eq!(film_work::state_of(&stage, stage.film).await, "transcoding", "it is not whole yet");
    script(&stage.app, "growing", &["/courses/kurs-z-filmem/wyklad", &stage.film.to_string()]).await;
    assert_eq!(film_work::state_of(&stage, stage.film).await, "transcoding", "nor was it meanwhile");
    signal("CONT", program);
    film_work::wait_until_ready(&stage, stage.film).await;
    drop(machine);
    stage.app.end().await;
}

#[tokio::test]
async fn a_phone_records_a_film_that_becomes_a_unit_and_is_made_upright() {
    let stage = crate::http::films::stage().await;
    let film = crate::harness::film_of(stage.app.folder.path(), "360x640", 6);
    script(&stage.app, "phone", &[&film.display().to_string()]).await;
    // The bytes of the camera are all there: the film of the new unit is made from them, as it was held.
    let made = "select f.state, r.width, r.height from unit u join film f on f.id = u.film_id
                  left join rendition r on r.film_id = f.id and r.kind = 'picture' and r.complete
                where u.title = 'VID 20261121 1015' order by r.height desc nulls last limit 1";
    let mut owner = owner(&stage.app).await;
    let mut last = None;
    for _ in 0..3000 {
        let row: (String, Option<i32>, Option<i32>) =
            sqlx::query_as(made).fetch_one(&mut owner).await.unwrap();
        let over = row.0 == "ready" || row.0 == "failed";
        last = Some(row);
        if over {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(last, Some(("ready".to_owned(), Some(360), Some(640))));
    stage.app.end().await;
}

#[tokio::test]
async fn captions_are_set_right_beside_their_film_by_keyboard() {
    use crate::http::{films, watching};
    let stage = films::stage().await;
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, &stage.course).await.unwrap()[0].units[0].id;
    tx.commit().await.unwrap();
    stage.upload(&crate::harness::film_of(stage.app.folder.path(), "640x360", 60)).await;
    stage.wait_for("ready").await;
    // A cue every five seconds; of one the line is too long.
    let cue = |number: u32| {
        let (from, to) = (number * 5, number * 5 + 4);
        let more =
            if number == 7 { ", a ten wiersz jest o wiele za długi, żeby go przeczytać" } else { "" };
        format!("00:{from:02}.000 --> 00:{to:02}.000\nZdanie {number} o dostępności{more}.\n\n")
    };
    let vtt: String = (0..12).map(cue).collect();
    let unit = format!("/teaching/{}/units/{unit}", stage.course.slug());
    watching::attach(&stage.ada.client, &unit, format!("WEBVTT\n\n{vtt}").into_bytes()).await.assert(303);
    script(&stage.app, "cues", &[&format!("{unit}/captions/pl")]).await;
    stage.app.end().await;
}

#[tokio::test]
async fn the_first_who_comes_sets_the_installation_up_on_pages_that_hold_to_the_rules() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let secret = identity::link::offer_setup(&app.ground.db).await.unwrap().unwrap();
    script(&app, "setup", &[&format!("/setup/{}", secret.reveal())]).await;
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
    let mut over = lines(&office, &anna.actor, Show::Closed).await;
    assert_eq!(over.len(), 30);
    // Each to whose turn it was, in the order of the scans: without a network, two of them were refused later, and those people came last.
    over.sort_by_key(|line| line.loan.0);
    let turns = (1..=12).chain(15..=29).chain([13, 14, 30]);
    for (at, (line, turn)) in over.iter().zip(turns).enumerate() {
        assert_eq!(line.inventory_no, format!("IT/{}", at + 1), "the order of the scans: {over:#?}");
        assert_eq!(line.person, Some(class[turn - 1].id), "{} was scanned for another", line.inventory_no);
    }
    let people: std::collections::HashSet<_> = over.iter().map(|line| line.who.clone()).collect();
    assert_eq!(people.len(), 30, "one device a person");
    app.end().await;
}

#[tokio::test]
async fn every_page_of_devices_holds_to_the_rules_for_the_clerk_a_guardian_a_borrower_and_anybody() {
    use crate::http::{applications, names, stocktake};
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let town = names::town(&office, &klara).await;
    // What is still under way: an application, a stocktake; and a place, a term and a class.
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let place = catalogue::save_place(&mut tx, &proof(), None, "Magazyn").await.unwrap();
    let ends = Some(date!(2027 - 06 - 25));
    let term =
        event::create(&mut tx, &proof(), EventKind::SchoolYear, "rok szkolny", None, ends).await.unwrap();
    tx.commit().await.unwrap();
    let class = office.group("6a", &[&town.jan, &town.ciocia]).await;
    // An agreement that nobody has signed, one that is to be handed over, and a loan of which two things did not come back.
    let zoja = office.learner("zoja").await;
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let draft = NewAgreement {
        kind: AgreementKind::Loan,
        programme: None,
        purpose: "nauka zdalna".to_owned(),
        whom: Whom::Person { beneficiary: zoja.id, signatory: None },
    };
    let draft = agreement::create(&mut tx, &proof(), &draft).await.unwrap();
    agreement::add_item(&mut tx, &proof(), draft, "IT/12", LoanKind::Primary).await.unwrap();
    tx.commit().await.unwrap();
    let rules = until(date!(2030 - 01 - 01));
    let (_, over) = lend(&office, &klara.actor, zoja.id, "IT/9", &rules).await;
    let back = [("code", "IT/9"), ("grade", "C"), ("along", "zasilacz"), ("along", "torba")];
    klara.client.post("/devices/returns", &back).await.assert(200).has("Nadal brakuje");
    let (waits, _) = signed(&office, &klara.actor, zoja.id, &["IT/11"], &rules).await.unwrap();
    let mut open = vec![("place", place.to_string())];
    open.extend(applications::one_of_everything(&office, &klara).await);
    open.extend(stocktake::one_of_everything(&office, &klara).await);
    open.extend(town.values.clone());
    let asset = &town.values.iter().find(|(name, _)| *name == "asset").unwrap().1;
    let mut paths = names::addresses(&town.values);
    paths.extend(names::addresses(&open));
    paths.extend([
        format!("/devices/due/{term}"),
        format!("/devices/assets/{asset}/state?to=quarantine"),
        format!("/devices/agreements/{draft}"),
        format!("/devices/agreements/{waits}/handover"),
        format!("/devices/loans/{over}"),
        "/devices/returns?code=IT/8".to_owned(),
        "/devices/returns?code=niczyj".to_owned(),
        "/devices?q=niczyj".to_owned(),
        format!("/devices/desk?group={class}&mode=out&purpose=nauka&due_on=2027-06-25"),
        format!("/devices/desk?group={class}&mode=in"),
    ]);
    let mut known = std::collections::HashSet::new();
    paths.retain(|path| !path.starts_with("/api/") && known.insert(path.clone()));
    let file = app.folder.path().join("addresses.json");
    std::fs::write(&file, serde_json::to_string(&paths).unwrap()).unwrap();
    script(&app, "devices", &[&file.display().to_string()]).await;
    app.end().await;
}

#[tokio::test]
async fn every_page_of_training_tests_films_and_offers_holds_to_the_rules_for_those_who_work_with_it() {
    let (stage, pages) = training::town().await;
    let file = stage.app.folder.path().join("pages.json");
    std::fs::write(&file, pages.to_string()).unwrap();
    script(&stage.app, "training", &[&file.display().to_string()]).await;
    stage.app.end().await;
}

#[tokio::test]
async fn the_way_of_the_clerk_in_the_document_is_the_way_of_the_pages() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    crate::harness::set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    server::demo::load_devices(&app.ground, &TestApp::root().join("demo")).await.unwrap();
    let pictures = app.folder.path().join("pictures");
    std::fs::create_dir(&pictures).unwrap();
    script(&app, "walk", &[&pictures.display().to_string()]).await;
    let document = std::fs::read_to_string(TestApp::root().join("docs/sprzet-krok-po-kroku.md")).unwrap();
    let named: Vec<&str> =
        document.split("](pictures/").skip(1).map(|rest| rest.split(')').next().unwrap()).collect();
    assert!(named.len() >= 8, "{named:?}");
    for picture in named {
        assert!(pictures.join(picture).is_file(), "nothing makes {picture} any more");
        assert!(
            TestApp::root().join("docs/pictures").join(picture).is_file(),
            "{picture} is not in the folder"
        );
    }
    app.end().await;
}

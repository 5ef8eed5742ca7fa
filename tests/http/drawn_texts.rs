//! Questions in several languages that tests draw from the bank of their course: written with the test that draws them, frozen with a
//! version, taken along in the folder and by whoever adopts the course.

use std::fs;

use courses::enrolment::Target;
use courses::offer::takeover;
use courses::quiz::translated::{self, NewTexts};
use courses::quiz::wording::Texts;
use courses::quiz::{Settings, file, store};
use courses::{Taught, UnitId, copy, folder, media, offer, outline, publish};
use identity::{Author, Role};

use super::folder::{MOST, course as course_file, exported, imported, place, read, unit as unit_file};
use super::question_texts::say;
use crate::harness::{House, Page, Someone, TestApp, speaks};

/// Asks nothing but what it draws.
const TEST: &str = "\
Próg zaliczenia: 50%
Kolejność pytań: stała
Odpowiedzi: po każdym podejściu
Losuj: 2 z banku #a
";

/// Two questions that are drawn, and one that is not.
const BANK: &str = "\
## Raz
Klucz: raz
Tagi: #a

Jaki skrót?

Odpowiedź: TAJNE

## Dwa
Klucz: dwa
Tagi: #a

Jaki termin?

Odpowiedź: TAJNE

## Inne
Klucz: inne
Tagi: #c

Jaki organ?

Odpowiedź: TAJNE
";

async fn program() -> TestApp {
    TestApp::start_with(|config| config.workers = 0).await
}

async fn write(app: &TestApp, who: &Someone, course: &Taught, at: usize, text: &str) -> UnitId {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    let unit = outline::draft(&mut tx, course).await.unwrap()[0].units[at].id;
    let sheet = file::read(text).unwrap_or_else(|faults| panic!("{faults:?}"));
    store::save_draft(&mut tx, course, unit, &sheet.settings, &sheet.questions).await.unwrap();
    tx.commit().await.unwrap();
    unit
}

/// A course of two units: the test of the first draws from the questions of the second. Answers both.
async fn course(office: &House<'_>, ada: &Someone) -> (Taught, UnitId, UnitId) {
    let course = office.course(ada, "Kurs", &[("Pierwsza", "Tekst."), ("Druga", "Tekst.")]).await;
    let second = write(office.app, ada, &course, 1, BANK).await;
    let first = write(office.app, ada, &course, 0, TEST).await;
    (course, first, second)
}

/// Saves the Ukrainian words of a question, which follow it.
async fn translate(app: &TestApp, who: &Someone, course: &Taught, key: &str, text: &str) {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    let kept = translated::one(&mut tx, course, key, "uk").await.unwrap();
    let new = NewTexts {
        texts: Texts::from([("text".to_owned(), text.to_owned())]),
        revision: kept.as_ref().map_or(0, |one| one.revision),
        follows: kept.map(|one| one.question.texts_hash()),
    };
    translated::save(&mut tx, course, key, "uk", &new).await.unwrap();
    tx.commit().await.unwrap();
}

/// The words in Ukrainian, by key, and whether they follow their question.
async fn words(app: &TestApp, who: &Someone, course: &Taught) -> Vec<(String, String, bool)> {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    let all = translated::all(&mut tx, course).await.unwrap().into_iter();
    all.map(|one| (one.question.key, one.texts["text"].clone(), !one.stale)).collect()
}

fn said(key: &str, text: &str) -> (String, String, bool) {
    (key.to_owned(), text.to_owned(), true)
}

/// Titles of the units that differ from what is published.
async fn changed(app: &TestApp, who: &Someone, course: &Taught) -> Vec<String> {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    publish::changes(&mut tx, course).await.unwrap().unwrap().changed
}

/// The row of a test on the page of all languages.
#[track_caller]
fn row<'a>(page: &'a Page, test: &str) -> &'a str {
    page.text.split_once(test).unwrap().1.split("</tr>").next().unwrap()
}

#[tokio::test]
async fn what_a_test_draws_is_translated_with_it_and_published_once() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let (ada, oksana) = (office.instructor("ada").await, office.learner("oksana").await);
    speaks(&app, &oksana, "uk").await;
    let (course, first, second) = course(&office, &ada).await;
    let teacher = &ada.client;
    let form = |unit: UnitId, key: &str| format!("/teaching/kurs/units/{unit}/languages/uk/questions/{key}");
    let page = teacher.get(&format!("/teaching/kurs/units/{first}/languages/uk")).await.assert(200);
    page.has(&form(first, "raz")).has(&form(first, "dwa")).lacks(&form(first, "inne"));
    // It belongs to the test that has it, and not to the one that does not draw it.
    teacher.get(&form(first, "inne")).await.assert(404);
    teacher.get(&form(second, "inne")).await.assert(200);
    office.publish(&ada, &course, &[Target::Everybody]).await;
    assert_eq!(changed(&app, &ada, &course).await, Vec::<String>::new());

    say(&ada, &form(first, "raz"), &[("word-text", "Яке скорочення?")], "0", "").await.assert(303);
    let all = teacher.get("/teaching/kurs/languages").await.assert(200);
    assert_eq!(row(&all, "Pierwsza – test").matches("jest").count(), 0, "one of two");
    say(&ada, &form(first, "dwa"), &[("word-text", "Який строк?")], "0", "").await.assert(303);
    let all = teacher.get("/teaching/kurs/languages").await.assert(200);
    assert_eq!(row(&all, "Pierwsza – test").matches("jest").count(), 1, "all that it draws, in Ukrainian");
    assert_eq!(row(&all, "Druga – test").matches("jest").count(), 0, "one is missing");
    assert_eq!(changed(&app, &ada, &course).await, ["Pierwsza", "Druga"]);
    office.publish(&ada, &course, &[]).await;
    assert_eq!(changed(&app, &ada, &course).await, Vec::<String>::new());

    let learner = &oksana.client;
    learner.get("/courses/kurs/pierwsza").await.assert(200);
    let home = "/courses/kurs/pierwsza/test";
    learner.get(home).await.assert(200).lacks("мовою курсу");
    let begun = learner.post(home, &[]).await.assert(303).location();
    let attempt = begun.strip_suffix("/questions/1").expect("the first question").to_owned();
    for number in 1..=2 {
        let asked = learner.get(&format!("{attempt}/questions/{number}")).await.assert(200);
        let asked = asked.lacks("Jaki").lacks("TAJNE");
        assert!(asked.text.contains("Яке скорочення?") != asked.text.contains("Який строк?"));
    }

    // Other words in the original: both tests are told, and what is drawn is asked in the original again.
    write(&app, &ada, &course, 1, &BANK.replace("Jaki termin?", "Jaki jest termin?")).await;
    let all = teacher.get("/teaching/kurs/languages").await.assert(200);
    for test in ["Pierwsza – test", "Druga – test"] {
        assert!(row(&all, test).contains("oryginał się zmienił"), "{test}");
    }
    office.publish(&ada, &course, &[]).await;
    assert_eq!(changed(&app, &ada, &course).await, Vec::<String>::new());
    learner.get(home).await.assert(200).has("Частина запитань цього тесту — мовою курсу: Polski");
    app.end().await;
}

#[tokio::test]
async fn what_is_found_in_a_translation_of_what_is_drawn_is_told_with_the_way_to_it() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (course, first, _) = course(&office, &ada).await;
    translate(&app, &ada, &course, "raz", "Яке скорочення? ![](media/brak.png)").await;
    // Nothing but the bank has it any more.
    write(&app, &ada, &course, 1, &BANK[BANK.find("## Dwa").unwrap()..]).await;
    let way = format!("/teaching/kurs/units/{first}/languages/uk/questions/raz");
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let found = courses::check::all(&mut tx, &course).await.unwrap();
    let of_it: Vec<_> = found.iter().filter(|one| one.language.as_deref() == Some("uk")).collect();
    assert!(!of_it.is_empty() && of_it.iter().all(|one| one.unit == first), "{found:?}");
    drop(tx);
    ada.client.get("/teaching/kurs/publish").await.assert(200).has(&way);
    ada.client.get(&way).await.assert(200).has("Jaki skrót?");
    app.end().await;
}

#[tokio::test]
async fn a_picture_that_only_a_translation_shows_comes_along_with_a_copied_unit() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (course, first, _) = course(&office, &ada).await;
    translate(&app, &ada, &course, "raz", "Яке скорочення? ![План](media/plan.png)").await;
    let other = office.course(&ada, "Inny", &[("Tam", "Tekst.")]).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let picture = b"\x89PNG\r\n\x1a\nplan".to_vec();
    media::add(&mut tx, &app.ground.blobs, &course, "plan.png", picture.into()).await.unwrap();
    let section = outline::draft(&mut tx, &other).await.unwrap()[0].id;
    copy::unit(&mut tx, &course, first, &other, section).await.unwrap();
    let pictures = media::all(&mut tx, &other).await.unwrap();
    assert_eq!(pictures.iter().map(|picture| &*picture.name).collect::<Vec<_>>(), ["plan.png"]);
    let kept = translated::all(&mut tx, &other).await.unwrap();
    assert_eq!(kept.iter().map(|one| (&*one.question.key, one.stale)).collect::<Vec<_>>(), [("raz", false)]);
    drop(tx);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_in_no_test_take_their_translations_along_in_the_folder() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let worded = "Nieaktualne: dwa\n\n## Dwa\nKlucz: dwa\n\nЯкий строк?\n\nOdpowiedź: TAJNE\n\n## Raz\nKlucz: raz\n\nЯке скорочення?\n\nOdpowiedź: ТАЄМНО\nOdpowiedź: TAJNE\n";
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    put("course.toml", &course_file("\"01-lekcja\""));
    put("01-lekcja.md", &unit_file("Lekcja", "", "Tekst.\n"));
    put("01-lekcja.quiz.md", TEST);
    put("bank.quiz.md", BANK);
    put("bank.uk.quiz.md", worded);
    let told = folder::cli_check(dir.path(), &[]).unwrap();
    assert!(told.contains("translations: 1,") && told.contains("questions in no test: 3"), "{told}");
    let course = imported(&app, &ada, &read(dir.path(), &[])).await;
    let first = exported(&app, &ada, &course).await;
    assert_eq!(String::from_utf8(first["bank.uk.quiz.md"].clone()).unwrap(), worded);

    // Somewhere else and out again, byte for byte; what is not in the folder is taken out.
    let copy = tempfile::tempdir().unwrap();
    for (name, bytes) in &first {
        fs::write(copy.path().join(name), bytes).unwrap();
    }
    let ben = app.office("lesko").await.instructor("ben").await;
    let theirs = imported(&app, &ben, &read(copy.path(), &[])).await;
    assert!(exported(&app, &ben, &theirs).await == first);
    let kept = words(&app, &ben, &theirs).await;
    let stale = ("dwa".to_owned(), "Який строк?".to_owned(), false);
    assert_eq!(kept, [stale, said("raz", "Яке скорочення?")]);
    fs::remove_file(copy.path().join("bank.uk.quiz.md")).unwrap();
    let less = read(copy.path(), &[]);
    assert_eq!(folder::replace(&place(&app, &ben), &theirs, &less, MOST).await.unwrap().translations, 0);
    assert_eq!(words(&app, &ben, &theirs).await, []);

    // Faults, each with its line.
    let faults = |text: &str| -> Vec<String> {
        put("bank.uk.quiz.md", text);
        let reports = folder::read(dir.path(), &[]).err().unwrap_or_default();
        reports.iter().map(|report| report.to_string().split("; ").next().unwrap().to_owned()).collect()
    };
    let at = |line: usize, what: &str| vec![format!("bank.uk.quiz.md:{line}: {what}")];
    assert_eq!(
        faults(&worded.replace("Klucz: raz", "Klucz: trzy")),
        at(11, "the original has no question “trzy”")
    );
    assert_eq!(
        faults(&worded.replace("Nieaktualne: dwa", "Czas: 5 min")),
        at(1, "“Czas: 5 min” cannot stand above the questions of a translation")
    );
    assert_eq!(
        faults(&worded.replace("Nieaktualne: dwa", "Nieaktualne: trzy")),
        at(1, "the original has no question “trzy”")
    );
    put("01-lekcja.quiz.md", "## Raz\n\nJaki skrót?\n\nOdpowiedź: TAJNE\n");
    fs::remove_file(dir.path().join("bank.quiz.md")).unwrap();
    assert_eq!(faults(worded), at(1, "there is no bank.quiz.md"));
    app.end().await;
}

/// The publisher's newest version, taken over.
async fn take(app: &TestApp, who: &Someone, course: &Taught) {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    let ahead = takeover::ahead(&mut tx, course).await.unwrap().unwrap();
    let (to, asks) = (ahead.version, publish::Asks::Nothing);
    takeover::take(&mut tx, &app.ground.blobs, course, to, &[], asks).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_adopted_question_gets_words_only_where_it_reads_as_it_does_there() {
    let app = program().await;
    let (office, other) = (app.office("brzozow").await, app.office("lesko").await);
    let ada = office.instructor("ada").await;
    let ben = other.person("ben", &[Role::OrganisationAdmin, Role::Instructor]).await;
    let (course, ..) = course(&office, &ada).await;
    // The questions stand in no test there: a test that is taken over whole would decide about them.
    write(&app, &ada, &course, 1, "## Test\n\nNapisz.\n\nOdpowiedź: tak\n").await;
    for (key, text) in [("raz", "Яке скорочення?"), ("dwa", "Який строк?")] {
        translate(&app, &ada, &course, key, text).await;
    }
    office.publish(&ada, &course, &[]).await;
    ada.client.post("/teaching/kurs/offer", &[]).await.assert(303);
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let id = offer::standing(&mut tx, &course).await.unwrap().unwrap().id;
    drop(tx);
    let path = format!("/catalogue/installation/{id}");
    let version = ben.client.get(&path).await.assert(200).value("version");
    ben.client.post(&path, &[("version", &version)]).await.assert(303);
    let mut tx = app.ground.db.begin(&ben.actor).await.unwrap();
    let adopted = folder::taught(&mut tx, &Author::at_the_terminal(), "kurs").await.unwrap().unwrap();
    drop(tx);
    let kept = words(&app, &ben, &adopted).await;
    assert_eq!(kept, [said("dwa", "Який строк?"), said("raz", "Яке скорочення?")]);
    assert_eq!(changed(&app, &ben, &adopted).await, Vec::<String>::new());

    // Only words of questions differ in the newer version: that is told, and comes.
    translate(&app, &ada, &course, "raz", "Яка абревіатура?").await;
    office.publish(&ada, &course, &[]).await;
    let mut tx = app.ground.db.begin(&ben.actor).await.unwrap();
    let ahead = takeover::ahead(&mut tx, &adopted).await.unwrap().unwrap();
    let told = ahead.differences.iter().map(|one| (&*one.title, one.test, one.texts, one.edited));
    assert_eq!(told.collect::<Vec<_>>(), [("Pierwsza", false, true, false)]);
    drop(tx);
    take(&app, &ben, &adopted).await;
    let kept = words(&app, &ben, &adopted).await;
    assert_eq!(kept, [said("dwa", "Який строк?"), said("raz", "Яка абревіатура?")]);

    // Here one question is changed and the other one's words: both stay, whatever the publisher says then.
    let changed_here = BANK.replace("Jaki skrót?", "Jaki skrót u nas?");
    let sheet = file::read(&changed_here).unwrap();
    let mut tx = app.ground.db.begin(&ben.actor).await.unwrap();
    let second = outline::draft(&mut tx, &adopted).await.unwrap()[0].units[1].id;
    let own = store::draft(&mut tx, &adopted, second).await.unwrap().unwrap();
    store::save_draft(&mut tx, &adopted, second, &Settings::default(), &sheet.questions).await.unwrap();
    store::save_draft(&mut tx, &adopted, second, &own.0, &own.1).await.unwrap();
    tx.commit().await.unwrap();
    translate(&app, &ben, &adopted, "dwa", "Який у нас строк?").await;
    for (key, text) in [("raz", "Яке це скорочення?"), ("dwa", "Який це строк?")] {
        translate(&app, &ada, &course, key, text).await;
    }
    office.publish(&ada, &course, &[]).await;
    take(&app, &ben, &adopted).await;
    let kept = words(&app, &ben, &adopted).await;
    let stale = ("raz".to_owned(), "Яка абревіатура?".to_owned(), false);
    assert_eq!(kept, [said("dwa", "Який у нас строк?"), stale]);
    app.end().await;
}

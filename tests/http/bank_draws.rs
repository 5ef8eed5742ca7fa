//! Tests that draw from the bank of their course by tag: what is drawn, what a version freezes, and what keeps it from being
//! published; the form, the text, the folder, copies and other organisations.

use std::collections::BTreeSet;
use std::fs;

use courses::enrolment::Target;
use courses::quiz::{Draw, Settings, file, pool, store};
use courses::{Taught, UnitId, folder, offer, outline};
use futures::future::join_all;
use identity::Author;
use video::take::Place;

use crate::harness::{Client, House, Someone, TestApp, owner, statements};

const HOME: &str = "/courses/kurs/pierwsza/test";

/// One question of its own, which has the tag that is drawn; two with the tag `a` and one with `b` from the bank.
const TEST: &str = "\
Próg zaliczenia: 50%
Liczba podejść: 3
Kolejność pytań: stała
Odpowiedzi: po każdym podejściu
Losuj: 2 z banku #a
Losuj: 1 z banku #b

## Własne
Klucz: wlasne
Tagi: #a

Treść wlasne?

Odpowiedź: TAJNE
";

async fn program() -> TestApp {
    TestApp::start_with(|config| config.workers = 0).await
}

fn question(key: &str, tags: &str, more: &str) -> String {
    format!("## Pytanie {key}\nKlucz: {key}\nTagi: {tags}\n{more}\nTreść {key}?\n\nOdpowiedź: TAJNE\n\n")
}

/// Four questions with the tag `a`, one with both, two with `b` and one with another.
fn bank() -> String {
    let a: String = (1..=4).map(|n| question(&format!("a-{n}"), "#a", "")).collect();
    let b: String = (1..=2).map(|n| question(&format!("b-{n}"), "#b", "")).collect();
    format!("{a}{}{b}{}", question("oba", "#a #b", ""), question("inne", "#c", ""))
}

async fn write(app: &TestApp, author: &Someone, course: &Taught, at: usize, text: &str) -> UnitId {
    let mut tx = app.ground.db.begin(&author.actor).await.unwrap();
    let unit = outline::draft(&mut tx, course).await.unwrap()[0].units[at].id;
    let sheet = file::read(text).unwrap_or_else(|faults| panic!("{faults:?}"));
    store::save_draft(&mut tx, course, unit, &sheet.settings, &sheet.questions).await.unwrap();
    tx.commit().await.unwrap();
    unit
}

/// A course of two units: the first has the test that draws, the second the questions that it draws from.
async fn course(office: &House<'_>, ada: &Someone) -> (Taught, UnitId) {
    let course = office.course(ada, "Kurs", &[("Pierwsza", "Tekst."), ("Druga", "Tekst.")]).await;
    write(office.app, ada, &course, 1, &bank()).await;
    let unit = write(office.app, ada, &course, 0, TEST).await;
    (course, unit)
}

fn test_of(unit: UnitId) -> String {
    format!("/teaching/kurs/units/{unit}/test")
}

/// Begins an attempt, or goes on with it; answers its address.
async fn begin(client: &Client) -> String {
    let first = client.post(HOME, &[]).await.assert(303).location();
    first.strip_suffix("/questions/1").expect("the first question").to_owned()
}

/// Which questions an attempt of four asks, in order; nothing of the key is in their pages.
async fn asked(client: &Client, attempt: &str) -> Vec<String> {
    let keys = ["wlasne", "a-1", "a-2", "a-3", "a-4", "a-9", "oba", "b-1", "b-2", "inne"];
    let mut asked = Vec::new();
    for number in 1..=4 {
        let page = client.get(&format!("{attempt}/questions/{number}")).await.assert(200).lacks("TAJNE");
        let found: Vec<&str> =
            keys.into_iter().filter(|key| page.text.contains(&format!("Treść {key}?"))).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        asked.push(found[0].to_owned());
    }
    client.get(&format!("{attempt}/questions/5")).await.assert(404);
    asked
}

/// The own question, two of the first pool and one of the second, each once.
#[track_caller]
fn assert_drawn(asked: &[String]) {
    let of = |pool: &[&str]| asked.iter().filter(|key| pool.contains(&key.as_str())).count();
    let drawn = (of(&["wlasne"]), of(&["a-1", "a-2", "a-3", "a-4", "oba"]), of(&["b-1", "b-2"]));
    assert_eq!(drawn, (1, 2, 1), "{asked:?}");
    assert_eq!(asked.iter().collect::<BTreeSet<_>>().len(), 4, "{asked:?}");
}

#[tokio::test]
async fn everybody_gets_questions_with_the_tag_and_what_is_published_stays_what_it_was() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let people = [office.learner("jan").await, office.learner("rita").await];
    let late = office.learner("ola").await;
    let (course, unit) = course(&office, &ada).await;
    let teacher = &ada.client;
    // The draft is looked at as it would be asked; five draws show more than one would.
    for draw in 0..5 {
        let page = format!("{}/preview?draw={draw}&question=4", test_of(unit));
        teacher.get(&page).await.assert(200).has("Treść ").lacks("Treść inne?");
    }
    office.publish(&ada, &course, &[Target::Everybody]).await;
    teacher.get("/teaching/kurs/publish").await.assert(200).lacks("Zmieniona lekcja");

    let mut begun = Vec::new();
    for person in &people {
        person.client.get("/courses/kurs/pierwsza").await.assert(200);
        person.client.get(HOME).await.assert(200).lacks("TAJNE").lacks("Treść a-1?");
        let attempt = begin(&person.client).await;
        let drawn = asked(&person.client, &attempt).await;
        assert_drawn(&drawn);
        begun.push((attempt, drawn));
    }

    // The bank changes: other texts, other tags, a new question. Nothing of it is in what was published.
    let other = bank()
        .replace("Treść a-", "Nowa treść a-")
        .replace("Klucz: a-1\nTagi: #a", "Klucz: a-1\nTagi: #c")
        .replace("Odpowiedź: TAJNE", "Odpowiedź: TAJNE\nOdpowiedź: nie");
    write(&app, &ada, &course, 1, &format!("{other}{}", question("a-9", "#a", ""))).await;
    late.client.get("/courses/kurs/pierwsza").await.assert(200);
    let attempt = begin(&late.client).await;
    let drawn = asked(&late.client, &attempt).await;
    assert_drawn(&drawn);
    for (person, (attempt, drawn)) in people.iter().zip(&begun) {
        assert_eq!(begin(&person.client).await, *attempt);
        assert_eq!(asked(&person.client, attempt).await, *drawn);
    }
    // The page before publishing knows that the test draws from something else now.
    teacher.get("/teaching/kurs/publish").await.assert(200).has("Zmieniona lekcja: Pierwsza");
    teacher.post("/teaching/kurs/publish", &[]).await.assert(303);
    let tagged: Vec<String> = sqlx::query_scalar(
        "select b.body ->> 'key' from version_quiz_question p join question_version b on b.id = p.question_version_id
           join course_version v on v.id = p.version_id and v.number = 2
         where p.from_bank and p.unit_id = $1 order by p.position",
    )
    .bind(unit.0)
    .fetch_all(&mut owner(&app).await)
    .await
    .unwrap();
    assert_eq!(tagged, ["a-2", "a-3", "a-4", "a-9", "b-1", "b-2", "oba"]);

    // What was begun ends as it began, graded by the key of its day, and again by the corrected one.
    for (person, (attempt, drawn)) in people.iter().zip(&begun) {
        assert_eq!(asked(&person.client, attempt).await, *drawn);
        for number in 1..=4 {
            let path = format!("{attempt}/questions/{number}");
            person.client.post(&path, &[("text", "nie")]).await.assert(303);
        }
        person.client.post(&format!("{attempt}/submit"), &[]).await.assert(303);
        person.client.get(attempt).await.assert(200).has("Tym razem się nie udało");
    }
    let regrade = format!("{}/regrade", test_of(unit));
    teacher.get(&regrade).await.assert(200).has("Zmienią się wyniki 2 podejść");
    teacher.post(&regrade, &[]).await.assert(303);
    for (person, (attempt, drawn)) in people.iter().zip(&begun) {
        let result = person.client.get(attempt).await.assert(200).has("Test jest zaliczony").has("75%");
        for key in drawn {
            assert!(result.text.contains(&format!("Treść {key}?")), "{key} is not in:\n{}", result.text);
        }
    }
    // How good the questions are is known of what was drawn as well.
    let items = teacher.get(&format!("{}/items", test_of(unit))).await.assert(200);
    for key in &begun[0].1 {
        assert!(key == "wlasne" || items.text.contains(&format!("Pytanie {key}")), "{key}");
    }
    app.end().await;
}

#[tokio::test]
async fn too_few_questions_keep_the_course_from_being_published_and_unequal_points_are_told() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (course, unit) = course(&office, &ada).await;
    let teacher = &ada.client;
    write(&app, &ada, &course, 0, &TEST.replace("2 z banku", "6 z banku")).await;
    let told = "Z pytań z tagiem #a test losuje 6, a w banku jest takich pytań 5.";
    teacher.get(&test_of(unit)).await.assert(200).has(told);
    teacher.get(&format!("{}/form", test_of(unit))).await.assert(200).has(told);
    teacher.get("/teaching/kurs/publish").await.assert(200).has(told);
    teacher.post("/teaching/kurs/publish", &[]).await.assert(422).has("Nie można opublikować");
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let refused = courses::publish::publish(&mut tx, &course).await;
    assert!(matches!(refused, Err(courses::Error::TestNotReady)), "{refused:?}");
    drop(tx);

    // One more makes it fit; that it is worth more is told and stands in nobody's way.
    let longer = format!("{}{}", bank(), question("a-9", "#a", "Punkty: 3\n"));
    write(&app, &ada, &course, 1, &longer).await;
    let unequal = "Pytania z tagiem #a są warte od 1 do 3 punktów";
    teacher.get(&test_of(unit)).await.assert(200).lacks(told).has(unequal);
    teacher.get("/teaching/kurs/publish").await.assert(200).has(unequal).lacks("Nie można opublikować");
    teacher.post("/teaching/kurs/publish", &[]).await.assert(303);

    // A test may consist of what it draws and of nothing else.
    let only = TEST.split("\n## ").next().unwrap();
    write(&app, &ada, &course, 0, only).await;
    teacher.get(&format!("{}/preview", test_of(unit))).await.assert(200).has("Treść ");
    teacher.post("/teaching/kurs/publish", &[]).await.assert(303);
    app.end().await;
}

#[tokio::test]
async fn draws_are_set_in_the_form_and_the_bank_tells_who_draws() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs", &[("Pierwsza", "Tekst."), ("Druga", "Tekst.")]).await;
    let teacher = &ada.client;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let unit = outline::draft(&mut tx, &course).await.unwrap()[0].units[0].id;
    drop(tx);
    let form = format!("{}/form", test_of(unit));
    teacher.get(&form).await.assert(200).has("Poza pytaniami tego testu w banku nie ma pytań z tagami");
    write(&app, &ada, &course, 1, &bank()).await;
    let own = "Losuj: 1 z #a\n\n## Własne\nKlucz: wlasne\nTagi: #a\n\nTreść wlasne?\n\nOdpowiedź: tak\n";
    write(&app, &ada, &course, 0, own).await;
    // What the test has itself is not counted: it is not drawn.
    let page = teacher.get(&form).await.assert(200).has("#a (pytań: 5)").has("#b (pytań: 3)");
    let revision = page.value("revision");
    let fields = |tag: &'static str, count: &'static str, revision: &str| {
        let fixed = [("pass", "80"), ("reveal", "end"), ("draw_tag_1", tag), ("draw_count_1", count)];
        let mut fields: Vec<(String, String)> =
            fixed.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        fields.push(("revision".to_owned(), revision.to_owned()));
        fields
    };
    let post = async |fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        teacher.post(&form, &fields).await
    };
    // Bad input is told at its field, and nothing typed is lost.
    let wrong = post(fields("a", "x", &revision)).await.assert(422);
    wrong.has("Losowanie 1: liczba pytań: Wpisz liczbę od 1 do 500.").has("<option value=\"a\" selected");
    let wrong = post(fields("", "7", &revision)).await.assert(422);
    wrong.has("Losowanie 1: tag: Czegoś tu brakuje").has("value=\"7\"");
    post(fields("Ą", "7", &revision)).await.assert(422).has("Użyj małych liter");

    post(fields("a", "2", &revision)).await.assert(303);
    let draws = async || {
        let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
        store::draft(&mut tx, &course, unit).await.unwrap().unwrap().0.draws
    };
    let of = |count, bank| Draw { count, tag: Some("a".to_owned()), bank };
    assert_eq!(draws().await, [of(1, false), of(2, true)], "draws of own questions stay");
    teacher.get(&test_of(unit)).await.assert(200).has("Losuj: 2 z banku #a");
    // Somebody who had opened the form before is told, and changes nothing.
    let overtaken = post(fields("b", "1", &revision)).await.assert(303).location();
    teacher.get(&overtaken).await.assert(200);
    assert_eq!(draws().await, [of(1, false), of(2, true)]);

    let bank = teacher.get("/teaching/kurs/questions").await.assert(200);
    bank.has("Testy, które losują z banku pytań")
        .has("losuje 2 z pytań z tagiem #a")
        .has("Może je wylosować test lekcji „Pierwsza”");
    let sent = statements(teacher, "/teaching/kurs/questions").await;
    assert!(sent.len() <= 6, "{sent:#?}");

    // A row that is cleared is gone.
    let revision = teacher.get(&form).await.assert(200).value("revision");
    post(fields("", "", &revision)).await.assert(303);
    assert_eq!(draws().await, [of(1, false)]);

    // The text refuses what cannot be, with the line.
    let revision = teacher.get(&test_of(unit)).await.assert(200).value("revision");
    let text = "Losuj: 2 z banku\n\n## A\n\nTreść?\n\nOdpowiedź: a\n";
    let told = teacher.post(&test_of(unit), &[("text", text), ("revision", &revision)]).await.assert(422);
    told.has("2 z banku #tag");
    app.end().await;
}

#[tokio::test]
async fn of_thirty_two_who_begin_at_once_one_begins_with_every_question_once() {
    let app = TestApp::crowded().await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let (course, _) = course(&office, &ada).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    jan.client.get("/courses/kurs/pierwsza").await.assert(200);
    let begun = join_all((0..32).map(|_| jan.client.post(HOME, &[]))).await;
    let places: BTreeSet<String> = begun.into_iter().map(|page| page.assert(303).location()).collect();
    assert_eq!(places.len(), 1, "{places:?}");
    let kept: (i64, i64) =
        sqlx::query_as("select count(*), count(distinct question_version_id) from attempt_question")
            .fetch_one(&mut owner(&app).await)
            .await
            .unwrap();
    assert_eq!(kept, (4, 4));
    app.end().await;
}

#[tokio::test]
async fn a_copied_unit_takes_along_what_it_draws() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (course, unit) = course(&office, &ada).await;
    let other = office.course(&ada, "Inny", &[("Tam", "Tekst.")]).await;
    // A question of that name that reads differently stays what it is there.
    write(&app, &ada, &other, 0, &question("a-1", "#x", "Punkty: 2\n")).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    assert_eq!(courses::copy::along_with(&mut tx, &course, unit).await.unwrap().questions, 8);
    let section = outline::draft(&mut tx, &other).await.unwrap()[0].id;
    let copy = courses::copy::unit(&mut tx, &course, unit, &other, section).await.unwrap();
    let drawn = pool::of_unit(&mut tx, &other, copy).await.unwrap();
    let mut texts: Vec<&str> = drawn.iter().map(|question| question.text.as_str()).collect();
    texts.sort_unstable();
    let expected = ["a-1", "a-2", "a-3", "a-4", "b-1", "b-2", "oba"].map(|key| format!("Treść {key}?"));
    assert_eq!(texts, expected);
    let there = store::bank(&mut tx, &other).await.unwrap();
    let before = there.iter().find(|question| question.key == "a-1").unwrap();
    assert_eq!((before.points, before.tags.as_slice()), (2, &["x".to_owned()][..]));
    // In its own course a copy draws from the same bank, and a copied course has a bank of its own.
    let section = outline::draft(&mut tx, &course).await.unwrap()[0].id;
    let twin = courses::copy::unit(&mut tx, &course, unit, &course, section).await.unwrap();
    assert_eq!(pool::of_unit(&mut tx, &course, twin).await.unwrap().len(), 7);
    let whole = courses::copy::course(&mut tx, &Author::at_the_terminal(), &course, "Kopia").await.unwrap();
    let first = outline::draft(&mut tx, &whole).await.unwrap()[0].units[0].id;
    assert_eq!(pool::of_unit(&mut tx, &whole, first).await.unwrap().len(), 7);
    assert!(pool::unfit(&mut tx, &whole).await.unwrap().is_empty());
    drop(tx);
    app.end().await;
}

#[tokio::test]
async fn another_organisation_adopts_what_was_frozen_and_keeps_what_it_changed() {
    let app = program().await;
    let (brzozow, lipowo) = (app.office("brzozow").await, app.office("lipowo").await);
    let ada = brzozow.instructor("ada").await;
    let (bea, jan) = (lipowo.admin("bea").await, lipowo.learner("jan").await);
    let (course, unit) = course(&brzozow, &ada).await;
    brzozow.publish(&ada, &course, &[]).await;
    ada.client.post("/teaching/kurs/offer", &[]).await.assert(303);
    // Tagged after that: it is not offered.
    write(&app, &ada, &course, 1, &format!("{}{}", bank(), question("a-9", "#a", ""))).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let id = offer::standing(&mut tx, &course).await.unwrap().unwrap().id;
    drop(tx);
    // Before it is adopted, nothing of the publisher's bank is to be seen.
    let offered = format!("/catalogue/installation/{id}");
    bea.client.get(&format!("{offered}?unit=pierwsza")).await.assert(200).lacks("TAJNE").lacks("Treść a-1?");
    bea.client.get(&test_of(unit)).await.assert(404);
    let version = bea.client.get(&offered).await.assert(200).value("version");
    bea.client.post(&offered, &[("version", &version)]).await.assert(303);

    let mut tx = app.ground.db.begin(&bea.actor).await.unwrap();
    let author = Author::at_the_terminal();
    let adopted = folder::taught(&mut tx, &author, "kurs").await.unwrap().unwrap();
    let own = outline::draft(&mut tx, &adopted).await.unwrap()[0].units[0].id;
    let keys = |questions: &[courses::quiz::Question]| -> Vec<String> {
        questions.iter().map(|question| question.key.clone()).collect()
    };
    let (settings, questions) = store::draft(&mut tx, &adopted, own).await.unwrap().unwrap();
    assert_eq!((settings.draws.len(), keys(&questions)), (2, vec!["wlasne".to_owned()]));
    let drawn = pool::of_unit(&mut tx, &adopted, own).await.unwrap();
    assert_eq!(keys(&drawn), ["a-1", "a-2", "a-3", "a-4", "b-1", "b-2", "oba"]);
    // Nothing differs from what was taken over, and what is tagged here is no change of it.
    let second = outline::draft(&mut tx, &adopted).await.unwrap()[0].units[1].id;
    let changed = bank().replace("Treść b-1?", "Treść b-1? U nas inaczej.");
    let sheet = file::read(&changed).unwrap();
    store::save_draft(&mut tx, &adopted, second, &Settings::default(), &sheet.questions).await.unwrap();
    courses::enrolment::add(&mut tx, &adopted, Target::Everybody).await.unwrap();
    tx.commit().await.unwrap();

    jan.client.get("/courses/kurs/pierwsza").await.assert(200);
    let attempt = begin(&jan.client).await;
    assert_drawn(&asked(&jan.client, &attempt).await);

    // The publisher's next version brings what was tagged since; what was changed here stays.
    write(&app, &ada, &course, 0, &TEST.replace("Treść wlasne?", "Nowa treść?")).await;
    brzozow.publish(&ada, &course, &[]).await;
    let mut tx = app.ground.db.begin(&bea.actor).await.unwrap();
    let ahead = offer::takeover::ahead(&mut tx, &adopted).await.unwrap().unwrap();
    let taken = offer::takeover::take(
        &mut tx,
        &app.ground.blobs,
        &adopted,
        ahead.version,
        &[],
        courses::publish::Asks::Nothing,
    )
    .await;
    taken.unwrap();
    let there = store::bank(&mut tx, &adopted).await.unwrap();
    assert!(there.iter().any(|question| question.key == "a-9"));
    let kept = there.iter().find(|question| question.key == "b-1").unwrap();
    assert_eq!(kept.text, "Treść b-1? U nas inaczej.");
    tx.commit().await.unwrap();
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_holds_the_draws_and_the_questions_that_stand_in_no_test() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let other = app.office("lipowo").await;
    let (ada, bea) = (office.instructor("ada").await, other.instructor("bea").await);
    let place = |who: &Someone| Place {
        db: app.ground.db.clone(),
        blobs: app.ground.blobs.clone(),
        actor: who.actor.clone(),
    };
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    put(
        "course.toml",
        "title = \"Kurs\"\nslug = \"kurs\"\nlanguage = \"pl\"\nsummary = \"Opis.\"\n\n[[section]]\ntitle = \"Dział\"\nunits = [\"01-pierwsza\"]\n",
    );
    put("01-pierwsza.md", "+++\ntitle = \"Pierwsza\"\nminutes = 5\n+++\n\nTekst.\n");
    put("01-pierwsza.quiz.md", TEST);
    let told =
        |found: Result<folder::CourseFolder, Vec<folder::Report>>| folder::listing(&found.unwrap_err());
    let short = told(folder::read(dir.path(), &[]));
    assert!(short.contains("01-pierwsza.quiz.md:5: there are only 0 such questions"), "{short}");
    assert!(short.contains("01-pierwsza.quiz.md:6:"), "{short}");
    put("bank.quiz.md", &format!("Czas: 5 min\n\n{}", bank()));
    let settings = told(folder::read(dir.path(), &[]));
    assert!(settings.contains("bank.quiz.md:1: a bank of questions has no settings"), "{settings}");
    put("bank.quiz.md", &bank().replace("Klucz: a-1", "Klucz: wlasne"));
    let twice = told(folder::read(dir.path(), &[]));
    assert!(twice.contains("the key “wlasne” is that of another question"), "{twice}");

    put("bank.quiz.md", &bank());
    let read = folder::read(dir.path(), &[]).unwrap();
    assert_eq!(read.bank.len(), 8);
    let author = Author::at_the_terminal();
    let course = folder::import(&place(&ada), &author, &read, 1 << 30).await.unwrap().course;
    office.publish(&ada, &course, &[]).await;
    let out = tempfile::tempdir().unwrap();
    let done = folder::export(&place(&ada), &course, out.path()).await.unwrap();
    assert_eq!((done.bank, done.faults), (8, vec![]));
    // Somewhere else, and out again, nothing is lost; taken in again, nothing is there twice.
    let read = folder::read(out.path(), &[]).unwrap();
    let theirs = folder::import(&place(&bea), &author, &read, 1 << 30).await.unwrap().course;
    folder::replace(&place(&bea), &theirs, &read, 1 << 30).await.unwrap();
    let again = tempfile::tempdir().unwrap();
    folder::export(&place(&bea), &theirs, again.path()).await.unwrap();
    for name in ["bank.quiz.md", "01-pierwsza.quiz.md", "course.toml"] {
        let texts = [&out, &again].map(|dir| fs::read_to_string(dir.path().join(name)).unwrap());
        assert_eq!(texts[0], texts[1], "{name}");
    }
    let versions: i64 = sqlx::query_scalar(
        "select count(*) from question_version v join question q on q.id = v.question_id where q.course_id = $1",
    )
    .bind(theirs.id().0)
    .fetch_one(&mut owner(&app).await)
    .await
    .unwrap();
    assert_eq!(versions, 9);
    app.end().await;
}

//! Questions in several languages with one progress: written beside the original, frozen with a version, asked in the language of the
//! reader, graded by the one key.

use std::fs;

use courses::enrolment::Target;
use courses::{Taught, UnitId};
use futures::future::join_all;
use identity::Role;

use super::folder::{
    MOST, author, course as course_file, exported, imported, place, read, unit as unit_file,
};
use super::quizzes::write;
use crate::harness::{Client, House, Page, Someone, TestApp, owner, speaks};

/// Both right answers pass it; the key is shown after every attempt.
const TEST: &str = "\
Próg zaliczenia: 100%
Kolejność pytań: stała
Odpowiedzi: po każdym podejściu

## Opis

Który opis jest dobry?

- (x) Opis pełny
  > TAJNEDOBRZE
- ( ) Opis pusty

Wyjaśnienie: TAJNEWYJASNIENIE

## Skrót

Jak w skrócie?

Odpowiedź: TAJNYBIP
";

const OPIS: [(&str, &str); 5] = [
    ("word-text", "Який опис добрий?"),
    ("word-options-0-text", "Повний опис"),
    ("word-options-0-feedback", "СЕКРЕТДОБРЕ"),
    ("word-options-1-text", "Порожній опис"),
    ("word-feedback", "СЕКРЕТПОЯСНЕННЯ"),
];
const SKROT: [(&str, &str); 2] = [("word-text", "Як скорочено?"), ("word-accepted", "СЕКРЕТБІП")];

/// What may not leave the server before the end, in either language.
const SECRETS: [&str; 6] =
    ["TAJNEDOBRZE", "TAJNEWYJASNIENIE", "TAJNYBIP", "СЕКРЕТДОБРЕ", "СЕКРЕТПОЯСНЕННЯ", "СЕКРЕТБІП"];

const HOME: &str = "/courses/kurs/lekcja/test";

async fn program() -> TestApp {
    TestApp::start_with(|config| config.workers = 0).await
}

async fn course(office: &House<'_>, ada: &Someone) -> (Taught, UnitId) {
    let course = office.course(ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    let unit = write(office, ada, &course, TEST).await;
    (course, unit)
}

fn form_of(unit: UnitId, key: &str) -> String {
    format!("/teaching/kurs/units/{unit}/languages/uk/questions/{key}")
}

/// Posts these words to the form of a question.
pub async fn say(who: &Someone, path: &str, words: &[(&str, &str)], revision: &str, follows: &str) -> Page {
    let original = who.client.get(path).await.assert(200).value("original");
    let mut form = words.to_vec();
    form.extend([("revision", revision), ("original", &*original), ("follows", follows)]);
    who.client.post(path, &form).await
}

/// The questions of `TEST` in Ukrainian.
async fn translate(ada: &Someone, unit: UnitId) {
    say(ada, &form_of(unit, "opis"), &OPIS, "0", "").await.assert(303);
    say(ada, &form_of(unit, "skrot"), &SKROT, "0", "").await.assert(303);
}

async fn begin(client: &Client) -> String {
    client.get("/courses/kurs/lekcja").await.assert(200);
    let first = client.post(HOME, &[]).await.assert(303).location();
    first.strip_suffix("/questions/1").expect("the first question").to_owned()
}

/// The value of the option with this label.
#[track_caller]
fn option(page: &Page, label: &str) -> String {
    let before = page.text.split(&format!(">{label}</label>")).next().unwrap();
    assert!(before.len() < page.text.len(), "{label} is not in:\n{}", page.text);
    before.rsplit("value=\"").next().unwrap().split('"').next().unwrap().to_owned()
}

async fn answer(client: &Client, attempt: &str, number: usize, fields: &[(&str, &str)]) {
    client.post(&format!("{attempt}/questions/{number}"), fields).await.assert(303);
}

async fn read_in(client: &Client, language: &str) {
    client.post("/courses/kurs/lekcja/language", &[("language", language)]).await.assert(303);
}

#[tokio::test]
async fn a_question_is_asked_in_the_reader_s_language_and_graded_by_the_same_key() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, oksana) = (office.learner("jan").await, office.learner("oksana").await);
    speaks(&app, &oksana, "uk").await;
    let (course, unit) = course(&office, &ada).await;
    translate(&ada, unit).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;

    // Begun in Polish, gone on with in Ukrainian: the answer stands where it stood.
    let learner = &jan.client;
    let attempt = begin(learner).await;
    let asked = learner.get(&format!("{attempt}/questions/1")).await.assert(200).has("Który opis");
    let asked = asked.lacks("Який опис").lacks("\" class=\"prose\"");
    let right = option(&asked, "Opis pełny");
    answer(learner, &attempt, 1, &[("choice", &right)]).await;
    learner.get(HOME).await.assert(200).lacks("w języku szkolenia");
    read_in(learner, "uk").await;
    learner.get(HOME).await.assert(200).lacks("w języku szkolenia");
    let again = learner.get(&format!("{attempt}/questions/1")).await.assert(200);
    let again = again.has("Який опис добрий?").lacks("Który opis").has("lang=\"uk\" class=\"prose\"");
    assert_eq!(option(&again, "Повний опис"), right);
    let chosen = again.text.split("<input").find(|input| input.contains(" checked")).unwrap_or_default();
    assert!(chosen.contains(&format!("value=\"{right}\"")), "{chosen}");
    let second = learner.get(&format!("{attempt}/questions/2")).await.assert(200).has("Як скорочено?");
    let check = learner.get(&attempt).await.assert(200);
    for page in [&again, &second, &check] {
        for secret in SECRETS {
            assert!(!page.text.contains(secret), "{secret}: {}", page.text);
        }
    }
    answer(learner, &attempt, 2, &[("text", "секретбіп")]).await;
    // Whatever language is read when it ends: an answer that counts in one counts in all.
    read_in(learner, "pl").await;
    learner.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    learner.get(&attempt).await.assert(200).has("100%").has("TAJNEDOBRZE").lacks("СЕКРЕТДОБРЕ");
    read_in(learner, "uk").await;
    let result = learner.get(&attempt).await.assert(200).has("100%").has("СЕКРЕТДОБРЕ");
    result.has("СЕКРЕТПОЯСНЕННЯ").lacks("TAJNEDOBRZE").has("lang=\"uk\" class=\"prose\"");
    // The course is done, whatever language it was done in; who teaches reads the original.
    learner.get("/courses/kurs").await.assert(200).has("100%");
    let id = attempt.rsplit('/').next().unwrap();
    let seen = ada.client.get(&format!("/teaching/kurs/units/{unit}/test/results/{id}")).await.assert(200);
    seen.has("Który opis").lacks("Який опис");

    // By the language of one's pages; the answer of the original counts too, and a wrong one is wrong.
    let reader = &oksana.client;
    let attempt = begin(reader).await;
    let first = reader.get(&format!("{attempt}/questions/1")).await.assert(200).has("Який опис");
    let wrong = option(&first.lacks("\" class=\"prose\""), "Порожній опис");
    answer(reader, &attempt, 1, &[("choice", &wrong)]).await;
    answer(reader, &attempt, 2, &[("text", "tajnybip")]).await;
    reader.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    reader.get(&attempt).await.assert(200).has("50%");
    app.end().await;
}

#[tokio::test]
async fn what_does_not_follow_the_original_is_flagged_and_asked_in_the_original() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, oksana) = (office.learner("jan").await, office.learner("oksana").await);
    speaks(&app, &oksana, "uk").await;
    read_only(&app).await;
    let (course, unit) = course(&office, &ada).await;
    let (teacher, page) = (&ada.client, format!("/teaching/kurs/units/{unit}/languages/uk"));
    teacher.get("/teaching/kurs/languages").await.assert(200).has("Lekcja – test").has("brak");
    teacher.get(&page).await.assert(200).has("Pytania testu").has(&form_of(unit, "opis"));
    let listed = async |word: &str| listed(&teacher.get(&page).await.assert(200), word);
    assert_eq!(listed("brak").await, 2);
    office.publish(&ada, &course, &[Target::Everybody]).await;

    // A draft, and a change to be published.
    translate(&ada, unit).await;
    assert_eq!(listed("jest").await, 2);
    let changes = async || {
        let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
        courses::publish::changes(&mut tx, &course).await.unwrap().unwrap()
    };
    assert_eq!(changes().await.changed, ["Lekcja"]);
    oksana.client.get(HOME).await.assert(200).has("Запитання цього тесту — мовою курсу: Polski");
    office.publish(&ada, &course, &[]).await;
    assert!(changes().await.is_empty());
    oksana.client.get(HOME).await.assert(200).lacks("мовою курсу");
    let before = begin(&oksana.client).await;

    // Other words in the original: flagged, and asked in the original from the next version on.
    write(&office, &ada, &course, &TEST.replace("Który opis jest", "Który z nich jest")).await;
    assert_eq!(listed("oryginał się zmienił").await, 1);
    teacher.get("/teaching/kurs/languages").await.assert(200).has("oryginał się zmienił");
    office.publish(&ada, &course, &[]).await;
    // What began before is what it was.
    oksana.client.get(&format!("{before}/questions/1")).await.assert(200).has("Який опис добрий?");
    let told = oksana.client.get(HOME).await.assert(200);
    told.has("Частина запитань цього тесту — мовою курсу: Polski");
    oksana.client.post(&format!("{before}/submit"), &[]).await.assert(303);
    let after = begin(&oksana.client).await;
    let first = oksana.client.get(&format!("{after}/questions/1")).await.assert(200);
    first.has("Który z nich").lacks("Який опис").has("lang=\"pl\" class=\"prose\"");
    oksana.client.get(&format!("{after}/questions/2")).await.assert(200).has("Як скорочено?");

    // Saved again it still does not follow, unless the translator says so.
    let form = form_of(unit, "opis");
    say(&ada, &form, &OPIS, "1", "").await.assert(303);
    assert_eq!(listed("oryginał się zmienił").await, 1);
    say(&ada, &form, &OPIS, "2", "1").await.assert(303);
    assert_eq!(listed("oryginał się zmienił").await, 0);
    // Another key, other points: the words follow still.
    let other_key = TEST
        .replace("Który opis jest", "Który z nich jest")
        .replace("## Opis\n", "## Opis\nPunkty: 2\n")
        .replace("- (x) Opis pełny", "- ( ) Opis pełny")
        .replace("- ( ) Opis pusty", "- (x) Opis pusty");
    write(&office, &ada, &course, &other_key).await;
    assert_eq!(listed("oryginał się zmienił").await, 0);
    office.publish(&ada, &course, &[]).await;
    read_in(&jan.client, "uk").await;
    let attempt = begin(&jan.client).await;
    let asked = jan.client.get(&format!("{attempt}/questions/1")).await.assert(200).has("Який опис");
    answer(&jan.client, &attempt, 1, &[("choice", &option(&asked, "Порожній опис"))]).await;
    answer(&jan.client, &attempt, 2, &[("text", "TAJNYBIP")]).await;
    jan.client.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    jan.client.get(&attempt).await.assert(200).has("100%");

    // A copy takes the words along; taken out, they are gone from the draft alone.
    teacher.post("/teaching/kurs/copy", &[("title", "Drugi")]).await.assert(303);
    teacher.get("/teaching/drugi/languages").await.assert(200).has("– test").lacks("oryginał się zmienił");
    teacher.post(&format!("{form}/remove"), &[]).await.assert(303);
    teacher.post(&format!("{form}/remove"), &[]).await.assert(404);
    assert_eq!(listed("brak").await, 1);
    jan.client.get(&attempt).await.assert(200).has("Який опис");
    app.end().await;
}

/// How often a word stands in the list of the questions of a test.
fn listed(page: &Page, word: &str) -> usize {
    let table = page.text.split("id=\"questions\"").nth(1).unwrap().split("</table>").next().unwrap();
    table.matches(word).count()
}

/// What was published is never changed, by whomever.
async fn read_only(app: &TestApp) {
    for sql in ["update version_question_text set language = 'en'", "delete from version_question_text"] {
        sqlx::query(sql).execute(&mut owner(app).await).await.unwrap_err();
    }
}

#[tokio::test]
async fn words_are_written_with_nothing_lost_and_by_one_author_at_a_time() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let other = app.office("inny").await.instructor("obca").await;
    let (course, unit) = course(&office, &ada).await;
    let form = form_of(unit, "opis");
    // Neither the course's own language nor one that is none of ours, nor a question that is not there.
    for wrong in [form.replace("/uk/", "/pl/"), form.replace("/uk/", "/de/"), form_of(unit, "obce")] {
        ada.client.get(&wrong).await.assert(404);
        ada.client.post(&wrong, &OPIS).await.assert(404);
        ada.client.post(&format!("{wrong}/remove"), &[]).await.assert(404);
    }
    for path in [form.clone(), format!("{form}/remove")] {
        other.client.post(&path, &OPIS).await.assert(404);
        jan.client.post(&path, &OPIS).await.assert(404);
    }
    other.client.get(&form).await.assert(404);

    // Bad input: a sentence, and nothing typed is lost.
    let mut words: [(&str, &str); 5] = OPIS;
    words[3].1 = " ";
    words[0].1 = "Який </textarea> опис?";
    let kept = say(&ada, &form, &words, "0", "").await.assert(422);
    kept.has("Який &lt;/textarea&gt; опис?").has("СЕКРЕТДОБРЕ").has("f-word-options-1-text");
    words[3].1 = "Повний опис";
    say(&ada, &form, &words, "0", "").await.assert(422).has("Повний опис");
    let long = "ї".repeat(501);
    words[3].1 = &long;
    say(&ada, &form, &words, "0", "").await.assert(422);
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    assert!(courses::quiz::translated::all(&mut tx, &course).await.unwrap().is_empty());
    drop(tx);

    // Of two who begin at once one is first; the other one sees both.
    let (mut one, mut two) = (OPIS, OPIS);
    (one[1].1, two[1].1) = ("Перший текст", "Другий текст");
    let saved = join_all([say(&ada, &form, &one, "0", ""), say(&ada, &form, &two, "0", "")]).await;
    let mut came: Vec<u16> = saved.iter().map(|page| page.status.as_u16()).collect();
    came.sort_unstable();
    assert_eq!(came, [303, 409]);
    let told = saved.into_iter().find(|page| page.status.as_u16() == 409).unwrap();
    let told = told.has("Перший текст").has("Другий текст");
    assert_eq!(told.value("revision"), "1");
    say(&ada, &form, &two, "1", "1").await.assert(303);
    ada.client.get(&form).await.assert(200).has("Другий текст").lacks("Перший текст");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_in_other_languages_come_and_go_with_the_folder() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let worded = "Nieaktualne: skrot\n\n## Opis\nKlucz: opis\n\nЯкий опис добрий?\n\n- (x) Повний опис\n  > Так.\n- ( ) Порожній опис\n\nWyjaśnienie: Бо так.\n\n## Skrót\nKlucz: skrot\n\nЯк скорочено?\n\nOdpowiedź: БІП\nOdpowiedź: TAJNYBIP\n";
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    put("course.toml", &course_file("\"01-lekcja\""));
    put("01-lekcja.md", &unit_file("Lekcja", "", "Tekst.\n"));
    put("01-lekcja.quiz.md", TEST);
    put("01-lekcja.uk.quiz.md", worded);
    let told = courses::folder::cli_check(dir.path(), &[]).unwrap();
    assert!(told.contains("tests: 1, translations: 1,"), "{told}");
    let done =
        courses::folder::import(&place(&app, &ada), &author(), &read(dir.path(), &[]), MOST).await.unwrap();
    assert_eq!((done.tests, done.translations), (1, 1));
    let course = done.course;
    let first = exported(&app, &ada, &course).await;
    assert_eq!(String::from_utf8(first["01-lekcja.uk.quiz.md"].clone()).unwrap(), worded);

    // One follows the original, the other one is said not to; into another organisation and back, byte for byte.
    let page = ada.client.get("/teaching/kurs/languages").await.assert(200);
    assert_eq!(page.text.matches("oryginał się zmienił").count(), 1, "{}", page.text);
    let copy = tempfile::tempdir().unwrap();
    for (name, bytes) in &first {
        fs::write(copy.path().join(name), bytes).unwrap();
    }
    let same = read(copy.path(), &[]);
    let ben = app.office("lesko").await.instructor("ben").await;
    let theirs = imported(&app, &ben, &same).await;
    assert!(exported(&app, &ben, &theirs).await == first);

    // In place of the draft, twice: what is the same is not saved anew, and what is not in the folder goes.
    courses::folder::replace(&place(&app, &ada), &course, &same, MOST).await.unwrap();
    courses::folder::replace(&place(&app, &ada), &course, &same, MOST).await.unwrap();
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let kept = courses::quiz::translated::all(&mut tx, &course).await.unwrap();
    assert_eq!(kept.iter().map(|one| (one.revision, one.stale)).collect::<Vec<_>>(), [(1, false), (1, true)]);
    drop(tx);
    fs::remove_file(copy.path().join("01-lekcja.uk.quiz.md")).unwrap();
    courses::folder::replace(&place(&app, &ada), &course, &read(copy.path(), &[]), MOST).await.unwrap();
    assert!(!exported(&app, &ada, &course).await.contains_key("01-lekcja.uk.quiz.md"));

    // Faults, each with its line.
    let faults = |text: &str| -> Vec<String> {
        put("01-lekcja.uk.quiz.md", text);
        let reports = courses::folder::read(dir.path(), &[]).err().unwrap_or_default();
        reports.iter().map(|report| report.to_string().split("; ").next().unwrap().to_owned()).collect()
    };
    let at = |line: usize, what: &str| vec![format!("01-lekcja.uk.quiz.md:{line}: {what}")];
    assert_eq!(
        faults(&worded.replace("(x) Повний", "( ) Повний").replace("( ) Порожній", "(x) Порожній")),
        at(4, "the answers of “opis” are not those of the original")
    );
    assert_eq!(
        faults(&worded.replace("  > Так.\n", "")),
        at(4, "options.0.feedback is empty"),
        "words that are missing are named"
    );
    assert_eq!(
        faults(&worded.replace("- ( ) Порожній опис\n", "- ( ) Порожній опис\n  > Ні.\n")),
        at(4, "“opis” says something that the original does not: options.1.feedback")
    );
    assert_eq!(
        faults(&worded.replace("Klucz: opis", "Klucz: inny")),
        at(4, "the original has no question “inny”")
    );
    assert_eq!(
        faults(&worded.replace("Nieaktualne: skrot", "Próg zaliczenia: 60%")),
        at(1, "“Próg zaliczenia: 60%” cannot stand above the questions of a translation")
    );
    fs::rename(dir.path().join("01-lekcja.uk.quiz.md"), dir.path().join("01-lekcja.pl.quiz.md")).unwrap();
    let own = courses::folder::read(dir.path(), &[]).unwrap_err();
    assert!(own[0].to_string().starts_with("01-lekcja.pl.quiz.md:1: “pl” is the language of the course"));
    app.end().await;
}

#[tokio::test]
async fn words_come_along_with_an_adopted_course() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (course, unit) = course(&office, &ada).await;
    translate(&ada, unit).await;
    office.publish(&ada, &course, &[]).await;
    let ben = app.office("lesko").await.person("ben", &[Role::OrganisationAdmin, Role::Instructor]).await;
    ada.client.post("/teaching/kurs/offer", &[]).await.assert(303);
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let id = courses::offer::standing(&mut tx, &course).await.unwrap().unwrap().id;
    drop(tx);
    let offer = format!("/catalogue/installation/{id}");
    let version = ben.client.get(&offer).await.assert(200).lacks("СЕКРЕТБІП").value("version");
    ben.client.post(&offer, &[("version", &version)]).await.assert(303);
    let page = ben.client.get("/teaching/kurs/languages").await.assert(200).lacks("oryginał się zmienił");
    let row = page.text.split_once("Lekcja – test").unwrap().1.split("</tr>").next().unwrap();
    assert_eq!(row.matches("jest").count(), 1, "{row}");
    app.end().await;
}

//! Tests of a course through the outer door: written, published, taken without script, ended by their person or their time,
//! marked, graded again; and everything that people and networks do wrong.

use courses::enrolment::Target;
use courses::outline::UnitLine;
use courses::quiz::{file, store};
use courses::rule::Due;
use courses::{Taught, UnitId};
use futures::future::join_all;
use reqwest::Method;
use time::{Duration, OffsetDateTime};

use super::obligations::{direct, must};
use crate::harness::{Client, House, Page, Someone, TestApp, owner, refused_by, set_clock};

/// Words of the key, of feedback and of what only authors see: none may leave the server before the end.
const SECRETS: [&str; 6] = ["TAJNEDOBRZE", "TAJNEZLE", "TAJNEWYJASNIENIE", "TAJNYBIP", "31337", "tajny-tag"];

/// A test of three questions; two of them pass it.
pub const TEST: &str = "\
Próg zaliczenia: 60%
Liczba podejść: 2
Czas: 10 min
Kolejność pytań: stała
Odpowiedzi: po zakończeniu

## Opis TAJNEDOBRZE
Tagi: #tajny-tag

Który opis jest dobry?

- (x) Opis pełny
  > TAJNEDOBRZE
- ( ) Opis pusty
  > TAJNEZLE

Wyjaśnienie: TAJNEWYJASNIENIE

## Skrót

Jak w skrócie?

Odpowiedź: TAJNYBIP

## Liczba

Ile?

Liczba: 31337
";

const HOME: &str = "/courses/kurs-testowy/wstep/test";

struct Class<'a> {
    office: House<'a>,
    ada: Someone,
    jan: Someone,
    course: Taught,
    unit: UnitId,
}

/// Writes this test for the first unit of a course, and answers the unit.
pub async fn write(office: &House<'_>, author: &Someone, course: &Taught, test: &str) -> UnitId {
    let mut tx = office.app.ground.db.begin(&author.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, course).await.unwrap()[0].units[0].id;
    let sheet = file::read(test).unwrap_or_else(|faults| panic!("{faults:?}"));
    store::save_draft(&mut tx, course, unit, &sheet.settings, &sheet.questions).await.unwrap();
    tx.commit().await.unwrap();
    unit
}

/// A published course of one unit with this test, and a learner who has opened it.
async fn class<'a>(app: &'a TestApp, test: &str) -> Class<'a> {
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let jan = office.learner("jan").await;
    let course = office.course(&ada, "Kurs testowy", &[("Wstęp", "Treść lekcji.")]).await;
    let unit = write(&office, &ada, &course, test).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    jan.client.get("/courses/kurs-testowy/wstep").await.assert(200);
    Class { office, ada, jan, course, unit }
}

impl Class<'_> {
    fn teaching(&self) -> String {
        format!("/teaching/kurs-testowy/units/{}/test", self.unit)
    }
}

/// Begins an attempt; answers its address.
async fn begin(client: &Client) -> String {
    begin_at(client, HOME).await
}

/// The same for the test at this address.
pub async fn begin_at(client: &Client, home: &str) -> String {
    let first = client.post(home, &[]).await.assert(303).location();
    first.strip_suffix("/questions/1").expect("the first question").to_owned()
}

/// The value of the option with this label.
#[track_caller]
pub fn option(page: &Page, label: &str) -> String {
    let before = page.text.split(&format!(">{label}</label>")).next().unwrap();
    assert!(before.len() < page.text.len(), "{label} is not in:\n{}", page.text);
    before.rsplit("value=\"").next().unwrap().split('"').next().unwrap().to_owned()
}

async fn answer(client: &Client, attempt: &str, number: usize, fields: &[(&str, &str)]) -> Page {
    client.post(&format!("{attempt}/questions/{number}"), fields).await
}

/// Answers the first question of an attempt as it should be.
async fn choose_right(client: &Client, attempt: &str) {
    let first = client.get(&format!("{attempt}/questions/1")).await;
    let right = option(&first, "Opis pełny");
    answer(client, attempt, 1, &[("choice", right.as_str())]).await.assert(303);
}

/// How many answers were taken.
const ANSWERED: &str = "select count(*) from attempt_step where kind = 'answered'";

async fn number(app: &TestApp, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&mut owner(app).await).await.unwrap()
}

/// One of everything that an address of tests can name, for the walk over all routes: `jan` passes `TEST` of this unit, which `ada`
/// wrote, and begins again.
pub async fn one_of_everything(
    ada: &Someone,
    jan: &Someone,
    slug: &str,
    unit: &UnitLine,
) -> Vec<(&'static str, String)> {
    let lesson = format!("/courses/{slug}/{}", unit.slug);
    jan.client.get(&lesson).await.assert(200);
    let home = format!("{lesson}/test");
    let passed = begin_at(&jan.client, &home).await;
    choose_right(&jan.client, &passed).await;
    answer(&jan.client, &passed, 2, &[("text", "TAJNYBIP")]).await.assert(303);
    jan.client.post(&format!("{passed}/submit"), &[]).await.assert(303);
    let attempt = begin_at(&jan.client, &home).await;
    assert_ne!(attempt, passed);
    let id = attempt.rsplit('/').next().unwrap().to_owned();
    let teaching = format!("/teaching/{slug}/units/{}/test", unit.id);
    let form = ada.client.get(&format!("{teaching}/form")).await.assert(200);
    let key =
        form.text.split("/form/questions/").nth(1).unwrap().split(['"', '/']).next().unwrap().to_owned();
    // Whose they are, for them these addresses lead somewhere.
    jan.client.get(&format!("{attempt}/questions/1")).await.assert(200);
    ada.client.get(&format!("{teaching}/results/{id}")).await.assert(200);
    ada.client.get(&format!("{teaching}/form/questions/{key}")).await.assert(200);
    vec![("attempt", id), ("question", "1".to_owned()), ("question_key", key)]
}

async fn program() -> TestApp {
    TestApp::start_with(|config| config.workers = 0).await
}

#[tokio::test]
async fn a_test_is_written_published_taken_without_script_and_passed() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let learner = &class.jan.client;
    // The unit is done by its test alone.
    let unit = learner.get("/courses/kurs-testowy/wstep").await.assert(200);
    unit.has("Przejdź do testu").lacks("wstep/finish");
    let sent = learner.post("/courses/kurs-testowy/wstep/finish", &[]).await.assert(303).location();
    assert_eq!(sent, HOME);
    let start = learner.get(HOME).await.assert(200).has("10 min").has("zostały 2 podejścia").has("60%");
    start.has("Rozpocznij test").has("Zegar ruszy");
    let attempt = begin(learner).await;
    // Beginning again is going on.
    assert_eq!(begin(learner).await, attempt);
    let first = learner.get(&format!("{attempt}/questions/1")).await.assert(200);
    let first =
        first.has("Pytanie 1 z 3").has("Który opis jest dobry?").has("Pozostało").has("Zapisz i dalej");
    let right = option(&first, "Opis pełny");
    let seen = first.value("seen");
    let form = [("choice", right.as_str()), ("seen", &seen), ("act", "next")];
    let next = answer(learner, &attempt, 1, &form).await.assert(303).location();
    assert_eq!(next, format!("{attempt}/questions/2"));
    // What was answered is on the page again, on any machine.
    let again = learner.get(&format!("{attempt}/questions/1")).await.assert(200);
    let chosen = again.text.split("<input").find(|input| input.contains(" checked")).unwrap_or_default();
    assert!(chosen.contains(&format!("value=\"{right}\"")), "{chosen}");
    // A button of the navigator saves too.
    let go = answer(learner, &attempt, 2, &[("text", "tajnybip"), ("flagged", "1"), ("go", "1")]).await;
    assert_eq!(go.assert(303).location(), format!("{attempt}/questions/1"));
    let check = learner.get(&attempt).await.assert(200);
    check.has("1 pytanie nie ma odpowiedzi").has("jest odpowiedź, oznaczone").has("Zakończ test");
    answer(learner, &attempt, 3, &[("number", "7"), ("act", "review")]).await.assert(303);
    learner.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    let result = learner.get(&attempt).await.assert(200).has("Test jest zaliczony").has("66,6%");
    // Now, and only now: whoever passed sees the key.
    result.has("TAJNEDOBRZE").has("TAJNEWYJASNIENIE").has("31337").has("Dobra odpowiedź");
    learner.get("/courses/kurs-testowy").await.assert(200).has("100%, ukończone lekcje: 1 z 1");
    assert_eq!(number(&app, "select count(*) from taking where done_at is not null").await, 1);
    learner
        .get(HOME)
        .await
        .assert(200)
        .has("Masz ten test zaliczony")
        .has("Podejście 1")
        .has("zostało 1 podejście");
    // Passing is not taken back.
    learner.post("/courses/kurs-testowy/wstep/reopen", &[]).await.assert(303);
    learner.get("/courses/kurs-testowy").await.assert(200).has("100%");
    // The teacher sees it.
    let teacher = &class.ada.client;
    let results = teacher.get(&format!("{}/results", class.teaching())).await.assert(200);
    results.has("JAN Osoba").has("66,6%").has("Zaliczony: 1");
    learner.get(&format!("{}/results", class.teaching())).await.assert(403);
    app.end().await;
}

/// Six options: that two orders of chance are alike happens once in 720 times.
const SIX: &str = "\
Próg zaliczenia: 60%
Odpowiedzi: po zakończeniu

## Kolory

Które są w herbie?

- [x] srebrny
- [x] błękitny
- [ ] czarny
- [ ] złoty
- [ ] zielony
- [ ] czerwony
";

/// The words of `SIX` in the order in which a page has them.
fn colours(page: &Page) -> Vec<&'static str> {
    let mut found: Vec<(usize, &str)> = ["srebrny", "błękitny", "czarny", "złoty", "zielony", "czerwony"]
        .into_iter()
        .map(|word| {
            (page.text.find(&format!(">{word}<")).unwrap_or_else(|| panic!("{word}: {}", page.text)), word)
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, word)| word).collect()
}

#[tokio::test]
async fn the_key_is_told_in_the_order_in_which_the_options_were_seen() {
    let app = program().await;
    let class = class(&app, SIX).await;
    let learner = &class.jan.client;
    let attempt = begin(learner).await;
    let asked = learner.get(&format!("{attempt}/questions/1")).await.assert(200);
    let seen = colours(&asked);
    let chosen = [option(&asked, "srebrny"), option(&asked, "czarny")];
    answer(learner, &attempt, 1, &[("choice", chosen[0].as_str()), ("choice", chosen[1].as_str())])
        .await
        .assert(303);
    learner.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    let mut rows = owner(&app).await;
    let attempts = sqlx::query_scalar::<_, uuid::Uuid>("select id from attempt").fetch_one(&mut rows);
    let id = attempts.await.unwrap();
    let told = class.ada.client.get(&format!("{}/results/{id}", class.teaching())).await.assert(200);
    assert_eq!(colours(&told), seen, "those who teach read it as the learner saw it");
    app.end().await;
}

#[tokio::test]
async fn the_report_for_heads_tells_what_came_of_the_test_and_can_be_asked_by_it() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let (jan, ada) = (&class.jan, &class.ada.client);
    let rita = class.office.learner("rita").await;
    let plain = class.office.course(&class.ada, "Bez pytań", &[("Lekcja", "Tekst.")]).await;
    class.office.publish(&class.ada, &plain, &[]).await;
    let rule = must(Due::After(30), None);
    for (course, person) in [(&class.course, jan.id), (&class.course, rita.id), (&plain, rita.id)] {
        direct(&class.office, &class.ada, course, Target::Person(person), &rule).await;
    }
    ada.get("/reports/training?result=not_taken").await.assert(200).has("JAN Osoba").has("RITA Osoba");
    // The first attempt fails, the second one passes with two of three.
    let first = begin(&jan.client).await;
    jan.client.post(&format!("{first}/submit"), &[]).await.assert(303);
    ada.get("/reports/training?result=failed").await.assert(200).has("Niezaliczony: 0%").lacks("RITA Osoba");
    ada.get("/reports/training?result=passed").await.assert(200).lacks("JAN Osoba");
    let second = begin(&jan.client).await;
    let page = jan.client.get(&format!("{second}/questions/1")).await.assert(200);
    let right = option(&page, "Opis pełny");
    answer(&jan.client, &second, 1, &[("choice", right.as_str())]).await.assert(303);
    answer(&jan.client, &second, 2, &[("text", "TAJNYBIP")]).await.assert(303);
    jan.client.post(&format!("{second}/submit"), &[]).await.assert(303);
    let page = ada.get("/reports/training?result=passed").await.assert(200);
    // Its sums are of the same cycles: one person.
    page.has("Wynik testu").has("Zaliczony: 66,6%").has("ukończone 1 z 1").lacks("RITA Osoba");
    ada.get("/reports/training?result=failed").await.assert(200).lacks("JAN Osoba");
    let page = ada.get("/reports/training?result=no_test").await.assert(200);
    page.has("RITA Osoba").has("Bez pytań").lacks("JAN Osoba");
    ada.get("/reports/training?result=zmyslony").await.assert(404);
    let csv = ada.get("/reports/training/csv").await.assert(200);
    let csv = csv.has(";Wersja;Wynik testu;Podejścia;").has(";1;Zaliczony: 66,6%;2;");
    csv.has("RITA Osoba;;Kurs testowy;1;").has(";Bez podejścia;;");
    let paper = bytes(ada, "/reports/training/pdf?result=passed").await;
    let read = crate::harness::pdf::text(&paper);
    assert!(
        read.contains("66,6%") && read.contains("Wynik testu: Zaliczony") && !read.contains("RITA"),
        "{read}"
    );
    assert!(bytes(ada, "/reports/training/xlsx").await.starts_with(b"PK"));
    // The auditor's copy keeps what was asked for.
    let szef = class.office.admin("szef").await;
    szef.client.get("/reports/training/frozen?result=passed").await.assert(200).has("value=\"passed\"");
    szef.client.post("/reports/training/frozen", &[("result", "passed")]).await.assert(303);
    let list = szef.client.get("/reports/training/frozen").await.assert(200).has("Wynik testu: Zaliczony");
    let id =
        list.text.split("/reports/training/frozen/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let paper = bytes(&szef.client, &format!("/reports/training/frozen/{id}/pdf")).await;
    let read = crate::harness::pdf::text(&paper);
    assert!(read.contains("66,6%") && !read.contains("RITA"), "{read}");
    app.end().await;
}

async fn bytes(client: &Client, path: &str) -> Vec<u8> {
    let answer = client.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.bytes().await.unwrap().to_vec()
}

#[tokio::test]
async fn nothing_of_the_key_leaves_the_server_before_the_end() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let learner = &class.jan.client;
    let mut bytes = String::new();
    let mut read = |page: Page| {
        bytes.push_str(&format!("{:?}\n{}\n", page.headers, page.text));
        page
    };
    for path in ["/", "/catalogue", "/courses/kurs-testowy", "/courses/kurs-testowy/wstep", HOME] {
        read(learner.get(path).await);
    }
    let attempt = begin(learner).await;
    let first = read(learner.get(&format!("{attempt}/questions/1")).await);
    let choice = option(&first, "Opis pusty");
    // Refused and taken answers, clearing, the check page, acts that are none.
    read(answer(learner, &attempt, 1, &[("choice", "99")]).await.assert(422));
    read(answer(learner, &attempt, 1, &[("choice", "1"), ("choice", "2")]).await.assert(422));
    read(answer(learner, &attempt, 1, &[("choice", choice.as_str())]).await.assert(303));
    read(answer(learner, &attempt, 2, &[("text", "x"), ("act", "clear")]).await.assert(303));
    read(answer(learner, &attempt, 3, &[("number", "sto")]).await.assert(422));
    read(answer(learner, &attempt, 3, &[("number", "12 km")]).await.assert(422));
    read(answer(learner, &attempt, 9, &[("number", "12")]).await.assert(404));
    for path in ["", "/questions/1", "/questions/2", "/questions/3", "/questions/4", "/questions/0"] {
        read(learner.get(&format!("{attempt}{path}")).await);
    }
    read(learner.post(&format!("{attempt}/pause"), &[]).await);
    for path in ["/api/v1/courses", "/api/v1/courses/kurs-testowy"] {
        read(class.jan.with_ticket().await.get(path).await);
    }
    // The first attempt fails; with another one left the key stays where it is.
    read(learner.post(&format!("{attempt}/submit"), &[]).await.assert(303));
    let result = read(learner.get(&attempt).await.assert(200)).has("Tym razem się nie udało");
    result.has("Odpowiedzi i objaśnienia zobaczysz");
    read(learner.get(HOME).await);
    for secret in SECRETS {
        assert!(!bytes.contains(secret), "{secret} left the server:\n{bytes}");
    }
    let seed = number(&app, "select seed from attempt limit 1").await;
    assert!(!bytes.contains(&seed.to_string()) && !bytes.contains(&seed.cast_unsigned().to_string()));
    // The last attempt is over: now it is shown, and there is no other one.
    let attempt = begin(learner).await;
    learner.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    learner.get(&attempt).await.assert(200).has("TAJNEDOBRZE").has("TAJNYBIP");
    let none = learner.post(HOME, &[]).await.assert(303).location();
    learner.get(&none).await.assert(200).has("Nie masz już żadnego podejścia");
    assert_eq!(number(&app, "select count(*) from attempt").await, 2);
    app.end().await;
}

#[tokio::test]
async fn an_answer_after_the_time_is_refused_with_what_was_typed_and_what_was_saved_counts() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let learner = &class.jan.client;
    let attempt = begin(learner).await;
    choose_right(learner, &attempt).await;
    // By the attempt's own end: what the requests of this test took is no part of the ten seconds that a form may be late.
    let end: OffsetDateTime =
        sqlx::query_scalar("select ends_at from attempt").fetch_one(&mut owner(&app).await).await.unwrap();
    set_clock(&app, end + Duration::seconds(1)).await;
    // A form that was on its way at the end is taken; a browser whose clock is an hour off changes nothing.
    answer(learner, &attempt, 2, &[("text", "TAJNYBIP"), ("waited_ms", "-3600000")]).await.assert(303);
    app.clock.advance(Duration::seconds(20));
    let late = answer(learner, &attempt, 3, &[("number", "31337,25"), ("waited_ms", "3600000")]).await;
    let late = late.assert(422).has("Czas minął").has("31337,25").has("disabled");
    late.has("Ta odpowiedź nie została zapisana");
    learner.get(&format!("{attempt}/questions/3")).await.assert(303);
    let result = learner.get(&attempt).await.assert(200);
    result.has("Czas minął. Liczy się to, co było zapisane.").has("66,6%").has("Test jest zaliczony");
    answer(learner, &attempt, 3, &[("number", "31337")]).await.assert(422);
    assert_eq!(number(&app, ANSWERED).await, 2);
    assert_eq!(
        number(&app, "select extract(epoch from submitted_at - started_at)::bigint from attempt").await,
        600
    );
    app.end().await;
}

#[tokio::test]
async fn an_attempt_that_nobody_comes_back_to_is_ended_by_a_job_and_counts() {
    let mut app = program().await;
    let class = class(&app, TEST).await;
    let learner = &class.jan.client;
    let attempt = begin(learner).await;
    choose_right(learner, &attempt).await;
    answer(learner, &attempt, 2, &[("text", "TAJNYBIP")]).await.assert(303);
    drop(class);
    app.clock.advance(Duration::minutes(11));
    app.start_workers();
    for _ in 0..600 {
        if number(&app, "select count(*) from attempt where by_time and passed").await == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert_eq!(number(&app, "select count(*) from attempt where by_time and passed").await, 1);
    assert_eq!(number(&app, "select count(*) from progress where done_at is not null").await, 1);
    assert_eq!(number(&app, "select count(*) from taking where done_at is not null").await, 1);
    assert_eq!(
        number(&app, "select count(*) from job where kind = 'close_attempt' and state = 'dead'").await,
        0
    );
    app.end().await;
}

#[tokio::test]
async fn dozens_who_begin_and_end_at_once_begin_and_end_once() {
    let app = TestApp::crowded().await;
    let class = class(&app, TEST).await;
    let learner = &class.jan.client;
    let begun = join_all((0..32).map(|_| learner.post(HOME, &[]))).await;
    let places: std::collections::BTreeSet<String> =
        begun.into_iter().map(|page| page.assert(303).location()).collect();
    assert_eq!(places.len(), 1, "{places:?}");
    assert_eq!(number(&app, "select count(*) from attempt").await, 1);
    let attempt = places.first().unwrap().strip_suffix("/questions/1").unwrap().to_owned();
    // The same answer thirty-two times, with the key that its page made once.
    let form = [("text", "TAJNYBIP"), ("key", "0123456789abcdef0123456789abcdef")];
    for page in join_all((0..32).map(|_| answer(learner, &attempt, 2, &form))).await {
        page.assert(303);
    }
    assert_eq!(number(&app, ANSWERED).await, 1);
    let submit = format!("{attempt}/submit");
    for page in join_all((0..32).map(|_| learner.post(&submit, &[]))).await {
        assert_eq!(page.assert(303).location(), attempt);
    }
    assert_eq!(number(&app, "select count(*) from attempt_step where kind = 'submitted'").await, 1);
    assert_eq!(number(&app, "select count(*) from attempt where submitted_at is not null").await, 1);
    // Of thirty-two who want the last attempt, one begins it.
    for page in join_all((0..32).map(|_| learner.post(HOME, &[]))).await {
        page.assert(303);
    }
    assert_eq!(number(&app, "select count(*) from attempt").await, 2);
    app.end().await;
}

#[tokio::test]
async fn of_two_tabs_the_later_answer_counts_and_an_old_tab_pushes_nothing_aside() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let learner = &class.jan.client;
    let attempt = begin(learner).await;
    let page = format!("{attempt}/questions/2");
    let (one, other) = (learner.get(&page).await, learner.get(&page).await);
    let (one, other) = (one.value("seen"), other.value("seen"));
    answer(learner, &attempt, 2, &[("text", "pierwsza"), ("seen", &one)]).await.assert(303);
    // The other tab answers differently: it counts, and is told.
    let told = answer(learner, &attempt, 2, &[("text", "druga"), ("seen", &other)]).await.assert(303);
    learner.get(&told.location()).await.has("nowszą odpowiedź z innej karty");
    learner.get(&page).await.has("value=\"druga\"");
    // A third one, as old, in which nothing was typed: it changes nothing.
    answer(learner, &attempt, 2, &[("text", ""), ("seen", &other)]).await.assert(303);
    learner.get(&page).await.has("value=\"druga\"");
    // What waited in a browser without network since before does not push aside what came after it.
    app.clock.advance(Duration::minutes(1));
    let late = [("text", "spóźniona"), ("waited_ms", "120000"), ("key", "aaaaaaaaaaaaaaaa"), ("seen", "0")];
    answer(learner, &attempt, 2, &late).await.assert(303);
    learner.get(&page).await.has("value=\"druga\"");
    assert_eq!(number(&app, ANSWERED).await, 3);
    app.end().await;
}

#[tokio::test]
async fn another_s_attempt_is_not_there_and_nothing_works_without_one() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let rita = class.office.learner("rita").await;
    // Before the unit was opened the test cannot begin.
    let sent = rita.client.post(HOME, &[]).await.assert(303).location();
    rita.client.get(&sent).await.assert(200).has("Najpierw przeczytaj lekcję");
    assert_eq!(number(&app, "select count(*) from attempt").await, 0);
    let attempt = begin(&class.jan.client).await;
    let nothing = format!("{HOME}/{}", uuid::Uuid::new_v4());
    for place in [&attempt, &nothing] {
        rita.client.get(place).await.assert(404);
        rita.client.get(&format!("{place}/questions/1")).await.assert(404);
        answer(&rita.client, place, 2, &[("text", "TAJNYBIP")]).await.assert(404);
        for act in ["submit", "pause", "resume"] {
            rita.client.post(&format!("{place}/{act}"), &[]).await.assert(404);
        }
    }
    // Who teaches sees no learner's page of it either, and takes no attempt.
    class.ada.client.get(HOME).await.assert(200);
    class.ada.client.get(&attempt).await.assert(404);
    class.jan.client.get(&format!("{attempt}/questions/x")).await.assert(404);
    class.jan.client.get(&format!("{HOME}/nie-ma")).await.assert(404);
    answer(&class.jan.client, &attempt, 2, &[("text", "x"), ("key", "krotki")]).await.assert(400);
    // A form from another site.
    let foreign = class.jan.client.request(Method::POST, &format!("{attempt}/submit"));
    class.jan.client.send(foreign.header("sec-fetch-site", "cross-site")).await.assert(403);
    assert_eq!(number(&app, "select count(*) from attempt where submitted_at is null").await, 1);
    app.end().await;
}

#[tokio::test]
async fn what_a_person_is_granted_holds_in_every_test() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let boss = class.office.admin("szef").await;
    let page = format!("/people/{}/accommodation", class.jan.id);
    class.jan.client.get(&page).await.assert(403);
    class.ada.client.post(&page, &[("time", "1500")]).await.assert(403);
    let wrong = [("time", "900"), ("breaks", "999"), ("ground", "orzeczenie <x>")];
    let refused = boss.client.post(&page, &wrong).await.assert(422);
    refused.has("wybierz jedną z odpowiedzi").has("od 0 do 240").has("orzeczenie &lt;x&gt;");
    let right = [("time", "1500"), ("breaks", "10"), ("larger", "1"), ("ground", "orzeczenie z 12.03.2026")];
    boss.client.post(&page, &right).await.assert(303);
    boss.client.get(&page).await.assert(200).has("orzeczenie z 12.03.2026");
    let learner = &class.jan.client;
    let start = learner.get(HOME).await.assert(200);
    start.has("15 min (z Twoim dostosowaniem)").has("test larger").lacks("orzeczenie");
    let attempt = begin(learner).await;
    let length = "select extract(epoch from ends_at - started_at)::bigint from attempt";
    assert_eq!(number(&app, length).await, 900);
    // A rest: the clock stands still, and nothing is answered meanwhile.
    learner.post(&format!("{attempt}/pause"), &[]).await.assert(303);
    learner.get(&attempt).await.assert(200).has("Przerwa w teście").lacks("Który opis");
    let resting = answer(learner, &attempt, 2, &[("text", "x")]).await.assert(303).location();
    assert_eq!(resting, attempt);
    app.clock.advance(Duration::minutes(6));
    learner.post(&format!("{attempt}/resume"), &[]).await.assert(303);
    learner.post(&format!("{attempt}/resume"), &[]).await.assert(303);
    let length = number(&app, length).await;
    // What the requests of this test take is part of the rest as well.
    assert!((1255..=1500).contains(&length), "{length}");
    // The second rest is as long as what is left, then the clock goes on by itself.
    learner.post(&format!("{attempt}/pause"), &[]).await.assert(303);
    app.clock.advance(Duration::minutes(25));
    learner.get(&attempt).await.assert(200).has("Czas minął. Liczy się to, co było zapisane.");
    // No limit at all, from the next attempt on; and none of it any more.
    boss.client.post(&page, &[("time", "none")]).await.assert(303);
    learner.get(HOME).await.assert(200).has("bez limitu").lacks("test larger");
    begin(learner).await;
    assert_eq!(number(&app, "select count(*) from attempt where ends_at is null").await, 1);
    boss.client.post(&page, &[("time", "1000")]).await.assert(303);
    assert_eq!(number(&app, "select count(*) from accommodation").await, 0);
    assert_eq!(
        number(&app, "select count(*) from audit_event where detail::text like '%orzeczenie%'").await,
        0
    );
    app.end().await;
}

const MARKED: &str = "\
Próg zaliczenia: 60%
Kolejność pytań: stała
Odpowiedzi: po każdym podejściu
Test wstępny: tak

## Skrót

Jak w skrócie?

Odpowiedź: BIP

## Wypowiedź
Punkty: 3

Opisz.

Wypowiedź: do 200 słów
- 2 pkt: Podstawa prawna
- 1 pkt: Prosty język
";

#[tokio::test]
async fn an_essay_is_marked_by_a_person_and_a_corrected_key_grades_again() {
    let app = program().await;
    let class = class(&app, MARKED).await;
    let (learner, teacher) = (&class.jan.client, &class.ada.client);
    learner.get("/courses/kurs-testowy/wstep").await.has("Znasz już ten temat?");
    // A pre-test needs no reading.
    let rita = class.office.learner("rita").await;
    begin(&rita.client).await;
    let attempt = begin(learner).await;
    answer(learner, &attempt, 1, &[("text", "Biuletyn")]).await.assert(303);
    let essay = "Ustawa </textarea><script>alert(1)</script>\r\ndrugi wiersz";
    answer(learner, &attempt, 2, &[("essay", essay), ("act", "stay")]).await.assert(303);
    learner
        .get(&format!("{attempt}/questions/2"))
        .await
        .assert(200)
        .has("Podstawa prawna")
        .has("&lt;/textarea&gt;&lt;script&gt;")
        .lacks("<script>alert(1)");
    learner.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    learner.get(&attempt).await.assert(200).has("Część odpowiedzi ocenia człowiek").lacks("<script>alert(1)");
    assert_eq!(
        number(&app, "select count(*) from attempt where submitted_at is not null and score is null").await,
        1
    );
    // The teacher marks it.
    let id = attempt.rsplit('/').next().unwrap();
    let results = format!("{}/results", class.teaching());
    teacher.get(&results).await.assert(200).has("Czeka na ocenę").has("W trakcie");
    let mine = format!("{results}/{id}");
    teacher
        .get(&mine)
        .await
        .assert(200)
        .has("&lt;/textarea&gt;")
        .has("Podstawa prawna")
        .lacks("<script>alert(1)");
    let mark = format!("{mine}/mark");
    let form = |law: &'static str| {
        [("question", "2"), ("points-2-1", law), ("points-2-2", "1"), ("comment-2", "Dobrze <b>")]
    };
    teacher.post(&mark, &form("3")).await.assert(422).has("Dobrze &lt;b&gt;").has("najwyżej tyle");
    teacher.post(&mark, &form("dwa")).await.assert(422).has("dwa");
    teacher.post(&mark, &[("question", "1"), ("points-1-1", "1")]).await.assert(404);
    learner.post(&mark, &form("1")).await.assert(403);
    teacher.post(&mark, &form("1")).await.assert(303);
    // 2 of 4 points: not passed. The comment is for the learner.
    learner.get(&attempt).await.assert(200).has("50%").has("Tym razem się nie udało").has("Dobrze &lt;b&gt;");
    learner.get("/courses/kurs-testowy").await.has("0%, ukończone lekcje: 0 z 1");
    // The key was too narrow: it is corrected, and one attempt changes.
    let edit = class.teaching();
    let page = teacher.get(&edit).await.assert(200).has("Odpowiedź: BIP");
    let revision = page.value("revision");
    teacher.get(&format!("{edit}/regrade")).await.assert(200).has("Nie ma nic do przeliczenia");
    let text = MARKED.replace("Odpowiedź: BIP", "Odpowiedź: BIP\nOdpowiedź: Biuletyn");
    teacher.post(&edit, &[("text", text.as_str()), ("revision", &revision)]).await.assert(303);
    teacher
        .get(&format!("{edit}/regrade"))
        .await
        .assert(200)
        .has("Zmieni się wynik 1 podejścia")
        .has("75%, zaliczony");
    learner.get(&attempt).await.has("50%");
    teacher.post(&format!("{edit}/regrade"), &[]).await.assert(303);
    teacher.post(&format!("{edit}/regrade"), &[]).await.assert(303);
    learner.get(&attempt).await.assert(200).has("75%").has("Test jest zaliczony").has("Biuletyn");
    learner.get("/courses/kurs-testowy").await.has("100%, ukończone lekcje: 1 z 1");
    let steps = "select count(*) from attempt_step where kind = 'regraded'";
    assert_eq!(number(&app, steps).await, 1);
    assert_eq!(number(&app, "select count(*) from attempt_step where kind = 'submitted'").await, 1);
    app.end().await;
}

/// Both right, or not, and how sure: a test that asks for it.
const SURE: &str = "\
Próg zaliczenia: 60%
Liczba podejść: 3
Kolejność pytań: stała
Pewność odpowiedzi: tak

## Skrót

Jak w skrócie?

Odpowiedź: BIP

## Liczba

Ile?

Liczba: 7
";

#[tokio::test]
async fn certainty_pays_when_it_is_honest_and_to_leave_it_out_counts_as_the_least() {
    let app = program().await;
    let class = class(&app, SURE).await;
    let learner = &class.jan.client;
    for (number, text, sure, result) in [
        (7, "BIP", ["", ""], "33,3%"),
        (8, "BIP", ["high", "middle"], "16,6%"),
        (7, "BIP", ["high", "niewiem"], "66,6%"),
    ] {
        let attempt = begin(learner).await;
        let page = learner.get(&format!("{attempt}/questions/1")).await.assert(200);
        page.has("name=\"certainty\"").has("Bez wyboru liczymy najniższą pewność");
        let number = number.to_string();
        answer(learner, &attempt, 1, &[("text", text), ("certainty", sure[0])]).await.assert(303);
        answer(learner, &attempt, 2, &[("number", &number), ("certainty", sure[1])]).await.assert(303);
        if sure[0] == "high" {
            // What was chosen is on the page again.
            let again = learner.get(&format!("{attempt}/questions/1")).await.assert(200);
            let chosen =
                again.text.split("<input").find(|input| input.contains(" checked")).unwrap_or_default();
            assert!(chosen.contains("value=\"high\""), "{chosen}");
        }
        learner.post(&format!("{attempt}/submit"), &[]).await.assert(303);
        learner.get(&attempt).await.assert(200).has(result);
    }
    let passed = "select count(*) from attempt where passed";
    assert_eq!(number(&app, passed).await, 1, "the third alone");
    app.end().await;
}

#[tokio::test]
async fn whoever_passes_a_pre_test_skips_what_they_know() {
    let app = program().await;
    let known = "Próg zaliczenia: 50%\nLiczba podejść: 3\nTest wstępny: tak\n\n## Skrót\n\nJak w skrócie?\n\nOdpowiedź: BIP\n";
    let class = class(&app, known).await;
    let rita = class.office.learner("rita").await;
    // Never opened, and failed once: the unit is still to be read.
    let attempt = begin(&rita.client).await;
    answer(&rita.client, &attempt, 1, &[("text", "nie wiem")]).await.assert(303);
    rita.client.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    rita.client.get("/courses/kurs-testowy").await.assert(200).has("0%, ukończone lekcje: 0 z 1");
    let attempt = begin(&rita.client).await;
    answer(&rita.client, &attempt, 1, &[("text", "BIP")]).await.assert(303);
    rita.client.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    rita.client.get(&attempt).await.assert(200).has("Test jest zaliczony");
    // The course is done without a page of it having been read, and proved like any other.
    rita.client.get("/courses/kurs-testowy").await.assert(200).has("100%, ukończone lekcje: 1 z 1");
    assert_eq!(number(&app, "select count(*) from taking where done_at is not null").await, 1);
    assert_eq!(number(&app, "select count(*) from certificate").await, 1);
    app.end().await;
}

#[tokio::test]
async fn no_address_of_the_site_answers_the_key_to_a_learner_whose_attempt_is_open() {
    let app = program().await;
    // A number that no id and no hash can hold by chance.
    let class = class(&app, &TEST.replace("31337", "31337,25")).await;
    let (learner, ticket) = (&class.jan.client, class.jan.with_ticket().await);
    let attempt = begin(learner).await;
    answer(learner, &attempt, 2, &[("text", "x")]).await.assert(303);
    let calendar = learner.post("/notices/calendar", &[]).await.assert(200).text;
    let (_, secret) = calendar.split_once("/calendar/").expect("the address of the calendar");
    let feed = format!("/calendar/{}", secret.split('<').next().unwrap());
    let values = [
        ("slug", "kurs-testowy".to_owned()),
        ("course", "kurs-testowy".to_owned()),
        ("attempt", attempt.rsplit('/').next().unwrap().to_owned()),
        ("question", "1".to_owned()),
        ("question_key", "skrot".to_owned()),
        ("unit_id", class.unit.to_string()),
        ("person", class.jan.id.to_string()),
        ("language", "pl".to_owned()),
    ];
    let (unit, some) = (class.unit.to_string(), uuid::Uuid::new_v4().to_string());
    let mut paths = vec![feed.clone()];
    for route in app::routes::pages().list().iter().filter(|route| route.method == Method::GET) {
        // A unit is named by its id or by its name in addresses.
        for unit in [unit.as_str(), "wstep"] {
            let mut path = route.path.replace("{unit}", unit);
            for (name, value) in &values {
                path = path.replace(&format!("{{{name}}}"), value);
            }
            while let Some((before, rest)) = path.split_once('{') {
                path = format!("{before}{some}{}", rest.split_once('}').unwrap().1);
            }
            for query in ["", "?q=TAJNYBIP", "?q=kt%C3%B3ry+opis"] {
                let asks = query.is_empty() || path.ends_with("/search") || path.ends_with("/catalogue");
                paths.extend(asks.then(|| format!("{path}{query}")));
            }
        }
    }
    paths.sort_unstable();
    paths.dedup();
    let secrets = ["TAJNEDOBRZE", "TAJNEZLE", "TAJNEWYJASNIENIE", "tajny-tag", "31337,25", "31337.25"];
    let (mut reached, mut asked) = (0, false);
    for path in &paths {
        for client in [learner, &ticket] {
            let page = client.get(path).await;
            assert!(page.status.as_u16() < 500, "{path}: {}", page.status);
            reached += usize::from(page.status == 200);
            asked |= page.text.contains("Który opis jest dobry?");
            let told = format!("{:?}\n{}", page.headers, page.text);
            // What was typed into a search comes back; it is nobody's secret.
            let own = path.contains("TAJNYBIP");
            for secret in secrets.into_iter().chain((!own).then_some("TAJNYBIP")) {
                assert!(!told.contains(secret), "{secret} at {path}:\n{told}");
            }
        }
    }
    assert!(asked && reached > 25, "the walk reached {reached} pages, the question: {asked}");
    // So are the letters that were written meanwhile.
    let letters = "select count(*) from job where args::text ~ 'TAJN|tajny-tag|31337[,.]25'";
    assert_eq!(number(&app, letters).await, 0);
    app.end().await;
}

#[tokio::test]
async fn the_text_of_a_test_names_every_broken_line_and_loses_nothing() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let (teacher, edit) = (&class.ada.client, class.teaching());
    let page = teacher.get(&edit).await.assert(200).has("Próg zaliczenia: 60%").has("TAJNYBIP");
    let revision = page.value("revision");
    let save = async |text: &str, revision: &str| {
        teacher.post(&edit, &[("text", text), ("revision", revision)]).await
    };
    let broken = "Próg zaliczenia: dużo\n\n## Jedno </textarea>\n\nTreść?\n\n- ( ) a\n- ( ) b\n\n## Drugie\n\nTreść.\n";
    let told = save(broken, &revision).await.assert(422);
    let told =
        told.has("Wiersz 1:").has("80%").has("Żadna odpowiedź nie jest oznaczona").has("nie ma odpowiedzi");
    told.has("Jedno &lt;/textarea&gt;");
    save("", &revision).await.assert(422).has("nie ma żadnego pytania");
    // Two tabs: the second is told, and has both texts.
    let (one, other) = (TEST.replace("Ile?", "Ile jeden?"), TEST.replace("Ile?", "Ile dwa?"));
    save(&one, &revision).await.assert(303);
    let conflict = save(&other, &revision).await.assert(409);
    let revision = conflict.has("Ile jeden?").has("Ile dwa?").value("revision");
    save(&other, &revision).await.assert(303);
    // Learners see it once it is published; an attempt keeps the version that it began with.
    let learner = &class.jan.client;
    let attempt = begin(learner).await;
    teacher.get("/teaching/kurs-testowy/publish").await.assert(200).has("Wstęp");
    teacher.post("/teaching/kurs-testowy/publish", &[]).await.assert(303);
    learner.get(&format!("{attempt}/questions/3")).await.assert(200).has("Ile?").lacks("Ile dwa?");
    learner.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    let attempt = begin(learner).await;
    learner.get(&format!("{attempt}/questions/3")).await.assert(200).has("Ile dwa?");
    // As a file, and as learners will see it.
    let kept = teacher.get(&format!("{edit}/file")).await.assert(200).has("## Skrót");
    assert!(kept.header("content-disposition").contains("wstep.quiz.md"), "{:?}", kept.headers);
    teacher
        .get(&format!("{edit}/preview?question=2"))
        .await
        .assert(200)
        .has("Jak w skrócie?")
        .lacks("TAJNYBIP");
    learner.get(&format!("{edit}/preview")).await.assert(403);
    // A test that cannot be asked is not saved.
    let greedy = TEST.replace("Czas: 10 min", "Czas: 10 min\nLosuj: 5 z #tajny-tag");
    let revision = teacher.get(&edit).await.value("revision");
    save(&greedy, &revision).await.assert(422).has("Losujesz więcej pytań, niż jest: jest ich 1.");
    teacher.get(&format!("{edit}/remove")).await.assert(200).has("Usunąć test");
    teacher.post(&format!("{edit}/remove"), &[]).await.assert(303);
    teacher.post(&format!("{edit}/remove"), &[]).await.assert(404);
    let mut tx = app.ground.db.begin(&class.ada.actor).await.unwrap();
    assert!(store::draft(&mut tx, &class.course, class.unit).await.unwrap().is_none());
    assert_eq!(store::bank(&mut tx, &class.course).await.unwrap().len(), 3);
    drop(tx);
    app.end().await;
}

#[tokio::test]
async fn the_database_keeps_what_was_answered() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let attempt = begin(&class.jan.client).await;
    answer(&class.jan.client, &attempt, 2, &[("text", "BIP")]).await.assert(303);
    class.jan.client.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    let mut owner = owner(&app).await;
    // The owner passes row-level security only when told for whom.
    sqlx::query("select set_config('app.reach', 'installation', false)").execute(&mut owner).await.unwrap();
    for sql in [
        "update attempt_step set detail = '{}'",
        "delete from attempt_step",
        "update question_version set body = '{}'",
        "delete from attempt_question",
        "update version_quiz set settings = '{}'",
        "delete from version_quiz_question",
    ] {
        let said = refused_by(&mut owner, sql.to_owned()).await;
        assert!(said.contains("only ever added"), "{sql}: {said}");
    }
    for sql in [
        "update attempt set seed = 1",
        "update attempt set submitted_at = now() + interval '1 hour'",
        "update attempt set steps = 0",
    ] {
        let said = refused_by(&mut owner, sql.to_owned()).await;
        assert!(said.contains("what an attempt was is not changed"), "{sql}: {said}");
    }
    let late = "insert into attempt_step (organisation_id, attempt_id, number, kind, position, detail)
                select organisation_id, id, 99, 'answered', 1, '{}' from attempt";
    let said = refused_by(&mut owner, late.to_owned()).await;
    assert!(said.contains("the attempt is over"), "{said}");
    app.end().await;
}

#[tokio::test]
async fn an_answer_is_saved_as_it_is_given_and_the_page_is_told_the_truth() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let learner = &class.jan.client;
    let attempt = begin(learner).await;
    let page = learner.get(&format!("{attempt}/questions/2")).await.assert(200);
    // The island has no more than the page: no key, no seed.
    page.has("data-props").has("Zapisano.").has(&format!("{attempt}/questions/2/save"));
    let save = async |fields: &[(&str, &str)]| {
        let page = learner.post(&format!("{attempt}/questions/2/save"), fields).await.assert(200);
        assert!(page.header("content-type").starts_with("application/json"), "{:?}", page.headers);
        serde_json::from_str::<serde_json::Value>(&page.text).unwrap()
    };
    let key = "0123456789abcdef0123456789abcdef";
    let first = save(&[("text", "jeden"), ("seen", "0"), ("key", key), ("waited_ms", "12")]).await;
    assert_eq!((&first["outcome"], &first["step"], &first["said"]), (&"saved".into(), &2.into(), &"".into()));
    // Its answer was lost, so it comes again: nothing more happens.
    let again = save(&[("text", "jeden"), ("seen", "0"), ("key", key), ("waited_ms", "5012")]).await;
    assert_eq!(again, first);
    // Right and wrong are answered alike.
    let right = save(&[("text", "TAJNYBIP"), ("seen", "2"), ("key", "bbbbbbbbbbbbbbbb")]).await;
    assert_eq!((&right["outcome"], &right["step"], &right["said"]), (&"saved".into(), &3.into(), &"".into()));
    let told = save(&[("text", "trzy"), ("seen", "2"), ("key", "cccccccccccccccc")]).await;
    assert!(told["said"].as_str().unwrap().contains("innej karty"), "{told}");
    let long = "x".repeat(600);
    let refused = save(&[("text", long.as_str()), ("seen", "4"), ("key", "dddddddddddddddd")]).await;
    assert_eq!(refused["outcome"], "refused");
    app.clock.advance(Duration::minutes(12));
    let late = save(&[("text", "pięć"), ("seen", "4"), ("key", "eeeeeeeeeeeeeeee")]).await;
    assert_eq!(late["outcome"], "refused");
    assert!(late["said"].as_str().unwrap().contains("Czas minął"), "{late}");
    // One that was saved in time and comes again after the end is still saved.
    assert_eq!(save(&[("text", "jeden"), ("key", key)]).await["outcome"], "saved");
    assert_eq!(number(&app, ANSWERED).await, 3);
    let rita = class.office.learner("rita").await;
    rita.client.post(&format!("{attempt}/questions/2/save"), &[("text", "x")]).await.assert(404);
    app.end().await;
}

#[tokio::test]
async fn a_test_is_put_together_in_a_form() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let (teacher, form) = (&class.ada.client, format!("{}/form", class.teaching()));
    let revision =
        teacher.get(&form).await.assert(200).has("Skrót").has("krótka odpowiedź").value("revision");
    let wrong = [("pass", "0"), ("attempts", "500"), ("minutes", "pół"), ("revision", &revision)];
    let refused = teacher.post(&form, &wrong).await.assert(422);
    refused
        .has("Próg zaliczenia: Wpisz liczbę od 1 do 100.")
        .has("Liczba podejść: Wpisz liczbę od 1 do 100.")
        .has("pół");
    let right =
        [("pass", "50"), ("attempts", ""), ("minutes", "5"), ("reveal", "attempt"), ("revision", &revision)];
    teacher.post(&form, &right).await.assert(303);
    // The same form again was overtaken by itself: it is told, and nothing happens twice.
    let told = teacher.post(&form, &right).await.assert(303).location();
    let page = teacher.get(&told).await.assert(200).has("Ktoś zmienił ten test przed Tobą");
    let revision = page.value("revision");
    for kind in ["single", "multiple", "true_false", "short", "number", "matching", "ordering", "essay"] {
        teacher.get(&format!("{form}/new?kind={kind}")).await.assert(200).has("Nowe pytanie");
    }
    let questions = format!("{form}/questions");
    let one = |text: &'static str, right: &'static str| {
        vec![
            ("revision", revision.as_str()),
            ("question_kind", "single"),
            ("text", text),
            ("points", "2"),
            ("option-1", "Tak <b>"),
            ("option-3", "Nie"),
            (right, "1"),
            ("said-1", "Dlatego."),
            ("tags", "#nowy drugi"),
        ]
    };
    let refused = teacher.post(&questions, &one("", "right-1")).await.assert(422);
    refused.has("Czegoś tu brakuje").has("Tak &lt;b&gt;").has("Dlatego.");
    teacher
        .post(&questions, &one("Czy?", "right-9"))
        .await
        .assert(422)
        .has("Żadna odpowiedź nie jest oznaczona");
    teacher.post(&questions, &one("Czy?", "right-1")).await.assert(303);
    teacher.post(&questions, &one("Czy?", "right-1")).await.assert(303);
    let page = teacher.get(&form).await.assert(200).has("Czy?");
    assert_eq!(page.text.matches("/form/questions/czy/move").count(), 2, "{}", page.text);
    let revision = page.value("revision");
    teacher.get(&format!("{questions}/czy")).await.assert(200).has("Dlatego.").has("nowy drugi");
    let act = |act: &'static str| vec![("act", act), ("revision", revision.as_str())];
    teacher.post(&format!("{questions}/czy/move"), &act("up")).await.assert(303);
    teacher.post(&format!("{questions}/nie-ma/move"), &act("up")).await.assert(404);
    let text = teacher.get(&class.teaching()).await.assert(200).text;
    let place = |word: &str| text.find(word).unwrap_or_else(|| panic!("{word} is not in:\n{text}"));
    assert!(
        place("Czas: 5 min") < place("Skrót")
            && place("Skrót") < place("Czy?")
            && place("Czy?") < place("## Liczba")
    );
    app.end().await;
}

#[tokio::test]
async fn questions_come_out_of_other_programs_and_what_is_lost_is_named() {
    use reqwest::multipart::{Form, Part};
    let app = program().await;
    let class = class(&app, TEST).await;
    let (teacher, edit) = (&class.ada.client, class.teaching());
    let send = async |name: &'static str, text: &'static str| {
        let part = Part::bytes(text.as_bytes().to_vec()).file_name(name);
        let request = teacher.request(Method::POST, &format!("{edit}/import"));
        teacher.send(request.multipart(Form::new().part("file", part))).await
    };
    let gift = "::Stolica::Stolica Polski? {=Warszawa ~Kraków}\n\n::Dom::Dom? {=a ~b\n\n";
    let read = send("pytania.gift", gift).await.assert(200);
    let read = read.has("Wczytano 1 pytanie").has("Nawias klamrowy nie ma pary").has("Stolica Polski?");
    // Nothing is saved before the author saves the text.
    teacher.get(&edit).await.assert(200).lacks("Stolica Polski?");
    let between = read.text.split("<textarea").nth(1).unwrap().split("</textarea>").next().unwrap();
    let text =
        between.split_once('>').unwrap().1.replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    let revision = read.value("revision");
    teacher.post(&edit, &[("text", text.as_str()), ("revision", &revision)]).await.assert(303);
    teacher.get(&edit).await.assert(200).has("Stolica Polski?").has("Warszawa");
    // A bomb of entities is refused without being read, a foreign file with a sentence.
    let bomb =
        "<?xml version=\"1.0\"?><!DOCTYPE q [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><quiz>&b;</quiz>";
    send("bomba.xml", bomb).await.assert(200).has("Wczytano 0 pytań").has("własne encje");
    send("test.docx", "PK").await.assert(422).has("Wybierz plik GIFT");
    send("zly.quiz.md", "## Bez odpowiedzi\n\nTreść.\n").await.assert(422).has("Niczego nie dodano");
    // And out again, with what the other form cannot say.
    teacher.get(&format!("{edit}/export?format=gift")).await.assert(200).has("Pobierz plik");
    let file =
        teacher.get(&format!("{edit}/export?format=gift&download=1")).await.assert(200).has("Warszawa");
    assert!(file.header("content-disposition").contains("wstep.gift"), "{:?}", file.headers);
    teacher.get(&format!("{edit}/export?format=xml&download=1")).await.assert(200).has("<quiz>");
    teacher.get(&format!("{edit}/export?format=exe")).await.assert(404);
    class.jan.client.get(&format!("{edit}/export?format=gift&download=1")).await.assert(403);
    app.end().await;
}

#[tokio::test]
async fn the_analysis_rests_on_everybody_s_first_attempt() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let items = format!("{}/items", class.teaching());
    class.ada.client.get(&items).await.assert(200).has("Nikt jeszcze nie rozpoczął");
    for number in 0..12 {
        let person = class.office.learner(&format!("osoba{number}")).await;
        person.client.get("/courses/kurs-testowy/wstep").await.assert(200);
        for again in 0..2 {
            let attempt = begin(&person.client).await;
            choose_right(&person.client, &attempt).await;
            // Half of them know the rest; the second attempt is right and is not looked at.
            if number % 2 == 0 || again == 1 {
                answer(&person.client, &attempt, 2, &[("text", "TAJNYBIP")]).await.assert(303);
                answer(&person.client, &attempt, 3, &[("number", "31337")]).await.assert(303);
            }
            person.client.post(&format!("{attempt}/submit"), &[]).await.assert(303);
        }
    }
    let page = class.ada.client.get(&items).await.assert(200);
    let page = page
        .has("Na podstawie pierwszych podejść 12 osób.")
        .has("50%")
        .has("1,00")
        .has("class=\"items-chart\"");
    // Two questions have the same results: one symbol says so, and both stand in the table.
    let page = page.has("A: 2 pytania w tym samym miejscu: 1, 3").has(">×2</text>");
    assert_eq!(
        page.text.matches("class=\"mark\"").count(),
        2,
        "one symbol with a double edge:\n{}",
        page.text
    );
    // Nobody took the wrong option.
    page.has("Opis pusty (0 razy)");
    class.jan.client.get(&items).await.assert(403);
    app.end().await;
}

#[tokio::test]
async fn the_first_page_says_which_test_is_due_and_what_is_to_be_marked() {
    let app = program().await;
    let class = class(&app, MARKED).await;
    let (jan, ada) = (&class.jan.client, &class.ada.client);
    let ewa = class.office.instructor("ewa").await;
    // Without a deadline nothing is called to mind.
    jan.get("/").await.assert(200).lacks("Testy do zaliczenia");
    let rule = must(Due::After(3), None);
    direct(&class.office, &class.ada, &class.course, Target::Person(class.jan.id), &rule).await;
    let way = format!("href=\"{HOME}\"");
    jan.get("/")
        .await
        .assert(200)
        .has("Testy do zaliczenia")
        .has("Test: Wstęp (Kurs testowy)")
        .has(&way)
        .has("Za 3 dni");
    ada.get("/").await.assert(200).lacks("Testy do zaliczenia").lacks("do oceny");
    let attempt = begin(jan).await;
    jan.get("/").await.assert(200).has("Masz rozpoczęte podejście");
    answer(jan, &attempt, 2, &[("essay", "Ustawa"), ("act", "stay")]).await.assert(303);
    jan.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    // Now it is somebody else's turn: of those who teach the course, and of nobody else.
    jan.get("/").await.assert(200).lacks("Testy do zaliczenia").lacks("do oceny");
    let results = format!("{}/results", class.teaching());
    let page = ada
        .get("/")
        .await
        .assert(200)
        .has("Czeka na Ciebie")
        .has("1 podejście do oceny: Wstęp (Kurs testowy)");
    page.has(&format!("href=\"{results}\""));
    ewa.client.get("/").await.assert(200).lacks("do oceny");
    app.end().await;
}

#[tokio::test]
async fn the_first_page_counts_attempts_that_are_left_and_forgets_a_test_without() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let jan = &class.jan.client;
    let rule = must(Due::After(3), None);
    direct(&class.office, &class.ada, &class.course, Target::Person(class.jan.id), &rule).await;
    for left in ["zostały 2 podejścia", "zostało 1 podejście"] {
        jan.get("/").await.assert(200).has("Testy do zaliczenia").has(left);
        let attempt = begin(jan).await;
        jan.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    }
    jan.get("/").await.assert(200).lacks("Testy do zaliczenia").has("Kurs testowy");
    app.end().await;
}

#[tokio::test]
async fn questions_are_found_by_those_who_teach_and_by_a_learner_only_when_their_key_is_shown() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let (jan, ada) = (&class.jan.client, &class.ada.client);
    let (rita, ewa) = (class.office.learner("rita").await, class.office.instructor("ewa").await);
    let boss = class.office.admin("szef").await;
    let other = app.office("inny").await.instructor("obca").await;
    let found = |page: &Page| -> Vec<String> {
        let links = page.text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        links.filter(|link| link.contains("/questions/") || link.contains("#answer-")).collect()
    };
    let search = async |client: &Client, words: &str| {
        found(&client.get(&format!("/search?q={words}")).await.assert(200))
    };
    // The teacher: what is asked, what is right, how it is called; each leads to its form, which is there.
    for words in ["Jak+skr%C3%B3cie", "TAJNYBIP", "tajny", "TAJNEDOBRZE", "opis+pe%C5%82ny"] {
        let links = search(ada, words).await;
        assert!(!links.is_empty(), "{words}");
        let path = links[0].clone();
        assert!(path.starts_with(&format!("{}/form/questions/", class.teaching())), "{path}");
        ada.get(&path).await.assert(200);
    }
    let nobody_finds = async |words: &str| {
        for client in [&rita.client, &ewa.client, &boss.client, &other.client] {
            assert!(search(client, words).await.is_empty(), "{words}");
        }
    };
    nobody_finds("kt%C3%B3ry+opis").await;
    // jan: not before he has taken it, not while the key is hidden, and then with its place in the result.
    assert!(search(jan, "kt%C3%B3ry+opis").await.is_empty());
    let first = begin(jan).await;
    assert!(search(jan, "kt%C3%B3ry+opis").await.is_empty(), "under way");
    jan.post(&format!("{first}/submit"), &[]).await.assert(303);
    assert!(search(jan, "kt%C3%B3ry+opis").await.is_empty(), "failed, with an attempt left");
    let second = begin(jan).await;
    assert!(search(jan, "kt%C3%B3ry+opis").await.is_empty());
    jan.post(&format!("{second}/submit"), &[]).await.assert(303);
    assert_eq!(search(jan, "kt%C3%B3ry+opis").await, [format!("{second}#answer-1")], "the newest, once");
    jan.get(&second).await.assert(200).has("id=\"answer-1\"");
    assert_eq!(search(jan, "TAJNEWYJASNIENIE").await, [format!("{second}#answer-1")]);
    // What only authors see he does not find.
    assert!(search(jan, "TAJNEDOBRZE").await.is_empty());
    nobody_finds("kt%C3%B3ry+opis").await;
    app.end().await;
}

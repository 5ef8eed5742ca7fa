//! The bank of questions of a course, what a draw draws from, every kind of question by plain forms, and what those are told who read
//! in another language.

use courses::enrolment::Target;
use courses::{Taught, UnitId};

use super::quizzes::{TEST, write};
use crate::harness::{Client, House, Page, Someone, TestApp, speaks, statements};

const BANK: &str = "/teaching/kurs/questions";
const HOME: &str = "/courses/kurs/pierwsza/test";

async fn program() -> TestApp {
    TestApp::start_with(|config| config.workers = 0).await
}

/// A course of two units, the first with this test.
async fn course(office: &House<'_>, ada: &Someone, test: &str) -> (Taught, UnitId, UnitId) {
    let course = office.course(ada, "Kurs", &[("Pierwsza", "Tekst."), ("Druga", "Tekst.")]).await;
    let first = write(office, ada, &course, test).await;
    let mut tx = office.app.ground.db.begin(&ada.actor).await.unwrap();
    let second = courses::outline::draft(&mut tx, &course).await.unwrap()[0].units[1].id;
    drop(tx);
    (course, first, second)
}

fn test_of(unit: UnitId) -> String {
    format!("/teaching/kurs/units/{unit}/test")
}

/// Takes a question out of a test by its form.
async fn take_out(client: &Client, unit: UnitId, key: &str) {
    let form = format!("{}/form", test_of(unit));
    let revision = client.get(&form).await.assert(200).value("revision");
    let act = [("act", "remove"), ("revision", revision.as_str())];
    client.post(&format!("{form}/questions/{key}/move"), &act).await.assert(303);
}

#[tokio::test]
async fn the_bank_shows_every_question_and_puts_it_into_any_test() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let other = app.office("inny").await.instructor("obca").await;
    let teacher = &ada.client;
    let empty = office.course(&ada, "Pusty", &[("Lekcja", "Tekst.")]).await;
    let page = format!("/teaching/{}/questions", empty.slug());
    teacher.get(&page).await.assert(200).has("W banku nie ma jeszcze pytań").lacks("<table");
    let (course, first, second) = course(&office, &ada, TEST).await;
    teacher.get("/teaching/kurs").await.assert(200).has(&format!("href=\"{BANK}\""));
    take_out(teacher, first, "skrot").await;

    // In tests and out of them, each with its kind, and the way to its form.
    let all = teacher.get(BANK).await.assert(200).has("3 pytania").has("#tajny-tag").has("krótka odpowiedź");
    let all = all.has("W żadnym teście").has("Odpowiedź: TAJNYBIP");
    let ways: Vec<String> = all
        .text
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|href| href.contains("/form/questions/"))
        .map(str::to_owned)
        .collect();
    assert_eq!(ways.len(), 2, "{ways:?}");
    for way in &ways {
        teacher.get(way).await.assert(200);
    }
    let shown = async |query: &str| {
        let page = teacher.get(&format!("{BANK}?{query}")).await.assert(200);
        page.text.matches("name=\"question\"").count()
    };
    for (query, count) in [
        ("tag=tajny-tag", 1),
        ("tag=obcy", 0),
        ("unused=1", 1),
        ("q=JAK+w+skrocie", 1),
        ("q=tajnybip", 1),
        ("q=opis+pelny", 1),
        ("q=skr%C3%B3t", 1),
        ("q=skr%C3%B3t&tag=tajny-tag", 0),
        ("q=%27%25_%5C%22", 3),
        ("q=nie+ma+takiego", 0),
        ("page=99", 3),
        ("page=x", 3),
    ] {
        assert_eq!(shown(query).await, count, "{query}");
    }
    teacher
        .get(&format!("{BANK}?q=nie+ma"))
        .await
        .assert(200)
        .has("Nie ma takich pytań")
        .has("value=\"nie ma\"");
    let sent = statements(teacher, BANK).await;
    assert!(sent.len() <= 6, "{sent:#?}");

    // Bad input: what was chosen stays.
    let (to, nowhere) = (second.to_string(), uuid::Uuid::new_v4().to_string());
    teacher.post(BANK, &[("unit", to.as_str())]).await.assert(422).has("Zaznacz co najmniej jedno pytanie");
    let kept = teacher.post(BANK, &[("question", "skrot")]).await.assert(422).has("Wybierz lekcję.");
    assert!(kept.text.split("<input").any(|tag| {
        let tag = tag.split('>').next().unwrap_or_default();
        tag.contains("value=\"skrot\"") && tag.contains(" checked")
    }));
    for unit in [nowhere.as_str(), "x", ""] {
        teacher.post(BANK, &[("question", "skrot"), ("unit", unit)]).await.assert(422).has("Wybierz lekcję.");
    }
    let unknown = [("question", "skrot"), ("question", "obce"), ("unit", to.as_str())];
    teacher.post(BANK, &unknown).await.assert(422).has("nie ma w banku");
    teacher.get(&format!("{}/form", test_of(second))).await.assert(200).lacks("Jak w skrócie?");

    // Put into the test of a unit that had none; sent again, it is there once. It is the same question.
    let form = [("question", "skrot"), ("question", "liczba"), ("unit", to.as_str())];
    let back = teacher.post(&format!("{BANK}?q=&unused=1"), &form).await.assert(303).location();
    assert!(back.starts_with(BANK) && back.contains("unused=1"), "{back}");
    teacher.get(&back).await.assert(200).has("Pytania są w teście.");
    teacher.post(BANK, &form).await.assert(303);
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let (_, questions) = courses::quiz::store::draft(&mut tx, &course, second).await.unwrap().unwrap();
    assert_eq!(questions.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(), ["skrot", "liczba"]);
    let bank =
        courses::quiz::bank::page(&mut tx, &course, &courses::quiz::bank::Filter::default()).await.unwrap();
    let known: Vec<(&str, i32, usize)> =
        bank.lines.iter().map(|line| (&*line.question.key, line.versions, line.units.len())).collect();
    assert_eq!(known.iter().map(|one| one.1).sum::<i32>(), 3, "nothing was written anew: {known:?}");
    assert!(known.contains(&("liczba", 1, 2)) && known.contains(&("skrot", 1, 1)), "{known:?}");
    drop(tx);
    assert_eq!(shown("unused=1").await, 0);

    // Nobody else's.
    office.publish(&ada, &course, &[Target::Everybody]).await;
    jan.client.get(BANK).await.assert(403);
    jan.client.post(BANK, &form).await.assert(403);
    other.client.get(BANK).await.assert(404);
    other.client.post(BANK, &form).await.assert(404);
    app.end().await;
}

#[tokio::test]
async fn a_long_bank_has_pages_and_a_test_takes_no_more_than_it_can_hold() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let many = |from: usize, to: usize| -> String {
        (from..to).map(|n| format!("## Pytanie {n:03}\n\nIle to {n}?\n\nLiczba: {n}\n\n")).collect()
    };
    let (course, first, second) = course(&office, &ada, &many(0, 120)).await;
    let page = async |query: &str| ada.client.get(&format!("{BANK}?{query}")).await.assert(200);
    page("").await.has("120 pytań").has("Pytanie 000").has("Pytanie 049").lacks("Pytanie 050");
    page("page=3").await.has("Pytanie 100").has("Pytanie 119").lacks("Pytanie 099");
    page("page=1000").await.has("Pytanie 119").lacks("Pytanie 099");
    // The filter goes along.
    let second_page = page("q=pytanie&page=2").await.has("Pytanie 050").lacks("Pytanie 049");
    let text = second_page.text.replace("&amp;", "&");
    assert!(text.contains("?q=pytanie&tag=&unused=&page=3"), "{text}");

    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let full = courses::quiz::file::read(&many(200, 700)).unwrap();
    courses::quiz::store::save_draft(&mut tx, &course, second, &full.settings, &full.questions)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let to = second.to_string();
    let form = [("question", "pytanie-000"), ("unit", to.as_str())];
    ada.client.post(BANK, &form).await.assert(422).has("najwyżej 500 pytań");
    let to = first.to_string();
    ada.client.post(BANK, &[("question", "pytanie-200"), ("unit", to.as_str())]).await.assert(303);
    app.end().await;
}

/// Four questions of which one is drawn, and one that everybody is asked.
fn drawn(keys: &str) -> String {
    let one = |n: usize| format!("## Pytanie {n}\nKlucz: a-{n}\nTagi: #a\n\nTreść losowa {n}?\n\n{keys}\n\n");
    let four: String = (1..=4).map(one).collect();
    format!(
        "Próg zaliczenia: 50%\nLiczba podejść: 2\nOdpowiedzi: po każdym podejściu\nLosuj: 1 z #a\n\n{four}\
         ## Stałe\nKlucz: stale\n\nTreść stała?\n\nOdpowiedź: zawsze\n"
    )
}

/// Which of the four a text asks.
fn asked(text: &str) -> Vec<usize> {
    (1..=4).filter(|n| text.contains(&format!("Treść losowa {n}?"))).collect()
}

/// Begins an attempt, or goes on with it; answers its address.
async fn begin(client: &Client) -> String {
    let first = client.post(HOME, &[]).await.assert(303).location();
    first.strip_suffix("/questions/1").expect("the first question").to_owned()
}

/// Every page of an attempt of two questions, in order.
async fn pages(client: &Client, attempt: &str) -> Vec<(Vec<usize>, bool)> {
    let mut pages = Vec::new();
    for number in 1..=2 {
        let page = client.get(&format!("{attempt}/questions/{number}")).await.assert(200);
        pages.push((asked(&page.text), page.text.contains("Treść stała?")));
    }
    client.get(&format!("{attempt}/questions/3")).await.assert(404);
    pages
}

#[tokio::test]
async fn what_was_drawn_for_somebody_stays_theirs_through_reloads_new_versions_and_a_corrected_key() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let people = [office.learner("jan").await, office.learner("rita").await, office.learner("ola").await];
    let (course, unit, second) = course(&office, &ada, &drawn("Odpowiedź: tak")).await;
    // A fifth question with that tag is in the bank, in the test of another unit: this test cannot draw it.
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let fifth =
        courses::quiz::file::read("## Obce\nKlucz: obce\nTagi: #a\n\nTreść obca?\n\nOdpowiedź: tak\n")
            .unwrap();
    courses::quiz::store::save_draft(&mut tx, &course, second, &fifth.settings, &fifth.questions)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let (teacher, edit) = (&ada.client, test_of(unit));
    let revision = teacher.get(&edit).await.assert(200).value("revision");
    let greedy = drawn("Odpowiedź: tak").replace("Losuj: 1", "Losuj: 5");
    let told = teacher.post(&edit, &[("text", greedy.as_str()), ("revision", &revision)]).await.assert(422);
    told.has("Losujesz więcej pytań, niż jest: jest ich 4.");
    office.publish(&ada, &course, &[Target::Everybody]).await;

    let mut begun = Vec::new();
    for person in &people {
        person.client.get("/courses/kurs/pierwsza").await.assert(200);
        let attempt = begin(&person.client).await;
        let drawn = pages(&person.client, &attempt).await;
        assert_eq!(drawn.iter().filter(|page| page.0.len() == 1).count(), 1, "one of four: {drawn:?}");
        assert_eq!(
            drawn.iter().filter(|page| page.1).count(),
            1,
            "what no draw names is always asked: {drawn:?}"
        );
        begun.push((attempt, drawn));
    }
    // A reload, beginning again, and a new version of the course in which every question reads differently.
    let other = drawn("Odpowiedź: tak\nOdpowiedź: nie").replace("Treść losowa", "Nowa treść losowa");
    let revision = teacher.get(&edit).await.assert(200).value("revision");
    teacher.post(&edit, &[("text", other.as_str()), ("revision", &revision)]).await.assert(303);
    teacher.post("/teaching/kurs/publish", &[]).await.assert(303);
    for (person, (attempt, drawn)) in people.iter().zip(&begun) {
        assert_eq!(begin(&person.client).await, *attempt);
        assert_eq!(pages(&person.client, attempt).await, *drawn);
    }
    // Two of them end it with an answer that the key did not take then.
    let mut results = Vec::new();
    for (person, (attempt, drawn)) in people.iter().zip(&begun).take(2) {
        for number in 1..=2 {
            let path = format!("{attempt}/questions/{number}");
            person.client.post(&path, &[("text", "nie")]).await.assert(303);
        }
        person.client.post(&format!("{attempt}/submit"), &[]).await.assert(303);
        let result = person.client.get(attempt).await.assert(200).has("Tym razem się nie udało");
        let mine: Vec<usize> = drawn.iter().flat_map(|page| page.0.clone()).collect();
        assert_eq!(asked(&result.text), mine);
        results.push(mine);
    }
    teacher.get(&format!("{edit}/regrade")).await.assert(200).has("Zmienią się wyniki 2 podejść");
    teacher.post(&format!("{edit}/regrade"), &[]).await.assert(303);
    for ((person, (attempt, _)), mine) in people.iter().zip(&begun).zip(&results) {
        let result = person.client.get(attempt).await.assert(200).has("Test jest zaliczony").has("50%");
        assert_eq!(asked(&result.text), *mine, "the same questions, graded by the corrected key");
        assert!(!result.text.contains("Treść obca?"));
    }
    // The attempt that is under way knows nothing of it.
    assert_eq!(pages(&people[2].client, &begun[2].0).await, begun[2].1);
    app.end().await;
}

/// One question of every kind.
const EVERYTHING: &str = "\
Próg zaliczenia: 100%
Kolejność pytań: stała
Odpowiedzi: po każdym podejściu

## Jedna

Która?

- (x) Jedna dobra
- ( ) Jedna zła

## Kilka

Które?

- [x] Pierwsza dobra
- [x] Druga dobra
- [ ] Żadna dobra

## Zdanie

Czy tak jest?

Prawda czy fałsz: fałsz

## Skrót

Jak w skrócie?

Odpowiedź: BIP

## Termin

Ile to trwa?

Liczba: 3,5 ± 0,1 dni

## Pary

Dopasuj znacznik.

Pary:
- Nagłówek => h2
- Akapit => p
- => marquee

## Bieg

Ułóż od pierwszego.

Kolejność:
1. Wniosek
2. Decyzja
3. Odwołanie

## Luki

Podpisuje [[kierownik]], a termin [[*biegnie | stoi]].

## Miejsce

Gdzie jest okno?

Obrazek: media/plan.png
Opis obrazka: Plan budynku
- (x) Okno @ 10 10 20 20
- ( ) Drzwi @ 50 10 20 20

## Wypowiedź

Napisz pismo.

Wypowiedź: do 200 słów
- 2 pkt: Podstawa
- 1 pkt: Język
";

/// The questions of `EVERYTHING` that the program grades.
const GRADED: usize = 9;

/// The value of the radio button, box or line of a list whose label ends with this.
#[track_caller]
fn value(text: &str, label: &str) -> String {
    let before = text.split(label).next().unwrap();
    assert!(before.len() < text.len(), "{label} is not in:\n{text}");
    before.rsplit("value=\"").next().unwrap().split('"').next().unwrap().to_owned()
}

/// The list of this name.
#[track_caller]
fn list<'a>(page: &'a Page, name: &str) -> &'a str {
    let mut lists = page.text.split("<select").skip(1).filter_map(|rest| rest.split("</select>").next());
    let found = lists.find(|list| list.contains(&format!("name=\"{name}\"")));
    found.unwrap_or_else(|| panic!("no list {name} in:\n{}", page.text))
}

/// The number of the list in which an item is given its place.
#[track_caller]
fn item(page: &Page, label: &str) -> String {
    let before = page.text.split(&format!(">{label}")).next().unwrap();
    assert!(before.len() < page.text.len(), "{label} is not in:\n{}", page.text);
    before.rsplit("for=\"f-place-").next().unwrap().split('"').next().unwrap().to_owned()
}

/// Whether a page shows this answer in that field.
fn shows(page: &Page, name: &str, value: &str) -> bool {
    let (named, valued) = (format!("name=\"{name}\""), format!("value=\"{value}\""));
    let mut inputs = page.text.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    let in_input = inputs.any(|tag| {
        let marked = tag.contains("type=\"radio\"") || tag.contains("type=\"checkbox\"");
        tag.contains(&named) && tag.contains(&valued) && (!marked || tag.contains(" checked"))
    });
    let mut lists = page.text.split("<select").skip(1).filter_map(|rest| rest.split("</select>").next());
    let in_list = lists.any(|list| {
        let mut options = list.split("<option").skip(1).filter_map(|rest| rest.split('>').next());
        list.contains(&named) && options.any(|tag| tag.contains(&valued) && tag.contains(" selected"))
    });
    let mut areas = page.text.split("<textarea").skip(1).filter_map(|rest| rest.split("</textarea>").next());
    in_input || in_list || areas.any(|area| area.contains(&named) && area.contains(value))
}

/// The fields that answer a question of `EVERYTHING` as its page offers them, rightly or wrongly.
fn fields(page: &Page, number: usize, right: bool) -> Vec<(String, String)> {
    let pick = |good: &'static str, bad: &'static str| if right { good } else { bad };
    let one = |name: &str, value: String| vec![(name.to_owned(), value)];
    match number {
        1 => one("choice", value(&page.text, pick("Jedna dobra</label>", "Jedna zła</label>"))),
        2 if right => ["Pierwsza dobra</label>", "Druga dobra</label>"]
            .map(|label| ("choice".to_owned(), value(&page.text, label)))
            .to_vec(),
        2 => one("choice", value(&page.text, "Żadna dobra</label>")),
        3 => one("truth", pick("false", "true").to_owned()),
        4 => one("text", pick("bip", "BPI").to_owned()),
        5 => one("number", pick("3,5", "9").to_owned()),
        6 => [
            ("pair-1", pick("h2</option>", "p</option>")),
            ("pair-2", pick("p</option>", "marquee</option>")),
        ]
        .map(|(name, label)| (name.to_owned(), value(list(page, name), &format!(">{label}"))))
        .to_vec(),
        7 => [("Wniosek", pick("1", "2")), ("Decyzja", pick("2", "3")), ("Odwołanie", pick("3", "1"))]
            .map(|(label, place)| (format!("place-{}", item(page, label)), place.to_owned()))
            .to_vec(),
        8 => {
            let chosen = value(list(page, "gap-2"), pick(">biegnie</option>", ">stoi</option>"));
            let typed = pick("Kierownik", "nikt").to_owned();
            vec![("gap-1".to_owned(), typed), ("gap-2".to_owned(), chosen)]
        }
        9 => one("choice", value(&page.text, pick("Okno</label>", "Drzwi</label>"))),
        _ => one("essay", "Na podstawie art. 7.".to_owned()),
    }
}

/// What the heading of a question says of its answer after the end.
#[track_caller]
fn outcome(result: &Page, number: usize) -> String {
    let heading = result.text.split(&format!("<h3 id=\"answer-{number}\"")).nth(1);
    let heading = heading.unwrap_or_else(|| panic!("no answer {number} in:\n{}", result.text));
    heading.split("</h3>").next().unwrap().to_owned()
}

#[tokio::test]
async fn every_kind_of_question_is_answered_by_plain_forms_kept_and_graded() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, rita) = (office.learner("jan").await, office.learner("rita").await);
    let (course, unit, _) = course(&office, &ada, EVERYTHING).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let png = bytes::Bytes::from_static(b"\x89PNG\r\n\x1a\n");
    courses::media::add(&mut tx, &app.ground.blobs, &course, "plan.png", png).await.unwrap();
    tx.commit().await.unwrap();
    office.publish(&ada, &course, &[Target::Everybody]).await;

    for (person, right) in [(&jan, true), (&rita, false)] {
        let learner = &person.client;
        learner.get("/courses/kurs/pierwsza").await.assert(200);
        let attempt = begin(learner).await;
        for number in 1..=GRADED + 1 {
            let path = format!("{attempt}/questions/{number}");
            let page = learner.get(&path).await.assert(200);
            let answer = fields(&page, number, right);
            for (name, value) in &answer {
                assert!(!shows(&page, name, value), "{number}: {name} is answered already");
            }
            let mut form: Vec<(&str, &str)> =
                answer.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            form.push(("act", "stay"));
            assert_eq!(learner.post(&path, &form).await.assert(303).location(), path);
            let again = learner.get(&path).await.assert(200);
            for (name, value) in &answer {
                assert!(shows(&again, name, value), "{number}: {name}={value} is not in:\n{}", again.text);
            }
        }
        learner.get(&attempt).await.assert(200).lacks("nie ma odpowiedzi").has("Zakończ test");
        learner.post(&format!("{attempt}/submit"), &[]).await.assert(303);
        let result = learner.get(&attempt).await.assert(200);
        for number in 1..=GRADED {
            let said = outcome(&result, number);
            assert!(said.contains(if right { "Dobrze" } else { "Źle" }), "{number}: {said}");
        }
        assert!(outcome(&result, GRADED + 1).contains("Czeka na ocenę"));
        // The essay waits for a person.
        let id = attempt.rsplit('/').next().unwrap();
        let results = format!("{}/results/{id}", test_of(unit));
        ada.client.get(&results).await.assert(200).has("Na podstawie art. 7.");
        let points = if right { ["2", "1"] } else { ["0", "0"] };
        let marks = [
            ("question", "10"),
            ("points-10-1", points[0]),
            ("points-10-2", points[1]),
            ("comment-10", "Przeczytane."),
        ];
        ada.client.post(&format!("{results}/mark"), &marks).await.assert(303);
        let result = learner.get(&attempt).await.assert(200).has("Przeczytane.");
        if right {
            result.has("Test jest zaliczony").has("100%");
        } else {
            result.has("Tym razem się nie udało");
        }
    }
    app.end().await;
}

#[tokio::test]
async fn who_reads_in_another_language_is_told_that_the_questions_are_in_the_course_s() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, oksana) = (office.learner("jan").await, office.learner("oksana").await);
    speaks(&app, &oksana, "uk").await;
    let intro = "Próg zaliczenia: 60%\n\nTest ma jedno pytanie. ![Plan budynku](media/plan.png)\n\n## Ile\n\nIle? Zobacz [drugą lekcję](02-druga.md).\n\nLiczba: 1\n";
    let (course, first, second) = course(&office, &ada, intro).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let png = bytes::Bytes::from_static(b"\x89PNG\r\n\x1a\n");
    courses::media::add(&mut tx, &app.ground.blobs, &course, "plan.png", png).await.unwrap();
    tx.commit().await.unwrap();
    let said = "Pytania testów są w języku szkolenia (Polski)";
    ada.client.get("/teaching/kurs/languages").await.assert(200).has(said);
    ada.client.get(&format!("/teaching/kurs/units/{first}/languages")).await.assert(200).has(said);
    ada.client.get(&format!("/teaching/kurs/units/{second}/languages")).await.assert(200).lacks(said);
    office.publish(&ada, &course, &[Target::Everybody]).await;

    // The picture of the introduction is shown, with an address.
    let told = "Pytania tego testu są w języku szkolenia: Polski";
    let start = jan.client.get(HOME).await.assert(200).lacks(told).has("alt=\"Plan budynku\"");
    start.has("src=\"/courses/kurs/media/");
    // A question leads to another unit.
    jan.client.get("/courses/kurs/pierwsza").await.assert(200);
    let attempt = begin(&jan.client).await;
    let asked = jan.client.get(&format!("{attempt}/questions/1")).await.assert(200);
    asked.has("href=\"/courses/kurs/druga\"");
    // By the language of the course that was chosen, and by that of the pages.
    jan.client.post("/courses/kurs/pierwsza/language", &[("language", "uk")]).await.assert(303);
    jan.client.get(HOME).await.assert(200).has(told);
    jan.client.post("/courses/kurs/pierwsza/language", &[("language", "pl")]).await.assert(303);
    jan.client.get(HOME).await.assert(200).lacks(told);
    let there = "Запитання цього тесту — мовою курсу: Polski";
    oksana.client.get(HOME).await.assert(200).has(there).has("lang=\"pl\"");
    oksana.client.post("/courses/kurs/pierwsza/language", &[("language", "pl")]).await.assert(303);
    oksana.client.get(HOME).await.assert(200).lacks(there);
    app.end().await;
}

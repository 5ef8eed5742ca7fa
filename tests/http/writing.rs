//! Writing: what stands in the way and how it is waived, versions and their differences, review, plans, two authors, copies,
//! languages, documents of word processors.

use std::io::{Cursor, Write as _};
use std::time::Duration;

use courses::enrolment::Target;
use courses::{Taught, UnitId, check, plan, publish, review, version, waiver};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use time::macros::datetime;

use crate::harness::{Client, House, Page, Someone, TestApp, set_clock};

async fn program() -> TestApp {
    TestApp::start_with(|config| config.workers = 0).await
}

/// Whether the database refused by this rule.
fn held<T>(result: Result<T, sqlx::Error>, rule: &str) -> bool {
    matches!(result, Err(sqlx::Error::Database(error)) if error.constraint() == Some(rule))
}

const HOME: &str = "/teaching/kurs";

/// Of those who save at once what they saw alike, one does, and all others are told that it was changed meanwhile.
pub async fn one_saves(all: impl IntoIterator<Item = impl Future<Output = Page>>) {
    let answers = futures::future::join_all(all).await;
    let mut statuses: Vec<u16> = answers.iter().map(|page| page.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses[0], 303);
    assert!(statuses[1..].iter().all(|status| *status == 409), "{statuses:?}");
}

/// The only unit of the course, as the path of its editor.
async fn editor(app: &TestApp, author: &Someone, course: &Taught) -> (UnitId, String) {
    let mut tx = app.ground.db.begin(&author.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, course).await.unwrap()[0].units[0].id;
    (unit, format!("{HOME}/units/{unit}"))
}

async fn save(client: &Client, editor: &str, text: &str) -> Page {
    let revision = client.get(editor).await.assert(200).value("revision");
    let form =
        [("title", "Lekcja"), ("minutes", "5"), ("text", text), ("revision", &*revision), ("act", "save")];
    client.post(editor, &form).await
}

/// The values of the checkboxes of findings.
fn findings(page: &Page) -> Vec<String> {
    let parts = page.text.split("name=\"finding\"").skip(1);
    parts.filter_map(|part| Some(part.split_once("value=\"")?.1.split('"').next()?.to_owned())).collect()
}

#[tokio::test]
async fn grave_findings_stand_in_the_way_until_they_are_mended_or_waived_for_that_text() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let text = "Wstęp.\n\n#### Za głęboko\n\n[tutaj](https://example.org)\n\n| | |\n|---|---|\n| 1 | 2 |\n";
    let course = office.course(&ada, "Kurs", &[("Lekcja", text)]).await;
    let (unit, editor) = editor(&app, &ada, &course).await;
    let teacher = &ada.client;
    let page = format!("{HOME}/publish");

    // Both grave ones block, with the way to their lines; the link is advice.
    let told = teacher.get(&page).await.assert(200);
    let told = told
        .has("2 uwagi wstrzymują publikację")
        .has(&format!("{editor}?line=3#place"))
        .has("tabela nie ma nagłówków kolumn")
        .has("odnośnik „tutaj” nie mówi")
        .lacks("Opublikuj</button>");
    let names = findings(&told);
    assert_eq!(names.len(), 2, "{names:?}");
    teacher.post(&page, &[]).await.assert(422).has("2 uwagi wstrzymują publikację");
    let with_ticket = ada.with_ticket().await;
    let api = with_ticket.request(Method::POST, "/api/v1/courses/kurs/publish");
    with_ticket.send(api).await.assert(409).has("/problems/findings-in-the-way");

    // The way leads to the line with its neighbours, without script.
    teacher
        .get(&format!("{editor}?line=3"))
        .await
        .assert(200)
        .has("Uwagi do wiersza 3")
        .has("<mark>→ 3: #### Za głęboko</mark>");
    for line in ["0", "999999", "18446744073709551615"] {
        teacher.get(&format!("{editor}?line={line}")).await.assert(200);
    }
    teacher.get(&format!("{editor}?line=x")).await.assert(400);

    // A waiver: nothing chosen, no reason, too short, too long, a finding of nobody; what was typed stays.
    let path = format!("{HOME}/waivers");
    let waive = async |form: &[(&str, &str)]| teacher.post(&path, form).await;
    let reason = "Tabela układu z wydruku, opisana w tekście <b>.";
    waive(&[("reason", reason)])
        .await
        .assert(422)
        .has("Zaznacz co najmniej jedną uwagę")
        .has("wydruku, opisana");
    waive(&[("finding", &names[0])]).await.assert(422).has("Wypełnij to pole");
    waive(&[("finding", &names[0]), ("reason", "bo tak")]).await.assert(422);
    waive(&[("finding", &names[0]), ("reason", &"ą".repeat(1001))]).await.assert(422);
    let foreign = format!("{} skipped_heading 3 0000000000000000", uuid::Uuid::new_v4());
    for name in ["", "x", &foreign, &"y".repeat(10_000)] {
        waive(&[("finding", name), ("reason", reason)]).await.assert(422).has("nie ma. Sprawdź listę");
    }
    teacher.get(&page).await.assert(200).has("2 uwagi wstrzymują publikację");

    // Repeated, it is one.
    let both = [
        ("finding", names[0].as_str()),
        ("finding", names[0].as_str()),
        ("finding", names[1].as_str()),
        ("reason", reason),
    ];
    waive(&both).await.assert(303);
    waive(&both).await.assert(303);
    teacher.get(&page).await.assert(200).has("Uzasadnienie: Tabela").has("Opublikuj</button>").lacks("<b>.");
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    assert_eq!(waiver::all(&mut tx, &course).await.unwrap().len(), 2);
    drop(tx);

    // It holds for that text alone.
    save(teacher, &editor, &text.replace("Wstęp", "Początek")).await.assert(303);
    teacher.post(&page, &[]).await.assert(422);
    save(teacher, &editor, text).await.assert(303);
    teacher.post(&page, &[]).await.assert(303);
    teacher
        .get(&format!("{HOME}/versions"))
        .await
        .assert(200)
        .has("w wersji 1")
        .has("Tabela układu z wydruku");

    // What was waived is never changed.
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let gone = sqlx::query("delete from finding_waiver where unit_id = $1").bind(unit.0);
    assert!(gone.execute(tx.connection()).await.is_err());
    app.end().await;
}

#[tokio::test]
async fn what_keeps_somebody_out_blocks_by_itself_and_advice_blocks_nothing() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let english = "This paragraph is written in plain English and nobody has said so, although the course itself is in Polish.";
    for (number, (text, blocks)) in [
        ("![](media/plan.png)", true),
        ("![Plan budynku](media/brak.png)", true),
        ("## Cel\n\n#### Za głęboko", true),
        ("Zobacz [](https://example.org).", true),
        ("| | |\n|---|---|\n| 1 | 2 |", true),
        ("Zobacz [tutaj](https://example.org).", false),
        ("Zobacz <https://example.org>.", false),
        (english, false),
        ("Dzień dobry.", false),
    ]
    .into_iter()
    .enumerate()
    {
        let course = office.course(&ada, &format!("Kurs {number}"), &[("Lekcja", text)]).await;
        let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
        let png = bytes::Bytes::from_static(b"\x89PNG\r\n\x1a\n");
        courses::media::add(&mut tx, &app.ground.blobs, &course, "plan.png", png).await.unwrap();
        tx.commit().await.unwrap();
        let page = format!("/teaching/kurs-{number}/publish");
        let told = ada.client.get(&page).await.assert(200);
        assert_eq!(findings(&told).is_empty(), !blocks, "{text}: {}", told.text);
        let said = ada.client.post(&page, &[]).await.status.as_u16();
        assert_eq!(said, if blocks { 422 } else { 303 }, "{text}");
    }
    // The same in a test; what is typed as an answer is no text. Headings of a question begin with the third level.
    let (fine, answers) = ("Ile?", "- (x) Tak\n- ( ) Nie");
    for (number, (text, answers, blocks)) in [
        ("Co widać?\n\n![](media/plan.png)", answers, true),
        ("Co widać?\n\n![Plan](media/brak.png)", answers, true),
        ("Ile?\n\n#### Za głęboko", answers, true),
        ("Ile?\n\n| | |\n|---|---|\n| 1 | 2 |", answers, true),
        (fine, "- (x) Tak ![](media/plan.png)\n- ( ) Nie", true),
        (fine, "- (x) Tak\n  > Zobacz [](https://example.org).\n- ( ) Nie", true),
        (fine, "- (x) Tak\n- ( ) Nie\n\nWyjaśnienie: ![](media/plan.png)", true),
        ("Gdzie?", "Obrazek: media/brak.png\nOpis obrazka: Plan\n- (x) Okno @ 10 10 20 20\n- ( ) Drzwi @ 50 10 20 20", true),
        ("Ile?\n\n### Dane\n\nDwa.", answers, false),
        (fine, "- (x) Tak\n- ( ) Zobacz [tutaj](https://example.org)", false),
        (fine, "Odpowiedź: ![](media/brak.png)", false),
        (fine, answers, false),
    ]
    .into_iter()
    .enumerate()
    {
        let course = office.course(&ada, &format!("Test {number}"), &[("Lekcja", "Tekst.")]).await;
        let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
        let png = bytes::Bytes::from_static(b"\x89PNG\r\n\x1a\n");
        courses::media::add(&mut tx, &app.ground.blobs, &course, "plan.png", png).await.unwrap();
        tx.commit().await.unwrap();
        let sheet = format!("## Pytanie\nKlucz: pytanie\n\n{text}\n\n{answers}\n");
        let unit = super::quizzes::write(&office, &ada, &course, &sheet).await;
        let page = format!("/teaching/test-{number}/publish");
        let told = ada.client.get(&page).await.assert(200);
        assert_eq!(findings(&told).is_empty(), !blocks, "{sheet}: {}", told.text);
        if blocks {
            told.has(&format!("href=\"/teaching/test-{number}/units/{unit}/test/form/questions/pytanie\""))
                .has("Pytanie „Pytanie”");
            let form = format!("/teaching/test-{number}/units/{unit}/test/form/questions/pytanie");
            ada.client.get(&form).await.assert(200).has("class=\"findings\"").has("Pytanie „Pytanie”");
        }
        let said = ada.client.post(&page, &[]).await.status.as_u16();
        assert_eq!(said, if blocks { 422 } else { 303 }, "{sheet}");
    }
    app.end().await;
}

#[tokio::test]
async fn a_finding_in_a_question_is_waived_for_that_text_in_whichever_test_it_is() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs", &[("Pierwsza", "Tekst."), ("Druga", "Tekst.")]).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let png = bytes::Bytes::from_static(b"\x89PNG\r\n\x1a\n");
    courses::media::add(&mut tx, &app.ground.blobs, &course, "linia.png", png).await.unwrap();
    let units: Vec<UnitId> = courses::outline::draft(&mut tx, &course).await.unwrap()[0]
        .units
        .iter()
        .map(|unit| unit.id)
        .collect();
    let text = "Próg zaliczenia: 60%\n\n![](media/linia.png)\n\n## Obraz\nKlucz: obraz\n\nIle? ![](media/linia.png)\n\nLiczba: 4\n";
    let sheet = courses::quiz::file::read(text).unwrap();
    for unit in &units {
        courses::quiz::store::save_draft(&mut tx, &course, *unit, &sheet.settings, &sheet.questions)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    // Each test has its introduction; the question is one, whichever tests have it.
    let told = ada.client.get(&format!("{HOME}/publish")).await.assert(200).has("Wstęp do testu: obraz");
    let names = findings(&told);
    assert_eq!(names.len(), 3, "{names:?}");
    let mut form: Vec<(&str, &str)> = names.iter().map(|name| ("finding", name.as_str())).collect();
    form.push(("reason", "Ozdobna linia, która niczego nie znaczy."));
    ada.client.post(&format!("{HOME}/waivers"), &form).await.assert(303);
    ada.client.get(&format!("{HOME}/publish")).await.assert(200).has("Opublikuj</button>");
    // Out of the first test, it is waived in the second as well.
    ada.client.post(&format!("{HOME}/units/{}/test/remove", units[0]), &[]).await.assert(303);
    ada.client.get(&format!("{HOME}/publish")).await.assert(200).has("Opublikuj</button>");
    // Another text is another finding.
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let sheet = courses::quiz::file::read(&text.replace("Ile?", "Ile to jest?")).unwrap();
    courses::quiz::store::save_draft(&mut tx, &course, units[1], &sheet.settings, &sheet.questions)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let told = ada.client.get(&format!("{HOME}/publish")).await.assert(200);
    assert_eq!(findings(&told).len(), 1, "{}", told.text);
    ada.client.post(&format!("{HOME}/publish"), &[]).await.assert(422);
    app.end().await;
}

#[tokio::test]
async fn reading_ease_is_told_and_stands_in_the_way_of_nothing() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let sentence = "Administracja samorządowa podejmuje wielokierunkowe działania informacyjne, które mieszkańcy otrzymują \
                    za pośrednictwem elektronicznych kanałów komunikacji, uzgodnionych uprzednio z przedstawicielami \
                    organizacji pozarządowych działających na terenie gminy oraz powiatu. ";
    let long = sentence.repeat(6);
    office.course(&ada, "Kurs", &[("Trudna", &long), ("Krótka", "Dzień dobry.")]).await;
    let page = ada.client.get(&format!("{HOME}/reading")).await.assert(200);
    page.has("bardzo trudny")
        .has("tekst za krótki")
        .has("Gunning")
        .has("akapity w innych językach oraz testy")
        .has("Najdłuższe zdania")
        .has("?line=1#place");
    ada.client.post(&format!("{HOME}/publish"), &[]).await.assert(303);
    app.end().await;
}

#[tokio::test]
async fn versions_are_compared_line_by_line_and_a_unit_comes_back() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Pierwszy wiersz.\n\nDrugi <b> wiersz.")]).await;
    let (unit, editor) = editor(&app, &ada, &course).await;
    let teacher = &ada.client;
    teacher.get(&format!("{HOME}/versions")).await.assert(200).has("nie ma jeszcze żadnej wersji");
    teacher.get(&format!("{HOME}/versions/compare")).await.assert(200);
    office.publish(&ada, &course, &[]).await;
    save(teacher, &editor, "Pierwszy wiersz.\n\nZmieniony wiersz.").await.assert(303);
    office.publish(&ada, &course, &[]).await;

    let told = teacher.get(&format!("{HOME}/versions/compare?from=1&to=2")).await.assert(200);
    told.has("Różni się 1 lekcja.")
        .has("<del>Drugi &lt;b&gt; wiersz.</del>")
        .has("<ins>Zmieniony wiersz.</ins>")
        .has("usunięte")
        .has("Przywróć w szkicu treść z wersji 1");
    teacher
        .get(&format!("{HOME}/versions/compare?from=2&to=draft"))
        .await
        .assert(200)
        .has("niczym się nie różnią");
    for odd in ["from=9&to=1", "from=x&to=1", "from=1&to=-1", "from=1&to=99999999999"] {
        teacher.get(&format!("{HOME}/versions/compare?{odd}")).await.assert(404);
    }

    // Back into the draft; a form from before somebody's save changes nothing.
    let path = format!("{HOME}/versions/1/units/{unit}/restore");
    let revision = teacher.get(&editor).await.value("revision");
    teacher.post(&path, &[("revision", "1")]).await.assert(303);
    teacher.get(&editor).await.assert(200).has("Zmieniony wiersz.");
    let back = teacher.post(&path, &[("revision", &revision)]).await.assert(303);
    assert_eq!(back.location(), editor);
    teacher.get(&editor).await.assert(200).has("Drugi &lt;b&gt; wiersz.");
    let nobody = format!("{HOME}/versions/1/units/{}/restore", uuid::Uuid::new_v4());
    teacher.post(&nobody, &[("revision", "1")]).await.assert(404);

    // A unit that was taken out comes back as well.
    teacher.post(&format!("{HOME}/units"), &[("unit_title", "Druga")]).await.assert(303);
    teacher.post(&format!("{editor}/remove"), &[]).await.assert(303);
    teacher.post(&path, &[("revision", "0")]).await.assert(303);
    teacher.get(&editor).await.assert(200).has("Drugi &lt;b&gt; wiersz.");
    app.end().await;
}

async fn approve(app: &TestApp, reviewer: &Someone, course: &Taught) -> Result<(), courses::Error> {
    let mut tx = app.ground.db.begin(&reviewer.actor).await.unwrap();
    let id = review::standing(&mut tx, course).await?.newest.unwrap().id;
    review::end(&mut tx, course, id, review::Outcome::Approved, &[]).await?;
    tx.commit().await.unwrap();
    Ok(())
}

#[tokio::test]
async fn a_second_person_approves_exactly_what_is_published() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let (ada, ewa) = (office.instructor("ada").await, office.instructor("ewa").await);
    let boss = office.admin("szef").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    let (unit, editor) = editor(&app, &ada, &course).await;
    let (page, path) = (format!("{HOME}/publish"), format!("{HOME}/review"));
    ada.client.post(&format!("{HOME}/teachers"), &[("person", &ewa.id.to_string())]).await.assert(303);

    // Only an administrator says that a review is required.
    let rules = [("course", "yes"), ("organisation", "no")];
    ada.client.post(&format!("{path}/rules"), &rules).await.assert(403);
    boss.client.post(&format!("{path}/rules"), &rules).await.assert(303);
    ada.client.post(&page, &[]).await.assert(422).has("druga osoba musi zatwierdzić");
    ada.client.post(&path, &[("note", &"x".repeat(2001))]).await.assert(422).has("xxxx");
    ada.client.post(&path, &[("note", "Proszę o <b>uwagę</b>.")]).await.assert(303);
    let waiting = ewa.client.get(&path).await.assert(200).has("czeka na sprawdzenie").has("&lt;b&gt;uwagę");
    let id = waiting.value("review");

    // Not by oneself, whichever way; not without a word when it is sent back; not a review of nobody.
    let end = async |who: &Someone, act: &str, form: &[(&str, &str)]| {
        let mut all = vec![("review", id.as_str()), ("act", act)];
        all.extend_from_slice(form);
        who.client.post(&format!("{path}/end"), &all).await
    };
    end(&ada, "approve", &[]).await.assert(422).has("Nie można zatwierdzić własnego szkicu");
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let by_hand = sqlx::query(
        "update review set outcome = 'approved', ended_by = asked_by, ended_at = moment() where id = $1",
    )
    .bind(id.parse::<uuid::Uuid>().unwrap());
    let refused = by_hand.execute(tx.connection()).await;
    assert!(held(refused, "review_by_a_second_person"));
    drop(tx);
    end(&ewa, "return", &[]).await.assert(422).has("Napisz w uwagach");
    end(&ewa, "jump", &[]).await.assert(400);
    let comment = format!("comment-{unit}");
    let long = "ą".repeat(2001);
    end(&ewa, "return", &[(&comment, &long)]).await.assert(422).has("ąąąą");
    let elsewhere = format!("comment-{}", uuid::Uuid::new_v4());
    end(&ewa, "return", &[(&elsewhere, "cudza")]).await.assert(422);
    end(&ewa, "return", &[(&comment, "Popraw wstęp.")]).await.assert(303);
    end(&ewa, "approve", &[]).await.assert(422).has("już się zakończyło");
    ada.client.get(&path).await.assert(200).has("Popraw wstęp.").has("odesłał(a)");

    // Approved, then changed: the approval is gone; changed back, it is the draft that was approved.
    ada.client.post(&path, &[]).await.assert(303);
    approve(&app, &ewa, &course).await.unwrap();
    ada.client.get(&page).await.assert(200).has("Szkic zatwierdził(a) Osoba EWA").has("Opublikuj</button>");
    save(&ada.client, &editor, "Inny tekst.").await.assert(303);
    ada.client.post(&page, &[]).await.assert(422).has("druga osoba musi zatwierdzić");
    let with_ticket = ada.with_ticket().await;
    let api = with_ticket.request(Method::POST, "/api/v1/courses/kurs/publish");
    with_ticket.send(api).await.assert(409).has("/problems/review-first");

    // The database holds it too: a version of another draft is refused.
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let forged = sqlx::query(
        "insert into course_version (id, organisation_id, course_id, number, title, summary, language, published_by)
         values ($1, $2, $3, 77, 'x', '', 'pl', $4)",
    )
    .bind(uuid::Uuid::new_v4())
    .bind(office.id.0)
    .bind(course.id().0)
    .bind(ada.id.0);
    assert!(held(forged.execute(tx.connection()).await, "review_first"));
    drop(tx);

    // Who saved a part of the draft does not approve it, although another one asked.
    save(&ewa.client, &editor, "Tekst Ewy.").await.assert(303);
    ada.client.post(&path, &[]).await.assert(303);
    assert!(matches!(approve(&app, &ewa, &course).await, Err(courses::Error::OwnDraft)));
    approve(&app, &boss, &course).await.unwrap();
    ada.client.post(&page, &[]).await.assert(303);
    ada.client.get(&format!("{HOME}/versions")).await.assert(200).has("Osoba SZEF");
    app.end().await;
}

/// Waits until the newest plan of the course has ended; answers how.
async fn outcome(app: &TestApp, who: &Someone, course: &Taught) -> plan::Outcome {
    for _ in 0..1200 {
        let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
        if let Some(outcome) = plan::newest(&mut tx, course).await.unwrap().unwrap().outcome {
            return outcome;
        }
        drop(tx);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the plan did not end within two minutes");
}

#[tokio::test]
async fn a_plan_publishes_once_at_its_hour_on_the_clock_of_warsaw() {
    let app = TestApp::start().await;
    set_clock(&app, datetime!(2026-10-24 12:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    let path = format!("{HOME}/plan");
    let set = async |day: &str, hour: &str| ada.client.post(&path, &[("day", day), ("hour", hour)]).await;

    for (day, hour) in [("", ""), ("jutro", "rano"), ("2026-02-30", "10:00"), ("2026-12-01", "25:00")] {
        set(day, hour).await.assert(422).has("Wpisz dzień i godzinę");
    }
    set("2026-10-24", "13:00").await.assert(422).has("już minęła");
    set("2029-01-01", "10:00").await.assert(422).has("dwóch lat");
    set("2027-03-28", "02:30").await.assert(422).has("Tej godziny w tym dniu nie ma").has("value=\"02:30\"");

    // An hour that comes twice is its first coming; a second plan takes the place of the first.
    set("2027-01-01", "08:00").await.assert(303);
    set("2026-10-25", "02:30").await.assert(303);
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let at = plan::newest(&mut tx, &course).await.unwrap().unwrap().at;
    assert_eq!(at, datetime!(2026-10-25 00:30 UTC));
    drop(tx);
    ada.client.get(&format!("{HOME}/publish")).await.assert(200).has("25.10.2026, 02:30");

    // Not before; then once, however many workers there are.
    set_clock(&app, datetime!(2026-10-25 00:10 UTC)).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    ada.client.get(&format!("{HOME}/versions")).await.assert(200).has("żadnej wersji");
    let more = app.more_workers();
    set_clock(&app, datetime!(2026-10-25 00:31 UTC)).await;
    assert_eq!(outcome(&app, &ada, &course).await, plan::Outcome::Published);
    more.end().await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    assert_eq!(version::all(&mut tx, &course).await.unwrap().len(), 1);
    drop(tx);
    app.end().await;
}

#[tokio::test]
async fn a_plan_that_cannot_be_kept_is_refused_with_a_letter_and_one_taken_back_does_nothing() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    let (_, editor) = editor(&app, &ada, &course).await;
    let path = format!("{HOME}/plan");
    let now = app.clock.now();
    let tomorrow = app::date::machine_day(now + time::Duration::DAY);
    let form = [("day", tomorrow.as_str()), ("hour", "12:00")];

    ada.client.post(&path, &form).await.assert(303);
    ada.client.post(&format!("{path}/cancel"), &[]).await.assert(303);
    ada.client.post(&format!("{path}/cancel"), &[]).await.assert(303);
    // Published by hand, there is nothing left to plan.
    ada.client.post(&path, &form).await.assert(303);
    ada.client.post(&format!("{HOME}/publish"), &[]).await.assert(303);
    assert_eq!(outcome(&app, &ada, &course).await, plan::Outcome::Cancelled);

    // The draft has a grave finding when the hour comes.
    ada.client.post(&path, &form).await.assert(303);
    save(&ada.client, &editor, "## Cel\n\n#### Za głęboko").await.assert(303);
    set_clock(&app, now + time::Duration::days(2)).await;
    let refused = plan::Outcome::Refused(plan::Refusal::Findings);
    assert_eq!(outcome(&app, &ada, &course).await, refused);
    ada.client.get(&format!("{HOME}/publish")).await.assert(200).has("nie odbyła się");
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    assert_eq!(version::all(&mut tx, &course).await.unwrap().len(), 1);
    let letters: i64 =
        sqlx::query_scalar("select count(*) from job where kind = 'mail' and key like 'plan %'")
            .fetch_one(tx.connection())
            .await
            .unwrap();
    assert_eq!(letters, 1);
    // What has ended stays as it is.
    let again = sqlx::query("update publication_plan set outcome = 'published' where outcome = 'refused'");
    assert!(held(again.execute(tx.connection()).await, "publication_plan_stays"));
    drop(tx);
    app.end().await;
}

#[tokio::test]
async fn two_authors_put_their_texts_together_and_nothing_is_lost() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Początek.\n\nŚrodek.\n\nKoniec.")]).await;
    let (_, editor) = editor(&app, &ada, &course).await;
    let client = &ada.client;
    let revision = client.get(&editor).await.value("revision");
    save(client, &editor, "Początek Ewy.\n\nŚrodek.\n\nKoniec.").await.assert(303);
    let mine = "Początek </textarea> Ady.\r\n\r\nŚrodek.\r\n\r\nKoniec Ady.";
    let form =
        [("title", "Mój tytuł"), ("minutes", "7"), ("text", mine), ("revision", &*revision), ("act", "save")];
    let told = client.post(&editor, &form).await.assert(409);
    let told = told
        .has("<del>Początek Ewy.</del>")
        .has("<ins>Początek &lt;/textarea&gt; Ady.</ins>")
        .has("Miejsce 2")
        .has("Mój: Mój tytuł");
    let now = told.value("revision");
    assert_ne!(now, revision);
    let merge = async |choices: &[(&str, &str)], revision: &str| {
        let mut all = vec![("title", "Mój tytuł"), ("minutes", "7"), ("text", mine), ("revision", revision)];
        all.extend_from_slice(choices);
        client.post(&format!("{editor}/merge"), &all).await
    };
    // Without a choice both stand in it; chosen, one does. Nothing is saved by it.
    let both = merge(&[], &now).await.assert(200).has("Obie treści są połączone");
    both.has("Początek Ewy.\nPoczątek &lt;/textarea&gt; Ady.\n\nŚrodek.").has("Koniec.\nKoniec Ady.");
    let chosen = [("place-0", "theirs"), ("place-1", "mine"), ("keep-title", "theirs"), ("place-99", "x")];
    let one =
        merge(&chosen, &now).await.assert(200).has("Początek Ewy.\n\nŚrodek.\n\nKoniec Ady.</textarea>");
    assert_eq!(one.value("revision"), now);
    one.has("value=\"Lekcja\"").lacks("value=\"Mój tytuł\"");
    client.get(&editor).await.assert(200).has("Początek Ewy.").lacks("Koniec Ady.");

    // Somebody saved a third time: the choices were of another text, so both are shown again.
    save(client, &editor, "Początek Zofii.").await.assert(303);
    merge(&chosen, &now).await.assert(409).has("Początek Zofii.").has("Koniec Ady.");
    merge(&[], "").await.assert(409);
    merge(&[], "99999999999").await.assert(409);
    app.end().await;
}

#[tokio::test]
async fn two_authors_change_the_card_of_a_course_and_the_second_sees_both_before_anything_is_lost() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    let (client, path) = (&ada.client, format!("{HOME}/settings"));
    let change = async |title: &str, summary: &str, revision: &str| -> Page {
        let form = [
            ("title", title),
            ("summary", summary),
            ("language", "pl"),
            ("author", "Biuro"),
            ("listed", "1"),
            ("revision", revision),
        ];
        client.post(&path, &form).await
    };
    let revision = client.get(&path).await.assert(200).value("revision");
    change("Kurs Ewy", "Opis Ewy.", &revision).await.assert(303);
    let told = change("Kurs Ady", "Opis </textarea> Ady.", &revision).await.assert(409);
    let told = told
        .has("Ktoś zapisał tu zmianę przed Tobą")
        .has("Kurs Ewy")
        .has("Opis Ewy.")
        .has("value=\"Kurs Ady\"")
        .has("Opis &lt;/textarea&gt; Ady.");
    let now = told.value("revision");
    assert_ne!(now, revision);
    client.get(&path).await.assert(200).has("value=\"Kurs Ewy\"").has("Opis Ewy.").lacks("Kurs Ady");
    // What is wrong is said first; the form still knows what its person saw.
    let wrong = change("", "Opis Ady.", &revision).await.assert(422).has("Opis Ady.");
    assert_eq!(wrong.value("revision"), revision);
    // Knowing of the other one, the second saves; sent twice it counts once. New sections stand in nobody's way.
    client.post(&format!("{HOME}/sections"), &[("section_title", "Część druga")]).await.assert(303);
    for _ in 0..2 {
        change("Kurs Ady", "Opis Ewy i Ady.", &now).await.assert(303);
    }
    client.get(&path).await.assert(200).has("value=\"Kurs Ady\"").has("Opis Ewy i Ady.");
    change("Kurs Zofii", "", &now).await.assert(409).has("Opis Ewy i Ady.").has("value=\"Kurs Zofii\"");
    // Of eight at once one saves.
    let revision = client.get(&path).await.assert(200).value("revision");
    let titles: Vec<String> = (1..=8).map(|number| format!("Kurs {number}")).collect();
    one_saves(titles.iter().map(|title| change(title, "", &revision))).await;
    app.end().await;
}

#[tokio::test]
async fn two_authors_rename_a_section_and_the_second_sees_both_names() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let section = courses::outline::draft(&mut tx, &course).await.unwrap()[0].id;
    drop(tx);
    let (client, path) = (&ada.client, format!("{HOME}/sections/{section}"));
    let rename = async |title: &str, revision: &str| -> Page {
        client.post(&path, &[("title", title), ("revision", revision)]).await
    };
    let revision = client.get(&path).await.assert(200).value("revision");
    rename("Wstęp Ewy", &revision).await.assert(303);
    let told = rename("Wstęp Ady", &revision).await.assert(409);
    let told =
        told.has("Ktoś zapisał tu zmianę przed Tobą").has("<p>Wstęp Ewy</p>").has("value=\"Wstęp Ady\"");
    let now = told.value("revision");
    assert_ne!(now, revision);
    client.get(HOME).await.assert(200).has("Wstęp Ewy").lacks("Wstęp Ady");
    assert_eq!(rename("", &revision).await.assert(422).value("revision"), revision);
    for _ in 0..2 {
        rename("Wstęp Ady", &now).await.assert(303);
    }
    client.get(HOME).await.assert(200).has("Wstęp Ady").lacks("Wstęp Ewy");
    rename("Trzeci", &now).await.assert(409).has("<p>Wstęp Ady</p>");
    app.end().await;
}

#[tokio::test]
async fn a_course_is_copied_and_a_unit_used_again_hears_of_its_original() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let (ada, ewa) = (office.instructor("ada").await, office.instructor("ewa").await);
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst ![Plan](media/plan.png).")]).await;
    let (unit, editor) = editor(&app, &ada, &course).await;
    let png = [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3];
    let form = Form::new().part("picture", Part::bytes(png.to_vec()).file_name("plan.png"));
    ada.client
        .send(ada.client.request(Method::POST, &format!("{HOME}/pictures")).multipart(form))
        .await
        .assert(303);

    ada.client.get(&format!("{HOME}/copy")).await.assert(200).has("Kurs (kopia)");
    ada.client.post(&format!("{HOME}/copy"), &[("title", " ")]).await.assert(422);
    ada.client.post(&format!("{HOME}/copy"), &[("title", &"x".repeat(201))]).await.assert(422).has("xxx");
    ewa.client.post(&format!("{HOME}/copy"), &[("title", "x")]).await.assert(404);
    let copy =
        ada.client.post(&format!("{HOME}/copy"), &[("title", "Kurs (kopia)")]).await.assert(303).location();
    assert_eq!(copy, "/teaching/kurs-kopia");
    // It can be published as it is: its picture came with it.
    ada.client.post(&format!("{copy}/publish"), &[]).await.assert(303);

    // A unit into another course of one's own, not into somebody else's.
    office.course(&ewa, "Obcy", &[("A", "B")]).await;
    let other = office.course(&ada, "Inny", &[("A", "B")]).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let section = courses::outline::draft(&mut tx, &other).await.unwrap()[0].id;
    drop(tx);
    let reuse = format!("{editor}/reuse");
    ada.client.get(&reuse).await.assert(200).has("Inny: Część pierwsza").lacks("Obcy: Część");
    for target in ["", "inny", "inny x", &format!("obcy {section}"), &format!("kurs {section}"), "nie-ma x"] {
        ada.client.post(&reuse, &[("section", target)]).await.assert(422).has("Wybierz rozdział z listy");
    }
    let target = format!("inny {section}");
    let used = ada.client.post(&reuse, &[("section", &target)]).await.assert(303).location();
    ada.client
        .get(&used)
        .await
        .assert(200)
        .has("Kopia lekcji „Lekcja”")
        .lacks("Oryginał tej lekcji się zmienił");
    ada.client.get("/teaching/inny/pictures").await.assert(200).has("plan.png");

    // The original changes; seen, it is quiet until it changes again.
    save(&ada.client, &editor, "Nowy tekst.").await.assert(303);
    ada.client.get(&used).await.assert(200).has("Oryginał tej lekcji się zmienił");
    ada.client.get(&format!("{used}/origin")).await.assert(200).has("<ins>Nowy tekst.</ins>");
    ada.client.post(&format!("{used}/origin"), &[]).await.assert(303);
    ada.client.get(&used).await.assert(200).lacks("Oryginał tej lekcji się zmienił");
    ada.client.get(&format!("{HOME}/units/{unit}/origin")).await.assert(404);
    app.end().await;
}

#[tokio::test]
async fn a_course_in_several_languages_has_one_progress() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let jan = office.learner("jan").await;
    let course =
        office.course(&ada, "Kurs", &[("Lekcja", "Tekst po polsku."), ("Druga", "Druga po polsku.")]).await;
    let (_, editor) = editor(&app, &ada, &course).await;
    let teacher = &ada.client;
    let (path, all) = (format!("{editor}/languages/uk"), format!("{HOME}/languages"));
    teacher.get(&format!("{HOME}/languages")).await.assert(200).has("brak").has(&path);
    for code in ["pl", "de", "x"] {
        teacher.get(&format!("{editor}/languages/{code}")).await.assert(404);
        teacher
            .post(&format!("{editor}/languages/{code}"), &[("title", "x"), ("text", "x")])
            .await
            .assert(404);
    }
    let original = teacher.get(&path).await.assert(200).has("Tekst po polsku.").value("original");
    let write = async |title: &str, text: &str, revision: &str, follows: &str| {
        let original = teacher.get(&path).await.value("original");
        let form = [
            ("title", title),
            ("text", text),
            ("revision", revision),
            ("original", &*original),
            ("follows", follows),
        ];
        teacher.post(&path, &form).await
    };
    write("", "Текст українською.", "0", "").await.assert(422).has("Текст українською.");
    write("Урок", "", "0", "").await.assert(422);
    write("Урок", &"ї".repeat(200_000), "0", "").await.assert(422);
    write("Урок", "Текст українською.", "0", "").await.assert(303);
    // A second new text is told of the first.
    write("Урок", "Інший текст.", "0", "").await.assert(409).has("Інший текст.").has("Текст українською.");
    teacher.get(&format!("{HOME}/languages")).await.assert(200).has("jest").has("brak");
    office.publish(&ada, &course, &[Target::Person(jan.id)]).await;

    // The learner switches; the progress is of the unit.
    let unit = "/courses/kurs/lekcja";
    jan.client.get(unit).await.assert(200).has("Tekst po polsku.").has("Język lekcji");
    jan.client.post(&format!("{unit}/language"), &[("language", "xx")]).await.assert(404);
    jan.client.post(&format!("{unit}/language"), &[]).await.assert(404);
    jan.client.post(&format!("{unit}/language"), &[("language", "uk")]).await.assert(303);
    jan.client
        .get(unit)
        .await
        .assert(200)
        .has("Текст українською.")
        .has("lang=\"uk\"")
        .lacks("Tekst po polsku.");
    jan.client.post(&format!("{unit}/finish"), &[]).await.assert(303);
    jan.client
        .get("/courses/kurs/druga")
        .await
        .assert(200)
        .has("nie ma jeszcze w tym języku")
        .has("Druga po polsku.");
    jan.client.post(&format!("{unit}/language"), &[("language", "pl")]).await.assert(303);
    jan.client.get("/courses/kurs").await.assert(200).has("1 z 2");

    // The original changes: flagged for the author, and for the learner once that is published.
    save(teacher, &editor, "Zmieniony tekst.").await.assert(303);
    teacher.get(&format!("{HOME}/languages")).await.assert(200).has("oryginał się zmienił");
    write("Урок", "Текст з виправленою комою.", "1", "").await.assert(303);
    teacher.get(&all).await.assert(200).has("oryginał się zmienił");
    office.publish(&ada, &course, &[]).await;
    jan.client.post(&format!("{unit}/language"), &[("language", "uk")]).await.assert(303);
    jan.client.get(unit).await.assert(200).has("może się od niego różnić");
    // A form with the hash of the old original does not make it follow the new one.
    let form = [
        ("title", "Урок"),
        ("text", "Новий."),
        ("revision", "2"),
        ("original", &*original),
        ("follows", "1"),
    ];
    teacher.post(&path, &form).await.assert(303);
    teacher.get(&all).await.assert(200).has("oryginał się zmienił");
    write("Урок", "Новий.", "3", "1").await.assert(303);
    teacher.get(&all).await.assert(200).lacks("oryginał się zmienił");
    teacher.post(&format!("{path}/remove"), &[]).await.assert(303);
    teacher.post(&format!("{path}/remove"), &[]).await.assert(404);
    app.end().await;
}

fn docx(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[tokio::test]
async fn a_document_becomes_units_and_what_was_lost_is_named() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    let (unit, _) = editor(&app, &ada, &course).await;
    let path = format!("{HOME}/document");
    let send = async |name: &str, bytes: Vec<u8>, fields: &[(&'static str, String)]| {
        let mut form = Form::new().part("document", Part::bytes(bytes).file_name(name.to_owned()));
        for (name, value) in fields {
            form = form.text(*name, value.clone());
        }
        ada.client.send(ada.client.request(Method::POST, &path).multipart(form)).await
    };
    ada.client.get(&path).await.assert(200).has("Import z pliku .docx");
    let styles = "<w:styles><w:style w:styleId=\"H1\"><w:name w:val=\"heading 1\"/></w:style></w:styles>";
    let heading = |text: &str| {
        format!("<w:p><w:pPr><w:pStyle w:val=\"H1\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    };
    let body = format!(
        "<w:document><w:body>{}<w:p><w:r><w:t>Treść &lt;script&gt; pierwsza.</w:t></w:r></w:p>{}\
         <w:p><w:r><w:t>Treść druga.</w:t></w:r><w:r><w:footnoteReference/></w:r></w:p></w:body></w:document>",
        heading("Pierwsza"),
        heading("Druga")
    );
    let good =
        docx(&[("word/document.xml", &body), ("word/styles.xml", styles), ("word/vbaProject.bin", "x")]);
    let section = |id: String| vec![("section", id), ("split", "heading".to_owned())];

    send("", Vec::new(), &[]).await.assert(422).has("Wybierz plik .docx");
    send("a.docx", b"%PDF-1.4".to_vec(), &[]).await.assert(422).has("To nie jest plik .docx");
    send("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1".to_vec(), &[]).await.assert(422).has("stary plik .doc");
    let bomb = docx(&[("word/document.xml", "<!DOCTYPE x [<!ENTITY a \"b\">]><w:document>&a;</w:document>")]);
    send("a.docx", bomb, &[]).await.assert(422).has("encji XML");
    send("a.docx", good.clone(), &section(unit.to_string()))
        .await
        .assert(422)
        .has("Wybierz rozdział z listy");
    ada.client.get(HOME).await.assert(200).lacks("Pierwsza</a>");

    let done = send("Mój plik.docx", good.clone(), &[]).await.assert(200);
    done.has("Powstały 2 lekcje.").has("Makra").has("Przypis (1)").has("Pierwsza</a>").has("Druga</a>");
    let draft = ada.client.get(HOME).await.assert(200).has("Pierwsza").has("Druga");
    assert!(draft.text.contains("/units/"), "{}", draft.text);
    // The same again makes other units; as one unit it has the name of the file.
    send("Mój plik.docx", good.clone(), &[]).await.assert(200);
    let one = vec![("split", "one".to_owned())];
    send("Mój plik.docx", good, &one).await.assert(200).has("Powstała 1 lekcja.").has("Mój plik</a>");
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let outline = courses::outline::draft(&mut tx, &course).await.unwrap();
    let units: Vec<_> = outline.iter().flat_map(|section| &section.units).collect();
    assert_eq!(units.len(), 6);
    let text = courses::outline::unit(&mut tx, &course, units[1].id).await.unwrap();
    assert_eq!((text.title.as_str(), text.markdown.as_str()), ("Pierwsza", "Treść \\<script\\> pierwsza.\n"));
    assert_eq!(check::all(&mut tx, &course).await.unwrap().len(), 0);
    assert_eq!(publish::publish(&mut tx, &course).await.unwrap(), 1);
    drop(tx);
    app.end().await;
}

/// An office nearby: nothing of the first one is reachable for its people.
#[tokio::test]
async fn strangers_reach_nothing_of_writing() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    let (unit, _) = editor(&app, &ada, &course).await;
    let other: House<'_> = app.office("inny").await;
    let stranger = other.admin("obcy").await;
    for path in
        ["publish", "reading", "review", "versions", "versions/compare", "copy", "document", "languages"]
    {
        stranger.client.get(&format!("{HOME}/{path}")).await.assert(404);
    }
    for path in ["waivers", "plan", "plan/cancel", "review", "review/rules", "copy"] {
        stranger.client.post(&format!("{HOME}/{path}"), &[]).await.assert(404);
    }
    let unit = format!("{HOME}/units/{unit}");
    stranger.client.post(&format!("{unit}/merge"), &[]).await.assert(404);
    stranger.client.post(&format!("{unit}/reuse"), &[("section", "x")]).await.assert(404);
    stranger.client.post(&format!("{unit}/languages/uk"), &[("title", "x"), ("text", "x")]).await.assert(404);
    app.end().await;
}

#[tokio::test]
async fn the_first_page_says_whose_draft_is_to_be_reviewed_and_which_findings_are_open() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let (ada, ewa, ola) =
        (office.instructor("ada").await, office.instructor("ewa").await, office.instructor("ola").await);
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    let (_, editor) = editor(&app, &ada, &course).await;
    ada.client.post(&format!("{HOME}/teachers"), &[("person", &ewa.id.to_string())]).await.assert(303);
    ada.client.get("/").await.assert(200).lacks("Czeka na Ciebie");
    // A skipped heading is grave; the first page knows it from the saving, and forgets it when it is mended.
    save(&ada.client, &editor, "Wstęp.\n\n#### Za głęboko\n").await.assert(303);
    let open = "1 uwaga do poprawienia przed publikacją: Kurs";
    ada.client
        .get("/")
        .await
        .assert(200)
        .has("Czeka na Ciebie")
        .has(open)
        .has("href=\"/teaching/kurs/publish\"");
    ewa.client.get("/").await.assert(200).has(open);
    ola.client.get("/").await.assert(200).lacks(open);
    save(&ada.client, &editor, "Wstęp.\n").await.assert(303);
    ada.client.get("/").await.assert(200).lacks(open);
    // Waived, it is no longer open.
    save(&ada.client, &editor, "Wstęp.\n\n#### Za głęboko\n").await.assert(303);
    let told = ada.client.get(&format!("{HOME}/publish")).await.assert(200);
    let name = findings(&told).remove(0);
    let form = [("finding", name.as_str()), ("reason", "Tak chce autor dokumentu.")];
    ada.client.post(&format!("{HOME}/waivers"), &form).await.assert(303);
    ada.client.get("/").await.assert(200).lacks(open);
    // A review is asked of the second person, not of the one who asks, and of nobody who does not teach the course.
    ada.client.post(&format!("{HOME}/review"), &[]).await.assert(303);
    let review = "Recenzja szkolenia: Kurs";
    ewa.client.get("/").await.assert(200).has(review).has("href=\"/teaching/kurs/review\"");
    for who in [&ada, &ola] {
        who.client.get("/").await.assert(200).lacks(review);
    }
    approve(&app, &ewa, &course).await.unwrap();
    ewa.client.get("/").await.assert(200).lacks(review);
    // Who wrote at the draft does not approve it, so is not asked either.
    ada.client.post(&format!("{HOME}/review"), &[]).await.assert(303);
    ewa.client.get("/").await.assert(200).has(review);
    save(&ewa.client, &editor, "Tekst ewy.").await.assert(303);
    ewa.client.get("/").await.assert(200).lacks(review);
    app.end().await;
}

//! A course's title and summary in several languages, and what of its films has no captions.

use courses::enrolment::Target;

use crate::harness::{Page, Someone, TestApp, speaks};

const ALL: &str = "/teaching/kurs/languages";

async fn write(who: &Someone, title: &str, summary: &str, revision: &str, follows: &str) -> Page {
    let path = format!("{ALL}/uk");
    let original = who.client.get(&path).await.assert(200).value("original");
    let form = [
        ("title", title),
        ("summary", summary),
        ("revision", revision),
        ("original", &*original),
        ("follows", follows),
    ];
    who.client.post(&path, &form).await
}

#[tokio::test]
async fn a_title_in_the_reader_s_language_stands_wherever_the_course_is_named() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, oksana) = (office.learner("jan").await, office.learner("oksana").await);
    speaks(&app, &oksana, "uk").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    let teacher = &ada.client;

    // Missing at first; the course's own language and languages that are none of ours have no page.
    teacher.get(ALL).await.assert(200).has("Tytuł i opis szkolenia").has("brak").has(&format!("{ALL}/uk"));
    for code in ["pl", "de"] {
        teacher.get(&format!("{ALL}/{code}")).await.assert(404);
        teacher.post(&format!("{ALL}/{code}"), &[("title", "x")]).await.assert(404);
    }
    jan.client.post(&format!("{ALL}/uk"), &[("title", "x")]).await.assert(404);

    // Bad input loses nothing; two who begin at once: the second is told.
    write(&ada, " ", "Про що </textarea> це", "0", "").await.assert(422).has("Про що &lt;/textarea&gt; це");
    write(&ada, &"ї".repeat(201), "", "0", "").await.assert(422);
    write(&ada, "Курс", &"ї".repeat(2001), "0", "").await.assert(422).has("їїї");
    write(&ada, "Курс доступності", "Для всіх.", "0", "").await.assert(303);
    write(&ada, "Інша назва", "", "0", "").await.assert(409).has("Інша назва").has("Курс доступності");
    teacher.get(ALL).await.assert(200).has("jest");

    // A draft only: nobody sees it before it is published, and it is a change to be published.
    office.publish(&ada, &course, &[Target::Everybody]).await;
    write(&ada, "Курс цифрової доступності", "Для всіх.", "1", "1").await.assert(303);
    teacher.get("/teaching/kurs/publish").await.assert(200).has("Opublikuj</button>");
    oksana.client.get("/courses/kurs").await.assert(200).has("Курс доступності").lacks("Курс цифрової");
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    assert!(courses::publish::changes(&mut tx, &course).await.unwrap().unwrap().card);
    drop(tx);
    office.publish(&ada, &course, &[]).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    assert!(courses::publish::changes(&mut tx, &course).await.unwrap().unwrap().is_empty());
    drop(tx);

    // Each reads it in their language: home, catalogue, its search, course page, unit page.
    for path in ["/", "/catalogue", "/courses/kurs", "/courses/kurs/lekcja"] {
        oksana.client.get(path).await.assert(200).has("Курс цифрової доступності");
        jan.client.get(path).await.assert(200).lacks("Курс цифрової").has("Kurs");
    }
    oksana.client.get("/catalogue?q=цифрової").await.assert(200).has("Курс цифрової доступності");
    jan.client.get("/catalogue?q=цифрової").await.assert(200).lacks("/courses/kurs\"");
    // The search finds it by either title, and tells each reader theirs; words of both answer one passage.
    for (who, query, title) in [
        (&oksana, "цифрової", "Курс цифрової доступності"),
        (&oksana, "Kurs", "Курс цифрової доступності"),
        (&jan, "цифрової", ">Kurs</a>"),
        (&jan, "Kurs", ">Kurs</a>"),
    ] {
        let page =
            who.client.get(&format!("/search?q={query}")).await.assert(200).has("href=\"/courses/kurs\"");
        let heading = page.text.split("<h2").nth(1).unwrap().split("</h2>").next().unwrap();
        assert!(heading.contains(title), "{query}: {heading}");
        assert_eq!(
            page.text.matches("<li><p><a href=\"/courses/kurs\"").count(),
            1,
            "{query}: {}",
            page.text
        );
    }
    let found = oksana.client.get("/search?q=цифрової").await.assert(200);
    found.has("<mark>цифрової</mark>").lacks("lang=\"uk\"><mark>");
    jan.client.get("/search?q=цифрової").await.assert(200).has("lang=\"uk\"").has("<mark>цифрової</mark>");
    // Whoever chose to read the course in another language than their pages' is told its title in that.
    jan.client.post("/courses/kurs/lekcja/language", &[("language", "uk")]).await.assert(303);
    jan.client.get("/courses/kurs").await.assert(200).has("Курс цифрової доступності");

    // The certificate keeps the title of the course on paper; the list and the public page tell the reader's beside it.
    oksana.client.post("/courses/kurs/lekcja/finish", &[]).await.assert(303);
    let list = oksana.client.get("/my-certificates").await.assert(200).has("Курс цифрової доступності");
    let page = list.text.split("href=\"/certificates/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = format!("/certificates/{page}");
    // The public page knows nobody: it speaks the language that the browser wishes for.
    oksana.client.post("/language", &[("lang", "uk"), ("back", "/")]).await.assert(303);
    oksana.client.get(&page).await.assert(200).has("Курс цифрової доступності").has(">Kurs</span>");
    jan.client.get(&page).await.assert(200).lacks("Курс цифрової").has("Kurs");

    // The original changes: flagged until the translator says otherwise.
    let form = [("title", "Kurs dostępności"), ("summary", ""), ("language", "pl")];
    teacher.post("/teaching/kurs/settings", &form).await.assert(303);
    teacher.get(ALL).await.assert(200).has("oryginał się zmienił");
    write(&ada, "Курс цифрової доступності", "", "2", "").await.assert(303);
    teacher.get(ALL).await.assert(200).has("oryginał się zmienił");
    write(&ada, "Курс цифрової доступності", "", "3", "1").await.assert(303);
    teacher.get(ALL).await.assert(200).lacks("oryginał się zmienił");

    // A copy has a title of its own, so what came along is flagged.
    teacher.post("/teaching/kurs/copy", &[("title", "Inny kurs")]).await.assert(303);
    teacher.get("/teaching/inny-kurs/languages").await.assert(200).has("oryginał się zmienił");
    teacher.post(&format!("{ALL}/uk/remove"), &[]).await.assert(303);
    teacher.post(&format!("{ALL}/uk/remove"), &[]).await.assert(404);
    app.end().await;
}

#[tokio::test]
async fn films_without_captions_in_a_language_are_named_on_the_page_of_languages() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst."), ("Druga", "Tekst.")]).await;
    ada.client.get(ALL).await.assert(200).lacks("Napisy do filmów");
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, &course).await.unwrap()[0].units[0].id;
    let film = courses::film::of_unit(&mut tx, &course, unit).await.unwrap();
    let vtt = "WEBVTT\n\n00:00.000 --> 00:02.000\nDzień dobry\n";
    video::caption::attach(&mut tx, &film, "pl", "Polski", vtt.as_bytes()).await.unwrap();
    tx.commit().await.unwrap();
    let page = ada.client.get(ALL).await.assert(200).has("Napisy do filmów");
    let table =
        page.text.split("id=\"captions\"").nth(1).unwrap().split("</table>").next().unwrap().to_owned();
    assert_eq!(table.matches("brak").count(), 2, "English and Ukrainian:\n{table}");
    assert_eq!(table.matches("jest").count(), 1, "{table}");
    assert!(!table.contains("Druga"), "only units with a film: {table}");
    ada.client
        .get(&format!("/teaching/kurs/units/{unit}/languages"))
        .await
        .assert(200)
        .has("id=\"captions\"");
    app.end().await;
}

//! Search through its page: in titles, texts and captions; in what one may see and in nothing else; the index as courses change.

use std::path::Path;

use courses::Taught;
use courses::enrolment::Target;
use courses::translation::{self, NewText};
use sqlx::AssertSqlSafe;

use crate::harness::{House, Someone, TestApp, owner, speaks, statements};

async fn list(office: &House<'_>, who: &Someone, course: &Taught) {
    let mut owner = owner(office.app).await;
    sqlx::query("update course set listed = true where id = $1")
        .bind(course.id().0)
        .execute(&mut owner)
        .await
        .unwrap();
    // Listed or not is looked up at each search.
    who.client.get("/catalogue").await.assert(200);
}

/// A film in the first unit of a course, as if it were made, with these captions.
async fn film(office: &House<'_>, who: &Someone, course: &Taught, vtt: &str) -> video::FilmId {
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, course).await.unwrap()[0].units[0].id;
    let film = courses::film::of_unit(&mut tx, course, unit).await.unwrap();
    video::caption::attach(&mut tx, &film, "pl", "polski", vtt.as_bytes()).await.unwrap();
    let id = film.film();
    tx.commit().await.unwrap();
    let mut owner = owner(office.app).await;
    let made = "with made as (update film set state = 'ready', length_ms = 600000, fence = 1 where id = $1 returning id, organisation_id)
                , shown as (insert into rendition (organisation_id, film_id, fence, name, kind, codecs, bandwidth, average_bandwidth, init_key, complete)
                            select organisation_id, id, 1, '240p', 'picture', 'avc1.42c01e', 1000, 1000, 'x', true from made
                            returning organisation_id, film_id)
                insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key)
                select organisation_id, film_id, 1, '240p', 0, 0, 6000, 10, 'y' from shown";
    sqlx::query(made).bind(id.0).execute(&mut owner).await.unwrap();
    id
}

const VTT: &str = "WEBVTT\n\nNOTE hasło w uwadze\n\n1\n00:00:01.000 --> 00:00:04.000\nDzień dobry.\n\n00:02:03.500 --> 00:02:06.000\n\
    <v Ada>Silne hasło\n\n00:02:06.000 --> 00:02:09.000\nma dwanaście znaków &amp; jedną <i>cyfrę</i>.\n";

#[tokio::test]
async fn a_word_is_found_in_texts_titles_and_captions_and_leads_to_its_place() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let text =
        "## O hasłach\n\nPierwsze zdanie. **Haseł** nie zapisujemy na kartce <b>x</b> & już! Trzecie zdanie.";
    let course = office.course(&ada, "Bezpieczeństwo", &[("Poczta", "Nic."), ("Hasła <i>", text)]).await;
    film(&office, &ada, &course, VTT).await;
    jan.client.get("/").await.assert(200).has("action=\"/search\"").has("type=\"search\"");
    office.publish(&ada, &course, &[Target::Everybody]).await;

    let page = jan.client.get("/search?q=has%C5%82o").await.assert(200);
    let page = page.has("/courses/bezpieczenstwo/poczta?t=123#film").has("w filmie, 2:03");
    let page = page.has("Silne <mark>hasło</mark> ma dwanaście znaków &amp; jedną cyfrę.").lacks("uwadze");
    let page = page.has("/courses/bezpieczenstwo/hasla-i\"").has("<mark>Hasła</mark> &lt;i&gt;").lacks("<i>");
    page.has("O <mark>hasłach</mark>").has("value=\"hasło\"");
    // The whole sentence around the word, whatever sign is left out.
    let page = jan.client.get("/search?q=KARTKE").await.assert(200);
    page.has("Haseł nie zapisujemy na <mark>kartce</mark>").lacks("Trzecie").lacks("Pierwsze");
    jan.client.get("/search?q=bezpieczenstwo").await.assert(200).has("<mark>Bezpieczeństwo</mark>");
    jan.client.get("/search?q=dwana%C5%9Bcie+cyfra+has%C5%82o").await.assert(200).has("?t=123#film");
    jan.client.get("/search?q=has%C5%82o+rower").await.assert(200).has("Nie znaleziono niczego");
    // A slip of the pen finds what looks like it, and says so.
    jan.client
        .get("/search?q=bezpeczenstwo")
        .await
        .assert(200)
        .has("Pokazujemy podobne")
        .has("Bezpieczeństwo");
    // The film begins at the second.
    jan.client.get("/courses/bezpieczenstwo/poczta?t=123").await.assert(200).has("data-begin=\"123000\"");
    jan.client.get("/courses/bezpieczenstwo/poczta?t=x").await.assert(200).has("data-begin=\"0\"");
    app.end().await;
}

/// Forms that share no beginning are known by the dictionary alone: without it `psa` finds neither `pies` nor `psy`.
#[tokio::test]
async fn a_polish_word_is_found_in_a_form_that_begins_otherwise() {
    let folders = ["/usr/share/hunspell", "/usr/share/myspell", "/usr/share/myspell/dicts"];
    if !folders.iter().any(|folder| Path::new(folder).join("pl_PL.dic").exists()) {
        eprintln!(
            "NOT TRIED: this machine has no Polish dictionary. Install hunspell-pl; `cargo xtask test` does."
        );
        return;
    }
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let units = [
        ("Jeden", "Do urzędu wchodzi pies asystujący."),
        ("Wiele", "Psy czekają przed drzwiami."),
        ("Inne", "Piesi mają pierwszeństwo."),
    ];
    let course = office.course(&ada, "Przewodnik", &units).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    let page = jan.client.get("/search?q=psa").await.assert(200);
    let page = page.has("/courses/przewodnik/jeden\"").has("wchodzi <mark>pies</mark> asystujący");
    page.has("<mark>Psy</mark> czekają").lacks("<mark>Piesi</mark>").lacks("Pokazujemy podobne");
    app.end().await;
}

#[tokio::test]
async fn nobody_finds_what_they_may_not_see() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, ewa) = (office.instructor("ada").await, office.instructor("ewa").await);
    let (jan, ola, boss) =
        (office.learner("jan").await, office.learner("ola").await, office.admin("szef").await);
    let secret = office.course(&ada, "Skrytka Alfa", &[("Lekcja", "Tajemnica alfa.")]).await;
    office.publish(&ada, &secret, &[Target::Person(jan.id)]).await;
    let draft = office.course(&ada, "Skrytka Beta", &[("Lekcja", "Tajemnica beta.")]).await;
    let other = app.office("inny").await;
    let (obcy, wladny) = (other.learner("obcy").await, other.admin("wladny").await);
    let theirs = other.instructor("uczy").await;
    let foreign = other.course(&theirs, "Skrytka Gamma", &[("Lekcja", "Tajemnica gamma.")]).await;
    other.publish(&theirs, &foreign, &[Target::Everybody]).await;

    let sees = async |who: &Someone, expected: &[&str]| {
        for query in ["tajemnica", "skrytka", "tajemnice"] {
            let page = who.client.get(&format!("/search?q={query}")).await.assert(200);
            for name in ["Alfa", "Beta", "Gamma", "alfa", "beta", "gamma"] {
                let shown = expected.contains(&name.to_lowercase().as_str());
                let inside = page.text.contains(&format!("Skrytka {name}"))
                    || page.text.contains(&format!(" {name}."));
                assert!(!inside || shown, "{}: {name} at {query}", who.login);
                if shown && query == "skrytka" {
                    assert!(
                        page.text
                            .to_lowercase()
                            .contains(&format!("/courses/skrytka-{}", name.to_lowercase())),
                        "{}",
                        who.login
                    );
                }
            }
        }
    };
    sees(&jan, &["alfa"]).await;
    sees(&ola, &[]).await;
    sees(&ada, &["alfa"]).await;
    sees(&ewa, &[]).await;
    sees(&boss, &["alfa"]).await;
    sees(&obcy, &["gamma"]).await;
    sees(&wladny, &["gamma"]).await;
    // In the catalogue it is there for the whole office, and for nobody else.
    list(&office, &ada, &secret).await;
    sees(&ola, &["alfa"]).await;
    sees(&obcy, &["gamma"]).await;
    // Words that look alike are no way around.
    ola.client.get("/search?q=gamna").await.assert(200).lacks("amma");
    app.visitor().get("/search?q=alfa").await.assert(303);
    drop(draft);
    app.end().await;
}

/// Writes the first unit of a course in another language.
async fn translate(app: &TestApp, who: &Someone, course: &Taught, language: &str, said: (&str, &str, i32)) {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, course).await.unwrap()[0].units[0].id;
    let unit = courses::outline::unit(&mut tx, course, unit).await.unwrap();
    let text = NewText { title: said.0.into(), markdown: said.1.into(), revision: said.2, follows: None };
    translation::save(&mut tx, course, &unit, language, &text).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn who_reads_in_another_language_finds_units_by_the_words_of_that_text() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, oksana) = (office.learner("jan").await, office.learner("oksana").await);
    speaks(&app, &oksana, "uk").await;
    let course =
        office.course(&ada, "Kurs", &[("Odpady", "Śmieci w PDF zabieramy."), ("Opłaty", "Tekst.")]).await;
    translate(&app, &ada, &course, "uk", ("Відходи", "Сміття у PDF забираємо щовівторка.", 0)).await;
    translate(&app, &ada, &course, "en", ("Waste", "Rubbish is collected.", 0)).await;
    let finds = async |who: &Someone, query: &str, expected: &[&str]| {
        let page = who.client.get(&format!("/search?q={query}")).await.assert(200);
        for title in ["Odpady", "Відходи", "Waste"] {
            let shown = page.text.contains(title);
            assert_eq!(shown, expected.contains(&title), "{}: {query}: {title}\n{}", who.login, page.text);
        }
        let links = page.text.matches("href=\"/courses/kurs/odpady\"").count();
        assert_eq!(links, usize::from(!expected.is_empty()), "{query}");
        page
    };
    // A draft is nobody's to find.
    office.publish(&ada, &course, &[]).await;
    let before = "щопонеділка";
    translate(&app, &ada, &course, "uk", ("Відходи", "Сміття у PDF забираємо щопонеділка.", 1)).await;
    finds(&oksana, "сміття", &[]).await;
    // Of a course that is published and that one may see, the version that is published.
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    for target in [Target::Person(jan.id), Target::Person(oksana.id)] {
        courses::enrolment::add(&mut tx, &course, target).await.unwrap();
    }
    tx.commit().await.unwrap();
    finds(&oksana, before, &[]).await;
    let page = finds(&oksana, "щовівторка", &["Відходи"]).await;
    page.has("Сміття у PDF забираємо <mark>щовівторка</mark>.").lacks("lang=\"uk\"><mark>");
    finds(&oksana, "відходи", &["Відходи"]).await;
    // A word of both texts answers the unit once, in the reader's language; words of the original alone find it as ever.
    finds(&oksana, "PDF", &["Відходи"]).await;
    finds(&oksana, "śmieci", &["Odpady"]).await.has("lang=\"pl\"");
    finds(&oksana, "rubbish", &[]).await;
    finds(&jan, "PDF", &["Odpady"]).await;
    finds(&jan, "сміття", &[]).await;
    // Whoever chose to read the course in a language finds it by that, whatever the language of their pages.
    jan.client.post("/courses/kurs/odpady/language", &[("language", "en")]).await.assert(303);
    finds(&jan, "rubbish", &["Waste"]).await.has("lang=\"en\"").has("<mark>Rubbish</mark> is collected.");
    finds(&jan, "сміття", &[]).await;

    // The next version takes the place of the last, and what is put away is gone.
    office.publish(&ada, &course, &[]).await;
    finds(&oksana, before, &["Відходи"]).await;
    finds(&oksana, "щовівторка", &[]).await;
    let stranger = app.office("inny").await.learner("ola").await;
    speaks(&app, &stranger, "uk").await;
    finds(&stranger, before, &[]).await;
    let sent = statements(&oksana.client, "/search?q=PDF").await;
    assert!(sent.len() <= 6, "{}: {sent:#?}", sent.len());
    ada.client.post("/teaching/kurs/archive", &[]).await.assert(303);
    finds(&oksana, before, &[]).await;
    app.end().await;
}

#[tokio::test]
async fn the_index_follows_what_is_published() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Stary konspekt.")]).await;
    let film = film(&office, &ada, &course, VTT).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    let finds = async |query: &str, expected: bool| {
        let page = jan.client.get(&format!("/search?q={query}")).await.assert(200);
        assert_eq!(page.text.contains("<mark>"), expected, "{query}");
    };
    finds("konspekt", true).await;
    // A draft is nobody's to find.
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, &course).await.unwrap()[0].units[0].id;
    let text =
        courses::outline::UnitText { title: "Lekcja".into(), minutes: 5, markdown: "Nowy regulamin.".into() };
    courses::outline::save_unit(&mut tx, &course, unit, 2, &text).await.unwrap();
    tx.commit().await.unwrap();
    finds("regulamin", false).await;
    office.publish(&ada, &course, &[]).await;
    finds("regulamin", true).await;
    finds("konspekt", false).await;
    // Captions count at once, as the player shows them at once.
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let editable = courses::film::for_editing(&mut tx, &course, film).await.unwrap();
    let vtt = "WEBVTT\n\n999:59:59.000 --> 999:59:59.900\nEkwilibrystyka\n";
    video::caption::attach(&mut tx, &editable, "pl", "polski", vtt.as_bytes()).await.unwrap();
    tx.commit().await.unwrap();
    finds("ekwilibrystyka", true).await;
    finds("has%C5%82o", false).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    video::caption::detach(&mut tx, &editable, "pl").await.unwrap();
    tx.commit().await.unwrap();
    finds("ekwilibrystyka", false).await;
    // A question is text to the database, however it looks.
    for query in [
        "%27",
        "%27%29+%7C+%27a",
        "a%3A%2A",
        "%26%26%26",
        "%21kurs",
        "%00",
        "%F0%9F%98%80",
        "%5C",
        "kurs%27%3A%3A",
    ] {
        let status = jan.client.get(&format!("/search?q={query}")).await.status.as_u16();
        assert_eq!(status, if query == "%00" { 400 } else { 200 }, "{query}");
    }
    jan.client.get("/search").await.assert(200).lacks("Nie znaleziono");
    jan.client.get(&format!("/search?q={}", "kurs+".repeat(1000))).await.assert(200);
    // Archived, it is gone.
    ada.client.post("/teaching/kurs/archive", &[]).await.assert(303);
    finds("regulamin", false).await;
    let mut owner = owner(&app).await;
    let left: i64 =
        sqlx::query_scalar("select count(*) from search_passage").fetch_one(&mut owner).await.unwrap();
    assert_eq!(left, 0);
    app.end().await;
}

/// The plan of the statement that finds, beside thousands of passages: by the index, not by reading them all.
#[tokio::test]
async fn the_cost_does_not_grow_with_the_courses() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Wyjątkowo.")]).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    let mut owner = owner(&app).await;
    let fill = "insert into search_passage (organisation_id, course_id, kind, unit_id, title, text, words)
                select organisation_id, course_id, 'unit', gen_random_uuid(), 'T', 'x', to_tsvector('simple', 'slowo' || n || ' wspolne')
                from search_passage cross join generate_series(1, 20000) n where kind = 'course'";
    sqlx::query(fill).execute(&mut owner).await.unwrap();
    sqlx::query("vacuum analyze search_passage").execute(&mut owner).await.unwrap();
    let plan: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
        "explain select * from search_passage p where p.organisation_id = '{}' and p.words @@ '''wyjat'':*'::tsquery",
        office.id
    )))
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert!(plan.join("\n").contains("search_passage_words"), "{plan:#?}");
    ada.client.get("/search?q=wyj%C4%85tkowo").await.assert(200).has("<mark>Wyjątkowo</mark>");
    // A word that stands everywhere is answered as well, and only so much of it.
    let page = ada.client.get("/search?q=wspolne").await.assert(200);
    assert!(page.text.len() < 100_000, "{}", page.text.len());
    app.end().await;
}

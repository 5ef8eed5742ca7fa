//! Courses through their pages, as browsers without script: writing, publishing, taking, following.

use courses::Taught;
use courses::enrolment::Target;
use reqwest::Method;
use reqwest::multipart::{Form, Part};

use crate::harness::{Client, Page, Someone, TestApp, owner};

async fn program() -> TestApp {
    TestApp::start_with(|config| config.workers = 0).await
}

/// The part of a page between two marks.
#[track_caller]
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let rest = text.split_once(from).unwrap_or_else(|| panic!("{from:?} is not in:\n{text}")).1;
    rest.split_once(to).unwrap_or_else(|| panic!("{to:?} does not follow {from:?}")).0
}

/// The value of a hidden field.
#[track_caller]
fn hidden(page: &Page, name: &str) -> String {
    between(&page.text, &format!("name=\"{name}\" value=\""), "\"").to_owned()
}

async fn attach(
    client: &Client,
    path: &str,
    file: (&str, &str, Vec<u8>),
    fields: &[(&'static str, &'static str)],
) -> Page {
    let (field, name, bytes) = file;
    let mut form = Form::new();
    for (name, value) in fields {
        form = form.text(*name, *value);
    }
    form = form.part(field.to_owned(), Part::bytes(bytes).file_name(name.to_owned()));
    client.send(client.request(Method::POST, path).multipart(form)).await
}

/// The smallest picture that there is.
fn picture() -> Vec<u8> {
    [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a]
        .into_iter()
        .chain(*b"the rest does not matter here")
        .collect()
}

#[tokio::test]
async fn a_course_goes_from_an_empty_form_to_a_finished_learner() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let jan = office.learner("jan").await;
    let group = office.group("Redaktorzy", &[&jan]).await;
    let teacher = &ada.client;

    // A course from its title alone; its address is made of it.
    teacher.get("/teaching").await.assert(200).has("Nie prowadzisz jeszcze");
    teacher
        .post("/teaching/new", &[("title", " "), ("summary", "Opis <b>")])
        .await
        .assert(422)
        .has("Opis &lt;b&gt;");
    let made = teacher
        .post("/teaching/new", &[("title", "Dostępność cyfrowa"), ("language", "pl")])
        .await
        .assert(303);
    assert_eq!(made.location(), "/teaching/dostepnosc-cyfrowa");
    let home = "/teaching/dostepnosc-cyfrowa";
    jan.client.get("/courses/dostepnosc-cyfrowa").await.assert(404);
    jan.client.get(home).await.assert(404);

    // Two units with Markdown.
    teacher.post(&format!("{home}/units"), &[("unit_title", "")]).await.assert(422).has("Wypełnij to pole.");
    let first =
        teacher.post(&format!("{home}/units"), &[("unit_title", "Wstęp")]).await.assert(303).location();
    let second =
        teacher.post(&format!("{home}/units"), &[("unit_title", "Kontrast")]).await.assert(303).location();
    let text = "## Po co\n\nTekst z przypisem[^1].\n\n| A | B |\n| --- | --- |\n| 1 | 2 |\n\n<script>alert(1)</script>\n\n[^1]: Przypis.";
    let save = |path: String, title: &'static str| async move {
        teacher
            .post(
                &path,
                &[("title", title), ("minutes", "5"), ("text", text), ("revision", "1"), ("act", "save")],
            )
            .await
    };
    save(first.clone(), "Wstęp").await.assert(303);
    save(second.clone(), "Kontrast").await.assert(303);
    teacher
        .get(&first)
        .await
        .assert(200)
        .has("## Po co")
        .has("&lt;script&gt;alert(1)")
        .lacks("<script>alert(1)");

    // A picture, captioned by its author, and the same name again in its place.
    attach(teacher, &format!("{home}/pictures"), ("picture", "x.png", b"<svg/>".to_vec()), &[])
        .await
        .assert(422)
        .has("To nie jest obraz");
    attach(teacher, &format!("{home}/pictures"), ("picture", "Łąka 1.PNG", picture()), &[]).await.assert(303);
    let pictures = teacher.get(&format!("{home}/pictures")).await.assert(200).has("(media/laka-1.png)");
    let address = between(&pictures.text, "src=\"", "\"").to_owned();

    // Before publishing: what will change; then people, then the act itself.
    teacher
        .get(&format!("{home}/publish"))
        .await
        .assert(200)
        .has("To będzie pierwsza wersja")
        .has("znaczniki HTML");
    teacher
        .post(&format!("{home}/people"), &[("target", "")])
        .await
        .assert(422)
        .has("Wybierz z listy, kogo zapisać.");
    teacher
        .post(&format!("{home}/people"), &[("person", "nikt <x>")])
        .await
        .assert(422)
        .has("nikt &lt;x&gt;");
    teacher.post(&format!("{home}/people"), &[("target", &format!("group {group}"))]).await.assert(303);
    teacher.get(&format!("{home}/people")).await.assert(200).has("Redaktorzy").has("Zapisana jest 1 osoba");
    jan.client.get("/").await.assert(200).lacks("Dostępność cyfrowa");
    teacher.post(&format!("{home}/publish"), &[]).await.assert(303);
    teacher.get(home).await.assert(200).has("Opublikowane");

    // The learner: home page, course, unit, done, done.
    let learner = &jan.client;
    learner
        .get("/")
        .await
        .assert(200)
        .has("Dostępność cyfrowa")
        .has("Zacznij od lekcji: Wstęp")
        .has("0%, ukończone lekcje: 0 z 2");
    learner.get("/courses/dostepnosc-cyfrowa").await.assert(200).has("Spis lekcji").has("nierozpoczęta");
    let unit = learner.get("/courses/dostepnosc-cyfrowa/wstep").await.assert(200);
    let unit = unit.has("<table>").has("footnote-definition").lacks("<script>alert");
    assert!(unit.text.len() < 30_000, "{} bytes", unit.text.len());
    assert_eq!(learner.get(&address).await.assert(200).header("content-type"), "image/png");
    learner.get("/").await.assert(200).has("Wróć do lekcji: Wstęp");
    let next = learner.post("/courses/dostepnosc-cyfrowa/wstep/finish", &[]).await.assert(303).location();
    assert_eq!(next, "/courses/dostepnosc-cyfrowa/kontrast");
    learner.get(&next).await.assert(200).has("Lekcja ukończona.");
    learner.post("/courses/dostepnosc-cyfrowa/wstep/reopen", &[]).await.assert(303);
    learner.get("/").await.assert(200).has("0%, ukończone lekcje: 0 z 2");
    learner.post("/courses/dostepnosc-cyfrowa/wstep/finish", &[]).await.assert(303);
    let end = learner.post("/courses/dostepnosc-cyfrowa/kontrast/finish", &[]).await.assert(303).location();
    learner.get(&end).await.assert(200).has("Szkolenie ukończone").has("100%, ukończone lekcje: 2 z 2");
    learner.get("/").await.assert(200).has("Wszystkie Twoje szkolenia są ukończone.");
    // What is finished stays finished, in a tab from before as well.
    let stays = learner.post("/courses/dostepnosc-cyfrowa/kontrast/reopen", &[]).await.assert(303).location();
    learner.get(&stays).await.assert(200).has("Ukończenie zostało zapisane").lacks("kontrast/reopen");
    learner.get("/").await.assert(200).has("Wszystkie Twoje szkolenia są ukończone.");

    // The teacher sees it, on the page and as a table for a spreadsheet.
    teacher
        .get(&format!("{home}/progress"))
        .await
        .assert(200)
        .has("JAN Osoba")
        .has("2 z 2 lekcji")
        .has("Kontrast");
    let csv = teacher.get(&format!("{home}/progress.csv")).await.assert(200);
    assert!(csv.header("content-disposition").starts_with("attachment"), "{:?}", csv.headers);
    csv.has("\"JAN Osoba\";\"\";\"2\";\"2\";\"100\";\"Kontrast\"");
    learner.get(&format!("{home}/progress")).await.assert(403);
    app.end().await;
}

#[tokio::test]
async fn many_learners_are_read_a_hundred_at_a_time_and_counted_in_full() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let jan = office.learner("jan").await;
    let course = office.course(&ada, "Kurs liczny", &[("Lekcja", "Tekst.")]).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    jan.client.post("/courses/kurs-liczny/lekcja/finish", &[]).await.assert(303);
    let many = "insert into person (id, organisation_id, login, given_name, family_name)
                select gen_random_uuid(), $1, 'osoba' || n, 'Osoba', 'Nr ' || to_char(n, 'FM000') from generate_series(1, 103) n";
    sqlx::query(many).bind(office.id.0).execute(&mut owner(&app).await).await.unwrap();
    // Ada, Jan and 98 of those; the other five on the next page.
    let first = ada.client.get("/teaching/kurs-liczny/progress").await.assert(200);
    let first = first
        .has("105 uczestników, szkolenie ukończyło: 1.")
        .has("ADA Osoba")
        .has("JAN Osoba")
        .has("1 z 1 lekcji");
    first.has("Nr 098 Osoba").lacks("Nr 099 Osoba").has("page=2\"");
    let second = ada.client.get("/teaching/kurs-liczny/progress?page=2").await.assert(200);
    let second = second.has("105 uczestników").has("Nr 099 Osoba").has("Nr 103 Osoba");
    second.lacks("Nr 098 Osoba").lacks("page=3").has("page=1\"");
    // An address that names no page is the start.
    ada.client.get("/teaching/kurs-liczny/progress?page=x").await.assert(200).has("ADA Osoba");
    let csv = ada.client.get("/teaching/kurs-liczny/progress.csv").await.assert(200);
    csv.has("\"Nr 001 Osoba\"").has("\"Nr 103 Osoba\"").has("\"JAN Osoba\"");
    app.end().await;
}

async fn small_course(app: &TestApp, author: &Someone, slug: &str) -> (Taught, String) {
    let house =
        crate::harness::House { app, id: author.actor.organisation().unwrap(), slug: slug.to_owned() };
    let course = house.course(author, "Kurs próbny", &[("Wstęp", "Pierwsza treść.")]).await;
    let mut tx = app.ground.db.begin(&author.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, &course).await.unwrap()[0].units[0].id;
    (course, format!("/teaching/kurs-probny/units/{unit}"))
}

#[tokio::test]
async fn the_second_of_two_tabs_is_told_and_nothing_is_lost() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (_, editor) = small_course(&app, &ada, "brzozow").await;
    let (first, second) = (ada.client.get(&editor).await, ada.client.get(&editor).await);
    let save = async |page: &Page, text: &str| {
        let revision = hidden(page, "revision");
        ada.client
            .post(&editor, &[("title", "Wstęp"), ("text", text), ("revision", &revision), ("act", "save")])
            .await
    };
    save(&first, "Tekst pierwszej karty.").await.assert(303);
    let told = save(&second, "Tekst </textarea>drugiej karty.").await.assert(409);
    let told = told
        .has("Ktoś zapisał tę lekcję przed Tobą")
        .has("Tekst pierwszej karty.")
        .has("Tekst &lt;/textarea&gt;drugiej karty.");
    // What the conflict page holds can be saved as it is.
    save(&told, "Tekst obu kart.").await.assert(303);
    ada.client.get(&editor).await.assert(200).has("Tekst obu kart.");
    app.end().await;
}

#[tokio::test]
async fn what_cannot_be_saved_comes_back_with_its_sentence_and_all_that_was_typed() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (_, editor) = small_course(&app, &ada, "brzozow").await;
    let send = async |minutes: &str, text: &str, act: &str| {
        let form =
            [("title", "Nowy tytuł"), ("minutes", minutes), ("text", text), ("revision", "2"), ("act", act)];
        ada.client.post(&editor, &form).await
    };
    send("dużo", "Zostaje.", "save")
        .await
        .assert(422)
        .has("Wpisz liczbę minut")
        .has("value=\"dużo\"")
        .has("Zostaje.");
    let long = "ą".repeat(2 << 20);
    send("1", &long, "save").await.assert(422).has("Treść jest za długa").has("ąąąą");
    send("1", &"> ".repeat(10_000), "preview").await.assert(200).has("zagnieżdżony zbyt głęboko");
    // The preview without script: rendered above the form, and nothing is saved.
    let hostile =
        "## Nagłówek\n\n[zły](javascript:alert(1)) <iframe src=//x></iframe>\n\n![](media/nie-ma.png)";
    let seen = send("1", hostile, "preview").await.assert(200);
    let seen = seen
        .has("<h2 id=\"naglowek\">Nagłówek</h2>")
        .has("Nowy tytuł")
        .has("Wiersz 3")
        .lacks("<iframe")
        .lacks("href=\"javascript");
    assert_eq!(hidden(&seen, "revision"), "2");
    ada.client.get(&editor).await.assert(200).has("Pierwsza treść.").lacks("Nowy tytuł");
    // The fragment that the island asks for.
    let fragment = ada.client.post("/teaching/kurs-probny/preview", &[("text", hostile)]).await.assert(200);
    assert!(!fragment.text.contains("<html"), "{}", fragment.text);
    fragment.has("<h2 id=\"naglowek\">Nagłówek</h2>").lacks("<iframe").lacks("javascript:alert(1)\"");
    app.end().await;
}

#[tokio::test]
async fn captions_are_refused_with_the_line_and_a_film_that_is_not_there_stops_publishing() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (_, editor) = small_course(&app, &ada, "brzozow").await;
    let film = format!("{editor}/film");
    ada.client.get(&film).await.assert(200).has("Dodaj film");
    ada.client.post(&film, &[]).await.assert(303);
    ada.client.get(&film).await.assert(200).has("data-component=\"FilmUpload").has("Film nie ma napisów");
    ada.client
        .post("/teaching/kurs-probny/publish", &[])
        .await
        .assert(422)
        .has("nie można jeszcze opublikować");

    let captions = format!("{editor}/captions");
    let send = async |text: &[u8]| {
        let fields = [("language", "pl"), ("label", "Polskie <b>")];
        attach(&ada.client, &captions, ("vtt", "napisy.vtt", text.to_vec()), &fields).await
    };
    send(b"").await.assert(422).has("Wybierz plik z napisami.").has("Polskie &lt;b&gt;");
    send(b"Dzie\xc5\x84 dobry").await.assert(422).has("To nie jest plik WebVTT ani SRT");
    send(b"1\n00:00:02,000 --> 00:00:01,000\nSRT").await.assert(422).has("Wiersz 2: napis kończy się");
    send(b"WEBVTT\n\n00:01,000 --> 00:02.000\nx\n")
        .await
        .assert(422)
        .has("Wiersz 3: nie da się odczytać czasu");
    send(b"WEBVTT\n\n00:02.000 --> 00:01.000\nx\n").await.assert(422).has("Wiersz 3: napis kończy się");
    send(b"\xff\xfe\x00").await.assert(422).has("UTF-8");
    send(&b"WEBVTT\n\n".repeat(400_000)).await.assert(422).has("większy niż 2 MB");
    send("WEBVTT\n\n00:01.000 --> 00:02.000\nDzień dobry\n".as_bytes()).await.assert(303);
    ada.client.get(&film).await.assert(200).has("Dołączone napisy").lacks("Film nie ma napisów");

    // The plain form of a film: nothing at all, and something that is taken.
    let plain = format!("{film}/plain");
    let fields = [("film", "not the file")];
    attach(&ada.client, &plain, ("film", "", Vec::new()), &fields)
        .await
        .assert(422)
        .has("Wybierz plik z filmem");
    attach(&ada.client, &plain, ("film", "wyklad.mp4", vec![7; 9 << 20]), &fields).await.assert(303);
    ada.client.get(&film).await.assert(200).has("Film czeka w kolejce.").has("Przerwij przygotowanie");
    attach(&ada.client, &plain, ("film", "wyklad.mp4", vec![7; 100]), &fields)
        .await
        .assert(422)
        .has("jest w przygotowaniu");
    ada.client.post(&format!("{film}/cancel"), &[]).await.assert(303);
    ada.client.get(&film).await.assert(200).has("Możesz je zacząć ponownie").has("Spróbuj ponownie");
    ada.client.get(&format!("{film}/remove")).await.assert(200).has("Usunąć film z lekcji");
    ada.client.post(&format!("{film}/remove"), &[]).await.assert(303);
    ada.client.post("/teaching/kurs-probny/publish", &[]).await.assert(303);
    app.end().await;
}

#[tokio::test]
async fn a_listed_course_can_be_joined_and_what_is_put_away_disappears() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let jan = office.learner("jan").await;
    let (course, _) = small_course(&app, &ada, "brzozow").await;
    jan.client.post("/courses/kurs-probny/join", &[]).await.assert(404);
    let card = [("title", "Kurs próbny"), ("language", "pl"), ("listed", "1")];
    ada.client.post("/teaching/kurs-probny/settings", &card).await.assert(303);
    office.publish(&ada, &course, &[]).await;
    jan.client.get("/catalogue").await.assert(200).has("Kurs próbny");
    jan.client
        .get("/catalogue?q=PR%C3%93BNY+kurs")
        .await
        .assert(200)
        .has("Kurs próbny")
        .lacks("Nie znaleziono");
    for foreign in ["%25", "_", "%5C", "nie+ma", "%3Cscript%3E"] {
        let page = jan.client.get(&format!("/catalogue?q={foreign}")).await.assert(200);
        page.has("Nie znaleziono takiego szkolenia").lacks("Kurs próbny").lacks("<script>%");
    }
    // Thirty to a page, by title.
    let mut owner = owner(&app).await;
    for sql in [
        "create temporary table many as select gen_random_uuid() as id, gen_random_uuid() as version, n from generate_series(1, 40) n",
        "insert into course (id, organisation_id, slug, title, state, listed, created_by)
           select m.id, c.organisation_id, 'seria-' || m.n, 'Seria', 'published', true, c.created_by from many m cross join course c",
        "insert into course_version (id, organisation_id, course_id, number, title, summary, language, published_by)
           select m.version, c.organisation_id, m.id, 1, 'Seria ' || m.n, '', 'pl', c.created_by from many m join course c on c.id = m.id",
        "insert into version_unit (organisation_id, version_id, unit_id, position, section_title, slug, title, minutes, markdown, html)
           select u.organisation_id, m.version, u.id, 1, '', 'wstep', 'Wstęp', 1, '', '' from many m cross join unit u",
        "update course c set published_version_id = m.version from many m where m.id = c.id",
    ] {
        sqlx::query(sql).execute(&mut owner).await.unwrap();
    }
    let first = jan.client.get("/catalogue").await.assert(200).has("Kurs próbny").has("Następne szkolenia");
    let next = first.text.split("rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    let second = jan.client.get(&next).await.assert(200).lacks("Następne szkolenia").has("Początek katalogu");
    let titles = |page: &Page| page.text.matches("href=\"/courses/seria-").count();
    assert_eq!((titles(&first), titles(&second)), (29, 11));
    jan.client
        .get("/catalogue?q=seria+7")
        .await
        .assert(200)
        .has("seria-7\"")
        .has("seria-37\"")
        .lacks("seria-8\"");
    jan.client.get("/courses/kurs-probny").await.assert(200).has("Zapisz się").lacks("wstep");
    let page = jan.client.get("/courses/kurs-probny/wstep").await.assert(303);
    assert_eq!(page.location(), "/courses/kurs-probny");
    jan.client.post("/courses/kurs-probny/wstep/finish", &[]).await.assert(403);
    jan.client.post("/courses/kurs-probny/join", &[]).await.assert(303);
    jan.client.get("/courses/kurs-probny/wstep").await.assert(200).has("Pierwsza treść.");
    ada.client.post("/teaching/kurs-probny/archive", &[]).await.assert(303);
    jan.client.get("/courses/kurs-probny").await.assert(404);
    jan.client.get("/courses/kurs-probny/wstep").await.assert(404);
    ada.client.post("/teaching/kurs-probny/restore", &[]).await.assert(303);
    jan.client.get("/courses/kurs-probny/wstep").await.assert(200);
    app.end().await;
}

#[tokio::test]
async fn the_draft_is_put_in_order_and_learners_see_it_only_once_it_is_published() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let jan = office.learner("jan").await;
    let (course, editor) = small_course(&app, &ada, "brzozow").await;
    office.publish(&ada, &course, &[Target::Person(jan.id)]).await;
    let unit = editor.rsplit('/').next().unwrap();
    let other = ada
        .client
        .post("/teaching/kurs-probny/units", &[("unit_title", "Druga")])
        .await
        .assert(303)
        .location();
    let save = [("title", "Druga"), ("text", "Nowa treść."), ("revision", "1"), ("act", "save")];
    ada.client.post(&other, &save).await.assert(303);
    ada.client
        .post("/teaching/kurs-probny/outline", &[("act", &format!("unit down {unit}"))])
        .await
        .assert(303);
    let draft = ada.client.get("/teaching/kurs-probny").await.assert(200).has("szkic ma zmiany");
    assert!(draft.text.find("Druga").unwrap() < draft.text.find(">Wstęp<").unwrap(), "{}", draft.text);
    ada.client.get("/teaching/kurs-probny/publish").await.assert(200).has("Nowa lekcja: Druga");
    jan.client.get("/courses/kurs-probny").await.assert(200).lacks("Druga");
    ada.client.get(&format!("{editor}/remove")).await.assert(200).has("Usunąć lekcję „Wstęp”?");
    ada.client.post(&format!("{editor}/remove"), &[]).await.assert(303);
    jan.client.get("/courses/kurs-probny/wstep").await.assert(200);
    ada.client.post("/teaching/kurs-probny/publish", &[]).await.assert(303);
    jan.client.get("/courses/kurs-probny/wstep").await.assert(404);
    jan.client.get("/courses/kurs-probny/druga").await.assert(200).has("Nowa treść.");

    // A section: added, renamed, moved, and removed only when it is empty.
    ada.client.post("/teaching/kurs-probny/sections", &[("section_title", "Część druga")]).await.assert(303);
    let draft = ada.client.get("/teaching/kurs-probny").await.assert(200);
    let section = between(&draft.text, "value=\"section up ", "\"").to_owned();
    let path = format!("/teaching/kurs-probny/sections/{section}");
    ada.client.post(&path, &[("title", "Dodatki")]).await.assert(303);
    ada.client
        .post("/teaching/kurs-probny/outline", &[("act", &format!("section up {section}"))])
        .await
        .assert(303);
    ada.client.post("/teaching/kurs-probny/outline", &[("act", "section sideways x")]).await.assert(400);
    ada.client.get(&format!("{path}/remove")).await.assert(200).has("Usunąć rozdział „Dodatki”?");
    ada.client.post(&format!("{path}/remove"), &[]).await.assert(303);
    ada.client.get(&path).await.assert(404);
    app.end().await;
}

#[tokio::test]
async fn several_people_teach_a_course_and_the_last_one_stays() {
    let app = program().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let ewa = office.instructor("ewa").await;
    let jan = office.learner("jan").await;
    let stranger = app.office("inny").await.instructor("obcy").await;
    small_course(&app, &ada, "brzozow").await;
    let home = "/teaching/kurs-probny/teachers";
    let teacher = &ada.client;
    ewa.client.get(home).await.assert(404);

    // The only one stays, and the page says why.
    teacher.get(home).await.assert(200).has("Jedyna osoba prowadząca").lacks("id=\"found\"");
    let own = format!("{home}/{}/remove", ada.id);
    teacher
        .get(&own)
        .await
        .assert(200)
        .has("musi mieć osobę prowadzącą")
        .lacks("Usuń z prowadzących</button>");
    assert_eq!(teacher.post(&own, &[]).await.assert(303).location(), own);

    // Found are those of the organisation who may teach and do not teach it yet.
    let found = teacher.get(&format!("{home}?q=")).await.assert(200).has("Znaleziono 1 osobę");
    let found = between(&found.text, "id=\"found\"", "</table>").to_owned();
    assert!(found.contains("EWA Osoba") && !found.contains("JAN") && !found.contains("OBCY"), "{found}");
    teacher.get(&format!("{home}?q=jan")).await.assert(200).has("Nie znaleziono nikogo");
    teacher.get(&format!("{home}?q=%25%3Cb%3E")).await.assert(200).lacks("<b>");

    // A stranger's id, nobody's id and one who may not teach are all the same unknown person.
    for id in [stranger.id.to_string(), uuid::Uuid::new_v4().to_string(), jan.id.to_string()] {
        teacher.post(home, &[("person", &id)]).await.assert(422).has("Nie ma takiej osoby");
    }
    teacher.post(home, &[("person", "x")]).await.assert(400);
    let person = ewa.id.to_string();
    teacher.post(home, &[("person", &person)]).await.assert(303);
    teacher.post(home, &[("person", &person)]).await.assert(303);
    ewa.client.get(home).await.assert(200).has("ADA Osoba").has("EWA Osoba").lacks("Jedyna osoba");

    // Asked first; then who takes themselves out reads it no more.
    ewa.client.get(&own).await.assert(200).has("Usunąć z prowadzących: ADA Osoba?").has("Zostaw bez zmian");
    let itself = format!("{home}/{}/remove", ewa.id);
    ewa.client.get(&itself).await.assert(200).has("Usuwasz siebie");
    assert_eq!(ewa.client.post(&itself, &[]).await.assert(303).location(), "/teaching");
    ewa.client.get(home).await.assert(404);
    teacher.post(&itself, &[]).await.assert(404);

    // The same by the API.
    let ada = ada.with_ticket().await;
    let path = |id: &dyn std::fmt::Display| format!("/api/v1/courses/kurs-probny/teachers/{id}");
    let ask = async |method: Method, path: String| ada.send(ada.request(method, &path)).await;
    for id in [stranger.id, jan.id] {
        ask(Method::PUT, path(&id)).await.assert(404);
    }
    ask(Method::PUT, path(&ewa.id)).await.assert(204);
    let list = ask(Method::GET, "/api/v1/courses/kurs-probny/teachers".to_owned()).await.assert(200);
    assert_eq!(list.text.matches("\"login\"").count(), 2, "{}", list.text);
    ask(Method::DELETE, path(&ewa.id)).await.assert(204);
    ask(Method::DELETE, path(&ewa.id)).await.assert(404);
    let first: serde_json::Value = serde_json::from_str(&list.text).unwrap();
    let first = first["items"][0]["person"].as_str().unwrap().to_owned();
    ask(Method::DELETE, path(&first)).await.assert(409).has("/problems/last-teacher");
    app.end().await;
}

//! People through the outer door: signing in, one's own account, the pages of an administrator, import, set-up, statement.

use identity::Role;
use reqwest::multipart::{Form, Part};

use crate::harness::{Client, PASSWORD, Page, TestApp};

/// Everything between two marks of a page.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let start = text.find(before).unwrap_or_else(|| panic!("{before:?} is not in:\n{text}")) + before.len();
    &text[start..start + text[start..].find(after).unwrap()]
}

/// The path of the first one-time link on a page.
fn link(page: &Page) -> String {
    format!("/password/{}", between(&page.text, "/password/", "<"))
}

async fn upload(client: &Client, bytes: impl Into<Vec<u8>>) -> Page {
    let part = Part::bytes(bytes.into()).file_name("osoby.csv").mime_str("text/csv").unwrap();
    let form = Form::new().part("file", part);
    client.send(client.request(reqwest::Method::POST, "/people/import").multipart(form)).await
}

#[tokio::test]
async fn a_person_signs_in_by_login_or_address_and_is_sent_on_to_a_page_of_ours_only() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    office.learner("ada").await;
    let visitor = app.visitor();
    let page = visitor.get("/account").await.assert(303);
    assert_eq!(page.location(), "/sign-in?next=%2Faccount");
    visitor.get(&page.location()).await.assert(200).has("value=\"/account\"");
    for (next, there) in [
        ("/account", "/account"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/sign-in", "/"),
    ] {
        let visitor = app.visitor();
        let form = [("name", "ADA@brzozow.example.org"), ("password", PASSWORD), ("next", next)];
        let page = visitor.post("/sign-in", &form).await.assert(303);
        assert_eq!(page.location(), there, "{next}");
        let cookie = page.header("set-cookie");
        assert!(
            cookie.starts_with("session=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
            "{cookie}"
        );
        visitor.get("/account").await.assert(200).has("Osoba ADA");
        assert_eq!(visitor.get("/sign-in?next=/account").await.assert(303).location(), "/account");
        visitor.post("/sign-out", &[]).await.assert(303);
        visitor.get("/account").await.assert(303);
        visitor.post("/sign-out", &[]).await.assert(303);
    }
    app.end().await;
}

#[tokio::test]
async fn a_wrong_password_is_told_without_saying_which_half_was_wrong_and_guessing_gets_slow() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    office.learner("ada").await;
    let visitor = app.visitor();
    let wrong = |name: &'static str| {
        let visitor = visitor.clone();
        async move { visitor.post("/sign-in", &[("name", name), ("password", "zgaduję hasło")]).await }
    };
    let sentence = "Login, adres e-mail lub hasło są nieprawidłowe.";
    wrong("ada").await.assert(422).lacks("zgaduję").has("value=\"ada\"").has("<title>Błąd: ").has(sentence);
    wrong("nikt").await.assert(422).has(sentence);
    visitor.post("/sign-in", &[("name", ""), ("password", "")]).await.assert(422);
    visitor
        .post("/sign-in", &[("name", "</title><script>alert(1)</script>"), ("password", "x")])
        .await
        .assert(422)
        .lacks("<script>alert");
    for _ in 0..4 {
        wrong("ada").await.assert(422);
    }
    let slow = wrong("ada").await.assert(429);
    assert!(!slow.header("retry-after").is_empty());
    app.clock.advance(time::Duration::minutes(20));
    visitor.sign_in("ada", PASSWORD).await;
    app.end().await;
}

#[tokio::test]
async fn forms_that_are_too_large_broken_or_hold_a_zero_get_a_page_that_says_so() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let admin = office.admin("admin").await;
    let huge = "ż".repeat(1 << 20);
    admin.client.post("/people/new", &[("login", &huge)]).await.assert(413).has("<h1>");
    admin.client.post("/people/new", &[("given_name", "a\0b"), ("login", "a")]).await.assert(400).has("<h1>");
    admin.client.get("/people?q=%00").await.assert(400).has("<h1>");
    admin.client.get("/people/to-nie-id").await.assert(404).has("<h1>");
    let json =
        admin.client.request(reqwest::Method::POST, "/people/new").json(&serde_json::json!({"login": "x"}));
    admin.client.send(json).await.assert(400).has("<h1>");
    admin
        .client
        .send(admin.client.request(reqwest::Method::POST, "/people/import"))
        .await
        .assert(400)
        .has("<h1>");
    app.end().await;
}

#[tokio::test]
async fn one_changes_language_and_password_and_ends_sessions() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let ada = office.learner("ada").await;
    let other = app.visitor();
    other.sign_in("ada", PASSWORD).await;
    let page = ada.client.post("/language", &[("lang", "uk"), ("back", "/account")]).await.assert(303);
    assert_eq!(page.location(), "/account");
    ada.client.get("/account").await.has("<html lang=\"uk\">");
    assert_eq!(
        ada.client.post("/language", &[("lang", "pl"), ("back", "//evil.example")]).await.location(),
        "/"
    );
    ada.client.post("/language", &[("lang", "de"), ("back", "/")]).await.assert(400);
    let change = |current: &'static str, new: &'static str, again: &'static str| {
        let client = ada.client.clone();
        async move {
            let form = [("current_password", current), ("password", new), ("password_again", again)];
            client.post("/account/password", &form).await
        }
    };
    change("złe hasło", "nowa zielona kreda", "nowa zielona kreda").await.assert(422).lacks("nowa zielona");
    change(PASSWORD, "krótkie", "krótkie").await.assert(422);
    change(PASSWORD, "nowa zielona kreda", "inna").await.assert(422);
    other.get("/account").await.assert(200);
    change(PASSWORD, "nowa zielona kreda", "nowa zielona kreda").await.assert(303);
    other.get("/account").await.assert(303);
    ada.client.get("/account").await.assert(200);
    other.sign_in("ada", "nowa zielona kreda").await;
    let page = ada.client.get("/account").await;
    let id = between(&page.text, "name=\"id\" value=\"", "\"").to_owned();
    let eve = app.office("inny").await.learner("ewa").await;
    eve.client.post("/account/sessions/end", &[("id", &id)]).await.assert(404);
    other.get("/account").await.assert(200);
    ada.client.post("/account/sessions/end", &[("id", &id)]).await.assert(303);
    other.get("/account").await.assert(303);
    ada.client.post("/account/sessions/end", &[("id", &id)]).await.assert(404);
    app.end().await;
}

#[tokio::test]
async fn an_administrator_adds_changes_suspends_and_resumes_a_person() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let admin = office.admin("admin").await;
    let refused = admin
        .client
        .post("/people/new", &[("given_name", "<b>Ola</b>"), ("login", "Zła Nazwa"), ("email", "x")])
        .await;
    refused
        .assert(422)
        .has("&lt;b&gt;Ola")
        .has("Zła Nazwa")
        .has("href=\"#f-login\"")
        .has("href=\"#f-family_name\"");
    let form = [
        ("given_name", "Łucja"),
        ("family_name", "Źdźbło"),
        ("login", "lucja"),
        ("email", "lucja@example.org"),
        ("language", "pl"),
    ];
    let person = admin.client.post("/people/new", &form).await.assert(303).location();
    admin.client.post("/people/new", &form).await.assert(422).has("value=\"Łucja\"");
    let link = link(
        &admin
            .client
            .post(&format!("{person}/password-link"), &[])
            .await
            .assert(200)
            .has("lucja@example.org"),
    );
    let lucja = app.visitor();
    lucja.get(&link).await.assert(200).has("Łucja Źdźbło");
    lucja.get(&link).await.assert(200);
    lucja.post(&link, &[("password", "krótkie"), ("password_again", "krótkie")]).await.assert(422);
    let chosen = [("password", "żółta jaźń w gęstwie"), ("password_again", "żółta jaźń w gęstwie")];
    assert_eq!(lucja.post(&link, &chosen).await.assert(303).location(), "/sign-in");
    lucja.post(&link, &chosen).await.assert(404);
    lucja.get(&link).await.assert(404);
    lucja.sign_in("lucja", "żółta jaźń w gęstwie").await;
    lucja.get("/people").await.assert(403);
    lucja.post(&person, &form).await.assert(403);
    admin
        .client
        .post(&format!("{person}/roles"), &[("roles", "instructor"), ("roles", "organisation_admin")])
        .await
        .assert(303);
    lucja.get("/people").await.assert(200);
    admin.client.post(&format!("{person}/roles"), &[("roles", "installation_admin")]).await.assert(400);
    admin.client.get(&format!("{person}/suspend")).await.assert(200).has("Łucja Źdźbło");
    admin.client.post(&format!("{person}/suspend"), &[]).await.assert(303);
    lucja.get("/account").await.assert(303);
    lucja.post("/sign-in", &[("name", "lucja"), ("password", "żółta jaźń w gęstwie")]).await.assert(422);
    admin.client.post(&format!("{person}/resume"), &[]).await.assert(303);
    lucja.sign_in("lucja", "żółta jaźń w gęstwie").await;
    app.end().await;
}

#[tokio::test]
async fn nobody_loses_the_last_administrator_and_the_installation_cannot_be_taken_over() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let first = office.person("pierwsza", &[Role::InstallationAdmin, Role::OrganisationAdmin]).await;
    let second = office.admin("druga").await;
    let path = format!("/people/{}", first.id);
    second.client.get(&path).await.assert(200).lacks("password-link");
    for act in ["password-link", "suspend", "roles"] {
        second.client.post(&format!("{path}/{act}"), &[("roles", "organisation_admin")]).await.assert(403);
    }
    let form =
        [("given_name", "A"), ("family_name", "B"), ("login", "przejete"), ("email", "ja@example.org")];
    second.client.post(&path, &form).await.assert(403);
    let csv = "login;imie;nazwisko;email\npierwsza;Inna;Osoba;ja@example.org\n";
    upload(&second.client, csv).await.assert(422).has("pierwsza");
    let own = format!("/people/{}", second.id);
    second.client.post(&format!("{own}/roles"), &[("roles", "instructor")]).await.assert(422);
    second.client.post(&format!("{own}/suspend"), &[]).await.assert(422);
    first
        .client
        .post(&format!("/people/{}/roles", first.id), &[("roles", "organisation_admin")])
        .await
        .assert(303);
    // Two who strip each other at once: one of them stays.
    for round in 0..5 {
        let office = app.office(&format!("inny-{round}")).await;
        let (a, b) = (office.admin(&format!("a{round}")).await, office.admin(&format!("b{round}")).await);
        let (path_of_a, path_of_b) = (format!("/people/{}/roles", a.id), format!("/people/{}/roles", b.id));
        tokio::join!(a.client.post(&path_of_b, &[]), b.client.post(&path_of_a, &[]));
        let left = [a.client.get("/people").await.status, b.client.get("/people").await.status];
        assert!(left.iter().any(|status| *status == 200), "{left:?}");
    }
    app.end().await;
}

#[tokio::test]
async fn the_list_is_in_polish_order_searched_by_part_and_in_pages_of_fifty() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let admin = office.admin("admin").await;
    let mut csv = "login;imie;nazwisko;grupy\n".to_owned();
    for (number, name) in ["Zych", "Żuk", "Łoś", "Lis", "Ćma", "Cyc", "Szczur", "Świt"].iter().enumerate()
    {
        csv.push_str(&format!("p{number};Jan;{name};Nowi\n"));
    }
    for number in 0..60 {
        csv.push_str(&format!("q{number};Ola;Mak{number:02};\n"));
    }
    let plan = upload(&admin.client, csv).await.assert(200);
    let file = between(&plan.text, "name=\"file\" value=\"", "\"").to_owned();
    admin.client.post("/people/import/confirm", &[("file", &file)]).await.assert(200);
    let page = admin.client.get("/people?q=Jan").await.assert(200);
    let places: Vec<_> = ["Cyc", "Ćma", "Lis", "Łoś", "Szczur", "Świt", "Zych", "Żuk"]
        .iter()
        .map(|name| page.text.find(&format!(">{name} Jan")).unwrap_or_else(|| panic!("{name}")))
        .collect();
    assert!(places.is_sorted());
    let first = admin.client.get("/people").await.assert(200).has("page=2");
    assert_eq!(first.text.matches("<th scope=\"row\">").count(), 50);
    let second = admin.client.get("/people?q=&group=&page=2").await.assert(200);
    assert_eq!(second.text.matches("<th scope=\"row\">").count(), 19);
    admin.client.get("/people?page=99999").await.assert(200).has("<th scope=\"row\">");
    admin.client.get("/people?q=%25&page=-1&group=nic").await.assert(200);
    admin.client.get("/people?q=nikogo%20takiego").await.assert(200).lacks("<tbody>");
    app.end().await;
}

#[tokio::test]
async fn an_import_names_every_bad_row_and_does_all_or_nothing() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let admin = office.admin("admin").await;
    let bad = "login;imie;nazwisko;email;role\nZły;Jan;;x;król\njan;Jan;Kos;a@b.pl;\njan;Jan;Kos;;\nola;<script>alert(1)</script>;Kos;;\n";
    let page = upload(&admin.client, bad).await.assert(422).lacks("<script>alert");
    for part in [">2<", ">4<", "Zły", "król"] {
        assert!(page.text.contains(part), "{part}");
    }
    admin.client.get("/people?q=Kos").await.lacks("<tbody>");
    for (file, sentence) in [
        (Vec::new(), "pusty"),
        (b"login;imie\n".to_vec(), "pusty"),
        (b"imie;nazwisko\nJan;Kos\n".to_vec(), "login"),
        (b"PK\x03\x04\0\0\0".to_vec(), "Windows-1250"),
    ] {
        upload(&admin.client, file).await.assert(422).has("id=\"f-file\"").has(sentence);
    }
    upload(&admin.client, vec![b'a'; 9 << 20]).await.assert(413).has("<h1>");
    // Windows-1250: Ż is AF, ó is F3, ł is B3, ć is E6, ę is EA, ś is 9C.
    let old = b"login,imi\xea,nazwisko\nzola,\xaf\xf3\xb3\xe6,G\xea\x9c\n".to_vec();
    let plan = upload(&admin.client, old).await.assert(200).has("zola");
    let file = between(&plan.text, "name=\"file\" value=\"", "\"").to_owned();
    admin.client.get("/people?q=zola").await.lacks("<tbody>");
    let eve = office.admin("ewa").await;
    assert_eq!(
        eve.client.post("/people/import/confirm", &[("file", &file)]).await.assert(303).location(),
        "/people/import"
    );
    admin.client.post("/people/import/confirm", &[("file", "../../etc/passwd")]).await.assert(404);
    let done =
        admin.client.post("/people/import/confirm", &[("file", &file)]).await.assert(200).has("Żółć Gęś");
    let again =
        admin.client.post("/people/import/confirm", &[("file", &file)]).await.assert(200).has("Żółć Gęś");
    app.visitor().get(&link(&done)).await.assert(404);
    app.visitor().get(&link(&again)).await.assert(200);
    assert_eq!(app.ground.blobs.list("imports/").await.unwrap(), Vec::<String>::new());
    let export = admin.client.get("/people/export").await.assert(200).has("zola;;Żółć;Gęś;");
    assert!(export.header("content-disposition").starts_with("attachment; filename=\"osoby-brzozow-"));
    upload(&admin.client, export.text.into_bytes()).await.assert(200);
    app.end().await;
}

#[tokio::test]
async fn a_file_without_a_column_leaves_what_is_known() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let admin = office.admin("admin").await;
    let import = async |csv: &str| {
        let plan = upload(&admin.client, csv).await.assert(200);
        let file = between(&plan.text, "name=\"file\" value=\"", "\"").to_owned();
        admin.client.post("/people/import/confirm", &[("file", &file)]).await.assert(200);
    };
    import("login;imie;nazwisko;email;jednostka;jezyk\njan;Jan;Kos;jan@example.org;Wydział / Referat;uk\n")
        .await;
    import("login;imie;nazwisko\njan;Jan;Kosowski\n").await;
    let export = admin.client.get("/people/export").await;
    assert!(
        export.text.contains("jan;jan@example.org;Jan;Kosowski;Wydział / Referat;;;uk"),
        "{}",
        export.text
    );
    app.end().await;
}

#[tokio::test]
async fn groups_and_units_are_made_filled_and_deleted() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let admin = office.admin("admin").await;
    let ben = office.learner("ben").await;
    admin.client.post("/groups/new", &[("name", "")]).await.assert(422);
    let group = admin.client.post("/groups/new", &[("name", "Redaktorzy")]).await.assert(303).location();
    admin.client.post("/groups/new", &[("name", "redaktorzy")]).await.assert(422).has("value=\"redaktorzy\"");
    let person = ben.id.to_string();
    for _ in 0..2 {
        admin.client.post(&format!("{group}/add"), &[("person", &person)]).await.assert(303);
    }
    admin.client.get(&group).await.assert(200).has("BEN Osoba");
    admin.client.get(&format!("{group}?q=ben")).await.assert(200).lacks("/add");
    admin.client.post(&format!("{group}/remove"), &[("person", &person)]).await.assert(303);
    admin.client.get(&format!("{group}?q=ben")).await.assert(200).has("/add");
    let eve = app.office("inny").await.admin("ewa").await;
    let foreign = eve.id.to_string();
    admin.client.post(&format!("{group}/add"), &[("person", &foreign)]).await.assert(404);
    for path in [
        group.clone(),
        format!("{group}/delete"),
        format!("/people/{person}"),
        format!("/people/{person}/suspend"),
    ] {
        eve.client.get(&path).await.assert(404);
    }
    for act in ["suspend", "resume", "password-link", "roles"] {
        eve.client.post(&format!("/people/{person}/{act}"), &[]).await.assert(404);
    }
    eve.client.post(&format!("{group}/delete"), &[]).await.assert(404);
    admin.client.get(&format!("{group}/delete")).await.assert(200);
    admin.client.post(&format!("{group}/delete"), &[]).await.assert(303);
    admin.client.get(&group).await.assert(404);
    admin.client.post("/units", &[("name", "Wydział Oświaty")]).await.assert(303);
    admin.client.post("/units", &[("name", "wydział oświaty")]).await.assert(422);
    let page = admin.client.get("/units").await.assert(200);
    let top = between(&page.text, "/units/", "/delete").to_owned();
    eve.client.post("/units", &[("name", "Obcy"), ("parent", &top)]).await.assert(422);
    admin.client.post("/units", &[("name", "Referat"), ("parent", &top)]).await.assert(303);
    admin.client.post(&format!("/units/{top}/delete"), &[]).await.assert(422);
    let page = admin.client.get("/units").await.assert(200);
    let below = between(&page.text, "/units/", "/delete").to_owned();
    assert_ne!(top, below);
    eve.client.post(&format!("/units/{below}/delete"), &[]).await.assert(404);
    admin.client.post(&format!("/units/{below}/delete"), &[]).await.assert(303);
    admin.client.post(&format!("/units/{top}/delete"), &[]).await.assert(303);
    app.end().await;
}

#[tokio::test]
async fn an_installation_is_set_up_once_and_then_grows_by_organisations() {
    let app = TestApp::start().await;
    let secret = identity::link::offer_setup(&app.ground.db).await.unwrap().unwrap();
    let path = format!("/setup/{}", secret.reveal());
    let visitor = app.visitor();
    visitor.get("/setup/zgadywanka").await.assert(404).has("<h1>");
    visitor.get(&path).await.assert(200);
    visitor.post(&path, &[]).await.assert(422).has("href=\"#f-kind\"").has("href=\"#f-password\"");
    let form = [
        ("organisation_name", "Urząd Miejski"),
        ("organisation_slug", "urzad"),
        ("kind", "office"),
        ("given_name", "Jadwiga"),
        ("family_name", "Olszańska"),
        ("login", "jadwiga"),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ];
    let (one, two) = tokio::join!(visitor.post(&path, &form), visitor.post(&path, &form));
    let mut both = [one.status.as_u16(), two.status.as_u16()];
    both.sort_unstable();
    assert_eq!(both, [303, 404]);
    visitor.get(&path).await.assert(404);
    visitor.sign_in("jadwiga", PASSWORD).await;
    visitor.get("/organisations").await.assert(200).has("Urząd Miejski");
    let school = |slug: &'static str| {
        [
            ("organisation_name", "Szkoła nr 2"),
            ("organisation_slug", slug),
            ("kind", "school"),
            ("given_name", "Barbara"),
            ("family_name", "Wierzbińska"),
            ("login", "dyrektor"),
        ]
    };
    visitor.post("/organisations/new", &school("Zła Nazwa")).await.assert(422).has("Zła Nazwa");
    let made = visitor.post("/organisations/new", &school("sp2")).await.assert(200);
    visitor.post("/organisations/new", &school("sp2")).await.assert(422);
    let head = app.visitor();
    let chosen = [("password", PASSWORD), ("password_again", PASSWORD)];
    head.post(&link(&made), &chosen).await.assert(303);
    head.sign_in("dyrektor@sp2", PASSWORD).await;
    head.get("/groups").await.assert(200).has("Klasy");
    head.get("/organisations").await.assert(403);
    app.end().await;
}

#[tokio::test]
async fn the_statement_is_public_in_its_legal_form_with_every_id_once() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let admin = office.admin("admin").await;
    let visitor = app.visitor();
    visitor.get("/statement").await.assert(200);
    visitor.get("/statement/brzozow").await.assert(404).has("Urząd brzozow");
    visitor.get("/statement/nie-ma").await.assert(404);
    let refused = admin
        .client
        .post(
            "/organisation/statement",
            &[("exceptions", "</textarea><script>alert(1)</script>"), ("published", "2026-02-30")],
        )
        .await;
    refused
        .assert(422)
        .lacks("<script>alert")
        .has("href=\"#f-published\"")
        .has("href=\"#f-status\"")
        .has("&lt;/textarea&gt;");
    let form = [
        ("url", "https://szkolenia.example.org"),
        ("published", "2026-11-21"),
        ("updated", "2026-11-21"),
        ("status", "partial"),
        ("exceptions", "Brak audiodeskrypcji <b>filmów</b>.\r\nStare pliki PDF."),
        ("costs", "Napisy do nagrań z 2019 r."),
        ("costs_url", "https://szkolenia.example.org/ocena"),
        ("drawn_up", "2026-11-21"),
        ("reviewed", "2027-03-31"),
        ("auditor", "Fundacja Badaczy"),
        ("contact_person", "Bożena Ćwik"),
        ("contact_email", "dostepnosc@example.org"),
        ("contact_phone", "+48 12 345 67 89"),
        ("head", "Burmistrz Brzozowa"),
        ("address", "Rynek 1, 00-001 Brzozów"),
        ("architecture_url", "https://bip.example.org/budynek"),
        ("interpreter", "1"),
    ];
    admin.client.post("/organisation/statement", &form).await.assert(303);
    admin.client.get("/organisation/statement").await.assert(200).has("Bożena Ćwik").has("checked");
    let page = visitor.get("/statement/brzozow").await.assert(200).lacks("<b>");
    for id in [
        "wstep",
        "podmiot",
        "zakres",
        "url",
        "data-publikacja",
        "data-aktualizacja",
        "status",
        "ocena",
        "data-sporzadzenie",
        "data-przeglad",
        "audytor",
        "kontakt",
        "osoba",
        "email",
        "telefon",
        "procedura",
        "aplikacje",
        "architektura",
        "architektura-url",
        "komunikacja",
    ] {
        assert_eq!(page.text.matches(&format!("id=\"a11y-{id}\"")).count(), 1, "a11y-{id}");
    }
    let page = page
        .has("<time id=\"a11y-data-publikacja\" datetime=\"2026-11-21\">21.11.2026</time>")
        .has("href=\"tel:+48123456789\"")
        .has("częściowo zgodna")
        .has("name=\"deklaracja-dostępności\" content=\"/statement/brzozow\"");
    assert_eq!(page.text.matches("<h1>").count(), 1);
    visitor.get("/statement").await.has("/statement/brzozow");
    app.office("inny").await.learner("jan").await.client.get("/organisation/statement").await.assert(403);
    app.end().await;
}

#[tokio::test]
async fn a_file_of_people_that_nobody_confirms_is_thrown_away_after_a_day() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let admin = office.admin("admin").await;
    upload(&admin.client, "login;imie;nazwisko\nola;Ola;Kos\n").await.assert(200);
    let waiting = async || app.ground.blobs.list("imports/").await.unwrap().len();
    app.clock.advance(time::Duration::hours(23));
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(waiting().await, 1, "it may still be confirmed");
    app.clock.advance(time::Duration::hours(1));
    let mut tries = 0;
    while waiting().await > 0 {
        tries += 1;
        assert!(tries < 150, "the file is still there");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    app.end().await;
}

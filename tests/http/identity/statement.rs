//! The accessibility statement.

use crate::harness::TestApp;

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

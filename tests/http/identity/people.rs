//! The pages of an administrator: people, one by one and as a list.

use identity::Role;

use super::{between, link, upload};
use crate::harness::TestApp;

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

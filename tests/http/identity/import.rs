//! People from a file and back into one.

use super::{between, link, upload};
use crate::harness::TestApp;

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
        export.text.contains("jan;jan@example.org;Jan;Kosowski;Wydział / Referat;;;;uk"),
        "{}",
        export.text
    );
    app.end().await;
}

#[tokio::test]
async fn a_file_that_nobody_confirms_is_thrown_away_after_a_day() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let admin = office.admin("admin").await;
    upload(&admin.client, "login;imie;nazwisko\nola;Ola;Kos\n").await.assert(200);
    let clerk = office.person("klara", &[identity::Role::DeviceClerk]).await;
    let devices = "nr_inwentarzowy;rodzaj;producent;model\nIT/1;laptop;Dell;Latitude\n";
    crate::http::reports::send(&clerk, devices.into(), "").await.assert(200);
    let waiting = async || {
        let blobs = &app.ground.blobs;
        blobs.list("imports/").await.unwrap().len() + blobs.list("asset-imports/").await.unwrap().len()
    };
    app.clock.advance(time::Duration::hours(23));
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(waiting().await, 2, "they may still be confirmed");
    app.clock.advance(time::Duration::hours(1));
    let mut tries = 0;
    while waiting().await > 0 {
        tries += 1;
        assert!(tries < 600, "a file is still there");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    app.end().await;
}

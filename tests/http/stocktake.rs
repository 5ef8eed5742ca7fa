//! Stocktaking through the outer door and in the database: a frozen sheet, scans of two clerks, unknown labels, declarations
//! of borrowers, closing, and what comes too late.

use devices::register::{State, asset, find, state};
use devices::stocktake::{self, Closing, Heard, NewStocktake, Scan};
use devices::{AssetId, Error, LoanId, StocktakeId};
use futures::future::join_all;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::papers::pdf;
use crate::harness::lending::{clerk, hand_out, laptops, proof};
use crate::harness::pdf::text;
use crate::harness::{House, Someone, TestApp, owner, refused_by};

/// A stocktake of everything on the books, which is open.
pub async fn open(office: &House<'_>, who: &Someone) -> StocktakeId {
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    let counters = ["Anna Nowak".to_owned(), "Jan Lis".to_owned()];
    let new = NewStocktake { name: "Spis 2026".to_owned(), counters, ..NewStocktake::default() };
    let id = stocktake::open(&mut tx, &proof(), &new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn scan(
    office: &House<'_>,
    who: &Someone,
    id: StocktakeId,
    code: &str,
    counter: i16,
) -> Result<Heard, Error> {
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    let heard = stocktake::scan(&mut tx, &proof(), id, &Scan { code: code.to_owned(), counter }).await?;
    tx.commit().await?;
    Ok(heard)
}

async fn count(app: &TestApp, sql: &str, id: StocktakeId) -> i64 {
    let mut owner = owner(app).await;
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).bind(id.0).fetch_one(&mut owner).await.unwrap()
}

/// One row of everything that an address of stocktakes can name, for the walk over all routes.
pub async fn one_of_everything(office: &House<'_>, who: &Someone) -> Vec<(&'static str, String)> {
    vec![("stocktake", open(office, who).await.to_string())]
}

#[tokio::test]
async fn a_clerk_opens_counts_confirms_and_closes_through_forms_alone() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let ids = laptops(&office, &anna.actor, &["IT/1", "IT/2", "IT/3", "IT/4"]).await;
    let jan = office.learner("jan").await;
    let loan: LoanId = hand_out(&office, &anna.actor, jan.id, "IT/4").await;
    let form = |second: &'static str| {
        [("name", "Spis <b>2026</b>"), ("counter_one", "Anna Nowak"), ("counter_two", second)]
    };
    anna.client.post("/devices/stocktakes", &form("anna nowak")).await.assert(422).has("dwie różne osoby");
    let page = anna.client.post("/devices/stocktakes", &form("Jan Lis")).await.assert(303).location();
    anna.client.get(&page).await.assert(200).has("Spis &lt;b&gt;2026").lacks("<b>2026");
    // The sheet is frozen: what comes on the books later is not on it.
    laptops(&office, &anna.actor, &["IT/5"]).await;
    let send = async |code: &str| {
        anna.client.post(&format!("{page}/scan"), &[("code", code), ("counter", "2")]).await
    };
    send("it-1").await.assert(200).has("Jest: IT/1").has("autofocus").has("role=\"status\"");
    send("IT/1").await.assert(200).has("Już policzone: IT/1");
    send("IT/5").await.assert(200).has("Nie z tego arkusza: IT/5");
    let evil = "<img src=x onerror=alert(1)>' or 1=1 --";
    send(evil).await.assert(200).has("Nieznana etykieta").has("&lt;img src=x").lacks("<img src=x");
    send("  ").await.assert(422);
    send("\u{7}\u{1b}").await.assert(422);
    send(&"9".repeat(5000)).await.assert(200).has("Nieznana etykieta");
    // What is lent is confirmed by its borrower, or by the clerk who was told.
    anna.client.get(&page).await.assert(200).has("Osoba JAN");
    anna.client.post(&format!("{page}/confirm"), &[("asset", &ids[1].to_string())]).await.assert(404);
    jan.client.get("/my-devices").await.assert(200).has("Potwierdź, że masz ten sprzęt");
    let declare = format!("/my-devices/{loan}/declare");
    jan.client.get(&declare).await.assert(200).has("IT/4");
    jan.client.post(&declare, &[("works", "no"), ("note", "")]).await.assert(422).has("co nie działa");
    jan.client.post(&declare, &[("works", "yes")]).await.assert(303);
    anna.client.post(&declare, &[("works", "yes")]).await.assert(404);
    anna.client.post(&format!("{page}/confirm"), &[("asset", &ids[3].to_string())]).await.assert(303);
    anna.client.post(&format!("{page}/recount"), &[]).await.assert(303);
    send("IT/1").await.assert(200).has("Jest: IT/1");
    let sheet = anna.client.get(&format!("{page}/sheet")).await.assert(200);
    sheet.has("IT/4").has("wypożyczone").lacks("Osoba JAN").has("signatures");
    anna.client.get(&format!("{page}/protocol")).await.assert(404);
    let close = format!("{page}/close");
    anna.client.get(&close).await.assert(200).has("Potwierdzono 2 z 4, brakuje 2");
    let (mark, found) = (format!("m_{}", ids[1]), format!("m_{}", ids[0]));
    anna.client.post(&close, &[(&found, "1")]).await.assert(404);
    let (why, long) = (format!("e_{}", ids[1]), "x".repeat(501));
    // An explanation that is too long is refused, and what was typed and ticked is still there.
    anna.client
        .post(&close, &[(&mark, "1"), (&why, long.as_str()), ("note", "uwaga zespołu")])
        .await
        .assert(422)
        .has("Wyjaśnienia różnic")
        .has("uwaga zespołu")
        .has(&long)
        .has("checked");
    let explained = [(mark.as_str(), "1"), (&why, "zgubiony <w> remoncie"), ("note", "do wyjaśnienia")];
    anna.client.post(&close, &explained).await.assert(303);
    anna.client.post(&close, &[]).await.assert(422).has("już zamknięty");
    send("IT/3").await.assert(422).has("już zamknięty");
    let protocol = anna.client.get(&format!("{page}/protocol")).await.assert(200);
    let protocol = protocol.has("zgubiony &lt;w&gt; remoncie").has(&format!("{page}/document"));
    let shown = protocol.text.clone();
    protocol.has("PS/1/").has("IT/2").has("IT/3").has("IT/5").has("do wyjaśnienia").lacks("<img src=x");
    // The same as PDF/UA: made at the closing, kept with its SHA-256, given out byte for byte.
    let path = format!("{page}/document");
    let kept = app.ground.blobs.list("documents/").await.unwrap();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let bytes = pdf(&anna.client, &path).await;
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(shown.contains(&hash), "the page tells the hash");
    let holds = |sign: &str| bytes.windows(sign.len()).any(|part| part == sign.as_bytes());
    for sign in ["/StructTreeRoot", "/MarkInfo", "/Lang(pl)", "<pdfuaid:part>1</pdfuaid:part>"] {
        assert!(holds(sign), "{sign}");
    }
    let told = text(&bytes);
    for part in [
        "Arkusz spisu z natury nr SPIS/1/",
        "PS/1/",
        "Anna Nowak",
        "Jan Lis",
        "Rozpoczęcie spisu",
        "Zakończenie spisu",
        "szt.",
        "oświadczenie",
        "niedobór: 1 szt.",
        "zgubiony <w> remoncie; oznaczono",
        "nieznana etykieta",
        "Spis zakończono na pozycji nr 4.",
        "art. 27 ust. 2",
        "strona 1 z",
        "Osoba odpowiedzialna za powierzone mienie",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    assert!(!told.contains("Osoba JAN") && !told.contains(" zł"), "no borrower and no price: {told}");
    assert!(pdf(&anna.client, &path).await == bytes);
    assert_eq!(app.ground.blobs.list("documents/").await.unwrap().len(), 1);
    jan.client.get(&path).await.assert(403);
    // Another file in its place is not given out.
    app.ground.blobs.put(&kept[0], "application/pdf", b"%PDF-inny".to_vec()).await.unwrap();
    anna.client.get(&path).await.assert(200).has("Dokument został zmieniony").lacks("%PDF");
    anna.client.get(&format!("{page}/protocol")).await.assert(200).has("się nie zgadza");
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    for (id, wanted) in [(ids[1], State::Missing), (ids[2], State::InStock)] {
        assert_eq!(asset::one(&mut tx, &proof().reader(), id).await.unwrap().state, wanted);
    }
    app.end().await;
}

#[tokio::test]
async fn the_same_device_counts_once_for_two_clerks_in_the_same_second_and_nothing_after_the_closing() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let jan = clerk(&office, "jan").await;
    laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    let id = open(&office, &anna).await;
    let tries = join_all((0..32).map(|at| {
        let (who, counter) = if at % 2 == 0 { (&anna, 1) } else { (&jan, 2) };
        scan(&office, who, id, "IT/1", counter)
    }))
    .await;
    let found = tries.iter().filter(|one| matches!(one, Ok(Heard::Found(_)))).count();
    let again = tries.iter().filter(|one| matches!(one, Ok(Heard::Again(_)))).count();
    assert_eq!((found, again), (1, 31), "{tries:?}");
    join_all((0..32).map(|_| scan(&office, &jan, id, "nikt tego nie zna", 2))).await;
    let unknown = "select count(*) from stocktake_scan where stocktake_id = $1 and asset_id is null";
    assert_eq!(count(&app, unknown, id).await, 1);
    // Thirty-two close it at once while somebody scans: one protocol, and no scan after it.
    let close = async || -> Result<(), Error> {
        let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
        stocktake::close(&mut tx, &proof(), id, &Closing::default()).await?;
        Ok(tx.commit().await?)
    };
    let (closed, late) = tokio::join!(join_all((0..32).map(|_| close())), scan(&office, &jan, id, "IT/2", 2));
    assert_eq!(closed.iter().filter(|one| one.is_ok()).count(), 1, "{closed:?}");
    assert!(closed.iter().all(|one| matches!(one, Ok(()) | Err(Error::Stays))), "{closed:?}");
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let body = stocktake::protocol(&mut tx, &proof().reader(), id).await.unwrap().body;
    let seen = body["seen"].as_i64().unwrap();
    match late {
        Ok(_) => assert_eq!(seen, 2, "a scan that was taken is in the protocol"),
        Err(error) => assert!(matches!(error, Error::Stays) && seen == 1, "{error:?} {seen}"),
    }
    let mut owner = owner(&app).await;
    for (sql, why) in [
        ("delete from stocktake_scan where stocktake_id = $", "only ever added"),
        ("update stocktake_line set model = '' where stocktake_id = $", "only ever added"),
        ("update stocktake set name = 'x' where id = $", "closed stocktake is not changed"),
        ("update protocol set number = 'x' where id = (select protocol_id from stocktake where id = $)", "only ever added"),
        ("insert into stocktake_scan (id, organisation_id, stocktake_id, code, how, counter, round, scanned_by)
          select gen_random_uuid(), organisation_id, id, 'x', 'seen', 1, 1, opened_by from stocktake where id = $", "is closed"),
    ] {
        let said = refused_by(&mut owner, sql.replace('$', &format!("'{id}'"))).await;
        assert!(said.contains(why), "{said}");
    }
    app.end().await;
}

#[tokio::test]
async fn another_organisation_learns_nothing_and_the_api_scans() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let ids = laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    let id = open(&office, &anna).await;
    let other = app.office("inny").await;
    let obca = clerk(&other, "obca").await;
    laptops(&other, &obca.actor, &["OBCY/1"]).await;
    let page = format!("/devices/stocktakes/{id}");
    for path in ["", "/sheet", "/close", "/protocol", "/document"] {
        obca.client.get(&format!("{page}{path}")).await.assert(404);
    }
    for (path, form) in
        [("scan", ("code", "IT/1")), ("recount", ("x", "")), ("close", ("x", "")), ("confirm", ("asset", ""))]
    {
        obca.client.post(&format!("{page}/{path}"), &[form]).await.assert(404);
    }
    assert!(matches!(scan(&other, &obca, id, "IT/1", 1).await, Err(Error::NotFound)));
    // Another organisation's device is an unknown label and nothing more.
    let heard = scan(&office, &anna, id, "OBCY/1", 1).await.unwrap();
    assert!(matches!(heard, Heard::Unknown(code) if code == "OBCY/1"));
    office.learner("jan").await.client.get(&page).await.assert(403);

    let client = anna.with_ticket().await;
    let path = format!("/api/v1/devices/stocktakes/{id}/scans");
    let call = async |body: &str, key: &str| {
        let request = client.request(reqwest::Method::POST, &path).header("content-type", "application/json");
        client.send(request.header("idempotency-key", key).body(body.to_owned())).await
    };
    let said = call(r#"{"code":"it 1","counter":1}"#, "skaner-0001").await.assert(200);
    let body: Value = serde_json::from_str(&said.text).unwrap();
    assert_eq!(
        (body["result"].as_str(), body["device_id"].as_str()),
        (Some("found"), Some(ids[0].to_string().as_str()))
    );
    // The network dropped and the queue sends it again: the same answer.
    assert_eq!(call(r#"{"code":"it 1","counter":1}"#, "skaner-0001").await.assert(200).text, said.text);
    call(r#"{"code":"IT/1","counter":2}"#, "skaner-0002").await.assert(200).has("again");
    call(r#"{"code":"IT/2","counter":3}"#, "skaner-0003").await.assert(422);
    call(r#"{"code":"","counter":1}"#, "skaner-0004").await.assert(422);
    client
        .get(&format!("/api/v1/devices/stocktakes/{id}"))
        .await
        .assert(200)
        .has("\"missing\":1")
        .has("\"unknown\":1");
    let theirs = obca.with_ticket().await;
    theirs.get(&format!("/api/v1/devices/stocktakes/{id}")).await.assert(404);
    // What was scrapped is not expected, and a place without anything has no sheet.
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let second: AssetId = find::scanned(&mut tx, &proof().reader(), "IT/2").await.unwrap().id;
    state::set(&mut tx, &proof(), second, State::Scrapped, "zużyty").await.unwrap();
    tx.commit().await.unwrap();
    let next = open(&office, &anna).await;
    let lines = "select count(*) from stocktake_line where stocktake_id = $1";
    assert_eq!((count(&app, lines, id).await, count(&app, lines, next).await), (2, 1));
    app.end().await;
}

//! Reports: workbooks in and out, what the reports count, what was frozen, what the public may see.

use std::io::{Cursor, Write as _};

use devices::register::import::workbook::{self, WorkbookProblem};
use devices::register::purchase::{self, Lot, Programme};
use devices::register::{find, import};
use devices::reports::frozen;
use devices::table::{Cell, Notes, Table};
use reqwest::Method;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use sha2::{Digest as _, Sha256};
use time::macros::{date, datetime};
use zip::write::SimpleFileOptions;

use crate::harness::lending::{clerk, hand, laptops, proof, signed, until};
use crate::harness::{House, Page, Someone, TestApp, owner, pdf, refused_by, set_clock};

const HEADERS: [&str; 8] =
    ["nr_inwentarzowy", "nr_seryjny", "rodzaj", "producent", "model", "nr_telefonu", "plan_do", "uwagi"];

pub async fn send(who: &Someone, bytes: Vec<u8>, sheet: &'static str) -> Page {
    let part = reqwest::multipart::Part::bytes(bytes).file_name("sprzet.xlsx");
    let form = reqwest::multipart::Form::new().part("file", part).text("sheet", sheet);
    who.client.send(who.client.request(Method::POST, "/devices/import").multipart(form)).await
}

/// Two sheets; on the second two devices, with a day that is a day, a number that is a number, and formulas.
fn two_sheets() -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Uwagi").unwrap().write_string(0, 0, "nic tu nie ma").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("Sprzęt 2026").unwrap();
    for (column, header) in (0..).zip(HEADERS) {
        sheet.write_string(0, column, header).unwrap();
    }
    let day = Format::new().set_num_format("d mmmm yyyy");
    let lines = [
        ["IT/1", "AA-1", "laptop", "Dell", "Latitude 3520"],
        ["IT/2", "", "karta sim", "Orange", "Internet"],
    ];
    for (row, line) in (1..).zip(lines) {
        for (column, cell) in (0..).zip(line) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    sheet.write_string(1, 7, "=HYPERLINK(\"http://zly.example\")").unwrap();
    sheet.write_number(2, 1, 8_948_012.0).unwrap();
    sheet.write_number(2, 5, 600_100_200.0).unwrap();
    let until = ExcelDateTime::from_ymd(2026, 10, 25).unwrap();
    sheet.write_datetime_with_format(2, 6, &until, &day).unwrap();
    sheet.write_formula(2, 7, Formula::new("=1+1").set_result("dwa")).unwrap();
    book.save_to_buffer().unwrap()
}

#[tokio::test]
async fn a_workbook_is_tried_and_read_like_csv_and_a_second_time_changes_nothing() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let foreign = app.office("inny").await;
    let obca = clerk(&foreign, "obca").await;
    send(&klara, two_sheets(), "").await.assert(422);
    send(&klara, two_sheets(), "Sprzęt 2025").await.assert(422).has("Uwagi, Sprzęt 2026");
    let page = send(&klara, two_sheets(), "sprzęt 2026").await.assert(200);
    klara.client.get("/devices").await.assert(200).has("jeszcze pusta");
    let id = page.value("file");
    let form = [("file", id.as_str()), ("sheet", "sprzęt 2026")];
    // Somebody else's file is not there for others.
    obca.client.post("/devices/import/confirm", &form).await.assert(303);
    obca.client.get("/devices").await.assert(200).has("jeszcze pusta");
    for _ in 0..2 {
        klara.client.post("/devices/import/confirm", &form).await.assert(303);
    }
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let reader = proof().reader();
    let card = find::scanned(&mut tx, &reader, "IT/2").await.unwrap();
    assert_eq!(card.serial.as_deref(), Some("8948012"));
    let details = devices::register::history::details(&mut tx, &reader, None, card.id).await.unwrap();
    assert_eq!(details.plan_until, Some(time::macros::date!(2026 - 10 - 25)));
    assert_eq!(details.phone_no.as_deref(), Some("600100200"));
    assert_eq!(details.note, "dwa");

    // What goes out comes in again, and the formula is a text all the way.
    let request = klara.client.request(Method::GET, "/devices/export.xlsx");
    let book = request.send().await.unwrap().bytes().await.unwrap();
    let table = import::table(&book, "").unwrap();
    assert_eq!(table.rows[0].1[15], "=HYPERLINK(\"http://zly.example\")");
    let again = import::assets(&mut tx, &proof(), &table, false).await.unwrap();
    assert_eq!((again.created.len(), again.changed.len(), again.same), (0, 0, 2), "{again:?}");
    let same = import::table(&two_sheets(), "Sprzęt 2026").unwrap();
    let again = import::assets(&mut tx, &proof(), &same, false).await.unwrap();
    assert_eq!((again.created.len(), again.changed.len(), again.same), (0, 0, 2), "{again:?}");

    // A known serial under another number is offered.
    let moved = Table {
        title: "x".to_owned(),
        headers: HEADERS[..5].iter().map(|header| (*header).to_owned()).collect(),
        rows: vec![["NOWY/1", "aa 1", "laptop", "Dell", "Latitude 3520"].map(Cell::from).to_vec()],
        sums: Vec::new(),
    };
    let moved =
        devices::table::workbook(&[moved], &Notes::default(), datetime!(2026-11-21 10:00 UTC)).unwrap();
    let tried = import::assets(&mut tx, &proof(), &import::table(&moved, "").unwrap(), false).await.unwrap();
    assert_eq!(tried.retagged, [("IT/1".to_owned(), "NOWY/1".to_owned())]);
    drop(tx);
    send(&klara, moved, "").await.assert(200).has("IT/1 → NOWY/1");
    obca.client.get("/devices/export.xlsx?q=IT").await.assert(200);
    office.learner("jan").await.client.get("/devices/export.xlsx").await.assert(403);
    app.end().await;
}

/// An archive with these parts.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The parts of a workbook with this sheet.
fn with_sheet(sheet: &str) -> Vec<u8> {
    with_texts(sheet, "<sst/>")
}

/// The same with this list of texts.
fn with_texts(sheet: &str, texts: &str) -> Vec<u8> {
    archive(&[
        ("xl/sharedStrings.xml", texts.as_bytes()),
        (
            "_rels/.rels",
            br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "[Content_Types].xml",
            br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#,
        ),
        (
            "xl/workbook.xml",
            br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

#[tokio::test]
async fn bombs_and_what_is_no_workbook_are_refused_with_a_sentence() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    // 80 MB of nothing in 80 KB, as a part that nobody asked for.
    let bomb = archive(&[("xl/workbook.xml", b"<workbook/>"), ("xl/media/x.bin", &vec![0; 80 << 20])]);
    assert!(bomb.len() < 100 << 10, "{}", bomb.len());
    let begun = std::time::Instant::now();
    send(&klara, bomb, "").await.assert(422).has("za duży");
    eprintln!("a bomb of 80 MB is refused after {:?}", begun.elapsed());
    assert!(begun.elapsed().as_secs() < 600);
    for bytes in [
        b"PK\x03\x04to nie jest archiwum".to_vec(),
        b"\xd0\xcf\x11\xe0stary xls".to_vec(),
        archive(&[("a", b"b")]),
    ] {
        send(&klara, bytes, "").await.assert(422).has("To nie jest skoroszyt XLSX");
    }
    let cells = |cells: &str| {
        with_sheet(&format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{cells}</sheetData></worksheet>"
        ))
    };
    let head = r#"<row r="1"><c r="A1" t="str"><v>nr_inwentarzowy</v></c><c r="B1" t="str"><v>producent</v></c></row>"#;
    // Two cells far apart cost two cells.
    let wide = r#"<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>"#;
    for (sheet, expected) in [
        (format!("{head}{wide}"), WorkbookProblem::TooLarge),
        (
            format!("{head}{}", r#"<row r="2"><c r="A2"><v></v></c></row>"#.repeat(500_001)),
            WorkbookProblem::TooLarge,
        ),
        (head.to_owned(), WorkbookProblem::Empty),
        (
            format!(r#"{head}<row r="2"><c r="B2"><v>8948012345678901234</v></c></row>"#),
            WorkbookProblem::Rounded(2, 2),
        ),
        (
            format!("{head}<row r=\"3\"><c r=\"A3\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c></row>"),
            WorkbookProblem::Faulty(3, 1),
        ),
    ] {
        assert_eq!(workbook::read(&cells(&sheet), "").unwrap_err(), expected);
    }
    // A list of no texts that says it has four milliards.
    let said = with_texts("<worksheet/>", r#"<sst count="1" uniqueCount="4000000000"/>"#);
    assert_eq!(workbook::read(&said, "").unwrap_err(), WorkbookProblem::TooLarge);
    let rounded = cells(&format!(r#"{head}<row r="2"><c r="B2"><v>8948012345678901234</v></c></row>"#));
    send(&klara, rounded, "").await.assert(422).has("Komórka B2");
    klara.client.get("/devices").await.assert(200).has("jeszcze pusta");
    app.end().await;
}

#[tokio::test]
async fn ten_thousand_rows_come_from_a_workbook_and_go_into_one() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let rows = (0..10_000).map(|at| {
        let (no, serial, model) = (format!("N/{at}"), format!("S{at}"), format!("Model {}", at % 40));
        [no, serial, "laptop".to_owned(), "Dell".to_owned(), model].map(Cell::from).to_vec()
    });
    let table = Table {
        title: "sprzęt".to_owned(),
        headers: HEADERS[..5].iter().map(|header| (*header).to_owned()).collect(),
        rows: rows.collect(),
        sums: Vec::new(),
    };
    let book =
        devices::table::workbook(&[table], &Notes::default(), datetime!(2026-11-21 10:00 UTC)).unwrap();
    let begun = std::time::Instant::now();
    let page = send(&klara, book, "").await.assert(200);
    klara.client.post("/devices/import/confirm", &[("file", &page.value("file"))]).await.assert(303);
    let took = begun.elapsed();
    let begun = std::time::Instant::now();
    let request = klara.client.request(Method::GET, "/devices/export.xlsx");
    let book = request.send().await.unwrap().bytes().await.unwrap();
    eprintln!(
        "10,000 rows: tried and read in after {took:?}, written in {:?}, {} KB",
        begun.elapsed(),
        book.len() >> 10
    );
    let read = import::table(&book, "").unwrap();
    assert_eq!((read.rows.len(), read.rows[9_999].1[0].as_str()), (10_000, "N/9999"));
    assert!(took.as_secs() < 600, "{took:?}");
    app.end().await;
}

/// A frozen report, for the walk over all routes.
pub async fn one_of_everything(office: &House<'_>, who: &Someone) -> Vec<(&'static str, String)> {
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    let (reader, blobs) = (proof().reader(), &office.app.ground.blobs);
    let id = frozen::freeze(
        &mut tx,
        &reader,
        blobs,
        "RAP/1/2026",
        frozen::File::new(b"x".to_vec()),
        frozen::File::new(b"y".to_vec()),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    vec![("frozen", id.to_string()), ("report", "units".to_owned())]
}

/// Twelve laptops of a unit whose name begins like a formula, four of them of a programme that is protected; seven are lent to one
/// person and overdue.
pub async fn filled(office: &House<'_>, klara: &Someone, holder: &Someone) {
    let app = office.app;
    set_clock(app, datetime!(2026-09-01 10:00 UTC)).await;
    let numbers: Vec<String> = (1..=12).map(|at| format!("IT/{at}")).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    laptops(office, &klara.actor, &numbers).await;
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let admin = identity::PeopleAdmin::at_the_terminal();
    identity::unit::create(&mut tx, &admin, None, "=2+5 Szkoła").await.unwrap();
    let plain = Programme { name: "Zdalna Szkoła".to_owned(), ..Programme::default() };
    let plain = purchase::save_programme(&mut tx, &proof(), None, &plain).await.unwrap();
    let foster = Programme {
        name: "Piecza zastępcza".to_owned(),
        neutral_name: "Laptopy 2021".to_owned(),
        sensitive: true,
        ..Programme::default()
    };
    let foster = purchase::save_programme(&mut tx, &proof(), None, &foster).await.unwrap();
    let lot = Lot {
        name: "Dostawa 1".to_owned(),
        invoice_no: "FV/1".to_owned(),
        unit_price_grosze: Some(202_827),
        warranty_until: Some(date!(2026 - 12 - 31)),
        shares: vec![(plain, 667), (foster, 333)],
        ..Lot::default()
    };
    purchase::save_lot(&mut tx, &proof(), None, &lot).await.unwrap();
    let mut text = "nr_inwentarzowy;producent;model;jednostka;zakup;program\n".to_owned();
    for (at, number) in numbers.iter().enumerate() {
        let programme = if at % 3 == 0 { "Piecza zastępcza" } else { "Zdalna Szkoła" };
        text.push_str(&format!("{number};Dell;Latitude 3520;=2+5 Szkoła;Dostawa 1;{programme}\n"));
    }
    let (old, _, _) = encoding_rs::WINDOWS_1250.encode(&text);
    let outcome = import::assets(&mut tx, &proof(), &import::table(&old, "").unwrap(), false).await.unwrap();
    assert_eq!(outcome.changed.len(), 12, "{outcome:?}");
    tx.commit().await.unwrap();
    let due = until(date!(2026 - 11 - 01));
    let (agreement, loans) = signed(office, &klara.actor, holder.id, &numbers[..7], &due).await.unwrap();
    hand(office, &klara.actor, agreement, &loans).await.unwrap();
    set_clock(app, datetime!(2026-11-21 10:00 UTC)).await;
}

/// The rows of a workbook that this address gives.
async fn rows(who: &Someone, path: &str) -> Vec<Vec<String>> {
    let book = who.client.request(Method::GET, path).send().await.unwrap();
    assert_eq!(book.status(), 200, "{path}");
    let table = import::table(&book.bytes().await.unwrap(), "").unwrap();
    table.rows.into_iter().map(|(_, cells)| cells).collect()
}

#[tokio::test]
async fn reports_count_what_is_there_and_say_it_in_every_form() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let boss = office.admin("szef").await;
    let jan = office.learner("jan").await;
    let obca = clerk(&app.office("inny").await, "obca").await;
    filled(&office, &klara, &boss).await;

    klara.client.get("/devices/reports").await.assert(303);
    let page = klara.client.get("/devices/reports/units").await.assert(200);
    page.has("=2+5 Szkoła")
        .has("12 na stanie, wypożyczone: 7")
        .has("24\u{a0}339,24\u{a0}zł")
        .has("url(#bar-lines)");
    let csv = klara.client.get("/devices/reports/units/csv").await.assert(200);
    assert!(csv.text.contains("\n'=2+5 Szkoła;12;7;7;5;0;0;24339.24\n"), "{}", csv.text);
    let book = rows(&klara, "/devices/reports/units/xlsx").await;
    assert_eq!(book[0], ["=2+5 Szkoła", "12", "7", "7", "5", "0", "0", "24339.24"]);
    assert_eq!(book[1][1], "12");

    klara.client.get("/devices/reports/programmes").await.assert(200).has("Piecza zastępcza");
    for form in ["", "/csv"] {
        let page = boss.client.get(&format!("/devices/reports/programmes{form}")).await.assert(200);
        page.has("Laptopy 2021").lacks("Piecza");
    }
    // On paper the names are neutral for everybody, and what stands in it is readable by machines.
    let paper = klara.client.request(Method::GET, "/devices/reports/programmes/pdf").send().await.unwrap();
    assert_eq!(paper.status(), 200);
    let bytes = paper.bytes().await.unwrap();
    assert!(bytes.starts_with(b"%PDF-") && bytes.windows(14).any(|at| at == b"StructTreeRoot"));
    let read = pdf::text(&bytes);
    assert!(read.contains("Laptopy") && !read.contains("Piecza"), "{read}");
    klara.client.get("/devices/reports/models").await.assert(200).has("Dell Latitude 3520");
    let late = rows(&klara, "/devices/reports/overdue/xlsx").await;
    assert_eq!(
        (late.len(), late[0][2].as_str(), late[0][7].as_str(), late[0][8].as_str()),
        (7, "IT/1", "2026-11-01", "20")
    );
    klara.client.get("/devices/loans.csv?show=overdue").await.assert(200).has(";2026-11-01;20");
    assert_eq!(rows(&klara, "/devices/loans.xlsx?show=overdue").await.len(), 7);
    klara.client.get("/devices/reports/warranty?within=30").await.assert(200).has("Nie ma czego pokazać");
    klara.client.get("/devices/reports/warranty?within=90").await.assert(200).has("IT/12").has("31.12.2026");
    klara.client.get("/devices/reports/plans").await.assert(200).has("Nie ma czego pokazać");
    let cost = rows(&klara, "/devices/reports/cost/xlsx").await;
    assert_eq!(cost[0][..6], ["Dostawa 1", "FV/1", "", "12", "2028.27", "24339.24"]);
    // 667 ‰ and 333 ‰ of 24 339,24 zł, to the grosz.
    klara
        .client
        .get("/devices/reports/cost")
        .await
        .assert(200)
        .has("16\u{a0}234,28\u{a0}zł")
        .has("8\u{a0}104,96\u{a0}zł");

    klara.client.get("/devices/reports/nie-ma").await.assert(404);
    for report in ["units", "cost/xlsx", "overdue/csv", "savings", "frozen", "public"] {
        jan.client.get(&format!("/devices/reports/{report}")).await.assert(403);
        obca.client
            .get(&format!("/devices/reports/{report}"))
            .await
            .assert(200)
            .lacks("Szkoła")
            .lacks("IT/1");
    }
    app.end().await;
}

#[tokio::test]
async fn savings_are_reckoned_with_what_the_organisation_typed() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let form = |people: &'static str, device: &'static str| {
        [
            ("people", people),
            ("meetings", "10"),
            ("pages", "200"),
            ("page_price", "0,25"),
            ("device_price", device),
            ("years", "4"),
        ]
    };
    klara.client.post("/devices/reports/savings", &form("20", "2028,27")).await.assert(303);
    let page = klara.client.get("/devices/reports/savings").await.assert(200);
    page.has("20 × 10 × 200 × 0,25\u{a0}zł = 10\u{a0}000,00\u{a0}zł")
        .has("20 × 2\u{a0}028,27\u{a0}zł ÷ 4 = 10\u{a0}141,35\u{a0}zł")
        .has("Dopłata w roku")
        .has("141,35\u{a0}zł");
    klara
        .client
        .post("/devices/reports/savings", &form("dużo", "-1"))
        .await
        .assert(422)
        .has("Liczba osób")
        .has("dużo");
    klara.client.get("/devices/reports/savings").await.assert(200).has("value=\"2028,27\"");
    app.end().await;
}

#[tokio::test]
async fn a_frozen_report_stays_as_it_was_and_tells_when_it_does_not() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let boss = office.admin("szef").await;
    let obca = clerk(&app.office("inny").await, "obca").await;
    filled(&office, &klara, &boss).await;
    klara.client.post("/devices/reports/frozen", &[]).await.assert(303);
    let page = boss.client.get("/devices/reports/frozen").await.assert(200).has("RAP/1/2026");
    let path = page.text.split("href=\"").find(|part| part.starts_with("/devices/reports/frozen/")).unwrap();
    let path = path.split('"').next().unwrap().to_owned();
    let bytes = boss.client.request(Method::GET, &path).send().await.unwrap().bytes().await.unwrap();
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(page.text.contains(&hash));
    let programmes = import::table(&bytes, "Według programów").unwrap();
    let names: Vec<&str> = programmes.rows.iter().map(|(_, cells)| cells[0].as_str()).collect();
    assert_eq!(names, ["Zdalna Szkoła", "Laptopy 2021", "Razem"]);
    // The same on paper, whose own hash stands on the page; each names the other.
    let paper = boss.client.request(Method::GET, &format!("{path}/pdf")).send().await.unwrap();
    assert_eq!(
        (paper.status().as_u16(), paper.headers()["content-type"].to_str().unwrap()),
        (200, "application/pdf")
    );
    let paper = paper.bytes().await.unwrap();
    let own: String = Sha256::digest(&paper).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(page.text.contains(&own) && own != hash);
    assert!(paper.windows(14).any(|at| at == b"StructTreeRoot"));
    let read = crate::harness::pdf::text(&paper).replace(' ', "");
    assert!(read.contains(&hash), "the paper names the workbook: {read}");
    for part in ["RAP/1/2026", "Laptopy2021", "strona1z"] {
        assert!(read.contains(part), "{part} is not in {read}");
    }
    assert!(!read.contains("Piecza"), "{read}");
    let notes = import::table(&bytes, "O raporcie").unwrap();
    let said = format!("{:?}", notes.rows);
    assert!(said.contains("RAP-1-2026.pdf"), "the workbook names the paper: {said}");
    obca.client.get(&path).await.assert(404);
    obca.client.get(&format!("{path}/pdf")).await.assert(404);
    obca.client.get("/devices/reports/frozen").await.assert(200).lacks("RAP/1/2026");

    // What is changed afterwards does not change it; the database refuses, and another file is not given out.
    klara.client.post("/devices/reports/frozen", &[]).await.assert(303);
    let refused =
        refused_by(&mut owner(&app).await, "update frozen_report set number = 'x'".to_owned()).await;
    assert!(refused.contains("only ever added"), "{refused}");
    let key = app.ground.blobs.list(&format!("reports/{}/", office.id)).await.unwrap();
    assert_eq!(key.len(), 4, "two workbooks, two papers");
    for key in key {
        app.ground.blobs.put(&key, "text/plain", b"podmieniony".to_vec()).await.unwrap();
    }
    boss.client.get(&path).await.assert(503);
    boss.client.get(&format!("{path}/pdf")).await.assert(503);
    app.end().await;
}

#[tokio::test]
async fn everybody_sees_the_statistics_once_they_are_switched_on_and_no_protected_programme() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let boss = office.admin("szef").await;
    filled(&office, &klara, &boss).await;
    let nobody = app.visitor();
    for path in
        ["/statistics/brzozow", "/statistics/brzozow/csv", "/statistics/brzozow/json", "/statistics/nie-ma"]
    {
        nobody.get(path).await.assert(404);
    }
    klara.client.get("/devices/reports/public").await.assert(200).has("nie są publiczne");
    klara.client.post("/devices/reports/public", &[("to", "on")]).await.assert(403);
    boss.client.post("/devices/reports/public", &[("to", "on")]).await.assert(303);
    // Four of the ordinary programme and three of the protected one are lent: too few to stand apart.
    let page = nobody.get("/statistics/brzozow").await.assert(200);
    page.has("inne programy")
        .has("=2+5 Szkoła")
        .lacks("Piecza")
        .lacks("Laptopy 2021")
        .lacks("Zdalna Szkoła")
        .lacks("IT/1");
    let csv = nobody.get("/statistics/brzozow/csv").await.assert(200);
    csv.has("programmes;inne programy;Laptop;7;").has("'=2+5 Szkoła").lacks("Piecza");
    let json = nobody.get("/statistics/brzozow/json").await.assert(200);
    let json: serde_json::Value = serde_json::from_str(&json.text).unwrap();
    assert_eq!(json["programmes"]["rows"][0]["total"], 7);
    assert_eq!(json["units"]["rows"][0]["name"], "=2+5 Szkoła");
    boss.client.post("/devices/reports/public", &[("to", "off")]).await.assert(303);
    nobody.get("/statistics/brzozow").await.assert(404);
    app.end().await;
}

#[tokio::test]
async fn looks_at_what_is_protected_are_written_down_for_the_administrator() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let boss = office.admin("szef").await;
    let jan = office.learner("jan").await;
    let obcy = app.office("inny").await.admin("obcy").await;
    filled(&office, &klara, &boss).await;
    boss.client.get("/devices/reports/views").await.assert(200).has("Nikt jeszcze nie oglądał");
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let reader = proof().reader();
    let protected = find::scanned(&mut tx, &reader, "IT/1").await.unwrap().id;
    let plain = find::scanned(&mut tx, &reader, "IT/2").await.unwrap().id;
    drop(tx);
    for id in [protected, plain] {
        klara.client.get(&format!("/devices/assets/{id}")).await.assert(200);
    }
    // To the administrator the name is neutral, so there is nothing to write down.
    boss.client.get(&format!("/devices/assets/{protected}")).await.assert(200).lacks("Piecza");
    let person = format!("/devices/people/{}", jan.id);
    klara.client.get(&person).await.assert(200);
    boss.client.get("/devices/reports/views").await.assert(200).lacks("Osoba JAN").lacks("SZEF</td>");
    klara.client.post(&format!("{person}/birthday"), &[("born_on", "2014-03-12")]).await.assert(303);
    klara.client.get(&person).await.assert(200);
    klara.client.get("/devices/export.xlsx").await.assert(200);
    let page = boss.client.get("/devices/reports/views").await.assert(200);
    page.has("Osoba KLARA")
        .has("Chroniony program urządzenia")
        .has("IT/1<")
        .lacks("IT/2<")
        .has("Data urodzenia, opiekunowie")
        .has("Osoba JAN")
        .has("Ewidencja pobrana jako plik");
    assert_eq!(rows(&boss, "/devices/reports/views.xlsx").await.len(), 3);
    klara.client.get("/devices/reports/views").await.assert(403);
    obcy.client.get("/devices/reports/views").await.assert(200).lacks("KLARA");
    app.end().await;
}

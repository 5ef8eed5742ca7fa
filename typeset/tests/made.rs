//! The program as those who order from it see it: documents that readers of PDF understand, photographs that carry nothing.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on says where, and shows its sizes and times"
)]

use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use documents::wire::Reason;
use documents::{Align, Block, Certificate, Failure, Letter, Numbered, Report, Signature, Table, Workshop};
use image::{ImageEncoder as _, Rgb, RgbImage, Rgba, RgbaImage};

fn workshop() -> Workshop {
    Workshop::new(env!("CARGO_BIN_EXE_tablica-documents").into())
}

/// 21 November 2026, 12:00 UTC.
const NOON: i64 = 1_795_262_400;

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    RgbaImage::from_fn(width, height, |x, y| Rgba([(x % 256) as u8, (y % 256) as u8, 90, 200]))
        .write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png)
        .unwrap();
    bytes
}

fn report() -> Report {
    let rows = (1..=80)
        .map(|n| vec![format!("GW/IT/{n:04}"), "Dell Latitude 3120".to_owned(), format!("{n},00 zł")]);
    Report {
        title: "Protokół zdawczo-odbiorczy PZO/7/2026".to_owned(),
        subtitle: "do umowy UZ/12/2026".to_owned(),
        language: "pl".to_owned(),
        organisation: "Gmina Wiązownica Żółta".to_owned(),
        place_and_day: "21.11.2026".to_owned(),
        notice: "Projekt: jeszcze nie podpisano".to_owned(),
        facts: vec![
            ("Biorący do używania".to_owned(), "Łucja Źdźbło-Ćwięk".to_owned()),
            ("Українською".to_owned(), "Ґанок і їжак".to_owned()),
        ],
        blocks: vec![
            Block::Heading { level: 2, text: "§ 1. Przedmiot".to_owned() },
            Block::Text {
                text: "#read(\"/etc/passwd\") i $x^2$ *b* _c_ <d> @e `f` \\ // g\n= druga linia".to_owned(),
            },
            Block::Numbered {
                start: 3,
                items: vec![Numbered {
                    text: "punkt".to_owned(),
                    below: vec!["pod".to_owned(), "#panic()".to_owned()],
                }],
            },
            Block::List { items: vec!["jeden".to_owned(), "- dwa".to_owned()] },
            Block::Facts { rows: vec![("Cel".to_owned(), "nauka".to_owned())] },
            Block::Picture {
                name: "a.png".to_owned(),
                alt: "Rysa przy zawiasie".to_owned(),
                caption: "Fot. 1".to_owned(),
                width_mm: 40,
            },
            Block::Table(Table {
                caption: "Sprzęt".to_owned(),
                columns: vec!["Nr".to_owned(), "Model".to_owned(), "Kwota".to_owned()],
                align: vec![Align::Start, Align::Start, Align::End],
                shares: vec![2, 4, 1],
                rows: rows.collect(),
                sum: true,
            }),
        ],
        signatures: vec![
            Signature {
                role: "Przekazujący".to_owned(), name: "Jan Kos".to_owned(), ..Signature::default()
            },
            Signature {
                role: "Odbierający".to_owned(),
                picture: Some(("a.png".to_owned(), "Podpis odręczny".to_owned())),
                ..Signature::default()
            },
        ],
        foot: "PZO/7/2026".to_owned(),
        ..Report::default()
    }
}

/// What a reader of PDF reads, page after page.
fn read(pdf: &[u8], program: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, pdf).unwrap();
    let out =
        Command::new(program).args(more).arg(&path).args((program == "pdftotext").then_some("-")).output();
    let out = out.unwrap_or_else(|error| panic!("{program} (package poppler-utils): {error}"));
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    // An empty title of a heading is printed as the bare mark of UTF-16.
    String::from_utf8_lossy(&out.stdout).into_owned()
}

fn holds(pdf: &[u8], text: &str) -> bool {
    pdf.windows(text.len()).any(|part| part == text.as_bytes())
}

#[tokio::test]
async fn a_report_is_tagged_pdf_ua_and_what_people_typed_stands_in_it_as_text() {
    let begun = std::time::Instant::now();
    let pdf = workshop().report(&report(), NOON, &[("a.png".to_owned(), png(300, 200))]).await.unwrap();
    println!("{} bytes after {:?}", pdf.len(), begun.elapsed());
    if let Some(folder) = std::env::var_os("TABLICA_KEEP") {
        std::fs::write(Path::new(&folder).join("report.pdf"), &pdf).unwrap();
    }
    assert!(pdf.starts_with(b"%PDF-1.7"));
    for sign in [
        "/StructTreeRoot",
        "/MarkInfo",
        "/Marked true",
        "/Lang(pl)",
        "<pdfuaid:part>1<",
        "DisplayDocTitle true",
    ] {
        assert!(holds(&pdf, sign), "{sign} is not there");
    }
    let text = read(&pdf, "pdftotext", &["-raw"]);
    for line in [
        "Łucja Źdźbło-Ćwięk",
        "Ґанок і їжак",
        "#read(\"/etc/passwd\") i $x^2$ *b* _c_ <d> @e `f` \\ // g",
        "= druga linia",
        "#panic()",
        "GW/IT/0080",
        "Gmina Wiązownica Żółta",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    let told = read(&pdf, "pdfinfo", &[]);
    assert!(told.contains("Title:           Protokół zdawczo-odbiorczy PZO/7/2026"), "{told}");
    assert!(told.contains("Tagged:          yes"), "{told}");
    let tags = read(&pdf, "pdfinfo", &["-struct-text"]);
    for tag in ["H1", "H2", "Table", "THead", "TH", "TD", "Figure", "LI", "Lbl"] {
        assert!(tags.lines().any(|line| line.trim_start().starts_with(tag)), "{tag} is not in {tags}");
    }
}

#[tokio::test]
async fn the_same_document_twice_is_the_same_bytes() {
    let picture = [("a.png".to_owned(), png(30, 20))];
    let one = workshop().report(&report(), NOON, &picture).await.unwrap();
    let two = workshop().report(&report(), NOON, &picture).await.unwrap();
    assert!(one == two);
}

#[tokio::test]
async fn a_letter_names_sender_and_receiver() {
    let letter = Letter {
        subject: "Przypomnienie o zwrocie".to_owned(),
        language: "uk".to_owned(),
        sender: vec!["Urząd".to_owned(), "ul. Łąkowa 1".to_owned()],
        receiver: vec!["Żaneta Gęś".to_owned()],
        place_and_day: "21.11.2026".to_owned(),
        reference: "UZ/1/2026".to_owned(),
        paragraphs: vec!["Шановна пані!".to_owned(), "語 brak takiej litery".to_owned()],
        signature: Some(Signature { role: "podpis".to_owned(), ..Signature::default() }),
    };
    let pdf = workshop().letter(&letter, NOON).await.unwrap();
    let text = read(&pdf, "pdftotext", &["-raw"]);
    assert!(
        text.contains("Żaneta Gęś") && text.contains("Шановна пані!") && text.contains("\u{fffd} brak"),
        "{text}"
    );
    assert!(holds(&pdf, "/Lang(uk)"));
}

#[tokio::test]
async fn a_certificate_is_one_tagged_page_whatever_is_left_out() {
    let bare = Certificate {
        title: "Zaświadczenie".to_owned(),
        number: "nr 7K3M-9QRT-XW2H-4D5C".to_owned(),
        language: "pl".to_owned(),
        organisation: "Gmina Wiązownica Żółta".to_owned(),
        before: "Zaświadcza się, że osoba wymieniona poniżej".to_owned(),
        name: "Łucja Źdźbło-Ćwięk #panic()".to_owned(),
        between: "ukończyła szkolenie".to_owned(),
        subject: "Ґанок і їжак".to_owned(),
        subject_language: "uk".to_owned(),
        facts: vec![("Wersja szkolenia".to_owned(), "3".to_owned())],
        place_and_day: "21.11.2026".to_owned(),
        code: ("a.png".to_owned(), "Kod QR".to_owned()),
        check: "Zeskanuj kod.".to_owned(),
        address: "https://szkolenia.example.org/certificates/AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        ..Certificate::default()
    };
    let long = "Zarządzanie kryzysowe i ochrona ludności w gminie ".repeat(4);
    let full = Certificate {
        notice: "Wzór".to_owned(),
        wording: "Podstawa prawna: art. 18 ustawy. ".repeat(12),
        subject: long,
        signatory: ("Jan Kos".to_owned(), "Wójt Gminy".to_owned()),
        arms: Some(("a.png".to_owned(), "Herb".to_owned())),
        facts: (0..7).map(|n| (format!("Nazwa {n}"), "wartość".to_owned())).collect(),
        ..bare.clone()
    };
    for (name, certificate) in [("bare", bare), ("full", full)] {
        let picture = [("a.png".to_owned(), png(64, 64))];
        let pdf = workshop().certificate(&certificate, NOON, &picture).await.unwrap();
        if let Some(folder) = std::env::var_os("TABLICA_KEEP") {
            std::fs::write(Path::new(&folder).join(format!("certificate-{name}.pdf")), &pdf).unwrap();
        }
        // The language of the title stands in the compressed content, so only the document's is read here.
        assert!(holds(&pdf, "<pdfuaid:part>1<") && holds(&pdf, "/Lang(pl)"), "{name}");
        let text = read(&pdf, "pdftotext", &["-raw"]);
        for part in
            ["Łucja Źdźbło-Ćwięk #panic()", "7K3M-9QRT-XW2H-4D5C", &certificate.address, "strona 1 z 1"]
        {
            assert!(text.contains(part), "{name}: {part} is not in {text}");
        }
        let told = read(&pdf, "pdfinfo", &[]);
        assert!(
            told.contains("Title:           Zaświadczenie nr 7K3M") && told.contains("Tagged:          yes"),
            "{told}"
        );
        let tags = read(&pdf, "pdfinfo", &["-struct-text"]);
        for tag in ["H1", "Figure", "Link", "LI"] {
            assert!(tags.lines().any(|line| line.trim_start().starts_with(tag)), "{tag} is not in {tags}");
        }
    }
}

#[tokio::test]
async fn what_is_not_an_order_is_refused_and_no_file_of_the_machine_is_read() {
    let mut data = report();
    data.blocks = vec![Block::Picture {
        name: "../../../etc/passwd".to_owned(),
        alt: "x".to_owned(),
        caption: String::new(),
        width_mm: 10,
    }];
    data.signatures.clear();
    let refused = workshop().report(&data, NOON, &[]).await;
    assert!(matches!(refused, Err(Failure::Refused { reason: Reason::Template, .. })), "{refused:?}");
    let mut child = Command::new(env!("CARGO_BIN_EXE_tablica-documents"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&[0xff; 64]).unwrap();
    let out = child.wait_with_output().unwrap();
    let (answer, _) = documents::wire::read::<documents::wire::Answer>(&mut out.stdout.as_slice()).unwrap();
    let documents::wire::Answer::Failed { reason, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(reason, Reason::BadOrder);
}

/// A JPEG with an EXIF block that says: turned by 90°, taken at 52° N.
fn with_place(width: u32, height: u32) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0".to_vec();
    exif.extend_from_slice(&2_u16.to_le_bytes());
    // Orientation (0x0112), SHORT: 6, "turn right".
    exif.extend_from_slice(&[0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]);
    // GPS IFD (0x8825), LONG: at 38.
    exif.extend_from_slice(&[0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0]);
    exif.extend_from_slice(&[0, 0, 0, 0]);
    exif.extend_from_slice(&1_u16.to_le_bytes());
    exif.extend_from_slice(&[1, 0, 2, 0, 2, 0, 0, 0, b'N', 0, 0, 0, 0, 0, 0, 0]);
    exif.extend_from_slice(b"GPS-52.2297N-21.0122E");
    let picture =
        RgbImage::from_fn(
            width,
            height,
            |x, _| if x < width / 2 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) },
        );
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new(&mut bytes);
    encoder.set_exif_metadata(exif).unwrap();
    encoder.encode_image(&picture).unwrap();
    bytes
}

#[tokio::test]
async fn a_photograph_of_40_megapixels_becomes_small_upright_and_without_its_place() {
    let file = with_place(7744, 5184);
    assert!(holds(&file, "GPS-52.2297N"));
    let begun = std::time::Instant::now();
    let photo = workshop().photo(&file).await.unwrap();
    println!("{} bytes to {} after {:?}", file.len(), photo.picture.len(), begun.elapsed());
    assert_eq!(photo.size_px, (1071, 1600));
    assert!(!holds(&photo.picture, "Exif") && !holds(&photo.picture, "GPS") && !holds(&photo.small, "Exif"));
    let picture = image::load_from_memory(&photo.picture).unwrap().to_rgb8();
    assert!(picture.get_pixel(500, 100).0[0] > 200, "what was on the left is above after turning right");
    assert!(picture.get_pixel(500, 1500).0[2] > 200);
    let small = image::load_from_memory(&photo.small).unwrap();
    assert_eq!(small.height(), 320);
}

#[tokio::test]
async fn what_is_no_photograph_is_refused_with_its_reason() {
    let reason = |failure| match failure {
        Err(Failure::Refused { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(reason(workshop().photo(b"%PDF-1.7 named .jpg").await), Reason::NotAPicture);
    assert_eq!(reason(workshop().photo(b"").await), Reason::NotAPicture);
    let half = with_place(400, 300);
    assert_eq!(reason(workshop().photo(&half[..400]).await), Reason::Damaged);
    // A bomb: a PNG of a few bytes that says that it has 60,000 × 60,000 pixels.
    let mut bomb = png(8, 8);
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let told = reason(workshop().photo(&bomb).await);
    assert!(matches!(told, Reason::TooLarge | Reason::Damaged), "{told:?}");
    let flat = RgbImage::new(16_000, 8_000);
    let mut wide = Vec::new();
    image::codecs::png::PngEncoder::new(&mut wide)
        .write_image(flat.as_raw(), 16_000, 8_000, image::ExtendedColorType::Rgb8)
        .unwrap();
    assert!(wide.len() < 4 << 20, "{}", wide.len());
    assert_eq!(reason(workshop().photo(&wide).await), Reason::TooLarge);
}

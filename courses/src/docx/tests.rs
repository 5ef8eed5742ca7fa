//! Documents made by hand: what comes over, what is named as lost, and what is refused.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nthe rest does not matter";

/// An archive of these parts.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn story(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\" xmlns:r=\"r\"><w:body>{body}</w:body></w:document>"
    )
}

const STYLES: &str = "<w:styles xmlns:w=\"w\">\
  <w:style w:styleId=\"Nagwek1\"><w:name w:val=\"heading 1\"/></w:style>\
  <w:style w:styleId=\"Nagwek2\"><w:name w:val=\"heading 2\"/><w:basedOn w:val=\"Nagwek1\"/></w:style>\
  <w:style w:styleId=\"Podobny\"><w:name w:val=\"Mój\"/><w:basedOn w:val=\"Nagwek2\"/></w:style>\
  <w:style w:styleId=\"Kolo\"><w:name w:val=\"Koło\"/><w:basedOn w:val=\"Kolo\"/></w:style>\
  <w:style w:styleId=\"Lista\"><w:name w:val=\"List Bullet\"/><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:style>\
  </w:styles>";
const NUMBERING: &str = "<w:numbering xmlns:w=\"w\">\
  <w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"bullet\"/></w:lvl></w:abstractNum>\
  <w:abstractNum w:abstractNumId=\"5\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"decimal\"/></w:lvl>\
  <w:lvl w:ilvl=\"1\"><w:numFmt w:val=\"bullet\"/></w:lvl></w:abstractNum>\
  <w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num><w:num w:numId=\"2\"><w:abstractNumId w:val=\"5\"/></w:num>\
  </w:numbering>";
const RELATIONS: &str = "<Relationships>\
  <Relationship Id=\"rId1\" Type=\"image\" Target=\"media/image1.png\"/>\
  <Relationship Id=\"rId2\" Type=\"hyperlink\" Target=\"https://example.org/a?b=1&amp;c=2\" TargetMode=\"External\"/>\
  <Relationship Id=\"rId3\" Type=\"hyperlink\" Target=\"file:///etc/passwd\" TargetMode=\"External\"/>\
  <Relationship Id=\"rId4\" Type=\"image\" Target=\"https://evil.example/x.png\" TargetMode=\"External\"/>\
  <Relationship Id=\"rId5\" Type=\"image\" Target=\"media/image2.emf\"/>\
  </Relationships>";

fn document(body: &str) -> Vec<u8> {
    archive(&[
        ("word/document.xml", story(body).as_bytes()),
        ("word/styles.xml", STYLES.as_bytes()),
        ("word/numbering.xml", NUMBERING.as_bytes()),
        ("word/_rels/document.xml.rels", RELATIONS.as_bytes()),
        ("word/media/image1.png", PNG),
        ("word/media/image2.emf", b"\x01\x00\x00\x00"),
    ])
}

fn markdown(body: &str) -> String {
    read(&document(body), "plik", Split::One).unwrap().chapters.remove(0).markdown
}

fn paragraph(style: &str, text: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

#[test]
fn headings_lists_links_and_dress_come_over() {
    let item = |list: &str, level: &str, text: &str| {
        format!(
            "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr></w:pPr>\
             <w:r><w:t>{text}</w:t></w:r></w:p>"
        )
    };
    let body = [
        paragraph("Nagwek1", "Wstęp"),
        paragraph("Podobny", "Po co"),
        "<w:p><w:r><w:t xml:space=\"preserve\">To jest </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>waż</w:t></w:r>\
         <w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">ne </w:t></w:r><w:r><w:rPr><w:b w:val=\"0\"/><w:i/></w:rPr>\
         <w:t>i</w:t></w:r><w:r><w:t xml:space=\"preserve\"> A &amp; B &lt;script&gt; 2*3 </w:t></w:r>\
         <w:hyperlink r:id=\"rId2\"><w:r><w:t>poradnik</w:t></w:r></w:hyperlink><w:r><w:t>.</w:t></w:r></w:p>"
            .to_owned(),
        item("1", "0", "raz"),
        item("1", "0", "dwa"),
        item("2", "0", "pierwszy"),
        item("2", "1", "pod nim"),
        paragraph("Lista", "ze stylu"),
        paragraph("Kolo", "# 1. zwykły"),
        paragraph("", "3. maja"),
    ]
    .concat();
    assert_eq!(
        markdown(&body),
        "## Wstęp\n\n### Po co\n\nTo jest **ważne** *i* A \\& B \\<script\\> 2\\*3 \
         [poradnik](<https://example.org/a?b=1&c=2>).\n\n- raz\n- dwa\n1. pierwszy\n   - pod nim\n- ze stylu\n\n\
         \\# 1. zwykły\n\n3\\. maja\n"
    );
}

#[test]
fn tables_keep_their_rows_and_say_whether_they_have_a_header() {
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let row = |head: &str, one: &str, two: &str| format!("<w:tr>{head}{}{}</w:tr>", cell(one), cell(two));
    let head = "<w:trPr><w:tblHeader/></w:trPr>";
    let with = format!("<w:tbl>{}{}</w:tbl>", row(head, "Kto", "Ile | co"), row("", "Jan", "2"));
    assert_eq!(markdown(&with), "| Kto | Ile \\| co |\n| --- | --- |\n| Jan | 2 |\n");
    let without = format!("<w:tbl>{}{}</w:tbl>", row("", "Jan", "2"), row("", "Ola", ""));
    let text = markdown(&without);
    assert_eq!(text, "|  |  |\n| --- | --- |\n| Jan | 2 |\n| Ola |  |\n");
    let found = crate::markdown::render(&text, &crate::markdown::Places::default()).findings;
    assert_eq!(found[0].what, crate::markdown::Fault::TableWithoutHeader);
}

#[test]
fn pictures_come_with_their_texts_and_what_is_none_is_named() {
    let drawing = |alt: &str, relation: &str| {
        format!(
            "<w:p><w:r><w:drawing><wp:docPr id=\"1\" descr=\"{alt}\"/><a:blip r:embed=\"{relation}\"/></w:drawing></w:r></w:p>"
        )
    };
    let body = [
        drawing("Plan [1] dojazdu", "rId1"),
        drawing("Rysunek", "rId5"),
        drawing("", "rId4"),
        drawing("x", "rId9"),
    ];
    let read = read(&document(&body.concat()), "Mój plik", Split::One).unwrap();
    assert_eq!(
        read.chapters[0].markdown,
        "![Plan \\[1\\] dojazdu](media/moj-plik-image1.png)\n\nRysunek\n\nx\n"
    );
    assert_eq!(read.pictures.len(), 1);
    assert_eq!((read.pictures[0].name.as_str(), &read.pictures[0].bytes[..]), ("moj-plik-image1.png", PNG));
    assert_eq!(read.lost, [(Lost::ForeignPicture, 1), (Lost::Picture, 2)]);
}

#[test]
fn chapters_are_made_by_headings_of_the_first_level() {
    let body = [
        paragraph("", "Przed."),
        paragraph("Nagwek1", "Pierwszy"),
        paragraph("Nagwek2", "Część"),
        paragraph("Nagwek1", "Drugi"),
        paragraph("", "Tekst."),
    ]
    .concat();
    let chapters = read(&document(&body), "x", Split::ByHeading).unwrap().chapters;
    let all: Vec<_> = chapters.iter().map(|one| (one.title.as_deref(), one.markdown.as_str())).collect();
    assert_eq!(all, [(None, "Przed.\n"), (Some("Pierwszy"), "## Część\n"), (Some("Drugi"), "Tekst.\n")]);
    let many = paragraph("Nagwek1", "x").repeat(MOST_UNITS + 1);
    assert_eq!(read(&document(&many), "x", Split::ByHeading), Err(Refused::TooManyUnits));
}

#[test]
fn what_stays_behind_is_named_and_never_run() {
    let body = "<w:p><w:r><w:t>Tekst</w:t></w:r><w:del><w:r><w:delText>tajne</w:delText></w:r></w:del>\
                <w:r><w:footnoteReference w:id=\"2\"/></w:r><m:oMath><m:r><m:t>x2</m:t></m:r></m:oMath>\
                <w:r><w:rPr><w:vanish/></w:rPr><w:t>ukryte</w:t></w:r>\
                <w:r><w:rPr><w:color w:val=\"FF0000\"/></w:rPr><w:t> czerwone</w:t></w:r>\
                <mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>ramka</w:t></w:r></w:p></w:txbxContent></mc:Choice>\
                <mc:Fallback><w:p><w:r><w:t>ramka</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>\
                <w:hyperlink r:id=\"rId3\"><w:r><w:t> plik</w:t></w:r></w:hyperlink></w:p>";
    let bytes = archive(&[
        ("word/document.xml", story(body).as_bytes()),
        ("word/_rels/document.xml.rels", RELATIONS.as_bytes()),
        ("word/_rels/settings.xml.rels", b"<Relationships><Relationship Id=\"a\" Target=\"https://evil.example/t.dotm\" TargetMode=\"External\"/></Relationships>"),
        ("word/vbaProject.bin", b"\xcc\x61"),
        ("word/embeddings/sheet.xlsx", b"PK"),
        ("word/header1.xml", b"<w:hdr/>"),
    ]);
    let read = read(&bytes, "x", Split::One).unwrap();
    assert_eq!(read.chapters[0].markdown, "Tekst czerwone plik\n");
    let lost: Vec<Lost> = read.lost.iter().map(|(what, _)| *what).collect();
    for what in [
        Lost::Macros,
        Lost::Template,
        Lost::Link,
        Lost::Embedded,
        Lost::TextBox,
        Lost::Formula,
        Lost::Footnote,
        Lost::TrackedRemoval,
        Lost::HeaderFooter,
        Lost::Hidden,
        Lost::Colour,
    ] {
        assert!(lost.contains(&what), "{what:?} is not in {lost:?}");
    }
}

#[test]
fn what_is_no_document_is_refused() {
    let refused = |bytes: &[u8]| read(bytes, "x", Split::One).map(|_| ()).unwrap_err();
    assert_eq!(refused(b""), Refused::NotDocument);
    assert_eq!(refused(b"%PDF-1.7"), Refused::NotDocument);
    assert_eq!(refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), Refused::Old);
    assert_eq!(refused(&vec![0; MOST_BYTES + 1]), Refused::TooLarge);
    assert_eq!(refused(&archive(&[("xl/workbook.xml", b"<x/>")])), Refused::NotDocument);
    assert_eq!(refused(&document("")), Refused::Empty);
    assert_eq!(refused(&archive(&[("word/document.xml", b"<w:document><w:body>")])), Refused::NotDocument);
    let deep = format!("{}{}", "<w:p>".repeat(5000), "</w:p>".repeat(5000));
    assert_eq!(refused(&document(&deep)), Refused::NotDocument);
    let cut = document("<w:p/>");
    assert_eq!(refused(&cut[..cut.len() / 2]), Refused::NotDocument);
}

#[test]
fn bombs_are_refused() {
    let refused = |bytes: &[u8]| read(bytes, "x", Split::One).map(|_| ()).unwrap_err();
    let mut lol = "<!DOCTYPE w [<!ENTITY a \"ha\">".to_owned();
    for (name, of) in [("b", "a"), ("c", "b"), ("d", "c")] {
        lol.push_str(&format!("<!ENTITY {name} \"{}\">", format!("&{of};").repeat(100)));
    }
    let lol = format!(
        "<?xml version=\"1.0\"?>{lol}]><w:document><w:body><w:p><w:r><w:t>&d;</w:t></w:r></w:p></w:body></w:document>"
    );
    assert_eq!(refused(&archive(&[("word/document.xml", lol.as_bytes())])), Refused::Entities);
    assert_eq!(refused(&document("<w:p><w:r><w:t>&undeclared;</w:t></w:r></w:p>")), Refused::Entities);
    let zeros = vec![b' '; 25 << 20];
    assert_eq!(refused(&archive(&[("word/document.xml", &zeros)])), Refused::TooLarge);
    let (one, two, three) = (vec![0; 50 << 20], vec![0; 50 << 20], vec![0; 50 << 20]);
    let large =
        [("word/document.xml", story("").into_bytes()), ("a.bin", one), ("b.bin", two), ("c.bin", three)];
    let large: Vec<(&str, &[u8])> = large.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    assert_eq!(refused(&archive(&large)), Refused::TooLarge);
    let names: Vec<String> = (0..2_001).map(|at| format!("{at}.bin")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert_eq!(refused(&archive(&many)), Refused::TooLarge);
}

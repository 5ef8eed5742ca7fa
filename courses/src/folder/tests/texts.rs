//! Texts of units in other languages: read beside their units, written as they were read, and every fault of them named.

use super::*;

/// A text whose Markdown begins in line 5, or later by the lines of `front`.
fn text(front: &str, markdown: &str) -> String {
    format!("+++\ntitle = \"Lesson\"\n{front}+++\n\n{markdown}")
}

#[test]
fn a_unit_is_read_with_its_texts_in_other_languages() {
    let english = text("", "See [next](02-b.md#x).\n\n![A picture](media/en.png)\n");
    let ukrainian = text("outdated = true\n", "\nТекст.");
    let files: &[(&str, &[u8])] = &[
        ("01-a.en.md", english.as_bytes()),
        ("01-a.uk.md", ukrainian.as_bytes()),
        ("media/en.png", PNG),
        ("README.en.md", b"not a unit"),
    ];
    let dir = folder(files);
    let course = read(dir.path(), &[]).map_err(|reports| listing(&reports)).unwrap();
    let units: Vec<&Unit> = course.units().collect();
    assert_eq!((units.len(), units[0].title.as_str(), units[1].texts.len()), (2, "Lekcja", 0));
    let one = |language: &str, markdown: &str, outdated| TextIn {
        language: language.to_owned(),
        title: "Lesson".to_owned(),
        markdown: markdown.to_owned(),
        outdated,
    };
    let expected = [
        one("en", "See [next](02-b.md#x).\n\n![A picture](media/en.png)\n", false),
        one("uk", "\nТекст.", true),
    ];
    assert_eq!(units[0].texts, expected);
    for (one, file) in expected.iter().zip([&english, &ukrainian]) {
        assert_eq!(write::text_file(one), *file);
    }
    // A picture that only a text in another language shows is a picture of the course.
    assert_eq!(course.pictures.iter().map(|picture| picture.name.as_str()).collect::<Vec<_>>(), ["en.png"]);
    assert_eq!(
        cli_check(dir.path(), &[]).unwrap(),
        "kurs: no faults; units: 2, tests: 0, translations: 2, pictures: 1, films: 0\n"
    );
}

#[test]
fn faults_of_texts_in_other_languages_are_all_named() {
    let good = text("", "Text.\n");
    let broken = "+++\ntitel = \"x\"\nminutes = 5\noutdated = \"no\"\n+++\n\n# Top\n\n![](media/none.png) [x](01-a.en.md) [y](09-y.md)\n";
    let files: &[(&str, &[u8])] = &[
        ("01-a.EN.md", good.as_bytes()),
        ("01-a.de.md", good.as_bytes()),
        ("01-a.pl.md", good.as_bytes()),
        ("01-a.uk.MD", good.as_bytes()),
        ("02-b.en.md", broken.as_bytes()),
        ("02-b.uk.md", b"+++\ntitle = \" \"\n+++\n\n \n"),
        // One with another number than its unit, which has one already.
        ("03-b.en.md", good.as_bytes()),
        ("09-x.uk.md", good.as_bytes()),
    ];
    let expected = [
        "01-a.EN.md:1: the language “EN” is not known here",
        "01-a.de.md:1: the language “de” is not known here",
        "01-a.pl.md:1: “pl” is the language of the course itself",
        "01-a.uk.MD:1: there is no 01-a.uk.md, but 01-a.uk.MD",
        "02-b.en.md:1: there is no “title”",
        "02-b.en.md:2: unknown key “titel”",
        "02-b.en.md:3: unknown key “minutes”",
        "02-b.en.md:4: “outdated” must be true or false",
        "02-b.en.md:7: heading of level 1",
        "02-b.en.md:9: there is no unit 01-a.en.md",
        "02-b.en.md:9: there is no unit 09-y.md",
        "02-b.en.md:9: there is no media/none.png",
        "02-b.en.md:9: the picture media/none.png has no text",
        "02-b.uk.md:1: there is no text",
        "02-b.uk.md:2: “title” is empty",
        "03-b.en.md:1: no section lists the unit 03-b of this translation",
        "09-x.uk.md:1: no section lists the unit 09-x of this translation",
    ];
    assert_eq!(faults(files), expected);
}

#[test]
fn a_text_that_cannot_be_read_is_named_and_the_unit_is_still_checked() {
    let huge = text("", &"x\n".repeat(200_000));
    let long = text("", &"x\n".repeat(131_073));
    let cases: &[(&[u8], &str)] = &[
        (b"", "01-a.en.md:1: the file must start with a line +++"),
        (b"+++\ntitle = \"x\"\n", "01-a.en.md:1: the front matter is not closed"),
        (b"+++\ntitle = \"x\"\n+++\n", "01-a.en.md:1: there is no text"),
        (b"+++\ntitle = \"x\"\n\xff\n+++\n\nx\n", "01-a.en.md:3: this is not UTF-8"),
        (b"+++\ntitle = \"x\"\n+++\n\na\n\0b\n", "01-a.en.md:6: a zero byte in a text file"),
        (huge.as_bytes(), "01-a.en.md:1: larger than 278528 bytes"),
        (long.as_bytes(), "01-a.en.md:5: larger than 262144 bytes"),
    ];
    let original = unit("", "# Tytuł\n");
    for (bytes, expected) in cases {
        let found = faults(&[("01-a.md", original.as_bytes()), ("01-a.en.md", *bytes)]);
        assert_eq!(found, ["01-a.md:6: heading of level 1", *expected]);
    }
}

//! Which faults are named: of `course.toml`, of front matter, of a text.

use super::*;

#[test]
fn faults_of_course_toml_are_all_named() {
    let broken = "title = 7\nslug = \"Zły\"\nlanguage = \"fr\"\nsumary = \"x\"\nauthor = \" \"\n\n[[section]]\ntitle = \"A\\nB\"\n\
                  units = [\"01-a\", \"7-b\", \"../02-b\", 3]\ncolour = 1\n\n[[section]]\nunits = [\"01-a\",\n \"09-x\", \"02-a\"]\n";
    let expected = [
        "course.toml:1: “title” must be a text in quotation marks",
        "course.toml:1: there is no “summary”",
        "course.toml:2: “Zły” is no name for addresses",
        "course.toml:3: the language “fr” is not known here",
        "course.toml:4: unknown key “sumary”",
        "course.toml:5: “author” is empty",
        "course.toml:8: “title” has a line end or a control character",
        "course.toml:9: “units” must be a list of names of unit files",
        "course.toml:9: “7-b” is no name of a unit",
        "course.toml:9: “../02-b” is no name of a unit",
        "course.toml:10: unknown key “colour”",
        "course.toml:12: there is no “title”",
        "course.toml:13: 01-a is listed already in line 9",
        "course.toml:14: 02-a and 01-a (line 9) differ by their number alone",
        "course.toml:14: there is no 09-x.md",
        "03-c.md:1: no section lists this unit",
    ];
    let text = unit("", "x");
    let files: &[(&str, &[u8])] = &[
        ("course.toml", broken.as_bytes()),
        ("01-a.md", text.as_bytes()),
        ("02-a.md", text.as_bytes()),
        ("03-c.md", text.as_bytes()),
    ];
    assert_eq!(faults(files), expected);
}

#[test]
fn faults_of_titles_in_other_languages_are_all_named() {
    let broken = "title = \"Kurs\"\nslug = \"kurs\"\nlanguage = \"pl\"\nsummary = \"Opis.\"\n\n\
                  [[translation]]\nlanguage = \"en\"\ntitle = \"Course\"\n\n[[translation]]\nlanguage = \"en\"\ntitle = \"Again\"\n\n\
                  [[translation]]\nlanguage = \"pl\"\ntitle = \"Kurs\"\n\n[[translation]]\nlanguage = \"de\"\ntitle = \"Kurs\"\n\n\
                  [[translation]]\nlanguage = \"uk\"\ntitel = \"x\"\noutdated = \"yes\"\n\n\
                  [[section]]\ntitle = \"Dział\"\nunits = [\"01-a\"]\n";
    let expected = [
        "course.toml:11: the title in “en” is there already",
        "course.toml:15: “pl” is the language of the course itself",
        "course.toml:19: the language “de” is not known here",
        "course.toml:22: there is no “title”",
        "course.toml:24: unknown key “titel”",
        "course.toml:25: “outdated” must be true or false",
    ];
    assert_eq!(
        faults(&[("course.toml", broken.as_bytes()), ("01-a.md", unit("", "x").as_bytes())]),
        expected
    );
    let one = course("\"01-a\"").replace("[[section]]", "translation = 3\n\n[[section]]");
    let expected = ["course.toml:6: “translation” must be written as [[translation]]"];
    assert_eq!(faults(&[("course.toml", one.as_bytes()), ("01-a.md", unit("", "x").as_bytes())]), expected);
}

#[test]
fn broken_toml_is_named_with_its_line_and_the_rest_is_still_checked() {
    let found = faults(&[("course.toml", b"title = \"a\nslug = \"b\"\n"), ("01-a.md", b"x")]);
    assert!(found[0].starts_with("course.toml:1: this is not TOML: "), "{found:?}");
    assert!(!found.iter().any(|fault| fault.starts_with("01-a.md")), "{found:?}");
    let twice = course("\"01-a\"") + "units = []\n";
    let found = faults(&[("course.toml", twice.as_bytes()), ("01-a.md", unit("", "x").as_bytes())]);
    assert!(found[0].starts_with("course.toml:9: this is not TOML: duplicate key"), "{found:?}");
    for text in
        ["", "title = ", "[[section]\n", "section = 3", "section = [3]", "\u{0}", "[section]\ntitle = \"x\""]
    {
        assert!(!faults(&[("course.toml", text.as_bytes())]).is_empty(), "{text}");
    }
}

#[test]
fn faults_of_front_matter_are_all_named() {
    let cases: &[(&str, &[&str])] = &[
        ("", &["01-a.md:1: the file must start with a line +++"]),
        ("# Tytuł\n", &["01-a.md:1: the file must start with a line +++"]),
        ("+++\ntitle = \"x\"\n", &["01-a.md:1: the front matter is not closed"]),
        (
            "+++\nminutes = 0\ntitel = \"x\"\n+++\n",
            &[
                "01-a.md:1: there is no “title”",
                "01-a.md:2: “minutes” must be from 1 to 1000",
                "01-a.md:3: unknown key “titel”",
            ],
        ),
        (
            "+++\ntitle = \"\"\nminutes = 1.5\n+++\n",
            &["01-a.md:2: “title” is empty", "01-a.md:3: “minutes” must be a whole number"],
        ),
        (
            "+++\ntitle = \"x\"\nminutes = 99999999999999999999\n+++\n",
            &["01-a.md:3: “minutes” must be from 1 to 1000"],
        ),
        (
            "+++\ntitle = \"x\"\nminutes = 1\nfilm_seen = 96\n+++\n",
            &["01-a.md:4: “film_seen” must be from 1 to 95"],
        ),
        (
            "+++\ntitle = \"x\"\nminutes = 1\nfilm_seen = \"90\"\n+++\n",
            &["01-a.md:4: “film_seen” must be a whole number"],
        ),
        (
            "+++\ntitle = \"x\"\nminutes = 1\nfilm = \"media/x.avi\"\n+++\n",
            &["01-a.md:4: media/x.avi has an ending that is not taken"],
        ),
        (
            "+++\ntitle = \"x\"\nminutes = 1\nfilm = \"media/OK.mp4\"\n+++\n",
            &["01-a.md:4: there is no media/OK.mp4, but media/ok.mp4"],
        ),
        (
            "+++\ntitle = \"x\"\nminutes = 1\nfilm = \"media/empty.mp4\"\n+++\n",
            &["01-a.md:4: media/empty.mp4 is empty"],
        ),
        (
            "+++\ntitle = \"x\"\nminutes = 1\nfilm = \"media/dir.mp4\"\n+++\n",
            &["01-a.md:4: media/dir.mp4 is not a file"],
        ),
        (
            "+++\ntitle = \"x\"\nminutes = 1\ncaptions = [{ language = \"pl\", label = \"Polski\", file = \"media/ok.vtt\" }]\n+++\n",
            &["01-a.md:4: captions without a film"],
        ),
        (
            "+++\ntitle = \"x\"\nminutes = 1\nfilm = \"media/ok.mp4\"\ncaptions = [\n  { language = \"pl\", label = \"P\", file = \"media/ok.vtt\" },\n  \
             { language = \"pl\", label = \"P\", file = \"media/bad.vtt\" },\n  { language = \"PL\", file = \"media/none.vtt\", kind = 1 },\n]\n+++\n",
            &[
                "01-a.md:7: captions in “pl” are listed already",
                "01-a.md:8: there is no “label”",
                "01-a.md:8: unknown key “kind”",
                "01-a.md:8: the language “PL” is not known here",
                "01-a.md:8: there is no media/none.vtt",
                "media/bad.vtt:1: the file must start with WEBVTT",
            ],
        ),
    ];
    for (text, expected) in cases {
        let files: &[(&str, &[u8])] = &[
            ("01-a.md", text.as_bytes()),
            ("media/ok.mp4", b"film"),
            ("media/empty.mp4", b""),
            ("media/dir.mp4/x", b""),
            ("media/ok.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nRaz.\n"),
            ("media/bad.vtt", b"Raz.\nDwa.\n"),
        ];
        assert_eq!(faults(files), *expected, "{text}");
    }
}

#[test]
fn faults_of_a_text_are_all_named() {
    text_faults(
        "# Tytuł\n\n#### Za głęboko\n",
        &["01-a.md:6: heading of level 1", "01-a.md:8: heading of level 4 after level 2"],
    );
    text_faults("![](media/ok.png)\n", &["01-a.md:6: the picture media/ok.png has no text"]);
    text_faults(
        "![x](media/none.png)\n\n![](media/none.png)\n",
        &[
            "01-a.md:6: there is no media/none.png",
            "01-a.md:8: there is no media/none.png",
            "01-a.md:8: the picture media/none.png has no text",
        ],
    );
    text_faults("![x](media/OK.png)", &["01-a.md:6: there is no media/OK.png, but media/ok.png"]);
    text_faults("![x](ok.png)", &["01-a.md:6: there is no ok.png"]);
    text_faults("![x](media/notes.txt)", &["01-a.md:6: media/notes.txt has an ending that is not taken"]);
    text_faults(
        "![x](https://example.org/a.png)",
        &["01-a.md:6: the picture https://example.org/a.png is on another site"],
    );
    for path in [
        "../plik.png",
        "/etc/plik.png",
        "media/../../plik.png",
        "media//ok.png",
        "media/./ok.png",
        "C:plik.png",
        "data:,x",
    ] {
        text_faults(&format!("![x]({path})"), &[&format!("01-a.md:6: {path} leads out of the folder")]);
    }
    text_faults(
        "[x](11-jezyk.md#a) [y](02-b.md) [z](03-b.md)",
        &["01-a.md:6: there is no unit 11-jezyk.md", "01-a.md:6: there is no unit 03-b.md"],
    );
    text_faults(
        "[x](javascript:alert(1))",
        &["01-a.md:6: the address “javascript:alert(1)” is not passed on"],
    );
    text_faults(
        "a\n\n<b>x</b> <!-- uwaga -->\n",
        &["01-a.md:8: HTML, which is not passed on", "01-a.md:8: HTML, which is not passed on"],
    );
    text_faults("$\\frac{1}$", &["01-a.md:6: the formula “\\frac{1}” cannot be read"]);
}

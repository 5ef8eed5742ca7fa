//! Folders on disk as tables: what is written there, and which faults are named, with file and line.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n rest";

/// A folder with the given files; `course.toml` lists `01-a` and `02-b` unless it is given.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let given = |name: &str| files.iter().any(|(file, _)| *file == name);
    let mut all: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, bytes)| (*name, bytes.to_vec())).collect();
    if !given("course.toml") {
        all.push(("course.toml", course("\"01-a\", \"02-b\"").into_bytes()));
        for name in ["01-a.md", "02-b.md"].into_iter().filter(|name| !given(name)) {
            all.push((name, unit("", "Tekst.\n").into_bytes()));
        }
    }
    for (name, bytes) in all {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}

fn course(units: &str) -> String {
    format!(
        "title = \"Kurs\"\nslug = \"kurs\"\nlanguage = \"pl\"\nsummary = \"Opis.\"\n\n[[section]]\ntitle = \"Dział\"\nunits = [{units}]\n"
    )
}

/// A unit whose text begins in line 6, or later by the lines of `front`.
fn unit(front: &str, markdown: &str) -> String {
    format!("+++\ntitle = \"Lekcja\"\nminutes = 5\n{front}+++\n\n{markdown}")
}

/// The faults as they are printed, up to the semicolon.
fn faults(files: &[(&str, &[u8])]) -> Vec<String> {
    faults_in(folder(files).path())
}

fn faults_in(path: &Path) -> Vec<String> {
    let reports = read(path, &[]).err().unwrap_or_default();
    reports.iter().map(|report| report.to_string().split("; ").next().unwrap().to_owned()).collect()
}

/// A unit `01-a` with this text has these faults.
fn text_faults(markdown: &str, expected: &[&str]) {
    let text = unit("", markdown);
    assert_eq!(
        faults(&[("01-a.md", text.as_bytes()), ("media/ok.png", PNG), ("media/notes.txt", b"x")]),
        expected,
        "{markdown}"
    );
}

#[test]
fn a_good_folder_is_read_as_it_is() {
    let first = unit(
        "",
        "\n## Nagłówek\n\n![Opis](media/ok.png) i [dalej](02-b.md#x), [www](https://example.org).\n",
    );
    let second = unit(
        "film = \"media/Film 1.MP4\"\ncaptions = [{ language = \"pl\", label = \"Polski\", file = \"media/b.vtt\" }]\n",
        "",
    );
    let vtt = b"WEBVTT\n\n00:00.000 --> 00:01.000\nRaz.\n";
    let files: &[(&str, &[u8])] = &[
        ("01-a.md", first.as_bytes()),
        ("02-b.md", second.as_bytes()),
        ("media/ok.png", PNG),
        ("media/unused.svg", b"<svg/>"),
        ("media/Film 1.MP4", b"film"),
        ("media/b.vtt", vtt),
        ("README.md", b"not a unit"),
        (".git/config", b""),
    ];
    let dir = folder(files);
    let read = read(dir.path(), &[]).unwrap();
    assert_eq!(
        (read.card.title.as_str(), read.card.slug.as_str(), read.card.summary.as_str()),
        ("Kurs", "kurs", "Opis.")
    );
    assert_eq!(read.sections[0].title, "Dział");
    let units: Vec<&Unit> = read.units().collect();
    assert_eq!((units[0].name.as_str(), units[0].slug.as_str(), units[0].minutes), ("01-a", "a", 5));
    assert!(
        units[0].markdown.starts_with("\n## "),
        "one blank line belongs to the front matter, the second does not"
    );
    assert_eq!(units[1].markdown, "");
    let film = units[1].film.as_ref().unwrap();
    assert_eq!((film.size_bytes, film.captions[0].label.as_str()), (4, "Polski"));
    assert_eq!(film.captions[0].text.as_bytes(), vtt);
    assert_eq!(read.pictures.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["ok.png"]);
    assert_eq!(cli_check(dir.path(), &[]).unwrap(), "kurs: no faults; units: 2, pictures: 1, films: 1\n");
}

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
            ("media/bad.vtt", b"1\n00:00:00,000 --> 00:00:01,000\nRaz.\n"),
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

#[test]
fn a_picture_is_judged_by_name_and_bytes() {
    let text =
        unit("", "![x](media/a_b.png) ![x](media/sub/c.png) ![x](media/html.png) ![x](media/big.png)\n");
    let big = [PNG, &vec![0; 10 << 20]].concat();
    let files: &[(&str, &[u8])] = &[
        ("01-a.md", text.as_bytes()),
        ("media/a_b.png", PNG),
        ("media/sub/c.png", PNG),
        ("media/html.png", b"<html>"),
        ("media/big.png", &big),
    ];
    let expected = [
        "01-a.md:6: media/a_b.png is no name for a picture",
        "01-a.md:6: media/sub/c.png is no name for a picture",
        "01-a.md:6: media/html.png is not a picture inside",
        "01-a.md:6: media/big.png is larger than 10 MB",
    ];
    assert_eq!(faults(files), expected);
    let report = read(folder(files).path(), &[]).unwrap_err()[0].to_string();
    assert_eq!(report, "01-a.md:6: media/a_b.png is no name for a picture; rename the file to media/a-b.png");
}

#[test]
fn a_hostile_file_is_named_and_nothing_else_happens() {
    let huge = unit("", &"x\n".repeat(200_000));
    let deep = unit("", &(">".repeat(10_000) + " x"));
    let lists = unit("", &("- ".repeat(10_000) + "x"));
    let deep_front = format!(
        "+++\ntitle = \"x\"\nminutes = 1\ncaptions = {}{}\n+++\n",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    let cases: &[(&[u8], &str)] = &[
        (b"+++\ntitle = \"x\"\n\xff\n+++\n", "01-a.md:3: this is not UTF-8"),
        (b"+++\ntitle = \"x\"\nminutes = 1\n+++\n\na\n\0b\n", "01-a.md:7: a zero byte in a text file"),
        (huge.as_bytes(), "01-a.md:1: larger than 278528 bytes"),
        (deep.as_bytes(), "01-a.md:6: lists or quotations nested too deep"),
        (lists.as_bytes(), "01-a.md:6: lists or quotations nested too deep"),
        (deep_front.as_bytes(), "01-a.md:4: this is not TOML: "),
    ];
    for (bytes, expected) in cases {
        let found = faults(&[("01-a.md", bytes)]);
        assert!(found[0].starts_with(expected), "{expected}: {:?}", &found[..found.len().min(3)]);
        assert!(found.len() <= 20, "{}", found.len());
    }
    let escapes = unit("film = \"media/\\u001b[2J.mp4\"\n", "[x](\u{1b}[31m.md)");
    assert!(faults(&[("01-a.md", escapes.as_bytes())]).iter().all(|line| !line.contains('\u{1b}')));
    let long = course(&format!("\"{}\"", "x".repeat(300 * 1024)));
    assert_eq!(faults(&[("course.toml", long.as_bytes())]), ["course.toml:1: larger than 262144 bytes"]);
}

#[test]
fn a_course_has_at_most_500_units() {
    let names: Vec<String> = (0..501).map(|number| format!("{number:03}-u{number}")).collect();
    let list: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let text = unit("", "x");
    let toml = course(&list.join(", "));
    let mut files: Vec<(String, &[u8])> =
        names.iter().map(|name| (format!("{name}.md"), text.as_bytes())).collect();
    files.push(("course.toml".to_owned(), toml.as_bytes()));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let found = faults(&files);
    assert_eq!(found[0], "course.toml:8: more than 500 units");
}

#[test]
#[cfg(unix)]
fn links_of_the_file_system_and_pipes_do_not_lead_out() {
    use std::os::unix::fs::symlink;
    let text = unit(
        "film = \"media/pipe.mp4\"\n",
        "![x](media/out.png) ![x](media/in.png) ![x](media/dangling.png)",
    );
    let secret = folder(&[("secret.png", PNG)]);
    let dir = folder(&[("01-a.md", text.as_bytes()), ("media/ok.png", PNG)]);
    symlink(secret.path().join("secret.png"), dir.path().join("media/out.png")).unwrap();
    symlink("ok.png", dir.path().join("media/in.png")).unwrap();
    symlink("nowhere.png", dir.path().join("media/dangling.png")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(dir.path().join("media/pipe.mp4")).status().unwrap();
    assert!(pipe.success());
    let expected = [
        "01-a.md:4: media/pipe.mp4 is not a file",
        "01-a.md:7: media/out.png leads out of the folder",
        "01-a.md:7: there is no media/dangling.png",
    ];
    assert_eq!(faults_in(dir.path()), expected);
    fs::remove_file(dir.path().join("01-a.md")).unwrap();
    symlink("/etc/hostname", dir.path().join("01-a.md")).unwrap();
    assert_eq!(faults_in(dir.path()), ["course.toml:8: 01-a.md leads out of the folder"]);
}

#[test]
fn line_ends_and_a_mark_of_other_systems_do_not_matter() {
    let text = unit("", "Tekst\n\n## Dalej\n");
    let other = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let (a, b) = (folder(&[("01-a.md", text.as_bytes())]), folder(&[("01-a.md", other.as_bytes())]));
    assert_eq!(read(a.path(), &[]).unwrap(), read(b.path(), &[]).unwrap());
}

#[test]
fn what_is_not_there_is_named() {
    let none = faults_in(Path::new("no/such/folder"));
    assert!(none[0].starts_with("course.toml:1: cannot be read"), "{none:?}");
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(faults_in(empty.path()), ["course.toml:1: there is no course.toml"]);
    let listed = course("\"01-a\"");
    assert_eq!(faults(&[("course.toml", listed.as_bytes())]), ["course.toml:8: there is no 01-a.md"]);
}

fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/courses").join(name)
}

/// Stands in for the film that is made at set-up.
fn made() -> tempfile::TempDir {
    folder(&[("wyklad.mp4", b"film"), ("wyklad.pl.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nRaz.\n")])
}

#[test]
fn the_demonstration_courses_have_no_faults_but_the_film_that_is_made_later() {
    let made = made();
    let course =
        read(&demo("dostepnosc-cyfrowa"), &[made.path().to_owned()]).map_err(|r| listing(&r)).unwrap();
    assert_eq!((course.units().count(), course.sections.len(), course.pictures.len()), (16, 4, 5));
    assert_eq!(read(&demo("laptop-w-domu"), &[]).map_err(|r| listing(&r)).unwrap().units().count(), 3);
    let without: Vec<String> = read(&demo("dostepnosc-cyfrowa"), &[])
        .err()
        .unwrap_or_default()
        .iter()
        .map(|r| r.file.clone())
        .collect();
    let film_is_copied = demo("dostepnosc-cyfrowa").join("media/wyklad.mp4").exists();
    assert!(film_is_copied || without == ["02-wyklad.md", "02-wyklad.md"], "{without:?}");
}

#[test]
fn the_files_of_the_demonstration_are_written_as_they_are_read() {
    let made = made();
    for name in ["dostepnosc-cyfrowa", "laptop-w-domu"] {
        let course = read(&demo(name), &[made.path().to_owned()]).unwrap();
        let sections: Vec<(String, Vec<String>)> = course
            .sections
            .iter()
            .map(|section| {
                (section.title.clone(), section.units.iter().map(|unit| unit.name.clone()).collect())
            })
            .collect();
        let file = |name_of: &str| fs::read_to_string(demo(name).join(name_of)).unwrap();
        assert_eq!(write::course_file(&course.card, &sections), file("course.toml"));
        for unit in course.units() {
            let captions = |film: &Film| {
                let path = |language: &str| format!("media/{}.{language}.vtt", unit.slug);
                film.captions
                    .iter()
                    .map(|c| (c.language.clone(), c.label.clone(), path(&c.language)))
                    .collect()
            };
            let front = write::Front {
                title: &unit.title,
                minutes: unit.minutes,
                film: unit.film.as_ref().map(|_| format!("media/{}.mp4", unit.slug)),
                captions: unit.film.as_ref().map(captions).unwrap_or_default(),
            };
            assert_eq!(
                write::unit_file(&front, &unit.markdown),
                file(&format!("{}.md", unit.name)),
                "{}",
                unit.name
            );
        }
    }
}

#[test]
fn any_text_is_read_as_it_was_written() {
    let odd = "„a” \"b\" \\ 'c' '''\t+++ \u{85}\u{7f}é\u{1f600} = [x]";
    let card = Card {
        title: odd.replace(['\u{85}', '\u{7f}', '\t'], ""),
        slug: "a".into(),
        summary: "a\n\"b\"".into(),
        ..Card::default()
    };
    let card = Card { language: "uk".into(), author: "\\\"".into(), ..card };
    for markdown in ["", "\n", "x", "\n\nx", "+++\n", "x\n+++\n\n", "    code"] {
        let front = write::Front { title: &card.title, minutes: 1000, film: None, captions: Vec::new() };
        let text = write::unit_file(&front, markdown);
        let toml = write::course_file(&card, &[("S\\".to_owned(), vec!["01-a".to_owned()])]);
        let dir = folder(&[("course.toml", toml.as_bytes()), ("01-a.md", text.as_bytes())]);
        let course = read(dir.path(), &[]).map_err(|reports| listing(&reports)).unwrap();
        assert_eq!(course.card, card);
        let unit = course.units().next().unwrap();
        assert_eq!(
            (unit.title.as_str(), unit.markdown.as_str(), unit.minutes),
            (card.title.as_str(), markdown, 1000)
        );
        assert_eq!(course.sections[0].title, "S\\");
    }
}

//! Folders on disk as tables: what is written there, and which faults are named, with file and line.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

mod demonstration;
mod faults;
mod hostile;
mod quizzes;
mod texts;

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
    assert_eq!(
        cli_check(dir.path(), &[]).unwrap(),
        "kurs: no faults; units: 2, tests: 0, translations: 0, pictures: 1, films: 1\n"
    );
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

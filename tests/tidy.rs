//! Laws of the tree that no compiler holds: arrows between crates, sizes of files, words that must not stand somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::harness::TestApp;

/// Which of our crates each crate may name. A new arrow is a commit of its own, with its reason.
const ARROWS: [(&str, &[&str]); 17] = [
    ("base", &[]),
    ("words", &[]),
    ("islands", &[]),
    ("confine", &[]),
    ("identity", &["base"]),
    ("video", &["base", "identity"]),
    // Areas tell people; what is told knows no area.
    ("notices", &["base", "identity"]),
    ("courses", &["base", "identity", "notices", "video"]),
    ("documents", &[]),
    ("devices", &["base", "identity"]),
    // Pages turn what devices know into a document and order it; the program that sets documents shares the format of orders with those who order.
    // It and the program that transcodes read what strangers sent: one set of walls for both.
    ("typeset", &["confine", "documents"]),
    ("transcode", &["confine", "video"]),
    ("parts", &[]),
    // Tries what areas read of strangers; no part of the program, and a workspace of its own.
    ("fuzz", &["base", "courses", "video"]),
    (
        "app",
        &[
            "base",
            "identity",
            "words",
            "courses",
            "devices",
            "documents",
            "notices",
            "video",
            "islands",
            "parts",
        ],
    ),
    ("server", &["app", "base", "courses", "devices", "documents", "identity", "notices", "video", "words"]),
    (
        "tests",
        &[
            "app",
            "base",
            "courses",
            "devices",
            "documents",
            "identity",
            "notices",
            "server",
            "video",
            "words",
        ],
    ),
];

const CRATES: [&str; 19] = [
    "base",
    "identity",
    "words",
    "notices",
    "courses",
    "devices",
    "video",
    "confine",
    "transcode",
    "documents",
    "typeset",
    "parts",
    "app",
    "islands",
    "islands/desk",
    "islands/learn",
    "server",
    "xtask",
    "fuzz",
];

fn sources() -> Vec<(PathBuf, String)> {
    let root = TestApp::root();
    let mut found = Vec::new();
    for name in CRATES {
        walk(&root.join(name).join("src"), &mut found);
    }
    assert!(found.len() > 100, "only {} files were found", found.len());
    found
        .into_iter()
        .map(|path| (path.strip_prefix(&root).unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The code of a file without its tests.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

#[test]
fn arrows_between_crates_only_point_down() {
    for (name, allowed) in ARROWS {
        let manifest = std::fs::read_to_string(TestApp::root().join(name).join("Cargo.toml")).unwrap();
        let named: BTreeSet<&str> = manifest
            .lines()
            .filter_map(|line| line.split(['.', ' ', '=']).next())
            .filter(|word| ARROWS.iter().any(|(other, _)| other == word))
            .collect();
        let more: Vec<_> = named.iter().filter(|word| !allowed.contains(word)).collect();
        assert!(more.is_empty(), "{name} names {more:?}");
    }
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let long: Vec<_> = sources()
        .into_iter()
        .filter(|(path, _)| !path.to_string_lossy().ends_with("tests.rs"))
        .map(|(path, text)| (code(&text).lines().count(), path))
        .filter(|(lines, _)| *lines > 400)
        .collect();
    assert!(long.is_empty(), "{long:?}");
}

#[test]
fn every_file_says_what_it_is() {
    let silent: Vec<_> =
        sources().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "{silent:?}");
}

/// A database that has applied a file refuses the program whose file is another one.
#[test]
fn migrations_stand_as_they_were_written() {
    let folder = Path::new("../migrations");
    let sums = std::fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let known: BTreeMap<&str, &str> =
        sums.lines().map(|line| line.split_once("  ").map(|(sum, name)| (name, sum)).unwrap()).collect();
    let mut found = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "sql") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let sum: String =
            Sha256::digest(std::fs::read(&path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            known.get(name.as_str()),
            Some(&sum.as_str()),
            "{name} is another one than in migrations/SHA256SUMS"
        );
        found.insert(name);
    }
    assert_eq!(known.len(), found.len(), "migrations/SHA256SUMS names a file that is gone");
}

/// The pages take minutes to compile. One test among them, and they are compiled twice: once for the program, once for that test.
#[test]
fn pages_are_compiled_once() {
    let manifest = std::fs::read_to_string(TestApp::root().join("app/Cargo.toml")).unwrap();
    for setting in ["test = false", "doctest = false", "bench = false"] {
        assert!(manifest.lines().any(|line| line == setting), "app/Cargo.toml: {setting}");
    }
    for (path, text) in sources().into_iter().filter(|(path, _)| path.starts_with("app")) {
        let test = text
            .lines()
            .find(|line| ["cfg(test", "#[test]", "::test]"].iter().any(|word| line.contains(word)));
        assert!(
            test.is_none(),
            "{}: {test:?} would never run; it belongs into an area, `parts` or tests/units",
            path.display()
        );
    }
}

#[test]
fn base_knows_no_school_word() {
    for (path, text) in sources().into_iter().filter(|(path, _)| path.starts_with("base")) {
        for word in ["course", "lesson", "pupil", "teacher", "film", "school", "enrol"] {
            assert!(!text.to_lowercase().contains(word), "{} says {word}", path.display());
        }
    }
}

/// Words that may stand only in these places, each with the law behind it.
#[test]
fn words_stand_only_where_they_may() {
    let rules: [(&str, &[&str], &str); 10] = [
        (
            "Actor::signed_in(",
            &["identity/src/", "base/src/actor.rs"],
            "only a session makes a person's actor",
        ),
        (".door()", &["identity/src/session.rs"], "only a session is looked up before anybody is named"),
        ("Actor::visitor(", &["courses/src/open"], "visitors read open courses and nothing else"),
        ("Watchable::granted(", &["courses/src/film.rs", "video/src/"], "only the course says who may watch"),
        (
            "Editable::granted(",
            &["courses/src/film.rs", "video/src/"],
            "only the course says who may change a film",
        ),
        ("<textarea", &["parts/src/form/textarea.rs"], "leptos 0.8.23 does not escape a textarea"),
        ("<noscript", &[], "leptos 0.8.23 does not escape noscript"),
        ("AssertSqlSafe", &[], "no SQL is put together from text"),
        (
            "::at_the_terminal()",
            &["server/src/", "identity/src/", "courses/src/folder"],
            "proofs without a person are for the terminal",
        ),
        (" now()", &["base/src/"], "the clock is passed in; SQL says moment()"),
    ];
    for (path, text) in sources() {
        let place = path.to_string_lossy().into_owned();
        for (word, allowed, law) in rules {
            let stands =
                code(&text).lines().any(|line| line.contains(word) && !line.trim_start().starts_with("//"));
            assert!(
                !stands || allowed.iter().any(|allowed| place.starts_with(allowed)),
                "{place} has {word:?}: {law}"
            );
        }
    }
}

#[test]
fn every_table_has_one_writer() {
    let readme = std::fs::read_to_string(TestApp::root().join("migrations/README.md")).unwrap();
    let mut owner: BTreeMap<String, String> = BTreeMap::new();
    for line in readme.lines().filter(|line| line.starts_with("| `…")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        for table in cells[3].split(';').next().unwrap().split(',') {
            owner.insert(table.trim().trim_matches('`').to_owned(), cells[2].trim_matches('`').to_owned());
        }
    }
    assert!(owner.len() >= 30, "{owner:?}");
    for (path, text) in sources() {
        let writer = path.iter().next().unwrap().to_string_lossy().into_owned();
        for verb in ["insert into ", "update ", "delete from "] {
            for after in code(&text).split(verb).skip(1) {
                let table: String = after
                    .chars()
                    .take_while(|letter| letter.is_ascii_lowercase() || *letter == '_')
                    .collect();
                if let Some(owner) = owner.get(&table) {
                    assert_eq!(owner, &writer, "{} writes {table}", path.display());
                }
            }
        }
    }
}

//! `cargo xtask bench`: figures that are shown, not tested. One kind of figure is one file; a figure that misses its aim
//! is printed beside it, a wrong result (a refused sign-in, a hash that differs, a 5xx) is an error.

mod chromium;
mod cost;
mod courses;
mod devices;
mod film;
mod film_sources;
mod http;
mod kolibri;
mod ladder;
mod load;
mod memory;
mod meter;
mod page;
mod player;
mod program;
mod quality;
mod queries;
mod rivals;
mod serving;
mod signin;
mod size;
mod storyboard;
mod table;
mod upload;

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::packages::{self, Purpose};
use crate::steps::Steps;
use crate::up::{self, Programs, Wishes};

const KINDS: [&str; 10] =
    ["size", "page", "signin", "upload", "film", "memory", "player", "serving", "devices", "courses"];

/// What was asked for on the command line.
struct Asked<'a> {
    /// The kinds, in the order they are run.
    kinds: Vec<&'a str>,
    /// Length of the film that is uploaded, in seconds.
    film_seconds: u32,
    /// Length of the films that every encoder makes, in seconds.
    ladder_seconds: u32,
    /// Whether the encoders make the further sources too.
    all_sources: bool,
}

/// Builds what is to be measured and measures the kinds that are named, all when none is.
///
/// # Errors
/// When a word is not understood, something cannot be installed or built, or a result is wrong.
pub fn bench(root: &Path, words: &[&str]) -> Result<()> {
    let asked = read(words)?;
    if asked.kinds != ["size"] {
        let mut steps = Steps::default();
        let ready = prepare(root, &mut steps);
        steps.print();
        ready?;
    }
    table::machine();
    for kind in &asked.kinds {
        match *kind {
            "size" => size::size(root),
            "page" => page::page(root),
            "signin" => signin::signin(root),
            "upload" => upload::upload(root),
            "memory" => memory::memory(root),
            "player" => player::player(root),
            "serving" => serving::serving(root),
            "devices" => devices::devices(root),
            "courses" => courses::courses(root),
            _ => film::film(root, asked.film_seconds, asked.ladder_seconds, asked.all_sources),
        }
        .with_context(|| format!("bench {kind}"))?;
    }
    Ok(())
}

fn prepare(root: &Path, steps: &mut Steps) -> Result<()> {
    steps.need("what only measuring needs", || packages::ensure(Purpose::Measure))?;
    up::build(root, &Wishes::default(), Programs::ToServe, steps)
}

fn read<'a>(words: &[&'a str]) -> Result<Asked<'a>> {
    let mut asked = Asked { kinds: Vec::new(), film_seconds: 600, ladder_seconds: 60, all_sources: false };
    let mut ladder_seconds = None;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if ["--seconds", "--ladder-seconds"].contains(word) {
            let number = words.next().with_context(|| format!("{word} needs a number"))?;
            let seconds = number.parse().ok().filter(|seconds| (10..=7200).contains(seconds));
            let seconds = seconds.with_context(|| format!("{word} {number}: expected 10 to 7200"))?;
            if *word == "--seconds" {
                asked.film_seconds = seconds;
            } else {
                ladder_seconds = Some(seconds);
            }
        } else if *word == "--all-sources" {
            asked.all_sources = true;
        } else if KINDS.contains(word) {
            asked.kinds.push(*word);
        } else {
            bail!(
                "there is no bench \"{word}\"; there are {}, --seconds N, --ladder-seconds N and --all-sources",
                KINDS.join(", ")
            );
        }
    }
    asked.ladder_seconds = ladder_seconds.unwrap_or(asked.ladder_seconds.min(asked.film_seconds));
    if asked.kinds.is_empty() {
        asked.kinds = KINDS.to_vec();
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn kinds_and_the_length_of_the_film_are_read() {
        let asked = read(&["film", "--seconds", "30"]).unwrap();
        assert_eq!((asked.kinds, asked.film_seconds, asked.ladder_seconds), (vec!["film"], 30, 30));
        let all = read(&[]).unwrap();
        assert_eq!((all.kinds.len(), all.film_seconds, all.ladder_seconds), (10, 600, 60));
        assert!(!asked.all_sources && !all.all_sources);
        let both = read(&["film", "--seconds", "30", "--ladder-seconds", "300"]).unwrap();
        assert_eq!((both.film_seconds, both.ladder_seconds), (30, 300));
        let further = read(&["film", "--all-sources", "player", "memory"]).unwrap();
        assert_eq!((further.kinds, further.all_sources), (vec!["film", "player", "memory"], true));
        assert!(read(&["--all"]).is_err());
        assert!(read(&["speed"]).is_err());
        assert!(read(&["--seconds", "much"]).is_err());
    }
}

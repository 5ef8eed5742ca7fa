//! Names of headings, so that `03-ustawa.md#art-5` leads to the heading „Art. 5” of that unit.

use std::collections::HashMap;

use pulldown_cmark::Event;

use crate::slug;

/// Ids that stand on the page of a unit already, beside those of its text.
const OF_THE_PAGE: [&str; 10] = [
    "main",
    "film",
    "boot",
    "film-file",
    "film-hint",
    "film-failure",
    "preview",
    "theirs",
    "place",
    "place-title",
];
/// How footnotes and the ways back from them are named.
const OF_FOOTNOTES: [&str; 2] = ["przypis-", "odsylacz-"];
/// A name longer than this nobody writes into a link.
const LONGEST: usize = 80;

/// The names given so far in one text.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// Each given name, with the number that the next heading of the same name begins to look from.
    given: HashMap<String, usize>,
}

impl Anchors {
    /// The name of the next heading: its text in plain letters; the second of the same name ends in `-2`.
    pub(super) fn name(&mut self, heading: &str) -> String {
        let plain = of(heading);
        let wanted = if plain.is_empty() { "czesc".to_owned() } else { plain };
        let is_free = |name: &str, given: &HashMap<String, usize>| {
            !given.contains_key(name)
                && !OF_THE_PAGE.contains(&name)
                && !OF_FOOTNOTES.iter().any(|start| name.starts_with(start))
        };
        let mut number = self.given.get(&wanted).copied().unwrap_or(1);
        let name = loop {
            let name = match number {
                // A name of footnotes is taken with any number.
                _ if OF_FOOTNOTES.iter().any(|start| wanted.starts_with(start)) => {
                    format!("czesc-{wanted}-{number}")
                }
                1 => wanted.clone(),
                number => format!("{wanted}-{number}"),
            };
            number += 1;
            if is_free(&name, &self.given) {
                break name;
            }
        };
        self.given.insert(wanted, number);
        self.given.entry(name.clone()).or_insert(2);
        name
    }
}

/// A heading's text, or the part of a link behind `#`, in the letters of a name; may be empty.
pub(super) fn of(text: &str) -> String {
    slug::plain(text, LONGEST)
}

/// The words within these events.
pub(super) fn text(events: &[Event<'_>]) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(words),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Anchors;

    #[test]
    fn headings_of_the_same_name_are_numbered_and_never_meet() {
        let mut anchors = Anchors::default();
        let mut name = |heading| anchors.name(heading);
        assert_eq!(name("Art. 5"), "art-5");
        assert_eq!(name("Żółć i ląd: część II"), "zolc-i-lad-czesc-ii");
        assert_eq!(
            [name("Cel"), name("Cel 2"), name("Cel"), name("Cel"), name("Cel 2")],
            ["cel", "cel-2", "cel-3", "cel-4", "cel-2-2"]
        );
        assert_eq!([name("…"), name("???")], ["czesc", "czesc-2"]);
        assert_eq!(name("Film"), "film-2", "the player has that name");
        assert_eq!(name("Przypis 1"), "czesc-przypis-1-1", "the footnote has that name");
    }

    #[test]
    fn many_headings_of_one_name_cost_no_more_than_others() {
        let mut anchors = Anchors::default();
        let last = (0..50_000).map(|_| anchors.name("Uwaga")).last().unwrap();
        assert_eq!(last, "uwaga-50000");
    }
}

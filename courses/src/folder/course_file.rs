//! `course.toml`: the card of the course, its sections, and the order of its units.

use super::fault::Fault;
use super::keys::{Faults, Keys, Shape, Source, parse};
use super::{MOST_UNITS, TitleIn};
use crate::course::Card;
use crate::slug;
use crate::translation::LANGUAGES;

/// What `course.toml` says.
#[derive(Default)]
pub(super) struct CourseFile {
    pub card: Card,
    pub titles: Vec<TitleIn>,
    pub sections: Vec<SectionLines>,
    /// Whether it could be read to its end, so that what it does not list is really not listed.
    pub whole: bool,
}

/// A section and the units it lists.
pub(super) struct SectionLines {
    pub title: String,
    pub units: Vec<UnitName>,
}

/// A unit on the list of a section.
#[derive(Clone)]
pub(super) struct UnitName {
    /// Line in `course.toml`.
    pub line: usize,
    /// `03-ustawa`
    pub name: String,
}

impl UnitName {
    /// `ustawa`
    pub fn slug(&self) -> &str {
        slug::without_number(&self.name)
    }
}

/// Whether it is `NN-name`.
pub(super) fn is_unit_name(name: &str) -> bool {
    let rest = slug::without_number(name);
    rest.len() < name.len() && slug::is_slug(rest)
}

pub(super) fn read(text: &str, faults: &mut Faults<'_>) -> CourseFile {
    let source = Source { text, first_line: 1 };
    let table = parse(&source, faults);
    let whole = faults.found.is_empty();
    let mut keys = Keys::of(&source, table, 1);
    let mut card = Card::default();
    let mut line_of =
        |key, must, most, faults: &mut Faults<'_>| keys.text(key, must, (Shape::Line, most), faults);
    card.title = line_of("title", true, 200, faults).unwrap_or_default().1;
    if let Some((line, slug)) = line_of("slug", true, 200, faults) {
        if !slug::is_slug(&slug) {
            faults.add(line, Fault::BadSlug(slug.clone()));
        }
        card.slug = slug;
    }
    if let Some((line, language)) = line_of("language", true, 40, faults) {
        if !LANGUAGES.contains(&language.as_str()) {
            faults.add(line, Fault::BadLanguage(language.clone()));
        }
        card.language = language;
    }
    card.author = line_of("author", false, 200, faults).unwrap_or_default().1;
    card.summary = keys.text("summary", true, (Shape::Paragraph, 2000), faults).unwrap_or_default().1;
    let titles = titles(&mut keys, &card.language, faults);
    let mut sections = Vec::new();
    for mut section in keys.tables("section", true, "written as [[section]]", faults) {
        let title = section.text("title", true, (Shape::Line, 200), faults).unwrap_or_default().1;
        let names = section.texts("units", "a list of names of unit files", faults);
        let units = names.into_iter().map(|(line, name)| UnitName { line, name }).collect();
        section.end(faults);
        sections.push(SectionLines { title, units });
    }
    keys.end(faults);
    check_list(&mut sections, faults);
    CourseFile { card, titles, sections, whole }
}

/// Titles in other languages than `own`, each language once.
fn titles(keys: &mut Keys<'_, '_>, own: &str, faults: &mut Faults<'_>) -> Vec<TitleIn> {
    let mut titles: Vec<TitleIn> = Vec::new();
    for mut keys in keys.tables("translation", false, "written as [[translation]]", faults) {
        let language = keys.text("language", true, (Shape::Line, 40), faults);
        let title = keys.text("title", true, (Shape::Line, 200), faults);
        let summary = keys.text("summary", false, (Shape::Paragraph, 2000), faults).unwrap_or_default().1;
        let outdated = keys.flag("outdated", faults);
        keys.end(faults);
        let (Some((line, language)), Some((_, title))) = (language, title) else { continue };
        if !LANGUAGES.contains(&language.as_str()) {
            faults.add(line, Fault::BadLanguage(language));
        } else if language == own {
            faults.add(line, Fault::OwnLanguage(language));
        } else if titles.iter().any(|other| other.language == language) {
            faults.add(line, Fault::TitleTwice(language));
        } else {
            titles.push(TitleIn { language, title, summary, outdated });
        }
    }
    titles
}

/// Leaves on the list only what can be looked for: each unit once, with a name that is one.
fn check_list(sections: &mut [SectionLines], faults: &mut Faults<'_>) {
    let mut listed: std::collections::HashMap<String, UnitName> = std::collections::HashMap::new();
    let mut count = 0usize;
    for section in sections {
        section.units.retain(|unit| {
            count += 1;
            if count > MOST_UNITS {
                if count == MOST_UNITS + 1 {
                    faults.add(unit.line, Fault::TooManyUnits(MOST_UNITS));
                }
                return false;
            }
            if !is_unit_name(&unit.name) {
                faults.add(unit.line, Fault::BadUnitName(unit.name.clone()));
                return false;
            }
            match listed.get(unit.slug()) {
                Some(first) if first.name == unit.name => {
                    faults.add(unit.line, Fault::ListedTwice(unit.name.clone(), first.line));
                    false
                }
                Some(first) => {
                    faults.add(unit.line, Fault::SameName(unit.name.clone(), first.name.clone(), first.line));
                    true
                }
                None => {
                    listed.insert(unit.slug().to_owned(), unit.clone());
                    true
                }
            }
        });
    }
}

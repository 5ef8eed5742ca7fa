//! What the other parts say: where links and pictures lead, which styles are headings, which lists are numbered.

use std::collections::HashMap;

use super::archive::Parts;
use super::xml::{Met, walk};
use super::{Lost, Refused};

/// A relation of the main story to something else.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub(super) target: String,
    pub(super) external: bool,
}

/// A paragraph style.
#[derive(Clone, Debug, Default)]
pub(super) struct Style {
    /// Level of the heading that it makes, from 1.
    pub(super) heading: Option<u8>,
    /// The list that it belongs to: its number and level.
    pub(super) list: Option<(String, usize)>,
    is_title: bool,
    based_on: Option<String>,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct About {
    relations: HashMap<String, Relation>,
    styles: HashMap<String, Style>,
    /// Which levels of which list are numbered; others have bullets.
    numbered: HashMap<(String, usize), bool>,
    pub(super) lost: Vec<Lost>,
}

impl About {
    pub(super) fn read(parts: &Parts) -> Result<Self, Refused> {
        let mut about = Self::default();
        let of = |name: &str| parts.xml.get(name).map(String::as_str).unwrap_or_default();
        about.relations = relations(of("word/_rels/document.xml.rels"))?;
        about.read_styles(of("word/styles.xml"))?;
        about.read_numbering(of("word/numbering.xml"))?;
        let has = |test: fn(&str) -> bool| parts.names.iter().any(|name| test(name));
        if has(|name| name.ends_with("vbaproject.bin") || name.ends_with("vbadata.xml")) {
            about.lost.push(Lost::Macros);
        }
        let embedded = parts.names.iter().filter(|name| name.starts_with("word/embeddings/")).count();
        about.lost.extend(std::iter::repeat_n(Lost::Embedded, embedded));
        if relations(of("word/_rels/settings.xml.rels"))?.values().any(|relation| relation.external) {
            about.lost.push(Lost::Template);
        }
        if has(|name| name.starts_with("word/header") || name.starts_with("word/footer")) {
            about.lost.push(Lost::HeaderFooter);
        }
        Ok(about)
    }

    pub(super) fn relation(&self, id: &str) -> Option<&Relation> {
        self.relations.get(id)
    }

    /// The level of the heading that a style makes; its ancestors are asked when it says nothing itself. The title of a document
    /// counts as a heading of the first level.
    pub(super) fn heading(&self, style: &str) -> Option<u8> {
        self.along(style, |style| style.heading.or(style.is_title.then_some(1)))
    }

    /// The list that a style belongs to.
    pub(super) fn list(&self, style: &str) -> Option<(String, usize)> {
        self.along(style, |style| style.list.clone())
    }

    pub(super) fn is_numbered(&self, list: &str, level: usize) -> bool {
        self.numbered.get(&(list.to_owned(), level)).copied().unwrap_or(false)
    }

    fn along<T>(&self, style: &str, ask: impl Fn(&Style) -> Option<T>) -> Option<T> {
        let mut name = Some(style.to_owned());
        // A chain that leads back to itself ends.
        for _ in 0..10 {
            let style = self.styles.get(&name?)?;
            if let Some(answer) = ask(style) {
                return Some(answer);
            }
            name = style.based_on.clone();
        }
        None
    }

    fn read_styles(&mut self, text: &str) -> Result<(), Refused> {
        let mut open: Option<(String, Style)> = None;
        let styles = &mut self.styles;
        walk(text, |met| {
            match met {
                Met::Open(element) if element.name == "style" => {
                    open = element.get("styleId").map(|id| (id.to_owned(), Style::default()));
                }
                Met::Open(element) => {
                    let (Some((_, style)), Some(value)) = (&mut open, element.get("val")) else {
                        return Ok(());
                    };
                    match element.name.as_str() {
                        "name" => {
                            let name = value.to_lowercase();
                            let level = name.strip_prefix("heading ").and_then(|level| level.parse().ok());
                            style.heading = level.filter(|level| (1..=9).contains(level)).or(style.heading);
                            style.is_title = name == "title";
                        }
                        "basedOn" => style.based_on = Some(value.to_owned()),
                        "outlineLvl" if style.heading.is_none() => {
                            let level = value.parse::<u8>().ok().filter(|level| *level < 9);
                            style.heading = level.map(|level| level + 1);
                        }
                        "numId" => {
                            style.list =
                                Some((value.to_owned(), style.list.as_ref().map_or(0, |list| list.1)))
                        }
                        "ilvl" => {
                            let level = value.parse::<usize>().unwrap_or(0).min(8);
                            style.list =
                                Some((style.list.take().map_or_else(String::new, |list| list.0), level));
                        }
                        _ => {}
                    }
                }
                Met::Close(name) if name == "style" => {
                    if let Some((id, mut style)) = open.take() {
                        style.list = style.list.filter(|list| !list.0.is_empty() && list.0 != "0");
                        styles.insert(id, style);
                    }
                }
                _ => {}
            }
            Ok(())
        })
    }

    fn read_numbering(&mut self, text: &str) -> Result<(), Refused> {
        let mut formats: HashMap<(String, usize), bool> = HashMap::new();
        let mut lists: Vec<(String, String)> = Vec::new();
        let (mut definition, mut level, mut list) = (String::new(), 0_usize, String::new());
        walk(text, |met| {
            if let Met::Open(element) = met {
                match element.name.as_str() {
                    "abstractNum" => definition = element.get("abstractNumId").unwrap_or_default().to_owned(),
                    "lvl" => level = element.get("ilvl").and_then(|level| level.parse().ok()).unwrap_or(0),
                    "numFmt" => {
                        let numbered = !matches!(element.get("val"), Some("bullet" | "none") | None);
                        formats.insert((definition.clone(), level), numbered);
                    }
                    "num" => list = element.get("numId").unwrap_or_default().to_owned(),
                    "abstractNumId" => {
                        lists.push((list.clone(), element.get("val").unwrap_or_default().to_owned()));
                    }
                    _ => {}
                }
            }
            Ok(())
        })?;
        for (list, definition) in lists {
            for level in 0..9 {
                if let Some(numbered) = formats.get(&(definition.clone(), level)) {
                    self.numbered.insert((list.clone(), level), *numbered);
                }
            }
        }
        Ok(())
    }
}

fn relations(text: &str) -> Result<HashMap<String, Relation>, Refused> {
    let mut found = HashMap::new();
    walk(text, |met| {
        if let Met::Open(element) = met
            && element.name == "Relationship"
            && let (Some(id), Some(target)) = (element.get("Id"), element.get("Target"))
        {
            let external =
                element.get("TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case("external"));
            found.insert(id.to_owned(), Relation { target: target.to_owned(), external });
        }
        Ok(())
    })?;
    Ok(found)
}

//! XML as a tree of elements, strict and bounded: no document type, no entity but the five of XML itself and numbers.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Loss, MOST_BYTES};
use crate::markdown::Lines;

/// Deepest nesting.
const DEEPEST: usize = 24;
/// Most elements.
const MOST_ELEMENTS: usize = 300_000;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    /// Texts and CDATA in it, joined.
    pub text: String,
    pub children: Vec<Element>,
    /// Its line, from 1.
    pub line: usize,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of a child, without blanks around it; empty when there is none.
    pub fn said(&self, name: &str) -> &str {
        self.child(name).map(|child| child.text.trim()).unwrap_or_default()
    }
}

/// From which line on nothing could be read, and why.
type Break = (usize, Loss);

/// The root element. What was complete before the XML broke is kept, with the line and kind of the break.
///
/// Errors: nothing can be read, and from which line on.
pub(super) fn read(text: &str) -> Result<(Element, Option<Break>), Break> {
    if text.len() > MOST_BYTES {
        return Err((1, Loss::TooLarge(MOST_BYTES)));
    }
    let lines = Lines::of(text);
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    let mut elements = 0;
    loop {
        let line = lines.line(usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX));
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(_) => return broken(open, root, line),
        };
        match event {
            Event::DocType(_) => return Err((line, Loss::OwnEntities)),
            Event::Start(tag) => {
                elements += 1;
                if open.len() >= DEEPEST || elements > MOST_ELEMENTS {
                    return Err((line, Loss::TooDeep));
                }
                let Some(element) = element(&tag, line) else { return broken(open, root, line) };
                open.push(element);
            }
            Event::Empty(tag) => {
                elements += 1;
                if elements > MOST_ELEMENTS {
                    return Err((line, Loss::TooDeep));
                }
                let Some(element) = element(&tag, line) else { return broken(open, root, line) };
                close(element, &mut open, &mut root);
            }
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    close(element, &mut open, &mut root);
                }
            }
            Event::Text(text) => add(&mut open, &text),
            Event::CData(text) => add(&mut open, &text),
            Event::GeneralRef(name) => match letter(&name) {
                Some(letter) => add(&mut open, letter.encode_utf8(&mut [0; 4])),
                None => return Err((line, Loss::OwnEntities)),
            },
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof if open.is_empty() => {
                return root.map(|root| (root, None)).ok_or((1, Loss::NotThisFormat));
            }
            Event::Eof => return broken(open, root, line),
        }
    }
}

/// What is complete of a broken text: the root with the children that were closed.
fn broken(open: Vec<Element>, root: Option<Element>, line: usize) -> Result<(Element, Option<Break>), Break> {
    let first = root.or_else(|| open.into_iter().next());
    first.map(|root| (root, Some((line, Loss::BrokenXml)))).ok_or((line, Loss::NotThisFormat))
}

fn add(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None => {
            root.get_or_insert(element);
        }
    }
}

fn element(tag: &BytesStart<'_>, line: usize) -> Option<Element> {
    let mut element = Element { name: tag.name().as_ref().to_owned(), line, ..Element::default() };
    for attribute in tag.attributes().take(20) {
        let attribute = attribute.ok()?;
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?;
        element.attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Some(element)
}

/// What a reference stands for: one of the five entities of XML 1.0 §4.6, or a number.
fn letter(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\r' | '\t'))
        }
    }
}

/// A text as it may stand in an element or an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML 1.0 §2.2 has no place for them.
            control if control.is_control() && !matches!(control, '\n' | '\t') => {}
            other => out.push(other),
        }
    }
    out
}

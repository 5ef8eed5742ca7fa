//! Reading XML part by part: names without prefixes, attributes as text, and no entity of the file's own.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::Refused;

/// Deeper nesting no word processor writes.
const DEEPEST: usize = 400;

/// One thing met in a part.
#[derive(Debug)]
pub(super) enum Met {
    /// An element begins.
    Open(Element),
    /// The element of this local name ends.
    Close(String),
    /// Text between tags.
    Text(String),
}

/// An element: its local name and its attributes by local name.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of an attribute, whatever its prefix.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether a property of this name is on: `<w:b/>` is, `<w:b w:val="0"/>` is not.
    pub(super) fn is_on(&self) -> bool {
        !matches!(self.get("val"), Some("0" | "false" | "off" | "none"))
    }
}

/// Walks through a part. Errors: `Entities` for a DTD, `NotDocument` for what is no XML, and those of `meet`.
pub(super) fn walk(text: &str, mut meet: impl FnMut(Met) -> Result<(), Refused>) -> Result<(), Refused> {
    let mut reader = Reader::from_str(text);
    let mut depth = 0_usize;
    loop {
        match reader.read_event().map_err(|_| Refused::NotDocument)? {
            Event::Start(start) => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(Refused::NotDocument);
                }
                meet(Met::Open(element(&start)?))?;
            }
            Event::Empty(start) => {
                let element = element(&start)?;
                let name = element.name.clone();
                meet(Met::Open(element))?;
                meet(Met::Close(name))?;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                meet(Met::Close(end.local_name().as_ref().to_owned()))?;
            }
            Event::Text(text) => meet(Met::Text(text.xml10_content().into_owned()))?,
            Event::CData(text) => meet(Met::Text(text.into_inner().into_owned()))?,
            Event::GeneralRef(reference) => {
                let letter = match &*reference {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => reference.resolve_char_ref().map_err(|_| Refused::NotDocument)?,
                };
                // A name that nobody declared: there is no DTD in which it could be.
                meet(Met::Text(letter.ok_or(Refused::Entities)?.to_string()))?;
            }
            Event::DocType(_) => return Err(Refused::Entities),
            Event::Eof => return if depth == 0 { Ok(()) } else { Err(Refused::NotDocument) },
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, Refused> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| Refused::NotDocument)?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Refused::Entities)?;
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element { name: start.local_name().as_ref().to_owned(), attributes })
}

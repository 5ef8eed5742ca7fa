//! A document of a word processor (.docx, ECMA-376 Office Open XML) as units: headings, paragraphs, lists, tables, links and
//! pictures with their texts. What cannot be carried over is named; nothing of the file is ever run, and nothing is fetched.

mod archive;
mod body;
mod inline;
mod parts;
#[cfg(test)]
mod tests;
mod write;
mod xml;

use base::{Blobs, Tx};
use bytes::Bytes;

use crate::error::Error;
use crate::find::Taught;
use crate::outline::{self, UnitText};
use crate::{SectionId, UnitId, media, slug};

pub use archive::MOST_BYTES;

/// Most units of one document.
pub const MOST_UNITS: usize = 60;

/// Why a document is not taken at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No .docx: something else, or damaged.
    NotDocument,
    /// A .doc of old, or a file with a password.
    Old,
    /// More bytes or parts than are taken, packed or unpacked.
    TooLarge,
    /// It declares entities of its own (a DTD), which no word processor writes.
    Entities,
    /// Nothing in it can be carried over.
    Empty,
    /// More than `MOST_UNITS` headings of the first level.
    TooManyUnits,
}

/// What could not be carried over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lost {
    /// Macros: left out, never run.
    Macros,
    /// A template of another place: not fetched.
    Template,
    /// A picture of another place: not fetched.
    ForeignPicture,
    /// A picture that is no PNG, JPEG, WebP or GIF, or larger than a picture may be.
    Picture,
    /// A link to something else than a page, an e-mail address or a telephone: its words stayed.
    Link,
    /// A file within the file (a sheet, a recording).
    Embedded,
    /// A chart, a diagram or a drawing.
    Drawing,
    /// The text of a text box.
    TextBox,
    /// A formula.
    Formula,
    /// A footnote or an endnote.
    Footnote,
    /// A comment.
    Comment,
    /// A passage whose removal was tracked: it stays removed.
    TrackedRemoval,
    /// Headers and footers of pages.
    HeaderFooter,
    /// Cells of a table that were one: each is its own now.
    MergedCells,
    /// A table within a table: its text stayed.
    NestedTable,
    /// Hidden text.
    Hidden,
    /// Colours of text.
    Colour,
}

/// A picture of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its name in the text: `media/<name>`.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// A unit in the making.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Its heading; `None` for what stands before the first.
    pub title: Option<String>,
    /// Its text.
    pub markdown: String,
}

/// What a document holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its chapters: one for each heading of the first level, or all in one.
    pub chapters: Vec<Chapter>,
    /// The pictures that the text shows.
    pub pictures: Vec<Picture>,
    /// What could not be carried over, each with how often.
    pub lost: Vec<(Lost, usize)>,
}

/// Whether a document becomes one unit or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// One unit; headings of the first level stand in it.
    One,
    /// A unit for each heading of the first level.
    ByHeading,
}

/// Reads a document. `prefix` goes before the names of its pictures.
pub fn read(bytes: &[u8], prefix: &str, split: Split) -> Result<Document, Refused> {
    let parts = archive::open(bytes)?;
    let about = parts::About::read(&parts)?;
    let mut story = body::read(&parts.main, &about)?;
    story.lost.extend(about.lost.iter().copied());
    let pictures = write::pictures(&mut story, &parts, &about, prefix);
    let chapters = write::chapters(&story.blocks, split);
    if chapters.iter().all(|chapter| chapter.markdown.is_empty() && chapter.title.is_none()) {
        return Err(Refused::Empty);
    }
    if chapters.len() > MOST_UNITS {
        return Err(Refused::TooManyUnits);
    }
    let mut lost: Vec<(Lost, usize)> = Vec::new();
    story.lost.sort_unstable();
    for one in story.lost {
        match lost.last_mut() {
            Some((known, count)) if *known == one => *count += 1,
            _ => lost.push((one, 1)),
        }
    }
    Ok(Document { chapters, pictures, lost })
}

/// Puts a document that was read at the end of a section; a chapter without a heading gets `title`.
///
/// Errors: `NotFound` for a section of another course; `Invalid` for a text that is too long.
pub async fn import(
    tx: &mut Tx,
    blobs: &Blobs,
    proof: &Taught,
    section: SectionId,
    document: Document,
    title: &str,
) -> Result<Vec<UnitId>, Error> {
    for picture in document.pictures {
        media::add(tx, blobs, proof, &picture.name, picture.bytes).await?;
    }
    let mut units = Vec::new();
    for chapter in document.chapters {
        let title: String = chapter.title.unwrap_or_else(|| title.to_owned()).chars().take(200).collect();
        let minutes = reading_minutes(&chapter.markdown);
        let name = outline::free_slug(tx, proof, &slug::of(&title, 70)).await?;
        let text = UnitText { title, minutes, markdown: chapter.markdown };
        units.push(outline::insert_unit(tx, proof, section, &name, &text).await?);
    }
    Ok(units)
}

/// Reading time at 200 words a minute, rounded up.
fn reading_minutes(markdown: &str) -> i32 {
    let words = markdown.split_whitespace().count();
    i32::try_from(words.div_ceil(200).min(1000)).unwrap_or(1000)
}

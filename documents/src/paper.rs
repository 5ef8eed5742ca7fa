//! What a document consists of. All texts are plain: whatever stands in them is printed as it stands.

use serde::{Deserialize, Serialize};

/// A report, a protocol, an agreement: title, facts, then blocks in order, then lines to sign on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Title; also that of the PDF.
    pub title: String,
    /// A line below it; may be empty.
    pub subtitle: String,
    /// Language of the text: `pl`, `en`, `uk`.
    pub language: String,
    /// Who issues it, at the head of the first page.
    pub organisation: String,
    /// Place and day, right of it, as it should stand; may be empty.
    pub place_and_day: String,
    /// A warning in a frame above the title, such as that this is a draft; may be empty.
    pub notice: String,
    /// Facts below the title: name and value.
    pub facts: Vec<(String, String)>,
    /// The body.
    pub blocks: Vec<Block>,
    /// Lines to sign on, two beside each other.
    pub signatures: Vec<Signature>,
    /// At the foot of each page, left of the page number; may be empty.
    pub foot: String,
    /// How the paper lies.
    pub lies: Lies,
}

/// How the paper lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lies {
    /// Upright.
    #[default]
    Upright,
    /// On its side, for tables of many columns.
    Aside,
}

/// A part of the body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// A heading.
    Heading {
        /// 2 or 3; 1 is the title.
        level: u8,
        /// Its text.
        text: String,
    },
    /// A paragraph; a line feed breaks the line.
    Text {
        /// Its text.
        text: String,
    },
    /// Numbered points.
    Numbered {
        /// Number of the first.
        start: u32,
        /// The points.
        items: Vec<Numbered>,
    },
    /// Points without numbers.
    List {
        /// The points.
        items: Vec<String>,
    },
    /// Names and values.
    Facts {
        /// Name and value.
        rows: Vec<(String, String)>,
    },
    /// A table.
    Table(Table),
    /// A picture of the order's payload.
    Picture {
        /// Its name there.
        name: String,
        /// What is to be seen, for those who do not see it.
        alt: String,
        /// A line below; may be empty.
        caption: String,
        /// Width, in millimetres.
        width_mm: u16,
    },
}

/// A numbered point with its own points below.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Numbered {
    /// Its text.
    pub text: String,
    /// Points below: 1), 2), …
    pub below: Vec<String>,
}

/// A table; its head stands again on each page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// What it shows, above it.
    pub caption: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// How each column is aligned; left where none is given.
    pub align: Vec<Align>,
    /// Shares of the width, one a column; empty: as wide as the text asks for.
    pub shares: Vec<u16>,
    /// Rows; one that is shorter than the head is filled with empty cells.
    pub rows: Vec<Vec<String>>,
    /// Whether the last row is a sum.
    pub sum: bool,
}

/// How a column is aligned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// At its beginning.
    #[default]
    Start,
    /// At its end, for figures.
    End,
}

/// A line to sign on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// In what role, below the line.
    pub role: String,
    /// Who; may be empty.
    pub name: String,
    /// How it was signed, such as day and way; may be empty.
    pub note: String,
    /// A picture of the payload above the line, with its description.
    pub picture: Option<(String, String)>,
}

/// A letter to one person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// Subject; also the title of the PDF.
    pub subject: String,
    /// Language of the text: `pl`, `en`, `uk`.
    pub language: String,
    /// Who writes: name, then lines of the address.
    pub sender: Vec<String>,
    /// To whom: name, then lines of the address.
    pub receiver: Vec<String>,
    /// Place and day.
    pub place_and_day: String,
    /// Reference; may be empty.
    pub reference: String,
    /// The text; a line feed breaks the line.
    pub paragraphs: Vec<String>,
    /// The line to sign on.
    pub signature: Option<Signature>,
}

/// That somebody finished something, on one page to be hung up or shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// What it is called, such as "Zaświadczenie"; with the number also the title of the PDF.
    pub title: String,
    /// Its number, with the word before it.
    pub number: String,
    /// Language of the text: `pl`, `en`, `uk`.
    pub language: String,
    /// Who issues it.
    pub organisation: String,
    /// A warning in a frame above the title, such as that this is a specimen; may be empty.
    pub notice: String,
    /// The sentence before the name.
    pub before: String,
    /// Whom it names.
    pub name: String,
    /// The sentence between the name and what was finished.
    pub between: String,
    /// What was finished.
    pub subject: String,
    /// The language of that, when it is another one; may be empty.
    pub subject_language: String,
    /// A sentence of the organisation below it; may be empty.
    pub wording: String,
    /// Names and values.
    pub facts: Vec<(String, String)>,
    /// Place and day.
    pub place_and_day: String,
    /// Who signs, and their office; both may be empty.
    pub signatory: (String, String),
    /// A picture of the payload above it all, and what is to be seen on it.
    pub arms: Option<(String, String)>,
    /// A picture of the payload that leads to the address, and what it is.
    pub code: (String, String),
    /// How to check it, beside the picture.
    pub check: String,
    /// The address at which it is checked.
    pub address: String,
}

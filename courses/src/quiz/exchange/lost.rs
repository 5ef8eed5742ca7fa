//! What could not be carried over. The sentences are in `words/`.

use crate::quiz::check::Flaw;

/// One thing that could not be carried over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Line of the file that was read, or number of the question that was written, both from 1.
    pub line: usize,
    /// The question's title, or the beginning of its text; empty when it is of none.
    pub title: String,
    /// What it is.
    pub what: Loss,
}

/// What is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// More bytes than this; nothing was read, or a question or a text of it was left out.
    TooLarge(usize),
    /// Not UTF-8, or not a file of this format; nothing was read.
    NotThisFormat,
    /// The XML is broken here; what follows was not read.
    BrokenXml,
    /// Entities or a document type of its own (XML 1.0 §2.8): never read, because of what can be hidden in them.
    OwnEntities,
    /// Nested deeper, or more parts, than questions have; nothing was read.
    TooDeep,
    /// More questions than this; the rest was left out.
    TooManyQuestions(usize),
    /// A line that is no question; left out.
    NotUnderstood,
    /// A brace without its partner; the question was left out.
    BracesDiffer,
    /// A kind of question that we or they do not have; left out.
    Kind(String),
    /// A question that could not be kept; left out.
    Flawed(Flaw),
    /// Shares of the points that are not equal: right answers count the same now, partly right ones are wrong.
    Weights,
    /// One of several right options was enough; now all of them are.
    AllWanted,
    /// An asterisk stood for any letters; it is a letter now.
    Wildcard,
    /// Feedback for single typed answers.
    AnswerFeedback,
    /// Feedback beyond that for right answers: for partly right and wrong ones, hints.
    OtherFeedback,
    /// A picture, sound or file (its name); to be added to the course by hand.
    Picture(String),
    /// A table became lines of text.
    Table,
    /// A formula or a mark-up that became text.
    Markup(String),
    /// Points that are no whole number from 1 to 100; what they became.
    Points(u16),
    /// Units beside the first.
    Units,
    /// The unit of a number.
    Unit,
    /// That capital letters matter.
    Case,
    /// That a number in a gap may be off by a little.
    GapTolerance,
    /// What is marked and for how many points; it is a note for the marker now.
    Rubric,
    /// How many words there may be.
    WordLimit,
    /// That options keep their order, or that they do not.
    OptionOrder,
    /// How many points it is worth.
    PointsUnsaid,
}

//! What can be wrong in a line of the file of a test. The sentences are in `words/`.

use crate::quiz::check::Flaw;

/// One fault with its line, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFault {
    /// The line.
    pub line: usize,
    /// What is wrong.
    pub what: FileFault,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// More bytes than this.
    TooLarge(usize),
    /// There is no question.
    NoQuestions,
    /// Something above the first question of a bank, which has no settings.
    BankSettings,
    /// A line at the top that is no setting; a blank line divides settings from the introduction.
    NotASetting(String),
    /// A line that begins nearly like one of the format, and the beginning that is meant.
    Misspelled(String, &'static str),
    /// The same keyword again.
    Twice(&'static str),
    /// A keyword where it cannot stand: attributes stand right under the title of a question, answers after its text.
    Misplaced(&'static str),
    /// What stands behind the keyword, or in an item, is not what it must be.
    BadValue(&'static str, Wanted),
    /// A question without any answers.
    NoAnswers,
    /// Round and square brackets in one question.
    MixedMarks,
    /// Something between or behind the answers that belongs to nothing.
    Unexpected,
    /// Feedback (`>`) that belongs to no item.
    StrayFeedback,
    /// A block of code that begins here and does not end.
    FenceNotClosed,
    /// `[[` without `]]` in its line.
    GapNotClosed,
    /// A gap with several options that are marked with `*`.
    GapSeveralRight,
    /// Another question of the file has this key; the line of the first.
    KeyTwice(String, usize),
    /// A flaw of a question or of the settings.
    Flaw(Flaw),
}

/// What a value must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// `80%`
    Percent,
    /// `3` or `bez limitu`
    Count,
    /// `20 min` or `bez limitu`
    Minutes,
    /// `losowa` or `stała`
    Order,
    /// `5 z #tag`, `3 z pozostałych` or `2 z banku #tag`
    Draw,
    /// `po zakończeniu`, `po każdym podejściu` or `nigdy`
    Reveal,
    /// `tak` or `nie`
    YesNo,
    /// A whole number.
    Whole,
    /// `stała` or `losowa`, of the options of a question
    Fixed,
    /// `ważna` or `nieważna`
    Case,
    /// `prawda` or `fałsz`
    Truth,
    /// `3,5 ± 0,1 m`
    Number,
    /// `lewa => prawa` or `=> zmyłka`
    Pair,
    /// `Nazwa @ 10 20 30 15`
    Place,
    /// `do 200 słów` or `bez limitu`
    Words,
    /// `2 pkt: kryterium`
    Criterion,
}

//! Losses in English, for terminal and log. For pages the sentences are in `words/`.

use std::fmt;

use super::{Loss, Lost};
use crate::folder::flaw_words;

impl fmt::Display for Lost {
    /// `12 (Kto prowadzi BIP): what is lost`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tame = |text: &str| -> String {
            text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
        };
        write!(f, "{}", self.line)?;
        if !self.title.is_empty() {
            write!(f, " ({})", tame(&self.title))?;
        }
        write!(f, ": {}", tame(&words(&self.what)))
    }
}

fn words(what: &Loss) -> String {
    let fixed = match what {
        Loss::TooLarge(most) => return format!("larger than {most} bytes; not read"),
        Loss::TooManyQuestions(most) => return format!("more than {most} questions; the rest is left out"),
        Loss::Kind(kind) => return format!("a question of the kind “{kind}”; left out"),
        Loss::Flawed(flaw) => return format!("{}; left out", flaw_words(flaw)),
        Loss::Picture(name) => return format!("the picture or file “{name}”; add it to the course by hand"),
        Loss::Markup(name) => return format!("the mark-up “{name}”; its text is kept"),
        Loss::Points(points) => {
            return format!("points that are no whole number from 1 to 100; now {points}");
        }
        Loss::NotThisFormat => "not UTF-8, or not a file of this format; nothing is read",
        Loss::BrokenXml => "the XML is broken here; what follows is not read",
        Loss::OwnEntities => "entities or a document type of its own; nothing is read",
        Loss::TooDeep => "nested deeper, or more parts, than questions have; nothing is read",
        Loss::NotUnderstood => "not understood; left out",
        Loss::BracesDiffer => "a brace without its partner; left out",
        Loss::Weights => {
            "unequal shares of the points; right answers count the same, partly right ones are wrong"
        }
        Loss::AllWanted => "one of several right options was enough; now all of them are wanted",
        Loss::Wildcard => "an asterisk stood for any letters; now it is a letter",
        Loss::AnswerFeedback => "feedback for single typed answers",
        Loss::OtherFeedback => "hints, and feedback for right, partly right and wrong answers as a whole",
        Loss::Table => "a table; its cells are lines of text now",
        Loss::Units => "units beside the first",
        Loss::Unit => "the unit",
        Loss::Case => "that capital letters matter",
        Loss::GapTolerance => "that the number in a gap may be off by a little",
        Loss::Rubric => "the criteria with their points",
        Loss::WordLimit => "how many words there may be",
        Loss::OptionOrder => "that options keep their order",
        Loss::PointsUnsaid => "how many points it is worth",
    };
    fixed.to_owned()
}

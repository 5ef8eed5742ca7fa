//! What can be wrong in the file of a test, in English, for terminal and log.

use super::fault::{Fault, Report, shown as s};
use crate::quiz::check::{Flaw, What};
use crate::quiz::file::{FileFault as F, LineFault, Wanted};

/// What is wrong, and what to do.
pub(super) fn words(fault: &F) -> (String, &'static str) {
    match fault {
        F::TooLarge(most) => (format!("larger than {most} bytes"), "divide the test"),
        F::NoQuestions => ("there is no question".into(), "begin one with a line ## and its title"),
        F::BankSettings => (
            "a bank of questions has no settings".into(),
            "begin the file with a line ## and the title of a question",
        ),
        F::NotASetting(text) => (
            format!("“{}” is no setting", s(text)),
            "correct it, or leave a blank line between the settings and the introduction",
        ),
        F::Misspelled(text, meant) => (
            format!("“{}” looks like “{meant}”", s(text)),
            "correct its spelling, or write \\ before it if it is text",
        ),
        F::Twice(word) => (format!("“{word}” is there already"), "keep one of them"),
        F::Misplaced(word) => (
            format!("“{word}” cannot stand here"),
            "put it right under the title, or write \\ before it if it is text",
        ),
        F::BadValue(word, wanted) => (
            format!("“{word}” must be like {}", example(*wanted)),
            "correct the value; docs/pytania.md has an example of each",
        ),
        F::NoAnswers => ("a question without answers".into(), "add them under its text"),
        F::MixedMarks => (
            "round and square brackets in one question".into(),
            "write ( ) where one option is right, [ ] where several can be",
        ),
        F::Unexpected => (
            "a line that belongs to nothing".into(),
            "move it above the answers, or begin it with Wyjaśnienie:",
        ),
        F::StrayFeedback => {
            ("feedback that belongs to no option".into(), "put it under an option, or write Wyjaśnienie:")
        }
        F::FenceNotClosed => ("a block of code that does not end".into(), "add a line ``` after it"),
        F::GapNotClosed => {
            ("“[[” without “]]” in its line".into(), "close the gap, or write \\[[ for the letters")
        }
        F::GapSeveralRight => ("a gap with several right options".into(), "mark one of them with *"),
        F::KeyTwice(key, line) => {
            (format!("the key “{}” is that of line {line} already", s(key)), "give every question its own")
        }
        F::Flaw(flaw) => flawed(flaw),
    }
}

fn example(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Percent => "“80%”",
        Wanted::Count => "“3” or “bez limitu”",
        Wanted::Minutes => "“20 min” or “bez limitu”",
        Wanted::Order => "“losowa” or “stała”",
        Wanted::Draw => "“5 z #tag”, “3 z pozostałych” or “2 z banku #tag”",
        Wanted::Reveal => "“po zakończeniu”, “po każdym podejściu” or “nigdy”",
        Wanted::YesNo => "“tak” or “nie”",
        Wanted::Whole => "“2”",
        Wanted::Fixed => "“stała” or “losowa”",
        Wanted::Case => "“ważna” or “nieważna”",
        Wanted::Truth => "“prawda” or “fałsz”",
        Wanted::Number => "“3,5 ± 0,1 m”",
        Wanted::Pair => "“- lewa strona => prawa strona”",
        Wanted::Place => "“- (x) nazwa @ 10 20 30 15”, in percent of the picture",
        Wanted::Words => "“do 200 słów” or “bez limitu”",
        Wanted::Criterion => "“- 2 pkt: kryterium”",
    }
}

/// A flaw of a question that comes from elsewhere, with what to do.
pub fn flaw_words(flaw: &Flaw) -> String {
    let (what, remedy) = flawed(flaw);
    format!("{what} ({remedy})")
}

/// Faults of the file of a test by itself.
pub fn test_reports(file: &str, faults: Vec<LineFault>) -> Vec<Report> {
    let report =
        |fault: LineFault| Report { file: file.to_owned(), line: fault.line, what: Fault::Test(fault.what) };
    faults.into_iter().map(report).collect()
}

/// The field says where; the line does so too.
fn flawed(flaw: &Flaw) -> (String, &'static str) {
    let field = s(&flaw.field);
    match flaw.what {
        What::Missing => (format!("{field} is empty"), "write something in it"),
        What::TooLong(most) => (format!("{field} has more than {most} characters"), "shorten it"),
        What::NotOneLine => {
            (format!("{field} has a line end or a control character"), "write it in one line of plain text")
        }
        What::NotASlug => {
            (format!("{field} is no plain name"), "use small letters a–z, digits and single hyphens")
        }
        What::NotBetween(least, most) => (format!("{field} must be from {least} to {most}"), "correct it"),
        What::NotANumber => (format!("{field} is no number that can be reckoned with"), "correct it"),
        What::Negative => (format!("{field} is less than 0"), "write it without the sign"),
        What::TooFew(least) => (format!("{field}: fewer than {least}"), "add some"),
        What::TooMany(most) => (format!("{field}: more than {most}"), "divide the question"),
        What::Alike(first) => (format!("{field} is the same as number {}", first + 1), "change one of them"),
        What::NothingRight => ("no option is right".into(), "mark one with an x, in a gap with *"),
        What::SeveralRight => ("several options are right".into(), "write square brackets, or leave one x"),
        What::GapsDiffer => ("the gaps of the text are not those of the answers".into(), "write [[…]] anew"),
        What::PointsDiffer(sum) => {
            (format!("the points of the criteria make {sum}"), "correct them, or remove Punkty")
        }
        What::OffThePicture => {
            ("the area is not wholly on the picture".into(), "keep left + width and top + height up to 100")
        }
        What::NotAPicture => (
            format!("{field} is no picture of the course"),
            "write media/name.png, small letters and hyphens",
        ),
        What::FenceNotClosed => ("a block of code that does not end".into(), "add a line ``` after it"),
        What::TooFewQuestions(count) => {
            (format!("there are only {count} such questions"), "draw fewer, or tag more of them")
        }
        What::NotAUnit => {
            (format!("{field} could be read as part of the number"), "begin it with a letter, % or °")
        }
    }
}

//! One question: title, attributes, text, answers (`answers`), explanation.

use super::Read;
use super::answers::{self, Found};
use super::fault::{FileFault, Wanted};
use super::gap;
use super::keyword::{self, Begins, Keyword};
use super::lines::{Lines, beginning, tidy};
use crate::quiz::question::{Kind, Question};

/// What stands right under the title.
#[derive(Default)]
struct Attributes {
    key: Option<String>,
    tags: Vec<String>,
    points: Option<u16>,
    fixed: bool,
    case: bool,
}

/// Reads the next question; `None` at the end of the file. The next line is its title.
pub(super) fn read(lines: &mut Lines<'_>) -> Option<Read> {
    lines.skip_blank();
    let title = keyword::heading(lines.peek()?)?;
    let (first, faults_before) = (lines.number(), lines.faults.len());
    lines.skip();
    lines.skip_blank();
    let mut places = vec![(String::new(), first), ("title".to_owned(), first)];
    let attributes = attributes(lines, &mut places);
    lines.skip_blank();
    let text_at = lines.number();
    places.push(("text".to_owned(), text_at));
    let mut text = text(lines);
    let found = match answers::read(lines, attributes.case, &mut places) {
        Some(found) => {
            lines.end_of_answers();
            Some(found)
        }
        None => gaps(lines, &mut text, attributes.case, (first, text_at), &mut places),
    };
    let feedback = explanation(lines, &mut places);
    let Found { kind, points } = found.unwrap_or_else(Found::nothing);
    let question = Question {
        key: attributes.key.clone().unwrap_or_default(),
        title: Some(title.to_owned()).filter(|title| !title.is_empty()),
        text,
        tags: attributes.tags,
        points: attributes.points.or(points).unwrap_or(1),
        fixed: attributes.fixed,
        kind,
        feedback,
    };
    let broken = lines.faults.len() > faults_before;
    Some(Read { question, has_key: attributes.key.is_some(), places, broken })
}

fn attributes(lines: &mut Lines<'_>, places: &mut Vec<(String, usize)>) -> Attributes {
    let mut attributes = Attributes::default();
    let mut seen = Vec::new();
    while let Some(line) = lines.peek() {
        let Begins::With(keyword, value) = keyword::of_question(line) else { break };
        if !keyword.is_attribute() {
            break;
        }
        let number = lines.number();
        if seen.contains(&keyword) {
            lines.fault(number, FileFault::Twice(keyword.polish()));
        } else {
            seen.push(keyword);
            match take(&mut attributes, keyword, value) {
                Ok(field) => places.push((field.to_owned(), number)),
                Err(wanted) => lines.fault(number, FileFault::BadValue(keyword.polish(), wanted)),
            }
        }
        lines.skip();
    }
    attributes
}

fn take(attributes: &mut Attributes, keyword: Keyword, value: &str) -> Result<&'static str, Wanted> {
    match keyword {
        Keyword::Key => {
            attributes.key = Some(value.to_owned());
            Ok("key")
        }
        Keyword::Tags => {
            let tags = value.split([' ', ',', '\t']).filter(|tag| !tag.is_empty());
            attributes.tags = tags.map(|tag| tag.strip_prefix('#').unwrap_or(tag).to_owned()).collect();
            Ok("tags")
        }
        Keyword::Points => {
            attributes.points = Some(value.parse().map_err(|_| Wanted::Whole)?);
            Ok("points")
        }
        Keyword::OptionOrder => match value {
            "stała" | "fixed" => {
                attributes.fixed = true;
                Ok("fixed")
            }
            "losowa" | "random" => Ok("fixed"),
            _ => Err(Wanted::Fixed),
        },
        _ => match value {
            "ważna" | "matters" => {
                attributes.case = true;
                Ok("case")
            }
            "nieważna" | "does not matter" => Ok("case"),
            _ => Err(Wanted::Case),
        },
    }
}

/// The text of a question, up to its answers. Lines that look like something out of place are named.
fn text(lines: &mut Lines<'_>) -> String {
    let mut whole = Vec::new();
    loop {
        whole.extend(lines.block(keyword::is_special, keyword::is_special));
        let Some(line) = lines.peek() else { break };
        let number = lines.number();
        match keyword::of_question(line) {
            Begins::Nearly(meant) => lines.fault(number, FileFault::Misspelled(beginning(line), meant)),
            Begins::With(keyword, _) if keyword.is_attribute() => {
                lines.fault(number, FileFault::Misplaced(keyword.polish()));
            }
            _ => break,
        }
        lines.skip();
    }
    tidy(whole.iter().map(String::as_str))
}

/// A question without answers under its text has gaps in it.
fn gaps(
    lines: &mut Lines<'_>,
    text: &mut String,
    case: bool,
    (first, text_at): (usize, usize),
    places: &mut Vec<(String, usize)>,
) -> Option<Found> {
    let (kept, gaps, faults) = gap::read(text);
    if gaps.is_empty() && faults.is_empty() {
        lines.fault(first, FileFault::NoAnswers);
        return None;
    }
    for (line, what) in faults {
        lines.fault(text_at + line, what);
    }
    *text = kept;
    places.push(("gaps".to_owned(), text_at));
    for (line, kept) in text.lines().enumerate() {
        for number in crate::quiz::gaps::numbers(kept) {
            places.push((format!("gaps.{}", number - 1), text_at + line));
        }
    }
    Some(Found { kind: Kind::Gaps { gaps, case }, points: None })
}

/// `Wyjaśnienie:`, in its line or up to the next question.
fn explanation(lines: &mut Lines<'_>, places: &mut Vec<(String, usize)>) -> Option<String> {
    let line = lines.peek()?;
    let Begins::With(Keyword::Explanation, begun) = keyword::of_question(line) else { return None };
    places.push(("feedback".to_owned(), lines.number()));
    lines.skip();
    let is_heading = |line: &str| keyword::heading(line).is_some();
    let more = lines.block(is_heading, is_heading);
    let text = tidy(std::iter::once(begun).chain(more.iter().map(String::as_str)));
    Some(text).filter(|text| !text.is_empty())
}

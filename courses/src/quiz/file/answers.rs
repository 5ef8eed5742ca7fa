//! The answers of a question, as they stand under its text.

use super::fault::{FileFault, Wanted};
use super::keyword::{self, Begins, Keyword};
use super::lines::{Item, Lines};
use super::setting::limit;
use crate::quiz::question::{Area, Choice, Criterion, Kind, Place};
use crate::quiz::text::number;

/// What was found.
pub(super) struct Found {
    pub kind: Kind,
    /// Points that follow from it.
    pub points: Option<u16>,
}

impl Found {
    fn of(kind: Kind) -> Self {
        Self { kind, points: None }
    }

    /// What a question without answers is taken for; the fault is told already.
    pub fn nothing() -> Self {
        Self::of(Kind::Essay { rubric: Vec::new(), words_most: None })
    }
}

type Places = Vec<(String, usize)>;

/// Reads the answers that begin in the next line, if there are any.
pub(super) fn read(lines: &mut Lines<'_>, case: bool, places: &mut Places) -> Option<Found> {
    let line = lines.peek()?;
    let number = lines.number();
    if keyword::option(line).is_some() {
        places.push(("options".to_owned(), number));
        return Some(options(lines, places));
    }
    let Begins::With(keyword, value) = keyword::of_question(line) else { return None };
    let bad = |wanted| FileFault::BadValue(keyword.polish(), wanted);
    let field = match keyword {
        Keyword::Answer => return Some(short(lines, case, places)),
        Keyword::Truth => {
            lines.skip();
            return Some(truth(lines, value, number, places));
        }
        Keyword::Number => {
            lines.skip();
            places.extend(["value", "tolerance", "unit"].map(|field| (field.to_owned(), number)));
            let read = tolerated(value);
            if read.is_none() {
                lines.fault(number, bad(Wanted::Number));
            }
            let (value, tolerance, unit) = read.unwrap_or_default();
            return Some(Found::of(Kind::Number { value, tolerance, unit }));
        }
        Keyword::Pairs => "pairs",
        Keyword::Order => "items",
        Keyword::Picture | Keyword::PictureText => return Some(hotspot(lines, places)),
        Keyword::Essay => {
            places.push(("words_most".to_owned(), number));
            "rubric"
        }
        Keyword::Explanation => return None,
        _ => return None,
    };
    places.push((field.to_owned(), number));
    lines.skip();
    match keyword {
        Keyword::Pairs => Some(pairs(lines, places)),
        Keyword::Order => Some(ordering(lines, places)),
        _ => {
            let words = value.trim_start_matches("do ").trim_start_matches("at most ");
            let most =
                if value.is_empty() { Some(None) } else { limit(words, &["słowa", "słów", "words"]) };
            if most.is_none() {
                lines.fault(number, bad(Wanted::Words));
            }
            Some(essay(lines, most.flatten(), places))
        }
    }
}

fn options(lines: &mut Lines<'_>, places: &mut Places) -> Found {
    let items =
        lines.items(|line| keyword::option(line).map(|(round, ticked, text)| ((round, ticked), text)));
    let round = items.first().is_none_or(|item| item.mark.0);
    if let Some(other) = items.iter().find(|item| item.mark.0 != round) {
        lines.fault(other.line, FileFault::MixedMarks);
    }
    let mut options = Vec::new();
    for (at, item) in items.into_iter().enumerate() {
        places.push((format!("options.{at}"), item.line));
        options.push(Choice { text: item.text, right: item.mark.1, feedback: item.feedback });
    }
    Found::of(if round { Kind::Single { options } } else { Kind::Multiple { options } })
}

/// Every accepted answer has a line of its own.
fn short(lines: &mut Lines<'_>, case: bool, places: &mut Places) -> Found {
    places.push(("accepted".to_owned(), lines.number()));
    let mut accepted: Vec<String> = Vec::new();
    while let Some(line) = lines.peek() {
        match keyword::of_question(line) {
            Begins::With(Keyword::Answer, value) => {
                places.push((format!("accepted.{}", accepted.len()), lines.number()));
                accepted.push(value.to_owned());
            }
            _ if line.trim().is_empty() => {}
            _ => break,
        }
        lines.skip();
    }
    Found::of(Kind::Short { accepted, case })
}

fn truth_of(word: &str) -> Option<bool> {
    match word.to_lowercase().as_str() {
        "prawda" | "true" => Some(true),
        "fałsz" | "false" => Some(false),
        _ => None,
    }
}

fn truth(lines: &mut Lines<'_>, value: &str, number: usize, places: &mut Places) -> Found {
    let answer = truth_of(value);
    if answer.is_none() {
        lines.fault(number, FileFault::BadValue(Keyword::Truth.polish(), Wanted::Truth));
    }
    let (mut if_true, mut if_false) = (None, None);
    for item in lines.items(|line| truth_of(line.strip_prefix('-')?.trim()).map(|truth| (truth, ""))) {
        let (field, said) = if item.mark { ("if_true", &mut if_true) } else { ("if_false", &mut if_false) };
        if said.is_some() {
            lines.fault(item.line, FileFault::Unexpected);
        }
        places.push((field.to_owned(), item.line));
        *said = item.feedback;
    }
    Found::of(Kind::TrueFalse { answer: answer.unwrap_or_default(), if_true, if_false })
}

/// `3,5 ± 0,1 m`: value, tolerance, unit.
fn tolerated(text: &str) -> Option<(f64, f64, Option<String>)> {
    let Some((value, tolerance)) = ["±", "+/-", "+-"].iter().find_map(|sign| text.split_once(sign)) else {
        let (value, unit) = number(text)?;
        return Some((value, 0.0, unit));
    };
    let ((value, unit), (tolerance, other)) = (number(value)?, number(tolerance)?);
    match (unit, other) {
        (Some(unit), Some(other)) if unit != other => None,
        (unit, other) => Some((value, tolerance, other.or(unit))),
    }
}

fn dash(line: &str) -> Option<((), &str)> {
    let rest = line.strip_prefix('-')?;
    (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| ((), rest.trim()))
}

/// Nothing has feedback but options, areas, truths and criteria.
fn no_feedback<M>(lines: &mut Lines<'_>, items: &[Item<M>]) {
    for item in items.iter().filter(|item| item.feedback.is_some()) {
        lines.fault(item.line, FileFault::StrayFeedback);
    }
}

fn pairs(lines: &mut Lines<'_>, places: &mut Places) -> Found {
    let items = lines.items(dash);
    no_feedback(lines, &items);
    let (mut pairs, mut distractors) = (Vec::new(), Vec::new());
    for item in items {
        match sides(&item.text) {
            None => lines.fault(item.line, FileFault::BadValue(Keyword::Pairs.polish(), Wanted::Pair)),
            Some((left, right)) if left.is_empty() => {
                places.push((format!("distractors.{}", distractors.len()), item.line));
                distractors.push(right);
            }
            Some(pair) => {
                places.push((format!("pairs.{}", pairs.len()), item.line));
                pairs.push(pair);
            }
        }
    }
    Found::of(Kind::Matching { pairs, distractors })
}

/// Both sides of `=>`; one with an odd number of backslashes before it is a letter of the left side.
fn sides(text: &str) -> Option<(String, String)> {
    let mut left = String::new();
    let mut rest = text;
    loop {
        let at = rest.find("=>")?;
        let stem = rest[..at].trim_end_matches('\\');
        let slashes = at - stem.len();
        left.push_str(stem);
        left.extend(std::iter::repeat_n('\\', slashes / 2));
        rest = &rest[at + 2..];
        if slashes.is_multiple_of(2) {
            return Some((left.trim().to_owned(), rest.trim().to_owned()));
        }
        left.push_str("=>");
    }
}

fn ordering(lines: &mut Lines<'_>, places: &mut Places) -> Found {
    let items = lines.items(|line| {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let rest = line[digits..].strip_prefix(['.', ')']).filter(|_| digits > 0)?;
        (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| ((), rest.trim()))
    });
    no_feedback(lines, &items);
    places.extend(items.iter().enumerate().map(|(at, item)| (format!("items.{at}"), item.line)));
    Found::of(Kind::Ordering { items: items.into_iter().map(|item| item.text).collect() })
}

fn hotspot(lines: &mut Lines<'_>, places: &mut Places) -> Found {
    let (mut picture, mut alt) = (String::new(), String::new());
    while let Some(line) = lines.peek() {
        let number = lines.number();
        let (keyword, field, place, value) = match keyword::of_question(line) {
            Begins::With(Keyword::Picture, value) => (Keyword::Picture, "picture", &mut picture, value),
            Begins::With(Keyword::PictureText, value) => (Keyword::PictureText, "alt", &mut alt, value),
            _ if line.trim().is_empty() => {
                lines.skip();
                continue;
            }
            _ => break,
        };
        if place.is_empty() {
            places.push((field.to_owned(), number));
            *place = value.to_owned();
        } else {
            lines.fault(number, FileFault::Twice(keyword.polish()));
        }
        lines.skip();
    }
    places.push(("areas".to_owned(), lines.number()));
    let mut areas = Vec::new();
    for item in lines.items(|line| keyword::option(line).map(|(_, ticked, text)| (ticked, text))) {
        places.push((format!("areas.{}", areas.len()), item.line));
        let Some((name, place)) = item.text.rsplit_once('@').and_then(|(n, at)| Some((n, place(at)?))) else {
            lines.fault(item.line, FileFault::BadValue(Keyword::Picture.polish(), Wanted::Place));
            continue;
        };
        let name = name.trim().to_owned();
        areas.push(Area { name, place, right: item.mark, feedback: item.feedback });
    }
    Found::of(Kind::Hotspot { picture, alt, areas })
}

/// Left, top, width and height in percent, with at most one digit behind the comma.
fn place(text: &str) -> Option<Place> {
    let numbers: Vec<u16> = text.split_whitespace().map(tenths).collect::<Option<_>>()?;
    match numbers.as_slice() {
        &[left, top, width, height] => Some(Place { left, top, width, height }),
        _ => None,
    }
}

fn tenths(text: &str) -> Option<u16> {
    let (whole, tenth) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let tenth: u16 = tenth.parse().ok().filter(|_| tenth.len() == 1)?;
    whole.parse::<u16>().ok()?.checked_mul(10)?.checked_add(tenth)
}

fn essay(lines: &mut Lines<'_>, words_most: Option<u32>, places: &mut Places) -> Found {
    let mut rubric: Vec<Criterion> = Vec::new();
    for item in lines.items(dash) {
        places.push((format!("rubric.{}", rubric.len()), item.line));
        let criterion = item.text.split_once(':').and_then(|(points, text)| {
            let points =
                ["pkt", "points", "point"].iter().find_map(|unit| points.trim().strip_suffix(unit))?;
            Some((points.trim().parse().ok()?, text.trim().to_owned()))
        });
        match criterion {
            Some((points, text)) => rubric.push(Criterion { text, points, guidance: item.feedback }),
            None => lines.fault(item.line, FileFault::BadValue(Keyword::Essay.polish(), Wanted::Criterion)),
        }
    }
    let sum = rubric.iter().fold(0u16, |sum, line| sum.saturating_add(line.points));
    Found { kind: Kind::Essay { rubric, words_most }, points: (sum > 0).then_some(sum) }
}

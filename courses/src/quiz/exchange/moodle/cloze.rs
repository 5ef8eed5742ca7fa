//! Cloze: `{1:SHORTANSWER:=tak~%50%może#prawie}` within a text, as gaps (docs.moodle.org/en/Embedded_Answers).

use super::super::Loss;
use super::read::One;
use crate::quiz::gaps::{Piece, pieces};
use crate::quiz::question::{Gap, Question};

/// What a cloze says.
pub(super) struct Cloze {
    /// The text as it is kept.
    pub text: String,
    pub gaps: Vec<Gap>,
    /// Whether capital letters matter.
    pub case: bool,
    /// Whether the options of lists keep their order.
    pub fixed: bool,
    /// What all gaps together are worth: Moodle knows no other points of such a question.
    pub points: u32,
}

/// A text with gaps; `None` when a gap could not be read, which is named.
pub(super) fn read(text: &str, one: &mut One<'_, '_>) -> Option<Cloze> {
    let (mut kept, mut gaps, mut weights) = (String::new(), Vec::new(), Vec::new());
    let (mut cases, mut orders): (Vec<bool>, Vec<bool>) = (Vec::new(), Vec::new());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let Some((weight, kind, head)) = head(&rest[open..]) else {
            kept.push_str(&rest[..=open].replace("[[", "[ ["));
            rest = &rest[open + 1..];
            continue;
        };
        let behind = &rest[open + head..];
        let Some(length) = first_plain(behind, '}') else {
            one.lose(Loss::BracesDiffer);
            return None;
        };
        kept.push_str(&rest[..open].replace("[[", "[ ["));
        rest = &behind[length + 1..];
        let Some(gap) = gap(kind, &behind[..length], one) else {
            one.lose(Loss::NotUnderstood);
            return None;
        };
        weights.push(weight);
        if matches!(gap, Gap::Words { .. }) {
            cases.push(matches!(kind, "SHORTANSWER_C" | "SAC" | "MWC"));
        } else {
            // `MULTICHOICE_S`, `MCVS`: those whose options are shuffled.
            orders.push(!kind.ends_with('S'));
        }
        gaps.push(gap);
        kept.push_str(&format!("[[{}]]", gaps.len()));
    }
    kept.push_str(&rest.replace("[[", "[ ["));
    if weights.windows(2).any(|two| two[0] != two[1]) {
        one.lose(Loss::Weights);
    }
    let case = !cases.is_empty() && cases.iter().all(|case| *case);
    if !case && cases.contains(&true) {
        one.lose(Loss::Case);
    }
    let fixed = !orders.is_empty() && orders.iter().all(|fixed| *fixed);
    if !fixed && orders.contains(&true) {
        one.lose(Loss::OptionOrder);
    }
    let points = weights.iter().fold(0_u32, |sum, weight| sum.saturating_add(*weight));
    Some(Cloze { text: kept, gaps, case, fixed, points })
}

/// `{weight:KIND:` at the beginning of a text: both, and its length.
fn head(text: &str) -> Option<(u32, &str, usize)> {
    let digits = text[1..].bytes().take_while(u8::is_ascii_digit).count();
    let weight = if digits == 0 { 1 } else { text[1..=digits].parse().ok()? };
    let rest = text[digits + 1..].strip_prefix(':')?;
    let letters = rest.bytes().take(24).take_while(|byte| byte.is_ascii_uppercase() || *byte == b'_').count();
    let ends = letters > 0 && rest[letters..].starts_with(':');
    ends.then_some((weight, &rest[..letters], digits + letters + 3))
}

/// Where the first letter of this kind is that no backslash stands before.
fn first_plain(text: &str, mark: char) -> Option<usize> {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        if letter == mark && !escaped {
            return Some(at);
        }
        escaped = letter == '\\' && !escaped;
    }
    None
}

fn gap(kind: &str, inside: &str, one: &mut One<'_, '_>) -> Option<Gap> {
    let mut answers: Vec<(f64, String)> = Vec::new();
    for answer in parts(inside, '~') {
        let (mut share, mut text) = (0.0, answer.trim());
        if let Some(right) = text.strip_prefix('=') {
            (share, text) = (100.0, right);
        } else if let Some((percent, behind)) = text.strip_prefix('%').and_then(|rest| rest.split_once('%')) {
            (share, text) = (super::super::number(percent)?, behind);
        }
        let split = parts(text, '#');
        if split.len() > 1 {
            one.lose(Loss::AnswerFeedback);
        }
        answers.push((share, super::super::one_line(&unescaped(split.first()?))));
    }
    if answers.iter().any(|(share, _)| *share > 0.0 && *share < 99.99) {
        one.lose(Loss::Weights);
    }
    let whole: Vec<usize> = (0..answers.len()).filter(|at| answers[*at].0 >= 99.99).collect();
    let right = *whole.first()?;
    match kind {
        "SHORTANSWER" | "SA" | "MW" | "SHORTANSWER_C" | "SAC" | "MWC" => {
            let accepted: Vec<String> = whole.into_iter().map(|at| answers[at].1.clone()).collect();
            if accepted.iter().any(|text| text.contains('*')) {
                one.lose(Loss::Wildcard);
            }
            Some(Gap::Words { accepted })
        }
        "NUMERICAL" | "NM" => {
            let (value, tolerance) =
                answers[right].1.split_once(':').unwrap_or((answers[right].1.as_str(), "0"));
            if super::super::number(tolerance) != Some(0.0) {
                one.lose(Loss::GapTolerance);
            }
            let value = super::super::number(value)?;
            let mut accepted = vec![crate::quiz::text::shown_number(value), value.to_string()];
            accepted.dedup();
            Some(Gap::Words { accepted })
        }
        _ if kind.starts_with("MULTICHOICE") || kind.starts_with("MC") => {
            if whole.len() > 1 {
                one.lose(Loss::AllWanted);
            }
            Some(Gap::Choice { options: answers.into_iter().map(|(_, text)| text).collect(), right })
        }
        _ => {
            one.lose(Loss::Kind(kind.chars().take(40).collect()));
            None
        }
    }
}

/// Parts between letters that no backslash stands before.
fn parts(text: &str, mark: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = first_plain(rest, mark) {
        parts.push(&rest[..at]);
        rest = &rest[at + mark.len_utf8()..];
    }
    parts.push(rest);
    parts
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let special =
            letters.peek().is_some_and(|next| matches!(next, '}' | '#' | '~' | '/' | '"' | '\\' | '{' | '='));
        match letter {
            '\\' if special => out.extend(letters.next()),
            other => out.push(other),
        }
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        if matches!(letter, '}' | '#' | '~' | '\\' | '=') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// What one gap is worth, when all can be worth the same whole number of points.
pub(super) fn weight(question: &Question, gaps: &[Gap]) -> Option<usize> {
    let points = usize::from(question.points);
    (!gaps.is_empty() && points.is_multiple_of(gaps.len())).then(|| points / gaps.len())
}

/// The text of a question with gaps as cloze.
pub(super) fn write(question: &Question, gaps: &[Gap], case: bool) -> String {
    let mut text = String::new();
    let weight = weight(question, gaps).unwrap_or(1);
    let list = if question.fixed { "MULTICHOICE" } else { "MULTICHOICE_S" };
    for piece in pieces(&question.text) {
        let gap = match piece {
            Piece::Text(piece) => {
                text.push_str(piece);
                continue;
            }
            Piece::Gap(number) => number.checked_sub(1).and_then(|at| gaps.get(at)),
        };
        let (kind, answers): (&str, Vec<String>) = match gap {
            Some(Gap::Words { accepted }) => (
                if case { "SHORTANSWER_C" } else { "SHORTANSWER" },
                accepted.iter().map(|text| format!("={}", escaped(text))).collect(),
            ),
            Some(Gap::Choice { options, right }) => {
                let mark = |at: usize| if at == *right { "=" } else { "" };
                let options = options.iter().enumerate();
                (list, options.map(|(at, text)| format!("{}{}", mark(at), escaped(text))).collect())
            }
            None => continue,
        };
        text.push_str(&format!("{{{weight}:{kind}:{}}}", answers.join("~")));
    }
    text
}

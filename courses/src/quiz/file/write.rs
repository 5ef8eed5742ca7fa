//! A test as the text of its file, always written the same way.

use std::fmt::Write as _;

use super::gap;
use super::keyword::{self, Keyword as K};
use crate::quiz::fence::Fence;
use crate::quiz::question::{Kind, Place, Question};
use crate::quiz::settings::{Reveal, Settings};
use crate::quiz::text::shown_number;

/// The text of the file. A test without flaws is read from it again as it was (`Question::tidied`, `read`).
pub fn write(settings: &Settings, questions: &[Question]) -> String {
    let mut text = String::new();
    self::settings(settings, &mut text);
    for question in questions {
        self::question(question, &mut text);
    }
    text
}

/// The questions that stand in no test, as the text of their file.
pub fn write_bank(questions: &[Question]) -> String {
    let mut text = String::new();
    for question in questions {
        self::question(question, &mut text);
    }
    text.trim_start().to_owned()
}

/// One question as it stands in the file, without the settings of a test.
pub fn write_one(question: &Question) -> String {
    write_bank(std::slice::from_ref(question))
}

/// A line `Keyword: value`.
fn line(text: &mut String, keyword: K, value: &str) {
    let _ = writeln!(text, "{}: {}", keyword.polish(), one_line(value));
}

/// Drafts may hold what a file cannot: line ends where one line is wanted become blanks.
fn one_line(text: &str) -> String {
    text.trim().replace(['\n', '\r'], " ")
}

fn settings(settings: &Settings, text: &mut String) {
    let yes_or_no = |yes| if yes { "tak" } else { "nie" };
    let limit = |limit: Option<u16>, unit: &str| {
        limit.map_or("bez limitu".to_owned(), |limit| format!("{limit}{unit}"))
    };
    line(text, K::PassMark, &format!("{}%", settings.pass_percent));
    line(text, K::Attempts, &limit(settings.attempts, ""));
    line(text, K::Time, &limit(settings.minutes, " min"));
    line(text, K::QuestionOrder, if settings.shuffle { "losowa" } else { "stała" });
    for draw in &settings.draws {
        let of = draw.tag.as_ref().map_or("pozostałych".to_owned(), |tag| format!("#{tag}"));
        let bank = if draw.bank { "banku " } else { "" };
        line(text, K::Draw, &format!("{} z {bank}{of}", draw.count));
    }
    let reveal = match settings.reveal {
        Reveal::End => "po zakończeniu",
        Reveal::Attempt => "po każdym podejściu",
        Reveal::Never => "nigdy",
    };
    line(text, K::Reveal, reveal);
    line(text, K::Pretest, yes_or_no(settings.pretest));
    line(text, K::Certainty, yes_or_no(settings.certainty));
    if let Some(intro) = &settings.intro {
        text.push('\n');
        block(intro, |line| keyword::heading(line).is_some(), text);
    }
}

/// Lines of a text; those that would be read as something else get a backslash.
fn block(block: &str, special: impl Fn(&str) -> bool, text: &mut String) {
    let mut fence = Fence::default();
    for line in block.lines() {
        if !fence.line(line) && special(line.trim_start_matches('\\')) {
            text.push('\\');
        }
        text.push_str(line);
        text.push('\n');
    }
}

fn feedback(feedback: Option<&String>, text: &mut String) {
    for said in feedback.into_iter().flat_map(|feedback| feedback.lines()) {
        let _ = writeln!(text, "  >{}{said}", if said.is_empty() { "" } else { " " });
    }
}

fn question(question: &Question, text: &mut String) {
    let title = one_line(question.title.as_deref().unwrap_or_default());
    let _ = writeln!(text, "\n##{}{title}", if title.is_empty() { "" } else { " " });
    line(text, K::Key, &question.key);
    if !question.tags.is_empty() {
        let tags: Vec<String> = question.tags.iter().map(|tag| format!("#{tag}")).collect();
        line(text, K::Tags, &tags.join(" "));
    }
    if question.points != usual_points(&question.kind) {
        line(text, K::Points, &question.points.to_string());
    }
    if question.fixed {
        line(text, K::OptionOrder, "stała");
    }
    if matches!(&question.kind, Kind::Short { case: true, .. } | Kind::Gaps { case: true, .. }) {
        line(text, K::Case, "ważna");
    }
    text.push('\n');
    match &question.kind {
        Kind::Gaps { gaps, .. } => block(&gap::write(&question.text, gaps), keyword::is_special, text),
        other => {
            block(&question.text, keyword::is_special, text);
            text.push('\n');
            answers(other, text);
        }
    }
    if let Some(feedback) = &question.feedback {
        text.push('\n');
        explanation(feedback, text);
    }
}

/// Points that need not be said.
fn usual_points(kind: &Kind) -> u16 {
    match kind {
        Kind::Essay { rubric, .. } => {
            Some(rubric.iter().fold(0, |sum: u16, line| sum.saturating_add(line.points)))
                .filter(|sum| *sum > 0)
                .unwrap_or(1)
        }
        _ => 1,
    }
}

/// In the line of its keyword when it is one line, else under it.
fn explanation(feedback: &str, text: &mut String) {
    let _ = write!(text, "{}:", K::Explanation.polish());
    if feedback.contains('\n') || feedback.starts_with([' ', '\t', '`', '~']) || feedback.starts_with("##") {
        text.push_str("\n\n");
    } else {
        text.push(' ');
        text.push_str(feedback);
        text.push('\n');
        return;
    }
    block(feedback, |line| keyword::heading(line).is_some(), text);
}

fn answers(kind: &Kind, text: &mut String) {
    let tick = |right: bool| if right { 'x' } else { ' ' };
    match kind {
        Kind::Single { options } => {
            for option in options {
                let _ = writeln!(text, "- ({}) {}", tick(option.right), one_line(&option.text));
                feedback(option.feedback.as_ref(), text);
            }
        }
        Kind::Multiple { options } => {
            for option in options {
                let _ = writeln!(text, "- [{}] {}", tick(option.right), one_line(&option.text));
                feedback(option.feedback.as_ref(), text);
            }
        }
        Kind::TrueFalse { answer, if_true, if_false } => {
            line(text, K::Truth, if *answer { "prawda" } else { "fałsz" });
            for (word, said) in [("prawda", if_true), ("fałsz", if_false)] {
                if said.is_some() {
                    let _ = writeln!(text, "- {word}");
                    feedback(said.as_ref(), text);
                }
            }
        }
        Kind::Short { accepted, .. } => {
            for answer in accepted {
                line(text, K::Answer, answer);
            }
        }
        Kind::Number { value, tolerance, unit } => {
            let mut said = shown_number(*value);
            if *tolerance != 0.0 {
                let _ = write!(said, " ± {}", shown_number(*tolerance));
            }
            if let Some(unit) = unit {
                let _ = write!(said, " {unit}");
            }
            line(text, K::Number, &said);
        }
        Kind::Matching { pairs, distractors } => {
            let _ = writeln!(text, "{}:", K::Pairs.polish());
            for (left, right) in pairs {
                let _ = writeln!(text, "- {} => {}", left_side(&one_line(left)), one_line(right));
            }
            for other in distractors {
                let _ = writeln!(text, "- => {}", one_line(other));
            }
        }
        Kind::Ordering { items } => {
            let _ = writeln!(text, "{}:", K::Order.polish());
            for (number, item) in (1..).zip(items) {
                let _ = writeln!(text, "{number}. {}", one_line(item));
            }
        }
        Kind::Hotspot { picture, alt, areas } => {
            line(text, K::Picture, picture);
            line(text, K::PictureText, alt);
            let several = areas.iter().filter(|area| area.right).count() > 1;
            let (open, close) = if several { ('[', ']') } else { ('(', ')') };
            for area in areas {
                let (name, at) = (one_line(&area.name), place(area.place));
                let _ = writeln!(text, "- {open}{}{close} {name} @ {at}", tick(area.right));
                feedback(area.feedback.as_ref(), text);
            }
        }
        Kind::Essay { rubric, words_most } => {
            let most = words_most.map_or("bez limitu".to_owned(), |most| format!("do {most} słów"));
            line(text, K::Essay, &most);
            for criterion in rubric {
                let _ = writeln!(text, "- {} pkt: {}", criterion.points, one_line(&criterion.text));
                feedback(criterion.guidance.as_ref(), text);
            }
        }
        Kind::Gaps { .. } => {}
    }
}

/// `=>` in the left side of a pair gets a backslash, and those before it are doubled.
fn left_side(left: &str) -> String {
    let mut side = String::new();
    for (at, part) in left.split("=>").enumerate() {
        if at > 0 {
            let slashes = side.len() - side.trim_end_matches('\\').len();
            side.extend(std::iter::repeat_n('\\', slashes + 1));
            side.push_str("=>");
        }
        side.push_str(part);
    }
    side
}

/// Thousandths as percent.
fn place(place: Place) -> String {
    [place.left, place.top, place.width, place.height]
        .map(|thousandths| {
            let (whole, tenth) = (thousandths / 10, thousandths % 10);
            if tenth == 0 { whole.to_string() } else { format!("{whole},{tenth}") }
        })
        .join(" ")
}

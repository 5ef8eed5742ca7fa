//! Writing GIFT.

use std::fmt::Write as _;

use super::super::{Loss, Lost, percent, pictures};
use super::ESCAPED;
use crate::quiz::gaps::{Piece, pieces};
use crate::quiz::question::{Choice, Gap, Kind, Question};

/// The questions as GIFT; what it cannot say is listed with the number of the question.
pub fn write(questions: &[Question]) -> (String, Vec<Lost>) {
    let mut writer = Writer { text: String::new(), lost: Vec::new(), number: 0, title: String::new() };
    for (number, question) in (1..).zip(questions) {
        writer.number = number;
        writer.title = question.title.clone().unwrap_or_else(|| question.key.clone());
        writer.question(question);
    }
    (writer.text, writer.lost)
}

struct Writer {
    text: String,
    lost: Vec<Lost>,
    number: usize,
    title: String,
}

/// Letters that mean something get a backslash, line ends become `\n`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.trim().chars() {
        match letter {
            '\n' => out.push_str("\\n"),
            'n' => out.push('n'),
            letter if ESCAPED.iter().any(|(plain, _)| *plain == letter) => out.extend(['\\', letter]),
            letter => out.push(letter),
        }
    }
    out
}

/// An answer with its mark. A share is said where the text would be taken for one.
fn marked(right: bool, text: &str) -> String {
    let share = match (text.trim().starts_with('%'), right) {
        (false, _) => "",
        (true, true) => "%100%",
        (true, false) => "%0%",
    };
    format!("{}{share}{}", if right { '=' } else { '~' }, escaped(text))
}

fn said(feedback: Option<&String>) -> String {
    feedback.map(|said| format!(" #{}", escaped(said))).unwrap_or_default()
}

impl Writer {
    fn lose(&mut self, what: Loss) {
        self.lost.push(Lost { line: self.number, title: self.title.clone(), what });
    }

    fn question(&mut self, question: &Question) {
        let (before, answers, after) = match &question.kind {
            Kind::Gaps { gaps, case } => {
                let Some(parts) = self.gap(question, gaps, *case) else {
                    return self.lose(Loss::Kind("gaps".to_owned()));
                };
                parts
            }
            kind => {
                let Some(answers) = self.answers(kind) else { return };
                (escaped(&question.text), answers, String::new())
            }
        };
        if question.points != 1 {
            self.lose(Loss::PointsUnsaid);
        }
        for name in pictures(question) {
            self.lose(Loss::Picture(name));
        }
        if question.fixed {
            self.lose(Loss::OptionOrder);
        }
        let _ = write!(self.text, "// [id:{}]", question.key);
        for tag in &question.tags {
            let _ = write!(self.text, " [tag:{tag}]");
        }
        self.text.push('\n');
        if let Some(title) = &question.title {
            let _ = write!(self.text, "::{}::", escaped(title));
        }
        let general = question.feedback.as_ref().map(|said| format!(" ####{}\n", escaped(said)));
        let _ =
            writeln!(self.text, "[markdown]{before} {{{answers}{}}}{after}\n", general.unwrap_or_default());
    }

    /// A text with one gap is a question with a missing word.
    fn gap(&mut self, question: &Question, gaps: &[Gap], case: bool) -> Option<(String, String, String)> {
        let [gap] = gaps else { return None };
        let all = pieces(&question.text);
        let at = all.iter().position(|piece| *piece == Piece::Gap(1))?;
        let text = |pieces: &[Piece<'_>]| -> String {
            pieces.iter().map(|piece| if let Piece::Text(text) = piece { *text } else { "" }).collect()
        };
        let (before, after) = (text(&all[..at]), text(&all[at + 1..]));
        // Without a word behind it, it would be read as a question above its answers.
        if after.trim().is_empty() || super::with_gap(before.trim(), after.trim()) != question.text {
            return None;
        }
        if case {
            self.lose(Loss::Case);
        }
        let answers = match gap {
            Gap::Words { accepted } => accepted.iter().map(|text| marked(true, text) + " ").collect(),
            Gap::Choice { options, right } => {
                let options = options.iter().enumerate();
                options.map(|(at, text)| marked(at == *right, text) + " ").collect()
            }
        };
        Some((escaped(&before), answers, escaped(&after)))
    }

    /// What stands within the braces; `None` when the kind cannot be written.
    fn answers(&mut self, kind: &Kind) -> Option<String> {
        let mut out = String::new();
        match kind {
            Kind::Single { options } => {
                out.push('\n');
                for option in options {
                    let mark = if option.right { '=' } else { '~' };
                    let _ =
                        writeln!(out, "\t{mark}{}{}", escaped(&option.text), said(option.feedback.as_ref()));
                }
            }
            Kind::Multiple { options } => several(options, &mut out),
            Kind::TrueFalse { answer, if_true, if_false } => {
                let (right, wrong) = if *answer { (if_true, if_false) } else { (if_false, if_true) };
                out.push_str(if *answer { "TRUE" } else { "FALSE" });
                if right.is_some() || wrong.is_some() {
                    let text = |said: &Option<String>| said.as_deref().map(escaped).unwrap_or_default();
                    let _ = write!(out, "#{}#{}", text(wrong), text(right));
                }
            }
            Kind::Short { accepted, case } => {
                if *case {
                    self.lose(Loss::Case);
                }
                // Answers that are all arrows would be read as pairs.
                if accepted.iter().all(|text| text.contains("->")) {
                    self.lose(Loss::Kind("shortanswer".to_owned()));
                    return None;
                }
                out.extend(accepted.iter().map(|text| marked(true, text) + " "));
            }
            Kind::Number { value, tolerance, unit } => {
                if unit.is_some() {
                    self.lose(Loss::Unit);
                }
                let _ = write!(out, "#{value}:{tolerance}");
            }
            Kind::Matching { pairs, distractors } => {
                out.push('\n');
                let others = distractors.iter().map(|right| ("", right.as_str()));
                for (left, right) in pairs.iter().map(|(l, r)| (l.as_str(), r.as_str())).chain(others) {
                    // An arrow of the text itself would be taken for that between the sides.
                    let left = marked(true, &left.replace("->", "→"));
                    let _ = writeln!(out, "\t{left} -> {}", escaped(right));
                }
            }
            Kind::Ordering { .. } => {
                self.lose(Loss::Kind("ordering".to_owned()));
                return None;
            }
            Kind::Hotspot { .. } => {
                self.lose(Loss::Kind("hotspot".to_owned()));
                return None;
            }
            Kind::Essay { rubric, words_most } => {
                if !rubric.is_empty() {
                    self.lose(Loss::Rubric);
                }
                if words_most.is_some() {
                    self.lose(Loss::WordLimit);
                }
            }
            Kind::Gaps { .. } => return None,
        }
        Some(out)
    }
}

/// Right ones share the points, wrong ones take as much away: our own rule, which Moodle follows by these weights.
fn several(options: &[Choice], out: &mut String) {
    let share = percent(options.iter().filter(|option| option.right).count());
    out.push('\n');
    for option in options {
        let sign = if option.right { "" } else { "-" };
        let (text, feedback) = (escaped(&option.text), said(option.feedback.as_ref()));
        let _ = writeln!(out, "\t~%{sign}{share}%{text}{feedback}");
    }
}

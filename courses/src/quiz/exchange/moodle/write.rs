//! Writing Moodle XML.

use std::fmt::Write as _;

use super::super::xml::escaped;
use super::super::{Loss, Lost, percent, pictures};
use super::{cloze, rubric, select};
use crate::quiz::question::{Gap, Kind, Question};

/// The questions as Moodle XML; what it cannot say is listed with the number of the question.
pub fn write(questions: &[Question]) -> (String, Vec<Lost>) {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n");
    let mut lost = Vec::new();
    for (number, question) in (1..).zip(questions) {
        let title = question.title.clone().unwrap_or_else(|| question.key.clone());
        let mut lose = |what| lost.push(Lost { line: number, title: title.clone(), what });
        match kind(&question.kind, question) {
            Some((name, body, losses)) => {
                losses.into_iter().for_each(&mut lose);
                pictures(question).into_iter().map(Loss::Picture).for_each(&mut lose);
                one(question, &title, (name, &body), &mut text);
            }
            // `ddmarker` is another question: markers are dragged to where each belongs; it has neither wrong places nor names
            // for those who do not drag, and no feedback for one.
            None => lose(Loss::Kind("hotspot".to_owned())),
        }
    }
    text.push_str("</quiz>\n");
    (text, lost)
}

fn one(question: &Question, title: &str, (name, body): (&str, &str), text: &mut String) {
    let asked = match &question.kind {
        Kind::Gaps { gaps, .. } if name == "gapselect" => select::text(question, gaps),
        Kind::Gaps { gaps, case } => cloze::write(question, gaps, *case),
        _ => question.text.clone(),
    };
    let _ = writeln!(text, "  <question type=\"{name}\">");
    let _ = writeln!(text, "    <name><text>{}</text></name>", escaped(title));
    markdown(text, "questiontext", &asked);
    markdown(text, "generalfeedback", question.feedback.as_deref().unwrap_or_default());
    if name != "cloze" {
        let _ = writeln!(text, "    <defaultgrade>{}</defaultgrade>", question.points);
    }
    let _ = writeln!(text, "    <idnumber>{}</idnumber>", escaped(&question.key));
    text.push_str(body);
    if !question.tags.is_empty() {
        text.push_str("    <tags>\n");
        for tag in &question.tags {
            let _ = writeln!(text, "      <tag><text>{}</text></tag>", escaped(tag));
        }
        text.push_str("    </tags>\n");
    }
    text.push_str("  </question>\n");
}

fn markdown(text: &mut String, name: &str, markdown: &str) {
    let _ = writeln!(text, "    <{name} format=\"markdown\"><text>{}</text></{name}>", escaped(markdown));
}

/// An answer with its share of the points, in percent.
fn answer(text: &mut String, share: &str, said: &str, feedback: Option<&String>) {
    let _ =
        write!(text, "    <answer fraction=\"{share}\" format=\"markdown\"><text>{}</text>", escaped(said));
    if let Some(feedback) = feedback {
        let _ = write!(text, "<feedback format=\"markdown\"><text>{}</text></feedback>", escaped(feedback));
    }
    text.push_str("</answer>\n");
}

/// Moodle's name of the kind, what stands in the question, and what it cannot say.
fn kind(kind: &Kind, question: &Question) -> Option<(&'static str, String, Vec<Loss>)> {
    let mut body = String::new();
    let mut lost = Vec::new();
    let shuffle = |body: &mut String| {
        let _ = writeln!(body, "    <shuffleanswers>{}</shuffleanswers>", !question.fixed);
    };
    let name = match kind {
        Kind::Single { options } => {
            body.push_str("    <single>true</single>\n");
            shuffle(&mut body);
            for option in options {
                let share = if option.right { "100" } else { "0" };
                answer(&mut body, share, &option.text, option.feedback.as_ref());
            }
            "multichoice"
        }
        Kind::Multiple { options } => {
            body.push_str("    <single>false</single>\n");
            shuffle(&mut body);
            let share = percent(options.iter().filter(|option| option.right).count());
            for option in options {
                let sign = if option.right { "" } else { "-" };
                answer(&mut body, &format!("{sign}{share}"), &option.text, option.feedback.as_ref());
            }
            "multichoice"
        }
        Kind::TrueFalse { answer: right, if_true, if_false } => {
            for (word, said) in [(true, if_true), (false, if_false)] {
                let share = if word == *right { "100" } else { "0" };
                answer(&mut body, share, if word { "true" } else { "false" }, said.as_ref());
            }
            "truefalse"
        }
        Kind::Short { accepted, case } => {
            let _ = writeln!(body, "    <usecase>{}</usecase>", u8::from(*case));
            accepted.iter().for_each(|text| answer(&mut body, "100", text, None));
            "shortanswer"
        }
        Kind::Number { value, tolerance, unit } => {
            let _ = writeln!(
                body,
                "    <answer fraction=\"100\"><text>{value}</text><tolerance>{tolerance}</tolerance></answer>"
            );
            if let Some(unit) = unit {
                let _ = writeln!(
                    body,
                    "    <units><unit><multiplier>1</multiplier><unit_name>{}</unit_name></unit></units>",
                    escaped(unit)
                );
            }
            "numerical"
        }
        Kind::Matching { pairs, distractors } => {
            body.push_str("    <shuffleanswers>true</shuffleanswers>\n");
            let others = distractors.iter().map(|right| ("", right.as_str()));
            for (left, right) in pairs.iter().map(|(l, r)| (l.as_str(), r.as_str())).chain(others) {
                let _ = writeln!(
                    body,
                    "    <subquestion format=\"markdown\"><text>{}</text><answer><text>{}</text></answer></subquestion>",
                    escaped(left),
                    escaped(right)
                );
            }
            "matching"
        }
        Kind::Ordering { items } => {
            for (place, item) in (1..).zip(items) {
                answer(&mut body, &place.to_string(), item, None);
            }
            "ordering"
        }
        Kind::Gaps { gaps, .. } => {
            let evenly = cloze::weight(question, gaps).is_some();
            if !evenly && select::can(gaps) {
                shuffle(&mut body);
                select::options(gaps, &mut body);
                return Some(("gapselect", body, lost));
            }
            let list = |gap: &Gap| matches!(gap, Gap::Choice { .. });
            if question.fixed && !gaps.iter().any(list) {
                lost.push(Loss::OptionOrder);
            }
            if !evenly {
                lost.push(Loss::PointsUnsaid);
            }
            "cloze"
        }
        Kind::Essay { rubric, words_most } => {
            if let Some(most) = words_most {
                let _ = writeln!(body, "    <maxwordlimit>{most}</maxwordlimit>");
            }
            if !rubric.is_empty() {
                // There it is a note for markers; read again it is a rubric.
                lost.push(Loss::Rubric);
                markdown(&mut body, "graderinfo", &rubric::write(rubric));
            }
            "essay"
        }
        Kind::Hotspot { .. } => return None,
    };
    Some((name, body, lost))
}

//! What the author of a test should look at in its texts: the same that is found in the text of a unit.

use super::question::{Choice, Gap, Kind, Question};
use crate::markdown::{self, Fault, Finding, Places};

/// Texts of a test stand under a heading of this level: `##` begins a question in its file, so headings in them begin with `###`.
const UNDER: u8 = 2;

/// Something to look at in a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InQuestion {
    /// The answer or part that it is in, from 1; `None` for the question itself and for what everybody is told.
    pub(crate) answer: Option<usize>,
    /// The text with the question's key and the name of its field: what a waiver holds for.
    pub(crate) about: String,
    /// What it is, with the line in that text.
    pub(crate) finding: Finding,
}

/// What is found in a text of a test.
pub(crate) fn of_text(text: &str, places: &Places) -> Vec<Finding> {
    markdown::findings(text, places, UNDER)
}

/// What is found in the texts of a question, those included that are shown after the end alone. Answers that are typed are no
/// texts: they are compared and never rendered as an author's words.
pub(crate) fn of_question(question: &Question, places: &Places) -> Vec<InQuestion> {
    let mut found = Vec::new();
    for (field, answer, text) in texts(question) {
        let about = format!("question {} {field} {text}", question.key);
        let findings = of_text(text, places).into_iter();
        found.extend(findings.map(|finding| InQuestion { answer, about: about.clone(), finding }));
    }
    if let Kind::Hotspot { picture, .. } = &question.kind
        && !places.media.contains_key(picture)
    {
        found.push(InQuestion {
            answer: None,
            about: format!("question {} picture {picture}", question.key),
            finding: Finding { line: 1, what: Fault::NoSuchPicture(picture.clone()) },
        });
    }
    found
}

/// A text: the name of its field, which answer it belongs to (from 1), and its Markdown.
type Text<'a> = (String, Option<usize>, &'a str);

/// The texts of a question. Fields are called as in `Question::flaws`.
fn texts(question: &Question) -> Vec<Text<'_>> {
    let mut texts: Vec<Text<'_>> = vec![("text".to_owned(), None, question.text.as_str())];
    let said = question.feedback.as_deref();
    texts.extend(said.map(|said| ("feedback".to_owned(), None, said)));
    match &question.kind {
        Kind::Single { options } | Kind::Multiple { options } => texts.extend(of_options(options)),
        Kind::TrueFalse { if_true, if_false, .. } => {
            texts.extend(if_true.as_deref().map(|said| ("if_true".to_owned(), Some(1), said)));
            texts.extend(if_false.as_deref().map(|said| ("if_false".to_owned(), Some(2), said)));
        }
        Kind::Short { .. } | Kind::Number { .. } => {}
        Kind::Matching { pairs, distractors } => {
            for (at, (left, right)) in pairs.iter().enumerate() {
                texts.push((format!("pairs.{at}.left"), Some(at + 1), left.as_str()));
                texts.push((format!("pairs.{at}.right"), Some(at + 1), right.as_str()));
            }
            for (at, text) in distractors.iter().enumerate() {
                texts.push((format!("distractors.{at}"), Some(pairs.len() + at + 1), text.as_str()));
            }
        }
        Kind::Ordering { items } => {
            let items = items.iter().enumerate();
            texts.extend(items.map(|(at, text)| (format!("items.{at}"), Some(at + 1), text.as_str())));
        }
        Kind::Gaps { gaps, .. } => {
            for (gap_at, gap) in gaps.iter().enumerate() {
                if let Gap::Choice { options, .. } = gap {
                    let options = options.iter().enumerate();
                    texts.extend(options.map(|(at, text)| {
                        (format!("gaps.{gap_at}.options.{at}"), Some(gap_at + 1), text.as_str())
                    }));
                }
            }
        }
        Kind::Hotspot { areas, .. } => {
            for (at, area) in areas.iter().enumerate() {
                texts.push((format!("areas.{at}.name"), Some(at + 1), area.name.as_str()));
                let said = area.feedback.as_deref();
                texts.extend(said.map(|said| (format!("areas.{at}.feedback"), Some(at + 1), said)));
            }
        }
        Kind::Essay { rubric, .. } => {
            for (at, one) in rubric.iter().enumerate() {
                texts.push((format!("rubric.{at}.text"), Some(at + 1), one.text.as_str()));
                let said = one.guidance.as_deref();
                texts.extend(said.map(|said| (format!("rubric.{at}.guidance"), Some(at + 1), said)));
            }
        }
    }
    texts
}

fn of_options(options: &[Choice]) -> Vec<Text<'_>> {
    let mut texts: Vec<Text<'_>> = Vec::new();
    for (at, option) in options.iter().enumerate() {
        texts.push((format!("options.{at}.text"), Some(at + 1), option.text.as_str()));
        let said = option.feedback.as_deref();
        texts.extend(said.map(|said| (format!("options.{at}.feedback"), Some(at + 1), said)));
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn words(text: &str) -> Vec<(Option<usize>, &'static str)> {
        let sheet = file::read(text).unwrap_or_else(|faults| panic!("{faults:?}"));
        let mut places = Places::default();
        places.media.insert("media/x.png".to_owned(), "/x.png".to_owned());
        let found = sheet.questions.iter().flat_map(|question| of_question(question, &places));
        found.map(|one| (one.answer, one.finding.what.word())).collect()
    }

    #[test]
    fn every_text_of_a_question_is_looked_at() {
        let found = words(
            "## Obraz\n\nCo widać? ![](media/x.png)\n\n- (x) Most [](https://example.org)\n  > ![](media/x.png)\n\
             - ( ) Las\n\nWyjaśnienie: Zobacz [tutaj](https://example.org).\n",
        );
        let expected = [
            (None, "picture_without_text"),
            (None, "vague_link"),
            (Some(1), "link_without_words"),
            (Some(1), "picture_without_text"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn headings_of_a_question_begin_with_the_third_level() {
        assert_eq!(words("## A\n\n### Dane\n\nIle?\n\nLiczba: 4\n"), []);
        assert_eq!(words("## A\n\n#### Dane\n\nIle?\n\nLiczba: 4\n"), [(None, "skipped_heading")]);
    }

    #[test]
    fn a_picture_with_places_must_be_there_and_typed_answers_are_no_texts() {
        let places = "## A\n\nGdzie?\n\nObrazek: media/brak.png\nOpis obrazka: Plan\n- (x) Okno @ 10 10 20 20\n- ( ) Drzwi @ 50 10 20 20\n";
        assert_eq!(words(places), [(None, "no_such_picture")]);
        assert_eq!(words(&places.replace("brak", "x")), []);
        assert_eq!(words("## A\n\nJak?\n\nOdpowiedź: ![](media/brak.png)\n"), []);
    }
}

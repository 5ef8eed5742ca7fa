//! The kinds of questions in the form: their names, an empty one of each, and the fields of a filled-in form back as a question.

use courses::quiz::text::number;
use courses::quiz::{Choice, Criterion, Kind, Question, file};
use words::{Language, quizzes as say};

use super::placed;

/// Words of the kinds that the form knows.
pub const OFFERED: [&str; 10] = [
    "single",
    "multiple",
    "true_false",
    "short",
    "number",
    "matching",
    "ordering",
    "gaps",
    "hotspot",
    "essay",
];

/// The name of a kind.
pub fn name(language: Language, kind: &Kind) -> &'static str {
    offered_name(language, word(kind))
}

/// The name of a kind that the form knows.
pub fn offered_name(language: Language, word: &str) -> &'static str {
    match word {
        "single" => say::kind_single(language),
        "multiple" => say::kind_multiple(language),
        "true_false" => say::kind_true_false(language),
        "short" => say::kind_short(language),
        "number" => say::kind_number(language),
        "matching" => say::kind_matching(language),
        "ordering" => say::kind_ordering(language),
        "gaps" => say::kind_gaps(language),
        "hotspot" => say::kind_hotspot(language),
        _ => say::kind_essay(language),
    }
}

/// The word of a kind.
pub fn word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Single { .. } => "single",
        Kind::Multiple { .. } => "multiple",
        Kind::TrueFalse { .. } => "true_false",
        Kind::Short { .. } => "short",
        Kind::Number { .. } => "number",
        Kind::Matching { .. } => "matching",
        Kind::Ordering { .. } => "ordering",
        Kind::Essay { .. } => "essay",
        Kind::Gaps { .. } => "gaps",
        Kind::Hotspot { .. } => "hotspot",
    }
}

/// The fields of a form.
#[derive(Clone, Debug, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// What stands in a field.
    pub fn get(&self, name: &str) -> String {
        let found = self.0.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.replace("\r\n", "\n")).unwrap_or_default()
    }

    /// The same in one line, and nothing when it is empty.
    pub fn some(&self, name: &str) -> Option<String> {
        Some(self.get(name).trim().to_owned()).filter(|text| !text.is_empty())
    }

    pub(super) fn on(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }

    /// The rows of a list that have something in `name-1`, `name-2` …
    pub(super) fn rows(&self, name: &str) -> impl Iterator<Item = (usize, String)> {
        (1..=courses::quiz::question::MOST_PARTS)
            .filter_map(move |row| Some((row, self.some(&format!("{name}-{row}"))?)))
    }

    /// Adds a field.
    pub(super) fn put(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }
}

/// The question that a filled-in form describes; its key is that of `before`, or empty.
pub fn read(word: &str, fields: &Fields, before: Option<&Question>) -> Option<Question> {
    let mut text = fields.get("text").trim().to_owned();
    let kind = match word {
        "single" => Kind::Single { options: options(fields) },
        "multiple" => Kind::Multiple { options: options(fields) },
        "true_false" => Kind::TrueFalse {
            answer: fields.get("truth") == "true",
            if_true: fields.some("if_true"),
            if_false: fields.some("if_false"),
        },
        "short" => Kind::Short {
            accepted: fields.rows("accepted").map(|(_, text)| text).collect(),
            case: fields.on("case"),
        },
        "number" => {
            // What is no number is refused by the check of the question.
            let read = |name: &str, empty: f64| match fields.some(name) {
                None => empty,
                Some(text) => number(&text).map_or(f64::NAN, |(value, _)| value),
            };
            Kind::Number {
                value: read("value", f64::NAN),
                tolerance: read("tolerance", 0.0),
                unit: fields.some("unit"),
            }
        }
        "matching" => Kind::Matching {
            pairs: fields
                .rows("left")
                .map(|(row, left)| (left, fields.some(&format!("right-{row}")).unwrap_or_default()))
                .collect(),
            distractors: fields.rows("distractor").map(|(_, text)| text).collect(),
        },
        "ordering" => Kind::Ordering { items: fields.rows("item").map(|(_, text)| text).collect() },
        "gaps" => {
            // What is no gap is told by its line (`one::errors`).
            let (kept, gaps) = file::read_gaps(&text).unwrap_or_default();
            if !gaps.is_empty() {
                text = kept;
            }
            Kind::Gaps { gaps, case: fields.on("case") }
        }
        "hotspot" => placed::read(fields),
        "essay" => Kind::Essay {
            rubric: fields.rows("criterion").map(|(row, text)| criterion(fields, row, text)).collect(),
            words_most: fields.some("words_most").map(|text| text.parse().unwrap_or(0)),
        },
        _ => return None,
    };
    let tags = fields.get("tags");
    let tags = tags.split([' ', ',']).map(|tag| tag.trim_start_matches('#')).filter(|tag| !tag.is_empty());
    Some(Question {
        key: before.map(|question| question.key.clone()).unwrap_or_default(),
        title: fields.some("title"),
        text,
        tags: tags.map(str::to_owned).collect(),
        points: fields.some("points").map_or(1, |text| text.parse().unwrap_or(0)),
        fixed: match word {
            "single" | "multiple" => fields.on("fixed"),
            // Said in the text of the test alone.
            _ => before.is_some_and(|question| question.fixed),
        },
        kind,
        feedback: fields.some("feedback"),
    })
}

fn options(fields: &Fields) -> Vec<Choice> {
    let choice = |(row, text): (usize, String)| Choice {
        text,
        right: fields.on(&format!("right-{row}")),
        feedback: fields.some(&format!("said-{row}")),
    };
    fields.rows("option").map(choice).collect()
}

fn criterion(fields: &Fields, row: usize, text: String) -> Criterion {
    Criterion {
        text,
        points: fields.some(&format!("worth-{row}")).and_then(|text| text.parse().ok()).unwrap_or(0),
        guidance: fields.some(&format!("guidance-{row}")),
    }
}

/// The fields that the form of a question is filled in with.
pub fn fields(question: &Question) -> Fields {
    let mut fields = Fields::default();
    fields.put("title", question.title.clone().unwrap_or_default());
    fields.put(
        "text",
        match &question.kind {
            Kind::Gaps { gaps, .. } => file::write_gaps(&question.text, gaps),
            _ => question.text.clone(),
        },
    );
    fields.put("tags", question.tags.join(" "));
    fields.put("points", question.points.to_string());
    fields.put("feedback", question.feedback.clone().unwrap_or_default());
    if question.fixed {
        fields.put("fixed", "1");
    }
    match &question.kind {
        Kind::Single { options } | Kind::Multiple { options } => {
            for (row, option) in (1..).zip(options) {
                fields.put(format!("option-{row}"), option.text.clone());
                fields.put(format!("said-{row}"), option.feedback.clone().unwrap_or_default());
                if option.right {
                    fields.put(format!("right-{row}"), "1");
                }
            }
        }
        Kind::TrueFalse { answer, if_true, if_false } => {
            fields.put("truth", answer.to_string());
            fields.put("if_true", if_true.clone().unwrap_or_default());
            fields.put("if_false", if_false.clone().unwrap_or_default());
        }
        Kind::Short { accepted, case } => {
            for (row, text) in (1..).zip(accepted) {
                fields.put(format!("accepted-{row}"), text.clone());
            }
            if *case {
                fields.put("case", "1");
            }
        }
        Kind::Number { value, tolerance, unit } => {
            fields.put("value", courses::quiz::text::shown_number(*value));
            fields.put("tolerance", courses::quiz::text::shown_number(*tolerance));
            fields.put("unit", unit.clone().unwrap_or_default());
        }
        Kind::Matching { pairs, distractors } => {
            for (row, (left, right)) in (1..).zip(pairs) {
                fields.put(format!("left-{row}"), left.clone());
                fields.put(format!("right-{row}"), right.clone());
            }
            for (row, text) in (1..).zip(distractors) {
                fields.put(format!("distractor-{row}"), text.clone());
            }
        }
        Kind::Ordering { items } => {
            for (row, text) in (1..).zip(items) {
                fields.put(format!("item-{row}"), text.clone());
            }
        }
        Kind::Essay { rubric, words_most } => {
            for (row, one) in (1..).zip(rubric) {
                fields.put(format!("criterion-{row}"), one.text.clone());
                fields.put(format!("worth-{row}"), one.points.to_string());
                fields.put(format!("guidance-{row}"), one.guidance.clone().unwrap_or_default());
            }
            fields.put("words_most", words_most.map(|most| most.to_string()).unwrap_or_default());
        }
        Kind::Gaps { case, .. } => {
            if *case {
                fields.put("case", "1");
            }
        }
        Kind::Hotspot { picture, alt, areas } => placed::fields(picture, alt, areas, &mut fields),
    }
    fields
}

//! Reading Moodle XML.

use super::super::xml::{self, Element};
use super::super::{Loss, Lost, MOST_QUESTION_BYTES, Taken, add_tag, bare, even_share, html, last_category};
use super::super::{number, one_line, refused};
use super::{cloze, rubric};
use crate::quiz::question::{Choice, Gap, Kind, MOST_PARTS, MOST_POINTS, Question};

/// The questions of a file.
pub fn read(text: &str) -> (Vec<Question>, Vec<Lost>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (root, broken) = match xml::read(text) {
        Ok(read) => read,
        Err((line, what)) => return refused(line, what),
    };
    if root.name != "quiz" {
        return refused(root.line, Loss::NotThisFormat);
    }
    let mut taken = Taken::default();
    let mut category = String::new();
    for element in &root.children {
        if element.name != "question" {
            taken.lose(element.line, "", Loss::NotUnderstood);
            continue;
        }
        let kind = element.attribute("type").unwrap_or_default();
        if kind == "category" {
            let path = element.child("category").map(|path| path.said("text")).unwrap_or_default();
            category = last_category(path);
            continue;
        }
        let title = element.child("name").map(|name| one_line(name.said("text"))).unwrap_or_default();
        let mut one = One { element, title, taken: &mut taken };
        if let Some(mut question) = one.question(kind) {
            add_tag(&mut question.tags, &category);
            taken.add(element.line, question);
        }
    }
    if let Some((line, what)) = broken {
        taken.lose(line, "", what);
    }
    taken.end()
}

/// One question while it is read.
pub(super) struct One<'e, 't> {
    element: &'e Element,
    title: String,
    taken: &'t mut Taken,
}

impl<'e> One<'e, '_> {
    pub fn lose(&mut self, what: Loss) {
        self.taken.lose(self.element.line, &self.title, what);
    }

    /// A text in its format (`html`, `markdown`, `plain_text`, `moodle_auto_format`) as Markdown.
    pub fn markdown(&mut self, element: &Element) -> String {
        let text = element.child("text").map_or("", |text| text.text.trim());
        for file in element.all("file") {
            self.lose(Loss::Picture(file.attribute("name").unwrap_or_default().chars().take(100).collect()));
        }
        if text.len() > MOST_QUESTION_BYTES {
            self.lose(Loss::TooLarge(MOST_QUESTION_BYTES));
            return String::new();
        }
        let format = element.attribute("format").unwrap_or("html");
        if matches!(format, "markdown" | "plain_text") || (format != "html" && !html::looks_like(text)) {
            // The file is named as lost; once it was added to the course, it stands where it stood.
            return text.replace("@@PLUGINFILE@@/", "media/");
        }
        let (text, losses) = html::to_markdown(text);
        for what in losses {
            self.lose(what);
        }
        text
    }

    fn line(&mut self, element: &Element) -> String {
        one_line(&self.markdown(element))
    }

    fn child(&mut self, name: &str) -> Option<String> {
        let child = self.element.child(name)?;
        Some(self.markdown(child)).filter(|text| !text.is_empty())
    }

    /// Answers with the share of the points, in percent.
    fn answers(&self) -> Vec<(&'e Element, f64)> {
        let share = |answer: &Element| answer.attribute("fraction").and_then(number).unwrap_or_default();
        self.element.all("answer").map(|answer| (answer, share(answer))).collect()
    }

    fn question(&mut self, kind: &str) -> Option<Question> {
        let mut text = self.child("questiontext").unwrap_or_default();
        // Of a cloze both are said by its gaps.
        let (mut worth, mut fixed) = (None, matches!(self.element.said("shuffleanswers"), "0" | "false"));
        let kind = match kind {
            "multichoice" => self.choices(),
            "truefalse" => self.truth(),
            "shortanswer" => self.short(),
            "numerical" => self.number()?,
            "matching" => self.matching(),
            "ordering" => {
                let items = self.answers().into_iter().map(|(answer, _)| self.line(answer)).collect();
                Kind::Ordering { items }
            }
            "essay" => self.essay(),
            "cloze" => {
                let cloze = cloze::read(&text, self)?;
                (text, fixed, worth) = (cloze.text, cloze.fixed, Some(f64::from(cloze.points)));
                Kind::Gaps { gaps: cloze.gaps, case: cloze.case }
            }
            "gapselect" | "ddwtos" => {
                let (kept, gaps) =
                    self.select(&text, if kind == "ddwtos" { "dragbox" } else { "selectoption" });
                text = kept;
                Kind::Gaps { gaps, case: false }
            }
            other => {
                self.lose(Loss::Kind(other.chars().take(40).collect()));
                return None;
            }
        };
        let mut question = bare(kind);
        question.text = text;
        question.key = self.element.said("idnumber").to_owned();
        // A question without a title is written under its key.
        let title = Some(self.title.clone()).filter(|title| !title.is_empty() && *title != question.key);
        question.title = title;
        question.fixed = fixed;
        question.points = self.points(worth);
        question.feedback = self.child("generalfeedback");
        for tag in self.element.child("tags").into_iter().flat_map(|tags| tags.all("tag")) {
            add_tag(&mut question.tags, tag.said("text"));
        }
        for more in ["correctfeedback", "partiallycorrectfeedback", "incorrectfeedback", "hint"] {
            // Moodle fills these in by itself, with words that say nothing about the question.
            let said = self.child(more).is_some_and(|text| text.chars().count() > 60 || more == "hint");
            if said {
                self.lose(Loss::OtherFeedback);
            }
        }
        Some(question)
    }

    fn points(&mut self, worth: Option<f64>) -> u16 {
        let given = self.element.said("defaultgrade");
        let Some(points) = worth.or_else(|| number(given)) else { return 1 };
        let kept = points.round().clamp(1.0, f64::from(MOST_POINTS));
        if kept != points {
            self.lose(Loss::Points(kept as u16));
        }
        kept as u16
    }

    fn choices(&mut self) -> Kind {
        let answers = self.answers();
        let single = matches!(self.element.said("single"), "true" | "1" | "");
        let whole = |share: f64| share >= 99.99;
        let right = |share: f64| if single { whole(share) } else { share > 0.0 };
        let rights = answers.iter().filter(|(_, share)| right(*share)).count();
        let as_ours = |share: f64| match (single, right(share)) {
            (true, true) => true,
            (true, false) => share <= 0.0,
            (false, true) => even_share(share, rights),
            (false, false) => even_share(-share, rights),
        };
        if rights > 0 && !answers.iter().all(|(_, share)| as_ours(*share)) {
            self.lose(Loss::Weights);
        }
        let mut options = Vec::new();
        for (answer, share) in answers {
            let text = self.line(answer);
            let feedback = answer.child("feedback").map(|said| self.markdown(said));
            options.push(Choice { text, right: right(share), feedback });
        }
        if single && rights > 1 {
            self.lose(Loss::AllWanted);
        }
        if single && rights <= 1 { Kind::Single { options } } else { Kind::Multiple { options } }
    }

    fn truth(&mut self) -> Kind {
        let (mut if_true, mut if_false, mut answer) = (None, None, false);
        for (element, share) in self.answers() {
            let is_true = element.said("text").eq_ignore_ascii_case("true");
            if share >= 99.99 {
                answer = is_true;
            }
            let said = element.child("feedback").map(|said| self.markdown(said));
            *(if is_true { &mut if_true } else { &mut if_false }) = said;
        }
        Kind::TrueFalse { answer, if_true, if_false }
    }

    /// Feedback of single typed answers has no place.
    fn typed(&mut self, answers: &[(&Element, f64)]) {
        let said =
            |answer: &Element| answer.child("feedback").is_some_and(|said| !said.said("text").is_empty());
        if answers.iter().any(|(answer, _)| said(answer)) {
            self.lose(Loss::AnswerFeedback);
        }
        if answers.iter().any(|(_, share)| *share > 0.0 && *share < 99.99) {
            self.lose(Loss::Weights);
        }
    }

    fn short(&mut self) -> Kind {
        let answers = self.answers();
        self.typed(&answers);
        let whole = answers.iter().filter(|(_, share)| *share >= 99.99);
        let accepted: Vec<String> = whole.map(|(answer, _)| one_line(answer.said("text"))).collect();
        if accepted.iter().any(|text| text.contains('*')) {
            self.lose(Loss::Wildcard);
        }
        Kind::Short { accepted, case: self.element.said("usecase") == "1" }
    }

    fn number(&mut self) -> Option<Kind> {
        let answers = self.answers();
        self.typed(&answers);
        let whole: Vec<&Element> =
            answers.iter().filter(|(_, share)| *share >= 99.99).map(|(answer, _)| *answer).collect();
        if whole.len() > 1 {
            self.lose(Loss::Weights);
        }
        let read = whole.first().and_then(|answer| {
            let tolerance = answer.said("tolerance");
            let tolerance = if tolerance.is_empty() { 0.0 } else { number(tolerance)? };
            Some((number(answer.said("text"))?, tolerance))
        });
        let Some((value, tolerance)) = read else {
            self.lose(Loss::NotUnderstood);
            return None;
        };
        let units: Vec<&Element> =
            self.element.child("units").into_iter().flat_map(|units| units.all("unit")).collect();
        let unit = units.iter().find(|unit| number(unit.said("multiplier")) == Some(1.0));
        if units.len() > usize::from(unit.is_some()) {
            self.lose(Loss::Units);
        }
        let unit = unit.map(|unit| unit.said("unit_name").to_owned()).filter(|unit| !unit.is_empty());
        Some(Kind::Number { value, tolerance: tolerance.abs(), unit })
    }

    fn matching(&mut self) -> Kind {
        let (mut pairs, mut distractors) = (Vec::new(), Vec::new());
        for sub in self.element.all("subquestion") {
            let left = self.line(sub);
            let right = sub.child("answer").map(|answer| one_line(answer.said("text"))).unwrap_or_default();
            if left.is_empty() {
                distractors.push(right);
            } else {
                pairs.push((left, right));
            }
        }
        Kind::Matching { pairs, distractors }
    }

    fn essay(&mut self) -> Kind {
        let words_most = self.element.said("maxwordlimit").parse().ok().filter(|most| *most > 0);
        let points = number(self.element.said("defaultgrade")).unwrap_or(1.0);
        let rubric = match self.child("graderinfo") {
            None => Vec::new(),
            // Only what was a rubric is one: a note for markers is not for learners.
            Some(note) => rubric::read(&note, points).unwrap_or_else(|| {
                self.lose(Loss::Rubric);
                Vec::new()
            }),
        };
        Kind::Essay { rubric, words_most }
    }

    /// Words to be chosen or dragged: `[[2]]` is the second of the words, and can be filled with those of its group.
    fn select(&mut self, text: &str, name: &str) -> (String, Vec<Gap>) {
        let element = self.element;
        let words: Vec<(String, &str)> = element
            .all(name)
            .take(10 * MOST_PARTS)
            .map(|word| (one_line(word.said("text")), word.said("group")))
            .collect();
        let (mut kept, mut gaps) = (String::new(), Vec::new());
        for piece in crate::quiz::gaps::pieces(text) {
            let number = match piece {
                crate::quiz::gaps::Piece::Text(text) => {
                    kept.push_str(text);
                    continue;
                }
                crate::quiz::gaps::Piece::Gap(number) => number,
            };
            let Some((word, group)) = words.get(number - 1) else {
                self.lose(Loss::NotUnderstood);
                continue;
            };
            let options: Vec<String> =
                words.iter().filter(|(_, other)| other == group).map(|(word, _)| word.clone()).collect();
            let right = options.iter().position(|option| option == word).unwrap_or_default();
            gaps.push(Gap::Choice { options, right });
            if gaps.len() > MOST_PARTS {
                break;
            }
            kept.push_str(&format!("[[{}]]", gaps.len()));
        }
        (kept, gaps)
    }
}

//! Reading GIFT.

use super::super::{
    Loss, Lost, MOST_BYTES, MOST_QUESTION_BYTES, Taken, add_tag, bare, even_share, html, last_category,
    number,
};
use super::super::{one_line, refused};
use super::{plain, protect, with_gap};
use crate::quiz::question::{Choice, Gap, Kind, Question};

/// Questions between blank lines, with the comments and the category above them.
pub fn read(text: &str) -> (Vec<Question>, Vec<Lost>) {
    if text.len() > MOST_BYTES {
        return refused(1, Loss::TooLarge(MOST_BYTES));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let mut taken = Taken::default();
    let mut block = Block::default();
    let mut category = String::new();
    for (number, line) in (1..).zip(text.lines().chain(std::iter::once(""))) {
        let bare = line.trim();
        if bare.is_empty() {
            std::mem::take(&mut block).end(&category, &mut taken);
        } else if let Some(comment) = bare.strip_prefix("//") {
            block.comment(comment);
        } else if let Some(path) = bare.strip_prefix("$CATEGORY:") {
            std::mem::take(&mut block).end(&category, &mut taken);
            category = last_category(path);
        } else {
            if block.text.is_empty() {
                block.line = number;
            } else {
                block.text.push('\n');
            }
            block.text.push_str(line);
        }
    }
    taken.end()
}

/// What the texts of a question are.
#[derive(Clone, Copy, PartialEq)]
enum Format {
    Html,
    Plain,
    /// HTML, if it looks like it.
    Unsaid,
}

/// The lines of one question.
#[derive(Default)]
struct Block {
    line: usize,
    text: String,
    key: String,
    tags: Vec<String>,
}

/// What is known while one question is read.
struct One<'t> {
    line: usize,
    title: String,
    taken: &'t mut Taken,
}

impl One<'_> {
    fn lose(&mut self, what: Loss) {
        self.taken.lose(self.line, &self.title, what);
    }

    /// A text of the question as Markdown.
    fn markdown(&mut self, protected: &str, format: Format) -> String {
        let text = plain(protected.trim());
        if format == Format::Plain || (format == Format::Unsaid && !html::looks_like(&text)) {
            return text;
        }
        let (text, losses) = html::to_markdown(&text);
        for what in losses {
            self.lose(what);
        }
        text
    }

    fn option(&mut self, text: &str, format: Format) -> String {
        one_line(&self.markdown(text, format))
    }
}

/// One answer: `=` or `~`, its share in percent, its text, feedback.
struct Answer<'a> {
    equals: bool,
    share: Option<f64>,
    text: &'a str,
    feedback: Option<&'a str>,
}

impl Answer<'_> {
    /// Its share of the points, in percent.
    fn worth(&self) -> f64 {
        self.share.unwrap_or(if self.equals { 100.0 } else { 0.0 })
    }

    fn is_whole(&self) -> bool {
        self.worth() >= 99.99
    }
}

impl Block {
    /// `[id:klucz] [tag:obrazy]` in a comment above a question.
    fn comment(&mut self, comment: &str) {
        for part in comment.split('[').skip(1) {
            let Some((part, _)) = part.split_once(']') else { continue };
            if let Some(key) = part.strip_prefix("id:") {
                self.key = key.trim().to_owned();
            } else if let Some(tag) = part.strip_prefix("tag:") {
                add_tag(&mut self.tags, tag);
            }
        }
    }

    fn end(self, category: &str, taken: &mut Taken) {
        if self.text.is_empty() {
            return;
        }
        if self.text.len() > MOST_QUESTION_BYTES {
            return taken.lose(self.line, "", Loss::TooLarge(MOST_QUESTION_BYTES));
        }
        let protected = protect(&self.text);
        let mut rest = protected.trim();
        let mut title = String::new();
        if let Some((name, behind)) = rest.strip_prefix("::").and_then(|rest| rest.split_once("::")) {
            title = one_line(&plain(name));
            rest = behind.trim_start();
        }
        let first: String = plain(rest).lines().next().unwrap_or_default().to_owned();
        let named = if title.is_empty() { first } else { title.clone() };
        let mut one = One { line: self.line, title: named, taken: &mut *taken };
        let mut format = Format::Unsaid;
        for (mark, marked) in [
            ("[html]", Format::Html),
            ("[markdown]", Format::Plain),
            ("[plain]", Format::Plain),
            ("[moodle]", Format::Unsaid),
        ] {
            if let Some(behind) = rest.strip_prefix(mark) {
                (format, rest) = (marked, behind);
                break;
            }
        }
        let (open, close) = match (rest.find('{'), rest.rfind('}')) {
            (Some(open), Some(close)) if open < close => (open, close),
            (None, None) => return one.lose(Loss::Kind("description".to_owned())),
            _ => return one.lose(Loss::BracesDiffer),
        };
        if rest[open + 1..close].contains(['{', '}']) {
            return one.lose(Loss::BracesDiffer);
        }
        let (before, inside, after) = (&rest[..open], rest[open + 1..close].trim(), &rest[close + 1..]);
        let (inside, general) =
            inside.split_once("####").map_or((inside, None), |(a, b)| (a.trim(), Some(b)));
        let Some(kind) = kind(&mut one, inside, format) else { return };
        let mut question = bare(kind);
        question.text = one.markdown(before, format);
        let after = one.markdown(after, format);
        if !after.is_empty() && !fill_in(&mut question, &after) {
            // Moodle shows a line where the answer belongs.
            question.text = format!("{} _____ {after}", question.text);
        }
        question.feedback = general.map(|text| one.markdown(text, format));
        question.title = Some(title).filter(|title| !title.is_empty());
        question.key = self.key;
        question.tags = self.tags;
        add_tag(&mut question.tags, category);
        taken.add(self.line, question);
    }
}

/// A word missing within a text is a gap.
fn fill_in(question: &mut Question, after: &str) -> bool {
    let gap = match &question.kind {
        Kind::Short { accepted, .. } => Gap::Words { accepted: accepted.clone() },
        Kind::Single { options } if options.iter().all(|option| option.feedback.is_none()) => {
            let Some(right) = options.iter().position(|option| option.right) else { return false };
            Gap::Choice { options: options.iter().map(|option| option.text.clone()).collect(), right }
        }
        _ => return false,
    };
    question.text = with_gap(&question.text, after);
    question.kind = Kind::Gaps { gaps: vec![gap], case: false };
    true
}

fn kind(one: &mut One<'_>, inside: &str, format: Format) -> Option<Kind> {
    if inside.is_empty() {
        return Some(Kind::Essay { rubric: Vec::new(), words_most: None });
    }
    if let Some(numbers) = inside.strip_prefix('#') {
        return numeric(one, numbers.trim());
    }
    if let Some(kind) = truth(one, inside, format) {
        return Some(kind);
    }
    let Some(answers) = answers(inside) else {
        one.lose(Loss::NotUnderstood);
        return None;
    };
    let options = answers.iter().any(|answer| !answer.equals);
    if !options && answers.iter().all(|answer| answer.text.contains("->")) {
        return Some(matching(one, &answers, format));
    }
    if options { Some(choices(one, &answers, format)) } else { Some(short(one, &answers)) }
}

fn truth(one: &mut One<'_>, inside: &str, format: Format) -> Option<Kind> {
    let (word, feedback) = inside.split_once('#').map_or((inside, None), |(word, said)| (word, Some(said)));
    let answer = match word.trim().to_uppercase().as_str() {
        "T" | "TRUE" => true,
        "F" | "FALSE" => false,
        _ => return None,
    };
    // The first is for those who were wrong, the second for those who were right.
    let (wrong, right) = feedback.map_or((None, None), |said| {
        said.split_once('#').map_or((Some(said), None), |(wrong, right)| (Some(wrong), Some(right)))
    });
    let mut said = |text: Option<&str>| text.map(|text| one.markdown(text, format));
    let (wrong, right) = (said(wrong), said(right));
    let (if_true, if_false) = if answer { (right, wrong) } else { (wrong, right) };
    Some(Kind::TrueFalse { answer, if_true, if_false })
}

/// The answers, each from its `=` or `~` to the next; `None` when something stands before the first.
fn answers(inside: &str) -> Option<Vec<Answer<'_>>> {
    let marks: Vec<usize> = inside.match_indices(['=', '~']).map(|(at, _)| at).collect();
    if !inside[..*marks.first()?].trim().is_empty() {
        return None;
    }
    let ends = marks.iter().skip(1).copied().chain(std::iter::once(inside.len()));
    let answers = marks.iter().zip(ends).map(|(start, end)| {
        let (equals, mut text) = (inside[*start..].starts_with('='), inside[start + 1..end].trim());
        let mut share = None;
        if let Some((percent, behind)) = text.strip_prefix('%').and_then(|rest| rest.split_once('%'))
            && let Some(percent) = number(percent)
        {
            share = Some(percent);
            text = behind.trim_start();
        }
        let (text, said) =
            text.split_once('#').map_or((text, None), |(text, said)| (text, Some(said.trim())));
        Answer { equals, share, text: text.trim(), feedback: said.filter(|said| !said.is_empty()) }
    });
    Some(answers.collect())
}

fn choices(one: &mut One<'_>, answers: &[Answer<'_>], format: Format) -> Kind {
    let single = answers.iter().any(Answer::is_whole);
    let right = |answer: &Answer<'_>| if single { answer.is_whole() } else { answer.worth() > 0.0 };
    let rights = answers.iter().filter(|answer| right(answer)).count();
    // Ours: every right one the same share, every wrong one takes as much away.
    let as_ours = |answer: &Answer<'_>| match (single, right(answer)) {
        (true, true) => true,
        (true, false) => answer.worth() <= 0.0,
        (false, true) => even_share(answer.worth(), rights),
        (false, false) => even_share(-answer.worth(), rights),
    };
    if rights > 0 && !answers.iter().all(as_ours) {
        one.lose(Loss::Weights);
    }
    let mut options = Vec::new();
    for answer in answers {
        let text = one.option(answer.text, format);
        let feedback = answer.feedback.map(|said| one.markdown(said, format));
        options.push(Choice { text, right: right(answer), feedback });
    }
    if single && rights == 1 {
        return Kind::Single { options };
    }
    if single {
        one.lose(Loss::AllWanted);
    }
    Kind::Multiple { options }
}

fn short(one: &mut One<'_>, answers: &[Answer<'_>]) -> Kind {
    if answers.iter().any(|answer| answer.feedback.is_some()) {
        one.lose(Loss::AnswerFeedback);
    }
    if !answers.iter().all(Answer::is_whole) {
        one.lose(Loss::Weights);
    }
    let whole = answers.iter().filter(|answer| answer.is_whole());
    let accepted: Vec<String> = whole.map(|answer| one_line(&plain(answer.text))).collect();
    if accepted.iter().any(|text| text.contains('*')) {
        one.lose(Loss::Wildcard);
    }
    Kind::Short { accepted, case: false }
}

fn matching(one: &mut One<'_>, answers: &[Answer<'_>], format: Format) -> Kind {
    let (mut pairs, mut distractors) = (Vec::new(), Vec::new());
    for answer in answers {
        let (left, right) = answer.text.split_once("->").unwrap_or_default();
        let (left, right) = (one.option(left, format), one.option(right, format));
        if left.is_empty() {
            distractors.push(right);
        } else {
            pairs.push((left, right));
        }
    }
    Kind::Matching { pairs, distractors }
}

/// `3:0.1`, `2.9..3.1`, or several with `=` and shares.
fn numeric(one: &mut One<'_>, text: &str) -> Option<Kind> {
    let all = if text.starts_with(['=', '~']) { answers(text).unwrap_or_default() } else { Vec::new() };
    if all.iter().any(|answer| answer.feedback.is_some()) || (all.is_empty() && text.contains('#')) {
        one.lose(Loss::AnswerFeedback);
    }
    if all.len() > 1 {
        one.lose(Loss::Weights);
    }
    let first = match all.iter().find(|answer| answer.equals && answer.is_whole()) {
        Some(answer) => answer.text,
        None => text.split('#').next().unwrap_or_default().trim(),
    };
    let first = plain(first);
    let range = first.split_once("..").and_then(|(from, to)| {
        let (from, to) = (number(from)?, number(to)?);
        Some(((from + to) / 2.0, (to - from).abs() / 2.0))
    });
    let read = range.or_else(|| match first.split_once(':') {
        Some((value, tolerance)) => Some((number(value)?, number(tolerance)?.abs())),
        None => Some((number(&first)?, 0.0)),
    });
    if read.is_none() {
        one.lose(Loss::NotUnderstood);
    }
    read.map(|(value, tolerance)| Kind::Number { value, tolerance, unit: None })
}

//! The words of a question, and the same question in the words of another language. Pure.
//!
//! A translation is words by the names of their fields (`check`), and nothing else: kind, parts and their order, key and points are
//! always those of the question. Typed answers that the question takes are a field too, one a line; those of every language count
//! whatever language is read, so that an answer is worth the same before and after somebody changes the language.

use std::collections::BTreeMap;

use super::check::{Flaw, What};
use super::question::{Gap, Kind, Question};
use super::text;
use crate::check::text_hash;

/// Words by the names of their fields.
pub type Texts = BTreeMap<String, String>;
/// The words of a question by language.
pub type InLanguages = BTreeMap<String, Texts>;

/// What kind of text a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Several lines.
    Block,
    /// One line.
    Line,
    /// One line that may be left out: then the question's own stands.
    Optional,
    /// Typed answers that are right, one a line, beside the question's own; may be left out.
    Answers,
}

impl Size {
    /// Whether a translation has to have it.
    pub fn is_wanted(self) -> bool {
        matches!(self, Self::Block | Self::Line)
    }
}

/// What is done with a text: its field, its kind, the text.
type See<'a> = &'a mut dyn FnMut(&str, Size, &mut String);

/// Every text of a question that can be said in another language, in the order in which they are read.
fn each(question: &mut Question, see: See<'_>) {
    see("text", Size::Block, &mut question.text);
    match &mut question.kind {
        Kind::Single { options } | Kind::Multiple { options } => {
            for (at, option) in options.iter_mut().enumerate() {
                see(&format!("options.{at}.text"), Size::Line, &mut option.text);
                said(&format!("options.{at}.feedback"), &mut option.feedback, see);
            }
        }
        Kind::TrueFalse { if_true, if_false, .. } => {
            said("if_true", if_true, see);
            said("if_false", if_false, see);
        }
        Kind::Short { accepted, case } => answers("accepted", accepted, *case, see),
        Kind::Number { unit, .. } => {
            if let Some(unit) = unit {
                see("unit", Size::Optional, unit);
            }
        }
        Kind::Matching { pairs, distractors } => {
            matching(pairs, see);
            for (at, other) in distractors.iter_mut().enumerate() {
                see(&format!("distractors.{at}"), Size::Line, other);
            }
        }
        Kind::Ordering { items } => {
            for (at, item) in items.iter_mut().enumerate() {
                see(&format!("items.{at}"), Size::Line, item);
            }
        }
        Kind::Gaps { gaps, case } => {
            for (at, gap) in gaps.iter_mut().enumerate() {
                match gap {
                    Gap::Words { accepted } => answers(&format!("gaps.{at}.accepted"), accepted, *case, see),
                    Gap::Choice { options, .. } => {
                        for (option_at, option) in options.iter_mut().enumerate() {
                            see(&format!("gaps.{at}.options.{option_at}"), Size::Line, option);
                        }
                    }
                }
            }
        }
        Kind::Hotspot { alt, areas, .. } => {
            see("alt", Size::Line, alt);
            for (at, area) in areas.iter_mut().enumerate() {
                see(&format!("areas.{at}.name"), Size::Line, &mut area.name);
                said(&format!("areas.{at}.feedback"), &mut area.feedback, see);
            }
        }
        Kind::Essay { rubric, .. } => {
            for (at, line) in rubric.iter_mut().enumerate() {
                see(&format!("rubric.{at}.text"), Size::Line, &mut line.text);
                said(&format!("rubric.{at}.guidance"), &mut line.guidance, see);
            }
        }
    }
    said("feedback", &mut question.feedback, see);
}

/// What the question does not say is not said in another language either.
fn said(field: &str, text: &mut Option<String>, see: See<'_>) {
    if let Some(text) = text {
        see(field, Size::Block, text);
    }
}

/// Of answers that are the same the first one stays.
fn answers(field: &str, accepted: &mut Vec<String>, case: bool, see: See<'_>) {
    let mut lines = accepted.join("\n");
    see(field, Size::Answers, &mut lines);
    let mut kept: Vec<String> = Vec::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !kept.iter().any(|other| text::same(other, line, case)) {
            kept.push(line.to_owned());
        }
    }
    *accepted = kept;
}

/// Right sides that are one in the question are said once and stay one: answers count them so (`Question::rights`).
fn matching(pairs: &mut [(String, String)], see: See<'_>) {
    let rights: Vec<String> = pairs.iter().map(|(_, right)| right.clone()).collect();
    let first_of = |at: usize| rights[..at].iter().position(|other| *other == rights[at]);
    for (at, (left, right)) in pairs.iter_mut().enumerate() {
        see(&format!("pairs.{at}.left"), Size::Line, left);
        if first_of(at).is_none() {
            see(&format!("pairs.{at}.right"), Size::Line, right);
        }
    }
    for at in 0..pairs.len() {
        if let Some(first) = first_of(at) {
            pairs[at].1 = pairs[first].1.clone();
        }
    }
}

/// A text as it is kept: no blank lines around it, a line without blanks around it, line ends `\n`, no zero byte.
fn tidy(size: Size, text: &str) -> String {
    let plain = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}");
    if size != Size::Block {
        return plain.trim().to_owned();
    }
    // What is indented may be a block of code.
    let lines: Vec<&str> = plain.lines().skip_while(|line| line.trim().is_empty()).collect();
    lines.join("\n").trim_end().to_owned()
}

impl Question {
    /// What can be said in another language: field, kind and text, in the order in which they are read.
    pub fn wordings(&self) -> Vec<(String, Size, String)> {
        let mut all = Vec::new();
        each(&mut self.clone(), &mut |field, size, text| all.push((field.to_owned(), size, text.clone())));
        all
    }

    /// The same by field.
    pub fn texts(&self) -> Texts {
        self.wordings().into_iter().map(|(field, _, text)| (field, text)).collect()
    }

    /// SHA-256 of the words: it changes with them and with the parts and their order, not with key, points or tags.
    pub fn texts_hash(&self) -> [u8; 32] {
        let said: Vec<String> =
            self.texts().into_iter().map(|(field, text)| format!("{field}\u{1}{text}")).collect();
        text_hash(&said.join("\u{2}"))
    }

    /// Words as they are kept: tidy, of fields that this question has, none without a letter, and no answers that it takes anyway.
    pub fn tidy_texts(&self, texts: &Texts) -> Texts {
        let known = self.wordings().into_iter().filter_map(|(field, size, own)| {
            let mut text = tidy(size, texts.get(&field)?);
            if size == Size::Answers {
                let more = text.lines().map(str::trim).filter(|line| !line.is_empty());
                let more = more.filter(|line| !own.lines().any(|known| text::same(known, line, true)));
                text = more.collect::<Vec<_>>().join("\n");
            }
            (!text.is_empty()).then_some((field, text))
        });
        known.collect()
    }

    /// This question in these words. Where there are none its own stand; answers of both count.
    #[must_use]
    pub fn worded(&self, texts: &Texts) -> Self {
        let mut worded = self.clone();
        each(&mut worded, &mut |field, size, text| {
            let Some(own) = texts.get(field).filter(|own| !own.trim().is_empty()) else { return };
            *text = if size == Size::Answers { format!("{own}\n{text}") } else { own.clone() };
        });
        worded
    }

    /// This question in its own words, taking the typed answers of a translation too.
    #[must_use]
    fn accepting(&self, texts: &Texts) -> Self {
        let mut accepting = self.clone();
        each(&mut accepting, &mut |field, size, text| {
            if let (Size::Answers, Some(more)) = (size, texts.get(field)) {
                *text = format!("{text}\n{more}");
            }
        });
        accepting
    }

    /// This question as somebody reads it: in `language` where there are words of it, and whether there are. What it takes as an answer
    /// is the same in every language.
    #[must_use]
    pub fn read_in(&self, all: &InLanguages, language: &str) -> (Self, bool) {
        let own = all.get(language);
        let begun = own.map_or_else(|| self.clone(), |texts| self.worded(texts));
        let others = all.iter().filter(|(code, _)| *code != language);
        let question = others.fold(begun, |question, (_, texts)| question.accepting(texts));
        (question, own.is_some())
    }

    /// Whether another version of this question says the same, whatever is right in it and whichever typed answers it takes: words that
    /// follow the one follow the other.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let said = |question: &Self| -> Vec<(String, String)> {
            let all = question.wordings().into_iter().filter(|(_, size, _)| *size != Size::Answers);
            all.map(|(field, _, text)| (field, text)).collect()
        };
        said(self) == said(other)
    }

    /// What cannot be so in a translation: words that are missing, and what no question may have. Fields are those of [`Self::texts`].
    pub fn flaws_in(&self, texts: &Texts) -> Vec<Flaw> {
        let all = self.wordings();
        let empty = |field: &str| texts.get(field).is_none_or(|text| text.trim().is_empty());
        let missing = all.iter().filter(|(field, size, _)| size.is_wanted() && empty(field));
        let mut flaws: Vec<Flaw> =
            missing.map(|(field, ..)| Flaw { field: field.clone(), what: What::Missing }).collect();
        let worded = self.worded(texts);
        for flaw in worded.flaws() {
            // "accepted.3" is a line of the field "accepted".
            let within = |field: &str| {
                flaw.field.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            let field = all.iter().map(|(field, ..)| field).find(|field| within(field));
            flaws.extend(field.map(|field| Flaw { field: field.clone(), what: flaw.what }));
        }
        if let (Kind::Matching { pairs: own, .. }, Kind::Matching { pairs, .. }) = (&self.kind, &worded.kind)
        {
            for at in 0..own.len().min(pairs.len()) {
                let twin = (0..at).find(|other| pairs[*other].1 == pairs[at].1 && own[*other].1 != own[at].1);
                flaws.extend(
                    twin.map(|first| Flaw { field: format!("pairs.{at}.right"), what: What::Alike(first) }),
                );
            }
        }
        flaws
    }

    /// The same without feedback and unit.
    fn muted(mut self) -> Self {
        self.feedback = None;
        match &mut self.kind {
            Kind::Single { options } | Kind::Multiple { options } => {
                options.iter_mut().for_each(|option| option.feedback = None);
            }
            Kind::TrueFalse { if_true, if_false, .. } => (*if_true, *if_false) = (None, None),
            Kind::Number { unit, .. } => *unit = None,
            Kind::Hotspot { areas, .. } => areas.iter_mut().for_each(|area| area.feedback = None),
            Kind::Essay { rubric, .. } => rubric.iter_mut().for_each(|line| line.guidance = None),
            Kind::Short { .. } | Kind::Matching { .. } | Kind::Ordering { .. } | Kind::Gaps { .. } => {}
        }
        self
    }

    /// Whether another question has the same parts and the same key: it can be this one in other words. Typed answers, feedback, points,
    /// tags and what authors call it do not matter.
    pub fn is_keyed_as(&self, other: &Self) -> bool {
        let (mut here, mut other) = (self.clone().muted(), other.clone().muted());
        let theirs = other.wordings();
        let fields: Vec<String> = here.wordings().into_iter().map(|(field, ..)| field).collect();
        if !fields.iter().eq(theirs.iter().map(|(field, ..)| field)) {
            return false;
        }
        // What the file of a question says once more, and a translation does not decide.
        match (&mut here.kind, &other.kind) {
            (Kind::Short { case, .. }, Kind::Short { case: own, .. })
            | (Kind::Gaps { case, .. }, Kind::Gaps { case: own, .. }) => *case = *own,
            (Kind::Essay { words_most, .. }, Kind::Essay { words_most: own, .. }) => *words_most = *own,
            (Kind::Hotspot { picture, .. }, Kind::Hotspot { picture: own, .. }) => picture.clone_from(own),
            _ => {}
        }
        let words = other.texts();
        each(&mut here, &mut |field, _, text| {
            if let Some(own) = words.get(field) {
                text.clone_from(own);
            }
        });
        // Answers are compared as `each` leaves them.
        each(&mut other, &mut |_, _, _| {});
        here.kind == other.kind
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::{Answer, GapAnswer};
    use super::super::file;
    use super::*;

    fn questions(text: &str) -> Vec<Question> {
        file::read(text).unwrap_or_else(|faults| panic!("{faults:?}")).questions
    }

    const ALL: &str = "\
## A\n\nPytanie?\n\n- (x) tak\n  > Dobrze.\n- ( ) nie\n\nWyjaśnienie: Bo tak.\n
## B\n\nStwierdzenie.\n\nPrawda czy fałsz: prawda\n- fałsz\n  > Nie.\n
## C\n\nSkrót?\n\nOdpowiedź: BIP\n
## D\n\nIle?\n\nLiczba: 14 dni\n
## E\n\nPołącz.\n\nPary:\n- a => x\n- b => x\n- c => y\n- => z\n
## F\n\nUłóż.\n\nKolejność:\n1. raz\n2. dwa\n
## G\n\nOrgan: [[wójt|*rada]], skrót [[BIP]].\n
## H\n\nNapisz.\n\nWypowiedź: bez limitu\n- 2 pkt: treść\n  > Na temat.\n";

    /// Every text with a letter before it, the unit apart.
    fn other(question: &Question) -> Texts {
        let texts = question.texts().into_iter().filter(|(field, _)| field != "unit");
        texts.map(|(field, text)| (field, format!("ї{text}"))).collect()
    }

    #[test]
    fn other_words_leave_the_key_as_it_is() {
        for question in questions(ALL) {
            let texts = other(&question);
            assert_eq!(question.flaws_in(&texts), [], "{}", question.key);
            let worded = question.worded(&texts);
            assert!(worded.is_keyed_as(&question), "{}", question.key);
            assert!(worded.text.starts_with('ї') && worded.points == question.points);
            assert_eq!(worded.rights().len(), question.rights().len());
            assert!(!worded.says_the_same(&question) && question.says_the_same(&question.clone()));
            // What was not translated stands as it was.
            assert_eq!(question.worded(&Texts::new()), question);
        }
    }

    #[test]
    fn typed_answers_of_every_language_count_in_every_language() {
        let all = questions(ALL);
        let short = all.iter().find(|one| one.key == "c").unwrap();
        let texts = |answer: &str| Texts::from([("accepted".to_owned(), answer.to_owned())]);
        let languages =
            InLanguages::from([("uk".to_owned(), texts("БІП\nбюлетень")), ("en".to_owned(), texts("PIB"))]);
        for language in ["pl", "uk", "en"] {
            let (read, translated) = short.read_in(&languages, language);
            assert_eq!(translated, language != "pl");
            for (given, right) in [("bip", 1000), ("БЮЛЕТЕНЬ", 1000), ("pib", 1000), ("rip", 0)] {
                assert_eq!(read.grade(&Answer::Text(given.to_owned())), Some(right), "{language}: {given}");
            }
        }
        let gaps = all.iter().find(|one| one.key == "g").unwrap();
        let words = Texts::from([("gaps.1.accepted".to_owned(), "БІП".to_owned())]);
        let (read, _) = gaps.read_in(&InLanguages::from([("uk".to_owned(), words)]), "pl");
        let filled = vec![Some(GapAnswer::Choice(1)), Some(GapAnswer::Text("БІП".to_owned()))];
        assert_eq!(read.grade(&Answer::Gaps(filled)), Some(1000));
    }

    #[test]
    fn what_cannot_be_so_is_named_by_its_field() {
        let all = questions(ALL);
        let flaws = |key: &str, change: &[(&str, &str)]| -> Vec<(String, What)> {
            let question = all.iter().find(|one| one.key == key).unwrap();
            let mut texts = other(question);
            texts.extend(change.iter().map(|(field, text)| ((*field).to_owned(), (*text).to_owned())));
            question.flaws_in(&texts).into_iter().map(|flaw| (flaw.field, flaw.what)).collect()
        };
        let named = |field: &str, what| vec![(field.to_owned(), what)];
        assert_eq!(flaws("a", &[("options.0.text", " ")]), named("options.0.text", What::Missing));
        assert_eq!(flaws("a", &[("options.1.text", "їtak")]), named("options.1.text", What::Alike(0)));
        assert_eq!(flaws("e", &[("pairs.2.right", "їx")]), named("pairs.2.right", What::Alike(0)));
        assert_eq!(flaws("g", &[("text", "Без пропусків.")]), named("text", What::GapsDiffer));
        assert_eq!(flaws("c", &[("accepted", &"ї".repeat(501))]), named("accepted", What::TooLong(500)));
        assert_eq!(flaws("c", &[("accepted", "")]), []);
    }

    #[test]
    fn words_change_the_hash_and_a_key_does_not() {
        let [mut one, ..] = <[Question; 8]>::try_from(questions(ALL)).unwrap();
        let (before, asked) = (one.texts_hash(), one.clone());
        one.points = 5;
        if let Kind::Single { options } = &mut one.kind {
            options[0].right = false;
            options[1].right = true;
        }
        assert_eq!(one.texts_hash(), before);
        assert!(one.says_the_same(&asked) && !one.is_keyed_as(&asked));
        if let Kind::Single { options } = &mut one.kind {
            options.swap(0, 1);
        }
        assert_ne!(one.texts_hash(), before);
    }
}

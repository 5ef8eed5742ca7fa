//! What the author should look at before publishing, and what stands in the way until it is mended or waived with a reason.

use std::collections::{HashMap, HashSet};

use base::Tx;
use base::id::hexadecimal;
use sha2::{Digest as _, Sha256};
use video::FilmId;

use crate::error::Error;
use crate::find::Taught;
use crate::markdown::{self, Fault};
use crate::outline;
use crate::publish;
use crate::quiz::findings::{of_question, of_text as of_test_text};
use crate::quiz::translated::{self, Translated};
use crate::quiz::{Question, Supply, pool, store};
use crate::waiver::{self, Waiver};
use crate::{UnitId, translation};

/// The word by which a film without captions is kept.
const SILENT_FILM: &str = "film_without_captions";
/// The same of one whose captions nobody has read.
const UNCHECKED_CAPTIONS: &str = "captions_not_checked";
/// The same of a draw whose questions are not worth the same.
const UNEQUAL_POINTS: &str = "unequal_points";

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// In the text.
    Text(Fault),
    /// A film without captions (WCAG 1.2.2). In a school it cannot be waived: `publish::films` says so.
    SilentFilm,
    /// A film whose captions nobody has read as they are now. A waiver holds for these captions alone.
    UncheckedCaptions,
    /// A draw of a test takes of questions that are worth from so many to so many points: what one attempt asks is worth more than what
    /// another does. The share that passes is of what was asked.
    UnequalPoints {
        /// The tag of the draw; `None` is the draw of the rest.
        tag: Option<String>,
        /// The least points of one of its questions.
        least: u16,
        /// The most.
        most: u16,
    },
}

/// A text of the test of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// What is said before the test begins.
    Intro,
    /// A question.
    Question {
        /// Its key.
        key: String,
        /// What its author calls it.
        name: String,
        /// The answer or part that it is in, from 1; `None` for what is asked and what everybody is told afterwards.
        answer: Option<usize>,
        /// It stands in no test and is drawn from the bank by that of the unit.
        of_bank: bool,
    },
}

/// Something in the draft to look at.
#[derive(Clone, Debug)]
pub struct Found {
    /// The unit.
    pub unit: UnitId,
    /// Its title.
    pub title: String,
    /// The language of the text, when it is a translation.
    pub language: Option<String>,
    /// Which text of the unit's test it is in; `None` for the unit itself.
    pub part: Option<Part>,
    /// Line in the Markdown (from 1); 0 for the film.
    pub line: usize,
    /// What it is.
    pub what: What,
    /// SHA-256 of the text that it was found in; of a film, of its name and of its captions; of a test, with the key of the question
    /// and the name of the field, so that a waiver holds for that text in that place.
    pub text_hash: [u8; 32],
    /// Who answers for it, when it was waived for this very text.
    pub waived: Option<Waiver>,
}

impl Found {
    /// The word by which it is kept.
    pub fn word(&self) -> &'static str {
        match &self.what {
            What::Text(fault) => fault.word(),
            What::SilentFilm => SILENT_FILM,
            What::UncheckedCaptions => UNCHECKED_CAPTIONS,
            What::UnequalPoints { .. } => UNEQUAL_POINTS,
        }
    }

    /// Whether publishing waits until it is mended or waived.
    pub fn is_grave(&self) -> bool {
        match &self.what {
            What::Text(fault) => fault.is_grave(),
            What::SilentFilm | What::UncheckedCaptions => true,
            What::UnequalPoints { .. } => false,
        }
    }

    /// Grave and not waived.
    pub fn stands_in_the_way(&self) -> bool {
        self.is_grave() && self.waived.is_none()
    }

    /// Its name in a form: unit, word, line and the beginning of the hash, so that a form of yesterday's text names nothing of today's.
    pub fn name(&self) -> String {
        let hash = hexadecimal(&self.text_hash[..8]);
        format!("{} {} {} {hash}", self.unit, self.word(), self.line)
    }
}

/// SHA-256 of a text.
pub fn text_hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// What a finding of a film is about: the film, and the captions that it has.
fn film_hash(film: FilmId, captions: &str) -> [u8; 32] {
    match captions {
        "" => text_hash(&format!("film {film}")),
        captions => text_hash(&format!("film {film} captions {captions}")),
    }
}

/// Everything to look at in the draft, unit by unit: films, texts, texts in other languages, tests. A question that several tests
/// have is looked at in the first of them; one that is only drawn from the bank comes after all of them.
pub async fn all(tx: &mut Tx, proof: &Taught) -> Result<Vec<Found>, Error> {
    let places = publish::places(tx, proof).await?;
    let films = publish::films(tx, proof).await?;
    let translations = translation::texts(tx, proof).await?;
    let tests = store::drafts(tx, proof).await?;
    let from_bank = tests.iter().any(|(_, settings, _)| settings.draws_from_bank());
    let drawn = if from_bank { pool::of_drafts(tx, proof).await? } else { Vec::new() };
    let bank: Vec<Question> = drawn.iter().map(|(_, question)| question.clone()).collect();
    let worded = translated::all(tx, proof).await?;
    let mut asked: HashSet<&str> = HashSet::new();
    let mut titles: HashMap<UnitId, String> = HashMap::new();
    let mut found = Vec::new();
    for line in outline::draft(tx, proof).await?.iter().flat_map(|section| &section.units) {
        let unfinished = films.iter().find(|film| film.unit == line.id && film.fit && !film.checked);
        found.extend(unfinished.map(|film| Found {
            unit: line.id,
            title: line.title.clone(),
            language: None,
            part: None,
            line: 0,
            what: if film.captioned { What::UncheckedCaptions } else { What::SilentFilm },
            text_hash: film_hash(film.film, &film.captions),
            waived: None,
        }));
        let unit = outline::unit(tx, proof, line.id).await?;
        found.extend(of_text(line.id, &unit.title, None, &unit.markdown, &places));
        for other in translations.iter().filter(|other| other.unit == line.id) {
            let places = markdown::Places { language: other.language.clone(), ..places.clone() };
            found.extend(of_text(line.id, &other.title, Some(&other.language), &other.markdown, &places));
        }
        if let Some((_, settings, questions)) = tests.iter().find(|test| test.0 == line.id) {
            found.extend(of_intro((line.id, &line.title), settings.intro.as_deref(), &places));
            found.extend(of_draws((line.id, &line.title), &settings.supplies(questions, &bank)));
            for question in questions.iter().filter(|question| asked.insert(&question.key)) {
                found.extend(in_languages((line.id, &line.title), question, &worded, &places));
            }
        }
        titles.insert(line.id, line.title.clone());
    }
    for (unit, question) in drawn.iter().filter(|(_, question)| asked.insert(&question.key)) {
        let title = titles.get(unit).map_or("", String::as_str);
        found.extend(in_languages((*unit, title), question, &worded, &places).into_iter().map(in_bank));
    }
    let waived = waiver::all(tx, proof).await?;
    let mut known: HashMap<([u8; 32], &str, usize), Vec<&Waiver>> = HashMap::new();
    for waiver in &waived {
        known.entry((waiver.text_hash, waiver.finding.as_str(), waiver.line)).or_default().push(waiver);
    }
    for one in &mut found {
        // A question is the same in whichever test it is found; everything else belongs to its unit.
        let anywhere = matches!(one.part, Some(Part::Question { .. }));
        let of_it = known.get(&(one.text_hash, one.word(), one.line)).into_iter().flatten();
        let newest = of_it.rev().find(|waiver| anywhere || waiver.unit == one.unit);
        one.waived = newest.map(|waiver| (*waiver).clone());
    }
    Ok(found)
}

/// What is found in what is said before a test begins.
fn of_intro((unit, title): (UnitId, &str), intro: Option<&str>, places: &markdown::Places) -> Vec<Found> {
    let Some(text) = intro else { return Vec::new() };
    let text_hash = text_hash(&format!("intro {text}"));
    let found = of_test_text(text, places).into_iter().map(|finding| Found {
        unit,
        title: title.to_owned(),
        language: None,
        part: Some(Part::Intro),
        line: finding.line,
        what: What::Text(finding.what),
        text_hash,
        waived: None,
    });
    found.collect()
}

/// What is found in the draws of a test.
fn of_draws((unit, title): (UnitId, &str), supplies: &[Supply]) -> Vec<Found> {
    let found = supplies.iter().filter_map(|supply| {
        let (least, most) = supply.points?;
        let tag = supply.draw.tag.clone();
        let about = format!("draw {} {least} {most}", tag.as_deref().unwrap_or_default());
        Some(Found {
            unit,
            title: title.to_owned(),
            language: None,
            part: None,
            line: 0,
            what: What::UnequalPoints { tag, least, most },
            text_hash: text_hash(&about),
            waived: None,
        })
    });
    found.collect()
}

/// The same of a question that stands in no test.
fn in_bank(mut found: Found) -> Found {
    if let Some(Part::Question { of_bank, .. }) = &mut found.part {
        *of_bank = true;
    }
    found
}

/// What is found in a question of the test of a unit, given with its title; what was waived is found as well.
pub fn of_asked((unit, title): (UnitId, &str), question: &Question, places: &markdown::Places) -> Vec<Found> {
    let found = of_question(question, places).into_iter().map(|one| Found {
        unit,
        title: title.to_owned(),
        language: None,
        part: Some(Part::Question {
            key: question.key.clone(),
            name: question.name(),
            answer: one.answer,
            of_bank: false,
        }),
        line: one.finding.line,
        what: What::Text(one.finding.what),
        text_hash: text_hash(&one.about),
        waived: None,
    });
    found.collect()
}

/// The same in every language that learners will read it in; what all of them have in common is found once.
fn in_languages(
    unit: (UnitId, &str),
    question: &Question,
    worded: &[Translated],
    places: &markdown::Places,
) -> Vec<Found> {
    let mut found = of_asked(unit, question, places);
    for other in worded.iter().filter(|one| one.question.key == question.key && one.is_fit()) {
        let places = markdown::Places { language: other.language.clone(), ..places.clone() };
        for one in of_asked(unit, &question.worded(&other.texts), &places) {
            let of = |one: &Found| (one.text_hash, one.line, one.word());
            if !found.iter().any(|known| of(known) == of(&one)) {
                found.push(Found { language: Some(other.language.clone()), ..one });
            }
        }
    }
    found
}

/// Keeps how many findings stand in the way of publishing, for the first page of those who teach the course.
pub async fn note(tx: &mut Tx, proof: &Taught) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let grave = all(tx, proof).await?.iter().filter(|one| one.stands_in_the_way()).count();
    sqlx::query!(
        "insert into draft_check (course_id, organisation_id, grave) values ($1, $2, $3)
         on conflict (course_id) do update set grave = excluded.grave, checked_at = moment()",
        proof.id().0,
        organisation.0,
        i32::try_from(grave).unwrap_or(i32::MAX),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

fn of_text(
    unit: UnitId,
    title: &str,
    language: Option<&str>,
    text: &str,
    places: &markdown::Places,
) -> Vec<Found> {
    let hash = text_hash(text);
    let findings = markdown::findings(text, places, 1).into_iter();
    let found = findings.map(|finding| Found {
        unit,
        title: title.to_owned(),
        language: language.map(str::to_owned),
        part: None,
        line: finding.line,
        what: What::Text(finding.what),
        text_hash: hash,
        waived: None,
    });
    found.collect()
}

/// The waivers with which the draft is published. Errors: `FindingsInTheWay` with their number.
pub(crate) async fn pass(tx: &mut Tx, proof: &Taught) -> Result<Vec<Waiver>, Error> {
    let found = all(tx, proof).await?;
    match found.iter().filter(|one| one.stands_in_the_way()).count() {
        0 => Ok(waivers(found)),
        count => Err(Error::FindingsInTheWay(count)),
    }
}

/// The waivers of these findings, each once.
pub(crate) fn waivers(found: Vec<Found>) -> Vec<Waiver> {
    let mut waivers: Vec<Waiver> = Vec::new();
    for waiver in found.into_iter().filter_map(|one| one.waived) {
        if !waivers.iter().any(|known| known.id == waiver.id) {
            waivers.push(waiver);
        }
    }
    waivers
}

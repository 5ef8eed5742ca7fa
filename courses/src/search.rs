//! Search over what learners see: courses, units and captions of published versions, of the courses that one may see; and over the
//! questions that one may see (`questions`).
//!
//! A unit in several languages is found by its own text, and by the one in the language that the person reads the course in: the hit
//! says which it is.
//!
//! The index stands in the database and is kept by its triggers. A word is found in its other forms: by the dictionary of hunspell
//! where the machine has one, else by its beginning; when nothing is found at all, by words that look like it.

mod excerpt;
mod fold;
mod forms;
mod question;
mod questions;

use std::collections::HashMap;
use std::sync::LazyLock;

use base::Tx;
use identity::SignedIn;
use identity::permit::{Kind, Verb};

use crate::error::Error;
use crate::{AttemptId, UnitId};
pub use excerpt::Piece;
use forms::Forms;
use question::Question;

/// Passages that are shown of one course.
const EACH: i32 = 5;
/// Passages that are shown altogether.
const MOST: i32 = 60;

/// Read once, when the first search asks for it; `None` where the machine has no dictionary that we can read.
static POLISH: LazyLock<Option<Forms>> = LazyLock::new(Forms::installed);

/// Where a passage stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the title or the summary of the course.
    Course,
    /// In a unit.
    Unit,
    /// Said in the film of a unit, at this second.
    Film(u32),
    /// In a question of a course that the person teaches.
    Bank {
        /// A unit whose test asks it; `None` when no test does.
        unit: Option<UnitId>,
        /// Its key.
        key: String,
    },
    /// In a question of the person's own attempt, whose key they may see.
    Answer {
        /// The attempt.
        attempt: AttemptId,
        /// The question, from 1.
        position: i32,
    },
}

/// A passage that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Where it stands.
    pub place: Place,
    /// The unit's name in addresses; empty for the course and for questions of the bank.
    pub unit: String,
    /// The unit's title; of the course itself its title; of a question its own, or how it begins.
    pub title: Vec<Piece>,
    /// The sentence around the first word that was found; empty when only the title has it.
    pub sentence: Vec<Piece>,
    /// The language that both are in.
    pub language: String,
}

/// A course in which something was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its name in addresses.
    pub slug: String,
    /// Its title, in the language in which the person reads it where there is one.
    pub title: String,
    /// The language of that title.
    pub title_language: String,
    /// Its language.
    pub language: String,
    /// Only something was found that those see who teach it.
    pub taught: bool,
    /// The best passages, the best first.
    pub hits: Vec<Hit>,
}

/// What a search answers.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// The courses, the best first.
    pub courses: Vec<Found>,
    /// Nothing was found as it was asked for; these are words that look like it.
    pub similar: bool,
}

/// Reads the dictionary unless it was read before: some megabytes, beside those who are answered meanwhile. Whoever searches waits
/// for it before their transaction begins, because one that stands idle for a minute is ended by the database.
pub async fn ready() {
    // A task that broke leaves the dictionary unread, and the search reads it itself.
    drop(tokio::task::spawn_blocking(|| POLISH.is_some()).await);
}

/// Searches for every word of `text` in what the person may see. No word: nothing is found. See [`ready`].
pub async fn search(tx: &mut Tx, me: &SignedIn, text: &str) -> Result<Results, Error> {
    let forms = POLISH.as_ref();
    let question = Question::read(text, forms);
    let courses = everywhere(tx, me, &question).await?;
    if !courses.is_empty() || question.is_empty() {
        return Ok(Results { courses, similar: false });
    }
    let rows = sqlx::query!(
        r#"select word as "word!", found as "found!" from similar_words($1, $2)"#,
        me.organisation.0,
        &question.words(),
    )
    .fetch_all(tx.connection())
    .await?;
    let mut similar: HashMap<String, Vec<String>> = HashMap::new();
    for row in rows {
        similar.entry(row.word).or_default().push(row.found);
    }
    let courses = everywhere(tx, me, &question.widened(&similar)).await?;
    Ok(Results { similar: !courses.is_empty(), courses })
}

async fn everywhere(tx: &mut Tx, me: &SignedIn, question: &Question) -> Result<Vec<Found>, Error> {
    let mut courses = find(tx, me, question).await?;
    for more in questions::find(tx, me, question).await? {
        questions::add(&mut courses, more);
    }
    Ok(courses)
}

async fn find(tx: &mut Tx, me: &SignedIn, question: &Question) -> Result<Vec<Found>, Error> {
    if question.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        r#"select course_slug as "course_slug!", course_title as "course_title!", language as "language!", kind as "kind!",
                  slug as "slug!", title as "title!", text as "text!", starts as "starts!", lines as "lines!",
                  title_language as "title_language!", spoken as "spoken!"
           from find_passages($1, $2, $3, $4, $5, $6)"#,
        me.organisation.0,
        question.written(),
        me.may(Verb::Change, Kind::TaughtCourse),
        me.may(Verb::Change, Kind::AnyCourse),
        EACH,
        MOST,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut courses: Vec<Found> = Vec::new();
    for row in rows {
        let (place, sentence) = match row.kind.as_str() {
            "caption" => {
                let (at, sentence) = excerpt::said(question, &row.lines);
                let start_ms = row.starts.get(at).copied().unwrap_or(0);
                (Place::Film(u32::try_from(start_ms / 1000).unwrap_or(0)), sentence)
            }
            "unit" => (Place::Unit, excerpt::sentence(question, &row.text)),
            _ => (Place::Course, excerpt::sentence(question, &row.text)),
        };
        let title = excerpt::whole(question, &row.title);
        let hit = Hit { place, unit: row.slug, title, sentence, language: row.spoken };
        match courses.last_mut() {
            Some(course) if course.slug == row.course_slug => course.hits.push(hit),
            _ => courses.push(Found {
                slug: row.course_slug,
                title: row.course_title,
                title_language: row.title_language,
                language: row.language,
                taught: false,
                hits: vec![hit],
            }),
        }
    }
    Ok(courses)
}

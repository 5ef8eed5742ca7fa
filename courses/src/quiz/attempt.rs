//! Attempts: what a test asks of a person before they begin, beginning, and one attempt as it stands.
//!
//! An `Attempt` is only made for the person whose it is, so what takes one need not ask again.

use base::{PersonId, Tx};
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::explained::Explained;
use super::order::seed_of;
use super::question::Question;
use super::replay::{Answered, Slot, Step, replay};
use super::settings::{Reveal, Settings};
use super::shown::Shown;
use super::store::read;
use super::wording::InLanguages;
use crate::error::Error;
use crate::find::Taken;
use crate::{AttemptId, CourseId, UnitId};

/// For the way of a form through the net after the end, in seconds; the database has the same (`attempt_is_open`).
pub const GRACE_SECONDS: i64 = 10;

/// One attempt of a list.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its id.
    pub id: AttemptId,
    /// From 1, within a cycle of the course.
    pub number: i32,
    /// When it began.
    pub started_at: OffsetDateTime,
    /// When it ended; `None` while it is open.
    pub submitted_at: Option<OffsetDateTime>,
    /// Whether the time ran out.
    pub by_time: bool,
    /// Thousandths of the points; `None` while it is open or waits for a mark.
    pub score: Option<u16>,
    /// Whether it passed.
    pub passed: Option<bool>,
}

/// An attempt of the acting person.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What a list shows of it.
    pub line: Line,
    /// The unit whose test it is.
    pub unit: UnitId,
    /// The settings that it began with.
    pub settings: Settings,
    /// By the database's clock; `None`: no limit.
    pub ends_at: Option<OffsetDateTime>,
    /// Since when the person rests.
    pub paused_at: Option<OffsetDateTime>,
    /// Seconds of rest that are left.
    pub break_left: i64,
    /// What was answered and flagged, and what came of it: one for each question.
    pub slots: Vec<Slot>,
    /// Whether key and feedback may be shown now.
    pub reveals: bool,
    /// Language of the course.
    pub language: String,
    pub(crate) organisation: Uuid,
    pub(crate) person: PersonId,
    pub(crate) course: CourseId,
    pub(crate) cycle: i32,
    /// As they are read: in the language of the person where they have words in it. What they take as answers is the same in every
    /// language.
    pub(crate) questions: Vec<Question>,
    /// The language of each.
    languages: Vec<String>,
    /// What the version froze of each in other languages.
    pub(crate) texts: Vec<InLanguages>,
    pub(crate) versions: Vec<Uuid>,
    pub(crate) keys: Vec<String>,
    /// Questions (from 1) as they were when they were graded again.
    again: Vec<(usize, Question)>,
    steps: Vec<Step>,
    seed: u64,
}

impl Attempt {
    /// How many questions it has.
    pub fn len(&self) -> usize {
        self.questions.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.questions.is_empty()
    }

    /// Whether it has not ended.
    pub fn is_open(&self) -> bool {
        self.line.submitted_at.is_none()
    }

    /// Whether its time has run out at `now`, grace included; a rest that is taken puts it off.
    pub fn is_over(&self, now: OffsetDateTime) -> bool {
        self.seconds_left(now).is_some_and(|left| left < -GRACE_SECONDS)
    }

    /// Seconds until the end, below 0 after it; `None` without a limit. While the person rests the clock stands still, as long as
    /// there is rest left.
    pub fn seconds_left(&self, now: OffsetDateTime) -> Option<i64> {
        let rested =
            self.paused_at.map_or(0, |since| (now - since).whole_seconds().clamp(0, self.break_left));
        self.ends_at.map(|end| (end - now).whole_seconds() + rested)
    }

    /// The question at `position` (from 1) as it may leave the server. `None` when there is none.
    pub fn shown(&self, position: usize) -> Option<Shown> {
        Some(self.question(position)?.shown(self.seed_at(position)))
    }

    /// The fields that its form is filled in with: what was answered.
    pub fn fields(&self, position: usize) -> Vec<(String, String)> {
        let answer = self.slot(position).and_then(|slot| slot.answered.answer.as_ref());
        match (self.question(position), answer) {
            (Some(question), Some(answer)) => question.fields(self.seed_at(position), answer),
            _ => Vec::new(),
        }
    }

    /// The question with its key, what was answered and feedback; `None` before it may be shown.
    pub fn explained(&self, position: usize) -> Option<Explained> {
        if !self.reveals || self.is_open() {
            return None;
        }
        let answer = self.slot(position)?.answered.answer.as_ref();
        let asked = self.question(position)?;
        let again = self.again.iter().find(|(at, _)| *at == position).map(|(_, question)| question);
        Some(again.unwrap_or(asked).explained(asked, self.seed_at(position), answer))
    }

    /// What became of the question at `position`.
    pub fn slot(&self, position: usize) -> Option<&Slot> {
        self.slots.get(position.checked_sub(1)?)
    }

    /// For those who teach: the key may be seen.
    pub(crate) fn revealed(mut self) -> Self {
        self.reveals = true;
        self
    }

    /// The answer that a step gave to the question at `position`; nothing for step 0.
    pub(crate) fn answered_at(&self, position: usize, step: i32) -> Answered {
        let of_it = |one: &&Step| {
            one.number == step && one.kind == "answered" && one.position == i32::try_from(position).ok()
        };
        let found = self.steps.iter().find(of_it);
        found.and_then(|step| serde_json::from_value(step.detail.clone()).ok()).unwrap_or_default()
    }

    pub(crate) fn question(&self, position: usize) -> Option<&Question> {
        self.questions.get(position.checked_sub(1)?)
    }

    /// The language that the question at `position` is read in: the course's where it has no words in that of the person.
    pub fn language_at(&self, position: usize) -> &str {
        let found = position.checked_sub(1).and_then(|at| self.languages.get(at));
        found.map_or(self.language.as_str(), String::as_str)
    }

    pub(crate) fn seed_at(&self, position: usize) -> u64 {
        // Apart from the seeds of draws (`Settings::asked`).
        seed_of(self.seed, 1000 + position)
    }
}

/// The acting person's attempt at the test of a unit, in the language that they read the course in: what they chose, else that of their
/// pages. Errors: `NotFound`, also when it is somebody else's.
pub async fn one(
    tx: &mut Tx,
    proof: &Taken,
    slug: &str,
    id: AttemptId,
    pages: &str,
) -> Result<Attempt, Error> {
    let person = tx.person()?;
    let found = sqlx::query_scalar!(
        "select a.id from attempt a join version_unit u on u.unit_id = a.unit_id and u.version_id = $3 and u.slug = $4
         where a.id = $1 and a.person_id = $2",
        id.0,
        person.0,
        proof.version().0,
        slug,
    )
    .fetch_optional(tx.connection())
    .await?;
    load_in(tx, AttemptId(found.ok_or(Error::NotFound)?), Some(pages)).await
}

/// An attempt, whoever's it is, in the language of the course. Errors: `NotFound`.
pub(crate) async fn load(tx: &mut Tx, id: AttemptId) -> Result<Attempt, Error> {
    load_in(tx, id, None).await
}

/// `pages`: the language of the pages of the person whose it is, who reads it; `None` for everybody else.
async fn load_in(tx: &mut Tx, id: AttemptId, pages: Option<&str>) -> Result<Attempt, Error> {
    let row = sqlx::query!(
        r#"select a.*, z.settings, c.language, r.language as "reading?",
                  exists (select from attempt b where b.person_id = a.person_id and b.unit_id = a.unit_id
                          and b.cycle = a.cycle and b.passed) as "has_passed!"
           from attempt a join version_quiz z on z.version_id = a.version_id and z.unit_id = a.unit_id
             join course_version c on c.id = a.version_id
             left join reading_language r on r.person_id = a.person_id and r.course_id = a.course_id
           where a.id = $1"#,
        id.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let asked = sqlx::query!(
        r#"select v.id, v.body, (select json_object_agg(t.language, t.texts) from version_question_text t
                                 where t.version_id = $2 and t.question_version_id = v.id) as "texts?: Json<InLanguages>"
           from attempt_question q join question_version v on v.id = q.question_version_id
           where q.attempt_id = $1 order by q.position"#,
        id.0,
        row.version_id,
    )
    .fetch_all(tx.connection())
    .await?;
    let (steps, keys) = steps(tx, id).await?;
    let settings: Settings = read(row.settings)?;
    let slots = replay(asked.len(), &steps);
    let none_left = row.number_most.is_some_and(|most| row.number >= most);
    let reading = pages.map(|pages| row.reading.unwrap_or_else(|| pages.to_owned()));
    let reading = reading.unwrap_or_else(|| row.language.clone());
    let (mut versions, mut texts, mut questions) = (Vec::new(), Vec::new(), Vec::new());
    for one in asked {
        versions.push(one.id);
        texts.push(one.texts.map(|Json(texts)| texts).unwrap_or_default());
        questions.push(read::<Question>(one.body)?);
    }
    let mut again = regraded(tx, &slots).await?;
    let mut languages = Vec::with_capacity(questions.len());
    for (at, (question, texts)) in questions.iter_mut().zip(&texts).enumerate() {
        let corrected = again.iter_mut().find(|(position, _)| *position == at + 1);
        // A corrected question that says something else has no words but its own, and is shown beside what was asked.
        let follows = corrected.as_ref().is_none_or(|(_, corrected)| corrected.says_the_same(question));
        let wanted = if follows { reading.as_str() } else { row.language.as_str() };
        if let Some((_, corrected)) = corrected {
            *corrected = corrected.read_in(texts, wanted).0;
        }
        let (read, translated) = question.read_in(texts, wanted);
        *question = read;
        languages.push(if translated { wanted.to_owned() } else { row.language.clone() });
    }
    Ok(Attempt {
        line: Line {
            id: AttemptId(row.id),
            number: row.number,
            started_at: row.started_at,
            submitted_at: row.submitted_at,
            by_time: row.by_time,
            score: row.score.and_then(|score| u16::try_from(score).ok()),
            passed: row.passed,
        },
        unit: UnitId(row.unit_id),
        ends_at: row.ends_at,
        paused_at: row.paused_at,
        break_left: row.break_left_seconds.into(),
        again,
        slots,
        reveals: match settings.reveal {
            Reveal::Attempt => true,
            Reveal::End => row.has_passed || none_left,
            Reveal::Never => false,
        },
        settings,
        language: row.language,
        organisation: row.organisation_id,
        person: PersonId(row.person_id),
        course: CourseId(row.course_id),
        cycle: row.cycle,
        questions,
        languages,
        texts,
        versions,
        keys,
        steps,
        seed: row.seed.cast_unsigned(),
    })
}

async fn regraded(tx: &mut Tx, slots: &[Slot]) -> Result<Vec<(usize, Question)>, Error> {
    let ids: Vec<Uuid> = slots.iter().filter_map(|slot| slot.regraded).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!("select id, body from question_version where id = any($1)", &ids)
        .fetch_all(tx.connection())
        .await?;
    let mut again = Vec::new();
    for row in rows {
        if let Some(at) = slots.iter().position(|slot| slot.regraded == Some(row.id)) {
            again.push((at + 1, read(row.body)?));
        }
    }
    Ok(again)
}

async fn steps(tx: &mut Tx, id: AttemptId) -> Result<(Vec<Step>, Vec<String>), Error> {
    let rows = sqlx::query!(
        "select number, kind, position, detail, at, client_key from attempt_step where attempt_id = $1 order by number",
        id.0
    )
    .fetch_all(tx.connection())
    .await?;
    let mut keys = Vec::new();
    let mut steps = Vec::with_capacity(rows.len());
    for row in rows {
        keys.extend(row.client_key);
        let (number, kind, position) = (row.number, row.kind, row.position);
        steps.push(Step { number, kind, position, detail: row.detail, at: row.at });
    }
    Ok((steps, keys))
}

//! One question of the day's session: which comes, how it is shown, and what is kept of the answer.

use base::Tx;
use sqlx::types::Json;
use time::Date;
use uuid::Uuid;

use super::Today;
use super::schedule::{self, Memory, Rating, Standing};
use crate::error::Error;
use crate::markdown::Places;
use crate::quiz::order::seed_of;
use crate::quiz::store::read;
use crate::quiz::wording::InLanguages;
use crate::quiz::{Answer, AnswerFault, Explained, Question, Shown, pictures};
use crate::{CourseId, QuestionId};

/// A question that may be asked of the acting person, as the newest version has it.
#[derive(Clone, Debug)]
pub struct Card {
    /// The question's id.
    pub id: QuestionId,
    /// Its course's name in addresses.
    pub course_slug: String,
    /// Its course's title.
    pub course_title: String,
    /// How often it was answered; given back with the form, so that one answer counts once.
    pub reviews: i32,
    course: CourseId,
    language: String,
    question: Question,
    version: Uuid,
    standing: Option<Standing>,
    due_on: Date,
    today: Date,
    seed: u64,
    /// `reviews` of the page that is answered.
    seen: i32,
}

/// An answer that counts.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// `Card::reviews` of the page that it was given on.
    pub seen: i32,
    /// What it is worth, 0 to 1000.
    pub per_mille: u16,
    /// How it went; what is not wholly right counts as forgotten whatever this says.
    pub rating: Rating,
    /// How long it took.
    pub seconds: i64,
}

/// The question that comes next, of whichever course; `None` when nothing is left of the session. What was asked before comes before
/// what is new, the longest overdue first, courses mixed.
pub async fn next(tx: &mut Tx, today: &Today) -> Result<Option<QuestionId>, Error> {
    Ok(first(tx, today, today.left.min(1)).await?.pop())
}

/// All that is left of the session, in the order of `next`.
pub async fn session(tx: &mut Tx, today: &Today) -> Result<Vec<QuestionId>, Error> {
    first(tx, today, today.left).await
}

async fn first(tx: &mut Tx, today: &Today, most: i64) -> Result<Vec<QuestionId>, Error> {
    if most == 0 {
        return Ok(Vec::new());
    }
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let ids = sqlx::query_scalar!(
        r#"select r.question_id as "question_id!" from recall_ready r
           where r.organisation_id = $1 and r.person_id = $2 and r.due_on <= $3
           order by r.reviews = 0, r.due_on, md5(r.question_id::text || $3::date::text), r.question_id limit $4"#,
        organisation.0,
        person.0,
        today.day,
        most,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(ids.into_iter().map(QuestionId).collect())
}

/// A question in the language that the acting person reads its course in: what they chose, else that of their pages.
///
/// Errors: `NotFound` when it may not be asked of them.
pub async fn one(tx: &mut Tx, id: QuestionId, pages: &str) -> Result<Card, Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let row = sqlx::query!(
        r#"select r.course_id as "course_id!", r.question_version_id as "version!", r.stability as "stability?",
                  r.difficulty as "difficulty?", r.reviewed_on as "reviewed_on?", r.reviews as "reviews!", r.due_on as "due_on!",
                  (moment() at time zone 'Europe/Warsaw')::date as "today!", v.body as "body!", c.slug as "slug!",
                  w.title as "title!", w.language as "language!", o.seed as "seed!",
                  coalesce((select l.language from reading_language l where l.person_id = $2 and l.course_id = c.id), $4) as "reading!",
                  (select json_object_agg(t.language, t.texts) from version_question_text t
                   where t.version_id = w.id and t.question_version_id = v.id) as "texts?: Json<InLanguages>"
           from recall_ready r
             join recall o on o.organisation_id = r.organisation_id and o.person_id = r.person_id and o.course_id = r.course_id
             join course c on c.id = r.course_id join course_version w on w.id = c.published_version_id
             join question_version v on v.id = r.question_version_id
           where r.organisation_id = $1 and r.person_id = $2 and r.question_id = $3"#,
        organisation.0,
        person.0,
        id.0,
        pages,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let memory =
        row.stability.zip(row.difficulty).map(|(stability, difficulty)| Memory { stability, difficulty });
    let standing = memory.zip(row.reviewed_on).map(|(memory, reviewed_on)| Standing {
        memory,
        reviewed_on,
        due_on: row.due_on,
    });
    let seed = row.seed.cast_unsigned() ^ id.0.as_u64_pair().1;
    let texts = row.texts.map(|Json(texts)| texts).unwrap_or_default();
    let (question, translated) = read::<Question>(row.body)?.read_in(&texts, &row.reading);
    Ok(Card {
        id,
        course_slug: row.slug,
        course_title: row.title,
        reviews: row.reviews,
        course: CourseId(row.course_id),
        language: if translated { row.reading } else { row.language },
        question,
        version: row.version,
        standing,
        due_on: row.due_on,
        today: row.today,
        seed,
        seen: row.reviews,
    })
}

impl Card {
    /// Whether it is asked today.
    pub fn is_due(&self) -> bool {
        self.due_on <= self.today
    }

    /// Whether an answer given on a page of `seen` answers still counts: it is due, and nothing was answered since.
    pub fn takes(&self, seen: i32) -> bool {
        self.is_due() && self.reviews == seen
    }

    /// The same as it stood on a page of `seen` answers: sent twice, an answer is still the one that was given.
    #[must_use]
    pub fn as_seen(self, seen: i32) -> Self {
        Self { seen, ..self }
    }

    /// Another order with every time, and no two questions alike.
    fn order(&self) -> u64 {
        seed_of(self.seed, usize::try_from(self.seen).unwrap_or(0))
    }

    /// The language that it is read in.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// What may be seen before the answer.
    pub fn shown(&self) -> Shown {
        self.question.shown(self.order())
    }

    /// An answer as posted; `None` when nothing was. Errors: why the fields are none.
    pub fn read(&self, fields: &[(String, String)]) -> Result<Option<Answer>, AnswerFault> {
        self.question.read_answer(self.order(), fields)
    }

    /// The fields that give this answer again with the next form.
    pub fn fields(&self, answer: &Answer) -> Vec<(String, String)> {
        self.question.fields(self.order(), answer)
    }

    /// What is seen after the answer.
    pub fn explained(&self, answer: Option<&Answer>) -> Explained {
        self.question.explained(&self.question, self.order(), answer)
    }

    /// The addresses of its pictures, and the language that it is read in.
    pub async fn places(&self, tx: &mut Tx) -> Result<Places, Error> {
        let (course, slug) = (self.course, &self.course_slug);
        pictures::of_question(tx, &self.question, (course, slug), &self.language).await
    }
}

/// Keeps an answer and reckons when the question comes again; answers whether it counted. One that was given on an older page, or of a
/// question that is not due, changes nothing.
///
/// Errors: `NotFound` when it was switched off meanwhile.
pub async fn record(tx: &mut Tx, card: &Card, given: &Given) -> Result<bool, Error> {
    if !card.takes(given.seen) {
        return Ok(false);
    }
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let rating = match (given.per_mille, given.rating) {
        (..1000, _) => Rating::Again,
        (_, Rating::Again) => Rating::Hard,
        (_, rating) => rating,
    };
    let after = schedule::step(card.standing, card.today, rating)?;
    // Of two that answer at once the second waits here, and finds another number.
    let counted = sqlx::query!(
        "insert into recall_card as k
           (organisation_id, person_id, course_id, question_id, stability, difficulty, reviewed_on, due_on, reviews)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (organisation_id, person_id, question_id) do update
           set stability = excluded.stability, difficulty = excluded.difficulty, reviewed_on = excluded.reviewed_on,
               due_on = excluded.due_on, reviews = excluded.reviews
           where k.reviews = excluded.reviews - 1",
        organisation.0,
        person.0,
        card.course.0,
        card.id.0,
        after.memory.stability,
        after.memory.difficulty,
        after.reviewed_on,
        after.due_on,
        card.reviews + 1,
    )
    .execute(tx.connection())
    .await
    .map_err(|error| match &error {
        sqlx::Error::Database(database) if database.is_foreign_key_violation() => Error::NotFound,
        _ => Error::Database(error),
    })?;
    if counted.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!(
        "insert into recall_answer (organisation_id, person_id, question_id, number, question_version_id, per_mille, rating, seconds)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        organisation.0,
        person.0,
        card.id.0,
        card.reviews + 1,
        card.version,
        i16::try_from(given.per_mille.min(1000)).unwrap_or(1000),
        rating.word(),
        i32::try_from(given.seconds.clamp(1, schedule::MOST_SECONDS)).unwrap_or(1),
    )
    .execute(tx.connection())
    .await?;
    Ok(true)
}

/// The acting person's answers to a question, in order: what its card is a replay of (`schedule::replay`).
pub async fn answers(tx: &mut Tx, id: QuestionId) -> Result<Vec<(Date, Rating)>, Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let rows = sqlx::query!(
        "select day, rating from recall_answer where organisation_id = $1 and person_id = $2 and question_id = $3 order by number",
        organisation.0,
        person.0,
        id.0,
    )
    .fetch_all(tx.connection())
    .await?;
    // The table holds no other word.
    Ok(rows.into_iter().filter_map(|row| Some((row.day, Rating::of(&row.rating)?))).collect())
}

/// Where the acting person's card stands, as it is kept; `None` before the first answer.
pub async fn standing(tx: &mut Tx, id: QuestionId) -> Result<Option<Standing>, Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let row = sqlx::query!(
        "select stability, difficulty, reviewed_on, due_on from recall_card
         where organisation_id = $1 and person_id = $2 and question_id = $3",
        organisation.0,
        person.0,
        id.0,
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| Standing {
        memory: Memory { stability: row.stability, difficulty: row.difficulty },
        reviewed_on: row.reviewed_on,
        due_on: row.due_on,
    }))
}

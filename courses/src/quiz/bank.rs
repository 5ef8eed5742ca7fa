//! The bank of a course: every question that was ever saved in it, in tests and out of them, and the way back into a test.
//!
//! A test asks what it has itself, and draws of that, or of the bank what has a tag. Both are frozen with a version, so an attempt can be
//! graded years later.

use base::Tx;
use identity::Problem;

use super::question::Question;
use super::settings::{Draw, Settings};
use super::store::{self, read};
use crate::error::Error;
use crate::find::Taught;
use crate::{UnitId, outline};

/// Questions of one page.
pub const ON_A_PAGE: i64 = 50;

/// What of the bank is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Questions with this tag; of any when it is empty.
    pub tag: String,
    /// Words in the question, an answer, feedback, its title or key, without regard to case and Polish signs; anything when empty.
    pub text: String,
    /// Only those that no test of the draft has.
    pub unused: bool,
    /// So many are passed over.
    pub skip: i64,
}

/// A question of the bank as it reads now.
#[derive(Clone, Debug)]
pub struct Line {
    /// The question.
    pub question: Question,
    /// How many versions it has.
    pub versions: i32,
    /// The units whose tests have it.
    pub units: Vec<UnitId>,
}

/// A unit of the draft.
#[derive(Clone, Debug)]
pub struct Place {
    /// The unit.
    pub unit: UnitId,
    /// Its title.
    pub title: String,
    /// What its test draws from the bank.
    pub draws: Vec<Draw>,
}

impl Line {
    /// Whether the test of a unit draws the question from the bank.
    pub fn is_drawn_by(&self, place: &Place) -> bool {
        let named = |draw: &Draw| draw.tag.as_ref().is_some_and(|tag| self.question.tags.contains(tag));
        !self.units.contains(&place.unit) && place.draws.iter().any(named)
    }
}

/// A page of the bank.
#[derive(Clone, Debug)]
pub struct Bank {
    /// The questions, by key.
    pub lines: Vec<Line>,
    /// How many are asked for, on all pages.
    pub found: i64,
    /// How many the course has.
    pub whole: i64,
    /// The tags of all of them.
    pub tags: Vec<String>,
    /// The units of the draft, in order.
    pub places: Vec<Place>,
}

/// A page of the bank. Beyond the end it is the last one.
pub async fn page(tx: &mut Tx, proof: &Taught, filter: &Filter) -> Result<Bank, Error> {
    // The database takes no zero, and no tag or text has one.
    let without_zero = |said: &str| said.replace('\0', "");
    let (tag, text) = (without_zero(&filter.tag), without_zero(&filter.text));
    let rows = sqlx::query!(
        r#"with placed as (
             select k.question_id, k.unit_id from quiz_question k
               join quiz z on z.unit_id = k.unit_id and z.removed_at is null
               join unit u on u.id = k.unit_id and u.removed_at is null
             where z.course_id = $1),
           matched as materialized (
             select q.id, q.key, v.body, v.number
             from question q
               join lateral (select body, number from question_version where question_id = q.id
                             order by number desc limit 1) v on true
             where q.course_id = $1 and ($2::text = '' or $2 = any(q.tags))
               and not ($4::bool and exists (select from placed p where p.question_id = q.id))
               and ($3::text = '' or position(btrim(search_fold($3)) in search_fold(concat_ws(' ', q.key, v.body ->> 'title',
                      v.body ->> 'text', v.body ->> 'feedback',
                      (select string_agg(said #>> '{}', ' ') from jsonb_path_query((v.body -> 'kind') - 'type', 'strict $.**') said
                       where jsonb_typeof(said) = 'string')))) > 0)),
           counted as (
             select count(*) as found, (select count(*) from question where course_id = $1) as whole,
                    array(select distinct t.tag from question q cross join unnest(q.tags) t (tag)
                          where q.course_id = $1 order by 1) as tags
             from matched),
           page as (
             select m.* from matched m order by m.key
             limit $6 offset (select greatest(least($5::bigint, (found - 1) / $6 * $6), 0) from counted))
           select c.found as "found!", c.whole as "whole!", c.tags as "tags!", p.body as "body?", p.number as "versions?",
                  array(select x.unit_id from placed x where x.question_id = p.id) as "units!"
           from counted c left join page p on true order by p.key"#,
        proof.id().0,
        tag,
        text,
        filter.unused,
        filter.skip,
        ON_A_PAGE,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut bank = Bank { lines: Vec::new(), found: 0, whole: 0, tags: Vec::new(), places: Vec::new() };
    for row in rows {
        (bank.found, bank.whole, bank.tags) = (row.found, row.whole, row.tags);
        if let Some(body) = row.body {
            let units = row.units.into_iter().map(UnitId).collect();
            bank.lines.push(Line { question: read(body)?, versions: row.versions.unwrap_or(1), units });
        }
    }
    let places = sqlx::query!(
        r#"select u.id, u.title, z.settings as "settings?" from unit u join section s on s.id = u.section_id
             left join quiz z on z.unit_id = u.id and z.removed_at is null
           where u.course_id = $1 and u.removed_at is null order by s.position, s.id, u.position, u.id"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    for row in places {
        let mut draws = row.settings.map(read::<Settings>).transpose()?.unwrap_or_default().draws;
        draws.retain(|draw| draw.bank);
        bank.places.push(Place { unit: UnitId(row.id), title: row.title, draws });
    }
    Ok(bank)
}

/// Puts questions of the bank at the end of the test of a unit, in this order, and answers how many it did not have before. A unit
/// without a test gets one.
///
/// Errors: `Invalid` on `question` when none is named or the bank has one of them not, on `questions` when the test would have too
/// many; `NotFound` without such a unit; `TestNotReady`.
pub async fn add(tx: &mut Tx, proof: &Taught, unit: UnitId, keys: &[String]) -> Result<usize, Error> {
    if keys.is_empty() {
        return Err(Error::field("question", Problem::Missing));
    }
    // The lock on the course: what is read here is what is saved below.
    outline::touch(tx, proof).await?;
    let draft = store::draft_in_full(tx, proof, unit).await?;
    let (settings, mut questions, revision) = match draft {
        Some(draft) => (draft.settings, draft.questions, draft.revision),
        None => (Settings::default(), Vec::new(), 0),
    };
    let (bank, before) = (store::bank(tx, proof).await?, questions.len());
    for key in keys {
        let question = bank.iter().find(|question| question.key == *key);
        let question = question.ok_or_else(|| Error::field("question", Problem::Unknown))?;
        if questions.iter().all(|known| known.key != *key) {
            questions.push(question.clone());
        }
    }
    let added = questions.len() - before;
    if added > 0 {
        store::save_draft_since(tx, proof, unit, revision, (&settings, &questions)).await?;
    }
    Ok(added)
}

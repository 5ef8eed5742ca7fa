//! A second person reads the draft before it is published. What is approved is named by the hash of the whole draft: whatever is
//! changed afterwards, the draft is another one and its approval is gone. Nobody approves what they wrote; PostgreSQL holds that.

use base::{Tx, audit};
use identity::{FieldProblem, PeopleAdmin, Problem};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::error::Error;
use crate::find::Taught;
use crate::{UnitId, draft};

/// Most letters of a note or a comment.
pub const LONGEST_TEXT: usize = 2000;

/// How a review ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The draft may be published as it is.
    Approved,
    /// The author is to change something.
    Returned,
    /// Whoever asked takes the question back.
    Withdrawn,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Returned => "returned",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Approved, Self::Returned, Self::Withdrawn].into_iter().find(|one| one.word() == word)
    }
}

/// What a reviewer says.
#[derive(Clone, Debug)]
pub struct Comment {
    /// The unit it is about, with its title; of the whole course without one.
    pub unit: Option<(UnitId, String)>,
    /// The text.
    pub text: String,
    /// Who wrote it.
    pub who: String,
}

/// A review.
#[derive(Clone, Debug)]
pub struct Review {
    /// Its id.
    pub id: Uuid,
    /// Who asked for it.
    pub asked_by: String,
    /// Whether that is the acting person.
    pub own: bool,
    /// When.
    pub asked_at: OffsetDateTime,
    /// What they say to the reviewer.
    pub note: String,
    /// How it ended, by whom and when.
    pub ended: Option<(Outcome, String, OffsetDateTime)>,
    /// Whether the draft is still the one that it is about.
    pub of_this_draft: bool,
    /// Comments.
    pub comments: Vec<Comment>,
}

/// Where the review of a draft stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Whether the course is published only after a review.
    pub required: bool,
    /// What the course says of its own; `None`: as the organisation says.
    pub of_course: Option<bool>,
    /// What the organisation says.
    pub of_organisation: bool,
    /// The newest review.
    pub newest: Option<Review>,
}

impl Standing {
    /// Whether this very draft is approved.
    pub fn is_approved(&self) -> bool {
        self.newest.as_ref().is_some_and(|review| {
            review.of_this_draft && matches!(review.ended, Some((Outcome::Approved, ..)))
        })
    }
}

/// Where the review stands.
pub async fn standing(tx: &mut Tx, proof: &Taught) -> Result<Standing, Error> {
    let person = tx.person()?;
    let settings = sqlx::query!(
        r#"select c.review_required, coalesce(s.review_required, false) as "of_organisation!"
           from course c left join writing_setting s on s.organisation_id = c.organisation_id where c.id = $1"#,
        proof.id().0
    )
    .fetch_one(tx.connection())
    .await?;
    let row = sqlx::query!(
        r#"select r.id, r.draft_hash, r.note, r.asked_by, r.asked_at, r.outcome, r.ended_at,
                  p.given_name || ' ' || p.family_name as "asked_name!", e.given_name || ' ' || e.family_name as "ended_name?"
           from review r join person p on p.id = r.asked_by left join person e on e.id = r.ended_by
           where r.course_id = $1 order by r.asked_at desc, r.id desc limit 1"#,
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?;
    let mut newest = None;
    if let Some(row) = row {
        let ended = row.outcome.as_deref().and_then(Outcome::from_word).zip(row.ended_at);
        newest = Some(Review {
            id: row.id,
            asked_by: row.asked_name,
            own: row.asked_by == person.0,
            asked_at: row.asked_at,
            note: row.note,
            ended: ended.map(|(outcome, at)| (outcome, row.ended_name.unwrap_or_default(), at)),
            of_this_draft: row.draft_hash == draft::hash(tx, proof).await?,
            comments: comments(tx, row.id).await?,
        });
    }
    Ok(Standing {
        required: settings.review_required.unwrap_or(settings.of_organisation),
        of_course: settings.review_required,
        of_organisation: settings.of_organisation,
        newest,
    })
}

async fn comments(tx: &mut Tx, review: Uuid) -> Result<Vec<Comment>, Error> {
    let rows = sqlx::query!(
        r#"select c.unit_id, u.title as "title?", c.text, p.given_name || ' ' || p.family_name as "who!"
           from review_comment c left join unit u on u.id = c.unit_id join person p on p.id = c.written_by
           where c.review_id = $1 order by c.written_at, c.id"#,
        review
    )
    .fetch_all(tx.connection())
    .await?;
    let comment = rows.into_iter().map(|row| Comment {
        unit: row.unit_id.map(UnitId).zip(row.title),
        text: row.text,
        who: row.who,
    });
    Ok(comment.collect())
}

/// Asks for a review of the draft as it is. One that is open already ends as withdrawn.
///
/// Errors: `Invalid` on `note`.
pub async fn ask(tx: &mut Tx, proof: &Taught, note: &str) -> Result<(), Error> {
    if note.chars().count() > LONGEST_TEXT {
        return Err(Error::field("note", Problem::TooLong(LONGEST_TEXT)));
    }
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    draft::hold(tx, proof).await?;
    let hash = draft::hash(tx, proof).await?;
    sqlx::query!(
        "update review set outcome = 'withdrawn', ended_by = $2, ended_at = moment() where course_id = $1 and outcome is null",
        proof.id().0,
        person.0
    )
    .execute(tx.connection())
    .await?;
    let id = base::id::row_id(tx.now());
    sqlx::query!(
        "insert into review (id, organisation_id, course_id, draft_hash, note, asked_by) values ($1, $2, $3, $4, $5, $6)",
        id,
        organisation.0,
        proof.id().0,
        hash.to_vec(),
        note.trim(),
        person.0,
    )
    .execute(tx.connection())
    .await?;
    Ok(audit::record(tx, "asked_for_review", "course", proof.id().0, json!({ "review": id })).await?)
}

/// Ends a review: approves the draft, sends it back or takes the question back. Comments are of a unit or, without one, of the course.
///
/// Errors: `NotFound` when it is not open any more; `DraftChanged` for an approval of what is no longer the draft; `OwnDraft`;
/// `Invalid` on `comment`: one that is too long, or none when the draft is sent back.
pub async fn end(
    tx: &mut Tx,
    proof: &Taught,
    review: Uuid,
    outcome: Outcome,
    comments: &[(Option<UnitId>, String)],
) -> Result<(), Error> {
    let said: Vec<(Option<UnitId>, &str)> = comments
        .iter()
        .map(|(unit, text)| (*unit, text.trim()))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    let mut problems = Vec::new();
    if said.iter().any(|(_, text)| text.chars().count() > LONGEST_TEXT) {
        problems.push(FieldProblem { field: "comment", problem: Problem::TooLong(LONGEST_TEXT) });
    }
    if outcome == Outcome::Returned && said.is_empty() {
        problems.push(FieldProblem { field: "comment", problem: Problem::Missing });
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let person = tx.person()?;
    draft::hold(tx, proof).await?;
    let hash = sqlx::query_scalar!(
        "select draft_hash from review where id = $1 and course_id = $2 and outcome is null for update",
        review,
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    if outcome == Outcome::Approved && hash != draft::hash(tx, proof).await? {
        return Err(Error::DraftChanged);
    }
    for (unit, text) in said {
        comment(tx, proof, review, unit, text).await?;
    }
    sqlx::query!(
        "update review set outcome = $2, ended_by = $3, ended_at = moment() where id = $1",
        review,
        outcome.word(),
        person.0
    )
    .execute(tx.connection())
    .await
    .map_err(own_draft)?;
    let detail = json!({ "review": review, "outcome": outcome.word() });
    Ok(audit::record(tx, "ended_review", "course", proof.id().0, detail).await?)
}

fn own_draft(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Database(database) if database.constraint() == Some("review_by_a_second_person") => {
            Error::OwnDraft
        }
        _ => Error::Database(error),
    }
}

async fn comment(
    tx: &mut Tx,
    proof: &Taught,
    review: Uuid,
    unit: Option<UnitId>,
    text: &str,
) -> Result<(), Error> {
    let (organisation, person, id) = (tx.organisation()?, tx.person()?, base::id::row_id(tx.now()));
    let written = sqlx::query!(
        "insert into review_comment (id, organisation_id, review_id, unit_id, text, written_by)
         select $1, $2, $3, $4::uuid, $5, $6
         where $4::uuid is null or exists (select 1 from unit u where u.id = $4 and u.course_id = $7)",
        id,
        organisation.0,
        review,
        unit.map(|unit| unit.0),
        text,
        person.0,
        proof.id().0,
    )
    .execute(tx.connection())
    .await?;
    if written.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// The approval of exactly this draft. Errors: `ReviewFirst` when one is required and there is none.
pub(crate) async fn approval(tx: &mut Tx, proof: &Taught, hash: &[u8; 32]) -> Result<Option<Uuid>, Error> {
    let organisation = tx.organisation()?;
    let row = sqlx::query!(
        r#"select review_is_required($1, $2) as "required!",
                  (select r.id from review r where r.course_id = $2 and r.outcome = 'approved' and r.draft_hash = $3
                   order by r.ended_at desc limit 1) as approval"#,
        organisation.0,
        proof.id().0,
        hash.to_vec(),
    )
    .fetch_one(tx.connection())
    .await?;
    if row.required && row.approval.is_none() {
        return Err(Error::ReviewFirst);
    }
    Ok(row.approval)
}

/// Says whether this course is published only after a review; `None`: as the organisation says. Only an administrator of the
/// organisation says so: an author who could would need no second person.
pub async fn require_for_course(
    tx: &mut Tx,
    _: &PeopleAdmin,
    proof: &Taught,
    required: Option<bool>,
) -> Result<(), Error> {
    sqlx::query!("update course set review_required = $2 where id = $1", proof.id().0, required)
        .execute(tx.connection())
        .await?;
    Ok(audit::record(tx, "set_review", "course", proof.id().0, json!({ "required": required })).await?)
}

/// Says the same for every course of the organisation that says nothing of its own.
pub async fn require(tx: &mut Tx, _: &PeopleAdmin, required: bool) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    sqlx::query!(
        "insert into writing_setting (organisation_id, review_required) values ($1, $2)
         on conflict (organisation_id) do update set review_required = excluded.review_required",
        organisation.0,
        required
    )
    .execute(tx.connection())
    .await?;
    Ok(audit::record(tx, "set_review", "organisation", organisation.0, json!({ "required": required }))
        .await?)
}

//! Extending a deadline and exempting from a course, with a reason that the person reads: by the head of their unit, by those
//! who teach the course, by administrators. Nobody does it for themselves.

use base::{PersonId, Tx, audit};
use identity::permit::{Kind, Verb};
use identity::{FieldProblem, Problem, SignedIn, day};
use serde_json::json;
use time::Date;

use crate::error::{Error, text_problem};
use crate::{CourseId, TakingId, remind};

/// Most characters of a reason.
const MOST_REASON: usize = 1000;

/// Proof: may see how this person does in this course.
#[derive(Clone, Debug)]
pub struct Overseen {
    taking: TakingId,
    course: CourseId,
    person: PersonId,
    name: String,
    oneself: bool,
    open: bool,
    due_on: Option<Date>,
}

/// Looks a taking up. Errors: `NotFound` for one of people whom the person neither heads, teaches nor administers.
pub async fn find(tx: &mut Tx, me: &SignedIn, id: TakingId) -> Result<Overseen, Error> {
    let row = sqlx::query!(
        r#"select t.course_id, t.person_id, p.family_name || ' ' || p.given_name as "name!", t.deadline as due_on,
                  t.assigned_at is not null and t.done_at is null and t.exempted_at is null and t.released_at is null as "open!",
                  exists (select from headed h where h.person_id = $3 and h.unit_id = p.org_unit_id) as "headed!",
                  exists (select from course_teacher c where c.course_id = t.course_id and c.person_id = $3) as "teacher!"
           from taking t join person p on p.id = t.person_id where t.id = $1 and t.organisation_id = $2"#,
        id.0,
        me.organisation.0,
        me.person.0,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let teaches =
        row.teacher && me.may(Verb::Follow, Kind::TaughtCourse) || me.may(Verb::Follow, Kind::AnyCourse);
    if !teaches && !row.headed {
        return Err(Error::NotFound);
    }
    Ok(Overseen {
        taking: id,
        course: CourseId(row.course_id),
        person: PersonId(row.person_id),
        name: row.name,
        oneself: row.person_id == me.person.0,
        open: row.open,
        due_on: row.due_on,
    })
}

impl Overseen {
    /// The taking.
    pub fn taking(&self) -> TakingId {
        self.taking
    }

    /// The course.
    pub fn course(&self) -> CourseId {
        self.course
    }

    /// Whose it is.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// Their family name and given name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is obligatory and neither done, released nor exempted, and somebody else's.
    pub fn may_be_changed(&self) -> bool {
        self.open && !self.oneself
    }

    /// The day that an extension moves, if there is one.
    pub fn due_on(&self) -> Option<Date> {
        self.due_on
    }

    fn changing(&self) -> Result<(), Error> {
        if self.oneself {
            Err(Error::NotAllowed)
        } else if !self.open {
            Err(Error::Closed)
        } else {
            Ok(())
        }
    }
}

/// Gives a later day. Errors: `Invalid` on `to` (not later than the day that stands, or past) and `reason`; `Closed`;
/// `NotAllowed` for oneself.
pub async fn extend(tx: &mut Tx, proof: &Overseen, to: Option<Date>, reason: &str) -> Result<(), Error> {
    proof.changing()?;
    let (today, person) = (day::today(tx).await?, tx.person()?);
    let reason = reason.trim();
    let mut problems: Vec<FieldProblem> = text_problem("reason", reason, MOST_REASON).into_iter().collect();
    let good = to.filter(|to| *to >= today && proof.due_on.is_some_and(|due| *to > due));
    if good.is_none() {
        let problem = if to.is_none() { Problem::Missing } else { Problem::Malformed };
        problems.insert(0, FieldProblem { field: "to", problem });
    }
    let (Some(to), true) = (good, problems.is_empty()) else { return Err(Error::Invalid(problems)) };
    let changed = sqlx::query!(
        "update taking set extended_to = $2, extension_reason = $3, extended_by = $4
         where id = $1 and done_at is null and exempted_at is null and released_at is null and due_on is not null",
        proof.taking.0,
        to,
        reason,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    if changed.rows_affected() == 0 {
        return Err(Error::Closed);
    }
    remind::over(tx, &[(proof.person, proof.course)]).await?;
    let detail = json!({ "to": day::written(to), "reason": reason });
    Ok(audit::record(tx, "extended", "taking", proof.taking.0, detail).await?)
}

/// Exempts from this cycle. Errors: `Invalid` on `reason`; `Closed`; `NotAllowed` for oneself.
pub async fn exempt(tx: &mut Tx, proof: &Overseen, reason: &str) -> Result<(), Error> {
    proof.changing()?;
    let (reason, person) = (reason.trim(), tx.person()?);
    if let Some(problem) = text_problem("reason", reason, MOST_REASON) {
        return Err(Error::Invalid(vec![problem]));
    }
    let changed = sqlx::query!(
        "update taking set exempted_at = moment(), exempt_reason = $2, exempted_by = $3
         where id = $1 and done_at is null and exempted_at is null and released_at is null",
        proof.taking.0,
        reason,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    if changed.rows_affected() == 0 {
        return Err(Error::Closed);
    }
    remind::over(tx, &[(proof.person, proof.course)]).await?;
    Ok(audit::record(tx, "exempted", "taking", proof.taking.0, json!({ "reason": reason })).await?)
}

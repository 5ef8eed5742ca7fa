//! The commission's decision, and the letter that tells of it in the receiver's language. A programme has its
//! neutral name in every letter.

use base::mail::{self, Letter};
use base::{Tx, audit};
use identity::{DeviceClerk, FieldProblem, Problem, day};
use serde_json::json;
use time::Date;

use super::kind::{Refusal, State};
use super::list::{self, Application};
use super::rules;
use crate::{ApplicationId, Error};

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A device is granted.
    Grant,
    /// There is none now: the waiting list.
    Wait,
    /// Refused.
    Refuse(Refusal),
}

/// A decision with its day and those who made it.
#[derive(Clone, Debug)]
pub struct Decided {
    /// What.
    pub decision: Decision,
    /// When.
    pub on: Date,
    /// The commission, by names or number.
    pub by: String,
    /// What was noted.
    pub note: String,
}

/// What a letter tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Granted; the device will be named later.
    Granted,
    /// A device waits until this day.
    Offered(Date),
    /// On the waiting list, at this place.
    Waits(i64),
    /// Refused.
    Refused(Refusal),
    /// Not collected in time.
    Expired,
}

/// A letter that is to be written.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The receiver's address; none when it goes on paper.
    pub email: Option<String>,
    /// The receiver's name.
    pub name: String,
    /// Their language.
    pub language: String,
    /// For whom the device is.
    pub who: String,
    /// Number of the application.
    pub number: String,
    /// The programme's neutral name.
    pub programme: String,
    /// Who decides.
    pub organisation: String,
    /// What is told.
    pub told: Told,
    /// What the commission noted.
    pub note: String,
}

impl Notice {
    pub(super) async fn of(tx: &mut Tx, about: &Application, told: Told) -> Result<Self, Error> {
        let organisation = tx.organisation()?;
        let row = sqlx::query!(
            "select p.email, p.language, o.name from person p join organisation o on o.id = p.organisation_id
             where p.id = $1 and p.organisation_id = $2",
            about.applicant.ok_or(Error::NotFound)?.0,
            organisation.0
        )
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
        Ok(Self {
            email: row.email,
            name: about.applicant_name.clone(),
            language: row.language,
            who: about.who.clone(),
            number: about.number.clone().unwrap_or_default(),
            programme: about.programme_name.clone(),
            organisation: row.name,
            told,
            note: about.decided_note.clone(),
        })
    }
}

/// Posts the letter of what was decided, in the transaction of the act.
pub(super) async fn tell(
    tx: &mut Tx,
    id: ApplicationId,
    told: Told,
    write: &(impl Fn(&Notice) -> Letter + Sync),
) -> Result<(), Error> {
    let about = list::load_one(tx, id).await?;
    let notice = Notice::of(tx, &about, told).await?;
    if notice.email.is_some() {
        let what = match told {
            Told::Granted => "granted".to_owned(),
            Told::Offered(day) => format!("offered {day}"),
            Told::Waits(_) => "waits".to_owned(),
            Told::Refused(_) => "refused".to_owned(),
            Told::Expired => "expired".to_owned(),
        };
        mail::post(tx, &format!("application {id} {what}"), &write(&notice)).await?;
    }
    Ok(())
}

/// Holds the application's row until the transaction ends. Errors: `NotFound`, also for a draft.
pub(super) async fn hold(tx: &mut Tx, id: ApplicationId) -> Result<State, Error> {
    let organisation = tx.organisation()?;
    let word = sqlx::query_scalar!(
        "select state from application where id = $1 and organisation_id = $2 and state <> 'draft' for update",
        id.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    State::from_word(&word).ok_or(Error::NotFound)
}

/// The number of a device of another programme that the person holds, when this programme excludes that.
pub(super) async fn excluded(tx: &mut Tx, about: &Application) -> Result<Option<String>, Error> {
    if !rules::load(tx, about.programme).await?.excludes_holders {
        return Ok(None);
    }
    let number = sqlx::query_scalar!(
        "select s.inventory_no from loan l join asset s on s.id = l.asset_id join loan_agreement a on a.id = l.agreement_id
         where l.beneficiary_id = $1 and l.handed_over_at is not null and l.returned_at is null and l.kind <> 'loaner'
           and coalesce(s.programme_id, a.programme_id) <> $2 limit 1",
        about.beneficiary.ok_or(Error::NotFound)?.0,
        about.programme.0,
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(number)
}

/// Writes down what the commission decided, and tells the applicant.
///
/// Errors: `NotFound`; `Stays` when it has no points yet or was decided for good; `Excluded`; `HasPrimary`; `Invalid` on
/// `decided_on`, `decided_by`, `note`.
pub async fn decide(
    tx: &mut Tx,
    _: &DeviceClerk,
    id: ApplicationId,
    decided: &Decided,
    write: &(impl Fn(&Notice) -> Letter + Sync),
) -> Result<(), Error> {
    let mut problems = Vec::new();
    if decided.on > day::today(tx).await? || decided.on.year() < 2000 {
        problems.push(FieldProblem { field: "decided_on", problem: Problem::Malformed });
    }
    match decided.by.trim().chars().count() {
        0 => problems.push(FieldProblem { field: "decided_by", problem: Problem::Missing }),
        301.. => problems.push(FieldProblem { field: "decided_by", problem: Problem::TooLong(300) }),
        _ => {}
    }
    let must = decided.decision == Decision::Refuse(Refusal::Other);
    match decided.note.trim().chars().count() {
        0 if must => problems.push(FieldProblem { field: "note", problem: Problem::Missing }),
        2001.. => problems.push(FieldProblem { field: "note", problem: Problem::TooLong(2000) }),
        _ => {}
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    hold(tx, id).await?;
    let about = list::load_one(tx, id).await?;
    if decided.decision == Decision::Grant {
        may_have(tx, &about).await?;
    }
    let (state, refusal) = match decided.decision {
        Decision::Grant => (State::Granted, None),
        Decision::Wait => (State::Waitlisted, None),
        Decision::Refuse(why) => (State::Refused, Some(why.word())),
    };
    if state == about.state {
        return Err(Error::Stays);
    }
    let by = tx.person()?;
    sqlx::query!(
        "update application set state = $2, refusal = $3, decided_on = $4, decided_by = $5, decided_note = $6, recorded_by = $7
         where id = $1",
        id.0,
        state.word(),
        refusal,
        decided.on,
        decided.by.trim(),
        decided.note.trim(),
        by.0,
    )
    .execute(tx.connection())
    .await?;
    let told = match decided.decision {
        Decision::Grant => Told::Granted,
        Decision::Wait => Told::Waits(list::load_one(tx, id).await?.position.unwrap_or(1)),
        Decision::Refuse(why) => Told::Refused(why),
    };
    tell(tx, id, told, write).await?;
    Ok(audit::record(tx, "decided", "application", id.0, json!({ "state": state.word() })).await?)
}

/// Errors: `Excluded`, `HasPrimary`.
pub(super) async fn may_have(tx: &mut Tx, about: &Application) -> Result<(), Error> {
    if excluded(tx, about).await?.is_some() {
        return Err(Error::Excluded);
    }
    if rules::load(tx, about.programme).await?.one_primary {
        let has = sqlx::query_scalar!(
            r#"select exists (select 1 from loan where beneficiary_id = $1 and kind = 'primary'
                              and handed_over_at is not null and returned_at is null) as "has!""#,
            about.beneficiary.ok_or(Error::NotFound)?.0
        )
        .fetch_one(tx.connection())
        .await?;
        if has {
            return Err(Error::HasPrimary);
        }
    }
    Ok(())
}

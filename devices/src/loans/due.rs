//! When a loan is due: the earliest of its rules, kept beside the loan by the database alone. A change is a new version with a
//! reason, and the reminders begin anew. What was given for good has such rules too, and is never due: they say for how long its
//! owner is bound.

use base::{Tx, audit};
use identity::{DeviceClerk, DevicesReader, Problem, day};
use serde_json::json;
use time::Date;

pub use super::notice::{Notice, give_notice, notice_of, terms_of_notice};
use super::{agreement, remind, thing};
use crate::custody::{self, Kind};
use crate::{AgreementId, DueEventId, Error, LoanId};

/// The rules of a loan, as a form gives them. No day at all means without end, with notice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// A fixed last day.
    pub on_day: Option<Date>,
    /// Events at whose end it is due.
    pub events: Vec<DueEventId>,
    /// Without end, with so many days of notice.
    pub notice_days: Option<i16>,
}

/// One rule, as it is read.
#[derive(Clone, Debug)]
pub enum Rule {
    /// A fixed last day.
    Fixed(Date),
    /// The end of an event: its id, name, and last day when it is known.
    Event(DueEventId, String, Option<Date>),
    /// Without end, with so many days of notice.
    Indefinite(i16),
}

/// The rules of a loan.
pub async fn of(tx: &mut Tx, _: &DevicesReader, loan: LoanId) -> Result<Vec<Rule>, Error> {
    let rows = sqlx::query!(
        r#"select r.on_day, r.notice_days, e.id as "event?", e.name as "name?", e.ends_on as "ends_on?"
           from due_rule r left join due_event e on e.id = r.event_id where r.loan_id = $1 order by r.kind, r.id"#,
        loan.0
    )
    .fetch_all(tx.connection())
    .await?;
    let rule = rows.into_iter().map(|row| match (row.on_day, row.event.zip(row.name)) {
        (Some(day), _) => Rule::Fixed(day),
        (None, Some((id, name))) => Rule::Event(DueEventId(id), name, row.ends_on),
        (None, None) => Rule::Indefinite(row.notice_days.unwrap_or(0)),
    });
    Ok(rule.collect())
}

/// Sets when the devices of an agreement that is not signed yet are due.
///
/// Errors: `NotFound`; `Stays` when it is signed; `Invalid` on `due_on`, `event`.
pub async fn set_of_agreement(
    tx: &mut Tx,
    _: &DeviceClerk,
    id: AgreementId,
    rules: &Rules,
) -> Result<(), Error> {
    if agreement::hold(tx, id).await? {
        return Err(Error::Stays);
    }
    let loans = sqlx::query_scalar!(
        "select id from loan where agreement_id = $1 and cancelled_at is null and handed_over_at is null",
        id.0
    )
    .fetch_all(tx.connection())
    .await?;
    hold_events(tx, rules).await?;
    for loan in loans {
        replace(tx, LoanId(loan), rules).await?;
    }
    Ok(audit::record(tx, "set_due", "loan_agreement", id.0, json!({})).await?)
}

/// Renews: from here on the loan is due by other rules. A borrower's wish, a decision, a mistake: the reason is kept.
///
/// Errors: `NotFound` when it is not open, or was given for good; `Invalid` on `reason`, `due_on`, `event`.
pub async fn renew(
    tx: &mut Tx,
    _: &DeviceClerk,
    loan: LoanId,
    rules: &Rules,
    reason: &str,
) -> Result<(), Error> {
    let reason = self::reason(reason)?;
    let organisation = tx.organisation()?;
    hold_events(tx, rules).await?;
    let asset = thing::hold_of_loan(tx, loan).await?;
    let row = sqlx::query!(
        r#"update loan set due_version = due_version + 1
           where id = $1 and organisation_id = $2 and handed_over_at is not null and returned_at is null
             and not exists (select from loan_agreement a where a.id = agreement_id and a.kind = 'donation')
           returning due_version, (select due_on from loan_due where loan_id = $1) as due_on"#,
        loan.0,
        organisation.0,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    replace(tx, loan, rules).await?;
    remind::over(tx, &[loan.0]).await?;
    let becomes = due_on(tx, loan).await?;
    let detail = json!({ "loan": loan, "version": row.due_version, "was": row.due_on.map(day::written), "becomes": becomes.map(day::written),
                         "reason": reason });
    let at = tx.now();
    custody::record(tx, asset, at, Kind::DueChanged, detail).await?;
    // The reason is free text: it stands in the chain of custody alone, from where it goes with the file.
    let detail = json!({ "version": row.due_version, "was": row.due_on.map(day::written), "becomes": becomes.map(day::written) });
    Ok(audit::record(tx, "renewed", "loan", loan.0, detail).await?)
}

/// Why a last day is changed: what must be said. Errors: `Invalid` on `reason`.
pub(super) fn reason(text: &str) -> Result<&str, Error> {
    match text.trim().chars().count() {
        0 => Err(Error::field("reason", Problem::Missing)),
        501.. => Err(Error::field("reason", Problem::TooLong(500))),
        _ => Ok(text.trim()),
    }
}

/// The last day of a loan, in Warsaw; `None` without end.
pub async fn due_on(tx: &mut Tx, loan: LoanId) -> Result<Option<Date>, Error> {
    let day = sqlx::query_scalar!("select due_on from loan_due where loan_id = $1", loan.0)
        .fetch_optional(tx.connection())
        .await?;
    Ok(day.flatten())
}

/// Holds the events of rules before any thing or loan is held, in the order in which an edit of an event does: none of the two waits
/// for the other in a ring.
async fn hold_events(tx: &mut Tx, rules: &Rules) -> Result<(), Error> {
    let ids: Vec<uuid::Uuid> = rules.events.iter().map(|id| id.0).collect();
    if !ids.is_empty() {
        sqlx::query!("select id from due_event where id = any($1) order by id for share", &ids)
            .fetch_all(tx.connection())
            .await?;
    }
    Ok(())
}

async fn replace(tx: &mut Tx, loan: LoanId, rules: &Rules) -> Result<(), Error> {
    if rules.on_day.is_none() && rules.events.is_empty() && rules.notice_days.is_none() {
        return Err(Error::field("due_on", Problem::Missing));
    }
    if rules.on_day.is_some_and(|day| !(2000..=2100).contains(&day.year())) {
        return Err(Error::field("due_on", Problem::Malformed));
    }
    sqlx::query!("delete from due_rule where loan_id = $1", loan.0).execute(tx.connection()).await?;
    if let Some(day) = rules.on_day {
        insert(tx, loan, "fixed", Some(day), None, None).await?;
    }
    for event in &rules.events {
        insert(tx, loan, "event", None, Some(*event), None).await?;
    }
    if let Some(notice) = rules.notice_days {
        if !(0..=366).contains(&notice) {
            return Err(Error::field("notice_days", Problem::Malformed));
        }
        insert(tx, loan, "indefinite", None, None, Some(notice)).await?;
    }
    Ok(())
}

/// Another rule beside those of a loan: a fixed last day.
pub(super) async fn add_fixed(tx: &mut Tx, loan: LoanId, day: Date) -> Result<(), Error> {
    insert(tx, loan, "fixed", Some(day), None, None).await
}

async fn insert(
    tx: &mut Tx,
    loan: LoanId,
    kind: &str,
    day: Option<Date>,
    event: Option<DueEventId>,
    notice: Option<i16>,
) -> Result<(), Error> {
    let (organisation, id) = (tx.organisation()?, base::id::row_id(tx.now()));
    let done = sqlx::query!(
        "insert into due_rule (id, organisation_id, loan_id, kind, on_day, event_id, notice_days) values ($1, $2, $3, $4, $5, $6, $7)",
        id,
        organisation.0,
        loan.0,
        kind,
        day,
        event.map(|id| id.0),
        notice,
    )
    .execute(tx.connection())
    .await;
    match done {
        Err(sqlx::Error::Database(refusal)) if refusal.is_foreign_key_violation() => {
            Err(Error::field("event", Problem::Unknown))
        }
        done => Ok(done.map(|_| ())?),
    }
}

/// A device that joins an agreement is due as those before it.
pub(super) async fn copy_of_agreement(tx: &mut Tx, id: AgreementId, loan: LoanId) -> Result<(), Error> {
    let rows = sqlx::query!(
        "select kind, on_day, event_id, notice_days from due_rule
         where loan_id = (select l.id from loan l where l.agreement_id = $1 and l.id <> $2 and l.cancelled_at is null
                          and exists (select 1 from due_rule r where r.loan_id = l.id) order by l.id limit 1)",
        id.0,
        loan.0
    )
    .fetch_all(tx.connection())
    .await?;
    for row in rows {
        insert(tx, loan, &row.kind, row.on_day, row.event_id.map(DueEventId), row.notice_days).await?;
    }
    Ok(())
}

pub(super) async fn loans_with_rules(tx: &mut Tx, id: AgreementId) -> Result<Vec<LoanId>, Error> {
    let ids = sqlx::query_scalar!(
        "select distinct r.loan_id from due_rule r join loan l on l.id = r.loan_id where l.agreement_id = $1",
        id.0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(ids.into_iter().map(LoanId).collect())
}

pub(super) async fn notice_of_agreement(tx: &mut Tx, id: AgreementId) -> Result<Option<i16>, Error> {
    Ok(sqlx::query_scalar!(
        "select max(r.notice_days) from due_rule r join loan l on l.id = r.loan_id where l.agreement_id = $1",
        id.0
    )
    .fetch_one(tx.connection())
    .await?)
}

pub(super) async fn of_loan_is_missing(tx: &mut Tx, loan: LoanId) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select not exists (select 1 from due_rule where loan_id = $1) as "missing!""#,
        loan.0
    )
    .fetch_one(tx.connection())
    .await?)
}

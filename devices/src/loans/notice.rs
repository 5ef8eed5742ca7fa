//! Giving notice of a loan without end: it is due as many days from today as was agreed, its borrower is told, and the reminders
//! begin anew.

use base::mail::{self, Letter};
use base::{Tx, audit};
use identity::{DeviceClerk, DevicesReader, day};
use serde_json::json;
use time::{Date, Duration};

use super::{due, remind, thing};
use crate::custody::{self, Kind};
use crate::{Error, LoanId};

/// A notice, as its letter says it.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The agreement's number.
    pub number: String,
    /// The receiver's address; `None` when nobody of the agreement has one, and a letter on paper is due.
    pub email: Option<String>,
    /// The receiver's name.
    pub name: String,
    /// Their language: `pl`, `en` or `uk`.
    pub language: String,
    /// For whom the device is.
    pub who: String,
    /// Maker and model.
    pub model: String,
    /// Inventory number.
    pub inventory_no: String,
    /// The last day, in Warsaw.
    pub due_on: Date,
    /// Why notice is given.
    pub reason: String,
    /// Who lends.
    pub organisation: String,
}

/// The days of notice of an open loan, and its last day if notice were given today. Errors: `NoticeGiven` when it was given already and
/// stands; `NotFound` for another loan without such a term, one that is over, and what was given for good.
pub async fn terms_of_notice(tx: &mut Tx, _: &DevicesReader, loan: LoanId) -> Result<(i16, Date), Error> {
    term(tx, loan).await
}

async fn term(tx: &mut Tx, loan: LoanId) -> Result<(i16, Date), Error> {
    let organisation = tx.organisation()?;
    let days = sqlx::query_scalar!(
        r#"select max(r.notice_days) from due_rule r join loan l on l.id = r.loan_id join loan_agreement a on a.id = l.agreement_id
           where l.id = $1 and l.organisation_id = $2 and l.handed_over_at is not null and l.returned_at is null
             and a.kind <> 'donation'"#,
        loan.0,
        organisation.0,
    )
    .fetch_one(tx.connection())
    .await?;
    match (days, standing(tx, loan).await?) {
        (Some(days), _) => Ok((days, day::today(tx).await?.saturating_add(Duration::days(i64::from(days))))),
        (None, Some(given)) => Err(Error::NoticeGiven { on: given.on, until: given.until }),
        (None, None) => Err(Error::NotFound),
    }
}

/// Gives notice: the loan is due when its days of notice are over, or when an earlier rule of it says so. `write` makes the letter,
/// which stands for the reminders that would be due by now.
///
/// Errors: `NoticeGiven` and `NotFound` as of [`terms_of_notice`]; `Invalid` on `reason`.
pub async fn give_notice(
    tx: &mut Tx,
    _: &DeviceClerk,
    loan: LoanId,
    reason: &str,
    write: &(impl Fn(&Notice) -> Letter + Sync),
) -> Result<Date, Error> {
    let reason = due::reason(reason)?;
    let organisation = tx.organisation()?;
    // Held first: of two who give notice at once the second finds that it was given.
    let asset = thing::hold_of_loan(tx, loan).await?;
    sqlx::query_scalar!(
        "select id from loan where id = $1 and handed_over_at is not null and returned_at is null for no key update",
        loan.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let (days, ends) = term(tx, loan).await?;
    let row = sqlx::query!(
        "update loan set due_version = due_version + 1 where id = $1 returning due_version, due_on",
        loan.0
    )
    .fetch_one(tx.connection())
    .await?;
    sqlx::query!("delete from due_rule where loan_id = $1 and kind = 'indefinite'", loan.0)
        .execute(tx.connection())
        .await?;
    due::add_fixed(tx, loan, ends).await?;
    remind::over(tx, &[loan.0]).await?;
    let becomes = due::due_on(tx, loan).await?.unwrap_or(ends);
    let changed = json!({ "version": row.due_version, "was": row.due_on.map(day::written), "becomes": day::written(becomes),
                          "notice_days": days });
    let mut detail = changed.clone();
    (detail["loan"], detail["reason"]) = (json!(loan), json!(reason));
    let at = tx.now();
    custody::record(tx, asset, at, Kind::DueChanged, detail).await?;
    audit::record(tx, "gave_notice", "loan", loan.0, changed).await?;
    let notice = read(tx, loan, becomes, reason).await?;
    let today = day::today(tx).await?;
    let steps = remind::STEPS;
    let told =
        steps.iter().rev().find(|step| becomes.saturating_add(Duration::days(i64::from(**step))) <= today);
    if let Some(step) = told {
        sqlx::query!(
            "insert into reminder_sent (organisation_id, loan_id, due_version, step, sent_to) values ($1, $2, $3, $4, $5)",
            organisation.0,
            loan.0,
            row.due_version,
            *step,
            notice.email,
        )
        .execute(tx.connection())
        .await?;
    }
    if notice.email.is_some() {
        let key = format!("notice {loan} {}", row.due_version);
        mail::post(tx, &key, &write(&notice)).await?;
    }
    Ok(becomes)
}

/// The notice that the present last day of a loan came of, for a letter on paper; `None` when it came of something else.
pub async fn notice_of(tx: &mut Tx, _: &DevicesReader, loan: LoanId) -> Result<Option<Notice>, Error> {
    match standing(tx, loan).await? {
        Some(given) => Ok(Some(read(tx, loan, given.until, &given.reason).await?)),
        None => Ok(None),
    }
}

/// A notice that stands.
struct Standing {
    on: Date,
    until: Date,
    reason: String,
}

/// That of an open loan, when its present last day came of one.
async fn standing(tx: &mut Tx, loan: LoanId) -> Result<Option<Standing>, Error> {
    let organisation = tx.organisation()?;
    let row = sqlx::query!(
        r#"select (e.at at time zone 'Europe/Warsaw')::date as "on!", l.due_on as "until!", coalesce(e.detail ->> 'reason', '') as "reason!"
           from loan l join custody_event e on e.asset_id = l.asset_id and e.kind = 'due_changed'
             and e.detail ->> 'loan' = l.id::text and e.detail ? 'notice_days' and e.detail ->> 'version' = l.due_version::text
           where l.id = $1 and l.organisation_id = $2 and l.returned_at is null and l.due_on is not null
           order by e.number desc limit 1"#,
        loan.0,
        organisation.0,
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| Standing { on: row.on, until: row.until, reason: row.reason }))
}

async fn read(tx: &mut Tx, loan: LoanId, due_on: Date, reason: &str) -> Result<Notice, Error> {
    let row = sqlx::query!(
        r#"select a.number, s.inventory_no, k.name || ' ' || m.name as "model!", o.name as organisation,
                  coalesce((select t.name from loan_party t where t.agreement_id = a.id and t.role = 'beneficiary' order by t.id limit 1),
                           '') as "who!",
                  r.email as "email?", r.name as "name?", r.language as "language?"
           from loan l join loan_agreement a on a.id = l.agreement_id join asset s on s.id = l.asset_id
             join asset_model m on m.id = s.model_id join maker k on k.id = s.maker_id
             join organisation o on o.id = l.organisation_id left join loan_receiver r on r.loan_id = l.id
           where l.id = $1"#,
        loan.0
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(Notice {
        number: row.number,
        email: row.email,
        name: row.name.unwrap_or_default(),
        language: row.language.unwrap_or_default(),
        who: row.who,
        model: row.model,
        inventory_no: row.inventory_no,
        due_on,
        reason: reason.to_owned(),
        organisation: row.organisation,
    })
}

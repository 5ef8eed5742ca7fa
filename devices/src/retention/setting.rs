//! For how many months an organisation keeps each kind of file, and whether what is due is blanked without a person.
//!
//! Six years for loans are the general term for claims, to the end of the calendar year (art. 118 KC). The lender's claim for
//! damage ends a year after the return (art. 719 KC), books of accounts are kept for five years (art. 74 of the act on
//! accounting), so six years are enough for both; an office's own archive plan may say otherwise.

use base::{Tx, audit};
use identity::{DevicesReader, FieldProblem, PeopleAdmin, Problem};
use serde_json::json;

use crate::Error;

/// Longest period, in months.
pub const MONTHS_MOST: i32 = 600;

/// Periods in months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Of an agreement with all that hangs on it, after its end.
    pub loan_months: i32,
    /// Of an application that came to nothing, and of an agreement under which nothing was handed over.
    pub application_months: i32,
    /// Of a note about a device that belongs to no agreement.
    pub note_months: i32,
    /// Whether the daily worker blanks what is due, without a person who confirms it.
    pub automatic: bool,
}

/// The organisation's periods; the usual ones before it has chosen any. Errors: `NotFound` without an organisation.
pub async fn read(tx: &mut Tx, _: &DevicesReader) -> Result<Setting, Error> {
    load(tx).await
}

async fn load(tx: &mut Tx) -> Result<Setting, Error> {
    let organisation = tx.organisation()?;
    let row = sqlx::query!(
        r#"select loan_months as "loan!", application_months as "application!", note_months as "note!", automatic as "automatic!"
           from retention_rule where organisation_id = $1"#,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Setting {
        loan_months: row.loan,
        application_months: row.application,
        note_months: row.note,
        automatic: row.automatic,
    })
}

/// Chooses periods; the audit says what they were before.
///
/// Errors: `Invalid` on `loan_months`, `application_months`, `note_months` for less than one or more than `MONTHS_MOST`.
pub async fn save(tx: &mut Tx, _: &PeopleAdmin, new: &Setting) -> Result<(), Error> {
    let periods = [
        ("loan_months", new.loan_months),
        ("application_months", new.application_months),
        ("note_months", new.note_months),
    ];
    let problems: Vec<_> = periods
        .into_iter()
        .filter(|(_, months)| !(1..=MONTHS_MOST).contains(months))
        .map(|(field, _)| FieldProblem { field, problem: Problem::Malformed })
        .collect();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let organisation = tx.organisation()?;
    let was = load(tx).await?;
    let small = |months: i32| i16::try_from(months).unwrap_or(i16::MAX);
    sqlx::query!(
        "insert into retention_setting (organisation_id, loan_months, application_months, note_months, automatic)
         values ($1, $2, $3, $4, $5)
         on conflict (organisation_id) do update set loan_months = excluded.loan_months,
           application_months = excluded.application_months, note_months = excluded.note_months, automatic = excluded.automatic",
        organisation.0,
        small(new.loan_months),
        small(new.application_months),
        small(new.note_months),
        new.automatic,
    )
    .execute(tx.connection())
    .await?;
    let told = |one: &Setting| {
        json!({ "loan": one.loan_months, "application": one.application_months, "note": one.note_months,
                "automatic": one.automatic })
    };
    let detail = json!({ "was": told(&was), "becomes": told(new) });
    Ok(audit::record(tx, "set_retention", "organisation", organisation.0, detail).await?)
}

//! A granted device: the agreement and the loan are prepared as for any other, and wait with a last day to collect it.

use base::mail::Letter;
use base::{PersonId, Tx, audit};
use identity::{DeviceClerk, Problem, day};
use serde_json::json;
use time::{Date, Month};

use super::decide::{self, Notice, Told};
use super::kind::State;
use super::list::{self, Application};
use super::rules::{self, Rules};
use crate::loans::agreement::{self, NewAgreement};
use crate::loans::due;
use crate::loans::kind::{AgreementKind, LoanKind};
use crate::loans::party::Whom;
use crate::register::find;
use crate::{AgreementId, ApplicationId, Error, LoanId, number};

/// The same day of the month so many months later; the last of the month where it has no such day (art. 112 KC).
pub(super) fn months_later(from: Date, months: i16) -> Date {
    let count = i32::from(u8::from(from.month())) - 1 + i32::from(months);
    let month = u8::try_from(count.rem_euclid(12) + 1).ok().and_then(|month| Month::try_from(month).ok());
    let (year, month) = (from.year() + count.div_euclid(12), month.unwrap_or(Month::January));
    (28..=from.day())
        .rev()
        .chain([from.day().min(28)])
        .find_map(|day| Date::from_calendar_date(year, month, day).ok())
        .unwrap_or(from)
}

/// Prepares the scanned device for the one to whom it was granted, and tells them until when to collect it.
///
/// Errors: `NotFound`; `Stays` when it is not granted or a device waits already; `Excluded`; `HasPrimary`; `Reserved`;
/// `NotInStock`; `Invalid` on `code`, `signatory`.
pub async fn offer(
    tx: &mut Tx,
    proof: &DeviceClerk,
    id: ApplicationId,
    code: &str,
    write: &(impl Fn(&Notice) -> Letter + Sync),
) -> Result<AgreementId, Error> {
    if decide::hold(tx, id).await? != State::Granted {
        return Err(Error::Stays);
    }
    let by = tx.person()?;
    prepare(tx, proof, id, code, by, write).await
}

/// The same in the name of the one who wrote the decision down.
pub(super) async fn prepare(
    tx: &mut Tx,
    proof: &DeviceClerk,
    id: ApplicationId,
    code: &str,
    by: PersonId,
    write: &(impl Fn(&Notice) -> Letter + Sync),
) -> Result<AgreementId, Error> {
    let about = list::load_one(tx, id).await?;
    decide::may_have(tx, &about).await?;
    let asset = match find::scanned(tx, &proof.reader(), code).await {
        Err(Error::NotFound | Error::Ambiguous(_)) => return Err(Error::field("code", Problem::Unknown)),
        found => found?,
    };
    if !asset.is_free() {
        return Err(Error::NotInStock);
    }
    // An offer whose device was taken out of the agreement by hand makes room for this one.
    sqlx::query!(
        "update allocation o set ended_at = moment(), outcome = 'released' from loan l
         where o.application_id = $1 and o.ended_at is null and l.id = o.loan_id and l.cancelled_at is not null",
        id.0
    )
    .execute(tx.connection())
    .await?;
    let rules = rules::load(tx, about.programme).await?;
    let new = NewAgreement {
        kind: if rules.donation { AgreementKind::Donation } else { AgreementKind::Loan },
        programme: Some(about.programme),
        purpose: if rules.purpose.is_empty() {
            "nauka i rozwój umiejętności cyfrowych".to_owned()
        } else {
            rules.purpose.clone()
        },
        whom: Whom::Person {
            beneficiary: about.beneficiary.ok_or(Error::NotFound)?,
            signatory: about.applicant,
        },
    };
    let agreement = agreement::create_for(tx, proof, &new, by).await?;
    let kind = if rules.one_primary { LoanKind::Primary } else { LoanKind::Extra };
    let loan = agreement::add_item(tx, proof, agreement, &asset.label, kind).await?;
    let today = day::today(tx).await?;
    due::set_of_agreement(tx, proof, agreement, &last_day(&rules, today)).await?;
    let collect_by = today.saturating_add(time::Duration::days(i64::from(rules.collect_days)));
    insert(tx, &about, agreement, loan, collect_by).await?;
    decide::tell(tx, id, Told::Offered(collect_by), write).await?;
    audit::record(tx, "offered", "application", id.0, json!({ "loan": loan })).await?;
    Ok(agreement)
}

/// A loan is due when the device has served the programme; without such a day it ends with notice.
fn last_day(rules: &Rules, today: Date) -> due::Rules {
    let by_months = rules.durable_months.map(|months| months_later(today, months));
    let on_day = [by_months, rules.durable_until.filter(|day| *day > today)].into_iter().flatten().min();
    due::Rules { on_day, events: Vec::new(), notice_days: on_day.is_none().then_some(30) }
}

async fn insert(
    tx: &mut Tx,
    about: &Application,
    agreement: AgreementId,
    loan: LoanId,
    collect_by: Date,
) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let id = base::id::row_id(tx.now());
    sqlx::query!(
        "insert into allocation (id, organisation_id, application_id, agreement_id, loan_id, collect_by)
         values ($1, $2, $3, $4, $5, $6)",
        id,
        organisation.0,
        about.id.0,
        agreement.0,
        loan.0,
        collect_by,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The next number of an application in this year.
pub(super) async fn next_number(tx: &mut Tx) -> Result<String, Error> {
    let year = i16::try_from(day::today(tx).await?.year()).unwrap_or(i16::MAX);
    Ok(number::next(tx, "WN", year).await?)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::months_later;

    #[test]
    fn months_end_on_the_last_day_where_there_is_no_such_day() {
        assert_eq!(months_later(date!(2026 - 11 - 21), 24), date!(2028 - 11 - 21));
        assert_eq!(months_later(date!(2026 - 08 - 31), 6), date!(2027 - 02 - 28));
        assert_eq!(months_later(date!(2026 - 12 - 05), 1), date!(2027 - 01 - 05));
    }
}

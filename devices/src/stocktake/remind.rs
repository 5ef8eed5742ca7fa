//! Reminders of declarations that programmes ask for: 14 days before the day, on it, and 14 days after it. Each goes out once for
//! each day on which a declaration was due, none after it was made or the device came back. The row that says so, and the
//! letter, are one transaction. Those whom no e-mail reaches stand in a list for letters on paper.

use base::job::JobError;
use base::mail::{self, Letter};
use base::worker::Task;
use base::{Db, OrganisationId, Tx};
use identity::{DeviceClerk, DevicesReader, daily, day};
use time::Date;

use crate::{Error, LoanId};

// The next day brings up what could not be done.
pub use base::job::give_up;

/// The kind of the daily job.
pub const KIND: &str = "declaration_reminders";

/// Days after the day of the declaration on which a letter goes out; before it when below zero.
pub const STEPS: [i16; 3] = [-14, 0, 14];

/// A letter that is to be written.
#[derive(Clone, Debug)]
pub struct Reminder {
    /// The loan.
    pub loan: LoanId,
    /// The receiver's address; empty for a letter on paper.
    pub email: String,
    /// The receiver's name.
    pub name: String,
    /// Their language: `pl`, `en` or `uk`.
    pub language: String,
    /// Their postal address, as far as it is known.
    pub address: String,
    /// For whom the device is.
    pub who: String,
    /// Maker and model.
    pub model: String,
    /// Inventory number.
    pub inventory_no: String,
    /// Number of the agreement.
    pub agreement: String,
    /// The programme by its neutral name.
    pub programme: String,
    /// The day on which the declaration is due.
    pub due_on: Date,
    /// Days from today to that day; below zero: overdue.
    pub days: i32,
    /// Who asks.
    pub organisation: String,
}

/// Queues today's reminders of every organisation, once a day, from six in the morning in Warsaw.
pub async fn ask_daily(db: &Db) -> Result<(), sqlx::Error> {
    let (mut tx, free) = daily::not_asked(db, KIND, 6).await?;
    let organisations = sqlx::query_scalar!(
        "select o.id from unnest($1::uuid[]) o (id) where exists
           (select 1 from declaration_due d where d.organisation_id = o.id
            and d.due_on - 14 <= (moment() at time zone 'Europe/Warsaw')::date)",
        &free
    )
    .fetch_all(tx.connection())
    .await?;
    daily::queue(db, tx, KIND, organisations).await
}

/// The handler of `KIND`; `write` makes the letter.
pub async fn run<F>(write: F, task: Task) -> Result<(), JobError>
where
    F: Fn(&Reminder) -> Letter + Send + Sync,
{
    let mut tx = task.db.begin(&task.held.actor()).await?;
    send(&mut tx, &write).await?;
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Writes every letter of the organisation that is due today and was not sent; answers how many. After a day without the
/// program only the latest step is sent. Whoever is second waits for the first and then finds nothing to do.
pub async fn send(tx: &mut Tx, write: &(impl Fn(&Reminder) -> Letter + Sync)) -> Result<usize, sqlx::Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    // Held until the letters are queued, and before they are looked for: a declaration or a return at this moment comes
    // before or after, never between.
    sqlx::query_scalar!(
        "select l.id from loan l where l.organisation_id = $1 and l.handed_over_at is not null and l.returned_at is null
           and exists (select 1 from declaration_due d where d.loan_id = l.id and d.due_on - 14 <= $2)
         order by l.id for share of l",
        organisation.0,
        today
    )
    .fetch_all(tx.connection())
    .await?;
    let mut sent = 0;
    for (step, reminder) in letters(tx, organisation, today, None).await? {
        let address = (!reminder.email.is_empty()).then_some(reminder.email.as_str());
        let fresh = sqlx::query!(
            "insert into declaration_reminder (organisation_id, loan_id, due_on, step, sent_to) values ($1, $2, $3, $4, $5)
             on conflict do nothing",
            organisation.0,
            reminder.loan.0,
            reminder.due_on,
            step,
            address,
        )
        .execute(tx.connection())
        .await?
        .rows_affected();
        if (fresh, address.is_some()) == (1, true) {
            let key = format!("declaration {} {} {step}", reminder.loan, reminder.due_on);
            mail::post(tx, &key, &write(&reminder)).await?;
            sent += 1;
        }
    }
    Ok(sent)
}

/// The letters of today that were not sent; of one loan, the letter as it would be written today, sent or not.
///
/// A minor's letter goes to who speaks for them today, whoever signed; from the eighteenth birthday on it is their own.
async fn letters(
    tx: &mut Tx,
    organisation: OrganisationId,
    today: Date,
    only: Option<LoanId>,
) -> Result<Vec<(i16, Reminder)>, sqlx::Error> {
    let steps = STEPS.to_vec();
    let rows = sqlx::query!(
        r#"select l.id as "id!", d.due_on as "due_on!", d.due_on - $2::date as "days!", coalesce(x.step, -14::smallint) as "step!",
                  s.inventory_no as "inventory_no!", k.name || ' ' || m.name as "model!", o.name as "organisation!",
                  a.number as "number!", g.neutral_name as "neutral_name!",
                  coalesce((select t.name from loan_party t where t.agreement_id = a.id and t.role = 'beneficiary'
                            order by t.id limit 1), '') as "who!",
                  coalesce(r.email, '') as "email!", coalesce(r.name, '') as "name!", coalesce(r.address, '') as "address!",
                  coalesce(r.language, 'pl') as "language!"
           from declaration_due d join loan l on l.id = d.loan_id join loan_agreement a on a.id = l.agreement_id
             join programme g on g.id = a.programme_id join asset s on s.id = l.asset_id
             join asset_model m on m.id = s.model_id join maker k on k.id = s.maker_id join organisation o on o.id = $1
             cross join lateral (select max(step) as step from unnest($3::smallint[]) step
                                 where d.due_on + step <= $2::date and d.due_on + step >= d.since) x
             left join loan_receiver r on r.loan_id = l.id
           where d.organisation_id = $1
             and case when $4::uuid is null then x.step is not null and not exists
                   (select 1 from declaration_reminder e where e.loan_id = l.id and e.due_on = d.due_on and e.step >= x.step)
                 else l.id = $4 end
           order by l.id"#,
        organisation.0,
        today,
        &steps,
        only.map(|id| id.0),
    )
    .fetch_all(tx.connection())
    .await?;
    let letter = rows.into_iter().map(|row| {
        let reminder = Reminder {
            loan: LoanId(row.id),
            email: row.email,
            name: row.name,
            language: row.language,
            address: row.address,
            who: row.who,
            model: row.model,
            inventory_no: row.inventory_no,
            agreement: row.number,
            programme: row.neutral_name,
            due_on: row.due_on,
            days: row.days,
            organisation: row.organisation,
        };
        (row.step, reminder)
    });
    Ok(letter.collect())
}

/// The letter of one loan as it would be written today, to be printed. Errors: `NotFound` where no declaration is asked for.
pub async fn letter(tx: &mut Tx, _: &DeviceClerk, loan: LoanId) -> Result<Reminder, Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let (_, letter) = letters(tx, organisation, today, Some(loan)).await?.pop().ok_or(Error::NotFound)?;
    Ok(letter)
}

/// Loans whose declaration is due and whose letter no e-mail took: it goes on paper. The earliest day first.
pub async fn on_paper(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<super::Due>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select l.id as "id!", s.inventory_no as "inventory_no!", k.name || ' ' || m.name as "model!", d.due_on as "due_on!",
                  coalesce((select t.name from loan_party t where t.agreement_id = l.agreement_id and t.role = 'beneficiary'
                            order by t.id limit 1), '') as "who!"
           from declaration_due d join loan l on l.id = d.loan_id join asset s on s.id = l.asset_id
             join asset_model m on m.id = s.model_id join maker k on k.id = s.maker_id
           where d.organisation_id = $1
             and (select e.sent_to is null from declaration_reminder e where e.loan_id = l.id and e.due_on = d.due_on
                  order by e.step desc limit 1)
           order by d.due_on, l.id limit 500"#,
        organisation.0,
    )
    .fetch_all(tx.connection())
    .await?;
    let due = rows.into_iter().map(|row| super::Due {
        loan: LoanId(row.id),
        inventory_no: row.inventory_no,
        model: row.model,
        who: row.who,
        due_on: row.due_on,
    });
    Ok(due.collect())
}

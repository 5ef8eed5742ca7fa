//! Reminders: 30 and 7 days before the last day, on it, and 7, 14 and 30 days after it. Each goes out once for each loan
//! and each time it was due, none after the return. A minor's letter goes to who speaks for them today, whoever signed. The row
//! that says so, and the letter, are one transaction.

use base::job::JobError;
use base::mail::{self, Letter};
use base::worker::Task;
use base::{Db, Tx};
use identity::{daily, day};
use time::Date;
use uuid::Uuid;

use crate::LoanId;

// The next day brings up what could not be done.
pub use base::job::give_up;

/// The kind of the daily job.
pub const KIND: &str = "loan_reminders";

/// Days after the last day on which a letter goes out; before it when below zero.
pub const STEPS: [i16; 6] = [-30, -7, 0, 7, 14, 30];

/// A letter that is to be written.
#[derive(Clone, Debug)]
pub struct Reminder {
    /// The loan.
    pub loan: LoanId,
    /// Which of `STEPS`.
    pub step: i16,
    /// The receiver's address.
    pub email: String,
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
    /// The last day.
    pub due_on: Date,
    /// Days from today to the last day; below zero: overdue.
    pub days: i32,
    /// Who lends.
    pub organisation: String,
}

/// Queues today's reminders of every organisation, once a day, from six in the morning in Warsaw.
pub async fn ask_daily(db: &Db) -> Result<(), sqlx::Error> {
    let (mut tx, free) = daily::not_asked(db, KIND, 6).await?;
    let organisations = sqlx::query_scalar!(
        "select o.id from unnest($1::uuid[]) o (id) where exists
           (select 1 from loan l where l.organisation_id = o.id and l.handed_over_at is not null and l.returned_at is null)",
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
    let steps = STEPS.to_vec();
    let due = sqlx::query!(
        r#"with l as (
             -- Held until the letters are queued, so that a return at this moment comes before or after, never between.
             select id, agreement_id, asset_id, beneficiary_id, due_version, handed_over_at from loan
             where organisation_id = $1 and handed_over_at is not null and returned_at is null order by id for share)
           select l.id as "id!", l.due_version as "version!", d.due_on as "due_on!", d.due_on - $2::date as "days!",
                  x.step as "step!", s.inventory_no as "inventory_no!", k.name || ' ' || m.name as "model!", o.name as "organisation!",
                  coalesce((select t.name from loan_party t where t.agreement_id = l.agreement_id and t.role = 'beneficiary'
                            order by t.id limit 1), '') as "who!",
                  r.email as "email?", r.name as "name?", r.language as "language?"
           from l join loan_due d on d.loan_id = l.id join asset s on s.id = l.asset_id join asset_model m on m.id = s.model_id
             join maker k on k.id = s.maker_id join organisation o on o.id = $1
             cross join lateral (select max(step) as step from unnest($3::smallint[]) step
                                 where d.due_on + step <= $2::date
                                   and d.due_on + step >= (l.handed_over_at at time zone 'Europe/Warsaw')::date) x
             left join loan_receiver r on r.loan_id = l.id
           where x.step is not null
             and not exists (select 1 from reminder_sent e where e.loan_id = l.id and e.due_version = l.due_version and e.step >= x.step)"#,
        organisation.0,
        today,
        &steps,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut sent = 0;
    for row in due {
        let fresh = sqlx::query!(
            "insert into reminder_sent (organisation_id, loan_id, due_version, step, sent_to) values ($1, $2, $3, $4, $5)
             on conflict do nothing",
            organisation.0,
            row.id,
            row.version,
            row.step,
            row.email,
        )
        .execute(tx.connection())
        .await?
        .rows_affected();
        let (1, Some(email)) = (fresh, row.email) else { continue };
        let reminder = Reminder {
            loan: LoanId(row.id),
            step: row.step,
            email,
            name: row.name.unwrap_or_default(),
            language: row.language.unwrap_or_default(),
            who: row.who,
            model: row.model,
            inventory_no: row.inventory_no,
            due_on: row.due_on,
            days: row.days,
            organisation: row.organisation,
        };
        mail::post(tx, &key(row.id, row.version, row.step), &write(&reminder)).await?;
        sent += 1;
    }
    Ok(sent)
}

/// What names the letter of a step.
fn key(loan: Uuid, version: i32, step: i16) -> String {
    format!("reminder {loan} {version} {step}")
}

/// Keeps reminders of these loans from going out when they still wait: the loan is over, or due on another day or none.
pub(super) async fn over(tx: &mut Tx, loans: &[Uuid]) -> Result<(), sqlx::Error> {
    let sent =
        sqlx::query!("select loan_id, due_version, step from reminder_sent where loan_id = any($1)", loans)
            .fetch_all(tx.connection())
            .await?;
    let keys: Vec<String> = sent.iter().map(|row| key(row.loan_id, row.due_version, row.step)).collect();
    mail::take_back(tx, &keys).await
}

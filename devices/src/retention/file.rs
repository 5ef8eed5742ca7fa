//! Files with names and their clocks: an agreement with all that hangs on it, an application that came to nothing, a note about a
//! device that belongs to no agreement. The clocks are computed by the view `retention_file`.

use base::Tx;
use identity::{DevicesReader, day};
use time::{Date, OffsetDateTime};

use super::FileId;
use crate::loans::kind::words;
use crate::{AgreementId, Error};

words!(
    /// What a file is.
    FileKind {
        /// An agreement with its parties, protocols, documents, photographs, loans and incidents.
        Loan = "loan",
        /// An application that came to nothing.
        Application = "application",
        /// A note about a device that belongs to no agreement: a finder's, of damage in stock.
        Note = "note",
    }
);
words!(
    /// Why a clock does not run.
    Stands {
        /// A device is not back.
        Lent = "lent",
        /// A device waits to be collected.
        Waiting = "waiting",
        /// Something that went along is owed.
        Owed = "owed",
        /// An incident or its repair is open.
        Incident = "incident",
        /// It was granted: it goes with its agreement.
        Granted = "granted",
        /// It was not decided.
        Undecided = "undecided",
    }
);

/// A file.
#[derive(Clone, Debug)]
pub struct File {
    /// What it is.
    pub kind: FileKind,
    /// The agreement, application or incident.
    pub id: FileId,
    /// The number of the agreement or application, the inventory number of a note's device.
    pub number: String,
    /// Why its clock does not run; `None` when it runs.
    pub stands: Option<Stands>,
    /// The day since which it runs.
    pub ended_on: Option<Date>,
    /// The last day on which it is kept.
    pub kept_until: Option<Date>,
    /// Somebody holds it.
    pub held: bool,
    /// When it was blanked.
    pub anonymised_at: Option<OffsetDateTime>,
    /// It may be blanked today.
    pub due: bool,
}

/// One file. Errors: `NotFound`.
pub async fn one(tx: &mut Tx, _: &DevicesReader, id: FileId) -> Result<File, Error> {
    load(tx, Some(id), 1).await?.pop().ok_or(Error::NotFound)
}

/// The file of an agreement. Errors: `NotFound`.
pub async fn of_agreement(tx: &mut Tx, proof: &DevicesReader, id: AgreementId) -> Result<File, Error> {
    one(tx, proof, FileId(id.0)).await
}

/// Files that may be blanked today, those that ended first at the top.
pub async fn due(tx: &mut Tx, _: &DevicesReader, most: i64) -> Result<Vec<File>, Error> {
    load(tx, None, most).await
}

pub(super) async fn load(tx: &mut Tx, only: Option<FileId>, most: i64) -> Result<Vec<File>, Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let rows = sqlx::query!(
        r#"select * from (
             select kind as "kind!", id as "id!", number as "number!", stands, ended_on, kept_until, held as "held!", anonymised_at,
                    coalesce(kept_until < $2 and stands is null and not held and anonymised_at is null, false) as "due!"
             from retention_file
             where organisation_id = $1 and ($3::uuid is null or id = $3)) f
           where $3::uuid is not null or f."due!" order by f.ended_on, f."number!", f."id!" limit $4"#,
        organisation.0,
        today,
        only.map(|id| id.0),
        most,
    )
    .fetch_all(tx.connection())
    .await?;
    let file = rows.into_iter().filter_map(|row| {
        Some(File {
            kind: FileKind::from_word(&row.kind)?,
            id: FileId(row.id),
            number: row.number,
            stands: row.stands.as_deref().and_then(Stands::from_word),
            ended_on: row.ended_on,
            kept_until: row.kept_until,
            held: row.held,
            anonymised_at: row.anonymised_at,
            due: row.due,
        })
    });
    Ok(file.collect())
}

/// Files of one kind, counted.
#[derive(Clone, Debug)]
pub struct Count {
    /// The kind.
    pub kind: FileKind,
    /// May be blanked today.
    pub due: i64,
    /// May be blanked later this year.
    pub this_year: i64,
    /// Run, and are due in another year.
    pub running: i64,
    /// Do not run: lent, owed, open.
    pub standing: i64,
    /// Held.
    pub held: i64,
    /// Blanked.
    pub done: i64,
}

/// How many files of each kind there are.
pub async fn counts(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<Count>, Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let rows = sqlx::query!(
        r#"with f as (
             select kind, case when anonymised_at is not null then 'done' when held then 'held' when stands is not null then 'stands'
                               when kept_until < $2 then 'due'
                               when extract(year from kept_until + 1) = extract(year from $2::date) then 'year' else 'runs' end as how
             from retention_file where organisation_id = $1)
           select kind as "kind!", count(*) filter (where how = 'due') as "due!", count(*) filter (where how = 'year') as "year!",
                  count(*) filter (where how = 'runs') as "runs!", count(*) filter (where how = 'stands') as "stands!",
                  count(*) filter (where how = 'held') as "held!", count(*) filter (where how = 'done') as "done!"
           from f group by kind"#,
        organisation.0,
        today,
    )
    .fetch_all(tx.connection())
    .await?;
    let count = FileKind::ALL.iter().map(|kind| {
        let row = rows.iter().find(|row| row.kind == kind.word());
        Count {
            kind: *kind,
            due: row.map_or(0, |row| row.due),
            this_year: row.map_or(0, |row| row.year),
            running: row.map_or(0, |row| row.runs),
            standing: row.map_or(0, |row| row.stands),
            held: row.map_or(0, |row| row.held),
            done: row.map_or(0, |row| row.done),
        }
    });
    Ok(count.collect())
}

/// Files by year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    /// The year.
    pub year: i32,
    /// Blanked in it.
    pub done: i64,
    /// May be blanked from a day of it on, and are not yet.
    pub due: i64,
}

/// How many files were blanked in each year, and in which they become due; those due in earlier years count for this one.
pub async fn years(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<Year>, Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let rows = sqlx::query!(
        r#"select year as "year!", count(*) filter (where done) as "done!", count(*) filter (where not done) as "due!"
           from (
             select anonymised_at is not null as done,
                    extract(year from case when anonymised_at is not null then warsaw_day(anonymised_at)
                                           else greatest(kept_until + 1, $2::date) end)::int as year
             from retention_file where organisation_id = $1 and (anonymised_at is not null or stands is null)) f
           group by year order by year"#,
        organisation.0,
        today,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| Year { year: row.year, done: row.done, due: row.due }).collect())
}

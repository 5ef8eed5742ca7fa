//! Things that end: the term of the council, a mandate, a school year. One edit of such an event moves every loan that is
//! tied to it; who asks first sees which.

use base::{PersonId, Tx, audit};
use identity::{DeviceClerk, DevicesReader, PeopleAdmin, Problem, day};
use serde_json::json;
use time::Date;

use super::kind::EventKind;
use super::{remind, thing};
use crate::custody::{self, Kind};
use crate::retention::REMOVED;
use crate::{AssetId, DueEventId, Error, LoanId};

/// Something that ends.
#[derive(Clone, Debug)]
pub struct DueEvent {
    /// Its id.
    pub id: DueEventId,
    /// What it is.
    pub kind: EventKind,
    /// Its name.
    pub name: String,
    /// Whose it is, with their name: one person's mandate, one pupil's time at the school.
    pub person: Option<(PersonId, String)>,
    /// The last day, in Warsaw.
    pub ends_on: Option<Date>,
    /// One higher with every change.
    pub version: i32,
    /// Loans that are tied to it and not over.
    pub loans: i64,
}

/// A loan whose last day an edit would move.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The loan.
    pub loan: LoanId,
    /// Inventory number.
    pub inventory_no: String,
    /// Who has the device or will have it.
    pub who: String,
    /// The last day now.
    pub was: Option<Date>,
    /// The last day after the edit.
    pub becomes: Option<Date>,
    asset: AssetId,
    handed_over: bool,
}

/// Every event, those that end first at the top.
pub async fn all(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<DueEvent>, Error> {
    load(tx, None).await
}

/// One event. Errors: `NotFound`.
pub async fn one(tx: &mut Tx, _: &DevicesReader, id: DueEventId) -> Result<DueEvent, Error> {
    load(tx, Some(id)).await?.pop().ok_or(Error::NotFound)
}

async fn load(tx: &mut Tx, only: Option<DueEventId>) -> Result<Vec<DueEvent>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select e.id, e.kind, e.name, e.ends_on, e.version, p.id as "person?", p.given_name || ' ' || p.family_name as "whose?",
                  (select count(distinct l.id) from due_rule r join loan l on l.id = r.loan_id
                   where r.event_id = e.id and l.returned_at is null and l.cancelled_at is null) as "loans!"
           from due_event e left join person p on p.id = e.person_id
           where e.organisation_id = $1 and ($2::uuid is null or e.id = $2)
             -- What is left of an erased person stands in no list, unless devices still wait for it.
             and ($2::uuid is not null or e.name <> data_removed()
                  or exists (select from due_rule r join loan l on l.id = r.loan_id
                             where r.event_id = e.id and l.returned_at is null and l.cancelled_at is null))
           order by e.ends_on nulls last, e.name collate "pl-x-icu""#,
        organisation.0,
        only.map(|id| id.0),
    )
    .fetch_all(tx.connection())
    .await?;
    let event = rows.into_iter().map(|row| DueEvent {
        id: DueEventId(row.id),
        kind: EventKind::from_word(&row.kind).unwrap_or(EventKind::Other),
        name: row.name,
        person: row.person.map(PersonId).zip(row.whose),
        ends_on: row.ends_on,
        version: row.version,
        loans: row.loans,
    });
    Ok(event.collect())
}

/// Makes an event, of one person or of nobody in particular. Errors: `Invalid` on `name`, and on `person` for one who is not of the
/// organisation.
pub async fn create(
    tx: &mut Tx,
    _: &DeviceClerk,
    kind: EventKind,
    name: &str,
    person: Option<PersonId>,
    ends_on: Option<Date>,
) -> Result<DueEventId, Error> {
    let name = named(name)?;
    let (organisation, id) = (tx.organisation()?, DueEventId::new(tx.now()));
    let made = sqlx::query!(
        "insert into due_event (id, organisation_id, kind, name, person_id, ends_on) values ($1, $2, $3, $4, $5, $6)",
        id.0,
        organisation.0,
        kind.word(),
        name,
        person.map(|id| id.0),
        ends_on,
    )
    .execute(tx.connection())
    .await;
    match made {
        Err(sqlx::Error::Database(refusal)) if refusal.is_foreign_key_violation() => {
            return Err(Error::field("person", Problem::Unknown));
        }
        made => made?,
    };
    // Not its name: that of a mandate tells of a person, and the audit stays.
    audit::record(tx, "created", "due_event", id.0, json!({})).await?;
    Ok(id)
}

fn named(name: &str) -> Result<&str, Error> {
    match name.trim().chars().count() {
        0 => Err(Error::field("name", Problem::Missing)),
        201.. => Err(Error::field("name", Problem::TooLong(200))),
        _ => Ok(name.trim()),
    }
}

/// Takes the names of events of a person away who was erased (art. 17 RODO): they tell of them. The days stay, because loans end by them.
pub async fn forget_names(tx: &mut Tx, _: &PeopleAdmin, person: PersonId) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    sqlx::query!(
        "update due_event set name = $3, version = version + 1 where organisation_id = $1 and person_id = $2 and name <> $3",
        organisation.0,
        person.0,
        REMOVED,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The loans whose last day would move if the event ended on that day.
pub async fn moved(
    tx: &mut Tx,
    _: &DevicesReader,
    id: DueEventId,
    ends_on: Option<Date>,
) -> Result<Vec<Moved>, Error> {
    moves(tx, id, ends_on).await
}

async fn moves(tx: &mut Tx, id: DueEventId, ends_on: Option<Date>) -> Result<Vec<Moved>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select * from (
             select l.id as "id!", l.asset_id as "asset!", s.inventory_no as "inventory_no!", l.handed_over_at is not null as "handed_over!",
                    coalesce((select name from loan_party t where t.agreement_id = l.agreement_id and t.role = 'beneficiary'
                              order by t.id limit 1), '') as "who!",
                    d.due_on as was,
                    (select min(case when r.event_id = $2 then $3::date else coalesce(r.on_day, e.ends_on) end)
                     from due_rule r left join due_event e on e.id = r.event_id where r.loan_id = l.id) as becomes
             from loan l join asset s on s.id = l.asset_id join loan_due d on d.loan_id = l.id
               join loan_agreement a on a.id = l.agreement_id and a.kind <> 'donation'
             where l.organisation_id = $1 and l.returned_at is null and l.cancelled_at is null
               and exists (select 1 from due_rule r where r.loan_id = l.id and r.event_id = $2)) x
           where was is distinct from becomes order by 5, 3"#,
        organisation.0,
        id.0,
        ends_on,
    )
    .fetch_all(tx.connection())
    .await?;
    let one = rows.into_iter().map(|row| Moved {
        loan: LoanId(row.id),
        inventory_no: row.inventory_no,
        who: row.who,
        was: row.was,
        becomes: row.becomes,
        asset: AssetId(row.asset),
        handed_over: row.handed_over,
    });
    Ok(one.collect())
}

/// Changes name and last day, and with it every loan tied to the event; answers how many moved.
///
/// Errors: `NotFound`; `ChangedMeanwhile`; `Invalid` on `name`.
pub async fn change(
    tx: &mut Tx,
    _: &DeviceClerk,
    id: DueEventId,
    version: i32,
    name: &str,
    ends_on: Option<Date>,
) -> Result<usize, Error> {
    let (name, organisation) = (named(name)?, tx.organisation()?);
    let now = sqlx::query_scalar!(
        "select version from due_event where id = $1 and organisation_id = $2 for update",
        id.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    if now != version {
        return Err(Error::ChangedMeanwhile(now));
    }
    let lent = moves(tx, id, ends_on).await?.into_iter().filter(|one| one.handed_over);
    let things: Vec<_> = lent.map(|one| one.asset).collect();
    thing::hold(tx, &things).await?;
    // Read after they are held: what has come back in the meantime does not move.
    let moved = moves(tx, id, ends_on).await?;
    sqlx::query!(
        "update due_event set name = $2, ends_on = $3, version = version + 1 where id = $1",
        id.0,
        name,
        ends_on
    )
    .execute(tx.connection())
    .await?;
    let ids: Vec<_> = moved.iter().map(|one| one.loan.0).collect();
    sqlx::query!("update loan set due_version = due_version + 1 where id = any($1)", &ids)
        .execute(tx.connection())
        .await?;
    remind::over(tx, &ids).await?;
    let at = tx.now();
    for one in moved.iter().filter(|one| one.handed_over) {
        let detail = json!({ "loan": one.loan, "event": id, "was": one.was.map(day::written), "becomes": one.becomes.map(day::written) });
        custody::record(tx, one.asset, at, Kind::DueChanged, detail).await?;
    }
    let detail = json!({ "ends_on": ends_on.map(day::written), "moved": moved.len() });
    audit::record(tx, "changed", "due_event", id.0, detail).await?;
    Ok(moved.len())
}

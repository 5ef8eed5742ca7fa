//! Opening a stocktake freezes its sheet; a recount begins another round with the same sheet.

use base::{Tx, audit};
use identity::{DeviceClerk, DevicesReader, FieldProblem, OrgUnitId, Problem, day};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Error, PlaceId, StocktakeId, number};

/// A stocktake to be opened.
#[derive(Clone, Debug, Default)]
pub struct NewStocktake {
    /// Its name.
    pub name: String,
    /// Only what belongs there.
    pub place: Option<PlaceId>,
    /// Only what belongs to this unit.
    pub unit: Option<OrgUnitId>,
    /// The two who count.
    pub counters: [String; 2],
}

/// A stocktake.
#[derive(Clone, Debug)]
pub struct Stocktake {
    /// Its id.
    pub id: StocktakeId,
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Name of the place or unit; none for everything.
    pub of: Option<String>,
    /// The two who count.
    pub counters: [String; 2],
    /// 1, and one higher with every recount.
    pub round: i16,
    /// When it was opened.
    pub opened_at: OffsetDateTime,
    /// Who opened it.
    pub opened_by: String,
    /// When it was closed.
    pub closed_at: Option<OffsetDateTime>,
    /// Lines of its sheet.
    pub expected: i64,
    /// Lines that were found or declared.
    pub found: i64,
}

/// Opens a stocktake: what is on the books of the place, unit or organisation at this moment is its sheet.
///
/// Errors: `Invalid` on `name`, `counter_one`, `counter_two`, `place` (two bounds, or nothing to count there).
pub async fn open(tx: &mut Tx, _: &DeviceClerk, new: &NewStocktake) -> Result<StocktakeId, Error> {
    let [first, second] = [new.counters[0].trim(), new.counters[1].trim()];
    let mut problems = Vec::new();
    for (field, text) in [("name", new.name.trim()), ("counter_one", first), ("counter_two", second)] {
        let problem = match text.chars().count() {
            0 => Problem::Missing,
            201.. => Problem::TooLong(200),
            _ if text.chars().any(char::is_control) => Problem::Malformed,
            _ => continue,
        };
        problems.push(FieldProblem { field, problem });
    }
    if problems.is_empty() && first.to_lowercase() == second.to_lowercase() {
        problems.push(FieldProblem { field: "counter_two", problem: Problem::Taken });
    }
    if new.place.is_some() && new.unit.is_some() {
        problems.push(FieldProblem { field: "place", problem: Problem::Malformed });
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (organisation, by, id) = (tx.organisation()?, tx.person()?, StocktakeId::new(tx.now()));
    let year = i16::try_from(day::today(tx).await?.year()).unwrap_or(i16::MAX);
    let number = number::next(tx, "SPIS", year).await?;
    sqlx::query!(
        "insert into stocktake (id, organisation_id, number, name, place_id, unit_id, counter_one, counter_two, opened_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        organisation.0,
        number,
        new.name.trim(),
        new.place.map(|id| id.0),
        new.unit.map(|id| id.0),
        first,
        second,
        by.0,
    )
    .execute(tx.connection())
    .await
    .map_err(|error| match &error {
        sqlx::Error::Database(refusal) if refusal.is_foreign_key_violation() => Error::field("place", Problem::Unknown),
        _ => Error::from(error),
    })?;
    let lines = sqlx::query!(
        "insert into stocktake_line (organisation_id, stocktake_id, asset_id, inventory_no, inventory_key, serial, model, place, loan_id)
         select a.organisation_id, $2, a.id, a.inventory_no, a.inventory_key, a.serial, k.name || ' ' || m.name, p.name, l.id
         from asset a join asset_model m on m.id = a.model_id join maker k on k.id = a.maker_id left join place p on p.id = a.place_id
           left join loan l on l.asset_id = a.id and l.handed_over_at is not null and l.returned_at is null
         where a.organisation_id = $1 and a.state not in ('scrapped', 'donated', 'written_off', 'stolen')
           and ($3::uuid is null or a.place_id = $3) and ($4::uuid is null or a.owner_unit_id = $4)",
        organisation.0,
        id.0,
        new.place.map(|id| id.0),
        new.unit.map(|id| id.0),
    )
    .execute(tx.connection())
    .await?
    .rows_affected();
    if lines == 0 {
        return Err(Error::field("place", Problem::Missing));
    }
    audit::record(tx, "opened", "stocktake", id.0, json!({ "number": number, "lines": lines })).await?;
    Ok(id)
}

/// Stocktakes, open ones first, the newest at the top.
pub async fn all(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<Stocktake>, Error> {
    load(tx, None).await
}

/// One stocktake. Errors: `NotFound`.
pub async fn one(tx: &mut Tx, _: &DevicesReader, id: StocktakeId) -> Result<Stocktake, Error> {
    load(tx, Some(id.0)).await?.pop().ok_or(Error::NotFound)
}

async fn load(tx: &mut Tx, only: Option<Uuid>) -> Result<Vec<Stocktake>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select t.id, t.number, t.name, coalesce(p.name, u.name) as "of?", t.counter_one, t.counter_two, t.round, t.opened_at,
                  o.given_name || ' ' || o.family_name as "opened_by!", t.closed_at,
                  (select count(*) from stocktake_line l where l.stocktake_id = t.id) as "expected!",
                  (select count(*) from stocktake_line l where l.stocktake_id = t.id and exists
                    (select 1 from stocktake_scan s where s.stocktake_id = t.id and s.asset_id = l.asset_id)) as "found!"
           from stocktake t join person o on o.id = t.opened_by left join place p on p.id = t.place_id
             left join org_unit u on u.id = t.unit_id
           where t.organisation_id = $1 and ($2::uuid is null or t.id = $2)
           order by t.closed_at is not null, t.opened_at desc, t.id desc limit 200"#,
        organisation.0,
        only,
    )
    .fetch_all(tx.connection())
    .await?;
    let one = rows.into_iter().map(|row| Stocktake {
        id: StocktakeId(row.id),
        number: row.number,
        name: row.name,
        of: row.of,
        counters: [row.counter_one, row.counter_two],
        round: row.round,
        opened_at: row.opened_at,
        opened_by: row.opened_by,
        closed_at: row.closed_at,
        expected: row.expected,
        found: row.found,
    });
    Ok(one.collect())
}

/// Begins another round: what was not found is looked for again. Errors: `NotFound`, `Stays` when it is closed.
pub async fn recount(tx: &mut Tx, proof: &DeviceClerk, id: StocktakeId) -> Result<i16, Error> {
    one(tx, &proof.reader(), id).await?;
    let round = sqlx::query_scalar!(
        "update stocktake set round = least(round + 1, 20) where id = $1 returning round",
        id.0
    )
    .fetch_one(tx.connection())
    .await?;
    audit::record(tx, "recounted", "stocktake", id.0, json!({ "round": round })).await?;
    Ok(round)
}

//! Statistics for everybody: how many devices are lent, by programme, unit and kind. Only of an organisation that switched them on.
//!
//! A programme that would tell of somebody's life (foster care) stands in "other programmes", together with others, and counts
//! under five are not told: neither themselves nor by reckoning (`suppress`).

use base::{Actor, Db, OrganisationId, Tx, audit};
use identity::PeopleAdmin;
use serde_json::json;

use crate::error::Error;

mod fold;
pub mod suppress;

pub use fold::Name;
pub use suppress::Protected;

/// What everybody may know of an organisation's devices.
#[derive(Clone, Debug)]
pub struct Statistics {
    /// Name of the organisation.
    pub organisation: String,
    /// Programme by kind.
    pub programmes: Protected<Name>,
    /// Unit by kind.
    pub units: Protected<Name>,
}

/// Whether the organisation shows its statistics.
pub async fn is_on(tx: &mut Tx) -> Result<bool, Error> {
    let organisation = tx.organisation()?;
    let on = sqlx::query_scalar!(
        r#"select exists (select from public_statistics where organisation_id = $1) as "on!""#,
        organisation.0
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(on)
}

/// Shows the statistics to everybody.
pub async fn switch_on(tx: &mut Tx, _: &PeopleAdmin) -> Result<(), Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    sqlx::query!(
        "insert into public_statistics (organisation_id, switched_on_by) values ($1, $2) on conflict do nothing",
        organisation.0,
        person.0
    )
    .execute(tx.connection())
    .await?;
    Ok(audit::record(tx, "switched_on", "public_statistics", organisation.0, json!({})).await?)
}

/// Shows them to nobody.
pub async fn switch_off(tx: &mut Tx, _: &PeopleAdmin) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    sqlx::query!("delete from public_statistics where organisation_id = $1", organisation.0)
        .execute(tx.connection())
        .await?;
    Ok(audit::record(tx, "switched_off", "public_statistics", organisation.0, json!({})).await?)
}

/// The statistics of the organisation of that word in addresses.
///
/// Errors: `NotFound`, also when they are not switched on.
pub async fn public(db: &Db, slug: &str) -> Result<Statistics, Error> {
    let mut tx = db.begin(&Actor::installation("public statistics")).await?;
    let shown = sqlx::query!(
        "select o.id, o.name from organisation o join public_statistics s on s.organisation_id = o.id where o.slug = $1",
        slug
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    drop(tx);
    let mut tx = db.begin(&Actor::job("public statistics", OrganisationId(shown.id))).await?;
    count(&mut tx, shown.name).await
}

/// Counts what is lent now.
pub async fn count(tx: &mut Tx, organisation: String) -> Result<Statistics, Error> {
    let id = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select a.kind, g.neutral_name as "programme?", coalesce(g.sensitive, false) as "protected!", u.name as "unit?",
                  count(*) as "count!"
           from loan l join asset a on a.id = l.asset_id
           left join programme g on g.id = a.programme_id left join org_unit u on u.id = a.owner_unit_id
           where l.organisation_id = $1 and l.handed_over_at is not null and l.returned_at is null
           group by a.kind, g.id, g.neutral_name, g.sensitive, u.id, u.name"#,
        id.0
    )
    .fetch_all(tx.connection())
    .await?;
    let counted: Vec<fold::Counted> = rows
        .into_iter()
        .map(|row| fold::Counted {
            kind: row.kind,
            programme: row.programme,
            protected: row.protected,
            unit: row.unit,
            count: row.count,
        })
        .collect();
    let (programmes, units) = fold::tables(&counted);
    Ok(Statistics {
        organisation,
        programmes: suppress::protect(programmes),
        units: suppress::protect(units),
    })
}

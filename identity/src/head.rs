//! Heads of units: who sees how the people of a unit and of all below it do.

use base::{PersonId, Tx, audit};
use serde_json::json;
use uuid::Uuid;

use crate::OrgUnitId;
use crate::error::Error;
use crate::permit::PeopleAdmin;
use crate::session::SignedIn;

/// The head of a unit.
#[derive(Clone, Debug)]
pub struct Head {
    /// Who.
    pub person: PersonId,
    /// Family name and given name.
    pub name: String,
    /// Of which unit.
    pub unit: OrgUnitId,
}

/// Proof: may see how the people of these units do. Looked up anew with every request.
#[derive(Clone, Debug)]
pub struct Heading {
    units: Vec<OrgUnitId>,
    below: Vec<OrgUnitId>,
}

impl Heading {
    /// The units that the person is the head of.
    pub fn units(&self) -> &[OrgUnitId] {
        &self.units
    }

    /// The same with all below them.
    pub fn with_below(&self) -> &[OrgUnitId] {
        &self.below
    }
}

/// Every head of the organisation, by name.
pub async fn all(tx: &mut Tx, _: &PeopleAdmin) -> Result<Vec<Head>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select h.org_unit_id, p.id, p.family_name || ' ' || p.given_name as "name!" from unit_head h
             join person p on p.id = h.person_id
           where h.organisation_id = $1 order by p.family_name collate "pl-x-icu", p.given_name collate "pl-x-icu", p.login"#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    let head = rows.into_iter().map(|row| Head {
        person: PersonId(row.id),
        name: row.name,
        unit: OrgUnitId(row.org_unit_id),
    });
    Ok(head.collect())
}

/// What the signed-in person is the head of; `None` when of nothing.
pub async fn heading(tx: &mut Tx, me: &SignedIn) -> Result<Option<Heading>, Error> {
    let rows = sqlx::query!(
        r#"select h.unit_id as "unit!",
                  exists (select from unit_head d where d.person_id = $1 and d.org_unit_id = h.unit_id) as "direct!"
           from headed h where h.person_id = $1 and h.organisation_id = $2"#,
        me.person.0,
        me.organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let units = rows.iter().filter(|row| row.direct).map(|row| OrgUnitId(row.unit)).collect();
    let below = rows.iter().map(|row| OrgUnitId(row.unit)).collect();
    Ok(Some(Heading { units, below }))
}

/// Makes a person the head of a unit; being it already is fine. Errors: `NotFound` for a person or unit of others.
pub async fn appoint(tx: &mut Tx, _: &PeopleAdmin, unit: OrgUnitId, person: PersonId) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    sqlx::query_scalar!(
        "select u.id from org_unit u join person p on p.organisation_id = u.organisation_id
         where u.organisation_id = $1 and u.id = $2 and p.id = $3",
        organisation.0,
        unit.0,
        person.0,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let made = sqlx::query!(
        "insert into unit_head (organisation_id, org_unit_id, person_id) values ($1, $2, $3) on conflict do nothing",
        organisation.0,
        unit.0,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    if made.rows_affected() == 0 {
        return Ok(());
    }
    Ok(audit::record(tx, "appointed_head", "org_unit", unit.0, json!({ "person": person })).await?)
}

/// Ends it. Errors: `NotFound` when the person is not the head of the unit.
pub async fn dismiss(tx: &mut Tx, _: &PeopleAdmin, unit: OrgUnitId, person: PersonId) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let gone = sqlx::query!(
        "delete from unit_head where organisation_id = $1 and org_unit_id = $2 and person_id = $3",
        organisation.0,
        unit.0,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "dismissed_head", "org_unit", unit.0, json!({ "person": person })).await?)
}

/// A person goes from one unit to another: they are no longer the head of units that they left. Of a unit that holds both, or
/// neither, they stay the head.
pub(crate) async fn leave(
    tx: &mut Tx,
    person: PersonId,
    from: Option<Uuid>,
    to: Option<Uuid>,
) -> Result<(), Error> {
    let left = sqlx::query_scalar!(
        "with recursive above (id) as (
             select $2::uuid union select u.parent_id from org_unit u join above a on u.id = a.id where u.parent_id is not null),
           kept (id) as (
             select $3::uuid union select u.parent_id from org_unit u join kept k on u.id = k.id where u.parent_id is not null)
         delete from unit_head where person_id = $1 and org_unit_id in (select id from above where id is not null)
           and not exists (select from kept where kept.id = unit_head.org_unit_id)
         returning org_unit_id",
        person.0,
        from,
        to,
    )
    .fetch_all(tx.connection())
    .await?;
    for unit in left {
        audit::record(tx, "dismissed_head", "org_unit", unit, json!({ "person": person, "why": "moved" }))
            .await?;
    }
    Ok(())
}

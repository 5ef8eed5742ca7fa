//! Units of an office: a tree of departments.

use base::{Tx, audit};
use serde_json::json;

use crate::OrgUnitId;
use crate::error::{self, Error, Problem};
use crate::permit::PeopleAdmin;

/// A unit, in the order of the tree.
#[derive(Clone, Debug)]
pub struct OrgUnit {
    /// Its id.
    pub id: OrgUnitId,
    /// The unit above.
    pub parent: Option<OrgUnitId>,
    /// Its name.
    pub name: String,
    /// How deep it is: 0 at the top.
    pub depth: i32,
    /// How many people are in it (not below).
    pub people: i64,
}

/// The units of the actor's organisation, parents before children, names in Polish order.
pub async fn all(tx: &mut Tx) -> Result<Vec<OrgUnit>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"with recursive tree (id, parent_id, name, depth, path) as (
             select id, parent_id, name, 0, array[name collate "pl-x-icu"] from org_unit where parent_id is null and organisation_id = $1
             union all
             select u.id, u.parent_id, u.name, t.depth + 1, t.path || u.name from org_unit u join tree t on u.parent_id = t.id
           )
           select id as "id!", parent_id, name as "name!", depth as "depth!",
                  (select count(*) from person p where p.org_unit_id = tree.id) as "people!"
           from tree order by path"#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    let unit = rows.into_iter().map(|row| OrgUnit {
        id: OrgUnitId(row.id),
        parent: row.parent_id.map(OrgUnitId),
        name: row.name,
        depth: row.depth,
        people: row.people,
    });
    Ok(unit.collect())
}

/// Makes a unit below `parent`. Errors: `Invalid` on `name` or `parent`.
pub async fn create(
    tx: &mut Tx,
    _: &PeopleAdmin,
    parent: Option<OrgUnitId>,
    name: &str,
) -> Result<OrgUnitId, Error> {
    let name = error::name(name, 200)?;
    let (organisation, id) = (tx.organisation()?, OrgUnitId::new(tx.now()));
    sqlx::query!(
        "insert into org_unit (id, organisation_id, parent_id, name) values ($1, $2, $3, $4)",
        id.0,
        organisation.0,
        parent.map(|id| id.0),
        name,
    )
    .execute(tx.connection())
    .await
    .map_err(|error| match &error {
        sqlx::Error::Database(database) if database.is_foreign_key_violation() => {
            Error::field("parent", Problem::Unknown)
        }
        _ => Error::taken(error, &[("org_unit_name", "name")]),
    })?;
    audit::record(tx, "created", "org_unit", id.0, json!({ "name": name })).await?;
    Ok(id)
}

/// The unit with this name (any case) below `parent`, made when there is none.
pub(crate) async fn find_or_create(
    tx: &mut Tx,
    proof: &PeopleAdmin,
    parent: Option<OrgUnitId>,
    name: &str,
) -> Result<OrgUnitId, Error> {
    let organisation = tx.organisation()?;
    let found = sqlx::query_scalar!(
        "select id from org_unit where organisation_id = $1 and parent_id is not distinct from $2 and lower(name) = lower($3)",
        organisation.0,
        parent.map(|id| id.0),
        name.trim(),
    )
    .fetch_optional(tx.connection())
    .await?;
    match found {
        Some(id) => Ok(OrgUnitId(id)),
        None => create(tx, proof, parent, name).await,
    }
}

/// Deletes a unit that is empty. Errors: `NotFound`; `NotAllowed` when people or units are in it.
pub async fn delete(tx: &mut Tx, _: &PeopleAdmin, id: OrgUnitId) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let deleted =
        sqlx::query!("delete from org_unit where id = $1 and organisation_id = $2", id.0, organisation.0)
            .execute(tx.connection())
            .await
            .map_err(|error| Error::foreign(error, Error::NotAllowed))?;
    if deleted.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "deleted", "org_unit", id.0, json!({})).await?)
}

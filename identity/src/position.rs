//! Positions: what people do in their office, apart from where they sit.

use base::{PersonId, Tx, audit};
use serde_json::json;

use crate::error::{self, Error};
use crate::permit::PeopleAdmin;
use crate::{PositionId, moved};

/// A position.
#[derive(Clone, Debug)]
pub struct Position {
    /// Its id.
    pub id: PositionId,
    /// Its name.
    pub name: String,
    /// How many people hold it.
    pub people: i64,
}

/// Somebody who holds a position.
#[derive(Clone, Debug)]
pub struct Holder {
    /// Who.
    pub id: PersonId,
    /// Family name and given name.
    pub name: String,
    /// The unit they work in.
    pub unit: Option<String>,
}

/// The positions of the actor's organisation, names in Polish order.
pub async fn all(tx: &mut Tx) -> Result<Vec<Position>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select k.id, k.name, (select count(*) from position_holder h where h.position_id = k.id) as "people!"
           from position k where k.organisation_id = $1 order by k.name collate "pl-x-icu""#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Position { id: PositionId(row.id), name: row.name, people: row.people })
        .collect())
}

/// One position with its holders. Errors: `NotFound`.
pub async fn one(tx: &mut Tx, _: &PeopleAdmin, id: PositionId) -> Result<(Position, Vec<Holder>), Error> {
    let position = all(tx).await?.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)?;
    let rows = sqlx::query!(
        r#"select p.id, p.given_name, p.family_name, u.name as "unit?" from position_holder h join person p on p.id = h.person_id
             left join org_unit u on u.id = p.org_unit_id
           where h.position_id = $1 order by p.family_name collate "pl-x-icu", p.given_name collate "pl-x-icu", p.login"#,
        id.0
    )
    .fetch_all(tx.connection())
    .await?;
    let holder = rows.into_iter().map(|row| Holder {
        id: PersonId(row.id),
        name: format!("{} {}", row.family_name, row.given_name),
        unit: row.unit,
    });
    Ok((position, holder.collect()))
}

/// The positions that a person holds.
pub async fn held(tx: &mut Tx, _: &PeopleAdmin, person: PersonId) -> Result<Vec<PositionId>, Error> {
    let ids = sqlx::query_scalar!("select position_id from position_holder where person_id = $1", person.0)
        .fetch_all(tx.connection())
        .await?;
    Ok(ids.into_iter().map(PositionId).collect())
}

/// Makes a position. Errors: `Invalid` on `name`.
pub async fn create(tx: &mut Tx, _: &PeopleAdmin, name: &str) -> Result<PositionId, Error> {
    let name = error::name(name, 100)?;
    let (organisation, id) = (tx.organisation()?, PositionId::new(tx.now()));
    sqlx::query!(
        "insert into position (id, organisation_id, name) values ($1, $2, $3)",
        id.0,
        organisation.0,
        name
    )
    .execute(tx.connection())
    .await
    .map_err(|error| Error::taken(error, &[("position_name", "name")]))?;
    audit::record(tx, "created", "position", id.0, json!({ "name": name })).await?;
    Ok(id)
}

/// The position with this name (any case), made when there is none.
pub(crate) async fn find_or_create(
    tx: &mut Tx,
    proof: &PeopleAdmin,
    name: &str,
) -> Result<PositionId, Error> {
    let organisation = tx.organisation()?;
    let found = sqlx::query_scalar!(
        "select id from position where organisation_id = $1 and lower(name) = lower($2)",
        organisation.0,
        name.trim(),
    )
    .fetch_optional(tx.connection())
    .await?;
    match found {
        Some(id) => Ok(PositionId(id)),
        None => create(tx, proof, name).await,
    }
}

/// Gives a position to a person; holding it already is fine. Errors: `NotFound` for a person or position of others.
pub async fn add(tx: &mut Tx, _: &PeopleAdmin, position: PositionId, person: PersonId) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    // Looked up first: a row of others would be passed over as one that is there already, and so be told of.
    sqlx::query_scalar!(
        "select k.id from position k join person p on p.organisation_id = k.organisation_id
         where k.organisation_id = $1 and k.id = $2 and p.id = $3",
        organisation.0,
        position.0,
        person.0,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let made = sqlx::query!(
        "insert into position_holder (organisation_id, position_id, person_id) values ($1, $2, $3) on conflict do nothing",
        organisation.0,
        position.0,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    if made.rows_affected() == 0 {
        return Ok(());
    }
    Ok(moved::record(tx, "added_holder", "position", position.0, json!({ "person": person })).await?)
}

/// Takes a position from a person. Errors: `NotFound` when they do not hold it.
pub async fn remove(
    tx: &mut Tx,
    _: &PeopleAdmin,
    position: PositionId,
    person: PersonId,
) -> Result<(), Error> {
    let gone = sqlx::query!(
        "delete from position_holder where position_id = $1 and person_id = $2",
        position.0,
        person.0
    )
    .execute(tx.connection())
    .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(moved::record(tx, "removed_holder", "position", position.0, json!({ "person": person })).await?)
}

/// Gives a person exactly these positions. Errors: `NotFound` for a person or position of others.
pub async fn set(
    tx: &mut Tx,
    proof: &PeopleAdmin,
    person: PersonId,
    wanted: &[PositionId],
) -> Result<(), Error> {
    let held = held(tx, proof, person).await?;
    for one in wanted {
        add(tx, proof, *one, person).await?;
    }
    for one in held.iter().filter(|one| !wanted.contains(one)) {
        remove(tx, proof, *one, person).await?;
    }
    Ok(())
}

/// Deletes a position; the rules of courses that name it go with it, the people stay. Errors: `NotFound`.
pub async fn delete(tx: &mut Tx, _: &PeopleAdmin, id: PositionId) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let gone =
        sqlx::query!("delete from position where id = $1 and organisation_id = $2", id.0, organisation.0)
            .execute(tx.connection())
            .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(moved::record(tx, "deleted", "position", id.0, json!({})).await?)
}

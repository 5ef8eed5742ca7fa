//! Groups of an office and classes of a school.

use base::{PersonId, Tx, audit};
use serde_json::json;

use crate::error::{self, Error};
use crate::permit::PeopleAdmin;
use crate::{GroupId, moved};

/// A group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// Whether it is a class of a school.
    pub class: bool,
    /// How many people are in it.
    pub people: i64,
}

/// The groups of the actor's organisation, names in Polish order.
pub async fn all(tx: &mut Tx) -> Result<Vec<Group>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select g.id, g.name, g.kind, (select count(*) from membership m where m.group_id = g.id) as "people!"
           from person_group g where g.organisation_id = $1 order by g.name collate "pl-x-icu""#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    let group = rows.into_iter().map(|row| Group {
        id: GroupId(row.id),
        name: row.name,
        class: row.kind == "class",
        people: row.people,
    });
    Ok(group.collect())
}

/// One group with its people (id and name). Errors: `NotFound`.
pub async fn one(
    tx: &mut Tx,
    _: &PeopleAdmin,
    id: GroupId,
) -> Result<(Group, Vec<(PersonId, String)>), Error> {
    let group = all(tx).await?.into_iter().find(|group| group.id == id).ok_or(Error::NotFound)?;
    let rows = sqlx::query!(
        "select p.id, p.given_name, p.family_name from membership m join person p on p.id = m.person_id
         where m.group_id = $1 order by p.family_name collate \"pl-x-icu\", p.given_name collate \"pl-x-icu\", p.login",
        id.0
    )
    .fetch_all(tx.connection())
    .await?;
    let person =
        rows.into_iter().map(|row| (PersonId(row.id), format!("{} {}", row.family_name, row.given_name)));
    Ok((group, person.collect()))
}

/// Makes a group, or a class in a school. Errors: `Invalid` on `name`.
pub async fn create(tx: &mut Tx, _: &PeopleAdmin, name: &str) -> Result<GroupId, Error> {
    let name = error::name(name, 100)?;
    let (organisation, id) = (tx.organisation()?, GroupId::new(tx.now()));
    sqlx::query!(
        "insert into person_group (id, organisation_id, kind, name)
         select $1, o.id, case o.kind when 'school' then 'class' else 'group' end, $3 from organisation o where o.id = $2",
        id.0,
        organisation.0,
        name,
    )
    .execute(tx.connection())
    .await
    .map_err(|error| Error::taken(error, &[("person_group_name", "name")]))?;
    audit::record(tx, "created", "group", id.0, json!({ "name": name })).await?;
    Ok(id)
}

/// The group with this name (any case), made when there is none.
pub(crate) async fn find_or_create(tx: &mut Tx, proof: &PeopleAdmin, name: &str) -> Result<GroupId, Error> {
    let organisation = tx.organisation()?;
    let found = sqlx::query_scalar!(
        "select id from person_group where organisation_id = $1 and lower(name) = lower($2)",
        organisation.0,
        name.trim(),
    )
    .fetch_optional(tx.connection())
    .await?;
    match found {
        Some(id) => Ok(GroupId(id)),
        None => create(tx, proof, name).await,
    }
}

/// Puts a person into a group; being in it already is fine. Errors: `NotFound` for a person or group of others.
pub async fn add(tx: &mut Tx, _: &PeopleAdmin, group: GroupId, person: PersonId) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    // Looked up first: a membership of others would be passed over as one that is there already, and so be told of.
    sqlx::query_scalar!(
        "select g.id from person_group g join person p on p.organisation_id = g.organisation_id
         where g.organisation_id = $1 and g.id = $2 and p.id = $3",
        organisation.0,
        group.0,
        person.0,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    sqlx::query!(
        "insert into membership (organisation_id, group_id, person_id) values ($1, $2, $3) on conflict do nothing",
        organisation.0,
        group.0,
        person.0,
    )
    .execute(tx.connection())
    .await
    .map_err(|error| Error::foreign(error, Error::NotFound))?;
    Ok(moved::record(tx, "added_member", "group", group.0, json!({ "person": person })).await?)
}

/// Takes a person out of a group.
pub async fn remove(tx: &mut Tx, _: &PeopleAdmin, group: GroupId, person: PersonId) -> Result<(), Error> {
    let gone =
        sqlx::query!("delete from membership where group_id = $1 and person_id = $2", group.0, person.0)
            .execute(tx.connection())
            .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(moved::record(tx, "removed_member", "group", group.0, json!({ "person": person })).await?)
}

/// Deletes a group; its enrolments go with it, the people stay.
pub async fn delete(tx: &mut Tx, _: &PeopleAdmin, id: GroupId) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let gone =
        sqlx::query!("delete from person_group where id = $1 and organisation_id = $2", id.0, organisation.0)
            .execute(tx.connection())
            .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(moved::record(tx, "deleted", "group", id.0, json!({})).await?)
}

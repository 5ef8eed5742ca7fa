//! Who takes a course: one person, a group, a unit of the office with all below it, or everybody.

use base::{PersonId, Tx, audit};
use identity::{GroupId, OrgUnitId};
use serde_json::json;

use crate::error::Error;
use crate::find::Taught;
use crate::{CourseId, EnrolmentId};

/// Whom an enrolment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// One person.
    Person(PersonId),
    /// A group or class.
    Group(GroupId),
    /// A unit with everybody in it and below it.
    Unit(OrgUnitId),
    /// Everybody of the organisation.
    Everybody,
}

/// An enrolment in the list.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// Its id.
    pub id: EnrolmentId,
    /// Whom it is about.
    pub target: Target,
    /// The name of the person, group or unit; empty for everybody.
    pub name: String,
    /// How many people it enrols.
    pub people: i64,
}

/// Something that a course can be directed at, for the form.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The target.
    pub target: Target,
    /// Its name.
    pub name: String,
    /// How many people it has.
    pub people: i64,
}

/// The enrolments of a course.
pub async fn all(tx: &mut Tx, proof: &Taught) -> Result<Vec<Enrolment>, Error> {
    let rows = sqlx::query!(
        r#"select e.id, e.target, e.person_id, e.group_id, e.org_unit_id,
                  coalesce(p.family_name || ' ' || p.given_name, g.name, u.name, '') as "name!",
                  case e.target
                    when 'person' then 1
                    when 'group' then (select count(*) from membership m where m.group_id = e.group_id)
                    when 'unit' then (with recursive below (id) as (
                        select e.org_unit_id union select o.id from org_unit o join below b on o.parent_id = b.id)
                      select count(*) from person w where w.org_unit_id in (select id from below))
                    else (select count(*) from person w where w.organisation_id = e.organisation_id)
                  end as "people!"
           from enrolment e left join person p on p.id = e.person_id left join person_group g on g.id = e.group_id
             left join org_unit u on u.id = e.org_unit_id
           where e.course_id = $1 order by e.target desc, 6"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let enrolment = rows.into_iter().map(|row| Enrolment {
        id: EnrolmentId(row.id),
        target: match (row.person_id, row.group_id, row.org_unit_id) {
            (Some(person), ..) => Target::Person(PersonId(person)),
            (_, Some(group), _) => Target::Group(GroupId(group)),
            (.., Some(unit)) => Target::Unit(OrgUnitId(unit)),
            _ => Target::Everybody,
        },
        name: row.name,
        people: row.people,
    });
    Ok(enrolment.collect())
}

/// The groups and units that a course can be directed at, and how many people the whole organisation has.
pub async fn choices(tx: &mut Tx, _: &Taught) -> Result<(Vec<Choice>, i64), Error> {
    let groups = identity::group::all(tx).await.map_err(area)?;
    let units = identity::unit::all(tx).await.map_err(area)?;
    let organisation = tx.organisation()?;
    let everybody = sqlx::query_scalar!(
        r#"select count(*) as "count!" from person where organisation_id = $1"#,
        organisation.0
    )
    .fetch_one(tx.connection())
    .await?;
    let groups = groups.into_iter().map(|group| Choice {
        target: Target::Group(group.id),
        name: group.name,
        people: group.people,
    });
    let units = units.into_iter().map(|unit| Choice {
        target: Target::Unit(unit.id),
        name: unit.name,
        people: unit.people,
    });
    Ok((groups.chain(units).collect(), everybody))
}

fn area(error: identity::Error) -> Error {
    match error {
        identity::Error::Database(error) => Error::Database(error),
        identity::Error::NotAllowed => Error::NotAllowed,
        _ => Error::NotFound,
    }
}

/// A person of the organisation by login or e-mail address. Errors: `Invalid` on `person` when there is none.
pub async fn person_named(tx: &mut Tx, _: &Taught, name: &str) -> Result<PersonId, Error> {
    let organisation = tx.organisation()?;
    let id = sqlx::query_scalar!(
        "select id from person where organisation_id = $1 and (login = lower($2) or lower(email) = lower($2))",
        organisation.0,
        name.trim()
    )
    .fetch_optional(tx.connection())
    .await?;
    id.map(PersonId).ok_or_else(|| Error::field("person", identity::Problem::Unknown))
}

/// Enrols; enrolling again changes nothing. Errors: `NotFound` for a target of others.
pub async fn add(tx: &mut Tx, proof: &Taught, target: Target) -> Result<(), Error> {
    insert(tx, proof.id(), target).await
}

pub(crate) async fn insert(tx: &mut Tx, course: CourseId, target: Target) -> Result<(), Error> {
    let (organisation, person, id) = (tx.organisation()?, tx.person()?, EnrolmentId::new(tx.now()));
    let (word, who, group, unit) = match target {
        Target::Person(who) => ("person", Some(who.0), None, None),
        Target::Group(group) => ("group", None, Some(group.0), None),
        Target::Unit(unit) => ("unit", None, None, Some(unit.0)),
        Target::Everybody => ("organisation", None, None, None),
    };
    let fresh = sqlx::query!(
        "insert into enrolment (id, organisation_id, course_id, target, person_id, group_id, org_unit_id, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        id.0,
        organisation.0,
        course.0,
        word,
        who,
        group,
        unit,
        person.0,
    )
    .execute(tx.connection())
    .await
    .map_err(|error| match &error {
        sqlx::Error::Database(database) if database.is_foreign_key_violation() => Error::NotFound,
        _ => Error::Database(error),
    })?;
    if let Target::Person(who) = target
        && fresh.rows_affected() == 1
        && who != person
    {
        crate::told::assigned(tx, course, who).await?;
    }
    Ok(audit::record(tx, "enrolled", "course", course.0, json!({ "target": word })).await?)
}

/// Takes an enrolment back; progress stays. Errors: `NotFound`.
pub async fn remove(tx: &mut Tx, proof: &Taught, id: EnrolmentId) -> Result<(), Error> {
    let gone = sqlx::query!("delete from enrolment where id = $1 and course_id = $2", id.0, proof.id().0)
        .execute(tx.connection())
        .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "unenrolled", "course", proof.id().0, json!({})).await?)
}

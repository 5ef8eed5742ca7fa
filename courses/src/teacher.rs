//! Who teaches a course: at least one person, and everybody of them may do the same.

use base::{PersonId, Tx, audit};
use serde_json::json;

use crate::CourseId;
use crate::error::Error;
use crate::find::Taught;

/// A person who teaches a course, or could.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Teacher {
    /// The person.
    pub id: PersonId,
    /// Family name and given name.
    pub name: String,
    /// Login name.
    pub login: String,
    /// The unit of the office that they work in.
    pub unit_name: Option<String>,
}

/// Most people that a search answers.
pub const MOST_FOUND: i64 = 20;

/// The teachers of a course, by name.
pub async fn all(tx: &mut Tx, proof: &Taught) -> Result<Vec<Teacher>, Error> {
    let rows = sqlx::query!(
        r#"select p.id, p.family_name || ' ' || p.given_name as "name!", p.login, u.name as "unit_name?"
           from course_teacher t join person p on p.id = t.person_id left join org_unit u on u.id = p.org_unit_id
           where t.course_id = $1
           order by p.family_name collate "pl-x-icu", p.given_name collate "pl-x-icu", p.login"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let teacher = rows.into_iter().map(|row| Teacher {
        id: PersonId(row.id),
        name: row.name,
        login: row.login,
        unit_name: row.unit_name,
    });
    Ok(teacher.collect())
}

/// People of the organisation who may teach and do not teach this course yet, by a part of their name, login or e-mail
/// address: the first [`MOST_FOUND`]. An empty text finds all of them.
pub async fn candidates(tx: &mut Tx, proof: &Taught, text: &str) -> Result<Vec<Teacher>, Error> {
    let organisation = tx.organisation()?;
    let pattern = format!("%{}%", text.trim().replace(['\\', '%', '_', '\0'], ""));
    let rows = sqlx::query!(
        r#"select p.id, p.family_name || ' ' || p.given_name as "name!", p.login, u.name as "unit_name?"
           from person p left join org_unit u on u.id = p.org_unit_id
           where p.organisation_id = $1 and p.state = 'active'
             and (p.given_name || ' ' || p.family_name || ' ' || p.given_name || ' ' || p.login || ' ' || coalesce(p.email, ''))
                 ilike $2
             and exists (select 1 from role_grant r where r.person_id = p.id and r.role in ('instructor', 'organisation_admin'))
             and not exists (select 1 from course_teacher t where t.course_id = $3 and t.person_id = p.id)
           order by p.family_name collate "pl-x-icu", p.given_name collate "pl-x-icu", p.login limit $4"#,
        organisation.0,
        pattern,
        proof.id().0,
        MOST_FOUND,
    )
    .fetch_all(tx.connection())
    .await?;
    let teacher = rows.into_iter().map(|row| Teacher {
        id: PersonId(row.id),
        name: row.name,
        login: row.login,
        unit_name: row.unit_name,
    });
    Ok(teacher.collect())
}

/// Lets another person of the organisation teach the course too; adding one again changes nothing.
///
/// Errors: `Invalid` on `person` for somebody of another organisation, nobody at all, or one without the right to teach.
pub async fn add(tx: &mut Tx, proof: &Taught, person: PersonId) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let fresh = sqlx::query!(
        "insert into course_teacher (organisation_id, course_id, person_id) values ($1, $2, $3) on conflict do nothing",
        organisation.0,
        proof.id().0,
        person.0,
    )
    .execute(tx.connection())
    .await
    .map_err(|error| match &error {
        sqlx::Error::Database(database) if database.is_foreign_key_violation() => unknown(),
        _ => Error::Database(error),
    })?;
    let may_teach = sqlx::query_scalar!(
        r#"select exists (select 1 from role_grant
                          where person_id = $1 and role in ('instructor', 'organisation_admin')) as "may!""#,
        person.0
    )
    .fetch_one(tx.connection())
    .await?;
    if !may_teach {
        return Err(unknown());
    }
    if fresh.rows_affected() == 1 && person != tx.person()? {
        crate::told::teaching(tx, proof, person).await?;
    }
    Ok(audit::record(tx, "added_teacher", "course", proof.id().0, json!({ "person": person })).await?)
}

/// Whether a person may change the course: for what is done in the name of somebody who is not asked now. Of those who are,
/// `find::course` knows.
pub(crate) async fn may_change(tx: &mut Tx, course: CourseId, person: PersonId) -> Result<bool, Error> {
    let may = sqlx::query_scalar!(
        r#"select exists (
             select 1 from person p where p.id = $2 and p.state = 'active' and (
               exists (select 1 from role_grant g where g.person_id = p.id and g.role = 'organisation_admin')
               or exists (select 1 from course_teacher t where t.course_id = $1 and t.person_id = p.id)
                 and exists (select 1 from role_grant g where g.person_id = p.id and g.role = 'instructor'))) as "may!""#,
        course.0,
        person.0,
    );
    Ok(may.fetch_one(tx.connection()).await?)
}

fn unknown() -> Error {
    Error::field("person", identity::Problem::Unknown)
}

/// Takes the course from a person; what they wrote stays. Errors: `NotFound` for one who does not teach it, `LastTeacher`.
pub async fn remove(tx: &mut Tx, proof: &Taught, person: PersonId) -> Result<(), Error> {
    // Two who remove each other at the same moment come one after the other: the second finds one teacher only.
    sqlx::query!("select 1 as one from course where id = $1 for update", proof.id().0)
        .fetch_one(tx.connection())
        .await?;
    let teachers = all(tx, proof).await?;
    if !teachers.iter().any(|teacher| teacher.id == person) {
        return Err(Error::NotFound);
    }
    if teachers.len() == 1 {
        return Err(Error::LastTeacher);
    }
    sqlx::query!(
        "delete from course_teacher where course_id = $1 and person_id = $2",
        proof.id().0,
        person.0
    )
    .execute(tx.connection())
    .await?;
    Ok(audit::record(tx, "removed_teacher", "course", proof.id().0, json!({ "person": person })).await?)
}

//! Opening a course to everybody, and closing it again.

use base::{Tx, audit};
use serde_json::json;

use crate::error::Error;
use crate::find::Taught;

/// Opens the published version to everybody; a course that is open stays as it is. Errors: `NotAllowed` when nothing is published, or
/// the course was put away.
pub async fn open(tx: &mut Tx, proof: &Taught) -> Result<(), Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let version = sqlx::query_scalar!(
        r#"select published_version_id as "version!" from course
           where id = $1 and state = 'published' and published_version_id is not null for update"#,
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotAllowed)?;
    let opened = sqlx::query!(
        "insert into open_course (course_id, organisation_id, slug, version_id, opened_by) values ($1, $2, $3, $4, $5)
         on conflict (course_id) do nothing",
        proof.id().0,
        organisation.0,
        proof.slug(),
        version,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    if opened.rows_affected() == 0 {
        return Ok(());
    }
    Ok(audit::record(tx, "opened_to_everybody", "course", proof.id().0, json!({})).await?)
}

/// Closes it: from the next request on no visitor gets anything of it. A course that is closed stays as it is.
pub async fn close(tx: &mut Tx, proof: &Taught) -> Result<(), Error> {
    let closed = sqlx::query!("delete from open_course where course_id = $1", proof.id().0)
        .execute(tx.connection())
        .await?;
    if closed.rows_affected() == 0 {
        return Ok(());
    }
    Ok(audit::record(tx, "closed_to_everybody", "course", proof.id().0, json!({})).await?)
}

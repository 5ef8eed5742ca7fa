//! The sections of a draft: added, renamed, removed. Their order is `order`.

use base::{Tx, audit};
use serde_json::json;

use super::touch;
use crate::SectionId;
use crate::error::{Error, text_problem};
use crate::find::Taught;

/// Adds a section at the end. Errors: `Invalid` on `title`.
pub async fn add_section(tx: &mut Tx, proof: &Taught, title: &str) -> Result<SectionId, Error> {
    if let Some(problem) = text_problem("title", title, 200) {
        return Err(Error::Invalid(vec![problem]));
    }
    let organisation = tx.organisation()?;
    touch(tx, proof).await?;
    let id = SectionId::new(tx.now());
    sqlx::query!(
        "insert into section (id, organisation_id, course_id, position, title)
         select $1, $2, $3, coalesce(max(position), 0) + 1, $4 from section where course_id = $3",
        id.0,
        organisation.0,
        proof.id().0,
        title.trim(),
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, "added_section", "course", proof.id().0, json!({ "title": title.trim() })).await?;
    Ok(id)
}

/// Renames a section if nobody renamed it since the revision that was seen; without one whatever it is called now. The same change
/// twice is made once.
///
/// Errors: `NotFound`; `ChangedMeanwhile` (nothing is written, the caller shows both); `Invalid` on `title`.
pub async fn rename_section(
    tx: &mut Tx,
    proof: &Taught,
    id: SectionId,
    seen: Option<i32>,
    title: &str,
) -> Result<(), Error> {
    if let Some(problem) = text_problem("title", title, 200) {
        return Err(Error::Invalid(vec![problem]));
    }
    touch(tx, proof).await?;
    let now = sqlx::query!(
        "select title, title_revision from section where id = $1 and course_id = $2",
        id.0,
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    if seen.is_some_and(|seen| seen != now.title_revision) {
        let same = now.title == title.trim();
        return if same { Ok(()) } else { Err(Error::ChangedMeanwhile(now.title_revision)) };
    }
    sqlx::query!(
        "update section set title = $3, title_revision = title_revision + 1 where id = $1 and course_id = $2",
        id.0,
        proof.id().0,
        title.trim()
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Removes a section that is empty. Errors: `NotFound`; `NotAllowed` when units are in it.
pub async fn remove_section(tx: &mut Tx, proof: &Taught, id: SectionId) -> Result<(), Error> {
    touch(tx, proof).await?;
    let units = sqlx::query_scalar!(
        r#"select count(*) as "count!" from unit where section_id = $1 and course_id = $2 and removed_at is null"#,
        id.0,
        proof.id().0,
    )
    .fetch_one(tx.connection())
    .await?;
    if units > 0 {
        return Err(Error::NotAllowed);
    }
    // Removed units stay for the progress of those who read them, so they move to another section first.
    sqlx::query!(
        "update unit set section_id = coalesce((select s.id from section s where s.course_id = $2 and s.id <> $1
                                                order by position limit 1), section_id) where section_id = $1",
        id.0,
        proof.id().0
    )
    .execute(tx.connection())
    .await?;
    let gone = sqlx::query!("delete from section where id = $1 and course_id = $2", id.0, proof.id().0)
        .execute(tx.connection())
        .await
        .map_err(|error| match &error {
            sqlx::Error::Database(database) if database.is_foreign_key_violation() => Error::NotAllowed,
            _ => Error::Database(error),
        })?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "removed_section", "course", proof.id().0, json!({})).await?)
}

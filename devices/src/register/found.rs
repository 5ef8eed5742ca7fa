//! "Found this device": what somebody without an account learns from a label, and the note that they leave.

use base::{Actor, Db, OrganisationId, audit};
use identity::{FieldProblem, Problem};
use serde_json::json;
use uuid::Uuid;

use crate::error::Error;
use crate::register::label;
use crate::{AssetId, IncidentId};

/// Whose device it is. Nothing of what it is or who has it.
#[derive(Clone, Debug)]
pub struct Owner {
    organisation: OrganisationId,
    asset: AssetId,
    /// Name of the organisation.
    pub name: String,
    /// Its word in addresses.
    pub slug: String,
}

/// Notes about one device in a day, and about all of an organisation's in an hour.
const NOTES: (i64, i64) = (3, 30);

/// The owner of a label. Errors: `NotFound`.
pub async fn owner(db: &Db, label: &str) -> Result<Owner, Error> {
    if !label::is_label(label) {
        return Err(Error::NotFound);
    }
    let mut tx = db.begin(&Actor::installation("found device")).await?;
    let row = sqlx::query!(
        "select a.id, a.organisation_id, o.name, o.slug from asset a join organisation o on o.id = a.organisation_id
         where a.label = $1",
        label
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Owner {
        organisation: OrganisationId(row.organisation_id),
        asset: AssetId(row.id),
        name: row.name,
        slug: row.slug,
    })
}

/// What a finder writes.
#[derive(Clone, Debug, Default)]
pub struct Note {
    /// Where it was found and where it is now.
    pub text: String,
    /// How to reach the finder; may be empty.
    pub contact: String,
}

impl Note {
    fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        for (field, text, most, must_be) in
            [("text", &self.text, 2000, true), ("contact", &self.contact, 200, false)]
        {
            let problem = match text.trim().chars().count() {
                0 if must_be => Problem::Missing,
                count if count > most => Problem::TooLong(most),
                _ => continue,
            };
            problems.push(FieldProblem { field, problem });
        }
        problems
    }
}

/// Files the note as an incident of the kind "found", for the clerks.
///
/// Errors: `Invalid`, `TooMany` when there were too many notes of late.
pub async fn tell(db: &Db, owner: &Owner, note: &Note) -> Result<(), Error> {
    let problems = note.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let mut tx = db.begin(&Actor::job("found device", owner.organisation)).await?;
    // The organisation's row is held, so that many at once are counted one after the other.
    sqlx::query_scalar!("select id from organisation where id = $1 for update", owner.organisation.0)
        .fetch_optional(tx.connection())
        .await?;
    let notes = sqlx::query!(
        r#"select count(*) filter (where asset_id = $2) as "of_asset!",
                  count(*) filter (where told_at > moment() - interval '1 hour') as "of_all!"
           from incident
           where organisation_id = $1 and kind = 'found' and told_by is null and told_at > moment() - interval '1 day'"#,
        owner.organisation.0,
        owner.asset.0,
    )
    .fetch_one(tx.connection())
    .await?;
    if notes.of_asset >= NOTES.0 || notes.of_all >= NOTES.1 {
        return Err(Error::TooMany);
    }
    let (id, contact): (Uuid, _) = (IncidentId::new(tx.now()).0, note.contact.trim());
    let text = if contact.is_empty() {
        note.text.trim().to_owned()
    } else {
        format!("{}\n\n{contact}", note.text.trim())
    };
    sqlx::query!(
        "insert into incident (id, organisation_id, asset_id, kind, happened_on, description)
         values ($1, $2, $3, 'found', (moment() at time zone 'Europe/Warsaw')::date, $4)",
        id,
        owner.organisation.0,
        owner.asset.0,
        text,
    )
    .execute(tx.connection())
    .await?;
    audit::record(&mut tx, "told_found", "asset", owner.asset.0, json!({ "incident": id })).await?;
    tx.commit().await?;
    Ok(())
}

//! How the certificates of an organisation look: arms, signatory, wording. Without any setting there is a good one.

use base::{Tx, audit};
use identity::{FieldProblem, PeopleAdmin, Problem};
use serde_json::json;

use crate::error::Error;

/// Longest wording, in letters.
pub const MOST_WORDING: usize = 600;

/// How certificates look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// A sentence in place of the usual one; empty for that.
    pub wording: String,
    /// Place of issue; empty for none.
    pub place: String,
    /// Who signs; empty for nobody.
    pub signatory_name: String,
    /// Their office.
    pub signatory_office: String,
    /// Key of the coat of arms in the object store (JPEG), and what is to be seen on it.
    pub arms: Option<(String, String)>,
}

impl Template {
    /// Everything that is wrong with it.
    fn problems(&self) -> Vec<FieldProblem> {
        let arms_alt = self.arms.as_ref().map_or("", |(_, alt)| alt);
        let mut problems = Vec::new();
        for (field, text, most) in [
            ("wording", self.wording.as_str(), MOST_WORDING),
            ("place", &self.place, 100),
            ("signatory_name", &self.signatory_name, 200),
            ("signatory_office", &self.signatory_office, 200),
            ("arms_alt", arms_alt, 200),
        ] {
            if text.trim().chars().count() > most {
                problems.push(FieldProblem { field, problem: Problem::TooLong(most) });
            } else if text.chars().any(|letter| letter.is_control() && !"\r\n\t".contains(letter)) {
                problems.push(FieldProblem { field, problem: Problem::Malformed });
            }
        }
        // A picture without a description would not be read to those who do not see it.
        if self.arms.is_some() && arms_alt.trim().is_empty() {
            problems.push(FieldProblem { field: "arms_alt", problem: Problem::Missing });
        }
        problems
    }
}

/// The template that certificates are issued with now.
pub async fn current(tx: &mut Tx, _: &PeopleAdmin) -> Result<Template, Error> {
    let organisation = tx.organisation()?;
    let row = sqlx::query!(
        "select wording, place, signatory_name, signatory_office, arms_key, arms_alt from certificate_template
         where organisation_id = $1 order by number desc limit 1",
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map_or_else(Template::default, |row| Template {
        wording: row.wording,
        place: row.place,
        signatory_name: row.signatory_name,
        signatory_office: row.signatory_office,
        arms: row.arms_key.map(|key| (key, row.arms_alt)),
    }))
}

/// Whether the text could be saved. Errors: `Invalid`.
pub fn check(template: &Template) -> Result<(), Error> {
    let problems = template.problems();
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// Issues certificates with this from now on; those that were issued stay as they are. Errors: `Invalid`.
pub async fn save(tx: &mut Tx, proof: &PeopleAdmin, template: &Template) -> Result<(), Error> {
    check(template)?;
    let (organisation, by, id) = (tx.organisation()?, tx.person()?, base::id::row_id(tx.now()));
    // One after the other: the next number is read under this lock.
    sqlx::query!("select id from organisation where id = $1 for update", organisation.0)
        .fetch_one(tx.connection())
        .await?;
    if current(tx, proof).await? == *template {
        return Ok(());
    }
    let (arms_key, arms_alt) = template.arms.clone().unzip();
    let arms_alt = arms_alt.unwrap_or_default();
    sqlx::query!(
        "insert into certificate_template
           (id, organisation_id, number, wording, place, signatory_name, signatory_office, arms_key, arms_alt, made_by)
         select $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6, $7, $8, $9 from certificate_template where organisation_id = $2",
        id,
        organisation.0,
        template.wording.trim(),
        template.place.trim(),
        template.signatory_name.trim(),
        template.signatory_office.trim(),
        arms_key,
        arms_alt.trim(),
        by.0,
    )
    .execute(tx.connection())
    .await?;
    Ok(audit::record(tx, "changed_certificates", "organisation", organisation.0, json!({})).await?)
}

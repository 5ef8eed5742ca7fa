//! Who is meant by a name at the terminal of the machine, whatever their organisation. The installation's administrator
//! has no page for that: people of an organisation are that organisation's own affair.

use base::{OrganisationId, PersonId, Tx};

use crate::error::Error;
use crate::permit::InstallationAdmin;

/// A person who is called so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// Their id.
    pub person: PersonId,
    /// Their organisation.
    pub organisation: OrganisationId,
    /// Its short name.
    pub slug: String,
    /// Login name.
    pub login: String,
    /// Given and family name.
    pub name: String,
    /// Whether they are suspended.
    pub suspended: bool,
}

/// Everybody who signs in with this name: a login, `login@organisation`, or an e-mail address. The transaction must have
/// the reach of the installation.
pub async fn called(tx: &mut Tx, _: &InstallationAdmin, name: &str) -> Result<Vec<Called>, Error> {
    let name = name.trim().to_lowercase();
    let (login, slug) =
        name.split_once('@').map_or((name.as_str(), None), |(login, slug)| (login, Some(slug)));
    let rows = sqlx::query!(
        "select p.id, p.organisation_id, p.login, p.given_name, p.family_name, p.state, o.slug
         from person p join organisation o on o.id = p.organisation_id
         where lower(p.email) = $1 or p.login = $2 and ($3::text is null or o.slug = $3)
         order by o.slug, p.login limit 100",
        name,
        login,
        slug,
    )
    .fetch_all(tx.connection())
    .await?;
    let called = rows.into_iter().map(|row| Called {
        person: PersonId(row.id),
        organisation: OrganisationId(row.organisation_id),
        slug: row.slug,
        login: row.login,
        name: format!("{} {}", row.given_name, row.family_name),
        suspended: row.state == "suspended",
    });
    Ok(called.collect())
}

//! Organisations: offices and schools of one installation that never see each other.

use base::{Actor, Db, OrganisationId, Tx, audit};
use serde_json::json;

use crate::error::{Error, FieldProblem, Problem};
use crate::permit::{InstallationAdmin, PeopleAdmin};
pub use crate::statement::Statement;

/// An organisation to be made.
#[derive(Clone, Debug, Default)]
pub struct NewOrganisation {
    /// Full name.
    pub name: String,
    /// Short name for addresses and for signing in: `urzad-brzozow`.
    pub slug: String,
    /// Whether it is a school (else an office).
    pub school: bool,
}

impl NewOrganisation {
    /// Everything that is wrong with it.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut add = |field, problem| problems.push(FieldProblem { field, problem });
        if let Some(problem) = Problem::of_line(&self.name, 200) {
            add("organisation_name", problem);
        }
        if self.slug.trim().is_empty() {
            add("organisation_slug", Problem::Missing);
        } else if !well_formed_slug(self.slug.trim()) {
            add("organisation_slug", Problem::Malformed);
        }
        problems
    }
}

/// Small letters and digits, in words joined by single hyphens.
pub fn well_formed_slug(slug: &str) -> bool {
    slug.len() <= 60
        && slug.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

/// An organisation in the list of the installation.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Short name.
    pub slug: String,
    /// Full name.
    pub name: String,
    /// Whether it is a school.
    pub school: bool,
    /// How many people it has.
    pub people: i64,
}

/// Makes an organisation. Errors: `Invalid`, also when the short name is taken.
pub async fn create(
    tx: &mut Tx,
    _: &InstallationAdmin,
    new: &NewOrganisation,
) -> Result<OrganisationId, Error> {
    let problems = new.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let id = OrganisationId::new(tx.now());
    sqlx::query!(
        "insert into organisation (id, slug, name, kind) values ($1, $2, $3, $4)",
        id.0,
        new.slug.trim(),
        new.name.trim(),
        if new.school { "school" } else { "office" },
    )
    .execute(tx.connection())
    .await
    .map_err(|error| Error::taken(error, &[("organisation_slug_key", "organisation_slug")]))?;
    audit::record(tx, "created", "organisation", id.0, json!({ "slug": new.slug.trim() })).await?;
    Ok(id)
}

/// Makes an organisation and its first administrator, and answers the administrator and the link with which they choose a
/// password. The transaction speaks for the new organisation from then on.
///
/// Errors: `Invalid` with every field of both that is wrong.
pub async fn create_with_admin(
    tx: &mut Tx,
    proof: &InstallationAdmin,
    new: &NewOrganisation,
    admin: &crate::person::NewPerson,
) -> Result<(crate::person::Person, base::id::Secret), Error> {
    let mut problems = new.problems();
    problems.extend(admin.problems());
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    tx.speak_for(&Actor::installation("organisations")).await?;
    let id = create(tx, proof, new).await?;
    tx.speak_for(&Actor::job("organisations", id)).await?;
    let terminal = PeopleAdmin::at_the_terminal();
    let person = crate::person::create(tx, &terminal, admin).await?;
    for role in [crate::Role::OrganisationAdmin, crate::Role::Instructor] {
        crate::person::grant(tx, &terminal, person, role).await?;
    }
    let secret = crate::link::offer_password(tx, &terminal, person).await?;
    Ok((crate::person::one(tx, &terminal, person).await?, secret))
}

/// Every organisation of the installation, in Polish order. The transaction speaks for its own actor again afterwards.
pub async fn all(tx: &mut Tx, _: &InstallationAdmin) -> Result<Vec<Organisation>, Error> {
    let actor = tx.actor().clone();
    tx.speak_for(&Actor::installation("organisations")).await?;
    let rows = sqlx::query!(
        r#"select o.id, o.slug, o.name, o.kind,
                  (select count(*) from person p where p.organisation_id = o.id) as "people!"
           from organisation o order by o.name collate "pl-x-icu""#
    )
    .fetch_all(tx.connection())
    .await?;
    tx.speak_for(&actor).await?;
    let organisation = rows.into_iter().map(|row| Organisation {
        id: OrganisationId(row.id),
        slug: row.slug,
        name: row.name,
        school: row.kind == "school",
        people: row.people,
    });
    Ok(organisation.collect())
}

/// The name and statement of the organisation with this short name: public, as the Act demands.
pub async fn statement(db: &Db, slug: &str) -> Result<(String, Statement), Error> {
    let mut tx = db.begin(&Actor::installation("statement")).await?;
    let row = sqlx::query!("select name, statement from organisation where slug = $1", slug)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    Ok((row.name, serde_json::from_value(row.statement).unwrap_or_default()))
}

/// Short and full names of the organisations, for the list of statements on the public page.
pub async fn with_statements(db: &Db) -> Result<Vec<(String, String)>, Error> {
    let mut tx = db.begin(&Actor::installation("statement")).await?;
    let rows = sqlx::query!(r#"select slug, name from organisation where statement <> '{}' order by name collate "pl-x-icu" limit 500"#)
        .fetch_all(tx.connection())
        .await?;
    Ok(rows.into_iter().map(|row| (row.slug, row.name)).collect())
}

/// The statement of the actor's organisation, as it was last filled in.
pub async fn own_statement(tx: &mut Tx, _: &PeopleAdmin) -> Result<Statement, Error> {
    let organisation = tx.organisation()?;
    let value = sqlx::query_scalar!("select statement from organisation where id = $1", organisation.0)
        .fetch_one(tx.connection())
        .await?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// Changes the statement of the actor's organisation. Errors: `Invalid` with every field that is wrong.
pub async fn set_statement(tx: &mut Tx, _: &PeopleAdmin, statement: &Statement) -> Result<(), Error> {
    let problems = statement.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let organisation = tx.organisation()?;
    let value = serde_json::to_value(statement).map_err(|error| Error::System(error.to_string()))?;
    sqlx::query!("update organisation set statement = $2 where id = $1", organisation.0, value)
        .execute(tx.connection())
        .await?;
    Ok(audit::record(tx, "changed_statement", "organisation", organisation.0, json!({})).await?)
}

//! Links that are good once: the set-up of a fresh installation, and choosing a password. Stored only as a hash.

use base::id::{Secret, row_id};
use base::{Actor, Db, OrganisationId, PersonId, Tx, audit};
use serde_json::json;
use time::Duration;

use crate::error::{Error, FieldProblem, Problem};
use crate::permit::{InstallationAdmin, PeopleAdmin, Role};
use crate::{organisation, password, person, session};

const SETUP_LIFE: Duration = Duration::days(7);
/// How long a link for choosing a password works.
pub const PASSWORD_LIFE: Duration = Duration::days(14);
/// How long it works when it was made at the terminal, for somebody who is waiting for it.
pub const RESET_LIFE: Duration = Duration::hours(1);

/// What the form of the first set-up asks for.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The first organisation.
    pub organisation: organisation::NewOrganisation,
    /// Its administrator, who also is the installation's.
    pub admin: person::NewPerson,
    /// The administrator's password.
    pub password: String,
}

/// A set-up link when the installation has no people yet; every earlier one is used up. `None` otherwise.
pub async fn offer_setup(db: &Db) -> Result<Option<Secret>, Error> {
    let mut tx = db.begin(&Actor::installation("set-up")).await?;
    let anybody = sqlx::query_scalar!("select 1 from person limit 1").fetch_optional(tx.connection()).await?;
    if anybody.is_some() {
        return Ok(None);
    }
    sqlx::query!("update one_time_link set used_at = moment() where purpose = 'setup' and used_at is null")
        .execute(tx.connection())
        .await?;
    let secret = make(&mut tx, "setup", None, SETUP_LIFE).await?;
    tx.commit().await?;
    Ok(Some(secret))
}

/// Whether the link still opens the set-up form.
pub async fn setup_is_open(db: &Db, secret: &Secret) -> Result<bool, Error> {
    let mut tx = db.begin(&Actor::installation("set-up")).await?;
    Ok(find(&mut tx, "setup", secret).await?.is_some())
}

/// Sets the installation up: the first organisation and its administrator, once.
///
/// Errors: `LinkUsedUp`; `Invalid` with every field that is wrong.
pub async fn set_up(db: &Db, secret: &Secret, setup: Setup) -> Result<PersonId, Error> {
    // Asked before the hash is made, so that a stranger cannot keep the cores busy with guessed links.
    if !setup_is_open(db, secret).await? {
        return Err(Error::LinkUsedUp);
    }
    let mut problems: Vec<FieldProblem> = setup.organisation.problems();
    problems.extend(setup.admin.problems());
    if let Err(problem) = password::check(&setup.password) {
        problems.push(FieldProblem { field: "password", problem });
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let hash = password::hash(setup.password).await?;
    let mut tx = db.begin(&Actor::installation("set-up")).await?;
    use_up(&mut tx, "setup", secret).await?;
    let organisation =
        organisation::create(&mut tx, &InstallationAdmin::at_the_terminal(), &setup.organisation).await?;
    tx.speak_for(&Actor::job("set-up", organisation)).await?;
    let admin = PeopleAdmin::at_the_terminal();
    let person = person::create(&mut tx, &admin, &setup.admin).await?;
    set_hash(&mut tx, person, &hash).await?;
    for role in [Role::InstallationAdmin, Role::OrganisationAdmin, Role::Instructor] {
        person::grant(&mut tx, &admin, person, role).await?;
    }
    tx.commit().await?;
    Ok(person)
}

/// A link with which a person of the actor's organisation chooses a password; earlier ones are used up.
///
/// Errors: `NotFound`; `NotAllowed` for an administrator of the installation, unless another one asks.
pub async fn offer_password(tx: &mut Tx, _: &PeopleAdmin, person: PersonId) -> Result<Secret, Error> {
    person::within_reach(tx, person).await?;
    use_up_all(tx, person).await?;
    let organisation = tx.organisation()?;
    let secret = make(tx, "password", Some((organisation, person)), PASSWORD_LIFE).await?;
    audit::record(tx, "offered_password_link", "person", person.0, json!({})).await?;
    Ok(secret)
}

/// Takes a person's password away and answers a link with which they choose another within `RESET_LIFE`. Earlier links
/// are used up and every session of theirs ends.
///
/// Errors: `NotFound`; `NotAllowed` for an administrator of the installation, unless another one asks.
pub async fn reset_password(tx: &mut Tx, _: &PeopleAdmin, person: PersonId) -> Result<Secret, Error> {
    person::within_reach(tx, person).await?;
    use_up_all(tx, person).await?;
    sqlx::query!("update person set password_hash = null where id = $1", person.0)
        .execute(tx.connection())
        .await?;
    session::end_all(tx, person, None).await?;
    let organisation = tx.organisation()?;
    let secret = make(tx, "password", Some((organisation, person)), RESET_LIFE).await?;
    audit::record(tx, "reset_password", "person", person.0, json!({})).await?;
    Ok(secret)
}

pub(crate) async fn use_up_all(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    sqlx::query!(
        "update one_time_link set used_at = moment() where person_id = $1 and used_at is null",
        person.0
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Whose password the link sets: given and family name and login; `None` when it is used up.
pub async fn password_owner(db: &Db, secret: &Secret) -> Result<Option<(String, String)>, Error> {
    let mut tx = db.begin(&Actor::installation("password link")).await?;
    let Some((_, person)) = find(&mut tx, "password", secret).await? else { return Ok(None) };
    let row = sqlx::query!(
        "select given_name, family_name, login from person where id = $1",
        person.map(|id| id.0)
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| (format!("{} {}", row.given_name, row.family_name), row.login)))
}

/// Sets the password and ends every session of the person.
///
/// Errors: `LinkUsedUp`, `Invalid` for a password that is too weak.
pub async fn choose_password(db: &Db, secret: &Secret, new: String) -> Result<(), Error> {
    password::check(&new).map_err(|problem| Error::field("password", problem))?;
    if password_owner(db, secret).await?.is_none() {
        return Err(Error::LinkUsedUp);
    }
    let hash = password::hash(new).await?;
    let mut tx = db.begin(&Actor::installation("password link")).await?;
    let (organisation, person) = use_up(&mut tx, "password", secret).await?;
    let (Some(organisation), Some(person)) = (organisation, person) else { return Err(Error::LinkUsedUp) };
    tx.speak_for(&Actor::job("password link", organisation)).await?;
    set_hash(&mut tx, person, &hash).await?;
    session::end_all(&mut tx, person, None).await?;
    audit::record(&mut tx, "chose_password", "person", person.0, json!({})).await?;
    Ok(tx.commit().await?)
}

/// Changes the acting person's own password; the present one is asked for. Other sessions end.
///
/// Errors: `Invalid` on `current_password` or `password`.
pub async fn change_password(
    db: &Db,
    me: &session::SignedIn,
    current: String,
    new: String,
) -> Result<(), Error> {
    password::check(&new).map_err(|problem| Error::field("password", problem))?;
    let actor = Actor::signed_in(me.organisation, me.person, &me.name);
    let mut tx = db.begin(&actor).await?;
    let kept = sqlx::query_scalar!("select password_hash from person where id = $1", me.person.0)
        .fetch_one(tx.connection())
        .await?;
    drop(tx);
    if !password::verify(current, kept).await? {
        return Err(Error::field("current_password", Problem::Differs));
    }
    let hash = password::hash(new).await?;
    let mut tx = db.begin(&actor).await?;
    set_hash(&mut tx, me.person, &hash).await?;
    session::end_all(&mut tx, me.person, Some(me.session)).await?;
    audit::record(&mut tx, "changed_password", "person", me.person.0, json!({})).await?;
    Ok(tx.commit().await?)
}

/// Sets a password directly: the terminal of the machine and the demonstration.
pub async fn set_password(tx: &mut Tx, _: &PeopleAdmin, person: PersonId, new: String) -> Result<(), Error> {
    let hash = password::hash(new).await?;
    set_hash(tx, person, &hash).await
}

async fn set_hash(tx: &mut Tx, person: PersonId, hash: &str) -> Result<(), Error> {
    sqlx::query!("update person set password_hash = $2 where id = $1", person.0, hash)
        .execute(tx.connection())
        .await?;
    Ok(())
}

async fn make(
    tx: &mut Tx,
    purpose: &str,
    owner: Option<(OrganisationId, PersonId)>,
    life: Duration,
) -> Result<Secret, Error> {
    let secret = Secret::fresh().map_err(|error| Error::System(error.to_string()))?;
    let (id, expiry) = (row_id(tx.now()), tx.now() + life);
    sqlx::query!(
        "insert into one_time_link (id, organisation_id, person_id, purpose, token_hash, expires_at)
         values ($1, $2, $3, $4, $5, $6)",
        id,
        owner.map(|owner| owner.0.0),
        owner.map(|owner| owner.1.0),
        purpose,
        secret.hash(),
        expiry,
    )
    .execute(tx.connection())
    .await?;
    Ok(secret)
}

type Owner = (Option<OrganisationId>, Option<PersonId>);

async fn find(tx: &mut Tx, purpose: &str, secret: &Secret) -> Result<Option<Owner>, Error> {
    let row = sqlx::query!(
        "select organisation_id, person_id from one_time_link
         where purpose = $1 and token_hash = $2 and used_at is null and expires_at > moment()",
        purpose,
        secret.hash(),
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| (row.organisation_id.map(OrganisationId), row.person_id.map(PersonId))))
}

/// The update is the check: of two who press at once, one gets the row.
async fn use_up(tx: &mut Tx, purpose: &str, secret: &Secret) -> Result<Owner, Error> {
    let row = sqlx::query!(
        "update one_time_link set used_at = moment()
         where purpose = $1 and token_hash = $2 and used_at is null and expires_at > moment()
         returning organisation_id, person_id",
        purpose,
        secret.hash(),
    )
    .fetch_optional(tx.connection())
    .await?;
    let row = row.ok_or(Error::LinkUsedUp)?;
    Ok((row.organisation_id.map(OrganisationId), row.person_id.map(PersonId)))
}

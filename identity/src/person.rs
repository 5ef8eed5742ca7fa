//! People of an organisation.

use base::{PersonId, Tx, audit};
use serde_json::json;
use time::OffsetDateTime;

use crate::error::{Error, Problem};
use crate::permit::{PeopleAdmin, Role, Roles};
use crate::{GroupId, OrgUnitId, PositionId, head, moved, session};

pub use crate::new_person::NewPerson;

/// A person in the list.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Login name.
    pub login: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Language of the interface.
    pub language: String,
    /// Whether they were suspended.
    pub suspended: bool,
    /// Whether they have chosen a password.
    pub has_password: bool,
    /// The unit they work in.
    pub unit: Option<OrgUnitId>,
    /// Its name.
    pub unit_name: Option<String>,
    /// Names of their groups.
    pub groups: Vec<String>,
    /// Names of their positions.
    pub positions: Vec<String>,
    /// Granted roles.
    pub roles: Roles,
    /// Last sign-in.
    pub signed_in_at: Option<OffsetDateTime>,
}

/// Which people a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Part of a name, login or address.
    pub text: String,
    /// Only members of this group.
    pub group: Option<GroupId>,
    /// Only people who are not in this group.
    pub outside: Option<GroupId>,
    /// Only who holds this position.
    pub position: Option<PositionId>,
    /// Only these people, when there are any.
    pub people: Vec<PersonId>,
    /// How many to pass over.
    pub skip: i64,
    /// How many to show.
    pub take: i64,
}

/// Most people that one list answers.
pub const MOST_LISTED: usize = 10_000;

/// The people of the actor's organisation that fit, in Polish order, with the number of all that fit. Who was erased is not among them.
pub async fn list(tx: &mut Tx, _: &PeopleAdmin, filter: &Filter) -> Result<(Vec<Person>, i64), Error> {
    listed(tx, filter).await
}

/// The acting person. Errors: `NotFound` when no person acts.
pub async fn own(tx: &mut Tx) -> Result<Person, Error> {
    let filter = Filter { people: vec![tx.person()?], take: 1, ..Filter::default() };
    listed(tx, &filter).await?.0.pop().ok_or(Error::NotFound)
}

/// These people, in Polish order; who is not there is left out.
pub async fn some(tx: &mut Tx, _: &PeopleAdmin, ids: &[PersonId]) -> Result<Vec<Person>, Error> {
    let mut people = Vec::new();
    for ids in ids.chunks(MOST_LISTED) {
        let filter = Filter {
            people: ids.to_vec(),
            take: i64::try_from(MOST_LISTED).unwrap_or(1),
            ..Filter::default()
        };
        people.append(&mut listed(tx, &filter).await?.0);
    }
    Ok(people)
}

async fn listed(tx: &mut Tx, filter: &Filter) -> Result<(Vec<Person>, i64), Error> {
    let organisation = tx.organisation()?;
    let pattern = format!("%{}%", filter.text.trim().replace(['\\', '%', '_', '\0'], ""));
    let only: Vec<_> = filter.people.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select p.id, p.login, p.email, p.given_name, p.family_name, p.language, p.state,
                  p.password_hash is not null as "has_password!", p.org_unit_id, u.name as "unit_name?", p.signed_in_at,
                  array(select g.name from membership m join person_group g on g.id = m.group_id
                        where m.person_id = p.id order by g.name) as "groups!",
                  array(select k.name from position_holder h join position k on k.id = h.position_id
                        where h.person_id = p.id order by k.name) as "positions!",
                  array(select role from role_grant r where r.person_id = p.id order by role) as "roles!",
                  count(*) over () as "total!"
           from person p left join org_unit u on u.id = p.org_unit_id
           where p.organisation_id = $1 and p.erased_at is null
             and (p.given_name || ' ' || p.family_name || ' ' || p.login || ' ' || coalesce(p.email, '')) ilike $2
             and ($3::uuid is null or exists (select 1 from membership m where m.group_id = $3 and m.person_id = p.id))
             and ($4::uuid is null or not exists (select 1 from membership m where m.group_id = $4 and m.person_id = p.id))
             and (cardinality($5::uuid[]) = 0 or p.id = any($5))
             and ($8::uuid is null or exists (select 1 from position_holder h where h.position_id = $8 and h.person_id = p.id))
           order by p.family_name collate "pl-x-icu", p.given_name collate "pl-x-icu", p.login offset $6 limit $7"#,
        organisation.0,
        pattern,
        filter.group.map(|id| id.0),
        filter.outside.map(|id| id.0),
        &only,
        filter.skip.max(0),
        filter.take.clamp(1, i64::try_from(MOST_LISTED).unwrap_or(1)),
        filter.position.map(|id| id.0),
    )
    .fetch_all(tx.connection())
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let person = rows.into_iter().map(|row| Person {
        id: PersonId(row.id),
        login: row.login,
        email: row.email,
        given_name: row.given_name,
        family_name: row.family_name,
        language: row.language,
        suspended: row.state == "suspended",
        has_password: row.has_password,
        unit: row.org_unit_id.map(OrgUnitId),
        unit_name: row.unit_name,
        groups: row.groups,
        positions: row.positions,
        roles: Roles::from_words(row.roles.iter().map(String::as_str)),
        signed_in_at: row.signed_in_at,
    });
    Ok((person.collect(), total))
}

/// One person. Errors: `NotFound`.
pub async fn one(tx: &mut Tx, _: &PeopleAdmin, id: PersonId) -> Result<Person, Error> {
    let filter = Filter { people: vec![id], take: 1, ..Filter::default() };
    listed(tx, &filter).await?.0.pop().ok_or(Error::NotFound)
}

/// Whether the actor may change this person at all: an administrator of the installation is changed only by another one
/// (or by themselves, or at the terminal), else an organisation's administrator could take the installation over.
///
/// Errors: `NotFound` for a person of others and for one who was erased, `NotAllowed`.
pub(crate) async fn within_reach(tx: &mut Tx, id: PersonId) -> Result<(), Error> {
    let (organisation, actor) = (tx.organisation()?, tx.actor().person());
    let row = sqlx::query!(
        r#"select exists (select 1 from role_grant r where r.person_id = p.id and r.role = 'installation_admin') as "above!",
                  exists (select 1 from role_grant r where r.person_id = $3 and r.role = 'installation_admin') as "equal!"
           from person p where p.id = $1 and p.organisation_id = $2 and p.erased_at is null"#,
        id.0,
        organisation.0,
        actor.map(|id| id.0),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    if row.above && !row.equal && actor.is_some() { Err(Error::NotAllowed) } else { Ok(()) }
}

/// Refuses an act after which the organisation would have no administrator who can sign in. The lock makes two
/// administrators who strip each other wait for one another.
///
/// Errors: `NotOneself`.
pub(crate) async fn somebody_remains(tx: &mut Tx) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let left = sqlx::query_scalar!(
        r#"select count(*) as "left!" from role_grant r join person p on p.id = r.person_id
           where r.organisation_id = $1 and r.role = 'organisation_admin' and p.state = 'active'"#,
        organisation.0
    )
    .fetch_one(tx.connection())
    .await?;
    if left == 0 { Err(Error::NotOneself) } else { Ok(()) }
}

/// One change of administrators at a time in an organisation.
pub(crate) async fn lock_administrators(tx: &mut Tx) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    sqlx::query_scalar!("select id from organisation where id = $1 for update", organisation.0)
        .fetch_optional(tx.connection())
        .await?;
    Ok(())
}

fn refused(error: sqlx::Error) -> Error {
    if let sqlx::Error::Database(database) = &error
        && database.is_foreign_key_violation()
    {
        return Error::field("unit", Problem::Unknown);
    }
    Error::taken(error, &[("person_login", "login"), ("person_email", "email")])
}

/// Makes a person without a password. Errors: `Invalid` with every field that is wrong.
pub async fn create(tx: &mut Tx, _: &PeopleAdmin, new: &NewPerson) -> Result<PersonId, Error> {
    let problems = new.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (organisation, id) = (tx.organisation()?, PersonId::new(tx.now()));
    sqlx::query!(
        "insert into person (id, organisation_id, login, email, given_name, family_name, language, org_unit_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        organisation.0,
        new.login.trim(),
        new.email(),
        new.given_name.trim(),
        new.family_name.trim(),
        new.language(),
        new.unit.map(|id| id.0),
    )
    .execute(tx.connection())
    .await
    .map_err(refused)?;
    moved::record(tx, "created", "person", id.0, json!({ "login": new.login.trim() })).await?;
    Ok(id)
}

/// Changes a person; whoever works in a unit is no resident any more. Errors: `NotFound`; `NotAllowed`; `Invalid` with every field that is wrong.
pub async fn change(tx: &mut Tx, _: &PeopleAdmin, id: PersonId, new: &NewPerson) -> Result<(), Error> {
    let problems = new.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    within_reach(tx, id).await?;
    let organisation = tx.organisation()?;
    let before = sqlx::query_scalar!(
        "select org_unit_id from person where id = $1 and organisation_id = $2 for update",
        id.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let changed = sqlx::query!(
        "update person set login = $3, email = $4, given_name = $5, family_name = $6, language = $7, org_unit_id = $8,
                resident = resident and $8::uuid is null
         where id = $1 and organisation_id = $2",
        id.0,
        organisation.0,
        new.login.trim(),
        new.email(),
        new.given_name.trim(),
        new.family_name.trim(),
        new.language(),
        new.unit.map(|id| id.0),
    )
    .execute(tx.connection())
    .await
    .map_err(refused)?;
    if changed.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    let now = new.unit.map(|unit| unit.0);
    if before != now {
        head::leave(tx, id, before, now).await?;
        moved::note(tx).await?;
    }
    Ok(audit::record(tx, "changed", "person", id.0, json!({ "login": new.login.trim() })).await?)
}

/// Changes the acting person's own language.
pub async fn speak(tx: &mut Tx, language: &str) -> Result<(), Error> {
    if !["pl", "en", "uk"].contains(&language) {
        return Err(Error::field("language", Problem::Unknown));
    }
    let person = tx.person()?;
    sqlx::query!("update person set language = $2 where id = $1", person.0, language)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Suspends a person: every session of theirs ends with this transaction.
///
/// Errors: `NotFound`; `NotAllowed`; `NotOneself` for oneself and for the last administrator.
pub async fn suspend(tx: &mut Tx, _: &PeopleAdmin, id: PersonId) -> Result<(), Error> {
    if tx.actor().person() == Some(id) {
        return Err(Error::NotOneself);
    }
    within_reach(tx, id).await?;
    lock_administrators(tx).await?;
    set_state(tx, id, "suspended").await?;
    if tx.actor().person().is_some() {
        somebody_remains(tx).await?;
    }
    session::end_all(tx, id, None).await?;
    Ok(audit::record(tx, "suspended", "person", id.0, json!({})).await?)
}

/// Lets a suspended person in again. Errors: `NotFound`, `NotAllowed`.
pub async fn resume(tx: &mut Tx, _: &PeopleAdmin, id: PersonId) -> Result<(), Error> {
    within_reach(tx, id).await?;
    set_state(tx, id, "active").await?;
    Ok(audit::record(tx, "resumed", "person", id.0, json!({})).await?)
}

async fn set_state(tx: &mut Tx, id: PersonId, state: &str) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let changed = sqlx::query!(
        "update person set state = $3 where id = $1 and organisation_id = $2",
        id.0,
        organisation.0,
        state
    )
    .execute(tx.connection())
    .await?;
    if changed.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(moved::note(tx).await?)
}

/// Grants a role; having it already is fine. Errors: `NotFound`.
pub async fn grant(tx: &mut Tx, _: &PeopleAdmin, id: PersonId, role: Role) -> Result<(), Error> {
    if role == Role::Learner {
        return Ok(());
    }
    let organisation = tx.organisation()?;
    sqlx::query!(
        "insert into role_grant (organisation_id, person_id, role) values ($1, $2, $3) on conflict do nothing",
        organisation.0,
        id.0,
        role.word(),
    )
    .execute(tx.connection())
    .await
    .map_err(|error| Error::foreign(error, Error::NotFound))?;
    Ok(audit::record(tx, "granted_role", "person", id.0, json!({ "role": role.word() })).await?)
}

/// Sets the roles that an organisation gives (administrator, instructor) to exactly these.
///
/// Errors: `NotFound`; `NotAllowed`; `NotOneself` when an administrator would strip themselves or the last one.
pub async fn set_roles(tx: &mut Tx, proof: &PeopleAdmin, id: PersonId, roles: &[Role]) -> Result<(), Error> {
    let oneself = tx.actor().person() == Some(id);
    if oneself && !roles.contains(&Role::OrganisationAdmin) {
        return Err(Error::NotOneself);
    }
    within_reach(tx, id).await?;
    lock_administrators(tx).await?;
    for role in [Role::OrganisationAdmin, Role::Instructor, Role::DeviceClerk] {
        if roles.contains(&role) {
            grant(tx, proof, id, role).await?;
            continue;
        }
        take_away(tx, id, role).await?;
    }
    if tx.actor().person().is_some() { somebody_remains(tx).await } else { Ok(()) }
}

/// Takes one role away; not having it is fine.
///
/// Errors: `NotFound`; `NotAllowed`; `NotOneself` when an administrator would strip themselves or the last one.
pub async fn revoke(tx: &mut Tx, _: &PeopleAdmin, id: PersonId, role: Role) -> Result<(), Error> {
    if tx.actor().person() == Some(id) {
        return Err(Error::NotOneself);
    }
    within_reach(tx, id).await?;
    lock_administrators(tx).await?;
    take_away(tx, id, role).await?;
    if tx.actor().person().is_some() { somebody_remains(tx).await } else { Ok(()) }
}

async fn take_away(tx: &mut Tx, id: PersonId, role: Role) -> Result<(), Error> {
    let gone = sqlx::query!("delete from role_grant where person_id = $1 and role = $2", id.0, role.word())
        .execute(tx.connection())
        .await?;
    if gone.rows_affected() > 0 {
        audit::record(tx, "revoked_role", "person", id.0, json!({ "role": role.word() })).await?;
    }
    Ok(())
}

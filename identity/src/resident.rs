//! Residents: people who made their account themselves because they wanted to take an open course. Whether they may, how the office is
//! reached, and the group that they are in. They are no employees: what concerns everybody in the organisation passes them by.

use base::id::{Secret, row_id};
use base::{Actor, Db, OrganisationId, PersonId, Tx, audit};
use serde_json::json;

use crate::error::{Error, FieldProblem, Problem};
use crate::new_person::NewPerson;
use crate::permit::PeopleAdmin;
use crate::session::{self, ClientKind};
use crate::{GroupId, group, person};

/// Most characters of each text.
const MOST: usize = 500;

/// What an organisation tells residents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// Whether they may make an account themselves. Off until an administrator switches it on.
    pub self_registration: bool,
    /// How the office is reached: address, e-mail, telephone.
    pub contact: String,
    /// The data protection officer; empty when there is none.
    pub data_officer: String,
}

impl Setting {
    /// Everything that is wrong with it: who processes data says how to be reached (RODO art. 13(1)(a)).
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut add = |field, problem| problems.push(FieldProblem { field, problem });
        for (field, text) in [("contact", &self.contact), ("data_officer", &self.data_officer)] {
            let bad = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
            if text.trim().chars().count() > MOST {
                add(field, Problem::TooLong(MOST));
            } else if text.chars().any(bad) {
                add(field, Problem::Malformed);
            }
        }
        if self.self_registration && self.contact.trim().is_empty() {
            add("contact", Problem::Missing);
        }
        problems
    }
}

/// The setting of the actor's organisation.
pub async fn setting(tx: &mut Tx, _: &PeopleAdmin) -> Result<Setting, Error> {
    of(tx).await
}

/// What an organisation tells residents, for pages that anybody reads.
pub async fn told(db: &Db, organisation: OrganisationId) -> Result<Setting, Error> {
    of(&mut db.begin(&Actor::job("residents", organisation)).await?).await
}

async fn of(tx: &mut Tx) -> Result<Setting, Error> {
    let organisation = tx.organisation()?;
    let row = sqlx::query!(
        "select self_registration, contact, data_officer from resident_setting where organisation_id = $1",
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map_or_else(Setting::default, |row| Setting {
        self_registration: row.self_registration,
        contact: row.contact,
        data_officer: row.data_officer,
    }))
}

/// Changes it. Errors: `Invalid` with every field that is wrong.
pub async fn set(tx: &mut Tx, _: &PeopleAdmin, setting: &Setting) -> Result<(), Error> {
    let problems = setting.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let organisation = tx.organisation()?;
    sqlx::query!(
        "insert into resident_setting (organisation_id, self_registration, contact, data_officer) values ($1, $2, $3, $4)
         on conflict (organisation_id) do update set self_registration = excluded.self_registration,
           contact = excluded.contact, data_officer = excluded.data_officer",
        organisation.0,
        setting.self_registration,
        setting.contact.trim(),
        setting.data_officer.trim(),
    )
    .execute(tx.connection())
    .await?;
    let detail = json!({ "self_registration": setting.self_registration });
    Ok(audit::record(tx, "changed_residents", "organisation", organisation.0, detail).await?)
}

/// Somebody who asks for an account.
#[derive(Clone, Debug, Default)]
pub struct Newcomer {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// E-mail address; they sign in with it.
    pub email: String,
    /// Language of their pages and letters: `pl`, `en` or `uk`.
    pub language: String,
}

impl Newcomer {
    /// Everything that is wrong with it, apart from what only the database knows.
    pub fn problems(&self) -> Vec<FieldProblem> {
        // The login is ours to make.
        let mut problems = self.person("x".to_owned()).problems();
        if self.email.trim().is_empty() {
            problems.push(FieldProblem { field: "email", problem: Problem::Missing });
        }
        problems
    }

    fn person(&self, login: String) -> NewPerson {
        NewPerson {
            login,
            email: self.email.clone(),
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            language: self.language.clone(),
            unit: None,
        }
    }
}

/// Who has an e-mail address in the organisation already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nobody.
    Nobody,
    /// This person, who can sign in.
    Active(PersonId),
    /// Somebody who was suspended.
    Suspended,
}

/// Who has this address in the actor's organisation. Told only to whoever proved that the mailbox is theirs.
pub async fn known(tx: &mut Tx, email: &str) -> Result<Known, Error> {
    let organisation = tx.organisation()?;
    let row = sqlx::query!(
        "select id, state from person where organisation_id = $1 and lower(email) = lower($2)",
        organisation.0,
        email.trim()
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(match row {
        None => Known::Nobody,
        Some(row) if row.state == "suspended" => Known::Suspended,
        Some(row) => Known::Active(PersonId(row.id)),
    })
}

/// What a newcomer brings beside their name.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The hash of the password that they chose.
    pub hash: &'a str,
    /// What their browser says of itself.
    pub client: &'a str,
    /// What the group of residents is called when it has to be made.
    pub group: &'a str,
}

/// Makes the account of a resident who proved that the mailbox is theirs, puts them into the group of residents and signs them in.
/// Answers the person and the secret for the cookie.
///
/// Errors: `Invalid`, also on `email` when somebody got the address meanwhile.
pub async fn admit(tx: &mut Tx, newcomer: &Newcomer, entry: Entry<'_>) -> Result<(PersonId, Secret), Error> {
    // For somebody who is not there yet nobody acts: the proof is this function's, as it is the set-up's.
    let admin = PeopleAdmin::at_the_terminal();
    let organisation = tx.organisation()?;
    // They sign in with their address; the login is a number that says nothing: the random end of an id.
    let id = row_id(tx.now()).simple().to_string();
    let login = format!("m.{}", &id[20..]);
    let person = person::create(tx, &admin, &newcomer.person(login)).await?;
    sqlx::query!("update person set resident = true, password_hash = $2 where id = $1", person.0, entry.hash)
        .execute(tx.connection())
        .await?;
    let group = residents(tx, entry.group).await?;
    group::add(tx, &admin, group, person).await?;
    audit::record(tx, "registered", "person", person.0, json!({ "consent": "residents" })).await?;
    let (_, secret) = session::begin(tx, organisation, person, ClientKind::Browser, entry.client).await?;
    Ok((person, secret))
}

/// The group of residents: the one that is marked so, else one of that name, else a new one.
async fn residents(tx: &mut Tx, name: &str) -> Result<GroupId, Error> {
    let organisation = tx.organisation()?;
    // Two who come first at the same moment make one group.
    sqlx::query_scalar!("select id from organisation where id = $1 for no key update", organisation.0)
        .fetch_one(tx.connection())
        .await?;
    let marked = sqlx::query_scalar!(
        "select id from person_group where organisation_id = $1 and kind = 'residents'",
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?;
    if let Some(id) = marked {
        return Ok(GroupId(id));
    }
    let named = sqlx::query_scalar!(
        "update person_group set kind = 'residents' where organisation_id = $1 and lower(name) = lower($2) returning id",
        organisation.0,
        name
    )
    .fetch_optional(tx.connection())
    .await?;
    if let Some(id) = named {
        return Ok(GroupId(id));
    }
    let id = GroupId::new(tx.now());
    sqlx::query!(
        "insert into person_group (id, organisation_id, kind, name) values ($1, $2, 'residents', $3)",
        id.0,
        organisation.0,
        name,
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, "created", "group", id.0, json!({ "name": name })).await?;
    Ok(id)
}

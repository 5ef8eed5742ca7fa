//! Minors and those who speak for them: who signs for whom today. Turning eighteen changes it by the clock alone.
//!
//! Whose birthday is not known counts as an adult: birthdays are asked of pupils only.

use base::{PersonId, Tx, audit};
use serde_json::json;
use time::Date;

use crate::error::{Error, FieldProblem, Problem};
use crate::permit::{DeviceClerk, DevicesReader};
use crate::{GroupId, day};

base::id!(
    /// That one person speaks for another, from when to when.
    GuardianshipId
);

/// On what ground somebody speaks for a minor (Kodeks rodzinny i opiekuńczy, art. 98, 112⁷ and 155).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// Mother or father.
    Parent,
    /// Named by the court.
    LegalGuardian,
    /// Foster parent.
    FosterParent,
    /// A home or another institution.
    Institution,
}

impl Basis {
    /// Every ground.
    pub const ALL: [Self; 4] = [Self::Parent, Self::LegalGuardian, Self::FosterParent, Self::Institution];

    /// The word in the database and in forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::LegalGuardian => "legal_guardian",
            Self::FosterParent => "foster_parent",
            Self::Institution => "institution",
        }
    }

    /// The ground of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.word() == word)
    }
}

/// A person as the clerk of devices sees them.
#[derive(Clone, Debug)]
pub struct Card {
    /// Their id.
    pub id: PersonId,
    /// Given and family name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Birthday, known of pupils only.
    pub born_on: Option<Date>,
    /// Whether they were suspended.
    pub suspended: bool,
    /// Names of their groups or classes.
    pub groups: Vec<String>,
}

impl Card {
    /// Whether the person is a minor on that day (art. 10 KC).
    pub fn is_minor(&self, today: Date) -> bool {
        self.born_on.is_some_and(|born| day::years_later(born, 18) > today)
    }
}

/// That one person speaks for another.
#[derive(Clone, Debug)]
pub struct Guardianship {
    /// Its id.
    pub id: GuardianshipId,
    /// The minor.
    pub ward: PersonId,
    /// The minor's name.
    pub ward_name: String,
    /// Who speaks for them.
    pub guardian: PersonId,
    /// That person's name.
    pub guardian_name: String,
    /// On what ground.
    pub basis: Basis,
    /// First day.
    pub since: Date,
    /// The day on which it no longer holds.
    pub until: Option<Date>,
}

impl Guardianship {
    /// Whether it holds on that day.
    pub fn holds(&self, today: Date) -> bool {
        self.since <= today && self.until.is_none_or(|until| today < until)
    }
}

/// Who signs for a person today.
#[derive(Clone, Debug)]
pub enum Signer {
    /// They sign alone.
    Themselves,
    /// One of these signs for the minor; empty when nobody is known.
    Guardians(Vec<Guardianship>),
}

/// People whose name, login or address holds the text, or who are in the group; in Polish order.
pub async fn find(
    tx: &mut Tx,
    _: &DevicesReader,
    text: &str,
    group: Option<GroupId>,
    most: i64,
) -> Result<Vec<Card>, Error> {
    cards(tx, text, group, None, most).await
}

/// One person. Errors: `NotFound`.
pub async fn card(tx: &mut Tx, _: &DevicesReader, id: PersonId) -> Result<Card, Error> {
    cards(tx, "", None, Some(id), 1).await?.pop().ok_or(Error::NotFound)
}

async fn cards(
    tx: &mut Tx,
    text: &str,
    group: Option<GroupId>,
    only: Option<PersonId>,
    most: i64,
) -> Result<Vec<Card>, Error> {
    let organisation = tx.organisation()?;
    let pattern = format!("%{}%", text.trim().replace(['\\', '%', '_', '\0'], ""));
    let rows = sqlx::query!(
        r#"select p.id, p.given_name, p.family_name, p.email, p.phone, p.born_on, p.state,
                  array(select g.name from membership m join person_group g on g.id = m.group_id
                        where m.person_id = p.id order by g.name) as "groups!"
           from person p
           where p.organisation_id = $1
             and (p.given_name || ' ' || p.family_name || ' ' || p.given_name || ' ' || p.login || ' ' || coalesce(p.email, '')) ilike $2
             and ($3::uuid is null or exists (select 1 from membership m where m.group_id = $3 and m.person_id = p.id))
             and ($4::uuid is null and p.erased_at is null or p.id = $4)
           order by p.family_name collate "pl-x-icu", p.given_name collate "pl-x-icu", p.login limit $5"#,
        organisation.0,
        pattern,
        group.map(|id| id.0),
        only.map(|id| id.0),
        most,
    )
    .fetch_all(tx.connection())
    .await?;
    let card = rows.into_iter().map(|row| Card {
        id: PersonId(row.id),
        name: format!("{} {}", row.given_name, row.family_name),
        email: row.email,
        phone: row.phone,
        born_on: row.born_on,
        suspended: row.state == "suspended",
        groups: row.groups,
    });
    Ok(card.collect())
}

/// Everybody who speaks or spoke for a person, the newest first.
pub async fn of(tx: &mut Tx, _: &DevicesReader, ward: PersonId) -> Result<Vec<Guardianship>, Error> {
    between(tx, Some(ward), None).await
}

/// Those for whom a person speaks or spoke.
pub async fn wards(tx: &mut Tx, _: &DevicesReader, guardian: PersonId) -> Result<Vec<Guardianship>, Error> {
    between(tx, None, Some(guardian)).await
}

async fn between(
    tx: &mut Tx,
    ward: Option<PersonId>,
    guardian: Option<PersonId>,
) -> Result<Vec<Guardianship>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select g.id, g.ward_id, g.guardian_id, g.basis, g.since, g.until,
                  w.given_name || ' ' || w.family_name as "ward_name!", p.given_name || ' ' || p.family_name as "guardian_name!"
           from guardianship g join person w on w.id = g.ward_id join person p on p.id = g.guardian_id
           where g.organisation_id = $1 and ($2::uuid is null or g.ward_id = $2) and ($3::uuid is null or g.guardian_id = $3)
           order by g.since desc, g.id"#,
        organisation.0,
        ward.map(|id| id.0),
        guardian.map(|id| id.0),
    )
    .fetch_all(tx.connection())
    .await?;
    let one = rows.into_iter().map(|row| Guardianship {
        id: GuardianshipId(row.id),
        ward: PersonId(row.ward_id),
        ward_name: row.ward_name,
        guardian: PersonId(row.guardian_id),
        guardian_name: row.guardian_name,
        basis: Basis::from_word(&row.basis).unwrap_or(Basis::LegalGuardian),
        since: row.since,
        until: row.until,
    });
    Ok(one.collect())
}

/// Who signs for the person today. Errors: `NotFound`.
pub async fn signer(tx: &mut Tx, proof: &DevicesReader, person: PersonId) -> Result<Signer, Error> {
    let today = day::today(tx).await?;
    if !card(tx, proof, person).await?.is_minor(today) {
        return Ok(Signer::Themselves);
    }
    let mut guardians = of(tx, proof, person).await?;
    guardians.retain(|one| one.holds(today));
    Ok(Signer::Guardians(guardians))
}

/// Writes down a birthday, or that it is not known. Errors: `NotFound`; `Invalid` on `born_on`.
pub async fn set_born_on(
    tx: &mut Tx,
    _: &DeviceClerk,
    person: PersonId,
    born_on: Option<Date>,
) -> Result<(), Error> {
    let today = day::today(tx).await?;
    if born_on.is_some_and(|born| born > today || born.year() < 1900) {
        return Err(Error::field("born_on", Problem::Malformed));
    }
    let organisation = tx.organisation()?;
    let set = sqlx::query!(
        "update person set born_on = $3 where id = $1 and organisation_id = $2 and erased_at is null",
        person.0,
        organisation.0,
        born_on
    )
    .execute(tx.connection())
    .await?;
    if set.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "set_birthday", "person", person.0, json!({})).await?)
}

/// Records that `guardian` speaks for `ward`.
///
/// Errors: `Invalid` on `guardian` when the two are one, there is no such person, or it is recorded already.
pub async fn add(
    tx: &mut Tx,
    _: &DeviceClerk,
    ward: PersonId,
    guardian: PersonId,
    basis: Basis,
    since: Date,
) -> Result<GuardianshipId, Error> {
    if ward == guardian {
        return Err(Error::field("guardian", Problem::Unknown));
    }
    let (organisation, id) = (tx.organisation()?, GuardianshipId::new(tx.now()));
    sqlx::query!(
        "insert into guardianship (id, organisation_id, ward_id, guardian_id, basis, since) values ($1, $2, $3, $4, $5, $6)",
        id.0,
        organisation.0,
        ward.0,
        guardian.0,
        basis.word(),
        since,
    )
    .execute(tx.connection())
    .await
    .map_err(refused)?;
    audit::record(tx, "added_guardian", "person", ward.0, json!({ "guardian": guardian })).await?;
    Ok(id)
}

/// From today on it no longer holds. Errors: `NotFound`, also when it ended before.
pub async fn end(tx: &mut Tx, _: &DeviceClerk, id: GuardianshipId) -> Result<(), Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let ward = sqlx::query_scalar!(
        "update guardianship set until = greatest($3::date, since) where id = $1 and organisation_id = $2 and until is null
         returning ward_id",
        id.0,
        organisation.0,
        today,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(audit::record(tx, "ended_guardian", "person", ward, json!({ "guardianship": id })).await?)
}

fn refused(error: sqlx::Error) -> Error {
    let problem = match &error {
        sqlx::Error::Database(database) if database.is_foreign_key_violation() => Problem::Unknown,
        sqlx::Error::Database(database) if database.constraint() == Some("guardianship_once") => {
            Problem::Taken
        }
        _ => return Error::Database(error),
    };
    Error::Invalid(vec![FieldProblem { field: "guardian", problem }])
}

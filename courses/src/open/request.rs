//! Who wants a certificate of an open course asks for an account. Nobody is looked up when they ask, so the answer and the letter are
//! the same whether the address is known or not; the link in the letter proves that the mailbox is theirs, and only then does a person
//! exist, enrolled in that course.

use base::id::{Secret, row_id};
use base::mail::{self, Letter};
use base::{Actor, Db, OrganisationId, PersonId, Tx};
use identity::password;
use identity::resident::{self, Entry, Known, Newcomer};
use sha2::{Digest as _, Sha256};
use time::Duration;

use super::Opened;
use crate::CourseId;
use crate::enrolment::{self, Target};
use crate::error::Error;

/// How long the link in the letter works.
pub const LIFE: Duration = Duration::hours(24);
/// Letters to one mailbox, in an hour; further ones are not written, and nobody is told.
const AN_ADDRESS: i64 = 3;
/// Requests from one network address, in an hour: a library or a school behind one address is served.
const A_SOURCE: i64 = 20;
/// Requests in one organisation, in an hour, from everybody together.
const AN_ORGANISATION: i64 = 200;

fn area(error: identity::Error) -> Error {
    match error {
        identity::Error::Database(error) => Error::Database(error),
        identity::Error::Invalid(problems) => Error::Invalid(problems),
        identity::Error::System(error) => Error::Database(sqlx::Error::Protocol(error)),
        identity::Error::NotAllowed => Error::NotAllowed,
        _ => Error::NotFound,
    }
}

/// Writes the request down and queues the letter with its link. `source`: the network address that it came from.
///
/// Errors: `Invalid`; `NotAllowed` where the office makes the accounts; `TooMany`.
pub async fn ask(
    db: &Db,
    proof: &Opened,
    newcomer: &Newcomer,
    source: &str,
    letter: impl FnOnce(&Secret) -> Letter + Send,
) -> Result<(), Error> {
    let problems = newcomer.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let organisation = proof.host().id;
    if !resident::told(db, organisation).await.map_err(area)?.self_registration {
        return Err(Error::NotAllowed);
    }
    let source = Sha256::digest(source.as_bytes()).to_vec();
    let mut tx = db.begin(&Actor::installation("residents")).await?;
    if !may_ask(&mut tx, organisation, &newcomer.email, &source).await? {
        return Ok(());
    }
    tx.speak_for(&Actor::job("residents", organisation)).await?;
    let secret = Secret::fresh()
        .map_err(|error| Error::Database(sqlx::Error::Protocol(format!("no randomness: {error}"))))?;
    let (id, expiry) = (row_id(tx.now()), tx.now() + LIFE);
    sqlx::query!(
        "insert into open_request (id, organisation_id, course_id, given_name, family_name, email, language, token_hash,
                                   source_hash, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id,
        organisation.0,
        proof.id().0,
        newcomer.given_name.trim(),
        newcomer.family_name.trim(),
        newcomer.email.trim(),
        newcomer.language,
        secret.hash(),
        source,
        expiry,
    )
    .execute(tx.connection())
    .await?;
    mail::post(&mut tx, &format!("resident {id}"), &letter(&secret)).await?;
    Ok(tx.commit().await?)
}

/// Whether a letter is written. One request at a time is counted, so that many at once do not slip through together.
///
/// Errors: `TooMany` from one network address, or in one organisation.
async fn may_ask(
    tx: &mut Tx,
    organisation: OrganisationId,
    email: &str,
    source: &[u8],
) -> Result<bool, Error> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('open_request', 0))")
        .fetch_one(tx.connection())
        .await?;
    let late = sqlx::query!(
        r#"select count(*) filter (where source_hash = $1) as "source!",
                  count(*) filter (where organisation_id = $2) as "organisation!",
                  count(*) filter (where organisation_id = $2 and lower(email) = lower($3)) as "address!"
           from open_request where made_at > moment() - interval '1 hour'"#,
        source,
        organisation.0,
        email.trim(),
    )
    .fetch_one(tx.connection())
    .await?;
    if late.source >= A_SOURCE || late.organisation >= AN_ORGANISATION {
        return Err(Error::TooMany);
    }
    Ok(late.address < AN_ADDRESS)
}

/// A request whose link was opened.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Given and family name, as they were typed.
    pub name: String,
    /// The mailbox that the link was sent to.
    pub email: String,
    /// Name of the organisation.
    pub organisation: String,
    /// Title of the course.
    pub course: String,
    /// Who has the address already.
    pub known: Known,
}

/// What a link asks for; it is not used up. Errors: `NotFound` when it was used, is too old, or the course was closed meanwhile.
pub async fn pending(db: &Db, secret: &Secret) -> Result<Pending, Error> {
    let mut tx = db.begin(&Actor::installation("residents")).await?;
    let row = sqlx::query!(
        "select r.organisation_id, r.given_name, r.family_name, r.email, g.name, v.title
         from open_request r join organisation g on g.id = r.organisation_id
           join resident_setting s on s.organisation_id = r.organisation_id and s.self_registration
           join open_course o on o.course_id = r.course_id join course_version v on v.id = o.version_id
         where r.token_hash = $1 and r.used_at is null and r.expires_at > moment()",
        secret.hash(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    tx.speak_for(&Actor::job("residents", OrganisationId(row.organisation_id))).await?;
    let known = resident::known(&mut tx, &row.email).await.map_err(area)?;
    Ok(Pending {
        name: format!("{} {}", row.given_name, row.family_name),
        email: row.email,
        organisation: row.name,
        course: row.title,
        known,
    })
}

/// What came of a link that was used.
#[derive(Debug)]
pub enum Confirmed {
    /// The account was made, and its owner is signed in with this secret. The course's name in addresses.
    Made(Secret, String),
    /// Somebody who had an account already was enrolled; they sign in as always.
    Enrolled(String),
    /// The account with this address was suspended: nothing was done.
    Suspended,
}

/// Uses the link up: makes the account if there is none, enrols its owner, all in one transaction. `password` is read only for a new
/// account; `client`, `group`: as in `Entry`.
///
/// Errors: `NotFound` as for [`pending`], of two who press at once for the second; `Invalid` for a password that is too weak, and on
/// `email` when somebody got the address at the same moment.
pub async fn confirm(
    db: &Db,
    secret: &Secret,
    password: String,
    client: &str,
    group: &str,
) -> Result<Confirmed, Error> {
    let hash = match pending(db, secret).await?.known {
        Known::Suspended => return Ok(Confirmed::Suspended),
        Known::Active(_) => None,
        Known::Nobody => {
            password::check(&password).map_err(|problem| Error::field("password", problem))?;
            // No connection is held while the password is hashed.
            Some(password::hash(password).await.map_err(area)?)
        }
    };
    let mut tx = db.begin(&Actor::installation("residents")).await?;
    // The update is the check.
    let row = sqlx::query!(
        "update open_request r set used_at = moment()
         from open_course o, resident_setting s
         where r.token_hash = $1 and r.used_at is null and r.expires_at > moment() and o.course_id = r.course_id
           and s.organisation_id = r.organisation_id and s.self_registration
         returning r.organisation_id, r.course_id, r.given_name, r.family_name, r.email, r.language, o.slug",
        secret.hash(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let organisation = OrganisationId(row.organisation_id);
    tx.speak_for(&Actor::job("residents", organisation)).await?;
    let newcomer = Newcomer {
        given_name: row.given_name,
        family_name: row.family_name,
        email: row.email,
        language: row.language,
    };
    let known = resident::known(&mut tx, &newcomer.email).await.map_err(area)?;
    let (person, confirmed) = match (known, hash) {
        (Known::Suspended, _) => return Ok(Confirmed::Suspended),
        (Known::Active(person), _) => (person, Confirmed::Enrolled(row.slug)),
        (Known::Nobody, Some(hash)) => {
            let entry = Entry { hash: &hash, client, group };
            let (person, session) = resident::admit(&mut tx, &newcomer, entry).await.map_err(area)?;
            (person, Confirmed::Made(session, row.slug))
        }
        (Known::Nobody, None) => return Err(Error::NotFound),
    };
    enrol(&mut tx, organisation, CourseId(row.course_id), person).await?;
    tx.commit().await?;
    Ok(confirmed)
}

/// Enrols the person as if they had joined themselves; being enrolled already is fine.
async fn enrol(
    tx: &mut Tx,
    organisation: OrganisationId,
    course: CourseId,
    person: PersonId,
) -> Result<(), Error> {
    tx.speak_for(&identity::session::on_behalf(organisation, person)).await?;
    enrolment::insert(tx, course, Target::Person(person)).await
}

/// Forgets requests whose link has not worked for a day. Run now and then by the worker.
pub async fn forget_old(db: &Db) -> Result<(), Error> {
    let mut tx = db.begin(&Actor::installation("residents")).await?;
    sqlx::query!("delete from open_request where expires_at < moment() - interval '1 day'")
        .execute(tx.connection())
        .await?;
    Ok(tx.commit().await?)
}

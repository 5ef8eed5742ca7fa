//! Issuing a certificate: the facts of a finished taking, copied as they are at this moment.

use base::{OrganisationId, PersonId, Tx, audit};
use serde_json::json;
use time::Date;
use uuid::Uuid;

use super::number::{self, Number};
use crate::error::Error;
use crate::{CertificateId, TakingId};

/// Places in a list of revoked certificates: the least that the W3C's Bitstring Status List allows, so that a list tells nothing
/// of one certificate.
pub(super) const STATUS_PLACES: u32 = 131_072;
/// Tries for a free place in one list before the next is begun.
const TRIES_A_LIST: i16 = 8;
/// Lists that are tried.
const LISTS: i16 = 8;

/// What is copied onto a certificate.
#[derive(Debug)]
pub(super) struct Facts {
    pub organisation: OrganisationId,
    pub taking: TakingId,
    pub person: PersonId,
    /// Given and family name.
    pub name: String,
    pub course: Uuid,
    pub title: String,
    pub language: String,
    pub version: Uuid,
    pub version_number: i32,
    pub minutes: i32,
    pub result_per_mille: Option<i16>,
    pub done_on: Date,
    pub valid_until: Option<Date>,
    pub organisation_name: String,
}

/// Issues the certificate of a finished taking, once: who comes second gets the first one's. Commits with whatever finished it.
///
/// Errors: `NotFound` for a taking that is not finished.
pub(crate) async fn issue(tx: &mut Tx, taking: TakingId) -> Result<CertificateId, Error> {
    let facts = facts(tx, taking).await?;
    write(tx, &facts, None).await
}

/// Issues what the acting person finished before there were certificates. Answers how many that were.
pub async fn catch_up(tx: &mut Tx) -> Result<usize, Error> {
    let person = tx.person()?;
    let takings = sqlx::query_scalar!(
        "select id from taking t where person_id = $1 and done_at is not null
           and not exists (select from certificate c where c.taking_id = t.id)
         order by done_at, id",
        person.0
    )
    .fetch_all(tx.connection())
    .await?;
    for taking in &takings {
        issue(tx, TakingId(*taking)).await?;
    }
    Ok(takings.len())
}

/// What would be copied now. Errors: `NotFound` for a taking that is not finished.
pub(super) async fn facts(tx: &mut Tx, taking: TakingId) -> Result<Facts, Error> {
    let row = sqlx::query!(
        r#"select t.organisation_id, t.person_id, p.given_name || ' ' || p.family_name as "name!", t.course_id, v.title, v.language,
                  v.id as version_id, v.number, t.valid_until, o.name as organisation_name,
                  (t.done_at at time zone 'Europe/Warsaw')::date as "done_on!",
                  (select coalesce(sum(u.minutes), 0)::integer from version_unit u where u.version_id = v.id) as "minutes!",
                  -- Of the last test of the version: the best attempt that passed, this time.
                  (select max(a.score) from attempt a where a.person_id = t.person_id and a.cycle = t.cycle and a.passed and a.unit_id =
                     (select z.unit_id from version_quiz z join version_unit w on w.version_id = z.version_id and w.unit_id = z.unit_id
                      where z.version_id = v.id order by w.position desc limit 1)) as result_per_mille
           from taking t join person p on p.id = t.person_id join organisation o on o.id = t.organisation_id
             join course_version v on v.id = t.version_id
           where t.id = $1 and t.done_at is not null"#,
        taking.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Facts {
        organisation: OrganisationId(row.organisation_id),
        taking,
        person: PersonId(row.person_id),
        name: row.name,
        course: row.course_id,
        title: row.title,
        language: row.language,
        version: row.version_id,
        version_number: row.number,
        minutes: row.minutes,
        result_per_mille: row.result_per_mille,
        done_on: row.done_on,
        valid_until: row.valid_until,
        organisation_name: row.organisation_name,
    })
}

/// Writes a certificate; `replaces`: in place of which. Of two for one taking the first stays and is answered.
pub(super) async fn write(
    tx: &mut Tx,
    facts: &Facts,
    replaces: Option<CertificateId>,
) -> Result<CertificateId, Error> {
    let newest = sqlx::query_scalar!(
        r#"select coalesce(max(status_list), 0::smallint) as "newest!" from certificate where organisation_id = $1"#,
        facts.organisation.0
    )
    .fetch_one(tx.connection())
    .await?;
    let token = number::fresh_token()?;
    let number = Number::of(&token);
    for attempt in 0..LISTS * TRIES_A_LIST {
        let mut bits = [0_u8; 4];
        number::fill(&mut bits)?;
        let place = i32::try_from(u32::from_le_bytes(bits) % STATUS_PLACES).unwrap_or_default();
        let place = (newest.saturating_add(attempt / TRIES_A_LIST), place);
        if let Some(id) = insert(tx, facts, replaces, (&token, &number), place).await? {
            hold(tx, id, facts, &token, &number).await?;
            let detail = json!({ "taking": facts.taking, "replaces": replaces });
            audit::record(tx, "issued", "certificate", id.0, detail).await?;
            return Ok(id);
        }
        let first = sqlx::query_scalar!(
            "select id from certificate where taking_id = $1 and replaces_id is not distinct from $2",
            facts.taking.0,
            replaces.map(|id| id.0),
        )
        .fetch_optional(tx.connection())
        .await?;
        if let Some(first) = first {
            return Ok(CertificateId(first));
        }
    }
    Err(Error::Database(sqlx::Error::Protocol("no place in a list of revoked certificates".to_owned())))
}

/// `None` when the taking has one or the place in the list is taken.
async fn insert(
    tx: &mut Tx,
    facts: &Facts,
    replaces: Option<CertificateId>,
    (token, number): (&str, &Number),
    (list, index): (i16, i32),
) -> Result<Option<CertificateId>, Error> {
    let id = CertificateId::new(tx.now());
    let made = sqlx::query!(
        "insert into certificate (id, organisation_id, taking_id, replaces_id, token_hash, number_hash, name_seal, course_id, course_title,
           course_language, version_id, version_number, minutes, result_per_mille, done_on, valid_until, organisation_name, template_id,
           status_list, status_index)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                 (select id from certificate_template where organisation_id = $2 order by number desc limit 1), $18, $19)
         on conflict do nothing",
        id.0,
        facts.organisation.0,
        facts.taking.0,
        replaces.map(|id| id.0),
        number::token_hash(token),
        number.hash(),
        number.seal(&facts.name),
        facts.course,
        facts.title,
        facts.language,
        facts.version,
        facts.version_number,
        facts.minutes,
        facts.result_per_mille,
        facts.done_on,
        facts.valid_until,
        facts.organisation_name,
        list,
        index,
    )
    .execute(tx.connection())
    .await?;
    Ok((made.rows_affected() == 1).then_some(id))
}

async fn hold(
    tx: &mut Tx,
    id: CertificateId,
    facts: &Facts,
    token: &str,
    number: &Number,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into certificate_holder (certificate_id, organisation_id, person_id, name, token, number) values ($1, $2, $3, $4, $5, $6)",
        id.0,
        facts.organisation.0,
        facts.person.0,
        facts.name,
        token,
        number.as_str(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

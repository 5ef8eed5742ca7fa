//! Certificates: that a person finished a course, by which version, and until when it counts. A row says so for ever; whom it
//! names can be erased, and it can still be checked (`check`). It is issued in the transaction that completes the taking.

pub mod check;
pub mod credential;
pub mod document;
mod issue;
pub mod key;
mod number;
mod revoke;
pub mod template;

use std::collections::BTreeMap;

use base::{OrganisationId, PersonId, Tx};
use time::{Date, OffsetDateTime};

use crate::error::Error;
use crate::find::Taught;
use crate::{CertificateId, CourseId, VersionId};

pub use issue::catch_up;
pub(crate) use issue::issue;
pub use number::{Key, Number};
pub use revoke::{MOST_REASON, erase, held_by, replace, revoke};
pub use template::Template;

/// Most certificates that a list shows.
pub const MOST_LISTED: i64 = 1000;

/// Whom a certificate names, and how it is reached.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The person.
    pub person: PersonId,
    /// Given and family name, as they were.
    pub name: String,
    /// The last part of the public address.
    pub token: String,
    /// The printed number.
    pub number: Number,
}

/// What a certificate is worth today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It counts.
    Valid,
    /// Its last day is over.
    Expired,
    /// It was revoked: when and why.
    Revoked(OffsetDateTime, String),
    /// Another was issued in its place: when and why.
    Replaced(OffsetDateTime, String),
}

/// A certificate with everything that stands on it.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// Its id.
    pub id: CertificateId,
    /// Whom it names; `None` when that was erased.
    pub holder: Option<Holder>,
    /// When that was erased.
    pub erased_at: Option<OffsetDateTime>,
    /// The course.
    pub course: CourseId,
    /// Its name in addresses.
    pub course_slug: String,
    /// Title of the version in the language of the course: it stands on the paper.
    pub course_title: String,
    /// The same in other languages of the version, by their codes.
    pub course_titles: BTreeMap<String, String>,
    /// Language of the course: `pl`, `en` or `uk`.
    pub course_language: String,
    /// Summary of the version.
    pub course_summary: String,
    /// The version that was finished.
    pub version: VersionId,
    /// Its number.
    pub version_number: i32,
    /// Planned time, in minutes; 0 when none was given.
    pub minutes: i32,
    /// Result of the test, in thousandths.
    pub result_per_mille: Option<i16>,
    /// The day on which the course was finished, in Warsaw.
    pub done_on: Date,
    /// When it was issued.
    pub issued_at: OffsetDateTime,
    /// The last day on which it counts.
    pub valid_until: Option<Date>,
    /// The last second of that day.
    pub ends_at: Option<OffsetDateTime>,
    /// Who issued it.
    pub organisation: OrganisationId,
    /// Its name, as it was.
    pub organisation_name: String,
    /// How it looks.
    pub template: Template,
    /// What it is worth.
    pub state: State,
    /// Its place in the list of revoked certificates: number of the list, place in it.
    pub status: (i16, i32),
    name_seal: Vec<u8>,
}

impl Certificate {
    /// The title in a language and which language that is: the course's own where the version has none in it.
    pub fn title_in<'a>(&'a self, language: &'a str) -> (&'a str, &'a str) {
        match self.course_titles.get(language) {
            Some(title) => (title, language),
            None => (&self.course_title, &self.course_language),
        }
    }
}

/// Which certificates are asked for.
#[derive(Clone, Debug, Default)]
struct Wanted {
    id: Option<CertificateId>,
    person: Option<PersonId>,
    course: Option<CourseId>,
    token_hash: Option<Vec<u8>>,
    number_hash: Option<Vec<u8>>,
}

/// The certificates of the acting person, the newest first.
pub async fn mine(tx: &mut Tx) -> Result<Vec<Certificate>, Error> {
    let person = Some(tx.person()?);
    some(tx, &Wanted { person, ..Wanted::default() }).await
}

/// The newest certificate of the acting person in this course.
pub async fn mine_of_course(tx: &mut Tx, course: CourseId) -> Result<Option<Certificate>, Error> {
    let person = Some(tx.person()?);
    let all = some(tx, &Wanted { person, course: Some(course), ..Wanted::default() }).await?;
    Ok(all.into_iter().next())
}

/// One of the acting person's. Errors: `NotFound`.
pub async fn my_own(tx: &mut Tx, id: CertificateId) -> Result<Certificate, Error> {
    let person = Some(tx.person()?);
    only(some(tx, &Wanted { id: Some(id), person, ..Wanted::default() }).await?)
}

/// The certificates of a course, the newest first; at most [`MOST_LISTED`].
pub async fn of_course(tx: &mut Tx, proof: &Taught) -> Result<Vec<Certificate>, Error> {
    some(tx, &Wanted { course: Some(proof.id()), ..Wanted::default() }).await
}

/// One of a course. Errors: `NotFound`.
pub async fn one_of_course(tx: &mut Tx, proof: &Taught, id: CertificateId) -> Result<Certificate, Error> {
    only(some(tx, &Wanted { id: Some(id), course: Some(proof.id()), ..Wanted::default() }).await?)
}

fn only(found: Vec<Certificate>) -> Result<Certificate, Error> {
    found.into_iter().next().ok_or(Error::NotFound)
}

async fn some(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<Certificate>, Error> {
    let rows = sqlx::query!(
        r#"select c.id, c.organisation_id, c.course_id, k.slug, c.course_title, c.course_language, v.summary, c.version_id,
                  c.version_number, c.minutes, c.result_per_mille, c.done_on, c.issued_at, c.valid_until, c.organisation_name,
                  c.status_list, c.status_index, c.name_seal, h.person_id as "person_id?", h.name as "name?", h.token as "token?",
                  h.number as "number?", e.erased_at as "erased_at?", r.kind as "kind?", r.reason as "reason?",
                  r.revoked_at as "revoked_at?", t.wording as "wording?", t.place as "place?",
                  t.signatory_name as "signatory_name?", t.signatory_office as "signatory_office?", t.arms_key, t.arms_alt as "arms_alt?",
                  coalesce(c.valid_until < (moment() at time zone 'Europe/Warsaw')::date, false) as "expired!",
                  array(select n.language from version_title n where n.version_id = c.version_id order by n.language) as "title_languages!",
                  array(select n.title from version_title n where n.version_id = c.version_id order by n.language) as "titles!",
                  (c.valid_until + 1)::timestamp at time zone 'Europe/Warsaw' - interval '1 second' as ends_at
           from certificates_wanted($1, $2, $3, $4, $5, $6) wanted (id) join certificate c on c.id = wanted.id
             join course k on k.id = c.course_id join course_version v on v.id = c.version_id
             left join certificate_holder h on h.certificate_id = c.id left join certificate_erasure e on e.certificate_id = c.id
             left join certificate_revocation r on r.certificate_id = c.id left join certificate_template t on t.id = c.template_id
           order by c.issued_at desc, c.id desc"#,
        wanted.id.map(|id| id.0),
        wanted.person.map(|id| id.0),
        wanted.course.map(|id| id.0),
        wanted.token_hash,
        wanted.number_hash,
        MOST_LISTED,
    )
    .fetch_all(tx.connection())
    .await?;
    let certificate = rows.into_iter().map(|row| Certificate {
        id: CertificateId(row.id),
        holder: match (row.person_id, row.name, row.token, row.number) {
            (Some(person), Some(name), Some(token), Some(number)) => {
                Some(Holder { person: PersonId(person), name, token, number: Number::kept(number) })
            }
            _ => None,
        },
        erased_at: row.erased_at,
        course: CourseId(row.course_id),
        course_slug: row.slug,
        course_title: row.course_title,
        course_titles: row.title_languages.into_iter().zip(row.titles).collect(),
        course_language: row.course_language,
        course_summary: row.summary,
        version: VersionId(row.version_id),
        version_number: row.version_number,
        minutes: row.minutes,
        result_per_mille: row.result_per_mille,
        done_on: row.done_on,
        issued_at: row.issued_at,
        valid_until: row.valid_until,
        ends_at: row.ends_at,
        organisation: OrganisationId(row.organisation_id),
        organisation_name: row.organisation_name,
        template: Template {
            wording: row.wording.unwrap_or_default(),
            place: row.place.unwrap_or_default(),
            signatory_name: row.signatory_name.unwrap_or_default(),
            signatory_office: row.signatory_office.unwrap_or_default(),
            arms: row.arms_key.map(|key| (key, row.arms_alt.unwrap_or_default())),
        },
        state: match (row.kind.as_deref(), row.revoked_at) {
            (Some("replaced"), Some(at)) => State::Replaced(at, row.reason.unwrap_or_default()),
            (Some(_), Some(at)) => State::Revoked(at, row.reason.unwrap_or_default()),
            _ if row.expired => State::Expired,
            _ => State::Valid,
        },
        status: (row.status_list, row.status_index),
        name_seal: row.name_seal,
    });
    Ok(certificate.collect())
}

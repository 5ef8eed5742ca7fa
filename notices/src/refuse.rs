//! Refusing letters with the link that stands in each of them (RFC 8058): without signing in, and for good until it is taken back
//! on the page of preferences. The link is signed, not kept; it tells nothing of the person to whom it does not belong.

use aws_lc_rs::{constant_time, hmac};
use base::id::base64_encode;
use base::{Actor, Db, OrganisationId, PersonId};

use crate::error::Error;
use crate::notice::Kind;
use crate::wish::{self, Wish};

/// What stands in a link: the person and the signature. `key`: 32 bytes, of `base::key::Purpose::Seal`.
pub fn token(key: &[u8], person: PersonId) -> String {
    format!("{person}.{}", signature(key, person))
}

fn signature(key: &[u8], person: PersonId) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    base64_encode(hmac::sign(&key, format!("refuse letters {person}").as_bytes()).as_ref())
}

/// Whom a link is about; `None` when it is not ours.
pub fn read(key: &[u8], token: &str) -> Option<PersonId> {
    let (person, given) = token.split_once('.')?;
    let person: PersonId = person.parse().ok()?;
    constant_time::verify_slices_are_equal(given.as_bytes(), signature(key, person).as_bytes()).ok()?;
    Some(person)
}

/// The person's address as it may be shown to whoever has the link: `j…@example.org`. Errors: `NotFound`.
pub async fn address(db: &Db, person: PersonId) -> Result<String, Error> {
    let mut tx = db.begin(&Actor::installation("refuse letters")).await?;
    let email = sqlx::query_scalar!("select email from person where id = $1", person.0)
        .fetch_optional(tx.connection())
        .await?
        .flatten()
        .ok_or(Error::NotFound)?;
    let (name, host) = email.split_once('@').unwrap_or((&email, ""));
    Ok(format!("{}…@{host}", name.chars().next().unwrap_or('…')))
}

/// Refuses every notice by e-mail; again changes nothing. Errors: `NotFound`.
pub async fn refuse(db: &Db, person: PersonId) -> Result<(), Error> {
    let mut tx = db.begin(&Actor::installation("refuse letters")).await?;
    let organisation = sqlx::query_scalar!("select organisation_id from person where id = $1", person.0)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    tx.speak_for(&Actor::job("refuse letters", OrganisationId(organisation))).await?;
    wish::set_kinds(&mut tx, person, [Wish::Never; Kind::ALL.len()]).await?;
    base::audit::record(&mut tx, "refused_letters", "person", person.0, Default::default()).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use base::PersonId;

    use super::{read, token};

    #[test]
    fn a_link_is_read_with_its_key_alone_and_names_one_person() {
        let (jan, ola) = (PersonId(uuid::Uuid::from_u128(1)), PersonId(uuid::Uuid::from_u128(2)));
        let link = token(&[1; 32], jan);
        assert_eq!(read(&[1; 32], &link), Some(jan));
        assert_eq!(read(&[2; 32], &link), None);
        let foreign = format!("{ola}.{}", link.split_once('.').unwrap().1);
        assert_eq!(read(&[1; 32], &foreign), None);
        for broken in ["", ".", "x.y", &link[..link.len() - 1], &format!("{link}A")] {
            assert_eq!(read(&[1; 32], broken), None, "{broken}");
        }
    }
}

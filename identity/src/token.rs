//! Tickets of the REST API: a short JWT that names a session row. The row decides; a suspended person is out at once.

use base::Clock;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::SessionId;
use crate::error::Error;

/// Life of a ticket, in seconds.
pub const LIFE_SECONDS: i64 = 3600;
const AUDIENCE: &str = "tablica-api";

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: SessionId,
    aud: String,
    exp: i64,
}

/// A ticket for the session. `key`: 32 bytes, of `base::key::Purpose::Api`.
pub fn issue(key: &[u8], clock: &Clock, session: SessionId) -> Result<String, Error> {
    let claims =
        Claims { sub: session, aud: AUDIENCE.to_owned(), exp: clock.now().unix_timestamp() + LIFE_SECONDS };
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some("api+jwt".to_owned());
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(key))
        .map_err(|error| Error::System(error.to_string()))
}

/// The session that a ticket names, when it is ours, for the API, and not too old.
pub fn read(key: &[u8], clock: &Clock, ticket: &str) -> Option<SessionId> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_audience(&[AUDIENCE]);
    rules.set_required_spec_claims(&["exp", "aud", "sub"]);
    // The passed-in clock decides, not the machine's.
    rules.validate_exp = false;
    let read = jsonwebtoken::decode::<Claims>(ticket, &DecodingKey::from_secret(key), &rules).ok()?;
    let typed = read.header.typ.as_deref() == Some("api+jwt");
    (typed && read.claims.exp > clock.now().unix_timestamp()).then_some(read.claims.sub)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_opens_with_its_key_until_it_is_old() {
        let clock = Clock::system();
        let session = SessionId::new(clock.now());
        let ticket = issue(&[1; 32], &clock, session).unwrap();
        assert_eq!(read(&[1; 32], &clock, &ticket), Some(session));
        assert_eq!(read(&[2; 32], &clock, &ticket), None);
        assert_eq!(read(&[1; 32], &clock, "e30.e30."), None);
        clock.advance(time::Duration::seconds(LIFE_SECONDS + 1));
        assert_eq!(read(&[1; 32], &clock, &ticket), None);
    }
}

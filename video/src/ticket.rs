//! Media tickets: a short JWT in the address of playlists and segments, for players that send no cookie.
//!
//! A ticket names a session and a film. It replaces the cookie only: the session must still live, and the person must
//! still be allowed to watch, at every request.

use base::Clock;
use identity::SessionId;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::FilmId;
use crate::error::Error;
use crate::proof::Watchable;

/// Life of a ticket, in seconds; a player that comes later fetches the master playlist again.
pub const LIFE_SECONDS: i64 = 2 * 3600;
const AUDIENCE: &str = "tablica-media";

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: SessionId,
    film: FilmId,
    aud: String,
    exp: i64,
}

/// A ticket for a film and a session. `key`: 32 bytes, of `base::key::Purpose::Media`.
pub fn issue(key: &[u8], clock: &Clock, session: SessionId, proof: &Watchable) -> Result<String, Error> {
    let exp = clock.now().unix_timestamp() + LIFE_SECONDS;
    let claims = Claims { sub: session, film: proof.film(), aud: AUDIENCE.to_owned(), exp };
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some("media+jwt".to_owned());
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(key))
        .map_err(|error| Error::System(error.to_string()))
}

/// The session that a ticket for this film names, when it is ours and not too old.
pub fn read(key: &[u8], clock: &Clock, ticket: &str, film: FilmId) -> Option<SessionId> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_audience(&[AUDIENCE]);
    rules.set_required_spec_claims(&["exp", "aud", "sub"]);
    // The passed-in clock decides, not the machine's.
    rules.validate_exp = false;
    let read = jsonwebtoken::decode::<Claims>(ticket, &DecodingKey::from_secret(key), &rules).ok()?;
    let typed = read.header.typ.as_deref() == Some("media+jwt");
    let fits = read.claims.film == film && read.claims.exp > clock.now().unix_timestamp();
    (typed && fits).then_some(read.claims.sub)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_opens_one_film_until_it_is_old() {
        let clock = Clock::system();
        let (session, film, other) =
            (SessionId::new(clock.now()), FilmId::new(clock.now()), FilmId::new(clock.now()));
        let ticket = issue(&[1; 32], &clock, session, &Watchable::granted(film)).unwrap();
        assert_eq!(read(&[1; 32], &clock, &ticket, film), Some(session));
        assert_eq!(read(&[1; 32], &clock, &ticket, other), None);
        assert_eq!(read(&[2; 32], &clock, &ticket, film), None);
        let api = identity::token::issue(&[1; 32], &clock, session).unwrap();
        assert_eq!(read(&[1; 32], &clock, &api, film), None);
        clock.advance(time::Duration::seconds(LIFE_SECONDS + 1));
        assert_eq!(read(&[1; 32], &clock, &ticket, film), None);
    }
}

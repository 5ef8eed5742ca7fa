//! Media tickets: a short JWT in the address of playlists and segments, for players that send no cookie.
//!
//! A ticket names a session and a film. It replaces the cookie only: the session must still live, and the person must
//! still be allowed to watch, at every request. A visitor's ticket names what is open to everybody in place of the session; it must
//! still be, and still show the film, at every request as well.

use base::Clock;
use identity::SessionId;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::FilmId;
use crate::error::Error;
use crate::proof::Watchable;

/// Least life of a ticket, in seconds; a player that comes later fetches the master playlist again. Tickets that are given to the same
/// holder for the same film in one stretch of so many seconds are the same, letter by letter: the addresses of segments are, too, and a
/// browser finds in its cache what it has fetched before.
pub const LIFE_SECONDS: i64 = 12 * 3600;
const AUDIENCE: &str = "tablica-media";

/// `typ` of a ticket that names a session, and of one that names what is open.
const SESSION: &str = "media+jwt";
const OPEN: &str = "open-media+jwt";

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: Uuid,
    film: FilmId,
    aud: String,
    exp: i64,
}

/// Who comes with a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Whoever's session this is.
    Session(SessionId),
    /// Anybody: what they read is open to everybody under this id, which is the affair of the area above.
    Visitor(Uuid),
}

impl Holder {
    fn named(self) -> (Uuid, &'static str) {
        match self {
            Self::Session(id) => (id.0, SESSION),
            Self::Visitor(id) => (id, OPEN),
        }
    }
}

/// A ticket for a film. `key`: 32 bytes, of `base::key::Purpose::Media`.
pub fn issue(key: &[u8], clock: &Clock, holder: Holder, proof: &Watchable) -> Result<String, Error> {
    // From here to the end of the next stretch.
    let exp = (clock.now().unix_timestamp().div_euclid(LIFE_SECONDS) + 2) * LIFE_SECONDS;
    let (sub, typ) = holder.named();
    let claims = Claims { sub, film: proof.film(), aud: AUDIENCE.to_owned(), exp };
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some(typ.to_owned());
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(key))
        .map_err(|error| Error::System(error.to_string()))
}

/// Whom a ticket for this film names, when it is ours and not too old.
pub fn read(key: &[u8], clock: &Clock, ticket: &str, film: FilmId) -> Option<Holder> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_audience(&[AUDIENCE]);
    rules.set_required_spec_claims(&["exp", "aud", "sub"]);
    // The passed-in clock decides, not the machine's.
    rules.validate_exp = false;
    let read = jsonwebtoken::decode::<Claims>(ticket, &DecodingKey::from_secret(key), &rules).ok()?;
    let holder = match read.header.typ.as_deref() {
        Some(SESSION) => Holder::Session(SessionId(read.claims.sub)),
        Some(OPEN) => Holder::Visitor(read.claims.sub),
        _ => return None,
    };
    let fits = read.claims.film == film && read.claims.exp > clock.now().unix_timestamp();
    fits.then_some(holder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_opens_one_film_until_it_is_old() {
        let clock = Clock::system();
        let (session, film, other) =
            (SessionId::new(clock.now()), FilmId::new(clock.now()), FilmId::new(clock.now()));
        let holder = Holder::Session(session);
        let ticket = issue(&[1; 32], &clock, holder, &Watchable::granted(film)).unwrap();
        assert_eq!(read(&[1; 32], &clock, &ticket, film), Some(holder));
        assert_eq!(read(&[1; 32], &clock, &ticket, other), None);
        assert_eq!(read(&[2; 32], &clock, &ticket, film), None);
        let api = identity::token::issue(&[1; 32], &clock, session).unwrap();
        assert_eq!(read(&[1; 32], &clock, &api, film), None);
        // The same id as a visitor's is another holder.
        let visitor = Holder::Visitor(session.0);
        let open = issue(&[1; 32], &clock, visitor, &Watchable::granted(film)).unwrap();
        assert_eq!(read(&[1; 32], &clock, &open, film), Some(visitor));
        clock.advance(time::Duration::seconds(LIFE_SECONDS - 1));
        assert_eq!(read(&[1; 32], &clock, &ticket, film), Some(holder));
        clock.advance(time::Duration::seconds(LIFE_SECONDS + 1));
        assert_eq!(read(&[1; 32], &clock, &ticket, film), None);
    }

    #[test]
    fn the_ticket_of_one_holder_is_the_same_for_a_stretch_of_time() {
        let clock = Clock::system();
        let film = Watchable::granted(FilmId::new(clock.now()));
        let holder = Holder::Session(SessionId::new(clock.now()));
        // To the beginning of a stretch.
        let into = clock.now().unix_timestamp().rem_euclid(LIFE_SECONDS);
        clock.advance(time::Duration::seconds(LIFE_SECONDS - into));
        let first = issue(&[1; 32], &clock, holder, &film).unwrap();
        clock.advance(time::Duration::seconds(LIFE_SECONDS - 60));
        assert_eq!(issue(&[1; 32], &clock, holder, &film).unwrap(), first);
        clock.advance(time::Duration::seconds(60));
        assert_ne!(issue(&[1; 32], &clock, holder, &film).unwrap(), first);
        let other = Holder::Session(SessionId::new(clock.now()));
        assert_ne!(
            issue(&[1; 32], &clock, other, &film).unwrap(),
            issue(&[1; 32], &clock, holder, &film).unwrap()
        );
    }
}

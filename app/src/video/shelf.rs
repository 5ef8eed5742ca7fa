//! What a server keeps for a short while of films that are watched: who may, where the pieces lie, and the last of their bytes. A class
//! that watches together asks PostgreSQL and the object store once.
//!
//! Only what was granted is kept, a person's right for at most [`KEPT`], and only while PostgreSQL tells of every change that may take it
//! away (`base::hear`): whatever depends on it goes in the moment of the commit. A server that does not hear keeps nothing.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base::OrganisationId;
use base::hear::{DEAF, Word, hear};
use bytes::Bytes;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, Equivalent, OptionsBuilder, Weighter};
use time::OffsetDateTime;
use uuid::Uuid;
use video::playlist::Stored;
use video::{FilmId, Watchable};

use crate::state::App;

/// What depends on the hour (a session that ends, say) is looked up again after so long.
const KEPT: Duration = Duration::from_secs(60);
/// Where pieces lie depends on nothing but what is told; all the same it is not believed for ever.
const PLACES_KEPT: Duration = Duration::from_secs(300);
/// Whoever waits for another's fetch from the store fetches alone after so long.
const WAIT: Duration = Duration::from_secs(2);
/// Most tickets and pieces of which something is kept, and most bytes of playlists: a few megabytes each.
const HOLDERS: usize = 4_000;
const PIECES: usize = 20_000;
const LIST_BYTES: u64 = 4 << 20;
/// The bytes are kept in so many parts, and none is larger than one of them: what is kept has room for several long segments.
const SHARDS: usize = 4;

/// Who may watch what.
#[derive(Clone, Debug)]
struct Holding {
    proof: Watchable,
    organisation: OrganisationId,
    /// By the clock that deadlines follow, and by the one that nobody puts back.
    until: OffsetDateTime,
    kept_ms: u64,
}

/// What is believed for a while.
#[derive(Clone)]
struct Lasting<T> {
    kept_ms: u64,
    what: T,
}

impl<T> Lasting<T> {
    fn fresh(self, now_ms: u64) -> Option<T> {
        (now_ms < self.kept_ms + milliseconds(PLACES_KEPT)).then_some(self.what)
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Something of a film: whether it is shown to those alone who may change the film, and its name.
type Named = (FilmId, bool, String);

/// The same to look up by, without words of its own.
#[derive(Hash)]
struct Asked<'a>(FilmId, bool, &'a str);

impl<'a> Asked<'a> {
    fn of(proof: &Watchable, name: &'a str) -> Self {
        Self(proof.film(), proof.is_early(), name)
    }
}

impl Equivalent<Named> for Asked<'_> {
    fn equivalent(&self, named: &Named) -> bool {
        self.0 == named.0 && self.1 == named.1 && self.2 == named.2
    }
}

#[derive(Clone)]
struct Length;

impl Weighter<String, Bytes> for Length {
    fn weight(&self, _: &String, bytes: &Bytes) -> u64 {
        bytes.len() as u64
    }
}

impl Weighter<Named, Lasting<Bytes>> for Length {
    fn weight(&self, _: &Named, list: &Lasting<Bytes>) -> u64 {
        list.what.len() as u64
    }
}

/// How many changes were told: of rights, and of films.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    rights: u64,
    films: u64,
}

/// What is kept, of all organisations.
pub struct Shelf {
    /// What is asked for every piece takes no lock: moments are milliseconds from here.
    born: Instant,
    /// Until when it is known that nothing was missed; 0: it is not.
    hears_until_ms: AtomicU64,
    /// What was read before a change is not kept after it.
    turn: Mutex<Turn>,
    holders: Cache<String, Holding>,
    pieces: Cache<Named, Lasting<Stored>>,
    lists: Cache<Named, Lasting<Bytes>, Length>,
    bytes: Cache<String, Bytes, Length>,
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shelf({} bytes)", self.bytes.weight())
    }
}

/// Tells the shelf of this program what PostgreSQL tells, for as long as it is polled.
pub async fn follow(app: App) -> Infallible {
    hear(&app.db, |word| app.shelf.told(word)).await
}

fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shelf {
    /// An empty one that keeps at most so many bytes of segments.
    pub fn new(most_bytes: u64) -> Self {
        let options = OptionsBuilder::new()
            .shards(SHARDS)
            .estimated_items_capacity(512)
            .weight_capacity(most_bytes)
            .build();
        let bytes = match options {
            Ok(options) => Cache::with_options(
                options,
                Length,
                DefaultHashBuilder::default(),
                DefaultLifecycle::default(),
            ),
            Err(_) => Cache::with_weighter(512, most_bytes, Length),
        };
        Self {
            born: Instant::now(),
            hears_until_ms: AtomicU64::new(0),
            turn: Mutex::new(Turn::default()),
            holders: Cache::new(HOLDERS),
            pieces: Cache::new(PIECES),
            lists: Cache::with_weighter(200, LIST_BYTES, Length),
            bytes,
        }
    }

    /// Whether it is known that nothing was missed.
    pub fn hears(&self) -> bool {
        self.trusted().is_some()
    }

    /// The present moment, when what is kept may be believed.
    fn trusted(&self) -> Option<u64> {
        let now_ms = milliseconds(self.born.elapsed());
        (now_ms < self.hears_until_ms.load(Ordering::Acquire)).then_some(now_ms)
    }

    /// What PostgreSQL told.
    pub fn told(&self, word: Word<'_>) {
        match word {
            Word::Beat(sent) => {
                if !self.hears() {
                    // What was read while nobody listened may be of before a change that nobody told.
                    self.forget_all();
                }
                let heard = (sent + DEAF).saturating_duration_since(self.born);
                self.hears_until_ms.store(milliseconds(heard), Ordering::Release);
            }
            Word::Deaf => {
                self.hears_until_ms.store(0, Ordering::Release);
                self.forget_all();
            }
            Word::Changed(what) => {
                let (kind, id) = what.split_once(' ').unwrap_or_default();
                match (kind, Uuid::parse_str(id)) {
                    ("rights", Ok(id)) => self.forget_rights(|held| held.organisation.0 == id),
                    ("film", Ok(id)) => self.forget_films(|film| film.0 == id),
                    // What is not understood may be anything.
                    _ => self.forget_all(),
                }
            }
        }
    }

    fn forget_rights(&self, gone: impl Fn(&Holding) -> bool) {
        let mut turn = locked(&self.turn);
        turn.rights += 1;
        self.holders.retain(|_, held| !gone(held));
    }

    fn forget_films(&self, gone: impl Fn(FilmId) -> bool) {
        let mut turn = locked(&self.turn);
        turn.films += 1;
        self.pieces.retain(|named, _| !gone(named.0));
        self.lists.retain(|named, _| !gone(named.0));
    }

    fn forget_all(&self) {
        self.forget_rights(|_| true);
        self.forget_films(|_| true);
    }

    /// To be asked before the transaction is opened whose answers are to be kept.
    pub fn turn(&self) -> Turn {
        *locked(&self.turn)
    }

    /// Does it, at this moment, unless something changed meanwhile: then what was read may be of before.
    fn keep(&self, is_same: impl Fn(Turn) -> bool, put: impl FnOnce(u64)) {
        let turn = locked(&self.turn);
        if is_same(*turn)
            && let Some(now_ms) = self.trusted()
        {
            put(now_ms);
        }
    }

    /// The proof that the holder of a ticket may watch this film, if it was given just now.
    pub fn holder(&self, ticket: &str, film: FilmId, now: OffsetDateTime) -> Option<Watchable> {
        let held = self.holders.get(ticket)?;
        let now_ms = self.trusted()?;
        let is_fresh = now < held.until && now_ms < held.kept_ms + milliseconds(KEPT);
        (is_fresh && held.proof.film() == film).then_some(held.proof)
    }

    /// Keeps that proof.
    pub fn keep_holder(
        &self,
        turn: Turn,
        ticket: &str,
        (organisation, proof): (OrganisationId, Watchable),
        now: OffsetDateTime,
    ) {
        self.keep(
            |now| now.rights == turn.rights,
            |kept_ms| {
                let held = Holding { proof, organisation, until: now + KEPT, kept_ms };
                self.holders.insert(ticket.to_owned(), held);
            },
        );
    }

    /// Where a piece of this name lies.
    pub fn piece(&self, proof: &Watchable, name: &str) -> Option<Stored> {
        self.pieces.get(&Asked::of(proof, name))?.fresh(self.trusted()?)
    }

    /// Keeps where pieces lie.
    pub fn keep_pieces(&self, turn: Turn, proof: &Watchable, pieces: Vec<(String, Stored)>) {
        self.keep(
            |now| now.films == turn.films,
            |kept_ms| {
                for (name, what) in pieces {
                    self.pieces.insert((proof.film(), proof.is_early(), name), Lasting { kept_ms, what });
                }
            },
        );
    }

    /// The playlist of this name.
    pub fn list(&self, proof: &Watchable, name: &str) -> Option<Bytes> {
        self.lists.get(&Asked::of(proof, name))?.fresh(self.trusted()?)
    }

    /// Keeps a playlist that grows no more.
    pub fn keep_list(&self, turn: Turn, proof: &Watchable, name: &str, text: Bytes) {
        let named = (proof.film(), proof.is_early(), name.to_owned());
        self.keep(
            |now| now.films == turn.films,
            |kept_ms| self.lists.insert(named, Lasting { kept_ms, what: text }),
        );
    }

    /// The object of this key, which `fetch` gets from the store for all who ask at once; who has waited long for another's asks alone, so that
    /// nobody stands in a queue before a store that fails. An object never changes, and no key is reached but through a piece.
    ///
    /// Errors: those of `fetch`; nothing is kept then.
    pub async fn object<E>(
        &self,
        key: &str,
        fetch: impl Future<Output = Result<Bytes, E>>,
    ) -> Result<Bytes, E> {
        if let Some(bytes) = self.bytes.get(key) {
            return Ok(bytes);
        }
        match tokio::time::timeout(WAIT, self.bytes.get_value_or_guard_async(key)).await {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(guard)) => {
                let bytes = fetch.await?;
                // One that was thrown away meanwhile is given all the same.
                let _kept = guard.insert(bytes.clone());
                Ok(bytes)
            }
            Err(_) => fetch.await,
        }
    }
}

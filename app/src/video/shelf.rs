//! What a server keeps for a short while of films that are watched: who may, where the pieces lie, and the last of their bytes. A class
//! that watches together asks PostgreSQL and the object store once.
//!
//! Only what was granted is kept, at most [`KEPT`], and only while PostgreSQL tells of every change that may take it away
//! (`base::hear`): then whatever depends on it goes the moment it is committed. A server that does not hear keeps nothing.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use base::OrganisationId;
use base::hear::{DEAF, Word};
use bytes::Bytes;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};
use time::{Duration, OffsetDateTime};
use video::playlist::Stored;
use video::{FilmId, Watchable};

/// What depends on the hour (a session that ends, say) is looked up again after so long.
const KEPT: Duration = Duration::seconds(60);
/// Most tickets, pieces and playlists of which something is kept: a few megabytes.
const HOLDERS: usize = 4_000;
const PIECES: usize = 20_000;
const LISTS: usize = 200;
/// The bytes are kept in so many parts, and none is larger than one of them: what is kept has room for several long segments.
const SHARDS: usize = 4;

/// Who may watch what.
#[derive(Clone, Debug)]
struct Holding {
    proof: Watchable,
    organisation: OrganisationId,
    until: OffsetDateTime,
}

/// Something of a film: whether it is shown to those alone who may change the film, and its name.
type Named = (FilmId, bool, String);

#[derive(Clone)]
struct Length;

impl Weighter<String, Bytes> for Length {
    fn weight(&self, _: &String, bytes: &Bytes) -> u64 {
        bytes.len() as u64
    }
}

/// What is kept, of all organisations.
pub struct Shelf {
    born: Instant,
    /// Until when, in milliseconds from `born`, it is known that nothing was missed.
    hears_until: AtomicU64,
    /// Counts the changes that were told. What was read before one is not kept after it.
    turn: Mutex<u64>,
    holders: Cache<String, Holding>,
    pieces: Cache<Named, Stored>,
    lists: Cache<Named, Bytes>,
    bytes: Cache<String, Bytes, Length>,
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shelf({} bytes)", self.bytes.weight())
    }
}

/// A point between two changes.
#[derive(Clone, Copy, Debug)]
pub struct Turn(u64);

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
            hears_until: AtomicU64::new(0),
            turn: Mutex::new(0),
            holders: Cache::new(HOLDERS),
            pieces: Cache::new(PIECES),
            lists: Cache::new(LISTS),
            bytes,
        }
    }

    fn age_ms(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether it is known that nothing was missed.
    pub fn hears(&self) -> bool {
        self.age_ms() < self.hears_until.load(Ordering::Acquire)
    }

    /// What PostgreSQL told.
    pub fn told(&self, word: Word<'_>) {
        match word {
            Word::Beat => {
                let deaf = u64::try_from(DEAF.as_millis()).unwrap_or(0);
                self.hears_until.store(self.age_ms() + deaf, Ordering::Release);
            }
            Word::Deaf => {
                self.hears_until.store(0, Ordering::Release);
                self.forget(|_| false, |_| false);
            }
            Word::Changed(what) => match what.split_once(' ') {
                Some(("rights", organisation)) => {
                    self.forget(|held| held.organisation.0.to_string() != organisation, |_| true);
                }
                Some(("film", film)) => self.forget(|_| true, |named| named.0.to_string() != film),
                // What is not understood may be anything.
                _ => self.forget(|_| false, |_| false),
            },
        }
    }

    /// Keeps of holders and of what belongs to films only what the two say.
    fn forget(&self, holding: impl Fn(&Holding) -> bool, film: impl Fn(&FilmId) -> bool) {
        let mut turn = self.turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *turn += 1;
        self.holders.retain(|_, held| holding(held));
        self.pieces.retain(|named, _| film(&named.0));
        self.lists.retain(|named, _| film(&named.0));
    }

    /// To be asked before the transaction is opened whose answers are to be kept.
    pub fn turn(&self) -> Turn {
        Turn(*self.turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Does it unless something changed meanwhile: then what was read may be of before.
    fn keep(&self, turn: Turn, put: impl FnOnce()) {
        let now = self.turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *now == turn.0 && self.hears() {
            put();
        }
    }

    /// The proof that the holder of a ticket may watch this film, if it was given just now.
    pub fn holder(&self, ticket: &str, film: FilmId, now: OffsetDateTime) -> Option<Watchable> {
        let held = self.holders.get(ticket).filter(|_| self.hears())?;
        // A clock that was put back makes nothing last longer.
        let is_fresh = now < held.until && held.until - now <= KEPT;
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
        let held = Holding { proof, organisation, until: now + KEPT };
        self.keep(turn, || self.holders.insert(ticket.to_owned(), held));
    }

    /// Where a piece of this name lies.
    pub fn piece(&self, proof: &Watchable, name: &str) -> Option<Stored> {
        let named = (proof.film(), proof.is_early(), name.to_owned());
        self.pieces.get(&named).filter(|_| self.hears())
    }

    /// Keeps where pieces lie.
    pub fn keep_pieces(&self, turn: Turn, proof: &Watchable, pieces: Vec<(String, Stored)>) {
        self.keep(turn, || {
            for (name, stored) in pieces {
                self.pieces.insert((proof.film(), proof.is_early(), name), stored);
            }
        });
    }

    /// The playlist of this name.
    pub fn list(&self, proof: &Watchable, name: &str) -> Option<Bytes> {
        let named = (proof.film(), proof.is_early(), name.to_owned());
        self.lists.get(&named).filter(|_| self.hears())
    }

    /// Keeps a playlist that grows no more.
    pub fn keep_list(&self, turn: Turn, proof: &Watchable, name: &str, text: &Bytes) {
        let named = (proof.film(), proof.is_early(), name.to_owned());
        self.keep(turn, || self.lists.insert(named, text.clone()));
    }

    /// The object of this key, which `fetch` gets from the store for all who ask at once. An object never changes, and no key is reached
    /// but through a piece.
    ///
    /// Errors: those of `fetch`; nothing is kept then.
    pub async fn object<E>(
        &self,
        key: &str,
        fetch: impl Future<Output = Result<Bytes, E>>,
    ) -> Result<Bytes, E> {
        self.bytes.get_or_insert_async(key, fetch).await
    }
}

//! What is kept of films that are watched, without a database: what is believed, and what no more.

use std::time::Instant;

use app::video::shelf::Shelf;
use base::hear::Word;
use base::{Clock, OrganisationId};
use bytes::Bytes;
use time::Duration;
use video::playlist::Stored;
use video::{FilmId, Watchable};

struct Known {
    clock: Clock,
    shelf: Shelf,
    film: FilmId,
    organisation: OrganisationId,
}

fn known() -> Known {
    let clock = Clock::system();
    let (film, organisation) = (FilmId::new(clock.now()), OrganisationId::new(clock.now()));
    Known { shelf: Shelf::new(1 << 20), film, organisation, clock }
}

impl Known {
    fn keep(&self) {
        let (shelf, proof) = (&self.shelf, Watchable::granted(self.film));
        let turn = shelf.turn();
        shelf.keep_holder(turn, "ticket", (self.organisation, proof), self.clock.now());
        let stored = Stored { key: "key".to_owned(), size_bytes: Some(3) };
        shelf.keep_pieces(turn, &proof, vec![("240p/0-1.m4s".to_owned(), stored)]);
        shelf.keep_list(turn, &proof, "240p.m3u8", Bytes::from_static(b"#EXTM3U"));
    }

    /// Whether the holder, the piece and the playlist are there.
    fn there(&self) -> [bool; 3] {
        let proof = Watchable::granted(self.film);
        [
            self.shelf.holder("ticket", self.film, self.clock.now()).is_some(),
            self.shelf.piece(&proof, "240p/0-1.m4s").is_some(),
            self.shelf.list(&proof, "240p.m3u8").is_some(),
        ]
    }
}

#[test]
fn nothing_is_kept_nor_believed_by_one_who_does_not_hear() {
    let known = known();
    known.keep();
    known.shelf.told(Word::Beat(Instant::now()));
    assert_eq!(known.there(), [false; 3]);
    known.keep();
    assert_eq!(known.there(), [true; 3]);
    known.shelf.told(Word::Deaf);
    assert_eq!(known.there(), [false; 3]);
    known.shelf.told(Word::Beat(Instant::now()));
    assert_eq!(known.there(), [false; 3]);
}

#[test]
fn a_change_takes_away_what_it_is_of_and_no_more() {
    let known = known();
    known.shelf.told(Word::Beat(Instant::now()));
    let told = |what: String| known.shelf.told(Word::Changed(&what));
    known.keep();
    told(format!("rights {}", OrganisationId::new(known.clock.now())));
    told(format!("film {}", FilmId::new(known.clock.now())));
    assert_eq!(known.there(), [true; 3]);
    told(format!("rights {}", known.organisation));
    assert_eq!(known.there(), [false, true, true]);
    known.keep();
    told(format!("film {}", known.film));
    assert_eq!(known.there(), [true, false, false]);
    // What nobody understands may be of anything.
    for what in ["", "rights", "something else", "film"] {
        known.keep();
        told(what.to_owned());
        assert_eq!(known.there(), [false; 3], "{what}");
    }
}

#[test]
fn what_was_read_while_nobody_listened_is_not_kept() {
    let known = known();
    known.shelf.told(Word::Beat(Instant::now()));
    known.shelf.told(Word::Deaf);
    let (turn, proof) = (known.shelf.turn(), Watchable::granted(known.film));
    // Here something is taken away, and nobody tells.
    known.shelf.told(Word::Beat(Instant::now()));
    known.shelf.keep_holder(turn, "ticket", (known.organisation, proof), known.clock.now());
    known.shelf.keep_list(turn, &proof, "240p.m3u8", Bytes::new());
    assert_eq!(known.there(), [false; 3]);
    // A beat that was long on its way says nothing of now.
    let late = Shelf::new(0);
    late.told(Word::Beat(Instant::now().checked_sub(base::hear::DEAF).unwrap()));
    assert!(!late.hears());
}

#[test]
fn what_was_read_before_a_change_is_not_kept_after_it() {
    let known = known();
    known.shelf.told(Word::Beat(Instant::now()));
    let (turn, proof) = (known.shelf.turn(), Watchable::granted(known.film));
    known.shelf.told(Word::Changed(&format!("rights {}", known.organisation)));
    known.shelf.keep_holder(turn, "ticket", (known.organisation, proof), known.clock.now());
    // Of the film nothing has changed.
    known.shelf.keep_list(turn, &proof, "240p.m3u8", Bytes::new());
    assert_eq!(known.there(), [false, false, true]);
    let turn = known.shelf.turn();
    known.shelf.told(Word::Changed(&format!("film {}", known.film)));
    known.shelf.keep_list(turn, &proof, "240p.m3u8", Bytes::new());
    assert_eq!(known.there(), [false; 3]);
}

#[test]
fn a_holder_is_kept_for_a_minute_for_one_film_and_one_ticket() {
    let known = known();
    known.shelf.told(Word::Beat(Instant::now()));
    known.keep();
    let (shelf, now) = (&known.shelf, known.clock.now());
    assert!(shelf.holder("ticket", FilmId::new(now), now).is_none());
    assert!(shelf.holder("ticke", known.film, now).is_none());
    assert!(shelf.holder("ticket", known.film, now + Duration::seconds(50)).is_some());
    assert!(shelf.holder("ticket", known.film, now + Duration::seconds(61)).is_none());
    // What is shown while an upload runs is another thing.
    let early = video::Editable::granted(known.film).watchable();
    assert!(shelf.piece(&early, "240p/0-1.m4s").is_none() && shelf.list(&early, "240p.m3u8").is_none());
}

#[tokio::test]
async fn an_object_is_fetched_once_for_all_who_ask_together_and_again_after_a_fault() {
    let shelf = Shelf::new(1 << 20);
    let failed: Result<Bytes, &str> = shelf.object("key", async { Err("down") }).await;
    assert_eq!(failed, Err("down"));
    let slow = || async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        Ok::<_, &str>(Bytes::from_static(b"abc"))
    };
    let never = || async { Err("asked twice") };
    let (first, second) = tokio::join!(shelf.object("key", slow()), shelf.object("key", never()));
    assert_eq!((first, second), (Ok(Bytes::from_static(b"abc")), Ok(Bytes::from_static(b"abc"))));
    // What is larger than its place, or kept by nobody, is given all the same.
    let large = Bytes::from(vec![1; 2 << 20]);
    for shelf in [shelf, Shelf::new(0)] {
        assert_eq!(shelf.object("large", async { Ok::<_, &str>(large.clone()) }).await, Ok(large.clone()));
        assert_eq!(shelf.object("large", async { Err("not kept") }).await, Err("not kept"));
    }
}

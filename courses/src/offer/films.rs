//! Films of an offer: what comes along with the course, and the wish that it comes. The job `arrive` copies each; when the last one has
//! come the course publishes itself, as it would have done at once without films.

use std::collections::HashMap;

use base::Tx;
use identity::{Problem, day};
use serde_json::{Value, json};
use uuid::Uuid;
use video::arrival::{self, Came, Original, Parcel};
use video::companion::{self, Kind};
use video::film::State;
use video::{FilmId, storage};

use super::seen::{Adopter, Offer};
use crate::error::Error;
use crate::find::Taught;
use crate::publish::Asks;
use crate::{OfferId, UnitId, VersionId, draft, film, seen};

/// A film that an offered version shows.
#[derive(Clone, Debug)]
pub struct OfferedFilm {
    /// The publisher's unit.
    pub unit: UnitId,
    /// Where it is on its way at the publisher's.
    pub state: State,
    /// Its length, when it is known, in milliseconds.
    pub length_ms: Option<u32>,
    /// What it takes, in bytes.
    pub bytes: u64,
    mark: String,
    words: Value,
    /// So many per cent of it have to be seen before the unit is finished.
    percent: Option<i16>,
}

/// The films of a version that may be read, in the order of its units.
pub async fn all(
    tx: &mut Tx,
    _: &Adopter,
    offer: OfferId,
    version: VersionId,
) -> Result<Vec<OfferedFilm>, Error> {
    let rows = sqlx::query!(
        r#"select unit_id as "unit_id!", state as "state!", length_ms as "length_ms?", bytes as "bytes!", mark as "mark!", words as "words!",
                  film_percent as "film_percent?"
           from offered_films($1, $2)"#,
        offer.0,
        version.0
    )
    .fetch_all(tx.connection())
    .await?;
    let film = rows.into_iter().map(|row| OfferedFilm {
        unit: UnitId(row.unit_id),
        state: State::from_word(&row.state),
        length_ms: row.length_ms.and_then(|length| u32::try_from(length).ok()),
        bytes: u64::try_from(row.bytes).unwrap_or(0),
        mark: row.mark,
        words: row.words,
        percent: row.film_percent,
    });
    Ok(film.collect())
}

/// How many bytes the films of the own organisation may still take; `None`: as many as there is room for.
pub async fn room(tx: &mut Tx, _: &Adopter) -> Result<Option<u64>, Error> {
    Ok(storage::left(tx).await?)
}

/// What a newer version does to the film of a unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    #[default]
    None,
    /// The publisher's film comes and takes so many bytes; until it has, what is there is shown.
    Comes(u64),
    /// The film stays; its captions or chapters come.
    Words,
    /// The publisher shows no film in it any more.
    Goes,
}

/// The film of an own unit that was adopted, and what was taken of the publisher's.
#[derive(Debug)]
pub(super) struct Own {
    film: Option<Uuid>,
    fence: Option<i64>,
    state: State,
    cut: bool,
    /// It, or what was to take its place, was sent here.
    sent: bool,
    /// It, or what is to take its place, is on its way.
    comes: bool,
    taken: Option<Uuid>,
    taken_fence: Option<i64>,
    taken_mark: Option<String>,
    taken_words: Option<Value>,
}

/// By the own unit.
pub(super) async fn own(tx: &mut Tx, proof: &Taught) -> Result<HashMap<UnitId, Own>, Error> {
    let rows = sqlx::query!(
        r#"select a.unit_id as "unit_id!", a.film_id as "taken?", a.film_fence as "film_fence?", a.film_mark as "film_mark?",
                  a.film_words as "film_words?", u.film_id as "film_id?", f.fence as "fence?",
                  coalesce(f.source_key is not null, false)
                    or exists (select 1 from film n where n.replaces = f.id and n.source_key is not null) as "sent!",
                  coalesce(f.state, 'empty') as "state!", f.trim_from_ms is not null as "cut!",
                  coalesce(f.state = 'copying', false)
                    or exists (select 1 from film n where n.replaces = f.id and n.state = 'copying') as "comes!"
           from adopted_unit a join unit u on u.id = a.unit_id left join film f on f.id = u.film_id where a.course_id = $1"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let own = rows.into_iter().map(|row| {
        let own = Own {
            film: row.film_id,
            fence: row.fence,
            state: State::from_word(&row.state),
            cut: row.cut,
            sent: row.sent,
            comes: row.comes,
            taken: row.taken,
            taken_fence: row.film_fence,
            taken_mark: row.film_mark,
            taken_words: row.film_words,
        };
        (UnitId(row.unit_id), own)
    });
    Ok(own.collect())
}

impl Own {
    fn is_taken(&self) -> bool {
        self.film.is_some() && self.film == self.taken
    }

    /// Whether it was changed here: replaced, cut, added or taken out.
    pub(super) fn is_edited(&self) -> bool {
        let is_taken = self.is_taken();
        self.taken.is_some() && !is_taken
            || is_taken
                && (self.cut || self.sent || self.taken_mark.is_some() && self.fence != self.taken_fence)
            || self.taken.is_none() && self.film.is_some()
    }

    /// What becomes of it when the publisher shows `offered`, and whether it was changed here: replaced, cut or taken out.
    pub(super) fn change(&self, offered: Option<&OfferedFilm>) -> (Change, bool) {
        let (is_taken, edited) = (self.is_taken(), self.is_edited());
        let Some(offered) = offered else {
            return if is_taken { (Change::Goes, edited) } else { (Change::None, false) };
        };
        let comes = Change::Comes(offered.bytes);
        if self.comes {
            // The job takes what is offered when it gets there.
            return (Change::None, false);
        }
        if is_taken && matches!(self.state, State::Failed | State::Cancelled) {
            return (comes, self.sent);
        }
        match &self.taken_mark {
            Some(mark) if *mark == offered.mark => {
                // Words of the publisher's film say nothing of another one, or of another cut.
                let same = !is_taken || edited || self.taken_words.as_ref() == Some(&offered.words);
                (if same { Change::None } else { Change::Words }, false)
            }
            _ => (comes, edited),
        }
    }
}

/// The wish that the film of an offered unit comes into the own unit. Where there is no room it is refused, or, for what the
/// organisation decided once, kept with that reason.
///
/// Errors: `Film` with `NoRoom`.
pub(super) async fn fetch(
    tx: &mut Tx,
    proof: &Taught,
    unit: UnitId,
    offered: &OfferedFilm,
    (publisher, lenient): (&str, bool),
) -> Result<(), Error> {
    let row = sqlx::query!(
        "select title, film_id from unit where id = $1 and course_id = $2 for update",
        unit.0,
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let parcel = Parcel { title: &row.title, publisher, bytes: offered.bytes, lenient };
    if let Some(own) = row.film_id {
        let editable = film::for_editing(tx, proof, FilmId(own)).await?;
        // Where somebody sends a film here, nothing comes: it stays theirs.
        if arrival::renew(tx, &editable, &parcel).await? {
            sqlx::query!(
                "update adopted_unit set film_words = case when film_id = $2 then film_words end, film_id = $2 where unit_id = $1",
                unit.0,
                own
            )
            .execute(tx.connection())
            .await?;
        }
        return Ok(());
    }
    let own = arrival::announce(tx, &parcel).await?.film();
    sqlx::query!("update unit set film_id = $2, updated_at = moment() where id = $1", unit.0, own.0)
        .execute(tx.connection())
        .await?;
    if offered.percent.is_some() {
        seen::ask(tx, proof, unit, offered.percent).await?;
    }
    sqlx::query!(
        "update adopted_unit set film_id = $2, film_fence = null, film_mark = null, film_words = null where unit_id = $1",
        unit.0,
        own.0,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The film of a unit has come; what was taken is written down.
pub(super) async fn came(tx: &mut Tx, unit: UnitId, came: Came, original: &Original) -> Result<(), Error> {
    sqlx::query!(
        "update adopted_unit set film_id = $2, film_fence = $3, film_mark = $4, film_words = $5 where unit_id = $1",
        unit.0,
        came.film.0,
        came.fence,
        original.mark,
        original.words.clone(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// What the film of an offered unit consists of at this moment; nothing when there is none or it may not be read.
pub(super) async fn original(
    tx: &mut Tx,
    offer: OfferId,
    version: VersionId,
    unit: UnitId,
) -> Result<Option<Original>, Error> {
    let body = sqlx::query_scalar!("select offered_film($1, $2, $3) as whole", offer.0, version.0, unit.0)
        .fetch_one(tx.connection())
        .await?;
    Ok(body.and_then(Original::read))
}

/// Brings captions and chapters of a film that stays up to those of the publisher, but for those that were changed here.
pub(super) async fn refresh(tx: &mut Tx, proof: &Taught, unit: UnitId, offer: &Offer) -> Result<(), Error> {
    let row = sqlx::query!(
        r#"select a.origin_unit_id, u.film_id as "film!", coalesce(a.film_words, '{}'::jsonb) as "words!"
           from adopted_unit a join unit u on u.id = a.unit_id where a.unit_id = $1 and u.film_id is not null"#,
        unit.0
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(()) };
    let Some(original) = original(tx, offer.id, offer.version, UnitId(row.origin_unit_id)).await? else {
        return Ok(());
    };
    let editable = film::for_editing(tx, proof, FilmId(row.film)).await?;
    arrival::words(tx, &editable, &original, &row.words).await?;
    sqlx::query!("update adopted_unit set film_words = $2 where unit_id = $1", unit.0, original.words)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Takes the film out of a unit whose publisher shows none any more.
pub(super) async fn forget(tx: &mut Tx, proof: &Taught, unit: UnitId) -> Result<(), Error> {
    film::remove(tx, proof, unit).await?;
    sqlx::query!(
        "update adopted_unit set film_id = null, film_fence = null, film_mark = null, film_words = null where unit_id = $1",
        unit.0
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Has the films of the course accompany each other as the publisher's do; what was chosen here stays.
pub(super) async fn companions(
    tx: &mut Tx,
    proof: &Taught,
    offer: OfferId,
    version: VersionId,
) -> Result<(), Error> {
    let rows = sqlx::query!(
        r#"select o.kind as "kind!", u.film_id as "film!", w.film_id as "companion!"
           from offered_companions($1, $2) o
             join adopted_unit a on a.course_id = $3 and a.origin_unit_id = o.unit_id
             join unit u on u.id = a.unit_id and u.removed_at is null and u.film_id is not null
             join adopted_unit b on b.course_id = $3 and b.origin_unit_id = o.companion_unit_id
             join unit w on w.id = b.unit_id and w.removed_at is null and w.film_id is not null and w.film_id <> u.film_id
           where not exists (select 1 from film_companion k where k.film_id = u.film_id and k.kind = o.kind)"#,
        offer.0,
        version.0,
        proof.id().0,
    )
    .fetch_all(tx.connection())
    .await?;
    for row in rows {
        let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.word() == row.kind) else { continue };
        let main = film::for_editing(tx, proof, FilmId(row.film)).await?;
        let beside = film::for_editing(tx, proof, FilmId(row.companion)).await?;
        companion::set(tx, &main, kind, Some(&beside)).await?;
    }
    Ok(())
}

/// Whether a film of the draft has not come yet.
pub(super) async fn is_waiting(tx: &mut Tx, proof: &Taught) -> Result<bool, Error> {
    let waiting = sqlx::query_scalar!(
        r#"select exists (
             select 1 from unit u join film f on f.id = u.film_id or f.replaces = u.film_id
               join film_arrival a on a.film_id = f.id
             where u.course_id = $1 and u.removed_at is null and a.arrived_at is null) as "waiting!""#,
        proof.id().0
    );
    Ok(waiting.fetch_one(tx.connection()).await?)
}

/// Has the draft, as it is now, published when its films have come. Errors: `Invalid` on `redo_by` for a day that is past.
pub(super) async fn wait(tx: &mut Tx, proof: &Taught, asks: Asks) -> Result<(), Error> {
    let (word, by) = match asks {
        Asks::Nothing => ("nothing", None),
        Asks::Again { middle: false, by } => ("go_on", by),
        Asks::Again { middle: true, by } => ("begin_again", by),
    };
    let today = day::today(tx).await?;
    if by.is_some_and(|by| by < today) {
        return Err(Error::field("redo_by", Problem::Malformed));
    }
    let person = tx.person()?;
    let hash = draft::hash_with(tx, proof, &[]).await?;
    sqlx::query!(
        "update adoption set waits_for = $2, waits_asks = $3, waits_redo_by = $4, waits_hash = $5 where course_id = $1",
        proof.id().0,
        person.0,
        word,
        by,
        hash.to_vec(),
    )
    .execute(tx.connection())
    .await?;
    let detail = json!({ "asks": word });
    Ok(base::audit::record(tx, "waits_for_films", "course", proof.id().0, detail).await?)
}

/// Whether the course publishes itself when its films have come.
pub async fn publishes_itself(tx: &mut Tx, proof: &Taught) -> Result<bool, Error> {
    let waits = sqlx::query_scalar!(
        r#"select exists (
             select 1 from adoption d join unit u on u.course_id = d.course_id and u.removed_at is null
               join film f on f.id = u.film_id or f.replaces = u.film_id join film_arrival a on a.film_id = f.id
             where d.course_id = $1 and d.waits_for is not null and a.arrived_at is null) as "waits!""#,
        proof.id().0
    );
    Ok(waits.fetch_one(tx.connection()).await?)
}

/// Somebody published: there is nothing left to wait for.
pub(crate) async fn overtaken(tx: &mut Tx, proof: &Taught) -> Result<(), Error> {
    sqlx::query!(
        "update adoption set waits_for = null, waits_asks = null, waits_redo_by = null, waits_hash = null
         where course_id = $1 and waits_for is not null",
        proof.id().0
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

//! What a unit asks to have been seen of its film before it is finished.

use base::{Tx, audit};
use identity::Problem;
use serde_json::json;
use video::film::State;

use crate::UnitId;
use crate::error::Error;
use crate::find::{Taken, Taught};
use crate::learn::Reading;
use crate::{film, outline};

/// Most that can be asked for, in per cent: players do not always report the very last moments.
pub const MOST_PERCENT: i16 = 95;

/// Asks for so many per cent of the film of a unit from the next version on, or for nothing.
///
/// Errors: `NotFound`; `Invalid` on `film_percent`.
pub async fn ask(tx: &mut Tx, proof: &Taught, unit: UnitId, percent: Option<i16>) -> Result<(), Error> {
    if percent.is_some_and(|percent| !(1..=MOST_PERCENT).contains(&percent)) {
        return Err(Error::field("film_percent", Problem::Malformed));
    }
    outline::touch(tx, proof).await?;
    let changed = sqlx::query!(
        "update unit set film_percent = $3, updated_at = moment() where id = $1 and course_id = $2 and removed_at is null",
        unit.0,
        proof.id().0,
        percent,
    )
    .execute(tx.connection())
    .await?;
    if changed.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "asked_to_see", "unit", unit.0, json!({ "percent": percent })).await?)
}

/// Whether the acting person has seen what the unit asks for. A film that is not shown to anybody, because it
/// is being made anew or could not be made, is not asked for.
///
/// Errors: `FilmFirst`.
pub(crate) async fn enough(tx: &mut Tx, proof: &Taken, reading: &Reading) -> Result<(), Error> {
    let (Some(film), Some(needed)) = (film::of_reading(proof, reading), reading.film_percent) else {
        return Ok(());
    };
    let watched = video::watch::own(tx, &film).await?;
    let film = video::film::one(tx, &film).await?;
    let shown = film.playable && matches!(film.state, State::Transcoding | State::Ready);
    match watched.percent(film.length_ms) {
        Some(seen) if shown && seen < needed => Err(Error::FilmFirst { seen, needed }),
        _ => Ok(()),
    }
}

//! A newer version of a course that was adopted. For every unit there are three texts: what was taken over last (the publisher keeps
//! it, versions never change), what the publisher says now, and what stands in the own draft. What was changed here is never
//! replaced unless that very unit was named.

use std::collections::HashMap;

use base::{Blobs, Tx, audit};
use serde_json::json;
use time::OffsetDateTime;
use video::storage;

pub use super::difference::{Difference, Step};

use super::adopt::{add_unit, not_offered, text_of};
use super::content;
use super::films::{self, Change};
use super::seen::{self, Adopter, Offer};
use crate::error::Error;
use crate::find::Taught;
use crate::plan::Refusal;
use crate::publish::{self, Asks};
use crate::{OfferId, UnitId, VersionId, media, outline};

/// Where a course came from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The offer.
    pub offer: OfferId,
    /// The name of the organisation that offered it, as it was then.
    pub publisher: String,
    /// The publisher's version that was taken over last.
    pub version: VersionId,
    /// Its number.
    pub number: i32,
    /// When it was taken over.
    pub taken_at: OffsetDateTime,
    /// Whether it is still offered.
    pub open: bool,
    /// The number of a newer version, when there is one.
    pub newer: Option<i32>,
}

/// Where a course came from; `None` for one that was made here.
pub async fn origin(tx: &mut Tx, proof: &Taught) -> Result<Option<Origin>, Error> {
    let row = sqlx::query!(
        "select offer_id, publisher, version_id, number, taken_at from adoption where course_id = $1",
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let offer = open(tx, OfferId(row.offer_id)).await?;
    Ok(Some(Origin {
        offer: OfferId(row.offer_id),
        publisher: row.publisher,
        version: VersionId(row.version_id),
        number: row.number,
        taken_at: row.taken_at,
        open: offer.is_some(),
        newer: offer.filter(|offer| offer.version.0 != row.version_id).map(|offer| offer.number),
    }))
}

async fn open(tx: &mut Tx, id: OfferId) -> Result<Option<Offer>, Error> {
    match seen::one(tx, &Adopter::decided(), id).await {
        Ok(offer) => Ok(Some(offer)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a newer version would change.
#[derive(Clone, Debug)]
pub struct Ahead {
    /// The publisher.
    pub publisher: String,
    /// The number that was taken over last.
    pub from: i32,
    /// The newest number.
    pub to: i32,
    /// The newest version.
    pub version: VersionId,
    /// The units that differ, in the publisher's order; those that are gone come last.
    pub differences: Vec<Difference>,
    /// Whether the draft holds changes that learners do not see yet: they are published as well.
    pub unpublished: bool,
    base: VersionId,
    offer: Offer,
}

/// What a newer version would change; `None` when there is none, or the offer was withdrawn. Errors: `NotFound` for a course that was
/// not adopted.
pub async fn ahead(tx: &mut Tx, proof: &Taught) -> Result<Option<Ahead>, Error> {
    let origin = origin(tx, proof).await?.ok_or(Error::NotFound)?;
    let Some(offer) = open(tx, origin.offer).await?.filter(|offer| offer.version != origin.version) else {
        return Ok(None);
    };
    let adopter = Adopter::decided();
    let before = content::units(tx, &adopter, origin.offer, origin.version).await?;
    let now = content::units(tx, &adopter, origin.offer, offer.version).await?;
    let shown = films::all(tx, &adopter, origin.offer, offer.version).await?;
    let here = adopted(tx, proof).await?;
    let own_films = films::own(tx, proof).await?;
    let mut differences = Vec::new();
    for unit in &now {
        let base = before.iter().find(|old| old.id == unit.id).map(|old| &old.content);
        let same = base == Some(&unit.content);
        let film = shown.iter().find(|film| film.unit == unit.id);
        match here.get(&unit.id) {
            None if !same => differences.push(Difference::of_new(unit, film)),
            Some(Here { removed: true, title, .. }) if !same => {
                differences.push(Difference::out(unit, title))
            }
            Some(Here { unit: own, removed: false, .. }) => {
                let change = own_films.get(own).map(|own| own.change(film)).unwrap_or_default();
                if same && change.0 == Change::None {
                    continue;
                }
                let (mine, revision) = content::own(tx, proof, *own, base.unwrap_or(&unit.content)).await?;
                let text = !same && mine != unit.content;
                if text || change.0 != Change::None {
                    let text = (text, base == Some(&mine), mine);
                    differences.push(Difference::of_changed(
                        (*own, revision),
                        text,
                        (unit, base),
                        (film, change),
                    ));
                }
            }
            _ => {}
        }
    }
    for old in before.iter().filter(|old| now.iter().all(|unit| unit.id != old.id)) {
        if let Some(Here { unit: own, removed: false, .. }) = here.get(&old.id) {
            let (mine, revision) = content::own(tx, proof, *own, &old.content).await?;
            let changed = own_films.get(own).is_some_and(films::Own::is_edited);
            differences.push(Difference::of_gone((*own, revision), mine, &old.content, changed));
        }
    }
    let changes = publish::changes(tx, proof).await?;
    Ok(Some(Ahead {
        publisher: offer.publisher.clone(),
        from: origin.number,
        to: offer.number,
        version: offer.version,
        differences,
        unpublished: changes.is_none_or(|changes| !changes.is_empty()),
        base: origin.version,
        offer,
    }))
}

/// A unit that was adopted.
struct Here {
    unit: UnitId,
    title: String,
    removed: bool,
}

/// By the publisher's unit.
async fn adopted(tx: &mut Tx, proof: &Taught) -> Result<HashMap<UnitId, Here>, Error> {
    let rows = sqlx::query!(
        r#"select a.origin_unit_id, a.unit_id, u.title, u.removed_at is not null as "removed!"
           from adopted_unit a join unit u on u.id = a.unit_id where a.course_id = $1"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let here = rows.into_iter().map(|row| {
        let here = Here { unit: UnitId(row.unit_id), title: row.title, removed: row.removed };
        (UnitId(row.origin_unit_id), here)
    });
    Ok(here.collect())
}

/// Takes the newest version over and publishes it, unless something stands in the way; then the draft has it, and the answer says for
/// what it waits. Units that were changed here are replaced or taken out only when they are among `replace`. Films that are another one
/// at the publisher's come again, and are waited for; what was seen of one that stays, or comes in the same length, is kept.
///
/// Errors: `NotFound` when there is nothing newer; `ChangedMeanwhile` when the newest version is not `to` any more, or somebody saved a
/// unit in this moment; `Invalid` on `redo_by`; `Film` with `NoRoom` when the films would not fit.
pub async fn take(
    tx: &mut Tx,
    blobs: &Blobs,
    proof: &Taught,
    to: VersionId,
    replace: &[UnitId],
    asks: Asks,
) -> Result<Option<Refusal>, Error> {
    // One at a time: whoever comes second finds nothing newer.
    sqlx::query!("select 1 as one from course where id = $1 for update", proof.id().0)
        .fetch_one(tx.connection())
        .await?;
    let ahead = ahead(tx, proof).await?.ok_or(Error::NotFound)?;
    if ahead.version != to {
        return Err(Error::ChangedMeanwhile(ahead.to));
    }
    let mut units = Vec::new();
    for one in &ahead.differences {
        let named = one.unit.is_some_and(|unit| replace.contains(&unit));
        if let Some(unit) = apply(tx, proof, one, named).await? {
            units.push((unit, one));
        }
    }
    pictures(tx, blobs, proof, &ahead).await?;
    sqlx::query!(
        "update adoption set version_id = $2, number = $3, taken_at = moment() where course_id = $1",
        proof.id().0,
        ahead.version.0,
        ahead.to,
    )
    .execute(tx.connection())
    .await
    .map_err(not_offered)?;
    let detail = json!({ "from": ahead.from, "to": ahead.to, "replaced": replace.len() });
    audit::record(tx, "took_over", "course", proof.id().0, detail).await?;
    // Of several films each may ask for room, and some are let go.
    storage::hold(tx).await?;
    for (unit, one) in units {
        bring(tx, proof, unit, one, &ahead.offer).await?;
    }
    films::companions(tx, proof, ahead.offer.id, ahead.version).await?;
    if films::is_waiting(tx, proof).await? {
        films::wait(tx, proof, asks).await?;
        return Ok(Some(Refusal::Films));
    }
    let person = tx.person()?;
    super::publish_if_fit(tx, proof, person, asks).await
}

/// Does what is to be done with a unit but for its film; what was changed here only when it is `named`. Answers the unit when its film
/// follows the publisher's.
async fn apply(tx: &mut Tx, proof: &Taught, one: &Difference, named: bool) -> Result<Option<UnitId>, Error> {
    match (one.step, one.unit, &one.offered) {
        (Step::Add, _, Some(offered)) => {
            let sections = outline::draft(tx, proof).await?;
            let section = match sections.iter().rfind(|section| section.title == offered.section) {
                Some(section) => section.id,
                None => outline::add_section(tx, proof, &offered.section).await?,
            };
            Ok(Some(add_unit(tx, proof, section, offered).await?))
        }
        (Step::Replace, Some(unit), Some(offered)) => {
            if one.text && (named || !one.changed.0) {
                outline::save_unit(tx, proof, unit, one.revision, &text_of(offered)).await?;
                content::put(tx, proof, unit, offered, one.before.as_ref()).await?;
            }
            Ok((named || !one.changed.1).then_some(unit))
        }
        (Step::Remove, Some(unit), _) if named || !one.edited => {
            outline::remove_unit(tx, proof, unit).await?;
            Ok(None)
        }
        _ => Ok(None),
    }
}

/// Has the film of a unit follow the publisher's.
async fn bring(
    tx: &mut Tx,
    proof: &Taught,
    unit: UnitId,
    one: &Difference,
    offer: &Offer,
) -> Result<(), Error> {
    match (one.film, &one.shown) {
        (Change::Comes(_), Some(shown)) => {
            films::fetch(tx, proof, unit, shown, (offer.publisher.as_str(), false)).await
        }
        (Change::Words, _) => films::refresh(tx, proof, unit, offer).await,
        (Change::Goes, _) => films::forget(tx, proof, unit).await,
        _ => Ok(()),
    }
}

/// Pictures of the newer version: those that are not here yet, and those that were not replaced here.
async fn pictures(tx: &mut Tx, blobs: &Blobs, proof: &Taught, ahead: &Ahead) -> Result<(), Error> {
    let adopter = Adopter::decided();
    let before = content::pictures(tx, &adopter, ahead.offer.id, ahead.base).await?;
    let now = content::pictures(tx, &adopter, ahead.offer.id, ahead.version).await?;
    let rows = sqlx::query!(
        "select name, sha256 from media where course_id = $1 and replaced_at is null",
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let mine: HashMap<String, Vec<u8>> = rows.into_iter().map(|row| (row.name, row.sha256)).collect();
    for picture in now {
        let base = before.iter().find(|old| old.name == picture.name).map(|old| &old.sha256);
        let wanted = match mine.get(&picture.name) {
            None => true,
            Some(mine) => *mine != picture.sha256 && base == Some(mine),
        };
        if wanted {
            let bytes = picture.bytes(blobs).await?;
            media::add(tx, blobs, proof, &picture.name, bytes).await?;
        }
    }
    Ok(())
}

//! Films of units: who may watch one follows from the course that shows it.

use base::{Tx, audit};
use identity::permit::{Kind, Verb};
use identity::{PeopleAdmin, SignedIn};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;
use video::{Editable, FilmId, Watchable};

use crate::UnitId;
use crate::course::State;
use crate::error::Error;
use crate::find::{Taken, Taught};
use crate::learn::Reading;
use crate::open::Opened;
use crate::outline::Unit;

/// Proof that the person may watch a film: it is in the published version of a course they are enrolled on, or in a
/// course that they teach. Errors: `NotFound`.
pub async fn for_watching(tx: &mut Tx, me: &SignedIn, film: FilmId) -> Result<Watchable, Error> {
    let taken = is_taken(tx, me, film).await?;
    if taken == Some(Coming::Whole) {
        Ok(Watchable::granted(film))
    } else if is_taught(tx, me, film).await? {
        Ok(Editable::granted(film).watchable())
    } else {
        taken.map(|_| Watchable::granted(film)).ok_or(Error::NotFound)
    }
}

/// Proof that the person may change a film: it, or the one that it is to replace, is in a course that they teach.
///
/// Errors: `NotFound`; `NotAllowed` for one who may only watch it.
pub async fn for_changing(tx: &mut Tx, me: &SignedIn, film: FilmId) -> Result<Editable, Error> {
    if is_taught(tx, me, film).await? {
        Ok(Editable::granted(film))
    } else if is_taken(tx, me, film).await?.is_some() {
        Err(Error::NotAllowed)
    } else {
        Err(Error::NotFound)
    }
}

/// The same for several films of units at once, in their order; what may not be changed, or only replaces another, is left out.
pub(crate) async fn all_for_changing(
    tx: &mut Tx,
    me: &SignedIn,
    films: &[FilmId],
) -> Result<Vec<Editable>, Error> {
    if !me.may(Verb::Change, Kind::TaughtCourse) {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = films.iter().map(|film| film.0).collect();
    let taught = sqlx::query_scalar!(
        r#"select w.id as "id!" from unnest($1::uuid[]) with ordinality as w (id, place)
           where exists (select 1 from unit u where u.film_id = w.id
                           and ($3 or exists (select 1 from course_teacher t where t.course_id = u.course_id and t.person_id = $2)))
           order by w.place"#,
        &ids,
        me.person.0,
        me.may(Verb::Change, Kind::AnyCourse),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(taught.into_iter().map(|film| Editable::granted(FilmId(film))).collect())
}

/// How much of a film has come that somebody takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coming {
    /// Its upload still runs, so it is shown to those who teach alone.
    Part,
    /// All of it.
    Whole,
}

/// Whether a course shows the film that the person takes.
async fn is_taken(tx: &mut Tx, me: &SignedIn, film: FilmId) -> Result<Option<Coming>, Error> {
    let row = sqlx::query!(
        r#"select exists (
             select 1 from version_unit u join course c on c.published_version_id = u.version_id
             where u.film_id = $1 and c.state = 'published'
               and exists (select 1 from covering($2) v where v.course_id = c.id)
           ) as "may!",
           exists (select 1 from film f where f.id = $1 and f.state = 'uploading') as "coming!""#,
        film.0,
        me.person.0,
    )
    .fetch_one(tx.connection())
    .await?;
    let coming = if row.coming { Coming::Part } else { Coming::Whole };
    Ok(row.may.then_some(coming))
}

async fn is_taught(tx: &mut Tx, me: &SignedIn, film: FilmId) -> Result<bool, Error> {
    let teaches = sqlx::query_scalar!(
        r#"select exists (
             select 1 from unit u where u.film_id = coalesce((select f.replaces from film f where f.id = $1), $1)
               and ($3 or exists (select 1 from course_teacher t where t.course_id = u.course_id and t.person_id = $2))
           ) as "teaches!""#,
        film.0,
        me.person.0,
        me.may(Verb::Change, Kind::AnyCourse),
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(teaches && me.may(Verb::Change, Kind::TaughtCourse))
}

/// The same for the film of a unit that the person reads.
pub fn of_reading(_: &Taken, reading: &Reading) -> Option<Watchable> {
    reading.film.map(Watchable::granted)
}

/// The same for the film of a unit that anybody reads.
pub fn of_open_reading(_: &Opened, reading: &Reading) -> Option<Watchable> {
    reading.film.map(Watchable::granted)
}

/// Proof that anybody may watch a film: the published version of this open course shows it. Errors: `NotFound`.
pub async fn for_anybody(tx: &mut Tx, proof: &Opened, film: FilmId) -> Result<Watchable, Error> {
    let shown = sqlx::query_scalar!(
        r#"select exists (select 1 from version_unit where version_id = $1 and film_id = $2) as "shown!""#,
        proof.version().0,
        film.0,
    )
    .fetch_one(tx.connection())
    .await?;
    if shown { Ok(Watchable::granted(film)) } else { Err(Error::NotFound) }
}

/// The same for a film of a course that is proved to be taught.
pub async fn for_editing(tx: &mut Tx, proof: &Taught, film: FilmId) -> Result<Editable, Error> {
    let ours = sqlx::query_scalar!(
        r#"select exists (select 1 from unit where film_id = $1 and course_id = $2)
             or exists (select 1 from version_unit u join course_version v on v.id = u.version_id
                        where u.film_id = $1 and v.course_id = $2) as "ours!""#,
        film.0,
        proof.id().0
    )
    .fetch_one(tx.connection())
    .await?;
    if ours { Ok(Editable::granted(film)) } else { Err(Error::NotFound) }
}

/// A course with the films that its learners see.
pub(crate) struct Published {
    /// The course's title.
    pub title: String,
    /// Whether learners see it.
    pub state: State,
    /// Units of the version that learners see.
    pub units: i64,
    /// Its films in the order of their units: the film, the unit's title, its length in milliseconds.
    pub films: Vec<(Editable, String, Option<u32>)>,
}

/// The films of the version that learners see, for those who teach the course. Errors: `NotFound`.
pub(crate) async fn published(tx: &mut Tx, proof: &Taught) -> Result<Published, Error> {
    let rows = sqlx::query!(
        r#"select c.title as "course!", c.state as "state!", u.unit_id as "unit?", u.film_id as "film?", u.title as "title?",
                  f.length_ms as "length_ms?"
           from course c left join version_unit u on u.version_id = c.published_version_id left join film f on f.id = u.film_id
           where c.id = $1 order by u.position"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let first = rows.first().ok_or(Error::NotFound)?;
    let (title, state) = (first.course.clone(), State::from_word(&first.state));
    let units = i64::try_from(rows.iter().filter(|row| row.unit.is_some()).count()).unwrap_or(0);
    let films = rows.into_iter().filter_map(|row| {
        let length = row.length_ms.and_then(|length| u32::try_from(length).ok());
        Some((Editable::granted(FilmId(row.film?)), row.title?, length))
    });
    Ok(Published { title, state, units, films: films.collect() })
}

/// The film of a unit, made when there is none yet. Errors: `NotFound`.
pub async fn of_unit(tx: &mut Tx, proof: &Taught, unit: UnitId) -> Result<Editable, Error> {
    let row = sqlx::query!(
        "select title, film_id from unit where id = $1 and course_id = $2 and removed_at is null for update",
        unit.0,
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    if let Some(film) = row.film_id {
        return Ok(Editable::granted(FilmId(film)));
    }
    let film = video::film::create(tx, &row.title).await?;
    sqlx::query!("update unit set film_id = $2, updated_at = moment() where id = $1", unit.0, film.film().0)
        .execute(tx.connection())
        .await?;
    audit::record(tx, "added_film", "unit", unit.0, json!({ "film": film.film() })).await?;
    Ok(film)
}

/// Gives the copy of a unit a film of its own with the same bytes, when the original has one that is ready.
pub(crate) async fn share(tx: &mut Tx, _: &Taught, original: &Unit, copy: UnitId) -> Result<(), Error> {
    let Some(film) = original.film else { return Ok(()) };
    let film = match video::share::share(tx, &Watchable::granted(film)).await {
        Ok(film) => film,
        Err(video::Error::WrongState(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    sqlx::query!("update unit set film_id = $2, updated_at = moment() where id = $1", copy.0, film.film().0)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Has the films of a copied course accompany each other as those of the original do. `copies`: originals, each with its copy.
pub(crate) async fn share_companions(
    tx: &mut Tx,
    _: &Taught,
    _: &Taught,
    copies: &[(FilmId, FilmId)],
) -> Result<(), Error> {
    let proofs: Vec<_> = copies
        .iter()
        .map(|(original, copy)| (Watchable::granted(*original), Editable::granted(*copy)))
        .collect();
    Ok(video::companion::share(tx, &proofs).await?)
}

/// A film of the draft and the languages of its captions.
#[derive(Clone, Debug)]
pub struct Captioned {
    /// The unit that shows it.
    pub unit: UnitId,
    /// The unit's title.
    pub title: String,
    /// Codes of languages.
    pub languages: Vec<String>,
}

/// The films of the draft with the languages of their captions, in the order of the units.
pub async fn captioned(tx: &mut Tx, proof: &Taught) -> Result<Vec<Captioned>, Error> {
    let rows = sqlx::query!(
        r#"select u.id, u.title, array(select c.language from caption c where c.film_id = u.film_id order by c.language) as "languages!"
           from unit u join section s on s.id = u.section_id
           where u.course_id = $1 and u.removed_at is null and u.film_id is not null
           order by s.position, s.id, u.position, u.id"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let film = rows.into_iter().map(|row| Captioned {
        unit: UnitId(row.id),
        title: row.title,
        languages: row.languages,
    });
    Ok(film.collect())
}

/// A film that no unit shows.
#[derive(Clone, Debug)]
pub struct Unshown {
    /// The film.
    pub film: FilmId,
    /// Its title.
    pub title: String,
    /// When it was made.
    pub created_at: OffsetDateTime,
}

/// The films of the organisation that no unit shows, neither of a draft nor of any published version, the oldest first: they take room
/// and nobody sees them. What is to take the place of another film is none of those.
pub async fn unshown(tx: &mut Tx, _: &PeopleAdmin) -> Result<Vec<Unshown>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        "select f.id, f.title, f.created_at from film f
         where f.organisation_id = $1 and f.replaces is null and not exists (select 1 from unit u where u.film_id = f.id)
           and not exists (select 1 from version_unit v where v.film_id = f.id)
         order by f.created_at, f.id limit 200",
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    let film = rows.into_iter().map(|row| Unshown {
        film: FilmId(row.id),
        title: row.title,
        created_at: row.created_at,
    });
    Ok(film.collect())
}

/// A film that no unit shows, as something to be removed. Errors: `NotFound`, also when one shows it by now.
pub async fn unshown_one(tx: &mut Tx, _: &PeopleAdmin, film: FilmId) -> Result<Editable, Error> {
    let unshown = sqlx::query_scalar!(
        r#"select exists (select 1 from film where id = $1 and replaces is null) and not exists (select 1 from unit where film_id = $1)
             and not exists (select 1 from version_unit where film_id = $1) as "unshown!""#,
        film.0
    )
    .fetch_one(tx.connection())
    .await?;
    if unshown { Ok(Editable::granted(film)) } else { Err(Error::NotFound) }
}

/// Takes the film out of a unit's draft; the film itself goes when no version shows it.
pub async fn remove(tx: &mut Tx, proof: &Taught, unit: UnitId) -> Result<(), Error> {
    let film = sqlx::query_scalar!(
        "select film_id from unit where id = $1 and course_id = $2 and removed_at is null for update",
        unit.0,
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?
    .flatten()
    .ok_or(Error::NotFound)?;
    sqlx::query!("update unit set film_id = null, updated_at = moment() where id = $1", unit.0)
        .execute(tx.connection())
        .await?;
    let shown = sqlx::query_scalar!(
        r#"select exists (select 1 from version_unit where film_id = $1) or exists (select 1 from unit where film_id = $1) as "shown!""#,
        film
    )
    .fetch_one(tx.connection())
    .await?;
    if !shown {
        video::film::remove(tx, &Editable::granted(FilmId(film))).await?;
    }
    Ok(audit::record(tx, "removed_film", "unit", unit.0, json!({ "film": film })).await?)
}

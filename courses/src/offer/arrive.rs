//! The job that copies a film of an adopted course, and publishes the course when the last one has come.
//!
//! What may be read is looked up anew each time, by the unit: the offer that the course was made of, in the version that was taken over
//! last, shows that film. So a version that is taken over meanwhile is what comes.

use base::job::JobError;
use base::worker::Task;
use base::{Blobs, PersonId, Tx, audit};
use identity::day;
use serde_json::{Value, json};
use video::arrival::{self, NOT_MADE, NOT_OFFERED, Order, Original};
use video::film::State;

use super::films;
use crate::ended::{self, Then};
use crate::error::Error;
use crate::find::Taught;
use crate::plan::Refusal;
use crate::publish::Asks;
use crate::{CourseId, OfferId, UnitId, VersionId, draft, teacher};

pub use video::arrival::{KIND, give_up};

/// A publisher who changes a film while it is copied has it copied anew; so often in one attempt.
const ROUNDS: u32 = 3;

/// The unit that a film is for.
struct Place {
    course: Taught,
    unit: UnitId,
    offer: OfferId,
    version: VersionId,
    origin: UnitId,
    /// Fingerprints of captions and chapters as they were taken before.
    words: Value,
}

fn again(error: Error) -> JobError {
    JobError::Retry(error.to_string())
}

/// The handler of `KIND`.
pub async fn run(blobs: Blobs, task: Task) -> Result<(), JobError> {
    let order = Order::of(&task)?;
    for _ in 0..ROUNDS {
        let mut tx = task.db.begin(&task.held.actor()).await?;
        if !order.is_awaited(&mut tx).await? {
            // Removed or stopped, or an attempt before was killed when all was done.
            task.held.finish(&mut tx).await?;
            return Ok(tx.commit().await?);
        }
        let place = place(&mut tx, &order).await?;
        let original = original(&mut tx, &place).await?;
        drop(tx);
        arrival::carry(&blobs, &task, &order, &original).await?;
        if settle(&task, &order, &original).await? {
            return Ok(());
        }
    }
    Err(JobError::Retry("the publisher changes the film while it is copied".to_owned()))
}

/// Where the film is shown. Errors: `Fail` when no unit of an adopted course shows it.
async fn place(tx: &mut Tx, order: &Order) -> Result<Place, JobError> {
    let row = sqlx::query!(
        r#"select u.id, u.course_id, c.slug, a.offer_id, a.version_id, d.origin_unit_id, coalesce(d.film_words, '{}'::jsonb) as "words!"
           from film f join unit u on u.film_id = coalesce(f.replaces, f.id) and u.removed_at is null
             join adopted_unit d on d.unit_id = u.id join adoption a on a.course_id = u.course_id join course c on c.id = u.course_id
           where f.id = $1 order by u.id limit 1"#,
        order.film.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or_else(|| JobError::Fail(NOT_OFFERED.to_owned()))?;
    Ok(Place {
        course: Taught::made(CourseId(row.course_id), row.slug),
        unit: UnitId(row.id),
        offer: OfferId(row.offer_id),
        version: VersionId(row.version_id),
        origin: UnitId(row.origin_unit_id),
        words: row.words,
    })
}

/// The publisher's film. Errors: `Retry` while it is being made; `Fail` when it is not offered, or was not made.
async fn original(tx: &mut Tx, place: &Place) -> Result<Original, JobError> {
    let original = films::original(tx, place.offer, place.version, place.origin).await.map_err(again)?;
    let original = original.ok_or_else(|| JobError::Fail(NOT_OFFERED.to_owned()))?;
    match original.state {
        State::Ready => Ok(original),
        State::Uploading | State::Queued | State::Transcoding | State::Copying => {
            Err(JobError::Retry(NOT_MADE.to_owned()))
        }
        State::Empty | State::Failed | State::Cancelled => Err(JobError::Fail(NOT_MADE.to_owned())),
    }
}

/// Publishes the film, and the course when it was the last that it waited for. Answers no when the publisher's film is another one by now.
async fn settle(task: &Task, order: &Order, copied: &Original) -> Result<bool, JobError> {
    let mut tx = task.db.begin(&task.held.actor()).await?;
    // The course first, as everywhere: whoever takes a version over, or gets another of its films, comes before or after. So does whoever
    // saves a unit: what is published is what was looked at.
    let course = place(&mut tx, order).await?.course;
    draft::hold(&mut tx, &course).await.map_err(again)?;
    let place = place(&mut tx, order).await?;
    if original(&mut tx, &place).await?.mark != copied.mark {
        return Ok(false);
    }
    let came = arrival::settle(&mut tx, order, copied, &place.words).await;
    if let Some(came) = came.map_err(|error| JobError::Retry(error.to_string()))? {
        films::came(&mut tx, place.unit, came, copied).await.map_err(again)?;
        let detail = json!({ "unit": place.unit });
        audit::record(&mut tx, "came", "film", came.film.0, detail).await?;
        if let Some(then) = publish(&mut tx, &place.course).await.map_err(again)? {
            ended::all_came(&mut tx, &place.course, came, then).await.map_err(again)?;
        }
    }
    task.held.finish(&mut tx).await?;
    tx.commit().await?;
    Ok(true)
}

/// Publishes the course when all of its films have come, it still waits for that, and nobody has changed the draft meanwhile: in the
/// name of who adopted it or took the version over, as long as they may. What stands in the way is seen on the page of publishing.
///
/// Answers what became of it; nothing while a film is still to come.
async fn publish(tx: &mut Tx, course: &Taught) -> Result<Option<Then>, Error> {
    if films::is_waiting(tx, course).await? {
        return Ok(None);
    }
    let row = sqlx::query!(
        r#"select a.waits_for as "person!", a.waits_asks as "asks!", a.waits_redo_by, a.waits_hash as "hash!",
                  c.state <> 'archived'
                  -- A film that was sent here in the place of one that was to come, or had come: nobody has published it yet.
                  and not exists (
                    select 1 from unit u join adopted_unit d on d.unit_id = u.id and d.film_id = u.film_id
                    where u.course_id = c.id and u.removed_at is null
                      and not exists (select 1 from film_arrival r where r.film_id = u.film_id)
                      and not exists (select 1 from version_unit v where v.film_id = u.film_id)) as "fit!"
           from adoption a join course c on c.id = a.course_id where a.course_id = $1 and a.waits_for is not null"#,
        course.id().0
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(Some(Then::Stays)) };
    films::overtaken(tx, course).await?;
    let person = PersonId(row.person);
    let fit = row.fit && teacher::may_change(tx, course.id(), person).await?;
    if !fit || draft::hash_with(tx, course, &[]).await?.as_slice() != row.hash.as_slice() {
        return Ok(Some(Then::Waits));
    }
    // A day that has passed meanwhile is as the rules say.
    let today = day::today(tx).await?;
    let by = row.waits_redo_by.filter(|by| *by >= today);
    let asks = match row.asks.as_str() {
        "go_on" => Asks::Again { middle: false, by },
        "begin_again" => Asks::Again { middle: true, by },
        _ => Asks::Nothing,
    };
    let refusal = super::publish_if_fit(tx, course, person, asks).await?;
    let detail = json!({ "waits": refusal.map(Refusal::word) });
    audit::record(tx, "films_came", "course", course.id().0, detail).await?;
    Ok(Some(match refusal {
        None => Then::Published,
        Some(Refusal::Nothing) => Then::Stays,
        Some(_) => Then::Waits,
    }))
}

//! The exact ends of a film that is cut: a job makes of each segment that lies across the cut a shorter one, in every rendition, and puts
//! them in place of what whole segments showed. Pictures are encoded anew by the transcoding program, which gets that segment and nothing
//! else of the film (the upload may be gone); of sound the frames outside are left out. What lies between stays as it is.
//!
//! They take a few megabytes at most and no room is asked for: a film that shows more than it should because films take much already would
//! be the worse of the two.

mod work;

use base::job::{self, Held, JobError};
use base::worker::Task;
use base::{Db, Tx};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::work::Work;
use super::rows::{self, EndPiece};
use super::{Cut, marks, plain, snapped};
use crate::error::Error;
use crate::failure::word;
use crate::proof::Editable;
use crate::wire::Reason;
use crate::work::Workshop;
use crate::{FilmId, sweep};

/// The kind of job that makes them.
pub const KIND: &str = "cut_ends";

/// How long they are expected to take, in seconds: people wait for them.
const SECONDS: u64 = 60;

/// What was asked for, in milliseconds of the whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Wish {
    pub(super) film: Uuid,
    pub(super) from_ms: u32,
    pub(super) to_ms: u32,
}

/// What became of a wish for exact ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// They are being made: as long as they are, the film is cut where segments begin, if at all.
    Making,
    /// The film begins and ends with them.
    Made,
    /// They cannot be made; the film is shown as while they were being made.
    Failed(Reason),
}

/// A wish for exact ends, in milliseconds of the whole. A film that is cut where segments begin anyway has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// What was asked for begins here.
    pub from_ms: u32,
    /// And ends here.
    pub to_ms: u32,
    /// What became of it.
    pub state: State,
}

/// The wish of a film, if it has one. Errors: `NotFound`.
pub async fn of(tx: &mut Tx, proof: &Editable) -> Result<Option<Ends>, Error> {
    let row = sqlx::query!(
        "select ends_from_ms, ends_to_ms, ends_state, ends_reason from film where id = $1",
        proof.film().0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let number = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    let moments = number(row.ends_from_ms).zip(number(row.ends_to_ms));
    Ok(moments.zip(row.ends_state).map(|((from_ms, to_ms), state)| Ends {
        from_ms,
        to_ms,
        state: match state.as_str() {
            "making" => State::Making,
            "made" => State::Made,
            _ => State::Failed(reason(row.ends_reason.unwrap_or_default())),
        },
    }))
}

/// The part that was asked for of a film that is cut, whether it is shown exactly by now or not: where it begins and ends, in milliseconds of
/// the whole. Errors: `NotFound`.
pub async fn wanted(tx: &mut Tx, proof: &Editable) -> Result<Option<(u32, u32)>, Error> {
    if let Some(ends) = of(tx, proof).await? {
        return Ok(Some((ends.from_ms, ends.to_ms)));
    }
    Ok(super::of(tx, proof).await?.map(|cut| (cut.from_ms, cut.to_ms)))
}

fn reason(word: String) -> Reason {
    serde_json::from_value(serde_json::Value::String(word)).unwrap_or(Reason::Internal)
}

/// Writes a wish down and asks for what it needs.
pub(super) async fn later(tx: &mut Tx, film: FilmId, wish: &Wish) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update film set ends_from_ms = $2, ends_to_ms = $3, ends_state = 'making', ends_reason = null where id = $1",
        film.0,
        marks::number(wish.from_ms),
        marks::number(wish.to_ms),
    )
    .execute(tx.connection())
    .await?;
    ask(tx, wish).await
}

async fn ask(tx: &mut Tx, wish: &Wish) -> Result<(), sqlx::Error> {
    let key = format!("{}/{}-{}", wish.film, wish.from_ms, wish.to_ms);
    job::enqueue(tx, KIND, &key, 4, wish).await?;
    job::expect(tx, KIND, &key, SECONDS).await
}

/// Asks for the ends of a film once more, which has got renditions since that have none.
pub(crate) async fn again(tx: &mut Tx, film: FilmId) -> Result<(), sqlx::Error> {
    let wish = sqlx::query!(
        r#"select ends_from_ms as "from_ms!", ends_to_ms as "to_ms!" from film where id = $1 and ends_state in ('making', 'made')"#,
        film.0
    )
    .fetch_optional(tx.connection())
    .await?;
    let number = |number: i32| u32::try_from(number).unwrap_or(0);
    match wish {
        Some(row) => {
            ask(tx, &Wish { film: film.0, from_ms: number(row.from_ms), to_ms: number(row.to_ms) }).await
        }
        None => Ok(()),
    }
}

/// Asks for the ends of a copy of a film whose own are still being made, those of some renditions at least.
pub(crate) async fn of_copy(tx: &mut Tx, copy: FilmId) -> Result<(), sqlx::Error> {
    let row = sqlx::query!("select fence, ends_state from film where id = $1", copy.0)
        .fetch_one(tx.connection())
        .await?;
    let is_wanted = match row.ends_state.as_deref() {
        Some("making") => true,
        Some("made") => !rows::hidden(tx, copy, row.fence).await?.is_empty(),
        _ => false,
    };
    if is_wanted { again(tx, copy).await } else { Ok(()) }
}

/// Where an attempt keeps what it makes: nobody else writes there.
fn folder(held: &Held, film: Uuid, attempt: i64) -> Result<String, JobError> {
    let organisation = held.organisation.ok_or_else(|| JobError::Fail("no organisation".to_owned()))?;
    Ok(format!("films/{organisation}/{film}/edge-{:016x}-{attempt}/", held.id.as_u64_pair().1))
}

/// Has what this attempt and those before it left deleted; what a row names is spared.
async fn tidy(tx: &mut Tx, held: &Held, film: Uuid) -> Result<(), JobError> {
    for attempt in 1..=held.fence {
        sweep::later(tx, &folder(held, film, attempt)?).await?;
    }
    Ok(())
}

fn wish_of(held: &Held) -> Result<Wish, JobError> {
    serde_json::from_value(held.args.clone())
        .map_err(|error| JobError::Fail(format!("no film in the job: {error}")))
}

/// The handler of `KIND`. Of a film that is cut otherwise by now, or was replaced, nothing is made.
pub async fn run(shop: Workshop, task: Task) -> Result<(), JobError> {
    let wish = wish_of(&task.held)?;
    let ended = make(&shop, &task, &wish).await;
    if matches!(ended, Err(JobError::Lost)) {
        // What this late worker stored last, after the newest had tidied up.
        let mut tx = task.db.begin(&task.held.actor()).await?;
        sweep::later(&mut tx, &folder(&task.held, wish.film, task.held.fence)?).await?;
        tx.commit().await?;
    }
    ended
}

async fn make(shop: &Workshop, task: &Task, wish: &Wish) -> Result<(), JobError> {
    let work = look(task, wish).await?;
    let made = match &work {
        Some(work) => work.make(shop, task, &folder(&task.held, wish.film, task.held.fence)?).await?,
        None => Vec::new(),
    };
    let mut tx = task.db.begin(&task.held.actor()).await?;
    let is_short = publish(&mut tx, wish, (work.as_ref(), &made[..]))
        .await
        .map_err(|error| JobError::Retry(error.to_string()))?;
    tidy(&mut tx, &task.held, wish.film).await?;
    task.held.finish(&mut tx).await?;
    if is_short {
        ask(&mut tx, wish).await?;
    }
    Ok(tx.commit().await?)
}

/// Looks up what is to be made.
async fn look(task: &Task, wish: &Wish) -> Result<Option<Work>, JobError> {
    let mut tx = task.db.begin(&task.held.actor()).await?;
    let row = sqlx::query!(
        r#"select fence, trim_from_ms is not null as "cut!", coalesce(whole_ms, length_ms, 0) as "whole_ms!", ends_state = 'made' as "made!"
           from film where id = $1 and state = 'ready' and ends_from_ms = $2 and ends_to_ms = $3 and ends_state in ('making', 'made')"#,
        wish.film,
        marks::number(wish.from_ms),
        marks::number(wish.to_ms),
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let under = if row.cut { -row.fence } else { row.fence };
    let starts = sqlx::query_scalar!(
        "select start_ms from segment where film_id = $1 and fence = $2
           and rendition = (select o.name from rendition o where o.film_id = $1 and o.fence = $2 and o.kind = 'picture' and not o.second
                            order by o.height, o.name limit 1)
         order by number",
        wish.film,
        under,
    )
    .fetch_all(tx.connection())
    .await?;
    let starts: Vec<u32> = starts.into_iter().map(|start| u32::try_from(start).unwrap_or(0)).collect();
    let whole_ms = u32::try_from(row.whole_ms).unwrap_or(0);
    let Some((around, (first, behind))) = snapped(&starts, whole_ms, wish.from_ms, Some(wish.to_ms)) else {
        return Err(JobError::Fail("nothing of the film would be left".to_owned()));
    };
    let mut numbers = Vec::new();
    if around.from_ms != wish.from_ms {
        numbers.push(first);
    }
    if around.to_ms != wish.to_ms && !numbers.contains(&(behind - 1)) {
        numbers.push(behind - 1);
    }
    let film = FilmId(wish.film);
    let renditions = if row.made {
        rows::hidden(&mut tx, film, row.fence).await?
    } else {
        work::renditions(&mut tx, film, under).await?
    };
    if row.made && renditions.is_empty() {
        return Ok(None);
    }
    let pieces = work::pieces(&mut tx, (film, under), &renditions, &numbers).await?;
    Ok(Some(Work {
        fence: row.fence,
        is_further: row.made,
        wanted: (wish.from_ms, wish.to_ms),
        whole_ms,
        first,
        behind,
        renditions,
        pieces,
    }))
}

/// Shows the film from its exact beginning to its exact end, or what came since beside what is shown so; nothing when the film was cut
/// otherwise or replaced meanwhile. Answers whether something is still to be made: the film has got a rendition since that has no ends, or
/// the same cut was taken back and made once more.
async fn publish(
    tx: &mut Tx,
    wish: &Wish,
    (work, made): (Option<&Work>, &[EndPiece]),
) -> Result<bool, Error> {
    let film = FilmId(wish.film);
    // Held whatever it says: whoever cuts it now asks for the ends before this job is finished, or after.
    let row = sqlx::query!(
        r#"select fence, ends_state is not distinct from 'made' as "made!", coalesce(trim_from_ms, 0) as "from_ms!",
                  coalesce(state = 'ready' and ends_from_ms = $2 and ends_to_ms = $3 and ends_state in ('making', 'made'), false) as "wished!"
           from film where id = $1 for update"#,
        film.0,
        marks::number(wish.from_ms),
        marks::number(wish.to_ms),
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row.filter(|row| row.wished) else { return Ok(false) };
    let Some(work) = work.filter(|work| work.fence == row.fence && work.is_further == row.made) else {
        return Ok(!row.made || !rows::hidden(tx, film, row.fence).await?.is_empty());
    };
    let shown = ((work.first, work.behind), &work.renditions[..]);
    if work.is_further {
        let from_ms = u32::try_from(row.from_ms).unwrap_or(0);
        rows::add_exactly(tx, film, work.fence, shown, (from_ms, made)).await?;
    } else {
        show(tx, wish, work, made).await?;
    }
    Ok(!rows::hidden(tx, film, work.fence).await?.is_empty())
}

/// Puts the exact cut in the place of the one before.
async fn show(tx: &mut Tx, wish: &Wish, work: &Work, made: &[EndPiece]) -> Result<(), Error> {
    let film = FilmId(wish.film);
    let before = super::of(tx, &Editable::granted(film)).await?;
    let read = marks::read(tx, film).await?;
    rows::unshift(tx, film, work.fence, before.as_ref()).await?;
    let cut = exact(work, made);
    let shown = ((work.first, work.behind), &work.renditions[..]);
    rows::shift_exactly(tx, film, work.fence, shown, (&cut, made)).await?;
    sqlx::query!(
        "update film set ends_from_ms = $2, ends_to_ms = $3, ends_state = 'made' where id = $1",
        film.0,
        marks::number(wish.from_ms),
        marks::number(wish.to_ms),
    )
    .execute(tx.connection())
    .await?;
    marks::cut(tx, film, &cut).await?;
    marks::read_still(tx, film, &read).await?;
    Ok(plain::later(tx, film, &cut).await?)
}

/// Where the film begins and ends with what was made: with its first picture, and behind its last one.
fn exact(work: &Work, made: &[EndPiece]) -> Cut {
    let ms = |ms: u64| u32::try_from(ms).unwrap_or(u32::MAX);
    let pictures =
        |number: i32| made.iter().filter(move |piece| piece.key_bytes > 0 && piece.number == number);
    let begins = pictures(work.first).map(|piece| ms(piece.start_ms)).min();
    let ends = pictures(work.behind - 1).map(|piece| ms(piece.start_ms + piece.length_ms)).max();
    let (from, to) = work.wanted;
    Cut {
        from_ms: begins.unwrap_or(from).max(from),
        // Of a film whose sound goes on behind its last picture the sound is what ends.
        to_ms: ends.unwrap_or(to).max(to).min(work.whole_ms),
        whole_ms: work.whole_ms,
    }
}

/// Says on the film that its exact ends cannot be made: it stays cut where segments begin, and gets its MP4 for that.
pub async fn give_up(db: Db, held: Held, why: String) -> Result<(), JobError> {
    let mut tx = db.begin(&held.actor()).await?;
    if let Ok(wish) = wish_of(&held) {
        let failed = sqlx::query!(
            "update film set ends_state = 'failed', ends_reason = $4
             where id = $1 and ends_from_ms = $2 and ends_to_ms = $3 and ends_state = 'making'",
            wish.film,
            marks::number(wish.from_ms),
            marks::number(wish.to_ms),
            word(reason(why.clone())),
        )
        .execute(tx.connection())
        .await?;
        if failed.rows_affected() > 0 {
            plain::of_copy(&mut tx, FilmId(wish.film)).await?;
        }
        tidy(&mut tx, &held, wish.film).await?;
    }
    held.bury(&mut tx, &why).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::work::Work;
    use super::{EndPiece, exact};

    fn piece(number: i32, start_ms: u64, length_ms: u64, key_bytes: u32) -> EndPiece {
        EndPiece {
            rendition: "480p".to_owned(),
            number,
            start_ms,
            length_ms,
            bytes: 1,
            key: "x".to_owned(),
            key_bytes,
            init_key: None,
        }
    }

    fn of(first: i32, behind: i32, made: &[EndPiece]) -> (u32, u32) {
        let work = Work {
            fence: 1,
            is_further: false,
            wanted: (7000, 16_000),
            whole_ms: 20_000,
            first,
            behind,
            renditions: Vec::new(),
            pieces: Vec::new(),
        };
        let cut = exact(&work, made);
        (cut.from_ms, cut.to_ms)
    }

    #[test]
    fn a_cut_falls_where_what_was_made_for_it_begins_and_ends() {
        let (begins, ends) = (piece(1, 7007, 4999, 9), piece(2, 12_012, 4004, 9));
        let sound = [piece(1, 6998, 5010, 0), piece(2, 12_010, 4011, 0)];
        assert_eq!(
            of(1, 3, &[begins.clone(), ends.clone(), sound[0].clone(), sound[1].clone()]),
            (7007, 16_016)
        );
        assert_eq!(of(1, 3, &[begins]), (7007, 16_000), "it ends where a segment does");
        assert_eq!(of(1, 3, &[ends]), (7000, 16_016), "it begins where a segment does");
        assert_eq!(of(1, 2, &[piece(1, 7007, 9009, 9)]), (7007, 16_016));
        assert_eq!(
            of(1, 3, &[piece(1, 7007, 4999, 9), piece(2, 12_012, 2002, 9)]),
            (7007, 16_000),
            "sound alone"
        );
        assert_eq!(of(1, 3, &[]), (7000, 16_000));
    }
}

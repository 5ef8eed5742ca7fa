//! A film that comes from another organisation: a film of one's own with objects of one's own, copied inside the store by a job.
//!
//! The area above decides which film may be read and hands over what it consists of (`Original`). Objects come first, each under a name
//! made of its original's, so whoever goes on after a killed worker copies what is missing; all rows come in one transaction at the end.
//! The folder of a wish is its own (`film.fence`): what is swept of one that was given up is never of the next.

mod carry;
mod rows;

use base::job::{self, Held, JobError};
use base::worker::Task;
use base::{Db, Tx, audit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use self::carry::carry;
pub use self::rows::{Came, settle, words};

use crate::error::Error;
use crate::film::State;
use crate::proof::Editable;
use crate::{FilmId, ended, share, storage, sweep};

/// The kind of job that copies a film; its key is the film.
pub const KIND: &str = "copy_film";

/// The film is not offered any more, or not to this organisation. A word in `film.reason`, as those that follow.
pub const NOT_OFFERED: &str = "copy_not_offered";
/// The publisher's film was not made.
pub const NOT_MADE: &str = "copy_not_made";
/// The films of the organisation may not take as much more.
pub const NO_ROOM: &str = "copy_no_room";
/// The store failed again and again.
pub const BROKEN: &str = "copy_broken";

/// Some eight hours, since the pause between two tries grows to ten minutes: the publisher's film may still be in the making.
const TRIES: i32 = 60;

/// How much is copied in a second, for telling short work from long: a guess on the slow side.
const BYTES_A_SECOND: u64 = 20_000_000;

/// An object of the original.
#[derive(Clone, Debug, Deserialize)]
struct Object {
    /// Where it lies.
    key: String,
    /// The name of its copy in the folder of the wish.
    name: String,
    /// Its length, where that was written down.
    bytes: Option<u64>,
}

#[derive(Deserialize)]
struct Head {
    state: String,
    mark: String,
    words: Value,
    bytes: u64,
    objects: Vec<Object>,
}

/// What a film of another organisation consists of at a moment, as the database told it to somebody who may know.
#[derive(Clone, Debug)]
pub struct Original {
    /// Where it is on its way.
    pub state: State,
    /// Names what it shows: another film, another making or another cut has another mark.
    pub mark: String,
    /// Fingerprints of its captions and chapters.
    pub words: Value,
    /// What it takes, in bytes.
    pub bytes: u64,
    objects: Vec<Object>,
    body: Value,
}

impl Original {
    /// Reads what the database tells (`offered_film`); nothing when it is something else.
    pub fn read(body: Value) -> Option<Self> {
        let Head { state, mark, words, bytes, objects } = Head::deserialize(&body).ok()?;
        Some(Self { state: State::from_word(&state), mark, words, bytes, objects, body })
    }
}

/// What a job copies: into which film, and where its objects go. It counts only as long as the film has that number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// The film.
    pub film: FilmId,
    fence: i64,
    /// The folder; the doctor spares what lies there as long as the job lives.
    prefix: String,
}

impl Order {
    /// The order of a job of this kind.
    pub fn of(task: &Task) -> Result<Self, JobError> {
        serde_json::from_value(task.held.args.clone())
            .map_err(|error| JobError::Fail(format!("no film in the job: {error}")))
    }

    /// Whether the film still waits for it.
    pub async fn is_awaited(&self, tx: &mut Tx) -> Result<bool, sqlx::Error> {
        let awaited = sqlx::query_scalar!(
            r#"select exists (select 1 from film where id = $1 and fence = $2 and state = 'copying') as "awaited!""#,
            self.film.0,
            self.fence,
        );
        awaited.fetch_one(tx.connection()).await
    }
}

/// A film that is to come.
#[derive(Clone, Copy, Debug)]
pub struct Parcel<'a> {
    /// The title that it gets.
    pub title: &'a str,
    /// The name of the organisation that it comes from.
    pub publisher: &'a str,
    /// What it takes there, in bytes.
    pub bytes: u64,
    /// Where there is no room the film is kept as one that could not come, instead of being refused.
    pub lenient: bool,
}

/// Makes a film that is to come from another organisation. Errors: `NoRoom`.
pub async fn announce(tx: &mut Tx, parcel: &Parcel<'_>) -> Result<Editable, Error> {
    let (organisation, person, film) = (tx.organisation()?, tx.person()?, FilmId::new(tx.now()));
    sqlx::query!(
        "insert into film (id, organisation_id, title, created_by) values ($1, $2, $3, $4)",
        film.0,
        organisation.0,
        parcel.title.chars().take(200).collect::<String>(),
        person.0,
    )
    .execute(tx.connection())
    .await?;
    ask(tx, film, parcel).await?;
    audit::record(tx, "announced", "film", film.0, json!({ "bytes": parcel.bytes })).await?;
    Ok(Editable::granted(film))
}

/// The same for a film that is there already. What is shown stays until the new one has come and takes its place; one that never came is
/// asked for again. Answers whether something comes: not while somebody sends another film.
///
/// Errors: `NotFound`; `NoRoom`.
pub async fn renew(tx: &mut Tx, proof: &Editable, parcel: &Parcel<'_>) -> Result<bool, Error> {
    let film = proof.film();
    storage::hold(tx).await?;
    let state = sqlx::query_scalar!("select state from film where id = $1 for update", film.0)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    match state.as_str() {
        "copying" => return Ok(true),
        "ready" => {}
        state if is_free(state) => {
            ask_in_place(tx, film, parcel).await?;
            return Ok(true);
        }
        _ => return Ok(false),
    }
    let next = sqlx::query!("select id, state from film where replaces = $1 for update", film.0)
        .fetch_optional(tx.connection())
        .await?;
    let next = match next {
        None => begin_replacing(tx, film).await?,
        Some(next) if next.state == "copying" => return Ok(true),
        Some(next) if is_free(&next.state) => FilmId(next.id),
        Some(_) => return Ok(false),
    };
    ask_in_place(tx, next, parcel).await?;
    audit::record(tx, "announced", "film", film.0, json!({ "bytes": parcel.bytes, "by": next })).await?;
    Ok(true)
}

/// Whether nothing is sent for a film, made or copied, and nothing is shown.
fn is_free(state: &str) -> bool {
    matches!(state, "empty" | "failed" | "cancelled")
}

/// Asks for what is to come. What somebody sent here before and could not be made gives way: nothing is made from it any more.
async fn ask_in_place(tx: &mut Tx, film: FilmId, parcel: &Parcel<'_>) -> Result<(), Error> {
    let sent = sqlx::query_scalar!("select source_key from film where id = $1", film.0)
        .fetch_one(tx.connection())
        .await?;
    if sent.is_none() {
        return ask(tx, film, parcel).await;
    }
    sqlx::query!(
        "update film set source_key = null, source_bytes = null, made_from = null, poster_key = null, plain_key = null, plain_bytes = null
         where id = $1",
        film.0
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!("delete from rendition where film_id = $1", film.0).execute(tx.connection()).await?;
    sqlx::query!("delete from film_still where film_id = $1", film.0).execute(tx.connection()).await?;
    ask(tx, film, parcel).await?;
    share::sweep_earlier(tx, film).await?;
    share::let_go_source(tx, sent.as_deref()).await
}

/// A film that will take the place of `film`. Errors: `BeingReplaced` when somebody else was first.
async fn begin_replacing(tx: &mut Tx, film: FilmId) -> Result<FilmId, Error> {
    let (person, id) = (tx.person()?, FilmId::new(tx.now()));
    let begun = sqlx::query!(
        "insert into film (id, organisation_id, title, created_by, replaces)
         select $1, organisation_id, title, $2, id from film where id = $3
         on conflict (replaces) where replaces is not null do nothing",
        id.0,
        person.0,
        film.0,
    )
    .execute(tx.connection())
    .await?;
    if begun.rows_affected() == 0 { Err(Error::BeingReplaced) } else { Ok(id) }
}

async fn ask(tx: &mut Tx, film: FilmId, parcel: &Parcel<'_>) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    sqlx::query!(
        "insert into film_arrival (organisation_id, film_id, publisher, bytes) values ($1, $2, $3, $4)
         on conflict (film_id) do update set publisher = excluded.publisher, bytes = excluded.bytes, asked_at = moment(), arrived_at = null",
        organisation.0,
        film.0,
        parcel.publisher,
        i64::try_from(parcel.bytes).unwrap_or(i64::MAX),
    )
    .execute(tx.connection())
    .await?;
    match storage::room(tx, parcel.bytes).await {
        Err(Error::NoRoom(_)) if parcel.lenient => {
            sqlx::query!("update film set state = 'failed', reason = $2 where id = $1", film.0, NO_ROOM)
                .execute(tx.connection())
                .await?;
            Ok(ended::failed(tx, film).await?)
        }
        Err(error) => Err(error),
        Ok(()) => begin(tx, film, parcel.bytes).await,
    }
}

/// Takes the next number and hands the wish to the workers.
async fn begin(tx: &mut Tx, film: FilmId, bytes: u64) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let fence = sqlx::query_scalar!(
        "update film set state = 'copying', reason = null, warning = null, per_mille = 0, fence = fence + 1 where id = $1 returning fence",
        film.0
    )
    .fetch_one(tx.connection())
    .await?;
    let order = Order { film, fence, prefix: format!("films/{organisation}/{film}/{fence}/") };
    job::enqueue(tx, KIND, &film.to_string(), TRIES, &order).await?;
    Ok(job::expect(tx, KIND, &film.to_string(), bytes / BYTES_A_SECOND).await?)
}

/// Tries again to get a film that could not come or was stopped. Answers whether it is one of those. Errors: `NoRoom`.
pub(crate) async fn retry(tx: &mut Tx, film: FilmId) -> Result<bool, Error> {
    storage::hold(tx).await?;
    let bytes = sqlx::query_scalar!(
        "select a.bytes from film f join film_arrival a on a.film_id = f.id
         where f.id = $1 and f.state in ('failed', 'cancelled') and a.arrived_at is null for update of f",
        film.0
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(bytes) = bytes.map(|bytes| u64::try_from(bytes).unwrap_or(0)) else { return Ok(false) };
    storage::room(tx, bytes).await?;
    begin(tx, film, bytes).await?;
    Ok(true)
}

/// Stops the coming of a film. Answers whether it was on its way; a running job says itself when it has ended.
pub(crate) async fn cancel(tx: &mut Tx, film: FilmId) -> Result<bool, Error> {
    let key = film.to_string();
    if !job::ask_cancel(tx, KIND, &key).await? {
        return Ok(false);
    }
    let over = sqlx::query_scalar!(
        "update film set state = 'cancelled', fence = fence + 1
         where id = $1 and state = 'copying' and not exists (select 1 from job where kind = $2 and key = $3 and state = 'running')
         returning fence",
        film.0,
        KIND,
        key,
    )
    .fetch_optional(tx.connection())
    .await?;
    if let Some(fence) = over {
        // An attempt before may have begun.
        let organisation = tx.organisation()?;
        sweep::later(tx, &format!("films/{organisation}/{film}/{}/", fence - 1)).await?;
    }
    Ok(true)
}

/// Says on the film that it could not come, and why.
pub async fn give_up(db: Db, held: Held, why: String) -> Result<(), JobError> {
    let order: Option<Order> = serde_json::from_value(held.args.clone()).ok();
    let mut tx = db.begin(&held.actor()).await?;
    if let Some(order) = order {
        let known = [NOT_OFFERED, NOT_MADE, NO_ROOM].into_iter().find(|word| *word == why);
        let failed = sqlx::query!(
            "update film set state = 'failed', reason = $3, fence = fence + 1 where id = $1 and fence = $2 and state = 'copying'",
            order.film.0,
            order.fence,
            known.unwrap_or(BROKEN),
        )
        .execute(tx.connection())
        .await?;
        if failed.rows_affected() > 0 {
            ended::failed(&mut tx, order.film).await?;
        }
        sweep::later(&mut tx, &order.prefix).await?;
    }
    held.bury(&mut tx, &why).await?;
    Ok(tx.commit().await?)
}

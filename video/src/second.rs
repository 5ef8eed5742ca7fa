//! A further set of a film's pictures in another codec, which takes fewer bytes and more processor time: made in idle time, when no film waits
//! to be made, and kept when it saves enough at no less quality. What plays it has to say that it decodes it well; everybody else, the plain
//! MP4 and what is taken along stay as they are.
//!
//! While the set is made its versions and segments stand under the film's number less [`STAGED`]: nobody sees them, they count for the room
//! that films take, and the next attempt goes on behind them. A film that is replaced meanwhile has another number, and they are gone.

mod rows;
mod run;
mod source;

use base::{Actor, Db, OrganisationId, Tx, job};
use serde::Deserialize;
use serde_json::json;

use crate::wire::SecondCodec;
use crate::{FilmId, arrival, early, recognise, trim, work};

pub use run::{give_up, run};

/// The kind of job that makes the set.
pub const KIND: &str = "second";

/// Under the number of a film less this stands its further set while it is made.
const STAGED: i64 = 1 << 62;
/// Films with a short side of more lines stay in H.264 alone: who gets them has a line that carries them, and they cost most to make.
const MOST_LINES: u32 = 720;
/// Most films that wait when some are asked for that were made before the codec was set: whoever looks for work looks at all that wait.
const AT_ONCE: i64 = 20;

/// The codec of further sets, as the settings say it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Setting {
    /// No further sets.
    #[default]
    None,
    /// AV1.
    Av1,
}

impl Setting {
    /// The codec, if there is one.
    pub fn codec(self) -> Option<SecondCodec> {
        match self {
            Self::None => None,
            Self::Av1 => Some(SecondCodec::Av1),
        }
    }
}

/// The word of a codec in the database, and the end of the names of its versions.
fn word(codec: SecondCodec) -> &'static str {
    match codec {
        SecondCodec::Av1 => "av1",
    }
}

/// The number under which the further set of a film of this number stands while it is made.
fn staged(fence: i64) -> i64 {
    fence - STAGED
}

/// Asks for a further set of a film, once nothing else is to be done.
pub(crate) async fn ask(tx: &mut Tx, film: FilmId) -> Result<(), sqlx::Error> {
    // All long work that people wait for: with one worker it would stand behind this for hours.
    let before = [work::KIND, recognise::KIND, arrival::KIND, trim::ends::KIND, early::KIND];
    job::enqueue_idle(tx, &before, KIND, &film.to_string(), 4, &json!({ "film": film })).await
}

/// Has the making of a film's further set stopped; what there is of it goes with the film.
pub(crate) async fn forget(tx: &mut Tx, film: FilmId) -> Result<(), sqlx::Error> {
    job::ask_cancel(tx, KIND, &film.to_string()).await.map(|_| ())
}

/// Asks for further sets of films that were made before the settings named a codec, a few at a time. Run now and then by the server.
pub async fn ask_older(db: &Db) -> Result<(), sqlx::Error> {
    let mut tx = db.begin(&Actor::installation("second codec")).await?;
    let rows = sqlx::query!(
        "select f.id, f.organisation_id from film f
         where f.state = 'ready' and f.replaces is null and not exists (select from film_second s where s.film_id = f.id)
           and not exists (select from job j where j.kind = 'second' and j.key = f.id::text and j.state in ('waiting', 'running', 'dead'))
         order by f.ready_at desc nulls last
         limit greatest(0, $1::bigint - (select count(*) from job w where w.kind = 'second' and w.state = 'waiting'))",
        AT_ONCE
    )
    .fetch_all(tx.connection())
    .await?;
    tx.commit().await?;
    for row in rows {
        let mut tx = db.begin(&Actor::job(KIND, OrganisationId(row.organisation_id))).await?;
        ask(&mut tx, FilmId(row.id)).await?;
        tx.commit().await?;
    }
    Ok(())
}

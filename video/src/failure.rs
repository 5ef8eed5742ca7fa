//! How a film ends that cannot be made: the reason is kept on it, in one word that pages turn into a sentence.

use base::Db;
use base::job::{Held, JobError};

use crate::wire::Reason;
use crate::{FilmId, ended};

/// The word of a reason in the database.
pub(crate) fn word(reason: Reason) -> String {
    serde_json::to_value(reason).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Says on the film that it is over, and why.
pub async fn give_up(db: Db, held: Held, why: String) -> Result<(), JobError> {
    let film: Option<FilmId> = serde_json::from_value(held.args["film"].clone()).ok();
    let known: Option<Reason> = serde_json::from_value(serde_json::Value::String(why.clone())).ok();
    let mut tx = db.begin(&held.actor()).await?;
    if let Some(film) = film {
        sqlx::query!(
            "update film set state = 'failed', reason = $2, fence = fence + 1 where id = $1",
            film.0,
            word(known.unwrap_or(Reason::Internal)),
        )
        .execute(tx.connection())
        .await?;
        ended::failed(&mut tx, film).await?;
    }
    held.bury(&mut tx, &why).await?;
    Ok(tx.commit().await?)
}

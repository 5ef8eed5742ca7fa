//! Films that accompany a film: the same in sign language, or with audio description. Whether somebody may watch a companion is
//! decided as for every film; being named here gives no right to it.

use base::{Tx, audit};
use serde_json::json;

use crate::FilmId;
use crate::error::Error;
use crate::proof::{Editable, Watchable};

/// What a companion is to its film.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An interpreter (in Poland of PJM): a second picture.
    SignLanguage,
    /// What is seen is told as well: another sound.
    AudioDescription,
}

impl Kind {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::SignLanguage, Self::AudioDescription];

    /// The word in the database and in forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::SignLanguage => "sign_language",
            Self::AudioDescription => "audio_description",
        }
    }
}

/// The companions of a film, in the order of `Kind::ALL`.
pub async fn of(tx: &mut Tx, proof: &Watchable) -> Result<Vec<(Kind, FilmId)>, Error> {
    let rows =
        sqlx::query!("select kind, companion_id from film_companion where film_id = $1", proof.film().0)
            .fetch_all(tx.connection())
            .await?;
    let found = Kind::ALL.into_iter().filter_map(|kind| {
        let row = rows.iter().find(|row| row.kind == kind.word())?;
        Some((kind, FilmId(row.companion_id)))
    });
    Ok(found.collect())
}

/// Says which film accompanies this one in that way; `None`: none any more. Errors: `WrongState` for a film that would accompany itself.
pub async fn set(
    tx: &mut Tx,
    proof: &Editable,
    kind: Kind,
    companion: Option<&Editable>,
) -> Result<(), Error> {
    let (organisation, film) = (tx.organisation()?, proof.film());
    match companion {
        Some(companion) if companion.film() == film => {
            return Err(Error::WrongState("its own companion".to_owned()));
        }
        Some(companion) => {
            sqlx::query!(
                "insert into film_companion (organisation_id, film_id, kind, companion_id) values ($1, $2, $3, $4)
                 on conflict (film_id, kind) do update set companion_id = excluded.companion_id",
                organisation.0,
                film.0,
                kind.word(),
                companion.film().0,
            )
            .execute(tx.connection())
            .await?;
        }
        None => {
            sqlx::query!("delete from film_companion where film_id = $1 and kind = $2", film.0, kind.word())
                .execute(tx.connection())
                .await?;
        }
    }
    let companion = companion.map(Editable::film);
    let detail = json!({ "kind": kind.word(), "companion": companion });
    Ok(audit::record(tx, "accompanied", "film", film.0, detail).await?)
}

/// Has the copies accompany each other as their originals do: `copies` are originals, each with its copy. A companion that was not
/// copied is left out.
pub async fn share(tx: &mut Tx, copies: &[(Watchable, Editable)]) -> Result<(), Error> {
    let (originals, copies): (Vec<_>, Vec<_>) =
        copies.iter().map(|(original, copy)| (original.film().0, copy.film().0)).unzip();
    sqlx::query!(
        "insert into film_companion (organisation_id, film_id, kind, companion_id)
         select k.organisation_id, f.copy, k.kind, c.copy
         from film_companion k
           join unnest($1::uuid[], $2::uuid[]) as f (original, copy) on f.original = k.film_id
           join unnest($1::uuid[], $2::uuid[]) as c (original, copy) on c.original = k.companion_id",
        &originals,
        &copies,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

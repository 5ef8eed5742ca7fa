//! What those who teach want to know of a film at a glance: how far it is, what it takes, what it cost, whether it can be read.

use std::collections::BTreeMap;

use base::Tx;
use uuid::Uuid;

use crate::FilmId;
use crate::caption::{self, Captions};
use crate::error::Error;
use crate::film::{self, Film};
use crate::proof::Editable;
use crate::replace::{self, Next};

/// A version of the film, as far as it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// `720p`, or `audio`.
    pub name: String,
    /// Lines of the picture; 0 is sound alone.
    pub height: u32,
    /// Whether it is of the further set, in another codec.
    pub second: bool,
    /// How much of the film it has, in milliseconds.
    pub made_ms: u64,
    /// Whether it has all of it.
    pub complete: bool,
    /// What it takes in the store, in bytes.
    pub bytes: u64,
}

/// A film at a glance.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The film.
    pub film: Film,
    /// Its versions, sound first, then by height.
    pub made: Vec<Made>,
    /// Its captions.
    pub captions: Vec<Captions>,
    /// What is to take its place.
    pub next: Option<Next>,
}

impl Overview {
    /// What players get of it: versions and the plain MP4, in bytes. What was sent comes on top (`film.source_bytes`).
    pub fn shown_bytes(&self) -> u64 {
        self.made.iter().map(|made| made.bytes).sum::<u64>() + self.film.plain_bytes.unwrap_or(0)
    }

    /// How many per cent fewer bytes the further set takes than the same versions in H.264; nothing without one.
    pub fn saved_percent(&self) -> Option<u64> {
        let sum = |second: bool| -> u64 {
            let of = self.made.iter().filter(|made| made.second == second && made.height > 0);
            let both =
                |height: u32| self.made.iter().any(|made| made.second != second && made.height == height);
            of.filter(|made| both(made.height)).map(|made| made.bytes).sum()
        };
        let (first, further) = (sum(false), sum(true));
        (further > 0 && further < first).then(|| (first - further) * 100 / first)
    }
}

/// These films at a glance, in the order of the proofs; one that is gone by now is left out. However many they are, it takes five
/// statements.
pub async fn all(tx: &mut Tx, proofs: &[Editable]) -> Result<Vec<Overview>, Error> {
    let ids: Vec<FilmId> = proofs.iter().map(Editable::film).collect();
    let films = film::some(tx, &ids).await?;
    let mut films: BTreeMap<FilmId, Film> = films.into_iter().map(|film| (film.id, film)).collect();
    let mut made = made(tx, &ids).await?;
    let mut captions = caption::of_some(tx, &ids).await?;
    let mut next = replace::next_of_some(tx, &ids).await?;
    let found = ids.into_iter().filter_map(|id| {
        Some(Overview {
            film: films.remove(&id)?,
            made: made.remove(&id).unwrap_or_default(),
            captions: captions.remove(&id).unwrap_or_default(),
            next: next.remove(&id),
        })
    });
    Ok(found.collect())
}

/// The versions of films by now.
async fn made(tx: &mut Tx, films: &[FilmId]) -> Result<BTreeMap<FilmId, Vec<Made>>, Error> {
    let ids: Vec<Uuid> = films.iter().map(|film| film.0).collect();
    let rows = sqlx::query!(
        r#"select r.film_id, r.name, r.height, r.second, r.complete, coalesce(sum(s.length_ms), 0)::bigint as "made_ms!",
                  coalesce(sum(s.size_bytes), 0)::bigint as "bytes!"
           from rendition r join film f on f.id = r.film_id and f.fence = r.fence
             left join segment s on s.film_id = r.film_id and s.fence = r.fence and s.rendition = r.name
           where r.film_id = any($1) group by r.film_id, r.name, r.height, r.second, r.complete order by r.height, r.name"#,
        &ids
    )
    .fetch_all(tx.connection())
    .await?;
    let mut made: BTreeMap<FilmId, Vec<Made>> = BTreeMap::new();
    for row in rows {
        made.entry(FilmId(row.film_id)).or_default().push(Made {
            name: row.name,
            height: u32::try_from(row.height).unwrap_or(0),
            second: row.second,
            made_ms: u64::try_from(row.made_ms).unwrap_or(0),
            complete: row.complete,
            bytes: u64::try_from(row.bytes).unwrap_or(0),
        });
    }
    Ok(made)
}

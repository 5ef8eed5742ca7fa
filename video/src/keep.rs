//! What a person takes with them: a film in one size, or its sound, to be kept in their browser and played without a network.

use base::id::{Secret, base64_encode};
use base::{PersonId, Tx};
use time::Duration;

use crate::error::Error;
use crate::proof::Watchable;

/// So long a film may be kept; the day is told with it, and the browser deletes it then.
pub const KEPT_FOR: Duration = Duration::days(14);

/// Names a person to their own browser, and says nothing to anybody else: films are kept under it.
pub fn keeper(person: PersonId) -> String {
    base64_encode(&Secret::given(&format!("keeper {person}")).hash()[..12])
}

/// A way to keep a film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The rendition: `480p`, or that of the sound.
    pub name: String,
    /// Lines of the picture; 0 is sound alone.
    pub height: u32,
    /// Bytes of all of it, with the sound.
    pub bytes: u64,
}

/// A film that can be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Stands for the attempt that made it and for its cut: pieces of two are never put together.
    pub version: i64,
    /// Sound alone first, then by height.
    pub ways: Vec<Way>,
}

impl Offer {
    /// The rendition of the sound, when the film has sound.
    pub fn sound(&self) -> Option<&str> {
        self.ways.iter().find(|way| way.height == 0).map(|way| way.name.as_str())
    }
}

/// How a film can be kept. Errors: `NotFound` while it is not wholly made.
pub async fn offer(tx: &mut Tx, proof: &Watchable) -> Result<Offer, Error> {
    let rows = sqlx::query!(
        r#"select name_tag(concat_ws(' ', r.fence, f.replaced_at, f.trim_from_ms, f.trim_to_ms)) as "version!", r.name, r.kind, r.height, sum(s.size_bytes)::bigint as "bytes!"
           from rendition r join film f on f.id = r.film_id and f.fence = r.fence
             join segment s on s.film_id = r.film_id and s.fence = r.fence and s.rendition = r.name
           where r.film_id = $1 and f.state = 'ready' and r.complete and not r.second and r.init_key is not null
           group by 1, r.name, r.kind, r.height order by r.height, r.name"#,
        proof.film().0
    )
    .fetch_all(tx.connection())
    .await?;
    let version = rows.first().ok_or(Error::NotFound)?.version;
    let bytes = |bytes: i64| u64::try_from(bytes).unwrap_or(0);
    let sound = rows.iter().find(|row| row.kind == "sound").map_or(0, |row| bytes(row.bytes));
    let ways = rows.iter().map(|row| {
        let picture = row.kind == "picture";
        Way {
            name: row.name.clone(),
            height: u32::try_from(row.height).unwrap_or(0),
            bytes: bytes(row.bytes) + if picture { sound } else { 0 },
        }
    });
    Ok(Offer { version, ways: ways.collect() })
}

#[cfg(test)]
mod tests {
    use super::{PersonId, keeper};

    #[test]
    fn two_people_keep_films_under_two_names_that_fit_a_cookie_and_an_address() {
        let of = |id| keeper(PersonId(uuid::Uuid::from_u128(id)));
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        assert!(of(1).len() == 16 && of(1).bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
    }
}

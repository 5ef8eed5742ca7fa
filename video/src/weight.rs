//! What it costs to watch a film, in bytes as they are stored.

use base::Tx;

use crate::error::Error;
use crate::proof::Watchable;

/// A way to watch a film and what it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// Lines of the picture; 0 is sound alone.
    pub height: u32,
    /// Bytes of the whole film, picture and sound.
    pub bytes: u64,
}

impl Weight {
    /// Megabytes (10⁶ bytes), rounded, at least one.
    pub fn megabytes(&self) -> u64 {
        megabytes(self.bytes).max(1)
    }
}

/// Megabytes (10⁶ bytes), rounded; what is there at all has one.
pub fn megabytes(bytes: u64) -> u64 {
    ((bytes + 500_000) / 1_000_000).max(u64::from(bytes > 0))
}

/// The ways to watch a film.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// Those that everybody has: sound alone first, then by height. Empty while it is being made.
    pub all: Vec<Weight>,
    /// Those of whom decodes the codec of further sets well; nothing where there is no further set.
    pub further: Option<Further>,
}

/// A further set as a browser is asked about it, and the ways to watch the film with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Further {
    /// Codec string of its largest version.
    pub codecs: String,
    /// Width and height of that, in pixels.
    pub size: (u32, u32),
    /// Its highest bits a second.
    pub bandwidth: u64,
    /// Pictures in 1000 seconds.
    pub frame_rate_milli: u32,
    /// The ways to watch, in the same order.
    pub all: Vec<Weight>,
}

/// Every complete way to watch a film.
pub async fn ways(tx: &mut Tx, proof: &Watchable) -> Result<Ways, Error> {
    let rows = sqlx::query!(
        r#"select r.kind, r.height, r.width, r.second, r.codecs, r.bandwidth, r.frame_rate_milli, sum(s.size_bytes)::bigint as "bytes!"
           from rendition r join film f on f.id = r.film_id and f.fence = r.fence
             join segment s on s.film_id = r.film_id and s.fence = r.fence and s.rendition = r.name
           where r.film_id = $1 and r.complete
           group by r.name, r.kind, r.height, r.width, r.second, r.codecs, r.bandwidth, r.frame_rate_milli order by r.height, r.name"#,
        proof.film().0
    )
    .fetch_all(tx.connection())
    .await?;
    let bytes = |bytes: i64| u64::try_from(bytes).unwrap_or(0);
    let count = |number: i32| u32::try_from(number).unwrap_or(0);
    let sound = rows.iter().find(|row| row.kind == "sound").map(|row| bytes(row.bytes));
    let further_heights: Vec<i32> = rows.iter().filter(|row| row.second).map(|row| row.height).collect();
    let of = |further: bool| -> Vec<Weight> {
        let pictures = rows.iter().filter(|row| row.kind == "picture");
        let wanted = pictures.filter(|row| {
            if further { row.second || !further_heights.contains(&row.height) } else { !row.second }
        });
        let weight = wanted
            .map(|row| Weight { height: count(row.height), bytes: bytes(row.bytes) + sound.unwrap_or(0) });
        sound.into_iter().map(|bytes| Weight { height: 0, bytes }).chain(weight).collect()
    };
    let largest = rows.iter().filter(|row| row.second).max_by_key(|row| row.height);
    let further = largest.map(|row| Further {
        codecs: row.codecs.clone(),
        size: (count(row.width), count(row.height)),
        bandwidth: bytes(row.bandwidth),
        frame_rate_milli: count(row.frame_rate_milli),
        all: of(true),
    });
    Ok(Ways { all: of(false), further })
}

/// The picture that somebody gets who says nothing: the smallest when data are saved, else up to 480 lines.
pub fn usual(weights: &[Weight], saves_data: bool) -> Option<Weight> {
    let pictures = || weights.iter().copied().filter(|weight| weight.height > 0);
    let least = pictures().min_by_key(|weight| weight.height);
    if saves_data {
        return least;
    }
    pictures().filter(|weight| weight.height <= 480).max_by_key(|weight| weight.height).or(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_picture_is_the_best_that_is_no_larger_than_480() {
        let of = |heights: &[u32]| -> Vec<Weight> {
            heights.iter().map(|height| Weight { height: *height, bytes: 1 }).collect()
        };
        let height = |weights: &[Weight], saves| usual(weights, saves).map(|weight| weight.height);
        assert_eq!(height(&of(&[0, 240, 480, 720]), false), Some(480));
        assert_eq!(height(&of(&[0, 240, 480, 720]), true), Some(240));
        assert_eq!(height(&of(&[720, 1080]), false), Some(720));
        assert_eq!(height(&of(&[0]), true), None);
        assert_eq!(Weight { height: 0, bytes: 10 }.megabytes(), 1);
        assert_eq!(Weight { height: 0, bytes: 34_400_000 }.megabytes(), 34);
    }
}

//! Where segments begin and where key frames lie. One grid serves all versions, so that a player can
//! change from one to another at every segment. Numbers only, no libav.

use crate::ladder::Rate;

/// Time between key frames of films that move all over, in milliseconds (ISO/IEC 23009-1 and Apple's
/// authoring rules ask for two seconds; what stands still has one at the beginning of a segment only,
/// since a key frame of a slide weighs as much as the half minute after it).
const BUSY_KEY_MS: u32 = 2000;

/// The grid of one film.
#[derive(Debug, Clone)]
pub struct Grid {
    rate: Rate,
    segment_ms: u32,
    /// That of a version that is copied as it is.
    own: Option<Own>,
}

/// A grid that the source brings with it; pictures are counted from 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Own {
    /// Every key frame.
    pub keys: Vec<u64>,
    /// Those at which a segment begins.
    pub starts: Vec<u64>,
}

impl Grid {
    /// Segments of even length.
    pub fn even(rate: Rate, segment_ms: u32) -> Self {
        Self { rate, segment_ms: segment_ms.max(1), own: None }
    }

    /// The same with a grid that the source brings with it, if it does.
    pub fn or_own(self, own: Option<Own>) -> Self {
        Self { own, ..self }
    }

    /// Segments that begin at these moments, in milliseconds, each with one key frame.
    pub fn at(rate: Rate, segment_ms: u32, starts_ms: &[u64]) -> Self {
        let starts: Vec<u64> = starts_ms.iter().map(|ms| rate.picture(*ms)).collect();
        Self::even(rate, segment_ms).or_own(Some(Own { keys: starts.clone(), starts }))
    }

    /// Wanted length of a segment, in milliseconds.
    pub const fn segment_ms(&self) -> u32 {
        self.segment_ms
    }

    /// In which segment a moment lies, in milliseconds of film time.
    pub fn segment_at(&self, ms: i64) -> u64 {
        let ms = u64::try_from(ms).unwrap_or(0);
        match &self.own {
            None => ms / u64::from(self.segment_ms),
            Some(own) => segment_of(&own.starts, |start| self.rate.ms(start) <= ms),
        }
    }

    /// Whether a segment begins with this picture.
    pub fn starts(&self, picture: u64) -> bool {
        let Some(before) = picture.checked_sub(1) else { return true };
        match &self.own {
            None => self.step(picture, 1) > self.step(before, 1),
            Some(own) => own.starts.binary_search(&picture).is_ok(),
        }
    }

    /// Whether this picture is a key frame, in a film that moves all over or not.
    pub fn has_key(&self, picture: u64, busy: bool) -> bool {
        match &self.own {
            None => self.starts(picture) || (busy && self.starts_part(picture)),
            Some(own) => own.keys.binary_search(&picture).is_ok(),
        }
    }

    /// Whether a part of a segment begins with this picture.
    pub fn starts_part(&self, picture: u64) -> bool {
        let parts = (self.segment_ms / BUSY_KEY_MS).max(1);
        picture.checked_sub(1).is_none_or(|before| self.step(picture, parts) > self.step(before, parts))
    }

    const fn step(&self, picture: u64, parts: u32) -> u64 {
        self.rate.step(picture, self.segment_ms, parts)
    }
}

fn segment_of(starts: &[u64], has_begun: impl Fn(u64) -> bool) -> u64 {
    starts.partition_point(|start| has_begun(*start)).saturating_sub(1) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const NTSC: Rate = Rate { pictures: 30_000, per: 1001 };

    #[test]
    fn busy_films_have_three_key_frames_in_a_segment_and_calm_ones_one() {
        let grid = Grid::even(Rate { pictures: 25, per: 1 }, 6000);
        let keys = |busy| (0..301).filter(|picture| grid.has_key(*picture, busy)).collect::<Vec<u64>>();
        assert_eq!(keys(true), [0, 50, 100, 150, 200, 250, 300]);
        assert_eq!(keys(false), [0, 150, 300]);
        assert_eq!((grid.segment_at(5999), grid.segment_at(6000), grid.segment_at(-3)), (0, 1, 0));
    }

    #[test]
    fn a_grid_of_moments_is_that_of_the_pictures_shown_then() {
        let even = Grid::even(NTSC, 6000);
        let firsts: Vec<u64> = (0..2000).filter(|picture| even.starts(*picture)).collect();
        let moments: Vec<u64> = firsts.iter().map(|picture| NTSC.ms(*picture)).collect();
        let again = Grid::at(NTSC, 6000, &moments);
        assert_eq!((0..2000).filter(|picture| again.starts(*picture)).collect::<Vec<u64>>(), firsts);
        assert_eq!((again.segment_at(6005), again.segment_at(6006), again.has_key(60, true)), (0, 1, false));
    }

    #[test]
    fn a_grid_of_the_source_is_kept_as_it_is() {
        let own = Own { keys: vec![0, 60, 120, 180, 240], starts: vec![0, 180] };
        let grid = Grid::even(NTSC, 6000).or_own(Some(own));
        let keys: Vec<u64> = (0..300).filter(|picture| grid.has_key(*picture, true)).collect();
        assert_eq!(keys, [0, 60, 120, 180, 240]);
        assert!(grid.starts(0) && grid.starts(180) && !grid.starts(120));
        // Picture 180 is shown at 6006 ms.
        assert_eq!((grid.segment_at(6005), grid.segment_at(6006)), (0, 1));
    }
}

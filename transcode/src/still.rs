//! Stills of the whole film, for a person to choose the poster from: one a fifth of it, so that beginning and end are not among them.

use ffmpeg_next::frame;

use crate::failure::Failure;
use crate::ladder::Rate;
use crate::poster::jpeg;

/// How many.
const STILLS: u64 = 5;
/// A shorter film has no stills: its poster says it all. In milliseconds.
const SHORTEST_MS: u64 = 5_000;

/// Takes them.
pub struct Stills {
    /// The version whose pictures are taken.
    rung: usize,
    rate: Rate,
    /// Moments that are still to come, the next one last, in milliseconds.
    moments: Vec<u64>,
}

impl Stills {
    /// Of the version `rung` of a film of this length (0: unknown, then none are taken).
    pub fn new(rung: usize, rate: Rate, length_ms: u64) -> Self {
        let part = length_ms / (2 * STILLS);
        let moments = if length_ms < SHORTEST_MS {
            Vec::new()
        } else {
            (0..STILLS).rev().map(|number| part * (2 * number + 1)).collect()
        };
        Self { rung, rate, moments }
    }

    /// Looks at a picture; gives its moment and the JPEG when it is one of them.
    pub fn see(
        &mut self,
        rung: usize,
        frame: &frame::Video,
        number: u64,
    ) -> Result<Option<(u64, Vec<u8>)>, Failure> {
        let at_ms = self.rate.ms(number);
        if rung != self.rung || self.moments.last().is_none_or(|next| at_ms < *next) {
            return Ok(None);
        }
        // Where nothing moves few pictures come: one may stand for several moments.
        while self.moments.last().is_some_and(|next| *next <= at_ms) {
            self.moments.pop();
        }
        Ok(Some((at_ms, jpeg(frame)?)))
    }
}

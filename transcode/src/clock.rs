//! The clock of transport and program streams. It has 33 bits and runs over after 26 hours, which libav sets right; and it may be set
//! anew where two recordings were put together (ISO/IEC 13818-1 §2.7.4). Set back it looks to libav as if it had run over, and what follows
//! as if it came a day later. No film has such a gap: what follows goes on where the film had got to.

use std::collections::HashMap;

use ffmpeg_next::format::context::Input;
use ffmpeg_next::{Packet, Rational, Rescale};

use crate::probe::Film;

/// Half of what 33 bits of 90 kHz count, in microseconds. Times that are further from each other belong to two settings of a clock.
const HALF_US: u64 = (1 << 32) * 100 / 9;
/// Where one stream goes on after the clock was set, the others do so within this, in microseconds.
const NEAR_US: u64 = 10_000_000;
/// A source whose clock is set more often is damaged: its times stay as they are.
const MOST_SETTINGS: usize = 1000;

/// Follows the clock of a source.
pub struct Clock {
    is_kept: bool,
    /// What is added to the times, in microseconds: at first nothing, then one for each time that the clock was set.
    shifts: Vec<i64>,
    /// By stream: what is added to its times, and where its next packet is expected then.
    streams: HashMap<usize, (i64, i64)>,
    /// Where the film has got to.
    end: i64,
}

/// Whether the container of a source has such a clock.
fn is_kept_by(input: &Input) -> bool {
    matches!(input.format().name(), "mpegts" | "mpeg")
}

/// The length that a source states, in milliseconds; 0, unknown, for one that only says that its clock was set back.
pub fn stated_ms(input: &Input) -> u64 {
    let stated_us = u64::try_from(input.duration()).unwrap_or(0);
    if stated_us > HALF_US && is_kept_by(input) { 0 } else { stated_us / 1000 }
}

impl Clock {
    /// The clock of a source that is read from its beginning.
    pub fn of(input: &Input) -> Self {
        Self { is_kept: is_kept_by(input), ..Self::new() }
    }

    fn new() -> Self {
        Self { is_kept: true, shifts: vec![0], streams: HashMap::new(), end: i64::MIN }
    }

    /// Moves the times of a packet to where they belong in the film, if it is of a stream that the film is made from.
    pub fn follow(&mut self, packet: &mut Packet, input: &Input, film: &Film) {
        let number = packet.stream();
        if !self.is_kept || number != film.picture && film.sound != Some(number) {
            return;
        }
        let (Some(at), Some(stream)) = (packet.dts().or(packet.pts()), input.stream(number)) else { return };
        let (unit, us) = (stream.time_base(), Rational::new(1, 1_000_000));
        let lasts = packet.duration().max(0);
        let shift = self.shift(number, at.rescale(unit, us), lasts.rescale(unit, us));
        if shift != 0 {
            let shift = shift.rescale(us, unit);
            let (shown, decoded) = (packet.pts(), packet.dts());
            packet.set_pts(shown.map(|at| at.saturating_add(shift)));
            packet.set_dts(decoded.map(|at| at.saturating_add(shift)));
        }
    }

    /// What is added to the time of a packet of a stream.
    fn shift(&mut self, stream: usize, at: i64, lasts: i64) -> i64 {
        let (own, expected) = match self.streams.get(&stream) {
            Some(track) => *track,
            None if self.streams.is_empty() => (0, at),
            None => (0, self.end),
        };
        let far = |shift: i64| at.saturating_add(shift).abs_diff(expected);
        let known = self.shifts.iter().rev().copied().find(|shift| far(*shift) <= NEAR_US);
        let shift = match known {
            _ if far(own) <= HALF_US => own,
            // Set with another stream, or this one had a single wrong time.
            Some(known) => known,
            None if self.shifts.len() < MOST_SETTINGS => {
                let shift = self.end.saturating_sub(at);
                self.shifts.push(shift);
                shift
            }
            None => own,
        };
        let next = at.saturating_add(shift).saturating_add(lasts);
        self.streams.insert(stream, (shift, next));
        self.end = self.end.max(next);
        shift
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;

    const SECOND: i64 = 1_000_000;
    /// What libav adds to a time that it takes for one of a clock that has run over.
    const ROUND: i64 = (1 << 33) * 100 / 9;

    /// Where packets of a second each, of stream 0 and 1, are put, in seconds.
    fn put(packets: &[(usize, i64)]) -> Vec<i64> {
        let mut clock = Clock::new();
        packets.iter().map(|(stream, at)| (at + clock.shift(*stream, *at, SECOND)) / SECOND).collect()
    }

    #[test]
    fn a_clock_that_is_set_back_goes_on_where_the_film_had_got_to() {
        let back = |seconds: i64| ROUND + seconds * SECOND;
        let far = |seconds: i64| (3000 + seconds) * SECOND;
        // The sound is set first; the picture is still told by the old clock for a moment.
        let set =
            [(0, far(0)), (1, far(0)), (0, far(1)), (1, far(1)), (1, back(10)), (0, far(2)), (0, back(11))];
        assert_eq!(put(&set), [3000, 3000, 3001, 3001, 3002, 3002, 3003]);
        // And to the first clock once more.
        let again = [(0, far(0)), (0, far(1)), (0, back(10)), (0, back(11)), (0, far(0)), (0, far(1))];
        assert_eq!(put(&again)[..4], [3000, 3001, 3002, 3003]);
        assert!(put(&again)[4..].iter().all(|at| (2995..3010).contains(at)), "{:?}", put(&again));
    }

    #[test]
    fn a_single_wrong_time_and_a_gap_change_nothing() {
        let second = |seconds: i64| seconds * SECOND;
        let wrong = [(0, 0), (0, second(1)), (0, ROUND - second(7)), (0, second(3)), (0, second(4))];
        assert_eq!(put(&wrong), [0, 1, 2, 3, 4]);
        let gap = [(0, 0), (1, 0), (0, second(40_000)), (1, second(40_000)), (0, second(40_001))];
        assert_eq!(put(&gap), [0, 0, 40_000, 40_000, 40_001]);
    }
}

//! The pictures that went into the encoders: which number of the film each has. Encoders count them
//! one by one; what comes out is given its place in the film again. An encoder that begins in the middle
//! of the film (the rest is published) counts from there. No libav calls.

use std::collections::VecDeque;

use ffmpeg_next::Packet;

/// How many are remembered: more than any encoder holds back.
const REMEMBERED: usize = 1024;

/// Numbers of the pictures in the film, by their place in the row.
#[derive(Debug, Default)]
pub struct Coded {
    numbers: VecDeque<u64>,
    /// Place of the first that is remembered.
    first: i64,
    /// Number of the very first: what an encoder decodes before it counts back from there.
    begins: i64,
}

impl Coded {
    /// Adds a picture; gives its place.
    pub fn add(&mut self, number: u64) -> i64 {
        if self.first == 0 && self.numbers.is_empty() {
            self.begins = i64::try_from(number).unwrap_or(0);
        }
        if self.numbers.len() >= REMEMBERED {
            self.numbers.pop_front();
            self.first += 1;
        }
        self.numbers.push_back(number);
        self.first + self.numbers.len() as i64 - 1
    }

    /// A packet that counts places, in pictures of the film. It lasts until the next one is decoded:
    /// encoders do not say so, and a muxer would have to guess at the ends of segments.
    pub fn timed(&self, mut packet: Packet) -> Packet {
        if let Some(dts) = packet.dts() {
            let (from, to) = (self.number(dts), self.number(dts + 1));
            packet.set_dts(from.or(Some(dts)));
            packet.set_duration(from.zip(to).map_or(1, |(from, to)| to - from).max(1));
        }
        packet.set_pts(packet.pts().and_then(|place| self.number(place)));
        packet
    }

    /// Before the first picture the film is counted as if it went on evenly.
    fn number(&self, place: i64) -> Option<i64> {
        if place < 0 {
            return Some(self.begins + place);
        }
        let at = usize::try_from(place.checked_sub(self.first)?).ok()?;
        self.numbers.get(at).and_then(|number| i64::try_from(*number).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_become_numbers_of_the_film_again() {
        let mut coded = Coded::default();
        for (place, number) in [0, 1, 2, 7, 12, 150].into_iter().enumerate() {
            assert_eq!(coded.add(number), place as i64);
        }
        let at = |pts, dts| {
            let mut packet = Packet::new(1);
            packet.set_pts(Some(pts));
            packet.set_dts(Some(dts));
            let packet = coded.timed(packet);
            (packet.pts(), packet.dts(), packet.duration())
        };
        assert_eq!(at(0, -2), (Some(0), Some(-2), 1));
        assert_eq!(at(4, 2), (Some(12), Some(2), 5));
        assert_eq!(at(5, 4), (Some(150), Some(12), 138));
        assert_eq!(at(5, 5), (Some(150), Some(150), 1));
        for number in 151..5000 {
            coded.add(number);
        }
        assert_eq!(coded.number(4854), Some(4999));
        assert_eq!(coded.number(5), None);
    }

    #[test]
    fn an_encoder_that_begins_in_the_middle_counts_back_from_there() {
        let mut coded = Coded::default();
        for (place, number) in [150, 175, 200].into_iter().enumerate() {
            assert_eq!(coded.add(number), place as i64);
        }
        assert_eq!((coded.number(-2), coded.number(0), coded.number(1)), (Some(148), Some(150), Some(175)));
    }
}

//! Which pictures are worth coding. A lecture is mostly a slide that stands still: there a few
//! pictures a second are enough, and they cost a fifth of the time. As soon as a part of the picture
//! moves that is larger than a pointer, every picture is coded, to the very frame. It looks at luma
//! only and knows no codec.

use ffmpeg_next::frame;

use crate::grid::Grid;
use crate::ladder::Rate;

/// Every so many lines are looked at.
const EVERY_LINE: usize = 8;
/// Pixels of a line that are judged together.
const BLOCK: usize = 16;
/// Mean difference of a block's pixels from which it counts as changed; noise of cameras and coders
/// of slides stays below.
const CHANGED: u32 = 4;
/// Part of the picture, in thousandths, from which something moves: a pointer is smaller, lips in a
/// small window over a slide are larger.
const MOVES: u32 = 4;
/// Part of the picture, in thousandths, that moves in a camera's film.
const BUSY: u32 = 60;
/// How long every picture is coded after the last movement, in milliseconds.
const CALM_AFTER_MS: u64 = 1000;
/// Time between pictures in which only something small changes, in milliseconds.
const SMALL_MS: u64 = 200;
/// Time between pictures in which nothing changes, in milliseconds.
const STILL_MS: u64 = 1000;

/// What is to be done with a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Leave it out: the one before it goes on being shown.
    Leave,
    /// Code it, as a key frame or not.
    Code {
        /// Whether a decoder can begin here.
        key: bool,
    },
}

/// The eye on the pictures, in order.
pub struct Pace {
    rate: Rate,
    grid: Grid,
    /// Luma samples of the last picture that was coded.
    coded: Vec<u8>,
    /// Its number.
    last: u64,
    /// Pictures are coded one and all until this one.
    moving_until: u64,
    /// Changed thousandths and pictures since the last part of a segment began.
    activity: (u64, u64),
}

impl Pace {
    /// For pictures of this rate on this grid.
    pub fn new(rate: Rate, grid: Grid) -> Self {
        Self { rate, grid, coded: Vec::new(), last: 0, moving_until: 0, activity: (0, 0) }
    }

    /// Judges the next picture.
    pub fn step(&mut self, picture: &frame::Video, number: u64) -> Step {
        let samples = samples(picture);
        let changed = changed(&self.coded, &samples);
        self.judge(changed, number, samples)
    }

    fn judge(&mut self, changed: Changed, number: u64, samples: Vec<u8>) -> Step {
        let is_first = self.coded.is_empty();
        self.activity = (self.activity.0 + u64::from(changed.thousandths), self.activity.1 + 1);
        let busy = self.activity.0 > u64::from(BUSY) * self.activity.1;
        if self.grid.starts_part(number) {
            self.activity = (0, 0);
        }
        let key = is_first || self.grid.has_key(number, busy);
        if changed.moves() {
            self.moving_until = number + self.pictures(CALM_AFTER_MS);
        }
        let waited = number.saturating_sub(self.last);
        let due = self.pictures(if changed.any { SMALL_MS } else { STILL_MS });
        if key || number <= self.moving_until || waited >= due {
            self.coded = samples;
            self.last = number;
            Step::Code { key }
        } else {
            Step::Leave
        }
    }

    fn pictures(&self, ms: u64) -> u64 {
        (ms * u64::from(self.rate.milli()) / 1_000_000).max(1)
    }
}

/// How two pictures differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// Of all blocks.
    thousandths: u32,
    /// Whether there is one.
    any: bool,
}

impl Changed {
    /// How much of the picture, in thousandths.
    pub const fn thousandths(self) -> u32 {
        self.thousandths
    }

    /// Whether something larger than a pointer moves.
    pub const fn moves(self) -> bool {
        self.thousandths >= MOVES
    }
}

/// Every eighth line of the luma.
pub fn samples(picture: &frame::Video) -> Vec<u8> {
    let (width, height, stride) = (picture.width() as usize, picture.height() as usize, picture.stride(0));
    // A flipped picture has a negative stride, which shows as a huge one.
    if stride < width || stride > 1 << 20 {
        return Vec::new();
    }
    let mut samples = Vec::with_capacity(width * height.div_ceil(EVERY_LINE));
    for line in picture.data(0).chunks(stride).take(height).step_by(EVERY_LINE) {
        samples.extend_from_slice(line.get(..width).unwrap_or_default());
    }
    samples
}

/// How two pictures differ, by their samples.
pub fn changed(before: &[u8], now: &[u8]) -> Changed {
    if before.len() != now.len() || now.is_empty() {
        return Changed { thousandths: 1000, any: true };
    }
    let blocks = before.chunks(BLOCK).zip(now.chunks(BLOCK));
    let count = blocks
        .filter(|(before, now)| {
            let apart: u32 =
                before.iter().zip(*now).map(|(before, now)| u32::from(before.abs_diff(*now))).sum();
            apart > CHANGED * BLOCK as u32
        })
        .count();
    let all = now.len().div_ceil(BLOCK);
    Changed { thousandths: (count * 1000 / all) as u32, any: count > 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { pictures: 25, per: 1 };

    fn pace() -> Pace {
        Pace::new(RATE, Grid::even(RATE, 6000))
    }

    /// How many of these pictures are coded, and which are key frames.
    fn run(pace: &mut Pace, numbers: std::ops::Range<u64>, thousandths: u32, any: bool) -> (usize, Vec<u64>) {
        let (mut coded, mut keys) = (0, Vec::new());
        for number in numbers {
            if let Step::Code { key } = pace.judge(Changed { thousandths, any }, number, vec![0]) {
                coded += 1;
                keys.extend(key.then_some(number));
            }
        }
        (coded, keys)
    }

    #[test]
    fn a_still_slide_is_coded_once_a_second_and_a_pointer_five_times() {
        let mut pace = pace();
        assert_eq!(run(&mut pace, 0..1, 1000, true), (1, vec![0]));
        run(&mut pace, 1..26, 0, false);
        let (coded, keys) = run(&mut pace, 26..301, 0, false);
        assert!((10..=13).contains(&coded), "{coded}");
        assert_eq!(keys, [150, 300]);
        let (coded, _) = run(&mut pace, 301..426, 1, true);
        assert!((24..=26).contains(&coded), "{coded}");
    }

    #[test]
    fn what_moves_is_coded_picture_by_picture_and_a_second_longer() {
        let mut pace = pace();
        let (coded, keys) = run(&mut pace, 0..150, 300, true);
        assert_eq!((coded, keys), (150, vec![0, 50, 100]));
        assert_eq!(run(&mut pace, 150..174, 0, false).0, 24);
        assert!(run(&mut pace, 175..200, 0, false).0 <= 2);
        // A small window that moves: every picture, but no key frames between those of segments.
        assert_eq!(run(&mut pace, 200..299, MOVES, true), (99, vec![]));
    }

    #[test]
    fn a_letter_is_seen_and_noise_is_not() {
        let before = vec![235; 1920 * 135];
        let mut now = before.clone();
        now.iter_mut().step_by(3).for_each(|pixel| *pixel -= 3);
        assert!(!changed(&before, &now).any);
        now[5000..5032].fill(20);
        assert_eq!(changed(&before, &now), Changed { thousandths: 0, any: true });
        assert_eq!(changed(&[], &now).thousandths, 1000);
    }
}

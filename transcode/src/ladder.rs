//! Which versions a film is made in: sizes, picture rate, bit rates. Numbers only, no libav.
//!
//! The bit rates are caps. x264 works at constant quality ([`Rung::crf`]), so slides take a fraction of
//! them; the cap keeps a noisy camera film within what a line can carry. Bits per pixel fall as
//! pictures grow, since detail grows slower than area (the idea is PeerTube's, the numbers ours).

/// Short sides of the versions, in pixels.
const SHORT_SIDES: [u32; 5] = [1080, 720, 480, 360, 240];
/// A source this much smaller than a step still counts as that step (853×479 is a 480p film).
const TOLERANCE: f64 = 0.97;
/// Longest side that is made, in pixels.
const LONGEST: u32 = 4096;
/// Quality of every version: x264's default, which keeps the letters of slides sharp.
const CRF: u32 = 23;
/// Sound of a film with one channel, in bits a second: speech needs no more.
const MONO_BITRATE: u32 = 48_000;
/// Sound of two channels that differ, in bits a second.
const STEREO_BITRATE: u32 = 96_000;
/// Room for boxes around the samples, in the estimate of a bandwidth.
const CONTAINER_OVERHEAD: f64 = 1.03;

/// A picture rate as a fraction, in pictures a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Pictures in `per` seconds.
    pub pictures: u32,
    /// Seconds.
    pub per: u32,
}

impl Rate {
    /// Pictures in 1000 seconds.
    pub const fn milli(self) -> u32 {
        ((self.pictures as u64 * 1000 + self.per as u64 / 2) / self.per as u64) as u32
    }

    fn value(self) -> f64 {
        f64::from(self.pictures) / f64::from(self.per)
    }

    /// When a picture is shown, in milliseconds, rounded.
    pub const fn ms(self, picture: u64) -> u64 {
        (picture * self.per as u64 * 1000 + self.pictures as u64 / 2) / self.pictures as u64
    }

    /// The picture that is shown at a moment, in milliseconds; the inverse of [`Rate::ms`].
    pub const fn picture(self, ms: u64) -> u64 {
        let pictures = self.pictures as u64;
        let per = self.per as u64 * 1000;
        (ms * pictures + per / 2) / per
    }

    /// In which step of a grid of `parts` steps per `segment_ms` a picture lies.
    pub const fn step(self, picture: u64, segment_ms: u32, parts: u32) -> u64 {
        picture * self.per as u64 * 1000 * parts as u64 / (self.pictures as u64 * segment_ms as u64)
    }
}

/// The rates that films are usually made in.
const USUAL: [Rate; 9] = [
    Rate { pictures: 5, per: 1 },
    Rate { pictures: 10, per: 1 },
    Rate { pictures: 12, per: 1 },
    Rate { pictures: 15, per: 1 },
    Rate { pictures: 24_000, per: 1001 },
    Rate { pictures: 24, per: 1 },
    Rate { pictures: 25, per: 1 },
    Rate { pictures: 30_000, per: 1001 },
    Rate { pictures: 30, per: 1 },
];

/// The even rate that a film is made in: that of the source when it is steady and at most 30, half
/// of 48, 50 and 60, otherwise the next usual rate above its mean.
pub fn rate(mean: f64, nominal: f64) -> Rate {
    let known = |value: f64| value.is_finite() && value > 0.0;
    if !known(mean) && !known(nominal) {
        return Rate { pictures: 25, per: 1 };
    }
    let steady = known(mean) && known(nominal) && (mean - nominal).abs() / nominal < 0.005;
    let mut wanted = if known(mean) { mean } else { nominal };
    if steady {
        wanted = nominal;
        while wanted > 30.5 {
            wanted /= 2.0;
        }
        if nominal > 30.5 && wanted < 23.9 {
            wanted = 30.0;
        }
    }
    if steady {
        let apart = |rate: &Rate| (rate.value() - wanted).abs() / wanted;
        let near = USUAL.into_iter().min_by(|one, other| apart(one).total_cmp(&apart(other)));
        let near = near.filter(|rate| apart(rate) < 0.001);
        let odd = Rate { pictures: (wanted * 1000.0).round() as u32, per: 1000 };
        return near.unwrap_or(if wanted < 5.0 { USUAL[0] } else { odd });
    }
    // The mean of a phone's film is a little under what it was set to; 2 % still count as that.
    USUAL.into_iter().find(|rate| rate.per == 1 && rate.value() * 1.02 >= wanted).unwrap_or(USUAL[8])
}

/// What a film shows, as far as it matters to its encoders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Slides that stand still for most of the time: nearly all bits are in key frames.
    Slides,
    /// Something moves in a part of the picture, beside letters perhaps.
    Mixed,
    /// A camera's film: much of the picture moves.
    Filmed,
}

/// One picture version.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung {
    /// Name by the step's short side: `720p`.
    pub name: String,
    /// Width, even.
    pub width: u32,
    /// Height, even.
    pub height: u32,
    /// Constant quality of x264 (0 best, 51 worst).
    pub crf: u32,
    /// Cap of the bit rate, in bits a second.
    pub max_bitrate: u32,
    /// What it shows.
    pub content: Content,
}

impl Rung {
    fn new(step: u32, width: f64, height: f64, scale: f64, rate: Rate) -> Self {
        // A source that is not scaled loses an odd line rather than gaining one.
        let even = if scale < 1.0 { nearest_even } else { lower_even };
        let (width, height) = (even(width * scale), even(height * scale));
        let bits_per_pixel = match step {
            1080.. => 0.085,
            720.. => 0.095,
            480.. => 0.115,
            360.. => 0.135,
            _ => 0.155,
        };
        // Below 20 pictures a second each differs more from the last.
        let pictures = rate.value().max(20.0);
        let max_bitrate = (f64::from(width) * f64::from(height) * pictures * bits_per_pixel) as u32;
        Self {
            name: format!("{step}p"),
            width,
            height,
            crf: CRF,
            max_bitrate: max_bitrate.max(100_000),
            content: Content::Mixed,
        }
    }

    /// Decoder buffer that the cap is kept over, in bits: one and a half seconds.
    pub const fn buffer_bits(&self) -> u32 {
        self.max_bitrate + self.max_bitrate / 2
    }

    /// Bits a second that a whole segment of this length can reach.
    pub fn bandwidth_estimate(&self, segment_ms: u32) -> u64 {
        let seconds = f64::from(segment_ms.max(1)) / 1000.0;
        let buffered = f64::from(self.buffer_bits()) * 0.5 / seconds;
        ((f64::from(self.max_bitrate) + buffered) * CONTAINER_OVERHEAD) as u64
    }
}

/// The versions of a film that is shown at this size, largest first; never larger than the source.
/// Portrait films are measured by their short side like all others.
pub fn rungs(width: u32, height: u32, rate: Rate) -> Vec<Rung> {
    let (width, height) = (f64::from(width.max(1)), f64::from(height.max(1)));
    let (short, long) = (width.min(height), width.max(height));
    let mut rungs = Vec::new();
    for step in SHORT_SIDES {
        if short < f64::from(step) * TOLERANCE {
            continue;
        }
        let scale = f64::min(f64::from(step) / short, f64::from(LONGEST) / long).min(1.0);
        rungs.push(Rung::new(step, width, height, scale, rate));
    }
    if rungs.is_empty() {
        let scale = (f64::from(LONGEST) / long).min(1.0);
        rungs.push(Rung::new(short.round() as u32, width, height, scale, rate));
    }
    rungs
}

/// A version of a further set, as large as one that there is.
pub fn second(name: &str, width: u32, height: u32, rate: Rate) -> Rung {
    let rung = Rung::new(width.min(height), f64::from(width), f64::from(height), 1.0, rate);
    Rung { name: name.to_owned(), ..rung }
}

/// A version as it was made before, by its name (`480p`) and size: with the caps that it had then.
pub fn again(name: &str, width: u32, height: u32, rate: Rate) -> Rung {
    let step = name.trim_end_matches(|letter: char| !letter.is_ascii_digit()).parse();
    let step = step.unwrap_or(width.min(height));
    let rung = Rung::new(step, f64::from(width), f64::from(height), 1.0, rate);
    Rung { name: name.to_owned(), ..rung }
}

/// The version for people without script: 480p, or the largest below it.
pub fn plain(rungs: &[Rung]) -> usize {
    let short = |rung: &Rung| rung.width.min(rung.height);
    rungs.iter().position(|rung| short(rung) <= 480).unwrap_or(rungs.len().saturating_sub(1))
}

/// How many of so many threads each version gets that is encoded beside the others: by its share of the pixels, and at least one.
pub fn shares(rungs: &[Rung], threads: usize) -> Vec<usize> {
    let pixels = |rung: &Rung| f64::from(rung.width) * f64::from(rung.height);
    let all: f64 = rungs.iter().map(pixels).sum();
    rungs.iter().map(|rung| ((threads as f64 * pixels(rung) / all).round() as usize).max(1)).collect()
}

/// Bits a second for sound of one channel or of two.
pub const fn sound_bitrate(mono: bool) -> u32 {
    if mono { MONO_BITRATE } else { STEREO_BITRATE }
}

/// The nearest even number, at least 16 (smaller pictures are no films).
fn nearest_even(side: f64) -> u32 {
    ((side / 2.0).round() as u32 * 2).max(16)
}

/// The even number at or below, at least 16.
fn lower_even(side: f64) -> u32 {
    ((side / 2.0).floor() as u32 * 2).max(16)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAL: Rate = Rate { pictures: 25, per: 1 };

    fn sizes(width: u32, height: u32) -> Vec<(String, u32, u32)> {
        rungs(width, height, PAL).into_iter().map(|rung| (rung.name, rung.width, rung.height)).collect()
    }

    #[test]
    fn a_film_is_never_enlarged_and_keeps_its_shape() {
        assert_eq!(
            sizes(1280, 720),
            [("720p", 1280, 720), ("480p", 854, 480), ("360p", 640, 360), ("240p", 426, 240)]
                .map(|(name, width, height)| (name.to_owned(), width, height))
        );
        assert_eq!(sizes(853, 479)[0], ("480p".into(), 852, 478));
        assert_eq!(sizes(160, 120), [("120p".into(), 160, 120)]);
    }

    #[test]
    fn a_portrait_film_is_measured_by_its_short_side() {
        assert_eq!(sizes(1080, 1920)[0], ("1080p".into(), 1080, 1920));
        assert_eq!(sizes(1080, 1920)[4], ("240p".into(), 240, 426));
    }

    #[test]
    fn a_version_that_is_made_again_has_the_caps_of_the_first_time() {
        for (width, height) in [(853, 479), (1280, 720), (1920, 1080), (1080, 1920), (160, 120)] {
            for rung in rungs(width, height, PAL) {
                assert_eq!(again(&rung.name, rung.width, rung.height, PAL), rung);
            }
        }
    }

    #[test]
    fn threads_are_shared_by_pixels() {
        let rungs = rungs(1920, 1080, PAL);
        assert_eq!(shares(&rungs, 1), [1, 1, 1, 1, 1]);
        assert_eq!(shares(&rungs, 2), [1, 1, 1, 1, 1]);
        assert_eq!(shares(&rungs, 4), [2, 1, 1, 1, 1]);
        assert_eq!(shares(&rungs[4..], 4), [4]);
        assert_eq!(shares(&[], 4), [0; 0]);
    }

    #[test]
    fn rates_are_kept_halved_or_rounded_up_to_a_usual_one() {
        for (mean, nominal, expected) in [
            (25.0, 25.0, 25_000),
            (30.0, 30.0, 30_000),
            (24.0, 24.0, 24_000),
            (23.976, 23.976, 23_976),
            (29.97, 29.97, 29_970),
            (50.0, 50.0, 25_000),
            (59.94, 59.94, 29_970),
            (60.0, 60.0, 30_000),
            (29.87, 90_000.0, 30_000),
            (17.3, 1000.0, 24_000),
            (12.5, 12.5, 12_500),
            (144.0, 144.0, 30_000),
            (0.0, f64::NAN, 25_000),
            (1.0, 1.0, 5_000),
            (48.3, 1000.0, 30_000),
        ] {
            assert_eq!(rate(mean, nominal).milli(), expected, "{mean} {nominal}");
        }
    }

    #[test]
    fn every_step_of_the_grid_has_a_first_picture() {
        let ntsc = Rate { pictures: 30_000, per: 1001 };
        let firsts: Vec<u64> = (1..400)
            .filter(|picture| ntsc.step(*picture, 4000, 2) != ntsc.step(picture - 1, 4000, 2))
            .collect();
        assert_eq!(firsts[..4], [60, 120, 180, 240]);
        assert_eq!(ntsc.ms(120), 4004);
    }
}

//! Everything here that strangers write is read, mutated at random from real samples, again and again: nothing may break, and what was
//! accepted must hold what is said of it. Two seconds each; `TABLICA_FUZZ_SECONDS=600` for longer. The numbers begin with the same seed
//! every time, and a failure names its input. `cargo xtask fuzz` tries the same and more with libFuzzer, which sees what was reached.

use std::time::{Duration, Instant};

use base::Clock;

use crate::FilmId;
use crate::caption::{self, MOST_BYTES, parse};
use crate::early;
use crate::header;
use crate::playlist::Piece;
use crate::proof::Watchable;
use crate::take::Checksum;
use crate::ticket::{self, Holder};
use crate::wire::{self, FromChild, ToChild};

/// Marsaglia's xorshift.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or(0)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap_or(0)
    }

    /// One of the samples, changed in a few places: bytes, pieces cut out, doubled, or taken from another.
    fn mutated(&mut self, samples: &[Vec<u8>], words: &[&[u8]]) -> Vec<u8> {
        let mut bytes = samples[self.below(samples.len())].clone();
        for _ in 0..=self.below(6) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(40)).min(bytes.len());
            match self.below(7) {
                0 if at < bytes.len() => bytes[at] = self.byte(),
                1 => bytes.insert(at, self.byte()),
                2 => drop(bytes.drain(at..end)),
                3 => {
                    let piece = bytes[at..end].to_vec();
                    let to = self.below(bytes.len() + 1);
                    drop(bytes.splice(to..to, piece));
                }
                4 => {
                    let other = &samples[self.below(samples.len())];
                    let from = self.below(other.len() + 1);
                    let piece = other[from..(from + self.below(60)).min(other.len())].to_vec();
                    drop(bytes.splice(at..end, piece));
                }
                5 if !words.is_empty() => {
                    let word = words[self.below(words.len())].to_vec();
                    drop(bytes.splice(at..at, word));
                }
                _ => bytes.truncate(at),
            }
        }
        bytes
    }
}

/// Runs until its time is over; answers how many times.
fn for_a_while(mut try_one: impl FnMut(&mut Chance)) -> u64 {
    let seconds =
        std::env::var("TABLICA_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(2);
    let (begun, mut chance, mut times) = (Instant::now(), Chance(0x7ab1_1ca0_2026), 0);
    while begun.elapsed() < Duration::from_secs(seconds) {
        for _ in 0..100 {
            try_one(&mut chance);
            times += 1;
        }
    }
    times
}

fn bytes(samples: &[&str]) -> Vec<Vec<u8>> {
    samples.iter().map(|sample| sample.as_bytes().to_vec()).collect()
}

#[test]
fn captions_are_refused_or_kept_and_what_is_kept_is_read_as_it_was() {
    let mut samples = bytes(&[
        "WEBVTT\n\n1\n00:01.000 --> 00:02.500 align:start\n<v Ada>Dzień <b>dobry</b>\n\nNOTE x --> y\n\n01:00:00.000 --> 01:00:01.000\nKoniec\n",
        "WEBVTT - tytuł\nX: y\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\n00:00.000 --> 00:01.000\n<i>Tom</i> &amp; Ola\nrazem\n",
        "1\n0:00:01,5 --> 00:00:02,000 X1:10\nRaz\ndwa\n\n2\n00:00:03,000 --> 00:00:04,000\nTrzy\n",
        "\u{feff}WEBVTT\r\n\r\n999:59:59.998 --> 999:59:59.999\r\n<script>alert(1)</script>\r\n",
    ]);
    let wide: Vec<u8> =
        String::from_utf8_lossy(&samples[0]).encode_utf16().flat_map(u16::to_le_bytes).collect();
    samples.push([&[0xff, 0xfe][..], &wide].concat());
    samples.push(b"WEBVTT\n\n00:00.000 --> 00:01.000\nza\xbf\xf3\xb3\xe6\n".to_vec());
    let words: [&[u8]; 9] =
        [b"-->", b"\n\n", b"\r", b"\0", b"00:00.000", b"WEBVTT", b"&lt;", b"\xef\xbb\xbf", b"99:59:59.999"];
    let mut kept = 0_u64;
    let times = for_a_while(|chance| {
        let file = chance.mutated(&samples, &words);
        let Ok((text, cues)) = parse(&file) else { return };
        kept += 1;
        let seen = String::from_utf8_lossy(&file);
        assert!(!cues.is_empty() && text.starts_with("WEBVTT") && text.len() <= MOST_BYTES, "{seen:?}");
        assert!(!text.contains(['\0', '\r']), "{seen:?}");
        assert!(cues.iter().all(|cue| cue.start_ms < cue.end_ms && !cue.text.contains('\n')), "{seen:?}");
        assert!(cues.windows(2).all(|pair| pair[0].start_ms <= pair[1].start_ms), "{seen:?}");
        let (again, read) = parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {seen:?}"));
        assert!(again == text && read == cues, "{seen:?}");
        let lines = text.lines().count();
        for finding in caption::check(&cues, Some(1000)) {
            assert!((1..=lines.max(1) + 1).contains(&finding.line) && finding.cue < cues.len(), "{seen:?}");
        }
    });
    assert!(times >= 100 && kept > 0, "{kept} of {times} were kept");
}

/// A file that grows on its way into UTF-8 and WebVTT is as large as it is kept.
#[test]
fn captions_that_grow_over_the_limit_are_refused() {
    let cue = "00:00:01,0 --> 00:00:02,0\n";
    let mut file = cue.as_bytes().to_vec();
    file.resize(MOST_BYTES - 1, 0xb3);
    file.push(b'\n');
    assert!(file.len() <= MOST_BYTES && parse(&file).is_err());
    let short = format!("1\n{}", "0:00:01,0 --> 0:00:02,0\nx\n\n".repeat(MOST_BYTES / 28));
    assert!(short.len() <= MOST_BYTES);
    assert!(parse(short.as_bytes()).is_err());
}

#[test]
fn names_of_pieces_mean_one_piece_each() {
    let samples = bytes(&["init-2.mp4", "7-2.m4s", "0-1.m4s", "4294967295-1.m4s"]);
    for_a_while(|chance| {
        let name =
            String::from_utf8_lossy(&chance.mutated(&samples, &[b"-", b"+", b"0", b".m4s", b"/", b".."]))
                .into_owned();
        let Some(piece) = Piece::of_name(&name) else { return };
        let written = match piece {
            Piece::Init(made) => format!("init-{made}.mp4"),
            Piece::Segment(at, made) => format!("{at}-{made}.m4s"),
        };
        assert_eq!(written, name);
    });
}

#[test]
fn a_ticket_that_was_changed_opens_nothing() {
    let clock = Clock::system();
    let film = FilmId::new(clock.now());
    let holder = Holder::Visitor(film.0);
    let ticket = ticket::issue(&[7; 32], &clock, holder, &Watchable::granted(film)).unwrap();
    let other = ticket::issue(&[8; 32], &clock, holder, &Watchable::granted(film)).unwrap();
    let samples = bytes(&[&ticket, &other, "eyJhbGciOiJub25lIn0.e30.", "a.b.c"]);
    for_a_while(|chance| {
        let tried = String::from_utf8_lossy(&chance.mutated(&samples, &[b".", b"=", b"eyJhbGciOiJub25lIn0"]))
            .into_owned();
        if tried != ticket {
            assert_eq!(ticket::read(&[7; 32], &clock, &tried, film), None, "{tried}");
        }
    });
}

#[test]
fn checksums_and_frames_are_read_or_refused() {
    let sums = bytes(&[
        "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
        "sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "md5 x",
    ]);
    let mut frames: Vec<Vec<u8>> = Vec::new();
    for message in [FromChild::Poster, FromChild::Progress { done_ms: 1, total_ms: 2 }] {
        let mut frame = Vec::new();
        wire::write_frame(&mut frame, &message, b"payload").unwrap();
        frames.push(frame);
    }
    for_a_while(|chance| {
        let header = String::from_utf8_lossy(&chance.mutated(&sums, &[b" ", b"="])).into_owned();
        let _read_or_not = Checksum::read(&header);
        let frame = chance.mutated(&frames, &[&[0; 4], &[0xff; 4], b"{}", b"\"message\":\"cancel\""]);
        let mut from = frame.as_slice();
        while let Ok(Some((_, payload))) = wire::read_frame::<FromChild>(&mut from) {
            assert!(payload.len() <= frame.len());
        }
        let _another_language = wire::read_frame::<ToChild>(&mut frame.as_slice());
    });
}

/// What is made of a file before all of it has come depends on how its first bytes are read.
#[test]
fn heads_of_files_are_read_or_refused() {
    let boxes = [
        &b"\0\0\0\x0cftypisom\0\0\0\x18moov\0\0\0\x08mvhd\0\0\0\x08trak"[..],
        &b"\0\0\0\0mdat\0\0\0\x01"[..],
    ]
    .concat();
    let elements = [
        &b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff\x11\x4d\x9b\x74\x8e\x4d\xbb\x8b\x53\xab\x84\x12\x54\xc3\x67\x53\xac\x81\x10"[..],
        &b"\x16\x54\xae\x6b\x81\0\x1f\x43\xb6\x75\xff\xa3"[..],
    ]
    .concat();
    let allows = |head: &[u8], size| early::allows(head, size, time::Duration::MINUTE);
    assert!(allows(&boxes, early::LEAST_BYTES) && !allows(&boxes, early::LEAST_BYTES - 1));
    assert!(allows(&elements, early::LEAST_BYTES));
    let words: [&[u8]; 6] = [&[0xff; 8], &[0; 8], b"moov", b"mdat", b"\0\0\0\x01", b"\x1f\x43\xb6\x75"];
    let samples = [boxes, elements];
    let mut allowed = 0_u64;
    let times = for_a_while(|chance| {
        let head = chance.mutated(&samples, &words);
        allowed += u64::from(allows(&head, early::LEAST_BYTES));
    });
    assert!(times > 100 && allowed > 0 && allowed < times, "{allowed} of {times}");
}

#[test]
fn headers_that_nobody_would_write_are_read_or_refused() {
    let samples = bytes(&[
        "filename d3lrbGFkLm1wNA==,film MDE5,empty",
        "film",
        "film  ,film",
        "18446744073709551615",
        "-1",
        "bytes=0-9",
        "bytes=-18446744073709551615",
    ]);
    let words: [&[u8]; 6] = [b"film ", b",", b"=", b"0", b"-", b"bytes="];
    let times = for_a_while(|chance| {
        let text = String::from_utf8_lossy(&chance.mutated(&samples, &words)).into_owned();
        if let Some(value) = header::metadata(&text, "film") {
            assert!(value.len() <= text.len() && text.contains("film "), "{text:?}");
        }
        if let Some(offset) = header::count(&text) {
            assert_eq!(text.trim_start_matches('0'), offset.to_string().trim_start_matches('0'), "{text:?}");
        }
        if let Some(range) = header::byte_range(&text, 100) {
            assert!(range.start < range.end && range.end <= 100, "{text:?}");
        }
    });
    assert!(times > 100);
}

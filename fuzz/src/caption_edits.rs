//! Cues that people type over a caption file, a film that is cut, and cues that come back when the cut is taken back.
//!
//! The input is several texts with 0x1e between them: the file of the film, that of the whole film, then start, end and text of each
//! typed cue; the last three are the added one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use video::Error;
use video::caption::{self, Cue, MOST_BYTES, Typed, parse};
use video::error::CaptionProblem;

fuzz_target!(|input: &[u8]| {
    let parts: Vec<&[u8]> = input.split(|byte| *byte == 0x1e).collect();
    let Ok((text, cues)) = parse(parts[0]) else { return };
    let mut typed: Vec<Typed> = parts.get(2..).unwrap_or_default().chunks(3).map(typed_cue).collect();
    let more = typed.pop().unwrap_or_default();
    let typed: Vec<(usize, Typed)> = typed.into_iter().enumerate().collect();
    typing(&text, &cues, &typed, &more);
    let third = cues.last().map_or(0, |cue| cue.end_ms / 3);
    cutting(&text, &cues, (third, 2 * third));
    if let Some((whole, all)) = parts.get(1).and_then(|whole| parse(whole).ok()) {
        let back: Vec<&Cue> = all.iter().filter(|cue| cue.start_ms % 2 == 0).collect();
        let new = caption::with_cues(&text, &cues, (&whole, &back));
        if new.len() <= MOST_BYTES {
            let (_, read) = parse(new.as_bytes()).unwrap_or_else(|error| panic!("{error}: {new:?}"));
            assert_eq!(read.len(), cues.len() + back.len(), "{new:?}");
        }
    }
});

fn typed_cue(fields: &[&[u8]]) -> Typed {
    let field = |at: usize| String::from_utf8_lossy(fields.get(at).copied().unwrap_or_default()).into_owned();
    Typed { start: field(0), end: field(1), text: field(2) }
}

/// What is typed is refused by its field, or makes a file in which it stands; its order alone may be wrong, or that nothing is left.
fn typing(text: &str, cues: &[Cue], typed: &[(usize, Typed)], more: &Typed) {
    let Ok(new) = caption::rewritten(text, cues, typed, more) else { return };
    match parse(new.as_bytes()) {
        Ok((_, read)) => {
            let gone = typed.iter().filter(|(at, typed)| *at < cues.len() && typed.is_blank()).count();
            let added = usize::from(!more.is_blank());
            assert_eq!(read.len(), cues.len() - gone + added, "{new:?}");
        }
        Err(Error::Captions { problem, .. }) => assert!(
            matches!(problem, CaptionProblem::OutOfOrder | CaptionProblem::NoCues | CaptionProblem::TooLarge),
            "{problem:?}: {new:?}"
        ),
        Err(error) => panic!("{error}: {new:?}"),
    }
}

/// Between two moments remains what can be seen between them, and nothing else.
fn cutting(text: &str, cues: &[Cue], (from, to): (u32, u32)) {
    let place = |start: u32, end: u32| {
        let (start, end) = (start.max(from), end.min(to));
        (start < end).then(|| (start - from, end - from))
    };
    let expected: Vec<(u32, u32)> = cues.iter().filter_map(|cue| place(cue.start_ms, cue.end_ms)).collect();
    let Some(new) = caption::moved(text, cues, place) else {
        return assert!(expected.is_empty(), "{text:?}");
    };
    if new.len() <= MOST_BYTES {
        let (_, read) = parse(new.as_bytes()).unwrap_or_else(|error| panic!("{error}: {new:?}"));
        let read: Vec<(u32, u32)> = read.iter().map(|cue| (cue.start_ms, cue.end_ms)).collect();
        assert_eq!(read, expected, "{new:?}");
    }
}

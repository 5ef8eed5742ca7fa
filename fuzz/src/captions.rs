//! Caption files as strangers send them: WebVTT and SubRip in any letters. What is kept is read again as it was, also after it went
//! through the functions that change cues without changing any.
#![no_main]

use libfuzzer_sys::fuzz_target;
use video::caption::{self, MOST_BYTES, Typed, parse};

fuzz_target!(|file: &[u8]| {
    let Ok((text, cues)) = parse(file) else { return };
    assert!(!cues.is_empty() && text.starts_with("WEBVTT") && text.len() <= MOST_BYTES);
    assert!(!text.contains(['\0', '\r']));
    assert!(cues.iter().all(|cue| cue.start_ms < cue.end_ms && !cue.text.contains('\n')));
    assert!(cues.windows(2).all(|pair| pair[0].start_ms <= pair[1].start_ms));
    let again = parse(text.as_bytes()).expect("what is kept is read");
    assert_eq!((&again.0, &again.1), (&text, &cues));
    let lines = text.lines().count();
    for finding in caption::check(&cues, Some(1000)) {
        assert!((1..=lines.max(1) + 1).contains(&finding.line) && finding.cue < cues.len());
    }
    let unchanged = caption::rewritten(&text, &cues, &[], &Typed::default()).expect("nothing was typed");
    assert_eq!(parse(unchanged.as_bytes()).expect("nothing was changed").1, cues);
    let whole = caption::moved(&text, &cues, |start, end| Some((start, end))).expect("every cue stays");
    if whole.len() <= MOST_BYTES {
        let (_, read) = parse(whole.as_bytes()).expect("no cue was moved");
        assert_eq!(read.len(), cues.len());
        for (cue, read) in cues.iter().zip(&read) {
            assert_eq!((cue.start_ms, cue.end_ms), (read.start_ms, read.end_ms));
            assert!(cue.text.split_whitespace().eq(read.text.split_whitespace()), "{cue:?} {read:?}");
        }
    }
});

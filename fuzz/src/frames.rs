//! Frames between the worker and the program that transcodes, which reads what strangers sent and may say anything.
#![no_main]

use libfuzzer_sys::fuzz_target;
use video::wire::{self, FromChild, ToChild};

fuzz_target!(|bytes: &[u8]| {
    let mut from = bytes;
    while let Ok(Some((message, payload))) = wire::read_frame::<FromChild>(&mut from) {
        assert!(payload.len() <= bytes.len());
        // Decimal digits of a fraction may be read a little off.
        if matches!(message, FromChild::Judged { .. }) {
            continue;
        }
        let mut frame = Vec::new();
        wire::write_frame(&mut frame, &message, &payload).expect("what was read is written");
        let again = wire::read_frame::<FromChild>(&mut frame.as_slice()).expect("what was written is read");
        assert_eq!(again, Some((message, payload)));
    }
    let mut from = bytes;
    while let Ok(Some((message, payload))) = wire::read_frame::<ToChild>(&mut from) {
        let mut frame = Vec::new();
        wire::write_frame(&mut frame, &message, &payload).expect("what was read is written");
        let again = wire::read_frame::<ToChild>(&mut frame.as_slice()).expect("what was written is read");
        assert_eq!(again, Some((message, payload)));
    }
});

//! The file of a test as people write it: what is read without a fault survives being written.
#![no_main]

use courses::quiz::file;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match file::read(text) {
        Ok(sheet) => {
            let written = file::write(&sheet.settings, &sheet.questions);
            if written.len() > file::MOST_BYTES {
                return;
            }
            let again = file::read(&written).unwrap_or_else(|faults| panic!("{faults:?}\n{written}"));
            assert_eq!(again, sheet, "{written}");
            assert_eq!(file::write(&again.settings, &again.questions), written);
        }
        Err(faults) => {
            let lines = text.lines().count() + 1;
            assert!(!faults.is_empty());
            assert!(faults.iter().all(|fault| (1..=lines).contains(&fault.line)), "{faults:?}");
        }
    }
});

//! Moodle XML from other systems: questions that are taken have no flaws and are written in our own format and read again.
#![no_main]

use courses::quiz::{check, exchange::moodle, file, settings::Settings};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (questions, lost) = moodle::read(text);
    let lines = text.lines().count() + 1;
    assert!(lost.iter().all(|lost| (1..=lines).contains(&lost.line)), "{lost:?}");
    assert_eq!(check::flaws_of_all(&questions), []);
    let _what_it_cannot_say = moodle::write(&questions);
    let own = file::write(&Settings::default(), &questions);
    if questions.is_empty() || questions.len() > 100 || own.len() > file::MOST_BYTES {
        return;
    }
    let again = file::read(&own).unwrap_or_else(|faults| panic!("{faults:?}\n{own}"));
    assert_eq!(again.questions, questions, "{own}");
});

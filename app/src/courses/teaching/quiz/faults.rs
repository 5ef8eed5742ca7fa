//! What is wrong in a line of the text of a test, in a sentence.

use courses::quiz::What;
use courses::quiz::file::{FileFault, Wanted};
use words::{Language, quizzes as say};

/// The sentence of a fault; its line is said by the page.
pub fn sentence(language: Language, fault: &FileFault) -> String {
    match fault {
        FileFault::TooLarge(most) => say::line_too_large(language, &(most / 1024).to_string()),
        FileFault::NoQuestions => say::line_no_questions(language).to_owned(),
        FileFault::BankSettings => words::draws::line_bank_settings(language).to_owned(),
        FileFault::NotASetting(text) => say::line_not_a_setting(language, text),
        FileFault::Misspelled(text, meant) => say::line_misspelled(language, text, meant),
        FileFault::Twice(word) => say::line_twice(language, word),
        FileFault::Misplaced(word) => say::line_misplaced(language, word),
        FileFault::BadValue(word, wanted) => say::line_bad_value(language, word, example(language, *wanted)),
        FileFault::NoAnswers => say::line_no_answers(language).to_owned(),
        FileFault::MixedMarks => say::line_mixed_marks(language).to_owned(),
        FileFault::Unexpected => say::line_unexpected(language).to_owned(),
        FileFault::StrayFeedback => say::line_stray_feedback(language).to_owned(),
        FileFault::FenceNotClosed => say::line_fence(language).to_owned(),
        FileFault::GapNotClosed => say::line_gap_open(language).to_owned(),
        FileFault::GapSeveralRight => say::line_gap_several(language).to_owned(),
        FileFault::KeyTwice(key, line) => say::line_key_twice(language, key, &line.to_string()),
        FileFault::Flaw(flaw) => what(language, &flaw.what),
    }
}

/// The sentence of a flaw of a question or of settings.
pub fn what(language: Language, what: &What) -> String {
    match what {
        What::Missing => say::flaw_missing(language).to_owned(),
        What::TooLong(most) => say::flaw_long(language, &most.to_string()),
        What::NotOneLine => say::flaw_one_line(language).to_owned(),
        What::NotASlug => say::flaw_slug(language).to_owned(),
        What::NotBetween(least, most) => say::flaw_between(language, &least.to_string(), &most.to_string()),
        What::NotANumber => say::flaw_number(language).to_owned(),
        What::Negative => say::flaw_negative(language).to_owned(),
        What::TooFew(least) => say::flaw_few(language, &least.to_string()),
        What::TooMany(most) => say::flaw_many(language, &most.to_string()),
        What::Alike(_) => say::flaw_alike(language).to_owned(),
        What::NothingRight => say::flaw_nothing_right(language).to_owned(),
        What::SeveralRight => say::flaw_several_right(language).to_owned(),
        What::GapsDiffer => say::flaw_gaps(language).to_owned(),
        What::PointsDiffer(sum) => say::flaw_points(language, &sum.to_string()),
        What::OffThePicture => say::flaw_off_picture(language).to_owned(),
        What::NotAPicture => say::flaw_picture(language).to_owned(),
        What::FenceNotClosed => say::line_fence(language).to_owned(),
        What::TooFewQuestions(there) => say::flaw_draw(language, &there.to_string()),
        What::NotAUnit => say::flaw_unit(language).to_owned(),
    }
}

/// What a value looks like; the keywords of the file are Polish in every language.
fn example(language: Language, wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Percent => "80%",
        Wanted::Count => "3; bez limitu",
        Wanted::Minutes => "20 min; bez limitu",
        Wanted::Order => "losowa; stała",
        Wanted::Draw => "5 z #tag; 3 z pozostałych; 2 z banku #tag",
        Wanted::Reveal => "po zakończeniu; po każdym podejściu; nigdy",
        Wanted::YesNo => "tak; nie",
        Wanted::Whole => say::example_whole(language),
        Wanted::Fixed => "stała",
        Wanted::Case => "ważna; nieważna",
        Wanted::Truth => "prawda; fałsz",
        Wanted::Number => "3,5 ± 0,1 m",
        Wanted::Pair => "lewa => prawa; => zmyłka",
        Wanted::Place => "Nazwa @ 10 20 30 15",
        Wanted::Words => "do 200 słów; bez limitu",
        Wanted::Criterion => "2 pkt: kryterium",
    }
}

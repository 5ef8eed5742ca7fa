//! Messages that are shown once, by code: a cookie carries the code, never a text. Other areas add theirs at the end.

use words::{Language, frame, identity as say};

use crate::parts::{Flash, Tone};

/// The message of that code; an unknown code is no message.
pub fn message(language: Language, code: &str) -> Option<Flash> {
    let text = match code {
        "saved" => frame::saved(language),
        "deleted" => frame::deleted(language),
        "signed_out" => say::signed_out(language),
        "set_up" => say::set_up(language),
        "password_chosen" => say::password_chosen(language),
        "password_changed" => say::password_changed(language),
        "session_ended" => say::session_ended(language),
        "sessions_ended" => say::sessions_ended(language),
        "person_created" => say::person_created(language),
        "suspended" => say::suspended(language),
        "resumed" => say::resumed(language),
        "person_erased" => say::person_erased(language),
        "group_created" => say::group_created(language),
        "member_added" => say::member_added(language),
        "member_removed" => say::member_removed(language),
        "position_created" => words::positions::created(language),
        "unit_created" => say::unit_created(language),
        "statement_saved" => say::statement_saved(language),
        "import_gone" => {
            return Some(Flash { tone: Tone::Warning, text: say::import_gone(language).to_owned() });
        }
        other => return of_other_areas(language, other),
    };
    Some(Flash { tone: Tone::Success, text: text.to_owned() })
}

/// The hook of the other areas: `crate::courses::flash::message(language, code)` and so on, the first that knows the code.
fn of_other_areas(language: Language, code: &str) -> Option<Flash> {
    crate::courses::flash::message(language, code)
        .or_else(|| crate::devices::flash::message(language, code))
        .or_else(|| crate::notices::message(language, code))
}

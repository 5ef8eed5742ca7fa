//! Pages of what people are told: their notices, what of them comes by e-mail, and the address of their calendar.

mod feed;
pub mod letter;
mod list;
mod refuse;
mod settings;

pub use list::sentence;

use words::{Language, notices as say};

use crate::parts::{Flash, Tone};
use crate::routes::Routes;
use crate::routes::Who::{Anybody, SignedIn};

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new()
        .get("/notices", SignedIn, list::show)
        .post("/notices/read", SignedIn, list::read_all)
        .get("/notices/settings", SignedIn, settings::show)
        .post("/notices/settings", SignedIn, settings::save)
        .post("/notices/calendar", SignedIn, settings::make_address)
        .get("/notices/calendar/remove", SignedIn, settings::ask_remove)
        .post("/notices/calendar/remove", SignedIn, settings::remove)
        .get("/notices/{notice}", SignedIn, list::open)
        .get("/calendar/{file}", Anybody, feed::show)
        .get("/letters/{token}", Anybody, refuse::ask)
        .post("/letters/{token}", Anybody, refuse::refuse)
}

/// The message of that code; `None` for a code of others.
pub fn message(language: Language, code: &str) -> Option<Flash> {
    let said = match code {
        "notices-read" => say::flash_read(language),
        "calendar-removed" => say::flash_calendar_removed(language),
        _ => return None,
    };
    Some(Flash { tone: Tone::Success, text: said.to_owned() })
}

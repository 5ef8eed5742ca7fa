//! Papers of devices: documents as PDF/UA, letters, photographs, signing on the screen. A document is made here from what the
//! area knows, in Polish, as the agreement is; how it looks is `documents/templates`.

mod agreement;
mod freeze;
mod letter;
pub mod photos;
pub mod protocol;
pub mod sheet;
mod show;
pub mod sign;

pub use freeze::{Source, State, freeze, of_protocol, state};
pub use show::{frozen, kept_row, link, may_read};

use words::{Language, papers as say};

use crate::parts::{Flash, Tone};
use crate::routes::{Routes, Who};

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new()
        .get("/devices/agreements/{id}/document", Who::SignedIn, show::agreement)
        .get("/devices/protocols/{id}/document", Who::SignedIn, show::protocol)
        .get("/devices/loans/{id}/letter", Who::SignedIn, letter::show)
        .post("/devices/agreements/{id}/sign-on-screen", Who::SignedIn, sign::sign)
        .get("/devices/photos/{photo}", Who::SignedIn, photos::large)
        .get("/devices/photos/{photo}/small", Who::SignedIn, photos::small)
        .post("/devices/assets/{asset}/photos", Who::SignedIn, photos::of_asset)
        .post("/devices/incidents/{id}/photos", Who::SignedIn, photos::of_incident)
        .get("/my-devices/photos/{photo}", Who::SignedIn, photos::own_large)
        .get("/my-devices/photos/{photo}/small", Who::SignedIn, photos::own_small)
        .get("/my-devices/agreements/{id}/document", Who::SignedIn, show::own_agreement)
        .get("/my-devices/protocols/{id}/document", Who::SignedIn, show::own_protocol)
}

/// The message of that code, shown once; `None` for a code of others.
pub fn flash(language: Language, code: &str) -> Option<Flash> {
    let text = match code {
        "photos_added" => say::flash_photos(language),
        _ => return None,
    };
    Some(Flash { tone: Tone::Success, text: text.to_owned() })
}

//! Kinds, states, money and days of assets in words.

use devices::custody::Kind;
use devices::register::find::Shown;
use devices::register::{Asset, AssetKind, State};
use identity::day::{typed, written};
use leptos::prelude::*;
use time::Date;
use words::{Language, register as say};

use crate::parts::{Tag, Tone};

pub use devices::money::{amount, grosze, money};
pub use identity::day::spoken as day;

/// What it is.
pub fn kind_name(language: Language, kind: AssetKind) -> &'static str {
    match kind {
        AssetKind::Laptop => say::kind_laptop(language),
        AssetKind::Tablet => say::kind_tablet(language),
        AssetKind::Phone => say::kind_phone(language),
        AssetKind::Printer => say::kind_printer(language),
        AssetKind::SimCard => say::kind_sim_card(language),
        AssetKind::Kit => say::kind_kit(language),
        AssetKind::Accessory => say::kind_accessory(language),
    }
}

/// Where it is in its life.
pub fn state_name(language: Language, state: State) -> &'static str {
    match state {
        State::InStock => say::state_in_stock(language),
        State::Quarantine => say::state_quarantine(language),
        State::InRepair => say::state_in_repair(language),
        State::Missing => say::state_missing(language),
        State::Stolen => say::state_stolen(language),
        State::Scrapped => say::state_scrapped(language),
        State::Donated => say::state_donated(language),
        State::WrittenOff => say::state_written_off(language),
    }
}

/// The same with "lent".
pub fn shown_name(language: Language, shown: Shown) -> &'static str {
    match shown {
        Shown::Lent => say::state_lent(language),
        Shown::Is(state) => state_name(language, state),
    }
}

/// The state of an asset as a tag: shape, word and colour.
pub fn state_tag(language: Language, asset: &Asset) -> AnyView {
    let (tone, text) = match asset.state {
        State::InStock if asset.holder.is_some() => (Tone::Info, say::state_lent(language)),
        State::InStock if asset.to_wipe => (Tone::Warning, say::state_to_wipe(language)),
        State::InStock => (Tone::Success, say::state_in_stock(language)),
        State::Quarantine | State::InRepair => (Tone::Warning, state_name(language, asset.state)),
        State::Missing | State::Stolen => (Tone::Danger, state_name(language, asset.state)),
        State::Scrapped | State::Donated | State::WrittenOff => {
            (Tone::Neutral, state_name(language, asset.state))
        }
    };
    view! { <Tag tone=tone text=text/> }.into_any()
}

/// What happened, in a word or two.
pub fn event_name(language: Language, kind: Kind) -> &'static str {
    match kind {
        Kind::Registered => say::event_registered(language),
        Kind::Changed => say::event_changed(language),
        Kind::Moved => say::event_moved(language),
        Kind::HandedOver => say::event_handed_over(language),
        Kind::Returned => say::event_returned(language),
        Kind::AccessoryReturned => say::event_accessory_returned(language),
        Kind::DueChanged => say::event_due_changed(language),
        Kind::Wiped => say::event_wiped(language),
        Kind::Incident => say::event_incident(language),
        Kind::RepairBegun => say::event_repair_begun(language),
        Kind::RepairEnded => say::event_repair_ended(language),
        Kind::Found => say::event_found(language),
        Kind::Counted => say::event_counted(language),
        Kind::SimPlaced => say::event_sim_placed(language),
        Kind::SimRemoved => say::event_sim_removed(language),
        Kind::StateChanged => say::event_state_changed(language),
        Kind::Reserved => say::event_reserved(language),
        Kind::Released => say::event_released(language),
        Kind::Scanned => say::event_scanned(language),
        Kind::Settled => say::event_settled(language),
    }
}

/// A day as a field of a form holds it.
pub fn typed_day(day: Option<Date>) -> String {
    day.map(written).unwrap_or_default()
}

/// The day of a field; `Err` when it is none.
pub fn read_day(text: &str) -> Result<Option<Date>, ()> {
    typed(text).map_err(|_| ())
}

//! Pages of the loans: agreements, handing over, returns, the scanner desk, due dates, lists, incidents, one's own devices.

pub mod agreement;
mod agreement_forms;
mod agreement_scan;
mod agreements;
mod desk;
mod desk_queue;
mod due;
mod fields;
mod gone;
mod handover;
mod incident_work;
mod incidents;
pub mod letter;
mod list;
mod loan;
mod mine;
mod notice;
mod person;
mod print;
mod returns;
pub(crate) mod said;

pub use list::as_table;
use words::{Language, loans as say};

use crate::parts::{Flash, Tone};
use crate::routes::{Routes, Who};

/// The routes of these pages.
pub fn routes() -> Routes {
    clerks().merge(own())
}

fn clerks() -> Routes {
    Routes::new()
        .get("/devices/loans", Who::SignedIn, list::show)
        .get("/devices/loans.csv", Who::SignedIn, list::csv)
        .get("/devices/loans.xlsx", Who::SignedIn, list::workbook)
        .get("/devices/loans/{id}", Who::SignedIn, loan::show)
        .post("/devices/loans/{id}/renew", Who::SignedIn, loan::renew)
        .post("/devices/loans/{id}/settle", Who::SignedIn, loan::settle)
        .get("/devices/loans/{id}/notice", Who::SignedIn, notice::ask)
        .post("/devices/loans/{id}/notice", Who::SignedIn, notice::give)
        .get("/devices/loans/{id}/gone", Who::SignedIn, gone::show)
        .post("/devices/loans/{id}/gone/check", Who::SignedIn, gone::check)
        .post("/devices/loans/{id}/gone", Who::SignedIn, gone::settle)
        .get("/devices/agreements", Who::SignedIn, agreements::show)
        .get("/devices/agreements/new", Who::SignedIn, agreements::fresh)
        .post("/devices/agreements/new", Who::SignedIn, agreements::create)
        .get("/devices/agreements/{id}", Who::SignedIn, agreement::show)
        .post("/devices/agreements/{id}/items", Who::SignedIn, agreement::add)
        .post("/devices/agreements/{id}/remove", Who::SignedIn, agreement::remove)
        .post("/devices/agreements/{id}/due", Who::SignedIn, agreement::set_due)
        .post("/devices/agreements/{id}/sign", Who::SignedIn, agreement::sign)
        .get("/devices/agreements/{id}/scan", Who::SignedIn, agreement_scan::scan)
        .get("/devices/agreements/{id}/print", Who::SignedIn, print::agreement)
        .get("/devices/agreements/{id}/handover", Who::SignedIn, handover::show)
        .post("/devices/agreements/{id}/handover", Who::SignedIn, handover::hand_over)
        .get("/devices/protocols/{id}", Who::SignedIn, print::protocol)
        .get("/devices/returns", Who::SignedIn, returns::show)
        .post("/devices/returns", Who::SignedIn, returns::take)
        .post("/devices/returns/wipe", Who::SignedIn, returns::wipe)
        .get("/devices/desk", Who::SignedIn, desk::show)
        .post("/devices/desk", Who::SignedIn, desk::scan)
        .post("/devices/desk/queue", Who::SignedIn, desk_queue::send)
        .get("/devices/due", Who::SignedIn, due::list)
        .post("/devices/due", Who::SignedIn, due::create)
        .get("/devices/due/{id}", Who::SignedIn, due::show)
        .post("/devices/due/{id}/check", Who::SignedIn, due::check)
        .post("/devices/due/{id}", Who::SignedIn, due::change)
        .get("/devices/people/{id}", Who::SignedIn, person::show)
        .post("/devices/people/{id}/birthday", Who::SignedIn, person::birthday)
        .post("/devices/people/{id}/guardians", Who::SignedIn, person::add)
        .post("/devices/people/{id}/guardians/end", Who::SignedIn, person::end)
        .get("/devices/incidents", Who::SignedIn, incidents::list)
        .post("/devices/incidents", Who::SignedIn, incidents::report)
        .get("/devices/incidents/{id}", Who::SignedIn, incidents::show)
        .post("/devices/incidents/{id}", Who::SignedIn, incidents::save)
        .post("/devices/incidents/{id}/close", Who::SignedIn, incidents::close)
        .post("/devices/incidents/{id}/gone", Who::SignedIn, incidents::gone)
        .post("/devices/incidents/{id}/repair", Who::SignedIn, incidents::repair)
        .post("/devices/incidents/{id}/repaired", Who::SignedIn, incidents::repaired)
}

fn own() -> Routes {
    Routes::new()
        .get("/my-devices", Who::SignedIn, mine::show)
        .get("/my-devices/{id}/report", Who::SignedIn, mine::ask)
        .post("/my-devices/{id}/report", Who::SignedIn, mine::report)
        .get("/my-devices/agreements/{id}", Who::SignedIn, mine::agreement)
}

/// The message of that code, shown once; `None` for a code of others.
pub fn flash(language: Language, code: &str) -> Option<Flash> {
    let text = match code {
        "loan_agreement_made" => say::flash_agreement(language),
        "loan_item_added" => say::flash_item_added(language),
        "loan_item_removed" => say::flash_item_removed(language),
        "loan_due_set" => say::flash_due_set(language),
        "loan_signed" => say::flash_signed(language),
        "loan_handed_over" => say::flash_handed_over(language),
        "loan_renewed" => say::flash_renewed(language),
        "loan_notice" => words::settlements::flash_notice(language),
        "loan_settled" => say::flash_settled(language),
        "loan_wiped" => say::flash_wiped(language),
        "loan_event_made" => say::flash_event_made(language),
        "loan_event_changed" => say::flash_event_changed(language),
        "loan_saved" => say::flash_saved(language),
        "loan_reported" => say::flash_reported(language),
        "loan_incident_closed" => say::flash_incident_closed(language),
        _ => return None,
    };
    Some(Flash { tone: Tone::Success, text: text.to_owned() })
}

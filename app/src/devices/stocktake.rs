//! Pages of stocktaking: the list and opening, counting with a scanner, closing, the printed sheet and protocol; declarations.

mod closing;
mod count;
mod declare;
pub mod document;
pub mod letter;
mod list;
mod print;

use words::{Language, declarations, stocktake as say};

use crate::parts::{Flash, Tone};
use crate::routes::{Routes, Who};

/// The routes of these pages.
pub fn routes() -> Routes {
    let who = Who::SignedIn;
    Routes::new()
        .get("/devices/stocktakes", who, list::show)
        .post("/devices/stocktakes", who, list::open)
        .get("/devices/stocktakes/{id}", who, count::show)
        .post("/devices/stocktakes/{id}/scan", who, count::scan)
        .post("/devices/stocktakes/{id}/confirm", who, count::confirm)
        .post("/devices/stocktakes/{id}/recount", who, count::recount)
        .get("/devices/stocktakes/{id}/sheet", who, print::sheet)
        .get("/devices/stocktakes/{id}/close", who, closing::ask)
        .post("/devices/stocktakes/{id}/close", who, closing::close)
        .get("/devices/stocktakes/{id}/protocol", who, print::protocol)
        .get("/devices/stocktakes/{id}/document", who, document::show)
        .get("/devices/declarations", who, declare::due)
        .post("/devices/declarations", who, declare::record)
        .get("/devices/loans/{id}/declaration-letter", who, letter::show)
        .get("/my-devices/{id}/declare", who, declare::ask)
        .post("/my-devices/{id}/declare", who, declare::declare)
}

/// The message of that code, shown once; `None` for a code of others.
pub fn flash(language: Language, code: &str) -> Option<Flash> {
    let text = match code {
        "stocktake_opened" => say::flash_opened(language),
        "stocktake_confirmed" => say::flash_confirmed(language),
        "stocktake_recounted" => say::flash_recounted(language),
        "stocktake_closed" => say::flash_closed(language),
        "device_declared" => say::flash_declared(language),
        "declaration_recorded" => declarations::flash_recorded(language),
        _ => return None,
    };
    Some(Flash { tone: Tone::Success, text: text.to_owned() })
}

/// What an area refused, as errors of a form. Errors: everything that is not a refusal of this form.
fn refusal(
    language: Language,
    error: devices::Error,
) -> Result<crate::parts::FormErrors, crate::problem::Problem> {
    use devices::Error as E;
    let mut errors = crate::parts::FormErrors::new();
    match error {
        E::Invalid(wrong) => {
            for one in &wrong {
                let text = match (one.field, &one.problem) {
                    ("place", identity::Problem::Missing) => say::nothing_there(language).to_owned(),
                    ("place", identity::Problem::Malformed) => say::one_bound(language).to_owned(),
                    ("counter_two", identity::Problem::Taken) => say::two_people(language).to_owned(),
                    ("note", identity::Problem::Missing) => say::declare_what(language).to_owned(),
                    (field, problem) => {
                        let label = match field {
                            "name" => say::label_name(language),
                            "counter_one" => say::label_counter_one(language),
                            "counter_two" => say::label_counter_two(language),
                            "code" => say::label_code(language),
                            "counter" => say::label_counter(language),
                            "explained" => words::protocol::explain(language),
                            _ => say::label_note(language),
                        };
                        format!("{label}: {}", crate::problem::field_sentence(language, problem))
                    }
                };
                errors.add(one.field, text);
            }
        }
        E::Stays => errors.add("", say::refused_closed(language)),
        other => return Err(other.into()),
    }
    Ok(errors)
}

//! What fields of these pages are called, and what is wrong with one in a sentence that makes sense in the summary too.

use devices::Error;
use identity::{FieldProblem, Problem};
use words::{Language, register as say};

use crate::parts::FormErrors;
use crate::problem::field_sentence;
use crate::refused::{self, after_colon};

/// The label of the field of that name; the name itself when there is none.
pub fn label(language: Language, field: &str) -> String {
    let text = match field {
        "inventory_no" => say::label_inventory_no(language),
        "serial" => say::label_serial(language),
        "serials" => say::label_serials(language),
        "kind" => say::label_kind(language),
        "maker" => say::label_maker(language),
        "model" => say::label_model(language),
        "name" => say::label_name(language),
        "neutral_name" => say::label_neutral_name(language),
        "owner_unit" => say::label_owner_unit(language),
        "custodian" => say::label_custodian(language),
        "place" => say::label_place(language),
        "lot" => say::label_lot(language),
        "programme" => say::label_programme(language),
        "phone_no" => say::label_phone_no(language),
        "plan" => say::label_plan(language),
        "plan_until" => say::label_plan_until(language),
        "mdm_id" => say::label_mdm_id(language),
        "mdm_seen" => say::label_mdm_seen(language),
        "note" => say::label_note(language),
        "checklist" => say::label_checklist(language),
        "accessories" => say::label_accessories(language),
        "invoice_no" => say::label_invoice_no(language),
        "bought_on" => say::label_bought_on(language),
        "unit_price" => say::label_unit_price(language),
        "warranty_until" => say::label_warranty_until(language),
        "insurer" => say::label_insurer(language),
        "policy_no" => say::label_policy_no(language),
        "insured_until" => say::label_insured_until(language),
        "durable_until" => say::label_durable_until(language),
        "reason" => say::label_reason(language),
        "method" => say::label_method(language),
        "pin" => "PIN",
        "puk" => "PUK",
        "text" => say::found_what(language),
        "contact" => say::found_contact(language),
        "series" => say::label_series(language),
        other => return other.to_owned(),
    };
    text.to_owned()
}

/// What is wrong with a field and what to do, with the field's name.
pub fn sentence(language: Language, wrong: &FieldProblem) -> String {
    match (wrong.field, &wrong.problem) {
        ("inventory_no", Problem::Taken) => say::inventory_no_taken(language).to_owned(),
        ("serial", Problem::Taken) => say::serial_taken(language).to_owned(),
        ("kind", Problem::Taken) => say::kind_differs(language).to_owned(),
        ("kind", Problem::Malformed) => say::kind_stays(language).to_owned(),
        ("kind", Problem::Unknown) => say::kind_unknown(language).to_owned(),
        ("neutral_name", Problem::Taken) => say::neutral_name_same(language).to_owned(),
        ("pin", _) => say::pin_malformed(language).to_owned(),
        ("puk", _) => say::puk_malformed(language).to_owned(),
        ("unit_price", Problem::Malformed) => say::price_malformed(language).to_owned(),
        (
            "plan_until" | "bought_on" | "warranty_until" | "insured_until" | "durable_until" | "mdm_seen",
            Problem::Malformed,
        ) => say::day_malformed(language, &label(language, wrong.field)),
        (field, problem) => {
            format!("{}: {}", label(language, field), after_colon(&field_sentence(language, problem)))
        }
    }
}

/// The same for every refused field.
pub fn errors(language: Language, wrong: &[FieldProblem]) -> FormErrors {
    refused::errors(wrong, |one| sentence(language, one))
}

/// What the form that met this error is told; an error that no form can mend goes on.
pub fn refusal(language: Language, error: Error) -> Result<FormErrors, crate::Problem> {
    let mut errors = FormErrors::new();
    match error {
        Error::Invalid(wrong) => return Ok(self::errors(language, &wrong)),
        Error::ChangedMeanwhile(_) => errors.add("", say::changed_meanwhile(language)),
        Error::SharesNotWhole => errors.add("shares", say::shares_not_whole(language)),
        Error::Lent => errors.add("", say::lent_stays(language)),
        Error::Stays => errors.add("", say::state_is_end(language)),
        Error::SimTaken => errors.add("", say::sim_inside(language)),
        error => return Err(error.into()),
    }
    Ok(errors)
}

//! What pages of applications share: words of states and reasons, refused fields, how a programme is called to whom.

use devices::Error;
use devices::applications::{Refusal, State};
use identity::{FieldProblem, Problem as Wrong};
use leptos::prelude::*;
use words::{Language, applications as say};

pub use super::super::loans::said::{
    day, done_before, key_field, machine, moment, once_field, remember, summary, trail, typed_day,
};
use crate::parts::{FormErrors, Tag, Tone};
use crate::problem::{Problem, field_sentence};
use crate::refused;

/// Where an application is, as a tag.
pub fn state(language: Language, state: State) -> AnyView {
    let tone = match state {
        State::Draft | State::Submitted => Tone::Neutral,
        State::Complete | State::Scored | State::Waitlisted => Tone::Info,
        State::Granted => Tone::Success,
        State::Refused | State::Expired => Tone::Danger,
        State::Withdrawn => Tone::Warning,
    };
    view! { <Tag tone=tone text=state_name(language, state)/> }.into_any()
}

/// Where an application is.
pub fn state_name(language: Language, state: State) -> &'static str {
    match state {
        State::Draft => say::state_draft(language),
        State::Submitted => say::state_submitted(language),
        State::Complete => say::state_complete(language),
        State::Scored => say::state_scored(language),
        State::Granted => say::state_granted(language),
        State::Waitlisted => say::state_waitlisted(language),
        State::Refused => say::state_refused(language),
        State::Withdrawn => say::state_withdrawn(language),
        State::Expired => say::state_expired(language),
    }
}

/// Why it was refused.
pub fn refusal_name(language: Language, refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NotEligible => say::refusal_not_eligible(language),
        Refusal::HoldsDevice => say::refusal_holds_device(language),
        Refusal::Incomplete => say::refusal_incomplete(language),
        Refusal::Untrue => say::refusal_untrue(language),
        Refusal::NoDevices => say::refusal_no_devices(language),
        Refusal::Other => say::refusal_other(language),
    }
}

fn label(language: Language, field: &str) -> String {
    match field {
        "need" => say::label_need(language),
        "beneficiary" => say::label_beneficiary(language),
        "signatory" => say::label_signatory(language),
        "programme" => say::label_programme(language),
        "points" => say::label_points(language),
        "criterion" => say::label_criterion(language),
        "decided_on" => say::label_decided_on(language),
        "decided_by" => say::label_decided_by(language),
        "note" => say::label_note(language),
        "decision" => say::label_decision(language),
        "refusal" => say::label_refusal(language),
        "code" => say::label_code(language),
        "file" => say::label_paper(language),
        "eligibility" => say::label_eligibility(language),
        "apply_from" => say::label_apply_from(language),
        "apply_until" => say::label_apply_until(language),
        "durable_months" => say::label_durable_months(language),
        "declare_months" => say::label_declare_months(language),
        "collect_days" => say::label_collect_days(language),
        "purpose" => say::label_purpose(language),
        "clauses" => words::settlements::clauses_label(language),
        other => return other.to_owned(),
    }
    .to_owned()
}

fn sentence(language: Language, wrong: &FieldProblem) -> String {
    match (wrong.field, &wrong.problem) {
        ("beneficiary", Wrong::Missing) => say::beneficiary_missing(language).to_owned(),
        ("signatory", Wrong::Missing) => say::signatory_missing(language).to_owned(),
        ("points", Wrong::Missing) => say::points_missing(language).to_owned(),
        ("points", Wrong::Malformed) => say::points_wrong(language).to_owned(),
        ("code", Wrong::Unknown) => say::code_unknown(language).to_owned(),
        (field, problem) => format!("{}: {}", label(language, field), field_sentence(language, problem)),
    }
}

/// What an area refused, as errors of a form. Errors: everything that is not a refusal of this form.
pub fn refusal(language: Language, error: Error) -> Result<FormErrors, Problem> {
    let mut errors = FormErrors::new();
    match error {
        Error::Invalid(wrong) => return Ok(refused::errors(&wrong, |one| sentence(language, one))),
        Error::Applied => errors.add("", say::refused_applied(language)),
        Error::Excluded => errors.add("", say::refused_excluded(language)),
        Error::HasPrimary => errors.add("", say::refused_primary(language)),
        Error::Stays => errors.add("", say::refused_stays(language)),
        Error::Reserved => errors.add("code", say::refused_reserved(language)),
        Error::NotInStock => errors.add("code", say::refused_stock(language)),
        other => return Err(other.into()),
    }
    Ok(errors)
}

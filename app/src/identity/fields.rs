//! What fields of these pages are called, and what is wrong with one in a sentence that makes sense in the summary too.

use identity::{FieldProblem, Problem};
use words::{Language, identity as say};

use crate::parts::FormErrors;
use crate::problem::field_sentence;
use crate::refused::{self, after_colon};

pub use crate::refused::summary;

/// The label of the field of that name; the name itself when there is none.
pub fn label(language: Language, field: &str) -> String {
    let text = match field {
        "login" => say::label_login(language),
        "email" => say::label_email(language),
        "given_name" => say::label_given_name(language),
        "family_name" => say::label_family_name(language),
        "unit" => say::label_unit(language),
        "groups" => say::label_groups(language),
        "roles" => say::label_roles(language),
        "positions" => say::label_positions(language),
        "language" => say::label_language(language),
        "password" => say::label_password(language),
        "password_again" => say::label_password_again(language),
        "current_password" => say::label_current_password(language),
        "name" => say::label_name(language),
        "parent" => say::label_parent(language),
        "organisation_name" => say::label_organisation_name(language),
        "organisation_slug" => say::label_organisation_slug(language),
        "kind" => say::label_kind(language),
        "url" => say::label_url(language),
        "published" => say::label_published(language),
        "updated" => say::label_updated(language),
        "status" => say::label_status(language),
        "exceptions" => say::label_exceptions(language),
        "outside" => say::label_outside(language),
        "costs" => say::label_costs(language),
        "costs_url" => say::label_costs_url(language),
        "drawn_up" => say::label_drawn_up(language),
        "reviewed" => say::label_reviewed(language),
        "auditor" => say::label_auditor(language),
        "report_url" => say::label_report_url(language),
        "contact_person" => say::label_contact_person(language),
        "contact_email" => say::label_contact_email(language),
        "contact_phone" => say::label_contact_phone(language),
        "head" => say::label_head(language),
        "address" => say::label_address(language),
        "complaint_email" => say::label_complaint_email(language),
        "architecture" => say::label_architecture(language),
        "architecture_url" => say::label_architecture_url(language),
        other => return other.to_owned(),
    };
    text.to_owned()
}

/// What is wrong with a field and what to do, with the field's name.
pub fn sentence(language: Language, wrong: &FieldProblem) -> String {
    let label = label(language, wrong.field);
    match (wrong.field, &wrong.problem) {
        ("login", Problem::Malformed) => say::login_malformed(language).to_owned(),
        ("login", Problem::Taken) => say::login_taken(language).to_owned(),
        ("email", Problem::Taken) => say::email_taken(language).to_owned(),
        ("organisation_slug", Problem::Malformed) => say::slug_malformed(language).to_owned(),
        ("email" | "contact_email" | "complaint_email", Problem::Malformed) => {
            say::email_malformed(language, &label)
        }
        ("published" | "updated" | "drawn_up" | "reviewed", Problem::Malformed) => {
            say::day_malformed(language, &label)
        }
        ("url" | "costs_url" | "report_url" | "architecture_url", Problem::Malformed) => {
            say::web_malformed(language, &label)
        }
        ("password_again", Problem::Differs) => say::passwords_differ(language).to_owned(),
        ("current_password", Problem::Differs) => say::current_password_wrong(language).to_owned(),
        ("roles", Problem::Unknown) => say::role_unknown(language).to_owned(),
        ("language", Problem::Unknown) => say::language_unknown(language).to_owned(),
        (_, problem) => format!("{label}: {}", after_colon(&field_sentence(language, problem))),
    }
}

/// The same for every refused field.
pub fn errors(language: Language, wrong: &[FieldProblem]) -> FormErrors {
    refused::errors(wrong, |one| sentence(language, one))
}

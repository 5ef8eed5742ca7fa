//! What was refused in a form: the sentences of its fields, and the summary on top of the page.

use identity::FieldProblem;
use leptos::prelude::*;
use words::{Language, frame};

use crate::parts::{ErrorSummary, FormErrors};

/// Every refused field with its sentence.
pub fn errors(wrong: &[FieldProblem], sentence: impl Fn(&FieldProblem) -> String) -> FormErrors {
    let mut errors = FormErrors::new();
    for one in wrong {
        errors.add(one.field, sentence(one));
    }
    errors
}

/// The summary of a refused form; nothing when nothing was refused.
pub fn summary(language: Language, errors: &FormErrors) -> AnyView {
    let count = i64::try_from(errors.len()).unwrap_or(i64::MAX);
    view! { <ErrorSummary title=frame::fix_fields(language, count) errors=errors.clone()/> }.into_any()
}

/// A sentence that goes on after the name of its field and a colon.
pub fn after_colon(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

//! What is asked of an applicant, online and on paper: why it is needed, and which criteria are so.

use std::collections::HashMap;

use devices::CriterionId;
use devices::applications::{Criterion, Score};
use leptos::prelude::*;
use words::{Language, applications as say};

use crate::parts::{Checkbox, FormErrors, TextArea};

/// The fields of a form by name.
pub type Typed = HashMap<String, String>;

/// The criteria that are ticked: `c_<id>`.
pub fn claimed(typed: &Typed) -> Vec<CriterionId> {
    typed.keys().filter_map(|name| name.strip_prefix("c_")?.parse().ok()).collect()
}

/// What a draft says, as a form has it.
pub fn typed_of(need: &str, scores: &[Score]) -> Typed {
    let ticked =
        scores.iter().filter(|one| one.claimed).map(|one| (format!("c_{}", one.criterion), "1".to_owned()));
    ticked.chain([("need".to_owned(), need.to_owned())]).collect()
}

/// The fields.
pub fn fields(language: Language, criteria: &[Criterion], typed: &Typed, errors: &FormErrors) -> AnyView {
    let need = typed.get("need").cloned().unwrap_or_default();
    let boxes = criteria
        .iter()
        .map(|one| {
            let name = format!("c_{}", one.id);
            let checked = typed.contains_key(&name);
            view! { <Checkbox name=name label=one.name.clone() checked=checked/> }
        })
        .collect_view();
    let boxes = (!criteria.is_empty()).then(|| {
        view! { <fieldset class="field"><legend>{say::claims(language)}</legend><p class="hint">{say::claims_hint(language)}</p>{boxes}</fieldset> }
    });
    view! {
        {boxes}
        <TextArea name="need" label=say::label_need(language) hint=say::need_hint(language) value=need rows=6
            maxlength=4000 error=errors.of("need")/>
    }
    .into_any()
}

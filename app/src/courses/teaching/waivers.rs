//! Grave findings on the page before publishing: each with the way to its place, and the form that waives some with a reason.

use axum::extract::State;
use courses::check::{self, Found};
use courses::{Error, waiver};
use leptos::prelude::*;
use words::{Language, writing as say};

use super::{findings, publish};
use crate::caller::Caller;
use crate::date;
use crate::parts::{
    ButtonKind, Checkboxes, Choice, Details, FormErrors, Notice, PostForm, SubmitButton, TextArea, Tone,
};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;

/// The form as it was posted.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    names: Vec<String>,
    reason: String,
}

/// Waives the chosen findings for their texts as they are now.
pub async fn waive(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Answer {
    let (mut visit, proof, mut page) = publish::open(&app, &caller, &slug).await?;
    let mut typed = Typed::default();
    for (name, value) in fields {
        match name.as_str() {
            "finding" if !typed.names.contains(&value) => typed.names.push(value),
            "reason" => typed.reason = value,
            _ => {}
        }
    }
    match waiver::waive(&mut visit.tx, &proof, &typed.names, &typed.reason).await {
        Ok(()) => {
            check::note(&mut visit.tx, &proof).await?;
            visit.commit_and_go(&format!("/teaching/{slug}/publish"), "finding-waived").await
        }
        Err(Error::Invalid(problems)) => {
            let language = visit.language;
            for problem in &problems {
                let sentence = match (problem.field, &problem.problem) {
                    ("finding", identity::Problem::Missing) => say::waive_choose(language).to_owned(),
                    ("finding", _) => say::waive_gone(language).to_owned(),
                    (_, other) => crate::problem::field_sentence(language, other),
                };
                page.errors.add(problem.field, sentence);
            }
            page.waiving = typed;
            publish::refused(visit, page)
        }
        Err(error) => Err(error.into()),
    }
}

/// What stands in the way, and what was waived; nothing when there is neither.
pub fn panel(language: Language, slug: &str, found: &[Found], typed: &Typed, errors: &FormErrors) -> AnyView {
    let open: Vec<&Found> = found.iter().filter(|one| one.stands_in_the_way()).collect();
    let form = (!open.is_empty()).then(|| form(language, slug, &open, typed, errors));
    let waived: Vec<AnyView> = found.iter().filter_map(|one| waived(language, slug, one)).collect();
    let waived =
        (!waived.is_empty()).then(|| view! { <h2>{say::waived_title(language)}</h2><ul>{waived}</ul> });
    view! { {form}{waived} }.into_any()
}

fn form(language: Language, slug: &str, open: &[&Found], typed: &Typed, errors: &FormErrors) -> AnyView {
    let items = open.iter().map(|one| {
        let said = findings::found(language, one);
        view! { <li><a href=findings::way(slug, one)>{one.title.clone()}</a>". "{said}</li> }
    });
    let items = items.collect_view();
    let choices = open.iter().map(|one| {
        let label = format!("{}. {}", one.title, findings::found(language, one));
        let choice = Choice::new(one.name(), label);
        if typed.names.contains(&one.name()) { choice.chosen() } else { choice }
    });
    let choices: Vec<Choice> = choices.collect();
    let count = i64::try_from(open.len()).unwrap_or(i64::MAX);
    // A refused form is open, so that its errors are seen.
    let refused = errors.of("finding").is_some() || errors.of("reason").is_some();
    let fields = view! {
        <Checkboxes
            name="finding"
            legend=say::waive_which(language)
            hint=say::waive_hint(language)
            choices=choices
            error=errors.of("finding")
        />
        <TextArea
            name="reason"
            label=say::waive_reason(language)
            hint=say::waive_reason_hint(language)
            value=typed.reason.clone()
            rows=3
            error=errors.of("reason")
        />
    };
    let form = view! {
        <PostForm action=format!("/teaching/{slug}/waivers")>
            {fields}
            <SubmitButton label=say::waive(language) kind=ButtonKind::Secondary/>
        </PostForm>
    };
    view! {
        <Notice tone=Tone::Danger title=say::findings_in_the_way(language, count)>
            <p>{say::findings_in_the_way_text(language)}</p>
            <ul>{items}</ul>
        </Notice>
        <Details summary=say::waive_title(language) open=refused>{form}</Details>
    }
    .into_any()
}

fn waived(language: Language, slug: &str, one: &Found) -> Option<AnyView> {
    let waiver = one.waived.as_ref()?;
    let who = say::waived_by(language, &waiver.who, &date::moment(waiver.at));
    Some(
        view! {
            <li>
                <a href=findings::way(slug, one)>{one.title.clone()}</a>". "{findings::found(language, one)}
                <br/>
                {say::waived_reason(language, &waiver.reason)}" "<span class="hint">{who}</span>
            </li>
        }
        .into_any(),
    )
}

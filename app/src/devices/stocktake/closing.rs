//! Closing a stocktake: what is missing, and which of it is marked so in the register. GET and POST
//! /devices/stocktakes/{id}/close.

use std::collections::HashMap;

use axum::extract::State;
use devices::StocktakeId;
use devices::stocktake::{self, Closing, Counted};
use leptos::prelude::*;
use words::{Language, frame, protocol as paper, stocktake as say};

use super::super::loans::said;
use super::refusal;
use crate::caller::Caller;
use crate::parts::{
    Actions, ButtonKind, Checkbox, Field, FormErrors, Link, PageHead, PostForm, SubmitButton, TextArea,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::{Visit, go};

/// GET /devices/stocktakes/{id}/close
pub async fn ask(State(app): State<App>, caller: Caller, At(id): At<StocktakeId>) -> Answer {
    page(caller.open(&app).await?, id, &HashMap::new(), &FormErrors::new()).await
}

/// POST /devices/stocktakes/{id}/close: `m_<asset>` marks one as missing, `e_<asset>` explains why it differs. The document of
/// the protocol is made at once.
pub async fn close(
    State(app): State<App>,
    caller: Caller,
    At(id): At<StocktakeId>,
    Posted(typed): Posted<HashMap<String, String>>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let closing = Closing {
        missing: typed.keys().filter_map(|name| name.strip_prefix("m_")?.parse().ok()).collect(),
        explained: typed
            .iter()
            .filter_map(|(name, text)| Some((name.strip_prefix("e_")?.parse().ok()?, text.clone())))
            .collect(),
        note: typed.get("note").cloned().unwrap_or_default(),
    };
    match stocktake::close(&mut visit.tx, &proof, id, &closing).await {
        Ok(_) => {
            visit.tx.commit().await?;
            super::document::of_closed(&app, &caller, id).await;
            Ok(go(&app, &format!("/devices/stocktakes/{id}/protocol"), "stocktake_closed"))
        }
        Err(error) => {
            let errors = refusal(visit.language, error)?;
            drop(visit);
            page(caller.open(&app).await?, id, &typed, &errors).await
        }
    }
}

async fn page(
    mut visit: Visit,
    id: StocktakeId,
    typed: &HashMap<String, String>,
    errors: &FormErrors,
) -> Answer {
    let proof = visit.me.device_clerk()?.reader();
    let about = stocktake::one(&mut visit.tx, &proof, id).await?;
    if about.closed_at.is_some() && errors.is_empty() {
        return Err(Problem::NotFound);
    }
    let came = stocktake::result(&mut visit.tx, &proof, id).await?;
    let language = visit.language;
    let title = say::close_title(language);
    let view = |errors: &FormErrors| {
        let back = format!("/devices/stocktakes/{id}");
        let links = vec![
            Link::new(say::stocktakes(language), "/devices/stocktakes"),
            Link::new(about.name.clone(), back.clone()),
        ];
        let tally = came.tally();
        let boxes = came
            .missing()
            .map(|line| {
                let label = format!("{} – {}", line.inventory_no, line.model);
                let name = format!("m_{}", line.asset);
                view! { <Checkbox name=name.clone() label=label checked=typed.contains_key(&name)/> }
            })
            .collect_view();
        let boxes = (tally.missing > 0).then(|| {
            view! { <fieldset class="field"><legend>{say::mark_missing(language)}</legend><p class="hint">{say::mark_hint(language)}</p>{boxes}</fieldset> }
        });
        let note = typed.get("note").cloned().unwrap_or_default();
        let inside = view! {
            {boxes}
            {explanations(language, &came, typed, errors)}
            <TextArea name="note" label=say::label_note(language) rows=3 value=note error=errors.of("note")/>
            <Actions>
                <SubmitButton label=say::close_now(language) kind=ButtonKind::Danger/>
                <a href=back>{say::count_on(language)}</a>
            </Actions>
        }
        .into_any();
        let text = say::close_text(
            language,
            &(tally.seen + tally.declared).to_string(),
            &tally.expected.to_string(),
            &tally.missing.to_string(),
        );
        view! {
            {said::summary(language, errors)}
            {said::trail(language, links, title)}
            <PageHead title=title/>
            <p>{text}</p>
            <PostForm action=format!("/devices/stocktakes/{id}/close")>{inside}</PostForm>
        }
        .into_any()
    };
    visit.form(title, errors, view)
}

/// A field for each difference: why it differs.
fn explanations(
    language: Language,
    came: &Counted,
    typed: &HashMap<String, String>,
    errors: &FormErrors,
) -> AnyView {
    let lines = came.lines.iter().filter(|line| line.how.is_none());
    let lines = lines.map(|line| (line.asset, format!("{} – {}", line.inventory_no, line.model)));
    let strays = came.strays.iter().filter_map(|one| Some((one.asset?, one.code.clone())));
    let fields = lines
        .chain(strays)
        .map(|(asset, label)| {
            let name = format!("e_{asset}");
            let value = typed.get(&name).cloned().unwrap_or_default();
            view! { <Field name=name label=label note=frame::optional(language) value=value/> }.into_any()
        })
        .collect::<Vec<_>>();
    if fields.is_empty() {
        return ().into_any();
    }
    let error =
        errors.of("explained").map(|text| view! { <p class="field-error" id="f-explained">{text}</p> });
    view! {
        <fieldset class="field">
            <legend>{paper::explain(language)}</legend>
            <p class="hint">{paper::explain_hint(language)}</p>
            {error}
            {fields}
        </fieldset>
    }
    .into_any()
}

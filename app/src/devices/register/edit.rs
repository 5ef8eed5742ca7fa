//! A new asset, and the change of one: GET and POST /devices/new and /devices/assets/{asset}/edit.

use axum::extract::State;
use devices::register::asset;
use devices::{AssetId, Error};
use leptos::prelude::*;
use words::{frame, register as say};

use super::choices::Choices;
use super::form::Typed;
use super::{fields, trail};
use crate::caller::Caller;
use crate::parts::{Actions, FormErrors, Link, Notice, PageHead, PostForm, SubmitButton, Tone};
use crate::problem::Answer;
use crate::refused::summary;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// GET /devices/new
pub async fn new(State(app): State<App>, caller: Caller) -> Answer {
    let visit = caller.open(&app).await?;
    visit.me.device_clerk()?;
    page(visit, None, Typed::default(), FormErrors::new()).await
}

/// POST /devices/new
pub async fn create(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let made = match typed.asset() {
        Ok(new) => asset::register(&mut visit.tx, &proof, &new).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(id) => visit.commit_and_go(&format!("/devices/assets/{id}"), "asset_registered").await,
        Err(error) => again(visit, None, typed, error).await,
    }
}

/// GET /devices/assets/{asset}/edit
pub async fn edit(State(app): State<App>, caller: Caller, At(id): At<AssetId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let written = asset::written_of(&mut visit.tx, &proof, id).await?;
    page(visit, Some(id), Typed::of(&written.fields, written.revision), FormErrors::new()).await
}

/// POST /devices/assets/{asset}/edit. Who began from an older revision is told, with everything typed still there.
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    At(id): At<AssetId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let revision = typed.revision.parse().unwrap_or(0);
    let changed = match typed.asset() {
        Ok(new) => asset::change(&mut visit.tx, &proof, id, revision, &new).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(()) => visit.commit_and_go(&format!("/devices/assets/{id}"), "saved").await,
        Err(error) => again(visit, Some(id), typed, error).await,
    }
}

/// The form once more. A refused statement ends its transaction, so the page is read in a fresh one.
async fn again(visit: Visit, id: Option<AssetId>, mut typed: Typed, error: Error) -> Answer {
    if let Error::ChangedMeanwhile(revision) = &error {
        typed.revision = revision.to_string();
    }
    let errors = fields::refusal(visit.language, error)?;
    page(visit.afresh().await?, id, typed, errors).await
}

async fn page(mut visit: Visit, id: Option<AssetId>, typed: Typed, errors: FormErrors) -> Answer {
    let proof = visit.me.device_clerk()?;
    let language = visit.language;
    let choices = Choices::form(&mut visit.tx, &proof, language).await?;
    let title = if id.is_some() { say::asset_change(language) } else { say::asset_new(language) };
    let (action, back) = match id {
        Some(id) => (format!("/devices/assets/{id}/edit"), format!("/devices/assets/{id}")),
        None => ("/devices/new".to_owned(), "/devices".to_owned()),
    };
    let view = |errors: FormErrors| {
        let links = id.map(|_| Link::new(say::asset_back(language), back.clone())).into_iter().collect();
        let no_models = choices.models.is_empty().then(|| {
            view! {
                <Notice tone=Tone::Info>
                    <p><a href="/devices/models/new">{say::no_models(language)}</a></p>
                </Notice>
            }
        });
        let inside = typed.fields(language, choices, &errors);
        view! {
            {summary(language, &errors)}
            {trail(language, links, title)}
            <PageHead title=title/>
            {no_models}
            <PostForm action=action>
                {inside}
                <Actions>
                    <SubmitButton label=frame::save(language)/>
                    <a href=back.clone()>{frame::cancel(language)}</a>
                </Actions>
            </PostForm>
        }
        .into_any()
    };
    visit.form(title, errors, view)
}

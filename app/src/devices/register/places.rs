//! A place: GET and POST /devices/places/new and /devices/places/{place}.

use axum::extract::State;
use devices::PlaceId;
use devices::register::catalogue;
use leptos::prelude::*;
use serde::Deserialize;
use words::{frame, register as say};

use super::{fields, trail};
use crate::caller::Caller;
use crate::parts::{Actions, Field, FormErrors, Link, PageHead, PostForm, SubmitButton};
use crate::problem::{Answer, Problem};
use crate::refused::summary;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// What was typed of a place.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
}

/// GET /devices/places/new
pub async fn new(State(app): State<App>, caller: Caller) -> Answer {
    page(caller.open(&app).await?, None, Typed::default(), FormErrors::new())
}

/// POST /devices/places/new
pub async fn create(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    save(&app, &caller, None, typed).await
}

/// GET /devices/places/{place}
pub async fn edit(State(app): State<App>, caller: Caller, At(id): At<PlaceId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let places = catalogue::places(&mut visit.tx, &proof.reader()).await?;
    let place = places.into_iter().find(|place| place.id == id).ok_or(Problem::NotFound)?;
    page(visit, Some(id), Typed { name: place.name }, FormErrors::new())
}

/// POST /devices/places/{place}
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    At(id): At<PlaceId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    save(&app, &caller, Some(id), typed).await
}

async fn save(app: &App, caller: &Caller, id: Option<PlaceId>, typed: Typed) -> Answer {
    let mut visit = caller.open(app).await?;
    let proof = visit.me.device_clerk()?;
    match catalogue::save_place(&mut visit.tx, &proof, id, &typed.name).await {
        Ok(_) => visit.commit_and_go("/devices/catalogue", "saved").await,
        Err(error) => {
            let errors = fields::refusal(visit.language, error)?;
            page(visit.afresh().await?, id, typed, errors)
        }
    }
}

fn page(visit: Visit, id: Option<PlaceId>, typed: Typed, errors: FormErrors) -> Answer {
    visit.me.device_clerk()?;
    let language = visit.language;
    let title = if id.is_some() { say::place_change(language) } else { say::place_new(language) };
    let action = id.map_or_else(|| "/devices/places/new".to_owned(), |id| format!("/devices/places/{id}"));
    let view = |errors: FormErrors| {
        view! {
            {summary(language, &errors)}
            {trail(language, vec![Link::new(say::section_catalogue(language), "/devices/catalogue")], title)}
            <PageHead title=title/>
            <PostForm action=action>
                <Field
                    name="name"
                    label=say::label_name(language)
                    hint=say::place_hint(language)
                    value=typed.name.clone()
                    error=errors.of("name")
                />
                <Actions>
                    <SubmitButton label=frame::save(language)/>
                    <a href="/devices/catalogue">{frame::cancel(language)}</a>
                </Actions>
            </PostForm>
        }
        .into_any()
    };
    visit.form(title, errors, view)
}

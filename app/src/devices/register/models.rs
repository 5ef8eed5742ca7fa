//! A model: GET and POST /devices/models/new and /devices/models/{model}.

use axum::extract::State;
use devices::register::AssetKind;
use devices::register::catalogue::{self, NewModel};
use devices::{Error, ModelId};
use leptos::prelude::*;
use serde::Deserialize;
use words::{frame, register as say};

use super::form::or_none;
use super::{fields, kind_name, trail};
use crate::caller::Caller;
use crate::parts::{
    Actions, Checkbox, Choice, Field, FormErrors, Link, PageHead, PostForm, Select, SubmitButton, TextArea,
};
use crate::problem::{Answer, Problem};
use crate::refused::summary;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// What was typed of a model.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    maker: String,
    kind: String,
    name: String,
    checklist: String,
    accessories: String,
    holds_data: String,
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

impl Typed {
    fn model(&self) -> NewModel {
        NewModel {
            maker: self.maker.clone(),
            kind: AssetKind::from_word(&self.kind),
            name: self.name.clone(),
            checklist: lines(&self.checklist),
            accessories: lines(&self.accessories),
            holds_data: !self.holds_data.is_empty(),
        }
    }
}

/// GET /devices/models/new
pub async fn new(State(app): State<App>, caller: Caller) -> Answer {
    let typed = Typed { holds_data: "1".to_owned(), ..Typed::default() };
    page(caller.open(&app).await?, None, typed, FormErrors::new())
}

/// POST /devices/models/new
pub async fn create(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    save(&app, &caller, None, typed).await
}

/// GET /devices/models/{model}
pub async fn edit(State(app): State<App>, caller: Caller, At(id): At<ModelId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let models = catalogue::models(&mut visit.tx, &proof.reader()).await?;
    let model = models.into_iter().find(|model| model.id == id).ok_or(Problem::NotFound)?;
    let typed = Typed {
        maker: model.maker,
        kind: model.kind.word().to_owned(),
        name: model.name,
        checklist: model.checklist.join("\n"),
        accessories: model.accessories.join("\n"),
        holds_data: if model.holds_data { "1" } else { "" }.to_owned(),
    };
    page(visit, Some(id), typed, FormErrors::new())
}

/// POST /devices/models/{model}
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    At(id): At<ModelId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    save(&app, &caller, Some(id), typed).await
}

async fn save(app: &App, caller: &Caller, id: Option<ModelId>, typed: Typed) -> Answer {
    let mut visit = caller.open(app).await?;
    let proof = visit.me.device_clerk()?;
    match catalogue::save_model(&mut visit.tx, &proof, id, &typed.model()).await {
        Ok(_) => visit.commit_and_go("/devices/catalogue", "saved").await,
        Err(error @ Error::NotFound) => Err(error.into()),
        Err(error) => {
            let errors = fields::refusal(visit.language, error)?;
            page(visit.afresh().await?, id, typed, errors)
        }
    }
}

fn page(visit: Visit, id: Option<ModelId>, typed: Typed, errors: FormErrors) -> Answer {
    visit.me.device_clerk()?;
    let language = visit.language;
    let title = if id.is_some() { say::model_change(language) } else { say::model_new(language) };
    let action = id.map_or_else(|| "/devices/models/new".to_owned(), |id| format!("/devices/models/{id}"));
    let view = |errors: FormErrors| {
        let kinds = AssetKind::ALL.map(|kind| Choice::new(kind.word(), kind_name(language, kind))).to_vec();
        view! {
            {summary(language, &errors)}
            {trail(language, vec![Link::new(say::section_catalogue(language), "/devices/catalogue")], title)}
            <PageHead title=title/>
            <PostForm action=action>
                <Field name="maker" label=say::label_maker(language) value=typed.maker.clone() error=errors.of("maker")/>
                <Field name="name" label=say::label_model(language) value=typed.name.clone() error=errors.of("name")/>
                <Select
                    name="kind"
                    label=say::label_kind(language)
                    choices=or_none(language, kinds)
                    chosen=typed.kind.clone()
                    error=errors.of("kind")
                />
                <TextArea
                    name="accessories"
                    label=say::label_accessories(language)
                    note=frame::optional(language)
                    hint=say::accessories_hint(language)
                    value=typed.accessories.clone()
                    rows=4
                    error=errors.of("accessories")
                />
                <TextArea
                    name="checklist"
                    label=say::label_checklist(language)
                    note=frame::optional(language)
                    hint=say::checklist_hint(language)
                    value=typed.checklist.clone()
                    rows=5
                    error=errors.of("checklist")
                />
                <Checkbox
                    name="holds_data"
                    label=say::holds_data(language)
                    hint=say::holds_data_hint(language)
                    checked=!typed.holds_data.is_empty()
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

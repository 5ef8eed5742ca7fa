//! A programme: GET and POST /devices/programmes/new and /devices/programmes/{programme}.

use axum::extract::State;
use devices::ProgrammeId;
use devices::privacy::Viewed;
use devices::register::purchase::{self, Programme};
use leptos::prelude::*;
use serde::Deserialize;
use words::{frame, privacy, register as say};

use super::form::typed as typed_day_of;
use super::wording::typed_day;
use super::{fields, trail};
use crate::caller::Caller;
use crate::devices::reports::views::log;
use crate::parts::{
    Actions, Checkbox, Choice, Field, FieldKind, FormErrors, Link, PageHead, PostForm, Radios, SubmitButton,
};
use crate::problem::{Answer, Problem};
use crate::refused::summary;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// What was typed of a programme.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
    neutral_name: String,
    sensitive: String,
    named_in_agreements: String,
    transfer: String,
    durable_until: String,
}

impl Typed {
    fn programme(&self) -> Result<Programme, devices::Error> {
        let mut problems = Vec::new();
        let programme = Programme {
            name: self.name.clone(),
            neutral_name: self.neutral_name.clone(),
            sensitive: !self.sensitive.is_empty(),
            named_in_agreements: !self.named_in_agreements.is_empty(),
            donation: self.transfer == "donation",
            durable_until: typed_day_of("durable_until", &self.durable_until, &mut problems),
        };
        if problems.is_empty() { Ok(programme) } else { Err(devices::Error::Invalid(problems)) }
    }
}

/// GET /devices/programmes/new
pub async fn new(State(app): State<App>, caller: Caller) -> Answer {
    page(caller.open(&app).await?, None, Typed::default(), FormErrors::new())
}

/// POST /devices/programmes/new
pub async fn create(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    save(&app, &caller, None, typed).await
}

/// GET /devices/programmes/{programme}
pub async fn edit(State(app): State<App>, caller: Caller, At(id): At<ProgrammeId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let all = purchase::programmes_in_full(&mut visit.tx, &proof).await?;
    let one = all.into_iter().find(|one| one.id == id).ok_or(Problem::NotFound)?.programme;
    if one.sensitive {
        log(&app, &caller, Viewed::Programme, id.0).await?;
    }
    let typed = Typed {
        name: one.name,
        neutral_name: one.neutral_name,
        sensitive: if one.sensitive { "1" } else { "" }.to_owned(),
        named_in_agreements: if one.named_in_agreements { "1" } else { "" }.to_owned(),
        transfer: if one.donation { "donation" } else { "loan" }.to_owned(),
        durable_until: typed_day(one.durable_until),
    };
    page(visit, Some(id), typed, FormErrors::new())
}

/// POST /devices/programmes/{programme}
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    At(id): At<ProgrammeId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    save(&app, &caller, Some(id), typed).await
}

async fn save(app: &App, caller: &Caller, id: Option<ProgrammeId>, typed: Typed) -> Answer {
    let mut visit = caller.open(app).await?;
    let proof = visit.me.device_clerk()?;
    let saved = match typed.programme() {
        Ok(programme) => purchase::save_programme(&mut visit.tx, &proof, id, &programme).await,
        Err(error) => Err(error),
    };
    match saved {
        Ok(_) => visit.commit_and_go("/devices/catalogue", "saved").await,
        Err(error) => {
            let errors = fields::refusal(visit.language, error)?;
            page(visit.afresh().await?, id, typed, errors)
        }
    }
}

fn page(visit: Visit, id: Option<ProgrammeId>, typed: Typed, errors: FormErrors) -> Answer {
    visit.me.device_clerk()?;
    let language = visit.language;
    let title = if id.is_some() { say::programme_change(language) } else { say::programme_new(language) };
    let action =
        id.map_or_else(|| "/devices/programmes/new".to_owned(), |id| format!("/devices/programmes/{id}"));
    let view = |errors: FormErrors| {
        let transfer = |word: &'static str, label: &'static str| Choice {
            chosen: typed.transfer == word || (typed.transfer.is_empty() && word == "loan"),
            ..Choice::new(word, label)
        };
        let transfers = vec![
            transfer("loan", say::transfer_loan(language)),
            transfer("donation", say::transfer_donation(language)),
        ];
        view! {
            {summary(language, &errors)}
            {trail(language, vec![Link::new(say::section_catalogue(language), "/devices/catalogue")], title)}
            <PageHead title=title>
                {id.map(|id| {
                    let href = format!("/devices/programmes/{id}/applications");
                    view! { <crate::parts::ActionLink label=words::applications::rules_and_waiting(language) href=href
                        kind=crate::parts::ButtonKind::Secondary/> }
                })}
            </PageHead>
            <PostForm action=action>
                <Field name="name" label=say::label_name(language) value=typed.name.clone() error=errors.of("name")/>
                <Checkbox
                    name="sensitive"
                    label=say::sensitive(language)
                    hint=say::sensitive_hint(language)
                    checked=!typed.sensitive.is_empty()
                />
                <Field
                    name="neutral_name"
                    label=say::label_neutral_name(language)
                    hint=say::neutral_name_hint(language)
                    value=typed.neutral_name.clone()
                    error=errors.of("neutral_name")
                />
                <Checkbox
                    name="named_in_agreements"
                    label=privacy::named_in_agreements(language)
                    hint=privacy::named_in_agreements_hint(language)
                    checked=!typed.named_in_agreements.is_empty()
                />
                <Radios name="transfer" legend=say::transfer(language) choices=transfers/>
                <Field
                    name="durable_until"
                    label=say::label_durable_until(language)
                    note=frame::optional(language)
                    kind=FieldKind::Date
                    value=typed.durable_until.clone()
                    error=errors.of("durable_until")
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

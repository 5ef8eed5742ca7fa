//! Many assets of one model and purchase at once: serials are scanned or pasted, one a line; numbers go on by a series.

use axum::extract::State;
use devices::register::NewAsset;
use devices::register::asset;
use devices::{Error, number};
use identity::{FieldProblem, Problem};
use leptos::prelude::*;
use serde::Deserialize;
use words::{frame, register as say};

use super::choices::Choices;
use super::form::Typed;
use super::{fields, trail};
use crate::caller::Caller;
use crate::date;
use crate::parts::{Actions, Field, FormErrors, PageHead, PostForm, SubmitButton, TextArea};
use crate::problem::Answer;
use crate::refused::summary;
use crate::request::Posted;
use crate::state::App;
use crate::visit::Visit;

/// Most assets at once.
const MOST: usize = 200;

/// What was typed of many.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Many {
    serials: String,
    series: String,
    #[serde(flatten)]
    shared: Typed,
}

/// GET /devices/many
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let visit = caller.open(&app).await?;
    visit.me.device_clerk()?;
    page(visit, Many { series: "IT".to_owned(), ..Many::default() }, FormErrors::new()).await
}

/// POST /devices/many
pub async fn create(State(app): State<App>, caller: Caller, Posted(many): Posted<Many>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let made = match read(&mut visit, &many).await {
        Ok(new) => asset::register_all(&mut visit.tx, &proof, &new).await,
        Err(error) => Err(error),
    };
    let error = match made {
        Ok(_) => return visit.commit_and_go("/devices", "assets_registered").await,
        Err(error) => error,
    };
    let errors = match &error {
        Error::Invalid(wrong) if wrong.iter().any(|one| one.field == "serial") => {
            FormErrors::one("serials", say::serials_taken(visit.language))
        }
        _ => fields::refusal(visit.language, error)?,
    };
    page(visit.afresh().await?, many, errors).await
}

/// The assets that were typed, each with the next number of the series.
async fn read(visit: &mut Visit, many: &Many) -> Result<Vec<NewAsset>, Error> {
    let serials: Vec<&str> = many.serials.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let series = many.series.trim();
    let mut problems = Vec::new();
    if serials.is_empty() {
        problems.push(FieldProblem { field: "serials", problem: Problem::Missing });
    } else if serials.len() > MOST {
        problems.push(FieldProblem { field: "serials", problem: Problem::TooLong(MOST) });
    }
    if series.is_empty()
        || series.len() > 20
        || !series.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
    {
        problems.push(FieldProblem { field: "series", problem: Problem::Malformed });
    }
    let shared = match many.shared.with_number("1") {
        Ok(shared) => shared,
        Err(Error::Invalid(wrong)) => return Err(Error::Invalid([problems, wrong].concat())),
        Err(error) => return Err(error),
    };
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let year = date::machine_day(visit.tx.now())[..4].parse().unwrap_or(2026);
    let mut new = Vec::new();
    for serial in serials {
        let inventory_no = number::next(&mut visit.tx, series, year).await?;
        new.push(NewAsset { inventory_no, serial: serial.to_owned(), ..shared.clone() });
    }
    Ok(new)
}

async fn page(mut visit: Visit, many: Many, errors: FormErrors) -> Answer {
    let proof = visit.me.device_clerk()?;
    let language = visit.language;
    let choices = Choices::form(&mut visit.tx, &proof, language).await?;
    let title = say::many_new(language);
    let view = |errors: FormErrors| {
        let shared = many.shared.shared_fields(language, choices, &errors);
        view! {
            {summary(language, &errors)}
            {trail(language, Vec::new(), title)}
            <PageHead title=title lead=say::many_lead(language)/>
            <PostForm action="/devices/many">
                {shared}
                <Field
                    name="series"
                    label=say::label_series(language)
                    hint=say::series_hint(language)
                    value=many.series
                    size=10
                    error=errors.of("series")
                />
                <TextArea
                    name="serials"
                    label=say::label_serials(language)
                    hint=say::serials_hint(language)
                    value=many.serials
                    rows=12
                    code=true
                    error=errors.of("serials")
                />
                <Actions>
                    <SubmitButton label=say::many_save(language)/>
                    <a href="/devices">{frame::cancel(language)}</a>
                </Actions>
            </PostForm>
        }
        .into_any()
    };
    visit.form(title, errors, view)
}

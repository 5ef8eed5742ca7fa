//! The public page behind the QR code and the printed number: everything that stands on the certificate, and what it is worth.
//! Nobody need be signed in. When the name was erased, the one on the paper can be compared.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use courses::Error;
use courses::certificate::{Certificate, Key, Number, check};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, certificates as say, frame};

use super::{facts, verdict};
use crate::caller::Caller;
use crate::date;
use crate::parts::{
    ActionLink, ButtonKind, Field, FormErrors, Notice, PageHead, PostForm, SubmitButton, SummaryList,
    SummaryRow, Tone,
};
use crate::problem::Answer;
use crate::refused::summary;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::{Frame, go};

/// Most bytes of these forms.
const MOST_BYTES: usize = 4 << 10;

/// The number that was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    number: String,
}

/// The name that was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    name: String,
}

/// What came of comparing a name.
#[derive(Default)]
struct Compared {
    typed: String,
    right: Option<bool>,
    errors: FormErrors,
}

fn page(
    app: &App,
    caller: &Caller,
    status: StatusCode,
    title: &str,
    view: impl FnOnce() -> AnyView,
) -> Response {
    let title = if status == StatusCode::UNPROCESSABLE_ENTITY || status == StatusCode::TOO_MANY_REQUESTS {
        format!("{}: {title}", frame::error_title(caller.language))
    } else {
        title.to_owned()
    };
    let mut answer = Frame { app, caller, language: caller.language, me: None }.render(status, &title, view);
    answer.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// GET /certificates: the form for a printed number.
pub async fn ask(State(app): State<App>, caller: Caller) -> Answer {
    Ok(form(&app, &caller, StatusCode::OK, String::new(), FormErrors::new()))
}

fn form(app: &App, caller: &Caller, status: StatusCode, typed: String, errors: FormErrors) -> Response {
    let language = caller.language;
    let title = say::check_title(language);
    page(app, caller, status, title, move || {
        view! {
            {summary(language, &errors)}
            <PageHead title=title lead=say::check_lead(language)/>
            <PostForm action="/certificates">
                <Field
                    name="number"
                    label=say::check_number(language)
                    hint=say::check_number_hint(language)
                    value=typed
                    autocomplete="off"
                    size=24
                    error=errors.of("number")
                />
                <SubmitButton label=say::check_now(language)/>
            </PostForm>
        }
        .into_any()
    })
}

/// POST /certificates: a number with a slip in it goes no further than here.
pub async fn read(
    State(app): State<App>,
    caller: Caller,
    Posted(typed): Posted<Typed, MOST_BYTES>,
) -> Answer {
    let sentence = match Number::read(&typed.number) {
        Some(number) => return Ok(go(&app, &format!("/certificates/{}", number.grouped()), "")),
        None if typed.number.trim().is_empty() => say::check_missing(caller.language),
        None => say::check_malformed(caller.language),
    };
    let errors = FormErrors::one("number", sentence);
    Ok(form(&app, &caller, StatusCode::UNPROCESSABLE_ENTITY, typed.number, errors))
}

/// GET /certificates/{key}
pub async fn show(State(app): State<App>, caller: Caller, At(key): At<String>) -> Answer {
    let Some(key) = Key::read(&key) else { return Ok(unknown(&app, &caller)) };
    match check::certificate(&app.db, &key).await {
        Ok(found) => Ok(shown(&app, &caller, &key, &found, StatusCode::OK, Compared::default())),
        Err(Error::NotFound) => Ok(unknown(&app, &caller)),
        Err(Error::TooMany) => Ok(too_many(&app, &caller, &key)),
        Err(error) => Err(error.into()),
    }
}

/// POST /certificates/{key}: compares a name.
pub async fn compare(
    State(app): State<App>,
    caller: Caller,
    At(key): At<String>,
    Posted(named): Posted<Named, MOST_BYTES>,
) -> Answer {
    let language = caller.language;
    let Some(key) = Key::read(&key) else { return Ok(unknown(&app, &caller)) };
    let found = match check::certificate(&app.db, &key).await {
        Ok(found) => found,
        Err(Error::NotFound) => return Ok(unknown(&app, &caller)),
        Err(Error::TooMany) => return Ok(too_many(&app, &caller, &key)),
        Err(error) => return Err(error.into()),
    };
    let mut compared = Compared { typed: named.name, ..Compared::default() };
    let status = if compared.typed.trim().is_empty() {
        compared.errors.add("name", say::name_missing(language));
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        match check::is_named(&app.db, &key, &compared.typed).await {
            Ok(right) => {
                compared.right = Some(right);
                StatusCode::OK
            }
            Err(Error::TooMany) => {
                compared.errors.add("name", say::name_too_many(language));
                StatusCode::TOO_MANY_REQUESTS
            }
            Err(error) => return Err(error.into()),
        }
    };
    Ok(shown(&app, &caller, &key, &found, status, compared))
}

fn unknown(app: &App, caller: &Caller) -> Response {
    let language = caller.language;
    let title = say::check_unknown(language);
    page(app, caller, StatusCode::NOT_FOUND, title, || {
        view! {
            <PageHead title=title lead=say::check_unknown_text(language)/>
            <ActionLink label=say::check_another(language) href="/certificates" kind=ButtonKind::Secondary/>
        }
        .into_any()
    })
}

fn too_many(app: &App, caller: &Caller, key: &Key) -> Response {
    let errors = FormErrors::one("number", say::check_too_many(caller.language));
    form(app, caller, StatusCode::TOO_MANY_REQUESTS, key.number().grouped(), errors)
}

fn shown(
    app: &App,
    caller: &Caller,
    key: &Key,
    found: &Certificate,
    status: StatusCode,
    compared: Compared,
) -> Response {
    let language = caller.language;
    let title = say::check_title(language);
    page(app, caller, status, title, || {
        let action = match key {
            Key::Token(token) => format!("/certificates/{token}"),
            Key::Number(number) => format!("/certificates/{}", number.grouped()),
        };
        let erased = found.holder.is_none().then(|| naming(language, found, action, &compared));
        view! {
            {summary(language, &compared.errors)}
            <PageHead title=title lead=say::check_compare(language)/>
            {verdict(language, found)}
            <SummaryList rows=rows(language, key, found)/>
            {erased}
            <ActionLink label=say::check_another(language) href="/certificates" kind=ButtonKind::Secondary/>
        }
        .into_any()
    })
}

/// All that stands on the paper.
fn rows(language: Language, key: &Key, found: &Certificate) -> Vec<SummaryRow> {
    let name = found
        .holder
        .as_ref()
        .map_or_else(|| say::name_erased(language).to_owned(), |holder| holder.name.clone());
    let lang = (found.course_language != language.code()).then(|| found.course_language.clone());
    let title = found.course_title.clone();
    let mut rows = vec![
        SummaryRow::new(say::field_number(language), key.number().grouped()),
        SummaryRow::new(say::field_name(language), name),
        SummaryRow::view(say::field_course(language), view! { <span lang=lang>{title}</span> }.into_any()),
    ];
    // What stands on the paper comes first; this is for readers who do not know its language.
    if let (title, true) =
        (found.title_in(language.code()).0, found.course_titles.contains_key(language.code()))
    {
        rows.push(SummaryRow::new(say::field_course_translated(language), title.to_owned()));
    }
    rows.extend(facts(language, found).into_iter().map(|(name, value)| SummaryRow::new(name, value)));
    rows.push(SummaryRow::new(say::field_organisation(language), found.organisation_name.clone()));
    let template = &found.template;
    let arms = template.arms.as_ref().map(|(_, alt)| alt.as_str()).unwrap_or_default();
    for (name, value) in [
        (say::field_place(language), template.place.as_str()),
        (say::field_signatory(language), &template.signatory_name),
        (say::field_office(language), &template.signatory_office),
        (say::field_wording(language), &template.wording),
        (say::field_arms(language), arms),
    ] {
        if !value.is_empty() {
            rows.push(SummaryRow::new(name, value));
        }
    }
    rows
}

/// That the name was erased, and the form to compare the one on the paper.
fn naming(language: Language, found: &Certificate, action: String, compared: &Compared) -> AnyView {
    let day = found.erased_at.map(date::day).unwrap_or_default();
    let answer = compared.right.map(|right| {
        let (tone, text) = if right {
            (Tone::Success, say::name_right(language))
        } else {
            (Tone::Danger, say::name_wrong(language))
        };
        view! { <div role="status"><Notice tone=tone><p>{text}</p></Notice></div> }
    });
    let (typed, error) = (compared.typed.clone(), compared.errors.of("name"));
    view! {
        <h2>{say::erased_title(language)}</h2>
        <p>{say::erased_text(language, &day)}</p>
        {answer}
        <PostForm action=action>
            <Field name="name" label=say::name_typed(language) value=typed autocomplete="off" error=error/>
            <SubmitButton label=say::name_compare(language) kind=ButtonKind::Secondary/>
        </PostForm>
    }
    .into_any()
}

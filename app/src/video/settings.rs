//! How films are shown to a person, and the saving of data in the whole organisation. The player keeps its own choices here too.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use identity::permit::{Kind, Verb};
use leptos::prelude::*;
use serde::Deserialize;
use video::choice::{self, COLOURS, Choices, SIZES};
use words::{Language, films as say, identity as people, player};

use super::beside;
use crate::caller::Caller;
use crate::parts::{ButtonKind, Checkbox, Choice, Link, PageHead, PostForm, Radios, Select, SubmitButton};
use crate::problem::Answer;
use crate::request::Posted;
use crate::state::App;
use crate::way::trail;

/// What one person chose on the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Form {
    shortcuts: String,
    data_saver: String,
    caption_size: String,
    caption_colour: String,
}

/// GET /account/films
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let choices = choice::own(&mut visit.tx).await?;
    let (language, rules) = (visit.language, visit.me.may(Verb::Change, Kind::People));
    visit.page(say::settings_title(language), move || view(language, &choices, rules, &app))
}

/// POST /account/films
pub async fn save(State(app): State<App>, caller: Caller, Posted(form): Posted<Form>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let before = choice::own(&mut visit.tx).await?;
    let choices = Choices {
        shortcuts: form.shortcuts == "on",
        data_saver: match form.data_saver.as_str() {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        },
        caption_size: form.caption_size,
        caption_colour: form.caption_colour,
        ..before
    };
    choice::keep(&mut visit.tx, &choices).await?;
    visit.commit_and_go("/account/films", "film-settings").await
}

/// What administrators say for all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ForAll {
    data_saver: String,
}

/// POST /account/films/all
pub async fn save_for_all(State(app): State<App>, caller: Caller, Posted(form): Posted<ForAll>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let admin = visit.me.people_admin()?;
    choice::keep_for_all(&mut visit.tx, &admin, form.data_saver == "on").await?;
    visit.commit_and_go("/account/films", "film-settings").await
}

/// What the player tells: only what was chosen is named.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Told {
    shortcuts: Option<String>,
    caption_size: Option<String>,
    caption_colour: Option<String>,
    speed: Option<String>,
    captions: Option<String>,
}

/// POST /films/choices
pub async fn tell(State(app): State<App>, caller: Caller, Posted(told): Posted<Told>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let before = choice::own(&mut visit.tx).await?;
    let choices = Choices {
        shortcuts: told.shortcuts.map_or(before.shortcuts, |shortcuts| shortcuts == "on"),
        caption_size: told.caption_size.unwrap_or(before.caption_size),
        caption_colour: told.caption_colour.unwrap_or(before.caption_colour),
        speed: told.speed.and_then(|speed| speed.parse().ok()).unwrap_or(before.speed),
        captions: told.captions.unwrap_or(before.captions),
        ..before
    };
    choice::keep(&mut visit.tx, &choices).await?;
    visit.tx.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn view(language: Language, choices: &Choices, rules: bool, app: &App) -> AnyView {
    let way = vec![Link::new(people::account_title(language), "/account")];
    let all = rules.then(|| for_all(language, choices.organisation_saves));
    let organisation = if choices.organisation_saves {
        say::saver_as_all_on(language)
    } else {
        say::saver_as_all_off(language)
    };
    let saver = [
        ("", organisation, None),
        ("on", say::saver_on(language), Some(true)),
        ("off", say::saver_off(language), Some(false)),
    ]
    .map(|(value, label, means)| Choice { chosen: choices.data_saver == means, ..Choice::new(value, label) })
    .to_vec();
    let sizes = SIZES.map(|size| Choice::new(size, size_name(language, size))).to_vec();
    let colours = COLOURS.map(|colour| Choice::new(colour, colour_name(language, colour))).to_vec();
    let (size, colour) = (choices.caption_size.clone(), choices.caption_colour.clone());
    let shortcuts = choices.shortcuts;
    view! {
        {trail(language, way, say::settings_title(language))}
        <PageHead title=say::settings_title(language) lead=say::settings_lead(language)/>
        <PostForm action="/account/films">
            <Radios name="data_saver" legend=say::saver_legend(language) hint=say::saver_hint(language) choices=saver/>
            <Select name="caption_size" label=player::caption_size(language) choices=sizes chosen=size/>
            <Select name="caption_colour" label=player::caption_colour(language) choices=colours chosen=colour/>
            <Checkbox
                name="shortcuts"
                value="on"
                label=player::shortcuts_on(language)
                hint=say::shortcuts_hint(language)
                checked=shortcuts
            />
            <SubmitButton label=say::settings_save(language)/>
        </PostForm>
        {beside::meter_settings(language, app)}
        {all}
    }
    .into_any()
}

fn for_all(language: Language, saves: bool) -> AnyView {
    view! {
        <h2>{say::for_all_title(language)}</h2>
        <p>{say::for_all_text(language)}</p>
        <PostForm action="/account/films/all">
            <Checkbox name="data_saver" value="on" label=say::for_all_label(language) checked=saves/>
            <SubmitButton label=say::for_all_save(language) kind=ButtonKind::Secondary/>
        </PostForm>
        <p><a href="/films/storage">{words::storage::title(language)}</a></p>
    }
    .into_any()
}

fn size_name(language: Language, size: &str) -> &'static str {
    match size {
        "large" => player::size_large(language),
        "largest" => player::size_largest(language),
        _ => player::size_normal(language),
    }
}

fn colour_name(language: Language, colour: &str) -> &'static str {
    match colour {
        "yellow" => player::colour_yellow(language),
        "black" => player::colour_black(language),
        _ => player::colour_white(language),
    }
}

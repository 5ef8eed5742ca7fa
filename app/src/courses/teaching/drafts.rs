//! A draft of captions by the recogniser that the settings name: asking for one, and what became of it.

use axum::extract::State;
use courses::UnitId;
use leptos::prelude::*;
use serde::Deserialize;
use video::caption;
use video::recognise::{self, Draft, Refused};
use words::{Language, studio as say};

use super::captions::LANGUAGES;
use super::film;
use crate::caller::Caller;
use crate::date;
use crate::parts::{ButtonKind, Choice, FormErrors, Notice, PostForm, Select, SubmitButton, Tone};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;

/// The language that is spoken.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    spoken: String,
}

/// Where the drafts stand, and the form that asks for one; or that there is no recogniser.
pub fn view(
    language: Language,
    path: &str,
    has_recogniser: bool,
    drafts: &[Draft],
    errors: &FormErrors,
) -> AnyView {
    let rows = drafts.iter().filter_map(|one| row(language, one)).collect_view();
    let error = errors.of("spoken");
    let inside = if has_recogniser {
        let choices = LANGUAGES.iter().map(|(code, name)| Choice::new(*code, *name)).collect();
        view! {
            <p>{say::draft_text(language)}</p>
            {rows}
            <PostForm action=format!("{path}/captions/draft")>
                <Select
                    name="spoken"
                    label=say::draft_language(language)
                    choices=choices
                    chosen="pl"
                    error=error
                />
                <SubmitButton label=say::draft_ask(language) kind=ButtonKind::Secondary/>
            </PostForm>
        }
        .into_any()
    } else {
        view! { {rows}<p>{say::draft_none(language)}</p> }.into_any()
    };
    view! { <h3>{say::draft_title(language)}</h3>{inside} }.into_any()
}

/// One that waits, or did not come about; one that did stands among the captions.
fn row(language: Language, one: &Draft) -> Option<AnyView> {
    let name = caption::name_of(&one.language);
    let (tone, said) = match one.refused {
        Some(why) => (Tone::Warning, say::draft_failed(language, name, sentence(language, why))),
        None if one.ended => return None,
        None => (Tone::Info, say::draft_waits(language, name, &date::moment(one.asked_at))),
    };
    let refresh = (!one.ended).then(|| view! { <p><a href="">{say::refresh(language)}</a></p> });
    Some(view! { <Notice tone=tone><p>{said}</p>{refresh}</Notice> }.into_any())
}

fn sentence(language: Language, why: Refused) -> &'static str {
    match why {
        Refused::None => say::draft_why_none(language),
        Refused::NoSound => say::draft_why_no_sound(language),
        Refused::Unreachable => say::draft_why_unreachable(language),
        Refused::Failed => say::draft_why_failed(language),
        Refused::TimedOut => say::draft_why_timed_out(language),
        Refused::NotCaptions => say::draft_why_not_captions(language),
        Refused::Exists => say::draft_why_exists(language),
    }
}

/// Asks for a draft.
pub async fn ask(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Posted(wish): Posted<Wish>,
) -> Answer {
    let (mut visit, proof, mut page) = film::open(&app, &caller, &slug, id).await?;
    let language = visit.language;
    let editable = film::editable(&mut visit, &proof, id).await?;
    let refused = if app.settings.drafts_captions {
        match recognise::ask(&mut visit.tx, &editable, &wish.spoken).await {
            Ok(()) => {
                let place = format!("/teaching/{slug}/units/{id}/film");
                return visit.commit_and_go(&place, "captions-drafted").await;
            }
            Err(video::Error::WrongState(word)) if word == Refused::Exists.word() => {
                say::draft_why_exists(language).to_owned()
            }
            Err(video::Error::WrongState(_)) => say::draft_not_ready(language).to_owned(),
            Err(video::Error::Captions { line, problem }) => {
                super::captions::sentence(language, line, problem)
            }
            Err(error) => return Err(error.into()),
        }
    } else {
        say::draft_why_none(language).to_owned()
    };
    page.errors.add("spoken", refused);
    film::answer(visit, page)
}

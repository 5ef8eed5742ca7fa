//! The films that accompany the film of a unit: in sign language, with audio description. They are films of other units of the course.

use axum::extract::State;
use courses::companion::{self as area, Companions};
use courses::{Error, UnitId};
use identity::Problem as Wrong;
use leptos::prelude::*;
use serde::Deserialize;
use uuid::Uuid;
use video::FilmId;
use video::companion::{self, Kind};
use words::companions as say;

use super::film_part::{self, FilmPart, Head};
use crate::caller::Caller;
use crate::parts::{Choice, PostForm, Select, SubmitButton};
use crate::problem::Answer;
use crate::refused;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// The form as it was posted: ids of films, empty for none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    sign_language: String,
    audio_description: String,
}

impl Typed {
    fn of(&self, kind: Kind) -> &str {
        match kind {
            Kind::SignLanguage => &self.sign_language,
            Kind::AudioDescription => &self.audio_description,
        }
    }

    fn set(&mut self, kind: Kind, film: FilmId) {
        match kind {
            Kind::SignLanguage => self.sign_language = film.to_string(),
            Kind::AudioDescription => self.audio_description = film.to_string(),
        }
    }

    /// What is no id of a film names none that there is.
    fn read(&self) -> Companions {
        let film = |text: &str| {
            let typed = (!text.is_empty()).then_some(text);
            typed.map(|text| text.parse().unwrap_or(FilmId(Uuid::nil())))
        };
        Companions {
            sign_language: film(&self.sign_language),
            audio_description: film(&self.audio_description),
        }
    }
}

/// The form.
pub async fn show(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, proof, editable, part) = film_part::open(&app, &caller, &slug, id).await?;
    let mut typed = Typed::default();
    for (kind, film) in companion::of(&mut visit.tx, &editable.watchable()).await? {
        typed.set(kind, film);
    }
    let others = area::others(&mut visit.tx, &proof, &editable).await?;
    answer(visit, part, &others, &typed)
}

/// Keeps them.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof, editable, mut part) = film_part::open(&app, &caller, &slug, id).await?;
    let language = visit.language;
    let kept = area::set(&mut visit.tx, &proof, &editable, &typed.read()).await;
    match kept {
        Ok(()) => visit.commit_and_go(&format!("/teaching/{slug}/units/{id}/film"), "companions-saved").await,
        Err(Error::Invalid(wrong)) => {
            part.errors = refused::errors(&wrong, |one| match one.problem {
                Wrong::Taken => say::twice(language).to_owned(),
                _ => say::unknown(language).to_owned(),
            });
            let others = area::others(&mut visit.tx, &proof, &editable).await?;
            answer(visit, part, &others, &typed)
        }
        Err(error) => Err(error.into()),
    }
}

fn answer(visit: Visit, part: FilmPart, others: &[(FilmId, String)], typed: &Typed) -> Answer {
    let language = visit.language;
    let head = Head {
        title: say::companions_of(language, &part.unit.title),
        short: say::short(language),
        lead: say::lead(language),
    };
    film_part::answer(visit, part, head, |film_page, errors| {
        if others.is_empty() {
            return view! { <p>{say::no_others(language)}</p> }.into_any();
        }
        let select = |kind: Kind| -> AnyView {
            let mut choices = vec![Choice::new("", say::none(language))];
            choices.extend(others.iter().map(|(film, title)| Choice::new(film.to_string(), title.clone())));
            let (label, hint) = match kind {
                Kind::SignLanguage => (say::sign_language(language), say::sign_language_hint(language)),
                Kind::AudioDescription => {
                    (say::audio_description(language), say::audio_description_hint(language))
                }
            };
            let error = errors.of(kind.word());
            let chosen = typed.of(kind).to_owned();
            view! { <Select name=kind.word() label=label hint=hint choices=choices chosen=chosen error=error/> }
                .into_any()
        };
        let selects = Kind::ALL.map(select).collect_view();
        view! {
            <PostForm action=format!("{film_page}/companions")>
                {selects}
                <SubmitButton label=say::save(language)/>
            </PostForm>
        }
        .into_any()
    })
}

//! The films that accompany the film of a unit: in sign language, with audio description. They are films of other units of the course.

use axum::extract::State;
use courses::course::Course;
use courses::outline::{self, Unit};
use courses::{Error, Taught, UnitId, film as unit_film};
use leptos::prelude::*;
use serde::Deserialize;
use video::companion::{self, Kind};
use video::{Editable, FilmId};
use words::{Language, companions as say, courses as text};

use super::{card, film};
use crate::caller::Caller;
use crate::courses::taught;
use crate::parts::{Choice, FormErrors, PageHead, PostForm, Select, SubmitButton};
use crate::problem::{Answer, Problem};
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
}

struct Page {
    course: Course,
    unit: Unit,
    /// Films of the other units, with the titles of these.
    others: Vec<(FilmId, String)>,
    typed: Typed,
    errors: FormErrors,
}

async fn open(
    app: &App,
    caller: &Caller,
    slug: &str,
    id: UnitId,
) -> Result<(Visit, Taught, Editable, Page), Problem> {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let unit = outline::unit(&mut visit.tx, &proof, id).await?;
    let editable = film::editable(&mut visit, &proof, id).await?;
    let mut typed = Typed::default();
    for (kind, film) in companion::of(&mut visit.tx, &editable.watchable()).await? {
        typed.set(kind, film);
    }
    let units = outline::draft(&mut visit.tx, &proof).await?.into_iter().flat_map(|section| section.units);
    let others = units
        .filter_map(|unit| Some((unit.film?, unit.title)))
        .filter(|(film, _)| *film != editable.film())
        .collect();
    Ok((visit, proof, editable, Page { course, unit, others, typed, errors: FormErrors::new() }))
}

/// The form.
pub async fn show(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (visit, _, _, page) = open(&app, &caller, &slug, id).await?;
    answer(visit, page)
}

/// Keeps them.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof, editable, mut page) = open(&app, &caller, &slug, id).await?;
    let language = visit.language;
    for kind in Kind::ALL {
        let wanted = typed.of(kind);
        if wanted.is_empty() {
            continue;
        }
        let known = page.others.iter().any(|(film, _)| film.to_string() == wanted);
        if !known {
            page.errors.add(kind.word(), say::unknown(language));
        }
    }
    if !typed.sign_language.is_empty() && typed.sign_language == typed.audio_description {
        page.errors.add(Kind::AudioDescription.word(), say::twice(language));
    }
    if !page.errors.is_empty() {
        page.typed = typed;
        return answer(visit, page);
    }
    for kind in Kind::ALL {
        let other = match typed.of(kind).parse::<FilmId>() {
            Ok(film) => Some(unit_film::for_editing(&mut visit.tx, &proof, film).await?),
            Err(_) => None,
        };
        companion::set(&mut visit.tx, &editable, kind, other.as_ref()).await.map_err(Error::from)?;
    }
    visit.commit_and_go(&format!("/teaching/{slug}/units/{id}/film"), "companions-saved").await
}

fn answer(visit: Visit, page: Page) -> Answer {
    let language = visit.language;
    let title = say::companions_of(language, &page.unit.title);
    if page.errors.is_empty() {
        visit.page(&title.clone(), move || view(language, title, page))
    } else {
        visit.refused(&title.clone(), move || view(language, title, page))
    }
}

fn view(language: Language, title: String, page: Page) -> AnyView {
    let Page { course, unit, others, typed, errors } = page;
    let slug = course.card.slug.clone();
    let below = format!("{slug}/units/{}", unit.id);
    let film_page = format!("{below}/film");
    let between = [
        (course.card.title.as_str(), slug.as_str()),
        (unit.title.as_str(), below.as_str()),
        (text::film_title(language), film_page.as_str()),
    ];
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
    let form = if others.is_empty() {
        view! { <p>{say::no_others(language)}</p> }.into_any()
    } else {
        view! {
            <PostForm action=format!("/teaching/{below}/film/companions")>
                {selects}
                <SubmitButton label=say::save(language)/>
            </PostForm>
        }
        .into_any()
    };
    view! {
        {card::summary(language, &errors)}
        {taught::way(language, &between, say::short(language))}
        <PageHead title=title lead=say::lead(language)/>
        {form}
    }
    .into_any()
}

//! What the pages of one thing about a unit's film have in common: its chapters, the films that accompany it.

use courses::course::Course;
use courses::outline::{self, Unit};
use courses::{Taught, UnitId};
use leptos::prelude::*;
use video::Editable;
use words::courses as text;

use super::{card, film};
use crate::caller::Caller;
use crate::courses::taught;
use crate::parts::{FormErrors, PageHead};
use crate::problem::{Answer, Problem};
use crate::state::App;
use crate::visit::Visit;

/// The course and the unit whose film it is about, and what was refused.
pub struct FilmPart {
    /// The course.
    pub course: Course,
    /// The unit.
    pub unit: Unit,
    /// What was refused of the form.
    pub errors: FormErrors,
}

/// What the page says of itself.
pub struct Head {
    /// Its title.
    pub title: String,
    /// The same at the end of the way.
    pub short: &'static str,
    /// What it is for.
    pub lead: &'static str,
}

/// Opens such a page. Errors: `NotFound` for a unit without a film.
pub async fn open(
    app: &App,
    caller: &Caller,
    slug: &str,
    id: UnitId,
) -> Result<(Visit, Taught, Editable, FilmPart), Problem> {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let unit = outline::unit(&mut visit.tx, &proof, id).await?;
    let editable = film::editable(&mut visit, &proof, id).await?;
    Ok((visit, proof, editable, FilmPart { course, unit, errors: FormErrors::new() }))
}

/// The page, refused when there are errors. `form` is given the address of the film's page and the errors.
pub fn answer(
    visit: Visit,
    part: FilmPart,
    head: Head,
    form: impl FnOnce(String, &FormErrors) -> AnyView,
) -> Answer {
    let language = visit.language;
    let FilmPart { course, unit, errors } = part;
    let Head { title, short, lead } = head;
    visit.form(&title.clone(), errors, move |errors| {
        let slug = course.card.slug.clone();
        let below = format!("{slug}/units/{}", unit.id);
        let film_page = format!("{below}/film");
        let between = [
            (course.card.title.as_str(), slug.as_str()),
            (unit.title.as_str(), below.as_str()),
            (text::film_title(language), film_page.as_str()),
        ];
        let form = form(format!("/teaching/{film_page}"), &errors);
        view! {
            {card::summary(language, &errors)}
            {taught::way(language, &between, short)}
            <PageHead title=title lead=lead/>
            {form}
        }
        .into_any()
    })
}

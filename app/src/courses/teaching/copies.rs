//! A course made of another one; a unit used in another course; and what its original says now.

use axum::extract::State;
use courses::copy::{self, Along, Origin};
use courses::course::{self, Course};
use courses::{Error, SectionId, UnitId, find, outline};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, courses as text, frame, writing as say};

use super::{card, differences};
use crate::caller::Caller;
use crate::courses::taught;
use crate::parts::{
    Actions, ButtonKind, Choice, Field, FormErrors, Notice, PageHead, PostForm, Select, SubmitButton, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// The new course's title as it was posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    title: String,
}

/// Asks for the title of the copy, and says what is copied and what is not.
pub async fn ask(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    visit.me.author()?;
    let along = copy::along(&mut visit.tx, &proof).await?;
    let language = visit.language;
    let title: String = say::copy_of(language, &course.card.title).chars().take(200).collect();
    visit.page(say::copy_title(language), move || form(language, &course, &along, title, &FormErrors::new()))
}

/// What comes along, and what stays behind.
fn along_list(language: Language, along: &Along) -> AnyView {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let counted = [
        (along.units, say::copy_units(language, number(along.units))),
        (along.tests, say::copy_tests(language, number(along.tests))),
        (along.questions, say::copy_questions(language, number(along.questions))),
        (along.pictures, say::copy_pictures(language, number(along.pictures))),
        (along.films.len(), say::copy_films(language, number(along.films.len()))),
    ];
    let items =
        counted.into_iter().filter(|(count, _)| *count > 0).map(|(_, said)| view! { <li>{said}</li> });
    let items = items.collect_view();
    let left = (!along.left.is_empty()).then(|| {
        let items = along.left.iter().map(|title| view! { <li>{title.clone()}</li> }).collect_view();
        view! { <Notice tone=Tone::Warning title=say::copy_films_left(language)><ul>{items}</ul></Notice> }
    });
    view! {
        <section class="sheet" aria-labelledby="along">
            <h2 id="along">{say::copy_along(language)}</h2>
            <ul>{items}</ul>
            <p class="hint">{say::copy_along_hint(language)}</p>
        </section>
        {left}
    }
    .into_any()
}

fn form(language: Language, course: &Course, along: &Along, title: String, errors: &FormErrors) -> AnyView {
    let slug = &course.card.slug;
    let field = view! {
        <Field name="title" label=text::card_title(language) value=title error=errors.of("title") autocomplete="off"/>
    };
    let back = format!("/teaching/{slug}");
    view! {
        {card::summary(language, errors)}
        {taught::way(language, &[(&course.card.title, slug)], say::copy_title(language))}
        <PageHead title=say::copy_title(language) kicker=course.card.title.clone() lead=say::copy_lead(language)/>
        {along_list(language, along)}
        <PostForm action=format!("/teaching/{slug}/copy")>
            {field}
            <Actions>
                <SubmitButton label=say::copy_act(language)/>
                <a href=back>{frame::cancel(language)}</a>
            </Actions>
        </PostForm>
    }
    .into_any()
}

/// Makes the copy and opens its draft.
pub async fn make(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let author = visit.me.author()?;
    match copy::course(&mut visit.tx, &author, &proof, &typed.title).await {
        Ok(copy) => {
            let path = format!("/teaching/{}", copy.slug());
            visit.commit_and_go(&path, "course-copied").await
        }
        Err(Error::Invalid(problems)) => {
            let language = visit.language;
            let along = copy::along(&mut visit.tx, &proof).await?;
            let errors = card::errors(language, &problems);
            visit.refused(say::copy_title(language), move || {
                form(language, &course, &along, typed.title, &errors)
            })
        }
        Err(error) => Err(error.into()),
    }
}

/// Where the unit goes, as it was posted: `<course> <section>`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Target {
    section: String,
}

/// The sections of the courses that the person teaches.
async fn sections(visit: &mut Visit) -> Result<Vec<Choice>, Problem> {
    let mut choices = Vec::new();
    for one in course::taught(&mut visit.tx, &visit.me).await? {
        let found = find::course(&mut visit.tx, &visit.me, &one.card.slug).await?;
        if !found.is_taught() {
            continue;
        }
        let proof = found.for_teaching()?;
        for section in outline::draft(&mut visit.tx, &proof).await? {
            let label = format!("{}: {}", one.card.title, section.title);
            choices.push(Choice::new(format!("{} {}", one.card.slug, section.id), label));
        }
    }
    Ok(choices)
}

/// Asks where a copy of the unit goes.
pub async fn ask_reuse(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
) -> Answer {
    reuse_page(&app, &caller, &slug, id, String::new(), None).await
}

async fn reuse_page(
    app: &App,
    caller: &Caller,
    slug: &str,
    id: UnitId,
    chosen: String,
    wrong: Option<&'static str>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let unit = outline::unit(&mut visit.tx, &proof, id).await?;
    let along = copy::along_with(&mut visit.tx, &proof, id).await?;
    let choices = sections(&mut visit).await?;
    let language = visit.language;
    let errors = wrong.map_or_else(FormErrors::new, |wrong| FormErrors::one("section", wrong));
    let action = format!("/teaching/{slug}/units/{id}/reuse");
    let slug = slug.to_owned();
    visit.form(say::reuse_title(language), errors, move |errors| {
        let back = format!("/teaching/{slug}/units/{id}");
        let field = view! {
            <Select
                name="section"
                label=say::reuse_where(language)
                choices=choices
                chosen=chosen
                error=errors.of("section")
            />
        };
        view! {
            {card::summary(language, &errors)}
            {taught::way(language, &[(&course.card.title, &slug)], say::reuse_title(language))}
            <PageHead title=say::reuse_question(language, &unit.title) lead=say::reuse_lead(language)/>
            {along_list(language, &along)}
            <PostForm action=action>
                {field}
                <Actions>
                    <SubmitButton label=say::reuse_act(language)/>
                    <a href=back>{frame::cancel(language)}</a>
                </Actions>
            </PostForm>
        }
        .into_any()
    })
}

/// Makes the copy and opens it.
pub async fn reuse(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Posted(target): Posted<Target>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    let language = visit.language;
    outline::unit(&mut visit.tx, &proof, id).await?;
    let place = target.section.split_once(' ').and_then(|(course, section)| {
        section.parse::<SectionId>().ok().map(|section| (course.to_owned(), section))
    });
    if let Some((to, section)) = place {
        let found = find::course(&mut visit.tx, &visit.me, &to).await;
        let to = match found.and_then(courses::find::Found::for_teaching) {
            Ok(to) => Some(to),
            Err(Error::NotFound | Error::NotAllowed) => None,
            Err(error) => return Err(error.into()),
        };
        if let Some(to) = to {
            match copy::unit(&mut visit.tx, &proof, id, &to, section).await {
                Ok(copy) => {
                    let path = format!("/teaching/{}/units/{copy}", to.slug());
                    return visit.commit_and_go(&path, "unit-copied").await;
                }
                Err(Error::Invalid(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    drop(visit);
    reuse_page(&app, &caller, &slug, id, target.section, Some(say::reuse_choose(language))).await
}

/// A line in the editor of a copy: where it came from, and whether the original has changed.
pub fn origin_line(language: Language, path: &str, origin: &Origin) -> AnyView {
    let said = say::origin_of(language, &origin.title, &origin.course);
    let state = match (origin.gone, origin.changed) {
        (true, _) => say::origin_gone(language),
        (_, true) => say::origin_changed(language),
        _ => return view! { <p class="hint">{said}</p> }.into_any(),
    };
    let href = format!("{path}/origin");
    view! {
        <Notice tone=Tone::Info title=state>
            <p>{said}</p>
            <p><a href=href>{say::origin_compare(language)}</a></p>
        </Notice>
    }
    .into_any()
}

/// The original as it is now beside the copy. Only for those who teach the original's course as well.
pub async fn origin(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let unit = outline::unit(&mut visit.tx, &proof, id).await?;
    let origin = copy::origin(&mut visit.tx, &proof, id).await?.ok_or(Error::NotFound)?;
    let reads = match find::course(&mut visit.tx, &visit.me, &origin.slug).await {
        Ok(found) => found.is_taught(),
        Err(Error::NotFound) => false,
        Err(error) => return Err(error.into()),
    };
    let language = visit.language;
    visit.page(say::origin_title(language), move || {
        let shown = if reads {
            differences::text(language, "", &unit.markdown, &origin.markdown)
        } else {
            view! { <p>{say::origin_hidden(language)}</p> }.into_any()
        };
        let action = format!("/teaching/{slug}/units/{id}/origin");
        view! {
            {taught::way(language, &[(&course.card.title, &slug)], say::origin_title(language))}
            <PageHead
                title=say::origin_title(language)
                kicker=unit.title.clone()
                lead=say::origin_of(language, &origin.title, &origin.course)
            />
            {shown}
            <PostForm action=action>
                <SubmitButton label=say::origin_seen(language) kind=ButtonKind::Secondary/>
            </PostForm>
        }
        .into_any()
    })
}

/// The original was looked at: the flag goes until it changes again.
pub async fn seen(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    copy::seen(&mut visit.tx, &proof, id).await?;
    visit.commit_and_go(&format!("/teaching/{slug}/units/{id}"), "saved").await
}

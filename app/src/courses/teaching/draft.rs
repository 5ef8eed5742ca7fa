//! The draft of a course: its sections and units, and what stands between it and its learners.

use axum::extract::State;
use courses::check;
use courses::course::{Course, State as Life};
use courses::offer::takeover::{self, Origin};
use courses::outline::{self, Section};
use courses::publish::{self, DraftFilm};
use courses::{Error, SectionId};
use leptos::prelude::*;
use serde::Deserialize;
use video::film::State as Stage;
use words::{Language, courses as text, quizzes, writing as say};

use super::card;
use crate::caller::Caller;
use crate::courses::taught::{self, Tab, state_tag, tabs};
use crate::date;
use crate::parts::{
    ActionLink, ButtonKind, Choice, Columns, EmptyState, Field, FormErrors, Notice, PageHead, PostForm,
    Select, SubmitButton, Tag, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Posted};
use crate::state::App;

/// What was typed into the two small forms of the page, and what is wrong with it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    unit_title: String,
    section: String,
    section_title: String,
    #[serde(skip)]
    errors: FormErrors,
}

struct Page {
    course: Course,
    sections: Vec<Section>,
    films: Vec<DraftFilm>,
    findings: usize,
    /// Where the course came from, when it was adopted.
    origin: Option<Origin>,
    typed: Typed,
}

/// The draft.
pub async fn show(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    page(&app, &caller, &slug, Typed::default()).await
}

async fn page(app: &App, caller: &Caller, slug: &str, typed: Typed) -> Answer {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let sections = outline::draft(&mut visit.tx, &proof).await?;
    let films = publish::films(&mut visit.tx, &proof).await?;
    // Films are told of beside their units.
    let found = check::all(&mut visit.tx, &proof).await?;
    let told_here =
        |what: &check::What| matches!(what, check::What::Text(_) | check::What::UnequalPoints { .. });
    let findings = found.iter().filter(|one| told_here(&one.what)).count();
    let origin = takeover::origin(&mut visit.tx, &proof).await?;
    let (language, title) = (visit.language, course.card.title.clone());
    let refused = !typed.errors.is_empty();
    let page = Page { course, sections, films, findings, origin, typed };
    if refused {
        visit.refused(&title, move || view(language, page))
    } else {
        visit.page(&title, move || view(language, page))
    }
}

fn view(language: Language, page: Page) -> AnyView {
    let Page { course, sections, films, findings, origin, typed } = page;
    let slug = course.card.slug.clone();
    let empty = sections.iter().all(|section| section.units.is_empty());
    let hint = empty.then(
        || view! { <EmptyState title=text::draft_empty(language) text=text::draft_empty_text(language)/> },
    );
    let last = sections.len().saturating_sub(1);
    let list = sections
        .iter()
        .enumerate()
        .map(|(at, section)| section_view(language, &slug, section, (at == 0, at == last), &films))
        .collect_view();
    let aside = status(language, &course, empty, findings, &films);
    view! {
        {card::summary(language, &typed.errors)}
        {tabs(language, &course, Tab::Draft)}
        <PageHead title=course.card.title.clone() lead=text::draft_lead(language)/>
        {origin.map(|origin| came_from(language, &slug, &origin))}
        <Columns aside=aside>
            {hint}
            {list}
            {unit_form(language, &slug, &sections, &typed)}
            {section_form(language, &slug, &typed)}
        </Columns>
    }
    .into_any()
}

/// Where an adopted course came from, and the way to a newer version.
fn came_from(language: Language, slug: &str, origin: &Origin) -> AnyView {
    use words::sharing;
    let said = sharing::came_from(language, &origin.publisher, &origin.number.to_string());
    let href = format!("/teaching/{slug}/takeover");
    match (origin.newer, origin.open) {
        (Some(number), _) => {
            let title = sharing::newer(language, &number.to_string());
            view! {
                <Notice tone=Tone::Info title=title>
                    <p>{said}</p>
                    <p><a href=href>{sharing::newer_open(language)}</a></p>
                </Notice>
            }
            .into_any()
        }
        (None, true) => view! { <p class="hint">{said}</p> }.into_any(),
        (None, false) => view! { <p class="hint">{said}" "{sharing::is_withdrawn(language)}</p> }.into_any(),
    }
}

fn section_view(
    language: Language,
    slug: &str,
    section: &Section,
    (first, last): (bool, bool),
    films: &[DraftFilm],
) -> AnyView {
    let units = section.units.len();
    let lines = section.units.iter().enumerate().map(|(at, unit)| {
        let film = films.iter().find(|film| film.unit == unit.id).map(|film| film_tag(language, film));
        let facts = match (unit.has_text || unit.film.is_some(), unit.has_test) {
            (_, true) => quizzes::unit_with_test(language),
            (false, false) => text::unit_empty(language),
            (true, false) => "",
        };
        let minutes = (unit.minutes > 0).then(|| text::minutes(language, &unit.minutes.to_string()));
        let ends = (first && at == 0, last && at + 1 == units);
        view! {
            <li class="row">
                <a class="grow" href=format!("/teaching/{slug}/units/{}", unit.id)>{unit.title.clone()}</a>
                <span class="hint">{minutes}" "{facts}</span>
                {film}
                {moves(language, slug, "unit", &unit.id.to_string(), &unit.title, ends)}
                <a href=format!("/teaching/{slug}/units/{}/remove", unit.id)>
                    {text::remove(language)}<span class="visually-hidden">" "{unit.title.clone()}</span>
                </a>
            </li>
        }
    });
    let lines = lines.collect_view();
    let remove = (units == 0).then(|| {
        view! {
            <a href=format!("/teaching/{slug}/sections/{}/remove", section.id)>
                {text::remove(language)}<span class="visually-hidden">" "{section.title.clone()}</span>
            </a>
        }
    });
    view! {
        <section class="sheet">
            <div class="row">
                <h2 class="grow">{section.title.clone()}</h2>
                {moves(language, slug, "section", &section.id.to_string(), &section.title, (first, last))}
                <a href=format!("/teaching/{slug}/sections/{}", section.id)>
                    {text::rename(language)}<span class="visually-hidden">" "{section.title.clone()}</span>
                </a>
                {remove}
            </div>
            <ol class="draft">{lines}</ol>
        </section>
    }
    .into_any()
}

/// The two buttons that move a line; at an end of the way there is only one.
fn moves(
    language: Language,
    slug: &str,
    kind: &str,
    id: &str,
    title: &str,
    (first, last): (bool, bool),
) -> AnyView {
    let button = |shown: bool, step: &str, label: &'static str| {
        shown.then(|| {
            view! {
                <SubmitButton
                    label=label
                    kind=ButtonKind::Secondary
                    name="act"
                    value=format!("{kind} {step} {id}")
                    subject=title
                />
            }
        })
    };
    let (up, down) =
        (button(!first, "up", text::move_up(language)), button(!last, "down", text::move_down(language)));
    (!first || !last)
        .then(|| view! { <form class="row small" method="post" action=format!("/teaching/{slug}/outline")>{up}{down}</form> })
        .into_any()
}

/// The state of a unit's film in a word.
pub fn film_tag(language: Language, film: &DraftFilm) -> AnyView {
    let (tone, word) = match film.state {
        Stage::Empty | Stage::Uploading => (Tone::Warning, text::film_missing(language)),
        Stage::Queued | Stage::Transcoding => (Tone::Info, text::film_being_made(language)),
        Stage::Copying => (Tone::Info, text::film_being_copied(language)),
        Stage::Failed => (Tone::Danger, text::film_has_failed(language)),
        Stage::Cancelled => (Tone::Warning, text::film_was_cancelled(language)),
        Stage::Ready if !film.captioned => (Tone::Warning, text::film_without_captions(language)),
        Stage::Ready if !film.checked => (Tone::Warning, words::films::film_unchecked(language)),
        Stage::Ready => (Tone::Success, text::film_is_ready(language)),
    };
    view! { <Tag tone=tone text=word/> }.into_any()
}

/// Where the course stands, and the way to publish it.
fn status(language: Language, course: &Course, empty: bool, findings: usize, films: &[DraftFilm]) -> AnyView {
    let published = course.published.map(|(number, at)| {
        view! { <p>{text::version_of(language, &number.to_string(), &date::moment(at))}</p> }
    });
    let findings = (findings > 0).then(|| {
        view! { <p>{text::findings_count(language, i64::try_from(findings).unwrap_or(0))}</p> }
    });
    let unfit = films.iter().any(|film| !film.fit).then(|| view! { <p>{text::films_unfit(language)}</p> });
    let href = format!("/teaching/{}/publish", course.card.slug);
    let action = match course.state {
        Life::Archived => view! { <Notice>{text::archived_notice(language)}</Notice> }.into_any(),
        Life::Published if !course.changed_since => {
            view! { <p>{text::nothing_changed(language)}</p> }.into_any()
        }
        _ if empty => view! { <p>{text::publish_needs_unit(language)}</p> }.into_any(),
        _ => view! { <p><ActionLink label=text::check_and_publish(language) href=href/></p> }.into_any(),
    };
    view! {
        <section class="sheet" aria-labelledby="publishing">
            <h2 id="publishing">{text::publishing(language)}</h2>
            <p>{state_tag(language, course)}</p>
            {published}
            {findings}
            {unfit}
            {action}
        </section>
        {tools(language, &course.card.slug)}
    }
    .into_any()
}

/// The ways to everything else that can be done with a draft.
fn tools(language: Language, slug: &str) -> AnyView {
    let link = |path: &str, words: &'static str| {
        let href = format!("/teaching/{slug}/{path}");
        view! { <li><a href=href>{words}</a></li> }
    };
    view! {
        <nav class="sheet" aria-labelledby="tools">
            <h2 id="tools">{say::tools_title(language)}</h2>
            <ul>
                {link("document", say::document_title(language))}
                {link("questions", quizzes::bank(language))}
                {link("languages", say::languages_title(language))}
                {link("reading", say::reading_title(language))}
                {link("review", say::review_title(language))}
                {link("versions", say::versions_title(language))}
                {link("copy", say::copy_title(language))}
                {link("offer", words::sharing::offer_title(language))}
            </ul>
        </nav>
    }
    .into_any()
}

fn unit_form(language: Language, slug: &str, sections: &[Section], typed: &Typed) -> AnyView {
    let choices: Vec<Choice> =
        sections.iter().map(|section| Choice::new(section.id.to_string(), section.title.clone())).collect();
    let chosen = sections.iter().find(|section| section.id.to_string() == typed.section).or(sections.last());
    let chosen = chosen.map(|section| section.id.to_string()).unwrap_or_default();
    let select = (choices.len() > 1).then(|| {
        view! { <Select name="section" label=text::unit_section(language) choices=choices chosen=chosen/> }
    });
    let title = view! {
        <Field
            name="unit_title"
            label=text::unit_title(language)
            value=typed.unit_title.clone()
            error=typed.errors.of("unit_title")
            autocomplete="off"
        />
    };
    view! {
        <h2>{text::add_unit_title(language)}</h2>
        <PostForm action=format!("/teaching/{slug}/units")>
            {title}
            {select}
            <SubmitButton label=text::add_unit(language)/>
        </PostForm>
        <p><a href=format!("/teaching/{slug}/films")>{words::studio::add_link(language)}</a></p>
    }
    .into_any()
}

fn section_form(language: Language, slug: &str, typed: &Typed) -> AnyView {
    let title = view! {
        <Field
            name="section_title"
            label=text::section_title(language)
            hint=text::section_hint(language)
            value=typed.section_title.clone()
            error=typed.errors.of("section_title")
            autocomplete="off"
        />
    };
    view! {
        <h2>{text::add_section_title(language)}</h2>
        <PostForm action=format!("/teaching/{slug}/sections")>
            {title}
            <SubmitButton label=text::add_section(language) kind=ButtonKind::Secondary/>
        </PostForm>
    }
    .into_any()
}

/// Adds a section.
pub async fn add_section(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    match outline::add_section(&mut visit.tx, &proof, &typed.section_title).await {
        Ok(_) => visit.commit_and_go(&format!("/teaching/{slug}"), "section-added").await,
        Err(error) => {
            let language = visit.language;
            drop(visit);
            page(&app, &caller, &slug, refused(language, typed, "section_title", error)?).await
        }
    }
}

/// Adds a unit and opens it; the first unit of a course makes the first section.
pub async fn add_unit(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    let language = visit.language;
    let section = match typed.section.parse::<SectionId>() {
        Ok(section) => section,
        Err(_) => match outline::draft(&mut visit.tx, &proof).await?.pop() {
            Some(section) => section.id,
            None => outline::add_section(&mut visit.tx, &proof, text::first_section(language)).await?,
        },
    };
    match outline::add_unit(&mut visit.tx, &proof, section, &typed.unit_title).await {
        Ok(unit) => visit.commit_and_go(&format!("/teaching/{slug}/units/{unit}"), "unit-added").await,
        Err(error) => {
            drop(visit);
            page(&app, &caller, &slug, refused(language, typed, "unit_title", error)?).await
        }
    }
}

/// The forms as they were typed, with what is wrong with the title; any other error stays one.
fn refused(language: Language, typed: Typed, field: &'static str, error: Error) -> Result<Typed, Problem> {
    let Error::Invalid(mut problems) = error else { return Err(error.into()) };
    for problem in &mut problems {
        problem.field = field;
    }
    Ok(Typed { errors: card::errors(language, &problems), ..typed })
}

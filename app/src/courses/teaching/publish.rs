//! The page before publishing: what changes, what stands in the way, what to look at; and publishing itself.

use axum::extract::State;
use courses::check::{self, Found};
use courses::course::Course;
use courses::offer::films as offered_films;
use courses::plan::{self, Plan};
use courses::publish::{self as area, Asks, Changes, DraftFilm};
use courses::quiz::pool::{self, Unfit};
use courses::review::{self, Standing};
use courses::{Error, Taught};
use leptos::prelude::*;
use serde::Deserialize;
use video::film::State as Stage;
use words::{Language, courses as text, frame, obligations, quizzes, sharing, writing as say};

use super::quiz::draws;
use super::{card, findings, plans, reviews, waivers};
use crate::caller::Caller;
use crate::courses::taught;
use crate::devices::read_day;
use crate::parts::{
    Actions, Checkbox, Choice, Field, FieldKind, FormErrors, Notice, PageHead, PostForm, Radios,
    SubmitButton, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// What the page shows; the forms on it are pages of their own that come back here.
pub struct Page {
    course: Course,
    changes: Option<Changes>,
    films: Vec<DraftFilm>,
    found: Vec<Found>,
    /// Units whose test cannot be asked.
    tests: Vec<Unfit>,
    typed: Typed,
    standing: Standing,
    plan: Option<Plan>,
    /// What was typed into the form of waivers.
    pub waiving: waivers::Typed,
    /// What was typed into the form of a plan.
    pub planning: plans::Typed,
    /// Whether the course publishes itself when its films have come.
    waits: bool,
    /// What is wrong.
    pub errors: FormErrors,
}

/// What the new version asks of those who finished an earlier one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// `minor` or `major`.
    pub change: String,
    /// Filled when those in the middle begin again.
    pub middle: String,
    /// A day.
    pub redo_by: String,
}

impl Typed {
    /// Errors: a day that is none.
    pub fn asks(&self) -> Result<Asks, ()> {
        if self.change != "major" {
            return Ok(Asks::Nothing);
        }
        Ok(Asks::Again { middle: !self.middle.is_empty(), by: read_day(&self.redo_by)? })
    }
}

/// Opens it.
pub async fn open(app: &App, caller: &Caller, slug: &str) -> Result<(Visit, Taught, Page), Problem> {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let page = Page {
        course,
        changes: area::changes(&mut visit.tx, &proof).await?,
        films: area::films(&mut visit.tx, &proof).await?,
        found: check::all(&mut visit.tx, &proof).await?,
        tests: pool::unfit(&mut visit.tx, &proof).await?,
        typed: Typed::default(),
        standing: review::standing(&mut visit.tx, &proof).await?,
        plan: plan::newest(&mut visit.tx, &proof).await?,
        waiving: waivers::Typed::default(),
        planning: plans::Typed::default(),
        waits: offered_films::publishes_itself(&mut visit.tx, &proof).await?,
        errors: FormErrors::new(),
    };
    Ok((visit, proof, page))
}

/// The page.
pub async fn ask(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (visit, _, page) = open(&app, &caller, &slug).await?;
    let language = visit.language;
    visit.page(text::publish_title(language), move || view(language, page))
}

/// The page again, with what is wrong.
pub fn refused(visit: Visit, page: Page) -> Answer {
    let language = visit.language;
    visit.refused(text::publish_title(language), move || view(language, page))
}

/// Publishes; what stands in the way is said on the same page.
pub async fn publish(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof, mut page) = open(&app, &caller, &slug).await?;
    let language = visit.language;
    page.typed = typed;
    let Ok(asks) = page.typed.asks() else {
        page.errors.add("redo_by", obligations::wrong_redo_by(language));
        return refused(visit, page);
    };
    let sentence = match area::publish_as(&mut visit.tx, &proof, asks).await {
        Ok(_) => return visit.commit_and_go(&format!("/teaching/{slug}"), "published").await,
        Err(Error::NothingToPublish) => text::publish_nothing(language).to_owned(),
        Err(Error::FilmsNotReady) => text::films_unfit(language).to_owned(),
        Err(Error::TestNotReady) => quizzes::unfit_publish(language).to_owned(),
        Err(Error::Invalid(_)) => {
            page.errors.add("redo_by", obligations::wrong_redo_by(language));
            return refused(visit, page);
        }
        Err(Error::FindingsInTheWay(count)) => {
            say::findings_in_the_way(language, i64::try_from(count).unwrap_or(i64::MAX))
        }
        Err(Error::ReviewFirst) => say::review_first(language).to_owned(),
        Err(error) => return Err(error.into()),
    };
    page.errors.add("", sentence);
    refused(visit, page)
}

fn view(language: Language, page: Page) -> AnyView {
    let Page {
        course,
        changes,
        films,
        found,
        tests,
        typed,
        standing,
        plan,
        waiving,
        planning,
        waits,
        errors,
    } = page;
    let slug = course.card.slug.clone();
    let learners = match course.learners {
        0 => text::publish_nobody(language).to_owned(),
        learners => text::publish_learners(language, learners),
    };
    let again = course.published.is_some().then(|| again(language, &typed, &errors));
    let fit = films.iter().all(|film| film.fit)
        && tests.is_empty()
        && !found.iter().any(Found::stands_in_the_way)
        && (!standing.required || standing.is_approved());
    let confirm = fit.then(|| view! { <SubmitButton label=text::publish_now(language)/> });
    let comes = waits.then(|| {
        view! { <Notice tone=Tone::Info title=sharing::waits_title(language)><p>{sharing::waits_text(language)}</p></Notice> }
    });
    let planned = plans::panel(language, &slug, plan.as_ref(), &planning, &errors);
    view! {
        {card::summary(language, &errors)}
        {taught::way(language, &[(&course.card.title, &slug)], text::publish_title(language))}
        <PageHead title=text::publish_question(language, &course.card.title) lead=learners/>
        {comes}
        {obstacles(language, &slug, &films)}
        {unfit_tests(language, &slug, &tests)}
        {waivers::panel(language, &slug, &found, &waiving, &errors)}
        {reviews::line(language, &slug, &standing)}
        <h2>{text::changes_title(language)}</h2>
        {changes_view(language, changes)}
        <h2>{text::publish_look(language)}</h2>
        {look(language, &slug, &found)}
        <PostForm action=format!("/teaching/{slug}/publish")>
            {again}
            <Actions>
                {confirm}
                <a href=format!("/teaching/{slug}")>{if fit { frame::cancel(language) } else { text::back_to_draft(language) }}</a>
            </Actions>
        </PostForm>
        {planned}
    }
    .into_any()
}

/// Tests that must be seen to first.
fn unfit_tests(language: Language, slug: &str, tests: &[Unfit]) -> AnyView {
    if tests.is_empty() {
        return ().into_any();
    }
    let items = tests
        .iter()
        .map(|test| {
            let href = format!("/teaching/{slug}/units/{}/test", test.unit);
            let short: Vec<String> = test.short.iter().map(|supply| draws::short(language, supply)).collect();
            let short = (!short.is_empty()).then(|| format!(". {}", short.join(" ")));
            view! { <li><a href=href>{test.title.clone()}</a>{short}</li> }
        })
        .collect_view();
    view! { <Notice tone=Tone::Danger title=quizzes::unfit_publish(language)><ul>{items}</ul></Notice> }
        .into_any()
}

/// What is asked of those who are done and of those in the middle.
pub fn again(language: Language, typed: &Typed, errors: &FormErrors) -> AnyView {
    let major = typed.change == "major";
    let choices = vec![
        Choice {
            chosen: !major,
            ..Choice::new("minor", obligations::change_minor(language))
                .hint(obligations::change_minor_hint(language))
        },
        Choice {
            chosen: major,
            ..Choice::new("major", obligations::change_major(language))
                .hint(obligations::change_major_hint(language))
        },
    ];
    view! {
        <Radios name="change" legend=obligations::change_legend(language) choices=choices/>
        <Checkbox
            name="middle"
            label=obligations::change_middle(language)
            hint=obligations::change_middle_hint(language)
            checked=!typed.middle.is_empty()
        />
        <Field
            name="redo_by"
            label=obligations::change_redo_by(language)
            note=frame::optional(language)
            hint=obligations::change_redo_by_hint(language)
            kind=FieldKind::Date
            value=typed.redo_by.clone()
            error=errors.of("redo_by")
        />
    }
    .into_any()
}

/// Films that must be seen to first.
fn obstacles(language: Language, slug: &str, films: &[DraftFilm]) -> AnyView {
    let items = films.iter().filter(|film| !film.fit).map(|film| {
        let why = match film.state {
            Stage::Empty | Stage::Uploading => text::film_missing(language),
            Stage::Copying => text::film_being_copied(language),
            Stage::Failed => text::film_has_failed(language),
            Stage::Cancelled => text::film_was_cancelled(language),
            Stage::Queued | Stage::Transcoding | Stage::Ready => text::film_without_captions(language),
        };
        let href = format!("/teaching/{slug}/units/{}/film", film.unit);
        view! { <li><a href=href>{film.title.clone()}</a>": "{why}</li> }
    });
    let items: Vec<_> = items.collect();
    (!items.is_empty())
        .then(|| view! { <Notice tone=Tone::Danger title=text::films_unfit(language)><ul>{items}</ul></Notice> })
        .into_any()
}

fn changes_view(language: Language, changes: Option<Changes>) -> AnyView {
    let Some(changes) = changes else {
        return view! { <p>{text::changes_first(language)}</p> }.into_any();
    };
    if changes.is_empty() {
        return view! { <p>{text::changes_none(language)}</p> }.into_any();
    }
    let titles = |word: fn(Language, &str) -> String, titles: Vec<String>| {
        titles.into_iter().map(|title| view! { <li>{word(language, &title)}</li> }).collect_view()
    };
    let card = changes.card.then(|| view! { <li>{text::changes_card(language)}</li> });
    let order = changes.reordered.then(|| view! { <li>{text::changes_order(language)}</li> });
    view! {
        <ul>
            {card}
            {titles(text::changes_added, changes.added)}
            {titles(text::changes_changed, changes.changed)}
            {titles(text::changes_removed, changes.removed)}
            {order}
        </ul>
    }
    .into_any()
}

/// What does not stand in the way, but should be looked at.
fn look(language: Language, slug: &str, found: &[Found]) -> AnyView {
    let items = found.iter().filter(|one| !one.is_grave()).map(|one| {
        view! {
            <li>
                <a href=findings::way(slug, one)>{one.title.clone()}</a>". "{findings::found(language, one)}
            </li>
        }
    });
    let items = items.collect_view();
    let reading = format!("/teaching/{slug}/reading");
    let reading = view! { <p><a href=reading>{say::reading_link(language)}</a></p> };
    if items.is_empty() {
        return view! { <p>{text::publish_clean(language)}</p>{reading} }.into_any();
    }
    view! { <p>{text::publish_look_text(language)}</p><ul>{items}</ul>{reading} }.into_any()
}

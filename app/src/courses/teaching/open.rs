//! Opening a course to everybody and closing it again: the page that asks first, and both acts.

use axum::extract::State;
use courses::course::{Course, State as Life};
use courses::open::{self as area, door};
use leptos::prelude::*;
use words::{Language, courses as text, frame, open as say};

use crate::caller::Caller;
use crate::courses::taught::{self, Tab, tabs};
use crate::parts::{
    ActionLink, ButtonKind, CheckPage, FormErrors, Link, Notice, PageHead, PostForm, SubmitButton, Tone,
};
use crate::problem::Answer;
use crate::refused::summary;
use crate::request::At;
use crate::state::App;

/// Asks before the course is opened; says where it is read when it is; says what is missing when nothing is published.
pub async fn ask(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (visit, _, course) = taught::open_course(&app, &caller, &slug).await?;
    let language = visit.language;
    let path = area::path(&visit.me.organisation_slug, &slug);
    let address = format!("{}{path}", app.settings.public_url);
    visit.page(say::teaching_title(language), move || {
        if course.open {
            opened(language, &course, path, address)
        } else if course.state == Life::Published {
            asking(language, &course)
        } else {
            unpublished(language, &course, &FormErrors::new())
        }
    })
}

fn asking(language: Language, course: &Course) -> AnyView {
    let slug = &course.card.slug;
    view! {
        {taught::way(language, &[(&course.card.title, slug)], say::teaching_title(language))}
        <CheckPage
            question=say::ask_open_question(language, &course.card.title)
            action=format!("/teaching/{slug}/open")
            confirm=say::act_open(language)
            kind=ButtonKind::Primary
            cancel=Link::new(say::act_keep(language), format!("/teaching/{slug}/settings"))
        >
            <p>{say::ask_open_text(language)}</p>
            <p>{say::ask_open_rights(language)}</p>
        </CheckPage>
    }
    .into_any()
}

fn opened(language: Language, course: &Course, path: String, address: String) -> AnyView {
    let slug = &course.card.slug;
    view! {
        {tabs(language, course, Tab::Settings)}
        <PageHead title=say::teaching_title(language) kicker=course.card.title.clone()/>
        <Notice tone=Tone::Success><p>{say::state_open(language)}" "<a href=path>{address}</a></p></Notice>
        <p>{say::ask_close_text(language)}</p>
        <PostForm action=format!("/teaching/{slug}/close")>
            <SubmitButton label=say::act_close(language) kind=ButtonKind::Secondary/>
        </PostForm>
    }
    .into_any()
}

fn unpublished(language: Language, course: &Course, errors: &FormErrors) -> AnyView {
    let slug = &course.card.slug;
    let way_on = (course.state == Life::Draft).then(|| {
        let href = format!("/teaching/{slug}/publish");
        view! { <ActionLink label=text::check_and_publish(language) href=href/> }
    });
    view! {
        {summary(language, errors)}
        {tabs(language, course, Tab::Settings)}
        <PageHead title=say::teaching_title(language) kicker=course.card.title.clone()/>
        <Notice tone=Tone::Warning><p>{say::unpublished(language)}</p></Notice>
        <p>{way_on}" "<a href=format!("/teaching/{slug}/settings")>{frame::cancel(language)}</a></p>
    }
    .into_any()
}

/// Opens it. What is not published is refused.
pub async fn open(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    match door::open(&mut visit.tx, &proof).await {
        Ok(()) => visit.commit_and_go(&format!("/teaching/{slug}/open"), "course-opened").await,
        Err(courses::Error::NotAllowed) => {
            let language = visit.language;
            let errors = FormErrors::one("", say::unpublished(language));
            visit.refused(say::teaching_title(language), move || unpublished(language, &course, &errors))
        }
        Err(error) => Err(error.into()),
    }
}

/// Closes it.
pub async fn close(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    door::close(&mut visit.tx, &proof).await?;
    visit.commit_and_go(&format!("/teaching/{slug}/settings"), "course-closed").await
}

//! The courses that a person teaches, and a new one.

use axum::extract::State;
use courses::course::{self, Card, Course};
use courses::{Error, course::State as Life};
use identity::permit::{Kind, Verb};
use leptos::prelude::*;
use words::{Language, courses as text, frame, studio};

use super::card::{self, Address, CardForm};
use crate::caller::Caller;
use crate::courses::home::teaches;
use crate::courses::taught::{state_tag, way};
use crate::date;
use crate::parts::{
    ActionLink, Actions, DataTable, EmptyState, FormErrors, Link, PageHead, PostForm, SubmitButton,
};
use crate::problem::{Answer, Problem};
use crate::request::Posted;
use crate::state::App;

/// The list.
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    if !teaches(&visit.me) {
        return Err(Problem::NotAllowed);
    }
    let courses = course::taught(&mut visit.tx, &visit.me).await?;
    let may_create = visit.me.may(Verb::Create, Kind::TaughtCourse);
    let language = visit.language;
    visit.page(frame::teaching(language), move || view(language, may_create, courses))
}

fn view(language: Language, may_create: bool, courses: Vec<Course>) -> AnyView {
    let fresh = may_create.then(|| Link::new(text::new_course(language), "/teaching/new"));
    if courses.is_empty() {
        let said = if may_create { text::teaching_empty_text(language) } else { "" };
        return view! {
            <PageHead title=frame::teaching(language)/>
            <EmptyState title=text::teaching_empty(language) text=said action=fresh/>
        }
        .into_any();
    }
    let action = fresh.map(|link| view! { <ActionLink label=link.text href=link.href/> });
    let rows = courses.iter().map(|course| row(language, course)).collect_view();
    view! {
        <PageHead title=frame::teaching(language) lead=text::teaching_lead(language)>{action}</PageHead>
        <p><a href="/studio">{studio::link(language)}</a></p>
        <DataTable id="taught" caption=text::teaching_caption(language)>
            <thead>
                <tr>
                    <th scope="col">{text::column_course(language)}</th>
                    <th scope="col">{text::column_state(language)}</th>
                    <th scope="col" class="number">{text::column_units(language)}</th>
                    <th scope="col" class="number">{text::column_learners(language)}</th>
                    <th scope="col">{text::column_published(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn row(language: Language, course: &Course) -> AnyView {
    let path = format!("/teaching/{}", course.card.slug);
    let published = match course.published {
        Some((number, at)) => text::version_of(language, &number.to_string(), &date::day(at)),
        None => text::never(language).to_owned(),
    };
    let learners = if course.state == Life::Draft {
        text::none(language).to_owned()
    } else {
        course.learners.to_string()
    };
    view! {
        <tr>
            <th scope="row"><a href=path>{course.card.title.clone()}</a></th>
            <td>{state_tag(language, course)}</td>
            <td class="number">{course.units}</td>
            <td class="number">{learners}</td>
            <td>{published}</td>
        </tr>
    }
    .into_any()
}

/// The form of a new course.
pub async fn fresh(State(app): State<App>, caller: Caller) -> Answer {
    let visit = caller.open(&app).await?;
    visit.me.author()?;
    let (language, author) = (visit.language, visit.me.name.clone());
    let card = Card { author, ..Card::default() };
    visit.page(text::new_course(language), move || form(language, &card, &FormErrors::new()))
}

fn form(language: Language, card: &Card, errors: &FormErrors) -> AnyView {
    let fields = card::fields(language, card, errors, Address::Open);
    view! {
        {card::summary(language, errors)}
        {way(language, &[], text::new_course(language))}
        <PageHead title=text::new_course(language) lead=text::new_course_lead(language)/>
        <PostForm action="/teaching/new">
            {fields}
            <Actions>
                <SubmitButton label=text::create_course(language)/>
                <a href="/teaching">{frame::cancel(language)}</a>
            </Actions>
        </PostForm>
    }
    .into_any()
}

/// Makes the course and opens its draft.
pub async fn create(State(app): State<App>, caller: Caller, Posted(form): Posted<CardForm>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let author = visit.me.author()?;
    let card = Card::from(form);
    match course::create(&mut visit.tx, &author, &card).await {
        Ok(taught) => {
            let path = format!("/teaching/{}", taught.slug());
            visit.commit_and_go(&path, "course-created").await
        }
        Err(Error::Invalid(problems)) => {
            let language = visit.language;
            visit.refused(text::new_course(language), move || {
                self::form(language, &card, &card::errors(language, &problems))
            })
        }
        Err(error) => Err(error.into()),
    }
}

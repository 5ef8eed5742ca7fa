//! Who teaches a course: the list, finding somebody to add, and the page that asks before somebody is taken out.

use axum::extract::State;
use base::PersonId;
use courses::course::Course;
use courses::teacher::{self, Teacher};
use courses::{Error, Taught};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, courses as text};

use super::card;
use crate::caller::Caller;
use crate::courses::taught::{self, Tab, tabs, way};
use crate::parts::{
    ActionLink, ButtonKind, CheckPage, DataTable, Field, FieldKind, FormErrors, HiddenField, Link, Notice,
    PageHead, SubmitButton, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    q: Option<String>,
}

/// The person to be added.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    person: String,
}

struct Page {
    course: Course,
    teachers: Vec<Teacher>,
    /// What was looked for and who was found.
    found: Option<(String, Vec<Teacher>)>,
    errors: FormErrors,
}

/// The list, the search and what it found.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Asked(asked): Asked<Asking>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let teachers = teacher::all(&mut visit.tx, &proof).await?;
    let found = match asked.q {
        Some(text) => {
            let text: String = text.chars().take(100).collect();
            let found = teacher::candidates(&mut visit.tx, &proof, &text).await?;
            Some((text, found))
        }
        None => None,
    };
    let language = visit.language;
    let page = Page { course, teachers, found, errors: FormErrors::new() };
    visit.page(text::tab_teachers(language), move || view(language, page))
}

/// Adds somebody. Adding them again changes nothing.
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    let added = match typed.person.parse::<PersonId>() {
        Ok(person) => teacher::add(&mut visit.tx, &proof, person).await,
        Err(_) => return Err(Problem::Malformed),
    };
    match added {
        Ok(()) => visit.commit_and_go(&format!("/teaching/{slug}/teachers"), "teacher-added").await,
        Err(Error::Invalid(_)) => {
            // The refused insert has ended the transaction.
            drop(visit);
            let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
            let teachers = teacher::all(&mut visit.tx, &proof).await?;
            let language = visit.language;
            let errors = FormErrors::one("q", text::teacher_unknown(language));
            let page = Page { course, teachers, found: None, errors };
            visit.refused(text::tab_teachers(language), move || view(language, page))
        }
        Err(error) => Err(error.into()),
    }
}

fn view(language: Language, page: Page) -> AnyView {
    let Page { course, teachers, found, errors } = page;
    let slug = course.card.slug.clone();
    let path = format!("/teaching/{slug}/teachers");
    let alone = teachers.len() == 1;
    let rows = teachers.iter().map(|one| row(language, &path, one, alone)).collect_view();
    let typed = found.as_ref().map(|(text, _)| text.clone()).unwrap_or_default();
    let found = found.map(|(_, found)| found_view(language, &path, &found));
    let field = view! {
        <Field
            name="q"
            label=text::teacher_search(language)
            hint=text::teacher_search_hint(language)
            kind=FieldKind::Search
            value=typed
            error=errors.of("q")
        />
    };
    view! {
        {card::summary(language, &errors)}
        {tabs(language, &course, Tab::Teachers)}
        <PageHead title=text::tab_teachers(language) kicker=course.card.title.clone() lead=text::teachers_lead(language)/>
        <DataTable id="teachers" caption=text::teachers_caption(language)>
            {head(language)}
            <tbody>{rows}</tbody>
        </DataTable>
        <h2 id="add">{text::teacher_add_title(language)}</h2>
        <form class="form filter" method="get" action=format!("{path}#add") role="search">
            {field}
            <SubmitButton label=text::teacher_find(language) kind=ButtonKind::Secondary/>
        </form>
        {found}
    }
    .into_any()
}

fn head(language: Language) -> AnyView {
    view! {
        <thead>
            <tr>
                <th scope="col">{text::column_name(language)}</th>
                <th scope="col">{text::column_login(language)}</th>
                <th scope="col">{text::column_org_unit(language)}</th>
                <th scope="col">{text::column_acts(language)}</th>
            </tr>
        </thead>
    }
    .into_any()
}

fn cells(language: Language, one: &Teacher) -> AnyView {
    let unit = one.unit_name.clone().unwrap_or_else(|| text::none(language).to_owned());
    view! { <th scope="row">{one.name.clone()}</th><td>{one.login.clone()}</td><td>{unit}</td> }.into_any()
}

fn row(language: Language, path: &str, one: &Teacher, alone: bool) -> AnyView {
    let act = if alone {
        view! { <span class="hint">{text::teacher_alone(language)}</span> }.into_any()
    } else {
        let (href, subject) = (format!("{path}/{}/remove", one.id), format!(": {}", one.name));
        view! { <a href=href>{text::teacher_remove(language)}<span class="visually-hidden">{subject}</span></a> }
            .into_any()
    };
    view! { <tr>{cells(language, one)}<td>{act}</td></tr> }.into_any()
}

fn found_view(language: Language, path: &str, found: &[Teacher]) -> AnyView {
    if found.is_empty() {
        return view! {
            <Notice tone=Tone::Info title=text::teacher_nobody(language)>
                <p>{text::teacher_nobody_text(language)}</p>
            </Notice>
        }
        .into_any();
    }
    let rows = found.iter().map(|one| {
        view! {
            <tr>
                {cells(language, one)}
                <td>
                    <form method="post" action=path.to_owned()>
                        <HiddenField name="person" value=one.id.to_string()/>
                        <SubmitButton
                            label=text::teacher_add(language)
                            kind=ButtonKind::Secondary
                            subject=one.name.clone()
                        />
                    </form>
                </td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let count = i64::try_from(found.len()).unwrap_or(0);
    let caption = if count == teacher::MOST_FOUND {
        text::teacher_found_first(language, &count.to_string())
    } else {
        text::teacher_found(language, count)
    };
    view! { <DataTable id="found" caption=caption>{head(language)}<tbody>{rows}</tbody></DataTable> }
        .into_any()
}

async fn one(
    app: &App,
    caller: &Caller,
    slug: &str,
    person: PersonId,
) -> Result<(Visit, Taught, Course, Teacher, usize), Problem> {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let teachers = teacher::all(&mut visit.tx, &proof).await?;
    let count = teachers.len();
    let one = teachers.into_iter().find(|one| one.id == person).ok_or(Error::NotFound)?;
    Ok((visit, proof, course, one, count))
}

/// Asks before somebody is taken out; of the last one it says why they stay.
pub async fn ask_remove(
    State(app): State<App>,
    caller: Caller,
    At((slug, person)): At<(String, PersonId)>,
) -> Answer {
    let (visit, _, course, one, count) = one(&app, &caller, &slug, person).await?;
    let language = visit.language;
    let path = format!("/teaching/{slug}/teachers");
    let here = text::teacher_remove_title(language);
    if count == 1 {
        return visit.page(here, move || {
            view! {
                {way(language, &[(&course.card.title, &slug)], here)}
                <PageHead title=text::teacher_last(language) lead=text::teacher_last_text(language)/>
                <ActionLink label=text::tab_teachers(language) href=path kind=ButtonKind::Secondary/>
            }
            .into_any()
        });
    }
    let question = text::teacher_remove_question(language, &one.name);
    let said = if visit.me.person == person {
        text::teacher_remove_oneself(language)
    } else {
        text::teacher_remove_text(language)
    };
    visit.page(&question.clone(), move || {
        view! {
            {way(language, &[(&course.card.title, &slug)], here)}
            <CheckPage
                question=question
                action=format!("{path}/{person}/remove")
                confirm=text::teacher_remove(language)
                cancel=Link::new(text::teacher_keep(language), path)
            >
                <p>{said}</p>
            </CheckPage>
        }
        .into_any()
    })
}

/// Takes somebody out. Who takes themselves out goes to the courses that are left to them.
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    At((slug, person)): At<(String, PersonId)>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    match teacher::remove(&mut visit.tx, &proof, person).await {
        Ok(()) => {}
        Err(Error::LastTeacher) => {
            return Ok(crate::visit::go(&app, &format!("/teaching/{slug}/teachers/{person}/remove"), ""));
        }
        Err(error) => return Err(error.into()),
    }
    let oneself = visit.me.person == person;
    let next = if oneself { "/teaching".to_owned() } else { format!("/teaching/{slug}/teachers") };
    visit.commit_and_go(&next, "teacher-removed").await
}

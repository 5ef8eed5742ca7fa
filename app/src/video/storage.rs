//! The room that the films of an organisation take, for its administrator: a bar, how long uploads are kept, and films that no unit shows.

use axum::extract::State;
use courses::film::{Unshown, unshown, unshown_one};
use leptos::prelude::*;
use serde::Deserialize;
use video::storage::{self, MOST_SOURCE_DAYS, Space};
use video::{FilmId, film};
use words::{Language, films, frame, identity as people, storage as say};

use super::figures::size;
use crate::caller::Caller;
use crate::date;
use crate::parts::{
    CheckPage, DataTable, Field, FieldKind, FormErrors, Link, Meter, PageHead, PostForm, SubmitButton,
};
use crate::problem::Answer;
use crate::refused;
use crate::request::{At, Posted};
use crate::state::App;
use crate::way::trail;

/// The bar of a space, or the sentence of one without a limit.
pub(super) fn bar(language: Language, label: &str, space: &Space) -> AnyView {
    let used = size(language, space.used_bytes);
    let Some(most) = space.most_bytes else {
        return view! { <p>{say::used(language, &used)}</p> }.into_any();
    };
    let per_cent = u128::from(space.used_bytes) * 100 / u128::from(most.max(1));
    let words = say::used_of(language, &used, &size(language, most));
    let value = u32::try_from(per_cent.min(100)).unwrap_or(100);
    view! { <Meter label=label.to_owned() value=value high=90 text=words/> }.into_any()
}

/// How long uploads are kept, as it is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Form {
    days: String,
}

/// GET /films/storage
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    page(&app, &caller, None, FormErrors::new()).await
}

/// POST /films/storage
pub async fn save(State(app): State<App>, caller: Caller, Posted(form): Posted<Form>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let (admin, language) = (visit.me.people_admin()?, visit.language);
    let typed = form.days.trim();
    let days = if typed.is_empty() { Ok(None) } else { typed.parse::<u16>().map(Some) };
    match days {
        Ok(days) if days.is_none_or(|days| (1..=MOST_SOURCE_DAYS).contains(&days)) => {
            storage::keep_sources(&mut visit.tx, &admin, days).await?;
            visit.commit_and_go("/films/storage", "film-storage").await
        }
        _ => {
            drop(visit);
            let most = MOST_SOURCE_DAYS.to_string();
            page(&app, &caller, Some(form), FormErrors::one("days", say::days_wrong(language, &most))).await
        }
    }
}

async fn page(app: &App, caller: &Caller, typed: Option<Form>, errors: FormErrors) -> Answer {
    let mut visit = caller.open(app).await?;
    let (admin, language) = (visit.me.people_admin()?, visit.language);
    let space = storage::own(&mut visit.tx).await?;
    let kept = storage::source_days(&mut visit.tx, &admin).await?;
    let unshown = unshown(&mut visit.tx, &admin).await?;
    let days = typed.map_or_else(|| kept.map(|days| days.to_string()).unwrap_or_default(), |form| form.days);
    let way = vec![
        Link::new(people::account_title(language), "/account"),
        Link::new(films::settings_title(language), "/account/films"),
    ];
    let title = say::title(language);
    visit.form(title, errors, move |errors| {
        view! {
            {refused::summary(language, &errors)}
            {trail(language, way, title)}
            <PageHead title=title lead=say::lead(language)/>
            {bar(language, say::label(language), &space)}
            <h2>{say::sources_title(language)}</h2>
            <p>{say::sources_text(language)}</p>
            <PostForm action="/films/storage">
                <Field
                    name="days"
                    label=say::days(language)
                    hint=say::days_hint(language)
                    kind=FieldKind::Number
                    min="1"
                    max=MOST_SOURCE_DAYS.to_string()
                    value=days
                    error=errors.of("days")
                />
                <SubmitButton label=say::save(language)/>
            </PostForm>
            <h2>{say::unshown_title(language)}</h2>
            {list(language, unshown)}
        }
        .into_any()
    })
}

fn list(language: Language, unshown: Vec<Unshown>) -> AnyView {
    if unshown.is_empty() {
        return view! { <p>{say::unshown_none(language)}</p> }.into_any();
    }
    let rows = unshown
        .into_iter()
        .map(|one| {
            let href = format!("/films/{}/unshown", one.film);
            view! {
                <tr>
                    <th scope="row">{one.title.clone()}</th>
                    <td>{date::day(one.created_at)}</td>
                    <td>
                        <a href=href>{say::remove(language)}<span class="visually-hidden">" "{one.title}</span></a>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <p>{say::unshown_text(language)}</p>
        <DataTable id="unshown" caption=say::unshown_title(language)>
            <thead>
                <tr>
                    <th scope="col">{say::film(language)}</th>
                    <th scope="col">{say::made_on(language)}</th>
                    <th scope="col">{say::act(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

/// GET /films/{film}/unshown: asks before a film that no unit shows goes for good.
pub async fn ask(State(app): State<App>, caller: Caller, At(id): At<FilmId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let (admin, language) = (visit.me.people_admin()?, visit.language);
    let proof = unshown_one(&mut visit.tx, &admin, id).await?;
    let film = film::one(&mut visit.tx, &proof.watchable()).await?;
    let question = say::remove_question(language, &film.title);
    let title = question.clone();
    visit.page(&title, move || {
        view! {
            <CheckPage
                question=question
                action=format!("/films/{id}/unshown")
                confirm=say::remove(language)
                cancel=Link::new(frame::cancel(language), "/films/storage")
            >
                <p>{say::remove_text(language)}</p>
            </CheckPage>
        }
        .into_any()
    })
}

/// POST /films/{film}/unshown
pub async fn remove(State(app): State<App>, caller: Caller, At(id): At<FilmId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let admin = visit.me.people_admin()?;
    let proof = unshown_one(&mut visit.tx, &admin, id).await?;
    film::remove(&mut visit.tx, &proof).await?;
    visit.commit_and_go("/films/storage", "film-deleted").await
}

//! Heads of a unit: GET and POST /units/{id}/heads, POST …/remove.

use axum::extract::State;
use identity::OrgUnitId;
use identity::head;
use leptos::prelude::*;
use words::{identity as say, positions as text};

use super::people::trail;
use super::somebody::{self, Act, Asking, Line, Somebody, people, search};
use super::units;
use crate::caller::Caller;
use crate::parts::{EmptyState, Link, PageHead};
use crate::problem::Answer;
use crate::request::{Asked, At, Posted};
use crate::state::App;

/// GET /units/{id}/heads
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(id): At<OrgUnitId>,
    Asked(asked): Asked<Asking>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let name = units::one(&mut visit, id).await?.name;
    let heads = head::all(&mut visit.tx, &proof).await?;
    let heads: Vec<_> = heads.into_iter().filter(|head| head.unit == id).collect();
    let found = asked.found(&mut visit, &proof, None).await?;
    let language = visit.language;
    let title = text::heads_title(language, &name);
    visit.page(&title, || {
        let found = found.map(|(people, _)| {
            let others =
                people.into_iter().filter(|person| heads.iter().all(|head| head.person != person.id));
            let act = Act { path: format!("/units/{id}/heads"), label: text::appoint(language) };
            somebody::found(language, others.map(Line::with_unit).collect(), &act)
        });
        let list = if heads.is_empty() {
            view! { <EmptyState title=text::heads_none(language) text=text::heads_none_text(language)/> }
                .into_any()
        } else {
            let lines = heads.iter().map(|head| Line::noted(head.person, head.name.clone(), String::new()));
            let act = Act { path: format!("/units/{id}/heads/remove"), label: text::dismiss(language) };
            people(language, "heads", text::heads(language).to_owned(), lines.collect(), &act)
        };
        view! {
            {trail(language, vec![Link::new(say::units_title(language), "/units")], &title)}
            <PageHead title=title.clone() lead=text::heads_lead(language)/>
            {list}
            <h2>{text::appoint_title(language)}</h2>
            {search(language, &format!("/units/{id}/heads"), asked.text())}
            {found}
        }
        .into_any()
    })
}

/// POST /units/{id}/heads
pub async fn appoint(
    State(app): State<App>,
    caller: Caller,
    At(id): At<OrgUnitId>,
    Posted(somebody): Posted<Somebody>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    head::appoint(&mut visit.tx, &proof, id, somebody.id()?).await?;
    visit.commit_and_go(&format!("/units/{id}/heads"), "saved").await
}

/// POST /units/{id}/heads/remove
pub async fn dismiss(
    State(app): State<App>,
    caller: Caller,
    At(id): At<OrgUnitId>,
    Posted(somebody): Posted<Somebody>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    head::dismiss(&mut visit.tx, &proof, id, somebody.id()?).await?;
    visit.commit_and_go(&format!("/units/{id}/heads"), "saved").await
}

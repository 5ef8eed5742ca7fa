//! Heads of a unit: GET and POST /units/{id}/heads, POST …/remove.

use axum::extract::State;
use identity::head;
use identity::person::{self, Filter};
use identity::{Error, OrgUnitId};
use leptos::prelude::*;
use words::{identity as say, positions as text};

use super::people::trail;
use super::positions::{Act, Asking, Line, Somebody, people, search};
use crate::caller::Caller;
use crate::parts::{EmptyState, Link, PageHead};
use crate::problem::Answer;
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit::Visit;

const MOST_FOUND: i64 = 20;

/// The name of a unit of the organisation. Errors: `NotFound`.
async fn name_of(visit: &mut Visit, id: OrgUnitId) -> Result<String, Error> {
    let units = identity::unit::all(&mut visit.tx).await?;
    units.into_iter().find(|unit| unit.id == id).map(|unit| unit.name).ok_or(Error::NotFound)
}

/// GET /units/{id}/heads
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(id): At<OrgUnitId>,
    Asked(asked): Asked<Asking>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let name = name_of(&mut visit, id).await?;
    let heads = head::all(&mut visit.tx, &proof).await?;
    let heads: Vec<_> = heads.into_iter().filter(|head| head.unit == id).collect();
    let sought = asked.text();
    let found = if sought.is_empty() {
        None
    } else {
        let filter = Filter { text: sought.clone(), take: MOST_FOUND, ..Filter::default() };
        Some(person::list(&mut visit.tx, &proof, &filter).await?.0)
    };
    let language = visit.language;
    let title = text::heads_title(language, &name);
    visit.page(&title, || {
        let found = found.map(|found| {
            let lines: Vec<Line> = found
                .into_iter()
                .filter(|person| heads.iter().all(|head| head.person != person.id))
                .map(|person| Line {
                    person: person.id,
                    name: format!("{} {}", person.family_name, person.given_name),
                    note: person.unit_name.unwrap_or(person.login),
                })
                .collect();
            if lines.is_empty() {
                return view! { <p role="status">{say::people_nobody(language)}</p> }.into_any();
            }
            let act = Act { path: format!("/units/{id}/heads"), label: text::appoint(language) };
            people(language, "found", say::group_found(language), lines, &act)
        });
        let list = if heads.is_empty() {
            view! { <EmptyState title=text::heads_none(language) text=text::heads_none_text(language)/> }
                .into_any()
        } else {
            let line = |head: &head::Head| Line {
                person: head.person,
                name: head.name.clone(),
                note: String::new(),
            };
            let act = Act { path: format!("/units/{id}/heads/remove"), label: text::dismiss(language) };
            people(language, "heads", text::heads(language), heads.iter().map(line).collect(), &act)
        };
        view! {
            {trail(language, vec![Link::new(say::units_title(language), "/units")], &title)}
            <PageHead title=title.clone() lead=text::heads_lead(language)/>
            {list}
            <h2>{text::appoint_title(language)}</h2>
            {search(language, &format!("/units/{id}/heads"), sought)}
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

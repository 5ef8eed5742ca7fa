//! GET /o/{office}: the open courses of an organisation.

use axum::extract::State;
use courses::open;
use leptos::prelude::*;
use words::open as say;

use super::Reader;
use crate::caller::Caller;
use crate::courses::lines::card_facts;
use crate::parts::{CourseCard, CourseCards, PageHead};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;
use crate::visit::Public;

/// The list; 404 where there is none.
pub async fn show(State(app): State<App>, caller: Caller, At(office): At<String>) -> Answer {
    let reader = Reader::of(&app, &caller).await?;
    let (mut tx, host) = open::host(&app.db, &office).await?;
    let cards = open::all(&mut tx, &host).await?;
    drop(tx);
    let (language, title) = (reader.language, say::list_title(reader.language, &host.name));
    let public = Public {
        organisation: host.name.clone(),
        organisation_slug: host.slug.clone(),
        path: format!("/o/{}", host.slug),
        description: format!("{title}. {}", say::list_lead(language)),
    };
    Ok(reader.page(&title.clone(), public, move || {
        let cards = cards
            .into_iter()
            .map(|card| {
                let facts = card_facts(language, card.units, card.minutes);
                let href = open::path(&host.slug, &card.slug);
                view! { <CourseCard title=card.title href=href text=card.summary facts=facts/> }
            })
            .collect_view();
        view! {
            <PageHead title=title lead=say::list_lead(language)/>
            <CourseCards>{cards}</CourseCards>
        }
        .into_any()
    }))
}

//! GET and POST /devices/reports/public: whether everybody may see the statistics, and what they would see.

use axum::extract::State;
use devices::statistics;
use leptos::prelude::*;
use serde::Deserialize;
use words::reports as say;

use super::statistics::tables;
use super::{tabs, trail};
use crate::caller::Caller;
use crate::parts::{HiddenField, Notice, PageHead, PostForm, SubmitButton, Tone};
use crate::problem::Answer;
use crate::request::Posted;
use crate::state::App;

/// GET /devices/reports/public
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    visit.me.devices_reader()?;
    let admin = visit.me.people_admin().is_ok();
    let on = statistics::is_on(&mut visit.tx).await?;
    let name = visit.me.organisation_name.clone();
    let shown = statistics::count(&mut visit.tx, name).await?;
    let language = visit.language;
    let title = say::public_title(language);
    let address = format!("/statistics/{}", visit.me.organisation_slug);
    visit.page(title, || {
        let shown_address = address.clone();
        let state = if on {
            view! {
                <Notice tone=Tone::Info>
                    <p>{say::public_on(language)}" "<a href=address>{shown_address}</a></p>
                </Notice>
            }
            .into_any()
        } else {
            view! { <Notice tone=Tone::Info><p>{say::public_off(language)}</p></Notice> }.into_any()
        };
        let (to, label) = if on {
            ("off", say::public_switch_off(language))
        } else {
            ("on", say::public_switch_on(language))
        };
        let switch = if admin {
            view! {
                <PostForm action="/devices/reports/public">
                    <HiddenField name="to" value=to/>
                    <SubmitButton label=label/>
                </PostForm>
            }
            .into_any()
        } else {
            view! { <p>{say::public_admin_only(language)}</p> }.into_any()
        };
        view! {
            {trail(language, title)}
            <PageHead title=title lead=say::public_lead(language)/>
            {tabs(language, admin, "/devices/reports/public")}
            {state}
            {switch}
            <h2>{say::public_preview(language)}</h2>
            {tables(language, &shown)}
        }
        .into_any()
    })
}

/// What is asked for: `on` or `off`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Switched {
    to: String,
}

/// POST /devices/reports/public
pub async fn switch(State(app): State<App>, caller: Caller, Posted(switched): Posted<Switched>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let message = if switched.to == "on" {
        statistics::switch_on(&mut visit.tx, &proof).await?;
        "statistics_on"
    } else {
        statistics::switch_off(&mut visit.tx, &proof).await?;
        "statistics_off"
    };
    visit.commit_and_go("/devices/reports/public", message).await
}

//! What an organisation decides once about offers that are directed at positions: what is done with those of each publisher, and which
//! own positions are meant. GET and POST /catalogue/decisions.

use axum::extract::State;
use base::OrganisationId;
use courses::Error;
use courses::offer::wish::{self, Publisher};
use identity::position::{self, Position};
use identity::shared_position::{self, Meant, SharedPosition};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, sharing as say};

use super::meant;
use crate::caller::Caller;
use crate::parts::{
    Choice, DataTable, EmptyState, Field, FieldKind, FormErrors, Notice, PageHead, PostForm, Radios, Select,
    SubmitButton, TableWidth, Tone,
};
use crate::problem::{Answer, Problem};
use crate::refused::summary;
use crate::request::Posted;
use crate::state::App;
use crate::visit::Visit;
use crate::way::trail;

/// What was typed of a decision.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    publisher: String,
    decision: String,
    due_days: String,
}

/// Everything on the page.
pub struct Page {
    publishers: Vec<Publisher>,
    /// The positions of the installation.
    pub shared: Vec<SharedPosition>,
    /// The own positions.
    pub own: Vec<Position>,
    /// Which are meant by which.
    pub meant: Vec<Meant>,
    typed: Typed,
    /// What was typed of positions.
    pub meaning: meant::Typed,
    /// What is wrong.
    pub errors: FormErrors,
}

/// Opens it, for those who administer the organisation.
pub async fn open(app: &App, caller: &Caller) -> Result<(Visit, Page), Problem> {
    let mut visit = caller.open(app).await?;
    let proof = visit.me.people_admin()?;
    let page = Page {
        publishers: wish::publishers(&mut visit.tx, &proof).await?,
        shared: shared_position::all(&mut visit.tx).await?,
        own: position::all(&mut visit.tx).await?,
        meant: shared_position::meant(&mut visit.tx).await?,
        typed: Typed::default(),
        meaning: meant::Typed::default(),
        errors: FormErrors::new(),
    };
    Ok((visit, page))
}

/// The page.
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let (visit, page) = open(&app, &caller).await?;
    answer(visit, page)
}

/// The page, with what is wrong if something is.
pub fn answer(visit: Visit, page: Page) -> Answer {
    let language = visit.language;
    let errors = page.errors.clone();
    visit.form(say::decisions_title(language), errors, move |_| view(language, &page))
}

/// Decides about one publisher.
pub async fn decide(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let (mut visit, mut page) = open(&app, &caller).await?;
    let (proof, language) = (visit.me.people_admin()?, visit.language);
    let publisher = typed.publisher.parse::<OrganisationId>().ok();
    let days = match typed.decision.as_str() {
        "automatic" => typed.due_days.trim().parse::<i32>().ok().map(Some),
        _ => Some(None),
    };
    page.typed = typed;
    if publisher.is_none() {
        page.errors.add("publisher", say::choose_publisher(language));
    }
    if !["automatic", "shown"].contains(&page.typed.decision.as_str()) {
        page.errors.add("decision", say::choose_decision(language));
    }
    if days.is_none() {
        page.errors.add("due_days", say::wrong_days(language));
    }
    let (Some(publisher), Some(days), true) = (publisher, days, page.errors.is_empty()) else {
        return answer(visit, page);
    };
    match wish::decide(&mut visit.tx, &proof, publisher, days).await {
        Ok(()) => return visit.commit_and_go("/catalogue/decisions", "saved").await,
        Err(Error::Invalid(_)) => page.errors.add("due_days", say::wrong_days(language)),
        Err(Error::NotFound) => page.errors.add("publisher", say::publisher_gone(language)),
        Err(error) => return Err(error.into()),
    }
    answer(visit, page)
}

fn view(language: Language, page: &Page) -> AnyView {
    view! {
        {summary(language, &page.errors)}
        {trail(language, vec![super::home(language)], say::decisions_title(language))}
        <PageHead title=say::decisions_title(language) lead=say::decisions_lead(language)/>
        <h2>{say::meant_title(language)}</h2>
        {meant::view(language, page)}
        <h2>{say::publishers_title(language)}</h2>
        {publishers(language, page)}
    }
    .into_any()
}

fn publishers(language: Language, page: &Page) -> AnyView {
    if page.publishers.is_empty() {
        return view! {
            <EmptyState title=say::publishers_none(language) text=say::publishers_none_text(language) level=3/>
        }
        .into_any();
    }
    let rows = page.publishers.iter().map(|one| {
        let decided = match one.automatic {
            Some(days) => say::decided_automatic(language, i64::from(days)),
            None => say::decided_shown(language).to_owned(),
        };
        view! {
            <tr>
                <th scope="row">{one.name.clone()}</th>
                <td class="number">{one.offers}</td>
                <td class="number">{one.directed}</td>
                <td>{decided}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let choices = page.publishers.iter().map(|one| Choice::new(one.id.to_string(), one.name.clone()));
    let choices: Vec<Choice> =
        [Choice::new("", say::publisher_choose(language))].into_iter().chain(choices).collect();
    let decisions = [
        ("shown", say::decide_shown(language), say::decide_shown_hint(language)),
        ("automatic", say::decide_automatic(language), say::decide_automatic_hint(language)),
    ]
    .map(|(word, label, hint)| Choice {
        chosen: word == page.typed.decision,
        ..Choice::new(word, label).hint(hint)
    });
    let publisher = view! {
        <Select
            name="publisher"
            label=say::column_publisher(language)
            choices=choices
            chosen=page.typed.publisher.clone()
            error=page.errors.of("publisher")
        />
    };
    let decision = view! {
        <Radios
            name="decision"
            legend=say::decide_legend(language)
            choices=decisions.to_vec()
            error=page.errors.of("decision")
        />
    };
    let days = view! {
        <Field
            name="due_days"
            label=say::due_days(language)
            hint=say::due_days_hint(language)
            kind=FieldKind::Number
            min="1"
            max="3650"
            value=page.typed.due_days.clone()
            error=page.errors.of("due_days")
        />
    };
    view! {
        <DataTable id="publishers" caption=say::publishers_caption(language) width=TableWidth::Scrolls>
            <thead>
                <tr>
                    <th scope="col">{say::column_publisher(language)}</th>
                    <th scope="col" class="number">{say::column_offers(language)}</th>
                    <th scope="col" class="number">{say::column_directed(language)}</th>
                    <th scope="col">{say::column_decision(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        <Notice tone=Tone::Info><p>{say::decide_note(language)}</p></Notice>
        <PostForm action="/catalogue/decisions">
            {publisher}
            {decision}
            {days}
            <SubmitButton label=say::decide_act(language)/>
        </PostForm>
    }
    .into_any()
}

//! Applying for a device: programmes that take applications, the form, and one's own applications. GET /my-devices/apply,
//! GET and POST /my-devices/apply/{programme}.

use axum::extract::State as Program;
use base::PersonId;
use devices::applications::{self, Application, Criterion, Draft, Offer, Somebody, State};
use devices::{Error, ProgrammeId};
use identity::Problem as Wrong;
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, applications as say, frame, loans};

use super::form::{self, Typed};
use super::said;
use crate::caller::Caller;
use crate::date;
use crate::parts::{
    ActionLink, Actions, Choice, DataTable, EmptyState, FormErrors, Link, Notice, PageHead, PostForm, Radios,
    SubmitButton, Tone,
};
use crate::problem::Answer;
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// GET /my-devices/apply
pub async fn show(Program(app): Program<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let offers = applications::offers(&mut visit.tx).await?;
    let mine = applications::mine(&mut visit.tx).await?;
    let language = visit.language;
    let title = say::apply_title(language);
    visit.page(title, || {
        let open = if offers.is_empty() {
            view! { <EmptyState title=say::apply_none(language) text=say::apply_none_text(language)/> }
                .into_any()
        } else {
            offers.iter().map(|offer| sheet(language, offer)).collect_view().into_any()
        };
        let own =
            (!mine.is_empty()).then(|| view! { <h2>{say::own_title(language)}</h2>{table(language, &mine)} });
        view! {
            {said::trail(language, vec![Link::new(loans::mine_title(language), "/my-devices")], title)}
            <PageHead title=title lead=say::apply_lead(language)/>
            {own}
            <h2>{say::apply_open(language)}</h2>
            {open}
        }
        .into_any()
    })
}

fn sheet(language: Language, offer: &Offer) -> AnyView {
    let until = offer.until.map(|day| view! { <p>{say::apply_by(language, &said::day(day))}</p> });
    let href = format!("/my-devices/apply/{}", offer.id);
    view! {
        <section class="sheet">
            <h3>{offer.name.clone()}</h3>
            <p class="terms">{offer.eligibility.clone()}</p>
            {until}
            <Actions><ActionLink label=say::apply_begin(language) href=href/></Actions>
        </section>
    }
    .into_any()
}

fn table(language: Language, mine: &[Application]) -> AnyView {
    let rows = mine
        .iter()
        .map(|one| {
            let name = one.number.clone().unwrap_or_else(|| one.programme_name.clone());
            view! {
                <tr>
                    <th scope="row"><a href=format!("/my-devices/applications/{}", one.id)>{name}</a></th>
                    <td>{one.who.clone()}</td>
                    <td>{one.programme_name.clone()}</td>
                    <td>{one.submitted_at.map(date::day).unwrap_or_default()}</td>
                    <td>{said::state(language, one.state)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="own" caption=say::own_title(language)>
            <thead>
                <tr>
                    <th scope="col">{say::column_number(language)}</th>
                    <th scope="col">{say::label_beneficiary(language)}</th>
                    <th scope="col">{say::label_programme(language)}</th>
                    <th scope="col">{say::column_sent(language)}</th>
                    <th scope="col">{say::column_state(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

/// For whom.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    who: String,
}

/// GET /my-devices/apply/{programme}: with what a draft for this person says already.
pub async fn ask(
    Program(app): Program<App>,
    caller: Caller,
    At(id): At<ProgrammeId>,
    Asked(asked): Asked<Asking>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let mut typed = Typed::from([("who".to_owned(), asked.who.clone())]);
    let draft = applications::mine(&mut visit.tx).await?.into_iter().find(|one| {
        one.state == State::Draft
            && one.programme == id
            && one.beneficiary.is_some_and(|id| id.to_string() == asked.who)
    });
    if let Some(draft) = draft {
        let (about, scores) = applications::own(&mut visit.tx, draft.id).await?;
        typed.extend(form::typed_of(&about.need, &scores));
    }
    page(visit, id, &typed, &FormErrors::new()).await
}

/// POST /my-devices/apply/{programme}: kept as a draft, then shown to be checked.
pub async fn save(
    Program(app): Program<App>,
    caller: Caller,
    At(id): At<ProgrammeId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let text = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let made = match text("who").parse::<PersonId>() {
        Ok(beneficiary) => {
            let draft =
                Draft { programme: id, beneficiary, need: text("need"), claimed: form::claimed(&typed) };
            applications::begin(&mut visit.tx, &draft).await
        }
        Err(_) => Err(Error::field("beneficiary", Wrong::Missing)),
    };
    match made {
        Ok(id) => visit.commit_and_go(&format!("/my-devices/applications/{id}"), "").await,
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            page(visit.afresh().await?, id, &typed, &errors).await
        }
    }
}

async fn page(mut visit: Visit, id: ProgrammeId, typed: &Typed, errors: &FormErrors) -> Answer {
    let (offer, _, criteria) = applications::draft_of(&mut visit.tx, id).await?;
    let people = applications::for_whom(&mut visit.tx).await?;
    let language = visit.language;
    let title = say::apply_for(language, &offer.name);
    let view = |errors: &FormErrors| {
        let links = vec![
            Link::new(loans::mine_title(language), "/my-devices"),
            Link::new(say::apply_title(language), "/my-devices/apply"),
        ];
        let body = if people.is_empty() {
            view! { <Notice tone=Tone::Warning title=say::nobody_title(language)><p>{say::nobody_text(language)}</p></Notice> }
                .into_any()
        } else {
            fields(language, id, people, &criteria, typed, errors)
        };
        view! {
            {said::summary(language, errors)}
            {said::trail(language, links, &title)}
            <PageHead title=title.clone()/>
            <p class="terms">{offer.eligibility.clone()}</p>
            {body}
        }
        .into_any()
    };
    visit.form(&title, errors, view)
}

fn fields(
    language: Language,
    id: ProgrammeId,
    people: Vec<Somebody>,
    criteria: &[Criterion],
    typed: &Typed,
    errors: &FormErrors,
) -> AnyView {
    let chosen = typed.get("who").cloned().unwrap_or_default();
    let only = people.len() == 1;
    let choices = people
        .into_iter()
        .map(|one| {
            let chosen = only || chosen == one.id.to_string();
            Choice { chosen, ..Choice::new(one.id.to_string(), one.name) }
        })
        .collect::<Vec<_>>();
    let inside = view! {
        <Radios name="who" legend=say::for_whom(language) choices=choices error=errors.of("beneficiary")/>
        {form::fields(language, criteria, typed, errors)}
        <Actions>
            <SubmitButton label=say::apply_check(language)/>
            <a href="/my-devices/apply">{frame::cancel(language)}</a>
        </Actions>
    }
    .into_any();
    view! { <PostForm action=format!("/my-devices/apply/{id}")>{inside}</PostForm> }.into_any()
}

//! One's own application: to be checked before it is sent, and where it stands afterwards. GET /my-devices/applications/{id}.

use axum::extract::State as Program;
use devices::applications::{self, Application, Score, State};
use devices::{ApplicationId, Error};
use leptos::prelude::*;
use words::{Language, applications as say, loans};

use super::said;
use crate::caller::Caller;
use crate::parts::{
    ActionLink, Actions, ButtonKind, FormErrors, Link, Notice, PageHead, PostForm, SubmitButton, SummaryList,
    SummaryRow, Tone,
};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;
use crate::visit::Visit;

/// GET /my-devices/applications/{id}
pub async fn show(Program(app): Program<App>, caller: Caller, At(id): At<ApplicationId>) -> Answer {
    let visit = caller.open(&app).await?;
    page(visit, id, &FormErrors::new()).await
}

async fn done(visit: Visit, id: ApplicationId, did: Result<&str, Error>) -> Answer {
    match did {
        Ok(message) => visit.commit_and_go(&format!("/my-devices/applications/{id}"), message).await,
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            page(visit.afresh().await?, id, &errors).await
        }
    }
}

/// POST /my-devices/applications/{id}/send
pub async fn send(Program(app): Program<App>, caller: Caller, At(id): At<ApplicationId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let did = applications::send(&mut visit.tx, id).await;
    done(visit, id, did.map(|()| "application_sent")).await
}

/// POST /my-devices/applications/{id}/withdraw
pub async fn withdraw(Program(app): Program<App>, caller: Caller, At(id): At<ApplicationId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let did = applications::withdraw(&mut visit.tx, id).await;
    done(visit, id, did.map(|()| "application_withdrawn")).await
}

async fn page(mut visit: Visit, id: ApplicationId, errors: &FormErrors) -> Answer {
    let (about, scores) = applications::own(&mut visit.tx, id).await?;
    let mine = about.applicant == Some(visit.tx.person()?);
    let language = visit.language;
    let draft = about.state == State::Draft;
    let title = match &about.number {
        Some(number) => say::application_title(language, number),
        None => say::check_title(language).to_owned(),
    };
    let view = |errors: &FormErrors| {
        let links = vec![
            Link::new(loans::mine_title(language), "/my-devices"),
            Link::new(say::apply_title(language), "/my-devices/apply"),
        ];
        let said = next(language, &about);
        let next = (!draft).then(|| {
            view! { <Notice tone=Tone::Info title=say::next_title(language)><p>{said}</p></Notice> }
        });
        view! {
            {said::summary(language, errors)}
            {said::trail(language, links, &title)}
            <PageHead title=title.clone()/>
            {next}
            <SummaryList rows=facts(language, &about, &scores)/>
            {mine.then(|| acts(language, &about))}
        }
        .into_any()
    };
    visit.form(&title, errors, view)
}

fn facts(language: Language, about: &Application, scores: &[Score]) -> Vec<SummaryRow> {
    let claims: Vec<_> = scores.iter().filter(|one| one.claimed).map(|one| one.name.clone()).collect();
    let claims = if claims.is_empty() { vec!["–".to_owned()] } else { claims };
    let claims = claims.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    let mut rows = vec![
        SummaryRow::view(say::column_state(language), said::state(language, about.state)),
        SummaryRow::new(say::label_programme(language), about.programme_name.clone()),
        SummaryRow::new(say::label_beneficiary(language), about.who.clone()),
        SummaryRow::new(say::label_applicant(language), about.applicant_name.clone()),
        SummaryRow::view(say::claims(language), view! { <ul>{claims}</ul> }.into_any()),
        SummaryRow::new(say::label_need(language), about.need.clone()),
    ];
    if about.submitted_at.is_some() {
        rows.push(SummaryRow::new(say::column_sent(language), said::moment(about.submitted_at)));
    }
    if let Some(position) = about.position {
        rows.push(SummaryRow::new(say::column_position(language), position.to_string()));
    }
    if let Some(on) = about.decided_on {
        rows.push(SummaryRow::new(say::label_decided_on(language), said::day(on)));
    }
    if let Some(why) = about.refusal {
        rows.push(SummaryRow::new(say::label_refusal(language), said::refusal_name(language, why)));
        if !about.decided_note.is_empty() {
            rows.push(SummaryRow::new(say::label_note(language), about.decided_note.clone()));
        }
    }
    if let Some(waits) = &about.allocation {
        rows.push(SummaryRow::new(
            say::label_device(language),
            format!("{} ({})", waits.model, waits.inventory_no),
        ));
    }
    rows
}

fn next(language: Language, about: &Application) -> String {
    match (about.state, &about.allocation, about.position) {
        (State::Granted, Some(waits), _) if waits.collected_at.is_some() => {
            say::next_collected(language).to_owned()
        }
        (State::Granted, Some(waits), _) => say::next_offered(language, &said::day(waits.collect_by)),
        (State::Granted, None, _) => say::next_granted(language).to_owned(),
        (State::Waitlisted, _, Some(position)) => say::next_waits(language, &position.to_string()),
        (State::Refused, ..) => say::next_refused(language).to_owned(),
        (State::Withdrawn, ..) => say::next_withdrawn(language).to_owned(),
        (State::Expired, ..) => say::next_expired(language).to_owned(),
        _ => say::next_submitted(language).to_owned(),
    }
}

fn acts(language: Language, about: &Application) -> AnyView {
    let base = format!("/my-devices/applications/{}", about.id);
    let draft = about.state == State::Draft;
    let collected = about.allocation.as_ref().is_some_and(|waits| waits.collected_at.is_some());
    let send = draft.then(|| {
        let inside =
            view! { <p>{say::send_statement(language)}</p><SubmitButton label=say::send(language)/> }
                .into_any();
        let who = about.beneficiary.map(|id| id.to_string()).unwrap_or_default();
        let href = format!("/my-devices/apply/{}?who={who}", about.programme);
        view! {
            <PostForm action=format!("{base}/send")>{inside}</PostForm>
            <Actions><ActionLink label=say::change(language) href=href kind=ButtonKind::Secondary/></Actions>
        }
    });
    let withdraw = ((draft || about.state.is_open()) && !collected).then(|| {
        let label = if draft { say::discard(language) } else { say::withdraw(language) };
        let inside = view! { <SubmitButton label=label kind=ButtonKind::Danger/> }.into_any();
        view! { <PostForm action=format!("{base}/withdraw")>{inside}</PostForm> }
    });
    view! { {send}{withdraw} }.into_any()
}

//! One application as the clerk works on it. GET /devices/applications/{id}.

use axum::extract::State as Program;
use devices::ApplicationId;
use devices::applications::{self, Application, Decision, Refusal, Score, State};
use devices::privacy::Viewed;
use devices::retention::FileId;
use devices::retention::file::{self, File};
use leptos::prelude::*;
use words::{Language, applications as say};

use super::decision::Typed;
use super::said;
use crate::caller::Caller;
use crate::devices::reports::views::log;
use crate::devices::retention;
use crate::parts::{
    ActionLink, Actions, ButtonKind, Choice, DataTable, Field, FieldKind, FormErrors, Link, PageHead,
    PostForm, Radios, Select, SubmitButton, SummaryList, SummaryRow, TextArea,
};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;
use crate::visit::Visit;

/// GET /devices/applications/{id}. That a protected programme's application was looked at is written down.
pub async fn show(Program(app): Program<App>, caller: Caller, At(id): At<ApplicationId>) -> Answer {
    let visit = caller.open(&app).await?;
    page(&app, &caller, visit, id, &Typed::new(), &FormErrors::new()).await
}

/// The page, with what was typed and refused.
pub async fn page(
    app: &App,
    caller: &Caller,
    mut visit: Visit,
    id: ApplicationId,
    typed: &Typed,
    errors: &FormErrors,
) -> Answer {
    let proof = visit.me.device_clerk()?;
    let (about, scores) = applications::one(&mut visit.tx, &proof, id).await?;
    let file = file::one(&mut visit.tx, &proof.reader(), FileId(id.0)).await?;
    if about.sensitive {
        log(app, caller, Viewed::Application, id.0).await?;
    }
    let programme = applications::rules(&mut visit.tx, &proof, about.programme).await?.name;
    let today = said::machine(identity::day::today(&mut visit.tx).await?);
    let language = visit.language;
    let title = say::application_title(language, about.number.as_deref().unwrap_or_default());
    let view = || {
        let links = vec![
            Link::new(say::applications_title(language), "/devices/applications"),
            Link::new(programme.clone(), format!("/devices/programmes/{}/applications", about.programme)),
        ];
        view! {
            {said::summary(language, errors)}
            {said::trail(language, links, &title)}
            <PageHead title=title.clone() kicker=retention::told(language, &about.who)/>
            {actions(language, &about)}
            <SummaryList rows=facts(language, &about, &file)/>
            {points(language, &about, &scores, typed)}
            {decide(language, &about, typed, &today, errors)}
            {offer(language, &about, typed, errors)}
            {decline(language, &about)}
        }
        .into_any()
    };
    if errors.is_empty() { visit.page(&title, view) } else { visit.refused(&title, view) }
}

fn actions(language: Language, about: &Application) -> AnyView {
    let base = format!("/devices/applications/{}", about.id);
    let told = matches!(about.state, State::Granted | State::Waitlisted | State::Refused | State::Expired);
    let letter = told.then(|| {
        view! { <ActionLink label=say::letter_print(language) href=format!("{base}/letter") kind=ButtonKind::Secondary/> }
    });
    let paper = about.paper.is_some().then(|| {
        view! { <ActionLink label=say::paper_open(language) href=format!("{base}/paper") kind=ButtonKind::Secondary/> }
    });
    let complete = (about.state == State::Submitted).then(|| {
        let inside =
            view! { <SubmitButton label=say::complete(language) kind=ButtonKind::Secondary/> }.into_any();
        view! { <PostForm action=format!("{base}/complete")>{inside}</PostForm> }
    });
    view! { <Actions>{letter}{paper}{complete}</Actions> }.into_any()
}

fn facts(language: Language, about: &Application, file: &File) -> Vec<SummaryRow> {
    let person = |id: Option<base::PersonId>, name: &str| match id {
        Some(id) => view! { <a href=format!("/devices/people/{id}")>{name.to_owned()}</a> }.into_any(),
        None => retention::told(language, name).into_any(),
    };
    let mut rows = vec![
        SummaryRow::view(say::column_state(language), said::state(language, about.state)),
        SummaryRow::view(say::label_beneficiary(language), person(about.beneficiary, &about.who)),
        SummaryRow::view(say::label_applicant(language), person(about.applicant, &about.applicant_name)),
        SummaryRow::new(say::column_sent(language), said::moment(about.submitted_at)),
        SummaryRow::new(
            say::label_need(language),
            if about.beneficiary.is_some() {
                about.need.clone()
            } else {
                retention::removed(language).to_owned()
            },
        ),
        SummaryRow::new(say::label_points(language), about.points.to_string()),
        retention::row(language, file),
    ];
    if let Some(clerk) = &about.entered_by {
        rows.push(SummaryRow::new(say::label_entered_by(language), clerk.clone()));
    }
    if let Some(position) = about.position {
        rows.push(SummaryRow::new(say::column_position(language), position.to_string()));
    }
    if let Some(on) = about.decided_on {
        rows.push(SummaryRow::new(
            say::label_decision(language),
            format!("{}, {}", said::day(on), about.decided_by),
        ));
    }
    if let Some(why) = about.refusal {
        rows.push(SummaryRow::new(say::label_refusal(language), said::refusal_name(language, why)));
    }
    if !about.decided_note.is_empty() {
        rows.push(SummaryRow::new(say::label_note(language), about.decided_note.clone()));
    }
    if let Some(waits) = &about.allocation {
        let text = format!("{} ({})", waits.model, waits.inventory_no);
        rows.push(SummaryRow::new(say::label_device(language), text));
        let when = match waits.collected_at {
            Some(at) => said::moment(Some(at)),
            None => say::collect_by(language, &said::day(waits.collect_by)),
        };
        rows.push(SummaryRow::new(say::label_collected(language), when));
        let href = format!("/devices/agreements/{}", waits.agreement);
        let link = view! { <a href=href>{waits.agreement_number.clone()}</a> }.into_any();
        rows.push(SummaryRow::view(say::label_agreement(language), link));
    }
    rows
}

fn points(language: Language, about: &Application, scores: &[Score], typed: &Typed) -> AnyView {
    if scores.is_empty() && !matches!(about.state, State::Submitted | State::Complete) {
        return ().into_any();
    }
    let open = matches!(about.state, State::Submitted | State::Complete | State::Scored | State::Waitlisted);
    let rows = scores
        .iter()
        .map(|one| {
            let name = format!("p_{}", one.criterion);
            let given = typed.get(&name).cloned().or_else(|| one.points.map(|points| points.to_string()));
            let cell = if open {
                let label = say::points_of(language, &one.name, &one.most.to_string());
                view! { <input class="points" name=name type="number" min="0" max=one.most.to_string() aria-label=label
                    value=given.unwrap_or_default()/> }
                .into_any()
            } else {
                given.unwrap_or_default().into_any()
            };
            let claimed = if one.claimed { say::yes(language) } else { say::no(language) };
            view! {
                <tr>
                    <th scope="row">{one.name.clone()}</th>
                    <td>{claimed}</td>
                    <td class="number">{one.most}</td>
                    <td class="number">{cell}</td>
                </tr>
            }
        })
        .collect_view();
    let table = view! {
        <DataTable id="points" caption=say::points_title(language)>
            <thead>
                <tr>
                    <th scope="col">{say::label_criterion(language)}</th>
                    <th scope="col">{say::column_claimed(language)}</th>
                    <th scope="col" class="number">{say::column_most(language)}</th>
                    <th scope="col" class="number">{say::label_points(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any();
    if !open {
        return view! { <h2>{say::points_title(language)}</h2>{table} }.into_any();
    }
    let inside = view! { {table}<SubmitButton label=say::points_save(language) kind=ButtonKind::Secondary/> }
        .into_any();
    view! {
        <h2>{say::points_title(language)}</h2>
        <PostForm action=format!("/devices/applications/{}/score", about.id)>{inside}</PostForm>
    }
    .into_any()
}

fn decide(
    language: Language,
    about: &Application,
    typed: &Typed,
    today: &str,
    errors: &FormErrors,
) -> AnyView {
    let open: &[Decision] = match about.state {
        State::Submitted | State::Complete => &[Decision::Refuse(Refusal::Other)],
        State::Scored => &[Decision::Grant, Decision::Wait, Decision::Refuse(Refusal::Other)],
        State::Waitlisted => &[Decision::Grant, Decision::Refuse(Refusal::Other)],
        _ => return ().into_any(),
    };
    let chosen = typed.get("decision").map_or("", String::as_str);
    let choices = open
        .iter()
        .map(|one| {
            let (word, label) = match one {
                Decision::Grant => ("grant", say::decision_grant(language)),
                Decision::Wait => ("wait", say::decision_wait(language)),
                Decision::Refuse(_) => ("refuse", say::decision_refuse(language)),
            };
            Choice { chosen: chosen == word || open.len() == 1, ..Choice::new(word, label) }
        })
        .collect::<Vec<_>>();
    let mut reasons = vec![Choice::new("", say::refusal_none(language))];
    reasons
        .extend(Refusal::ALL.iter().map(|why| Choice::new(why.word(), said::refusal_name(language, *why))));
    let value = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let on = if value("decided_on").is_empty() { today.to_owned() } else { value("decided_on") };
    let inside = view! {
        <Radios name="decision" legend=say::label_decision(language) choices=choices error=errors.of("decision")/>
        <Select name="refusal" label=say::label_refusal(language) hint=say::refusal_hint(language) choices=reasons
            chosen=value("refusal") error=errors.of("refusal")/>
        <Field name="decided_on" kind=FieldKind::Date label=say::label_decided_on(language) value=on error=errors.of("decided_on")/>
        <Field name="decided_by" label=say::label_decided_by(language) hint=say::decided_by_hint(language)
            value=value("decided_by") error=errors.of("decided_by")/>
        <TextArea name="note" label=say::label_note(language) hint=say::note_hint(language) rows=3 value=value("note")
            error=errors.of("note")/>
        <SubmitButton label=say::decide(language)/>
    }
    .into_any();
    view! {
        <h2>{say::decision_title(language)}</h2>
        <PostForm action=format!("/devices/applications/{}/decide", about.id)>{inside}</PostForm>
    }
    .into_any()
}

fn offer(language: Language, about: &Application, typed: &Typed, errors: &FormErrors) -> AnyView {
    if about.state != State::Granted || about.allocation.is_some() {
        return ().into_any();
    }
    let inside = view! {
        <Field name="code" label=say::label_code(language) autocomplete="off"
            value=typed.get("code").cloned().unwrap_or_default() error=errors.of("code")/>
        <SubmitButton label=say::offer(language)/>
    }
    .into_any();
    view! {
        <h2>{say::offer_title(language)}</h2>
        <p>{say::offer_text(language)}</p>
        <PostForm action=format!("/devices/applications/{}/offer", about.id)>{inside}</PostForm>
    }
    .into_any()
}

/// For one who says that they do not take it: before the hand-over, or at it.
fn decline(language: Language, about: &Application) -> AnyView {
    let collected = about.allocation.as_ref().is_some_and(|waits| waits.collected_at.is_some());
    if about.state != State::Granted || collected {
        return ().into_any();
    }
    let inside = view! { <SubmitButton label=say::decline(language) kind=ButtonKind::Secondary/> }.into_any();
    view! {
        <h2>{say::decline_title(language)}</h2>
        <p>{say::decline_text(language)}</p>
        <PostForm action=format!("/devices/applications/{}/decline", about.id)>{inside}</PostForm>
    }
    .into_any()
}

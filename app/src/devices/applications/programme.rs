//! A programme with its rules, its waiting list and its applications. GET /devices/programmes/{programme}/applications.

use axum::extract::State as Program;
use devices::ProgrammeId;
use devices::applications::{self, Criterion, Filter, Rules, State};
use devices::privacy::Viewed;
use leptos::prelude::*;
use words::{Language, applications as say};

use super::{list, said};
use crate::caller::Caller;
use crate::devices::reports::views::log;
use crate::parts::{ActionLink, ButtonKind, Link, Notice, PageHead, SummaryList, SummaryRow, Tone};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;

/// GET /devices/programmes/{programme}/applications
pub async fn show(Program(app): Program<App>, caller: Caller, At(id): At<ProgrammeId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let rules = applications::rules(&mut visit.tx, &proof, id).await?;
    if rules.sensitive {
        log(&app, &caller, Viewed::Programme, id.0).await?;
    }
    let criteria = applications::criteria(&mut visit.tx, &proof, id).await?;
    let waiting = applications::waiting(&mut visit.tx, &proof, id).await?;
    let filter = Filter { programme: Some(id), take: 500, ..Filter::default() };
    let mut others = applications::all(&mut visit.tx, &proof, &filter).await?;
    others.retain(|one| one.state != State::Waitlisted);
    let language = visit.language;
    let title = rules.neutral_name.clone();
    visit.page(&title, || {
        let links = vec![Link::new(say::applications_title(language), "/devices/applications")];
        let sensitive = rules.sensitive.then(|| {
            view! { <Notice tone=Tone::Warning title=say::protected_title(language)><p>{say::protected_text(language)}</p></Notice> }
        });
        let fresh = format!("/devices/applications/new?programme={id}");
        let change = format!("/devices/programmes/{id}/rules");
        view! {
            {said::trail(language, links, &title)}
            <PageHead title=title.clone()>
                <ActionLink label=say::paper_new(language) href=fresh/>
                <ActionLink label=say::rules_change(language) href=change kind=ButtonKind::Secondary/>
            </PageHead>
            {sensitive}
            <SummaryList rows=facts(language, &rules, &criteria)/>
            <h2>{say::waiting_title(language)}</h2>
            <p>{say::waiting_how(language)}</p>
            {list::table(language, &waiting, say::waiting_title(language), false)}
            <h2>{say::others_title(language)}</h2>
            {list::table(language, &others, say::others_title(language), false)}
        }
        .into_any()
    })
}

fn facts(language: Language, rules: &Rules, criteria: &[Criterion]) -> Vec<SummaryRow> {
    let days = match (rules.apply_from, rules.apply_until) {
        (None, _) => say::apply_closed(language).to_owned(),
        (Some(from), None) => say::apply_since(language, &said::day(from)),
        (Some(from), Some(until)) => format!("{}–{}", said::day(from), said::day(until)),
    };
    let months = |months: Option<i16>| {
        months.map_or_else(|| "–".to_owned(), |count| say::months(language, i64::from(count)))
    };
    let yes = |yes| if yes { say::yes(language) } else { say::no(language) };
    let points: Vec<String> =
        criteria.iter().map(|one| say::criterion_line(language, &one.name, &one.most.to_string())).collect();
    let points = if points.is_empty() { vec![say::criteria_none(language).to_owned()] } else { points };
    let points = points.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    vec![
        SummaryRow::new(say::label_programme(language), rules.name.clone()),
        SummaryRow::new(say::label_eligibility(language), rules.eligibility.clone()),
        SummaryRow::new(say::apply_days(language), days),
        SummaryRow::new(say::label_excludes(language), yes(rules.excludes_holders)),
        SummaryRow::new(say::label_one_primary(language), yes(rules.one_primary)),
        SummaryRow::new(say::label_durable_months(language), months(rules.durable_months)),
        SummaryRow::new(say::label_declare_months(language), months(rules.declare_months)),
        SummaryRow::new(say::label_collect_days(language), rules.collect_days.to_string()),
        SummaryRow::view(say::criteria(language), view! { <ul>{points}</ul> }.into_any()),
    ]
}

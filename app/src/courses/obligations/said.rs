//! How a cycle stands, why it is asked for, and its dates, in words.

use courses::assign::mine::{Cycle, Standing};
use courses::assign::why::{By, Reason};
use courses::report::Outcome;
use identity::day;
use leptos::prelude::*;
use time::Date;
use words::{Language, obligations as say};

use crate::courses::quiz::percent;
use crate::date;
use crate::parts::{DataTable, SummaryList, SummaryRow, TableWidth, Tag, Tone};

/// The state in a word.
pub fn standing(language: Language, standing: Standing) -> &'static str {
    match standing {
        Standing::Open => say::state_open(language),
        Standing::Late => say::state_late(language),
        Standing::Done => say::state_done(language),
        Standing::Expired => say::state_expired(language),
        Standing::Exempt => say::state_exempt(language),
        Standing::Released => say::state_released(language),
    }
}

/// What came of the test, in words.
pub fn outcome(language: Language, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => say::result_passed(language),
        Outcome::Waiting => say::result_waiting(language),
        Outcome::Failed => say::result_failed(language),
        Outcome::NotTaken => say::result_not_taken(language),
        Outcome::NoTest => say::result_no_test(language),
    }
}

/// The same with the result in per cent, where there is one; nothing for a course without a test.
pub fn result(language: Language, came: Outcome, score: Option<u16>) -> String {
    match (came, score) {
        (Outcome::NoTest, _) => String::new(),
        (Outcome::Passed | Outcome::Failed, Some(score)) => {
            say::result_with_score(language, outcome(language, came), &percent(language, score))
        }
        _ => outcome(language, came).to_owned(),
    }
}

/// The same as a mark.
pub fn tag(language: Language, state: Standing) -> AnyView {
    let tone = match state {
        Standing::Open => Tone::Info,
        Standing::Late => Tone::Danger,
        Standing::Done => Tone::Success,
        Standing::Expired => Tone::Warning,
        Standing::Exempt | Standing::Released => Tone::Neutral,
    };
    view! { <Tag tone=tone text=standing(language, state)/> }.into_any()
}

/// Why, said to the person: "ponieważ pełnisz funkcję: redaktor strony, w: Wydział Promocji".
pub fn because(language: Language, reason: &Reason) -> String {
    match &reason.by {
        By::Name => say::because_name(language).to_owned(),
        By::Group(name) => say::because_group(language, name),
        By::Unit(name) => say::because_unit(language, name),
        By::Position(name) => match &reason.unit {
            Some(unit) => say::because_position_in(language, name, unit),
            None => say::because_position(language, name),
        },
        By::Organisation => say::because_organisation(language).to_owned(),
    }
}

/// The same of somebody: "Stanowisko: redaktor strony".
pub fn ground(language: Language, reason: &Reason) -> String {
    match &reason.by {
        By::Name => say::ground_name(language).to_owned(),
        By::Group(name) => say::ground_group(language, name),
        By::Unit(name) => say::ground_unit(language, name),
        By::Position(name) => say::ground_position(language, name),
        By::Organisation => say::ground_organisation(language).to_owned(),
    }
}

/// The facts of one cycle.
pub fn facts(language: Language, cycle: &Cycle, today: Date) -> AnyView {
    let mut rows = vec![SummaryRow::view(say::fact_state(language), tag(language, cycle.standing(today)))];
    if let Some(at) = cycle.assigned_at {
        rows.push(SummaryRow::new(say::fact_assigned(language), date::day(at)));
    }
    match (&cycle.extended, cycle.due_on) {
        (Some((to, reason)), Some(due)) => {
            rows.push(SummaryRow::new(
                say::fact_due(language),
                say::extended_from(language, &day::spoken(*to), &day::spoken(due)),
            ));
            rows.push(SummaryRow::new(say::fact_extension_reason(language), reason.clone()));
        }
        (None, Some(due)) => rows.push(SummaryRow::new(say::fact_due(language), day::spoken(due))),
        _ => rows.push(SummaryRow::new(say::fact_due(language), say::no_deadline(language))),
    }
    if let Some((at, version)) = cycle.done {
        rows.push(SummaryRow::new(
            say::fact_done(language),
            say::done_with_version(language, &date::day(at), &version.to_string()),
        ));
        let valid = cycle.valid_until.map_or_else(|| say::valid_for_good(language).to_owned(), day::spoken);
        rows.push(SummaryRow::new(say::fact_valid(language), valid));
    }
    if let Some((at, reason)) = &cycle.exempt {
        rows.push(SummaryRow::new(say::fact_exempt(language), date::day(*at)));
        rows.push(SummaryRow::new(say::fact_exempt_reason(language), reason.clone()));
    }
    if let Some(at) = cycle.released_at {
        rows.push(SummaryRow::new(say::fact_released(language), date::day(at)));
    }
    view! { <SummaryList rows=rows/> }.into_any()
}

/// Earlier cycles of a course as a table; nothing when there are none. `subject` names the course where there may be several tables.
pub fn history(language: Language, (id, subject): (&str, &str), cycles: &[Cycle], today: Date) -> AnyView {
    if cycles.is_empty() {
        return ().into_any();
    }
    let day_of = |day: Option<Date>| day.map_or_else(|| say::dash(language).to_owned(), day::spoken);
    let rows = cycles
        .iter()
        .map(|cycle| {
            let done = cycle.done.map_or_else(|| say::dash(language).to_owned(), |(at, _)| date::day(at));
            let version =
                cycle.done.map_or_else(|| say::dash(language).to_owned(), |(_, version)| version.to_string());
            view! {
                <tr>
                    <th scope="row">{cycle.cycle}</th>
                    <td>{standing(language, cycle.standing(today))}</td>
                    <td>{day_of(cycle.deadline())}</td>
                    <td>{done}</td>
                    <td>{version}</td>
                    <td>{day_of(cycle.valid_until)}</td>
                </tr>
            }
        })
        .collect_view();
    let caption = say::past_cycles(language);
    let caption = if subject.is_empty() { caption.to_owned() } else { format!("{caption}: {subject}") };
    view! {
        <DataTable id=id caption=caption width=TableWidth::Scrolls>
            <thead>
                <tr>
                    <th scope="col">{say::column_cycle(language)}</th>
                    <th scope="col">{say::column_state(language)}</th>
                    <th scope="col">{say::column_due(language)}</th>
                    <th scope="col">{say::column_done(language)}</th>
                    <th scope="col">{say::column_version(language)}</th>
                    <th scope="col">{say::column_valid(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

//! What came of an attempt: the score, whether it passed, and feedback as far as the test shows it.

use courses::markdown::Places;
use courses::quiz::Reveal;
use courses::quiz::attempt::Attempt;
use leptos::prelude::*;
use words::{Language, quizzes as say};

use super::{explain, percent, start};
use crate::date;
use crate::parts::{ActionLink, ButtonKind, Notice, PageHead, SummaryList, SummaryRow, Tone};

/// The result of an attempt that has ended.
pub fn view(language: Language, (slug, unit): (&str, &str), attempt: &Attempt, places: &Places) -> AnyView {
    let line = &attempt.line;
    let lesson = format!("/courses/{slug}/{unit}");
    let (tone, title) = match line.passed {
        Some(true) => (Tone::Success, say::result_passed(language)),
        Some(false) => (Tone::Warning, say::result_failed(language)),
        None => (Tone::Info, say::result_waits(language)),
    };
    let score = line.score.map(|score| percent(language, score));
    let pass = format!("{}%", attempt.settings.pass_percent);
    let mut rows = vec![
        SummaryRow::new(say::column_attempt(language), line.number.to_string()),
        SummaryRow::new(say::column_score(language), score.unwrap_or_else(|| "–".to_owned())),
        SummaryRow::new(say::fact_pass(language), pass),
        SummaryRow::new(say::column_begun(language), date::moment(line.started_at)),
    ];
    rows.extend(line.submitted_at.map(|at| SummaryRow::new(say::column_ended(language), date::moment(at))));
    let by_time = line.by_time.then(|| view! { <p>{say::ended_by_time(language)}</p> });
    let again = (line.passed == Some(false)).then(|| {
        view! {
            <ActionLink
                label=say::to_test(language)
                href=format!("{lesson}/test")
                kind=ButtonKind::Secondary
            />
        }
    });
    let came = start::outcome(language, line);
    let kicker = say::attempt_number(language, &line.number.to_string());
    view! {
        <PageHead title=say::result(language) kicker=kicker>{came}</PageHead>
        <Notice tone=tone title=title>{by_time}</Notice>
        <SummaryList rows=rows/>
        <p class="actions">
            <ActionLink label=say::to_course(language) href=format!("/courses/{slug}")/>
            {again}
        </p>
        {feedback(language, attempt, places)}
    }
    .into_any()
}

fn feedback(language: Language, attempt: &Attempt, places: &Places) -> AnyView {
    if !attempt.reveals {
        let text = match attempt.settings.reveal {
            Reveal::Never => say::reveal_never(language),
            _ => say::reveal_later(language),
        };
        return view! { <p>{text}</p> }.into_any();
    }
    let questions =
        (1..=attempt.len()).map(|number| explain::question(language, attempt, number, places)).collect_view();
    view! { <h2>{say::feedback(language)}</h2>{questions} }.into_any()
}

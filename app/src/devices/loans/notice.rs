//! Giving notice of a loan without end: the page that asks, with the reason to fill in, and the act.

use axum::extract::State;
use devices::loans::list::Line;
use devices::loans::{due, list};
use devices::{Error, LoanId};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, loans as say, settlements};

use super::{letter, said};
use crate::caller::Caller;
use crate::devices::retention;
use crate::parts::{
    ActionLink, ButtonKind, CheckPage, Field, FormErrors, Link, PageHead, SummaryList, SummaryRow,
};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    reason: String,
}

/// GET /devices/loans/{id}/notice: nothing is changed.
pub async fn ask(State(app): State<App>, caller: Caller, At(id): At<LoanId>) -> Answer {
    let visit = caller.open(&app).await?;
    page(visit, id, &Typed::default(), &FormErrors::new()).await
}

/// POST /devices/loans/{id}/notice
pub async fn give(
    State(app): State<App>,
    caller: Caller,
    At(id): At<LoanId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    match due::give_notice(&mut visit.tx, &proof, id, &typed.reason, &letter::notice).await {
        Ok(_) => visit.commit_and_go(&format!("/devices/loans/{id}"), "loan_notice").await,
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            page(visit.afresh().await?, id, &typed, &errors).await
        }
    }
}

async fn page(mut visit: Visit, id: LoanId, typed: &Typed, errors: &FormErrors) -> Answer {
    let proof = visit.me.device_clerk()?.reader();
    let line = list::one(&mut visit.tx, &proof, id).await?;
    let (days, ends) = match due::terms_of_notice(&mut visit.tx, &proof, id).await {
        Err(Error::NoticeGiven { on, until }) => {
            let sentence = settlements::notice_given(visit.language, &said::day(on), &said::day(until));
            return given(visit, &line, typed, sentence, !errors.is_empty());
        }
        terms => terms?,
    };
    let language = visit.language;
    let question = settlements::notice_question(language, &line.inventory_no);
    let title = question.clone();
    let view = |errors: &FormErrors| {
        let effect = settlements::notice_effect(language, i64::from(days), &said::day(ends));
        let rows = vec![
            SummaryRow::new(say::column_device(language), format!("{} {}", line.inventory_no, line.model)),
            SummaryRow::new(say::column_who(language), retention::told(language, &line.who)),
            SummaryRow::new(say::column_agreement(language), line.number.clone()),
        ];
        let fields = view! {
            <Field name="reason" label=say::label_reason(language) value=typed.reason.clone() error=errors.of("reason")/>
        }
        .into_any();
        view! {
            {said::summary(language, errors)}
            <CheckPage
                question=question
                action=format!("/devices/loans/{id}/notice")
                confirm=settlements::notice_button(language)
                cancel=Link::new(settlements::notice_keep(language), format!("/devices/loans/{id}"))
                fields=fields
            >
                <p>{effect}</p>
                <SummaryList rows=rows/>
            </CheckPage>
        }
        .into_any()
    };
    visit.form(&title, errors, view)
}

/// That notice was given already, and what was typed for another one.
fn given(visit: Visit, line: &Line, typed: &Typed, sentence: String, refused: bool) -> Answer {
    let language = visit.language;
    let title = settlements::notice_button(language);
    let errors = if refused { FormErrors::one("", sentence.clone()) } else { FormErrors::new() };
    visit.form(title, errors, |errors: FormErrors| {
        let name = say::loan_title(language, &line.inventory_no, &retention::told(language, &line.who));
        let links = vec![
            Link::new(say::loans_title(language), "/devices/loans"),
            Link::new(name.clone(), format!("/devices/loans/{}", line.loan)),
        ];
        let text = (!refused).then(|| view! { <p>{sentence}</p> });
        let reason = (!typed.reason.trim().is_empty()).then(|| {
            let rows = vec![SummaryRow::new(say::label_reason(language), typed.reason.clone())];
            view! { <SummaryList rows=rows/> }
        });
        view! {
            {said::summary(language, &errors)}
            {said::trail(language, links, title)}
            <PageHead title=title kicker=name/>
            {text}
            {reason}
        }
        .into_any()
    })
}

/// The way here from the page of a loan.
pub fn button(language: Language, loan: LoanId) -> AnyView {
    let href = format!("/devices/loans/{loan}/notice");
    view! { <ActionLink label=settlements::notice_button(language) href=href kind=ButtonKind::Secondary/> }
        .into_any()
}

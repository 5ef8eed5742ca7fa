//! GET and POST /devices/retention/periods: for how many months files are kept, and why; the administrator changes it.

use axum::extract::State;
use devices::retention::setting::{self, Setting};
use leptos::prelude::*;
use serde::Deserialize;
use words::retention as say;

use super::super::loans::said;
use super::{refusal, trail};
use crate::caller::Caller;
use crate::parts::{
    Checkbox, Details, Field, FormErrors, PageHead, PostForm, SubmitButton, SummaryList, SummaryRow,
};
use crate::problem::Answer;
use crate::request::Posted;
use crate::state::App;
use crate::visit::Visit;

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    loan_months: String,
    application_months: String,
    note_months: String,
    automatic: String,
}

impl Typed {
    fn of(setting: &Setting) -> Self {
        Self {
            loan_months: setting.loan_months.to_string(),
            application_months: setting.application_months.to_string(),
            note_months: setting.note_months.to_string(),
            automatic: if setting.automatic { "1".to_owned() } else { String::new() },
        }
    }

    /// What is no number is as wrong as none.
    fn setting(&self) -> Setting {
        let months = |text: &str| text.trim().parse().unwrap_or(0);
        Setting {
            loan_months: months(&self.loan_months),
            application_months: months(&self.application_months),
            note_months: months(&self.note_months),
            automatic: !self.automatic.is_empty(),
        }
    }
}

/// GET /devices/retention/periods
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    page(caller.open(&app).await?, None, &FormErrors::new()).await
}

/// POST /devices/retention/periods
pub async fn save(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    match setting::save(&mut visit.tx, &proof, &typed.setting()).await {
        Ok(()) => visit.commit_and_go("/devices/retention/periods", "retention_periods").await,
        Err(error) => {
            let errors = refusal(visit.language, error)?;
            drop(visit);
            page(caller.open(&app).await?, Some(typed), &errors).await
        }
    }
}

async fn page(mut visit: Visit, typed: Option<Typed>, errors: &FormErrors) -> Answer {
    let proof = visit.me.devices_reader()?;
    let admin = visit.me.people_admin().is_ok();
    let now = setting::read(&mut visit.tx, &proof).await?;
    let typed = typed.unwrap_or_else(|| Typed::of(&now));
    let language = visit.language;
    let title = say::periods(language);
    let view = || {
        let body = if admin {
            let inside = view! {
                <Field name="loan_months" inputmode="numeric" label=say::label_loan_months(language) value=typed.loan_months
                    error=errors.of("loan_months")/>
                <Field name="application_months" inputmode="numeric" label=say::label_application_months(language)
                    value=typed.application_months error=errors.of("application_months")/>
                <Field name="note_months" inputmode="numeric" label=say::label_note_months(language) value=typed.note_months
                    error=errors.of("note_months")/>
                <Checkbox name="automatic" label=say::label_automatic(language) checked=!typed.automatic.is_empty()/>
                <p class="hint">{say::automatic_hint(language)}</p>
                <SubmitButton label=say::periods_save(language)/>
            }
            .into_any();
            view! { <PostForm action="/devices/retention/periods">{inside}</PostForm> }.into_any()
        } else {
            let how = if now.automatic {
                say::periods_automatic_on(language)
            } else {
                say::periods_automatic_off(language)
            };
            let rows = vec![
                SummaryRow::new(say::label_loan_months(language), now.loan_months.to_string()),
                SummaryRow::new(say::label_application_months(language), now.application_months.to_string()),
                SummaryRow::new(say::label_note_months(language), now.note_months.to_string()),
                SummaryRow::new(say::periods_how(language), how),
            ];
            view! { <SummaryList rows=rows/><p>{say::periods_admin_only(language)}</p> }.into_any()
        };
        view! {
            {said::summary(language, errors)}
            {trail(language, title)}
            <PageHead title=title lead=say::lead(language)/>
            {body}
            <Details summary=say::help(language)>
                <p>{say::help_loan(language)}</p>
                <p>{say::help_start(language)}</p>
                <p>{say::help_application(language)}</p>
                <p>{say::help_note(language)}</p>
                <p>{say::help_archive(language)}</p>
            </Details>
        }
        .into_any()
    };
    if errors.is_empty() { visit.page(title, view) } else { visit.refused(title, view) }
}

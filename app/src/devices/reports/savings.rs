//! GET and POST /devices/reports/savings: pages that are not printed, what they would have cost, and the formula.

use axum::extract::State;
use devices::reports::savings::{self, Inputs};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, reports as say};

use super::{tabs, trail};
use crate::caller::Caller;
use crate::devices::{grosze, money};
use crate::parts::{Actions, Field, FormErrors, PageHead, PostForm, SubmitButton, SummaryList, SummaryRow};
use crate::problem::Answer;
use crate::refused::summary;
use crate::request::Posted;
use crate::state::App;
use crate::visit::Visit;

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    people: String,
    meetings: String,
    pages: String,
    page_price: String,
    device_price: String,
    years: String,
}

const FIELDS: [&str; 6] = ["people", "meetings", "pages", "page_price", "device_price", "years"];

impl Typed {
    fn of(inputs: &Inputs) -> Self {
        // As people type an amount: `0,20`.
        let amount = |grosze: i64| format!("{},{:02}", grosze / 100, grosze % 100);
        Self {
            people: inputs.people.to_string(),
            meetings: inputs.meetings.to_string(),
            pages: inputs.pages.to_string(),
            page_price: amount(inputs.page_grosze.into()),
            device_price: amount(inputs.device_grosze),
            years: inputs.years.to_string(),
        }
    }

    fn value(&self, field: &str) -> String {
        match field {
            "people" => &self.people,
            "meetings" => &self.meetings,
            "pages" => &self.pages,
            "page_price" => &self.page_price,
            "device_price" => &self.device_price,
            _ => &self.years,
        }
        .clone()
    }

    fn inputs(&self) -> Result<Inputs, Vec<&'static str>> {
        let mut wrong = Vec::new();
        let mut number = |field: &'static str, text: &str| {
            text.trim().parse::<i32>().unwrap_or_else(|_| {
                wrong.push(field);
                0
            })
        };
        let (people, meetings) = (number("people", &self.people), number("meetings", &self.meetings));
        let (pages, years) = (number("pages", &self.pages), number("years", &self.years));
        let page = grosze(&self.page_price).and_then(|amount| i32::try_from(amount).ok());
        let device = if self.device_price.trim().is_empty() { Some(0) } else { grosze(&self.device_price) };
        if page.is_none() {
            wrong.push("page_price");
        }
        if device.is_none() {
            wrong.push("device_price");
        }
        match (page, device) {
            (Some(page_grosze), Some(device_grosze)) if wrong.is_empty() => {
                Ok(Inputs { people, meetings, pages, page_grosze, device_grosze, years })
            }
            _ => Err(wrong),
        }
    }
}

/// GET /devices/reports/savings
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let inputs = savings::inputs(&mut visit.tx, &proof).await?;
    page(visit, &inputs, &Typed::of(&inputs), FormErrors::new())
}

/// POST /devices/reports/savings
pub async fn save(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let wrong = match typed.inputs() {
        Ok(inputs) => match savings::remember(&mut visit.tx, &proof, &inputs).await {
            Ok(()) => return visit.commit_and_go("/devices/reports/savings", "savings_saved").await,
            Err(devices::Error::Invalid(problems)) => {
                problems.into_iter().map(|problem| problem.field).collect()
            }
            Err(error) => return Err(error.into()),
        },
        Err(wrong) => wrong,
    };
    let language = visit.language;
    let mut errors = FormErrors::new();
    for field in FIELDS.into_iter().filter(|field| wrong.contains(field)) {
        errors.add(field, say::savings_wrong(language, label(language, field)));
    }
    let inputs = savings::inputs(&mut visit.tx, &proof).await?;
    page(visit, &inputs, &typed, errors)
}

fn label(language: Language, field: &str) -> &'static str {
    match field {
        "people" => say::savings_people(language),
        "meetings" => say::savings_meetings(language),
        "pages" => say::savings_pages(language),
        "page_price" => say::savings_page_price(language),
        "device_price" => say::savings_device_price(language),
        _ => say::savings_years(language),
    }
}

fn page(visit: Visit, inputs: &Inputs, typed: &Typed, errors: FormErrors) -> Answer {
    let language = visit.language;
    let admin = visit.me.people_admin().is_ok();
    let title = say::savings_title(language);
    let saved = inputs.savings();
    let view = |errors: FormErrors| {
        let fields = FIELDS
            .map(|field| {
                let hint = if field == "device_price" { say::savings_device_hint(language) } else { "" };
                view! {
                    <Field name=field label=label(language, field) value=typed.value(field) hint=hint error=errors.of(field)/>
                }
            })
            .collect_view();
        let whole = saved.whole();
        let (word, amount) = if whole < 0 {
            (say::savings_lost(language), money(-whole))
        } else {
            (say::savings_saved(language), money(whole))
        };
        let rows = vec![
            SummaryRow::new(say::savings_not_printed(language), saved.pages.to_string()),
            SummaryRow::new(say::savings_printing(language), money(saved.printing)),
            SummaryRow::new(say::savings_devices(language), money(saved.devices)),
            SummaryRow::new(word, amount),
        ];
        let printing = format!(
            "{} × {} × {} × {} = {}",
            inputs.people,
            inputs.meetings,
            inputs.pages,
            money(inputs.page_grosze.into()),
            money(saved.printing)
        );
        let devices = format!(
            "{} × {} ÷ {} = {}",
            inputs.people,
            money(inputs.device_grosze),
            inputs.years,
            money(saved.devices)
        );
        view! {
            {summary(language, &errors)}
            {trail(language, title)}
            <PageHead title=title lead=say::savings_lead(language)/>
            {tabs(language, admin, "/devices/reports/savings")}
            <SummaryList rows=rows/>
            <h2>{say::savings_formula(language)}</h2>
            <p>{say::savings_formula_printing(language)}<br/><strong>{printing}</strong></p>
            <p>{say::savings_formula_devices(language)}<br/><strong>{devices}</strong></p>
            <h2>{say::savings_inputs(language)}</h2>
            <PostForm action="/devices/reports/savings">
                {fields}
                <Actions><SubmitButton label=say::savings_reckon(language)/></Actions>
            </PostForm>
        }
        .into_any()
    };
    visit.form(title, errors, view)
}

//! The fields of a rule, as they are typed.

use courses::rule::{Due, Rule};
use identity::{FieldProblem, Problem};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, obligations as say};

use crate::devices::{read_day, typed_day};
use crate::parts::{Checkbox, Choice, Field, FieldKind, FormErrors, HiddenField, Radios, Select};
use crate::refused;

/// The form as it was posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Whom a new rule is for.
    pub target: String,
    /// The revision that the form was opened with.
    pub revision: String,
    /// Filled on the page that asks first.
    pub confirm: String,
    mandatory: String,
    due: String,
    due_on: String,
    due_days: String,
    due_day: String,
    due_month: String,
    valid_months: String,
}

impl Typed {
    /// A form that is opened to oblige.
    pub fn mandatory() -> Self {
        Self {
            mandatory: "1".to_owned(),
            due: "after".to_owned(),
            due_days: "30".to_owned(),
            ..Self::default()
        }
    }

    /// The fields of a rule that is there.
    pub fn of(rule: &Rule) -> Self {
        let mut typed = Self {
            mandatory: if rule.mandatory { "1".to_owned() } else { String::new() },
            due: rule.due.word().to_owned(),
            due_on: typed_day(rule.fixed()),
            valid_months: rule.valid_months.map(|months| months.to_string()).unwrap_or_default(),
            ..Self::default()
        };
        match rule.due {
            Due::After(days) => typed.due_days = days.to_string(),
            Due::Yearly { month, day } => {
                typed.due_day = day.to_string();
                typed.due_month = month.to_string();
            }
            Due::Never | Due::Fixed(_) => {}
        }
        typed
    }

    /// The rule. Errors: every field that cannot be read.
    pub fn rule(&self) -> Result<Rule, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let mut wrong = |field, problem| problems.push(FieldProblem { field, problem });
        let mandatory = !self.mandatory.is_empty();
        let due = match self.due.as_str() {
            _ if !mandatory => Due::Never,
            "fixed" => match read_day(&self.due_on) {
                Ok(Some(day)) => Due::Fixed(day),
                Ok(None) => {
                    wrong("due_on", Problem::Missing);
                    Due::Never
                }
                Err(()) => {
                    wrong("due_on", Problem::Malformed);
                    Due::Never
                }
            },
            "after" => match self.due_days.trim().parse() {
                Ok(days) => Due::After(days),
                Err(_) => {
                    wrong("due_days", Problem::Malformed);
                    Due::Never
                }
            },
            "yearly" => match (self.due_month.trim().parse(), self.due_day.trim().parse()) {
                (Ok(month), Ok(day)) => Due::Yearly { month, day },
                _ => {
                    wrong("due_day", Problem::Malformed);
                    Due::Never
                }
            },
            "" | "none" => Due::Never,
            _ => {
                wrong("due", Problem::Unknown);
                Due::Never
            }
        };
        let valid_months = match self.valid_months.trim() {
            "" => None,
            months => months.parse().map_or_else(
                |_| {
                    wrong("valid_months", Problem::Malformed);
                    None
                },
                Some,
            ),
        };
        if problems.is_empty() { Ok(Rule { mandatory, due, valid_months }) } else { Err(problems) }
    }

    /// Everything that was typed, for the page that asks first.
    pub fn hidden(&self, target: &str, revision: Option<String>) -> AnyView {
        let field = |name: &'static str, value: &str| {
            view! { <HiddenField name=name value=value.to_owned()/> }.into_any()
        };
        vec![
            field("target", target),
            field("revision", &revision.unwrap_or_default()),
            field("mandatory", &self.mandatory),
            field("due", &self.due),
            field("due_on", &self.due_on),
            field("due_days", &self.due_days),
            field("due_day", &self.due_day),
            field("due_month", &self.due_month),
            field("valid_months", &self.valid_months),
            field("confirm", "1"),
        ]
        .into_any()
    }
}

/// What is wrong, in sentences.
pub fn errors(language: Language, wrong: &[FieldProblem]) -> FormErrors {
    refused::errors(wrong, |one| {
        let sentence = match one.field {
            "due_on" => say::wrong_due_on(language),
            "due_days" => say::wrong_due_days(language),
            "due_day" => say::wrong_due_day(language),
            "valid_months" => say::wrong_valid_months(language),
            "target" => say::wrong_target(language),
            _ => say::wrong_due(language),
        };
        sentence.to_owned()
    })
}

/// The fields.
pub fn fields(language: Language, typed: &Typed, errors: &FormErrors) -> AnyView {
    let due = if typed.due.is_empty() { "none" } else { &typed.due };
    let kinds = [
        ("none", say::kind_never(language)),
        ("fixed", say::kind_fixed(language)),
        ("after", say::kind_after(language)),
        ("yearly", say::kind_yearly(language)),
    ]
    .map(|(word, label)| Choice { chosen: word == due, ..Choice::new(word, label) });
    let months = (1..=12).map(|month| Choice::new(month.to_string(), month_name(language, month)));
    let months = [Choice::new("", say::month_choose(language))].into_iter().chain(months).collect::<Vec<_>>();
    view! {
        <Checkbox
            name="mandatory"
            label=say::label_mandatory(language)
            hint=say::hint_mandatory(language)
            checked=!typed.mandatory.is_empty()
        />
        <Radios name="due" legend=say::label_due(language) choices=kinds.to_vec() error=errors.of("due")/>
        <Field
            name="due_on"
            label=say::label_due_on(language)
            note=frame::optional(language)
            kind=FieldKind::Date
            value=typed.due_on.clone()
            error=errors.of("due_on")
        />
        <Field
            name="due_days"
            label=say::label_due_days(language)
            note=frame::optional(language)
            kind=FieldKind::Number
            min="1"
            max="3650"
            value=typed.due_days.clone()
            error=errors.of("due_days")
        />
        <Field
            name="due_day"
            label=say::label_due_day(language)
            note=frame::optional(language)
            kind=FieldKind::Number
            min="1"
            max="31"
            value=typed.due_day.clone()
            error=errors.of("due_day")
        />
        <Select
            name="due_month"
            label=say::label_due_month(language)
            note=frame::optional(language)
            choices=months
            chosen=typed.due_month.clone()
        />
        <Field
            name="valid_months"
            label=say::label_valid_months(language)
            note=frame::optional(language)
            hint=say::hint_valid_months(language)
            kind=FieldKind::Number
            min="1"
            max="120"
            value=typed.valid_months.clone()
            error=errors.of("valid_months")
        />
    }
    .into_any()
}

fn month_name(language: Language, month: u8) -> &'static str {
    match month {
        1 => say::month_1(language),
        2 => say::month_2(language),
        3 => say::month_3(language),
        4 => say::month_4(language),
        5 => say::month_5(language),
        6 => say::month_6(language),
        7 => say::month_7(language),
        8 => say::month_8(language),
        9 => say::month_9(language),
        10 => say::month_10(language),
        11 => say::month_11(language),
        _ => say::month_12(language),
    }
}

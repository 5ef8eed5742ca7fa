//! GET and POST /organisation/statement: the form behind the statement of one's own organisation.

use axum::extract::State;
use identity::Error;
use identity::statement::{Conformance, Statement};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, identity as say};

use crate::caller::Caller;
use crate::date;
use crate::identity::fields;
use crate::identity::people::section;
use crate::parts::{
    ActionLink, Actions, ButtonKind, Checkbox, Choice, Field, FieldKind, FormErrors, PageHead, PostForm,
    Radios, SubmitButton, TextArea,
};
use crate::problem::Answer;
use crate::request::Posted;
use crate::state::App;
use crate::visit::Visit;

/// What was typed: the statement as it is kept, but for what a form cannot send.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    #[serde(rename = "status")]
    conformance: String,
    interpreter: String,
    #[serde(flatten)]
    statement: Statement,
}

/// GET /organisation/statement
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let mut statement = identity::organisation::own_statement(&mut visit.tx, &proof).await?;
    let published = statement.problems().is_empty();
    if published {
        statement.status = Some(statement.conformance());
    }
    if statement.url.is_empty() {
        statement.url.clone_from(&app.settings.public_url);
    }
    if statement.drawn_up.is_empty() {
        statement.drawn_up = date::machine_day(visit.tx.now());
    }
    answer(visit, &statement, published, FormErrors::new())
}

/// POST /organisation/statement
pub async fn save(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let statement = Statement {
        status: Conformance::from_word(&typed.conformance),
        sign_language: !typed.interpreter.is_empty(),
        ..typed.statement
    };
    let mut errors = FormErrors::new();
    if statement.status.is_none() {
        errors.add(
            "status",
            fields::sentence(
                visit.language,
                &identity::FieldProblem { field: "status", problem: identity::Problem::Missing },
            ),
        );
        for wrong in statement.problems() {
            errors.add(wrong.field, fields::sentence(visit.language, &wrong));
        }
        return answer(visit, &statement, false, errors);
    }
    match identity::organisation::set_statement(&mut visit.tx, &proof, &statement).await {
        Ok(()) => visit.commit_and_go("/organisation/statement", "statement_saved").await,
        Err(Error::Invalid(wrong)) => {
            let errors = fields::errors(visit.language, &wrong);
            answer(visit, &statement, false, errors)
        }
        Err(error) => Err(error.into()),
    }
}

fn answer(visit: Visit, statement: &Statement, published: bool, errors: FormErrors) -> Answer {
    let (language, school) = (visit.language, visit.me.school);
    let href = format!("/statement/{}", visit.me.organisation_slug);
    let title = say::statement_title(language);
    let page = |errors: FormErrors| {
        let see = published.then(|| {
            view! {
                <ActionLink label=say::statement_see(language) href=href kind=ButtonKind::Secondary/>
            }
        });
        let form = Form { language, statement, errors: &errors };
        let parts = [
            (say::statement_part_site(language), form.site()),
            (say::statement_part_status(language), form.status()),
            (say::statement_part_prepared(language), form.prepared()),
            (say::statement_part_contact(language), form.contact()),
            (say::statement_part_building(language), form.building()),
        ]
        .map(|(heading, inside)| view! { <h2>{heading}</h2>{inside} })
        .collect_view();
        view! {
            {fields::summary(language, &errors)}
            <PageHead title=title lead=say::statement_lead(language)>{see}</PageHead>
            {section(language, school, "/organisation/statement")}
            <PostForm action="/organisation/statement">
                {parts}
                <Actions><SubmitButton label=say::statement_save(language)/></Actions>
            </PostForm>
        }
        .into_any()
    };
    visit.form(title, errors, page)
}

struct Form<'a> {
    language: Language,
    statement: &'a Statement,
    errors: &'a FormErrors,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    May,
}

impl Form<'_> {
    fn site(&self) -> AnyView {
        let statement = self.statement;
        view! {
            {self.line("url", &statement.url, FieldKind::Url, Need::Must, "")}
            {self.line("published", &statement.published, FieldKind::Date, Need::Must, "")}
            {self.line("updated", &statement.updated, FieldKind::Date, Need::Must, "")}
        }
        .into_any()
    }

    fn status(&self) -> AnyView {
        let (language, statement) = (self.language, self.statement);
        let choice = |one: Conformance, label: &str| Choice {
            chosen: statement.status == Some(one),
            ..Choice::new(one.word(), label)
        };
        view! {
            <Radios
                name="status"
                legend=say::label_status(language)
                choices=vec![
                    choice(Conformance::Full, say::status_full(language)),
                    choice(Conformance::Partial, say::status_partial(language)),
                    choice(Conformance::None, say::status_none(language)),
                ]
                error=self.errors.of("status")
            />
            {self.text("exceptions", &statement.exceptions, say::exceptions_hint(language))}
            {self.text("outside", &statement.outside, say::line_hint(language))}
            {self.text("costs", &statement.costs, say::line_hint(language))}
            {self.line("costs_url", &statement.costs_url, FieldKind::Url, Need::May, "")}
        }
        .into_any()
    }

    fn prepared(&self) -> AnyView {
        let (language, statement) = (self.language, self.statement);
        view! {
            {self.line("drawn_up", &statement.drawn_up, FieldKind::Date, Need::Must, "")}
            {self.line("reviewed", &statement.reviewed, FieldKind::Date, Need::May, say::reviewed_hint(language))}
            {self.line("auditor", &statement.auditor, FieldKind::Text, Need::May, say::auditor_hint(language))}
            {self.line("report_url", &statement.report_url, FieldKind::Url, Need::May, "")}
        }
        .into_any()
    }

    fn contact(&self) -> AnyView {
        let (language, statement) = (self.language, self.statement);
        let hint = say::complaint_email_hint(language);
        view! {
            {self.line("contact_person", &statement.contact_person, FieldKind::Text, Need::Must, "")}
            {self.line("contact_email", &statement.contact_email, FieldKind::Email, Need::Must, "")}
            {self.line("contact_phone", &statement.contact_phone, FieldKind::Telephone, Need::Must, "")}
            {self.line("head", &statement.head, FieldKind::Text, Need::Must, say::head_hint(language))}
            {self.line("address", &statement.address, FieldKind::Text, Need::Must, "")}
            {self.line("complaint_email", &statement.complaint_email, FieldKind::Email, Need::May, hint)}
        }
        .into_any()
    }

    fn building(&self) -> AnyView {
        let (language, statement) = (self.language, self.statement);
        let hint = say::architecture_url_hint(language);
        view! {
            {self.text("architecture", &statement.architecture, say::architecture_hint(language))}
            {self.line("architecture_url", &statement.architecture_url, FieldKind::Url, Need::May, hint)}
            <Checkbox
                name="interpreter"
                label=say::sign_language(language)
                checked=statement.sign_language
            />
        }
        .into_any()
    }

    fn line(&self, name: &'static str, value: &str, kind: FieldKind, need: Need, hint: &str) -> AnyView {
        view! {
            <Field
                name=name
                label=fields::label(self.language, name)
                note=if need == Need::May { frame::optional(self.language) } else { "" }
                hint=hint
                kind=kind
                value=value
                autocomplete="off"
                error=self.errors.of(name)
            />
        }
        .into_any()
    }

    fn text(&self, name: &'static str, value: &str, hint: &str) -> AnyView {
        view! {
            <TextArea
                name=name
                label=fields::label(self.language, name)
                note=frame::optional(self.language)
                hint=hint
                value=value
                rows=4
                error=self.errors.of(name)
            />
        }
        .into_any()
    }
}

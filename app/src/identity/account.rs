//! The person's own account: data, language, password, sessions.

use axum::extract::State;
use identity::person::Person;
use identity::session::OwnSession;
use identity::{Error, FieldProblem, Problem, SessionId};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, identity as say};

use super::client::device;
use super::fields;
use super::people::role_name;
use crate::caller::Caller;
use crate::date;
use crate::parts::{
    ButtonKind, Choice, DataTable, FormErrors, HiddenField, PageHead, PasswordField, PostForm, Radios,
    SubmitButton, SummaryList, SummaryRow, Tag, Tone,
};
use crate::problem::Answer;
use crate::request::Posted;
use crate::state::App;
use crate::visit::{Visit, go};

/// The form of the password.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewPassword {
    current_password: String,
    password: String,
    password_again: String,
}

/// The form that ends sessions: one by its id, or all others.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ending {
    id: String,
    others: String,
}

/// GET /account
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let known = Known::read(&mut visit).await?;
    let language = visit.language;
    visit.page(say::account_title(language), || known.page(language, &FormErrors::new()))
}

/// POST /account/password. No transaction is held while the password is hashed.
pub async fn change_password(
    State(app): State<App>,
    caller: Caller,
    Posted(typed): Posted<NewPassword>,
) -> Answer {
    let me = caller.open(&app).await?.me;
    let changed = if typed.password == typed.password_again {
        identity::link::change_password(&app.db, &me, typed.current_password, typed.password).await
    } else {
        Err(Error::field("password_again", Problem::Differs))
    };
    match changed {
        Ok(()) => Ok(go(&app, "/account", "password_changed")),
        Err(Error::Invalid(wrong)) => refused(&app, &caller, &wrong).await,
        Err(error) => Err(error.into()),
    }
}

async fn refused(app: &App, caller: &Caller, wrong: &[FieldProblem]) -> Answer {
    let mut visit = caller.open(app).await?;
    let known = Known::read(&mut visit).await?;
    let language = visit.language;
    let errors = fields::errors(language, wrong);
    visit.refused(say::account_title(language), || known.page(language, &errors))
}

/// POST /account/sessions/end
pub async fn end_sessions(State(app): State<App>, caller: Caller, Posted(ending): Posted<Ending>) -> Answer {
    let mut visit = caller.open(&app).await?;
    if !ending.others.is_empty() {
        let present = visit.me.session;
        identity::session::end_others(&mut visit.tx, present).await?;
        return visit.commit_and_go("/account", "sessions_ended").await;
    }
    let id: SessionId = ending.id.parse().map_err(|_| crate::Problem::NotFound)?;
    identity::session::end(&mut visit.tx, id).await?;
    visit.commit_and_go("/account", "session_ended").await
}

struct Known {
    person: Person,
    school: bool,
    organisation: String,
    present: SessionId,
    sessions: Vec<OwnSession>,
}

impl Known {
    async fn read(visit: &mut Visit) -> Result<Self, Error> {
        Ok(Self {
            person: identity::person::own(&mut visit.tx).await?,
            school: visit.me.school,
            organisation: visit.me.organisation_name.clone(),
            present: visit.me.session,
            sessions: identity::session::own(&mut visit.tx).await?,
        })
    }

    fn page(&self, language: Language, errors: &FormErrors) -> AnyView {
        view! {
            {fields::summary(language, errors)}
            <PageHead title=say::account_title(language)/>
            {self.data(language)}
            <h2>{say::account_language(language)}</h2>
            <PostForm action="/language">
                <HiddenField name="back" value="/account"/>
                <Radios
                    name="lang"
                    legend=say::account_language_choice(language)
                    choices=Language::ALL
                        .map(|one| Choice { chosen: one == language, ..Choice::new(one.code(), one.name()) })
                        .to_vec()
                />
                <SubmitButton label=say::account_language_save(language) kind=ButtonKind::Secondary/>
            </PostForm>
            <p><a href="/account/films">{words::films::settings_title(language)}</a></p>
            {password_form(language, errors)}
            {self.session_list(language)}
        }
        .into_any()
    }

    fn data(&self, language: Language) -> AnyView {
        let person = &self.person;
        let or_dash = |text: String| if text.is_empty() { "–".to_owned() } else { text };
        let groups = if self.school { say::label_classes(language) } else { say::label_groups(language) };
        let roles: Vec<_> = person.roles.granted().iter().map(|role| role_name(language, *role)).collect();
        let mut rows = vec![
            SummaryRow::new(
                say::account_name(language),
                format!("{} {}", person.given_name, person.family_name),
            ),
            SummaryRow::new(say::label_login(language), person.login.clone()),
            SummaryRow::new(say::label_email(language), or_dash(person.email.clone().unwrap_or_default())),
            SummaryRow::new(say::label_organisation(language), self.organisation.clone()),
            SummaryRow::new(say::label_unit(language), or_dash(person.unit_name.clone().unwrap_or_default())),
            SummaryRow::new(groups, or_dash(person.groups.join(", "))),
        ];
        if !roles.is_empty() {
            rows.push(SummaryRow::new(say::label_roles(language), roles.join(", ")));
        }
        view! {
            <h2>{say::account_data(language)}</h2>
            <SummaryList rows=rows/>
            <p class="muted">{say::account_data_text(language)}</p>
        }
        .into_any()
    }

    fn session_list(&self, language: Language) -> AnyView {
        let rows = self.sessions.iter().map(|session| self.session_row(language, session)).collect_view();
        let end_others = (self.sessions.len() > 1).then(|| {
            view! {
                <PostForm action="/account/sessions/end">
                    <SubmitButton
                        label=say::session_end_others(language)
                        kind=ButtonKind::Secondary
                        name="others"
                        value="1"
                    />
                </PostForm>
            }
        });
        view! {
            <h2>{say::account_sessions(language)}</h2>
            <DataTable id="sessions" caption=say::sessions_caption(language)>
                <thead>
                    <tr>
                        <th scope="col">{say::session_client(language)}</th>
                        <th scope="col">{say::session_began(language)}</th>
                        <th scope="col">{say::session_seen(language)}</th>
                        <th scope="col">{say::session_act(language)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
            {end_others}
        }
        .into_any()
    }

    fn session_row(&self, language: Language, session: &OwnSession) -> AnyView {
        let client = if session.kind == "api" {
            say::session_api(language).to_owned()
        } else {
            device(language, &session.client)
        };
        let act = if session.id == self.present {
            view! { <Tag tone=Tone::Success text=say::session_this(language)/> }.into_any()
        } else {
            view! {
                <form method="post" action="/account/sessions/end">
                    <HiddenField name="id" value=session.id.to_string()/>
                    <SubmitButton
                        label=say::session_end(language)
                        kind=ButtonKind::Secondary
                        subject=format!("{client}, {}", date::moment(session.seen_at))
                    />
                </form>
            }
            .into_any()
        };
        view! {
            <tr>
                <th scope="row">{client.clone()}</th>
                <td><time datetime=date::machine(session.created_at)>{date::moment(session.created_at)}</time></td>
                <td><time datetime=date::machine(session.seen_at)>{date::moment(session.seen_at)}</time></td>
                <td>{act}</td>
            </tr>
        }
        .into_any()
    }
}

fn password_form(language: Language, errors: &FormErrors) -> AnyView {
    let present = view! {
        <PasswordField
            name="current_password"
            label=say::label_current_password(language)
            autocomplete="current-password"
            error=errors.of("current_password")
        />
    };
    let chosen = super::choose_password::password_fields(language, errors);
    view! {
        <h2>{say::account_password(language)}</h2>
        <p>{say::account_password_text(language)}</p>
        <PostForm action="/account/password">
            {present}
            {chosen}
            <SubmitButton label=say::account_password_save(language)/>
        </PostForm>
    }
    .into_any()
}

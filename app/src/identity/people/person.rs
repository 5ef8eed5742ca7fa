//! One person: details, rights, access. GET and POST /people/{id}, POST /people/{id}/roles.

use axum::extract::State;
use base::PersonId;
use identity::person::Person;
use identity::position::Position;
use identity::unit::OrgUnit;
use identity::{Error, PeopleAdmin, PositionId, Role};
use leptos::prelude::*;
use words::{Language, accommodation as granted, identity as say};

use super::form::Typed;
use super::list::state;
use super::trail;
use crate::caller::Caller;
use crate::date;
use crate::identity::fields;
use crate::parts::{
    ActionLink, ButtonKind, Checkboxes, Choice, FormErrors, Link, Notice, PageHead, PostForm, SubmitButton,
    SummaryList, SummaryRow, Tone,
};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// One person, opened by who may change people.
async fn open(
    app: &App,
    caller: &Caller,
    id: PersonId,
) -> Result<(Visit, PeopleAdmin, Known), crate::Problem> {
    let mut visit = caller.open(app).await?;
    let proof = visit.me.people_admin()?;
    let known = Known::read(&mut visit, &proof, id).await?;
    Ok((visit, proof, known))
}

/// GET /people/{id}
pub async fn show(State(app): State<App>, caller: Caller, At(id): At<PersonId>) -> Answer {
    let (visit, _, known) = open(&app, &caller, id).await?;
    known.answer(visit, FormErrors::new())
}

/// POST /people/{id}
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    At(id): At<PersonId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof, mut known) = open(&app, &caller, id).await?;
    let changed = match typed.person() {
        Ok(person) => identity::person::change(&mut visit.tx, &proof, id, &person).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(()) => visit.commit_and_go(&format!("/people/{id}"), "saved").await,
        Err(Error::Invalid(wrong)) => {
            known.typed = typed;
            let errors = fields::errors(visit.language, &wrong);
            known.answer(visit, errors)
        }
        Err(error) => Err(error.into()),
    }
}

/// POST /people/{id}/roles
pub async fn set_roles(
    State(app): State<App>,
    caller: Caller,
    At(id): At<PersonId>,
    Posted(chosen): Posted<Vec<(String, String)>>,
) -> Answer {
    let (mut visit, proof, mut known) = open(&app, &caller, id).await?;
    let words = chosen.iter().filter(|(name, _)| name == "roles").map(|(_, word)| word.as_str());
    let roles: Option<Vec<Role>> =
        words.map(|word| Role::from_word(word).filter(|role| OFFERED.contains(role))).collect();
    let roles = roles.ok_or(crate::Problem::Malformed)?;
    match identity::person::set_roles(&mut visit.tx, &proof, id, &roles).await {
        Ok(()) => visit.commit_and_go(&format!("/people/{id}"), "saved").await,
        Err(Error::NotOneself) => {
            known.roles = roles;
            let errors = FormErrors::one("roles", say::person_roles_oneself(visit.language));
            known.answer(visit, errors)
        }
        Err(error) => Err(error.into()),
    }
}

/// POST /people/{id}/positions
pub async fn set_positions(
    State(app): State<App>,
    caller: Caller,
    At(id): At<PersonId>,
    Posted(chosen): Posted<Vec<(String, String)>>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    identity::person::one(&mut visit.tx, &proof, id).await?;
    let ids = chosen.iter().filter(|(name, _)| name == "positions").map(|(_, id)| id.parse().ok());
    let ids: Option<Vec<PositionId>> = ids.collect();
    let ids = ids.ok_or(crate::Problem::NotFound)?;
    identity::position::set(&mut visit.tx, &proof, id, &ids).await?;
    visit.commit_and_go(&format!("/people/{id}"), "saved").await
}

/// Rights that an organisation gives.
const OFFERED: [Role; 3] = [Role::OrganisationAdmin, Role::Instructor, Role::DeviceClerk];

/// What the page shows.
pub(super) struct Known {
    person: Person,
    typed: Typed,
    roles: Vec<Role>,
    units: Vec<OrgUnit>,
    positions: Vec<Position>,
    /// Whether the person is out of the reader's reach.
    protected: bool,
    oneself: bool,
}

impl Known {
    pub(super) async fn read(visit: &mut Visit, proof: &PeopleAdmin, id: PersonId) -> Result<Self, Error> {
        let person = identity::person::one(&mut visit.tx, proof, id).await?;
        Ok(Self {
            typed: Typed::of(&person),
            roles: person.roles.granted().to_vec(),
            units: identity::unit::all(&mut visit.tx).await?,
            positions: identity::position::all(&mut visit.tx).await?,
            protected: person.roles.has(Role::InstallationAdmin)
                && !visit.me.roles.has(Role::InstallationAdmin),
            oneself: visit.me.person == id,
            person,
        })
    }

    /// The page, or the page of a refused form.
    pub(super) fn answer(self, visit: Visit, errors: FormErrors) -> Answer {
        let language = visit.language;
        let title = format!("{} {}", self.person.given_name, self.person.family_name);
        let page = |errors: FormErrors| self.page(language, &title, &errors);
        visit.form(&title, errors, page)
    }

    fn page(&self, language: Language, title: &str, errors: &FormErrors) -> AnyView {
        let rest = if self.protected {
            view! { <Notice tone=Tone::Info><p>{say::person_protected(language)}</p></Notice> }.into_any()
        } else {
            view! {
                {self.data(language, errors)}
                {self.positions(language)}
                {self.rights(language, errors)}
                {self.tests(language)}
                {self.access(language)}
            }
            .into_any()
        };
        view! {
            {fields::summary(language, errors)}
            {trail(language, vec![Link::new(say::people_title(language), "/people")], title)}
            <PageHead title=title/>
            {self.facts(language)}
            {rest}
        }
        .into_any()
    }

    fn facts(&self, language: Language) -> AnyView {
        let person = &self.person;
        let signed_in = match person.signed_in_at {
            Some(at) => view! { <time datetime=date::machine(at)>{date::moment(at)}</time> }.into_any(),
            None => say::never(language).into_any(),
        };
        let mut rows = vec![
            SummaryRow::view(say::label_state(language), state(language, person)),
            SummaryRow::view(say::label_signed_in_at(language), signed_in),
        ];
        if !person.groups.is_empty() {
            rows.push(SummaryRow::new(say::label_groups(language), person.groups.join(", ")));
        }
        if !person.positions.is_empty() {
            rows.push(SummaryRow::new(say::label_positions(language), person.positions.join(", ")));
        }
        view! { <SummaryList rows=rows/> }.into_any()
    }

    fn data(&self, language: Language, errors: &FormErrors) -> AnyView {
        let inside = self.typed.fields(language, &self.units, errors);
        view! {
            <h2>{say::person_data(language)}</h2>
            <PostForm action=format!("/people/{}", self.person.id)>
                {inside}
                <SubmitButton label=say::person_save(language)/>
            </PostForm>
        }
        .into_any()
    }

    fn positions(&self, language: Language) -> AnyView {
        if self.positions.is_empty() {
            return ().into_any();
        }
        let choices = self.positions.iter().map(|one| Choice {
            chosen: self.person.positions.contains(&one.name),
            ..Choice::new(one.id.to_string(), one.name.clone())
        });
        let choices: Vec<Choice> = choices.collect();
        view! {
            <h2>{say::label_positions(language)}</h2>
            <PostForm action=format!("/people/{}/positions", self.person.id)>
                <Checkboxes
                    name="positions"
                    legend=words::positions::person_legend(language)
                    choices=choices
                />
                <SubmitButton label=words::positions::person_save(language) kind=ButtonKind::Secondary/>
            </PostForm>
        }
        .into_any()
    }

    fn rights(&self, language: Language, errors: &FormErrors) -> AnyView {
        let choice = |role: Role, label: &str, hint: &str| {
            let choice = Choice::new(role.word(), label).hint(hint);
            Choice { chosen: self.roles.contains(&role), ..choice }
        };
        let choices = vec![
            choice(
                Role::OrganisationAdmin,
                say::role_organisation_admin(language),
                say::role_organisation_admin_hint(language),
            ),
            choice(Role::Instructor, say::role_instructor(language), say::role_instructor_hint(language)),
            choice(
                Role::DeviceClerk,
                say::role_device_clerk(language),
                say::role_device_clerk_hint(language),
            ),
        ];
        let wrong = errors.of("roles");
        view! {
            <h2>{say::label_roles(language)}</h2>
            <p>{say::person_roles_text(language)}</p>
            <PostForm action=format!("/people/{}/roles", self.person.id)>
                <Checkboxes
                    name="roles"
                    legend=say::person_roles_legend(language)
                    choices=choices
                    error=wrong
                />
                <SubmitButton label=say::person_roles_save(language) kind=ButtonKind::Secondary/>
            </PostForm>
        }
        .into_any()
    }

    fn tests(&self, language: Language) -> AnyView {
        let href = format!("/people/{}/accommodation", self.person.id);
        view! {
            <h2>{granted::title(language)}</h2>
            <p><ActionLink label=granted::open(language) href=href kind=ButtonKind::Secondary/></p>
        }
        .into_any()
    }

    fn access(&self, language: Language) -> AnyView {
        let id = self.person.id;
        let password = if self.person.has_password {
            say::person_has_password(language)
        } else {
            say::person_no_password(language)
        };
        let state = if self.person.suspended {
            view! {
                <p>{say::person_suspended_text(language)}</p>
                <PostForm action=format!("/people/{id}/resume")>
                    <SubmitButton label=say::resume(language) kind=ButtonKind::Secondary/>
                </PostForm>
            }
            .into_any()
        } else if self.oneself {
            ().into_any()
        } else {
            view! {
                <p>
                    <ActionLink
                        label=say::suspend(language)
                        href=format!("/people/{id}/suspend")
                        kind=ButtonKind::Secondary
                    />
                </p>
            }
            .into_any()
        };
        let erase = (!self.oneself).then(|| {
            view! { <p><a href=format!("/people/{id}/erase")>{say::erase_link(language)}</a></p> }
        });
        view! {
            <h2>{say::person_access(language)}</h2>
            <p>{password}" "{say::link_make_text(language)}</p>
            <PostForm action=format!("/people/{id}/password-link")>
                <SubmitButton label=say::link_make(language) kind=ButtonKind::Secondary/>
            </PostForm>
            {state}
            <p><a href=format!("/people/{id}/certificates/erase")>{words::certificates::erase_link(language)}</a></p>
            {erase}
        }
        .into_any()
    }
}

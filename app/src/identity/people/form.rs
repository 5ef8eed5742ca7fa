//! The fields of a person, as they are typed.

use identity::person::{NewPerson, Person};
use identity::unit::OrgUnit;
use identity::{FieldProblem, Problem};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, identity as say};

use crate::parts::{Choice, Field, FieldKind, FormErrors, Select};

/// Whose data a form asks for: one's own are offered by the browser (WCAG 1.3.5), those of others are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The reader's.
    Own,
    /// Somebody else's.
    Others,
}

/// What was typed of a person.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    given_name: String,
    family_name: String,
    login: String,
    email: String,
    unit: String,
    language: String,
}

impl Typed {
    /// The fields of somebody who is there.
    pub fn of(person: &Person) -> Self {
        Self {
            given_name: person.given_name.clone(),
            family_name: person.family_name.clone(),
            login: person.login.clone(),
            email: person.email.clone().unwrap_or_default(),
            unit: person.unit.map(|id| id.to_string()).unwrap_or_default(),
            language: person.language.clone(),
        }
    }

    /// As the area takes it. Errors: a unit that is no id.
    pub fn person(&self) -> Result<NewPerson, identity::Error> {
        let unit = match self.unit.as_str() {
            "" => None,
            id => Some(id.parse().map_err(|_| {
                let unknown = FieldProblem { field: "unit", problem: Problem::Unknown };
                identity::Error::Invalid([self.without_unit().problems(), vec![unknown]].concat())
            })?),
        };
        Ok(NewPerson { unit, ..self.without_unit() })
    }

    fn without_unit(&self) -> NewPerson {
        NewPerson {
            login: self.login.clone(),
            email: self.email.clone(),
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            language: self.language.clone(),
            unit: None,
        }
    }

    /// Name, login, address.
    pub fn name_fields(&self, language: Language, whose: Whose, errors: &FormErrors) -> AnyView {
        let purpose = |own: &'static str| if whose == Whose::Own { own } else { "off" };
        view! {
            <Field
                name="given_name"
                label=say::label_given_name(language)
                value=self.given_name.clone()
                autocomplete=purpose("given-name")
                error=errors.of("given_name")
            />
            <Field
                name="family_name"
                label=say::label_family_name(language)
                value=self.family_name.clone()
                autocomplete=purpose("family-name")
                error=errors.of("family_name")
            />
            <Field
                name="login"
                label=say::label_login(language)
                hint=say::login_hint(language)
                value=self.login.clone()
                autocomplete=purpose("username")
                error=errors.of("login")
            />
            <Field
                name="email"
                label=say::label_email(language)
                note=frame::optional(language)
                hint=say::email_hint(language)
                kind=FieldKind::Email
                value=self.email.clone()
                autocomplete=purpose("email")
                error=errors.of("email")
            />
        }
        .into_any()
    }

    /// All fields.
    pub fn fields(&self, language: Language, units: &[OrgUnit], errors: &FormErrors) -> AnyView {
        let chosen = if self.language.is_empty() { Language::default().code() } else { &self.language };
        view! {
            {self.name_fields(language, Whose::Others, errors)}
            <Select
                name="unit"
                label=say::label_unit(language)
                note=frame::optional(language)
                choices=unit_choices(units, say::none_chosen(language))
                chosen=self.unit.clone()
                error=errors.of("unit")
            />
            <Select
                name="language"
                label=say::account_language(language)
                choices=Language::ALL.map(|one| Choice::new(one.code(), one.name())).to_vec()
                chosen=chosen
                error=errors.of("language")
            />
        }
        .into_any()
    }
}

/// The units with the way down to each, after a choice of none.
pub fn unit_choices(units: &[OrgUnit], none: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", none)];
    let mut way: Vec<&str> = Vec::new();
    for unit in units {
        way.truncate(usize::try_from(unit.depth).unwrap_or(0));
        way.push(&unit.name);
        choices.push(Choice::new(unit.id.to_string(), way.join(" / ")));
    }
    choices
}

//! The fields of an organisation, as they are typed.

use identity::organisation::NewOrganisation;
use identity::{Error, FieldProblem, Problem};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, identity as say};

use crate::parts::{Choice, Field, FormErrors, Radios};

/// What was typed of an organisation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    organisation_name: String,
    organisation_slug: String,
    kind: String,
}

impl Typed {
    /// As the area takes it. Errors: a kind that is none.
    pub fn organisation(&self) -> Result<NewOrganisation, Error> {
        let wrong = self.kind_problem();
        if wrong.is_some() { Err(Error::Invalid(self.problems())) } else { Ok(self.plain()) }
    }

    /// Everything that is wrong with it.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut wrong = self.plain().problems();
        wrong.extend(self.kind_problem());
        wrong
    }

    /// The name as it is kept.
    pub fn name(&self) -> &str {
        self.organisation_name.trim()
    }

    fn plain(&self) -> NewOrganisation {
        NewOrganisation {
            name: self.organisation_name.clone(),
            slug: self.organisation_slug.clone(),
            school: self.kind == "school",
        }
    }

    fn kind_problem(&self) -> Option<FieldProblem> {
        let problem = match self.kind.as_str() {
            "office" | "school" => return None,
            "" => Problem::Missing,
            _ => Problem::Unknown,
        };
        Some(FieldProblem { field: "kind", problem })
    }

    /// Name, short name, kind.
    pub fn fields(&self, language: Language, errors: &FormErrors) -> AnyView {
        let choice =
            |word: &str, label: &str| Choice { chosen: self.kind == word, ..Choice::new(word, label) };
        view! {
            <Field
                name="organisation_name"
                label=say::label_organisation_name(language)
                value=self.organisation_name.clone()
                autocomplete="organization"
                error=errors.of("organisation_name")
            />
            <Field
                name="organisation_slug"
                label=say::label_organisation_slug(language)
                hint=say::slug_hint(language)
                value=self.organisation_slug.clone()
                autocomplete="off"
                error=errors.of("organisation_slug")
            />
            <Radios
                name="kind"
                legend=say::label_kind(language)
                choices=vec![
                    choice("office", say::kind_office(language)),
                    choice("school", say::kind_school(language)),
                ]
                error=errors.of("kind")
            />
        }
        .into_any()
    }
}

//! What a person is granted in tests: a page of their file, for those who manage people. GET and POST
//! /people/{id}/accommodation.

use axum::extract::State;
use base::PersonId;
use identity::accommodation::{self, Accommodation};
use identity::{Error, FieldProblem, Problem};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, accommodation as say, identity as people};

use super::trail;
use crate::caller::Caller;
use crate::parts::{
    Actions, Checkbox, Choice, Field, FieldKind, FormErrors, Link, PageHead, PostForm, Radios, SubmitButton,
    TextArea,
};
use crate::problem::{Answer, field_sentence};
use crate::refused;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// The factors that are offered; another one that is in force is offered beside them.
const FACTORS: [i32; 5] = [1000, 1250, 1500, 1750, 2000];

/// The form as it was posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    time: String,
    breaks: String,
    larger: String,
    ground: String,
}

impl Typed {
    fn of(granted: &Accommodation) -> Self {
        Self {
            time: if granted.no_limit { "none".to_owned() } else { granted.time_per_mille.to_string() },
            breaks: if granted.break_minutes == 0 {
                String::new()
            } else {
                granted.break_minutes.to_string()
            },
            larger: if granted.larger_type { "1".to_owned() } else { String::new() },
            ground: granted.ground.clone(),
        }
    }

    /// What is no number becomes one that is refused.
    fn granted(&self) -> Accommodation {
        let number = |text: &str, empty: i32| match text.trim() {
            "" => empty,
            text => text.parse().unwrap_or(-1),
        };
        let no_limit = self.time == "none";
        Accommodation {
            time_per_mille: if no_limit { 1000 } else { number(&self.time, -1) },
            no_limit,
            break_minutes: number(&self.breaks, 0),
            larger_type: !self.larger.is_empty(),
            ground: self.ground.clone(),
        }
    }
}

/// GET /people/{id}/accommodation
pub async fn show(State(app): State<App>, caller: Caller, At(id): At<PersonId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let granted = accommodation::of(&mut visit.tx, &proof, id).await?;
    page(visit, id, Typed::of(&granted), FormErrors::new()).await
}

/// POST /people/{id}/accommodation
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At(id): At<PersonId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let language = visit.language;
    match accommodation::set(&mut visit.tx, &proof, id, &typed.granted()).await {
        Ok(()) => visit.commit_and_go(&format!("/people/{id}"), "saved").await,
        Err(Error::Invalid(wrong)) => {
            let errors = refused::errors(&wrong, |one| sentence(language, one));
            page(visit, id, typed, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

fn sentence(language: Language, wrong: &FieldProblem) -> String {
    match (wrong.field, &wrong.problem) {
        ("time", _) => say::time_wrong(language).to_owned(),
        ("breaks", Problem::Malformed) => say::breaks_wrong(language).to_owned(),
        (_, problem) => format!("{}: {}", say::ground(language), field_sentence(language, problem)),
    }
}

async fn page(mut visit: Visit, id: PersonId, typed: Typed, errors: FormErrors) -> Answer {
    let proof = visit.me.people_admin()?;
    let person = identity::person::one(&mut visit.tx, &proof, id).await?;
    let name = format!("{} {}", person.given_name, person.family_name);
    let (language, title) = (visit.language, format!("{} – {name}", say::title(visit.language)));
    visit.form(&title, errors, move |errors| view(language, id, &name, typed, &errors))
}

fn view(language: Language, id: PersonId, name: &str, typed: Typed, errors: &FormErrors) -> AnyView {
    let (file, errors) = (format!("/people/{id}"), errors.clone());
    let mut factors: Vec<i32> = FACTORS.to_vec();
    if let Ok(other) = typed.time.parse::<i32>()
        && (1000..=5000).contains(&other)
        && !factors.contains(&other)
    {
        factors.push(other);
    }
    let label = |factor: i32| match factor {
        1000 => say::time_plain(language).to_owned(),
        factor => say::time_more(language, &((factor - 1000) / 10).to_string()),
    };
    let choices = factors
        .into_iter()
        .map(|factor| (factor.to_string(), label(factor)))
        .chain([("none".to_owned(), say::time_none(language).to_owned())])
        .map(|(value, label)| Choice { chosen: value == typed.time, ..Choice::new(value, label) })
        .collect::<Vec<_>>();
    let links = vec![Link::new(people::people_title(language), "/people"), Link::new(name, file.clone())];
    view! {
        {refused::summary(language, &errors)}
        {trail(language, links, say::title(language))}
        <PageHead title=say::title(language) kicker=name.to_owned() lead=say::lead(language)/>
        <PostForm action=format!("{file}/accommodation")>
            <Radios name="time" legend=say::time(language) choices=choices error=errors.of("time")/>
            <Field
                name="breaks"
                label=say::breaks(language)
                hint=say::breaks_hint(language)
                kind=FieldKind::Number
                min="0"
                max="240"
                value=typed.breaks
                error=errors.of("breaks")
            />
            <Checkbox
                name="larger"
                label=say::larger(language)
                hint=say::larger_hint(language)
                checked=!typed.larger.is_empty()
            />
            <TextArea
                name="ground"
                label=say::ground(language)
                hint=say::ground_hint(language)
                value=typed.ground
                rows=3
                error=errors.of("ground")
            />
            <Actions>
                <SubmitButton label=say::save(language)/>
                <a href=file>{say::back(language)}</a>
            </Actions>
        </PostForm>
    }
    .into_any()
}

//! What an enrolment asks for: GET and POST /teaching/{slug}/people/rule for a new one, /teaching/{slug}/people/{id} for one that
//! is there. A rule that obliges many is shown with its numbers before it counts.

use axum::extract::State;
use courses::course::Course;
use courses::enrolment::{self, Forecast, Target};
use courses::rule::{Due, Rule};
use courses::{EnrolmentId, Error, Taught};
use identity::day;
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, courses as text, frame, obligations as say};

use super::rule_form::{self, Typed};
use super::{card, people};
use crate::caller::Caller;
use crate::courses::taught;
use crate::parts::{
    Actions, ButtonKind, CheckPage, FormErrors, HiddenField, Link, PageHead, PostForm, SubmitButton,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// Whom a new rule is for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    target: String,
}

/// A rule as people read it: "Obowiązkowe, w ciągu 30 dni, ważne 12 miesięcy".
pub fn spoken(language: Language, rule: &Rule) -> String {
    if !rule.mandatory {
        return say::rule_free(language).to_owned();
    }
    let due = match rule.due {
        Due::Never => say::due_never(language).to_owned(),
        Due::Fixed(on) => say::due_fixed(language, &day::spoken(on)),
        Due::After(days) => say::due_after(language, i64::from(days)),
        Due::Yearly { month, day } => say::due_yearly(language, &format!("{day:02}.{month:02}.")),
    };
    let due = format!("{}, {due}", say::rule_mandatory(language));
    match rule.valid_months {
        Some(months) => format!("{due}, {}", say::valid_months(language, i64::from(months))),
        None => due,
    }
}

/// What the page is about.
struct About {
    course: Course,
    target: Target,
    name: String,
    /// The enrolment and its revision; `None` for a new one.
    stands: Option<(EnrolmentId, i32)>,
}

impl About {
    fn action(&self) -> String {
        let slug = &self.course.card.slug;
        match self.stands {
            Some((id, _)) => format!("/teaching/{slug}/people/{id}"),
            None => format!("/teaching/{slug}/people/rule"),
        }
    }

    fn back(&self) -> String {
        format!("/teaching/{}/people", self.course.card.slug)
    }

    /// "Grupa: Redaktorzy".
    fn whom(&self, language: Language) -> String {
        match self.target {
            Target::Everybody => text::everybody(language).to_owned(),
            target => format!("{}: {}", people::kind(language, target), self.name),
        }
    }
}

/// Of a target that is not enrolled. Errors: `NotFound` for one of others.
async fn fresh(visit: &mut Visit, proof: &Taught, course: Course, wish: &str) -> Result<About, Problem> {
    let target = people::target(wish).ok_or(Problem::NotFound)?;
    let (offers, _) = enrolment::choices(&mut visit.tx, proof).await?;
    let name = match target {
        Target::Everybody => String::new(),
        Target::Person(person) => enrolment::name_of(&mut visit.tx, proof, person).await?,
        target => offers.into_iter().find(|offer| offer.target == target).ok_or(Problem::NotFound)?.name,
    };
    Ok(About { course, target, name, stands: None })
}

/// GET /teaching/{slug}/people/rule
pub async fn ask_new(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Asked(wish): Asked<Wish>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let about = fresh(&mut visit, &proof, course, &wish.target).await?;
    form(visit, about, Typed::mandatory(), FormErrors::new())
}

/// GET /teaching/{slug}/people/{id}
pub async fn ask(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, EnrolmentId)>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let one = enrolment::one(&mut visit.tx, &proof, id).await?;
    let typed = Typed::of(&one.rule);
    let about = About { course, target: one.target, name: one.name, stands: Some((id, one.revision)) };
    form(visit, about, typed, FormErrors::new())
}

fn form(visit: Visit, about: About, typed: Typed, errors: FormErrors) -> Answer {
    let language = visit.language;
    let title = say::rule_title(language);
    visit.form(title, errors, move |errors: FormErrors| {
        let revision = about.stands.map(|(_, revision)| {
            view! { <HiddenField name="revision" value=revision.to_string()/> }
        });
        let slug = about.course.card.slug.clone();
        let people = (text::tab_people(language), format!("{slug}/people"));
        view! {
            {card::summary(language, &errors)}
            {taught::way(language, &[(&about.course.card.title, &slug), (people.0, &people.1)], title)}
            <PageHead title=title kicker=about.course.card.title.clone() lead=about.whom(language)/>
            <PostForm action=about.action()>
                <HiddenField name="target" value=people::value(about.target)/>
                {revision}
                {rule_form::fields(language, &typed, &errors)}
                <Actions>
                    <SubmitButton label=say::rule_go_on(language)/>
                    <a href=about.back()>{frame::cancel(language)}</a>
                </Actions>
            </PostForm>
        }
        .into_any()
    })
}

/// POST /teaching/{slug}/people/rule
pub async fn direct(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let about = fresh(&mut visit, &proof, course, &typed.target).await?;
    decide(visit, proof, about, typed).await
}

/// POST /teaching/{slug}/people/{id}
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, EnrolmentId)>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let one = enrolment::one(&mut visit.tx, &proof, id).await?;
    // What the form was opened with; a form without it is of nobody.
    let revision = typed.revision.parse().map_err(|_| Problem::Malformed)?;
    let about = About { course, target: one.target, name: one.name, stands: Some((id, revision)) };
    decide(visit, proof, about, typed).await
}

/// Shows what is wrong, asks first, or does it.
async fn decide(mut visit: Visit, proof: Taught, about: About, typed: Typed) -> Answer {
    let language = visit.language;
    let rule = match typed.rule() {
        Ok(rule) => rule,
        Err(wrong) => {
            let errors = rule_form::errors(language, &wrong);
            return form(visit, about, typed, errors);
        }
    };
    let done = match about.stands {
        Some((id, revision)) => enrolment::change(&mut visit.tx, &proof, id, revision, &rule).await,
        None if rule.mandatory || rule.valid_months.is_some() => {
            enrolment::direct(&mut visit.tx, &proof, about.target, &rule).await
        }
        None => enrolment::add(&mut visit.tx, &proof, about.target).await,
    };
    match done {
        Ok(()) if rule.mandatory && typed.confirm.is_empty() => {
            // Done to see that it can be, and undone with the page's transaction: the numbers are those of before.
            let mut visit = visit.afresh().await?;
            let forecast = enrolment::forecast(&mut visit.tx, &proof, about.target).await?;
            check(visit, &about, &typed, &rule, forecast)
        }
        Ok(()) => visit.commit_and_go(&about.back(), "rule-saved").await,
        Err(Error::Invalid(wrong)) => {
            let visit = visit.afresh().await?;
            let errors = rule_form::errors(language, &wrong);
            form(visit, about, typed, errors)
        }
        Err(Error::ChangedMeanwhile(newest)) => {
            // What was typed stays; it can be sent again over what is there now.
            let mut visit = visit.afresh().await?;
            let id = about.stands.map(|(id, _)| id).ok_or(Problem::NotFound)?;
            let one = enrolment::one(&mut visit.tx, &proof, id).await?;
            let errors =
                FormErrors::one("", say::rule_changed_meanwhile(language, &spoken(language, &one.rule)));
            let about = About { stands: Some((id, newest)), ..about };
            form(visit, about, typed, errors)
        }
        Err(error) => Err(error.into()),
    }
}

fn check(visit: Visit, about: &About, typed: &Typed, rule: &Rule, forecast: Forecast) -> Answer {
    let language = visit.language;
    let question = say::check_question(language, forecast.people);
    let title = question.clone();
    let revision = about.stands.map(|(_, revision)| revision.to_string());
    let fields = typed.hidden(&people::value(about.target), revision);
    let said = spoken(language, rule);
    let (whom, action, back) = (about.whom(language), about.action(), about.back());
    visit.page(&title, || {
        view! {
            <CheckPage
                question=question
                action=action
                confirm=say::check_confirm(language)
                kind=ButtonKind::Primary
                cancel=Link::new(frame::cancel(language), back)
                fields=fields
            >
                <p>{whom}</p>
                <p>{said}"."</p>
                <p>{say::check_done(language, forecast.done)}</p>
                <p>{say::check_follows(language)}</p>
            </CheckPage>
        }
        .into_any()
    })
}

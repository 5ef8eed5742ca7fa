//! Who takes a course: groups, units of the office, positions, everybody, single people; and what is asked of them.

use axum::extract::State;
use courses::course::{Course, State as Life};
use courses::enrolment::{self, Choice as Offer, Enrolment, Target};
use courses::{EnrolmentId, Error};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, courses as text, obligations as say};

use super::{card, rule};
use crate::caller::Caller;
use crate::courses::taught::{self, Tab, tabs};
use crate::parts::{
    ButtonKind, Checkbox, Choice, DataTable, EmptyState, Field, FormErrors, Notice, PageHead, PostForm,
    Select, SubmitButton, TableWidth, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit;

/// Either form: a group, unit or everybody from the list, or a person by name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    target: Option<String>,
    person: Option<String>,
    /// Ticked: the next page asks for the rule, and nothing is done before.
    rule: Option<String>,
}

struct Page {
    course: Course,
    enrolments: Vec<Enrolment>,
    offers: Vec<Offer>,
    everybody: i64,
    person: String,
    errors: FormErrors,
}

/// The list and the forms.
pub async fn show(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    page(&app, &caller, &slug, String::new(), FormErrors::new()).await
}

async fn page(app: &App, caller: &Caller, slug: &str, person: String, errors: FormErrors) -> Answer {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let enrolments = enrolment::all(&mut visit.tx, &proof).await?;
    let (offers, everybody) = enrolment::choices(&mut visit.tx, &proof).await?;
    let language = visit.language;
    let page = Page { course, enrolments, offers, everybody, person, errors };
    if page.errors.is_empty() {
        visit.page(text::tab_people(language), move || view(language, page))
    } else {
        visit.refused(text::tab_people(language), move || view(language, page))
    }
}

fn view(language: Language, page: Page) -> AnyView {
    let Page { course, enrolments, offers, everybody, person, errors } = page;
    let slug = course.card.slug.clone();
    let draft = (course.state == Life::Draft).then(|| {
        view! { <Notice tone=Tone::Info><p>{text::people_draft(language)}</p></Notice> }
    });
    let list = if enrolments.is_empty() {
        view! { <EmptyState title=text::people_empty(language) text=text::people_empty_text(language)/> }
            .into_any()
    } else {
        let rows = enrolments.iter().map(|one| row(language, &slug, one)).collect_view();
        view! {
            <DataTable id="enrolments" caption=text::people_count(language, course.learners) width=TableWidth::Scrolls>
                <thead>
                    <tr>
                        <th scope="col">{text::column_who(language)}</th>
                        <th scope="col">{text::column_kind(language)}</th>
                        <th scope="col" class="number">{text::column_people(language)}</th>
                        <th scope="col">{say::column_rule(language)}</th>
                        <th scope="col">{text::column_acts(language)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        }
        .into_any()
    };
    let mut choices = vec![Choice::new("", text::choose(language))];
    choices.extend(offers.iter().map(|offer| {
        let label = format!(
            "{}: {} ({})",
            kind(language, offer.target),
            offer.name,
            text::persons(language, offer.people)
        );
        Choice::new(value(offer.target), label)
    }));
    choices.push(Choice::new(
        "everybody",
        format!("{} ({})", text::everybody(language), text::persons(language, everybody)),
    ));
    let chosen_wrongly = errors.of("target");
    let person = view! {
        <Field name="person" label=text::enrol_person(language) value=person error=errors.of("person") autocomplete="off"/>
    };
    view! {
        {card::summary(language, &errors)}
        {tabs(language, &course, Tab::People)}
        <PageHead title=text::tab_people(language) kicker=course.card.title.clone() lead=text::people_lead(language)/>
        {draft}
        {list}
        <h2>{text::enrol_many_title(language)}</h2>
        <PostForm action=format!("/teaching/{slug}/people")>
            <Select name="target" label=text::enrol_target(language) choices=choices error=chosen_wrongly/>
            <Checkbox name="rule" label=say::with_rule(language) hint=say::with_rule_hint(language)/>
            <SubmitButton label=text::enrol(language)/>
        </PostForm>
        <h2>{text::enrol_one_title(language)}</h2>
        <PostForm action=format!("/teaching/{slug}/people")>
            {person}
            <SubmitButton label=text::enrol_one(language) kind=ButtonKind::Secondary/>
        </PostForm>
    }
    .into_any()
}

fn row(language: Language, slug: &str, one: &Enrolment) -> AnyView {
    let name =
        if one.target == Target::Everybody { text::everybody(language).to_owned() } else { one.name.clone() };
    view! {
        <tr>
            <th scope="row">{name.clone()}</th>
            <td>{kind(language, one.target)}</td>
            <td class="number">{one.people}</td>
            <td>
                {rule::spoken(language, &one.rule)}
                <br/>
                <a href=format!("/teaching/{slug}/people/{}", one.id)>
                    {say::rule_edit(language)}
                    <span class="visually-hidden">": "{name.clone()}</span>
                </a>
            </td>
            <td>
                <form method="post" action=format!("/teaching/{slug}/people/{}/remove", one.id)>
                    <SubmitButton label=text::unenrol(language) kind=ButtonKind::Secondary subject=name/>
                </form>
            </td>
        </tr>
    }
    .into_any()
}

pub(super) fn kind(language: Language, target: Target) -> &'static str {
    match target {
        Target::Person(_) => text::kind_person(language),
        Target::Group(_) => text::kind_group(language),
        Target::Unit(_) => text::kind_unit(language),
        Target::Position(_) => say::kind_position(language),
        Target::Everybody => text::kind_everybody(language),
    }
}

/// A target as the form sends it.
pub(super) fn value(target: Target) -> String {
    match target {
        Target::Person(id) => format!("person {id}"),
        Target::Group(id) => format!("group {id}"),
        Target::Unit(id) => format!("unit {id}"),
        Target::Position(id) => format!("position {id}"),
        Target::Everybody => "everybody".to_owned(),
    }
}

/// The target that a form or an address names.
pub(super) fn target(text: &str) -> Option<Target> {
    match text.split_once(' ') {
        None if text == "everybody" => Some(Target::Everybody),
        Some(("group", id)) => id.parse().ok().map(Target::Group),
        Some(("unit", id)) => id.parse().ok().map(Target::Unit),
        Some(("position", id)) => id.parse().ok().map(Target::Position),
        Some(("person", id)) => id.parse().ok().map(Target::Person),
        _ => None,
    }
}

/// Enrols. Enrolling again changes nothing.
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    let language = visit.language;
    let mut errors = FormErrors::new();
    let wanted = match (&typed.target, &typed.person) {
        (_, Some(person)) => match enrolment::person_named(&mut visit.tx, &proof, person).await {
            Ok(person) => Some(Target::Person(person)),
            Err(Error::Invalid(problems)) => {
                errors = card::errors(language, &problems);
                None
            }
            Err(error) => return Err(error.into()),
        },
        (Some(wish), None) => {
            let target = target(wish);
            if target.is_none() {
                errors.add("target", text::choose_target(language));
            }
            target
        }
        (None, None) => return Err(Problem::Malformed),
    };
    let Some(wanted) = wanted else {
        drop(visit);
        return page(&app, &caller, &slug, typed.person.unwrap_or_default(), errors).await;
    };
    if typed.rule.is_some() {
        let wanted = value(wanted).replace(' ', "+");
        return Ok(visit::go(&app, &format!("/teaching/{slug}/people/rule?target={wanted}"), ""));
    }
    enrolment::add(&mut visit.tx, &proof, wanted).await?;
    visit.commit_and_go(&format!("/teaching/{slug}/people"), "enrolled").await
}

/// Takes an enrolment back; progress stays.
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, EnrolmentId)>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    enrolment::remove(&mut visit.tx, &proof, id).await?;
    visit.commit_and_go(&format!("/teaching/{slug}/people"), "unenrolled").await
}

//! The bank of questions of a course: every question, in tests and out of them, by tag and by text; and questions put into the test of
//! a unit. GET and POST /teaching/{slug}/questions.

use axum::extract::State;
use courses::course::Course;
use courses::quiz::bank::{self, Bank, Filter, Line, ON_A_PAGE};
use courses::quiz::settings::MOST_QUESTIONS;
use courses::quiz::{Draw, file};
use courses::{Error, UnitId, check};
use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use words::{Language, draws, identity as people, quizzes as say};

use super::kinds;
use crate::caller::Caller;
use crate::courses::taught::{self, way};
use crate::parts::{
    Actions, ButtonKind, Checkbox, Choice, DataTable, Details, EmptyState, Field, FieldKind, FormErrors,
    Icon, Link, PageHead, Pagination, PostForm, Select, SubmitButton, Tone,
};
use crate::problem::Answer;
use crate::refused;
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::way::page_words;

/// Most letters of what is looked for.
const MOST_TYPED: usize = 200;

/// What the list is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    q: String,
    tag: String,
    unused: String,
    page: String,
}

impl Asking {
    fn page(&self) -> u32 {
        self.page.parse().unwrap_or(1).clamp(1, 100_000)
    }

    fn filter(&self) -> Filter {
        Filter {
            tag: self.tag.chars().take(MOST_TYPED).collect(),
            text: self.q.trim().chars().take(MOST_TYPED).collect(),
            unused: !self.unused.is_empty(),
            skip: i64::from(self.page() - 1) * ON_A_PAGE,
        }
    }

    /// The list without the number of its page.
    fn address(&self, slug: &str) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let unused = if self.unused.is_empty() { "" } else { "1" };
        format!(
            "/teaching/{slug}/questions?q={}&tag={}&unused={unused}",
            encoded(&self.q),
            encoded(&self.tag)
        )
    }
}

struct Page {
    course: Course,
    bank: Bank,
    asking: Asking,
    /// Keys of the questions that are chosen.
    chosen: Vec<String>,
    /// The unit that was chosen.
    unit: String,
}

/// GET: the bank.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Asked(asking): Asked<Asking>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let bank = bank::page(&mut visit.tx, &proof, &asking.filter()).await?;
    let page = Page { course, bank, asking, chosen: Vec::new(), unit: String::new() };
    let language = visit.language;
    visit.page(say::bank(language), move || view(language, &page, &FormErrors::new()))
}

/// POST: puts the chosen questions into the test of a unit.
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Asked(asking): Asked<Asking>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let language = visit.language;
    let (mut chosen, mut unit): (Vec<String>, String) = (Vec::new(), String::new());
    for (name, value) in fields {
        match name.as_str() {
            "question" if !chosen.contains(&value) => chosen.push(value),
            "unit" => unit = value,
            _ => {}
        }
    }
    let mut errors = FormErrors::new();
    if chosen.is_empty() {
        errors.add("question", say::bank_none_chosen(language));
    }
    let to: Option<UnitId> = unit.parse().ok();
    match to {
        None => errors.add("unit", say::bank_no_unit(language)),
        Some(to) if errors.is_empty() => match bank::add(&mut visit.tx, &proof, to, &chosen).await {
            Ok(_) => {
                check::note(&mut visit.tx, &proof).await?;
                let back = format!("{}&page={}", asking.address(&slug), asking.page());
                return visit.commit_and_go(&back, "questions-added").await;
            }
            Err(Error::NotFound) => errors.add("unit", say::bank_no_unit(language)),
            Err(Error::TestNotReady) => errors.add("unit", say::test_unfit(language)),
            Err(Error::Invalid(wrong)) if wrong.iter().any(|one| one.field == "questions") => {
                errors.add("unit", say::bank_too_many(language, &MOST_QUESTIONS.to_string()));
            }
            Err(Error::Invalid(_)) => errors.add("question", say::bank_unknown(language)),
            Err(error) => return Err(error.into()),
        },
        Some(_) => {}
    }
    let bank = bank::page(&mut visit.tx, &proof, &asking.filter()).await?;
    let page = Page { course, bank, asking, chosen, unit };
    visit.refused(say::bank(language), move || view(language, &page, &errors))
}

fn view(language: Language, page: &Page, errors: &FormErrors) -> AnyView {
    let Page { course, bank, asking, .. } = page;
    let slug = &course.card.slug;
    let body = match (bank.whole, bank.lines.is_empty()) {
        (0, _) => {
            let (title, text) = (say::bank_empty(language), say::bank_empty_text(language));
            let action = Some(Link::new(course.card.title.clone(), format!("/teaching/{slug}")));
            view! { <EmptyState title=title text=text action=action/> }.into_any()
        }
        (_, true) => {
            let (title, text) = (say::bank_nothing(language), say::bank_nothing_text(language));
            let action = Some(Link::new(say::bank_all(language), format!("/teaching/{slug}/questions")));
            view! { {search(language, page)}<EmptyState title=title text=text action=action/> }.into_any()
        }
        (_, false) => {
            view! { {drawing(language, page)}{search(language, page)}{list(language, page, errors)} }
                .into_any()
        }
    };
    let pages = u32::try_from((bank.found + ON_A_PAGE - 1) / ON_A_PAGE).unwrap_or(u32::MAX);
    view! {
        {refused::summary(language, errors)}
        {way(language, &[(&course.card.title, slug)], say::bank(language))}
        <PageHead title=say::bank(language) kicker=course.card.title.clone() lead=say::bank_lead(language)/>
        {body}
        <Pagination
            base=asking.address(slug)
            page=asking.page()
            pages=pages
            words=page_words(language, people::pages_label(language))
        />
    }
    .into_any()
}

/// The tests that draw from the bank, each the way to its settings, with what it draws.
fn drawing(language: Language, page: &Page) -> AnyView {
    let places = page.bank.places.iter().filter(|place| !place.draws.is_empty()).map(|place| {
        let href = format!("/teaching/{}/units/{}/test/form", page.course.card.slug, place.unit);
        let draw = |draw: &Draw| {
            let tag = draw.tag.as_deref().unwrap_or_default();
            draws::bank_draw(language, &draw.count.to_string(), tag)
        };
        let said: Vec<String> = place.draws.iter().map(draw).collect();
        view! { <li><a href=href>{place.title.clone()}</a>": "{said.join(", ")}</li> }
    });
    let places = places.collect_view();
    if places.is_empty() {
        return ().into_any();
    }
    view! { <h2>{draws::bank_tests(language)}</h2><ul>{places}</ul> }.into_any()
}

fn search(language: Language, page: &Page) -> AnyView {
    let asking = &page.asking;
    let mut tags = vec![Choice::new("", say::bank_any_tag(language))];
    tags.extend(page.bank.tags.iter().map(|tag| Choice::new(tag.clone(), format!("#{tag}"))));
    view! {
        <form
            class="form filter"
            method="get"
            action=format!("/teaching/{}/questions", page.course.card.slug)
            role="search"
        >
            <Field
                name="q"
                label=say::bank_text(language)
                hint=say::bank_text_hint(language)
                kind=FieldKind::Search
                value=asking.q.clone()
            />
            <Select name="tag" label=say::form_tags(language) choices=tags chosen=asking.tag.clone()/>
            <Checkbox name="unused" label=say::bank_unused(language) checked=!asking.unused.is_empty()/>
            <SubmitButton label=say::bank_show(language) kind=ButtonKind::Secondary/>
        </form>
    }
    .into_any()
}

fn list(language: Language, page: &Page, errors: &FormErrors) -> AnyView {
    let Page { course, bank, asking, unit, .. } = page;
    let rows = bank.lines.iter().enumerate().map(|(at, line)| row(language, page, at, line)).collect_view();
    let wrong = errors.of("question").map(|text| {
        view! { <p class="field-error"><Icon tone=Tone::Danger/>{text}</p> }
    });
    let units = bank.places.iter().map(|place| Choice::new(place.unit.to_string(), place.title.clone()));
    let units: Vec<Choice> = std::iter::once(Choice::new("", say::choose(language))).chain(units).collect();
    let action = format!("{}&page={}", asking.address(&course.card.slug), asking.page());
    let (caption, unit, no_unit) = (say::bank_caption(language, bank.found), unit.clone(), errors.of("unit"));
    view! {
        <PostForm action=action>
            {wrong}
            <DataTable id="bank" caption=caption>
                <thead>
                    <tr>
                        <th scope="col">{say::column_question(language)}</th>
                        <th scope="col">{say::bank_column_kind(language)}</th>
                        <th scope="col">{say::form_tags(language)}</th>
                        <th scope="col" class="number">{say::bank_column_versions(language)}</th>
                        <th scope="col">{say::bank_column_tests(language)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
            <Select
                name="unit"
                label=say::bank_unit(language)
                hint=say::bank_unit_hint(language)
                choices=units
                chosen=unit
                error=no_unit
            />
            <Actions><SubmitButton label=say::bank_add(language)/></Actions>
        </PostForm>
    }
    .into_any()
}

fn row(language: Language, page: &Page, at: usize, line: &Line) -> AnyView {
    let question = &line.question;
    // The error summary's link lands on the first.
    let id = if at == 0 { "f-question".to_owned() } else { format!("f-question-{at}") };
    let (for_id, checked) = (id.clone(), page.chosen.contains(&question.key));
    let tags: Vec<String> = question.tags.iter().map(|tag| format!("#{tag}")).collect();
    view! {
        <tr>
            <th scope="row">
                <div class="choice">
                    <input type="checkbox" id=id name="question" value=question.key.clone() checked=checked/>
                    <label for=for_id>{question.name()}</label>
                </div>
            </th>
            <td>{kinds::name(language, &question.kind)}</td>
            <td>{tags.join(" ")}</td>
            <td class="number">{line.versions}</td>
            <td>{tests(language, page, line)}</td>
        </tr>
    }
    .into_any()
}

/// The tests that have the question, each the way to its form; of a question that none has, how it is written.
fn tests(language: Language, page: &Page, line: &Line) -> AnyView {
    let question = &line.question;
    let drawn = page.bank.places.iter().filter(|place| line.is_drawn_by(place));
    let drawn = drawn.map(|place| view! { <li>{draws::bank_can_draw(language, &place.title)}</li> });
    let drawn = drawn.collect_view();
    if line.units.is_empty() {
        let text = file::write_one(question);
        let drawn = (!drawn.is_empty()).then(|| view! { <ul>{drawn}</ul> });
        return view! {
            {say::bank_nowhere(language)}
            {drawn}
            <Details summary=say::bank_whole(language)><p class="typed">{text}</p></Details>
        }
        .into_any();
    }
    // In the order of the course.
    let places = page.bank.places.iter().filter(|place| line.units.contains(&place.unit));
    let links = places.map(|place| {
        let (slug, unit) = (&page.course.card.slug, place.unit);
        let href = format!("/teaching/{slug}/units/{unit}/test/form/questions/{}", question.key);
        let subject = format!(": {}", question.name());
        view! { <li><a href=href>{place.title.clone()}<span class="visually-hidden">{subject}</span></a></li> }
    });
    let links = links.collect_view();
    view! { <ul>{links}{drawn}</ul> }.into_any()
}

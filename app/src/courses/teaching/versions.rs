//! The versions of a course: the list, what differs between any two of them or one and the draft, and bringing a unit back.

use axum::extract::State;
use courses::course::Course;
use courses::version::{self, Pair, Side, Text, Version};
use courses::waiver::{self, Waiver};
use courses::{Error, UnitId, outline};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, courses as text, writing as say};

use super::differences;
use crate::caller::Caller;
use crate::courses::taught;
use crate::date;
use crate::parts::{
    ButtonKind, Choice, DataTable, Details, EmptyState, HiddenField, PageHead, PostForm, Select, SubmitButton,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At, Posted};
use crate::state::App;

/// The word of the draft in an address.
const DRAFT: &str = "draft";

/// The list.
pub async fn show(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let versions = version::all(&mut visit.tx, &proof).await?;
    let mut waived: Vec<(i32, Vec<Waiver>)> = Vec::new();
    for one in versions.iter().filter(|one| one.waived > 0) {
        waived.push((one.number, waiver::of_version(&mut visit.tx, &proof, one.id).await?));
    }
    let language = visit.language;
    visit.page(say::versions_title(language), move || list(language, &course, &versions, &waived))
}

fn list(language: Language, course: &Course, versions: &[Version], waived: &[(i32, Vec<Waiver>)]) -> AnyView {
    let slug = &course.card.slug;
    let head = view! {
        {taught::way(language, &[(&course.card.title, slug)], say::versions_title(language))}
        <PageHead title=say::versions_title(language) kicker=course.card.title.clone() lead=say::versions_lead(language)/>
    };
    if versions.is_empty() {
        let (title, text) = (say::versions_none(language), say::versions_none_text(language));
        return view! { {head}<EmptyState title=title text=text/> }.into_any();
    }
    let rows = versions.iter().map(|one| {
        let approved = one.approved_by.clone().unwrap_or_else(|| text::none(language).to_owned());
        let href = format!("/teaching/{slug}/versions/compare?from={}&to=draft", one.number);
        view! {
            <tr>
                <th scope="row">{text::version_of(language, &one.number.to_string(), &date::moment(one.published_at))}</th>
                <td>{one.by.clone()}</td>
                <td>{approved}</td>
                <td class="number">{one.units}</td>
                <td class="number">{one.waived}</td>
                <td><a href=href>{say::compare_with_draft(language, &one.number.to_string())}</a></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let waived = waived.iter().map(|(number, waivers)| waivers_of(language, *number, waivers)).collect_view();
    let newest = versions.first().map(|one| one.number.to_string()).unwrap_or_default();
    view! {
        {head}
        <DataTable id="versions" caption=say::versions_caption(language)>
            <thead>
                <tr>
                    <th scope="col">{say::column_version(language)}</th>
                    <th scope="col">{say::column_by(language)}</th>
                    <th scope="col">{say::column_approved(language)}</th>
                    <th scope="col" class="number">{text::column_units(language)}</th>
                    <th scope="col" class="number">{say::column_waived(language)}</th>
                    <th scope="col">{text::column_acts(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        {waived}
        <h2>{say::compare_title(language)}</h2>
        {choose(language, slug, versions, (newest, DRAFT.to_owned()))}
    }
    .into_any()
}

fn waivers_of(language: Language, number: i32, waivers: &[Waiver]) -> AnyView {
    let items = waivers.iter().map(|one| {
        let who = say::waived_by(language, &one.who, &date::moment(one.at));
        view! { <li>{say::waived_reason(language, &one.reason)}" "<span class="hint">{who}</span></li> }
    });
    let items = items.collect_view();
    view! { <Details summary=say::version_waivers(language, &number.to_string())><ul>{items}</ul></Details> }
        .into_any()
}

fn choose(language: Language, slug: &str, versions: &[Version], (from, to): (String, String)) -> AnyView {
    let number = |one: &Version| {
        let number = one.number.to_string();
        Choice::new(number.clone(), text::version_of(language, &number, &date::day(one.published_at)))
    };
    let before: Vec<Choice> = versions.iter().map(number).collect();
    let mut after = vec![Choice::new(DRAFT, say::the_draft(language))];
    after.extend(versions.iter().map(number));
    view! {
        <form class="form filter" method="get" action=format!("/teaching/{slug}/versions/compare")>
            <Select name="from" label=say::compare_from(language) choices=before chosen=from/>
            <Select name="to" label=say::compare_to(language) choices=after chosen=to/>
            <SubmitButton label=say::compare_act(language) kind=ButtonKind::Secondary/>
        </form>
    }
    .into_any()
}

/// Which two.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    from: String,
    to: String,
}

fn side(word: &str) -> Result<Side, Problem> {
    if word == DRAFT {
        return Ok(Side::Draft);
    }
    word.parse().map(Side::Version).map_err(|_| Problem::NotFound)
}

/// What differs between two; without a word of which: the newest version and the draft.
pub async fn compare(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Asked(mut which): Asked<Which>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let versions = version::all(&mut visit.tx, &proof).await?;
    if which.from.is_empty() {
        which.from = versions.first().map_or_else(|| DRAFT.to_owned(), |one| one.number.to_string());
    }
    if which.to.is_empty() {
        which.to = DRAFT.to_owned();
    }
    let (before, after) = (side(&which.from)?, side(&which.to)?);
    let pairs = version::compare(&mut visit.tx, &proof, before, after).await?;
    let mut revisions: Vec<(UnitId, i32)> = Vec::new();
    for line in outline::draft(&mut visit.tx, &proof).await?.iter().flat_map(|section| &section.units) {
        revisions.push((line.id, outline::unit(&mut visit.tx, &proof, line.id).await?.revision));
    }
    let language = visit.language;
    let page = Compared { course, versions, which, before, pairs, revisions };
    visit.page(say::compare_title(language), move || compared(language, &page))
}

struct Compared {
    course: Course,
    versions: Vec<Version>,
    which: Which,
    before: Side,
    pairs: Vec<Pair>,
    revisions: Vec<(UnitId, i32)>,
}

fn compared(language: Language, page: &Compared) -> AnyView {
    let slug = &page.course.card.slug;
    let changed: Vec<&Pair> = page.pairs.iter().filter(|pair| pair.differs()).collect();
    let count = i64::try_from(changed.len()).unwrap_or(i64::MAX);
    let lead = if changed.is_empty() {
        say::compare_none(language).to_owned()
    } else {
        say::compare_count(language, count)
    };
    let units = changed.iter().map(|pair| unit(language, page, pair)).collect_view();
    let list = format!("{slug}/versions");
    view! {
        {taught::way(
            language,
            &[(&page.course.card.title, slug), (say::versions_title(language), &list)],
            say::compare_title(language),
        )}
        <PageHead title=say::compare_title(language) kicker=page.course.card.title.clone() lead=lead/>
        {choose(language, slug, &page.versions, (page.which.from.clone(), page.which.to.clone()))}
        {units}
    }
    .into_any()
}

fn unit(language: Language, page: &Compared, pair: &Pair) -> AnyView {
    let word = match (&pair.before, &pair.after) {
        (None, _) => say::unit_added(language),
        (_, None) => say::unit_removed(language),
        _ => say::unit_changed(language),
    };
    let empty = Text {
        title: String::new(),
        section: String::new(),
        minutes: 0,
        markdown: String::new(),
        has_film: false,
    };
    let (before, after) = (pair.before.as_ref().unwrap_or(&empty), pair.after.as_ref().unwrap_or(&empty));
    let both = pair.before.is_some() && pair.after.is_some();
    let fact = |label: &'static str, old: &str, new: &str| {
        (both && old != new)
            .then(|| view! { <li>{say::fact_changed(language, label, old, new)}</li> }.into_any())
    };
    let film = (!pair.same_film).then(|| view! { <li>{say::film_changed(language)}</li> }.into_any());
    let facts = [
        fact(text::unit_title(language), &before.title, &after.title),
        fact(text::unit_section(language), &before.section, &after.section),
        fact(text::unit_minutes(language), &before.minutes.to_string(), &after.minutes.to_string()),
        film,
    ];
    let facts: Vec<AnyView> = facts.into_iter().flatten().collect();
    let facts = (!facts.is_empty()).then(|| view! { <ul>{facts}</ul> });
    let restore = match page.before {
        Side::Version(number) if pair.before.is_some() => Some(restore(language, page, pair, number)),
        _ => None,
    };
    view! {
        <section class="sheet">
            <h2>{word}": "{pair.title().to_owned()}</h2>
            {facts}
            {differences::text(language, pair.title(), &before.markdown, &after.markdown)}
            {restore}
        </section>
    }
    .into_any()
}

fn restore(language: Language, page: &Compared, pair: &Pair, number: i32) -> AnyView {
    let slug = &page.course.card.slug;
    let revision =
        page.revisions.iter().find(|(unit, _)| *unit == pair.unit).map_or(0, |(_, revision)| *revision);
    let action = format!("/teaching/{slug}/versions/{number}/units/{}/restore", pair.unit);
    let (revision, title) = (revision.to_string(), pair.title().to_owned());
    view! {
        <PostForm action=action>
            <HiddenField name="revision" value=revision/>
            <SubmitButton
                label=say::restore_unit(language, &number.to_string())
                kind=ButtonKind::Secondary
                subject=title
            />
        </PostForm>
    }
    .into_any()
}

/// The revision of the draft's unit that the person saw; 0 when it is not in the draft.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Seen {
    revision: i32,
}

/// Puts a unit of a version into the draft. When somebody saved it meanwhile nothing happens but a message.
pub async fn bring_back(
    State(app): State<App>,
    caller: Caller,
    At((slug, number, unit)): At<(String, i32, UnitId)>,
    Posted(seen): Posted<Seen>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    let path = format!("/teaching/{slug}/versions/compare?from={number}&to=draft");
    match version::restore(&mut visit.tx, &proof, number, unit, seen.revision).await {
        Ok(()) => visit.commit_and_go(&format!("/teaching/{slug}/units/{unit}"), "unit-restored").await,
        Err(Error::ChangedMeanwhile(_)) => Ok(crate::visit::go(&app, &path, "unit-not-restored")),
        Err(Error::Invalid(_)) => Ok(crate::visit::go(&app, &path, "unit-name-taken")),
        Err(error) => Err(error.into()),
    }
}

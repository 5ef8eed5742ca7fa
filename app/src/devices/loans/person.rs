//! A person as the clerk of devices sees them: birthday, who speaks for them, what they have. GET /devices/people/{id}.

use axum::extract::State;
use base::PersonId;
use devices::Error;
use devices::loans::list::{self, Filter, Line, Show};
use devices::privacy::Viewed;
use identity::guardian::{self, Basis, Card, Guardianship, GuardianshipId};
use identity::{DevicesReader, Problem as Wrong, day};
use leptos::prelude::*;
use serde::Deserialize;
use time::Date;
use words::{Language, loans as say, settlements};

use super::{list as lists, said};
use crate::caller::Caller;
use crate::devices::reports::views::log;
use crate::parts::{
    ActionLink, Actions, ButtonKind, Choice, Field, FieldKind, FormErrors, HiddenField, Link, PageHead,
    PostForm, Select, SubmitButton, SummaryList, SummaryRow,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit::Visit;

struct Known {
    card: Card,
    today: Date,
    guardians: Vec<Guardianship>,
    wards: Vec<Guardianship>,
    lines: Vec<Line>,
    total: i64,
    candidates: Vec<Card>,
    clerk: bool,
}

impl Known {
    async fn read(visit: &mut Visit, proof: &DevicesReader, id: PersonId, q: &str) -> Result<Self, Error> {
        let filter = Filter { show: Show::All, person: Some(id), take: 100, ..Filter::default() };
        let card = guardian::card(&mut visit.tx, proof, id).await?;
        let (lines, total) = list::loans(&mut visit.tx, proof, &filter).await?;
        Ok(Self {
            card,
            today: day::today(&mut visit.tx).await?,
            guardians: guardian::of(&mut visit.tx, proof, id).await?,
            wards: guardian::wards(&mut visit.tx, proof, id).await?,
            lines,
            total,
            candidates: if q.trim().is_empty() {
                Vec::new()
            } else {
                guardian::find(&mut visit.tx, proof, q, None, 30).await?
            },
            clerk: visit.me.device_clerk().is_ok(),
        })
    }
}

/// A search for a guardian.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    q: String,
}

/// GET /devices/people/{id}
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(id): At<PersonId>,
    Asked(asked): Asked<Asking>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let known = Known::read(&mut visit, &proof, id, &asked.q).await?;
    if known.card.born_on.is_some() || !known.guardians.is_empty() {
        log(&app, &caller, Viewed::Person, id.0).await?;
    }
    answer(visit, &known, &asked.q, &FormErrors::new())
}

async fn done(visit: Visit, id: PersonId, did: Result<(), Error>) -> Answer {
    match did {
        Ok(()) => visit.commit_and_go(&format!("/devices/people/{id}"), "loan_saved").await,
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            let mut visit = visit.afresh().await?;
            let proof = visit.me.devices_reader()?;
            let known = Known::read(&mut visit, &proof, id, "").await?;
            answer(visit, &known, "", &errors)
        }
    }
}

/// A birthday.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Birthday {
    born_on: String,
}

/// POST /devices/people/{id}/birthday
pub async fn birthday(
    State(app): State<App>,
    caller: Caller,
    At(id): At<PersonId>,
    Posted(typed): Posted<Birthday>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let did = match said::typed_day("born_on", &typed.born_on) {
        Ok(born_on) => guardian::set_born_on(&mut visit.tx, &proof, id, born_on).await.map_err(Error::from),
        Err(error) => Err(error),
    };
    done(visit, id, did).await
}

/// Somebody who speaks for the person.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Speaks {
    guardian: String,
    basis: String,
    since: String,
}

/// POST /devices/people/{id}/guardians
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    At(id): At<PersonId>,
    Posted(typed): Posted<Speaks>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let today = day::today(&mut visit.tx).await?;
    let given = || -> Result<_, Error> {
        let guardian: PersonId =
            typed.guardian.parse().map_err(|_| Error::field("guardian", Wrong::Missing))?;
        let since = said::typed_day("since", &typed.since)?.unwrap_or(today);
        Ok((guardian, Basis::from_word(&typed.basis).unwrap_or(Basis::Parent), since))
    };
    let did = match given() {
        Ok((who, basis, since)) => {
            let added = guardian::add(&mut visit.tx, &proof, id, who, basis, since).await;
            added.map(|_| ()).map_err(Error::from)
        }
        Err(error) => Err(error),
    };
    done(visit, id, did).await
}

/// What ends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ends {
    guardianship: String,
}

/// POST /devices/people/{id}/guardians/end
pub async fn end(
    State(app): State<App>,
    caller: Caller,
    At(id): At<PersonId>,
    Posted(typed): Posted<Ends>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let which: GuardianshipId = typed.guardianship.parse().map_err(|_| Problem::NotFound)?;
    guardian::end(&mut visit.tx, &proof, which).await?;
    visit.commit_and_go(&format!("/devices/people/{id}"), "loan_saved").await
}

fn answer(visit: Visit, known: &Known, q: &str, errors: &FormErrors) -> Answer {
    let language = visit.language;
    let title = known.card.name.clone();
    let page = |errors: &FormErrors| {
        let signs = if known.card.is_minor(known.today) {
            say::signs_guardian(language)
        } else {
            say::signs_alone(language)
        };
        let facts = vec![
            SummaryRow::new(say::label_class(language), known.card.groups.join(", ")),
            SummaryRow::new(
                say::label_born_on(language),
                known.card.born_on.map_or_else(|| say::born_unknown(language).to_owned(), said::day),
            ),
            SummaryRow::new(
                say::label_email(language),
                known.card.email.clone().unwrap_or_else(|| "–".to_owned()),
            ),
            SummaryRow::new(say::label_signatory(language), signs),
        ];
        let new = known.clerk.then(|| {
            let href = format!("/devices/agreements/new?person={}", known.card.id);
            view! { <Actions><ActionLink label=say::agreement_new(language) href=href/></Actions> }
        });
        let forms = known.clerk.then(|| forms(language, known, q, errors));
        let wards = (!known.wards.is_empty()).then(|| {
            let list = known
                .wards
                .iter()
                .map(|one| view! { <li><a href=format!("/devices/people/{}", one.ward)>{one.ward_name.clone()}</a></li> })
                .collect_view();
            view! { <h2>{say::wards(language)}</h2><ul>{list}</ul> }
        });
        view! {
            {said::summary(language, errors)}
            {said::trail(language, vec![Link::new(say::loans_title(language), "/devices/loans")], &title)}
            <PageHead title=title.clone()/>
            {new}
            <SummaryList rows=facts/>
            <h2>{say::guardians(language)}</h2>
            {guardians(language, known)}
            {wards}
            <h2>{say::loans_title(language)}</h2>
            {lists::table(language, &known.lines, say::show_all(language), known.total)}
            {forms}
        }
        .into_any()
    };
    visit.form(&title, errors, page)
}

fn guardians(language: Language, known: &Known) -> AnyView {
    if known.guardians.is_empty() {
        return view! { <p>{say::guardians_none(language)}</p> }.into_any();
    }
    let list = known
        .guardians
        .iter()
        .map(|one| {
            let until = one.until.map_or_else(|| "…".to_owned(), said::day);
            let text = format!(", {}, {}–{until}", said::basis(language, one.basis), said::day(one.since));
            let end = (known.clerk && one.until.is_none()).then(|| {
                view! {
                    {
    let inside = view! {
                        <HiddenField name="guardianship" value=one.id.to_string()/>
                        <SubmitButton label=say::guardian_end(language) kind=ButtonKind::Secondary subject=one.guardian_name.clone()/>
                    }.into_any();
    view! { <PostForm action=format!("/devices/people/{}/guardians/end", known.card.id)>{inside}</PostForm> }
}
                }
            });
            view! { <li><a href=format!("/devices/people/{}", one.guardian)>{one.guardian_name.clone()}</a>{text}{end}</li> }
        })
        .collect_view();
    view! { <ul>{list}</ul> }.into_any()
}

fn forms(language: Language, known: &Known, q: &str, errors: &FormErrors) -> AnyView {
    let id = known.card.id;
    let born = known.card.born_on.map(said::machine).unwrap_or_default();
    let found = (!known.candidates.is_empty()).then(|| {
        let people = known
            .candidates
            .iter()
            .filter(|card| card.id != id)
            .map(|card| Choice::new(card.id.to_string(), card.name.clone()))
            .collect::<Vec<_>>();
        let grounds = Basis::ALL.map(|basis| Choice::new(basis.word(), said::basis(language, basis))).to_vec();
        view! {
            {
    let inside = view! {
                <Select name="guardian" label=say::label_guardian(language) choices=people error=errors.of("guardian")/>
                <Select name="basis" label=say::label_basis(language) choices=grounds/>
                <Field name="since" kind=FieldKind::Date label=say::label_since(language) value=said::machine(known.today)/>
                <SubmitButton label=say::guardian_add(language) kind=ButtonKind::Secondary/>
            }.into_any();
    view! { <PostForm action=format!("/devices/people/{id}/guardians")>{inside}</PostForm> }
}
        }
    });
    view! {
        <h2>{say::guardian_add(language)}</h2>
        <form class="form filter" method="get" action=format!("/devices/people/{id}") role="search">
            <Field name="q" label=say::label_guardian_search(language) kind=FieldKind::Search value=q.to_owned()/>
            <SubmitButton label=say::look_up(language) kind=ButtonKind::Secondary/>
        </form>
        {found}
        <p><a href=format!("/devices/due?person={id}")>{settlements::event_of_person(language)}</a></p>
        <h2>{say::label_born_on(language)}</h2>
        {
    let inside = view! {
            <Field name="born_on" kind=FieldKind::Date label=say::label_born_on(language) hint=say::born_hint(language) value=born
                error=errors.of("born_on")/>
            <SubmitButton label=say::save(language) kind=ButtonKind::Secondary/>
        }.into_any();
    view! { <PostForm action=format!("/devices/people/{id}/birthday")>{inside}</PostForm> }
}
    }
    .into_any()
}

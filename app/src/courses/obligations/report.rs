//! GET /reports/training: how people do in what they have to take, for heads of units, teachers and administrators; the same as
//! CSV, as a workbook and as PDF/UA-1.

use axum::extract::State;
use courses::assign::mine::Standing;
use courses::report::{self, Filter, Outcome, Oversight};
use devices::table::Notes;
use documents::{Block, Report as Paper};
use identity::unit::OrgUnit;
use identity::{OrgUnitId, day, unit};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, identity as people, obligations as say, reports};

use super::built::{self, Built, WHOLE, build};
use super::said;
use crate::caller::Caller;
use crate::date;
use crate::devices::download::{self, Form};
use crate::devices::reports::page::shown;
use crate::devices::reports::{paper, picture};
use crate::devices::{read_day, typed_day};
use crate::identity::people::form::unit_choices;
use crate::parts::{
    ActionLink, Actions, ButtonKind, Choice, EmptyState, Field, FieldKind, FormErrors, Link, PageHead,
    Select, SubmitButton,
};
use crate::problem::{Answer, Problem};
use crate::refused;
use crate::request::Asked;
use crate::state::App;
use crate::visit::Visit;
use crate::way::{page_asked, pages, trail};

/// Rows on a page; the files have all.
const ON_A_PAGE: i64 = 100;

/// What the report is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    /// Id of a unit.
    pub unit: String,
    /// A course, by its name in addresses.
    pub course: String,
    /// A word of `Standing`.
    pub state: String,
    /// A word of `Outcome`.
    pub result: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Number of the page of rows.
    pub page: String,
}

/// A report that was asked for, with what it can be asked for.
pub struct Wanted {
    /// Who asks.
    pub visit: Visit,
    /// Their proof.
    pub proof: Oversight,
    /// What they asked for.
    pub filter: Filter,
    /// In words.
    pub scope: String,
    units: Vec<OrgUnit>,
    courses: Vec<(String, String)>,
    errors: FormErrors,
}

/// Reads what is asked for. A unit or a course that the person does not see is not found.
pub async fn open(app: &App, caller: &Caller, asking: &Asking) -> Result<Wanted, Problem> {
    let mut visit = caller.open(app).await?;
    let proof = report::oversight(&mut visit.tx, &visit.me).await?;
    let language = visit.language;
    let mut errors = FormErrors::new();
    let mut typed = |field: &'static str, text: &str| {
        read_day(text).unwrap_or_else(|()| {
            errors.add(field, say::wrong_day(language));
            None
        })
    };
    let (from, to) = (typed("from", &asking.from), typed("to", &asking.to));
    let seen = |unit: &OrgUnit| proof.sees_unit(unit.id);
    let units: Vec<OrgUnit> = unit::all(&mut visit.tx).await?.into_iter().filter(seen).collect();
    let courses = report::courses(&mut visit.tx, &proof).await?;
    let unit: Option<OrgUnitId> = match asking.unit.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| Problem::NotFound)?),
    };
    let unit_name = match unit {
        None => None,
        Some(id) => {
            let found = units.iter().find(|unit| unit.id == id).ok_or(Problem::NotFound)?;
            Some(found.name.clone())
        }
    };
    let course = Some(asking.course.clone()).filter(|slug| !slug.is_empty());
    let title = match &course {
        None => None,
        Some(slug) => {
            let found = courses.iter().find(|(known, _)| known == slug).ok_or(Problem::NotFound)?;
            Some(found.1.clone())
        }
    };
    let standing = match asking.state.as_str() {
        "" => None,
        word => Some(Standing::from_word(word).ok_or(Problem::NotFound)?),
    };
    let outcome = match asking.result.as_str() {
        "" => None,
        word => Some(Outcome::from_word(word).ok_or(Problem::NotFound)?),
    };
    let filter = Filter { unit, course, standing, outcome, from, to };
    let scope = built::scope(language, unit_name.as_deref(), title.as_deref(), &filter);
    Ok(Wanted { visit, proof, filter, scope, units, courses, errors })
}

/// GET /reports/training
pub async fn show(State(app): State<App>, caller: Caller, Asked(asking): Asked<Asking>) -> Answer {
    let mut asked = open(&app, &caller, &asking).await?;
    let language = asked.visit.language;
    let mut page = page_asked(&asking.page);
    let span = |page: u32| (i64::from(page - 1) * ON_A_PAGE, ON_A_PAGE);
    let mut built = build(&mut asked.visit.tx, &asked.proof, language, &asked.filter, span(page)).await?;
    if built.rows.rows.is_empty() && page > 1 {
        // A page behind the last one.
        page = 1;
        built = build(&mut asked.visit.tx, &asked.proof, language, &asked.filter, span(page)).await?;
    }
    let title = say::report_title(language);
    let freezes = asked.proof.is_everybody() || !asked.proof.headed().is_empty();
    let Wanted { visit, filter, units, courses, errors, .. } = asked;
    visit.form(title, errors, move |errors: FormErrors| {
        let query = query(&asking, &filter);
        let frozen = freezes.then(|| {
            let href = format!("/reports/training/frozen{query}");
            view! { <ActionLink label=say::frozen_title(language) href=href kind=ButtonKind::Secondary/> }
        });
        let files = [
            (reports::paper(language), "pdf"),
            (reports::csv(language), "csv"),
            (reports::workbook(language), "xlsx"),
        ]
        .map(|(label, form)| {
            let href = format!("/reports/training/{form}{query}");
            view! { <ActionLink label=label href=href kind=ButtonKind::Secondary/> }.into_any()
        })
        .into_iter()
        .collect::<Vec<_>>();
        view! {
            {refused::summary(language, &errors)}
            {trail(language, vec![Link::new(frame::home(language), "/")], title)}
            <PageHead title=title lead=say::report_lead(language)/>
            {filters(language, &asking, &filter, &units, &courses, &errors)}
            <Actions>
                {files}
                {frozen}
            </Actions>
            {tables(language, built, (&query, page))}
        }
        .into_any()
    })
}

fn tables(language: Language, built: Built, (query, page): (&str, u32)) -> AnyView {
    if built.rows.rows.is_empty() && built.tree.rows.is_empty() {
        return view! { <EmptyState title=say::report_none(language) text=say::report_none_text(language)/> }
            .into_any();
    }
    view! {
        {picture::view(built.picture)}
        {shown(language, "units", built.tree, &[])}
        {shown(language, "rows", built.rows, &built.links)}
        {pages(language, format!("/reports/training{query}"), page, (built.fitting, ON_A_PAGE))}
    }
    .into_any()
}

fn filters(
    language: Language,
    asking: &Asking,
    filter: &Filter,
    units: &[OrgUnit],
    courses: &[(String, String)],
    errors: &FormErrors,
) -> AnyView {
    let all = [Choice::new("", say::filter_all(language))];
    let of_courses = courses.iter().map(|(slug, title)| Choice::new(slug.clone(), title.clone()));
    let of_states = Standing::ALL.map(|one| Choice::new(one.word(), said::standing(language, one)));
    let of_results = Outcome::ALL.map(|one| Choice::new(one.word(), said::outcome(language, one)));
    let day = |read, typed: &str| {
        let read = typed_day(read);
        if read.is_empty() { typed.to_owned() } else { read }
    };
    view! {
        <form class="form filter" method="get" action="/reports/training">
            <Select
                name="unit"
                label=say::filter_unit(language)
                choices=unit_choices(units, say::filter_all(language))
                chosen=asking.unit.clone()
            />
            <Select
                name="course"
                label=say::column_course(language)
                choices=all.iter().cloned().chain(of_courses).collect()
                chosen=asking.course.clone()
            />
            <Select
                name="state"
                label=say::column_state(language)
                choices=all.iter().cloned().chain(of_states).collect()
                chosen=asking.state.clone()
            />
            <Select
                name="result"
                label=say::column_result(language)
                choices=all.iter().cloned().chain(of_results).collect()
                chosen=asking.result.clone()
            />
            <Field
                name="from"
                label=say::filter_from(language)
                kind=FieldKind::Date
                value=day(filter.from, &asking.from)
                error=errors.of("from")
            />
            <Field
                name="to"
                label=say::filter_to(language)
                kind=FieldKind::Date
                value=day(filter.to, &asking.to)
                error=errors.of("to")
            />
            <SubmitButton label=people::people_show(language) kind=ButtonKind::Secondary/>
        </form>
    }
    .into_any()
}

/// The address of the same report in another form.
fn query(asking: &Asking, filter: &Filter) -> String {
    let day = |day: Option<time::Date>| day.map(day::written).unwrap_or_default();
    let pairs = [
        ("unit", asking.unit.clone()),
        ("course", asking.course.clone()),
        ("state", asking.state.clone()),
        ("result", asking.result.clone()),
        ("from", day(filter.from)),
        ("to", day(filter.to)),
    ];
    let pairs: Vec<String> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

/// GET /reports/training/csv: the rows.
pub async fn csv(State(app): State<App>, caller: Caller, Asked(asking): Asked<Asking>) -> Answer {
    file(app, caller, asking, Form::Csv).await
}

/// GET /reports/training/xlsx: rows and sums.
pub async fn workbook(State(app): State<App>, caller: Caller, Asked(asking): Asked<Asking>) -> Answer {
    file(app, caller, asking, Form::Workbook).await
}

async fn file(app: App, caller: Caller, asking: Asking, form: Form) -> Answer {
    let mut asked = open(&app, &caller, &asking).await?;
    let language = asked.visit.language;
    let built = build(&mut asked.visit.tx, &asked.proof, language, &asked.filter, WHOLE).await?;
    let now = asked.visit.tx.now();
    download::tables(form, say::file_name(language), &[built.rows, built.tree], &Notes::default(), now)
}

/// GET /reports/training/pdf
pub async fn pdf(State(app): State<App>, caller: Caller, Asked(asking): Asked<Asking>) -> Answer {
    let mut asked = open(&app, &caller, &asking).await?;
    let (language, now) = (asked.visit.language, asked.visit.tx.now());
    let built = build(&mut asked.visit.tx, &asked.proof, language, &asked.filter, WHOLE).await?;
    let tables = [built.tree, built.rows];
    let organisation = asked.visit.me.organisation_name.clone();
    let about = Block::Text { text: asked.scope };
    let paper = Paper {
        title: say::report_title(language).to_owned(),
        subtitle: reports::notes_when(language, &date::moment(now), &asked.visit.me.name),
        language: language.code().to_owned(),
        organisation: organisation.clone(),
        lies: paper::lies(&tables),
        blocks: [about]
            .into_iter()
            .chain(tables.iter().flat_map(|table| paper::blocks(language, table)))
            .collect(),
        foot: organisation,
        ..Paper::default()
    };
    // The page's transaction is over before the document is made.
    drop(asked.visit);
    let bytes = app.documents.report(&paper, now.unix_timestamp(), &[]).await.map_err(|error| {
        tracing::error!(%error, "a report could not be put on paper");
        Problem::Unavailable(10)
    })?;
    let name = format!("{}-{}.pdf", say::file_name(language), date::machine_day(now));
    Ok(download::file(bytes, "application/pdf", &name))
}

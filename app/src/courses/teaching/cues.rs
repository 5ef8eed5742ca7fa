//! Captions of one language beside their film: what should be looked at, the cues to be changed by hand, and the word of the
//! person who has read them.

use std::collections::HashMap;

use axum::extract::State;
use courses::UnitId;
use courses::course::Course;
use courses::outline::{self, Unit};
use leptos::prelude::*;
use serde::Deserialize;
use video::caption::{self, Cue, Finding, NotKept, Remark, Review, Typed};
use video::{Editable, Error as FilmError};
use words::{Language, courses as text, films as say};

use super::{captions, card, cue_film, film};
use crate::caller::Caller;
use crate::courses::film::{self as shown, Audience, Shown};
use crate::courses::taught;
use crate::date;
use crate::parts::{
    Actions, ButtonKind, DataTable, Field, FormErrors, HiddenField, Notice, PageHead, Pagination, PostForm,
    SubmitButton, TableWidth, TextArea, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit::Visit;
use crate::way::page_words;

/// Cues on one page.
const ON_A_PAGE: usize = 30;
/// As many bytes as captions may have, and what a form adds to Polish letters.
const FORM_MOST_BYTES: usize = 8 << 20;
/// The cue that is not there yet, in names of fields.
const NEW: &str = "new";

/// Which cues are shown, and from which second the film.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Part {
    page: Option<usize>,
    t: String,
}

struct Page {
    course: Course,
    unit: Unit,
    shown: Shown,
    review: Review,
    /// From 1.
    page: usize,
    /// What was typed, by the number of the cue.
    typed: HashMap<usize, Typed>,
    more: Typed,
    /// The text that the form speaks of.
    mark: String,
    errors: FormErrors,
}

type Place = (String, UnitId, String);

async fn open(
    app: &App,
    caller: &Caller,
    (slug, id, code): &Place,
) -> Result<(Visit, Editable, Page), Problem> {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let unit = outline::unit(&mut visit.tx, &proof, *id).await?;
    let editable = film::editable(&mut visit, &proof, *id).await?;
    let review = caption::review(&mut visit.tx, &editable, code).await?;
    let shown = shown::read(&mut visit, &editable.watchable(), &unit.title, code, Audience::Trial).await?;
    let mark = review.mark.clone();
    let (typed, more, errors) = (HashMap::new(), Typed::default(), FormErrors::new());
    Ok((visit, editable, Page { course, unit, shown, review, page: 1, typed, more, mark, errors }))
}

/// The page.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(place): At<Place>,
    Asked(part): Asked<Part>,
) -> Answer {
    let (visit, _, mut page) = open(&app, &caller, &place).await?;
    page.page = part.page.unwrap_or(1);
    page.shown = page.shown.starting_at(part.t.parse().ok());
    answer(visit, page)
}

fn answer(visit: Visit, page: Page) -> Answer {
    let (language, app) = (visit.language, visit.app.clone());
    let title = say::captions_of(language, &page.review.captions.label, &page.unit.title);
    if page.errors.is_empty() {
        visit.page(&title.clone(), move || view(language, title, page, &app))
    } else {
        visit.refused(&title.clone(), move || view(language, title, page, &app))
    }
}

/// Keeps the cues of one page of the form.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At(place): At<Place>,
    Posted(fields): Posted<Vec<(String, String)>, FORM_MOST_BYTES>,
) -> Answer {
    let (mut visit, editable, mut page) = open(&app, &caller, &place).await?;
    let (slug, id, code) = place;
    for (name, value) in fields {
        match name.as_str() {
            "mark" => page.mark = value,
            "page" => page.page = value.parse().unwrap_or(1),
            name => {
                let Some((field, number)) = name.split_once('-') else { continue };
                let typed = match number.parse() {
                    Ok(number) => page.typed.entry(number).or_default(),
                    Err(_) if number == NEW => &mut page.more,
                    Err(_) => continue,
                };
                match field {
                    "start" => typed.start = value,
                    "end" => typed.end = value,
                    "text" => typed.text = value,
                    _ => {}
                }
            }
        }
    }
    // A cue that was not touched stays as it is, letter by letter.
    let changed: Vec<(usize, Typed)> = page
        .typed
        .iter()
        .filter(|(number, typed)| !page.review.cues.get(**number).is_some_and(|cue| is_same(cue, typed)))
        .map(|(number, typed)| (*number, typed.clone()))
        .collect();
    let kept =
        caption::rewrite(&mut visit.tx, &editable, (code.as_str(), page.mark.as_str()), &changed, &page.more)
            .await;
    let language = visit.language;
    match kept {
        Ok(()) => {
            let back = format!("/teaching/{slug}/units/{id}/captions/{code}?page={}", page.page);
            return visit.commit_and_go(&back, "captions-saved").await;
        }
        Err(NotKept::ChangedMeanwhile) => page.errors.add("", say::captions_changed(language)),
        Err(NotKept::Field(cue, field)) => {
            let number = cue.map_or_else(|| NEW.to_owned(), |cue| cue.to_string());
            let sentence = match field {
                "start" => say::cue_bad_start(language),
                "end" => say::cue_bad_end(language),
                _ => say::cue_bad_text(language),
            };
            page.errors.add(format!("{field}-{number}"), sentence);
        }
        Err(NotKept::Captions(FilmError::Captions { line, problem })) => {
            page.errors.add("", captions::sentence(language, line, problem));
        }
        Err(NotKept::Captions(error)) => return Err(error.into()),
    }
    answer(visit, page)
}

/// Line ends come back from a browser as CRLF.
fn is_same(cue: &Cue, typed: &Typed) -> bool {
    let typed = Typed { text: typed.text.replace("\r\n", "\n"), ..typed.clone() };
    typed == Typed::of(cue)
}

/// What names the text that was read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Read {
    mark: String,
}

/// The person has read them.
pub async fn check(
    State(app): State<App>,
    caller: Caller,
    At(place): At<Place>,
    Posted(read): Posted<Read>,
) -> Answer {
    let (mut visit, editable, mut page) = open(&app, &caller, &place).await?;
    let (slug, id, code) = place;
    match caption::mark_checked(&mut visit.tx, &editable, &code, &read.mark).await {
        Ok(()) => visit.commit_and_go(&format!("/teaching/{slug}/units/{id}/film"), "captions-checked").await,
        Err(FilmError::WrongState(_)) => {
            page.errors.add("", say::captions_changed(visit.language));
            answer(visit, page)
        }
        Err(error) => Err(error.into()),
    }
}

fn view(language: Language, title: String, page: Page, app: &App) -> AnyView {
    let Page { course, unit, shown, review, page: at, typed, more, mark, errors } = page;
    let (slug, code) = (course.card.slug.clone(), review.captions.language.clone());
    let (below, film_page) = (format!("{slug}/units/{}", unit.id), format!("{slug}/units/{}/film", unit.id));
    let path = format!("/teaching/{below}/captions/{code}");
    let pages = review.cues.len().div_ceil(ON_A_PAGE).max(1);
    let at = at.clamp(1, pages);
    let between = [
        (course.card.title.as_str(), slug.as_str()),
        (unit.title.as_str(), below.as_str()),
        (text::film_title(language), film_page.as_str()),
    ];
    let read = review.mark.clone();
    let checking = review.captions.checked.is_none().then(|| {
        view! {
            <h2>{say::captions_check_title(language)}</h2>
            <p>{say::captions_check_text(language)}</p>
            <PostForm action=format!("{path}/check")>
                <HiddenField name="mark" value=read/>
                <SubmitButton label=say::captions_check(language)/>
            </PostForm>
        }
    });
    let first = (at - 1) * ON_A_PAGE;
    let rows = review.cues.iter().enumerate().skip(first).take(ON_A_PAGE).map(|(number, cue)| {
        let typed = typed.get(&number).cloned().unwrap_or_else(|| Typed::of(cue));
        let legend = say::cue_number(language, &(number + 1).to_string());
        let jump = cue_film::jump(language, &path, at, cue.start_ms);
        cue_fields(language, (legend, Some(jump)), &number.to_string(), typed, &errors)
    });
    let rows = rows.collect_view();
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    view! {
        {card::summary(language, &errors)}
        {taught::way(language, &between, &review.captions.label)}
        <PageHead title=title lead=stand(language, &review.captions)/>
        <div class="cue-desk">
            <div class="cue-film">{shown::view(language, shown)}</div>
            <div>
                <h2>{say::findings_title(language)}</h2>
                {findings(language, &path, &review.findings)}
                {checking}
                <h2 id="cues">{say::cues_title(language)}</h2>
                <p>{say::cues_text(language)}</p>
                {cue_film::keys(language, app)}
                <PostForm action=path.clone()>
                    <HiddenField name="mark" value=mark/>
                    <HiddenField name="page" value=at.to_string()/>
                    {rows}
                    {cue_fields(language, (say::cue_new(language).to_owned(), None), NEW, more, &errors)}
                    <Actions>
                        <SubmitButton label=say::cues_save(language) kind=ButtonKind::Secondary/>
                    </Actions>
                </PostForm>
                <Pagination
                    base=path
                    page=number(at)
                    pages=number(pages)
                    words=page_words(language, say::cues_pages(language))
                />
            </div>
        </div>
    }
    .into_any()
}

/// The same, with the word for what a recogniser drafted.
pub fn stand(language: Language, one: &caption::Captions) -> String {
    if one.automatic {
        words::studio::automatic(language).to_owned()
    } else {
        state(language, one.checked.as_ref())
    }
}

/// "Niesprawdzone", or by whom and when.
pub fn state(language: Language, checked: Option<&(String, time::OffsetDateTime)>) -> String {
    match checked {
        Some((who, at)) => say::captions_checked_by(language, who, &date::moment(*at)),
        None => say::captions_unchecked(language).to_owned(),
    }
}

fn cue_fields(
    language: Language,
    (legend, jump): (String, Option<AnyView>),
    number: &str,
    typed: Typed,
    errors: &FormErrors,
) -> AnyView {
    let name = |field: &str| format!("{field}-{number}");
    view! {
        <fieldset class="cue">
            <legend>{legend}</legend>
            {jump.map(|jump| view! { <p class="row cue-tools">{jump}</p> })}
            <Field
                name=name("start")
                label=say::cue_start(language)
                value=typed.start
                size=14
                autocomplete="off"
                error=errors.of(&name("start"))
            />
            <Field
                name=name("end")
                label=say::cue_end(language)
                value=typed.end
                size=14
                autocomplete="off"
                error=errors.of(&name("end"))
            />
            <TextArea
                name=name("text")
                label=say::cue_text(language)
                value=typed.text
                rows=2
                error=errors.of(&name("text"))
            />
        </fieldset>
    }
    .into_any()
}

/// A table of what should be looked at, each with the way to its cue.
fn findings(language: Language, path: &str, findings: &[Finding]) -> AnyView {
    if findings.is_empty() {
        return view! { <Notice tone=Tone::Success><p>{say::findings_none(language)}</p></Notice> }
            .into_any();
    }
    let rows = findings.iter().map(|one| {
        let page = one.cue / ON_A_PAGE + 1;
        let field = if matches!(one.remark, Remark::Overlap | Remark::BeyondFilm) { "start" } else { "text" };
        let href = format!("{path}?page={page}#f-{field}-{}", one.cue);
        view! {
            <tr>
                <td class="number">{one.line.to_string()}</td>
                <td><a href=href>{caption::clock(one.start_ms)}</a></td>
                <td>{remark(language, one.remark)}</td>
                <td>{cue_film::jump(language, path, page, one.start_ms)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <DataTable id="findings" caption=say::findings_caption(language) width=TableWidth::Scrolls>
            <thead>
                <tr>
                    <th scope="col">{say::findings_line(language)}</th>
                    <th scope="col">{say::findings_time(language)}</th>
                    <th scope="col">{say::findings_what(language)}</th>
                    <th scope="col">{say::findings_film(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn remark(language: Language, remark: Remark) -> String {
    match remark {
        Remark::Overlap => say::remark_overlap(language).to_owned(),
        Remark::TooFast(speed) => {
            say::remark_fast(language, &speed.to_string(), &caption::FASTEST.to_string())
        }
        Remark::LongLine(letters) => {
            say::remark_long(language, &letters.to_string(), &caption::LONGEST_LINE.to_string())
        }
        Remark::ManyLines(lines) => {
            say::remark_lines(language, &lines.to_string(), &caption::MOST_LINES.to_string())
        }
        Remark::Empty => say::remark_empty(language).to_owned(),
        Remark::BeyondFilm => say::remark_beyond(language).to_owned(),
        Remark::StrangeTag => say::remark_tag(language).to_owned(),
    }
}

//! Writing a unit: title, reading time and Markdown, with a preview; and the page for two people who saved the same unit.

use axum::extract::State;
use courses::check;
use courses::copy::{self, Origin};
use courses::course::Course;
use courses::markdown::{self, Finding, Rendered};
use courses::outline::{self, Unit, UnitText};
use courses::publish::{self, DraftFilm};
use courses::quiz::store;
use courses::{Error, UnitId};
use islands::Preview;
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, courses as text, quizzes, writing as say};

use super::{card, copies, draft, findings, merge};
use crate::caller::Caller;
use crate::courses::{phrases, taught};
use crate::date;
use crate::parts::{
    Actions, ButtonKind, Details, Field, FieldKind, FormErrors, HiddenField, Notice, PageHead, PostForm,
    Prose, SubmitButton, TextArea, Tone,
};
use crate::problem::Answer;
use crate::request::{Asked, At, Posted};
use crate::state::App;

/// A text far over the limit still comes back to the one who wrote it, with a sentence, instead of a bare refusal.
pub const FORM_MOST_BYTES: usize = 16 << 20;

/// The form as it was posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    title: String,
    minutes: String,
    text: String,
    revision: i32,
    act: String,
}

/// The line that a finding leads to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Place {
    line: Option<usize>,
}

impl Place {
    /// The line (from 1).
    pub fn line(&self) -> Option<usize> {
        self.line.filter(|line| *line > 0)
    }
}

impl Typed {
    /// From the fields of another form that carries them on.
    pub fn of_fields(title: &str, minutes: &str, text: &str, revision: &str) -> Self {
        Self {
            title: title.to_owned(),
            minutes: minutes.to_owned(),
            text: text.to_owned(),
            revision: revision.parse().unwrap_or(0),
            act: String::new(),
        }
    }

    /// The same with another title and text.
    pub fn with(self, title: String, text: String) -> Self {
        Self { title, text, ..self }
    }

    /// The title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The minutes, as they were typed.
    pub fn minutes(&self) -> &str {
        &self.minutes
    }

    /// The text.
    pub fn markdown(&self) -> &str {
        &self.text
    }

    /// The revision that the form was opened with.
    pub fn revision(&self) -> i32 {
        self.revision
    }

    fn of(unit: &Unit) -> Self {
        Self {
            title: unit.title.clone(),
            minutes: if unit.minutes > 0 { unit.minutes.to_string() } else { String::new() },
            text: unit.markdown.clone(),
            revision: unit.revision,
            act: String::new(),
        }
    }

    /// Minutes that are no number become one that is refused.
    fn text(&self) -> UnitText {
        let minutes = self.minutes.trim();
        UnitText {
            title: self.title.clone(),
            minutes: if minutes.is_empty() { 0 } else { minutes.parse().unwrap_or(-1) },
            markdown: self.text.clone(),
        }
    }
}

/// What the page shows.
pub struct Page {
    course: Course,
    /// The unit as it is kept.
    pub unit: Unit,
    film: Option<DraftFilm>,
    has_test: bool,
    /// What stands in the form.
    pub typed: Typed,
    /// What was found in the line that the person was sent to.
    place: Option<(usize, Vec<Finding>)>,
    /// Where the unit was copied from.
    origin: Option<Origin>,
    /// Whether the text was put together of two.
    pub merged: bool,
    errors: FormErrors,
    /// The text as learners would see it, when that was asked for without script.
    preview: Option<Rendered>,
    /// Whether somebody else saved the unit after this form was opened.
    overtaken: bool,
}

/// Opens it.
pub async fn open(
    app: &App,
    caller: &Caller,
    slug: &str,
    id: UnitId,
) -> Result<(crate::Visit, courses::Taught, Page), crate::Problem> {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let unit = outline::unit(&mut visit.tx, &proof, id).await?;
    let films = publish::films(&mut visit.tx, &proof).await?;
    let film = films.into_iter().find(|film| film.unit == id);
    let has_test = store::units(&mut visit.tx, &proof).await?.contains(&id);
    let typed = Typed::of(&unit);
    let origin = copy::origin(&mut visit.tx, &proof, id).await?;
    let page = Page {
        course,
        unit,
        film,
        has_test,
        typed,
        place: None,
        origin,
        merged: false,
        errors: FormErrors::new(),
        preview: None,
        overtaken: false,
    };
    Ok((visit, proof, page))
}

/// The form.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Asked(place): Asked<Place>,
) -> Answer {
    let (mut visit, proof, mut page) = open(&app, &caller, &slug, id).await?;
    if let Some(line) = place.line() {
        let places = publish::places(&mut visit.tx, &proof).await?;
        page.place = Some((line, markdown::render(&page.unit.markdown, &places).findings));
    }
    let (language, title) = (visit.language, page.unit.title.clone());
    visit.page(&title, move || view(language, page))
}

/// Saves, or shows the preview; the button says which.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Posted(typed): Posted<Typed, FORM_MOST_BYTES>,
) -> Answer {
    let (mut visit, proof, mut page) = open(&app, &caller, &slug, id).await?;
    let (language, title) = (visit.language, page.unit.title.clone());
    if typed.act == "preview" && typed.text.len() <= outline::MOST_MARKDOWN_BYTES {
        let places = publish::places(&mut visit.tx, &proof).await?;
        page.preview = Some(markdown::render(&typed.text.replace("\r\n", "\n"), &places));
        page.typed = typed;
        return visit.page(&title, move || view(language, page));
    }
    match outline::save_unit(&mut visit.tx, &proof, id, typed.revision, &typed.text()).await {
        Ok(_) => {
            check::note(&mut visit.tx, &proof).await?;
            visit.commit_and_go(&format!("/teaching/{slug}/units/{id}"), "unit-saved").await
        }
        Err(Error::ChangedMeanwhile(_)) => {
            // The unit is read again: the other one may have saved after this page read it.
            page.unit = outline::unit(&mut visit.tx, &proof, id).await?;
            overtaken(visit, page, typed)
        }
        Err(Error::Invalid(problems)) => {
            page.errors = card::errors(language, &problems);
            page.typed = typed;
            visit.refused(&title, move || view(language, page))
        }
        Err(error) => Err(error.into()),
    }
}

/// The page of the second of two who saved: 409, with both texts.
pub fn overtaken(visit: crate::Visit, mut page: Page, typed: Typed) -> Answer {
    let (language, title) = (visit.language, page.unit.title.clone());
    page.typed = Typed { revision: page.unit.revision, ..typed };
    page.overtaken = true;
    card::second(visit.refused(&title, move || view(language, page)))
}

/// The page.
pub fn view(language: Language, page: Page) -> AnyView {
    let Page { course, unit, film, has_test, typed, place, origin, merged, errors, preview, overtaken } =
        page;
    let slug = course.card.slug.clone();
    let (draft, pictures) = (format!("/teaching/{slug}"), format!("/teaching/{slug}/pictures"));
    let (who, when) = &unit.updated;
    let saved = text::saved_by(language, who, &date::moment(*when));
    let path = format!("/teaching/{slug}/units/{}", unit.id);
    let other = overtaken.then(|| merge::view(language, &path, &unit, &typed, &saved));
    let merged = merged.then(|| {
        view! { <Notice tone=Tone::Info title=say::merged_title(language)><p>{say::merged_text(language)}</p></Notice> }
    });
    let place = place.map(|(line, findings)| findings::place(language, &findings, &unit.markdown, line));
    let origin = origin.map(|origin| copies::origin_line(language, &path, &origin));
    let preview = preview.map(|rendered| {
        let course_language = (course.card.language != language.code()).then(|| course.card.language.clone());
        view! {
            <section class="sheet" aria-labelledby="preview">
                <h2 id="preview">{text::preview_title(language)}</h2>
                <p>{text::preview_unsaved(language)}</p>
                {findings::list(language, &rendered.findings, &typed.text)}
                <Prose html=rendered.html lang=course_language/>
            </section>
        }
    });
    let languages = format!("{path}/languages");
    let reuse = format!("{path}/reuse");
    let save = if overtaken { text::save_mine(language) } else { text::save_unit(language) };
    view! {
        {card::summary(language, &errors)}
        {taught::way(language, &[(&course.card.title, &slug)], &unit.title)}
        <PageHead title=unit.title.clone() kicker=text::editing(language) lead=saved/>
        {film_panel(language, &path, film.as_ref())}
        {test_panel(language, &path, has_test)}
        {origin}
        {other}
        {merged}
        {place}
        {preview}
        <PostForm action=path>
            <Field name="title" label=text::unit_title(language) value=typed.title error=errors.of("title") autocomplete="off"/>
            <Field
                name="minutes"
                label=text::unit_minutes(language)
                hint=text::unit_minutes_hint(language)
                kind=FieldKind::Number
                min="0"
                max="1000"
                value=typed.minutes
                error=errors.of("minutes")
            />
            <div class="editor">
                <TextArea
                    name="text"
                    label=text::unit_text(language)
                    hint=text::unit_text_hint(language)
                    value=typed.text
                    rows=24
                    code=true
                    error=errors.of("text")
                />
                <Preview
                    words=phrases::preview(language)
                    preview_url=format!("/teaching/{slug}/preview")
                    field_id="f-text".to_owned()
                />
            </div>
            <Details summary=text::markdown_help(language)>
                <pre class="markdown-help" tabindex="0" role="region" aria-label=text::markdown_help(language)>{text::markdown_example(language)}</pre>
                <p>{say::markdown_language(language, "{en}")}</p>
                <p><a href=pictures>{text::markdown_pictures(language)}</a></p>
            </Details>
            <HiddenField name="revision" value=typed.revision.to_string()/>
            <Actions>
                <SubmitButton label=save name="act" value="save"/>
                <SubmitButton label=text::show_preview(language) kind=ButtonKind::Secondary name="act" value="preview"/>
                <a href=draft>{text::back_to_draft(language)}</a>
            </Actions>
        </PostForm>
        <ul>
            <li><a href=languages>{say::unit_languages(language)}</a></li>
            <li><a href=reuse>{say::reuse_link(language)}</a></li>
        </ul>
    }
    .into_any()
}

fn film_panel(language: Language, path: &str, film: Option<&DraftFilm>) -> AnyView {
    let href = format!("{path}/film");
    match film {
        Some(film) => view! {
            <p class="row sheet">
                <strong>{text::film_title(language)}</strong>
                {draft::film_tag(language, film)}
                <a href=href>{text::film_and_captions(language)}</a>
            </p>
        }
        .into_any(),
        None => view! {
            <form class="row sheet" method="post" action=href>
                <span class="grow">{text::film_none(language)}</span>
                <SubmitButton label=text::film_add(language) kind=ButtonKind::Secondary/>
            </form>
        }
        .into_any(),
    }
}

fn test_panel(language: Language, path: &str, has_test: bool) -> AnyView {
    let (said, link) = if has_test {
        ("", quizzes::unit_panel_edit(language))
    } else {
        (quizzes::unit_panel_none(language), quizzes::unit_panel_add(language))
    };
    view! {
        <p class="row sheet">
            <strong>{quizzes::unit_panel(language)}</strong>
            <span class="grow">{said}</span>
            <a href=format!("{path}/test/form")>{link}</a>
        </p>
    }
    .into_any()
}

//! A document of a word processor brought in as units, and the list of what could not be carried over.

use axum::extract::State;
use courses::course::Course;
use courses::docx::{self, Lost, Refused, Split};
use courses::outline::{self, Section};
use courses::{Error, SectionId, UnitId};
use leptos::prelude::*;
use words::{Language, courses as text, frame, writing as say};

use super::card;
use crate::caller::Caller;
use crate::courses::taught;
use crate::parts::{
    ActionLink, Actions, Choice, Encoding, FileField, FormErrors, Notice, PageHead, PostForm, Radios, Select,
    SubmitButton, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Attached};
use crate::state::App;

/// Larger than a document may be, so that one that is too large gets its sentence.
const FORM_MOST_BYTES: usize = docx::MOST_BYTES + (8 << 20);

struct Page {
    course: Course,
    sections: Vec<Section>,
    section: String,
    split: String,
    errors: FormErrors,
}

/// The form.
pub async fn show(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let sections = outline::draft(&mut visit.tx, &proof).await?;
    let language = visit.language;
    let page =
        Page { course, sections, section: String::new(), split: String::new(), errors: FormErrors::new() };
    visit.page(say::document_title(language), move || form(language, page))
}

/// Reads the document and makes its units.
pub async fn import(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    attached: Result<Attached<FORM_MOST_BYTES>, Problem>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let attached = attached?;
    let language = visit.language;
    let sections = outline::draft(&mut visit.tx, &proof).await?;
    let field = |name: &str| attached.fields.get(name).cloned().unwrap_or_default();
    let (section, split) = (field("section"), field("split"));
    let mode = if split == "one" { Split::One } else { Split::ByHeading };
    let stem = attached.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem).trim().to_owned();
    let title = if stem.is_empty() { say::document_untitled(language).to_owned() } else { stem };
    let refuse = |visit: crate::Visit, field: &'static str, sentence: String| {
        let errors = FormErrors::one(field, sentence);
        let page = Page { course, sections: sections.clone(), section: section.clone(), split, errors };
        visit.refused(say::document_title(language), move || form(language, page))
    };
    if attached.bytes.is_empty() {
        return refuse(visit, "document", say::document_choose(language).to_owned());
    }
    let (bytes, prefix) = (attached.bytes, title.clone());
    // Unpacking takes a moment of the processor; other requests go on meanwhile.
    let read = tokio::task::spawn_blocking(move || docx::read(&bytes, &prefix, mode)).await;
    let document = match read.map_err(|_| Problem::Unavailable(5))? {
        Ok(document) => document,
        Err(refused) => return refuse(visit, "document", sentence(language, refused)),
    };
    let target = match section.parse::<SectionId>() {
        Ok(id) if sections.iter().any(|one| one.id == id) => id,
        Ok(_) => return refuse(visit, "section", say::reuse_choose(language).to_owned()),
        Err(_) => match sections.last() {
            Some(last) => last.id,
            None => outline::add_section(&mut visit.tx, &proof, text::first_section(language)).await?,
        },
    };
    let lost = document.lost.clone();
    match docx::import(&mut visit.tx, &app.blobs, &proof, target, document, &title).await {
        Ok(units) => {
            let outline = outline::draft(&mut visit.tx, &proof).await?;
            let lines = outline.into_iter().flat_map(|section| section.units);
            let made =
                lines.filter(|line| units.contains(&line.id)).map(|line| (line.id, line.title)).collect();
            visit
                .commit_and_page(say::document_done(language), move || done(language, &slug, made, &lost))
                .await
        }
        Err(Error::Invalid(_)) => refuse(visit, "document", say::document_too_long(language).to_owned()),
        Err(error) => Err(error.into()),
    }
}

fn form(language: Language, page: Page) -> AnyView {
    let Page { course, sections, section, split, errors } = page;
    let slug = course.card.slug.clone();
    let choice = |value: &str, label: &'static str, hint: &'static str, chosen: bool| {
        let choice = Choice::new(value, label).hint(hint);
        if chosen { choice.chosen() } else { choice }
    };
    let one = split == "one";
    let splits = vec![
        choice("heading", say::document_by_heading(language), say::document_by_heading_hint(language), !one),
        choice("one", say::document_one(language), say::document_one_hint(language), one),
    ];
    let sections: Vec<Choice> =
        sections.into_iter().map(|one| Choice::new(one.id.to_string(), one.title)).collect();
    let where_to = (!sections.is_empty()).then(|| {
        view! {
            <Select
                name="section"
                label=text::unit_section(language)
                choices=sections
                chosen=section
                error=errors.of("section")
            />
        }
    });
    let file = view! {
        <FileField
            name="document"
            label=say::document_file(language)
            hint=say::document_hint(language)
            accept=".docx,application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            error=errors.of("document")
        />
    };
    let back = format!("/teaching/{slug}");
    view! {
        {card::summary(language, &errors)}
        {taught::way(language, &[(&course.card.title, &slug)], say::document_title(language))}
        <PageHead title=say::document_title(language) kicker=course.card.title.clone() lead=say::document_lead(language)/>
        <PostForm action=format!("/teaching/{slug}/document") encoding=Encoding::Multipart>
            {file}
            <Radios name="split" legend=say::document_split(language) choices=splits/>
            {where_to}
            <Actions>
                <SubmitButton label=say::document_act(language)/>
                <a href=back>{frame::cancel(language)}</a>
            </Actions>
        </PostForm>
    }
    .into_any()
}

fn sentence(language: Language, refused: Refused) -> String {
    let said = match refused {
        Refused::NotDocument => say::refused_not_document(language),
        Refused::Old => say::refused_old(language),
        Refused::TooLarge => say::refused_too_large(language),
        Refused::Entities => say::refused_entities(language),
        Refused::Empty => say::refused_empty(language),
        Refused::TooManyUnits => say::refused_too_many(language),
    };
    said.to_owned()
}

fn done(language: Language, slug: &str, made: Vec<(UnitId, String)>, lost: &[(Lost, usize)]) -> AnyView {
    let count = i64::try_from(made.len()).unwrap_or(i64::MAX);
    let units = made.into_iter().map(|(unit, title)| {
        let href = format!("/teaching/{slug}/units/{unit}");
        view! { <li><a href=href>{title}</a></li> }
    });
    let units = units.collect_view();
    let left = if lost.is_empty() {
        view! { <p>{say::document_nothing_lost(language)}</p> }.into_any()
    } else {
        let items = lost.iter().map(|(what, count)| {
            view! { <li>{format!("{} ({count})", named(language, *what))}</li> }
        });
        let items = items.collect_view();
        view! { <Notice tone=Tone::Warning title=say::document_lost(language)><ul>{items}</ul></Notice> }
            .into_any()
    };
    let back = format!("/teaching/{slug}");
    view! {
        <PageHead title=say::document_done(language) lead=say::document_units(language, count)/>
        {left}
        <ul>{units}</ul>
        <ActionLink label=text::back_to_draft(language) href=back/>
    }
    .into_any()
}

fn named(language: Language, lost: Lost) -> &'static str {
    match lost {
        Lost::Macros => say::lost_macros(language),
        Lost::Template => say::lost_template(language),
        Lost::ForeignPicture => say::lost_foreign_picture(language),
        Lost::Picture => say::lost_picture(language),
        Lost::Link => say::lost_link(language),
        Lost::Embedded => say::lost_embedded(language),
        Lost::Drawing => say::lost_drawing(language),
        Lost::TextBox => say::lost_text_box(language),
        Lost::Formula => say::lost_formula(language),
        Lost::Footnote => say::lost_footnote(language),
        Lost::Comment => say::lost_comment(language),
        Lost::TrackedRemoval => say::lost_tracked(language),
        Lost::HeaderFooter => say::lost_header(language),
        Lost::MergedCells => say::lost_merged(language),
        Lost::NestedTable => say::lost_nested(language),
        Lost::Hidden => say::lost_hidden(language),
        Lost::Colour => say::lost_colour(language),
    }
}

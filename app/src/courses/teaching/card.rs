//! The form of a course's card: title, summary, language, author, and whether it stands in the catalogue.

use axum::http::StatusCode;
use courses::course::Card;
use identity::FieldProblem;
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, courses as text, frame};

use crate::parts::{Checkbox, Choice, Field, FormErrors, Notice, Select, TextArea, Tone};
use crate::problem::{Answer, field_sentence};

pub use crate::refused::summary;

/// The form as it was posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CardForm {
    title: String,
    slug: String,
    summary: String,
    language: String,
    author: String,
    listed: String,
    /// Of a course that is there: the revision that the person saw.
    pub revision: Option<i32>,
}

impl From<CardForm> for Card {
    fn from(form: CardForm) -> Self {
        Self {
            title: form.title,
            slug: form.slug,
            summary: form.summary.replace("\r\n", "\n"),
            language: form.language,
            author: form.author,
            listed: !form.listed.is_empty(),
        }
    }
}

/// Problems of fields as sentences of a form.
pub fn errors(language: Language, problems: &[FieldProblem]) -> FormErrors {
    let mut errors = FormErrors::new();
    for problem in problems {
        let sentence = match (problem.field, &problem.problem) {
            ("slug", identity::Problem::Malformed) => text::slug_malformed(language).to_owned(),
            ("markdown", identity::Problem::TooLong(_)) => text::markdown_too_long(language).to_owned(),
            ("minutes", _) => text::minutes_malformed(language).to_owned(),
            ("person", _) => text::person_unknown(language).to_owned(),
            _ => field_sentence(language, &problem.problem),
        };
        // The Markdown's field is called `text`, as the preview asks for it.
        errors.add(if problem.field == "markdown" { "text" } else { problem.field }, sentence);
    }
    errors
}

/// What somebody saved before, above the form that holds what was typed.
pub fn meanwhile(language: Language, theirs: AnyView) -> AnyView {
    view! {
        <Notice tone=Tone::Warning title=text::meanwhile_title(language)>
            <p>{text::meanwhile_text(language)}</p>
            {theirs}
        </Notice>
    }
    .into_any()
}

/// The page of the second of two who saved: 409, with both in it.
pub fn second(page: Answer) -> Answer {
    let mut answer = page?;
    *answer.status_mut() = StatusCode::CONFLICT;
    Ok(answer)
}

/// Whether the name in addresses may still be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// A new course.
    Open,
    /// A course that people may have bookmarked.
    Fixed,
}

/// The fields.
pub fn fields(language: Language, card: &Card, errors: &FormErrors, address: Address) -> AnyView {
    let chosen = if card.language.is_empty() { language.code().to_owned() } else { card.language.clone() };
    let languages = Language::ALL.map(|one| Choice::new(one.code(), one.name())).to_vec();
    let slug = (address == Address::Open).then(|| {
        view! {
            <Field
                name="slug"
                label=text::card_slug(language)
                note=frame::optional(language)
                hint=text::card_slug_hint(language)
                value=card.slug.clone()
                error=errors.of("slug")
                autocomplete="off"
            />
        }
    });
    view! {
        <Field
            name="title"
            label=text::card_title(language)
            hint=text::card_title_hint(language)
            value=card.title.clone()
            error=errors.of("title")
            required=true
            autocomplete="off"
        />
        <TextArea
            name="summary"
            label=text::card_summary(language)
            hint=text::card_summary_hint(language)
            value=card.summary.clone()
            rows=4
            error=errors.of("summary")
        />
        <Select
            name="language"
            label=text::card_language(language)
            hint=text::card_language_hint(language)
            choices=languages
            chosen=chosen
            error=errors.of("language")
        />
        <Field
            name="author"
            label=text::card_author(language)
            note=frame::optional(language)
            value=card.author.clone()
            error=errors.of("author")
            autocomplete="off"
        />
        <Checkbox name="listed" label=text::card_listed(language) hint=text::card_listed_hint(language) checked=card.listed/>
        {slug}
    }
    .into_any()
}

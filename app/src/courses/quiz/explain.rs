//! A question after the end: what was asked, what was answered, what is right, and what its author says to it.

use courses::markdown::Places;
use courses::quiz::attempt::Attempt;
use courses::quiz::{Criterion, Explained, ExplainedField, ExplainedOption, ExplainedParts, Shown};
use leptos::prelude::*;
use words::{Language, quizzes as say};

use super::texts;
use crate::parts::{DataTable, Notice, Prose, Tag, Tone};

/// The question at `number` with its key; nothing while that may not be shown.
pub fn question(language: Language, attempt: &Attempt, number: usize, places: &Places) -> AnyView {
    let (Some(explained), Some(shown), Some(slot)) =
        (attempt.explained(number), attempt.shown(number), attempt.slot(number))
    else {
        return ().into_any();
    };
    let (tone, text) = match slot.score {
        None => (Tone::Info, say::outcome_waits(language).to_owned()),
        Some(1000) => (Tone::Success, say::answer_right(language).to_owned()),
        Some(score) if score <= 0 => (Tone::Warning, say::answer_wrong(language).to_owned()),
        Some(score) => {
            let score = u16::try_from(score).unwrap_or(0);
            (Tone::Info, say::answer_partly(language, &super::percent(language, score)))
        }
    };
    let places = &Places { language: attempt.language_at(number).to_owned(), ..places.clone() };
    let title = say::question_number(language, &number.to_string());
    let id = format!("answer-{number}");
    let comment = slot.mark.as_ref().filter(|mark| !mark.comment.is_empty()).map(|mark| {
        let text = mark.comment.clone();
        view! { <Notice tone=Tone::Info title=say::comment(language)><p class="typed">{text}</p></Notice> }
    });
    view! {
        <section class="sheet" aria-labelledby=id>
            <h3 id=id.clone()>{title}" "<Tag tone=tone text=text/></h3>
            {answered(language, number, (&shown, &explained), places)}
            {comment}
        </section>
    }
    .into_any()
}

/// The language of the question's words where it is not that of the page.
fn lang(language: Language, places: &Places) -> Option<String> {
    (places.language != language.code()).then(|| places.language.clone())
}

/// What was asked, what was answered, what is right, and what the author says to it; `number` tells the tables of one page apart, 0 is
/// that of a question which stands alone.
pub fn answered(
    language: Language,
    number: usize,
    (shown, explained): (&Shown, &Explained),
    places: &Places,
) -> AnyView {
    // A gap is shown as its number, as the table below names it.
    let html =
        texts::with_gaps(&texts::block(&shown.text, places), |gap| Some(format!("<strong>[{gap}]</strong>")));
    let text_language = lang(language, places);
    let said = explained.feedback.as_ref().map(|text| {
        let (html, lang) = (texts::block(text, places), text_language.clone());
        view! { <Notice tone=Tone::Info><Prose html=html lang=lang/></Notice> }
    });
    view! {
        <Prose html=html lang=text_language/>
        {parts(language, number, explained, places)}
        {said}
    }
    .into_any()
}

fn parts(language: Language, number: usize, explained: &Explained, places: &Places) -> AnyView {
    let not_given = || say::not_answered(language).to_owned();
    match &explained.parts {
        ExplainedParts::Options { options } => options_view(language, options, places),
        ExplainedParts::Truth { answer, given, feedback } => {
            let word = |truth: bool| if truth { say::is_true(language) } else { say::is_false(language) };
            let given = given.map_or_else(not_given, |given| word(given).to_owned());
            let said = feedback.as_ref().map(|text| {
                view! { <Prose html=texts::block(text, places) lang=lang(language, places)/> }
            });
            view! { {both(language, given, word(*answer).to_owned())}{said} }.into_any()
        }
        ExplainedParts::Number { value, tolerance, unit, given } => {
            let unit = unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
            let shown = |number: f64| format!("{}{unit}", courses::quiz::text::shown_number(number));
            let right = if *tolerance > 0.0 {
                format!("{} ± {}", shown(*value), courses::quiz::text::shown_number(*tolerance))
            } else {
                shown(*value)
            };
            both(language, given.map_or_else(not_given, shown), right)
        }
        ExplainedParts::Fields { fields } => fields_view(language, number, fields, places),
        ExplainedParts::Essay { given, rubric } => essay(language, given.clone(), rubric, places),
    }
}

fn both(language: Language, given: String, right: String) -> AnyView {
    view! {
        <dl class="summary">
            <div><dt>{say::you_answered(language)}</dt><dd>{given}</dd></div>
            <div><dt>{say::right_is(language)}</dt><dd>{right}</dd></div>
        </dl>
    }
    .into_any()
}

/// Every option with words for what it is and whether it was chosen: no colour alone.
fn options_view(language: Language, options: &[ExplainedOption], places: &Places) -> AnyView {
    let items = options
        .iter()
        .map(|option| {
            let tag = match (option.right, option.chosen) {
                (true, true) => Some((Tone::Success, say::chosen_right(language))),
                (true, false) => Some((Tone::Info, say::right_not_chosen(language))),
                (false, true) => Some((Tone::Warning, say::chosen_wrong(language))),
                (false, false) => None,
            };
            let tag = tag.map(|(tone, text)| view! { " "<Tag tone=tone text=text/> });
            let said = option.feedback.as_ref().map(|text| {
                view! { <Prose html=texts::block(text, places) lang=lang(language, places)/> }
            });
            let (lang, text) = (lang(language, places), texts::inline(&option.text, places));
            view! { <li><span lang=lang inner_html=text></span>{tag}{said}</li> }
        })
        .collect_view();
    view! { <ul class="explained">{items}</ul> }.into_any()
}

fn fields_view(language: Language, number: usize, fields: &[ExplainedField], places: &Places) -> AnyView {
    let rows = fields
        .iter()
        .map(|field| {
            let label = texts::plain(&field.label, places);
            // A question with one field names none.
            let (label, label_lang) = if label.trim().is_empty() {
                (words::recall::answer(language).to_owned(), None)
            } else {
                (label, lang(language, places))
            };
            let given =
                field.given.as_ref().map(|given| (texts::plain(given, places), lang(language, places)));
            let (given, given_lang) = given.unwrap_or_else(|| (say::not_answered(language).to_owned(), None));
            let expected: Vec<String> =
                field.expected.iter().map(|expected| texts::plain(expected, places)).collect();
            let (tone, word) = if field.right {
                (Tone::Success, say::answer_right(language))
            } else {
                (Tone::Warning, say::answer_wrong(language))
            };
            view! {
                <tr>
                    <th scope="row" lang=label_lang>{label}</th>
                    <td lang=given_lang>{given}</td>
                    <td lang=lang(language, places)>{expected.join(" / ")}</td>
                    <td><Tag tone=tone text=word/></td>
                </tr>
            }
        })
        .collect_view();
    let caption = match number {
        0 => say::parts(language).to_owned(),
        _ => say::parts_of(language, &number.to_string()),
    };
    view! {
        <DataTable id=format!("parts-{number}") caption=caption>
            <thead>
                <tr>
                    <th scope="col">{say::column_part(language)}</th>
                    <th scope="col">{say::you_answered(language)}</th>
                    <th scope="col">{say::right_is(language)}</th>
                    <th scope="col">{say::column_outcome(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn essay(language: Language, given: Option<String>, rubric: &[Criterion], places: &Places) -> AnyView {
    let given = given.unwrap_or_else(|| say::not_answered(language).to_owned());
    let items = rubric
        .iter()
        .map(|one| {
            let guidance = one.guidance.as_ref().map(|text| {
                view! { <br/><span lang=lang(language, places)>{texts::plain(text, places)}</span> }
            });
            let points = say::points(language, i64::from(one.points));
            let text = texts::plain(&one.text, places);
            view! { <li><span lang=lang(language, places)>{text}</span>" – "{points}{guidance}</li> }
        })
        .collect_view();
    let rubric =
        (!rubric.is_empty()).then(|| view! { <p>{say::what_is_marked(language)}</p><ul>{items}</ul> });
    view! { <blockquote class="typed">{given}</blockquote>{rubric} }.into_any()
}

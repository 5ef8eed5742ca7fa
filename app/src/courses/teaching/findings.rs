//! What the author of a text should look at, in sentences with the line.

use courses::check::{Found, Part, What};
use courses::markdown::{Fault, Finding};
use leptos::prelude::*;
use words::{Language, courses as text, writing as say};

use super::place;
use super::quiz::draws;
use crate::parts::escape;

/// A finding as a sentence: "Wiersz 12: obraz bez opisu …".
pub fn sentence(language: Language, finding: &Finding) -> String {
    text::finding_line(language, &finding.line.to_string(), &fault(language, &finding.what))
}

/// The same of a finding of the whole draft.
pub fn found(language: Language, found: &Found) -> String {
    let said = match &found.what {
        What::SilentFilm => say::finding_silent_film(language).to_owned(),
        What::UncheckedCaptions => words::films::finding_unchecked(language).to_owned(),
        What::Text(what) => in_text(language, found, &fault(language, what)),
        What::UnequalPoints { tag, least, most } => draws::unequal(language, tag.as_deref(), (*least, *most)),
    };
    match &found.language {
        Some(code) => format!("{}: {said}", name_of(code)),
        None => said,
    }
}

/// Where in a text it is: a line of the unit, a question and which of its answers.
fn in_text(language: Language, found: &Found, what: &str) -> String {
    match &found.part {
        None => text::finding_line(language, &found.line.to_string(), what),
        Some(Part::Intro) => say::finding_in_intro(language, what),
        Some(Part::Question { name, answer: None, .. }) => say::finding_in_question(language, name, what),
        Some(Part::Question { name, answer: Some(answer), .. }) => {
            say::finding_in_answer(language, name, &answer.to_string(), what)
        }
    }
}

/// A language by its own name; another code as it is.
pub fn name_of(code: &str) -> String {
    Language::from_code(code).map_or_else(|| code.to_owned(), |language| language.name().to_owned())
}

fn fault(language: Language, fault: &Fault) -> String {
    match fault {
        // The name of a picture that the course does not have is in a finding of its own.
        Fault::PictureWithoutText(name) if name.is_empty() => {
            text::finding_picture_unnamed(language).to_owned()
        }
        Fault::PictureWithoutText(name) => text::finding_picture_without_text(language, name),
        Fault::NoSuchPicture(path) => text::finding_no_such_picture(language, path),
        Fault::NoSuchUnit(file) => text::finding_no_such_unit(language, file),
        Fault::TopHeading => text::finding_top_heading(language).to_owned(),
        Fault::SkippedHeading { before, now } => {
            text::finding_skipped_heading(language, &before.to_string(), &now.to_string())
        }
        Fault::BadAddress(address) => text::finding_bad_address(language, address),
        Fault::Html => text::finding_html(language).to_owned(),
        Fault::BadFormula(formula) => text::finding_bad_formula(language, formula),
        Fault::TooDeep => text::finding_too_deep(language).to_owned(),
        Fault::VagueLink(words) => say::finding_vague_link(language, words),
        Fault::BareAddress(address) => say::finding_bare_address(language, address),
        Fault::LinkWithoutWords(address) => say::finding_link_without_words(language, address),
        Fault::TableWithoutHeader => say::finding_table_without_header(language).to_owned(),
        Fault::OtherLanguage(code) => {
            say::finding_other_language(language, &name_of(code), &format!("{{{code}}}"))
        }
    }
}

/// The findings of one text as a list, each with its place in the text; nothing when there is none.
pub fn list(language: Language, findings: &[Finding], markdown: &str) -> AnyView {
    if findings.is_empty() {
        return ().into_any();
    }
    // A text that is wrong all over would be shown many times; the first places are enough to begin with.
    const MOST_PLACES: usize = 20;
    let items = findings.iter().enumerate().map(|(at, finding)| {
        let place = (at < MOST_PLACES).then(|| place::context(language, markdown, finding.line));
        view! {
            <li><a href="#f-text" data-line=finding.line.to_string()>{sentence(language, finding)}</a>{place}</li>
        }
    });
    let items = items.collect_view();
    view! { <div class="findings"><p>{text::findings_title(language)}</p><ul>{items}</ul></div> }.into_any()
}

/// The same as HTML, for the fragment that the preview asks for; the island puts the cursor into the line.
pub fn html(language: Language, findings: &[Finding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let item = |one: &Finding| {
        let said = escape(&sentence(language, one));
        format!("<li><a href=\"#f-text\" data-line=\"{}\">{said}</a></li>", one.line)
    };
    let items: String = findings.iter().map(item).collect();
    let title = text::findings_title(language);
    format!("<div class=\"findings\"><p>{}</p><ul>{items}</ul></div>", escape(title))
}

/// Where a finding of the draft is seen to: the line in the editor, the film's page, the text in the other language, the form of the
/// question, the text of the test.
pub fn way(slug: &str, found: &Found) -> String {
    let unit = format!("/teaching/{slug}/units/{}", found.unit);
    match &found.part {
        Some(Part::Question { key, of_bank, .. }) => {
            return match (&found.language, *of_bank) {
                (Some(code), _) => format!("{unit}/languages/{code}/questions/{key}"),
                // Questions that stand in no test have no form; the bank shows them.
                (None, true) => format!("/teaching/{slug}/questions?q={key}"),
                (None, false) => format!("{unit}/test/form/questions/{key}"),
            };
        }
        Some(Part::Intro) => return format!("{unit}/test"),
        None => {}
    }
    match (&found.what, &found.language) {
        (What::SilentFilm | What::UncheckedCaptions, _) => format!("{unit}/film"),
        (What::UnequalPoints { .. }, _) => format!("{unit}/test/form"),
        (_, Some(code)) => format!("{unit}/languages/{code}?line={}#place", found.line),
        (_, None) => format!("{unit}?line={}#place", found.line),
    }
}

/// The place that somebody was sent to: what was found in that line, and the line itself.
pub fn place(language: Language, findings: &[Finding], markdown: &str, line: usize) -> AnyView {
    let here: Vec<String> =
        findings.iter().filter(|one| one.line == line).map(|one| sentence(language, one)).collect();
    let said = here.into_iter().map(|said| view! { <li>{said}</li> }).collect_view();
    view! {
        <section class="findings" id="place" tabindex="-1" aria-labelledby="place-title">
            <h2 id="place-title">{say::place_title(language, &line.to_string())}</h2>
            <ul>{said}</ul>
            {place::context(language, markdown, line)}
            <p><a href="#f-text" data-line=line.to_string()>{say::place_to_text(language)}</a></p>
        </section>
    }
    .into_any()
}

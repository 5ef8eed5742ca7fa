//! What the author of a text should look at, in sentences with the line.

use courses::markdown::{Fault, Finding};
use leptos::prelude::*;
use words::{Language, courses as text};

use crate::parts::escape;

/// A finding as a sentence: "Wiersz 12: obraz bez opisu …".
pub fn sentence(language: Language, finding: &Finding) -> String {
    text::finding_line(language, &finding.line.to_string(), &fault(language, &finding.what))
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
    }
}

/// The findings of one text as a list; nothing when there is none.
pub fn list(language: Language, findings: &[Finding]) -> AnyView {
    if findings.is_empty() {
        return ().into_any();
    }
    let items =
        findings.iter().map(|finding| view! { <li>{sentence(language, finding)}</li> }).collect_view();
    view! { <div class="findings"><p>{text::findings_title(language)}</p><ul>{items}</ul></div> }.into_any()
}

/// The same as HTML, for the fragment that the preview asks for.
pub fn html(language: Language, findings: &[Finding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let items: String =
        findings.iter().map(|one| format!("<li>{}</li>", escape(&sentence(language, one)))).collect();
    let title = text::findings_title(language);
    format!("<div class=\"findings\"><p>{}</p><ul>{items}</ul></div>", escape(title))
}

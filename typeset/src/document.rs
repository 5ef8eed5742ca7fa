//! One document: template and data to PDF/UA-1 (ISO 14289-1). Typst refuses to write one that breaks what it can check:
//! pictures without a description, a missing title or language, letters that no font has.

use documents::wire::{Reason, Template};
use time::OffsetDateTime;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::Refused;
use crate::world::Paper;

fn source(template: Template) -> &'static str {
    match template {
        Template::Report => include_str!("../../documents/templates/report.typ"),
        Template::Letter => include_str!("../../documents/templates/letter.typ"),
        Template::Certificate => include_str!("../../documents/templates/certificate.typ"),
    }
}

fn told<'a>(problems: impl IntoIterator<Item = &'a SourceDiagnostic>) -> Refused {
    let told: Vec<String> = problems.into_iter().map(|one| one.message.to_string()).collect();
    Refused(Reason::Template, told.join("; "))
}

/// The document's bytes. Errors: `Template`, `BadOrder`.
pub fn make(
    template: Template,
    data: serde_json::Value,
    made_at: i64,
    pictures: Vec<(String, Vec<u8>)>,
) -> Result<Vec<u8>, Refused> {
    let bad = |what: &str| Refused(Reason::BadOrder, what.to_owned());
    let world = Paper::new(source(template), data, pictures).ok_or_else(|| bad("the name of a picture"))?;
    let at = OffsetDateTime::from_unix_timestamp(made_at).map_err(|_| bad("the time"))?;
    let moment =
        Datetime::from_ymd_hms(at.year(), at.month().into(), at.day(), at.hour(), at.minute(), at.second())
            .ok_or_else(|| bad("the time"))?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1])
        .map_err(|error| Refused(Reason::Internal, error.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Auto,
        creator: Smart::Custom(Some("Tablica".to_owned())),
        timestamp: Some(Timestamp::new_utc(moment)),
        standards,
        ..PdfOptions::default()
    };
    let document = typst::compile::<PagedDocument>(&world).output.map_err(|problems| told(&problems))?;
    typst_pdf::pdf(&document, &options).map_err(|problems| told(&problems))
}

//! Copies for an auditor on pages: the workbook with the same on paper, how a page tells of one, and how it is given out.

use base::kept::{File, Kept};
use devices::table::{Notes, Table, workbook};
use documents::Report;
use leptos::prelude::*;
use time::OffsetDateTime;
use words::{Language, bundle as auditor};

use crate::devices::download;
use crate::devices::reports::paper;
use crate::problem::{Answer, Problem};
use crate::state::App;

/// The workbook, and the report that is to be put on paper.
///
/// The workbook names the paper's file, the paper the workbook's SHA-256; the page names both.
pub fn bundle(
    language: Language,
    organisation: &str,
    number: &str,
    mut notes: Notes,
    tables: &[Table],
    now: OffsetDateTime,
) -> Result<(File, Report), Problem> {
    let printed = notes.lines.clone();
    notes.lines.push(auditor::paper_beside(language, &name_of(number, "pdf")));
    let book = File::new(workbook(tables, &notes, now)?);
    let report = paper::bundle(language, organisation, &printed, &book.hash(), tables);
    Ok((book, report))
}

/// The name of a file of a report.
pub fn name_of(number: &str, ending: &str) -> String {
    format!("{}.{ending}", number.replace('/', "-"))
}

/// The way to a file, with its size and its SHA-256.
pub fn file(kept: &Kept, href: String, kind: &'static str) -> AnyView {
    let label = format!("{kind}, {} KB", (kept.size_bytes + 1023) / 1024);
    view! { <a href=href>{label}</a><br/><code class="hash">{kept.hash()}</code> }.into_any()
}

/// A file of a report. One that does not fit its hash any more is not given out as the report.
pub async fn given(app: &App, kept: &Kept, kind: &str, name: &str) -> Answer {
    let Some(bytes) = kept.bytes(&app.blobs).await? else {
        tracing::error!(name, "a file of a frozen report does not fit its hash");
        return Err(Problem::Unavailable(60));
    };
    Ok(download::file(bytes, kind, name))
}

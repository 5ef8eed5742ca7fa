//! Views of the rows of a file: those that are wrong, and lists of what would happen.

use identity::FieldProblem;
use identity::import::RowProblem;
use identity::sheet::SheetProblem;
use leptos::prelude::*;
use words::{Language, identity as say};

use crate::parts::{DataTable, Details, Notice, Tone};

/// Rows and names shown at most; more would make the page slow and nobody reads on.
const MOST_SHOWN: usize = 200;

/// Why a file is no table.
pub fn sheet_sentence(language: Language, problem: &SheetProblem) -> String {
    match problem {
        SheetProblem::Empty => say::sheet_empty(language).to_owned(),
        SheetProblem::TooLarge => say::sheet_too_large(language).to_owned(),
        SheetProblem::NotText => say::sheet_not_text(language).to_owned(),
        SheetProblem::Broken(line) => say::sheet_broken(language, &line.to_string()),
    }
}

/// That these columns are not in the file; `header` is what stands above a field in our own files.
pub fn missing(
    language: Language,
    fields: Vec<&'static str>,
    header: fn(&'static str) -> &'static str,
) -> String {
    let headers: Vec<_> = fields.into_iter().map(header).collect();
    say::sheet_columns(language, &headers.join(", "))
}

/// Every row that is wrong. `label` names a field, `sentence` says what is wrong with it.
pub fn problems(
    language: Language,
    problems: &[RowProblem],
    label: fn(Language, &str) -> String,
    sentence: fn(Language, &FieldProblem) -> String,
) -> AnyView {
    let row = |wrong: &RowProblem| {
        let value: String = wrong.value.chars().take(100).collect();
        let value = if value.is_empty() {
            view! { <span class="muted">{say::import_blank(language)}</span> }.into_any()
        } else {
            value.into_any()
        };
        let said = sentence(language, &FieldProblem { field: wrong.field, problem: wrong.problem.clone() });
        view! {
            <tr>
                <th scope="row" class="number">{wrong.line}</th>
                <td>{label(language, wrong.field)}</td>
                <td>{value}</td>
                <td>{said}</td>
            </tr>
        }
    };
    let rows = problems.iter().take(MOST_SHOWN).map(row).collect_view();
    view! {
        <Notice tone=Tone::Danger><p>{say::import_wrong_text(language)}</p></Notice>
        <DataTable id="problems" caption=say::import_wrong_caption(language)>
            <thead>
                <tr>
                    <th scope="col" class="number">{say::import_line(language)}</th>
                    <th scope="col">{say::import_column(language)}</th>
                    <th scope="col">{say::import_value(language)}</th>
                    <th scope="col">{say::import_wrong(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        {more(language, problems.len())}
    }
    .into_any()
}

/// Names behind a summary that counts them; nothing when there are none.
pub fn names(language: Language, title: &'static str, names: &[String]) -> Option<AnyView> {
    if names.is_empty() {
        return None;
    }
    let items = names.iter().take(MOST_SHOWN).cloned().map(|name| view! { <li>{name}</li> }).collect_view();
    let rest = more(language, names.len());
    let summary = format!("{title} ({})", names.len());
    Some(view! { <Details summary=summary><ul>{items}</ul>{rest}</Details> }.into_any())
}

fn more(language: Language, count: usize) -> Option<AnyView> {
    let rest = i64::try_from(count.checked_sub(MOST_SHOWN)?).ok().filter(|rest| *rest > 0)?;
    Some(view! { <p>{say::import_more(language, rest)}</p> }.into_any())
}

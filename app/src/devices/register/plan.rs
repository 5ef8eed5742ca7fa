//! Views of the import: the form, the rows that are wrong, what would happen.

use devices::register::import::workbook::WorkbookProblem;
use devices::register::import::{COLUMNS, Outcome};
use identity::import::RowProblem;
use leptos::prelude::*;
use words::{Language, frame, identity as say_people, register as say, reports};

use super::{fields, section, trail};
use crate::import;
use crate::parts::{
    Actions, Checkbox, DataTable, Details, Encoding, Field, FileField, FormErrors, HiddenField, Link, Notice,
    PageHead, PostForm, SubmitButton, SummaryList, SummaryRow, Tone,
};
use crate::refused::summary;

const EXAMPLE: &str = "nr_inwentarzowy;nr_seryjny;rodzaj;producent;model;miejsce;program;uwagi\n\
    IT/1/2026;5CG1234XYZ;laptop;Dell;Latitude 3520;Magazyn;Laptop dla ucznia;\n\
    IT/2/2026;8948012345678901234;karta sim;Orange;Internet 50 GB;Magazyn;;\n";

/// The header under which the field stands in our own files.
pub fn header(field: &'static str) -> &'static str {
    let column = COLUMNS.iter().find(|(name, ..)| *name == field);
    column.and_then(|(_, _, headers)| headers.first().copied()).unwrap_or(field)
}

/// Why a workbook is not read.
pub fn workbook_sentence(language: Language, problem: &WorkbookProblem) -> String {
    // A cell as the spreadsheet calls it: `C7`.
    let cell = |row: &usize, column: &usize| {
        let letter = |at: usize| char::from(b'A' + u8::try_from(at % 26).unwrap_or(0));
        let column = column - 1;
        let first = (column >= 26).then(|| letter(column / 26 - 1)).map(String::from).unwrap_or_default();
        format!("{first}{}{row}", letter(column))
    };
    match problem {
        WorkbookProblem::NotWorkbook => reports::book_none(language).to_owned(),
        WorkbookProblem::TooLarge => reports::book_too_large(language).to_owned(),
        WorkbookProblem::NoSheet(names) => reports::book_no_sheet(language, &names.join(", ")),
        WorkbookProblem::Empty => reports::book_empty(language).to_owned(),
        WorkbookProblem::Rounded(row, column) => reports::book_rounded(language, &cell(row, column)),
        WorkbookProblem::Faulty(row, column) => reports::book_faulty(language, &cell(row, column)),
    }
}

fn imports(language: Language) -> Vec<Link> {
    vec![Link::new(say::import_title(language), "/devices/import")]
}

/// The form that takes the file.
pub fn form(language: Language, errors: &FormErrors) -> AnyView {
    let title = say::import_title(language);
    let columns = COLUMNS
        .iter()
        .map(|(field, needed, _)| {
            let needed = if *needed { say::yes(language) } else { say::no(language) };
            view! {
                <tr>
                    <th scope="row"><code>{header(field)}</code></th>
                    <td>{fields::label(language, field)}</td>
                    <td>{needed}</td>
                </tr>
            }
        })
        .collect_view();
    let wrong = errors.of("file");
    view! {
        {summary(language, errors)}
        {trail(language, Vec::new(), title)}
        <PageHead title=title lead=say::import_lead(language)/>
        {section(language, true, "/devices/import")}
        <PostForm action="/devices/import" encoding=Encoding::Multipart>
            <FileField
                name="file"
                label=say_people::import_file(language)
                accept=".csv,.xlsx,text/csv"
                hint=say::import_hint(language)
                error=wrong
            />
            <Field
                name="sheet"
                label=reports::sheet_name(language)
                note=frame::optional(language)
                hint=reports::sheet_name_hint(language)
            />
            <SubmitButton label=say_people::import_check(language)/>
        </PostForm>
        <h2>{say_people::import_columns(language)}</h2>
        <p>{say::import_columns_text(language)}</p>
        <DataTable id="columns" caption=say_people::import_columns_caption(language)>
            <thead>
                <tr>
                    <th scope="col">{say_people::import_header(language)}</th>
                    <th scope="col">{say_people::import_meaning(language)}</th>
                    <th scope="col">{say::import_needed(language)}</th>
                </tr>
            </thead>
            <tbody>{columns}</tbody>
        </DataTable>
        <Details summary=say_people::import_example(language)>
            <pre tabindex="0" class="scroller"><code>{EXAMPLE}</code></pre>
        </Details>
    }
    .into_any()
}

/// Every row that is wrong.
pub fn problems(language: Language, title: &str, problems: &[RowProblem]) -> AnyView {
    view! {
        {trail(language, imports(language), title)}
        <PageHead title=title/>
        {import::problems(language, problems, fields::label, fields::sentence)}
        <Actions><a href="/devices/import">{say_people::import_other(language)}</a></Actions>
    }
    .into_any()
}

/// What would happen, and the question.
pub fn ask(language: Language, outcome: &Outcome, file: &str, id: &str, sheet: &str) -> AnyView {
    let title = say::import_plan_title(language);
    let (id, sheet) = (id.to_owned(), sheet.to_owned());
    let name: String = file.chars().filter(|letter| !letter.is_control()).take(200).collect();
    let rows = vec![
        SummaryRow::new(say::import_created(language), outcome.created.len().to_string()),
        SummaryRow::new(say::import_changed(language), outcome.changed.len().to_string()),
        SummaryRow::new(say::import_same(language), outcome.same.to_string()),
    ];
    let retagged = (!outcome.retagged.is_empty()).then(|| {
        let pairs: Vec<_> = outcome.retagged.iter().map(|(old, new)| format!("{old} → {new}")).collect();
        let count = i64::try_from(pairs.len()).unwrap_or(i64::MAX);
        view! {
            <Notice tone=Tone::Warning><p>{say::import_retag_text(language, count)}</p></Notice>
            {import::names(language, say::import_retagged(language), &pairs)}
        }
    });
    let offer = (!outcome.retagged.is_empty()).then(|| {
        view! {
            <Checkbox name="retag" label=say::import_retag(language) hint=say::import_retag_hint(language)/>
        }
    });
    view! {
        {trail(language, imports(language), title)}
        <PageHead title=title lead=say::import_plan_lead(language, &name)/>
        <SummaryList rows=rows/>
        {retagged}
        {import::names(language, say::import_created(language), &outcome.created)}
        {import::names(language, say::import_changed(language), &outcome.changed)}
        <PostForm action="/devices/import/confirm">
            <HiddenField name="file" value=id/>
            <HiddenField name="sheet" value=sheet/>
            {offer}
            <Actions>
                <SubmitButton label=say_people::import_confirm(language)/>
                <a href="/devices/import">{say_people::import_other(language)}</a>
            </Actions>
        </PostForm>
    }
    .into_any()
}

//! Views of the import: the form, the rows that are wrong, what would happen, what has happened.

use identity::import::{Outcome, RowProblem};
use leptos::prelude::*;
use words::{Language, identity as say};

use super::card::{self, Card};
use super::{section, trail};
use crate::identity::fields;
use crate::import;
use crate::parts::{
    Actions, Checkbox, DataTable, Details, Encoding, FileField, FormErrors, HiddenField, Link, Notice,
    PageHead, PostForm, SubmitButton, SummaryList, SummaryRow, TableWidth, Tone,
};

const EXAMPLE: &str = "login;imie;nazwisko;email;jednostka;grupy;role;stanowisko;jezyk\n\
    anna.nowak;Anna;Nowak;anna.nowak@example.org;Wydział Oświaty / Referat Szkół;Redaktorzy|Kierownicy;instructor;redaktor strony internetowej;pl\n\
    jan.kos;Jan;Kos;;Wydział Oświaty;;;;uk\n";

/// The header under which the field stands in our own files.
pub fn header(field: &'static str) -> &'static str {
    match field {
        "given_name" => "imie",
        "family_name" => "nazwisko",
        "positions" => "stanowisko",
        other => other,
    }
}

fn people(language: Language) -> Vec<Link> {
    vec![Link::new(say::people_title(language), "/people")]
}

fn imports(language: Language) -> Vec<Link> {
    vec![
        Link::new(say::people_title(language), "/people"),
        Link::new(say::import_title(language), "/people/import"),
    ]
}

/// The form that takes the file.
pub fn form(language: Language, school: bool, errors: &FormErrors) -> AnyView {
    let title = say::import_title(language);
    let columns = [
        ("login", say::import_login(language)),
        ("imie", say::import_given_name(language)),
        ("nazwisko", say::import_family_name(language)),
        ("email", say::import_email(language)),
        ("jednostka", say::import_unit(language)),
        ("grupy", say::import_groups(language)),
        ("role", say::import_roles(language)),
        ("stanowisko", say::import_positions(language)),
        ("jezyk", say::import_language(language)),
    ]
    .map(|(header, meaning)| view! { <tr><th scope="row"><code>{header}</code></th><td>{meaning}</td></tr> })
    .collect_view();
    let wrong = errors.of("file");
    view! {
        {fields::summary(language, errors)}
        {trail(language, people(language), title)}
        <PageHead title=title lead=say::import_lead(language)/>
        {section(language, school, "/people/import")}
        <PostForm action="/people/import" encoding=Encoding::Multipart>
            <FileField
                name="file"
                label=say::import_file(language)
                accept=".csv,text/csv"
                hint=say::import_hint(language)
                error=wrong
            />
            <SubmitButton label=say::import_check(language)/>
        </PostForm>
        <h2>{say::import_columns(language)}</h2>
        <p>{say::import_columns_text(language)}</p>
        <DataTable id="columns" caption=say::import_columns_caption(language) width=TableWidth::Fits>
            <thead>
                <tr>
                    <th scope="col">{say::import_header(language)}</th>
                    <th scope="col">{say::import_meaning(language)}</th>
                </tr>
            </thead>
            <tbody>{columns}</tbody>
        </DataTable>
        <Details summary=say::import_example(language)>
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
        <Actions><a href="/people/import">{say::import_other(language)}</a></Actions>
    }
    .into_any()
}

/// What would happen, and the question.
pub fn ask(language: Language, outcome: &Outcome, file: &str, id: &str) -> AnyView {
    let title = say::import_plan_title(language);
    let created: Vec<_> = outcome.created.iter().map(|(_, login)| login.clone()).collect();
    let id = id.to_owned();
    let name: String = file.chars().filter(|letter| !letter.is_control()).take(200).collect();
    view! {
        {trail(language, imports(language), title)}
        <PageHead title=title lead=say::import_plan_lead(language, &name)/>
        {counts(language, outcome)}
        {import::names(language, say::import_created(language), &created)}
        {import::names(language, say::import_changed(language), &outcome.changed)}
        <PostForm action="/people/import/confirm">
            <HiddenField name="file" value=id/>
            <Checkbox
                name="letters"
                label=say::import_letters(language)
                hint=say::import_letters_hint(language)
            />
            <Actions>
                <SubmitButton label=say::import_confirm(language)/>
                <a href="/people/import">{say::import_other(language)}</a>
            </Actions>
        </PostForm>
    }
    .into_any()
}

/// What has happened; `None` when it had happened before.
pub fn done(language: Language, outcome: Option<&Outcome>, cards: &[Card], organisation: &str) -> AnyView {
    let title = say::import_done(language);
    let first = match outcome {
        Some(outcome) => counts(language, outcome),
        None => view! { <Notice tone=Tone::Info><p>{say::import_again(language)}</p></Notice> }.into_any(),
    };
    let sheets = cards.iter().map(|card| card.view(language, organisation, 3)).collect_view();
    let sheets = (!cards.is_empty()).then(|| {
        view! {
            <h2>{say::cards_title(language)}</h2>
            <Notice tone=Tone::Warning><p>{say::cards_text(language, &card::days())}</p></Notice>
            {sheets}
        }
    });
    view! {
        {trail(language, imports(language), title)}
        <PageHead title=title/>
        {first}
        {sheets}
        <Actions><a href="/people">{say::people_back(language)}</a></Actions>
    }
    .into_any()
}

fn counts(language: Language, outcome: &Outcome) -> AnyView {
    let rows = vec![
        SummaryRow::new(say::import_created(language), outcome.created.len().to_string()),
        SummaryRow::new(say::import_changed(language), outcome.changed.len().to_string()),
        SummaryRow::new(say::import_same(language), outcome.same.to_string()),
    ];
    view! { <SummaryList rows=rows/> }.into_any()
}

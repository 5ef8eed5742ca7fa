//! The forms of an agreement that is not signed yet: its devices, when they are due, signing.

use devices::loans::kind::{LoanKind, SignedBy};
use leptos::prelude::*;
use words::{Language, loans as say};

use super::agreement::Known;
use super::said::{self, TypedRules};
use crate::parts::{
    ButtonKind, Choice, Encoding, Field, FileField, FormErrors, PostForm, Radios, Select, SubmitButton,
};

/// One of the forms of an agreement that is not signed.
pub fn items_form(language: Language, known: &Known, errors: &FormErrors) -> AnyView {
    let kinds = LoanKind::ALL
        .iter()
        .map(|kind| Choice::new(kind.word(), said::loan_kind(language, *kind)))
        .collect::<Vec<_>>();
    view! {
        <h2>{say::item_add_title(language)}</h2>
        {
    let inside = view! {
            <Field name="code" label=say::label_code(language) hint=say::code_hint(language) autocomplete="off"
                error=errors.of("code").or_else(|| errors.of("items"))/>
            <Select name="kind" label=say::column_kind(language) choices=kinds/>
            <SubmitButton label=say::item_add(language) kind=ButtonKind::Secondary/>
        }.into_any();
    view! { <PostForm action=format!("/devices/agreements/{}/items", known.agreement.id)>{inside}</PostForm> }
    }
    }
    .into_any()
}

/// One of the forms of an agreement that is not signed.
pub fn due_form(language: Language, known: &Known, errors: &FormErrors) -> AnyView {
    let typed = TypedRules {
        due_on: known
            .agreement
            .items
            .iter()
            .filter_map(|item| item.due_on)
            .min()
            .map(said::machine)
            .unwrap_or_default(),
        ..TypedRules::default()
    };
    view! {
        <h2>{say::due_title(language)}</h2>
        <p>{say::due_earliest(language)}</p>
        {
    let inside = view! {
            {typed.fields(language, &known.events, errors)}
            <SubmitButton label=say::due_save(language) kind=ButtonKind::Secondary/>
        }.into_any();
    view! { <PostForm action=format!("/devices/agreements/{}/due", known.agreement.id)>{inside}</PostForm> }
    }
    }
    .into_any()
}

/// One of the forms of an agreement that is not signed.
pub fn sign_form(language: Language, known: &Known, errors: &FormErrors) -> AnyView {
    let ways = [SignedBy::Paper, SignedBy::External]
        .map(|by| Choice::new(by.word(), said::signed_by(language, by)))
        .to_vec();
    let ways = ways
        .into_iter()
        .enumerate()
        .map(|(at, way)| if at == 0 { way.chosen() } else { way })
        .collect::<Vec<_>>();
    view! {
        <h2>{say::sign_title(language)}</h2>
        <p>{say::sign_text(language)}</p>
        {
    let inside = view! {
            <Radios name="by" legend=say::label_signed_by(language) choices=ways/>
            <FileField name="file" label=say::label_scan(language) hint=say::scan_hint(language)
                accept=".pdf,.jpg,.jpeg,.png" error=errors.of("file")/>
            <SubmitButton label=say::sign(language)/>
        }.into_any();
    view! { <PostForm action=format!("/devices/agreements/{}/sign", known.agreement.id) encoding=Encoding::Multipart>{inside}</PostForm> }
    }
    }
    .into_any()
}

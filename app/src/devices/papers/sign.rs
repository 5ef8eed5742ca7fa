//! POST /devices/agreements/{id}/sign-on-screen: the borrower draws or types their name on the clerk's screen. What was drawn
//! becomes a picture that we write ourselves from its points; what was typed must be the name of the one who signs.

use axum::extract::State;
use base::id::row_id;
use devices::loans::agreement::{self, Agreement, Drawn};
use devices::loans::kind::Role;
use devices::loans::signature::{picture, same_name};
use devices::{AgreementId, Error};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, papers as say};

use crate::caller::Caller;
use crate::devices::loans::agreement as page;
use crate::parts::{Checkbox, Field, FormErrors, PostForm, SubmitButton};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;

/// What was drawn and typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    strokes: String,
    name: String,
    read: String,
}

/// Who signs: the guardian or representative, else the borrower.
fn signer(agreement: &Agreement) -> String {
    let party = agreement.party(Role::Signatory).or_else(|| agreement.party(Role::Beneficiary));
    party.map(|party| party.name.clone()).unwrap_or_default()
}

/// POST /devices/agreements/{id}/sign-on-screen
pub async fn sign(
    State(app): State<App>,
    caller: Caller,
    At(id): At<AgreementId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let language = visit.language;
    let agreement = agreement::one(&mut visit.tx, &proof.reader(), id).await?;
    let drawn = picture(&typed.strokes);
    let mut errors = FormErrors::new();
    if drawn.is_none() && !typed.strokes.is_empty() {
        errors.add("name", say::drawing_wrong(language));
    } else if drawn.is_none() && !same_name(&typed.name, &signer(&agreement)) {
        errors.add("name", say::name_is_not_the_signer(language, &signer(&agreement)));
    }
    if typed.read.is_empty() {
        errors.add("read", say::read_first(language));
    }
    if !errors.is_empty() {
        return page::again(visit, id, &errors).await;
    }
    let done = match drawn {
        Some(svg) => {
            let key = format!("signatures/{}/{id}/{}.svg", visit.me.organisation, row_id(visit.tx.now()));
            app.blobs.put(&key, "image/svg+xml", svg).await?;
            agreement::sign_on_screen(&mut visit.tx, &proof, id, Some(&Drawn { key })).await
        }
        None => agreement::sign_on_screen(&mut visit.tx, &proof, id, None).await,
    };
    match done {
        Ok(()) => page::signed(&app, &caller, visit, id).await,
        Err(error @ (Error::Invalid(_) | Error::Stays)) => page::refused(id, visit, error).await,
        Err(error) => Err(error.into()),
    }
}

/// The form: draw (with script) or type the name, and confirm.
pub fn form(language: Language, agreement: &Agreement, errors: &FormErrors) -> AnyView {
    let signer = signer(agreement);
    let inside = view! {
        <islands::SignaturePad label=say::pad_label(language, &signer) hint=say::pad_hint(language).to_owned()
            clear=say::pad_clear(language).to_owned()/>
        <Field name="name" label=say::label_typed_name(language) hint=say::typed_name_hint(language, &signer)
            autocomplete="off" error=errors.of("name")/>
        <Checkbox name="read" label=say::label_read(language) error=errors.of("read")/>
        <SubmitButton label=say::sign_on_screen(language)/>
    }
    .into_any();
    let action = format!("/devices/agreements/{}/sign-on-screen", agreement.id);
    view! {
        <h2>{say::sign_on_screen_title(language)}</h2>
        <p>{say::sign_on_screen_text(language)}</p>
        <PostForm action=action>{inside}</PostForm>
    }
    .into_any()
}

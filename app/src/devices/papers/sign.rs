//! POST /devices/agreements/{id}/sign-on-screen: the borrower draws or types their name on the clerk's screen. What was drawn
//! becomes a picture that we write ourselves from its points; what was typed must be the name of the one who signs.

use axum::extract::State;
use base::id::row_id;
use devices::loans::agreement::{self, Agreement, Drawn};
use devices::loans::kind::Role;
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

/// Longest path of a signature, in bytes.
const PATH_MOST: usize = 70_000;

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

fn same(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    !plain(one).is_empty() && plain(one) == plain(other)
}

/// The picture of a path of `M` and `L` with numbers within 600 × 200; `None` for anything else.
fn picture(path: &str) -> Option<String> {
    if path.len() > PATH_MOST || !path.starts_with('M') {
        return None;
    }
    let mut points = 0;
    for step in path.split_inclusive(['M', 'L']).skip(1) {
        let (x, y) = step.trim_end_matches(['M', 'L']).split_once(' ')?;
        let (x, y): (u32, u32) = (x.parse().ok()?, y.parse().ok()?);
        if x > 600 || y > 200 {
            return None;
        }
        points += 1;
    }
    (points > 2).then(|| {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 600 200\" width=\"600\" height=\"200\"><path d=\"{path}\" \
             fill=\"none\" stroke=\"#111\" stroke-width=\"3\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/></svg>"
        )
    })
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
    } else if drawn.is_none() && !same(&typed.name, &signer(&agreement)) {
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

#[cfg(test)]
mod tests {
    use super::{picture, same};

    #[test]
    fn only_points_within_the_field_become_a_picture() {
        assert!(picture("M1 2L1 2L30 40M5 5L5 5").is_some_and(|svg| svg.contains("M1 2L1 2L30 40M5 5L5 5")));
        for wrong in [
            "",
            "M1 2",
            "M1 2L1 2",
            "L1 2L3 4L5 6",
            "M1 2L3 4L601 5",
            "M1 2L3 4\"/><script>L5 6",
            "M1,2L3,4L5,6",
            "M1 2L3 -4L5 6",
        ] {
            assert!(picture(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_typed_name_is_the_signer_s_whatever_its_letters_case() {
        assert!(same("  łucja  ŹDŹBŁO", "Łucja Źdźbło"));
        assert!(!same("", "") && !same("Łucja", "Łucja Źdźbło"));
    }
}

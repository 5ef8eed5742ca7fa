//! Issuing a certificate anew, with the person's present name: asks first, then the old one is void as replaced.

use axum::extract::State;
use courses::CertificateId;
use courses::certificate::{self, Certificate};
use courses::course::Course;
use words::{Language, certificates as say};

use super::taught::{Asking, Typed, acted, asking, name, open};
use crate::caller::Caller;
use crate::parts::FormErrors;
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;

fn replacing(language: Language, course: Course, one: Certificate) -> Asking {
    Asking {
        question: say::replace_question(language, &name(language, &one)),
        text: say::replace_text(language),
        act: "replace",
        confirm: say::replace_now(language),
        done: "certificate-replaced",
        course,
        one,
    }
}

/// GET /teaching/{slug}/certificates/{certificate}/replace
pub async fn ask(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, CertificateId)>,
) -> Answer {
    let (visit, _, course, one) = open(&app, &caller, &slug, id).await?;
    let language = visit.language;
    let page = replacing(language, course, one);
    asking(visit, page, say::replace_reason(language).to_owned(), FormErrors::new())
}

/// POST /teaching/{slug}/certificates/{certificate}/replace
pub async fn replace(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, CertificateId)>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof, course, one) = open(&app, &caller, &slug, id).await?;
    let replaced = certificate::replace(&mut visit.tx, &proof, id, &typed.reason).await;
    let page = replacing(visit.language, course, one);
    acted(visit, page, typed.reason, replaced.map(|_| ())).await
}

//! The language of the pages: a cookie for everybody, and the person's own setting when somebody is signed in.

use axum::extract::State;
use serde::Deserialize;
use words::Language;

use crate::caller::{Caller, LANGUAGE_COOKIE};
use crate::problem::{Answer, Problem};
use crate::request::Posted;
use crate::state::App;
use crate::visit::{go, set_cookie};

const YEAR_SECONDS: i64 = 365 * 86_400;

/// The form in the header or the footer of every page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    lang: String,
    back: String,
}

/// POST /language
pub async fn choose(State(app): State<App>, caller: Caller, Posted(wish): Posted<Wish>) -> Answer {
    let language = Language::from_code(&wish.lang).ok_or(Problem::Malformed)?;
    if let Some(mut visit) = caller.try_open(&app).await? {
        identity::person::speak(&mut visit.tx, language.code()).await?;
        visit.tx.commit().await?;
    }
    let mut response = go(&app, &wish.back, "");
    set_cookie(&mut response, &app, LANGUAGE_COOKIE, language.code(), YEAR_SECONDS);
    Ok(response)
}

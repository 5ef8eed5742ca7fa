//! Pages of certificates: the holder's list, the public page behind the QR code, a course's list, how they look, and what
//! programs fetch to verify them as files.

mod check;
mod erase;
pub(crate) mod freeze;
mod machine;
mod mine;
mod paper;
mod replace;
mod settings;
mod taught;

use courses::certificate::{Certificate, State};
use leptos::prelude::*;
use time::Date;
use words::{Language, certificates as say};

use crate::date;
use crate::parts::{Link, Notice, Tag, Tone};
use crate::routes::{Routes, Who};

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new()
        .get("/my-certificates", Who::SignedIn, mine::list)
        .get("/my-certificates/{certificate}/document", Who::SignedIn, mine::document)
        .get("/my-certificates/{certificate}/credential", Who::SignedIn, mine::credential)
        .get("/certificates", Who::Anybody, check::ask)
        .post("/certificates", Who::Anybody, check::read)
        .get("/certificates/{key}", Who::Anybody, check::show)
        .post("/certificates/{key}", Who::Anybody, check::compare)
        .get("/.well-known/jwks.json", Who::Anybody, machine::keys)
        .get("/credentials/keys/{key_id}", Who::Anybody, machine::key)
        .get("/credentials/issuers/{organisation}", Who::Anybody, machine::issuer)
        .get("/credentials/status/{organisation}/{list}", Who::Anybody, machine::status)
        .get("/teaching/{slug}/certificates", Who::SignedIn, taught::list)
        .get("/teaching/{slug}/certificates/{certificate}/document", Who::SignedIn, taught::document)
        .get("/teaching/{slug}/certificates/{certificate}/revoke", Who::SignedIn, taught::ask_revoke)
        .post("/teaching/{slug}/certificates/{certificate}/revoke", Who::SignedIn, taught::revoke)
        .get("/teaching/{slug}/certificates/{certificate}/replace", Who::SignedIn, replace::ask)
        .post("/teaching/{slug}/certificates/{certificate}/replace", Who::SignedIn, replace::replace)
        .get("/organisation/certificates", Who::SignedIn, settings::show)
        .post("/organisation/certificates", Who::SignedIn, settings::save)
        .get("/organisation/certificates/specimen", Who::SignedIn, settings::specimen)
        .get("/people/{person}/certificates/erase", Who::SignedIn, erase::ask)
        .post("/people/{person}/certificates/erase", Who::SignedIn, erase::erase)
}

/// The state in a word.
fn tag(language: Language, state: &State) -> AnyView {
    let (tone, word) = match state {
        State::Valid => (Tone::Success, say::state_valid(language)),
        State::Expired => (Tone::Warning, say::state_expired(language)),
        State::Revoked(..) => (Tone::Danger, say::state_revoked(language)),
        State::Replaced(..) => (Tone::Neutral, say::state_replaced(language)),
    };
    view! { <Tag tone=tone text=word/> }.into_any()
}

/// The state in a sentence.
fn verdict(language: Language, certificate: &Certificate) -> AnyView {
    let (tone, text) = match &certificate.state {
        State::Valid => (Tone::Success, say::said_valid(language).to_owned()),
        State::Expired => {
            let day = certificate.valid_until.map(day).unwrap_or_default();
            (Tone::Warning, say::said_expired(language, &day))
        }
        State::Revoked(at, reason) => (Tone::Danger, say::said_revoked(language, &date::day(*at), reason)),
        State::Replaced(at, reason) => (Tone::Danger, say::said_replaced(language, &date::day(*at), reason)),
    };
    view! { <Notice tone=tone><p>{text}</p></Notice> }.into_any()
}

fn day(day: Date) -> String {
    date::spoken(&day.to_string())
}

fn duration(language: Language, minutes: i32) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    match (hours, rest) {
        (0, rest) => say::minutes(language, &rest.to_string()),
        (hours, 0) => say::hours(language, &hours.to_string()),
        (hours, rest) => say::hours_minutes(language, &hours.to_string(), &rest.to_string()),
    }
}

/// Names and values that stand on the paper below the name and the course, and on the public page.
fn facts(language: Language, certificate: &Certificate) -> Vec<(String, String)> {
    let mut facts = vec![(say::field_version(language).to_owned(), certificate.version_number.to_string())];
    if certificate.minutes > 0 {
        facts.push((say::field_duration(language).to_owned(), duration(language, certificate.minutes)));
    }
    if let Some(result) = certificate.result_per_mille {
        let mark = if language == Language::En { '.' } else { ',' };
        let rest = if result % 10 == 0 { String::new() } else { format!("{mark}{}", result % 10) };
        let percent = format!("{}{rest}", result / 10);
        facts.push((say::field_result(language).to_owned(), say::percent(language, &percent)));
    }
    let until = certificate.valid_until.map_or_else(|| say::for_good(language).to_owned(), day);
    facts.push((say::field_done(language).to_owned(), day(certificate.done_on)));
    facts.push((say::field_issued(language).to_owned(), date::day(certificate.issued_at)));
    facts.push((say::field_valid_until(language).to_owned(), until));
    facts
}

/// How the course was earned, in the language of the course.
pub(crate) fn criteria(certificate: &Certificate) -> String {
    let language = Language::from_code(&certificate.course_language).unwrap_or_default();
    say::criteria(language, &certificate.course_title, &certificate.version_number.to_string())
}

/// The public address of a certificate, without the site; `None` when it is not known any more.
fn path(certificate: &Certificate) -> Option<String> {
    certificate.holder.as_ref().map(|holder| format!("/certificates/{}", holder.token))
}

/// What the page of a course tells one who finished it.
pub fn of_course(language: Language, certificate: &Certificate) -> AnyView {
    let number = certificate.holder.as_ref().map(|holder| holder.number.grouped()).unwrap_or_default();
    let document =
        Link::new(say::course_link(language), format!("/my-certificates/{}/document", certificate.id));
    let (text, state) = (say::course_text(language, &number), tag(language, &certificate.state));
    view! {
        <Notice tone=Tone::Info title=say::course_title(language)>
            <p>{text}" "{state}</p>
            <p>
                <a href=document.href>{document.text}</a>
                ". "
                <a href="/my-certificates">{say::course_all(language)}</a>
            </p>
        </Notice>
    }
    .into_any()
}

//! Refusals as `application/problem+json` (RFC 9457), title and detail in the language that the client accepts.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use devices::loans::readiness::{Finding, Found, Weight};
use serde::Serialize;
use utoipa::ToSchema;
use video::error::CaptionProblem;
use words::{Language, api};

use crate::api::refusal::{Refusal, What, Wrong};
use crate::devices::loans::said;
use crate::problem::{Problem, field_sentence};

/// The media type of RFC 9457.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Why the request was refused (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemDetails {
    /// An address that names the kind of refusal; a page with an explanation stands there.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid")]
    pub kind: String,
    /// The kind of refusal in words, in the language of `Accept-Language` (pl, en, uk).
    pub title: String,
    /// The HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// This refusal in words.
    pub detail: String,
    /// Every value that cannot be taken; only with the type `/problems/invalid`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
    /// The present revision; only with the type `/problems/changed-meanwhile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub revision: Option<i32>,
    /// Everything that was found; only with the type `/problems/not-ready`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub findings: Vec<HandOutFinding>,
}

/// Something that was found before a device is handed out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HandOutFinding {
    /// A short word: `not_signed`, `ahead`, `not_in_stock`, `to_wipe`, `lent`, `lent_then`, `has_primary`, `own_overdue`,
    /// `owes_accessories`, `open_incident`, `other_programme`, `long_ago` or `siblings_overdue`.
    #[schema(example = "own_overdue")]
    pub code: &'static str,
    /// `impossible`; `confirm`: done when `confirmed` is sent; `alert`: only to be known.
    #[schema(example = "confirm")]
    pub weight: &'static str,
    /// The same in words.
    pub detail: String,
}

/// A value that cannot be taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldError {
    /// The field's path in the body or query.
    #[schema(example = "title")]
    pub field: String,
    /// A short word: `missing`, `too-long`, `too-short`, `malformed`, `taken`, `doubled`, `unknown`, `common`, `differs`,
    /// `protected`, `unknown-field` or `unreadable`.
    #[schema(example = "missing")]
    pub problem: &'static str,
    /// The same in words.
    pub detail: String,
}

/// The refusal with the words of a language.
pub fn details(refusal: &Refusal, language: Language) -> ProblemDetails {
    let (title, detail) = sentences(refusal, language);
    let errors = match refusal {
        Refusal::Invalid(wrongs) => wrongs.iter().map(|wrong| field_error(wrong, language)).collect(),
        _ => Vec::new(),
    };
    let findings = match refusal {
        Refusal::NotReady(found) => found.iter().map(|finding| found_before(finding, language)).collect(),
        _ => Vec::new(),
    };
    let revision = if let Refusal::ChangedMeanwhile(revision) = refusal { Some(*revision) } else { None };
    ProblemDetails {
        kind: format!("/problems/{}", refusal.code()),
        title: title.to_owned(),
        status: refusal.status().as_u16(),
        detail,
        errors,
        revision,
        findings,
    }
}

/// Writes a refusal into an answer that keeps its status and its headers.
pub fn write(refusal: &Refusal, language: Language, mut response: Response) -> Response {
    let text = serde_json::to_vec(&details(refusal, language)).unwrap_or_default();
    let headers = response.headers_mut();
    headers.remove(header::LOCATION);
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.code()));
    let headers = headers.clone();
    (refusal.status(), headers, text).into_response()
}

fn sentences(refusal: &Refusal, language: Language) -> (&'static str, String) {
    let l = language;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let (title, detail) = match refusal {
        Refusal::Page(Problem::SignInFirst { .. }) => {
            (api::sign_in_first_title(l), api::sign_in_first_detail(l))
        }
        Refusal::Page(Problem::NotFound) => (api::not_found_title(l), api::not_found_detail(l)),
        Refusal::Page(Problem::Malformed) => (api::malformed_title(l), api::malformed_detail(l)),
        Refusal::Page(problem) => problem.sentences(l),
        Refusal::WrongNameOrPassword => (api::wrong_password_title(l), api::wrong_password_detail(l)),
        Refusal::NotOneself => (api::not_oneself_title(l), api::not_oneself_detail(l)),
        Refusal::LastTeacher => (api::last_teacher_title(l), api::last_teacher_detail(l)),
        Refusal::CourseDone => (api::course_done_title(l), api::course_done_detail(l)),
        Refusal::WrongState => (api::wrong_state_title(l), api::wrong_state_detail(l)),
        Refusal::NotReady(_) => (api::not_ready_title(l), api::not_ready_detail(l)),
        Refusal::NothingToPublish => (api::nothing_to_publish_title(l), api::nothing_to_publish_detail(l)),
        Refusal::ReviewFirst => (api::review_first_title(l), api::review_first_detail(l)),
        Refusal::FindingsInTheWay(found) => {
            return (api::findings_in_the_way_title(l), api::findings_in_the_way_detail(l, count(*found)));
        }
        Refusal::WrongMethod => (api::wrong_method_title(l), api::wrong_method_detail(l)),
        Refusal::KeyMalformed => (api::key_malformed_title(l), api::key_malformed_detail(l)),
        Refusal::KeyReused => (api::key_reused_title(l), api::key_reused_detail(l)),
        Refusal::TooManyTries(seconds) => {
            let seconds = i64::try_from(*seconds).unwrap_or(i64::MAX);
            return (api::too_many_title(l), api::too_many_detail(l, seconds));
        }
        Refusal::Invalid(wrongs) => {
            let fields: Vec<&str> = wrongs.iter().map(|wrong| wrong.field.as_str()).collect();
            return (api::invalid_title(l), api::invalid_detail(l, count(wrongs.len()), &fields.join(", ")));
        }
        Refusal::ChangedMeanwhile(revision) => {
            return (api::changed_title(l), api::changed_detail(l, &revision.to_string()));
        }
        Refusal::Captions(line, problem) => {
            let text = api::captions_detail(l, &line.to_string(), caption_sentence(*problem, l));
            return (api::captions_title(l), text);
        }
        Refusal::NotJson(line, column) => {
            let text = api::not_json_detail(l, &line.to_string(), &column.to_string());
            return (api::malformed_title(l), text);
        }
        Refusal::MediaType(wanted) => return (api::media_type_title(l), api::media_type_detail(l, wanted)),
    };
    (title, detail.to_owned())
}

fn field_error(wrong: &Wrong, language: Language) -> FieldError {
    let (problem, detail) = match &wrong.what {
        What::UnknownField => ("unknown-field", api::unknown_field(language).to_owned()),
        What::Unreadable(said) => ("unreadable", api::unreadable(language, said)),
        What::Rule(rule) => (rule_code(rule), field_sentence(language, rule)),
    };
    FieldError { field: wrong.field.clone(), problem, detail }
}

fn found_before(finding: &Finding, language: Language) -> HandOutFinding {
    let weight = match finding.weight() {
        Weight::Impossible => "impossible",
        Weight::Confirm => "confirm",
        Weight::Alert => "alert",
    };
    // Which device is known: the one that was scanned.
    let detail = said::finding(language, &Found { item: None, finding: finding.clone() });
    HandOutFinding { code: finding.code(), weight, detail }
}

/// The short word of what is wrong with a field.
pub(super) fn rule_code(rule: &identity::Problem) -> &'static str {
    use identity::Problem as P;
    match rule {
        P::Missing => "missing",
        P::TooLong(_) => "too-long",
        P::TooShort(_) => "too-short",
        P::Malformed => "malformed",
        P::Taken => "taken",
        P::Doubled(_) => "doubled",
        P::Unknown => "unknown",
        P::Common => "common",
        P::Differs => "differs",
        P::Protected => "protected",
    }
}

fn caption_sentence(problem: CaptionProblem, language: Language) -> &'static str {
    match problem {
        CaptionProblem::NoHeader => api::captions_no_header(language),
        CaptionProblem::NotText => api::captions_not_text(language),
        CaptionProblem::TooLarge => api::captions_too_large(language),
        CaptionProblem::BadTime => api::captions_bad_time(language),
        CaptionProblem::EndsBeforeStart => api::captions_ends_before_start(language),
        CaptionProblem::OutOfOrder => api::captions_out_of_order(language),
        CaptionProblem::NoCues => api::captions_no_cues(language),
        CaptionProblem::BadLanguage => api::captions_bad_language(language),
    }
}

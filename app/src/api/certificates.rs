//! Certificates: one's own, those of a course, the document, the same as a file for programs, and whether a number is right.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, Uri, header};
use axum::response::IntoResponse;
use courses::certificate::{self, Certificate, Key, State as Worth, check, credential};
use courses::{CertificateId, Error};
use identity::day;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::given::Sought;
use crate::api::list::{Page, Paged};
use crate::api::refusal::{Answer, Refusal};
use crate::api::teaching::teaching;
use crate::courses::certificates::{criteria, freeze};
use crate::devices::download::file;
use crate::pdf;
use crate::problem::Problem;
use crate::request::At;
use crate::state::App;

/// A certificate.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IssuedCertificate {
    /// Id.
    pub id: Uuid,
    /// The printed number; `null` when the personal data were erased.
    pub number: Option<String>,
    /// Given and family name, as they were; `null` when they were erased.
    pub name: Option<String>,
    /// Address of the public page; `null` when the personal data were erased.
    pub page: Option<String>,
    /// The course's name in addresses.
    pub course: String,
    /// Title of the version.
    pub title: String,
    /// Language of the course: `pl`, `en` or `uk`.
    pub language: String,
    /// Number of the version that was finished.
    pub version: i32,
    /// Planned time, in minutes.
    pub minutes: i32,
    /// Result of the test, in thousandths.
    pub result_per_mille: Option<i16>,
    /// The day on which the course was finished (`2026-12-31`).
    pub done_on: String,
    /// When it was issued.
    #[serde(with = "time::serde::rfc3339")]
    pub issued_at: OffsetDateTime,
    /// The last day on which it counts; `null`: for good.
    pub valid_until: Option<String>,
    /// Name of the organisation, as it was.
    pub organisation: String,
    /// `valid`, `expired`, `revoked` or `replaced`.
    #[schema(example = "valid")]
    pub state: &'static str,
    /// Why it was revoked or replaced.
    pub reason: Option<String>,
}

impl IssuedCertificate {
    fn of(site: &str, one: Certificate) -> Self {
        let (state, reason) = match one.state {
            Worth::Valid => ("valid", None),
            Worth::Expired => ("expired", None),
            Worth::Revoked(_, reason) => ("revoked", Some(reason)),
            Worth::Replaced(_, reason) => ("replaced", Some(reason)),
        };
        Self {
            id: one.id.0,
            number: one.holder.as_ref().map(|holder| holder.number.grouped()),
            name: one.holder.as_ref().map(|holder| holder.name.clone()),
            page: one.holder.as_ref().map(|holder| format!("{site}/certificates/{}", holder.token)),
            course: one.course_slug,
            title: one.course_title,
            language: one.course_language,
            version: one.version_number,
            minutes: one.minutes,
            result_per_mille: one.result_per_mille,
            done_on: day::written(one.done_on),
            issued_at: one.issued_at,
            valid_until: one.valid_until.map(day::written),
            organisation: one.organisation_name,
            state,
            reason,
        }
    }
}

/// What anybody may know of a certificate who has its number: what stands on the paper, and what it is worth.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckedCertificate {
    /// The printed number.
    pub number: String,
    /// Given and family name, as they were; `null` when they were erased.
    pub name: Option<String>,
    /// Title of the course.
    pub title: String,
    /// Language of the course: `pl`, `en` or `uk`.
    pub language: String,
    /// Number of the version that was finished.
    pub version: i32,
    /// Planned time, in minutes.
    pub minutes: i32,
    /// Result of the test, in thousandths.
    pub result_per_mille: Option<i16>,
    /// The day on which the course was finished (`2026-12-31`).
    pub done_on: String,
    /// When it was issued.
    #[serde(with = "time::serde::rfc3339")]
    pub issued_at: OffsetDateTime,
    /// The last day on which it counts; `null`: for good.
    pub valid_until: Option<String>,
    /// Name of the organisation, as it was.
    pub organisation: String,
    /// Place of issue; empty for none.
    pub place: String,
    /// Who signed it; empty for nobody.
    pub signatory_name: String,
    /// In which office; empty for none.
    pub signatory_office: String,
    /// In place of the usual sentence; empty for that.
    pub wording: String,
    /// `valid`, `expired`, `revoked` or `replaced`.
    #[schema(example = "valid")]
    pub state: &'static str,
    /// Why it was revoked or replaced.
    pub reason: Option<String>,
}

/// Which certificate is checked.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CheckedNumber {
    /// The printed number, with or without hyphens.
    pub number: String,
}

/// List one's own certificates
///
/// The newest first. What was finished before there were certificates is issued now.
#[utoipa::path(
    get, path = "/api/v1/me/certificates", tag = "certificates", operation_id = "listOwnCertificates", params(Paged),
    responses((status = 200, description = "A page of certificates", body = Page<IssuedCertificate>))
)]
pub async fn own(State(app): State<App>, bearer: Bearer, uri: Uri, Sought(paged): Sought<Paged>) -> Answer {
    let mut call = bearer.open(&app).await?;
    certificate::catch_up(&mut call.tx).await?;
    let all = certificate::mine(&mut call.tx).await?;
    call.tx.commit().await?;
    let site = &app.settings.public_url;
    Ok(Page::cut(all.into_iter().map(|one| IssuedCertificate::of(site, one)), paged.page).answer(&uri))
}

/// List the certificates of a course
///
/// The newest first; at most 1,000.
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/certificates", tag = "certificates", operation_id = "listCourseCertificates",
    params(("course" = String, Path), Paged),
    responses((status = 200, description = "A page of certificates", body = Page<IssuedCertificate>))
)]
pub async fn of_course(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    At(slug): At<String>,
    Sought(paged): Sought<Paged>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let all = certificate::of_course(&mut call.tx, &proof).await?;
    let site = &app.settings.public_url;
    Ok(Page::cut(all.into_iter().map(|one| IssuedCertificate::of(site, one)), paged.page).answer(&uri))
}

/// Get the document of one's own certificate
///
/// PDF/UA-1, made when it is first asked for and kept.
#[utoipa::path(
    get, path = "/api/v1/me/certificates/{certificate}/document", tag = "certificates", operation_id = "getOwnCertificateDocument",
    params(("certificate" = Uuid, Path)),
    responses((status = 200, description = "The document", body = Vec<u8>, content_type = "application/pdf"))
)]
pub async fn document(State(app): State<App>, bearer: Bearer, At(id): At<CertificateId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let own = certificate::my_own(&mut call.tx, id).await?;
    let number = own.holder.as_ref().ok_or(Problem::NotFound)?.number.grouped();
    // One whose bytes are not what they were is not given out.
    let bytes = freeze::bytes(&app, &mut call.tx, &own).await?.ok_or(Problem::Unavailable(60))?;
    call.tx.commit().await?;
    Ok(pdf::answer(&format!("zaswiadczenie-{number}"), bytes))
}

/// Get one's own certificate as a credential
///
/// Open Badges 3.0, signed as VC-JWT.
#[utoipa::path(
    get, path = "/api/v1/me/certificates/{certificate}/credential", tag = "certificates", operation_id = "getOwnCredential",
    params(("certificate" = Uuid, Path)),
    responses((status = 200, description = "The credential", body = String, content_type = "application/vc+jwt"))
)]
pub async fn credential(State(app): State<App>, bearer: Bearer, At(id): At<CertificateId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let own = certificate::my_own(&mut call.tx, id).await?;
    let number = own.holder.as_ref().ok_or(Problem::NotFound)?.number.grouped();
    let signed = credential::file(&mut call.tx, &app.settings.public_url, &own, &criteria(&own)).await?;
    // A key that was made just now stays.
    call.tx.commit().await?;
    Ok(file(signed.into_bytes(), "application/vc+jwt", &format!("zaswiadczenie-{number}.jwt")))
}

/// Check a certificate by its number
///
/// Nobody need be signed in. A number that there is not is 404; too many of those of late are 429.
#[utoipa::path(
    get, path = "/api/v1/certificates/check", tag = "certificates", operation_id = "checkCertificate", params(CheckedNumber),
    security(()),
    responses(
        (status = 200, description = "What stands on it, and what it is worth", body = CheckedCertificate),
        (status = 404, description = "There is no such number", body = crate::api::problem_json::ProblemDetails,
            content_type = "application/problem+json")
    )
)]
pub async fn verify(State(app): State<App>, Sought(wanted): Sought<CheckedNumber>) -> Answer {
    let malformed = || Refusal::field("number", identity::Problem::Malformed);
    let key = certificate::Number::read(&wanted.number).map(Key::Number).ok_or_else(malformed)?;
    let found = check::certificate(&app.db, &key).await.map_err(|error| match error {
        Error::TooMany => Refusal::TooManyTries(60),
        error => error.into(),
    })?;
    let number = key.number().grouped();
    let of = IssuedCertificate::of("", found.clone());
    let template = found.template;
    let checked = CheckedCertificate {
        number,
        name: of.name,
        title: of.title,
        language: of.language,
        version: of.version,
        minutes: of.minutes,
        result_per_mille: of.result_per_mille,
        done_on: of.done_on,
        issued_at: of.issued_at,
        valid_until: of.valid_until,
        organisation: of.organisation,
        place: template.place,
        signatory_name: template.signatory_name,
        signatory_office: template.signatory_office,
        wording: template.wording,
        state: of.state,
        reason: of.reason,
    };
    let mut answer = Json(checked).into_response();
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

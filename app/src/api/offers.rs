//! A course of one's own in the catalogue of the installation, and newer versions of one that was adopted.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use courses::offer::films::Change;
use courses::offer::takeover::{self, Ahead, Difference, Step};
use courses::offer::{self, Standing};
use courses::publish::Asks;
use courses::{Taught, UnitId, VersionId};
use identity::SharedPositionId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::{Bearer, Call};
use crate::api::given::{Given, read_day};
use crate::api::refusal::{Answer, Refusal};
use crate::api::teaching::teaching;
use crate::problem::Problem;
use crate::request::At;
use crate::state::App;

/// How a course stands in the catalogue of the installation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnOffer {
    /// Id of the offer.
    pub id: Uuid,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// Whether it is not offered any more.
    pub withdrawn: bool,
    /// Positions of the installation that it is directed at.
    pub positions: Vec<Uuid>,
    /// How many organisations adopted it.
    pub adopters: i64,
}

impl From<Standing> for OwnOffer {
    fn from(standing: Standing) -> Self {
        Self {
            id: standing.id.0,
            since: standing.since,
            withdrawn: standing.withdrawn,
            positions: standing.positions.into_iter().map(|one| one.0).collect(),
            adopters: standing.adopters,
        }
    }
}

/// Offering a course.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferChange {
    /// Positions of the installation that it is directed at; absent: at nobody in particular.
    #[serde(default)]
    pub positions: Vec<Uuid>,
}

/// What taking over does to a unit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TakeoverUnit {
    /// `add`, `replace`, `remove`, or `stays_out` when it was taken out here.
    #[schema(example = "replace")]
    pub step: &'static str,
    /// The own unit; `null` for one that is new.
    pub unit: Option<Uuid>,
    /// Whether it was changed here: then it is left alone unless it is named in `replace`.
    pub edited: bool,
    /// Its title.
    pub title: String,
    /// The title that it gets, when that is another one.
    pub new_title: Option<String>,
    /// The own text.
    pub mine: String,
    /// The publisher's text.
    pub theirs: String,
    /// Whether the test differs.
    pub test: bool,
    /// Whether texts in other languages differ.
    pub texts: bool,
    /// Whether its film, or what belongs to it, is another one.
    pub film: bool,
    /// What becomes of its film: `none`, `comes` (it is copied, and the course waits for it), `captions` (captions and chapters come), or
    /// `goes`.
    #[schema(example = "comes")]
    pub film_change: &'static str,
    /// What a film that comes takes, in bytes.
    pub film_bytes: Option<u64>,
}

impl From<Difference> for TakeoverUnit {
    fn from(one: Difference) -> Self {
        let step = match one.step {
            Step::Add => "add",
            Step::Replace => "replace",
            Step::Remove => "remove",
            Step::StaysOut => "stays_out",
        };
        let (film_change, film_bytes) = match one.film {
            Change::None => ("none", None),
            Change::Comes(bytes) => ("comes", Some(bytes)),
            Change::Words => ("captions", None),
            Change::Goes => ("goes", None),
        };
        Self {
            step,
            unit: one.unit.map(|unit| unit.0),
            edited: one.edited,
            title: one.title,
            new_title: one.new_title,
            mine: one.mine,
            theirs: one.theirs,
            test: one.test,
            texts: one.texts,
            film: one.film != Change::None,
            film_change,
            film_bytes,
        }
    }
}

/// A newer version.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NewerVersion {
    /// Its id.
    pub version: Uuid,
    /// Its number.
    pub number: i32,
    /// Whether the draft holds changes that learners do not see yet: they are published as well.
    pub unpublished: bool,
    /// The units that differ, in the publisher's order; those that are gone come last.
    pub units: Vec<TakeoverUnit>,
}

impl From<Ahead> for NewerVersion {
    fn from(ahead: Ahead) -> Self {
        Self {
            version: ahead.version.0,
            number: ahead.to,
            unpublished: ahead.unpublished,
            units: ahead.differences.into_iter().map(Into::into).collect(),
        }
    }
}

/// Where an adopted course came from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Adoption {
    /// Id of the offer.
    pub offer: Uuid,
    /// The name of the organisation that offered it.
    pub publisher_name: String,
    /// Number of the publisher's version that was taken over last.
    pub taken: i32,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub taken_at: OffsetDateTime,
    /// Whether it is still offered.
    pub offered: bool,
    /// A newer version, when there is one.
    pub newer: Option<NewerVersion>,
}

/// Taking a newer version over.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeOver {
    /// The version that was looked at; 409 when there is a newer one.
    pub version: Uuid,
    /// Own units that were changed here and are replaced or taken out all the same.
    #[serde(default)]
    pub replace: Vec<Uuid>,
    /// Whoever finished an earlier version takes the course again.
    #[serde(default)]
    pub major: bool,
    /// With `major`: those in the middle begin anew.
    #[serde(default)]
    pub begin_again: bool,
    /// With `major`: by when (`2026-12-31`); absent: as the rules say.
    #[serde(default)]
    pub redo_by: Option<String>,
}

/// What became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TakenOver {
    /// Why the draft is not published yet: `films_not_ready` (it publishes itself when they have come), `tests_not_ready`, `findings`,
    /// `review_first` or `nothing_to_publish`.
    #[schema(value_type = Option<String>)]
    pub waits: Option<&'static str>,
}

async fn own(call: &mut Call, proof: &Taught) -> Result<OwnOffer, Refusal> {
    let standing = offer::standing(&mut call.tx, proof).await?;
    Ok(standing.ok_or(Refusal::Page(Problem::NotFound))?.into())
}

/// Get the offer of a course
///
/// 404 for one that was never offered.
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/offer", tag = "catalogue", operation_id = "getOwnOffer", params(("course" = String, Path)),
    responses((status = 200, description = "How it stands", body = OwnOffer))
)]
pub async fn standing(State(app): State<App>, bearer: Bearer, At(slug): At<String>) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    Ok(Json(own(&mut call, &proof).await?).into_response())
}

/// Offer a course
///
/// The published course goes into the catalogue of the installation, or its offer is directed at other positions. One that was adopted
/// itself is refused.
#[utoipa::path(
    put, path = "/api/v1/courses/{course}/offer", tag = "catalogue", operation_id = "offerCourse", request_body = OfferChange,
    params(("course" = String, Path)), responses((status = 200, description = "How it stands now", body = OwnOffer))
)]
pub async fn make(
    State(app): State<App>,
    bearer: Bearer,
    At(slug): At<String>,
    given: Given<OfferChange>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let positions: Vec<SharedPositionId> = given.value.positions.into_iter().map(SharedPositionId).collect();
    offer::make(&mut call.tx, &proof, &positions).await?;
    let now = own(&mut call, &proof).await?;
    call.done(&now).await
}

/// Withdraw an offer
///
/// Who adopted the course keeps what they have.
#[utoipa::path(
    delete, path = "/api/v1/courses/{course}/offer", tag = "catalogue", operation_id = "withdrawOffer",
    params(("course" = String, Path)), responses((status = 204, description = "Withdrawn"))
)]
pub async fn withdraw(State(app): State<App>, bearer: Bearer, At(slug): At<String>) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    offer::withdraw(&mut call.tx, &proof).await?;
    call.done_silently().await
}

/// Get where an adopted course came from
///
/// With what a newer version would change; 404 for a course that was made here.
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/takeover", tag = "catalogue", operation_id = "getAdoption",
    params(("course" = String, Path)), responses((status = 200, description = "Its origin", body = Adoption))
)]
pub async fn origin(State(app): State<App>, bearer: Bearer, At(slug): At<String>) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let origin = takeover::origin(&mut call.tx, &proof).await?.ok_or(Refusal::Page(Problem::NotFound))?;
    let ahead = takeover::ahead(&mut call.tx, &proof).await?;
    let adoption = Adoption {
        offer: origin.offer.0,
        publisher_name: origin.publisher,
        taken: origin.number,
        taken_at: origin.taken_at,
        offered: origin.open,
        newer: ahead.map(Into::into),
    };
    Ok(Json(adoption).into_response())
}

/// Take a newer version over
///
/// Units that were changed here stay as they are unless they are named. The draft is published unless something stands in the way; with
/// films that are another one at the publisher's it is published when they have been copied. 413 when there is no room for them.
#[utoipa::path(
    post, path = "/api/v1/courses/{course}/takeover", tag = "catalogue", operation_id = "takeOver", request_body = TakeOver,
    params(("course" = String, Path)), responses((status = 200, description = "What became of it", body = TakenOver))
)]
pub async fn take(
    State(app): State<App>,
    bearer: Bearer,
    At(slug): At<String>,
    given: Given<TakeOver>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let new = given.value;
    let asks = if new.major {
        Asks::Again {
            middle: new.begin_again,
            by: new.redo_by.as_deref().map(|day| read_day("redo_by", day)).transpose()?,
        }
    } else {
        Asks::Nothing
    };
    let replace: Vec<UnitId> = new.replace.into_iter().map(UnitId).collect();
    let waits =
        takeover::take(&mut call.tx, &app.blobs, &proof, VersionId(new.version), &replace, asks).await?;
    call.done(&TakenOver { waits: waits.map(courses::plan::Refusal::word) }).await
}

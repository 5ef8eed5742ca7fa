//! The catalogue that the organisations of an installation have in common: what others offer, making a course of one's own of it with
//! people and a deadline, and what is done with the offers of a publisher.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use base::OrganisationId;
use courses::offer::adopt;
use courses::offer::content::{self, Unit};
use courses::offer::films::{self, OfferedFilm};
use courses::offer::seen::{self, Adopter, Offer};
use courses::offer::wish::{self, Publisher};
use courses::{OfferId, VersionId};
use identity::SignedIn;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::given::{Given, Sought};
use crate::api::list::{Page, Paged};
use crate::api::refusal::{Answer, Refusal, Wrong};
use crate::api::rules::{self, NewRule};
use crate::request::At;
use crate::state::App;

/// A course that another organisation offers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CatalogueOffer {
    /// Id of the offer.
    pub id: Uuid,
    /// Id of the organisation that offers it.
    pub publisher: Uuid,
    /// Its name.
    pub publisher_name: String,
    /// Id of the newest version.
    pub version: Uuid,
    /// Number of the newest version.
    pub number: i32,
    /// When that was published.
    #[serde(with = "time::serde::rfc3339")]
    pub published_at: OffsetDateTime,
    /// Title.
    pub title: String,
    /// One paragraph.
    pub summary: String,
    /// `pl`, `en` or `uk`.
    pub language: String,
    /// Units.
    pub units: i64,
    /// Reading time, in minutes.
    pub minutes: i64,
    /// Units with a film.
    pub films: i64,
    /// Units with a test.
    pub tests: i64,
    /// Positions of the installation that it is directed at.
    pub positions: Vec<Uuid>,
    /// The course that the own organisation made of it, by its name in addresses.
    pub course: Option<String>,
    /// Number of the publisher's version that was taken over last.
    pub taken: Option<i32>,
    /// Whether there is a newer one.
    pub newer: bool,
}

impl From<Offer> for CatalogueOffer {
    fn from(offer: Offer) -> Self {
        Self {
            newer: offer.is_newer(),
            id: offer.id.0,
            publisher: offer.publisher_id.0,
            publisher_name: offer.publisher,
            version: offer.version.0,
            number: offer.number,
            published_at: offer.published_at,
            title: offer.title,
            summary: offer.summary,
            language: offer.language,
            units: offer.units,
            minutes: offer.minutes,
            films: offer.films,
            tests: offer.tests,
            positions: offer.positions.into_iter().map(|one| one.0).collect(),
            course: offer.adopted,
            taken: offer.taken,
        }
    }
}

/// A unit that is offered. The key of its test comes with the course that is made of it, not before.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OfferedUnit {
    /// Title of its section.
    pub section: String,
    /// Title.
    pub title: String,
    /// Reading time, in minutes.
    pub minutes: i32,
    /// Its text.
    pub markdown: String,
    /// Whether it shows a film.
    pub has_film: bool,
    /// The film's length, when it is known, in milliseconds.
    pub film_ms: Option<u32>,
    /// What the film takes, in bytes: it comes along.
    pub film_bytes: Option<u64>,
    /// Questions of its test; 0 without one.
    pub questions: usize,
    /// Other languages that it is written in.
    pub languages: Vec<String>,
}

impl OfferedUnit {
    fn new(unit: Unit, shown: &[OfferedFilm]) -> Self {
        let film = shown.iter().find(|film| film.unit == unit.id);
        Self {
            film_ms: film.and_then(|film| film.length_ms),
            film_bytes: film.map(|film| film.bytes),
            section: unit.section,
            title: unit.content.title,
            minutes: unit.content.minutes,
            markdown: unit.content.markdown,
            has_film: unit.has_film,
            questions: unit.content.test.map_or(0, |(_, questions)| questions.len())
                + unit.content.pool.len(),
            languages: unit.content.texts.into_keys().collect(),
        }
    }
}

/// An offer with everything that is in it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OfferedCourse {
    /// The offer.
    pub offer: CatalogueOffer,
    /// Its units, in order.
    pub units: Vec<OfferedUnit>,
}

/// Adopting a course.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdoptOffer {
    /// The version that was looked at; 409 when there is a newer one.
    pub version: Uuid,
    /// Whom the course is assigned to at once, and by when.
    #[serde(default)]
    pub rules: Vec<NewRule>,
}

/// The course that was made of an offer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdoptedCourse {
    /// Its name in addresses.
    pub course: String,
    /// Why it is not published yet: `films_not_ready` (it publishes itself when they have come), `tests_not_ready`, `findings`,
    /// `review_first` or `nothing_to_publish`.
    #[schema(value_type = Option<String>)]
    pub waits: Option<&'static str>,
}

/// An organisation that offers something, and what is done with it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CataloguePublisher {
    /// Id of the organisation.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Open offers.
    pub offers: i64,
    /// Of them those that are directed at positions.
    pub directed: i64,
    /// Days that the rules give when its directed offers are adopted by themselves; `null`: they are only shown.
    pub due_days: Option<i32>,
}

impl From<Publisher> for CataloguePublisher {
    fn from(publisher: Publisher) -> Self {
        Self {
            id: publisher.id.0,
            name: publisher.name,
            offers: publisher.offers,
            directed: publisher.directed,
            due_days: publisher.automatic,
        }
    }
}

/// What is done with the offers of a publisher.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublisherDecision {
    /// Days that the rules give, when what is directed at one's own positions is adopted by itself; absent or `null`: nothing is
    /// adopted by itself, offers are only shown.
    #[serde(default)]
    pub due_days: Option<i32>,
}

/// List what others offer
///
/// For those who make courses or administer them, by title.
#[utoipa::path(
    get, path = "/api/v1/catalogue/offers", tag = "catalogue", operation_id = "listOffers", params(Paged),
    responses((status = 200, description = "A page of offers", body = Page<CatalogueOffer>))
)]
pub async fn list(State(app): State<App>, bearer: Bearer, uri: Uri, Sought(paged): Sought<Paged>) -> Answer {
    let (mut call, adopter) = bearer.open_as(&app, Adopter::of).await?;
    let offers = seen::all(&mut call.tx, &adopter).await?;
    Ok(Page::cut(offers.into_iter().map(CatalogueOffer::from), paged.page).answer(&uri))
}

/// Get an offer
#[utoipa::path(
    get, path = "/api/v1/catalogue/offers/{offer}", tag = "catalogue", operation_id = "getOffer",
    params(("offer" = Uuid, Path)), responses((status = 200, description = "The offer with its units", body = OfferedCourse))
)]
pub async fn one(State(app): State<App>, bearer: Bearer, At(id): At<OfferId>) -> Answer {
    let (mut call, adopter) = bearer.open_as(&app, Adopter::of).await?;
    let offer = seen::one(&mut call.tx, &adopter, id).await?;
    let units = content::units(&mut call.tx, &adopter, id, offer.version).await?;
    let shown = films::all(&mut call.tx, &adopter, id, offer.version).await?;
    let units = units.into_iter().map(|unit| OfferedUnit::new(unit, &shown)).collect();
    let course = OfferedCourse { offer: offer.into(), units };
    Ok(Json(course).into_response())
}

/// Adopt an offer
///
/// Makes a course of one's own of it, taught by whoever asks, and publishes it unless something stands in the way; with films it
/// publishes itself when they have been copied, and 413 says that there is no room for them. With rules it is assigned in the same act.
/// An organisation has one course of an offer: asked again, the answer is 200 with the course of before, and its rules stay as they are.
#[utoipa::path(
    post, path = "/api/v1/catalogue/offers/{offer}/adopt", tag = "catalogue", operation_id = "adoptOffer", request_body = AdoptOffer,
    params(("offer" = Uuid, Path)),
    responses(
        (status = 201, description = "The course", body = AdoptedCourse),
        (status = 200, description = "The course that there was before", body = AdoptedCourse)
    )
)]
pub async fn adopt_offer(
    State(app): State<App>,
    bearer: Bearer,
    At(id): At<OfferId>,
    given: Given<AdoptOffer>,
) -> Answer {
    let (mut call, adopter) = bearer.open_as(&app, Adopter::of).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let AdoptOffer { version, rules } = given.value;
    // An offer that is not there is not there, whatever was posted with it.
    seen::one(&mut call.tx, &adopter, id).await?;
    let made = adopt::adopt(&mut call.tx, &app.blobs, &adopter, id, VersionId(version), false).await?;
    let slug = made.course.slug().to_owned();
    let told = AdoptedCourse { course: slug.clone(), waits: made.waits.map(courses::plan::Refusal::word) };
    if !made.fresh {
        return call.done(&told).await;
    }
    for (at, rule) in rules.iter().enumerate() {
        rules::direct(&mut call, &made.course, rule).await.map_err(|refusal| within(at, refusal))?;
    }
    call.created(format!("/api/v1/courses/{slug}"), &told).await
}

/// The same refusal with the fields of the rule at that place.
fn within(at: usize, refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Invalid(wrongs) => Refusal::Invalid(
            wrongs
                .into_iter()
                .map(|wrong| Wrong { field: format!("rules[{at}].{}", wrong.field), ..wrong })
                .collect(),
        ),
        other => other,
    }
}

/// List who offers something
///
/// For those who administer the organisation, with what was decided about each.
#[utoipa::path(
    get, path = "/api/v1/catalogue/publishers", tag = "catalogue", operation_id = "listPublishers", params(Paged),
    responses((status = 200, description = "A page of publishers", body = Page<CataloguePublisher>))
)]
pub async fn publishers(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    Sought(paged): Sought<Paged>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::people_admin).await?;
    let all = wish::publishers(&mut call.tx, &proof).await?;
    Ok(Page::cut(all.into_iter().map(CataloguePublisher::from), paged.page).answer(&uri))
}

/// Decide about a publisher
///
/// Without days its offers are declined as far as nobody adopts them by hand: what was adopted before stays.
#[utoipa::path(
    put, path = "/api/v1/catalogue/publishers/{publisher}", tag = "catalogue", operation_id = "decideAboutPublisher",
    request_body = PublisherDecision, params(("publisher" = Uuid, Path)),
    responses((status = 204, description = "Decided"))
)]
pub async fn decide(
    State(app): State<App>,
    bearer: Bearer,
    At(publisher): At<OrganisationId>,
    given: Given<PublisherDecision>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::people_admin).await?;
    wish::decide(&mut call.tx, &proof, publisher, given.value.due_days).await?;
    call.done_silently().await
}

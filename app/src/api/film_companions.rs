//! Films that accompany a film: in sign language, with audio description. They are films of other units of the course, sent and watched like
//! any film.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use courses::companion::{self as area, Companions};
use courses::film::{for_editing, for_watching};
use courses::{UnitId, outline};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use video::companion::{self, Kind};
use video::{FilmId, Watchable, film};

use crate::api::call::{Bearer, Call};
use crate::api::given::Given;
use crate::api::refusal::{Answer, Refusal};
use crate::api::teaching::teaching;
use crate::problem::Problem;
use crate::request::At;
use crate::state::App;

/// What a companion is to its film.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompanionKind {
    /// An interpreter: a second picture.
    SignLanguage,
    /// What is seen is told as well: another sound.
    AudioDescription,
}

impl From<Kind> for CompanionKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::SignLanguage => Self::SignLanguage,
            Kind::AudioDescription => Self::AudioDescription,
        }
    }
}

/// A film that accompanies another one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Companion {
    /// What it is to the film.
    pub kind: CompanionKind,
    /// The companion's id; what was seen of it is kept with it.
    pub film: Uuid,
    /// Its title.
    pub title: String,
    /// As `state` of any film.
    #[schema(example = "ready")]
    pub state: &'static str,
    /// Whether its beginning can be watched already.
    pub playable: bool,
}

/// The films that accompany a film.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FilmCompanions {
    /// At most one of a kind.
    pub companions: Vec<Companion>,
}

/// Which films are to accompany a film; absent or `null`: none.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompanionsWanted {
    /// The film in sign language, of another unit of the draft.
    #[serde(default)]
    pub sign_language: Option<Uuid>,
    /// The film with audio description, of another unit of the draft.
    #[serde(default)]
    pub audio_description: Option<Uuid>,
}

async fn shown(call: &mut Call, proof: &Watchable) -> Result<FilmCompanions, Refusal> {
    let mut companions = Vec::new();
    for (kind, id) in companion::of(&mut call.tx, proof).await? {
        // Whoever may not watch it does not hear of it.
        let proof = match for_watching(&mut call.tx, &call.me, id).await {
            Ok(proof) => proof,
            Err(courses::Error::NotFound) => continue,
            Err(error) => return Err(error.into()),
        };
        let film = film::one(&mut call.tx, &proof).await?;
        companions.push(Companion {
            kind: kind.into(),
            film: film.id.0,
            title: film.title,
            state: film.state.word(),
            playable: film.playable,
        });
    }
    Ok(FilmCompanions { companions })
}

/// List the films that accompany a film
///
/// Those that one may watch.
#[utoipa::path(
    get, path = "/api/v1/films/{film}/companions", tag = "films", operation_id = "listCompanions", params(("film" = Uuid, Path)),
    responses((status = 200, description = "The films", body = FilmCompanions))
)]
pub async fn list(State(app): State<App>, bearer: Bearer, At(id): At<FilmId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = for_watching(&mut call.tx, &call.me, id).await?;
    Ok(Json(shown(&mut call, &proof).await?).into_response())
}

/// Say which films accompany the film of a unit
///
/// In place of those that do.
#[utoipa::path(
    put, path = "/api/v1/courses/{course}/units/{unit}/companions", tag = "films", operation_id = "putCompanions",
    request_body = CompanionsWanted, params(("course" = String, Path), ("unit" = Uuid, Path)),
    responses((status = 200, description = "The films", body = FilmCompanions))
)]
pub async fn put(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, unit)): At<(String, UnitId)>,
    given: Given<CompanionsWanted>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let film = outline::unit(&mut call.tx, &proof, unit).await?.film;
    let editable = for_editing(&mut call.tx, &proof, film.ok_or(Refusal::Page(Problem::NotFound))?).await?;
    let wanted = Companions {
        sign_language: given.value.sign_language.map(FilmId),
        audio_description: given.value.audio_description.map(FilmId),
    };
    area::set(&mut call.tx, &proof, &editable, &wanted).await?;
    let now = shown(&mut call, &editable.watchable()).await?;
    call.done(&now).await
}

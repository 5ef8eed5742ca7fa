//! Search in the courses that one may see.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use courses::search::{self, Hit, Piece, Place};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::call::Bearer;
use crate::api::given::Sought;
use crate::api::refusal::Answer;
use crate::courses::search::{MOST_TYPED, way};
use crate::state::App;

/// What is searched for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Searched {
    /// Words, every one of which is to be found; the first 200 letters count.
    pub q: String,
}

/// A passage that was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchHit {
    /// `course`, `unit`, `film` or `question`.
    #[schema(example = "unit")]
    pub place: &'static str,
    /// Its address on this site; of a film with the second.
    pub path: String,
    /// The title.
    pub title: String,
    /// The sentence around the first word that was found; empty when only the title has it.
    pub sentence: String,
    /// The language of both: a unit in several languages is found in its own and in the one that the caller reads it in.
    #[schema(example = "uk")]
    pub language: String,
}

/// A course in which something was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchedCourse {
    /// The course's name in addresses.
    pub course: String,
    /// Its title, in the language in which the caller reads it where there is one.
    pub title: String,
    /// Its own language.
    pub language: String,
    /// The best first.
    pub hits: Vec<SearchHit>,
}

/// What a search answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchResults {
    /// Nothing was found as it was asked for; these have words that look like it.
    pub similar: bool,
    /// The best first.
    pub courses: Vec<SearchedCourse>,
}

fn plain(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

fn hit(course: &str, hit: &Hit) -> SearchHit {
    let place = match &hit.place {
        Place::Course => "course",
        Place::Unit => "unit",
        Place::Film(_) => "film",
        Place::Bank { .. } | Place::Answer { .. } => "question",
    };
    SearchHit {
        place,
        path: way(course, hit),
        title: plain(&hit.title),
        sentence: plain(&hit.sentence),
        language: hit.language.clone(),
    }
}

/// Search
///
/// In the units and captions of the courses that one may see, in questions of those that one teaches, and in questions of one's own
/// attempts once their key is shown.
#[utoipa::path(
    get, path = "/api/v1/search", tag = "search", operation_id = "search", params(Searched),
    responses((status = 200, description = "What was found", body = SearchResults))
)]
pub async fn find(State(app): State<App>, bearer: Bearer, Sought(wanted): Sought<Searched>) -> Answer {
    search::ready().await;
    let mut call = bearer.open(&app).await?;
    let typed: String = wanted.q.trim().chars().filter(|letter| *letter != '\0').take(MOST_TYPED).collect();
    let found = search::search(&mut call.tx, &call.me, &typed).await?;
    let courses = found.courses.into_iter().map(|one| SearchedCourse {
        hits: one.hits.iter().map(|found| hit(&one.slug, found)).collect(),
        course: one.slug,
        title: one.title,
        language: one.language,
    });
    Ok(Json(SearchResults { similar: found.similar, courses: courses.collect() }).into_response())
}

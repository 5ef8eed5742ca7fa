//! The bank of questions of a course.

use axum::extract::State;
use axum::http::Uri;
use courses::quiz::bank::{self, Filter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::given::Sought;
use crate::api::list::{Page, skip};
use crate::api::quizzes::{BankQuestion, with_key};
use crate::api::refusal::Answer;
use crate::api::teaching::teaching;
use crate::request::At;
use crate::state::App;

/// Which questions.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SoughtQuestions {
    /// Words in the question, an answer, feedback, its title or key; the first 200 letters count.
    pub q: Option<String>,
    /// Only with this tag.
    pub tag: Option<String>,
    /// Only those that no test of the draft has.
    pub unused: Option<bool>,
    /// Page, from 1.
    #[param(minimum = 1, default = 1)]
    pub page: Option<u32>,
}

/// A question of the bank.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BankLine {
    /// The question as it reads now.
    pub question: BankQuestion,
    /// How many versions it has.
    pub versions: i32,
    /// The units whose tests have it.
    pub units: Vec<Uuid>,
    /// The units whose tests can draw it from the bank, by one of its tags.
    pub drawn_by: Vec<Uuid>,
}

/// List the questions of a course, with the key
///
/// By key: those in tests of the draft, and those that no test has any more.
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/questions", tag = "tests", operation_id = "listBankQuestions",
    params(("course" = String, Path), SoughtQuestions),
    responses((status = 200, description = "A page of questions", body = Page<BankLine>))
)]
pub async fn questions(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    At(slug): At<String>,
    Sought(sought): Sought<SoughtQuestions>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let filter = Filter {
        tag: sought.tag.unwrap_or_default().chars().take(200).collect(),
        text: sought.q.unwrap_or_default().trim().chars().take(200).collect(),
        unused: sought.unused.unwrap_or(false),
        skip: skip(sought.page),
    };
    let found = bank::page(&mut call.tx, &proof, &filter).await?;
    let mut items = Vec::with_capacity(found.lines.len());
    // The area answers the last page for one beyond it; here that one is empty, as in every list.
    if filter.skip < found.found {
        for line in found.lines {
            let draws = found.places.iter().filter(|place| line.is_drawn_by(place));
            let drawn_by = draws.map(|place| place.unit.0).collect();
            let units = line.units.into_iter().map(|unit| unit.0).collect();
            let question = with_key(line.question)?;
            items.push(BankLine { question, versions: line.versions, units, drawn_by });
        }
    }
    Ok(Page::of(items, sought.page, found.found).answer(&uri))
}

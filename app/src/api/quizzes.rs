//! Tests: questions with their key and everybody's results for those who teach the course; for those who take it, their own attempts,
//! and nothing of the key before it may leave the server.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use courses::quiz::attempt::{self, Attempt, Line};
use courses::quiz::results::{self, Outcome};
use courses::quiz::{Question, Supply, begin, pool, store};
use courses::{AttemptId, UnitId, outline};
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::courses::{line, taken};
use crate::api::given::Sought;
use crate::api::list::{Page, Paged};
use crate::api::refusal::{Answer, Refusal};
use crate::api::teaching::teaching;
use crate::problem::Problem;
use crate::request::At;
use crate::state::App;

/// A question with its key.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BankQuestion {
    /// Its name, unique in the course.
    pub key: String,
    /// What authors call it.
    pub title: Option<String>,
    /// What is asked, Markdown.
    pub text: String,
    /// By which draws choose.
    pub tags: Vec<String>,
    /// What a right answer is worth.
    pub points: u16,
    /// Options keep the order in which they are written.
    pub fixed: bool,
    /// What kind of answer is wanted, with the key; `type` says which.
    #[schema(value_type = Object)]
    pub kind: Value,
    /// What everybody is told afterwards.
    pub feedback: Option<String>,
}

/// The test of a unit in the draft.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DraftTest {
    /// How it is taken: share that passes, attempts, minutes, draws, when the key is shown.
    #[schema(value_type = Object)]
    pub settings: Value,
    /// Rises with every save.
    pub revision: i32,
    /// In order.
    pub questions: Vec<BankQuestion>,
    /// The draws of the settings, in order, each beside what there is for it.
    pub draws: Vec<TestDraw>,
}

/// A draw of a test beside what it draws from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TestDraw {
    /// How many questions every attempt gets.
    pub count: u16,
    /// Of those with this tag; `null`: of all questions of the test that no other draw names.
    pub tag: Option<String>,
    /// Of the questions of the course that the test does not have itself; else of those of the test.
    pub bank: bool,
    /// How many questions there are for it. With fewer than `count` the course cannot be published.
    pub there: usize,
    /// The least points of one of them, when they differ.
    pub points_least: Option<u16>,
    /// The most.
    pub points_most: Option<u16>,
}

impl From<Supply> for TestDraw {
    fn from(supply: Supply) -> Self {
        Self {
            count: supply.draw.count,
            tag: supply.draw.tag,
            bank: supply.draw.bank,
            there: supply.there,
            points_least: supply.points.map(|(least, _)| least),
            points_most: supply.points.map(|(_, most)| most),
        }
    }
}

/// An attempt.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttemptLine {
    /// Id.
    pub id: Uuid,
    /// From 1, within a cycle of the course.
    pub number: i32,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// When it ended; `null` while it is open.
    #[serde(with = "time::serde::rfc3339::option")]
    pub submitted_at: Option<OffsetDateTime>,
    /// Whether the time ran out.
    pub by_time: bool,
    /// Thousandths of the points; `null` while it is open or waits to be marked.
    pub score_per_mille: Option<u16>,
    /// Whether it passed.
    pub passed: Option<bool>,
}

impl From<Line> for AttemptLine {
    fn from(line: Line) -> Self {
        Self {
            id: line.id.0,
            number: line.number,
            started_at: line.started_at,
            submitted_at: line.submitted_at,
            by_time: line.by_time,
            score_per_mille: line.score,
            passed: line.passed,
        }
    }
}

/// Somebody's attempt.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TestResult {
    /// Whose.
    pub person: Uuid,
    /// Family name and given name.
    pub name: String,
    /// The unit that they work in.
    pub org_unit_name: Option<String>,
    /// The cycle of the course.
    pub cycle: i32,
    /// What came of it.
    pub attempt: AttemptLine,
}

impl From<Outcome> for TestResult {
    fn from(outcome: Outcome) -> Self {
        Self {
            person: outcome.person.0,
            name: outcome.name,
            org_unit_name: outcome.unit_name,
            cycle: outcome.cycle,
            attempt: outcome.line.into(),
        }
    }
}

/// One's own attempts at a test.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnAttempts {
    /// Share of the points that passes, in per cent.
    pub pass_percent: u8,
    /// Attempts that are left in this cycle; `null`: any number.
    pub left: Option<usize>,
    /// The newest first.
    pub items: Vec<AttemptLine>,
}

/// A question of one's own attempt.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttemptQuestion {
    /// From 1.
    pub position: usize,
    /// Language of its words.
    pub language: String,
    /// What was asked, Markdown.
    pub text: String,
    /// What it is worth.
    pub points: u16,
    /// Whether something was answered.
    pub answered: bool,
    /// Thousandths of its points; `null` before it may be shown, and while somebody has to mark it.
    pub score_per_mille: Option<i32>,
    /// The key, what was answered and feedback; `null` before they may be shown.
    #[schema(value_type = Option<Object>)]
    pub explained: Option<Value>,
}

/// One's own attempt that has ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnAttempt {
    /// What came of it.
    pub attempt: AttemptLine,
    /// Whether the test shows key and feedback now.
    pub revealed: bool,
    /// Its questions, once they are shown; empty before.
    pub questions: Vec<AttemptQuestion>,
}

/// A value of an area as JSON. Errors: it cannot be written, which does not happen.
pub fn value(of: &impl Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(of).map_err(|error| {
        tracing::error!(%error, "an answer cannot be written");
        Refusal::Page(Problem::Unavailable(5))
    })
}

/// A question with its key, for those who teach. Errors: as [`value`].
pub(super) fn with_key(question: Question) -> Result<BankQuestion, Refusal> {
    Ok(BankQuestion {
        kind: value(&question.kind)?,
        key: question.key,
        title: question.title,
        text: question.text,
        tags: question.tags,
        points: question.points,
        fixed: question.fixed,
        feedback: question.feedback,
    })
}

/// List the questions of a test, with the key
///
/// The test of the unit as it is in the draft.
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/units/{unit}/test/questions", tag = "tests", operation_id = "listTestQuestions",
    params(("course" = String, Path), ("unit" = Uuid, Path)),
    responses((status = 200, description = "The test", body = DraftTest))
)]
pub async fn questions(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, unit)): At<(String, UnitId)>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let draft = store::draft_in_full(&mut call.tx, &proof, unit).await?;
    let draft = draft.ok_or(Refusal::Page(Problem::NotFound))?;
    let draws = pool::supplies(&mut call.tx, &proof, &draft.settings, &draft.questions).await?;
    let questions = draft.questions.into_iter().map(with_key).collect::<Result<Vec<_>, _>>()?;
    let test = DraftTest {
        settings: value(&draft.settings)?,
        revision: draft.revision,
        questions,
        draws: draws.into_iter().map(Into::into).collect(),
    };
    Ok(Json(test).into_response())
}

/// List everybody's results of a test
///
/// By name, each person's newest attempt first.
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/units/{unit}/test/results", tag = "tests", operation_id = "listTestResults",
    params(("course" = String, Path), ("unit" = Uuid, Path), Paged),
    responses((status = 200, description = "A page of results", body = Page<TestResult>))
)]
pub async fn all_results(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    At((slug, unit)): At<(String, UnitId)>,
    Sought(paged): Sought<Paged>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    outline::unit(&mut call.tx, &proof, unit).await?;
    let all = results::all(&mut call.tx, &proof, unit).await?;
    Ok(Page::cut(all.into_iter().map(TestResult::from), paged.page).answer(&uri))
}

/// List one's own attempts at a test
///
/// Of this cycle of the course.
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/units/{unit}/attempts", tag = "tests", operation_id = "listOwnAttempts",
    params(("course" = String, Path), ("unit" = Uuid, Path)),
    responses((status = 200, description = "The attempts", body = OwnAttempts))
)]
pub async fn own_attempts(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, unit)): At<(String, UnitId)>,
) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = taken(&mut call, &slug).await?;
    let line = line(&mut call, &proof, unit).await?;
    let test = begin::test(&mut call.tx, &proof, &line.slug).await?;
    let own = OwnAttempts {
        pass_percent: test.settings.pass_percent,
        left: test.left(),
        items: test.attempts.into_iter().map(Into::into).collect(),
    };
    // What ran out of time was ended by looking.
    call.done(&own).await
}

/// Get one's own attempt
///
/// The result of one that has ended. Its questions come with key and feedback, and only when the test shows these; each in the language
/// that the caller chose to read the course in where it has words in it, else in that of the course.
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/units/{unit}/attempts/{attempt}", tag = "tests", operation_id = "getOwnAttempt",
    params(("course" = String, Path), ("unit" = Uuid, Path), ("attempt" = Uuid, Path)),
    responses((status = 200, description = "The attempt", body = OwnAttempt))
)]
pub async fn own_attempt(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, unit, id)): At<(String, UnitId, AttemptId)>,
) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = taken(&mut call, &slug).await?;
    let line = line(&mut call, &proof, unit).await?;
    let attempt = attempt::one(&mut call.tx, &proof, &line.slug, id, "").await?;
    let revealed = attempt.reveals && !attempt.is_open();
    let questions = if revealed { explained(&attempt)? } else { Vec::new() };
    let own = OwnAttempt { attempt: attempt.line.clone().into(), revealed, questions };
    Ok(Json(own).into_response())
}

fn explained(attempt: &Attempt) -> Result<Vec<AttemptQuestion>, Refusal> {
    let mut questions = Vec::with_capacity(attempt.len());
    for position in 1..=attempt.len() {
        let (Some(shown), Some(slot)) = (attempt.shown(position), attempt.slot(position)) else { continue };
        questions.push(AttemptQuestion {
            position,
            language: attempt.language_at(position).to_owned(),
            text: shown.text,
            points: shown.points,
            answered: slot.is_answered(),
            score_per_mille: slot.score,
            explained: attempt.explained(position).map(|explained| value(&explained)).transpose()?,
        });
    }
    Ok(questions)
}

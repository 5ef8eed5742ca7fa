//! Review: questions of one's finished courses, asked again later. What today asks for, one question, and its answer; nobody but the
//! person gets any of it.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use courses::QuestionId;
use courses::quiz::AnswerFault;
use courses::recall::{self, Chosen, Given as Answered, Rating, card};
use identity::{Problem, day};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::courses::taken;
use crate::api::given::Given;
use crate::api::quizzes::value;
use crate::api::refusal::{Answer, Refusal};
use crate::request::At;
use crate::state::App;

/// A course that one is asked about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReviewedCourse {
    /// Its name in addresses.
    pub course: String,
    /// Its title.
    pub title: String,
    /// Its questions that can be asked at present.
    pub questions: i64,
    /// Whether they wait for the end of a test that is under way.
    pub resting: bool,
}

impl From<Chosen> for ReviewedCourse {
    fn from(chosen: Chosen) -> Self {
        Self {
            course: chosen.slug,
            title: chosen.title,
            questions: chosen.questions,
            resting: chosen.resting,
        }
    }
}

/// The day's session.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Review {
    /// The day in Warsaw (`2026-12-31`).
    pub day: String,
    /// Ids of the questions that are left for today, in order: as many as fit into five minutes.
    pub cards: Vec<Uuid>,
    /// Questions that were answered today.
    pub done: i64,
    /// Minutes that the rest takes.
    pub minutes: i64,
    /// When nothing is left: the next day with a question; `null` when none will come.
    pub next_on: Option<String>,
    /// The courses that one switched it on for.
    pub courses: Vec<ReviewedCourse>,
}

/// A question.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReviewCard {
    /// Id.
    pub id: Uuid,
    /// The course's name in addresses.
    pub course: String,
    /// The course's title.
    pub title: String,
    /// How often it was answered; goes back with the answer, so that one answer counts once.
    pub seen: i32,
    /// Language of its words: the one that the caller chose to read the course in where it has words in it, else that of the course.
    pub language: String,
    /// What is asked and what can be answered, without the key; `type` says in which fields.
    #[schema(value_type = Object)]
    pub question: Value,
}

/// A field of an answer: `choice`, `truth`, `text`, `number`, `pair-1`, `place-1`, `gap-1` or `essay`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerField {
    /// Its name.
    pub name: String,
    /// Its value; of options their name.
    pub value: String,
}

/// How a right answer went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewRating {
    /// With an effort.
    Hard,
    /// As it should.
    #[default]
    Good,
    /// At once.
    Easy,
}

impl From<ReviewRating> for Rating {
    fn from(rating: ReviewRating) -> Self {
        match rating {
            ReviewRating::Hard => Self::Hard,
            ReviewRating::Good => Self::Good,
            ReviewRating::Easy => Self::Easy,
        }
    }
}

/// An answer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewAnswer {
    /// `seen` of the question that is answered.
    pub seen: i32,
    /// What was answered; with `give_up` nothing.
    #[serde(default)]
    pub fields: Vec<AnswerField>,
    /// Nothing is known: the key is told, and the question comes again soon.
    #[serde(default)]
    pub give_up: bool,
    /// How a right answer went; what is not wholly right comes again soon whatever this says.
    #[serde(default)]
    pub rating: ReviewRating,
    /// How long it took.
    #[serde(default)]
    pub seconds: i64,
}

/// What came of an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReviewOutcome {
    /// Whether it counted: an answer to a question that was answered since, or is not due, does not.
    pub counted: bool,
    /// Whether it was wholly right.
    pub right: bool,
    /// What it is worth, in thousandths.
    pub score_per_mille: u16,
    /// The key, what was answered and feedback.
    #[schema(value_type = Object)]
    pub explained: Value,
    /// The question that comes next today; `null` when the session is over.
    pub next: Option<Uuid>,
}

/// Get today's session
#[utoipa::path(
    get, path = "/api/v1/me/review", tag = "review", operation_id = "getReview",
    responses((status = 200, description = "What is left for today", body = Review))
)]
pub async fn today(State(app): State<App>, bearer: Bearer) -> Answer {
    let mut call = bearer.open(&app).await?;
    let today = recall::today(&mut call.tx).await?;
    let cards = card::session(&mut call.tx, &today).await?;
    let courses = recall::chosen(&mut call.tx).await?;
    let review = Review {
        day: day::written(today.day),
        cards: cards.into_iter().map(|id| id.0).collect(),
        done: today.done,
        minutes: today.minutes(),
        next_on: today.next_on.map(day::written),
        courses: courses.into_iter().map(Into::into).collect(),
    };
    Ok(Json(review).into_response())
}

/// Switch review on for a course
///
/// For those who finished the course and passed a test of it; 409 before. Twice is once.
#[utoipa::path(
    put, path = "/api/v1/me/review/courses/{course}", tag = "review", operation_id = "switchReviewOn",
    params(("course" = String, Path)), responses((status = 204, description = "It is on"))
)]
pub async fn switch_on(State(app): State<App>, bearer: Bearer, At(slug): At<String>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = taken(&mut call, &slug).await?;
    recall::switch_on(&mut call.tx, &proof).await?;
    call.done_silently().await
}

/// Switch review off for a course
///
/// Everything that was kept of one's answers is deleted.
#[utoipa::path(
    delete, path = "/api/v1/me/review/courses/{course}", tag = "review", operation_id = "switchReviewOff",
    params(("course" = String, Path)), responses((status = 204, description = "It is off"))
)]
pub async fn switch_off(State(app): State<App>, bearer: Bearer, At(slug): At<String>) -> Answer {
    let mut call = bearer.open(&app).await?;
    recall::switch_off(&mut call.tx, &slug).await?;
    call.done_silently().await
}

/// Get a question
///
/// One that is not due is refused with 409: its options would stand in the order of another day.
#[utoipa::path(
    get, path = "/api/v1/me/review/cards/{card}", tag = "review", operation_id = "getReviewCard",
    params(("card" = Uuid, Path)), responses((status = 200, description = "The question", body = ReviewCard))
)]
pub async fn one(State(app): State<App>, bearer: Bearer, At(id): At<QuestionId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let card = card::one(&mut call.tx, id, "").await?;
    if !card.is_due() {
        return Err(Refusal::WrongState);
    }
    let shown = ReviewCard {
        id: card.id.0,
        language: card.language().to_owned(),
        question: value(&card.shown())?,
        course: card.course_slug,
        title: card.course_title,
        seen: card.reviews,
    };
    Ok(Json(shown).into_response())
}

/// Answer a question
///
/// The answer is marked, counted once, and the key is told.
#[utoipa::path(
    post, path = "/api/v1/me/review/cards/{card}/answer", tag = "review", operation_id = "answerReviewCard",
    request_body = ReviewAnswer, params(("card" = Uuid, Path)),
    responses((status = 200, description = "What came of it", body = ReviewOutcome))
)]
pub async fn answer(
    State(app): State<App>,
    bearer: Bearer,
    At(id): At<QuestionId>,
    given: Given<ReviewAnswer>,
) -> Answer {
    let mut call = bearer.open(&app).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let typed = given.value;
    let card = card::one(&mut call.tx, id, "").await?.as_seen(typed.seen);
    let fields: Vec<(String, String)> =
        typed.fields.into_iter().map(|field| (field.name, field.value)).collect();
    let read = if typed.give_up { None } else { card.read(&fields).map_err(|fault| wrong(&fault))? };
    if read.is_none() && !typed.give_up {
        return Err(Refusal::field("fields", Problem::Missing));
    }
    let explained = card.explained(read.as_ref());
    let per_mille = explained.per_mille.unwrap_or(0);
    let answered =
        Answered { seen: typed.seen, per_mille, rating: typed.rating.into(), seconds: typed.seconds };
    let counted = card::record(&mut call.tx, &card, &answered).await?;
    let today = recall::today(&mut call.tx).await?;
    let next = card::next(&mut call.tx, &today).await?;
    let outcome = ReviewOutcome {
        counted,
        right: per_mille == 1000,
        score_per_mille: per_mille,
        explained: value(&explained)?,
        next: next.map(|id| id.0),
    };
    call.done(&outcome).await
}

/// The field of the question that cannot be taken.
fn wrong(fault: &AnswerFault) -> Refusal {
    let (field, problem) = match fault {
        AnswerFault::NoSuchOption { field } => (field, Problem::Unknown),
        AnswerFault::SeveralChosen { field }
        | AnswerFault::NotANumber { field }
        | AnswerFault::OtherUnit { field, .. } => (field, Problem::Malformed),
        AnswerFault::TooLong { field, most } => (field, Problem::TooLong(*most)),
    };
    Refusal::field(field, problem)
}

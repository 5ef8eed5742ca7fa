//! The pictures that questions show and the units that they lead to, and the addresses that these have.

use std::collections::HashMap;

use base::Tx;

use super::attempt::Attempt;
use super::begin::Test;
use super::question::{Kind, Question};
use crate::error::Error;
use crate::find::{Taken, Taught};
use crate::markdown::Places;
use crate::{CourseId, publish};

/// The addresses of the pictures of an attempt's questions, in the course of that name.
pub async fn places(tx: &mut Tx, attempt: &Attempt, slug: &str) -> Result<Places, Error> {
    let mut places = Places { language: attempt.language.clone(), ..Places::default() };
    if attempt.questions.iter().any(names_one) {
        places.media = of_course(tx, attempt.course, slug).await?;
    }
    if attempt.questions.iter().any(leads_on) {
        places.units = units(tx, attempt.course, slug).await?;
    }
    Ok(places)
}

/// The same for what is said before a test begins.
pub async fn of_intro(tx: &mut Tx, proof: &Taken, test: &Test) -> Result<Places, Error> {
    let mut places = Places { language: test.language.clone(), ..Places::default() };
    let intro = test.settings.intro.as_deref().unwrap_or_default();
    if intro.contains("media/") {
        places.media = of_course(tx, proof.id(), proof.slug()).await?;
    }
    if intro.contains(".md") {
        places.units = units(tx, proof.id(), proof.slug()).await?;
    }
    Ok(places)
}

/// The same for one question of a course, given by its id and its name in addresses; `language` is that of the question.
pub(crate) async fn of_question(
    tx: &mut Tx,
    question: &Question,
    (course, slug): (CourseId, &str),
    language: &str,
) -> Result<Places, Error> {
    let mut places = Places { language: language.to_owned(), ..Places::default() };
    if names_one(question) {
        places.media = of_course(tx, course, slug).await?;
    }
    if leads_on(question) {
        places.units = units(tx, course, slug).await?;
    }
    Ok(places)
}

/// The same for the draft.
pub async fn draft_places(tx: &mut Tx, proof: &Taught) -> Result<Places, Error> {
    publish::places(tx, proof).await
}

/// Whether a question, with its key and feedback, may name a picture.
fn names_one(question: &Question) -> bool {
    let is_hotspot = matches!(question.kind, Kind::Hotspot { .. });
    is_hotspot || serde_json::to_string(question).is_ok_and(|text| text.contains("media/"))
}

/// Whether a question, with its key and feedback, may lead to a unit.
fn leads_on(question: &Question) -> bool {
    serde_json::to_string(question).is_ok_and(|text| text.contains(".md"))
}

/// The units of the version that learners read, as texts name them.
async fn units(tx: &mut Tx, course: CourseId, slug: &str) -> Result<HashMap<String, String>, Error> {
    let units = sqlx::query_scalar!(
        "select u.slug from course c join version_unit u on u.version_id = c.published_version_id where c.id = $1",
        course.0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(units.into_iter().map(|unit| (format!("{unit}.md"), format!("/courses/{slug}/{unit}"))).collect())
}

/// Also pictures that were taken out of the draft: versions may show them.
async fn of_course(tx: &mut Tx, course: CourseId, slug: &str) -> Result<HashMap<String, String>, Error> {
    let rows = sqlx::query!(
        "select distinct on (name) id, name from media where course_id = $1
         order by name, replaced_at is null desc, created_at desc",
        course.0
    )
    .fetch_all(tx.connection())
    .await?;
    let address = rows
        .into_iter()
        .map(|row| (format!("media/{}", row.name), format!("/courses/{slug}/media/{}/{}", row.id, row.name)));
    Ok(address.collect())
}

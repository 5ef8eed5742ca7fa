//! Who teaches a course.

use axum::extract::State;
use axum::http::Uri;
use base::PersonId;
use courses::teacher;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::given::Sought;
use crate::api::list::{Page, Paged};
use crate::api::refusal::Answer;
use crate::api::teaching::teaching;
use crate::request::At;
use crate::state::App;

/// A person who teaches a course.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Teacher {
    /// The person.
    pub person: Uuid,
    /// Family name and given name.
    pub name: String,
    /// Login name.
    pub login: String,
    /// The organisation unit they work in.
    pub org_unit_name: Option<String>,
}

impl From<teacher::Teacher> for Teacher {
    fn from(teacher: teacher::Teacher) -> Self {
        Self {
            person: teacher.id.0,
            name: teacher.name,
            login: teacher.login,
            org_unit_name: teacher.unit_name,
        }
    }
}

/// List the teachers of a course
///
/// By family name.
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/teachers", tag = "teaching", operation_id = "listTeachers",
    params(("course" = String, Path), Paged),
    responses((status = 200, description = "A page of teachers", body = Page<Teacher>))
)]
pub async fn list(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    At(slug): At<String>,
    Sought(paged): Sought<Paged>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let teachers = teacher::all(&mut call.tx, &proof).await?;
    Ok(Page::cut(teachers.into_iter().map(Teacher::from), paged.page).answer(&uri))
}

/// Let another person teach a course
///
/// They must be somebody of the organisation with the right to teach, else 404. Repeating it changes nothing.
#[utoipa::path(
    put, path = "/api/v1/courses/{course}/teachers/{person}", tag = "teaching", operation_id = "addTeacher",
    params(("course" = String, Path), ("person" = Uuid, Path)), responses((status = 204, description = "Teaches it"))
)]
pub async fn add(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, person)): At<(String, PersonId)>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    // The person stands in the path, so one who is not there to be added is a path that leads nowhere.
    teacher::add(&mut call.tx, &proof, person).await.map_err(|error| match error {
        courses::Error::Invalid(_) => courses::Error::NotFound,
        error => error,
    })?;
    call.done_silently().await
}

/// Take a course from a teacher
///
/// The last one stays.
#[utoipa::path(
    delete, path = "/api/v1/courses/{course}/teachers/{person}", tag = "teaching", operation_id = "removeTeacher",
    params(("course" = String, Path), ("person" = Uuid, Path)), responses((status = 204, description = "No longer teaches it"))
)]
pub async fn remove(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, person)): At<(String, PersonId)>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    teacher::remove(&mut call.tx, &proof, person).await?;
    call.done_silently().await
}

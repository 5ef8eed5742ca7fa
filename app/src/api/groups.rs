//! Groups of an office, classes of a school, and organisation units.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use base::PersonId;
use identity::{GroupId, OrgUnitId, SignedIn, group, unit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::given::{Given, Sought};
use crate::api::list::{Page, Paged};
use crate::api::people::may_see_groups;
use crate::api::refusal::{Answer, Refusal};
use crate::problem::Problem;
use crate::request::At;
use crate::state::App;

/// A group or class.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Group {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Whether it is a class of a school.
    pub class: bool,
    /// How many people are in it.
    pub people: i64,
}

impl From<group::Group> for Group {
    fn from(group: group::Group) -> Self {
        Self { id: group.id.0, name: group.name, class: group.class, people: group.people }
    }
}

/// A group with its people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroupWithMembers {
    /// The group.
    #[serde(flatten)]
    pub group: Group,
    /// Its people, by family name.
    pub members: Vec<Member>,
}

/// A member of a group.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Member {
    /// The person.
    pub id: Uuid,
    /// Family name and given name.
    pub name: String,
}

/// A group to be made; in a school it is a class.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// Name; no two groups of an organisation have the same.
    #[schema(max_length = 100)]
    pub name: String,
}

/// A unit (department) of an office.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrgUnit {
    /// Id.
    pub id: Uuid,
    /// The unit above.
    pub parent: Option<Uuid>,
    /// Name.
    pub name: String,
    /// How deep it is: 0 at the top.
    pub depth: i32,
    /// How many people are in it (not below).
    pub people: i64,
}

impl From<unit::OrgUnit> for OrgUnit {
    fn from(unit: unit::OrgUnit) -> Self {
        let parent = unit.parent.map(|parent| parent.0);
        Self { id: unit.id.0, parent, name: unit.name, depth: unit.depth, people: unit.people }
    }
}

/// A unit to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrgUnit {
    /// Name.
    #[schema(max_length = 200)]
    pub name: String,
    /// The unit above; absent: at the top.
    #[serde(default)]
    pub parent: Option<Uuid>,
}

/// List groups
///
/// Names in Polish order. For administrators of the organisation and for instructors.
#[utoipa::path(
    get, path = "/api/v1/groups", tag = "groups", operation_id = "listGroups", params(Paged),
    responses((status = 200, description = "A page of groups", body = Page<Group>))
)]
pub async fn list(State(app): State<App>, bearer: Bearer, uri: Uri, Sought(paged): Sought<Paged>) -> Answer {
    let mut call = bearer.open(&app).await?;
    may_see_groups(&call)?;
    let groups = group::all(&mut call.tx).await?;
    Ok(Page::cut(groups.into_iter().map(Group::from), paged.page).answer(&uri))
}

/// Create a group
#[utoipa::path(
    post, path = "/api/v1/groups", tag = "groups", operation_id = "createGroup", request_body = NewGroup,
    responses((status = 201, description = "The group", body = Group))
)]
pub async fn create(State(app): State<App>, bearer: Bearer, given: Given<NewGroup>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::people_admin).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let id = group::create(&mut call.tx, &proof, &given.value.name).await?;
    let (made, _) = group::one(&mut call.tx, &proof, id).await?;
    call.created(format!("/api/v1/groups/{id}"), &Group::from(made)).await
}

/// Get a group with its members
#[utoipa::path(
    get, path = "/api/v1/groups/{group}", tag = "groups", operation_id = "getGroup", params(("group" = Uuid, Path)),
    responses((status = 200, description = "The group", body = GroupWithMembers))
)]
pub async fn one(State(app): State<App>, bearer: Bearer, At(id): At<GroupId>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::people_admin).await?;
    let (group, people) = group::one(&mut call.tx, &proof, id).await?;
    let members = people.into_iter().map(|(id, name)| Member { id: id.0, name }).collect();
    Ok(Json(GroupWithMembers { group: group.into(), members }).into_response())
}

/// Delete a group
///
/// Its enrolments go with it; the people stay.
#[utoipa::path(
    delete, path = "/api/v1/groups/{group}", tag = "groups", operation_id = "deleteGroup",
    params(("group" = Uuid, Path)), responses((status = 204, description = "Deleted"))
)]
pub async fn delete(State(app): State<App>, bearer: Bearer, At(id): At<GroupId>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::people_admin).await?;
    group::delete(&mut call.tx, &proof, id).await?;
    call.done_silently().await
}

/// Put a person into a group
///
/// Repeating it changes nothing.
#[utoipa::path(
    put, path = "/api/v1/groups/{group}/members/{person}", tag = "groups", operation_id = "addMember",
    params(("group" = Uuid, Path), ("person" = Uuid, Path)), responses((status = 204, description = "Is a member"))
)]
pub async fn add(
    State(app): State<App>,
    bearer: Bearer,
    At((group, person)): At<(GroupId, PersonId)>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::people_admin).await?;
    group::add(&mut call.tx, &proof, group, person).await?;
    call.done_silently().await
}

/// Take a person out of a group
#[utoipa::path(
    delete, path = "/api/v1/groups/{group}/members/{person}", tag = "groups", operation_id = "removeMember",
    params(("group" = Uuid, Path), ("person" = Uuid, Path)), responses((status = 204, description = "Is no member"))
)]
pub async fn remove(
    State(app): State<App>,
    bearer: Bearer,
    At((group, person)): At<(GroupId, PersonId)>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::people_admin).await?;
    group::remove(&mut call.tx, &proof, group, person).await?;
    call.done_silently().await
}

/// List organisation units
///
/// A unit stands before those below it. For administrators of the organisation and for instructors.
#[utoipa::path(
    get, path = "/api/v1/org-units", tag = "org-units", operation_id = "listOrgUnits", params(Paged),
    responses((status = 200, description = "A page of units", body = Page<OrgUnit>))
)]
pub async fn units(State(app): State<App>, bearer: Bearer, uri: Uri, Sought(paged): Sought<Paged>) -> Answer {
    let mut call = bearer.open(&app).await?;
    may_see_groups(&call)?;
    let units = unit::all(&mut call.tx).await?;
    Ok(Page::cut(units.into_iter().map(OrgUnit::from), paged.page).answer(&uri))
}

/// Create an organisation unit
#[utoipa::path(
    post, path = "/api/v1/org-units", tag = "org-units", operation_id = "createOrgUnit", request_body = NewOrgUnit,
    responses((status = 201, description = "The unit", body = OrgUnit))
)]
pub async fn create_unit(State(app): State<App>, bearer: Bearer, given: Given<NewOrgUnit>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::people_admin).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let parent = given.value.parent.map(OrgUnitId);
    let id = unit::create(&mut call.tx, &proof, parent, &given.value.name).await?;
    let made = unit::all(&mut call.tx).await?.into_iter().find(|unit| unit.id == id);
    let made = made.ok_or(Refusal::Page(Problem::NotFound))?;
    call.created(format!("/api/v1/org-units/{id}"), &OrgUnit::from(made)).await
}

/// Delete an organisation unit
///
/// Only one without people and without units below it.
#[utoipa::path(
    delete, path = "/api/v1/org-units/{unit}", tag = "org-units", operation_id = "deleteOrgUnit",
    params(("unit" = Uuid, Path)), responses((status = 204, description = "Deleted"))
)]
pub async fn delete_unit(State(app): State<App>, bearer: Bearer, At(id): At<OrgUnitId>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::people_admin).await?;
    unit::delete(&mut call.tx, &proof, id).await?;
    call.done_silently().await
}

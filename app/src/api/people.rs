//! People of the own organisation, for those who look after it; and oneself.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use base::PersonId;
use identity::permit::Role;
use identity::{GroupId, OrgUnitId, SignedIn, person};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::call::{Bearer, Call};
use crate::api::given::{self, Given, Sought};
use crate::api::list::{PAGE, Page, skip};
use crate::api::refusal::{Answer, Refusal};
use crate::request::At;
use crate::state::App;

/// A person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Person {
    /// Id.
    pub id: Uuid,
    /// Login name.
    pub login: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Language of the interface: `pl`, `en` or `uk`.
    pub language: String,
    /// Whether they were suspended: then they cannot sign in.
    pub suspended: bool,
    /// Whether they have chosen a password.
    pub has_password: bool,
    /// The organisation unit they work in.
    pub org_unit: Option<Uuid>,
    /// Its name.
    pub org_unit_name: Option<String>,
    /// Names of their groups.
    pub groups: Vec<String>,
    /// `installation_admin`, `organisation_admin`, `instructor`. Everybody is a learner.
    pub roles: Vec<&'static str>,
    /// Last sign-in.
    #[serde(with = "time::serde::rfc3339::option")]
    pub signed_in_at: Option<OffsetDateTime>,
}

impl From<person::Person> for Person {
    fn from(person: person::Person) -> Self {
        Self {
            id: person.id.0,
            login: person.login,
            email: person.email,
            given_name: person.given_name,
            family_name: person.family_name,
            language: person.language,
            suspended: person.suspended,
            has_password: person.has_password,
            org_unit: person.unit.map(|unit| unit.0),
            org_unit_name: person.unit_name,
            groups: person.groups,
            roles: person.roles.granted().iter().map(|role| role.word()).collect(),
            signed_in_at: person.signed_in_at,
        }
    }
}

/// A role that an organisation gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GivenRole {
    /// Looks after people, units and groups.
    OrganisationAdmin,
    /// Writes and teaches courses.
    Instructor,
    /// Keeps the register of devices.
    DeviceClerk,
}

impl From<GivenRole> for Role {
    fn from(role: GivenRole) -> Self {
        match role {
            GivenRole::OrganisationAdmin => Self::OrganisationAdmin,
            GivenRole::Instructor => Self::Instructor,
            GivenRole::DeviceClerk => Self::DeviceClerk,
        }
    }
}

/// A person to be made. They have no password yet.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// Login name: small letters, digits, `.`, `_`, `-`.
    #[schema(max_length = 60, example = "anna.nowak")]
    pub login: String,
    /// E-mail address.
    #[serde(default)]
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// Given name.
    #[schema(max_length = 100, example = "Anna")]
    pub given_name: String,
    /// Family name.
    #[schema(max_length = 100, example = "Nowak")]
    pub family_name: String,
    /// `pl` (the default), `en` or `uk`.
    #[serde(default)]
    pub language: Option<String>,
    /// The organisation unit they work in.
    #[serde(default)]
    pub org_unit: Option<Uuid>,
    /// Roles beside learner.
    #[serde(default)]
    pub roles: Vec<GivenRole>,
}

/// A change of a person: fields that are absent stay as they are.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonChange {
    /// Login name.
    #[serde(default)]
    #[schema(nullable = false)]
    pub login: Option<String>,
    /// E-mail address; `null` takes it away.
    #[serde(default, deserialize_with = "given::given")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// Given name.
    #[serde(default)]
    #[schema(nullable = false)]
    pub given_name: Option<String>,
    /// Family name.
    #[serde(default)]
    #[schema(nullable = false)]
    pub family_name: Option<String>,
    /// `pl`, `en` or `uk`.
    #[serde(default)]
    #[schema(nullable = false)]
    pub language: Option<String>,
    /// The organisation unit they work in; `null` takes them out.
    #[serde(default, deserialize_with = "given::given")]
    #[schema(value_type = Option<Uuid>)]
    pub org_unit: Option<Option<Uuid>>,
    /// The roles, exactly these.
    #[serde(default)]
    #[schema(nullable = false)]
    pub roles: Option<Vec<GivenRole>>,
}

/// Which people a list shows.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Part of a name, login or e-mail address.
    #[serde(default)]
    #[param(required = false)]
    pub q: String,
    /// Only members of this group.
    pub group: Option<Uuid>,
    /// Page, from 1.
    #[param(minimum = 1, default = 1)]
    pub page: Option<u32>,
}

fn roles(given: &[GivenRole]) -> Vec<Role> {
    given.iter().map(|role| (*role).into()).collect()
}

/// Oneself
#[utoipa::path(
    get, path = "/api/v1/me", tag = "people", operation_id = "me",
    responses((status = 200, description = "The person whose ticket it is", body = Person))
)]
pub async fn me(State(app): State<App>, bearer: Bearer) -> Answer {
    let mut call = bearer.open(&app).await?;
    Ok(Json(Person::from(person::own(&mut call.tx).await?)).into_response())
}

/// List people
///
/// By family name, in Polish order. For administrators of the organisation.
#[utoipa::path(
    get, path = "/api/v1/people", tag = "people", operation_id = "listPeople", params(Wanted),
    responses((status = 200, description = "A page of people", body = Page<Person>))
)]
pub async fn list(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    Sought(wanted): Sought<Wanted>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::people_admin).await?;
    let filter = person::Filter {
        text: wanted.q,
        group: wanted.group.map(GroupId),
        skip: skip(wanted.page),
        take: PAGE,
        ..person::Filter::default()
    };
    let (people, mut total) = person::list(&mut call.tx, &proof, &filter).await?;
    if people.is_empty() && filter.skip > 0 {
        // The area counts with the rows that it answers; a page behind the last has none.
        let first = person::Filter { skip: 0, take: 1, ..filter };
        total = person::list(&mut call.tx, &proof, &first).await?.1;
    }
    Ok(Page::of(people.into_iter().map(Person::from).collect(), wanted.page, total).answer(&uri))
}

/// Create a person
#[utoipa::path(
    post, path = "/api/v1/people", tag = "people", operation_id = "createPerson", request_body = NewPerson,
    responses((status = 201, description = "The person", body = Person))
)]
pub async fn create(State(app): State<App>, bearer: Bearer, given: Given<NewPerson>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::people_admin).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let new = given.value;
    let wanted = person::NewPerson {
        login: new.login,
        email: new.email.unwrap_or_default(),
        given_name: new.given_name,
        family_name: new.family_name,
        language: new.language.unwrap_or_default(),
        unit: new.org_unit.map(OrgUnitId),
    };
    let id = person::create(&mut call.tx, &proof, &wanted).await?;
    if !new.roles.is_empty() {
        person::set_roles(&mut call.tx, &proof, id, &roles(&new.roles)).await?;
    }
    let made = Person::from(person::one(&mut call.tx, &proof, id).await?);
    call.created(format!("/api/v1/people/{id}"), &made).await
}

/// Get a person
#[utoipa::path(
    get, path = "/api/v1/people/{person}", tag = "people", operation_id = "getPerson", params(("person" = Uuid, Path)),
    responses((status = 200, description = "The person", body = Person))
)]
pub async fn one(State(app): State<App>, bearer: Bearer, At(id): At<PersonId>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::people_admin).await?;
    Ok(Json(Person::from(person::one(&mut call.tx, &proof, id).await?)).into_response())
}

/// Change a person
#[utoipa::path(
    patch, path = "/api/v1/people/{person}", tag = "people", operation_id = "changePerson", request_body = PersonChange,
    params(("person" = Uuid, Path)), responses((status = 200, description = "The person as they are now", body = Person))
)]
pub async fn change(
    State(app): State<App>,
    bearer: Bearer,
    At(id): At<PersonId>,
    given: Given<PersonChange>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::people_admin).await?;
    let (now, change) = (person::one(&mut call.tx, &proof, id).await?, given.value);
    let wanted = person::NewPerson {
        login: change.login.unwrap_or(now.login),
        email: change.email.unwrap_or(now.email).unwrap_or_default(),
        given_name: change.given_name.unwrap_or(now.given_name),
        family_name: change.family_name.unwrap_or(now.family_name),
        language: change.language.unwrap_or(now.language),
        unit: change.org_unit.map_or(now.unit, |unit| unit.map(OrgUnitId)),
    };
    person::change(&mut call.tx, &proof, id, &wanted).await?;
    if let Some(wanted) = &change.roles {
        person::set_roles(&mut call.tx, &proof, id, &roles(wanted)).await?;
    }
    let changed = Person::from(person::one(&mut call.tx, &proof, id).await?);
    call.done(&changed).await
}

/// Suspend a person
///
/// Every session of theirs ends at once. Repeating it changes nothing.
#[utoipa::path(
    post, path = "/api/v1/people/{person}/suspend", tag = "people", operation_id = "suspendPerson",
    params(("person" = Uuid, Path)), responses((status = 204, description = "Suspended"))
)]
pub async fn suspend(State(app): State<App>, bearer: Bearer, At(id): At<PersonId>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::people_admin).await?;
    person::suspend(&mut call.tx, &proof, id).await?;
    call.done_silently().await
}

/// Let a suspended person in again
#[utoipa::path(
    post, path = "/api/v1/people/{person}/resume", tag = "people", operation_id = "resumePerson",
    params(("person" = Uuid, Path)), responses((status = 204, description = "May sign in again"))
)]
pub async fn resume(State(app): State<App>, bearer: Bearer, At(id): At<PersonId>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::people_admin).await?;
    person::resume(&mut call.tx, &proof, id).await?;
    call.done_silently().await
}

/// May see groups and units: those who look after people, and those who direct courses at them.
pub(crate) fn may_see_groups(call: &Call) -> Result<(), Refusal> {
    match call.me.people_admin() {
        Ok(_) => Ok(()),
        Err(_) => Ok(call.me.author().map(|_| ())?),
    }
}

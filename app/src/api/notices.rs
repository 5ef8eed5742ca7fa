//! One's own notices, and what of them comes by e-mail and when.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use notices::NoticeId;
use notices::notice::{self, Kind};
use notices::wish::{self, Wish, Wishes};
use serde::{Deserialize, Serialize};
use time::macros::format_description;
use time::{OffsetDateTime, Time};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::given::{Given, Sought};
use crate::api::list::{Page, Paged};
use crate::api::refusal::{Answer, Refusal, Wrong};
use crate::date;
use crate::notices::sentence;
use crate::request::At;
use crate::state::App;
use words::Language;

/// A notice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnNotice {
    /// Id.
    pub id: Uuid,
    /// `assigned`, `new_version`, `teaching`, `adopted_newer`, `films_came`, `film_ready`, `film_failed`, `expiring`, `expired`, `deadline` or `overdue`.
    #[schema(example = "assigned")]
    pub kind: &'static str,
    /// What it says, in one's language.
    pub text: String,
    /// The title of the thing.
    pub subject: String,
    /// The address of its page on this site.
    pub path: String,
    /// When it was told.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Whether it was read.
    pub read: bool,
}

/// When a kind of notice comes by e-mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeWish {
    /// With the act, or at the end of the quiet hours.
    AtOnce,
    /// In one letter at 7:00 in Warsaw.
    #[default]
    Daily,
    /// Not at all.
    Never,
}

impl From<Wish> for NoticeWish {
    fn from(wish: Wish) -> Self {
        match wish {
            Wish::AtOnce => Self::AtOnce,
            Wish::Daily => Self::Daily,
            Wish::Never => Self::Never,
        }
    }
}

impl From<NoticeWish> for Wish {
    fn from(wish: NoticeWish) -> Self {
        match wish {
            NoticeWish::AtOnce => Self::AtOnce,
            NoticeWish::Daily => Self::Daily,
            NoticeWish::Never => Self::Never,
        }
    }
}

/// What one wants by e-mail, and when one wants no letter at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticePreferences {
    /// When somebody assigns a course.
    pub assigned: NoticeWish,
    /// When a course that one takes has a new version.
    pub new_version: NoticeWish,
    /// When one may teach a course.
    pub teaching: NoticeWish,
    /// When the publisher of an adopted course that one looks after has a newer version; absent: daily.
    #[serde(default)]
    pub adopted_newer: NoticeWish,
    /// When the films of an adopted course that one looks after have come; absent: daily.
    #[serde(default)]
    pub films_came: NoticeWish,
    /// When a film that one sent is ready; absent: daily.
    #[serde(default)]
    pub film_ready: NoticeWish,
    /// When such a film could not be made, or one of an adopted course that one looks after could not come; absent: daily.
    #[serde(default)]
    pub film_failed: NoticeWish,
    /// When a certificate stops counting soon.
    pub expiring: NoticeWish,
    /// When a certificate counts no longer.
    pub expired: NoticeWish,
    /// When one has to finish a course in 14, 7 and 1 days; absent: daily.
    #[serde(default)]
    pub deadline: NoticeWish,
    /// When somebody in a unit that one heads is late with a course; absent: daily.
    #[serde(default)]
    pub overdue: NoticeWish,
    /// From when in Warsaw there are no letters (`20:00`).
    #[schema(example = "20:00")]
    pub quiet_from: String,
    /// Until when; the same as `quiet_from`: no quiet hours.
    #[schema(example = "07:00")]
    pub quiet_to: String,
}

impl From<Wishes> for NoticePreferences {
    fn from(wishes: Wishes) -> Self {
        let mut own = Self {
            quiet_from: date::hour(wishes.quiet_from),
            quiet_to: date::hour(wishes.quiet_to),
            ..Self::default()
        };
        for (kind, wish) in Kind::ALL.into_iter().zip(wishes.kinds) {
            *own.of(kind) = wish.into();
        }
        own
    }
}

impl NoticePreferences {
    /// The field of a kind.
    fn of(&mut self, kind: Kind) -> &mut NoticeWish {
        match kind {
            Kind::Assigned => &mut self.assigned,
            Kind::NewVersion => &mut self.new_version,
            Kind::Teaching => &mut self.teaching,
            Kind::AdoptedNewer => &mut self.adopted_newer,
            Kind::FilmsCame => &mut self.films_came,
            Kind::FilmReady => &mut self.film_ready,
            Kind::FilmFailed => &mut self.film_failed,
            Kind::Expiring => &mut self.expiring,
            Kind::Expired => &mut self.expired,
            Kind::Deadline => &mut self.deadline,
            Kind::Overdue => &mut self.overdue,
        }
    }

    fn read(mut self) -> Result<Wishes, Refusal> {
        let mut wrongs = Vec::new();
        let mut hour = |field, typed: &str| {
            Time::parse(typed, format_description!("[hour]:[minute]")).unwrap_or_else(|_| {
                wrongs.push(Wrong::rule(field, identity::Problem::Malformed));
                Time::MIDNIGHT
            })
        };
        let (quiet_from, quiet_to) = (hour("quiet_from", &self.quiet_from), hour("quiet_to", &self.quiet_to));
        if !wrongs.is_empty() {
            return Err(Refusal::Invalid(wrongs));
        }
        let kinds = Kind::ALL.map(|kind| Wish::from(*self.of(kind)));
        Ok(Wishes { kinds, quiet_from, quiet_to })
    }
}

/// The newest of the notices that are to be marked.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadUntil {
    /// Id of a notice: it and all before it are read now.
    pub until: Uuid,
}

/// List one's own notices
///
/// The newest first; at most 100.
#[utoipa::path(
    get, path = "/api/v1/me/notices", tag = "notices", operation_id = "listNotices", params(Paged),
    responses((status = 200, description = "A page of notices", body = Page<OwnNotice>))
)]
pub async fn list(State(app): State<App>, bearer: Bearer, uri: Uri, Sought(paged): Sought<Paged>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let language = Language::from_code(&call.me.language).unwrap_or_default();
    let all = notice::own(&mut call.tx).await?;
    let items = all.into_iter().map(|one| OwnNotice {
        id: one.id.0,
        kind: one.kind.word(),
        text: sentence(language, one.kind, &one.subject, one.detail.as_deref()),
        subject: one.subject,
        path: one.path,
        created_at: one.created_at,
        read: one.read,
    });
    Ok(Page::cut(items, paged.page).answer(&uri))
}

/// Mark a notice as read
///
/// Once more changes nothing.
#[utoipa::path(
    post, path = "/api/v1/me/notices/{notice}/read", tag = "notices", operation_id = "readNotice",
    params(("notice" = Uuid, Path)), responses((status = 204, description = "Read"))
)]
pub async fn read(State(app): State<App>, bearer: Bearer, At(id): At<NoticeId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    notice::read(&mut call.tx, id).await?;
    call.done_silently().await
}

/// Mark notices as read
///
/// The one that is named, and all that were told before it.
#[utoipa::path(
    post, path = "/api/v1/me/notices/read", tag = "notices", operation_id = "readNotices", request_body = ReadUntil,
    responses((status = 204, description = "Read"))
)]
pub async fn read_until(State(app): State<App>, bearer: Bearer, given: Given<ReadUntil>) -> Answer {
    let mut call = bearer.open(&app).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    notice::read_until(&mut call.tx, NoticeId(given.value.until)).await?;
    call.done_silently().await
}

/// Get what one wants by e-mail
#[utoipa::path(
    get, path = "/api/v1/me/notices/preferences", tag = "notices", operation_id = "getNoticePreferences",
    responses((status = 200, description = "The preferences", body = NoticePreferences))
)]
pub async fn preferences(State(app): State<App>, bearer: Bearer) -> Answer {
    let mut call = bearer.open(&app).await?;
    let wishes = wish::own(&mut call.tx).await?;
    Ok(Json(NoticePreferences::from(wishes)).into_response())
}

/// Say what one wants by e-mail
///
/// Letters that wait already go when they were to go, unless their kind is refused now.
#[utoipa::path(
    put, path = "/api/v1/me/notices/preferences", tag = "notices", operation_id = "setNoticePreferences",
    request_body = NoticePreferences, responses((status = 200, description = "The preferences now", body = NoticePreferences))
)]
pub async fn set_preferences(
    State(app): State<App>,
    bearer: Bearer,
    given: Given<NoticePreferences>,
) -> Answer {
    let mut call = bearer.open(&app).await?;
    let wishes = given.value.read()?;
    wish::set(&mut call.tx, &wishes).await?;
    call.done(&NoticePreferences::from(wishes)).await
}

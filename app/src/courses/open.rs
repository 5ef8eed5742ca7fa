//! Pages of open courses, for anybody: the list of an organisation, a course, its units and films, and the way to an account for
//! whoever wants a certificate. Reading sets no cookie and keeps nothing.

mod confirm;
mod course;
mod letter;
mod list;
mod media;
mod register;
mod unit;

use axum::http::StatusCode;
use axum::response::Response;
use courses::open::Opened;
use identity::SignedIn;
use leptos::prelude::*;
use words::{Language, frame, open as say};

use crate::caller::Caller;
use crate::parts::{ActionLink, Breadcrumbs, ButtonKind, Link, Notice, Tone};
use crate::problem::Problem;
use crate::routes::{Routes, Who};
use crate::state::App;
use crate::visit::{Frame, Public};

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new()
        .get("/o/{office}", Who::Anybody, list::show)
        .get("/o/{office}/{slug}", Who::Anybody, course::show)
        .get("/o/{office}/{slug}/{unit}", Who::Anybody, unit::show)
        .get("/o/{office}/{slug}/media/{id}/{name}", Who::Anybody, media::picture)
        .get("/o/{office}/{slug}/films/{film}/master.m3u8", Who::Anybody, media::enter)
        .get("/o/{office}/{slug}/films/{film}/plain.mp4", Who::Anybody, media::plain)
        .get("/o/{office}/{slug}/films/{film}/poster.jpg", Who::Anybody, media::poster)
        .get("/o/{office}/{slug}/films/{film}/captions/{file}", Who::Anybody, media::captions)
        .get("/register/{office}/{slug}", Who::Anybody, register::show)
        .post("/register/{office}/{slug}", Who::Anybody, register::ask)
        .get("/confirm/{secret}", Who::Anybody, confirm::show)
        .post("/confirm/{secret}", Who::Anybody, confirm::confirm)
}

/// Whoever reads: most are not signed in.
struct Reader<'a> {
    app: &'a App,
    caller: &'a Caller,
    me: Option<SignedIn>,
    language: Language,
}

impl<'a> Reader<'a> {
    async fn of(app: &'a App, caller: &'a Caller) -> Result<Self, Problem> {
        let me = caller.try_open(app).await?.map(|visit| visit.me);
        let own = me.as_ref().and_then(|me| Language::from_code(&me.language));
        Ok(Self { app, caller, me, language: own.unwrap_or(caller.language) })
    }

    /// Whether they have an account in the organisation whose course it is.
    fn belongs_to(&self, opened: &Opened) -> bool {
        self.me.as_ref().is_some_and(|me| me.organisation == opened.host().id)
    }

    fn page(&self, title: &str, public: Public, view: impl FnOnce() -> AnyView) -> Response {
        self.page_with(StatusCode::OK, title, public, view)
    }

    fn page_with(
        &self,
        status: StatusCode,
        title: &str,
        public: Public,
        view: impl FnOnce() -> AnyView,
    ) -> Response {
        let Self { app, caller, me, language } = self;
        let frame = Frame { app, caller, language: *language, me: me.as_ref() };
        frame.render_public(status, title, public, view)
    }
}

/// What a page of a course says of itself. `below`: its path below that of the course.
fn public(opened: &Opened, below: &str, description: &str) -> Public {
    Public {
        organisation: opened.host().name.clone(),
        organisation_slug: opened.host().slug.clone(),
        path: format!("{}{below}", opened.path()),
        description: description.chars().take(300).collect(),
    }
}

/// The way here: the organisation's open courses, and the course.
fn way(language: Language, opened: &Opened, course: Option<&str>, here: &str) -> AnyView {
    let mut links = vec![Link::new(say::here_open(language), format!("/o/{}", opened.host().slug))];
    links.extend(course.map(|title| Link::new(title, opened.path())));
    view! { <Breadcrumbs label=frame::here(language) links=links here=here/> }.into_any()
}

/// Why the test and the certificate need an account, and the way to one.
fn to_account(language: Language, opened: &Opened, member: bool, said: &'static str) -> AnyView {
    let (said, label, href) = if member {
        (say::member_text(language), say::member_link(language), format!("/courses/{}", opened.slug()))
    } else {
        let href = format!("/register/{}/{}", opened.host().slug, opened.slug());
        (said, say::certificate_link(language), href)
    };
    view! {
        <Notice tone=Tone::Info title=say::certificate_title(language)>
            <p>{said}</p>
            <p><ActionLink label=label href=href kind=ButtonKind::Secondary/></p>
        </Notice>
    }
    .into_any()
}

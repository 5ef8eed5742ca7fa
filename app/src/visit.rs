//! A page in the making: the open transaction, the person, and how a view becomes a whole document.

use std::borrow::Borrow;
use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use base::Tx;
use hydration_context::SsrSharedContext;
use identity::SignedIn;
use leptos::prelude::*;
use words::{Language, frame};

use crate::caller::{Caller, FLASH_COOKIE};
use crate::identity::flash;
use crate::parts::{
    self, FormErrors, LanguageSwitch, Link, PersonMenu, SafeUrl, SearchBox, Shell, ShellWords, html_document,
};
use crate::problem::{Answer, Problem};
use crate::state::App;

/// A signed-in request: its transaction and its person.
#[derive(Debug)]
pub struct Visit {
    /// The transaction. Pages that only read drop it; acts end with `commit_and_go`.
    pub tx: Tx,
    /// The person.
    pub me: SignedIn,
    /// Their language.
    pub language: Language,
    /// The program.
    pub app: App,
    caller: Caller,
}

impl Visit {
    pub(crate) fn new(app: App, caller: Caller, tx: Tx, me: SignedIn) -> Self {
        let language = Language::from_code(&me.language).unwrap_or_default();
        Self { tx, me, language, app, caller }
    }

    /// With the number of notices that the person has not read, for the top of a page.
    pub(crate) async fn counted(mut self) -> Result<Self, Problem> {
        self.caller.unread = notices::notice::unread(&mut self.tx).await?;
        Ok(self)
    }

    /// Who asks, and how.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// A page: 200.
    pub fn page(self, title: &str, view: impl FnOnce() -> AnyView) -> Answer {
        Ok(self.page_with(StatusCode::OK, title, view))
    }

    /// A form that was refused: 422, with what was typed still in it. "Błąd:" is put before the title.
    pub fn refused(self, title: &str, view: impl FnOnce() -> AnyView) -> Answer {
        let title = format!("{}: {title}", frame::error_title(self.language));
        Ok(self.page_with(StatusCode::UNPROCESSABLE_ENTITY, &title, view))
    }

    /// A page with a form: as [`Self::refused`] when there are errors, else as [`Self::page`]. The view is given the errors.
    pub fn form<E: Borrow<FormErrors>>(
        self,
        title: &str,
        errors: E,
        view: impl FnOnce(E) -> AnyView,
    ) -> Answer {
        if errors.borrow().is_empty() {
            self.page(title, || view(errors))
        } else {
            self.refused(title, || view(errors))
        }
    }

    /// Commits what was done and shows its outcome at once: for what is shown only this once, such as a one-time link.
    pub async fn commit_and_page(self, title: &str, view: impl FnOnce() -> AnyView + Send) -> Answer {
        let Self { tx, me, language, app, caller } = self;
        tx.commit().await?;
        let frame = Frame { app: &app, caller: &caller, language, me: Some(&me) };
        Ok(frame.render(StatusCode::OK, title, view))
    }

    fn page_with(self, status: StatusCode, title: &str, view: impl FnOnce() -> AnyView) -> Response {
        let frame =
            Frame { app: &self.app, caller: &self.caller, language: self.language, me: Some(&self.me) };
        frame.render(status, title, view)
    }

    /// The same person's request in a new transaction: a refused statement has ended the first, and one request holds one
    /// connection.
    ///
    /// Errors: `SignInFirst` when they were signed out meanwhile.
    pub async fn afresh(self) -> Result<Self, Problem> {
        let Self { tx, app, caller, .. } = self;
        drop(tx);
        caller.open(&app).await
    }

    /// Commits what was done and sends the browser on, with a message to be shown once (a code of `identity::flash`).
    pub async fn commit_and_go(self, path: &str, message: &str) -> Answer {
        let Self { tx, app, .. } = self;
        tx.commit().await?;
        Ok(go(&app, path, message))
    }
}

/// Sends the browser to one of our own paths (303, so that a reload repeats nothing), with a message to be shown once.
pub fn go(app: &App, path: &str, message: &str) -> Response {
    let path = SafeUrl::new(path);
    let path = if path.as_str().starts_with('/') { path.as_str() } else { "/" };
    let mut response = Redirect::to(path).into_response();
    if !message.is_empty() {
        set_cookie(&mut response, app, FLASH_COOKIE, message, 60);
    }
    response
}

/// Sets a cookie of ours for `seconds`; 0 takes it away.
pub fn set_cookie(response: &mut Response, app: &App, name: &str, value: &str, seconds: i64) {
    let secure = if app.secure() { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// What a page that anybody reads says of itself.
#[derive(Clone, Debug)]
pub struct Public {
    /// Name of the organisation whose page it is.
    pub organisation: String,
    /// Its short name in addresses.
    pub organisation_slug: String,
    /// The one path of the page.
    pub path: String,
    /// What it is about, in a sentence or two.
    pub description: String,
}

/// What is needed to put a view into a whole document; used by pages that nobody need be signed in for.
pub struct Frame<'a> {
    /// The program.
    pub app: &'a App,
    /// The request.
    pub caller: &'a Caller,
    /// Language of the page.
    pub language: Language,
    /// The person, if somebody is signed in.
    pub me: Option<&'a SignedIn>,
}

impl Frame<'_> {
    /// The document. The view is made and rendered under one owner, with islands enabled.
    pub fn render(&self, status: StatusCode, title: &str, view: impl FnOnce() -> AnyView) -> Response {
        self.whole(status, self.shell(title), view)
    }

    /// The same for a page that anybody reads and search engines may find.
    pub fn render_public(
        &self,
        status: StatusCode,
        title: &str,
        public: Public,
        view: impl FnOnce() -> AnyView,
    ) -> Response {
        let mut shell = self.shell(title);
        if self.me.is_none() {
            shell.organisation = public.organisation;
            shell.home = format!("/o/{}", public.organisation_slug).into();
            shell.statement.href = format!("/statement/{}", public.organisation_slug).into();
        }
        shell.canonical = format!("{}{}", self.app.settings.public_url, public.path);
        shell.description = public.description;
        self.whole(status, shell, view)
    }

    fn whole(&self, status: StatusCode, shell: Shell, view: impl FnOnce() -> AnyView) -> Response {
        let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
        let html = owner.with(|| html_document(shell, view()));
        drop(owner);
        let mut response = (status, Html(html)).into_response();
        if self.caller.flash.is_some() {
            set_cookie(&mut response, self.app, FLASH_COOKIE, "", 0);
        }
        response
    }

    /// The page of kept films is read without a network, in the language that it was kept in.
    fn languages(&self, path: &str) -> LanguageSwitch {
        if path == crate::video::KEPT_PAGE {
            return LanguageSwitch::None;
        }
        let name = |language: Language| parts::Language {
            code: language.code().into(),
            name: language.name().into(),
        };
        LanguageSwitch::Form {
            action: "/language".into(),
            back: self.caller.back.clone(),
            languages: Language::ALL.map(name).to_vec(),
        }
    }

    fn shell(&self, title: &str) -> Shell {
        let (language, path) = (self.language, self.caller.path.split('?').next().unwrap_or("/"));
        let slug = self.me.map_or("", |me| me.organisation_slug.as_str());
        let statement = match slug {
            "" if path.starts_with("/statement/") => path.to_owned(),
            "" => "/statement".to_owned(),
            slug => format!("/statement/{slug}"),
        };
        Shell {
            lang: language.code().to_owned(),
            title: title.to_owned(),
            organisation: self.me.map(|me| me.organisation_name.clone()).unwrap_or_default(),
            canonical: String::new(),
            description: String::new(),
            home: "/".into(),
            assets: self.app.files.assets.clone(),
            navigation: self.me.map(|me| navigation(me, language, path)).unwrap_or_default(),
            person: self.me.map(|me| PersonMenu {
                name: me.name.clone(),
                notices: Link::new(notices_text(language, self.caller.unread), "/notices"),
                links: vec![
                    Link::new(words::obligations::mine_title(language), "/training"),
                    Link::new(words::certificates::mine_title(language), "/my-certificates"),
                    Link::new(words::loans::mine_title(language), "/my-devices"),
                    Link::new(frame::account(language), "/account"),
                ],
                sign_out: "/sign-out".into(),
            }),
            // The page of results has a field of its own.
            search: self.me.filter(|_| path != "/search").map(|_| SearchBox {
                action: "/search".into(),
                label: words::search::label(language).to_owned(),
                button: words::search::button(language).to_owned(),
            }),
            // On the page that signs in the form says it already.
            sign_in: (self.me.is_none() && path != "/sign-in" && path != crate::video::KEPT_PAGE)
                .then(|| Link::new(frame::sign_in(language), "/sign-in")),
            languages: self.languages(path),
            flash: self.caller.flash.as_deref().and_then(|code| flash::message(language, code)),
            statement: Link::new(frame::statement(language), statement),
            footer: Vec::new(),
            words: ShellWords {
                skip: frame::skip(language).to_owned(),
                navigation: frame::navigation(language).to_owned(),
                account: frame::account(language).to_owned(),
                sign_out: frame::sign_out(language).to_owned(),
                languages: frame::languages(language).to_owned(),
                footer: frame::footer(language).to_owned(),
            },
        }
    }
}

/// "Powiadomienia", with the number of those that were not read.
fn notices_text(language: Language, unread: i64) -> String {
    use words::notices as say;
    if unread == 0 { say::title(language).to_owned() } else { say::unread(language, unread) }
}

fn navigation(me: &SignedIn, language: Language, path: &str) -> Vec<Link> {
    use identity::permit::{Kind, Verb};
    let mut links = vec![(frame::home(language), "/"), (frame::catalogue(language), "/catalogue")];
    if me.may(Verb::Create, Kind::TaughtCourse) || me.may(Verb::Follow, Kind::AnyCourse) {
        links.push((frame::teaching(language), "/teaching"));
    }
    if me.heads || me.may(Verb::Follow, Kind::AnyCourse) {
        links.push((words::obligations::report_title(language), "/reports/training"));
    }
    if me.may(Verb::See, Kind::People) {
        links.push((frame::people(language), "/people"));
    }
    if me.may(Verb::See, Kind::Devices) {
        links.push((frame::devices(language), "/devices"));
    }
    if me.may(Verb::See, Kind::Organisation) {
        links.push((frame::organisations(language), "/organisations"));
    }
    let people = ["/people", "/groups", "/units", "/positions", "/organisation/"];
    let current = |href: &str| match href {
        "/" => path == "/",
        "/people" => people.iter().any(|start| path.starts_with(start)),
        href => path.starts_with(href),
    };
    links
        .into_iter()
        .map(|(text, href)| {
            let link = Link::new(text, href);
            if current(href) { link.current() } else { link }
        })
        .collect()
}

/// The page of a problem, within the frame of the person when somebody is signed in.
pub fn problem_page(app: &App, caller: &Caller, me: Option<&SignedIn>, problem: &Problem) -> Response {
    let language = me.and_then(|me| Language::from_code(&me.language)).unwrap_or(caller.language);
    let (title, text) = problem.sentences(language);
    let frame = Frame { app, caller, language, me };
    frame.render(problem.status(), title, || {
        let sign_in = matches!(problem, Problem::SignInFirst { .. });
        let way = if sign_in {
            Link::new(frame::sign_in(language), "/sign-in")
        } else {
            Link::new(frame::back_home(language), "/")
        };
        view! {
            <parts::PageHead title=title/>
            <p>{text}</p>
            <p><a href=way.href>{way.text}</a></p>
        }
        .into_any()
    })
}

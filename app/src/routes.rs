//! The table of routes. A route is added together with the word of who may ask for it, so that a test can walk them all.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn;
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::guard;
use crate::state::App;

/// Who may ask for a route at all. The area behind it decides the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody on the net: sign-in, statements, files of the site.
    Anybody,
    /// A signed-in person; `guard::signed_in` stands before the handler, so nobody's form is even read.
    SignedIn,
    /// The holder of a short ticket in the address (media).
    Ticket,
}

/// One route.
#[derive(Clone, Debug)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path with its `{parameters}`.
    pub path: &'static str,
    /// Who may ask.
    pub who: Who,
}

/// Routes in the making.
#[derive(Default)]
pub struct Routes {
    router: Router<App>,
    list: Vec<Route>,
}

impl Routes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A page.
    pub fn get<H, T>(self, path: &'static str, who: Who, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.on(Method::GET, MethodFilter::GET, path, who, handler)
    }

    /// An act.
    pub fn post<H, T>(self, path: &'static str, who: Who, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.on(Method::POST, MethodFilter::POST, path, who, handler)
    }

    /// A route of another method.
    pub fn on<H, T>(
        self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        who: Who,
        handler: H,
    ) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.with(method, path, who, on(filter, handler))
    }

    /// A route with layers of its own (a larger body).
    pub fn with(mut self, method: Method, path: &'static str, who: Who, handler: MethodRouter<App>) -> Self {
        self.list.push(Route { method, path, who });
        let handler = if who == Who::SignedIn { handler.layer(from_fn(guard::signed_in)) } else { handler };
        self.router = self.router.route(path, handler);
        self
    }

    /// These and those.
    pub fn merge(mut self, other: Self) -> Self {
        self.list.extend(other.list);
        self.router = self.router.merge(other.router);
        self
    }

    /// The list, for tests and for the documentation.
    pub fn list(&self) -> &[Route] {
        &self.list
    }

    /// The router.
    pub fn into_router(self) -> Router<App> {
        self.router
    }
}

/// Every page of the program.
pub fn pages() -> Routes {
    Routes::new()
        .merge(crate::api::routes())
        .merge(crate::identity::routes())
        .merge(crate::courses::routes())
        .merge(crate::video::routes())
        .merge(crate::devices::routes())
        .merge(crate::notices::routes())
}

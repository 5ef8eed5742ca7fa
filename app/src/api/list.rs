//! Long lists come in pages; the `Link` header leads through them (RFC 8288).

use std::fmt::Write as _;

use axum::Json;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Most items of a page.
pub const PAGE: i64 = 50;

/// Which page of a list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paged {
    /// Page, from 1.
    #[param(minimum = 1, default = 1)]
    pub page: Option<u32>,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// At most 50 items.
    pub items: Vec<T>,
    /// The page, from 1.
    pub page: u32,
    /// How many pages there are.
    pub pages: u32,
    /// How many items all pages have.
    pub total: i64,
}

/// How many items to pass over before a page.
pub fn skip(page: Option<u32>) -> i64 {
    (i64::from(page.unwrap_or(1)) - 1).max(0) * PAGE
}

impl<T: Serialize> Page<T> {
    /// The items of one page, already cut by the area.
    pub fn of(items: Vec<T>, page: Option<u32>, total: i64) -> Self {
        let pages = u32::try_from((total + PAGE - 1) / PAGE).unwrap_or(u32::MAX).max(1);
        Self { items, page: page.unwrap_or(1).max(1), pages, total }
    }

    /// One page of a list that the area answers as a whole.
    pub fn cut(all: impl ExactSizeIterator<Item = T>, page: Option<u32>) -> Self {
        let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let pass = usize::try_from(skip(page)).unwrap_or(usize::MAX);
        let items = all.skip(pass).take(usize::try_from(PAGE).unwrap_or(50)).collect();
        Self::of(items, page, total)
    }

    /// 200 with the page and its `Link` header. `uri`: what was asked for.
    pub fn answer(self, uri: &Uri) -> Response {
        let kept: Vec<&str> = uri
            .query()
            .unwrap_or("")
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("page="))
            .collect();
        let address = |page: u32| {
            let mut query = kept.join("&");
            let joint = if query.is_empty() { "" } else { "&" };
            let _infallible = write!(query, "{joint}page={page}");
            format!("<{}?{query}>", uri.path())
        };
        let mut links = format!("{}; rel=\"first\", {}; rel=\"last\"", address(1), address(self.pages));
        if self.page > 1 {
            let _infallible = write!(links, ", {}; rel=\"prev\"", address((self.page - 1).min(self.pages)));
        }
        if self.page < self.pages {
            let _infallible = write!(links, ", {}; rel=\"next\"", address(self.page + 1));
        }
        let mut response = Json(self).into_response();
        if let Ok(links) = HeaderValue::from_str(&links) {
            response.headers_mut().insert(header::LINK, links);
        }
        response
    }
}

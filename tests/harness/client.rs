//! A browser without a picture: cookies, forms, and an `Origin` that is the server's.

use reqwest::header::{HeaderMap, HeaderValue, ORIGIN};
use reqwest::{Method, RequestBuilder, StatusCode, redirect};

/// An answer, read whole.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    /// Where a redirect leads.
    pub fn location(&self) -> String {
        self.header("location")
    }

    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// The value of the first field of that name, which is written before anything else of it: `name="file" value="…"`.
    #[track_caller]
    pub fn value(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest = self.text.split(&start).nth(1).unwrap_or_else(|| panic!("no {name} in:\n{}", self.text));
        rest.split('"').next().unwrap().to_owned()
    }

    #[track_caller]
    pub fn assert(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text.chars().take(3000).collect::<String>());
        self
    }

    #[track_caller]
    pub fn has(self, part: &str) -> Self {
        assert!(self.text.contains(part), "{part:?} is not in:\n{}", self.text);
        self
    }

    #[track_caller]
    pub fn lacks(self, part: &str) -> Self {
        assert!(!self.text.contains(part), "{part:?} is in:\n{}", self.text);
        self
    }
}

/// A browser.
#[derive(Clone)]
pub struct Client {
    pub http: reqwest::Client,
    pub address: String,
    ticket: Option<String>,
}

impl Client {
    pub fn new(address: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, HeaderValue::from_str(address).unwrap());
        let http = reqwest::Client::builder()
            .cookie_store(true)
            .default_headers(headers)
            .redirect(redirect::Policy::none())
            .build()
            .unwrap();
        Self { http, address: address.to_owned(), ticket: None }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.address) };
        let request = self.http.request(method, path);
        match &self.ticket {
            Some(ticket) => request.bearer_auth(ticket),
            None => request,
        }
    }

    pub async fn send(&self, request: RequestBuilder) -> Page {
        let answer = request.send().await.expect("the server answers");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = String::from_utf8_lossy(&answer.bytes().await.unwrap_or_default()).into_owned();
        Page { status, headers, text }
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        self.send(self.request(Method::POST, path).form(form)).await
    }

    pub async fn sign_in(&self, name: &str, password: &str) {
        self.post("/sign-in", &[("name", name), ("password", password)]).await.assert(303);
    }

    /// The same browser, which also carries a ticket of the API.
    pub async fn with_ticket(self, name: &str, password: &str) -> Self {
        let body = format!(r#"{{"name":"{name}","password":"{password}"}}"#);
        let request = self.request(Method::POST, "/api/v1/tokens").header("content-type", "application/json");
        let page = self.send(request.body(body)).await.assert(201);
        let said: serde_json::Value = serde_json::from_str(&page.text).unwrap();
        let ticket = said["token"].as_str().expect("a ticket").to_owned();
        Self { ticket: Some(ticket), ..self }
    }
}

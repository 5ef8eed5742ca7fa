//! A client of the API. What comes back must be what the OpenAPI document says: a status that is listed for the operation,
//! its media type, and every field of its schema with a value of its kind.

use std::sync::Arc;

use identity::Role;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::harness::{Client, House, PASSWORD, Page, Someone, TestApp};

/// The document of the running program.
#[derive(Clone)]
pub struct Document(Arc<Value>);

/// An answer of the API.
pub struct Said {
    pub page: Page,
    pub body: Value,
}

/// Somebody with a ticket.
#[derive(Clone)]
pub struct Api {
    pub client: Client,
    pub document: Document,
}

/// Whom a register concerns: its clerk, the administrator and a learner of the office, and a clerk of another one.
pub struct Four {
    pub klara: Someone,
    pub jan: Someone,
    pub obca: Someone,
    /// With their tickets: the clerk, the administrator, the learner, the stranger.
    pub apis: [Api; 4],
}

/// These four, signed in.
pub async fn four(office: &House<'_>) -> Four {
    let klara = office.person("klara", &[Role::DeviceClerk]).await;
    let (szef, jan) = (office.admin("szef").await, office.learner("jan").await);
    let obca = office.app.office("inny").await.person("obca", &[Role::DeviceClerk]).await;
    let apis = [
        Api::sign_in(office.app, &klara.name).await,
        Api::sign_in(office.app, &szef.name).await,
        Api::sign_in(office.app, &jan.name).await,
        Api::sign_in(office.app, &obca.name).await,
    ];
    Four { klara, jan, obca, apis }
}

impl Api {
    /// Nobody.
    pub async fn nobody(app: &TestApp) -> Self {
        let client = app.visitor();
        let page = client.get("/api/v1/openapi.json").await.assert(200);
        Self { client, document: Document(Arc::new(serde_json::from_str(&page.text).unwrap())) }
    }

    /// `login@organisation`, without any cookie.
    pub async fn sign_in(app: &TestApp, name: &str) -> Self {
        let nobody = Self::nobody(app).await;
        Self { client: nobody.client.with_ticket(name, PASSWORD).await, ..nobody }
    }

    pub async fn get(&self, path: &str) -> Said {
        self.send(Method::GET, path, |request| request).await
    }

    pub async fn delete(&self, path: &str) -> Said {
        self.send(Method::DELETE, path, |request| request).await
    }

    /// A POST without a body.
    pub async fn act(&self, path: &str) -> Said {
        self.send(Method::POST, path, |request| request).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Said {
        self.send(Method::POST, path, |request| request.json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Said {
        self.send(Method::PUT, path, |request| request.json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Said {
        self.send(Method::PATCH, path, |request| request.json(&body)).await
    }

    /// A POST with an `Idempotency-Key`.
    pub async fn post_once(&self, path: &str, key: &str, body: Option<Value>) -> Said {
        self.send(Method::POST, path, |request| {
            let request = request.header("idempotency-key", key);
            match &body {
                Some(body) => request.json(body),
                None => request,
            }
        })
        .await
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Said {
        let path = format!("/api/v1{path}");
        let page = self.client.send(with(self.client.request(method.clone(), &path))).await;
        let body = serde_json::from_str(&page.text).unwrap_or(Value::Null);
        self.document.check(&method, &path, &page, &body);
        Said { page, body }
    }
}

impl Said {
    #[track_caller]
    pub fn assert(self, status: u16) -> Value {
        assert_eq!(self.page.status.as_u16(), status, "{}", self.page.text);
        self.body
    }

    /// A refusal of this kind (RFC 9457).
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        let body = self.assert(status);
        assert_eq!(body["type"], format!("/problems/{code}"), "{body}");
        body
    }

    /// 422 that names this field.
    #[track_caller]
    pub fn names(self, field: &str, problem: &str) {
        let body = self.refused(422, "invalid");
        let named = body["errors"].as_array().unwrap();
        assert!(
            named.iter().any(|wrong| wrong["field"] == field && wrong["problem"] == problem),
            "{field} {problem} is not named in {body}"
        );
        assert!(body["detail"].as_str().unwrap().contains(field), "{body}");
    }
}

impl Document {
    /// Every operation: method, path with its parameters, and what is said of it.
    pub fn operations(&self) -> Vec<(Method, String, Value)> {
        let mut all = Vec::new();
        for (path, item) in self.0["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                if let Ok(method) = method.to_uppercase().parse::<Method>()
                    && operation["operationId"].is_string()
                {
                    all.push((method, path.clone(), operation.clone()));
                }
            }
        }
        assert!(all.len() > 50, "{}", all.len());
        all
    }

    fn operation(&self, method: &Method, path: &str) -> Value {
        let asked: Vec<&str> = path.split('?').next().unwrap().split('/').collect();
        let fits = |template: &str| {
            let parts: Vec<&str> = template.split('/').collect();
            parts.len() == asked.len()
                && parts.iter().zip(&asked).all(|(part, asked)| part.starts_with('{') || part == asked)
        };
        // `/tokens/current` before `/courses/{course}`: the one with fewest parameters is meant.
        let mut found: Vec<(Method, String, Value)> = self
            .operations()
            .into_iter()
            .filter(|(known, template, _)| known == method && fits(template))
            .collect();
        found.sort_by_key(|(_, template, _)| template.matches('{').count());
        found.into_iter().next().map(|(_, _, operation)| operation).unwrap_or_default()
    }

    #[track_caller]
    fn check(&self, method: &Method, path: &str, page: &Page, body: &Value) {
        let operation = self.operation(method, path);
        if operation.is_null() {
            return;
        }
        let status = page.status.as_u16();
        let what = format!("{method} {path}: {status}");
        let answer = self.resolved(&operation["responses"][status.to_string()]);
        assert!(
            !answer.is_null(),
            "{what} is not in the document: {}\n{}",
            operation["responses"],
            page.text
        );
        let Some(kinds) = answer["content"].as_object() else {
            assert!(
                page.text.is_empty(),
                "{what} has a body that the document does not know:\n{}",
                page.text
            );
            return;
        };
        let (kind, content) = kinds.iter().next().unwrap();
        assert!(
            page.header("content-type").starts_with(kind.as_str()),
            "{what}: {}",
            page.header("content-type")
        );
        if kind.contains("json") {
            self.fits(&content["schema"], body, &what);
        }
        if status >= 400 {
            assert_eq!(body["status"], json!(status), "{what}");
            assert!(
                !body["title"].as_str().unwrap().is_empty() && !body["detail"].as_str().unwrap().is_empty()
            );
        }
    }

    /// A schema itself, where the document only names it.
    pub fn schema(&self, schema: &Value) -> Value {
        self.resolved(schema)
    }

    fn resolved(&self, value: &Value) -> Value {
        match value["$ref"].as_str() {
            Some(place) => self.0.pointer(place.trim_start_matches('#')).expect(place).clone(),
            None => value.clone(),
        }
    }

    #[track_caller]
    fn fits(&self, schema: &Value, value: &Value, what: &str) {
        let schema = self.resolved(schema);
        for every in schema["allOf"].as_array().into_iter().flatten() {
            self.fits(every, value, what);
        }
        if let Some(any) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
            let null = value.is_null() && any.iter().any(|one| one["type"] == "null");
            if let (false, Some(real)) = (null, any.iter().find(|one| one["type"] != "null")) {
                self.fits(real, value, what);
            }
            return;
        }
        let kinds: Vec<&str> = match &schema["type"] {
            Value::String(kind) => vec![kind],
            Value::Array(kinds) => kinds.iter().map(|kind| kind.as_str().unwrap()).collect(),
            _ => Vec::new(),
        };
        let is = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_f64() => "number",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        assert!(kinds.is_empty() || kinds.contains(&is), "{what}: {value} is no {kinds:?}");
        for name in schema["required"].as_array().into_iter().flatten() {
            assert!(
                !value[name.as_str().unwrap()].is_null() || value.get(name.as_str().unwrap()).is_some(),
                "{what}: {name} is missing in {value}"
            );
        }
        if let (Some(known), Some(fields)) = (schema["properties"].as_object(), value.as_object()) {
            for (name, field) in fields {
                // A schema that is put together of several knows its fields in another of its parts.
                if let Some(of) = known.get(name) {
                    self.fits(of, field, &format!("{what} {name}"));
                }
            }
        }
        if let Some(items) = value.as_array() {
            for item in items {
                self.fits(&schema["items"], item, what);
            }
        }
    }
}

//! The API: its document, its refusals, its lists, and how a request is read.

use std::collections::{BTreeSet, HashSet};

use app::api::document::document;
use app::api::given::{Given, MOST_BYTES, Sought};
use app::api::list::Page;
use app::api::problem_json::details;
use app::api::refusal::{Refusal, What, Wrong};
use app::api::routes;
use app::{Problem, Who};
use axum::body::Body;
use axum::extract::{FromRequest as _, FromRequestParts as _, Request};
use axum::http::header;
use serde::Deserialize;
use words::Language;

#[test]
fn the_document_has_every_route_and_no_other() {
    let routes = routes();
    let served: BTreeSet<String> = routes
        .list()
        .iter()
        .filter(|route| route.path.starts_with("/api/v1/"))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let mut said = BTreeSet::new();
    for (path, item) in document().paths.paths {
        let methods = [
            ("GET", &item.get),
            ("PUT", &item.put),
            ("POST", &item.post),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ];
        for (method, operation) in methods {
            let Some(operation) = operation else { continue };
            said.insert(format!("{method} {path}"));
            let open = operation.security.as_ref().is_some_and(|needs| !needs.is_empty());
            let route = routes.list().iter().find(|route| route.path == path && route.method == method);
            assert_eq!(open, route.is_some_and(|route| route.who == Who::Anybody), "{method} {path}");
            let named = operation.parameters.iter().flatten().count();
            assert!(named >= path.matches('{').count(), "{method} {path} does not say all its parameters");
        }
    }
    assert_eq!(served, said);
}

#[test]
fn every_refusal_has_a_word_of_its_own_and_sentences_in_every_language() {
    let examples = Refusal::examples();
    let codes: HashSet<_> = examples.iter().map(Refusal::code).collect();
    assert_eq!(codes.len(), examples.len());
    for refusal in &examples {
        for language in Language::ALL {
            let said = details(refusal, language);
            assert!(!said.title.is_empty() && !said.detail.contains('{'), "{said:?}");
        }
    }
}

#[test]
fn a_list_is_cut_into_pages_that_link_to_each_other() {
    let check = |page: Option<u32>, first: Option<usize>, links: &str| {
        let cut = Page::cut((0..120).collect::<Vec<usize>>().into_iter(), page);
        assert_eq!(cut.items.first().copied(), first);
        assert_eq!((cut.pages, cut.total), (3, 120));
        let answer = cut.answer(&"/api/v1/people?page=9&q=an".parse().unwrap());
        assert_eq!(answer.headers()[header::LINK], links);
    };
    let ends = "</api/v1/people?q=an&page=1>; rel=\"first\", </api/v1/people?q=an&page=3>; rel=\"last\"";
    check(None, Some(0), &format!("{ends}, </api/v1/people?q=an&page=2>; rel=\"next\""));
    check(Some(3), Some(100), &format!("{ends}, </api/v1/people?q=an&page=2>; rel=\"prev\""));
    check(Some(u32::MAX), None, &format!("{ends}, </api/v1/people?q=an&page=3>; rel=\"prev\""));
    check(Some(0), Some(0), &format!("{ends}, </api/v1/people?q=an&page=2>; rel=\"next\""));
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only read")]
struct Card {
    title: String,
    #[serde(default)]
    minutes: i32,
    #[serde(default)]
    page: Option<u32>,
}

async fn refused(body: &str) -> Refusal {
    let request =
        Request::post("/").header("content-type", "application/json").body(Body::from(body.to_owned()));
    Given::<Card>::from_request(request.unwrap(), &()).await.unwrap_err()
}

fn one(field: &str, what: &What) -> Refusal {
    Refusal::Invalid(vec![Wrong { field: field.to_owned(), what: what.clone() }])
}

#[tokio::test]
async fn a_wrong_body_is_refused_by_the_name_of_the_field() {
    assert_eq!(refused(r#"{"title":"a","colour":1}"#).await, one("colour", &What::UnknownField));
    assert_eq!(refused("{}").await, one("title", &What::Rule(identity::Problem::Missing)));
    assert_eq!(
        refused(r#"{"title":"a\u0000b"}"#).await,
        one("title", &What::Rule(identity::Problem::Malformed))
    );
    assert_eq!(refused("{\n\"title\": }").await, Refusal::NotJson(2, 10));
    let Refusal::Invalid(wrongs) = refused(r#"{"title":"a","minutes":"x"}"#).await else { panic!() };
    assert_eq!(wrongs[0].field, "minutes");
    assert_eq!(refused(&"[".repeat(10_000)).await, Refusal::NotJson(1, 128));
    let large = format!(r#"{{"title":"{}"}}"#, "a".repeat(MOST_BYTES));
    assert_eq!(refused(&large).await, Refusal::Page(Problem::TooLarge));
}

#[tokio::test]
async fn a_wrong_query_is_refused_by_the_name_of_the_field() {
    let asked = async |query: &str| {
        let (mut parts, ()) = Request::get(format!("/?title=a&{query}")).body(()).unwrap().into_parts();
        Sought::<Card>::from_request_parts(&mut parts, &()).await
    };
    assert!(asked("page=2").await.is_ok());
    assert_eq!(asked("colour=1").await.unwrap_err(), one("colour", &What::UnknownField));
    let Refusal::Invalid(wrongs) = asked("page=x").await.unwrap_err() else { panic!() };
    assert_eq!(wrongs[0].field, "page");
}

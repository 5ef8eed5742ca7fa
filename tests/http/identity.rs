//! People through the outer door: signing in, one's own account, the pages of an administrator, import, set-up, statement.

mod account;
mod erasure;
mod groups;
mod import;
mod people;
mod setup;
mod sign_in;
mod statement;

use reqwest::multipart::{Form, Part};

use crate::harness::{Client, Page};

/// Everything between two marks of a page.
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let start = text.find(before).unwrap_or_else(|| panic!("{before:?} is not in:\n{text}")) + before.len();
    &text[start..start + text[start..].find(after).unwrap()]
}

/// The path of the first one-time link on a page.
fn link(page: &Page) -> String {
    format!("/password/{}", between(&page.text, "/password/", "<"))
}

async fn upload(client: &Client, bytes: impl Into<Vec<u8>>) -> Page {
    let part = Part::bytes(bytes.into()).file_name("osoby.csv").mime_str("text/csv").unwrap();
    let form = Form::new().part("file", part);
    client.send(client.request(reqwest::Method::POST, "/people/import").multipart(form)).await
}

//! What `app` does without a database, tried through its public functions: inside `app` there are no tests, since its pages would be
//! compiled a second time for them (`tidy::pages_are_compiled_once`).

mod api;
mod pages;
mod shelf;

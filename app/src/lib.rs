//! Pages and forms: all HTML. No SQL and no rules: a page asks an area, says it in words, and puts it together from parts.
//!
//! A request is an axum handler that opens one transaction for its person (`caller`), calls an area, and renders a Leptos
//! view to a whole document (`visit`). Every refusal becomes a status and a sentence in one place (`problem`).

pub mod api;
pub mod caller;
pub mod courses;
pub mod devices;
pub mod guard;
pub mod identity;
mod import;
mod kept;
pub mod notices;
pub mod pdf;
pub mod problem;
mod refused;
pub mod request;
pub mod routes;
pub mod source;
pub mod state;
pub mod video;
pub mod visit;
mod way;

pub use ::parts;
pub use ::parts::date;
pub use caller::Caller;
pub use problem::{Answer, Problem};
pub use request::{Asked, At, Attached, Posted};
pub use routes::{Routes, Who};
pub use state::App;
pub use visit::Visit;

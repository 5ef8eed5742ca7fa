//! Pages of the loans.

use words::Language;

use crate::parts::Flash;
use crate::routes::Routes;

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new()
}

/// The message of that code, shown once; `None` for a code of others.
pub fn flash(_language: Language, _code: &str) -> Option<Flash> {
    None
}

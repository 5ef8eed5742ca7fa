//! The catalogue that the organisations of an installation have in common: offering a course, adopting one, taking newer versions
//! over, and what an organisation decides once.

pub mod decisions;
pub mod list;
pub mod meant;
pub mod offer;
pub mod one;
pub mod takeover;

use identity::shared_position::SharedPosition;
use identity::{SharedPositionId, SignedIn};
use words::{Language, sharing as say, storage};

use crate::parts::Link;
use crate::routes::Routes;
use crate::routes::Who::SignedIn as Somebody;

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new()
        .get("/catalogue/installation", Somebody, list::show)
        .get("/catalogue/installation/{offer}", Somebody, one::show)
        .post("/catalogue/installation/{offer}", Somebody, one::adopt)
        .get("/catalogue/installation/{offer}/media/{id}/{name}", Somebody, one::picture)
        .get("/catalogue/decisions", Somebody, decisions::show)
        .post("/catalogue/decisions", Somebody, decisions::decide)
        .post("/catalogue/decisions/positions", Somebody, meant::mean)
        .post("/catalogue/decisions/positions/remove", Somebody, meant::unmean)
        .get("/teaching/{slug}/offer", Somebody, offer::show)
        .post("/teaching/{slug}/offer", Somebody, offer::make)
        .post("/teaching/{slug}/offer/withdraw", Somebody, offer::withdraw)
        .get("/teaching/{slug}/takeover", Somebody, takeover::show)
        .post("/teaching/{slug}/takeover", Somebody, takeover::take)
}

/// The catalogue in a breadcrumb trail.
fn home(language: Language) -> Link {
    Link::new(say::title(language), "/catalogue/installation")
}

/// How much films take.
fn weight(language: Language, bytes: u64) -> String {
    storage::megabytes(language, &crate::video::megabytes(bytes))
}

/// How much films may still take, where that is limited.
fn room(language: Language, free: Option<u64>) -> String {
    crate::video::size(language, free.unwrap_or(0))
}

/// Whether the pages of adopting are for this person.
pub fn is_for(me: &SignedIn) -> bool {
    courses::offer::seen::Adopter::of(me).is_ok()
}

/// The names of positions, in the order of the list.
fn names(shared: &[SharedPosition], wanted: &[SharedPositionId]) -> Vec<String> {
    shared.iter().filter(|one| wanted.contains(&one.id)).map(|one| one.name.clone()).collect()
}

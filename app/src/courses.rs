//! Pages of courses: what learners read, and what those who teach write, publish and follow.

mod catalogue;
pub(crate) mod certificates;
mod companions;
mod course;
pub mod due;
pub(crate) mod film;
pub mod flash;
mod home;
mod in_languages;
mod lines;
mod media;
pub mod obligations;
mod open;
mod phrases;
pub mod quiz;
mod recall;
pub(crate) mod search;
pub mod sharing;
mod studio;
mod taught;
mod unit;

mod teaching {
    //! Pages of those who teach a course.

    pub mod captions;
    pub mod card;
    pub mod chapters;
    pub mod companions;
    pub mod copies;
    pub mod cue_film;
    pub mod cues;
    pub mod differences;
    pub mod document;
    pub mod draft;
    pub mod drafts;
    pub mod editor;
    pub mod film;
    pub mod film_part;
    pub mod findings;
    pub mod languages;
    pub mod list;
    pub mod merge;
    pub mod moves;
    pub mod open;
    pub mod people;
    pub mod pictures;
    pub mod place;
    pub mod plans;
    pub mod preview;
    pub mod progress;
    pub mod publish;
    pub mod quiz;
    pub mod reading;
    pub mod reviews;
    pub mod rule;
    pub mod rule_form;
    pub mod sections;
    pub mod seen;
    pub mod settings;
    pub mod teachers;
    pub mod titles;
    pub mod translations;
    pub mod upload;
    pub mod versions;
    pub mod waivers;
}

use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::routing::post;

use crate::routes::{Routes, Who};
use teaching::companions as companions_of_film;
use teaching::{
    captions, chapters, copies, cues, document, draft, editor, film as unit_film, languages, list, merge,
    moves, people,
};
use teaching::{
    pictures, plans, preview, progress, publish, reading, reviews, rule, sections, seen, settings,
};
use teaching::{teachers, titles, translations, upload, versions, waivers};

pub use teaching::plans::letter as refused_plan;

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new()
        .merge(learning())
        .merge(quiz::routes())
        .merge(recall::routes())
        .merge(teaching_routes())
        .merge(unit_routes())
        .merge(writing())
        .merge(teaching::quiz::routes())
        .merge(certificates::routes())
        .merge(obligations::routes())
        .merge(sharing::routes())
        .merge(studio::routes())
        .merge(open::routes())
}

fn learning() -> Routes {
    Routes::new()
        .get("/", Who::SignedIn, home::show)
        .get("/catalogue", Who::SignedIn, catalogue::show)
        .get("/search", Who::SignedIn, search::show)
        .get("/courses/{slug}", Who::SignedIn, course::show)
        .post("/courses/{slug}/join", Who::SignedIn, catalogue::join)
        .get("/courses/{slug}/{unit}", Who::SignedIn, unit::show)
        .post("/courses/{slug}/{unit}/finish", Who::SignedIn, unit::finish)
        .post("/courses/{slug}/{unit}/reopen", Who::SignedIn, unit::reopen)
        .post("/courses/{slug}/{unit}/language", Who::SignedIn, unit::choose_language)
        .get("/courses/{slug}/media/{id}/{name}", Who::SignedIn, media::show)
}

fn teaching_routes() -> Routes {
    Routes::new()
        .get("/teaching", Who::SignedIn, list::show)
        .get("/teaching/new", Who::SignedIn, list::fresh)
        .post("/teaching/new", Who::SignedIn, list::create)
        .get("/teaching/{slug}", Who::SignedIn, draft::show)
        .post("/teaching/{slug}/outline", Who::SignedIn, moves::make)
        .post("/teaching/{slug}/sections", Who::SignedIn, draft::add_section)
        .post("/teaching/{slug}/units", Who::SignedIn, draft::add_unit)
        .get("/teaching/{slug}/sections/{section}", Who::SignedIn, sections::show)
        .post("/teaching/{slug}/sections/{section}", Who::SignedIn, sections::rename)
        .get("/teaching/{slug}/sections/{section}/remove", Who::SignedIn, sections::ask_remove)
        .post("/teaching/{slug}/sections/{section}/remove", Who::SignedIn, sections::remove)
        .get("/teaching/{slug}/settings", Who::SignedIn, settings::show)
        .post("/teaching/{slug}/settings", Who::SignedIn, settings::save)
        .post("/teaching/{slug}/archive", Who::SignedIn, settings::archive)
        .post("/teaching/{slug}/restore", Who::SignedIn, settings::restore)
        .get("/teaching/{slug}/open", Who::SignedIn, teaching::open::ask)
        .post("/teaching/{slug}/open", Who::SignedIn, teaching::open::open)
        .post("/teaching/{slug}/close", Who::SignedIn, teaching::open::close)
        .get("/teaching/{slug}/publish", Who::SignedIn, publish::ask)
        .post("/teaching/{slug}/publish", Who::SignedIn, publish::publish)
        .post("/teaching/{slug}/preview", Who::SignedIn, preview::fragment)
        .get("/teaching/{slug}/pictures", Who::SignedIn, pictures::show)
        .post("/teaching/{slug}/pictures", Who::SignedIn, pictures::add)
        .get("/teaching/{slug}/pictures/{id}/remove", Who::SignedIn, pictures::ask_remove)
        .post("/teaching/{slug}/pictures/{id}/remove", Who::SignedIn, pictures::remove)
        .get("/teaching/{slug}/people", Who::SignedIn, people::show)
        .post("/teaching/{slug}/people", Who::SignedIn, people::add)
        .get("/teaching/{slug}/people/rule", Who::SignedIn, rule::ask_new)
        .post("/teaching/{slug}/people/rule", Who::SignedIn, rule::direct)
        .get("/teaching/{slug}/people/{enrolment}", Who::SignedIn, rule::ask)
        .post("/teaching/{slug}/people/{enrolment}", Who::SignedIn, rule::change)
        .post("/teaching/{slug}/people/{enrolment}/remove", Who::SignedIn, people::remove)
        .get("/teaching/{slug}/teachers", Who::SignedIn, teachers::show)
        .post("/teaching/{slug}/teachers", Who::SignedIn, teachers::add)
        .get("/teaching/{slug}/teachers/{person}/remove", Who::SignedIn, teachers::ask_remove)
        .post("/teaching/{slug}/teachers/{person}/remove", Who::SignedIn, teachers::remove)
        .get("/teaching/{slug}/progress", Who::SignedIn, progress::show)
        .get("/teaching/{slug}/progress.csv", Who::SignedIn, progress::download)
}

/// Review, versions, plans, copies, languages, documents.
fn writing() -> Routes {
    Routes::new()
        .post("/teaching/{slug}/waivers", Who::SignedIn, waivers::waive)
        .post("/teaching/{slug}/plan", Who::SignedIn, plans::set)
        .post("/teaching/{slug}/plan/cancel", Who::SignedIn, plans::cancel)
        .get("/teaching/{slug}/reading", Who::SignedIn, reading::show)
        .get("/teaching/{slug}/review", Who::SignedIn, reviews::show)
        .post("/teaching/{slug}/review", Who::SignedIn, reviews::ask)
        .post("/teaching/{slug}/review/end", Who::SignedIn, reviews::end)
        .post("/teaching/{slug}/review/rules", Who::SignedIn, reviews::rules)
        .get("/teaching/{slug}/versions", Who::SignedIn, versions::show)
        .get("/teaching/{slug}/versions/compare", Who::SignedIn, versions::compare)
        .post(
            "/teaching/{slug}/versions/{number}/units/{unit_id}/restore",
            Who::SignedIn,
            versions::bring_back,
        )
        .get("/teaching/{slug}/copy", Who::SignedIn, copies::ask)
        .post("/teaching/{slug}/copy", Who::SignedIn, copies::make)
        .get("/teaching/{slug}/document", Who::SignedIn, document::show)
        .post("/teaching/{slug}/document", Who::SignedIn, document::import)
        .get("/teaching/{slug}/languages", Who::SignedIn, languages::show)
        .get("/teaching/{slug}/languages/{code}", Who::SignedIn, titles::write)
        .post("/teaching/{slug}/languages/{code}", Who::SignedIn, titles::save)
        .post("/teaching/{slug}/languages/{code}/remove", Who::SignedIn, titles::remove)
        .post("/teaching/{slug}/units/{unit_id}/merge", Who::SignedIn, merge::put_together)
        .get("/teaching/{slug}/units/{unit_id}/reuse", Who::SignedIn, copies::ask_reuse)
        .post("/teaching/{slug}/units/{unit_id}/reuse", Who::SignedIn, copies::reuse)
        .get("/teaching/{slug}/units/{unit_id}/origin", Who::SignedIn, copies::origin)
        .post("/teaching/{slug}/units/{unit_id}/origin", Who::SignedIn, copies::seen)
        .get("/teaching/{slug}/units/{unit_id}/languages", Who::SignedIn, languages::of_unit)
        .get("/teaching/{slug}/units/{unit_id}/languages/{code}", Who::SignedIn, translations::write)
        .post("/teaching/{slug}/units/{unit_id}/languages/{code}", Who::SignedIn, translations::save)
        .post("/teaching/{slug}/units/{unit_id}/languages/{code}/remove", Who::SignedIn, translations::remove)
}

fn unit_routes() -> Routes {
    const PLAIN: &str = "/teaching/{slug}/units/{unit_id}/film/plain";
    // As large as a film may be: the bytes go through, they are not kept.
    let plain = post(upload::plain).layer(DefaultBodyLimit::disable());
    Routes::new()
        .get("/teaching/{slug}/units/{unit_id}", Who::SignedIn, editor::show)
        .post("/teaching/{slug}/units/{unit_id}", Who::SignedIn, editor::save)
        .get("/teaching/{slug}/units/{unit_id}/remove", Who::SignedIn, sections::ask_remove_unit)
        .post("/teaching/{slug}/units/{unit_id}/remove", Who::SignedIn, sections::remove_unit)
        .get("/teaching/{slug}/units/{unit_id}/film", Who::SignedIn, unit_film::show)
        .post("/teaching/{slug}/units/{unit_id}/film", Who::SignedIn, unit_film::add)
        .with(Method::POST, PLAIN, Who::SignedIn, plain)
        .get("/teaching/{slug}/units/{unit_id}/film/chapters", Who::SignedIn, chapters::show)
        .post("/teaching/{slug}/units/{unit_id}/film/chapters", Who::SignedIn, chapters::save)
        .get("/teaching/{slug}/units/{unit_id}/film/companions", Who::SignedIn, companions_of_film::show)
        .post("/teaching/{slug}/units/{unit_id}/film/companions", Who::SignedIn, companions_of_film::save)
        .get("/teaching/{slug}/units/{unit_id}/film/seen", Who::SignedIn, seen::show)
        .post("/teaching/{slug}/units/{unit_id}/film/seen", Who::SignedIn, seen::ask)
        .post("/teaching/{slug}/units/{unit_id}/film/cancel", Who::SignedIn, unit_film::cancel)
        .post("/teaching/{slug}/units/{unit_id}/film/retry", Who::SignedIn, unit_film::retry)
        .get("/teaching/{slug}/units/{unit_id}/film/remove", Who::SignedIn, unit_film::ask_remove)
        .post("/teaching/{slug}/units/{unit_id}/film/remove", Who::SignedIn, unit_film::remove)
        .post("/teaching/{slug}/units/{unit_id}/captions", Who::SignedIn, captions::attach)
        .post("/teaching/{slug}/units/{unit_id}/captions/draft", Who::SignedIn, teaching::drafts::ask)
        .get("/teaching/{slug}/units/{unit_id}/captions/{language}", Who::SignedIn, cues::show)
        .post("/teaching/{slug}/units/{unit_id}/captions/{language}", Who::SignedIn, cues::save)
        .post("/teaching/{slug}/units/{unit_id}/captions/{language}/check", Who::SignedIn, cues::check)
        .post("/teaching/{slug}/units/{unit_id}/captions/{language}/remove", Who::SignedIn, captions::detach)
}

//! Pages of those who teach: writing the test of a unit, looking at it as a learner, results, marking, a corrected key.

pub mod bank;
pub mod draws;
pub mod edit;
pub mod exchange;
mod faults;
pub mod form;
mod inputs;
pub mod items;
mod kinds;
mod marks;
pub mod one;
mod placed;
pub mod preview;
pub mod regrade;
pub mod results;
pub mod worded;

use courses::course::Course;
use courses::outline::{self, Unit};
use courses::{Taught, UnitId};
use leptos::prelude::*;
use words::{Language, quizzes as say};

use crate::caller::Caller;
use crate::courses::taught::{self, way};
use crate::problem::Problem;
use crate::routes::{Routes, Who};
use crate::state::App;
use crate::visit::Visit;
use crate::way::tabs;

/// The routes of these pages.
pub fn routes() -> Routes {
    let who = Who::SignedIn;
    Routes::new()
        .get("/teaching/{slug}/questions", who, bank::show)
        .post("/teaching/{slug}/questions", who, bank::add)
        .get("/teaching/{slug}/units/{unit_id}/test", who, edit::show)
        .post("/teaching/{slug}/units/{unit_id}/test", who, edit::save)
        .get("/teaching/{slug}/units/{unit_id}/test/file", who, edit::download)
        .get("/teaching/{slug}/units/{unit_id}/test/remove", who, edit::ask_remove)
        .post("/teaching/{slug}/units/{unit_id}/test/remove", who, edit::remove)
        .get("/teaching/{slug}/units/{unit_id}/test/form", who, form::show)
        .post("/teaching/{slug}/units/{unit_id}/test/form", who, form::save)
        .get("/teaching/{slug}/units/{unit_id}/test/form/new", who, one::fresh)
        .post("/teaching/{slug}/units/{unit_id}/test/form/questions", who, one::save)
        .get("/teaching/{slug}/units/{unit_id}/test/form/questions/{question_key}", who, one::show)
        .post("/teaching/{slug}/units/{unit_id}/test/form/questions/{question_key}/move", who, form::act)
        .get("/teaching/{slug}/units/{unit_id}/test/preview", who, preview::show)
        .get("/teaching/{slug}/units/{unit_id}/test/results", who, results::show)
        .get("/teaching/{slug}/units/{unit_id}/test/results/{attempt}", who, results::one)
        .post("/teaching/{slug}/units/{unit_id}/test/results/{attempt}/mark", who, marks::mark)
        .post("/teaching/{slug}/units/{unit_id}/test/import", who, exchange::import)
        .get("/teaching/{slug}/units/{unit_id}/test/export", who, exchange::export)
        .get("/teaching/{slug}/units/{unit_id}/test/items", who, items::show)
        .get("/teaching/{slug}/units/{unit_id}/test/regrade", who, regrade::ask)
        .post("/teaching/{slug}/units/{unit_id}/test/regrade", who, regrade::regrade)
        .get("/teaching/{slug}/units/{unit_id}/languages/{code}/questions/{question_key}", who, worded::show)
        .post("/teaching/{slug}/units/{unit_id}/languages/{code}/questions/{question_key}", who, worded::save)
        .post(
            "/teaching/{slug}/units/{unit_id}/languages/{code}/questions/{question_key}/remove",
            who,
            worded::remove,
        )
}

/// What every page of a unit's test begins with.
struct Place {
    course: Course,
    unit: Unit,
}

impl Place {
    fn path(&self) -> String {
        format!("/teaching/{}/units/{}/test", self.course.card.slug, self.unit.id)
    }

    /// The way here, and the pages of the test.
    fn head(&self, language: Language, here: &str) -> AnyView {
        let (slug, path) = (&self.course.card.slug, self.path());
        let unit = format!("{slug}/units/{}", self.unit.id);
        let links = [
            (say::tab_form(language), format!("{path}/form")),
            (say::tab_edit(language), path.clone()),
            (say::tab_preview(language), format!("{path}/preview")),
            (say::tab_results(language), format!("{path}/results")),
            (say::tab_items(language), format!("{path}/items")),
            (say::tab_regrade(language), format!("{path}/regrade")),
        ];
        let links = links.map(|(text, href)| (text, href, text == here));
        view! {
            {way(language, &[(&self.course.card.title, slug), (&self.unit.title, &unit)], here)}
            {tabs(say::tabs_label(language), links)}
        }
        .into_any()
    }
}

async fn open(app: &App, caller: &Caller, slug: &str, id: UnitId) -> Result<(Visit, Taught, Place), Problem> {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let unit = outline::unit(&mut visit.tx, &proof, id).await?;
    Ok((visit, proof, Place { course, unit }))
}

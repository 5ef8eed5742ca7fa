//! The REST API under `/api/v1`: what pages do, by the same functions, with the same refusals (RFC 9457).
//!
//! It takes bearer tickets only and never looks at a cookie, so no page of another site can make a browser use it.
//! Every operation is in the OpenAPI document, which is made from the handlers.

pub mod call;
pub mod document;
pub mod given;
pub mod list;
pub mod problem_json;
pub mod refusal;

mod agreements;
mod applications;
mod bank;
mod catalogue;
mod certificates;
mod courses;
mod declarations;
mod desk;
mod device_choices;
mod device_import;
mod devices;
mod due_events;
mod enrolments;
mod film_companions;
mod film_notes;
mod film_parts;
mod film_storage;
mod films;
mod groups;
mod incidents;
mod kept_reports;
mod loans;
mod notices;
mod obligations;
mod offers;
mod outline;
mod page;
mod people;
mod purchases;
mod quizzes;
mod report_rows;
mod reports;
mod review;
mod rules;
mod search;
mod sims;
mod stocktakes;
mod teachers;
mod teaching;
mod tokens;

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::MethodFilter;

use crate::routes::{Routes, Who};
use crate::state::App;

/// Whether a path belongs to the API, where refusals are JSON.
pub fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}

/// Operations in the making: all of them for signed-in people.
trait Operations {
    fn put<T: 'static>(self, path: &'static str, handler: impl Handler<T, App>) -> Self;
    fn patch<T: 'static>(self, path: &'static str, handler: impl Handler<T, App>) -> Self;
    fn delete<T: 'static>(self, path: &'static str, handler: impl Handler<T, App>) -> Self;
}

impl Operations for Routes {
    fn put<T: 'static>(self, path: &'static str, handler: impl Handler<T, App>) -> Self {
        self.on(Method::PUT, MethodFilter::PUT, path, Who::SignedIn, handler)
    }

    fn patch<T: 'static>(self, path: &'static str, handler: impl Handler<T, App>) -> Self {
        self.on(Method::PATCH, MethodFilter::PATCH, path, Who::SignedIn, handler)
    }

    fn delete<T: 'static>(self, path: &'static str, handler: impl Handler<T, App>) -> Self {
        self.on(Method::DELETE, MethodFilter::DELETE, path, Who::SignedIn, handler)
    }
}

/// The routes of the API and its two pages.
pub fn routes() -> Routes {
    Routes::new()
        .get("/api/v1", Who::Anybody, page::operations)
        .get("/problems/{code}", Who::Anybody, page::problem)
        .get("/api/v1/openapi.json", Who::Anybody, document::openapi_json)
        .post("/api/v1/tokens", Who::Anybody, tokens::sign_in)
        .post("/api/v1/tokens/current", Who::SignedIn, tokens::renew)
        .delete("/api/v1/tokens/current", tokens::sign_out)
        .merge(people_routes())
        .merge(course_routes())
        .merge(teaching_routes())
        .merge(training_routes())
        .merge(review_routes())
        .merge(catalogue_routes())
        .merge(film_routes())
        .merge(device_routes())
}

fn people_routes() -> Routes {
    Routes::new()
        .get("/api/v1/me", Who::SignedIn, people::me)
        .get("/api/v1/people", Who::SignedIn, people::list)
        .post("/api/v1/people", Who::SignedIn, people::create)
        .get("/api/v1/people/{person}", Who::SignedIn, people::one)
        .patch("/api/v1/people/{person}", people::change)
        .post("/api/v1/people/{person}/suspend", Who::SignedIn, people::suspend)
        .post("/api/v1/people/{person}/resume", Who::SignedIn, people::resume)
        .get("/api/v1/groups", Who::SignedIn, groups::list)
        .post("/api/v1/groups", Who::SignedIn, groups::create)
        .get("/api/v1/groups/{group}", Who::SignedIn, groups::one)
        .delete("/api/v1/groups/{group}", groups::delete)
        .put("/api/v1/groups/{group}/members/{person}", groups::add)
        .delete("/api/v1/groups/{group}/members/{person}", groups::remove)
        .get("/api/v1/org-units", Who::SignedIn, groups::units)
        .post("/api/v1/org-units", Who::SignedIn, groups::create_unit)
        .delete("/api/v1/org-units/{unit}", groups::delete_unit)
}

fn course_routes() -> Routes {
    Routes::new()
        .get("/api/v1/courses", Who::SignedIn, courses::list)
        .get("/api/v1/courses/{course}", Who::SignedIn, courses::one)
        .post("/api/v1/courses/{course}/join", Who::SignedIn, courses::join)
        .get("/api/v1/courses/{course}/progress", Who::SignedIn, courses::progress)
        .get("/api/v1/courses/{course}/units/{unit}/text", Who::SignedIn, courses::text)
        .post("/api/v1/courses/{course}/units/{unit}/finish", Who::SignedIn, courses::finish)
        .delete("/api/v1/courses/{course}/units/{unit}/finish", courses::reopen)
}

fn teaching_routes() -> Routes {
    Routes::new()
        .get("/api/v1/teaching", Who::SignedIn, teaching::list)
        .post("/api/v1/courses", Who::SignedIn, teaching::create)
        .patch("/api/v1/courses/{course}", teaching::change)
        .post("/api/v1/courses/{course}/archive", Who::SignedIn, teaching::archive)
        .post("/api/v1/courses/{course}/restore", Who::SignedIn, teaching::restore)
        .post("/api/v1/courses/{course}/publish", Who::SignedIn, teaching::publish)
        .get("/api/v1/courses/{course}/learners", Who::SignedIn, teaching::learners)
        .get("/api/v1/courses/{course}/teachers", Who::SignedIn, teachers::list)
        .put("/api/v1/courses/{course}/teachers/{person}", teachers::add)
        .delete("/api/v1/courses/{course}/teachers/{person}", teachers::remove)
        .get("/api/v1/courses/{course}/outline", Who::SignedIn, outline::get)
        .post("/api/v1/courses/{course}/sections", Who::SignedIn, outline::add_section)
        .patch("/api/v1/courses/{course}/sections/{section}", outline::rename_section)
        .delete("/api/v1/courses/{course}/sections/{section}", outline::remove_section)
        .post("/api/v1/courses/{course}/sections/{section}/move", Who::SignedIn, outline::move_section)
        .post("/api/v1/courses/{course}/units", Who::SignedIn, outline::add_unit)
        .get("/api/v1/courses/{course}/units/{unit}", Who::SignedIn, outline::unit)
        .put("/api/v1/courses/{course}/units/{unit}", outline::save_unit)
        .delete("/api/v1/courses/{course}/units/{unit}", outline::remove_unit)
        .post("/api/v1/courses/{course}/units/{unit}/move", Who::SignedIn, outline::move_unit)
        .get("/api/v1/courses/{course}/enrolments", Who::SignedIn, enrolments::list)
        .post("/api/v1/courses/{course}/enrolments", Who::SignedIn, enrolments::add)
        .delete("/api/v1/courses/{course}/enrolments/{enrolment}", enrolments::remove)
}

fn training_routes() -> Routes {
    Routes::new()
        .get("/api/v1/courses/{course}/rules", Who::SignedIn, rules::list)
        .post("/api/v1/courses/{course}/rules", Who::SignedIn, rules::make)
        .put("/api/v1/courses/{course}/rules/{enrolment}", rules::change)
        .delete("/api/v1/courses/{course}/rules/{enrolment}", rules::end)
        .get("/api/v1/me/obligations", Who::SignedIn, obligations::own)
        .get("/api/v1/courses/{course}/obligations", Who::SignedIn, obligations::of_course)
        .get("/api/v1/courses/{course}/questions", Who::SignedIn, bank::questions)
        .get("/api/v1/courses/{course}/units/{unit}/test/questions", Who::SignedIn, quizzes::questions)
        .get("/api/v1/courses/{course}/units/{unit}/test/results", Who::SignedIn, quizzes::all_results)
        .get("/api/v1/courses/{course}/units/{unit}/attempts", Who::SignedIn, quizzes::own_attempts)
        .get("/api/v1/courses/{course}/units/{unit}/attempts/{attempt}", Who::SignedIn, quizzes::own_attempt)
        .get("/api/v1/me/certificates", Who::SignedIn, certificates::own)
        .get("/api/v1/me/certificates/{certificate}/document", Who::SignedIn, certificates::document)
        .get("/api/v1/me/certificates/{certificate}/credential", Who::SignedIn, certificates::credential)
        .get("/api/v1/courses/{course}/certificates", Who::SignedIn, certificates::of_course)
        .get("/api/v1/certificates/check", Who::Anybody, certificates::verify)
        .get("/api/v1/me/notices", Who::SignedIn, notices::list)
        .post("/api/v1/me/notices/read", Who::SignedIn, notices::read_until)
        .post("/api/v1/me/notices/{notice}/read", Who::SignedIn, notices::read)
        .get("/api/v1/me/notices/preferences", Who::SignedIn, notices::preferences)
        .put("/api/v1/me/notices/preferences", notices::set_preferences)
        .get("/api/v1/search", Who::SignedIn, search::find)
}

fn review_routes() -> Routes {
    Routes::new()
        .get("/api/v1/me/review", Who::SignedIn, review::today)
        .put("/api/v1/me/review/courses/{course}", review::switch_on)
        .delete("/api/v1/me/review/courses/{course}", review::switch_off)
        .get("/api/v1/me/review/cards/{card}", Who::SignedIn, review::one)
        .post("/api/v1/me/review/cards/{card}/answer", Who::SignedIn, review::answer)
}

fn catalogue_routes() -> Routes {
    Routes::new()
        .get("/api/v1/catalogue/offers", Who::SignedIn, catalogue::list)
        .get("/api/v1/catalogue/offers/{offer}", Who::SignedIn, catalogue::one)
        .post("/api/v1/catalogue/offers/{offer}/adopt", Who::SignedIn, catalogue::adopt_offer)
        .get("/api/v1/catalogue/publishers", Who::SignedIn, catalogue::publishers)
        .put("/api/v1/catalogue/publishers/{publisher}", catalogue::decide)
        .get("/api/v1/courses/{course}/offer", Who::SignedIn, offers::standing)
        .put("/api/v1/courses/{course}/offer", offers::make)
        .delete("/api/v1/courses/{course}/offer", offers::withdraw)
        .get("/api/v1/courses/{course}/takeover", Who::SignedIn, offers::origin)
        .post("/api/v1/courses/{course}/takeover", Who::SignedIn, offers::take)
}

fn film_routes() -> Routes {
    Routes::new()
        .post("/api/v1/courses/{course}/units/{unit}/film", Who::SignedIn, films::create)
        .delete("/api/v1/courses/{course}/units/{unit}/film", films::remove)
        .get("/api/v1/films/{film}", Who::SignedIn, films::one)
        .post("/api/v1/films/{film}/cancel", Who::SignedIn, films::cancel)
        .post("/api/v1/films/{film}/retry", Who::SignedIn, films::retry)
        .get("/api/v1/films/{film}/playlist", Who::SignedIn, films::playlist)
        .get("/api/v1/films/{film}/captions/{language}", Who::SignedIn, films::captions)
        .put("/api/v1/films/{film}/captions/{language}", films::put_captions)
        .delete("/api/v1/films/{film}/captions/{language}", films::delete_captions)
        .post("/api/v1/films/{film}/captions/{language}/check", Who::SignedIn, film_parts::check_captions)
        .get("/api/v1/films/{film}/chapters", Who::SignedIn, film_parts::chapters)
        .put("/api/v1/films/{film}/chapters", film_parts::put_chapters)
        .get("/api/v1/films/{film}/watched", Who::SignedIn, films::watched)
        .post("/api/v1/films/{film}/watched", Who::SignedIn, films::report)
        .get("/api/v1/films/{film}/notes", Who::SignedIn, film_notes::list)
        .post("/api/v1/films/{film}/notes", Who::SignedIn, film_notes::add)
        .get("/api/v1/films/{film}/notes/{note}", Who::SignedIn, film_notes::one)
        .put("/api/v1/films/{film}/notes/{note}", film_notes::change)
        .delete("/api/v1/films/{film}/notes/{note}", film_notes::remove)
        .get("/api/v1/films/{film}/companions", Who::SignedIn, film_companions::list)
        .put("/api/v1/courses/{course}/units/{unit}/companions", film_companions::put)
        .get("/api/v1/films/storage", Who::SignedIn, film_storage::own)
        .put("/api/v1/films/storage", film_storage::keep_sources)
        .get("/api/v1/films/storage/unshown", Who::SignedIn, film_storage::unshown)
        .delete("/api/v1/films/storage/unshown/{film}", film_storage::remove)
        .get("/api/v1/organisations/films", Who::SignedIn, film_storage::of_all)
        .put("/api/v1/organisations/{organisation}/films", film_storage::allow)
}

fn device_routes() -> Routes {
    Routes::new()
        .get("/api/v1/devices", Who::SignedIn, devices::list)
        .post("/api/v1/devices", Who::SignedIn, devices::create)
        .get("/api/v1/devices/{device}", Who::SignedIn, devices::one)
        .put("/api/v1/devices/{device}", devices::change)
        .get("/api/v1/devices/{device}/custody", Who::SignedIn, devices::custody)
        .post("/api/v1/devices/{device}/wipes", Who::SignedIn, devices::wipe)
        .get("/api/v1/devices/applications", Who::SignedIn, applications::list)
        .post("/api/v1/devices/applications", Who::SignedIn, applications::create)
        .get("/api/v1/devices/applications/{application}", Who::SignedIn, applications::one)
        .put("/api/v1/devices/applications/{application}/points", applications::score)
        .put("/api/v1/devices/applications/{application}/decision", applications::decide)
        .get("/api/v1/devices/stocktakes", Who::SignedIn, stocktakes::list)
        .get("/api/v1/devices/stocktakes/{stocktake}", Who::SignedIn, stocktakes::one)
        .get("/api/v1/devices/stocktakes/{stocktake}/lines", Who::SignedIn, stocktakes::lines)
        .post("/api/v1/devices/stocktakes/{stocktake}/scans", Who::SignedIn, stocktakes::scan)
        .get("/api/v1/devices/mine", Who::SignedIn, declarations::own)
        .post("/api/v1/devices/mine/{loan}/declarations", Who::SignedIn, declarations::declare)
        .get("/api/v1/devices/declarations", Who::SignedIn, declarations::due)
        .post("/api/v1/devices/declarations/{loan}", Who::SignedIn, declarations::record)
        .merge(choice_routes())
        .merge(loan_routes())
        .merge(report_routes())
}

fn choice_routes() -> Routes {
    Routes::new()
        .get("/api/v1/devices/models", Who::SignedIn, device_choices::models)
        .post("/api/v1/devices/models", Who::SignedIn, device_choices::create_model)
        .get("/api/v1/devices/models/{model}", Who::SignedIn, device_choices::one_model)
        .get("/api/v1/devices/places", Who::SignedIn, device_choices::places)
        .post("/api/v1/devices/places", Who::SignedIn, device_choices::create_place)
        .get("/api/v1/devices/places/{place}", Who::SignedIn, device_choices::one_place)
        .get("/api/v1/devices/lots", Who::SignedIn, purchases::lots)
        .post("/api/v1/devices/lots", Who::SignedIn, purchases::create_lot)
        .get("/api/v1/devices/lots/{lot}", Who::SignedIn, purchases::one_lot)
        .get("/api/v1/devices/programmes", Who::SignedIn, purchases::programmes)
        .post("/api/v1/devices/programmes", Who::SignedIn, purchases::create_programme)
        .get("/api/v1/devices/programmes/{programme}", Who::SignedIn, purchases::one_programme)
}

fn loan_routes() -> Routes {
    Routes::new()
        .get("/api/v1/devices/loans", Who::SignedIn, loans::list)
        .get("/api/v1/devices/loans/{loan}", Who::SignedIn, loans::one)
        .post("/api/v1/devices/hand-outs", Who::SignedIn, desk::hand_out)
        .post("/api/v1/devices/returns", Who::SignedIn, desk::take_back)
        .get("/api/v1/devices/incidents", Who::SignedIn, incidents::list)
        .post("/api/v1/devices/incidents", Who::SignedIn, incidents::report)
        .get("/api/v1/devices/incidents/{incident}", Who::SignedIn, incidents::one)
        .get("/api/v1/devices/events", Who::SignedIn, due_events::list)
        .post("/api/v1/devices/events", Who::SignedIn, due_events::create)
        .get("/api/v1/devices/events/{event}", Who::SignedIn, due_events::one)
        .patch("/api/v1/devices/events/{event}", due_events::change)
        .get("/api/v1/devices/events/{event}/moves", Who::SignedIn, due_events::moves)
        .post("/api/v1/devices/import/check", Who::SignedIn, device_import::check)
        .post("/api/v1/devices/import", Who::SignedIn, device_import::import)
        .get("/api/v1/devices/agreements", Who::SignedIn, agreements::list)
        .get("/api/v1/devices/agreements/{agreement}", Who::SignedIn, agreements::one)
        .get("/api/v1/devices/{device}/sims", Who::SignedIn, sims::list)
        .post("/api/v1/devices/{device}/sims", Who::SignedIn, sims::place)
        .post("/api/v1/devices/{device}/sims/out", Who::SignedIn, sims::take_out)
}

fn report_routes() -> Routes {
    Routes::new()
        .get("/api/v1/devices/reports", Who::SignedIn, reports::list)
        .get("/api/v1/devices/reports/units", Who::SignedIn, reports::units)
        .get("/api/v1/devices/reports/programmes", Who::SignedIn, reports::programmes)
        .get("/api/v1/devices/reports/models", Who::SignedIn, reports::models)
        .get("/api/v1/devices/reports/overdue", Who::SignedIn, reports::overdue)
        .get("/api/v1/devices/reports/warranty", Who::SignedIn, reports::warranty)
        .get("/api/v1/devices/reports/plans", Who::SignedIn, reports::plans)
        .get("/api/v1/devices/reports/cost", Who::SignedIn, reports::costs)
        .get("/api/v1/devices/reports/{report}/csv", Who::SignedIn, reports::csv)
        .get("/api/v1/devices/reports/{report}/xlsx", Who::SignedIn, reports::workbook)
        .get("/api/v1/devices/reports/savings", Who::SignedIn, kept_reports::savings)
        .put("/api/v1/devices/reports/savings", kept_reports::reckon)
        .get("/api/v1/devices/reports/frozen", Who::SignedIn, kept_reports::all)
        .post("/api/v1/devices/reports/frozen", Who::SignedIn, kept_reports::freeze)
        .get("/api/v1/devices/reports/frozen/{frozen}", Who::SignedIn, kept_reports::one)
        .get("/api/v1/devices/reports/views", Who::SignedIn, kept_reports::looks)
}

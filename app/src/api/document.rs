//! The OpenAPI 3.1 document: made from the handlers themselves, so that it says what they do.

use std::sync::OnceLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi as _};

use crate::api::{
    agreements, applications, bank, catalogue, certificates, courses, declarations, desk, device_choices,
    device_import, devices, due_events, enrolments, film_companions, film_notes, film_parts, film_storage,
    films, groups, incidents, kept_reports, loans, notices, obligations, offers, outline, people,
    problem_json, purchases, quizzes, reports, review, rules, search, sims, stocktakes, teachers, teaching,
    tokens,
};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Tablica",
        description = "Courses, people, films and devices of an organisation. The same functions as the pages, the same refusals \
            (RFC 9457). Sign in at `/api/v1/tokens` and send the ticket as `Authorization: Bearer`. Lists come in pages of \
            50 with a `Link` header. A request that creates something may carry an `Idempotency-Key` (8 to 96 visible ASCII \
            characters): sent again, it gets the same answer and has no second effect. What a person may not know of is 404; \
            what they may see but not do is 403.",
        license(name = "EUPL-1.2", identifier = "EUPL-1.2")
    ),
    servers((url = "/")),
    security(("ticket" = [])),
    components(schemas(problem_json::ProblemDetails)),
    modifiers(&Refusals),
    paths(
        openapi_json,
        tokens::sign_in, tokens::renew, tokens::sign_out,
        people::me, people::list, people::create, people::one, people::change, people::suspend, people::resume,
        groups::list, groups::create, groups::one, groups::delete, groups::add, groups::remove,
        groups::units, groups::create_unit, groups::delete_unit,
        courses::list, courses::one, courses::join, courses::text, courses::progress, courses::finish, courses::reopen,
        teaching::list, teaching::create, teaching::change, teaching::archive, teaching::restore, teaching::publish,
        teaching::learners, teachers::list, teachers::add, teachers::remove,
        outline::get, outline::add_section, outline::rename_section, outline::remove_section, outline::move_section,
        outline::add_unit, outline::unit, outline::save_unit, outline::remove_unit, outline::move_unit,
        enrolments::list, enrolments::add, enrolments::remove,
        rules::list, rules::make, rules::change, rules::end, obligations::own, obligations::of_course,
        bank::questions, quizzes::questions, quizzes::all_results, quizzes::own_attempts, quizzes::own_attempt,
        certificates::own, certificates::document, certificates::credential, certificates::of_course, certificates::verify,
        notices::list, notices::read, notices::read_until, notices::preferences, notices::set_preferences, search::find,
        review::today, review::switch_on, review::switch_off, review::one, review::answer,
        catalogue::list, catalogue::one, catalogue::adopt_offer, catalogue::publishers, catalogue::decide,
        offers::standing, offers::make, offers::withdraw, offers::origin, offers::take,
        films::create, films::remove, films::one, films::cancel, films::retry, films::playlist, films::captions,
        films::put_captions, films::delete_captions, films::watched, films::report,
        film_parts::chapters, film_parts::put_chapters, film_parts::check_captions,
        film_notes::list, film_notes::one, film_notes::add, film_notes::change, film_notes::remove,
        film_companions::list, film_companions::put,
        film_storage::own, film_storage::keep_sources, film_storage::unshown, film_storage::remove, film_storage::of_all,
        film_storage::allow,
        devices::list, devices::one, devices::create, devices::change, devices::custody, devices::wipe,
        device_choices::models, device_choices::one_model, device_choices::create_model, device_choices::places,
        device_choices::one_place, device_choices::create_place,
        purchases::lots, purchases::one_lot, purchases::create_lot,
        purchases::programmes, purchases::one_programme, purchases::create_programme,
        loans::list, loans::one, desk::hand_out, desk::take_back,
        incidents::list, incidents::one, incidents::report,
        due_events::list, due_events::one, due_events::create, due_events::change, due_events::moves,
        sims::list, sims::place, sims::take_out, agreements::list, agreements::one,
        device_import::check, device_import::import,
        applications::list, applications::one, applications::create, applications::score, applications::decide,
        stocktakes::list, stocktakes::one, stocktakes::lines, stocktakes::scan,
        declarations::own, declarations::declare, declarations::due, declarations::record,
        reports::list, reports::units, reports::programmes, reports::models, reports::overdue, reports::warranty,
        reports::plans, reports::costs, reports::csv, reports::workbook,
        kept_reports::savings, kept_reports::reckon, kept_reports::all, kept_reports::freeze, kept_reports::one,
        kept_reports::looks,
    ),
    tags(
        (name = "tokens", description = "Signing in and out"),
        (name = "people", description = "People of the organisation, and oneself"),
        (name = "groups", description = "Groups of an office, classes of a school"),
        (name = "org-units", description = "Units (departments) of an office"),
        (name = "courses", description = "Courses as learners see them"),
        (name = "progress", description = "How far people are"),
        (name = "teaching", description = "Courses as teachers see them"),
        (name = "outline", description = "The draft of a course"),
        (name = "enrolments", description = "Who takes a course"),
        (name = "rules", description = "Whom a course is assigned to, and by when"),
        (name = "obligations", description = "What people have to take, and how they do"),
        (name = "tests", description = "Tests of units: questions, attempts, results"),
        (name = "certificates", description = "Certificates, and whether one is right"),
        (name = "notices", description = "What one is told, and what of it comes by e-mail"),
        (name = "search", description = "Search in the courses that one may see"),
        (name = "review", description = "Questions of finished courses that are asked again"),
        (name = "catalogue", description = "Courses that organisations offer each other"),
        (name = "films", description = "Films, captions, playlists, companions, and the room that they take"),
        (name = "notes", description = "One's own notes at a time of a film"),
        (name = "devices", description = "The register of devices, who has them, reports"),
        (name = "document", description = "This document"),
    )
)]
struct Document;

/// Adds what is the same for every operation: the ticket, and the refusals that follow from its shape.
struct Refusals;

impl Modify for Refusals {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        let ticket = Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        components.add_security_scheme("ticket", SecurityScheme::Http(ticket));
        let content = ContentBuilder::new()
            .schema(Some(utoipa::openapi::Ref::from_schema_name("ProblemDetails")))
            .build();
        let problem = ResponseBuilder::new()
            .description("Refused; `type` says why (RFC 9457)")
            .content(problem_json::MEDIA_TYPE, content)
            .build();
        components.responses.insert("Refused".to_owned(), RefOr::T(problem));
        for (path, item) in &mut document.paths.paths {
            let methods = [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
            for operation in methods.into_iter().flatten() {
                for status in statuses(path, operation) {
                    let refused = RefOr::Ref(utoipa::openapi::Ref::from_response_name("Refused"));
                    operation.responses.responses.entry((*status).to_owned()).or_insert(refused);
                }
            }
        }
    }
}

/// The refusals that an operation can answer.
fn statuses(path: &str, operation: &Operation) -> Vec<&'static &'static str> {
    let mut statuses: Vec<&'static &'static str> = vec![&"default"];
    let open = operation.security.as_ref().is_some_and(|needs| !needs.is_empty());
    if path.ends_with("openapi.json") {
        return statuses;
    }
    statuses.extend([&"400", &"401"]);
    statuses.extend(if open { [&"429"].as_slice() } else { [&"403"].as_slice() });
    if path.contains('{') {
        statuses.extend([&"404", &"409"]);
    }
    let created = operation.responses.responses.contains_key("201");
    let asks = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query);
    if operation.request_body.is_some() {
        statuses.extend([&"413", &"415", &"422"]);
    } else if created || operation.parameters.iter().flatten().any(asks) {
        // A key of a repetition that came with something else; a query that cannot be read.
        statuses.push(&"422");
    }
    statuses
}

/// The document.
pub fn document() -> OpenApi {
    Document::openapi()
}

/// Get this document
#[utoipa::path(
    get, path = "/api/v1/openapi.json", tag = "document", operation_id = "getDocument", security(()),
    responses((status = 200, description = "OpenAPI 3.1", body = Object))
)]
pub async fn openapi_json() -> Response {
    static TEXT: OnceLock<Bytes> = OnceLock::new();
    let text = TEXT.get_or_init(|| document().to_json().unwrap_or_default().into()).clone();
    let headers =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, text).into_response()
}

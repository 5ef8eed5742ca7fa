//! The calendar of a person's deadlines, for calendar programs: GET /calendar/{secret}.ics. No session, no cookie.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::id::{Secret, base64_encode};
use courses::home::{self, Deadline};
use devices::loans::mine::{self, ToReturn};
use identity::day;
use notices::calendar::{self, Shown};
use notices::ics::{Calendar, Entry};
use sha2::{Digest as _, Sha256};
use time::{Date, OffsetDateTime};
use words::{Language, home as text, notices as say};

use crate::date;
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;

/// Devices that are to be returned later than this stand in no calendar, in days.
const AHEAD_DAYS: i32 = 3660;

struct Day {
    uid: String,
    day: Date,
    summary: String,
    description: String,
    url: String,
}

/// GET /calendar/{file}
pub async fn show(State(app): State<App>, headers: HeaderMap, At(file): At<String>) -> Answer {
    let secret = file.strip_suffix(".ics").ok_or(Problem::NotFound)?;
    let opened = calendar::open(&app.db, &Secret::given(secret)).await?;
    let (mut tx, owner) = opened.ok_or(Problem::NotFound)?;
    let language = Language::from_code(&owner.language).unwrap_or_default();
    let site = &app.settings.public_url;
    let courses = home::deadlines(&mut tx, owner.person).await?;
    let devices = mine::to_return(&mut tx, owner.person, AHEAD_DAYS).await?;
    let days: Vec<Day> = courses
        .into_iter()
        .map(|one| of_course(language, site, one))
        .chain(devices.into_iter().map(|one| of_device(language, site, one)))
        .collect();
    let shown: Vec<Shown> = days
        .iter()
        .map(|one| Shown {
            uid: one.uid.clone(),
            content: [&day::written(one.day), &one.summary, &one.description, &one.url]
                .map(String::as_str)
                .join("\n"),
        })
        .collect();
    let now = tx.now();
    let numbers = calendar::numbered(&mut tx, &owner, &shown).await?;
    tx.commit().await?;
    let entries: Vec<Entry> = days
        .into_iter()
        .map(|one| {
            let (sequence, changed_at) = numbers.get(&one.uid).copied().unwrap_or((0, now));
            Entry {
                uid: one.uid,
                sequence,
                changed_at,
                day: one.day,
                summary: one.summary,
                description: one.description,
                url: one.url,
            }
        })
        .collect();
    let changed = entries.iter().map(|entry| entry.changed_at).max();
    let name = say::calendar_name(language, &owner.name);
    let text = Calendar { name, language: language.code().to_owned(), entries }.text();
    Ok(answer(&headers, text, changed))
}

fn of_course(language: Language, site: &str, one: Deadline) -> Day {
    Day {
        uid: format!("taking-{}@tablica", one.taking),
        day: one.day,
        summary: say::calendar_course(language, &one.title),
        description: say::calendar_course_text(language, &day::spoken(one.day)),
        url: format!("{site}/courses/{}", one.slug),
    }
}

fn of_device(language: Language, site: &str, one: ToReturn) -> Day {
    Day {
        uid: format!("loan-{}@tablica", one.loan),
        day: one.day,
        summary: text::return_device(language, &one.model, &one.inventory_no),
        description: say::calendar_device_text(language, &day::spoken(one.day)),
        url: format!("{site}/my-devices"),
    }
}

/// Nothing is sent again that the program has already (RFC 9110 §13.1.2). What went away leaves no later date behind, so only the
/// tag decides, not `If-Modified-Since`.
fn answer(headers: &HeaderMap, text: String, changed: Option<OffsetDateTime>) -> Response {
    let tag = format!("\"{}\"", base64_encode(&Sha256::digest(text.as_bytes())[..16]));
    let asked = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or("");
    let same = asked.split(',').any(|one| {
        let one = one.trim();
        one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag
    });
    let mut response =
        if same { StatusCode::NOT_MODIFIED.into_response() } else { text.into_bytes().into_response() };
    let own = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, "inline; filename=\"terminy.ics\"".to_owned()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::ETAG, tag),
    ];
    let last = changed.map(|at| (header::LAST_MODIFIED, date::http(at)));
    for (name, value) in own.into_iter().chain(last) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

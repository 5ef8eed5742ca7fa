//! GET /devices/export: the assets that fit the filter as CSV, which the import reads back.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use super::list::Asking;
use crate::caller::Caller;
use crate::date;
use crate::problem::Answer;
use crate::request::Asked;
use crate::state::App;

/// GET /devices/export
pub async fn download(State(app): State<App>, caller: Caller, Asked(asked): Asked<Asking>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let file = devices::register::export::csv(&mut visit.tx, &proof, &asked.filter()).await?;
    let day = date::machine_day(visit.tx.now());
    let disposition = format!("attachment; filename=\"sprzet-{}-{day}.csv\"", visit.me.organisation_slug);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, file).into_response())
}

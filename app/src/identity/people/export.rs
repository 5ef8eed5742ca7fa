//! GET /people/export: all people as CSV, which the import reads back.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use crate::caller::Caller;
use crate::date;
use crate::problem::Answer;
use crate::state::App;

/// GET /people/export
pub async fn download(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let file = identity::export::people(&mut visit.tx, &proof).await?;
    let day = date::machine_day(visit.tx.now());
    let disposition = format!("attachment; filename=\"osoby-{}-{day}.csv\"", visit.me.organisation_slug);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, file).into_response())
}

//! The scan of a signed agreement. GET /devices/agreements/{id}/scan.

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use devices::AgreementId;
use devices::loans::agreement;

use crate::caller::Caller;
use crate::devices::papers;
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;

/// What a file is by its first bytes; only these are taken.
pub fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    [
        (b"%PDF-".as_slice(), "application/pdf"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
    ]
    .into_iter()
    .find(|(start, _)| bytes.starts_with(start))
    .map(|(_, kind)| kind)
}

/// GET /devices/agreements/{id}/scan
pub async fn scan(State(app): State<App>, caller: Caller, At(id): At<AgreementId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let agreement = agreement::one(&mut visit.tx, &proof, id).await?;
    papers::may_read(&app, &caller, &visit, &agreement).await?;
    let key = agreement.signed.and_then(|signed| signed.scan).ok_or(Problem::NotFound)?;
    drop(visit);
    let bytes = app.blobs.get(&key).await?;
    let kind = kind_of(&bytes).ok_or(Problem::NotFound)?;
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, "attachment")];
    let answer: Response = (headers, Body::from(bytes)).into_response();
    Ok(answer)
}

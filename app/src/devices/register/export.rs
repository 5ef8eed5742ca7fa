//! GET /devices/export and /devices/export.xlsx: the assets that fit the filter as a table, which the import reads back.

use axum::extract::State;
use devices::privacy::Viewed;
use devices::table::Notes;

use super::list::Asking;
use crate::caller::Caller;
use crate::devices::download::{self, Form};
use crate::devices::reports::views::log;
use crate::problem::Answer;
use crate::request::Asked;
use crate::state::App;

/// GET /devices/export
pub async fn csv(State(app): State<App>, caller: Caller, Asked(asked): Asked<Asking>) -> Answer {
    download(app, caller, asked, Form::Csv).await
}

/// GET /devices/export.xlsx
pub async fn workbook(State(app): State<App>, caller: Caller, Asked(asked): Asked<Asking>) -> Answer {
    download(app, caller, asked, Form::Workbook).await
}

async fn download(app: App, caller: Caller, asked: Asking, form: Form) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    log(&app, &caller, Viewed::Register, visit.me.organisation.0).await?;
    let table = devices::register::export::table(&mut visit.tx, &proof, &asked.filter()).await?;
    let name = format!("sprzet-{}", visit.me.organisation_slug);
    download::tables(form, &name, &[table], &Notes::default(), visit.tx.now())
}

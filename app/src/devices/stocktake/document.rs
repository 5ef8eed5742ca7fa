//! GET /devices/stocktakes/{id}/document: the sheet with its protocol as PDF/UA, frozen when the stocktake is closed.

use axum::extract::State as Shared;
use base::id::hexadecimal;
use devices::StocktakeId;
use devices::papers::document::{self, Of};
use devices::stocktake;
use leptos::prelude::*;
use words::{Language, papers as say, protocol as paper};

use crate::caller::Caller;
use crate::devices::papers::{self, Source, State};
use crate::parts::SummaryRow;
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;

/// GET /devices/stocktakes/{id}/document
pub async fn show(Shared(app): Shared<App>, caller: Caller, At(id): At<StocktakeId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let protocol = stocktake::protocol(&mut visit.tx, &proof, id).await?;
    let seen = document::for_reading(&proof, Of::Protocol(protocol.id));
    papers::frozen(visit, seen, &Source::Stocktake(&protocol), &protocol.number).await
}

/// Makes the document of a stocktake that was just closed. When that fails it is made from the same protocol as soon as
/// somebody opens it.
pub async fn of_closed(app: &App, caller: &Caller, id: StocktakeId) {
    let made = async {
        let mut visit = caller.open(app).await?;
        let proof = visit.me.devices_reader()?;
        let protocol = stocktake::protocol(&mut visit.tx, &proof, id).await?;
        let seen = document::for_reading(&proof, Of::Protocol(protocol.id));
        papers::freeze(&mut visit, seen, &Source::Stocktake(&protocol)).await?;
        Ok::<_, Problem>(visit.tx.commit().await?)
    };
    if let Err(problem) = made.await {
        tracing::warn!(%id, ?problem, "the document of a stocktake waits to be made");
    }
}

/// What the page of the protocol tells of the document.
pub fn kept_row(language: Language, state: &State) -> Option<SummaryRow> {
    let State::Whole(frozen, _) = state else {
        return papers::kept_row(language, state);
    };
    let sum = hexadecimal(&frozen.sha256);
    let row = view! { {paper::kept(language)}<br/><code class="fingerprint">{sum}</code> }.into_any();
    Some(SummaryRow::view(say::label_document(language), row))
}

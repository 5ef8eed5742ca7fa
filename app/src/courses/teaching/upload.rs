//! A film from a plain form, for those without script: it goes straight through to the object store, in pieces.

use std::sync::Arc;

use axum::extract::{FromRequest, Multipart, Request, State};
use bytes::Bytes;
use courses::UnitId;
use tokio::sync::mpsc;
use video::take::{self, Place};
use words::courses as text;

use super::film;
use crate::caller::Caller;
use crate::courses::taught;
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;
use crate::visit;

/// Pieces on their way from the sender to the store.
const WINDOW: usize = 8;

/// Takes the file of the form; the other fields are not needed.
pub async fn plain(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    request: Request,
) -> Answer {
    // Who sends is asked before the first byte is taken, in a transaction that ends before the bytes come.
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    let editable = film::editable(&mut visit, &proof, id).await?;
    let place = Place { db: app.db.clone(), blobs: app.blobs.clone(), actor: visit.tx.actor().clone() };
    drop(visit);
    let mut form = Multipart::from_request(request, &app).await.map_err(|_| Problem::Malformed)?;
    let (sender, receiver) = mpsc::channel(WINDOW);
    let taking = tokio::spawn(take::whole(place, editable, app.settings.film_most_bytes, receiver));
    send(&mut form, sender).await;
    let taken = taking.await.map_err(|error| {
        tracing::error!(%error, "taking a film ended in a fault");
        Problem::Unavailable(5)
    })?;
    let refused = match taken {
        Ok(_) => return Ok(visit::go(&app, &format!("/teaching/{slug}/units/{id}/film"), "film-sent")),
        Err(error) => error,
    };
    let (visit, _, mut page) = film::open(&app, &caller, &slug, id).await?;
    let language = visit.language;
    let sentence = match refused {
        video::Error::BadSize(most) => text::film_bad_size(language, &(most >> 20).to_string()),
        video::Error::WrongState(_) => text::film_is_being_made(language).to_owned(),
        error => return Err(error.into()),
    };
    page.errors.add("", sentence);
    film::answer(visit, page)
}

/// Hands the pieces of the first file on. When nobody takes them any more the rest is still heard out, so that the browser
/// reads the answer instead of a broken line.
async fn send(form: &mut Multipart, sender: mpsc::Sender<Result<Bytes, Arc<str>>>) {
    loop {
        let mut field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => return,
            Err(error) => return broken(&sender, &error.to_string()).await,
        };
        if field.file_name().is_none() {
            continue;
        }
        loop {
            match field.chunk().await {
                Ok(Some(piece)) => {
                    let _refused = sender.send(Ok(piece)).await;
                }
                Ok(None) => break,
                Err(error) => return broken(&sender, &error.to_string()).await,
            }
        }
        return;
    }
}

async fn broken(sender: &mpsc::Sender<Result<Bytes, Arc<str>>>, why: &str) {
    let _ended = sender.send(Err(why.into())).await;
}

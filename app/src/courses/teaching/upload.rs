//! A film from a plain form, for those without script: it goes straight through to the object store, in pieces.

use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request, State};
use courses::UnitId;
use tokio::sync::mpsc;
use video::take::{self, Line, Place};
use words::{Language, courses as text, storage as say};

use super::film;
use crate::caller::Caller;
use crate::courses::taught;
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;
use crate::visit::{self, Visit};

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
    send(&mut form, Line::new(sender)).await;
    let taken = taking.await.map_err(|error| {
        tracing::error!(%error, "taking a film ended in a fault");
        Problem::Unavailable(5)
    })?;
    let refused = match taken {
        Ok(_) => return Ok(visit::go(&app, &format!("/teaching/{slug}/units/{id}/film"), "film-sent")),
        Err(error) => error,
    };
    let (visit, _, mut page) = film::open(&app, &caller, &slug, id).await?;
    page.errors.add("", sentence(visit.language, refused)?);
    film::answer(visit, page)
}

/// The largest film that can be sent now: what the settings allow, or what is left of the organisation's room.
pub async fn most_bytes(app: &App, visit: &mut Visit) -> Result<u64, Problem> {
    let left = video::storage::left(&mut visit.tx).await?;
    Ok(app.settings.film_most_bytes.min(left.unwrap_or(u64::MAX)))
}

/// Why a film is not taken, for the person who sends it; what they can do nothing about is the error.
pub fn sentence(language: Language, refused: video::Error) -> Result<String, Problem> {
    match refused {
        video::Error::BadSize(most) => Ok(text::film_bad_size(language, &(most >> 20).to_string())),
        video::Error::NoRoom(free) => Ok(say::no_room(language, &crate::video::size(language, free))),
        video::Error::BeingReplaced => Ok(words::studio::being_replaced(language).to_owned()),
        video::Error::WrongState(_) => Ok(text::film_is_being_made(language).to_owned()),
        error => Err(error.into()),
    }
}

/// Hands the pieces of the first file on. When nobody takes them any more the rest is still heard out, so that the browser
/// reads the answer instead of a broken line.
async fn send(form: &mut Multipart, line: Line) {
    loop {
        let mut field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => return line.end(),
            Err(error) => {
                line.say(Err(error.to_string().into())).await;
                return line.end();
            }
        };
        if field.file_name().is_none() {
            continue;
        }
        return pass_on(&mut field, line).await;
    }
}

/// Hands the pieces of one file on, to its end.
pub async fn pass_on(field: &mut Field<'_>, line: Line) {
    loop {
        match field.chunk().await {
            Ok(Some(piece)) => line.say(Ok(piece)).await,
            Ok(None) => return line.end(),
            Err(error) => {
                line.say(Err(error.to_string().into())).await;
                return line.end();
            }
        }
    }
}

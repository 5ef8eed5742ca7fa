//! A film from a plain form, for those without script: it goes straight through to the object store, in pieces.

use std::sync::Arc;

use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request, State};
use bytes::Bytes;
use courses::UnitId;
use tokio::sync::mpsc;
use video::take::{self, Place};
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

/// The line to whoever takes the bytes. A request that is dropped in the middle, because its sender hung up, says so on it: half a film
/// must not be taken for a whole one.
#[derive(Debug)]
pub struct Line(Option<mpsc::Sender<Result<Bytes, Arc<str>>>>);

impl Line {
    /// A line that is open.
    pub fn new(sender: mpsc::Sender<Result<Bytes, Arc<str>>>) -> Self {
        Self(Some(sender))
    }

    async fn say(&self, said: Result<Bytes, Arc<str>>) {
        if let Some(sender) = &self.0 {
            let _refused = sender.send(said).await;
        }
    }

    /// Everything was said.
    pub fn end(mut self) {
        self.0 = None;
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let (Some(sender), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                let _ended = sender.send(Err("the request broke off".into())).await;
            });
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_that_is_dropped_in_the_middle_is_no_end_of_a_film() {
        for whole in [true, false] {
            let (sender, mut receiver) = mpsc::channel(1);
            let line = Line::new(sender);
            // No room is left on the line.
            line.say(Ok(Bytes::from_static(b"half"))).await;
            if whole {
                line.end();
            } else {
                drop(line);
            }
            assert!(matches!(receiver.recv().await, Some(Ok(_))));
            assert_eq!(receiver.recv().await.is_none(), whole);
        }
    }
}

//! Playlists, segments, poster, captions and the plain MP4. Whoever may not watch gets nothing, by any of them.
//!
//! A player enters with the cookie and goes on with a ticket in the address; the session behind the ticket and the right
//! to watch must be there at every request all the same (what was looked up is kept as long as nothing changes it: `shelf`). Visitors of
//! open courses enter at addresses of their own (`courses::open`) and go on with a ticket that names the course.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use base::Tx;
use base::id::hexadecimal;
use bytes::Bytes;
use courses::film::{for_anybody, for_watching};
use courses::{CourseId, open};
use sha2::{Digest as _, Sha256};
use video::header::byte_range;
use video::playlist::{self, Piece, Stored};
use video::ticket::{self, Holder};
use video::{FilmId, Watchable, caption, film};

use crate::caller::Caller;
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;
use crate::video::shelf::Turn;

const PLAYLIST: &str = "application/vnd.apple.mpegurl";
/// How a playlist ends that grows no more (RFC 8216 §4.3.3.4).
const END: &str = "#EXT-X-ENDLIST\n";
/// Segments never change: what they are named by is never written twice. A ticket lives no longer than this.
const KEEP: HeaderValue = HeaderValue::from_static("private, max-age=86400, immutable");
/// What is another file now and then under one address: the browser keeps it and asks each time whether it still is what it has.
const ASK: HeaderValue = HeaderValue::from_static("private, no-cache");
/// The name under which a cache in front asks whether the holder of a ticket may have a piece (docs/filmy-serwowanie.md).
const ALLOWED: &str = "allowed";

fn typed(media_type: &'static str, cache: HeaderValue, body: impl Into<Body>) -> Response {
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), (header::CACHE_CONTROL, cache)];
    (headers, body.into()).into_response()
}

/// Said of the master playlist by players that decode AV1 well: where a film has a further set of pictures, they get that.
const FURTHER: &str = "codec=av1";

fn wants_further(query: Option<&str>) -> bool {
    query.is_some_and(|query| query.split('&').any(|pair| pair == FURTHER))
}

/// Sends the player to the master playlist under a fresh ticket.
pub async fn enter(
    State(app): State<App>,
    caller: Caller,
    At(film): At<FilmId>,
    RawQuery(query): RawQuery,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = for_watching(&mut visit.tx, &visit.me, film).await?;
    admit(&app, Holder::Session(visit.me.session), &proof, query.as_deref())
}

/// Sends whoever may watch a film on to its master playlist, with a ticket for it alone. What the player said of itself (`query`) goes
/// with it.
pub fn admit(app: &App, holder: Holder, proof: &Watchable, query: Option<&str>) -> Answer {
    let ticket = ticket::issue(&app.media_key, app.clock(), holder, proof)?;
    let said = if wants_further(query) { format!("?{FURTHER}") } else { String::new() };
    Ok(Redirect::to(&format!("/media/{ticket}/{}/master.m3u8{said}", proof.film())).into_response())
}

/// The transaction of the one behind a ticket, and that they may watch. A ticket that is not ours, too old, or whose session or open
/// course is gone is refused with 403, and the player fetches a new one.
async fn admitted(app: &App, ticket: &str, film: FilmId) -> Result<(Tx, Watchable, Turn), Problem> {
    let (turn, now) = (app.shelf.turn(), app.clock().now());
    let holder = ticket::read(&app.media_key, app.clock(), ticket, film).ok_or(Problem::NotAllowed)?;
    let (tx, organisation, proof) = match holder {
        Holder::Session(session) => {
            let open = identity::session::open_by_id(&app.db, session).await?;
            let (mut tx, me) = open.ok_or(Problem::NotAllowed)?;
            let proof = for_watching(&mut tx, &me, film).await?;
            (tx, me.organisation, proof)
        }
        Holder::Visitor(course) => match open::course_by_id(&app.db, CourseId(course)).await {
            Ok((mut tx, opened)) => {
                let proof = for_anybody(&mut tx, &opened, film).await?;
                (tx, opened.host().id, proof)
            }
            Err(courses::Error::NotFound) => return Err(Problem::NotAllowed),
            Err(error) => return Err(error.into()),
        },
    };
    app.shelf.keep_holder(turn, ticket, (organisation, proof), now);
    Ok((tx, proof, turn))
}

/// The same where it was looked up just before.
fn known(app: &App, ticket: &str, film: FilmId) -> Option<Watchable> {
    app.shelf.holder(ticket, film, app.clock().now())
}

/// `master.m3u8`, or the playlist of a rendition; or the word of a cache.
pub async fn playlist(
    State(app): State<App>,
    At((ticket, film, name)): At<(String, FilmId, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let known = known(&app, &ticket, film);
    if name == ALLOWED {
        if known.is_some() {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        return match admitted(&app, &ticket, film).await {
            Ok(_) => Ok(StatusCode::NO_CONTENT.into_response()),
            // A cache knows yes and no.
            Err(Problem::NotFound) => Err(Problem::NotAllowed),
            Err(problem) => Err(problem),
        };
    }
    let cache = HeaderValue::from_static("private, no-store");
    if let Some(text) = known.and_then(|proof| app.shelf.list(&proof, &name)) {
        return Ok(typed(PLAYLIST, cache, text));
    }
    let (mut tx, proof, turn) = admitted(&app, &ticket, film).await?;
    let text = match name.strip_suffix(".m3u8").ok_or(Problem::NotFound)? {
        "master" => playlist::master(&mut tx, &proof, wants_further(query.as_deref())).await?,
        rendition => {
            let text = playlist::rendition(&mut tx, &proof, rendition).await?;
            if text.ends_with(END) {
                app.shelf.keep_list(turn, &proof, &name, Bytes::copy_from_slice(text.as_bytes()));
            }
            text
        }
    };
    Ok(typed(PLAYLIST, cache, text))
}

/// Sends the player on to the object store. It asks here each time, so that one who may no longer watch is told so; the bytes behind the
/// address, which is the same for hours, it finds in its cache.
fn elsewhere(address: &str) -> Answer {
    let place = HeaderValue::from_str(address).map_err(|_| Problem::Malformed)?;
    let headers =
        [(header::LOCATION, place), (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"))];
    Ok((StatusCode::FOUND, headers).into_response())
}

/// So many pieces are looked for with one: a player asks for them next, some six minutes long.
const AHEAD: i32 = 63;

/// Where a piece of a rendition lies, and in passing where those behind it do.
async fn found(
    app: &App,
    ticket: &str,
    film: FilmId,
    rendition: &str,
    file: &str,
) -> Result<Stored, Problem> {
    let (mut tx, proof, turn) = admitted(app, ticket, film).await?;
    let piece = Piece::of_name(file).ok_or(Problem::NotFound)?;
    let ahead = if app.shelf.hears() { AHEAD } else { 0 };
    let pieces = playlist::pieces(&mut tx, &proof, rendition, piece, ahead).await?;
    drop(tx);
    let name = format!("{rendition}/{file}");
    let wanted = pieces.iter().find(|(piece, _)| *piece == name).map(|(_, stored)| stored.clone());
    app.shelf.keep_pieces(turn, &proof, pieces);
    wanted.ok_or(Problem::NotFound)
}

/// An object whole, as long as it was when it was written.
async fn fetched(app: &App, key: &str, size_bytes: Option<u64>) -> Result<Bytes, Problem> {
    let bytes = app.blobs.get(key).await.map_err(video::Error::from)?;
    if size_bytes.is_some_and(|size| size != bytes.len() as u64) {
        tracing::error!(key, size_bytes, given = bytes.len(), "the object store gave another length");
        return Err(Problem::Unavailable(5));
    }
    Ok(bytes)
}

/// The beginning or a segment of a rendition, or a range of it: players that show key pictures ask for their bytes alone.
pub async fn segment(
    State(app): State<App>,
    At((ticket, film, rendition, file)): At<(String, FilmId, String, String)>,
    headers: HeaderMap,
) -> Answer {
    let name = format!("{rendition}/{file}");
    let kept = known(&app, &ticket, film).and_then(|proof| app.shelf.piece(&proof, &name));
    let Stored { key, size_bytes } = match kept {
        Some(stored) => stored,
        None => found(&app, &ticket, film, &rendition, &file).await?,
    };
    if let Some(signer) = &app.signer {
        return elsewhere(&signer.address(&key, app.clock().now()));
    }
    let bytes = app.shelf.object(&key, fetched(&app, &key, size_bytes)).await?;
    let media_type = if name.ends_with(".mp4") { "video/mp4" } else { "video/iso.segment" };
    let length = bytes.len() as u64;
    let wanted = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    // A range that cannot be satisfied, or none, is answered with the whole (RFC 9110 §14.2 allows it).
    let range = wanted
        .and_then(|range| byte_range(range, length))
        .and_then(|range| Some(usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?));
    let Some(range) = range else { return Ok(typed(media_type, KEEP, bytes)) };
    let said = format!("bytes {}-{}/{length}", range.start, range.end - 1);
    let mut response = typed(media_type, KEEP, bytes.slice(range));
    let said = HeaderValue::from_str(&said).map_err(|_| Problem::Malformed)?;
    response.headers_mut().insert(header::CONTENT_RANGE, said);
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    Ok(response)
}

/// The poster.
pub async fn poster(State(app): State<App>, caller: Caller, At(film): At<FilmId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = for_watching(&mut visit.tx, &visit.me, film).await?;
    poster_of(&app, visit.tx, &proof).await
}

/// The poster of a film that may be watched.
pub async fn poster_of(app: &App, mut tx: Tx, proof: &Watchable) -> Answer {
    let key = playlist::poster(&mut tx, proof).await?;
    drop(tx);
    let bytes = app.blobs.get(&key).await.map_err(video::Error::from)?;
    Ok(typed("image/jpeg", HeaderValue::from_static("private, max-age=600"), bytes))
}

/// `pl.vtt`: the captions of one language.
pub async fn captions(
    State(app): State<App>,
    caller: Caller,
    At((film, file)): At<(FilmId, String)>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = for_watching(&mut visit.tx, &visit.me, film).await?;
    captions_of(visit.tx, &proof, &file).await
}

/// The captions of a film that may be watched.
pub async fn captions_of(mut tx: Tx, proof: &Watchable, file: &str) -> Answer {
    let language = file.strip_suffix(".vtt").ok_or(Problem::NotFound)?;
    let text = caption::file(&mut tx, proof, language).await?;
    Ok(typed("text/vtt; charset=utf-8", ASK, text))
}

/// The whole film as one MP4, with ranges (RFC 9110 §14), for people without script and for keeping.
pub async fn plain(
    State(app): State<App>,
    caller: Caller,
    At(film): At<FilmId>,
    headers: HeaderMap,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = for_watching(&mut visit.tx, &visit.me, film).await?;
    plain_of(&app, visit.tx, &proof, &headers).await
}

/// The same of a film that may be watched.
pub async fn plain_of(app: &App, mut tx: Tx, proof: &Watchable, headers: &HeaderMap) -> Answer {
    let length = film::one(&mut tx, proof).await?.plain_bytes.ok_or(Problem::NotFound)?;
    let key = playlist::plain(&mut tx, proof).await?;
    drop(tx);
    if let Some(signer) = &app.signer {
        return elsewhere(&signer.address(&key, app.clock().now()));
    }
    // The address stays when the film is cut or replaced: only the tag says whether what a browser has is still this file. A range of
    // another one would be put together with this (RFC 9110 §13.1.5).
    let tag = format!("\"{}\"", hexadecimal(&Sha256::digest(key.as_bytes())[..16]));
    let said = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let tagged = HeaderValue::from_str(&tag).map_err(|_| Problem::Malformed)?;
    if said(header::IF_NONE_MATCH).is_some_and(|asked| asked.split(',').any(|one| one.trim() == tag)) {
        let same = [(header::ETAG, tagged), (header::CACHE_CONTROL, ASK)];
        return Ok((StatusCode::NOT_MODIFIED, same).into_response());
    }
    let wanted = said(header::RANGE).filter(|_| said(header::IF_RANGE).is_none_or(|asked| asked == tag));
    let range = match wanted.map(|range| byte_range(range, length)) {
        Some(Some(range)) => Some(range),
        Some(None) => {
            let whole = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, whole).into_response());
        }
        None => None,
    };
    let bytes = range.clone().unwrap_or(0..length);
    let body = app.blobs.stream(&key, Some(bytes.clone())).await.map_err(video::Error::from)?;
    let mut response = typed("video/mp4", ASK, Body::from_stream(body));
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tagged);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.end - bytes.start));
    if range.is_some() {
        let said = format!("bytes {}-{}/{length}", bytes.start, bytes.end - 1);
        headers.insert(header::CONTENT_RANGE, HeaderValue::from_str(&said).map_err(|_| Problem::Malformed)?);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

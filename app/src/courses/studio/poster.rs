//! The poster of a film: one of the stills that were made with it, or a picture of one's own.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use documents::Failure;
use documents::wire::Reason;
use leptos::prelude::*;
use serde::Deserialize;
use video::film::{self, Film};
use video::still::{self, Still};
use video::{Editable, FilmId};
use words::{Language, studio as say};

use super::open;
use crate::caller::Caller;
use crate::courses::taught;
use crate::parts::{
    ButtonKind, Encoding, FileField, FormErrors, HiddenField, Notice, PageHead, PostForm, SubmitButton, Tag,
    Tone,
};
use crate::pdf::told;
use crate::problem::{Answer, Problem};
use crate::refused::summary;
use crate::request::{At, Attached, Posted};
use crate::state::App;
use crate::video::clock;
use crate::visit::Visit;

/// Most bytes of a picture.
const PICTURE_MOST_BYTES: usize = 10 << 20;
/// Larger than a picture may be, so that one that is too large gets its sentence.
const FORM_MOST_BYTES: usize = 16 << 20;

/// The still that was chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    at_ms: String,
}

/// The page.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At<FilmId>) -> Answer {
    let (visit, proof) = open(&app, &caller, id).await?;
    page(visit, &proof, FormErrors::new()).await
}

async fn page(mut visit: Visit, proof: &Editable, errors: FormErrors) -> Answer {
    let film = film::one(&mut visit.tx, &proof.watchable()).await?;
    let stills = still::all(&mut visit.tx, proof).await?;
    let language = visit.language;
    visit.form(&say::poster_of(language, &film.title), errors, |errors| {
        view(language, &film, &stills, &errors)
    })
}

fn view(language: Language, film: &Film, stills: &[Still], errors: &FormErrors) -> AnyView {
    let path = format!("/studio/{}/poster", film.id);
    let rows = stills.iter().map(|one| row(language, film, *one)).collect_view();
    let now = film.has_poster.then(|| {
        let (src, alt) = (format!("/films/{}/poster.jpg", film.id), say::poster_now(language));
        view! { <p><img src=src alt=alt width="320"/></p> }
    });
    let error = errors.of("picture");
    let choice = if film.state == film::State::Ready {
        let none = stills.is_empty().then(|| view! { <p>{say::poster_no_stills(language)}</p> });
        view! {
            <h2>{say::poster_stills(language)}</h2>
            {none}
            <ul class="stills">{rows}</ul>
            <h2>{say::poster_own(language)}</h2>
            <PostForm action=path encoding=Encoding::Multipart>
                <FileField
                    name="picture"
                    label=say::poster_file(language)
                    hint=say::poster_file_hint(language)
                    accept="image/jpeg,image/png,image/webp"
                    error=error
                />
                <SubmitButton label=say::poster_send(language)/>
            </PostForm>
        }
        .into_any()
    } else {
        view! { <Notice tone=Tone::Info><p>{say::poster_not_ready(language)}</p></Notice> }.into_any()
    };
    view! {
        {summary(language, errors)}
        {taught::way(language, &[], say::poster_title(language))}
        <PageHead title=say::poster_of(language, &film.title)/>
        {now}
        {choice}
        <p><a href="/studio">{say::title(language)}</a></p>
    }
    .into_any()
}

fn row(language: Language, film: &Film, one: Still) -> AnyView {
    let time = clock(one.shown_ms);
    let (src, alt) =
        (format!("/studio/{}/stills/{}", film.id, one.at_ms), say::poster_still(language, &time));
    let (at, subject) = (one.at_ms.to_string(), alt.clone());
    let act = if one.chosen {
        view! { <Tag tone=Tone::Success text=say::poster_chosen(language)/> }.into_any()
    } else {
        view! {
            <PostForm action=format!("/studio/{}/poster/still", film.id)>
                <HiddenField name="at_ms" value=at/>
                <SubmitButton label=say::poster_choose(language) kind=ButtonKind::Secondary subject=subject/>
            </PostForm>
        }
        .into_any()
    };
    view! { <li><img src=src alt=alt width="320" loading="lazy"/>{act}</li> }.into_any()
}

/// A still, as JPEG.
pub async fn picture(State(app): State<App>, caller: Caller, At((id, at_ms)): At<(FilmId, u32)>) -> Answer {
    let (mut visit, proof) = open(&app, &caller, id).await?;
    let key = still::blob(&mut visit.tx, &proof, at_ms).await?;
    drop(visit);
    let bytes = app.blobs.get(&key).await?;
    let headers = [(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, max-age=600")];
    Ok((headers, bytes).into_response())
}

/// Makes a still the poster.
pub async fn choose(
    State(app): State<App>,
    caller: Caller,
    At(id): At<FilmId>,
    Posted(chosen): Posted<Chosen>,
) -> Answer {
    let (mut visit, proof) = open(&app, &caller, id).await?;
    let at_ms = chosen.at_ms.parse().map_err(|_| Problem::Malformed)?;
    let done = still::choose(&mut visit.tx, &proof, at_ms).await;
    over(visit, id, done).await
}

/// Makes a picture of one's own the poster; it is decoded and written anew, so nothing but the picture is kept.
pub async fn own(
    State(app): State<App>,
    caller: Caller,
    At(id): At<FilmId>,
    attached: Result<Attached<FORM_MOST_BYTES>, Problem>,
) -> Answer {
    let (mut visit, proof) = open(&app, &caller, id).await?;
    let language = visit.language;
    let attached = match attached {
        Err(Problem::TooLarge) => {
            let errors = FormErrors::one("picture", say::poster_too_large(language));
            return page(visit, &proof, errors).await;
        }
        attached => attached?,
    };
    let refused = if attached.bytes.is_empty() {
        say::poster_no_file(language)
    } else if attached.bytes.len() > PICTURE_MOST_BYTES {
        say::poster_too_large(language)
    } else {
        match app.documents.photo(&attached.bytes).await {
            Ok(made) => {
                let key = still::own_key(&visit.tx, &proof)?;
                app.blobs.put(&key, "image/jpeg", made.small).await?;
                let done = still::own(&mut visit.tx, &proof, &key).await;
                if done.is_err() {
                    // Nothing names it.
                    app.blobs.delete(&key).await?;
                }
                return over(visit, id, done).await;
            }
            Err(Failure::Refused { reason, detail }) => {
                tracing::info!(?reason, detail, "a poster was refused");
                match reason {
                    Reason::TooLarge => say::poster_too_large(language),
                    Reason::NotAPicture => say::poster_not_one(language),
                    _ => say::poster_damaged(language),
                }
            }
            Err(failure) => return Err(told(failure)),
        }
    };
    page(visit, &proof, FormErrors::one("picture", refused)).await
}

async fn over(visit: Visit, id: FilmId, done: Result<(), video::Error>) -> Answer {
    let path = format!("/studio/{id}/poster");
    match done {
        Ok(()) => visit.commit_and_go(&path, "poster-chosen").await,
        Err(video::Error::WrongState(_)) => visit.commit_and_go(&path, "film-too-late").await,
        Err(error) => Err(error.into()),
    }
}

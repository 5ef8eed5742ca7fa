//! Photographs of condition: taken from forms, made safe by the program for documents, stored, shown. The pictures of a phone
//! tell where somebody lives; only what is to be seen is kept.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use base::id::row_id;
use devices::loans::incident;
use devices::papers::photo::{self, Moment, Photo, PhotoId, Stored, Subject};
use devices::register::asset;
use devices::{AssetId, IncidentId};
use documents::Failure;
use documents::wire::Reason;
use leptos::prelude::*;
use sha2::{Digest as _, Sha256};
use words::{Language, frame, papers as say};

use crate::caller::Caller;
use crate::date;
use crate::parts::{
    ButtonKind, Details, Encoding, Field, FileField, FormErrors, HiddenField, PostForm, SubmitButton,
};
use crate::pdf::told;
use crate::problem::{Answer, Problem};
use crate::request::{At, Filed, GivenFile};
use crate::state::App;
use crate::visit::{Visit, go};

/// Most bytes of a form with photographs: the server holds them for as long as they are made small.
pub const MOST_BYTES: usize = 36 << 20;

/// What came of the photographs of one field.
#[derive(Debug, Default)]
pub struct Given {
    /// Those that are stored.
    pub stored: Vec<Stored>,
    /// Sentences about those that were refused.
    pub refused: Vec<String>,
}

fn keys(visit: &Visit, name: &str) -> (String, String) {
    let folder = format!("photos/{}/{}", visit.me.organisation, visit.me.person);
    (format!("{folder}/{name}.jpg"), format!("{folder}/{name}-small.jpg"))
}

/// Makes the photographs of field `photos…` safe and stores them; those that an earlier sending of the form brought (`kept…`)
/// are taken up again, so that a form that was refused for something else loses none.
///
/// Errors: `Unavailable`.
pub async fn take(
    visit: &Visit,
    files: &[GivenFile],
    fields: &[(String, String)],
    suffix: &str,
) -> Result<Given, Problem> {
    let mut given = Given::default();
    let value =
        |name: &str| fields.iter().find(|(key, _)| *key == format!("{name}{suffix}")).map(|(_, value)| value);
    let alt = value("alt").cloned().unwrap_or_default();
    let kept = fields.iter().filter(|(key, _)| *key == format!("kept{suffix}")).map(|(_, value)| value);
    for name in kept.filter(|name| name.parse::<PhotoId>().is_ok()) {
        let (key, small_key) = keys(visit, name);
        let Ok(bytes) = visit.app.blobs.get(&key).await else { continue };
        let sha256 = Sha256::digest(&bytes).to_vec();
        given.stored.push(Stored { key, small_key, sha256, alt: alt.clone() });
    }
    let field = format!("photos{suffix}");
    for file in files.iter().filter(|file| file.field == field) {
        if given.stored.len() == photo::MOST_AT_ONCE {
            given.refused.push(say::photos_too_many(visit.language).to_owned());
            break;
        }
        match visit.app.documents.photo(&file.bytes).await {
            Ok(made) => {
                let (key, small_key) = keys(visit, &row_id(visit.tx.now()).to_string());
                let sha256 = Sha256::digest(&made.picture).to_vec();
                visit.app.blobs.put(&small_key, "image/jpeg", made.small).await?;
                visit.app.blobs.put(&key, "image/jpeg", made.picture).await?;
                given.stored.push(Stored { key, small_key, sha256, alt: alt.clone() });
            }
            Err(Failure::Refused { reason, detail }) => {
                tracing::info!(?reason, detail, "a photograph was refused");
                given.refused.push(match reason {
                    Reason::TooLarge => say::photo_too_large(visit.language, &file.name),
                    Reason::NotAPicture => say::photo_not_one(visit.language, &file.name),
                    _ => say::photo_damaged(visit.language, &file.name),
                });
            }
            Err(failure) => return Err(told(failure)),
        }
    }
    Ok(given)
}

/// The fields for photographs of one thing.
pub fn fields(
    language: Language,
    suffix: &str,
    given: Option<&Given>,
    alt: &str,
    errors: &FormErrors,
) -> AnyView {
    let name = format!("photos{suffix}");
    let kept: Vec<String> = given
        .map(|given| {
            given
                .stored
                .iter()
                .filter_map(|one| one.key.rsplit('/').next())
                .map(|name| name.trim_end_matches(".jpg").to_owned())
                .collect()
        })
        .unwrap_or_default();
    let count = (!kept.is_empty())
        .then(|| view! { <p>{say::photos_kept(language, i64::try_from(kept.len()).unwrap_or(0))}</p> });
    let hidden = kept
        .iter()
        .map(|id| view! { <HiddenField name=format!("kept{suffix}") value=id.clone()/> })
        .collect_view();
    view! {
        {hidden}
        {count}
        <FileField name=name.clone() label=say::label_photos(language) hint=say::photos_hint(language)
            accept="image/jpeg,image/png,image/webp" multiple=true error=errors.of(&name)/>
        <Field name=format!("alt{suffix}") label=say::label_alt(language) note=frame::optional(language)
            hint=say::alt_hint(language) value=alt.to_owned() error=errors.of(&format!("alt{suffix}"))/>
    }
    .into_any()
}

/// Photographs beside each other, small; each opens large. `base` is where they are asked for.
pub fn gallery(language: Language, base: &'static str, photos: &[&Photo]) -> AnyView {
    let list = photos
        .iter()
        .map(|one| {
            let href = format!("{base}/{}", one.id);
            let alt = if one.alt.is_empty() {
                say::photo_without_words(language).to_owned()
            } else {
                one.alt.clone()
            };
            let when = format!("{}, {}", moment(language, one.moment), date::moment(one.at));
            view! {
                <li>
                    <a href=href.clone()><img src=format!("{href}/small") alt=alt.clone() loading="lazy"/></a>
                    <p>{one.alt.clone()}</p>
                    <p class="hint">{when}</p>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="photos">{list}</ul> }.into_any()
}

/// When a photograph was taken, in words.
pub fn moment(language: Language, moment: Moment) -> &'static str {
    match moment {
        Moment::Handover => say::photo_handover(language),
        Moment::Return => say::photo_return(language),
        Moment::Incident => say::photo_incident(language),
        Moment::Other => say::photo_other(language),
    }
}

/// How a device went out and how it came back, side by side.
pub fn both_ways(language: Language, base: &'static str, photos: &[Photo]) -> AnyView {
    if photos.is_empty() {
        return ().into_any();
    }
    let column = |title: &'static str, wanted: &dyn Fn(Moment) -> bool| {
        let these: Vec<&Photo> = photos.iter().filter(|one| wanted(one.moment)).collect();
        let shown = if these.is_empty() {
            view! { <p>{say::photos_none(language)}</p> }.into_any()
        } else {
            gallery(language, base, &these)
        };
        view! { <section><h3>{title}</h3>{shown}</section> }
    };
    let out = column(say::photo_handover(language), &|moment| moment == Moment::Handover);
    let back = column(say::photo_return(language), &|moment| moment == Moment::Return);
    let rest: Vec<&Photo> =
        photos.iter().filter(|one| matches!(one.moment, Moment::Incident | Moment::Other)).collect();
    let rest = (!rest.is_empty()).then(|| gallery(language, base, &rest));
    view! { <h2>{say::photos_title(language)}</h2><div class="photos-both">{out}{back}</div>{rest} }
        .into_any()
}

/// All photographs of a device or an incident, and the form to add some.
pub fn section(language: Language, photos: &[Photo], action: Option<String>) -> AnyView {
    if photos.is_empty() && action.is_none() {
        return ().into_any();
    }
    let all: Vec<&Photo> = photos.iter().collect();
    let gallery = (!all.is_empty()).then(|| gallery(language, "/devices/photos", &all));
    let form = action.map(|action| {
        let inside = view! {
            {fields(language, "", None, "", &FormErrors::new())}
            <SubmitButton label=say::photos_add(language) kind=ButtonKind::Secondary/>
        }
        .into_any();
        let form =
            view! { <PostForm action=action encoding=Encoding::Multipart>{inside}</PostForm> }.into_any();
        view! { <Details summary=say::photos_add(language)>{form}</Details> }
    });
    view! { <h2>{say::photos_title(language)}</h2>{gallery}{form} }.into_any()
}

/// POST /devices/assets/{asset}/photos
pub async fn of_asset(
    State(app): State<App>,
    caller: Caller,
    At(id): At<AssetId>,
    filed: Result<Filed<MOST_BYTES>, Problem>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let filed = filed?;
    asset::one(&mut visit.tx, &proof.reader(), id).await?;
    let subject = Subject { asset: id, loan: None, incident: None, moment: Moment::Other };
    add(visit, &filed, subject, &format!("/devices/assets/{id}")).await
}

/// POST /devices/incidents/{id}/photos
pub async fn of_incident(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    filed: Result<Filed<MOST_BYTES>, Problem>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let filed = filed?;
    let told = incident::one(&mut visit.tx, &proof.reader(), id).await?;
    let subject =
        Subject { asset: told.asset, loan: told.loan, incident: Some(id), moment: Moment::Incident };
    add(visit, &filed, subject, &format!("/devices/incidents/{id}")).await
}

/// Writes down those that are good; what was refused is said on a page of its own.
async fn add(mut visit: Visit, filed: &Filed<MOST_BYTES>, subject: Subject, back: &str) -> Answer {
    let proof = visit.me.device_clerk()?;
    let language = visit.language;
    let mut given = take(&visit, &filed.files, &filed.fields, "").await?;
    if filed.files.is_empty() {
        given.refused.push(say::photos_missing(language).to_owned());
    }
    match photo::attach(&mut visit.tx, &proof, subject, &given.stored).await {
        Ok(()) => {}
        Err(devices::Error::Invalid(_)) => given.refused.push(say::alt_too_long(language).to_owned()),
        Err(error) => return Err(error.into()),
    }
    let app = visit.app.clone();
    if given.refused.is_empty() {
        visit.tx.commit().await?;
        return Ok(go(&app, back, "photos_added"));
    }
    let back = back.to_owned();
    visit
        .commit_and_page(say::photos_refused_title(language), move || {
            let list = given.refused.into_iter().map(|one| view! { <li>{one}</li> }).collect_view();
            view! {
                <h1>{say::photos_refused_title(language)}</h1>
                <ul>{list}</ul>
                <p><a href=back>{say::photos_back(language)}</a></p>
            }
            .into_any()
        })
        .await
}

async fn picture(app: &App, key: &str) -> Answer {
    let bytes: Bytes = app.blobs.get(key).await?;
    let mut answer: Response = Body::from(bytes).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    Ok(answer)
}

async fn seen(app: &App, caller: &Caller, id: PhotoId) -> Result<Photo, Problem> {
    let mut visit = caller.open(app).await?;
    let proof = visit.me.devices_reader()?;
    Ok(photo::one(&mut visit.tx, &proof, id).await?)
}

/// GET /devices/photos/{photo}
pub async fn large(State(app): State<App>, caller: Caller, At(id): At<PhotoId>) -> Answer {
    picture(&app, &seen(&app, &caller, id).await?.key).await
}

/// GET /devices/photos/{photo}/small
pub async fn small(State(app): State<App>, caller: Caller, At(id): At<PhotoId>) -> Answer {
    picture(&app, &seen(&app, &caller, id).await?.small_key).await
}

/// GET /my-devices/photos/{photo}
pub async fn own_large(State(app): State<App>, caller: Caller, At(id): At<PhotoId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let photo = photo::own(&mut visit.tx, id).await?;
    drop(visit);
    picture(&app, &photo.key).await
}

/// GET /my-devices/photos/{photo}/small
pub async fn own_small(State(app): State<App>, caller: Caller, At(id): At<PhotoId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let photo = photo::own(&mut visit.tx, id).await?;
    drop(visit);
    picture(&app, &photo.small_key).await
}

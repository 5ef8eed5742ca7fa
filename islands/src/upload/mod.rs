//! Sending a film: resumable by the tus protocol, with progress; a plain form where there is no script.

#[cfg(not(feature = "ssr"))]
mod order;
#[cfg(not(feature = "ssr"))]
mod queue;
#[cfg(not(feature = "ssr"))]
mod send;
#[cfg(not(feature = "ssr"))]
mod tus;

use leptos::prelude::*;

use crate::props::ManyFilms;
#[cfg(feature = "ssr")]
use crate::props::ManyWords;
use crate::props::UploadWords;

/// Sends a film by the tus protocol with progress, pause and resume; without script a plain multipart form.
///
/// `tus_script_url`: our copy of tus-js-client. `endpoint`: the tus collection (`/api/tus`). `metadata`: pairs sent as
/// `Upload-Metadata` (with `filename` and `filetype` of the file) and, without script, as hidden fields before the file.
/// `max_bytes`: largest file taken; 0 knows no limit. `done_url`: where the person goes when all is sent.
/// `plain_action`: where the form without script posts; its file fields are named `film`.
/// `many`: how several files are sent, one after another, each into a film of its own.
#[island]
pub fn FilmUpload(
    words: UploadWords,
    tus_script_url: String,
    endpoint: String,
    metadata: Vec<(String, String)>,
    max_bytes: u64,
    done_url: String,
    plain_action: String,
    many: ManyFilms,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    {
        let _ = (tus_script_url, endpoint, max_bytes);
        if many.create_url.is_empty() {
            view(words, metadata, plain_action).into_any()
        } else {
            several(words, many.words, metadata, plain_action, done_url).into_any()
        }
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = plain_action;
        let order = order::Order { script_url: tus_script_url, endpoint, metadata, max_bytes, done_url };
        crate::awaken::Awaken::new(move |root| {
            if many.create_url.is_empty() {
                send::wake(root, words, order);
            } else {
                queue::wake(root, words, many, order);
            }
        })
    }
}

/// The beginning of both forms: what is sent along, the field of the file or files, and where it is said why one is not sent.
#[cfg(feature = "ssr")]
fn file(metadata: Vec<(String, String)>, label: String, hint: String, several: bool) -> impl IntoView {
    let fields: Vec<_> = metadata
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect();
    view! {
        {fields}
        <div data-part="choice">
            <label for="film-file" class="film-upload-label">{label}</label>
            <p class="film-upload-hint" id="film-hint">{hint}</p>
            <input
                id="film-file"
                type="file"
                name="film"
                required
                multiple=several
                accept="video/*,.mkv,.mov,.mp4,.webm,.m4v,.avi"
                aria-describedby="film-hint film-failure"
                data-part="file"
            />
        </div>
        <p class="film-upload-failure" role="alert" id="film-failure" data-part="failure"></p>
    }
}

#[cfg(feature = "ssr")]
fn view(words: UploadWords, metadata: Vec<(String, String)>, action: String) -> impl IntoView {
    let file = file(metadata, words.choose, words.hint, false);
    view! {
        <form class="film-upload" method="post" enctype="multipart/form-data" action=action>
            {file}
            <div hidden data-part="progress">
                <progress max="100" value="0" aria-label=words.progress_label data-part="bar"></progress>
                <p class="film-upload-figures" data-part="figures"></p>
            </div>
            <p role="status" data-part="said"></p>
            <p class="film-upload-buttons">
                <button type="submit" class="button" data-part="start">{words.start}</button>
                <button type="button" class="button secondary" hidden data-part="pause">{words.pause}</button>
                <button type="button" class="button" hidden data-part="resume">{words.resume}</button>
                <button type="button" class="button danger" hidden data-part="cancel">{words.cancel}</button>
            </p>
        </form>
    }
}

#[cfg(feature = "ssr")]
fn several(
    words: UploadWords,
    many: ManyWords,
    metadata: Vec<(String, String)>,
    action: String,
    done_url: String,
) -> impl IntoView {
    let file = file(metadata, many.choose, words.hint, true);
    view! {
        <form class="film-upload" method="post" enctype="multipart/form-data" action=action>
            {file}
            <p class="film-upload-buttons">
                <button type="submit" class="button" data-part="start">{words.start}</button>
            </p>
            <div hidden data-part="camera-choice">
                <label for="film-camera" class="film-upload-label">{many.camera}</label>
                <p class="film-upload-hint" id="film-camera-hint">{many.camera_hint}</p>
                <input
                    id="film-camera"
                    type="file"
                    accept="video/*"
                    capture="environment"
                    aria-describedby="film-camera-hint"
                    data-part="camera"
                />
            </div>
            <ul hidden data-part="model">
                <li>
                    <p><strong data-part="item-name"></strong>": "<span data-part="item-said"></span></p>
                    <progress max="100" value="0" aria-label=words.progress_label data-part="item-bar"></progress>
                    <p class="film-upload-buttons">
                        <button type="button" class="button secondary" data-part="item-retry">{many.retry}</button>
                        <button type="button" class="button secondary" data-part="item-leave">{many.leave}</button>
                    </p>
                </li>
            </ul>
            <ol class="film-upload-files" data-part="files"></ol>
            <div hidden data-part="progress">
                <progress max="100" value="0" aria-label=many.whole data-part="bar"></progress>
                <p class="film-upload-figures" data-part="figures"></p>
            </div>
            <p role="status" data-part="said"></p>
            <p hidden data-part="studio"><a href=done_url>{many.studio}</a></p>
        </form>
    }
}

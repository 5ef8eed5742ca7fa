//! Sending a film: resumable by the tus protocol, with progress; a plain form where there is no script.

#[cfg(not(feature = "ssr"))]
mod order;
#[cfg(not(feature = "ssr"))]
mod send;
#[cfg(not(feature = "ssr"))]
mod tus;

use leptos::prelude::*;

use crate::props::UploadWords;

/// Sends a film by the tus protocol with progress, pause and resume; without script a plain multipart form.
///
/// `tus_script_url`: our copy of tus-js-client. `endpoint`: the tus collection (`/api/tus`). `metadata`: pairs sent as
/// `Upload-Metadata` (with `filename` and `filetype` of the file) and, without script, as hidden fields before the file.
/// `max_bytes`: largest file taken; 0 knows no limit. `done_url`: where the person goes when all is sent.
/// `plain_action`: where the form without script posts; its file field is named `film`.
#[island]
pub fn FilmUpload(
    words: UploadWords,
    tus_script_url: String,
    endpoint: String,
    metadata: Vec<(String, String)>,
    max_bytes: u64,
    done_url: String,
    plain_action: String,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    {
        let _ = (tus_script_url, endpoint, max_bytes, done_url);
        view(words, metadata, plain_action)
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = plain_action;
        let order = order::Order { script_url: tus_script_url, endpoint, metadata, max_bytes, done_url };
        crate::awaken::Awaken::new(move |root| send::wake(root, words, order))
    }
}

#[cfg(feature = "ssr")]
fn view(words: UploadWords, metadata: Vec<(String, String)>, action: String) -> impl IntoView {
    let fields: Vec<_> = metadata
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect();
    view! {
        <form class="film-upload" method="post" enctype="multipart/form-data" action=action>
            {fields}
            <div data-part="choice">
                <label for="film-file" class="film-upload-label">{words.choose}</label>
                <p class="film-upload-hint" id="film-hint">{words.hint}</p>
                <input
                    id="film-file"
                    type="file"
                    name="film"
                    required
                    accept="video/*,.mkv,.mov,.mp4,.webm,.m4v,.avi"
                    aria-describedby="film-hint film-failure"
                    data-part="file"
                />
            </div>
            <p class="film-upload-failure" role="alert" id="film-failure" data-part="failure"></p>
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

//! How far a film has come: a bar and a sentence, kept fresh in the browser.

#[cfg(not(feature = "ssr"))]
mod watch;

use leptos::prelude::*;

use crate::phrase::fill;
use crate::props::{FilmProgressWords, FilmStage, FilmState};

/// Shows how far a film has come and keeps it fresh; without script the state as text and a link to reload.
///
/// `state_url`: answers GET with [`FilmState`] as JSON. `initial`: the state when the page was made.
/// The page reloads once when the film becomes playable, if it was not playable before: so a film that is being
/// watched is never interrupted. While it is still sent it only says so.
#[island]
pub fn FilmProgress(words: FilmProgressWords, state_url: String, initial: FilmState) -> impl IntoView {
    #[cfg(feature = "ssr")]
    {
        let _ = state_url;
        view(initial, words)
    }
    #[cfg(not(feature = "ssr"))]
    {
        crate::awaken::Awaken::new(move |root| watch::watch(root, words, state_url, initial))
    }
}

#[cfg(feature = "ssr")]
fn view(state: FilmState, words: FilmProgressWords) -> impl IntoView {
    let sentence = sentence(&state, &words);
    let percent = percent(&state, &words);
    view! {
        <div class="film-progress">
            <p role="status" data-part="sentence">{sentence}</p>
            <div data-part="work" hidden=!is_at_work(state.state)>
                <progress max="1000" aria-label=words.label value=state.per_mille data-part="bar">{percent.clone()}</progress>
                <p class="film-progress-percent" aria-hidden="true" data-part="percent">{percent}</p>
            </div>
            <p data-part="message">{state.message}</p>
            <p data-part="offline" hidden>{words.offline}</p>
            <p data-part="refresh" hidden=is_end(state.state)><a href="">{words.refresh}</a></p>
        </div>
    }
}

fn is_end(stage: FilmStage) -> bool {
    matches!(stage, FilmStage::Ready | FilmStage::Failed | FilmStage::Cancelled)
}

fn is_at_work(stage: FilmStage) -> bool {
    matches!(stage, FilmStage::Uploading | FilmStage::Transcoding)
}

fn percent(state: &FilmState, words: &FilmProgressWords) -> String {
    fill(&words.percent, &[("percent", &(state.per_mille / 10).to_string())])
}

fn sentence(state: &FilmState, words: &FilmProgressWords) -> String {
    let stage = match state.state {
        FilmStage::Uploading => &words.uploading,
        FilmStage::Queued => &words.queued,
        FilmStage::Transcoding => &words.transcoding,
        FilmStage::Ready => &words.ready,
        FilmStage::Failed => &words.failed,
        FilmStage::Cancelled => &words.cancelled,
    };
    if state.playable && matches!(state.state, FilmStage::Uploading | FilmStage::Transcoding) {
        format!("{stage} {}", words.playable)
    } else {
        stage.clone()
    }
}

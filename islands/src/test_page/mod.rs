//! The page of a question in the browser: each answer is saved as it is given and the page says truthfully whether it is; what
//! cannot be sent waits in the browser's storage; and the time that is left, which can be hidden.

#[cfg(any(test, not(feature = "ssr")))]
mod item;
#[cfg(not(feature = "ssr"))]
mod queue;
#[cfg(not(feature = "ssr"))]
mod time;
#[cfg(not(feature = "ssr"))]
mod wake;

use leptos::prelude::*;

use crate::props::TestPageWords;

/// Takes over the page's form `#question` and the line `.test-time`.
///
/// `owner`: the attempt; keeps apart what different people leave in one browser. `save_url`: takes the form's fields with `key` and
/// `waited_ms`, answers [`crate::props::TestSaved`]. `seconds_left`: by the server's clock when the page was made; below 0: no limit.
#[island]
pub fn TestPage(words: TestPageWords, owner: String, save_url: String, seconds_left: i64) -> impl IntoView {
    #[cfg(feature = "ssr")]
    {
        let _ = (owner, save_url, seconds_left);
        view(words)
    }
    #[cfg(not(feature = "ssr"))]
    {
        crate::awaken::Awaken::new(move |root| wake::wake(root, words, owner, save_url, seconds_left))
    }
}

/// Nothing of it is shown without script: the form is posted then, and the time stands on the page.
#[cfg(feature = "ssr")]
fn view(words: TestPageWords) -> impl IntoView {
    view! {
        <section class="test-page" hidden aria-label=words.label>
            <p class="row" hidden data-part="clock-box">
                <span class="test-time" data-part="clock"></span>
                <button type="button" class="button secondary" data-part="clock-turn"></button>
            </p>
            <p role="status" data-part="warning"></p>
            <p role="status" data-part="state"></p>
            <div role="alert" data-part="said"></div>
        </section>
    }
}

//! Live preview of Markdown: a toolbar before the field, a pane after it, and a warning before unsaved text is lost.
//!
//! The field is the page's own `<textarea>`, outside the island, and works without any of this.

#[cfg(any(test, not(feature = "ssr")))]
mod change;
#[cfg(not(feature = "ssr"))]
mod pane;

use leptos::prelude::*;

use crate::props::PreviewWords;

/// Toolbar and live preview for the Markdown field `field_id`; put it right after that `<textarea>`, in its form.
///
/// `preview_url`: answers a POST of `text=…` (application/x-www-form-urlencoded) with a sanitised HTML fragment, which
/// is put into the page as it comes.
#[island]
pub fn Preview(words: PreviewWords, preview_url: String, field_id: String) -> impl IntoView {
    #[cfg(feature = "ssr")]
    {
        let _ = (preview_url, field_id);
        view(words)
    }
    #[cfg(not(feature = "ssr"))]
    {
        crate::awaken::Awaken::new(move |root| pane::wake(root, words, preview_url, &field_id))
    }
}

/// Nothing of it is shown without script: it could not do anything.
#[cfg(feature = "ssr")]
fn view(words: PreviewWords) -> impl IntoView {
    let buttons = [
        ("heading", "H", words.heading),
        ("bold", "B", words.bold),
        ("italic", "I", words.italic),
        ("link", "↗", words.link),
        ("list", "•", words.list),
        ("table", "▦", words.table),
        ("image", "▣", words.image),
        ("code", "</>", words.code),
        ("formula", "∑", words.formula),
        ("footnote", "¹", words.footnote),
    ];
    let buttons: Vec<_> = buttons
        .into_iter()
        .map(|(kind, sign, name)| {
            view! { <button type="button" data-insert=kind><span aria-hidden="true">{sign}</span> " " {name}</button> }
        })
        .collect();
    view! {
        <div class="preview" hidden>
            <div class="preview-toolbar" role="group" aria-label=words.toolbar data-part="toolbar">{buttons}</div>
            <section class="preview-pane" tabindex="0" aria-label=words.preview.clone()>
                <p class="preview-title">
                    <span>{words.preview.clone()}</span>
                    <span class="preview-unsaved" hidden data-part="unsaved">{words.unsaved}</span>
                </p>
                <p role="status" class="preview-failed">
                    <span hidden data-part="failed">{words.failed}</span>
                </p>
                <div class="preview-text prose" data-part="text"></div>
                <p class="preview-empty" data-part="empty">{words.empty}</p>
            </section>
        </div>
    }
}

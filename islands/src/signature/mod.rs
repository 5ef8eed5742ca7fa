//! A field to sign in with a finger, a pen or the mouse: what is drawn becomes the path of an SVG in a hidden field of the page's
//! form. Who cannot draw types the name into the form's own field, which works without any of this.

#[cfg(not(feature = "ssr"))]
mod draw;

use leptos::prelude::*;

/// Where to draw. `label` says what is to be drawn, `hint` what to do instead, `clear` is the button that begins anew.
///
/// The path stands in the field `strokes`: `M` and `L` with whole numbers within 600 × 200, empty while nothing is drawn.
#[island]
pub fn SignaturePad(label: String, hint: String, clear: String) -> impl IntoView {
    #[cfg(feature = "ssr")]
    {
        // Nothing of it is shown without script: it could not do anything.
        view! {
            <div class="signature-pad" hidden>
                <p class="label">{label.clone()}</p>
                <p class="hint">{hint}</p>
                <svg data-part="pad" viewBox="0 0 600 200" role="img" aria-label=label>
                    <path d="M30 165L570 165" class="signature-base"></path>
                    <path data-part="line" d="" class="signature-line"></path>
                </svg>
                <button type="button" class="button button-secondary" data-part="clear">{clear}</button>
                <input type="hidden" name="strokes" data-part="strokes" value=""/>
            </div>
        }
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = (label, hint, clear);
        crate::awaken::Awaken::new(draw::wake)
    }
}

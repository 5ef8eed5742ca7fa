//! A prescribed sentence with elements in its places.

use leptos::prelude::*;

/// What stands in a sentence where the first, second and third element go: characters that no sentence has.
pub const PLACES: [&str; 3] = ["\u{1}", "\u{2}", "\u{3}"];

/// `sentence` with `elements` put where `PLACES` stand in it, whatever their order in this language.
pub fn woven<const N: usize>(sentence: &str, elements: [AnyView; N]) -> AnyView {
    let mut elements = elements.map(Some);
    let mut views: Vec<AnyView> = Vec::new();
    let mut text = String::new();
    for letter in sentence.chars() {
        let place = PLACES.iter().position(|place| place.starts_with(letter));
        match place.and_then(|place| elements.get_mut(place)).and_then(Option::take) {
            Some(element) => {
                // Leptos writes a blank for an empty text.
                if !text.is_empty() {
                    views.push(std::mem::take(&mut text).into_any());
                }
                views.push(element);
            }
            None => text.push(letter),
        }
    }
    if !text.is_empty() {
        views.push(text.into_any());
    }
    views.collect_view().into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_stand_where_the_language_wants_them() {
        let html = |sentence: &str| {
            Owner::new().with(|| {
                let elements = [view! { <b>"a"</b> }.into_any(), view! { <i>"<"</i> }.into_any()];
                woven(sentence, elements).to_html().replace("<!>", "")
            })
        };
        assert_eq!(html("od \u{1} do \u{2}."), "od <b>a</b> do <i>&lt;</i>.");
        assert_eq!(html("\u{2} & \u{1}"), "<i>&lt;</i> &amp; <b>a</b>");
    }
}

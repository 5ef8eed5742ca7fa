//! Letters that no font of ours has. PDF/UA-1 forbids a page that shows a missing letter (ISO 14289-1, 7.21.8), and a name with
//! such a letter must not keep anybody from an agreement: it is printed as a replacement character.

use serde_json::Value;
use typst::text::Font;

/// Printed for what cannot be.
const INSTEAD: [char; 2] = ['\u{fffd}', '?'];

/// Makes every text in `data` legible.
pub fn make(data: &mut Value, fonts: &[Font]) {
    let has = |letter: char| fonts.iter().any(|font| font.info().coverage.contains(letter as u32));
    let instead = INSTEAD.into_iter().find(|letter| has(*letter)).unwrap_or('?');
    walk(data, &|text: &mut String| {
        let kept = |letter: char| match letter {
            '\n' => Some('\n'),
            '\t' | '\u{a0}' => Some(' '),
            letter if letter.is_control() => None,
            // Marks that only steer a line: joiners, directions, soft hyphens.
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => None,
            letter if has(letter) => Some(letter),
            _ => Some(instead),
        };
        *text = text.chars().filter_map(kept).collect();
    });
}

fn walk(data: &mut Value, change: &impl Fn(&mut String)) {
    match data {
        Value::String(text) => change(text),
        Value::Array(all) => all.iter_mut().for_each(|one| walk(one, change)),
        Value::Object(all) => all.values_mut().for_each(|one| walk(one, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn polish_and_ukrainian_letters_are_printed_and_others_are_replaced() {
        let fonts = crate::world::fonts();
        let mut data = json!({ "a": ["ĄĆĘŁŃÓŚŹŻąćęłńóśźż §„”–", "ҐЄІЇґєії’ щ"], "b": "語\u{202e}x\u{7}" });
        make(&mut data, &fonts);
        assert_eq!(data["a"], json!(["ĄĆĘŁŃÓŚŹŻąćęłńóśźż §„”–", "ҐЄІЇґєії’ щ"]));
        assert_eq!(data["b"], json!("\u{fffd}x"));
    }
}

//! Texts of questions: Markdown of an author made into HTML, whole, within a line, or as plain words.

use crate::markdown::{self, Places};

/// A text with paragraphs, lists, pictures, as safe HTML.
pub fn block(text: &str, places: &Places) -> String {
    markdown::render(text, places).html
}

/// A line: the same without the paragraph around it, so that it can stand in a label.
pub fn inline(text: &str, places: &Places) -> String {
    let html = markdown::render(text, places).html;
    let html = html.trim();
    match html.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>")) {
        Some(inside) if !inside.contains("<p>") => inside.to_owned(),
        _ => html.to_owned(),
    }
}

/// A line as plain words, for the list of a `select`, which knows no HTML.
pub fn plain(text: &str, places: &Places) -> String {
    let html = inline(text, places);
    let mut plain = String::with_capacity(html.len());
    let mut in_tag = false;
    for letter in html.chars() {
        match letter {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            letter if !in_tag => plain.push(letter),
            _ => {}
        }
    }
    // `&amp;` last, so that what an author wrote as `&lt;` stays `&lt;`.
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", "\u{a0}"), ("&amp;", "&")]
        .into_iter()
        .fold(plain, |text, (reference, letter)| text.replace(reference, letter))
}

/// Puts `fill(n)` in the place of every `[[n]]` that stands in text, not within a tag.
pub fn with_gaps(html: &str, mut fill: impl FnMut(usize) -> Option<String>) -> String {
    let mut filled = String::with_capacity(html.len() + 200);
    let mut rest = html;
    while let Some(at) = rest.find(['<', '[']) {
        let (before, after) = rest.split_at(at);
        filled.push_str(before);
        let end = if after.starts_with('<') { after.find('>').map(|end| end + 1) } else { None };
        if let Some(end) = end {
            filled.push_str(&after[..end]);
            rest = &after[end..];
            continue;
        }
        let gap = after.strip_prefix("[[").and_then(|gap| gap.split_once("]]"));
        let control = gap.and_then(|(number, rest)| Some((fill(number.parse().ok()?)?, rest)));
        match control {
            Some((control, after)) => {
                filled.push_str(&control);
                rest = after;
            }
            None => {
                filled.push_str(&after[..1]);
                rest = &after[1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_loses_its_paragraph_and_in_a_list_its_marks() {
        let places = Places::default();
        assert_eq!(inline("Kontrast **4,5:1**", &places), "Kontrast <strong>4,5:1</strong>");
        assert_eq!(plain("`<b>` & *x*", &places), "<b> & x");
    }

    #[test]
    fn gaps_are_filled_in_text_alone() {
        let fill = |number: usize| (number == 1).then(|| "<input>".to_owned());
        assert_eq!(with_gaps("<p>a [[1]] b [[2]] [c] [[x</p>", fill), "<p>a <input> b [[2]] [c] [[x</p>");
        assert_eq!(with_gaps("<img alt=\"[[1]]\"> [[1]]", fill), "<img alt=\"[[1]]\"> <input>");
        assert_eq!(with_gaps("ż [", fill), "ż [");
    }
}

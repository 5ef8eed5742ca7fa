//! What the toolbar writes into the text: a pure function from selection to Markdown.

use crate::props::PreviewWords;

/// A change of the text: what replaces the selection, and which part of it is selected afterwards, counted in UTF-16
/// units as browsers do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub text: String,
    pub select: (u32, u32),
}

/// The change that a button of this `kind` makes to the `selected` text; `None` for an unknown kind.
pub(super) fn change(
    kind: &str,
    selected: &str,
    at_line_start: bool,
    words: &PreviewWords,
) -> Option<Change> {
    let chosen = |sample: &str| if selected.is_empty() { sample.to_owned() } else { selected.to_owned() };
    let text = chosen(&words.sample_text);
    let own_line = if at_line_start { "" } else { "\n\n" };
    match kind {
        "heading" => around(&format!("{own_line}## "), &text, "\n"),
        "bold" => around("**", &text, "**"),
        "italic" => around("*", &text, "*"),
        "link" => around("[", &chosen(&words.sample_link), "](https://)"),
        "list" => around(&format!("{own_line}- "), &text.replace('\n', "\n- "), "\n"),
        "table" => {
            let (column, cell) = (&words.sample_column, &words.sample_cell);
            let rest = format!(" 1 | {column} 2 |\n| --- | --- |\n| {cell} | {cell} |\n");
            around(&format!("{own_line}| "), column, &rest)
        }
        "image" => around("![", &chosen(&words.sample_alt), "](https://)"),
        "code" if text.contains('\n') => around("```\n", &text, "\n```\n"),
        "code" => around("`", &text, "`"),
        "formula" => around("$", &chosen("x^2"), "$"),
        "footnote" => around("[^1]\n\n[^1]: ", &text, "\n"),
        _ => None,
    }
}

fn around(before: &str, inner: &str, after: &str) -> Option<Change> {
    let units = |text: &str| text.encode_utf16().count() as u32;
    let start = units(before);
    Some(Change { text: format!("{before}{inner}{after}"), select: (start, start + units(inner)) })
}

#[cfg(test)]
mod tests {
    use super::{Change, change};
    use crate::props::PreviewWords;

    fn words() -> PreviewWords {
        PreviewWords { sample_text: "tekst".into(), sample_column: "Kolumna".into(), ..Default::default() }
    }

    #[test]
    fn bold_keeps_the_selection_or_offers_a_sample() {
        assert_eq!(
            change("bold", "żółw", true, &words()),
            Some(Change { text: "**żółw**".into(), select: (2, 6) })
        );
        assert_eq!(
            change("bold", "", true, &words()),
            Some(Change { text: "**tekst**".into(), select: (2, 7) })
        );
    }

    #[test]
    fn blocks_begin_on_a_line_of_their_own() {
        assert_eq!(
            change("heading", "A", false, &words()).map(|change| change.text),
            Some("\n\n## A\n".into())
        );
        assert_eq!(
            change("list", "a\nb", true, &words()).map(|change| change.text),
            Some("- a\n- b\n".into())
        );
    }

    #[test]
    fn code_over_several_lines_is_a_block() {
        assert_eq!(
            change("code", "a\nb", true, &words()).map(|change| change.text),
            Some("```\na\nb\n```\n".into())
        );
        assert_eq!(change("unknown", "", true, &words()), None);
    }
}

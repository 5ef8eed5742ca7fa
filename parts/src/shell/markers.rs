//! Leptos writes `<!>` wherever a browser would later look for a dynamic part. Nothing outside an island is ever
//! looked for, and `<!>` is a parse error in HTML (WHATWG, "incorrectly-opened-comment"), so a page is sent without.

/// `html` without the markers; inside islands, where they are needed, they become proper comments.
/// Only markup is touched: text is escaped by now, and quoted attribute values are stepped over.
pub(super) fn without_markers(html: &str) -> String {
    let mut clean = String::with_capacity(html.len());
    let mut rest = html;
    let mut islands = 0_usize;
    while let Some(start) = rest.find('<') {
        let (before, markup) = rest.split_at(start);
        clean.push_str(before);
        if let Some(after) = markup.strip_prefix("<!>") {
            if islands > 0 {
                clean.push_str("<!---->");
            }
            rest = after;
            continue;
        }
        if markup.starts_with("<leptos-island") {
            islands += 1;
        } else if markup.starts_with("</leptos-island") {
            islands = islands.saturating_sub(1);
        }
        let (tag, after) = markup.split_at(markup_end(markup));
        clean.push_str(tag);
        rest = after;
    }
    clean.push_str(rest);
    clean
}

/// Where the tag or comment at the start of `markup` ends.
fn markup_end(markup: &str) -> usize {
    if markup.starts_with("<!--") {
        return markup.find("-->").map_or(markup.len(), |at| at + 3);
    }
    let mut quote = None;
    for (at, byte) in markup.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    markup.len()
}

#[cfg(test)]
mod tests {
    use super::without_markers;

    #[test]
    fn markers_go_and_everything_else_stays() {
        assert_eq!(without_markers("<p>Zażółć<!>gęślą<!></p><!>"), "<p>Zażółćgęślą</p>");
        assert_eq!(
            without_markers("<!DOCTYPE html><!-- it's --><b>a &lt;!&gt;</b>"),
            "<!DOCTYPE html><!-- it's --><b>a &lt;!&gt;</b>"
        );
        assert_eq!(without_markers("a < b"), "a < b");
    }

    #[test]
    fn what_a_person_typed_into_a_field_is_not_a_marker() {
        let field = "<input value=\"<!> it's > <leptos-island\"><p>x</p>";
        assert_eq!(without_markers(&format!("{field}<!>")), field);
    }

    #[test]
    fn islands_keep_theirs_as_proper_comments() {
        assert_eq!(
            without_markers("<!><leptos-island data-props='[\"<!>\"]'><p>a<!>b</p></leptos-island><!>"),
            "<leptos-island data-props='[\"<!>\"]'><p>a<!---->b</p></leptos-island>"
        );
    }
}

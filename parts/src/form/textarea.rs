//! Several lines of input. The only place of the project that writes a `textarea` element: Leptos 0.8 does not escape
//! its children on the server, and `prop:value` renders it empty, so the text goes in escaped through `inner_html`.

use leptos::prelude::*;

use super::frame::Frame;

/// Several lines of input with label, hint and error.
#[component]
pub fn TextArea(
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// Of which thing it is, as in [`super::Field`].
    #[prop(optional, into)]
    of: String,
    /// Label.
    #[prop(into)]
    label: String,
    /// What has been entered, as plain text.
    #[prop(optional, into)]
    value: String,
    /// Lines shown (8 when not given); it grows with the text where the browser can.
    #[prop(default = 8)]
    rows: u32,
    /// A word after the label.
    #[prop(optional, into)]
    note: String,
    /// A sentence of help.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong.
    #[prop(optional_no_strip)]
    error: Option<String>,
    /// Must be filled.
    #[prop(optional)]
    required: bool,
    /// Most characters.
    #[prop(optional)]
    maxlength: u32,
    /// Letters of one width and the whole width of the page: Markdown, WebVTT, CSV.
    #[prop(optional)]
    code: bool,
) -> impl IntoView {
    let id_name = if of.is_empty() { name.clone() } else { format!("{name}-{of}") };
    let frame = Frame { name: id_name, label, note, hint, error };
    let control = view! {
        <textarea
            id=frame.id()
            name=name
            rows=rows
            class=code.then_some("code")
            required=required
            maxlength=(maxlength > 0).then_some(maxlength)
            aria-describedby=frame.described_by()
            aria-invalid=frame.invalid()
            inner_html=inside(&value)
        ></textarea>
    };
    frame.around(control.into_any())
}

/// The inside of a `textarea`: a line end first, because HTML drops the first one it meets there.
fn inside(text: &str) -> String {
    format!("\n{}", escape(text))
}

/// `text` with the five characters that mean something in HTML written as references; safe as content and in quotes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::{TextArea, escape};

    fn rendered(value: &'static str) -> String {
        Owner::new().with(|| view! { <TextArea name="text" label="Treść" value=value/> }.into_any().to_html())
    }

    #[test]
    fn a_closing_tag_in_the_text_stays_text() {
        let html = rendered("</textarea><script>alert(1)</script>");
        assert_eq!(html.matches("</textarea>").count(), 1, "{html}");
        assert!(!html.contains("<script"), "{html}");
        assert!(
            html.contains("\n&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>"),
            "{html}"
        );
    }

    #[test]
    fn references_quotes_and_half_tags_come_back_as_they_were_written() {
        assert_eq!(escape("&lt; \"a\" 'b' <b"), "&amp;lt; &quot;a&quot; &#39;b&#39; &lt;b");
        assert_eq!(escape("</TEXTAREA\n>"), "&lt;/TEXTAREA\n&gt;");
        assert_eq!(escape("zażółć ґ 🙂"), "zażółć ґ 🙂");
        assert_eq!(escape(""), "");
    }

    #[test]
    fn a_line_end_at_the_start_of_the_text_is_kept() {
        let html = rendered("\n# Wstęp");
        assert!(html.contains(">\n\n# Wstęp</textarea>"), "{html}");
    }
}

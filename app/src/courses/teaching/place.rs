//! A line of a text with the lines around it, so that who follows a finding sees its place also without script.

use leptos::prelude::*;
use words::{Language, writing as say};

/// So many lines stand before and after.
const AROUND: usize = 2;
/// Of a longer line the beginning is shown.
const MOST_LETTERS: usize = 300;

/// The line (from 1) with its neighbours; nothing when the text has no such line.
pub fn context(language: Language, text: &str, line: usize) -> AnyView {
    if line == 0 || text.split('\n').nth(line - 1).is_none() {
        return ().into_any();
    }
    let first = line.saturating_sub(AROUND).max(1);
    let lines = text.split('\n').enumerate().skip(first - 1).take(line + AROUND + 1 - first);
    let lines = lines.map(|(at, words)| {
        let number = at + 1;
        let words: String = words.chars().take(MOST_LETTERS).collect();
        if number == line {
            view! { <mark>{format!("→ {number}: {words}")}</mark>{"\n"} }.into_any()
        } else {
            format!("  {number}: {words}\n").into_any()
        }
    });
    let lines = lines.collect_view();
    view! { <pre class="theirs" tabindex="0" role="region" aria-label=say::place_label(language, &line.to_string())>{lines}</pre> }
        .into_any()
}

//! Two texts with what differs between them: each line says by a sign and by words for those who listen whether it was taken out or
//! added, so colour only repeats it.

use courses::diff::{self, Line, Part};
use leptos::prelude::*;
use words::{Language, writing as say};

/// Lines that both texts have are left out beyond so many around a difference.
const AROUND: usize = 3;

/// The differences; a sentence when there is none. `subject` tells those of one page apart; it is empty where they are the only ones.
pub fn text(language: Language, subject: &str, before: &str, after: &str) -> AnyView {
    if before == after {
        return view! { <p>{say::diff_same(language)}</p> }.into_any();
    }
    let parts = diff::parts(before, after);
    let last = parts.len().saturating_sub(1);
    let shown = parts.iter().enumerate().map(|(at, part)| match part {
        Part::Same(lines) => same(language, lines, (at == 0, at == last)),
        Part::Differs { first, second } => {
            let removed = first.iter().map(|line| one(language, &Line::Removed(line)));
            let added = second.iter().map(|line| one(language, &Line::Added(line)));
            removed.chain(added).collect_view().into_any()
        }
    });
    let shown = shown.collect_view();
    let label = say::diff_label(language);
    let label = if subject.is_empty() { label.to_owned() } else { format!("{label}: {subject}") };
    view! { <div class="diff theirs" tabindex="0" role="region" aria-label=label>{shown}</div> }.into_any()
}

/// A line with its sign.
pub fn one(language: Language, line: &Line<'_>) -> AnyView {
    match line {
        Line::Same(words) => view! { <div>{format!("  {words}")}</div> }.into_any(),
        Line::Removed(words) => view! {
            <div class="removed">
                <span aria-hidden="true">"− "</span>
                <span class="visually-hidden">{say::diff_removed(language)}": "</span>
                <del>{(*words).to_owned()}</del>
            </div>
        }
        .into_any(),
        Line::Added(words) => view! {
            <div class="added">
                <span aria-hidden="true">"+ "</span>
                <span class="visually-hidden">{say::diff_added(language)}": "</span>
                <ins>{(*words).to_owned()}</ins>
            </div>
        }
        .into_any(),
    }
}

fn same(language: Language, lines: &[&str], (first, last): (bool, bool)) -> AnyView {
    let head = if first { 0 } else { AROUND };
    let tail = if last { 0 } else { AROUND };
    let show =
        |lines: &[&str]| lines.iter().map(|line| one(language, &Line::Same(line))).collect_view().into_any();
    if lines.len() <= head + tail + 1 {
        return show(lines);
    }
    let left_out = i64::try_from(lines.len() - head - tail).unwrap_or(i64::MAX);
    view! {
        {show(&lines[..head])}
        <div class="hint">{say::diff_left_out(language, left_out)}</div>
        {show(&lines[lines.len() - tail..])}
    }
    .into_any()
}

//! The pages of a long list as links; each page is an address that can be kept.

use leptos::prelude::*;

use crate::SafeUrl;

/// Words of the pagination.
#[derive(Clone, Debug, Default)]
pub struct PaginationWords {
    /// Name of the navigation: "Strony listy".
    pub label: String,
    /// "Poprzednia".
    pub previous: String,
    /// "Następna".
    pub next: String,
    /// Read before each number: "Strona".
    pub page: String,
}

/// Links to the pages of a list: first, last, the current one and its neighbours. Nothing when there is one page.
#[component]
pub fn Pagination(
    /// Path of the list with its other query parameters, already percent-encoded; `page=n` is added.
    #[prop(into)]
    base: SafeUrl,
    /// The page being read, from 1.
    page: u32,
    /// How many pages there are.
    pages: u32,
    /// Words.
    words: PaginationWords,
) -> impl IntoView {
    if pages < 2 {
        return ().into_any();
    }
    let page = page.clamp(1, pages);
    let step = |number: u32, rel: &'static str, text: &str| {
        (number >= 1 && number <= pages).then(|| {
            let href = address(&base, number);
            view! { <li><a href=href rel=rel>{text.to_owned()}</a></li> }
        })
    };
    let previous = step(page - 1, "prev", &words.previous);
    let next = step(page + 1, "next", &words.next);
    let numbers = shown(page, pages)
        .into_iter()
        .map(|number| match number {
            None => view! { <li class="gap" aria-hidden="true">"…"</li> }.into_any(),
            Some(number) => {
                let current = (number == page).then_some("page");
                let href = address(&base, number);
                let word = words.page.clone();
                view! {
                    <li>
                        <a href=href aria-current=current>
                            <span class="visually-hidden">{word}" "</span>{number}
                        </a>
                    </li>
                }
                .into_any()
            }
        })
        .collect_view();
    view! { <nav class="pagination" aria-label=words.label><ul>{previous}{numbers}{next}</ul></nav> }
        .into_any()
}

/// Numbers to show; `None` is a gap.
fn shown(page: u32, pages: u32) -> Vec<Option<u32>> {
    let mut shown = Vec::new();
    let mut last = 0;
    for number in (1..=pages).filter(|&n| n == 1 || n == pages || n.abs_diff(page) <= 1) {
        match number - last {
            0 | 1 => {}
            2 => shown.push(Some(number - 1)),
            _ => shown.push(None),
        }
        shown.push(Some(number));
        last = number;
    }
    shown
}

fn address(base: &SafeUrl, number: u32) -> SafeUrl {
    let joint = if base.as_str().contains('?') { '&' } else { '?' };
    SafeUrl::from(format!("{}{joint}page={number}", base.as_str()))
}

#[cfg(test)]
mod tests {
    use super::{address, shown};

    #[test]
    fn first_last_and_neighbours_are_shown_and_a_gap_is_never_one_page() {
        let text = |page, pages| {
            let parts = shown(page, pages);
            parts.iter().map(|n| n.map_or("…".into(), |n| n.to_string())).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(text(1, 2), "1 2");
        assert_eq!(text(1, 9), "1 2 … 9");
        assert_eq!(text(4, 9), "1 2 3 4 5 … 9");
        assert_eq!(text(5, 9), "1 … 4 5 6 … 9");
        assert_eq!(text(9, 9), "1 … 8 9");
    }

    #[test]
    fn other_parameters_of_the_list_are_kept() {
        assert_eq!(address(&"/ludzie".into(), 2).as_str(), "/ludzie?page=2");
        assert_eq!(address(&"/ludzie?q=an".into(), 2).as_str(), "/ludzie?q=an&page=2");
    }
}

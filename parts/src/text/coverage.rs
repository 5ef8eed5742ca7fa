//! Which parts of a film have been seen: a bar with the played intervals, and the same in words.

use leptos::prelude::*;

/// Width of the drawing in its own units.
const WIDTH: u64 = 1000;

/// The seen parts of a film. The bar is decoration; `text` says it all and is always shown.
#[component]
pub fn Coverage(
    /// Length of the film in milliseconds.
    length_ms: u64,
    /// Played intervals in milliseconds, `(from, to)`; any order, overlaps allowed.
    seen: Vec<(u64, u64)>,
    /// The same in words: "Obejrzano 62 %: 0:00–4:10, 5:00–7:12".
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let pieces = drawn(length_ms, seen)
        .into_iter()
        .map(|(x, width)| view! { <rect class="coverage-seen" x=x y="0" width=width height="12"></rect> })
        .collect_view();
    view! {
        <div class="coverage">
            <svg
                width="100%"
                height="12"
                viewBox="0 0 1000 12"
                preserveAspectRatio="none"
                aria-hidden="true"
                focusable="false"
            >
                <rect class="coverage-all" width="1000" height="12"></rect>
                {pieces}
            </svg>
            <span class="coverage-text">{text}</span>
        </div>
    }
    .into_any()
}

/// `(x, width)` of each drawn piece: intervals cut to the film, joined where they touch, at least 2 units wide.
fn drawn(length_ms: u64, mut seen: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    let length = length_ms.max(1);
    let place =
        |ms: u64| u64::try_from(u128::from(ms) * u128::from(WIDTH) / u128::from(length)).unwrap_or(WIDTH);
    seen.sort_unstable();
    let mut pieces: Vec<(u64, u64)> = Vec::new();
    for (from, to) in seen {
        let (from, to) = (from.min(length), to.min(length));
        if from >= to {
            continue;
        }
        let start = place(from).min(WIDTH - 2);
        let end = place(to).max(start + 2);
        match pieces.last_mut() {
            Some((_, last)) if start <= *last => *last = end.max(*last),
            _ => pieces.push((start, end)),
        }
    }
    pieces.into_iter().map(|(start, end)| (start, end - start)).collect()
}

#[cfg(test)]
mod tests {
    use super::drawn;

    #[test]
    fn overlapping_and_touching_intervals_are_drawn_as_one() {
        assert_eq!(
            drawn(10_000, vec![(5_000, 6_000), (0, 2_000), (1_000, 3_000), (3_000, 4_000)]),
            [(0, 400), (500, 100)]
        );
    }

    #[test]
    fn lies_about_the_length_stay_inside_the_bar() {
        assert_eq!(drawn(1_000, vec![(900, 5_000), (7_000, 9_000), (5, 5), (8, 3)]), [(900, 100)]);
        assert_eq!(drawn(0, vec![(0, u64::MAX)]), [(0, 1000)]);
        assert_eq!(drawn(u64::MAX, vec![(0, 1), (u64::MAX - 1, u64::MAX)]), [(0, 2), (998, 2)]);
    }
}

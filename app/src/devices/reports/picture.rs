//! Bars side by side: one line a group, its parts told apart by pattern and its numbers in words beside it, so that it reads without
//! colour and without seeing it.

use leptos::prelude::*;

/// Width of the longest bar in its own units.
const WIDTH: i64 = 1000;
/// Most bars; further groups stand in the table alone.
const MOST: usize = 12;

/// How a part of a bar is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// Empty.
    Plain,
    /// Lines.
    Lines,
    /// Dots.
    Dots,
    /// Crosses.
    Crosses,
}

impl Fill {
    const ALL: [Self; 4] = [Self::Plain, Self::Lines, Self::Dots, Self::Crosses];

    fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Lines => "lines",
            Self::Dots => "dots",
            Self::Crosses => "crosses",
        }
    }

    fn url(self) -> String {
        format!("url(#bar-{})", self.word())
    }
}

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Of what.
    pub name: String,
    /// Its parts; none is below zero.
    pub parts: Vec<(Fill, i64)>,
    /// The same in words.
    pub told: String,
}

/// A picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What it shows.
    pub caption: String,
    /// What each fill means; empty when there is one.
    pub legend: Vec<(Fill, &'static str)>,
    /// Its bars, the longest at most `MOST`.
    pub bars: Vec<Bar>,
}

/// The picture; nothing while there is nothing.
pub fn view(picture: Picture) -> AnyView {
    let sum = |bar: &Bar| bar.parts.iter().map(|(_, part)| *part).sum::<i64>();
    let longest = picture.bars.iter().map(sum).max().unwrap_or(0);
    if longest <= 0 {
        return ().into_any();
    }
    let bars = picture.bars.into_iter().take(MOST).map(|bar| line(bar, longest)).collect_view();
    let legend = (!picture.legend.is_empty()).then(|| {
        let items = picture
            .legend
            .into_iter()
            .map(|(fill, text)| {
                view! {
                    <li>
                        <svg class="swatch" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
                            <rect class="part" width="16" height="16" fill=fill.url()/>
                        </svg>
                        {text}
                    </li>
                }
            })
            .collect_view();
        view! { <ul class="legend">{items}</ul> }
    });
    view! {
        <figure class="bars">
            <figcaption>{picture.caption}</figcaption>
            {patterns()}
            {legend}
            <ul class="lines">{bars}</ul>
        </figure>
    }
    .into_any()
}

fn line(bar: Bar, longest: i64) -> AnyView {
    let mut begin = 0;
    let parts = bar
        .parts
        .into_iter()
        .filter(|(_, part)| *part > 0)
        .map(|(fill, part)| {
            // A part that is there is seen, be it ever so small.
            let width =
                i64::try_from(i128::from(part) * i128::from(WIDTH) / i128::from(longest)).unwrap_or(WIDTH);
            let (x, width) = (begin, width.max(4));
            begin += width;
            view! { <rect class="part" x=x y="0" width=(width - 2).max(2) height="16" fill=fill.url()/> }
        })
        .collect_view();
    view! {
        <li>
            <span class="name">{bar.name}</span>
            <svg viewBox="0 0 1000 16" preserveAspectRatio="none" aria-hidden="true" focusable="false">{parts}</svg>
            <span class="told">{bar.told}</span>
        </li>
    }
    .into_any()
}

fn patterns() -> AnyView {
    let patterns = Fill::ALL
        .map(|fill| {
            let mark = match fill {
                Fill::Plain => ().into_any(),
                Fill::Lines => view! { <path class="line" d="M0 8 8 0M-2 2 2-2M6 10 10 6"/> }.into_any(),
                Fill::Dots => view! { <circle class="dot" cx="4" cy="4" r="2"/> }.into_any(),
                Fill::Crosses => view! { <path class="cross" d="M0 0 8 8M8 0 0 8"/> }.into_any(),
            };
            view! {
                <pattern id=format!("bar-{}", fill.word()) width="8" height="8" patternUnits="userSpaceOnUse">
                    <rect class=format!("ground {}", fill.word()) width="8" height="8"/>
                    {mark}
                </pattern>
            }
        })
        .collect_view();
    view! { <svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>{patterns}</defs></svg> }
        .into_any()
}

//! The whole register in one bar: how many assets are in stock, lent, in repair, missing. Each part has a pattern of its own and
//! its number in words beside it, so that it reads without colour.

use devices::register::find::Counts;
use leptos::prelude::*;
use words::{Language, register as say};

/// Width of the bar in its own units.
const WIDTH: i64 = 1000;

/// The bar with its legend; nothing while there is nothing.
pub fn view(language: Language, counts: &Counts) -> AnyView {
    let parts = [
        ("stock", say::picture_in_stock(language, counts.in_stock), counts.in_stock, "in_stock"),
        ("lent", say::picture_lent(language, counts.lent), counts.lent, "lent"),
        ("repair", say::picture_in_repair(language, counts.in_repair), counts.in_repair, "in_repair"),
        ("missing", say::picture_missing(language, counts.missing), counts.missing, "missing"),
    ];
    let whole: i64 = parts.iter().map(|(_, _, count, _)| count).sum();
    if whole == 0 {
        return ().into_any();
    }
    let mut begin = 0;
    let bars = parts
        .iter()
        .filter(|(_, _, count, _)| *count > 0)
        .map(|(name, _, count, _)| {
            // A part that is there is seen, be it ever so small.
            let width = (count * WIDTH / whole).max(4);
            let x = begin;
            begin += width;
            view! {
                <rect class=format!("part {name}") x=x y="0" width=(width - 2).max(2) height="28" fill=format!("url(#p-{name})")/>
            }
            .into_any()
        })
        .collect_view();
    let legend = parts
        .into_iter()
        .map(|(name, text, _, state)| {
            view! {
                <li>
                    <svg class="swatch" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
                        <rect class=format!("part {name}") width="16" height="16" fill=format!("url(#p-{name})")/>
                    </svg>
                    <a href=format!("/devices?state={state}")>{text}</a>
                </li>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <figure class="register-picture">
            <figcaption>{say::picture_caption(language, whole)}</figcaption>
            <svg viewBox="0 0 1000 28" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                <defs>
                    <pattern id="p-stock" width="8" height="8" patternUnits="userSpaceOnUse">
                        <rect class="ground" width="8" height="8"/>
                    </pattern>
                    <pattern id="p-lent" width="8" height="8" patternUnits="userSpaceOnUse">
                        <rect class="ground" width="8" height="8"/>
                        <path class="line" d="M0 8 8 0M-2 2 2-2M6 10 10 6"/>
                    </pattern>
                    <pattern id="p-repair" width="8" height="8" patternUnits="userSpaceOnUse">
                        <rect class="ground" width="8" height="8"/>
                        <circle class="dot" cx="4" cy="4" r="2"/>
                    </pattern>
                    <pattern id="p-missing" width="8" height="8" patternUnits="userSpaceOnUse">
                        <rect class="ground" width="8" height="8"/>
                        <path class="line" d="M0 0 8 8M8 0 0 8"/>
                    </pattern>
                </defs>
                {bars}
            </svg>
            <ul>{legend}</ul>
        </figure>
    }
    .into_any()
}

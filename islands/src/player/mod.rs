//! The film player.
//!
//! On the server ([`view`]) it is a plain `<video>` with the browser's own controls, links and the transcript. In the
//! browser ([`wake`]) it takes over with controls of its own. hls.js is fetched on the first play, not before.

#[cfg(any(test, not(feature = "ssr")))]
mod keys;
#[cfg(any(test, not(feature = "ssr")))]
mod report;
#[cfg(any(test, not(feature = "ssr")))]
mod seen;
#[cfg(feature = "ssr")]
mod view;

#[cfg(not(feature = "ssr"))]
mod act;
#[cfg(not(feature = "ssr"))]
mod draw;
#[cfg(not(feature = "ssr"))]
mod engine;
#[cfg(not(feature = "ssr"))]
mod focus;
#[cfg(not(feature = "ssr"))]
mod further;
#[cfg(not(feature = "ssr"))]
mod hls;
#[cfg(not(feature = "ssr"))]
mod progress;
#[cfg(not(feature = "ssr"))]
mod transcript;
#[cfg(not(feature = "ssr"))]
mod wake;

use leptos::prelude::*;

use crate::props::{FilmProps, PlayerWords};

/// Speeds a person can choose, in hundredths.
const SPEEDS: [u32; 9] = [50, 75, 100, 125, 150, 175, 200, 250, 300];

/// Plays one film: HLS with own accessible controls; without script a plain `<video>`, links and the transcript.
#[island]
pub fn Player(film: FilmProps, words: PlayerWords) -> impl IntoView {
    #[cfg(feature = "ssr")]
    {
        view::player(film, words)
    }
    #[cfg(not(feature = "ssr"))]
    {
        crate::awaken::Awaken::new(move |root| wake::wake(root, film, words))
    }
}

/// `1,25×`
fn speed_name(hundredths: u32, decimal_mark: &str) -> String {
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    match rest {
        0 => format!("{whole}×"),
        50 => format!("{whole}{decimal_mark}5×"),
        _ => format!("{whole}{decimal_mark}{rest}×"),
    }
}

/// From where the film starts for this person: where they left off, unless that is the very beginning or end.
fn begin(film: &FilmProps) -> f64 {
    let resume = film.resume_seconds;
    let near_end = film.length_seconds > 0.0 && resume > film.length_seconds - 5.0;
    if resume > 5.0 && !near_end { resume } else { 0.0 }
}

//! The player's HTML. Parts that the browser changes later carry `data-part`; buttons that act carry `data-do`.

use leptos::prelude::*;

use super::{SPEEDS, begin, speed_name};
use crate::phrase::{clock, escape, fill};
use crate::props::{FilmProps, PlayerWords, TranscriptLine};

pub(super) fn player(film: FilmProps, words: PlayerWords) -> impl IntoView {
    let name = format!("{}: {}", words.region, film.title);
    let begin = begin(&film);
    let resumed = fill(&words.resumed, &[("time", &clock(begin))]);
    let note = film.still_growing.then(|| view! { <p class="player-note">{words.still_growing.clone()}</p> });
    let controls = controls(&film, &words).into_any();
    let help = help(&words).into_any();
    let transcript = (!film.transcript.is_empty()).then(|| transcript(&film, &words).into_any());
    let tracks: Vec<_> = film
        .captions
        .into_iter()
        .map(|track| view! { <track kind="captions" srclang=track.language label=track.label src=track.url /> })
        .collect();
    view! {
        <section class="player" id="film" aria-label=name data-begin=(begin * 1000.0) as u64>
            <div class="player-frame" data-part="frame">
                <div class="player-stage" tabindex="-1" data-part="stage">
                    <video
                        class="player-video"
                        data-part="video"
                        controls
                        playsinline
                        preload="none"
                        poster=present(&film.poster_url)
                        src=present(&film.plain_url)
                    >
                        {tracks}
                    </video>
                    <p class="player-wait" hidden data-part="wait">{words.loading}</p>
                    <p class="player-said" role="status" data-part="said"></p>
                </div>
                {controls}
            </div>
            <p class="player-failure" role="alert" data-part="failure"></p>
            <p class="player-note" hidden data-part="resumed">
                {resumed} " " <button type="button" class="player-text-button" data-do="over">{words.from_start}</button>
            </p>
            {note}
            <p class="player-plain" data-part="plain">
                {words.plain_intro} " "
                {present(&film.plain_url).map(|url| view! { <a href=url>{words.plain_mp4}</a> " " })}
                {present(&film.master_url).map(|url| view! { <a href=url>{words.plain_hls}</a> })}
            </p>
            {help}
            {transcript}
        </section>
    }
}

fn controls(film: &FilmProps, words: &PlayerWords) -> impl IntoView + use<> {
    let captions = !film.captions.is_empty();
    let several_captions = film.captions.len() > 1;
    let mut caption_options = option("", &words.captions_off);
    for (index, track) in film.captions.iter().enumerate() {
        caption_options.push_str(&option(&index.to_string(), &track.label));
    }
    let speed_options: String = SPEEDS
        .iter()
        .map(|speed| option(&speed.to_string(), &speed_name(*speed, &words.decimal_mark)))
        .collect();
    view! {
        <div class="player-controls" hidden data-part="controls">
            <div class="player-seek">
                <input type="range" min="0" max="1" step="1" data-part="seek" aria-label=words.position.clone() />
                <span class="player-time" data-part="time">{clock(begin(film))}</span>
            </div>
            <div class="player-buttons">
                <div class="player-group">
                    <button type="button" data-do="play" data-part="play" data-state="off" aria-label=words.play.clone()>
                        <svg class="when-off" viewBox="0 0 24 24" aria-hidden="true"><path d="M7 4v16l13-8z" /></svg>
                        <svg class="when-on" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 4h4v16H6zM14 4h4v16h-4z" /></svg>
                    </button>
                    <button type="button" data-do="back" aria-label=words.back.clone()>
                        <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M11 5v14l-9-7zM21 5v14l-9-7z" /></svg>
                        <span aria-hidden="true">"10"</span>
                    </button>
                    <button type="button" data-do="forward" aria-label=words.forward.clone()>
                        <span aria-hidden="true">"10"</span>
                        <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 5v14l9-7zM13 5v14l9-7z" /></svg>
                    </button>
                    <button type="button" data-do="mute" data-part="mute" data-state="off" aria-label=words.mute.clone()>
                        <svg class="when-off" viewBox="0 0 24 24" aria-hidden="true"><path d="M3 9v6h4l6 5V4L7 9zM16 8a5 5 0 0 1 0 8v-2a3 3 0 0 0 0-4zM16 4a9 9 0 0 1 0 16v-2a7 7 0 0 0 0-12z" /></svg>
                        <svg class="when-on" viewBox="0 0 24 24" aria-hidden="true"><path d="M3 9v6h4l6 5V4L7 9zM15.500 9l1.400-1.400 2.100 2.100 2.100-2.100L22.500 9l-2.100 2.100 2.100 2.100-1.400 1.400-2.100-2.100-2.100 2.100-1.400-1.400 2.100-2.100z" /></svg>
                    </button>
                    <input class="player-volume" type="range" min="0" max="100" step="5" data-part="volume" aria-label=words.volume.clone() />
                </div>
                <div class="player-group player-choices">
                    <label class="player-choice" hidden=!several_captions>
                        <span>{words.captions.clone()}</span>
                        <select data-part="caption-list" inner_html=caption_options></select>
                    </label>
                    <label class="player-choice">
                        <span>{words.speed.clone()}</span>
                        <select data-part="speed-list" inner_html=speed_options></select>
                    </label>
                    <label class="player-choice" hidden=film.master_url.is_empty()>
                        <span>{words.quality.clone()}</span>
                        <select data-part="quality-list"></select>
                    </label>
                </div>
                <div class="player-group player-end">
                    <button type="button" data-do="captions" data-part="captions" hidden=!captions aria-pressed="false" aria-label=words.captions.clone()>
                        <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M2 5h20v14H2zM4 7v10h16V7zM6 10h6v2H6zM14 10h4v2h-4zM6 13h4v2H6zM12 13h6v2h-6z" fill-rule="evenodd" /></svg>
                    </button>
                    <button type="button" data-do="help" aria-label=words.shortcuts.clone()>
                        <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M1 5h22v14H1zM3 7v10h18V7zM5 9h2v2H5zM9 9h2v2H9zM13 9h2v2h-2zM17 9h2v2h-2zM5 13h2v2H5zM9 13h6v2H9zM17 13h2v2h-2z" fill-rule="evenodd" /></svg>
                    </button>
                    <button type="button" data-do="full-screen" data-part="full-screen" data-state="off" aria-label=words.full_screen.clone()>
                        <svg class="when-off" viewBox="0 0 24 24" aria-hidden="true"><path d="M3 3h7v2H5v5H3zM14 3h7v7h-2V5h-5zM3 14h2v5h5v2H3zM19 14h2v7h-7v-2h5z" /></svg>
                        <svg class="when-on" viewBox="0 0 24 24" aria-hidden="true"><path d="M8 3h2v7H3V8h5zM14 3h2v5h5v2h-7zM3 14h7v7H8v-5H3zM14 14h7v2h-5v5h-2z" /></svg>
                    </button>
                </div>
            </div>
        </div>
    }
}

fn help(words: &PlayerWords) -> impl IntoView + use<> {
    let both = format!("{} / k", words.key_space);
    let rows = [
        (both.as_str(), &words.about_play),
        ("j / l", &words.about_ten),
        ("← / →", &words.about_five),
        ("m", &words.about_mute),
        ("c", &words.about_captions),
        ("f", &words.about_full_screen),
        ("< / >", &words.about_speed),
        ("0–9", &words.about_tenths),
        ("Home / End", &words.about_ends),
        ("?", &words.about_help),
    ];
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(keys, about)| view! { <dt><kbd>{keys.to_owned()}</kbd></dt><dd>{about.clone()}</dd> })
        .collect();
    view! {
        <dialog class="player-help" data-part="help" aria-label=words.shortcuts.clone()>
            <p class="player-help-title">{words.shortcuts.clone()}</p>
            <dl>{rows}</dl>
            <label class="player-check">
                <input type="checkbox" data-part="shortcuts" />
                <span>{words.shortcuts_on.clone()}</span>
            </label>
            <button type="button" class="player-text-button" data-do="close">{words.close.clone()}</button>
        </dialog>
    }
}

fn transcript(film: &FilmProps, words: &PlayerWords) -> impl IntoView + use<> {
    let lines: Vec<_> = film.transcript.iter().map(|said| line(said, &film.plain_url)).collect();
    view! {
        <details class="player-transcript" open>
            <summary>{words.transcript.clone()}</summary>
            <div class="player-transcript-tools" hidden data-part="transcript-tools">
                <label class="player-choice">
                    <span>{words.transcript_search.clone()}</span>
                    <input type="search" data-part="search" />
                </label>
                <label class="player-check">
                    <input type="checkbox" data-part="follow" />
                    <span>{words.transcript_follow.clone()}</span>
                </label>
            </div>
            <p role="status" class="player-found" data-part="found"></p>
            <ol class="player-lines" data-part="lines">{lines}</ol>
        </details>
    }
}

/// One moment: a link that also works without script, into the MP4, or else up to the player.
fn line(said: &TranscriptLine, plain_url: &str) -> impl IntoView + use<> {
    let start_ms = (said.start_seconds.max(0.0) * 1000.0) as u64;
    let seconds = start_ms as f64 / 1000.0;
    let place = if plain_url.is_empty() { "#film".to_owned() } else { format!("{plain_url}#t={seconds}") };
    view! {
        <li>
            <a href=place data-start=start_ms>
                <span class="player-line-time">{clock(seconds)}</span> " " <span>{said.text.clone()}</span>
            </a>
        </li>
    }
}

fn option(value: &str, name: &str) -> String {
    format!("<option value=\"{}\">{}</option>", escape(value), escape(name))
}

/// An address as an attribute: none when empty.
fn present(url: &str) -> Option<String> {
    (!url.is_empty()).then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::player;
    use crate::props::{CaptionTrack, FilmProps, PlayerWords, TranscriptLine};
    use leptos::prelude::*;

    fn html(film: FilmProps) -> String {
        Owner::new().with(|| player(film, PlayerWords::default()).to_html())
    }

    #[test]
    fn without_script_there_is_a_video_with_controls_captions_and_links() {
        let track = CaptionTrack { language: "pl".into(), label: "polski".into(), url: "/a.vtt".into() };
        let film = FilmProps {
            master_url: "/a.m3u8".into(),
            plain_url: "/a.mp4".into(),
            captions: vec![track],
            ..Default::default()
        };
        let html = html(film);
        assert!(html.contains("data-part=\"video\" controls"), "{html}");
        assert!(html.contains("<track kind=\"captions\" srclang=\"pl\""), "{html}");
        assert!(html.contains("href=\"/a.mp4\"") && html.contains("href=\"/a.m3u8\""), "{html}");
    }

    #[test]
    fn a_film_without_a_plain_file_offers_no_dead_link() {
        let html = html(FilmProps { master_url: "/a.m3u8".into(), ..Default::default() });
        assert!(!html.contains("src=\"\"") && !html.contains("href=\"\""), "{html}");
    }

    #[test]
    fn what_is_said_cannot_become_markup() {
        let said = TranscriptLine { start_seconds: 61.25, text: "<script>alert(1)</script>".into() };
        let html =
            html(FilmProps { plain_url: "/f.mp4".into(), transcript: vec![said], ..Default::default() });
        assert!(html.contains("href=\"/f.mp4#t=61.25\" data-start=\"61250\""), "{html}");
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
    }
}

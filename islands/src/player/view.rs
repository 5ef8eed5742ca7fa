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
    let help = help(&film, &words).into_any();
    let transcript = (!film.transcript.is_empty()).then(|| transcript(&film, &words).into_any());
    let chapters = (!film.chapters.is_empty()).then(|| chapters(&film, &words).into_any());
    let further = present(&film.further_cost);
    let cost = present(&film.cost)
        .map(|cost| view! { <p class="player-note" data-part="cost" data-further=further>{cost}</p> });
    let settings = present(&film.settings_url)
        .map(|url| view! { <p class="player-note"><a href=url>{words.settings.clone()}</a></p> });
    let tracks: Vec<_> = film
        .captions
        .into_iter()
        .map(|track| view! { <track kind="captions" srclang=track.language label=track.label src=track.url /> })
        .collect();
    view! {
        <section
            class="player"
            id="film"
            aria-label=name
            data-begin=(begin * 1000.0) as u64
            data-size=film.caption_size
            data-colour=film.caption_colour
            data-saves=film.data_saver.then_some("")
        >
            <div class="player-frame" data-part="frame">
                <div class="player-stage" tabindex="-1" data-part="stage">
                    <video
                        class="player-video"
                        data-part="video"
                        controls
                        playsinline
                        preload="none"
                        poster=present(&film.poster_url)
                        src=present(&film.plain_url).map(|url| from_there(url, begin))
                    >
                        {tracks}
                    </video>
                    <p class="player-wait" hidden data-part="wait">{words.loading}</p>
                    <p class="player-said" role="status" data-part="said"></p>
                </div>
                {controls}
            </div>
            <p class="player-failure" role="alert" data-part="failure"></p>
            <p class="player-failure" role="alert" hidden data-part="changed">
                {words.changed} " " <button type="button" class="player-text-button" data-do="reload">{words.reload}</button>
            </p>
            <p class="player-note" hidden data-part="resumed">
                {resumed} " " <button type="button" class="player-text-button" data-do="over">{words.from_start}</button>
            </p>
            {note}
            {cost}
            <p class="player-plain" data-part="plain">
                {words.plain_intro} " "
                {present(&film.plain_url).map(|url| view! { <a href=url>{words.plain_mp4}</a> " " })}
                {present(&film.master_url).map(|url| view! { <a href=url>{words.plain_hls}</a> })}
            </p>
            {help}
            {chapters}
            {transcript}
            {settings}
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
                <div class="player-bar">
                    <input type="range" min="0" max="1" step="1" data-part="seek" aria-label=words.position.clone() />
                    {marks(film)}
                </div>
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

/// Keys and choices.
fn help(film: &FilmProps, words: &PlayerWords) -> impl IntoView + use<> {
    let sizes = chosen(
        &film.caption_size,
        [("normal", &words.size_normal), ("large", &words.size_large), ("largest", &words.size_largest)],
    );
    let colours = chosen(
        &film.caption_colour,
        [("white", &words.colour_white), ("yellow", &words.colour_yellow), ("black", &words.colour_black)],
    );
    let captions = !film.captions.is_empty();
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
            <label class="player-check" hidden=!captions>
                <span>{words.caption_size.clone()}</span>
                <select data-part="caption-size" inner_html=sizes></select>
            </label>
            <label class="player-check" hidden=!captions>
                <span>{words.caption_colour.clone()}</span>
                <select data-part="caption-colour" inner_html=colours></select>
            </label>
            <p hidden data-part="small">
                <button type="button" class="player-text-button" data-do="pip" data-part="pip" aria-pressed="false">
                    {words.picture_in_picture.clone()}
                </button>
            </p>
            <button type="button" class="player-text-button" data-do="close">{words.close.clone()}</button>
        </dialog>
    }
}

fn transcript(film: &FilmProps, words: &PlayerWords) -> impl IntoView + use<> {
    let lines: Vec<_> = film.transcript.iter().map(|said| line(said, &film.plain_url)).collect();
    let print = present(&film.transcript_url)
        .map(|url| view! { <p><a href=url>{words.transcript_print.clone()}</a></p> });
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
            {print}
        </details>
    }
}

/// The chapters as a list of places.
fn chapters(film: &FilmProps, words: &PlayerWords) -> impl IntoView + use<> {
    let items: Vec<_> = film
        .chapters
        .iter()
        .map(|chapter| {
            let (place, start_ms) = place_of(chapter.start_seconds, &film.plain_url);
            view! {
                <li>
                    <a href=place data-at=start_ms>
                        <span class="player-line-time">{clock(chapter.start_seconds)}</span> " "
                        <span>{chapter.title.clone()}</span>
                    </a>
                </li>
            }
        })
        .collect();
    view! {
        <details class="player-transcript" open>
            <summary>{words.chapters.clone()}</summary>
            <ol class="player-lines">{items}</ol>
        </details>
    }
}

/// Where chapters begin, drawn over the seek bar; the list says the same.
fn marks(film: &FilmProps) -> Option<impl IntoView + use<>> {
    const WIDTH: f64 = 1000.0;
    let length = film.length_seconds;
    if film.chapters.is_empty() || length <= 0.0 {
        return None;
    }
    let within = film.chapters.iter().filter(|chapter| (0.0..length).contains(&chapter.start_seconds));
    let marks: Vec<_> = within
        .map(|chapter| {
            let x = ((chapter.start_seconds / length * WIDTH) as u32).to_string();
            view! { <rect x=x y="0" width="3" height="4"></rect> }
        })
        .collect();
    Some(view! {
        <svg class="player-marks" viewBox="0 0 1000 4" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            {marks}
        </svg>
    })
}

/// The address of a moment that also works without script, into the MP4, or else up to the player; and its milliseconds.
fn place_of(start_seconds: f64, plain_url: &str) -> (String, u64) {
    let start_ms = (start_seconds.max(0.0) * 1000.0) as u64;
    let seconds = start_ms as f64 / 1000.0;
    let place = if plain_url.is_empty() { "#film".to_owned() } else { format!("{plain_url}#t={seconds}") };
    (place, start_ms)
}

/// One moment of the transcript.
fn line(said: &TranscriptLine, plain_url: &str) -> impl IntoView + use<> {
    let (place, start_ms) = place_of(said.start_seconds, plain_url);
    view! {
        <li>
            <a href=place data-start=start_ms>
                <span class="player-line-time">{clock(said.start_seconds)}</span> " " <span>{said.text.clone()}</span>
            </a>
        </li>
    }
}

/// Options of which one is chosen; the first when none is.
fn chosen(value: &str, options: [(&str, &String); 3]) -> String {
    let one = |(known, name): (&str, &String)| {
        let selected = if known == value { " selected" } else { "" };
        format!("<option value=\"{}\"{selected}>{}</option>", escape(known), escape(name))
    };
    options.into_iter().map(one).collect()
}

fn option(value: &str, name: &str) -> String {
    format!("<option value=\"{}\">{}</option>", escape(value), escape(name))
}

/// A file that a browser without script begins at this second (W3C Media Fragments).
fn from_there(url: String, begin: f64) -> String {
    if begin > 0.0 { format!("{url}#t={begin}") } else { url }
}

/// An address as an attribute: none when empty.
fn present(url: &str) -> Option<String> {
    (!url.is_empty()).then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::player;
    use crate::props::{CaptionTrack, Chapter, FilmProps, PlayerWords, TranscriptLine};
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
    fn without_script_a_film_goes_on_where_it_was_left() {
        let film = |resume_seconds| FilmProps {
            plain_url: "/f.mp4".into(),
            length_seconds: 100.0,
            resume_seconds,
            ..Default::default()
        };
        assert!(html(film(35.0)).contains("src=\"/f.mp4#t=35\""));
        assert!(html(film(0.0)).contains("src=\"/f.mp4\""));
    }

    #[test]
    fn chapters_are_a_list_of_places_and_marks_within_the_film() {
        let chapter = |start_seconds, title: &str| Chapter { start_seconds, title: title.into() };
        let film = FilmProps {
            plain_url: "/f.mp4".into(),
            length_seconds: 100.0,
            chapters: vec![chapter(0.0, "A"), chapter(25.5, "<b>"), chapter(200.0, "C")],
            ..Default::default()
        };
        let html = html(film);
        assert!(html.contains("href=\"/f.mp4#t=25.5\" data-at=\"25500\""), "{html}");
        assert!(html.contains("&lt;b&gt;") && !html.contains("<b>"), "{html}");
        assert!(html.contains("<rect x=\"255\"") && html.matches("<rect").count() == 2, "{html}");
    }

    #[test]
    fn the_look_of_captions_is_in_the_page_before_any_script() {
        let (caption_size, caption_colour) = ("large".to_owned(), "yellow".to_owned());
        let html =
            html(FilmProps { caption_size, caption_colour, cost: "34 MB".into(), ..Default::default() });
        assert!(html.contains("data-size=\"large\" data-colour=\"yellow\""), "{html}");
        assert!(html.contains("<option value=\"large\" selected>") && html.contains("34 MB"), "{html}");
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

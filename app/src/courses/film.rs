//! A film on a page: the player when there is something to watch, else how far it is or why it cannot be shown.

use base::Tx;
use courses::Error;
use courses::film::for_watching;
use islands::{
    CaptionTrack, Chapter, FilmProgress, FilmProgressWords, FilmProps, FilmState, Player, TranscriptLine,
};
use leptos::prelude::*;
use serde_json::{Value, json};
use video::arrival;
use video::companion::{self, Kind};
use video::film::{self, Film, State};
use video::weight::{self, Further, Ways, Weight};
use video::wire::Reason;
use video::{Watchable, caption, chapter, choice, keep, watch};
use words::{Language, courses as text, films as say, player};

use super::companions::{self, Companion};
use super::phrases;
use crate::parts::{Notice, Tone};
use crate::state::App;
use crate::video::{Beside, read_beside, view_beside};
use crate::visit::Visit;

/// For whom a film is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A learner: what they see is kept.
    Learner,
    /// Somebody who teaches and tries the page.
    Trial,
    /// Anybody, without an account: nothing is kept, here or in their browser.
    Visitor,
}

/// Where a film is shown.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The program.
    pub app: &'a App,
    /// Address below which its pieces are fetched: `/films` or that of an open course.
    pub films: String,
    /// The title that the player says.
    pub title: &'a str,
    /// In which the page speaks.
    pub language: Language,
    /// The captions of this language come first.
    pub course_language: &'a str,
    /// For whom.
    pub audience: Audience,
}

/// A film as a page shows it.
#[derive(Debug)]
pub struct Shown {
    film: Film,
    audience: Audience,
    props: FilmProps,
    /// What the learner has seen of it when the page is made, in per cent.
    seen: Option<u32>,
    /// What stands beside it for a learner.
    beside: Option<Beside>,
    /// Films that run with it.
    companions: Vec<Companion>,
    app: App,
}

/// Everything that the page of a signed-in person needs to know of a film. `course_language`: the captions of that language come first.
pub async fn read(
    visit: &mut Visit,
    proof: &Watchable,
    title: &str,
    course_language: &str,
    audience: Audience,
) -> Result<Shown, Error> {
    let app = visit.app.clone();
    let language = visit.language;
    let scene = Scene { app: &app, films: "/films".to_owned(), title, language, course_language, audience };
    let mut shown = read_in(&mut visit.tx, proof, &scene).await?;
    if !is_shown(&shown.film) {
        return Ok(shown);
    }
    let choices = choice::own(&mut visit.tx).await?;
    let saves_data = choices.saves_data();
    let props = &mut shown.props;
    props.memory_key = watch::memory_key(visit.me.person, proof.film());
    props.data_saver = saves_data;
    props.shortcuts_off = !choices.shortcuts;
    (props.caption_size, props.caption_colour) = (choices.caption_size, choices.caption_colour);
    (props.speed, props.caption_language) = (choices.speed, choices.captions);
    props.keeper = keep::keeper(visit.me.person);
    "/films/choices".clone_into(&mut props.choices_url);
    "/account/films".clone_into(&mut props.settings_url);
    if saves_data {
        tell_cost(props, language, &weight::ways(&mut visit.tx, proof).await?, saves_data);
    }
    if let Some(first) = props.captions.first() {
        props.transcript_url = format!("/films/{}/transcript?language={}", shown.film.id, first.language);
    }
    for (kind, film) in companion::of(&mut visit.tx, proof).await? {
        // Whoever may not watch it does not hear of it.
        match for_watching(&mut visit.tx, &visit.me, film).await {
            Ok(proof) => shown.add(&mut visit.tx, kind, &proof, "/films").await?,
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    if audience == Audience::Learner {
        // From here on the clock runs that bounds what can be claimed as seen.
        watch::begin(&mut visit.tx, proof).await?;
        let watched = watch::own(&mut visit.tx, proof).await?;
        shown.seen = watched.percent(shown.film.length_ms);
        shown.props.resume_seconds = watch::resume(watched.position_ms, shown.film.length_ms);
        shown.beside = Some(read_beside(visit, proof, title).await?);
    }
    Ok(shown)
}

/// The same without a person.
pub async fn read_in(tx: &mut Tx, proof: &Watchable, scene: &Scene<'_>) -> Result<Shown, Error> {
    let film = film::one(tx, proof).await?;
    let mut props = FilmProps::default();
    if is_shown(&film) {
        props = addresses(&film, scene);
        tell_cost(&mut props, scene.language, &weight::ways(tx, proof).await?, false);
        props.chapters = chapter::all(tx, proof).await?.into_iter().map(place).collect();
        let mut languages = caption::languages(tx, proof).await?;
        languages.sort_by_key(|captions| captions.language != scene.course_language);
        if let Some(first) = languages.first() {
            props.transcript = transcript(&caption::file(tx, proof, &first.language).await?);
        }
        let track = |captions: caption::Captions| CaptionTrack {
            url: format!("{}/{}/captions/{}.vtt", scene.films, film.id, captions.language),
            label: named(scene.language, &captions),
            language: captions.language,
        };
        props.captions = languages.into_iter().map(track).collect();
    }
    Ok(Shown {
        film,
        audience: scene.audience,
        props,
        seen: None,
        beside: None,
        companions: Vec::new(),
        app: scene.app.clone(),
    })
}

impl Shown {
    /// What the learner has seen of it, in per cent; `None` while there is nothing to watch.
    pub fn seen(&self) -> Option<u32> {
        self.seen
    }

    /// Has another film run with it, whose pieces are fetched below `films`.
    pub async fn add(
        &mut self,
        tx: &mut Tx,
        kind: Kind,
        proof: &Watchable,
        films: &str,
    ) -> Result<(), Error> {
        let film = film::one(tx, proof).await?;
        self.companions.extend(Companion::new(kind, &film, films).filter(|_| is_shown(&film)));
        Ok(())
    }

    /// The same, to begin at a second that the address names; whoever comes for a sentence is not sent to where they left off.
    pub fn starting_at(mut self, second: Option<u32>) -> Self {
        if let Some(second) = second {
            self.props.resume_seconds = f64::from(second);
        }
        self
    }
}

/// Whether there is something to watch: a film that is ready, or the beginning of one that is being made, or still sent.
fn is_shown(film: &Film) -> bool {
    let state = film.state;
    film.playable && matches!(state, State::Uploading | State::Queued | State::Transcoding | State::Ready)
}

fn addresses(film: &Film, scene: &Scene<'_>) -> FilmProps {
    let address = |piece: &str| format!("{}/{}/{piece}", scene.films, film.id);
    let keeps = scene.audience == Audience::Learner;
    FilmProps {
        title: scene.title.to_owned(),
        master_url: address("master.m3u8"),
        plain_url: if film.plain_bytes.is_some() { address("plain.mp4") } else { String::new() },
        poster_url: if film.has_poster { address("poster.jpg") } else { String::new() },
        hls_script_url: scene.app.files.hls.clone(),
        length_seconds: film.length_ms.map_or(0.0, |length| f64::from(length) / 1000.0),
        progress_url: if keeps { address("progress") } else { String::new() },
        edition: film.edition.to_string(),
        still_growing: film.state != State::Ready,
        ..FilmProps::default()
    }
}

/// What the menu says: of what a recogniser drafted and nobody has read yet, that too.
fn named(language: Language, captions: &caption::Captions) -> String {
    if captions.automatic {
        words::studio::automatic_label(language, &captions.label)
    } else {
        captions.label.clone()
    }
}

fn place(chapter: chapter::Chapter) -> Chapter {
    Chapter { start_seconds: f64::from(chapter.start_ms) / 1000.0, title: chapter.title }
}

/// Says what watching costs: in the pictures that everybody has, and in those of a further set, of which the browser is asked first whether
/// it decodes them well.
fn tell_cost(props: &mut FilmProps, language: Language, ways: &Ways, saves_data: bool) {
    props.cost = cost(language, &ways.all, saves_data);
    if let Some(further) = &ways.further {
        props.further_cost = cost(language, &further.all, saves_data);
        props.further_question = question(further);
    }
}

/// What `navigator.mediaCapabilities.decodingInfo` is asked of the largest version of a further set.
fn question(further: &Further) -> String {
    let Further { codecs, size: (width, height), bandwidth, frame_rate_milli, .. } = further;
    let picture = json!({
        "contentType": format!("video/mp4; codecs=\"{codecs}\""),
        "width": width,
        "height": height,
        "bitrate": bandwidth,
        "framerate": f64::from(*frame_rate_milli) / 1000.0,
    });
    json!({ "type": "media-source", "video": picture }).to_string()
}

/// What watching costs, in a sentence; empty while the film is being made.
fn cost(language: Language, weights: &[Weight], saves_data: bool) -> String {
    let Some(usual) = weight::usual(weights, saves_data) else { return String::new() };
    let (lines, megabytes) = (usual.height.to_string(), usual.megabytes().to_string());
    match weights.iter().find(|weight| weight.height == 0) {
        Some(sound) => say::cost_with_sound(language, &megabytes, &lines, &sound.megabytes().to_string()),
        None => say::cost(language, &megabytes, &lines),
    }
}

/// The lines of a caption file that was checked when it was attached.
fn transcript(file: &str) -> Vec<TranscriptLine> {
    let cues = caption::parse(file.as_bytes()).map(|(_, cues)| cues).unwrap_or_default();
    let line = |cue: caption::Cue| TranscriptLine {
        start_seconds: f64::from(cue.start_ms) / 1000.0,
        text: cue.text,
    };
    cues.into_iter().map(line).collect()
}

/// The film, or what is in its place.
pub fn view(language: Language, shown: Shown) -> AnyView {
    let Shown { film, audience, props, beside, companions, app, .. } = shown;
    if is_shown(&film) {
        let companions = companions::view(language, &app, &companions);
        let beside = beside.map(|beside| view_beside(language, &film, beside));
        return view! { <Player film=props words=phrases::player(language)/>{companions}{beside} }.into_any();
    }
    match (film.state, audience) {
        (State::Queued | State::Transcoding, Audience::Learner | Audience::Trial)
        | (State::Uploading | State::Copying, Audience::Trial) => progress(language, &film),
        (State::Failed | State::Cancelled, Audience::Trial) => {
            let why = reason(language, &film);
            view! { <Notice tone=Tone::Danger title=player::film_failed(language)><p>{why}</p></Notice> }
                .into_any()
        }
        _ => view! { <Notice tone=Tone::Info><p>{text::film_not_yet(language)}</p></Notice> }.into_any(),
    }
}

/// How far the making of a film is.
pub fn progress(language: Language, film: &Film) -> AnyView {
    let (url, state) = (format!("/films/{}/state", film.id), crate::video::film_state(film));
    view! { <FilmProgress words=progress_words(language, film) state_url=url initial=state/> }.into_any()
}

fn progress_words(language: Language, film: &Film) -> FilmProgressWords {
    match &film.comes_from {
        Some(publisher) if film.state == State::Copying => phrases::film_copying(language, publisher),
        _ => phrases::film_progress(language),
    }
}

/// What those who teach should know of a film although it was made: a damaged file, and sounds of it that the film does not have.
pub fn warnings(language: Language, film: &Film) -> AnyView {
    let damaged = film.warning.as_ref().map(|_| {
        view! { <Notice tone=Tone::Warning><p>{text::film_warning(language)}</p></Notice> }
    });
    // Of a film that came from others nobody here has the file.
    let sounds = film.sounds.as_ref().filter(|_| film.comes_from.is_none()).map(|sounds| {
        let taken = match sounds.language.as_str() {
            "" => sounds.taken.to_string(),
            named => format!("{} ({named})", sounds.taken),
        };
        let others = say::sounds_left(language, i64::from(sounds.of.saturating_sub(1)), &taken);
        let described = (sounds.described > 0).then(|| say::sounds_described(language));
        view! { <Notice tone=Tone::Warning><p>{others}" "{described}</p></Notice> }
    });
    view! { {damaged}{sounds} }.into_any()
}

/// How far the making of a film is that is to take the place of `old`; when it has, the page is loaded anew.
pub fn next_progress(language: Language, old: &Film, film: &Film) -> AnyView {
    let state = FilmState { playable: false, ..crate::video::film_state(film) };
    let url = format!("/films/{}/next", old.id);
    view! { <FilmProgress words=progress_words(language, film) state_url=url initial=state/> }.into_any()
}

/// Why a film cannot be watched, and what to do about it.
pub fn reason(language: Language, film: &Film) -> &'static str {
    if film.state == State::Cancelled {
        return player::reason_cancelled(language);
    }
    why(language, film.reason.as_deref())
}

/// Why a film could not be made or could not come, by the word that is kept for it.
pub fn why(language: Language, word: Option<&str>) -> &'static str {
    match word {
        Some(arrival::NOT_OFFERED) => return player::reason_copy_not_offered(language),
        Some(arrival::NOT_MADE) => return player::reason_copy_not_made(language),
        Some(arrival::NO_ROOM) => return player::reason_copy_no_room(language),
        Some(arrival::BROKEN) => return player::reason_copy_broken(language),
        _ => {}
    }
    let word = word.map_or(Value::Null, Value::from);
    match serde_json::from_value(word).unwrap_or(Reason::Internal) {
        Reason::Empty => player::reason_empty(language),
        Reason::NotAFilm => player::reason_not_a_film(language),
        Reason::Broken => player::reason_broken(language),
        Reason::NoPicture => player::reason_no_picture(language),
        Reason::TooLong => player::reason_too_long(language),
        Reason::TooLarge => player::reason_too_large(language),
        Reason::Unsupported => player::reason_unsupported(language),
        Reason::OutOfMemory => player::reason_out_of_memory(language),
        Reason::TimedOut => player::reason_timed_out(language),
        Reason::Cancelled => player::reason_cancelled(language),
        Reason::Internal => player::reason_internal(language),
    }
}

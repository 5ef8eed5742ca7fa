//! What the server hands to the islands: every struct and every word that crosses into the browser.
//!
//! Not here: rules, ids of hidden things, or anything that a person on the page may not read. The props are written
//! into the page as JSON (`data-props`), so all of them can be read by the person who opened the page.
//! The sentences are in [`words`].

use serde::{Deserialize, Serialize};

mod words;

pub use words::*;

/// The browser never writes props, but Leptos wants them to be writable there too: nothing is written, so that no code
/// for it ends up in the WASM.
#[cfg(not(feature = "ssr"))]
macro_rules! never_sent {
    ($($name:ty),*) => {
        $(impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_unit()
            }
        })*
    };
}

#[cfg(not(feature = "ssr"))]
use never_sent;

#[cfg(not(feature = "ssr"))]
never_sent!(DeskAnswer, DeskPerson, FilmProps, FilmState, TestSaved);

/// One film as the player needs it. All addresses are same-origin.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "ssr", derive(Serialize))]
pub struct FilmProps {
    /// The film's title, as people read it.
    pub title: String,
    /// Address of the HLS master playlist; empty when there is none (then `plain_url` is played).
    pub master_url: String,
    /// Address of the progressive MP4 for people without script; empty while it is not made yet.
    pub plain_url: String,
    /// Address of the still picture shown before playing; may be empty.
    pub poster_url: String,
    /// Address of our copy of hls.js (`/assets/hls.js?v=…`), fetched on the first play only.
    pub hls_script_url: String,
    /// Length of the whole film in seconds; 0 while unknown.
    pub length_seconds: f64,
    /// Where this person left off, in seconds; 0 starts at the beginning.
    pub resume_seconds: f64,
    /// Caption tracks, the preferred language first.
    pub captions: Vec<CaptionTrack>,
    /// The film in words; empty when no captions exist. Rendered on the server only: the props that the page carries
    /// say just whether there is one.
    #[serde(with = "presence")]
    pub transcript: Vec<TranscriptLine>,
    /// Where [`ProgressPost`]s go; empty when nothing is to be recorded (a teacher's trial view).
    pub progress_url: String,
    /// The state of the film that this page shows: another one after it was cut or replaced. Letters of the server's, sent back as they are.
    pub edition: String,
    /// Opaque text, different for each pair of person and film (for example a hash of both ids). Unsent progress is
    /// kept in the browser under it, so that a shared computer never reports one person's viewing as another's.
    pub memory_key: String,
    /// Renditions are still being made: the playlists are of type EVENT and grow.
    pub still_growing: bool,
    /// Begin in the smallest picture and fetch nothing that may not be needed.
    pub data_saver: bool,
    /// The person wants single letters left alone.
    pub shortcuts_off: bool,
    /// Where choices go that are kept for the person (`shortcuts=off`, `caption_size=large`), as a form; empty when none are.
    pub choices_url: String,
    /// How fast the person watches, in hundredths; nothing to go by where no choices are kept (`choices_url`).
    pub speed: u32,
    /// Language of the captions that the person sees; empty: none.
    pub caption_language: String,
    /// Names the person to this browser: what depends on the machine (volume, quality) is remembered under it, so that people at one
    /// computer do not share it; empty for a visitor.
    pub keeper: String,
    /// What the browser is asked (`navigator.mediaCapabilities.decodingInfo`, as JSON) before it gets pictures that take fewer bytes and
    /// more effort; empty when there are none.
    pub further_question: String,
    /// Chapters, in order. Like all that follows rendered on the server only: it does not travel.
    #[serde(skip)]
    pub chapters: Vec<Chapter>,
    /// What watching costs: `Cały film to około 34 MB …`; may be empty.
    #[serde(skip)]
    pub cost: String,
    /// The same in the pictures of `further_question`; may be empty.
    #[serde(skip)]
    pub further_cost: String,
    /// Size of captions: `normal`, `large`, `largest`.
    #[serde(skip)]
    pub caption_size: String,
    /// Colour of captions: `white`, `yellow`, `black`.
    #[serde(skip)]
    pub caption_colour: String,
    /// Address of the transcript as a page to be printed; empty without one.
    #[serde(skip)]
    pub transcript_url: String,
    /// Address of the page where a person chooses how films are shown; may be empty.
    #[serde(skip)]
    pub settings_url: String,
}

/// A part of a film with a name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chapter {
    /// Where it begins, in seconds.
    pub start_seconds: f64,
    /// Its name.
    pub title: String,
}

/// One WebVTT file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "ssr", derive(Serialize))]
pub struct CaptionTrack {
    /// BCP 47 language of the captions, such as `pl`.
    pub language: String,
    /// How the choice is named to people, such as `polski`.
    pub label: String,
    /// Address of the `.vtt` file, same-origin.
    pub url: String,
}

/// One line of the transcript.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TranscriptLine {
    /// When the line begins, in seconds from the start of the film.
    pub start_seconds: f64,
    /// What is said.
    pub text: String,
}

/// A transcript crosses into the browser as one bit; its lines are in the page already.
mod presence {
    use super::TranscriptLine;
    use serde::{Deserialize, Deserializer};

    #[cfg(feature = "ssr")]
    pub(super) fn serialize<S: serde::Serializer>(
        lines: &[TranscriptLine],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_bool(!lines.is_empty())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<TranscriptLine>, D::Error> {
        Ok(if bool::deserialize(from)? { vec![TranscriptLine::default()] } else { Vec::new() })
    }
}

/// The body of a POST to `progress_url`, as JSON. The same `key` may come twice; it must count once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressPost {
    /// Where the person is now, in milliseconds from the start.
    pub position_ms: u32,
    /// Stretches really played since the last post, as `[from, to]` in milliseconds of the film, sorted, disjoint.
    pub seen: Vec<(u32, u32)>,
    /// 32 hexadecimal digits made at random for this post.
    pub key: String,
    /// [`FilmProps::edition`]; empty for a film that was never replaced and is shown whole.
    #[serde(default)]
    pub edition: String,
}

/// A person in the line at the scanner desk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "ssr", derive(Serialize))]
pub struct DeskPerson {
    /// Id, sent back with the scan.
    pub id: String,
    /// Given and family name.
    pub name: String,
    /// They have their device already.
    pub has: bool,
}

/// What the server answers to a scan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "ssr", derive(Serialize))]
pub struct DeskAnswer {
    /// What came of it.
    pub outcome: DeskOutcome,
    /// Said to the clerk.
    pub said: String,
}

/// What came of a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "ssr", derive(Serialize))]
#[serde(rename_all = "lowercase")]
pub enum DeskOutcome {
    /// Handed over or taken back.
    Done,
    /// Nothing was done; it will be when the clerk confirms.
    Ask,
    /// Nothing was done.
    #[default]
    Refused,
}

/// What the server answers to an answer in a test. Nothing in it tells whether that is right.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "ssr", derive(Serialize))]
pub struct TestSaved {
    /// What came of it.
    pub outcome: TestOutcome,
    /// The step that the answer of the question is now.
    pub step: i32,
    /// Said to the person; empty when there is nothing to say.
    pub said: String,
}

/// What came of an answer in a test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "ssr", derive(Serialize))]
#[serde(rename_all = "lowercase")]
pub enum TestOutcome {
    /// The server has it.
    Saved,
    /// Not an answer to the question, or too late; sending it again cannot help.
    #[default]
    Refused,
}

/// What `state_url` answers, and what the page knows when it is rendered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "ssr", derive(Serialize))]
pub struct FilmState {
    /// How far the film has come.
    pub state: FilmStage,
    /// Share done of the present stage, 0 to 1000.
    pub per_mille: u16,
    /// A sentence for people: the reason of a failure, or empty.
    pub message: String,
    /// There is something to watch already.
    pub playable: bool,
}

/// The stages of a film on its way to being watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "ssr", derive(Serialize))]
#[serde(rename_all = "lowercase")]
pub enum FilmStage {
    /// Bytes are still arriving.
    #[default]
    Uploading,
    /// Waiting for a worker.
    Queued,
    /// Being transcoded.
    Transcoding,
    /// All renditions exist.
    Ready,
    /// Given up, `message` says why.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

//! The script of the lecture as it is written in `lecture.toml`. It knows no sound and no picture.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use serde::Deserialize;

/// The whole lecture.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// BCP 47 code of the speech and the captions, such as `pl`.
    pub language: String,
    /// The line at the foot of every slide.
    pub footer: String,
    /// How to say what the speech program would misread; captions keep the written form.
    #[serde(default)]
    say: BTreeMap<String, String>,
    /// The slides, in order.
    #[serde(rename = "slide")]
    pub slides: Vec<Slide>,
}

/// One slide and what is said over it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slide {
    /// The heading of the slide.
    pub title: String,
    /// The lines under it; long ones are wrapped.
    pub lines: Vec<String>,
    /// Lines of an example in a fixed-width face.
    #[serde(default)]
    pub code: Vec<String>,
    /// Samples of text on a background.
    #[serde(default)]
    pub pairs: Vec<Pair>,
    /// The narration.
    speech: String,
}

/// A sample of text in a colour on a colour.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// What the sample says.
    pub text: String,
    /// Colour of the letters, `#rrggbb`.
    pub front: String,
    /// Colour under them, `#rrggbb`.
    pub back: String,
}

impl Script {
    /// Reads a script; errors say where the text is wrong.
    pub fn parse(text: &str) -> Result<Self> {
        let script: Self = toml::from_str(text)?;
        ensure!(!script.slides.is_empty(), "the script has no slide");
        for slide in &script.slides {
            ensure!(slide.sentences().next().is_some(), "nothing is said over the slide “{}”", slide.title);
        }
        Ok(script)
    }

    /// The sentence as it is handed to the speech program.
    pub fn spoken(&self, sentence: &str) -> String {
        self.say.iter().fold(sentence.to_owned(), |said, (written, way)| said.replace(written.as_str(), way))
    }
}

impl Slide {
    /// The sentences of the narration: each ends with a full stop, a question or an exclamation mark.
    pub fn sentences(&self) -> impl Iterator<Item = String> {
        let words: Vec<&str> = self.speech.split_whitespace().collect();
        words
            .split_inclusive(|word| word.ends_with(['.', '?', '!']))
            .map(|sentence| sentence.join(" "))
            .collect::<Vec<_>>()
            .into_iter()
    }
}

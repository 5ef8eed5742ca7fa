//! The speech of the lecture as plain samples: what espeak-ng says, silences, one WAV file at the end.

use std::process::Command;

use anyhow::{Result, ensure};

use super::run;

/// Words a minute asked of espeak-ng; its own default, 175, is hurried in Polish.
const WORDS_A_MINUTE: u32 = 162;
/// Samples a second that espeak-ng writes.
const RATE: u32 = 22_050;
/// Length of a plain WAV header, in bytes.
const HEADER: usize = 44;

/// One channel of 16-bit samples.
pub struct Sound {
    samples: Vec<u8>,
}

/// Has one sentence spoken; answers a WAV file.
pub fn speak(sentence: &str, language: &str) -> Result<Vec<u8>> {
    let mut command = Command::new("espeak-ng");
    command.args(["-v", language, "-s", &WORDS_A_MINUTE.to_string(), "-p", "42", "--stdin", "--stdout"]);
    run(command, sentence.as_bytes())
}

impl Sound {
    /// Silence of no length.
    pub fn new() -> Self {
        Self { samples: Vec::new() }
    }

    /// Appends the samples of a WAV file of espeak-ng.
    pub fn append(&mut self, wav: &[u8]) -> Result<()> {
        ensure!(wav.len() > HEADER && wav.starts_with(b"RIFF"), "espeak-ng wrote no sound");
        let rate = u32::from_le_bytes([wav[24], wav[25], wav[26], wav[27]]);
        ensure!(
            rate == RATE && wav[22] == 1 && wav[34] == 16,
            "espeak-ng wrote another kind of sound ({rate} Hz)"
        );
        let samples = &wav[HEADER..];
        self.samples.extend_from_slice(&samples[..samples.len() & !1]);
        Ok(())
    }

    /// Appends silence.
    pub fn silence(&mut self, length_ms: u32) {
        let samples = (u64::from(length_ms) * u64::from(RATE) / 1000) as usize;
        self.samples.resize(self.samples.len() + samples * 2, 0);
    }

    /// Appends silence up to the next whole second.
    pub fn fill_to_whole_second(&mut self) {
        let second = RATE as usize * 2;
        self.samples.resize(self.samples.len().div_ceil(second) * second, 0);
    }

    /// Length so far, in milliseconds.
    pub fn length_ms(&self) -> u32 {
        (self.samples.len() as u64 / 2 * 1000 / u64::from(RATE)) as u32
    }

    /// The whole as a WAV file.
    pub fn to_wav(&self) -> Vec<u8> {
        let size = self.samples.len() as u32;
        let mut wav = Vec::with_capacity(HEADER + self.samples.len());
        wav.extend_from_slice(b"RIFF");
        wav.extend_from_slice(&(size + 36).to_le_bytes());
        wav.extend_from_slice(b"WAVEfmt ");
        wav.extend_from_slice(&16u32.to_le_bytes());
        wav.extend_from_slice(&[1, 0, 1, 0]);
        wav.extend_from_slice(&RATE.to_le_bytes());
        wav.extend_from_slice(&(RATE * 2).to_le_bytes());
        wav.extend_from_slice(&[2, 0, 16, 0]);
        wav.extend_from_slice(b"data");
        wav.extend_from_slice(&size.to_le_bytes());
        wav.extend_from_slice(&self.samples);
        wav
    }
}

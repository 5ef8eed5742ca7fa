//! Asking the recogniser: a program with the sound as a file or on its standard input, or a service over HTTP. What it answers is taken up
//! to the size that captions may have, within a time.

use std::path::Path;
use std::process::Stdio;

use bytes::Bytes;
use futures::stream;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use super::{Recogniser, Refused};
use crate::caption::MOST_BYTES;

/// Bytes of the sound in one piece of a request.
const PIECE: usize = 256 << 10;

/// Caption file of the sound at `audio`, in the language that is spoken. The caller bounds the time by dropping it, which ends the program.
///
/// Errors: `Unreachable`, `Failed`, `NotCaptions` for too much.
pub async fn recognise(recogniser: &Recogniser, audio: &Path, language: &str) -> Result<Vec<u8>, Refused> {
    match recogniser {
        Recogniser::Command(words) => command(words, audio, language).await,
        Recogniser::Url(url) => service(url, audio, language).await,
    }
}

async fn command(words: &[String], audio: &Path, language: &str) -> Result<Vec<u8>, Refused> {
    let unreachable = |error: std::io::Error| {
        tracing::warn!(%error, "the program that drafts captions cannot be used");
        Refused::Unreachable
    };
    let (program, arguments) = words.split_first().ok_or(Refused::None)?;
    let path = audio.to_string_lossy();
    let by_file = arguments.iter().any(|word| word.contains("{audio}"));
    let stdin = if by_file {
        Stdio::null()
    } else {
        File::open(audio).await.map_err(unreachable)?.into_std().await.into()
    };
    let mut child = Command::new(program)
        .args(arguments.iter().map(|word| word.replace("{audio}", &path).replace("{language}", language)))
        // Nothing of ours: no address of a database, no key.
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .current_dir("/")
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(unreachable)?;
    let said = child.stdout.take().ok_or(Refused::Unreachable)?;
    let mut captions = Vec::new();
    said.take(MOST_BYTES as u64 + 1).read_to_end(&mut captions).await.map_err(unreachable)?;
    if captions.len() > MOST_BYTES {
        return Err(Refused::NotCaptions);
    }
    let ended = child.wait().await.map_err(unreachable)?;
    if ended.success() {
        Ok(captions)
    } else {
        tracing::warn!(%ended, "the program that drafts captions failed");
        Err(Refused::Failed)
    }
}

async fn service(url: &str, audio: &Path, language: &str) -> Result<Vec<u8>, Refused> {
    let unreachable = |error: reqwest::Error| {
        tracing::warn!(error = %error.without_url(), "the service that drafts captions cannot be reached");
        Refused::Unreachable
    };
    let file = File::open(audio).await.map_err(|_| Refused::NoSound)?;
    let length = file.metadata().await.map_err(|_| Refused::NoSound)?.len();
    let pieces = stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
    });
    // An answer that leads elsewhere is none: the address in the settings is the one that may be asked.
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(unreachable)?;
    let request = client
        .post(url)
        .query(&[("language", language)])
        .header("content-type", "audio/mp4")
        .header("content-length", length)
        .header("accept", "text/vtt, application/x-subrip")
        .body(reqwest::Body::wrap_stream(pieces));
    let mut answer = request.send().await.map_err(unreachable)?;
    if !answer.status().is_success() {
        tracing::warn!(status = %answer.status(), "the service that drafts captions refused");
        return Err(Refused::Failed);
    }
    let mut captions = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(unreachable)? {
        captions.extend_from_slice(&piece);
        if captions.len() > MOST_BYTES {
            return Err(Refused::NotCaptions);
        }
    }
    Ok(captions)
}

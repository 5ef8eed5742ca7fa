//! The transcoding program as its parent sees it: a child process with pipes and nothing else.
//!
//! It gets no environment, no credentials and no network address; it asks for ranges and hands over what it makes.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use base::job::JobError;
use base::worker::Task;
use bytes::Bytes;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, BufWriter};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::failure::word;
use crate::wire::{self, FromChild, Order, Reason, ToChild};

/// How long a child may take to end when it is done.
const GRACE: Duration = Duration::from_secs(2);
/// The same when it was asked to stop. It has nothing to put away, and whoever stops a film sees it within a second.
const STOP_GRACE: Duration = Duration::from_millis(300);

/// A running child. Dropping it kills it.
#[derive(Debug)]
pub struct Transcoder {
    child: Child,
    write: BufWriter<ChildStdin>,
    read: BufReader<ChildStdout>,
    /// How long it may take to read what it is told, or say nothing.
    silence: Duration,
}

/// The program: beside ours, or where `TABLICA_TRANSCODE` says.
pub fn program() -> PathBuf {
    if let Some(path) = std::env::var_os("TABLICA_TRANSCODE") {
        return path.into();
    }
    let ours = std::env::current_exe().unwrap_or_default();
    ours.with_file_name("tablica-transcode")
}

/// A pipe that breaks is no fault of the film.
pub(crate) fn pipe(error: std::io::Error) -> JobError {
    JobError::Retry(format!("the transcoding program: {error}"))
}

impl Transcoder {
    /// Starts the program with its order. One that reads nothing, or says nothing, for `silence` hangs.
    ///
    /// Errors: the program is not there or cannot be started.
    pub async fn start(program: &Path, order: &Order, silence: Duration) -> std::io::Result<Self> {
        let mut child = Command::new(program)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| std::io::Error::new(error.kind(), format!("{}: {error}", program.display())))?;
        let missing = || std::io::Error::other("the child has no pipe");
        let write = BufWriter::new(child.stdin.take().ok_or_else(missing)?);
        let read = BufReader::with_capacity(1 << 20, child.stdout.take().ok_or_else(missing)?);
        if let Some(errors) = child.stderr.take() {
            tokio::spawn(async move {
                let mut lines = BufReader::new(errors).lines();
                while let Ok(Some(line)) = lines.next_line().await {
                    tracing::debug!(target: "transcode", "{line}");
                }
            });
        }
        let mut transcoder = Self { child, write, read, silence };
        transcoder.say(&ToChild::Start(Box::new(order.clone())), &[]).await?;
        Ok(transcoder)
    }

    /// Sends one message.
    pub async fn say<M: Serialize>(&mut self, message: &M, payload: &[u8]) -> std::io::Result<()> {
        let head = wire::encode(message, payload.len())?;
        let said = async {
            self.write.write_all(&head).await?;
            self.write.write_all(payload).await?;
            self.write.flush().await
        };
        // One that hangs does not read either, and the pipe is full.
        let said = tokio::time::timeout(self.silence, said).await;
        match said.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into())) {
            // It has made up its mind while we spoke, and is gone: what it said last is still to be heard.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            said => said,
        }
    }

    /// The next message; `None` when the work was asked to stop: then the child is stopped, and nothing more is to be heard.
    ///
    /// Errors, each to be tried again: the child said nothing for too long and was stopped, it is gone, or its pipe broke.
    pub async fn hear(&mut self, task: &Task) -> Result<Option<(FromChild, Bytes)>, JobError> {
        // The race is only between a whole message and the wish to stop; after a stop nothing more is heard.
        let heard = tokio::select! {
            heard = tokio::time::timeout(self.silence, self.message()) => heard,
            () = task.stopped() => {
                self.stop().await;
                return Ok(None);
            }
        };
        let Ok(heard) = heard else {
            self.stop().await;
            return Err(JobError::Retry(word(Reason::TimedOut)));
        };
        if let Some(heard) = heard.map_err(pipe)? {
            return Ok(Some(heard));
        }
        let ending = self.ending().await;
        Err(JobError::Retry(format!("the transcoding program ended: {ending}")))
    }

    /// The next message; `None` when the child is gone. Not cancel-safe: once another has won a race with it, it is not called again.
    async fn message(&mut self) -> std::io::Result<Option<(FromChild, Bytes)>> {
        let mut prefix = [0; wire::PREFIX_BYTES];
        match self.read.read_exact(&mut prefix).await {
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
            other => other?,
        };
        let (header_bytes, payload_bytes) = wire::lengths(prefix)?;
        let mut header = vec![0; header_bytes];
        self.read.read_exact(&mut header).await?;
        let mut payload = vec![0; payload_bytes];
        self.read.read_exact(&mut payload).await?;
        Ok(Some((wire::decode(&header)?, payload.into())))
    }

    /// Asks the child to stop and kills it when it does not.
    pub async fn stop(&mut self) {
        let asked = async {
            // A child that is gone already cannot be told, which is fine; one that hangs does not even read it.
            let _told = self.say(&ToChild::Cancel, &[]).await;
            let _ended = self.child.wait().await.is_ok();
        };
        if tokio::time::timeout(STOP_GRACE, asked).await.is_err() {
            let _killed = self.child.kill().await;
        }
    }

    /// How the child ended, as a sentence for the log.
    async fn ending(&mut self) -> String {
        match tokio::time::timeout(GRACE, self.child.wait()).await {
            Ok(Ok(status)) => status.to_string(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "still running without a pipe".to_owned(),
        }
    }
}

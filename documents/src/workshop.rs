//! Ordering from `tablica-documents`: a child process with two pipes and nothing else, a few at a time, each with a limit.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::Semaphore;

use crate::paper::{Certificate, Letter, Report};
use crate::wire::{self, Answer, Order, Piece, Reason, Template};

/// How long one order may take; a page takes a tenth of a second, the largest photograph two seconds.
const LONGEST: Duration = Duration::from_secs(60);
/// How many are made at the same time: each takes a core, and some 300 MiB for a large photograph.
const AT_ONCE: usize = 2;
/// How many may wait; more are refused at once, so that a rush does not fill the memory.
const MOST_WAITING: usize = 32;

/// Largest photograph that is taken, in pixels: cameras of phones have up to 50 million.
const PHOTO_MOST_PIXELS: u64 = 64_000_000;
/// Longest side of a stored photograph, in pixels.
const PHOTO_LONGEST_PX: u32 = 1600;
/// Longest side of its small copy, in pixels.
const PHOTO_SMALL_PX: u32 = 320;

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The program is not there or ended by itself: worth another try.
    #[error("the program for documents: {0}")]
    Program(std::io::Error),
    /// It took too long.
    #[error("the program for documents took too long")]
    TimedOut,
    /// Too many orders wait.
    #[error("too many documents are being made")]
    Busy,
    /// It said why.
    #[error("{reason:?}: {detail}")]
    Refused {
        /// Why.
        reason: Reason,
        /// The same for the log.
        detail: String,
    },
}

/// A photograph as it may be kept: JPEG, upright, without anything but the picture.
#[derive(Clone, Debug)]
pub struct Photo {
    /// The picture.
    pub picture: Vec<u8>,
    /// Its small copy.
    pub small: Vec<u8>,
    /// Width and height of the picture, in pixels.
    pub size_px: (u32, u32),
}

/// Where documents and photographs are made. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Workshop {
    program: PathBuf,
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// The program: beside ours, or where `TABLICA_DOCUMENTS` says.
pub fn program() -> PathBuf {
    if let Some(path) = std::env::var_os("TABLICA_DOCUMENTS") {
        return path.into();
    }
    let ours = std::env::current_exe().unwrap_or_default();
    ours.with_file_name("tablica-documents")
}

impl Workshop {
    /// A workshop with that program. Nothing is started before the first order.
    pub fn new(program: PathBuf) -> Self {
        let places = Arc::new(Semaphore::new(AT_ONCE + MOST_WAITING));
        Self { program, turns: Arc::new(Semaphore::new(AT_ONCE)), places }
    }

    /// A report as PDF/UA-1, with the pictures that it names. `made_at` in seconds since 1970.
    ///
    /// Errors: see [`Failure`].
    pub async fn report(
        &self,
        report: &Report,
        made_at: i64,
        pictures: &[(String, Vec<u8>)],
    ) -> Result<Vec<u8>, Failure> {
        self.document(Template::Report, report, made_at, pictures).await
    }

    /// A letter as PDF/UA-1. `made_at` in seconds since 1970. Errors: see [`Failure`].
    pub async fn letter(&self, letter: &Letter, made_at: i64) -> Result<Vec<u8>, Failure> {
        self.document(Template::Letter, letter, made_at, &[]).await
    }

    /// A certificate as PDF/UA-1, with the pictures that it names. `made_at` in seconds since 1970.
    ///
    /// Errors: see [`Failure`].
    pub async fn certificate(
        &self,
        certificate: &Certificate,
        made_at: i64,
        pictures: &[(String, Vec<u8>)],
    ) -> Result<Vec<u8>, Failure> {
        self.document(Template::Certificate, certificate, made_at, pictures).await
    }

    async fn document(
        &self,
        template: Template,
        data: &impl Serialize,
        made_at: i64,
        pictures: &[(String, Vec<u8>)],
    ) -> Result<Vec<u8>, Failure> {
        let data = serde_json::to_value(data).map_err(|error| Failure::Program(error.into()))?;
        let named = pictures.iter().map(|(name, bytes)| Piece { name: name.clone(), bytes: bytes.len() });
        let order = Order::Document { template, data, made_at, pictures: named.collect() };
        let payload: Vec<&[u8]> = pictures.iter().map(|(_, bytes)| bytes.as_slice()).collect();
        let (mut pieces, _) = self.make(&order, &payload).await?;
        match (pieces.pop(), pieces.is_empty()) {
            (Some(pdf), true) => Ok(pdf),
            _ => Err(Failure::Program(std::io::Error::other("an answer with the wrong number of pieces"))),
        }
    }

    /// A photograph made small and safe. Errors: see [`Failure`].
    pub async fn photo(&self, file: &[u8]) -> Result<Photo, Failure> {
        let order = Order::Photo {
            most_pixels: PHOTO_MOST_PIXELS,
            longest_px: PHOTO_LONGEST_PX,
            small_px: PHOTO_SMALL_PX,
        };
        let (pieces, size_px) = self.make(&order, &[file]).await?;
        match (<[Vec<u8>; 2]>::try_from(pieces), size_px) {
            (Ok([picture, small]), Some(size_px)) => Ok(Photo { picture, small, size_px }),
            _ => Err(Failure::Program(std::io::Error::other("an answer with the wrong number of pieces"))),
        }
    }

    async fn make(
        &self,
        order: &Order,
        payload: &[&[u8]],
    ) -> Result<(Vec<Vec<u8>>, Option<(u32, u32)>), Failure> {
        let _place = self.places.try_acquire().map_err(|_| Failure::Busy)?;
        let _turn = self.turns.acquire().await.map_err(|_| Failure::Busy)?;
        let made = tokio::time::timeout(LONGEST, self.run(order, payload)).await;
        let (answer, payload) = made.map_err(|_| Failure::TimedOut)?.map_err(Failure::Program)?;
        match answer {
            Answer::Made { pieces, size_px } => {
                let pieces = wire::split(&payload, pieces).map_err(Failure::Program)?;
                Ok((pieces.into_iter().map(<[u8]>::to_vec).collect(), size_px))
            }
            Answer::Failed { reason, detail } => Err(Failure::Refused { reason, detail }),
        }
    }

    /// One child, one order, one answer. A future that is dropped kills the child.
    async fn run(&self, order: &Order, payload: &[&[u8]]) -> std::io::Result<(Answer, Vec<u8>)> {
        let head = wire::encode(order, payload.iter().map(|piece| piece.len()).sum())?;
        let mut child = Command::new(&self.program)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                std::io::Error::new(error.kind(), format!("{}: {error}", self.program.display()))
            })?;
        let missing = || std::io::Error::other("the child has no pipe");
        let mut write = child.stdin.take().ok_or_else(missing)?;
        let mut read = child.stdout.take().ok_or_else(missing)?;
        let errors = child.stderr.take().ok_or_else(missing)?;
        let say = async {
            let said = async {
                write.write_all(&head).await?;
                for piece in payload {
                    write.write_all(piece).await?;
                }
                write.shutdown().await
            };
            // A child that has made up its mind while we spoke has said why.
            let _said: std::io::Result<()> = said.await;
            drop(write);
        };
        let hear = async {
            let mut prefix = [0; wire::PREFIX_BYTES];
            read.read_exact(&mut prefix).await?;
            let (header_bytes, payload_bytes) = wire::lengths(prefix)?;
            let mut header = vec![0; header_bytes];
            read.read_exact(&mut header).await?;
            let mut payload = vec![0; payload_bytes];
            read.read_exact(&mut payload).await?;
            Ok::<_, std::io::Error>((wire::decode(&header)?, payload))
        };
        let listen = async {
            let mut text = Vec::new();
            // Only for the log: what cannot be read is not logged.
            let _read = errors.take(16 << 10).read_to_end(&mut text).await;
            if !text.is_empty() {
                tracing::debug!(target: "documents", "{}", String::from_utf8_lossy(&text));
            }
        };
        let ((), heard, ()) = tokio::join!(say, hear, listen);
        match heard {
            Ok(heard) => Ok(heard),
            Err(error) => {
                let status = child.wait().await?;
                Err(std::io::Error::new(error.kind(), format!("it ended with {status}")))
            }
        }
    }
}

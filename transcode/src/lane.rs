//! An encoder on a thread of its own, so that the sizes of a film are encoded side by side. One thread for each size takes a seventh less
//! processor time than two threads that share every size: they wait for each other's lines of a picture.

use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread::{self, JoinHandle};

use ffmpeg_next::{Packet, frame};
use video::wire::Reason;

use crate::encode::Encoder;
use crate::failure::Failure;

/// Pictures that wait for the encoder beside the one that it has: sizes take turns at being slow, and each picture is memory.
const WAITING: usize = 2;

/// What an encoder is given: a picture, or (`None`) the end.
type Given = Option<frame::Video>;

/// An encoder at work. One that is dropped before its end does not end its stream.
pub struct Lane {
    to: Option<SyncSender<Given>>,
    from: Receiver<Result<Packet, Failure>>,
    thread: Option<JoinHandle<()>>,
}

impl Lane {
    /// Sets an encoder to work.
    pub fn of(encoder: Encoder) -> Result<Self, Failure> {
        let (to, given) = mpsc::sync_channel(WAITING);
        let (made, from) = mpsc::channel();
        let work = move || {
            if let Err(failure) = encode(encoder, &given, &made) {
                // Nobody listens any more: the film has ended otherwise.
                drop(made.send(Err(failure)));
            }
        };
        // A thread that cannot be had is memory for its stack that cannot be had.
        let refused = |error| Failure::new(Reason::OutOfMemory, format!("a thread for an encoder: {error}"));
        let thread = thread::Builder::new().spawn(work).map_err(refused)?;
        Ok(Self { to: Some(to), from, thread: Some(thread) })
    }

    /// Gives it a picture, waits while as many as may are waiting, and takes the packets that are ready.
    pub fn encode(
        &self,
        picture: frame::Video,
        take: impl FnMut(Packet) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.give(Some(picture))?;
        self.from.try_iter().try_for_each(taken(take))
    }

    /// Says that no picture follows.
    pub fn end(&self) -> Result<(), Failure> {
        self.give(None)
    }

    /// Takes all that is still to come, after the end.
    pub fn rest(&mut self, take: impl FnMut(Packet) -> Result<(), Failure>) -> Result<(), Failure> {
        self.from.iter().try_for_each(taken(take))?;
        match self.thread.take().map(JoinHandle::join) {
            Some(Err(_)) => Err(stopped()),
            _ => Ok(()),
        }
    }

    fn give(&self, given: Given) -> Result<(), Failure> {
        if self.to.as_ref().is_some_and(|to| to.send(given).is_ok()) {
            return Ok(());
        }
        // It has stopped, and the last that it said is why.
        let why = self.from.iter().find_map(Result::err);
        Err(why.unwrap_or_else(stopped))
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.to = None;
        if let Some(thread) = self.thread.take() {
            // What it died of was said before.
            drop(thread.join());
        }
    }
}

fn stopped() -> Failure {
    Failure::new(Reason::Internal, "an encoder has stopped before its end")
}

fn taken(
    mut take: impl FnMut(Packet) -> Result<(), Failure>,
) -> impl FnMut(Result<Packet, Failure>) -> Result<(), Failure> {
    move |packet| take(packet?)
}

/// The work of the thread: until the end is said, or nobody gives any more.
fn encode(
    mut encoder: Encoder,
    given: &Receiver<Given>,
    made: &Sender<Result<Packet, Failure>>,
) -> Result<(), Failure> {
    let gone = |_| Failure::new(Reason::Cancelled, "nobody takes what is encoded");
    for picture in given {
        encoder.encode(picture.as_deref(), |packet| made.send(Ok(packet)).map_err(gone))?;
        if picture.is_none() {
            break;
        }
    }
    Ok(())
}

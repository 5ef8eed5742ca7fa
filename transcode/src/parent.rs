//! The talk with the parent: one thread listens on stdin, everybody speaks through one lock on what
//! was stdout. It knows frames and the window, nothing about films.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use video::wire::{self, FromChild, Order, Reason, ToChild, WINDOW};

use crate::failure::Failure;
use crate::process;

/// How long a cancelled run may take to end by itself.
const GRACE: Duration = Duration::from_millis(700);
/// How often a wait looks up to see whether it has been cancelled.
const LOOK_UP: Duration = Duration::from_millis(50);
/// How long the last word of a cancelled run waits for whoever is speaking: with [`GRACE`] less than a second.
const CANCELLED_WORD: Duration = Duration::from_millis(250);
/// The same when the processor time is used up; the hard limit of the kernel is some seconds later.
const TIMED_OUT_WORD: Duration = Duration::from_secs(3);

/// The other end of the pipes.
pub struct Parent {
    out: Mutex<File>,
    unanswered: Mutex<usize>,
    answered: Condvar,
    cancelled: AtomicBool,
}

impl Parent {
    /// The parent that reads what is written to `out`.
    pub fn new(out: File) -> Arc<Self> {
        Arc::new(Self {
            out: Mutex::new(out),
            unanswered: Mutex::new(0),
            answered: Condvar::new(),
            cancelled: AtomicBool::new(false),
        })
    }

    /// Starts the thread that reads stdin; gives the answers to `Read`, in order.
    pub fn listen(self: &Arc<Self>) -> Receiver<Vec<u8>> {
        let (answers, read) = channel();
        let parent = Arc::clone(self);
        thread::spawn(move || parent.hear(&answers));
        read
    }

    /// Starts the thread that ends the process if a stop is not obeyed in time (a decoder that
    /// loops) or when the processor time of the order is used up.
    pub fn watch(self: &Arc<Self>, cpu_seconds: u64) {
        let parent = Arc::clone(self);
        thread::spawn(move || {
            let mut since = None;
            loop {
                thread::sleep(LOOK_UP);
                if parent.is_cancelled() && since.get_or_insert_with(Instant::now).elapsed() > GRACE {
                    parent.last_word(Reason::Cancelled, "stopped while busy", CANCELLED_WORD);
                }
                if cpu_seconds > 0 && process::cpu_ms() > cpu_seconds.saturating_mul(1000) {
                    let detail = "the processor time of the order is used up";
                    parent.last_word(Reason::TimedOut, detail, TIMED_OUT_WORD);
                }
            }
        });
    }

    fn hear(&self, answers: &Sender<Vec<u8>>) {
        let mut stdin = io::stdin().lock();
        loop {
            match wire::read_frame(&mut stdin) {
                Ok(Some((ToChild::Bytes, payload))) => {
                    if answers.send(payload).is_err() {
                        return;
                    }
                }
                Ok(Some((ToChild::Taken, _))) => {
                    let mut unanswered = held(&self.unanswered);
                    *unanswered = unanswered.saturating_sub(1);
                    self.answered.notify_all();
                }
                // Told to stop; or the parent is gone, or speaks another language.
                Ok(Some((ToChild::Cancel | ToChild::Start(_), _)) | None) | Err(_) => {
                    self.cancelled.store(true, Ordering::Relaxed);
                    self.answered.notify_all();
                    return;
                }
            }
        }
    }

    /// Whether the parent asked to stop, or is gone.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Fails if the parent asked to stop.
    pub fn check(&self) -> Result<(), Failure> {
        if self.is_cancelled() { Err(stopped()) } else { Ok(()) }
    }

    /// Says something that needs no answer, or is answered with bytes.
    pub fn say(&self, message: &FromChild) -> Result<(), Failure> {
        self.write(message, &[])
    }

    /// Hands over something made, when the window has room for it.
    pub fn hand_over(&self, message: &FromChild, payload: &[u8]) -> Result<(), Failure> {
        self.wait_until(WINDOW - 1)?;
        *held(&self.unanswered) += 1;
        self.write(message, payload)
    }

    /// Waits until everything handed over has been taken.
    pub fn wait_for_all(&self) -> Result<(), Failure> {
        self.wait_until(0)
    }

    /// Waits for the answer to a `Read`.
    pub fn answer(&self, answers: &Receiver<Vec<u8>>) -> Result<Vec<u8>, Failure> {
        loop {
            self.check()?;
            match answers.recv_timeout(LOOK_UP) {
                Ok(bytes) => return Ok(bytes),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(stopped()),
            }
        }
    }

    fn wait_until(&self, room: usize) -> Result<(), Failure> {
        let mut unanswered = held(&self.unanswered);
        loop {
            self.check()?;
            if *unanswered <= room {
                return Ok(());
            }
            let (lock, _) =
                self.answered.wait_timeout(unanswered, LOOK_UP).unwrap_or_else(PoisonError::into_inner);
            unanswered = lock;
        }
    }

    fn write(&self, message: &FromChild, payload: &[u8]) -> Result<(), Failure> {
        wire::write_frame(&mut *held(&self.out), message, payload)
            .map_err(|error| Failure::new(Reason::Cancelled, format!("the parent is gone: {error}")))
    }

    /// Says why and ends the process. A frame that is under way is let out first, but a parent that does
    /// not read is not waited for longer than `patience`.
    fn last_word(self: &Arc<Self>, reason: Reason, detail: &'static str, patience: Duration) -> ! {
        let parent = Arc::clone(self);
        let speaker = thread::Builder::new().spawn(move || {
            // Held to the end: nothing comes after the last word.
            let mut out = held(&parent.out);
            let _ = wire::write_frame(&mut *out, &FromChild::Failed { reason, detail: detail.into() }, &[]);
            process::leave(1)
        });
        if speaker.is_ok() {
            thread::sleep(patience);
        }
        process::leave(1)
    }
}

/// Reads the first message.
pub fn order() -> Result<Order, Failure> {
    match wire::read_frame(&mut io::stdin().lock()) {
        Ok(Some((ToChild::Start(order), _))) => Ok(*order),
        Ok(Some((ToChild::Cancel, _)) | None) => Err(stopped()),
        Ok(Some((message, _))) => {
            Err(Failure::new(Reason::Internal, format!("expected start, heard {message:?}")))
        }
        Err(error) => Err(Failure::new(Reason::Internal, format!("first message: {error}"))),
    }
}

fn stopped() -> Failure {
    Failure::new(Reason::Cancelled, "the parent asked to stop")
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

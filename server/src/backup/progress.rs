//! How far long work is, in per cent: on a terminal one line that moves, elsewhere a line at every tenth.
#![expect(clippy::print_stdout, reason = "commands for the terminal")]

use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts bytes.
#[derive(Debug)]
pub struct Progress {
    what: &'static str,
    total: u64,
    done: AtomicU64,
    said: AtomicU64,
    step: u64,
}

impl Progress {
    /// Of `what`, which is `total` bytes.
    pub fn new(what: &'static str, total: u64) -> Self {
        let step = if std::io::stdout().is_terminal() { 1 } else { 10 };
        Self { what, total, done: AtomicU64::new(0), said: AtomicU64::new(0), step }
    }

    /// So many bytes more.
    pub fn add(&self, bytes: u64) {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let percent = (u128::from(done) * 100 / u128::from(self.total.max(1))).min(99);
        let percent = u64::try_from(percent).unwrap_or(99) / self.step * self.step;
        if self.said.fetch_max(percent, Ordering::Relaxed) < percent {
            self.say(percent);
        }
    }

    /// All is done.
    pub fn end(&self) {
        self.say(100);
        if self.step == 1 {
            println!();
        }
    }

    fn say(&self, percent: u64) {
        if self.step == 1 {
            print!("\r{}: {percent} %", self.what);
            // A terminal that is gone is no reason to stop.
            let _shown = std::io::stdout().flush();
        } else {
            println!("{}: {percent} %", self.what);
        }
    }
}

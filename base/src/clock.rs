//! The clock that is passed in. `now()` is called here and nowhere else (clippy.toml bans it elsewhere).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use time::{Duration, OffsetDateTime};

/// Tells the time, in UTC. Clones share their offset, so that a test moves the clock of a whole running server.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_milliseconds: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// The present moment, in UTC.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + self.offset()
    }

    /// Moves the clock by `step`; only tests do, and the demonstration one of its own.
    pub fn advance(&self, step: Duration) {
        let step = i64::try_from(step.whole_milliseconds()).unwrap_or(i64::MAX);
        self.offset_milliseconds.fetch_add(step, Ordering::SeqCst);
    }

    /// How far this clock is from the machine's; the database adds it to its own time.
    pub fn offset(&self) -> Duration {
        Duration::milliseconds(self.offset_milliseconds.load(Ordering::SeqCst))
    }
}

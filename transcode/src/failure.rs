//! Why a run ended badly, in the words of the wire. It is not for warnings: a film that can be
//! finished with a flaw is finished, and the flaw is told in `Done`.

use ffmpeg_next::Error as Libav;
use video::wire::Reason;

/// A reason that the parent acts on, and a sentence for the log.
#[derive(Debug)]
pub struct Failure {
    /// What the parent acts on.
    pub reason: Reason,
    /// What happened, for people who read logs; English.
    pub detail: String,
}

impl Failure {
    /// A failure with these words.
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

/// Says what was being done when libav refused.
pub trait During<T> {
    /// The value, or `reason` with these words; no memory and a stop by the parent keep their own
    /// reasons.
    fn during(self, reason: Reason, what: &str) -> Result<T, Failure>;
}

impl<T> During<T> for Result<T, Libav> {
    fn during(self, reason: Reason, what: &str) -> Result<T, Failure> {
        self.map_err(|error| {
            let reason = match error {
                Libav::Exit => Reason::Cancelled,
                Libav::Other { errno } if errno == libc::ENOMEM => Reason::OutOfMemory,
                // x264 says only "external" when it gets no memory.
                Libav::External if memory_is_short() => Reason::OutOfMemory,
                _ => reason,
            };
            Failure::new(reason, format!("{what}: {error}"))
        })
    }
}

/// Whether the address space of the order is, or was, used up: a library that gets no memory may give
/// back what it has before it reports its failure.
pub fn memory_is_short() -> bool {
    Vec::<u8>::new().try_reserve_exact(48 << 20).is_err() || crate::process::came_near_the_limit()
}

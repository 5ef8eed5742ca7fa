//! `tablica-transcode`: makes one film playable. Started by the worker for one job, it speaks with it
//! over stdin and stdout in the words of [`video::wire`] and does nothing else: it opens no file and no
//! socket, knows no course and no person, and is confined before it reads the first byte of the film
//! (see [`process`]), because decoders of hostile films are where programs are broken into.
//!
//! One decode, filters in a cascade, one x264 encoder for each size on a thread of its own ([`lane`]),
//! segments handed over as they close. All else of libav is used from the main thread.

mod av;
mod av1;
mod boxes;
mod clock;
mod coded;
mod copied;
mod delivery;
mod encode;
mod end;
mod failure;
mod film;
mod grid;
mod judge;
mod ladder;
mod lane;
mod look;
mod pace;
mod packager;
mod parent;
mod picture;
mod plain;
mod poster;
mod probe;
mod process;
mod scaler;
mod second;
mod sound;
mod source;
mod still;

use std::process::ExitCode;

use failure::Failure;
use parent::Parent;
use source::Source;
use video::wire::{FromChild, Reason};

fn main() -> ExitCode {
    let out = match confine::take_stdout() {
        Ok(out) => out,
        Err(error) => {
            eprintln!("tablica-transcode: stdout: {error}");
            return ExitCode::from(2);
        }
    };
    let parent = Parent::new(out);
    let last = std::panic::catch_unwind(|| run(&parent)).unwrap_or_else(|_| FromChild::Failed {
        reason: Reason::Internal,
        detail: "a fault of the program; the log says where".to_owned(),
    });
    let code = if matches!(last, FromChild::Done { .. }) { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    match parent.say(&last) {
        Ok(()) => code,
        Err(failure) => {
            eprintln!("tablica-transcode: {}", failure.detail);
            ExitCode::from(2)
        }
    }
}

/// Everything between the first message and the last.
fn run(parent: &std::sync::Arc<Parent>) -> FromChild {
    let made = parent::order().and_then(|order| {
        if !order.cpus.is_empty()
            && let Err(error) = confine::stay_on(&order.cpus)
        {
            eprintln!("tablica-transcode: goes on on all processors: {:?}: {error}", order.cpus);
        }
        // Counted from files that cannot be opened later, and only those that it may use.
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        ffmpeg_next::init().map_err(|error| Failure::new(Reason::Internal, format!("libav: {error}")))?;
        ffmpeg_next::log::set_level(ffmpeg_next::log::Level::Warning);
        ffmpeg_next::log::set_flags(ffmpeg_next::log::Flags::SKIP_REPEATED);
        for wall in process::confine_for(&order) {
            eprintln!("tablica-transcode: goes on without a wall: {wall}");
        }
        let answers = parent.listen();
        parent.watch(order.cpu_seconds);
        let source = Source::new(std::sync::Arc::clone(parent), answers, order.source_bytes);
        match (&order.end, &order.second) {
            (Some(end), _) => end::make(parent, &order, end, source, cores),
            (None, Some(second)) => second::make(parent, &order, second, source, cores),
            (None, None) => film::make(parent, &order, source, cores),
        }
    });
    made.unwrap_or_else(|failure| {
        // Whatever broke because of the stop, the stop is the reason.
        let reason = if parent.is_cancelled() { Reason::Cancelled } else { failure.reason };
        FromChild::Failed { reason, detail: failure.detail }
    })
}

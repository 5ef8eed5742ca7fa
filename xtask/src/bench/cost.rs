//! What a program took until its end: CPU time, memory at its peak, time on the wall.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

use super::meter;
use crate::process;

/// Nothing that is measured here takes longer; what does is ended.
const LONGEST: Duration = Duration::from_secs(3 * 3600);

/// What making something took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// CPU time, in milliseconds.
    pub cpu_ms: u64,
    /// Of the largest process, in KiB.
    pub peak_kib: u64,
    /// From the start to the end.
    pub wall: Duration,
}

impl Cost {
    /// One after the other.
    pub fn and(self, other: Self) -> Self {
        Self {
            cpu_ms: self.cpu_ms + other.cpu_ms,
            peak_kib: self.peak_kib.max(other.peak_kib),
            wall: self.wall + other.wall,
        }
    }

    /// CPU time as a share of another's.
    pub fn to(self, other: Self) -> f64 {
        self.cpu_ms as f64 / other.cpu_ms.max(1) as f64
    }

    /// Memory at its peak, in MB.
    pub fn megabytes(self) -> f64 {
        self.peak_kib as f64 * 1.024e-3
    }

    /// Prints all of it.
    pub fn print(self, who: &str) {
        let (cpu, wall) = (self.cpu_ms as f64 / 1000.0, self.wall.as_secs_f64());
        println!("    {who}: {cpu:.1} CPU-s, {wall:.1} s, peak {:.0} MB", self.megabytes());
    }
}

/// Runs a program to its end; watches the memory of those below it (or of itself) that have this name.
///
/// # Errors
/// When it cannot be started, fails, or is at work for too long.
pub fn of(command: &mut Command, name: &str) -> Result<Cost> {
    let own = std::process::id();
    let before = meter::cpu_with_ended_ms(own)?;
    let begun = Instant::now();
    let mut child = process::start(command)?;
    let mut peak_kib = 0;
    while child.try_wait()?.is_none() {
        let all = [child.id()].into_iter().chain(meter::children(child.id()));
        for pid in all.filter(|pid| name.starts_with(&meter::name(*pid))) {
            peak_kib = peak_kib.max(meter::peak_kib(pid).unwrap_or(0));
        }
        if begun.elapsed() > LONGEST {
            let _status = process::stop(child);
            bail!("{} was ended after {} s", process::shown(command), LONGEST.as_secs());
        }
        thread::sleep(Duration::from_millis(100));
    }
    let wall = begun.elapsed();
    let status = process::wait(child)?;
    process::stop_if_asked()?;
    ensure!(status.success(), "{} ended with {status}", process::shown(command));
    // What has ended is counted as ours now; we ourselves only waited.
    let cpu_ms = meter::cpu_with_ended_ms(own)?.saturating_sub(before);
    Ok(Cost { cpu_ms, peak_kib, wall })
}

#[cfg(test)]
mod tests {
    use super::Cost;

    #[test]
    fn costs_are_added_and_compared() {
        let one = Cost { cpu_ms: 300, peak_kib: 2000, ..Cost::default() };
        let both = one.and(Cost { cpu_ms: 900, peak_kib: 1000, ..Cost::default() });
        assert_eq!((both.cpu_ms, both.peak_kib), (1200, 2000));
        assert!((one.to(both) - 0.25).abs() < 1e-9);
        assert!((one.megabytes() - 2.048).abs() < 1e-9);
    }
}

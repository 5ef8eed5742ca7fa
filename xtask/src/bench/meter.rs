//! CPU time and memory of processes, as the kernel counts them (proc(5)).

use std::fs;

use anyhow::{Context, Result};

/// CPU time that a process itself has used, in milliseconds (user and system; in steps of a clock tick).
///
/// # Errors
/// When there is no such process.
pub fn cpu_ms(pid: u32) -> Result<u64> {
    Ok(ticks_ms(fields(pid)?.get(11..13)))
}

/// CPU time of a process with all that it has waited for, in milliseconds.
///
/// # Errors
/// When there is no such process.
pub fn cpu_with_ended_ms(pid: u32) -> Result<u64> {
    Ok(ticks_ms(fields(pid)?.get(11..15)))
}

/// CPU time of a process and of everything below it, in milliseconds.
///
/// # Errors
/// When there is no such process.
pub fn cpu_of_tree_ms(pid: u32) -> Result<u64> {
    let own = cpu_with_ended_ms(pid)?;
    // A child that ends just now is counted by its parent the next time.
    Ok(own + children(pid).into_iter().filter_map(|child| cpu_of_tree_ms(child).ok()).sum::<u64>())
}

/// Memory of a process that is in RAM now (`VmRSS`), in KiB.
///
/// # Errors
/// When there is no such process.
pub fn resident_kib(pid: u32) -> Result<u64> {
    status(pid, "VmRSS:")
}

/// The most that ever was (`VmHWM`), in KiB.
///
/// # Errors
/// When there is no such process.
pub fn peak_kib(pid: u32) -> Result<u64> {
    status(pid, "VmHWM:")
}

/// Memory of a process and all below it with shared pages counted once (`Pss`), in KiB.
pub fn shared_once_kib(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let own = text.lines().find_map(|line| line.strip_prefix("Pss:")).and_then(number).unwrap_or(0);
    own + children(pid).into_iter().map(shared_once_kib).sum::<u64>()
}

/// The processes whose parent this is.
pub fn children(pid: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect()
}

/// The name of a process's program (at most 15 letters).
pub fn name(pid: u32) -> String {
    fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim().to_owned()
}

/// The fields of `/proc/PID/stat` after the name, which may hold blanks: the first is the state.
fn fields(pid: u32) -> Result<Vec<u64>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))
        .with_context(|| format!("process {pid} is not there"))?;
    let rest = text.rsplit_once(") ").map_or("", |(_, rest)| rest);
    Ok(rest.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect())
}

fn ticks_ms(ticks: Option<&[u64]>) -> u64 {
    ticks.unwrap_or_default().iter().sum::<u64>() * 1000 / rustix::param::clock_ticks_per_second()
}

fn status(pid: u32, key: &str) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))
        .with_context(|| format!("process {pid} is not there"))?;
    let found = text.lines().find_map(|line| line.strip_prefix(key)).and_then(number);
    found.with_context(|| format!("process {pid} has no {key}"))
}

fn number(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{cpu_ms, name, resident_kib};

    #[test]
    fn this_process_uses_time_and_memory() {
        let own = std::process::id();
        let begun = cpu_ms(own).unwrap();
        let mut sum = 0u64;
        while cpu_ms(own).unwrap() < begun + 30 {
            sum = std::hint::black_box(sum.wrapping_mul(31) + 1);
        }
        assert!(resident_kib(own).unwrap() > 500);
        assert!(!name(own).is_empty());
        assert!(cpu_ms(u32::MAX).is_err());
    }
}

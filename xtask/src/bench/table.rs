//! How figures are shown: one line a figure, with what was aimed at.

use std::fs;

use crate::process;

/// One heading.
pub fn heading(text: &str) {
    println!("\n== {text}");
}

/// One figure, and what was aimed at (empty: nothing).
pub fn figure(what: &str, value: &str, aim: &str) {
    let aim = if aim.is_empty() { String::new() } else { format!("  (aim {aim})") };
    println!("{what:<64} {value:>16}{aim}");
}

/// On what machine, and how busy it is with other things: wall times mean little on a busy one.
pub fn machine() {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let name = name.map_or("unknown processor", |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next());
    let memory = memory.and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024;
    let mut date = std::process::Command::new("date");
    let date = process::answer(date.args(["-u", "+%Y-%m-%d %H:%M UTC"])).unwrap_or_default();
    println!("\n{}; {name}, {cores} cores, {memory} MiB; load {}", date.trim(), busy());
}

/// How many programs wanted a core in the last minute, on average.
pub fn busy() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or("unknown").to_owned()
}

/// The middle and the value that 99 in 100 do not exceed. Nothing in, nothing out.
pub fn median_and_p99(values: &mut [f64]) -> Option<(f64, f64)> {
    values.sort_by(f64::total_cmp);
    let middle = *values.get(values.len() / 2)?;
    let place = (values.len() * 99).div_ceil(100).checked_sub(1)?;
    Some((middle, *values.get(place)?))
}

#[cfg(test)]
mod tests {
    use super::median_and_p99;

    #[test]
    fn the_middle_and_the_ninety_ninth_are_found() {
        let mut values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(median_and_p99(&mut values), Some((51.0, 99.0)));
        assert_eq!(median_and_p99(&mut [3.0]), Some((3.0, 3.0)));
        assert_eq!(median_and_p99(&mut []), None);
    }
}

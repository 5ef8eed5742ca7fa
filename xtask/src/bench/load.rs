//! Many requests at once for one page, by `wrk`, and what they cost the processes that answer.

use std::process::Command;

use anyhow::{Context, Result, bail};

use super::http::Client;
use super::meter;
use crate::process;

/// Connections at once.
pub const CONNECTIONS: u32 = 50;

/// What one run showed.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// Requests answered.
    pub requests: u64,
    /// Requests answered in a second.
    pub per_second: f64,
    /// Half of the requests took at most so long, in milliseconds.
    pub median_ms: f64,
    /// 99 in 100 took at most so long, in milliseconds.
    pub p99_ms: f64,
    /// CPU time of each process tree that was watched, in milliseconds a request.
    pub cpu_ms: Vec<f64>,
}

/// Asks for `path` on `connections` at once for some seconds, and reads the CPU time of these processes before and
/// after: of the first alone, of all others with everything below them.
///
/// # Errors
/// When `wrk` is not there, or an answer was an error.
pub fn run(client: &Client, path: &str, connections: u32, seconds: u32, watched: &[u32]) -> Result<Load> {
    let read = || -> Result<Vec<u64>> {
        let cpu = |(number, pid): (usize, &u32)| match number {
            0 => meter::cpu_ms(*pid),
            _ => meter::cpu_of_tree_ms(*pid),
        };
        watched.iter().enumerate().map(cpu).collect()
    };
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--latency", "--timeout", "30s"]).args([
        "--connections",
        &connections.to_string(),
        "--duration",
        &format!("{seconds}s"),
    ]);
    for (name, value) in &client.headers {
        wrk.args(["--header", &format!("{name}: {value}")]);
    }
    let before = read()?;
    let said = process::answer(wrk.arg(format!("{}{path}", client.address())))?;
    let after = read()?;
    let mut load = parse(&said).with_context(|| format!("wrk said:\n{said}"))?;
    let each = before.iter().zip(after).map(|(before, after)| after.saturating_sub(*before) as f64);
    load.cpu_ms = each.map(|cpu| cpu / load.requests.max(1) as f64).collect();
    Ok(load)
}

/// Reads what `wrk --latency` prints.
fn parse(said: &str) -> Result<Load> {
    if let Some(line) = said.lines().find(|line| line.contains("Non-2xx") || line.contains("Socket errors")) {
        bail!("some requests failed: {}", line.trim());
    }
    let after = |start: &str| said.lines().find_map(|line| line.trim().strip_prefix(start)).map(str::trim);
    let requests = said.lines().find_map(|line| line.trim().split_once(" requests in ")?.0.parse().ok());
    Ok(Load {
        requests: requests.filter(|requests| *requests > 0).context("no request was answered")?,
        per_second: after("Requests/sec:").and_then(|text| text.parse().ok()).context("no rate")?,
        median_ms: after("50%").and_then(milliseconds).context("no median")?,
        p99_ms: after("99%").and_then(milliseconds).context("no 99 %")?,
        cpu_ms: Vec::new(),
    })
}

/// `1.50s`, `12.3ms` or `900.00us`.
fn milliseconds(text: &str) -> Option<f64> {
    let units = [("us", 0.001), ("ms", 1.0), ("s", 1000.0), ("m", 60_000.0)];
    units.into_iter().find_map(|(unit, by)| Some(text.strip_suffix(unit)?.parse::<f64>().ok()? * by))
}

#[cfg(test)]
mod tests {
    use super::{milliseconds, parse};

    const SAID: &str = "Running 2s test @ http://127.0.0.1:1/\n  1 threads and 50 connections\n  Latency Distribution\n     \
        50%    1.50ms\n     75%    2.10ms\n     90%    3.00ms\n     99%    1.02s \n  4000 requests in 2.01s, 9.10MB read\n\
        Requests/sec:   1990.05\nTransfer/sec:      4.53MB\n";

    #[test]
    fn what_wrk_says_is_read_and_errors_are_errors() {
        let load = parse(SAID).unwrap();
        assert_eq!((load.requests, load.median_ms, load.p99_ms), (4000, 1.5, 1020.0));
        assert_eq!(milliseconds("250us"), Some(0.25));
        assert!(parse(&format!("{SAID}  Non-2xx or 3xx responses: 4\n")).is_err());
    }
}

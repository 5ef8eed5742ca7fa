//! How many statements a page sends to the database: PostgreSQL's own log of all statements, counted.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::http::Client;
use super::program::Program;

/// Asked so often one after the other, so that what other work sends meanwhile stands out.
const TIMES: usize = 20;

/// The statements of one page.
#[derive(Debug, Default)]
pub struct Queries {
    /// Statements that read or write.
    pub statements: usize,
    /// `BEGIN`, `COMMIT` and `ROLLBACK`.
    pub bounds: usize,
    /// Each statement's beginning and how often a page sends it.
    pub each: Vec<(String, usize)>,
}

/// Counts what one request for `path` sends.
///
/// # Errors
/// When the page is refused or PostgreSQL does not log.
pub fn of_a_page(program: &Program, client: &Client, path: &str) -> Result<Queries> {
    let log = |what: &str| -> Result<()> {
        program.sql(&format!("alter system set log_statement = '{what}'"))?;
        program.sql("select pg_reload_conf()")?;
        // Every process takes the setting over before its next statement, once its signal has come.
        std::thread::sleep(Duration::from_millis(500));
        Ok(())
    };
    log("all")?;
    let before = program.database_log().len();
    for _ in 0..TIMES {
        client.get(path)?.good()?;
    }
    std::thread::sleep(Duration::from_millis(300));
    let text = program.database_log();
    log("none")?;
    let queries = count(text.get(before..).unwrap_or_default());
    ensure!(queries.statements > 0, "PostgreSQL logged no statement of the page");
    Ok(queries)
}

fn count(log: &str) -> Queries {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for line in log.lines() {
        let Some((_, said)) = line.split_once(" LOG:  ") else { continue };
        let text = match said.split_once(": ") {
            Some(("statement", text)) => text,
            Some((how, text)) if how.starts_with("execute ") => text,
            _ => continue,
        };
        *seen.entry(text.chars().take(90).collect()).or_default() += 1;
    }
    let mut queries = Queries::default();
    for (text, times) in seen {
        let each = times / TIMES;
        if each == 0 {
            continue;
        }
        let bound = ["BEGIN", "COMMIT", "ROLLBACK"].contains(&text.to_uppercase().as_str());
        *(if bound { &mut queries.bounds } else { &mut queries.statements }) += each;
        queries.each.push((text, each));
    }
    queries
}

#[cfg(test)]
mod tests {
    use super::{TIMES, count};

    #[test]
    fn statements_of_the_page_are_told_from_others() {
        let page = "2026-11-21 07:00:00.000 UTC [9] LOG:  statement: BEGIN\n\
            2026-11-21 07:00:00.000 UTC [9] LOG:  execute sqlx_s_1: select 1\n\tfrom person\n\
            2026-11-21 07:00:00.000 UTC [9] DETAIL:  parameters: $1 = 'x'\n\
            2026-11-21 07:00:00.000 UTC [9] LOG:  statement: ROLLBACK\n";
        let other = "2026-11-21 07:00:00.000 UTC [8] LOG:  execute <unnamed>: select now()\n";
        let queries = count(&format!("{}{other}", page.repeat(TIMES)));
        assert_eq!((queries.statements, queries.bounds, queries.each.len()), (1, 2, 3));
    }
}

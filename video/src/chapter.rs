//! Chapters: parts of a film that have names. They belong to the film, so they stay when its file is sent anew.

use base::{Tx, audit};
use serde_json::json;

use crate::caption;
use crate::error::Error;
use crate::proof::{Editable, Watchable};

/// Most chapters of a film.
pub const MOST: usize = 200;
/// Most letters of a title.
pub const LONGEST_TITLE: usize = 120;

/// A chapter. It ends where the next one begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Where it begins, in milliseconds.
    pub start_ms: u32,
    /// Its name.
    pub title: String,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It does not begin with a time such as `01:05` and a blank.
    NoTime,
    /// Nothing stands behind the time.
    NoTitle,
    /// More letters than a title may have.
    LongTitle,
    /// The film is shorter.
    BeyondFilm,
    /// Another line has this time.
    Twice,
    /// More lines than a film may have chapters.
    TooMany,
}

/// Reads lines such as `01:05 Deklaracja dostępności`; blank lines are passed over, the order does not matter.
///
/// `length_ms`: of the film, when it is known. Errors: the first line that is wrong (from 1), and what is wrong there.
pub fn read(text: &str, length_ms: Option<u32>) -> Result<Vec<Chapter>, (usize, Fault)> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let wrong = |fault| Err((number, fault));
        let (time, title) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let Some(start_ms) = caption::moment(time) else { return wrong(Fault::NoTime) };
        let title = title.trim();
        if title.is_empty() || title.contains(char::is_control) {
            return wrong(Fault::NoTitle);
        }
        if title.chars().count() > LONGEST_TITLE {
            return wrong(Fault::LongTitle);
        }
        if length_ms.is_some_and(|length| start_ms >= length) {
            return wrong(Fault::BeyondFilm);
        }
        if chapters.iter().any(|chapter| chapter.start_ms == start_ms) {
            return wrong(Fault::Twice);
        }
        if chapters.len() == MOST {
            return wrong(Fault::TooMany);
        }
        chapters.push(Chapter { start_ms, title: title.to_owned() });
    }
    chapters.sort_by_key(|chapter| chapter.start_ms);
    Ok(chapters)
}

/// The lines that `read` reads.
pub fn write(chapters: &[Chapter]) -> String {
    chapters.iter().map(|chapter| format!("{} {}\n", clock(chapter.start_ms), chapter.title)).collect()
}

/// `01:05`, `1:02:03`, and thousandths where there are any.
pub fn clock(ms: u32) -> String {
    let (seconds, rest) = (ms / 1000, ms % 1000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let rest = if rest > 0 { format!(".{rest:03}") } else { String::new() };
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}{rest}")
    } else {
        format!("{minutes:02}:{seconds:02}{rest}")
    }
}

/// The chapters of a film, in order.
pub async fn all(tx: &mut Tx, proof: &Watchable) -> Result<Vec<Chapter>, Error> {
    let rows = sqlx::query!(
        "select start_ms, title from chapter where film_id = $1 order by start_ms",
        proof.film().0
    )
    .fetch_all(tx.connection())
    .await?;
    let chapter = rows
        .into_iter()
        .map(|row| Chapter { start_ms: u32::try_from(row.start_ms).unwrap_or(0), title: row.title });
    Ok(chapter.collect())
}

/// The revision of a film's chapters, and these; a change names the revision that it is made to.
pub async fn seen(tx: &mut Tx, proof: &Watchable) -> Result<(i32, Vec<Chapter>), Error> {
    // The revision first: of two that come between, the change is refused, and not one of them lost.
    let revision = sqlx::query_scalar!("select chapters_revision from film where id = $1", proof.film().0)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    Ok((revision, all(tx, proof).await?))
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The film has the chapters.
    Done,
    /// Nothing was done: they were changed before, to these.
    Meanwhile {
        /// The revision that they have now.
        revision: i32,
        /// The chapters, in order.
        chapters: Vec<Chapter>,
    },
}

/// Gives a film these chapters, in the order of time, in place of those that it has, if nobody changed them since the revision that was
/// seen; without one whatever they are now. The same change twice is made once.
pub async fn replace(
    tx: &mut Tx,
    proof: &Editable,
    seen: Option<i32>,
    chapters: &[Chapter],
) -> Result<Change, Error> {
    let (organisation, film) = (tx.organisation()?, proof.film());
    // Two who save at once wait for each other, and the later one hears of the first.
    let revision = sqlx::query_scalar!("select chapters_revision from film where id = $1 for update", film.0)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    if seen.is_some_and(|seen| seen != revision) {
        let now = all(tx, &proof.watchable()).await?;
        let same = now == chapters;
        return Ok(if same { Change::Done } else { Change::Meanwhile { revision, chapters: now } });
    }
    sqlx::query!("delete from chapter where film_id = $1", film.0).execute(tx.connection()).await?;
    let start = |chapter: &Chapter| i32::try_from(chapter.start_ms).unwrap_or(i32::MAX);
    let starts: Vec<i32> = chapters.iter().map(start).collect();
    let titles: Vec<String> = chapters.iter().map(|chapter| chapter.title.clone()).collect();
    sqlx::query!(
        "insert into chapter (organisation_id, film_id, start_ms, title)
         select $1, $2, start_ms, title from unnest($3::int4[], $4::text[]) as new (start_ms, title)",
        organisation.0,
        film.0,
        &starts,
        &titles,
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, "divided", "film", film.0, json!({ "chapters": chapters.len() })).await?;
    Ok(Change::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_chapters_in_the_order_of_time() {
        let chapters =
            read("1:02:03 Koniec\n\n  00:00   Początek \r\n01:05,5 Środek – część 2\n", None).unwrap();
        let starts: Vec<u32> = chapters.iter().map(|chapter| chapter.start_ms).collect();
        assert_eq!(starts, [0, 65_500, 3_723_000]);
        assert_eq!(chapters[1].title, "Środek – część 2");
        assert_eq!(write(&chapters), "00:00 Początek\n01:05.500 Środek – część 2\n1:02:03 Koniec\n");
        assert_eq!(read(&write(&chapters), None).unwrap(), chapters);
        assert!(read("\n \n", None).unwrap().is_empty());
    }

    #[test]
    fn the_line_that_is_wrong_is_named() {
        let check = |text: &str, expected| assert_eq!(read(text, Some(60_000)), Err(expected), "{text}");
        check("00:00 A\nWstęp\n", (2, Fault::NoTime));
        check("5 Wstęp", (1, Fault::NoTime));
        check("00:05", (1, Fault::NoTitle));
        check(&format!("00:05 {}", "ą".repeat(121)), (1, Fault::LongTitle));
        check("01:00 Po filmie", (1, Fault::BeyondFilm));
        check("00:05 A\n0:05 B", (2, Fault::Twice));
        let many: String = (0..=MOST).map(|at| format!("00:00.{at:03} A\n")).collect();
        check(&many, (MOST + 1, Fault::TooMany));
    }
}

//! Captions: WebVTT (W3C Candidate Recommendation) checked on the way in, and read as a transcript.

use base::{Tx, audit};
use serde_json::json;

use crate::error::{CaptionProblem, Error};
use crate::proof::{Editable, Watchable};

/// Most bytes of a caption file.
pub const MOST_BYTES: usize = 2 << 20;

/// One cue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// When it appears, in milliseconds.
    pub start_ms: u32,
    /// When it goes, in milliseconds.
    pub end_ms: u32,
    /// Its text without markup, lines joined by a blank.
    pub text: String,
}

/// Captions of one language, without their text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captions {
    /// `pl`, `en`, `uk`, …
    pub language: String,
    /// What the player's menu says: `Polski`.
    pub label: String,
}

/// Reads a caption file: its text (UTF-8, without a mark, with plain line ends) and its cues.
///
/// Errors: `Captions` with the line and what is wrong there.
pub fn parse(bytes: &[u8]) -> Result<(String, Vec<Cue>), Error> {
    let wrong = |line: usize, problem| Error::Captions { line, problem };
    if bytes.len() > MOST_BYTES {
        return Err(wrong(1, CaptionProblem::TooLarge));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| wrong(1, CaptionProblem::NotText))?;
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}");
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    let header = lines.next().map_or("", |(_, line)| line);
    if header != "WEBVTT" && !header.starts_with("WEBVTT ") && !header.starts_with("WEBVTT\t") {
        return Err(wrong(1, CaptionProblem::NoHeader));
    }
    let mut cues: Vec<Cue> = Vec::new();
    let mut skipping = false;
    while let Some((number, line)) = lines.next() {
        if line.is_empty() {
            skipping = false;
        } else if line.starts_with("NOTE") || line == "STYLE" || line == "REGION" {
            skipping = true;
        } else if !skipping && line.contains("-->") {
            let (start_ms, end_ms) = times(line).ok_or_else(|| wrong(number, CaptionProblem::BadTime))?;
            if end_ms <= start_ms {
                return Err(wrong(number, CaptionProblem::EndsBeforeStart));
            }
            if cues.last().is_some_and(|before| before.start_ms > start_ms) {
                return Err(wrong(number, CaptionProblem::OutOfOrder));
            }
            let words: Vec<String> =
                lines.by_ref().map(|(_, line)| line).take_while(|line| !line.is_empty()).map(plain).collect();
            cues.push(Cue { start_ms, end_ms, text: words.join(" ").trim().to_owned() });
        }
    }
    if cues.is_empty() {
        return Err(wrong(1, CaptionProblem::NoCues));
    }
    Ok((text, cues))
}

fn times(line: &str) -> Option<(u32, u32)> {
    let (start, rest) = line.split_once("-->")?;
    Some((time(start.trim())?, time(rest.split_whitespace().next()?)?))
}

/// `[hh:]mm:ss.mmm`
fn time(text: &str) -> Option<u32> {
    let (clock, thousandths) = text.split_once('.')?;
    let numbers = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        (digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse::<u32>().ok())?
    };
    let mut parts = clock.split(':').rev();
    let seconds = numbers(parts.next()?, 2..=2).filter(|seconds| *seconds < 60)?;
    let minutes = numbers(parts.next()?, 2..=2).filter(|minutes| *minutes < 60)?;
    let hours = parts.next().map_or(Some(0), |hours| numbers(hours, 2..=3))?;
    if parts.next().is_some() {
        return None;
    }
    Some(((hours * 60 + minutes) * 60 + seconds) * 1000 + numbers(thousandths, 3..=3)?)
}

/// A line without tags and with its five entities resolved.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut inside = false;
    for letter in line.chars() {
        match letter {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if inside => {}
            _ => text.push(letter),
        }
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", "\u{a0}")
        .replace("&lrm;", "")
        .replace("&rlm;", "")
        .replace("&amp;", "&")
}

/// Attaches captions to a film, in place of those of the same language. Answers the number of cues.
pub async fn attach(
    tx: &mut Tx,
    proof: &Editable,
    language: &str,
    label: &str,
    bytes: &[u8],
) -> Result<usize, Error> {
    if !(2..=3).contains(&language.len()) || !language.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Err(Error::Captions { line: 0, problem: CaptionProblem::BadLanguage });
    }
    let (text, cues) = parse(bytes)?;
    let (organisation, film) = (tx.organisation()?, proof.film());
    let label: String =
        Some(label.trim()).filter(|label| !label.is_empty()).unwrap_or(language).chars().take(60).collect();
    sqlx::query!(
        "insert into caption (organisation_id, film_id, language, label, vtt) values ($1, $2, $3, $4, $5)
         on conflict (film_id, language) do update set label = excluded.label, vtt = excluded.vtt, updated_at = moment()",
        organisation.0,
        film.0,
        language,
        label,
        text,
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, "captioned", "film", film.0, json!({ "language": language, "cues": cues.len() }))
        .await?;
    Ok(cues.len())
}

/// Takes the captions of a language away. Errors: `NotFound`.
pub async fn detach(tx: &mut Tx, proof: &Editable, language: &str) -> Result<(), Error> {
    let gone =
        sqlx::query!("delete from caption where film_id = $1 and language = $2", proof.film().0, language)
            .execute(tx.connection())
            .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "uncaptioned", "film", proof.film().0, json!({ "language": language })).await?)
}

/// The languages that a film has captions in.
pub async fn languages(tx: &mut Tx, proof: &Watchable) -> Result<Vec<Captions>, Error> {
    let rows = sqlx::query!(
        "select language, label from caption where film_id = $1 order by language <> 'pl', language",
        proof.film().0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| Captions { language: row.language, label: row.label }).collect())
}

/// The caption file of one language. Errors: `NotFound`.
pub async fn file(tx: &mut Tx, proof: &Watchable, language: &str) -> Result<String, Error> {
    let text = sqlx::query_scalar!(
        "select vtt from caption where film_id = $1 and language = $2",
        proof.film().0,
        language
    )
    .fetch_optional(tx.connection())
    .await?;
    text.ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<usize, (usize, CaptionProblem)>) {
        match (parse(text.as_bytes()), expected) {
            (Ok((_, cues)), Ok(count)) => assert_eq!(cues.len(), count),
            (Err(Error::Captions { line, problem }), expected) => assert_eq!(Err((line, problem)), expected),
            (other, _) => panic!("{other:?}"),
        }
    }

    #[test]
    fn captions_are_read_and_what_is_wrong_is_named_with_its_line() {
        check(
            "WEBVTT\n\n1\n00:01.000 --> 00:02.500 align:start\n<v Ada>Dzień <b>dobry</b>\n\nNOTE x --> y\n\n01:00:00.000 --> 01:00:01.000\nKoniec\n",
            Ok(2),
        );
        check("1\n00:00:01,000 --> 00:00:02,000\nSRT\n", Err((1, CaptionProblem::NoHeader)));
        check("WEBVTT\n\n00:01,000 --> 00:02.000\nx\n", Err((3, CaptionProblem::BadTime)));
        check("WEBVTT\n\n00:02.000 --> 00:01.000\nx\n", Err((3, CaptionProblem::EndsBeforeStart)));
        check(
            "WEBVTT\n\n00:05.000 --> 00:06.000\nx\n\n00:01.000 --> 00:02.000\ny\n",
            Err((6, CaptionProblem::OutOfOrder)),
        );
        check("WEBVTT\n\n", Err((1, CaptionProblem::NoCues)));
    }

    #[test]
    fn a_transcript_has_no_markup() {
        let (_, cues) =
            parse("WEBVTT\r\n\r\n00:00.000 --> 00:01.000\r\n<i>Tom</i> &amp; Ola\r\nrazem\r\n".as_bytes())
                .unwrap();
        assert_eq!(cues[0].text, "Tom & Ola razem");
        assert_eq!((cues[0].start_ms, cues[0].end_ms), (0, 1000));
    }
}

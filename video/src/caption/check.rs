//! What a person should look at in captions that can be read: advice with the line, never a refusal.
//!
//! Limits: two lines of 42 letters and 20 letters a second are the upper end of the usual guides for subtitles (Netflix,
//! BBC); the Polish guide of Kultura bez barier asks for about as much.

use super::read::Cue;

/// Most letters of a line.
pub const LONGEST_LINE: usize = 42;
/// Most lines on the screen at once.
pub const MOST_LINES: usize = 2;
/// Most letters that are read in a second.
pub const FASTEST: u32 = 20;
/// A cue may stand this much longer than the film, whose length is rounded; in milliseconds.
const SLACK_MS: u32 = 500;

/// What is to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// It appears before the one above has gone.
    Overlap,
    /// So many letters a second are to be read.
    TooFast(u32),
    /// A line of so many letters.
    LongLine(usize),
    /// So many lines at once.
    ManyLines(usize),
    /// Nothing is said.
    Empty,
    /// It goes after the film has ended.
    BeyondFilm,
    /// A tag that captions do not know, such as `<script>`: it does nothing, and its inside is shown as text.
    StrangeTag,
}

/// A remark and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Line of the kept file, from 1.
    pub line: usize,
    /// The cue, from 0.
    pub cue: usize,
    /// When the cue appears, in milliseconds.
    pub start_ms: u32,
    /// What is to be looked at.
    pub remark: Remark,
}

/// Looks at the cues of a film of this length (milliseconds, when it is known).
pub fn check(cues: &[Cue], length_ms: Option<u32>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut gone_ms = 0;
    for (at, cue) in cues.iter().enumerate() {
        let mut add = |line: usize, remark: Remark| {
            found.push(Finding { line, cue: at, start_ms: cue.start_ms, remark });
        };
        if cue.start_ms < gone_ms {
            add(cue.line, Remark::Overlap);
        }
        gone_ms = gone_ms.max(cue.end_ms);
        if length_ms.is_some_and(|length| cue.end_ms > length.saturating_add(SLACK_MS)) {
            add(cue.line, Remark::BeyondFilm);
        }
        if cue.text.is_empty() {
            add(cue.line, Remark::Empty);
            continue;
        }
        let speed = speed(cue);
        if speed > FASTEST {
            add(cue.line, Remark::TooFast(speed));
        }
        if cue.lines.len() > MOST_LINES {
            add(cue.line, Remark::ManyLines(cue.lines.len()));
        }
        for (below, line) in (1..).zip(cue.shown()) {
            let letters = line.trim().chars().count();
            if letters > LONGEST_LINE {
                add(cue.line + below, Remark::LongLine(letters));
            }
        }
        if let Some(below) = cue.strange_tag() {
            add(cue.line + below + 1, Remark::StrangeTag);
        }
    }
    found
}

/// Letters a second, rounded up.
fn speed(cue: &Cue) -> u32 {
    let letters = u64::try_from(cue.text.chars().count()).unwrap_or(u64::MAX);
    let shown_ms = u64::from(cue.end_ms.saturating_sub(cue.start_ms)).max(1);
    u32::try_from(letters.saturating_mul(1000).div_ceil(shown_ms)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::read::parse;
    use super::*;

    fn found(body: &str, length_ms: Option<u32>) -> Vec<(usize, Remark)> {
        let (_, cues) = parse(format!("WEBVTT\n\n{body}").as_bytes()).unwrap();
        check(&cues, length_ms).into_iter().map(|one| (one.line, one.remark)).collect()
    }

    #[test]
    fn good_captions_have_nothing_to_be_looked_at() {
        let body = "00:00.000 --> 00:02.000\nDzień dobry, zaczynamy.\n\n00:02.000 --> 00:04.000\nRaz\ndwa\n";
        assert!(found(body, Some(4_000)).is_empty());
    }

    #[test]
    fn everything_is_found_with_its_line() {
        let long = "a".repeat(43);
        let body = format!(
            "00:00.000 --> 00:10.000\n{long}\n\n00:09.000 --> 00:11.000\n<b></b>\n\n00:11.000 --> 00:12.000\n1234567890 1234567890\n\n\
             00:12.000 --> 00:20.000\nraz\ndwa\n<script>x</script>\n"
        );
        let expected = [
            (4, Remark::LongLine(43)),
            (6, Remark::Overlap),
            (6, Remark::Empty),
            (9, Remark::TooFast(21)),
            (12, Remark::BeyondFilm),
            (12, Remark::ManyLines(3)),
            (15, Remark::StrangeTag),
        ];
        assert_eq!(found(&body, Some(19_000)), expected);
        assert!(!found(&body, None).iter().any(|(_, remark)| *remark == Remark::BeyondFilm));
    }
}

//! Changing cues of a caption file by hand. Everything between them (notes, styles, names, places on the screen) stays.

use super::read::{Cue, time};

/// A cue as somebody typed it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// When it appears: `1:05`, `0:01:05.250`.
    pub start: String,
    /// When it goes.
    pub end: String,
    /// Its lines.
    pub text: String,
}

impl Typed {
    /// A cue in the form.
    pub fn of(cue: &Cue) -> Self {
        Self { start: clock(cue.start_ms), end: clock(cue.end_ms), text: cue.lines.join("\n") }
    }

    /// Nothing was typed: the cue goes.
    pub fn is_blank(&self) -> bool {
        [&self.start, &self.end, &self.text].into_iter().all(|field| field.trim().is_empty())
    }

    /// Its times in milliseconds and its lines; or which field cannot be read: `start`, `end` or `text`.
    fn read(&self) -> Result<(u32, u32, Vec<&str>), &'static str> {
        let start = moment(&self.start).ok_or("start")?;
        let end = moment(&self.end).filter(|end| *end > start).ok_or("end")?;
        if self.text.contains("-->") {
            return Err("text");
        }
        // A blank line would end the cue; a line may end as other systems end theirs.
        let lines = self.text.split(['\n', '\r']).map(str::trim_end).filter(|line| !line.trim().is_empty());
        Ok((start, end, lines.collect()))
    }
}

/// A time as people write it, `[h:]m:ss[.mmm]` with a full stop or a comma; in milliseconds.
pub fn moment(text: &str) -> Option<u32> {
    let text = text.trim();
    let (clock, rest) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    if rest.is_empty() || rest.len() > 3 {
        return None;
    }
    let parts: Vec<String> = clock.split(':').map(|part| format!("{part:0>2}")).collect();
    if parts.len() < 2 {
        return None;
    }
    time(&format!("{}.{rest:0<3}", parts.join(":")))
}

/// `00:01:05.250`
pub fn clock(ms: u32) -> String {
    let (seconds, ms) = (ms / 1000, ms % 1000);
    format!("{:02}:{:02}:{:02}.{ms:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// The file with these cues in place of its own ones of the same numbers (from 0), and with `more` added where its time is.
///
/// `cues` are those of `vtt`. Errors: the number of the cue (`None` for the added one) and the field that cannot be read.
pub fn rewritten(
    vtt: &str,
    cues: &[Cue],
    typed: &[(usize, Typed)],
    more: &Typed,
) -> Result<String, (Option<usize>, &'static str)> {
    let old: Vec<&str> = vtt.lines().collect();
    let mut new: Vec<String> = Vec::with_capacity(old.len());
    let mut added = None;
    if !more.is_blank() {
        added = Some(more.read().map_err(|field| (None::<usize>, field))?);
    }
    let mut at = 0;
    for (number, cue) in cues.iter().enumerate() {
        let first = cue.line - 1;
        let change = typed
            .get(number)
            .filter(|(changed, _)| *changed == number)
            .or_else(|| typed.iter().find(|(changed, _)| *changed == number))
            .map(|(_, typed)| typed);
        let times = match change {
            Some(typed) if !typed.is_blank() => Some(typed.read().map_err(|field| (Some(number), field))?),
            _ => None,
        };
        let start = times.as_ref().map_or(cue.start_ms, |(start, ..)| *start);
        // What stands in front of the cue: notes, and its name right above it.
        let (before, name) = named(&old, at, first);
        new.extend(before.iter().map(|line| (*line).to_owned()));
        if let Some((from, to, lines)) = added.take_if(|(from, ..)| *from < start) {
            new.extend(block(from, to, "", &lines));
            new.push(String::new());
        }
        at = first + 1 + cue.lines.len();
        match (change, times) {
            (Some(_), Some((from, to, lines))) => {
                new.extend(name.iter().map(|line| (*line).to_owned()));
                new.extend(block(from, to, settings(old.get(first).copied().unwrap_or_default()), &lines));
            }
            // Taken out, with its name.
            (Some(_), None) => {}
            (None, _) => {
                new.extend(name.iter().map(|line| (*line).to_owned()));
                new.extend(old.get(first..at).unwrap_or_default().iter().map(|line| (*line).to_owned()));
            }
        }
    }
    new.extend(old.get(at..).unwrap_or_default().iter().map(|line| (*line).to_owned()));
    if let Some((from, to, lines)) = added {
        new.push(String::new());
        new.extend(block(from, to, "", &lines));
    }
    Ok(new.join("\n") + "\n")
}

/// The file with its cues where `place` puts them, by start and end in milliseconds; a cue without a place goes, with its name.
///
/// `None` when no cue is left.
pub fn moved(vtt: &str, cues: &[Cue], place: impl Fn(u32, u32) -> Option<(u32, u32)>) -> Option<String> {
    let typed = |(number, cue): (usize, &Cue)| {
        let placed = place(cue.start_ms, cue.end_ms);
        let text = cue.lines.join("\n");
        let typed = placed.map(|(start, end)| Typed { start: clock(start), end: clock(end), text });
        (number, typed.unwrap_or_default())
    };
    let typed: Vec<(usize, Typed)> = cues.iter().enumerate().map(typed).collect();
    if typed.iter().all(|(_, typed)| typed.is_blank()) {
        return None;
    }
    rewritten(vtt, cues, &typed, &Typed::default()).ok()
}

/// The file with more cues, which are taken from `whole` as they stand there, in their order; `cues` are those of `vtt`.
pub fn with_cues(vtt: &str, cues: &[Cue], (whole, more): (&str, &[&Cue])) -> String {
    let (old, from): (Vec<&str>, Vec<&str>) = (vtt.lines().collect(), whole.lines().collect());
    let mut new: Vec<String> = Vec::with_capacity(old.len() + from.len());
    let taken = |cue: &Cue| {
        let lines: Vec<&str> = cue.lines.iter().map(String::as_str).collect();
        let times = from.get(cue.line - 1).copied().unwrap_or_default();
        block(cue.start_ms, cue.end_ms, settings(times), &lines)
    };
    let mut left = more.iter().copied().peekable();
    let mut at = 0;
    for cue in cues {
        let first = cue.line - 1;
        let (before, name) = named(&old, at, first);
        new.extend(before.iter().map(|line| (*line).to_owned()));
        while let Some(one) = left.next_if(|one| one.start_ms < cue.start_ms) {
            new.extend(taken(one));
            new.push(String::new());
        }
        at = first + 1 + cue.lines.len();
        let own = old.get(first..at).unwrap_or_default();
        new.extend(name.iter().chain(own).map(|line| (*line).to_owned()));
    }
    new.extend(old.get(at..).unwrap_or_default().iter().map(|line| (*line).to_owned()));
    for one in left {
        new.push(String::new());
        new.extend(taken(one));
    }
    new.join("\n") + "\n"
}

/// What stands between the line after a cue and the times of the next: notes and the like, and the name of that next one right above it.
/// Above the first cue the head of the file may stand without a blank line: that is nobody's name.
fn named<'a, 'b>(old: &'b [&'a str], at: usize, first: usize) -> (&'b [&'a str], &'b [&'a str]) {
    let before = old.get(at..first).unwrap_or_default();
    let whole = if at == 0 { before.len() } else { 0 };
    before.split_at(before.iter().rposition(|line| line.is_empty()).map_or(whole, |blank| blank + 1))
}

fn block(from: u32, to: u32, settings: &str, lines: &[&str]) -> Vec<String> {
    let mut block = vec![format!("{} --> {}{settings}", clock(from), clock(to))];
    block.extend(lines.iter().map(|line| (*line).to_owned()));
    block
}

/// What stands behind the times of a line, such as ` align:start`.
fn settings(line: &str) -> &str {
    let rest = line.split_once("-->").map_or("", |(_, rest)| rest.trim_start());
    rest.find(char::is_whitespace).map_or("", |at| rest[at..].trim_end())
}

#[cfg(test)]
mod tests {
    use super::super::read::parse;
    use super::*;

    const FILE: &str = "WEBVTT\n\nNOTE kept\n\nfirst\n00:01.000 --> 00:02.000 align:start\nRaz\n\n00:05.000 --> 00:06.000\nDwa\n";

    fn typed(start: &str, end: &str, text: &str) -> Typed {
        Typed { start: start.to_owned(), end: end.to_owned(), text: text.to_owned() }
    }

    fn rewrite(changes: &[(usize, Typed)], more: &Typed) -> Result<String, (Option<usize>, &'static str)> {
        let (text, cues) = parse(FILE.as_bytes()).unwrap();
        rewritten(&text, &cues, changes, more)
    }

    #[test]
    fn a_changed_cue_keeps_its_name_its_place_and_the_notes() {
        let new = rewrite(&[(0, typed("0:01,5", "0:03", "Raz,\n\ndwa"))], &Typed::default()).unwrap();
        let expected = "WEBVTT\n\nNOTE kept\n\nfirst\n00:00:01.500 --> 00:00:03.000 align:start\nRaz,\ndwa\n\n00:05.000 --> 00:06.000\nDwa\n";
        assert_eq!(new, expected);
    }

    #[test]
    fn a_cue_is_taken_out_and_another_added_where_its_time_is() {
        let more = typed("0:03", "0:04", "Półtora");
        let new = rewrite(&[(0, Typed::default())], &more).unwrap();
        let (_, cues) = parse(new.as_bytes()).unwrap();
        let texts: Vec<&str> = cues.iter().map(|cue| cue.text.as_str()).collect();
        assert_eq!(texts, ["Półtora", "Dwa"]);
        let late = rewrite(&[], &typed("0:07", "0:08", "Trzy")).unwrap();
        assert_eq!(parse(late.as_bytes()).unwrap().1.last().unwrap().text, "Trzy");
        let early = rewrite(&[], &typed("0:00", "0:01", "Zero")).unwrap();
        let (_, cues) = parse(early.as_bytes()).unwrap();
        assert_eq!((cues.len(), cues[0].text.as_str(), cues[1].text.as_str()), (3, "Zero", "Raz"));
        assert!(early.contains("first\n00:01.000"), "{early}");
    }

    #[test]
    fn a_file_keeps_its_head_where_no_blank_line_follows() {
        let (text, cues) =
            parse(b"WEBVTT\n00:01.000 --> 00:02.000\nRaz\n00:03.000 --> 00:04.000\nDwa\n").unwrap();
        let read = |new: &str| -> Vec<String> {
            parse(new.as_bytes()).unwrap().1.into_iter().map(|cue| cue.text).collect()
        };
        let without = rewritten(&text, &cues, &[(0, Typed::default())], &Typed::default()).unwrap();
        assert_eq!(read(&without), ["Dwa"], "{without}");
        let before = rewritten(&text, &cues, &[], &typed("0:00", "0:01", "Zero")).unwrap();
        assert_eq!(read(&before), ["Zero", "Raz", "Dwa"], "{before}");
        let cut =
            moved(&text, &cues, |start, end| (start > 1000).then(|| (start - 1000, end - 1000))).unwrap();
        assert_eq!(read(&cut), ["Dwa"], "{cut}");
        let (_, more) = parse(b"WEBVTT\n\n00:00.000 --> 00:00.500\nZero\n").unwrap();
        let more: Vec<&Cue> = more.iter().collect();
        let both = with_cues(&text, &cues, ("WEBVTT\n\n00:00.000 --> 00:00.500\nZero\n", &more));
        assert_eq!(read(&both), ["Zero", "Raz", "Dwa"], "{both}");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert_eq!(rewrite(&[(1, typed("x", "0:06", "Dwa"))], &Typed::default()), Err((Some(1), "start")));
        assert_eq!(rewrite(&[(1, typed("0:06", "0:05", "Dwa"))], &Typed::default()), Err((Some(1), "end")));
        assert_eq!(rewrite(&[], &typed("0:01", "0:02", "a --> b")), Err((None, "text")));
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        assert_eq!(moment(" 1:05,25 "), Some(65_250));
        assert_eq!(moment("01:02:03.004"), Some(3_723_004));
        for bad in ["", "65", "1:75", "1:2:3:4", "1:05.", "1:05.0000", "a:05"] {
            assert_eq!(moment(bad), None, "{bad}");
        }
        assert_eq!(clock(3_723_004), "01:02:03.004");
    }
}

//! Reading a caption file: its letters (UTF-8, UTF-16, Windows-1250), its form (WebVTT or SRT), its cues.
//!
//! Whatever comes in, WebVTT in UTF-8 is what is kept.

use crate::error::{CaptionProblem, Error};

/// Most bytes of a caption file.
pub const MOST_BYTES: usize = 2 << 20;

/// Lines that stand in front of the text of an SRT file once it is WebVTT: `WEBVTT` and a blank one.
const SRT_SHIFT: usize = 2;

/// Tags that captions may carry (W3C WebVTT §3.3); any other does nothing in a player.
const KNOWN_TAGS: [&str; 8] = ["c", "i", "b", "u", "v", "lang", "ruby", "rt"];

/// Letters of Windows-1250 beyond ASCII that Polish text is written with. A file with any other byte is not guessed at.
const WINDOWS_1250: [(u8, char); 33] = [
    (0x82, '‚'),
    (0x84, '„'),
    (0x85, '…'),
    (0x8c, 'Ś'),
    (0x8f, 'Ź'),
    (0x91, '‘'),
    (0x92, '’'),
    (0x93, '“'),
    (0x94, '”'),
    (0x96, '–'),
    (0x97, '—'),
    (0x9c, 'ś'),
    (0x9f, 'ź'),
    (0xa0, '\u{a0}'),
    (0xa3, 'Ł'),
    (0xa5, 'Ą'),
    (0xa7, '§'),
    (0xab, '«'),
    (0xaf, 'Ż'),
    (0xb0, '°'),
    (0xb3, 'ł'),
    (0xb9, 'ą'),
    (0xbb, '»'),
    (0xbf, 'ż'),
    (0xc6, 'Ć'),
    (0xca, 'Ę'),
    (0xd1, 'Ń'),
    (0xd3, 'Ó'),
    (0xe6, 'ć'),
    (0xe9, 'é'),
    (0xea, 'ę'),
    (0xf1, 'ń'),
    (0xf3, 'ó'),
];

/// One cue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// When it appears, in milliseconds.
    pub start_ms: u32,
    /// When it goes, in milliseconds.
    pub end_ms: u32,
    /// Its text without markup, lines joined by a blank.
    pub text: String,
    /// The line of its times in the kept file, from 1.
    pub line: usize,
    /// Its lines as they are kept, with markup.
    pub lines: Vec<String>,
}

impl Cue {
    /// The lines as people see them.
    pub fn shown(&self) -> impl Iterator<Item = String> {
        self.lines.iter().map(|line| plain(line))
    }

    /// The first of its lines (from 0) with a tag that captions do not know, such as `<script>`.
    pub fn strange_tag(&self) -> Option<usize> {
        self.lines.iter().position(|line| tags(line).any(|tag| !is_known(tag)))
    }
}

/// Reads a caption file: its text (WebVTT in UTF-8, without a mark, with plain line ends) and its cues.
///
/// Errors: `Captions` with the line of the file and what is wrong there.
pub fn parse(bytes: &[u8]) -> Result<(String, Vec<Cue>), Error> {
    if bytes.len() > MOST_BYTES {
        return Err(Error::Captions { line: 1, problem: CaptionProblem::TooLarge });
    }
    let text = decoded(bytes).ok_or(Error::Captions { line: 1, problem: CaptionProblem::NotText })?;
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}");
    let (text, shift) = if is_srt(&text) { (webvtt(&text), SRT_SHIFT) } else { (text, 0) };
    // Letters and times may have grown on their way.
    if text.len() > MOST_BYTES {
        return Err(Error::Captions { line: 1, problem: CaptionProblem::TooLarge });
    }
    let cues = cues(&text)
        .map_err(|(line, problem)| Error::Captions { line: line.saturating_sub(shift).max(1), problem })?;
    Ok((text, cues))
}

/// The letters of a file; `None` when they are none that we know.
fn decoded(bytes: &[u8]) -> Option<String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        if rest.is_empty() { String::from_utf16(&units).ok() } else { None }
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(str::to_owned),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Some(text.to_owned()),
            Err(_) => bytes.iter().map(|byte| windows_1250(*byte)).collect(),
        },
    }
}

fn windows_1250(byte: u8) -> Option<char> {
    if byte.is_ascii() {
        return Some(char::from(byte));
    }
    WINDOWS_1250.iter().find(|(known, _)| *known == byte).map(|(_, letter)| *letter)
}

/// Whether a text is SubRip: no `WEBVTT`, and times in its first or second line, after the number of the cue.
fn is_srt(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    match lines.next() {
        Some(first) if first.contains("-->") => true,
        Some(first) if first.bytes().all(|byte| byte.is_ascii_digit()) => {
            lines.next().is_some_and(|second| second.contains("-->"))
        }
        _ => false,
    }
}

/// SubRip as WebVTT: a header in front, and times with a full stop. Every line stays in its place behind the header.
fn webvtt(srt: &str) -> String {
    let mut text = String::from("WEBVTT\n\n");
    for line in srt.lines() {
        match line.split_once("-->") {
            Some((start, rest)) => {
                let end = rest.split_whitespace().next().unwrap_or_default();
                text.push_str(&format!("{} --> {}", padded(start.trim()), padded(end)));
            }
            None => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

/// `0:01:02,5` as `00:01:02.500`; what is no such time stays as it is, for the reader to refuse.
fn padded(time: &str) -> String {
    let (clock, thousandths) = time.split_once([',', '.']).unwrap_or((time, "0"));
    let hours = clock.split(':').next().unwrap_or_default();
    let zero = if hours.len() == 1 { "0" } else { "" };
    if thousandths.len() > 3 { time.to_owned() } else { format!("{zero}{clock}.{thousandths:0<3}") }
}

/// The cues of a WebVTT text; or the line and what is wrong there.
fn cues(text: &str) -> Result<Vec<Cue>, (usize, CaptionProblem)> {
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line)).peekable();
    let header = lines.next().map_or("", |(_, line)| line);
    if header != "WEBVTT" && !header.starts_with("WEBVTT ") && !header.starts_with("WEBVTT\t") {
        return Err((1, CaptionProblem::NoHeader));
    }
    let mut cues: Vec<Cue> = Vec::new();
    let mut skipping = false;
    while let Some((number, line)) = lines.next() {
        if line.is_empty() {
            skipping = false;
        } else if is_aside(line) {
            skipping = true;
        } else if !skipping && line.contains("-->") {
            let (start_ms, end_ms) = times(line).ok_or((number, CaptionProblem::BadTime))?;
            if end_ms <= start_ms {
                return Err((number, CaptionProblem::EndsBeforeStart));
            }
            if cues.last().is_some_and(|before| before.start_ms > start_ms) {
                return Err((number, CaptionProblem::OutOfOrder));
            }
            // An arrow begins the next cue also where no blank line stands before it (W3C WebVTT §6.1, "collect a WebVTT block"): so do
            // players, and a text with an arrow could not be written back.
            let mut own: Vec<String> = Vec::new();
            while let Some((_, line)) = lines.next_if(|(_, line)| !line.is_empty() && !line.contains("-->")) {
                own.push(line.to_owned());
            }
            let words: Vec<String> = own.iter().map(|line| plain(line)).collect();
            let text = words.join(" ").trim().to_owned();
            cues.push(Cue { start_ms, end_ms, text, line: number, lines: own });
        }
    }
    if cues.is_empty() { Err((1, CaptionProblem::NoCues)) } else { Ok(cues) }
}

/// Whether a block that begins with this line is a note, a style or a region.
fn is_aside(line: &str) -> bool {
    matches!(line, "NOTE" | "STYLE" | "REGION") || line.starts_with("NOTE ") || line.starts_with("NOTE\t")
}

fn times(line: &str) -> Option<(u32, u32)> {
    let (start, rest) = line.split_once("-->")?;
    Some((time(start.trim())?, time(rest.split_whitespace().next()?)?))
}

/// `[hh:]mm:ss.mmm`, in milliseconds.
pub(super) fn time(text: &str) -> Option<u32> {
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

/// The names of the tags of a line; a time inside a cue is none.
fn tags(line: &str) -> impl Iterator<Item = &str> {
    line.split('<').skip(1).map(|rest| {
        let inside = rest.split('>').next().unwrap_or_default().trim_start_matches('/');
        inside.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default()
    })
}

fn is_known(tag: &str) -> bool {
    tag.is_empty() || tag.bytes().all(|byte| byte.is_ascii_digit()) || KNOWN_TAGS.contains(&tag)
}

/// A line without tags and with its entities resolved.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: impl AsRef<[u8]>, expected: Result<usize, (usize, CaptionProblem)>) {
        match (parse(file.as_ref()), expected) {
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
        check("Dzień dobry\n", Err((1, CaptionProblem::NoHeader)));
        check("WEBVTT\n\n00:01,000 --> 00:02.000\nx\n", Err((3, CaptionProblem::BadTime)));
        check("WEBVTT\n\n00:02.000 --> 00:01.000\nx\n", Err((3, CaptionProblem::EndsBeforeStart)));
        check(
            "WEBVTT\n\n00:05.000 --> 00:06.000\nx\n\n00:01.000 --> 00:02.000\ny\n",
            Err((6, CaptionProblem::OutOfOrder)),
        );
        check("WEBVTT\n\n", Err((1, CaptionProblem::NoCues)));
        check("WEBVTT\n00:01.000 --> 00:02.000\nx\n00:03.000 --> 00:04.000\ny\n", Ok(2));
        check("WEBVTT\n\n00:01.000 --> 00:02.000\nx --> y\n", Err((4, CaptionProblem::BadTime)));
        check(vec![b'a'; MOST_BYTES + 1], Err((1, CaptionProblem::TooLarge)));
    }

    #[test]
    fn a_transcript_has_no_markup() {
        let (_, cues) =
            parse("WEBVTT\r\n\r\n00:00.000 --> 00:01.000\r\n<i>Tom</i> &amp; Ola\r\nrazem\r\n".as_bytes())
                .unwrap();
        assert_eq!(cues[0].text, "Tom & Ola razem");
        assert_eq!((cues[0].start_ms, cues[0].end_ms, cues[0].line), (0, 1000, 3));
    }

    #[test]
    fn subrip_becomes_webvtt_and_keeps_its_line_numbers() {
        let srt = "1\n0:00:01,5 --> 00:00:02,000 X1:10\nRaz\ndwa\n\n2\n00:00:03,000 --> 00:00:04,000\nTrzy\n";
        let (text, cues) = parse(srt.as_bytes()).unwrap();
        assert_eq!((cues[0].start_ms, cues[0].text.as_str(), cues.len()), (1500, "Raz dwa", 2));
        assert!(text.starts_with("WEBVTT\n\n1\n00:00:01.500 --> 00:00:02.000\nRaz\n"), "{text}");
        // What is kept is read as it was.
        assert_eq!(parse(text.as_bytes()).unwrap(), (text.clone(), cues));
        check(
            "1\n00:00:01,000 --> 00:00:02,000\nx\n\n2\n00:00:05,0000 --> 9\ny\n",
            Err((6, CaptionProblem::BadTime)),
        );
        check("1\n00:00:02,000 --> 00:00:01,000\nx\n", Err((2, CaptionProblem::EndsBeforeStart)));
    }

    #[test]
    fn letters_of_other_programs_are_read_or_refused_but_never_guessed() {
        let text = "WEBVTT\n\n00:00.000 --> 00:01.000\nZażółć gęślą jaźń\n";
        let wide = |mark: [u8; 2], turn: fn(u16) -> [u8; 2]| {
            let mut bytes = mark.to_vec();
            bytes.extend(text.encode_utf16().flat_map(turn));
            bytes
        };
        let windows: Vec<u8> = text
            .chars()
            .map(|letter| {
                let known = WINDOWS_1250.iter().find(|(_, known)| *known == letter);
                known.map_or_else(|| u8::try_from(u32::from(letter)).unwrap(), |(byte, _)| *byte)
            })
            .collect();
        let files = [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            wide([0xff, 0xfe], u16::to_le_bytes),
            wide([0xfe, 0xff], u16::to_be_bytes),
            windows,
        ];
        for file in files {
            assert_eq!(parse(&file).unwrap().1[0].text, "Zażółć gęślą jaźń");
        }
        // ISO 8859-2 writes ą as 0xb1, which is no Polish letter of Windows.
        check(b"WEBVTT\n\n00:00.000 --> 00:01.000\nz\xb1b\n", Err((1, CaptionProblem::NotText)));
        check([0xff_u8, 0xfe, 0x00], Err((1, CaptionProblem::NotText)));
        check([0xff_u8, 0xfe, 0x00, 0xd8, 0x41, 0x00], Err((1, CaptionProblem::NotText)));
    }

    #[test]
    fn a_script_is_text_to_be_named_and_nothing_else() {
        let file =
            "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Ada><00:00.500>Raz\n<script src=x>alert(1)</script>\n";
        let (_, cues) = parse(file.as_bytes()).unwrap();
        assert_eq!(cues[0].strange_tag(), Some(1));
        assert_eq!(cues[0].text, "Raz alert(1)");
    }
}

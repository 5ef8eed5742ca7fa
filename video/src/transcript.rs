//! A film in words: what its captions say, as paragraphs under its chapters, with a person's notes where they belong.

use crate::caption::Cue;
use crate::chapter::Chapter;
use crate::note::Note;

/// A paragraph ends with a sentence once it is this long, and anyway at twice that; in milliseconds.
const PARAGRAPH_MS: u32 = 30_000;

/// A chapter with its paragraphs; without chapters, one part without a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The name of the chapter.
    pub title: String,
    /// In the order of the film.
    pub paragraphs: Vec<Paragraph>,
}

/// A paragraph of the film, or a note of the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// When it begins, in milliseconds.
    pub start_ms: u32,
    /// What was said or noted.
    pub text: String,
    /// It was not said: the reader wrote it.
    pub noted: bool,
}

/// Cues and notes as paragraphs under their chapters, in the order of the film. Cues without words are left out, and chapters after
/// the last word.
pub fn parts(cues: &[Cue], chapters: &[Chapter], notes: &[Note]) -> Vec<Part> {
    let said = cues.iter().filter(|cue| !cue.text.is_empty()).map(|cue| (cue.start_ms, &cue.text, false));
    let mut all: Vec<(u32, &String, bool)> =
        said.chain(notes.iter().map(|note| (note.at_ms, &note.text, true))).collect();
    // What is said at a moment stands before what was noted there.
    all.sort_by_key(|(start, _, noted)| (*start, *noted));
    let mut parts = vec![Part::default()];
    let mut left = chapters.iter().peekable();
    for (start_ms, text, noted) in all {
        while let Some(chapter) = left.next_if(|chapter| chapter.start_ms <= start_ms) {
            parts.push(Part { title: chapter.title.clone(), paragraphs: Vec::new() });
        }
        let Some(part) = parts.last_mut() else { continue };
        match part.paragraphs.last_mut() {
            Some(last)
                if !noted && !last.noted && !is_full(start_ms.saturating_sub(last.start_ms), &last.text) =>
            {
                last.text.push(' ');
                last.text.push_str(text);
            }
            _ => part.paragraphs.push(Paragraph { start_ms, text: text.clone(), noted }),
        }
    }
    parts.retain(|part| !part.paragraphs.is_empty() || !part.title.is_empty());
    parts
}

fn is_full(length_ms: u32, text: &str) -> bool {
    let sentence = text.trim_end().ends_with(['.', '!', '?', '…']);
    length_ms >= PARAGRAPH_MS && sentence || length_ms >= 2 * PARAGRAPH_MS
}

#[cfg(test)]
mod tests {
    use super::{Note, Part, parts};
    use crate::NoteId;
    use crate::caption::parse;
    use crate::chapter::read;

    #[test]
    fn cues_become_paragraphs_under_their_chapters() {
        let vtt = "WEBVTT\n\n00:00.000 --> 00:10.000\nRaz,\n\n00:10.000 --> 00:31.000\ndwa.\n\n00:31.000 --> 00:40.000\nTrzy\n\n\
                   01:00.000 --> 01:10.000\nCztery\n\n01:10.000 --> 01:20.000\n<i></i>\n";
        let (_, cues) = parse(vtt.as_bytes()).unwrap();
        let chapters = read("00:00 Wstęp\n01:00 Koniec\n02:00 Cisza", None).unwrap();
        let shown = |notes: &[Note]| -> Vec<(String, Vec<(u32, String)>)> {
            let one = |part: Part| {
                let paragraphs = part.paragraphs.into_iter();
                (part.title, paragraphs.map(|paragraph| (paragraph.start_ms, paragraph.text)).collect())
            };
            parts(&cues, &chapters, notes).into_iter().map(one).collect()
        };
        let said = |start, text: &str| (start, text.to_owned());
        let expected = vec![
            ("Wstęp".to_owned(), vec![said(0, "Raz, dwa."), said(31_000, "Trzy")]),
            ("Koniec".to_owned(), vec![said(60_000, "Cztery")]),
        ];
        assert_eq!(shown(&[]), expected);
        assert_eq!(parts(&cues, &[], &[]).len(), 1);
        // A note stands where it belongs and parts what is said before it from what comes after.
        let note =
            Note { id: NoteId(uuid::Uuid::nil()), at_ms: 9_000, text: "Ważne".to_owned(), revision: 1 };
        let first = shown(&[note]).remove(0).1;
        assert_eq!(first, [said(0, "Raz,"), said(9_000, "Ważne"), said(10_000, "dwa. Trzy")]);
    }
}

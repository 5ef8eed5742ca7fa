//! Files of questions told by their ending, and one turned into another: `tablica course questions`.

use std::path::Path;

use super::{Loss, Lost, MOST_BYTES, gift, moodle};
use crate::quiz::file;
use crate::quiz::question::Question;
use crate::quiz::settings::Settings;

/// A format of questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The file of a test in a course folder: `.quiz.md`.
    Ours,
    /// GIFT: `.gift`, `.txt`.
    Gift,
    /// Moodle XML: `.xml`.
    Moodle,
}

impl Format {
    /// By the ending of a file's name.
    pub fn of(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        match name.rsplit_once('.')?.1 {
            "md" if name.ends_with(".quiz.md") => Some(Self::Ours),
            "gift" | "txt" => Some(Self::Gift),
            "xml" => Some(Self::Moodle),
            _ => None,
        }
    }

    /// The questions of a file, and what could not be carried over. Of our own format every fault is answered instead.
    pub fn read(self, bytes: &[u8]) -> Result<(Vec<Question>, Vec<Lost>), Vec<file::LineFault>> {
        let Ok(text) = str::from_utf8(bytes) else {
            let line = bytes.iter().take(bad_at(bytes)).filter(|byte| **byte == b'\n').count() + 1;
            return Ok(super::refused(line, Loss::NotThisFormat));
        };
        Ok(match self {
            Self::Ours => (file::read(text)?.questions, Vec::new()),
            Self::Gift => gift::read(text),
            Self::Moodle => moodle::read(text),
        })
    }

    /// The text of a file, and what it cannot say.
    pub fn write(self, questions: &[Question]) -> (String, Vec<Lost>) {
        match self {
            Self::Ours => (file::write(&Settings::default(), questions), Vec::new()),
            Self::Gift => gift::write(questions),
            Self::Moodle => moodle::write(questions),
        }
    }
}

fn bad_at(bytes: &[u8]) -> usize {
    str::from_utf8(bytes).err().map_or(bytes.len(), |error| error.valid_up_to())
}

/// Turns one file into another, which must not be there yet. Answers how many questions, and what was lost, a line each.
///
/// Errors: a sentence; nothing is written then.
pub fn cli_convert(from: &Path, to: &Path) -> Result<String, String> {
    use std::io::{Read as _, Write as _};
    let format = |path: &Path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.and_then(Format::of)
            .ok_or_else(|| format!("{}: the ending must be .quiz.md, .gift, .txt or .xml", path.display()))
    };
    let (source, target) = (format(from)?, format(to)?);
    let said = |path: &Path| {
        let path = path.display().to_string();
        move |error: std::io::Error| format!("{path}: {error}")
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(from).map_err(said(from))?;
    file.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(said(from))?;
    let (questions, mut lost) = source.read(&bytes).map_err(|faults| {
        let name = from.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        crate::folder::listing(&crate::folder::test_reports(name, faults))
    })?;
    if questions.is_empty() {
        let lines: String = lost.iter().map(|lost| format!("line {lost}\n")).collect();
        return Err(format!("{lines}{}: there is no question that can be taken", from.display()));
    }
    let (text, unsaid) = target.write(&questions);
    let mut new = std::fs::File::create_new(to).map_err(said(to))?;
    new.write_all(text.as_bytes()).map_err(said(to))?;
    let mut out: String = lost.drain(..).map(|lost| format!("line {lost}\n")).collect();
    out.extend(unsaid.iter().map(|lost| format!("question {lost}\n")));
    Ok(format!("{out}{}: questions: {}\n", to.display(), questions.len() - left_out(&unsaid)))
}

/// How many questions were left out in writing.
fn left_out(unsaid: &[Lost]) -> usize {
    unsaid.iter().filter(|lost| matches!(lost.what, Loss::Kind(_))).count()
}

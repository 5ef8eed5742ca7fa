//! What can be wrong with a course folder, and how it is said: one line a fault, in English, stable, for terminal and log.

use std::fmt;

use video::error::CaptionProblem;

use super::test_fault;
use crate::quiz::file::FileFault;

/// One fault with its place. Displayed as `file:line: what is wrong; what to do`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Path in the folder, with `/`.
    pub file: String,
    /// Line in that file, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: Fault,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The folder or the file cannot be read; what the system says.
    Unreadable(String),
    /// A text that is not UTF-8.
    NotText,
    /// A zero byte in a text.
    ZeroByte,
    /// More bytes than this.
    TooLarge(u64),
    /// Not TOML; what the reader of TOML says.
    NotToml(String),
    /// A key that the format does not have.
    UnknownKey(String),
    /// A key that must be there.
    MissingKey(&'static str),
    /// A value of another kind; the kind that is wanted.
    WrongKind(&'static str, &'static str),
    /// A value that is empty.
    EmptyValue(&'static str),
    /// More characters than this.
    TooLong(&'static str, usize),
    /// A control character, or a line end where one line is wanted.
    NotOneLine(&'static str),
    /// The name of the course is no name for addresses.
    BadSlug(String),
    /// A language that is not known.
    BadLanguage(String),
    /// A title or a text is said to be a translation, in the language of the course itself.
    OwnLanguage(String),
    /// A title in one language twice.
    TitleTwice(String),
    /// Minutes outside of 1 to 1000.
    BadMinutes,
    /// A share of the film outside of 1 to 95.
    BadFilmSeen,
    /// More units than this.
    TooManyUnits(usize),
    /// Not the name of a unit file.
    BadUnitName(String),
    /// A listed unit has no file.
    NoUnitFile(String),
    /// A unit is listed again; the line of the first.
    ListedTwice(String, usize),
    /// Two units that differ by their number alone; the other one and its line.
    SameName(String, String, usize),
    /// A unit file that no section lists.
    NotListed,
    /// The file does not begin with `+++`.
    NoFrontMatter,
    /// The front matter does not end.
    FrontMatterNotClosed,
    /// Captions of nothing.
    CaptionsWithoutFilm,
    /// Captions of one language twice.
    CaptionsTwice(String),
    /// Captions that are not WebVTT.
    BadCaptions(CaptionProblem),
    /// The path leads out of the folder, directly or by a symbolic link.
    LeadsOut(String),
    /// There is no such file.
    NoSuchFile(String),
    /// There is one whose letters differ in case.
    OtherCase(String, String),
    /// A folder, a pipe or a device.
    NotAFile(String),
    /// The ending is not one of these.
    WrongEnding(String, &'static str),
    /// A picture's name that would not survive; one that would.
    PictureName(String, String),
    /// The bytes are no picture.
    NotAPicture(String),
    /// A picture over the limit.
    PictureTooLarge(String),
    /// A film without a byte.
    EmptyFile(String),
    /// A picture from another site.
    ForeignPicture(String),
    /// A picture without a text.
    PictureWithoutText(String),
    /// A first-level heading.
    TopHeading,
    /// A heading of the second level after one of the first: `before`, `now`.
    SkippedHeading(u8, u8),
    /// A link to a unit that is not there.
    NoSuchUnit(String),
    /// An address that is not passed on.
    BadAddress(String),
    /// Raw HTML.
    Html,
    /// A formula that cannot be read.
    BadFormula(String),
    /// Nested too deep.
    TooDeep,
    /// A line of the test of a unit.
    Test(FileFault),
    /// A test of nothing: there is no such unit.
    TestWithoutUnit(String),
    /// A text in another language without a word.
    NoText,
    /// A text in another language of nothing: there is no such unit.
    TranslationWithoutUnit(String),
    /// A question in another language that the test of the unit, or the bank, does not have.
    NoSuchQuestion(String),
    /// A question in another language has other parts, or another key, than the question itself.
    OtherKey(String),
    /// A question in another language says something that the question itself does not: key and field.
    NotInOriginal(String, String),
    /// Something above the questions of a test in another language.
    NotOfTranslation(String),
    /// Another question has this key: the file and line of the first.
    KeyElsewhere(String, String, usize),
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, remedy) = words(&self.what);
        write!(f, "{}:{}: {what}; {remedy}", shown(&self.file), self.line)
    }
}

/// A text from the folder as it may stand on a terminal: no control characters, not endless.
pub(super) fn shown(text: &str) -> String {
    let mut letters = text.chars();
    let mut shown: String =
        letters.by_ref().take(200).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// What is wrong, and what to do.
fn words(fault: &Fault) -> (String, String) {
    use Fault as F;
    let s = |text: &str| shown(text);
    let (what, remedy): (String, &str) = match fault {
        F::Unreadable(why) => {
            (format!("cannot be read: {}", s(why)), "check that it is there and may be read")
        }
        F::NotText => ("this is not UTF-8".into(), "save the file as UTF-8"),
        F::ZeroByte => ("a zero byte in a text file".into(), "remove it or save the file as UTF-8"),
        F::TooLarge(most) => (format!("larger than {most} bytes"), "divide it"),
        F::NotToml(why) => (format!("this is not TOML: {}", s(why)), "correct the line"),
        F::UnknownKey(key) => (format!("unknown key “{}”", s(key)), "correct its spelling or remove it"),
        F::MissingKey(key) => (format!("there is no “{key}”"), "add it"),
        F::WrongKind(key, wanted) => (format!("“{key}” must be {wanted}"), "correct the value"),
        F::EmptyValue(key) => (format!("“{key}” is empty"), "write a text or something in it"),
        F::TooLong(key, most) => (format!("“{key}” has more than {most} characters"), "shorten it"),
        F::NotOneLine(key) => {
            (format!("“{key}” has a line end or a control character"), "write it in one line of plain text")
        }
        F::BadSlug(slug) => (
            format!("“{}” is no name for addresses", s(slug)),
            "use small letters a–z, digits and single hyphens, at most 80 in all",
        ),
        F::BadLanguage(code) => (
            format!("the language “{}” is not known here", s(code)),
            "write a code: pl, en, uk for a course or a translation, two or three small letters for captions",
        ),
        F::OwnLanguage(code) => (
            format!("“{}” is the language of the course itself", s(code)),
            "correct the language of the translation or remove it",
        ),
        F::TitleTwice(code) => {
            (format!("the title in “{}” is there already", s(code)), "keep one of each language")
        }
        F::BadMinutes => {
            ("“minutes” must be from 1 to 1000".into(), "write the minutes that an unhurried reader needs")
        }
        F::BadFilmSeen => (
            "“film_seen” must be from 1 to 95".into(),
            "write how many per cent of the film have to be seen, or leave it out",
        ),
        F::TooManyUnits(most) => (format!("more than {most} units"), "divide the course"),
        F::BadUnitName(name) => (
            format!("“{}” is no name of a unit", s(name)),
            "call it NN-name: two or three digits, a hyphen, small letters a–z, digits and hyphens, without .md",
        ),
        F::NoUnitFile(name) => {
            (format!("there is no {}.md", s(name)), "add the file or take it off the list")
        }
        F::ListedTwice(name, line) => {
            (format!("{} is listed already in line {line}", s(name)), "list it once")
        }
        F::SameName(name, other, line) => (
            format!("{} and {} (line {line}) differ by their number alone", s(name), s(other)),
            "rename one of them",
        ),
        F::NotListed => {
            ("no section lists this unit".into(), "add it to a section in course.toml or remove the file")
        }
        F::NoFrontMatter => {
            ("the file must start with a line +++".into(), "add the front matter with title and minutes")
        }
        F::FrontMatterNotClosed => {
            ("the front matter is not closed".into(), "add a second line +++ after it")
        }
        F::CaptionsWithoutFilm => ("captions without a film".into(), "add “film” or remove “captions”"),
        F::CaptionsTwice(language) => {
            (format!("captions in “{}” are listed already", s(language)), "keep one file of each language")
        }
        F::BadCaptions(problem) => captions(*problem),
        F::LeadsOut(path) => {
            (format!("{} leads out of the folder", s(path)), "copy the file into media/ and name it media/…")
        }
        F::NoSuchFile(path) => (format!("there is no {}", s(path)), "add the file or correct the name"),
        F::OtherCase(path, found) => (
            format!("there is no {}, but {}", s(path), s(found)),
            "write small and capital letters as in the name of the file",
        ),
        F::NotAFile(path) => (format!("{} is not a file", s(path)), "put a file in its place"),
        F::WrongEnding(path, endings) => {
            return (
                format!("{} has an ending that is not taken", s(path)),
                format!("use one of: {endings}"),
            );
        }
        F::PictureName(path, better) => {
            return (
                format!("{} is no name for a picture", s(path)),
                format!("rename the file to {}", s(better)),
            );
        }
        F::NotAPicture(path) => {
            (format!("{} is not a picture inside", s(path)), "save it as PNG, JPEG, WebP or GIF")
        }
        F::PictureTooLarge(path) => (format!("{} is larger than 10 MB", s(path)), "make it smaller"),
        F::EmptyFile(path) => (format!("{} is empty", s(path)), "put the whole file in its place"),
        F::ForeignPicture(address) => (
            format!("the picture {} is on another site", s(address)),
            "copy it into media/, if its licence allows",
        ),
        F::PictureWithoutText(path) => (
            format!("the picture {} has no text", s(path)),
            "say in the square brackets what it shows, or remove an ornament",
        ),
        F::TopHeading => ("heading of level 1".into(), "begin at ##: the page has its title already"),
        F::SkippedHeading(before, now) => {
            return (
                format!("heading of level {now} after level {before}"),
                format!("make it level {} or add the one between", before + 1),
            );
        }
        F::NoSuchUnit(file) => {
            (format!("there is no unit {}", s(file)), "correct the name of the file in the link")
        }
        F::BadAddress(address) => (
            format!("the address “{}” is not passed on", s(address)),
            "begin it with https:, http:, mailto: or tel:, or name a unit file",
        ),
        F::Html => (
            "HTML, which is not passed on".into(),
            "write it in Markdown, or show it as code between backticks",
        ),
        F::BadFormula(formula) => (
            format!("the formula “{}” cannot be read", s(formula)),
            "correct the LaTeX, or write \\$ for a dollar sign",
        ),
        F::Test(fault) => test_fault::words(fault),
        F::TestWithoutUnit(name) => (
            format!("no section lists the unit {} of this test", s(name)),
            "name the test like its unit, or add the unit to course.toml",
        ),
        F::NoText => ("there is no text".into(), "translate the text of the unit, or remove the file"),
        F::TranslationWithoutUnit(name) => (
            format!("no section lists the unit {} of this translation", s(name)),
            "name the file like its unit, or add the unit to course.toml",
        ),
        F::NoSuchQuestion(key) => (
            format!("the original has no question “{}”", s(key)),
            "correct the line Klucz:, or remove the question",
        ),
        F::OtherKey(key) => (
            format!("the answers of “{}” are not those of the original", s(key)),
            "keep kind, number, order and marks of the answers as they are there, and translate their words alone",
        ),
        F::NotInOriginal(key, field) => (
            format!("“{}” says something that the original does not: {}", s(key), s(field)),
            "add it to the original too, or remove it",
        ),
        F::NotOfTranslation(line) => (
            format!("“{}” cannot stand above the questions of a translation", s(line)),
            "remove it: settings and introduction are of the test; only Nieaktualne: with keys may stand here",
        ),
        F::KeyElsewhere(key, file, line) => (
            format!("the key “{}” is that of another question in {}:{line}", s(key), s(file)),
            "give every question of the course its own",
        ),
        F::TooDeep => {
            ("lists or quotations nested too deep".into(), "flatten the text; at most 40 levels are shown")
        }
    };
    (what, remedy.to_owned())
}

fn captions(problem: CaptionProblem) -> (String, &'static str) {
    match problem {
        CaptionProblem::NoHeader => ("the file must start with WEBVTT".into(), "save the captions as WebVTT"),
        CaptionProblem::NotText => ("this is not UTF-8".into(), "save the file as UTF-8"),
        CaptionProblem::TooLarge => ("captions larger than 2 MB".into(), "check that it is the right file"),
        CaptionProblem::BadTime => (
            "a time that cannot be read".into(),
            "write 00:01.000 --> 00:02.000, with a full stop before thousandths",
        ),
        CaptionProblem::EndsBeforeStart => {
            ("a caption that ends before it begins".into(), "correct its times")
        }
        CaptionProblem::OutOfOrder => (
            "a caption that begins before the one above it".into(),
            "put the captions in the order of their times",
        ),
        CaptionProblem::NoCues => ("no captions in the file".into(), "add them or remove the file"),
        CaptionProblem::BadLanguage => ("a language that is no code".into(), "write a code such as pl"),
    }
}

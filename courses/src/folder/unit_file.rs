//! A unit file: its front matter, and everything that can be checked about its Markdown.

use std::collections::{BTreeMap, HashMap};

use toml::de::DeValue;
use video::caption;

use super::fault::{Fault, Report};
use super::files::Files;
use super::keys::{Faults, Keys, Shape, Source, parse};
use super::{Captions, Film, Picture, Unit, links, text_file, worded_file};
use crate::markdown::{self, Places};
use crate::media;
use crate::outline::MOST_MARKDOWN_BYTES;
use crate::seen::MOST_PERCENT;

/// Most bytes of a unit file: its Markdown and room for its front matter.
pub(super) const MOST_FILE_BYTES: u64 = MOST_MARKDOWN_BYTES as u64 + 16 * 1024;

const PICTURE_ENDINGS: &str = "png, jpg, jpeg, webp, gif";
const FILM_ENDINGS: &str = "mp4, m4v, mov, mkv, webm";
const CAPTION_ENDINGS: &str = "vtt";

/// Reads unit files, with what they share: the folder, the other units, pictures that were looked at.
pub(super) struct Reader<'a> {
    pub files: &'a mut Files,
    /// File names of all units, so that links are known.
    pub places: Places,
    /// Pictures by path, the good and the bad.
    pub pictures: BTreeMap<String, Result<Picture, Fault>>,
    /// Files of texts in other languages that were not read yet, by the unit that they name.
    pub translated: HashMap<String, Vec<String>>,
    /// The same of files of tests in other languages.
    pub worded: HashMap<String, Vec<String>>,
}

/// Files that are meant as something in another language, by the unit that they name. `meant`: the unit and the language that a file is
/// meant for.
fn by_unit(files: &[String], meant: impl Fn(&str) -> Option<(&str, &str)>) -> HashMap<String, Vec<String>> {
    let mut units: HashMap<String, Vec<String>> = HashMap::new();
    for file in files {
        if let Some((unit, _)) = meant(file) {
            units.entry(unit.to_owned()).or_default().push(file.clone());
        }
    }
    units
}

impl<'a> Reader<'a> {
    /// `names` are the listed units, without `.md`.
    pub fn new<'n>(files: &'a mut Files, names: impl Iterator<Item = &'n str>) -> Self {
        let units = names.map(|name| (format!("{name}.md"), String::from("#"))).collect();
        let places = Places { units, ..Places::default() };
        let top = files.top();
        let (translated, worded) = (by_unit(&top, text_file::meant), by_unit(&top, worded_file::meant));
        Self { files, places, pictures: BTreeMap::new(), translated, worded }
    }

    /// Reads `name.md`; faults are added to `reports` in the order of their lines.
    pub fn read(&mut self, name: &str, slug: &str, text: &str, reports: &mut Vec<Report>) -> Option<Unit> {
        let file = format!("{name}.md");
        let mut faults = Faults { file: &file, found: Vec::new() };
        let mut elsewhere = Vec::new();
        let parts = split(text).map_err(|fault| faults.add(1, fault)).ok();
        let unit = parts.map(|(front, body, body_line)| {
            let source = Source { text: front, first_line: 2 };
            let table = parse(&source, &mut faults);
            let mut keys = Keys::of(&source, table, 1);
            let title = keys.text("title", true, (Shape::Line, 200), &mut faults).unwrap_or_default().1;
            let minutes = minutes(&mut keys, &mut faults).unwrap_or_default();
            let film = self.film(&mut keys, &mut faults, &mut elsewhere);
            let film_seen = film_seen(&mut keys, film.is_some(), &mut faults);
            keys.end(&mut faults);
            if body.len() > MOST_MARKDOWN_BYTES {
                faults.add(body_line, Fault::TooLarge(MOST_MARKDOWN_BYTES as u64));
            } else {
                self.check_text(body, body_line, &mut faults);
            }
            let (name, slug, markdown) = (name.to_owned(), slug.to_owned(), body.to_owned());
            let (texts, worded) = (Vec::new(), Vec::new());
            Unit { name, slug, title, minutes, markdown, film, film_seen, test: None, texts, worded }
        });
        faults.found.sort_by_key(|report| report.line);
        reports.append(&mut faults.found);
        reports.append(&mut elsewhere);
        unit
    }

    fn film(
        &mut self,
        keys: &mut Keys<'_, '_>,
        faults: &mut Faults<'_>,
        elsewhere: &mut Vec<Report>,
    ) -> Option<Film> {
        let named = keys.text("film", false, (Shape::Line, 400), faults);
        let wanted =
            "a list such as [{ language = \"pl\", label = \"Polski\", file = \"media/film.pl.vtt\" }]";
        let listed = keys.tables("captions", false, wanted, faults);
        if let (None, Some(first)) = (&named, listed.first()) {
            faults.add(first.line(), Fault::CaptionsWithoutFilm);
        }
        let mut captions: Vec<Captions> = Vec::new();
        for mut keys in listed {
            let language = keys.text("language", true, (Shape::Line, 40), faults);
            let label = keys.text("label", true, (Shape::Line, 60), faults);
            let path = keys.text("file", true, (Shape::Line, 400), faults);
            keys.end(faults);
            if let Some((line, code)) = &language {
                if !(2..=3).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_lowercase()) {
                    faults.add(*line, Fault::BadLanguage(code.clone()));
                } else if captions.iter().any(|other| other.language == *code) {
                    faults.add(*line, Fault::CaptionsTwice(code.clone()));
                }
            }
            let text = path.and_then(|(line, path)| self.caption_text(line, &path, faults, elsewhere));
            if let (Some((_, language)), Some((_, label)), Some(text)) = (language, label, text) {
                captions.push(Captions { language, label, text });
            }
        }
        let (line, path) = named?;
        let film = wrong_ending(&path, FILM_ENDINGS)
            .and_then(|()| self.files.find(&path))
            .and_then(|file| if file.length == 0 { Err(Fault::EmptyFile(path)) } else { Ok(file) });
        let film = film.map_err(|fault| faults.add(line, fault)).ok()?;
        Some(Film { source: film.path, size_bytes: film.length, captions })
    }

    fn caption_text(
        &mut self,
        line: usize,
        path: &str,
        faults: &mut Faults<'_>,
        elsewhere: &mut Vec<Report>,
    ) -> Option<String> {
        let found = wrong_ending(path, CAPTION_ENDINGS)
            .and_then(|()| self.files.find(path))
            // One byte more, so that the reader of captions says itself what is too large.
            .and_then(|file| file.beginning(caption::MOST_BYTES as u64 + 1));
        let bytes = found.map_err(|fault| faults.add(line, fault)).ok()?;
        let (line, what) = match caption::parse(&bytes) {
            Ok((text, _)) => return Some(text),
            Err(video::Error::Captions { line, problem }) => (line, Fault::BadCaptions(problem)),
            Err(other) => (1, Fault::Unreadable(other.to_string())),
        };
        elsewhere.push(Report { file: path.to_owned(), line, what });
        None
    }

    /// Looks at Markdown: pictures, links, headings, what is not passed on.
    pub fn check_text(&mut self, body: &str, first_line: usize, faults: &mut Faults<'_>) {
        let shown = links::pictures(body);
        // Pictures are judged here, with their place in the folder; the renderer is told that all of them are there.
        let all: HashMap<String, String> =
            shown.iter().map(|shown| (shown.path.clone(), String::from("#"))).collect();
        self.places.media = all;
        for finding in markdown::render(body, &self.places).findings {
            let what = match finding.what {
                markdown::Fault::PictureWithoutText(_) | markdown::Fault::NoSuchPicture(_) => continue,
                // What is advice, and what can be waived, is looked at before publishing.
                markdown::Fault::VagueLink(_)
                | markdown::Fault::BareAddress(_)
                | markdown::Fault::LinkWithoutWords(_)
                | markdown::Fault::TableWithoutHeader
                | markdown::Fault::OtherLanguage(_) => continue,
                markdown::Fault::NoSuchUnit(file) => Fault::NoSuchUnit(file),
                markdown::Fault::TopHeading => Fault::TopHeading,
                markdown::Fault::SkippedHeading { before, now } => Fault::SkippedHeading(before, now),
                markdown::Fault::BadAddress(address) => Fault::BadAddress(address),
                markdown::Fault::Html => Fault::Html,
                markdown::Fault::BadFormula(formula) => Fault::BadFormula(formula),
                markdown::Fault::TooDeep => Fault::TooDeep,
            };
            faults.add(first_line + finding.line - 1, what);
        }
        for shown in shown {
            let line = first_line + shown.line - 1;
            if let Err(fault) = self.known_picture(&shown.path) {
                faults.add(line, fault);
            }
            if !shown.has_text {
                faults.add(line, Fault::PictureWithoutText(shown.path));
            }
        }
    }

    /// A picture of the course, looked at once.
    pub fn known_picture(&mut self, path: &str) -> Result<(), Fault> {
        if !self.pictures.contains_key(path) {
            let picture = self.picture(path);
            self.pictures.insert(path.to_owned(), picture);
        }
        match self.pictures.get(path) {
            Some(Err(fault)) => Err(fault.clone()),
            _ => Ok(()),
        }
    }

    fn picture(&mut self, path: &str) -> Result<Picture, Fault> {
        let lower = path.to_ascii_lowercase();
        if ["http:", "https:", "//"].iter().any(|start| lower.starts_with(start)) {
            return Err(Fault::ForeignPicture(path.to_owned()));
        }
        let found = self.files.find(path);
        if let Err(fault @ Fault::LeadsOut(_)) = found {
            return Err(fault);
        }
        wrong_ending(path, PICTURE_ENDINGS)?;
        let file = found?;
        let name = media::tidy_name(path);
        if format!("media/{name}") != path {
            return Err(Fault::PictureName(path.to_owned(), format!("media/{name}")));
        }
        if file.length > media::MOST_BYTES as u64 {
            return Err(Fault::PictureTooLarge(path.to_owned()));
        }
        if media::picture_type(&file.beginning(16)?).is_none() {
            return Err(Fault::NotAPicture(path.to_owned()));
        }
        Ok(Picture { name, source: file.path })
    }
}

/// Front matter, Markdown, and the line in which the Markdown begins. One blank line between them belongs to neither.
pub(super) fn split(text: &str) -> Result<(&str, &str, usize), Fault> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if first.trim_end() != "+++" {
        return Err(Fault::NoFrontMatter);
    }
    let mut end = 0;
    for (number, line) in (2..).zip(rest.split_inclusive('\n')) {
        if line.trim_end() == "+++" {
            let (front, body) = (&rest[..end], &rest[end + line.len()..]);
            return Ok(match body.strip_prefix('\n') {
                Some(body) => (front, body, number + 2),
                None => (front, body, number + 1),
            });
        }
        end += line.len();
    }
    Err(Fault::FrontMatterNotClosed)
}

fn minutes(keys: &mut Keys<'_, '_>, faults: &mut Faults<'_>) -> Option<i32> {
    let (line, value) = keys.take("minutes", true, faults)?;
    let fault = match value {
        DeValue::Integer(number) => match i32::from_str_radix(number.as_str(), number.radix()) {
            Ok(minutes @ 1..=1000) => return Some(minutes),
            _ => Fault::BadMinutes,
        },
        _ => Fault::WrongKind("minutes", "a whole number"),
    };
    faults.add(line, fault);
    None
}

/// What has to be seen of the film, in per cent. Of a film that is faulty itself only the number is looked at.
fn film_seen(keys: &mut Keys<'_, '_>, film: bool, faults: &mut Faults<'_>) -> Option<i16> {
    let (line, value) = keys.take("film_seen", false, faults)?;
    let DeValue::Integer(number) = value else {
        faults.add(line, Fault::WrongKind("film_seen", "a whole number"));
        return None;
    };
    match i16::from_str_radix(number.as_str(), number.radix()) {
        Ok(percent) if (1..=MOST_PERCENT).contains(&percent) => film.then_some(percent),
        _ => {
            faults.add(line, Fault::BadFilmSeen);
            None
        }
    }
}

fn wrong_ending(path: &str, endings: &'static str) -> Result<(), Fault> {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    let taken = endings.split(", ").any(|known| known == ending);
    if taken { Ok(()) } else { Err(Fault::WrongEnding(path.to_owned(), endings)) }
}

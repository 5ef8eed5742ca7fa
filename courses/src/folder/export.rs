//! The draft of a course as a folder. `course.toml` is written last, so that a broken export is no course.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use base::Tx;
use tokio::fs;
use video::take::Place;
use video::{caption, trim};

use super::fault::Report;
use super::import::Error;
use super::{TextIn, TitleIn, films, links, test_file, worded_file, write};
use crate::course::Card;
use crate::find::Taught;
use crate::outline::{self, Unit};
use crate::quiz::question::Question;
use crate::quiz::settings::Settings;
use crate::quiz::translated::{self, Translated};
use crate::quiz::{file, store};
use crate::slug::without_number;
use crate::translation::{self, Text};
use crate::{UnitId, film, title};

/// What an export wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Unit files.
    pub units: usize,
    /// Files of tests.
    pub tests: usize,
    /// Files of texts and of questions in other languages.
    pub translations: usize,
    /// Questions that stand in no test.
    pub bank: usize,
    /// Pictures.
    pub pictures: usize,
    /// Films.
    pub films: usize,
    /// Units whose film has no complete upload yet: it is not in the folder, nor are its captions.
    pub without_film: Vec<String>,
    /// What `read` says of the new folder: a draft may have faults that a folder may not have when it is imported.
    pub faults: Vec<Report>,
}

/// A unit with what belongs to its film: blob and size of the upload, captions as language, label and text.
struct Whole {
    unit: Unit,
    film: Option<(String, u64)>,
    captions: Vec<(String, String, String)>,
    without_film: bool,
    test: Option<(Settings, Vec<Question>)>,
    texts: Vec<TextIn>,
    /// Language and file of its test.
    worded: Vec<(String, String)>,
}

struct Content {
    card: Card,
    titles: Vec<TitleIn>,
    /// Titles, and how many units follow.
    sections: Vec<(String, usize)>,
    units: Vec<Whole>,
    /// Questions of the bank that no test of these units has.
    bank: Vec<Question>,
    /// Language and file of them.
    bank_worded: Vec<(String, String)>,
    /// Name and blob.
    pictures: Vec<(String, String)>,
}

/// Writes the draft into a new or empty folder. Nothing there is written over.
///
/// Errors: `NotEmpty`, `Writing`.
pub async fn export(place: &Place, proof: &Taught, into: &Path) -> Result<Exported, Error> {
    let mut tx = place.db.begin(&place.actor).await?;
    let content = content(&mut tx, proof).await?;
    drop(tx);
    prepare(into, &content).await?;
    let names = names(&content);
    let (mut films, mut tests, mut translations) = (0, 0, 0);
    for (whole, name) in content.units.iter().zip(&names) {
        let slug = &whole.unit.slug;
        let mut front = write::Front {
            title: &whole.unit.title,
            minutes: whole.unit.minutes,
            film: None,
            captions: Vec::new(),
            film_seen: None,
        };
        if let Some((key, bytes)) = &whole.film {
            front.film_seen = whole.unit.film_percent;
            let first = place.blobs.get_range(key, 0..(*bytes).min(64)).await?;
            let path = format!("media/{slug}.{}", films::ending(&first));
            films::fetch(&place.blobs, key, *bytes, &into.join(&path)).await?;
            front.film = Some(path);
            films += 1;
        }
        for (language, label, text) in &whole.captions {
            let path = format!("media/{slug}.{language}.vtt");
            create(&into.join(&path), text.as_bytes()).await?;
            front.captions.push((language.clone(), label.clone(), path));
        }
        let markdown = links::rename(&whole.unit.markdown, |file| new_name(file, &content.units, &names));
        let text = write::unit_file(&front, &markdown);
        create(&into.join(format!("{name}.md")), text.as_bytes()).await?;
        if let Some((settings, questions)) = &whole.test {
            let text = file::write(settings, questions);
            let text = links::rename(&text, |file| new_name(file, &content.units, &names));
            create(&into.join(format!("{name}{}", test_file::ENDING)), text.as_bytes()).await?;
            tests += 1;
        }
        for (language, text) in &whole.worded {
            let text = links::rename(text, |file| new_name(file, &content.units, &names));
            let path = into.join(format!("{name}.{language}{}", test_file::ENDING));
            create(&path, text.as_bytes()).await?;
            translations += 1;
        }
        for text in &whole.texts {
            let markdown = links::rename(&text.markdown, |file| new_name(file, &content.units, &names));
            let path = into.join(format!("{name}.{}.md", text.language));
            create(&path, write::text_file(&TextIn { markdown, ..text.clone() }).as_bytes()).await?;
            translations += 1;
        }
    }
    if !content.bank.is_empty() {
        let text = file::write_bank(&content.bank);
        let text = links::rename(&text, |file| new_name(file, &content.units, &names));
        create(&into.join(test_file::BANK), text.as_bytes()).await?;
    }
    for (language, text) in &content.bank_worded {
        let text = links::rename(text, |file| new_name(file, &content.units, &names));
        let path = into.join(format!("{}.{language}{}", worded_file::BANK, test_file::ENDING));
        create(&path, text.as_bytes()).await?;
        translations += 1;
    }
    for (name, key) in &content.pictures {
        create(&into.join("media").join(name), &place.blobs.get(key).await?).await?;
    }
    let mut left = names.iter().cloned();
    let sections: Vec<(String, Vec<String>)> = content
        .sections
        .iter()
        .map(|(title, count)| (title.clone(), left.by_ref().take(*count).collect()))
        .collect();
    let text = write::course_file(&content.card, &content.titles, &sections);
    create(&into.join("course.toml"), text.as_bytes()).await?;
    let written = into.to_owned();
    let checked = tokio::task::spawn_blocking(move || super::read(&written, &[]))
        .await
        .map_err(|error| Error::Writing { path: into.to_owned(), why: std::io::Error::other(error) })?;
    Ok(Exported {
        units: content.units.len(),
        tests,
        translations,
        bank: content.bank.len(),
        pictures: content.pictures.len(),
        films,
        without_film: content.units.into_iter().filter(|w| w.without_film).map(|w| w.unit.slug).collect(),
        faults: checked.err().unwrap_or_default(),
    })
}

async fn content(tx: &mut Tx, proof: &Taught) -> Result<Content, Error> {
    // The outline does not change while it is read.
    let row = sqlx::query!(
        "select slug, title, summary, language, author, listed from course where id = $1 for update",
        proof.id().0
    )
    .fetch_one(tx.connection())
    .await?;
    let card = Card {
        title: row.title,
        slug: row.slug,
        summary: row.summary,
        language: row.language,
        author: row.author,
        listed: row.listed,
    };
    let titles = title::all(tx, proof).await?.into_iter().map(|one| TitleIn {
        language: one.language,
        title: one.title,
        summary: one.summary,
        outdated: one.stale,
    });
    let titles = titles.collect();
    let outline = outline::draft(tx, proof).await?;
    let mut texts: HashMap<UnitId, Vec<TextIn>> = HashMap::new();
    for text in translation::texts(tx, proof).await? {
        let Text { unit, language, title, markdown, stale, .. } = text;
        texts.entry(unit).or_default().push(TextIn { language, title, markdown, outdated: stale });
    }
    let worded = translated::all(tx, proof).await?;
    let mut units = Vec::new();
    for line in outline.iter().flat_map(|section| &section.units) {
        let unit = outline::unit(tx, proof, line.id).await?;
        let texts = texts.remove(&line.id).unwrap_or_default();
        units.push(whole(tx, proof, unit, (texts, &worded[..])).await?);
    }
    let asked: HashSet<String> = units
        .iter()
        .flat_map(|whole: &Whole| whole.test.iter().flat_map(|(_, questions)| questions))
        .map(|question| question.key.clone())
        .collect();
    let mut bank = store::bank(tx, proof).await?;
    bank.retain(|question| !asked.contains(&question.key));
    let bank_worded = worded_file::write(&bank, &worded);
    let pictures = sqlx::query!(
        "select name, blob_key from media where course_id = $1 and replaced_at is null order by name",
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(Content {
        card,
        titles,
        sections: outline.into_iter().map(|section| (section.title, section.units.len())).collect(),
        units,
        bank,
        bank_worded,
        pictures: pictures.into_iter().map(|row| (row.name, row.blob_key)).collect(),
    })
}

async fn whole(
    tx: &mut Tx,
    proof: &Taught,
    unit: Unit,
    (texts, worded): (Vec<TextIn>, &[Translated]),
) -> Result<Whole, Error> {
    let test = store::draft(tx, proof, unit.id).await?;
    let asked = test.as_ref().map(|(_, questions)| questions.as_slice()).unwrap_or_default();
    let worded = worded_file::write(asked, worded);
    let mut whole =
        Whole { unit, film: None, captions: Vec::new(), without_film: false, test, texts, worded };
    let Some(id) = whole.unit.film else { return Ok(whole) };
    let film = film::for_editing(tx, proof, id).await?;
    whole.film = video::film::source(tx, &film).await?;
    whole.without_film = whole.film.is_none();
    if whole.without_film {
        return Ok(whole);
    }
    // The file is the whole film, and captions speak of moments of it. The transaction is only read from: the cut stays.
    trim::undo(tx, &film).await?;
    for captions in caption::languages(tx, &film.watchable()).await? {
        let text = caption::file(tx, &film.watchable(), &captions.language).await?;
        whole.captions.push((captions.language, captions.label, text));
    }
    Ok(whole)
}

/// File names of the units, without `.md`, numbered in order.
fn names(content: &Content) -> Vec<String> {
    let digits = if content.units.len() < 100 { 2 } else { 3 };
    let units = content.units.iter().enumerate();
    units.map(|(at, whole)| format!("{:0digits$}-{}", at + 1, whole.unit.slug)).collect()
}

/// The new name of a unit file that a link names with any number, or with none.
fn new_name(file: &str, units: &[Whole], names: &[String]) -> Option<String> {
    let stem = file.strip_suffix(".md")?;
    let at = |slug: &str| units.iter().position(|whole| whole.unit.slug == slug);
    let name = &names[at(stem).or_else(|| at(without_number(stem)))?];
    Some(format!("{name}.md"))
}

async fn prepare(into: &Path, content: &Content) -> Result<(), Error> {
    fs::create_dir_all(into).await.map_err(Error::writing(into))?;
    let mut entries = fs::read_dir(into).await.map_err(Error::writing(into))?;
    while let Some(entry) = entries.next_entry().await.map_err(Error::writing(into))? {
        if !entry.file_name().to_string_lossy().starts_with('.') {
            return Err(Error::NotEmpty(into.to_owned()));
        }
    }
    if content.pictures.is_empty() && content.units.iter().all(|whole| whole.film.is_none()) {
        return Ok(());
    }
    let media = into.join("media");
    fs::create_dir(&media).await.map_err(Error::writing(&media))
}

/// Writes a new file.
async fn create(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    use tokio::io::AsyncWriteExt as _;
    let mut file = fs::File::create_new(path).await.map_err(Error::writing(path))?;
    file.write_all(bytes).await.map_err(Error::writing(path))?;
    file.sync_all().await.map_err(Error::writing(path))
}

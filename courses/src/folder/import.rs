//! A read folder becomes the draft of a course: text and pictures in one transaction, films after it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use base::{Blobs, Tx, audit};
use identity::permit::Author;
use identity::{FieldProblem, Problem};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use video::take::Place;
use video::trim::{self, NotCut};
use video::{Editable, FilmId, caption};

use super::films::{self, Standing};
use super::{CourseFolder, Film, Unit, worded_file};
use crate::course::{self, Card};
use crate::find::Taught;
use crate::outline::{self, UnitLine, UnitText};
use crate::quiz::file::Sheet;
use crate::quiz::{pool, store};
use crate::{CourseId, SectionId, UnitId, film, media, seen, title, translation};

/// Why a folder was not taken in, or not written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The area refused.
    #[error(transparent)]
    Course(#[from] crate::Error),
    /// The organisation has a course of this name in addresses.
    #[error("there is a course “{0}” already; replace its draft or change the slug")]
    Exists(String),
    /// The folder is that of another course.
    #[error("the folder is of the course “{folder}”, not of “{course}”")]
    OtherCourse {
        /// Slug in `course.toml`.
        folder: String,
        /// Slug of the course whose draft was to be replaced.
        course: String,
    },
    /// A film could not be sent. The text is imported; the same folder can be imported again in place of it.
    #[error("the film of the unit “{unit}”: {why}; the text is imported, import again in place of it")]
    Film {
        /// The unit's name in addresses.
        unit: String,
        /// Why.
        why: Box<Error>,
    },
    /// A file changed or went away since the folder was checked.
    #[error("{}: {why}", path.display())]
    Reading {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
    /// A file could not be written.
    #[error("{}: {why}", path.display())]
    Writing {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
    /// An export goes into a new or empty folder; names that begin with a full stop do not count.
    #[error("the folder {} is not empty", .0.display())]
    NotEmpty(PathBuf),
}

impl Error {
    pub(super) fn reading(path: &Path) -> impl Fn(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |why| Self::Reading { path: path.clone(), why }
    }

    pub(super) fn writing(path: &Path) -> impl Fn(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |why| Self::Writing { path: path.clone(), why }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Course(error.into())
    }
}

impl From<base::blob::BlobError> for Error {
    fn from(error: base::blob::BlobError) -> Self {
        Self::Course(error.into())
    }
}

impl From<video::Error> for Error {
    fn from(error: video::Error) -> Self {
        Self::Course(error.into())
    }
}

/// What an import did.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The course, taught by the one who imported it.
    pub course: Taught,
    /// Units in the draft now.
    pub units: usize,
    /// Units with a test.
    pub tests: usize,
    /// Texts of units in other languages.
    pub translations: usize,
    /// Pictures that are new or changed.
    pub pictures: usize,
    /// Films that were sent to the workers.
    pub films: usize,
}

/// Makes a course of a folder; the acting person teaches it. `most_film_bytes` is the limit of a film here.
///
/// Errors: `Exists`; `Film` after the text was taken in.
pub async fn import(
    place: &Place,
    author: &Author,
    folder: &CourseFolder,
    most_film_bytes: u64,
) -> Result<Imported, Error> {
    let mut tx = place.db.begin(&place.actor).await?;
    let proof = course::create(&mut tx, author, &folder.card).await.map_err(|error| match error {
        crate::Error::Invalid(problems) if problems == [taken()] => Error::Exists(folder.card.slug.clone()),
        other => Error::Course(other),
    })?;
    let draft = Draft { proof: &proof, folder, standings: HashMap::new() };
    let written = draft.write(&mut tx, &place.blobs).await?;
    tx.commit().await?;
    written.send(place, proof, folder, most_film_bytes).await
}

fn taken() -> FieldProblem {
    FieldProblem { field: "slug", problem: Problem::Taken }
}

/// Makes the draft of a course equal to a folder: units are matched by their names in addresses, what the folder does not
/// have is taken out, and a film is sent again only when its bytes differ. The name of the course in addresses, its
/// published versions and the progress of learners stay.
///
/// Errors: `OtherCourse`; `Film` after the text was taken in; `Course(ChangedMeanwhile)` when somebody saves a unit at this moment.
pub async fn replace(
    place: &Place,
    proof: &Taught,
    folder: &CourseFolder,
    most_film_bytes: u64,
) -> Result<Imported, Error> {
    if folder.card.slug != proof.slug() {
        return Err(Error::OtherCourse { folder: folder.card.slug.clone(), course: proof.slug().to_owned() });
    }
    let standings = films::compare(place, proof, folder).await?;
    let mut tx = place.db.begin(&place.actor).await?;
    let listed = sqlx::query_scalar!("select listed from course where id = $1 for update", proof.id().0)
        .fetch_one(tx.connection())
        .await?;
    course::change(&mut tx, proof, &Card { listed, ..folder.card.clone() }).await?;
    let draft = Draft { proof, folder, standings };
    let written = draft.write(&mut tx, &place.blobs).await?;
    tx.commit().await?;
    written.send(place, proof.clone(), folder, most_film_bytes).await
}

/// The course of that name if the acting person teaches it; for commands at the terminal, where nobody is signed in.
///
/// Errors: `Course(NotAllowed)` when there is one that the person does not teach.
pub async fn taught(tx: &mut Tx, _: &Author, slug: &str) -> Result<Option<Taught>, Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let row = sqlx::query!(
        r#"select id, slug, exists (select 1 from course_teacher t where t.course_id = c.id and t.person_id = $3) as "teaches!"
           from course c where organisation_id = $1 and slug = $2"#,
        organisation.0,
        slug,
        person.0,
    )
    .fetch_optional(tx.connection())
    .await?;
    match row {
        None => Ok(None),
        Some(row) if row.teaches => Ok(Some(Taught::made(CourseId(row.id), row.slug))),
        Some(_) => Err(crate::Error::NotAllowed.into()),
    }
}

struct Draft<'a> {
    proof: &'a Taught,
    folder: &'a CourseFolder,
    standings: HashMap<FilmId, Standing>,
}

/// What was written, and what is to be sent after the commit: the unit's place in the folder, and its film.
struct Written {
    pictures: usize,
    films: Vec<(usize, Editable)>,
}

impl Written {
    async fn send(
        self,
        place: &Place,
        course: Taught,
        folder: &CourseFolder,
        most: u64,
    ) -> Result<Imported, Error> {
        let units: Vec<&Unit> = folder.units().collect();
        let films = self.films.len();
        for (unit, film) in self.films.into_iter().map(|(at, film)| (units[at], film)) {
            let Some(source) = &unit.film else { continue };
            let broken = |why| Error::Film { unit: unit.slug.clone(), why: Box::new(why) };
            films::send(place, film, &source.source, most).await.map_err(broken)?;
        }
        let tests = units.iter().filter(|unit| unit.test.is_some()).count();
        let translations = folder.translations();
        Ok(Imported { course, units: units.len(), tests, translations, pictures: self.pictures, films })
    }
}

impl Draft<'_> {
    async fn write(&self, tx: &mut Tx, blobs: &Blobs) -> Result<Written, Error> {
        let before: Vec<UnitLine> =
            outline::draft(tx, self.proof).await?.into_iter().flat_map(|section| section.units).collect();
        for gone in before.iter().filter(|line| !self.folder.units().any(|unit| unit.slug == line.slug)) {
            outline::remove_unit(tx, self.proof, gone.id).await?;
        }
        // What the bank has beside these stays: versions and attempts know it.
        pool::keep(tx, self.proof, &self.folder.bank).await?;
        let mut films = Vec::new();
        let mut at = 0;
        let sections = self.sections(tx).await?;
        for (section, id) in self.folder.sections.iter().zip(&sections) {
            for (position, unit) in (1..).zip(&section.units) {
                let line = before.iter().find(|line| line.slug == unit.slug);
                let unit_id = self.unit(tx, *id, position, unit, line).await?;
                let film = self.film(tx, unit_id, unit, line.and_then(|line| line.film)).await?;
                self.test(tx, unit_id, unit).await?;
                let original = translation::original_hash(&unit.title, &unit.markdown);
                translation::replace(tx, unit_id, original, &unit.texts).await?;
                films.extend(film.map(|film| (at, film)));
                at += 1;
            }
        }
        // Sections beyond those of the folder are empty by now; the units taken out before move on to another.
        for old in outline::draft(tx, self.proof).await?.iter().filter(|old| !sections.contains(&old.id)) {
            outline::remove_section(tx, self.proof, old.id).await?;
        }
        worded_file::take(tx, self.proof, self.folder).await?;
        title::replace(tx, self.proof, &self.folder.titles).await?;
        let pictures = self.pictures(tx, blobs).await?;
        let about = json!({ "units": at, "pictures": pictures, "films": films.len() });
        audit::record(tx, "imported", "course", self.proof.id().0, about).await?;
        Ok(Written { pictures, films })
    }

    /// The sections of the folder in the draft: those there are get new titles, more are added.
    async fn sections(&self, tx: &mut Tx) -> Result<Vec<SectionId>, Error> {
        let before = outline::draft(tx, self.proof).await?;
        let mut sections = Vec::new();
        for (at, section) in self.folder.sections.iter().enumerate() {
            sections.push(match before.get(at) {
                None => outline::add_section(tx, self.proof, &section.title).await?,
                Some(old) => {
                    if old.title != section.title {
                        outline::rename_section(tx, self.proof, old.id, None, &section.title).await?;
                    }
                    old.id
                }
            });
        }
        Ok(sections)
    }

    async fn unit(
        &self,
        tx: &mut Tx,
        section: SectionId,
        position: i32,
        unit: &Unit,
        line: Option<&UnitLine>,
    ) -> Result<UnitId, Error> {
        let text =
            UnitText { title: unit.title.clone(), minutes: unit.minutes, markdown: unit.markdown.clone() };
        let id = match line {
            None => outline::insert_unit(tx, self.proof, section, &unit.slug, &text).await?,
            Some(line) => {
                let old = outline::unit(tx, self.proof, line.id).await?;
                let same =
                    old.title == text.title && old.minutes == text.minutes && old.markdown == text.markdown;
                if !same {
                    outline::save_unit(tx, self.proof, line.id, old.revision, &text).await?;
                }
                line.id
            }
        };
        sqlx::query!(
            "update unit set position = $2, section_id = $3 where id = $1 and (position, section_id) is distinct from ($2, $3)",
            id.0,
            position,
            section.0,
        )
        .execute(tx.connection())
        .await?;
        Ok(id)
    }

    /// The test of a unit becomes that of the folder; one that is the same stays as it is.
    async fn test(&self, tx: &mut Tx, id: UnitId, unit: &Unit) -> Result<(), Error> {
        let before = store::draft(tx, self.proof, id).await?;
        match (&unit.test, before) {
            (None, None) => {}
            (None, Some(_)) => store::remove_draft(tx, self.proof, id).await?,
            (Some(Sheet { settings, questions }), before) => {
                if before.is_none_or(|(old, asked)| old != *settings || asked != *questions) {
                    store::save_draft(tx, self.proof, id, settings, questions).await?;
                }
            }
        }
        Ok(())
    }

    /// The film row of a unit and its captions. Answers the film when its bytes are to be sent.
    async fn film(
        &self,
        tx: &mut Tx,
        id: UnitId,
        unit: &Unit,
        before: Option<FilmId>,
    ) -> Result<Option<Editable>, Error> {
        let standing = before.and_then(|film| self.standings.get(&film).copied());
        if before.is_some() && (standing.is_none() || unit.film.is_none()) {
            film::remove(tx, self.proof, id).await?;
        }
        let asked = outline::unit(tx, self.proof, id).await?.film_percent;
        if asked != unit.film_seen {
            seen::ask(tx, self.proof, id, unit.film_seen).await?;
        }
        let Some(wanted) = &unit.film else { return Ok(None) };
        let film = film::of_unit(tx, self.proof, id).await?;
        // The captions of a folder speak of moments of the whole file; a cut that the film has here is made again behind them.
        let cut = trim::ends::wanted(tx, &film).await?;
        trim::undo(tx, &film).await?;
        attach(tx, &film, wanted).await?;
        if let Some((from_ms, to_ms)) = cut
            && let Err(NotCut::Film(error)) = trim::set(tx, &film, from_ms, Some(to_ms)).await
        {
            return Err(error.into());
        }
        Ok((standing != Some(Standing::Same)).then_some(film))
    }

    /// The pictures of the folder, and no other, are those of the draft. Answers how many are new or changed.
    async fn pictures(&self, tx: &mut Tx, blobs: &Blobs) -> Result<usize, Error> {
        let before = sqlx::query!(
            "select id, name, sha256 from media where course_id = $1 and replaced_at is null",
            self.proof.id().0
        )
        .fetch_all(tx.connection())
        .await?;
        for gone in
            before.iter().filter(|old| !self.folder.pictures.iter().any(|picture| picture.name == old.name))
        {
            media::remove(tx, self.proof, gone.id.into()).await?;
        }
        let mut added = 0;
        for picture in &self.folder.pictures {
            let bytes = tokio::fs::read(&picture.source).await.map_err(Error::reading(&picture.source))?;
            let sum = Sha256::digest(&bytes);
            if !before.iter().any(|old| old.name == picture.name && *old.sha256 == *sum) {
                media::add(tx, blobs, self.proof, &picture.name, bytes.into()).await?;
                added += 1;
            }
        }
        Ok(added)
    }
}

/// The captions of a film are those of the folder, and no other.
async fn attach(tx: &mut Tx, film: &Editable, wanted: &Film) -> Result<(), Error> {
    for old in caption::languages(tx, &film.watchable()).await? {
        if !wanted.captions.iter().any(|captions| captions.language == old.language) {
            caption::detach(tx, film, &old.language).await?;
        }
    }
    let old = caption::languages(tx, &film.watchable()).await?;
    for captions in &wanted.captions {
        let labelled = old.iter().any(|old| old.language == captions.language && old.label == captions.label);
        if !labelled || caption::file(tx, &film.watchable(), &captions.language).await? != captions.text {
            let bytes = captions.text.as_bytes();
            caption::attach(tx, film, &captions.language, &captions.label, bytes).await?;
        }
    }
    Ok(())
}

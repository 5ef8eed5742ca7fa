//! What a unit consists of, on both sides: as the publisher froze it, and as it stands in a draft of one's own.

use std::collections::{BTreeMap, HashSet};

use base::{Blobs, Tx};
use bytes::Bytes;
use sqlx::types::Json;
use uuid::Uuid;

use super::seen::Adopter;
use crate::error::Error;
use crate::find::Taught;
use crate::folder::TitleIn;
use crate::quiz::question::Question;
use crate::quiz::settings::Settings;
use crate::quiz::translated::{self, Given};
use crate::quiz::wording::Texts;
use crate::quiz::{pool, store};
use crate::{MediaId, OfferId, UnitId, VersionId, outline, translation};

/// Everything of a unit that is taken over at once. Its film comes by a job (`films`).
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// Title.
    pub title: String,
    /// Reading time, in minutes.
    pub minutes: i32,
    /// Markdown.
    pub markdown: String,
    /// Its test.
    pub test: Option<(Settings, Vec<Question>)>,
    /// What the test draws from the bank; of an own draft what was taken over, for what was tagged or changed here is no change of that.
    pub pool: Vec<Question>,
    /// Title and Markdown in other languages.
    pub texts: BTreeMap<String, (String, String)>,
    /// The words of what the test asks and draws in other languages, by key and language: all of them follow the original.
    pub words: BTreeMap<(String, String), Texts>,
}

/// A unit that is offered.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The publisher's unit.
    pub id: UnitId,
    /// Title of its section.
    pub section: String,
    /// Its name in addresses.
    pub slug: String,
    /// Whether the publisher shows a film in it.
    pub has_film: bool,
    /// What is taken over.
    pub content: Content,
    /// Languages whose text did not follow the original any more.
    pub stale: Vec<String>,
}

/// The units of a version that may be read: the newest one, or the one that was taken over last. None of any other.
pub async fn units(tx: &mut Tx, _: &Adopter, offer: OfferId, version: VersionId) -> Result<Vec<Unit>, Error> {
    let rows = sqlx::query!(
        r#"select unit_id as "unit_id!", section_title as "section!", slug as "slug!", title as "title!", minutes as "minutes!",
                  markdown as "markdown!", has_film as "has_film!", settings as "settings?", questions as "questions?"
           from offered_units($1, $2)"#,
        offer.0,
        version.0
    )
    .fetch_all(tx.connection())
    .await?;
    let mut units = Vec::with_capacity(rows.len());
    for row in rows {
        let test = match row.settings {
            None => None,
            Some(settings) => {
                let questions = row.questions.map(store::read::<Vec<Question>>).transpose()?;
                Some((store::read::<Settings>(settings)?, questions.unwrap_or_default()))
            }
        };
        units.push(Unit {
            id: UnitId(row.unit_id),
            section: row.section,
            slug: row.slug,
            has_film: row.has_film,
            content: Content {
                title: row.title,
                minutes: row.minutes,
                markdown: row.markdown,
                test,
                pool: Vec::new(),
                texts: BTreeMap::new(),
                words: BTreeMap::new(),
            },
            stale: Vec::new(),
        });
    }
    part_pools(tx, offer, version, &mut units).await?;
    let texts = sqlx::query!(
        r#"select unit_id as "unit_id!", language as "language!", title as "title!", markdown as "markdown!", stale as "stale!"
           from offered_texts($1, $2)"#,
        offer.0,
        version.0
    )
    .fetch_all(tx.connection())
    .await?;
    for row in texts {
        if let Some(unit) = units.iter_mut().find(|unit| unit.id.0 == row.unit_id) {
            if row.stale {
                unit.stale.push(row.language.clone());
            }
            unit.content.texts.insert(row.language, (row.title, row.markdown));
        }
    }
    let worded = sqlx::query!(
        r#"select unit_id as "unit_id!", key as "key!", language as "language!", texts as "texts!: Json<Texts>"
           from offered_question_texts($1, $2)"#,
        offer.0,
        version.0
    )
    .fetch_all(tx.connection())
    .await?;
    for row in worded {
        if let Some(unit) = units.iter_mut().find(|unit| unit.id.0 == row.unit_id) {
            unit.content.words.insert((row.key, row.language), row.texts.0);
        }
    }
    Ok(units)
}

/// Puts what is drawn from the bank apart from the questions that the tests have themselves.
async fn part_pools(
    tx: &mut Tx,
    offer: OfferId,
    version: VersionId,
    units: &mut [Unit],
) -> Result<(), Error> {
    let rows = sqlx::query!(
        r#"select unit_id as "unit_id!", key as "key!" from offered_pools($1, $2)"#,
        offer.0,
        version.0
    )
    .fetch_all(tx.connection())
    .await?;
    let drawn: HashSet<(Uuid, String)> = rows.into_iter().map(|row| (row.unit_id, row.key)).collect();
    for unit in units {
        let id = unit.id.0;
        if let Some((_, questions)) = &mut unit.content.test {
            let all = std::mem::take(questions);
            let of_bank = |question: &Question| drawn.contains(&(id, question.key.clone()));
            (unit.content.pool, *questions) = all.into_iter().partition(of_bank);
        }
    }
    Ok(())
}

/// The titles of a version that may be read, in other languages than the course's.
pub(super) async fn titles(
    tx: &mut Tx,
    _: &Adopter,
    offer: OfferId,
    version: VersionId,
) -> Result<Vec<TitleIn>, Error> {
    let rows = sqlx::query!(
        r#"select language as "language!", title as "title!", summary as "summary!", stale as "stale!" from offered_titles($1, $2)"#,
        offer.0,
        version.0
    )
    .fetch_all(tx.connection())
    .await?;
    let title = rows.into_iter().map(|row| TitleIn {
        language: row.language,
        title: row.title,
        summary: row.summary,
        outdated: row.stale,
    });
    Ok(title.collect())
}

/// A picture that an offered version shows.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The publisher's picture.
    pub id: MediaId,
    /// Its name: the Markdown says `media/<name>`.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    blob_key: String,
}

impl Picture {
    /// Where its bytes are.
    pub fn blob_key(&self) -> &str {
        &self.blob_key
    }

    /// Its bytes. Errors: the store cannot be reached.
    pub(super) async fn bytes(&self, blobs: &Blobs) -> Result<Bytes, Error> {
        Ok(blobs.get(&self.blob_key).await?)
    }
}

/// The pictures of a version that may be read.
pub async fn pictures(
    tx: &mut Tx,
    _: &Adopter,
    offer: OfferId,
    version: VersionId,
) -> Result<Vec<Picture>, Error> {
    let rows = sqlx::query!(
        r#"select media_id as "id!", name as "name!", media_type as "media_type!", sha256 as "sha256!", blob_key as "blob_key!"
           from offered_pictures($1, $2)"#,
        offer.0,
        version.0
    )
    .fetch_all(tx.connection())
    .await?;
    let picture = rows.into_iter().map(|row| Picture {
        id: MediaId(row.id),
        name: row.name,
        media_type: row.media_type,
        sha256: row.sha256,
        blob_key: row.blob_key,
    });
    Ok(picture.collect())
}

/// A unit of one's own draft in the same terms, with its revision; texts and words only in the languages that `like` has, for what was
/// added here is no change of what was taken over.
pub(super) async fn own(
    tx: &mut Tx,
    proof: &Taught,
    unit: UnitId,
    like: &Content,
) -> Result<(Content, i32), Error> {
    let draft = outline::unit(tx, proof, unit).await?;
    let test = store::draft(tx, proof, unit).await?;
    // A question that was changed here belongs to the bank and not to the unit: `put` leaves it alone.
    let pool = like.pool.clone();
    let mut texts = BTreeMap::new();
    for language in like.texts.keys() {
        if let Some(text) = translation::one(tx, proof, unit, language).await? {
            texts.insert(language.clone(), (text.title, text.markdown));
        }
    }
    let mut words: BTreeMap<(String, String), Texts> = BTreeMap::new();
    if !like.words.is_empty() {
        let here = words_here(tx, proof).await?;
        for (of, theirs) in &like.words {
            let drawn = pool.iter().any(|question| question.key == of.0);
            let said = if drawn { Some(theirs) } else { here.get(of) };
            words.extend(said.map(|said| (of.clone(), said.clone())));
        }
    }
    let outline::Unit { title, minutes, markdown, revision, .. } = draft;
    Ok((Content { title, minutes, markdown, test, pool, texts, words }, revision))
}

/// The words of the questions of one's own course in other languages, by key and language.
async fn words_here(tx: &mut Tx, proof: &Taught) -> Result<BTreeMap<(String, String), Texts>, Error> {
    let all = translated::all(tx, proof).await?.into_iter();
    Ok(all.map(|one| ((one.question.key, one.language), one.texts)).collect())
}

/// Puts test, its questions in other languages and texts in other languages of an offered unit into a unit of one's own, and what the
/// test draws into the bank. What there reads otherwise than it did in `before`, the unit as it was taken over last, was changed here
/// and stays.
pub(super) async fn put(
    tx: &mut Tx,
    proof: &Taught,
    into: UnitId,
    from: &Unit,
    before: Option<&Content>,
) -> Result<(), Error> {
    if !from.content.pool.is_empty() {
        let bank = store::bank(tx, proof).await?;
        let comes = from.content.pool.iter().filter(|question| {
            let here = bank.iter().find(|known| known.key == question.key);
            let was_taken = |here: &Question| before.is_some_and(|before| before.pool.contains(here));
            here.is_none_or(|here| here != *question && was_taken(here))
        });
        let comes: Vec<Question> = comes.cloned().collect();
        pool::keep(tx, proof, &comes).await?;
    }
    match &from.content.test {
        Some((settings, questions)) => store::save_draft(tx, proof, into, settings, questions).await?,
        None => match store::remove_draft(tx, proof, into).await {
            Ok(()) | Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        },
    }
    put_words(tx, proof, &from.content, before).await?;
    let follows = translation::original_hash(&from.content.title, &from.content.markdown);
    for (language, (title, markdown)) in &from.content.texts {
        let based_on = if from.stale.contains(language) { [0; 32] } else { follows };
        translation::put(tx, into, (language.as_str(), title.as_str(), markdown.as_str()), based_on).await?;
    }
    Ok(())
}

/// Gives questions the words that came with them. A question that reads otherwise here than there gets none: they would say something
/// else than it. What the test draws keeps words that were changed here, as it keeps its own; and what is said of other questions, and in
/// other languages, stays.
async fn put_words(
    tx: &mut Tx,
    proof: &Taught,
    from: &Content,
    before: Option<&Content>,
) -> Result<(), Error> {
    if from.words.is_empty() {
        return Ok(());
    }
    let (bank, here) = (store::bank(tx, proof).await?, words_here(tx, proof).await?);
    let asked = from.test.iter().flat_map(|(_, questions)| questions);
    let mut given = Vec::new();
    for ((key, language), texts) in &from.words {
        let drawn = from.pool.iter().find(|question| question.key == *key);
        let theirs = drawn.or_else(|| asked.clone().find(|question| question.key == *key));
        let own = bank.iter().find(|question| question.key == *key);
        if theirs.zip(own).is_none_or(|(theirs, own)| theirs.texts_hash() != own.texts_hash()) {
            continue;
        }
        let of = (key.clone(), language.clone());
        let was = before.and_then(|before| before.words.get(&of));
        if drawn.is_some() && here.get(&of).is_some_and(|said| Some(said) != was) {
            continue;
        }
        given.push(Given { key: of.0, language: of.1, texts: texts.clone(), outdated: false });
    }
    translated::replace(tx, proof, &[], &given).await
}

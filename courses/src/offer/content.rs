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
    /// The questions of its test in other languages: all of them follow the original.
    pub worded: Vec<Given>,
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
            },
            stale: Vec::new(),
            worded: Vec::new(),
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
            let (key, language, Json(texts)) = (row.key, row.language, row.texts);
            unit.worded.push(Given { key, language, texts, outdated: false });
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

/// A unit of one's own draft in the same terms, with its revision; texts only in the languages that `like` has, for what was added
/// here is no change of what was taken over.
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
    let content =
        Content { title: draft.title, minutes: draft.minutes, markdown: draft.markdown, test, pool, texts };
    Ok((content, draft.revision))
}

/// Puts test, its questions in other languages and texts in other languages of an offered unit into a unit of one's own, and what the
/// test draws into the bank. What there reads otherwise than it did in `before`, what the test drew when it was taken over last, was
/// changed here and stays.
pub(super) async fn put(
    tx: &mut Tx,
    proof: &Taught,
    into: UnitId,
    from: &Unit,
    before: &[Question],
) -> Result<(), Error> {
    if !from.content.pool.is_empty() {
        let bank = store::bank(tx, proof).await?;
        let comes = from.content.pool.iter().filter(|question| {
            let here = bank.iter().find(|known| known.key == question.key);
            here.is_none_or(|here| here != *question && before.contains(here))
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
    // What is said of other questions here, and in other languages, stays.
    translated::replace(tx, proof, &[], &from.worded).await?;
    let follows = translation::original_hash(&from.content.title, &from.content.markdown);
    for (language, (title, markdown)) in &from.content.texts {
        let based_on = if from.stale.contains(language) { [0; 32] } else { follows };
        translation::put(tx, into, (language.as_str(), title.as_str(), markdown.as_str()), based_on).await?;
    }
    Ok(())
}

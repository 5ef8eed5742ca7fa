//! The whole draft as one value: its hash names exactly what would be published, so that what was approved is what is published.

use base::Tx;
use sha2::{Digest as _, Sha256};

use crate::error::Error;
use crate::find::Taught;
use crate::quiz::{store, translated};
use crate::waiver::Waiver;
use crate::{check, title, translation};

/// Keeps everybody else from saving anything of the draft until this transaction ends.
pub(crate) async fn hold(tx: &mut Tx, proof: &Taught) -> Result<(), Error> {
    // Sections, pictures, new units and the card wait for the lock of the course; texts for those of their units.
    sqlx::query!("select 1 as one from course where id = $1 for update", proof.id().0)
        .fetch_one(tx.connection())
        .await?;
    sqlx::query!("select 1 as one from unit where course_id = $1 order by id for update", proof.id().0)
        .fetch_all(tx.connection())
        .await?;
    Ok(())
}

/// SHA-256 of everything that a version would hold: card with its translations, sections, units, films, tests, pictures, texts in other languages,
/// and the findings that are waived.
pub async fn hash(tx: &mut Tx, proof: &Taught) -> Result<[u8; 32], Error> {
    let found = check::all(tx, proof).await?;
    hash_with(tx, proof, &check::waivers(found)).await
}

/// The same when the waivers are known.
pub(crate) async fn hash_with(tx: &mut Tx, proof: &Taught, waivers: &[Waiver]) -> Result<[u8; 32], Error> {
    let course = proof.id().0;
    let card = sqlx::query!("select title, summary, language from course where id = $1", course)
        .fetch_one(tx.connection())
        .await?;
    let units = sqlx::query!(
        "select u.id, s.title as section_title, u.slug, u.title, u.minutes, u.markdown, u.film_id, u.film_percent
         from unit u join section s on s.id = u.section_id
         where u.course_id = $1 and u.removed_at is null order by s.position, s.id, u.position, u.id",
        course
    )
    .fetch_all(tx.connection())
    .await?;
    let pictures = sqlx::query!(
        "select name, sha256 from media where course_id = $1 and replaced_at is null order by name",
        course
    )
    .fetch_all(tx.connection())
    .await?;
    let mut sum = Sum(Sha256::new());
    for part in [&card.title, &card.summary, &card.language] {
        sum.add(part.as_bytes());
    }
    for unit in units {
        sum.add(unit.id.as_bytes());
        for part in [&unit.section_title, &unit.slug, &unit.title, &unit.markdown] {
            sum.add(part.as_bytes());
        }
        sum.add(&unit.minutes.to_be_bytes());
        sum.add(unit.film_id.map(|film| film.into_bytes()).unwrap_or_default().as_slice());
        // Only what is asked for: drafts from before that could be asked keep their hash.
        if let Some(percent) = unit.film_percent {
            sum.add(&percent.to_be_bytes());
        }
    }
    for picture in pictures {
        sum.add(picture.name.as_bytes());
        sum.add(&picture.sha256);
    }
    let mut tests = store::units(tx, proof).await?;
    tests.sort_unstable();
    for unit in tests {
        let test = store::draft(tx, proof, unit).await?;
        sum.add(unit.0.as_bytes());
        sum.add(format!("{test:?}").as_bytes());
    }
    // What a test draws from.
    sum.add(format!("{:?}", store::bank(tx, proof).await?).as_bytes());
    for text in translation::texts(tx, proof).await? {
        sum.add(text.unit.0.as_bytes());
        for part in [&text.language, &text.title, &text.markdown] {
            sum.add(part.as_bytes());
        }
    }
    for one in translated::all(tx, proof).await? {
        // Whether it is shown follows from whether it fits.
        sum.add(&[u8::from(one.is_fit())]);
        for part in [&one.question.key, &one.language] {
            sum.add(part.as_bytes());
        }
        for (field, text) in &one.texts {
            sum.add(field.as_bytes());
            sum.add(text.as_bytes());
        }
    }
    for title in title::all(tx, proof).await? {
        for part in [&title.language, &title.title, &title.summary] {
            sum.add(part.as_bytes());
        }
    }
    for waiver in waivers {
        sum.add(waiver.id.as_bytes());
    }
    Ok(sum.0.finalize().into())
}

/// Parts with their lengths, so that no two lists of parts are one.
struct Sum(Sha256);

impl Sum {
    fn add(&mut self, part: &[u8]) {
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
    }
}

//! Captions: WebVTT or SubRip on the way in, WebVTT (W3C Candidate Recommendation) kept; read as a transcript, looked at,
//! changed by hand, and marked as checked by a person.

mod check;
mod edit;
mod read;

use std::collections::BTreeMap;

use base::{Tx, audit};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::error::{CaptionProblem, Error};
use crate::proof::{Editable, Watchable};
use crate::{FilmId, film};

pub use check::{FASTEST, Finding, LONGEST_LINE, MOST_LINES, Remark, check};
pub use edit::{Typed, clock, moment, moved, rewritten, with_cues};
pub use read::{Cue, MOST_BYTES, parse};

/// Captions of one language, without their text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captions {
    /// `pl`, `en`, `uk`, …
    pub language: String,
    /// What the player's menu says: `Polski`.
    pub label: String,
    /// Who has read them as they are now, and when: a person, or the organisation that they came from; nobody since they were last
    /// changed.
    pub checked: Option<(String, OffsetDateTime)>,
    /// A recogniser drafted them, and nobody has read them yet.
    pub automatic: bool,
}

/// The name of a language in itself; the code of one that is not known here.
pub fn name_of(code: &str) -> &str {
    match code {
        "pl" => "polski",
        "en" => "English",
        "uk" => "українська",
        "de" => "Deutsch",
        "be" => "беларуская",
        "ru" => "русский",
        "vi" => "tiếng Việt",
        "fr" => "français",
        code => code,
    }
}

/// Errors: `Captions` for what is no code of a language.
pub(crate) fn check_code(language: &str) -> Result<(), Error> {
    if is_code(language) {
        Ok(())
    } else {
        Err(Error::Captions { line: 0, problem: CaptionProblem::BadLanguage })
    }
}

/// Whether a text has the form of a code of a language.
pub(crate) fn is_code(language: &str) -> bool {
    (2..=3).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Attaches captions to a film, in place of those of the same language. They are not checked then. Answers the number of cues.
pub async fn attach(
    tx: &mut Tx,
    proof: &Editable,
    language: &str,
    label: &str,
    bytes: &[u8],
) -> Result<usize, Error> {
    let cues = put(tx, proof, (language, label), bytes).await?;
    sqlx::query!(
        "update caption set automatic = false where film_id = $1 and language = $2 and automatic",
        proof.film().0,
        language,
    )
    .execute(tx.connection())
    .await?;
    Ok(cues)
}

async fn put(
    tx: &mut Tx,
    proof: &Editable,
    (language, label): (&str, &str),
    bytes: &[u8],
) -> Result<usize, Error> {
    check_code(language)?;
    let (text, cues) = parse(bytes)?;
    let (organisation, film) = (tx.organisation()?, proof.film());
    let label: String =
        Some(label.trim()).filter(|label| !label.is_empty()).unwrap_or(language).chars().take(60).collect();
    // A trigger takes the mark of a check away when the text changes.
    sqlx::query!(
        "insert into caption (organisation_id, film_id, language, label, vtt) values ($1, $2, $3, $4, $5)
         on conflict (film_id, language) do update set label = excluded.label, vtt = excluded.vtt, updated_at = moment()",
        organisation.0,
        film.0,
        language,
        label,
        text,
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, "captioned", "film", film.0, json!({ "language": language, "cues": cues.len() }))
        .await?;
    Ok(cues.len())
}

/// Takes the captions of a language away. Errors: `NotFound`.
pub async fn detach(tx: &mut Tx, proof: &Editable, language: &str) -> Result<(), Error> {
    let gone =
        sqlx::query!("delete from caption where film_id = $1 and language = $2", proof.film().0, language)
            .execute(tx.connection())
            .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "uncaptioned", "film", proof.film().0, json!({ "language": language })).await?)
}

/// The languages that a film has captions in.
pub async fn languages(tx: &mut Tx, proof: &Watchable) -> Result<Vec<Captions>, Error> {
    let rows = sqlx::query!(
        r#"select c.language, c.label, c.checked_at, c.automatic,
                  coalesce(p.given_name || ' ' || p.family_name, c.checked_elsewhere) as "who?"
           from caption c left join person p on p.id = c.checked_by
           where c.film_id = $1 order by c.language <> 'pl', c.language"#,
        proof.film().0
    )
    .fetch_all(tx.connection())
    .await?;
    let captions = rows
        .into_iter()
        .map(|row| listed((row.language, row.label), row.automatic, (row.who, row.checked_at)));
    Ok(captions.collect())
}

/// The same for several films; whoever calls has a proof of each.
pub(crate) async fn of_some(tx: &mut Tx, films: &[FilmId]) -> Result<BTreeMap<FilmId, Vec<Captions>>, Error> {
    let ids: Vec<Uuid> = films.iter().map(|film| film.0).collect();
    let rows = sqlx::query!(
        r#"select c.film_id, c.language, c.label, c.checked_at, c.automatic,
                  coalesce(p.given_name || ' ' || p.family_name, c.checked_elsewhere) as "who?"
           from caption c left join person p on p.id = c.checked_by
           where c.film_id = any($1) order by c.language <> 'pl', c.language"#,
        &ids
    )
    .fetch_all(tx.connection())
    .await?;
    let mut captions: BTreeMap<FilmId, Vec<Captions>> = BTreeMap::new();
    for row in rows {
        let one = listed((row.language, row.label), row.automatic, (row.who, row.checked_at));
        captions.entry(FilmId(row.film_id)).or_default().push(one);
    }
    Ok(captions)
}

/// Captions as they are listed. `who`: the name of whoever has read them, or of the organisation where somebody has.
fn listed(
    (language, label): (String, String),
    automatic: bool,
    (who, checked_at): (Option<String>, Option<OffsetDateTime>),
) -> Captions {
    Captions { language, label, checked: who.zip(checked_at), automatic: automatic && checked_at.is_none() }
}

/// The caption file of one language. Errors: `NotFound`.
pub async fn file(tx: &mut Tx, proof: &Watchable, language: &str) -> Result<String, Error> {
    let text = sqlx::query_scalar!(
        "select vtt from caption where film_id = $1 and language = $2",
        proof.film().0,
        language
    )
    .fetch_optional(tx.connection())
    .await?;
    text.ok_or(Error::NotFound)
}

/// Captions to be read and changed by a person.
#[derive(Clone, Debug)]
pub struct Review {
    /// Language, label, and whether somebody has read them.
    pub captions: Captions,
    /// Names this very text; given back by the form that speaks of it.
    pub mark: String,
    /// Their cues, in order.
    pub cues: Vec<Cue>,
    /// What should be looked at.
    pub findings: Vec<Finding>,
}

/// Captions with everything that a person who checks them needs. Errors: `NotFound`.
pub async fn review(tx: &mut Tx, proof: &Editable, language: &str) -> Result<Review, Error> {
    let watchable = proof.watchable();
    let all = languages(tx, &watchable).await?;
    let captions = all.into_iter().find(|one| one.language == language).ok_or(Error::NotFound)?;
    let (text, mark) = held(tx, proof, language).await?;
    let (_, cues) = parse(text.as_bytes())?;
    let length = film::one(tx, &watchable).await?.length_ms;
    let findings = check(&cues, length);
    Ok(Review { captions, mark, cues, findings })
}

/// The text and what names it, held until the transaction ends.
async fn held(tx: &mut Tx, proof: &Editable, language: &str) -> Result<(String, String), Error> {
    let row = sqlx::query!(
        r#"select vtt, md5(vtt) as "mark!" from caption where film_id = $1 and language = $2 for update"#,
        proof.film().0,
        language
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok((row.vtt, row.mark))
}

/// The acting person has read the captions that `mark` names.
///
/// Errors: `NotFound`; `WrongState` when they are other ones by now.
pub async fn mark_checked(tx: &mut Tx, proof: &Editable, language: &str, mark: &str) -> Result<(), Error> {
    let (_, now) = held(tx, proof, language).await?;
    if now != mark {
        return Err(Error::WrongState("changed meanwhile".to_owned()));
    }
    let person = tx.person()?;
    sqlx::query!(
        "update caption set checked_at = moment(), checked_by = $3 where film_id = $1 and language = $2",
        proof.film().0,
        language,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    Ok(audit::record(tx, "checked_captions", "film", proof.film().0, json!({ "language": language })).await?)
}

/// Why cues that were typed are not kept.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// The captions cannot be reached, or what came of the changes cannot be read.
    #[error(transparent)]
    Captions(#[from] Error),
    /// They are other ones by now.
    #[error("changed meanwhile")]
    ChangedMeanwhile,
    /// A field cannot be read: the number of the cue (from 0; `None`: the added one), and `start`, `end` or `text`.
    #[error("cue {0:?}: {1}")]
    Field(Option<usize>, &'static str),
}

impl From<sqlx::Error> for NotKept {
    fn from(error: sqlx::Error) -> Self {
        Self::Captions(error.into())
    }
}

/// Puts typed cues in place of those of the same numbers and adds one; a blank one takes its cue out.
pub async fn rewrite(
    tx: &mut Tx,
    proof: &Editable,
    (language, mark): (&str, &str),
    typed: &[(usize, Typed)],
    more: &Typed,
) -> Result<(), NotKept> {
    let (text, now) = held(tx, proof, language).await?;
    if now != mark {
        return Err(NotKept::ChangedMeanwhile);
    }
    let (_, cues) = parse(text.as_bytes())?;
    let new = rewritten(&text, &cues, typed, more).map_err(|(cue, field)| NotKept::Field(cue, field))?;
    let label = languages(tx, &proof.watchable()).await?.into_iter().find(|one| one.language == language);
    let label = label.ok_or(Error::NotFound)?.label;
    // What a recogniser drafted is no less so when a cue is mended: it takes a person who has read all of it.
    put(tx, proof, (language, &label), new.as_bytes()).await?;
    Ok(())
}

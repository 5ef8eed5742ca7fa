//! Drafts of captions by a program or a service of the office, given in its settings. None is part of Tablica. What it answers is read like
//! any caption file and kept as what it is: automatic, and checked by nobody.

mod engine;
mod run;

use base::{Tx, audit, job};
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;

use crate::caption;
use crate::error::Error;
use crate::proof::Editable;

pub use run::{Desk, give_up, run};

/// The kind of job that drafts captions.
pub const KIND: &str = "recognise";

/// What turns sound into captions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Recogniser {
    /// A program and its arguments, run without a shell. `{audio}` stands for the path of the sound, `{language}` for the language that is
    /// spoken; without `{audio}` the sound comes on standard input. It writes WebVTT or SubRip to standard output.
    Command(Vec<String>),
    /// An address that takes the sound as the body of a POST, with `?language=pl`, and answers WebVTT or SubRip.
    Url(String),
}

impl Recogniser {
    /// Errors: what is wrong with it, in a sentence.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Command(words) => match words.first() {
                Some(program) if program.starts_with('/') => Ok(()),
                _ => {
                    Err("captions.recogniser.command must begin with the whole path of a program".to_owned())
                }
            },
            Self::Url(url) if url.starts_with("http://") || url.starts_with("https://") => Ok(()),
            Self::Url(url) => {
                Err(format!("captions.recogniser.url must begin with http:// or https://, not {url:?}"))
            }
        }
    }
}

/// Why there is no draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No recogniser is set any more.
    None,
    /// The film is not ready, or has no sound.
    NoSound,
    /// The program cannot be started, or the service cannot be reached.
    Unreachable,
    /// The program ended with a failure, or the service answered one.
    Failed,
    /// It took too long.
    TimedOut,
    /// What it answered is no caption file, or too large.
    NotCaptions,
    /// Meanwhile a person gave captions in this language.
    Exists,
}

impl Refused {
    const ALL: [Self; 7] = [
        Self::None,
        Self::NoSound,
        Self::Unreachable,
        Self::Failed,
        Self::TimedOut,
        Self::NotCaptions,
        Self::Exists,
    ];

    /// The word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::NoSound => "no_sound",
            Self::Unreachable => "unreachable",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::NotCaptions => "not_captions",
            Self::Exists => "exists",
        }
    }

    /// The reason of that word; `Failed` for one that is none.
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|one| one.word() == word).unwrap_or(Self::Failed)
    }
}

/// A wish for a draft.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Code of the language.
    pub language: String,
    /// Since when.
    pub asked_at: OffsetDateTime,
    /// Whether it is over, well or not.
    pub ended: bool,
    /// Why there is none.
    pub refused: Option<Refused>,
}

/// Asks for a draft of captions in the language that is spoken. Asking twice while it is made is asking once.
///
/// Errors: `Captions` for a language that is none; `WrongState` when the film is not ready or has captions in it that a person gave.
pub async fn ask(tx: &mut Tx, proof: &Editable, language: &str) -> Result<(), Error> {
    caption::check_code(language)?;
    let (organisation, person, film) = (tx.organisation()?, tx.person()?, proof.film());
    let row = sqlx::query!(
        r#"select state, exists (select 1 from caption c where c.film_id = film.id and c.language = $2
                                  and not (c.automatic and c.checked_at is null)) as "given!"
           from film where id = $1"#,
        film.0,
        language,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    if row.state != "ready" || row.given {
        return Err(Error::WrongState(if row.given { Refused::Exists.word().to_owned() } else { row.state }));
    }
    let id = base::id::row_id(tx.now());
    let asked = sqlx::query!(
        "insert into caption_draft (id, organisation_id, film_id, language, asked_by) values ($1, $2, $3, $4, $5)
         on conflict (film_id, language) where ended_at is null do nothing",
        id,
        organisation.0,
        film.0,
        language,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    if asked.rows_affected() == 0 {
        return Ok(());
    }
    job::enqueue(tx, KIND, &id.to_string(), 4, &json!({ "draft": id })).await?;
    Ok(audit::record(tx, "asked_for_captions", "film", film.0, json!({ "language": language })).await?)
}

/// The newest wish for a draft in each language.
pub async fn drafts(tx: &mut Tx, proof: &Editable) -> Result<Vec<Draft>, Error> {
    let rows = sqlx::query!(
        r#"select distinct on (language) language, asked_at, ended_at is not null as "ended!", reason
           from caption_draft where film_id = $1 order by language, id desc"#,
        proof.film().0
    )
    .fetch_all(tx.connection())
    .await?;
    let draft = rows.into_iter().map(|row| Draft {
        language: row.language,
        asked_at: row.asked_at,
        ended: row.ended,
        refused: row.reason.map(|word| Refused::from_word(&word)),
    });
    Ok(draft.collect())
}

#[cfg(test)]
mod tests {
    use super::{Recogniser, Refused};

    #[test]
    fn a_reason_survives_its_word_and_settings_are_checked() {
        for one in Refused::ALL {
            assert_eq!(Refused::from_word(one.word()), one);
        }
        let command =
            |words: &[&str]| Recogniser::Command(words.iter().map(|word| (*word).to_owned()).collect());
        assert!(command(&["/usr/bin/napisy", "{audio}"]).check().is_ok());
        assert!(command(&[]).check().is_err() && command(&["sh", "-c", "x"]).check().is_err());
        assert!(Recogniser::Url("http://127.0.0.1:9000/".to_owned()).check().is_ok());
        assert!(Recogniser::Url("file:///etc/passwd".to_owned()).check().is_err());
    }
}

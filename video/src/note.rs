//! Notes at a time: what a person writes for themselves beside a film. Nobody else reads them, no copy of a film takes them along,
//! and nothing of them stands in the audit.

use base::{PersonId, Tx, audit};
use identity::PeopleAdmin;
use serde_json::json;

use crate::error::Error;
use crate::proof::Watchable;
use crate::{NoteId, chapter};

/// Most letters of a note.
pub const LONGEST: usize = 2000;
/// Most notes of a person beside one film.
pub const MOST: usize = 500;
/// The last moment that a note can speak of, in milliseconds: a day.
pub const LAST_MS: u32 = 86_400_000;

/// A note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// The moment of what is shown of the film that it speaks of, in milliseconds.
    pub at_ms: u32,
    /// What it says; may have several lines.
    pub text: String,
    /// Rises with every change; a change names the one that it is made to.
    pub revision: i32,
}

/// What is wrong with what is to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The film is shorter than that.
    BeyondFilm,
    /// It says nothing.
    NoText,
    /// It has more letters than `LONGEST`.
    LongText,
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was made.
    Done,
    /// Nothing was done: the note was changed before, to this.
    Meanwhile(Note),
}

/// A text as it is kept: with line feeds alone, and without what is blank around it.
pub fn tidy(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// Everything that is wrong with a text that is tidy and its moment. `length_ms`: of the film, when it is known.
pub fn faults(at_ms: u32, text: &str, length_ms: Option<u32>) -> Vec<Fault> {
    let beyond = at_ms > length_ms.unwrap_or(LAST_MS).min(LAST_MS);
    let long = text.chars().count() > LONGEST;
    let all = [(beyond, Fault::BeyondFilm), (text.is_empty(), Fault::NoText), (long, Fault::LongText)];
    all.into_iter().filter_map(|(wrong, fault)| wrong.then_some(fault)).collect()
}

/// The acting person's notes beside a film, in the order of the film. They are kept by moments of the whole, since whoever cuts a film
/// reaches no notes of others: one about what is cut away stands at the nearer end of what is left.
pub async fn own(tx: &mut Tx, proof: &Watchable) -> Result<Vec<Note>, Error> {
    let person = tx.person()?;
    let rows = sqlx::query!(
        r#"select n.id, greatest(least(n.at_ms - coalesce(f.trim_from_ms, 0), f.length_ms), 0) as "at_ms!", n.text, n.revision
           from film_note n join film f on f.id = n.film_id
           where n.film_id = $1 and n.person_id = $2 order by n.at_ms, n.id"#,
        proof.film().0,
        person.0,
    )
    .fetch_all(tx.connection())
    .await?;
    let note = rows.into_iter().map(|row| Note {
        id: NoteId(row.id),
        at_ms: u32::try_from(row.at_ms).unwrap_or(0),
        text: row.text,
        revision: row.revision,
    });
    Ok(note.collect())
}

/// One of them. Errors: `NotFound`, also for another person's.
pub async fn one(tx: &mut Tx, proof: &Watchable, id: NoteId) -> Result<Note, Error> {
    own(tx, proof).await?.into_iter().find(|note| note.id == id).ok_or(Error::NotFound)
}

/// Adds a note of the acting person at a moment of what is shown, at most `LAST_MS` of the whole. Answers its id; `None` when there was
/// no room: nobody has more than about `MOST` beside a film.
pub async fn add(tx: &mut Tx, proof: &Watchable, at_ms: u32, text: &str) -> Result<Option<NoteId>, Error> {
    let (organisation, person, id) = (tx.organisation()?, tx.person()?, NoteId::new(tx.now()));
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let added = sqlx::query!(
        "insert into film_note (id, organisation_id, person_id, film_id, at_ms, text)
         select $1::uuid, $2::uuid, $3::uuid, f.id, least($5::int4 + coalesce(f.trim_from_ms, 0), $8::int4), $6::text
         from film f where f.id = $4::uuid and (select count(*) from film_note where film_id = $4::uuid and person_id = $3::uuid) < $7",
        id.0,
        organisation.0,
        person.0,
        proof.film().0,
        last(at_ms),
        text,
        most,
        last(LAST_MS),
    )
    .execute(tx.connection())
    .await?;
    Ok((added.rows_affected() == 1).then_some(id))
}

/// Changes a note of the acting person when it is still the one of that revision. A moment that is the one shown leaves it where it is,
/// also when it speaks of a part that is cut away. The same change twice is made once.
///
/// Errors: `NotFound`, also for another person's.
pub async fn change(
    tx: &mut Tx,
    proof: &Watchable,
    id: NoteId,
    revision: i32,
    at_ms: u32,
    text: &str,
) -> Result<Change, Error> {
    let person = tx.person()?;
    let changed = sqlx::query!(
        "update film_note n set text = $5::text, revision = n.revision + 1,
           at_ms = case when $6::int4 = greatest(least(n.at_ms - coalesce(f.trim_from_ms, 0), f.length_ms), 0) then n.at_ms
                        else least($6::int4 + coalesce(f.trim_from_ms, 0), $7::int4) end
         from film f
         where n.id = $1 and n.film_id = $2 and n.person_id = $3 and n.revision = $4 and f.id = n.film_id",
        id.0,
        proof.film().0,
        person.0,
        revision,
        text,
        last(at_ms),
        last(LAST_MS),
    )
    .execute(tx.connection())
    .await?;
    if changed.rows_affected() == 1 {
        return Ok(Change::Done);
    }
    let now = one(tx, proof, id).await?;
    Ok(if (now.at_ms, now.text.as_str()) == (at_ms, text) { Change::Done } else { Change::Meanwhile(now) })
}

fn last(at_ms: u32) -> i32 {
    i32::try_from(at_ms.min(LAST_MS)).unwrap_or(i32::MAX)
}

/// Deletes a note of the acting person. Errors: `NotFound`, also for another person's.
pub async fn remove(tx: &mut Tx, proof: &Watchable, id: NoteId) -> Result<(), Error> {
    let person = tx.person()?;
    let gone = sqlx::query!(
        "delete from film_note where id = $1 and film_id = $2 and person_id = $3",
        id.0,
        proof.film().0,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    if gone.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// Deletes all notes of a person (art. 17 RODO), without anybody having read them.
pub async fn erase(tx: &mut Tx, _: &PeopleAdmin, person: PersonId) -> Result<(), Error> {
    sqlx::query_scalar!(r#"select forget_film_notes($1) as "notes!""#, person.0)
        .fetch_one(tx.connection())
        .await?;
    // Said whether there were any or not: the audit is read by others.
    Ok(audit::record(tx, "erased_film_notes", "person", person.0, json!({})).await?)
}

/// Notes as a plain text to be kept elsewhere: a line with the time before each.
pub fn write(notes: &[Note]) -> String {
    notes.iter().map(|note| format!("{}\n{}\n\n", chapter::clock(note.at_ms), note.text)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Fault, LAST_MS, LONGEST, Note, faults, tidy, write};
    use crate::NoteId;

    #[test]
    fn what_is_wrong_with_a_note_is_all_said() {
        assert_eq!(tidy(" Raz\r\ndwa \n"), "Raz\ndwa");
        assert!(faults(60_000, &"ą".repeat(LONGEST), Some(60_000)).is_empty());
        assert_eq!(faults(60_001, "", Some(60_000)), [Fault::BeyondFilm, Fault::NoText]);
        assert_eq!(faults(LAST_MS + 1, &"ą".repeat(LONGEST + 1), None), [Fault::BeyondFilm, Fault::LongText]);
    }

    #[test]
    fn notes_are_written_under_their_times() {
        let note = |at_ms, text: &str| Note {
            id: NoteId(uuid::Uuid::nil()),
            at_ms,
            text: text.to_owned(),
            revision: 1,
        };
        let text = write(&[note(5_000, "Raz\ni dwa"), note(3_723_000, "Trzy")]);
        assert_eq!(text, "00:05\nRaz\ni dwa\n\n1:02:03\nTrzy\n\n");
        assert!(write(&[]).is_empty());
    }
}

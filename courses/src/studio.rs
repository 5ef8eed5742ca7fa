//! All films of the courses that a person teaches, with where they are used; of the whole organisation for those who may change every
//! course of it. What is done to one is done here too, wherever it is shown.

use std::collections::BTreeMap;

use base::Tx;
use base::act::{self, Once};
use identity::SignedIn;
use identity::permit::{Kind, Verb};
use uuid::Uuid;
use video::film::State;
use video::{Editable, FilmId};

use crate::error::Error;
use crate::find::Taught;
use crate::{CourseId, SectionId, UnitId, film, outline};

/// Films on one page of the list.
pub const PER_PAGE: u32 = 20;

/// Which films are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// Being sent, waiting, being made, or being copied.
    Working,
    /// Ready.
    Ready,
    /// Cannot be made, or stopped.
    Stopped,
    /// Nothing was sent.
    Empty,
}

impl Filter {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 5] = [Self::All, Self::Working, Self::Ready, Self::Stopped, Self::Empty];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Working => "working",
            Self::Ready => "ready",
            Self::Stopped => "stopped",
            Self::Empty => "empty",
        }
    }

    /// The filter of that word; all for one that is none.
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|filter| filter.word() == word).unwrap_or_default()
    }

    fn states(self) -> Vec<String> {
        let states: &[State] = match self {
            Self::All => &[],
            Self::Working => &[State::Uploading, State::Queued, State::Transcoding, State::Copying],
            Self::Ready => &[State::Ready],
            Self::Stopped => &[State::Failed, State::Cancelled],
            Self::Empty => &[State::Empty],
        };
        states.iter().map(|state| state.word().to_owned()).collect()
    }
}

/// A place that shows a film.
#[derive(Clone, Debug)]
pub struct Use {
    /// The course's name in addresses.
    pub slug: String,
    /// Its title.
    pub course: String,
    /// The unit.
    pub unit: UnitId,
    /// Its title.
    pub title: String,
    /// In the draft; else only in the published version.
    pub in_draft: bool,
}

/// A film of the list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// It may be changed.
    pub film: Editable,
    /// Where it is used.
    pub uses: Vec<Use>,
}

/// A page of films, the newest first, and how many there are. A film whose replacement is in a state is found by that state too.
pub async fn films(
    tx: &mut Tx,
    me: &SignedIn,
    filter: Filter,
    page: u32,
) -> Result<(Vec<Listed>, u32), Error> {
    let rows = sqlx::query!(
        r#"select f.id as "id!", count(*) over () as "count!"
           from film f
           where f.replaces is null
             and (cardinality($1::text[]) = 0 or f.state = any($1)
                  or exists (select 1 from film n where n.replaces = f.id and n.state = any($1)))
             and exists (select 1 from unit u where u.film_id = f.id and u.removed_at is null
                           and ($2 or exists (select 1 from course_teacher t where t.course_id = u.course_id and t.person_id = $3)))
           order by f.id desc limit $4 offset $5"#,
        &filter.states(),
        me.may(Verb::Change, Kind::AnyCourse),
        me.person.0,
        i64::from(PER_PAGE),
        i64::from(page.saturating_sub(1)) * i64::from(PER_PAGE),
    )
    .fetch_all(tx.connection())
    .await?;
    let count = rows.first().map_or(0, |row| u32::try_from(row.count).unwrap_or(u32::MAX));
    let films: Vec<FilmId> = rows.into_iter().map(|row| FilmId(row.id)).collect();
    let films = film::all_for_changing(tx, me, &films).await?;
    let mut uses = uses_of(tx, me, &films).await?;
    let listed = films.into_iter().map(|film| {
        let uses = uses.remove(&film.film()).unwrap_or_default();
        Listed { film, uses }
    });
    Ok((listed.collect(), count))
}

/// Where a film is used, of the courses that the person teaches.
pub async fn uses(tx: &mut Tx, me: &SignedIn, film: &Editable) -> Result<Vec<Use>, Error> {
    Ok(uses_of(tx, me, &[*film]).await?.remove(&film.film()).unwrap_or_default())
}

async fn uses_of(
    tx: &mut Tx,
    me: &SignedIn,
    films: &[Editable],
) -> Result<BTreeMap<FilmId, Vec<Use>>, Error> {
    let ids: Vec<Uuid> = films.iter().map(|film| film.film().0).collect();
    let rows = sqlx::query!(
        r#"select w.film_id as "film!", c.slug, c.title as course, u.id, u.title,
                  u.film_id is not distinct from w.film_id and u.removed_at is null as "in_draft!"
           from (select d.film_id, d.id as unit_id from unit d where d.film_id = any($1) and d.removed_at is null
                 union
                 select v.film_id, v.unit_id from version_unit v join unit n on n.id = v.unit_id
                   join course p on p.id = n.course_id and p.published_version_id = v.version_id
                 where v.film_id = any($1)) as w
             join unit u on u.id = w.unit_id join course c on c.id = u.course_id
           where $2 or exists (select 1 from course_teacher t where t.course_id = c.id and t.person_id = $3)
           order by c.title, u.position, u.id"#,
        &ids,
        me.may(Verb::Change, Kind::AnyCourse),
        me.person.0,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut uses: BTreeMap<FilmId, Vec<Use>> = BTreeMap::new();
    for row in rows {
        uses.entry(FilmId(row.film)).or_default().push(Use {
            slug: row.slug,
            course: row.course,
            unit: UnitId(row.id),
            title: row.title,
            in_draft: row.in_draft,
        });
    }
    Ok(uses)
}

/// The title that a unit gets from the name of a file: without its ending, with spaces for underscores, at most 200 letters.
pub fn title_of(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && (1..=4).contains(&ending.chars().count()) => stem,
        _ => name,
    };
    let plain: String =
        stem.chars().map(|letter| if letter == '_' || letter.is_control() { ' ' } else { letter }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let title: String = words.join(" ").chars().take(200).collect();
    if title.trim().is_empty() { "Film".to_owned() } else { title.trim().to_owned() }
}

/// A unit at the end of a section for the film of a file, with the title of that file. `key` names the wish: repeated, it answers the same
/// film. Errors: `NotFound`, also for a section of another course.
pub async fn film_of_file(
    tx: &mut Tx,
    proof: &Taught,
    section: SectionId,
    file: &str,
    key: Option<&str>,
) -> Result<Editable, Error> {
    let key = key.map(|key| format!("film of a file {} {key}", proof.id()));
    if let Some(key) = &key
        && let Once::Again(film) = act::once::<FilmId>(tx, key).await?
    {
        return film::for_editing(tx, proof, film).await;
    }
    let unit = outline::add_unit(tx, proof, section, &title_of(file)).await?;
    let film = film::of_unit(tx, proof, unit).await?;
    if let Some(key) = &key {
        act::remember(tx, key, &film.film()).await?;
    }
    Ok(film)
}

/// Takes a film whose file was refused away again, with the unit that was made for it.
pub async fn forget(tx: &mut Tx, proof: &Taught, film: &Editable) -> Result<(), Error> {
    let unit = sqlx::query_scalar!(
        "select id from unit where film_id = $1 and course_id = $2 and removed_at is null",
        film.film().0,
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    film::remove(tx, proof, UnitId(unit)).await?;
    outline::remove_unit(tx, proof, UnitId(unit)).await
}

/// Takes a film out of every draft that shows it; it is deleted with its bytes when no version shows it. One that is to replace another is
/// deleted, and the other stays.
pub async fn delete(tx: &mut Tx, me: &SignedIn, film: &Editable) -> Result<(), Error> {
    if video::replace::of(tx, film).await?.is_some() {
        return Ok(video::film::remove(tx, film).await?);
    }
    let units = sqlx::query!(
        "select u.id, u.course_id, c.slug from unit u join course c on c.id = u.course_id
         where u.film_id = $1 and u.removed_at is null
           and ($2 or exists (select 1 from course_teacher t where t.course_id = c.id and t.person_id = $3))
         order by u.id",
        film.film().0,
        me.may(Verb::Change, Kind::AnyCourse),
        me.person.0,
    )
    .fetch_all(tx.connection())
    .await?;
    if units.is_empty() {
        return Err(Error::NotFound);
    }
    for unit in units {
        let course = Taught::made(CourseId(unit.course_id), unit.slug);
        film::remove(tx, &course, UnitId(unit.id)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::title_of;

    #[test]
    fn a_file_s_name_becomes_a_title() {
        let titles = [
            ("wykład_1_wstęp.mp4", "wykład 1 wstęp"),
            ("C:\\Filmy\\Ochrona danych.MOV", "Ochrona danych"),
            ("../../etc/passwd", "passwd"),
            ("v1.2 prawo", "v1.2 prawo"),
            (".mp4", ".mp4"),
            ("___.mkv", "Film"),
            ("", "Film"),
        ];
        for (file, title) in titles {
            assert_eq!(title_of(file), title, "{file}");
        }
        assert_eq!(title_of(&"ż".repeat(300)).chars().count(), 200);
    }
}

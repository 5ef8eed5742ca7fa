//! How the learners of a course do: who is at which unit, and how much of each film each has really seen.

use std::collections::HashMap;

use base::{PersonId, Tx};
use time::OffsetDateTime;
use video::FilmId;
use video::watch::{self, Watched};

use crate::error::Error;
use crate::film;
use crate::find::Taught;
use crate::learn::percent;

/// One learner of a course.
#[derive(Clone, Debug)]
pub struct Learner {
    /// Who.
    pub person: PersonId,
    /// Family name and given name.
    pub name: String,
    /// The unit of the office they work in.
    pub unit_name: Option<String>,
    /// Units finished.
    pub done: i64,
    /// Title of the unit that they are at.
    pub at: Option<String>,
    /// When they were last there.
    pub last: Option<OffsetDateTime>,
    /// What they have seen of each film, in the order of `Following::films`.
    pub films: Vec<Watched>,
}

impl Learner {
    /// Progress in whole per cent.
    pub fn percent(&self, units: i64) -> i64 {
        percent(self.done, units)
    }
}

/// A film of the published version.
#[derive(Clone, Debug)]
pub struct FilmColumn {
    /// The film.
    pub film: FilmId,
    /// Title of its unit.
    pub title: String,
    /// Its length, in milliseconds.
    pub length_ms: Option<u32>,
}

/// Learners of a course.
#[derive(Clone, Debug)]
pub struct Following {
    /// Units of the published version.
    pub units: i64,
    /// Films of the published version.
    pub films: Vec<FilmColumn>,
    /// Who is enrolled, by family name: those that were wanted.
    pub learners: Vec<Learner>,
    /// How many are enrolled.
    pub total: i64,
    /// How many of them have finished the course, as of the newest time that they take it.
    pub finished: i64,
}

/// Which learners are wanted; all of them if nothing is said.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Only those who come after this person.
    pub after: Option<PersonId>,
    /// At most so many.
    pub most: Option<i64>,
}

/// How the learners do. Empty before the course is published.
pub async fn learners(tx: &mut Tx, proof: &Taught, wanted: &Wanted) -> Result<Following, Error> {
    let units = sqlx::query!(
        r#"select u.film_id, u.title, f.length_ms as "length_ms?" from course c
             join version_unit u on u.version_id = c.published_version_id left join film f on f.id = u.film_id
           where c.id = $1 order by u.position"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let count = i64::try_from(units.len()).unwrap_or(0);
    let films = units.into_iter().filter_map(|row| {
        Some(FilmColumn {
            film: FilmId(row.film_id?),
            title: row.title,
            length_ms: row.length_ms.and_then(|length| u32::try_from(length).ok()),
        })
    });
    let films: Vec<FilmColumn> = films.collect();
    let mut seen: Vec<HashMap<PersonId, Watched>> = Vec::new();
    for column in &films {
        let editable = film::for_editing(tx, proof, column.film).await?;
        seen.push(watch::everybody(tx, &editable).await?.into_iter().collect());
    }
    // Everybody is looked up by their id (`offset 0`), so an organisation of many does not make the list of a few longer; how far
    // somebody is, is counted only for those who are shown, from what they opened of this course.
    let rows = sqlx::query!(
        r#"with who as materialized (select distinct v.person_id from covered v where v.course_id = $1),
           latest as materialized (
             select distinct on (t.person_id) t.person_id, t.cycle, t.done_at from taking t where t.course_id = $1
             order by t.person_id, t.cycle desc),
           totals as materialized (
             select count(*) as total, count(k.done_at) as finished from who left join latest k on k.person_id = who.person_id),
           shown as materialized (
             select u.unit_id from course c join version_unit u on u.version_id = c.published_version_id where c.id = $1),
           page as materialized (
             select p.id, p.family_name, p.given_name, p.org_unit_id, coalesce(k.cycle, 1) as cycle
             from who cross join lateral (select * from person h where h.id = who.person_id offset 0) p
               left join latest k on k.person_id = who.person_id
             where $2::uuid is null or (p.family_name, p.given_name, p.id) >
                   (select a.family_name, a.given_name, a.id from person a where a.id = $2)
             order by p.family_name, p.given_name, p.id limit $3)
           select totals.total as "total!", totals.finished as "finished!", p.id as "id?", p.family_name as "family_name?",
                  p.given_name as "given_name?", o.name as "unit_name?", b.at as "last?", t.title as "at?",
                  (select count(*) from progress g
                   where g.course_id = $1 and g.person_id = p.id and g.cycle = p.cycle and g.done_at is not null
                     and g.unit_id in (select unit_id from shown)) as "done!"
           from totals left join page p on true
             left join org_unit o on o.id = p.org_unit_id
             left join lateral (select m.at, m.unit_id from bookmark m where m.person_id = p.id and m.course_id = $1 offset 0) b on true
             left join unit t on t.id = b.unit_id
           order by p.family_name, p.given_name, p.id"#,
        proof.id().0,
        wanted.after.map(|id| id.0),
        wanted.most,
    )
    .fetch_all(tx.connection())
    .await?;
    let (total, finished) = rows.first().map_or((0, 0), |row| (row.total, row.finished));
    let learner = rows.into_iter().filter_map(|row| {
        let id = PersonId(row.id?);
        Some(Learner {
            person: id,
            name: format!("{} {}", row.family_name?, row.given_name?),
            unit_name: row.unit_name,
            done: row.done,
            at: row.at,
            last: row.last,
            films: seen.iter().map(|film| film.get(&id).cloned().unwrap_or_default()).collect(),
        })
    });
    let learners = learner.collect();
    Ok(Following { units: count, films, learners, total, finished })
}

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

/// All learners of a course.
#[derive(Clone, Debug)]
pub struct Following {
    /// Units of the published version.
    pub units: i64,
    /// Films of the published version.
    pub films: Vec<FilmColumn>,
    /// Everybody who is enrolled, by family name.
    pub learners: Vec<Learner>,
}

/// How the learners do. Empty before the course is published.
pub async fn learners(tx: &mut Tx, proof: &Taught) -> Result<Following, Error> {
    let films = sqlx::query!(
        r#"select u.film_id as "film!", u.title, f.length_ms from course c
             join version_unit u on u.version_id = c.published_version_id join film f on f.id = u.film_id
           where c.id = $1 order by u.position"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let units = sqlx::query_scalar!(
        r#"select count(*) as "count!" from course c join version_unit u on u.version_id = c.published_version_id where c.id = $1"#,
        proof.id().0
    )
    .fetch_one(tx.connection())
    .await?;
    let mut seen: Vec<HashMap<PersonId, Watched>> = Vec::new();
    for row in &films {
        let editable = film::for_editing(tx, proof, FilmId(row.film)).await?;
        seen.push(watch::everybody(tx, &editable).await?.into_iter().collect());
    }
    let rows = sqlx::query!(
        r#"select p.id, p.family_name, p.given_name, o.name as "unit_name?", b.at as "last?", t.title as "at?",
                  (select count(*) from progress g join version_unit u on u.unit_id = g.unit_id
                   where g.person_id = p.id and u.version_id = c.published_version_id and g.done_at is not null
                     and g.cycle = coalesce((select max(k.cycle) from taking k where k.course_id = c.id and k.person_id = p.id), 1)) as "done!"
           from enrolled e join person p on p.id = e.person_id join course c on c.id = e.course_id
             left join org_unit o on o.id = p.org_unit_id
             left join bookmark b on b.person_id = p.id and b.course_id = c.id
             left join unit t on t.id = b.unit_id
           where e.course_id = $1 order by p.family_name, p.given_name, p.id"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let learner = rows.into_iter().map(|row| Learner {
        person: PersonId(row.id),
        name: format!("{} {}", row.family_name, row.given_name),
        unit_name: row.unit_name,
        done: row.done,
        at: row.at,
        last: row.last,
        films: seen.iter().map(|film| film.get(&PersonId(row.id)).cloned().unwrap_or_default()).collect(),
    });
    let learners = learner.collect();
    let films = films.into_iter().map(|row| FilmColumn {
        film: FilmId(row.film),
        title: row.title,
        length_ms: row.length_ms.and_then(|length| u32::try_from(length).ok()),
    });
    Ok(Following { units, films: films.collect(), learners })
}

//! Whom the end of a film concerns: whoever sent it is told that it is ready, when that took long, or why it could not be made; those who
//! look after an adopted course, why a film of it could not come, and when all of them have. Of each end once.

use base::Tx;
use base::job::JobError;
use base::worker::Task;
use notices::notice::{self, Kind};
use video::FilmId;
use video::arrival::Came;
use video::ended::Ended;
use video::film::State;

use crate::error::Error;
use crate::find::Taught;
use crate::{CourseId, teacher, told};

pub use base::job::give_up;
pub use video::ended::KIND;

/// All films have come, and the course is published. A word in `notice.detail`, as the one that follows.
pub const PUBLISHED: &str = "published";
/// They have, and the course waits for somebody to publish it.
pub const WAITS: &str = "waits";

/// What became of an adopted course with the last of its films.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// It published itself.
    Published,
    /// Somebody has to publish it: it was changed meanwhile, or something stands in the way.
    Waits,
    /// There was nothing to publish.
    Stays,
}

/// The handler of `KIND`.
pub async fn run(task: Task) -> Result<(), JobError> {
    let ended = Ended::of(&task)?;
    let mut tx = task.db.begin(&task.held.actor()).await?;
    tell(&mut tx, &ended).await.map_err(|error| JobError::Retry(error.to_string()))?;
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Of a film that no unit shows any more, or that is tried again already, nobody is told.
async fn tell(tx: &mut Tx, ended: &Ended) -> Result<(), Error> {
    let state = if ended.reason.is_some() { State::Failed } else { State::Ready };
    let row = sqlx::query!(
        r#"select u.id, u.course_id, c.slug, left(u.title || ' (' || c.title || ')', 300) as "subject!",
                  exists (select 1 from film_arrival a where a.film_id = f.id) as "comes!"
           from film f join unit u on u.film_id = coalesce(f.replaces, f.id) and u.removed_at is null
             join course c on c.id = u.course_id and c.state <> 'archived'
           where f.id = $1 and f.state = $2 order by u.id limit 1"#,
        ended.film.0,
        state.word(),
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(()) };
    if !is_first(tx, ended.film, ended.number).await? {
        return Ok(());
    }
    let course = CourseId(row.course_id);
    // In place of one who may do nothing about the film any more those are told who look after the course.
    let people = if row.comes || !teacher::may_change(tx, course, ended.by).await? {
        told::carers(tx, course).await?
    } else {
        vec![ended.by]
    };
    let kind = if ended.reason.is_some() { Kind::FilmFailed } else { Kind::FilmReady };
    let path = format!("/teaching/{}/units/{}/film", row.slug, row.id);
    Ok(notice::tell_more(tx, &people, kind, (&row.subject, ended.reason.as_deref()), &path).await?)
}

/// Tells those who look after an adopted course that the last of its films has come, and what became of the course.
pub(crate) async fn all_came(tx: &mut Tx, proof: &Taught, came: Came, then: Then) -> Result<(), Error> {
    if !is_first(tx, came.film, came.fence).await? {
        return Ok(());
    }
    let Some(shown) = told::card(tx, proof.id()).await? else { return Ok(()) };
    let people = told::carers(tx, proof.id()).await?;
    let (detail, page) = match then {
        Then::Published => (Some(PUBLISHED), ""),
        Then::Waits => (Some(WAITS), "/publish"),
        Then::Stays => (None, ""),
    };
    let path = format!("/teaching/{}{page}", shown.slug);
    Ok(notice::tell_more(tx, &people, Kind::FilmsCame, (&shown.title, detail), &path).await?)
}

/// Writes down that somebody is told of the end of a film that had this number; of two who do so the first is told yes.
async fn is_first(tx: &mut Tx, film: FilmId, number: i64) -> Result<bool, Error> {
    let organisation = tx.organisation()?;
    let fresh = sqlx::query!(
        "insert into film_told (organisation_id, film_id, number) values ($1, $2, $3) on conflict do nothing",
        organisation.0,
        film.0,
        number,
    )
    .execute(tx.connection())
    .await?;
    Ok(fresh.rows_affected() == 1)
}

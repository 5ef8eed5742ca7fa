//! Whom this area tells what: whoever was enrolled by name or is obliged by a rule, whoever is in the middle of a course that changes, whoever may teach it, and whoever looks after an adopted one.
//! Nobody is told of what they did themselves, or of a course that they cannot open yet.

use base::{PersonId, Tx};
use notices::notice::{self, Kind};
use uuid::Uuid;

use crate::error::Error;
use crate::find::Taught;
use crate::{CourseId, VersionId};

/// Tells a person that somebody enrolled them; of a course that is not published yet they are told with its first version.
pub(crate) async fn assigned(tx: &mut Tx, course: CourseId, person: PersonId) -> Result<(), Error> {
    let shown = sqlx::query!(
        "select c.slug, v.title from course c join course_version v on v.id = c.published_version_id
         where c.id = $1 and c.state = 'published'",
        course.0
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(shown) = shown else { return Ok(()) };
    let path = format!("/courses/{}", shown.slug);
    Ok(notice::tell(tx, &[person], Kind::Assigned, &shown.title, &path).await?)
}

/// Tells those to whom a rule assigned these takings; each taking is told of once, whatever becomes of it later.
pub(crate) async fn by_rule(tx: &mut Tx, takings: &[Uuid]) -> Result<(), Error> {
    if takings.is_empty() {
        return Ok(());
    }
    let organisation = tx.organisation()?;
    let by = tx.actor().person().map(|person| person.0);
    let rows = sqlx::query!(
        r#"with fresh as (
             insert into assignment_told (organisation_id, taking_id) select $1, n.id from unnest($2::uuid[]) n (id)
             on conflict do nothing returning taking_id)
           select c.slug as "slug!", v.title as "title!", array_agg(t.person_id) as "people!"
           from fresh f join taking t on t.id = f.taking_id join course c on c.id = t.course_id
             join course_version v on v.id = c.published_version_id
           where t.person_id is distinct from $3
           group by c.slug, v.title order by c.slug"#,
        organisation.0,
        takings,
        by,
    )
    .fetch_all(tx.connection())
    .await?;
    for row in rows {
        let people: Vec<PersonId> = row.people.into_iter().map(PersonId).collect();
        notice::tell(tx, &people, Kind::Assigned, &row.title, &format!("/courses/{}", row.slug)).await?;
    }
    Ok(())
}

/// Tells those whom a version concerns: of the first one whoever is enrolled by name without a rule (`by_rule` tells the others),
/// of a later one whoever has begun.
pub(crate) async fn published(
    tx: &mut Tx,
    proof: &Taught,
    author: PersonId,
    number: i32,
) -> Result<(), Error> {
    let first = number == 1;
    let people = sqlx::query_scalar!(
        r#"select e.person_id as "person!" from enrolment e where e.course_id = $1 and e.target = 'person' and not e.mandatory and $3
           union
           select t.person_id from taking t where t.course_id = $1 and not $3 and t.begun_at is not null and t.done_at is null
             and t.exempted_at is null and t.released_at is null
           except select $2"#,
        proof.id().0,
        author.0,
        first,
    )
    .fetch_all(tx.connection())
    .await?;
    if people.is_empty() {
        return Ok(());
    }
    let title = sqlx::query_scalar!("select title from course where id = $1", proof.id().0)
        .fetch_one(tx.connection())
        .await?;
    let (kind, path) =
        (if first { Kind::Assigned } else { Kind::NewVersion }, format!("/courses/{}", proof.slug()));
    let people: Vec<PersonId> = people.into_iter().map(PersonId).collect();
    Ok(notice::tell(tx, &people, kind, &title, &path).await?)
}

/// Tells those who look after an adopted course that its publisher has a newer version, once for each version: its teachers, and where
/// nobody teaches it any more those who administer the organisation.
pub(crate) async fn newer(tx: &mut Tx, course: CourseId, version: VersionId) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let fresh = sqlx::query!(
        "insert into adoption_told (organisation_id, course_id, version_id) values ($1, $2, $3) on conflict do nothing",
        organisation.0,
        course.0,
        version.0,
    )
    .execute(tx.connection())
    .await?;
    if fresh.rows_affected() == 0 {
        return Ok(());
    }
    let Some(shown) = card(tx, course).await? else { return Ok(()) };
    let people = carers(tx, course).await?;
    let path = format!("/teaching/{}/takeover", shown.slug);
    Ok(notice::tell(tx, &people, Kind::AdoptedNewer, &shown.title, &path).await?)
}

/// A course as it is called in what is told of it.
pub(crate) struct Shown {
    /// Its name in addresses.
    pub slug: String,
    /// Its title in the draft.
    pub title: String,
}

/// A course that is not put away.
pub(crate) async fn card(tx: &mut Tx, course: CourseId) -> Result<Option<Shown>, Error> {
    let shown = sqlx::query_as!(
        Shown,
        "select slug, title from course where id = $1 and state <> 'archived'",
        course.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(shown)
}

/// Those who look after a course: its teachers, and where nobody teaches it any more those who administer the organisation.
pub(crate) async fn carers(tx: &mut Tx, course: CourseId) -> Result<Vec<PersonId>, Error> {
    let organisation = tx.organisation()?;
    let people = sqlx::query_scalar!(
        r#"with teacher as (
             select t.person_id from course_teacher t join person p on p.id = t.person_id and p.state = 'active' where t.course_id = $1)
           select person_id as "id!" from teacher
           union
           select p.id from person p join role_grant g on g.person_id = p.id and g.role = 'organisation_admin'
           where p.organisation_id = $2 and p.state = 'active' and not exists (select from teacher)"#,
        course.0,
        organisation.0,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(people.into_iter().map(PersonId).collect())
}

/// Tells a person that they may teach a course.
pub(crate) async fn teaching(tx: &mut Tx, proof: &Taught, person: PersonId) -> Result<(), Error> {
    let title = sqlx::query_scalar!("select title from course where id = $1", proof.id().0)
        .fetch_one(tx.connection())
        .await?;
    Ok(notice::tell(tx, &[person], Kind::Teaching, &title, &format!("/teaching/{}", proof.slug())).await?)
}

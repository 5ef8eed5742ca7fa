//! Newer versions of adopted courses: whoever looks after such a course is told when its publisher publishes, of each version once.
//! The publisher's act only asks for the job, which goes from organisation to organisation, each in a transaction of its own.

use base::job::JobError;
use base::worker::Task;
use base::{Actor, OrganisationId, Tx};

use super::wish;
use crate::error::Error;
use crate::find::Taught;
use crate::{CourseId, VersionId, told};

pub use base::job::give_up;

/// The kind of the job, of the organisation that offers.
pub const KIND: &str = "tell_adopters";

/// Asks for the job when the course is offered; otherwise nobody waits for its versions.
pub(crate) async fn published(tx: &mut Tx, proof: &Taught) -> Result<(), Error> {
    let offered = sqlx::query_scalar!(
        r#"select exists (select from catalogue_offer where course_id = $1 and withdrawn_at is null) as "offered!""#,
        proof.id().0
    )
    .fetch_one(tx.connection())
    .await?;
    if offered {
        wish::queue(tx, KIND).await?;
    }
    Ok(())
}

/// The handler of `KIND`: every organisation that took over an older version of what this one offers is told of the newest.
pub async fn run(task: Task) -> Result<(), JobError> {
    let Some(publisher) = task.held.organisation else {
        return Err(JobError::Fail("the job names no organisation".to_owned()));
    };
    let mut all = task.db.begin(&Actor::installation(KIND)).await?;
    let behind = sqlx::query!(
        r#"select a.organisation_id, a.course_id, c.published_version_id as "version!"
           from catalogue_offer o join course c on c.id = o.course_id and c.state = 'published'
             join adoption a on a.offer_id = o.id and a.version_id <> c.published_version_id
           where o.organisation_id = $1 and o.withdrawn_at is null
             and not exists (select from adoption_told t where t.course_id = a.course_id and t.version_id = c.published_version_id)
           order by a.organisation_id, a.course_id"#,
        publisher.0
    )
    .fetch_all(all.connection())
    .await?;
    drop(all);
    for one in behind {
        let mut tx = task.db.begin(&Actor::job(KIND, OrganisationId(one.organisation_id))).await?;
        told::newer(&mut tx, CourseId(one.course_id), VersionId(one.version))
            .await
            .map_err(|error| JobError::Retry(error.to_string()))?;
        tx.commit().await?;
    }
    let mut tx = task.db.begin(&task.held.actor()).await?;
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}

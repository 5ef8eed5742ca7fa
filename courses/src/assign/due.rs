//! Deadlines: the earliest of the rules that cover a person. A rule's day is reckoned from the day of the assignment in Warsaw.

use base::{PersonId, Tx};

use super::GRACE_DAYS;
use crate::CourseId;
use crate::error::Error;

/// Sets the deadline of every open taking that a rule asks for; answers how many changed, and whose deadline moved of which course. An
/// extension stays while it is later than the rules' day.
///
/// A fixed day that had passed when the taking was assigned gives `GRACE_DAYS` instead. A cycle that follows one which still
/// counts is due on the last day on which that counts; days after the assignment are not reckoned for it, because it was assigned
/// ahead of time. A major version may name a day of its own.
pub(super) async fn set(
    tx: &mut Tx,
    course: Option<CourseId>,
) -> Result<(u64, Vec<(PersonId, CourseId)>), Error> {
    let organisation = tx.organisation()?;
    let changed = sqlx::query!(
        r#"with o as materialized (select * from obliged where organisation_id = $1 and ($2::uuid is null or course_id = $2)),
           n as (
             select t.id, t.course_id, t.person_id, t.deadline as was, x.since, p.valid_until as renewal,
                    (select min(v.redo_by) from course_version v
                     where v.course_id = t.course_id and v.change = 'major' and v.redo_by >= x.since
                       and (v.number > (select b.number from course_version b where b.id = p.version_id)
                            -- Who was stopped in the middle begins anew for the version that stopped them.
                            or p.version_id is null and v.published_at >= p.released_at)) as redo
             from taking t cross join lateral (select (t.assigned_at at time zone 'Europe/Warsaw')::date as since) x
               left join lateral (
                 select p.released_at, p.version_id, case when p.valid_until >= x.since then p.valid_until end as valid_until
                 from taking p where p.person_id = t.person_id and p.course_id = t.course_id and p.cycle = t.cycle - 1) p on true
             where t.organisation_id = $1 and ($2::uuid is null or t.course_id = $2) and t.assigned_at is not null
               and t.done_at is null and t.exempted_at is null and t.released_at is null),
           r as (
             select n.id, n.was, least(n.renewal, n.redo, min(case o.due_kind
                      when 'fixed' then case when o.due_on >= n.since then o.due_on
                                             when n.renewal is null and n.redo is null then n.since + $3::integer end
                      when 'after' then case when n.renewal is null then n.since + o.due_days end
                      when 'yearly' then yearly_from(o.due_month, o.due_day, n.since) end)) as due
             from n join o on o.course_id = n.course_id and o.person_id = n.person_id
             group by n.id, n.was, n.renewal, n.redo)
         update taking t set due_on = r.due,
           extended_to = case when t.extended_to > r.due then t.extended_to end,
           extension_reason = case when t.extended_to > r.due then t.extension_reason end,
           extended_by = case when t.extended_to > r.due then t.extended_by end
         from r where t.id = r.id and t.due_on is distinct from r.due and t.done_at is null
         returning t.person_id as "person!", t.course_id as "course!",
                   r.was is not null and r.was is distinct from t.deadline as "moved!""#,
        organisation.0,
        course.map(|id| id.0),
        GRACE_DAYS,
    )
    .fetch_all(tx.connection())
    .await?;
    let count = u64::try_from(changed.len()).unwrap_or(u64::MAX);
    let moved = changed.into_iter().filter(|row| row.moved);
    Ok((count, moved.map(|row| (PersonId(row.person), CourseId(row.course))).collect()))
}

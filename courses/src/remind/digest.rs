//! What is overdue, for the heads of units: everybody of their units and of all below, by name. A head is told when there is
//! something that they were not told of, and then the letter has the whole list.

use base::{PersonId, Tx};
use identity::day;
use notices::notice::{self, Kind};
use time::Date;
use uuid::Uuid;

/// The page with all of it.
pub const PAGE: &str = "/reports/training?state=late";

/// One overdue taking in the letter.
#[derive(Clone, Debug)]
pub struct Late {
    /// Family name and given name.
    pub name: String,
    /// Their unit.
    pub unit: String,
    /// Title of the course.
    pub title: String,
    /// The deadline.
    pub due_on: Date,
    /// Whether the head was not told of it before.
    pub new: bool,
    taking: Uuid,
}

/// What a head is told.
#[derive(Clone, Debug)]
pub struct Digest {
    /// Their language: `pl`, `en` or `uk`.
    pub language: String,
    /// What is overdue, by unit and name.
    pub late: Vec<Late>,
    head: Uuid,
}

/// Tells every head of the organisation whom there is something new to tell, once a day; answers how many. Whoever is second
/// waits for the first and then finds nothing to do.
pub async fn tell(tx: &mut Tx, write: &(impl Fn(&Digest) -> String + Sync)) -> Result<usize, sqlx::Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let mut told = 0;
    for digest in digests(tx, today).await? {
        if !digest.late.iter().any(|late| late.new) {
            continue;
        }
        let fresh = sqlx::query!(
            "insert into overdue_digest (organisation_id, head_id, day) values ($1, $2, $3) on conflict do nothing",
            organisation.0,
            digest.head,
            today,
        )
        .execute(tx.connection())
        .await?
        .rows_affected();
        if fresh == 0 {
            continue;
        }
        let new = digest.late.iter().filter(|late| late.new);
        let (takings, days): (Vec<Uuid>, Vec<Date>) = new.map(|late| (late.taking, late.due_on)).unzip();
        sqlx::query!(
            "insert into overdue_told (organisation_id, head_id, taking_id, due_on)
             select $1, $2, n.taking_id, n.due_on from unnest($3::uuid[], $4::date[]) as n (taking_id, due_on) on conflict do nothing",
            organisation.0,
            digest.head,
            &takings,
            &days,
        )
        .execute(tx.connection())
        .await?;
        let (head, count) = (PersonId(digest.head), digest.late.len().to_string());
        notice::tell_enclosing(tx, head, Kind::Overdue, &count, PAGE, &write(&digest)).await?;
        told += 1;
    }
    Ok(told)
}

async fn digests(tx: &mut Tx, today: Date) -> Result<Vec<Digest>, sqlx::Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select h.person_id as "head!", b.language as "language!", t.id as "taking!", t.deadline as "due_on!",
                  p.family_name || ' ' || p.given_name as "name!", u.name as "unit!",
                  v.title as "title!",
                  not exists (select 1 from overdue_told d where d.head_id = h.person_id and d.taking_id = t.id
                              and d.due_on = t.deadline) as "new!"
           from headed h join person b on b.id = h.person_id and b.state = 'active'
             join org_unit u on u.id = h.unit_id
             join person p on p.org_unit_id = h.unit_id and p.state = 'active' and p.id <> h.person_id
             join taking t on t.person_id = p.id and t.assigned_at is not null and t.done_at is null and t.exempted_at is null
               and t.released_at is null and t.deadline < $2
             join course c on c.id = t.course_id join course_version v on v.id = c.published_version_id
           where h.organisation_id = $1
           order by h.person_id, u.name collate "pl-x-icu", p.family_name collate "pl-x-icu", p.given_name collate "pl-x-icu", p.id,
                    v.title"#,
        organisation.0,
        today,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut digests: Vec<Digest> = Vec::new();
    for row in rows {
        if digests.last().is_none_or(|digest| digest.head != row.head) {
            digests.push(Digest { language: row.language, late: Vec::new(), head: row.head });
        }
        if let Some(digest) = digests.last_mut() {
            digest.late.push(Late {
                name: row.name,
                unit: row.unit,
                title: row.title,
                due_on: row.due_on,
                new: row.new,
                taking: row.taking,
            });
        }
    }
    Ok(digests)
}

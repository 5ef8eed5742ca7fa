//! What the housekeeping asks for once a day in an organisation, from an hour in Warsaw on. Each kind of job leaves a row for
//! the day, so it is asked for once by however many programs.

use base::job;
use base::{Actor, Db, OrganisationId, Tx};
use uuid::Uuid;

use crate::day;

/// After so many tries a day's job is dead; the next day brings up what could not be done.
const TRIES: i32 = 8;

/// Organisations in which a kind of job was not asked for today; none before that hour (0 to 23) in Warsaw. They come with the
/// transaction, which sees every organisation, to look which of them have something to do.
pub async fn not_asked(db: &Db, kind: &'static str, hour: i32) -> Result<(Tx, Vec<Uuid>), sqlx::Error> {
    let mut tx = db.begin(&Actor::installation(kind)).await?;
    let organisations = sqlx::query_scalar!(
        "select o.id from organisation o
         where extract(hour from moment() at time zone 'Europe/Warsaw') >= $2::int
           and not exists (select 1 from daily_run r where r.organisation_id = o.id and r.kind = $1
                           and r.day = (moment() at time zone 'Europe/Warsaw')::date)",
        kind,
        hour,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok((tx, organisations))
}

/// Writes down that today's job is asked for; `false` when somebody was first.
pub async fn first(tx: &mut Tx, kind: &str) -> Result<bool, sqlx::Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let fresh = sqlx::query!(
        "insert into daily_run (organisation_id, kind, day) values ($1, $2, $3) on conflict do nothing",
        organisation.0,
        kind,
        today,
    )
    .execute(tx.connection())
    .await?;
    Ok(fresh.rows_affected() == 1)
}

/// Queues today's job of these organisations, each in a transaction of its own, where nobody was first; the one in which they were
/// looked for ends before.
pub async fn queue(
    db: &Db,
    looked: Tx,
    kind: &'static str,
    organisations: Vec<Option<Uuid>>,
) -> Result<(), sqlx::Error> {
    drop(looked);
    for organisation in organisations.into_iter().flatten() {
        let mut tx = db.begin(&Actor::job(kind, OrganisationId(organisation))).await?;
        if first(&mut tx, kind).await? {
            let today = day::today(&mut tx).await?;
            let key = format!("{organisation} {today}");
            job::enqueue(&mut tx, kind, &key, TRIES, &serde_json::json!({})).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

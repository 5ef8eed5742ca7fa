//! Letters with what was told: everything that is due for a person goes in one, whether at once or once a day.

use base::job::{self, JobError};
use base::key::{self, Purpose};
use base::mail::{self, Letter};
use base::worker::Task;
use base::{Actor, Db, OrganisationId, PersonId, Tx};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::notice::Kind;
use crate::refuse;

// What could not be written now is asked for again in a minute.
pub use base::job::give_up;

/// The kind of the job.
pub const KIND: &str = "notice_letters";
/// Notices that are looked at in one transaction.
const AT_ONCE: i64 = 500;
/// Notices that one letter lists; the others are only counted.
pub const LISTED: usize = 50;

/// A letter that is to be written.
#[derive(Clone, Debug)]
pub struct Told {
    /// The receiver's address.
    pub email: String,
    /// The receiver's name.
    pub name: String,
    /// Their language: `pl`, `en` or `uk`.
    pub language: String,
    /// Who writes.
    pub organisation: String,
    /// What they were told, the oldest first.
    pub notices: Vec<Line>,
    /// What stands below them, in their language, each of some lines.
    pub enclosed: Vec<String>,
    /// The link that refuses further letters.
    pub refuse: String,
}

/// One notice in a letter; its fields are those of `notice::Notice`.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it is about.
    pub kind: Kind,
    /// The title of the thing.
    pub subject: String,
    /// A word that says more.
    pub detail: Option<String>,
    /// Its page.
    pub path: String,
    /// When it was told.
    pub at: OffsetDateTime,
}

/// Asks for the letters of every organisation in which one is due.
pub async fn ask_due(db: &Db) -> Result<(), sqlx::Error> {
    let mut tx = db.begin(&Actor::installation(KIND)).await?;
    let organisations = sqlx::query_scalar!(
        "select distinct organisation_id from notice where mail_at <= moment() and mail_at is not null and mailed_at is null"
    );
    let organisations = organisations.fetch_all(tx.connection()).await?;
    drop(tx);
    for organisation in organisations {
        let mut tx = db.begin(&Actor::job(KIND, OrganisationId(organisation))).await?;
        job::enqueue(&mut tx, KIND, &organisation.to_string(), 5, &serde_json::json!({})).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The handler of `KIND`; `write` makes the text. `public_url`: without a slash at the end.
pub async fn run<F>(public_url: &str, write: F, task: Task) -> Result<(), JobError>
where
    F: Fn(&Told) -> Letter + Send + Sync,
{
    let key = key::current(&task.db, Purpose::Seal).await?;
    let mut tx = task.db.begin(&task.held.actor()).await?;
    send(&mut tx, &key, public_url, &write).await?;
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Of those who look at the same moment each gets other notices (`skip locked`), so no letter goes out twice.
async fn send(
    tx: &mut Tx,
    key: &[u8],
    public_url: &str,
    write: &(impl Fn(&Told) -> Letter + Sync),
) -> Result<(), sqlx::Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select n.id, n.person_id, n.kind, n.subject, n.detail, n.path, n.created_at, p.language, o.name as organisation,
                  p.given_name || ' ' || p.family_name as "name!", coalesce(p.email, '') as "email!",
                  p.email is not null and p.state = 'active' and n.read_at is null as "wanted!", e.text as "enclosed?"
           from notice n join person p on p.id = n.person_id join organisation o on o.id = n.organisation_id
             left join notice_enclosure e on e.notice_id = n.id
           where n.organisation_id = $1 and n.mail_at <= moment() and n.mail_at is not null and n.mailed_at is null
           order by n.person_id, n.id limit $2 for update of n skip locked"#,
        organisation.0,
        AT_ONCE,
    )
    .fetch_all(tx.connection())
    .await?;
    // What was read meanwhile needs no letter, and nobody writes to those who may not sign in.
    let unwanted: Vec<Uuid> = rows.iter().filter(|row| !row.wanted).map(|row| row.id).collect();
    let (mut sent, mut letters): (Vec<Uuid>, Vec<(Uuid, PersonId, Told)>) = (Vec::new(), Vec::new());
    for row in rows.into_iter().filter(|row| row.wanted) {
        let (person, Some(kind)) = (PersonId(row.person_id), Kind::from_word(&row.kind)) else { continue };
        sent.push(row.id);
        if letters.last().is_none_or(|(_, last, _)| *last != person) {
            let told = Told {
                email: row.email,
                name: row.name,
                language: row.language,
                organisation: row.organisation,
                notices: Vec::new(),
                enclosed: Vec::new(),
                refuse: format!("{public_url}/letters/{}", refuse::token(key, person)),
            };
            letters.push((row.id, person, told));
        }
        if let Some((.., told)) = letters.last_mut() {
            let (subject, detail, path, at) = (row.subject, row.detail, row.path, row.created_at);
            told.notices.push(Line { kind, subject, detail, path, at });
            told.enclosed.extend(row.enclosed);
        }
    }
    for (first, _, told) in &letters {
        mail::post_listed(tx, &format!("notices {first}"), &write(told), &told.refuse).await?;
    }
    // What stood in the letters names others; nobody needs it here any longer.
    sqlx::query!(
        "delete from notice_enclosure where notice_id = any($1) or notice_id = any($2)",
        &sent,
        &unwanted
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "update notice set mailed_at = case when id = any($1) then moment() end, mail_at = case when id = any($1) then mail_at end
         where id = any($1) or id = any($2)",
        &sent,
        &unwanted,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

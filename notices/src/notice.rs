//! Notices: what a person is told within the site. Written in the transaction of the act that causes them.

use base::{PersonId, Tx};
use identity::PeopleAdmin;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::NoticeId;
use crate::error::Error;

/// How many the page shows.
pub const SHOWN: i64 = 100;

/// What a notice is about; each kind can be refused by e-mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody assigned a course to the person.
    Assigned,
    /// A course that the person takes has a new version.
    NewVersion,
    /// The person may teach a course from now on.
    Teaching,
    /// The publisher of an adopted course that the person looks after has a newer version.
    AdoptedNewer,
    /// The films of an adopted course that the person looks after have come.
    FilmsCame,
    /// A film that the person sent is ready.
    FilmReady,
    /// A film that the person sent, or one of an adopted course that they look after, could not be made or could not come.
    FilmFailed,
    /// A certificate of the person stops counting soon.
    Expiring,
    /// A certificate of the person counts no longer.
    Expired,
    /// The person has to finish a course in so many days.
    Deadline,
    /// Somebody in the units that the person heads is late with a course.
    Overdue,
}

impl Kind {
    /// In the order of the page of preferences.
    pub const ALL: [Self; 11] = [
        Self::Assigned,
        Self::NewVersion,
        Self::Teaching,
        Self::AdoptedNewer,
        Self::FilmsCame,
        Self::FilmReady,
        Self::FilmFailed,
        Self::Expiring,
        Self::Expired,
        Self::Deadline,
        Self::Overdue,
    ];

    /// The word in the database and in forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::NewVersion => "new_version",
            Self::Teaching => "teaching",
            Self::AdoptedNewer => "adopted_newer",
            Self::FilmsCame => "films_came",
            Self::FilmReady => "film_ready",
            Self::FilmFailed => "film_failed",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::Deadline => "deadline",
            Self::Overdue => "overdue",
        }
    }

    /// The one of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A notice in the person's list.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// What it is about.
    pub kind: Kind,
    /// The title of the thing; of a certificate and of a deadline with the last day; of what is overdue how much there is.
    pub subject: String,
    /// A word that says more, of the area that told it; nothing where its kind says all.
    pub detail: Option<String>,
    /// Its page.
    pub path: String,
    /// When it was told.
    pub created_at: OffsetDateTime,
    /// Whether it was read.
    pub read: bool,
}

/// Tells people of the organisation something; `path` is an address of this site. People of others are passed over.
pub async fn tell(
    tx: &mut Tx,
    people: &[PersonId],
    kind: Kind,
    subject: &str,
    path: &str,
) -> Result<(), sqlx::Error> {
    tell_more(tx, people, kind, (subject, None), path).await
}

/// The same of a subject with a word that says more, such as why: small letters and low lines, 40 at most. Pages turn it into a sentence.
pub async fn tell_more(
    tx: &mut Tx,
    people: &[PersonId],
    kind: Kind,
    subject: (&str, Option<&str>),
    path: &str,
) -> Result<(), sqlx::Error> {
    add(tx, people, kind, subject, path).await?;
    Ok(())
}

/// Tells one person something of which the letter says more than the list does. `enclosed`: lines in their language, which stand below
/// what the letter lists; they are kept until it has gone, or until nobody wants it any more.
pub async fn tell_enclosing(
    tx: &mut Tx,
    person: PersonId,
    kind: Kind,
    subject: &str,
    path: &str,
    enclosed: &str,
) -> Result<(), sqlx::Error> {
    let told = add(tx, &[person], kind, (subject, None), path).await?;
    sqlx::query!(
        "insert into notice_enclosure (notice_id, organisation_id, text)
         select id, organisation_id, $2 from notice where id = any($1) and mail_at is not null",
        &told,
        enclosed,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Answers the ids of what was told, also of people who were passed over.
async fn add(
    tx: &mut Tx,
    people: &[PersonId],
    kind: Kind,
    (subject, detail): (&str, Option<&str>),
    path: &str,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let (organisation, now) = (tx.organisation()?, tx.now());
    let (ids, people): (Vec<_>, Vec<_>) =
        people.iter().map(|person| (NoticeId::new(now).0, person.0)).unzip();
    sqlx::query!(
        "insert into notice (id, organisation_id, person_id, kind, subject, path, detail, mail_at)
         select n.id, $1, p.id, $4, $5, $6, $7, case when p.email is not null then
           letter_time(coalesce(w.wish, 'daily'), coalesce(q.quiet_from, '20:00'), coalesce(q.quiet_to, '07:00'), moment()) end
         from unnest($2::uuid[], $3::uuid[]) n (id, person_id) join person p on p.id = n.person_id and p.organisation_id = $1
           left join notice_wish w on w.person_id = p.id and w.kind = $4 left join quiet_hours q on q.person_id = p.id",
        organisation.0,
        &ids,
        &people,
        kind.word(),
        subject,
        path,
        detail,
    )
    .execute(tx.connection())
    .await?;
    Ok(ids)
}

/// Keeps letters that wait from going out, each about the thing of that page, which does not concern its person any more; the notices
/// stay in the list.
pub async fn keep_letters(tx: &mut Tx, kind: Kind, those: &[(PersonId, String)]) -> Result<(), sqlx::Error> {
    let (people, paths): (Vec<Uuid>, Vec<String>) =
        those.iter().map(|(person, path)| (person.0, path.clone())).unzip();
    sqlx::query!(
        "with unwanted as (
           update notice n set mail_at = null from unnest($1::uuid[], $2::text[]) x (person_id, path)
           where n.person_id = x.person_id and n.path = x.path and n.kind = $3 and n.mail_at is not null and n.mailed_at is null
           returning n.id)
         delete from notice_enclosure where notice_id in (select id from unwanted)",
        &people,
        &paths,
        kind.word(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Lets go what letters that wait would say below their lines, because somebody's data were erased (art. 17 RODO) of whom it may speak;
/// the letters go without it.
pub async fn forget_enclosures(tx: &mut Tx, _: &PeopleAdmin) -> Result<(), sqlx::Error> {
    let organisation = tx.organisation()?;
    sqlx::query!("delete from notice_enclosure where organisation_id = $1", organisation.0)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// How many the acting person has not read.
pub async fn unread(tx: &mut Tx) -> Result<i64, sqlx::Error> {
    let person = tx.person()?;
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from notice where person_id = $1 and read_at is null"#,
        person.0
    )
    .fetch_one(tx.connection())
    .await
}

/// The acting person's notices, the newest first.
pub async fn own(tx: &mut Tx) -> Result<Vec<Notice>, Error> {
    let person = tx.person()?;
    let rows = sqlx::query!(
        r#"select id, kind, subject, detail, path, created_at, read_at is not null as "read!" from notice
           where person_id = $1 order by id desc limit $2"#,
        person.0,
        SHOWN,
    )
    .fetch_all(tx.connection())
    .await?;
    let notice = rows.into_iter().filter_map(|row| {
        Some(Notice {
            id: NoticeId(row.id),
            kind: Kind::from_word(&row.kind)?,
            subject: row.subject,
            detail: row.detail,
            path: row.path,
            created_at: row.created_at,
            read: row.read,
        })
    });
    Ok(notice.collect())
}

/// Marks one of the acting person's notices as read; once more changes nothing. Answers its page.
///
/// Errors: `NotFound` for anybody else's.
pub async fn read(tx: &mut Tx, id: NoticeId) -> Result<String, Error> {
    let person = tx.person()?;
    let path = sqlx::query_scalar!(
        "update notice set read_at = coalesce(read_at, moment()) where id = $1 and person_id = $2 returning path",
        id.0,
        person.0,
    )
    .fetch_optional(tx.connection())
    .await?;
    path.ok_or(Error::NotFound)
}

/// Marks as read what the acting person had been told by the time of this notice, and it. What came after the page was shown stays.
pub async fn read_until(tx: &mut Tx, id: NoticeId) -> Result<(), Error> {
    let person = tx.person()?;
    sqlx::query!(
        "update notice set read_at = moment() where person_id = $1 and id <= $2 and read_at is null",
        person.0,
        id.0,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

//! Sessions: rows, not tokens. A person who was suspended is out at the next request, on every machine.

use base::id::Secret;
use base::{Actor, Db, OrganisationId, PersonId, Tx};
use time::{Duration, OffsetDateTime};

use crate::SessionId;
use crate::error::Error;
use crate::permit::Roles;

/// A browser stays signed in this long after its last visit, and never longer than `LONGEST`.
pub const IDLE: Duration = Duration::days(30);
/// The longest life of a browser's session, and of its cookie: the row decides from day to day, the cookie only must not
/// end before it.
pub const LONGEST: Duration = Duration::days(90);
/// Life of a session of the API, from sign-in.
pub const API_LIFE: Duration = Duration::days(1);
/// How often the last visit is written down.
const SEEN_STEP: Duration = Duration::minutes(5);

/// The person behind a request.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session that the request came with.
    pub session: SessionId,
    /// The person.
    pub person: PersonId,
    /// The organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// Its short name in addresses.
    pub organisation_slug: String,
    /// Whether it is a school (else an office).
    pub school: bool,
    /// Given and family name.
    pub name: String,
    /// Language of the interface: `pl`, `en` or `uk`.
    pub language: String,
    /// Granted roles.
    pub roles: Roles,
    /// Whether they are the head of a unit.
    pub heads: bool,
}

/// What a sign-in says of the client, kept so that a person recognises their own sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// A browser with a cookie.
    Browser,
    /// A client of the REST API with a ticket.
    Api,
}

impl ClientKind {
    fn word(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Api => "api",
        }
    }
}

/// One of the person's own sessions, for the page that lists them.
#[derive(Clone, Debug)]
pub struct OwnSession {
    /// Its id.
    pub id: SessionId,
    /// `browser` or `api`.
    pub kind: String,
    /// What the client said of itself.
    pub client: String,
    /// When it was begun.
    pub created_at: OffsetDateTime,
    /// When it was last used (to five minutes).
    pub seen_at: OffsetDateTime,
}

/// Opens the transaction of a request: looks the session up and speaks for its person from there on.
///
/// `None`: no such session, ended, too old, or the person is suspended.
pub async fn open(db: &Db, secret: &Secret) -> Result<Option<(Tx, SignedIn)>, Error> {
    open_by(db, Some(secret.hash()), None).await
}

/// The same for a session named by a ticket that was checked before.
pub async fn open_by_id(db: &Db, session: SessionId) -> Result<Option<(Tx, SignedIn)>, Error> {
    open_by(db, None, Some(session)).await
}

async fn open_by(
    db: &Db,
    hash: Option<Vec<u8>>,
    id: Option<SessionId>,
) -> Result<Option<(Tx, SignedIn)>, Error> {
    let mut door = db.door().await?;
    let offset = door.clock_offset();
    // From here on the transaction is the person's, or nobody's.
    let row = sqlx::query!(
        r#"select at as "at!", session_id as "session_id!", seen_at as "seen_at!", person_id as "person_id!",
                  organisation_id as "organisation_id!", given_name as "given_name!", family_name as "family_name!",
                  language as "language!", organisation_name as "organisation_name!", organisation_slug as "organisation_slug!",
                  organisation_kind as "organisation_kind!", roles as "roles!", heads as "heads!"
           from open_session($1, $2, $3)"#,
        hash,
        id.map(|id| id.0),
        offset,
    )
    .fetch_optional(door.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let me = SignedIn {
        session: SessionId(row.session_id),
        person: PersonId(row.person_id),
        organisation: OrganisationId(row.organisation_id),
        organisation_name: row.organisation_name,
        organisation_slug: row.organisation_slug,
        school: row.organisation_kind == "school",
        name: format!("{} {}", row.given_name, row.family_name),
        language: row.language,
        roles: Roles::from_words(row.roles.iter().map(String::as_str)),
        heads: row.heads,
    };
    if row.at - row.seen_at > SEEN_STEP {
        seen(db, me.session).await?;
    }
    let actor = Actor::signed_in(me.organisation, me.person, &me.name);
    Ok(Some((door.enter(actor, row.at), me)))
}

/// Written in a transaction of its own, because most requests only read and roll theirs back. A browser's session slides;
/// that of a client of the API ends when it was begun to end, however busy it is.
async fn seen(db: &Db, session: SessionId) -> Result<(), Error> {
    let mut tx = db.begin(&Actor::installation("session")).await?;
    let expiry = tx.now() + IDLE;
    sqlx::query!(
        "update session set seen_at = moment(),
                expires_at = case kind when 'api' then expires_at else least($2, created_at + interval '90 days') end
         where id = $1",
        session.0,
        expiry,
    )
    .execute(tx.connection())
    .await?;
    Ok(tx.commit().await?)
}

/// Begins a session for a person whose password was checked. Answers the id and the secret for the cookie.
pub(crate) async fn begin(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: PersonId,
    kind: ClientKind,
    client: &str,
) -> Result<(SessionId, Secret), Error> {
    let secret = Secret::fresh().map_err(|error| Error::System(error.to_string()))?;
    let id = SessionId::new(tx.now());
    let client: String = client.chars().filter(|letter| !letter.is_control()).take(200).collect();
    let expiry = tx.now() + if kind == ClientKind::Api { API_LIFE } else { IDLE };
    sqlx::query!(
        "insert into session (id, organisation_id, person_id, kind, token_hash, client, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        organisation.0,
        person.0,
        kind.word(),
        secret.hash(),
        client,
        expiry,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!("update person set signed_in_at = moment() where id = $1", person.0)
        .execute(tx.connection())
        .await?;
    Ok((id, secret))
}

/// The acting person's live sessions, the latest first.
pub async fn own(tx: &mut Tx) -> Result<Vec<OwnSession>, Error> {
    let person = tx.person()?;
    let rows = sqlx::query!(
        "select id, kind, client, created_at, seen_at from session
         where person_id = $1 and ended_at is null and expires_at > moment() order by seen_at desc, id desc limit 100",
        person.0
    )
    .fetch_all(tx.connection())
    .await?;
    let own = rows.into_iter().map(|row| OwnSession {
        id: SessionId(row.id),
        kind: row.kind,
        client: row.client,
        created_at: row.created_at,
        seen_at: row.seen_at,
    });
    Ok(own.collect())
}

/// Ends one of the acting person's own sessions. Errors: `NotFound` for anybody else's.
pub async fn end(tx: &mut Tx, session: SessionId) -> Result<(), Error> {
    let person = tx.person()?;
    let ended = sqlx::query!(
        "update session set ended_at = moment() where id = $1 and person_id = $2 and ended_at is null",
        session.0,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    if ended.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// Ends every session of a person but `but`.
pub(crate) async fn end_all(tx: &mut Tx, person: PersonId, but: Option<SessionId>) -> Result<(), Error> {
    sqlx::query!(
        "update session set ended_at = moment() where person_id = $1 and ended_at is null and id is distinct from $2",
        person.0,
        but.map(|id| id.0),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Ends every session of a person, and forgets with what they signed in.
pub(crate) async fn forget_all(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    end_all(tx, person, None).await?;
    sqlx::query!("update session set client = '' where person_id = $1 and client <> ''", person.0)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Ends every other session of the acting person.
pub async fn end_others(tx: &mut Tx, current: SessionId) -> Result<(), Error> {
    let person = tx.person()?;
    end_all(tx, person, Some(current)).await
}

/// The actor of a command at the terminal of the machine itself, on behalf of a person (imports, the demonstration).
pub fn at_the_terminal(organisation: OrganisationId, person: PersonId) -> Actor {
    Actor::signed_in(organisation, person, "terminal")
}

/// The actor of what the program or somebody else brings to an end for a person: a test whose time ran out, one that was marked.
/// The audit names the program.
pub fn on_behalf(organisation: OrganisationId, person: PersonId) -> Actor {
    Actor::signed_in(organisation, person, "on behalf")
}

//! Signing in with an e-mail address or a login name. `name@organisation` tells two people of one login name apart.

use base::id::Secret;
use base::{Actor, Db, OrganisationId, PersonId};
use sha2::{Digest as _, Sha256};
use time::Duration;

use crate::SessionId;
use crate::error::Error;
use crate::password;
use crate::session::{self, ClientKind};

/// This many wrong passwords in `WINDOW` are free; after that each try waits, longer each time.
const FREE_TRIES: i64 = 5;
/// Wrong passwords are forgotten after this time, so that nobody is locked out by a classmate for long.
const WINDOW: Duration = Duration::minutes(15);
/// At most so many accounts are tried for one name.
const CANDIDATES: i64 = 4;

/// Checks name and password and begins a session.
///
/// Errors: `WrongNameOrPassword` (also for a suspended person), `TooManyTries`.
pub async fn sign_in(
    db: &Db,
    name: &str,
    password: &str,
    kind: ClientKind,
    client: &str,
) -> Result<(SessionId, Secret), Error> {
    let name = name.trim().to_lowercase();
    let account = Sha256::digest(name.as_bytes()).to_vec();
    if name.is_empty() || name.len() > 320 || name.contains('\0') || password.len() > 4 * password::MOST {
        return Err(Error::WrongNameOrPassword);
    }
    // Three short transactions: no connection is held while the password is hashed.
    let candidates = candidates(db, &name, &account).await?;
    let mut right = None;
    for candidate in candidates.iter().filter(|candidate| candidate.hash.is_some()) {
        if password::verify(password.to_owned(), candidate.hash.clone()).await? {
            right = Some(candidate);
            break;
        }
    }
    if candidates.is_empty() {
        password::verify(password.to_owned(), None).await?;
    }
    let mut tx = db.begin(&Actor::installation("sign-in")).await?;
    let Some(right) = right else {
        sqlx::query!("insert into sign_in_failure (account_hash) values ($1)", account)
            .execute(tx.connection())
            .await?;
        tx.commit().await?;
        return Err(Error::WrongNameOrPassword);
    };
    // The person may have been suspended while the hash was made.
    let active =
        sqlx::query_scalar!("select 1 from person where id = $1 and state = 'active'", right.person.0)
            .fetch_optional(tx.connection())
            .await?;
    if active.is_none() {
        return Err(Error::WrongNameOrPassword);
    }
    sqlx::query!("delete from sign_in_failure where account_hash = $1", account)
        .execute(tx.connection())
        .await?;
    let begun = session::begin(&mut tx, right.organisation, right.person, kind, client).await?;
    tx.commit().await?;
    Ok(begun)
}

struct Candidate {
    person: PersonId,
    organisation: OrganisationId,
    hash: Option<String>,
}

async fn candidates(db: &Db, name: &str, account: &[u8]) -> Result<Vec<Candidate>, Error> {
    let mut tx = db.begin(&Actor::installation("sign-in")).await?;
    let since = tx.now() - WINDOW;
    let failures = sqlx::query!(
        r#"select count(*) as "count!", max(at) as last from sign_in_failure where account_hash = $1 and at > $2"#,
        account,
        since,
    )
    .fetch_one(tx.connection())
    .await?;
    if failures.count >= FREE_TRIES {
        let pause =
            2i64.saturating_pow(u32::try_from(failures.count - FREE_TRIES + 1).unwrap_or(30).min(9)).min(300);
        let until = failures.last.unwrap_or(since) + Duration::seconds(pause);
        if until > tx.now() {
            return Err(Error::TooManyTries(
                u64::try_from((until - tx.now()).whole_seconds() + 1).unwrap_or(1),
            ));
        }
    }
    let (login, slug) = name.split_once('@').map_or((name, None), |(login, slug)| (login, Some(slug)));
    let rows = sqlx::query!(
        "select p.id, p.organisation_id, p.password_hash from person p join organisation o on o.id = p.organisation_id
         where p.state = 'active' and (lower(p.email) = $1 or p.login = $2 and ($3::text is null or o.slug = $3))
         order by p.signed_in_at desc nulls last limit $4",
        name,
        login,
        slug,
        CANDIDATES,
    )
    .fetch_all(tx.connection())
    .await?;
    tx.commit().await?;
    let candidate = rows.into_iter().map(|row| Candidate {
        person: PersonId(row.id),
        organisation: OrganisationId(row.organisation_id),
        hash: row.password_hash,
    });
    Ok(candidate.collect())
}

/// Forgets wrong passwords that no longer count. Run now and then by the worker.
pub async fn forget_failures(db: &Db) -> Result<(), Error> {
    let mut tx = db.begin(&Actor::installation("sign-in")).await?;
    let since = tx.now() - WINDOW;
    sqlx::query!("delete from sign_in_failure where at < $1", since).execute(tx.connection()).await?;
    Ok(tx.commit().await?)
}

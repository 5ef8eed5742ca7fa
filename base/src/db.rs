//! The only door to the database: a transaction opened for an `Actor`.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgConnection, PgPool, Postgres};
use time::OffsetDateTime;

/// What the database says when it refuses; pages and workers name it through here.
pub use sqlx::Error;

use crate::actor::Actor;
use crate::clock::Clock;
use crate::id::{OrganisationId, PersonId};

/// Every change of the schema, in order.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

/// The role that the server works as. It owns no table.
pub const SERVER_ROLE: &str = "tablica_app";

/// A connection that lay idle longer is tried before it is used: the database may have been started anew meanwhile.
const RESTS: Duration = Duration::from_secs(1);

/// So many statements a connection keeps ready.
const STATEMENTS: usize = 200;

/// The database of this installation, with the clock that its deadlines follow.
#[derive(Clone, Debug)]
pub struct Db {
    pool: PgPool,
    clock: Clock,
}

impl Db {
    /// Connects as the server's role with at most `connections` connections; waits for a free one as long as `wait`.
    ///
    /// Errors: the database cannot be reached or refuses the role.
    pub async fn open(
        options: PgConnectOptions,
        connections: u32,
        wait: Duration,
        clock: Clock,
    ) -> Result<Self, sqlx::Error> {
        // A process that was stopped in the middle of a transaction holds its locks no longer than that. Nothing is compiled: of a
        // page's statement PostgreSQL may reckon that it reads much, and then spends tenths of a second on saving a millisecond.
        let options = options.options([
            ("statement_timeout", "15s"),
            ("lock_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "60s"),
            ("jit", "off"),
        ]);
        // As many as the pages of every day send altogether: one that was put aside is read and planned anew.
        let options = options.statement_cache_capacity(STATEMENTS);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(wait)
            // Every connection is tried when it is given back; one that rested no longer than this is not tried again.
            .test_before_acquire(false)
            .before_acquire(|connection, rested| {
                Box::pin(async move {
                    if rested.idle_for > RESTS {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(options)
            .await?;
        Ok(Self { pool, clock })
    }

    /// The same connections under another clock, for what is told of another day (the demonstration).
    #[must_use]
    pub fn by(&self, clock: Clock) -> Self {
        Self { pool: self.pool.clone(), clock }
    }

    /// The clock that was passed in.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Opens a transaction for `actor`; what is not committed did not happen.
    pub async fn begin(&self, actor: &Actor) -> Result<Tx, sqlx::Error> {
        let inner = self.pool.begin().await?;
        let offset = self.clock.offset();
        let mut tx = Tx { inner, actor: actor.clone(), offset, now: OffsetDateTime::UNIX_EPOCH };
        tx.speak_for(actor).await?;
        Ok(tx)
    }

    /// Opens a transaction for whoever its first statement finds (`Door`).
    pub async fn door(&self) -> Result<Door, sqlx::Error> {
        Ok(Door { inner: self.pool.begin().await?, offset: self.clock.offset() })
    }

    /// Whether the database answers; for health checks.
    pub async fn answers(&self) -> bool {
        sqlx::query_scalar!(r#"select 1 as "one!""#).fetch_one(&self.pool).await.is_ok()
    }

    /// How it is reached, for connections apart from these (`hear`).
    pub(crate) fn options(&self) -> PgConnectOptions {
        (*self.pool.connect_options()).clone()
    }

    /// Connections open and idle right now.
    pub fn connections(&self) -> (u32, usize) {
        (self.pool.size(), self.pool.num_idle())
    }

    /// The newest migration that was applied; `None` where there are no tables, or older ones than any program may ask about.
    pub async fn newest_applied(&self) -> Result<Option<i64>, sqlx::Error> {
        let asked = sqlx::query_scalar("select max(version) from _sqlx_migrations where success");
        match asked.fetch_one(&self.pool).await {
            Ok(newest) => Ok(newest),
            // No such table; no right to read it.
            Err(Error::Database(error)) if matches!(error.code().as_deref(), Some("42P01" | "42501")) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The start-up audit of the second wall (`walls`).
    pub async fn audit_walls(&self) -> Result<Vec<String>, sqlx::Error> {
        crate::walls::audit(&self.pool).await
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// A transaction in which nobody has been named yet: the second wall shows it nothing. The statement that finds out who asks tells
/// the database so itself, clock and all, instead of asking three times; only `identity` looks somebody up like that (held by
/// `tests/tidy.rs`).
#[derive(Debug)]
pub struct Door {
    inner: sqlx::Transaction<'static, Postgres>,
    offset: time::Duration,
}

impl Door {
    /// The connection to find out on who asks.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.inner
    }

    /// What the statement sets as `app.clock_offset`.
    pub fn clock_offset(&self) -> String {
        seconds(self.offset)
    }

    /// The transaction of `actor`, whom the statement has named to the database; `now` is its `moment()`.
    pub fn enter(self, actor: Actor, now: OffsetDateTime) -> Tx {
        Tx { inner: self.inner, actor, offset: self.offset, now }
    }
}

fn seconds(offset: time::Duration) -> String {
    offset.as_seconds_f64().to_string()
}

/// A transaction that knows who asks and what time it is.
#[derive(Debug)]
pub struct Tx {
    inner: sqlx::Transaction<'static, Postgres>,
    actor: Actor,
    offset: time::Duration,
    now: OffsetDateTime,
}

impl Tx {
    /// From here on the transaction is `actor`'s. Used once, when a session was looked up and its person is known.
    pub async fn speak_for(&mut self, actor: &Actor) -> Result<(), sqlx::Error> {
        let (organisation, person, reach) = actor.settings();
        let now = sqlx::query!(
            r#"select now() as "now!", set_config('app.organisation', $1, true) as organisation,
                      set_config('app.person', $2, true) as person, set_config('app.reach', $3, true) as reach,
                      set_config('app.clock_offset', $4, true) as clock"#,
            organisation,
            person,
            reach,
            seconds(self.offset),
        )
        .fetch_one(&mut *self.inner)
        .await?;
        self.now = now.now + self.offset;
        self.actor = actor.clone();
        Ok(())
    }

    /// The connection to run a query on.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.inner
    }

    /// Who asks.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The organisation that this transaction speaks for.
    ///
    /// Errors: `RowNotFound` for an actor without one, so that a forgotten organisation reads as "nothing there".
    pub fn organisation(&self) -> Result<OrganisationId, sqlx::Error> {
        self.actor.organisation().ok_or(sqlx::Error::RowNotFound)
    }

    /// The person who acts. Errors: `RowNotFound` when it is not a person.
    pub fn person(&self) -> Result<PersonId, sqlx::Error> {
        self.actor.person().ok_or(sqlx::Error::RowNotFound)
    }

    /// The database's time at the start of this transaction, plus the offset of the clock.
    pub fn now(&self) -> OffsetDateTime {
        self.now
    }

    /// Makes everything done in this transaction happen, all at once.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.inner.commit().await
    }
}

/// Applies what is missing of `MIGRATIONS` as the owner, and makes sure that the server's role exists.
///
/// Errors: a migration fails, or one that was applied has changed since.
pub async fn migrate(owner: &PgConnectOptions) -> Result<(), sqlx::Error> {
    make_server_role(owner).await?;
    let pool = PgPoolOptions::new().max_connections(1).connect_with(owner.clone()).await?;
    let applied = MIGRATIONS.run(&pool).await;
    pool.close().await;
    applied.map_err(|error| sqlx::Error::Migrate(Box::new(error)))
}

/// Makes sure that the server's role exists.
pub async fn make_server_role(owner: &PgConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect_with(owner).await?;
    let exists = sqlx::query_scalar!("select 1 from pg_roles where rolname = 'tablica_app'")
        .fetch_optional(&mut connection)
        .await?
        .is_some();
    if !exists {
        // Two programs may start at once: the loser's "already exists" is fine.
        let made = sqlx::query("create role tablica_app login").execute(&mut connection).await;
        if let Err(error) = made
            && !matches!(&error, sqlx::Error::Database(e) if matches!(e.code().as_deref(), Some("42710" | "23505")))
        {
            return Err(error);
        }
    }
    connection.close().await
}

/// The newest migration that this program knows.
pub fn newest_migration() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

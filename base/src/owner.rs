//! What only the owner of the tables does: copying the whole database out and in, with PostgreSQL's own `pg_dump` and
//! `pg_restore`.
//!
//! Both speak with the reach of the installation. An owner that is no superuser is held by forced row-level security too,
//! and would copy nothing out without it.

use std::io::{Error, ErrorKind, Result};
use std::path::Path;
use std::str::FromStr as _;

use percent_encoding::percent_decode_str;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection as _, query_as, query_scalar};
use tokio::process::Command;
use url::Url;

use crate::embedded::postgres::folder_with;

/// Parameters of an address: the name here, and what libpq calls it. libpq refuses what it does not know.
const PARAMETERS: [(&str, &str); 14] = [
    ("host", "host"),
    ("hostaddr", "hostaddr"),
    ("port", "port"),
    ("user", "user"),
    ("dbname", "dbname"),
    ("sslmode", "sslmode"),
    ("ssl-mode", "sslmode"),
    ("sslrootcert", "sslrootcert"),
    ("ssl-root-cert", "sslrootcert"),
    ("ssl-ca", "sslrootcert"),
    ("sslcert", "sslcert"),
    ("ssl-cert", "sslcert"),
    ("sslkey", "sslkey"),
    ("ssl-key", "sslkey"),
];

/// How the owner of the tables reaches the database.
#[derive(Clone, Debug)]
pub struct Owner {
    options: PgConnectOptions,
    /// For libpq, without the password: a command line can be read by everybody on the machine.
    address: String,
    password: Option<String>,
}

/// What the database is at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The role that owns the tables.
    pub role: String,
    /// The newest migration that was applied; `None` for a database without any.
    pub migration: Option<i64>,
    /// Tables, views and sequences.
    pub relations: i64,
}

impl Owner {
    /// Errors: a sentence, when the address is not well formed.
    pub fn at(address: &str) -> std::result::Result<Self, String> {
        let options = PgConnectOptions::from_str(address).map_err(|error| error.to_string())?;
        let mut url = Url::parse(address).map_err(|error| error.to_string())?;
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let mut password = url.password().map(decoded);
        if password.is_some() {
            url.set_password(None).map_err(|()| "the password is at no place for one".to_owned())?;
        }
        let mut kept: Vec<String> = Vec::new();
        for pair in url.query().unwrap_or_default().split('&') {
            let Some((name, value)) = pair.split_once('=') else { continue };
            if name == "password" {
                password = Some(decoded(value));
            } else if let Some((_, known)) = PARAMETERS.iter().find(|(ours, _)| *ours == name) {
                kept.push(format!("{known}={value}"));
            }
        }
        url.set_query((!kept.is_empty()).then(|| kept.join("&")).as_deref());
        Ok(Self { options, address: url.into(), password })
    }

    /// How it connects.
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// Looks at the database.
    pub async fn state(&self) -> std::result::Result<State, sqlx::Error> {
        let mut connection = PgConnection::connect_with(&self.options).await?;
        let (role, relations, migrated): (String, i64, bool) = query_as(
            "select current_user::text, count(*), count(*) filter (where relname = '_sqlx_migrations') > 0
             from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f', 'S')",
        )
        .fetch_one(&mut connection)
        .await?;
        let mut migration = None;
        if migrated {
            migration = query_scalar("select max(version) from _sqlx_migrations where success")
                .fetch_one(&mut connection)
                .await?;
        }
        connection.close().await?;
        Ok(State { role, migration, relations })
    }

    /// Copies the whole database into a file, as it is at one moment, in PostgreSQL's custom format. The file must be there.
    ///
    /// Errors: a sentence, with what `pg_dump` said.
    pub async fn dump(&self, into: &Path) -> Result<()> {
        let mut command = self.command("pg_dump")?;
        command.arg("--format=custom").arg("--file").arg(into);
        finish(command, "pg_dump").await
    }

    /// Fills an empty database from such a file, in one transaction: whole or not at all. The server's role
    /// must be there: rights are granted to it.
    ///
    /// Errors: a sentence, with what `pg_restore` said.
    pub async fn load(&self, from: &Path) -> Result<()> {
        let mut command = self.command("pg_restore")?;
        command.args(["--single-transaction", "--exit-on-error", "--no-owner", "--no-comments"]).arg(from);
        finish(command, "pg_restore").await
    }

    fn command(&self, program: &str) -> Result<Command> {
        let folder = folder_with(program).ok_or_else(|| {
            Error::new(
                ErrorKind::NotFound,
                format!(
                    "{program} (15 or newer) is not installed; `apt-get install postgresql-client` brings it"
                ),
            )
        })?;
        let mut command = Command::new(folder.join(program));
        command
            .env("LC_ALL", "C.UTF-8")
            .env("PGOPTIONS", "-c app.reach=installation")
            .stdin(std::process::Stdio::null())
            .kill_on_drop(true)
            .arg("--enable-row-security")
            .arg("--no-password")
            .arg("--dbname")
            .arg(&self.address);
        if let Some(password) = &self.password {
            command.env("PGPASSWORD", password);
        }
        Ok(command)
    }
}

async fn finish(mut command: Command, program: &str) -> Result<()> {
    let done = command.output().await?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let end: Vec<&str> = said.lines().rev().take(8).collect();
    let end = end.into_iter().rev().collect::<Vec<_>>().join("\n  ");
    Err(Error::other(format!("{program} ended with {}\n  {end}", done.status)))
}

#[cfg(test)]
mod tests {
    use super::Owner;

    #[test]
    fn a_password_is_kept_off_the_command_line() {
        let owner =
            Owner::at("postgres://jan:za%C5%BC%3Ax@db.example.org:5433/tablica?sslmode=require").unwrap();
        assert_eq!(owner.address, "postgres://jan@db.example.org:5433/tablica?sslmode=require");
        assert_eq!(owner.password.as_deref(), Some("zaż:x"));
        let owner = Owner::at("postgres:///tablica?host=%2Frun%2Fa&user=jan&password=tajne").unwrap();
        assert_eq!(owner.address, "postgres:///tablica?host=%2Frun%2Fa&user=jan");
        assert_eq!(owner.password.as_deref(), Some("tajne"));
    }

    #[test]
    fn what_only_one_of_the_two_libraries_knows_is_said_in_the_words_of_the_other() {
        let address = "postgres://db.example.org/tablica?statement-cache-capacity=0&ssl-mode=verify-full";
        assert_eq!(
            Owner::at(address).unwrap().address,
            "postgres://db.example.org/tablica?sslmode=verify-full"
        );
    }
}

//! `tablica user …`: people, at the terminal of the machine. For the clerk who has lost access, and for the one who helps
//! somebody else. By the same functions as the pages, and audited as done at the terminal.
#![expect(clippy::print_stdout, reason = "commands for the terminal")]

use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use base::{Actor, Clock, Tx};
use clap::Subcommand;
use identity::terminal::{self, Called};
use identity::{InstallationAdmin, PeopleAdmin, Role, link, organisation, person};

use crate::config::Config;
use crate::ground::Ground;

/// What can be done with people. LOGIN is a login, `login@organisation`, or an e-mail address.
#[derive(Debug, Subcommand)]
pub enum Order {
    /// Lists people: who they are, their roles, and when they last signed in.
    List {
        /// Only those of this organisation, by its short name.
        #[arg(long)]
        organisation: Option<String>,
        /// Only those who have this role.
        #[arg(long, value_parser = role)]
        role: Option<Role>,
    },
    /// Takes the password away, ends every session, and prints a link for choosing another within an hour, once.
    ResetPassword {
        /// The person.
        login: String,
    },
    /// Keeps a person out from this moment; what they did stays.
    Suspend {
        /// The person.
        login: String,
    },
    /// Lets a suspended person in again.
    Restore {
        /// The person.
        login: String,
    },
    /// Gives a role.
    Grant {
        /// The person.
        login: String,
        /// `installation_admin`, `organisation_admin`, `instructor` or `device_clerk`.
        #[arg(value_parser = role)]
        role: Role,
    },
    /// Takes a role away.
    Revoke {
        /// The person.
        login: String,
        /// `installation_admin`, `organisation_admin`, `instructor` or `device_clerk`.
        #[arg(value_parser = role)]
        role: Role,
    },
}

fn role(word: &str) -> Result<Role, String> {
    let granted = || Role::ALL.into_iter().filter(|role| *role != Role::Learner);
    granted().find(|role| role.word() == word).ok_or_else(|| {
        let words: Vec<&str> = granted().map(Role::word).collect();
        format!("the roles are {}", words.join(", "))
    })
}

/// Does it and prints what was done; `serve` may run meanwhile.
///
/// Errors: a sentence; nobody is called so, or people of several organisations.
pub async fn obey(order: Order, config: &Config) -> anyhow::Result<()> {
    let ground = Ground::beside(config, Clock::system()).await?;
    let done = answer(&ground, config, order).await;
    ground.end().await;
    println!("{}", done?.trim_end());
    Ok(())
}

/// Does it and answers what to print.
pub async fn answer(ground: &Ground, config: &Config, order: Order) -> anyhow::Result<String> {
    match order {
        Order::List { organisation, role } => list(ground, organisation.as_deref(), role).await,
        Order::ResetPassword { login } => {
            let (mut tx, called) = meant(ground, &login).await?;
            let secret =
                link::reset_password(&mut tx, &PeopleAdmin::at_the_terminal(), called.person).await?;
            tx.commit().await?;
            let mut text = format!(
                "{}: the old password and every session have ended. Whoever opens this link within an hour chooses \
                 a password, once:\n{}/password/{}\n",
                line(&called),
                config.public_url(),
                secret.reveal()
            );
            if called.suspended {
                writeln!(text, "They are suspended; `tablica user restore` lets them in again.")?;
            }
            Ok(text)
        }
        Order::Suspend { login } => {
            let (mut tx, called) = meant(ground, &login).await?;
            person::suspend(&mut tx, &PeopleAdmin::at_the_terminal(), called.person).await?;
            tx.commit().await?;
            Ok(format!("{}: suspended; every session has ended", line(&called)))
        }
        Order::Restore { login } => {
            let (mut tx, called) = meant(ground, &login).await?;
            person::resume(&mut tx, &PeopleAdmin::at_the_terminal(), called.person).await?;
            tx.commit().await?;
            Ok(format!("{}: may sign in", line(&called)))
        }
        Order::Grant { login, role } => {
            let (mut tx, called) = meant(ground, &login).await?;
            person::grant(&mut tx, &PeopleAdmin::at_the_terminal(), called.person, role).await?;
            tx.commit().await?;
            Ok(format!("{}: has the role {}", line(&called), role.word()))
        }
        Order::Revoke { login, role } => {
            let (mut tx, called) = meant(ground, &login).await?;
            person::revoke(&mut tx, &PeopleAdmin::at_the_terminal(), called.person, role).await?;
            tx.commit().await?;
            Ok(format!("{}: no longer has the role {}", line(&called), role.word()))
        }
    }
}

fn line(called: &Called) -> String {
    format!("{}@{} ({})", called.login, called.slug, called.name)
}

/// The one person who is called so, and a transaction of the terminal for their organisation.
async fn meant(ground: &Ground, name: &str) -> anyhow::Result<(Tx, Called)> {
    let mut tx = ground.db.begin(&Actor::installation("terminal")).await?;
    let mut found = terminal::called(&mut tx, &InstallationAdmin::at_the_terminal(), name).await?;
    if found.len() > 1 {
        let all: Vec<String> = found.iter().map(line).collect();
        bail!("several people are called {name}; say which, as login@organisation:\n  {}", all.join("\n  "));
    }
    let called = found.pop().with_context(|| {
        format!("nobody is called {name}; `tablica user list` shows who is there, and how they are called")
    })?;
    tx.speak_for(&Actor::job("terminal", called.organisation)).await?;
    Ok((tx, called))
}

async fn list(ground: &Ground, slug: Option<&str>, role: Option<Role>) -> anyhow::Result<String> {
    let mut tx = ground.db.begin(&Actor::installation("terminal")).await?;
    let mut all = organisation::all(&mut tx, &InstallationAdmin::at_the_terminal()).await?;
    drop(tx);
    if let Some(slug) = slug {
        let slugs: Vec<String> = all.iter().map(|organisation| organisation.slug.clone()).collect();
        all.retain(|organisation| organisation.slug == slug);
        if all.is_empty() {
            bail!("there is no organisation {slug}; there are: {}", slugs.join(", "));
        }
    }
    let mut text = String::new();
    for organisation in all {
        let mut tx = ground.db.begin(&Actor::job("terminal", organisation.id)).await?;
        let mut filter =
            person::Filter { take: i64::try_from(person::MOST_LISTED)?, ..person::Filter::default() };
        loop {
            let (people, total) = person::list(&mut tx, &PeopleAdmin::at_the_terminal(), &filter).await?;
            let wanted = people.iter().filter(|person| role.is_none_or(|role| person.roles.has(role)));
            for person in wanted {
                let roles: Vec<&str> = person.roles.granted().iter().map(|role| role.word()).collect();
                let seen = person
                    .signed_in_at
                    .map_or_else(|| "never signed in".to_owned(), |at| at.date().to_string());
                let state = if person.suspended { "suspended" } else { "active" };
                writeln!(
                    text,
                    "{}@{}\t{} {}\t{state}\t{}\t{seen}",
                    person.login,
                    organisation.slug,
                    person.given_name,
                    person.family_name,
                    if roles.is_empty() { "-".to_owned() } else { roles.join(",") },
                )?;
            }
            filter.skip += filter.take;
            if people.is_empty() || filter.skip >= total {
                break;
            }
        }
    }
    Ok(if text.is_empty() { "nobody".to_owned() } else { text })
}

//! `tablica course check|import|export`: a course as a folder, at the terminal of the machine.
#![expect(clippy::print_stdout, reason = "commands for the terminal")]

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use base::{Actor, Clock, OrganisationId, PersonId};
use clap::Subcommand;
use courses::folder;
use courses::quiz::exchange;
use identity::{Author, InstallationAdmin, organisation, terminal};
use video::take::Place;

use crate::config::Config;
use crate::ground::Ground;

/// What can be done with a course as a folder.
#[derive(Debug, Subcommand)]
pub enum Order {
    /// Reads a folder and names every fault with file and line; changes nothing.
    Check {
        /// The folder.
        folder: PathBuf,
        /// Other folders in which media may be.
        #[arg(long)]
        media: Vec<PathBuf>,
    },
    /// Turns a file of questions into another: .quiz.md, .gift (or .txt) and Moodle .xml, told by their endings. What
    /// cannot be carried over is listed.
    Questions {
        /// The file to read.
        from: PathBuf,
        /// The file to make.
        to: PathBuf,
    },
    /// Takes a folder in as a draft.
    Import {
        /// The folder.
        folder: PathBuf,
        /// The author, as `login@organisation`.
        #[arg(long)]
        author: String,
        /// Makes the draft of the course of that name equal to the folder.
        #[arg(long)]
        replace: bool,
        /// Other folders in which media may be.
        #[arg(long)]
        media: Vec<PathBuf>,
    },
    /// Writes the draft of a course into a new folder.
    Export {
        /// The course's name in addresses.
        course: String,
        /// The folder to make.
        folder: PathBuf,
        /// A person who teaches the course, as `login@organisation`.
        #[arg(long)]
        author: String,
    },
}

/// Does it, also beside a running `serve`.
///
/// Errors: a sentence; faults of a folder go to standard error, one a line, and are answered with exit code 1.
pub async fn obey(order: Order, config: &Config) -> anyhow::Result<ExitCode> {
    let said = match &order {
        Order::Check { folder, media } => Some(folder::cli_check(folder, media)),
        Order::Questions { from, to } => {
            Some(exchange::cli_convert(from, to).map_err(|text| format!("{}\n", text.trim_end())))
        }
        Order::Import { .. } | Order::Export { .. } => None,
    };
    match said {
        Some(Ok(text)) => {
            print!("{text}");
            return Ok(ExitCode::SUCCESS);
        }
        Some(Err(text)) => {
            eprint!("{text}");
            return Ok(ExitCode::FAILURE);
        }
        None => {}
    }
    let ground = Ground::beside(config, Clock::system()).await?;
    let done = with(&ground, order, config).await;
    ground.end().await;
    done
}

async fn with(ground: &Ground, order: Order, config: &Config) -> anyhow::Result<ExitCode> {
    match order {
        Order::Check { .. } | Order::Questions { .. } => {}
        Order::Import { folder: path, author, replace, media } => {
            let course = match folder::read(&path, &media) {
                Ok(course) => course,
                Err(faults) => {
                    eprint!("{}", folder::listing(&faults));
                    return Ok(ExitCode::FAILURE);
                }
            };
            let place = place(ground, &author).await?;
            let mut tx = place.db.begin(&place.actor).await?;
            let there = folder::taught(&mut tx, &Author::at_the_terminal(), &course.card.slug).await?;
            drop(tx);
            let done = match there {
                Some(taught) if replace => {
                    folder::replace(&place, &taught, &course, config.film_most_bytes).await?
                }
                Some(_) => bail!(
                    "there is a course {} already; --replace makes its draft equal to the folder",
                    course.card.slug
                ),
                None => {
                    folder::import(&place, &Author::at_the_terminal(), &course, config.film_most_bytes)
                        .await?
                }
            };
            println!(
                "{}: units {}, tests {}, translations {}, pictures {}, films {}",
                done.course.slug(),
                done.units,
                done.tests,
                done.translations,
                done.pictures,
                done.films
            );
        }
        Order::Export { course, folder: path, author } => {
            let place = place(ground, &author).await?;
            let mut tx = place.db.begin(&place.actor).await?;
            let taught = folder::taught(&mut tx, &Author::at_the_terminal(), &course).await?;
            drop(tx);
            let Some(taught) = taught else { bail!("{author} teaches no course {course}") };
            let done = folder::export(&place, &taught, &path).await?;
            println!(
                "{}: units {}, tests {}, translations {}, pictures {}, films {}",
                path.display(),
                done.units,
                done.tests,
                done.translations,
                done.pictures,
                done.films
            );
            for unit in &done.without_film {
                println!("the film of {unit} is not complete and not in the folder");
            }
            // The folder is whole; this is what has to be mended before it can be imported.
            eprint!("{}", if done.faults.is_empty() { String::new() } else { folder::listing(&done.faults) });
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn place(ground: &Ground, author: &str) -> anyhow::Result<Place> {
    let (login, slug) = author.split_once('@').context("--author is written login@organisation")?;
    let mut tx = ground.db.begin(&Actor::installation("terminal")).await?;
    let all = organisation::all(&mut tx, &InstallationAdmin::at_the_terminal()).await?;
    drop(tx);
    let found = all.into_iter().find(|organisation| organisation.slug == slug);
    let organisation = found.with_context(|| format!("there is no organisation {slug}"))?.id;
    let person = named(ground, organisation, login).await?;
    let actor = identity::session::at_the_terminal(organisation, person);
    Ok(Place { db: ground.db.clone(), blobs: ground.blobs.clone(), actor })
}

/// The person with this login. Errors: there is none.
pub async fn named(ground: &Ground, organisation: OrganisationId, login: &str) -> anyhow::Result<PersonId> {
    let mut tx = ground.db.begin(&Actor::installation("terminal")).await?;
    let people = terminal::called(&mut tx, &InstallationAdmin::at_the_terminal(), login).await?;
    let found =
        people.into_iter().find(|called| called.organisation == organisation && called.login == login);
    found.map(|called| called.person).with_context(|| format!("there is no {login}"))
}

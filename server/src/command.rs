//! The command line of `tablica`: reads settings, calls what it is asked for, and says it in plain sentences. It stands in the
//! library and not in the program: a program that awaits functions of a library compiles each of them once more.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use app::video::shelf;
use base::Clock;
use clap::{Args, Parser, Subcommand};
use tokio_util::task::AbortOnDropHandle;

use crate::assets::{self, Site};
use crate::config::Config;
use crate::ground::Ground;
use crate::serve::{self, Patience, Workers};
use crate::{backup, course, demo, doctor, restore, router, user};

/// A school and a training office in one program.
#[derive(Debug, Parser)]
#[command(name = "tablica", version, about)]
struct Line {
    #[command(subcommand)]
    order: Order,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Common {
    /// Settings; without it `tablica.toml` in the data folder, if there is one.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// The folder that holds everything that is not elsewhere.
    #[arg(long, global = true)]
    data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Order {
    /// Serves the pages and works on jobs, until Ctrl-C.
    Serve {
        /// Port on this machine; `listen` in the settings says more.
        #[arg(long)]
        port: Option<u16>,
        /// Loads the demonstration from this folder (`demo` when none is given).
        #[arg(long, num_args = 0..=1, default_missing_value = "demo")]
        demo: Option<PathBuf>,
    },
    /// Works on jobs only; needs `database_url` and `s3_endpoint`.
    Work,
    /// Brings the database up to date; needs `database_owner_url`.
    Migrate,
    /// Reads the settings and says what is wrong with them.
    CheckConfig,
    /// Tries database, object store, transcoding program and site.
    Doctor,
    /// A course as a folder.
    #[command(subcommand)]
    Course(course::Order),
    /// People, for the clerk at this machine.
    #[command(subcommand)]
    User(user::Order),
    /// Copies the whole installation into a folder, also while it runs; or checks such a copy.
    Backup(backup::Order),
    /// Fills an empty installation from a copy.
    Restore(restore::Order),
}

/// Does what the command line of this process asks for.
pub fn run_line() -> ExitCode {
    let line = Line::parse();
    let filter =
        tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,sqlx=warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no threads");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(obey(line)) {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn obey(line: Line) -> anyhow::Result<ExitCode> {
    if let Order::Backup(backup::Order { check: true, folder, .. }) = &line.order {
        return backup::check(folder).await;
    }
    let mut common = line.common;
    if let Order::Restore(restore::Order { into: Some(into), .. }) = &line.order {
        common.data = Some(into.clone());
    }
    let mut config = settings(&common)?;
    match line.order {
        Order::Serve { port, demo } => {
            if let Some(port) = port {
                config.listen.set_port(port);
            }
            run(config, demo).await?;
        }
        Order::Work => {
            if config.database_url.is_empty() || config.s3_endpoint.is_empty() {
                bail!(
                    "`work` shares a database and an object store with `serve`: set database_url and s3_endpoint"
                );
            }
            config.workers = config.workers.max(1);
            let ground = Ground::prepare(&config, Clock::system()).await?;
            let workers = Workers::start(&ground, &config);
            println!("working; Ctrl-C stops");
            serve::signal().await;
            workers.end().await;
            ground.end().await;
        }
        Order::Migrate => {
            if config.database_owner_url.is_empty() {
                bail!(
                    "set database_owner_url: the role that owns the tables (the embedded database needs no `migrate`)"
                );
            }
            let owner = config.database_owner_url.parse().context("database_owner_url is not well formed")?;
            base::db::migrate(&owner).await?;
            println!("the database is up to date");
        }
        Order::CheckConfig => println!("the settings are well formed; data in {}", config.data_dir.display()),
        Order::Doctor => {
            let ground = Ground::beside(&config, Clock::system()).await?;
            let findings = doctor::examine(&ground).await;
            for finding in &findings {
                match &finding.result {
                    Ok(text) => println!("fine    {}: {text}", finding.what),
                    Err(text) => println!("WRONG   {}: {text}", finding.what),
                }
            }
            ground.end().await;
            if findings.iter().any(|finding| finding.result.is_err()) {
                return Ok(ExitCode::FAILURE);
            }
        }
        Order::Course(order) => return course::obey(order, &config).await,
        Order::User(order) => user::obey(order, &config).await?,
        Order::Backup(order) => backup::obey(&order, &config).await?,
        Order::Restore(order) => restore::obey(&order, &config).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn settings(common: &Common) -> anyhow::Result<Config> {
    let beside = common.data.as_ref().map(|data| data.join("tablica.toml")).filter(|file| file.is_file());
    let file = common.config.clone().or(beside);
    let mut config =
        Config::read(file.as_deref(), |key| std::env::var(key).ok()).map_err(anyhow::Error::msg)?;
    if let Some(data) = &common.data {
        config.data_dir.clone_from(data);
    }
    std::fs::create_dir_all(&config.data_dir).with_context(|| config.data_dir.display().to_string())?;
    config.data_dir = config.data_dir.canonicalize()?;
    Ok(config)
}

async fn run(config: Config, demonstration: Option<PathBuf>) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(config.listen).await.with_context(|| {
        format!("{} is taken or may not be used; choose another with --port", config.listen)
    })?;
    let ground = Ground::prepare(&config, Clock::system()).await?;
    let told = serve(&config, &ground, demonstration, listener).await;
    ground.end().await;
    told
}

async fn serve(
    config: &Config,
    ground: &Ground,
    demonstration: Option<PathBuf>,
    listener: tokio::net::TcpListener,
) -> anyhow::Result<()> {
    let site = tokio::task::spawn_blocking(|| Site::read(&assets::folder())).await?;
    let app = router::app(ground, config, &site, demonstration.is_some()).await?;
    let workers = Workers::start(ground, config);
    // Whatever ends this ends it, before the database does.
    let _hearing = AbortOnDropHandle::new(tokio::spawn(shelf::follow(app.clone())));
    let film = std::env::var_os("TABLICA_DEMO_FILM").map(PathBuf::from);
    if let Some(folder) = &demonstration {
        demo::load(ground, folder, film).await?;
    }
    let url = config.public_url();
    println!("\nTablica: {url}");
    if demonstration.is_some() {
        println!("Demonstration. Password of everybody: {}", demo::PASSWORD);
        for (login, what) in demo::PEOPLE {
            println!("  {login:<18} {what}");
        }
    }
    if let Some(secret) = identity::link::offer_setup(&ground.db).await? {
        println!("Nobody is here yet. Set it up within seven days, once: {url}/setup/{}", secret.reveal());
    }
    println!("Data: {}. Ctrl-C stops everything.", config.data_dir.display());
    serve::until(listener, router::router(app, site), Patience::default(), serve::signal()).await;
    println!("stopping");
    workers.end().await;
    Ok(())
}

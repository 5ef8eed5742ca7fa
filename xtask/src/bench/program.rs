//! The release server with the demonstration, on a free port and a data folder of its own that is made anew.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::http::Client;
use super::meter;
use crate::up::{self, Wishes};
use crate::{cluster, data_folder, process};

/// The password of everybody in the demonstration.
pub const PASSWORD: &str = "tablica-demo";
/// The course of the demonstration.
pub const COURSE: &str = "dostepnosc-cyfrowa";
/// An official who takes it.
pub const LEARNER: &str = "marek.wrzosek";
/// The instructor who wrote it.
pub const AUTHOR: &str = "ada.nowicka";
/// Who is made head of a department for measuring.
pub const HEAD: &str = "konrad.lipowy";

/// The demonstration is loaded in a few seconds, on a busy machine in a minute.
const START_TIME: Duration = Duration::from_secs(300);
/// The demonstration's film is made in less, on a busy machine too.
const FILM_TIME: Duration = Duration::from_secs(1200);

/// The unit of the demonstration that has a film.
#[derive(Debug, PartialEq, Eq)]
pub struct Lecture {
    /// Id of its film.
    pub film: String,
    /// Name of the unit in addresses.
    pub unit: String,
}

/// A running server; it is stopped when the value is dropped.
pub struct Program {
    child: Option<Child>,
    port: u16,
    data: PathBuf,
}

impl Program {
    /// Starts the server on an empty data folder, with `workers` films made at once, and waits until the demonstration
    /// is loaded. What it says goes to `target/bench/NAME.log`.
    ///
    /// # Errors
    /// When it does not start; its log is named.
    pub fn start(root: &Path, name: &str, workers: usize) -> Result<Self> {
        let data = data_folder::scratch(root, name)?;
        let _nothing_there = fs::remove_dir_all(&data);
        let mut program = Self { child: None, port: 0, data };
        program.launch(root, name, workers)?;
        Ok(program)
    }

    /// Stops the server and starts it again on the same data.
    ///
    /// # Errors
    /// As [`Program::start`].
    pub fn again(&mut self, root: &Path, name: &str, workers: usize) -> Result<()> {
        self.stop();
        self.launch(root, name, workers)
    }

    fn launch(&mut self, root: &Path, name: &str, workers: usize) -> Result<()> {
        self.port = free_port()?;
        let wishes = Wishes { port: Some(self.port), ..Wishes::default() };
        let mut command = up::server(root, "release", &wishes, &self.data);
        let log = root.join(format!("target/bench/{name}.log"));
        let file = File::create(&log).with_context(|| format!("creating {}", log.display()))?;
        command.env("TABLICA_WORKERS", workers.to_string()).stdout(file.try_clone()?).stderr(file);
        self.child = Some(process::start(&mut command)?);
        let begun = Instant::now();
        while !self.client().get("/health").is_ok_and(|answer| answer.status == 200) {
            process::stop_if_asked()?;
            let ended = self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)));
            if ended || begun.elapsed() > START_TIME {
                bail!("the server did not start; see {}", log.display());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// Nobody, who may sign in.
    pub fn client(&self) -> Client {
        Client::new(self.port)
    }

    /// Somebody of the demonstration, signed in as browsers are.
    ///
    /// # Errors
    /// When the sign-in is refused.
    pub fn signed_in(&self, login: &str) -> Result<Client> {
        let mut client = self.client();
        let answer = client.form("/sign-in", &[("name", login), ("password", PASSWORD)])?;
        let cookie = answer.cookie("session").with_context(|| format!("{login} may not sign in"))?;
        client.headers.push(("cookie".to_owned(), format!("session={cookie}")));
        Ok(client)
    }

    /// Somebody of the demonstration with a ticket of the API.
    ///
    /// # Errors
    /// When the sign-in is refused.
    pub fn with_ticket(&self, login: &str) -> Result<Client> {
        let mut client = self.client();
        let given = client.json("POST", "/api/v1/tokens", &json!({ "name": login, "password": PASSWORD }))?;
        let ticket = given["token"].as_str().context("no ticket was given")?;
        client.headers.push(("authorization".to_owned(), format!("Bearer {ticket}")));
        Ok(client)
    }

    /// The unit with a film, as its author sees it.
    ///
    /// # Errors
    /// When there is none.
    pub fn lecture(&self, author: &Client) -> Result<Lecture> {
        let outline = author.json("GET", &format!("/api/v1/courses/{COURSE}/outline"), &Value::Null)?;
        lecture(&outline).context("the course of the demonstration has no film")
    }

    /// The same, once the film is made.
    ///
    /// # Errors
    /// When it is not made within twenty minutes.
    pub fn lecture_when_ready(&self) -> Result<Lecture> {
        let author = self.with_ticket(AUTHOR)?;
        let lecture = self.lecture(&author)?;
        let begun = Instant::now();
        while begun.elapsed() < FILM_TIME {
            process::stop_if_asked()?;
            let state = author.json("GET", &format!("/api/v1/films/{}", lecture.film), &Value::Null)?;
            match state["state"].as_str() {
                Some("ready") => return Ok(lecture),
                Some("failed" | "cancelled") => bail!("the film of the demonstration was not made: {state}"),
                _ => std::thread::sleep(Duration::from_millis(500)),
            }
        }
        bail!("the film of the demonstration is not made after {} minutes", FILM_TIME.as_secs() / 60)
    }

    /// The process of the server.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// The first process of its PostgreSQL; all others of it are below.
    ///
    /// # Errors
    /// When it is not there.
    pub fn database_pid(&self) -> Result<u32> {
        let found = meter::children(self.pid()).into_iter().find(|pid| meter::name(*pid) == "postgres");
        found.context("the server's PostgreSQL is not there")
    }

    /// What PostgreSQL has logged so far.
    pub fn database_log(&self) -> String {
        fs::read_to_string(self.data.join("postgres/postgres.log")).unwrap_or_default()
    }

    /// Where the embedded object store keeps the objects, by their keys.
    pub fn objects(&self) -> PathBuf {
        self.data.join("objects/tablica")
    }

    /// Runs one statement as the owner of the tables and answers what it printed.
    ///
    /// # Errors
    /// When it is refused.
    pub fn sql(&self, statement: &str) -> Result<String> {
        cluster::sql(&cluster::programs()?, &self.socket()?, "tablica", statement)
    }

    /// The folder of PostgreSQL's socket: the fifth line of its `postmaster.pid`.
    fn socket(&self) -> Result<PathBuf> {
        let about = fs::read_to_string(self.data.join("postgres/cluster/postmaster.pid"))
            .context("the server's PostgreSQL is not there")?;
        Ok(PathBuf::from(about.lines().nth(4).context("PostgreSQL does not tell its socket")?))
    }

    fn stop(&mut self) {
        if let Some(child) = self.child.take() {
            let _status = process::stop(child);
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The first unit of an outline that has a film.
fn lecture(outline: &Value) -> Option<Lecture> {
    let sections = outline["sections"].as_array().into_iter().flatten();
    let mut units = sections.flat_map(|section| section["units"].as_array().into_iter().flatten());
    units.find_map(|unit| {
        let (film, unit) = (unit["film"].as_str()?, unit["slug"].as_str()?);
        Some(Lecture { film: film.to_owned(), unit: unit.to_owned() })
    })
}

/// A port on which nobody listens just now.
///
/// # Errors
/// When there is none.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Lecture, lecture};

    #[test]
    fn the_unit_with_a_film_is_found() {
        let outline = json!({ "sections": [
            { "units": [{ "slug": "wstep", "film": null }] },
            { "units": [{ "slug": "wyklad", "film": "f1" }, { "slug": "drugi", "film": "f2" }] },
        ] });
        let found = Lecture { film: "f1".to_owned(), unit: "wyklad".to_owned() };
        assert_eq!(lecture(&outline), Some(found));
        assert_eq!(lecture(&json!({ "sections": [] })), None);
    }
}

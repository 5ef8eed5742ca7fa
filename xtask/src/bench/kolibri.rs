//! Kolibri, an offline-first learning platform in Python (MIT), beside which our pages are measured: installed from
//! PyPI into an environment of its own under `target/`, set up without questions, with one class, one learner and one
//! lesson of sixteen resources (our course has as many units to read).

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::http::Client;
use super::program::{PASSWORD, free_port};
use crate::process;

/// The version that is measured.
pub const VERSION: &str = "0.19.5";
/// The title of the lesson, by which a browser sees that its page is there.
pub const LESSON: &str = "Lekcja o dostępności";

const START_TIME: Duration = Duration::from_secs(180);

/// A running Kolibri; it is stopped when the value is dropped.
pub struct Kolibri {
    child: Option<Child>,
    /// The learner, signed in.
    pub learner: Client,
    /// The page of the lesson.
    pub lesson_path: String,
}

impl Kolibri {
    /// Installs it (once), sets it up in a new folder, starts it and signs the learner in.
    ///
    /// # Errors
    /// When PyPI cannot be reached or a step of the set-up is refused.
    pub fn start(root: &Path) -> Result<Self> {
        let program = install(root)?;
        let home = root.join("target/bench/kolibri-home");
        let _nothing_there = fs::remove_dir_all(&home);
        fs::create_dir_all(&home)?;
        let log = root.join("target/bench/kolibri.log");
        let command = || -> Result<Command> {
            let file = File::options().create(true).append(true).open(&log)?;
            let mut command = Command::new(&program);
            command.env("KOLIBRI_HOME", &home).env("KOLIBRI_DISABLE_PING", "1");
            command.stdout(file.try_clone()?).stderr(file).current_dir(&home);
            Ok(command)
        };
        let mut set_up = command()?;
        set_up.args(["manage", "provisiondevice", "--facility", "Szkola", "--preset", "formal"]);
        set_up.args(["--superusername", "admin", "--superuserpassword", PASSWORD, "--language_id", "en"]);
        process::run(set_up.arg("--noinput")).with_context(|| format!("see {}", log.display()))?;
        let content = root.join("xtask/bench/kolibri.py");
        let code = format!("exec(open({:?}, encoding='utf-8').read())", content.display().to_string());
        process::run(command()?.args(["manage", "--skip-update", "shell", "-c", &code]))
            .with_context(|| format!("see {}", log.display()))?;
        let (port, other) = (free_port()?, free_port()?);
        let mut serve = command()?;
        serve.args(["start", "--foreground", "--port", &port.to_string(), "--zip-port", &other.to_string()]);
        let mut kolibri = Self {
            child: Some(process::start(&mut serve)?),
            learner: Client::new(port),
            lesson_path: String::new(),
        };
        kolibri.wait().with_context(|| format!("see {}", log.display()))?;
        kolibri.fill()?;
        Ok(kolibri)
    }

    /// Its process; it has no other that answers.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    fn wait(&mut self) -> Result<()> {
        let begun = Instant::now();
        while !self.learner.get("/api/public/v1/facility/").is_ok_and(|answer| answer.status == 200) {
            process::stop_if_asked()?;
            let ended = self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)));
            if ended || begun.elapsed() > START_TIME {
                bail!("Kolibri did not start");
            }
            std::thread::sleep(Duration::from_millis(300));
        }
        Ok(())
    }

    /// One class with one learner and one lesson.
    fn fill(&mut self) -> Result<()> {
        let facilities = self.learner.json("GET", "/api/public/v1/facility/", &Value::Null)?;
        let facility = id(&facilities[0])?;
        let admin = signed_in(&self.learner, "admin", &facility)?;
        let class =
            admin.json("POST", "/api/auth/classroom/", &json!({ "name": "Urząd", "parent": facility }))?;
        let learner =
            json!({ "username": "uczen", "full_name": "Uczeń", "password": PASSWORD, "facility": facility });
        let learner = admin.json("POST", "/api/auth/facilityuser/", &learner)?;
        let (class, learner) = (id(&class)?, id(&learner)?);
        admin.json("POST", "/api/auth/membership/", &json!({ "user": learner, "collection": class }))?;
        let nodes = admin.json("GET", "/api/content/contentnode/?kind=document", &Value::Null)?;
        let resource = |node: &Value| {
            json!({ "contentnode_id": node["id"], "content_id": node["content_id"],
            "channel_id": node["channel_id"] })
        };
        let resources: Vec<Value> = nodes.as_array().into_iter().flatten().map(resource).collect();
        ensure!(!resources.is_empty(), "Kolibri has no resources: {nodes}");
        let lesson = json!({ "title": LESSON, "description": "Opis", "resources": resources, "collection": class,
            "assignments": [class], "learner_ids": [], "active": true });
        let lesson = id(&admin.json("POST", "/api/lessons/lesson/", &lesson)?)?;
        self.learner = signed_in(&self.learner, "uczen", &facility)?;
        self.lesson_path = format!("/en/learn/#/home/classes/{class}/lesson/{lesson}");
        Ok(())
    }
}

impl Drop for Kolibri {
    fn drop(&mut self) {
        if let Some(child) = self.child.take() {
            let _status = process::stop(child);
        }
    }
}

fn install(root: &Path) -> Result<std::path::PathBuf> {
    let folder = root.join("target/bench").join(format!("kolibri-{VERSION}"));
    let program = folder.join("bin/kolibri");
    if process::answer(Command::new(&program).arg("--version")).is_ok_and(|said| said.contains(VERSION)) {
        return Ok(program);
    }
    println!("installing Kolibri {VERSION} from PyPI");
    process::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let mut pip = Command::new(folder.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", &format!("kolibri=={VERSION}")]);
    process::run(&mut pip)?;
    Ok(program)
}

/// A session as Kolibri's own page begins it: a cookie, and a token against forged requests.
fn signed_in(client: &Client, name: &str, facility: &str) -> Result<Client> {
    let mut client = Client::new(client.port);
    let body = json!({ "username": name, "password": PASSWORD, "facility": facility }).to_string();
    let kind = [("content-type", "application/json")];
    let answer = client.send("POST", "/api/auth/session/", &kind, body.as_bytes())?.good()?;
    let given = |cookie: &str| {
        answer.cookie(cookie).with_context(|| format!("Kolibri did not sign {name} in: no cookie {cookie}"))
    };
    client.headers = identity(given("kolibri")?, given("kolibri_csrftoken")?);
    Ok(client)
}

fn identity(session: &str, token: &str) -> Vec<(String, String)> {
    vec![
        ("cookie".to_owned(), format!("kolibri={session}; kolibri_csrftoken={token}")),
        ("x-csrftoken".to_owned(), token.to_owned()),
    ]
}

fn id(value: &Value) -> Result<String> {
    value["id"].as_str().map(str::to_owned).with_context(|| format!("Kolibri answered {value}"))
}

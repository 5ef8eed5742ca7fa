//! A running program of one test: a database of its own, an object store of its own, the real server on a real port.

mod client;
mod database;
pub mod lending;
mod media;
pub mod pdf;
pub mod qr;
mod statements;
pub mod store;
pub mod work;

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use app::state::App;
use app::video::shelf;
use base::{Actor, Clock, OrganisationId, PersonId};
use courses::Taught;
use courses::course::Card;
use courses::enrolment::Target;
use identity::organisation::NewOrganisation;
use identity::person::NewPerson;
use identity::{Author, GroupId, InstallationAdmin, PeopleAdmin, Role};
use server::assets::{self, Site};
use server::config::Config;
use server::ground::Ground;
use server::router;
use server::serve::{Patience, Workers};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use time::OffsetDateTime;
use tokio::sync::{OnceCell, oneshot};

pub use client::{Client, Page};
pub use database::{owner, refused_by, speaks};
pub use media::{film, film_of, film_with};
pub use statements::statements;

/// The password of everybody in tests.
pub const PASSWORD: &str = "zielona kreda";

/// What is typed when a program is set up for the first time.
pub const SET_UP: [(&str, &str); 8] = [
    ("organisation_name", "Urząd Miejski"),
    ("organisation_slug", "urzad"),
    ("kind", "office"),
    ("given_name", "Jadwiga"),
    ("family_name", "Olszańska"),
    ("login", "jadwiga"),
    ("password", PASSWORD),
    ("password_again", PASSWORD),
];

/// Its hash at the least cost that argon2 has (by the reference implementation): a hash is opened with the parameters that it was made
/// with, and of the thousands of sign-ins of all tests hardly one is about its price. Whoever is about that sets a password as people do.
const CHEAP: &str =
    "$argon2id$v=19$m=8,t=1,p=1$dGVzdC1vZi10YWJsaWNhIQ$RAWnBvNZNO4VbyDr2Y0HNC2UteO6fKB72wGS+sGb1Ko";

static TEMPLATE: OnceCell<String> = OnceCell::const_new();
/// Read and unpacked once for all programs of this process: it is the same for each.
static SITE: LazyLock<Site> = LazyLock::new(|| Site::read(&assets::folder()));
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// The cluster that `cargo xtask test` started, as the owner of the tables.
pub fn cluster() -> PgConnectOptions {
    std::env::var("TABLICA_TEST_DATABASE")
        .expect("TABLICA_TEST_DATABASE: run the tests with `cargo xtask test`")
        .parse()
        .expect("the address of the test cluster")
}

/// A port of this machine that is free and that the system gives to nobody who asks for any (those begin at 32768), for a server that
/// listens only later.
pub fn quiet_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = std::process::id() % 100 * 100 + NEXT.fetch_add(1, Ordering::SeqCst) % 100;
        let port = 20_000 + u16::try_from(number).unwrap();
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

async fn template() -> &'static str {
    TEMPLATE
        .get_or_init(|| async {
            let name = format!("tablica_template_{}", std::process::id());
            let mut connection =
                PgConnection::connect_with(&cluster()).await.expect("the test cluster answers");
            sqlx::query(AssertSqlSafe(format!("create database {name}")))
                .execute(&mut connection)
                .await
                .unwrap();
            base::db::migrate(&cluster().database(&name)).await.unwrap();
            name
        })
        .await
}

/// Each takes 16 MB. When the thread of a test ends, those that it made are of no use; whoever makes the next takes them away.
#[derive(Default)]
struct Made(RefCell<Vec<String>>);

thread_local! {
    static MADE: Made = Made::default();
}
static LEFT: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl Drop for Made {
    fn drop(&mut self) {
        LEFT.lock().unwrap_or_else(PoisonError::into_inner).append(self.0.get_mut());
    }
}

async fn take_away_what_is_left(connection: &mut PgConnection) {
    let left = std::mem::take(&mut *LEFT.lock().unwrap_or_else(PoisonError::into_inner));
    for name in left {
        let gone = sqlx::query(AssertSqlSafe(format!("drop database if exists {name} with (force)")));
        gone.execute(&mut *connection).await.unwrap();
    }
}

/// An address of a fresh database with all tables, for the server's role.
pub async fn fresh_database() -> String {
    let template = template().await;
    let name = format!("tablica_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
    let mut connection = PgConnection::connect_with(&cluster()).await.unwrap();
    take_away_what_is_left(&mut connection).await;
    MADE.with(|made| made.0.borrow_mut().push(name.clone()));
    for attempt in 0.. {
        let made = sqlx::query(AssertSqlSafe(format!("create database {name} template {template}")));
        match made.execute(&mut connection).await {
            Ok(_) => break,
            // Another test copies the template at this moment.
            Err(error) if attempt < 1200 => {
                assert!(error.to_string().contains("being accessed"), "{error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
    address_of(&name)
}

/// An address of a database without tables, for the server's role.
pub async fn empty_database() -> String {
    let name = format!("tablica_empty_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
    let mut connection = PgConnection::connect_with(&cluster()).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&mut connection).await.unwrap();
    address_of(&name)
}

/// The same database for the owner of its tables.
pub fn owner_of(database_url: &str) -> String {
    database_url.replace("user=tablica_app", "user=tablica_owner")
}

fn address_of(name: &str) -> String {
    let address = std::env::var("TABLICA_TEST_DATABASE").unwrap();
    let query = address.split_once('?').unwrap().1;
    let query: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("user=")).collect();
    format!("postgres:///{name}?{}&user=tablica_app", query.join("&"))
}

/// The running program.
pub struct TestApp {
    pub address: String,
    pub clock: Clock,
    pub ground: Ground,
    pub config: Config,
    pub folder: tempfile::TempDir,
    program: App,
    stop: Option<oneshot::Sender<()>>,
    workers: Option<Workers>,
}

impl TestApp {
    /// With one worker.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Without workers, hearing what PostgreSQL tells.
    pub async fn hearing() -> Self {
        let app = Self::start_with(|config| config.workers = 0).await;
        app.hears().await;
        app
    }

    /// Without workers, for dozens who do something in the same moment.
    pub async fn crowded() -> Self {
        Self::start_with(|config| {
            config.workers = 0;
            config.database_connections = 40;
        })
        .await
    }

    /// With settings of its own.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_patient(Patience::default(), change).await
    }

    /// With settings of its own, for clients that are waited for no longer than this.
    pub async fn start_patient(patience: Patience, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config {
            data_dir: folder.path().to_owned(),
            database_url: fresh_database().await,
            database_connections: 8,
            // Dozens come at once to a machine that may be slow: that they wait is no fault.
            database_wait_seconds: 300,
            ..Config::default()
        };
        change(&mut config);
        let clock = Clock::system();
        let ground = Ground::prepare(&config, clock.clone()).await.expect("the ground is prepared");
        let site = SITE.clone();
        let program = router::app(&ground, &config, &site, false).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let workers = (config.workers > 0).then(|| Workers::start(&ground, &config));
        let (stop, told) = oneshot::channel();
        let router = router::router(program.clone(), site);
        tokio::spawn(server::serve::until(listener, router, patience, async move {
            let _told = told.await;
        }));
        Self { address, clock, ground, config, folder, program, stop: Some(stop), workers }
    }

    /// From here on the server hears what PostgreSQL tells, and keeps what it was granted. Without, it looks everything up.
    async fn hears(&self) {
        tokio::spawn(shelf::follow(self.program.clone()));
        self.wait_until_it_hears(true).await;
    }

    pub async fn wait_until_it_hears(&self, wanted: bool) {
        for _ in 0..600 {
            if self.program.shelf.hears() == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("half a minute later it hears: {}", !wanted);
    }

    /// A browser that nobody has signed in.
    pub fn visitor(&self) -> Client {
        Client::new(&self.address)
    }

    /// An office with its people.
    pub async fn office(&self, slug: &str) -> House<'_> {
        self.house(slug, false).await
    }

    /// A school with its people.
    pub async fn school(&self, slug: &str) -> House<'_> {
        self.house(slug, true).await
    }

    async fn house(&self, slug: &str, school: bool) -> House<'_> {
        let mut tx = self.ground.db.begin(&Actor::installation("test")).await.unwrap();
        let kind = if school { "Szkoła" } else { "Urząd" };
        let new = NewOrganisation { name: format!("{kind} {slug}"), slug: slug.to_owned(), school };
        let id = identity::organisation::create(&mut tx, &InstallationAdmin::at_the_terminal(), &new)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        House { app: self, id, slug: slug.to_owned() }
    }

    /// Takes the workers away, to end them by hand.
    pub fn stop_workers(&mut self) -> Option<Workers> {
        self.workers.take()
    }

    /// Starts workers again.
    pub fn start_workers(&mut self) {
        self.workers = Some(self.more_workers());
    }

    /// Workers for their caller to end: as many as the program has, at least one.
    pub fn more_workers(&self) -> Workers {
        let config = Config { workers: self.config.workers.max(1), ..self.config.clone() };
        Workers::start(&self.ground, &config)
    }

    /// Ends workers and server in order.
    pub async fn end(mut self) {
        if let Some(workers) = self.workers.take() {
            workers.end().await;
        }
        if let Some(stop) = self.stop.take() {
            let _gone = stop.send(());
        }
        self.ground.end().await;
    }

    /// Folder of the repository.
    pub fn root() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
    }
}

/// Waives whatever stands in the way of publishing.
pub async fn waive_all(tx: &mut base::Tx, course: &Taught) {
    let found = courses::check::all(tx, course).await.unwrap();
    let names: Vec<String> =
        found.iter().filter(|one| one.stands_in_the_way()).map(courses::check::Found::name).collect();
    if !names.is_empty() {
        courses::waiver::waive(tx, course, &names, "Zgoda na potrzeby testu.").await.unwrap();
    }
}

/// Moves the clock of the program there.
pub async fn set_clock(app: &TestApp, at: OffsetDateTime) {
    app.clock.advance(at - app.clock.now());
}

/// An organisation of a test.
pub struct House<'a> {
    pub app: &'a TestApp,
    pub id: OrganisationId,
    pub slug: String,
}

/// A person of a test: who they are, and a browser in which they are signed in.
pub struct Someone {
    pub id: PersonId,
    pub login: String,
    /// What they sign in with: `login@organisation`.
    pub name: String,
    pub client: Client,
    pub actor: Actor,
}

impl Someone {
    /// Their browser, which also carries a ticket of the API.
    pub async fn with_ticket(&self) -> Client {
        self.client.clone().with_ticket(&self.name, PASSWORD).await
    }
}

impl House<'_> {
    /// A person without a role, signed in.
    pub async fn learner(&self, login: &str) -> Someone {
        self.person(login, &[]).await
    }

    /// A person who writes and teaches courses, signed in.
    pub async fn instructor(&self, login: &str) -> Someone {
        self.person(login, &[Role::Instructor]).await
    }

    /// An administrator of the organisation, signed in.
    pub async fn admin(&self, login: &str) -> Someone {
        self.person(login, &[Role::OrganisationAdmin]).await
    }

    /// A person with these roles, signed in.
    pub async fn person(&self, login: &str, roles: &[Role]) -> Someone {
        let terminal = PeopleAdmin::at_the_terminal();
        let mut tx = self.app.ground.db.begin(&Actor::job("test", self.id)).await.unwrap();
        let new = NewPerson {
            login: login.to_owned(),
            email: format!("{login}@{}.example.org", self.slug),
            given_name: "Osoba".to_owned(),
            family_name: login.to_uppercase(),
            language: "pl".to_owned(),
            unit: None,
        };
        let id = identity::person::create(&mut tx, &terminal, &new).await.unwrap();
        sqlx::query("update person set password_hash = $2 where id = $1")
            .bind(id.0)
            .bind(CHEAP)
            .execute(tx.connection())
            .await
            .unwrap();
        for role in roles {
            identity::person::grant(&mut tx, &terminal, id, *role).await.unwrap();
        }
        tx.commit().await.unwrap();
        let client = self.app.visitor();
        let name = format!("{login}@{}", self.slug);
        client.sign_in(&name, PASSWORD).await;
        let actor = identity::session::at_the_terminal(self.id, id);
        Someone { id, login: login.to_owned(), name, client, actor }
    }

    /// A group with these people.
    pub async fn group(&self, name: &str, people: &[&Someone]) -> GroupId {
        let terminal = PeopleAdmin::at_the_terminal();
        let mut tx = self.app.ground.db.begin(&Actor::job("test", self.id)).await.unwrap();
        let group = identity::group::create(&mut tx, &terminal, name).await.unwrap();
        for person in people {
            identity::group::add(&mut tx, &terminal, group, person.id).await.unwrap();
        }
        tx.commit().await.unwrap();
        group
    }

    /// A course with these units (title, Markdown) in one section, by `author`.
    pub async fn course(&self, author: &Someone, title: &str, units: &[(&str, &str)]) -> Taught {
        use courses::outline::{self, UnitText};
        let mut tx = self.app.ground.db.begin(&author.actor).await.unwrap();
        let card = Card { title: title.to_owned(), ..Card::default() };
        let course = courses::course::create(&mut tx, &Author::at_the_terminal(), &card).await.unwrap();
        let section = outline::add_section(&mut tx, &course, "Część pierwsza").await.unwrap();
        for (title, markdown) in units {
            let unit = outline::add_unit(&mut tx, &course, section, title).await.unwrap();
            let text = UnitText { title: (*title).to_owned(), minutes: 5, markdown: (*markdown).to_owned() };
            outline::save_unit(&mut tx, &course, unit, 1, &text).await.unwrap();
        }
        tx.commit().await.unwrap();
        course
    }

    /// Publishes a course to these targets.
    pub async fn publish(&self, author: &Someone, course: &Taught, targets: &[Target]) {
        let mut tx = self.app.ground.db.begin(&author.actor).await.unwrap();
        for target in targets {
            courses::enrolment::add(&mut tx, course, *target).await.unwrap();
        }
        waive_all(&mut tx, course).await;
        courses::publish::publish(&mut tx, course).await.unwrap();
        tx.commit().await.unwrap();
    }
}

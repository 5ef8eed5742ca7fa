//! `tablica user …`: the clerk at the machine, while the server runs and while it is stopped.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use identity::Role;
use server::config::Config;
use server::ground::Ground;
use server::user::{self, Order};
use sqlx::{Connection as _, PgConnection};

use crate::harness::work::program;
use crate::harness::{Client, PASSWORD, TestApp, cluster};

async fn says(app: &TestApp, order: Order) -> Result<String, String> {
    user::answer(&app.ground, &app.config, order).await.map_err(|error| format!("{error:#}"))
}

fn reset(login: &str) -> Order {
    Order::ResetPassword { login: login.to_owned() }
}

fn path_of_link(said: &str) -> String {
    said.lines().find_map(|line| line.find("/password/").map(|at| line[at..].to_owned())).expect("a link")
}

async fn choose(browser: &Client, link: &str, password: &str, status: u16) {
    browser.post(link, &[("password", password), ("password_again", password)]).await.assert(status);
}

#[tokio::test]
async fn a_clerk_who_lost_access_gets_a_link_at_the_terminal_that_ends_everything_else() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let (office, school) = (app.office("brzozow").await, app.office("sp2").await);
    let jan = office.admin("jan_k").await;
    school.learner("jan_k").await;
    jan.client.get("/people").await.assert(200);

    let unknown = says(&app, reset("nikt")).await.unwrap_err();
    assert!(unknown.contains("nobody is called nikt"), "{unknown}");
    let several = says(&app, reset("jan_k")).await.unwrap_err();
    assert!(several.contains("jan_k@brzozow") && several.contains("jan_k@sp2"), "{several}");

    let first = path_of_link(&says(&app, reset("jan_k@brzozow")).await.unwrap());
    let link = path_of_link(&says(&app, reset("jan_k@brzozow.example.org")).await.unwrap());
    // Out at once, by session and by the old password; the other of that name is not.
    assert!(jan.client.get("/people").await.location().starts_with("/sign-in"));
    let browser = app.visitor();
    browser.post("/sign-in", &[("name", "jan_k@brzozow"), ("password", PASSWORD)]).await.assert(422);
    app.visitor().sign_in("jan_k@sp2", PASSWORD).await;
    choose(&browser, &first, "całkiem nowe hasło", 404).await;
    choose(&browser, &link, "całkiem nowe hasło", 303).await;
    choose(&browser, &link, "całkiem nowe hasło", 404).await;
    browser.sign_in("jan_k@brzozow", "całkiem nowe hasło").await;
    browser.get("/people").await.assert(200);

    // It lives an hour, not the two weeks of a link that is sent by letter.
    let late = path_of_link(&says(&app, reset("jan_k@brzozow")).await.unwrap());
    app.clock.advance(time::Duration::minutes(61));
    choose(&app.visitor(), &late, "całkiem nowe hasło", 404).await;

    let name = app.config.database_url.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
    let mut owner = PgConnection::connect_with(&cluster().database(&name)).await.unwrap();
    let said: Vec<String> = sqlx::query_scalar("select actor from audit_event where act = 'reset_password'")
        .fetch_all(&mut owner)
        .await
        .unwrap();
    assert_eq!(said, ["terminal"; 3]);
    app.end().await;
}

#[tokio::test]
async fn people_are_listed_suspended_and_given_roles_at_the_terminal() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let (office, school) = (app.office("brzozow").await, app.office("sp2").await);
    let ada = office.instructor("ada").await;
    school.admin("zofia").await;
    let list = async |organisation: Option<&str>, role| {
        says(&app, Order::List { organisation: organisation.map(str::to_owned), role }).await
    };
    let all = list(None, None).await.unwrap();
    assert_eq!(all.lines().count(), 2, "{all}");
    assert!(all.contains("ada@brzozow\tOsoba ADA\tactive\tinstructor\t20"), "{all}");
    assert_eq!(list(Some("sp2"), None).await.unwrap().lines().count(), 1);
    assert!(list(Some("sp2"), Some(Role::Instructor)).await.unwrap().contains("nobody"));
    assert!(list(None, Some(Role::OrganisationAdmin)).await.unwrap().starts_with("zofia@sp2"));
    assert!(list(Some("sp3"), None).await.unwrap_err().contains("there are: brzozow, sp2"));

    let login = || "ada".to_owned();
    says(&app, Order::Suspend { login: login() }).await.unwrap();
    assert!(ada.client.get("/teaching").await.location().starts_with("/sign-in"));
    assert!(list(None, None).await.unwrap().contains("\tsuspended\t"));
    assert!(says(&app, reset("ada")).await.unwrap().contains("tablica user restore"));
    says(&app, Order::Restore { login: login() }).await.unwrap();
    let link = path_of_link(&says(&app, reset("ada")).await.unwrap());
    let browser = app.visitor();
    choose(&browser, &link, PASSWORD, 303).await;
    browser.sign_in("ada", PASSWORD).await;
    browser.get("/people").await.assert(403);
    says(&app, Order::Grant { login: login(), role: Role::OrganisationAdmin }).await.unwrap();
    browser.get("/people").await.assert(200);
    says(&app, Order::Revoke { login: login(), role: Role::OrganisationAdmin }).await.unwrap();
    browser.get("/people").await.assert(403);
    browser.get("/teaching").await.assert(200);
    app.end().await;
}

#[tokio::test]
async fn the_command_works_beside_the_running_server_and_when_it_is_stopped() {
    let data = tempfile::tempdir().unwrap();
    std::fs::set_permissions(data.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let embedded =
        Config { data_dir: data.path().to_owned(), database_connections: 8, workers: 0, ..Config::default() };
    let program = program();
    let command = async |arguments: &[&str]| {
        let mut command = Command::new(&program);
        command.args(["--data".as_ref(), data.path().as_os_str()]).args(arguments).env("RUST_LOG", "warn");
        let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said =
            String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
        (done.status.success(), said)
    };
    // A data folder that was mistyped is not made into an installation.
    let (fine, said) = command(&["user", "list"]).await;
    assert!(!fine && said.contains("no database"), "{said}");
    assert!(!data.path().join("postgres").exists());

    let app = TestApp::start_with(|config| config.clone_from(&embedded)).await;
    app.office("brzozow").await.learner("jan").await;
    let (fine, said) = command(&["user", "suspend", "jan"]).await;
    assert!(fine && said.contains("jan@brzozow (Osoba JAN): suspended"), "{said}");
    let browser = app.visitor();
    browser.post("/sign-in", &[("name", "jan"), ("password", PASSWORD)]).await.assert(422);
    // The other commands of the terminal need no stop of the server either.
    let (_, said) = command(&["doctor"]).await;
    for part in ["database", "news of changes", "object store"] {
        assert!(said.contains(&format!("fine    {part}:")), "{said}");
    }
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("kurs");
    let export = ["course", "export", "nie-ma-takiego", target.to_str().unwrap(), "--author", "jan@brzozow"];
    let (fine, said) = command(&export).await;
    assert!(!fine && said.contains("nie-ma-takiego"), "{said}");
    app.end().await;
    let (_, said) = command(&["doctor"]).await;
    assert!(said.contains("fine    database"), "{said}");
    let (fine, said) = command(&["user", "restore", "jan"]).await;
    assert!(fine, "{said}");
    let (fine, said) = command(&["user", "grant", "jan", "king"]).await;
    assert!(!fine && said.contains("the roles are installation_admin"), "{said}");
    let (_, said) = command(&["user", "list"]).await;
    assert!(said.contains("jan@brzozow\tOsoba JAN\tactive\t-\t"), "{said}");
    let ground = Ground::beside(&embedded, base::Clock::system()).await.unwrap();
    ground.end().await;
}

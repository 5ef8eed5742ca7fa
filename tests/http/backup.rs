//! Copies of a whole installation: made while people write, restored into an empty place, and refused when they are not
//! whole, damaged, or would be poured over something.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base::blob::PART_BYTES;
use base::embedded::store::EmbeddedStore;
use base::owner::Owner;
use courses::enrolment::Target;
use server::backup::check;
use server::backup::manifest::{DATABASE, MANIFEST, Manifest, path_of};
use server::backup::write::{self, Written};
use server::config::Config;
use server::footing::Footing;
use server::restore;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::films::{named, stage_in};
use crate::harness::lending::{clerk, hand_out, laptops};
use crate::harness::store::{Mood, MoodyStore};
use crate::harness::work::program;
use crate::harness::{Client, PASSWORD, TestApp, cluster, empty_database, film, owner_of};

/// A folder that the user of the embedded PostgreSQL can walk into.
fn place() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// Settings for an empty database and an embedded store in `folder`.
async fn nothing_yet(folder: &Path) -> Config {
    let database_url = empty_database().await;
    Config {
        data_dir: folder.to_owned(),
        database_owner_url: owner_of(&database_url),
        database_url,
        database_connections: 8,
        ..Config::default()
    }
}

/// What `tablica backup` does.
async fn back_up(config: &Config, folder: &Path) -> Result<Written, String> {
    let footing = Footing::beside(config).await.map_err(|error| format!("{error:#}"))?;
    let place = write::Place {
        owner: footing.owner().map_err(|error| format!("{error:#}"))?,
        blobs: footing.blobs.clone(),
        clock: base::Clock::system(),
        data: config.data_dir.clone(),
    };
    let written = write::write(&place, folder, None).await.map_err(|error| format!("{error:#}"));
    footing.end().await;
    written
}

async fn restored(folder: &Path, config: &Config) -> Result<Manifest, String> {
    let done = restore::restore(folder, config, base::Clock::system()).await;
    done.map_err(|error| format!("{error:#}"))
}

/// A program on what these settings say.
async fn run(config: &Config) -> TestApp {
    TestApp::start_with(|settings| settings.clone_from(config)).await
}

/// An installation with a course, a few objects and one person, and its settings.
async fn small(data: &Path) -> TestApp {
    small_with(data, |_| {}).await
}

/// The same with settings of its own.
async fn small_with(data: &Path, change: impl FnOnce(&mut Config)) -> TestApp {
    let app = TestApp::start_with(|config| {
        config.data_dir = data.to_owned();
        config.database_owner_url = owner_of(&config.database_url);
        config.workers = 0;
        change(config);
    })
    .await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst lekcji.")]).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    for number in 0..5 {
        app.ground.blobs.put(&format!("courses/x/{number}"), "image/png", vec![number; 5000]).await.unwrap();
    }
    app
}

fn picture(number: u32) -> bytes::Bytes {
    let head = [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];
    head.into_iter().chain(number.to_le_bytes().repeat(1000)).collect()
}

#[tokio::test]
async fn a_copy_made_while_people_write_restores_with_everything_in_it() {
    let data = tempfile::tempdir().unwrap();
    let stage = stage_in(
        TestApp::start_with(|config| {
            config.data_dir = data.path().to_owned();
            config.database_owner_url = owner_of(&config.database_url);
        })
        .await,
    )
    .await;
    let app = &stage.app;
    stage.upload(&film(app.folder.path(), 5)).await;
    stage.wait_for("ready").await;
    let office = crate::harness::House {
        app,
        id: stage.ada.actor.organisation().unwrap(),
        slug: "brzozow".to_owned(),
    };
    let jan = office.learner("jan").await;
    office.publish(&stage.ada, &stage.course, &[Target::Person(jan.id)]).await;
    let wanda = clerk(&office, "wanda").await;
    laptops(&office, &wanda.actor, &["SP2/001"]).await;
    hand_out(&office, &wanda.actor, jan.id, "SP2/001").await;
    let master = stage.enter(&jan.client).await;
    let playlist = jan.client.get(&master).await.assert(200).text;
    let list_at = named(&master, &playlist).remove(0);
    let list = jan.client.get(&list_at).await.assert(200).text;
    let segment = jan.client.get(&named(&list_at, &list)[0]).await.assert(200).text;

    // Somebody adds pictures, one after another, until the copy is whole.
    let ending = AtomicBool::new(false);
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("kopia");
    let writer = async {
        let mut number = 0;
        while !ending.load(Ordering::SeqCst) {
            let mut tx = app.ground.db.begin(&stage.ada.actor).await.unwrap();
            let name = format!("obraz-{number}.png");
            let blobs = &app.ground.blobs;
            courses::media::add(&mut tx, blobs, &stage.course, &name, picture(number)).await.unwrap();
            tx.commit().await.unwrap();
            number += 1;
        }
        number
    };
    let copying = async {
        // Until the writer is really at it.
        while app.ground.blobs.list("courses/").await.unwrap().len() < 8 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let written = back_up(&app.config, &copy).await;
        ending.store(true, Ordering::SeqCst);
        written.unwrap()
    };
    let (pictures, written) = tokio::join!(writer, copying);
    let copied = written.manifest.objects.iter().filter(|object| object.key.contains("/media/")).count();
    assert!(copied >= 5 && pictures > 5, "{copied} of {pictures}");
    assert_eq!(check::check(&copy).await.unwrap().1, Vec::<String>::new());

    // Only its owner reads it, and nothing else lies about.
    assert_eq!(copy.metadata().unwrap().mode() & 0o777, 0o700);
    assert_eq!(copy.join(DATABASE).metadata().unwrap().mode() & 0o777, 0o600);
    assert_eq!(copies.path().read_dir().unwrap().count(), 1);

    let there = tempfile::tempdir().unwrap();
    let config = nothing_yet(there.path()).await;
    restored(&copy, &config).await.unwrap();

    // Every picture that the restored database names is in the restored store, whole.
    let mut owner =
        PgConnection::connect_with(Owner::at(&config.database_owner_url).unwrap().options()).await.unwrap();
    let named_there: Vec<(String, i64)> =
        sqlx::query_as("select blob_key, size_bytes from media").fetch_all(&mut owner).await.unwrap();
    assert!(named_there.len() >= 5);
    let again = run(&config).await;
    for (key, size) in named_there {
        assert_eq!(
            again.ground.blobs.length(&key).await.unwrap(),
            Some(u64::try_from(size).unwrap()),
            "{key}"
        );
    }

    // The same people sign in, with their session of before, and find what was theirs.
    let browser = again.visitor();
    browser.sign_in("jan@brzozow", PASSWORD).await;
    browser.get("/").await.assert(200).has("Kurs z filmem");
    browser.get("/my-devices").await.assert(200).has("SP2/001");
    let mut same = jan.client.clone();
    same.address.clone_from(&again.address);
    same.get("/my-devices").await.assert(200).has("SP2/001");
    let master = browser.get(&format!("/films/{}/master.m3u8", stage.film)).await.assert(303).location();
    let playlist = browser.get(&master).await.assert(200).text;
    let list_at = named(&master, &playlist).remove(0);
    let list = browser.get(&list_at).await.assert(200).text;
    assert!(browser.get(&named(&list_at, &list)[0]).await.assert(200).text == segment);
    let desk = again.visitor();
    desk.sign_in("wanda@brzozow", PASSWORD).await;
    desk.get("/devices/loans").await.assert(200).has("SP2/001");
    let said: i64 =
        sqlx::query_scalar("select count(*) from audit_event where act = 'restored' and actor = 'terminal'")
            .fetch_one(&mut owner)
            .await
            .unwrap();
    assert_eq!(said, 1);
    again.end().await;
    stage.app.end().await;
}

#[tokio::test]
async fn everything_embedded_is_copied_while_it_runs_and_lives_on_in_another_folder() {
    let (here, there, copies) = (place(), place(), tempfile::tempdir().unwrap());
    let embedded = |data: &Path| Config {
        data_dir: data.to_owned(),
        database_connections: 8,
        workers: 0,
        ..Config::default()
    };
    let config = embedded(here.path());
    let app = run(&config).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs w kopii", &[("Lekcja", "Tekst lekcji.")]).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    let (key, long) = ("films/x/source", vec![7u8; PART_BYTES + 17]);
    app.ground.blobs.put(key, "video/mp4", long.clone()).await.unwrap();
    let sealing = base::key::current(&app.ground.db, base::key::Purpose::Seal).await.unwrap();

    // While it runs, beside it; again, and what was there is not fetched twice.
    let copy = copies.path().join("kopia");
    let first = back_up(&config, &copy).await.unwrap();
    assert_eq!((first.fetched, first.reused), (1, 0));
    app.ground.blobs.put("courses/x/nowy", "image/png", "nowy").await.unwrap();
    let second = back_up(&config, &copy).await.unwrap();
    assert_eq!((second.fetched, second.reused), (1, 1));
    assert_eq!(second.manifest.objects[1].media_type, "video/mp4");
    app.end().await;
    // While it is stopped, too, and in no folder of its own data.
    let third = back_up(&config, &copy).await.unwrap();
    assert_eq!((third.fetched, third.reused), (0, 2));
    assert!(
        back_up(&config, &here.path().join("kopia")).await.unwrap_err().contains("inside the data folder")
    );
    let elsewhere = tempfile::tempdir().unwrap();
    assert!(back_up(&embedded(elsewhere.path()), &copy).await.unwrap_err().contains("no database"));

    let refused = restored(&copy, &config).await.unwrap_err();
    assert!(refused.contains("there already"), "{refused}");
    let config = embedded(there.path());
    restored(&copy, &config).await.unwrap();
    let app = run(&config).await;
    assert!(restored(&copy, &config).await.unwrap_err().contains("already works in"));
    let browser = app.visitor();
    browser.sign_in("ada@brzozow", PASSWORD).await;
    browser.get("/").await.assert(200).has("Kurs w kopii");
    assert!(app.ground.blobs.get(key).await.unwrap() == long);
    assert_eq!(base::key::current(&app.ground.db, base::key::Purpose::Seal).await.unwrap(), sealing);
    app.end().await;
}

#[tokio::test]
async fn a_copy_goes_to_a_database_and_an_s3_store_of_others_and_its_owner_need_be_no_superuser() {
    // An owner as a hosted PostgreSQL gives one: held by forced row-level security like everybody.
    let role = format!("tablica_hosted_{}", std::process::id());
    let mut cluster_owner = PgConnection::connect_with(&cluster()).await.unwrap();
    for sql in [format!("create role {role} login nosuperuser nobypassrls")] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut cluster_owner).await.unwrap();
    }
    let hosted = async |folder: &Path, store: &EmbeddedStore| {
        let mut config = nothing_yet(folder).await;
        let name = config.database_url.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
        let mut owner = PgConnection::connect_with(&cluster()).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("alter database {name} owner to {role}")))
            .execute(&mut owner)
            .await
            .unwrap();
        config.database_owner_url = config.database_url.replace("user=tablica_app", &format!("user={role}"));
        let settings = store.settings();
        config.s3_endpoint.clone_from(&settings.endpoint);
        config.s3_region.clone_from(&settings.region);
        config.s3_bucket.clone_from(&settings.bucket);
        config.s3_access_key.clone_from(&settings.access_key);
        config.s3_secret_key.clone_from(&settings.secret_key);
        config.workers = 0;
        config
    };
    let folders: Vec<_> = (0..5).map(|_| tempfile::tempdir().unwrap()).collect();
    let store = EmbeddedStore::start(folders[0].path()).await.unwrap();
    let config = hosted(folders[1].path(), &store).await;
    base::db::migrate(Owner::at(&config.database_owner_url).unwrap().options()).await.unwrap();
    let app = run(&config).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let wanda = clerk(&office, "wanda").await;
    laptops(&office, &wanda.actor, &["SP2/001", "SP2/002"]).await;
    hand_out(&office, &wanda.actor, ada.id, "SP2/001").await;
    app.ground.blobs.put("films/a", "video/mp4", vec![1; PART_BYTES + 1]).await.unwrap();
    let copy = folders[2].path().join("kopia");
    back_up(&config, &copy).await.unwrap();

    let refused = restored(&copy, &config).await.unwrap_err();
    assert!(refused.contains("tables already"), "{refused}");
    let other = EmbeddedStore::start(folders[3].path()).await.unwrap();
    let mut target = hosted(folders[4].path(), &other).await;
    // The policies name their owner: another one is refused before anything is written.
    let right = std::mem::replace(&mut target.database_owner_url, owner_of(&target.database_url));
    assert!(restored(&copy, &target).await.unwrap_err().contains(&role));
    target.database_owner_url = right;
    restored(&copy, &target).await.unwrap();
    let counts = async |config: &Config| {
        let mut owner = PgConnection::connect_with(
            &cluster().database(config.database_url.split('?').next().unwrap().rsplit('/').next().unwrap()),
        )
        .await
        .unwrap();
        let sql =
            "select (select count(*) from person), (select count(*) from asset), (select count(*) from loan),
                          (select count(*) from asset_search), (select count(*) from signing_key)";
        sqlx::query_as::<_, (i64, i64, i64, i64, i64)>(sql).fetch_one(&mut owner).await.unwrap()
    };
    let (before, after) = (counts(&config).await, counts(&target).await);
    assert_eq!(before, after);
    assert_eq!((after.0, after.1, after.2, after.3), (2, 2, 1, 2));
    let again = run(&target).await;
    let desk = again.visitor();
    desk.sign_in("wanda@brzozow", PASSWORD).await;
    desk.get("/devices?q=SP2").await.assert(200).has("SP2/002");
    assert_eq!(again.ground.blobs.length("films/a").await.unwrap(), Some(PART_BYTES as u64 + 1));
    again.end().await;
    app.end().await;
}

#[tokio::test]
async fn a_damaged_copy_is_found_and_not_restored() {
    let (data, copies, there) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = small(data.path()).await;
    let copy = copies.path().join("kopia");
    let written = back_up(&app.config, &copy).await.unwrap();
    let object = path_of(&copy, &written.manifest.objects[2].key).unwrap();
    let config = nothing_yet(there.path()).await;
    let faults = async || check::check(&copy).await.unwrap().1.join("\n");
    assert_eq!(faults().await, "");
    let flip = |path: &Path| {
        let mut bytes = std::fs::read(path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(path, bytes).unwrap();
    };
    for path in [&object, &copy.join(DATABASE)] {
        flip(path);
        assert!(faults().await.contains(&format!("{} has other bytes", path.display())));
        let refused = restored(&copy, &config).await.unwrap_err();
        assert!(refused.contains("damaged") && refused.contains("other bytes"), "{refused}");
        flip(path);
    }
    let whole = std::fs::read(&object).unwrap();
    std::fs::write(&object, &whole[1..]).unwrap();
    assert!(faults().await.contains("has 4999 bytes, not 5000"));
    std::fs::remove_file(&object).unwrap();
    assert!(faults().await.contains(&object.display().to_string()));
    std::fs::write(&object, &whole).unwrap();
    std::fs::write(copy.join("objects/obcy"), "?").unwrap();
    assert!(faults().await.contains("obcy is not in the manifest"));
    std::fs::remove_file(copy.join("objects/obcy")).unwrap();

    // A damaged file of an earlier copy is not carried into the next one.
    flip(&object);
    let next = back_up(&app.config, &copy).await.unwrap();
    assert_eq!((next.fetched, next.reused), (1, 4));
    assert_eq!(faults().await, "");

    // Of a newer program, and of one that speaks another form.
    let text = std::fs::read_to_string(copy.join(MANIFEST)).unwrap();
    let newer = text.replace(&next.manifest.migration.to_string(), "29991231000001");
    std::fs::write(copy.join(MANIFEST), newer).unwrap();
    assert!(restored(&copy, &config).await.unwrap_err().contains("newer than this program"));
    std::fs::write(copy.join(MANIFEST), text.replace("\"form\": 1", "\"form\": 2")).unwrap();
    assert!(restored(&copy, &config).await.unwrap_err().contains("a form that this program does not know"));
    std::fs::write(copy.join(MANIFEST), text).unwrap();
    // Nothing was left behind by all the refusals.
    restored(&copy, &config).await.unwrap();
    app.end().await;
}

#[tokio::test]
async fn what_was_deleted_meanwhile_is_named_and_what_is_in_the_way_is_not_touched() {
    let (data, copies) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = small(data.path()).await;
    // Hundreds of objects, of which somebody deletes the last ones while the first are copied.
    for number in 0..400 {
        let key = format!("films/z/{number:03}");
        app.ground.blobs.put(&key, "video/iso.segment", vec![1; 20_000]).await.unwrap();
    }
    let (blobs, copy) = (app.ground.blobs.clone(), copies.path().join("kopia"));
    let part = copies.path().join("kopia.part");
    let eraser = tokio::spawn(async move {
        while !part.join(DATABASE).exists() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        for number in (300..400).rev() {
            blobs.delete(&format!("films/z/{number:03}")).await.unwrap();
        }
    });
    let written = back_up(&app.config, &copy).await.unwrap();
    eraser.await.unwrap();
    assert!(!written.manifest.vanished.is_empty());
    assert_eq!(written.manifest.vanished.len() + written.manifest.objects.len(), 405);
    assert_eq!(check::check(&copy).await.unwrap().1, Vec::<String>::new());

    let refused = async |path: PathBuf, part: &str| {
        let error = back_up(&app.config, &path).await.unwrap_err();
        assert!(error.contains(part), "{error}");
    };
    let letters = copies.path().join("listy");
    std::fs::create_dir(&letters).unwrap();
    std::fs::write(letters.join("list.txt"), "ważne").unwrap();
    refused(letters.clone(), "is no copy").await;
    std::fs::rename(&letters, copies.path().join("inna.part")).unwrap();
    refused(copies.path().join("inna"), "in the way").await;
    assert_eq!(std::fs::read_to_string(copies.path().join("inna.part/list.txt")).unwrap(), "ważne");
    app.end().await;
}

#[tokio::test]
async fn a_killed_backup_is_no_copy_and_the_next_one_begins_anew() {
    let (data, copies, there) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let stored = tempfile::tempdir().unwrap();
    let store = MoodyStore::start(stored.path()).await;
    let app = small_with(data.path(), |config| store.set(config)).await;
    for number in 0..20 {
        let key = format!("films/z/{number}");
        app.ground.blobs.put(&key, "video/mp4", vec![number; 800_000]).await.unwrap();
    }
    // From a store that takes its time, so that whoever looks sees the copy half made.
    store.is(Mood::Slow);
    let copy = copies.path().join("kopia");
    let mut child = Command::new(program())
        .args(["backup", "--data"])
        .arg(data.path())
        .arg(&copy)
        .env("TABLICA_DATABASE_URL", &app.config.database_url)
        .env("TABLICA_DATABASE_OWNER_URL", &app.config.database_owner_url)
        .env("TABLICA_S3_ENDPOINT", &app.config.s3_endpoint)
        .env("TABLICA_S3_REGION", &app.config.s3_region)
        .env("TABLICA_S3_BUCKET", &app.config.s3_bucket)
        .env("TABLICA_S3_ACCESS_KEY", &app.config.s3_access_key)
        .env("TABLICA_S3_SECRET_KEY", &app.config.s3_secret_key)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let part = copies.path().join("kopia.part");
    while !part.join("objects").exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    store.is(Mood::Good);
    assert!(!copy.exists() && part.exists());
    assert!(check::check(&part).await.unwrap_err().to_string().contains("no finished copy"));
    let config = nothing_yet(there.path()).await;
    for folder in [&part, &copy] {
        assert!(restored(folder, &config).await.unwrap_err().contains("no finished copy"));
    }
    back_up(&app.config, &copy).await.unwrap();
    assert!(!part.exists());

    // A restore that was killed: nothing serves on half of it, and the next one begins anew.
    std::fs::write(there.path().join("restoring"), "").unwrap();
    std::fs::create_dir_all(there.path().join("objects/tablica")).unwrap();
    std::fs::write(there.path().join("objects/tablica/pół"), "pół").unwrap();
    let refused = server::ground::Ground::prepare(&config, base::Clock::system()).await.unwrap_err();
    assert!(refused.to_string().contains("has not ended"), "{refused:#}");
    restored(&copy, &config).await.unwrap();
    let again = run(&config).await;
    assert_eq!(again.ground.blobs.list("").await.unwrap().len(), 25);
    let ada = Client::new(&again.address);
    ada.sign_in("ada@brzozow", PASSWORD).await;
    again.end().await;
    app.end().await;
}

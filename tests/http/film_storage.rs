//! Where films lie: how much of them there may be, how long, that what is deleted is gone, what browsers and caches may keep, and what
//! the doctor finds.

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base::orphan;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use identity::Role;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use video::storage;
use video::take::{self, Place};

use super::film_work::{film_from, nothing_left_over, wait_until_ready};
use super::films::{Stage, named, stage, stage_in};
use crate::harness::store::MoodyStore;
use crate::harness::{Client, House, Page, TestApp, film, film_with, owner, quiet_port};

fn house(stage: &Stage) -> House<'_> {
    House { app: &stage.app, id: stage.ada.actor.organisation().unwrap(), slug: "brzozow".to_owned() }
}

/// Announces an upload of so many bytes.
async fn announce(stage: &Stage, bytes: u64) -> Page {
    let client = &stage.ada.client;
    let request = client
        .request(Method::POST, "/api/tus")
        .header("tus-resumable", "1.0.0")
        .header("upload-length", bytes)
        .header("upload-metadata", format!("film {}", STANDARD.encode(stage.film.to_string())));
    client.send(request).await
}

#[tokio::test]
async fn what_would_not_fit_is_refused_before_its_first_byte_and_both_administrators_see_why() {
    let stage = stage_in(TestApp::start_with(|config| config.workers = 0).await).await;
    let office = house(&stage);
    let root = office.person("root", &[Role::InstallationAdmin]).await;
    let zofia = office.admin("beata").await;
    let other = stage.app.office("drugi").await;
    // Who is neither sees neither page.
    for path in ["/films/storage", "/organisations/films"] {
        stage.ada.client.get(path).await.assert(403);
    }
    zofia.client.get("/organisations/films").await.assert(403);
    zofia.client.get("/films/storage").await.assert(200).has("Nie ma limitu");

    let field = format!("gigabytes-{}", office.id);
    let say = async |typed: &str| root.client.post("/organisations/films", &[(field.as_str(), typed)]).await;
    say("dużo").await.assert(422).has("liczbę całkowitą").has("value=\"dużo\"");
    say("-1").await.assert(422);
    let nowhere = format!("gigabytes-{}", uuid::Uuid::new_v4());
    root.client.post("/organisations/films", &[(nowhere.as_str(), "1")]).await.assert(404);
    say("1").await.assert(303);
    root.client.get("/organisations/films").await.assert(200).has("<meter").has("0 MB z 1024 MB").has(&field);
    let unlimited = root.client.get("/organisations/films").await.text.matches("Nie ma limitu").count();
    assert_eq!(unlimited, 1, "the other organisation has no limit");
    assert!(other.id != office.id);

    announce(&stage, (1 << 30) + 1).await.assert(413).has("no room");
    assert!(stage.app.ground.blobs.list("films/").await.unwrap().is_empty());
    announce(&stage, 700 << 20).await.assert(201);
    // What is begun takes its room from the announcement on; another beginning for the same film gives it back first.
    zofia.client.get("/films/storage").await.assert(200).has("<meter").has("700 MB z 1024 MB");
    announce(&stage, 900 << 20).await.assert(201);
    let others = film_from_nothing(&stage).await;
    let two = async |film: video::FilmId| {
        let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
        let place = format!("films/{}/{film}/x", office.id);
        let taken = sqlx::query(
            "insert into upload (id, organisation_id, film_id, person_id, size_bytes, blob_key, multipart_id, expires_at)
             values (gen_random_uuid(), $1, $2, $3, $4, $5, 'x', moment() + interval '1 day')",
        )
        .bind(office.id.0)
        .bind(film.0)
        .bind(stage.ada.id.0)
        .bind(100_i64 << 20)
        .bind(place)
        .execute(tx.connection())
        .await;
        taken.unwrap();
        tx.commit().await.unwrap();
    };
    two(others).await;
    announce(&stage, 950 << 20).await.assert(413);
    // The limit does not take away what is there, and goes again.
    say("0").await.assert(303);
    announce(&stage, 1).await.assert(413);
    let films = "/teaching/kurs-z-filmem/films";
    let section = stage.ada.client.get(films).await.assert(200).value("section");
    let file = Part::bytes(vec![7; 100]).file_name("wstęp.mp4");
    let form = Form::new().text("section", section).part("film", file);
    let request = stage.ada.client.request(Method::POST, &format!("{films}/plain")).multipart(form);
    stage.ada.client.send(request).await.assert(422).has("Ten film się nie zmieści");
    say("").await.assert(303);
    announce(&stage, 2 << 30).await.assert(201);
    stage.app.end().await;
}

async fn film_from_nothing(stage: &Stage) -> video::FilmId {
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let film = video::film::create(&mut tx, "Inny").await.unwrap().film();
    tx.commit().await.unwrap();
    film
}

#[tokio::test]
async fn of_two_uploads_at_once_only_the_one_that_fits_is_begun() {
    let stage = stage_in(TestApp::start_with(|config| config.workers = 0).await).await;
    let office = house(&stage);
    let mut owner = owner(&stage.app).await;
    sqlx::query("insert into film_quota (organisation_id, most_bytes) values ($1, $2)")
        .bind(office.id.0)
        .bind(1000_i64)
        .execute(&mut owner)
        .await
        .unwrap();
    let mut begun = Vec::new();
    for _ in 0..6 {
        begun.push(film_from_nothing(&stage).await);
    }
    let upload = async |film: video::FilmId| {
        let announced = video::upload::Announced { size: 600, ..Default::default() };
        let proof = video::Editable::granted(film);
        let ground = &stage.app.ground;
        video::upload::create(&ground.db, &ground.blobs, &stage.ada.actor, &proof, &announced, 1 << 30).await
    };
    let all = futures::future::join_all(begun.into_iter().map(upload)).await;
    let (fine, refused): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
    assert_eq!(fine.len(), 1);
    for error in refused.into_iter().filter_map(Result::err) {
        assert!(matches!(error, video::Error::NoRoom(400)), "{error:?}");
    }
    // From the plain form nobody says how much will come: it is cut where the room ends, and nothing of it stays.
    let film = film_from_nothing(&stage).await;
    let place = Place {
        db: stage.app.ground.db.clone(),
        blobs: stage.app.ground.blobs.clone(),
        actor: stage.ada.actor.clone(),
    };
    let (send, receive) = tokio::sync::mpsc::channel(2);
    for _ in 0..2 {
        send.send(Ok(bytes::Bytes::from(vec![0; 250]))).await.unwrap();
    }
    drop(send);
    let refused = take::whole(place, video::Editable::granted(film), 1 << 30, receive).await.unwrap_err();
    assert!(matches!(refused, video::Error::NoRoom(400)), "{refused:?}");
    assert!(stage.app.ground.blobs.list("films/").await.unwrap().is_empty());
    stage.app.end().await;
}

#[tokio::test]
async fn uploads_go_when_their_days_are_over_and_the_films_stay() {
    let stage = stage().await;
    let office = house(&stage);
    let zofia = office.admin("beata").await;
    stage.upload(&film(stage.app.folder.path(), 5)).await;
    stage.wait_for("ready").await;
    let sources = async || {
        let keys = stage.app.ground.blobs.list("films/").await.unwrap();
        keys.iter().filter(|key| key.contains("/source-")).count()
    };
    let forget = async || storage::forget_sources(&stage.app.ground.db).await.unwrap();
    for wrong in ["0", "-3", "jutro", "3651", "70000"] {
        let page = zofia.client.post("/films/storage", &[("days", wrong)]).await;
        page.assert(422).has("liczbę dni").has(&format!("value=\"{wrong}\""));
    }
    // Nobody has said anything yet: it stays for ever.
    stage.app.clock.advance(time::Duration::days(100));
    assert_eq!(forget().await, 0);
    // Who signed in a hundred days ago is no longer signed in.
    let late = office.admin("celina").await;
    late.client.post("/films/storage", &[("days", "130")]).await.assert(303);
    assert_eq!(forget().await, 0, "its days are not over");
    stage.app.clock.advance(time::Duration::days(31));
    // The housekeeping of the program may have been quicker.
    forget().await;
    assert_eq!(forget().await, 0);
    for _ in 0..1200 {
        if sources().await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(sources().await, 0);
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let proof = video::Watchable::granted(stage.film);
    let left = video::playlist::rendition(&mut tx, &proof, "180p").await.unwrap();
    assert!(left.contains("#EXT-X-ENDLIST"));
    drop(tx);
    nothing_left_over(&stage).await;
    stage.app.end().await;
}

#[tokio::test]
async fn a_film_that_no_unit_shows_is_flagged_and_deleting_it_empties_the_bucket() {
    let stage = stage().await;
    let office = house(&stage);
    let zofia = office.admin("beata").await;
    let lost = film_from(&stage, std::fs::read(film(stage.app.folder.path(), 4)).unwrap()).await;
    wait_until_ready(&stage, lost).await;
    let folder = format!("films/{}/{lost}/", office.id);
    let kept = stage.app.ground.blobs.list(&folder).await.unwrap();
    assert!(kept.len() > 4, "{kept:?}");

    // The one of the unit is not flagged, and cannot be removed here.
    let place = format!("/films/{lost}/unshown");
    zofia
        .client
        .get("/films/storage")
        .await
        .assert(200)
        .has(&place)
        .lacks(&format!("/films/{}/unshown", stage.film));
    zofia.client.get(&format!("/films/{}/unshown", stage.film)).await.assert(404);
    zofia.client.post(&format!("/films/{}/unshown", stage.film), &[]).await.assert(404);
    stage.ada.client.post(&place, &[]).await.assert(403);
    zofia.client.get(&place).await.assert(200).has("Usunąć film");
    zofia.client.post(&place, &[]).await.assert(303);
    zofia.client.get(&place).await.assert(404);
    for _ in 0..1200 {
        if stage.app.ground.blobs.list(&folder).await.unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let left = stage.app.ground.blobs.list("").await.unwrap();
    assert!(left.iter().all(|key| !key.contains(&lost.to_string())), "{left:?}");
    nothing_left_over(&stage).await;
    stage.app.end().await;
}

#[tokio::test]
async fn the_doctor_finds_objects_without_a_row_and_rows_without_an_object() {
    let stage = stage().await;
    stage.upload(&film(stage.app.folder.path(), 5)).await;
    stage.wait_for("ready").await;
    nothing_left_over(&stage).await;
    let blobs = &stage.app.ground.blobs;
    let lost = "films/nobody/nothing/0.m4s";
    blobs.put(lost, "video/iso.segment", "bytes").await.unwrap();
    let segment =
        blobs.list("films/").await.unwrap().into_iter().find(|key| key.ends_with("/0.m4s") && key != lost);
    let segment = segment.unwrap();
    blobs.delete(&segment).await.unwrap();
    let found = orphan::look(&stage.app.ground.db, blobs).await.unwrap();
    assert_eq!(found.forgotten.into_iter().collect::<Vec<_>>(), [(lost.to_owned(), 5)]);
    assert_eq!(
        found.missing.into_iter().collect::<Vec<_>>(),
        [(segment.clone(), "segment.blob_key".to_owned())]
    );
    let said: Vec<String> = server::doctor::examine(&stage.app.ground)
        .await
        .into_iter()
        .filter_map(|finding| finding.result.err())
        .collect();
    assert!(said.iter().any(|said| said.contains(lost)), "{said:?}");
    assert!(said.iter().any(|said| said.contains(&segment)), "{said:?}");
    stage.app.end().await;
}

/// A column that holds the key of an object and is not in the view would make the doctor call its objects forgotten.
#[tokio::test]
async fn the_doctor_knows_every_column_that_names_an_object() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let mut owner = owner(&app).await;
    let all: Vec<String> = sqlx::query_scalar(
        "select c.relname || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not a.attisdropped
           and a.atttypid = 'text'::regtype and a.attname like '%\\_key'",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let view: String = sqlx::query_scalar("select pg_get_viewdef('named_object'::regclass)")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    // What ends alike and names no whole object.
    let others = [".client_key", ".inventory_key", ".serial_key", ".parts_key", "upload.blob_key"];
    let unknown: Vec<&String> = all
        .iter()
        .filter(|column| !others.iter().any(|other| column.ends_with(other)))
        .filter(|column| !view.contains(&format!("'{column}'")))
        .collect();
    assert!(unknown.is_empty(), "add them to the view named_object, or to the others: {unknown:?}");
    app.end().await;
}

/// Every piece of every rendition, by the playlists.
async fn pieces(stage: &Stage, client: &Client) -> Vec<String> {
    let master_at = stage.enter(client).await;
    let master = client.get(&master_at).await.assert(200).text;
    let mut all = BTreeSet::new();
    for list_at in named(&master_at, &master) {
        let list = client.get(&list_at).await.assert(200).text;
        all.extend(named(&list_at, &list));
    }
    all.into_iter().collect()
}

#[tokio::test]
async fn stills_of_a_file_that_another_one_took_the_place_of_are_deleted() {
    let stage = stage().await;
    let office = house(&stage);
    // An attempt at another file made one before it was stopped.
    let key = format!("films/{}/{}/1/still-1000.jpg", office.id, stage.film);
    stage.app.ground.blobs.put(&key, "image/jpeg", vec![7_u8; 10]).await.unwrap();
    let stopped = "with stopped as (update film set fence = 1, state = 'cancelled' where id = $1 returning id, organisation_id)
                   insert into film_still (organisation_id, film_id, fence, at_ms, blob_key)
                   select organisation_id, id, 1, 1000, $2 from stopped";
    let mut owner = owner(&stage.app).await;
    sqlx::query(stopped).bind(stage.film.0).bind(&key).execute(&mut owner).await.unwrap();
    stage.upload(&film(stage.app.folder.path(), 4)).await;
    stage.wait_for("ready").await;
    let there = async || stage.app.ground.blobs.list(&key).await.unwrap().len();
    for _ in 0..1200 {
        if there().await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(there().await, 0);
    nothing_left_over(&stage).await;
    stage.app.end().await;
}

#[tokio::test]
async fn pictures_of_a_film_that_is_gone_on_with_are_there_once() {
    let folder = tempfile::tempdir().unwrap();
    // Of a film that stands upright the poster is made of another size than the plain file, which alone is made from the beginning.
    let upright = ["-f", "lavfi", "-i", "testsrc2=size=720x1280:rate=25:duration=9", "-c:v", "mpeg4"];
    let upright = film_with(folder.path(), "upright.mp4", &upright);
    made_once_more(&film(folder.path(), 9)).await;
    made_once_more(&upright).await;
}

async fn made_once_more(file: &Path) {
    let stage = stage().await;
    stage.upload(file).await;
    stage.wait_for("ready").await;
    // As if it had been killed at its very end.
    let killed = "update film set state = 'failed', reason = 'internal' where id = $1";
    sqlx::query(killed).bind(stage.film.0).execute(&mut owner(&stage.app).await).await.unwrap();
    stage.ada.client.post(&format!("/studio/{}/retry", stage.film), &[]).await.assert(303);
    wait_until_ready(&stage, stage.film).await;
    let stills = "select count(*) from film_still where film_id = $1";
    let stills = sqlx::query_scalar(stills).bind(stage.film.0);
    let stills: i64 = stills.fetch_one(&mut owner(&stage.app).await).await.unwrap();
    assert_eq!(stills, 5);
    stage.ada.client.get(&format!("/films/{}/poster.jpg", stage.film)).await.assert(200);
    nothing_left_over(&stage).await;
    stage.app.end().await;
}

#[tokio::test]
async fn a_name_never_stands_for_other_bytes_and_stays_the_same_for_hours() {
    let stage = stage().await;
    stage.upload(&film(stage.app.folder.path(), 8)).await;
    stage.wait_for("ready").await;
    let client = &stage.ada.client;
    // To the beginning of a stretch of time, so that it does not end in the middle of the test.
    let into = stage.app.clock.now().unix_timestamp().rem_euclid(video::ticket::LIFE_SECONDS);
    stage.app.clock.advance(time::Duration::seconds(video::ticket::LIFE_SECONDS - into));
    let first = pieces(&stage, client).await;
    stage.app.clock.advance(time::Duration::hours(3));
    assert_eq!(pieces(&stage, client).await, first, "a browser would fetch everything again");
    for piece in &first {
        let page = client.get(piece).await.assert(200);
        assert!(page.header("cache-control").contains("immutable"), "{piece}");
    }
    // The same film anew: not one name is used again, and the old ones are gone.
    stage.upload(&film(stage.app.folder.path(), 6)).await;
    stage.wait_for_the_new_one().await;
    let second = pieces(&stage, client).await;
    assert!(first.iter().all(|piece| !second.contains(piece)), "{first:?}\n{second:?}");
    for piece in &first {
        client.get(piece).await.assert(404);
    }
    stage.app.end().await;
}

#[tokio::test]
async fn films_come_straight_from_the_store_when_it_is_told_and_only_to_those_who_may_watch() {
    let folder = tempfile::tempdir().unwrap();
    let store = MoodyStore::start(folder.path()).await;
    // What the program uses goes through the proxy, which counts; browsers are sent past it.
    let public = store.behind.settings().endpoint.clone();
    let stage = stage_in(
        TestApp::start_with(|config| {
            store.set(config);
            config.s3_public_endpoint = public.clone();
        })
        .await,
    )
    .await;
    stage.upload(&film(stage.app.folder.path(), 8)).await;
    stage.wait_for("ready").await;
    let client = &stage.ada.client;
    let page = client.get("/account/films").await.assert(200);
    let policy = page.header("content-security-policy");
    assert!(policy.contains(&format!("connect-src 'self' {public};")), "{policy}");
    let all = pieces(&stage, client).await;
    let before = store.gets();
    for piece in &all {
        let sent_on = client.get(piece).await.assert(302);
        assert_eq!(sent_on.header("cache-control"), "private, no-cache");
        let address = sent_on.location();
        assert!(address.starts_with(&public), "{address}");
        // The same for everybody in this stretch of time, so that it is found in a cache.
        let again = client.get(piece).await.location();
        // Unless the next stretch began in this very moment.
        assert!(again == address || again == client.get(piece).await.location(), "{address}, then {again}");
        let answer = reqwest::get(&address).await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        let bytes = answer.bytes().await.unwrap();
        assert!(!bytes.is_empty());
        let bare = address.split('?').next().unwrap();
        assert!(!reqwest::get(bare).await.unwrap().status().is_success(), "{bare} opens without a signature");
        let forged = address.replace("X-Amz-Expires=", "X-Amz-Expires=9");
        assert!(!reqwest::get(&forged).await.unwrap().status().is_success());
    }
    assert_eq!(store.gets(), before, "bytes of the film went through the program");
    let plain = client.get(&format!("/films/{}/plain.mp4", stage.film)).await.assert(302).location();
    assert!(plain.starts_with(&public));
    let ticket = all[0].split('/').nth(2).unwrap();
    stage.app.visitor().get(&all[0].replace(ticket, "x")).await.assert(403);
    stage.app.end().await;
}

/// A running nginx with our configuration. Dropping it ends it.
struct Nginx {
    child: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn program() -> PathBuf {
    let place = Path::new("/usr/sbin/nginx");
    if place.is_file() { place.to_owned() } else { PathBuf::from("nginx") }
}

impl Nginx {
    /// In front of the program of a test; what stands in docs/nginx-filmy.conf, with other places.
    async fn start(app: &TestApp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path().to_str().unwrap().to_owned();
        let free = std::net::SocketAddr::from(([127, 0, 0, 1], quiet_port()));
        let documented = std::fs::read_to_string(TestApp::root().join("docs/nginx-filmy.conf")).unwrap();
        let mut ours = documented.clone();
        for (from, to) in [
            ("127.0.0.1:8080", app.address.trim_start_matches("http://").to_owned()),
            ("/var/cache/nginx/tablica", format!("{here}/cache")),
            ("listen 80;", format!("listen {free};")),
        ] {
            assert!(ours.contains(from), "{from} is not in the documented configuration");
            ours = ours.replace(from, &to);
        }
        // As root it would give its worker another user, who may not read the folder of a test.
        let root = std::fs::metadata(folder.path()).unwrap().uid() == 0;
        let user = if root { "user root;" } else { "" };
        let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {here}/{kind};"))
            .join(" ");
        let whole = format!(
            "{user} daemon off; worker_processes 1; pid {here}/pid; error_log stderr;\n\
             events {{ worker_connections 256; }}\nhttp {{ access_log off; {places}\n{ours}\n}}\n"
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, whole).unwrap();
        let child = Command::new(program())
            .args(["-p", &here, "-e", "stderr", "-c"])
            .arg(&file)
            .stdout(Stdio::null())
            .spawn()
            .expect("nginx is installed (cargo xtask test installs it)");
        let nginx = Self { child, address: format!("http://{free}"), _folder: folder };
        for _ in 0..2400 {
            if tokio::net::TcpStream::connect(free).await.is_ok() {
                return nginx;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nginx does not listen");
    }

    async fn get(&self, client: &Client, path: &str) -> Page {
        client.get(&format!("{}{path}", self.address)).await
    }
}

#[tokio::test]
async fn nginx_keeps_a_piece_for_all_who_may_have_it() {
    let stage = stage().await;
    stage.upload(&film(stage.app.folder.path(), 14)).await;
    stage.wait_for("ready").await;
    let office = house(&stage);
    let (jan, ola) = (office.learner("jan").await, office.learner("ola").await);
    office.publish(&stage.ada, &stage.course, &[courses::enrolment::Target::Everybody]).await;
    let nginx = Nginx::start(&stage.app).await;

    // Their addresses differ in the ticket alone; the second person is given what the first one fetched.
    let (first, second) = (pieces(&stage, &jan.client).await, pieces(&stage, &ola.client).await);
    assert_eq!(first.len(), second.len());
    for (one, other) in first.iter().zip(&second) {
        assert_ne!(one, other);
        let missed = nginx.get(&jan.client, one).await.assert(200);
        assert_eq!(missed.header("x-cache"), "MISS", "{one}");
        let hit = nginx.get(&ola.client, other).await.assert(200);
        assert_eq!(hit.header("x-cache"), "HIT", "{other}");
        assert!(hit.text == missed.text && hit.text == stage.app.visitor().get(one).await.text);
        assert_eq!(hit.header("content-type"), missed.header("content-type"));
    }
    // A range of what is kept (RFC 9110 §14), for stills while somebody seeks.
    let segment = first.iter().find(|piece| piece.ends_with(".m4s")).unwrap();
    let request =
        jan.client.request(Method::GET, &format!("{}{segment}", nginx.address)).header("range", "bytes=0-9");
    let part = jan.client.send(request).await.assert(206);
    assert_eq!((part.header("x-cache"), part.header("content-length")), ("HIT".into(), "10".into()));

    // A wrong ticket, another film's, and that of one who was suspended: never, though it lies there.
    let ticket = segment.split('/').nth(2).unwrap().to_owned();
    let other = film_from(&stage, std::fs::read(film(stage.app.folder.path(), 3)).unwrap()).await;
    for wrong in [
        segment.replace(&ticket, "x"),
        segment.replace(&ticket, &ticket[..ticket.len() - 2]),
        segment.replace(&stage.film.to_string(), &other.to_string()),
    ] {
        let page = nginx.get(&stage.app.visitor(), &wrong).await.assert(403);
        assert_ne!(page.header("x-cache"), "HIT");
    }
    // What is no ticket never gets into the question whether it is one: with a line break in it that would be two questions.
    for letters in ["%0d%0aX-Other:%201", "x%20HTTP/1.1", "x%3Fy", "x%23"] {
        let page = nginx.get(&stage.app.visitor(), &segment.replace(&ticket, letters)).await;
        assert!(matches!(page.status.as_u16(), 400..=404), "{letters}: {}", page.status);
    }
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    identity::person::suspend(&mut tx, &identity::PeopleAdmin::at_the_terminal(), jan.id).await.unwrap();
    tx.commit().await.unwrap();
    nginx.get(&jan.client, segment).await.assert(403);
    let still = second.iter().find(|piece| piece.ends_with(".m4s")).unwrap();
    nginx.get(&ola.client, still).await.assert(200);
    // Playlists are never kept, and pages go through.
    let master = stage.enter(&ola.client).await;
    assert_eq!(nginx.get(&ola.client, &master).await.assert(200).header("x-cache"), "");
    nginx.get(&stage.app.visitor(), "/health").await.assert(200).has("ok");
    stage.app.end().await;
}

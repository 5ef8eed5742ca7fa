//! The second wall: row-level security, tried as the server's own role.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::harness::{TestApp, cluster, fresh_database, owner, owner_of};

async fn tables(connection: &mut PgConnection) -> Vec<String> {
    sqlx::query_scalar(
        "select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
                        and relname <> '_sqlx_migrations' order by 1",
    )
    .fetch_all(connection)
    .await
    .unwrap()
}

#[tokio::test]
async fn nobody_who_queries_as_nobody_sees_a_row() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    office.publish(&ada, &course, &[courses::enrolment::Target::Everybody]).await;
    let mut bare = PgConnection::connect(&app.config.database_url).await.unwrap();
    for table in tables(&mut bare).await {
        let seen: i64 = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}")))
            .fetch_one(&mut bare)
            .await
            .unwrap();
        assert_eq!(seen, 0, "{table} shows rows to nobody");
    }
    let written = sqlx::query(
        "insert into organisation (id, slug, name, kind) values (gen_random_uuid(), 'x', 'X', 'office')",
    )
    .execute(&mut bare)
    .await;
    assert!(written.unwrap_err().to_string().contains("row-level security"));
    app.end().await;
}

#[tokio::test]
async fn an_organisation_sees_only_its_own_rows_and_writes_no_others() {
    let app = TestApp::start().await;
    let (here, there) = (app.office("tutaj").await, app.office("tam").await);
    let (ada, eve) = (here.instructor("ada").await, there.instructor("ewa").await);
    here.course(&ada, "Nasz kurs", &[("Lekcja", "Tekst.")]).await;
    let mut tx = app.ground.db.begin(&eve.actor).await.unwrap();
    for table in ["person", "course", "unit", "session", "audit_event"] {
        let foreign: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
            "select count(*) from {table} where organisation_id = '{}'",
            here.id
        )))
        .fetch_one(tx.connection())
        .await
        .unwrap();
        assert_eq!(foreign, 0, "{table}");
    }
    let moved = sqlx::query("update person set organisation_id = $1 where id = $2")
        .bind(here.id.0)
        .bind(eve.id.0)
        .execute(tx.connection())
        .await;
    assert!(moved.is_err());
    drop(tx);
    app.end().await;
}

#[tokio::test]
async fn before_a_session_is_found_the_door_shows_nothing_and_then_its_organisation_alone() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let (here, there) = (app.office("tutaj").await, app.office("tam").await);
    let (ada, eve) = (here.instructor("ada").await, there.instructor("ewa").await);
    let session: uuid::Uuid = sqlx::query_scalar("select id from session where person_id = $1")
        .bind(ada.id.0)
        .fetch_one(&mut owner(&app).await)
        .await
        .unwrap();
    let mut door = app.ground.db.door().await.unwrap();
    let people = "select coalesce(array_agg(id), '{}') from person";
    let opened = "select count(*) from open_session($1, $2, '0')";
    let seen: Vec<uuid::Uuid> = sqlx::query_scalar(people).fetch_one(door.connection()).await.unwrap();
    assert!(seen.is_empty(), "{seen:?}");
    // Found, and then asked for one that is not there: the transaction is nobody's again.
    for (wanted, found, shown) in
        [(uuid::Uuid::nil(), 0, vec![]), (session, 1, vec![ada.id.0]), (uuid::Uuid::nil(), 0, vec![])]
    {
        let query = sqlx::query_scalar::<_, i64>(opened).bind(None::<Vec<u8>>).bind(wanted);
        assert_eq!(query.fetch_one(door.connection()).await.unwrap(), found);
        let seen: Vec<uuid::Uuid> = sqlx::query_scalar(people).fetch_one(door.connection()).await.unwrap();
        assert_eq!(seen, shown);
        let reach: String = sqlx::query_scalar("select current_setting('app.reach')")
            .fetch_one(door.connection())
            .await
            .unwrap();
        assert_eq!(reach, "");
    }
    drop(door);
    // Who is suspended is out at the next request.
    eve.client.get("/").await.assert(200);
    sqlx::query("update person set state = 'suspended' where id = $1")
        .bind(eve.id.0)
        .execute(&mut owner(&app).await)
        .await
        .unwrap();
    assert_eq!(eve.client.get("/").await.location(), "/sign-in");
    app.end().await;
}

#[tokio::test]
async fn the_program_does_not_start_beside_a_hole_in_the_wall() {
    let address = fresh_database().await;
    let name = address.split_once(":///").unwrap().1.split('?').next().unwrap().to_owned();
    let mut owner = PgConnection::connect_with(&cluster().database(&name)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = server::config::Config {
        database_url: address.clone(),
        data_dir: folder.path().to_owned(),
        ..server::config::Config::default()
    };
    let start = || server::ground::Ground::prepare(&config, base::Clock::system());
    start().await.unwrap().end().await;
    let holes = [
        ("create table hole (id uuid, organisation_id uuid)", "hole does not force"),
        (
            "alter table hole enable row level security; alter table hole force row level security;
          create policy p on hole for insert with check (true); drop policy p on hole",
            "hole does not force",
        ),
        ("drop table hole; alter table person no force row level security", "person does not force"),
        (
            "alter table person force row level security; alter table person owner to tablica_app",
            "owns the table person",
        ),
    ];
    for (damage, sentence) in holes {
        sqlx::raw_sql(AssertSqlSafe(damage.to_owned())).execute(&mut owner).await.unwrap();
        let refused = format!("{:#}", start().await.unwrap_err());
        assert!(refused.contains(sentence), "{refused}");
    }
}

#[tokio::test]
async fn the_program_does_not_start_beside_older_tables_but_beside_newer_ones() {
    let address = fresh_database().await;
    let folder = tempfile::tempdir().unwrap();
    let config = server::config::Config {
        database_url: address.clone(),
        data_dir: folder.path().to_owned(),
        ..server::config::Config::default()
    };
    let start = || server::ground::Ground::prepare(&config, base::Clock::system());
    let mut owner = PgConnection::connect(&owner_of(&address)).await.unwrap();
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values ($1, 'of tomorrow', true, '', 0)";
    sqlx::query(newer).bind(base::db::newest_migration() + 1).execute(&mut owner).await.unwrap();
    start().await.unwrap().end().await;
    for damage in [
        "delete from _sqlx_migrations where version >= (select max(version) - 1 from _sqlx_migrations)",
        "revoke select on _sqlx_migrations from tablica_app",
        "drop table _sqlx_migrations",
    ] {
        sqlx::query(damage).execute(&mut owner).await.unwrap();
        let refused = format!("{:#}", start().await.unwrap_err());
        assert!(
            refused.contains("older than this program") && refused.contains("`tablica migrate`"),
            "{refused}"
        );
    }
}

/// Keys between tables of organisations that do not carry the organisation themselves. The first of each says which, the second why
/// nothing of another organisation comes in by it.
const WITHOUT_ORGANISATION: [(&str, &str); 11] = [
    ("adopted_unit_course_id_fkey", "both name the course with the organisation; the key is the course"),
    ("adoption_offer_id_fkey", "what is adopted is another organisation's by design"),
    ("adoption_rule_course_id_fkey", "both name the course with the organisation; the key is the course"),
    ("adoption_told_course_id_fkey", "both name the course with the organisation; the key is the course"),
    ("adoption_told_version_id_fkey", "the version that was told of is the publisher's by design"),
    ("adoption_version_id_fkey", "the version that was taken over is the publisher's by design"),
    ("attempt_step_attempt_id_position_fkey", "both name the attempt with the organisation"),
    ("certificate_taking_id_replaces_id_fkey", "both name the taking with the organisation"),
    ("segment_film_id_fence_rendition_fkey", "both name the film with the organisation"),
    ("version_quiz_version_id_unit_id_fkey", "both name the version with the organisation"),
    ("version_translation_version_id_unit_id_fkey", "both name the version with the organisation"),
];

#[tokio::test]
async fn every_key_between_tables_of_organisations_carries_the_organisation() {
    let name = fresh_database().await.split_once(":///").unwrap().1.split('?').next().unwrap().to_owned();
    let mut owner = PgConnection::connect_with(&cluster().database(&name)).await.unwrap();
    let keys: Vec<(String, bool)> = sqlx::query_as(
        "select k.conname::text,
                exists (select from unnest(k.conkey, k.confkey) pair (here, there)
                          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = pair.here
                          join pg_attribute b on b.attrelid = k.confrelid and b.attnum = pair.there
                        where a.attname = 'organisation_id' and b.attname = 'organisation_id')
         from pg_constraint k
         where k.contype = 'f' and k.connamespace = 'public'::regnamespace
           and 2 = (select count(*) from unnest(array[k.conrelid, k.confrelid]) side (id)
                      join pg_attribute a on a.attrelid = side.id and a.attname = 'organisation_id' and not a.attisdropped)
         order by k.conname::text collate \"C\"",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert!(keys.len() > 200, "only {} keys were found", keys.len());
    let without: Vec<&str> =
        keys.iter().filter(|(_, carries)| !carries).map(|(name, _)| name.as_str()).collect();
    let known: Vec<&str> = WITHOUT_ORGANISATION.iter().map(|(name, _)| *name).collect();
    assert_eq!(without, known, "a key goes without the organisation, or no longer does");
}

#[tokio::test]
async fn what_was_published_or_audited_is_never_changed() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    office.publish(&ada, &course, &[]).await;
    for (table, column) in [("course_version", "title"), ("version_unit", "html"), ("audit_event", "act")] {
        for act in [format!("update {table} set {column} = 'x'"), format!("delete from {table}")] {
            let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
            let refused = sqlx::query(AssertSqlSafe(act.clone())).execute(tx.connection()).await;
            assert!(refused.is_err(), "{act} went through");
        }
        let mut owner = PgConnection::connect_with(&cluster()).await.unwrap();
        sqlx::query("select 1").execute(&mut owner).await.unwrap();
    }
    app.end().await;
}

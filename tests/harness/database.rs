//! The database of a test as the owner of its tables, who may do what the server's role may not.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::{Someone, TestApp, cluster};

/// The test's database as the owner of the tables.
pub async fn owner(app: &TestApp) -> PgConnection {
    let name = app.config.database_url.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
    PgConnection::connect_with(&cluster().database(&name)).await.unwrap()
}

/// From now on their pages and letters are in the language of that code.
pub async fn speaks(app: &TestApp, who: &Someone, code: &str) {
    let sql = "update person set language = $2 where id = $1";
    sqlx::query(sql).bind(who.id.0).bind(code).execute(&mut owner(app).await).await.unwrap();
}

/// What the database says against a statement.
pub async fn refused_by(connection: &mut PgConnection, sql: String) -> String {
    let error = sqlx::query(AssertSqlSafe(sql)).execute(connection).await.unwrap_err();
    error.to_string()
}

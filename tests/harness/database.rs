//! The database of a test as the owner of its tables, who may do what the server's role may not.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::{TestApp, cluster};

/// The test's database as the owner of the tables.
pub async fn owner(app: &TestApp) -> PgConnection {
    let name = app.config.database_url.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
    PgConnection::connect_with(&cluster().database(&name)).await.unwrap()
}

/// What the database says against a statement.
pub async fn refused_by(connection: &mut PgConnection, sql: String) -> String {
    let error = sqlx::query(AssertSqlSafe(sql)).execute(connection).await.unwrap_err();
    error.to_string()
}

//! The start-up audit of row-level security: the program refuses to run beside a wall with a hole in it.

use sqlx::PgPool;

/// Every hole found, as a sentence; empty when the walls stand.
///
/// Looked at: the server's role is no superuser, bypasses nothing and owns nothing; every table forces row-level
/// security; every policy checks what is written as well as what is read.
pub async fn audit(pool: &PgPool) -> Result<Vec<String>, sqlx::Error> {
    let mut holes = Vec::new();
    let role = sqlx::query!(
        r#"select rolname as "name!", rolsuper as "superuser!", rolbypassrls as "bypass!"
           from pg_roles where rolname = current_user"#
    )
    .fetch_one(pool)
    .await?;
    if role.superuser || role.bypass {
        holes.push(format!("the role {} can pass row-level security; connect as tablica_app", role.name));
    }
    let tables = sqlx::query!(
        r#"select c.relname as "name!", c.relrowsecurity and c.relforcerowsecurity as "forced!",
                  pg_has_role(current_user, c.relowner, 'usage') as "owned!",
                  (select count(*) from pg_policy p where p.polrelid = c.oid) as "policies!",
                  exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polcmd in ('*', 'a', 'w')
                          and p.polwithcheck is null) as "unchecked!"
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where n.nspname = 'public' and c.relkind in ('r', 'p') and c.relname <> '_sqlx_migrations'
           order by 1"#
    )
    .fetch_all(pool)
    .await?;
    if tables.is_empty() {
        holes.push("the database has no tables; run `tablica migrate`".to_owned());
    }
    for table in tables {
        if table.owned {
            holes.push(format!("the role {} owns the table {}", role.name, table.name));
        }
        if !table.forced || table.policies == 0 {
            holes.push(format!("the table {} does not force row-level security", table.name));
        } else if table.unchecked {
            holes.push(format!("a policy of the table {} does not check what is written", table.name));
        }
    }
    Ok(holes)
}

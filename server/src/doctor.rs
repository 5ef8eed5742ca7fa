//! `tablica doctor`: tries every part for real and says which does not work and what to do.

use base::id::Secret;
use base::{hear, orphan};
use video::child;

use crate::assets;
use crate::ground::Ground;

/// One thing that was tried.
#[derive(Debug)]
pub struct Finding {
    /// What was tried.
    pub what: &'static str,
    /// What came of it: a sentence either way.
    pub result: Result<String, String>,
}

/// Tries database, walls, news of changes, object store, transcoding program and site, and compares what rows name with what is stored.
pub async fn examine(ground: &Ground) -> Vec<Finding> {
    let mut findings = Vec::new();
    let walls = match ground.db.audit_walls().await {
        Ok(holes) if holes.is_empty() => Ok("answers; every table is behind row-level security".to_owned()),
        Ok(holes) => Err(holes.join("; ")),
        Err(error) => Err(error.to_string()),
    };
    findings.push(Finding { what: "database", result: walls });
    findings.push(Finding { what: "news of changes", result: news(ground).await });
    findings.push(Finding { what: "object store", result: store(ground).await });
    findings.extend(orphans(ground).await);
    let program = child::program();
    let found = program.is_file();
    findings.push(Finding {
        what: "transcoding program",
        result: if found {
            Ok(program.display().to_string())
        } else {
            Err(format!(
                "{} is not there; put it beside `tablica` or set TABLICA_TRANSCODE",
                program.display()
            ))
        },
    });
    let program = documents::program();
    findings.push(Finding {
        what: "program for documents",
        result: if program.is_file() {
            Ok(program.display().to_string())
        } else {
            Err(format!(
                "{} is not there; put it beside `tablica` or set TABLICA_DOCUMENTS",
                program.display()
            ))
        },
    });
    let site = assets::folder();
    let style = site.join("style.css").is_file();
    findings.push(Finding {
        what: "site",
        result: if style {
            Ok(site.display().to_string())
        } else {
            Err(format!("{} has no style.css; run `cargo xtask site`, or set TABLICA_SITE", site.display()))
        },
    });
    findings
}

/// Whether a server would hear of changes in the database, and may therefore keep what it read.
async fn news(ground: &Ground) -> Result<String, String> {
    match hear::hears(&ground.db).await {
        Ok(true) => Ok("comes: films are served from memory".to_owned()),
        Ok(false) => Err("does not come: films play, but each piece is looked up; give `database_url` the address of PostgreSQL \
                          itself, or of pgbouncer in session mode, and run `tablica migrate`"
            .to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Objects without a row, and rows without their object.
async fn orphans(ground: &Ground) -> Vec<Finding> {
    let (forgotten, missing) = match orphan::look(&ground.db, &ground.blobs).await {
        Ok(found) => (found.forgotten, found.missing),
        Err(error) => {
            return vec![Finding { what: "objects and rows", result: Err(error.to_string()) }];
        }
    };
    let bytes: u64 = forgotten.values().sum();
    let objects = if forgotten.is_empty() {
        Ok("each has its row".to_owned())
    } else {
        let some = some(forgotten.keys());
        Err(format!("{} have no row and take {} MB: {some}", forgotten.len(), bytes.div_ceil(1 << 20)))
    };
    let rows = if missing.is_empty() {
        Ok("each has its object".to_owned())
    } else {
        let named: Vec<String> = missing.iter().map(|(key, place)| format!("{key} ({place})")).collect();
        Err(format!(
            "{} objects are not in the store; take them from a copy: {}",
            missing.len(),
            some(&named)
        ))
    };
    vec![
        Finding { what: "objects", result: objects },
        Finding { what: "rows that name objects", result: rows },
    ]
}

/// The first of many.
fn some<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    const SHOWN: usize = 10;
    let mut names = names.into_iter();
    let shown: Vec<&str> = names.by_ref().take(SHOWN).map(String::as_str).collect();
    let more = if names.next().is_some() { ", …" } else { "" };
    shown.join(", ") + more
}

async fn store(ground: &Ground) -> Result<String, String> {
    let name = Secret::fresh().map_err(|error| error.to_string())?;
    let key = format!("doctor/{}", name.reveal());
    let tried = async {
        ground.blobs.put(&key, "text/plain", "zażółć").await?;
        let back = ground.blobs.get(&key).await?;
        ground.blobs.delete(&key).await?;
        Ok::<_, base::blob::BlobError>(back)
    };
    match tried.await {
        Ok(back) if back == "zażółć".as_bytes() => Ok("keeps and gives back what it is given".to_owned()),
        Ok(_) => Err("gives back something else than it was given".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

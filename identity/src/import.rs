//! Import of people from a table: a dry run that names every bad row, then all or nothing.
//!
//! Columns are found by their header, in Polish or English; their order does not matter. A known login is changed, a new
//! one is made. `jednostka` is a path with ` / ` between unit and sub-unit; `grupy`, `role` and `stanowisko` hold several with `|`.

use std::collections::HashMap;

use base::{PersonId, Tx, audit};
use serde_json::json;

use crate::error::{Error, Problem};
use crate::permit::{PeopleAdmin, Role};
use crate::person::{self, NewPerson};
use crate::sheet::{self, Column, Sheet, SheetProblem};
use crate::{OrgUnitId, group, position, unit};

/// A problem in one row of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// Line in the file.
    pub line: usize,
    /// The column, by its field name.
    pub field: &'static str,
    /// What stands there.
    pub value: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What an import would do, or did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Logins that are made.
    pub created: Vec<(PersonId, String)>,
    /// Logins that are changed.
    pub changed: Vec<String>,
    /// Logins that stay as they are.
    pub same: usize,
    /// Every bad row; when there is one, nothing is done.
    pub problems: Vec<RowProblem>,
}

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is no table.
    #[error("not a table: {0:?}")]
    Sheet(SheetProblem),
    /// Columns that must be there and are not.
    #[error("missing columns: {0:?}")]
    MissingColumns(Vec<&'static str>),
    /// Any other error of the area.
    #[error(transparent)]
    Area(#[from] Error),
}

impl From<sqlx::Error> for ImportError {
    fn from(error: sqlx::Error) -> Self {
        Self::Area(Error::Database(error))
    }
}

const COLUMNS: [Column; 9] = [
    ("login", true, &["login", "username", "nazwa użytkownika"]),
    ("email", false, &["email", "e-mail", "adres e-mail"]),
    ("given_name", true, &["imie", "imię", "firstname", "first_name", "given_name"]),
    ("family_name", true, &["nazwisko", "lastname", "last_name", "family_name"]),
    ("unit", false, &["jednostka", "department", "unit"]),
    ("groups", false, &["grupy", "grupa", "klasa", "groups", "group", "class"]),
    ("roles", false, &["role", "rola", "roles"]),
    ("positions", false, &["stanowisko", "stanowiska", "position", "positions"]),
    ("language", false, &["jezyk", "język", "lang", "language"]),
];

/// A path of units longer than this is a mistake in the file.
const DEEPEST_UNIT: usize = 10;

struct Row {
    line: usize,
    person: NewPerson,
    unit: Vec<String>,
    groups: Vec<String>,
    roles: Vec<Role>,
    positions: Vec<String>,
    /// Fields for which the file has no column: known people keep theirs.
    untold: Untold,
}

/// Which columns that may be left out are left out.
#[derive(Clone, Copy)]
struct Untold {
    email: bool,
    unit: bool,
    language: bool,
}

/// Reads the file and does what it says inside the transaction; the caller commits only when there is no problem and it
/// was not a dry run. So the dry run tells exactly what the import would do.
pub async fn people(tx: &mut Tx, proof: &PeopleAdmin, bytes: &[u8]) -> Result<Outcome, ImportError> {
    let sheet = sheet::read(bytes).map_err(ImportError::Sheet)?;
    let (rows, mut problems) = rows(&sheet)?;
    let mut outcome = Outcome::default();
    if problems.is_empty() {
        problems = apply(tx, proof, rows, &mut outcome).await?;
    }
    problems.sort_by_key(|problem| problem.line);
    if !problems.is_empty() {
        outcome = Outcome { problems, ..Outcome::default() };
    }
    let organisation = tx.organisation()?;
    let numbers = json!({ "created": outcome.created.len(), "changed": outcome.changed.len() });
    audit::record(tx, "imported_people", "organisation", organisation.0, numbers).await?;
    Ok(outcome)
}

fn rows(sheet: &Sheet) -> Result<(Vec<Row>, Vec<RowProblem>), ImportError> {
    let places = sheet.places(&COLUMNS).map_err(ImportError::MissingColumns)?;
    let mut problems = Vec::new();
    let mut seen: HashMap<(&str, String), usize> = HashMap::new();
    let mut rows = Vec::new();
    for (line, cells) in &sheet.rows {
        let cell = |field: &str| places.get(field).and_then(|at| cells.get(*at)).map_or("", String::as_str);
        let list = |field: &str, separator: &str| -> Vec<String> {
            cell(field)
                .split(separator)
                .map(|part| part.trim().to_owned())
                .filter(|part| !part.is_empty())
                .collect()
        };
        let person = NewPerson {
            login: cell("login").to_lowercase(),
            email: cell("email").to_owned(),
            given_name: cell("given_name").to_owned(),
            family_name: cell("family_name").to_owned(),
            language: cell("language").to_lowercase(),
            unit: None,
        };
        let mut bad = |field: &'static str, value: &str, problem| {
            problems.push(RowProblem { line: *line, field, value: value.to_owned(), problem });
        };
        for problem in person.problems() {
            bad(problem.field, cell(problem.field), problem.problem);
        }
        for field in ["login", "email"] {
            let value = cell(field).to_lowercase();
            if value.is_empty() {
                continue;
            }
            if let Some(first) = seen.insert((field, value.clone()), *line) {
                bad(field, &value, Problem::Doubled(first));
                seen.insert((field, value), first);
            }
        }
        let mut roles = Vec::new();
        for word in list("roles", "|") {
            match Role::from_word(&word.to_lowercase()) {
                Some(Role::InstallationAdmin) | None => bad("roles", &word, Problem::Unknown),
                Some(role) => roles.push(role),
            }
        }
        for (field, separator, most) in [("groups", "|", 100), ("positions", "|", 100), ("unit", " / ", 200)]
        {
            for name in list(field, separator) {
                if name.chars().count() > most {
                    bad(field, &name, Problem::TooLong(most));
                } else if name.chars().any(char::is_control) {
                    bad(field, &name, Problem::Malformed);
                }
            }
        }
        if list("unit", " / ").len() > DEEPEST_UNIT {
            bad("unit", cell("unit"), Problem::Malformed);
        }
        let untold = |field| !places.contains_key(field);
        rows.push(Row {
            line: *line,
            person,
            unit: list("unit", " / "),
            groups: list("groups", "|"),
            roles,
            positions: list("positions", "|"),
            untold: Untold { email: untold("email"), unit: untold("unit"), language: untold("language") },
        });
    }
    Ok((rows, problems))
}

/// What the file has no column for stays as it is. (The unit is found by its id, see `apply`.)
fn keep_untold(row: &mut Row, email: Option<&str>, language: &str) {
    if row.untold.email {
        row.person.email = email.unwrap_or_default().to_owned();
    }
    if row.untold.language || row.person.language.is_empty() {
        row.person.language = language.to_owned();
    }
}

async fn apply(
    tx: &mut Tx,
    proof: &PeopleAdmin,
    rows: Vec<Row>,
    outcome: &mut Outcome,
) -> Result<Vec<RowProblem>, ImportError> {
    let mut problems = Vec::new();
    let organisation = tx.organisation()?;
    for mut row in rows {
        let known = sqlx::query!(
            "select id, email, given_name, family_name, language, org_unit_id from person
             where organisation_id = $1 and login = $2",
            organisation.0,
            row.person.login,
        )
        .fetch_optional(tx.connection())
        .await?;
        if let Some(known) = &known {
            keep_untold(&mut row, known.email.as_deref(), &known.language);
        }
        let email = Some(row.person.email.trim().to_owned()).filter(|email| !email.is_empty());
        let owner = sqlx::query_scalar!(
            "select id from person where organisation_id = $1 and lower(email) = lower($2)",
            organisation.0,
            email,
        )
        .fetch_optional(tx.connection())
        .await?;
        if owner.is_some() && owner != known.as_ref().map(|known| known.id) {
            let value = row.person.email.clone();
            problems.push(RowProblem { line: row.line, field: "email", value, problem: Problem::Taken });
            continue;
        }
        let mut parent = None;
        for name in &row.unit {
            parent = Some(unit::find_or_create(tx, proof, parent, name).await?);
        }
        let kept = known.as_ref().filter(|_| row.untold.unit).and_then(|known| known.org_unit_id);
        row.person.unit = parent.or(kept.map(OrgUnitId));
        let language = if row.person.language.is_empty() { "pl" } else { &row.person.language };
        let id = match known {
            None => {
                let id = person::create(tx, proof, &row.person).await?;
                outcome.created.push((id, row.person.login.clone()));
                id
            }
            Some(known)
                if known.email == email
                    && known.given_name == row.person.given_name
                    && known.family_name == row.person.family_name
                    && known.language == language
                    && known.org_unit_id == row.person.unit.map(|id| id.0) =>
            {
                outcome.same += 1;
                PersonId(known.id)
            }
            Some(known) => {
                match person::change(tx, proof, PersonId(known.id), &row.person).await {
                    Err(Error::NotAllowed) => {
                        let value = row.person.login.clone();
                        problems.push(RowProblem {
                            line: row.line,
                            field: "login",
                            value,
                            problem: Problem::Protected,
                        });
                        continue;
                    }
                    changed => changed?,
                }
                outcome.changed.push(row.person.login.clone());
                PersonId(known.id)
            }
        };
        for name in &row.groups {
            let group = group::find_or_create(tx, proof, name).await?;
            group::add(tx, proof, group, id).await?;
        }
        for name in &row.positions {
            let position = position::find_or_create(tx, proof, name).await?;
            position::add(tx, proof, position, id).await?;
        }
        for role in row.roles {
            person::grant(tx, proof, id, role).await?;
        }
    }
    Ok(problems)
}

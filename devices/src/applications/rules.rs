//! What a programme asks for: who may apply and when, what points are given for, for how long a device binds.

use base::{Tx, audit};
use identity::{DeviceClerk, FieldProblem, Problem};
use serde_json::json;
use time::Date;

use crate::{CriterionId, Error, ProgrammeId};

/// The rules of a programme.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Its real name, for clerks, who have the look written down when it is protected.
    pub name: String,
    /// The name that everybody may read.
    pub neutral_name: String,
    /// Whether the name tells something of a family.
    pub sensitive: bool,
    /// Whether devices are given for good.
    pub donation: bool,
    /// Who may apply, in words.
    pub eligibility: String,
    /// First day on which applications are taken; none without it.
    pub apply_from: Option<Date>,
    /// Last day; none means until further notice.
    pub apply_until: Option<Date>,
    /// Who holds a device of another programme gets none.
    pub excludes_holders: bool,
    /// The device is the one primary device of its person.
    pub one_primary: bool,
    /// For how many months a device must serve.
    pub durable_months: Option<i16>,
    /// The last day for which devices must serve the programme.
    pub durable_until: Option<Date>,
    /// Every how many months the borrower declares that it is there and works.
    pub declare_months: Option<i16>,
    /// Days to collect what was granted.
    pub collect_days: i16,
    /// What agreements say of the use of the device.
    pub purpose: String,
    /// Clauses that agreements signed from now on say as well, each on a line of its own.
    pub clauses: String,
    /// One higher with every change of the clauses; never set by hand.
    pub clauses_version: i32,
}

impl Rules {
    fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        for (field, text, most) in [
            ("eligibility", &self.eligibility, 5000),
            ("purpose", &self.purpose, 1000),
            ("clauses", &self.clauses, 5000),
        ] {
            if text.trim().chars().count() > most {
                problems.push(FieldProblem { field, problem: Problem::TooLong(most) });
            }
        }
        let mut wrong = |field| problems.push(FieldProblem { field, problem: Problem::Malformed });
        if self.apply_until.is_some_and(|last| self.apply_from.is_none_or(|first| last < first)) {
            wrong("apply_until");
        }
        if self.durable_months.is_some_and(|months| !(1..=240).contains(&months)) {
            wrong("durable_months");
        }
        if self.declare_months.is_some_and(|months| !(1..=60).contains(&months)) {
            wrong("declare_months");
        }
        if !(1..=90).contains(&self.collect_days) {
            wrong("collect_days");
        }
        problems
    }

    /// Whether applications are taken on that day.
    pub fn is_open(&self, today: Date) -> bool {
        self.apply_from.is_some_and(|first| first <= today)
            && self.apply_until.is_none_or(|last| today <= last)
    }
}

/// The rules of a programme. Errors: `NotFound`.
pub async fn rules(tx: &mut Tx, _: &DeviceClerk, id: ProgrammeId) -> Result<Rules, Error> {
    load(tx, id).await
}

pub(super) async fn load(tx: &mut Tx, id: ProgrammeId) -> Result<Rules, Error> {
    let organisation = tx.organisation()?;
    sqlx::query!(
        "select name, neutral_name, sensitive, transfer, eligibility, apply_from, apply_until, excludes_holders, one_primary,
                durable_months, durable_until, declare_months, collect_days, purpose, clauses, clauses_version
         from programme where id = $1 and organisation_id = $2",
        id.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?
    .map(|row| Rules {
        name: row.name,
        neutral_name: row.neutral_name,
        sensitive: row.sensitive,
        donation: row.transfer == "donation",
        eligibility: row.eligibility,
        apply_from: row.apply_from,
        apply_until: row.apply_until,
        excludes_holders: row.excludes_holders,
        one_primary: row.one_primary,
        durable_months: row.durable_months,
        durable_until: row.durable_until,
        declare_months: row.declare_months,
        collect_days: row.collect_days,
        purpose: row.purpose,
        clauses: row.clauses,
        clauses_version: row.clauses_version,
    })
    .ok_or(Error::NotFound)
}

/// Sets the rules; name, protection and transfer stay those of the catalogue. Errors: `NotFound`, `Invalid`.
pub async fn set_rules(tx: &mut Tx, _: &DeviceClerk, id: ProgrammeId, rules: &Rules) -> Result<(), Error> {
    let problems = rules.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let organisation = tx.organisation()?;
    let set = sqlx::query!(
        "update programme set eligibility = $3, apply_from = $4, apply_until = $5, excludes_holders = $6, one_primary = $7,
                durable_months = $8, declare_months = $9, collect_days = $10, purpose = $11, clauses = $12
         where id = $1 and organisation_id = $2",
        id.0,
        organisation.0,
        rules.eligibility.trim(),
        rules.apply_from,
        rules.apply_until,
        rules.excludes_holders,
        rules.one_primary,
        rules.durable_months,
        rules.declare_months,
        rules.collect_days,
        rules.purpose.trim(),
        rules.clauses.trim(),
    )
    .execute(tx.connection())
    .await?;
    if set.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "set_rules", "programme", id.0, json!({})).await?)
}

/// What points are given for.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// Its id.
    pub id: CriterionId,
    /// What it is.
    pub name: String,
    /// Most points.
    pub most: i16,
}

/// What points of a programme are given for now, in order.
pub async fn criteria(tx: &mut Tx, _: &DeviceClerk, id: ProgrammeId) -> Result<Vec<Criterion>, Error> {
    current(tx, id).await
}

pub(super) async fn current(tx: &mut Tx, id: ProgrammeId) -> Result<Vec<Criterion>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        "select id, name, points_most from criterion
         where programme_id = $1 and organisation_id = $2 and retired_at is null order by place, id",
        id.0,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    let one = rows.into_iter().map(|row| Criterion {
        id: CriterionId(row.id),
        name: row.name,
        most: row.points_most,
    });
    Ok(one.collect())
}

/// From now on points are given for this too. Errors: `NotFound`; `Invalid` on `criterion`, `points`.
pub async fn add_criterion(
    tx: &mut Tx,
    _: &DeviceClerk,
    programme: ProgrammeId,
    name: &str,
    most: i16,
) -> Result<CriterionId, Error> {
    load(tx, programme).await?;
    let name = name.trim();
    let mut problems = Vec::new();
    match name.chars().count() {
        0 => problems.push(FieldProblem { field: "criterion", problem: Problem::Missing }),
        301.. => problems.push(FieldProblem { field: "criterion", problem: Problem::TooLong(300) }),
        _ => {}
    }
    if !(1..=100).contains(&most) {
        problems.push(FieldProblem { field: "points", problem: Problem::Malformed });
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (organisation, id) = (tx.organisation()?, CriterionId::new(tx.now()));
    sqlx::query!(
        "insert into criterion (id, organisation_id, programme_id, name, points_most, place)
         values ($1, $2, $3, $4, $5, (select coalesce(max(place), 0) + 1 from criterion where programme_id = $3))",
        id.0,
        organisation.0,
        programme.0,
        name,
        most,
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, "added_criterion", "programme", programme.0, json!({ "criterion": id })).await?;
    Ok(id)
}

/// New applications are no longer asked for it; points that were given stay. Errors: `NotFound`.
pub async fn retire_criterion(
    tx: &mut Tx,
    _: &DeviceClerk,
    programme: ProgrammeId,
    id: CriterionId,
) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let set = sqlx::query!(
        "update criterion set retired_at = moment()
         where id = $1 and programme_id = $2 and organisation_id = $3 and retired_at is null",
        id.0,
        programme.0,
        organisation.0,
    )
    .execute(tx.connection())
    .await?;
    if set.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "retired_criterion", "programme", programme.0, json!({ "criterion": id })).await?)
}

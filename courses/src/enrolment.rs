//! Who takes a course: one person, a group, a unit of the office with all below it, who holds a position, or everybody; and
//! whether it obliges them. What a rule asks for is settled in the transaction that changes it.

use base::{PersonId, Tx, audit};
use identity::{GroupId, OrgUnitId, PositionId, Problem, day};
use serde_json::json;
use time::Date;
use uuid::Uuid;

use crate::error::Error;
use crate::find::Taught;
use crate::rule::{Columns, Rule};
use crate::{CourseId, EnrolmentId, assign};

/// Whom an enrolment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// One person.
    Person(PersonId),
    /// A group or class.
    Group(GroupId),
    /// A unit with everybody in it and below it.
    Unit(OrgUnitId),
    /// Whoever holds a position.
    Position(PositionId),
    /// Everybody of the organisation.
    Everybody,
}

/// An enrolment in the list.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// Its id.
    pub id: EnrolmentId,
    /// Whom it is about.
    pub target: Target,
    /// The name of the person, group or unit; empty for everybody.
    pub name: String,
    /// How many people it enrols.
    pub people: i64,
    /// What it asks for.
    pub rule: Rule,
    /// Rises with every change of the rule.
    pub revision: i32,
}

/// Something that a course can be directed at, for the form.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The target.
    pub target: Target,
    /// Its name.
    pub name: String,
    /// How many people it has.
    pub people: i64,
}

/// The enrolments of a course.
pub async fn all(tx: &mut Tx, proof: &Taught) -> Result<Vec<Enrolment>, Error> {
    let rows = sqlx::query!(
        r#"select e.id, e.target, e.person_id, e.group_id, e.org_unit_id, e.position_id,
                  coalesce(p.family_name || ' ' || p.given_name, g.name, u.name, k.name, '') as "name!",
                  case e.target
                    when 'person' then 1
                    when 'group' then (select count(*) from membership m where m.group_id = e.group_id)
                    when 'position' then (select count(*) from position_holder h where h.position_id = e.position_id)
                    when 'unit' then (with recursive below (id) as (
                        select e.org_unit_id union select o.id from org_unit o join below b on o.parent_id = b.id)
                      select count(*) from person w where w.org_unit_id in (select id from below))
                    else (select count(*) from person w where w.organisation_id = e.organisation_id and not w.resident)
                  end as "people!",
                  e.mandatory, e.due_kind, e.due_on, e.due_days, e.due_month, e.due_day, e.valid_months, e.revision
           from enrolment e left join person p on p.id = e.person_id left join person_group g on g.id = e.group_id
             left join org_unit u on u.id = e.org_unit_id left join position k on k.id = e.position_id
           where e.course_id = $1 order by e.target desc, 7"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let enrolment = rows.into_iter().map(|row| Enrolment {
        id: EnrolmentId(row.id),
        target: match (row.person_id, row.group_id, row.org_unit_id, row.position_id) {
            (Some(person), ..) => Target::Person(PersonId(person)),
            (_, Some(group), ..) => Target::Group(GroupId(group)),
            (_, _, Some(unit), _) => Target::Unit(OrgUnitId(unit)),
            (.., Some(position)) => Target::Position(PositionId(position)),
            _ => Target::Everybody,
        },
        name: row.name,
        people: row.people,
        rule: Rule::of_columns(
            row.mandatory,
            &Columns { kind: "", on: row.due_on, days: row.due_days, month: row.due_month, day: row.due_day },
            row.valid_months,
        ),
        revision: row.revision,
    });
    Ok(enrolment.collect())
}

/// The groups, units and positions that a course can be directed at, and how many people the whole organisation has.
pub async fn choices(tx: &mut Tx, _: &Taught) -> Result<(Vec<Choice>, i64), Error> {
    let groups = identity::group::all(tx).await.map_err(area)?;
    let units = identity::unit::all(tx).await.map_err(area)?;
    let positions = identity::position::all(tx).await.map_err(area)?;
    let organisation = tx.organisation()?;
    let everybody = sqlx::query_scalar!(
        r#"select count(*) as "count!" from person where organisation_id = $1 and not resident"#,
        organisation.0
    )
    .fetch_one(tx.connection())
    .await?;
    let groups = groups.into_iter().map(|group| Choice {
        target: Target::Group(group.id),
        name: group.name,
        people: group.people,
    });
    let units = units.into_iter().map(|unit| Choice {
        target: Target::Unit(unit.id),
        name: unit.name,
        people: unit.people,
    });
    let positions = positions.into_iter().map(|position| Choice {
        target: Target::Position(position.id),
        name: position.name,
        people: position.people,
    });
    Ok((groups.chain(units).chain(positions).collect(), everybody))
}

/// What `identity` refused, in this area's words.
pub(crate) fn area(error: identity::Error) -> Error {
    match error {
        identity::Error::Database(error) => Error::Database(error),
        identity::Error::NotAllowed => Error::NotAllowed,
        _ => Error::NotFound,
    }
}

/// A person of the organisation by login or e-mail address. Errors: `Invalid` on `person` when there is none.
pub async fn person_named(tx: &mut Tx, _: &Taught, name: &str) -> Result<PersonId, Error> {
    let organisation = tx.organisation()?;
    let id = sqlx::query_scalar!(
        "select id from person where organisation_id = $1 and (login = lower($2) or lower(email) = lower($2))",
        organisation.0,
        name.trim()
    )
    .fetch_optional(tx.connection())
    .await?;
    id.map(PersonId).ok_or_else(|| Error::field("person", identity::Problem::Unknown))
}

/// Family name and given name of a person of the organisation. Errors: `NotFound`.
pub async fn name_of(tx: &mut Tx, _: &Taught, person: PersonId) -> Result<String, Error> {
    let organisation = tx.organisation()?;
    let name = sqlx::query_scalar!(
        r#"select family_name || ' ' || given_name as "name!" from person where id = $1 and organisation_id = $2"#,
        person.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?;
    name.ok_or(Error::NotFound)
}

/// One enrolment of the course. Errors: `NotFound`.
pub async fn one(tx: &mut Tx, proof: &Taught, id: EnrolmentId) -> Result<Enrolment, Error> {
    all(tx, proof).await?.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)
}

/// What a mandatory rule would mean, for the page that asks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Active people whom it covers.
    pub people: i64,
    /// Of them those who finished the course, and it still counts.
    pub done: i64,
}

/// Counts whom a rule for this target covers.
pub async fn forecast(tx: &mut Tx, proof: &Taught, target: Target) -> Result<Forecast, Error> {
    let organisation = tx.organisation()?;
    let (word, ids) = target.columns();
    let row = sqlx::query!(
        r#"with recursive below (id) as (
             select id from org_unit where id = $5 union select o.id from org_unit o join below b on o.parent_id = b.id),
           those as (
             select p.id from person p where p.organisation_id = $1 and p.state = 'active' and case $2::text
               when 'person' then p.id = $3
               when 'group' then exists (select from membership m where m.group_id = $4 and m.person_id = p.id)
               when 'unit' then p.org_unit_id in (select id from below)
               when 'position' then exists (select from position_holder h where h.position_id = $6 and h.person_id = p.id)
               -- Everybody is everybody of the office, as the view `covered` has it.
               else not p.resident end)
           select count(*) as "people!", count(*) filter (where exists (
             select from taking t where t.person_id = those.id and t.course_id = $7 and t.done_at is not null
               and (t.valid_until is null or t.valid_until >= (moment() at time zone 'Europe/Warsaw')::date)
               and not exists (select from taking n where n.person_id = t.person_id and n.course_id = $7 and n.cycle > t.cycle))) as "done!"
           from those"#,
        organisation.0,
        word,
        ids[0],
        ids[1],
        ids[2],
        ids[3],
        proof.id().0,
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(Forecast { people: row.people, done: row.done })
}

/// Enrols without a rule; enrolling again changes nothing. Errors: `NotFound` for a target of others.
pub async fn add(tx: &mut Tx, proof: &Taught, target: Target) -> Result<(), Error> {
    insert(tx, proof.id(), target).await
}

pub(crate) async fn insert(tx: &mut Tx, course: CourseId, target: Target) -> Result<(), Error> {
    write(tx, course, target, &Rule::default()).await?;
    Ok(())
}

/// Enrols with a rule, and assigns the course to whom it covers.
///
/// Errors: `NotFound` for a target of others; `Invalid` on a field of the rule, and on `target` when there is a rule for it.
pub async fn direct(tx: &mut Tx, proof: &Taught, target: Target, rule: &Rule) -> Result<(), Error> {
    let rule = checked(tx, rule, None).await?;
    lock(tx, proof.id()).await?;
    if !write(tx, proof.id(), target, &rule).await? {
        return Err(Error::field("target", Problem::Taken));
    }
    if rule.mandatory {
        assign::settle(tx, Some(proof.id())).await?;
    }
    Ok(())
}

/// Changes what an enrolment asks for, and the takings with it.
///
/// Errors: `NotFound`; `ChangedMeanwhile` when `revision` is not the newest; `Invalid` on a field of the rule.
pub async fn change(
    tx: &mut Tx,
    proof: &Taught,
    id: EnrolmentId,
    revision: i32,
    rule: &Rule,
) -> Result<(), Error> {
    // One at a time: whoever comes second reads what the first one wrote.
    lock(tx, proof.id()).await?;
    let stands = one(tx, proof, id).await?;
    let rule = checked(tx, rule, stands.rule.fixed()).await?;
    if stands.revision != revision {
        return Err(Error::ChangedMeanwhile(stands.revision));
    }
    let columns = rule.columns();
    sqlx::query!(
        "update enrolment set mandatory = $2, due_kind = $3, due_on = $4, due_days = $5, due_month = $6, due_day = $7,
                valid_months = $8, revision = revision + 1 where id = $1",
        id.0,
        rule.mandatory,
        columns.kind,
        columns.on,
        columns.days,
        columns.month,
        columns.day,
        rule.valid_months,
    )
    .execute(tx.connection())
    .await?;
    assign::settle(tx, Some(proof.id())).await?;
    let detail = json!({ "enrolment": id, "from": stands.rule.told(), "to": rule.told() });
    Ok(audit::record(tx, "changed_rule", "course", proof.id().0, detail).await?)
}

/// A rule that obliges nobody has no deadline.
async fn checked(tx: &mut Tx, rule: &Rule, standing: Option<Date>) -> Result<Rule, Error> {
    let due = if rule.mandatory { rule.due } else { crate::rule::Due::Never };
    let rule = Rule { due, ..*rule };
    let problems = rule.problems(day::today(tx).await?, standing);
    if problems.is_empty() { Ok(rule) } else { Err(Error::Invalid(problems)) }
}

async fn lock(tx: &mut Tx, course: CourseId) -> Result<(), Error> {
    sqlx::query_scalar!("select id from course where id = $1 for no key update", course.0)
        .fetch_one(tx.connection())
        .await?;
    Ok(())
}

impl Target {
    /// The word in the database, and the ids of person, group, unit and position.
    fn columns(self) -> (&'static str, [Option<Uuid>; 4]) {
        match self {
            Self::Person(id) => ("person", [Some(id.0), None, None, None]),
            Self::Group(id) => ("group", [None, Some(id.0), None, None]),
            Self::Unit(id) => ("unit", [None, None, Some(id.0), None]),
            Self::Position(id) => ("position", [None, None, None, Some(id.0)]),
            Self::Everybody => ("organisation", [None; 4]),
        }
    }
}

/// `false` when the target is enrolled already.
async fn write(tx: &mut Tx, course: CourseId, target: Target, rule: &Rule) -> Result<bool, Error> {
    let (organisation, person, id) = (tx.organisation()?, tx.person()?, EnrolmentId::new(tx.now()));
    let (word, ids) = target.columns();
    let columns = rule.columns();
    let made = sqlx::query!(
        "insert into enrolment (id, organisation_id, course_id, target, person_id, group_id, org_unit_id, position_id, created_by,
                                mandatory, due_kind, due_on, due_days, due_month, due_day, valid_months)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) on conflict do nothing",
        id.0,
        organisation.0,
        course.0,
        word,
        ids[0],
        ids[1],
        ids[2],
        ids[3],
        person.0,
        rule.mandatory,
        columns.kind,
        columns.on,
        columns.days,
        columns.month,
        columns.day,
        rule.valid_months,
    )
    .execute(tx.connection())
    .await
    .map_err(|error| match &error {
        sqlx::Error::Database(database) if database.is_foreign_key_violation() => Error::NotFound,
        _ => Error::Database(error),
    })?;
    if made.rows_affected() == 0 && rule.mandatory {
        return Ok(false);
    }
    if let Target::Person(who) = target
        && made.rows_affected() == 1
        && who != person
        // Of what a rule assigns `assign::settle` tells.
        && !rule.mandatory
    {
        crate::told::assigned(tx, course, who).await?;
    }
    let detail = if rule.mandatory {
        json!({ "target": word, "rule": rule.told() })
    } else {
        json!({ "target": word })
    };
    audit::record(tx, "enrolled", "course", course.0, detail).await?;
    Ok(made.rows_affected() == 1)
}

/// Takes an enrolment back; progress stays, what nobody asks for any more is released. Errors: `NotFound`.
pub async fn remove(tx: &mut Tx, proof: &Taught, id: EnrolmentId) -> Result<(), Error> {
    lock(tx, proof.id()).await?;
    let mandatory = sqlx::query_scalar!(
        "delete from enrolment where id = $1 and course_id = $2 returning mandatory",
        id.0,
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    if mandatory {
        assign::settle(tx, Some(proof.id())).await?;
    }
    Ok(audit::record(tx, "unenrolled", "course", proof.id().0, json!({})).await?)
}

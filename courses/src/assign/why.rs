//! Why a person has to take a course: every mandatory rule that covers them at this moment.

use std::collections::HashMap;

use base::{PersonId, Tx};

use crate::CourseId;
use crate::error::Error;

/// By what a rule covers a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// It names them.
    Name,
    /// They are in this group.
    Group(String),
    /// They work in this unit, or in one below it: the unit of the rule.
    Unit(String),
    /// They hold this position.
    Position(String),
    /// They work in the organisation.
    Organisation,
}

/// One rule that covers a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// By what.
    pub by: By,
    /// The unit that the person works in.
    pub unit: Option<String>,
}

/// The reasons of a person, by course; of one course only, if it is named.
pub async fn reasons(
    tx: &mut Tx,
    person: PersonId,
    course: Option<CourseId>,
) -> Result<HashMap<CourseId, Vec<Reason>>, Error> {
    let rows = sqlx::query!(
        r#"select v.course_id as "course!", e.target, coalesce(g.name, u.name, k.name, '') as "name!", w.name as "unit?"
           from covered v join enrolment e on e.id = v.enrolment_id and e.mandatory join person p on p.id = v.person_id
             left join person_group g on g.id = e.group_id left join org_unit u on u.id = e.org_unit_id
             left join position k on k.id = e.position_id left join org_unit w on w.id = p.org_unit_id
           where v.person_id = $1 and ($2::uuid is null or v.course_id = $2) order by v.course_id, e.target, 3"#,
        person.0,
        course.map(|id| id.0),
    )
    .fetch_all(tx.connection())
    .await?;
    let mut reasons: HashMap<CourseId, Vec<Reason>> = HashMap::new();
    for row in rows {
        let by = match row.target.as_str() {
            "person" => By::Name,
            "group" => By::Group(row.name),
            "unit" => By::Unit(row.name),
            "position" => By::Position(row.name),
            _ => By::Organisation,
        };
        reasons.entry(CourseId(row.course)).or_default().push(Reason { by, unit: row.unit });
    }
    Ok(reasons)
}

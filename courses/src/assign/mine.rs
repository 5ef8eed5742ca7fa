//! What a person has to take and had to take: each course with its cycles, the newest first, and why.

use base::{PersonId, Tx};
use sqlx::types::Json;
use time::{Date, OffsetDateTime};

use super::exempt::Overseen;
use super::why::{Covering, Reason};
use crate::error::Error;
use crate::find::Taken;
use crate::{CourseId, TakingId};

/// How a cycle stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// To be done, in time.
    Open,
    /// To be done, after its deadline.
    Late,
    /// Done, and it counts.
    Done,
    /// Done, and it counts no longer.
    Expired,
    /// Exempted.
    Exempt,
    /// Nobody asks for it any more.
    Released,
}

impl Standing {
    /// All, in the order of lists.
    pub const ALL: [Self; 6] =
        [Self::Late, Self::Open, Self::Done, Self::Expired, Self::Exempt, Self::Released];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Late => "late",
            Self::Done => "done",
            Self::Expired => "expired",
            Self::Exempt => "exempt",
            Self::Released => "released",
        }
    }

    /// The one of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// One cycle.
#[derive(Clone, Debug)]
pub struct Cycle {
    /// The taking.
    pub id: TakingId,
    /// Which time, from 1.
    pub cycle: i32,
    /// When it was assigned; `None` of one's own will.
    pub assigned_at: Option<OffsetDateTime>,
    /// The rules' deadline.
    pub due_on: Option<Date>,
    /// A later one that was given, and why.
    pub extended: Option<(Date, String)>,
    /// When it was finished, and the number of the version.
    pub done: Option<(OffsetDateTime, i32)>,
    /// The last day on which it counts; `None`: for good.
    pub valid_until: Option<Date>,
    /// When it was exempted from, and why.
    pub exempt: Option<(OffsetDateTime, String)>,
    /// When it was released.
    pub released_at: Option<OffsetDateTime>,
}

impl Cycle {
    /// The deadline that counts.
    pub fn deadline(&self) -> Option<Date> {
        self.extended.as_ref().map(|(to, _)| *to).or(self.due_on)
    }

    /// How it stands on that day.
    pub fn standing(&self, today: Date) -> Standing {
        if self.done.is_some() {
            match self.valid_until {
                Some(until) if until < today => Standing::Expired,
                _ => Standing::Done,
            }
        } else if self.exempt.is_some() {
            Standing::Exempt
        } else if self.released_at.is_some() {
            Standing::Released
        } else {
            match self.deadline() {
                Some(due) if due < today => Standing::Late,
                _ => Standing::Open,
            }
        }
    }
}

/// A course that a person has or had to take.
#[derive(Clone, Debug)]
pub struct Duty {
    /// The course.
    pub course: CourseId,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Whether the person may open it now.
    pub enrolled: bool,
    /// Why it is asked for now; empty when it is not.
    pub reasons: Vec<Reason>,
    /// Its cycles, the newest first.
    pub cycles: Vec<Cycle>,
}

/// What the acting person has or had to take: what is due first, first.
pub async fn all(tx: &mut Tx) -> Result<Vec<Duty>, Error> {
    let person = tx.person()?;
    let mut duties = duties(tx, person, None).await?;
    duties.sort_by_key(|duty| {
        let open = duty
            .cycles
            .first()
            .filter(|cycle| cycle.done.is_none() && cycle.exempt.is_none() && cycle.released_at.is_none());
        (open.is_none(), open.and_then(Cycle::deadline).unwrap_or(Date::MAX))
    });
    Ok(duties)
}

/// The same of one course; `None` when nobody ever asked for it.
pub async fn of_course(tx: &mut Tx, proof: &Taken) -> Result<Option<Duty>, Error> {
    let person = tx.person()?;
    Ok(duties(tx, person, Some(proof.id())).await?.pop())
}

/// The same of somebody whom one oversees.
pub async fn of_somebody(tx: &mut Tx, proof: &Overseen) -> Result<Option<Duty>, Error> {
    Ok(duties(tx, proof.person(), Some(proof.course())).await?.pop())
}

async fn duties(tx: &mut Tx, person: PersonId, course: Option<CourseId>) -> Result<Vec<Duty>, Error> {
    let reader = tx.person()?;
    let rows = sqlx::query!(
        r#"with reason as (
             select v.course_id, json_agg(json_build_object('target', e.target, 'name', coalesce(g.name, u.name, k.name, ''), 'unit', w.name)
                                          order by e.target, coalesce(g.name, u.name, k.name, '')) as list
             from covering($1) v join enrolment e on e.id = v.enrolment_id and e.mandatory join person p on p.id = $1
               left join person_group g on g.id = e.group_id left join org_unit u on u.id = e.org_unit_id
               left join position k on k.id = e.position_id left join org_unit w on w.id = p.org_unit_id
             where $2::uuid is null or v.course_id = $2 group by v.course_id)
           select t.id, t.course_id, t.cycle, t.assigned_at, t.due_on, t.extended_to, t.extension_reason, t.done_at, t.valid_until,
                  t.exempted_at, t.exempt_reason, t.released_at, d.number as "number?", c.slug, coalesce(n.title, v.title, c.title) as "title!",
                  c.state = 'published'
                    and c.id in (select o.course_id from covering($1) o) as "enrolled!",
                  reason.list as "reasons?: Json<Vec<Covering>>"
           from taking t join course c on c.id = t.course_id left join course_version v on v.id = c.published_version_id
             left join course_version d on d.id = t.version_id left join reason on reason.course_id = t.course_id
             -- In the language of whoever reads it: the person, or who follows them.
             left join reading_language r on r.person_id = $3 and r.course_id = c.id
             left join version_title n on n.version_id = v.id
                  and n.language = coalesce(r.language, (select h.language from person h where h.id = $3))
           where t.person_id = $1 and ($2::uuid is null or t.course_id = $2)
             and exists (select from taking a where a.person_id = $1 and a.course_id = t.course_id and a.assigned_at is not null)
           order by 15, t.course_id, t.cycle desc"#,
        person.0,
        course.map(|id| id.0),
        reader.0,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut duties: Vec<Duty> = Vec::new();
    for row in rows {
        let id = CourseId(row.course_id);
        let reasons = row.reasons.map(|Json(reasons)| reasons).unwrap_or_default();
        if duties.last().is_none_or(|duty| duty.course != id) {
            duties.push(Duty {
                course: id,
                slug: row.slug,
                title: row.title,
                enrolled: row.enrolled,
                reasons: reasons.into_iter().map(Reason::from).collect(),
                cycles: Vec::new(),
            });
        }
        let cycle = Cycle {
            id: TakingId(row.id),
            cycle: row.cycle,
            assigned_at: row.assigned_at,
            due_on: row.due_on,
            extended: row.extended_to.zip(row.extension_reason),
            done: row.done_at.zip(row.number),
            valid_until: row.valid_until,
            exempt: row.exempted_at.zip(row.exempt_reason),
            released_at: row.released_at,
        };
        if let Some(duty) = duties.last_mut() {
            duty.cycles.push(cycle);
        }
    }
    Ok(duties)
}

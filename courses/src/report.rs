//! How people do in what they have to take, for those who answer for it: heads of units see their unit and all below it, those
//! who teach see their courses, administrators see the organisation. Who sees what is looked up anew with every request. Residents are
//! in no report: they are nobody's staff (view `training`); those who teach find them on the pages of their course.

pub mod frozen;
pub mod tree;

use base::Tx;
use identity::permit::{Kind, Verb};
use identity::{OrgUnitId, SignedIn, head};
use time::Date;
use uuid::Uuid;

use crate::TakingId;
use crate::assign::mine::Standing;
use crate::error::Error;

/// Most rows of one report.
pub const MOST_ROWS: i64 = 20_000;

/// Proof: may see how these people do.
#[derive(Clone, Debug)]
pub struct Oversight {
    everybody: bool,
    headed: Vec<OrgUnitId>,
    units: Vec<Uuid>,
    courses: Vec<Uuid>,
}

/// What the signed-in person may see. Errors: `NotAllowed` when nothing.
pub async fn oversight(tx: &mut Tx, me: &SignedIn) -> Result<Oversight, Error> {
    let everybody = me.may(Verb::Follow, Kind::AnyCourse);
    let heading = head::heading(tx, me).await.map_err(|error| match error {
        identity::Error::Database(error) => Error::Database(error),
        _ => Error::NotAllowed,
    })?;
    let mut courses = Vec::new();
    if me.may(Verb::Follow, Kind::TaughtCourse) {
        courses =
            sqlx::query_scalar!("select course_id from course_teacher where person_id = $1", me.person.0)
                .fetch_all(tx.connection())
                .await?;
    }
    let (headed, units) = heading.map_or_else(Default::default, |heading| {
        (heading.units().to_vec(), heading.with_below().iter().map(|unit| unit.0).collect::<Vec<_>>())
    });
    if !everybody && units.is_empty() && courses.is_empty() {
        return Err(Error::NotAllowed);
    }
    Ok(Oversight { everybody, headed, units, courses })
}

impl Oversight {
    /// Whether it is the whole organisation.
    pub fn is_everybody(&self) -> bool {
        self.everybody
    }

    /// The units that the person is the head of.
    pub fn headed(&self) -> &[OrgUnitId] {
        &self.headed
    }

    /// The same without the courses that the person teaches: what is frozen tells of units that they head, and of nobody else.
    pub fn of_units(&self) -> Self {
        Self { courses: Vec::new(), ..self.clone() }
    }

    /// Whether people of this unit are seen for being in it.
    pub fn sees_unit(&self, unit: OrgUnitId) -> bool {
        self.everybody || self.units.contains(&unit.0)
    }
}

/// What came of the test that closes the course, in one cycle: the last test of the version that was finished, or of the one that
/// learners see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An attempt passed.
    Passed,
    /// None passed yet, and somebody has to mark one.
    Waiting,
    /// Every attempt that ended failed.
    Failed,
    /// No attempt has ended.
    NotTaken,
    /// The version has no test.
    NoTest,
}

impl Outcome {
    /// In the order of the form.
    pub const ALL: [Self; 5] = [Self::Passed, Self::Waiting, Self::Failed, Self::NotTaken, Self::NoTest];

    /// The word in the database and in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::NotTaken => "not_taken",
            Self::NoTest => "no_test",
        }
    }

    /// The one of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// Which rows a report has.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only people of this unit and of all below it.
    pub unit: Option<OrgUnitId>,
    /// Only this course, by its name in addresses.
    pub course: Option<String>,
    /// Only what stands so.
    pub standing: Option<Standing>,
    /// Only where this came of the test.
    pub outcome: Option<Outcome>,
    /// Finished, exempted from or due on this day or later. With either day a report has past cycles too, else the newest alone.
    pub from: Option<Date>,
    /// On this day or before.
    pub to: Option<Date>,
}

/// One cycle of one person.
#[derive(Clone, Debug)]
pub struct Row {
    /// The taking.
    pub taking: TakingId,
    /// Family name and given name.
    pub name: String,
    /// Their unit, today.
    pub unit: Option<String>,
    /// Title of the course.
    pub title: String,
    /// Which time, from 1.
    pub cycle: i32,
    /// When it was assigned; `None` of one's own will.
    pub assigned_on: Option<Date>,
    /// The deadline that counts.
    pub deadline: Option<Date>,
    /// Whether it was extended.
    pub extended: bool,
    /// When it was finished.
    pub done_on: Option<Date>,
    /// Number of the version that was finished.
    pub version: Option<i32>,
    /// The last day on which it counts.
    pub valid_until: Option<Date>,
    /// How it stands.
    pub standing: Standing,
    /// Days that it is, or was, late.
    pub late_days: i32,
    /// Why it was exempted from.
    pub exempt_reason: Option<String>,
    /// What came of the test.
    pub outcome: Outcome,
    /// The best result, per mille of the points: of the attempts that passed, else of all that were marked.
    pub score: Option<u16>,
    /// Attempts that ended, in this cycle.
    pub attempts: i64,
}

/// The rows that fit, by unit and name.
pub async fn rows(tx: &mut Tx, proof: &Oversight, filter: &Filter) -> Result<Vec<Row>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"with recursive below (id) as (
             select id from org_unit where id = $5 union select o.id from org_unit o join below b on o.parent_id = b.id)
           select t.taking_id as "taking!", p.family_name || ' ' || p.given_name as "name!", u.name as "unit?",
                  coalesce(n.title, c.title) as "title!", t.cycle as "cycle!", t.assigned_on, t.deadline, t.extended as "extended!",
                  t.done_on, v.number as "version?", t.valid_until, t.standing as "standing!", coalesce(t.late_days, 0) as "late_days!",
                  t.exempt_reason, x.outcome as "outcome!", x.score as "score?", x.attempts as "attempts!"
           from training t join person p on p.id = t.person_id join course c on c.id = t.course_id
             left join org_unit u on u.id = t.org_unit_id left join course_version v on v.id = t.version_id
             left join course_version n on n.id = c.published_version_id
             cross join lateral test_outcome(coalesce(t.version_id, c.published_version_id), t.person_id, t.cycle) x
           where t.organisation_id = $1 and ($2 or t.org_unit_id = any($3) or t.course_id = any($4))
             and ($5::uuid is null or t.org_unit_id in (select id from below)) and ($6::text is null or c.slug = $6)
             and (($7::date is null and $8::date is null and t.newest)
                  or ($7 is not null or $8 is not null) and t.day >= coalesce($7, t.day) and t.day <= coalesce($8, t.day))
             and case when $9::text is null then t.standing <> 'released' else t.standing = $9 end
             and ($11::text is null or x.outcome = $11)
           order by u.name collate "pl-x-icu" nulls last, p.family_name collate "pl-x-icu", p.given_name collate "pl-x-icu", p.id,
                    c.title, t.cycle desc
           limit $10"#,
        organisation.0,
        proof.everybody,
        &proof.units,
        &proof.courses,
        filter.unit.map(|unit| unit.0),
        filter.course,
        filter.from,
        filter.to,
        filter.standing.map(Standing::word),
        MOST_ROWS,
        filter.outcome.map(Outcome::word),
    )
    .fetch_all(tx.connection())
    .await?;
    let row = rows.into_iter().map(|row| Row {
        taking: TakingId(row.taking),
        name: row.name,
        unit: row.unit,
        title: row.title,
        cycle: row.cycle,
        assigned_on: row.assigned_on,
        deadline: row.deadline,
        extended: row.extended,
        done_on: row.done_on,
        version: row.version,
        valid_until: row.valid_until,
        standing: Standing::from_word(&row.standing).unwrap_or(Standing::Open),
        late_days: row.late_days,
        exempt_reason: row.exempt_reason,
        outcome: Outcome::from_word(&row.outcome).unwrap_or(Outcome::NoTest),
        score: row.score.and_then(|score| u16::try_from(score).ok()),
        attempts: row.attempts,
    });
    Ok(row.collect())
}

/// The courses that the report can be asked for: name in addresses and title.
pub async fn courses(tx: &mut Tx, proof: &Oversight) -> Result<Vec<(String, String)>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        "select c.slug, c.title from course c where c.organisation_id = $1
           and exists (select from training t where t.course_id = c.id
                         and ($2 or t.org_unit_id = any($3) or t.course_id = any($4)))
         order by c.title",
        organisation.0,
        proof.everybody,
        &proof.units,
        &proof.courses,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.slug, row.title)).collect())
}

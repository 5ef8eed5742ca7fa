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

/// Most rows of one file.
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

/// Of the rows that fit, by unit and name, those after `skip`, at most `most`; and how many fit, 0 behind the last of them. What came of
/// the test is looked up of the rows that are answered alone, unless it is asked for.
pub async fn rows(
    tx: &mut Tx,
    proof: &Oversight,
    filter: &Filter,
    (skip, most): (i64, i64),
) -> Result<(Vec<Row>, i64), Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"with kept as materialized (
             select t.*, p.family_name || ' ' || p.given_name as name, c.title as draft, c.published_version_id, u.name as unit,
                    row_number() over (order by u.name collate "pl-x-icu" nulls last, p.family_name collate "pl-x-icu",
                                                p.given_name collate "pl-x-icu", t.person_id, c.title, t.cycle desc) as place,
                    count(*) over () as fitting
             from training_seen($1, $2, $3, $4, $5, (select k.id from course k where k.organisation_id = $1 and k.slug = $6), $7, $8) t
               cross join lateral (select h.family_name, h.given_name from person h where h.id = t.person_id offset 0) p
               cross join lateral (select k.slug, k.title, k.published_version_id from course k where k.id = t.course_id offset 0) c
               left join lateral (select o.name from org_unit o where o.id = t.org_unit_id offset 0) u on true
             where ($6::text is null or c.slug = $6)
               and case when $9::text is null then t.standing <> 'released' else t.standing = $9 end
               and ($11::text is null or $11 = (
                     select y.outcome from test_outcome(coalesce(t.version_id, c.published_version_id), t.person_id, t.cycle) y))
             order by place offset $12 limit $10)
           select t.taking_id as "taking!", t.name as "name!", t.unit as "unit?",
                  coalesce(n.title, t.draft) as "title!", t.cycle as "cycle!", t.assigned_on, t.deadline, t.extended as "extended!",
                  t.done_on, v.number as "version?", t.valid_until, t.standing as "standing!", coalesce(t.late_days, 0) as "late_days!",
                  t.exempt_reason, x.outcome as "outcome!", x.score as "score?", x.attempts as "attempts!", t.fitting as "fitting!"
           from kept t
             left join lateral (select w.number from course_version w where w.id = t.version_id offset 0) v on true
             left join lateral (select w.title from course_version w where w.id = t.published_version_id offset 0) n on true
             cross join lateral test_outcome(coalesce(t.version_id, t.published_version_id), t.person_id, t.cycle) x
           order by t.place"#,
        organisation.0,
        proof.everybody,
        &proof.units,
        &proof.courses,
        filter.unit.map(|unit| unit.0),
        filter.course,
        filter.from,
        filter.to,
        filter.standing.map(Standing::word),
        most,
        filter.outcome.map(Outcome::word),
        skip,
    )
    .fetch_all(tx.connection())
    .await?;
    let fitting = rows.first().map_or(0, |row| row.fitting);
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
    Ok((row.collect(), fitting))
}

/// The courses that the report can be asked for: name in addresses and title.
pub async fn courses(tx: &mut Tx, proof: &Oversight) -> Result<Vec<(String, String)>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        "select c.slug, c.title from course c where c.organisation_id = $1
           and (($2 or c.id = any($4)) and exists (select from training t where t.course_id = c.id)
                or c.id in (select t.course_id from person p
                              cross join lateral (select k.course_id from taking k
                                                  where k.person_id = p.id and (k.assigned_at is not null or k.done_at is not null)
                                                  offset 0) t
                            where p.organisation_id = $1 and p.org_unit_id = any($3) and not p.resident))
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

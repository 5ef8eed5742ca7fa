//! Looking a course up answers a proof of what the person may do with it.

use base::Tx;
use identity::SignedIn;
use identity::permit::{Kind, Verb};

use crate::error::Error;
use crate::{CourseId, VersionId};

/// A course that the person may know of.
#[derive(Clone, Debug)]
pub struct Found {
    id: CourseId,
    slug: String,
    teaches: bool,
    enrolled: bool,
    listed: bool,
    version: Option<VersionId>,
    cycle: i32,
}

/// Proof: may edit the course, publish it, enrol people and see how they do.
#[derive(Clone, Debug)]
pub struct Taught {
    id: CourseId,
    slug: String,
}

/// Proof: may read the published version of the course.
#[derive(Clone, Debug)]
pub struct Taken {
    id: CourseId,
    slug: String,
    version: VersionId,
    enrolled: bool,
    cycle: i32,
}

/// Finds a course by its name in addresses. Errors: `NotFound` when there is none that the person may know of.
pub async fn course(tx: &mut Tx, me: &SignedIn, slug: &str) -> Result<Found, Error> {
    let row = sqlx::query!(
        r#"select c.id, c.slug, c.state, c.published_version_id,
                  c.listed and not exists (select 1 from person p where p.id = $3 and p.resident)
                    or exists (select 1 from open_course o where o.course_id = c.id) as "listed!",
                  exists (select 1 from course_teacher t where t.course_id = c.id and t.person_id = $3) as "teacher!",
                  exists (select 1 from covering($3) v where v.course_id = c.id) as "enrolled!",
                  coalesce((select max(t.cycle) from taking t where t.course_id = c.id and t.person_id = $3), 1) as "cycle!"
           from course c where c.organisation_id = $1 and c.slug = $2"#,
        me.organisation.0,
        slug,
        me.person.0,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let published = row.state == "published";
    let found = Found {
        id: CourseId(row.id),
        slug: row.slug,
        teaches: row.teacher && me.may(Verb::Change, Kind::TaughtCourse)
            || me.may(Verb::Change, Kind::AnyCourse),
        enrolled: row.enrolled && published,
        listed: row.listed && published,
        version: row.published_version_id.filter(|_| row.state != "draft").map(VersionId),
        cycle: row.cycle,
    };
    if found.teaches || found.enrolled || found.listed { Ok(found) } else { Err(Error::NotFound) }
}

impl Found {
    /// The course.
    pub fn id(&self) -> CourseId {
        self.id
    }

    /// Whether the person is enrolled.
    pub fn is_enrolled(&self) -> bool {
        self.enrolled
    }

    /// Whether the person may edit it.
    pub fn is_taught(&self) -> bool {
        self.teaches
    }

    /// Whether the person may enrol themselves.
    pub fn may_join(&self) -> bool {
        self.listed && !self.enrolled
    }

    /// Errors: `NotAllowed` for those who only take it.
    pub fn for_teaching(self) -> Result<Taught, Error> {
        if self.teaches { Ok(Taught { id: self.id, slug: self.slug }) } else { Err(Error::NotAllowed) }
    }

    /// Errors: `NotFound` when nothing is published; `NotAllowed` for one who could join but has not.
    pub fn for_taking(self) -> Result<Taken, Error> {
        let version = self.version.ok_or(Error::NotFound)?;
        if !self.enrolled && !self.teaches {
            return Err(Error::NotAllowed);
        }
        Ok(Taken { id: self.id, slug: self.slug, version, enrolled: self.enrolled, cycle: self.cycle })
    }

    /// Enrols the acting person themselves. Errors: `NotAllowed` when the course is not in the catalogue.
    pub async fn join(self, tx: &mut Tx) -> Result<(), Error> {
        if !self.listed {
            return Err(Error::NotAllowed);
        }
        let person = tx.person()?;
        crate::enrolment::insert(tx, self.id, crate::enrolment::Target::Person(person)).await?;
        Ok(())
    }
}

impl Taught {
    /// The course.
    pub fn id(&self) -> CourseId {
        self.id
    }

    /// Its name in addresses.
    pub fn slug(&self) -> &str {
        &self.slug
    }

    pub(crate) fn made(id: CourseId, slug: String) -> Self {
        Self { id, slug }
    }
}

impl Taken {
    /// Where a person stands in a course that they are enrolled on, for what is brought to an end in their name.
    pub(crate) fn made(id: CourseId, slug: String, version: VersionId, cycle: i32) -> Self {
        Self { id, slug, version, enrolled: true, cycle }
    }

    /// The course.
    pub fn id(&self) -> CourseId {
        self.id
    }

    /// Its name in addresses.
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// The version that is read.
    pub fn version(&self) -> VersionId {
        self.version
    }

    /// Which time it is that the person takes the course, from 1.
    pub fn cycle(&self) -> i32 {
        self.cycle
    }

    /// Whether the person is enrolled (else a teacher who looks as a learner, and leaves no progress).
    pub fn is_enrolled(&self) -> bool {
        self.enrolled
    }
}

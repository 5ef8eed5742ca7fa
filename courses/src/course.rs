//! A course: its card, its state, and the lists it stands in.

use base::{Tx, audit};
use identity::permit::{Author, Kind, Verb};
use identity::{FieldProblem, Problem, SignedIn};
use serde_json::json;
use time::OffsetDateTime;

use crate::error::{Error, text_problem};
use crate::find::Taught;
use crate::{CourseId, assign, slug};

/// What a course says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// Title.
    pub title: String,
    /// Name in addresses; empty: made of the title.
    pub slug: String,
    /// One paragraph for the catalogue.
    pub summary: String,
    /// `pl`, `en` or `uk`; empty means `pl`.
    pub language: String,
    /// Who wrote it.
    pub author: String,
    /// Whether everybody of the organisation may enrol themselves.
    pub listed: bool,
}

impl Card {
    /// Everything that is wrong with it.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems: Vec<FieldProblem> = text_problem("title", &self.title, 200).into_iter().collect();
        let mut add = |field, problem| problems.push(FieldProblem { field, problem });
        if !self.slug.trim().is_empty() && !slug::is_slug(self.slug.trim()) {
            add("slug", Problem::Malformed);
        }
        if slug::RESERVED.contains(&self.slug.trim()) {
            add("slug", Problem::Taken);
        }
        if self.summary.chars().count() > 2000 {
            add("summary", Problem::TooLong(2000));
        }
        if self.author.chars().count() > 200 {
            add("author", Problem::TooLong(200));
        }
        if !["", "pl", "en", "uk"].contains(&self.language.trim()) {
            add("language", Problem::Unknown);
        }
        problems
    }

    fn language(&self) -> &str {
        if self.language.trim().is_empty() { "pl" } else { self.language.trim() }
    }
}

/// Where a course is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Never published.
    Draft,
    /// Learners see its newest version.
    Published,
    /// Put away: learners no longer see it.
    Archived,
}

impl State {
    pub(crate) fn from_word(word: &str) -> Self {
        match word {
            "published" => Self::Published,
            "archived" => Self::Archived,
            _ => Self::Draft,
        }
    }

    /// The word in the database and the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Archived => "archived",
        }
    }
}

/// A course as those see it who teach it.
#[derive(Clone, Debug)]
pub struct Course {
    /// Its id.
    pub id: CourseId,
    /// Its card.
    pub card: Card,
    /// Its state.
    pub state: State,
    /// Number and time of the newest version.
    pub published: Option<(i32, OffsetDateTime)>,
    /// Whether the draft was changed since.
    pub changed_since: bool,
    /// Units in the draft.
    pub units: i64,
    /// People enrolled.
    pub learners: i64,
    /// Rises with every change of card or outline.
    pub revision: i32,
    /// Rises with every change of the card; a change names the one that it is made to.
    pub card_revision: i32,
    /// Whether anybody reads it without an account.
    pub open: bool,
}

/// Makes a course; its author teaches it. Errors: `Invalid`, also when the name in addresses is taken.
pub async fn create(tx: &mut Tx, _: &Author, card: &Card) -> Result<Taught, Error> {
    make(tx, card).await
}

/// The same for who proved otherwise that they may.
pub(crate) async fn make(tx: &mut Tx, card: &Card) -> Result<Taught, Error> {
    let problems = card.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (organisation, person, id) = (tx.organisation()?, tx.person()?, CourseId::new(tx.now()));
    let given = card.slug.trim();
    let wanted = if given.is_empty() { slug::of(&card.title, 70) } else { given.to_owned() };
    let slug = if given.is_empty() { free_slug(tx, &wanted).await? } else { wanted };
    sqlx::query!(
        "insert into course (id, organisation_id, slug, title, summary, language, author, listed, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        organisation.0,
        slug,
        card.title.trim(),
        card.summary.trim(),
        card.language(),
        card.author.trim(),
        card.listed,
        person.0,
    )
    .execute(tx.connection())
    .await
    .map_err(|error| Error::taken(error, "course_organisation_id_slug_key", "slug"))?;
    sqlx::query!(
        "insert into course_teacher (organisation_id, course_id, person_id) values ($1, $2, $3)",
        organisation.0,
        id.0,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, "created", "course", id.0, json!({ "slug": slug })).await?;
    Ok(Taught::made(id, slug))
}

/// The first of `slug`, `slug-2`, `slug-3` … that no course has.
async fn free_slug(tx: &mut Tx, wanted: &str) -> Result<String, Error> {
    let organisation = tx.organisation()?;
    let taken = sqlx::query_scalar!(
        "select slug from course where organisation_id = $1 and (slug = $2 or slug like $2 || '-%')",
        organisation.0,
        wanted
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(slug::free(wanted, &taken))
}

/// The courses that the person teaches; for an administrator all of the organisation. The latest changed first.
pub async fn taught(tx: &mut Tx, me: &SignedIn) -> Result<Vec<Course>, Error> {
    list(tx, me, None).await
}

/// One course for its teachers.
pub async fn one(tx: &mut Tx, me: &SignedIn, proof: &Taught) -> Result<Course, Error> {
    list(tx, me, Some(proof.id())).await?.pop().ok_or(Error::NotFound)
}

async fn list(tx: &mut Tx, me: &SignedIn, only: Option<CourseId>) -> Result<Vec<Course>, Error> {
    let all = me.may(Verb::Follow, Kind::AnyCourse);
    // Most courses have one rule, and whom it covers is counted once for each unit, however many courses it takes.
    let rows = sqlx::query!(
        r#"with recursive picked as materialized (
             select c.*, r.rules, r.named, r.target, r.group_id, r.org_unit_id, r.position_id
             from course c
               cross join lateral (
                 select count(*) as rules, bool_and(e.target = 'person') as named, min(e.target) as target,
                        (array_agg(e.group_id))[1] as group_id, (array_agg(e.org_unit_id))[1] as org_unit_id,
                        (array_agg(e.position_id))[1] as position_id
                 from enrolment e where e.course_id = c.id) r
             where c.organisation_id = $1 and ($2::uuid is null or c.id = $2)
               and ($3 or exists (select 1 from course_teacher t where t.course_id = c.id and t.person_id = $4))),
           below (root, id) as (
             select c.org_unit_id, c.org_unit_id from picked c where c.rules = 1 and c.target = 'unit'
             union
             select b.root, u.id from below b join org_unit u on u.parent_id = b.id),
           inside as materialized (
             select b.root, sum(n.people)::bigint as people
             from below b
               cross join lateral (
                 select count(*) as people from person p where p.organisation_id = $1 and p.org_unit_id = b.id offset 0) n
             group by b.root),
           everybody as materialized (select count(*) as people from person p where p.organisation_id = $1 and not p.resident)
           select c.id as "id!", c.slug as "slug!", c.title as "title!", c.summary as "summary!", c.language as "language!",
                  c.author as "author!", c.listed as "listed!", c.state as "state!", c.revision as "revision!",
                  v.number as "number?", v.published_at as "published_at?",
                  greatest(c.updated_at, n.changed_at) as "updated_at!", n.units as "units!",
                  coalesce(case when c.named then c.rules
                                when c.rules > 1 then (select count(distinct l.person_id) from covered l where l.course_id = c.id)
                                when c.target = 'unit' then (select i.people from inside i where i.root = c.org_unit_id)
                                when c.target = 'group' then (select count(*) from membership m where m.group_id = c.group_id)
                                when c.target = 'position'
                                  then (select count(*) from position_holder h where h.position_id = c.position_id)
                                when c.target = 'organisation' then (select e.people from everybody e) end, 0) as "learners!",
                  exists (select 1 from open_course o where o.course_id = c.id) as "open!", c.card_revision as "card_revision!"
           from picked c left join course_version v on v.id = c.published_version_id
             cross join lateral (
               select max(u.updated_at) as changed_at, count(*) filter (where u.removed_at is null) as units
               from unit u where u.course_id = c.id) n
           order by c.state = 'archived', 12 desc, c.title"#,
        me.organisation.0,
        only.map(|id| id.0),
        all,
        me.person.0,
    )
    .fetch_all(tx.connection())
    .await?;
    let course = rows.into_iter().map(|row| Course {
        id: CourseId(row.id),
        changed_since: row.published_at.is_none_or(|at| row.updated_at > at),
        card: Card {
            title: row.title,
            slug: row.slug,
            summary: row.summary,
            language: row.language,
            author: row.author,
            listed: row.listed,
        },
        state: State::from_word(&row.state),
        published: row.number.zip(row.published_at),
        units: row.units,
        learners: row.learners,
        revision: row.revision,
        card_revision: row.card_revision,
        open: row.open,
    });
    Ok(course.collect())
}

/// Changes the card as `change` does, if nobody changed it since `revision`. The same change twice is made once.
///
/// Errors: `ChangedMeanwhile` (nothing is written, the caller shows both), `Invalid`.
pub async fn save(tx: &mut Tx, proof: &Taught, revision: i32, card: &Card) -> Result<(), Error> {
    let problems = card.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    // Whoever saves at this moment comes before or after, never between.
    let now = sqlx::query!(
        "select title, summary, language, author, listed, card_revision from course where id = $1 for update",
        proof.id().0
    )
    .fetch_one(tx.connection())
    .await?;
    if now.card_revision == revision {
        return change(tx, proof, card).await;
    }
    let same = now.title == card.title.trim()
        && now.summary == card.summary.trim()
        && now.language == card.language()
        && now.author == card.author.trim()
        && now.listed == card.listed;
    if same { Ok(()) } else { Err(Error::ChangedMeanwhile(now.card_revision)) }
}

/// Changes the card, whatever it says now. The name in addresses stays: people have it in their bookmarks.
pub async fn change(tx: &mut Tx, proof: &Taught, card: &Card) -> Result<(), Error> {
    let problems = card.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    sqlx::query!(
        "update course set title = $2, summary = $3, language = $4, author = $5, listed = $6, revision = revision + 1,
                card_revision = card_revision + 1, updated_at = moment()
         where id = $1",
        proof.id().0,
        card.title.trim(),
        card.summary.trim(),
        card.language(),
        card.author.trim(),
        card.listed,
    )
    .execute(tx.connection())
    .await?;
    Ok(audit::record(tx, "changed", "course", proof.id().0, json!({})).await?)
}

/// Puts a course away, or takes it out again. Nothing is lost: versions and progress stay.
pub async fn archive(tx: &mut Tx, proof: &Taught) -> Result<(), Error> {
    set_state(tx, proof, "archived").await
}

/// Takes an archived course out again.
pub async fn restore(tx: &mut Tx, proof: &Taught) -> Result<(), Error> {
    set_state(tx, proof, "published").await
}

async fn set_state(tx: &mut Tx, proof: &Taught, state: &str) -> Result<(), Error> {
    sqlx::query!(
        "update course set state = case when $2 = 'published' and published_version_id is null then 'draft' else $2 end,
                put_away_at = case when $2 = 'archived' and state = 'archived' then put_away_at when $2 = 'archived' then moment() end
         where id = $1",
        proof.id().0,
        state
    )
    .execute(tx.connection())
    .await?;
    assign::settle(tx, Some(proof.id())).await?;
    Ok(audit::record(tx, state, "course", proof.id().0, json!({})).await?)
}

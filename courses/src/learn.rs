//! Taking a course: what a learner sees, how far they are, and where they were last.

use base::Tx;
use identity::SignedIn;
use time::OffsetDateTime;
use video::FilmId;

use crate::error::Error;
use crate::find::Taken;
use crate::recall::Offer;
use crate::{CourseId, UnitId, VersionId, certificate, remind, seen, taking};

/// A course on the learner's home page or in the catalogue.
#[derive(Clone, Debug)]
pub struct Card {
    /// Its id.
    pub id: CourseId,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Its summary.
    pub summary: String,
    /// Its language.
    pub language: String,
    /// Units of the newest version.
    pub units: i64,
    /// Units finished.
    pub done: i64,
    /// Reading time of all units, in minutes.
    pub minutes: i64,
    /// Whether anything was opened.
    pub begun: bool,
    /// Whether the person is enrolled.
    pub enrolled: bool,
    /// Title of the unit to go on with.
    pub next: Option<(String, String)>,
}

/// Whole per cent, rounded down, so that 100 means everything.
pub fn percent(done: i64, of: i64) -> i64 {
    if of == 0 { 0 } else { (done * 100 / of).clamp(0, 100) }
}

/// The courses that the person is enrolled on: begun first, finished last.
pub async fn home(tx: &mut Tx, me: &SignedIn) -> Result<Vec<Card>, Error> {
    cards(tx, me, &Sought::default(), false).await
}

/// What is looked for in the catalogue.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// Parts of titles and summaries; every word must fit.
    pub text: String,
    /// Only this course, by its name in addresses.
    pub only: Option<String>,
    /// Only after the course of this name.
    pub after: Option<String>,
    /// At most so many; all of them if not said.
    pub most: Option<i64>,
}

/// Most words that a search looks at.
const MOST_WORDS: usize = 6;

impl Sought {
    /// The words as patterns: lower-case, and with what `like` would take for a wildcard escaped.
    fn patterns(&self) -> Vec<String> {
        let escaped = |word: &str| {
            let letters = word.chars().take(100);
            letters.fold(String::from("%"), |mut pattern, letter| {
                if matches!(letter, '\\' | '%' | '_') {
                    pattern.push('\\');
                }
                pattern.push(letter);
                pattern
            }) + "%"
        };
        self.text.to_lowercase().split_whitespace().take(MOST_WORDS).map(escaped).collect()
    }
}

/// The courses of the catalogue by title: those listed, and those the person is enrolled on.
pub async fn catalogue(tx: &mut Tx, me: &SignedIn, sought: &Sought) -> Result<Vec<Card>, Error> {
    cards(tx, me, sought, true).await
}

async fn cards(tx: &mut Tx, me: &SignedIn, sought: &Sought, listed: bool) -> Result<Vec<Card>, Error> {
    // Few tables at a time (`materialized`), or PostgreSQL reckons with two courses and looks each of hundreds up by itself. The course
    // that the page before ended with is looked up apart: it may have been archived or renamed since, and the rest still follows.
    let rows = sqlx::query!(
        r#"with mine as materialized (select distinct course_id from covering($2)),
           shown as materialized (
             select c.id, c.slug, c.listed, v.id as version_id, v.title, v.summary, v.language, v.sought
             from course c join course_version v on v.id = c.published_version_id and v.organisation_id = $1
             where c.organisation_id = $1 and c.state = 'published'
               and (v.sought like all ($4::text[]) or v.id in (select o.version_id from version_title o))),
           wanted as materialized (
             select c.id, c.slug, c.version_id, coalesce(n.title, c.title) as title, coalesce(n.summary, c.summary) as summary, c.language
             from shown c
               left join reading_language r on r.person_id = $2 and r.course_id = c.id
               left join version_title n on n.version_id = c.version_id and n.language = coalesce(r.language, $8)
             where (c.id in (select course_id from mine)
                    or $3 and c.listed and not (select p.resident from person p where p.id = $2)
                    or $3 and c.id in (select o.course_id from open_course o))
               and coalesce(c.sought || ' ' || n.sought, c.sought) like all ($4::text[])
               and ($5::text is null or c.slug = $5)
               and ($6::text is null or (coalesce(n.title, c.title) collate "pl-x-icu", c.slug) >
                    (select coalesce(m.title, w.title) collate "pl-x-icu", d.slug
                     from course d join course_version w on w.id = d.published_version_id
                       left join reading_language l on l.person_id = $2 and l.course_id = d.id
                       left join version_title m on m.version_id = w.id and m.language = coalesce(l.language, $8)
                     where d.organisation_id = $1 and d.slug = $6))
             order by coalesce(n.title, c.title) collate "pl-x-icu", c.slug limit $7),
           gone as materialized (select unit_id, cycle, opened_at, done_at from progress where person_id = $2)
           select w.id as "id!", w.slug as "slug!", w.title as "title!", w.summary as "summary!", w.language as "language!",
                  w.id in (select course_id from mine) as "enrolled!",
                  count(u.unit_id) as "units!", coalesce(sum(u.minutes), 0) as "minutes!",
                  count(p.done_at) as "done!", count(p.unit_id) > 0 as "begun!",
                  (array_agg(u.title order by u.position) filter (where p.done_at is null))[1] as next_title,
                  (array_agg(u.slug order by u.position) filter (where p.done_at is null))[1] as next_slug
           from wanted w join version_unit u on u.version_id = w.version_id
             left join (select t.course_id, max(t.cycle) as cycle from taking t where t.person_id = $2 group by t.course_id) k
               on k.course_id = w.id
             left join gone p on p.unit_id = u.unit_id and p.cycle = coalesce(k.cycle, 1)
           group by w.id, w.slug, w.title, w.summary, w.language
           order by not $3 and count(p.done_at) = count(u.unit_id), case when not $3 then max(p.opened_at) end desc nulls last,
                    w.title collate "pl-x-icu", w.slug"#,
        me.organisation.0,
        me.person.0,
        listed,
        &sought.patterns(),
        sought.only,
        sought.after,
        sought.most,
        me.language,
    )
    .fetch_all(tx.connection())
    .await?;
    let card = rows.into_iter().map(|row| Card {
        id: CourseId(row.id),
        slug: row.slug,
        title: row.title,
        summary: row.summary,
        language: row.language,
        units: row.units,
        done: row.done,
        minutes: row.minutes,
        begun: row.begun,
        enrolled: row.enrolled,
        next: row.next_title.zip(row.next_slug),
    });
    Ok(card.collect())
}

/// A unit in the learner's outline.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its id.
    pub id: UnitId,
    /// Title of its section.
    pub section: String,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Reading time, in minutes.
    pub minutes: i32,
    /// Whether it shows a film.
    pub has_film: bool,
    /// Whether it was opened.
    pub opened: bool,
    /// Whether it was finished.
    pub done: bool,
}

/// A course as its learner sees it.
#[derive(Clone, Debug)]
pub struct Outline {
    /// Title of the version, in the language that the person reads in where there is one.
    pub title: String,
    /// Summary, likewise.
    pub summary: String,
    /// Language of the course.
    pub language: String,
    /// Number of the version.
    pub version: i32,
    /// When it was published.
    pub published_at: OffsetDateTime,
    /// Whether the whole course was finished, this time.
    pub finished: bool,
    /// Whether it was finished at any time, so that there may be a certificate.
    pub ever_finished: bool,
    /// Whether it was ever assigned to the person.
    pub ever_assigned: bool,
    /// Whether the person has its review on, or could.
    pub recall: Offer,
    /// Units, in order.
    pub units: Vec<Line>,
    /// Slug of the unit that the person was last in.
    pub last: Option<String>,
}

impl Outline {
    /// Units finished and units in all.
    pub fn done(&self) -> (i64, i64) {
        let count = |units: usize| i64::try_from(units).unwrap_or(0);
        (count(self.units.iter().filter(|unit| unit.done).count()), count(self.units.len()))
    }

    /// The unit to go on with: where the person was, if that is not finished; else the first that is not; else the first.
    pub fn next(&self) -> Option<&Line> {
        let last = self
            .last
            .as_deref()
            .and_then(|slug| self.units.iter().find(|unit| unit.slug == slug && !unit.done));
        last.or_else(|| self.units.iter().find(|unit| !unit.done)).or_else(|| self.units.first())
    }
}

/// The outline of the published version with the acting person's progress.
pub async fn outline(tx: &mut Tx, proof: &Taken) -> Result<Outline, Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let rows = sqlx::query!(
        r#"select coalesce(n.title, v.title) as "course_title!", coalesce(n.summary, v.summary) as "summary!", v.language, v.number, v.published_at,
                  u.unit_id, u.section_title, u.slug, u.title, u.minutes, u.film_id is not null as "has_film!",
                  p.opened_at is not null as "opened!", p.done_at is not null as "done!",
                  b.unit_id is not null as "was_last!",
                  coalesce(k.finished, false) as "finished!", coalesce(k.ever_finished, false) as "ever_finished!",
                  coalesce(k.ever_assigned, false) as "ever_assigned!",
                  exists (select from recall o where o.organisation_id = $4 and o.person_id = $2 and o.course_id = $5) as "recalls!",
                  coalesce(k.ever_finished, false)
                    and exists (select from attempt a join version_quiz z on z.version_id = $1 and z.unit_id = a.unit_id
                                where a.person_id = $2 and a.passed and z.settings ->> 'reveal' is distinct from 'never') as "may_recall!"
           from course_version v join version_unit u on u.version_id = v.id
             left join reading_language r on r.person_id = $2 and r.course_id = v.course_id
             left join version_title n on n.version_id = v.id
                  and n.language = coalesce(r.language, (select h.language from person h where h.id = $2))
             left join progress p on p.unit_id = u.unit_id and p.person_id = $2 and p.cycle = $3
             left join bookmark b on b.course_id = v.course_id and b.person_id = $2 and b.unit_id = u.unit_id
             cross join lateral (
               select bool_or(t.cycle = $3 and t.done_at is not null) as finished, bool_or(t.done_at is not null) as ever_finished,
                      bool_or(t.assigned_at is not null) as ever_assigned
               from taking t where t.person_id = $2 and t.course_id = v.course_id) k
           where v.id = $1 order by u.position"#,
        proof.version().0,
        person.0,
        proof.cycle(),
        organisation.0,
        proof.id().0,
    )
    .fetch_all(tx.connection())
    .await?;
    // What is published has units.
    let head = rows.first().ok_or(Error::NotFound)?;
    let last = rows.iter().find(|row| row.was_last).map(|row| row.slug.clone());
    let mut outline = Outline {
        title: head.course_title.clone(),
        summary: head.summary.clone(),
        language: head.language.clone(),
        version: head.number,
        published_at: head.published_at,
        finished: head.finished,
        ever_finished: head.ever_finished,
        ever_assigned: head.ever_assigned,
        recall: match (head.recalls, head.may_recall) {
            _ if !proof.is_enrolled() => Offer::None,
            (true, _) => Offer::On,
            (false, true) => Offer::Possible,
            (false, false) => Offer::None,
        },
        units: Vec::with_capacity(rows.len()),
        last,
    };
    outline.units.extend(rows.into_iter().map(|row| Line {
        id: UnitId(row.unit_id),
        section: row.section_title,
        slug: row.slug,
        title: row.title,
        minutes: row.minutes,
        has_film: row.has_film,
        opened: row.opened,
        done: row.done,
    }));
    Ok(outline)
}

/// What a learner reads.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The unit.
    pub id: UnitId,
    /// Safe HTML.
    pub html: String,
    /// The film above the text.
    pub film: Option<FilmId>,
    /// Its test, and whether that may be taken before the unit is read. With a test the unit is done by passing it.
    pub test: Option<bool>,
    /// So many per cent of the film have to be seen before the unit is finished.
    pub film_percent: Option<u32>,
}

/// A unit of the published version. Errors: `NotFound`.
pub async fn read(tx: &mut Tx, proof: &Taken, slug: &str) -> Result<Reading, Error> {
    unit_of(tx, proof.version(), slug).await
}

/// A unit of a version that was proved to be read. Errors: `NotFound`.
pub(crate) async fn unit_of(tx: &mut Tx, version: VersionId, slug: &str) -> Result<Reading, Error> {
    let row = sqlx::query!(
        r#"select u.unit_id, u.html, u.film_id, u.film_percent,
                  case when z.unit_id is not null then coalesce((z.settings ->> 'pretest')::boolean, false) end as test
           from version_unit u left join version_quiz z on z.version_id = u.version_id and z.unit_id = u.unit_id
           where u.version_id = $1 and u.slug = $2"#,
        version.0,
        slug
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Reading {
        id: UnitId(row.unit_id),
        html: row.html,
        film: row.film_id.map(FilmId),
        test: row.test,
        film_percent: row.film_percent.and_then(|percent| u32::try_from(percent).ok()),
    })
}

/// Notes that the acting person opened a unit, and that this is where they are. Opening again moves only the bookmark.
pub async fn open(tx: &mut Tx, proof: &Taken, unit: UnitId) -> Result<(), Error> {
    if !proof.is_enrolled() {
        return Ok(());
    }
    taking::open(tx, proof, unit).await
}

/// Notes that the acting person finished a unit; the first time counts, and with the last unit the course is done.
/// Errors: `NotFound`; `NotAllowed` without enrolment; `TestFirst` when its test has to be passed; `FilmFirst` when more of its
/// film has to be seen.
pub async fn finish(tx: &mut Tx, proof: &Taken, slug: &str) -> Result<(), Error> {
    if !proof.is_enrolled() {
        return Err(Error::NotAllowed);
    }
    let unit = read(tx, proof, slug).await?;
    if unit.test.is_some() {
        return Err(Error::TestFirst);
    }
    seen::enough(tx, proof, &unit).await?;
    unit_done(tx, proof, unit.id).await
}

/// The same for a unit whose end is found out otherwise.
pub(crate) async fn unit_done(tx: &mut Tx, proof: &Taken, unit: UnitId) -> Result<(), Error> {
    open(tx, proof, unit).await?;
    let person = tx.person()?;
    sqlx::query!(
        "update progress set done_at = moment(), version_id = $3
         where person_id = $1 and unit_id = $2 and cycle = $4 and done_at is null",
        person.0,
        unit.0,
        proof.version().0,
        proof.cycle(),
    )
    .execute(tx.connection())
    .await?;
    if let Some(taking) = taking::complete_if_done(tx, proof).await? {
        certificate::issue(tx, taking).await?;
        remind::over(tx, &[(person, proof.id())]).await?;
    }
    Ok(())
}

/// Takes "finished" back, for one who pressed too early. Errors: `NotFound`; `AlreadyDone` when the whole course is finished, or
/// the unit by passing its test.
pub async fn reopen(tx: &mut Tx, proof: &Taken, slug: &str) -> Result<(), Error> {
    let unit = read(tx, proof, slug).await?;
    if unit.test.is_some() || taking::is_done(tx, proof).await? {
        return Err(Error::AlreadyDone);
    }
    let person = tx.person()?;
    sqlx::query!(
        "update progress set done_at = null where person_id = $1 and unit_id = $2 and cycle = $3",
        person.0,
        unit.id.0,
        proof.cycle(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

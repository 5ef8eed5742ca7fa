//! Publishing: the draft is rendered and frozen as a version; learners see it from the next request on.

use base::{PersonId, Tx, audit};
use identity::{Problem, day};
use serde_json::json;
use time::Date;
use video::FilmId;
use video::film::State;

use crate::error::Error;
use crate::find::Taught;
use crate::markdown::{self, Finding, Places};
use crate::outline::{self, Section};
use crate::quiz::{store, translated};
use crate::{UnitId, VersionId, assign, check, draft, media, plan, review, title, translation, waiver};

/// The addresses that pictures and links of this course's draft lead to.
pub async fn places(tx: &mut Tx, proof: &Taught) -> Result<Places, Error> {
    let outline = outline::draft(tx, proof).await?;
    places_of(tx, proof, &outline).await
}

async fn places_of(tx: &mut Tx, proof: &Taught, outline: &[Section]) -> Result<Places, Error> {
    let slug = proof.slug();
    let pictures = media::all(tx, proof).await?;
    let language = sqlx::query_scalar!("select language from course where id = $1", proof.id().0)
        .fetch_one(tx.connection())
        .await?;
    let mut places = Places { language, ..Places::default() };
    for picture in pictures {
        let address = format!("/courses/{slug}/media/{}/{}", picture.id, picture.name);
        places.media.insert(format!("media/{}", picture.name), address);
    }
    for unit in outline.iter().flat_map(|section| &section.units) {
        let address = format!("/courses/{slug}/{}", unit.slug);
        // A unit is named by its slug; the number in front of a file's name only keeps the folder tidy.
        places.units.insert(format!("{}.md", unit.slug), address);
    }
    Ok(places)
}

/// What the author should look at before publishing, unit by unit.
pub async fn findings(tx: &mut Tx, proof: &Taught) -> Result<Vec<(UnitId, String, Finding)>, Error> {
    let outline = outline::draft(tx, proof).await?;
    let places = places_of(tx, proof, &outline).await?;
    let mut findings = Vec::new();
    for line in outline.iter().flat_map(|section| &section.units) {
        let unit = outline::unit(tx, proof, line.id).await?;
        let rendered = markdown::render(&unit.markdown, &places);
        findings.extend(rendered.findings.into_iter().map(|finding| (unit.id, unit.title.clone(), finding)));
    }
    Ok(findings)
}

/// A film of the draft, as far as publishing is concerned.
#[derive(Clone, Debug)]
pub struct DraftFilm {
    /// The unit that shows it.
    pub unit: UnitId,
    /// The unit's title.
    pub title: String,
    /// The film.
    pub film: FilmId,
    /// Where it is on its way.
    pub state: State,
    /// Whether it has captions.
    pub captioned: bool,
    /// Whether somebody has read captions of it as they are now.
    pub checked: bool,
    /// Names its captions as they are now; empty without any.
    pub captions: String,
    /// Whether the course may be published with it: it can be made, and in a school it has captions.
    pub fit: bool,
}

/// The films of the draft, in order.
pub async fn films(tx: &mut Tx, proof: &Taught) -> Result<Vec<DraftFilm>, Error> {
    let rows = sqlx::query!(
        r#"select u.id, u.title, f.id as film, f.state, o.kind = 'school' as "school!",
                  coalesce((select string_agg(c.language || ' ' || md5(c.vtt), ' ' order by c.language)
                            from caption c where c.film_id = f.id), '') as "captions!",
                  exists (select 1 from caption c where c.film_id = f.id and c.checked_at is not null) as "checked!"
           from unit u join section s on s.id = u.section_id join film f on f.id = u.film_id
             join organisation o on o.id = u.organisation_id
           where u.course_id = $1 and u.removed_at is null order by s.position, u.position, u.id"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let film = rows.into_iter().map(|row| {
        let state = State::from_word(&row.state);
        let captioned = !row.captions.is_empty();
        let made = matches!(state, State::Queued | State::Transcoding | State::Ready);
        DraftFilm {
            unit: UnitId(row.id),
            title: row.title,
            film: FilmId(row.film),
            state,
            captioned,
            checked: row.checked,
            captions: row.captions,
            fit: made && (captioned || !row.school),
        }
    });
    Ok(film.collect())
}

/// How the draft differs from the newest version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Titles of new units.
    pub added: Vec<String>,
    /// Titles of units with another title, text, in whichever language, film, time, section or test.
    pub changed: Vec<String>,
    /// Titles of units that are gone.
    pub removed: Vec<String>,
    /// Whether units that stay come in another order.
    pub reordered: bool,
    /// Whether title or summary, in whichever language, or the language of the course changed.
    pub card: bool,
}

impl Changes {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What publishing would change for learners; `None` before the first version.
pub async fn changes(tx: &mut Tx, proof: &Taught) -> Result<Option<Changes>, Error> {
    let head = sqlx::query!(
        r#"select v.id, (c.title, c.summary, c.language) is distinct from (v.title, v.summary, v.language)
                    or (select string_agg(concat_ws(E'\x01', t.language, t.title, t.summary), E'\x02' order by t.language)
                        from course_translation t where t.course_id = c.id and t.language <> c.language)
                       is distinct from
                       (select string_agg(concat_ws(E'\x01', t.language, t.title, t.summary), E'\x02' order by t.language)
                        from version_title t where t.version_id = v.id) as "card!"
           from course c join course_version v on v.id = c.published_version_id where c.id = $1"#,
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(head) = head else { return Ok(None) };
    let rows = sqlx::query!(
        r#"with draft as (
             select u.id, u.title, u.minutes, u.markdown, u.film_id, u.film_percent, s.title as section_title,
                    row_number() over (order by s.position, s.id, u.position, u.id) as at
             from unit u join section s on s.id = u.section_id where u.course_id = $2 and u.removed_at is null),
           shown as (select * from version_unit where version_id = $1)
           select coalesce(d.title, v.title) as "title!", v.unit_id is null as "added!", d.id is null as "removed!",
                  (d.title, d.minutes, d.markdown, d.film_id, d.film_percent, d.section_title)
                    is distinct from (v.title, v.minutes, v.markdown, v.film_id, v.film_percent, v.section_title) as "changed!",
                  v.position as "before?"
           from draft d full join shown v on v.unit_id = d.id order by d.at nulls last, v.position"#,
        head.id,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let mut changes = Changes { card: head.card, ..Changes::default() };
    let mut last = 0;
    for row in rows {
        if row.added {
            changes.added.push(row.title);
        } else if row.removed {
            changes.removed.push(row.title);
        } else {
            let before = row.before.unwrap_or(0);
            changes.reordered |= before < last;
            last = last.max(before);
            if row.changed {
                changes.changed.push(row.title);
            }
        }
    }
    let mut more = store::changed(tx, proof, VersionId(head.id)).await?;
    more.extend(translation::changed(tx, proof, VersionId(head.id)).await?);
    more.extend(translated::changed(tx, proof, VersionId(head.id)).await?);
    for title in more {
        if !changes.changed.contains(&title) {
            changes.changed.push(title);
        }
    }
    Ok(Some(changes))
}

/// What a version asks of those who finished an earlier one, or are in the middle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asks {
    /// Nothing: whoever is done stays done.
    #[default]
    Nothing,
    /// To take the course again.
    Again {
        /// Those in the middle begin anew; else they go on where they are.
        middle: bool,
        /// By when it is to be done; `None`: as the rules say.
        by: Option<Date>,
    },
}

/// Freezes the draft as the next version, which asks nothing of those who are done. Answers its number.
///
/// Errors: `NothingToPublish` when there is no unit, or one has neither text nor film nor test; `FilmsNotReady`; `TestNotReady`;
/// `FindingsInTheWay`; `ReviewFirst`. Nothing is written then.
pub async fn publish(tx: &mut Tx, proof: &Taught) -> Result<i32, Error> {
    publish_as(tx, proof, Asks::Nothing).await
}

/// The same with what the version asks for; the takings follow in the same transaction. A plan to publish it later is thereby over.
///
/// Errors: as `publish`; `Invalid` on `redo_by` for a day that is past.
pub async fn publish_as(tx: &mut Tx, proof: &Taught, asks: Asks) -> Result<i32, Error> {
    let person = tx.person()?;
    let (_, number) = publish_for(tx, proof, person, asks).await?;
    plan::overtaken(tx, proof).await?;
    Ok(number)
}

/// The same in the name of a person who asked for it before. Errors: as `publish_as`.
pub(crate) async fn publish_for(
    tx: &mut Tx,
    proof: &Taught,
    person: PersonId,
    asks: Asks,
) -> Result<(VersionId, i32), Error> {
    let (change, middle, redo_by) = match asks {
        Asks::Nothing => ("minor", "go_on", None),
        Asks::Again { middle: false, by } => ("major", "go_on", by),
        Asks::Again { middle: true, by } => ("major", "begin_again", by),
    };
    let today = day::today(tx).await?;
    if redo_by.is_some_and(|by| by < today) {
        return Err(Error::field("redo_by", Problem::Malformed));
    }
    let organisation = tx.organisation()?;
    // One at a time: the number of the next version is read under this lock, and nobody saves until it is over.
    let course =
        sqlx::query!("select title, summary, language from course where id = $1 for update", proof.id().0)
            .fetch_one(tx.connection())
            .await?;
    draft::hold(tx, proof).await?;
    let outline = outline::draft(tx, proof).await?;
    let units: Vec<_> =
        outline.iter().flat_map(|section| section.units.iter().map(move |unit| (section, unit))).collect();
    let is_empty = |unit: &outline::UnitLine| !unit.has_text && unit.film.is_none() && !unit.has_test;
    if units.is_empty() || units.iter().any(|(_, unit)| is_empty(unit)) {
        return Err(Error::NothingToPublish);
    }
    if films(tx, proof).await?.iter().any(|film| !film.fit) {
        return Err(Error::FilmsNotReady);
    }
    let waivers = check::pass(tx, proof).await?;
    let hash = draft::hash_with(tx, proof, &waivers).await?;
    let review = review::approval(tx, proof, &hash).await?;
    let places = places_of(tx, proof, &outline).await?;
    let id = VersionId::new(tx.now());
    let number = sqlx::query_scalar!(
        r#"insert into course_version (id, organisation_id, course_id, number, title, summary, language, published_by, change, middle,
                                       redo_by, draft_hash, review_id)
           select $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, $6, $7, $8, $9, $10, $11, $12::uuid from course_version where course_id = $3
           returning number"#,
        id.0,
        organisation.0,
        proof.id().0,
        course.title,
        course.summary,
        course.language,
        person.0,
        change,
        middle,
        redo_by,
        hash.to_vec(),
        review,
    )
    .fetch_one(tx.connection())
    .await?;
    for (position, (section, line)) in (1..).zip(&units) {
        let unit = outline::unit(tx, proof, line.id).await?;
        let rendered = markdown::render(&unit.markdown, &places);
        sqlx::query!(
            "insert into version_unit (organisation_id, version_id, unit_id, position, section_title, slug, title, minutes,
                                       markdown, html, film_id, film_percent)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            organisation.0,
            id.0,
            unit.id.0,
            position,
            section.title,
            unit.slug,
            unit.title,
            unit.minutes,
            unit.markdown,
            rendered.html,
            unit.film.map(|film| film.0),
            unit.film_percent,
        )
        .execute(tx.connection())
        .await?;
    }
    store::freeze(tx, proof, id).await?;
    translated::freeze(tx, proof, id).await?;
    waiver::record(tx, id, &waivers).await?;
    translation::freeze(tx, proof, id, &places).await?;
    title::freeze(tx, proof, id).await?;
    sqlx::query!(
        "update course set published_version_id = $2, state = 'published' where id = $1",
        proof.id().0,
        id.0
    )
    .execute(tx.connection())
    .await?;
    crate::told::published(tx, proof, person, number).await?;
    crate::offer::newer::published(tx, proof).await?;
    crate::offer::films::overtaken(tx, proof).await?;
    if let Asks::Again { middle, .. } = asks {
        assign::begin_again(tx, proof.id(), middle).await?;
    }
    assign::settle(tx, Some(proof.id())).await?;
    audit::record(
        tx,
        "published",
        "course",
        proof.id().0,
        json!({ "version": number, "units": units.len(), "change": change }),
    )
    .await?;
    Ok((id, number))
}

//! A course made of another one, and a unit that is used in another course. A copy is its own text, test and film from then on;
//! where it came from is kept, so that its author hears when the original has changed.

use base::{Tx, audit};
use identity::permit::Author;
use serde_json::json;
use video::film::State;

use crate::course::{self, Card};
use crate::error::Error;
use crate::find::Taught;
use crate::outline::{self, UnitText};
use crate::quiz::{copied, pool, store};
use crate::{SectionId, UnitId, film, media, publish, seen, title, translation};

/// What a copy takes along of a course or a unit, and what stays behind.
#[derive(Clone, Debug, Default)]
pub struct Along {
    /// So many units.
    pub units: usize,
    /// So many units that have a test.
    pub tests: usize,
    /// So many questions.
    pub questions: usize,
    /// So many pictures.
    pub pictures: usize,
    /// Titles of units whose film comes along.
    pub films: Vec<String>,
    /// Titles of units whose film stays behind, because it is not ready.
    pub left: Vec<String>,
}

/// What a copy of the course would take along.
pub async fn along(tx: &mut Tx, proof: &Taught) -> Result<Along, Error> {
    let units = outline::draft(tx, proof).await?.iter().map(|section| section.units.len()).sum();
    let mut along = Along {
        units,
        tests: store::units(tx, proof).await?.len(),
        questions: store::bank(tx, proof).await?.len(),
        pictures: media::all(tx, proof).await?.len(),
        ..Along::default()
    };
    sort_films(&mut along, publish::films(tx, proof).await?);
    Ok(along)
}

/// What a copy of the unit would take along.
pub async fn along_with(tx: &mut Tx, proof: &Taught, unit: UnitId) -> Result<Along, Error> {
    let kept = outline::unit(tx, proof, unit).await?;
    let test = store::draft(tx, proof, unit).await?;
    let drawn = pool::of_unit(tx, proof, unit).await?.len();
    let questions = test.as_ref().map_or(0, |(_, questions)| questions.len() + drawn);
    let pictures = media::shown_by(tx, proof, &kept).await?.len();
    let mut along =
        Along { units: 1, tests: usize::from(test.is_some()), questions, pictures, ..Along::default() };
    let films = publish::films(tx, proof).await?;
    sort_films(&mut along, films.into_iter().filter(|film| film.unit == unit).collect());
    Ok(along)
}

fn sort_films(along: &mut Along, films: Vec<publish::DraftFilm>) {
    for film in films {
        let ready = film.state == State::Ready;
        (if ready { &mut along.films } else { &mut along.left }).push(film.title);
    }
}

/// Makes a course with the sections, units, tests, questions, films, texts in other languages and pictures of this one; the acting
/// person teaches it. Its people, versions and progress stay behind, and so do films that are not ready. A film of the copy is a film
/// of its own that shares the bytes: whoever changes or removes one leaves the other as it is.
///
/// Errors: `Invalid` on `title`.
pub async fn course(tx: &mut Tx, author: &Author, proof: &Taught, title: &str) -> Result<Taught, Error> {
    let old =
        sqlx::query!("select summary, language, author from course where id = $1 for share", proof.id().0)
            .fetch_one(tx.connection())
            .await?;
    let card = Card {
        title: title.to_owned(),
        summary: old.summary,
        language: old.language,
        author: old.author,
        ..Card::default()
    };
    let copy = course::create(tx, author, &card).await?;
    copied::bank(tx, proof, &copy).await?;
    title::copy(tx, proof, &copy).await?;
    let mut films = Vec::new();
    for section in outline::draft(tx, proof).await? {
        let new = outline::add_section(tx, &copy, &section.title).await?;
        for line in section.units {
            let unit = unit_into(tx, proof, line.id, (&copy, new), &[]).await?;
            if let Some(film) = line.film {
                films.extend(outline::unit(tx, &copy, unit).await?.film.map(|own| (film, own)));
            }
        }
    }
    film::share_companions(tx, proof, &copy, &films).await?;
    media::share(tx, proof, &copy).await?;
    audit::record(tx, "copied", "course", copy.id().0, json!({ "from": proof.id() })).await?;
    Ok(copy)
}

/// Puts a copy of a unit at the end of a section of another course, with its test, its film, and the pictures that both show.
///
/// Errors: `NotFound`; `Invalid` on `section` for one of another course.
pub async fn unit(
    tx: &mut Tx,
    from: &Taught,
    unit: UnitId,
    to: &Taught,
    section: SectionId,
) -> Result<UnitId, Error> {
    let sections = outline::draft(tx, to).await?;
    if !sections.iter().any(|one| one.id == section) {
        return Err(Error::field("section", identity::Problem::Unknown));
    }
    if from.id() == to.id() {
        let copy = unit_into(tx, from, unit, (to, section), &[]).await?;
        audit::record(tx, "copied", "unit", copy.0, json!({ "from": unit })).await?;
        return Ok(copy);
    }
    // A picture that is another one there comes under another name: places on a picture are of that picture alone.
    let old = outline::unit(tx, from, unit).await?;
    let renames = media::clashes(tx, from, &old, to).await?;
    media::share_as(tx, from, to, &renames).await?;
    let copy = unit_into(tx, from, unit, (to, section), &renames).await?;
    media::share_shown(tx, from, to, copy).await?;
    audit::record(tx, "copied", "unit", copy.0, json!({ "from": unit })).await?;
    Ok(copy)
}

async fn unit_into(
    tx: &mut Tx,
    from: &Taught,
    id: UnitId,
    (to, section): (&Taught, SectionId),
    renames: &[(String, String)],
) -> Result<UnitId, Error> {
    let old = outline::unit(tx, from, id).await?;
    let markdown = media::renamed(&old.markdown, renames);
    let text = UnitText { title: old.title.clone(), minutes: old.minutes, markdown };
    let slug = outline::free_slug(tx, to, &old.slug).await?;
    let copy = outline::insert_unit(tx, to, section, &slug, &text).await?;
    if old.film_percent.is_some() {
        seen::ask(tx, to, copy, old.film_percent).await?;
    }
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let (before, now) = (
        translation::original_hash(&old.title, &old.markdown).to_vec(),
        translation::original_hash(&text.title, &text.markdown).to_vec(),
    );
    sqlx::query!(
        "insert into unit_origin (unit_id, organisation_id, origin_unit_id, origin_course_id, text_hash, copied_by)
         values ($1, $2, $3, $4, $5, $6)",
        copy.0,
        organisation.0,
        id.0,
        from.id().0,
        before,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    // Pictures under other names make another text of the original; what followed it follows it still.
    sqlx::query!(
        "insert into unit_translation (organisation_id, unit_id, language, title, markdown, based_on_hash, updated_by)
         select organisation_id, $2, language, title, markdown, case when based_on_hash = $4 then $5 else based_on_hash end, $3
         from unit_translation where unit_id = $1",
        id.0,
        copy.0,
        person.0,
        before,
        now,
    )
    .execute(tx.connection())
    .await?;
    for (name, new) in renames {
        sqlx::query!(
            "update unit_translation set markdown = replace(markdown, 'media/' || $2::text, 'media/' || $3::text) where unit_id = $1",
            copy.0,
            name,
            new,
        )
        .execute(tx.connection())
        .await?;
    }
    copied::test(tx, (from, id), (to, copy), renames).await?;
    film::share(tx, from, &old, copy).await?;
    Ok(copy)
}

/// Where a unit came from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The original.
    pub unit: UnitId,
    /// Its title.
    pub title: String,
    /// Its course's title.
    pub course: String,
    /// Its course's name in addresses.
    pub slug: String,
    /// Whether the original's text is another one than was taken or last looked at.
    pub changed: bool,
    /// Whether the original is in its course's draft no more.
    pub gone: bool,
    /// The original's text.
    pub markdown: String,
}

/// The origin of a unit, when it was copied.
pub async fn origin(tx: &mut Tx, _: &Taught, unit: UnitId) -> Result<Option<Origin>, Error> {
    let row = sqlx::query!(
        r#"select o.origin_unit_id, o.text_hash, u.title, u.markdown, u.removed_at is not null as "gone!", c.title as course, c.slug
           from unit_origin o join unit u on u.id = o.origin_unit_id join course c on c.id = o.origin_course_id
           where o.unit_id = $1"#,
        unit.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| Origin {
        unit: UnitId(row.origin_unit_id),
        changed: row.text_hash != translation::original_hash(&row.title, &row.markdown),
        title: row.title,
        course: row.course,
        slug: row.slug,
        gone: row.gone,
        markdown: row.markdown,
    }))
}

/// The original was looked at as it is now: it counts as unchanged again. Errors: `NotFound` for a unit that is no copy.
pub async fn seen(tx: &mut Tx, proof: &Taught, unit: UnitId) -> Result<(), Error> {
    outline::unit(tx, proof, unit).await?;
    let origin = origin(tx, proof, unit).await?.ok_or(Error::NotFound)?;
    sqlx::query!(
        "update unit_origin set text_hash = $2 where unit_id = $1",
        unit.0,
        translation::original_hash(&origin.title, &origin.markdown).to_vec()
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

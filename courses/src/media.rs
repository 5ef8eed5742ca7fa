//! Pictures of a course. A replaced picture stays for the versions that were published with it.

use base::{Blobs, Tx, audit};
use bytes::Bytes;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::error::Error;
use crate::find::{Found, Taught};
use crate::outline::Unit;
use crate::quiz::{pool, store, translated};
use crate::{MediaId, UnitId, translation};

/// Most bytes of a picture.
pub const MOST_BYTES: usize = 10 << 20;

/// A picture of a course.
#[derive(Clone, Debug)]
pub struct Media {
    /// Its id.
    pub id: MediaId,
    /// Its name: the Markdown says `media/<name>`.
    pub name: String,
    /// Its media type, by its first bytes.
    pub media_type: String,
    /// Its size, in bytes.
    pub size_bytes: i64,
}

/// The media type of a picture by its first bytes; its name is not believed.
pub fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// A name that is safe in addresses, made of a file's name.
pub fn tidy_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_lowercase();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, "png"));
    format!("{}.{}", crate::slug::of(stem, 80), crate::slug::of(ending, 8))
}

/// Adds a picture, in place of one of the same name. Errors: `NotAPicture`.
pub async fn add(
    tx: &mut Tx,
    blobs: &Blobs,
    proof: &Taught,
    name: &str,
    bytes: Bytes,
) -> Result<Media, Error> {
    if bytes.len() > MOST_BYTES {
        return Err(Error::NotAPicture);
    }
    let media_type = picture_type(&bytes).ok_or(Error::NotAPicture)?;
    let (organisation, course, id, name) =
        (tx.organisation()?, proof.id(), MediaId::new(tx.now()), tidy_name(name));
    let sha256 = Sha256::digest(&bytes).to_vec();
    let size_bytes = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let key = format!("courses/{organisation}/{course}/media/{id}");
    blobs.put(&key, media_type, bytes).await?;
    sqlx::query!("select id from course where id = $1 for update", course.0)
        .fetch_one(tx.connection())
        .await?;
    sqlx::query!(
        "update media set replaced_at = moment() where course_id = $1 and name = $2 and replaced_at is null",
        course.0,
        name
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into media (id, organisation_id, course_id, name, media_type, size_bytes, sha256, blob_key)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        organisation.0,
        course.0,
        name,
        media_type,
        size_bytes,
        sha256,
        key,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!("update course set updated_at = moment() where id = $1", course.0)
        .execute(tx.connection())
        .await?;
    audit::record(tx, "added_picture", "course", course.0, json!({ "name": name })).await?;
    Ok(Media { id, name, media_type: media_type.to_owned(), size_bytes })
}

/// The pictures of the draft.
pub async fn all(tx: &mut Tx, proof: &Taught) -> Result<Vec<Media>, Error> {
    let rows = sqlx::query!(
        "select id, name, media_type, size_bytes from media where course_id = $1 and replaced_at is null order by name",
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let media = rows.into_iter().map(|row| Media {
        id: MediaId(row.id),
        name: row.name,
        media_type: row.media_type,
        size_bytes: row.size_bytes,
    });
    Ok(media.collect())
}

/// Gives another course the pictures of this one. The bytes are the same objects of the store, which are never changed.
pub(crate) async fn share(tx: &mut Tx, from: &Taught, to: &Taught) -> Result<(), Error> {
    let names: Vec<String> = all(tx, from).await?.into_iter().map(|picture| picture.name).collect();
    share_named(tx, from, to, &names).await
}

/// The same for those that a unit shows and the other course has no picture of that name for.
pub(crate) async fn share_shown(tx: &mut Tx, from: &Taught, to: &Taught, unit: UnitId) -> Result<(), Error> {
    let unit = crate::outline::unit(tx, to, unit).await?;
    let there = all(tx, to).await?;
    let pictures = all(tx, from).await?;
    let shown = shown(tx, to, &unit, pictures).await?;
    let names: Vec<String> =
        shown.into_iter().filter(|name| !there.iter().any(|picture| picture.name == *name)).collect();
    share_named(tx, from, to, &names).await
}

/// Pictures of a unit whose names mean other pictures in the other course: the name here, and the one that it gets there.
pub(crate) async fn clashes(
    tx: &mut Tx,
    from: &Taught,
    unit: &Unit,
    to: &Taught,
) -> Result<Vec<(String, String)>, Error> {
    let shown = shown_by(tx, from, unit).await?;
    let names = sqlx::query_scalar!(
        "select a.name from media a join media b on b.course_id = $2 and b.name = a.name and b.replaced_at is null
         where a.course_id = $1 and a.replaced_at is null and a.sha256 <> b.sha256 and a.name = any($3::text[]) order by a.name",
        from.id().0,
        to.id().0,
        &shown,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut taken: Vec<String> = all(tx, to).await?.into_iter().map(|picture| picture.name).collect();
    let mut renames = Vec::new();
    for name in names {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, "png"));
        let mut free = (2..).map(|number| format!("{stem}-{number}.{ending}"));
        let free = free.find(|free| !taken.contains(free)).unwrap_or_default();
        taken.push(free.clone());
        renames.push((name, free));
    }
    Ok(renames)
}

/// A text with the new names of its pictures.
pub(crate) fn renamed(text: &str, renames: &[(String, String)]) -> String {
    let rename = |text: String, (old, new): &(String, String)| {
        text.replace(&format!("media/{old}"), &format!("media/{new}"))
    };
    renames.iter().fold(text.to_owned(), rename)
}

/// The names of the pictures that a unit shows, in its text or in its test with what that draws, in whichever language.
pub(crate) async fn shown_by(tx: &mut Tx, proof: &Taught, unit: &Unit) -> Result<Vec<String>, Error> {
    let pictures = all(tx, proof).await?;
    shown(tx, proof, unit, pictures).await
}

async fn shown(tx: &mut Tx, proof: &Taught, unit: &Unit, pictures: Vec<Media>) -> Result<Vec<String>, Error> {
    let mut text = unit.markdown.clone();
    for other in translation::texts(tx, proof).await?.into_iter().filter(|other| other.unit == unit.id) {
        text.push_str(&other.markdown);
    }
    if let Some((settings, mut questions)) = store::draft(tx, proof, unit.id).await? {
        questions.extend(pool::of_unit(tx, proof, unit.id).await?);
        text.push_str(&store::kept(&settings)?.to_string());
        text.push_str(&store::kept(&questions)?.to_string());
        for one in translated::all(tx, proof).await? {
            if questions.iter().any(|question| question.key == one.question.key) {
                text.push_str(&store::kept(&one.texts)?.to_string());
            }
        }
    }
    let names = pictures.into_iter().map(|picture| picture.name);
    Ok(names.filter(|name| text.contains(&format!("media/{name}"))).collect())
}

async fn share_named(tx: &mut Tx, from: &Taught, to: &Taught, names: &[String]) -> Result<(), Error> {
    let same: Vec<(String, String)> = names.iter().map(|name| (name.clone(), name.clone())).collect();
    share_as(tx, from, to, &same).await
}

/// The same under other names.
pub(crate) async fn share_as(
    tx: &mut Tx,
    from: &Taught,
    to: &Taught,
    names: &[(String, String)],
) -> Result<(), Error> {
    for (name, new) in names {
        let id = MediaId::new(tx.now());
        sqlx::query!(
            "insert into media (id, organisation_id, course_id, name, media_type, size_bytes, sha256, blob_key)
             select $1, organisation_id, $2, $5, media_type, size_bytes, sha256, blob_key from media
             where course_id = $3 and name = $4 and replaced_at is null",
            id.0,
            to.id().0,
            from.id().0,
            name,
            new,
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}

/// Takes a picture out of the draft. Errors: `NotFound`.
pub async fn remove(tx: &mut Tx, proof: &Taught, id: MediaId) -> Result<(), Error> {
    let gone = sqlx::query!(
        "update media set replaced_at = moment() where id = $1 and course_id = $2 and replaced_at is null",
        id.0,
        proof.id().0
    )
    .execute(tx.connection())
    .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "removed_picture", "course", proof.id().0, json!({ "media": id })).await?)
}

/// The blob and media type of a picture that the person may see: those who take or teach the course.
pub async fn blob(tx: &mut Tx, found: &Found, id: MediaId) -> Result<(String, String), Error> {
    if !found.is_enrolled() && !found.is_taught() {
        return Err(Error::NotFound);
    }
    let row = sqlx::query!(
        "select blob_key, media_type from media where id = $1 and course_id = $2",
        id.0,
        found.id().0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok((row.blob_key, row.media_type))
}

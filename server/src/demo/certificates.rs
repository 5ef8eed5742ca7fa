//! Certificates for the demonstration: one that counts, one that has expired, one that was revoked. Whoever holds them took the course
//! as anybody does: read every unit, answered the tests, passed. The one that has expired was earned under the clock of that day.

use std::collections::HashMap;

use anyhow::{Context as _, bail};
use base::{Clock, Db, OrganisationId};
use courses::quiz::text::shown_number;
use courses::quiz::{
    Gap, Kind, Question, Shown, ShownGap, ShownKind, ShownOption, attempt, begin, finish, store, take,
};
use courses::{Taken, Taught, certificate, find, folder, learn};
use identity::session::{self, ClientKind};
use identity::{Author, SignedIn, sign_in};
use time::Duration;

use super::{Course, House, PASSWORD};
use crate::ground::Ground;

/// A person who finished a course.
pub struct Finished<'a> {
    /// Login.
    pub login: &'a str,
    /// So many days ago; 0: today.
    pub days_ago: i64,
    /// Why the certificate was revoked.
    pub revoked: Option<&'a str>,
}

/// The database under the clock of a day that is past.
pub fn earlier(ground: &Ground, days: i64) -> Db {
    let clock = Clock::system();
    clock.advance(ground.db.clock().offset() - Duration::days(days));
    ground.db.by(clock)
}

/// Has those of the course finish it who have not yet.
///
/// Errors: a person of the demonstration is missing, or a test of it cannot be passed.
pub async fn load(
    ground: &Ground,
    house: &House<'_>,
    organisation: OrganisationId,
    course: &Course<'_>,
) -> anyhow::Result<()> {
    let author = crate::course::named(ground, organisation, house.author).await?;
    let author = session::at_the_terminal(organisation, author);
    for one in course.finished {
        let mut tx = ground.db.begin(&author).await?;
        let taught = folder::taught(&mut tx, &Author::at_the_terminal(), course.slug).await?;
        let taught = taught.with_context(|| format!("there is no {}", course.slug))?;
        let person = crate::course::named(ground, organisation, one.login).await?;
        let issued = certificate::of_course(&mut tx, &taught).await?;
        if issued.iter().any(|known| known.holder.as_ref().is_some_and(|holder| holder.person == person)) {
            continue;
        }
        let key = store::bank(&mut tx, &taught).await?;
        drop(tx);
        let key: HashMap<String, Question> =
            key.into_iter().map(|question| (question.text.clone(), question)).collect();
        let Some(me) = signed_in(ground, house, one.login).await? else { continue };
        let db = earlier(ground, one.days_ago);
        let new = finished(&db, &me, course.slug, &key).await.with_context(|| one.login.to_owned())?;
        if let (true, Some(reason)) = (new, one.revoked) {
            let mut tx = ground.db.begin(&author).await?;
            revoke(&mut tx, &taught, &me, reason).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// The person, signed in as at the page; the session ends at once. `None` for one who has another password by now.
pub(super) async fn signed_in(
    ground: &Ground,
    house: &House<'_>,
    login: &str,
) -> anyhow::Result<Option<SignedIn>> {
    let name = format!("{login}@{}", house.slug);
    let begun = sign_in::sign_in(&ground.db, &name, PASSWORD, ClientKind::Browser, "demonstration").await;
    let session = match begun {
        Ok((session, _)) => session,
        Err(identity::Error::WrongNameOrPassword) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let Some((mut tx, me)) = session::open_by_id(&ground.db, session).await? else { return Ok(None) };
    session::end(&mut tx, session).await?;
    tx.commit().await?;
    Ok(Some(me))
}

/// Reads every unit and passes every test; answers whether there was anything to finish.
async fn finished(
    db: &Db,
    me: &SignedIn,
    course: &str,
    key: &HashMap<String, Question>,
) -> anyhow::Result<bool> {
    let mut tx = db.begin(&session::at_the_terminal(me.organisation, me.person)).await?;
    let taken = find::course(&mut tx, me, course).await?.for_taking()?;
    let outline = learn::outline(&mut tx, &taken).await?;
    // Nobody finishes what was not published by then: the course of an older demonstration stays as it is.
    if outline.ever_finished || outline.published_at > tx.now() {
        return Ok(false);
    }
    for unit in outline.units {
        let reading = learn::read(&mut tx, &taken, &unit.slug).await?;
        learn::open(&mut tx, &taken, reading.id).await?;
        match reading.test {
            None => learn::finish(&mut tx, &taken, &unit.slug).await?,
            Some(_) => pass(&mut tx, &taken, &unit.slug, key).await?,
        }
    }
    if !learn::outline(&mut tx, &taken).await?.finished {
        bail!("{course} is not finished by reading everything and passing every test");
    }
    tx.commit().await?;
    Ok(true)
}

async fn pass(
    tx: &mut base::Tx,
    taken: &Taken,
    unit: &str,
    key: &HashMap<String, Question>,
) -> anyhow::Result<()> {
    let id = begin::start(tx, taken, unit).await?;
    let attempt = attempt::one(tx, taken, unit, id, "").await?;
    for position in 1..=attempt.len() {
        let Some(shown) = attempt.shown(position) else { continue };
        let question = key.get(&shown.text).with_context(|| format!("nobody wrote {:?}", shown.text))?;
        let given = take::Given {
            position,
            fields: right(&shown, question),
            certainty: None,
            flagged: None,
            seen: 0,
            key: None,
            waited_ms: 0,
        };
        take::answer(tx, &attempt, &given).await?;
    }
    Ok(finish::submit(tx, &attempt).await?)
}

/// What somebody answers who knows: the fields of the form as it is shown.
fn right(shown: &Shown, question: &Question) -> Vec<(String, String)> {
    let named = |options: &[ShownOption], text: &str| {
        options.iter().find(|option| option.text == text).map(|option| option.name.to_string())
    };
    let field = |name: String, value: Option<String>| value.map(|value| (name, value));
    let first = |texts: &[String]| texts.first().cloned();
    match (&shown.kind, &question.kind) {
        (
            ShownKind::Single { options } | ShownKind::Multiple { options },
            Kind::Single { options: all } | Kind::Multiple { options: all },
        ) => {
            let chosen = all.iter().filter(|option| option.right);
            chosen.filter_map(|option| field("choice".to_owned(), named(options, &option.text))).collect()
        }
        (ShownKind::TrueFalse, Kind::TrueFalse { answer, .. }) => {
            vec![("truth".to_owned(), answer.to_string())]
        }
        (ShownKind::Short, Kind::Short { accepted, .. }) => {
            field("text".to_owned(), first(accepted)).into_iter().collect()
        }
        (ShownKind::Number { .. }, Kind::Number { value, .. }) => {
            vec![("number".to_owned(), shown_number(*value))]
        }
        (ShownKind::Matching { left, right }, Kind::Matching { pairs, .. }) => (1..)
            .zip(left)
            .filter_map(|(number, left): (usize, _)| {
                let (_, side) = pairs.iter().find(|(known, _)| known == left)?;
                field(format!("pair-{number}"), named(right, side))
            })
            .collect(),
        (ShownKind::Ordering { items }, Kind::Ordering { items: order }) => items
            .iter()
            .filter_map(|item| {
                let place = order.iter().position(|text| *text == item.text)? + 1;
                Some((format!("place-{}", item.name), place.to_string()))
            })
            .collect(),
        (ShownKind::Gaps { gaps }, Kind::Gaps { gaps: all, .. }) => (1..)
            .zip(gaps.iter().zip(all))
            .filter_map(|(number, (gap, known)): (usize, _)| {
                let value = match (gap, known) {
                    (ShownGap::Words, Gap::Words { accepted }) => first(accepted),
                    (ShownGap::Choice { options }, Gap::Choice { options: all, right }) => {
                        named(options, all.get(*right)?)
                    }
                    _ => None,
                };
                field(format!("gap-{number}"), value)
            })
            .collect(),
        (ShownKind::Hotspot { areas, .. }, Kind::Hotspot { areas: all, .. }) => areas
            .iter()
            .filter(|area| all.iter().any(|known| known.right && known.name == area.text))
            .map(|area| ("choice".to_owned(), area.name.to_string()))
            .collect(),
        _ => Vec::new(),
    }
}

/// Revokes the person's newest certificate of the course.
async fn revoke(tx: &mut base::Tx, taught: &Taught, me: &SignedIn, reason: &str) -> anyhow::Result<()> {
    let all = certificate::of_course(tx, taught).await?;
    let theirs = all.iter().find(|one| one.holder.as_ref().is_some_and(|holder| holder.person == me.person));
    let theirs = theirs.with_context(|| format!("{} has no certificate", me.name))?;
    Ok(certificate::revoke(tx, taught, theirs.id, reason).await?)
}

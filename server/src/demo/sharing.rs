//! The shared catalogue of the demonstration: what the town hall offers to the other organisations, and what the school made of it,
//! with people and a deadline of its own.

use anyhow::{Context as _, bail};
use base::OrganisationId;
use courses::enrolment::{self, Target};
use courses::folder;
use courses::offer::seen::{self, Adopter};
use courses::offer::{self, adopt};
use courses::plan::Refusal;
use courses::rule::{Due, Rule};
use identity::{Author, session, unit};

use super::{Course, House, certificates};
use crate::ground::Ground;

/// A course that a house adopts.
pub struct Adopted<'a> {
    /// Its title at the publisher's.
    pub title: &'a str,
    /// The units whose people have to take it.
    pub units: &'a [&'a str],
    /// In how many days from the assignment.
    pub days: i32,
}

/// Puts the course into the shared catalogue, unless it was offered before; one that somebody withdrew stays withdrawn.
pub async fn offer(
    ground: &Ground,
    house: &House<'_>,
    organisation: OrganisationId,
    course: &Course<'_>,
) -> anyhow::Result<()> {
    if !course.offered {
        return Ok(());
    }
    let author = crate::course::named(ground, organisation, house.author).await?;
    let mut tx = ground.db.begin(&session::at_the_terminal(organisation, author)).await?;
    let taught = folder::taught(&mut tx, &Author::at_the_terminal(), course.slug).await?;
    let taught = taught.with_context(|| format!("there is no {}", course.slug))?;
    if offer::standing(&mut tx, &taught).await?.is_none() {
        offer::make(&mut tx, &taught, &[]).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Adopts what the house has not adopted yet, and directs it at its people.
///
/// Errors: the course is not offered, or cannot be published as it was adopted. One with films waits for them.
pub async fn adopt(ground: &Ground, house: &House<'_>, organisation: OrganisationId) -> anyhow::Result<()> {
    for one in house.adopted {
        // Whoever has another password by now does it themselves.
        let Some(me) = certificates::signed_in(ground, house, house.author).await? else { continue };
        let adopter = Adopter::of(&me)?;
        let mut tx = ground.db.begin(&session::at_the_terminal(organisation, me.person)).await?;
        let offers = seen::all(&mut tx, &adopter).await?;
        let offer = offers.into_iter().find(|offer| offer.title == one.title);
        let offer = offer.with_context(|| format!("nobody offers {}", one.title))?;
        if offer.adopted.is_some() {
            continue;
        }
        let made = adopt::adopt(&mut tx, &ground.blobs, &adopter, offer.id, offer.version, false).await?;
        // Films are copied by the workers; the course publishes itself when they have come.
        if let Some(why) = made.waits.filter(|why| *why != Refusal::Films) {
            bail!("{} cannot be published: {why:?}", one.title);
        }
        let rule = Rule { mandatory: true, due: Due::After(one.days), valid_months: None };
        for unit in unit::all(&mut tx).await? {
            if one.units.contains(&unit.name.as_str()) {
                enrolment::direct(&mut tx, &made.course, Target::Unit(unit.id), &rule).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(())
}

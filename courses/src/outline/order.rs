//! Moving sections and units of a draft past their neighbours.

use base::Tx;

use super::{draft, touch};
use crate::error::Error;
use crate::find::Taught;
use crate::{SectionId, UnitId};

/// Which way something moves in the outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Towards the beginning.
    Up,
    /// Towards the end.
    Down,
}

/// Moves a section past its neighbour; at the end of the way nothing happens.
pub async fn move_section(tx: &mut Tx, proof: &Taught, id: SectionId, step: Step) -> Result<(), Error> {
    touch(tx, proof).await?;
    let order = draft(tx, proof).await?;
    let at = order.iter().position(|section| section.id == id).ok_or(Error::NotFound)?;
    let Some(other) = neighbour(at, step, order.len()) else { return Ok(()) };
    sqlx::query!(
        "update section set position = (select position from section s where s.id in ($1, $2) and s.id <> section.id)
         where id in ($1, $2) and course_id = $3",
        id.0,
        order[other].id.0,
        proof.id().0
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Moves a unit past its neighbour, or into the neighbouring section at the edge of its own.
pub async fn move_unit(tx: &mut Tx, proof: &Taught, id: UnitId, step: Step) -> Result<(), Error> {
    touch(tx, proof).await?;
    let mut order = draft(tx, proof).await?;
    let section = order
        .iter()
        .position(|section| section.units.iter().any(|unit| unit.id == id))
        .ok_or(Error::NotFound)?;
    let at = order[section].units.iter().position(|unit| unit.id == id).ok_or(Error::NotFound)?;
    match neighbour(at, step, order[section].units.len()) {
        Some(other) => order[section].units.swap(at, other),
        None => {
            let Some(next) = neighbour(section, step, order.len()) else { return Ok(()) };
            let unit = order[section].units.remove(at);
            let place = if step == Step::Up { order[next].units.len() } else { 0 };
            order[next].units.insert(place, unit);
        }
    }
    for section in &order {
        for (position, unit) in (1..).zip(&section.units) {
            sqlx::query!(
                "update unit set position = $2, section_id = $3 where id = $1 and (position, section_id) is distinct from ($2, $3)",
                unit.id.0,
                position,
                section.id.0,
            )
            .execute(tx.connection())
            .await?;
        }
    }
    Ok(())
}

fn neighbour(at: usize, step: Step, length: usize) -> Option<usize> {
    match step {
        Step::Up => at.checked_sub(1),
        Step::Down => Some(at + 1).filter(|next| *next < length),
    }
}

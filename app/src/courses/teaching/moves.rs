//! Moving sections and units of a draft up and down.

use axum::extract::State;
use courses::outline::{self, Step};
use serde::Deserialize;

use crate::caller::Caller;
use crate::courses::taught;
use crate::problem::{Answer, Problem};
use crate::request::{At, Posted};
use crate::state::App;

/// Which button was pressed: `unit up <id>`.
#[derive(Debug, Deserialize)]
pub struct Pressed {
    #[serde(default)]
    act: String,
}

/// Moves one line one step.
pub async fn make(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(pressed): Posted<Pressed>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    let mut words = pressed.act.split(' ');
    let (Some(kind), Some(step), Some(id)) = (words.next(), words.next(), words.next()) else {
        return Err(Problem::Malformed);
    };
    let step = match step {
        "up" => Step::Up,
        "down" => Step::Down,
        _ => return Err(Problem::Malformed),
    };
    match kind {
        "unit" => {
            let unit = id.parse().map_err(|_| Problem::Malformed)?;
            outline::move_unit(&mut visit.tx, &proof, unit, step).await?;
        }
        "section" => {
            let section = id.parse().map_err(|_| Problem::Malformed)?;
            outline::move_section(&mut visit.tx, &proof, section, step).await?;
        }
        _ => return Err(Problem::Malformed),
    }
    visit.commit_and_go(&format!("/teaching/{slug}"), "moved").await
}

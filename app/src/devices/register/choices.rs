//! What forms of assets are chosen from.

use base::Tx;
use devices::register::{catalogue, names, purchase};
use identity::{DeviceClerk, DevicesReader};

use super::kind_name;
use crate::identity::people::form::unit_choices;
use crate::parts::Choice;
use crate::problem::Problem;
use words::{Language, identity as say};

/// Choices without the first, empty one.
#[derive(Debug, Default)]
pub struct Choices {
    /// Models with maker and kind.
    pub models: Vec<Choice>,
    /// Units (with the empty one).
    pub units: Vec<Choice>,
    /// People who can answer for an asset.
    pub custodians: Vec<Choice>,
    /// Places.
    pub places: Vec<Choice>,
    /// Purchases.
    pub lots: Vec<Choice>,
    /// Programmes, under their neutral names: a form is filled in with people standing by.
    pub programmes: Vec<Choice>,
}

impl Choices {
    /// For the filters of lists.
    pub async fn filters(tx: &mut Tx, proof: &DevicesReader) -> Result<Self, Problem> {
        let places = names::places(tx, proof).await?;
        let programmes = purchase::programmes(tx, proof).await?;
        Ok(Self {
            places: places.into_iter().map(|place| Choice::new(place.id.to_string(), place.name)).collect(),
            programmes: programmes.into_iter().map(|one| Choice::new(one.id.to_string(), one.name)).collect(),
            ..Self::default()
        })
    }

    /// For the form of an asset.
    pub async fn form(tx: &mut Tx, clerk: &DeviceClerk, language: Language) -> Result<Self, Problem> {
        let reader = clerk.reader();
        let models = names::models(tx, &reader).await?;
        let units = identity::unit::all(tx).await?;
        let custodians = catalogue::custodians(tx, clerk).await?;
        let lots = names::lots(tx, &reader).await?;
        Ok(Self {
            models: models
                .into_iter()
                .map(|(model, kind)| {
                    let name = format!("{} ({})", model.name, kind_name(language, kind));
                    Choice::new(model.id.to_string(), name)
                })
                .collect(),
            units: unit_choices(&units, say::none_chosen(language)),
            custodians: custodians.into_iter().map(|one| Choice::new(one.id.to_string(), one.name)).collect(),
            lots: lots.into_iter().map(|one| Choice::new(one.id.to_string(), one.name)).collect(),
            ..Self::filters(tx, &reader).await?
        })
    }
}

//! The register (ewidencja): makers, models, assets, purchases and who paid, places, SIM cards in devices.

pub mod asset;
pub mod catalogue;
pub mod export;
pub mod find;
pub mod found;
pub mod history;
pub mod import;
pub mod kind;
pub mod label;
pub mod names;
pub mod purchase;
pub mod sim;
pub mod state;
mod write;

pub use asset::{Asset, NewAsset};
pub use kind::{AssetKind, State};

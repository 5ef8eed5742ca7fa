//! The register (ewidencja): makers, models, assets, purchases and who paid, places, SIM cards in devices.

pub mod asset;
pub mod find;
pub mod kind;
pub mod label;

pub use asset::{Asset, NewAsset};
pub use kind::{AssetKind, State};

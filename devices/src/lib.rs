//! Devices: what the organisation has (`register`), who has it and until when (`loans`), and what happened to each
//! asset in order (`custody`).
//!
//! One table of loans, open and closed; PostgreSQL holds that an asset has one open loan at any moment, that nothing is
//! handed over without a signed protocol, and that what was signed stays. Whether a loan is overdue is computed.

pub mod applications;
pub mod custody;
pub mod error;
pub mod loans;
pub mod money;
pub mod number;
pub mod papers;
pub mod privacy;
pub mod register;
pub mod reports;
pub mod retention;
pub mod statistics;
pub mod stocktake;
pub mod table;

pub use error::Error;

base::id!(
    /// A maker of devices.
    MakerId
);
base::id!(
    /// A model of a maker.
    ModelId
);
base::id!(
    /// One thing in the register.
    AssetId
);
base::id!(
    /// A room, a store, a school building.
    PlaceId
);
base::id!(
    /// A purchase: one invoice, one price, one warranty.
    LotId
);
base::id!(
    /// A programme that pays for devices and says who may have them.
    ProgrammeId
);
base::id!(
    /// A loan-for-use agreement.
    AgreementId
);
base::id!(
    /// One asset on one agreement.
    LoanId
);
base::id!(
    /// A signed protocol.
    ProtocolId
);
base::id!(
    /// Something that ends, and every loan tied to it.
    DueEventId
);
base::id!(
    /// Damage, theft or loss that somebody reported.
    IncidentId
);
base::id!(
    /// What points of a programme are given for.
    CriterionId
);
base::id!(
    /// An application for a device.
    ApplicationId
);
base::id!(
    /// A stocktake.
    StocktakeId
);
base::id!(
    /// A report that was frozen.
    FrozenId
);

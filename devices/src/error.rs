//! What can be wrong, in this area's words. The names of constraints become variants here and nowhere else.

use identity::{FieldProblem, Problem};

/// Why an act of this area did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or cannot be reached.
    #[error("database: {0}")]
    Database(sqlx::Error),
    /// The object store refused or cannot be reached.
    #[error(transparent)]
    Blob(#[from] base::blob::BlobError),
    /// There is no such thing, or the one who asks may not know of it.
    #[error("not found")]
    NotFound,
    /// The one who asks may see it but not do this.
    #[error("not allowed")]
    NotAllowed,
    /// Somebody saved it meanwhile; it has this revision now.
    #[error("changed meanwhile, revision {0}")]
    ChangedMeanwhile(i32),
    /// Values that cannot be taken, all of them at once.
    #[error("invalid: {0:?}")]
    Invalid(Vec<FieldProblem>),
    /// The asset is lent, or was at the time that is named.
    #[error("the asset is lent at that time")]
    Lent,
    /// The person has a primary device already.
    #[error("the person has a primary device")]
    HasPrimary,
    /// The asset is prepared for somebody else.
    #[error("the asset is reserved for somebody else")]
    Reserved,
    /// The asset is not in stock (lost, in repair, to be wiped, scrapped).
    #[error("the asset is not in stock")]
    NotInStock,
    /// Whoever was given the device is bound by the agreement until this day.
    #[error("bound until {0}")]
    Bound(time::Date),
    /// Notice of the loan was given already.
    #[error("notice was given on {on}, the loan is due on {until}")]
    NoticeGiven {
        /// The day on which it was given.
        on: time::Date,
        /// The last day.
        until: time::Date,
    },
    /// What was signed, handed over or returned is not rewritten.
    #[error("what was signed stays")]
    Stays,
    /// The SIM card is in a device, or the slot has a card.
    #[error("the SIM card or the slot is taken")]
    SimTaken,
    /// A scan fits several assets (a serial that two makers gave): the person chooses.
    #[error("{} assets have this number", .0.len())]
    Ambiguous(Vec<crate::register::Asset>),
    /// Too many notes from strangers of late.
    #[error("too many notes of late")]
    TooMany,
    /// The person has applied to this programme already.
    #[error("there is an open application")]
    Applied,
    /// The person holds a device of another programme, and this one excludes them.
    #[error("the person holds a device of another programme")]
    Excluded,
    /// The file's clock has not run out, or stands.
    #[error("the file is still kept")]
    ClockRuns,
    /// Somebody holds the file.
    #[error("the file is held")]
    Held,
    /// The file was blanked: nothing comes into it any more.
    #[error("the file was blanked")]
    Blanked,
    /// The shares of a purchase do not sum to 1000 ‰.
    #[error("the shares do not sum to a thousand")]
    SharesNotWhole,
}

impl Error {
    /// One field is wrong.
    pub fn field(field: &'static str, problem: Problem) -> Self {
        Self::Invalid(vec![FieldProblem { field, problem }])
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(refusal) = &error else { return Self::Database(error) };
        match refusal.constraint().unwrap_or_default() {
            "one_loan_at_a_time" | "lent_stays" => Self::Lent,
            "one_primary_loan" => Self::HasPrimary,
            "one_preparation" => Self::Reserved,
            "only_from_stock" => Self::NotInStock,
            "signed_stays"
            | "loan_stays"
            | "only_signed_is_frozen"
            | "application_stays"
            | "one_allocation"
            | "stocktake_stays" => Self::Stays,
            "one_application" | "one_draft" => Self::Applied,
            "sim_in_one_device" | "slot_has_one_sim" => Self::SimTaken,
            "funding_is_whole" => Self::SharesNotWhole,
            "clock_runs" => Self::ClockRuns,
            "file_is_held" | "one_hold" => Self::Held,
            "one_anonymisation" | "blanked_stays" | "hold_stays" => Self::Blanked,
            "asset_inventory_no" => Self::field("inventory_no", Problem::Taken),
            "asset_serial" => Self::field("serial", Problem::Taken),
            "maker_name" | "asset_model_name" | "place_name" | "purchase_lot_name" | "programme_name"
            | "due_event_name" => Self::field("name", Problem::Taken),
            _ => Self::Database(error),
        }
    }
}

impl From<identity::Error> for Error {
    fn from(error: identity::Error) -> Self {
        use identity::Error as E;
        match error {
            E::Database(error) => Self::from(error),
            E::Invalid(wrong) => Self::Invalid(wrong),
            E::NotAllowed | E::NotOneself | E::Bound => Self::NotAllowed,
            E::NotFound | E::LinkUsedUp | E::WrongNameOrPassword | E::TooManyTries(_) => Self::NotFound,
            E::System(text) => Self::Database(sqlx::Error::Protocol(text)),
        }
    }
}

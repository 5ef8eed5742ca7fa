//! What an asset is, and where it is in its life.

/// What sort of thing a model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AssetKind {
    /// A laptop.
    Laptop,
    /// A tablet.
    Tablet,
    /// A telephone.
    Phone,
    /// A printer or another device that prints.
    Printer,
    /// A SIM card with a data plan.
    SimCard,
    /// A set of things that goes out as one.
    Kit,
    /// An accessory that has a number of its own.
    Accessory,
}

impl AssetKind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Laptop, Self::Tablet, Self::Phone, Self::Printer, Self::SimCard, Self::Kit, Self::Accessory];

    /// The word in the database, in files and in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Laptop => "laptop",
            Self::Tablet => "tablet",
            Self::Phone => "phone",
            Self::Printer => "printer",
            Self::SimCard => "sim_card",
            Self::Kit => "kit",
            Self::Accessory => "accessory",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Where an asset is in its life. That it is lent is no state: an open loan says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Usable: in the store, or lent.
    InStock,
    /// Put aside until somebody has looked at it.
    Quarantine,
    /// At a workshop.
    InRepair,
    /// Nobody knows where it is.
    Missing,
    /// Stolen, as the police was told.
    Stolen,
    /// Scrapped (protokół likwidacji).
    Scrapped,
    /// Given away.
    Donated,
    /// Taken off the books.
    WrittenOff,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::InStock,
        Self::Quarantine,
        Self::InRepair,
        Self::Missing,
        Self::Stolen,
        Self::Scrapped,
        Self::Donated,
        Self::WrittenOff,
    ];

    /// The word in the database, in files and in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::InStock => "in_stock",
            Self::Quarantine => "quarantine",
            Self::InRepair => "in_repair",
            Self::Missing => "missing",
            Self::Stolen => "stolen",
            Self::Scrapped => "scrapped",
            Self::Donated => "donated",
            Self::WrittenOff => "written_off",
        }
    }

    /// The state of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether the asset has left the books; there is no way back.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Scrapped | Self::Donated | Self::WrittenOff)
    }
}

//! The words of loans: each is an enum here, a word in the database, in forms and in the API, and a sentence in `words`.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$each])* $variant),+ }

        impl $name {
            /// Every one, in the order of forms.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in the database, in forms and in the API.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The one of that word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

pub(crate) use words;

words!(
    /// What an agreement is.
    AgreementKind {
        /// For use, without payment (umowa użyczenia, art. 710–719 KC).
        Loan = "loan",
        /// For good (darowizna).
        Donation = "donation",
        /// An official's or councillor's device, entrusted for their work.
        Entrusted = "entrusted",
    }
);
words!(
    /// What a device is to the person who has it.
    LoanKind {
        /// The one device that a person has.
        Primary = "primary",
        /// Instead of one that is being repaired.
        Loaner = "loaner",
        /// Beside it: a SIM card, a printer, a headset.
        Extra = "extra",
    }
);
words!(
    /// The part that somebody has in an agreement.
    Role {
        /// For whom it is.
        Beneficiary = "beneficiary",
        /// Who signs.
        Signatory = "signatory",
        /// Who gets letters.
        Contact = "contact",
        /// Who would pay for damage.
        Payer = "payer",
    }
);
words!(
    /// How something was signed.
    SignedBy {
        /// On paper; the clerk states it.
        Paper = "paper",
        /// A document signed elsewhere (trusted profile, qualified signature).
        External = "external",
        /// On a touch screen.
        Screen = "screen",
    }
);
words!(
    /// Condition of a thing.
    Grade {
        /// As new.
        A = "A",
        /// Traces of use.
        B = "B",
        /// Worn, works well.
        C = "C",
        /// Damaged, works.
        D = "D",
        /// Does not work.
        E = "E",
    }
);
words!(
    /// How a loan ended.
    Outcome {
        /// Everything is back.
        Fine = "ok",
        /// The device is back, something that belongs to it is not.
        ItemsMissing = "items_missing",
        /// It came back damaged.
        Damaged = "damaged",
        /// It will not come back.
        Lost = "lost",
        /// The borrower bought it.
        BoughtOut = "bought_out",
        /// It was given for good.
        Donated = "donated",
    }
);
impl Outcome {
    /// Whether the device came back; else the loan ended without it.
    pub fn is_return(self) -> bool {
        matches!(self, Self::Fine | Self::ItemsMissing | Self::Damaged)
    }
}
words!(
    /// Why a device does not come back.
    Gone {
        /// It is lost, stolen or destroyed.
        Lost = "lost",
        /// The borrower bought it.
        BoughtOut = "bought_out",
        /// It was given for good, and nothing binds its owner any more.
        Donated = "donated",
    }
);
words!(
    /// What was reported of a device.
    IncidentKind {
        /// It is damaged.
        Damage = "damage",
        /// It was stolen.
        Theft = "theft",
        /// It was lost.
        Loss = "loss",
        /// The borrower says that it was given back. Stands beside the open loan and closes nothing.
        ClaimedReturned = "claimed_returned",
        /// Somebody else uses it (art. 712 § 2 KC).
        ThirdPartyUse = "third_party_use",
        /// It was found.
        Found = "found",
    }
);
words!(
    /// What ends, and with it every loan tied to it.
    EventKind {
        /// The term of the council.
        CouncilTerm = "council_term",
        /// One person's mandate.
        Mandate = "mandate",
        /// The school year.
        SchoolYear = "school_year",
        /// One pupil's time at the school.
        Enrolment = "enrolment",
        /// The time for which a programme binds.
        Durability = "durability",
        /// That one person speaks for another.
        Guardianship = "guardianship",
        /// Anything else.
        Other = "other",
    }
);

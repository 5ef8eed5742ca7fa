//! The words of applications.

use crate::loans::kind::words;

words!(
    /// Where an application is on its way.
    State {
        /// Begun and not sent.
        Draft = "draft",
        /// Sent; nobody has looked at it.
        Submitted = "submitted",
        /// Looked through: nothing is missing.
        Complete = "complete",
        /// It has its points.
        Scored = "scored",
        /// A device was granted.
        Granted = "granted",
        /// On the waiting list.
        Waitlisted = "waitlisted",
        /// Refused, with a reason.
        Refused = "refused",
        /// The applicant took it back.
        Withdrawn = "withdrawn",
        /// The device was not collected in time.
        Expired = "expired",
    }
);

impl State {
    /// Whether it may still end with a device.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Submitted | Self::Complete | Self::Scored | Self::Granted | Self::Waitlisted)
    }
}

words!(
    /// Why an application was refused.
    Refusal {
        /// The programme is not for this person.
        NotEligible = "not_eligible",
        /// The person has a device of another programme.
        HoldsDevice = "holds_device",
        /// What was missing was not brought.
        Incomplete = "incomplete",
        /// What was said is not so.
        Untrue = "untrue",
        /// There are no devices left.
        NoDevices = "no_devices",
        /// Another reason, told in the note.
        Other = "other",
    }
);

//! Who may do what, as one table. A proof of it is a value that only this file makes, so that a forgotten check does not
//! compile. The printed table is a test expectation: `tests/expect/roles.txt`.

use crate::error::Error;
use crate::session::SignedIn;

/// A role that is granted to a person. Everybody who is signed in is a learner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Sets up organisations; sees nobody's courses.
    InstallationAdmin,
    /// People, units and groups of one organisation.
    OrganisationAdmin,
    /// Writes and teaches courses.
    Instructor,
    /// Keeps the register of devices, hands them out and takes them back.
    DeviceClerk,
    /// Takes courses.
    Learner,
}

impl Role {
    /// Every role, the widest first.
    pub const ALL: [Self; 5] = [
        Self::InstallationAdmin,
        Self::OrganisationAdmin,
        Self::Instructor,
        Self::DeviceClerk,
        Self::Learner,
    ];

    /// The word in the database, in files and in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::InstallationAdmin => "installation_admin",
            Self::OrganisationAdmin => "organisation_admin",
            Self::Instructor => "instructor",
            Self::DeviceClerk => "device_clerk",
            Self::Learner => "learner",
        }
    }

    /// The role of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// The roles of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// From the words in the database; unknown words are no role.
    pub fn from_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self(words.into_iter().filter_map(Role::from_word).collect())
    }

    /// Whether the role was granted.
    pub fn has(&self, role: Role) -> bool {
        role == Role::Learner || self.0.contains(&role)
    }

    /// The granted roles.
    pub fn granted(&self) -> &[Role] {
        &self.0
    }
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// See it.
    See,
    /// Make a new one.
    Create,
    /// Change it.
    Change,
    /// See how others do in it.
    Follow,
}

/// What it is done to, within one's own organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The organisations of the installation.
    Organisation,
    /// People, units, groups.
    People,
    /// A course that one neither teaches nor takes.
    AnyCourse,
    /// A course that one teaches.
    TaughtCourse,
    /// A course that one is enrolled on.
    EnrolledCourse,
    /// One's own account.
    OwnAccount,
    /// The register of devices and everybody's loans.
    Devices,
    /// What one has on loan, or signs for as a guardian.
    OwnLoans,
}

/// The one table of permissions.
#[expect(clippy::match_like_matches_macro, reason = "a table reads line by line")]
pub fn may(role: Role, verb: Verb, kind: Kind) -> bool {
    use Kind::{
        AnyCourse, Devices, EnrolledCourse, Organisation, OwnAccount, OwnLoans, People, TaughtCourse,
    };
    use Verb::{Change, Create, Follow, See};
    match (role, verb, kind) {
        (Role::InstallationAdmin, See | Create | Change, Organisation) => true,
        (Role::OrganisationAdmin, See | Create | Change, People) => true,
        (Role::OrganisationAdmin, See | Change | Follow, AnyCourse | TaughtCourse) => true,
        (Role::Instructor, Create, TaughtCourse) => true,
        (Role::Instructor, See | Change | Follow, TaughtCourse) => true,
        (Role::DeviceClerk, See | Create | Change, Devices) => true,
        (Role::OrganisationAdmin, See, Devices) => true,
        (_, See, EnrolledCourse | OwnLoans) => true,
        (_, See | Change, OwnAccount) => true,
        _ => false,
    }
}

/// Proof: may see and change people, units and groups of the own organisation.
#[derive(Debug)]
pub struct PeopleAdmin(());

/// Proof: may set up organisations.
#[derive(Debug)]
pub struct InstallationAdmin(());

/// Proof: may create courses.
#[derive(Debug)]
pub struct Author(());

/// Proof: may see the register of devices and all loans of the own organisation.
#[derive(Debug)]
pub struct DevicesReader(());

/// Proof: keeps the register of devices of the own organisation, hands out and takes back.
#[derive(Debug)]
pub struct DeviceClerk(());

impl SignedIn {
    /// Whether any of the person's roles allows it.
    pub fn may(&self, verb: Verb, kind: Kind) -> bool {
        Role::ALL.into_iter().filter(|role| self.roles.has(*role)).any(|role| may(role, verb, kind))
    }

    /// Errors: `NotAllowed`.
    pub fn people_admin(&self) -> Result<PeopleAdmin, Error> {
        self.may(Verb::Change, Kind::People).then_some(PeopleAdmin(())).ok_or(Error::NotAllowed)
    }

    /// Errors: `NotAllowed`.
    pub fn installation_admin(&self) -> Result<InstallationAdmin, Error> {
        self.may(Verb::Change, Kind::Organisation).then_some(InstallationAdmin(())).ok_or(Error::NotAllowed)
    }

    /// Errors: `NotAllowed`.
    pub fn author(&self) -> Result<Author, Error> {
        self.may(Verb::Create, Kind::TaughtCourse).then_some(Author(())).ok_or(Error::NotAllowed)
    }
}

impl SignedIn {
    /// Errors: `NotAllowed`.
    pub fn devices_reader(&self) -> Result<DevicesReader, Error> {
        self.may(Verb::See, Kind::Devices).then_some(DevicesReader(())).ok_or(Error::NotAllowed)
    }

    /// Errors: `NotAllowed`.
    pub fn device_clerk(&self) -> Result<DeviceClerk, Error> {
        self.may(Verb::Change, Kind::Devices).then_some(DeviceClerk(())).ok_or(Error::NotAllowed)
    }
}

impl DeviceClerk {
    /// For imports and the demonstration at the terminal of the machine itself.
    pub fn at_the_terminal() -> Self {
        Self(())
    }

    /// A clerk reads what a clerk keeps.
    pub fn reader(&self) -> DevicesReader {
        DevicesReader(())
    }
}

impl PeopleAdmin {
    /// For set-up at the terminal of the machine itself (`tablica user …`, the demonstration).
    pub fn at_the_terminal() -> Self {
        Self(())
    }
}

impl InstallationAdmin {
    /// For set-up at the terminal of the machine itself, and for the one-time set-up link.
    pub fn at_the_terminal() -> Self {
        Self(())
    }
}

impl Author {
    /// For imports at the terminal of the machine itself.
    pub fn at_the_terminal() -> Self {
        Self(())
    }
}

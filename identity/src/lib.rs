//! People, organisations, units, groups, roles, sign-in, sessions. It knows no area: what a person may do with a course
//! is the affair of `courses`.

pub mod accommodation;
pub mod daily;
pub mod day;
pub mod erase;
pub mod error;
pub mod export;
pub mod group;
pub mod guardian;
pub mod head;
pub mod import;
pub mod link;
pub mod moved;
pub mod new_person;
pub mod organisation;
pub mod password;
pub mod permit;
pub mod person;
pub mod position;
pub mod resident;
pub mod session;
pub mod shared_position;
pub mod sheet;
pub mod sign_in;
pub mod statement;
pub mod terminal;
pub mod token;
pub mod unit;

pub use error::{Error, FieldProblem, Problem};
pub use permit::{Author, DeviceClerk, DevicesReader, InstallationAdmin, PeopleAdmin, Role, Roles};
pub use session::SignedIn;

base::id!(
    /// A unit (department) of an office.
    OrgUnitId
);
base::id!(
    /// A group of an office or a class of a school.
    GroupId
);
base::id!(
    /// What people do in an office: "redaktor strony internetowej".
    PositionId
);
base::id!(
    /// A position that organisations of the installation have in common.
    SharedPositionId
);
base::id!(
    /// A signed-in browser or API client.
    SessionId
);

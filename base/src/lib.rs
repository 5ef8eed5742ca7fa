//! The ground that every area stands on: database and transactions, clock, ids, blobs, jobs, audit, mail transport.
//!
//! It knows nothing of what the program is for (a test keeps such words out of it), renders no page and decides no rule.

pub mod act;
pub mod actor;
pub mod audit;
pub mod blob;
pub mod clock;
pub mod db;
pub mod embedded;
pub mod hear;
pub mod id;
pub mod job;
pub mod kept;
pub mod key;
pub mod mail;
pub mod orphan;
pub mod owner;
pub mod presign;
pub mod qr;
pub mod walls;
pub mod worker;

pub use actor::Actor;
pub use blob::Blobs;
pub use clock::Clock;
pub use db::{Db, Tx};
pub use id::{OrganisationId, PersonId};

//! Ids of rows and secrets of links. A row's id is a UUID v7 (sorts by time); a secret is random bits from the system.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::{NoContext, Timestamp, Uuid};

/// Declares a newtype around `Uuid` for one kind of row: `id!(/// doc
/// ThingId);`.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// A fresh id that sorts after those made before `now`.
            pub fn new(now: time::OffsetDateTime) -> Self {
                Self($crate::id::row_id(now))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id)
            }
        }
    };
}

id!(
    /// An organisation of the installation: rows of one never meet rows of another.
    OrganisationId
);
id!(
    /// A person; belongs to one organisation.
    PersonId
);

/// A UUID v7 of the moment `now`.
pub fn row_id(now: OffsetDateTime) -> Uuid {
    let seconds = u64::try_from(now.unix_timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.nanosecond()))
}

/// 256 random bits that open something: a session, a one-time link. Shown once, kept only as a hash.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Fresh bits from the operating system.
    ///
    /// Errors: the system has no randomness to give (then nothing may be signed in).
    pub fn fresh() -> Result<Self, getrandom::Error> {
        let mut bits = [0u8; 32];
        getrandom::fill(&mut bits)?;
        Ok(Self(base64_encode(&bits)))
    }

    /// A secret as it came in a cookie or a link; any text may come, only the hash of the right one is known.
    pub fn given(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text for the cookie or link: 43 characters of base64url.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// SHA-256, the only form that is stored.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

/// Base64url without padding (RFC 4648 §5).
pub fn base64_encode(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// Bytes in hexadecimal digits, two small ones each.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_256_bits_and_never_repeat() {
        let many: std::collections::HashSet<String> =
            (0..1000).map(|_| Secret::fresh().unwrap().reveal().to_owned()).collect();
        assert_eq!(many.len(), 1000);
        assert!(many.iter().all(|text| text.len() == 43));
    }

    #[test]
    fn a_secret_does_not_show_in_debug_output() {
        let secret = Secret::given("abc");
        assert!(!format!("{secret:?}").contains("abc"));
    }
}

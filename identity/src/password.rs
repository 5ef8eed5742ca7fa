//! Passwords: argon2id (m = 19 MiB, t = 2, p = 1, the OWASP minimum), hashed by at most as many threads as there are cores.
//! Rules after NIST SP 800-63B and OWASP ASVS 5.0 §6.2: length and no well-known password; no composition rules, no ageing.

use std::sync::LazyLock;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::try_generate_salt;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::Semaphore;

use crate::error::{Error, FieldProblem, Problem};

/// Fewest characters of a password.
pub const LEAST: usize = 10;
/// Most characters of a password.
pub const MOST: usize = 200;

/// Hashing at once on more threads than cores would only make every sign-in wait for all the others.
static CORES: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, std::num::NonZero::get)));

/// Verified in place of a hash when there is no such account, so that the time taken tells nothing.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("nobody has this password").unwrap_or_default());

/// Words that every guesser tries first; a password that is mostly one of them is refused.
const COMMON: [&str; 40] = [
    "haslo",
    "hasło",
    "password",
    "qwerty",
    "qwertz",
    "zaq12wsx",
    "1qaz2wsx",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "1234567890",
    "0987654321",
    "11111111",
    "00000000",
    "polska",
    "polska1",
    "misiek",
    "mateusz",
    "bartek",
    "kasia1",
    "monika",
    "marcin",
    "lukasz",
    "kochanie",
    "iloveyou",
    "admin",
    "administrator",
    "welcome",
    "witaj",
    "letmein",
    "abc123",
    "dragon",
    "monkey",
    "football",
    "samsung",
    "tablica",
    "szkola",
    "urzad",
    "master",
];

/// Whether the text may be a password.
///
/// Errors: `TooShort`, `TooLong`, `Common`.
pub fn check(password: &str) -> Result<(), Problem> {
    let length = password.chars().count();
    if length < LEAST {
        return Err(Problem::TooShort(LEAST));
    }
    if length > MOST {
        return Err(Problem::TooLong(MOST));
    }
    let lower = password.to_lowercase();
    let first = lower.chars().next();
    let monotonous = lower.chars().all(|letter| Some(letter) == first);
    let rest = COMMON.iter().map(|word| lower.replace(word, "").chars().count()).min().unwrap_or(length);
    if monotonous || rest <= 3 && rest < length { Err(Problem::Common) } else { Ok(()) }
}

/// Whether a text that was typed twice may be the password.
///
/// Errors: those of [`check`] with the field `password`, and `Differs` with `password_again`.
pub fn check_twice(password: &str, again: &str) -> Result<(), FieldProblem> {
    check(password).map_err(|problem| FieldProblem { field: "password", problem })?;
    if password == again {
        Ok(())
    } else {
        Err(FieldProblem { field: "password_again", problem: Problem::Differs })
    }
}

/// The hash to keep, in PHC form. Runs on a thread of its own, when a core is free.
pub async fn hash(password: String) -> Result<String, Error> {
    on_a_core(move || hash_now(&password)).await?
}

/// Whether the password is the right one for `kept`; `None` takes as long and answers no.
pub async fn verify(password: String, kept: Option<String>) -> Result<bool, Error> {
    on_a_core(move || {
        let known = kept.is_some();
        let kept = kept.unwrap_or_else(|| NOBODY.clone());
        let right = PasswordHash::new(&kept).is_ok_and(|kept| opens(&password, &kept).unwrap_or(false));
        known && right
    })
    .await
}

async fn on_a_core<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let system = |error: &dyn std::fmt::Display| Error::System(error.to_string());
    let _place = CORES.acquire().await.map_err(|error| system(&error))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| system(&error))
}

/// Whether the password gives this hash again, with the parameters that it was made with; `None` for a hash that is
/// not argon2 or not whole.
fn opens(password: &str, kept: &PasswordHash) -> Option<bool> {
    let algorithm = Algorithm::try_from(kept.algorithm.as_str()).ok()?;
    let version = kept.version.map_or(Some(Version::default()), |version| Version::try_from(version).ok())?;
    let argon = Argon2::new(algorithm, version, Params::try_from(kept).ok()?);
    let expected = kept.hash.as_ref()?;
    let made = output(&argon, password, kept.salt.as_ref()?, expected.len())?;
    // `Output` compares in constant time.
    Some(made == *expected)
}

fn hash_now(password: &str) -> Result<String, Error> {
    let made = || {
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None).ok()?);
        let salt = Salt::new(&try_generate_salt().ok()?).ok()?;
        let hash = output(&argon, password, &salt, Params::DEFAULT_OUTPUT_LEN)?;
        Some(PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(argon.params()).ok()?,
            salt: Some(salt),
            hash: Some(hash),
        })
    };
    let made = made().ok_or_else(|| Error::System("a password could not be hashed".to_owned()))?;
    Ok(made.to_string())
}

/// More bytes than this are always given back to the system when they are freed (glibc: `DEFAULT_MMAP_THRESHOLD_MAX`).
/// Less, and each thread that ever hashed would keep the 19 MiB: 220 MiB after sixty people had signed in.
const GIVEN_BACK_BYTES: usize = 33 << 20;

/// The hash itself, worked out in memory that goes back to the system afterwards: it is asked for in one piece that
/// large, of which only what argon2 needs is ever touched.
fn output(argon: &Argon2<'_>, password: &str, salt: &Salt, length: usize) -> Option<Output> {
    let blocks = argon.params().block_count();
    let mut memory = Vec::with_capacity(blocks.max(GIVEN_BACK_BYTES / size_of::<Block>()));
    memory.resize(blocks, Block::default());
    let mut bytes = [0u8; Output::MAX_LENGTH];
    let bytes = bytes.get_mut(..length)?;
    argon.hash_password_into_with_memory(password.as_bytes(), salt, bytes, &mut memory).ok()?;
    Output::new(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_long_and_well_known_passwords_are_refused() {
        assert_eq!(check("krótkie"), Err(Problem::TooShort(LEAST)));
        assert_eq!(check(&"długie ".repeat(40)), Err(Problem::TooLong(MOST)));
        assert_eq!(check("aaaaaaaaaaaa"), Err(Problem::Common));
        assert_eq!(check("Password123"), Err(Problem::Common));
        assert_eq!(check("1234567890"), Err(Problem::Common));
        assert_eq!(check("zielona tablica i kreda"), Ok(()));
        assert_eq!(check("poprawny koń bateria"), Ok(()));
    }

    #[test]
    fn a_password_is_typed_twice_and_long_enough() {
        let wrong = |password, again| check_twice(password, again).err().map(|wrong| wrong.field);
        assert_eq!(wrong("krótkie", "krótkie"), Some("password"));
        let long = "kaktus na parapecie";
        assert_eq!(wrong(long, "inne"), Some("password_again"));
        assert_eq!(wrong(long, long), None);
    }

    #[tokio::test]
    async fn a_password_opens_its_own_hash_and_no_other() {
        let kept = hash("zielona kreda".to_owned()).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("zielona kreda".to_owned(), Some(kept.clone())).await.unwrap());
        assert!(!verify("biała kreda".to_owned(), Some(kept)).await.unwrap());
        assert!(!verify("nobody has this password".to_owned(), None).await.unwrap());
        // Made by the reference implementation (phc-winner-argon2), with other parameters than ours.
        let other = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(verify("password".to_owned(), Some(other.to_owned())).await.unwrap());
        assert!(!verify("Password".to_owned(), Some(other.to_owned())).await.unwrap());
        assert!(!verify("password".to_owned(), Some("no hash at all".to_owned())).await.unwrap());
    }
}

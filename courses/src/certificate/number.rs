//! What leads to a certificate from outside: an address of 128 random bits, and the number that is printed. The number follows
//! from the address: 75 bits of its hash in the alphabet of Crockford's base 32, and a check letter. Neither is a sequence.

use aws_lc_rs::hmac;
use base::id::base64_encode;
use sha2::{Digest as _, Sha256};

use crate::error::Error;

/// Letters of an address: 128 bits as base64url.
const TOKEN_LETTERS: usize = 22;
/// Letters of a number, the check letter among them.
const LETTERS: usize = 16;
/// Crockford's base 32: without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The printed number of a certificate, sixteen letters without hyphens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number(String);

/// What an address names a certificate by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// The 128 random bits.
    Token(String),
    /// The printed number.
    Number(Number),
}

/// Fresh bits for an address. Errors: the system has none to give.
pub(super) fn fresh_token() -> Result<String, Error> {
    let mut bits = [0_u8; 16];
    fill(&mut bits)?;
    Ok(base64_encode(&bits))
}

/// Random bits from the operating system. Errors: it has none to give.
pub(super) fn fill(bits: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bits)
        .map_err(|error| Error::Database(sqlx::Error::Protocol(format!("no randomness: {error}"))))
}

/// Times x in the field of 32 elements, modulo x⁵ + x² + 1.
fn times_x(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 32 == 0 { doubled } else { (doubled ^ 0b10_0101) & 31 }
}

/// The letter that makes the weighted sum of all letters zero. Weights are different powers of x, so one wrong letter and two
/// letters in each other's place never go unnoticed.
fn check(values: &[u8]) -> u8 {
    // The check letter has the weight 1; the one before it x, and so on.
    values.iter().fold(0, |sum, value| times_x(sum) ^ times_x(*value))
}

impl Number {
    /// The number that follows from an address.
    pub(super) fn of(token: &str) -> Self {
        let hash = Sha256::digest(format!("certificate number {token}").as_bytes());
        let mut bits = hash.iter().flat_map(|byte| (0..8).rev().map(move |at| (byte >> at) & 1));
        let mut values: Vec<u8> =
            (1..LETTERS).map(|_| bits.by_ref().take(5).fold(0, |value, bit| (value << 1) | bit)).collect();
        values.push(check(&values));
        Self(values.into_iter().map(|value| ALPHABET[usize::from(value)] as char).collect())
    }

    /// A number as it was typed: small letters, hyphens and blanks are fine, O is read as 0, I and L as 1. `None` for what
    /// cannot be one, such as one with a letter that was mistyped.
    pub fn read(text: &str) -> Option<Self> {
        let mut letters = String::new();
        let mut values = Vec::new();
        for letter in text.chars().filter(|letter| !letter.is_whitespace() && !"-–‑".contains(*letter)) {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                letter => letter,
            };
            let value = ALPHABET.iter().position(|known| *known as char == letter)?;
            values.push(u8::try_from(value).ok()?);
            letters.push(letter);
            if values.len() > LETTERS {
                return None;
            }
        }
        let (last, rest) = values.split_last()?;
        (values.len() == LETTERS && *last == check(rest)).then_some(Self(letters))
    }

    /// A number as the row has it.
    pub(super) fn kept(text: String) -> Self {
        Self(text)
    }

    /// In groups of four: `7K3M-9QRT-XW2H-4D5C`.
    pub fn grouped(&self) -> String {
        let mut text = String::with_capacity(LETTERS + 3);
        for (at, letter) in self.0.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                text.push('-');
            }
            text.push(letter);
        }
        text
    }

    /// Without hyphens.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// SHA-256, by which it is looked up.
    pub(super) fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }

    /// The seal of a name under this number. Order of its words, their case and blanks do not matter.
    pub(super) fn seal(&self, name: &str) -> Vec<u8> {
        hmac::sign(&self.key(), plain(name).as_bytes()).as_ref().to_vec()
    }

    /// Whether this is the name that was sealed; takes the same time whatever differs.
    pub(super) fn opens(&self, name: &str, seal: &[u8]) -> bool {
        hmac::verify(&self.key(), plain(name).as_bytes(), seal).is_ok()
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, format!("certificate name {}", self.0).as_bytes())
    }
}

/// A name as it is compared: small letters, words in the order of the alphabet.
fn plain(name: &str) -> String {
    let lower = name.to_lowercase();
    let mut words: Vec<&str> = lower.split_whitespace().collect();
    words.sort_unstable();
    words.join(" ")
}

impl Key {
    /// From the last part of an address. `None` for what is neither.
    pub fn read(text: &str) -> Option<Self> {
        let is_token = text.len() == TOKEN_LETTERS
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if is_token {
            return Some(Self::Token(text.to_owned()));
        }
        Number::read(text).map(Self::Number)
    }

    /// The printed number of what it names.
    pub fn number(&self) -> Number {
        match self {
            Self::Token(token) => Number::of(token),
            Self::Number(number) => number.clone(),
        }
    }
}

/// SHA-256 of an address, by which it is looked up.
pub(super) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn numbers_never_repeat_and_are_read_as_people_type_them() {
        let many: HashSet<String> = (0..1000)
            .map(|_| {
                let number = Number::of(&fresh_token().unwrap());
                assert_eq!(Number::read(&number.grouped()), Some(number.clone()));
                assert_eq!(
                    Number::read(&number.grouped().to_lowercase().replace('0', "o")),
                    Some(number.clone())
                );
                assert_eq!(
                    Number::read(&format!(" {} ", number.as_str().replace('1', "L"))),
                    Some(number.clone())
                );
                number.grouped()
            })
            .collect();
        assert_eq!(many.len(), 1000);
        assert!(many.iter().all(|number| number.len() == 19));
    }

    #[test]
    fn one_wrong_letter_and_two_letters_in_each_other_s_place_are_noticed() {
        let number = Number::of(&fresh_token().unwrap());
        let letters: Vec<char> = number.as_str().chars().collect();
        for at in 0..LETTERS {
            for other in ALPHABET.iter().map(|letter| *letter as char).filter(|letter| *letter != letters[at])
            {
                let mut wrong = letters.clone();
                wrong[at] = other;
                assert_eq!(Number::read(&wrong.iter().collect::<String>()), None);
            }
            for with in (0..LETTERS).filter(|with| letters[*with] != letters[at]) {
                let mut wrong = letters.clone();
                wrong.swap(at, with);
                assert_eq!(Number::read(&wrong.iter().collect::<String>()), None);
            }
        }
        for wrong in ["", "7K3M", "ąęśćżźńółąęśćżźń", "7K3M-9QRT-XW2H-4D5C-7K3M"] {
            assert_eq!(Number::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_name_is_compared_without_being_kept() {
        let number = Number::of("AAAAAAAAAAAAAAAAAAAAAA");
        let seal = number.seal("Łucja Źdźbło-Ćwięk");
        assert!(number.opens(" źdźbło-ćwięk  ŁUCJA ", &seal));
        assert!(!number.opens("Łucja Źdźbło", &seal));
        assert!(!Number::of("BAAAAAAAAAAAAAAAAAAAAA").opens("Łucja Źdźbło-Ćwięk", &seal));
    }
}

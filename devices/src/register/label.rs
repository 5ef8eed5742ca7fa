//! Labels: 128 random bits that stand in the address of an asset's public page.

use crate::error::Error;

/// Letters of a label: 128 bits as base64url.
pub const LETTERS: usize = 22;

/// Fresh bits from the operating system. Errors: the system has none to give.
pub(crate) fn fresh() -> Result<String, Error> {
    let mut bits = [0_u8; 16];
    getrandom::fill(&mut bits)
        .map_err(|error| Error::Database(sqlx::Error::Protocol(format!("no randomness: {error}"))))?;
    Ok(base::id::base64_encode(&bits))
}

/// Whether the text has the form of a label.
pub fn is_label(text: &str) -> bool {
    text.len() == LETTERS && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_128_bits_and_never_repeat() {
        let many: std::collections::HashSet<String> = (0..1000).map(|_| fresh().unwrap()).collect();
        assert_eq!(many.len(), 1000);
        assert!(many.iter().all(|label| is_label(label)));
    }
}

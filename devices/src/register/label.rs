//! Labels: 128 random bits that stand in the address of an asset's public page, as text and as a QR code.

use qrcode::{EcLevel, QrCode};

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

/// A QR code as squares: its width, and the path of its dark squares for an SVG of that size (ISO/IEC 18004, level M).
/// `None` when the text is too long.
pub fn qr(text: &str) -> Option<(usize, String)> {
    use std::fmt::Write as _;
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (row, squares) in code.to_colors().chunks(width).enumerate() {
        for (column, square) in squares.iter().enumerate() {
            if *square == qrcode::Color::Dark {
                // Writing to a string does not fail.
                let _written = write!(path, "M{column} {row}h1v1h-1z");
            }
        }
    }
    Some((width, path))
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

    #[test]
    fn a_code_has_its_three_finders() {
        let (width, path) = qr("https://szkolenia.example.org/d/AAAAAAAAAAAAAAAAAAAAAA").unwrap();
        assert!(width >= 21);
        for corner in ["M0 0h".to_owned(), format!("M{} 0h", width - 1), format!("M0 {}h", width - 1)] {
            assert!(path.contains(&corner), "{corner} is light");
        }
    }
}

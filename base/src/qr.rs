//! QR codes (ISO/IEC 18004, level M) as shapes of an SVG.

use qrcode::{EcLevel, QrCode};

/// A QR code as squares: its width, and the path of its dark squares for an SVG of that size. `None` when the text is too long.
pub fn path(text: &str) -> Option<(usize, String)> {
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

/// The same as an SVG file, with the four light squares around it that the standard asks for.
pub fn svg(text: &str) -> Option<String> {
    let (width, path) = path(text)?;
    let side = width + 8;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-4 -4 {side} {side}\" width=\"{side}\" height=\"{side}\">\
         <rect x=\"-4\" y=\"-4\" width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_finders() {
        let (width, path) = path("https://szkolenia.example.org/d/AAAAAAAAAAAAAAAAAAAAAA").unwrap();
        assert!(width >= 21);
        for corner in ["M0 0h".to_owned(), format!("M{} 0h", width - 1), format!("M0 {}h", width - 1)] {
            assert!(path.contains(&corner), "{corner} is light");
        }
    }
}

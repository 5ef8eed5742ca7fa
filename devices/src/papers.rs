//! Papers: documents as they were made from what was signed, and photographs of a device's condition.

pub mod document;
pub mod photo;

/// Whether a file is a PDF, by its bytes: it begins with its sign and ends with its end (ISO 32000-2, 7.5.2 and 7.5.5).
pub fn is_pdf(bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(1024)..).unwrap_or_default();
    bytes.starts_with(b"%PDF-") && tail.windows(5).any(|five| five == b"%%EOF")
}

#[cfg(test)]
mod tests {
    use super::is_pdf;

    #[test]
    fn a_file_is_a_pdf_by_its_bytes_and_not_by_its_name() {
        assert!(is_pdf(b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"));
        assert!(!is_pdf(b"%PDF-1.7 and nothing more"));
        assert!(!is_pdf(b"MZ\x90\x00%%EOF") && !is_pdf(b""));
    }
}

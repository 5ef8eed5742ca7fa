//! What a reader of PDF reads.

use std::process::Command;

/// All text of a document. A line that is broken for the width of the paper is one sentence.
pub fn text(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, bytes).unwrap();
    let out = Command::new("pdftotext")
        .arg("-layout")
        .arg(&path)
        .arg("-")
        .output()
        .expect("pdftotext (poppler-utils)");
    assert!(out.status.success());
    String::from_utf8(out.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// That a document says of itself what PDF/UA-1 demands: tagged, in a language, with its title shown (ISO 14289-1, 5 and 7.1).
#[track_caller]
pub fn is_ua(bytes: &[u8]) {
    for sign in [
        "/StructTreeRoot",
        "/MarkInfo",
        "/Marked true",
        "/Lang(pl)",
        "<pdfuaid:part>1</pdfuaid:part>",
        "DisplayDocTitle true",
    ] {
        assert!(bytes.windows(sign.len()).any(|part| part == sign.as_bytes()), "{sign} is not there");
    }
}

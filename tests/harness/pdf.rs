//! What a reader of PDF reads.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::process::Command;

use flate2::read::ZlibDecoder;

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

/// The languages that a document names, of itself and of its parts (ISO 32000-1, 14.9.2): also those that stand in compressed streams.
pub fn languages(bytes: &[u8]) -> BTreeSet<String> {
    let mut all = vec![bytes.to_vec()];
    let mut rest = bytes;
    while let Some(at) = find(rest, b"stream") {
        rest = &rest[at + b"stream".len()..];
        let data = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
        let mut plain = Vec::new();
        // What is no such stream does not begin like one.
        if ZlibDecoder::new(data).read_to_end(&mut plain).is_ok() {
            all.push(plain);
        }
    }
    assert!(all.len() > 1, "a document has compressed streams");
    let mut languages = BTreeSet::new();
    for part in all {
        let mut rest = part.as_slice();
        while let Some(at) = find(rest, b"/Lang") {
            rest = rest[at + b"/Lang".len()..].trim_ascii_start();
            let Some(name) = rest.strip_prefix(b"(") else { continue };
            let Some(end) = find(name, b")") else { continue };
            languages.insert(String::from_utf8_lossy(&name[..end]).into_owned());
        }
    }
    languages
}

fn find(bytes: &[u8], sign: &[u8]) -> Option<usize> {
    bytes.windows(sign.len()).position(|part| part == sign)
}

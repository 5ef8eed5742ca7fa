//! What a browser says of itself, as a person would say it: "Firefox, Windows". A hint to recognise a session, no proof.

use words::{Language, identity as say};

/// Names looked for in `User-Agent`, the more particular first: Edge and Opera call themselves Chrome too.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
];

/// Browser and system of a `User-Agent`.
pub fn device(language: Language, client: &str) -> String {
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(sign, _)| client.contains(sign)).map(|(_, name)| *name)
    };
    let known: Vec<_> = [find(&BROWSERS), find(&SYSTEMS)].into_iter().flatten().collect();
    if known.is_empty() { say::session_unknown(language).to_owned() } else { known.join(", ") }
}

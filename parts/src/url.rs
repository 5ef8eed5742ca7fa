//! An address that cannot be script. Leptos writes any `href` as it comes (`javascript:` too), so every link of the
//! parts takes this type. It does not fetch, resolve or check that anything is there.

use leptos::attr::IntoAttributeValue;

/// A path of this site, or an `http(s)`, `webcal` or `mailto` address; anything else became `#`.
///
/// Source of the rule: WHATWG URL, "basic URL parser": browsers strip tabs and line ends and read `\` as `/`,
/// so `/\host` and `/<tab>/host` would leave the site, and both are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeUrl(String);

impl SafeUrl {
    /// Keeps `address` when it is safe, else answers `#`.
    pub fn new(address: &str) -> Self {
        let address = address.trim_matches(' ');
        let kept = if is_clean(address) && (is_path(address) || is_outer(address)) { address } else { "#" };
        Self(kept.to_owned())
    }

    /// The address as text, not yet escaped for HTML (Leptos escapes attributes).
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for SafeUrl {
    fn default() -> Self {
        Self::new("/")
    }
}

impl From<&str> for SafeUrl {
    fn from(address: &str) -> Self {
        Self::new(address)
    }
}

impl From<String> for SafeUrl {
    fn from(address: String) -> Self {
        Self::new(&address)
    }
}

impl IntoAttributeValue for SafeUrl {
    type Output = String;

    fn into_attribute_value(self) -> String {
        self.0
    }
}

/// No control character (browsers drop some of them while reading), no backslash, no blank inside.
fn is_clean(address: &str) -> bool {
    !address.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\')
}

fn is_path(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//")
}

fn is_outer(address: &str) -> bool {
    ["https://", "http://", "mailto:", "webcal://"].iter().any(|scheme| {
        let start = address.get(..scheme.len()).unwrap_or_default();
        let rest = address.get(scheme.len()..).unwrap_or_default();
        start.eq_ignore_ascii_case(scheme) && !rest.is_empty() && !rest.starts_with('/')
    })
}

#[cfg(test)]
mod tests {
    use super::SafeUrl;

    #[test]
    fn paths_of_this_site_and_plain_addresses_are_kept() {
        for kept in [
            "/",
            "/kursy/1?strona=2#tekst",
            "/kursy/żółć",
            "https://www.gov.pl/web/dostepnosc",
            "HTTP://example.org",
            "mailto:sekretariat@example.org?subject=Kurs",
            "webcal://szkolenia.example.org/calendar/x.ics",
        ] {
            assert_eq!(SafeUrl::new(kept).as_str(), kept);
        }
        assert_eq!(SafeUrl::from(" /kursy ").as_str(), "/kursy");
    }

    #[test]
    fn anything_that_could_run_or_leave_the_site_becomes_a_hash() {
        for refused in [
            "",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\tscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,<script>",
            "vbscript:x",
            "blob:https://a/b",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "https:///evil.example",
            "https://",
            "https:evil.example",
            "kursy/1",
            "?page=2",
            "mailto:",
            "ftp://example.org",
        ] {
            assert_eq!(SafeUrl::new(refused).as_str(), "#", "{refused:?}");
        }
    }
}

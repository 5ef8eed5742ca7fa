//! A link as data: what navigation, breadcrumbs, cards and empty states are given.

use super::SafeUrl;

/// Text and address of one link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// What the person reads; must make sense alone ("Otwórz kurs", never "tutaj").
    pub text: String,
    /// Where it leads.
    pub href: SafeUrl,
    /// True on the item of a navigation that is the page being read.
    pub current: bool,
}

impl Link {
    /// A link that is not the current page.
    pub fn new(text: impl Into<String>, href: impl Into<SafeUrl>) -> Self {
        Self { text: text.into(), href: href.into(), current: false }
    }

    /// The same link marked as the page being read (`aria-current="page"`).
    pub fn current(self) -> Self {
        Self { current: true, ..self }
    }

    /// The value of `aria-current`, or no attribute.
    pub(super) fn aria_current(&self) -> Option<&'static str> {
        self.current.then_some("page")
    }
}

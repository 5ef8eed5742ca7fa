//! What can be wrong in a text, and how grave it is.

/// Something in the text to look at, with its line (from 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Line in the Markdown.
    pub line: usize,
    /// What it is.
    pub what: Fault,
}

/// What can be wrong in a text.
///
/// Colours cannot be given in this Markdown (HTML is dropped), so there is no contrast to check: what is shown has the
/// colours of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A picture without a text (WCAG 1.1.1).
    PictureWithoutText(String),
    /// A picture that the course does not have, or from another site.
    NoSuchPicture(String),
    /// A link to a unit that the course does not have.
    NoSuchUnit(String),
    /// A first-level heading: the page has one already.
    TopHeading,
    /// A heading of this level after one of that level (WCAG 1.3.1).
    SkippedHeading {
        /// The level before; 1 is the title of the page.
        before: u8,
        /// The level that follows.
        now: u8,
    },
    /// An address that is not `https:`, `http:`, `mailto:`, `tel:` or a unit.
    BadAddress(String),
    /// HTML, which is left out.
    Html,
    /// A formula that cannot be read.
    BadFormula(String),
    /// Nested deeper than is shown; the rest of the text is left out.
    TooDeep,
    /// A link whose words do not say where it leads: "tutaj", "here" (WCAG 2.4.4, 2.4.9).
    VagueLink(String),
    /// A link that shows its address instead of words.
    BareAddress(String),
    /// A link without a word (WCAG 2.4.4): nobody hears where it leads.
    LinkWithoutWords(String),
    /// A table whose header cells are empty (WCAG 1.3.1).
    TableWithoutHeader,
    /// A paragraph in this other language that does not say so (WCAG 3.1.2).
    OtherLanguage(&'static str),
}

impl Fault {
    /// Whether a course is not published with it, unless it is waived with a reason: somebody would not get at what the
    /// text says. The rest is advice.
    pub fn is_grave(&self) -> bool {
        matches!(
            self,
            Self::PictureWithoutText(_)
                | Self::NoSuchPicture(_)
                | Self::SkippedHeading { .. }
                | Self::LinkWithoutWords(_)
                | Self::TableWithoutHeader
                | Self::TooDeep
        )
    }

    /// The word by which it is kept.
    pub fn word(&self) -> &'static str {
        match self {
            Self::PictureWithoutText(_) => "picture_without_text",
            Self::NoSuchPicture(_) => "no_such_picture",
            Self::NoSuchUnit(_) => "no_such_unit",
            Self::TopHeading => "top_heading",
            Self::SkippedHeading { .. } => "skipped_heading",
            Self::BadAddress(_) => "bad_address",
            Self::Html => "html",
            Self::BadFormula(_) => "bad_formula",
            Self::TooDeep => "too_deep",
            Self::VagueLink(_) => "vague_link",
            Self::BareAddress(_) => "bare_address",
            Self::LinkWithoutWords(_) => "link_without_words",
            Self::TableWithoutHeader => "table_without_header",
            Self::OtherLanguage(_) => "other_language",
        }
    }
}

//! Every sentence that people read, in Polish (the default), English and Ukrainian, as one function each.
//!
//! The sentences are in `text/<area>.toml`; `build.rs` refuses to build when one is missing in a language.

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Polish.
    #[default]
    Pl,
    /// English.
    En,
    /// Ukrainian.
    Uk,
}

/// A plural form of CLDR: Polish and Ukrainian have one, few and many; English one and other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// 1 (in Ukrainian also 21, 31, …).
    One,
    /// 2 to 4, 22 to 24, …
    Few,
    /// The rest in Polish and Ukrainian.
    Many,
    /// The rest in English.
    Other,
}

impl Language {
    /// Every language, the default first.
    pub const ALL: [Self; 3] = [Self::Pl, Self::En, Self::Uk];

    /// The code for `lang` attributes and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pl => "pl",
            Self::En => "en",
            Self::Uk => "uk",
        }
    }

    /// Its name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pl => "Polski",
            Self::En => "English",
            Self::Uk => "Українська",
        }
    }

    /// The language of that code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The best of an `Accept-Language` header (RFC 9110 §12.5.4), else Polish.
    pub fn accepted(header: &str) -> Self {
        let mut best = (0.0, Self::Pl);
        for part in header.split(',').take(20) {
            let mut pieces = part.trim().split(';');
            let code = pieces.next().unwrap_or("").split('-').next().unwrap_or("").to_lowercase();
            let weight = pieces
                .find_map(|piece| piece.trim().strip_prefix("q="))
                .map_or(1.0, |q| q.parse().unwrap_or(0.0));
            if let Some(language) = Self::from_code(&code)
                && weight > best.0
            {
                best = (weight, language);
            }
        }
        best.1
    }

    /// The plural form of a whole number (CLDR 48).
    pub fn form(self, count: i64) -> Form {
        let (ten, hundred) = (count.unsigned_abs() % 10, count.unsigned_abs() % 100);
        let few = (2..=4).contains(&ten) && !(12..=14).contains(&hundred);
        match self {
            Self::En if count == 1 => Form::One,
            Self::En => Form::Other,
            Self::Pl if count == 1 => Form::One,
            Self::Uk if ten == 1 && hundred != 11 => Form::One,
            _ if few => Form::Few,
            _ => Form::Many,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, Language};

    #[test]
    fn plural_forms_follow_cldr() {
        let forms = |language: Language, counts: &[i64]| {
            counts.iter().map(|count| language.form(*count)).collect::<Vec<_>>()
        };
        use Form::{Few, Many, One, Other};
        assert_eq!(
            forms(Language::Pl, &[0, 1, 2, 4, 5, 12, 21, 22, 25, 112]),
            [Many, One, Few, Few, Many, Many, Many, Few, Many, Many]
        );
        assert_eq!(forms(Language::Uk, &[0, 1, 2, 5, 11, 21, 22]), [Many, One, Few, Many, Many, One, Few]);
        assert_eq!(forms(Language::En, &[0, 1, 2]), [Other, One, Other]);
    }

    #[test]
    fn the_browser_s_wish_is_heard() {
        assert_eq!(Language::accepted("uk-UA,uk;q=0.9,en;q=0.8"), Language::Uk);
        assert_eq!(Language::accepted("de,en;q=0.5,pl;q=0.4"), Language::En);
        assert_eq!(Language::accepted("de"), Language::Pl);
        assert_eq!(Language::accepted(""), Language::Pl);
    }
}

//! A scan in the queue, and how it is written into the browser's storage.

/// What is to become of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// To be sent.
    Waiting,
    /// Refused; the clerk may confirm it.
    Ask,
    /// Refused.
    Refused,
}

/// One scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name in the storage; sorts by time.
    pub name: String,
    /// What is to become of it.
    pub stage: Stage,
    /// When it was scanned, in milliseconds since 1970.
    pub at_ms: u64,
    /// What was scanned.
    pub code: String,
    /// Who stood at the desk; empty when collecting.
    pub person: String,
    /// The fields of the form, as they are sent.
    pub body: String,
    /// What the server said against it.
    pub said: String,
}

/// Stands between the fields; scanners and people type none, and what they do type of it becomes a space.
const BETWEEN: char = '\u{1f}';

impl Item {
    /// As one text for the storage.
    pub fn text(&self) -> String {
        let stage = match self.stage {
            Stage::Waiting => "w",
            Stage::Ask => "a",
            Stage::Refused => "r",
        };
        let at = self.at_ms.to_string();
        let fields = [stage, &at, &self.code, &self.person, &self.body, &self.said];
        fields.map(|field| field.replace(BETWEEN, " ")).join(&BETWEEN.to_string())
    }

    /// Back from the storage; `None` for a text that is none of ours.
    pub fn read(name: &str, text: &str) -> Option<Self> {
        let mut fields = text.split(BETWEEN);
        let stage = match fields.next()? {
            "w" => Stage::Waiting,
            "a" => Stage::Ask,
            "r" => Stage::Refused,
            _ => return None,
        };
        let at_ms = fields.next()?.parse().ok()?;
        let mut next = || fields.next().map(str::to_owned);
        let (code, person, body, said) = (next()?, next()?, next()?, next()?);
        Some(Self { name: name.to_owned(), stage, at_ms, code, person, body, said })
    }
}

#[cfg(test)]
mod tests {
    use super::{Item, Stage};

    #[test]
    fn a_scan_comes_back_from_the_storage_as_it_was() {
        for stage in [Stage::Waiting, Stage::Ask, Stage::Refused] {
            let item = Item {
                name: "desk.a.0001".into(),
                stage,
                at_ms: 1_795_000_000_000,
                code: "IT/1 \"ż\"\n".into(),
                person: "p".into(),
                body: "group=1&code=IT%2F1".into(),
                said: "Sprzęt ma już kto inny.".into(),
            };
            assert_eq!(Item::read("desk.a.0001", &item.text()), Some(item));
        }
        let odd = Item::read("n", "w\u{1f}1\u{1f}a\u{1f}\u{1f}b\u{1f}").unwrap();
        assert_eq!((odd.code.as_str(), odd.said.as_str()), ("a", ""));
        for text in ["", "w", "x\u{1f}1\u{1f}a\u{1f}\u{1f}b\u{1f}", "w\u{1f}q\u{1f}a\u{1f}\u{1f}b\u{1f}"] {
            assert_eq!(Item::read("n", text), None);
        }
    }
}

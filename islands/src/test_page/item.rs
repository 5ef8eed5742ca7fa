//! An answer in the queue, and how it is written into the browser's storage.

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name in the storage; sorts by time.
    pub name: String,
    /// When it was given, in milliseconds since 1970.
    pub at_ms: u64,
    /// Where it is sent.
    pub url: String,
    /// The step that the page had seen of its question.
    pub seen: i32,
    /// The fields of the form with a key, as they are sent.
    pub body: String,
}

/// Stands between the fields; in a form it is encoded.
const BETWEEN: char = '\u{1f}';

impl Item {
    /// As one text for the storage.
    pub fn text(&self) -> String {
        let (at, seen) = (self.at_ms.to_string(), self.seen.to_string());
        [at.as_str(), &self.url, &seen, &self.body].join(&BETWEEN.to_string())
    }

    /// Back from the storage; `None` for a text that is none of ours.
    pub fn read(name: &str, text: &str) -> Option<Self> {
        let mut fields = text.split(BETWEEN);
        let at_ms = fields.next()?.parse().ok()?;
        let (url, seen, body) = (fields.next()?, fields.next()?.parse().ok()?, fields.next()?);
        // Only our own pages: what else is in the storage is not sent anywhere.
        url.starts_with("/courses/").then(|| Self {
            name: name.to_owned(),
            at_ms,
            url: url.to_owned(),
            seen,
            body: body.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Item;

    #[test]
    fn an_answer_comes_back_from_the_storage_as_it_was() {
        let item = Item {
            name: "test.a.0001".into(),
            at_ms: 1_795_000_000_000,
            url: "/courses/k/u/test/a/questions/2/save".into(),
            seen: 7,
            body: "essay=Za%C5%BC%C3%B3%C5%82%C4%87%0A&key=1".into(),
        };
        assert_eq!(Item::read("test.a.0001", &item.text()), Some(item.clone()));
        for text in ["", "1", "x\u{1f}/courses/\u{1f}0\u{1f}b", "1\u{1f}//example.org/\u{1f}0\u{1f}b"] {
            assert_eq!(Item::read("n", text), None, "{text:?}");
        }
    }
}

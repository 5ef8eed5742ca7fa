//! What may be wider than a phone: tables and long formulas, each in a region of its own that scrolls, with a name and
//! reachable by keyboard (WCAG 1.4.10, 2.1.1).

/// Signs of a formula that fit a line of 320 px in the size of the text; a longer formula gets a region.
const FITS_SIGNS: usize = 18;

/// Counts what got a region, because every region needs a name of its own.
#[derive(Debug)]
pub(super) struct Wide {
    table: &'static str,
    formula: &'static str,
    tables: usize,
    formulas: usize,
}

impl Wide {
    /// The words are in the language of the course: they are read with its text.
    pub(super) fn of(language: &str) -> Self {
        let (table, formula) = match language {
            "en" => ("Table", "Formula"),
            "uk" => ("Таблиця", "Формула"),
            _ => ("Tabela", "Wzór"),
        };
        Self { table, formula, tables: 0, formulas: 0 }
    }

    /// The beginning of a table's region; it ends with `</div>`.
    pub(super) fn table(&mut self) -> String {
        self.tables += 1;
        region("div", "region", self.table, self.tables)
    }

    /// A formula, in a group that scrolls when it is long. It stands within a paragraph, so it is no landmark.
    pub(super) fn formula(&mut self, mathml: String) -> String {
        if signs(&mathml) <= FITS_SIGNS {
            return mathml;
        }
        self.formulas += 1;
        format!("{}{mathml}</span>", region("span", "group", self.formula, self.formulas))
    }
}

fn region(tag: &str, role: &str, word: &str, number: usize) -> String {
    format!("<{tag} class=\"scroller\" role=\"{role}\" tabindex=\"0\" aria-label=\"{word} {number}\">")
}

/// How many signs are seen: everything outside of tags, an entity counting as one.
fn signs(mathml: &str) -> usize {
    let (mut seen, mut inside, mut entity) = (0, false, false);
    for letter in mathml.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            _ if inside => {}
            '&' => entity = true,
            ';' if entity => {
                entity = false;
                seen += 1;
            }
            _ if entity || letter.is_whitespace() => {}
            _ => seen += 1,
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::signs;

    #[test]
    fn signs_are_what_is_seen() {
        assert_eq!(signs("<math><mi>a</mi><mo>&lt;</mo> <mn>12</mn></math>"), 4);
    }
}

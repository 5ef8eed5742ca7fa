//! The forms of Polish words, by the dictionary of hunspell (the package `hunspell-pl`), when the machine has it.
//!
//! Read here and not by PostgreSQL: its own reader keeps a copy of the whole dictionary in every connection, and the database may
//! stand on another machine. The dictionary stays one text with an index of its lines, some six megabytes. Of the rules the
//! endings are used (SFX); `nie-` and `naj-` make other words.

use std::ops::Range;
use std::path::Path;

/// Where distributions put it.
const FOLDERS: [&str; 3] = ["/usr/share/hunspell", "/usr/share/myspell", "/usr/share/myspell/dicts"];
/// Forms that one word is asked for in.
const MOST_FORMS: usize = 80;

#[derive(Debug)]
struct Ending {
    flag: char,
    strip: String,
    add: String,
    condition: Vec<Letter>,
}

/// One place in the condition of an ending.
#[derive(Debug)]
enum Letter {
    Any,
    OneOf(Vec<char>),
    NoneOf(Vec<char>),
}

impl Letter {
    fn takes(&self, letter: char) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(letters) => letters.contains(&letter),
            Self::NoneOf(letters) => !letters.contains(&letter),
        }
    }
}

/// A dictionary.
#[derive(Debug)]
pub(super) struct Forms {
    text: String,
    /// The lines of the words, by the word.
    lines: Vec<Range<usize>>,
    endings: Vec<Ending>,
}

impl Forms {
    /// The Polish dictionary of this machine.
    pub fn installed() -> Option<Self> {
        let found = FOLDERS.iter().find_map(|folder| Self::read(Path::new(folder)));
        if found.is_none() {
            tracing::info!("no Polish dictionary (hunspell-pl): search finds words by their beginning");
        }
        found
    }

    /// `pl_PL.aff` and `pl_PL.dic` of a folder; `None` when they are not there or of a kind that we do not read.
    pub fn read(folder: &Path) -> Option<Self> {
        let rules = std::fs::read(folder.join("pl_PL.aff")).ok()?;
        let words = std::fs::read(folder.join("pl_PL.dic")).ok()?;
        let head = String::from_utf8_lossy(&rules[..rules.len().min(2000)]).to_uppercase();
        let latin =
            head.lines().any(|line| line.starts_with("SET ISO8859-2") || line.starts_with("SET ISO-8859-2"));
        // One letter a flag is what the Polish dictionary has always had.
        if head.lines().any(|line| line.starts_with("FLAG LONG") || line.starts_with("FLAG NUM")) {
            return None;
        }
        Some(Self::new(&decoded(&rules, latin)?, decoded(&words, latin)?))
    }

    fn new(rules: &str, text: String) -> Self {
        let mut lines: Vec<Range<usize>> = Vec::new();
        let mut at = 0;
        // The first line is a count.
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 && !line.trim().is_empty() {
                lines.push(at..at + line.trim_end().len());
            }
            at += line.len() + 1;
        }
        lines.sort_unstable_by(|one, other| word(&text[one.clone()]).cmp(word(&text[other.clone()])));
        Self { endings: rules.lines().filter_map(ending).collect(), text, lines }
    }

    /// The flags of a word as it stands in the dictionary, once for each time it does.
    fn flags(&self, wanted: &str) -> impl Iterator<Item = &str> {
        let first = self.lines.partition_point(|range| word(self.line(range)) < wanted);
        let lines = self.lines[first..].iter().map(|range| self.line(range));
        lines.take_while(move |line| word(line) == wanted).map(flags)
    }

    fn line(&self, range: &Range<usize>) -> &str {
        &self.text[range.clone()]
    }

    /// Every form of the words that this may be a form of (lower case, with its signs); none when the dictionary knows none.
    pub fn of(&self, form: &str) -> Vec<String> {
        let mut bases: Vec<(String, String)> =
            self.flags(form).map(|flags| (form.to_owned(), flags.to_owned())).collect();
        for ending in &self.endings {
            let Some(stem) = form.strip_suffix(ending.add.as_str()) else { continue };
            let base = format!("{stem}{}", ending.strip);
            if !base.is_empty() && fits(&ending.condition, &base) {
                let known = self.flags(&base).filter(|flags| flags.contains(ending.flag));
                bases.extend(known.map(|flags| (base.clone(), flags.to_owned())));
            }
        }
        let mut forms: Vec<String> = Vec::new();
        for (base, flags) in bases {
            let endings = self
                .endings
                .iter()
                .filter(|ending| flags.contains(ending.flag) && fits(&ending.condition, &base));
            let inflected = endings.filter_map(|ending| {
                Some(format!("{}{}", base.strip_suffix(ending.strip.as_str())?, ending.add))
            });
            for form in std::iter::once(base.clone()).chain(inflected) {
                if forms.len() < MOST_FORMS && !forms.contains(&form) {
                    forms.push(form);
                }
            }
        }
        forms
    }
}

fn word(line: &str) -> &str {
    line.split(['/', '\t', ' ']).next().unwrap_or(line)
}

fn flags(line: &str) -> &str {
    line.split_once('/').map_or("", |(_, flags)| flags.split_whitespace().next().unwrap_or(""))
}

/// A text in UTF-8 or ISO 8859-2.
fn decoded(bytes: &[u8], latin: bool) -> Option<String> {
    if latin {
        return Some(bytes.iter().map(|byte| latin_2(*byte)).collect());
    }
    String::from_utf8(bytes.to_vec()).ok()
}

/// ISO 8859-2, as far as Polish goes; what else there is stays different from everything that is asked for.
fn latin_2(byte: u8) -> char {
    match byte {
        0xa1 => 'Ą',
        0xa3 => 'Ł',
        0xa6 => 'Ś',
        0xac => 'Ź',
        0xaf => 'Ż',
        0xb1 => 'ą',
        0xb3 => 'ł',
        0xb6 => 'ś',
        0xbc => 'ź',
        0xbf => 'ż',
        0xc6 => 'Ć',
        0xca => 'Ę',
        0xd1 => 'Ń',
        0xe6 => 'ć',
        0xea => 'ę',
        0xf1 => 'ń',
        other => other.into(),
    }
}

/// A rule `SFX flag strip add condition`; the head of a group of rules has one word less.
fn ending(line: &str) -> Option<Ending> {
    let mut parts = line.split_whitespace();
    let (Some("SFX"), Some(flag), Some(strip), Some(add), Some(condition)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let empty = |text: &str| if text == "0" { String::new() } else { text.to_owned() };
    // What may follow an ending is another word's business.
    let add = add.split('/').next().unwrap_or(add);
    Some(Ending {
        flag: flag.chars().next()?,
        strip: empty(strip),
        add: empty(add),
        condition: letters(condition),
    })
}

fn letters(condition: &str) -> Vec<Letter> {
    let mut letters = Vec::new();
    let mut rest = condition.chars();
    while let Some(letter) = rest.next() {
        letters.push(match letter {
            '.' => Letter::Any,
            '[' => {
                let group: String = rest.by_ref().take_while(|letter| *letter != ']').collect();
                match group.strip_prefix('^') {
                    Some(others) => Letter::NoneOf(others.chars().collect()),
                    None => Letter::OneOf(group.chars().collect()),
                }
            }
            letter => Letter::OneOf(vec![letter]),
        });
    }
    letters
}

/// Whether the end of a base is as the condition says.
fn fits(condition: &[Letter], base: &str) -> bool {
    let mut end = base.chars().rev();
    condition
        .iter()
        .rev()
        .all(|letter| end.next().is_some_and(|given| letter.takes(given)) || matches!(letter, Letter::Any))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "SET UTF-8\n\nPFX b Y 1\nPFX b 0 nie .\n\nSFX n Y 4\nSFX n o a [^k]o\nSFX n o em [^k]o\nSFX n sło seł sło\nSFX n sło śle sło\n\
                         SFX t Y 2\nSFX t 0 u [^a]\nSFX t t cie t\n";
    const WORDS: &str = "4\ntablet/t\nhasło/nb\nrower\nkot/t\n";

    fn forms(word: &str) -> Vec<String> {
        let mut forms = Forms::new(RULES, WORDS.to_owned()).of(word);
        forms.sort();
        forms
    }

    #[test]
    fn every_form_leads_to_all_forms() {
        let password = ["haseł", "hasła", "hasłem", "hasło", "haśle"];
        for form in ["hasło", "hasła", "haseł", "haśle", "hasłem"] {
            assert_eq!(forms(form), password, "{form}");
        }
        assert_eq!(forms("tablecie"), ["tablecie", "tablet", "tabletu"]);
        assert_eq!(forms("rower"), ["rower"]);
        for unknown in ["hasłu", "nic", "", "o"] {
            assert_eq!(forms(unknown), Vec::<String>::new(), "{unknown}");
        }
    }

    #[test]
    fn a_folder_is_read_in_the_encoding_that_it_names() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Forms::read(folder.path()).is_none());
        let latin = |text: &str| -> Vec<u8> {
            let byte = |letter| (0..=255).find(|byte| latin_2(*byte) == letter).unwrap();
            text.chars().map(byte).collect()
        };
        std::fs::write(folder.path().join("pl_PL.aff"), latin(&RULES.replace("UTF-8", "ISO8859-2"))).unwrap();
        std::fs::write(folder.path().join("pl_PL.dic"), latin(WORDS)).unwrap();
        assert!(Forms::read(folder.path()).unwrap().of("haseł").contains(&"haśle".to_owned()));
        std::fs::write(folder.path().join("pl_PL.aff"), "SET UTF-8\nFLAG num\n").unwrap();
        assert!(Forms::read(folder.path()).is_none());
    }
}

//! Runs of text with their dress, and how they are written as Markdown.

/// A run of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) struck: bool,
    /// Where it leads.
    pub(super) link: Option<String>,
    /// Its text is Markdown already (a picture).
    pub(super) ready: bool,
}

impl Run {
    fn dress(&self) -> (bool, bool, bool) {
        (self.bold, self.italic, self.struck)
    }
}

/// The runs as one line of Markdown; `plain` leaves the dress out (headings have their own).
pub(super) fn line(runs: &[Run], plain: bool) -> String {
    let mut out = String::new();
    let mut rest = runs;
    while let Some(first) = rest.first() {
        let same = rest.iter().take_while(|run| run.link == first.link).count();
        let (group, after) = rest.split_at(same);
        rest = after;
        match &first.link {
            Some(address) => {
                let words = dressed(group, plain, ' ');
                if words.trim().is_empty() {
                    out.push_str(&words);
                } else {
                    let (before, words, behind) = trimmed(&words);
                    out.push_str(&format!("{before}[{words}](<{address}>){behind}"));
                }
            }
            None => {
                let before = out.chars().next_back().unwrap_or(' ');
                out.push_str(&dressed(group, plain, before));
            }
        }
    }
    let joined = out.split_whitespace().collect::<Vec<_>>().join(" ");
    start_escaped(&joined)
}

/// Neighbours of one dress are one run, so that a word whose letters were saved apart is one word.
fn dressed(runs: &[Run], plain: bool, before: char) -> String {
    let mut merged: Vec<Run> = Vec::new();
    for run in runs {
        match merged.last_mut() {
            Some(last) if last.dress() == run.dress() && !last.ready && !run.ready => {
                last.text.push_str(&run.text)
            }
            _ => merged.push(run.clone()),
        }
    }
    let mut out = String::new();
    for (at, run) in merged.iter().enumerate() {
        if run.ready {
            out.push_str(&run.text);
            continue;
        }
        let (blank, words, behind) = trimmed(&run.text);
        let marks = if plain || words.is_empty() { String::new() } else { marks(run) };
        let previous = if blank.is_empty() { out.chars().next_back().unwrap_or(before) } else { ' ' };
        let next = if behind.is_empty() {
            merged.get(at + 1).and_then(|next| next.text.chars().next()).unwrap_or(' ')
        } else {
            ' '
        };
        let (begin, end) = (words.chars().next().unwrap_or(' '), words.chars().next_back().unwrap_or(' '));
        // CommonMark takes `**` for text where a sign of punctuation stands within and a letter outside.
        let holds = (begin.is_alphanumeric() || !previous.is_alphanumeric())
            && (end.is_alphanumeric() || !next.is_alphanumeric());
        let marks = if holds { marks } else { String::new() };
        let closing: String = marks.chars().rev().collect();
        out.push_str(&format!("{blank}{marks}{}{closing}{behind}", escaped(words)));
    }
    out
}

fn marks(run: &Run) -> String {
    let mut marks = String::new();
    if run.struck {
        marks.push_str("~~");
    }
    if run.bold {
        marks.push_str("**");
    }
    if run.italic {
        marks.push('*');
    }
    marks
}

/// A text and the blanks around it.
fn trimmed(text: &str) -> (&str, &str, &str) {
    let inner = text.trim();
    let start = text.len() - text.trim_start().len();
    let before = text.get(..start).unwrap_or_default();
    let behind = if inner.is_empty() { "" } else { text.get(start + inner.len()..).unwrap_or_default() };
    (before, inner, behind)
}

/// Signs that mean something in Markdown, written so that they mean themselves.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '$' | '|' | '~' | '&' => {
                out.push('\\');
                out.push(letter);
            }
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

/// What would begin a heading, a list or a line at the start of a paragraph, and the mark of a language.
fn start_escaped(text: &str) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && text[digits..].starts_with(['.', ')']) {
        return format!("{}\\{}", &text[..digits], &text[digits..]);
    }
    if text.starts_with(['#', '+', '-', '=', '{']) { format!("\\{text}") } else { text.to_owned() }
}

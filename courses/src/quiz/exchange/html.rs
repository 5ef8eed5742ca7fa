//! HTML of other systems as Markdown: the little of it that questions use. Everything else becomes text and is named.
//!
//! This is no reader of web pages: tags are taken as they come, nothing is nested deeper than one list in another.

use super::Loss;

/// Names of letters that editors write.
const ENTITIES: [(&str, &str); 24] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("oacute", "ó"),
    ("Oacute", "Ó"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("hellip", "…"),
    ("bdquo", "„"),
    ("rdquo", "”"),
    ("ldquo", "“"),
    ("rsquo", "’"),
    ("lsquo", "‘"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("deg", "°"),
    ("times", "×"),
    ("sect", "§"),
    ("rarr", "→"),
    ("minus", "−"),
    ("shy", ""),
];

/// Whether a text that does not say what it is has HTML in it.
pub(super) fn looks_like(text: &str) -> bool {
    let last = text.rfind('>').unwrap_or_default();
    let tag = |at: usize| at < last && KNOWN.contains(&name(&text[at + 1..]).as_str());
    text.match_indices('<').any(|(at, _)| tag(at))
        || text.match_indices('&').any(|(at, _)| entity(&text[at..]).is_some())
}

const KNOWN: [&str; 44] = [
    "p",
    "br",
    "div",
    "span",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "s",
    "del",
    "strike",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "a",
    "img",
    "table",
    "tr",
    "td",
    "th",
    "tbody",
    "thead",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "sub",
    "sup",
    "blockquote",
    "hr",
    "font",
    "audio",
    "video",
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "center",
];

/// The name of a tag, of what stands behind its `<`; empty when it is none.
fn name(inside: &str) -> String {
    let inside = inside.strip_prefix('/').unwrap_or(inside);
    if !inside.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return String::new();
    }
    inside.chars().take_while(char::is_ascii_alphanumeric).take(20).collect::<String>().to_ascii_lowercase()
}

/// An entity at the beginning of a text: what it stands for, and its length.
fn entity(text: &str) -> Option<(String, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = &text[1..end];
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        let letter = char::from_u32(code).filter(|letter| !letter.is_control() || *letter == '\n')?;
        return Some((letter.to_string(), end + 1));
    }
    ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, letter)| ((*letter).to_owned(), end + 1))
}

/// Markdown, and what was lost on the way, each kind of loss once.
pub(super) fn to_markdown(html: &str) -> (String, Vec<Loss>) {
    let mut page = Page::default();
    let mut rest = html;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '<' => page.tag(rest),
            '&' => entity(rest).map(|(letters, length)| {
                page.letters(&letters);
                length
            }),
            _ => None,
        };
        let length = length.unwrap_or_else(|| {
            page.letters(&rest[..first.len_utf8()]);
            first.len_utf8()
        });
        rest = &rest[length..];
    }
    (page.text(), page.lost)
}

#[derive(Default)]
struct Page {
    out: String,
    lost: Vec<Loss>,
    /// For every open list the number of its last item; 0 is a list of dots.
    lists: Vec<Option<u32>>,
    links: Vec<String>,
    /// Within `pre` blanks and line ends are kept.
    code: bool,
    /// Within these nothing is text.
    silent: Option<&'static str>,
    no_more_tags: bool,
}

impl Page {
    fn lose(&mut self, what: Loss) {
        if !self.lost.contains(&what) && self.lost.len() < 50 {
            self.lost.push(what);
        }
    }

    fn letters(&mut self, letters: &str) {
        if self.silent.is_some() {
            return;
        }
        for letter in letters.chars() {
            if self.code || !letter.is_whitespace() {
                self.out.push(letter);
            } else if !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
                self.out.push(' ');
            }
        }
    }

    /// At least so many line ends.
    fn lines(&mut self, count: usize) {
        let kept = self.out.trim_end_matches([' ', '\n']).len();
        let there = self.out[kept..].matches('\n').count();
        self.out.truncate(kept);
        if kept > 0 {
            self.out.extend(std::iter::repeat_n('\n', count.max(there.min(2))));
        }
    }

    /// A tag or comment at the beginning of a text; its length, or `None` when it is a mere `<`.
    fn tag(&mut self, text: &str) -> Option<usize> {
        if text.starts_with("<!--") {
            return Some(text.find("-->").map_or(text.len(), |end| end + 3));
        }
        let name = name(&text[1..]);
        if name.is_empty() || self.no_more_tags {
            return None;
        }
        let Some(end) = text.find('>') else {
            // Looked for once, not for every `<` again.
            self.no_more_tags = true;
            return None;
        };
        let inside = &text[1..end];
        let closes = inside.starts_with('/');
        if let Some(silent) = self.silent {
            if closes && name == silent {
                self.silent = None;
            }
            return Some(end + 1);
        }
        self.known(&name, closes, inside);
        Some(end + 1)
    }

    fn known(&mut self, name: &str, closes: bool, inside: &str) {
        match name {
            "p" | "div" | "section" | "article" => self.lines(if self.lists.is_empty() { 2 } else { 1 }),
            "br" => {
                self.out.truncate(self.out.trim_end_matches(' ').len());
                self.out.push_str(if self.code { "\n" } else { "  \n" });
            }
            "hr" => self.lines(2),
            "b" | "strong" => self.around("**", closes),
            "i" | "em" => self.around("*", closes),
            "s" | "del" | "strike" => self.around("~~", closes),
            "code" if !self.code => self.around("`", closes),
            "code" => {}
            "pre" => {
                self.lines(if closes { 1 } else { 2 });
                self.out.push_str("```\n");
                self.code = !closes;
            }
            "ul" | "ol" => {
                self.lines(if self.lists.is_empty() || (closes && self.lists.len() == 1) { 2 } else { 1 });
                if closes {
                    self.lists.pop();
                } else {
                    self.lists.push((name == "ol").then_some(0));
                }
            }
            "li" if !closes => self.item(),
            "li" => {}
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.lines(2);
                if !closes {
                    self.out.push_str("### ");
                }
            }
            "a" => self.link(closes, inside),
            "img" => self.picture(inside),
            "audio" | "video" | "source" | "iframe" | "object" | "embed" => {
                if !closes {
                    let file = attribute(inside, "src").or_else(|| attribute(inside, "data"));
                    self.lose(Loss::Picture(file.unwrap_or_else(|| name.to_owned())));
                }
            }
            "script" => self.hide("script", closes),
            "style" => self.hide("style", closes),
            "table" | "caption" => {
                self.lose(Loss::Table);
                self.lines(2);
            }
            "tr" => self.lines(1),
            "td" | "th" if closes => self.out.push_str(" | "),
            "td" | "th" | "thead" | "tbody" | "tfoot" | "colgroup" | "col" => {}
            "blockquote" => self.lines(2),
            "span" | "font" | "u" | "small" | "big" | "label" | "o" | "body" | "html" | "abbr" => {}
            other => {
                if !closes {
                    self.lose(Loss::Markup(other.chars().take(20).collect()));
                }
            }
        }
    }

    fn hide(&mut self, name: &'static str, closes: bool) {
        if !closes {
            self.silent = Some(name);
            self.lose(Loss::Markup(name.to_owned()));
        }
    }

    /// Emphasis does not begin or end at a blank (CommonMark 0.31, §6.2).
    fn around(&mut self, mark: &str, closes: bool) {
        if closes {
            let kept = self.out.trim_end_matches([' ', '\n']).len();
            let blanks = self.out.split_off(kept);
            if self.out.ends_with(mark) {
                self.out.truncate(kept - mark.len());
            } else {
                self.out.push_str(mark);
            }
            self.out.push_str(&blanks);
        } else {
            self.out.push_str(mark);
        }
    }

    fn item(&mut self) {
        self.lines(1);
        let depth = self.lists.len().clamp(1, 5) - 1;
        self.out.extend(std::iter::repeat_n("   ", depth));
        match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                self.out.push_str(&format!("{number}. "));
            }
            _ => self.out.push_str("- "),
        }
    }

    fn link(&mut self, closes: bool, inside: &str) {
        if !closes {
            let address = attribute(inside, "href").unwrap_or_default();
            let passed = ["https://", "http://", "mailto:", "tel:"].iter().any(|s| address.starts_with(s));
            if passed && !address.contains([' ', ')', '(', '\n']) {
                self.out.push('[');
                self.links.push(address);
            } else {
                self.links.push(String::new());
                if !address.is_empty() {
                    self.lose(Loss::Markup("a".to_owned()));
                }
            }
        } else if let Some(address) = self.links.pop().filter(|address| !address.is_empty()) {
            self.out.push_str(&format!("]({address})"));
        }
    }

    fn picture(&mut self, inside: &str) {
        let name = attribute(inside, "src").unwrap_or_default();
        let name =
            if name.starts_with("data:") { "data:" } else { name.rsplit('/').next().unwrap_or_default() };
        self.lose(Loss::Picture(name.chars().take(100).collect()));
        if let Some(alt) = attribute(inside, "alt").filter(|alt| !alt.trim().is_empty()) {
            self.letters(&format!("({})", alt.trim()));
        }
    }

    /// What was written; marks of emphasis that were never closed are harmless in Markdown.
    fn text(&mut self) -> String {
        if self.code {
            self.lines(1);
            self.out.push_str("```");
        }
        self.out.trim().to_owned()
    }
}

/// The value of an attribute within a tag.
fn attribute(inside: &str, name: &str) -> Option<String> {
    let lower = inside.to_ascii_lowercase();
    let at = lower.match_indices(name).find_map(|(at, _)| {
        let before = lower[..at].chars().next_back()?;
        let behind = lower[at + name.len()..].trim_start();
        (before.is_whitespace() && behind.starts_with('=')).then_some(at + name.len())
    })?;
    let value = inside[at..].trim_start().strip_prefix('=')?.trim_start();
    let quoted = value.chars().next().filter(|quote| matches!(quote, '"' | '\''));
    let value = match quoted {
        Some(quote) => value[1..].split(quote).next()?,
        None => value.split([' ', '\t', '\n', '/']).next()?,
    };
    let mut plain = String::new();
    let mut rest = value;
    while let Some(letter) = rest.chars().next() {
        let read = if letter == '&' { entity(rest) } else { None };
        let (letters, length) = read.unwrap_or_else(|| (letter.to_string(), letter.len_utf8()));
        plain.push_str(&letters);
        rest = &rest[length..];
    }
    Some(plain)
}

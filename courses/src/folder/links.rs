//! Pictures and links in the Markdown of a unit: which there are, and new file names for links, with nothing else touched.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};

use crate::markdown::{Lines, OPTIONS};

/// A picture where the text shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// Line in the Markdown, from 1.
    pub line: usize,
    /// As it is written.
    pub path: String,
    /// Whether there is a text for those who do not see it.
    pub has_text: bool,
}

/// Every picture of a text.
pub(super) fn pictures(markdown: &str) -> Vec<Shown> {
    let lines = Lines::of(markdown);
    let mut shown = Vec::new();
    let mut events = Parser::new_ext(markdown, OPTIONS).into_offset_iter().peekable();
    while let Some((event, range)) = events.next() {
        if let Event::Start(Tag::Image { dest_url, .. }) = event {
            let has_text = !matches!(events.peek(), Some((Event::End(TagEnd::Image), _)));
            shown.push(Shown { line: lines.line(range.start), path: dest_url.into_string(), has_text });
        }
    }
    shown
}

/// The text with other file names in its links: `name_of` answers the new name of a file, or nothing for one that stays.
///
/// Only the letters of the names change. Where a name is written in a way that cannot be replaced like that (with
/// entities or backslashes), the whole text stays as it is.
pub(super) fn rename(markdown: &str, name_of: impl Fn(&str) -> Option<String>) -> String {
    let new_address = |address: &str| {
        let (file, part) = address.split_at(address.find('#').unwrap_or(address.len()));
        name_of(file).filter(|name| name != file).map(|name| format!("{name}{part}"))
    };
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut edit = |from: Option<usize>, address: &str| {
        let (Some(from), Some(new)) = (from, new_address(address)) else { return };
        if markdown[from..].starts_with(address) {
            edits.push((from..from + address.len(), new));
        }
    };
    let parser = Parser::new_ext(markdown, OPTIONS);
    for (_, definition) in parser.reference_definitions().iter() {
        edit(after(markdown, &definition.span, "]:"), &definition.dest);
    }
    // Links do not nest, so one place is enough: where its text ends, and its address.
    let mut open: Option<(usize, String)> = None;
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, .. }) => {
                open = Some((range.start + 1, dest_url.into_string()));
            }
            Event::End(TagEnd::Link) => {
                if let Some((text_end, address)) = open.take() {
                    edit(after(markdown, &(text_end..range.end), "]("), &address);
                }
            }
            _ => {
                if let Some((text_end, _)) = &mut open {
                    *text_end = range.end.max(*text_end);
                }
            }
        }
    }
    edits.sort_by_key(|(range, _)| range.start);
    let mut renamed = String::with_capacity(markdown.len() + edits.len() * 4);
    let mut done = 0;
    for (range, new) in edits {
        renamed.push_str(&markdown[done..range.start]);
        renamed.push_str(&new);
        done = range.end;
    }
    renamed.push_str(&markdown[done..]);
    if same_but_for_links(markdown, &renamed, new_address) { renamed } else { markdown.to_owned() }
}

/// Where an address begins: behind `mark`, blanks, and a `<` if there is one.
fn after(markdown: &str, within: &Range<usize>, mark: &str) -> Option<usize> {
    let text = markdown.get(within.clone())?;
    let rest = &text[text.find(mark)? + mark.len()..];
    let address = rest.trim_start();
    let address = address.strip_prefix('<').unwrap_or(address);
    Some(within.end - address.len())
}

/// Whether the two texts say the same, the addresses of links apart, and those are the new ones.
fn same_but_for_links(old: &str, new: &str, new_address: impl Fn(&str) -> Option<String>) -> bool {
    let expected = Parser::new_ext(old, OPTIONS).map(|event| match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = new_address(&dest_url).map_or(dest_url, Into::into);
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        other => other,
    });
    expected.eq(Parser::new_ext(new, OPTIONS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_addresses_of_links_change() {
        let name_of = |file: &str| (file == "03-a.md").then(|| "12-a.md".to_owned());
        for (old, new) in [
            ("[x](03-a.md) 03-a.md `[x](03-a.md)`", "[x](12-a.md) 03-a.md `[x](03-a.md)`"),
            ("[03-a.md](03-a.md \"03-a.md\")", "[03-a.md](12-a.md \"03-a.md\")"),
            ("[x](<03-a.md#b>) [y]( 03-a.md )", "[x](<12-a.md#b>) [y]( 12-a.md )"),
            (
                "[**`]`** \\] ![](media/x.png)](03-a.md#część)",
                "[**`]`** \\] ![](media/x.png)](12-a.md#część)",
            ),
            ("[x][u] [u]\n\n[u]: 03-a.md 'o'\n", "[x][u] [u]\n\n[u]: 12-a.md 'o'\n"),
            ("> - [x](03-a.md)\n> - [y](04-b.md)\n", "> - [x](12-a.md)\n> - [y](04-b.md)\n"),
            ("| a |\n|---|\n| [x](03-a.md) [](03-a.md) |\n", "| a |\n|---|\n| [x](12-a.md) [](12-a.md) |\n"),
            ("```\n[x](03-a.md)\n```\r\n", "```\n[x](03-a.md)\n```\r\n"),
            ("[x](03&#45;a.md)", "[x](03&#45;a.md)"),
            ("[^f]\n\n[^f]: Zob. [x](03-a.md).\n", "[^f]\n\n[^f]: Zob. [x](12-a.md).\n"),
        ] {
            assert_eq!(rename(old, name_of), new);
        }
    }

    #[test]
    fn pictures_are_found_wherever_they_are() {
        let text =
            "![a](media/a.png)\n\n| ![](media/b.png) |\n|---|\n\n[![c][d]](x.md)\n\n[d]: media/d.png\n";
        let found: Vec<_> = pictures(text).into_iter().map(|p| (p.line, p.path, p.has_text)).collect();
        let expected = [(1, "media/a.png", true), (3, "media/b.png", false), (6, "media/d.png", true)];
        assert_eq!(found, expected.map(|(line, path, text)| (line, path.to_owned(), text)));
    }
}

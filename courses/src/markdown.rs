//! Markdown of a unit to safe HTML, with a list of what its author should look at.
//!
//! CommonMark with tables, footnotes, strike-through, fenced code and LaTeX formulas (as MathML, without script). Raw HTML
//! is dropped; what is left goes through an allow-list all the same.

mod allowed;
mod anchor;
mod fault;
mod look;
mod tongue;
mod wide;

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};
use pulldown_latex::config::DisplayMode;
use pulldown_latex::{Parser as Latex, RenderConfig, Storage, push_mathml};

use crate::slug::without_number;
use allowed::SAFE;
use anchor::Anchors;
use wide::Wide;

pub use fault::{Fault, Finding};

/// Deeper nesting than this no person reads and no browser needs.
const DEEPEST: usize = 40;
/// A longer formula is none.
const LONGEST_FORMULA: usize = 4000;

/// What of Markdown is read beside CommonMark.
pub(crate) const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_MATH)
    .union(Options::ENABLE_TASKLISTS);

/// What pictures and links to other units lead to.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// Address of a picture by its path in the course: `media/kontrast.png`.
    pub media: HashMap<String, String>,
    /// Address of a unit by its file name, `03-ustawa.md` for that name alone or `ustawa.md` for any number in front.
    pub units: HashMap<String, String>,
    /// Language of the course, `pl`, `en` or `uk`: what tables and formulas that scroll are called. Empty means `pl`.
    pub language: String,
}

/// What a unit became.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// HTML that is safe to show.
    pub html: String,
    /// What the author should look at.
    pub findings: Vec<Finding>,
}

/// Turns Markdown into HTML.
pub fn render(markdown: &str, places: &Places) -> Rendered {
    let (events, findings) = walk(markdown, places, 1);
    let mut raw = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut raw, events.into_iter());
    let html = SAFE.clean(&raw).to_string();
    Rendered { html, findings }
}

/// What its author should look at, without making HTML of it, in a text that stands under a heading of this level; 1 is the title of
/// the page.
pub(crate) fn findings(markdown: &str, places: &Places, under: u8) -> Vec<Finding> {
    walk(markdown, places, under).1
}

fn walk<'m>(markdown: &'m str, places: &Places, level: u8) -> (Vec<Event<'m>>, Vec<Finding>) {
    let mut walk = Walk {
        places,
        lines: Lines::of(markdown),
        findings: Vec::new(),
        level,
        footnotes: Vec::new(),
        head: false,
        anchors: Anchors::default(),
        heading_at: 0,
        wide: Wide::of(&places.language),
        link: (0, String::new()),
        cell_at: 0,
        headers: Vec::new(),
        paragraph_at: 0,
    };
    let mut events = Vec::new();
    let mut depth = 0usize;
    for (event, range) in Parser::new_ext(markdown, OPTIONS).into_offset_iter() {
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            walk.find(&range, Fault::TooDeep);
            break;
        }
        walk.event(event, &range, &mut events);
    }
    (events, walk.findings)
}

/// The language that a paragraph says of itself.
pub(crate) fn marked_language(paragraph: &str) -> Option<&'static str> {
    tongue::mark(paragraph).map(|(code, _)| code)
}

struct Walk<'a> {
    places: &'a Places,
    lines: Lines,
    findings: Vec<Finding>,
    level: u8,
    footnotes: Vec<String>,
    head: bool,
    anchors: Anchors,
    /// Where in the events the open heading began.
    heading_at: usize,
    wide: Wide,
    /// Where in the events the open link began, and the address that its author wrote.
    link: (usize, String),
    /// Where the open cell began.
    cell_at: usize,
    /// Of every header cell of the open table: whether something is in it.
    headers: Vec<bool>,
    /// Where the open paragraph began.
    paragraph_at: usize,
}

impl<'a> Walk<'a> {
    fn find(&mut self, range: &Range<usize>, what: Fault) {
        if self.findings.len() < 200 {
            self.findings.push(Finding { line: self.lines.line(range.start), what });
        }
    }

    fn event<'e>(&mut self, event: Event<'e>, range: &Range<usize>, out: &mut Vec<Event<'e>>) {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => {
                if !text.trim_start().starts_with("<!--") {
                    self.find(range, Fault::Html);
                }
            }
            Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
            Event::Start(Tag::Heading { level, .. }) => {
                let level = self.heading(level, range);
                self.heading_at = out.len();
                out.push(Event::Start(Tag::Heading {
                    level,
                    id: None,
                    classes: Vec::new(),
                    attrs: Vec::new(),
                }));
            }
            Event::End(TagEnd::Heading(level)) => {
                let name = self.anchors.name(&anchor::text(&out[self.heading_at..]));
                if let Some(Event::Start(Tag::Heading { id, .. })) = out.get_mut(self.heading_at) {
                    *id = Some(name.into());
                }
                out.push(Event::End(TagEnd::Heading(shown(level))));
            }
            Event::Start(Tag::Image { dest_url, title, id, .. }) => {
                let dest_url = self.picture(&dest_url, range);
                out.push(Event::Start(Tag::Image { link_type: LinkType::Inline, dest_url, title, id }));
            }
            Event::Start(Tag::Paragraph) => {
                self.paragraph_at = out.len();
                out.push(Event::Start(Tag::Paragraph));
            }
            Event::End(TagEnd::Paragraph) => {
                self.language_of_part(range, out);
                out.push(Event::End(TagEnd::Paragraph));
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                self.link = (out.len(), dest_url.to_string());
                let dest_url = self.address(link_type, dest_url, range);
                out.push(Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, title, id }));
            }
            Event::End(TagEnd::Link) => {
                let words = anchor::text(&out[self.link.0.min(out.len())..]);
                if let Some(fault) = look::link(&words, &self.link.1) {
                    self.find(range, fault);
                }
                out.push(Event::End(TagEnd::Link));
            }
            Event::InlineMath(formula) => out.push(self.formula(&formula, DisplayMode::Inline, range)),
            Event::DisplayMath(formula) => out.push(self.formula(&formula, DisplayMode::Block, range)),
            Event::FootnoteReference(name) => {
                let number = self.footnote(&name);
                out.push(raw(format!(
                    "<sup class=\"footnote-reference\" id=\"odsylacz-{number}\"><a href=\"#przypis-{number}\">{number}</a></sup>"
                )));
            }
            Event::Start(Tag::FootnoteDefinition(name)) => {
                let number = self.footnote(&name);
                out.push(raw(format!(
                    "<div class=\"footnote-definition\" id=\"przypis-{number}\"><sup class=\"footnote-definition-label\">{number}</sup>"
                )));
            }
            Event::End(TagEnd::FootnoteDefinition) => out.push(raw("</div>".to_owned())),
            // `<th>` gets its scope; the writer of the library gives none.
            Event::Start(Tag::TableHead) => {
                self.head = true;
                self.headers.clear();
                out.push(raw("<thead><tr>".to_owned()));
            }
            Event::End(TagEnd::TableHead) => {
                self.head = false;
                if look::lacks_header(&self.headers) {
                    self.find(range, Fault::TableWithoutHeader);
                }
                out.push(raw("</tr></thead><tbody>".to_owned()));
            }
            Event::Start(Tag::Table(_)) => out.push(raw(format!("{}<table>", self.wide.table()))),
            Event::End(TagEnd::Table) => out.push(raw("</tbody></table></div>".to_owned())),
            Event::Start(Tag::TableRow) => out.push(raw("<tr>".to_owned())),
            Event::End(TagEnd::TableRow) => out.push(raw("</tr>".to_owned())),
            Event::Start(Tag::TableCell) => {
                self.cell_at = out.len();
                out.push(raw(if self.head { "<th scope=\"col\">" } else { "<td>" }.to_owned()));
            }
            Event::End(TagEnd::TableCell) => {
                if self.head {
                    let words = anchor::text(&out[self.cell_at.min(out.len())..]);
                    self.headers.push(!words.trim().is_empty());
                }
                out.push(raw(if self.head { "</th>" } else { "</td>" }.to_owned()))
            }
            Event::TaskListMarker(done) => out.push(Event::Text(if done { "☑ " } else { "☐ " }.into())),
            other => out.push(other),
        }
        self.texts(range, out);
    }

    /// A picture whose text is empty is found when its end comes right after its start.
    fn texts(&mut self, range: &Range<usize>, out: &[Event<'_>]) {
        if let [.., Event::Start(Tag::Image { dest_url, .. }), Event::End(TagEnd::Image)] = out {
            let name = dest_url.rsplit('/').next().unwrap_or_default().to_owned();
            self.find(range, Fault::PictureWithoutText(name));
        }
    }

    /// `{en} Text` makes a paragraph English; one that is surely in another language and says nothing is found.
    fn language_of_part(&mut self, range: &Range<usize>, out: &mut [Event<'_>]) {
        let Some([start, rest @ ..]) = out.get_mut(self.paragraph_at..) else { return };
        if let Some(Event::Text(words)) = rest.first_mut()
            && let Some((code, after)) = tongue::mark(words)
        {
            let after = after.to_owned();
            *start = raw(format!("<p lang=\"{code}\">"));
            *words = after.into();
            return;
        }
        if let Some(code) = tongue::other(&anchor::text(rest), &self.places.language) {
            self.find(range, Fault::OtherLanguage(code));
        }
    }

    fn heading(&mut self, level: HeadingLevel, range: &Range<usize>) -> HeadingLevel {
        let now = level as u8;
        if now == 1 {
            self.find(range, Fault::TopHeading);
        } else if now > self.level + 1 {
            self.find(range, Fault::SkippedHeading { before: self.level, now });
        }
        self.level = now.max(2);
        shown(level)
    }

    fn picture<'e>(&mut self, path: &str, range: &Range<usize>) -> CowStr<'e> {
        match self.places.media.get(path) {
            Some(address) => address.clone().into(),
            None => {
                self.find(range, Fault::NoSuchPicture(path.to_owned()));
                "".into()
            }
        }
    }

    fn address<'e>(&mut self, kind: LinkType, address: CowStr<'e>, range: &Range<usize>) -> CowStr<'e> {
        if kind == LinkType::Email {
            return format!("mailto:{address}").into();
        }
        let lower = address.to_ascii_lowercase();
        if ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme)) {
            return address;
        }
        if let Some(part) = address.strip_prefix('#') {
            return format!("#{}", anchor::of(part)).into();
        }
        let (file, part) =
            address.split_once('#').map_or((&*address, None), |(file, part)| (file, Some(part)));
        let units = &self.places.units;
        if let Some(unit) = units.get(file).or_else(|| units.get(without_number(file))) {
            return part.map_or_else(|| unit.clone(), |part| format!("{unit}#{}", anchor::of(part))).into();
        }
        let fault = if file.ends_with(".md") {
            Fault::NoSuchUnit(file.to_owned())
        } else {
            Fault::BadAddress(address.to_string())
        };
        self.find(range, fault);
        "".into()
    }

    fn footnote(&mut self, name: &str) -> usize {
        if let Some(at) = self.footnotes.iter().position(|known| known == name) {
            return at + 1;
        }
        self.footnotes.push(name.to_owned());
        self.footnotes.len()
    }

    fn formula<'e>(&mut self, formula: &str, display_mode: DisplayMode, range: &Range<usize>) -> Event<'e> {
        let mut mathml = String::new();
        let storage = Storage::new();
        let config = RenderConfig { display_mode, ..RenderConfig::default() };
        let events: Vec<_> = if formula.len() > LONGEST_FORMULA {
            Vec::new()
        } else {
            Latex::new(formula, &storage).collect()
        };
        let readable = !events.is_empty()
            && events.iter().all(Result::is_ok)
            && push_mathml(&mut mathml, events.into_iter(), config).is_ok();
        if readable {
            return raw(self.wide.formula(mathml));
        }
        self.find(range, Fault::BadFormula(formula.chars().take(80).collect()));
        Event::Code(formula.to_owned().into())
    }
}

fn raw<'e>(html: String) -> Event<'e> {
    Event::InlineHtml(html.into())
}

/// A first-level heading is shown as a second: the page has its own.
fn shown(level: HeadingLevel) -> HeadingLevel {
    if level == HeadingLevel::H1 { HeadingLevel::H2 } else { level }
}

/// Offsets of line beginnings, so that a finding costs a binary search.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    pub(crate) fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset)
    }
}

#[cfg(test)]
mod tests;

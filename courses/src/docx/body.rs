//! The main story, block by block, as it is read.

use super::inline::{self, Run};
use super::parts::About;
use super::xml::{Element, Met, walk};
use super::{Lost, Refused, write};

/// A block of the story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// A heading: its level from 1, its words as Markdown and as they are.
    Heading { level: u8, text: String, plain: String },
    /// A paragraph.
    Paragraph(String),
    /// An item of a list, at a level from 0.
    Item { level: usize, numbered: bool, text: String },
    /// A table; whether its first row is marked as a header.
    Table { rows: Vec<Vec<String>>, header: bool },
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Story {
    pub(super) blocks: Vec<Block>,
    /// Relations of the pictures that are shown, in order.
    pub(super) pictures: Vec<String>,
    pub(super) lost: Vec<Lost>,
}

#[derive(Debug, Default)]
struct Paragraph {
    style: String,
    outline: Option<u8>,
    list: Option<String>,
    level: usize,
    runs: Vec<Run>,
}

#[derive(Debug, Default)]
struct Table {
    rows: Vec<Vec<String>>,
    header: bool,
    /// What the open cell holds so far.
    cell: Vec<String>,
}

/// Elements whose whole content is left out, each with what is lost by it.
const LEFT_OUT: [(&str, Option<Lost>); 9] = [
    // The same thing again for programs of old.
    ("Fallback", None),
    ("txbxContent", Some(Lost::TextBox)),
    ("oMath", Some(Lost::Formula)),
    ("del", Some(Lost::TrackedRemoval)),
    ("moveFrom", Some(Lost::TrackedRemoval)),
    ("instrText", None),
    ("object", Some(Lost::Embedded)),
    ("chart", Some(Lost::Drawing)),
    ("relIds", Some(Lost::Drawing)),
];

struct Reading<'a> {
    about: &'a About,
    story: Story,
    paragraph: Option<Paragraph>,
    tables: Vec<Table>,
    run: Run,
    link: Option<String>,
    /// Within `pPr`, where the dress is that of the paragraph's mark.
    in_paragraph_properties: bool,
    hidden: bool,
    in_text: bool,
    /// The text of the open picture.
    alt: String,
    /// The name and depth of the open element that is left out.
    out: Option<(String, usize)>,
}

/// Reads the story.
pub(super) fn read(text: &str, about: &About) -> Result<Story, Refused> {
    let mut reading = Reading {
        about,
        story: Story::default(),
        paragraph: None,
        tables: Vec::new(),
        run: Run::default(),
        link: None,
        in_paragraph_properties: false,
        hidden: false,
        in_text: false,
        alt: String::new(),
        out: None,
    };
    walk(text, |met| {
        reading.meet(met);
        Ok(())
    })?;
    Ok(reading.story)
}

impl Reading<'_> {
    fn meet(&mut self, met: Met) {
        if let Some((name, depth)) = &mut self.out {
            match met {
                Met::Open(element) if element.name == *name => *depth += 1,
                Met::Close(closed) if closed == *name => *depth -= 1,
                _ => {}
            }
            if *depth == 0 {
                self.out = None;
            }
            return;
        }
        match met {
            Met::Open(element) => self.open(&element),
            Met::Close(name) => self.close(&name),
            Met::Text(text) if self.in_text => self.run.text.push_str(&text),
            Met::Text(_) => {}
        }
    }

    fn lose(&mut self, what: Lost) {
        self.story.lost.push(what);
    }

    fn open(&mut self, element: &Element) {
        let value = element.get("val").unwrap_or_default();
        if let Some((name, lost)) = LEFT_OUT.iter().find(|(name, _)| *name == element.name) {
            self.story.lost.extend(*lost);
            self.out = Some(((*name).to_owned(), 1));
            return;
        }
        match element.name.as_str() {
            "p" => self.paragraph = Some(Paragraph::default()),
            "pPr" => self.in_paragraph_properties = true,
            "r" => {
                self.run = Run { link: self.link.clone(), ..Run::default() };
                self.hidden = false;
            }
            "t" => self.in_text = true,
            "tab" | "br" | "cr" if !self.in_paragraph_properties => self.run.text.push(' '),
            "noBreakHyphen" => self.run.text.push('-'),
            "hyperlink" => self.link = self.target(element),
            "tbl" => {
                if !self.tables.is_empty() {
                    self.lose(Lost::NestedTable);
                }
                self.tables.push(Table::default());
            }
            "tr" => self.in_table(|table| table.rows.push(Vec::new())),
            "tc" => self.in_table(|table| table.cell.clear()),
            "tblHeader" if element.is_on() => self.in_table(|table| table.header |= table.rows.len() == 1),
            "tblLook" => {
                let bits = u32::from_str_radix(value, 16).unwrap_or(0);
                let first =
                    element.get("firstRow").map_or(bits & 0x20 != 0, |first| matches!(first, "1" | "true"));
                self.in_table(|table| table.header |= first);
            }
            "gridSpan" | "vMerge" | "hMerge" if !self.tables.is_empty() => self.lose(Lost::MergedCells),
            "docPr" => {
                let given = element.get("descr").or(element.get("title")).unwrap_or_default();
                self.alt = inline::escaped(&given.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            "blip" | "imagedata" => self.picture(element),
            "footnoteReference" | "endnoteReference" => self.lose(Lost::Footnote),
            "commentReference" => self.lose(Lost::Comment),
            _ if self.in_paragraph_properties => self.of_paragraph(element, value),
            _ => self.of_run(element),
        }
    }

    fn of_paragraph(&mut self, element: &Element, value: &str) {
        let Some(paragraph) = &mut self.paragraph else { return };
        match element.name.as_str() {
            "pStyle" => paragraph.style = value.to_owned(),
            "outlineLvl" => paragraph.outline = value.parse::<u8>().ok().filter(|level| *level < 9),
            "numId" => paragraph.list = Some(value.to_owned()),
            "ilvl" => paragraph.level = value.parse::<usize>().unwrap_or(0).min(8),
            _ => {}
        }
    }

    fn of_run(&mut self, element: &Element) {
        match element.name.as_str() {
            "b" => self.run.bold = element.is_on(),
            "i" => self.run.italic = element.is_on(),
            "strike" | "dstrike" => self.run.struck = element.is_on(),
            "vanish" if element.is_on() => self.hidden = true,
            // The colour of a link is the link's.
            "color"
                if self.run.link.is_none()
                    && !matches!(element.get("val"), Some("auto" | "000000") | None) =>
            {
                self.lose(Lost::Colour);
            }
            "highlight" if element.is_on() => self.lose(Lost::Colour),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" => {
                if let Some(paragraph) = self.paragraph.take() {
                    self.end_paragraph(&paragraph);
                }
            }
            "pPr" => self.in_paragraph_properties = false,
            "t" => self.in_text = false,
            "r" => {
                let run = std::mem::take(&mut self.run);
                if self.hidden && !run.text.trim().is_empty() {
                    self.hidden = false;
                    self.lose(Lost::Hidden);
                } else {
                    self.push(run);
                }
            }
            "hyperlink" => self.link = None,
            "tc" => self.in_table(|table| {
                let text = table.cell.join(" ");
                table.cell.clear();
                if let Some(row) = table.rows.last_mut() {
                    row.push(text);
                }
            }),
            "tbl" => self.end_table(),
            _ => {}
        }
    }

    fn push(&mut self, run: Run) {
        if let Some(paragraph) = &mut self.paragraph
            && !run.text.is_empty()
        {
            paragraph.runs.push(run);
        }
    }

    fn in_table(&mut self, change: impl FnOnce(&mut Table)) {
        if let Some(table) = self.tables.last_mut() {
            change(table);
        }
    }

    /// Where a link leads; only to the net, by e-mail or telephone. An anchor within the document has no place here.
    fn target(&mut self, element: &Element) -> Option<String> {
        let target =
            element.get("id").and_then(|id| self.about.relation(id)).filter(|relation| relation.external);
        let target = target.map(|relation| relation.target.clone());
        let taken = target.filter(|target| {
            let lower = target.to_ascii_lowercase();
            ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme))
                && target.len() <= 2000
                && !target.contains(['<', '>', '\n', '\\'])
        });
        if taken.is_none() {
            self.lose(Lost::Link);
        }
        taken
    }

    fn picture(&mut self, element: &Element) {
        let alt = std::mem::take(&mut self.alt);
        // `r:embed` of a drawing, `r:id` of a picture of old; `r:link` alone leads to another place.
        let Some(relation) = element.get("embed").or(element.get("id")).or(element.get("link")) else {
            return;
        };
        let text = format!("![{alt}](<{}>)", write::place(relation));
        self.story.pictures.push(relation.to_owned());
        self.push(Run { text, ready: true, ..Run::default() });
    }

    fn end_paragraph(&mut self, paragraph: &Paragraph) {
        let heading =
            paragraph.outline.map(|level| level + 1).or_else(|| self.about.heading(&paragraph.style));
        let in_table = !self.tables.is_empty();
        let text = inline::line(&paragraph.runs, heading.is_some() && !in_table);
        if text.is_empty() {
            return;
        }
        if in_table {
            return self.in_table(|table| table.cell.push(text));
        }
        if let Some(level) = heading {
            let plain: String =
                paragraph.runs.iter().filter(|run| !run.ready).map(|run| run.text.as_str()).collect();
            let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
            if !plain.is_empty() {
                return self.story.blocks.push(Block::Heading { level, text, plain });
            }
        }
        // A paragraph of a list says so itself, or by its style; list 0 means none.
        let list = match &paragraph.list {
            Some(list) => Some((list.clone(), paragraph.level)),
            None => self.about.list(&paragraph.style),
        };
        let block = match list.filter(|(list, _)| list != "0") {
            Some((list, level)) => {
                let deepest = match self.story.blocks.last() {
                    Some(Block::Item { level, .. }) => level + 1,
                    _ => 0,
                };
                let numbered = self.about.is_numbered(&list, level);
                Block::Item { level: level.min(deepest), numbered, text }
            }
            None => Block::Paragraph(text),
        };
        self.story.blocks.push(block);
    }

    fn end_table(&mut self) {
        let Some(mut table) = self.tables.pop() else { return };
        table.rows.retain(|row| !row.is_empty());
        if let Some(outer) = self.tables.last_mut() {
            outer.cell.extend(table.rows.into_iter().flatten().filter(|text| !text.is_empty()));
        } else if !table.rows.is_empty() {
            self.story.blocks.push(Block::Table { rows: table.rows, header: table.header });
        }
    }
}

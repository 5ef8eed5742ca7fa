//! Blocks as Markdown, chapter by chapter; and the pictures that they show.

use std::collections::HashMap;

use super::archive::Parts;
use super::body::{Block, Story};
use super::parts::About;
use super::{Chapter, Lost, Picture, Split};
use crate::media;

/// What stands for a picture until its name is known.
pub(super) fn place(relation: &str) -> String {
    format!("media/\u{1}{relation}\u{1}")
}

/// The chapters of the story.
pub(super) fn chapters(blocks: &[Block], split: Split) -> Vec<Chapter> {
    let mut chapters = vec![Chapter { title: None, markdown: String::new() }];
    let mut before: Option<&Block> = None;
    for block in blocks {
        if let (Block::Heading { level: 1, plain, .. }, Split::ByHeading) = (block, split) {
            chapters.push(Chapter { title: Some(plain.clone()), markdown: String::new() });
            before = None;
            continue;
        }
        let Some(chapter) = chapters.last_mut() else { break };
        let text = written(block, split);
        let joins = matches!((before, block), (Some(Block::Item { .. }), Block::Item { .. }));
        if !chapter.markdown.is_empty() {
            chapter.markdown.push_str(if joins { "\n" } else { "\n\n" });
        }
        chapter.markdown.push_str(&text);
        before = Some(block);
    }
    chapters.retain(|chapter| chapter.title.is_some() || !chapter.markdown.is_empty());
    for chapter in &mut chapters {
        if !chapter.markdown.is_empty() {
            chapter.markdown.push('\n');
        }
    }
    chapters
}

fn written(block: &Block, split: Split) -> String {
    match block {
        Block::Heading { level, text, .. } => {
            // The page has the first level: of a whole document everything moves down by one.
            let level = if split == Split::One { level + 1 } else { *level };
            format!("{} {text}", "#".repeat(usize::from(level.clamp(2, 6))))
        }
        Block::Paragraph(text) => text.clone(),
        Block::Item { level, numbered, text } => {
            format!("{}{} {text}", "   ".repeat(*level), if *numbered { "1." } else { "-" })
        }
        Block::Table { rows, header } => table(rows, *header),
    }
}

/// A table; without a marked header row its header is left empty, and the author is told to fill it.
fn table(rows: &[Vec<String>], header: bool) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let row = |cells: &[String]| {
        let cells = (0..columns).map(|at| cells.get(at).map(String::as_str).unwrap_or_default());
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    let (first, rest) = match rows.split_first() {
        Some((first, rest)) if header => (row(first), rest),
        _ => (row(&[]), rows),
    };
    let mut lines = vec![first, format!("|{}", " --- |".repeat(columns))];
    lines.extend(rest.iter().map(|cells| row(cells)));
    lines.join("\n")
}

/// The pictures that the story shows, each under a name of its own; what is none is taken out of the text and named.
pub(super) fn pictures(story: &mut Story, parts: &Parts, about: &About, prefix: &str) -> Vec<Picture> {
    let mut pictures: Vec<Picture> = Vec::new();
    let mut names: HashMap<String, Option<String>> = HashMap::new();
    for relation in std::mem::take(&mut story.pictures) {
        if names.contains_key(&relation) {
            continue;
        }
        let name = match about.relation(&relation) {
            Some(target) if target.external => {
                story.lost.push(Lost::ForeignPicture);
                None
            }
            Some(target) => {
                let path = target.target.trim_start_matches('/').to_lowercase();
                let path = if path.starts_with("word/") { path } else { format!("word/{path}") };
                let bytes = parts
                    .media
                    .get(&path)
                    .filter(|bytes| media::picture_type(bytes).is_some() && bytes.len() <= media::MOST_BYTES);
                if bytes.is_none() {
                    story.lost.push(Lost::Picture);
                }
                bytes.map(|bytes| {
                    let file = path.rsplit('/').next().unwrap_or("obraz.png");
                    let name = media::tidy_name(&format!("{prefix}-{file}"));
                    pictures.push(Picture { name: name.clone(), bytes: bytes.clone() });
                    name
                })
            }
            None => {
                story.lost.push(Lost::Picture);
                None
            }
        };
        names.insert(relation, name);
    }
    for block in &mut story.blocks {
        match block {
            Block::Heading { text, .. } | Block::Paragraph(text) | Block::Item { text, .. } => {
                named(text, &names)
            }
            Block::Table { rows, .. } => rows.iter_mut().flatten().for_each(|text| named(text, &names)),
        }
    }
    story.blocks.retain(|block| !matches!(block, Block::Paragraph(text) if text.trim().is_empty()));
    pictures
}

/// Puts the names of pictures where their places are; a picture without a name goes, its text stays.
fn named(text: &mut String, names: &HashMap<String, Option<String>>) {
    const BEGIN: &str = "](<media/\u{1}";
    const END: &str = "\u{1}>)";
    let (mut out, mut rest) = (String::new(), text.as_str());
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let Some((relation, after)) = after.split_once(END) else { break };
        rest = after;
        out.push_str(before);
        match names.get(relation).and_then(Option::as_ref) {
            Some(name) => {
                out.push_str("](media/");
                out.push_str(name);
                out.push(')');
            }
            None => {
                if let Some(start) = out.rfind("![") {
                    let words = out.split_off(start);
                    out.push_str(words.trim_start_matches("![").trim());
                }
            }
        }
    }
    out.push_str(rest);
    *text = out;
}

//! The wording of an agreement as parts of a document: paragraphs of law become headings, numbered points become lists that a
//! screen reader can count.

use crate::paper::{Block, Numbered};

/// Title and parts. The dotted lines to sign on are left out: a document has its own.
pub fn parts(terms: &str) -> (String, Vec<Block>) {
    let mut lines = terms.lines().map(str::trim_end);
    let title = lines.by_ref().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned();
    let mut blocks = Vec::new();
    for line in lines.take_while(|line| !line.trim_start().starts_with("......")) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if line.starts_with("§ ") {
            blocks.push(Block::Heading { level: 2, text: line.to_owned() });
        } else if let Some((number, text)) = point(line, ". ") {
            match blocks.last_mut() {
                Some(Block::Numbered { start, items })
                    if *start as usize + items.len() == number as usize =>
                {
                    items.push(Numbered { text, below: Vec::new() });
                }
                _ => blocks.push(Block::Numbered {
                    start: number,
                    items: vec![Numbered { text, below: Vec::new() }],
                }),
            }
        } else if let (Some((_, text)), Some(Block::Numbered { items, .. })) =
            (point(line, ") "), blocks.last_mut())
            && let Some(last) = items.last_mut()
        {
            last.below.push(text);
        } else {
            blocks.push(Block::Text { text: line.to_owned() });
        }
    }
    (title, blocks)
}

/// `12. text` or `3) text`.
fn point(line: &str, after: &str) -> Option<(u32, String)> {
    let (number, text) = line.split_once(after)?;
    let number = number.parse().ok().filter(|_| number.len() <= 2)?;
    Some((number, text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_counted_below_their_heading_and_dotted_lines_are_left_out() {
        let (title, blocks) = parts(
            "UMOWA nr 1\n\nsporządzona 2026. r.\n\n§ 1. Sprzęt\n1. To jest:\n   1) laptop;\n   2) torba;\n2. Dalej.\n§ 2. X\n1. Y.\n\n\n......  ....\nUżyczający",
        );
        assert_eq!(title, "UMOWA nr 1");
        let point = |text: &str, below: &[&str]| Numbered {
            text: text.to_owned(),
            below: below.iter().map(|text| (*text).to_owned()).collect(),
        };
        assert_eq!(
            blocks,
            [
                Block::Text { text: "sporządzona 2026. r.".to_owned() },
                Block::Heading { level: 2, text: "§ 1. Sprzęt".to_owned() },
                Block::Numbered {
                    start: 1,
                    items: vec![point("To jest:", &["laptop;", "torba;"]), point("Dalej.", &[])]
                },
                Block::Heading { level: 2, text: "§ 2. X".to_owned() },
                Block::Numbered { start: 1, items: vec![point("Y.", &[])] },
            ]
        );
    }
}

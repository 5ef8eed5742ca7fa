//! Gaps to be chosen from lists as `gapselect`, which has points of its own: a cloze is worth what its gaps are worth.

use std::fmt::Write as _;

use super::super::xml::escaped;
use crate::quiz::gaps::{Piece, pieces};
use crate::quiz::question::{Gap, Question};

/// Most groups of words that Moodle knows.
const MOST_GROUPS: usize = 8;

/// Whether all gaps are lists, and not too many.
pub(super) fn can(gaps: &[Gap]) -> bool {
    gaps.len() <= MOST_GROUPS && gaps.iter().all(|gap| matches!(gap, Gap::Choice { .. }))
}

/// The text: the number of a gap is that of its right word among all words.
pub(super) fn text(question: &Question, gaps: &[Gap]) -> String {
    let mut first = 1;
    let mut rights = Vec::new();
    for gap in gaps {
        if let Gap::Choice { options, right } = gap {
            rights.push(first + right);
            first += options.len();
        }
    }
    let piece = |piece: Piece<'_>| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Gap(number) => {
            let right = number.checked_sub(1).and_then(|at| rights.get(at));
            right.map(|right| format!("[[{right}]]")).unwrap_or_default()
        }
    };
    pieces(&question.text).into_iter().map(piece).collect()
}

/// The words, those of each gap in a group of their own.
pub(super) fn options(gaps: &[Gap], body: &mut String) {
    for (group, gap) in (1..).zip(gaps) {
        let Gap::Choice { options, .. } = gap else { continue };
        for option in options {
            let _ = writeln!(
                body,
                "    <selectoption><text>{}</text><group>{group}</group></selectoption>",
                escaped(option)
            );
        }
    }
}

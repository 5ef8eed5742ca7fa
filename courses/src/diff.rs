//! What differs between two texts, line by line (E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986), and how
//! two texts become one by choosing at each difference.

/// Of a pair of texts that differ in more lines than this, everything between what they begin and end with counts as changed.
const MOST_CHANGES: usize = 400;

/// A line of both texts, or of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// In both.
    Same(&'a str),
    /// Only in the first.
    Removed(&'a str),
    /// Only in the second.
    Added(&'a str),
}

/// A run of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// In both texts.
    Same(Vec<&'a str>),
    /// The first text has these lines, the second those; one of them may have none.
    Differs {
        /// Of the first text.
        first: Vec<&'a str>,
        /// Of the second.
        second: Vec<&'a str>,
    },
}

/// The lines of both texts, in order.
pub fn lines<'a>(first: &'a str, second: &'a str) -> Vec<Line<'a>> {
    let (one, other): (Vec<&str>, Vec<&str>) = (split(first), split(second));
    let begin = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let rest = one.len().min(other.len()) - begin;
    let end = one.iter().rev().zip(other.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let middle = (&one[begin..one.len() - end], &other[begin..other.len() - end]);
    let mut lines: Vec<Line<'a>> = one[..begin].iter().copied().map(Line::Same).collect();
    lines.extend(shortest(middle.0, middle.1).unwrap_or_else(|| coarse(middle.0, middle.1)));
    lines.extend(one[one.len() - end..].iter().copied().map(Line::Same));
    lines
}

/// The same in runs.
pub fn parts<'a>(first: &'a str, second: &'a str) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    for line in lines(first, second) {
        match (line, parts.last_mut()) {
            (Line::Same(line), Some(Part::Same(lines))) => lines.push(line),
            (Line::Same(line), _) => parts.push(Part::Same(vec![line])),
            (Line::Removed(line), Some(Part::Differs { first, .. })) => first.push(line),
            (Line::Added(line), Some(Part::Differs { second, .. })) => second.push(line),
            (Line::Removed(line), _) => parts.push(Part::Differs { first: vec![line], second: Vec::new() }),
            (Line::Added(line), _) => parts.push(Part::Differs { first: Vec::new(), second: vec![line] }),
        }
    }
    parts
}

/// What is taken at a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The lines of the first text.
    First,
    /// Those of the second.
    Second,
    /// Those of the first and then those of the second.
    Both,
}

/// One text of two: `choose` is asked for each difference by its number (from 0).
pub fn merged(first: &str, second: &str, choose: impl Fn(usize) -> Choice) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut number = 0;
    for part in parts(first, second) {
        match part {
            Part::Same(same) => lines.extend(same),
            Part::Differs { first, second } => {
                let choice = choose(number);
                number += 1;
                if choice != Choice::Second {
                    lines.extend(first);
                }
                if choice != Choice::First {
                    lines.extend(second);
                }
            }
        }
    }
    lines.join("\n")
}

fn split(text: &str) -> Vec<&str> {
    if text.is_empty() { Vec::new() } else { text.split('\n').collect() }
}

fn coarse<'a>(one: &[&'a str], other: &[&'a str]) -> Vec<Line<'a>> {
    one.iter().copied().map(Line::Removed).chain(other.iter().copied().map(Line::Added)).collect()
}

/// The shortest way from one text to the other; `None` when it is longer than `MOST_CHANGES`.
fn shortest<'a>(one: &[&'a str], other: &[&'a str]) -> Option<Vec<Line<'a>>> {
    let most = (one.len() + other.len()).min(MOST_CHANGES);
    // `reach[k + most]`: how far in `one` a way on diagonal k has come; a row of the trace is kept for each number of changes.
    let mut reach = vec![0_usize; 2 * most + 2];
    let mut trace: Vec<Vec<usize>> = Vec::new();
    for changes in 0..=most {
        trace.push(reach.get(most - changes..=most + changes + 1)?.to_vec());
        for step in 0..=changes {
            // Diagonal k = 2 × step − changes, kept without a sign.
            let at = most + 2 * step - changes;
            let down = step == 0 || step != changes && reach[at - 1] < reach[at + 1];
            let mut x = if down { reach[at + 1] } else { reach[at - 1] + 1 };
            let mut y = (x + most).checked_sub(at)?;
            while x < one.len() && y < other.len() && one[x] == other[y] {
                x += 1;
                y += 1;
            }
            reach[at] = x;
            if x >= one.len() && y >= other.len() {
                return Some(walk_back(one, other, &trace));
            }
        }
    }
    None
}

/// The way that `trace` leads back from the end of both texts.
fn walk_back<'a>(one: &[&'a str], other: &[&'a str], trace: &[Vec<usize>]) -> Vec<Line<'a>> {
    let (mut x, mut y) = (one.len(), other.len());
    let mut lines: Vec<Line<'a>> = Vec::new();
    for (changes, row) in trace.iter().enumerate().rev() {
        // In the row, diagonal k is at k + changes.
        let at = x + changes - y;
        let down = at == 0 || at != 2 * changes && row[at - 1] < row[at + 1];
        let before = if changes == 0 {
            0
        } else if down {
            row[at + 1]
        } else {
            row[at - 1]
        };
        // Where the change before this run of equal lines was made.
        let (from_x, from_y) = if changes == 0 {
            (0, 0)
        } else if down {
            (before, before + changes - (at + 1))
        } else {
            (before, before + changes - (at - 1))
        };
        let (run_x, run_y) = match (changes, down) {
            (0, _) => (0, 0),
            (_, true) => (from_x, from_y + 1),
            (_, false) => (from_x + 1, from_y),
        };
        while x > run_x && y > run_y {
            x -= 1;
            y -= 1;
            lines.push(Line::Same(one[x]));
        }
        if changes > 0 {
            if down {
                y -= 1;
                lines.push(Line::Added(other[y]));
            } else {
                x -= 1;
                lines.push(Line::Removed(one[x]));
            }
        }
        debug_assert!(changes == 0 || (x, y) == (from_x, from_y));
    }
    lines.reverse();
    lines
}

#[cfg(test)]
mod tests;

//! The lines of a file while they are read: one after another, with faults, blocks of code, and items with feedback.

use super::fault::{FileFault, LineFault};
use super::keyword::{self, Begins, Keyword};
use crate::quiz::fence::Fence;

/// The lines that are left, and the faults that were found.
pub(super) struct Lines<'a> {
    all: Vec<&'a str>,
    at: usize,
    pub faults: Vec<LineFault>,
}

/// One item of a list.
pub(super) struct Item<M> {
    pub line: usize,
    pub mark: M,
    pub text: String,
    /// What stands behind `>` under it.
    pub feedback: Option<String>,
}

impl<'a> Lines<'a> {
    pub fn of(text: &'a str) -> Self {
        Self { all: text.lines().collect(), at: 0, faults: Vec::new() }
    }

    /// The next line, which is still to be taken.
    pub fn peek(&self) -> Option<&'a str> {
        self.all.get(self.at).copied()
    }

    /// The number of the next line, from 1.
    pub fn number(&self) -> usize {
        self.at + 1
    }

    pub fn skip(&mut self) {
        self.at += 1;
    }

    pub fn skip_blank(&mut self) {
        while self.peek().is_some_and(|line| line.trim().is_empty()) {
            self.skip();
        }
    }

    pub fn fault(&mut self, line: usize, what: FileFault) {
        self.faults.push(LineFault { line, what });
    }

    /// A text up to the line that `ends` it, which is not one within a block of code. Lines with a backslash before what
    /// is `special` lose it.
    pub fn block(&mut self, ends: impl Fn(&str) -> bool, special: impl Fn(&str) -> bool) -> Vec<String> {
        let mut fence = Fence::default();
        let mut opened = self.number();
        let mut block = Vec::new();
        while let Some(line) = self.peek() {
            let was_open = fence.is_open();
            if !was_open && ends(line) {
                break;
            }
            let in_code = fence.line(line);
            if in_code && !was_open {
                opened = self.number();
            }
            let bare = line.trim_start_matches('\\');
            let escaped = !in_code && bare.len() < line.len() && special(bare);
            block.push(if escaped { line[1..].to_owned() } else { line.to_owned() });
            self.skip();
        }
        if fence.is_open() {
            self.fault(opened, FileFault::FenceNotClosed);
        }
        block
    }

    /// Items of a list as long as there are any; `mark` tells an item from another line. An indented line that goes on is
    /// joined to its item, one that begins with `>` is feedback for it.
    pub fn items<M>(&mut self, mark: impl Fn(&'a str) -> Option<(M, &'a str)>) -> Vec<Item<M>> {
        let mut items: Vec<Item<M>> = Vec::new();
        while let Some(line) = self.peek() {
            let number = self.number();
            if line.trim().is_empty() {
                self.skip();
            } else if let Some((mark, text)) = mark(line) {
                items.push(Item { line: number, mark, text: text.to_owned(), feedback: None });
                self.skip();
            } else if let Some(said) = line.trim_start().strip_prefix('>') {
                let said = said.strip_prefix(' ').unwrap_or(said);
                match items.last_mut() {
                    Some(item) => match &mut item.feedback {
                        Some(feedback) => {
                            feedback.push('\n');
                            feedback.push_str(said);
                        }
                        none => *none = Some(said.to_owned()),
                    },
                    None => self.fault(number, FileFault::StrayFeedback),
                }
                self.skip();
            } else if line.starts_with([' ', '\t']) && items.last().is_some_and(|i| i.feedback.is_none()) {
                if let Some(item) = items.last_mut() {
                    item.text.push(' ');
                    item.text.push_str(line.trim());
                }
                self.skip();
            } else {
                break;
            }
        }
        for item in &mut items {
            item.feedback =
                item.feedback.take().map(|text| tidy(text.lines())).filter(|text| !text.is_empty());
        }
        items
    }

    /// After the answers nothing may follow but the explanation or the next question.
    pub fn end_of_answers(&mut self) {
        self.skip_blank();
        let mut told = false;
        while let Some(line) = self.peek() {
            let explanation = matches!(keyword::of_question(line), Begins::With(Keyword::Explanation, _));
            if explanation || keyword::heading(line).is_some() {
                return;
            }
            if !told && !line.trim().is_empty() {
                let number = self.number();
                let what = match keyword::of_question(line) {
                    Begins::Nearly(meant) => FileFault::Misspelled(beginning(line), meant),
                    Begins::With(word, _) => FileFault::Misplaced(word.polish()),
                    Begins::Other => FileFault::Unexpected,
                };
                self.fault(number, what);
                told = true;
            }
            self.skip();
        }
    }
}

/// What stands before the colon.
pub(super) fn beginning(line: &str) -> String {
    line.split(':').next().unwrap_or_default().chars().take(40).collect()
}

/// Lines as a text: no blank lines at its beginning and end.
pub(super) fn tidy<'l>(lines: impl Iterator<Item = &'l str>) -> String {
    let lines: Vec<&str> = lines.skip_while(|line| line.trim().is_empty()).collect();
    lines.join("\n").trim_end().to_owned()
}

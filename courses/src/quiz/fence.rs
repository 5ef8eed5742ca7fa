//! Blocks of code in Markdown, between two lines of three or more backticks or tildes (CommonMark 0.31, §4.5): what
//! stands in them is text, whatever it looks like.

/// Follows a text line by line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fence(Option<(char, usize)>);

impl Fence {
    /// Takes the next line; answers whether it belongs to a block, its first and last line too.
    pub fn line(&mut self, line: &str) -> bool {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let rest = &line[indent..];
        let mark = rest.chars().next().filter(|letter| indent < 4 && matches!(letter, '`' | '~'));
        let length = mark.map_or(0, |mark| rest.chars().take_while(|letter| *letter == mark).count());
        match (self.0, mark) {
            (None, Some(mark)) if length >= 3 && !(mark == '`' && rest[length..].contains('`')) => {
                self.0 = Some((mark, length));
                true
            }
            (None, _) => false,
            (Some((open, least)), Some(mark))
                if mark == open && length >= least && rest[length..].trim().is_empty() =>
            {
                self.0 = None;
                true
            }
            (Some(_), _) => true,
        }
    }

    /// Whether the last line was inside of a block.
    pub fn is_open(self) -> bool {
        self.0.is_some()
    }
}

/// Whether a block begins in the text that does not end in it.
pub(super) fn open_at_the_end(text: &str) -> bool {
    let mut fence = Fence::default();
    for line in text.lines() {
        fence.line(line);
    }
    fence.is_open()
}

//! Gaps in a text: `[[1]]`, `[[2]]` … in a question as it is kept and shown.

/// A piece of a text with gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text.
    Text(&'a str),
    /// The gap of this number, from 1.
    Gap(usize),
}

/// A text in pieces; texts between gaps may be empty and are left out then. Works on Markdown and on the HTML made of it.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(open) = text[at..].find("[[").map(|found| at + found) {
        let inside = &text[open + 2..];
        let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
        let number = inside[..digits].parse().ok().filter(|number| *number > 0 && digits <= 3);
        match number {
            Some(number) if inside[digits..].starts_with("]]") => {
                if open > from {
                    pieces.push(Piece::Text(&text[from..open]));
                }
                pieces.push(Piece::Gap(number));
                at = open + 2 + digits + 2;
                from = at;
            }
            _ => at = open + 1,
        }
    }
    if from < text.len() {
        pieces.push(Piece::Text(&text[from..]));
    }
    pieces
}

/// The numbers of the gaps in a text, in its order.
pub fn numbers(text: &str) -> Vec<usize> {
    pieces(text)
        .into_iter()
        .filter_map(|piece| if let Piece::Gap(number) = piece { Some(number) } else { None })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Piece::{Gap, Text};
    use super::{numbers, pieces};

    #[test]
    fn gaps_are_found_where_they_are() {
        assert_eq!(pieces("Art. [[1]] ustawy, [[2]]"), [Text("Art. "), Gap(1), Text(" ustawy, "), Gap(2)]);
        assert_eq!(pieces("[[[1]] [[x]] [[0]] [[1"), [Text("["), Gap(1), Text(" [[x]] [[0]] [[1")]);
        assert_eq!(numbers("[[2]][[10]][[1]]"), [2, 10, 1]);
        assert_eq!(pieces(""), []);
    }
}

//! The keywords of the format, in Polish and in English, and lines that are meant as one.

use crate::slug;

/// A keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    PassMark,
    Attempts,
    Time,
    QuestionOrder,
    Draw,
    Reveal,
    Pretest,
    Certainty,
    Key,
    Tags,
    Points,
    OptionOrder,
    Case,
    Truth,
    Answer,
    Number,
    Pairs,
    Order,
    Picture,
    PictureText,
    Essay,
    Explanation,
}

use Keyword as K;

/// Keywords that stand at the top of the file.
const SETTINGS: [(K, &str, &str); 8] = [
    (K::PassMark, "Próg zaliczenia", "Pass mark"),
    (K::Attempts, "Liczba podejść", "Attempts"),
    (K::Time, "Czas", "Time"),
    (K::QuestionOrder, "Kolejność pytań", "Question order"),
    (K::Draw, "Losuj", "Draw"),
    (K::Reveal, "Odpowiedzi", "Answers"),
    (K::Pretest, "Test wstępny", "Pre-test"),
    (K::Certainty, "Pewność odpowiedzi", "Certainty"),
];

/// Keywords of a question.
const QUESTION: [(K, &str, &str); 14] = [
    (K::Key, "Klucz", "Key"),
    (K::Tags, "Tagi", "Tags"),
    (K::Points, "Punkty", "Points"),
    (K::OptionOrder, "Kolejność odpowiedzi", "Option order"),
    (K::Case, "Wielkość liter", "Letter case"),
    (K::Truth, "Prawda czy fałsz", "True or false"),
    (K::Answer, "Odpowiedź", "Answer"),
    (K::Number, "Liczba", "Number"),
    (K::Pairs, "Pary", "Pairs"),
    (K::Order, "Kolejność", "Order"),
    (K::Picture, "Obrazek", "Picture"),
    (K::PictureText, "Opis obrazka", "Picture text"),
    (K::Essay, "Wypowiedź", "Essay"),
    (K::Explanation, "Wyjaśnienie", "Explanation"),
];

/// What a line begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begins<'a> {
    /// A keyword; what stands behind its colon, without blanks around it.
    With(Keyword, &'a str),
    /// Nearly a keyword, which is this one.
    Nearly(&'static str),
    /// Anything else.
    Other,
}

impl Keyword {
    /// As it is written.
    pub fn polish(self) -> &'static str {
        SETTINGS
            .iter()
            .chain(&QUESTION)
            .find(|(known, ..)| *known == self)
            .map_or("", |(_, polish, _)| polish)
    }

    /// Whether it stands right under the title of a question.
    pub fn is_attribute(self) -> bool {
        matches!(self, K::Key | K::Tags | K::Points | K::OptionOrder | K::Case)
    }
}

/// What a line at the top of the file begins with.
pub(super) fn setting(line: &str) -> Begins<'_> {
    begins(line, &SETTINGS)
}

/// What a line of a question begins with.
pub(super) fn of_question(line: &str) -> Begins<'_> {
    begins(line, &QUESTION)
}

fn begins<'a>(line: &'a str, keywords: &[(Keyword, &'static str, &'static str)]) -> Begins<'a> {
    let Some((head, rest)) = line.split_once(':') else { return Begins::Other };
    if head.len() > 40 {
        return Begins::Other;
    }
    for (keyword, polish, english) in keywords {
        if head == *polish || head == *english {
            return Begins::With(*keyword, rest.trim());
        }
    }
    // "odpowiedz", "Klucze", "**Liczba**": whoever wrote that meant the keyword; an item of a list did not.
    if !head.starts_with(|first: char| first.is_alphabetic() || first == '*') {
        return Begins::Other;
    }
    let folded = slug::plain(head, 40);
    for (_, polish, english) in keywords {
        for word in [polish, english] {
            let known = slug::plain(word, 40);
            if folded == known || (known.len() >= 5 && one_apart(&folded, &known)) {
                return Begins::Nearly(word);
            }
        }
    }
    Begins::Other
}

/// Whether one letter was added, left out or changed.
fn one_apart(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let same_start = short.bytes().zip(long.bytes()).take_while(|(a, b)| a == b).count();
    let (rest_short, rest_long) = (&short.as_bytes()[same_start..], &long.as_bytes()[same_start..]);
    match long.len() - short.len() {
        0 => rest_short.get(1..).unwrap_or_default() == rest_long.get(1..).unwrap_or_default(),
        1 => rest_short == &rest_long[1..],
        _ => false,
    }
}

/// Whether a line begins a question; answers what stands behind the marks.
pub(super) fn heading(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("##")?;
    (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| rest.trim())
}

/// The mark of an option: whether its brackets are round, whether it is ticked, and what stands behind it.
pub(super) fn option(line: &str) -> Option<(bool, bool, &str)> {
    let rest = line.strip_prefix('-')?.trim_start();
    let (round, close) = match rest.chars().next()? {
        '(' => (true, ')'),
        '[' => (false, ']'),
        _ => return None,
    };
    let (inside, behind) = rest[1..].split_once(close)?;
    let ticked = match inside.trim() {
        "" => false,
        "x" | "X" => true,
        _ => return None,
    };
    (behind.is_empty() || behind.starts_with([' ', '\t'])).then(|| (round, ticked, behind.trim()))
}

/// Whether a line in the text of a question would be read as something else, and needs a backslash.
pub(super) fn is_special(line: &str) -> bool {
    heading(line).is_some() || option(line).is_some() || of_question(line) != Begins::Other
}

//! Differences of small texts by hand, and of all short texts by their properties.

use super::*;

#[test]
fn a_changed_line_is_one_removed_and_one_added() {
    assert_eq!(
        lines("a\nb\nc", "a\nx\nc"),
        [Line::Same("a"), Line::Removed("b"), Line::Added("x"), Line::Same("c")]
    );
    assert_eq!(lines("", ""), []);
    assert_eq!(lines("a", ""), [Line::Removed("a")]);
    assert_eq!(lines("", "a\nb"), [Line::Added("a"), Line::Added("b")]);
    assert_eq!(
        lines("a\nb\nc\na\nb\nb\na", "c\nb\na\nb\na\nc")
            .iter()
            .filter(|line| !matches!(line, Line::Same(_)))
            .count(),
        5,
        "the example of the paper needs five"
    );
}

/// Every text of up to five lines out of three.
fn short_texts() -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut grown: Vec<Vec<&str>> = vec![vec![]];
    for _ in 0..5 {
        grown = grown
            .iter()
            .flat_map(|text| {
                ["a", "b", ""].map(|line| text.iter().copied().chain([line]).collect::<Vec<_>>())
            })
            .collect();
        texts.extend(grown.iter().map(|lines| lines.join("\n")));
    }
    texts
}

#[test]
fn both_texts_can_be_read_out_of_their_differences() {
    let texts = short_texts();
    for first in &texts {
        for second in texts.iter().step_by(7) {
            let all = lines(first, second);
            let of = |wanted: fn(&Line<'_>) -> bool| {
                let lines = all.iter().filter(|line| wanted(line)).map(|line| match line {
                    Line::Same(text) | Line::Removed(text) | Line::Added(text) => *text,
                });
                lines.collect::<Vec<_>>()
            };
            assert_eq!(of(|line| !matches!(line, Line::Added(_))), split(first), "{first:?} {second:?}");
            assert_eq!(of(|line| !matches!(line, Line::Removed(_))), split(second), "{first:?} {second:?}");
            assert_eq!(merged(first, second, |_| Choice::First), split(first).join("\n"));
            assert_eq!(merged(first, second, |_| Choice::Second), split(second).join("\n"));
        }
    }
}

#[test]
fn two_texts_become_one_by_choosing() {
    let (theirs, mine) = ("wstęp\nich\nśrodek\nkoniec", "wstęp\nmój\nśrodek\nkoniec\ndopisek");
    let choices = [Choice::Both, Choice::Second];
    assert_eq!(merged(theirs, mine, |at| choices[at]), "wstęp\nich\nmój\nśrodek\nkoniec\ndopisek");
    assert_eq!(parts(theirs, mine).len(), 4);
}

#[test]
fn long_texts_that_have_nothing_in_common_end_in_time() {
    let first: String = (0..20_000).map(|line| format!("a{line}\n")).collect();
    let second: String = (0..20_000).map(|line| format!("b{line}\n")).collect();
    assert_eq!(lines(&first, &second).len(), 40_001);
}

//! Tests by chance: without flaws, and with texts that are hard on the format.

use crate::quiz::file::Sheet;
use crate::quiz::order::Chance;
use crate::quiz::question::*;
use crate::quiz::settings::{Draw, Reveal, Settings};

const PIECES: [&str; 60] = [
    "a",
    "Żółw",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\\",
    "\\\\",
    "[",
    "[[",
    "]",
    "]]",
    "[[1]]",
    "[[x|y]]",
    "|",
    "*",
    "**b**",
    "=>",
    "\\=>",
    "@",
    " @ 1 2 3 4",
    ":",
    "## ",
    "##",
    "\n## X\n",
    "\n# Y",
    "- (x) z",
    "\n- ( ) z\n",
    "\n- [x] z",
    "\n-[ ]q",
    "> w",
    "\n> w\n",
    "1. n",
    "\n1. n\n",
    "Punkty: 3",
    "\nKlucz: k\n",
    "\nOdpowiedź: o\n",
    "\nodpowiedz: o",
    "\nPary:\n",
    "\nLiczba: 3 m",
    "\nWyjaśnienie: w",
    "\nTagi: #t\n",
    "\\Punkty: 3",
    "\n\\## x",
    "±",
    "3,5",
    "{",
    "}",
    "%",
    "~",
    "=",
    "#",
    "`c`",
    "\n```\n## w kodzie\n- (x) k\n```\n",
    "\t",
    "ąę",
    "—",
    "„t”",
    "\n    wcięte",
    "&",
];

/// A piece of a file.
pub fn piece(chance: &mut Chance) -> &'static str {
    PIECES[chance.below(PIECES.len())]
}

fn pieces(chance: &mut Chance, most: usize) -> String {
    (0..=chance.below(most)).map(|_| piece(chance)).collect()
}

/// One line with something in it; `at` makes it unlike others.
fn line(chance: &mut Chance, at: usize) -> String {
    let text = pieces(chance, 6).replace(['\n', '\t'], "");
    // The mark stands in the middle, so that both ends are hard.
    format!("{}n{at}{}", text.trim_start(), pieces(chance, 3).replace(['\n', '\t'], "").trim_end())
}

fn said(chance: &mut Chance) -> Option<String> {
    (chance.below(3) == 0).then(|| text(chance))
}

/// A text of several lines whose blocks of code end.
fn text(chance: &mut Chance) -> String {
    loop {
        let text = pieces(chance, 12);
        let lines: Vec<&str> = text.lines().skip_while(|line| line.trim().is_empty()).collect();
        let text = lines.join("\n").trim_end().to_owned();
        if !text.is_empty() && !crate::quiz::fence::open_at_the_end(&text) {
            return text;
        }
    }
}

fn some<T>(chance: &mut Chance, least: usize, one: impl Fn(&mut Chance, usize) -> T) -> Vec<T> {
    let count = least + chance.below(3);
    (0..count).map(|at| one(chance, at)).collect()
}

fn coin(chance: &mut Chance) -> bool {
    chance.below(2) == 0
}

fn number(chance: &mut Chance) -> f64 {
    (chance.below(200_001) as f64 - 100_000.0) / [1.0, 10.0, 8.0, 1000.0][chance.below(4)]
}

fn options(chance: &mut Chance) -> Vec<Choice> {
    some(chance, 2, |chance, at| Choice {
        text: line(chance, at),
        right: at == 0 || coin(chance),
        feedback: said(chance),
    })
}

/// A text without gaps of its own, then with these many.
fn with_gaps(chance: &mut Chance, count: usize) -> String {
    let plain = |chance: &mut Chance| text(chance).replace("[[1]]", "[[y]]");
    loop {
        let mut whole = plain(chance);
        for number in 1..=count {
            whole.push_str(&format!("{}[[{number}]]{}", piece(chance).replace("[[1]]", ""), plain(chance)));
        }
        let numbers = crate::quiz::gaps::numbers(&whole);
        if numbers == (1..=count).collect::<Vec<_>>() && !crate::quiz::fence::open_at_the_end(&whole) {
            return whole;
        }
    }
}

fn kind(chance: &mut Chance, text: &mut String) -> Kind {
    match chance.below(10) {
        0 => {
            let mut options = options(chance);
            options.iter_mut().skip(1).for_each(|option| option.right = false);
            let by = chance.below(options.len());
            options.rotate_left(by);
            Kind::Single { options }
        }
        1 => Kind::Multiple { options: options(chance) },
        2 => Kind::TrueFalse { answer: coin(chance), if_true: said(chance), if_false: said(chance) },
        3 => Kind::Short { accepted: some(chance, 1, line), case: coin(chance) },
        4 => {
            let units = [None, Some("m"), Some("%"), Some("°C"), Some("zł/m²"), Some("e")];
            let unit = units[chance.below(units.len())].map(str::to_owned);
            Kind::Number { value: number(chance), tolerance: number(chance).abs(), unit }
        }
        5 => {
            let pairs = some(chance, 2, |chance, at| (line(chance, at), line(chance, at % 2)));
            Kind::Matching { pairs, distractors: some(chance, 0, |chance, at| line(chance, at + 10)) }
        }
        6 => Kind::Ordering { items: some(chance, 2, line) },
        7 => {
            let gaps = some(chance, 1, |chance, _| match coin(chance) {
                true => Gap::Words { accepted: some(chance, 1, line) },
                false => {
                    let options = some(chance, 2, line);
                    Gap::Choice { right: chance.below(options.len()), options }
                }
            });
            *text = with_gaps(chance, gaps.len());
            Kind::Gaps { gaps, case: coin(chance) }
        }
        8 => {
            let areas = some(chance, 2, |chance, at| Area {
                name: line(chance, at),
                place: Place {
                    left: chance.below(500) as u16,
                    top: chance.below(500) as u16,
                    width: 1 + chance.below(500) as u16,
                    height: 1 + chance.below(500) as u16,
                },
                right: at == 0 || coin(chance),
                feedback: said(chance),
            });
            Kind::Hotspot { picture: "media/a-1.png".to_owned(), alt: line(chance, 0), areas }
        }
        _ => {
            let rubric = some(chance, 0, |chance, at| Criterion {
                text: line(chance, at),
                points: chance.below(9) as u16 + 1,
                guidance: said(chance),
            });
            Kind::Essay { rubric, words_most: coin(chance).then(|| chance.below(5000) as u32 + 1) }
        }
    }
}

fn question(chance: &mut Chance, at: usize) -> Question {
    let mut text = text(chance);
    let kind = kind(chance, &mut text);
    let points = match &kind {
        Kind::Essay { rubric, .. } if !rubric.is_empty() => rubric.iter().map(|line| line.points).sum(),
        _ => chance.below(3) as u16 + 1,
    };
    Question {
        key: format!("k-{at}"),
        title: coin(chance).then(|| line(chance, at)),
        text,
        tags: [vec![], vec!["t".to_owned()], vec!["t".to_owned(), "u-1".to_owned()]][chance.below(3)].clone(),
        points,
        fixed: coin(chance),
        kind,
        feedback: said(chance),
    }
}

/// A test without flaws.
pub fn sheet(chance: &mut Chance) -> Sheet {
    let questions = some(chance, 1, question);
    let untagged = questions.iter().filter(|question| question.tags.is_empty()).count();
    let draws = if coin(chance) && untagged > 0 {
        vec![Draw { count: untagged as u16, tag: None, bank: false }]
    } else if untagged < questions.len() {
        vec![Draw { count: 1, tag: Some("t".to_owned()), bank: false }]
    } else {
        Vec::new()
    };
    let mut settings = Settings {
        pass_percent: chance.below(100) as u8 + 1,
        attempts: coin(chance).then(|| chance.below(100) as u16 + 1),
        minutes: coin(chance).then(|| chance.below(600) as u16 + 1),
        shuffle: coin(chance),
        draws,
        reveal: [Reveal::Attempt, Reveal::End, Reveal::Never][chance.below(3)],
        pretest: coin(chance),
        certainty: coin(chance),
        intro: said(chance),
    };
    // The draw of the rest takes all that no other draw names.
    if settings.draws.iter().all(|draw| draw.tag.is_none()) {
        settings.draws.iter_mut().for_each(|draw| draw.count = questions.len() as u16);
    }
    // Of the bank a file cannot say too much: it is not in it.
    if coin(chance) {
        let bank = Draw { count: chance.below(500) as u16 + 1, tag: Some("t".to_owned()), bank: true };
        settings.draws.insert(chance.below(settings.draws.len() + 1), bank);
    }
    Sheet { settings, questions }
}

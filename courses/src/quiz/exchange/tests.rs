//! Files of other systems: what becomes of them, and what is named as lost.

use super::*;
use crate::quiz::check::What;
use crate::quiz::question::{Choice, Gap, Kind};

mod broken;

const GIFT: &str = include_str!("tests/bip.gift");
const MOODLE: &str = include_str!("tests/bip.xml");

fn choice(text: &str, right: bool, feedback: Option<&str>) -> Choice {
    Choice { text: text.to_owned(), right, feedback: feedback.map(str::to_owned) }
}

fn losses(lost: &[Lost]) -> Vec<(usize, Loss)> {
    lost.iter().map(|lost| (lost.line, lost.what.clone())).collect()
}

fn of<'a>(questions: &'a [Question], key: &str) -> &'a Question {
    questions
        .iter()
        .find(|question| question.key == key)
        .unwrap_or_else(|| panic!("no {key}: {questions:#?}"))
}

fn words(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn a_gift_file_is_read() {
    let (questions, lost) = gift::read(GIFT);
    let keys: Vec<&str> = questions.iter().map(|question| question.key.as_str()).collect();
    let expected = [
        "bip-kto",
        "bip-co",
        "deklaracja",
        "skrot",
        "kontrast",
        "zakres",
        "pary",
        "luka",
        "lista",
        "napisz",
        "znaki",
    ];
    assert_eq!(keys, expected);
    let first = of(&questions, "bip-kto");
    assert_eq!(first.title.as_deref(), Some("Kto prowadzi BIP"));
    assert_eq!(first.text, "Kto prowadzi **Biuletyn**  \nInformacji Publicznej?");
    assert_eq!(first.tags, ["bip", "informacja-publiczna"]);
    let options = vec![
        choice("Podmiot publiczny", true, Some("Tak: art. 8 ustawy.")),
        choice("Każdy obywatel", false, Some("Nie.")),
        choice("Nikt", false, None),
    ];
    assert_eq!(first.kind, Kind::Single { options });
    assert_eq!(first.feedback.as_deref(), Some("Zobacz rozdział 2."));
    let Kind::Multiple { options } = &of(&questions, "bip-co").kind else { panic!() };
    assert_eq!(options.iter().map(|option| option.right).collect::<Vec<_>>(), [true, true, false]);
    let truth = Kind::TrueFalse {
        answer: false,
        if_true: Some("Deklaracja jest obowiązkowa.".to_owned()),
        if_false: Some("Dobrze.".to_owned()),
    };
    assert_eq!(of(&questions, "deklaracja").kind, truth);
    assert_eq!(
        of(&questions, "skrot").kind,
        Kind::Short { accepted: words(&["BIP", "Biuletyn"]), case: false }
    );
    assert_eq!(of(&questions, "kontrast").kind, Kind::Number { value: 4.5, tolerance: 0.05, unit: None });
    assert_eq!(of(&questions, "zakres").kind, Kind::Number { value: 15.0, tolerance: 5.0, unit: None });
    let Kind::Matching { pairs, distractors } = &of(&questions, "pary").kind else { panic!() };
    assert_eq!(pairs[1], ("Akapit".to_owned(), "p".to_owned()));
    assert_eq!(distractors, &["marquee"]);
    let gap = &of(&questions, "luka");
    assert_eq!(gap.text, "Deklarację podpisuje [[1]] podmiotu.");
    assert_eq!(
        gap.kind,
        Kind::Gaps { gaps: vec![Gap::Words { accepted: words(&["kierownik"]) }], case: false }
    );
    let choose = Gap::Choice { options: words(&["stronie", "tablicy"]), right: 0 };
    assert_eq!(of(&questions, "lista").kind, Kind::Gaps { gaps: vec![choose], case: false });
    assert!(matches!(of(&questions, "napisz").kind, Kind::Essay { .. }));
    let signs = of(&questions, "znaki");
    assert_eq!(signs.text, "Co znaczy {a: b} = #1 ~ 2?\nDrugi wiersz \\ koniec");
    assert_eq!(signs.kind, Kind::Short { accepted: words(&["a = {b}"]), case: false });
    let expected = [
        (31, Loss::AnswerFeedback),
        (31, Loss::Weights),
        (72, Loss::Kind("description".to_owned())),
        (75, Loss::BracesDiffer),
        (78, Loss::NotUnderstood),
        (81, Loss::Flawed(crate::quiz::Flaw { field: "options".to_owned(), what: What::NothingRight })),
        (84, Loss::Weights),
        (84, Loss::Flawed(crate::quiz::Flaw { field: "options.2.text".to_owned(), what: What::Alike(0) })),
        (88, Loss::Weights),
        (88, Loss::Markup("marquee".to_owned())),
        (88, Loss::Picture("mapa.png".to_owned())),
        (88, Loss::Flawed(crate::quiz::Flaw { field: "accepted".to_owned(), what: What::TooFew(1) })),
    ];
    assert_eq!(losses(&lost), expected, "{lost:#?}");
    let other = format!("\u{feff}{}", GIFT.replace('\n', "\r\n"));
    assert_eq!(gift::read(&other), (questions, lost), "a mark and line ends of other systems do not matter");
}

#[test]
fn a_moodle_file_is_read() {
    let (questions, lost) = moodle::read(MOODLE);
    let keys: Vec<&str> = questions.iter().map(|question| question.key.as_str()).collect();
    assert_eq!(
        keys,
        ["m-1", "wielokrotny", "m-3", "m-4", "m-5", "m-6", "kolejnosc", "esej", "luki", "wybor"],
        "{lost:#?}"
    );
    let first = &questions[0];
    assert_eq!(
        first.text,
        "Kto prowadzi **BIP**?\n\n- jeden\n- dwa, patrz [ustawa](https://isap.sejm.gov.pl/x)\n\nA \\< B & C"
            .replace("\\<", "<")
    );
    assert_eq!(
        (first.points, first.fixed, first.tags.as_slice()),
        (2, true, &words(&["bip", "informacja-publiczna"])[..])
    );
    let options = vec![choice("Podmiot publiczny", true, Some("Tak!")), choice("Nikt", false, None)];
    assert_eq!(first.kind, Kind::Single { options });
    let Kind::Multiple { options } = &questions[1].kind else { panic!() };
    assert_eq!(options.iter().map(|option| option.right).collect::<Vec<_>>(), [true, true, true, false]);
    let truth = Kind::TrueFalse { answer: true, if_true: Some("Tak.".to_owned()), if_false: None };
    assert_eq!(questions[2].kind, truth);
    assert_eq!(questions[3].kind, Kind::Short { accepted: words(&["BIP"]), case: true });
    assert_eq!(questions[4].kind, Kind::Number { value: 3.5, tolerance: 0.1, unit: Some("m".to_owned()) });
    let pair = |left: &str, right: &str| (left.to_owned(), right.to_owned());
    let pairs = vec![pair("Nagłówek", "h2"), pair("Akapit", "p")];
    assert_eq!(questions[5].kind, Kind::Matching { pairs, distractors: words(&["marquee"]) });
    assert_eq!(questions[6].kind, Kind::Ordering { items: words(&["Wniosek", "Decyzja"]) });
    assert_eq!(questions[7].kind, Kind::Essay { rubric: Vec::new(), words_most: Some(200) });
    assert_eq!(questions[8].text, "Deklarację podpisuje [[1]] w ciągu [[2]] dni na [[3]].");
    let gaps = vec![
        Gap::Words { accepted: words(&["kierownik", "dyrektor }"]) },
        Gap::Words { accepted: words(&["3,5", "3.5"]) },
        Gap::Choice { options: words(&["stronie", "tablicy"]), right: 0 },
    ];
    assert_eq!(questions[8].kind, Kind::Gaps { gaps, case: false });
    // A cloze is worth what its gaps are worth, and `MC` keeps the order of its list.
    assert_eq!((questions[8].points, questions[8].fixed), (3, true));
    assert_eq!(questions[9].text, "Strona ma [[1]] i [[2]].");
    let gaps = vec![
        Gap::Choice { options: words(&["menu", "mapę"]), right: 0 },
        Gap::Choice { options: words(&["stopkę", "ramkę"]), right: 0 },
    ];
    assert_eq!(questions[9].kind, Kind::Gaps { gaps, case: false });
    let what: Vec<Loss> = lost.iter().map(|lost| lost.what.clone()).collect();
    let expected = [
        Loss::Picture("schemat.png".to_owned()),
        Loss::OtherFeedback,
        Loss::Weights,
        Loss::Points(1),
        Loss::AnswerFeedback,
        Loss::Weights,
        Loss::Units,
        Loss::Rubric,
        Loss::AnswerFeedback,
        Loss::Weights,
        Loss::GapTolerance,
        Loss::Kind("calculated".to_owned()),
        Loss::Kind("description".to_owned()),
    ];
    assert_eq!(what, expected, "{lost:#?}");
    assert!(lost.windows(2).all(|two| two[0].line <= two[1].line) && lost[0].line == 8, "{lost:#?}");
}

/// What both formats can say comes back as it was, and what they cannot is named.
#[test]
fn what_is_written_is_read_again() {
    let (mut questions, _) = moodle::read(MOODLE);
    questions.extend(gift::read(GIFT).0);
    let (text, lost) = moodle::write(&questions);
    assert_eq!(losses(&lost), []);
    let (again, lost) = moodle::read(&text);
    assert_eq!(lost, [], "{text}");
    assert_eq!(again, questions, "{text}");

    let (text, lost) = gift::write(&questions);
    let kinds: Vec<usize> =
        lost.iter().filter(|lost| matches!(lost.what, Loss::Kind(_))).map(|lost| lost.line).collect();
    assert_eq!(kinds, [7, 9, 10], "{lost:#?}");
    let (again, lost) = gift::read(&text);
    assert_eq!(lost, [], "{text}");
    let carried = |at: &usize| !kinds.contains(&(at + 1));
    let expected: Vec<Question> = (0..questions.len())
        .filter(carried)
        .map(|at| {
            let mut question = Question { points: 1, fixed: false, ..questions[at].clone() };
            match &mut question.kind {
                Kind::Short { case, .. } => *case = false,
                Kind::Number { unit, .. } => *unit = None,
                Kind::Essay { words_most, .. } => *words_most = None,
                _ => {}
            }
            question
        })
        .collect();
    assert_eq!(again, expected, "{text}");
}

fn of_kind(points: u16, fixed: bool, text: &str, kind: Kind) -> Question {
    Question { key: "pytanie".to_owned(), text: text.to_owned(), points, fixed, ..bare(kind) }
}

fn rubric(parts: &[(u16, &str, Option<&str>)]) -> Kind {
    let criterion = |(points, text, guidance): &(u16, &str, Option<&str>)| crate::quiz::question::Criterion {
        text: (*text).to_owned(),
        points: *points,
        guidance: guidance.map(str::to_owned),
    };
    Kind::Essay { rubric: parts.iter().map(criterion).collect(), words_most: Some(300) }
}

/// What Moodle has a place for comes back as it was; what it has in another shape is named on the way out.
#[test]
fn rubrics_points_and_orders_of_gaps_survive_moodle() {
    let lists = || {
        let list = |options: &[&str], right| Gap::Choice { options: words(options), right };
        vec![list(&["menu", "mapę <b>"], 1), list(&["stopkę", "menu", "ramkę"], 0)]
    };
    let typed = || vec![Gap::Words { accepted: words(&["wójt"]) }, Gap::Words { accepted: words(&["3"]) }];
    let gaps = |gaps, case| Kind::Gaps { gaps, case };
    let text = "Jest [[1]] i [[2]].";
    let all = [
        (
            of_kind(
                5,
                false,
                "Napisz.",
                rubric(&[
                    (2, "Podstawa: 3 pkt: nie", Some("Art. 8\n\n- ustęp 1\nkoniec")),
                    (3, "Język", None),
                ]),
            ),
            vec![Loss::Rubric],
        ),
        (of_kind(6, false, text, gaps(typed(), true)), vec![]),
        (of_kind(4, true, text, gaps(lists(), false)), vec![]),
        (of_kind(4, false, text, gaps(lists(), false)), vec![]),
        // No whole number for each gap: lists have a kind with points of its own, typed gaps do not.
        (of_kind(5, true, text, gaps(lists(), false)), vec![]),
        (of_kind(1, false, text, gaps(lists(), false)), vec![]),
    ];
    for (question, expected) in all {
        assert_eq!(question.flaws(), []);
        let (xml, lost) = moodle::write(std::slice::from_ref(&question));
        assert_eq!(lost.into_iter().map(|lost| lost.what).collect::<Vec<_>>(), expected, "{xml}");
        let (again, lost) = moodle::read(&xml);
        assert_eq!((again, lost), (vec![question], vec![]), "{xml}");
    }
    let uneven = of_kind(5, false, text, gaps(typed(), false));
    let (xml, lost) = moodle::write(&[uneven]);
    assert_eq!(losses(&lost), [(1, Loss::PointsUnsaid)]);
    assert_eq!(moodle::read(&xml).0[0].points, 2);
}

/// A note for markers that is no rubric, or one that does not add up, is not shown to learners as one.
#[test]
fn a_note_for_markers_is_not_taken_for_a_rubric() {
    for note in
        ["Dwa punkty za podstawę.", "- 2 pkt: Podstawa", "- dwa pkt: x", "- 1 pkt: a\nobok", "  wcięte"]
    {
        let xml = format!(
            "<quiz><question type=\"essay\"><name><text>E</text></name><questiontext format=\"markdown\"><text>Opisz.</text>\
             </questiontext><defaultgrade>3</defaultgrade><graderinfo format=\"markdown\"><text>{note}</text></graderinfo>\
             </question></quiz>"
        );
        let (questions, lost) = moodle::read(&xml);
        assert_eq!(losses(&lost), [(1, Loss::Rubric)], "{note}");
        assert_eq!(questions[0].kind, Kind::Essay { rubric: Vec::new(), words_most: None }, "{note}");
        assert_eq!(questions[0].points, 3);
    }
}

#[test]
fn what_is_another_question_there_and_what_has_no_place_is_named() {
    // Markers that are dragged are another question than a place that is chosen by its name, so it is left out whole, both ways.
    let area = |name: &str, left, right| crate::quiz::question::Area {
        name: name.to_owned(),
        place: crate::quiz::question::Place { left, top: 0, width: 100, height: 100 },
        right,
        feedback: None,
    };
    let hotspot = of_kind(
        1,
        false,
        "Gdzie?",
        Kind::Hotspot {
            picture: "media/ekran.png".to_owned(),
            alt: "Ekran".to_owned(),
            areas: vec![area("Zapisz", 0, true), area("Usuń", 500, false)],
        },
    );
    assert_eq!(hotspot.flaws(), []);
    let (xml, lost) = moodle::write(&[hotspot]);
    assert_eq!(losses(&lost), [(1, Loss::Kind("hotspot".to_owned()))]);
    assert_eq!(moodle::read(&xml).0, []);
    let markers = "<quiz>\n<question type=\"ddmarker\"><name><text>D</text></name></question></quiz>";
    assert_eq!(losses(&moodle::read(markers).1), [(2, Loss::Kind("ddmarker".to_owned()))]);

    // Pictures are not in silence left behind, wherever they stand.
    let options = vec![choice("Tak", true, Some("![b](media/b.png)")), choice("Nie", false, None)];
    let shows = of_kind(1, false, "![a](media/a.png) ![a](media/a.png)", Kind::Single { options });
    let expected = [(1, Loss::Picture("a.png".to_owned())), (1, Loss::Picture("b.png".to_owned()))];
    for (_, lost) in [moodle::write(std::slice::from_ref(&shows)), gift::write(std::slice::from_ref(&shows))]
    {
        assert_eq!(losses(&lost), expected);
    }
}

/// As at the terminal: from Moodle into a course folder, and on to GIFT.
#[test]
fn files_are_turned_into_one_another() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    std::fs::write(path("a.xml"), MOODLE).unwrap();
    let said = cli_convert(&path("a.xml"), &path("a.quiz.md")).unwrap();
    assert!(
        said.starts_with("line 8 (Kto prowadzi BIP): the picture or file “schemat.png”; add it"),
        "{said}"
    );
    assert!(said.ends_with("a.quiz.md: questions: 10\n"), "{said}");
    let text = std::fs::read_to_string(path("a.quiz.md")).unwrap();
    assert_eq!(crate::quiz::file::read(&text).unwrap().questions, moodle::read(MOODLE).0);
    let said = cli_convert(&path("a.quiz.md"), &path("a.gift")).unwrap();
    assert!(said.contains("question 7 (Kolejność): a question of the kind “ordering”; left out\n"), "{said}");
    assert!(said.ends_with("a.gift: questions: 7\n"), "{said}");
    let again = cli_convert(&path("a.xml"), &path("a.gift")).unwrap_err();
    assert!(again.contains("a.gift"), "nothing is written over: {again}");
    std::fs::write(path("b.quiz.md"), "## A\nT\n").unwrap();
    let broken = cli_convert(&path("b.quiz.md"), &path("b.gift")).unwrap_err();
    assert_eq!(broken, "b.quiz.md:1: a question without answers; add them under its text\nfaults: 1\n");
    std::fs::write(path("c.xml"), b"<quiz>\n\xff").unwrap();
    let broken = cli_convert(&path("c.xml"), &path("c.gift")).unwrap_err();
    assert!(broken.starts_with("line 2: not UTF-8"), "{broken}");
    assert!(cli_convert(&path("c.pdf"), &path("c.gift")).is_err() && !path("c.gift").exists());
}

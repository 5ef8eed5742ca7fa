//! Files of tests as tables: what is read, which lines are named, and that what is written is read again.

use super::*;
use crate::quiz::check::What;
use crate::quiz::order::Chance;
use crate::quiz::question::*;
use crate::quiz::settings::{Draw, Reveal};

mod made;

/// One question of each kind, with everything that can be said.
const WHOLE: &str = include_str!("whole.quiz.md");

fn faults(text: &str) -> Vec<(usize, FileFault)> {
    read(text).err().unwrap_or_default().into_iter().map(|fault| (fault.line, fault.what)).collect()
}

fn one(text: &str) -> Question {
    read(text).unwrap().questions.remove(0)
}

fn choice(text: &str, right: bool, feedback: Option<&str>) -> Choice {
    Choice { text: text.to_owned(), right, feedback: feedback.map(str::to_owned) }
}

#[test]
fn everything_that_can_be_said_is_read_as_it_is_meant() {
    let sheet = read(WHOLE).unwrap();
    let settings = &sheet.settings;
    assert_eq!((settings.pass_percent, settings.attempts, settings.minutes), (75, Some(3), Some(20)));
    assert_eq!(settings.reveal, Reveal::Attempt);
    assert!(!settings.shuffle && settings.pretest && settings.certainty);
    let draws = [
        Draw { count: 1, tag: Some("obrazy".to_owned()), bank: false },
        Draw { count: 8, tag: None, bank: false },
    ];
    assert_eq!(settings.draws, draws);
    assert_eq!(settings.intro.as_deref(), Some("Test sprawdza **podstawy**.\n\n## nie jest tu pytaniem."));
    let kinds: Vec<&Kind> = sheet.questions.iter().map(|question| &question.kind).collect();
    assert_eq!(kinds.len(), 10);
    let first = &sheet.questions[0];
    assert_eq!(
        (first.key.as_str(), first.points, first.tags.as_slice()),
        ("opis-wykresu", 2, &["obrazy".to_owned(), "podstawy".to_owned()][..])
    );
    assert_eq!(
        first.text,
        "Który opis wykresu jest dobry?\n\n```\n## to nie pytanie\n- (x) ani odpowiedź\n```\n\nPunkty: też nie."
    );
    let options = vec![
        choice(
            "Wykres: liczba wniosków rośnie od 20 do 45",
            true,
            Some("Tak.\n\nMówi, co z wykresu wynika."),
        ),
        choice("wykres.png ma dwa wiersze", false, None),
    ];
    assert_eq!(*kinds[0], Kind::Single { options });
    assert_eq!(first.feedback.as_deref(), Some("Art. 5 ustawy.\n\nDrugi akapit."));
    assert!(
        matches!(kinds[1], Kind::Multiple { options } if options.iter().filter(|o| o.right).count() == 2)
    );
    assert!(sheet.questions[1].fixed);
    let truth = Kind::TrueFalse {
        answer: false,
        if_true: Some("Nie.".to_owned()),
        if_false: Some("Tak.".to_owned()),
    };
    assert_eq!(*kinds[2], truth);
    assert_eq!(
        *kinds[3],
        Kind::Short { accepted: vec!["BIP".to_owned(), "Biuletyn: BIP".to_owned()], case: true }
    );
    assert_eq!(*kinds[4], Kind::Number { value: 3.5, tolerance: 0.1, unit: Some("m".to_owned()) });
    let pair = |left: &str, right: &str| (left.to_owned(), right.to_owned());
    let pairs = vec![pair("Nagłówek", "h2"), pair("x => y", "z => z")];
    assert_eq!(*kinds[5], Kind::Matching { pairs, distractors: vec!["marquee".to_owned()] });
    let items = ["Wniosek", "Decyzja", "Odwołanie"].map(str::to_owned).to_vec();
    assert_eq!(*kinds[6], Kind::Ordering { items });
    let gaps = vec![
        Gap::Words { accepted: vec!["kierownik".to_owned(), "a | b".to_owned()] },
        Gap::Choice { options: ["stronie", "tablicy", "*"].map(str::to_owned).to_vec(), right: 0 },
    ];
    assert_eq!(*kinds[7], Kind::Gaps { gaps, case: false });
    assert_eq!(sheet.questions[7].text, "Podpisuje [[1]], a publikuje się na [[2]] ([[x]]).");
    let Kind::Hotspot { picture, areas, .. } = kinds[8] else { panic!("{:?}", kinds[8]) };
    assert_eq!(picture, "media/edytor.png");
    assert_eq!(areas[1].place, Place { left: 700, top: 805, width: 200, height: 80 });
    assert!(areas[0].right && !areas[1].right && areas[1].name == "Przycisk @ dół");
    let Kind::Essay { rubric, words_most } = kinds[9] else { panic!("{:?}", kinds[9]) };
    assert_eq!(
        (rubric[0].points, rubric[1].points, *words_most, sheet.questions[9].points),
        (2, 1, Some(200), 3)
    );
    assert_eq!(rubric[0].guidance.as_deref(), Some("Art. 5."));
}

/// Every example of the documentation is read without a fault, alone, and says what it says it says.
#[test]
fn the_examples_for_authors_are_right() {
    let page = include_str!("../../../../docs/pytania.md");
    let examples = page.split("\n```markdown\n").skip(1).map(|rest| rest.split("\n```\n").next().unwrap());
    let (questions, settings): (Vec<&str>, Vec<&str>) = examples.partition(|text| text.starts_with("## "));
    let mut kinds = std::collections::BTreeSet::new();
    for example in questions {
        let sheet = read(example).unwrap_or_else(|faults| panic!("{faults:?}\n{example}"));
        assert_eq!(read(&write(&sheet.settings, &sheet.questions)).unwrap(), sheet);
        for question in &sheet.questions {
            let kind = serde_json::to_value(&question.kind).unwrap();
            kinds.insert(kind["type"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(kinds.len(), 10, "{kinds:?}");
    let [settings] = settings.as_slice() else { panic!("{settings:?}") };
    let sheet = read(&format!("{settings}\n\n## A\nT\n\nOdpowiedź: a")).unwrap();
    assert_eq!(
        Settings { intro: None, ..sheet.settings },
        Settings::default(),
        "the page says what the defaults are"
    );
}

#[test]
fn what_is_written_is_written_the_same_again() {
    let sheet = read(WHOLE).unwrap();
    let text = write(&sheet.settings, &sheet.questions);
    let again = read(&text).unwrap_or_else(|faults| panic!("{faults:?}\n{text}"));
    assert_eq!(again, sheet, "{text}");
    assert_eq!(write(&again.settings, &again.questions), text);
}

/// Texts are put together of pieces that mean something in the format or in Markdown.
#[test]
fn any_good_test_survives_its_file() {
    let mut hard = [0; 4];
    for seed in 0..1500 {
        let sheet = made::sheet(&mut Chance::of(seed));
        assert_eq!(sheet.settings.flaws_with(&sheet.questions), [], "{seed}");
        assert_eq!(crate::quiz::check::flaws_of_all(&sheet.questions), [], "{seed}: {sheet:#?}");
        let text = write(&sheet.settings, &sheet.questions);
        let again = read(&text).unwrap_or_else(|faults| panic!("{seed}: {faults:?}\n{text}"));
        assert_eq!(again, sheet, "{seed}:\n{text}");
        assert_eq!(write(&again.settings, &again.questions), text, "{seed}");
        for (count, mark) in hard.iter_mut().zip(["\n\\", "\\[", "\\=>", "\n```\n## w kodzie"]) {
            *count += text.matches(mark).count();
        }
        let other_system = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(read(&other_system).unwrap(), sheet, "{seed}");
    }
    assert!(hard.iter().all(|count| *count > 50), "the pieces are hard enough: {hard:?}");
}

/// Whatever the bytes, reading ends and names lines that are there.
#[test]
fn nothing_that_is_typed_breaks_the_reader() {
    for seed in 0..3000 {
        let mut chance = Chance::of(seed);
        let text: String = (0..chance.below(60)).map(|_| made::piece(&mut chance)).collect();
        let lines = text.lines().count().max(1);
        for fault in read(&text).err().unwrap_or_default() {
            assert!((1..=lines).contains(&fault.line), "{fault:?}\n{text}");
        }
    }
}

#[test]
fn a_short_file_is_enough() {
    let question = one("## \n2 + 2 = 4\n\nPrawda czy fałsz: prawda");
    assert_eq!((question.key.as_str(), question.title, question.points), ("2-2-4", None, 1));
    let both = read("## Ąę\nA\n\nOdpowiedź: a\n## Ąę\nA\n\nOdpowiedź: a\n").unwrap();
    let keys: Vec<&str> = both.questions.iter().map(|question| question.key.as_str()).collect();
    assert_eq!(keys, ["ae", "ae-2"]);
    assert_eq!(both.settings, Settings::default());
    let english = one("## T\nKey: t\nPoints: 2\n\nText\n\nTrue or false: true\n\nExplanation: Yes.\n");
    assert_eq!((english.points, english.feedback.as_deref()), (2, Some("Yes.")));
}

#[test]
fn options_may_go_on_in_the_next_line() {
    let question = one("## T\nK?\n\n- (X) jeden\n  i pół\n  > dobrze\n\n- () dwa\n");
    let options = vec![choice("jeden i pół", true, Some("dobrze")), choice("dwa", false, None)];
    assert_eq!(question.kind, Kind::Single { options });
}

#[test]
fn every_broken_line_is_named() {
    use FileFault as F;
    let bad = |keyword, wanted| F::BadValue(keyword, wanted);
    let flaw = |field: &str, what| F::Flaw(Flaw { field: field.to_owned(), what });
    let table: &[(&str, &[(usize, FileFault)])] = &[
        ("", &[(1, F::NoQuestions)]),
        (
            "Próg: 80%\nCzas: szybko\n\n## A\nT\n\nOdpowiedź: a",
            &[(1, F::NotASetting("Próg".to_owned())), (2, bad("Czas", Wanted::Minutes))],
        ),
        (
            "Prog zaliczenia: 80\nCzas: 5\nCzas: 6\n\n## A\nT\n\nOdpowiedź: a",
            &[(1, F::Misspelled("Prog zaliczenia".to_owned(), "Próg zaliczenia")), (3, F::Twice("Czas"))],
        ),
        (
            "Próg zaliczenia: 0%\nLosuj: 2 z #a\n\n## A\nTagi: #a\n\nT\n\nOdpowiedź: a",
            &[
                (1, flaw("pass_percent", What::NotBetween(1, 100))),
                (2, flaw("draws.0", What::TooFewQuestions(1))),
            ],
        ),
        ("Losuj: 2 z banku", &[(1, bad("Losuj", Wanted::Draw))]),
        ("Losuj: 0 z banku #a\n", &[(1, flaw("draws.0", What::NotBetween(1, 500)))]),
        ("Losuj: 1 z banku #a\nDraw: 2 of the bank #a", &[(2, flaw("draws.1", What::Alike(0)))]),
        ("## A\nKlucz: Ą\nPunkty: dwa\n\nT\n\nOdpowiedź: a", &[(3, bad("Punkty", Wanted::Whole))]),
        (
            "## A\nKlucz: Ą\nPunkty: 200\n\nT\n\nOdpowiedź: a",
            &[(2, flaw("key", What::NotASlug)), (3, flaw("points", What::NotBetween(1, 100)))],
        ),
        ("## A\nT\n\n- (x) a\n- [ ] b\n", &[(5, F::MixedMarks)]),
        (
            "## A\nT\n\n- ( ) a\n- ( ) a\n",
            &[(4, flaw("options", What::NothingRight)), (5, flaw("options.1.text", What::Alike(0)))],
        ),
        (
            "## A\nT\n\n- (x) a\n- (x) b\n- ( )\n",
            &[(4, flaw("options", What::SeveralRight)), (6, flaw("options.2.text", What::Missing))],
        ),
        ("## A\nT\n\n- (x) a\n- ( ) b\nJeszcze coś\ni coś\n", &[(6, F::Unexpected)]),
        (
            "## A\nT\n\nOdpowiedz: a\n",
            &[(1, F::NoAnswers), (4, F::Misspelled("Odpowiedz".to_owned(), "Odpowiedź"))],
        ),
        ("## A\nSam tekst\n", &[(1, F::NoAnswers)]),
        ("## A\nT\nPunkty: 2\n\nOdpowiedź: a", &[(3, F::Misplaced("Punkty"))]),
        ("## A\nT\n\nPrawda czy fałsz: może\n", &[(4, bad("Prawda czy fałsz", Wanted::Truth))]),
        ("## A\nT\n\nLiczba: trzy\n", &[(4, bad("Liczba", Wanted::Number))]),
        ("## A\nT\n\nLiczba: 3 ± -1\n", &[(4, flaw("tolerance", What::Negative))]),
        ("## A\nT\n\nPary:\n- a => b\n- c\n", &[(6, bad("Pary", Wanted::Pair))]),
        (
            "## A\nT\n\nPary:\n- a => b\n- a => c\n- => b\n",
            &[(6, flaw("pairs.1.left", What::Alike(0))), (7, flaw("distractors.0", What::Alike(0)))],
        ),
        ("## A\nT\n\nKolejność:\n1. a\n", &[(4, flaw("items", What::TooFew(2)))]),
        ("## A\nT [[a\nb]]\n", &[(2, F::GapNotClosed)]),
        ("## A\nT\n[[*a|*b]]\n", &[(3, F::GapSeveralRight)]),
        ("## A\nT [[a|]]\n", &[(2, flaw("gaps.0.accepted.1", What::Missing))]),
        (
            "## A\nT\n\nObrazek: ekran.png\nOpis obrazka: x\n- (x) a @ 10 20 30 15\n- ( ) b @ 90 0 20 10\n",
            &[(4, flaw("picture", What::NotAPicture)), (7, flaw("areas.1.place", What::OffThePicture))],
        ),
        (
            "## A\nT\n\nObrazek: media/a.png\nOpis obrazka: x\n- (x) a @ 10 20 30\n",
            &[(6, bad("Obrazek", Wanted::Place))],
        ),
        (
            "## A\nPunkty: 5\n\nT\n\nWypowiedź: do 100 słów\n- 2 pkt: a\n- trzy: b\n",
            &[(8, bad("Wypowiedź", Wanted::Criterion))],
        ),
        (
            "## A\nPunkty: 5\n\nT\n\nWypowiedź: do 100 słów\n- 2 pkt: a\n",
            &[(6, flaw("rubric", What::PointsDiffer(2)))],
        ),
        ("## A\nT\n\n```\n## B\n", &[(1, F::NoAnswers), (4, F::FenceNotClosed)]),
        (
            "## A\nKlucz: k\n\nT\n\nOdpowiedź: a\n\n## B\nKlucz: k\n\nT\n\nOdpowiedź: a\n",
            &[(9, F::KeyTwice("k".to_owned(), 2))],
        ),
    ];
    for (text, expected) in table {
        assert_eq!(&faults(text), expected, "{text}");
    }
    let large = "a".repeat(MOST_BYTES + 1);
    assert_eq!(faults(&large), [(1, F::TooLarge(MOST_BYTES))]);
}

#[test]
fn a_test_may_be_drawn_from_the_bank_alone() {
    let sheet = read("Losuj: 5 z banku #obrazy\nDraw: 2 of the bank #alt\n").unwrap();
    let draws =
        [(5, "obrazy"), (2, "alt")].map(|(count, tag)| Draw { count, tag: Some(tag.to_owned()), bank: true });
    assert_eq!((sheet.settings.draws.as_slice(), sheet.questions.len()), (draws.as_slice(), 0));
    let text = write(&sheet.settings, &[]);
    assert!(text.contains("Losuj: 5 z banku #obrazy\n"), "{text}");
    assert_eq!(read(&text).unwrap(), sheet);
    assert_eq!(draw_lines("Czas: 5 min\nLosuj: 1 z #a\nLosuj: 2 z banku #b\n\nLosuj: 3 z #c\n"), [2, 3]);
}

#[test]
fn a_bank_is_questions_and_nothing_else() {
    let sheet = read(WHOLE).unwrap();
    let text = write_bank(&sheet.questions);
    assert!(text.starts_with("## "), "{text}");
    assert_eq!(read_bank(&text).unwrap(), sheet.questions);
    assert_eq!(read_bank("\u{feff}\r\n"), Ok(Vec::new()));
    let faults = |text: &str| -> Vec<(usize, FileFault)> {
        read_bank(text).err().unwrap_or_default().into_iter().map(|fault| (fault.line, fault.what)).collect()
    };
    assert_eq!(faults("\nCzas: 5 min\n\n## A\nT\n\nOdpowiedź: a\n"), [(2, FileFault::BankSettings)]);
    assert_eq!(faults("## A\nT\n"), [(1, FileFault::NoAnswers)]);
    let twice = "## A\nKlucz: k\n\nT\n\nOdpowiedź: a\n\n## B\nKlucz: k\n\nT\n\nOdpowiedź: a\n";
    assert_eq!(faults(twice), [(9, FileFault::KeyTwice("k".to_owned(), 2))]);
}

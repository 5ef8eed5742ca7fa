//! Questions of every kind: what leaves the server, how answers are read, graded and explained.

use super::file::Sheet;
use super::*;

/// One question of each kind (`file/whole.quiz.md`).
fn sheet() -> Sheet {
    file::read(include_str!("file/whole.quiz.md")).unwrap()
}

fn of(key: &str) -> Question {
    sheet().questions.into_iter().find(|question| question.key == key).unwrap()
}

fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The name under which a text is shown.
fn named(options: &[ShownOption], text: &str) -> String {
    options.iter().find(|option| option.text == text).unwrap().name.to_string()
}

#[test]
fn nothing_of_key_and_feedback_is_shown() {
    for seed in 0..50 {
        for question in sheet().questions {
            let shown = serde_json::to_string(&question.shown(seed)).unwrap();
            let whole = serde_json::to_value(&question).unwrap();
            for name in
                ["feedback", "accepted", "tolerance", "guidance", "answer", "key", "tags", "title", "seed"]
            {
                assert!(!shown.contains(&format!("\"{name}\"")), "{name}: {shown}");
            }
            assert!(!shown.contains("\"right\":true") && !shown.contains("\"right\":false"), "{shown}");
            let mut secrets = vec![
                "Art. 5",
                "Mówi, co z wykresu",
                "Nie.",
                "To zamyka okno",
                "3.5",
                "\"0.1",
                "kierownik",
                "Biuletyn: BIP",
            ];
            secrets.extend(question.title.as_deref().filter(|title| !question.text.contains(title)));
            for secret in secrets.into_iter().filter(|secret| whole.to_string().contains(secret)) {
                assert!(!shown.contains(secret), "{secret}: {shown}");
            }
        }
    }
}

/// Two questions that differ in their key alone are shown the same: byte for byte.
#[test]
fn what_is_shown_does_not_hang_on_the_key() {
    for seed in 0..50 {
        let mut other = of("opis-wykresu");
        let Kind::Single { options } = &mut other.kind else { panic!() };
        options.iter_mut().for_each(|option| option.right = !option.right);
        assert_eq!(other.shown(seed), of("opis-wykresu").shown(seed));
        let mut other = of("luki");
        let Kind::Gaps { gaps, .. } = &mut other.kind else { panic!() };
        gaps[0] = Gap::Words { accepted: vec!["ktoś".to_owned()] };
        let Gap::Choice { right, .. } = &mut gaps[1] else { panic!() };
        *right = 2;
        assert_eq!(other.shown(seed), of("luki").shown(seed));
        let mut other = of("deklaracja");
        let Kind::TrueFalse { answer, .. } = &mut other.kind else { panic!() };
        *answer = true;
        assert_eq!(other.shown(seed), of("deklaracja").shown(seed));
    }
}

/// For pairs and orders the order as written is the key: whichever right order there is, the same seeds show the same.
#[test]
fn the_order_of_the_author_comes_up_as_often_as_any_other() {
    let mut first = 0;
    for seed in 0..3000 {
        let ShownKind::Ordering { items } = of_cached().shown(order::seed_of(9, seed)).kind else { panic!() };
        first +=
            usize::from(items.iter().map(|item| item.text.as_str()).eq(["Wniosek", "Decyzja", "Odwołanie"]));
    }
    assert!((400..600).contains(&first), "{first} of 3000, a sixth is 500");
}

fn of_cached() -> &'static Question {
    static ITEMS: std::sync::LazyLock<Question> = std::sync::LazyLock::new(|| of("uloz"));
    &ITEMS
}

/// Attempts keep their seed alone: if this fails, running attempts change under people's hands.
#[test]
fn what_a_seed_shows_never_changes() {
    let ShownKind::Single { options } = of("opis-wykresu").shown(2026).kind else { panic!() };
    assert!(options[0].text.starts_with("Wykres: liczba"), "{options:?}");
    let ShownKind::Multiple { options } = of("co-opisac").shown(2026).kind else { panic!() };
    let texts: Vec<&str> = options.iter().map(|option| option.text.as_str()).collect();
    assert_eq!(texts, ["Wykres", "Mapę", "Ozdobną linię"], "this question keeps its order");
}

#[test]
fn an_answer_is_found_again_in_the_form() {
    for question in sheet().questions {
        for seed in 0..30 {
            for answer in answers(&question) {
                let fields = question.fields(seed, &answer);
                assert_eq!(
                    question.read_answer(seed, &fields).unwrap().as_ref(),
                    Some(&answer),
                    "{fields:?}"
                );
                let json = serde_json::to_string(&answer).unwrap();
                assert_eq!(serde_json::from_str::<Answer>(&json).unwrap(), answer);
            }
            assert_eq!(question.read_answer(seed, &[]).unwrap(), None);
        }
    }
}

/// A few answers, the first of them right.
fn answers(question: &Question) -> Vec<Answer> {
    match &question.kind {
        Kind::Single { .. } | Kind::Hotspot { .. } => vec![Answer::Choice(0), Answer::Choice(1)],
        Kind::Multiple { .. } => vec![Answer::Choices(vec![0, 1]), Answer::Choices(vec![2])],
        Kind::TrueFalse { answer, .. } => vec![Answer::Truth(*answer), Answer::Truth(!answer)],
        Kind::Short { .. } => vec![Answer::Text("BIP".to_owned()), Answer::Text("x".to_owned())],
        Kind::Number { .. } => vec![Answer::Number(3.45), Answer::Number(-1e-7)],
        Kind::Matching { .. } => {
            vec![Answer::Pairs(vec![Some(0), Some(1)]), Answer::Pairs(vec![None, Some(2)])]
        }
        Kind::Ordering { .. } => {
            vec![
                Answer::Places(vec![Some(0), Some(1), Some(2)]),
                Answer::Places(vec![Some(2), None, Some(2)]),
            ]
        }
        Kind::Gaps { .. } => vec![
            Answer::Gaps(vec![Some(GapAnswer::Text("kierownik".to_owned())), Some(GapAnswer::Choice(0))]),
            Answer::Gaps(vec![None, Some(GapAnswer::Choice(2))]),
        ],
        Kind::Essay { .. } => vec![Answer::Essay("Tekst\n\nw dwóch akapitach".to_owned())],
    }
}

#[test]
fn right_answers_are_worth_everything_and_essays_wait() {
    for question in sheet().questions {
        let expected = if matches!(question.kind, Kind::Essay { .. }) { None } else { Some(1000) };
        assert_eq!(question.grade(&answers(&question)[0]), expected, "{}", question.key);
        assert_eq!(
            question.grade(&Answer::Choice(999)),
            Some(0),
            "{}: of another kind, or out of range",
            question.key
        );
    }
}

#[test]
fn what_is_right_in_part_counts_in_part() {
    let table = [
        ("co-opisac", Answer::Choices(vec![0]), 500),
        ("co-opisac", Answer::Choices(vec![0, 1, 2]), 500),
        ("co-opisac", Answer::Choices(vec![0, 2]), 0),
        ("co-opisac", Answer::Choices(vec![2]), 0),
        ("co-opisac", Answer::Choices(vec![0, 0, 0]), 500),
        ("dopasuj", Answer::Pairs(vec![Some(0), Some(0)]), 500),
        ("dopasuj", Answer::Pairs(vec![Some(0)]), 500),
        ("dopasuj", Answer::Pairs(vec![Some(2), Some(9)]), 0),
        ("uloz", Answer::Places(vec![Some(0), Some(2), Some(1)]), 333),
        ("uloz", Answer::Places(vec![Some(0), Some(1), None]), 667),
        ("uloz", Answer::Places(vec![Some(0), Some(0), Some(2)]), 333),
        ("luki", Answer::Gaps(vec![Some(GapAnswer::Text(" KIEROWNIK ".to_owned())), None]), 500),
        ("luki", Answer::Gaps(vec![Some(GapAnswer::Choice(0)), Some(GapAnswer::Choice(1))]), 0),
        ("skrot", Answer::Text("bip".to_owned()), 0),
        ("skrot", Answer::Text("  BIP ".to_owned()), 1000),
        ("szerokosc", Answer::Number(3.6), 1000),
        ("szerokosc", Answer::Number(3.601), 0),
        ("miejsce", Answer::Choices(vec![0, 1]), 0),
    ];
    for (key, answer, per_mille) in table {
        assert_eq!(of(key).grade(&answer), Some(per_mille), "{key}: {answer:?}");
    }
    let dozen = Kind::Number { value: 0.3, tolerance: 0.0, unit: None };
    let question = Question { kind: dozen, ..of("szerokosc") };
    assert_eq!(question.grade(&Answer::Number(0.1 + 0.2)), Some(1000), "machines cannot add 0,1 and 0,2");
}

#[test]
fn two_left_sides_may_have_one_right_side() {
    let pair = |left: &str, right: &str| (left.to_owned(), right.to_owned());
    let pairs = vec![pair("a", "x"), pair("b", "y"), pair("c", "x")];
    let question = Question { kind: Kind::Matching { pairs, distractors: vec![] }, ..of("dopasuj") };
    assert_eq!(question.rights(), ["x", "y"]);
    assert_eq!(question.flaws(), []);
    assert_eq!(question.grade(&Answer::Pairs(vec![Some(0), Some(1), Some(0)])), Some(1000));
}

#[test]
fn fields_that_are_no_answer_are_refused_with_their_name() {
    let no_option = |field: &str| AnswerFault::NoSuchOption { field: field.to_owned() };
    let too_long = |field: &str, most| AnswerFault::TooLong { field: field.to_owned(), most };
    let unit = || AnswerFault::OtherUnit { field: "number".to_owned(), unit: Some("m".to_owned()) };
    let long = "x".repeat(501);
    let long = long.as_str();
    type Posted<'a> = (&'a str, &'a [(&'a str, &'a str)], AnswerFault);
    let table: &[Posted<'_>] = &[
        ("opis-wykresu", &[("choice", "3")], no_option("choice")),
        ("opis-wykresu", &[("choice", "0")], no_option("choice")),
        ("opis-wykresu", &[("choice", "-1")], no_option("choice")),
        (
            "opis-wykresu",
            &[("choice", "1"), ("choice", "2")],
            AnswerFault::SeveralChosen { field: "choice".to_owned() },
        ),
        ("co-opisac", &[("choice", "1"), ("choice", "99999999999999999999")], no_option("choice")),
        ("deklaracja", &[("truth", "maybe")], no_option("truth")),
        ("skrot", &[("text", long)], too_long("text", 500)),
        ("szerokosc", &[("number", "trzy")], AnswerFault::NotANumber { field: "number".to_owned() }),
        ("szerokosc", &[("number", "3,5 km")], unit()),
        ("dopasuj", &[("pair-1", "1"), ("pair-2", "4")], no_option("pair-2")),
        ("uloz", &[("place-2", "4")], no_option("place-2")),
        ("luki", &[("gap-2", "4")], no_option("gap-2")),
        ("luki", &[("gap-1", long)], too_long("gap-1", 500)),
        (
            "miejsce",
            &[("choice", "1"), ("choice", "2")],
            AnswerFault::SeveralChosen { field: "choice".to_owned() },
        ),
    ];
    for (key, given, fault) in table {
        assert_eq!(of(key).read_answer(7, &fields(given)), Err(fault.clone()), "{key}: {given:?}");
    }
    let read = |text: &str| of("szerokosc").read_answer(7, &fields(&[("number", text)]));
    for text in ["3,5", "3.5 m", "3,5m", " 3,50\u{a0}m "] {
        assert_eq!(read(text), Ok(Some(Answer::Number(3.5))), "{text}");
    }
    assert_eq!(read("   "), Ok(None), "blanks are no answer");
    let zero = of("skrot").read_answer(7, &fields(&[("text", "a\0b")]));
    assert_eq!(zero, Ok(Some(Answer::Text("a\u{fffd}b".to_owned()))), "PostgreSQL keeps no zero byte");
}

#[test]
fn the_same_choice_is_another_name_under_another_seed() {
    let question = of("opis-wykresu");
    let right = "Wykres: liczba wniosków rośnie od 20 do 45";
    let mut names = std::collections::BTreeSet::new();
    for seed in 0..20 {
        let ShownKind::Single { options } = question.shown(seed).kind else { panic!() };
        let name = named(&options, right);
        let answer = question.read_answer(seed, &fields(&[("choice", &name)])).unwrap().unwrap();
        assert_eq!((&answer, question.grade(&answer)), (&Answer::Choice(0), Some(1000)));
        names.insert(name);
    }
    assert_eq!(names.len(), 2);
}

#[test]
fn options_are_explained_in_the_order_in_which_they_were_seen() {
    for key in ["opis-wykresu", "co-opisac", "miejsce"] {
        let question = of(key);
        let mut orders = std::collections::BTreeSet::new();
        for seed in 0..40 {
            let seen: Vec<String> = match question.shown(seed).kind {
                ShownKind::Single { options } | ShownKind::Multiple { options } => {
                    options.into_iter().map(|option| option.text).collect()
                }
                ShownKind::Hotspot { areas, .. } => areas.into_iter().map(|area| area.text).collect(),
                other => panic!("{other:?}"),
            };
            for answer in answers(&question) {
                let ExplainedParts::Options { options } =
                    question.explained(&question, seed, Some(&answer)).parts
                else {
                    panic!("{key}")
                };
                let told: Vec<&str> = options.iter().map(|option| option.text.as_str()).collect();
                assert_eq!(told, seen, "{key} under {seed}");
                // What was chosen and what is right moved along with its text.
                let chosen: Vec<String> = question
                    .fields(seed, &answer)
                    .into_iter()
                    .map(|(_, name)| seen[name.parse::<usize>().unwrap() - 1].clone())
                    .collect();
                let told: Vec<String> =
                    options.iter().filter(|option| option.chosen).map(|option| option.text.clone()).collect();
                assert_eq!(
                    chosen.into_iter().collect::<std::collections::BTreeSet<_>>(),
                    told.into_iter().collect()
                );
            }
            orders.insert(seen);
        }
        assert_eq!(orders.len() > 1, !question.fixed, "{key}: {orders:?}");
    }
    // Graded again by a question that its author meanwhile keeps in order: what was seen stays as it was seen.
    let asked = of("opis-wykresu");
    let corrected = Question { fixed: true, ..of("opis-wykresu") };
    for seed in 0..20 {
        assert_eq!(corrected.explained(&asked, seed, None).parts, asked.explained(&asked, seed, None).parts);
    }
}

#[test]
fn afterwards_everything_is_explained() {
    let explained = |key: &str, answer: Option<&Answer>| {
        let question = Question { fixed: true, ..of(key) };
        question.explained(&question, 7, answer)
    };
    let single = explained("opis-wykresu", Some(&Answer::Choice(1)));
    assert_eq!(
        (single.per_mille, single.feedback.as_deref()),
        (Some(0), Some("Art. 5 ustawy.\n\nDrugi akapit."))
    );
    let ExplainedParts::Options { options } = single.parts else { panic!() };
    assert_eq!(
        (options[0].right, options[0].chosen, options[1].right, options[1].chosen),
        (true, false, false, true)
    );
    let truth = explained("deklaracja", Some(&Answer::Truth(true)));
    let feedback = Some("Nie.".to_owned());
    assert_eq!(truth.parts, ExplainedParts::Truth { answer: false, given: Some(true), feedback });
    let ordering = explained("uloz", Some(&Answer::Places(vec![Some(1), Some(0), None])));
    let ExplainedParts::Fields { fields } = ordering.parts else { panic!() };
    let lines: Vec<(&str, Option<&str>, &str, bool)> = fields
        .iter()
        .map(|field| (field.label.as_str(), field.given.as_deref(), field.expected[0].as_str(), field.right))
        .collect();
    assert_eq!(
        lines,
        [
            ("1", Some("Decyzja"), "Wniosek", false),
            ("2", Some("Wniosek"), "Decyzja", false),
            ("3", None, "Odwołanie", false)
        ]
    );
    let pairs = explained("dopasuj", Some(&Answer::Pairs(vec![Some(2), Some(1)])));
    let ExplainedParts::Fields { fields } = pairs.parts else { panic!() };
    assert_eq!(
        (fields[0].given.as_deref(), fields[0].right, fields[1].right),
        (Some("marquee"), false, true)
    );
    let number = explained("szerokosc", None);
    assert_eq!(number.per_mille, Some(0));
    let unit = Some("m".to_owned());
    assert_eq!(number.parts, ExplainedParts::Number { value: 3.5, tolerance: 0.1, unit, given: None });
    let essay = explained("wypowiedz", Some(&Answer::Essay("x".to_owned())));
    assert_eq!(essay.per_mille, None);
    for question in sheet().questions {
        for answer in answers(&question) {
            let explained = question.explained(&question, 7, Some(&answer));
            assert_eq!(explained.per_mille, question.grade(&answer));
        }
    }
}

/// Gardner-Medwin's table, and half-way between.
#[test]
fn certainty_pays_when_it_is_honest() {
    let table = [(Certainty::Low, 333, 0), (Certainty::Middle, 667, -667), (Certainty::High, 1000, -2000)];
    for (certainty, right, wrong) in table {
        assert_eq!((certainty.mark(1000), certainty.mark(0)), (right, wrong));
    }
    assert_eq!(Certainty::High.mark(500), -500);
    assert_eq!(Certainty::Low.mark(500), 167);
    // Who is right in so many of a hundred answers does best with the certainty that says so: below 67, below 80, above.
    for (chance, best) in [(50, Certainty::Low), (75, Certainty::Middle), (90, Certainty::High)] {
        let worth =
            |certainty: &Certainty| certainty.mark(1000) * chance + certainty.mark(0) * (100 - chance);
        assert_eq!(Certainty::ALL.into_iter().max_by_key(worth), Some(best), "{chance}");
    }
}

#[test]
fn a_form_s_blanks_and_line_ends_do_not_matter() {
    let mut question = of("opis-wykresu");
    question.title = Some("  ".to_owned());
    question.text = "\r\n\r\nTekst\r\ndalej  \r\n".to_owned();
    question.feedback = Some(" \n".to_owned());
    let tidied = question.tidied();
    assert_eq!((tidied.title, tidied.text.as_str(), tidied.feedback), (None, "Tekst\ndalej", None));
}

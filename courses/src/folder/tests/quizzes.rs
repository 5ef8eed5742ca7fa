//! Tests of units in a folder: read with the unit, their faults named with file and line.

use super::*;

const TEST: &str = "Próg zaliczenia: 60%\n\n## A\nKlucz: pierwsze\n\nTekst\n\nOdpowiedź: a\n";

#[test]
fn a_test_lies_beside_its_unit() {
    let dir = folder(&[("01-a.quiz.md", TEST.as_bytes())]);
    let course = read(dir.path(), &[]).unwrap();
    let tests: Vec<Option<&Sheet>> = course.units().map(|unit| unit.test.as_ref()).collect();
    assert_eq!(tests[0].map(|sheet| (sheet.settings.pass_percent, sheet.questions.len())), Some((60, 1)));
    assert_eq!(tests[1], None);
    assert_eq!(
        cli_check(dir.path(), &[]).unwrap(),
        "kurs: no faults; units: 2, tests: 1, translations: 0, pictures: 0, films: 0\n"
    );
    let unwritten = format!("\u{feff}{}", TEST.replace('\n', "\r\n"));
    let same = folder(&[("01-a.quiz.md", unwritten.as_bytes())]);
    assert_eq!(read(same.path(), &[]).unwrap(), course);
}

#[test]
fn faults_of_a_test_are_named_with_its_file() {
    let test_faults = |text: &str, expected: &[&str]| {
        let files: &[(&str, &[u8])] = &[("01-a.quiz.md", text.as_bytes()), ("media/ok.png", PNG)];
        assert_eq!(faults(files), expected, "{text}");
    };
    test_faults(
        "Prog zaliczenia: 60%\n\n## A\nTekst\n",
        &[
            "01-a.quiz.md:1: “Prog zaliczenia” looks like “Próg zaliczenia”",
            "01-a.quiz.md:3: a question without answers",
        ],
    );
    test_faults(
        "## A\nT ![](media/ok.png) ![b](media/no.png) <b>c</b>\n\n- (x) a\n- ( ) [d](javascript:e)\n\nWyjaśnienie: [f](07-g.md)\n",
        &[
            "01-a.quiz.md:2: HTML, which is not passed on",
            "01-a.quiz.md:2: HTML, which is not passed on",
            "01-a.quiz.md:2: the picture media/ok.png has no text",
            "01-a.quiz.md:2: there is no media/no.png",
            "01-a.quiz.md:5: the address “javascript:e” is not passed on",
            "01-a.quiz.md:7: there is no unit 07-g.md",
        ],
    );
    test_faults(
        "## A\nT\n\nObrazek: media/b.png\nOpis obrazka: b\n- (x) b @ 1 1 1 1\n- ( ) c @ 1 1 1 1\n",
        &["01-a.quiz.md:4: there is no media/b.png"],
    );
    assert_eq!(faults(&[("01-a.quiz.md", b"\xff")]), ["01-a.quiz.md:1: this is not UTF-8"]);
    assert_eq!(
        faults(&[("09-x.quiz.md", TEST.as_bytes())]),
        ["09-x.quiz.md:1: no section lists the unit 09-x of this test"]
    );
}

#[test]
fn one_question_may_be_asked_twice_but_two_have_two_keys() {
    assert_eq!(faults(&[("01-a.quiz.md", TEST.as_bytes()), ("02-b.quiz.md", TEST.as_bytes())]), [""; 0]);
    let other = TEST.replace("Tekst", "Inny");
    assert_eq!(
        faults(&[("01-a.quiz.md", TEST.as_bytes()), ("02-b.quiz.md", other.as_bytes())]),
        ["02-b.quiz.md:4: the key “pierwsze” is that of another question in 01-a.quiz.md:4"]
    );
}

#[test]
fn pictures_of_questions_belong_to_the_course() {
    let text = "## A\nT ![b](media/ok.png)\n\nPrawda czy fałsz: prawda\n\n## B\nT\n\nObrazek: media/b.png\nOpis obrazka: b\n- (x) b @ 1 1 1 1\n- ( ) c @ 1 1 1 1\n";
    let files: &[(&str, &[u8])] =
        &[("01-a.quiz.md", text.as_bytes()), ("media/ok.png", PNG), ("media/b.png", PNG)];
    let dir = folder(files);
    let course = read(dir.path(), &[]).unwrap();
    assert_eq!(
        course.pictures.iter().map(|picture| picture.name.as_str()).collect::<Vec<_>>(),
        ["b.png", "ok.png"]
    );
}

//! The courses of the demonstration, and any text at all, come back as they were written.

use super::*;
use crate::quiz::translated::Translated;

fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/courses").join(name)
}

/// Stands in for the film that is made at set-up.
fn made() -> tempfile::TempDir {
    folder(&[("wyklad.mp4", b"film"), ("wyklad.pl.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nRaz.\n")])
}

#[test]
fn the_demonstration_courses_have_no_faults_but_the_film_that_is_made_later() {
    let made = made();
    let course =
        read(&demo("dostepnosc-cyfrowa"), &[made.path().to_owned()]).map_err(|r| listing(&r)).unwrap();
    assert_eq!((course.units().count(), course.sections.len(), course.pictures.len()), (17, 4, 5));
    let languages = course.units().flat_map(|unit| &unit.texts).map(|text| text.language.as_str());
    assert_eq!(languages.collect::<Vec<_>>(), ["en", "uk"]);
    // The test of the course is in Ukrainian as a whole.
    let test = course.units().find(|unit| unit.test.is_some()).unwrap();
    assert_eq!(test.worded.len(), test.test.as_ref().unwrap().questions.len());
    for (name, units, tests) in
        [("laptop-w-domu", 3, 0), ("e-sesja", 12, 3), ("sprawy-przez-internet", 10, 3)]
    {
        let course = read(&demo(name), &[]).map_err(|r| listing(&r)).unwrap();
        assert_eq!(course.units().count(), units, "{name}");
        assert_eq!(course.units().filter(|unit| unit.test.is_some()).count(), tests, "{name}");
    }
    let without: Vec<String> = read(&demo("dostepnosc-cyfrowa"), &[])
        .err()
        .unwrap_or_default()
        .iter()
        .map(|r| r.file.clone())
        .collect();
    let film_is_copied = demo("dostepnosc-cyfrowa").join("media/wyklad.mp4").exists();
    assert!(film_is_copied || without == ["02-wyklad.md", "02-wyklad.md"], "{without:?}");
}

#[test]
fn the_files_of_the_demonstration_are_written_as_they_are_read() {
    let made = made();
    for name in ["dostepnosc-cyfrowa", "laptop-w-domu", "e-sesja", "sprawy-przez-internet"] {
        let course = read(&demo(name), &[made.path().to_owned()]).unwrap();
        let sections: Vec<(String, Vec<String>)> = course
            .sections
            .iter()
            .map(|section| {
                (section.title.clone(), section.units.iter().map(|unit| unit.name.clone()).collect())
            })
            .collect();
        let file = |name_of: &str| fs::read_to_string(demo(name).join(name_of)).unwrap();
        assert_eq!(write::course_file(&course.card, &course.titles, &sections), file("course.toml"));
        for unit in course.units() {
            let captions = |film: &Film| {
                let path = |language: &str| format!("media/{}.{language}.vtt", unit.slug);
                film.captions
                    .iter()
                    .map(|c| (c.language.clone(), c.label.clone(), path(&c.language)))
                    .collect()
            };
            let front = write::Front {
                title: &unit.title,
                minutes: unit.minutes,
                film: unit.film.as_ref().map(|_| format!("media/{}.mp4", unit.slug)),
                captions: unit.film.as_ref().map(captions).unwrap_or_default(),
                film_seen: unit.film_seen,
            };
            assert_eq!(
                write::unit_file(&front, &unit.markdown),
                file(&format!("{}.md", unit.name)),
                "{}",
                unit.name
            );
            for text in &unit.texts {
                let name = format!("{}.{}.md", unit.name, text.language);
                assert_eq!(write::text_file(text), file(&name), "{name}");
            }
            let asked = unit.test.iter().flat_map(|sheet| &sheet.questions).cloned().collect::<Vec<_>>();
            let worded: Vec<Translated> = unit
                .worded
                .iter()
                .map(|one| Translated {
                    question: asked.iter().find(|question| question.key == one.key).unwrap().clone(),
                    language: one.language.clone(),
                    texts: one.texts.clone(),
                    stale: one.outdated,
                    revision: 1,
                })
                .collect();
            assert!(worded.iter().all(Translated::is_fit), "{}", unit.name);
            for (language, text) in worded_file::write(&asked, &worded) {
                let name = format!("{}.{language}.quiz.md", unit.name);
                assert_eq!(text, file(&name), "{name}");
            }
        }
    }
}

#[test]
fn any_text_is_read_as_it_was_written() {
    let odd = "„a” \"b\" \\ 'c' '''\t+++ \u{85}\u{7f}é\u{1f600} = [x]";
    let card = Card {
        title: odd.replace(['\u{85}', '\u{7f}', '\t'], ""),
        slug: "a".into(),
        summary: "a\n\"b\"".into(),
        ..Card::default()
    };
    let card = Card { language: "uk".into(), author: "\\\"".into(), ..card };
    for markdown in ["", "\n", "x", "\n\nx", "+++\n", "x\n+++\n\n", "    code"] {
        let front = write::Front {
            title: &card.title,
            minutes: 1000,
            film: None,
            captions: Vec::new(),
            film_seen: None,
        };
        let text = write::unit_file(&front, markdown);
        let titles =
            [("en", "a\n\"b\"", false), ("pl", "", true)].map(|(language, summary, outdated)| TitleIn {
                language: language.to_owned(),
                title: card.title.clone(),
                summary: summary.to_owned(),
                outdated,
            });
        let toml = write::course_file(&card, &titles, &[("S\\".to_owned(), vec!["01-a".to_owned()])]);
        let english = TextIn {
            language: "en".to_owned(),
            title: card.title.clone(),
            markdown: markdown.to_owned(),
            outdated: markdown == "x",
        };
        let translated = write::text_file(&english);
        let mut files = vec![("course.toml", toml.as_bytes()), ("01-a.md", text.as_bytes())];
        // A translation without a word is a fault.
        let expected = if markdown.trim().is_empty() { vec![] } else { vec![english] };
        if !expected.is_empty() {
            files.push(("01-a.en.md", translated.as_bytes()));
        }
        let dir = folder(&files);
        let course = read(dir.path(), &[]).map_err(|reports| listing(&reports)).unwrap();
        assert_eq!(course.card, card);
        assert_eq!(course.titles, titles);
        let unit = course.units().next().unwrap();
        assert_eq!(
            (unit.title.as_str(), unit.markdown.as_str(), unit.minutes),
            (card.title.as_str(), markdown, 1000)
        );
        assert_eq!(unit.texts, expected);
        assert_eq!(course.sections[0].title, "S\\");
    }
}

//! The file is read back by the rules of RFC 5545, written here a second time and the other way round.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use time::macros::{date, datetime};

use super::*;

fn entry() -> Entry {
    Entry {
        uid: "taking-1@example.org".to_owned(),
        sequence: 2,
        changed_at: datetime!(2026-10-25 01:30 UTC),
        day: date!(2026 - 12 - 31),
        summary: "Termin: Bezpieczeństwo; informacji, \\ część 1".to_owned(),
        description: "Zażółć gęślą jaźń. ".repeat(20) + "\nDruga linia\u{7}",
        url: "https://example.org/courses/bezpieczenstwo".to_owned(),
    }
}

fn calendar() -> Calendar {
    Calendar { name: "Terminy, Jan".to_owned(), language: "pl".to_owned(), entries: vec![entry()] }
}

/// Unfolded lines.
fn lines(text: &str) -> Vec<String> {
    assert!(text.ends_with("\r\n"));
    let physical: Vec<&str> = text.trim_end_matches("\r\n").split("\r\n").collect();
    for line in &physical {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.contains(['\r', '\n']) && !line.is_empty(), "{line:?}");
    }
    let mut whole: Vec<String> = Vec::new();
    for line in physical {
        match line.strip_prefix(' ') {
            Some(more) => whole.last_mut().unwrap().push_str(more),
            None => whole.push(line.to_owned()),
        }
    }
    whole
}

fn value(lines: &[String], name: &str) -> String {
    let starts = |line: &&String| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([':', ';']));
    lines.iter().rfind(starts).unwrap_or_else(|| panic!("no {name}")).split_once(':').unwrap().1.to_owned()
}

fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        plain.push(match letter {
            '\\' => match letters.next().unwrap() {
                'n' => '\n',
                letter => letter,
            },
            ';' | ',' => panic!("{text}: not escaped"),
            letter => letter,
        });
    }
    plain
}

#[test]
fn what_was_written_is_read_back() {
    let lines = lines(&calendar().text());
    assert_eq!(plain(&value(&lines, "SUMMARY")), entry().summary);
    assert_eq!(plain(&value(&lines, "DESCRIPTION")), entry().description.replace('\u{7}', ""));
    assert_eq!(value(&lines, "UID"), entry().uid);
    assert_eq!(value(&lines, "SEQUENCE"), "2");
    assert_eq!(value(&lines, "DTSTAMP"), "20261025T013000Z");
    assert!(lines.contains(&"DTSTART;VALUE=DATE:20261231".to_owned()));
    assert!(lines.contains(&"DTEND;VALUE=DATE:20270101".to_owned()));
    let mut open: Vec<&str> = Vec::new();
    for line in &lines {
        if let Some(name) = line.strip_prefix("BEGIN:") {
            open.push(name);
        } else if let Some(name) = line.strip_prefix("END:") {
            assert_eq!(open.pop(), Some(name));
        } else {
            assert!(!open.is_empty(), "{line}");
        }
    }
    assert!(open.is_empty());
}

#[test]
fn folding_never_cuts_a_letter_and_never_wastes_a_line() {
    for length in 60..90 {
        let mut file = Lines::default();
        let text = format!("X:{}{}", "a".repeat(length), "ż".repeat(100));
        file.line(&text);
        assert_eq!(lines(&file.0), [text]);
        let written: Vec<&str> = file.0.trim_end().split("\r\n").collect();
        let (_, full) = written.split_last().unwrap();
        assert!(full.iter().all(|line| line.len() >= 74), "{full:?}");
    }
}

#[test]
fn a_line_cannot_be_smuggled_in() {
    let mut entry = entry();
    entry.summary = "a\r\nEND:VEVENT\r\nBEGIN:VALARM".to_owned();
    entry.url = "https://example.org/\r\nATTENDEE:x".to_owned();
    let lines = lines(&Calendar { entries: vec![entry], ..calendar() }.text());
    assert_eq!(lines.iter().filter(|line| *line == "END:VEVENT").count(), 1);
    assert!(!lines.iter().any(|line| line.starts_with("ATTENDEE") || line == "BEGIN:VALARM"));
}

/// The last Sunday of a month.
fn last_sunday(year: i16, month: i8) -> jiff::civil::Date {
    let last = jiff::civil::date(year, month, 1).last_of_month();
    last.saturating_sub(jiff::Span::new().days(last.weekday().to_sunday_zero_offset()))
}

#[test]
fn the_zone_says_the_same_as_the_data_of_the_machine_at_both_changes_of_the_hour() {
    let lines = lines(&calendar().text());
    let at = |line: &str| lines.iter().position(|other| other == line).unwrap_or_else(|| panic!("no {line}"));
    let (summer, winter) = (at("BEGIN:DAYLIGHT"), at("BEGIN:STANDARD"));
    let rules = [(summer, 3, "DTSTART:19960331T020000", 1, 2), (winter, 10, "DTSTART:19961027T030000", 2, 1)];
    let warsaw = TimeZone::get("Europe/Warsaw").unwrap();
    for (block, month, start, from, to) in rules {
        let block = &lines[block..block + 7];
        assert!(block.contains(&start.to_owned()));
        assert!(block.contains(&format!("RRULE:FREQ=YEARLY;BYMONTH={month};BYDAY=-1SU")));
        assert!(block.contains(&format!("TZOFFSETFROM:+0{from}00")), "{block:?}");
        assert!(block.contains(&format!("TZOFFSETTO:+0{to}00")), "{block:?}");
        let hour: i8 = start[17..19].parse().unwrap();
        for year in 1997..2038 {
            let wall: DateTime = last_sunday(year, month).at(hour, 0, 0, 0);
            // The moment of the change, by the offset before it.
            let change = wall.to_zoned(TimeZone::fixed(jiff::tz::offset(from))).unwrap().timestamp();
            let before = warsaw.to_offset(change - jiff::Span::new().seconds(1));
            assert_eq!(
                (before, warsaw.to_offset(change)),
                (jiff::tz::offset(from), jiff::tz::offset(to)),
                "{year}"
            );
        }
    }
}

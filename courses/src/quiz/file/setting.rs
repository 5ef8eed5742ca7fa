//! The top of the file: settings, one a line, then the introduction.

use super::fault::{FileFault, Wanted};
use super::keyword::{self, Begins, Keyword};
use super::lines::{Lines, beginning, tidy};
use crate::quiz::settings::{Draw, Reveal, Settings};

/// Reads up to the first question. Answers the settings and the line of each field.
pub(super) fn read(lines: &mut Lines<'_>) -> (Settings, Vec<(String, usize)>) {
    let mut settings = Settings::default();
    let mut places = vec![(String::new(), 1)];
    let mut seen: Vec<Keyword> = Vec::new();
    while let Some(line) = lines.peek() {
        if line.trim().is_empty() || keyword::heading(line).is_some() {
            break;
        }
        let number = lines.number();
        match keyword::setting(line) {
            Begins::Other => lines.fault(number, FileFault::NotASetting(beginning(line))),
            Begins::Nearly(meant) => lines.fault(number, FileFault::Misspelled(beginning(line), meant)),
            Begins::With(keyword, _) if keyword != Keyword::Draw && seen.contains(&keyword) => {
                lines.fault(number, FileFault::Twice(keyword.polish()));
            }
            Begins::With(keyword, value) => {
                if !seen.contains(&keyword) {
                    seen.push(keyword);
                }
                match take(&mut settings, keyword, &value.to_lowercase()) {
                    Ok(field) => places.push((field, number)),
                    Err(wanted) => lines.fault(number, FileFault::BadValue(keyword.polish(), wanted)),
                }
            }
        }
        lines.skip();
    }
    lines.skip_blank();
    let number = lines.number();
    let is_heading = |line: &str| keyword::heading(line).is_some();
    let intro = lines.block(is_heading, is_heading);
    let intro = tidy(intro.iter().map(String::as_str));
    if !intro.is_empty() {
        places.push(("intro".to_owned(), number));
        settings.intro = Some(intro);
    }
    (settings, places)
}

/// Takes one setting; answers its field.
fn take(settings: &mut Settings, keyword: Keyword, value: &str) -> Result<String, Wanted> {
    let field = match keyword {
        Keyword::PassMark => {
            let percent = value.strip_suffix('%').unwrap_or(value).trim_end();
            settings.pass_percent = percent.parse().map_err(|_| Wanted::Percent)?;
            "pass_percent"
        }
        Keyword::Attempts => {
            settings.attempts = limit(value, &[]).ok_or(Wanted::Count)?;
            "attempts"
        }
        Keyword::Time => {
            settings.minutes =
                limit(value, &["minuty", "minuta", "minutes", "minut", "min"]).ok_or(Wanted::Minutes)?;
            "minutes"
        }
        Keyword::QuestionOrder => {
            settings.shuffle = match value {
                "losowa" | "random" => true,
                "stała" | "fixed" => false,
                _ => return Err(Wanted::Order),
            };
            "shuffle"
        }
        Keyword::Draw => {
            settings.draws.push(draw(value).ok_or(Wanted::Draw)?);
            return Ok(format!("draws.{}", settings.draws.len() - 1));
        }
        Keyword::Reveal => {
            settings.reveal = match value {
                "po zakończeniu" | "at the end" => Reveal::End,
                "po każdym podejściu" | "after each attempt" => Reveal::Attempt,
                "nigdy" | "never" => Reveal::Never,
                _ => return Err(Wanted::Reveal),
            };
            "reveal"
        }
        Keyword::Pretest => {
            settings.pretest = yes_or_no(value).ok_or(Wanted::YesNo)?;
            "pretest"
        }
        Keyword::Certainty => {
            settings.certainty = yes_or_no(value).ok_or(Wanted::YesNo)?;
            "certainty"
        }
        _ => "",
    };
    Ok(field.to_owned())
}

/// A whole number with one of these units or without; `Some(None)` is no limit.
pub(super) fn limit<T: std::str::FromStr>(value: &str, units: &[&str]) -> Option<Option<T>> {
    if matches!(value, "bez limitu" | "bez ograniczeń" | "no limit") {
        return Some(None);
    }
    let unit = units.iter().find_map(|unit| value.strip_suffix(unit));
    unit.unwrap_or(value).trim().parse().ok().map(Some)
}

fn yes_or_no(value: &str) -> Option<bool> {
    match value {
        "tak" | "yes" => Some(true),
        "nie" | "no" => Some(false),
        _ => None,
    }
}

/// `5 z #tag`, `3 z pozostałych`, `4 ze wszystkich`, `2 z banku #tag`.
fn draw(value: &str) -> Option<Draw> {
    let (count, of) = [" ze ", " z ", " of "].iter().find_map(|between| value.split_once(between))?;
    let of = of.trim();
    let of_bank = ["banku ", "the bank ", "bank "].iter().find_map(|bank| of.strip_prefix(bank));
    let tag = match (of_bank, of) {
        (Some(tag), _) => Some(tag.trim_start().strip_prefix('#')?.to_owned()),
        (None, "pozostałych" | "wszystkich" | "the rest" | "all") => None,
        (None, tag) => Some(tag.strip_prefix('#')?.to_owned()),
    };
    Some(Draw { count: count.trim().parse().ok()?, tag, bank: of_bank.is_some() })
}

//! A calendar as text (RFC 5545): CRLF, lines of at most 75 octets that never cut a letter in two, escaped texts.
//!
//! Deadlines are days, not moments: `VALUE=DATE`, so that no zone shifts them. The zone of the house is described all the same,
//! for clients that show the calendar's zone.

use time::{Date, OffsetDateTime};

/// One day that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Names the thing for good: `taking-018f…@example.org`.
    pub uid: String,
    /// How many times it was changed.
    pub sequence: i32,
    /// When it was changed last.
    pub changed_at: OffsetDateTime,
    /// The day.
    pub day: Date,
    /// One line.
    pub summary: String,
    /// More; may be empty.
    pub description: String,
    /// The page of the thing.
    pub url: String,
}

/// A calendar of days.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    /// What it is called.
    pub name: String,
    /// `pl`, `en` or `uk`.
    pub language: String,
    /// The days, in order.
    pub entries: Vec<Entry>,
}

/// Europe/Warsaw by the rule of Directive 2000/84/EC: both changes happen at 1:00 UTC on the last Sundays of March and October,
/// which is 2:00 and 3:00 on the wall.
const ZONE: [&str; 18] = [
    "BEGIN:VTIMEZONE",
    "TZID:Europe/Warsaw",
    "BEGIN:DAYLIGHT",
    "DTSTART:19960331T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "TZNAME:CEST",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "DTSTART:19961027T030000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "TZNAME:CET",
    "END:STANDARD",
    "END:VTIMEZONE",
    "X-WR-TIMEZONE:Europe/Warsaw",
];

impl Calendar {
    /// The text of the file.
    pub fn text(&self) -> String {
        let mut file = Lines::default();
        for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tablica//Terminy//PL", "CALSCALE:GREGORIAN"]
        {
            file.line(line);
        }
        file.line("METHOD:PUBLISH");
        file.line(&format!("NAME:{}", escaped(&self.name)));
        file.line(&format!("X-WR-CALNAME:{}", escaped(&self.name)));
        // RFC 7986 §5.7 and what older clients read.
        file.line("REFRESH-INTERVAL;VALUE=DURATION:PT12H");
        file.line("X-PUBLISHED-TTL:PT12H");
        // Properties of the calendar stand before its components.
        if let Some((name, zone)) = ZONE.split_last() {
            file.line(name);
            zone.iter().for_each(|line| file.line(line));
        }
        for entry in &self.entries {
            self.event(&mut file, entry);
        }
        file.line("END:VCALENDAR");
        file.0
    }

    fn event(&self, file: &mut Lines, entry: &Entry) {
        let changed = moment(entry.changed_at);
        file.line("BEGIN:VEVENT");
        file.line(&format!("UID:{}", escaped(&entry.uid)));
        file.line(&format!("SEQUENCE:{}", entry.sequence));
        // In a calendar that is published, DTSTAMP says when the entry was changed (§3.8.7.2).
        file.line(&format!("DTSTAMP:{changed}"));
        file.line(&format!("LAST-MODIFIED:{changed}"));
        file.line(&format!("DTSTART;VALUE=DATE:{}", day(entry.day)));
        // The end does not belong to it (§3.6.1).
        file.line(&format!("DTEND;VALUE=DATE:{}", day(entry.day.next_day().unwrap_or(entry.day))));
        file.line(&format!("SUMMARY;LANGUAGE={}:{}", self.language, escaped(&entry.summary)));
        if !entry.description.is_empty() {
            file.line(&format!("DESCRIPTION;LANGUAGE={}:{}", self.language, escaped(&entry.description)));
        }
        file.line(&format!("URL:{}", entry.url.replace(['\r', '\n'], "")));
        // A deadline takes no time of the day: it does not make anybody busy.
        file.line("TRANSP:TRANSPARENT");
        file.line("END:VEVENT");
    }
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    /// Folds at 75 octets without the end of the line (§3.1); the blank that goes on counts.
    fn line(&mut self, text: &str) {
        let mut room = 75;
        for letter in text.chars() {
            if letter.len_utf8() > room {
                self.0.push_str("\r\n ");
                room = 74;
            }
            self.0.push(letter);
            room -= letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// A text with what means something escaped (§3.3.11); other control characters are no part of a text.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for letter in text.replace("\r\n", "\n").chars() {
        match letter {
            '\\' | ';' | ',' => {
                written.push('\\');
                written.push(letter);
            }
            '\n' | '\r' => written.push_str("\\n"),
            letter if letter.is_control() && letter != '\t' => {}
            letter => written.push(letter),
        }
    }
    written
}

fn day(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), u8::from(day.month()), day.day())
}

fn moment(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!("{}T{:02}{:02}{:02}Z", day(at.date()), at.hour(), at.minute(), at.second())
}

#[cfg(test)]
mod tests;

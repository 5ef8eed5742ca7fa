//! Days and moments as people in Poland write them: `22.10.2026`, `22.10.2026, 14:05`, wall clock of Europe/Warsaw.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use time::{OffsetDateTime, Time};

/// The zone of every local rule. Without zone data on the machine, UTC; the log says so once.
static WARSAW: LazyLock<TimeZone> = LazyLock::new(|| {
    TimeZone::get("Europe/Warsaw").unwrap_or_else(|error| {
        tracing::warn!(%error, "no zone data for Europe/Warsaw (install tzdata); times are shown in UTC");
        TimeZone::UTC
    })
});

/// A moment on the wall clock: `22.10.2026, 14:05`.
pub fn moment(at: OffsetDateTime) -> String {
    written(at, "%d.%m.%Y, %H:%M")
}

/// The wall clock at a moment: `14:05`.
pub fn clock(at: OffsetDateTime) -> String {
    written(at, "%H:%M")
}

/// An hour of every day, as fields have it: `14:05`.
pub fn hour(of: Time) -> String {
    format!("{:02}:{:02}", of.hour(), of.minute())
}

/// The day of a moment: `22.10.2026`.
pub fn day(at: OffsetDateTime) -> String {
    written(at, "%d.%m.%Y")
}

/// The day of a moment for machines and file names: `2026-10-22`.
pub fn machine_day(at: OffsetDateTime) -> String {
    written(at, "%Y-%m-%d")
}

/// The day of a moment as a value.
pub fn local_day(at: OffsetDateTime) -> time::Date {
    let stamp = Timestamp::from_second(at.unix_timestamp()).unwrap_or(Timestamp::UNIX_EPOCH);
    let day = stamp.to_zoned(WARSAW.clone()).date();
    let of_year = u16::try_from(day.day_of_year()).unwrap_or(1);
    time::Date::from_ordinal_date(day.year().into(), of_year).unwrap_or(at.date())
}

/// A moment for the `datetime` of a `time` element: `2026-10-22T14:05:00+02:00`.
pub fn machine(at: OffsetDateTime) -> String {
    written(at, "%Y-%m-%dT%H:%M:%S%:z")
}

/// A moment for headers of HTTP (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
pub fn http(at: OffsetDateTime) -> String {
    let stamp = Timestamp::from_second(at.unix_timestamp()).unwrap_or(Timestamp::UNIX_EPOCH);
    stamp.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A day that was kept as `2026-10-22`, as people write it; anything else stays as it is.
pub fn spoken(day: &str) -> String {
    day.parse::<Date>().map_or_else(|_| day.to_owned(), |day| day.strftime("%d.%m.%Y").to_string())
}

fn written(at: OffsetDateTime, form: &str) -> String {
    let stamp = Timestamp::from_second(at.unix_timestamp()).unwrap_or(Timestamp::UNIX_EPOCH);
    stamp.to_zoned(WARSAW.clone()).strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn moments_follow_the_wall_clock_on_both_sides_of_the_change_of_the_hour() {
        assert_eq!(moment(datetime!(2026-10-25 00:30 UTC)), "25.10.2026, 02:30");
        assert_eq!(moment(datetime!(2026-10-25 01:30 UTC)), "25.10.2026, 02:30");
        assert_eq!(machine(datetime!(2026-07-01 12:00 UTC)), "2026-07-01T14:00:00+02:00");
        assert_eq!(day(datetime!(2026-12-31 23:30 UTC)), "01.01.2027");
        assert_eq!(machine_day(datetime!(2026-12-31 23:30 UTC)), "2027-01-01");
        assert_eq!(http(datetime!(1994-11-06 08:49:37 UTC)), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn a_date_is_written_as_http_wants_it() {
        assert_eq!(http(datetime!(2026-11-21 04:05:06 UTC)), "Sat, 21 Nov 2026 04:05:06 GMT");
    }

    #[test]
    fn kept_days_are_spoken_and_anything_else_stays() {
        assert_eq!(spoken("2026-11-21"), "21.11.2026");
        assert_eq!(spoken("wkrótce"), "wkrótce");
    }
}

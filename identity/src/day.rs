//! The day on the wall calendar in Warsaw: deadlines, ages and lists of what is overdue follow it, across both changes of
//! the hour. And how a day is put down.

use base::Tx;
use time::macros::format_description;
use time::{Date, Month, OffsetDateTime};

use crate::error::Problem;

/// Today in Europe/Warsaw, by the clock that was passed in.
pub async fn today(tx: &mut Tx) -> Result<Date, sqlx::Error> {
    let now = tx.now();
    of(tx, now).await
}

/// The day in Europe/Warsaw of a moment.
pub async fn of(tx: &mut Tx, at: OffsetDateTime) -> Result<Date, sqlx::Error> {
    sqlx::query_scalar!(r#"select ($1::timestamptz at time zone 'Europe/Warsaw')::date as "day!""#, at)
        .fetch_one(tx.connection())
        .await
}

/// Midday in Europe/Warsaw of a day: what is written down afterwards for a day without an hour.
pub async fn midday(tx: &mut Tx, day: Date) -> Result<OffsetDateTime, sqlx::Error> {
    sqlx::query_scalar!(r#"select ($1::date + time '12:00') at time zone 'Europe/Warsaw' as "moment!""#, day)
        .fetch_one(tx.connection())
        .await
}

/// A day for machines, as forms, files and PostgreSQL have it: `2026-10-22`.
pub fn written(day: Date) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), u8::from(day.month()), day.day())
}

/// A day as people in Poland write it: `22.10.2026`.
pub fn spoken(day: Date) -> String {
    format!("{:02}.{:02}.{:04}", day.day(), u8::from(day.month()), day.year())
}

/// A day as it is typed, for machines or as people write it; `None` when nothing is. Errors: `Malformed`.
pub fn typed(text: &str) -> Result<Option<Date>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let iso = format_description!("[year]-[month]-[day]");
    let spoken = format_description!("[day].[month].[year]");
    Date::parse(text, iso).or_else(|_| Date::parse(text, spoken)).map(Some).map_err(|_| Problem::Malformed)
}

/// The same day `years` later; for 29 February of a common year the last day of that month (art. 112 KC).
pub fn years_later(day: Date, years: i32) -> Date {
    day.replace_year(day.year() + years)
        .or_else(|_| Date::from_calendar_date(day.year() + years, Month::February, 28))
        .unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::{spoken, typed, written, years_later};

    #[test]
    fn a_day_is_written_for_machines_and_spoken_to_people() {
        assert_eq!(written(date!(2026 - 03 - 09)), "2026-03-09");
        assert_eq!(spoken(date!(2026 - 03 - 09)), "09.03.2026");
    }

    #[test]
    fn days_are_read_in_both_ways() {
        assert_eq!(typed("31.08.2026"), typed("2026-08-31"));
        assert_eq!(typed("31.08.2026"), Ok(Some(date!(2026 - 08 - 31))));
        assert_eq!(typed(" "), Ok(None));
        assert!(typed("31/08").is_err());
    }

    #[test]
    fn a_birthday_in_a_leap_year_falls_on_the_last_of_february() {
        assert_eq!(years_later(date!(2008 - 02 - 29), 18), date!(2026 - 02 - 28));
        assert_eq!(years_later(date!(2008 - 11 - 21), 18), date!(2026 - 11 - 21));
    }
}

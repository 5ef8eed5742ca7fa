//! Letters about a device, that it is due and that notice is given: in the receiver's language, without the programme's name.

use base::mail::Letter;
use devices::loans::due::Notice;
use devices::loans::remind::Reminder;
use words::{Language, loans as say, settlements};

use super::said;

/// The letter.
pub fn reminder(reminder: &Reminder) -> Letter {
    let language = Language::from_code(&reminder.language).unwrap_or_default();
    let day = said::day(reminder.due_on);
    let device = format!("{} ({})", reminder.model, reminder.inventory_no);
    let (subject, when) = match reminder.days {
        0 => (say::letter_due_subject(language), say::letter_due_today(language).to_owned()),
        days if days < 0 => {
            (say::letter_overdue_subject(language), say::letter_overdue(language, i64::from(-days)))
        }
        days => (say::letter_due_subject(language), say::letter_due_in(language, i64::from(days))),
    };
    Letter {
        to: reminder.email.clone(),
        subject: format!("{subject}: {}", reminder.inventory_no),
        text: say::letter_text(
            language,
            &reminder.name,
            &device,
            &reminder.who,
            &day,
            &when,
            &reminder.organisation,
        ),
    }
}

/// The letter of a notice.
pub fn notice(notice: &Notice) -> Letter {
    let language = Language::from_code(&notice.language).unwrap_or_default();
    Letter {
        to: notice.email.clone().unwrap_or_default(),
        subject: format!("{}: {}", settlements::notice_subject(language), notice.inventory_no),
        text: notice_text(language, notice, &notice.name),
    }
}

/// What a notice says to the receiver of that name.
pub fn notice_text(language: Language, notice: &Notice, name: &str) -> String {
    let device = format!("{} ({})", notice.model, notice.inventory_no);
    let until = settlements::notice_until(language, &said::day(notice.due_on), &notice.reason);
    settlements::notice_text(
        language,
        name,
        &notice.number,
        &device,
        &notice.who,
        &until,
        &notice.organisation,
    )
}

//! Messages of the pages of courses that are shown once, by code.

use words::{Language, courses as text, writing as say};

use crate::parts::{Flash, Tone};

/// The message of that code; `None` for a code of others.
pub fn message(language: Language, code: &str) -> Option<Flash> {
    let said = match code {
        "joined" => text::flash_joined(language),
        "unit-done" => text::flash_unit_done(language),
        "course-stays-done" => text::flash_course_stays_done(language),
        "unit-reopened" => text::flash_unit_reopened(language),
        "course-done" => text::flash_course_done(language),
        "course-created" => text::flash_course_created(language),
        "published" => text::flash_published(language),
        "archived" => text::flash_archived(language),
        "restored" => text::flash_restored(language),
        "section-added" => text::flash_section_added(language),
        "section-removed" => text::flash_section_removed(language),
        "unit-added" => text::flash_unit_added(language),
        "unit-saved" => text::flash_unit_saved(language),
        "unit-removed" => text::flash_unit_removed(language),
        "moved" => text::flash_moved(language),
        "film-sent" => text::flash_film_sent(language),
        "film-cancelled" => text::flash_film_cancelled(language),
        "film-retried" => text::flash_film_retried(language),
        "film-removed" => text::flash_film_removed(language),
        "captions-drafted" => words::studio::flash_draft(language),
        "film-trimmed" => words::studio::flash_trimmed(language),
        "film-untrimmed" => words::studio::flash_untrimmed(language),
        "poster-chosen" => words::studio::flash_poster(language),
        "film-deleted" => words::studio::flash_deleted(language),
        "film-given-up" => words::studio::flash_given_up(language),
        "film-added" => words::studio::flash_added(language),
        "film-too-late" => return warning(words::studio::flash_too_late(language)),
        "film-no-room" => return warning(words::studio::flash_no_room(language)),
        "captions-added" => text::flash_captions_added(language),
        "captions-removed" => text::flash_captions_removed(language),
        "captions-checked" => words::films::flash_captions_checked(language),
        "captions-saved" => words::films::flash_captions_saved(language),
        "picture-added" => text::flash_picture_added(language),
        "picture-removed" => text::flash_picture_removed(language),
        "enrolled" => text::flash_enrolled(language),
        "unenrolled" => text::flash_unenrolled(language),
        "teacher-added" => text::flash_teacher_added(language),
        "certificate-revoked" => words::certificates::flash_revoked(language),
        "certificate-replaced" => words::certificates::flash_replaced(language),
        "certificates-erased" => words::certificates::flash_erased(language),
        "teacher-removed" => text::flash_teacher_removed(language),
        "finding-waived" => say::flash_finding_waived(language),
        "publication-planned" => say::flash_publication_planned(language),
        "publication-cancelled" => say::flash_publication_cancelled(language),
        "review-asked" => say::flash_review_asked(language),
        "review-approved" => say::flash_review_approved(language),
        "review-returned" => say::flash_review_returned(language),
        "review-withdrawn" => say::flash_review_withdrawn(language),
        "unit-restored" => say::flash_unit_restored(language),
        "course-copied" => say::flash_course_copied(language),
        "course-opened" => words::open::opened_now(language),
        "course-closed" => words::open::closed_now(language),
        "unit-copied" => say::flash_unit_copied(language),
        "title-saved" => say::translation_saved_card(language),
        "translation-removed" => say::flash_translation_removed(language),
        "course-offered" => words::sharing::flash_offered(language),
        "offer-withdrawn" => words::sharing::flash_withdrawn(language),
        "course-adopted" => words::sharing::flash_adopted(language),
        "course-taken-over" => words::sharing::flash_taken_over(language),
        "course-adopted-films" => words::sharing::flash_adopted_films(language),
        "taken-over-films" => words::sharing::flash_taken_over_films(language),
        "course-adopted-waits" => return warning(words::sharing::flash_adopted_waits(language)),
        "taken-over-waits" => return warning(words::sharing::flash_taken_over_waits(language)),
        "chapters-saved" => words::films::flash_chapters(language),
        "companions-saved" => words::companions::flash_saved(language),
        "film-settings" => words::films::flash_settings(language),
        "film-storage" => words::storage::flash_saved(language),
        "note-added" => words::notes::flash_added(language),
        "note-changed" => words::notes::flash_changed(language),
        "note-removed" => words::notes::flash_removed(language),
        "film-asked" => words::films::flash_asked(language),
        "film-first" => return warning(words::films::flash_film_first(language)),
        "unit-not-restored" => return warning(say::flash_unit_not_restored(language)),
        "unit-name-taken" => return warning(say::flash_unit_name_taken(language)),
        code => match super::obligations::flash(language, code) {
            Some(said) => said,
            None => {
                return super::quiz::flash(language, code).or_else(|| super::recall::flash(language, code));
            }
        },
    };
    Some(Flash { tone: Tone::Success, text: said.to_owned() })
}

/// A message of what did not happen.
fn warning(said: &str) -> Option<Flash> {
    Some(Flash { tone: Tone::Warning, text: said.to_owned() })
}

//! Messages of the pages of devices that are shown once, by code.

use words::Language;

use crate::parts::Flash;

/// The message of that code; `None` for a code of others.
pub fn message(language: Language, code: &str) -> Option<Flash> {
    super::register::flash(language, code)
        .or_else(|| super::loans::flash(language, code))
        .or_else(|| super::applications::flash(language, code))
        .or_else(|| super::stocktake::flash(language, code))
        .or_else(|| super::reports::flash(language, code))
        .or_else(|| super::papers::flash(language, code))
        .or_else(|| super::retention::flash(language, code))
}

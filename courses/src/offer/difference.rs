//! One unit that differs between what was taken over and what is offered, and what taking over would do to it.

use super::content::{Content, Unit};
use super::films::{Change, OfferedFilm};
use crate::UnitId;

/// What taking over would do to a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is new at the publisher's.
    Add,
    /// The publisher changed it.
    Replace,
    /// The publisher took it out.
    Remove,
    /// The publisher changed it, and here it was taken out: it stays out.
    StaysOut,
}

/// One unit that differs.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What would be done.
    pub step: Step,
    /// The own unit, when there is one in the draft.
    pub unit: Option<UnitId>,
    /// Whether it was changed here since it was taken over: then it is left alone unless it is named.
    pub edited: bool,
    /// Its title: of the own unit, else of the publisher's.
    pub title: String,
    /// The own text.
    pub mine: String,
    /// The publisher's text.
    pub theirs: String,
    /// The title that it gets, when that is another one.
    pub new_title: Option<String>,
    /// Whether the test differs between what was taken over and what is offered.
    pub test: bool,
    /// Whether texts in other languages do, those of questions included.
    pub texts: bool,
    /// What becomes of its film.
    pub film: Change,
    /// Whether title, text, test or texts in other languages are another.
    pub text: bool,
    pub(super) offered: Option<Unit>,
    pub(super) shown: Option<OfferedFilm>,
    /// Whether text and film were changed here: such a one is left alone unless the unit is named.
    pub(super) changed: (bool, bool),
    pub(super) revision: i32,
    /// What was taken over last.
    pub(super) before: Option<Content>,
}

impl Difference {
    /// One that is new at the publisher's.
    pub(super) fn of_new(unit: &Unit, shown: Option<&OfferedFilm>) -> Self {
        Self {
            step: Step::Add,
            unit: None,
            edited: false,
            title: unit.content.title.clone(),
            mine: String::new(),
            theirs: unit.content.markdown.clone(),
            new_title: None,
            test: unit.content.test.is_some(),
            texts: !unit.content.texts.is_empty() || !unit.content.words.is_empty(),
            film: shown.map_or(Change::None, |film| Change::Comes(film.bytes)),
            text: true,
            offered: Some(unit.clone()),
            shown: shown.cloned(),
            changed: (false, false),
            revision: 0,
            before: None,
        }
    }

    /// One that both have. Of its text: whether it changes, whether it is here as it was taken, and how it is here; of its film: the
    /// publisher's, what becomes of the own one, and whether that was changed here.
    pub(super) fn of_changed(
        (own, revision): (UnitId, i32),
        (text, kept, mine): (bool, bool, Content),
        (unit, base): (&Unit, Option<&Content>),
        (shown, (film, changed)): (Option<&OfferedFilm>, (Change, bool)),
    ) -> Self {
        let theirs = if text { &unit.content } else { &mine };
        Self {
            step: Step::Replace,
            unit: Some(own),
            edited: text && !kept || changed,
            new_title: (mine.title != theirs.title).then(|| theirs.title.clone()),
            theirs: theirs.markdown.clone(),
            test: text
                && base
                    .is_none_or(|base| (&base.test, &base.pool) != (&unit.content.test, &unit.content.pool)),
            texts: text
                && base.is_none_or(|base| {
                    (&base.texts, &base.words) != (&unit.content.texts, &unit.content.words)
                }),
            title: mine.title,
            mine: mine.markdown,
            film,
            text,
            offered: Some(unit.clone()),
            shown: shown.cloned(),
            changed: (text && !kept, changed),
            revision,
            before: base.cloned(),
        }
    }

    /// One that was taken out here.
    pub(super) fn out(unit: &Unit, title: &str) -> Self {
        Self { step: Step::StaysOut, title: title.to_owned(), offered: None, ..Self::of_new(unit, None) }
    }

    /// One that the publisher took out. `changed`: whether its film was changed here.
    pub(super) fn of_gone(
        (own, revision): (UnitId, i32),
        mine: Content,
        base: &Content,
        changed: bool,
    ) -> Self {
        Self {
            step: Step::Remove,
            unit: Some(own),
            edited: mine != *base || changed,
            title: mine.title,
            mine: mine.markdown,
            theirs: String::new(),
            new_title: None,
            test: false,
            texts: false,
            film: Change::None,
            text: true,
            offered: None,
            shown: None,
            changed: (false, false),
            revision,
            before: None,
        }
    }
}

//! Which key means what, and where it may: a pure table, so that no key is stolen from a control that needs it.

/// What a person asks of the player by key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command {
    /// Play or pause.
    Toggle,
    /// Jump by so many seconds.
    By(f64),
    /// Sound off or on.
    Mute,
    /// Captions on or off.
    Captions,
    /// Full screen on or off.
    FullScreen,
    /// One step slower (-1) or faster (1).
    Speed(i32),
    /// To a tenth of the film, 0 to 9.
    Tenth(u8),
    /// To the very end.
    End,
    /// The list of keys.
    Help,
}

/// What holds the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Something that wants its keys for itself: a text field, a list of choices, a control elsewhere on the page.
    Elsewhere,
    /// Nothing in particular, or the transcript: letters only, so that the page still scrolls by space and arrows.
    Page,
    /// A button of the player: space and Enter are its own.
    Button,
    /// The volume: arrows, Home and End are its own.
    Range,
    /// The seek bar.
    SeekBar,
    /// The picture, or nothing in particular while the player fills the screen.
    Stage,
}

/// What `key` (as in `KeyboardEvent.key`) means with the focus at `place`.
///
/// With shortcuts switched `off` only the seek bar's own keys stay (WCAG 2.2, 2.1.4).
pub fn command(key: &str, place: Place, off: bool) -> Option<Command> {
    let inside = !matches!(place, Place::Elsewhere | Place::Page);
    match (key, place) {
        (_, Place::Elsewhere) => None,
        ("ArrowLeft" | "ArrowDown", Place::SeekBar) => Some(Command::By(-5.0)),
        ("ArrowRight" | "ArrowUp", Place::SeekBar) => Some(Command::By(5.0)),
        ("PageDown", Place::SeekBar) => Some(Command::By(-60.0)),
        ("PageUp", Place::SeekBar) => Some(Command::By(60.0)),
        ("Home", Place::SeekBar) => Some(Command::Tenth(0)),
        ("End", Place::SeekBar) => Some(Command::End),
        _ if off => None,
        (" ", Place::Range | Place::SeekBar | Place::Stage) => Some(Command::Toggle),
        ("ArrowLeft", Place::Button | Place::Stage) => Some(Command::By(-5.0)),
        ("ArrowRight", Place::Button | Place::Stage) => Some(Command::By(5.0)),
        ("Home", Place::Button | Place::Stage) => Some(Command::Tenth(0)),
        ("End", Place::Button | Place::Stage) => Some(Command::End),
        ("k" | "K", _) => Some(Command::Toggle),
        ("j" | "J", _) => Some(Command::By(-10.0)),
        ("l" | "L", _) => Some(Command::By(10.0)),
        ("m" | "M", _) => Some(Command::Mute),
        ("c" | "C", _) => Some(Command::Captions),
        ("f" | "F", _) => Some(Command::FullScreen),
        ("<", _) => Some(Command::Speed(-1)),
        (">", _) => Some(Command::Speed(1)),
        ("?", _) => Some(Command::Help),
        _ if inside && key.len() == 1 => key.parse().ok().map(Command::Tenth),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, Place, command};

    #[test]
    fn a_text_field_keeps_every_key() {
        for key in [" ", "k", "5", "ArrowLeft", "Home", "?", "<"] {
            assert_eq!(command(key, Place::Elsewhere, false), None);
        }
    }

    #[test]
    fn buttons_keep_space_and_enter_the_volume_keeps_its_arrows() {
        assert_eq!(command(" ", Place::Button, false), None);
        assert_eq!(command("Enter", Place::Button, false), None);
        assert_eq!(command("ArrowUp", Place::Range, false), None);
        assert_eq!(command("Home", Place::Range, false), None);
        assert_eq!(command(" ", Place::Range, false), Some(Command::Toggle));
        assert_eq!(command("7", Place::Button, false), Some(Command::Tenth(7)));
    }

    #[test]
    fn on_the_picture_every_key_is_the_players() {
        assert_eq!(command(" ", Place::Stage, false), Some(Command::Toggle));
        assert_eq!(command("ArrowLeft", Place::Stage, false), Some(Command::By(-5.0)));
        assert_eq!(command("0", Place::Stage, false), Some(Command::Tenth(0)));
    }

    #[test]
    fn letters_mean_the_same_on_the_page_and_in_the_player_large_or_small() {
        let letters = [
            ("f", Command::FullScreen),
            ("c", Command::Captions),
            ("m", Command::Mute),
            ("k", Command::Toggle),
            ("j", Command::By(-10.0)),
            ("l", Command::By(10.0)),
        ];
        let places = [Place::Page, Place::Button, Place::Range, Place::SeekBar, Place::Stage];
        for (letter, means) in letters {
            for place in places {
                assert_eq!(command(letter, place, false), Some(means), "{letter} at {place:?}");
                assert_eq!(
                    command(&letter.to_uppercase(), place, false),
                    Some(means),
                    "{letter} at {place:?}"
                );
                assert_eq!(command(letter, place, true), None, "{letter} at {place:?}, switched off");
            }
            assert_eq!(command(letter, Place::Elsewhere, false), None);
        }
        for (key, step) in [("<", -1), (">", 1)] {
            assert_eq!(command(key, Place::Button, false), Some(Command::Speed(step)));
        }
        assert_eq!(command("?", Place::Page, false), Some(Command::Help));
    }

    #[test]
    fn the_page_still_scrolls_while_nothing_of_the_player_is_focused() {
        for key in [" ", "ArrowLeft", "ArrowDown", "Home", "End", "PageDown", "3"] {
            assert_eq!(command(key, Place::Page, false), None);
        }
        assert_eq!(command("k", Place::Page, false), Some(Command::Toggle));
    }

    #[test]
    fn switched_off_only_the_seek_bar_answers() {
        assert_eq!(command("k", Place::Page, true), None);
        assert_eq!(command("5", Place::SeekBar, true), None);
        assert_eq!(command("ArrowRight", Place::SeekBar, true), Some(Command::By(5.0)));
    }
}

//! Every sentence that the islands show or say, one struct for each island.
//!
//! Sentences hold placeholders in braces, such as `{time}`; each field's comment gives the Polish sentence as the
//! example and so names its placeholders. Those that the browser speaks travel as a JSON list in the order of the
//! fields, without keys: that keeps pages and WASM small, and is safe because page and WASM come from the same build.

use serde::{Deserialize, Serialize};

#[cfg(not(feature = "ssr"))]
use super::never_sent;

/// Declares a struct of sentences. Those under `spoken` go into the browser as a list of strings in the order of the
/// fields; those under `printed` stand in the server's HTML only and do not travel.
macro_rules! words {
    (
        $(#[$about:meta])* $name:ident
        spoken { $($(#[$spoken_about:meta])* $spoken:ident,)* }
        printed { $($(#[$printed_about:meta])* $printed:ident,)* }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name {
            $($(#[$spoken_about])* pub $spoken: String,)*
            $(#[cfg(feature = "ssr")] $(#[$printed_about])* pub $printed: String,)*
        }

        #[cfg(feature = "ssr")]
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_seq([$(&self.$spoken,)*])
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let mut list = Vec::<String>::deserialize(from)?.into_iter();
                Ok(Self { $($spoken: next_of(&mut list),)* $(#[cfg(feature = "ssr")] $printed: String::new(),)* })
            }
        }

        #[cfg(not(feature = "ssr"))]
        never_sent!($name);
    };
}

/// The next string, or an empty one.
#[inline(never)]
fn next_of(list: &mut std::vec::IntoIter<String>) -> String {
    list.next().unwrap_or_default()
}

mod upload;

pub use upload::*;

words! {
    /// The player's sentences.
    PlayerWords
    spoken {
        /// `Odtwórz`
        play,
        /// `Wstrzymaj`
        pause,
        /// `Wycisz`
        mute,
        /// `Włącz dźwięk`
        unmute,
        /// `{time}, cały film: {length}`: for the seek bar; durations in words, in the nominative, never declined here
        position_value,
        /// `Wyłączone` (no captions)
        captions_off,
        /// `,` (decimal mark of the speeds: `1,25×`)
        decimal_mark,
        /// `Automatyczna`
        quality_auto,
        /// `Tylko dźwięk`
        quality_sound,
        /// `Pełny ekran`
        full_screen,
        /// `Zamknij pełny ekran`
        full_screen_leave,
        /// `Ten fragment nie jest jeszcze gotowy.`
        not_ready_yet,
        /// `Odtwarzanie` (said when it begins)
        now_playing,
        /// `Wstrzymano`
        now_paused,
        /// `Dźwięk wyłączony`
        now_muted,
        /// `Dźwięk włączony`
        now_unmuted,
        /// `Napisy: {name}`
        now_captions,
        /// `Szybkość {speed}`
        now_speed,
        /// `Jakość: {name}`
        now_quality,
        /// `Brak połączenia. Gdy wróci, film ruszy dalej.`
        error_network,
        /// `Dostęp do filmu wygasł. Odśwież stronę i w razie potrzeby zaloguj się ponownie.`
        error_denied,
        /// `Tego filmu nie udało się odtworzyć. Spróbuj jednego z odnośników pod filmem.`
        error_media,
        /// `Postęp nie został jeszcze zapisany. Zapiszemy go, gdy wróci połączenie.`
        error_progress,
        /// `Znaleziono wierszy: {count}`
        transcript_found,
        /// `Obrazu nie można teraz pokazać w osobnym oknie. Włącz film i spróbuj ponownie.`
        pip_refused,
    }
    printed {
        /// `Odtwarzacz filmu`
        region,
        /// `Cofnij o 10 s`
        back,
        /// `Przewiń o 10 s`
        forward,
        /// `Głośność`
        volume,
        /// `Miejsce w filmie`
        position,
        /// `Napisy`
        captions,
        /// `Szybkość`
        speed,
        /// `Jakość`
        quality,
        /// `Ustawienia i skróty klawiszowe`
        shortcuts,
        /// `Używaj skrótów klawiszowych`
        shortcuts_on,
        /// `Zamknij`
        close,
        /// `spacja` (the name of the key)
        key_space,
        /// `Odtwarzaj lub wstrzymaj`
        about_play,
        /// `10 sekund wstecz lub naprzód`
        about_ten,
        /// `5 sekund wstecz lub naprzód`
        about_five,
        /// `Wycisz lub włącz dźwięk`
        about_mute,
        /// `Pokaż lub ukryj napisy`
        about_captions,
        /// `Pełny ekran`
        about_full_screen,
        /// `Wolniej lub szybciej`
        about_speed,
        /// `Przejdź do 0–90% filmu`
        about_tenths,
        /// `Początek lub koniec filmu`
        about_ends,
        /// `Ta lista skrótów`
        about_help,
        /// `Film zacznie się od {time}, w miejscu, w którym go przerwano.` (shown before and after it starts)
        resumed,
        /// `Od początku`
        from_start,
        /// `Ten film się zmienił: został przycięty albo zastąpiony nowym. …`
        changed,
        /// `Odśwież stronę`
        reload,
        /// `Film jest jeszcze przetwarzany. Można już oglądać gotową część.`
        still_growing,
        /// `Wczytywanie…`
        loading,
        /// `Inne sposoby obejrzenia:`
        plain_intro,
        /// `plik MP4`
        plain_mp4,
        /// `strumień HLS`
        plain_hls,
        /// `Zapis tekstowy filmu`
        transcript,
        /// `Szukaj w zapisie`
        transcript_search,
        /// `Przewijaj zapis razem z filmem`
        transcript_follow,
        /// `Zapis do wydruku`
        transcript_print,
        /// `Rozdziały`
        chapters,
        /// `Obraz w obrazie`
        picture_in_picture,
        /// `Wielkość napisów`
        caption_size,
        /// `Zwykła`
        size_normal,
        /// `Duża`
        size_large,
        /// `Największa`
        size_largest,
        /// `Kolor napisów`
        caption_colour,
        /// `Białe na czarnym`
        colour_white,
        /// `Żółte na czarnym`
        colour_yellow,
        /// `Czarne na białym`
        colour_black,
        /// `Ustawienia filmów`
        settings,
    }
}

words! {
    /// The Markdown preview's sentences.
    PreviewWords
    spoken {
        /// `tekst` (put where nothing was selected)
        sample_text,
        /// `nazwa odnośnika`
        sample_link,
        /// `opis obrazu dla osób, które go nie widzą`
        sample_alt,
        /// `Kolumna`
        sample_column,
        /// `treść`
        sample_cell,
    }
    printed {
        /// `Wstaw do tekstu` (name of the toolbar)
        toolbar,
        /// `Nagłówek`
        heading,
        /// `Pogrubienie`
        bold,
        /// `Kursywa`
        italic,
        /// `Odnośnik`
        link,
        /// `Lista`
        list,
        /// `Tabela`
        table,
        /// `Obraz`
        image,
        /// `Kod`
        code,
        /// `Wzór`
        formula,
        /// `Przypis`
        footnote,
        /// `Podgląd`
        preview,
        /// `Podgląd pojawi się tutaj, gdy zaczniesz pisać.`
        empty,
        /// `Nie udało się odświeżyć podglądu. Tekst w polu edycji jest bezpieczny.`
        failed,
        /// `Są niezapisane zmiany.`
        unsaved,
    }
}

words! {
    /// The sentences of a film on its way.
    FilmProgressWords
    spoken {
        /// `Film jest wysyłany.`
        uploading,
        /// `Film czeka w kolejce.`
        queued,
        /// `Film jest przetwarzany.`
        transcoding,
        /// `Film jest gotowy.`
        ready,
        /// `Nie udało się przygotować filmu.`
        failed,
        /// `Przygotowanie filmu zostało przerwane.`
        cancelled,
        /// `Można już oglądać gotową część.`
        playable,
        /// `{percent}%`
        percent,
    }
    printed {
        /// `Przygotowanie filmu` (name of the progress bar)
        label,
        /// `Odśwież stan`
        refresh,
        /// `Brak połączenia, stan może być nieaktualny.`
        offline,
    }
}

words! {
    /// The sentences of the scanner desk.
    ScanDeskWords
    spoken {
        /// `Teraz: {name}`
        turn,
        /// `Wszyscy mają już sprzęt.`
        all_done,
        /// `Najpierw zeskanuj numer.`
        scan_first,
        /// `{code}: zapisano w kolejce.`
        queued,
        /// `Czekają na wysłanie: {count}`
        waiting,
        /// `Brak połączenia z serwerem. Skanuj dalej.`
        offline,
        /// `Wszystkie skany są wysłane.`
        sent,
        /// `Sesja wygasła. Zaloguj się w nowej karcie.`
        signed_out,
        /// `{code}: nie wykonano.`
        refused,
        /// `Potwierdź i wydaj`
        confirm,
        /// `Usuń z listy`
        dismiss,
        /// `Wyłącz dźwięk`
        sound_on,
        /// `Włącz dźwięk`
        sound_off,
    }
    printed {
        /// `Skany tego stanowiska`
        label,
        /// `Wymagają decyzji`
        conflicts,
        /// `Załatwione`
        log,
    }
}

words! {
    /// The sentences of the page of a question.
    TestPageWords
    spoken {
        /// `Zapisuję…`
        saving,
        /// `Zapisano.`
        saved,
        /// `Czekają na sieć: {count}`
        waiting,
        /// `Brak połączenia. Odpowiedzi są w tej przeglądarce.`
        offline,
        /// `Sesja wygasła. Zaloguj się w nowej karcie.`
        signed_out,
        /// `Strona przejdzie dalej, gdy odpowiedź zostanie zapisana.`
        goes_on,
        /// `Pozostało {time}`
        time_left,
        /// `Zostało pięć minut.`
        five_minutes,
        /// `Została minuta.`
        one_minute,
        /// `Czas minął.`
        time_over,
        /// `Ukryj czas`
        hide_time,
        /// `Pokaż czas`
        show_time,
    }
    printed {
        /// `Zapisywanie i czas`
        label,
    }
}

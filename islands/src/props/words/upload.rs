//! Sentences of sending films: one, or several one after another.

use serde::{Deserialize, Serialize};

#[cfg(not(feature = "ssr"))]
use super::never_sent;
use super::next_of;

words! {
    /// The film upload's sentences.
    UploadWords
    spoken {
        /// `{percent}%, {sent} z {total} MB`
        progress,
        /// `, jeszcze około {time}` (follows `progress`; `{time}` is a duration in full words)
        remaining,
        /// `Wznowiono od {percent}%.`
        resumed,
        /// `Wstrzymano na {percent}%.`
        paused,
        /// `Brak połączenia. Gdy wróci, wysyłanie samo ruszy dalej.`
        waiting,
        /// `Film wysłany. Za chwilę zobaczysz jego stronę.`
        finished,
        /// `Wysyłanie przerwano, a wysłaną część usunięto.`
        cancelled,
        /// `Najpierw wybierz plik.`
        error_no_file,
        /// `Ten plik jest pusty. Wybierz inny.`
        error_empty,
        /// `Plik ma {size} MB, a największy dozwolony ma {max} MB.`
        error_too_large,
        /// `Serwer nie przyjął filmu, bo brakuje uprawnień albo sesja wygasła. Zaloguj się w nowej karcie i wznów.`
        error_denied,
        /// `Serwer nie przyjął filmu (kod {status}). Spróbuj wznowić za kilka minut.`
        error_server,
        /// `Nie udało się wysłać filmu. Sprawdź połączenie i wznów.`
        error_other,
        /// `Ktoś inny właśnie wysyła nowy film w miejsce tego. Poczekaj, aż skończy, albo poproś tę osobę, żeby zrezygnowała.`
        error_replaced,
    }
    printed {
        /// `Plik z filmem`
        choose,
        /// `MP4, MOV, MKV lub WebM, najwyżej 8 GB. Przerwane wysyłanie? Wybierz ten sam plik, a ruszy tam, gdzie stanęło.`
        hint,
        /// `Wyślij film`
        start,
        /// `Wstrzymaj`
        pause,
        /// `Wznów`
        resume,
        /// `Przerwij i usuń wysłaną część`
        cancel,
        /// `Wysyłanie filmu` (name of the progress bar)
        progress_label,
    }
}

words! {
    /// Those of several films.
    ManyWords
    spoken {
        /// `czeka na swoją kolej`
        waiting,
        /// `{percent}%`
        sending,
        /// `czeka na połączenie`
        offline,
        /// `wysłany, film jest przygotowywany`
        sent,
        /// `nie wysłano: {why}`
        failed,
        /// `{done} z {count} plików, {percent}%`
        figures,
        /// `Wszystkie pliki są wysłane.`
        finished,
        /// `Niektórych plików nie wysłano. Przyczyna jest przy każdym z nich.`
        some_failed,
    }
    printed {
        /// `Pliki z filmami`
        choose,
        /// `Nagraj kamerą telefonu`
        camera,
        /// `Po nagraniu film od razu zacznie się wysyłać.`
        camera_hint,
        /// `Wszystkie pliki` (name of the progress bar)
        whole,
        /// `Wyślij ponownie`
        retry,
        /// `Pomiń`
        leave,
        /// `Zobacz filmy`
        studio,
    }
}

/// Several films one after another, each of which becomes a film of its own. The default sends one film.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "ssr", derive(Serialize))]
pub struct ManyFilms {
    /// Takes `name` of a file, `key` and the metadata as a form, answers `{"film": id}`; empty when one film is sent.
    pub create_url: String,
    /// Sentences.
    pub words: ManyWords,
}

#[cfg(not(feature = "ssr"))]
never_sent!(ManyFilms);

//! The sentences of the islands, in the language of the person. Placeholders go through as they are: the browser fills them.

use islands::{FilmProgressWords, ManyWords, PlayerWords, PreviewWords, UploadWords};
use words::{Language, player as text, studio};

/// Fills a struct of sentences from functions of the same names.
macro_rules! words {
    ($language:ident, $name:ident { $($field:ident: $function:ident $(($($hole:literal),*))?,)* }) => {
        $name { $($field: String::from(text::$function($language $(, $($hole),*)?)),)* }
    };
}

/// The player's.
pub fn player(language: Language) -> PlayerWords {
    words!(
        language,
        PlayerWords {
            play: play,
            pause: pause,
            mute: mute,
            unmute: unmute,
            position_value: position_value("{time}", "{length}"),
            captions_off: captions_off,
            decimal_mark: decimal_mark,
            quality_auto: quality_auto,
            quality_sound: quality_sound,
            full_screen: full_screen,
            full_screen_leave: full_screen_leave,
            not_ready_yet: not_ready_yet,
            now_playing: now_playing,
            now_paused: now_paused,
            now_muted: now_muted,
            now_unmuted: now_unmuted,
            now_captions: now_captions("{name}"),
            now_speed: now_speed("{speed}"),
            now_quality: now_quality("{name}"),
            error_network: error_network,
            error_denied: error_denied,
            error_media: error_media,
            error_progress: error_progress,
            transcript_found: transcript_found("{count}"),
            pip_refused: pip_refused,
            region: region,
            back: back,
            forward: forward,
            volume: volume,
            position: position,
            captions: captions,
            speed: speed,
            quality: quality,
            shortcuts: shortcuts,
            shortcuts_on: shortcuts_on,
            close: close,
            key_space: key_space,
            about_play: about_play,
            about_ten: about_ten,
            about_five: about_five,
            about_mute: about_mute,
            about_captions: about_captions,
            about_full_screen: about_full_screen,
            about_speed: about_speed,
            about_tenths: about_tenths,
            about_ends: about_ends,
            about_help: about_help,
            resumed: resumed("{time}"),
            from_start: from_start,
            changed: changed,
            reload: reload,
            still_growing: still_growing,
            loading: loading,
            plain_intro: plain_intro,
            plain_mp4: plain_mp4,
            plain_hls: plain_hls,
            transcript: transcript,
            transcript_search: transcript_search,
            transcript_follow: transcript_follow,
            transcript_print: transcript_print,
            chapters: chapters,
            picture_in_picture: picture_in_picture,
            caption_size: caption_size,
            size_normal: size_normal,
            size_large: size_large,
            size_largest: size_largest,
            caption_colour: caption_colour,
            colour_white: colour_white,
            colour_yellow: colour_yellow,
            colour_black: colour_black,
            settings: settings,
        }
    )
}

/// The film upload's. `most`: the largest film in words.
pub fn upload(language: Language, most: &str) -> UploadWords {
    let hint = text::upload_hint(language, most);
    let said = words!(
        language,
        UploadWords {
            progress: upload_progress("{percent}", "{sent}", "{total}"),
            remaining: upload_remaining("{time}"),
            resumed: upload_resumed("{percent}"),
            paused: upload_paused("{percent}"),
            waiting: upload_waiting,
            finished: upload_finished,
            cancelled: upload_cancelled,
            error_no_file: upload_error_no_file,
            error_empty: upload_error_empty,
            error_too_large: upload_error_too_large("{size}", "{max}"),
            error_denied: upload_error_denied,
            error_server: upload_error_server("{status}"),
            error_other: upload_error_other,
            error_replaced: upload_error_other,
            choose: upload_choose,
            hint: upload_hint(""),
            start: upload_start,
            pause: upload_pause,
            resume: upload_resume,
            cancel: upload_cancel,
            progress_label: upload_progress_label,
        }
    );
    UploadWords { hint, error_replaced: studio::being_replaced(language).to_owned(), ..said }
}

/// Those of several films one after another.
pub fn many(language: Language) -> ManyWords {
    ManyWords {
        waiting: studio::many_waiting(language).to_owned(),
        sending: studio::many_sending(language, "{percent}"),
        offline: studio::many_offline(language).to_owned(),
        sent: studio::many_sent(language).to_owned(),
        failed: studio::many_failed(language, "{why}"),
        figures: studio::many_figures(language, "{done}", "{count}", "{percent}"),
        finished: studio::many_finished(language).to_owned(),
        some_failed: studio::many_some_failed(language).to_owned(),
        choose: studio::many_choose(language).to_owned(),
        camera: studio::many_camera(language).to_owned(),
        camera_hint: studio::many_camera_hint(language).to_owned(),
        whole: studio::many_whole(language).to_owned(),
        retry: studio::many_retry(language).to_owned(),
        leave: studio::many_remove(language).to_owned(),
        studio: studio::many_studio(language).to_owned(),
    }
}

/// The preview's.
pub fn preview(language: Language) -> PreviewWords {
    words!(
        language,
        PreviewWords {
            sample_text: preview_sample_text,
            sample_link: preview_sample_link,
            sample_alt: preview_sample_alt,
            sample_column: preview_sample_column,
            sample_cell: preview_sample_cell,
            toolbar: preview_toolbar,
            heading: preview_heading,
            bold: preview_bold,
            italic: preview_italic,
            link: preview_link,
            list: preview_list,
            table: preview_table,
            image: preview_image,
            code: preview_code,
            formula: preview_formula,
            footnote: preview_footnote,
            preview: preview_title,
            empty: preview_empty,
            failed: preview_failed,
            unsaved: preview_unsaved,
        }
    )
}

/// Those of a film on its way.
pub fn film_progress(language: Language) -> FilmProgressWords {
    words!(
        language,
        FilmProgressWords {
            uploading: film_uploading,
            queued: film_queued,
            transcoding: film_transcoding,
            ready: film_ready,
            failed: film_failed,
            cancelled: film_cancelled,
            playable: film_playable,
            percent: film_percent("{percent}"),
            label: film_label,
            refresh: film_refresh,
            offline: film_offline,
        }
    )
}

/// The same of a film that is copied from another organisation.
pub fn film_copying(language: Language, publisher: &str) -> FilmProgressWords {
    FilmProgressWords { transcoding: text::film_copying(language, publisher), ..film_progress(language) }
}

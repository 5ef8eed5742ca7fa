//! Captions of a unit's film: the list, attaching a WebVTT or SubRip file, taking one away.

use axum::extract::State;
use courses::{UnitId, check};
use leptos::prelude::*;
use video::caption::{self, Captions};
use video::error::CaptionProblem;
use words::{Language, courses as text, films as say};

use super::{cues, film};
use crate::caller::Caller;
use crate::courses::taught;
use crate::parts::{
    ButtonKind, Choice, DataTable, Encoding, Field, FileField, FormErrors, Notice, PostForm, Select,
    SubmitButton, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Attached};
use crate::state::App;

/// Larger than a caption file may be, so that one that is too large gets its sentence.
const FORM_MOST_BYTES: usize = 8 << 20;
/// Languages that captions are made in here: code and the name in the language itself.
pub const LANGUAGES: [(&str, &str); 8] = [
    ("pl", "polski"),
    ("en", "English"),
    ("uk", "українська"),
    ("de", "Deutsch"),
    ("be", "беларуская"),
    ("ru", "русский"),
    ("vi", "tiếng Việt"),
    ("fr", "français"),
];

/// What was typed into the form.
#[derive(Clone, Debug, Default)]
pub struct Attach {
    /// Code of the language.
    pub language: String,
    /// What the player's menu says.
    pub label: String,
}

/// The captions of a film and the form for more.
pub fn view(
    language: Language,
    path: &str,
    captions: &[Captions],
    attach: &Attach,
    drafts: AnyView,
    errors: &FormErrors,
) -> AnyView {
    let rows = captions.iter().map(|one| row(language, path, one)).collect_view();
    let list = if captions.is_empty() {
        view! { <Notice tone=Tone::Warning title=text::captions_none(language)><p>{text::captions_none_text(language)}</p></Notice> }
            .into_any()
    } else {
        view! {
            <DataTable id="captions" caption=text::captions_list(language)>
                <thead>
                    <tr>
                        <th scope="col">{text::captions_label(language)}</th>
                        <th scope="col">{text::captions_language(language)}</th>
                        <th scope="col">{say::captions_state(language)}</th>
                        <th scope="col">{text::column_acts(language)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        }
        .into_any()
    };
    let choices = LANGUAGES.iter().map(|(code, name)| Choice::new(*code, *name)).collect();
    let fields = view! {
        <FileField
            name="vtt"
            label=text::captions_file(language)
            hint=text::captions_file_hint(language)
            accept=".vtt,.srt,text/vtt,application/x-subrip"
            error=errors.of("vtt")
        />
        <Select
            name="language"
            label=text::captions_language(language)
            choices=choices
            chosen=attach.language.clone()
            error=errors.of("language")
        />
        <Field
            name="label"
            label=text::captions_label(language)
            hint=text::captions_label_hint(language)
            value=attach.label.clone()
            autocomplete="off"
            maxlength=60
        />
    };
    view! {
        <h2>{text::captions_title(language)}</h2>
        {list}
        <PostForm action=format!("{path}/captions") encoding=Encoding::Multipart>
            {fields}
            <SubmitButton label=text::captions_attach(language) kind=ButtonKind::Secondary/>
        </PostForm>
        {drafts}
    }
    .into_any()
}

fn row(language: Language, path: &str, one: &Captions) -> AnyView {
    view! {
        <tr>
            <th scope="row">{one.label.clone()}</th>
            <td>{language_name(&one.language).to_owned()}</td>
            <td>{cues::stand(language, one)}</td>
            <td>
                <p>
                    <a href=format!("{path}/captions/{}", one.language)>
                        {say::captions_open(language)}<span class="visually-hidden">" "{one.label.clone()}</span>
                    </a>
                </p>
                <form method="post" action=format!("{path}/captions/{}/remove", one.language)>
                    <SubmitButton label=text::remove(language) kind=ButtonKind::Secondary subject=one.label.clone()/>
                </form>
            </td>
        </tr>
    }
    .into_any()
}

/// The name of a language in itself; the code of one that is not in the list.
fn language_name(code: &str) -> &str {
    LANGUAGES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name)
}

/// Attaches a file, in place of one of the same language.
pub async fn attach(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    attached: Result<Attached<FORM_MOST_BYTES>, Problem>,
) -> Answer {
    let (mut visit, proof, mut page) = film::open(&app, &caller, &slug, id).await?;
    let language = visit.language;
    let attached = match attached {
        Err(Problem::TooLarge) => {
            page.errors.add("vtt", text::captions_too_large(language));
            return film::answer(visit, page);
        }
        attached => attached?,
    };
    let typed = |name: &str| attached.fields.get(name).cloned().unwrap_or_default();
    let wish = Attach { language: typed("language"), label: typed("label") };
    let label = match wish.label.trim() {
        "" => language_name(&wish.language),
        label => label,
    };
    let editable = film::editable(&mut visit, &proof, id).await?;
    if attached.bytes.is_empty() {
        page.errors.add("vtt", text::captions_no_file(language));
    } else {
        match caption::attach(&mut visit.tx, &editable, &wish.language, label, &attached.bytes).await {
            Ok(_) => {
                check::note(&mut visit.tx, &proof).await?;
                return visit
                    .commit_and_go(&format!("/teaching/{slug}/units/{id}/film"), "captions-added")
                    .await;
            }
            Err(video::Error::Captions { line, problem }) => {
                let field = if problem == CaptionProblem::BadLanguage { "language" } else { "vtt" };
                page.errors.add(field, sentence(language, line, problem));
            }
            Err(error) => return Err(error.into()),
        }
    }
    page.attach = wish;
    film::answer(visit, page)
}

/// What is wrong with a file, where, and what to do.
pub fn sentence(language: Language, line: usize, problem: CaptionProblem) -> String {
    let line = line.to_string();
    match problem {
        CaptionProblem::NoHeader => text::captions_no_header(language).to_owned(),
        CaptionProblem::NotText => text::captions_not_text(language).to_owned(),
        CaptionProblem::TooLarge => text::captions_too_large(language).to_owned(),
        CaptionProblem::BadTime => text::captions_bad_time(language, &line),
        CaptionProblem::EndsBeforeStart => text::captions_ends_before_start(language, &line),
        CaptionProblem::OutOfOrder => text::captions_out_of_order(language, &line),
        CaptionProblem::NoCues => text::captions_no_cues(language).to_owned(),
        CaptionProblem::BadLanguage => text::captions_bad_language(language).to_owned(),
    }
}

/// Takes the captions of a language away.
pub async fn detach(
    State(app): State<App>,
    caller: Caller,
    At((slug, id, language)): At<(String, UnitId, String)>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    let editable = film::editable(&mut visit, &proof, id).await?;
    caption::detach(&mut visit.tx, &editable, &language).await?;
    check::note(&mut visit.tx, &proof).await?;
    visit.commit_and_go(&format!("/teaching/{slug}/units/{id}/film"), "captions-removed").await
}

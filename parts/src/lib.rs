//! The page parts: what every page is put together from. Native HTML that reads well without style and works
//! without script; no rules, no SQL, no sentence of its own (all words arrive as props, already translated).
//!
//! Gallery, one usage line each (inside `view!`; `use crate::parts::*;` in `app`):
//!
//! | part | use |
//! |---|---|
//! | [`html_document`] | `html_document(Shell { lang, title, .. }, view)`: the whole page as text, from `<!DOCTYPE html>` |
//! | [`PageHead`] | `<PageHead title="Kursy" kicker="Katalog" lead="…">actions</PageHead>`: the one `h1` |
//! | [`Columns`] | `<Columns aside=outline_view>main</Columns>`: text with a column beside it |
//! | [`Breadcrumbs`] | `<Breadcrumbs label="Jesteś tutaj" links=vec![Link::new("Kursy", "/kursy")] here="Wstęp"/>` |
//! | [`ErrorSummary`] | `<ErrorSummary title="Popraw dwa pola" errors=errors.clone()/>`: first thing on the page |
//! | [`PostForm`] | `<PostForm action="/kursy/nowy">fields</PostForm>`; `encoding=Encoding::Multipart` for files |
//! | [`Field`] | `<Field name="email" label="E-mail" kind=FieldKind::Email value=email error=errors.of("email")/>` |
//! | [`PasswordField`] | `<PasswordField name="password" label="Hasło" autocomplete="current-password"/>` |
//! | [`TextArea`] | `<TextArea name="text" label="Treść" value=text rows=20 code=true/>`: never a raw `textarea` |
//! | [`Select`] | `<Select name="unit" label="Wydział" choices=vec![Choice::new("1", "Oświata")] chosen="1"/>` |
//! | [`Checkboxes`], [`Radios`] | `<Radios name="role" legend="Rola" choices=choices/>` with `Choice::chosen()` |
//! | [`Checkbox`] | `<Checkbox name="remember" label="Zapamiętaj to urządzenie" checked=true/>` |
//! | [`FileField`] | `<FileField name="film" label="Film" accept="video/*" hint="do 4 GB"/>` |
//! | [`HiddenField`] | `<HiddenField name="version" value=version/>` |
//! | [`SubmitButton`] | `<SubmitButton label="Zapisz" kind=ButtonKind::Secondary name="act" value="save"/>` |
//! | [`Actions`] | `<Actions><SubmitButton label="Zapisz"/><a href="/">"Anuluj"</a></Actions>`: a row of buttons |
//! | [`ActionLink`] | `<ActionLink label="Nowy kurs" href="/kursy/nowy"/>`: a link in the looks of a button |
//! | [`CheckPage`] | `<CheckPage question="Usunąć?" action=… confirm="Usuń" cancel=Link::new(..)>what happens</CheckPage>` |
//! | [`DataTable`] | `<DataTable id="people" caption="Osoby"><thead>…</thead><tbody>…</tbody></DataTable>` |
//! | [`Pagination`] | `<Pagination base="/ludzie?q=an" page=2 pages=9 words=words/>`: adds `page=n` |
//! | [`EmptyState`] | `<EmptyState title="Nie ma jeszcze kursów" text="…" action=Some(Link::new("Dodaj", "/…"))/>` |
//! | [`Tag`] | `<Tag tone=Tone::Success text="Opublikowany"/>`: shape and word, not colour alone |
//! | [`Notice`] | `<Notice tone=Tone::Warning title="Wersja robocza">"Uczestnicy jej nie widzą."</Notice>` |
//! | [`ProgressBar`], [`Meter`] | `<ProgressBar label="Postęp" value=3 max=8 text="3 z 8 lekcji"/>` |
//! | [`Coverage`] | `<Coverage length_ms=600_000 seen=vec![(0, 90_000)] text="Obejrzano 15 %: 0:00–1:30"/>` |
//! | [`SummaryList`] | `<SummaryList rows=vec![SummaryRow::new("Login", "a.nowak")]/>` |
//! | [`Details`] | `<Details summary="Jak to liczymy?">…</Details>` |
//! | [`CourseCards`], [`CourseCard`] | `<CourseCards><CourseCard title=… href=… progress=40 progress_text="40 %"/></CourseCards>` |
//! | [`Outline`] | `<Outline sections=sections words=words/>`: sections and units with their state |
//! | [`StepLinks`] | `<StepLinks label="Lekcje" previous=Some(link) next=Some(link) words=words/>` |
//! | [`Prose`] | `<Prose html=sanitised/>`: only for HTML that went through ammonia |
//! | [`woven()`] | `woven("od \u{1} do \u{2}.", [from, to])`: a sentence with elements in its [`PLACES`] |
//! | [`SafeUrl`] | `SafeUrl::from(text)`: an address that cannot be script; every `href` prop is one |
//!
//! Beside them: [`date`], days and moments as people read them, and [`together`], what of a drawing would cover each other.
//!
//! A crate of its own because of its tests: `app` has none, so that its pages are compiled once and not a second time for them.

pub mod date;
mod form;
mod heading;
mod icon;
mod layout;
mod link;
mod logo;
mod shell;
mod table;
mod text;
pub mod together;
mod url;
mod woven;

pub use form::{
    ActionLink, Actions, ButtonKind, CheckPage, Checkbox, Checkboxes, Choice, Encoding, ErrorSummary, Field,
    FieldKind, FileField, FormErrors, HiddenField, PasswordField, PostForm, Radios, Select, SubmitButton,
    TextArea, escape,
};
pub use icon::{Icon, Tone};
pub use layout::{Columns, PageHead};
pub use link::Link;
pub use logo::Logo;
pub use shell::{
    Assets, Flash, Language, LanguageSwitch, PersonMenu, SearchBox, Shell, ShellWords, html_document,
};
pub use table::{DataTable, EmptyState, Pagination, PaginationWords, TableWidth};
pub use text::{
    Breadcrumbs, CourseCard, CourseCards, Coverage, Details, Meter, Notice, Outline, OutlineSection,
    OutlineUnit, OutlineWords, ProgressBar, Prose, StepLinks, StepWords, SummaryList, SummaryRow, Tag,
    UnitState,
};
pub use url::SafeUrl;
pub use woven::{PLACES, woven};

//! The shell of every page: what is told about it, and the whole document as text. It does not know routes, words or
//! people: the caller fills [`Shell`]. No inline script and no inline style, so a strict policy holds.

mod footer;
mod head;
mod header;
mod markers;

use leptos::prelude::*;

use super::{Link, SafeUrl, Tone};
use footer::footer;
use head::head;
use header::header;
use markers::without_markers;

/// Everything around the content of one page.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    /// Language of the page: "pl", "en" or "uk".
    pub lang: String,
    /// Title of the page; the organisation and "Tablica" are added. Begin it with "Błąd:" when a form was refused.
    pub title: String,
    /// Name of the organisation; empty before anyone is signed in.
    pub organisation: String,
    /// The one address of a public page, whole, for search engines (RFC 6596); empty for pages that are not public.
    pub canonical: String,
    /// What a public page is about, in a sentence or two; empty for pages that are not public.
    pub description: String,
    /// Where the name of the program leads.
    pub home: SafeUrl,
    /// Addresses of style and script.
    pub assets: Assets,
    /// Main navigation; mark the current one with [`Link::current`].
    pub navigation: Vec<Link>,
    /// The signed-in person.
    pub person: Option<PersonMenu>,
    /// The field that searches, for signed-in people.
    pub search: Option<SearchBox>,
    /// Shown when nobody is signed in.
    pub sign_in: Option<Link>,
    /// How to change the language: in the header for visitors, in the footer for signed-in people.
    pub languages: LanguageSwitch,
    /// One message about what has just happened.
    pub flash: Option<Flash>,
    /// The accessibility statement: in the footer and in `meta name="deklaracja-dostępności"`.
    pub statement: Link,
    /// Other links of the footer: help, contact, privacy.
    pub footer: Vec<Link>,
    /// The few words of the shell itself.
    pub words: ShellWords,
}

/// Addresses of the files a page loads, with their content hash.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The one style sheet.
    pub style: String,
    /// The script that starts islands. Written (with the four below) only into pages that hold an island.
    pub boot: Option<String>,
    /// The islands of those who learn: JavaScript and WebAssembly, handed to the boot script as `data-learn` and `data-learn-wasm`.
    pub learn: [String; 2],
    /// All islands, handed to it as `data-desk` and `data-desk-wasm`.
    pub desk: [String; 2],
    /// The icon of the site.
    pub icon: Option<String>,
}

/// The menu of the signed-in person.
#[derive(Clone, Debug, Default)]
pub struct PersonMenu {
    /// Their name as they read it.
    pub name: String,
    /// What they were told, with how much of it is new.
    pub notices: Link,
    /// Own account, own sessions, certificates.
    pub links: Vec<Link>,
    /// Where the sign-out form is posted.
    pub sign_out: SafeUrl,
}

/// The field that searches: a form that asks with GET, by the parameter `q`.
#[derive(Clone, Debug)]
pub struct SearchBox {
    /// The page of results.
    pub action: SafeUrl,
    /// "Szukaj w szkoleniach".
    pub label: String,
    /// "Szukaj".
    pub button: String,
}

/// One language of the interface.
#[derive(Clone, Debug)]
pub struct Language {
    /// BCP 47 code: "pl", "en", "uk".
    pub code: String,
    /// Its own name: "Polski", "English", "Українська".
    pub name: String,
}

/// How the language is changed.
#[derive(Clone, Debug, Default)]
pub enum LanguageSwitch {
    /// Not offered.
    #[default]
    None,
    /// One address per language.
    Links(Vec<(Language, SafeUrl)>),
    /// One form whose buttons post `lang=<code>` and `back=<path>`.
    Form {
        /// Where it is posted.
        action: SafeUrl,
        /// The page to come back to.
        back: String,
        /// What is offered.
        languages: Vec<Language>,
    },
}

/// A message that is shown once.
#[derive(Clone, Debug)]
pub struct Flash {
    /// How it is meant.
    pub tone: Tone,
    /// One sentence.
    pub text: String,
}

/// The words of the shell.
#[derive(Clone, Debug, Default)]
pub struct ShellWords {
    /// "Przejdź do treści".
    pub skip: String,
    /// Name of the main navigation: "Menu główne".
    pub navigation: String,
    /// Name of the person's menu: "Konto".
    pub account: String,
    /// "Wyloguj się".
    pub sign_out: String,
    /// Name of the language switch: "Język".
    pub languages: String,
    /// Name of the footer's links: "Informacje".
    pub footer: String,
}

/// The whole page as text, from `<!DOCTYPE html>`. Call it inside the `Owner` in which `page` was made.
///
/// `page` holds the one `h1`; it becomes the content of `main` (id `main`). Scripts are written only when `page`
/// holds an island.
pub fn html_document(shell: Shell, page: AnyView) -> String {
    let flash = shell.flash.clone().map(flash);
    let main =
        view! { <main id="main" class="frame" tabindex="-1">{flash}{page}</main> }.into_any().to_html();
    let lang = super::escape(&shell.lang);
    let head = head(&shell, main.contains("<leptos-island")).to_html();
    let skip = shell.words.skip.clone();
    let top = view! { <a class="skip" href="#main">{skip}</a>{header(&shell)} }.into_any().to_html();
    let bottom = footer(&shell).to_html();
    without_markers(&format!(
        "<!DOCTYPE html><html lang=\"{lang}\">{head}<body>{top}{main}{bottom}</body></html>"
    ))
}

fn flash(flash: Flash) -> AnyView {
    let class = format!("notice {}", flash.tone.class());
    view! { <div class=class role="status"><super::Icon tone=flash.tone/><p>{flash.text}</p></div> }
        .into_any()
}

#[cfg(test)]
mod tests;

//! The foot of every page: accessibility statement, other links, language of signed-in people.

use leptos::prelude::*;

use super::{Language, LanguageSwitch, Shell};

/// The `footer` element.
pub(super) fn footer(shell: &Shell) -> AnyView {
    let links = std::iter::once(&shell.statement)
        .chain(&shell.footer)
        .filter(|link| !link.text.is_empty())
        .cloned()
        .map(|link| {
            let current = link.aria_current();
            view! { <li><a href=link.href aria-current=current>{link.text}</a></li> }
        })
        .collect_view();
    let languages = shell.person.as_ref().and_then(|_| language_switch(shell));
    let label = shell.words.footer.clone();
    view! {
        <footer class="foot">
            <div class="frame foot-inside">
                <nav aria-label=label><ul>{links}</ul></nav>
                {languages}
            </div>
        </footer>
    }
    .into_any()
}

/// The languages on offer, each in its own name and marked with its own language.
pub(super) fn language_switch(shell: &Shell) -> Option<AnyView> {
    let label = shell.words.languages.clone();
    match shell.languages.clone() {
        LanguageSwitch::None => None,
        LanguageSwitch::Links(languages) => {
            let items = languages
                .into_iter()
                .map(|(Language { code, name }, href)| {
                    let current = is_current(shell, &code);
                    view! { <li><a href=href lang=code.clone() hreflang=code aria-current=current>{name}</a></li> }
                })
                .collect_view();
            Some(view! { <nav class="languages" aria-label=label><ul>{items}</ul></nav> }.into_any())
        }
        LanguageSwitch::Form { action, back, languages } => {
            let items = languages
                .into_iter()
                .map(|Language { code, name }| {
                    let current = is_current(shell, &code);
                    let lang = code.clone();
                    view! {
                        <li>
                            <button type="submit" name="lang" value=code lang=lang aria-current=current>{name}</button>
                        </li>
                    }
                })
                .collect_view();
            Some(
                view! {
                    <form class="languages" method="post" action=action aria-label=label>
                        <input type="hidden" name="back" value=back/>
                        <ul>{items}</ul>
                    </form>
                }
                .into_any(),
            )
        }
    }
}

fn is_current(shell: &Shell, code: &str) -> Option<&'static str> {
    (shell.lang == code).then_some("true")
}

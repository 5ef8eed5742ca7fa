//! The board on top of every page: name, organisation, the person or the way to sign in, main navigation.

use leptos::prelude::*;

use super::footer::language_switch;
use super::{PersonMenu, SearchBox, Shell, ShellWords};
use crate::{Link, Logo};

/// The `header` element.
pub(super) fn header(shell: &Shell) -> AnyView {
    let home = shell.home.clone();
    let organisation = (!shell.organisation.is_empty())
        .then(|| view! { <span class="brand-organisation">{shell.organisation.clone()}</span> });
    let navigation = navigation(&shell.navigation, &shell.words);
    let account = match (&shell.person, &shell.sign_in) {
        (Some(person), _) => person_menu(person, &shell.words),
        (None, sign_in) => {
            let link = sign_in.clone().map(|link| {
                let current = link.aria_current();
                view! { <a class="sign-in" href=link.href aria-current=current>{link.text}</a> }
            });
            view! { <div class="visitor">{language_switch(shell)}{link}</div> }.into_any()
        }
    };
    view! {
        <header class="board">
            <div class="frame board-inside">
                <a class="brand" href=home><Logo/><span class="brand-name">"Tablica"</span>" "{organisation}</a>
                {shell.search.clone().map(search_box)}
                {account}
                {navigation}
            </div>
        </header>
    }
    .into_any()
}

fn navigation(links: &[Link], words: &ShellWords) -> Option<AnyView> {
    if links.is_empty() {
        return None;
    }
    let items = links
        .iter()
        .cloned()
        .map(|link| {
            let current = link.aria_current();
            view! { <li><a href=link.href aria-current=current>{link.text}</a></li> }
        })
        .collect_view();
    let label = words.navigation.clone();
    Some(view! { <nav class="navigation" aria-label=label><ul>{items}</ul></nav> }.into_any())
}

/// A form of one field: Enter sends it, script or not.
fn search_box(search: SearchBox) -> AnyView {
    view! {
        <search class="search">
            <form method="get" action=search.action>
                <input type="search" name="q" maxlength="200" aria-label=search.label.clone() placeholder=search.label/>
                <button type="submit">{search.button}</button>
            </form>
        </search>
    }
    .into_any()
}

/// The notices, and a native `details`: opens without script, closes on its own summary.
fn person_menu(person: &PersonMenu, words: &ShellWords) -> AnyView {
    let links = person
        .links
        .iter()
        .cloned()
        .map(|link| {
            let current = link.aria_current();
            view! { <li><a href=link.href aria-current=current>{link.text}</a></li> }
        })
        .collect_view();
    let told = person.notices.clone();
    let told = (!told.text.is_empty()).then(|| {
        let current = told.aria_current();
        view! { <a class="told" href=told.href.clone() aria-current=current>{told.text.clone()}</a> }
    });
    let (account, sign_out) = (words.account.clone(), words.sign_out.clone());
    view! {
        {told}
        <details class="person">
            <summary><span class="visually-hidden">{account}": "</span>{person.name.clone()}</summary>
            <ul>
                {links}
                <li>
                    <form method="post" action=person.sign_out.clone()>
                        <button type="submit">{sign_out}</button>
                    </form>
                </li>
            </ul>
        </details>
    }
    .into_any()
}

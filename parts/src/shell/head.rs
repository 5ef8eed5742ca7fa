//! The `head` element: character set, title, style, statement, and the scripts of pages that hold an island.

use leptos::prelude::*;

use super::Shell;

/// The `head` of the page. `has_island`: whether the boot script is wanted.
pub(super) fn head(shell: &Shell, has_island: bool) -> AnyView {
    let title = title(shell);
    let statement = shell.statement.href.clone();
    let style = shell.assets.style.clone();
    let icon = shell.assets.icon.clone().map(|href| view! { <link rel="icon" href=href/> });
    let boot = shell.assets.boot.clone().filter(|_| has_island).map(|src| {
        let [learn, learn_wasm] = shell.assets.learn.clone();
        let [desk, desk_wasm] = shell.assets.desk.clone();
        view! {
            <script
                id="boot"
                type="module"
                src=src
                data-learn=learn
                data-learn-wasm=learn_wasm
                data-desk=desk
                data-desk-wasm=desk_wasm
            ></script>
        }
    });
    let address = shell.canonical.clone();
    let canonical = (!address.is_empty()).then(|| view! { <link rel="canonical" href=address/> });
    let about = shell.description.clone();
    let about = (!about.is_empty()).then(|| view! { <meta name="description" content=about/> });
    view! {
        <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>{title}</title>
            <link rel="stylesheet" href=style/>
            <meta name="color-scheme" content="light dark"/>
            <meta name="theme-color" content="#17432f"/>
            <meta name="deklaracja-dostępności" content=statement/>
            {canonical}
            {about}
            {icon}
            {boot}
        </head>
    }
    .into_any()
}

/// Page, organisation and program, the most particular first.
fn title(shell: &Shell) -> String {
    [shell.title.as_str(), shell.organisation.as_str(), "Tablica"]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" – ")
}

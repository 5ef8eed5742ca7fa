//! What every document promises, tried on its text.

use leptos::prelude::*;

use super::*;

fn render(shell: Shell, page: impl FnOnce() -> AnyView) -> String {
    Owner::new().with(|| html_document(shell, page()))
}

fn shell() -> Shell {
    Shell {
        lang: "pl".into(),
        title: "Kursy".into(),
        organisation: "Urząd \"Gminy\" <Zalesie>".into(),
        assets: Assets {
            style: "/assets/style.css?v=1".into(),
            boot: Some("/assets/boot.js".into()),
            ..Assets::default()
        },
        statement: Link::new("Deklaracja dostępności", "/dostepnosc"),
        ..Shell::default()
    }
}

#[test]
fn a_document_has_its_language_its_landmarks_and_the_statement() {
    let html = render(shell(), || view! { <h1>"Kursy"</h1> }.into_any());
    assert!(html.starts_with("<!DOCTYPE html><html lang=\"pl\"><head><meta charset=\"utf-8\">"), "{html}");
    assert!(html.contains("<main id=\"main\""));
    assert!(html.contains("<meta name=\"deklaracja-dostępności\" content=\"/dostepnosc\">"));
    assert!(html.contains("<a href=\"/dostepnosc\">Deklaracja dostępności</a>"));
    assert!(html.contains("<title>Kursy – Urząd"), "{html}");
    assert!(!html.contains("<Zalesie>"), "names are escaped");
    assert!(html.ends_with("</body></html>"));
}

#[test]
fn a_public_page_says_its_one_address_and_what_it_is_about_and_no_other_does() {
    let html = render(shell(), || view! { <h1>"Kursy"</h1> }.into_any());
    assert!(!html.contains("canonical") && !html.contains("name=\"description\""), "{html}");
    let public = Shell {
        canonical: "https://szkolenia.example.org/o/brzozow/odpady".to_owned(),
        description: "Szkło \"zielone\"".to_owned(),
        ..shell()
    };
    let html = render(public, || view! { <h1>"Kursy"</h1> }.into_any());
    let address = "<link rel=\"canonical\" href=\"https://szkolenia.example.org/o/brzozow/odpady\">";
    assert!(html.contains(address), "{html}");
    assert!(html.contains("<meta name=\"description\" content=\"Szkło &quot;zielone&quot;\">"), "{html}");
}

#[test]
fn a_page_without_an_island_loads_no_script_at_all() {
    let html = render(shell(), || view! { <h1>"Kursy"</h1> }.into_any());
    assert!(!html.contains("<script"), "{html}");
}

#[test]
fn a_page_with_an_island_loads_the_boot_script_from_a_file() {
    let html =
        render(shell(), || view! { <div inner_html="<leptos-island></leptos-island>"></div> }.into_any());
    assert!(html.contains("<script id=\"boot\" type=\"module\" src=\"/assets/boot.js\""), "{html}");
    assert!(!html.contains("style=\""), "no inline style");
}

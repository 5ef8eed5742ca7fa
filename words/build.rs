//! Makes one function of every sentence in `text/*.toml`. A missing language or plural form fails the build, and so does
//! a placeholder that stands in one language and not in the others.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use toml::{Table, Value};

const LANGUAGES: [&str; 3] = ["pl", "en", "uk"];

fn main() {
    println!("cargo:rerun-if-changed=text");
    let mut names: Vec<_> = fs::read_dir("text")
        .expect("the folder text")
        .map(|entry| entry.expect("an entry of text").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    names.sort();
    let mut code = String::new();
    for path in names {
        let area = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("a readable file");
        let table: Table = text.parse().unwrap_or_else(|error| panic!("words/{}: {error}", path.display()));
        writeln!(code, "/// Sentences of `text/{area}.toml`.\npub mod {area} {{\nuse crate::Language;")
            .expect("text");
        for (key, sentence) in &table {
            let sentence =
                sentence.as_table().unwrap_or_else(|| panic!("{area}.{key} is not a table of languages"));
            function(&mut code, &area, key, sentence);
        }
        code.push_str("}\n");
    }
    let out = Path::new(&env::var("OUT_DIR").expect("OUT_DIR")).join("words.rs");
    fs::write(out, code).expect("words.rs can be written");
}

fn function(code: &mut String, area: &str, key: &str, sentence: &Table) {
    for language in sentence.keys() {
        assert!(LANGUAGES.contains(&language.as_str()), "{area}.{key}: {language} is no language of ours");
    }
    let forms: Vec<Vec<(&str, &str)>> =
        LANGUAGES.iter().map(|language| forms(area, key, language, sentence.get(*language))).collect();
    let plural = forms.iter().any(|forms| forms.len() > 1);
    let mut holes: Vec<String> = Vec::new();
    for (_, text) in forms.iter().flatten() {
        for hole in placeholders(area, key, text) {
            if !holes.contains(&hole) {
                holes.push(hole);
            }
        }
    }
    for (language, forms) in LANGUAGES.iter().zip(&forms) {
        let mut here: BTreeSet<String> =
            forms.iter().flat_map(|(_, text)| placeholders(area, key, text)).collect();
        here.insert("count".to_owned());
        let missing: Vec<&String> = holes.iter().filter(|hole| !here.contains(*hole)).collect();
        assert!(missing.is_empty(), "{area}.{key} in {language} lacks {missing:?}");
    }
    holes.retain(|hole| !(plural && hole == "count"));
    let example = forms[1].last().expect("a form").1.replace('\n', " ").replace('`', "'");
    writeln!(code, "/// “{}”", example.replace('[', "(").replace(']', ")")).expect("text");
    let count = if plural { ", count: i64" } else { "" };
    let arguments: String = holes.iter().map(|hole| format!(", r#{hole}: &str")).collect();
    let fixed = !plural && holes.is_empty();
    let answer = if fixed { "&'static str" } else { "String" };
    writeln!(code, "pub fn {key}(language: Language{count}{arguments}) -> {answer} {{\nmatch language {{")
        .expect("text");
    for (language, forms) in ["Pl", "En", "Uk"].iter().zip(&forms) {
        write!(code, "Language::{language} => ").expect("text");
        if fixed {
            writeln!(code, "{:?},", forms[0].1).expect("text");
            continue;
        }
        if forms.len() == 1 {
            writeln!(code, "{},", filled(forms[0].1, plural, &holes)).expect("text");
            continue;
        }
        writeln!(code, "match language.form(count) {{").expect("text");
        let (last, firsts) = forms.split_last().expect("forms");
        for (form, text) in firsts {
            let form = format!("{}{}", form[..1].to_uppercase(), &form[1..]);
            writeln!(code, "crate::Form::{form} => {},", filled(text, plural, &holes)).expect("text");
        }
        writeln!(code, "_ => {} }},", filled(last.1, plural, &holes)).expect("text");
    }
    code.push_str("}\n}\n");
}

/// An expression that puts the arguments into the text.
fn filled(text: &str, plural: bool, holes: &[String]) -> String {
    let mut expression = format!("{text:?}.to_owned()");
    for hole in holes {
        write!(expression, ".replace(\"{{{hole}}}\", r#{hole})").expect("text");
    }
    if plural {
        expression.push_str(".replace(\"{count}\", &count.to_string())");
    }
    expression
}

fn forms<'a>(area: &str, key: &str, language: &str, value: Option<&'a Value>) -> Vec<(&'a str, &'a str)> {
    let value = value.unwrap_or_else(|| panic!("{area}.{key} is missing in {language}"));
    let needed: &[&str] = if language == "en" { &["one", "other"] } else { &["one", "few", "many"] };
    match value {
        Value::String(text) => vec![("other", text)],
        Value::Table(table) => needed
            .iter()
            .map(|form| {
                let text = table.get(*form).and_then(Value::as_str);
                let text = text.unwrap_or_else(|| panic!("{area}.{key} in {language} lacks the form {form}"));
                (table.get_key_value(*form).expect("looked up").0.as_str(), text)
            })
            .collect(),
        _ => panic!("{area}.{key} in {language} is neither text nor plural forms"),
    }
}

fn placeholders(area: &str, key: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let end =
            rest[at..].find('}').unwrap_or_else(|| panic!("{area}.{key}: a brace is not closed in {text:?}"));
        found.push(rest[at + 1..at + end].to_owned());
        rest = &rest[at + end + 1..];
    }
    found
}

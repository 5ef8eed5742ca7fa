//! Joins style sheets: one file out of the list in `app/style/all.css`.
//!
//! Understands `@import "file.css";` and `@import "file.css" layer(name);` (which becomes `@layer name { … }`), keeps
//! every other line of the list, and leaves out comments and indentation. Not a CSS parser or checker.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// The joined text of all sheets that `list` names, in its order.
///
/// # Errors
/// When a named file is missing (the message names it and the line) or an `@import` has another form.
pub fn join(list: &Path) -> Result<String> {
    let folder = list.parent().context("the list of style sheets has no folder")?;
    let text = fs::read_to_string(list).with_context(|| format!("reading {}", list.display()))?;
    let mut joined = String::new();
    for (number, line) in without_comments(&text).lines().enumerate() {
        let Some(import) = line.strip_prefix("@import") else {
            writeln!(joined, "{line}")?;
            continue;
        };
        let place = || format!("{}, line {}", list.display(), number + 1);
        let Some((file, layer)) = parts(import) else {
            bail!("{}: expected @import \"file.css\" layer(name); found {line}", place());
        };
        let sheet =
            fs::read_to_string(folder.join(file)).with_context(|| format!("{}: reading {file}", place()))?;
        let sheet = without_comments(&sheet);
        match layer {
            Some(layer) => writeln!(joined, "@layer {layer} {{\n{sheet}}}")?,
            None => joined.push_str(&sheet),
        }
    }
    Ok(joined)
}

/// File and layer of what follows `@import`.
fn parts(import: &str) -> Option<(&str, Option<&str>)> {
    let rest = import.trim().strip_suffix(';')?.trim();
    let rest = rest.strip_prefix("url(").and_then(|rest| rest.split_once(')')).map_or_else(
        || rest.strip_prefix('"').and_then(|rest| rest.split_once('"')),
        |(file, rest)| Some((file.trim_matches('"'), rest)),
    );
    let (file, rest) = rest?;
    match rest.trim() {
        "" => Some((file, None)),
        layer => Some((file, Some(layer.strip_prefix("layer(")?.strip_suffix(')')?))),
    }
}

/// The text without `/* … */` (strings are left alone), without indentation and empty lines.
fn without_comments(css: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    let mut letters = css.chars().peekable();
    let mut quote = None;
    while let Some(letter) = letters.next() {
        match quote {
            Some(_) if letter == '\\' => {
                kept.push(letter);
                kept.extend(letters.next());
                continue;
            }
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if letter == '/' && letters.peek() == Some(&'*') => {
                letters.next();
                let mut last = ' ';
                for letter in letters.by_ref() {
                    if last == '*' && letter == '/' {
                        break;
                    }
                    last = letter;
                }
                continue;
            }
            None if letter == '"' || letter == '\'' => quote = Some(letter),
            None => {}
        }
        kept.push(letter);
    }
    kept.lines().map(str::trim).filter(|line| !line.is_empty()).fold(String::new(), |mut text, line| {
        text.push_str(line);
        text.push('\n');
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{join, parts, without_comments};

    #[test]
    fn comments_go_and_strings_stay() {
        assert_eq!(
            without_comments("/* a */b{c:\"/* d */\"}\n\n  e /* f\n g */{}\n"),
            "b{c:\"/* d */\"}\ne {}\n"
        );
        assert_eq!(without_comments("a{b:'\\'/*'}/**/"), "a{b:'\\'/*'}\n");
    }

    #[test]
    fn imports_name_file_and_layer() {
        assert_eq!(parts(" \"a.css\";"), Some(("a.css", None)));
        assert_eq!(parts(" url(\"a.css\") layer(base);"), Some(("a.css", Some("base"))));
        assert_eq!(parts(" a.css;"), None);
    }

    #[test]
    fn sheets_are_joined_in_the_order_of_the_list_and_a_missing_one_is_named() {
        let folder = std::env::temp_dir().join(format!("tablica-style-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let list = folder.join("all.css");
        std::fs::write(folder.join("b.css"), "b{}\n").unwrap();
        std::fs::write(folder.join("a.css"), "a{}\n").unwrap();
        std::fs::write(&list, "@layer x, y;\n@import \"b.css\" layer(x);\n@import \"a.css\";\n").unwrap();
        assert_eq!(join(&list).unwrap(), "@layer x, y;\n@layer x {\nb{}\n}\na{}\n");
        std::fs::write(&list, "\n@import \"none.css\";\n").unwrap();
        assert!(format!("{:#}", join(&list).unwrap_err()).contains("none.css"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

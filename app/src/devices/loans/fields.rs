//! A form in which a name may come several times: what was typed, what was ticked, and what there is to tick.

use crate::parts::Choice;

/// Name and value of each field, in the order of the form.
pub type Fields = Vec<(String, String)>;

/// The first value of that name; empty when there is none.
pub fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

/// Every value of that name.
pub fn ticked(fields: &[(String, String)], name: &str) -> Vec<String> {
    fields.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
}

/// These lines, to be ticked under that name; in a form that nobody has filled in yet all of them are.
pub fn to_tick(fields: &[(String, String)], name: &str, lines: &[String]) -> Vec<Choice> {
    let chosen = ticked(fields, name);
    lines
        .iter()
        .map(|line| Choice {
            chosen: fields.is_empty() || chosen.contains(line),
            ..Choice::new(line.clone(), line.clone())
        })
        .collect()
}

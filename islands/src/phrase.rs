//! Putting numbers and names into sentences, and sentences into HTML. Knows no language.

/// Fills `{name}` placeholders: `fill("{a} of {b}", &[("a", "1"), ("b", "2")])` is `1 of 2`.
pub fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(sentence.len() + 16);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            filled.push_str(value);
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// A time in a film as people write it: `0:07`, `12:40`, `1:02:03`.
pub fn clock(seconds: f64) -> String {
    let seconds = seconds.max(0.0) as u32;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let two = |number: u32| if number < 10 { format!("0{number}") } else { number.to_string() };
    if hours > 0 {
        format!("{hours}:{}:{}", two(minutes), two(seconds))
    } else {
        format!("{minutes}:{}", two(seconds))
    }
}

/// Text made safe inside HTML elements and double-quoted attributes.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::{clock, escape, fill};

    #[test]
    fn placeholders_are_filled_and_unknown_ones_vanish() {
        assert_eq!(fill("{time} z {length}{x}!", &[("time", "1"), ("length", "2")]), "1 z 2!");
        assert_eq!(fill("bez {", &[]), "bez {");
    }

    #[test]
    fn values_are_not_filled_again() {
        assert_eq!(fill("{a}", &[("a", "{b}"), ("b", "no")]), "{b}");
    }

    #[test]
    fn times_are_written_as_on_a_clock() {
        assert_eq!(clock(7.9), "0:07");
        assert_eq!(clock(760.0), "12:40");
        assert_eq!(clock(3723.0), "1:02:03");
        assert_eq!(clock(-1.0), "0:00");
    }

    #[test]
    fn markup_in_text_is_escaped() {
        assert_eq!(escape("<b a=\"1\">&'"), "&lt;b a=&quot;1&quot;&gt;&amp;&#39;");
    }
}

//! Names for addresses: small letters `a`–`z`, digits, single hyphens.

/// A slug made of a title: Polish and Ukrainian letters become plain ones, everything else a hyphen. Never empty.
pub fn of(title: &str, most: usize) -> String {
    let plain = plain(title, most);
    if plain.is_empty() { "kurs".to_owned() } else { plain }
}

/// The same of any text; empty when it has neither letter nor digit.
pub fn plain(title: &str, most: usize) -> String {
    let mut slug = String::new();
    for letter in title.to_lowercase().chars() {
        let plain: &str = match letter {
            'a'..='z' | '0'..='9' => {
                slug.push(letter);
                continue;
            }
            'ą' | 'а' => "a",
            'ć' => "c",
            'ę' | 'е' | 'э' => "e",
            'ł' | 'л' => "l",
            'ń' | 'н' => "n",
            'ó' | 'о' => "o",
            'ś' | 'с' => "s",
            'ź' | 'ż' | 'з' => "z",
            'б' => "b",
            'в' => "v",
            'г' | 'ґ' => "h",
            'д' => "d",
            'є' => "ie",
            'ж' => "zh",
            'и' => "y",
            'і' | 'ї' | 'й' => "i",
            'к' => "k",
            'м' => "m",
            'п' => "p",
            'р' => "r",
            'т' => "t",
            'у' => "u",
            'ф' => "f",
            'х' => "kh",
            'ц' => "ts",
            'ч' => "ch",
            'ш' => "sh",
            'щ' => "shch",
            'ю' => "iu",
            'я' => "ia",
            'ь' | '\'' | '’' => "",
            _ if slug.ends_with('-') || slug.is_empty() => "",
            _ => "-",
        };
        slug.push_str(plain);
    }
    let cut: String = slug.chars().take(most).collect();
    cut.trim_end_matches('-').to_owned()
}

/// Names that are addresses of our own pages: `/teaching/new`, `/courses/<slug>/join`.
pub const RESERVED: [&str; 2] = ["new", "join"];

/// The first of `slug`, `slug-2`, `slug-3` … that is neither taken nor reserved.
pub fn free(wanted: &str, taken: &[String]) -> String {
    let is_free = |slug: &String| !taken.contains(slug) && !RESERVED.contains(&slug.as_str());
    let mut names =
        (1..).map(|number| if number == 1 { wanted.to_owned() } else { format!("{wanted}-{number}") });
    names.find(is_free).unwrap_or_default()
}

/// Whether it is a slug of at most 80 characters.
pub fn is_slug(text: &str) -> bool {
    text.len() <= 80
        && text.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

/// The name of a unit file without the number that keeps a folder tidy: `03-ustawa.md` is `ustawa.md`. A number has two
/// or three digits and a hyphen behind it; a name without one stays as it is.
pub fn without_number(name: &str) -> &str {
    match name.split_once('-') {
        Some((number, rest))
            if matches!(number.len(), 2 | 3) && number.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            rest
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_slug, of, without_number};

    #[test]
    fn the_number_of_a_unit_file_is_no_part_of_its_name() {
        assert_eq!(without_number("03-ustawa.md"), "ustawa.md");
        assert_eq!(without_number("103-ustawa.md"), "ustawa.md");
        for name in ["3-ustawa.md", "2024-raport.md", "ustawa.md", "ustawa-03.md"] {
            assert_eq!(without_number(name), name);
        }
    }

    #[test]
    fn a_title_becomes_an_address() {
        assert_eq!(of("Dostępność cyfrowa dla redaktorów", 80), "dostepnosc-cyfrowa-dla-redaktorow");
        assert_eq!(of("  Łąka & żółw!  ", 80), "laka-zolw");
        assert_eq!(of("Доступність", 80), "dostupnist");
        assert_eq!(of("???", 80), "kurs");
        assert!(is_slug(&of(&"słowo ".repeat(60), 80)));
        assert!(!is_slug("-a") && !is_slug("a--b") && !is_slug("Ą"));
    }
}

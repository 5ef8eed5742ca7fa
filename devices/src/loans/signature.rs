//! A signature on the clerk's screen: what was drawn, and what was typed.

/// Longest path of a signature, in bytes.
const PATH_MOST: usize = 70_000;

/// Whether a typed name is the signer's, whatever its blanks and the case of its letters. An empty one is nobody's.
pub fn same_name(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    !plain(one).is_empty() && plain(one) == plain(other)
}

/// The picture of a path of `M` and `L` with numbers within 600 × 200; `None` for anything else.
pub fn picture(path: &str) -> Option<String> {
    if path.len() > PATH_MOST || !path.starts_with('M') {
        return None;
    }
    let mut points = 0;
    for step in path.split_inclusive(['M', 'L']).skip(1) {
        let (x, y) = step.trim_end_matches(['M', 'L']).split_once(' ')?;
        let (x, y): (u32, u32) = (x.parse().ok()?, y.parse().ok()?);
        if x > 600 || y > 200 {
            return None;
        }
        points += 1;
    }
    (points > 2).then(|| {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 600 200\" width=\"600\" height=\"200\"><path d=\"{path}\" \
             fill=\"none\" stroke=\"#111\" stroke-width=\"3\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/></svg>"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{picture, same_name};

    #[test]
    fn only_points_within_the_field_become_a_picture() {
        assert!(picture("M1 2L1 2L30 40M5 5L5 5").is_some_and(|svg| svg.contains("M1 2L1 2L30 40M5 5L5 5")));
        for wrong in [
            "",
            "M1 2",
            "M1 2L1 2",
            "L1 2L3 4L5 6",
            "M1 2L3 4L601 5",
            "M1 2L3 4\"/><script>L5 6",
            "M1,2L3,4L5,6",
            "M1 2L3 -4L5 6",
        ] {
            assert!(picture(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_typed_name_is_the_signer_s_whatever_its_letters_case() {
        assert!(same_name("  łucja  ŹDŹBŁO", "Łucja Źdźbło"));
        assert!(!same_name("", "") && !same_name("Łucja", "Łucja Źdźbło"));
    }
}

//! What a row of a film remarks beside its being made, in the column `warning`: a sentence of the transcoding program about a damaged
//! file, and a line about the sounds of the source. Rows of before hold the sentence alone.

use crate::wire::Sounds;

/// What the line about sounds begins with.
const SOUNDS: &str = "sounds ";

/// The line of several sounds.
pub(crate) fn line(sounds: &Sounds) -> Option<String> {
    serde_json::to_string(sounds).ok().map(|json| format!("{SOUNDS}{json}"))
}

/// What is remarked: the sentence, and the sounds.
pub(crate) fn read(remarks: &str) -> (Option<String>, Option<Sounds>) {
    let sounds = |line: &str| line.strip_prefix(SOUNDS).and_then(|json| serde_json::from_str(json).ok());
    let sentence = remarks.lines().find(|line| !line.is_empty() && sounds(line).is_none());
    (sentence.map(str::to_owned), remarks.lines().find_map(sounds))
}

#[cfg(test)]
mod tests {
    use super::{Sounds, line, read};

    #[test]
    fn a_row_of_before_and_one_with_everything_are_read() {
        let sounds = Sounds { of: 3, taken: 2, language: "pol".to_owned(), described: 1 };
        let said = line(&sounds).unwrap();
        assert_eq!(read(""), (None, None));
        assert_eq!(read("it was cut"), (Some("it was cut".to_owned()), None));
        assert_eq!(read(&said), (None, Some(sounds.clone())));
        assert_eq!(read(&format!("it was cut\n{said}")), (Some("it was cut".to_owned()), Some(sounds)));
        // What only looks like it is a sentence.
        assert_eq!(read("sounds {}"), (Some("sounds {}".to_owned()), None));
    }
}

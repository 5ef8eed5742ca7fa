//! The body of one report.

/// A [`crate::props::ProgressPost`] as JSON.
pub(super) fn body(position_ms: u32, seen: &[(u32, u32)], key: &str, edition: &str) -> String {
    let stretches: Vec<String> = seen.iter().map(|(from, to)| format!("[{from},{to}]")).collect();
    let (stretches, edition) = (stretches.join(","), tail(edition));
    format!("{{\"position_ms\":{position_ms},\"seen\":[{stretches}],\"key\":\"{key}\"{edition}")
}

/// The end of every report of this state of the film.
pub(super) fn tail(edition: &str) -> String {
    format!(",\"edition\":\"{edition}\"}}")
}

#[cfg(test)]
mod tests {
    use crate::props::ProgressPost;

    #[test]
    fn a_report_is_the_json_that_the_props_describe() {
        let body = super::body(7, &[(0, 5), (6, 7)], "ab", "0-1-2");
        let post: ProgressPost = serde_json::from_str(&body).unwrap();
        let (seen, key, edition) = (vec![(0, 5), (6, 7)], "ab".into(), "0-1-2".into());
        assert_eq!(post, ProgressPost { position_ms: 7, seen, key, edition });
        assert!(body.ends_with(&super::tail("0-1-2")));
    }
}

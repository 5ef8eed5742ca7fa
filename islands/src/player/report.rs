//! The body of one report.

/// A [`crate::props::ProgressPost`] as JSON.
pub(super) fn body(position_ms: u32, seen: &[(u32, u32)], key: &str) -> String {
    let stretches: Vec<String> = seen.iter().map(|(from, to)| format!("[{from},{to}]")).collect();
    format!("{{\"position_ms\":{position_ms},\"seen\":[{}],\"key\":\"{key}\"}}", stretches.join(","))
}

#[cfg(test)]
mod tests {
    use crate::props::ProgressPost;

    #[test]
    fn a_report_is_the_json_that_the_props_describe() {
        let post: ProgressPost = serde_json::from_str(&super::body(7, &[(0, 5), (6, 7)], "ab")).unwrap();
        assert_eq!(post, ProgressPost { position_ms: 7, seen: vec![(0, 5), (6, 7)], key: "ab".into() });
    }
}

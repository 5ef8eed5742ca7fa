//! The rubric of an essay as the note for markers that Moodle has in its place (`graderinfo`).

use crate::quiz::question::Criterion;

/// The note: `- 2 pkt: what is marked`, what the marker looks for below it, indented.
pub(super) fn write(rubric: &[Criterion]) -> String {
    let line = |criterion: &Criterion| {
        let guidance = criterion.guidance.as_deref().unwrap_or_default().replace('\n', "\n  ");
        let behind = if guidance.is_empty() { "" } else { "\n  " };
        format!("- {} pkt: {}{behind}{guidance}", criterion.points, criterion.text)
    };
    rubric.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The rubric that a note is, when it is one and adds up to the points of the question.
pub(super) fn read(note: &str, points: f64) -> Option<Vec<Criterion>> {
    let mut rubric: Vec<Criterion> = Vec::new();
    for line in note.lines() {
        if let Some(rest) = line.strip_prefix("- ") {
            let (points, text) = rest.split_once(" pkt: ")?;
            rubric.push(Criterion { text: text.to_owned(), points: points.parse().ok()?, guidance: None });
            continue;
        }
        let more = if line.trim().is_empty() { "" } else { line.strip_prefix("  ")? };
        let guidance = &mut rubric.last_mut()?.guidance;
        *guidance = Some(match guidance.take() {
            None => more.to_owned(),
            Some(before) => format!("{before}\n{more}"),
        });
    }
    let sum: u32 = rubric.iter().map(|criterion| u32::from(criterion.points)).sum();
    (!rubric.is_empty() && f64::from(sum) == points).then_some(rubric)
}

//! Lists of processors as people write them: `2-3,6`.

/// Numbers from here on name no processor of any machine.
const MOST: u32 = 1024;

/// The numbers of a list, in order; none for an empty one.
///
/// Errors: a sentence with the part that cannot be read.
pub fn read(list: &str) -> Result<Vec<u32>, String> {
    let mut cpus = Vec::new();
    for part in list.split(',').map(str::trim).filter(|_| !list.trim().is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        match (first.trim().parse::<u32>(), last.trim().parse::<u32>()) {
            (Ok(first), Ok(last)) if first <= last && last < MOST => cpus.extend(first..=last),
            _ => return Err(format!("work_cpus: {part:?} is no processor and no range such as 2-3")),
        }
    }
    cpus.sort_unstable();
    cpus.dedup();
    Ok(cpus)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn lists_are_read_and_what_is_none_is_named() {
        assert_eq!(read(""), Ok(vec![]));
        assert_eq!(read("6, 2-3,2"), Ok(vec![2, 3, 6]));
        for wrong in ["-1", "3-1", "a", "1,,2", "0-4096", "1-", ","] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}

//! The boxes of MP4 (ISO/IEC 14496-12), as far as cutting needs them: each begins with its length and
//! its name. It reads what our own muxer wrote, and copes with anything.

/// Where the first box that is no part of the beginning (`ftyp`, `moov`) starts.
pub fn fragment_at(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some((name, length)) = head(bytes, at)
        && matches!(name, b"ftyp" | b"moov")
    {
        at += length;
    }
    at.min(bytes.len())
}

/// Where the first sample of a fragment ends, counted from the first byte (§8.8.8 `trun`, with offsets
/// from the beginning of `moof`).
pub fn end_of_first_sample(bytes: &[u8]) -> Option<usize> {
    let (moof, moof_at) = find(bytes, 0, b"moof")?;
    let (traf, _) = find(moof, 0, b"traf")?;
    let (trun, _) = find(traf, 0, b"trun")?;
    let flags = word(trun, 0)? & 0x00ff_ffff;
    // Version and flags, number of samples, then what the flags say.
    let offset = if flags & 0x1 != 0 { word(trun, 8)? } else { return None };
    let first = 12 + if flags & 0x4 != 0 { 4 } else { 0 } + if flags & 0x100 != 0 { 4 } else { 0 };
    let size = if flags & 0x200 != 0 {
        word(trun, first)?
    } else {
        let (tfhd, _) = find(traf, 0, b"tfhd")?;
        default_size(tfhd)?
    };
    let end = moof_at.checked_add(usize::try_from(offset).ok()?)?.checked_add(usize::try_from(size).ok()?)?;
    (end <= bytes.len()).then_some(end)
}

/// The size that all samples have (§8.8.7).
fn default_size(tfhd: &[u8]) -> Option<u32> {
    let flags = word(tfhd, 0)? & 0x00ff_ffff;
    if flags & 0x10 == 0 {
        return None;
    }
    let before = [(0x1, 8), (0x2, 4), (0x8, 4)];
    let skipped: usize = before.iter().filter(|(flag, _)| flags & flag != 0).map(|(_, bytes)| bytes).sum();
    word(tfhd, 8 + skipped)
}

/// The body of the first box of this name, and where the box starts.
fn find<'a>(bytes: &'a [u8], from: usize, wanted: &[u8; 4]) -> Option<(&'a [u8], usize)> {
    let mut at = from;
    loop {
        let (name, length) = head(bytes, at)?;
        if name == wanted {
            return Some((bytes.get(at + 8..at.checked_add(length)?.min(bytes.len()))?, at));
        }
        at = at.checked_add(length)?;
    }
}

/// Name and length of the box at a place.
fn head(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let [a, b, c, d, name @ ..] = bytes.get(at..at.checked_add(8)?)? else { return None };
    Some((name, (u32::from_be_bytes([*a, *b, *c, *d]) as usize).max(8)))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes()[..], name, body].concat()
    }

    #[test]
    fn the_first_sample_is_found_and_nonsense_is_not_followed() {
        // Data offset, duration and size of each sample.
        let trun: Vec<u8> =
            [0x0000_0301u32, 2, 80, 512, 1000, 512, 9].iter().flat_map(|word| word.to_be_bytes()).collect();
        let moof = boxed(b"moof", &boxed(b"traf", &boxed(b"trun", &trun)));
        let all = [boxed(b"styp", b"msdh"), moof, boxed(b"mdat", &[0; 2000])].concat();
        assert_eq!(end_of_first_sample(&all), Some(12 + 80 + 1000));
        assert_eq!(end_of_first_sample(&all[..500]), None);
        assert_eq!(end_of_first_sample(b"\xff\xff\xff\xffmoof"), None);
        assert_eq!(fragment_at(&[boxed(b"ftyp", b"isom"), boxed(b"moof", b"")].concat()), 12);
    }
}

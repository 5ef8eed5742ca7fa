//! The boxes of MP4 (ISO/IEC 14496-12) that our own muxer wrote, as far as cutting films needs them. Whatever is not as it should be is `None`.

/// Where a box lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) name: [u8; 4],
    pub(super) from: usize,
    /// Behind length and name.
    pub(super) body: usize,
    pub(super) to: usize,
}

/// The boxes that stand one behind another between two places; `None` when they do not fill them.
pub(super) fn parts(bytes: &[u8], (from, to): (usize, usize)) -> Option<Vec<Part>> {
    let (mut found, mut at) = (Vec::new(), from);
    while at < to {
        let length = usize::try_from(word(bytes, at)?).ok()?;
        let name: [u8; 4] = bytes.get(at + 4..at + 8)?.try_into().ok()?;
        let end = at.checked_add(length)?;
        if length < 8 || end > to {
            return None;
        }
        found.push(Part { name, from: at, body: at + 8, to: end });
        at = end;
    }
    Some(found)
}

/// The first box of this name there.
pub(super) fn named(bytes: &[u8], within: (usize, usize), name: &[u8; 4]) -> Option<Part> {
    parts(bytes, within)?.into_iter().find(|part| part.name == *name)
}

/// The first box of this name in another.
pub(super) fn child(bytes: &[u8], parent: &Part, name: &[u8; 4]) -> Option<Part> {
    named(bytes, (parent.body, parent.to), name)
}

/// How far behind the beginning of its body a header has what follows two dates: their length depends on its version.
pub(super) fn behind_dates(bytes: &[u8], header: &Part) -> Option<usize> {
    Some(if *bytes.get(header.body)? == 1 { 20 } else { 12 })
}

/// The bytes of a box.
pub(super) fn copy(bytes: &[u8], part: &Part) -> Option<Vec<u8>> {
    bytes.get(part.from..part.to).map(<[u8]>::to_vec)
}

/// A number of four bytes.
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

/// Writes over what stands at a place.
pub(super) fn put(bytes: &mut [u8], at: usize, value: &[u8]) -> Option<()> {
    bytes.get_mut(at..at.checked_add(value.len())?)?.copy_from_slice(value);
    Some(())
}

/// A box of this name.
pub(super) fn boxed(name: &[u8; 4], body: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(body.len()).ok()?.checked_add(8)?;
    Some([&length.to_be_bytes()[..], name, body].concat())
}

/// A number of eight bytes.
pub(super) fn long(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_be_bytes)
}

/// Units a second of the one track of a beginning (`ftyp`, `moov`).
pub(super) fn scale(init: &[u8]) -> Option<u32> {
    let mdhd = within(init, &[b"moov", b"trak", b"mdia", b"mdhd"])?;
    word(init, mdhd.body + behind_dates(init, &mdhd)?)
}

/// Whether segments that were made for one beginning of a picture can be played with the other: what a decoder is told is the same, and so
/// is how times are counted and shifted. What a beginning says of bit rates may differ.
pub(super) fn is_alike(one: &[u8], other: &[u8]) -> bool {
    let told = |init: &[u8]| Some((setup(init)?, scale(init)?, shifts(init)?));
    told(one).is_some_and(|one| told(other) == Some(one))
}

/// The box down this way.
fn within(bytes: &[u8], way: &[&[u8; 4]]) -> Option<Part> {
    let (first, rest) = way.split_first()?;
    let mut at = named(bytes, (0, bytes.len()), first)?;
    for name in rest {
        at = child(bytes, &at, name)?;
    }
    Some(at)
}

/// What the one description of samples tells a decoder (ISO/IEC 14496-12 §8.5.2, §12.1.3: 78 bytes stand before its boxes).
fn setup(init: &[u8]) -> Option<Vec<u8>> {
    let stsd = within(init, &[b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"])?;
    let entries = parts(init, (stsd.body + 8, stsd.to))?;
    let [entry] = &entries[..] else { return None };
    let found = parts(init, (entry.body + 78, entry.to))?;
    let found = found.into_iter().find(|part| matches!(&part.name, b"avcC" | b"av1C"))?;
    Some([&entry.name[..], &copy(init, &found)?].concat())
}

/// The shifts of an edit list, without the lengths, which a film in the making does not know (§8.6.6).
fn shifts(init: &[u8]) -> Option<Vec<u64>> {
    let Some(list) = within(init, &[b"moov", b"trak", b"edts", b"elst"]) else { return Some(Vec::new()) };
    let is_long = *init.get(list.body)? == 1;
    let (entry, behind) = if is_long { (20, 8) } else { (12, 4) };
    let count = usize::try_from(word(init, list.body + 4)?).ok()?;
    (0..count.min(8))
        .map(|number| {
            let at = list.body + 8 + number * entry + behind;
            if is_long { long(init, at) } else { word(init, at).map(u64::from) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{boxed, is_alike, scale};

    /// A beginning with this set-up, unit and shift, and something of it that is no matter.
    fn init(setup: &[u8], unit: u32, shift: u32, other: u32) -> Vec<u8> {
        let of = |name, words: &[u32]| {
            let body: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
            boxed(name, &body).unwrap()
        };
        let entry =
            [&[0_u8; 78][..], &boxed(b"avcC", setup).unwrap(), &of(b"btrt", &[0, other, other])].concat();
        let stsd = [&[0_u8, 0, 0, 0, 0, 0, 0, 1][..], &boxed(b"avc1", &entry).unwrap()].concat();
        let stbl = boxed(b"stbl", &boxed(b"stsd", &stsd).unwrap()).unwrap();
        let mdia = [of(b"mdhd", &[0, 0, 0, unit, 0]), boxed(b"minf", &stbl).unwrap()].concat();
        let edts = boxed(b"edts", &of(b"elst", &[0, 1, other, shift, 0x1_0000])).unwrap();
        let trak = boxed(b"trak", &[edts, boxed(b"mdia", &mdia).unwrap()].concat()).unwrap();
        boxed(b"moov", &trak).unwrap()
    }

    #[test]
    fn beginnings_are_alike_when_a_decoder_is_told_the_same() {
        let one = init(b"sps", 12_800, 1024, 1);
        assert_eq!(scale(&one), Some(12_800));
        assert!(is_alike(&one, &init(b"sps", 12_800, 1024, 2)));
        for other in
            [init(b"pps", 12_800, 1024, 1), init(b"sps", 90_000, 1024, 1), init(b"sps", 12_800, 512, 1)]
        {
            assert!(!is_alike(&one, &other));
        }
        assert!(!is_alike(b"", b"") && !is_alike(&one, &one[..one.len() - 4]));
    }
}

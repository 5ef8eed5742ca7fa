//! The end of a film's sound: a segment without the frames of AAC that lie outside of the cut. A decoder can begin with any of them, so
//! nothing is encoded, and what is left is what it was. A frame lasts about 21 ms.

use super::boxes::{Part, boxed, child, copy, long, named, parts, put, scale, word};

/// A segment that is left of another one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shorter {
    /// It.
    pub(super) bytes: Vec<u8>,
    /// When it begins, in milliseconds of the film.
    pub(super) start_ms: u64,
    /// How long it lasts, in milliseconds; 0 when nothing is left.
    pub(super) length_ms: u64,
}

/// One frame.
struct Frame {
    /// When it begins, in units of the track since the segment begins.
    at: u64,
    lasts: u64,
    bytes: usize,
}

/// What is left of a segment that begins at `start_ms` of the film: the frames that begin from `from_ms` on and before `to_ms`. `init` is the
/// beginning of its rendition. Of the first segment that is shown, with others behind it, the last frame stays at least (`is_first`): it may
/// begin up to a frame before. `None` for what is not as our muxer writes it.
pub(super) fn shorter(
    init: &[u8],
    segment: &[u8],
    (start_ms, is_first): (u64, bool),
    (from_ms, to_ms): (u64, u64),
) -> Option<Shorter> {
    let unit = u64::from(scale(init)?).max(1);
    let all = (0, segment.len());
    let moof = named(segment, all, b"moof")?;
    let traf = child(segment, &moof, b"traf")?;
    // What else could stand there would count frames, too.
    let known = parts(segment, (traf.body, traf.to))?;
    if known.iter().map(|part| &part.name).ne([b"tfhd", b"tfdt", b"trun"]) {
        return None;
    }
    let trun = child(segment, &traf, b"trun")?;
    let table = Table::of(segment, &trun, &child(segment, &traf, b"tfhd")?)?;
    let is_kept = |frame: &Frame| {
        let at = start_ms * unit + frame.at * 1000;
        at >= from_ms * unit && at < to_ms * unit
    };
    let before = table.frames.iter().take_while(|frame| !is_kept(frame)).count();
    let is_none = before == table.frames.len();
    let before = if is_none && is_first { before.saturating_sub(1) } else { before };
    let kept: Vec<&Frame> =
        table.frames.iter().skip(before).take_while(|frame| is_none || is_kept(frame)).collect();
    let (Some(first), Some(last)) = (kept.first(), kept.last()) else {
        return Some(Shorter { bytes: Vec::new(), start_ms, length_ms: 0 });
    };
    let skipped: usize = table.frames.iter().take(before).map(|frame| frame.bytes).sum();
    let length: usize = kept.iter().map(|frame| frame.bytes).sum();
    let data_from = moof.from.checked_add(table.data_at)?.checked_add(skipped)?;
    let data = segment.get(data_from..data_from.checked_add(length)?)?;

    let mut tfdt = copy(segment, &child(segment, &traf, b"tfdt")?)?;
    later(&mut tfdt, first.at)?;
    let entries = table.entries_at + before * table.entry_bytes;
    let entries = segment.get(entries..entries + kept.len() * table.entry_bytes)?;
    let mut run = segment.get(trun.body..table.entries_at)?.to_vec();
    put(&mut run, 4, &u32::try_from(kept.len()).ok()?.to_be_bytes())?;
    let run = boxed(b"trun", &[&run[..], entries].concat())?;
    let tfhd = copy(segment, &child(segment, &traf, b"tfhd")?)?;
    let traf = boxed(b"traf", &[tfhd, tfdt, run.clone()].concat())?;
    let mfhd = copy(segment, &child(segment, &moof, b"mfhd")?)?;
    let mut head = boxed(b"moof", &[mfhd, traf].concat())?;
    // The run is the last of it; where the data begin stands behind its head, its flags and its count.
    let at = head.len() - run.len() + 16;
    let data_at = u32::try_from(head.len() + 8).ok()?;
    put(&mut head, at, &data_at.to_be_bytes())?;
    let kind = named(segment, all, b"styp").and_then(|part| copy(segment, &part)).unwrap_or_default();
    let ms = |units: u64| (units * 1000 + unit / 2) / unit;
    Some(Shorter {
        bytes: [kind, head, boxed(b"mdat", data)?].concat(),
        start_ms: start_ms + ms(first.at),
        length_ms: ms(last.at + last.lasts - first.at),
    })
}

/// Counts a time (§8.8.12) from later on.
fn later(tfdt: &mut [u8], by: u64) -> Option<()> {
    if *tfdt.get(8)? == 1 {
        let time = long(tfdt, 12)?.checked_add(by)?;
        put(tfdt, 12, &time.to_be_bytes())
    } else {
        let time = u64::from(word(tfdt, 12)?).checked_add(by)?;
        put(tfdt, 12, &u32::try_from(time).ok()?.to_be_bytes())
    }
}

/// The frames of a segment and where they are told (§8.8.8).
struct Table {
    frames: Vec<Frame>,
    /// Where their data begin, counted from the `moof`.
    data_at: usize,
    /// Where the first entry stands.
    entries_at: usize,
    entry_bytes: usize,
}

impl Table {
    fn of(segment: &[u8], trun: &Part, tfhd: &Part) -> Option<Self> {
        let told = word(segment, trun.body)? & 0x00ff_ffff;
        let defaults = word(segment, tfhd.body)? & 0x00ff_ffff;
        // Places in another file are none here; without a place of the data nobody knows where they begin.
        if defaults & 1 != 0 || told & 1 == 0 {
            return None;
        }
        let has = |flags: u32, flag: u32| usize::from(flags & flag != 0);
        let lasts_at = tfhd.body + 8 + has(defaults, 2) * 4;
        let usually_lasts = if defaults & 8 == 0 { None } else { word(segment, lasts_at) };
        let usual_bytes =
            if defaults & 16 == 0 { None } else { word(segment, lasts_at + has(defaults, 8) * 4) };
        let count = usize::try_from(word(segment, trun.body + 4)?).ok()?;
        let entries_at = trun.body + 12 + has(told, 4) * 4;
        let entry_bytes: usize =
            [0x100, 0x200, 0x400, 0x800].into_iter().map(|flag| has(told, flag) * 4).sum();
        let (mut frames, mut time) = (Vec::new(), 0_u64);
        for number in 0..count {
            let at = entries_at.checked_add(number.checked_mul(entry_bytes)?)?;
            let lasts = if told & 0x100 == 0 { usually_lasts } else { word(segment, at) };
            let bytes =
                if told & 0x200 == 0 { usual_bytes } else { word(segment, at + has(told, 0x100) * 4) };
            let (lasts, bytes) = (u64::from(lasts?), usize::try_from(bytes?).ok()?);
            // A run that tells of more frames than can be there.
            if frames.len() > segment.len() {
                return None;
            }
            frames.push(Frame { at: time, lasts, bytes });
            time += lasts;
        }
        let data_at = usize::try_from(word(segment, trun.body + 8)?).ok()?;
        Some(Self { frames, data_at, entries_at, entry_bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::{Shorter, boxed, child, long, named, shorter, word};

    fn of(name: &[u8; 4], words: &[u32]) -> Vec<u8> {
        let body: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        boxed(name, &body).unwrap()
    }

    fn init() -> Vec<u8> {
        let mdia = boxed(b"mdia", &of(b"mdhd", &[0, 0, 0, 48_000, 0])).unwrap();
        boxed(b"moov", &boxed(b"trak", &mdia).unwrap()).unwrap()
    }

    /// Ten frames of 1024 samples that begin at 288 768, each of as many bytes as its number and ten, all of them its number.
    fn segment() -> Vec<u8> {
        let sizes: Vec<u32> = (10..20).collect();
        let head = |data_at: u32| {
            let run = of(b"trun", &[&[0x201, 10, data_at][..], &sizes].concat());
            let tfhd = of(b"tfhd", &[0x2_0038, 1, 1024, 10, 0]);
            let tfdt = of(b"tfdt", &[0x100_0000, 0, 288_768]);
            let traf = boxed(b"traf", &[tfhd, tfdt, run].concat()).unwrap();
            boxed(b"moof", &[of(b"mfhd", &[0, 3]), traf].concat()).unwrap()
        };
        let length = u32::try_from(head(0).len()).unwrap();
        let data: Vec<u8> = (0_u8..10).flat_map(|number| vec![number; usize::from(number) + 10]).collect();
        [boxed(b"styp", b"msdh").unwrap(), head(length + 8), boxed(b"mdat", &data).unwrap()].concat()
    }

    /// When it begins in the units of its track, and its data, found where the run says.
    fn told(bytes: &[u8]) -> (u64, Vec<u8>) {
        let moof = named(bytes, (0, bytes.len()), b"moof").unwrap();
        let traf = child(bytes, &moof, b"traf").unwrap();
        let trun = child(bytes, &traf, b"trun").unwrap();
        let count = word(bytes, trun.body + 4).unwrap() as usize;
        let sizes: usize = (0..count).map(|at| word(bytes, trun.body + 12 + at * 4).unwrap() as usize).sum();
        let from = moof.from + word(bytes, trun.body + 8).unwrap() as usize;
        assert_eq!(from + sizes, bytes.len());
        (long(bytes, child(bytes, &traf, b"tfdt").unwrap().body + 4).unwrap(), bytes[from..].to_vec())
    }

    #[test]
    fn frames_that_begin_outside_are_left_out() {
        // They begin at 6016, 6037, 6059, 6080, …, 6208.
        let left = shorter(&init(), &segment(), (6016, false), (6038, 6081)).unwrap();
        let (at, data) = told(&left.bytes);
        assert_eq!((at, left.start_ms, left.length_ms), (288_768 + 2048, 6059, 43));
        assert_eq!(data, [vec![2; 12], vec![3; 13]].concat());
        let all = shorter(&init(), &segment(), (6016, false), (0, 99_000)).unwrap();
        assert_eq!((all.bytes, all.start_ms, all.length_ms), (segment(), 6016, 213));
        let none = shorter(&init(), &segment(), (6016, false), (6000, 6016)).unwrap();
        assert_eq!(none, Shorter { bytes: Vec::new(), start_ms: 6016, length_ms: 0 });
        // The last frame begins at 6208, and the first picture that is shown after it.
        let late = |is_first| shorter(&init(), &segment(), (6016, is_first), (6215, 99_000)).unwrap();
        assert_eq!(late(false), none);
        assert_eq!(
            (told(&late(true).bytes).1, late(true).start_ms, late(true).length_ms),
            (vec![9; 19], 6208, 21)
        );
    }

    #[test]
    fn what_our_muxer_does_not_write_is_refused() {
        let bytes = segment();
        for length in [0, 20, 60, bytes.len() - 1] {
            assert!(shorter(&init(), &bytes[..length], (6016, false), (0, 99_000)).is_none(), "{length}");
        }
        assert!(shorter(b"", &bytes, (0, false), (0, 1)).is_none());
    }
}

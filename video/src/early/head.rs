//! Whether a file can be read from its beginning on, while the rest of it is still to come: MP4 and QuickTime whose index stands before the
//! pictures (ISO/IEC 14496-12 §8.2, §8.1.1), and Matroska with WebM (RFC 9559). Anything that has whoever reads it look at the end first is
//! refused: an index at the end, films in fragments, transport streams, whose length is known by their last bytes. Mutated in `mutations`.

/// An element of Matroska: its number, where its content begins, and how long that is; `None`: until its parent ends.
type Element = (u64, usize, Option<usize>);

const EBML: u64 = 0x1A45_DFA3;
const SEGMENT: u64 = 0x1853_8067;
const SEEK_HEAD: u64 = 0x114D_9B74;
const SEEK: u64 = 0x4DBB;
const SEEK_ID: u64 = 0x53AB;
const SEEK_POSITION: u64 = 0x53AC;
const TRACKS: u64 = 0x1654_AE6B;
const CLUSTER: u64 = 0x1F43_B675;
const CUES: u64 = 0x1C53_BB6B;

/// Boxes that may stand before the pictures and need not be known.
const PASSED: [&[u8; 4]; 8] = [b"ftyp", b"free", b"skip", b"wide", b"uuid", b"pdin", b"udta", b"meta"];

/// Whether a file of `size` bytes that begins with these can be.
pub(super) fn allows(head: &[u8], size: u64) -> bool {
    boxes(head, size) || elements(head).unwrap_or(false)
}

/// A box at this place of something that is `end` bytes long: its name, the length of its header, and its own.
fn box_at(bytes: &[u8], at: u64, end: u64) -> Option<([u8; 4], u64, u64)> {
    let (size, rest) = bytes.get(usize::try_from(at).ok()?..)?.split_first_chunk::<4>()?;
    let (name, rest) = rest.split_first_chunk::<4>()?;
    let (header, length) = match u32::from_be_bytes(*size) {
        0 => (8, end.checked_sub(at)?),
        1 => (16, u64::from_be_bytes(*rest.first_chunk::<8>()?)),
        size => (8, u64::from(size)),
    };
    (length >= header && at.checked_add(length)? <= end).then_some((*name, header, length))
}

fn boxes(head: &[u8], size: u64) -> bool {
    let (mut at, mut has_index) = (0, false);
    while let Some((name, header, length)) = box_at(head, at, size) {
        match &name {
            b"moov" => {
                let body = usize::try_from(at + header).ok().zip(usize::try_from(at + length).ok());
                // Its end is still to come where there is nothing.
                let Some(body) = body.and_then(|(from, to)| head.get(from..to)) else { return false };
                if !holds_everything(body) {
                    return false;
                }
                has_index = true;
            }
            // Behind the pictures there is nothing more to be read.
            b"mdat" => return has_index && at + length == size,
            name if PASSED.contains(&name) => {}
            _ => return false,
        }
        at += length;
    }
    false
}

/// Whether an index is one of the whole film, and not of its first fragment.
fn holds_everything(index: &[u8]) -> bool {
    let end = index.len() as u64;
    let (mut at, mut has_track) = (0, false);
    while at < end {
        let Some((name, _, length)) = box_at(index, at, end) else { return false };
        if &name == b"mvex" {
            return false;
        }
        has_track |= &name == b"trak";
        at += length;
    }
    has_track
}

/// A number of Matroska of at most `most` bytes (RFC 8794 §4), and how many it has; with its marker, as numbers of elements are written,
/// or without.
fn number(bytes: &[u8], most: usize, marked: bool) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let zeros = first.leading_zeros();
    let length = usize::try_from(zeros).ok()? + 1;
    let rest = bytes.get(1..length).filter(|_| length <= most)?;
    let kept = if marked { first } else { first & 0x7f_u8.checked_shr(zeros).unwrap_or(0) };
    Some((whole(kept, rest), length))
}

/// A number, largest byte first.
fn whole(first: u8, rest: &[u8]) -> u64 {
    rest.iter().fold(u64::from(first), |number, byte| (number << 8) | u64::from(*byte))
}

fn element(bytes: &[u8], at: usize) -> Option<Element> {
    let (id, id_bytes) = number(bytes.get(at..)?, 4, true)?;
    let from = at.checked_add(id_bytes)?;
    let (length, length_bytes) = number(bytes.get(from..)?, 8, false)?;
    let is_open = length == (1_u64 << (7 * length_bytes)) - 1;
    let length = if is_open { None } else { Some(usize::try_from(length).ok()?) };
    Some((id, from.checked_add(length_bytes)?, length))
}

fn elements(head: &[u8]) -> Option<bool> {
    let (EBML, from, Some(length)) = element(head, 0)? else { return None };
    let (SEGMENT, first, _) = element(head, from.checked_add(length)?)? else { return None };
    let (mut at, mut has_tracks) = (first, false);
    loop {
        let (id, from, length) = element(head, at)?;
        if id == CLUSTER {
            return Some(has_tracks);
        }
        let end = from.checked_add(length?)?;
        let body = head.get(from..end)?;
        has_tracks |= id == TRACKS;
        if id == SEEK_HEAD && !lies_before(body, head.len() - first)? {
            return Some(false);
        }
        at = end;
    }
}

/// Whether everything that a list of places names lies before `end`. The list of key frames is asked for by whoever seeks alone, and
/// pictures are read when it is their turn.
fn lies_before(list: &[u8], end: usize) -> Option<bool> {
    let mut at = 0;
    while at < list.len() {
        let (id, from, length) = element(list, at)?;
        at = from.checked_add(length?)?;
        let entry = list.get(from..at)?;
        if id != SEEK {
            continue;
        }
        let (mut named, mut position, mut next) = (0, 0, 0);
        while next < entry.len() {
            let (id, from, length) = element(entry, next)?;
            next = from.checked_add(length?)?;
            let value = entry.get(from..next).filter(|value| value.len() <= 8)?;
            let value = whole(0, value);
            match id {
                SEEK_ID => named = value,
                SEEK_POSITION => position = value,
                _ => {}
            }
        }
        if !matches!(named, CUES | CLUSTER) && usize::try_from(position).ok()? >= end {
            return Some(false);
        }
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::allows;

    fn boxed(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 8).unwrap();
        [&length.to_be_bytes()[..], &name[..], body].concat()
    }

    /// The beginning of the pictures, of which this many bytes are still to come.
    fn pictures(more: u32) -> Vec<u8> {
        [&(16 + more).to_be_bytes()[..], &b"mdat"[..], &[7; 8][..]].concat()
    }

    #[test]
    fn an_index_stands_before_the_pictures_and_they_are_the_last() {
        let index = |extra: &[u8]| {
            boxed(b"moov", &[&boxed(b"mvhd", &[0; 20])[..], &boxed(b"trak", &[])[..], extra].concat())
        };
        let file = |parts: &[&[u8]]| parts.concat();
        let kind = boxed(b"ftyp", b"isom");
        let free = boxed(b"free", &[0; 100]);
        let good = file(&[&kind, &index(&[]), &free, &pictures(1000)]);
        let size = good.len() as u64 + 1000;
        assert!(allows(&good, size));
        assert!(!allows(&good, size + 1), "something stands behind the pictures");
        assert!(!allows(&good, size - 1));
        assert!(!allows(&good[..kind.len() + 30], size), "the index has not come");
        let late = file(&[&kind, &pictures(1000)]);
        assert!(!allows(&late, late.len() as u64 + 1000), "no index");
        let fragments = file(&[&kind, &index(&boxed(b"mvex", &[])), &pictures(1000)]);
        assert!(!allows(&fragments, fragments.len() as u64 + 1000));
        let large = [&1_u32.to_be_bytes()[..], &b"mdat"[..], &(1_u64 << 33).to_be_bytes()[..]].concat();
        let large = file(&[&kind, &index(&[]), &large]);
        assert!(allows(&large, large.len() as u64 - 16 + (1 << 33)));
        let open = file(&[&kind, &index(&[]), &[0; 4], b"mdat"]);
        assert!(allows(&open, 1 << 40));
        for other in [&b""[..], &b"#EXTM3U\nfile.ts"[..], &[0x47; 1000][..], &[0; 64][..], &[0xff; 64][..]] {
            assert!(!allows(other, 1 << 30), "{other:?}");
        }
    }

    fn part(id: &[u8], body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap() | 0x4000;
        [id, &length.to_be_bytes()[..], body].concat()
    }

    #[test]
    fn matroska_names_nothing_that_is_still_to_come_but_its_key_frames() {
        let place = |id: &[u8], at: u32| {
            part(&[0x4d, 0xbb], &[part(&[0x53, 0xab], id), part(&[0x53, 0xac], &at.to_be_bytes())].concat())
        };
        let file = |places: &[Vec<u8>], tracks: bool| {
            let list = part(&[0x11, 0x4d, 0x9b, 0x74], &places.concat());
            let tracks = if tracks { part(&[0x16, 0x54, 0xae, 0x6b], &[0; 9]) } else { Vec::new() };
            let open = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
            let cluster = [&[0x1f, 0x43, 0xb6, 0x75][..], &open[..], &[1; 500][..]].concat();
            let segment = [&[0x18, 0x53, 0x80, 0x67][..], &[0x01, 0, 0, 0, 0x10, 0, 0, 0][..]].concat();
            [part(&[0x1a, 0x45, 0xdf, 0xa3], &[0; 5]), segment, list, tracks, cluster].concat()
        };
        let (cues, tags) = (&[0x1c, 0x53, 0xbb, 0x6b][..], &[0x12, 0x54, 0xc3, 0x67][..]);
        assert!(allows(&file(&[place(cues, 1 << 27), place(tags, 60)], true), 1 << 28));
        assert!(!allows(&file(&[place(tags, 1 << 27)], true), 1 << 28), "tags at the end");
        assert!(!allows(&file(&[], false), 1 << 28), "no tracks");
        let whole = file(&[place(cues, 1 << 27)], true);
        assert!(!allows(&whole[..60], 1 << 28));
    }

    #[test]
    fn lengths_that_lie_are_refused() {
        for name in [b"ftyp", b"moov", b"mdat", b"free"] {
            for length in [0, 1, 7, 8, 15, 16, u64::from(u32::MAX), u64::MAX - 8, u64::MAX] {
                let short = u32::try_from(length).unwrap_or(u32::MAX);
                let short = [&short.to_be_bytes()[..], &name[..], &[0; 64][..]].concat();
                let long =
                    [&1_u32.to_be_bytes()[..], &name[..], &length.to_be_bytes()[..], &[0; 64][..]].concat();
                assert!(!allows(&short, 1 << 30) && !allows(&long, 1 << 30), "{name:?} of {length}");
                assert!(!allows(&short, u64::MAX) && !allows(&long, u64::MAX), "{name:?} of {length}");
            }
        }
        let begins = [0x1a, 0x45, 0xdf, 0xa3, 0x80, 0x18, 0x53, 0x80, 0x67, 0xff];
        let longest = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe];
        for id in [&[0x11, 0x4d, 0x9b, 0x74][..], &[0x16, 0x54, 0xae, 0x6b][..], &[0xec][..]] {
            for length in [&longest[..], &[0xff][..], &[0; 9][..], &[0x40][..]] {
                let head = [&begins[..], id, length, &[0; 64][..]].concat();
                assert!(!allows(&head, 1 << 30), "{id:x?} of {length:x?}");
            }
        }
    }
}

//! Segments of a picture and of the sound as one fragmented MP4 (ISO/IEC 14496-12): nothing is encoded again. The boxes of two files that
//! our own muxer wrote are put into one, the sound as its second track, and their times are counted from the first picture.

use super::boxes::{Part, behind_dates, boxed, child, copy, named, parts, put, word};

/// A file in the making.
#[derive(Debug)]
pub(super) struct Mux {
    /// Units a second of each track.
    scales: Vec<u64>,
    /// When the first fragment of the file was decoded in the film that it comes from, and the units a second of that.
    origin: Option<(u64, u64)>,
    /// How many fragments there are.
    fragments: u32,
}

impl Mux {
    /// Begins a file of `length_ms` milliseconds out of the beginnings (`ftyp`, `moov`) of its tracks, the picture first; answers its own
    /// beginning as well. `None` when one of them is not what our muxer writes.
    pub(super) fn begin(inits: &[Vec<u8>], length_ms: u32) -> Option<(Self, Vec<u8>)> {
        let (mut scales, mut movie_scale) = (Vec::new(), None);
        let (mut header, mut tracks, mut defaults) = (Vec::new(), Vec::new(), Vec::new());
        let mut kind = Vec::new();
        for (number, init) in (1u32..).zip(inits) {
            let moov = named(init, (0, init.len()), b"moov")?;
            let mvhd = child(init, &moov, b"mvhd")?;
            let scale = word(init, mvhd.body + behind_dates(init, &mvhd)?)?;
            // Edit lists count in this unit, so both must have the same.
            if *movie_scale.get_or_insert(scale) != scale {
                return None;
            }
            if header.is_empty() {
                header = copy(init, &mvhd)?;
                kind = copy(init, &named(init, (0, init.len()), b"ftyp")?)?;
            }
            let mut track = copy(init, &child(init, &moov, b"trak")?)?;
            let whole = named(&track, (0, track.len()), b"trak")?;
            let tkhd = child(&track, &whole, b"tkhd")?;
            let at = tkhd.body + behind_dates(&track, &tkhd)?;
            put(&mut track, at, &number.to_be_bytes())?;
            let mdhd = child(&track, &child(&track, &whole, b"mdia")?, b"mdhd")?;
            scales.push(u64::from(word(&track, mdhd.body + behind_dates(&track, &mdhd)?)?));
            tracks.extend(track);
            let mut trex = copy(init, &child(init, &child(init, &moov, b"mvex")?, b"trex")?)?;
            put(&mut trex, 12, &number.to_be_bytes())?;
            defaults.extend(trex);
        }
        // The number that a further track would have is the last field of the header (§8.2.2).
        let last = header.len().checked_sub(4)?;
        put(&mut header, last, &(u32::try_from(inits.len()).ok()? + 1).to_be_bytes())?;
        let length = u64::from(length_ms) * u64::from(movie_scale?) / 1000;
        let mut length_box = vec![0; 4];
        length_box.extend(u32::try_from(length).ok()?.to_be_bytes());
        let mvex = boxed(b"mvex", &[boxed(b"mehd", &length_box)?, defaults].concat())?;
        let moov = boxed(b"moov", &[header, tracks, mvex].concat())?;
        Some((Self { scales, origin: None, fragments: 0 }, [kind, moov].concat()))
    }

    /// A segment (`moof`, `mdat`) of a track, counted from 0, as it stands in the file. The first one gives the time that all count from.
    pub(super) fn fragment(&mut self, track: usize, mut bytes: Vec<u8>) -> Option<Vec<u8>> {
        let scale = *self.scales.get(track)?;
        let number = u32::try_from(track).ok()? + 1;
        let mut kept = Vec::with_capacity(bytes.len());
        for part in parts(&bytes, (0, bytes.len()))? {
            match &part.name {
                // What a playlist needs and a file does not.
                b"styp" | b"sidx" => continue,
                b"moof" => self.renumber(&mut bytes, &part, (number, scale))?,
                _ => {}
            }
            kept.extend(copy(&bytes, &part)?);
        }
        Some(kept)
    }

    fn renumber(&mut self, bytes: &mut [u8], moof: &Part, (number, scale): (u32, u64)) -> Option<()> {
        self.fragments += 1;
        for part in parts(bytes, (moof.body, moof.to))? {
            if &part.name == b"mfhd" {
                put(bytes, part.body + 4, &self.fragments.to_be_bytes())?;
            }
            if &part.name == b"traf" {
                let tfhd = child(bytes, &part, b"tfhd")?;
                // Places counted from the beginning of another file would lead nowhere here (§8.8.7, base-data-offset).
                if word(bytes, tfhd.body)? & 1 != 0 {
                    return None;
                }
                put(bytes, tfhd.body + 4, &number.to_be_bytes())?;
                let tfdt = child(bytes, &part, b"tfdt")?;
                self.move_time(bytes, &tfdt, scale)?;
            }
        }
        Some(())
    }

    /// Counts a time (§8.8.12) from the first one.
    fn move_time(&mut self, bytes: &mut [u8], tfdt: &Part, scale: u64) -> Option<()> {
        let (at, high) = (tfdt.body + 4, u64::from(word(bytes, tfdt.body + 4)?));
        let is_long = *bytes.get(tfdt.body)? == 1;
        let time = if is_long { (high << 32) | u64::from(word(bytes, at + 4)?) } else { high };
        let (origin, of) = *self.origin.get_or_insert((time, scale));
        let before = u128::from(origin) * u128::from(scale) / u128::from(of.max(1));
        // The sound of the first moment may begin some samples before the picture.
        let time = time.saturating_sub(u64::try_from(before).ok()?);
        if is_long {
            put(bytes, at, &time.to_be_bytes())
        } else {
            put(bytes, at, &u32::try_from(time).ok()?.to_be_bytes())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Mux, boxed, child, named, word};

    fn of(name: &[u8; 4], words: &[u32]) -> Vec<u8> {
        let body: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        boxed(name, &body).unwrap()
    }

    /// A beginning with this many units a second.
    fn init(scale: u32) -> Vec<u8> {
        let mdia = boxed(b"mdia", &of(b"mdhd", &[0, 0, 0, scale, 0])).unwrap();
        let trak = boxed(b"trak", &[of(b"tkhd", &[0, 0, 0, 1, 0]), mdia].concat()).unwrap();
        let mvex = boxed(b"mvex", &of(b"trex", &[0, 1, 1, 0, 0, 0])).unwrap();
        let moov = [of(b"mvhd", &[0, 0, 0, 1000, 0, 2]), trak, mvex].concat();
        [boxed(b"ftyp", b"isom").unwrap(), boxed(b"moov", &moov).unwrap()].concat()
    }

    /// A segment that is decoded at `time`.
    fn segment(time: u32, flags: u32) -> Vec<u8> {
        let traf = [of(b"tfhd", &[flags, 1]), of(b"tfdt", &[0, time])].concat();
        let moof = [of(b"mfhd", &[0, 9]), boxed(b"traf", &traf).unwrap()].concat();
        let moof = boxed(b"moof", &moof).unwrap();
        [boxed(b"styp", b"msdh").unwrap(), moof, boxed(b"mdat", b"pictures").unwrap()].concat()
    }

    /// Number of the fragment, track and time.
    fn told(bytes: &[u8]) -> (u32, u32, u32) {
        let moof = named(bytes, (0, bytes.len()), b"moof").unwrap();
        let traf = child(bytes, &moof, b"traf").unwrap();
        let second = |of, name| word(bytes, child(bytes, of, name).unwrap().body + 4).unwrap();
        (second(&moof, b"mfhd"), second(&traf, b"tfhd"), second(&traf, b"tfdt"))
    }

    #[test]
    fn two_tracks_are_one_file_whose_times_begin_with_its_first_picture() {
        let (mut mux, head) = Mux::begin(&[init(30_000), init(48_000)], 12_000).unwrap();
        let moov = named(&head, (0, head.len()), b"moov").unwrap();
        let mvhd = child(&head, &moov, b"mvhd").unwrap();
        assert_eq!(word(&head, mvhd.to - 4), Some(3), "the next track would be the third");
        let mvex = child(&head, &moov, b"mvex").unwrap();
        assert_eq!(word(&head, child(&head, &mvex, b"mehd").unwrap().body + 4), Some(12_000));
        assert_eq!(head.windows(4).filter(|name| name == b"trak").count(), 2);
        // Six seconds in: the sound begins a little later, and once a little earlier than can be told.
        let picture = mux.fragment(0, segment(180_180, 0x2_0000)).unwrap();
        assert_eq!((told(&picture), picture.windows(4).any(|name| name == b"styp")), ((1, 1, 0), false));
        assert_eq!(told(&mux.fragment(1, segment(288_768, 0x2_0000)).unwrap()), (2, 2, 480));
        assert_eq!(told(&mux.fragment(0, segment(360_360, 0x2_0000)).unwrap()), (3, 1, 180_180));
        assert_eq!(told(&mux.fragment(1, segment(288_000, 0x2_0000)).unwrap()), (4, 2, 0));
    }

    #[test]
    fn what_our_muxer_does_not_write_is_refused() {
        let (mut mux, _) = Mux::begin(&[init(30_000)], 1000).unwrap();
        assert!(mux.fragment(0, segment(0, 1)).is_none(), "places in another file");
        assert!(mux.fragment(1, segment(0, 0)).is_none(), "a track that is not there");
        assert!(mux.fragment(0, segment(0, 0)[..30].to_vec()).is_none(), "broken off");
        assert!(Mux::begin(&[b"nothing".to_vec()], 1000).is_none() && Mux::begin(&[], 1000).is_none());
    }
}

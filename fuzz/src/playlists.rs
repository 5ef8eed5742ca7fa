//! Playlists of any rows that the database allows, read by a reader that knows RFC 8216 and nothing of the writer.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use video::playlist::Piece;
use video::playlist::write::{Part, Shape, Version, master, rendition};

#[derive(Arbitrary, Debug)]
struct Film {
    versions: Vec<Row>,
    parts: Vec<Cut>,
    keys_only: bool,
    complete: bool,
    init_tag: u32,
}

#[derive(Arbitrary, Debug)]
struct Row {
    sound: bool,
    width: u16,
    height: u16,
    frame_rate_milli: u16,
    bandwidth: u32,
    average_bandwidth: u32,
    keys_bandwidth: Option<u32>,
}

#[derive(Arbitrary, Debug)]
struct Cut {
    /// How many numbers are left out before it.
    gap: u8,
    length_ms: u32,
    key_bytes: Option<u16>,
    tag: u32,
}

fuzz_target!(|film: Film| {
    whole(&film.versions);
    one(&film);
});

fn whole(rows: &[Row]) {
    let versions: Vec<Version> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| Version {
            name: format!("v{at}"),
            kind: if row.sound { "sound" } else { "picture" }.to_owned(),
            width: row.width.into(),
            height: row.height.into(),
            frame_rate_milli: row.frame_rate_milli.into(),
            codecs: if row.sound { "mp4a.40.2" } else { "avc1.64001f" }.to_owned(),
            bandwidth: row.bandwidth.into(),
            average_bandwidth: row.average_bandwidth.into(),
            keys_bandwidth: row.keys_bandwidth.map(i64::from),
        })
        .collect();
    let pictures = versions.iter().filter(|version| version.kind == "picture").count();
    let sounds = usize::from(pictures < versions.len());
    let Some(text) = master(&versions) else { return assert_eq!(pictures, 0) };
    assert!(text.starts_with("#EXTM3U\n") && text.ends_with('\n') && pictures > 0);
    let (mut streams, mut keys, mut lines) = (0, 0, text.lines());
    while let Some(line) = lines.next() {
        let Some((tag, list)) = line.split_once(':') else { continue };
        match tag {
            "#EXT-X-STREAM-INF" => {
                streams += 1;
                let known = attributes(list);
                let number = |name: &str| {
                    attribute(&known, name).map(|value| value.parse::<u64>().expect("a whole number"))
                };
                let peak = number("BANDWIDTH").expect("every stream says its bandwidth");
                assert!(number("AVERAGE-BANDWIDTH").is_none_or(|average| average > 0), "{line}");
                assert!(peak <= 2 * u64::from(u32::MAX), "{line}");
                assert!(attribute(&known, "CODECS").is_some_and(|codecs| codecs.starts_with('"')), "{line}");
                assert_eq!(attribute(&known, "AUDIO").is_some(), sounds == 1, "{line}");
                let uri = lines.next().expect("a stream has an address");
                let name = uri.strip_suffix(".m3u8").expect("of a playlist");
                assert!(versions.iter().any(|version| version.name == name), "{uri}");
            }
            "#EXT-X-I-FRAME-STREAM-INF" => {
                keys += 1;
                let known = attributes(list);
                assert!(attribute(&known, "URI").is_some_and(|uri| uri.ends_with("-keys.m3u8\"")), "{line}");
            }
            "#EXT-X-MEDIA" => {
                let known = attributes(list);
                assert_eq!(attribute(&known, "TYPE"), Some("AUDIO"));
                assert_eq!(attribute(&known, "GROUP-ID"), Some("\"sound\""));
            }
            _ => assert_eq!(tag, "#EXT-X-VERSION"),
        }
    }
    assert_eq!(streams, pictures + sounds);
    let known = versions.iter().filter(|one| one.kind == "picture" && one.keys_bandwidth.is_some()).count();
    assert_eq!(keys, known);
}

fn one(film: &Film) {
    let mut number = -1_i32;
    let parts: Vec<Part> = film
        .parts
        .iter()
        .map(|cut| {
            number += i32::from(cut.gap / 200) + 1;
            Part {
                number,
                // At most a day.
                length_ms: i32::try_from(cut.length_ms % 86_400_000).unwrap_or(0).max(1),
                key_bytes: cut.key_bytes.map(i32::from),
                tag: cut.tag.into(),
                own_init: (cut.gap % 3 == 0).then_some(film.init_tag.into()),
            }
        })
        .collect();
    let shape = Shape { keys_only: film.keys_only, complete: film.complete, init_tag: film.init_tag.into() };
    let Some(text) = rendition("720p", &shape, &parts) else {
        return assert!(film.keys_only && parts.iter().all(|part| part.key_bytes.is_none()));
    };
    let value = |tag: &str| text.lines().find_map(|line| line.strip_prefix(tag));
    assert!(text.starts_with("#EXTM3U\n"));
    let target: f64 = value("#EXT-X-TARGETDURATION:").and_then(|value| value.parse().ok()).expect("a target");
    assert_eq!(value("#EXT-X-PLAYLIST-TYPE:"), Some(if film.complete { "VOD" } else { "EVENT" }));
    assert_eq!(text.ends_with("#EXT-X-ENDLIST\n"), film.complete);
    assert!(value("#EXT-X-MAP:URI=\"720p/init-").is_some());
    let (mut length, mut range, mut count) = (None, false, 0);
    for line in text.lines() {
        if let Some(seconds) = line.strip_prefix("#EXTINF:") {
            assert_eq!(length, None, "two lengths of one segment");
            let seconds: f64 =
                seconds.strip_suffix(',').and_then(|text| text.parse().ok()).expect("a length");
            // RFC 8216 §4.3.3.1: rounded to the nearest whole number.
            assert!((seconds + 0.5).floor() <= target, "{line} of at most {target}");
            length = Some(seconds);
        } else if line.starts_with("#EXT-X-BYTERANGE:") {
            range = true;
        } else if !line.starts_with('#') {
            assert!(length.take().is_some(), "{line} has no length");
            assert_eq!(std::mem::take(&mut range), film.keys_only, "{line}");
            let file = line.strip_prefix("720p/").expect("a segment of this version");
            let tag = u32::try_from(parts[count].tag).expect("32 bits");
            let at = u32::try_from(count).expect("few");
            assert_eq!(Piece::of_name(file), Some(Piece::Segment(at, tag)), "{line}");
            count += 1;
        }
    }
    assert_eq!(length, None, "a length without a segment");
    let playable = parts.iter().zip(0..).take_while(|(part, at)| part.number == *at);
    let playable = playable.take_while(|(part, _)| !film.keys_only || part.key_bytes.is_some()).count();
    assert_eq!(count, playable);
}

/// An attribute list (RFC 8216 §4.2): names and values, quoted ones with their quotes. Each name once.
fn attributes(list: &str) -> Vec<(&str, &str)> {
    let (mut all, mut rest) = (Vec::new(), list);
    while !rest.is_empty() {
        let (name, value) = rest.split_once('=').expect("a value");
        assert!(name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-'), "{list}");
        let end = match value.strip_prefix('"') {
            Some(quoted) => quoted.find('"').expect("a quote that ends") + 2,
            None => value.find(',').unwrap_or(value.len()),
        };
        assert!(!all.iter().any(|(known, _)| *known == name), "{list}");
        all.push((name, &value[..end]));
        rest = match &value[end..] {
            "" => "",
            more => more.strip_prefix(',').expect("a comma between attributes"),
        };
    }
    all
}

fn attribute<'a>(all: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    all.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

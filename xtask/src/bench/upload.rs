//! An upload that breaks at a random byte and is gone on with (tus 1.0), a hundred times, against the server with its
//! embedded object store.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::http::{self, Client};
use super::program::{AUTHOR, Program};
use super::table::{figure, heading};
use crate::process;

/// So often.
const TIMES: u32 = 100;
/// What is stored as one part, in bytes (`base::blob::PART_BYTES`).
const PART_BYTES: usize = 8 << 20;
/// Three parts and a bit.
const SIZE: usize = 3 * PART_BYTES + 54_321;
/// A client comes back no sooner: a request that was sent and broke at once may not even have begun its work.
const PAUSE: Duration = Duration::from_millis(500);
/// When not everything that was sent has been stored, the upload stands once its offset has not moved for this long:
/// what was on its way has been put away. (A client that comes back sooner takes over from an earlier request at work.)
const STANDS: Duration = Duration::from_secs(3);

/// How a line breaks.
#[derive(Clone, Copy, Debug)]
enum Break {
    /// The client hangs up in order.
    Closed,
    /// The connection is reset; what the kernel still held is lost.
    Reset,
    /// Nothing comes any more, and nobody is told; the client comes back on another line.
    Silent,
}

/// The figures of broken uploads.
///
/// # Errors
/// When what is stored differs from what was sent, or more than one part had to be sent again.
pub fn upload(root: &Path) -> Result<()> {
    let program = Program::start(root, "upload", 0)?;
    let author = program.with_ticket(AUTHOR)?;
    let film = film(&author)?;
    let seed = match std::env::var("TABLICA_BENCH_SEED") {
        Ok(seed) => seed.parse().context("TABLICA_BENCH_SEED is no number")?,
        Err(_) => UNIX_EPOCH.elapsed().map_err(|_| anyhow::anyhow!("the clock is before 1970"))?.as_secs(),
    };
    heading(&format!("an upload of {SIZE} bytes broken at a random byte, {TIMES} times"));
    println!("seed {seed} (TABLICA_BENCH_SEED={seed} breaks at the same bytes)");
    let mut random = Random(seed);
    let whole: Vec<u8> = (0..SIZE.div_ceil(8)).flat_map(|_| random.next().to_le_bytes()).take(SIZE).collect();
    let hash = Sha256::digest(&whole);
    let begun = Instant::now();
    let mut again = Vec::new();
    for time in 0..TIMES {
        process::stop_if_asked()?;
        let cut = 1 + usize::try_from(random.next() % (SIZE as u64 - 1))?;
        let how = [Break::Closed, Break::Reset, Break::Silent][time as usize % 3];
        let (place, sent_again) = one(&author, &film, &whole, cut, how)
            .with_context(|| format!("number {time}, broken ({how:?}) at byte {cut}"))?;
        ensure!(
            sent_again <= PART_BYTES,
            "number {time}, broken ({how:?}) at byte {cut}: {sent_again} bytes had to be sent again, more than a part"
        );
        let stored = stored(&program.objects(), &place)?;
        let bytes = fs::read(&stored).with_context(|| format!("reading {}", stored.display()))?;
        ensure!(
            Sha256::digest(&bytes) == hash,
            "number {time}, broken ({how:?}) at byte {cut}: the stored bytes differ from those sent"
        );
        fs::remove_file(&stored)?;
        again.push((how, sent_again));
        // The waiting job goes, so that the film takes another upload.
        author.json("POST", &format!("/api/v1/films/{film}/cancel"), &Value::Null)?;
    }
    figure(
        "uploads whose stored SHA-256 is that of the source",
        &again.len().to_string(),
        &TIMES.to_string(),
    );
    for (what, kind) in [("the client hung up", 0), ("the line was reset", 1), ("the line fell silent", 2)] {
        let of_kind = |one: &&(Break, usize)| one.0 as usize == kind;
        let bytes: Vec<usize> = again.iter().filter(of_kind).map(|one| one.1).collect();
        let most = bytes.iter().max().copied().unwrap_or(0);
        let mean = bytes.iter().sum::<usize>() / bytes.len().max(1);
        figure(&format!("sent again after {what}, at most, bytes"), &most.to_string(), "8388608");
        figure("    on average, bytes", &mean.to_string(), "");
    }
    figure("all together, s", &format!("{:.0}", begun.elapsed().as_secs_f64()), "");
    Ok(())
}

/// A film of a unit of a course of its own.
///
/// # Errors
/// When something is refused.
pub fn film(author: &Client) -> Result<String> {
    let slug = "pomiar-wysylania";
    let course = json!({ "title": "Pomiar wysyłania", "slug": slug });
    author.json("POST", "/api/v1/courses", &course)?;
    let section =
        author.json("POST", &format!("/api/v1/courses/{slug}/sections"), &json!({ "title": "Część" }))?;
    let unit = json!({ "section": section["id"], "title": "Film" });
    let unit = author.json("POST", &format!("/api/v1/courses/{slug}/units"), &unit)?;
    let unit = unit["id"].as_str().context("the unit has no id")?;
    let film = author.json("POST", &format!("/api/v1/courses/{slug}/units/{unit}/film"), &Value::Null)?;
    film["id"].as_str().map(str::to_owned).context("the film has no id")
}

/// One upload, broken once; answers its place and how many bytes were sent twice.
fn one(author: &Client, film: &str, whole: &[u8], cut: usize, how: Break) -> Result<(String, usize)> {
    let announced = whole.len().to_string();
    let place = begin(author, film, whole.len())?;
    let mut line = patch(author, &place, 0, whole.len())?;
    line.write_all(&whole[..cut])?;
    let held = match how {
        Break::Closed => None,
        Break::Reset => {
            rustix::net::sockopt::set_socket_linger(&line, Some(Duration::ZERO))?;
            None
        }
        Break::Silent => Some(line.try_clone()?),
    };
    drop(line);
    thread::sleep(PAUSE);
    // Of a line that fell silent the server keeps whole parts; it cannot know that the rest is all there is.
    let most = if matches!(how, Break::Silent) { cut / PART_BYTES * PART_BYTES } else { cut };
    let stands = settled(author, &place, most)?;
    ensure!(stands <= cut, "the server says it has {stands} bytes of {cut}");
    let mut line = patch(author, &place, stands, whole.len() - stands)?;
    line.write_all(&whole[stands..])?;
    let answer = http::read_answer(&mut line, false)?.good()?;
    ensure!(answer.header("upload-offset") == Some(announced.as_str()), "the upload did not end");
    drop(held);
    Ok((place, cut - stands))
}

/// Says the version of the protocol.
pub const TUS: (&str, &str) = ("tus-resumable", "1.0.0");

/// Begins an upload of so many bytes for a film; answers its place.
///
/// # Errors
/// When it is refused.
pub fn begin(author: &Client, film: &str, size: usize) -> Result<String> {
    let announced = size.to_string();
    let metadata = format!("film {}", base64(film.as_bytes()));
    let headers = [("upload-length", announced.as_str()), ("upload-metadata", &metadata), TUS];
    let answer = author.send("POST", "/api/tus", &headers, b"")?.good()?;
    let place = answer.header("location").context("the upload has no place")?.to_owned();
    Ok(place.strip_prefix(&author.address()).unwrap_or(&place).to_owned())
}

/// The request that carries `length` bytes of an upload from `offset` on; its body is left to the caller.
///
/// # Errors
/// When there is no connection.
pub fn patch(author: &Client, place: &str, offset: usize, length: usize) -> Result<TcpStream> {
    let offset = offset.to_string();
    let kind = ("content-type", "application/offset+octet-stream");
    author.begin("PATCH", place, &[TUS, kind, ("upload-offset", &offset)], length)
}

/// Where the upload stands, once that no longer moves or is `most`.
fn settled(author: &Client, place: &str, most: usize) -> Result<usize> {
    let begun = Instant::now();
    let (mut last, mut since) = (usize::MAX, Instant::now());
    loop {
        let answer = author.send("HEAD", place, &[TUS], b"")?.good()?;
        let offset = answer.header("upload-offset").and_then(|offset| offset.parse().ok());
        let offset = offset.context("the server does not say where the upload stands")?;
        if offset != last {
            (last, since) = (offset, Instant::now());
        }
        if offset >= most || since.elapsed() > STANDS {
            return Ok(offset);
        }
        if begun.elapsed() > Duration::from_secs(60) {
            bail!("the upload did not come to rest");
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// The file in which the embedded store keeps the source of an upload.
fn stored(objects: &Path, place: &str) -> Result<PathBuf> {
    let id = place.rsplit('/').next().unwrap_or_default();
    let wanted = format!("source-{id}");
    let mut folders = vec![objects.join("films")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name == wanted.as_str()) {
                return Ok(path);
            }
        }
    }
    bail!("the store has no {wanted}")
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, and the same everywhere for the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// RFC 4648 §4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let at = |index: usize| u32::from(three.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Random, base64};

    #[test]
    fn base64_pads_and_the_random_numbers_are_those_published() {
        assert_eq!(
            [base64(b"f"), base64(b"fo"), base64(b"foo"), base64(b"foob")],
            ["Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]
        );
        assert_eq!(Random(1_234_567).next(), 6_457_827_717_110_365_317);
    }
}

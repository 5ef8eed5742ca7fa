//! Sources that are no films, films that mean harm, and parents that change their mind.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use video::wire::Reason;

use crate::measure::{Desk, beep, ffmpeg, transcode, transcode_with};
use crate::parent::{Habits, Run};

/// It failed for this reason, and handed nothing over.
fn refused(run: &Run, reason: Reason) {
    assert_eq!(run.reason(), Some(reason), "{:?}", run.end);
    assert_eq!(run.exit_code, Some(1));
    assert!(run.made.is_empty() && run.plain.is_empty() && run.poster.is_empty());
}

#[test]
fn what_is_no_film_is_called_by_its_name() {
    let desk = Desk::new();
    refused(&transcode(&desk.write("zero.mp4", b"")), Reason::Empty);
    refused(
        &transcode(&desk.write("text.mp4", "Zażółć gęślą jaźń\n".repeat(99).as_bytes())),
        Reason::NotAFilm,
    );
    refused(&transcode(&desk.write("zip.mp4", b"PK\x03\x04 and so on")), Reason::NotAFilm);
    let sound = desk.make("sound.m4a", &format!("{} -c:a aac", beep(3)));
    refused(&transcode(&sound), Reason::NoPicture);
    let tagged = desk.make("sound.mp3", &format!("{} -c:a libmp3lame", beep(3)));
    refused(&transcode(&tagged), Reason::NoPicture);
}

#[test]
fn a_film_without_its_index_is_broken() {
    let desk = Desk::new();
    let coded = "-f lavfi -i testsrc2=s=320x240:r=25:d=4 -c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    let whole = std::fs::read(desk.make("whole.mp4", coded)).unwrap();
    refused(&transcode(&desk.write("cut.mp4", &whole[..whole.len() / 2])), Reason::Broken);
    let noise: Vec<u8> = (0..60_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let junk = [b"\0\0\0\x18ftypisom\0\0\0\0isommp42".as_slice(), &noise].concat();
    refused(&transcode(&desk.write("junk.mp4", &junk)), Reason::Broken);
}

/// A server of this machine that gives everybody these bytes, and the first line of each request that it heard.
fn giving(bytes: Vec<u8>) -> (SocketAddr, Receiver<String>) {
    let door = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = door.local_addr().unwrap();
    let (heard, asked) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in door.incoming() {
            let mut stream = stream.unwrap();
            let mut head = [0; 4096];
            let length = stream.read(&mut head).unwrap_or(0);
            let first = String::from_utf8_lossy(&head[..length]).lines().next().unwrap_or("").to_owned();
            // The test may have ended, or the other side gone.
            let _told = heard.send(first);
            let answer =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", bytes.len());
            let _given = stream.write_all(&[answer.as_bytes(), &bytes].concat());
        }
    });
    (address, asked)
}

#[test]
fn playlists_reach_neither_files_nor_the_network() {
    let desk = Desk::new();
    let secret = desk.make("secret.ts", "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v mpeg2video");
    let canary = TcpListener::bind("127.0.0.1:0").unwrap();
    canary.set_nonblocking(true).unwrap();
    let file = format!("file://{}", secret.to_str().unwrap());
    let net = format!("http://{}/secret.ts", canary.local_addr().unwrap());
    let hls = |entry: &str| {
        format!("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{entry}\n#EXT-X-ENDLIST\n")
    };
    // The danger is real: the ffmpeg program follows such a file out of the upload.
    let leaking = desk.write("leaking.mp4", hls(&file).as_bytes());
    ffmpeg(&format!("-v error -xerror -i {} -f null -", leaking.to_str().unwrap()), None);
    // And into the net, where the protocol is let, as it is for whatever was itself fetched from an address.
    let (address, asked) = giving(std::fs::read(&secret).unwrap());
    let leaking = desk.write("leaking-net.mp4", hls(&format!("http://{address}/secret.ts")).as_bytes());
    let let_go = "-protocol_whitelist file,crypto,data,http,tcp";
    ffmpeg(&format!("-v error -xerror {let_go} -i {} -f null -", leaking.to_str().unwrap()), None);
    assert_eq!(asked.try_recv().as_deref(), Ok("GET /secret.ts HTTP/1.1"));
    refused(&transcode(&leaking), Reason::NotAFilm);
    assert!(asked.try_recv().is_err(), "our program asked the address that the file names");
    for entry in [&file, &net] {
        let dash = format!(
            "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" \
             mediaPresentationDuration=\"PT2S\"><Period><AdaptationSet mimeType=\"video/mp2t\">\
             <Representation id=\"a\" bandwidth=\"1\"><BaseURL>{entry}</BaseURL></Representation>\
             </AdaptationSet></Period></MPD>"
        );
        let concat = format!("ffconcat version 1.0\nfile '{}'\n", entry.trim_start_matches("file://"));
        for (name, text) in [("hls", hls(entry)), ("dash", dash), ("concat", concat)] {
            for ending in ["mp4", "avi", "mkv"] {
                let run = transcode(&desk.write(&format!("{name}.{ending}"), text.as_bytes()));
                refused(&run, Reason::NotAFilm);
            }
            // The same behind the first bytes of a film.
            for (first, ending) in
                [(&b"\0\0\0\x10ftypisom\0\0\0\0"[..], "mp4"), (b"RIFF\xff\xff\0\0AVI ", "avi")]
            {
                let hidden = [first, text.as_bytes()].concat();
                let run = transcode(&desk.write(&format!("hidden-{name}.{ending}"), &hidden));
                assert!(matches!(run.reason(), Some(Reason::Broken | Reason::NoPicture)), "{:?}", run.end);
                assert!(run.made.is_empty());
            }
        }
    }
    assert_eq!(canary.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "somebody connected");
}

#[test]
fn a_picture_bomb_is_refused_in_little_memory() {
    let desk = Desk::new();
    let honest = desk.make("bomb.mov", "-f lavfi -i color=gray:s=16000x16000:r=1:d=1 -c:v png -pix_fmt gray");
    let run = transcode(&honest);
    refused(&run, Reason::TooLarge);
    assert!(run.peak_rss_kb < 150_000, "{} kB", run.peak_rss_kb);
    let size = |width: u16, height: u16| [width.to_be_bytes(), height.to_be_bytes()].concat();
    // 16384×16384, which libav's own encoder would not write.
    let larger = replaced(&std::fs::read(honest).unwrap(), &size(16_000, 16_000), &size(16_384, 16_384));
    refused(&transcode(&desk.write("larger.mov", &larger)), Reason::TooLarge);
    // The header says 320×240, the pictures are bombs.
    let jpeg = desk.make("jpeg.mov", "-f lavfi -i color=gray:s=16000x16000:r=1:d=1 -c:v mjpeg -q:v 31");
    let liar = replaced(&std::fs::read(jpeg).unwrap(), &size(16_000, 16_000), &size(320, 240));
    let run = transcode(&desk.write("liar.mov", &liar));
    assert!(matches!(run.reason(), Some(Reason::Broken | Reason::TooLarge)), "{:?}", run.end);
    assert!(run.made.is_empty() && run.peak_rss_kb < 200_000, "{} kB", run.peak_rss_kb);
}

/// With every place outside the media data changed; the sample description is what counts.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let description = bytes.windows(4).position(|name| name == b"stsd").unwrap();
    let at = description + bytes[description..].windows(from.len()).position(|here| here == from).unwrap();
    bytes[at..at + to.len()].copy_from_slice(to);
    bytes
}

#[test]
fn the_limits_of_the_order_are_kept() {
    let desk = Desk::new();
    let film = desk.film("film.mp4", "1280x720", 25, 12, &beep(12));
    let with = |adjust: fn(&mut video::wire::Order)| transcode_with(&film, &Habits::default(), adjust);
    refused(&with(|order| order.max_length_ms = 11_000), Reason::TooLong);
    refused(&with(|order| order.max_pixels = 900_000), Reason::TooLarge);
    let run = with(|order| order.cpu_seconds = 1);
    assert_eq!(run.reason(), Some(Reason::TimedOut), "{:?}", run.end);
    let run = with(|order| order.memory_bytes = 350 << 20);
    assert_eq!(run.reason(), Some(Reason::OutOfMemory), "{:?}", run.end);
    assert!(run.peak_address_kb <= 350 << 10);
}

#[test]
fn a_stop_is_obeyed_at_once_and_so_is_the_end_of_the_parent() {
    let desk = Desk::new();
    // Twenty minutes, which would take far longer than what a busy machine is given below.
    let part = desk.make(
        "part.mp4",
        &format!(
            "-f lavfi -i testsrc2=s=640x360:r=25:d=12 {} -c:v libx264 -preset ultrafast -crf 45 -pix_fmt yuv420p -c:a aac",
            beep(12)
        ),
    );
    let film =
        desk.make("film.mp4", &format!("-stream_loop 99 -i {} -c copy -t 1200", part.to_str().unwrap()));
    let run = transcode_with(&film, &Habits { cancels_at_first_segment: true, ..Habits::default() }, |_| {});
    assert_eq!(run.reason(), Some(Reason::Cancelled), "{:?}", run.end);
    let soon = Duration::from_secs(20);
    assert!(run.stopped_after.is_some_and(|time| time < soon), "{:?}", run.stopped_after);
    let run = transcode_with(&film, &Habits { vanishes_at_first_segment: true, ..Habits::default() }, |_| {});
    assert!(run.stopped_after.is_some_and(|time| time < soon), "{:?}", run.stopped_after);
}

#[test]
fn a_store_that_fails_is_not_taken_for_the_end_of_the_film() {
    let desk = Desk::new();
    let film = desk.film("film.mp4", "1280x720", 25, 6, "");
    for kept in [1 << 20, 3 << 20] {
        let habits = Habits { loses_all_after: Some(kept), ..Habits::default() };
        let run = transcode_with(&film, &habits, |_| {});
        assert_eq!(run.reason(), Some(Reason::Internal), "{kept}: {:?}", run.end);
    }
}

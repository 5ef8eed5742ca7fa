//! What people upload: files that are no films, files that mean harm, and films as phones and cameras really write them.
//! Each goes the whole way: tus, the worker, the transcoding program; then the teacher's page or the learner's playlists.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use words::{Language, player};

use super::films::{Stage, named, stage};
use crate::harness::{film, film_with};

impl Stage {
    /// What the teacher's page says of the film.
    async fn page(&self) -> String {
        let mut tx = self.app.ground.db.begin(&self.ada.actor).await.unwrap();
        let outline = courses::outline::draft(&mut tx, &self.course).await.unwrap();
        drop(tx);
        let place = format!("/teaching/{}/units/{}/film", self.course.slug(), outline[0].units[0].id);
        self.ada.client.get(&place).await.assert(200).text
    }

    /// Sends what cannot become a film and finds the sentence that says why on the teacher's page.
    async fn refuses(&self, name: &str, bytes: Vec<u8>, sentences: &[&str]) {
        self.upload_bytes(bytes).await;
        self.wait_for("failed").await;
        let page = self.page().await;
        assert!(
            sentences.iter().any(|sentence| page.contains(sentence)),
            "{name}: {:?}; none of {sentences:?} is on the page",
            self.reason().await
        );
        assert!(page.contains("/film/retry"), "{name}: the page offers no second try");
        self.ada.client.get(&format!("/films/{}/plain.mp4", self.film)).await.assert(404);
    }

    /// Sends a film, waits for it, and puts each rendition together from its segments as a player would.
    pub async fn renditions(&self, source: &Path) -> Vec<Rendition> {
        self.upload(source).await;
        self.wait_for("ready").await;
        self.wait_for_the_new_one().await;
        let client = &self.ada.client;
        let at = self.enter(client).await;
        let master = client.get(&at).await.assert(200).text;
        let mut renditions = Vec::new();
        for list_at in named(&at, &master) {
            let list = client.get(&list_at).await.assert(200).has("#EXT-X-ENDLIST").text;
            let (mut pieces, seconds) = (named(&list_at, &list), seconds(&list));
            // The map is named last and comes first.
            let map = pieces.pop().unwrap();
            pieces.insert(0, map);
            let mut bytes = Vec::new();
            for piece in pieces {
                let answer = client.request(reqwest::Method::GET, &piece).send().await.unwrap();
                assert_eq!(answer.status(), 200, "{piece}");
                bytes.extend_from_slice(&answer.bytes().await.unwrap());
            }
            let name =
                list_at.rsplit('/').nth(1).unwrap_or("").to_owned() + list_at.rsplit('/').next().unwrap();
            let path = self.app.folder.path().join(format!("{name}-made.mp4"));
            std::fs::write(&path, bytes).unwrap();
            renditions.push(Rendition { stream: probed(&path), seconds });
        }
        assert!(!renditions.is_empty());
        renditions
    }
}

/// A rendition as it was played: what `ffprobe` says of its one track, and the seconds that its playlist promises.
pub struct Rendition {
    stream: Value,
    pub seconds: f64,
}

impl Rendition {
    fn is(&self, kind: &str) -> bool {
        self.stream["codec_type"] == kind
    }

    fn size(&self) -> (u64, u64) {
        (self.stream["width"].as_u64().unwrap(), self.stream["height"].as_u64().unwrap())
    }
}

fn seconds(playlist: &str) -> f64 {
    let lengths = playlist.lines().filter_map(|line| line.strip_prefix("#EXTINF:"));
    lengths.map(|length| length.trim_end_matches(',').parse::<f64>().unwrap()).sum()
}

/// What `ffprobe` says of the one track, after every picture of it was decoded without a word of complaint.
fn probed(path: &Path) -> Value {
    let decoded = Command::new("ffmpeg")
        .args(["-v", "error", "-xerror", "-i"])
        .arg(path)
        .args(["-f", "null", "-"])
        .output()
        .expect("ffmpeg is installed");
    let said = String::from_utf8_lossy(&decoded.stderr).into_owned();
    assert!(decoded.status.success() && said.is_empty(), "{}: {said}", path.display());
    let probe = Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-show_streams", "-of", "json"])
        .arg(path)
        .output()
        .expect("ffprobe is installed");
    let said: Value = serde_json::from_slice(&probe.stdout).unwrap();
    assert_eq!(said["streams"].as_array().unwrap().len(), 1, "{said}");
    said["streams"][0].clone()
}

/// A grey PNG of so many pixels a side, in a megabyte.
fn bomb(side: u16) -> Vec<u8> {
    let script = format!(
        "import struct,sys,zlib\n\
         def c(k,d): return struct.pack('>I',len(d))+k+d+struct.pack('>I',zlib.crc32(k+d))\n\
         z=zlib.compressobj(1); rows=b''.join(z.compress(bytes({side}+1)) for _ in range({side}))+z.flush()\n\
         head=struct.pack('>IIBBBBB',{side},{side},8,0,0,0,0)\n\
         o=sys.stdout.buffer; o.write(bytes([137])+b'PNG\\r\\n'+bytes([26])+b'\\n')\n\
         o.write(c(b'IHDR',head)+c(b'IDAT',rows)+c(b'IEND',b''))"
    );
    let made = Command::new("python3").args(["-c", &script]).output().expect("python3 is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert!(made.stdout.starts_with(b"\x89PNG\r\n\x1a\n"));
    made.stdout
}

fn pictures(size: &str, more: &str) -> Vec<String> {
    let source = format!("testsrc2=size={size}:rate=25:duration=4");
    let coded = "-c:v libx264 -preset ultrafast";
    ["-f", "lavfi", "-i", &source]
        .into_iter()
        .chain(coded.split(' '))
        .chain(more.split_whitespace())
        .map(str::to_owned)
        .collect()
}

fn made(stage: &Stage, name: &str, arguments: &[String]) -> PathBuf {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    film_with(stage.app.folder.path(), name, &arguments)
}

#[tokio::test]
async fn what_is_no_film_says_so_on_the_teacher_s_page_in_a_clear_sentence() {
    let stage = stage().await;
    let folder = stage.app.folder.path().to_owned();
    let pl = Language::Pl;
    let (not, broken) = (player::reason_not_a_film(pl), player::reason_broken(pl));
    let (silent, large) = (player::reason_no_picture(pl), player::reason_too_large(pl));
    stage.refuses("wykład.mp4 (tekst)", "To nie jest film.\n".repeat(500).into_bytes(), &[not]).await;
    let sound = film_with(&folder, "sound.m4a", &["-f", "lavfi", "-i", "sine=duration=2", "-c:a", "aac"]);
    stage.refuses("sam dźwięk", std::fs::read(sound).unwrap(), &[silent]).await;
    // The index of an MP4 stands at its end; without it nothing can be read.
    let whole = std::fs::read(film(&folder, 3)).unwrap();
    stage.refuses("ucięty.mp4", whole[..whole.len() / 2].to_vec(), &[broken]).await;
    let mut junk = whole[..40].to_vec();
    junk.extend((0..60_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8));
    stage.refuses("szum.mp4", junk, &[broken, not]).await;
    // Pictures that would need hundreds of megabytes of memory once they are unpacked.
    stage.refuses("16384.png", bomb(16_384), &[not, large]).await;
    // The same as the only picture of a film. FFmpeg itself writes no more than 16,000, so the size is written over.
    std::fs::write(folder.join("16000.png"), bomb(16_000)).unwrap();
    let png = folder.join("16000.png");
    let wrapped = film_with(&folder, "16000.mov", &["-i", png.to_str().unwrap(), "-c", "copy"]);
    let mut wrapped = std::fs::read(wrapped).unwrap();
    stage.refuses("16000.mov", wrapped.clone(), &[large]).await;
    let described = wrapped.windows(4).position(|name| name == b"stsd").unwrap();
    let side = |side: u16| [side.to_be_bytes(), side.to_be_bytes()].concat();
    let at = described + wrapped[described..].windows(4).position(|here| here == side(16_000)).unwrap();
    wrapped[at..at + 4].copy_from_slice(&side(16_384));
    stage.refuses("16384.mov", wrapped, &[large]).await;
    stage.app.end().await;
}

#[tokio::test]
async fn nothing_at_all_is_refused_before_it_is_taken() {
    let stage = stage().await;
    let client = &stage.ada.client;
    let metadata = {
        use base64::Engine as _;
        format!("film {}", base64::engine::general_purpose::STANDARD.encode(stage.film.to_string()))
    };
    let request = client.request(reqwest::Method::POST, "/api/tus").header("tus-resumable", "1.0.0");
    let request = request.header("upload-length", 0).header("upload-metadata", metadata);
    client.send(request).await.assert(413);
    // The form of those without script.
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, &stage.course).await.unwrap()[0].units[0].id;
    drop(tx);
    let part = reqwest::multipart::Part::bytes(Vec::new()).file_name("pusty.mp4");
    let place = format!("/teaching/{}/units/{unit}/film/plain", stage.course.slug());
    let form = reqwest::multipart::Form::new().part("file", part);
    let page = client.send(client.request(reqwest::Method::POST, &place).multipart(form)).await;
    page.assert(422).has("<h1>").has("Błąd");
    assert_eq!(stage.state().await["state"], "uploading");
    stage.app.end().await;
}

#[tokio::test]
async fn lists_of_other_files_reach_neither_the_disk_nor_the_net() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let canary = listener.local_addr().unwrap();
    let touched = Arc::new(AtomicBool::new(false));
    let seen = touched.clone();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            seen.store(true, Ordering::SeqCst);
        }
    });
    let stage = stage().await;
    let folder = stage.app.folder.path().to_owned();
    // A real film, so that whoever follows the entry would get something to show.
    let secret = film_with(
        &folder,
        "secret.ts",
        &["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=2", "-c:v", "mpeg2video"],
    );
    let not = [player::reason_not_a_film(Language::Pl)];
    let behind = [not[0], player::reason_broken(Language::Pl), player::reason_no_picture(Language::Pl)];
    for entry in [format!("file://{}", secret.display()), format!("http://{canary}/secret.ts")] {
        let hls = format!(
            "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{entry}\n#EXT-X-ENDLIST\n"
        );
        let dash = format!(
            "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" \
             mediaPresentationDuration=\"PT2S\"><Period><AdaptationSet mimeType=\"video/mp2t\">\
             <Representation id=\"a\" bandwidth=\"1\"><BaseURL>{entry}</BaseURL></Representation></AdaptationSet></Period></MPD>"
        );
        let concat = format!("ffconcat version 1.0\nfile '{}'\n", entry.trim_start_matches("file://"));
        for (name, text) in [("hls", hls), ("dash", dash), ("concat", concat)] {
            stage.refuses(&format!("{name}.mp4 {entry}"), text.clone().into_bytes(), &not).await;
            let avi = [&b"RIFF\xff\xff\0\0AVI "[..], text.as_bytes()].concat();
            stage.refuses(&format!("{name}.avi {entry}"), avi, &behind).await;
        }
    }
    // Nothing was made, of the secret or of anything else.
    let kept = stage.app.ground.blobs.list("films/").await.unwrap();
    assert!(kept.iter().all(|key| key.contains("source-")), "{kept:?}");
    assert!(!touched.load(Ordering::SeqCst), "the canary server was asked");
    stage.app.end().await;
}

#[tokio::test]
async fn a_film_as_a_phone_writes_it_stands_upright_and_has_even_sides() {
    let stage = stage().await;
    let flat = made(&stage, "flat.mp4", &pictures("640x360", "-pix_fmt yuv420p"));
    let turned = film_with(
        stage.app.folder.path(),
        "turned.mp4",
        &["-i", flat.to_str().unwrap(), "-c", "copy", "-metadata:s:v", "rotate=90"],
    );
    for rendition in stage.renditions(&turned).await {
        let (width, height) = rendition.size();
        assert!(width < height && width % 2 == 0 && height % 2 == 0, "{width}×{height}");
        assert!(
            rendition.stream["side_data_list"].is_null(),
            "it is still to be turned: {}",
            rendition.stream
        );
        assert!((rendition.seconds - 4.0).abs() < 0.1);
    }
    let state = stage.ada.client.get(&format!("/films/{}/poster.jpg", stage.film)).await;
    state.assert(200);
    // Odd sides, and no sound at all.
    let odd = made(&stage, "odd.mp4", &pictures("427x241", "-pix_fmt yuv444p"));
    let renditions = stage.renditions(&odd).await;
    assert!(renditions.iter().all(|rendition| rendition.is("video")), "sound out of nowhere");
    for rendition in renditions {
        let (width, height) = rendition.size();
        assert!(width % 2 == 0 && height % 2 == 0 && (424..=428).contains(&width), "{width}×{height}");
        assert_eq!(rendition.stream["pix_fmt"], "yuv420p");
    }
    stage.app.end().await;
}

#[tokio::test]
async fn ten_bits_and_uneven_times_become_what_every_screen_plays() {
    let stage = stage().await;
    let ten = made(&stage, "ten.mp4", &pictures("426x240", "-pix_fmt yuv420p10le"));
    for rendition in stage.renditions(&ten).await {
        assert_eq!((rendition.stream["pix_fmt"].as_str(), rendition.stream["codec_name"].as_str()), {
            (Some("yuv420p"), Some("h264"))
        });
    }
    let uneven = film_with(
        stage.app.folder.path(),
        "uneven.mp4",
        &[
            "-f",
            "lavfi",
            "-i",
            "testsrc2=s=426x240:r=60:d=6,select='not(mod(n,3))+gt(mod(n*7,11),6)'",
            "-f",
            "lavfi",
            "-i",
            "sine=440:r=48000:d=6",
            "-vsync",
            "vfr",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "aac",
        ],
    );
    let renditions = stage.renditions(&uneven).await;
    assert!(renditions.iter().any(|rendition| rendition.is("audio")));
    for rendition in renditions {
        assert!((rendition.seconds - 6.0).abs() < 0.1, "{} s", rendition.seconds);
        if rendition.is("video") {
            let rate = rendition.stream["r_frame_rate"].as_str().unwrap();
            let (over, under) = rate.split_once('/').unwrap();
            let rate = over.parse::<f64>().unwrap() / under.parse::<f64>().unwrap();
            let frames: f64 = rendition.stream["nb_read_frames"].as_str().unwrap().parse().unwrap();
            assert!((frames / rate - 6.0).abs() < 0.1, "{frames} pictures at {rate}");
        }
    }
    // The end is missing but the index is there: what there is becomes a film, and the page says that it is not all.
    let whole = pictures("426x240", "-pix_fmt yuv420p -movflags +faststart");
    let whole = std::fs::read(made(&stage, "whole.mp4", &whole)).unwrap();
    let cut = stage.app.folder.path().join("cut.mp4");
    std::fs::write(&cut, &whole[..whole.len() * 6 / 10]).unwrap();
    let renditions = stage.renditions(&cut).await;
    assert!(renditions.iter().all(|rendition| (1.0..3.9).contains(&rendition.seconds)));
    let page = stage.page().await;
    let warning = words::courses::film_warning(Language::Pl);
    assert!(page.contains(warning), "{warning} is not on the page");
    // What else is done with a film that is there is a link away.
    for act in ["poster", "trim"] {
        assert!(page.contains(&format!("href=\"/studio/{}/{act}\"", stage.film)), "{act}");
    }
    stage.app.end().await;
}

//! What a playlist tells players of a film, against the bytes that they fetch; and what teachers are told of its sounds.

use crate::harness::{Client, film_of, film_with, owner};
use crate::http::films::{named, stage};

/// The value of an attribute (RFC 8216 §4.2) in a line of a playlist.
fn attribute<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let rest = [":", ","].iter().find_map(|before| line.split_once(&format!("{before}{name}=")))?.1;
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split(',').next(),
    }
}

/// Highest and mean bits a second of the segments of a playlist, by their bytes and by the lengths that it states.
async fn weighed(client: &Client, list_at: &str) -> (f64, f64) {
    let list = client.get(list_at).await.assert(200).has("#EXT-X-INDEPENDENT-SEGMENTS").text;
    let lengths = list.lines().filter_map(|line| line.strip_prefix("#EXTINF:"));
    let lengths: Vec<f64> = lengths.map(|line| line.trim_end_matches(',').parse().unwrap()).collect();
    let segments: Vec<String> =
        named(list_at, &list).into_iter().filter(|place| place.ends_with(".m4s")).collect();
    assert!(segments.len() == lengths.len() && lengths.len() > 1, "{list}");
    let (mut highest, mut bits) = (0_f64, 0.0);
    for (segment, seconds) in segments.iter().zip(&lengths) {
        let bytes: f64 = client.get(segment).await.assert(200).header("content-length").parse().unwrap();
        highest = highest.max(bytes * 8.0 / seconds);
        bits += bytes * 8.0;
    }
    (highest, bits / lengths.iter().sum::<f64>())
}

/// Whether a stated number is the measured one; lengths are stated in whole milliseconds, hence not to the bit.
#[track_caller]
fn tells(line: &str, name: &str, measured: f64) {
    let stated: f64 = attribute(line, name).unwrap_or_else(|| panic!("no {name}: {line}")).parse().unwrap();
    assert!((stated - measured).abs() <= measured / 500.0 + 8.0, "{measured} were measured: {line}");
}

#[tokio::test]
async fn a_master_playlist_tells_what_its_segments_weigh() {
    let stage = stage().await;
    stage.upload(&film_of(stage.app.folder.path(), "640x360", 16)).await;
    stage.wait_for("ready").await;
    let client = &stage.ada.client;
    let master_at = stage.enter(client).await;
    let master = client.get(&master_at).await.assert(200).has("#EXT-X-INDEPENDENT-SEGMENTS").text;
    let folder = master_at.rsplit_once('/').unwrap().0;
    let sound = weighed(client, &format!("{folder}/audio.m3u8")).await;
    let mut names = Vec::new();
    let lines: Vec<&str> = master.lines().collect();
    for pair in lines.windows(2).filter(|pair| pair[0].starts_with("#EXT-X-STREAM-INF")) {
        let (line, list) = (pair[0], pair[1]);
        let own = weighed(client, &format!("{folder}/{list}")).await;
        // A picture is played together with the sound that its group names.
        let is_sound = list == "audio.m3u8";
        let (highest, mean) = if is_sound { own } else { (own.0 + sound.0, own.1 + sound.1) };
        tells(line, "BANDWIDTH", highest);
        tells(line, "AVERAGE-BANDWIDTH", mean);
        let rate = attribute(line, "FRAME-RATE");
        assert_eq!(rate, (!is_sound).then_some("25.000"), "{line}");
        names.push(list);
    }
    assert_eq!(names, ["240p.m3u8", "360p.m3u8", "audio.m3u8"]);
    stage.app.end().await;
}

#[test]
fn attributes_are_told_apart() {
    let line = "#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=5,BANDWIDTH=9,CODECS=\"a,b\",FRAME-RATE=25.000";
    assert_eq!((attribute(line, "BANDWIDTH"), attribute(line, "AVERAGE-BANDWIDTH")), (Some("9"), Some("5")));
    assert_eq!((attribute(line, "CODECS"), attribute(line, "RATE")), (Some("a,b"), None));
}

#[tokio::test]
async fn a_film_of_several_sounds_tells_which_was_taken() {
    let stage = stage().await;
    let (picture, silence) = ("testsrc2=size=320x180:rate=25:duration=4", "anullsrc=r=48000:cl=stereo");
    let mut arguments = vec!["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", silence];
    arguments.extend(["-f", "lavfi", "-i", "sine=frequency=440:duration=4", "-map", "0", "-map", "1"]);
    arguments.extend(["-map", "2", "-map", "1", "-t", "4", "-c:v", "libx264", "-preset", "ultrafast"]);
    arguments.extend(["-pix_fmt", "yuv420p", "-c:a", "aac", "-disposition:a:0", "default+visual_impaired"]);
    arguments.extend([
        "-disposition:a:1",
        "0",
        "-disposition:a:2",
        "comment",
        "-metadata:s:a:1",
        "language=pol",
    ]);
    stage.upload(&film_with(stage.app.folder.path(), "several.mkv", &arguments)).await;
    stage.wait_for("ready").await;
    let client = &stage.ada.client;
    let unit: uuid::Uuid = sqlx::query_scalar("select id from unit where film_id = $1")
        .bind(stage.film.0)
        .fetch_one(&mut owner(&stage.app).await)
        .await
        .unwrap();
    for page in [format!("/teaching/kurs-z-filmem/units/{unit}/film"), "/studio".to_owned()] {
        let page = client.get(&page).await.assert(200);
        let page = page.has("Plik ma jeszcze 2 ścieżki dźwiękowe. Użyto ścieżki nr 2 (pol)");
        page.has("audiodeskrypcję: możesz ją dodać jako film towarzyszący").lacks("częściowo uszkodzony");
    }
    // A sentence of before, about a damaged file, is told as it was.
    let old =
        "update film set warning = 'the source states 9000 ms and holds 4000 ms: it was cut' where id = $1";
    sqlx::query(old).bind(stage.film.0).execute(&mut owner(&stage.app).await).await.unwrap();
    client.get("/studio").await.assert(200).has("częściowo uszkodzony").lacks("Plik ma jeszcze");
    stage.app.end().await;
}

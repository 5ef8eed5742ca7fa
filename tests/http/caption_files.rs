//! Caption files as they come: in the letters of other programs, with markup that is none, too large, with times that cannot be.

use courses::enrolment::Target;
use reqwest::Method;
use reqwest::multipart::{Form, Part};

use crate::harness::{House, Page, TestApp};
use crate::http::films::{Stage, stage_in};

struct Desk {
    stage: Stage,
    unit: String,
}

async fn desk() -> Desk {
    let stage = stage_in(TestApp::start_with(|config| config.workers = 0).await).await;
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, &stage.course).await.unwrap()[0].units[0].id;
    drop(tx);
    Desk { stage, unit: format!("/teaching/kurs-z-filmem/units/{unit}") }
}

impl Desk {
    async fn attach(&self, bytes: Vec<u8>) -> Page {
        let part = Part::bytes(bytes).file_name("napisy.vtt");
        let form = Form::new().text("language", "pl").text("label", "").part("vtt", part);
        let client = &self.stage.ada.client;
        let request = client.request(Method::POST, &format!("{}/captions", self.unit));
        client.send(request.multipart(form)).await
    }

    /// The file as players get it.
    async fn played(&self) -> Page {
        let path = format!("/films/{}/captions/pl.vtt", self.stage.film);
        let page = self.stage.ada.client.get(&path).await.assert(200);
        assert!(page.header("content-type").starts_with("text/vtt"), "{:?}", page.headers);
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        page
    }

    /// The page on which a person checks them.
    async fn looked_at(&self) -> Page {
        self.stage.ada.client.get(&format!("{}/captions/pl", self.unit)).await.assert(200)
    }
}

fn cue(time: &str, text: &str) -> String {
    format!("WEBVTT\n\n{time}\n{text}\n")
}

#[tokio::test]
async fn letters_of_16_bits_in_both_orders_are_read_and_half_a_letter_is_refused() {
    let desk = desk().await;
    let wide = |text: &str, mark: [u8; 2], turn: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.into_iter().chain(text.encode_utf16().flat_map(turn)).collect()
    };
    for (number, (mark, turn)) in
        [([0xff, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]), ([0xfe, 0xff], u16::to_be_bytes)]
            .into_iter()
            .enumerate()
    {
        let text = cue("00:01.000 --> 00:03.000", &format!("Zażółć gęślą jaźń 🎓 {number}"));
        desk.attach(wide(&text, mark, turn)).await.assert(303);
        let page = desk.played().await.has(&format!("Zażółć gęślą jaźń 🎓 {number}\n"));
        assert!(page.text.starts_with("WEBVTT\n"), "no mark is left: {:?}", &page.text[..8]);
        // Half of a letter, half of a pair, the other order.
        let mut cut = wide(&text, mark, turn);
        cut.pop();
        desk.attach(cut).await.assert(422).has("Nie udało się rozpoznać liter");
        let mut lone = wide(&text, mark, turn);
        lone.extend(turn(0xd83c));
        desk.attach(lone).await.assert(422).has("Nie udało się rozpoznać liter");
        let mut turned = wide(&text, mark, turn);
        turned.swap(0, 1);
        desk.attach(turned).await.assert(422);
        desk.played().await.has(&format!("jaźń 🎓 {number}\n"));
    }
    // Letters of 8 bits with a mark, and times of a Windows program with its line ends.
    let marked = format!("\u{feff}{}", cue("00:01.000 --> 00:03.000", "Znacznik").replace('\n', "\r\n"));
    desk.attach(marked.into_bytes()).await.assert(303);
    desk.played().await.has("WEBVTT\n\n00:01.000 --> 00:03.000\nZnacznik\n").lacks("\r");
    desk.stage.app.end().await;
}

#[tokio::test]
async fn markup_in_cues_is_text_wherever_it_is_shown() {
    let desk = desk().await;
    let (stage, evil) = (&desk.stage, "<script>alert('canary')</script>");
    let lines = [
        evil,
        "<img src=x onerror=alert(1)>",
        "</textarea><svg onload=alert(2)>",
        "<b><i><u>Zwykły</u></i></b> &lt;script&gt;alert(3)&lt;/script&gt;",
        "<v \"><script>alert(4)</script>>Ada</v>",
    ];
    let cues: String = lines
        .iter()
        .enumerate()
        .map(|(at, line)| format!("00:0{at}.000 --> 00:0{at}.900\n{line}\n\n"))
        .collect();
    let head = "WEBVTT\n\nSTYLE\n::cue { background: url(https://example.org/x) }\n\nNOTE <script>alert(5)</script>\n\n";
    desk.attach(format!("{head}{cues}").into_bytes()).await.assert(303);
    let bad = ["<script>alert", "<img src=x", "<svg onload", "</textarea><svg"];
    let looked = desk.looked_at().await.has("znacznik, którego napisy nie znają");
    let house =
        House { app: &stage.app, id: stage.ada.actor.organisation().unwrap(), slug: "brzozow".to_owned() };
    let jan = house.learner("jan").await;
    let made = "update film set state = 'ready', length_ms = 9000 where id = $1";
    let mut owner = crate::harness::owner(&stage.app).await;
    sqlx::query(made).bind(stage.film.0).execute(&mut owner).await.unwrap();
    house.publish(&stage.ada, &stage.course, &[Target::Person(jan.id)]).await;
    let transcript = jan.client.get(&format!("/films/{}/transcript", stage.film)).await.assert(200);
    let transcript = transcript.has("Zwykły").has("&lt;script&gt;alert(3)");
    let lesson = jan.client.get("/courses/kurs-z-filmem/wyklad").await.assert(200);
    let search = jan.client.get("/search?q=alert").await.assert(200);
    for page in [&looked, &transcript, &lesson, &search] {
        for word in bad {
            assert!(!page.text.contains(word), "{word} stands in:\n{}", page.text);
        }
    }
    desk.stage.app.end().await;
}

#[tokio::test]
async fn what_is_far_too_large_is_refused_with_a_sentence_and_nothing_is_lost() {
    let desk = desk().await;
    desk.attach(cue("00:01.000 --> 00:03.000", "Dobre").into_bytes()).await.assert(303);
    // As many cues as fit are taken; a byte more is not.
    let mut whole = "WEBVTT\n\n".to_owned();
    for second in 0..40_000_u32 {
        let time =
            |second: u32| format!("{:02}:{:02}:{:02}.000", second / 3600, second / 60 % 60, second % 60);
        whole.push_str(&format!("{} --> {}\nx\n\n", time(second), time(second + 1)));
    }
    assert!(whole.len() < 2 << 20, "{}", whole.len());
    desk.attach(whole.clone().into_bytes()).await.assert(303);
    desk.attach(cue("00:01.000 --> 00:03.000", "Dobre").into_bytes()).await.assert(303);
    whole.push_str(&"x".repeat((2 << 20) + 1 - whole.len()));
    desk.attach(whole.into_bytes()).await.assert(422).has("większy niż 2 MB");
    // Of 50 MB not even all is heard: the browser reads the sentence, or that the line was closed.
    let request = desk.stage.ada.client.request(Method::POST, &format!("{}/captions", desk.unit));
    let huge = Part::bytes(b"WEBVTT\n\n".repeat(50 * 131_072)).file_name("napisy.vtt");
    if let Ok(answer) = request.multipart(Form::new().text("language", "pl").part("vtt", huge)).send().await {
        assert_eq!(answer.status(), 422);
    }
    // One line of brackets, and of tags without an end, cost no more than their length.
    for line in ["<".repeat(1 << 20), "<b".repeat(500_000), "&amp;".repeat(200_000)] {
        desk.attach(cue("00:01.000 --> 00:03.000", &line).into_bytes()).await.assert(303);
        desk.looked_at().await;
    }
    desk.attach(cue("00:01.000 --> 00:03.000", "Dobre").into_bytes()).await.assert(303);
    desk.played().await.has("Dobre");
    desk.stage.app.end().await;
}

#[tokio::test]
async fn times_that_cannot_be_are_refused_with_their_line_and_overlaps_are_pointed_at() {
    let desk = desk().await;
    for time in [
        "-00:05.000 --> 00:03.000",
        "00:01.000 --> -00:03.000",
        "00:61.000 --> 00:62.000",
        "61:00.000 --> 62:00.000",
        "1:00:00:00.000 --> 2:00:00:00.000",
        "9999:00:00.000 --> 9999:00:01.000",
        "00:01.00 --> 00:03.00",
        "00:01.000 -->",
        "NaN --> Infinity",
        "00:01.000 --> 00:99999999999999999999.000",
    ] {
        let page = desk.attach(cue(time, "x").into_bytes()).await.assert(422);
        assert!(page.text.contains("Wiersz 3: nie da się odczytać czasu"), "{time}");
    }
    for time in ["00:03.000 --> 00:01.000", "00:03.000 --> 00:03.000"] {
        desk.attach(cue(time, "x").into_bytes()).await.assert(422).has("Wiersz 3: napis kończy się");
    }
    let backwards = format!("{}\n00:00.500 --> 00:00.900\ny\n", cue("00:01.000 --> 00:03.000", "x"));
    desk.attach(backwards.into_bytes()).await.assert(422).has("Wiersz 6");
    // An overlap can be meant (two speakers): it is taken and pointed at.
    let overlapping = format!("{}\n00:02.000 --> 00:05.000\nDwa\n", cue("00:01.000 --> 00:03.000", "Raz"));
    desk.attach(overlapping.into_bytes()).await.assert(303);
    desk.looked_at().await.has("zanim zniknie poprzedni");

    // The zero character, which the database does not take, alone and as a letter of 16 bits.
    desk.attach(cue("00:01.000 --> 00:03.000", "Ze\0ro").into_bytes()).await.assert(303);
    desk.played().await.has("Ze\u{fffd}ro").lacks("\0");
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(cue("00:01.000 --> 00:03.000", "Sze\0roko").encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    desk.attach(wide).await.assert(303);
    desk.played().await.has("Sze\u{fffd}roko");
    desk.attach(vec![0; 4096]).await.assert(422);
    desk.stage.app.end().await;
}

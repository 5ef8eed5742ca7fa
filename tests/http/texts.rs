//! Markdown that means harm, through the forms and out again to the learner: harmless, quick, and nothing typed is lost.

use std::time::{Duration, Instant};

use courses::enrolment::Target;

use crate::harness::{Client, Page, TestApp};

/// What no page may hold once a text was rendered, in small letters.
const NEVER: [&str; 14] = [
    "<script>alert",
    "<iframe",
    "<object",
    "<embed",
    "<style",
    "<base",
    "<meta http",
    "<form action=\"//evil",
    "onerror=",
    "onload=",
    "onclick=",
    "=\"javascript:",
    "=\"data:text/html",
    "=\"vbscript:",
];

const PAYLOADS: [&str; 24] = [
    "<script>alert(1)</script>",
    "<SCRIPT\n>alert(1)</SCRIPT >",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "</textarea></div><script>alert(1)</script>",
    "<iframe src=//evil.example></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript&colon;alert(1))",
    "[x](  javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x\" onerror=\"alert(1)](media/x.png)",
    "![x](media/x.png \"t\\\" onerror=\\\"alert(1)\")",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "$\\href{javascript:alert(1)}{x}$ $$\\text{</math><script>alert(1)</script>}$$",
    "```\"><script>alert(1)</script>\n</code></pre><script>alert(1)</script>\n```",
    "| a |\n|---|\n| <form action=\"//evil.example\"><meta http-equiv=refresh content=0> |\n\n[^1]\n\n[^1]: <style>*{}</style>",
];

#[track_caller]
fn harmless(page: &Page, payload: &str) {
    // What a person typed stands escaped in their own field; everything else is what was rendered.
    // In the value of an attribute a quotation mark is written out, and what follows it is text.
    let text = page.text.to_lowercase().replace("onerror=&quot;", "");
    for never in NEVER {
        assert!(!text.contains(never), "{never:?} came out of {payload:?}");
    }
}

struct Desk {
    app: TestApp,
    client: Client,
    editor: String,
}

impl Desk {
    async fn new() -> (Self, Client) {
        let app = TestApp::start_with(|config| config.workers = 0).await;
        let office = app.office("brzozow").await;
        let ada = office.instructor("ada").await;
        let jan = office.learner("jan").await;
        let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
        office.publish(&ada, &course, &[Target::Person(jan.id)]).await;
        let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
        let unit = courses::outline::draft(&mut tx, &course).await.unwrap()[0].units[0].id;
        drop(tx);
        (Self { app, client: ada.client, editor: format!("/teaching/kurs/units/{unit}") }, jan.client)
    }

    async fn send(&self, text: &str, act: &str) -> Page {
        let page = self.client.get(&self.editor).await.assert(200);
        let (_, rest) = page.text.split_once("name=\"revision\" value=\"").unwrap();
        let revision = &rest[..rest.find('"').unwrap()];
        let form =
            [("title", "Lekcja"), ("minutes", "5"), ("text", text), ("revision", revision), ("act", act)];
        self.client.post(&self.editor, &form).await
    }

    async fn publish(&self) {
        // What is grave in a hostile text is waived first.
        let page = self.client.get("/teaching/kurs/publish").await.assert(200);
        let names = page.text.split("name=\"finding\"").skip(1);
        let names = names.filter_map(|part| part.split_once("value=\"")?.1.split('"').next());
        let mut form: Vec<(&str, &str)> = names.map(|name| ("finding", name)).collect();
        if !form.is_empty() {
            form.push(("reason", "Tekst próby, którego nikt nie czyta."));
            self.client.post("/teaching/kurs/waivers", &form).await.assert(303);
        }
        self.client.post("/teaching/kurs/publish", &[]).await.assert(303);
    }
}

/// A page without the lines of the text that stand beside what was found in them, escaped as in the field.
#[track_caller]
fn without_places(page: &str) -> String {
    let mut parts = page.split("class=\"theirs\">");
    let mut rest = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (place, after) = part.split_once("</pre>").unwrap();
        let words = place.replace("<mark>", "").replace("</mark>", "");
        assert!(!words.replace("<!>", "").contains('<'), "{words} leaves its place");
        rest.push_str(after);
    }
    rest
}

#[tokio::test]
async fn nothing_that_a_teacher_writes_runs_in_anybody_s_browser() {
    let (desk, jan) = Desk::new().await;
    for payload in PAYLOADS {
        let fragment = desk.client.post("/teaching/kurs/preview", &[("text", payload)]).await.assert(200);
        harmless(&fragment, payload);
        // Pages have icons of their own; a text has none.
        assert!(!fragment.text.to_lowercase().contains("<svg"), "{payload:?}");
        let preview = desk.send(payload, "preview").await.assert(200);
        // The field itself holds the text as it was typed, escaped, so only what is rendered is looked at.
        let (before, field) = preview.text.split_once("<textarea").unwrap();
        let (typed, after) = field.split_once("</textarea>").unwrap();
        assert!(!typed.split_once('>').unwrap().1.contains('<'), "{payload:?} leaves the field");
        let rendered = Page { text: without_places(&format!("{before}{after}")), ..preview };
        harmless(&rendered, payload);
    }
    let all = PAYLOADS.join("\n\n");
    desk.send(&all, "save").await.assert(303);
    desk.publish().await;
    let page = jan.get("/courses/kurs/lekcja").await.assert(200);
    harmless(&page, "all of them together");
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    desk.app.end().await;
}

#[tokio::test]
async fn five_megabytes_come_back_to_their_writer_with_a_sentence() {
    let (desk, _) = Desk::new().await;
    let long = format!(
        "Początek.\n\n{}\n\nKoniec tego tekstu.",
        "Wiersz tekstu z ogonkami: żółw.\n".repeat(155_000)
    );
    assert!(long.len() > 5 << 20);
    for act in ["save", "preview"] {
        let begun = Instant::now();
        let page = desk.send(&long, act).await.assert(422);
        assert!(begun.elapsed() < Duration::from_secs(300), "{:?}", begun.elapsed());
        assert!(page.text.len() > long.len(), "something of it is lost");
        page.has("Treść jest za długa").has("Początek.").has("Koniec tego tekstu.");
    }
    // The island is refused without the text, which stays in its field.
    desk.client.post("/teaching/kurs/preview", &[("text", &long)]).await.assert(413);
    desk.client.get(&desk.editor).await.assert(200).has("Tekst.");
    desk.app.end().await;
}

#[tokio::test]
async fn ten_thousand_levels_are_read_as_quickly_as_any_other_text() {
    let (desk, jan) = Desk::new().await;
    let depth = 10_000;
    let texts = [
        "> ".repeat(depth) + "x",
        "- ".repeat(depth) + "x",
        "1. ".repeat(depth) + "x",
        "[".repeat(depth) + "x" + &"](y)".repeat(depth),
        "![".repeat(depth) + "x",
        "*".repeat(depth) + "x" + &"*".repeat(depth),
        "**a _b ".repeat(depth),
        "`".repeat(depth) + "x",
        "<".repeat(depth),
        "<div>".repeat(depth),
        "$".to_owned() + &"{".repeat(depth) + &"}".repeat(depth) + "$",
        format!("${}x{}$", "\\frac{".repeat(depth), "}{y}".repeat(depth)),
        "[^1]: ".repeat(depth) + "x",
        "| ".repeat(depth) + "\n" + &"|-".repeat(depth) + "|\n",
        "&".repeat(depth) + &"&amp;".repeat(depth),
    ];
    for text in texts {
        let start: String = text.chars().take(12).collect();
        let begun = Instant::now();
        desk.client.post("/teaching/kurs/preview", &[("text", &text)]).await.assert(200);
        desk.send(&text, "preview").await.assert(200);
        desk.send(&text, "save").await.assert(303);
        desk.publish().await;
        jan.get("/courses/kurs/lekcja").await.assert(200);
        // Not built for speed here, and still an end within minutes for six requests: what doubles with every level has none.
        assert!(begun.elapsed() < Duration::from_secs(300), "{start:?}: {:?}", begun.elapsed());
        desk.client.get(&desk.editor).await.assert(200);
    }
    desk.app.end().await;
}

#[tokio::test]
async fn the_address_of_a_form_opened_again_says_what_it_is() {
    let (desk, jan) = Desk::new().await;
    let page = jan.get("/sign-out").await.assert(405).has("Ten adres służy tylko do wysyłania formularza");
    assert_eq!(page.header("allow"), "POST");
    desk.client.get("/teaching/kurs/preview").await.assert(405).has("Ten adres służy tylko");
    desk.app.end().await;
}

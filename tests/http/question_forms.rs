//! Questions with gaps and with places on a picture in the form: written, looked at, saved, opened again, answered; and bad input.

use courses::enrolment::Target;
use courses::quiz::{Gap, Kind, Place, store};
use courses::{Taught, UnitId};
use reqwest::Method;
use reqwest::multipart::{Form, Part};

use crate::harness::{Page, Someone, TestApp};

struct Desk {
    app: TestApp,
    ada: Someone,
    jan: Someone,
    course: Taught,
    unit: UnitId,
}

async fn desk() -> Desk {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, &course).await.unwrap()[0].units[0].id;
    drop(tx);
    Desk { app, ada, jan, course, unit }
}

impl Desk {
    fn form(&self) -> String {
        format!("/teaching/kurs/units/{}/test/form", self.unit)
    }

    async fn fresh(&self, kind: &str) -> Page {
        self.ada.client.get(&format!("{}/new?kind={kind}", self.form())).await.assert(200)
    }

    /// Posts a question of a kind with these fields, as somebody who has just opened the form.
    async fn post(&self, kind: &str, key: &str, fields: &[(&str, &str)]) -> Page {
        let revision = self.fresh(kind).await.value("revision");
        let mut all = vec![
            ("revision", revision.as_str()),
            ("question_key", key),
            ("question_kind", kind),
            ("points", "2"),
        ];
        all.extend_from_slice(fields);
        self.ada.client.post(&format!("{}/questions", self.form()), &all).await
    }

    async fn questions(&self) -> Vec<courses::quiz::Question> {
        let mut tx = self.app.ground.db.begin(&self.ada.actor).await.unwrap();
        store::draft(&mut tx, &self.course, self.unit).await.unwrap().map(|test| test.1).unwrap_or_default()
    }

    async fn picture(&self, name: &'static str) {
        let png = vec![0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3];
        let form = Form::new().part("picture", Part::bytes(png).file_name(name));
        let request = self.ada.client.request(Method::POST, "/teaching/kurs/pictures").multipart(form);
        self.ada.client.send(request).await.assert(303);
    }
}

#[tokio::test]
async fn gaps_are_written_in_the_form_as_in_the_text_and_nothing_typed_is_lost() {
    let desk = desk().await;
    let teacher = &desk.ada.client;
    desk.fresh("gaps").await.has("[[*tak | nie]]").has("Pokaż</button>");

    // Bad input: the line is named, and what was typed stays.
    desk.post("gaps", "", &[("text", "Bez luki")])
        .await
        .assert(422)
        .has("nie ma żadnej luki")
        .has("Bez luki</textarea>");
    let broken = "Pierwszy wiersz\nUstawa [[o dostępności\n\nTrzeci [[*a|*b]] </textarea>";
    let told = desk.post("gaps", "", &[("text", broken)]).await.assert(422);
    told.has("Wiersz 2:").has("Wiersz 4:").has("Ustawa [[o dostępności").has("[[*a|*b]] &lt;/textarea&gt;");
    desk.post("gaps", "", &[("text", "a [[x|x]]")])
        .await
        .assert(422)
        .has("To samo już było")
        .has("a [[x|x]]");
    assert!(desk.questions().await.is_empty());

    // Looked at: shown as learners have it, the key is not in it, nothing is saved.
    let text = "Podpisuje [[kierownik|dyrektor]], a termin [[*biegnie | nie biegnie]].";
    let look = desk.post("gaps", "", &[("text", text), ("act", "show")]).await.assert(200);
    let preview = look.text.split("id=\"look\"").nth(1).expect("the preview").to_owned();
    assert!(
        preview.contains("<select") && preview.contains("nie biegnie") && !preview.contains("kierownik"),
        "{preview}"
    );
    look.has("[[kierownik|dyrektor]]");
    desk.post("gaps", "", &[("text", "a [[x"), ("act", "show")]).await.assert(422).has("a [[x");
    assert!(desk.questions().await.is_empty());

    // Saved, it leads to the question with its look; opened, it is what was written.
    let to = desk
        .post("gaps", "", &[("text", text), ("case", "1"), ("title", "Podpis")])
        .await
        .assert(303)
        .location();
    let open = teacher.get(&to).await.assert(200).has("id=\"look\"").has("[[kierownik | dyrektor]]");
    open.has("[[*biegnie | nie biegnie]]");
    let questions = desk.questions().await;
    let Kind::Gaps { gaps, case } = &questions[0].kind else { panic!("{questions:?}") };
    assert!(*case);
    assert_eq!(gaps[0], Gap::Words { accepted: vec!["kierownik".to_owned(), "dyrektor".to_owned()] });
    assert_eq!(
        gaps[1],
        Gap::Choice { options: vec!["biegnie".to_owned(), "nie biegnie".to_owned()], right: 0 }
    );
    assert_eq!(questions[0].text, "Podpisuje [[1]], a termin [[2]].");

    // Changed in the form, it stays the same question; a question of nobody is not there.
    let key = questions[0].key.clone();
    desk.post("gaps", &key, &[("text", "Podpisuje [[wójt]].")]).await.assert(303);
    let after = desk.questions().await;
    assert_eq!((after.len(), after[0].key.as_str(), after[0].text.as_str()), (1, &*key, "Podpisuje [[1]]."));
    desk.post("gaps", "nie-ma", &[("text", "[[x]]")]).await.assert(404);
    desk.jan
        .client
        .post(&format!("{}/questions", desk.form()), &[("question_kind", "gaps")])
        .await
        .assert(404);
    desk.app.end().await;
}

#[tokio::test]
async fn places_on_a_picture_are_drawn_from_numbers_and_answered_by_their_names() {
    let desk = desk().await;
    let teacher = &desk.ada.client;
    desk.fresh("hotspot").await.has("nie ma jeszcze obrazów");
    desk.picture("ekran.png").await;
    desk.fresh("hotspot").await.has("value=\"media/ekran.png\"").has("Miejsce 4 na obrazie");

    let area = |row: usize, name: &str, numbers: [&str; 4]| -> Vec<(String, String)> {
        let names = ["left", "top", "width", "height"];
        let mut fields = vec![(format!("area-{row}"), name.to_owned())];
        fields.extend(
            names.iter().zip(numbers).map(|(name, number)| (format!("{name}-{row}"), number.to_owned())),
        );
        fields
    };
    let base = [("text", "Gdzie jest przycisk?"), ("picture", "media/ekran.png"), ("alt", "Okno programu")];
    let post = async |key: &str, areas: Vec<Vec<(String, String)>>, more: &[(&str, &str)]| {
        let areas: Vec<(String, String)> = areas.into_iter().flatten().collect();
        let mut all: Vec<(&str, &str)> = base.to_vec();
        all.extend(areas.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        all.extend_from_slice(more);
        desk.post("hotspot", key, &all).await
    };

    // Numbers that are none, or off the picture: at their field, with everything that was typed. A row without a name keeps its numbers.
    let good =
        || vec![area(1, "Zapisz", ["10", "20,5", "30", "15"]), area(2, "Usuń", ["50.5", "20", "30%", "15"])];
    let right = ("right-1", "1");
    post("", vec![area(1, "Zapisz", ["dużo", "-1", "", "1,25"])], &[right])
        .await
        .assert(422)
        .has("Wpisz liczbę od 0 do 100")
        .has("value=\"dużo\"")
        .has("value=\"1,25\"")
        .has("href=\"#f-left-1\"");
    let mut off = good();
    off[1] = area(2, "Usuń", ["90", "20", "30", "15"]);
    post("", off, &[right]).await.assert(422).has("Miejsce wychodzi poza obraz").has("href=\"#f-left-2\"");
    let mut nameless = good();
    nameless.push(area(4, "", ["1", "2", "3", "4"]));
    post("", nameless, &[right]).await.assert(422).has("href=\"#f-area-4\"").has("id=\"f-height-4\"");
    post("", good(), &[]).await.assert(422).has("Żadna odpowiedź nie jest oznaczona");
    post("", vec![], &[]).await.assert(422);
    let foreign = [("picture", "media/obcy.png"), ("text", "x"), ("alt", "y")];
    desk.post("hotspot", "", &foreign)
        .await
        .assert(422)
        .has("nie ma już w szkoleniu")
        .has("value=\"media/obcy.png\"");
    assert!(desk.questions().await.is_empty());

    // Looked at before it is whole: the picture with what stands on it so far.
    let part = post("", vec![area(1, "", ["10", "20,5", "30", "15"])], &[("act", "show")]).await.assert(200);
    part.has("<rect x=\"10.0%\" y=\"20.5%\" width=\"30.0%\" height=\"15.0%\"").has("nie jest jeszcze pełne");
    let whole = post("", good(), &[right, ("act", "show")]).await.assert(200);
    let preview = whole.text.split("id=\"look\"").nth(1).unwrap().to_owned();
    assert!(
        preview.contains("type=\"radio\"") && preview.contains("Zapisz"),
        "by keyboard, by name: {preview}"
    );
    assert!(desk.questions().await.is_empty());

    let to = post("", good(), &[right, ("said-2", "To usuwa.")]).await.assert(303).location();
    teacher
        .get(&to)
        .await
        .assert(200)
        .has("value=\"20,5\"")
        .has("value=\"50,5\"")
        .has("To usuwa.")
        .has("id=\"look\"");
    let questions = desk.questions().await;
    let Kind::Hotspot { picture, alt, areas } = &questions[0].kind else { panic!("{questions:?}") };
    assert_eq!((picture.as_str(), alt.as_str(), areas.len()), ("media/ekran.png", "Okno programu", 2));
    assert_eq!(areas[1].place, Place { left: 505, top: 200, width: 300, height: 150 });
    assert_eq!((areas[0].right, areas[1].right), (true, false));

    // A learner answers it by name, without a pointer and without script.
    let mut tx = desk.app.ground.db.begin(&desk.ada.actor).await.unwrap();
    courses::enrolment::add(&mut tx, &desk.course, Target::Person(desk.jan.id)).await.unwrap();
    crate::harness::waive_all(&mut tx, &desk.course).await;
    courses::publish::publish(&mut tx, &desk.course).await.unwrap();
    tx.commit().await.unwrap();
    let jan = &desk.jan.client;
    jan.get("/courses/kurs/lekcja").await.assert(200);
    let first = jan.post("/courses/kurs/lekcja/test", &[]).await.assert(303).location();
    let page = jan.get(&first).await.assert(200).has("alt=\"Okno programu\"").lacks("To usuwa.");
    let label = page.text.split("Zapisz</label>").next().unwrap();
    let value = label.rsplit("value=\"").next().unwrap().split('"').next().unwrap().to_owned();
    jan.post(&first, &[("choice", &value), ("act", "next")]).await.assert(303);
    let attempt = first.strip_suffix("/questions/1").unwrap();
    jan.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    jan.get(attempt).await.assert(200).has("100");
    desk.app.end().await;
}

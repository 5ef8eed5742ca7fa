//! The paper of a certificate, as data for `tablica-documents`. It is in Polish, as agreements are.

use base::qr;
use courses::certificate::Certificate;
use courses::certificate::template::Template;
use documents::Certificate as Paper;
use words::{Language, certificates as say};

use super::{day, facts};
use crate::date;
use crate::problem::Problem;
use crate::state::App;

/// Version of how the paper is laid out.
pub const LAYOUT: i32 = 1;
const PL: Language = Language::Pl;
const ARMS: &str = "arms.jpg";
const CODE: &str = "code.svg";

/// A paper and the pictures that it shows.
pub type Made = (Paper, Vec<(String, Vec<u8>)>);

/// The paper of a certificate. Errors: `NotFound` when its holder was erased.
pub async fn of(app: &App, certificate: &Certificate) -> Result<Made, Problem> {
    let holder = certificate.holder.as_ref().ok_or(Problem::NotFound)?;
    let address = format!("{}/certificates/{}", app.settings.public_url, holder.token);
    let language = certificate.course_language.as_str();
    let paper = Paper {
        number: say::paper_number(PL, &holder.number.grouped()),
        organisation: certificate.organisation_name.clone(),
        name: holder.name.clone(),
        subject: certificate.course_title.clone(),
        subject_language: if language == PL.code() { String::new() } else { language.to_owned() },
        facts: facts(PL, certificate),
        place_and_day: place_and_day(&certificate.template.place, date::day(certificate.issued_at)),
        ..common(&certificate.template)
    };
    finished(app, paper, &certificate.template, address).await
}

/// What a certificate of this organisation would look like, with invented data. Its code leads to the page for typing a number.
pub async fn specimen(
    app: &App,
    organisation: &str,
    template: &Template,
    today: time::Date,
) -> Result<Made, Problem> {
    let day = day(today);
    let facts = [
        (say::field_version(PL), "1".to_owned()),
        (say::field_duration(PL), super::duration(PL, 150)),
        (say::field_done(PL), day.clone()),
        (say::field_issued(PL), day.clone()),
        (say::field_valid_until(PL), say::for_good(PL).to_owned()),
    ];
    let paper = Paper {
        number: say::paper_number(PL, "0000-0000-0000-0000"),
        organisation: organisation.to_owned(),
        notice: say::paper_specimen(PL).to_owned(),
        name: say::specimen_name(PL).to_owned(),
        subject: say::specimen_course(PL).to_owned(),
        facts: facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        place_and_day: place_and_day(&template.place, day),
        ..common(template)
    };
    let address = format!("{}/certificates", app.settings.public_url);
    finished(app, paper, template, address).await
}

fn common(template: &Template) -> Paper {
    Paper {
        title: say::paper_title(PL).to_owned(),
        language: PL.code().to_owned(),
        before: say::paper_before(PL).to_owned(),
        between: say::paper_between(PL).to_owned(),
        wording: template.wording.clone(),
        signatory: (template.signatory_name.clone(), template.signatory_office.clone()),
        check: say::paper_check(PL).to_owned(),
        ..Paper::default()
    }
}

fn place_and_day(place: &str, day: String) -> String {
    if place.is_empty() { day } else { format!("{place}, {day}") }
}

async fn finished(
    app: &App,
    mut paper: Paper,
    template: &Template,
    address: String,
) -> Result<Made, Problem> {
    let code = qr::svg(&address).ok_or(Problem::Unavailable(60))?;
    let mut pictures = vec![(CODE.to_owned(), code.into_bytes())];
    if let Some((key, alt)) = &template.arms {
        pictures.push((ARMS.to_owned(), app.blobs.get(key).await?.to_vec()));
        paper.arms = Some((ARMS.to_owned(), alt.clone()));
    }
    paper.code = (CODE.to_owned(), say::paper_qr(PL).to_owned());
    paper.address = address;
    Ok((paper, pictures))
}

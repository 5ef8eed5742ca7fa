//! The demonstration: one town hall, one school, invented people, four courses, one of them adopted by the school, a lecture film,
//! devices. Loaded once; safe to repeat.

mod applications;
mod certificates;
mod loans;
mod register;
mod reports;
mod retention;
mod sharing;
mod stocktake;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use base::{Actor, OrganisationId};
use courses::course::{self, Card};
use courses::enrolment::{self, Target};
use courses::open::door;
use courses::rule::{Due, Rule};
use courses::{Taught, folder, publish};
use identity::organisation::{self, NewOrganisation, Statement};
use identity::resident::{self, Setting};
use identity::{
    Author, InstallationAdmin, PeopleAdmin, Role, group, head, import, link, person, position, unit,
};
use video::caption;
use video::take::Place;

use crate::ground::Ground;
use certificates::Finished;
use sharing::Adopted;

/// The password of everybody in the demonstration, and of nobody else.
pub const PASSWORD: &str = "tablica-demo";

/// Who can sign in, told at the terminal: login, and what they are.
pub const PEOPLE: [(&str, &str); 14] = [
    ("ada.nowicka", "prowadzi szkolenia w urzędzie (instructor)"),
    ("marek.wrzosek", "urzędnik, redaktor stron (official)"),
    ("lidia.kalinska", "urzędniczka, redaktorka stron (official)"),
    ("pawel.lisiecki", "urzędnik, ukończył szkolenie, ma ważne zaświadczenie (valid certificate)"),
    ("ewelina.dabek", "urzędniczka, jej zaświadczenie unieważniono (revoked certificate)"),
    ("roman.jalowiec", "radny, jego zaświadczenie straciło ważność (expired certificate)"),
    ("iwona.szczygielek", "kieruje Biurem Promocji, widzi postępy swoich ludzi (head of a unit)"),
    ("danuta.wierzba", "radna, bierze udział w szkoleniu dla Rady Miejskiej (councillor)"),
    ("admin", "administruje urzędem i instalacją (administrator)"),
    ("tomasz.leszczyna", "nauczyciel w szkole, przyjął szkolenie ze wspólnego katalogu (teacher)"),
    ("antonina.borowka", "uczennica klasy 6a (pupil)"),
    ("konrad.lipowy", "prowadzi ewidencję sprzętu urzędu (device clerk)"),
    ("rodzic.hanna.klosek", "mama uczennicy, złożyła wniosek o laptop (guardian)"),
    ("wanda.kalinowa", "prowadzi ewidencję sprzętu szkoły, ma szkolenie z terminem (device clerk)"),
];

struct House<'a> {
    slug: &'a str,
    name: &'a str,
    school: bool,
    people: &'a str,
    admin: &'a str,
    author: &'a str,
    clerk: &'a str,
    /// Who heads which unit.
    heads: &'a [(&'a str, &'a str)],
    courses: &'a [Course<'a>],
    /// What it adopts of the shared catalogue.
    adopted: &'a [sharing::Adopted<'a>],
}

/// A course of the demonstration and whom it is directed at; without groups it stands in the catalogue.
struct Course<'a> {
    /// The folder below `courses`, which has the course's name in addresses.
    slug: &'a str,
    groups: &'a [&'a str],
    /// Who holds it has to take the course within thirty days.
    position: Option<&'a str>,
    /// Residents read it without an account.
    open: bool,
    /// It was published so many days ago; 0: today.
    days_ago: i64,
    /// For how many months it counts for its groups.
    valid_months: Option<i32>,
    /// Who finished it.
    finished: &'a [certificates::Finished<'a>],
    /// It stands in the shared catalogue of all organisations.
    offered: bool,
}

impl Course<'_> {
    /// Of today, for whoever takes it.
    const PLAIN: Self = Self {
        slug: "",
        groups: &[],
        position: None,
        open: false,
        days_ago: 0,
        valid_months: None,
        finished: &[],
        offered: false,
    };
}

const HOUSES: [House<'_>; 2] = [
    House {
        slug: "brzozow-wielki",
        name: "Urząd Miejski w Brzozowie Wielkim",
        school: false,
        people: "people.csv",
        admin: "admin",
        author: "ada.nowicka",
        clerk: "konrad.lipowy",
        heads: &[
            ("iwona.szczygielek", "Biuro Promocji"),
            ("teresa.zdrojek", "Wydział Organizacyjny"),
            ("renata.piatkowiak", "Wydział Oświaty"),
        ],
        courses: &[
            Course {
                slug: "dostepnosc-cyfrowa",
                groups: &["Redaktorzy stron"],
                position: Some("redaktor strony internetowej"),
                finished: &[
                    Finished { login: "pawel.lisiecki", days_ago: 0, revoked: None },
                    Finished {
                        login: "ewelina.dabek",
                        days_ago: 0,
                        revoked: Some("Na wniosek urzędniczki: test rozwiązała na jej koncie inna osoba."),
                    },
                ],
                offered: true,
                ..Course::PLAIN
            },
            // Of the beginning of the term; what was finished then counted for two years.
            Course {
                slug: "e-sesja",
                groups: &["Radni"],
                days_ago: 800,
                valid_months: Some(24),
                finished: &[Finished { login: "roman.jalowiec", days_ago: 780, revoked: None }],
                ..Course::PLAIN
            },
            Course { slug: "sprawy-przez-internet", open: true, offered: true, ..Course::PLAIN },
        ],
        adopted: &[],
    },
    House {
        slug: "sp2",
        name: "Szkoła Podstawowa nr 2 w Brzozowie Wielkim",
        school: true,
        people: "school.csv",
        admin: "dyrektor",
        author: "tomasz.leszczyna",
        clerk: "wanda.kalinowa",
        heads: &[],
        courses: &[Course { slug: "laptop-w-domu", groups: &["6a", "6b"], ..Course::PLAIN }],
        // Parents ask the school's staff how to deal with the office.
        adopted: &[Adopted {
            title: "Sprawy urzędowe przez internet",
            units: &["Dyrekcja", "Nauczyciele"],
            days: 30,
        }],
    },
];

/// Loads what is not there yet. `folder`: the repository's `demo`. `film`: where the lecture film was made.
///
/// Errors: a file of the demonstration is missing or cannot be taken; the sentence says which.
pub async fn load(ground: &Ground, folder: &Path, film: Option<PathBuf>) -> anyhow::Result<()> {
    for house in &HOUSES {
        let organisation = match organisation_of(ground, house.slug).await? {
            Some(organisation) => organisation,
            None => settle(ground, folder, house)
                .await
                .with_context(|| format!("the demonstration of {}", house.name))?,
        };
        for course in house.courses {
            teach(ground, folder, film.as_deref(), house, organisation, course)
                .await
                .with_context(|| format!("{} of {}", course.slug, house.name))?;
            certificates::load(ground, house, organisation, course)
                .await
                .with_context(|| format!("the certificates of {}", course.slug))?;
            sharing::offer(ground, house, organisation, course)
                .await
                .with_context(|| format!("the offer of {}", course.slug))?;
        }
        sharing::adopt(ground, house, organisation)
            .await
            .with_context(|| format!("what {} adopts", house.name))?;
        lend(ground, folder, house, organisation).await?;
    }
    Ok(())
}

/// The people and devices alone, without courses and their film.
///
/// Errors: as [`load`].
pub async fn load_devices(ground: &Ground, folder: &Path) -> anyhow::Result<()> {
    for house in &HOUSES {
        let organisation = match organisation_of(ground, house.slug).await? {
            Some(organisation) => organisation,
            None => settle(ground, folder, house).await?,
        };
        lend(ground, folder, house, organisation).await?;
    }
    Ok(())
}

/// The devices of one organisation: the register, loans, applications, a stocktake, reports.
async fn lend(
    ground: &Ground,
    folder: &Path,
    house: &House<'_>,
    organisation: OrganisationId,
) -> anyhow::Result<()> {
    register::load(ground, folder, house, organisation)
        .await
        .with_context(|| format!("the devices of {}", house.name))?;
    loans::load(ground, house, organisation).await.with_context(|| format!("the loans of {}", house.name))?;
    applications::load(ground, house, organisation)
        .await
        .with_context(|| format!("the applications of {}", house.name))?;
    stocktake::load(ground, house, organisation)
        .await
        .with_context(|| format!("the stocktake of {}", house.name))?;
    reports::load(ground, house, organisation)
        .await
        .with_context(|| format!("the reports of {}", house.name))?;
    retention::load(ground, house, organisation)
        .await
        .with_context(|| format!("the old loans of {}", house.name))?;
    Ok(())
}

async fn organisation_of(ground: &Ground, slug: &str) -> anyhow::Result<Option<OrganisationId>> {
    let mut tx = ground.db.begin(&Actor::installation("demonstration")).await?;
    let all = organisation::all(&mut tx, &InstallationAdmin::at_the_terminal()).await?;
    Ok(all.into_iter().find(|organisation| organisation.slug == slug).map(|organisation| organisation.id))
}

/// The organisation with its people, in one transaction.
async fn settle(ground: &Ground, folder: &Path, house: &House<'_>) -> anyhow::Result<OrganisationId> {
    let path = folder.join(house.people);
    let table = std::fs::read(&path).with_context(|| path.display().to_string())?;
    let mut tx = ground.db.begin(&Actor::installation("demonstration")).await?;
    let new =
        NewOrganisation { name: house.name.to_owned(), slug: house.slug.to_owned(), school: house.school };
    let id = organisation::create(&mut tx, &InstallationAdmin::at_the_terminal(), &new).await?;
    tx.speak_for(&Actor::job("demonstration", id)).await?;
    let terminal = PeopleAdmin::at_the_terminal();
    let outcome = import::people(&mut tx, &terminal, &table).await?;
    if !outcome.problems.is_empty() {
        bail!("{}: {:?}", path.display(), outcome.problems);
    }
    for (person, login) in &outcome.created {
        link::set_password(&mut tx, &terminal, *person, PASSWORD.to_owned()).await?;
        if login == house.admin && !house.school {
            person::grant(&mut tx, &terminal, *person, Role::InstallationAdmin).await?;
        }
    }
    let units = unit::all(&mut tx).await?;
    for (login, name) in house.heads {
        let person = outcome.created.iter().find(|(_, known)| known == login).map(|(person, _)| *person);
        let unit = units.iter().find(|unit| unit.name == *name).map(|unit| unit.id);
        let (person, unit) = person.zip(unit).with_context(|| format!("{login} heads no unit {name}"))?;
        head::appoint(&mut tx, &terminal, unit, person).await?;
    }
    organisation::set_statement(&mut tx, &terminal, &statement(house)).await?;
    if !house.school {
        resident::set(&mut tx, &terminal, &residents(house)).await?;
    }
    tx.commit().await?;
    Ok(id)
}

fn statement(house: &House<'_>) -> Statement {
    let day = || "2026-11-21".to_owned();
    Statement {
        url: "http://127.0.0.1:8080".to_owned(),
        published: day(),
        updated: day(),
        drawn_up: day(),
        contact_person: "Jadwiga Olszańska".to_owned(),
        contact_email: format!("dostepnosc@{}.example.org", house.slug),
        contact_phone: "12 345 67 89".to_owned(),
        head: if house.school { "Dyrektor Szkoły Podstawowej nr 2" } else { "Burmistrz Brzozowa Wielkiego" }
            .to_owned(),
        address: "ul. Rynek 1, 00-001 Brzozów Wielki".to_owned(),
        ..Statement::default()
    }
}

/// Residents of the town make accounts themselves.
fn residents(house: &House<'_>) -> Setting {
    Setting {
        self_registration: true,
        contact: format!(
            "ul. Rynek 1, 00-001 Brzozów Wielki, urzad@{}.example.org, tel. 12 345 67 89",
            house.slug
        ),
        data_officer: format!("iod@{}.example.org", house.slug),
    }
}

/// A course of the organisation, published to its groups; the film goes on in the background.
async fn teach(
    ground: &Ground,
    demo: &Path,
    film: Option<&Path>,
    house: &House<'_>,
    organisation: OrganisationId,
    course: &Course<'_>,
) -> anyhow::Result<()> {
    let author = crate::course::named(ground, organisation, house.author).await?;
    let actor = identity::session::at_the_terminal(organisation, author);
    // Only what has no film is of another day: an upload has its own hours.
    let place =
        Place { db: certificates::earlier(ground, course.days_ago), blobs: ground.blobs.clone(), actor };
    let path = demo.join("courses").join(course.slug);
    let mut tx = place.db.begin(&place.actor).await?;
    let there = folder::taught(&mut tx, &Author::at_the_terminal(), course.slug).await?;
    drop(tx);
    if there.is_some() {
        return Ok(());
    }
    let media: Vec<PathBuf> = film.into_iter().map(Path::to_path_buf).collect();
    let read = folder::read(&path, &media).map_err(|faults| {
        anyhow::anyhow!(
            "{}\n{}(the lecture film is made by `cargo xtask film`)",
            path.display(),
            folder::listing(&faults)
        )
    })?;
    let taught = folder::import(&place, &Author::at_the_terminal(), &read, u64::MAX).await?.course;
    publish_to(&place, &taught, &read.card, course).await
}

/// The captions of the lecture are the text that it is spoken from: its author has read them.
async fn read_captions(tx: &mut base::Tx, taught: &Taught) -> anyhow::Result<()> {
    let sections = courses::outline::draft(tx, taught).await?;
    for film in sections.iter().flat_map(|section| &section.units).filter_map(|unit| unit.film) {
        let film = courses::film::for_editing(tx, taught, film).await?;
        for captions in caption::languages(tx, &film.watchable()).await? {
            let review = caption::review(tx, &film, &captions.language).await?;
            caption::mark_checked(tx, &film, &captions.language, &review.mark).await?;
        }
    }
    Ok(())
}

async fn publish_to(
    place: &Place,
    taught: &Taught,
    card: &Card,
    Course { groups, position, open, valid_months, .. }: &Course<'_>,
) -> anyhow::Result<()> {
    let mut tx = place.db.begin(&place.actor).await?;
    if groups.is_empty() {
        course::change(&mut tx, taught, &Card { listed: true, ..card.clone() }).await?;
    }
    for group in group::all(&mut tx).await? {
        if groups.contains(&group.name.as_str()) {
            let rule = Rule { valid_months: *valid_months, ..Rule::default() };
            enrolment::direct(&mut tx, taught, Target::Group(group.id), &rule).await?;
        }
    }
    read_captions(&mut tx, taught).await?;
    publish::publish(&mut tx, taught).await?;
    if *open {
        door::open(&mut tx, taught).await?;
    }
    for one in position::all(&mut tx).await? {
        if Some(one.name.as_str()) == *position {
            let rule = Rule { mandatory: true, due: Due::After(30), valid_months: Some(24) };
            enrolment::direct(&mut tx, taught, Target::Position(one.id), &rule).await?;
        }
    }
    Ok(tx.commit().await?)
}

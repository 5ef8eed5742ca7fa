//! Applications of the demonstration: three programmes with rules and criteria, applications in every state, a waiting list,
//! one device that waits to be collected.

use anyhow::{Context as _, bail};
use app::devices::applications::letter;
use base::{OrganisationId, PersonId};
use devices::applications::{self, Decided, Decision, Draft, Entry, Filter, Refusal, Rules};
use devices::register::purchase;
use devices::{ApplicationId, ProgrammeId};
use identity::guardian::{self, Basis};
use identity::person::{self, NewPerson};
use identity::{PeopleAdmin, link};
use time::Date;
use time::macros::date;

use super::loans::Desk;
use super::{House, PASSWORD};
use crate::ground::Ground;

const CRITERIA: [(&str, i16); 4] = [
    ("W rodzinie uczy się troje lub więcej dzieci", 10),
    ("Dziecko nie ma w domu komputera do nauki", 8),
    ("Rodzina korzysta ze świadczeń pomocy społecznej", 6),
    ("Uczeń klasy ósmej lub przygotowujący się do olimpiady", 4),
];

/// Loads what is not there yet.
///
/// Errors: a person or programme of the demonstration is missing.
pub async fn load(ground: &Ground, house: &House<'_>, organisation: OrganisationId) -> anyhow::Result<()> {
    if !house.school {
        return Ok(());
    }
    let Some(mut desk) = Desk::of(ground, house, organisation).await? else { return Ok(()) };
    let any = Filter { take: 1, ..Filter::default() };
    if !applications::all(&mut desk.tx, &desk.proof, &any).await?.is_empty() {
        return Ok(());
    }
    let mother = desk.school().await?;
    desk.tx.commit().await?;
    // A draft is its applicant's alone.
    let mut tx = ground.db.begin(&identity::session::at_the_terminal(organisation, mother)).await?;
    let offers = applications::offers(&mut tx).await?;
    let offer = offers.iter().find(|one| one.name == "Zdalna Szkoła");
    let whom = applications::for_whom(&mut tx).await?;
    if let (Some(offer), Some(child)) = (offer, whom.first()) {
        let need = "Starszy laptop domowy nie uruchamia już programu do nauki matematyki.".to_owned();
        let draft = Draft { programme: offer.id, beneficiary: child.id, need, claimed: Vec::new() };
        applications::begin(&mut tx, &draft).await?;
    }
    Ok(tx.commit().await?)
}

impl Desk {
    async fn programme(&mut self, name: &str) -> anyhow::Result<ProgrammeId> {
        let all = purchase::programmes_in_full(&mut self.tx, &self.proof).await?;
        let found = all.into_iter().find(|one| one.programme.name == name);
        found.map(|one| one.id).with_context(|| format!("there is no programme {name}"))
    }

    async fn rules(&mut self, name: &str, eligibility: &str, most: usize) -> anyhow::Result<ProgrammeId> {
        let id = self.programme(name).await?;
        let rules = Rules {
            eligibility: eligibility.to_owned(),
            apply_from: Some(date!(2026 - 11 - 02)),
            excludes_holders: true,
            one_primary: true,
            durable_months: Some(24),
            declare_months: Some(6),
            collect_days: 14,
            purpose: "nauka zdalna i odrabianie lekcji".to_owned(),
            ..Rules::default()
        };
        applications::set_rules(&mut self.tx, &self.proof, id, &rules).await?;
        for (name, points) in CRITERIA.iter().take(most) {
            applications::add_criterion(&mut self.tx, &self.proof, id, name, *points).await?;
        }
        Ok(id)
    }

    /// A pupil with a guardian, who is made when they are not there.
    async fn pupil(
        &mut self,
        login: &str,
        born_on: Date,
        given: &str,
        family: &str,
        basis: Basis,
    ) -> anyhow::Result<PersonId> {
        let reader = self.proof.reader();
        let Some(card) = guardian::find(&mut self.tx, &reader, login, None, 9)
            .await?
            .into_iter()
            .find(|card| card.groups.iter().any(|group| group.starts_with('6')))
        else {
            bail!("nobody is called {login}");
        };
        let own = format!("rodzic.{login}");
        let new = NewPerson {
            email: format!("{own}@sp2.example.org"),
            login: own,
            given_name: given.to_owned(),
            family_name: family.to_owned(),
            language: if login.starts_with("maksym") { "uk" } else { "pl" }.to_owned(),
            ..NewPerson::default()
        };
        let terminal = PeopleAdmin::at_the_terminal();
        let guardian = person::create(&mut self.tx, &terminal, &new).await?;
        link::set_password(&mut self.tx, &terminal, guardian, PASSWORD.to_owned()).await?;
        guardian::set_born_on(&mut self.tx, &self.proof, card.id, Some(born_on)).await?;
        guardian::add(&mut self.tx, &self.proof, card.id, guardian, basis, born_on).await?;
        Ok(card.id)
    }

    async fn enter(
        &mut self,
        programme: ProgrammeId,
        who: PersonId,
        need: &str,
    ) -> anyhow::Result<ApplicationId> {
        let criteria = applications::criteria(&mut self.tx, &self.proof, programme).await?;
        let claimed = criteria.iter().take(2).map(|one| one.id).collect();
        let entry = Entry {
            programme,
            beneficiary: who,
            signatory: None,
            need: need.to_owned(),
            claimed,
            paper: None,
        };
        Ok(applications::enter(&mut self.tx, &self.proof, &entry).await?)
    }

    async fn score(&mut self, id: ApplicationId, points: &[i16]) -> anyhow::Result<()> {
        let (_, scores) = applications::one(&mut self.tx, &self.proof, id).await?;
        let points: Vec<_> =
            scores.iter().zip(points).map(|(one, points)| (one.criterion, *points)).collect();
        Ok(applications::score(&mut self.tx, &self.proof, id, &points).await?)
    }

    async fn decide(
        &mut self,
        id: ApplicationId,
        decision: Decision,
        on: Date,
        note: &str,
    ) -> anyhow::Result<()> {
        let by = "komisja: Barbara Wierzbińska, Urszula Malinowicz".to_owned();
        let decided = Decided { decision, on, by, note: note.to_owned() };
        Ok(applications::decide(&mut self.tx, &self.proof, id, &decided, &letter::decision).await?)
    }

    /// Answers the guardian who has begun another application.
    async fn school(&mut self) -> anyhow::Result<PersonId> {
        let plus =
            "Uczniowie naszej szkoły, którzy nie mają w domu sprzętu do nauki. Jeden wniosek na dziecko.";
        let first = self.rules("Zdalna Szkoła", plus, 2).await?;
        let second = self.rules("Zdalna Szkoła+", plus, 4).await?;
        let care =
            "Dzieci w pieczy zastępczej, dla których opiekun złoży oświadczenie o sposobie używania sprzętu.";
        let third = self.rules("Wsparcie dzieci w pieczy zastępczej", care, 1).await?;
        let today = identity::day::today(&mut self.tx).await?;
        let need = "Jedno urządzenie na troje dzieci, lekcje odrabiamy na zmianę.";
        let parent = Basis::Parent;

        let hanna = self.pupil("hanna.klosek", date!(2014 - 06 - 12), "Ewa", "Kłosek", parent).await?;
        let id = self.enter(second, hanna, need).await?;
        self.score(id, &[10, 8, 6, 0]).await?;
        self.decide(id, Decision::Grant, today, "").await?;
        applications::offer(&mut self.tx, &self.proof, id, "SP2/ZSP/20/2020", &letter::decision).await?;

        for (login, born_on, given, family, points) in [
            ("igor.lubin", date!(2014 - 02 - 09), "Monika", "Łubin", [10, 8, 0, 0]),
            ("maksym.kowalenko", date!(2013 - 12 - 15), "Oksana", "Kowalenko", [10, 0, 6, 0]),
            ("julia.mietka", date!(2014 - 08 - 04), "Artur", "Miętka", [0, 8, 0, 4]),
        ] {
            let who = self.pupil(login, born_on, given, family, parent).await?;
            let id = self.enter(second, who, need).await?;
            self.score(id, &points).await?;
            self.decide(id, Decision::Wait, today, "").await?;
        }
        let nadia = self.pupil("nadia.paprocik", date!(2014 - 03 - 29), "Dorota", "Paprocik", parent).await?;
        let id = self.enter(second, nadia, need).await?;
        self.score(id, &[0, 8, 6, 0]).await?;
        let oliwier =
            self.pupil("oliwier.rumianek", date!(2014 - 07 - 18), "Jan", "Rumianek", parent).await?;
        self.enter(second, oliwier, "Tablet z pękniętym ekranem nie wystarcza do lekcji.").await?;

        let pola = self.pupil("pola.sasanka", date!(2014 - 11 - 02), "Grażyna", "Sasanka", parent).await?;
        let id = self.enter(first, pola, "Drugi laptop dla dziecka.").await?;
        let note = "W domu są już dwa komputery, co rodzic potwierdził telefonicznie.";
        self.decide(id, Decision::Refuse(Refusal::NotEligible), today, note).await?;
        let sonia =
            self.pupil("sonia.tataraczyk", date!(2014 - 09 - 25), "Beata", "Tataraczyk", parent).await?;
        let id = self.enter(first, sonia, need).await?;
        applications::complete(&mut self.tx, &self.proof, id).await?;

        let wiktor = self
            .pupil("wiktor.zytko", date!(2014 - 04 - 06), "Alicja", "Jaworska", Basis::FosterParent)
            .await?;
        let id = self.enter(third, wiktor, "Nauka i kontakt z nauczycielami.").await?;
        self.score(id, &[10]).await?;
        self.decide(id, Decision::Grant, today, "").await?;

        let of = guardian::of(&mut self.tx, &self.proof.reader(), hanna).await?;
        of.first().map(|one| one.guardian).context("the demonstration's guardian")
    }
}

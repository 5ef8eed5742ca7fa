//! GET /devices/agreements, GET and POST /devices/agreements/new: the person is found first, the parties follow from that.

use axum::extract::State;
use base::PersonId;
use devices::loans::agreement::{self, NewAgreement};
use devices::loans::kind::AgreementKind;
use devices::loans::list;
use devices::loans::party::Whom;
use devices::register::purchase;
use devices::{Error, ProgrammeId};
use identity::DeviceClerk;
use identity::guardian::{self, Card, Signer};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, identity as people, loans as say};

use super::said;
use crate::caller::Caller;
use crate::date;
use crate::devices::retention;
use crate::devices::sections::section;
use crate::parts::{
    ActionLink, Actions, ButtonKind, Choice, DataTable, EmptyState, Field, FieldKind, FormErrors,
    HiddenField, Link, Notice, PageHead, PostForm, Radios, Select, SubmitButton, SummaryList, SummaryRow,
    Tag, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, Posted};
use crate::state::App;
use crate::visit::Visit;

/// A search.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    q: String,
    person: String,
    institution: String,
}

/// GET /devices/agreements
pub async fn show(State(app): State<App>, caller: Caller, Asked(asked): Asked<Asking>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let lines = list::agreements(&mut visit.tx, &proof, &asked.q, None, 200).await?;
    let language = visit.language;
    visit.page(say::agreements_title(language), || {
        view! {
            <PageHead title=say::agreements_title(language)/>
            {section(language, "/devices/agreements")}
            <Actions><ActionLink label=say::agreement_new(language) href="/devices/agreements/new"/></Actions>
            <form class="form filter" method="get" action="/devices/agreements" role="search">
                <Field name="q" label=say::label_search_agreement(language) kind=FieldKind::Search value=asked.q/>
                <SubmitButton label=people::people_show(language) kind=ButtonKind::Secondary/>
            </form>
            {table(language, lines, "/devices/agreements")}
        }
        .into_any()
    })
}

/// Agreements as a table; `base` is where each is read.
pub fn table(language: Language, lines: Vec<list::AgreementLine>, base: &'static str) -> AnyView {
    if lines.is_empty() {
        return view! { <EmptyState title=say::agreements_none(language)/> }.into_any();
    }
    let rows = lines
        .into_iter()
        .map(|line| {
            let (tone, text) = match (line.signed_at, line.waiting) {
                (None, _) => (Tone::Warning, say::agreement_draft(language)),
                (Some(_), 0) => (Tone::Success, say::agreement_collected(language)),
                (Some(_), _) => (Tone::Info, say::agreement_waiting(language)),
            };
            view! {
                <tr>
                    <th scope="row"><a href=format!("{base}/{}", line.id)>{line.number}</a></th>
                    <td>{retention::told(language, &line.who)}</td>
                    <td>{date::day(line.created_at)}</td>
                    <td class="number">{line.devices}</td>
                    <td><Tag tone=tone text=text/></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="agreements" caption=say::agreements_title(language)>
            <thead>
                <tr>
                    <th scope="col">{say::column_agreement(language)}</th>
                    <th scope="col">{say::column_who(language)}</th>
                    <th scope="col">{say::column_made(language)}</th>
                    <th scope="col" class="number">{say::column_devices(language)}</th>
                    <th scope="col">{say::column_state(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

/// GET /devices/agreements/new: first whom it is with, then the rest.
pub async fn fresh(State(app): State<App>, caller: Caller, Asked(asked): Asked<Asking>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let language = visit.language;
    if let Ok(person) = asked.person.parse::<PersonId>() {
        let typed = Typed { person: person.to_string(), ..Typed::default() };
        return form(visit, &proof, typed, FormErrors::new()).await;
    }
    if !asked.institution.is_empty() {
        let typed = Typed { institution: "1".to_owned(), ..Typed::default() };
        return form(visit, &proof, typed, FormErrors::new()).await;
    }
    let found = if asked.q.trim().is_empty() {
        Vec::new()
    } else {
        guardian::find(&mut visit.tx, &proof.reader(), &asked.q, None, 50).await?
    };
    let title = say::agreement_new(language);
    visit.page(title, || {
        let nobody = (found.is_empty() && !asked.q.trim().is_empty())
            .then(|| view! { <p>{people::people_nobody(language)}</p> });
        let list = found
            .into_iter()
            .map(|card| {
                let groups = (!card.groups.is_empty()).then(|| format!(", {}", card.groups.join(", ")));
                view! { <li><a href=format!("/devices/agreements/new?person={}", card.id)>{card.name}</a>{groups}</li> }
            })
            .collect_view();
        view! {
            {said::trail(language, vec![Link::new(say::agreements_title(language), "/devices/agreements")], title)}
            <PageHead title=title lead=say::agreement_new_lead(language)/>
            <form class="form filter" method="get" action="/devices/agreements/new" role="search">
                <Field name="q" label=say::label_person_search(language) kind=FieldKind::Search value=asked.q/>
                <SubmitButton label=people::people_show(language)/>
            </form>
            {nobody}
            <ul>{list}</ul>
            <p><a href="/devices/agreements/new?institution=1">{say::for_institution(language)}</a></p>
        }
        .into_any()
    })
}

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    key: String,
    person: String,
    institution: String,
    kind: String,
    programme: String,
    purpose: String,
    signatory: String,
    name: String,
    address: String,
    email: String,
    representative: String,
}

impl Typed {
    fn new_agreement(&self) -> Result<NewAgreement, Error> {
        let unknown = |field| Error::field(field, identity::Problem::Unknown);
        let whom = if self.institution.is_empty() {
            Whom::Person {
                beneficiary: self.person.parse().map_err(|_| unknown("person"))?,
                signatory: self.signatory.parse().ok(),
            }
        } else {
            Whom::Institution {
                name: self.name.clone(),
                address: self.address.chars().take(300).collect(),
                email: self.email.clone(),
                representative: self.representative.clone(),
            }
        };
        Ok(NewAgreement {
            kind: AgreementKind::from_word(&self.kind).ok_or_else(|| unknown("kind"))?,
            programme: self.programme.parse::<ProgrammeId>().ok(),
            purpose: self.purpose.clone(),
            whom,
        })
    }
}

/// POST /devices/agreements/new
pub async fn create(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    if let Some(path) = said::done_before(&mut visit, &typed.key).await? {
        return visit.commit_and_go(&path, "loan_agreement_made").await;
    }
    let made = match typed.new_agreement() {
        Ok(new) => agreement::create(&mut visit.tx, &proof, &new).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(id) => {
            let path = format!("/devices/agreements/{id}");
            said::remember(&mut visit, &typed.key, &path).await?;
            visit.commit_and_go(&path, "loan_agreement_made").await
        }
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            let visit = visit.afresh().await?;
            form(visit, &proof, typed, errors).await
        }
    }
}

async fn form(mut visit: Visit, proof: &DeviceClerk, typed: Typed, errors: FormErrors) -> Answer {
    let language = visit.language;
    let programmes = purchase::programmes(&mut visit.tx, &proof.reader()).await?;
    let person = match typed.person.parse::<PersonId>() {
        Ok(id) => {
            let card = guardian::card(&mut visit.tx, &proof.reader(), id).await?;
            let signer = guardian::signer(&mut visit.tx, &proof.reader(), id).await?;
            Some((card, signer))
        }
        Err(_) if typed.institution.is_empty() => return Err(Problem::Malformed),
        Err(_) => None,
    };
    let key = said::once_field(&visit);
    let title = say::agreement_new(language);
    let page = |errors: FormErrors| {
        let mut choices = vec![Choice::new("", say::no_programme(language))];
        choices.extend(programmes.into_iter().map(|one| Choice::new(one.id.to_string(), one.name)));
        let kinds = AgreementKind::ALL
            .iter()
            .map(|kind| Choice::new(kind.word(), said::agreement_kind(language, *kind)))
            .collect::<Vec<_>>();
        let with = match person {
            Some((card, signer)) => of_person(language, &card, signer, &typed, &errors),
            None => of_institution(language, &typed, &errors),
        };
        let purpose = if typed.purpose.is_empty() {
            say::purpose_usual(language).to_owned()
        } else {
            typed.purpose.clone()
        };
        view! {
            {said::summary(language, &errors)}
            {said::trail(language, vec![Link::new(say::agreements_title(language), "/devices/agreements")], title)}
            <PageHead title=title/>
            {
    let inside = view! {
                {said::key_field(key)}
                {with}
                <Select name="kind" label=say::label_kind(language) choices=kinds chosen=typed.kind.clone()/>
                <Select name="programme" label=say::label_programme(language) choices=choices chosen=typed.programme.clone()/>
                <Field name="purpose" label=say::label_purpose(language) hint=say::purpose_hint(language) value=purpose
                    error=errors.of("purpose")/>
                <Actions>
                    <SubmitButton label=say::agreement_create(language)/>
                    <a href="/devices/agreements">{frame::cancel(language)}</a>
                </Actions>
            }.into_any();
    view! { <PostForm action="/devices/agreements/new">{inside}</PostForm> }
}
        }
        .into_any()
    };
    visit.form(title, errors, page)
}

fn of_person(language: Language, card: &Card, signer: Signer, typed: &Typed, errors: &FormErrors) -> AnyView {
    let facts = vec![
        SummaryRow::new(say::label_beneficiary(language), card.name.clone()),
        SummaryRow::new(say::label_email(language), card.email.clone().unwrap_or_else(|| "–".to_owned())),
    ];
    let signs = match signer {
        Signer::Themselves => view! { <p>{say::signs_alone(language)}</p> }.into_any(),
        Signer::Guardians(none) if none.is_empty() => {
            let href = format!("/devices/people/{}", card.id);
            view! {
                <Notice tone=Tone::Warning title=say::signatory_missing(language)>
                    <p><a href=href>{say::add_guardian(language)}</a></p>
                </Notice>
            }
            .into_any()
        }
        Signer::Guardians(all) => {
            let only = all.len() == 1;
            let choices = all
                .into_iter()
                .map(|one| {
                    let label = format!("{} ({})", one.guardian_name, said::basis(language, one.basis));
                    let choice = Choice::new(one.guardian.to_string(), label);
                    let chosen = only || typed.signatory == one.guardian.to_string();
                    Choice { chosen, ..choice }
                })
                .collect::<Vec<_>>();
            view! { <Radios name="signatory" legend=say::label_signatory(language) choices=choices error=errors.of("signatory")/> }
                .into_any()
        }
    };
    view! { <SummaryList rows=facts/><HiddenField name="person" value=card.id.to_string()/>{signs} }
        .into_any()
}

fn of_institution(language: Language, typed: &Typed, errors: &FormErrors) -> AnyView {
    view! {
        <HiddenField name="institution" value="1"/>
        <Field name="name" label=say::label_name(language) value=typed.name.clone() error=errors.of("name")/>
        <Field name="address" label=say::label_address(language) value=typed.address.clone()/>
        <Field name="email" kind=FieldKind::Email label=say::label_email(language) value=typed.email.clone() error=errors.of("email")/>
        <Field name="representative" label=say::label_representative(language) value=typed.representative.clone()
            error=errors.of("representative")/>
    }
    .into_any()
}

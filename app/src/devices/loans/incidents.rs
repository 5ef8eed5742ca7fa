//! Damage, theft, loss, "I have given it back": the list, one of them, its repair, its closing.

use axum::extract::State;
use devices::loans::incident::{self, Incident, Told, Work};
use devices::loans::kind::IncidentKind;
use devices::loans::repair::{self, Order};
use devices::papers::photo::{self, Moment, Subject};
use devices::retention::FileId;
use devices::retention::file;
use devices::{Error, IncidentId};
use identity::{DeviceClerk, Problem as Wrong};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, loans as say};

use super::incident_work::{facts, forms};
use super::{gone, said};
use crate::caller::Caller;
use crate::devices::papers::photos::{self, Given};
use crate::devices::retention;
use crate::devices::sections::section;
use crate::parts::{
    ButtonKind, Choice, DataTable, EmptyState, Encoding, Field, FieldKind, FormErrors, Link, PageHead,
    PostForm, Select, SubmitButton, Tag, TextArea, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Filed, Posted};
use crate::state::App;
use crate::visit::Visit;

/// What was typed in any of the forms.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The field of that name.
    pub code: String,
    /// The field of that name.
    pub kind: String,
    /// The field of that name.
    pub happened_on: String,
    /// The field of that name.
    pub description: String,
    /// The field of that name.
    pub police_ref: String,
    /// The field of that name.
    pub insurer_ref: String,
    /// The field of that name.
    pub assessed: String,
    /// The field of that name.
    pub settlement: String,
    /// The field of that name.
    pub workshop: String,
    /// The field of that name.
    pub warranty: String,
    /// The field of that name.
    pub cost: String,
    /// What is to be seen on the photographs.
    pub alt: String,
}

impl Typed {
    /// What somebody tells. Errors: `Invalid` on `kind`, `happened_on`.
    pub fn told(&self) -> Result<Told, Error> {
        Ok(Told {
            kind: IncidentKind::from_word(&self.kind).ok_or_else(|| Error::field("kind", Wrong::Unknown))?,
            happened_on: said::typed_day("happened_on", &self.happened_on)?
                .ok_or_else(|| Error::field("happened_on", Wrong::Missing))?,
            description: self.description.clone(),
        })
    }

    /// From a form with files.
    pub fn of(fields: &[(String, String)]) -> Self {
        let text = |name: &str| {
            fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
        };
        Self {
            code: text("code"),
            kind: text("kind"),
            happened_on: text("happened_on"),
            description: text("description"),
            alt: text("alt"),
            ..Self::default()
        }
    }

    /// The fields of a report; `given`: photographs that an earlier sending brought.
    pub fn fields(
        &self,
        language: Language,
        kinds: &[IncidentKind],
        given: Option<&Given>,
        errors: &FormErrors,
    ) -> AnyView {
        let kinds = kinds
            .iter()
            .map(|kind| Choice::new(kind.word(), said::incident(language, *kind)))
            .collect::<Vec<_>>();
        view! {
            <Select name="kind" label=say::label_what(language) choices=kinds chosen=self.kind.clone() error=errors.of("kind")/>
            <Field name="happened_on" kind=FieldKind::Date label=say::label_happened_on(language) value=self.happened_on.clone()
                error=errors.of("happened_on")/>
            <TextArea name="description" label=say::label_description(language) hint=say::description_hint(language)
                value=self.description.clone() error=errors.of("description")/>
            {photos::fields(language, "", given, &self.alt, errors)}
        }
        .into_any()
    }
}

/// The photographs of a report, and sentences about those that were refused as errors of the form.
///
/// Errors: `Unavailable`.
pub async fn pictures(
    visit: &Visit,
    filed: &Filed<{ photos::MOST_BYTES }>,
) -> Result<(Given, FormErrors), Problem> {
    let given = photos::take(visit, &filed.files, &filed.fields, "").await?;
    let mut errors = FormErrors::new();
    for sentence in &given.refused {
        errors.add("photos", sentence.clone());
    }
    Ok((given, errors))
}

/// GET /devices/incidents
pub async fn list(State(app): State<App>, caller: Caller) -> Answer {
    let visit = caller.open(&app).await?;
    visit.me.devices_reader()?;
    all(visit, Typed::default(), None, FormErrors::new()).await
}

/// POST /devices/incidents: the report and its photographs in one transaction. When a photograph or a field is refused nothing
/// is written, and what was typed and the good photographs are kept in the form.
pub async fn report(
    State(app): State<App>,
    caller: Caller,
    filed: Result<Filed<{ photos::MOST_BYTES }>, Problem>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let filed = filed?;
    let typed = Typed::of(&filed.fields);
    let (given, mut errors) = pictures(&visit, &filed).await?;
    match written(&mut visit, &proof, &typed, &given).await {
        Ok(id) if errors.is_empty() => {
            visit.commit_and_go(&format!("/devices/incidents/{id}"), "loan_reported").await
        }
        made => {
            if let Err(error) = made {
                errors = said::refusal(visit.language, error)?.with(errors);
            }
            drop(visit);
            all(caller.open(&app).await?, typed, Some(given), errors).await
        }
    }
}

async fn written(
    visit: &mut Visit,
    proof: &DeviceClerk,
    typed: &Typed,
    given: &Given,
) -> Result<IncidentId, Error> {
    let id = incident::report(&mut visit.tx, proof, &typed.code, &typed.told()?).await?;
    let told = incident::one(&mut visit.tx, &proof.reader(), id).await?;
    let subject =
        Subject { asset: told.asset, loan: told.loan, incident: Some(id), moment: Moment::Incident };
    photo::attach(&mut visit.tx, proof, subject, &given.stored).await?;
    Ok(id)
}

async fn all(mut visit: Visit, typed: Typed, given: Option<Given>, errors: FormErrors) -> Answer {
    let proof = visit.me.devices_reader()?;
    let clerk = visit.me.device_clerk().is_ok();
    let incidents = incident::all(&mut visit.tx, &proof).await?;
    let language = visit.language;
    let title = say::incidents_title(language);
    let page = |errors: FormErrors| {
        let form = clerk.then(|| {
            view! {
                <h2>{say::incident_new(language)}</h2>
                {
    let inside = view! {
                    <Field name="code" label=say::label_code(language) value=typed.code.clone() autocomplete="off" error=errors.of("code")/>
                    {typed.fields(language, IncidentKind::ALL, given.as_ref(), &errors)}
                    <SubmitButton label=say::incident_report(language) kind=ButtonKind::Secondary/>
                }.into_any();
    view! { <PostForm action="/devices/incidents" encoding=Encoding::Multipart>{inside}</PostForm> }
    }
            }
        });
        view! {
            {said::summary(language, &errors)}
            <PageHead title=title/>
            {section(language, "/devices/incidents")}
            {table(language, incidents)}
            {form}
        }
        .into_any()
    };
    visit.form(title, errors, page)
}

fn table(language: Language, incidents: Vec<Incident>) -> AnyView {
    if incidents.is_empty() {
        return view! { <EmptyState title=say::incidents_none(language)/> }.into_any();
    }
    let rows = incidents
        .into_iter()
        .map(|one| {
            let (tone, state) = match one.closed_at {
                Some(_) => (Tone::Neutral, say::incident_closed(language)),
                None => (Tone::Warning, say::incident_open(language)),
            };
            view! {
                <tr>
                    <th scope="row">
                        <a href=format!("/devices/incidents/{}", one.id)>{said::incident(language, one.kind)}", "{said::day(one.happened_on)}</a>
                    </th>
                    <td>{one.inventory_no}" "{one.model}</td>
                    <td>{retention::told(language, &one.who)}</td>
                    <td><Tag tone=tone text=state/></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="incidents" caption=say::incidents_title(language)>
            <thead>
                <tr>
                    <th scope="col">{say::label_what(language)}</th>
                    <th scope="col">{say::column_device(language)}</th>
                    <th scope="col">{say::column_who(language)}</th>
                    <th scope="col">{say::column_state(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

/// GET /devices/incidents/{id}
pub async fn show(State(app): State<App>, caller: Caller, At(id): At<IncidentId>) -> Answer {
    let visit = caller.open(&app).await?;
    one(visit, id, None, FormErrors::new()).await
}

async fn did(visit: Visit, id: IncidentId, typed: Typed, did: Result<(), Error>, flash: &str) -> Answer {
    match did {
        Ok(()) => visit.commit_and_go(&format!("/devices/incidents/{id}"), flash).await,
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            one(visit.afresh().await?, id, Some(typed), errors).await
        }
    }
}

/// POST /devices/incidents/{id}
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let done = match said::typed_money("assessed", &typed.assessed) {
        Ok(assessed_grosze) => {
            let work = Work {
                police_ref: typed.police_ref.clone(),
                insurer_ref: typed.insurer_ref.clone(),
                assessed_grosze,
                settlement: typed.settlement.clone(),
            };
            incident::work_on(&mut visit.tx, &proof, id, &work).await
        }
        Err(error) => Err(error),
    };
    did(visit, id, typed, done, "loan_saved").await
}

/// POST /devices/incidents/{id}/close
pub async fn close(State(app): State<App>, caller: Caller, At(id): At<IncidentId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let done = incident::close(&mut visit.tx, &proof, id).await;
    did(visit, id, Typed::default(), done, "loan_incident_closed").await
}

/// POST /devices/incidents/{id}/gone
pub async fn gone(State(app): State<App>, caller: Caller, At(id): At<IncidentId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let done = incident::confirm_gone(&mut visit.tx, &proof, id).await;
    did(visit, id, Typed::default(), done, "loan_saved").await
}

/// POST /devices/incidents/{id}/repair
pub async fn repair(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let order = Order {
        workshop: typed.workshop.clone(),
        description: typed.description.clone(),
        under_warranty: !typed.warranty.is_empty(),
    };
    let done = repair::begin(&mut visit.tx, &proof, id, &order).await;
    did(visit, id, typed, done, "loan_saved").await
}

/// POST /devices/incidents/{id}/repaired
pub async fn repaired(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let done = match said::typed_money("cost", &typed.cost) {
        Ok(cost) => repair::end(&mut visit.tx, &proof, id, cost).await,
        Err(error) => Err(error),
    };
    did(visit, id, typed, done, "loan_saved").await
}

async fn one(mut visit: Visit, id: IncidentId, typed: Option<Typed>, errors: FormErrors) -> Answer {
    let proof = visit.me.devices_reader()?;
    let clerk = visit.me.device_clerk().is_ok();
    let incident = incident::one(&mut visit.tx, &proof, id).await?;
    let tickets = repair::of(&mut visit.tx, &proof, id).await?;
    let photos = photo::of_incident(&mut visit.tx, &proof, id).await?;
    // One that belongs to a loan is in the file of its agreement.
    let note = match incident.loan {
        None => Some(file::one(&mut visit.tx, &proof, FileId(id.0)).await?),
        Some(_) => None,
    };
    let language = visit.language;
    let title = format!("{}, {}", said::incident(language, incident.kind), incident.inventory_no);
    let work = typed.unwrap_or_else(|| Typed {
        police_ref: incident.work.police_ref.clone(),
        insurer_ref: incident.work.insurer_ref.clone(),
        assessed: incident.work.assessed_grosze.map(said::money).unwrap_or_default(),
        settlement: incident.work.settlement.clone(),
        ..Typed::default()
    });
    let page = |errors: FormErrors| {
        let open = clerk && incident.closed_at.is_none();
        let forms = open.then(|| forms(language, &incident, &tickets, &work, &errors));
        // Also of one that was closed: the loan may still be open after it.
        let settle = if clerk { gone::button_of_incident(language, &incident) } else { None };
        view! {
            {said::summary(language, &errors)}
            {said::trail(language, vec![Link::new(say::incidents_title(language), "/devices/incidents")], &title)}
            <PageHead title=title.clone()/>
            {facts(language, &incident, &tickets, note.as_ref())}
            {settle}
            {photos::section(language, &photos, clerk.then(|| format!("/devices/incidents/{id}/photos")))}
            {forms}
        }
        .into_any()
    };
    visit.form(&title, errors, page)
}

/// What a borrower may tell.
pub const OF_BORROWERS: [IncidentKind; 4] =
    [IncidentKind::Damage, IncidentKind::Theft, IncidentKind::Loss, IncidentKind::ClaimedReturned];

//! One agreement: parties, devices, when they are due, signing. GET /devices/agreements/{id} and what is posted below it.

use axum::extract::State;
use base::id::row_id;
use devices::applications;
use devices::loans::agreement::{self, Agreement, Scan};
use devices::loans::due;
use devices::loans::event::{self, DueEvent};
use devices::loans::kind::{AgreementKind, LoanKind, SignedBy};
use devices::loans::loan::{self, Protocol};
use devices::papers::document::{self, Of};
use devices::privacy::{self, Viewed};
use devices::retention::file::{self, File};
use devices::{AgreementId, Error, LoanId};
use identity::DevicesReader;
use leptos::prelude::*;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use words::{Language, loans as say, papers as papers_say, settlements};

use super::agreement_forms::{due_form, items_form, sign_form};
use super::agreement_scan::kind_of;
use super::said::{self, TypedRules};
use crate::caller::Caller;
use crate::date;
use crate::devices::applications::letter;
use crate::devices::papers;
use crate::devices::reports::views::log;
use crate::devices::retention;
use crate::parts::{
    ActionLink, Actions, ButtonKind, DataTable, Details, FormErrors, HiddenField, Link, Notice, PageHead,
    PostForm, SubmitButton, SummaryList, SummaryRow, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Attached, Posted};
use crate::state::App;
use crate::visit::{Visit, go};

const SCAN_MOST_BYTES: usize = 16 << 20;

/// What the page shows.
pub struct Known {
    /// The agreement.
    pub agreement: Agreement,
    /// Events that a loan may be tied to.
    pub events: Vec<DueEvent>,
    protocols: Vec<Protocol>,
    document: papers::State,
    file: File,
    clerk: bool,
    /// The real name of a protected programme, for the clerk whose look is written down.
    real_name: Option<String>,
}

impl Known {
    async fn read(visit: &mut Visit, proof: &DevicesReader, id: AgreementId) -> Result<Self, Problem> {
        let seen = document::for_reading(proof, Of::Agreement(id));
        let agreement = agreement::one(&mut visit.tx, proof, id).await?;
        let mut real_name = None;
        if let (Some((programme, _)), Ok(clerk)) = (&agreement.programme, visit.me.device_clerk()) {
            real_name = privacy::protected_name(&mut visit.tx, &clerk, *programme).await?;
        }
        if real_name.is_some() {
            log(&visit.app, visit.caller(), Viewed::AgreementProgramme, id.0).await?;
        }
        Ok(Self {
            real_name,
            agreement,
            document: papers::state(visit, seen).await?,
            file: file::of_agreement(&mut visit.tx, proof, id).await?,
            events: event::all(&mut visit.tx, proof).await?,
            protocols: loan::protocols_of(&mut visit.tx, proof, id).await?,
            clerk: visit.me.device_clerk().is_ok(),
        })
    }

    /// Whether the text is for clerks and the parties alone, and this is neither.
    fn hides(&self) -> bool {
        self.agreement.tells && !self.clerk
    }
}

/// GET /devices/agreements/{id}
pub async fn show(State(app): State<App>, caller: Caller, At(id): At<AgreementId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let known = Known::read(&mut visit, &proof, id).await?;
    answer(visit, &known, &FormErrors::new())
}

/// The page again after a refusal, in a transaction of its own: what was begun is forgotten.
pub async fn refused(id: AgreementId, visit: Visit, error: Error) -> Answer {
    let errors = said::refusal(visit.language, error)?;
    let mut visit = visit.afresh().await?;
    let proof = visit.me.devices_reader()?;
    let known = Known::read(&mut visit, &proof, id).await?;
    answer(visit, &known, &errors)
}

/// The page with these refusals, nothing having been done.
pub async fn again(mut visit: Visit, id: AgreementId, errors: &FormErrors) -> Answer {
    let proof = visit.me.devices_reader()?;
    let known = Known::read(&mut visit, &proof, id).await?;
    answer(visit, &known, errors)
}

/// A scanned device.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Added {
    code: String,
    kind: String,
}

/// POST /devices/agreements/{id}/items
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    At(id): At<AgreementId>,
    Posted(added): Posted<Added>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let kind = LoanKind::from_word(&added.kind).unwrap_or(LoanKind::Primary);
    match agreement::add_item(&mut visit.tx, &proof, id, &added.code, kind).await {
        Ok(_) => visit.commit_and_go(&format!("/devices/agreements/{id}"), "loan_item_added").await,
        Err(error) => refused(id, visit, error).await,
    }
}

/// A device of the agreement.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Removed {
    loan: String,
}

/// POST /devices/agreements/{id}/remove
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    At(id): At<AgreementId>,
    Posted(removed): Posted<Removed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let loan: LoanId = removed.loan.parse().map_err(|_| Problem::NotFound)?;
    applications::take_out(&mut visit.tx, &proof, id, loan, &letter::decision).await?;
    visit.commit_and_go(&format!("/devices/agreements/{id}"), "loan_item_removed").await
}

/// POST /devices/agreements/{id}/due
pub async fn set_due(
    State(app): State<App>,
    caller: Caller,
    At(id): At<AgreementId>,
    Posted(typed): Posted<TypedRules>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let set = match typed.rules() {
        Ok(rules) => due::set_of_agreement(&mut visit.tx, &proof, id, &rules).await,
        Err(error) => Err(error),
    };
    match set {
        Ok(()) => visit.commit_and_go(&format!("/devices/agreements/{id}"), "loan_due_set").await,
        Err(error) => refused(id, visit, error).await,
    }
}

/// POST /devices/agreements/{id}/sign: the bytes of a scan first, then the row.
pub async fn sign(
    State(app): State<App>,
    caller: Caller,
    At(id): At<AgreementId>,
    file: Result<Attached<SCAN_MOST_BYTES>, Problem>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let file = file?;
    let by = match file.fields.get("by").and_then(|word| SignedBy::from_word(word)) {
        Some(SignedBy::External) => SignedBy::External,
        _ => SignedBy::Paper,
    };
    if by == SignedBy::External && kind_of(&file.bytes) != Some("application/pdf") {
        let errors = FormErrors::one("file", words::papers::external_wants_pdf(visit.language));
        return again(visit, id, &errors).await;
    }
    let mut scan = None;
    if !file.bytes.is_empty() {
        let Some(kind) = kind_of(&file.bytes) else {
            let errors = FormErrors::one("file", say::scan_wrong(visit.language));
            return again(visit, id, &errors).await;
        };
        agreement::one(&mut visit.tx, &proof.reader(), id).await?;
        let key = format!("agreements/{}/{id}/{}", visit.me.organisation, row_id(visit.tx.now()));
        let sha256 = Sha256::digest(&file.bytes).to_vec();
        app.blobs.put(&key, kind, file.bytes.clone()).await?;
        scan = Some(Scan { key, sha256 });
    }
    match agreement::sign(&mut visit.tx, &proof, id, by, scan).await {
        Ok(()) => signed(&app, &caller, visit, id).await,
        Err(error) => refused(id, visit, error).await,
    }
}

/// Ends the act of signing and makes its document at once. When that fails the agreement is signed all the same, and the
/// document is made from what was signed as soon as somebody opens it.
pub async fn signed(app: &App, caller: &Caller, visit: Visit, id: AgreementId) -> Answer {
    let path = format!("/devices/agreements/{id}");
    visit.tx.commit().await?;
    let mut visit = caller.open(app).await?;
    let proof = visit.me.devices_reader()?;
    let agreement = agreement::one(&mut visit.tx, &proof, id).await?;
    let seen = document::for_reading(&proof, Of::Agreement(id));
    if let Err(problem) = papers::freeze(&mut visit, seen, &papers::Source::Agreement(&agreement)).await {
        tracing::warn!(%id, ?problem, "the document of a signed agreement waits to be made");
        return Ok(go(app, &path, "loan_signed"));
    }
    visit.commit_and_go(&path, "loan_signed").await
}

fn answer(visit: Visit, known: &Known, errors: &FormErrors) -> Answer {
    let language = visit.language;
    let title = say::agreement_title(language, &known.agreement.number);
    let page = |errors: &FormErrors| {
        let draft = known.agreement.signed.is_none() && known.clerk && known.file.anonymised_at.is_none();
        let rest = draft.then(|| {
            view! {
                {items_form(language, known, errors)}
                {due_form(language, known, errors)}
                {papers::sign::form(language, &known.agreement, errors)}
                {sign_form(language, known, errors)}
            }
        });
        let terms = if known.hides() {
            view! { <Notice tone=Tone::Info><p>{papers_say::for_clerks(language)}</p></Notice> }.into_any()
        } else {
            let terms = retention::told(language, &known.agreement.terms);
            view! { <Details summary=say::agreement_text(language)><p class="terms">{terms}</p></Details> }
                .into_any()
        };
        view! {
            {said::summary(language, errors)}
            {said::trail(language, vec![Link::new(say::agreements_title(language), "/devices/agreements")], &title)}
            <PageHead title=title.clone()/>
            {next(language, known)}
            {facts(language, known)}
            {items(language, known)}
            {rest}
            {protocols(language, known)}
            {terms}
        }
        .into_any()
    };
    visit.form(&title, errors, page)
}

fn next(language: Language, known: &Known) -> AnyView {
    let base = format!("/devices/agreements/{}", known.agreement.id);
    let collect =
        (known.clerk && known.agreement.signed.is_some() && known.agreement.waiting().next().is_some())
            .then(|| view! { <ActionLink label=say::hand_over(language) href=format!("{base}/handover")/> });
    let scan = known.agreement.signed.as_ref().filter(|_| !known.hides()).and_then(|signed| signed.scan.as_ref()).map(|_| {
        view! { <ActionLink label=say::scan_open(language) href=format!("{base}/scan") kind=ButtonKind::Secondary/> }
    });
    let waiting = (known.agreement.signed.is_some() && known.agreement.waiting().next().is_some())
        .then(|| view! { <Notice tone=Tone::Info><p>{say::signed_not_collected(language)}</p></Notice> });
    let texts = (!known.hides()).then(|| {
        let print = format!("{base}/print");
        view! {
            {papers::link(language, format!("{base}/document"))}
            <ActionLink label=say::print(language) href=print kind=ButtonKind::Secondary/>
        }
    });
    view! { {waiting}<Actions>{collect}{texts}{scan}</Actions> }.into_any()
}

fn facts(language: Language, known: &Known) -> AnyView {
    let agreement = &known.agreement;
    let mut rows =
        vec![SummaryRow::new(say::label_kind(language), said::agreement_kind(language, agreement.kind))];
    if !known.hides() {
        let purpose = retention::told(language, &agreement.purpose);
        rows.push(SummaryRow::new(say::label_purpose(language), purpose));
    }
    for party in &agreement.parties {
        let name = match party.role {
            devices::loans::kind::Role::Beneficiary => say::label_beneficiary(language),
            devices::loans::kind::Role::Signatory => say::label_signatory(language),
            devices::loans::kind::Role::Contact => say::label_contact(language),
            devices::loans::kind::Role::Payer => say::label_payer(language),
        };
        let email = party.email.as_ref().map(|email| format!(", {email}")).unwrap_or_default();
        let text = format!("{}{email}", retention::told(language, &party.name));
        rows.push(match party.person {
            Some(id) => SummaryRow::view(
                name,
                view! { <a href=format!("/devices/people/{id}")>{text}</a> }.into_any(),
            ),
            None => SummaryRow::new(name, text),
        });
    }
    if let Some((_, name)) = &agreement.programme {
        let name = known.real_name.as_ref().map_or_else(|| name.clone(), |real| format!("{real} ({name})"));
        rows.push(SummaryRow::new(say::label_programme(language), name));
    }
    let signed = agreement.signed.as_ref().map_or_else(
        || say::agreement_draft(language).to_owned(),
        |signed| format!("{}, {}", date::moment(signed.at), said::signed_by(language, signed.by)),
    );
    rows.push(SummaryRow::new(say::label_signed(language), signed));
    rows.extend(papers::kept_row(language, &known.document));
    rows.push(retention::row(language, &known.file));
    view! { <SummaryList rows=rows/> }.into_any()
}

fn items(language: Language, known: &Known) -> AnyView {
    let agreement = &known.agreement;
    if agreement.items.is_empty() {
        return view! { <p>{say::items_none(language)}</p> }.into_any();
    }
    let last_day = match agreement.kind {
        AgreementKind::Donation => settlements::column_bound(language),
        AgreementKind::Loan | AgreementKind::Entrusted => say::column_due(language),
    };
    let rows = agreement
        .items
        .iter()
        .map(|item| {
            let without = item
                .outcome
                .filter(|outcome| !outcome.is_return())
                .map(|outcome| format!(", {}", said::outcome(language, outcome)));
            let remove = (known.clerk && item.handed_over_at.is_none()).then(|| {
                view! {
                    {
    let inside = view! {
                        <HiddenField name="loan" value=item.loan.to_string()/>
                        <SubmitButton label=say::item_remove(language) kind=ButtonKind::Secondary subject=item.inventory_no.clone()/>
                    }.into_any();
    view! { <PostForm action=format!("/devices/agreements/{}/remove", agreement.id)>{inside}</PostForm> }
    }
                }
            });
            view! {
                <tr>
                    <th scope="row"><a href=format!("/devices/loans/{}", item.loan)>{item.inventory_no.clone()}</a></th>
                    <td>{item.model.clone()}</td>
                    <td>{said::loan_kind(language, item.kind)}</td>
                    <td>{said::due(language, item.due_on)}</td>
                    <td>{said::moment(item.handed_over_at)}</td>
                    <td>{said::moment(item.returned_at)}{without}{remove}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="items" caption=say::label_items(language)>
            <thead>
                <tr>
                    <th scope="col">{say::column_number(language)}</th>
                    <th scope="col">{say::column_model(language)}</th>
                    <th scope="col">{say::column_kind(language)}</th>
                    <th scope="col">{last_day}</th>
                    <th scope="col">{say::column_since(language)}</th>
                    <th scope="col">{say::column_back(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn protocols(language: Language, known: &Known) -> AnyView {
    if known.protocols.is_empty() {
        return ().into_any();
    }
    let list = known
        .protocols
        .iter()
        .map(|one| {
            let text = format!("{}, {}", one.number, date::moment(one.made_at));
            view! { <li><a href=format!("/devices/protocols/{}", one.id)>{text}</a></li> }
        })
        .collect_view();
    view! { <h2>{say::protocols(language)}</h2><ul>{list}</ul> }.into_any()
}

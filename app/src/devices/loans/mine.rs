//! "My devices": what I and those for whom I speak have, until when, what was signed, and how to tell of damage or loss.

use axum::extract::State;
use devices::loans::list::Line;
use devices::loans::{incident, loan, mine};
use devices::papers::photo;
use devices::{AgreementId, Error, LoanId};
use leptos::prelude::*;
use words::{Language, frame, loans as say};

use super::incidents::{self, OF_BORROWERS, Typed};
use super::list::state;
use super::{agreements, said};
use crate::caller::Caller;
use crate::date;
use crate::devices::papers;
use crate::devices::papers::photos::{self, Given};
use crate::parts::{
    ActionLink, Actions, ButtonKind, EmptyState, Encoding, FormErrors, Link, PageHead, PostForm,
    SubmitButton, SummaryList, SummaryRow,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Filed};
use crate::state::App;
use crate::visit::Visit;

/// GET /my-devices
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let lines = mine::loans(&mut visit.tx).await?;
    let mut agreements = mine::agreements(&mut visit.tx).await?;
    agreements.retain(|line| line.signed_at.is_some());
    let language = visit.language;
    visit.page(say::mine_title(language), || {
        let shown: Vec<_> = lines
            .iter()
            .filter(|line| line.is_open() || line.returned_at.is_some() && !line.accessories.is_empty())
            .collect();
        let devices = if shown.is_empty() {
            view! { <EmptyState title=say::mine_none(language) text=say::mine_none_text(language)/> }
                .into_any()
        } else {
            shown.into_iter().map(|line| card(language, line)).collect_view().into_any()
        };
        let signed = (!agreements.is_empty()).then(|| {
            view! {
                <h2>{say::mine_signed(language)}</h2>
                {agreements::table(language, agreements, "/my-devices/agreements")}
            }
        });
        view! {
            <PageHead title=say::mine_title(language) lead=say::mine_lead(language)>
                <ActionLink label=words::applications::apply_title(language) href="/my-devices/apply" kind=ButtonKind::Secondary/>
            </PageHead>
            {devices}
            {signed}
        }
        .into_any()
    })
}

fn card(language: Language, line: &Line) -> AnyView {
    let mut rows = vec![
        SummaryRow::new(say::label_beneficiary(language), line.who.clone()),
        SummaryRow::new(say::column_number(language), line.inventory_no.clone()),
        SummaryRow::new(say::column_since(language), line.handed_over_at.map(date::day).unwrap_or_default()),
        SummaryRow::new(say::column_due(language), said::due_of(language, line)),
        SummaryRow::view(say::column_state(language), state(language, line)),
    ];
    if !line.accessories.is_empty() {
        rows.push(SummaryRow::new(say::label_along(language), line.accessories.join(", ")));
    }
    let report = line.is_open().then(|| {
        let href = format!("/my-devices/{}/report", line.loan);
        let declare = format!("/my-devices/{}/declare", line.loan);
        view! {
            <Actions>
                <ActionLink label=words::stocktake::declare_own(language) href=declare kind=ButtonKind::Secondary/>
                <ActionLink label=say::report(language) href=href kind=ButtonKind::Secondary/>
            </Actions>
        }
    });
    view! { <section class="sheet"><h2>{line.model.clone()}</h2><SummaryList rows=rows/>{report}</section> }
        .into_any()
}

/// GET /my-devices/{id}/report
pub async fn ask(State(app): State<App>, caller: Caller, At(id): At<LoanId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let line = mine::loan(&mut visit.tx, id).await?;
    form(visit, &line, &Typed::default(), None, &FormErrors::new())
}

/// POST /my-devices/{id}/report: the report and its photographs in one transaction. When a photograph or a field is refused
/// nothing is written, and what was typed and the good photographs are kept in the form.
pub async fn report(
    State(app): State<App>,
    caller: Caller,
    At(id): At<LoanId>,
    filed: Result<Filed<{ photos::MOST_BYTES }>, Problem>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    if !mine::loan(&mut visit.tx, id).await?.is_open() {
        return Err(Problem::NotFound);
    }
    let filed = filed?;
    let typed = Typed::of(&filed.fields);
    let (given, mut errors) = incidents::pictures(&visit, &filed).await?;
    match written(&mut visit, id, &typed, &given).await {
        Ok(()) if errors.is_empty() => visit.commit_and_go("/my-devices", "loan_reported").await,
        made => {
            if let Err(error) = made {
                errors = said::refusal(visit.language, error)?.with(errors);
            }
            drop(visit);
            let mut visit = caller.open(&app).await?;
            let line = mine::loan(&mut visit.tx, id).await?;
            form(visit, &line, &typed, Some(&given), &errors)
        }
    }
}

async fn written(visit: &mut Visit, id: LoanId, typed: &Typed, given: &Given) -> Result<(), Error> {
    let incident = incident::report_own(&mut visit.tx, id, &typed.told()?).await?;
    photo::attach_to_own(&mut visit.tx, id, incident, &given.stored).await
}

fn form(visit: Visit, line: &Line, typed: &Typed, given: Option<&Given>, errors: &FormErrors) -> Answer {
    let language = visit.language;
    if !line.is_open() {
        return Err(Problem::NotFound);
    }
    let title = say::report_title(language, &line.model);
    let page = |errors: &FormErrors| {
        view! {
                    {said::summary(language, errors)}
                    {said::trail(language, vec![Link::new(say::mine_title(language), "/my-devices")], &title)}
                    <PageHead title=title.clone() lead=say::report_lead(language)/>
                    {
            let inside = view! {
                        {typed.fields(language, &OF_BORROWERS, given, errors)}
                        <Actions>
                            <SubmitButton label=say::report_send(language)/>
                            <a href="/my-devices">{frame::cancel(language)}</a>
                        </Actions>
                    }.into_any();
            view! {
                <PostForm action=format!("/my-devices/{}/report", line.loan) encoding=Encoding::Multipart>{inside}</PostForm>
            }
        }
                }
        .into_any()
    };
    visit.form(&title, errors, page)
}

/// GET /my-devices/agreements/{id}: what was signed, as it was signed.
pub async fn agreement(State(app): State<App>, caller: Caller, At(id): At<AgreementId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let agreement = mine::agreement(&mut visit.tx, id).await?;
    let protocols = loan::own_protocols(&mut visit.tx, id).await?;
    let mut photos = Vec::new();
    for item in &agreement.items {
        photos.extend(photo::of_own_loan(&mut visit.tx, item.loan).await?);
    }
    let language = visit.language;
    let list = protocols.iter().map(|one| {
        let text = format!("{}, {}", one.number, date::moment(one.made_at));
        view! { <li><a href=format!("/my-devices/protocols/{}/document", one.id)>{text}</a></li> }
    });
    let protocols = (!protocols.is_empty())
        .then(|| view! { <h2>{say::protocols(language)}</h2><ul>{list.collect_view()}</ul> });
    let title = say::agreement_title(language, &agreement.number);
    visit.page(&title, || {
        view! {
            {said::trail(language, vec![Link::new(say::mine_title(language), "/my-devices")], &title)}
            <PageHead title=title.clone()/>
            <Actions>{papers::link(language, format!("/my-devices/agreements/{id}/document"))}</Actions>
            <p class="terms" lang="pl">{agreement.terms}</p>
            {protocols}
            {papers::photos::both_ways(language, "/my-devices/photos", &photos)}
        }
        .into_any()
    })
}

//! One loan: whose, until when and why, what is owed, what was reported; renewal and settling of accessories.

use axum::extract::State;
use devices::loans::due::{self, Rule};
use devices::loans::event::{self, DueEvent};
use devices::loans::incident::{self, Incident};
use devices::loans::list::{self, Line};
use devices::loans::loan::{self, Accessory, Settled};
use devices::papers::photo::{self, Photo};
use devices::{Error, LoanId};
use identity::DevicesReader;
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, loans as say, papers, settlements};

use super::list::state;
use super::said::{self, TypedRules};
use super::{gone, notice};
use crate::caller::Caller;
use crate::date;
use crate::devices::papers::photos;
use crate::devices::retention;
use crate::parts::{
    ActionLink, Actions, ButtonKind, Field, FormErrors, HiddenField, Link, PageHead, PostForm, SubmitButton,
    SummaryList, SummaryRow,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

struct Known {
    line: Line,
    rules: Vec<Rule>,
    events: Vec<DueEvent>,
    accessories: Vec<Accessory>,
    incidents: Vec<Incident>,
    photos: Vec<Photo>,
    clerk: bool,
    /// What was typed of an accessory and refused.
    settling: TypedSettlement,
}

impl Known {
    async fn read(visit: &mut Visit, proof: &DevicesReader, id: LoanId) -> Result<Self, Error> {
        Ok(Self {
            line: list::one(&mut visit.tx, proof, id).await?,
            rules: due::of(&mut visit.tx, proof, id).await?,
            events: event::all(&mut visit.tx, proof).await?,
            accessories: loan::accessories(&mut visit.tx, proof, id).await?,
            incidents: incident::of_loan(&mut visit.tx, proof, id).await?,
            photos: photo::of_loan(&mut visit.tx, proof, id).await?,
            clerk: visit.me.device_clerk().is_ok(),
            settling: TypedSettlement::default(),
        })
    }
}

/// GET /devices/loans/{id}
pub async fn show(State(app): State<App>, caller: Caller, At(id): At<LoanId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let known = Known::read(&mut visit, &proof, id).await?;
    answer(visit, &known, &Renewal::default(), &FormErrors::new())
}

/// A renewal.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Renewal {
    due_on: String,
    event: String,
    notice_days: String,
    reason: String,
}

impl Renewal {
    fn rules(&self) -> TypedRules {
        TypedRules {
            due_on: self.due_on.clone(),
            event: self.event.clone(),
            notice_days: self.notice_days.clone(),
        }
    }
}

/// POST /devices/loans/{id}/renew
pub async fn renew(
    State(app): State<App>,
    caller: Caller,
    At(id): At<LoanId>,
    Posted(typed): Posted<Renewal>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let renewed = match typed.rules().rules() {
        Ok(rules) => due::renew(&mut visit.tx, &proof, id, &rules, &typed.reason).await,
        Err(error) => Err(error),
    };
    match renewed {
        Ok(()) => visit.commit_and_go(&format!("/devices/loans/{id}"), "loan_renewed").await,
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            let mut visit = visit.afresh().await?;
            let known = Known::read(&mut visit, &proof.reader(), id).await?;
            answer(visit, &known, &typed, &errors)
        }
    }
}

/// What became of an accessory.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TypedSettlement {
    accessory: String,
    settlement: String,
    back: String,
}

/// POST /devices/loans/{id}/settle
pub async fn settle(
    State(app): State<App>,
    caller: Caller,
    At(id): At<LoanId>,
    Posted(typed): Posted<TypedSettlement>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let accessory = typed.accessory.parse().map_err(|_| Problem::NotFound)?;
    let settled =
        if typed.back.is_empty() { Settled::Otherwise(typed.settlement.clone()) } else { Settled::Returned };
    match loan::settle(&mut visit.tx, &proof, id, accessory, &settled).await {
        Ok(()) => visit.commit_and_go(&format!("/devices/loans/{id}"), "loan_settled").await,
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            let mut visit = visit.afresh().await?;
            let read = Known::read(&mut visit, &proof.reader(), id).await?;
            answer(visit, &Known { settling: typed, ..read }, &Renewal::default(), &errors)
        }
    }
}

fn answer(visit: Visit, known: &Known, typed: &Renewal, errors: &FormErrors) -> Answer {
    let language = visit.language;
    let line = &known.line;
    let title = say::loan_title(language, &line.inventory_no, &retention::told(language, &line.who));
    let page = |errors: &FormErrors| {
        let renewal = (known.clerk && line.is_open() && !line.given).then(|| {
            view! {
                <h2>{say::renew_title(language)}</h2>
                {
    let inside = view! {
                    {typed.rules().fields(language, &known.events, errors)}
                    <Field name="reason" label=say::label_reason(language) value=typed.reason.clone() error=errors.of("reason")/>
                    <SubmitButton label=say::renew(language)/>
                }.into_any();
    view! { <PostForm action=format!("/devices/loans/{}/renew", line.loan)>{inside}</PostForm> }
}
            }
        });
        let acts = (known.clerk && line.is_open()).then(|| acts(language, known));
        view! {
            {said::summary(language, errors)}
            {said::trail(language, vec![Link::new(say::loans_title(language), "/devices/loans")], &title)}
            <PageHead title=title.clone()/>
            {facts(language, known)}
            {acts}
            {accessories(language, known, errors)}
            {incidents(language, known)}
            {photos::both_ways(language, "/devices/photos", &known.photos)}
            {renewal}
        }
        .into_any()
    };
    visit.form(&title, errors, page)
}

/// What a clerk may do with an open loan besides changing when it is due.
fn acts(language: Language, known: &Known) -> AnyView {
    let line = &known.line;
    let letter = line.due_on.is_some().then(|| {
        let href = format!("/devices/loans/{}/letter", line.loan);
        let label = papers::open_letter(language);
        view! { <ActionLink label=label href=href kind=ButtonKind::Secondary/> }
    });
    let notice = (!line.given && known.rules.iter().any(|rule| matches!(rule, Rule::Indefinite(_))))
        .then(|| notice::button(language, line.loan));
    let settle = gone::button(language, line);
    view! { <Actions>{letter}{notice}{settle}</Actions> }.into_any()
}

fn facts(language: Language, known: &Known) -> AnyView {
    let line = &known.line;
    let rules: Vec<String> = known
        .rules
        .iter()
        .map(|rule| match rule {
            Rule::Fixed(day) => say::rule_fixed(language, &said::day(*day)),
            Rule::Event(_, name, day) => {
                say::rule_event(language, &retention::told(language, name), &said::due(language, *day))
            }
            Rule::Indefinite(_) if line.given => say::without_end(language).to_owned(),
            Rule::Indefinite(days) => say::rule_indefinite(language, i64::from(*days)),
        })
        .collect();
    let rules_label =
        if line.given { settlements::column_bound(language) } else { say::label_rules(language) };
    let who = match line.person {
        Some(id) => view! { <a href=format!("/devices/people/{id}")>{line.who.clone()}</a> }.into_any(),
        None => retention::told(language, &line.who).into_any(),
    };
    let number =
        view! { <a href=format!("/devices/agreements/{}", line.agreement)>{line.number.clone()}</a> };
    let rows = vec![
        SummaryRow::view(say::column_who(language), who),
        SummaryRow::new(say::column_device(language), format!("{} {}", line.inventory_no, line.model)),
        SummaryRow::view(say::column_agreement(language), number.into_any()),
        SummaryRow::new(say::column_kind(language), said::loan_kind(language, line.kind)),
        SummaryRow::new(say::column_since(language), said::moment(line.handed_over_at)),
        SummaryRow::new(said::ended(language, line.outcome), said::moment(line.returned_at)),
        SummaryRow::new(say::column_due(language), said::due_of(language, line)),
        SummaryRow::new(rules_label, rules.join("; ")),
        SummaryRow::view(say::column_state(language), state(language, line)),
    ];
    view! { <SummaryList rows=rows/> }.into_any()
}

fn accessories(language: Language, known: &Known, errors: &FormErrors) -> AnyView {
    if known.accessories.is_empty() {
        return ().into_any();
    }
    let list = known
        .accessories
        .iter()
        .map(|one| {
            let state = match (&one.settlement, one.returned_at) {
                (Some(how), _) => say::accessory_settled(language, how),
                (None, Some(at)) => say::accessory_back(language, &date::day(at)),
                (None, None) => say::accessory_out(language).to_owned(),
            };
            let owed = one.returned_at.is_none() && one.settlement.is_none() && known.line.returned_at.is_some();
            let form = (owed && known.clerk).then(|| {
                let id = one.id.to_string();
                // The field that was refused has the id to which the summary leads, its text and its sentence.
                let refused = known.settling.accessory == id;
                let (of, typed, error) = if refused {
                    (String::new(), known.settling.settlement.clone(), errors.of("settlement"))
                } else {
                    (id.clone(), String::new(), None)
                };
                view! {
                    {
    let inside = view! {
                        <HiddenField name="accessory" value=id/>
                        <Field name="settlement" of=of label=say::label_settlement(language) value=typed error=error/>
                        <SubmitButton label=say::accessory_settle(language) kind=ButtonKind::Secondary subject=one.name.clone()/>
                        " "
                        <SubmitButton label=say::accessory_return(language) kind=ButtonKind::Secondary name="back" value="1"
                            subject=one.name.clone()/>
                    }.into_any();
    view! { <PostForm action=format!("/devices/loans/{}/settle", known.line.loan)>{inside}</PostForm> }
}
                }
            });
            view! { <li>{one.name.clone()}": "{state}{form}</li> }
        })
        .collect_view();
    view! { <h2>{say::label_accessories(language)}</h2><ul>{list}</ul> }.into_any()
}

fn incidents(language: Language, known: &Known) -> AnyView {
    if known.incidents.is_empty() {
        return ().into_any();
    }
    let list = known
        .incidents
        .iter()
        .map(|one| {
            let text = format!("{}, {}", said::incident(language, one.kind), said::day(one.happened_on));
            view! { <li><a href=format!("/devices/incidents/{}", one.id)>{text}</a></li> }
        })
        .collect_view();
    view! { <h2>{say::incidents_title(language)}</h2><ul>{list}</ul> }.into_any()
}

//! The scanner desk: a class in line, focus in the scan field, each scan answered by text. A plain form: the page comes
//! back with the answer and the focus where it was. GET and POST /devices/desk.

use axum::extract::State;
use base::PersonId;
use devices::Error;
use devices::ProgrammeId;
use devices::loans::desk::{self, Line, Out, Place};
use devices::loans::event::{self, DueEvent};
use devices::loans::readiness::{self, Found};
use devices::loans::take_back::{self, Back};
use devices::register::catalogue::Named;
use devices::register::purchase;
use identity::GroupId;
use identity::group::Group;
use islands::DeskPerson;
use leptos::prelude::*;
use serde::Deserialize;
use time::Date;
use words::{Language, loans as say};

use super::said::{self, TypedRules};
use super::{desk_queue, returns};
use crate::caller::Caller;
use crate::devices::sections::section;
use crate::parts::{
    ButtonKind, Checkbox, Choice, DataTable, Field, FormErrors, HiddenField, Notice, PageHead, Select,
    SubmitButton, Tag, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, Posted};
use crate::state::App;
use crate::visit::Visit;

/// How the desk is set, and a scan.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Set {
    pub(super) key: String,
    group: String,
    mode: String,
    purpose: String,
    programme: String,
    confirmed: String,
    person: String,
    code: String,
    due_on: String,
    event: String,
    notice_days: String,
    /// Milliseconds since the scan, when a queue in the browser sends it later.
    pub(super) waited_ms: String,
}

impl Set {
    fn rules(&self) -> TypedRules {
        TypedRules {
            due_on: self.due_on.clone(),
            event: self.event.clone(),
            notice_days: self.notice_days.clone(),
        }
    }

    fn line(&self, on: Option<Date>) -> Result<Line, Error> {
        Ok(Line {
            purpose: self.purpose.clone(),
            programme: self.programme.parse::<ProgrammeId>().ok(),
            rules: self.rules().rules()?,
            confirmed: !self.confirmed.is_empty(),
            on,
        })
    }

    fn collects(&self) -> bool {
        self.mode == "in"
    }
}

/// What the desk says after a scan.
pub(super) enum Said {
    Nothing,
    Good(String),
    /// Refused, unless the clerk confirms that they have seen this.
    Ask(Vec<String>),
    Bad(Vec<String>),
    Back(Box<take_back::Taken>),
}

/// GET /devices/desk
pub async fn show(State(app): State<App>, caller: Caller, Asked(set): Asked<Set>) -> Answer {
    let visit = caller.open(&app).await?;
    visit.me.device_clerk()?;
    answer(visit, set, Said::Nothing).await
}

/// POST /devices/desk: one scan.
pub async fn scan(State(app): State<App>, caller: Caller, Posted(mut set): Posted<Set>) -> Answer {
    let mut visit = caller.open(&app).await?;
    visit.me.device_clerk()?;
    if said::done_before(&mut visit, &set.key).await?.is_some() {
        return answer(visit, Set { person: String::new(), ..set }, Said::Nothing).await;
    }
    let said = act(&mut visit, &set, None).await?;
    if matches!(said, Said::Good(_) | Said::Back(_)) {
        said::remember(&mut visit, &set.key, "/devices/desk").await?;
        visit.tx.commit().await?;
        set.person.clear();
        set.confirmed.clear();
    } else {
        drop(visit);
    }
    let visit = caller.open(&app).await?;
    answer(visit, set, said).await
}

/// Does what a scan asks for, on that day when it is written down afterwards. Unless it answers `Good` or `Back`, nothing
/// may be committed.
pub(super) async fn act(visit: &mut Visit, set: &Set, on: Option<Date>) -> Result<Said, Problem> {
    let (proof, language) = (visit.me.device_clerk()?, visit.language);
    let code = set.code.trim();
    if code.is_empty() {
        return Ok(Said::Bad(vec![say::scan_first(language).to_owned()]));
    }
    if set.collects() {
        let back = Back { on, ..Back::complete() };
        return match take_back::take_back(&mut visit.tx, &proof, code, &back).await {
            Ok(taken) => Ok(Said::Back(Box::new(taken))),
            Err(Error::NotFound) => Ok(Said::Bad(vec![say::code_unknown(language).to_owned()])),
            Err(error) => refused(language, error),
        };
    }
    let person: PersonId = set.person.parse().map_err(|_| Problem::Malformed)?;
    let out = match set.line(on) {
        Ok(line) => desk::hand_out(&mut visit.tx, &proof, person, code, &line).await,
        Err(error) => Err(error),
    };
    match out {
        Ok(Out::Done(..)) => {
            let who = identity::guardian::card(&mut visit.tx, &proof.reader(), person).await?.name;
            Ok(Said::Good(say::handed_to(language, code, &who)))
        }
        Ok(Out::Not(found)) => {
            // The clerk knows which device: the one in their hand.
            let line = |one: &Found| said::finding(language, &Found { item: None, ..one.clone() });
            let lines = found.iter().map(line).collect();
            Ok(if readiness::allows(&found, true) { Said::Ask(lines) } else { Said::Bad(lines) })
        }
        Err(error) => refused(language, error),
    }
}

fn refused(language: Language, error: Error) -> Result<Said, Problem> {
    Ok(Said::Bad(match error {
        Error::Invalid(wrong) => wrong.iter().map(|one| said::sentence(language, one)).collect(),
        Error::Lent => vec![say::refused_lent(language).to_owned()],
        Error::HasPrimary => vec![say::refused_primary(language).to_owned()],
        Error::Reserved => vec![say::refused_reserved(language).to_owned()],
        Error::NotInStock => vec![say::refused_stock(language).to_owned()],
        other => return Err(other.into()),
    }))
}

async fn answer(mut visit: Visit, set: Set, said: Said) -> Answer {
    let proof = visit.me.device_clerk()?.reader();
    let groups = identity::group::all(&mut visit.tx).await?;
    let events = event::all(&mut visit.tx, &proof).await?;
    let programmes = purchase::programmes(&mut visit.tx, &proof).await?;
    let places = match set.group.parse::<GroupId>() {
        Ok(group) => desk::class(&mut visit.tx, &proof, group).await?,
        Err(_) => Vec::new(),
    };
    let language = visit.language;
    let key = said::once_field(&visit);
    let owner = visit.me.person.to_string();
    let title = if set.collects() { say::desk_in_title(language) } else { say::desk_title(language) };
    visit.page(title, || {
        let said = heard(language, said);
        let ready = !set.group.is_empty() && (set.collects() || !places.is_empty());
        let scan = ready.then(|| scan_form(language, key, &set, &places));
        let queue = ready.then(|| desk_queue::island(language, owner, line_up(&set, &places)));
        let list = (!places.is_empty()).then(|| class(language, &set, &places));
        view! {
            <PageHead title=title/>
            {section(language, "/devices/desk")}
            <div role="status" class="desk-said">{said}</div>
            {scan}
            {queue}
            {list}
            {settings(language, &set, groups, &events, programmes)}
        }
        .into_any()
    })
}

fn heard(language: Language, said: Said) -> AnyView {
    match said {
        Said::Nothing => ().into_any(),
        Said::Good(text) => view! { <Notice tone=Tone::Success title=text>""</Notice> }.into_any(),
        Said::Ask(lines) | Said::Bad(lines) => {
            let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
            view! { <Notice tone=Tone::Danger title=say::desk_refused(language)><ul>{lines}</ul></Notice> }
                .into_any()
        }
        Said::Back(taken) => returns::done(language, &taken),
    }
}

/// Whose turn it is: the one who was chosen, else the first without a device.
fn turn<'a>(set: &Set, places: &'a [Place]) -> Option<&'a Place> {
    let chosen = places.iter().find(|place| place.card.id.to_string() == set.person);
    chosen.or_else(|| places.iter().find(|place| place.has.is_none() && !place.card.suspended))
}

/// The line as the queue in the browser follows it: whose turn it is first, then those who have nothing yet, then the rest.
fn line_up(set: &Set, places: &[Place]) -> Vec<DeskPerson> {
    if set.collects() {
        return Vec::new();
    }
    let first = turn(set, places).map(|place| place.card.id);
    let mut line: Vec<&Place> = places.iter().filter(|place| !place.card.suspended).collect();
    line.sort_by_key(|place| (Some(place.card.id) != first, place.has.is_some()));
    let person = |place: &Place| DeskPerson {
        id: place.card.id.to_string(),
        name: place.card.name.clone(),
        has: place.has.is_some() && Some(place.card.id) != first,
    };
    line.into_iter().map(person).collect()
}

fn hidden(set: &Set) -> AnyView {
    [
        ("group", &set.group),
        ("mode", &set.mode),
        ("purpose", &set.purpose),
        ("programme", &set.programme),
        ("due_on", &set.due_on),
        ("event", &set.event),
        ("notice_days", &set.notice_days),
    ]
    .map(|(name, value)| view! { <HiddenField name=name value=value.clone()/> })
    .collect_view()
    .into_any()
}

fn scan_form(language: Language, key: String, set: &Set, places: &[Place]) -> AnyView {
    let turn = turn(set, places);
    let who = if set.collects() {
        view! { <p class="desk-turn">{say::desk_in_lead(language)}</p> }.into_any()
    } else {
        match turn {
            Some(place) => view! {
                <p class="desk-turn">{say::desk_turn(language, &place.card.name)}</p>
                <HiddenField name="person" value=place.card.id.to_string()/>
            }
            .into_any(),
            None => view! { <p class="desk-turn">{say::desk_all_done(language)}</p> }.into_any(),
        }
    };
    let confirm = (!set.collects() && !set.code.is_empty())
        .then(|| view! { <Checkbox name="confirmed" label=say::confirm(language)/> });
    view! {
        <form class="form scan" id="scan" method="post" action="/devices/desk" novalidate>
            {said::key_field(key)}
            {hidden(set)}
            {who}
            <div class="field">
                <label for="f-code">{say::label_code(language)}</label>
                <input id="f-code" name="code" type="text" autocomplete="off" autofocus/>
            </div>
            {confirm}
            <SubmitButton label=if set.collects() { say::take_back(language) } else { say::hand_over(language) }/>
        </form>
    }
    .into_any()
}

fn class(language: Language, set: &Set, places: &[Place]) -> AnyView {
    let next = turn(set, places).map(|place| place.card.id);
    let rows = places
        .iter()
        .map(|place| {
            let here = (Some(place.card.id) == next && !set.collects()).then_some("true");
            let state = match (&place.has, place.prepared.as_slice()) {
                (Some(number), _) => view! { <Tag tone=Tone::Success text=number.clone()/> }.into_any(),
                (None, []) => view! { <Tag text=say::desk_nothing(language)/> }.into_any(),
                (None, prepared) => {
                    view! { <Tag tone=Tone::Info text=say::desk_prepared(language, &prepared.join(", "))/> }.into_any()
                }
            };
            let age = if place.minor { say::minor(language) } else { say::adult(language) };
            let choose = (place.has.is_none() && !set.collects()).then(|| {
                view! {
                    <form method="get" action="/devices/desk">
                        {hidden(set)}
                        <HiddenField name="person" value=place.card.id.to_string()/>
                        <SubmitButton label=say::desk_choose(language) kind=ButtonKind::Secondary subject=place.card.name.clone()/>
                    </form>
                }
            });
            view! {
                <tr aria-current=here>
                    <th scope="row"><a href=format!("/devices/people/{}", place.card.id)>{place.card.name.clone()}</a></th>
                    <td>{age}</td>
                    <td>{state}</td>
                    <td>{choose}</td>
                </tr>
            }
        })
        .collect_view();
    let has = places.iter().filter(|place| place.has.is_some()).count();
    view! {
        <DataTable id="class" caption=say::desk_count(language, &has.to_string(), &places.len().to_string())>
            <thead>
                <tr>
                    <th scope="col">{say::column_who(language)}</th>
                    <th scope="col">{say::column_age(language)}</th>
                    <th scope="col">{say::column_device(language)}</th>
                    <th scope="col">{say::column_turn(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn settings(
    language: Language,
    set: &Set,
    groups: Vec<Group>,
    events: &[DueEvent],
    programmes: Vec<Named<ProgrammeId>>,
) -> AnyView {
    let mut choices = vec![Choice::new("", say::choose_class(language))];
    choices.extend(groups.into_iter().map(|group| Choice::new(group.id.to_string(), group.name)));
    let modes = vec![Choice::new("out", say::mode_out(language)), Choice::new("in", say::mode_in(language))];
    let mut paid = vec![Choice::new("", say::no_programme(language))];
    paid.extend(programmes.into_iter().map(|one| Choice::new(one.id.to_string(), one.name)));
    let purpose =
        if set.purpose.is_empty() { say::purpose_usual(language).to_owned() } else { set.purpose.clone() };
    view! {
        <h2>{say::desk_settings(language)}</h2>
        <form class="form" method="get" action="/devices/desk">
            <Select name="group" label=say::label_class(language) choices=choices chosen=set.group.clone()/>
            <Select name="mode" label=say::label_mode(language) choices=modes chosen=set.mode.clone()/>
            <Field name="purpose" label=say::label_purpose(language) value=purpose/>
            <Select name="programme" label=say::label_programme(language) choices=paid chosen=set.programme.clone()/>
            {set.rules().fields(language, events, &FormErrors::new())}
            <SubmitButton label=say::desk_begin(language) kind=ButtonKind::Secondary/>
        </form>
    }
    .into_any()
}

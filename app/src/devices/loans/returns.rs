//! The return desk: scan, see what it is and whose it was, take it back. A return is never refused.
//! GET and POST /devices/returns, POST /devices/returns/wipe.

use axum::extract::State;
use devices::Error;
use devices::loans::kind::{Grade, SignedBy};
use devices::loans::take_back::{self, Back, Scanned, Taken};
use devices::loans::thing;
use devices::papers::photo::{self, Moment, Subject};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, loans as say, papers, settlements};

use super::fields::{Fields, field, ticked, to_tick};
use super::said;
use crate::caller::Caller;
use crate::date;
use crate::devices::papers::{of_protocol, photos};
use crate::devices::sections::section;
use crate::parts::{
    ActionLink, Actions, ButtonKind, Checkbox, Checkboxes, Encoding, Field, FieldKind, FormErrors,
    HiddenField, Notice, PageHead, PostForm, Select, SubmitButton, SummaryList, SummaryRow, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, Filed, GivenFile, Posted};
use crate::state::App;
use crate::visit::Visit;

/// A scan.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    code: String,
}

/// GET /devices/returns
pub async fn show(State(app): State<App>, caller: Caller, Asked(asked): Asked<Asking>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let code = asked.code.trim().to_owned();
    let mut errors = FormErrors::new();
    let mut scanned = None;
    if !code.is_empty() {
        match take_back::look(&mut visit.tx, &proof.reader(), &code).await {
            Ok(found) => scanned = Some(found),
            Err(Error::NotFound) => errors.add("code", say::code_unknown(visit.language)),
            Err(error) => return Err(error.into()),
        }
    }
    answer(visit, code, scanned, None, &Fields::new(), &errors).await
}

/// POST /devices/returns
pub async fn take(
    State(app): State<App>,
    caller: Caller,
    filed: Result<Filed<{ photos::MOST_BYTES }>, Problem>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let Filed { fields, files } = filed?;
    let code = field(&fields, "code").to_owned();
    match back(&fields) {
        Ok(given) => match take_back::take_back(&mut visit.tx, &proof, &code, &given).await {
            Ok(taken) => {
                let language = visit.language;
                visit.tx.commit().await?;
                let told = photographed(&app, &caller, &taken, &files, &fields, language).await;
                if let Some(protocol) = taken.protocol {
                    of_protocol(&app, &caller, protocol).await;
                }
                let visit = caller.open(&app).await?;
                answer(visit, String::new(), None, Some((taken, told)), &Fields::new(), &FormErrors::new())
                    .await
            }
            Err(error) => again(visit, code, &fields, error).await,
        },
        Err(error) => again(visit, code, &fields, error).await,
    }
}

/// Keeps the photographs of a return. The return stands whatever is wrong with them; what was refused is said beside it.
async fn photographed(
    app: &App,
    caller: &Caller,
    taken: &Taken,
    files: &[GivenFile],
    fields: &Fields,
    language: Language,
) -> Vec<String> {
    let kept = async {
        let mut visit = caller.open(app).await?;
        let proof = visit.me.device_clerk()?;
        let mut given = photos::take(&visit, files, fields, "").await?;
        let moment = if taken.loan.is_some() { Moment::Return } else { Moment::Other };
        let subject = Subject { asset: taken.asset, loan: taken.loan, incident: None, moment };
        for stored in &mut given.stored {
            stored.alt = stored.alt.chars().take(photo::ALT_MOST).collect();
        }
        photo::attach(&mut visit.tx, &proof, subject, &given.stored).await?;
        visit.tx.commit().await?;
        Ok::<_, Problem>(given.refused)
    };
    match kept.await {
        Ok(refused) => refused,
        Err(problem) => {
            tracing::warn!(?problem, "photographs of a return could not be kept");
            vec![papers::photos_lost(language).to_owned()]
        }
    }
}

async fn again(visit: Visit, code: String, fields: &Fields, error: Error) -> Answer {
    let mut errors = FormErrors::new();
    if matches!(error, Error::NotFound) {
        errors.add("code", say::code_unknown(visit.language));
    } else {
        errors = said::refusal(visit.language, error)?;
    }
    let mut visit = visit.afresh().await?;
    let proof = visit.me.device_clerk()?.reader();
    let scanned = take_back::look(&mut visit.tx, &proof, &code).await.ok();
    answer(visit, code, scanned, None, fields, &errors).await
}

fn back(fields: &Fields) -> Result<Back, Error> {
    let along = ticked(fields, "along");
    let with = ticked(fields, "with");
    let signatory = field(fields, "signatory").trim();
    let by = SignedBy::from_word(field(fields, "by"));
    Ok(Back {
        on: said::typed_day("on", field(fields, "on"))?,
        grade: Grade::from_word(field(fields, "grade")),
        checked: ticked(fields, "check"),
        missing: along.into_iter().filter(|name| !with.contains(name)).collect(),
        damaged: !field(fields, "damaged").is_empty(),
        note: field(fields, "note").to_owned(),
        signed: by.filter(|_| !signatory.is_empty()).map(|by| (by, signatory.to_owned())),
    })
}

/// POST /devices/returns/wipe
pub async fn wipe(State(app): State<App>, caller: Caller, Posted(fields): Posted<Fields>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let wiped =
        take_back::wipe(&mut visit.tx, &proof, field(&fields, "wipe_code"), field(&fields, "how")).await;
    match wiped {
        Ok(_) => visit.commit_and_go("/devices/returns", "loan_wiped").await,
        Err(error) => {
            let mut errors = FormErrors::new();
            if matches!(error, Error::NotFound) {
                errors.add("wipe_code", say::wipe_unknown(visit.language));
            } else {
                errors = said::refusal(visit.language, error)?;
            }
            let visit = visit.afresh().await?;
            answer(visit, String::new(), None, None, &fields, &errors).await
        }
    }
}

async fn answer(
    mut visit: Visit,
    code: String,
    scanned: Option<Scanned>,
    taken: Option<(Taken, Vec<String>)>,
    fields: &Fields,
    errors: &FormErrors,
) -> Answer {
    let proof = visit.me.device_clerk()?.reader();
    let to_wipe = thing::to_wipe(&mut visit.tx, &proof).await?;
    let language = visit.language;
    let title = say::returns_title(language);
    let page = |errors: &FormErrors| {
        let done = taken.map(|(taken, told)| {
            let told = told.into_iter().map(|one| view! { <li>{one}</li> }).collect::<Vec<_>>();
            let told = (!told.is_empty()).then(|| {
                let title = papers::photos_refused_title(language);
                view! { <Notice tone=Tone::Warning title=title><ul>{told}</ul></Notice> }
            });
            view! { {done(language, &taken)}{told} }
        });
        let form = scanned.map(|scanned| form(language, &code, &scanned, fields, errors));
        let scan = form.is_none().then(|| scan_field(language, &code, errors));
        view! {
            {said::summary(language, errors)}
            <PageHead title=title lead=say::returns_lead(language)/>
            {section(language, "/devices/returns")}
            <div role="status">{done}</div>
            {scan}
            {form}
            {wipe_form(language, to_wipe, fields, errors)}
        }
        .into_any()
    };
    visit.form(title, errors, page)
}

fn scan_field(language: Language, code: &str, errors: &FormErrors) -> AnyView {
    let wrong = errors.of("code");
    let describes = wrong.as_ref().map(|_| "scan-error");
    let error = wrong.map(|text| view! { <p class="field-error" id="scan-error">{text}</p> });
    view! {
        <form class="form scan" method="get" action="/devices/returns">
            <div class="field">
                <label for="f-code">{say::label_code(language)}</label>
                <p class="hint">{say::code_hint(language)}</p>
                {error}
                <input id="f-code" name="code" type="text" autocomplete="off" autofocus value=code.to_owned() aria-describedby=describes/>
            </div>
            <SubmitButton label=say::look_up(language)/>
        </form>
    }
    .into_any()
}

fn form(language: Language, code: &str, scanned: &Scanned, fields: &Fields, errors: &FormErrors) -> AnyView {
    let thing = &scanned.thing;
    let mut rows = vec![
        SummaryRow::new(say::column_device(language), format!("{} {}", thing.inventory_no, thing.model)),
        SummaryRow::new(say::column_state(language), said::state(language, &thing.state)),
    ];
    let mut accessories = Vec::new();
    if let Some(open) = &scanned.open {
        rows.push(SummaryRow::new(say::column_who(language), open.who.clone()));
        rows.push(SummaryRow::new(say::column_since(language), date::moment(open.since)));
        rows.push(SummaryRow::new(say::column_due(language), said::due(language, open.due_on)));
        if let Some(grade) = open.grade_out {
            rows.push(SummaryRow::new(say::label_grade_out(language), said::grade(language, grade)));
        }
        accessories.clone_from(&open.accessories);
    }
    let lent = scanned.open.is_some();
    let not_lent =
        (!lent).then(|| view! { <Notice tone=Tone::Info><p>{say::not_lent(language)}</p></Notice> });
    let found = scanned.found.then(|| {
        // What has left the books does not come back onto them by a scan.
        let text = match thing.state.as_str() {
            "missing" | "stolen" => say::was_lost(language),
            _ => settlements::was_lost(language),
        };
        view! { <Notice tone=Tone::Warning><p>{text}</p></Notice> }
    });
    let owed = (!scanned.owed.is_empty()).then(|| {
        let text = say::still_owed(language, &scanned.owed.join(", "));
        view! { <Notice tone=Tone::Warning><p>{text}</p></Notice> }
    });
    let details = lent.then(|| condition(language, thing.checklist.clone(), accessories, fields));
    view! {
        <SummaryList rows=rows/>
        {not_lent}
        {found}
        {owed}
        {
    let inside = view! {
            <HiddenField name="code" value=code.to_owned()/>
            {details}
            <Checkbox name="damaged" label=say::label_damaged(language) checked=!field(fields, "damaged").is_empty()/>
            <Field name="note" label=say::label_note(language) note=frame::optional(language) value=field(fields, "note").to_owned()/>
            {photos::fields(language, "", None, field(fields, "alt"), errors)}
            <Field name="on" kind=FieldKind::Date label=say::label_on(language) hint=say::on_hint(language)
                value=field(fields, "on").to_owned() error=errors.of("on")/>
            <Actions>
                <SubmitButton label=if lent { say::take_back(language) } else { say::note_scan(language) }/>
                <ActionLink label=say::next_scan(language) href="/devices/returns" kind=ButtonKind::Secondary/>
            </Actions>
        }.into_any();
    view! { <PostForm action="/devices/returns" encoding=Encoding::Multipart>{inside}</PostForm> }
}
    }
    .into_any()
}

fn condition(
    language: Language,
    checklist: Vec<String>,
    accessories: Vec<String>,
    fields: &Fields,
) -> AnyView {
    let fresh = fields.is_empty();
    let ways = said::ways_to_sign(language);
    let check = (!checklist.is_empty()).then(|| {
        let choices = to_tick(fields, "check", &checklist);
        view! { <Checkboxes name="check" legend=say::label_checklist(language) choices=choices/> }
    });
    let with = (!accessories.is_empty()).then(|| {
        let choices = to_tick(fields, "with", &accessories);
        let along = accessories
            .iter()
            .map(|name| view! { <HiddenField name="along" value=name.clone()/> })
            .collect_view();
        view! { {along}<Checkboxes name="with" legend=say::label_back_with(language) choices=choices/> }
    });
    let grade = if fresh { "B".to_owned() } else { field(fields, "grade").to_owned() };
    view! {
        <Select name="grade" label=say::label_grade(language) choices=said::grades(language) chosen=grade/>
        {check}
        {with}
        <Select name="by" label=say::label_signed_by(language) choices=ways chosen=field(fields, "by").to_owned()/>
        <Field name="signatory" label=say::label_who_returns(language) note=frame::optional(language)
            value=field(fields, "signatory").to_owned()/>
    }
    .into_any()
}

/// What came of a return, said at the desk.
pub fn done(language: Language, taken: &Taken) -> AnyView {
    let device = format!("{} {}", taken.inventory_no, taken.model);
    let what = match &taken.who {
        Some(who) => say::taken_back(language, &device, who),
        None => say::scan_noted(language, &device),
    };
    let found = taken.found.then(|| view! { <p>{say::found_again(language)}</p> });
    let owed = (!taken.owed.is_empty())
        .then(|| view! { <p>{say::still_owed(language, &taken.owed.join(", "))}</p> });
    let wipe = taken.to_wipe.then(|| view! { <p>{say::wipe_next(language)}</p> });
    let state = (taken.state != "in_stock")
        .then(|| view! { <p>{say::now_is(language, said::state(language, &taken.state))}</p> });
    let protocol = taken.protocol.map(|id| {
        view! { <p><a href=format!("/devices/protocols/{id}")>{say::open_protocol(language)}</a></p> }
    });
    let tone = if taken.owed.is_empty() { Tone::Success } else { Tone::Warning };
    view! { <Notice tone=tone title=what>{found}{owed}{wipe}{state}{protocol}</Notice> }.into_any()
}

fn wipe_form(
    language: Language,
    to_wipe: Vec<(devices::AssetId, String, String)>,
    fields: &Fields,
    errors: &FormErrors,
) -> AnyView {
    if to_wipe.is_empty() && errors.of("wipe_code").is_none() {
        return ().into_any();
    }
    let list =
        to_wipe.into_iter().map(|(_, number, model)| view! { <li>{number}" "{model}</li> }).collect_view();
    let how = match field(fields, "how") {
        "" => say::wipe_usual(language).to_owned(),
        typed => typed.to_owned(),
    };
    view! {
        <h2>{say::wipe_title(language)}</h2>
        <p>{say::wipe_text(language)}</p>
        <ul>{list}</ul>
        {
    let inside = view! {
            <Field name="wipe_code" label=say::label_code(language) autocomplete="off" error=errors.of("wipe_code")/>
            <Field name="how" label=say::label_how(language) value=how error=errors.of("how")/>
            <SubmitButton label=say::wipe_record(language) kind=ButtonKind::Secondary/>
        }.into_any();
    view! { <PostForm action="/devices/returns/wipe">{inside}</PostForm> }
}
    }
    .into_any()
}

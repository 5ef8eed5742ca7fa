//! What the clerk does with one application: complete, points, the commission's decision, the device. POST below
//! /devices/applications/{id}.

use std::collections::HashMap;

use axum::extract::State as Program;
use devices::applications::{self, Decided, Decision, Refusal};
use devices::{ApplicationId, Error};
use identity::{DeviceClerk, Problem as Wrong};

use super::{letter, one, said};
use crate::caller::Caller;
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// The fields of a form by name.
pub type Typed = HashMap<String, String>;

async fn done(
    app: &App,
    caller: &Caller,
    visit: Visit,
    id: ApplicationId,
    typed: &Typed,
    did: Result<&'static str, Error>,
) -> Answer {
    match did {
        Ok(message) => visit.commit_and_go(&format!("/devices/applications/{id}"), message).await,
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            drop(visit);
            one::page(app, caller, caller.open(app).await?, id, typed, &errors).await
        }
    }
}

/// POST /devices/applications/{id}/complete
pub async fn complete(Program(app): Program<App>, caller: Caller, At(id): At<ApplicationId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let did = applications::complete(&mut visit.tx, &proof, id).await;
    done(&app, &caller, visit, id, &Typed::new(), did.map(|()| "application_saved")).await
}

/// POST /devices/applications/{id}/score
pub async fn score(
    Program(app): Program<App>,
    caller: Caller,
    At(id): At<ApplicationId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let points: Vec<_> = typed
        .iter()
        .filter_map(|(name, value)| {
            let criterion = name.strip_prefix("p_")?.parse().ok()?;
            // What is no number is refused as one that is too high.
            Some((
                criterion,
                if value.trim().is_empty() { return None } else { value.trim().parse().unwrap_or(-1) },
            ))
        })
        .collect();
    let did = applications::score(&mut visit.tx, &proof, id, &points).await;
    done(&app, &caller, visit, id, &typed, did.map(|()| "application_saved")).await
}

fn decided(typed: &Typed) -> Result<Decided, Error> {
    let text = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let decision = match text("decision").as_str() {
        "grant" => Decision::Grant,
        "wait" => Decision::Wait,
        "refuse" => Decision::Refuse(
            Refusal::from_word(&text("refusal")).ok_or_else(|| Error::field("refusal", Wrong::Missing))?,
        ),
        _ => return Err(Error::field("decision", Wrong::Missing)),
    };
    let on = said::typed_day("decided_on", &text("decided_on"))?
        .ok_or_else(|| Error::field("decided_on", Wrong::Missing))?;
    Ok(Decided { decision, on, by: text("decided_by"), note: text("note") })
}

/// POST /devices/applications/{id}/decide
pub async fn decide(
    Program(app): Program<App>,
    caller: Caller,
    At(id): At<ApplicationId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let did = match decided(&typed) {
        Ok(decided) => applications::decide(&mut visit.tx, &proof, id, &decided, &letter::decision).await,
        Err(error) => Err(error),
    };
    done(&app, &caller, visit, id, &typed, did.map(|()| "application_decided")).await
}

/// POST /devices/applications/{id}/offer
pub async fn offer(
    Program(app): Program<App>,
    caller: Caller,
    At(id): At<ApplicationId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof: DeviceClerk = visit.me.device_clerk()?;
    let code = typed.get("code").cloned().unwrap_or_default();
    let did = applications::offer(&mut visit.tx, &proof, id, &code, &letter::decision).await;
    done(&app, &caller, visit, id, &typed, did.map(|_| "application_offered")).await
}

/// POST /devices/applications/{id}/decline
pub async fn decline(Program(app): Program<App>, caller: Caller, At(id): At<ApplicationId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let did = applications::decline(&mut visit.tx, &proof, id, &letter::decision).await;
    done(&app, &caller, visit, id, &Typed::new(), did.map(|()| "application_declined")).await
}

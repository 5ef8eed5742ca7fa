//! Scans that a queue in the browser sends, now or when the network is back: the same acts as those of the desk, answered
//! for a program. Each carries a key, so that a scan whose answer was lost counts once. POST /devices/desk/queue.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use devices::loans::take_back::Taken;
use identity::day;
use islands::{DeskAnswer, DeskOutcome, DeskPerson, ScanDesk, ScanDeskWords};
use leptos::prelude::*;
use time::Duration;
use words::{Language, desk as heard, loans as say};

use super::desk::{self, Said, Set};
use super::said;
use crate::caller::Caller;
use crate::problem::{Answer, Problem};
use crate::request::Posted;
use crate::state::App;

/// Scans older than this were forgotten in a browser; they are refused, not written down.
const LONGEST_WAIT: Duration = Duration::days(14);

/// POST /devices/desk/queue
pub async fn send(State(app): State<App>, caller: Caller, Posted(set): Posted<Set>) -> Answer {
    let mut visit = caller.open(&app).await?;
    visit.me.device_clerk()?;
    let language = visit.language;
    if !(8..=100).contains(&set.key.len()) {
        return Err(Problem::Malformed);
    }
    if let Some(before) = said::done_before(&mut visit, &set.key).await? {
        let again: DeskAnswer = serde_json::from_str(&before).map_err(|_| Problem::Malformed)?;
        return Ok(Json(again).into_response());
    }
    let waited = match set.waited_ms.as_str() {
        "" => Duration::ZERO,
        text => Duration::milliseconds(text.parse::<u32>().map_or(i64::MAX / 2, i64::from)),
    };
    if waited > LONGEST_WAIT {
        let said = heard::too_old(language).to_owned();
        return Ok(Json(answer(DeskOutcome::Refused, vec![said])).into_response());
    }
    let today = day::today(&mut visit.tx).await?;
    let scanned = visit.tx.now() - waited;
    let scanned = day::of(&mut visit.tx, scanned).await?;
    let answer = match desk::act(&mut visit, &set, (scanned != today).then_some(scanned)).await? {
        Said::Good(text) => answer(DeskOutcome::Done, vec![text]),
        Said::Back(taken) => answer(DeskOutcome::Done, back(language, &taken)),
        Said::Ask(lines) => answer(DeskOutcome::Ask, lines),
        Said::Bad(lines) => answer(DeskOutcome::Refused, lines),
        Said::Nothing => return Err(Problem::Malformed),
    };
    if answer.outcome == DeskOutcome::Done {
        let kept = serde_json::to_string(&answer).map_err(|_| Problem::Malformed)?;
        said::remember(&mut visit, &set.key, &kept).await?;
        visit.tx.commit().await?;
    }
    Ok(Json(answer).into_response())
}

fn answer(outcome: DeskOutcome, lines: Vec<String>) -> DeskAnswer {
    DeskAnswer { outcome, said: lines.join(" ") }
}

/// What came of a return, in sentences.
fn back(language: Language, taken: &Taken) -> Vec<String> {
    let device = format!("{} {}", taken.inventory_no, taken.model);
    let mut lines = vec![match &taken.who {
        Some(who) => format!("{}.", say::taken_back(language, &device, who)),
        None => format!("{}.", say::scan_noted(language, &device)),
    }];
    if taken.found {
        lines.push(say::found_again(language).to_owned());
    }
    if !taken.owed.is_empty() {
        lines.push(say::still_owed(language, &taken.owed.join(", ")));
    }
    if taken.to_wipe {
        lines.push(say::wipe_next(language).to_owned());
    }
    if taken.state != "in_stock" {
        lines.push(say::now_is(language, said::state(language, &taken.state)));
    }
    lines
}

/// The queue for the form of the desk: `owner` keeps apart what people leave in one browser.
pub(super) fn island(language: Language, owner: String, people: Vec<DeskPerson>) -> AnyView {
    let words = ScanDeskWords {
        turn: say::desk_turn(language, "{name}"),
        all_done: say::desk_all_done(language).to_owned(),
        scan_first: say::scan_first(language).to_owned(),
        queued: heard::queued(language, "{code}"),
        waiting: heard::waiting(language, "{count}"),
        offline: heard::offline(language).to_owned(),
        sent: heard::sent(language).to_owned(),
        signed_out: heard::signed_out(language).to_owned(),
        refused: heard::refused(language, "{code}"),
        confirm: heard::confirm(language).to_owned(),
        dismiss: heard::dismiss(language).to_owned(),
        sound_on: heard::sound_on(language).to_owned(),
        sound_off: heard::sound_off(language).to_owned(),
        label: heard::label(language).to_owned(),
        conflicts: heard::conflicts(language).to_owned(),
        log: heard::log(language).to_owned(),
    };
    view! { <ScanDesk words=words owner=owner people=people send_url="/devices/desk/queue".to_owned()/> }
        .into_any()
}

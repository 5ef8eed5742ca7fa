//! What stands beside the player on the page of a unit: the meter of data, taking the film along, notes, and films that accompany it.
//! `beside.js` makes it move; what needs a script is not shown without one.

use leptos::prelude::*;
use video::film::Film;
use video::keep::{self, KEPT_FOR, Way, keeper};
use video::note::{self, Note};
use video::{Watchable, caption};
use words::{Language, kept as say};

use super::figures::megabytes;
use super::keep::PAGE;
use super::notes;
use crate::parts::{Choice, Radios};
use crate::state::App;
use crate::visit::Visit;

/// What there is beside a film for a learner.
#[derive(Debug)]
pub struct Beside {
    app: App,
    notes: Vec<Note>,
    /// How the film can be taken along; none while it is being made.
    ways: Vec<Way>,
    has_captions: bool,
    keeper: String,
    /// The page that shows the film.
    page: String,
    /// What the film is called there.
    title: String,
}

/// Everything that [`view`] shows. `title`: as the page calls the film.
pub async fn read(visit: &mut Visit, proof: &Watchable, title: &str) -> Result<Beside, video::Error> {
    let ways = match keep::offer(&mut visit.tx, proof).await {
        Ok(offer) => offer.ways,
        Err(video::Error::NotFound) => Vec::new(),
        Err(error) => return Err(error),
    };
    Ok(Beside {
        app: visit.app.clone(),
        notes: note::own(&mut visit.tx, proof).await?,
        ways,
        has_captions: !caption::languages(&mut visit.tx, proof).await?.is_empty(),
        keeper: keeper(visit.me.person),
        page: visit.caller().path.split('?').next().unwrap_or("/").to_owned(),
        title: title.to_owned(),
    })
}

/// Meter, taking along, notes.
pub fn view(language: Language, film: &Film, beside: Beside) -> AnyView {
    let take = (!beside.ways.is_empty()).then(|| take(language, film, &beside));
    view! {
        {meter(language)}
        {take}
        {notes::beside(language, film, &beside.notes)}
        {script(&beside.app)}
    }
    .into_any()
}

fn script(app: &App) -> Option<AnyView> {
    let (src, peek) = (app.files.beside.clone(), app.files.peek.clone());
    (!src.is_empty()).then(|| view! { <script type="module" src=src data-peek=peek></script> }.into_any())
}

/// What films have cost on this device in this month.
fn meter(language: Language) -> AnyView {
    view! {
        <div
            data-meter=""
            hidden
            data-used=say::meter_used(language, "{used}")
            data-used-of=say::meter_used_of(language, "{used}", "{limit}")
            data-over=say::meter_over(language, "{limit}")
        >
            <p class="player-note" data-meter-said=""></p>
            <p class="player-failure" role="status" data-meter-over=""></p>
        </div>
    }
    .into_any()
}

/// The meter on the page of settings, with the limit that a person sets on this device.
pub fn meter_settings(language: Language, app: &App) -> AnyView {
    view! {
        <section data-meter-settings="" hidden>
            <h2>{say::meter_title(language)}</h2>
            <p>{say::meter_text(language)}</p>
            {meter(language)}
            <div class="field">
                <label for="meter-limit">{say::meter_limit(language)}</label>
                <p class="hint" id="meter-limit-hint">{say::meter_limit_hint(language)}</p>
                <input
                    id="meter-limit"
                    type="number"
                    min="0"
                    max="1000000"
                    step="1"
                    inputmode="numeric"
                    aria-describedby="meter-limit-hint"
                    data-meter-limit=""
                />
            </div>
            <p class="row">
                <button type="button" class="button secondary" data-meter-save="" data-said=say::meter_saved(language)>
                    {say::meter_save(language)}
                </button>
            </p>
            <p role="status" data-meter-saved=""></p>
        </section>
        <p><a href=format!("{PAGE}?language={}", language.code())>{say::all_link(language)}</a></p>
        {script(app)}
    }
    .into_any()
}

/// Taking the film along: sizes before anything is fetched, progress, and where it is found then.
fn take(language: Language, film: &Film, beside: &Beside) -> AnyView {
    let files = &beside.app.files;
    let days = KEPT_FOR.whole_days();
    let size = |way: &Way| megabytes(way.bytes.max(1));
    let usual = beside.ways.iter().filter(|way| (1..=480).contains(&way.height)).max_by_key(|way| way.height);
    let usual = usual.or(beside.ways.last()).map(|way| way.name.clone());
    let choices: Vec<Choice> = beside
        .ways
        .iter()
        .map(|way| {
            let label = if way.height == 0 {
                say::way_sound(language, &size(way))
            } else {
                say::way(language, &way.height.to_string(), &size(way))
            };
            Choice { chosen: usual.as_ref() == Some(&way.name), ..Choice::new(way.name.clone(), label) }
        })
        .collect();
    let captions = beside.has_captions.then(|| {
        view! {
            <label class="player-check">
                <input type="checkbox" checked data-take-captions=""/>
                <span>{say::with_captions(language)}</span>
            </label>
        }
    });
    let all = format!("{PAGE}?language={}", language.code());
    let list = all.clone();
    let shell = [&files.assets.style, &files.kept, &files.hls].map(String::as_str).join(" ");
    let icon = files.assets.icon.clone().unwrap_or_default();
    view! {
        <details
            class="player-transcript"
            hidden
            data-take=format!("/films/{}/keep", film.id)
            data-film=film.id.to_string()
            data-keeper=beside.keeper.clone()
            data-title=beside.title.clone()
            data-page=beside.page.clone()
            data-module=files.kept.clone()
            data-all=list
            data-shell=format!("{shell} {icon}").trim_end().to_owned()
            data-progress=say::progress(language, "{done}", "{all}")
            data-done=say::done(language, "{day}")
            data-stopped=say::stopped(language)
            data-no-room=say::no_room(language)
            data-failed=say::take_failed(language)
        >
            <summary>{say::take_title(language)}</summary>
            <p class="hint">{say::take_text(language, days)}</p>
            <Radios name="way" legend=say::take_legend(language) choices=choices/>
            {captions}
            <p class="row">
                <button type="button" class="button secondary" disabled data-take-start="">{say::take_start(language)}</button>
                <button type="button" class="button secondary" data-take-stop="" hidden>{say::take_stop(language)}</button>
            </p>
            <progress hidden max="1" value="0" data-take-bar="" aria-label=say::take_bar(language)></progress>
            <p role="status" data-take-said=""></p>
            <p><a href=all>{say::all_link(language)}</a></p>
        </details>
    }
    .into_any()
}

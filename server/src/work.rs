//! The one list of jobs, and the housekeeping that no request waits for.

use std::time::Duration;

use app::courses::obligations::letter;
use base::mail::{self, Mailer};
use base::worker::Handlers;
use base::{Blobs, Db};
use courses::offer::{arrive, newer, wish};
use courses::{ended, plan, quiz};
use devices::loans::remind;
use devices::retention::{batch, blank};
use devices::{applications, stocktake};
use identity::DeviceClerk;
use notices::letters;
use tokio::sync::watch;
use video::recognise::Desk;
use video::work::Workshop;
use video::{child, early, recognise, second, storage, sweep, trim, upload};

use crate::config::Config;
use crate::cpus;
use crate::ground::Ground;

/// Every kind of job and what does it.
pub fn handlers(ground: &Ground, config: &Config) -> Handlers {
    let shop = Workshop {
        blobs: ground.blobs.clone(),
        program: child::program(),
        most_length_ms: config.film_most_minutes * 60_000,
        // Settings that cannot be read have been refused.
        cpus: cpus::read(&config.work_cpus).unwrap_or_default(),
        nice: i32::from(config.work_nice),
        silence: Duration::from_secs(config.film_silence_seconds),
        second: config.second_codec,
    };
    let (further, ends, beginning) = (shop.clone(), shop.clone(), shop.clone());
    let desk = Desk {
        blobs: ground.blobs.clone(),
        folder: config.data_dir.join("captions"),
        recogniser: config.captions.recogniser.clone(),
    };
    let (blobs, mailer) = (ground.blobs.clone(), ground.mailer.clone());
    let (forgotten, public_url) = (ground.blobs.clone(), config.public_url());
    let (adopting, copied, cutting) = (ground.blobs.clone(), ground.blobs.clone(), ground.blobs.clone());
    Handlers::default()
        .add(video::work::KIND, move |task| video::work::run(shop.clone(), task), video::failure::give_up)
        .add(early::KIND, move |task| early::run(beginning.clone(), task), early::give_up)
        .add(second::KIND, move |task| second::run(further.clone(), task), second::give_up)
        .add(trim::ends::KIND, move |task| trim::ends::run(ends.clone(), task), trim::ends::give_up)
        .add(trim::plain::KIND, move |task| trim::plain::run(cutting.clone(), task), trim::plain::give_up)
        .add(recognise::KIND, move |task| recognise::run(desk.clone(), task), recognise::give_up)
        .add(courses::assign::NIGHTLY, courses::assign::run, courses::assign::give_up)
        .add(identity::moved::KIND, courses::assign::run, courses::assign::give_up)
        .add(
            courses::remind::KIND,
            |task| courses::remind::run(letter::digest, task),
            courses::remind::give_up,
        )
        .add(sweep::KIND, move |task| sweep::run(blobs.clone(), task), sweep::give_up)
        .add(remind::KIND, |task| remind::run(app::devices::loans::letter::reminder, task), remind::give_up)
        .add(
            stocktake::remind::KIND,
            |task| stocktake::remind::run(app::devices::stocktake::letter::declaration, task),
            stocktake::remind::give_up,
        )
        .add(
            applications::KIND,
            |task| {
                applications::run(
                    DeviceClerk::at_the_terminal(),
                    app::devices::applications::letter::decision,
                    task,
                )
            },
            applications::give_up,
        )
        .add(wish::KIND, move |task| wish::run(adopting.clone(), task), wish::give_up)
        .add(wish::SPREAD, wish::run_spread, wish::give_up)
        .add(newer::KIND, newer::run, newer::give_up)
        .add(arrive::KIND, move |task| arrive::run(copied.clone(), task), arrive::give_up)
        .add(ended::KIND, ended::run, ended::give_up)
        .add(plan::KIND, |task| plan::run(app::courses::refused_plan, task), plan::give_up)
        .add(quiz::finish::KIND, quiz::finish::run, quiz::finish::give_up)
        .add(batch::KIND, |task| batch::run(DeviceClerk::at_the_terminal(), task), batch::give_up)
        .add(blank::KIND, move |task| blank::run(forgotten.clone(), task), blank::give_up)
        .add(
            letters::KIND,
            move |task| {
                let public_url = public_url.clone();
                async move { letters::run(&public_url, app::notices::letter::told, task).await }
            },
            letters::give_up,
        )
        .add(mail::JOB_KIND, move |task| mailer.clone().run(task), Mailer::give_up)
}

/// Throws away uploads that nobody finished and wrong passwords that no longer count, and asks for the day's reminders, offers and
/// files that are not kept any longer, every minute until the end. With a codec of further sets, asks for those of older films.
pub async fn keep_house(db: Db, blobs: Blobs, further: second::Setting, mut ending: watch::Receiver<bool>) {
    loop {
        if further.codec().is_some()
            && let Err(error) = second::ask_older(&db).await
        {
            tracing::warn!(%error, "further sets of older films were not asked for");
        }
        if let Err(error) = upload::expire(&db, &blobs).await {
            tracing::warn!(%error, "old uploads were not thrown away");
        }
        if let Err(error) = storage::forget_sources(&db).await {
            tracing::warn!(%error, "uploads that are kept no longer were not let go");
        }
        if let Err(error) = identity::sign_in::forget_failures(&db).await {
            tracing::warn!(%error, "old sign-in failures were not forgotten");
        }
        if let Err(error) = courses::certificate::check::forget_misses(&db).await {
            tracing::warn!(%error, "old misses of certificate numbers were not forgotten");
        }
        if let Err(error) = courses::open::request::forget_old(&db).await {
            tracing::warn!(%error, "old requests for accounts were not forgotten");
        }
        if let Err(error) = base::act::forget_old(&db).await {
            tracing::warn!(%error, "old answers were not forgotten");
        }
        if let Err(error) = mail::forget_dead(&db).await {
            tracing::warn!(%error, "old letters were not forgotten");
        }
        if let Err(error) = letters::ask_due(&db).await {
            tracing::warn!(%error, "letters with notices were not asked for");
        }
        if let Err(error) = courses::assign::ask_daily(&db).await {
            tracing::warn!(%error, "tonight's obligations were not asked for");
        }
        if let Err(error) = courses::remind::ask_daily(&db).await {
            tracing::warn!(%error, "today's reminders of training were not asked for");
        }
        if let Err(error) = remind::ask_daily(&db).await {
            tracing::warn!(%error, "today's reminders were not asked for");
        }
        if let Err(error) = stocktake::remind::ask_daily(&db).await {
            tracing::warn!(%error, "today's reminders of declarations were not asked for");
        }
        if let Err(error) = applications::ask_daily(&db).await {
            tracing::warn!(%error, "today's offers were not looked through");
        }
        if let Err(error) = batch::ask_daily(&db).await {
            tracing::warn!(%error, "what is not kept any longer was not asked for");
        }
        let end =
            tokio::time::timeout(Duration::from_secs(60), ending.wait_for(|ending| *ending)).await.is_ok();
        if end {
            return;
        }
    }
}

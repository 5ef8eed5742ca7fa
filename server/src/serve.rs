//! Serving and working until a signal, and ending in order.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use base::worker;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::ground::Ground;
use crate::work;

/// How long requests may take to end once the program was told to.
const GRACE: Duration = Duration::from_secs(10);

/// Workers and housekeeping of this process.
#[derive(Debug)]
pub struct Workers {
    ending: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts `config.workers` lanes and the housekeeping.
    pub fn start(ground: &Ground, config: &Config) -> Self {
        let (ending, watched) = watch::channel(false);
        let mut tasks =
            vec![tokio::spawn(work::keep_house(ground.db.clone(), ground.blobs.clone(), watched.clone()))];
        if config.workers > 0 {
            let handlers = work::handlers(ground, config);
            tasks.push(tokio::spawn(worker::run(ground.db.clone(), handlers, config.workers, watched)));
        }
        Self { ending, tasks }
    }

    /// Tells them to stop and waits: a film in the making is given back, its child ended.
    pub async fn end(self) {
        let _nobody_left = self.ending.send(true);
        for task in self.tasks {
            if tokio::time::timeout(GRACE, task).await.is_err() {
                tracing::warn!("a worker did not end in time");
            }
        }
    }
}

/// Listens, answers until `told`, then lets running requests end.
///
/// Errors: the address is taken or may not be used.
pub async fn until(
    listener: TcpListener,
    router: Router,
    told: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (begin, mut begun) = watch::channel(false);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
        told.await;
        let _nobody = begin.send(true);
    });
    tokio::select! {
        served = serving => served,
        // Requests that hang longer than this are cut.
        () = async {
            let _begun = begun.wait_for(|begun| *begun).await.is_ok();
            tokio::time::sleep(GRACE).await;
        } => Ok(()),
    }
}

/// Resolves at Ctrl-C or SIGTERM.
pub async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
        (Ok(mut interrupt), Ok(mut terminate)) => {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        // Without signals the program ends when it is killed.
        _ => std::future::pending().await,
    }
}

//! Serving and working until a signal, and ending in order.

use std::future::Future;
use std::time::Duration;

use app::source::Peer;
use axum::Router;
use base::worker;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::ServiceExt;

use crate::config::Config;
use crate::ground::Ground;
use crate::watched::Watched;
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
        let (db, blobs) = (ground.db.clone(), ground.blobs.clone());
        let mut tasks = vec![tokio::spawn(work::keep_house(db, blobs, config.second_codec, watched.clone()))];
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

/// How long a client may hold a connection without getting on.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the whole head of a request, and for the next request on a connection that is kept.
    pub head: Duration,
    /// Without a byte either way in the middle of a request or an answer. A slow line is fine; one that stands still is not.
    pub silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        // The longest honest silence is the joining of a film of many gigabytes before its upload is answered.
        Self { head: Duration::from_secs(30), silence: Duration::from_secs(300) }
    }
}

/// Listens, answers until `told`, then lets running requests end.
///
/// Speaks HTTP/1.1: what stands before it on the net speaks that inwards, and the rest is its own business.
pub async fn until(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    told: impl Future<Output = ()> + Send + 'static,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience.head);
    let running = GracefulShutdown::new();
    let mut told = std::pin::pin!(told);
    loop {
        let taken = tokio::select! {
            taken = listener.accept() => taken,
            () = &mut told => break,
        };
        match taken {
            Ok((stream, address)) => {
                let _slower_without = stream.set_nodelay(true);
                let stream = TokioIo::new(Watched::new(stream, patience.silence));
                let service = TowerToHyperService::new(ServiceExt::<Request<Incoming>>::map_request(
                    router.clone(),
                    move |mut request: Request<Incoming>| {
                        request.extensions_mut().insert(Peer(address));
                        request
                    },
                ));
                let connection = running.watch(http.serve_connection(stream, service));
                tokio::spawn(async move {
                    if let Err(error) = connection.await {
                        tracing::debug!(%error, "a connection broke");
                    }
                });
            }
            Err(error) => {
                // Too many open files: those that are open end, and then there is room again.
                tracing::warn!(%error, "a connection was not taken");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
    drop(listener);
    // Requests that hang longer than this are cut.
    let _cut = tokio::time::timeout(GRACE, running.shutdown()).await.is_err();
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

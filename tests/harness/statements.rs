//! How many statements a page sends to the database. sqlx tells of each on the thread that sends it; a test runs its server on its
//! own thread, so it hears its own alone.

use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::Client;

/// Asked so often: what something else sends meanwhile is not there each time.
const TIMES: usize = 3;
/// While another thread begins to listen, `tracing` may hold that nobody does; then it is asked once more.
const TRIES: usize = 30;

/// The beginnings of the statements that reading this page sends once its connections are warm, the least of three times. Not in a
/// test of several threads.
pub async fn statements(client: &Client, path: &str) -> Vec<String> {
    client.get(path).await.assert(200);
    let (mut least, mut heard_times): (Vec<String>, usize) = (Vec::new(), 0);
    for _ in 0..TRIES {
        let heard = Heard::default();
        let guard = tracing::subscriber::set_default(heard.clone());
        client.get(path).await.assert(200);
        drop(guard);
        let sent = heard.0.lock().unwrap().clone();
        if sent.is_empty() {
            continue;
        }
        heard_times += 1;
        if heard_times == 1 || sent.len() < least.len() {
            least = sent;
        }
        if heard_times == TIMES {
            break;
        }
    }
    assert!(heard_times == TIMES, "{path} asked the database nothing, or nobody told of it");
    least
}

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Subscriber for Heard {
    fn enabled(&self, of: &Metadata<'_>) -> bool {
        of.target() == "sqlx::query"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut said = Summary::default();
        event.record(&mut said);
        if !["BEGIN", "COMMIT", "ROLLBACK"].contains(&said.0.as_str()) {
            self.0.lock().unwrap().push(said.0);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The first words of a statement.
#[derive(Default)]
struct Summary(String);

impl Visit for Summary {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

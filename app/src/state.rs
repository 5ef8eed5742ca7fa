//! What every handler can reach.

use std::ops::Deref;
use std::sync::Arc;

use base::presign::Signer;
use base::{Blobs, Clock, Db};

use crate::parts::Assets;
use crate::video::shelf::Shelf;

/// The running program as pages see it. One count goes up when it is cloned, which every request does several times.
#[derive(Clone, Debug)]
pub struct App(Arc<Reach>);

impl From<Reach> for App {
    fn from(reach: Reach) -> Self {
        Self(Arc::new(reach))
    }
}

impl Deref for App {
    type Target = Reach;

    fn deref(&self) -> &Reach {
        &self.0
    }
}

/// What there is to reach.
#[derive(Debug)]
pub struct Reach {
    /// The database.
    pub db: Db,
    /// The object store.
    pub blobs: Blobs,
    /// Signs the addresses at which browsers fetch films from the object store; `None`: films go through this program.
    pub signer: Option<Arc<Signer>>,
    /// What is kept of films that are watched.
    pub shelf: Shelf,
    /// Key of media tickets (32 bytes).
    pub media_key: Arc<[u8]>,
    /// Key of API tickets (32 bytes).
    pub api_key: Arc<[u8]>,
    /// Key of what is kept sealed (32 bytes).
    pub seal_key: Arc<[u8]>,
    /// Where documents and photographs are made.
    pub documents: documents::Workshop,
    /// Addresses of style and scripts.
    pub files: Arc<Files>,
    /// Settings that pages need.
    pub settings: Arc<Settings>,
}

/// Addresses of the files that pages load, each with its content hash.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Style, boot script and islands.
    pub assets: Assets,
    /// hls.js.
    pub hls: String,
    /// tus-js-client.
    pub tus: String,
    /// What moves beside a film: the meter, notes, and `kept` when it is asked for.
    pub beside: String,
    /// What joins the cues of captions to the film beside them.
    pub cues: String,
    /// Still pictures above the seek bar.
    pub peek: String,
    /// Keeping films in the browser, and the page that plays them without a network.
    pub kept: String,
    /// The second picture and the other sound.
    pub companion: String,
}

/// Settings that pages need.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where people reach this installation, without a slash at the end: `https://szkolenia.example.org`.
    pub public_url: String,
    /// Whether it holds the demonstration: then the sign-in page says who can sign in.
    pub demonstration: bool,
    /// Largest film, in bytes.
    pub film_most_bytes: u64,
    /// Whether a recogniser is set, which drafts captions.
    pub drafts_captions: bool,
}

impl Reach {
    /// The clock that was passed in.
    pub fn clock(&self) -> &Clock {
        self.db.clock()
    }

    /// Whether cookies carry `Secure` and the `__Host-` name: only behind https.
    pub fn secure(&self) -> bool {
        self.settings.public_url.starts_with("https://")
    }
}

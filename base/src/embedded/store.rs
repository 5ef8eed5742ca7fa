//! The embedded object store: `s3s-fs` in this process, on a loopback port, with keys made at first start.
//!
//! For one machine and for tests. Production with many machines uses Garage, MinIO, Ceph or a cloud by configuration.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use hyper_util::rt::{TokioExecutor, TokioIo};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::blob::BlobSettings;
use crate::id::Secret;

/// A running store; dropping it stops it.
#[derive(Debug)]
pub struct EmbeddedStore {
    settings: BlobSettings,
    serving: JoinHandle<()>,
}

impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl EmbeddedStore {
    /// Serves the folder on a free loopback port. Nothing outside this machine reaches it, nothing without the keys
    /// reads it.
    ///
    /// Errors: the folder cannot be made or written to, or no port is free.
    pub async fn start(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let (access_key, secret_key) = keys(folder)?;
        let files = s3s_fs::FileSystem::new(PathBuf::from(folder))
            .map_err(|error| std::io::Error::other(format!("{error:?}")))?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(access_key.clone(), secret_key.clone()));
        let service = builder.build();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let serving = tokio::spawn(async move {
            let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
            loop {
                let Ok((socket, _)) = listener.accept().await else {
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                    continue;
                };
                // Small answers must not wait for an acknowledgement.
                let _best_effort = socket.set_nodelay(true);
                let connection = server.serve_connection(TokioIo::new(socket), service.clone()).into_owned();
                tokio::spawn(connection);
            }
        });
        let settings = BlobSettings {
            endpoint,
            region: "us-east-1".to_owned(),
            bucket: "tablica".to_owned(),
            access_key,
            secret_key,
        };
        Ok(Self { settings, serving })
    }

    /// How to reach it.
    pub fn settings(&self) -> &BlobSettings {
        &self.settings
    }
}

/// The keys of a folder, made when it is first served. They are kept in it: what is in parts when the program ends belongs to these keys,
/// and with others it could neither be gone on with nor thrown away. Whoever reads the file reads the objects beside it as well.
fn keys(folder: &Path) -> std::io::Result<(String, String)> {
    let path = folder.join(".keys");
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            if let Some((access, secret)) = text.strip_suffix('\n').and_then(|line| line.split_once(' ')) {
                return Ok((access.to_owned(), secret.to_owned()));
            }
            // Broken off while it was written: nothing was served with it.
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let (access, secret) = (fresh_key()?, fresh_key()?);
    let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&path)?;
    writeln!(file, "{access} {secret}")?;
    file.sync_all()?;
    Ok((access, secret))
}

fn fresh_key() -> std::io::Result<String> {
    let secret = Secret::fresh().map_err(std::io::Error::other)?;
    Ok(secret.reveal().replace(['-', '_'], "x"))
}

//! Bytes in object storage, by the one S3 code path that production and the embedded store share.
//!
//! Keys are made by us, never by a person. A blob is written first and published afterwards by a row in Postgres.

use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use s3::{AddressingStyle, Auth, Client, Credentials};

/// Size of a part of a multipart upload, in bytes; S3 wants at least 5 MiB for all but the last.
pub const PART_BYTES: usize = 8 << 20;

/// Where the objects are.
#[derive(Clone, Debug)]
pub struct BlobSettings {
    /// Such as `https://s3.example.org`.
    pub endpoint: String,
    /// Such as `eu-central-1`; `garage` for Garage.
    pub region: String,
    /// The bucket; made when it is missing and the key may.
    pub bucket: String,
    /// Access key.
    pub access_key: String,
    /// Secret key.
    pub secret_key: String,
}

/// An object as the store lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// Its length in bytes.
    pub size_bytes: u64,
    /// Changes when the object does: its ETag, or when it was written, in the words of the store.
    pub stamp: String,
}

/// What can go wrong with a blob.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no such object.
    #[error("the object {0} is not in the store")]
    Missing(String),
    /// The store refused or could not be reached, also after trying again.
    #[error("object store: {0}")]
    Store(String),
}

/// The object store of this installation. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    client: Client,
    bucket: String,
}

impl std::fmt::Debug for Blobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Blobs({})", self.bucket)
    }
}

fn store_error(key: &str, error: s3::Error) -> BlobError {
    if error.status().is_some_and(|status| status.as_u16() == 404) {
        return BlobError::Missing(key.to_owned());
    }
    BlobError::Store(error.to_string())
}

impl Blobs {
    /// A client for the store. A request may take 120 s: the default of 10 s would cut a slow upload.
    ///
    /// Errors: the address or the keys are not well formed.
    pub fn open(settings: &BlobSettings) -> Result<Self, BlobError> {
        let wrong = |error: s3::Error| BlobError::Store(error.to_string());
        let keys =
            Credentials::new(settings.access_key.clone(), settings.secret_key.clone()).map_err(wrong)?;
        let client = Client::builder(&settings.endpoint)
            .map_err(wrong)?
            .region(settings.region.clone())
            .auth(Auth::Static(keys))
            .addressing_style(AddressingStyle::Path)
            .timeout(Duration::from_secs(120))
            .max_attempts(3)
            .build()
            .map_err(wrong)?;
        Ok(Self { client, bucket: settings.bucket.clone() })
    }

    /// Makes sure that the bucket is there.
    pub async fn prepare(&self) -> Result<(), BlobError> {
        let mut last = String::new();
        for pause in [0u64, 100, 500, 2000] {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            if self.client.buckets().head(&self.bucket).send().await.is_ok() {
                return Ok(());
            }
            match self.client.buckets().create(&self.bucket).send().await {
                Ok(_) => return Ok(()),
                Err(error) => last = error.to_string(),
            }
        }
        Err(BlobError::Store(last))
    }

    /// Stores a whole object.
    pub async fn put(&self, key: &str, media_type: &str, body: impl Into<Bytes>) -> Result<(), BlobError> {
        let request = self.client.objects().put(&self.bucket, key).content_type(media_type).body_bytes(body);
        request.send().await.map(|_| ()).map_err(|error| store_error(key, error))
    }

    /// The whole object in memory; for small ones.
    pub async fn get(&self, key: &str) -> Result<Bytes, BlobError> {
        self.fetch(key, None).await
    }

    /// The bytes `range` of an object (fewer at its end).
    pub async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, BlobError> {
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        self.fetch(key, Some(range)).await
    }

    /// A GET is not tried again by the client (a 503 is final to it), so it is tried again here.
    async fn fetch(&self, key: &str, range: Option<Range<u64>>) -> Result<Bytes, BlobError> {
        let mut last = BlobError::Missing(key.to_owned());
        for pause in [0u64, 100, 500, 2000] {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let mut request = self.client.objects().get(&self.bucket, key);
            if let Some(range) = &range {
                request = request.range_bytes(range.start, range.end - 1);
            }
            match request.send().await {
                Ok(found) => match found.bytes().await {
                    Ok(bytes) => return Ok(bytes),
                    Err(error) => last = store_error(key, error),
                },
                Err(error) => match store_error(key, error) {
                    missing @ BlobError::Missing(_) => return Err(missing),
                    other => last = other,
                },
            }
        }
        Err(last)
    }

    /// An object as a stream, so that a long one is never whole in memory.
    pub async fn stream(
        &self,
        key: &str,
        range: Option<Range<u64>>,
    ) -> Result<impl Stream<Item = Result<Bytes, std::io::Error>> + Send + use<>, BlobError> {
        Ok(self.open_object(key, range).await?.1)
    }

    /// The same with the object's media type.
    pub async fn open_object(
        &self,
        key: &str,
        range: Option<Range<u64>>,
    ) -> Result<(String, impl Stream<Item = Result<Bytes, std::io::Error>> + Send + use<>), BlobError> {
        let mut last = BlobError::Missing(key.to_owned());
        for pause in [0u64, 100, 500] {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let mut request = self.client.objects().get(&self.bucket, key);
            if let Some(range) = &range {
                request = request.range_bytes(range.start, range.end.saturating_sub(1));
            }
            match request.send().await {
                Ok(found) => {
                    let media_type =
                        found.content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
                    return Ok((media_type, found.body.map(|piece| piece.map_err(std::io::Error::other))));
                }
                Err(error) => match store_error(key, error) {
                    missing @ BlobError::Missing(_) => return Err(missing),
                    other => last = other,
                },
            }
        }
        Err(last)
    }

    /// Length of an object in bytes, or `None` when it is not there.
    pub async fn length(&self, key: &str) -> Result<Option<u64>, BlobError> {
        match self.client.objects().head(&self.bucket, key).send().await {
            Ok(found) => Ok(Some(found.content_length.unwrap_or(0))),
            Err(error) => match store_error(key, error) {
                BlobError::Missing(_) => Ok(None),
                other => Err(other),
            },
        }
    }

    /// Deletes an object; one that is not there is fine.
    pub async fn delete(&self, key: &str) -> Result<(), BlobError> {
        match self.client.objects().delete(&self.bucket, key).send().await {
            Ok(_) => Ok(()),
            Err(error) => match store_error(key, error) {
                BlobError::Missing(_) => Ok(()),
                other => Err(other),
            },
        }
    }

    /// Copies an object inside the store: its bytes do not come by here. For those of some hundred megabytes at most; the store answers
    /// when it is done.
    pub async fn copy(&self, from: &str, to: &str) -> Result<(), BlobError> {
        let mut last = BlobError::Missing(from.to_owned());
        for pause in [0u64, 100, 500, 2000] {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            match self.client.objects().copy(&self.bucket, from, &self.bucket, to).send().await {
                Ok(_) => return Ok(()),
                Err(error) => match store_error(from, error) {
                    missing @ BlobError::Missing(_) => return Err(missing),
                    other => last = other,
                },
            }
        }
        Err(last)
    }

    /// Every key that begins with `prefix`.
    pub async fn list(&self, prefix: &str) -> Result<Vec<String>, BlobError> {
        Ok(self.entries(prefix).await?.into_iter().map(|entry| entry.key).collect())
    }

    /// Every object whose key begins with `prefix`.
    pub async fn entries(&self, prefix: &str) -> Result<Vec<Entry>, BlobError> {
        let mut pager = self.client.objects().list_v2(&self.bucket).prefix(prefix).pager();
        let mut entries = Vec::new();
        while let Some(page) = pager.next_page().await.map_err(|error| store_error(prefix, error))? {
            entries.extend(page.contents.into_iter().map(|object| Entry {
                key: object.key,
                size_bytes: object.size,
                stamp: object.etag.or(object.last_modified).unwrap_or_default(),
            }));
        }
        Ok(entries)
    }

    /// A URL that opens one object for `length` without a key of ours.
    pub fn presigned_get(&self, key: &str, length: Duration) -> Result<String, BlobError> {
        let request = self.client.objects().presign_get(&self.bucket, key).expires_in(length).build();
        request.map(|signed| signed.url.to_string()).map_err(|error| store_error(key, error))
    }

    /// Begins a multipart upload and answers its id.
    pub async fn begin_parts(&self, key: &str, media_type: &str) -> Result<String, BlobError> {
        let request =
            self.client.objects().create_multipart_upload(&self.bucket, key).content_type(media_type);
        request.send().await.map(|begun| begun.upload_id).map_err(|error| store_error(key, error))
    }

    /// Stores part `number` (from 1); storing a number again replaces it. Answers its ETag.
    pub async fn put_part(&self, key: &str, id: &str, number: u32, body: Bytes) -> Result<String, BlobError> {
        let request = self.client.objects().upload_part(&self.bucket, key, id, number).body_bytes(body);
        let stored = request.send().await.map_err(|error| store_error(key, error))?;
        stored.etag.ok_or_else(|| BlobError::Store("a part came back without an ETag".to_owned()))
    }

    /// Joins the parts into the object.
    pub async fn join_parts(&self, key: &str, id: &str, parts: Vec<(u32, String)>) -> Result<(), BlobError> {
        let mut request = self.client.objects().complete_multipart_upload(&self.bucket, key, id);
        for (number, etag) in parts {
            request = request.part(number, etag);
        }
        request.send().await.map(|_| ()).map_err(|error| store_error(key, error))
    }

    /// Throws the parts away.
    pub async fn drop_parts(&self, key: &str, id: &str) -> Result<(), BlobError> {
        match self.client.objects().abort_multipart_upload(&self.bucket, key, id).send().await {
            Ok(_) => Ok(()),
            Err(error) => match store_error(key, error) {
                BlobError::Missing(_) => Ok(()),
                other => Err(other),
            },
        }
    }
}

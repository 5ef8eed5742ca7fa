//! What of an upload has come and can be read.

use std::collections::BTreeMap;

use base::Tx;
use base::blob::PART_BYTES;

use crate::UploadId;

/// An upload that still runs.
pub(super) struct Coming {
    /// The key that it will have.
    pub key: String,
    /// The size that was announced, in bytes.
    pub size: u64,
    /// How many whole parts have come.
    pub came: u32,
    /// Where they are kept aside, by their number.
    aside: BTreeMap<u32, String>,
}

impl Coming {
    /// The upload as it stands; nothing when it has ended, or is not read early any more.
    pub(super) async fn of(tx: &mut Tx, upload: UploadId) -> Result<Option<Self>, sqlx::Error> {
        let row = sqlx::query!(
            "select blob_key, size_bytes, offset_bytes from upload
             where id = $1 and state = 'open' and early and expires_at > moment()",
            upload.0
        )
        .fetch_optional(tx.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let parts = sqlx::query!(
            r#"select number, aside_key as "aside_key!" from upload_part where upload_id = $1 and aside_key is not null"#,
            upload.0
        )
        .fetch_all(tx.connection())
        .await?;
        let came = u64::try_from(row.offset_bytes).unwrap_or(0) / PART_BYTES as u64;
        Ok(Some(Self {
            key: row.blob_key,
            size: u64::try_from(row.size_bytes).unwrap_or(0),
            came: u32::try_from(came).unwrap_or(u32::MAX),
            aside: parts
                .into_iter()
                .filter_map(|part| Some((u32::try_from(part.number).ok()?, part.aside_key)))
                .collect(),
        }))
    }

    /// Where a part is kept.
    pub(super) fn part(&self, number: u32) -> Option<&str> {
        self.aside.get(&number).map(String::as_str)
    }

    /// Whether a part will be kept when it comes. One that lies far behind what has come will not be waited for: its file is no film that
    /// is read from its beginning on.
    pub(super) fn is_near(&self, number: u32) -> bool {
        number > self.came && number <= super::MOST_PARTS && number - self.came <= super::HEAD_PARTS
    }
}

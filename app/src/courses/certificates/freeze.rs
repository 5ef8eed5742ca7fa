//! Making the document of a certificate once and keeping it: the bytes into the object store, then one row that publishes them
//! with their SHA-256. One whose bytes are not what they were is not given out.

use axum::body::Bytes;
use base::id::row_id;
use base::kept;
use courses::certificate::Certificate;
use courses::certificate::document::{self, Frozen};
use leptos::prelude::*;
use sha2::{Digest as _, Sha256};
use words::{certificates as say, papers};

use super::paper;
use crate::parts::{Notice, PageHead, Tone};
use crate::pdf::{answer, told};
use crate::problem::{Answer, Problem};
use crate::visit::Visit;

/// The kept document, made now when there is none.
pub async fn document(mut visit: Visit, certificate: &Certificate) -> Answer {
    let language = visit.language;
    let Some(holder) = &certificate.holder else {
        return visit.page(say::course_title(language), || {
            view! {
                <PageHead title=say::course_title(language)/>
                <Notice tone=Tone::Info><p>{say::document_erased(language)}</p></Notice>
            }
            .into_any()
        });
    };
    let name = format!("zaswiadczenie-{}", holder.number.grouped());
    match bytes(&mut visit, certificate).await? {
        Some(bytes) => {
            visit.tx.commit().await?;
            Ok(answer(&name, bytes))
        }
        None => visit.page(papers::changed_title(language), || {
            view! {
                <PageHead title=papers::changed_title(language)/>
                <Notice tone=Tone::Warning><p>{papers::changed_text(language)}</p></Notice>
            }
            .into_any()
        }),
    }
}

/// `None` when the bytes are others now, or gone.
async fn bytes(visit: &mut Visit, certificate: &Certificate) -> Result<Option<Bytes>, Problem> {
    if let Some(frozen) = document::kept(&mut visit.tx, certificate).await? {
        return whole(visit, &frozen).await;
    }
    let (paper, pictures) = paper::of(&visit.app, certificate).await?;
    let now = visit.tx.now();
    let pdf = visit.app.documents.certificate(&paper, now.unix_timestamp(), &pictures).await.map_err(told)?;
    let key = format!("documents/{}/certificates/{}.pdf", certificate.organisation, row_id(now));
    let frozen = Frozen {
        key: key.clone(),
        sha256: Sha256::digest(&pdf).to_vec(),
        size_bytes: i64::try_from(pdf.len()).unwrap_or(i64::MAX),
        layout: paper::LAYOUT,
    };
    let pdf = Bytes::from(pdf);
    visit.app.blobs.put(&key, "application/pdf", pdf.clone()).await?;
    let kept = match document::keep(&mut visit.tx, certificate, &frozen).await {
        Ok(kept) => kept,
        Err(error) => {
            // The person was erased in the same moment, say: what was just stored is published by nobody.
            visit.app.blobs.delete(&key).await?;
            return Err(error.into());
        }
    };
    if kept.key == key {
        return Ok(Some(pdf));
    }
    // Somebody made it in the same moment: theirs stays.
    visit.app.blobs.delete(&key).await?;
    whole(visit, &kept).await
}

async fn whole(visit: &Visit, frozen: &Frozen) -> Result<Option<Bytes>, Problem> {
    Ok(kept::whole(&visit.app.blobs, &frozen.key, &frozen.sha256).await?)
}

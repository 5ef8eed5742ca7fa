//! Making the document of a certificate once and keeping it: the bytes into the object store, then one row that publishes them
//! with their SHA-256. One whose bytes are not what they were is not given out.

use axum::body::Bytes;
use base::Tx;
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
use crate::state::App;
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
    let app = visit.app.clone();
    match bytes(&app, &mut visit.tx, certificate).await? {
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

/// The bytes of the kept document, made now when there is none; the caller commits. `None` when they are others now, or gone.
pub(crate) async fn bytes(
    app: &App,
    tx: &mut Tx,
    certificate: &Certificate,
) -> Result<Option<Bytes>, Problem> {
    if let Some(frozen) = document::kept(tx, certificate).await? {
        return whole(app, &frozen).await;
    }
    let (paper, pictures) = paper::of(app, certificate).await?;
    let now = tx.now();
    let pdf = app.documents.certificate(&paper, now.unix_timestamp(), &pictures).await.map_err(told)?;
    let key = format!("documents/{}/certificates/{}.pdf", certificate.organisation, row_id(now));
    let frozen = Frozen {
        key: key.clone(),
        sha256: Sha256::digest(&pdf).to_vec(),
        size_bytes: i64::try_from(pdf.len()).unwrap_or(i64::MAX),
        layout: paper::LAYOUT,
    };
    let pdf = Bytes::from(pdf);
    app.blobs.put(&key, "application/pdf", pdf.clone()).await?;
    let kept = match document::keep(tx, certificate, &frozen).await {
        Ok(kept) => kept,
        Err(error) => {
            // The person was erased in the same moment, say: what was just stored is published by nobody.
            app.blobs.delete(&key).await?;
            return Err(error.into());
        }
    };
    if kept.key == key {
        return Ok(Some(pdf));
    }
    // Somebody made it in the same moment: theirs stays.
    app.blobs.delete(&key).await?;
    whole(app, &kept).await
}

async fn whole(app: &App, frozen: &Frozen) -> Result<Option<Bytes>, Problem> {
    Ok(kept::whole(&app.blobs, &frozen.key, &frozen.sha256).await?)
}

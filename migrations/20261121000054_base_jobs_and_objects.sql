-- Owner: base. How long a job is expected to take, so that a short one is not stuck behind a long one; and what the object store must hold.
alter table job add column cost_seconds integer not null default 0 check (cost_seconds >= 0);

-- Every object that a row names, with the table and the column. `upload.blob_key` and `film.parts_key` name what is still in parts. A
-- test finds columns that are forgotten here; a later migration that adds one replaces the view.
create view named_object with (security_invoker = true) as
  select object_key, place from (
    select paper_key as object_key, 'application.paper_key' as place from application
    union all select blob_key, 'certificate_document.blob_key' from certificate_document
    union all select arms_key, 'certificate_template.arms_key' from certificate_template
    union all select blob_key, 'condition_photo.blob_key' from condition_photo
    union all select small_key, 'condition_photo.small_key' from condition_photo
    union all select plain_key, 'film.plain_key' from film
    union all select poster_key, 'film.poster_key' from film
    union all select source_key, 'film.source_key' from film
    union all select whole_plain_key, 'film.whole_plain_key' from film
    union all select blob_key, 'film_still.blob_key' from film_still
    union all select blob_key, 'frozen_document.blob_key' from frozen_document
    union all select blob_key, 'frozen_report.blob_key' from frozen_report
    union all select paper_key, 'frozen_report.paper_key' from frozen_report
    union all select document_key, 'loan_agreement.document_key' from loan_agreement
    union all select signature_key, 'loan_agreement.signature_key' from loan_agreement
    union all select blob_key, 'media.blob_key' from media
    union all select document_key, 'protocol.document_key' from protocol
    union all select signature_key, 'protocol.signature_key' from protocol
    union all select init_key, 'rendition.init_key' from rendition
    union all select blob_key, 'segment.blob_key' from segment
    union all select blob_key, 'training_report.blob_key' from training_report
    union all select paper_key, 'training_report.paper_key' from training_report
    union all select tail_key, 'upload.tail_key' from upload where state = 'open'
  ) named
  where object_key <> '';
grant select on named_object to tablica_app;

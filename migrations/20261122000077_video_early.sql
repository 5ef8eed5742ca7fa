-- Owner: video. A film is made while its upload still runs, where its file can be read from its beginning on.

-- Whether the parts of an upload that have come are kept so that they can be read: a store shows nothing of what waits in parts to be joined.
alter table upload add column early boolean not null default false;

-- The same part as an object of its own, until the upload is complete or is not read early any more.
alter table upload_part add column aside_key text;

-- What the program that made what is in view had found of the source when it looked around, as JSON. One that has more of the source before
-- it goes on only if it finds the same.
alter table film add column found text;

-- A film is never ready before what it was made from has come.
create function film_ready_before_its_upload() returns trigger language plpgsql as $$
begin
  if exists (select from upload u where u.film_id = new.id and u.state = 'open' and u.blob_key in (new.source_key, new.made_from)) then
    raise exception 'the film % is made from an upload that has not come', new.id using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger film_ready_before_its_upload before update on film
  for each row when (new.state = 'ready' and old.state <> 'ready') execute function film_ready_before_its_upload();

-- As before, and the parts that are kept aside.
create or replace view named_object with (security_invoker = true) as
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
    union all select aside_key, 'upload_part.aside_key' from upload_part
  ) named
  where object_key <> '';

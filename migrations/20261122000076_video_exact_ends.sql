-- Owner: video, and base of the view `named_object`. A film that is cut begins and ends with the picture that was asked for: of the segment
-- that lies across a cut a job makes a shorter one, and the segments between stay as they are.

-- What was asked for, in milliseconds of the whole, as far as segments alone cannot show it exactly, and what became of it. While it is
-- made, and when it cannot be made, the film is cut where segments begin (`trim_from_ms`, `trim_to_ms`), or not at all where it would be
-- cut within its first and its last segment. `ends_reason`: a word.
alter table film
  add column ends_from_ms integer,
  add column ends_to_ms integer,
  add column ends_state text check (ends_state in ('making', 'made', 'failed')),
  add column ends_reason text,
  add constraint film_ends check (
    (ends_state is null and ends_from_ms is null and ends_to_ms is null and ends_reason is null)
    or (ends_state is not null and ends_from_ms is not null and ends_to_ms is not null
        and ends_from_ms >= 0 and ends_from_ms < ends_to_ms and (ends_state = 'failed') = (ends_reason is not null)
        and (ends_state <> 'made' or trim_from_ms is not null)));

-- The beginning that a decoder needs for this segment, where that of its rendition does not fit: an end of a film that was encoded anew.
alter table segment add column init_key text;
create index segment_init on segment (init_key text_pattern_ops) where init_key is not null;

-- As before, and beginnings of single segments.
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
    union all select init_key, 'segment.init_key' from segment where init_key is not null
    union all select blob_key, 'training_report.blob_key' from training_report
    union all select paper_key, 'training_report.paper_key' from training_report
    union all select tail_key, 'upload.tail_key' from upload where state = 'open'
  ) named
  where object_key <> '';

-- As before, and beginnings of single segments.
create or replace function offered_film(wanted uuid, shown uuid, asked uuid) returns jsonb language plpgsql as $$
#variable_conflict use_column
declare
  own uuid := nullif(current_setting('app.organisation', true), '')::uuid;
  reach text := coalesce(current_setting('app.reach', true), '');
  whole jsonb;
begin
  if own is null then return null; end if;
  perform set_config('app.reach', 'installation', true);
  with film_shown as (
    select f.id, f.state, f.fence, f.length_ms, f.width, f.height, f.warning, f.poster_key, f.plain_key,
           case when f.plain_key is null then null else f.plain_bytes end as plain_bytes,
           coalesce(f.trim_from_ms, 0) as from_ms, f.trim_to_ms as to_ms
    from version_unit u join film f on f.id = u.film_id
    where u.version_id = shown and u.unit_id = asked and offer_gives(own, wanted, shown, f.replaced_at)),
  part as (
    select r.* from rendition r join film_shown f on f.id = r.film_id and f.fence = r.fence
    where r.complete and r.init_key is not null and not r.second),
  piece as (
    select s.* from segment s join part p on p.film_id = s.film_id and p.fence = s.fence and p.name = s.rendition),
  still as (
    select s.at_ms - f.from_ms as at_ms, s.blob_key from film_still s join film_shown f on f.id = s.film_id and f.fence = s.fence
    where s.at_ms >= f.from_ms and (f.to_ms is null or s.at_ms < f.to_ms)),
  poster as (
    select f.poster_key as key,
           case when exists (select 1 from still s where s.blob_key = f.poster_key) then '' else 'poster-' end || copied_name(f.poster_key) as name
    from film_shown f where f.poster_key is not null),
  object as (
    select p.init_key as key, copied_name(p.init_key) as name, null::bigint as bytes from part p
    union select s.init_key, copied_name(s.init_key), null from piece s where s.init_key is not null
    union select s.blob_key, copied_name(s.blob_key), s.size_bytes::bigint from piece s
    union select s.blob_key, copied_name(s.blob_key), null from still s
    union select p.key, p.name, null from poster p
    union select f.plain_key, copied_name(f.plain_key), f.plain_bytes from film_shown f where f.plain_key is not null)
  select jsonb_build_object(
           'state', f.state, 'mark', film_mark(f.id), 'words', film_words(f.id), 'length_ms', f.length_ms, 'width', f.width,
           'height', f.height, 'warning', f.warning, 'plain_bytes', f.plain_bytes, 'plain', copied_name(f.plain_key),
           'poster', (select p.name from poster p),
           'bytes', (select coalesce(sum(s.size_bytes), 0) from piece s) + coalesce(f.plain_bytes, 0),
           'objects', (select coalesce(jsonb_agg(jsonb_build_object('key', o.key, 'name', o.name, 'bytes', o.bytes) order by o.key), '[]'::jsonb)
                       from object o),
           'renditions', (select coalesce(jsonb_agg(jsonb_build_object(
                            'name', p.name, 'kind', p.kind, 'width', p.width, 'height', p.height, 'frame_rate_milli', p.frame_rate_milli,
                            'codecs', p.codecs, 'bandwidth', p.bandwidth, 'average_bandwidth', p.average_bandwidth,
                            'init', copied_name(p.init_key))), '[]'::jsonb) from part p),
           'segments', (select coalesce(jsonb_agg(jsonb_build_object(
                          'rendition', s.rendition, 'number', s.number, 'start_ms', s.start_ms, 'length_ms', s.length_ms,
                          'size_bytes', s.size_bytes, 'key_bytes', s.key_bytes, 'object', copied_name(s.blob_key),
                          'init', copied_name(s.init_key))), '[]'::jsonb) from piece s),
           'stills', (select coalesce(jsonb_agg(jsonb_build_object('at_ms', s.at_ms, 'object', copied_name(s.blob_key))), '[]'::jsonb)
                      from still s),
           'captions', (select coalesce(jsonb_agg(jsonb_build_object(
                          'language', c.language, 'label', c.label, 'vtt', c.vtt, 'automatic', c.automatic,
                          'checked', c.checked_at is not null)), '[]'::jsonb) from caption c where c.film_id = f.id),
           'chapters', (select coalesce(jsonb_agg(jsonb_build_object('start_ms', h.start_ms, 'title', h.title)), '[]'::jsonb)
                        from chapter h where h.film_id = f.id))
    into whole from film_shown f;
  perform set_config('app.reach', reach, true);
  return whole;
end $$;

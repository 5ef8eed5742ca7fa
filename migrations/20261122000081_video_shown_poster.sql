-- Owner: video, and courses of the function through which films of offers are read. The poster of a film that is cut shows nothing of what
-- was cut away.

-- The object of the poster that is shown of a film. One's own picture always; a still as long as its moment is shown; the one that the
-- transcoding program found, which comes from the first tenth and the first 20 seconds, as long as these are. In place of others the first
-- still of what is shown, if there is one. The choice itself stays: it is there again when the cut is taken back.
create function shown_poster(wanted uuid) returns text language sql stable as $$
  select case
    when f.trim_from_ms is null or f.poster_key is null or f.poster_key like '%/poster-%' then f.poster_key
    when exists (select from film_still s where s.film_id = f.id and s.fence = f.fence and s.blob_key = f.poster_key)
      then coalesce(
        (select s.blob_key from film_still s where s.film_id = f.id and s.fence = f.fence and s.blob_key = f.poster_key
           and s.at_ms >= f.trim_from_ms and s.at_ms < f.trim_to_ms limit 1),
        (select s.blob_key from film_still s where s.film_id = f.id and s.fence = f.fence
           and s.at_ms >= f.trim_from_ms and s.at_ms < f.trim_to_ms order by s.at_ms limit 1))
    when f.trim_from_ms = 0 and f.trim_to_ms > least(f.whole_ms / 10, 20000) + 1000 then f.poster_key
    else (select s.blob_key from film_still s where s.film_id = f.id and s.fence = f.fence
            and s.at_ms >= f.trim_from_ms and s.at_ms < f.trim_to_ms order by s.at_ms limit 1)
  end
  from film f where f.id = $1
$$;
revoke execute on function shown_poster(uuid) from public;
grant execute on function shown_poster(uuid) to tablica_app;

-- As before, with that poster. A film whose exact ends are being made is not given yet: what was taken over stays, and more would be shown
-- there for good than was asked for.
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
    select f.id, case when f.state = 'ready' and f.ends_state is not distinct from 'making' then 'transcoding' else f.state end as state,
           f.fence, f.length_ms, f.width, f.height, f.warning, shown_poster(f.id) as poster_key, f.plain_key,
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

-- Owner: video; the columns of `adoption` and `adopted_unit` and the functions of offers are of courses. Films come along when a course
-- is adopted: the organisation that adopts gets films of its own with objects of its own, copied inside the store by a job.

-- A film that is being copied from another organisation. Its rows come in one transaction, after its objects.
alter table film drop constraint film_state_check,
  add constraint film_state_check
    check (state in ('empty', 'uploading', 'queued', 'transcoding', 'copying', 'ready', 'failed', 'cancelled'));

-- Where a film came from that was copied from another organisation. `publisher` is its name as it was then; `bytes` is what the film
-- takes: from the wish on, so that of two wishes the last room goes to one.
create table film_arrival (
  organisation_id uuid not null,
  film_id uuid primary key,
  publisher text not null check (length(publisher) > 0),
  bytes bigint not null check (bytes >= 0),
  asked_at timestamptz not null default moment(),
  arrived_at timestamptz,
  foreign key (organisation_id, film_id) references film (organisation_id, id) on delete cascade
);
call fence('film_arrival');
grant select, insert, update, delete on film_arrival to tablica_app;

-- As before, and what is on its way from another organisation.
create or replace view film_space with (security_invoker = true) as
  select organisation_id, sum(size_bytes)::bigint as used_bytes
  from (
    select organisation_id, max(size_bytes)::bigint as size_bytes from segment group by organisation_id, blob_key
    union all
    select organisation_id, max(source_bytes) from film where source_key is not null group by organisation_id, source_key
    union all
    select organisation_id, max(plain_bytes) from film where plain_key is not null group by organisation_id, plain_key
    union all
    select organisation_id, max(whole_plain_bytes) from film where whole_plain_key is not null group by organisation_id, whole_plain_key
    union all
    select organisation_id, size_bytes from upload where state = 'open'
    union all
    select a.organisation_id, a.bytes from film_arrival a join film f on f.id = a.film_id
    where a.arrived_at is null and f.state = 'copying'
  ) kept
  group by organisation_id;

-- Captions that somebody has read at the publisher's, by its name: they are as good as read, for their text is the same. With another
-- text the word is gone, whoever said it.
alter table caption add column checked_elsewhere text check (length(checked_elsewhere) > 0);
alter table caption drop constraint caption_checked,
  add constraint caption_checked check ((checked_at is null) = (checked_by is null and checked_elsewhere is null));
alter table film_whole_caption add column checked_elsewhere text;

create or replace function caption_unchecked() returns trigger language plpgsql as $$
begin
  if new.vtt is distinct from old.vtt then
    new.checked_at := null;
    new.checked_by := null;
  end if;
  if new.checked_at is null or new.checked_by is not null then
    new.checked_elsewhere := null;
  end if;
  return new;
end $$;

-- The name of the copy of an object: of that object alone, whose bytes never change.
create function copied_name(key text) returns text language sql immutable parallel safe as $$
  select md5(key) || coalesce(substring(key from '\.[a-z0-9]{1,5}$'), '')
$$;
revoke execute on function copied_name(text) from public;
grant execute on function copied_name(text) to tablica_app;

-- What a film shows, in a word: another film, another making or another cut is another word.
create function film_mark(wanted uuid) returns text language sql stable as $$
  select concat_ws(' ', f.id, f.fence, f.trim_from_ms, f.trim_to_ms) from film f where f.id = $1
$$;
revoke execute on function film_mark(uuid) from public;
grant execute on function film_mark(uuid) to tablica_app;

-- Its captions, each language with its fingerprint, and its chapters with theirs.
create function film_words(wanted uuid) returns jsonb language sql stable as $$
  select coalesce((select jsonb_object_agg(c.language, md5(c.label || E'\n' || c.vtt)) from caption c where c.film_id = $1), '{}'::jsonb)
      || coalesce((select jsonb_build_object('chapters', md5(string_agg(h.start_ms || ' ' || h.title, E'\n' order by h.start_ms)))
                   from chapter h where h.film_id = $1 having count(*) > 0), '{}'::jsonb)
$$;
revoke execute on function film_words(uuid) from public;
grant execute on function film_words(uuid) to tablica_app;

-- What an own unit was given of the publisher's film. `film_id`: the own film that was made for it, which may be gone by now, so it
-- names no row. The others: what it consisted of when it had come, so that it is seen whether the publisher's is another one since, and
-- whether this one was changed here.
alter table adopted_unit
  add column film_id uuid,
  add column film_fence bigint,
  add column film_mark text,
  add column film_words jsonb;
grant update (film_id, film_fence, film_mark, film_words) on adopted_unit to tablica_app;

-- A course that publishes itself when its films have come: in whose name, what that asks of those who finished an earlier version, and
-- the hash of the draft that it is about. Whoever changes the draft meanwhile publishes it themselves.
alter table adoption
  add column waits_for uuid,
  add column waits_asks text check (waits_asks in ('nothing', 'go_on', 'begin_again')),
  add column waits_redo_by date,
  add column waits_hash bytea check (octet_length(waits_hash) = 32),
  add constraint adoption_waits check (
    (waits_for is null) = (waits_asks is null) and (waits_for is null) = (waits_hash is null)
    and (waits_for is not null or waits_redo_by is null)),
  add constraint adoption_waits_for foreign key (organisation_id, waits_for) references person (organisation_id, id);
grant update (waits_for, waits_asks, waits_redo_by, waits_hash) on adoption to tablica_app;

-- Whether an organisation may read a film of that version: as `offer_shows`, and of what it took over also when the offer was withdrawn
-- before the film had come, but not what took the place of that film since. `replaced`: when the film was replaced last. Asked with the
-- reach raised.
create function offer_gives(own uuid, wanted uuid, shown uuid, replaced timestamptz) returns boolean language sql stable as $$
  select offer_shows(own, wanted, shown)
      or exists (select 1 from adoption a join catalogue_offer o on o.id = a.offer_id
                 where a.organisation_id = own and a.offer_id = wanted and a.version_id = shown
                   and (replaced is null or o.withdrawn_at is null or replaced <= o.withdrawn_at))
$$;

-- The films of a version that may be read: how long they are, what they take, and how much of them has to be seen.
create function offered_films(wanted uuid, shown uuid)
  returns table (unit_id uuid, state text, length_ms integer, bytes bigint, mark text, words jsonb, film_percent smallint)
  language plpgsql as $$
#variable_conflict use_column
declare
  own uuid := nullif(current_setting('app.organisation', true), '')::uuid;
  reach text := coalesce(current_setting('app.reach', true), '');
begin
  if own is null then return; end if;
  perform set_config('app.reach', 'installation', true);
  return query
  select u.unit_id, f.state, f.length_ms,
         ((select coalesce(sum(s.size_bytes), 0)
            from segment s join rendition r on r.film_id = s.film_id and r.fence = s.fence and r.name = s.rendition
            where s.film_id = f.id and s.fence = f.fence and not r.second)
           + case when f.plain_key is null then 0 else coalesce(f.plain_bytes, 0) end)::bigint,
         film_mark(f.id), film_words(f.id), u.film_percent
  from version_unit u join film f on f.id = u.film_id
  where u.version_id = shown and offer_gives(own, wanted, shown, f.replaced_at)
  order by u.position;
  perform set_config('app.reach', reach, true);
end $$;
revoke execute on function offered_films(uuid, uuid) from public;
grant execute on function offered_films(uuid, uuid) to tablica_app;

-- Which of them accompany each other.
create function offered_companions(wanted uuid, shown uuid)
  returns table (unit_id uuid, kind text, companion_unit_id uuid) language plpgsql as $$
#variable_conflict use_column
declare
  own uuid := nullif(current_setting('app.organisation', true), '')::uuid;
  reach text := coalesce(current_setting('app.reach', true), '');
begin
  if own is null then return; end if;
  perform set_config('app.reach', 'installation', true);
  return query
  select u.unit_id, k.kind, c.unit_id
  from version_unit u join film_companion k on k.film_id = u.film_id
    join version_unit c on c.version_id = u.version_id and c.film_id = k.companion_id
  where u.version_id = shown and offer_gives(own, wanted, shown, null)
  order by u.position, k.kind;
  perform set_config('app.reach', reach, true);
end $$;
revoke execute on function offered_companions(uuid, uuid) from public;
grant execute on function offered_companions(uuid, uuid) to tablica_app;

-- Everything of the film of one unit of it that is copied: what is shown, never what was cut away, nor what it was made from, nor a further
-- set in another codec, which whoever adopts makes for themselves or not. Objects
-- stand with their length as far as it was written down. Null: there is none, or it may not be read.
create function offered_film(wanted uuid, shown uuid, asked uuid) returns jsonb language plpgsql as $$
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
                          'size_bytes', s.size_bytes, 'key_bytes', s.key_bytes, 'object', copied_name(s.blob_key))), '[]'::jsonb) from piece s),
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
revoke execute on function offered_film(uuid, uuid, uuid) from public;
grant execute on function offered_film(uuid, uuid, uuid) to tablica_app;

-- Owner: video. What an organisation may keep, for how long, and what a killed attempt leaves to the next.

-- From which upload the renditions in view were made: the next attempt goes on with them only when it is the same.
alter table film add column made_from text;

-- The parts of the plain MP4 while it is written: whoever comes after a killed attempt throws them away.
alter table film
  add column parts_key text,
  add column parts_id text,
  add constraint film_parts check ((parts_key is null) = (parts_id is null));

-- An object is deleted only when no row points to it.
create index segment_blob on segment (blob_key text_pattern_ops);

-- How many bytes the films of an organisation may have in all; no row: as many as it likes. Set by the administrator of the
-- installation alone, who acts for all organisations.
create table film_quota (
  organisation_id uuid primary key references organisation (id),
  most_bytes bigint not null check (most_bytes >= 0),
  set_at timestamptz not null default moment()
);
call fence('film_quota');
grant select, insert, update, delete on film_quota to tablica_app;

-- Days after which the upload that a film was made from is deleted; null: it is kept. The film itself stays.
alter table film_setting add column source_days integer check (source_days between 1 and 3650);

-- What the films of an organisation take: segments, plain MP4s, the uploads that they were made from, and uploads that are open. Copies
-- of a film point to the same objects, which count once.
create view film_space with (security_invoker = true) as
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
  ) kept
  group by organisation_id;
grant select on film_space to tablica_app;

-- A number that stands for these words in the name of a piece of a film: of an object of the store, whose bytes never change.
create function name_tag(words text) returns bigint language sql immutable parallel safe as $$
  select ('x' || substr(md5(words), 1, 8))::bit(32)::bigint
$$;
revoke execute on function name_tag(text) from public;
grant execute on function name_tag(text) to tablica_app;

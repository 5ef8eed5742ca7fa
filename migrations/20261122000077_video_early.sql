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

-- As it stands, and the parts that are kept aside.
do $$
begin
  execute 'create or replace view named_object with (security_invoker = true) as '
       || rtrim(pg_get_viewdef('named_object'::regclass), '; ')
       || ' union all select aside_key, ''upload_part.aside_key'' from upload_part where aside_key is not null';
end $$;

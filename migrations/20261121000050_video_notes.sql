-- Owner: video. Notes at a time: what a person writes for themselves beside a film. They belong to that person alone: beside the wall
-- between organisations there is one between people, and no role of the office passes it.

create table film_note (
  id uuid primary key,
  organisation_id uuid not null,
  person_id uuid not null,
  film_id uuid not null,
  -- The moment of the whole film that it speaks of, also while only a part of it is shown.
  at_ms integer not null check (at_ms between 0 and 86400000),
  text text not null check (length(btrim(text)) between 1 and 2000),
  created_at timestamptz not null default moment(),
  foreign key (organisation_id, person_id) references person (organisation_id, id),
  foreign key (organisation_id, film_id) references film (organisation_id, id) on delete cascade
);
create index film_note_film on film_note (film_id, person_id, at_ms);
call fence('film_note');

-- The wall between people. Restrictive: it stands beside the other, and both have to let a row through.
create policy own on film_note as restrictive to tablica_app
  using (person_id = (select nullif(current_setting('app.person', true), '')::uuid))
  with check (person_id = (select nullif(current_setting('app.person', true), '')::uuid));
grant select, insert, delete on film_note to tablica_app;

-- Erasure (art. 17 RODO): all of it goes, by somebody who may not read it. Owned by the owner of the tables, whom the wall between
-- people lets through; the one between organisations stands here too.
create function forget_film_notes(of_person uuid) returns bigint
  language sql volatile security definer set search_path = public as $$
  with gone as (delete from film_note where person_id = of_person and in_scope(organisation_id) returning 1)
  select count(*) from gone
$$;
revoke all on function forget_film_notes(uuid) from public;
grant execute on function forget_film_notes(uuid) to tablica_app;

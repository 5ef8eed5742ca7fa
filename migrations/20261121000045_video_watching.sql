-- Owner: video. Captions that a person has checked, chapters, what a person and an organisation choose for the player, and the
-- clock that bounds what can be claimed as seen.

-- Whatever was attached before counts as not checked: nobody said that they had read it.
alter table caption
  add column checked_at timestamptz,
  add column checked_by uuid,
  add constraint caption_checked check ((checked_at is null) = (checked_by is null)),
  add constraint caption_checker foreign key (organisation_id, checked_by) references person (organisation_id, id);

-- A check is of a text: with another text it is gone, whoever changes it.
create function caption_unchecked() returns trigger language plpgsql as $$
begin
  if new.vtt is distinct from old.vtt then
    new.checked_at := null;
    new.checked_by := null;
  end if;
  return new;
end $$;
create trigger caption_unchecked before update on caption for each row execute function caption_unchecked();

-- A part of a film that has a name. It begins here and ends where the next one begins.
create table chapter (
  organisation_id uuid not null,
  film_id uuid not null,
  start_ms integer not null check (start_ms between 0 and 86400000),
  title text not null check (length(btrim(title)) between 1 and 120),
  primary key (film_id, start_ms),
  foreign key (organisation_id, film_id) references film (organisation_id, id) on delete cascade
);
call fence('chapter');
grant select, insert, delete on chapter to tablica_app;
-- Who reads an open course without an account sees them as the film's other pieces.
create policy visitor on chapter for select
  using ((select coalesce(current_setting('app.reach', true), '') = 'open') and is_open_film(film_id));

-- How a person wants films to be shown to them, on every machine. `data_saver` null: as the organisation says.
create table player_setting (
  organisation_id uuid not null,
  person_id uuid primary key,
  shortcuts boolean not null default true,
  data_saver boolean,
  caption_size text not null default 'normal' check (caption_size in ('normal', 'large', 'largest')),
  caption_colour text not null default 'white' check (caption_colour in ('white', 'yellow', 'black')),
  updated_at timestamptz not null default moment(),
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
call fence('player_setting');
grant select, insert, update on player_setting to tablica_app;

-- Whether films of an organisation begin in the smallest picture that can be read, until a person says otherwise.
create table film_setting (
  organisation_id uuid primary key references organisation (id),
  data_saver boolean not null default false
);
call fence('film_setting');
grant select, insert, update on film_setting to tablica_app;

-- What may still be claimed as seen: it grows with the clock, three times as fast, and shrinks with what is claimed.
-- What was seen before stays as it is.
alter table watch
  add column credit_ms integer not null default 30000 check (credit_ms between 0 and 3600000),
  add column counted_at timestamptz not null default moment();

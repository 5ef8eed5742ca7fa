-- Owner: video. A film that accompanies another one: the same in sign language, or with audio description. Both are films of their own,
-- with rights of their own; this row only says that they run together.

create table film_companion (
  organisation_id uuid not null,
  film_id uuid not null,
  kind text not null check (kind in ('sign_language', 'audio_description')),
  companion_id uuid not null,
  primary key (film_id, kind),
  check (film_id <> companion_id),
  foreign key (organisation_id, film_id) references film (organisation_id, id) on delete cascade,
  foreign key (organisation_id, companion_id) references film (organisation_id, id) on delete cascade
);
create index film_companion_companion on film_companion (companion_id);
call fence('film_companion');
grant select, insert, update, delete on film_companion to tablica_app;
-- Who reads an open course without an account sees them as the film's other pieces.
create policy visitor on film_companion for select
  using ((select coalesce(current_setting('app.reach', true), '') = 'open') and is_open_film(film_id));

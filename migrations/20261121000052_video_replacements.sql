-- Owner: video. A film that is to take the place of another: a row of its own that nobody but those who teach sees, until it is ready.
-- Then what it consists of goes over to the film that it replaces, in one transaction, and the row goes.

alter table film
  add column replaces uuid,
  -- When it was replaced last, and whether what people had seen of it was let go then, because the new one has another length.
  add column replaced_at timestamptz,
  add column seen_cleared boolean not null default false,
  add constraint film_replaces_another check (replaces is distinct from id),
  add constraint film_replaces foreign key (organisation_id, replaces) references film (organisation_id, id) on delete cascade;

-- Of two people who replace a film at once, one is the first.
create unique index film_replacement_once on film (replaces) where replaces is not null;

-- After a replacement the film points into no folder that it pointed into before.
grant delete on film_bytes to tablica_app;

-- Owner: video. Stills of a film that its poster is chosen from, captions that a program of the office drafts, and films whose ends are cut
-- off.

-- A still of the film at a moment, made with its renditions.
create table film_still (
  organisation_id uuid not null,
  film_id uuid not null,
  fence bigint not null,
  at_ms integer not null check (at_ms >= 0),
  blob_key text not null,
  primary key (film_id, fence, at_ms),
  foreign key (organisation_id, film_id) references film (organisation_id, id) on delete cascade
);
call fence('film_still');
grant select, insert, update, delete on film_still to tablica_app;

-- Captions that no person has written: they are shown as such until somebody has read them. Whoever changes the text by hand makes them
-- captions of a person's; the mark of a check is another thing.
alter table caption add column automatic boolean not null default false;

-- A wish for a draft of captions in a language: it waits or is worked on while `ended_at` is null.
create table caption_draft (
  id uuid primary key,
  organisation_id uuid not null,
  film_id uuid not null,
  language text not null check (language ~ '^[a-z]{2,3}$'),
  asked_by uuid not null,
  asked_at timestamptz not null default moment(),
  ended_at timestamptz,
  -- Null for one that came out well: a word that pages turn into a sentence.
  reason text,
  check (reason is null or ended_at is not null),
  foreign key (organisation_id, film_id) references film (organisation_id, id) on delete cascade,
  foreign key (organisation_id, asked_by) references person (organisation_id, id)
);
create unique index caption_draft_once on caption_draft (film_id, language) where ended_at is null;
create index caption_draft_film on caption_draft (film_id);
call fence('caption_draft');
grant select, insert, update on caption_draft to tablica_app;

-- A film of which the beginning and the end are not shown. Its rows of renditions and segments are those that are shown, counted from
-- the new beginning; the whole stands beside them under the same number with a minus. Moments in milliseconds of the whole.
alter table film
  add column trim_from_ms integer,
  add column trim_to_ms integer,
  add column whole_ms integer,
  add column whole_plain_key text,
  add column whole_plain_bytes bigint,
  add constraint film_trim check (
    (trim_from_ms is null and trim_to_ms is null and whole_ms is null and whole_plain_key is null and whole_plain_bytes is null)
    or (trim_from_ms is not null and trim_to_ms is not null and whole_ms is not null
        and trim_from_ms >= 0 and trim_from_ms < trim_to_ms and trim_to_ms <= whole_ms));

-- Captions as they were for the whole film, and what came of them by the cut (null: no cue was left): whoever changed that since keeps it.
create table film_whole_caption (
  organisation_id uuid not null,
  film_id uuid not null,
  language text not null,
  label text not null,
  vtt text not null,
  automatic boolean not null,
  checked_at timestamptz,
  checked_by uuid,
  shown_md5 text,
  primary key (film_id, language),
  foreign key (organisation_id, film_id) references film (organisation_id, id) on delete cascade
);
call fence('film_whole_caption');
grant select, insert, delete on film_whole_caption to tablica_app;

-- Chapters that the cut took away, in moments of the whole.
create table film_whole_chapter (
  organisation_id uuid not null,
  film_id uuid not null,
  start_ms integer not null,
  title text not null,
  primary key (film_id, start_ms),
  foreign key (organisation_id, film_id) references film (organisation_id, id) on delete cascade
);
call fence('film_whole_chapter');
grant select, insert, delete on film_whole_chapter to tablica_app;

-- What people saw of the parts that are cut away, in moments of the whole.
alter table watch add column seen_outside int4multirange not null default '{}';

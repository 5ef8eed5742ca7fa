-- Owner: courses; `film_bytes` is of video. A film that is copied with its course shares its bytes; the title and the summary of a
-- course in other languages.

-- A film some of whose bytes lie in the folder of another one in the object store. That other film may be gone; its folder stays as
-- long as a row names it.
create table film_bytes (
  organisation_id uuid not null,
  film_id uuid not null,
  folder uuid not null,
  primary key (film_id, folder),
  check (film_id <> folder),
  foreign key (organisation_id, film_id) references film (organisation_id, id) on delete cascade
);
create index film_bytes_folder on film_bytes (folder);
call fence('film_bytes');
grant select, insert on film_bytes to tablica_app;

-- The title and the summary of a course in another language than its own. `based_on_hash`: SHA-256 of the original's title and summary
-- that were translated; another one means that the original has changed since.
create table course_translation (
  organisation_id uuid not null,
  course_id uuid not null,
  language text not null check (language in ('pl', 'en', 'uk')),
  title text not null check (length(title) between 1 and 200),
  summary text not null default '' check (length(summary) <= 2000),
  based_on_hash bytea not null check (octet_length(based_on_hash) = 32),
  revision integer not null default 1,
  updated_by uuid not null,
  updated_at timestamptz not null default moment(),
  primary key (course_id, language),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, updated_by) references person (organisation_id, id)
);
call fence('course_translation');
grant select, insert, update, delete on course_translation to tablica_app;

-- The same as it was published: lists and pages of learners show this.
create table version_title (
  organisation_id uuid not null,
  version_id uuid not null,
  language text not null,
  title text not null,
  summary text not null,
  -- The original had changed since it was translated.
  stale boolean not null,
  primary key (version_id, language),
  foreign key (organisation_id, version_id) references course_version (organisation_id, id)
);
create trigger version_title_append_only before update or delete on version_title
  for each statement execute function refuse_change();
call fence('version_title');
grant select, insert on version_title to tablica_app;

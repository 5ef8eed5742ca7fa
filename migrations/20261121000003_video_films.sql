-- Owner: video. What a film is: its upload, its renditions and segments, its captions, and who has seen which part.

create table film (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  title text not null check (length(title) between 1 and 200),
  state text not null default 'empty'
    check (state in ('empty', 'uploading', 'queued', 'transcoding', 'ready', 'failed', 'cancelled')),
  reason text,
  per_mille smallint not null default 0 check (per_mille between 0 and 1000),
  source_key text,
  source_bytes bigint,
  length_ms integer,
  width integer,
  height integer,
  poster_key text,
  plain_key text,
  plain_bytes bigint,
  cpu_ms bigint,
  warning text,
  -- The attempt whose renditions are shown; a late worker's number is lower and its rows are never read.
  fence bigint not null default 0,
  created_by uuid not null,
  created_at timestamptz not null default moment(),
  ready_at timestamptz,
  unique (organisation_id, id),
  foreign key (organisation_id, created_by) references person (organisation_id, id)
);
call fence('film');
grant select, insert, update, delete on film to tablica_app;

-- A resumable upload (tus 1.0). `offset_bytes` counts only what is safely stored.
create table upload (
  id uuid primary key,
  organisation_id uuid not null,
  film_id uuid not null,
  person_id uuid not null,
  size_bytes bigint not null check (size_bytes > 0),
  offset_bytes bigint not null default 0,
  file_name text not null default '',
  metadata text not null default '',
  blob_key text not null,
  multipart_id text not null,
  tail_key text,
  tail_bytes integer not null default 0,
  state text not null default 'open' check (state in ('open', 'complete', 'ended')),
  fence bigint not null default 0,
  created_at timestamptz not null default moment(),
  expires_at timestamptz not null,
  unique (organisation_id, id),
  check (offset_bytes between 0 and size_bytes),
  foreign key (organisation_id, film_id) references film (organisation_id, id) on delete cascade
);
create index upload_expiry on upload (expires_at) where state = 'open';
call fence('upload');
grant select, insert, update, delete on upload to tablica_app;

create table upload_part (
  organisation_id uuid not null,
  upload_id uuid not null,
  number integer not null check (number between 1 and 10000),
  etag text not null,
  size_bytes integer not null,
  primary key (upload_id, number),
  foreign key (organisation_id, upload_id) references upload (organisation_id, id) on delete cascade
);
call fence('upload_part');
grant select, insert, update, delete on upload_part to tablica_app;

create table rendition (
  organisation_id uuid not null,
  film_id uuid not null,
  fence bigint not null,
  name text not null check (name ~ '^[a-z0-9]{1,20}$'),
  kind text not null check (kind in ('picture', 'sound')),
  width integer not null default 0,
  height integer not null default 0,
  frame_rate_milli integer not null default 0,
  codecs text not null,
  bandwidth bigint not null,
  average_bandwidth bigint not null,
  init_key text,
  complete boolean not null default false,
  primary key (film_id, fence, name),
  foreign key (organisation_id, film_id) references film (organisation_id, id) on delete cascade
);
call fence('rendition');
grant select, insert, update, delete on rendition to tablica_app;

create table segment (
  organisation_id uuid not null,
  film_id uuid not null,
  fence bigint not null,
  rendition text not null,
  number integer not null check (number >= 0),
  start_ms integer not null,
  length_ms integer not null check (length_ms > 0),
  size_bytes integer not null,
  blob_key text not null,
  primary key (film_id, fence, rendition, number),
  foreign key (organisation_id, film_id) references film (organisation_id, id) on delete cascade,
  foreign key (film_id, fence, rendition) references rendition (film_id, fence, name) on delete cascade
);
call fence('segment');
grant select, insert, delete on segment to tablica_app;

create table caption (
  organisation_id uuid not null,
  film_id uuid not null,
  language text not null check (language ~ '^[a-z]{2,3}$'),
  label text not null check (length(label) between 1 and 60),
  vtt text not null check (octet_length(vtt) <= 2097152),
  updated_at timestamptz not null default moment(),
  primary key (film_id, language),
  foreign key (organisation_id, film_id) references film (organisation_id, id) on delete cascade
);
call fence('caption');
grant select, insert, update, delete on caption to tablica_app;

-- What one person has really seen: the union of the intervals played, in milliseconds, and where they left off.
create table watch (
  organisation_id uuid not null,
  person_id uuid not null,
  film_id uuid not null,
  position_ms integer not null default 0,
  seen int4multirange not null default '{}',
  updated_at timestamptz not null default moment(),
  primary key (person_id, film_id),
  foreign key (organisation_id, person_id) references person (organisation_id, id),
  foreign key (organisation_id, film_id) references film (organisation_id, id) on delete cascade
);
create index watch_film on watch (film_id);
call fence('watch');
grant select, insert, update on watch to tablica_app;

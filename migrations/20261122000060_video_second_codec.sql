-- Owner: video, and base of the table `job`. A further set of pictures of a film in another codec, made in idle time and kept when it saves
-- enough.

-- Kinds of work that a job steps back for; null: for none. It is not taken, and its holder is asked to stop, while a job of one of these
-- kinds is due or worked on.
alter table job add column gives_way_to text[];
-- Work of idle time is done by one worker at a time.
create unique index job_idle_once on job (kind) where gives_way_to is not null and state = 'running';

create function gives_way(own uuid, kinds text[]) returns boolean language sql stable as $$
  select exists (select from job o where o.kind = any(kinds) and o.id <> own
                   and (o.state = 'running' or o.state = 'waiting' and o.run_at <= moment()))
      or exists (select from job o join job mine on mine.id = own
                 where o.id <> own and o.kind = mine.kind and o.gives_way_to is not null and o.state = 'running')
$$;
revoke execute on function gives_way(uuid, text[]) from public;
grant execute on function gives_way(uuid, text[]) to tablica_app;

-- Whether a version belongs to a further set: it follows from the codec, so whatever copies versions copies it.
alter table rendition add column second boolean not null generated always as (codecs like 'av01.%') stored;

-- The further set of a film, or why there is none. While it is made its versions and segments stand under the film's number less 2^62;
-- then they go over to that number and stand beside the others.
create table film_second (
  organisation_id uuid not null,
  film_id uuid primary key,
  -- The film's number that it stands beside: with another it is of another film, and made anew.
  fence bigint not null,
  codec text not null check (codec in ('av1')),
  -- Counts the attempts; a late worker's is lower.
  attempt bigint not null default 1,
  state text not null default 'making' check (state in ('making', 'kept', 'refused')),
  -- Of a refused one: a word.
  reason text check (reason in ('larger', 'worse', 'uneven', 'no_room', 'failed')),
  -- What the versions take in H.264 and in the further set, in bytes.
  first_bytes bigint,
  second_bytes bigint,
  -- Sums of the likeness of so many pictures to what they were made of.
  pictures bigint not null default 0,
  alike_first double precision not null default 0,
  alike_second double precision not null default 0,
  cpu_ms bigint not null default 0,
  ended_at timestamptz,
  check ((state = 'refused') = (reason is not null)),
  check ((state = 'making') = (ended_at is null)),
  foreign key (organisation_id, film_id) references film (organisation_id, id) on delete cascade
);
call fence('film_second');
grant select, insert, update, delete on film_second to tablica_app;

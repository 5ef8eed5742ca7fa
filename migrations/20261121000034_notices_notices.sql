-- Owner: notices. What a person is told within the site, which of it comes by e-mail and when, and the address of their calendar.

-- What a person is told. Rows are only ever added; that it was read, and that its letter went out, is written once.
create table notice (
  id uuid primary key,
  organisation_id uuid not null,
  person_id uuid not null,
  kind text not null check (kind in ('assigned', 'new_version', 'teaching')),
  -- What it is about, as it is called: the title of a course.
  subject text not null check (length(subject) between 1 and 300),
  -- An address of this site.
  path text not null check (path ~ '^/([^/]|$)' and length(path) <= 500),
  created_at timestamptz not null default moment(),
  read_at timestamptz,
  -- When its letter is due; null when none is wished for.
  mail_at timestamptz,
  mailed_at timestamptz,
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
create index notice_person on notice (person_id, id desc);
create index notice_unread on notice (person_id) where read_at is null;
create index notice_due on notice (mail_at) where mail_at is not null and mailed_at is null;

create function notice_stays() returns trigger language plpgsql as $$
begin
  if (new.id, new.organisation_id, new.person_id, new.kind, new.subject, new.path, new.created_at)
       is distinct from (old.id, old.organisation_id, old.person_id, old.kind, old.subject, old.path, old.created_at)
     or old.read_at is not null and new.read_at is distinct from old.read_at
     or old.mailed_at is not null and new.mailed_at is distinct from old.mailed_at
     or new.mail_at is not null and new.mail_at is distinct from old.mail_at then
    raise exception 'what was told stays' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger notice_stays before update on notice for each row execute function notice_stays();
create trigger notice_is_kept before delete on notice for each statement execute function refuse_change();
call fence('notice');
grant select, insert, update on notice to tablica_app;

-- Which notices a person wants by e-mail; without a row once a day.
create table notice_wish (
  organisation_id uuid not null,
  person_id uuid not null,
  kind text not null check (kind in ('assigned', 'new_version', 'teaching')),
  wish text not null check (wish in ('at_once', 'daily', 'never')),
  primary key (person_id, kind),
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
call fence('notice_wish');
grant select, insert, update on notice_wish to tablica_app;

-- When no letter goes out to a person, on the wall clock in Warsaw; equal hours: at no time. Without a row from 20:00 to 7:00.
create table quiet_hours (
  organisation_id uuid not null,
  person_id uuid primary key,
  quiet_from time not null,
  quiet_to time not null,
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
call fence('quiet_hours');
grant select, insert, update on quiet_hours to tablica_app;

-- When a letter written at `at` goes out. A day's letter is put together at 7:00 in Warsaw; both changes of the hour are survived,
-- because everything is reckoned on the wall clock.
create function letter_time(wish text, quiet_from time, quiet_to time, at timestamptz) returns timestamptz
  language plpgsql stable as $$
declare
  wall timestamp := at at time zone 'Europe/Warsaw';
begin
  if wish = 'never' then return null; end if;
  if wish = 'daily' then
    wall := wall::date + time '07:00' + case when wall::time >= time '07:00' then interval '1 day' else interval '0' end;
  end if;
  if quiet_from < quiet_to and wall::time >= quiet_from and wall::time < quiet_to then
    wall := wall::date + quiet_to;
  elsif quiet_from > quiet_to and wall::time >= quiet_from then
    wall := wall::date + 1 + quiet_to;
  elsif quiet_from > quiet_to and wall::time < quiet_to then
    wall := wall::date + quiet_to;
  elsif wish = 'at_once' then
    return at;
  end if;
  return wall at time zone 'Europe/Warsaw';
end $$;

-- The address of a person's calendar: only its hash is kept. One lives at a time.
create table calendar_feed (
  id uuid primary key,
  organisation_id uuid not null,
  person_id uuid not null,
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  created_at timestamptz not null default moment(),
  revoked_at timestamptz,
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
create unique index calendar_feed_one on calendar_feed (person_id) where revoked_at is null;
call fence('calendar_feed');
grant select, insert, update on calendar_feed to tablica_app;

-- What a calendar was told last of each thing in it: with every change the number rises (RFC 5545, SEQUENCE).
create table calendar_item (
  organisation_id uuid not null,
  person_id uuid not null,
  uid text not null check (length(uid) between 1 and 200),
  fingerprint bytea not null check (octet_length(fingerprint) = 32),
  sequence integer not null default 0,
  changed_at timestamptz not null default moment(),
  primary key (person_id, uid),
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
call fence('calendar_item');
grant select, insert, update on calendar_item to tablica_app;

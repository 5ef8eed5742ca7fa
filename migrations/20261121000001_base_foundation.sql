-- Owner: base. The ground that every other table stands on: who asks, what time it is, jobs, audit, keys.
-- The program creates the role tablica_app before it applies this folder. That role owns nothing and obeys every policy.

-- The organisation that the open transaction speaks for; unset means nobody, and nobody sees nothing.
create function in_scope(organisation uuid) returns boolean language sql stable parallel safe as $$
  select organisation = nullif(current_setting('app.organisation', true), '')::uuid
      or coalesce(current_setting('app.reach', true), '') = 'installation'
$$;

create function person_in_scope() returns uuid language sql stable parallel safe as $$
  select nullif(current_setting('app.person', true), '')::uuid
$$;

-- The database's time plus the offset of the clock that was passed in (zero outside tests).
create function moment() returns timestamptz language sql stable parallel safe as $$
  select now() + make_interval(secs => coalesce(nullif(current_setting('app.clock_offset', true), '')::float8, 0))
$$;

-- Puts a table behind the second wall: forced row-level security by its organisation.
create procedure fence(wanted regclass, organisation_column text default 'organisation_id') language plpgsql as $$
begin
  execute format('alter table %s enable row level security', wanted);
  execute format('alter table %s force row level security', wanted);
  execute format('create policy organisation on %s using (in_scope(%I)) with check (in_scope(%I))',
                 wanted, organisation_column, organisation_column);
end $$;

-- The same for tables of the whole installation: only named jobs with that reach may touch them.
create procedure fence_installation(wanted regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', wanted);
  execute format('alter table %s force row level security', wanted);
  execute format($p$create policy installation on %s using (coalesce(current_setting('app.reach', true), '') = 'installation')
                 with check (coalesce(current_setting('app.reach', true), '') = 'installation')$p$, wanted);
end $$;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are only ever added', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;

-- Work to be done outside a request. At-least-once; `fence` tells the newest holder from a late one.
create table job (
  id uuid primary key,
  organisation_id uuid,
  kind text not null,
  key text not null,
  args jsonb not null default '{}',
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'dead', 'cancelled')),
  run_at timestamptz not null default moment(),
  attempt integer not null default 0,
  attempts_most integer not null default 5,
  lease_until timestamptz,
  fence bigint not null default 0,
  per_mille smallint not null default 0 check (per_mille between 0 and 1000),
  last_error text,
  cancel_asked boolean not null default false,
  created_at timestamptz not null default moment(),
  ended_at timestamptz
);
-- One live job a subject: asking twice for the same work is asking once.
create unique index job_once on job (kind, key) where state in ('waiting', 'running');
create index job_next on job (run_at) where state = 'waiting';
create index job_leased on job (lease_until) where state = 'running';
call fence('job');
grant select, insert, update on job to tablica_app;

-- Who did what, when. Written in the transaction of the act itself.
create table audit_event (
  id bigint generated always as identity primary key,
  organisation_id uuid,
  at timestamptz not null default moment(),
  person_id uuid,
  actor text not null,
  act text not null,
  subject_kind text not null,
  subject_id uuid,
  detail jsonb not null default '{}'
);
create index audit_event_subject on audit_event (organisation_id, subject_kind, subject_id, id);
create trigger audit_event_append_only before update or delete on audit_event
  for each statement execute function refuse_change();
call fence('audit_event');
grant select, insert on audit_event to tablica_app;

-- Keys that sign short tickets (media, API). Several machines share them.
create table signing_key (
  id uuid primary key,
  purpose text not null check (purpose in ('media', 'api')),
  secret bytea not null check (octet_length(secret) = 32),
  created_at timestamptz not null default moment(),
  retired_at timestamptz
);
create unique index signing_key_current on signing_key (purpose) where retired_at is null;
call fence_installation('signing_key');
grant select, insert, update on signing_key to tablica_app;

-- Answers to writes that carried a key: the same key again gives the same answer and no second effect.
create table act_key (
  organisation_id uuid not null,
  person_id uuid not null,
  key text not null check (length(key) between 8 and 100),
  answer jsonb,
  created_at timestamptz not null default moment(),
  primary key (organisation_id, person_id, key)
);
call fence('act_key');
grant select, insert, update, delete on act_key to tablica_app;

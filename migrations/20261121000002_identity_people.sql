-- Owner: identity. Organisations, the people in them, what they may do, and how they sign in.

create table organisation (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 60),
  name text not null check (length(name) between 1 and 200),
  kind text not null check (kind in ('office', 'school')),
  statement jsonb not null default '{}',
  created_at timestamptz not null default moment()
);
call fence('organisation', 'id');
grant select, insert, update on organisation to tablica_app;

create table org_unit (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  parent_id uuid,
  name text not null check (length(name) between 1 and 200),
  created_at timestamptz not null default moment(),
  unique (organisation_id, id),
  foreign key (organisation_id, parent_id) references org_unit (organisation_id, id)
);
create unique index org_unit_name on org_unit (organisation_id, coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), lower(name));
call fence('org_unit');
grant select, insert, update, delete on org_unit to tablica_app;

create table person (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  login text not null check (login ~ '^[a-z0-9][a-z0-9._-]*$' and length(login) <= 60),
  email text check (email ~ '^[^@\s]+@[^@\s]+$' and length(email) <= 254),
  given_name text not null check (length(given_name) between 1 and 100),
  family_name text not null check (length(family_name) between 1 and 100),
  language text not null default 'pl' check (language in ('pl', 'en', 'uk')),
  password_hash text,
  state text not null default 'active' check (state in ('active', 'suspended')),
  org_unit_id uuid,
  created_at timestamptz not null default moment(),
  signed_in_at timestamptz,
  unique (organisation_id, id),
  foreign key (organisation_id, org_unit_id) references org_unit (organisation_id, id)
);
create unique index person_login on person (organisation_id, login);
create unique index person_email on person (organisation_id, lower(email)) where email is not null;
create index person_sign_in_login on person (login);
create index person_sign_in_email on person (lower(email)) where email is not null;
create index person_unit on person (organisation_id, org_unit_id);
call fence('person');
grant select, insert, update on person to tablica_app;

create table role_grant (
  organisation_id uuid not null,
  person_id uuid not null,
  role text not null check (role in ('installation_admin', 'organisation_admin', 'instructor')),
  granted_at timestamptz not null default moment(),
  primary key (person_id, role),
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
call fence('role_grant');
grant select, insert, delete on role_grant to tablica_app;

-- A group of an office or a class of a school.
create table person_group (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  kind text not null check (kind in ('group', 'class')),
  name text not null check (length(name) between 1 and 100),
  created_at timestamptz not null default moment(),
  unique (organisation_id, id)
);
create unique index person_group_name on person_group (organisation_id, lower(name));
call fence('person_group');
grant select, insert, update, delete on person_group to tablica_app;

create table membership (
  organisation_id uuid not null,
  group_id uuid not null,
  person_id uuid not null,
  since timestamptz not null default moment(),
  primary key (group_id, person_id),
  foreign key (organisation_id, group_id) references person_group (organisation_id, id) on delete cascade,
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
create index membership_person on membership (person_id);
call fence('membership');
grant select, insert, delete on membership to tablica_app;

-- A signed-in browser or API client. The cookie holds 256 random bits; here is only their SHA-256.
create table session (
  id uuid primary key,
  organisation_id uuid not null,
  person_id uuid not null,
  kind text not null check (kind in ('browser', 'api')),
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  client text not null default '',
  created_at timestamptz not null default moment(),
  seen_at timestamptz not null default moment(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
create index session_person on session (person_id) where ended_at is null;
call fence('session');
grant select, insert, update on session to tablica_app;

-- Links that are good once: the first set-up of an installation, and choosing a password.
create table one_time_link (
  id uuid primary key,
  organisation_id uuid,
  person_id uuid,
  purpose text not null check (purpose in ('setup', 'password')),
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  created_at timestamptz not null default moment(),
  expires_at timestamptz not null,
  used_at timestamptz,
  check ((purpose = 'password') = (person_id is not null)),
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
call fence('one_time_link');
grant select, insert, update on one_time_link to tablica_app;

-- Wrong passwords of late, by a hash of the name that was typed: slows guessing, locks nobody out for good.
create table sign_in_failure (
  account_hash bytea not null,
  at timestamptz not null default moment()
);
create index sign_in_failure_account on sign_in_failure (account_hash, at);
call fence_installation('sign_in_failure');
grant select, insert, delete on sign_in_failure to tablica_app;

-- Owner: devices. Reports: the inputs of the savings report, copies that were frozen for the auditor, the public statistics.

-- What an organisation reckons its savings with. Amounts are grosze.
create table savings_input (
  organisation_id uuid primary key references organisation (id),
  people integer not null check (people between 0 and 10000),
  meetings integer not null check (meetings between 0 and 1000),
  pages integer not null check (pages between 0 and 10000),
  page_grosze integer not null check (page_grosze between 0 and 10000),
  device_grosze bigint not null check (device_grosze between 0 and 10000000),
  years integer not null check (years between 1 and 20)
);
call fence('savings_input');
grant select, insert, update on savings_input to tablica_app;

-- A report as it was on a day. The file lies in the object store; its hash says that it is still the same.
create table frozen_report (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  number text not null check (length(number) between 1 and 60),
  made_at timestamptz not null default moment(),
  made_by uuid not null,
  sha256 bytea not null check (octet_length(sha256) = 32),
  size_bytes bigint not null,
  blob_key text not null,
  unique (organisation_id, number),
  foreign key (organisation_id, made_by) references person (organisation_id, id)
);
create trigger frozen_report_append_only before update or delete on frozen_report
  for each statement execute function refuse_change();
call fence('frozen_report');
grant select, insert on frozen_report to tablica_app;

-- Organisations that show their statistics to everybody. No row: they do not.
create table public_statistics (
  organisation_id uuid primary key references organisation (id),
  since timestamptz not null default moment(),
  switched_on_by uuid not null,
  foreign key (organisation_id, switched_on_by) references person (organisation_id, id)
);
call fence('public_statistics');
grant select, insert, delete on public_statistics to tablica_app;

-- Looks at what is protected are read newest first.
create index audit_event_viewed on audit_event (organisation_id, id) where act like 'viewed\_%';

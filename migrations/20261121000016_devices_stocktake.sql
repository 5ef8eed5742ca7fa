-- Owner: devices. Stocktaking (spis z natury, art. 26 ustawy o rachunkowości): a sheet that is frozen when it is opened, what
-- was scanned, and a protocol at the end. What differs is computed and never kept before that. Declarations of borrowers.

create table stocktake (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  number text not null check (length(number) between 1 and 60),
  name text not null check (length(name) between 1 and 200),
  -- Of one place or one unit; of everything without both.
  place_id uuid,
  unit_id uuid,
  -- The two who count.
  counter_one text not null check (length(counter_one) between 1 and 200),
  counter_two text not null check (length(counter_two) between 1 and 200),
  -- 1, and one higher with every recount.
  round smallint not null default 1 check (round between 1 and 20),
  opened_at timestamptz not null default moment(),
  opened_by uuid not null,
  closed_at timestamptz,
  closed_by uuid,
  protocol_id uuid,
  protocol_kind text not null generated always as ('stocktake') stored,
  check (place_id is null or unit_id is null),
  check (lower(counter_one) <> lower(counter_two)),
  constraint closed_with_a_protocol check ((closed_at is null) = (protocol_id is null) and (closed_at is null) = (closed_by is null)),
  unique (organisation_id, id),
  unique (organisation_id, number),
  foreign key (organisation_id, place_id) references place (organisation_id, id),
  foreign key (organisation_id, unit_id) references org_unit (organisation_id, id),
  foreign key (organisation_id, opened_by) references person (organisation_id, id),
  foreign key (organisation_id, closed_by) references person (organisation_id, id),
  foreign key (organisation_id, protocol_id, protocol_kind) references protocol (organisation_id, id, kind)
);
call fence('stocktake');
grant select, insert, update on stocktake to tablica_app;

create function closed_stocktake_stays() returns trigger language plpgsql as $$
begin
  if old.closed_at is not null then
    raise exception 'a closed stocktake is not changed' using errcode = 'integrity_constraint_violation', constraint = 'stocktake_stays';
  end if;
  return new;
end $$;
create trigger closed_stocktake_stays before update on stocktake for each row execute function closed_stocktake_stays();

-- What should be there, as it stood at the opening.
create table stocktake_line (
  organisation_id uuid not null,
  stocktake_id uuid not null,
  asset_id uuid not null,
  inventory_no text not null,
  inventory_key text not null,
  serial text,
  model text not null,
  place text,
  -- The loan on which it was then: such a device is confirmed by its borrower's declaration.
  loan_id uuid,
  primary key (stocktake_id, asset_id),
  foreign key (organisation_id, stocktake_id) references stocktake (organisation_id, id),
  foreign key (organisation_id, asset_id) references asset (organisation_id, id),
  foreign key (organisation_id, loan_id) references loan (organisation_id, id)
);
create index stocktake_line_loan on stocktake_line (loan_id) where loan_id is not null;
create trigger stocktake_line_append_only before update or delete on stocktake_line for each statement execute function refuse_change();
call fence('stocktake_line');
grant select, insert on stocktake_line to tablica_app;

-- What was scanned or declared. Without an asset: a label that nobody knows, kept as it was read.
create table stocktake_scan (
  id uuid primary key,
  organisation_id uuid not null,
  stocktake_id uuid not null,
  asset_id uuid,
  code text not null check (length(code) between 1 and 300),
  how text not null check (how in ('seen', 'declared')),
  counter smallint not null check (counter in (1, 2)),
  round smallint not null,
  scanned_at timestamptz not null default moment(),
  scanned_by uuid not null,
  check (how = 'seen' or asset_id is not null),
  foreign key (organisation_id, stocktake_id) references stocktake (organisation_id, id),
  foreign key (organisation_id, asset_id) references asset (organisation_id, id),
  foreign key (organisation_id, scanned_by) references person (organisation_id, id)
);
-- One thing counts once a round, whoever is quicker.
create unique index stocktake_scan_once on stocktake_scan (stocktake_id, round, asset_id) where asset_id is not null;
create unique index stocktake_scan_unknown on stocktake_scan (stocktake_id, round, code) where asset_id is null;
create trigger stocktake_scan_append_only before update or delete on stocktake_scan for each statement execute function refuse_change();
call fence('stocktake_scan');
grant select, insert on stocktake_scan to tablica_app;

-- Nothing is counted after the closing, which waits for the scans under way.
create function stocktake_is_open() returns trigger language plpgsql as $$
begin
  perform 1 from stocktake where id = new.stocktake_id and closed_at is null for share;
  if not found then
    raise exception 'the stocktake is closed' using errcode = 'integrity_constraint_violation', constraint = 'stocktake_stays';
  end if;
  return new;
end $$;
create trigger stocktake_is_open before insert on stocktake_scan for each row execute function stocktake_is_open();

-- "I have it": a borrower's declaration of a device on loan or given for good.
create table declaration (
  id uuid primary key,
  organisation_id uuid not null,
  loan_id uuid not null,
  declared_at timestamptz not null default moment(),
  declared_by uuid not null,
  works boolean not null,
  note text not null default '' check (length(note) <= 1000),
  foreign key (organisation_id, loan_id) references loan (organisation_id, id),
  foreign key (organisation_id, declared_by) references person (organisation_id, id)
);
create index declaration_loan on declaration (loan_id, declared_at);
create trigger declaration_append_only before update or delete on declaration for each statement execute function refuse_change();
call fence('declaration');
grant select, insert on declaration to tablica_app;

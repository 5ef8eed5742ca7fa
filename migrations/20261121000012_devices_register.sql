-- Owner: devices. The register (ewidencja): what the organisation has, where from, whose it is and where it stands.
-- A code is compared by its letters and digits alone: 'abC-12 34' = 'ABC1234'.

create extension if not exists pg_trgm;
create extension if not exists btree_gin;

-- Numbers in the order in which people count: IT/2 before IT/10.
create collation code_order (provider = icu, locale = 'und-u-kn');

create function code_key(code text) returns text language sql immutable parallel safe as $$
  select nullif(upper(regexp_replace(code, '[^[:alnum:]]', '', 'g')), '')
$$;

create table maker (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  name text not null check (length(name) between 1 and 100),
  unique (organisation_id, id)
);
create unique index maker_name on maker (organisation_id, lower(name));
call fence('maker');
grant select, insert, update on maker to tablica_app;

create table asset_model (
  id uuid primary key,
  organisation_id uuid not null,
  maker_id uuid not null,
  kind text not null check (kind in ('laptop', 'tablet', 'phone', 'printer', 'sim_card', 'kit', 'accessory')),
  name text not null check (length(name) between 1 and 200),
  -- What is looked at when a device goes out and comes back, line by line.
  checklist text[] not null default '{}',
  -- What goes along with the device: charger, bag, mouse. Each comes back, or stays owed, by itself.
  accessories text[] not null default '{}',
  -- Data stays on it, so it is wiped before it is lent again.
  holds_data boolean not null default true,
  unique (organisation_id, id),
  unique (organisation_id, id, maker_id, kind),
  foreign key (organisation_id, maker_id) references maker (organisation_id, id)
);
create unique index asset_model_name on asset_model (organisation_id, maker_id, lower(name));
call fence('asset_model');
grant select, insert, update on asset_model to tablica_app;

-- A room, a store, a school building.
create table place (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  name text not null check (length(name) between 1 and 200),
  unique (organisation_id, id)
);
create unique index place_name on place (organisation_id, lower(name));
call fence('place');
grant select, insert, update on place to tablica_app;

create table purchase_lot (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  name text not null check (length(name) between 1 and 200),
  invoice_no text not null default '' check (length(invoice_no) <= 100),
  bought_on date,
  unit_price_grosze bigint check (unit_price_grosze between 0 and 100000000000),
  warranty_until date,
  insurer text not null default '' check (length(insurer) <= 200),
  policy_no text not null default '' check (length(policy_no) <= 100),
  insured_until date,
  unique (organisation_id, id)
);
create unique index purchase_lot_name on purchase_lot (organisation_id, lower(name));
call fence('purchase_lot');
grant select, insert, update on purchase_lot to tablica_app;

-- A programme that pays for devices and says who may have them.
create table programme (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  name text not null check (length(name) between 1 and 200),
  -- What is shown where the real name would tell too much (foster care): labels, letters, teachers.
  neutral_name text not null check (length(neutral_name) between 1 and 200),
  sensitive boolean not null default false,
  transfer text not null default 'loan' check (transfer in ('loan', 'donation')),
  durable_until date,
  created_at timestamptz not null default moment(),
  unique (organisation_id, id)
);
create unique index programme_name on programme (organisation_id, lower(name));
call fence('programme');
grant select, insert, update on programme to tablica_app;

create table funding_share (
  organisation_id uuid not null,
  lot_id uuid not null,
  programme_id uuid not null,
  per_mille smallint not null check (per_mille between 1 and 1000),
  primary key (lot_id, programme_id),
  foreign key (organisation_id, lot_id) references purchase_lot (organisation_id, id),
  foreign key (organisation_id, programme_id) references programme (organisation_id, id)
);
call fence('funding_share');
grant select, insert, update, delete on funding_share to tablica_app;

-- The shares of a lot are none, or sum to a thousand when the transaction ends. The lot's row is held while they are summed,
-- so that two transactions cannot each be right alone.
create function funding_is_whole() returns trigger language plpgsql as $$
declare
  lot uuid := coalesce(new.lot_id, old.lot_id);
  whole bigint;
begin
  perform 1 from purchase_lot where id = lot for update;
  select sum(per_mille) into whole from funding_share where lot_id = lot;
  if whole is not null and whole <> 1000 then
    raise exception 'the shares of a purchase sum to % and not to 1000', whole
      using errcode = 'check_violation', constraint = 'funding_is_whole';
  end if;
  return null;
end $$;
create constraint trigger funding_is_whole after insert or update or delete on funding_share
  deferrable initially deferred for each row execute function funding_is_whole();

create table asset (
  id uuid primary key,
  organisation_id uuid not null,
  model_id uuid not null,
  maker_id uuid not null,
  kind text not null,
  inventory_no text not null check (length(inventory_no) between 1 and 60),
  inventory_key text not null generated always as (code_key(inventory_no)) stored,
  serial text check (length(serial) between 1 and 100),
  serial_key text generated always as (code_key(serial)) stored,
  -- Who owns it, who answers for it day by day, where it stands: three different things.
  owner_unit_id uuid,
  custodian_id uuid,
  place_id uuid,
  lot_id uuid,
  programme_id uuid,
  -- Where it is in its life. That it is lent is not kept here: an open loan says so.
  state text not null default 'in_stock' check (state in
    ('in_stock', 'quarantine', 'in_repair', 'missing', 'stolen', 'scrapped', 'donated', 'written_off')),
  -- Set when it comes back and holds data; taken away by a wipe record.
  to_wipe boolean not null default false,
  -- 128 random bits in the address of its public page; the label's QR code holds nothing else.
  label text not null unique check (label ~ '^[A-Za-z0-9_-]{22}$'),
  phone_no text check (length(phone_no) <= 30),
  plan text check (length(plan) <= 200),
  plan_until date,
  -- PIN and PUK, sealed by the program (never in clear, never in a log).
  secrets_sealed bytea,
  mdm_id text check (length(mdm_id) <= 200),
  mdm_seen_at timestamptz,
  note text not null default '' check (length(note) <= 2000),
  revision integer not null default 1,
  created_at timestamptz not null default moment(),
  updated_at timestamptz not null default moment(),
  unique (organisation_id, id),
  unique (organisation_id, id, kind),
  check (serial is null or serial_key is not null),
  check (kind = 'sim_card' or (phone_no is null and plan is null and plan_until is null and secrets_sealed is null)),
  foreign key (organisation_id, model_id, maker_id, kind) references asset_model (organisation_id, id, maker_id, kind)
    on update cascade,
  foreign key (organisation_id, owner_unit_id) references org_unit (organisation_id, id),
  foreign key (organisation_id, custodian_id) references person (organisation_id, id),
  foreign key (organisation_id, place_id) references place (organisation_id, id),
  foreign key (organisation_id, lot_id) references purchase_lot (organisation_id, id),
  foreign key (organisation_id, programme_id) references programme (organisation_id, id)
);
create unique index asset_inventory_no on asset (organisation_id, inventory_key);
create unique index asset_serial on asset (organisation_id, maker_id, serial_key) where serial_key is not null;
create index asset_serial_any on asset (organisation_id, serial_key) where serial_key is not null;
create index asset_model_of on asset (organisation_id, model_id);
create index asset_state on asset (organisation_id, state, inventory_key);
create index asset_owner_unit on asset (organisation_id, owner_unit_id);
create index asset_lot on asset (organisation_id, lot_id);
create index asset_plan_until on asset (organisation_id, plan_until) where plan_until is not null;
call fence('asset');
grant select, insert, update on asset to tablica_app;

-- What is searched and filtered by, one line an asset: number, serial (as written and by its key), maker, model, telephone
-- number, MDM id. Row-level security keeps an index from being used for `like`, which is not leakproof; so the search is a
-- function of the owner's that compares the organisation itself, and only that owner passes this table's wall.
create table asset_search (
  asset_id uuid primary key,
  organisation_id uuid not null,
  inventory_key text collate code_order not null,
  line text not null,
  kind text not null,
  state text not null,
  place_id uuid,
  programme_id uuid,
  foreign key (organisation_id, asset_id) references asset (organisation_id, id) on delete cascade
);
create index asset_search_line on asset_search using gin (organisation_id, line gin_trgm_ops);
create index asset_search_order on asset_search (organisation_id, inventory_key);
create index asset_search_kind on asset_search (organisation_id, kind, inventory_key);
create index asset_search_state on asset_search (organisation_id, state, inventory_key);
create index asset_search_place on asset_search (organisation_id, place_id, inventory_key) where place_id is not null;
create index asset_search_programme on asset_search (organisation_id, programme_id, inventory_key) where programme_id is not null;
call fence('asset_search');
create policy owner on asset_search to current_user using (true) with check (true);
grant select on asset_search to tablica_app;

create function asset_search_line(wanted asset) returns text language sql stable as $$
  select lower(concat_ws(' ', wanted.inventory_no, wanted.inventory_key, wanted.serial, wanted.serial_key, k.name, m.name,
                         wanted.phone_no, wanted.mdm_id))
  from asset_model m join maker k on k.id = m.maker_id where m.id = wanted.model_id
$$;

create function asset_is_searched() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into asset_search as s (asset_id, organisation_id, inventory_key, line, kind, state, place_id, programme_id)
  values (new.id, new.organisation_id, new.inventory_key, coalesce(asset_search_line(new), lower(new.inventory_no)),
          new.kind, new.state, new.place_id, new.programme_id)
  on conflict (asset_id) do update set inventory_key = excluded.inventory_key, line = excluded.line, kind = excluded.kind,
    state = excluded.state, place_id = excluded.place_id, programme_id = excluded.programme_id
  where (s.inventory_key, s.line, s.kind, s.state, s.place_id, s.programme_id) is distinct from
        (excluded.inventory_key, excluded.line, excluded.kind, excluded.state, excluded.place_id, excluded.programme_id);
  return null;
end $$;
create trigger asset_is_searched after insert or update on asset for each row execute function asset_is_searched();

create function renamed_is_searched() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update asset_search s set line = asset_search_line(a)
  from asset a
  where s.asset_id = a.id and a.organisation_id = new.organisation_id
    and case tg_table_name when 'maker' then a.maker_id else a.model_id end = new.id;
  return null;
end $$;
create trigger renamed_is_searched after update of name on maker for each row execute function renamed_is_searched();
create trigger renamed_is_searched after update of name on asset_model for each row execute function renamed_is_searched();

-- Assets whose line holds every word (already lower-case, `%`, `_` and `\` escaped) and that fit what is not null, in the
-- order of their numbers after `from_key`. The state 'lent' is an open loan; 'in_stock' is without one. Nothing outside the
-- organisation that the transaction speaks for. The question is put together here because only then does PostgreSQL see the
-- words when it chooses between the index of trigrams and the one that has the order.
create function find_assets(wanted uuid, words text[], of_kind text, in_state text, at_place uuid, of_programme uuid,
                            from_key text, most integer) returns setof uuid
  language plpgsql stable security definer set search_path = public as $$
declare
  word text;
  question text := 'select s.asset_id from asset_search s where s.organisation_id = $1';
  lent constant text := ' exists (select from loan l where l.organisation_id = $1 and l.asset_id = s.asset_id
                                  and l.handed_over_at is not null and l.returned_at is null)';
begin
  if not in_scope(wanted) then return; end if;
  if from_key <> '' then question := question || ' and s.inventory_key > $2'; end if;
  foreach word in array words loop
    question := question || format(' and s.line like %L', '%' || word || '%');
  end loop;
  if of_kind is not null then question := question || ' and s.kind = $3'; end if;
  if in_state = 'lent' then
    question := question || ' and' || lent;
  elsif in_state is not null then
    question := question || ' and s.state = $4';
    if in_state = 'in_stock' then question := question || ' and not' || lent; end if;
  end if;
  if at_place is not null then question := question || ' and s.place_id = $5'; end if;
  if of_programme is not null then question := question || ' and s.programme_id = $6'; end if;
  return query execute question || ' order by s.inventory_key limit $7'
    using wanted, from_key, of_kind, in_state, at_place, of_programme, most;
end $$;
revoke execute on function find_assets(uuid, text[], text, text, uuid, uuid, text, integer) from public;
grant execute on function find_assets(uuid, text[], text, text, uuid, uuid, text, integer) to tablica_app;

-- The key that seals PIN and PUK of SIM cards.
alter table signing_key drop constraint signing_key_purpose_check;
alter table signing_key add constraint signing_key_purpose_check check (purpose in ('media', 'api', 'seal'));

-- A SIM card in a slot of a device, from when to when. One place a card, one card a slot.
create table sim_placement (
  id uuid primary key,
  organisation_id uuid not null,
  sim_id uuid not null,
  sim_kind text not null generated always as ('sim_card') stored,
  device_id uuid not null,
  slot smallint not null default 1 check (slot between 1 and 4),
  placed_at timestamptz not null,
  removed_at timestamptz,
  placed_by uuid not null,
  check (removed_at is null or removed_at >= placed_at),
  check (sim_id <> device_id),
  foreign key (organisation_id, sim_id, sim_kind) references asset (organisation_id, id, kind),
  foreign key (organisation_id, device_id) references asset (organisation_id, id),
  foreign key (organisation_id, placed_by) references person (organisation_id, id),
  constraint sim_in_one_device exclude using gist (sim_id with =, tstzrange(placed_at, removed_at, '[)') with &&),
  constraint slot_has_one_sim exclude using gist
    (device_id with =, slot with =, tstzrange(placed_at, removed_at, '[)') with &&)
);
call fence('sim_placement');
grant select, insert, update on sim_placement to tablica_app;

-- What happened to an asset, in order, each line sealed with the one before it (SHA-256 over the earlier seal and the line).
create table custody_event (
  id bigint generated always as identity primary key,
  organisation_id uuid not null,
  asset_id uuid not null,
  number integer not null,
  at timestamptz not null,
  recorded_at timestamptz not null default moment(),
  kind text not null check (kind in ('registered', 'changed', 'moved', 'handed_over', 'returned', 'accessory_returned', 'due_changed',
    'wiped', 'incident', 'repair_begun', 'repair_ended', 'found', 'counted', 'sim_placed', 'sim_removed', 'state_changed',
    'reserved', 'released', 'scanned')),
  -- Who did it; null for a job.
  person_id uuid,
  detail jsonb not null default '{}',
  seal bytea not null,
  unique (asset_id, number),
  foreign key (organisation_id, asset_id) references asset (organisation_id, id),
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
create index custody_event_time on custody_event (organisation_id, recorded_at);
create trigger custody_event_append_only before update or delete on custody_event
  for each statement execute function refuse_change();
call fence('custody_event');
grant select, insert on custody_event to tablica_app;

-- Numbers the line and seals it. The asset's row is held, so lines of one asset come one after the other.
create function custody_event_seal() returns trigger language plpgsql as $$
declare
  earlier record;
begin
  perform 1 from asset where id = new.asset_id for no key update;
  select number, seal into earlier from custody_event where asset_id = new.asset_id order by number desc limit 1;
  new.number := coalesce(earlier.number, 0) + 1;
  new.recorded_at := moment();
  new.seal := sha256(coalesce(earlier.seal, '\x') || convert_to(concat_ws('|', new.asset_id, new.number,
    extract(epoch from new.at), new.kind, new.person_id, new.detail::text), 'UTF8'));
  return new;
end $$;
create trigger custody_event_seal before insert on custody_event for each row execute function custody_event_seal();

-- Numbers that people write on paper, without a gap: 'UZ/12/2026'. One row a series, held while a number is taken.
create table number_series (
  organisation_id uuid not null references organisation (id),
  series text not null check (length(series) between 1 and 40),
  year smallint not null,
  last integer not null,
  primary key (organisation_id, series, year)
);
call fence('number_series');
grant select, insert, update on number_series to tablica_app;

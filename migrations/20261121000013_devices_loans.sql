-- Owner: devices. Who has what, until when, and what was signed for it. One table of loans, open and closed; that a loan is
-- overdue is computed and never kept.

-- Something that ends, and with it every loan tied to it: the term of the council, a mandate, a school year.
create table due_event (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  kind text not null check (kind in ('council_term', 'mandate', 'school_year', 'enrolment', 'durability', 'guardianship', 'other')),
  name text not null check (length(name) between 1 and 200),
  person_id uuid,
  -- The last day, in Warsaw; null while it is not known.
  ends_on date,
  -- One higher with every change of the day: reminders begin anew.
  version integer not null default 1,
  unique (organisation_id, id),
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
create unique index due_event_name on due_event (organisation_id, kind, lower(name), coalesce(person_id, '00000000-0000-0000-0000-000000000000'));
call fence('due_event');
grant select, insert, update on due_event to tablica_app;

-- A loan-for-use agreement (umowa użyczenia, art. 710–719 KC): one for many devices, signed once.
create table loan_agreement (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  number text not null check (length(number) between 1 and 60),
  -- An official's device is entrusted without an agreement of the civil code; a programme may give for good.
  kind text not null check (kind in ('loan', 'donation', 'entrusted')),
  programme_id uuid,
  purpose text not null default '' check (length(purpose) <= 1000),
  -- What was agreed, as it stood when it was signed: text, and the document with its SHA-256 when there is one.
  template text not null default '' check (length(template) <= 100),
  template_version integer,
  terms text not null default '' check (length(terms) <= 50000),
  document_key text,
  document_sha256 bytea check (octet_length(document_sha256) = 32),
  signed_by text check (signed_by in ('screen', 'paper', 'external')),
  signed_at timestamptz,
  signature_key text,
  created_by uuid not null,
  created_at timestamptz not null default moment(),
  ended_at timestamptz,
  check ((signed_at is null) = (signed_by is null)),
  check ((document_key is null) = (document_sha256 is null)),
  unique (organisation_id, id),
  unique (organisation_id, number),
  foreign key (organisation_id, programme_id) references programme (organisation_id, id),
  foreign key (organisation_id, created_by) references person (organisation_id, id)
);
call fence('loan_agreement');
grant select, insert, update on loan_agreement to tablica_app;

-- What was signed stays as it was signed.
create function signed_stays() returns trigger language plpgsql as $$
begin
  if old.signed_at is not null and (old.number, old.kind, old.programme_id, old.purpose, old.template, old.template_version, old.terms,
      old.document_key, old.document_sha256, old.signed_by, old.signed_at, old.signature_key) is distinct from
     (new.number, new.kind, new.programme_id, new.purpose, new.template, new.template_version, new.terms,
      new.document_key, new.document_sha256, new.signed_by, new.signed_at, new.signature_key) then
    raise exception 'a signed agreement is not changed' using errcode = 'integrity_constraint_violation', constraint = 'signed_stays';
  end if;
  return new;
end $$;
create trigger signed_stays before update on loan_agreement for each row execute function signed_stays();

-- Who takes part in an agreement, in what role, from when to when. A minor's guardian signs.
create table loan_party (
  id uuid primary key,
  organisation_id uuid not null,
  agreement_id uuid not null,
  role text not null check (role in ('beneficiary', 'signatory', 'contact', 'payer')),
  person_id uuid,
  -- A home, a school or a person who is not in the register of people.
  name text not null check (length(name) between 1 and 200),
  address text not null default '' check (length(address) <= 300),
  email text check (email ~ '^[^@\s]+@[^@\s]+$' and length(email) <= 254),
  phone text not null default '' check (length(phone) <= 40),
  basis text not null default 'self' check (basis in ('self', 'parent', 'legal_guardian', 'foster_parent', 'institution', 'proxy')),
  since date not null,
  until date,
  check (until is null or until >= since),
  foreign key (organisation_id, agreement_id) references loan_agreement (organisation_id, id),
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
create index loan_party_agreement on loan_party (agreement_id);
create index loan_party_person on loan_party (person_id) where person_id is not null;
call fence('loan_party');
grant select, insert, update on loan_party to tablica_app;

-- A handover protocol (protokół zdawczo-odbiorczy): it exists once it is signed, and never changes.
create table protocol (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  kind text not null check (kind in ('handover', 'return', 'scrap', 'wipe', 'stocktake')),
  number text not null check (length(number) between 1 and 60),
  agreement_id uuid,
  made_at timestamptz not null,
  made_by uuid not null,
  -- Who signed for the other side, and how. A return may be taken without anybody there ('absent').
  signed_by text not null check (signed_by in ('screen', 'paper', 'external', 'absent')),
  signatory text not null check (length(signatory) between 1 and 200),
  signature_key text,
  body jsonb not null,
  document_key text,
  document_sha256 bytea check (octet_length(document_sha256) = 32),
  check (kind in ('return', 'wipe', 'stocktake', 'scrap') or signed_by <> 'absent'),
  check ((document_key is null) = (document_sha256 is null)),
  unique (organisation_id, id, kind),
  unique (organisation_id, number),
  foreign key (organisation_id, agreement_id) references loan_agreement (organisation_id, id),
  foreign key (organisation_id, made_by) references person (organisation_id, id)
);
create trigger protocol_append_only before update or delete on protocol for each statement execute function refuse_change();
call fence('protocol');
grant select, insert on protocol to tablica_app;

-- One asset on one agreement: prepared, then handed over, then back. "Signed, not collected" is not a loan (art. 710 KC).
create table loan (
  id uuid primary key,
  organisation_id uuid not null,
  agreement_id uuid not null,
  asset_id uuid not null,
  kind text not null default 'primary' check (kind in ('primary', 'loaner', 'extra')),
  -- Whom it is for; null when an institution has it for several.
  beneficiary_id uuid,
  prepared_at timestamptz not null default moment(),
  handed_over_at timestamptz,
  handover_id uuid,
  handover_kind text not null generated always as ('handover') stored,
  returned_at timestamptz,
  return_id uuid,
  return_kind text not null generated always as ('return') stored,
  cancelled_at timestamptz,
  result text check (result in ('ok', 'items_missing', 'damaged', 'lost', 'bought_out', 'donated')),
  grade_out text check (grade_out in ('A', 'B', 'C', 'D', 'E')),
  grade_back text check (grade_back in ('A', 'B', 'C', 'D', 'E')),
  -- One higher with every change of when it is due.
  due_version integer not null default 1,
  note text not null default '' check (length(note) <= 2000),
  constraint handed_over_with_a_protocol check ((handed_over_at is null) = (handover_id is null)),
  constraint returned_after_handed_over check (returned_at is null or (handed_over_at is not null and returned_at >= handed_over_at)),
  constraint returned_with_a_result check ((returned_at is null) = (result is null)),
  constraint cancelled_before_handed_over check (cancelled_at is null or handed_over_at is null),
  unique (organisation_id, id),
  foreign key (organisation_id, agreement_id) references loan_agreement (organisation_id, id),
  foreign key (organisation_id, asset_id) references asset (organisation_id, id),
  foreign key (organisation_id, beneficiary_id) references person (organisation_id, id),
  foreign key (organisation_id, handover_id, handover_kind) references protocol (organisation_id, id, kind),
  foreign key (organisation_id, return_id, return_kind) references protocol (organisation_id, id, kind),
  constraint one_loan_at_a_time exclude using gist
    (asset_id with =, tstzrange(handed_over_at, returned_at, '[)') with &&) where (handed_over_at is not null)
);
-- One primary device a person.
create unique index one_primary_loan on loan (organisation_id, beneficiary_id)
  where kind = 'primary' and handed_over_at is not null and returned_at is null;
-- A device is prepared for one person at a time.
create unique index one_preparation on loan (asset_id) where handed_over_at is null and cancelled_at is null;
create index loan_open on loan (organisation_id, asset_id) where handed_over_at is not null and returned_at is null;
create index loan_agreement_of on loan (agreement_id);
create index loan_beneficiary on loan (organisation_id, beneficiary_id);
create index loan_asset on loan (asset_id, handed_over_at);
call fence('loan');
grant select, insert, update on loan to tablica_app;

-- What lies in stock may be handed over; what was handed over stays on record. The asset's row is held meanwhile.
create function loan_is_possible() returns trigger language plpgsql as $$
declare
  thing record;
begin
  if tg_op = 'UPDATE' then
    if (old.asset_id, old.agreement_id) is distinct from (new.asset_id, new.agreement_id)
       or old.handed_over_at is not null and (old.handed_over_at, old.handover_id, old.beneficiary_id, old.kind)
          is distinct from (new.handed_over_at, new.handover_id, new.beneficiary_id, new.kind)
       or old.returned_at is not null and (old.returned_at, old.return_id, old.result, old.grade_back)
          is distinct from (new.returned_at, new.return_id, new.result, new.grade_back) then
      raise exception 'what was handed over or returned is not rewritten'
        using errcode = 'integrity_constraint_violation', constraint = 'loan_stays';
    end if;
  end if;
  if new.handed_over_at is not null and (tg_op = 'INSERT' or old.handed_over_at is null) then
    select state, to_wipe into thing from asset where id = new.asset_id for no key update;
    if new.returned_at is null and (thing.state <> 'in_stock' or thing.to_wipe) then
      raise exception 'the asset is % and cannot be handed over', case when thing.to_wipe then 'to be wiped' else thing.state end
        using errcode = 'integrity_constraint_violation', constraint = 'only_from_stock';
    end if;
  end if;
  return new;
end $$;
create trigger loan_is_possible before insert or update on loan for each row execute function loan_is_possible();

-- What is lent is neither scrapped, nor given away, nor written off.
create function lent_stays() returns trigger language plpgsql as $$
begin
  if new.state in ('scrapped', 'donated', 'written_off') and old.state <> new.state
     and exists (select 1 from loan where asset_id = new.id and handed_over_at is not null and returned_at is null) then
    raise exception 'the asset is lent' using errcode = 'integrity_constraint_violation', constraint = 'lent_stays';
  end if;
  return new;
end $$;
create trigger lent_stays before update of state on asset for each row execute function lent_stays();

-- What went along: charger, bag, mouse. Owed until it is back or settled, whether or not the device is.
create table loan_accessory (
  id uuid primary key,
  organisation_id uuid not null,
  loan_id uuid not null,
  name text not null check (length(name) between 1 and 100),
  returned_at timestamptz,
  settled_at timestamptz,
  settlement text not null default '' check (length(settlement) <= 500),
  foreign key (organisation_id, loan_id) references loan (organisation_id, id)
);
create index loan_accessory_loan on loan_accessory (loan_id);
create index loan_accessory_owed on loan_accessory (organisation_id) where returned_at is null and settled_at is null;
call fence('loan_accessory');
grant select, insert, update on loan_accessory to tablica_app;

-- When a loan is due: the earliest of its rules. No rule with a day means without end, with notice.
create table due_rule (
  id uuid primary key,
  organisation_id uuid not null,
  loan_id uuid not null,
  kind text not null check (kind in ('fixed', 'event', 'indefinite')),
  on_day date,
  event_id uuid,
  notice_days smallint check (notice_days between 0 and 366),
  check (kind = 'fixed' and on_day is not null and event_id is null or kind = 'event' and event_id is not null and on_day is null
         or kind = 'indefinite' and notice_days is not null and on_day is null and event_id is null),
  foreign key (organisation_id, loan_id) references loan (organisation_id, id),
  foreign key (organisation_id, event_id) references due_event (organisation_id, id)
);
create index due_rule_loan on due_rule (loan_id);
create index due_rule_event on due_rule (event_id) where event_id is not null;
call fence('due_rule');
grant select, insert, update, delete on due_rule to tablica_app;

-- The last day of each loan, in Warsaw; null without end. It is overdue from the first moment of the next day.
create view loan_due with (security_invoker = true) as
  select l.id as loan_id, l.organisation_id,
         (select min(coalesce(r.on_day, e.ends_on)) from due_rule r left join due_event e on e.id = r.event_id where r.loan_id = l.id) as due_on
  from loan l;
grant select on loan_due to tablica_app;

-- Damage, theft, loss, and what became of it. "Claimed returned" stands beside the open loan and closes nothing.
create table incident (
  id uuid primary key,
  organisation_id uuid not null,
  asset_id uuid not null,
  loan_id uuid,
  kind text not null check (kind in ('damage', 'theft', 'loss', 'claimed_returned', 'third_party_use', 'found')),
  happened_on date not null,
  told_at timestamptz not null default moment(),
  told_by uuid,
  description text not null check (length(description) between 1 and 5000),
  police_ref text not null default '' check (length(police_ref) <= 100),
  insurer_ref text not null default '' check (length(insurer_ref) <= 100),
  assessed_grosze bigint check (assessed_grosze between 0 and 100000000000),
  settlement text not null default '' check (length(settlement) <= 2000),
  closed_at timestamptz,
  unique (organisation_id, id),
  foreign key (organisation_id, asset_id) references asset (organisation_id, id),
  foreign key (organisation_id, loan_id) references loan (organisation_id, id),
  foreign key (organisation_id, told_by) references person (organisation_id, id)
);
create index incident_asset on incident (asset_id);
create index incident_open on incident (organisation_id) where closed_at is null;
call fence('incident');
grant select, insert, update on incident to tablica_app;

create table repair_ticket (
  id uuid primary key,
  organisation_id uuid not null,
  asset_id uuid not null,
  incident_id uuid,
  begun_on date not null,
  ended_on date,
  workshop text not null default '' check (length(workshop) <= 200),
  under_warranty boolean not null default false,
  cost_grosze bigint check (cost_grosze between 0 and 100000000000),
  description text not null check (length(description) between 1 and 5000),
  check (ended_on is null or ended_on >= begun_on),
  foreign key (organisation_id, asset_id) references asset (organisation_id, id),
  foreign key (organisation_id, incident_id) references incident (organisation_id, id)
);
create unique index repair_ticket_open on repair_ticket (asset_id) where ended_on is null;
call fence('repair_ticket');
grant select, insert, update on repair_ticket to tablica_app;

-- Photographs of an asset's condition, without the place and camera that a telephone writes into them.
create table condition_photo (
  id uuid primary key,
  organisation_id uuid not null,
  asset_id uuid not null,
  loan_id uuid,
  incident_id uuid,
  moment_of text not null check (moment_of in ('handover', 'return', 'incident', 'other')),
  blob_key text not null,
  alt text not null default '' check (length(alt) <= 300),
  taken_at timestamptz not null default moment(),
  taken_by uuid,
  foreign key (organisation_id, asset_id) references asset (organisation_id, id),
  foreign key (organisation_id, loan_id) references loan (organisation_id, id),
  foreign key (organisation_id, incident_id) references incident (organisation_id, id),
  foreign key (organisation_id, taken_by) references person (organisation_id, id)
);
create index condition_photo_asset on condition_photo (asset_id);
call fence('condition_photo');
grant select, insert on condition_photo to tablica_app;

-- Letters that were sent of a loan: each step (days before or after it is due) once for each time it was due.
create table reminder_sent (
  organisation_id uuid not null,
  loan_id uuid not null,
  due_version integer not null,
  step smallint not null check (step in (-30, -7, 0, 7, 14, 30)),
  sent_at timestamptz not null default moment(),
  -- Null when nobody of the agreement has an address: a letter on paper is due.
  sent_to text,
  primary key (loan_id, due_version, step),
  foreign key (organisation_id, loan_id) references loan (organisation_id, id)
);
create trigger reminder_sent_append_only before update or delete on reminder_sent for each statement execute function refuse_change();
call fence('reminder_sent');
grant select, insert on reminder_sent to tablica_app;

-- The days on which an organisation's reminders were asked for: the daily job is queued once.
create table reminder_run (
  organisation_id uuid not null references organisation (id),
  day date not null,
  primary key (organisation_id, day)
);
call fence('reminder_run');
grant select, insert on reminder_run to tablica_app;

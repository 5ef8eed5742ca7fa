-- Owner: devices. How long files with names are kept, and what happens then: names, texts, documents and photographs go, and
-- everything that is counted stays. That a file may be blanked is computed from its loans and never kept as a date.

-- What stands where a name or a text stood that may not be empty.
create function data_removed() returns text language sql immutable parallel safe as $$ select 'dane usunięte' $$;

-- The periods of an organisation that has chosen its own, in months.
create table retention_setting (
  organisation_id uuid primary key references organisation (id),
  loan_months smallint not null check (loan_months between 1 and 600),
  application_months smallint not null check (application_months between 1 and 600),
  note_months smallint not null check (note_months between 1 and 600),
  -- Whether the daily worker blanks what is due, without a person who confirms it.
  automatic boolean not null
);
call fence('retention_setting');
grant select, insert, update on retention_setting to tablica_app;

-- The periods of every organisation. Six years are the general term for claims (art. 118 KC).
create view retention_rule with (security_invoker = true) as
  select o.id as organisation_id, coalesce(s.loan_months, 72) as loan_months, coalesce(s.application_months, 12) as application_months,
         coalesce(s.note_months, 12) as note_months, coalesce(s.automatic, false) as automatic
  from organisation o left join retention_setting s on s.organisation_id = o.id;
grant select on retention_rule to tablica_app;

-- Files that were asked for together, and are blanked one after the other by a job.
create table anonymisation_batch (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  -- Who confirmed it; null when the organisation has it done by itself.
  asked_by uuid,
  asked_at timestamptz not null default moment(),
  -- Agreements, applications and incidents.
  files uuid[] not null check (cardinality(files) between 1 and 100000),
  ended_at timestamptz,
  unique (organisation_id, id),
  foreign key (organisation_id, asked_by) references person (organisation_id, id)
);
create index anonymisation_batch_asked on anonymisation_batch (organisation_id, asked_at desc);
call fence('anonymisation_batch');
grant select, insert on anonymisation_batch to tablica_app;
grant update (ended_at) on anonymisation_batch to tablica_app;

-- That a file was blanked. What it says of the day is what was true then; nothing is decided by it.
create table anonymisation (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  agreement_id uuid,
  application_id uuid,
  incident_id uuid,
  file_id uuid not null generated always as (coalesce(agreement_id, application_id, incident_id)) stored,
  batch_id uuid,
  done_at timestamptz not null default moment(),
  done_by uuid,
  ended_on date not null,
  -- Blanks are only written by the transaction that wrote this row.
  by_transaction xid8 not null default pg_current_xact_id(),
  check (num_nonnulls(agreement_id, application_id, incident_id) = 1),
  constraint one_anonymisation unique (file_id),
  foreign key (organisation_id, agreement_id) references loan_agreement (organisation_id, id),
  foreign key (organisation_id, application_id) references application (organisation_id, id),
  foreign key (organisation_id, incident_id) references incident (organisation_id, id),
  foreign key (organisation_id, batch_id) references anonymisation_batch (organisation_id, id),
  foreign key (organisation_id, done_by) references person (organisation_id, id)
);
create index anonymisation_batch_of on anonymisation (batch_id) where batch_id is not null;
create index anonymisation_done on anonymisation (organisation_id, done_at);
create index anonymisation_transaction on anonymisation (by_transaction);
create trigger anonymisation_append_only before update or delete on anonymisation for each statement execute function refuse_change();
call fence('anonymisation');
grant select, insert on anonymisation to tablica_app;

-- A file that is not blanked until somebody lifts this: a dispute, a control, a request of the person.
create table retention_hold (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  agreement_id uuid,
  application_id uuid,
  incident_id uuid,
  file_id uuid not null generated always as (coalesce(agreement_id, application_id, incident_id)) stored,
  reason text not null check (length(reason) between 1 and 500),
  placed_at timestamptz not null default moment(),
  placed_by uuid not null,
  lifted_at timestamptz,
  lifted_by uuid,
  check (num_nonnulls(agreement_id, application_id, incident_id) = 1),
  check ((lifted_at is null) = (lifted_by is null)),
  foreign key (organisation_id, agreement_id) references loan_agreement (organisation_id, id),
  foreign key (organisation_id, application_id) references application (organisation_id, id),
  foreign key (organisation_id, incident_id) references incident (organisation_id, id),
  foreign key (organisation_id, placed_by) references person (organisation_id, id),
  foreign key (organisation_id, lifted_by) references person (organisation_id, id)
);
create unique index one_hold on retention_hold (file_id) where lifted_at is null;
create index retention_hold_file on retention_hold (file_id);
call fence('retention_hold');
grant select, insert on retention_hold to tablica_app;
grant update (lifted_at, lifted_by, reason) on retention_hold to tablica_app;

-- The days on which what is due was asked for: once a day.
create table retention_run (
  organisation_id uuid not null references organisation (id),
  day date not null,
  primary key (organisation_id, day)
);
call fence('retention_run');
grant select, insert on retention_run to tablica_app;

-- The last day on which a file is kept. Periods of two years and more end with the year (art. 118 sentence 2 KC), which is also
-- how archives count whole years.
create function kept_until(ended date, months integer) returns date language sql immutable parallel safe as $$
  select case when months >= 24 then (date_trunc('year', ended + make_interval(months => months)) + interval '1 year - 1 day')::date
              else (ended + make_interval(months => months))::date end
$$;

create function warsaw_day(wanted timestamptz) returns date language sql stable parallel safe as $$
  select (wanted at time zone 'Europe/Warsaw')::date
$$;

-- When an application ended. Those that ended before this migration did so on the day that is known of them.
alter table application add column ended_at timestamptz;
set local app.reach = 'installation';
update application a set ended_at = coalesce(
    case when a.state = 'refused' then a.decided_on::timestamp at time zone 'Europe/Warsaw' end,
    (select max(o.ended_at) from allocation o where o.application_id = a.id),
    (select max(e.at) from audit_event e where e.organisation_id = a.organisation_id and e.subject_kind = 'application'
       and e.subject_id = a.id and e.act in ('withdrawn', 'expired')),
    a.submitted_at, a.begun_at)
  where a.state in ('refused', 'withdrawn', 'expired');
set local app.reach = '';

-- Every file with names: an agreement with all that hangs on it, an application that came to nothing, a note about a device that
-- belongs to no agreement (a finder's, of damage in stock). `stands`: why its clock does not run; else the day it began to.
create view retention_file with (security_invoker = true) as
  select f.kind, f.id, f.organisation_id, f.number, f.stands, f.ended_on, kept_until(f.ended_on, f.months) as kept_until,
         exists (select from retention_hold h where h.file_id = f.id and h.lifted_at is null) as held, n.done_at as anonymised_at
  from (
    -- An agreement: from the day when the last device is back and nothing is owed or open, or the programme's time is over. What
    -- was given for good does not come back. One under which nothing was handed over is kept as long as an application.
    select 'loan' as kind, a.id, a.organisation_id, a.number,
           case when l.lent and a.kind <> 'donation' then 'lent' when l.waiting then 'waiting' when c.owed and a.kind <> 'donation' then 'owed'
                when i.open then 'incident' end as stands,
           case when not (l.lent and a.kind <> 'donation' or l.waiting or c.owed and a.kind <> 'donation' or i.open) then
             greatest(warsaw_day(greatest(case when l.collected_on is null then greatest(a.created_at, a.signed_at) end,
                                          l.last_at, c.last_at, i.last_at)),
                      case when l.collected_on is not null then g.durable_until end,
                      (l.collected_on + make_interval(months => g.durable_months))::date) end as ended_on,
           case when l.collected_on is null then r.application_months else r.loan_months end as months
    from loan_agreement a join retention_rule r on r.organisation_id = a.organisation_id
      left join programme g on g.id = a.programme_id
      cross join lateral (
        select coalesce(bool_or(handed_over_at is not null and returned_at is null), false) as lent,
               coalesce(bool_or(handed_over_at is null and cancelled_at is null), false) as waiting,
               warsaw_day(max(handed_over_at)) as collected_on,
               max(greatest(handed_over_at, returned_at, cancelled_at)) as last_at
        from loan where agreement_id = a.id) l
      cross join lateral (
        select coalesce(bool_or(x.returned_at is null and x.settled_at is null), false) as owed,
               max(greatest(x.returned_at, x.settled_at)) as last_at
        from loan_accessory x join loan y on y.id = x.loan_id where y.agreement_id = a.id) c
      cross join lateral (
        select coalesce(bool_or(x.closed_at is null
                 or exists (select from repair_ticket t where t.incident_id = x.id and t.ended_on is null)), false) as open,
               max(x.closed_at) as last_at
        from incident x join loan y on y.id = x.loan_id where y.agreement_id = a.id) i
    union all
    -- What was granted goes with its agreement; what is not decided stays.
    select 'application', p.id, p.organisation_id, coalesce(p.number, ''),
           case when p.state = 'granted' then 'granted' when p.state not in ('draft', 'refused', 'withdrawn', 'expired') then 'undecided' end,
           case when p.state in ('draft', 'refused', 'withdrawn', 'expired') then warsaw_day(coalesce(p.ended_at, p.submitted_at, p.begun_at)) end,
           r.application_months
    from application p join retention_rule r on r.organisation_id = p.organisation_id
    union all
    select 'note', x.id, x.organisation_id, s.inventory_no, case when x.closed_at is null
             or exists (select from repair_ticket t where t.incident_id = x.id and t.ended_on is null) then 'incident' end,
           case when x.closed_at is not null
             and not exists (select from repair_ticket t where t.incident_id = x.id and t.ended_on is null) then warsaw_day(x.closed_at) end,
           r.note_months
    from incident x join retention_rule r on r.organisation_id = x.organisation_id join asset s on s.id = x.asset_id
    where x.loan_id is null
  ) f
  left join anonymisation n on n.file_id = f.id;
grant select on retention_file to tablica_app;

-- A file is blanked when its clock has run out and nobody holds it. Its rows are held first: a return, an incident, a hold of the
-- same moment come before, and are seen, or after, and are refused.
create function anonymisation_is_due() returns trigger language plpgsql as $$
declare
  file record;
begin
  new.by_transaction := pg_current_xact_id();
  new.done_at := moment();
  -- Looked at twice: before, so that a file that is in use is not held up, and again when its rows are held.
  for round in 1 .. 2 loop
    if round = 2 then
      perform 1 from loan_agreement where id = new.agreement_id for update;
      perform 1 from loan_accessory c where c.loan_id in (select id from loan where agreement_id = new.agreement_id) order by c.id for update;
      perform 1 from incident i where i.id = new.incident_id or i.loan_id in (select id from loan where agreement_id = new.agreement_id)
        order by i.id for update;
      perform 1 from loan where agreement_id = new.agreement_id order by id for update;
      perform 1 from application where id = new.application_id for update;
    end if;
    select * into file from retention_file
      where id = coalesce(new.agreement_id, new.application_id, new.incident_id) and organisation_id = new.organisation_id;
    if file.anonymised_at is not null then
      raise exception 'the file was blanked' using errcode = 'integrity_constraint_violation', constraint = 'one_anonymisation';
    end if;
    if file.held then
      raise exception 'the file is held' using errcode = 'integrity_constraint_violation', constraint = 'file_is_held';
    end if;
    if file.stands is not null or file.kept_until is null or file.kept_until >= warsaw_day(moment()) then
      raise exception 'the file is kept: %', coalesce(file.stands, file.kept_until::text, 'there is none')
        using errcode = 'integrity_constraint_violation', constraint = 'clock_runs';
    end if;
  end loop;
  new.ended_on := file.ended_on;
  return new;
end $$;
create trigger anonymisation_is_due before insert on anonymisation for each row execute function anonymisation_is_due();

-- The file that a row belongs to: by its own id, by an agreement, loan, protocol, incident or application that it names.
create function file_of(kind text, line jsonb) returns uuid language sql stable as $$
  select case
    when kind in ('loan_agreement', 'application') then (line->>'id')::uuid
    when kind = 'incident' and line->>'loan_id' is null then (line->>'id')::uuid
    when line->>'agreement_id' is not null then (line->>'agreement_id')::uuid
    when line->>'loan_id' is not null then (select agreement_id from loan where id = (line->>'loan_id')::uuid)
    when line->>'protocol_id' is not null then (select agreement_id from protocol where id = (line->>'protocol_id')::uuid)
    when line->>'incident_id' is not null then
      (select coalesce(l.agreement_id, i.id) from incident i left join loan l on l.id = i.loan_id where i.id = (line->>'incident_id')::uuid)
  end
$$;

-- Whether this transaction is the one that blanks the file.
create function is_blanking(file uuid) returns boolean language sql stable as $$
  select exists (select from anonymisation where file_id = file and by_transaction = pg_current_xact_id())
$$;

-- A hold is lifted once; its reason goes with the file.
create function lifted_stays() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - 'file_id' is distinct from (to_jsonb(old) || jsonb_build_object('reason', data_removed())) - 'file_id'
        or not is_blanking(old.file_id))
     and (old.lifted_at is not null
          or to_jsonb(new) - 'file_id' - 'lifted_at' - 'lifted_by' is distinct from to_jsonb(old) - 'file_id' - 'lifted_at' - 'lifted_by') then
    raise exception 'a hold is lifted once' using errcode = 'integrity_constraint_violation', constraint = 'hold_stays';
  end if;
  return new;
end $$;
create trigger lifted_stays before update on retention_hold for each row execute function lifted_stays();

-- Rows that are only ever added are changed by nobody but who blanks a file, and deleted by nobody.
create function only_while_blanking() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or not exists (select from anonymisation where by_transaction = pg_current_xact_id()) then
    raise exception 'rows of % are only ever added', tg_table_name using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;

-- Of a row that is only ever added: the listed columns become exactly these blanks, all of them, while its file is blanked.
create function only_blanked() returns trigger language plpgsql as $$
begin
  if to_jsonb(new) is distinct from to_jsonb(old) || tg_argv[0]::jsonb or not is_blanking(file_of(tg_table_name, to_jsonb(old))) then
    raise exception 'rows of % are only ever added', tg_table_name using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

drop trigger protocol_append_only on protocol;
create trigger protocol_append_only before update or delete on protocol for each statement execute function only_while_blanking();
create trigger protocol_only_blanked before update on protocol for each row execute function only_blanked(
  '{"signatory": "dane usunięte", "signature_key": null, "body": {"items": []}, "document_key": null, "document_sha256": null}');
grant update (signatory, signature_key, body, document_key, document_sha256) on protocol to tablica_app;

drop trigger reminder_sent_append_only on reminder_sent;
create trigger reminder_sent_append_only before update or delete on reminder_sent for each statement execute function only_while_blanking();
create trigger reminder_sent_only_blanked before update on reminder_sent for each row execute function only_blanked('{"sent_to": null}');
grant update (sent_to) on reminder_sent to tablica_app;

-- The hash of a document stays: it tells of nobody, and that there was one.
drop trigger frozen_document_append_only on frozen_document;
create trigger frozen_document_append_only before update or delete on frozen_document for each statement execute function only_while_blanking();
create trigger frozen_document_only_blanked before update on frozen_document for each row execute function only_blanked('{"blob_key": ""}');
grant update (blob_key) on frozen_document to tablica_app;

drop trigger condition_photo_append_only on condition_photo;
create trigger condition_photo_append_only before update or delete on condition_photo for each statement execute function only_while_blanking();
create trigger condition_photo_only_blanked before update on condition_photo for each row execute function only_blanked(
  '{"blob_key": "", "small_key": "", "alt": ""}');
grant update (blob_key, small_key, alt) on condition_photo to tablica_app;

alter table declaration alter column declared_by drop not null;
drop trigger declaration_append_only on declaration;
create trigger declaration_append_only before update or delete on declaration for each statement execute function only_while_blanking();
create trigger declaration_only_blanked before update on declaration for each row execute function only_blanked('{"declared_by": null, "note": ""}');
grant update (declared_by, note) on declaration to tablica_app;

-- Who declared a device at a stocktake was its borrower; who counted it was an official, and stays.
alter table stocktake_scan alter column scanned_by drop not null,
  add constraint counted_by_somebody check (scanned_by is not null or how = 'declared');
drop trigger stocktake_scan_append_only on stocktake_scan;
create trigger stocktake_scan_append_only before update or delete on stocktake_scan for each statement execute function only_while_blanking();
create function declared_is_blanked() returns trigger language plpgsql as $$
begin
  if old.how <> 'declared' or to_jsonb(new) is distinct from to_jsonb(old) || '{"scanned_by": null}'
     or not exists (select from stocktake_line s join loan l on l.id = s.loan_id
                    where s.stocktake_id = old.stocktake_id and s.asset_id = old.asset_id and is_blanking(l.agreement_id)) then
    raise exception 'rows of % are only ever added', tg_table_name using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger stocktake_scan_only_blanked before update on stocktake_scan for each row execute function declared_is_blanked();
grant update (scanned_by) on stocktake_scan to tablica_app;

-- A line of the chain of custody stays, with its seal. Free text of it goes, and the borrower who reported something; such a line
-- is known as blanked, and its seal is then taken as it stands: the lines after it are still checked against it.
alter table custody_event add column blanked boolean not null default false;
drop trigger custody_event_append_only on custody_event;
create trigger custody_event_append_only before update or delete on custody_event for each statement execute function only_while_blanking();
create function custody_is_blanked() returns trigger language plpgsql as $$
begin
  if to_jsonb(new) - 'person_id' is distinct from
       (to_jsonb(old) || jsonb_build_object('detail', old.detail - 'note' - 'reason', 'blanked', true)) - 'person_id'
     or new.person_id is not null and new.person_id is distinct from old.person_id
     or not coalesce(is_blanking(file_of('custody_event', jsonb_build_object('loan_id', old.detail->>'loan', 'incident_id', old.detail->>'incident'))),
                     false)
        and not (old.detail ? 'declared' and exists (select from loan l where l.asset_id = old.asset_id and is_blanking(l.agreement_id)
                   and old.at >= l.handed_over_at and old.at <= coalesce(l.returned_at, 'infinity'))) then
    raise exception 'rows of % are only ever added', tg_table_name using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger custody_event_only_blanked before update on custody_event for each row execute function custody_is_blanked();
grant update (person_id, detail, blanked) on custody_event to tablica_app;

-- What was signed stays as it was signed, until its file is blanked.
create or replace function signed_stays() returns trigger language plpgsql as $$
begin
  if old.signed_at is not null and (old.number, old.kind, old.programme_id, old.purpose, old.template, old.template_version, old.terms,
      old.document_key, old.document_sha256, old.signed_by, old.signed_at, old.signature_key) is distinct from
     (new.number, new.kind, new.programme_id, new.purpose, new.template, new.template_version, new.terms,
      new.document_key, new.document_sha256, new.signed_by, new.signed_at, new.signature_key)
     and (to_jsonb(new) is distinct from to_jsonb(old) || '{"purpose": "dane usunięte", "terms": "dane usunięte", "document_key": null,
            "document_sha256": null, "signature_key": null}' or not is_blanking(old.id)) then
    raise exception 'a signed agreement is not changed' using errcode = 'integrity_constraint_violation', constraint = 'signed_stays';
  end if;
  return new;
end $$;

create or replace function loan_is_possible() returns trigger language plpgsql as $$
declare
  thing record;
begin
  if tg_op = 'UPDATE' then
    if (old.asset_id, old.agreement_id) is distinct from (new.asset_id, new.agreement_id)
       or old.handed_over_at is not null and (old.handed_over_at, old.handover_id, old.beneficiary_id, old.kind)
          is distinct from (new.handed_over_at, new.handover_id, new.beneficiary_id, new.kind)
          and (to_jsonb(new) - 'handover_kind' - 'return_kind' is distinct from
                 (to_jsonb(old) || '{"beneficiary_id": null, "note": ""}') - 'handover_kind' - 'return_kind'
               or not is_blanking(old.agreement_id))
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

alter table application alter column beneficiary_id drop not null, alter column applicant_id drop not null;

-- Of an application the people go when it is blanked, by itself or with the agreement that came of it.
create function application_is_blanking(application uuid) returns boolean language sql stable as $$
  select is_blanking(application)
      or exists (select from allocation o where o.application_id = application and o.ended_at is null and is_blanking(o.agreement_id))
$$;

create or replace function application_goes_forward() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.beneficiary_id is null or new.applicant_id is null then
      raise exception 'an application is somebody''s' using errcode = 'integrity_constraint_violation', constraint = 'application_stays';
    end if;
    return new;
  end if;
  if ((old.programme_id, old.beneficiary_id, old.applicant_id) is distinct from (new.programme_id, new.beneficiary_id, new.applicant_id)
     or old.number is not null and old.number is distinct from new.number)
     and (to_jsonb(new) is distinct from to_jsonb(old) || '{"beneficiary_id": null, "applicant_id": null, "need": "", "decided_note": "",
            "paper_key": null, "paper_sha256": null}' or not application_is_blanking(old.id)) then
    raise exception 'an application stays whose it is' using errcode = 'integrity_constraint_violation', constraint = 'application_stays';
  end if;
  if old.state <> new.state and not (new.state = any (case old.state
      when 'draft' then array['submitted', 'withdrawn']
      when 'submitted' then array['complete', 'scored', 'refused', 'withdrawn']
      when 'complete' then array['scored', 'refused', 'withdrawn']
      when 'scored' then array['granted', 'waitlisted', 'refused', 'withdrawn']
      when 'waitlisted' then array['granted', 'refused', 'withdrawn']
      when 'granted' then array['expired', 'withdrawn']
      else array[]::text[] end)) then
    raise exception 'an application does not go from % to %', old.state, new.state
      using errcode = 'integrity_constraint_violation', constraint = 'application_stays';
  end if;
  if old.state <> new.state and new.state in ('refused', 'withdrawn', 'expired') then
    new.ended_at := moment();
  end if;
  return new;
end $$;
create trigger application_is_somebodys before insert on application for each row execute function application_goes_forward();

-- Into a file that was blanked nothing comes any more that could name somebody. A thing that was given for good may still come
-- back: a return is never refused, and its protocol names nobody.
create function blanked_stays() returns trigger language plpgsql as $$
declare
  line jsonb := to_jsonb(new);
  file uuid;
begin
  -- Held until the end, so that whoever blanks the file at this moment is waited for.
  perform 1 from loan where id = (line->>'loan_id')::uuid for key share;
  perform 1 from loan_agreement where id = (line->>'agreement_id')::uuid and tg_op = 'INSERT' for key share;
  file := file_of(tg_table_name, line);
  if file is null or not exists (select from anonymisation where file_id = file and by_transaction <> pg_current_xact_id()) then
    return new;
  end if;
  if tg_op = 'UPDATE' and tg_table_name = 'loan' and line->>'beneficiary_id' is null and line->>'note' = ''
     or tg_op = 'UPDATE' and tg_table_name = 'loan_accessory' and line->>'settlement' = ''
     or tg_op = 'UPDATE' and tg_table_name = 'loan_agreement' and line->>'terms' = data_removed() and line->>'purpose' = data_removed()
        and line->>'document_key' is null and line->>'signature_key' is null
     or tg_table_name = 'reminder_sent' and line->>'sent_to' is null
     or tg_table_name = 'protocol' and line->>'kind' = 'return' and line->>'signed_by' = 'absent' and line->>'signatory' = data_removed() then
    return new;
  end if;
  raise exception 'the file was blanked' using errcode = 'integrity_constraint_violation', constraint = 'blanked_stays';
end $$;
create trigger blanked_stays before insert or update on loan_agreement for each row execute function blanked_stays();
create trigger blanked_stays before insert or update on loan_party for each row execute function blanked_stays();
create trigger blanked_stays before insert or update on loan for each row execute function blanked_stays();
create trigger blanked_stays before insert or update on loan_accessory for each row execute function blanked_stays();
create trigger blanked_stays before insert or update on incident for each row execute function blanked_stays();
create trigger blanked_stays before insert or update on application for each row execute function blanked_stays();
create trigger blanked_stays before insert on protocol for each row execute function blanked_stays();
create trigger blanked_stays before insert on frozen_document for each row execute function blanked_stays();
create trigger blanked_stays before insert on condition_photo for each row execute function blanked_stays();
create trigger blanked_stays before insert on declaration for each row execute function blanked_stays();
create trigger blanked_stays before insert on reminder_sent for each row execute function blanked_stays();

-- A hold of a file that is blanked comes too late.
create function hold_is_in_time() returns trigger language plpgsql as $$
begin
  perform 1 from loan_agreement where id = new.agreement_id for key share;
  perform 1 from application where id = new.application_id for key share;
  perform 1 from incident where id = new.incident_id for key share;
  if exists (select from anonymisation where file_id = coalesce(new.agreement_id, new.application_id, new.incident_id)) then
    raise exception 'the file was blanked' using errcode = 'integrity_constraint_violation', constraint = 'blanked_stays';
  end if;
  return new;
end $$;
create trigger hold_is_in_time before insert on retention_hold for each row execute function hold_is_in_time();

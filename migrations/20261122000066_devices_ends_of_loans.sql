-- Owner: devices. A loan that ends without the device: it is lost for good, the borrower bought it, or it was given for good. And what
-- is given for good is not due: nobody is to bring it back.

-- The protocol of such an end. Nobody of the other side need be there.
alter table protocol drop constraint protocol_kind_check, drop constraint protocol_check;
alter table protocol
  add constraint protocol_kind_check check (kind in ('handover', 'return', 'scrap', 'wipe', 'stocktake', 'settlement')),
  add constraint protocol_check check (kind in ('return', 'wipe', 'stocktake', 'scrap', 'settlement') or signed_by <> 'absent');

-- The protocol that ended a loan is of its return, or of its settlement.
alter table loan drop column return_kind;
alter table loan
  add column return_kind text not null
    generated always as (case when result in ('lost', 'bought_out', 'donated') then 'settlement' else 'return' end) stored,
  add constraint settled_with_a_protocol check (result not in ('lost', 'bought_out', 'donated') or return_id is not null),
  add foreign key (organisation_id, return_id, return_kind) references protocol (organisation_id, id, kind);

alter table custody_event drop constraint custody_event_kind_check;
alter table custody_event add constraint custody_event_kind_check
  check (kind in ('registered', 'changed', 'moved', 'handed_over', 'returned', 'accessory_returned', 'due_changed',
    'wiped', 'incident', 'repair_begun', 'repair_ended', 'found', 'counted', 'sim_placed', 'sim_removed', 'state_changed',
    'reserved', 'released', 'scanned', 'settled'));

-- The day on which the rules of a loan end: of what is lent its last day, of what was given for good the last day of what binds its owner.
create function bound_until(wanted uuid) returns date language sql stable as $$
  select min(coalesce(r.on_day, e.ends_on)) from due_rule r left join due_event e on e.id = r.event_id where r.loan_id = wanted
$$;

-- What was given for good is never due, so no letter asks for it and no list calls it overdue.
create or replace function due_of_loan(wanted uuid) returns date language sql stable as $$
  select bound_until(wanted)
  where not exists (select from loan l join loan_agreement a on a.id = l.agreement_id where l.id = wanted and a.kind = 'donation')
$$;

-- What is there already. Row-level security binds the owner too.
select set_config('app.reach', 'installation', true);
update loan l set due_on = null
where l.due_on is not null and exists (select from loan_agreement a where a.id = l.agreement_id and a.kind = 'donation');
select set_config('app.reach', '', true);

-- Declarations of what was given for good are asked for as long as its owner is bound: the last one when that ends, unless the one before
-- it is hardly a month old. None of the other loans changes.
create or replace view declaration_due with (security_invoker = true) as
  select l.id as loan_id, l.organisation_id, x.since,
         case when a.kind = 'donation' then least(y.due_on, bound_until(l.id)) else y.due_on end as due_on
  from loan l join loan_agreement a on a.id = l.agreement_id join programme g on g.id = a.programme_id
    cross join lateral (select (coalesce((select max(d.declared_at) from declaration d where d.loan_id = l.id), l.handed_over_at)
      at time zone 'Europe/Warsaw')::date as since) x
    cross join lateral (select (x.since + make_interval(months => g.declare_months::int))::date as due_on) y
  where g.declare_months is not null and l.handed_over_at is not null and l.returned_at is null
    and (a.kind <> 'donation' or x.since + 30 < coalesce(bound_until(l.id), 'infinity'::date));

-- Lists know what was given for good.
create or replace view loan_line with (security_invoker = true) as
  select l.id, l.organisation_id, l.agreement_id, a.number, l.asset_id, s.inventory_no, s.serial, k.name || ' ' || m.name as model,
         l.kind, l.beneficiary_id,
         coalesce(p.given_name || ' ' || p.family_name,
           (select t.name from loan_party t where t.agreement_id = a.id and t.role = 'beneficiary' order by t.id limit 1), '') as who,
         coalesce(p.family_name, '') as family, p.born_on,
         array(select g.name from membership b join person_group g on g.id = b.group_id where b.person_id = l.beneficiary_id
               order by g.name) as groups,
         l.handed_over_at, l.returned_at, l.cancelled_at, l.result, l.due_on,
         array(select c.name from loan_accessory c where c.loan_id = l.id and c.returned_at is null
               and c.settled_at is null order by c.id) as accessories,
         exists (select from incident i where i.loan_id = l.id and i.kind = 'claimed_returned' and i.closed_at is null) as claimed,
         a.kind = 'donation' as given
  from loan l join loan_agreement a on a.id = l.agreement_id join asset s on s.id = l.asset_id
    join asset_model m on m.id = s.model_id join maker k on k.id = s.maker_id
    left join person p on p.id = l.beneficiary_id;

-- As before, and a settlement, like a return, may still come after the file was blanked, when its protocol names nobody.
create or replace function blanked_stays() returns trigger language plpgsql as $$
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
     or tg_table_name = 'protocol' and line->>'kind' in ('return', 'settlement') and line->>'signed_by' = 'absent'
        and line->>'signatory' = data_removed() then
    return new;
  end if;
  raise exception 'the file was blanked' using errcode = 'integrity_constraint_violation', constraint = 'blanked_stays';
end $$;

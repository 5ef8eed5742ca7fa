-- Owner: devices. What lists of a large register need: the last day of a loan beside the loan, so that the loans that are
-- overdue are found by an index and not by looking at every open one. Triggers alone keep it, from the rules and the events.

alter table loan add column due_on date;

create function due_of_loan(wanted uuid) returns date language sql stable as $$
  select min(coalesce(r.on_day, e.ends_on)) from due_rule r left join due_event e on e.id = r.event_id where r.loan_id = wanted
$$;

-- Rules are read after the loan's row is held: of two that change the rules at once the second sees what the first wrote.
create function due_is_kept() returns trigger language plpgsql as $$
declare
  wanted uuid := case when tg_op = 'DELETE' then old.loan_id else new.loan_id end;
begin
  perform from loan where id = wanted for no key update;
  if tg_op <> 'DELETE' and new.event_id is not null then
    -- Waits for an edit of the event that is under way, and makes a later one wait.
    perform from due_event where id = new.event_id for share;
  end if;
  update loan set due_on = due_of_loan(id) where id = wanted and due_on is distinct from due_of_loan(id);
  return null;
end $$;
create trigger due_is_kept after insert or update or delete on due_rule for each row execute function due_is_kept();

create function due_of_event_is_kept() returns trigger language plpgsql as $$
begin
  perform from loan where id in (select loan_id from due_rule where event_id = new.id) order by id for no key update;
  update loan l set due_on = due_of_loan(l.id)
  where l.id in (select loan_id from due_rule where event_id = new.id) and l.due_on is distinct from due_of_loan(l.id);
  return null;
end $$;
create trigger due_of_event_is_kept after update of ends_on on due_event for each row execute function due_of_event_is_kept();

create or replace view loan_due with (security_invoker = true) as
  select l.id as loan_id, l.organisation_id, l.due_on from loan l;

-- What is there already. Row-level security binds the owner too.
select set_config('app.reach', 'installation', true);
update loan set due_on = due_of_loan(id) where due_on is distinct from due_of_loan(id);
select set_config('app.reach', '', true);

create index loan_open_due on loan (organisation_id, due_on) where handed_over_at is not null and returned_at is null;

-- Owner: courses and devices. What pages of every day cost must not rise with what an installation holds.

-- Courses. What only some see on their first page stands in functions of its own: in one statement with what everybody sees it made
-- PostgreSQL plan that statement anew for each visit, which took longer than running it.

-- The deadline that counts, as a column: row-level security keeps every index of an expression with coalesce() from being asked.
alter table taking add column deadline date generated always as (coalesce(extended_to, due_on)) stored;
drop index taking_due;
create index taking_due on taking (organisation_id, deadline) where done_at is null and exempted_at is null and released_at is null;
create index taking_late on taking (person_id, deadline) where done_at is null and exempted_at is null and released_at is null;

-- As before, but without the computed column, which a trigger before the change does not see yet.
create or replace function taking_is_fixed() returns trigger language plpgsql as $$
begin
  if (old.id, old.organisation_id, old.course_id, old.person_id, old.cycle)
     is distinct from (new.id, new.organisation_id, new.course_id, new.person_id, new.cycle) then
    raise exception 'a taking stays what it is' using errcode = 'integrity_constraint_violation';
  end if;
  if old.done_at is not null and to_jsonb(old) - 'deadline' is distinct from to_jsonb(new) - 'deadline' then
    raise exception 'a finished taking is not changed' using errcode = 'integrity_constraint_violation';
  end if;
  if exists (select from taking t where t.person_id = old.person_id and t.course_id = old.course_id and t.cycle > old.cycle) then
    raise exception 'an earlier cycle is not changed' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

-- How many people whom somebody follows have a course overdue, and in how many courses: of the units that they head and those below,
-- or of everybody. No row for those who follow nobody.
create function overdue_followed(wanted uuid, follower uuid, everybody boolean)
  returns table (people bigint, courses bigint) language plpgsql stable as $$
#variable_conflict use_column
declare
  today constant date := (moment() at time zone 'Europe/Warsaw')::date;
begin
  if everybody then
    return query
    select count(distinct t.person_id), count(distinct t.course_id)
    from taking t join person p on p.id = t.person_id and p.state = 'active' and not p.resident
    where t.organisation_id = wanted and t.done_at is null and t.exempted_at is null and t.released_at is null
      and t.deadline < today;
  elsif exists (select from unit_head where person_id = follower) then
    return query
    select count(distinct t.person_id), count(distinct t.course_id)
    from (select distinct unit_id from headed where person_id = follower) led
      join person p on p.organisation_id = wanted and p.org_unit_id = led.unit_id and p.state = 'active' and not p.resident
      -- Of each the few that are late, by the index below: never all that is late in an organisation, nor all that they take.
      cross join lateral (
        select l.person_id, l.course_id from taking l
        where l.person_id = p.id and l.organisation_id = wanted and l.done_at is null and l.exempted_at is null
          and l.released_at is null and l.deadline < today offset 0) t;
  end if;
end $$;
revoke execute on function overdue_followed(uuid, uuid, boolean) from public;
grant execute on function overdue_followed(uuid, uuid, boolean) to tablica_app;

-- The courses of an author whose newest text no learner sees, the last changed first.
create function unseen_drafts(of_person uuid, most bigint)
  returns table (slug text, title text, published boolean, changed_at timestamptz) language plpgsql stable as $$
#variable_conflict use_column
begin
  return query
  select c.slug, c.title, v.id is not null,
         greatest(c.updated_at, (select max(u.updated_at) from unit u where u.course_id = c.id)) as changed_at
  from course_teacher a join course c on c.id = a.course_id and c.state <> 'archived'
    left join course_version v on v.id = c.published_version_id
  where a.person_id = of_person
    and (v.id is null or exists (select from unit u where u.course_id = c.id and u.updated_at > v.published_at))
  order by changed_at desc limit most;
end $$;
revoke execute on function unseen_drafts(uuid, bigint) from public;
grant execute on function unseen_drafts(uuid, bigint) to tablica_app;

-- Devices. The words of a search alone: together with the organisation the index read the places of all its devices each time.
drop index asset_search_line;
create index asset_search_line on asset_search using gin (line gin_trgm_ops);

-- A loan as lists show it. Reading a page of known loans is then a statement of its own, whose plan is kept.
create view loan_line with (security_invoker = true) as
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
         exists (select from incident i where i.loan_id = l.id and i.kind = 'claimed_returned' and i.closed_at is null) as claimed
  from loan l join loan_agreement a on a.id = l.agreement_id join asset s on s.id = l.asset_id
    join asset_model m on m.id = s.model_id join maker k on k.id = s.maker_id
    left join person p on p.id = l.beneficiary_id;
grant select on loan_line to tablica_app;

-- How many assets there are and how many are lent, as sums of small changes: the first page of a register of a hundred thousand need not
-- count them, and no two scans wait for one row. Written by triggers alone.
create table register_tally (
  id bigint generated always as identity primary key,
  organisation_id uuid not null references organisation (id),
  what text not null check (what in ('assets', 'lent')),
  amount bigint not null
);
create index register_tally_sum on register_tally (organisation_id, what);
call fence('register_tally');
create policy owner on register_tally to current_user using (true) with check (true);
grant select on register_tally to tablica_app;

-- Adds a change; now and then what has come together becomes one row. Rows that another transaction folds are passed over.
create function register_tally_add(of_organisation uuid, of_what text, change bigint) returns void
  language plpgsql security definer set search_path = public as $$
begin
  if change = 0 then return; end if;
  insert into register_tally (organisation_id, what, amount) values (of_organisation, of_what, change);
  if random() < 0.02 then
    with several as materialized (
           select t.id from register_tally t where t.organisation_id = of_organisation and t.what = of_what for update skip locked),
         folded as (delete from register_tally t using several s where t.id = s.id returning t.amount)
    insert into register_tally (organisation_id, what, amount)
    select of_organisation, of_what, sum(amount) from folded having count(*) > 0;
  end if;
end $$;
revoke execute on function register_tally_add(uuid, text, bigint) from public;

create function assets_are_tallied() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform register_tally_add(c.organisation_id, 'assets', case tg_op when 'INSERT' then c.number else -c.number end)
  from (select organisation_id, count(*) as number from changed group by organisation_id) c;
  return null;
end $$;
create trigger assets_added after insert on asset referencing new table as changed
  for each statement execute function assets_are_tallied();
create trigger assets_removed after delete on asset referencing old table as changed
  for each statement execute function assets_are_tallied();

create function loans_are_tallied() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op = 'INSERT' then
    perform register_tally_add(c.organisation_id, 'lent', c.number)
    from (select organisation_id, count(*) as number from after_it where handed_over_at is not null and returned_at is null
          group by organisation_id) c;
  elsif tg_op = 'DELETE' then
    perform register_tally_add(c.organisation_id, 'lent', -c.number)
    from (select organisation_id, count(*) as number from before_it where handed_over_at is not null and returned_at is null
          group by organisation_id) c;
  else
    perform register_tally_add(c.organisation_id, 'lent', c.number)
    from (select organisation_id, sum(number)::bigint as number
          from (select organisation_id, 1 as number from after_it where handed_over_at is not null and returned_at is null
                union all
                select organisation_id, -1 from before_it where handed_over_at is not null and returned_at is null) both_of_it
          group by organisation_id) c;
  end if;
  return null;
end $$;
create trigger loans_added after insert on loan referencing new table as after_it
  for each statement execute function loans_are_tallied();
create trigger loans_changed after update on loan referencing old table as before_it new table as after_it
  for each statement execute function loans_are_tallied();
create trigger loans_removed after delete on loan referencing old table as before_it
  for each statement execute function loans_are_tallied();

-- What is there already. Row-level security binds the owner too.
select set_config('app.reach', 'installation', true);
insert into register_tally (organisation_id, what, amount) select organisation_id, 'assets', count(*) from asset group by organisation_id;
insert into register_tally (organisation_id, what, amount)
  select organisation_id, 'lent', count(*) from loan where handed_over_at is not null and returned_at is null group by organisation_id;
select set_config('app.reach', '', true);

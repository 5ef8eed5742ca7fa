-- Owner: courses. Rules with deadlines, and one person's way through one course, once: a taking. Its cycles follow one another;
-- nothing of an earlier one is ever changed.

-- Months for which a finished course counts; a rule may say another number.
alter table course add column valid_months integer check (valid_months between 1 and 120);

-- An enrolment that has a deadline is a rule: whoever it covers is assigned the course.
alter table enrolment
  add column position_id uuid,
  add column mandatory boolean not null default false,
  add column due_kind text not null default 'none' check (due_kind in ('none', 'fixed', 'after', 'yearly')),
  -- The day, when it is fixed.
  add column due_on date,
  -- Days from the assignment.
  add column due_days integer check (due_days between 1 and 3650),
  -- The day of every year; 29 February is the 28th in other years.
  add column due_month smallint check (due_month between 1 and 12),
  add column due_day smallint check (due_day between 1 and 31),
  add column valid_months integer check (valid_months between 1 and 120),
  add column revision integer not null default 1,
  add foreign key (organisation_id, position_id) references position (organisation_id, id) on delete cascade,
  drop constraint enrolment_target_check,
  add constraint enrolment_target_check check (target in ('person', 'group', 'unit', 'organisation', 'position')),
  add constraint enrolment_position_check check ((target = 'position') = (position_id is not null)),
  add constraint enrolment_due_check check ((due_kind = 'fixed') = (due_on is not null) and (due_kind = 'after') = (due_days is not null)
    and (due_kind = 'yearly') = (due_month is not null) and (due_month is null) = (due_day is null)),
  add constraint enrolment_mandatory_check check (mandatory or due_kind = 'none'),
  -- 2024 has all days that any year has.
  add constraint enrolment_day_check check (due_month is null
    or due_day <= extract(day from make_date(2024, due_month, 1) + interval '1 month - 1 day'));
drop index enrolment_once;
create unique index enrolment_once on enrolment (course_id, target, person_id, group_id, org_unit_id, position_id) nulls not distinct;
create index enrolment_position on enrolment (position_id) where position_id is not null;
grant update (mandatory, due_kind, due_on, due_days, due_month, due_day, valid_months, revision) on enrolment to tablica_app;

-- Whom each enrolment covers. A view obeys the policies of the one who asks.
create view covered with (security_invoker = true) as
  with recursive below (organisation_id, root_id, id) as (
    select organisation_id, id, id from org_unit
    union
    select u.organisation_id, below.root_id, u.id from org_unit u
      join below on u.parent_id = below.id and u.organisation_id = below.organisation_id
  )
  select e.organisation_id, e.id as enrolment_id, e.course_id, e.person_id from enrolment e where e.target = 'person'
  union all
  select e.organisation_id, e.id, e.course_id, m.person_id from enrolment e
    join membership m on m.group_id = e.group_id where e.target = 'group'
  union all
  select e.organisation_id, e.id, e.course_id, h.person_id from enrolment e
    join position_holder h on h.position_id = e.position_id where e.target = 'position'
  union all
  select e.organisation_id, e.id, e.course_id, p.id from enrolment e
    join below on below.root_id = e.org_unit_id
    join person p on p.org_unit_id = below.id and p.organisation_id = e.organisation_id where e.target = 'unit'
  union all
  select e.organisation_id, e.id, e.course_id, p.id from enrolment e
    join person p on p.organisation_id = e.organisation_id where e.target = 'organisation';
grant select on covered to tablica_app;
create or replace view enrolled with (security_invoker = true) as
  select distinct organisation_id, course_id, person_id from covered;

create table taking (
  id uuid primary key,
  organisation_id uuid not null,
  course_id uuid not null,
  person_id uuid not null,
  cycle integer not null check (cycle between 1 and 10000),
  -- By a rule; null: of one's own will.
  assigned_at timestamptz,
  begun_at timestamptz,
  due_on date,
  extended_to date,
  extension_reason text check (length(extension_reason) between 1 and 1000),
  extended_by uuid,
  done_at timestamptz,
  -- The version that was finished.
  version_id uuid,
  -- The last day on which it counts; null: for good.
  valid_until date,
  exempted_at timestamptz,
  exempted_by uuid,
  exempt_reason text check (length(exempt_reason) between 1 and 1000),
  -- No rule asks for it any more, and it was not done.
  released_at timestamptz,
  unique (person_id, course_id, cycle),
  unique (organisation_id, id),
  check ((extended_to is null) = (extension_reason is null) and (extended_to is null) = (extended_by is null)),
  check ((exempted_at is null) = (exempt_reason is null) and (exempted_at is null) = (exempted_by is null)),
  check ((done_at is null) = (version_id is null) and (done_at is not null or valid_until is null)),
  check (done_at is null or released_at is null),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, person_id) references person (organisation_id, id),
  foreign key (organisation_id, extended_by) references person (organisation_id, id),
  foreign key (organisation_id, exempted_by) references person (organisation_id, id),
  foreign key (organisation_id, version_id) references course_version (organisation_id, id)
);
create unique index taking_open on taking (person_id, course_id) where done_at is null and exempted_at is null and released_at is null;
create index taking_course on taking (course_id, person_id, cycle);
create index taking_due on taking (organisation_id, (coalesce(extended_to, due_on)))
  where done_at is null and exempted_at is null and released_at is null;
create index taking_valid on taking (organisation_id, valid_until) where valid_until is not null;
call fence('taking');
grant select, insert, update on taking to tablica_app;

create function taking_is_fixed() returns trigger language plpgsql as $$
begin
  if (old.id, old.organisation_id, old.course_id, old.person_id, old.cycle)
     is distinct from (new.id, new.organisation_id, new.course_id, new.person_id, new.cycle) then
    raise exception 'a taking stays what it is' using errcode = 'integrity_constraint_violation';
  end if;
  if old.done_at is not null and old is distinct from new then
    raise exception 'a finished taking is not changed' using errcode = 'integrity_constraint_violation';
  end if;
  if exists (select from taking t where t.person_id = old.person_id and t.course_id = old.course_id and t.cycle > old.cycle) then
    raise exception 'an earlier cycle is not changed' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger taking_is_fixed before update on taking for each row execute function taking_is_fixed();

-- How far a person is, in each cycle anew.
alter table progress add column cycle integer not null default 1, drop constraint progress_pkey,
  add primary key (person_id, unit_id, cycle);
alter table progress alter column cycle drop default;

-- What was begun before there were takings.
select set_config('app.reach', 'installation', true);
insert into taking (id, organisation_id, course_id, person_id, cycle, begun_at, done_at, version_id)
  select gen_random_uuid(), p.organisation_id, p.course_id, p.person_id, 1, min(p.opened_at),
         case when done.everything then max(p.done_at) end, case when done.everything then c.published_version_id end
  from progress p join course c on c.id = p.course_id
    cross join lateral (
      select not exists (select from version_unit u left join progress q on q.unit_id = u.unit_id and q.person_id = p.person_id
                         where u.version_id = c.published_version_id and q.done_at is null)
             and c.published_version_id is not null as everything) done
  group by p.organisation_id, p.course_id, p.person_id, c.published_version_id, done.everything;
select set_config('app.reach', '', true);
